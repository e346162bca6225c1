package main

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"yanzhen/dashboard/address"
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

// Files that were written in part were made up, too: the mark is there before them.
func TestDemonstrationIsMarkedFirst(t *testing.T) {
	c := &cli{Dir: t.TempDir(), log: slog.New(slog.DiscardHandler)}
	cfg, err := c.settings()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(cfg.Inbox, nil, 0o600); err != nil { // where a folder ought to be
		t.Fatal(err)
	}
	if err := (&serveCmd{Demo: true}).demonstrate(cfg, c); err == nil {
		t.Fatal("files were written into a file")
	}
	if !synthetic(cfg) {
		t.Error("a demonstration that broke off is not marked")
	}
}

// What is read of the configuration while pages are served leaves their clock alone; the beginning of the program sets it.
func TestClockOfPages(t *testing.T) {
	office := address.Office
	defer func() { address.Office = office }()
	name := filepath.Join(t.TempDir(), "yanzhen.yaml")
	if err := os.WriteFile(name, []byte("time_zone: Europe/Berlin\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c := &cli{Config: name, Dir: t.TempDir()}
	if _, err := c.settings(); err != nil || address.Office != office {
		t.Errorf("settings set the clock to %v, %v", address.Office, err)
	}
	if c.timed(); address.Office.String() != "Europe/Berlin" {
		t.Errorf("pages tell times by %v", address.Office)
	}
}
