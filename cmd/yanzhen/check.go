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

	"yanzhen/cmd/compare"
	"yanzhen/dashboard/answer/verified"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/scene"
	"yanzhen/dashboard/target"
	"yanzhen/jobs"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/duty"
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
	held := boards
	if !found(err) {
		held = nil
	}
	_, err = scene.Read(fsys, held)
	found(err)
	maps, err := board.LoadMaps(fsys, catalog.Lists)
	if found(err) {
		if err := board.Approve(maps, cfg.Map.Approval.Numbers()); err != nil {
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
		found(board.Check(metrics, boards, maps))
		_, err = brief.Read(fsys, metrics, boards)
		found(err)
		_, err = verified.Read(fsys, metrics)
		found(err)
	}
	_, err = duty.Read(fsys, catalog.Names())
	found(err)
	list, err := jobs.Read(fsys, "jobs", catalog.Names(), []string{"sweep", "declared", "verify"})
	found(err)
	if len(faults) > 0 {
		return invalid{errors.Join(faults...)}
	}
	fmt.Fprintf(c.out, c.say("数据集 %d，产业链 %d，指标 %d，页面 %d，任务 %d：无误\n", "datasets %d, chains %d, metrics %d, boards %d, jobs %d: no fault\n"),
		len(catalog.Datasets), len(catalog.Chains), len(metrics.Metrics()), len(boards), len(list))
	here, err := compare.Read(fsys)
	if err != nil {
		return err
	}
	return c.compare(ctx, cfg, catalog, here)
}

type docsCmd struct {
	Out string `help:"Folder to write dictionary.md, dictionary.en.md, indicators.md, declarations.md and schema/ into." default:"docs" type:"path"`
}

// declaredKinds are the kinds of declaration, in the order of the manual.
var declaredKinds = []declare.Kind{dataset.Kind, dataset.ChainKind, metric.Declared, board.Declared, board.DeclaredMap, jobs.Declared, duty.Declared, brief.Declared, scene.Declared, verified.Declared, configKind}

func (d *docsCmd) Run(_ context.Context, c *cli) error {
	_, catalog, metrics, err := c.declarations()
	if err != nil {
		return err
	}
	pages, err := manual()
	if err != nil {
		return err
	}
	pages["dictionary.md"] = catalog.DictionaryPage(codes.Zh)
	pages["dictionary.en.md"] = catalog.DictionaryPage(codes.En)
	pages["indicators.md"] = indicators(metrics)
	for name, text := range pages {
		file := filepath.Join(d.Out, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// manual is the page of every key that can be declared, and the schema of each kind, by their names in docs.
func manual() (map[string]string, error) {
	page, err := declare.Manual(declaredKinds...)
	if err != nil {
		return nil, err
	}
	pages := map[string]string{"declarations.md": page}
	for _, k := range declaredKinds {
		schema, err := k.Schema()
		if err != nil {
			return nil, err
		}
		pages["schema/"+k.Name+".schema.json"] = string(schema)
	}
	return pages, nil
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
