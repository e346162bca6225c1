package embedded

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// After a power cut many parts of a table that is not synced may be empty. The engine starts, without them.
func TestBrokenParts(t *testing.T) {
	dir := t.TempDir()
	e, err := Start(t.Context(), Config{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	c := dial(e.Socket())
	c.must(t, Loader, "CREATE DATABASE store ENGINE = Atomic")
	c.must(t, Loader, "CREATE TABLE store.t (n UInt64) ENGINE = MergeTree ORDER BY n")
	c.must(t, Loader, "INSERT INTO store.t VALUES (1)")
	c.must(t, Loader, "SYSTEM STOP MERGES store.t")
	parts := func() string {
		return strings.TrimSpace(c.must(t, Loader, "SELECT path FROM system.parts WHERE table = 't' AND active FORMAT TSV"))
	}
	kept := parts()
	for range 150 {
		c.must(t, Loader, "INSERT INTO store.t VALUES (2)")
	}
	broken := strings.Split(parts(), "\n")
	e.Close()
	if len(broken) != 151 {
		t.Fatalf("%d parts, want 151", len(broken))
	}
	for _, p := range broken {
		if p == kept {
			continue
		}
		files, err := filepath.Glob(filepath.Join(p, "*"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %v", p, files, err)
		}
		for _, f := range files {
			if err := os.Truncate(f, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	if e, err = Start(t.Context(), Config{Dir: dir}); err != nil {
		t.Fatalf("the engine refuses to start: %v", err)
	}
	defer e.Close()
	if got := dial(e.Socket()).must(t, Reader, "SELECT sum(n) FROM store.t"); got != "1\n" {
		t.Errorf("rows: %q", got)
	}
}
