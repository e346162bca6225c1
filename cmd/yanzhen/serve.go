package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/alecthomas/kong"

	"yanzhen/cmd/alerts"
	"yanzhen/cmd/atrest"
	"yanzhen/cmd/beside"
	"yanzhen/cmd/compare"
	"yanzhen/cmd/forget"
	clock "yanzhen/cmd/jobs"
	"yanzhen/cmd/people"
	"yanzhen/cmd/programs"
	"yanzhen/cmd/reload"
	"yanzhen/cmd/setup"
	"yanzhen/cmd/units"
	"yanzhen/dashboard"
	"yanzhen/dashboard/access/scoped"
	"yanzhen/dashboard/answer/verified"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/early/round"
	"yanzhen/dashboard/editor"
	"yanzhen/dashboard/inlet"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/scene"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/target"
	"yanzhen/jobs"
	"yanzhen/jobs/subscribe"
	"yanzhen/jobs/timed"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/fetch"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/warehouse/embedded"
)

type serveCmd struct {
	Listen string `help:"Address of the pages; overrides the configuration." placeholder:"HOST:PORT"`
	Demo   bool   `help:"Serve the synthetic zone: writes its files into the inbox where they are not there yet."`
	NoJobs bool   `help:"Serve the pages only: no clock, no inbox."`
}

// Help is printed by yanzhen serve --help.
func (*serveCmd) Help() string {
	return `Opens the engine (or the configured server), creates and migrates the tables, starts the jobs
and serves the pages until it is interrupted. Then a running load may finish within stop_within;
one that does not is abandoned, and nobody sees its rows.`
}

// noAddress says why the pages cannot be served at an address.
func noAddress(at string, err error) error {
	if errors.Is(err, syscall.EADDRINUSE) || errors.Is(err, syscall.EACCES) {
		return invalid{fmt.Errorf("--listen %s: %w; 换一个地址用 --listen / another address: --listen", at, errors.Unwrap(errors.Unwrap(err)))}
	}
	return invalid{fmt.Errorf("--listen %s: 不是本机的地址，应如 127.0.0.1:8086、0.0.0.0:8086 / is no address of this machine such as 127.0.0.1:8086 or 0.0.0.0:8086", at)}
}

// finish brings what was decided of an office to its place; where it may not, the declarations are served as they are.
func (c *cli) finish() {
	if c.Configs == "" {
		return
	}
	if err := setup.Finish(kong.ExpandPath(c.Configs)); err != nil {
		c.log.Warn("what was decided of an office is not all in its place", "err", err)
	}
}

// prepare reads the settings of a server and makes its inbox, with the demonstration's files where they are wanted.
func (s *serveCmd) prepare(c *cli) (*config, error) {
	c.finish()
	cfg, err := c.printing()
	if err != nil {
		return nil, err
	}
	if err := atrest.NoDumps(); err != nil {
		c.log.Warn("what is in memory could be written down where the program ends by a fault", "err", err)
	}
	if s.Listen != "" {
		cfg.Listen = s.Listen
	}
	if err := s.demonstrate(cfg, c); err != nil {
		return nil, err
	}
	inlet.Tidy(cfg.Inbox)
	return cfg, os.MkdirAll(cfg.Inbox, 0o750)
}

func (s *serveCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := s.prepare(c)
	if err != nil {
		return err
	}
	alone, err := c.turn(ctx, cfg) // an engine that is there then is a server's, and no command's that ends
	if err != nil {
		return err
	}
	_, ok := embedded.Find(filepath.Join(cfg.Dir, "engine"))
	alone.End()
	if ok && cfg.Database.DSN == "" {
		return fmt.Errorf("%w: %s", errServed, cfg.Dir)
	}
	if err := os.MkdirAll(cfg.Dir, 0o750); err != nil {
		return err
	}
	who, err := cfg.doors().Open(c.log)
	if err != nil {
		return err
	}
	defer who.Trail.Close()
	c.log = slog.New(who.Trail.Listen(c.log.Handler()))
	listener, err := net.Listen("tcp", cfg.Listen)
	if err != nil {
		return noAddress(cfg.Listen, err)
	}
	defer listener.Close()
	if err := who.Allow(listener.Addr()); err != nil {
		return err
	}

	o, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.Close()
	if o.untold != nil {
		return invalid{o.untold}
	}
	if o.engine == nil && o.socket != "" {
		return fmt.Errorf("%w: %s", errServed, cfg.Dir)
	}
	if err := o.follow(ctx, c.log); err != nil {
		return err
	}
	if o.declare, err = reload.Freeze(o.declare); err != nil { // what is edited later is taken up as a whole
		return err
	}
	v := &serving{cfg: cfg, listener: listener, people: who, jobs: !s.NoJobs}
	first, err := v.generation(c, o)
	if err != nil {
		return invalid{err}
	}
	v.starts(first)
	defer func() { v.now.Load().office.bells.Stop() }()
	if cfg.Database.DSN != "" { // who starts an engine has left them
		reload.Leave(snapshot(cfg), o.declare, c.log)
		defer os.Remove(snapshot(cfg))
	}
	who.Book.Settle = scoped.Values{Metrics: o.metrics, Lists: o.catalog.Lists, Known: o.known}.Settle
	doors, err := o.openDoors(ctx, who, c.log)
	if err != nil {
		return err
	}
	defer doors.Close()
	if v.jobs {
		if err := o.begin(ctx, first.scheduler); err != nil {
			return err
		}
	}
	return s.serve(ctx, c, v)
}

// serving is what a server consists of.
type serving struct {
	cfg      *config
	listener net.Listener
	people   *people.Admitted
	jobs     bool // that jobs are to run
	ended    bool // the jobs of now were stopped for good; only a reload knows it and running
	running  bool // those of a reload run
	now      atomic.Pointer[generation]
}

// serve answers until ctx is over, then drains.
func (s *serveCmd) serve(ctx context.Context, c *cli, v *serving) (err error) {
	cfg := v.cfg
	server := &http.Server{
		Handler: v, ReadHeaderTimeout: 10 * time.Second, ReadTimeout: 30 * time.Second,
		WriteTimeout: 2 * time.Minute, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
	}
	greets := programs.Pages(v.people.Trail)
	greets.Before(server)
	conf, err := cfg.TLS.Config()
	if err != nil {
		return invalid{err}
	}
	scheme := "http"
	if conf != nil {
		conf.NextProtos = []string{"h2", "http/1.1"}
		scheme = "https"
	}
	server.RegisterOnShutdown(func() { v.now.Load().pages.Close() }) // who listens for events would be waited for
	failed := make(chan error, 1)
	listener := greets.Listener(v.listener, conf)
	go func() { failed <- server.Serve(listener) }()
	again, err := v.reloading(c)
	if err != nil {
		return err
	}
	v.now.Load().office.takes.Use(ctx, again)
	go again.Watch(ctx)
	early, endRounds := context.WithCancel(ctx)
	defer endRounds()
	roundsEnded := make(chan struct{})
	go func() {
		defer close(roundsEnded)
		v.now.Load().office.rounds.Run(early, func() *round.Pages { return v.now.Load().pages.Early })
	}()
	go beside.Catch(ctx, func() *states.Keeper { return v.now.Load().office.loader.States }, c.log)
	go forget.Follow(ctx, func() *pipeline.Loader { return v.now.Load().office.loader }, cfg.Dir, c.log)
	defer again.Close()
	operator, err := people.Operate(cfg.Dir, again.Handler(ctx, http.HandlerFunc(v.operator)), c.log)
	if err != nil {
		return err
	}
	defer operator.Close()
	c.log.Info("serving", "pages", scheme+"://"+v.listener.Addr().String()+"/", "inbox", cfg.Inbox, "dir", cfg.Dir)
	// where yanzhen check finds this server
	if err := os.WriteFile(served(cfg), []byte(v.listener.Addr().String()+"\n"), 0o640); err != nil {
		c.log.Warn("the address is not written down; yanzhen check compares with the configured one", "err", err)
	}
	defer os.Remove(served(cfg))
	fmt.Fprintf(c.out, "雁阵 Yanzhen  %s/\n收件夹 inbox   %s\n", cfg.doors().Base(v.listener.Addr().String()), cfg.Inbox)
	v.people.Started(v.listener.Addr())
	v.people.Greet(c.out, c.Lang, v.listener.Addr())

	select {
	case err = <-failed:
	case <-ctx.Done():
	}
	c.log.Info("stopping", "within", cfg.StopWithin)
	again.Close() // a reload under way ends before what it works on does
	endRounds()
	v.now.Load().pages.Monitor.Stop()
	// the context that asked us to stop is over; what must still be done gets its own
	drain, cancel := context.WithTimeout(context.WithoutCancel(ctx), cfg.StopWithin)
	defer cancel()
	if stop := v.now.Load().scheduler.Stop(drain); stop != nil {
		c.log.Warn("a load was abandoned; its rows stay hidden", "err", stop)
	}
	if stop := server.Shutdown(drain); stop != nil {
		err = errors.Join(err, server.Close())
	}
	select { // no statement of a round is under way when the database is closed
	case <-roundsEnded:
	case <-drain.Done():
	}
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// boards reads the pages and wall scenes that are declared. Their titles speak of the declared chains.
func (o *office) boards() ([]*board.Board, []*scene.Scene, error) {
	boards, err := board.Load(o.declare, "boards")
	if err != nil {
		return nil, nil, err
	}
	scenes, err := scene.Read(o.declare, boards)
	if err != nil {
		return nil, nil, err
	}
	var chains []codes.Text
	for _, c := range o.catalog.Chains {
		chains = append(chains, c.Title)
	}
	board.NameChains(boards, chains)
	scene.NameChains(scenes, chains)
	return boards, scenes, nil
}

// pages makes the dashboard over the opened office. s knows what lies in the watched folders.
func (o *office) pages(c *cli, p *people.Admitted, s *jobs.Scheduler) (*dashboard.Server, error) {
	boards, scenes, err := o.boards()
	if err != nil {
		return nil, err
	}
	var sets []*dataset.Dataset
	for _, name := range o.catalog.Names() {
		sets = append(sets, o.catalog.Datasets[name])
	}
	maps, err := board.LoadMaps(o.declare, o.catalog.Lists)
	if err != nil {
		return nil, err
	}
	briefs, err := brief.Read(o.declare, o.metrics, boards)
	if err != nil {
		return nil, err
	}
	if err := board.Approve(maps, o.config.Map.Approval.Numbers()); err != nil {
		return nil, fmt.Errorf("config %w", err)
	}
	if err := target.CheckScopes(o.metrics, o.config.Scopes); err != nil {
		return nil, fmt.Errorf("config %w", err)
	}
	all, err := compare.Read(o.declare)
	if err != nil {
		return nil, err
	}
	told, err := json.Marshal(all)
	if err != nil {
		return nil, err
	}
	if key, text, found := o.config.Privacy.Small.Fault(func(name string) bool { return o.metrics.Dataset(name) != nil }); found {
		return nil, invalid{fmt.Errorf("privacy.small.%s: %s / %s", key, text.Zh, text.En)}
	}
	engine := &compute.Engine{Catalog: o.metrics, DB: o.reader, Fresh: time.Second, Duties: o.duties, Office: o.config.zone(), Small: o.config.Privacy.Small, Log: c.log}
	answers, err := verified.Read(o.declare, o.metrics)
	if err != nil {
		return nil, err
	}
	var inbox func() []pipeline.Arrival
	var taken *inlet.Inlet
	if s != nil { // else no folder is watched
		inbox, taken = s.Inbox, o.inlet(s)
	}
	page := &editor.Editor{Shelf: shelf.Shelf{Dir: o.config.Dir}, Catalog: o.metrics, Datasets: sets, Trail: p.Trail}
	var room *asking.Room
	if o.desk == nil { // else pages are made anew: what runs and what was found stays
		o.desk = o.newDesk(c.log)
	}
	if o.desk != nil {
		room = &asking.Room{Desk: o.desk, Shelf: page.Shelf, Trail: p.Trail, Log: c.log}
		if o.clock == nil {
			o.clock = &timed.Clock{Room: room, Book: p.Book, Dir: o.config.Dir, Log: c.log}
		}
		page.Desk = o.desk
		page.Clock = editor.Clock{Next: timed.Next, Due: timed.Due, Ask: o.clock.Ask, Open: func(owner, file string) (*os.File, error) { return timed.Open(o.config.Dir, owner, file) }}
	}
	targets := &target.Book{Engine: engine, Scopes: o.config.Scopes}
	if err := o.ring(c, alerts.Site{Targets: targets, Briefs: briefs, Pages: subscribe.Pages{Book: p.Book, Boards: boards, Host: "127.0.0.1", Room: room}}, s); err != nil {
		return nil, err
	}
	server, err := dashboard.New(dashboard.Config{
		Catalog: o.metrics, Boards: boards, Scenes: scenes, Datasets: sets, Chains: o.catalog.Chains,
		Engine: engine, Targets: targets,
		Pipeline: o.loader.Ledger,
		Zone:     o.config.Zone, Contact: o.config.Contact, Demo: o.config.Demo, Maps: maps, Briefs: briefs, Log: c.log,
		Unranked: o.config.Ranking == "hide", Inbox: inbox, Programs: dashboard.Programs{Early: &round.Pages{Desk: o.rounds, Boards: boards, Engine: engine}, Editor: page, SQL: room, Declared: told, Alerts: o.bells.Page(), Jobs: clock.Page(s, o.loader.Ledger), Units: units.Page(o.loader), Review: units.ReviewPage(o.loader), Drafting: c.drafting(o), Monitor: o.watched(s), Inlet: taken, Counter: o.counter(taken, sets), Answers: answers, Agents: o.config.Agents}, Hosts: o.config.Hosts, Doctor: o.loader.WrongKey, Who: p.Door.Who, Door: p.Door,
		Links: strings.TrimSuffix(o.config.Documents.Address, "/"), Paper: o.config.Documents.Style(),
		Now: func() time.Time { return o.config.local(time.Now()) },
	})
	if err == nil {
		o.bells.Serve(server.For)
	}
	return server, err
}

// inlet takes files of senders into the inbox.
func (o *office) inlet(s *jobs.Scheduler) *inlet.Inlet {
	takes := func(name string) bool { return s.Takes(o.config.Inbox, name) }
	return &inlet.Inlet{Dir: o.config.Inbox, Receipts: filepath.Join(o.config.Dir, "uploads.json"), Takes: takes, Arrivals: s.Inbox}
}

// scheduler reads the jobs and makes their clock.
func (o *office) scheduler(c *cli) (*jobs.Scheduler, error) {
	builtins := map[string]func(context.Context) error{
		"sweep": func(ctx context.Context) error {
			_, err := o.loader.Sweep(ctx, pipeline.Retention{})
			return err
		},
		"declared": o.loader.LoadDeclared,
	}
	var s *jobs.Scheduler
	builtins["verify"] = func(ctx context.Context) error {
		found, err := o.loader.Verify(ctx, pipeline.Deep)
		if err == nil && len(found) > 0 {
			s.Recheck() // what lies in the inbox is loaded again where its batch is damaged
			zh, en := found[0].Text()
			err = &pipeline.Problem{
				Code:   "damaged",
				Text:   codes.Text{Zh: fmt.Sprintf("%d 个已发布的批次受损：%s", len(found), zh), En: fmt.Sprintf("%d published batches are damaged: %s", len(found), en)},
				Remedy: codes.Text{Zh: "原文件还在收件夹的会自动重新装入；其余请重新放入", En: "those whose file is still in the inbox are loaded again by themselves; put the others back"},
			}
		}
		return err
	}
	var names []string
	for name := range builtins {
		names = append(names, name)
	}
	f, err := o.fetcher(c)
	if err != nil {
		return nil, err
	}
	list, err := jobs.Read(o.declare, "jobs", o.catalog.Names(), names, fetch.Datasets(f.Sources))
	if err != nil {
		return nil, err
	}
	// a job's folder is relative to the data directory; the inbox may be set elsewhere
	for _, j := range list {
		if j.Source != nil && j.Source.Dir == "inbox" {
			j.Source.Dir = o.config.Inbox
		}
		j.Whole = j.Fetch != "" && f.Sources[j.Fetch].Whole()
	}
	s = &jobs.Scheduler{Jobs: list, Loader: o.loader, Builtins: builtins, Fetch: f.Job, Letters: f.Arrivals, Dir: o.config.Dir, Log: c.log, Still: o.config.Still}
	return s, nil
}
