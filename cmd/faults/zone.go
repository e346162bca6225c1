package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"yanzhen/configs"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/former"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

// zone is an installation that is tried, and the server that runs on it.
type zone struct {
	program, dir, configs string
	preload               string // loaded before the engine; empty: nothing
	catalog               *dataset.Catalog

	server *exec.Cmd // nil: none runs
	ended  chan struct{}
}

const declaration = `name: %[1]s
title: {zh: %[1]s, en: %[1]s}
about: {zh: 一行一笔。, en: One entry a row.}
unit: [sender, period]
period: {column: day, grain: month}
partition: {column: day, by: month}
columns:
  - {name: u, title: {zh: u, en: u}, type: int32, required: true}
  - {name: v, title: {zh: v, en: v}, type: int32, required: true}
  - {name: n, title: {zh: n, en: n}, type: int32, required: true}
  - {name: day, title: {zh: day, en: day}, type: date, required: true}
  - {name: amount, title: {zh: amount, en: amount}, type: int64, required: true}
`

// newZone writes what is declared, and an empty inbox.
func newZone(program, dir string) (*zone, error) {
	z := &zone{program: program, dir: filepath.Join(dir, "zone"), configs: filepath.Join(dir, "configs")}
	for _, d := range []string{filepath.Join(z.dir, "inbox"), filepath.Join(z.configs, "datasets")} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, err
		}
	}
	for _, d := range datasets {
		if err := os.WriteFile(filepath.Join(z.configs, "datasets", d+".yaml"), fmt.Appendf(nil, declaration, d), 0o600); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "yanzhen.yaml"), []byte("still: 200ms\nready_after: never\n"), 0o600); err != nil {
		return nil, err
	}
	fsys, err := configs.Over(z.configs)
	if err != nil {
		return nil, err
	}
	z.catalog, err = dataset.Load(fsys)
	return z, err
}

func (z *zone) inbox() string  { return filepath.Join(z.dir, "inbox") }
func (z *zone) engine() string { return filepath.Join(z.dir, "engine") }

// start starts the server and waits until it serves.
func (z *zone) start(ctx context.Context) error {
	z.server = exec.Command(z.program, "--config", filepath.Join(filepath.Dir(z.dir), "yanzhen.yaml"), "--configs", z.configs, "--dir", z.dir, "serve", "--listen", "127.0.0.1:0")
	z.server.Env = os.Environ()
	if z.preload != "" {
		z.server.Env = append(z.server.Env, "LD_PRELOAD="+z.preload)
	}
	log, err := os.OpenFile(filepath.Join(filepath.Dir(z.dir), "serve.log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close()
	z.server.Stderr = log
	out, err := z.server.StdoutPipe()
	if err != nil {
		return err
	}
	if err := z.server.Start(); err != nil {
		return err
	}
	ready, ended := make(chan struct{}, 1), make(chan struct{})
	z.ended = ended
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			if strings.Contains(lines.Text(), "http://") {
				ready <- struct{}{}
			}
		}
		_ = z.server.Wait()
		close(ended)
	}()
	select {
	case <-ready:
		return nil
	case <-ended:
		z.server = nil
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("the server ended before it was ready: %s", said[max(0, len(said)-1500):])
	case <-time.After(2 * time.Minute):
		return errors.New("the server was not ready within two minutes")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// kill ends a process of the zone at once. Of the server, it waits until it is gone.
func (z *zone) kill() {
	if z.server != nil {
		_ = z.server.Process.Kill()
		<-z.ended
		z.server = nil
	}
}

// stop asks the server to end.
func (z *zone) stop() error {
	if z.server == nil {
		return nil
	}
	_ = z.server.Process.Signal(syscall.SIGTERM)
	select {
	case <-z.ended:
	case <-time.After(time.Minute):
		z.kill()
		return errors.New("the server did not stop within a minute")
	}
	z.server = nil
	return nil
}

// enginePID is the number of the engine's process; 0 where there is none.
func (z *zone) enginePID() int {
	if z.server == nil {
		return 0
	}
	pid := z.server.Process.Pid
	tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/children", pid))
	for _, t := range tasks {
		text, _ := os.ReadFile(t)
		for _, f := range strings.Fields(string(text)) {
			if n, err := strconv.Atoi(f); err == nil {
				return n
			}
		}
	}
	return 0
}

// as opens the engine that runs.
func (z *zone) as(ctx context.Context, role string) (*warehouse.DB, error) {
	socket, ok := embedded.Find(z.engine())
	if !ok {
		return nil, errors.New("no engine answers")
	}
	return warehouse.Open(ctx, warehouse.Options{Socket: socket, User: role})
}

// show reads what is visible.
func (z *zone) show(ctx context.Context) (map[int]state, error) {
	db, err := z.as(ctx, embedded.Reader)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	out := map[int]state{}
	for _, d := range datasets {
		got, err := warehouse.Select[state](ctx, db, warehouse.Statement{Tag: "faults", SQL: "select toInt64(u) as u, toInt64(min(v)) as low, toInt64(max(v)) as high, toInt64(count()) as rows, toInt64(sum(amount)) as total, toInt64(uniqExact(n)) as lines from mart." + d + " group by u"})
		if err != nil {
			return nil, err
		}
		for _, s := range got {
			out[int(s.U)] = s
		}
	}
	return out, nil
}

// others are the rows of every other dataset: what the program declares and nobody touches here.
func (z *zone) others(ctx context.Context) (string, error) {
	db, err := z.as(ctx, embedded.Reader)
	if err != nil {
		return "", err
	}
	defer db.Close()
	var b strings.Builder
	for _, name := range z.catalog.Names() {
		if name == datasets[0] || name == datasets[1] {
			continue
		}
		got, err := warehouse.Select[struct {
			N uint64 `db:"n"`
			H string `db:"h"`
		}](ctx, db, warehouse.Statement{Tag: "faults.others", SQL: "select count() as n, toString(sum(cityHash64(tuple(* except (_row))))) as h from mart." + name})
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&b, "%s %d %s\n", name, got[0].N, got[0].H)
	}
	return b.String(), nil
}

// rollback takes back what a unit shows, as yanzhen rollback does.
func (z *zone) rollback(ctx context.Context) func(dataset, unit string) error {
	return func(dataset, unit string) error {
		db, err := z.as(ctx, embedded.Loader)
		if err != nil {
			return err
		}
		defer db.Close()
		l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: z.catalog, Log: slog.New(slog.DiscardHandler)}
		s, err := former.Back(ctx, l, dataset, unit)
		if err == nil {
			_, err = s.Take(ctx, l, pipeline.Why{By: "faults", Reason: "trial"})
		}
		return err
	}
}

// weaken switches off what makes rows lie on disk before they are published.
func (z *zone) weaken(ctx context.Context) error {
	db, err := z.as(ctx, embedded.Loader)
	if err != nil {
		return err
	}
	defer db.Close()
	for _, d := range datasets {
		if err := db.Exec(ctx, warehouse.Statement{Tag: "faults.weaken", SQL: "alter table store." + d + " modify setting fsync_after_insert = 0, fsync_part_directory = 0"}); err != nil {
			return err
		}
	}
	return nil
}
