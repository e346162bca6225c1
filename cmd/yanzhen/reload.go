package main

import (
	"context"
	"errors"
	"io/fs"
	"net/http"

	"yanzhen/cmd/lines"
	"yanzhen/cmd/reload"
	"yanzhen/dashboard"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/scoped"
	"yanzhen/jobs"
	"yanzhen/pipeline/duty"
)

type reloadCmd struct {
	reload.Flags `embed:""`
}

// Run tells the server of the directory.
func (r *reloadCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	err = r.Ask(ctx, cfg.Dir, c.Lang, c.out)
	if errors.Is(err, reload.ErrNone) || errors.Is(err, reload.ErrFault) {
		return invalid{err}
	}
	return err
}

// generation is what of a server follows from the declarations: another takes its place when these change.
type generation struct {
	office    *office
	scheduler *jobs.Scheduler
	pages     *dashboard.Server
}

func (v *serving) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v.now.Load().pages.ServeHTTP(w, r)
}

// operator answers whoever owns the directory.
func (v *serving) operator(w http.ResponseWriter, r *http.Request) {
	v.now.Load().pages.For(access.CommandLine("operator")).ServeHTTP(w, r)
}

// generation makes jobs and pages; nothing of them runs yet.
func (v *serving) generation(c *cli, o *office) (*generation, error) {
	s, err := o.scheduler(c)
	if err != nil {
		return nil, err
	}
	pages, err := o.pages(c, v.people, s)
	return &generation{o, s, pages}, err
}

// starts takes up the first generation. Whoever publishes tells the pages that are served then.
func (v *serving) starts(g *generation) {
	v.now.Store(g)
	g.office.loader.Ledger.Told = func() { v.now.Load().pages.Published() }
}

// with is the office with other declarations: on the same engine, ledger and desk.
func (o *office) with(c *cli, fsys fs.FS) (*office, error) {
	n := *o
	var err error
	if n.declare, n.catalog, n.metrics, err = checked(fsys); err != nil {
		return nil, err
	}
	if n.duties, err = duty.Read(n.declare, n.catalog.Names()); err != nil {
		return nil, err
	}
	n.loader = n.loading(o.loader.Ledger, o.loader.Key, c.log)
	return &n, nil
}

// reloading is the server as far as its declarations go.
func (v *serving) reloading(c *cli) (*reload.Server, error) {
	s := &reload.Server{Dir: c.Configs, Read: c.layers, Clean: lines.Plain, Log: c.log, Apply: func(ctx context.Context, fsys fs.FS) error { return v.apply(ctx, c, fsys) }}
	return s, s.Runs(v.now.Load().office.declare)
}

// apply takes other declarations up. What can be wrong with them is found before anything is stopped; where the database
// still refuses, the former ones are taken up again.
func (v *serving) apply(ctx context.Context, c *cli, fsys fs.FS) error {
	was := v.now.Load()
	o, err := was.office.with(c, fsys)
	if err != nil {
		return err
	}
	changes, err := o.loader.Changes(ctx)
	if err != nil {
		return err
	}
	for _, ch := range changes {
		err = errors.Join(err, ch.Refused)
	}
	if err != nil {
		return err
	}
	next, err := v.generation(c, o)
	if err != nil {
		return err
	}
	drain, cancel := context.WithTimeout(ctx, reload.Longest)
	defer cancel()
	if stop := was.scheduler.Stop(drain); stop != nil {
		c.log.Warn("a load was abandoned; its rows stay hidden, and it is loaded again", "err", stop)
	}
	if err = o.loader.Ensure(ctx); err != nil {
		c.log.Error("the database does not follow the changed declarations; the former ones are taken up again", "err", err)
		if o, err2 := was.office.with(c, was.office.declare); err2 == nil {
			if next, err2 = v.generation(c, o); err2 == nil {
				err2 = o.loader.Ensure(ctx)
			}
			err = errors.Join(err, err2)
		}
	}
	o = next.office
	v.people.Book.Settle = scoped.Values{Metrics: o.metrics, Lists: o.catalog.Lists, Known: o.known}.Settle
	o.calls()
	leave(v.cfg, o.declare, c.log)
	v.now.Store(next)
	was.pages.Close()
	v.people.Trail.Add(audit.Entry{Who: "server", Role: "server", From: "local", Did: "reload", Result: map[bool]string{true: "ok", false: "refused"}[err == nil]})
	was.office.bells.Stop()
	was.office.bells = nil // it is stopped once
	if v.jobs {
		err = errors.Join(err, next.scheduler.Start(ctx), o.bells.Start(ctx))
	}
	return err
}
