// Command web puts the npm parts of the pages where Go embeds them: dashboard/static/vendor gets the chart library, cut to
// what the boards use, with its compressed copies, and the script with which the program itself draws; configs/maps the
// outlines of the declared maps; dashboard/fonts/vendor the letters that the program draws with. It reads node_modules and
// the network is not asked.
package main

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/andybalholm/brotli"
)

func main() {
	if err := run("node_modules", "dashboard/static/vendor", "configs/maps"); err != nil {
		fmt.Fprintln(os.Stderr, "web:", err)
		os.Exit(1)
	}
}

// outlines are whole files that become a map's outline as they are.
var outlines = []struct{ from, to string }{
	{"echarts4/map/json/china.json", "china.json"},
	{"@surbowl/world-geo-json-zh/world.zh.json", "world.json"},
}

func run(modules, vendor, maps string) error {
	for _, dir := range []string{vendor, maps} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	for _, b := range bundles {
		script, err := bundle(modules, b)
		if err != nil {
			return err
		}
		if err := write(filepath.Join(vendor, b.to), script); err != nil {
			return err
		}
	}
	for _, o := range outlines {
		text, err := part(modules, o.from)
		if err != nil {
			return err
		}
		var b bytes.Buffer
		if err := json.Compact(&b, text); err != nil {
			return fmt.Errorf("%s: %w", o.from, err)
		}
		if err := put(filepath.Join(maps, o.to), b.Bytes()); err != nil {
			return err
		}
	}
	county, err := lishui(modules)
	if err != nil {
		return err
	}
	if err := put(filepath.Join(maps, "lishui.json"), county); err != nil {
		return err
	}
	counties, err := country(modules)
	if err != nil {
		return err
	}
	if err := put(filepath.Join(maps, "counties.zst"), counties); err != nil {
		return err
	}
	if err := writeFonts(modules, "dashboard/fonts/vendor"); err != nil {
		return err
	}
	// outlines lay here before maps were declared
	for _, old := range []string{"china.json", "world.json"} {
		for _, ext := range []string{"", ".gz", ".br"} {
			if err := os.Remove(filepath.Join(vendor, old+ext)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	return nil
}

// part reads a file of the npm parts.
func part(modules, name string) ([]byte, error) {
	file := filepath.Join(modules, filepath.FromSlash(name))
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%s is not there; run npm ci first", file)
	}
	return text, err
}

// put writes a file where it is not there or says something else.
func put(to string, text []byte) error {
	fmt.Printf("%-20s %7d bytes\n", filepath.Base(to), len(text))
	if old, err := os.ReadFile(to); err == nil && bytes.Equal(old, text) {
		return nil
	}
	return os.WriteFile(to, text, 0o644)
}

// write puts a file and its .gz and .br copies, so that no request has to compress it.
func write(to string, text []byte) error {
	if old, err := os.ReadFile(to); err == nil && bytes.Equal(old, text) && exists(to+".br") && exists(to+".gz") {
		return nil
	}
	for ext, pack := range map[string]func(io.Writer) (io.WriteCloser, error){
		".gz": func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriterLevel(w, gzip.BestCompression) },
		".br": func(w io.Writer) (io.WriteCloser, error) { return brotli.NewWriterLevel(w, 10), nil },
	} {
		var b bytes.Buffer
		w, err := pack(&b)
		if err != nil {
			return err
		}
		if _, err := w.Write(text); err != nil {
			return err
		}
		if err := w.Close(); err != nil {
			return err
		}
		if err := os.WriteFile(to+ext, b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return put(to, text)
}

func exists(name string) bool { _, err := os.Stat(name); return err == nil }
