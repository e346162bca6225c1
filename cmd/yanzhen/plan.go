package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"

	"yanzhen/pipeline"
	"yanzhen/pipeline/source"
)

type planCmd struct {
	File string `arg:"" help:"File to look at." type:"existingfile"`
	target
	Rows    int `help:"How many typed rows to show." default:"5"`
	Rejects int `help:"How many refused cells to show." default:"20"`
}

// Help is printed by yanzhen plan --help.
func (*planCmd) Help() string {
	return `Reads the file to its end as load would and prints: which dataset and unit it belongs to, which
header feeds which column, the first typed rows, every refused cell with its address, and what would
change against the rows that are live now. Writes nothing. Exit code 3 where a load would be refused.`
}

func (p *planCmd) Run(ctx context.Context, c *cli) error {
	cfg, err := c.settings()
	if err != nil {
		return err
	}
	o, err := c.open(ctx, cfg)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.loader.Ensure(ctx); err != nil {
		return err
	}
	req, err := p.request(p.File)
	if err != nil {
		return err
	}
	plan, err := o.loader.Plan(ctx, req)
	p.print(c, plan)
	var no *pipeline.Problem
	if errors.As(err, &no) {
		if r := no.Remedy.In(c.Lang); r != "" {
			fmt.Fprintf(c.out, "-> %s\n", r)
		}
		return refused{err}
	}
	if err == nil && len(plan.Problems) > 0 {
		return refused{errors.New("这样装入会被拒收或暂缓 / a load would be refused or held")}
	}
	return err
}

func (p *planCmd) print(c *cli, plan pipeline.Plan) {
	fmt.Fprintf(c.out, "%s  %s %s  %d bytes\n", plan.File, plan.Format, plan.Encoding, plan.Bytes)
	if plan.Dataset == nil {
		return
	}
	fmt.Fprintf(c.out, "dataset %s (%s)  sender %q  period %s  unit %q\n", plan.Dataset.Name, plan.Dataset.Title.In(c.Lang), plan.Sender, plan.Period, plan.Unit)
	for _, t := range plan.Tables {
		fmt.Fprintf(c.out, "\n%s  header row %d\n", t.Sheet, t.HeaderRow)
		p.printBinding(c, plan, t)
	}
	if len(plan.Rows) > 0 && p.Rows > 0 {
		fmt.Fprintln(c.out)
		w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
		fmt.Fprintln(w, strings.Join(plan.Columns, "\t"))
		for _, row := range plan.Rows[:min(p.Rows, len(plan.Rows))] {
			fmt.Fprintln(w, strings.Join(row, "\t"))
		}
		w.Flush()
	}
	n := plan.Counts
	fmt.Fprintf(c.out, "\nread %d = loaded %d + rejected %d + totals and notes %d + duplicates %d\n", n.Read, n.Loaded, n.Rejected, n.Excluded, n.Duplicates)
	for i, r := range plan.Rejects {
		if i == p.Rejects {
			fmt.Fprintf(c.out, "  ... %d more\n", plan.RejectCells-uint64(i))
			break
		}
		fmt.Fprintf(c.out, "  %s\n", rejectLine(c.Lang, pipeline.RejectRow{
			File: r.Origin.File, Sheet: r.Origin.Sheet, Row: uint32(r.Origin.Row), Column: r.Column, Cell: r.Cell, Raw: r.Raw,
			Rule: r.Rule, ReasonZh: r.Reason.Zh, ReasonEn: r.Reason.En, RemedyZh: r.Remedy.Zh, RemedyEn: r.Remedy.En,
		}))
	}
	switch {
	case plan.Unchanged:
		fmt.Fprintln(c.out, "\n内容与已发布的相同，装入不会有变化 / the same content was published before: a load would change nothing")
	case plan.Before != nil:
		fmt.Fprintf(c.out, "\n将替换 would replace: batch %d, %d rows, %s\n", plan.Before.Batch, plan.Before.Loaded, plan.Before.File)
	default:
		fmt.Fprintln(c.out, "\n新单元 a new unit: nothing is replaced")
	}
	for _, m := range plan.Months {
		fmt.Fprintf(c.out, "  %-8s %7d -> %d\n", m.Month, m.Before, m.After)
	}
	for _, note := range plan.Notes {
		fmt.Fprintf(c.out, "%s\n", note.In(c.Lang))
	}
	for _, problem := range plan.Problems {
		fmt.Fprintf(c.out, "! %s\n", problem.Text.In(c.Lang))
		if r := problem.Remedy.In(c.Lang); r != "" {
			fmt.Fprintf(c.out, "  -> %s\n", r)
		}
	}
}

// printBinding shows where each column comes from, and the headers nobody took.
func (p *planCmd) printBinding(c *cli, plan pipeline.Plan, t pipeline.PlanTable) {
	if t.Binding == nil {
		return
	}
	w := tabwriter.NewWriter(c.out, 0, 4, 2, ' ', 0)
	if t.Binding.Layout != "" {
		fmt.Fprintf(w, "layout %s\n", t.Binding.Layout)
	}
	for _, b := range t.Binding.Columns {
		title := ""
		if col := plan.Dataset.Column(b.Column); col != nil {
			title = col.Title.In(c.Lang)
		}
		at := "-"
		if b.At >= 0 {
			at = source.Letters(b.At)
		}
		fmt.Fprintf(w, "  %s\t%s\t<- %s\t%s\t%s %s\n", b.Column, title, at, b.Header, b.How, b.Parse)
	}
	for _, e := range t.Binding.Extra {
		fmt.Fprintf(w, "  (%s)\t\t   %s\t%s\t%s\n", "unused", source.Letters(e.At), e.Header, e.Fits)
	}
	w.Flush()
}
