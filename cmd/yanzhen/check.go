package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"yanzhen/dashboard"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/jobs"
)

type checkCmd struct{}

// Run reads everything declared; every fault of every file is in the error.
func (*checkCmd) Run(_ context.Context, c *cli) error {
	if _, err := c.settings(); err != nil {
		return err
	}
	fsys, catalog, metrics, err := c.declarations()
	if err != nil {
		return err
	}
	boards, err := board.Load(fsys, "boards")
	if err != nil {
		return invalid{err}
	}
	if err := dashboard.Check(metrics, boards); err != nil {
		return invalid{err}
	}
	list, err := jobs.Read(fsys, "jobs", catalog.Names(), []string{"sweep", "chains"})
	if err != nil {
		return invalid{err}
	}
	fmt.Fprintf(c.out, "datasets %d, chains %d, metrics %d, boards %d, jobs %d: 无误 no fault\n",
		len(catalog.Datasets), len(catalog.Chains), len(metrics.Metrics()), len(boards), len(list))
	return nil
}

type docsCmd struct {
	Out string `help:"Folder to write dictionary.md and indicators.md into." default:"docs" type:"path"`
}

func (d *docsCmd) Run(_ context.Context, c *cli) error {
	_, catalog, metrics, err := c.declarations()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.Out, 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(d.Out, "dictionary.md"), []byte(catalog.DictionaryPage("zh")), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(d.Out, "indicators.md"), []byte(indicators(metrics)), 0o644)
}

func indicators(metrics *metric.Catalog) string {
	var b strings.Builder
	b.WriteString("# Indicators 指标\n\nGenerated from `configs/metrics` by `make docs`.\n\n| id | name | 指标 | indicator | unit | better | sentence | 口径 | definition |\n|---|---|---|---|---|---|---|---|---|\n")
	for _, m := range metrics.Metrics() {
		cells := []string{m.ID, "`" + m.Name + "`", m.Title.Zh, m.Title.En, m.Unit, string(m.Direction), strings.Join(m.Sentence, " "), m.Definition.Zh, m.Definition.En}
		for i, s := range cells {
			cells[i] = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String()
}
