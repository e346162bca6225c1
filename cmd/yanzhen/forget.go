package main

import (
	"context"
	"log/slog"

	"yanzhen/cmd/forget"
)

type forgetCmd struct{ forget.Command }

// Run deletes a person, beside a server that runs or without one.
func (x *forgetCmd) Run(ctx context.Context, c *cli) error {
	o, err := c.ready(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	return x.Command.Run(ctx, c.desk(), forget.Zone{Dir: o.config.Dir, Loader: o.loader, Local: o.config.local})
}

// follow brings the store to what is declared, and goes on with deletions of persons that were not done.
func (o *office) follow(ctx context.Context, log *slog.Logger) error {
	if err := o.stand(ctx); err != nil {
		return err
	}
	o.turn.End() // commands may come
	return forget.Resume(ctx, o.loader, o.config.Dir, log)
}
