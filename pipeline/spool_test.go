package pipeline

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"yanzhen/pipeline/spool"
)

// What a process that has ended left in the spool is removed at the next start, what a living one
// is at stays.
func TestClearSpool(t *testing.T) {
	l := &Loader{Spool: t.TempDir(), Log: slog.New(slog.DiscardHandler)}
	mine, err := os.CreateTemp(l.Spool, spool.Name()+".csv")
	if err != nil {
		t.Fatal(err)
	}
	mine.Close()
	for _, name := range []string{"load-1234567.99-x.csv", "load-abc.xlsx", "load-20261128.csv", filepath.Base(mine.Name())} {
		os.WriteFile(filepath.Join(l.Spool, name), []byte("11010519491231002X"), 0o600)
	}
	l.clearSpool()
	left, err := filepath.Glob(filepath.Join(l.Spool, "*"))
	if err != nil || len(left) != 1 || left[0] != mine.Name() {
		t.Errorf("left in the spool: %v, %v; want only %s", left, err, mine.Name())
	}
}

// A file that is written over, appended to or replaced while it is copied is not taken: the copy may be half of the one
// and half of the other.
func TestMovedWhileCopied(t *testing.T) {
	for name, change := range map[string]func(path string){
		"appended":    func(path string) { os.WriteFile(path, []byte("a longer text"), 0o600) },
		"overwritten": func(path string) { os.WriteFile(path, []byte("TEXT"), 0o600); os.Chtimes(path, time.Now(), time.Now()) },
		"replaced": func(path string) {
			os.WriteFile(path+".new", []byte("text"), 0o600)
			os.Rename(path+".new", path)
		},
		"as it was": func(string) {},
	} {
		path := filepath.Join(t.TempDir(), "a.csv")
		os.WriteFile(path, []byte("text"), 0o600)
		long := time.Now().Add(-time.Hour)
		os.Chtimes(path, long, long)
		f, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		before, err := f.Stat()
		if err != nil {
			t.Fatal(err)
		}
		change(path)
		if err := unmoved(path, f, before, before.Size()); errors.Is(err, ErrMoving) != (name != "as it was") {
			t.Errorf("%s: got %v", name, err)
		}
		f.Close()
	}
}
