package configs

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestOver(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("datasets/arrivals.yaml", "replaced")
	write("datasets/visits.yaml", "added")
	write("datasets/talents.yaml", "")
	fsys, err := Over(dir)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"datasets/arrivals.yaml": "replaced", "datasets/visits.yaml": "added"} {
		if got, err := fs.ReadFile(fsys, name); err != nil || string(got) != want {
			t.Errorf("%s: got %q %v, want %q", name, got, err, want)
		}
	}
	if _, err := fs.ReadFile(fsys, "datasets/talents.yaml"); err == nil {
		t.Error("datasets/talents.yaml is there though an empty file removes it")
	}
	if got, err := fs.ReadFile(fsys, "codes/sexes.csv"); err != nil || len(got) == 0 {
		t.Errorf("codes/sexes.csv of the program: %v", err)
	}
	for _, name := range []string{".git/hooks/x", ".git/HEAD", "datasets/.#talents.yaml", "datasets/.git/x", "notes/x.txt", "codes/old/x.csv"} {
		write(name, "x")
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "datasets", "dead.yaml")); err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	list, err := Files(fsys)
	for _, name := range list {
		have[name] = true
		if _, err := fs.ReadFile(fsys, name); err != nil {
			t.Error(err)
		}
	}
	if err != nil || !have["datasets/visits.yaml"] || !have["codes/sexes.csv"] || have["datasets/talents.yaml"] {
		t.Errorf("%v %q", err, list)
	}
	for _, name := range []string{".git/hooks", ".git/HEAD", "datasets/.#talents.yaml", "datasets/.git", "datasets/dead.yaml", "notes/x.txt", "codes/old"} {
		if have[name] {
			t.Errorf("%s is taken for a declaration", name)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, "datasets", "dead.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "datasets", ".#talents.yaml")); err != nil {
		t.Fatal(err)
	}
	under, _ := fs.Glob(FS, "datasets/*.yaml")
	over, err := fs.Glob(fsys, "datasets/*.yaml")
	if err != nil || len(over) != len(under) { // one more, one less
		t.Errorf("got %d datasets %v, want %d", len(over), over, len(under))
	}
	if _, err := Over(filepath.Join(dir, "none")); err == nil {
		t.Error("a directory that is not there is taken")
	}
	if _, err := Over(filepath.Join(dir, "datasets/arrivals.yaml")); err == nil {
		t.Error("a file is taken for a directory")
	}
	if fsys, err := Over(""); err != nil || fsys != FS {
		t.Errorf("no directory: got %v %v", fsys, err)
	}
}
