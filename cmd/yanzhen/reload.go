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
	"yanzhen/dashboard/early/round"
	"yanzhen/jobs"
	"yanzhen/pipeline"
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
	if o.rounds == nil { // else pages are made anew: what was looked at is known
		o.rounds = round.New(o.config.Dir, o.config.readyAfter(), o.reader, c.log)
	}
	pages, err := o.pages(c, v.people, s)
	return &generation{o, s, pages}, err
}

// starts takes up the first generation. Whoever publishes tells the pages that are served then.
func (v *serving) starts(g *generation) {
	v.now.Store(g)
	g.office.loader.Ledger.Told = func() {
		v.now.Load().pages.Published()
		g.office.rounds.Published()
	}
	g.office.lineage.Of(func() *pipeline.Loader { return v.now.Load().office.loader })
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
	cfg := *o.config
	fresh, err := c.settings()
	if err != nil {
		return nil, err
	}
	if !cfg.Demo { // whose names are the demonstration's own
		cfg.Zone, cfg.Contact = fresh.Zone, fresh.Contact // the rest of the configuration holds from a start to the next
	}
	n.config = &cfg
	n.loader = n.loading(o.loader.Ledger, o.loader.Key, c.log)
	return &n, nil
}

// reloading is the server as far as its declarations go.
func (v *serving) reloading(c *cli) (*reload.Server, error) {
	s := &reload.Server{
		Dir: c.Configs, Read: c.layers, Clean: lines.Plain, Log: c.log,
		Apply: func(ctx context.Context, fsys fs.FS) error { return v.apply(ctx, c, fsys) },
		Start: func(ctx context.Context) error { return v.start(ctx, c) },
	}
	return s, s.Runs(v.now.Load().office.declare)
}

// next makes a server of other declarations. What can be wrong with them is found here, before anything is stopped.
func (v *serving) next(ctx context.Context, c *cli, fsys fs.FS) (*generation, error) {
	o, err := v.now.Load().office.with(c, fsys)
	if err != nil {
		return nil, err
	}
	changes, err := o.loader.Changes(ctx)
	for _, ch := range changes {
		err = errors.Join(err, ch.Refused)
	}
	if err != nil {
		return nil, err
	}
	return v.generation(c, o)
}

// apply takes other declarations up; where the database refuses them, the former ones are taken up again. One at a time.
func (v *serving) apply(ctx context.Context, c *cli, fsys fs.FS) error {
	next, err := v.next(ctx, c, fsys)
	if err != nil {
		return err
	}
	if err := reload.Drain(ctx, v.cfg.StopWithin, v.now.Load().scheduler.Stop, c.log); err != nil {
		return err
	}
	v.ended = true
	refused := next.office.stand(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case refused == nil:
		v.take(ctx, c, next)
	default:
		c.log.Error("the database does not follow the changed declarations; the former ones are taken up again", "err", refused)
		next.pages.Close()
	}
	v.people.Trail.Add(audit.Entry{Who: "server", Role: "server", From: "local", Did: "reload", Result: map[bool]string{true: "ok", false: "refused"}[refused == nil]})
	if err := v.start(ctx, c); err != nil {
		return &reload.Stalled{Taken: refused == nil, Err: errors.Join(refused, err)}
	}
	return refused
}

// take puts a server in the place of the one that serves. Its jobs do not run yet.
func (v *serving) take(ctx context.Context, c *cli, next *generation) {
	was, o := v.now.Load(), next.office
	if v.jobs {
		next.scheduler.Prepare(ctx)
	}
	v.people.Book.Resettle(scoped.Values{Metrics: o.metrics, Lists: o.catalog.Lists, Known: o.known}.Settle)
	o.calls()
	if o.plain != nil {
		o.plain.Use(o.catalog)
	}
	reload.Leave(snapshot(v.cfg), o.declare, c.log)
	v.now.Store(next)
	was.pages.Close()
	was.office.bells.Stop()
	v.ended, v.running = false, false
}

// start starts what happens by the clock, with the declarations that hold. It may be called again where it fails.
func (v *serving) start(ctx context.Context, c *cli) error {
	if v.ended { // the jobs were stopped for others, which the database refused
		was := v.now.Load()
		o, err := was.office.with(c, was.office.declare)
		if err != nil {
			return err
		}
		next, err := v.generation(c, o)
		if err == nil {
			err = o.stand(ctx)
		}
		if err != nil {
			return err
		}
		v.take(ctx, c, next)
	}
	g := v.now.Load()
	if !v.jobs {
		return nil
	}
	if !v.running {
		if err := g.scheduler.Start(ctx); err != nil {
			return err
		}
		v.running = true
	}
	return g.office.bells.Start(ctx)
}
