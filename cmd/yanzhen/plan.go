package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"yanzhen/cmd/lines"
	"yanzhen/pipeline"
	"yanzhen/pipeline/packed"
	"yanzhen/pipeline/source"
)

type planCmd struct {
	File string `arg:"" help:"File to look at." type:"existingfile"`
	destination
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
	req, err := p.request(p.File)
	if err != nil {
		return err
	}
	if p.Rows < 0 || p.Rejects < 0 {
		return invalid{errors.New("--rows, --rejects: 须为正数 / must be positive")}
	}
	o, err := c.office(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.stand(ctx); err != nil {
		return err
	}
	n := 0
	var worst error
	err = packed.Plan(ctx, o.loader, req, func(plan pipeline.Plan, err error) {
		if n++; n > 1 {
			fmt.Fprintln(c.out)
		}
		worst = cmp.Or(worst, p.show(c, plan, err))
	})
	if pipeline.Temporary(err) {
		return err
	}
	return worst
}

// show prints a plan; the error is what a load would come to.
func (p *planCmd) show(c *cli, plan pipeline.Plan, err error) error {
	p.print(c, plan)
	var no *pipeline.Problem
	if errors.As(err, &no) {
		if plan.Dataset == nil || !slices.Contains(plan.Problems, no) { // else it is told among them
			fmt.Fprintf(c.out, "! %s\n", lines.Plain(no.Text.In(c.Lang)))
			if r := no.Remedy.In(c.Lang); r != "" {
				fmt.Fprintf(c.out, "  -> %s\n", r)
			}
		}
		return refused{errors.New("这样装入会被拒收 / a load would be refused")}
	}
	if err == nil && len(plan.Problems) > 0 {
		return refused{errors.New("这样装入会被拒收或暂缓 / a load would be refused or held")}
	}
	return err
}

func (p *planCmd) print(c *cli, plan pipeline.Plan) {
	fmt.Fprintf(c.out, "%s  %s  %d %s\n", lines.Plain(plan.File), strings.TrimSpace(plan.Format+" "+plan.Encoding), plan.Bytes, c.say("字节", "bytes"))
	if plan.Dataset == nil {
		return
	}
	fmt.Fprintf(c.out, "%s %s (%s)  %s %q  %s %s  %s %q\n", c.say("数据集", "dataset"), plan.Dataset.Name, plan.Dataset.Title.In(c.Lang),
		c.say("报送单位", "sender"), plan.Sender, c.say("期间", "period"), cmp.Or(plan.Period.String(), "-"), c.say("单元", "unit"), plan.Unit)
	for _, t := range plan.Tables {
		fmt.Fprintf(c.out, "\n%s\n", strings.TrimSpace(fmt.Sprintf("%s  "+c.say("表头在第 %d 行", "header row %d"), lines.Plain(t.Sheet), t.HeaderRow)))
		p.printBinding(c, plan, t)
	}
	if len(plan.Rows) > 0 && p.Rows > 0 {
		fmt.Fprintln(c.out)
		names := make([]string, len(plan.Dataset.Columns))
		for i := range names {
			names[i] = plan.Dataset.Columns[i].Name
		}
		w := lines.New(c.out, names...)
		for _, row := range plan.Rows[:min(p.Rows, len(plan.Rows))] {
			cells := make([]any, len(row))
			for i := range row {
				cells[i] = row[i]
			}
			w.Row(cells...)
		}
		w.Flush()
	}
	n := plan.Counts
	fmt.Fprintf(c.out, "\n%s\n", n.Identity(c.Lang))
	printAccount(c, plan.Cells, "")
	for i, r := range plan.Rejects {
		if i == p.Rejects {
			fmt.Fprintf(c.out, c.say("  ... 另有 %d 处\n", "  ... %d more\n"), plan.RejectCells-uint64(i))
			break
		}
		fmt.Fprintf(c.out, "  %s\n", rejectLine(c.Lang, pipeline.RejectRow{
			File: r.Origin.File, Sheet: r.Origin.Sheet, Row: uint32(r.Origin.Row), Column: r.Column, Cell: r.Cell, Raw: r.Raw,
			Rule: r.Rule, ReasonZh: r.Reason.Zh, ReasonEn: r.Reason.En, RemedyZh: r.Remedy.Zh, RemedyEn: r.Remedy.En,
		}))
	}
	switch {
	case plan.Unchanged:
		fmt.Fprintln(c.out, c.say("\n内容与已发布的相同，装入不会有变化", "\nthe same content was published before: a load would change nothing"))
	case plan.Before != nil:
		fmt.Fprintf(c.out, c.say("\n将替换：第 %d 批，%d 行，%s\n", "\nwould replace: batch %d, %d rows, %s\n"), plan.Before.Batch, plan.Before.Loaded, lines.Plain(plan.Before.File))
	default:
		fmt.Fprintln(c.out, c.say("\n新单元，不替换任何数据", "\na new unit: nothing is replaced"))
	}
	for i, m := range plan.Months {
		if i == 24 && len(plan.Months) > 26 {
			fmt.Fprintf(c.out, c.say("  ... 另有 %d 个月\n", "  ... %d more months\n"), len(plan.Months)-i)
			break
		}
		fmt.Fprintf(c.out, "  %-8s %7d -> %d\n", m.Month, m.Before, m.After)
	}
	for _, note := range plan.Notes {
		fmt.Fprintf(c.out, "%s\n", note.In(c.Lang))
	}
	for _, problem := range plan.Problems {
		fmt.Fprintf(c.out, "! %s\n", lines.Plain(problem.Text.In(c.Lang)))
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
	w := lines.New(c.out)
	w.Indent = "  "
	if t.Binding.Layout != "" {
		fmt.Fprintf(c.out, "%s %s\n", c.say("版式", "layout"), t.Binding.Layout)
	}
	for i, b := range t.Binding.Columns {
		title := ""
		if col := plan.Dataset.Column(b.Column); col != nil {
			title = col.Title.In(c.Lang)
		}
		w.Row(b.Column, title, "<- "+cmp.Or(t.Binding.Cells(i), "-"), b.Header, strings.TrimSpace(fmt.Sprint(b.How, " ", b.Parse)))
	}
	for _, e := range t.Binding.Extra {
		w.Row(c.say("(未用)", "(unused)"), "", "   "+source.Letters(e.At), e.Header, e.Fits)
	}
	w.Flush()
}
