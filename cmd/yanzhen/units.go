package main

import (
	"context"
	"errors"
	"fmt"

	"yanzhen/cmd/people"
	"yanzhen/cmd/units"
	"yanzhen/pipeline"
)

type unitsCmd struct {
	units.ListFlags `embed:""`
}

// Run lists the units of a dataset, or the versions of one.
func (u *unitsCmd) Run(ctx context.Context, c *cli) error { return c.units(ctx, u.Dataset, u.List) }

type rollbackCmd struct {
	units.RollbackFlags `embed:""`
}

// Run looks at a step and takes it.
func (r *rollbackCmd) Run(ctx context.Context, c *cli) error { return c.units(ctx, r.Dataset, r.Take) }

type acceptCmd struct {
	units.AcceptFlags `embed:""`
}

// Run answers the question of one held load.
func (a *acceptCmd) Run(ctx context.Context, c *cli) error { return c.units(ctx, "", a.Take) }

type reviewCmd struct {
	units.ReviewFlags `embed:""`
}

// Run lists what waits for its review, or says what is said of one.
func (r *reviewCmd) Run(ctx context.Context, c *cli) error { return c.units(ctx, "", r.Take) }

type freezeCmd struct {
	units.FreezeFlags `embed:""`
}

// Run lists the report dates, keeps one or withdraws it.
func (f *freezeCmd) Run(ctx context.Context, c *cli) error { return c.units(ctx, "", f.Take) }

// units opens the installation for a command about what units show.
func (c *cli) units(ctx context.Context, dataset string, do func(context.Context, units.Zone) error) error {
	o, err := c.ready(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.declared(dataset); err != nil {
		return err
	}
	err = do(ctx, units.Zone{Lang: c.Lang, Loader: o.loader, Local: o.config.local, Moment: o.config.moment, Me: people.Whoami(), Out: c.out})
	if no, ok := errors.AsType[*pipeline.Problem](err); ok {
		if text := no.Remedy.In(c.Lang); text != "" {
			err = fmt.Errorf("%w -> %s", err, text)
		}
		return invalid{err}
	}
	return err
}
