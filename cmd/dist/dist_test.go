package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestTar makes a tar of a small stage twice, at other times and in other places: the bytes are the same, the program can be run,
// and what only a package manager runs is not in it.
func TestTar(t *testing.T) {
	var before []byte
	for range 2 {
		dir := t.TempDir()
		r := &release{version: "0.1", made: time.Unix(1_790_000_000, 0).UTC(), arch: "amd64", out: dir, stage: filepath.Join(dir, "stage")}
		for name, text := range map[string]string{"yanzhen": "program", "libchdb.so": "library", "doc/README.md": "read", "scripts/postinst": "#!", "nfpm.yaml": "x"} {
			if err := write(filepath.Join(r.stage, name), []byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		name, err := r.tar()
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		if before != nil && !bytes.Equal(b, before) {
			t.Error("the second tar differs from the first")
		}
		before = b
	}
	z, err := gzip.NewReader(bytes.NewReader(before))
	if err != nil {
		t.Fatal(err)
	}
	modes := map[string]int64{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		modes[h.Name] = h.Mode
	}
	want := map[string]int64{"yanzhen-0.1/": 0o755, "yanzhen-0.1/doc/": 0o755, "yanzhen-0.1/doc/README.md": 0o644, "yanzhen-0.1/libchdb.so": 0o644, "yanzhen-0.1/yanzhen": 0o755}
	if !maps.Equal(modes, want) {
		t.Errorf("the tar has %v, not %v", modes, want)
	}
}

// TestParts writes a list of parts of two moments alike.
func TestParts(t *testing.T) {
	r := &release{made: time.Unix(1_790_000_000, 0).UTC()}
	list := func(serial, stamp string) string {
		return string(r.parts([]byte("{\n  \"bomFormat\": \"CycloneDX\",\n  \"serialNumber\": \"urn:uuid:" + serial + "\",\n  \"metadata\": {\n    \"timestamp\": \"" + stamp + "\"\n  }\n}\n")))
	}
	one, two := list("6cacc73c", "2026-11-29T17:41:51Z"), list("2677adf5", "2026-11-29T17:42:51.484Z")
	if one != two || !strings.Contains(one, "2026-09-21T") || strings.Contains(one, "serial") {
		t.Errorf("%s\n%s", one, two)
	}
}

// TestPackage holds the files of a package against one another: what the package takes is staged, what the unit starts and reads is
// installed there, and what its configuration says is what the program knows.
func TestPackage(t *testing.T) {
	read := func(name string) string {
		b, err := files.ReadFile("files/" + name)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	pack, unit := read("nfpm.yaml"), read("yanzhen.service")
	main, err := os.ReadFile("main.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`\$\{STAGE\}/([a-zA-Z./]+)`).FindAllStringSubmatch(pack, -1) {
		name := strings.TrimSuffix(m[1], "/")
		if !strings.Contains(string(main), `"`+name+`"`) && !strings.Contains(string(main), `"`+name+`/`) {
			t.Errorf("the package takes %s, which nobody stages", name)
		}
	}
	var installed []string
	for _, m := range regexp.MustCompile(`dst: (\S+?),`).FindAllStringSubmatch(pack, -1) {
		installed = append(installed, m[1])
	}
	for _, m := range regexp.MustCompile(`(?m)^(?:ExecStart=|Environment=YANZHEN_CONFIG=|EnvironmentFile=-)(\S+)`).FindAllStringSubmatch(unit, -1) {
		if !slices.Contains(installed, m[1]) {
			t.Errorf("the unit uses %s, which the package does not install", m[1])
		}
	}
	all, err := os.ReadFile("../../configs/yanzhen.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`(?m)^([a-z_]+):`).FindAllStringSubmatch(read("yanzhen.yaml"), -1) {
		if !strings.Contains(string(all), "\n"+m[1]+":") {
			t.Errorf("the configuration says %s, which is no key", m[1])
		}
	}
}
