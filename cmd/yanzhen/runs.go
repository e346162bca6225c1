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
	"yanzhen/pipeline/former"
	"yanzhen/pipeline/sought"
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
	o, err := c.ready(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
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
	w := lines.New(c.out, strings.Fields(c.say("运行 时间 状态 数据集 单元 读入 装入 拒收 批次 文件", "run at state dataset unit read loaded rejected batch file"))...)
	for _, x := range page.Runs {
		w.Row(x.ID, o.config.local(x.Started).Format("2006-01-02 15:04"), x.State, x.Dataset, x.Unit, x.Read, x.Loaded, x.Rejected, x.Batch, x.File)
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
	since, err := former.After(ctx, o.loader.Ledger, x)
	if err != nil {
		return err
	}
	fmt.Fprintf(c.out, "%s  %s  %s\n%s  %s  %s\n%s\n", x.ID, o.config.local(x.Started).Format("2006-01-02 15:04:05"), x.State, lines.Plain(x.File), x.Dataset, lines.Plain(x.Unit), x.Identity(c.Lang))
	printAccount(c, account.Decode(x.Account), "")
	fmt.Fprint(c.out, since.Lines(x).In(c.Lang))
	return printRejects(ctx, c, o, x.ID, r.Rejects)
}

// declared refuses the name of a dataset that there is not.
func (o *office) declared(name string) error {
	if name == "" || o.catalog.Datasets[name] != nil {
		return nil
	}
	return invalid{fmt.Errorf("没有数据集 %s，可选 %s / there is no dataset %[1]s; there are %[2]s", name, strings.Join(o.catalog.Names(), ", "))}
}
