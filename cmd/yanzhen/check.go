package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"yanzhen/cmd/alerts"
	"yanzhen/cmd/compare"
	"yanzhen/cmd/indicators"
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
	"yanzhen/pipeline/fetch"
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
		briefs, err := brief.Read(fsys, metrics, boards)
		found(err)
		_, err = verified.Read(fsys, metrics)
		found(err)
		found(alerts.Check(fsys, metrics, boards, briefs))
	}
	_, err = duty.Read(fsys, catalog.Names())
	found(err)
	sources, err := fetch.Read(fsys, catalog.Datasets)
	found(err)
	list, err := jobs.Read(fsys, "jobs", catalog.Names(), []string{"sweep", "declared", "verify"}, fetch.Datasets(sources))
	found(err)
	if len(faults) > 0 {
		return invalid{errors.Join(faults...)}
	}
	fmt.Fprintf(c.out, c.say("数据集 %d，产业链 %d，指标 %d，页面 %d，任务 %d：无误\n", "datasets %d, chains %d, metrics %d, boards %d, jobs %d: no fault\n"),
		len(catalog.Datasets), len(catalog.Chains), len(metrics.Metrics()), len(boards), len(list))
	if note, wrong := alerts.Local(fsys, cfg.links()); wrong {
		fmt.Fprintln(c.out, c.say(note.Zh, note.En))
	}
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
var declaredKinds = append([]declare.Kind{dataset.Kind, dataset.ChainKind, metric.Declared, board.Declared, board.DeclaredMap, jobs.Declared, fetch.Declared, duty.Declared, brief.Declared, scene.Declared, verified.Declared, configKind}, alerts.Kinds...)

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
	pages["indicators.md"] = indicators.Page(metrics)
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
