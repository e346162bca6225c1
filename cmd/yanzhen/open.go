package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"yanzhen/cmd/alerts"
	"yanzhen/cmd/beside"
	"yanzhen/cmd/personkey"
	"yanzhen/cmd/reload"
	"yanzhen/cmd/senders"
	"yanzhen/cmd/spoken"
	"yanzhen/cmd/turn"
	"yanzhen/configs"
	"yanzhen/dashboard/early/round"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/called"
	"yanzhen/dashboard/monitor"
	"yanzhen/dashboard/statement"
	"yanzhen/jobs/timed"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/forget"
	"yanzhen/pipeline/openlineage"
	"yanzhen/pipeline/past"
	"yanzhen/pipeline/scan"
	"yanzhen/pipeline/trace"
	"yanzhen/pipeline/unmasked"
	"yanzhen/pipeline/version"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/cluster"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/embedded"
)

// office is an opened installation: its configuration, what it declares and its database.
type office struct {
	config  *config
	declare fs.FS
	catalog *dataset.Catalog
	metrics *metric.Catalog
	duties  []duty.Duty

	engine  *embedded.Engine // nil where another process serves the directory, or the database is a server
	socket  string           // of the embedded engine; empty for a server
	loader  *pipeline.Loader
	reader  *warehouse.DB
	bounds  *door.Exports       // of exports, once somebody asked for them
	desk    *statement.Desk     // of the analyst's page; nil before the pages are made
	book    *called.Book        // of the metrics that statements call, once somebody asked for it
	plain   *unmasked.Views     // of what masks hide; nil where there is no desk
	past    *past.Views         // of what was live at a moment; nil where there are none
	others  bool                // what is declared was named, and may be other than what a running server serves
	clock   *timed.Clock        // of saved statements; nil where there is no desk
	bells   *alerts.Bells       // nil before the pages are made
	traces  *trace.Sender       // nil where none are sent
	lineage *openlineage.Sender // as traces
	untold  error               // why others are not told though that is configured

	takes *reload.Taker // takes up what a page has written among the declarations; one of all generations

	rounds *round.Desk // in which pages are made ready; nil: none are

	queries *monitor.Queries // how long statements take
	turn    *turn.Turn       // while this process alone may make the tables
}

// settings reads the configuration and lays the flags over it.
func (c *cli) settings() (*config, error) {
	cfg, err := readConfig(c.Config)
	if err != nil {
		return nil, err
	}
	if c.Dir != "" {
		cfg.Dir = c.Dir
	}
	if err := cfg.settle(); err != nil {
		return nil, err
	}
	if synthetic(cfg) {
		cfg.demonstrates()
	}
	return cfg, nil
}

// folders are what a tree of declarations has.
var folders = []string{"alerts", "answers", "boards", "briefings", "chains", "channels", "codes", "contacts", "datasets", "duties", "jobs", "maps", "metrics", "scenes", "sources", "subscriptions"}

// layers are the built-in declarations under those of --configs. What would not be read there is an error.
func (c *cli) layers() (fs.FS, error) {
	dir := c.Configs
	if dir != "" { // an empty one, as of an empty environment variable, is none
		dir = kong.ExpandPath(dir)
	}
	fsys, err := configs.Over(dir)
	if err != nil {
		return nil, invalid{fmt.Errorf("--configs: 打不开声明目录：检查路径；自带的声明不必指定 / the directory of declarations cannot be opened, check its path; the built-in ones need none: %w", err)}
	}
	if err := declare.Folders(fsys, folders...); err != nil {
		return nil, invalid{err}
	}
	return fsys, nil
}

// declarations reads and checks everything declared, without a database.
func (c *cli) declarations() (fs.FS, *dataset.Catalog, *metric.Catalog, error) {
	fsys, err := c.layers()
	if err != nil {
		return nil, nil, nil, err
	}
	return checked(fsys)
}

func checked(fsys fs.FS) (fs.FS, *dataset.Catalog, *metric.Catalog, error) {
	catalog, err := dataset.Load(fsys)
	if err != nil {
		return nil, nil, nil, invalid{err}
	}
	metrics, err := metric.LoadFS(fsys, catalog.Datasets, catalog.Lists)
	if err != nil {
		return nil, nil, nil, invalid{err}
	}
	return fsys, catalog, metrics, nil
}

// office opens what a command works on, as it is configured; the caller closes it.
func (c *cli) office(ctx context.Context) (*office, error) {
	cfg, err := c.settings()
	if err != nil {
		return nil, err
	}
	o, err := c.open(ctx, cfg)
	if err == nil && o.untold != nil {
		fmt.Fprintln(c.err, "yanzhen:", c.say("本次运行不告知外部系统：", "nobody else is told of this run: ")+spoken.Error(o.untold, c.Lang))
	}
	return o, err
}

// ready opens it with its tables as this program has them.
func (c *cli) ready(ctx context.Context) (*office, error) {
	o, err := c.office(ctx)
	if err != nil {
		return nil, err
	}
	if err := o.ensure(ctx); err != nil {
		o.Close()
		return nil, err
	}
	return o, nil
}

// open opens the installation: through the server that runs on the directory, once its tables stand, with its declarations
// unless others are named, else with an engine of its own. The caller closes it.
func (c *cli) open(ctx context.Context, cfg *config) (_ *office, err error) {
	o := &office{config: cfg, queries: &monitor.Queries{}, takes: &reload.Taker{}, others: c.Configs != ""}
	defer func() {
		if err != nil {
			o.Close()
		}
	}()
	if o.turn, err = c.turn(ctx, cfg); err != nil {
		return nil, err
	}
	if err := o.reading(c, cfg); err != nil {
		return nil, err
	}
	key, err := personkey.Read(cfg.KeyFile, cfg.Dir, func(err error) error { return invalid{err} })
	if err != nil {
		return nil, err
	}
	if err := o.connect(ctx, c, cfg); err != nil {
		return nil, err
	}
	db, err := o.as(ctx, embedded.Loader)
	if err != nil {
		return nil, err
	}
	if err := version.Check(ctx, db); err != nil {
		return nil, errors.Join(invalid{err}, db.Close())
	}
	o.tell(ctx, c)
	o.loader = o.loading(&pipeline.Ledger{DB: db, Noted: func(r pipeline.Run) { o.traces.Noted(r); o.lineage.Noted(r) }}, key, c.log)
	o.lineage.Of(func() *pipeline.Loader { return o.loader })
	if o.engine == nil {
		o.turn.End()
	}
	o.reader, err = o.as(ctx, embedded.Reader)
	return o, err
}

// reading reads what holds: what is named, else what the server that runs on the directory has. Where what is named is wrong, and
// such a server goes on with what it had before, so does a command beside it: a line that somebody is at keeps no backup from being
// made.
func (o *office) reading(c *cli, cfg *config) error {
	theirs, err := fs.FS(nil), error(nil)
	if c.Configs == "" {
		if theirs, err = running(cfg); err != nil {
			return invalid{err}
		}
	}
	if theirs == nil {
		fsys, wrong := c.layers()
		if wrong == nil {
			wrong = o.reads(fsys)
		}
		if theirs, err = running(cfg); wrong == nil || theirs == nil || err != nil {
			return wrong
		}
		fmt.Fprintln(c.err, "yanzhen:", c.say("声明有错，按运行中的服务所用的做：", "the declarations are wrong, those of the running server are taken: ")+spoken.Error(wrong, c.Lang))
		o.others = false
	}
	return o.reads(theirs)
}

// reads takes declarations.
func (o *office) reads(fsys fs.FS) (err error) {
	if o.declare, o.catalog, o.metrics, err = checked(fsys); err != nil {
		return err
	}
	if o.duties, err = duty.Read(o.declare, o.catalog.Names()); err != nil {
		return invalid{err}
	}
	return nil
}

// tell opens what tells others of runs. Where it cannot, what only tells of a command keeps nobody from it: a server says so
// and does not start (untold), everything else goes on.
func (o *office) tell(ctx context.Context, c *cli) {
	var faults [2]error
	o.traces, faults[0] = trace.Open(ctx, o.config.Traces, version.Program(), c.log)
	o.lineage, faults[1] = openlineage.Open(o.config.Lineage, version.Program(), c.log)
	o.untold = errors.Join(faults[:]...)
}

// turn waits until nobody else makes tables in the directory.
func (c *cli) turn(ctx context.Context, cfg *config) (*turn.Turn, error) {
	return turn.Take(ctx, cfg.Dir, func() {
		c.log.Warn("another yanzhen starts or works on this directory; this one goes on when it is done", "dir", cfg.Dir)
	})
}

// loading makes the loader of what is declared.
func (o *office) loading(ledger *pipeline.Ledger, key []byte, log *slog.Logger) *pipeline.Loader {
	var memory int64 // of a server nobody here knows it
	if o.config.Database.DSN == "" {
		memory, _ = bytesOf(o.config.Database.Memory) // the configuration was checked
	}
	l := &pipeline.Loader{
		Ledger:  ledger,
		Catalog: o.catalog,
		Key:     key,
		Alone:   o.engine != nil,
		Spool:   filepath.Join(o.config.Dir, "spool"),
		Log:     log,
		Gone:    (&forget.Watch{Book: forget.Book{Dir: o.config.Dir}, Log: log}).Keys,
		States:  beside.Of(o.declare, o.metrics, o.config.Database.States, memory, ledger.DB, log),
	}
	l.Scan = scan.By(o.config.Scan)
	l.Zone, _ = time.LoadLocation(o.config.TimeZone) // the configuration was checked
	for _, d := range o.duties {
		l.Senders = append(l.Senders, d.Sender)
	}
	l.SentBy = senders.SentBy(o.config.Dir)
	l.Mapped, l.Confirmed = senders.Mapped(o.config.Dir)
	return l
}

// connect finds the database: a server where the configuration names one, the engine of a running
// yanzhen, or an engine started here.
func (o *office) connect(ctx context.Context, c *cli, cfg *config) error {
	if cfg.Database.DSN != "" {
		return nil
	}
	home := filepath.Join(cfg.Dir, "engine")
	if socket, ok := embedded.Find(home); ok {
		o.socket = socket
		return nil
	}
	memory, err := bytesOf(cfg.Database.Memory)
	if err != nil {
		return invalid{fmt.Errorf("config database.memory: %w", err)}
	}
	o.engine, err = embedded.Start(ctx, embedded.Config{Dir: home, MemoryLimit: memory, Analysts: cfg.Database.Analysts, Log: c.log})
	if err != nil {
		return err
	}
	o.socket = o.engine.Socket()
	reload.Leave(snapshot(cfg), o.declare, c.log)
	return nil
}

// as opens the database in a role. On a server the role is whatever the DSN's user may do. An
// analyst names the views without their database, mart, which therefore must exist.
func (o *office) as(ctx context.Context, role string) (*warehouse.DB, error) {
	database := ""
	if role == embedded.Analyst {
		database = "mart"
	}
	if o.socket != "" {
		return warehouse.Open(ctx, warehouse.Options{Socket: o.socket, User: role, Database: database, Observe: o.queries.Of(role), Patience: o.config.Database.Patience})
	}
	dsn := o.config.Database.DSN
	if f := o.config.Database.PasswordFile; f != "" {
		password, err := os.ReadFile(f)
		if err != nil {
			return nil, invalid{fmt.Errorf("config database.dsn_password_file: %w", err)}
		}
		if dsn, err = warehouse.WithPassword(dsn, "", strings.TrimSpace(string(password))); err != nil {
			return nil, invalid{err}
		}
	}
	return warehouse.Open(ctx, warehouse.Options{DSN: dsn, Database: database, Observe: o.queries.Of(role), Patience: o.config.Database.Patience, Cluster: cluster.Plan{Name: o.config.Database.Cluster}})
}

// server opens the server of the configuration as another user; as the program's own where none is named.
func (o *office) server(ctx context.Context, user, password string) (*warehouse.DB, error) {
	if user == "" {
		return o.as(ctx, embedded.Loader)
	}
	dsn, err := warehouse.WithPassword(o.config.Database.DSN, user, password)
	if err != nil {
		return nil, invalid{err}
	}
	return warehouse.Open(ctx, warehouse.Options{DSN: dsn, Patience: o.config.Database.Patience, Cluster: cluster.Plan{Name: o.config.Database.Cluster}})
}

// ensure brings the database to what is declared, unless a running server did so when it started.
func (o *office) ensure(ctx context.Context) error {
	if o.engine == nil && o.socket != "" {
		return nil
	}
	return o.stand(ctx)
}

// stand brings the database to what is declared, also beside a running server.
func (o *office) stand(ctx context.Context) error {
	if !o.turn.Held() {
		t, err := turn.Take(ctx, o.config.Dir, func() {})
		if err != nil {
			return err
		}
		defer t.End()
	}
	return o.loader.Ensure(ctx)
}

// Close lets everything go; safe on a half-opened office.
func (o *office) Close() {
	o.bells.Stop()
	o.clock.Stop()
	o.desk.Close()
	o.traces.Close()
	o.lineage.Close()
	if o.reader != nil {
		o.reader.Close()
	}
	if o.loader != nil {
		o.loader.DB.Close()
	}
	if o.engine != nil {
		os.Remove(snapshot(o.config))
		o.engine.Close()
	}
	o.turn.End()
}

// bytesOf reads 4GiB, 512MiB or a plain number of bytes.
func bytesOf(text string) (int64, error) {
	number, shift := text, 0
	for unit, bits := range map[string]int{"KiB": 10, "MiB": 20, "GiB": 30, "TiB": 40} {
		if n, ok := strings.CutSuffix(text, unit); ok {
			number, shift = n, bits
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 32)
	if shift == 0 {
		n, err = strconv.ParseInt(strings.TrimSpace(number), 10, 64)
	}
	if err != nil || n <= 0 {
		return 0, fmt.Errorf("%q is no size such as 4GiB or 512MiB", text)
	}
	return n << shift, nil
}
