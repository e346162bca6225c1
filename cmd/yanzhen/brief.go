package main

import (
	"cmp"
	"context"
	"fmt"
	"runtime/debug"
	"strings"

	"yanzhen/cmd/lines"
	"yanzhen/cmd/press"
	"yanzhen/dashboard/access"
)

type briefCmd struct {
	press.Flags `embed:""`
}

// Help is printed by yanzhen brief --help.
func (*briefCmd) Help() string {
	return `Writes a declared document (configs/briefings) as a file. Every number in it is a link to where it comes from, of the
same period and report date; so the file should be written with the address by which its readers reach the pages (documents.address
in the configuration, or --links).

  yanzhen brief half_year --period 2026H1
  yanzhen brief half_year --period 2026H1 --freeze 2026-06 --out 半年报.docx
  yanzhen brief orders --unit 区教育局`
}

func (b *briefCmd) Run(ctx context.Context, c *cli) error {
	debug.SetGCPercent(400) // it ends within seconds: what is thrown away until then need not be gathered
	cfg, err := c.printing()
	if err != nil {
		return err
	}
	o, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.ensure(ctx); err != nil {
		return err
	}
	who, err := cfg.doors().Accounts(c.log)
	if err != nil {
		return err
	}
	defer who.Trail.Close()
	pages, err := o.pages(c, who, nil)
	if err != nil {
		return invalid{err}
	}
	z := press.Zone{
		Lang: c.Lang, Briefs: pages.Briefs, Style: cfg.Documents.Style(), Links: cmp.Or(strings.TrimSuffix(cfg.Documents.Address, "/"), cfg.doors().Base(cfg.address())), Edition: pages.Edition, Moment: cfg.moment,
		Invalid: func(err error) error { return invalid{err} },
	}
	if b.Name == "" {
		w := lines.New(c.out, strings.Fields(c.say("名称 文件", "name document"))...)
		for _, x := range press.Documents(z) {
			w.Row(x[0], x[1])
		}
		return w.Flush()
	}
	name, err := b.Write(access.With(ctx, access.CommandLine("brief")), z)
	if err == nil {
		fmt.Fprintln(c.out, name)
	}
	return err
}
