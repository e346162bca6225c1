package main

import (
	"context"
	"time"

	"yanzhen/cmd/sources"
	"yanzhen/pipeline"
	"yanzhen/pipeline/fetch"
)

type fetchCmd struct{ sources.Command }

// Run fetches.
func (x *fetchCmd) Run(ctx context.Context, c *cli) error {
	o, err := c.office(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	f, err := o.fetcher(c)
	if err != nil {
		return err
	}
	if err := o.stand(ctx); err != nil {
		return err
	}
	return x.Command.Run(ctx, sources.Desk{
		Desk: c.desk(), Fetcher: f, Outcome: func(o pipeline.Outcome) { printOutcome(c, o) }, Refused: func(err error) error { return refused{err} },
		Plan: func(p pipeline.Plan, err error) error { return (&planCmd{Rows: 10, Rejects: 20}).show(c, p, err) },
	})
}

// fetcher reads the sources.
func (o *office) fetcher(c *cli) (*fetch.Fetcher, error) {
	list, err := fetch.Read(o.declare, o.catalog.Datasets)
	if err != nil {
		return nil, invalid{err}
	}
	office, err := time.LoadLocation(o.config.TimeZone)
	return &fetch.Fetcher{Sources: list, Loader: o.loader, Dir: o.config.Dir, Inbox: o.config.Inbox, Office: office, Log: c.log}, err
}
