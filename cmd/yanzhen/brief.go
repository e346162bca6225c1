package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/document/form"
	"yanzhen/pipeline/days"
)

type briefCmd struct {
	Name   string `arg:"" optional:"" help:"Name of the document; none lists them."`
	Period string `help:"The period it is of: 2026H1, 2026Q2, 2026-06. Default: the latest that the document is for." placeholder:"PERIOD"`
	Freeze string `help:"The figures of this report date." placeholder:"NAME"`
	AsOf   string `help:"The figures as they were then: 2026-03-31 for the end of that day, or 2026-03-31T18:00:00+08:00." placeholder:"TIME"`
	Unit   string `help:"Of a document for each unit or target: of this unit only."`
	Target string `help:"Of a document for each target: of this metric only." placeholder:"METRIC"`
	Out    string `help:"File to write; its ending is the form. Default: NAME_PERIOD.docx in this folder." placeholder:"FILE"`
	Links  string `help:"What the links of numbers stand on; overrides the configuration." placeholder:"URL"`
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
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	if _, err := os.Stat(demoList(cfg)); err == nil { // what the program made up says so on every page
		cfg.Demo, cfg.Zone = true, demoZone
	}
	o, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.ensure(ctx); err != nil {
		return err
	}
	who, err := cfg.people(c.log)
	if err != nil {
		return err
	}
	pages, err := o.pages(c, who, nil)
	if err != nil {
		return invalid{err}
	}
	ctx = access.With(ctx, access.CommandLine("brief"))
	if b.Name == "" {
		w := newTable(c.out, strings.Fields(c.say("名称 文件", "name document"))...)
		for _, x := range brief.Documents(pages.Briefs) {
			w.row(x.Name, x.Title.In(c.Lang))
		}
		return w.flush()
	}
	st, err := b.state(c, cfg)
	if err != nil {
		return err
	}
	f, err := b.form()
	if err != nil {
		return err
	}
	if b.Links == "" {
		b.Links = cfg.reached()
	}
	doc, err := pages.Edition(ctx, b.Name, st, b.Unit, b.Target, strings.TrimSuffix(b.Links, "/"))
	if said := new(address.Refusal); errors.As(err, &said) {
		return invalid{fmt.Errorf("%s%s", said.Text.In(c.Lang), offered(said.Valid))}
	}
	if err != nil {
		return err
	}
	body, err := f.Write(doc, cfg.Documents.style())
	if err != nil {
		return err
	}
	if b.Out == "" {
		b.Out = b.Name + "_" + strings.NewReplacer(" ", "", "/", "-").Replace(doc.Subtitle) + "." + f.Name
	}
	if err := os.WriteFile(b.Out, body, 0o644); err != nil {
		return err
	}
	fmt.Fprintln(c.out, b.Out)
	return nil
}

// offered lists what would have been valid.
func offered(valid []string) string {
	if len(valid) == 0 {
		return ""
	}
	return ": " + strings.Join(valid, " ")
}

// state is what the flags ask for, as the address of a page would say it.
func (b *briefCmd) state(c *cli, cfg *config) (st address.State, err error) {
	st = address.State{Loc: c.Lang, Theme: "light", Freeze: b.Freeze, Where: map[string][]string{}}
	if b.Period != "" {
		var ok bool
		if st.Range, ok = days.Parse(b.Period); !ok {
			return st, invalid{fmt.Errorf("--period %s: 应写成 / want 2026H1, 2026Q2, 2026-06", b.Period)}
		}
	}
	if b.Freeze != "" && b.AsOf != "" {
		return st, invalid{errors.New(c.say("--freeze 与 --as-of 只能用一个", "--freeze and --as-of do not go together"))}
	}
	if b.AsOf != "" {
		if st.AsOf, err = cfg.moment(b.AsOf); err != nil {
			return st, invalid{fmt.Errorf("--as-of %s: 应写成 / want 2026-03-31 or 2026-03-31T18:00:00+08:00", b.AsOf)}
		}
	}
	return st, nil
}

// form is that of the file's ending.
func (b *briefCmd) form() (form.Form, error) {
	if b.Out == "" {
		return form.Forms[0], nil
	}
	ending := strings.ToLower(strings.TrimPrefix(filepath.Ext(b.Out), "."))
	f, ok := form.Named(ending)
	if !ok {
		return f, invalid{fmt.Errorf("--out %s: 后缀应为 / want an ending of: %s", b.Out, strings.Join(form.Names(), " "))}
	}
	return f, nil
}
