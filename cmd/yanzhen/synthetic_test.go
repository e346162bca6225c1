package main

import (
	"os"
	"path/filepath"
	"testing"
)

// What the program made up says so whoever serves its directory, also where its inbox lies elsewhere or is gone; an office's own does
// not.
func TestDemonstrationIsMarked(t *testing.T) {
	dir := t.TempDir()
	settings := func() *config {
		t.Helper()
		cfg, err := (&cli{Dir: dir}).settings()
		if err != nil {
			t.Fatal(err)
		}
		return cfg
	}
	if cfg := settings(); cfg.Demo {
		t.Error("an empty directory is the demonstration's")
	}
	list := filepath.Join(dir, "inbox.manifest.json") // of an older program
	if err := os.WriteFile(list, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := settings()
	if !cfg.Demo || cfg.Zone != demoZone {
		t.Errorf("the list of what was made up marks nothing: %v", cfg.Zone)
	}
	if err := markDemo(cfg); err != nil {
		t.Fatal(err)
	}
	os.Remove(list)
	if cfg := settings(); !cfg.Demo || cfg.Zone != demoZone {
		t.Errorf("the mark is not with the directory: %v", cfg.Zone)
	}
}
