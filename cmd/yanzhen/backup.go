package main

import (
	"context"

	"yanzhen/cmd/keep"
	"yanzhen/cmd/lines"
	"yanzhen/cmd/people"
	"yanzhen/pipeline/version"
)

type backupCmd struct {
	keep.BackupFlags `embed:""`
}

// Run copies the installation, beside a server that runs or by itself.
func (b *backupCmd) Run(ctx context.Context, c *cli) error {
	if b.List || b.Check {
		cfg, err := c.settings()
		if err != nil {
			return err
		}
		return b.Listing(ctx, c.keeper(cfg))
	}
	o, err := c.office(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if o.socket == "" {
		return invalid{keep.ErrServer}
	}
	if err := o.ensure(ctx); err != nil {
		return err
	}
	return b.Take(ctx, c.keeper(o.config), keep.Zone{Dir: o.config.Dir, Inbox: o.config.Inbox, KeyFile: o.config.KeyFile, Declared: o.declare, DB: o.loader.DB}, version.Now)
}

type restoreCmd struct {
	keep.RestoreFlags `embed:""`
}

// Run makes a data directory of a backup; it needs no other.
func (r *restoreCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	memory, err := bytesOf(cfg.Database.Memory)
	if err != nil {
		return invalid{err}
	}
	return r.Restore(ctx, c.keeper(cfg), memory, version.Now)
}

// keeper is where the commands of backups work.
func (c *cli) keeper(cfg *config) *keep.Desk {
	return &keep.Desk{
		Out: c.out, Lang: c.Lang, Log: c.log, Version: version.Program(), Zone: cfg.zone(),
		Invalid: func(err error) error { return invalid{err} },
		Table:   func(heads ...string) people.Table { return lines.New(c.out, heads...) },
	}
}
