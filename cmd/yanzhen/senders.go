package main

import (
	"context"
	"fmt"
	"path/filepath"

	"yanzhen/cmd/people"
	"yanzhen/cmd/senders"
	"yanzhen/dashboard/counter"
	"yanzhen/dashboard/inlet"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
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

type mappingCmd struct {
	senders.MappingFlags `embed:""`
}

// Run lists which headings are read as which columns, remembers one, or withdraws one.
func (m *mappingCmd) Run(ctx context.Context, c *cli) error {
	return c.senders(ctx, func(z senders.Zone) error {
		return m.Take(ctx, z, filepath.Dir(z.Loader.Spool), people.Whoami(), c.out)
	})
}

// senders opens the installation for a command about those who send files.
func (c *cli) senders(ctx context.Context, do func(senders.Zone) error) error {
	o, err := c.ready(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	return do(o.sending(c.Lang))
}

// sending is the installation as those who send files meet it.
func (o *office) sending(lang codes.Lang) senders.Zone {
	return senders.Zone{Lang: lang, Loader: o.loader, Catalog: o.catalog, Inbox: o.config.Inbox, Local: o.config.local, Invalid: func(err error) error { return invalid{err} }}
}

// counter is the page of those who send files; nil where no folder is watched.
func (o *office) counter(taken *inlet.Inlet, sets []*dataset.Dataset) *counter.Counter {
	return o.sending(codes.Zh).Counter(taken, sets, filepath.Join(o.config.Dir, "drafts"))
}
