package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"yanzhen/cmd/alerts"
	"yanzhen/cmd/atrest"
	"yanzhen/cmd/forget"
	"yanzhen/cmd/jobs"
	"yanzhen/cmd/lines"
	"yanzhen/cmd/people"
	"yanzhen/cmd/saved"
	"yanzhen/cmd/sources"
	"yanzhen/cmd/spoken"
	"yanzhen/pipeline"
	"yanzhen/pipeline/openlineage"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
)

type doctorCmd struct {
	Deep bool `help:"Compare every control sum of every live batch too: reads the whole store."`
}

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
		fmt.Fprintln(c.out, strings.TrimRight(fmt.Sprintf("%-4s  %-14s  %s", state, what, detail), " "))
	}
	verdict := func(what string, err error, detail string) bool {
		if err != nil {
			say("fail", what, spoken.Error(err, c.Lang))
			return false
		}
		say("ok", what, detail)
		return true
	}

	cfg, err := c.settings()
	if !verdict("config", err, c.Config) {
		return invalid{errors.New("doctor: 配置读不出，其余未查 / the configuration cannot be read; nothing else was checked")}
	}
	what := ""
	fsys, catalog, metrics, err := c.declarations()
	if err == nil {
		what = fmt.Sprintf(c.say("%d 个数据集，%d 个指标", "%d datasets, %d metrics"), len(catalog.Datasets), len(metrics.Metrics()))
	}
	if verdict("declarations", err, what) {
		sources.Doctor(fsys, catalog.Datasets, cfg.Dir, cfg.local, c.say, say)
	}
	if cfg.Database.DSN == "" {
		lib, err := embedded.FindLibrary("")
		verdict("engine library", err, lib)
	}
	d.directory(ctx, c, cfg, say)
	if failed == 0 {
		d.database(ctx, c, cfg, say)
	}
	if failed > 0 {
		return fmt.Errorf("doctor: %d 项未通过 / checks that failed: %d", failed, failed)
	}
	return nil
}

func (*doctorCmd) directory(ctx context.Context, c *cli, cfg *config, say func(state, what, detail string)) {
	if err := os.MkdirAll(cfg.Dir, 0o700); err != nil {
		say("fail", "directory", spoken.Error(err, c.Lang))
		return
	}
	probe, err := os.CreateTemp(cfg.Dir, ".doctor-*")
	if err != nil {
		say("fail", "directory", spoken.Error(err, c.Lang))
		return
	}
	probe.Close()
	os.Remove(probe.Name())
	say("ok", "directory", cfg.Dir)
	if synthetic(cfg) {
		say("ok", "demonstration", c.say("演示数据，每一页都标明；正式使用请另建目录：yanzhen init", "synthetic data, and every page says so; begin real work in another directory: yanzhen init"))
	}

	var disk unix.Statfs_t
	if err := unix.Statfs(cfg.Dir, &disk); err == nil {
		free := disk.Bavail * uint64(disk.Bsize)
		state := "ok"
		if free < freeWanted {
			state = "warn"
		}
		say(state, "free disk", fmt.Sprintf("%.1f GiB", float64(free)/(1<<30)))
	}
	plain := "ok"
	if cfg.Access.Strict || cfg.Access.Separate {
		plain = "warn"
	}
	inside, _ := filepath.Glob(filepath.Join(cfg.Dir, "*")) // each may be a link or a disk of its own
	state, text := atrest.Disk(append(inside, cfg.Dir, cfg.Inbox), plain, c.say)
	say(state, "encryption", text)
	saved.Troubles(c.desk(), say)
	c.bells().Doctor(cfg.TLS.Cert, say)
	cfg.toldOf(ctx, c, say)
	if err := cfg.papers(c.Config); err != nil {
		say("warn", "documents", c.say("服务启动不了：", "no server starts: ")+spoken.Error(err, c.Lang))
	}
	forget.Doctor(cfg.Dir, c.say, say)
	jobs.Doctor(cfg.Dir, cfg.local, c.say, say)
	state, text = c.keeper(cfg).Age(cfg.Dir, time.Now(), cfg.BackupWithin)
	say(state, "backup", text)
	if text, ok := people.Check(cfg.Dir, c.say); ok {
		say("ok", "audit trail", text)
	} else {
		say("fail", "audit trail", text)
	}
	people.Doctor(people.Zone{Dir: cfg.Dir, Policy: cfg.doors().Policy()}, c.say, say)
	cfg.secrets(c, say)
	if info, err := os.Stat(cfg.KeyFile); err == nil {
		if info.Mode().Perm()&0o077 != 0 {
			say("warn", "person key", fmt.Sprintf(c.say("%s 别人也能读，请 chmod 600", "%s can be read by others; chmod 600"), cfg.KeyFile))
		} else {
			say("ok", "person key", filepath.Base(cfg.KeyFile)+c.say("：请另存一份", ": keep a copy elsewhere"))
		}
	}
}

// secrets says whether the files of secrets can be read by whoever asks, and by whom else.
func (c *config) secrets(l *cli, say func(state, what, detail string)) {
	nobody := l.say("%s 读不出，服务启动不了：", "%s cannot read it, and no server starts: ")
	files := []struct{ what, path, unread string }{
		{"tls key", c.TLS.Key, nobody},
		{"oidc secret", c.Access.Office.File, nobody},
		{"dsn password", c.Database.PasswordFile, l.say("%s 读不出，连不上数据库：", "%s cannot read it, and no command reaches the database: ")},
	}
	who := strconv.Itoa(os.Getuid())
	if u, err := user.Current(); err == nil {
		who = u.Username
	}
	for _, x := range files {
		if x.path == "" || x.what == "oidc secret" && c.Access.Office.Issuer == "" {
			continue
		}
		f, err := os.Open(x.path)
		if err != nil {
			say("warn", x.what, fmt.Sprintf(x.unread, who)+spoken.Error(err, l.Lang))
			continue
		}
		if info, err := f.Stat(); err == nil && info.Mode().Perm()&0o007 != 0 {
			say("warn", x.what, fmt.Sprintf(l.say("%s 人人能读，请 chmod 640", "%s can be read by everybody; chmod 640"), x.path))
		}
		f.Close()
	}
}

// toldOf says whether others can be told of runs.
func (c *config) toldOf(ctx context.Context, l *cli, say func(state, what, detail string)) {
	unread := func(what string, err error) {
		say("warn", what, fmt.Sprintf(l.say("令牌读不出，服务启动不了：核对 %s.token（%s）", "its token cannot be read, and no server starts: check %s.token (%s)"), what, spoken.Error(err, l.Lang)))
	}
	if _, err := c.Lineage.Token.Read(); err != nil && c.Lineage.Endpoint != "" {
		unread("lineage", err)
	} else {
		openlineage.Doctor(ctx, c.Lineage, l.say, say)
	}
	if _, err := c.Traces.Token.Read(); err != nil && c.Traces.Endpoint != "" {
		unread("traces", err)
	}
}

func (d *doctorCmd) database(ctx context.Context, c *cli, cfg *config, say func(state, what, detail string)) {
	o, err := c.open(ctx, cfg)
	if err != nil {
		say("fail", "database", spoken.Error(err, c.Lang))
		return
	}
	defer o.Close()
	var version string
	var now time.Time
	if err := o.reader.Row(ctx, warehouse.SQL("select version(), now64(3, 'UTC')"), &version, &now); err != nil {
		say("fail", "database", spoken.Error(err, c.Lang))
		return
	}
	where := c.say("内置引擎，此处启动", "embedded, started here")
	switch {
	case o.socket == "":
		where = c.say("服务器", "server")
	case o.engine == nil:
		where = c.say("内置引擎，由运行中的 yanzhen 提供", "embedded, of the running server")
	}
	say("ok", "database", "ClickHouse "+version+" ("+where+")")
	if skew := time.Since(now).Abs(); skew > 5*time.Second {
		say("warn", "clock", fmt.Sprintf(c.say("数据库的时钟相差 %s", "the database's clock differs by %s"), skew.Round(time.Second)))
	}
	if err := o.stand(ctx); err != nil {
		say("fail", "tables", spoken.Error(err, c.Lang))
		return
	}
	if p := o.loader.WrongKey(); p != nil {
		say("fail", "person key", p.Text.In(c.Lang)+" -> "+p.Remedy.In(c.Lang))
	}
	alerts.Damage(ctx, o.loader, map[bool]pipeline.Depth{d.Deep: pipeline.Deep}[true], c.say, say)
	fresh, err := o.loader.Freshness(ctx)
	if err != nil {
		say("fail", "data", spoken.Error(err, c.Lang))
		return
	}
	if len(fresh) == 0 {
		say("ok", "data", c.say("尚无数据", "none yet"))
	} else {
		say("ok", "data", "")
		w := lines.New(c.out, strings.Fields(c.say("数据集 行数 单元 数据截至 装入时间", "dataset rows units to loaded"))...)
		w.Indent = "      "
		for _, f := range fresh {
			to := "-"
			if f.MaxDate.Year() > 1900 {
				to = f.MaxDate.Format(time.DateOnly)
			}
			w.Row(f.Dataset, f.Rows, f.Units, to, cfg.local(f.Published).Format("2006-01-02 15:04"))
		}
		if err := w.Flush(); err != nil {
			say("fail", "data", spoken.Error(err, c.Lang))
			return
		}
	}
	alerts.Held(ctx, o.loader, c.Lang, say)
	alerts.Tell(o.config.Dir, c.Lang, say)
}
