package main

import (
	"context"

	"yanzhen/pipeline"
)

type acceptCmd struct {
	Run_    string `arg:"" name:"run" help:"Run that was held, as yanzhen runs --state held shows it."`
	Add     bool   `help:"It is another part of its unit: it counts beside what is live." xor:"answer"`
	Replace bool   `help:"It replaces everything that is live of its unit." xor:"answer"`
}

// Help is printed by yanzhen accept --help.
func (*acceptCmd) Help() string {
	return `A load is held where a limit or a check wants a person to look. Accept publishes it as it is. Where
it asks whether a file is another part of its unit or replaces it, say --add or --replace.`
}

// Run answers the question of one held load.
func (a *acceptCmd) Run(ctx context.Context, c *cli) error {
	o, err := c.office(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.ensure(ctx); err != nil {
		return err
	}
	how := pipeline.Publish
	switch {
	case a.Add:
		how = pipeline.Add
	case a.Replace:
		how = pipeline.Replace
	}
	e, err := o.loader.Accept(ctx, a.Run_, how)
	return c.published(e, err)
}
