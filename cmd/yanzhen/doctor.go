package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"yanzhen/pipeline"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

type doctorCmd struct{}

// Help is printed by yanzhen doctor --help.
func (*doctorCmd) Help() string {
	return `Prints one line a check: ok, warn or fail with what to do. Exit code 1 where one fails.`
}

// freeWanted is the free disk space under which doctor warns.
const freeWanted = 5 << 30

func (d *doctorCmd) Run(ctx context.Context, c *cli) error {
	var failed int
	say := func(state, what, detail string) {
		if state == "fail" {
			failed++
		}
		fmt.Fprintf(c.out, "%-4s  %-14s %s\n", state, what, detail)
	}
	verdict := func(what string, err error, detail string) bool {
		if err != nil {
			say("fail", what, err.Error())
			return false
		}
		say("ok", what, detail)
		return true
	}

	cfg, err := c.settings()
	if !verdict("config", err, "") {
		return errors.New("doctor: 1 check failed")
	}
	_, catalog, metrics, err := c.declarations()
	if verdict("declarations", err, "") {
		fmt.Fprintf(c.out, "      %-14s %d datasets, %d metrics\n", "", len(catalog.Datasets), len(metrics.Metrics()))
	}
	if cfg.Database.DSN == "" {
		lib, err := embedded.FindLibrary("")
		verdict("engine library", err, lib)
	}
	d.directory(cfg, say)
	if failed == 0 {
		d.database(ctx, c, cfg, say)
	}
	if failed > 0 {
		return fmt.Errorf("doctor: %d checks failed", failed)
	}
	return nil
}

func (*doctorCmd) directory(cfg *config, say func(state, what, detail string)) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		say("fail", "directory", err.Error())
		return
	}
	probe, err := os.CreateTemp(cfg.Dir, ".doctor-*")
	if err != nil {
		say("fail", "directory", err.Error())
		return
	}
	probe.Close()
	os.Remove(probe.Name())
	say("ok", "directory", cfg.Dir)

	var disk unix.Statfs_t
	if err := unix.Statfs(cfg.Dir, &disk); err == nil {
		free := disk.Bavail * uint64(disk.Bsize)
		state := "ok"
		if free < freeWanted {
			state = "warn"
		}
		say(state, "free disk", fmt.Sprintf("%.1f GiB", float64(free)/(1<<30)))
	}
	if info, err := os.Stat(cfg.KeyFile); err == nil {
		if info.Mode().Perm()&0o077 != 0 {
			say("warn", "person key", fmt.Sprintf("%s can be read by others; chmod 600", cfg.KeyFile))
		} else {
			say("ok", "person key", filepath.Base(cfg.KeyFile)+": keep a copy elsewhere")
		}
	}
}

func (*doctorCmd) database(ctx context.Context, c *cli, cfg *config, say func(state, what, detail string)) {
	o, err := c.open(ctx, cfg)
	if err != nil {
		say("fail", "database", err.Error())
		return
	}
	defer o.Close()
	var version string
	var now time.Time
	if err := o.reader.Row(ctx, warehouse.SQL("select version(), now64(3, 'UTC')"), &version, &now); err != nil {
		say("fail", "database", err.Error())
		return
	}
	where := "embedded, started here"
	switch {
	case o.socket == "":
		where = "server"
	case o.engine == nil:
		where = "embedded, of the running server"
	}
	say("ok", "database", "ClickHouse "+version+" ("+where+")")
	if skew := time.Since(now).Abs(); skew > 5*time.Second {
		say("warn", "clock", fmt.Sprintf("the database's clock differs by %s", skew.Round(time.Second)))
	}
	if err := o.loader.Ensure(ctx); err != nil {
		say("fail", "tables", err.Error())
		return
	}
	fresh, err := o.loader.Freshness(ctx)
	if err != nil {
		say("fail", "data", err.Error())
		return
	}
	for _, f := range fresh {
		say("ok", "data", fmt.Sprintf("%-14s %9d rows in %d units, data to %s, loaded %s", f.Dataset, f.Rows, f.Units, f.MaxDate.Format("2006-01-02"), f.Published.Format("2006-01-02 15:04")))
	}
	held, err := o.loader.Runs(ctx, pipeline.RunFilter{States: []pipeline.State{pipeline.Held}, Limit: 20})
	if err != nil {
		say("fail", "runs", err.Error())
		return
	}
	for _, r := range held {
		say("warn", "held", fmt.Sprintf("%s %s: %s", r.ID, r.File, r.MessageZh))
	}
}
