package main

import (
	"context"
	"io"
	"os"
	"path/filepath"

	"golang.org/x/term"

	"yanzhen/cmd/lines"
	"yanzhen/cmd/people"
	"yanzhen/cmd/setup"
	"yanzhen/dashboard/drafting"
	"yanzhen/pipeline/scan"
)

type initCmd struct {
	setup.InitFlags `embed:""`
}

// Run writes the files of a new installation.
func (i *initCmd) Run(c *cli) error {
	var in io.Reader
	if term.IsTerminal(int(os.Stdin.Fd())) {
		in = os.Stdin
	}
	return i.Init(c.beginning(), in)
}

type declareCmd struct {
	setup.DeclareFlags `embed:""`
}

// Run drafts declarations from a file.
func (d *declareCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	desk := c.beginning()
	desk.Scan = scan.By(cfg.Scan)
	return d.Declare(ctx, desk)
}

// drafting is the page that does the work of yanzhen declare.
func (c *cli) drafting(o *office) *drafting.Page {
	desk := c.beginning()
	desk.Scan = scan.By(o.config.Scan)
	p := desk.Page(filepath.Join(o.config.Dir, "drafting"))
	p.Take = o.takes.Now
	return p
}

// beginning is where the commands work that begin an installation.
func (c *cli) beginning() *setup.Desk {
	return &setup.Desk{
		Out: c.out, Lang: c.Lang, Configs: c.Configs, Config: c.Config, Layers: c.layers,
		Invalid: func(err error) error { return invalid{err} },
		Table:   func(heads ...string) people.Table { return lines.New(c.out, heads...) },
	}
}
