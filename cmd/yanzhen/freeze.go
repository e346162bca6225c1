package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/cmd/lines"
	"yanzhen/pipeline"
)

type freezeCmd struct {
	Name string `arg:"" optional:"" help:"Name of the report date, such as 2026-06; none lists them."`
	At   string `help:"Moment of the report: 2026-07-05T18:00:00+08:00, or a day for its end. Default: now." placeholder:"TIME"`
	Note string `help:"What was reported, and to whom." placeholder:"TEXT"`
	By   string `help:"Who froze it." placeholder:"TEXT"`
}

// Help is printed by yanzhen freeze --help.
func (*freezeCmd) Help() string {
	return `Fixes what was reported: the pages show the figures as of the moment with ?freeze=NAME, and beside
them what they are now and the submissions that moved them. Nothing is copied. A name is given once.`
}

func (f *freezeCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	at := time.Now()
	if f.At != "" {
		if at, err = cfg.moment(f.At); err != nil {
			return invalid{err}
		}
	}
	o, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.ensure(ctx); err != nil {
		return err
	}
	if strings.TrimSpace(f.Name) == "" {
		return f.list(ctx, c, o)
	}
	history, err := o.loader.History(ctx, "", "") // the latest thousands
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(history, func(e pipeline.Entry) bool {
		return e.State == pipeline.Published && e.Sender != "configs" && !e.At.After(at)
	}) { // a name is given once: not to nothing
		return invalid{errors.New(c.say(
			"不能封账：到 "+cfg.local(at).Format("2006-01-02 15:04")+" 还没有发布过任何报送；先装入，再封账",
			"cannot freeze: nothing that was sent had been published by "+cfg.local(at).Format("2006-01-02 15:04")+"; load first, then freeze"))}
	}
	err = o.loader.Freeze(ctx, pipeline.Freeze{Name: f.Name, At: at, Note: f.Note, By: f.By})
	if errors.Is(err, pipeline.ErrFreeze) {
		return invalid{err}
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, c.say("已封账", "frozen"), f.Name, cfg.local(at).Format("2006-01-02 15:04:05"))
	return nil
}

func (f *freezeCmd) list(ctx context.Context, c *cli, o *office) error {
	list, err := o.loader.Freezes(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(c.out, c.say("尚未封账", "nothing is frozen"))
		return nil
	}
	w := lines.New(c.out, strings.Fields(c.say("名称 时刻 经手 说明", "name at by note"))...)
	for _, x := range list {
		w.Row(lines.Plain(x.Name), o.config.local(x.At).Format("2006-01-02 15:04:05"), lines.Plain(x.By), lines.Plain(x.Note))
	}
	return w.Flush()
}

// moment reads a moment; a day alone means its end in the configured time zone.
func (c *config) moment(text string) (time.Time, error) {
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t, nil
	}
	zone, err := time.LoadLocation(c.TimeZone)
	if err != nil {
		return time.Time{}, err
	}
	d, err := time.ParseInLocation(time.DateOnly, text, zone)
	if err != nil {
		return time.Time{}, fmt.Errorf("--at %s: 应写成 / want 2026-07-05T18:00:00+08:00 or 2026-07-05", text)
	}
	return d.AddDate(0, 0, 1), nil
}
