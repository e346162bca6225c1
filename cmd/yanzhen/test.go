package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yanzhen/configs"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/script"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/stage"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

// maxScript bounds a script that is read.
const maxScript = 8 << 20

type testCmd struct {
	Files []string `arg:"" optional:"" help:"Scripts to run; none: those of --configs, else the built-in ones." type:"existingfile" placeholder:"FILE"`
}

// Help is printed by yanzhen test --help.
func (*testCmd) Help() string {
	return `A script states rows and the numbers that metrics must answer for them. It runs on an engine of its
own in a temporary directory: no zone's data are read or changed. What does not hold is printed with
file, line, what was expected and what came, and the exit code is 1. docs/analyst.md has the language.

  yanzhen test --configs mine
  yanzhen test --configs mine mine/metrics/county_output.test`
}

func (r *testCmd) Run(ctx context.Context, c *cli) (err error) {
	_, catalog, metrics, err := c.declarations()
	if err != nil {
		return err
	}
	scripts, err := r.read(c)
	if err != nil {
		return invalid{err}
	}
	dir, err := os.MkdirTemp("", "yanzhen-test-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	engine, err := embedded.Start(ctx, embedded.Config{Dir: dir, Temporary: true, Log: c.log})
	if err != nil {
		return err
	}
	defer engine.Close()
	loader, err := warehouse.Open(ctx, warehouse.Options{Socket: engine.Socket(), User: embedded.Loader})
	if err != nil {
		return err
	}
	defer loader.Close()
	rows, err := stage.New(ctx, loader, catalog)
	if err != nil {
		return err
	}
	reader, err := warehouse.Open(ctx, warehouse.Options{Socket: engine.Socket(), User: embedded.Reader})
	if err != nil {
		return err
	}
	defer reader.Close()
	runner := script.Runner{Engine: &compute.Engine{For: access.CommandLine("command line"), Catalog: metrics, DB: reader, Fresh: time.Hour}, Publish: rows.Publish, Withdraw: rows.Withdraw}
	evals, failures := []string{}, 0
	for _, s := range scripts {
		out, err := runner.Run(ctx, s)
		for _, f := range out.Failures {
			fmt.Fprintln(c.out, f.In(s.File, c.Lang))
		}
		evals, failures = append(evals, out.Evals...), failures+len(out.Failures)
		if errors.As(err, new(*declare.Fault)) {
			return invalid{err}
		}
		if err != nil {
			return err
		}
	}
	fmt.Fprintf(c.out, c.say("脚本 %d，提问 %d，不符 %d\n", "scripts %d, evals %d, failures %d\n"), len(scripts), len(evals), failures)
	if untested := untested(metrics, evals); len(r.Files) == 0 && c.Configs != "" && len(untested) > 0 {
		fmt.Fprintf(c.out, c.say("没有脚本问到的指标：%s\n", "metrics that no script asks for: %s\n"), strings.Join(untested, ", "))
	}
	if failures > 0 {
		return fmt.Errorf("有 %d 处不符 / %d did not hold", failures, failures)
	}
	return nil
}

// read reads the scripts: the files named, else those of the directory of declarations, else the
// built-in ones. All lines that cannot be read are in the error.
func (r *testCmd) read(c *cli) (scripts []*script.Script, err error) {
	var faults []error
	add := func(name string, open func() (fs.File, error)) {
		text, err := readScript(open)
		if err == nil {
			var s *script.Script
			if s, err = script.Parse(nearby(name), text); err == nil {
				scripts = append(scripts, s)
			}
		}
		faults = append(faults, err)
	}
	for _, name := range r.Files {
		add(name, func() (fs.File, error) { return os.Open(name) })
	}
	if len(r.Files) == 0 {
		from, at := configs.FS, "configs"
		if c.Configs != "" {
			from, at = os.DirFS(c.Configs), c.Configs
		}
		names, err := fs.Glob(from, "metrics/*.test")
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			add(filepath.Join(at, name), func() (fs.File, error) { return from.Open(name) })
		}
		if len(names) == 0 {
			return nil, fmt.Errorf("%s 里没有脚本 / there is no script in %s", filepath.Join(at, "metrics"), filepath.Join(at, "metrics"))
		}
	}
	return scripts, errors.Join(faults...)
}

// nearby is a path as seen from the working directory, where it lies in there.
func nearby(path string) string {
	if here, err := os.Getwd(); err == nil {
		if rel, err := filepath.Rel(here, path); err == nil && filepath.IsLocal(rel) {
			return rel
		}
	}
	return path
}

func readScript(open func() (fs.File, error)) (string, error) {
	f, err := open()
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, maxScript+1))
	if err == nil && len(text) > maxScript {
		info, _ := f.Stat()
		err = fmt.Errorf("%s 超过 %d MiB，不是脚本 / %[1]s is over %[2]d MiB: no script", info.Name(), maxScript>>20)
	}
	return string(text), err
}

// untested are the metrics that are not built in and that no eval asks for.
func untested(metrics *metric.Catalog, evals []string) (names []string) {
	builtIn := map[string]bool{}
	if _, _, shipped, err := (&cli{}).declarations(); err == nil {
		for _, m := range shipped.Metrics() {
			builtIn[m.Name] = true
		}
	}
	for _, m := range metrics.Metrics() {
		if !builtIn[m.Name] && !slices.Contains(evals, m.Name) {
			names = append(names, m.Name)
		}
	}
	slices.Sort(names)
	return names
}
