package main

import (
	"context"
	"errors"
	"fmt"

	"yanzhen/pipeline"
)

type asideCmd struct {
	Dataset string `arg:"" help:"Dataset whose table is put aside."`
}

// Help is printed by yanzhen aside --help.
func (*asideCmd) Help() string {
	return `For a dataset that was declared wrong at first: its table gets another name and stays, and is made anew as the
dataset is declared now. Only where nothing of the dataset is published; stop the server first. Nothing is deleted.`
}

// Run puts the table of one dataset aside.
func (a *asideCmd) Run(ctx context.Context, c *cli) error {
	o, err := c.office(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if o.engine == nil && o.socket != "" {
		return fmt.Errorf("%w: %s", errServed, o.config.Dir)
	}
	kept, rows, err := o.loader.PutAside(ctx, a.Dataset)
	var no *pipeline.Problem
	if errors.As(err, &no) {
		return invalid{fmt.Errorf("%w -> %s", err, no.Remedy.In(c.Lang))}
	}
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, c.say("%s 的表已改名为 %s（%d 行），下次启动按现在的声明建新表\n", "the table of %s is %s now (%d rows); the next start makes a new one as it is declared\n"), a.Dataset, kept, rows)
	return nil
}
