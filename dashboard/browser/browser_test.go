package browser

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/andybalholm/brotli"
	"github.com/chromedp/chromedp"
)

// Two characters drawn alike are two empty boxes; a bold one drawn as the plain one has no font of its own.
func TestChineseIsDrawn(t *testing.T) {
	b, err := Find()
	if errors.Is(err, ErrNone) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), b.Options(t.TempDir())...)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, time.Minute)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	var drawn []string
	err = chromedp.Run(ctx, chromedp.Navigate("about:blank"), chromedp.Evaluate(`["雁", "阵", "人", "bold 雁"].map(text => {
		const c = document.createElement("canvas"), d = c.getContext("2d");
		d.font = text.startsWith("bold ") ? "bold 24px sans-serif" : "24px sans-serif";
		d.fillText(text.replace("bold ", ""), 2, 28);
		return c.toDataURL();
	})`, &drawn))
	if err != nil {
		t.Fatal(b.Path, err)
	}
	if err := chromedp.Cancel(ctx); err != nil {
		t.Error(err)
	}
	for i := range drawn {
		for j := range i {
			if drawn[i] == drawn[j] {
				t.Errorf("%s with %v draws texts %d and %d alike: there is no Chinese font", b.Path, b.Env, i, j)
			}
		}
	}
}

func TestFindAsTold(t *testing.T) {
	program := filepath.Join(t.TempDir(), "my-browser")
	if err := os.WriteFile(program, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv(Var, program)
	if b, err := Find(); err != nil || b.Path != program {
		t.Errorf("got %v, %v", b, err)
	}
	t.Setenv(Var, program+"-missing")
	if b, err := Find(); err == nil || !strings.Contains(err.Error(), Var) {
		t.Errorf("got %v, %v, want an error that names %s", b, err, Var)
	}
	t.Setenv(Var, FromNPM)
	b, err := Find()
	if dir, e := Dir(); e != nil || err == nil && b.Path != filepath.Join(dir, "chromium") || err != nil && !errors.Is(err, ErrNone) {
		t.Errorf("got %v, %v, %v", b, err, e)
	}
}

// What npm brings is unpacked into the folder and never beside it.
func TestUnpack(t *testing.T) {
	modules, dir := t.TempDir(), filepath.Join(t.TempDir(), "browser")
	put := func(name string, text []byte) {
		t.Helper()
		if err := create(filepath.Join(modules, name), bytes.NewReader(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	pack := func(text []byte) []byte {
		var b bytes.Buffer
		w := brotli.NewWriter(&b)
		if _, err := w.Write(text); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	library := func(name string) []byte {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: 3}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte("elf")); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	put("@sparticuz/chromium/bin/chromium.br", pack([]byte("program")))
	put("@sparticuz/chromium/bin/al2023.tar.br", pack(library("lib/libnss3.so")))
	put("@expo-google-fonts/noto-sans-sc/400Regular/a.ttf", nil)
	put("@expo-google-fonts/noto-sans-sc/700Bold/b.ttf", nil)
	if err := unpack(modules, dir); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"chromium": "program", "lib/libnss3.so": "elf"} {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil || string(got) != want {
			t.Errorf("%s: got %q, %v", name, got, err)
		}
		if i, err := os.Stat(filepath.Join(dir, name)); err != nil || i.Mode().Perm() != 0o755 {
			t.Errorf("%s: %v, %v", name, i, err)
		}
	}
	conf, err := os.ReadFile(fontsFile(dir))
	if want := "<dir>" + filepath.Join(modules, "@expo-google-fonts", "noto-sans-sc", "700Bold") + "</dir>"; err != nil || !strings.Contains(string(conf), want) {
		t.Errorf("fonts.conf lacks %s:\n%s", want, conf)
	}
	put("@sparticuz/chromium/bin/al2023.tar.br", pack(library("../beside.so")))
	if err := unpack(modules, dir); err == nil || !strings.Contains(err.Error(), "leads out") {
		t.Errorf("a name that leads out: %v", err)
	}
	put("@sparticuz/chromium/bin/al2023.tar.br", []byte("no brotli"))
	if err := unpack(modules, dir); err == nil {
		t.Error("what is no brotli was unpacked")
	}
}
