package main

import (
	"context"
	"fmt"
	"path/filepath"

	"yanzhen/cmd/senders"
)

type templateCmd struct {
	senders.TemplateFlags `embed:""`
}

// Run writes the workbook of one dataset.
func (t *templateCmd) Run(ctx context.Context, c *cli) error {
	return c.senders(ctx, func(z senders.Zone) error {
		name, rows, err := t.Write(ctx, z)
		if err == nil {
			fmt.Fprintf(c.out, c.say("%s（预填 %d 行）\n", "%s (%d rows filled in)\n"), name, rows)
		}
		return err
	})
}

type returnCmd struct {
	senders.ReturnFlags `embed:""`
}

// Run writes the marked file of one run.
func (r *returnCmd) Run(ctx context.Context, c *cli) error {
	return c.senders(ctx, func(z senders.Zone) error {
		name, marks, faults, err := r.Write(ctx, z, filepath.Join(filepath.Dir(z.Loader.Spool), "returns"))
		if err == nil {
			fmt.Fprintf(c.out, c.say("%s（标出 %d 处，列出 %d 处）\n", "%s (%d cells marked, %d listed)\n"), name, marks, faults)
		}
		return err
	})
}

// senders opens the installation for a command about those who send files.
func (c *cli) senders(ctx context.Context, do func(senders.Zone) error) error {
	cfg, err := c.settings()
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
	return do(senders.Zone{Lang: c.Lang, Loader: o.loader, Catalog: o.catalog, Inbox: cfg.Inbox, Invalid: func(err error) error { return invalid{err} }})
}
