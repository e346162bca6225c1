package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"yanzhen/configs"
	"yanzhen/dashboard"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/jobs"
	"yanzhen/pipeline/dataset"
)

type checkCmd struct{}

// Run reads everything declared; every fault of every file is in the error.
func (*checkCmd) Run(_ context.Context, c *cli) error {
	if _, err := c.settings(); err != nil {
		return err
	}
	fsys, err := configs.Over(c.Configs)
	if err != nil {
		return invalid{err}
	}
	// one room's fault must not hide another's: only what builds on a faulty room is left out
	var faults []error
	found := func(err error) bool {
		if err != nil {
			faults = append(faults, err)
		}
		return err == nil
	}
	catalog, err := dataset.Load(fsys)
	sound := found(err)
	boards, err := board.Load(fsys, "boards")
	drawn := found(err)
	if !sound {
		return invalid{errors.Join(faults...)}
	}
	metrics, err := metric.LoadFS(fsys, catalog.Datasets, catalog.Lists)
	if found(err) && drawn {
		found(dashboard.Check(metrics, boards))
	}
	list, err := jobs.Read(fsys, "jobs", catalog.Names(), []string{"sweep", "declared"})
	found(err)
	if len(faults) > 0 {
		return invalid{errors.Join(faults...)}
	}
	fmt.Fprintf(c.out, c.say("数据集 %d，产业链 %d，指标 %d，页面 %d，任务 %d：无误\n", "datasets %d, chains %d, metrics %d, boards %d, jobs %d: no fault\n"),
		len(catalog.Datasets), len(catalog.Chains), len(metrics.Metrics()), len(boards), len(list))
	return nil
}

type docsCmd struct {
	Out string `help:"Folder to write dictionary.md, dictionary.en.md and indicators.md into." default:"docs" type:"path"`
}

func (d *docsCmd) Run(_ context.Context, c *cli) error {
	_, catalog, metrics, err := c.declarations()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(d.Out, 0o755); err != nil {
		return err
	}
	for name, lang := range map[string]string{"dictionary.md": "zh", "dictionary.en.md": "en"} {
		if err := os.WriteFile(filepath.Join(d.Out, name), []byte(catalog.DictionaryPage(lang)), 0o644); err != nil {
			return err
		}
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
