package demo

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// The demo of seed 1 is written once, for all tests that only read it.
var one struct {
	once sync.Once
	m    *Manifest
	err  error
}

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "demo")
	if err != nil {
		panic(err)
	}
	one.m = &Manifest{Dir: dir}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func written(t *testing.T) *Manifest {
	t.Helper()
	one.once.Do(func() { one.m, one.err = Write(one.m.Dir, Options{Seed: 1}) })
	if one.err != nil {
		t.Fatal(one.err)
	}
	return one.m
}

func writtenAnew(t *testing.T, o Options) *Manifest {
	t.Helper()
	m, err := Write(t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func bytesOf(t *testing.T, m *Manifest, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(m.Dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestSameSeedSameBytes(t *testing.T) {
	t.Parallel()
	a, b := written(t), writtenAnew(t, Options{Seed: 1, Until: day(2026, 5, 31)})
	have := map[string]bool{}
	for _, f := range b.Files {
		have[f.Name] = true
		if f.From.After(b.Until) {
			t.Errorf("%s speaks of days after %s", f.Name, b.Until.Format(time.DateOnly))
		}
		if !bytes.Equal(bytesOf(t, a, f.Name), bytesOf(t, b, f.Name)) {
			t.Errorf("%s differs between two runs of one seed", f.Name)
		}
	}
	june := 0
	for _, f := range a.Files {
		if !have[f.Name] {
			june++
			if f.To.Before(day(2026, 6, 2)) {
				t.Errorf("%s is missing from a story that ends on 31 May", f.Name)
			}
		}
	}
	if june < 6 || len(a.Files) != len(b.Files)+june {
		t.Errorf("%d files, %d of them June's, %d until May", len(a.Files), june, len(b.Files))
	}
	if _, err := Write(t.TempDir(), Options{Until: day(2031, 1, 1)}); err == nil || !strings.Contains(err.Error(), "2026-06-30") {
		t.Errorf("a day after the story: %v", err)
	}
}

func TestManifestStaysOutside(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := &Manifest{Dir: filepath.Join(dir, "inbox")}
	if err := os.Mkdir(m.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := m.Save(filepath.Join(m.Dir, "manifest.json")); err == nil {
		t.Error("the manifest was saved among the submissions")
	}
	if err := m.Save(filepath.Join(dir, "manifest.json")); err != nil {
		t.Error(err)
	}
}
