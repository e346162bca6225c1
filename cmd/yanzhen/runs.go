package main

import (
	"context"
	"fmt"
	"strconv"
	"text/tabwriter"

	"yanzhen/pipeline"
)

type runsCmd struct {
	ID      string `arg:"" optional:"" name:"run" help:"Id of a run; none lists them."`
	Dataset string `help:"Only runs of this dataset." short:"d" placeholder:"NAME"`
	State   string `help:"Only runs in this state: published, unchanged, held, failed ..." placeholder:"STATE"`
	Limit   int    `help:"How many." default:"20"`
	Rejects int    `help:"How many refused cells to show of one run." default:"50"`
}

// Run lists the runs, or shows one with its refused cells.
func (r *runsCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	o, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.Close()
	if r.ID != "" {
		return r.one(ctx, c, o)
	}
	f := pipeline.RunFilter{Dataset: r.Dataset, Kind: "load", Limit: r.Limit}
	if r.State != "" {
		f.States = []pipeline.State{pipeline.State(r.State)}
	}
	runs, err := o.loader.Runs(ctx, f)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "run\tstate\tdataset\tunit\tread\tloaded\trejected\tbatch\tfile")
	for _, x := range runs {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%d\t%d\t%d\t%d\t%s\n", x.ID, x.State, x.Dataset, x.Unit, x.Read, x.Loaded, x.Rejected, x.Batch, x.File)
	}
	return w.Flush()
}

func (r *runsCmd) one(ctx context.Context, c *cli, o *office) error {
	x, ok, err := o.loader.Run(ctx, r.ID)
	if err != nil {
		return err
	}
	if !ok {
		return invalid{fmt.Errorf("run %s: there is none of that id; `yanzhen runs` lists them", r.ID)}
	}
	message, remedy := x.MessageZh, x.RemedyZh
	if c.Lang == "en" {
		message, remedy = x.MessageEn, x.RemedyEn
	}
	fmt.Fprintf(c.out, "%s  %s\n%s  %s  %s\nread %d = loaded %d + rejected %d + totals and notes %d + duplicates %d\n",
		x.ID, x.State, x.File, x.Dataset, x.Unit, x.Read, x.Loaded, x.Rejected, x.Excluded, x.Duplicates)
	if message != "" {
		fmt.Fprintln(c.out, message)
	}
	if remedy != "" {
		fmt.Fprintln(c.out, "->", remedy)
	}
	return printRejects(ctx, c, o, x.ID, r.Rejects)
}

type rollbackCmd struct {
	Dataset string `arg:"" help:"Dataset."`
	Unit    string `arg:"" optional:"" help:"Unit, as yanzhen runs shows it; none lists the live units."`
	Batch   uint32 `help:"Publish this earlier, replaced or held batch of the dataset instead." placeholder:"N"`
}

// Help is printed by yanzhen rollback --help.
func (*rollbackCmd) Help() string {
	return `Takes the live batch of a unit back: the one before it is live again, or nothing where there was
none. It is one row in the ledger, and can itself be taken back with --batch.`
}

func (r *rollbackCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	o, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.Close()
	var e pipeline.Entry
	switch {
	case r.Batch > 0:
		e, err = o.loader.Republish(ctx, r.Batch, "")
	case r.Unit == "":
		return r.list(ctx, c, o)
	default:
		e, err = o.loader.Rollback(ctx, r.Dataset, r.Unit, "")
	}
	if err != nil {
		return invalid{err}
	}
	fmt.Fprintln(c.out, e.Dataset, e.Unit, e.State, "batch "+strconv.FormatUint(uint64(e.Batch), 10), e.Note)
	return nil
}

func (r *rollbackCmd) list(ctx context.Context, c *cli, o *office) error {
	live, err := o.loader.Live(ctx, r.Dataset)
	if err != nil {
		return err
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	fmt.Fprintln(w, "unit\tbatch\trows\tpublished\tfile")
	for _, u := range live {
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%s\n", u.Unit, u.Batch, u.Loaded, u.At.Format("2006-01-02 15:04"), u.File)
	}
	return w.Flush()
}
