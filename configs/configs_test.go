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
