package main

import (
	"os"
	"path/filepath"
	"slices"
	"time"

	"yanzhen/cmd/demo"
	"yanzhen/cmd/keep"
	"yanzhen/pipeline/codes"
)

var (
	demoZone    = codes.Text{Zh: "雁阵示范开发区", En: "Yanzhen Demonstration Zone"}
	demoContact = codes.Text{Zh: "区委人才办（演示，无此单位）", En: "the talent office (made up, there is none)"}
)

// demoList is where the list of what was made up lies: a zone that has it is the synthetic one.
func demoList(cfg *config) string { return filepath.Clean(cfg.Inbox) + ".manifest.json" }

// demoMark is the file by which a data directory is known as that of the synthetic zone, whoever serves, copies or restores it.
// It stays: what was made up is still among the figures when files of an office have come too.
func demoMark(cfg *config) string { return filepath.Join(cfg.Dir, keep.DemoMark) }

// synthetic reports whether what a data directory holds was made up by the program.
func synthetic(cfg *config) bool {
	return slices.ContainsFunc([]string{demoMark(cfg), demoList(cfg)}, func(name string) bool { _, err := os.Stat(name); return err == nil })
}

// demonstrates marks whatever is served or written of the synthetic zone, and gives it its name.
func (c *config) demonstrates() { c.Demo, c.Zone, c.Contact = true, demoZone, demoContact }

// demonstrate writes the synthetic zone where it is asked for, and marks its directory.
func (s *serveCmd) demonstrate(cfg *config, c *cli) error {
	if !s.Demo && !synthetic(cfg) {
		return nil
	}
	if err := markDemo(cfg); err != nil || !s.Demo { // first: files that are written in part were made up too
		return err
	}
	return writeDemo(cfg, c)
}

func markDemo(cfg *config) error {
	cfg.demonstrates()
	if err := os.MkdirAll(cfg.Dir, 0o750); err != nil {
		return err
	}
	return os.WriteFile(demoMark(cfg), []byte("演示数据：这个目录里的数字由程序生成，每一页都标明。正式使用请另建目录（yanzhen init）。\nSynthetic data: the figures in this directory were made up by the program, and every page says so. Begin real work in another directory (yanzhen init).\n"), 0o600)
}

// writeDemo fills the inbox once; a zone that is there already is left as it is.
func writeDemo(cfg *config, c *cli) error {
	list := demoList(cfg)
	if _, err := os.Stat(list); err == nil {
		return nil
	}
	began := time.Now()
	m, err := demo.Write(cfg.Inbox, demo.Options{Seed: 1})
	if err != nil {
		return err
	}
	c.log.Info("demo files written", "files", len(m.Files), "inbox", cfg.Inbox, "took", time.Since(began).Round(time.Millisecond))
	return m.Save(list)
}
