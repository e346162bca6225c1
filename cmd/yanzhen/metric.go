package main

import (
	"context"
	"errors"

	"yanzhen/cmd/measure"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric/compute"
)

type metricCmd struct {
	measure.Flags `embed:""`
}

// Run computes a metric, or lists all of them.
func (m *metricCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	if m.Name == "" {
		_, _, metrics, err := c.declarations()
		if err != nil {
			return err
		}
		return measure.List(metrics, c.Lang, c.out)
	}
	o, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.ensure(ctx); err != nil { // figures may come from tables that an older program did not make
		return err
	}
	engine := &compute.Engine{For: access.CommandLine("command line"), Catalog: o.metrics, DB: o.reader, Duties: o.duties, Office: o.config.zone()}
	err = m.Print(ctx, measure.Zone{Engine: engine, Lists: o.catalog.Lists, Lang: c.Lang, Moment: o.config.moment, Out: c.out})
	if _, ok := errors.AsType[measure.Fault](err); ok {
		return invalid{err}
	}
	return err
}
