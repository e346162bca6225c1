package main

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/cmd/reload"
)

// A command beside a running server reads files by the server's declarations, not by those it was built with; where
// nobody knows them it does nothing.
func TestRunningDeclarations(t *testing.T) {
	dir, overlay := t.TempDir(), t.TempDir()
	if err := os.MkdirAll(filepath.Join(overlay, "datasets"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(overlay, "datasets", "rents.yaml"), []byte("name: rents\ntitle: {zh: 租金, en: Rents}\nabout: {zh: 一行一处。, en: One a row.}\nunit: [file]\nundated: true\ncolumns:\n  - {name: place, title: {zh: 地点, en: Place}, type: string, required: true}\n  - {name: rent, title: {zh: 月租, en: Rent}, type: float64}\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	list := filepath.Join(t.TempDir(), "rents.csv")
	if err := os.WriteFile(list, []byte("地点,月租\n甲,1200\n乙,900\n"), 0o640); err != nil {
		t.Fatal(err)
	}
	server := &cli{Dir: dir, Configs: overlay, Lang: "zh", out: io.Discard, log: slog.New(slog.DiscardHandler)}
	cfg, err := server.settings()
	if err != nil {
		t.Fatal(err)
	}
	o, err := server.open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if err := o.follow(t.Context(), server.log); err != nil {
		t.Fatal(err)
	}
	var said bytes.Buffer
	beside := &cli{Dir: dir, Lang: "zh", out: &said, log: slog.New(slog.DiscardHandler)}
	plan := &planCmd{File: list, destination: destination{Dataset: "rents"}, Rows: 5}
	if err := plan.Run(t.Context(), beside); err != nil || !strings.Contains(said.String(), "月租") {
		t.Errorf("plan: %v, said %s", err, said.String())
	}
	said.Reset()
	load := &loadCmd{Files: []string{list}, destination: destination{Dataset: "rents"}}
	if err := load.Run(t.Context(), beside); err != nil || !strings.Contains(said.String(), "published") {
		t.Errorf("load: %v, said %s", err, said.String())
	}
	if err := os.Remove(snapshot(cfg)); err != nil {
		t.Fatal(err)
	}
	if err := load.Run(t.Context(), beside); !errors.Is(err, reload.ErrOtherBuild) {
		t.Errorf("a server that left no declarations: got %v", err)
	}
	o.Close()
	if err := plan.Run(t.Context(), beside); err == nil || errors.Is(err, reload.ErrOtherBuild) {
		t.Errorf("no server: got %v, want that there is no such dataset", err)
	}
}
