package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"yanzhen/dashboard"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/jobs"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

type checkCmd struct{}

// Run reads everything declared; every fault of every file is in the error. Where a server runs, it says what changed
// since that was started.
func (*checkCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	fsys, err := c.layers()
	if err != nil {
		return err
	}
	// one room's fault must not hide another's: what builds on a faulty declaration is held against what is known of it
	var faults []error
	found := func(err error) bool {
		if err != nil {
			faults = append(faults, err)
		}
		return err == nil
	}
	catalog, err := dataset.Load(fsys)
	found(err)
	boards, err := board.Load(fsys, "boards")
	found(err)
	maps, err := board.LoadMaps(fsys, catalog.Lists)
	if found(err) {
		if err := board.Approve(maps, cfg.Map.Approval.numbers()); err != nil {
			found(fmt.Errorf("config %w", err))
		}
	}
	metrics, err := metric.LoadFS(fsys, catalog.Datasets, catalog.Lists)
	if found(err) {
		if err := target.CheckScopes(metrics, cfg.Scopes); err != nil {
			found(fmt.Errorf("config %w", err))
		}
	}
	if !metrics.Unread() {
		found(dashboard.Check(metrics, boards, maps))
	}
	list, err := jobs.Read(fsys, "jobs", catalog.Names(), []string{"sweep", "declared", "verify"})
	found(err)
	if len(faults) > 0 {
		return invalid{errors.Join(faults...)}
	}
	fmt.Fprintf(c.out, c.say("数据集 %d，产业链 %d，指标 %d，页面 %d，任务 %d：无误\n", "datasets %d, chains %d, metrics %d, boards %d, jobs %d: no fault\n"),
		len(catalog.Datasets), len(catalog.Chains), len(metrics.Metrics()), len(boards), len(list))
	here, err := readDeclared(fsys)
	if err != nil {
		return err
	}
	return c.compare(ctx, cfg, catalog, here)
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
	for name, lang := range map[string]codes.Lang{"dictionary.md": codes.Zh, "dictionary.en.md": codes.En} {
		if err := os.WriteFile(filepath.Join(d.Out, name), []byte(catalog.DictionaryPage(lang)), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(d.Out, "indicators.md"), []byte(indicators(metrics)), 0o644)
}

// formula writes in a line how a metric is computed, in the words of its declaration.
func formula(m *metric.Metric) string {
	var s string
	switch {
	case m.Formula != "" && m.Over != "":
		s = m.Formula + ", per " + m.Over
	case m.Formula != "":
		s = m.Formula
	case m.Numerator != "" && m.Scale == 1:
		s = m.Numerator + " / " + m.Denominator
	case m.Numerator != "":
		s = fmt.Sprintf("%s / %s * %v", m.Numerator, m.Denominator, m.Scale)
	case m.Method != "":
		s = m.Method + "(" + strings.Join(m.Args, ", ") + ") over " + m.Over
	case m.Of != "":
		s = strings.TrimSpace(fmt.Sprintf("%s of %s %s", m.Kind, m.Of, m.Against))
	case m.Like != "":
		s = strings.Join(slices.DeleteFunc([]string{m.Like, m.And, m.Value}, func(s string) bool { return s == "" }), "; ")
	default:
		s = string(m.Kind) + ": " + m.Value
		if m.Where != "" {
			s += " where " + m.Where
		}
	}
	return "`" + strings.Join(strings.Fields(s), " ") + "`"
}

func indicators(metrics *metric.Catalog) string {
	var b strings.Builder
	b.WriteString("# Indicators 指标\n\nGenerated from `configs/metrics` by `make docs`: first the indicators of the system by number, then what they are made of.\n\n| id | name | 指标 | indicator | unit | better | sentence | 口径 | definition | formula | source |\n|---|---|---|---|---|---|---|---|---|---|---|\n")
	list := metrics.Metrics()
	slices.SortStableFunc(list, func(x, y *metric.Metric) int {
		return cmp.Or(cmp.Compare(min(1, len(y.ID)), min(1, len(x.ID))), cmp.Compare(x.ID, y.ID))
	})
	for _, m := range list {
		cells := []string{m.ID, "`" + m.Name + "`", m.Title.Zh, m.Title.En, m.Unit.String(), string(m.Direction), strings.Join(m.Sentence, " "), m.Definition.Zh, m.Definition.En, formula(m), strings.Join(m.Datasets(), " ")}
		for i, s := range cells {
			cells[i] = strings.ReplaceAll(strings.Join(strings.Fields(s), " "), "|", `\|`)
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String()
}
