package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"yanzhen/cmd/lines"
	"yanzhen/pipeline"
	"yanzhen/pipeline/account"
	"yanzhen/pipeline/sought"
	"yanzhen/pipeline/warehouse"
)

type runsCmd struct {
	ID      string `arg:"" optional:"" name:"run" help:"Id of a run; none lists them."`
	Dataset string `help:"Only runs of this dataset." short:"d" placeholder:"NAME"`
	State   string `help:"Only runs in this state: published, unchanged, held, failed ..." placeholder:"STATE"`
	File    string `help:"Only runs whose file name has this part, in any case." placeholder:"TEXT"`
	Sender  string `help:"Only runs whose sender has this part." placeholder:"TEXT"`
	Since   string `help:"Only runs begun on this day or later; an instant with its zone is exact." placeholder:"DAY"`
	Until   string `help:"Only runs begun by the end of this day." placeholder:"DAY"`
	After   string `help:"Go on after the place that the page before ended with." placeholder:"PLACE"`
	Limit   int    `help:"How many, 1000 at most." default:"20"`
	Rejects int    `help:"How many refused cells to show of one run." default:"50"`
}

// Run lists the runs, or shows one with its refused cells.
func (r *runsCmd) Run(ctx context.Context, c *cli) error {
	if err := (sought.Query{State: pipeline.State(r.State), Limit: r.Limit}).Check(); err != nil {
		return invalid{fmt.Errorf("--%w", err)}
	}
	if r.Rejects < 0 {
		return invalid{errors.New("--rejects: 须为正数 / must be positive")}
	}
	o, err := c.office(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.ensure(ctx); err != nil {
		return err
	}
	if r.ID != "" {
		return r.one(ctx, c, o)
	}
	if err := o.declared(r.Dataset); err != nil {
		return err
	}
	page, err := r.find(ctx, c, o)
	if err != nil {
		return err
	}
	if err := r.faults(ctx, c, o); err != nil {
		return err
	}
	if len(page.Runs) == 0 {
		fmt.Fprintln(c.out, c.say("没有这样的运行", "there is no such run"))
		return nil
	}
	w := lines.New(c.out, strings.Fields(c.say("运行 状态 数据集 单元 读入 装入 拒收 批次 文件", "run state dataset unit read loaded rejected batch file"))...)
	for _, x := range page.Runs {
		w.Row(x.ID, x.State, x.Dataset, x.Unit, x.Read, x.Loaded, x.Rejected, x.Batch, x.File)
	}
	if err := w.Flush(); err != nil || page.Next == "" {
		return err
	}
	fmt.Fprintln(c.out, c.say("还有更早的：--after", "there are earlier ones: --after"), page.Next)
	return nil
}

// find returns the loads that are asked for.
func (r *runsCmd) find(ctx context.Context, c *cli, o *office) (page sought.Page, err error) {
	q := sought.Query{File: r.File, Sender: r.Sender, Dataset: r.Dataset, State: pipeline.State(r.State), After: r.After, Limit: r.Limit}
	q.Since, err = sought.Since(r.Since, o.config.local(time.Now()).Location())
	if err == nil {
		q.Until, err = sought.Until(r.Until, o.config.local(time.Now()).Location())
	}
	if err == nil {
		page, err = sought.Find(ctx, o.reader, q)
	}
	if f, ok := errors.AsType[*sought.Fault](err); ok {
		err = invalid{fmt.Errorf("--%s", f.Text.In(c.Lang))}
	}
	return page, err
}

// faults lists the faults of jobs that no load tells of; nothing where some loads only are asked for.
func (r *runsCmd) faults(ctx context.Context, c *cli, o *office) error {
	if r.Dataset+r.State+r.File+r.Sender+r.Since+r.Until+r.After != "" {
		return nil
	}
	list, err := o.loader.JobFaults(ctx, r.Limit)
	if err != nil || len(list) == 0 {
		return err
	}
	w := lines.New(c.out, strings.Fields(c.say("任务故障 状态 任务 时间 原因", "fault state job at why"))...)
	for _, x := range list {
		w.Row(x.ID, x.State, x.Job, o.config.local(x.Started).Format("2006-01-02 15:04"), c.say(x.MessageZh, x.MessageEn))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	fmt.Fprintln(c.out)
	return nil
}

func (r *runsCmd) one(ctx context.Context, c *cli, o *office) error {
	x, ok, err := o.loader.Run(ctx, r.ID)
	if err != nil {
		return err
	}
	if !ok {
		return invalid{fmt.Errorf("没有运行 %s，yanzhen runs 列出全部 / there is no run %s; yanzhen runs lists them", r.ID, r.ID)}
	}
	message, remedy := x.MessageZh, x.RemedyZh
	if c.Lang == "en" {
		message, remedy = x.MessageEn, x.RemedyEn
	}
	fmt.Fprintf(c.out, "%s  %s\n%s  %s  %s\n%s\n", x.ID, x.State, lines.Plain(x.File), x.Dataset, lines.Plain(x.Unit), x.Identity(c.Lang))
	printAccount(c, account.Decode(x.Account), "")
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
	o, err := c.office(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if err := o.ensure(ctx); err != nil {
		return err
	}
	if err := o.declared(r.Dataset); err != nil {
		return err
	}
	var e pipeline.Entry
	switch {
	case r.Batch > 0:
		if err := r.ofDataset(ctx, o); err != nil {
			return err
		}
		e, err = o.loader.Republish(ctx, r.Dataset, r.Batch, "")
	case r.Unit == "":
		return r.list(ctx, c, o)
	default:
		e, err = o.loader.Rollback(ctx, r.Dataset, r.Unit, "")
	}
	return c.published(e, err)
}

// published prints the ledger row that changed what is live, or says why there is none and what to do.
func (c *cli) published(e pipeline.Entry, err error) error {
	var no *pipeline.Problem
	if errors.As(err, &no) {
		if text := no.Remedy.In(c.Lang); text != "" {
			err = fmt.Errorf("%w -> %s", err, text)
		}
		return invalid{err}
	}
	if err != nil {
		return err
	}
	fmt.Fprintln(c.out, strings.TrimSpace(fmt.Sprintf("%s  %s  %s  %s %d  %s", e.Dataset, lines.Plain(e.Unit), e.State, c.say("批次", "batch"), e.Batch, lines.Plain(e.Note))))
	return nil
}

func (r *rollbackCmd) list(ctx context.Context, c *cli, o *office) error {
	live, err := o.loader.Live(ctx, r.Dataset)
	if err != nil {
		return err
	}
	if len(live) == 0 {
		fmt.Fprintln(c.out, c.say("没有已发布的单元", "nothing is published"))
		return nil
	}
	w := lines.New(c.out, strings.Fields(c.say("单元 批次 行数 发布时间 文件", "unit batch rows published file"))...)
	for _, u := range live {
		w.Row(u.Unit, u.Batch, u.Loaded, o.config.local(u.At).Format("2006-01-02 15:04"), u.File)
	}
	return w.Flush()
}

// ofDataset refuses a batch of another dataset than the one that was named: a wrong digit must
// not publish something else.
func (r *rollbackCmd) ofDataset(ctx context.Context, o *office) error {
	rows, err := warehouse.Select[struct {
		Dataset string `db:"dataset"`
	}](ctx, o.reader, warehouse.Statement{SQL: "select distinct dataset from meta.ledger where batch = {batch:UInt32}", Params: map[string]string{"batch": fmt.Sprint(r.Batch)}, Tag: "rollback"})
	if err != nil {
		return err
	}
	for _, row := range rows {
		if of := row.Dataset; of != r.Dataset {
			return invalid{fmt.Errorf("第 %d 批属于数据集 %s，不是 %s / batch %d is one of dataset %s, not %s", r.Batch, of, r.Dataset, r.Batch, of, r.Dataset)}
		}
	}
	return nil
}

// declared refuses the name of a dataset that there is not.
func (o *office) declared(name string) error {
	if name == "" || o.catalog.Datasets[name] != nil {
		return nil
	}
	return invalid{fmt.Errorf("没有数据集 %s，可选 / there is no dataset %s; there are %s", name, name, strings.Join(o.catalog.Names(), ", "))}
}
