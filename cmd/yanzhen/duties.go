package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/cmd/lines"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

type dutiesCmd struct {
	Dataset string `help:"Only this dataset." placeholder:"NAME"`
	All     bool   `help:"Also what has come and what is not due yet."`
}

// Help is printed by yanzhen duties --help.
func (*dutiesCmd) Help() string {
	return `Lists who owes which dataset for which period of the last twelve months and has not sent it, by the calendar
and the office's working days. Duties are declared in configs/duties or sent as a workbook; those of other datasets are
inferred from what came, and marked so.`
}

// dutyStates are the states of what is owed, in words.
var dutyStates = map[duty.State]codes.Text{
	duty.Late:     {Zh: "迟报", En: "late"},
	duty.Partial:  {Zh: "未报全", En: "partial"},
	duty.Review:   {Zh: "已报待审", En: "under review"},
	duty.Due:      {Zh: "待报", En: "due"},
	duty.Running:  {Zh: "未到期", En: "not yet due"},
	duty.Complete: {Zh: "已报", En: "complete"},
}

func (d *dutiesCmd) Run(ctx context.Context, c *cli) error {
	o, err := c.ready(ctx)
	if err != nil {
		return err
	}
	defer o.Close()
	if d.Dataset != "" && !slices.Contains(o.catalog.Names(), d.Dataset) {
		return invalid{fmt.Errorf("没有数据集 %s / there is no dataset %[1]s", d.Dataset)}
	}
	engine := &compute.Engine{For: access.CommandLine("command line"), Catalog: o.metrics, DB: o.reader, Duties: o.duties, Office: o.config.zone()}
	live, err := engine.Live(ctx, time.Time{})
	if err != nil {
		return err
	}
	now := o.config.local(time.Now())
	today := days.Date(now.Year(), now.Month(), now.Day())
	to := days.Month.Next(today)
	w := lines.New(c.out, strings.Fields(c.say("状态 单位 数据集 期间 应报日 依据", "state sender dataset period due basis"))...)
	shown := 0
	for _, name := range o.catalog.Names() {
		cover := live.Covers()[name]
		if cover == nil || d.Dataset != "" && name != d.Dataset {
			continue
		}
		for _, x := range cover.Calendar(duty.NewWorkdays(o.catalog.Lists.Get("holidays")), today, days.Range{From: to.AddDate(-1, 0, 0), To: to}) {
			if !d.All && (x.State == duty.Complete || x.State == duty.Running) {
				continue
			}
			shown++
			origin := c.say("声明", "declared")
			if x.Inferred {
				origin = c.say("推断", "inferred")
			}
			w.Row(dutyStates[x.State].In(c.Lang), x.Sender, name, x.Period.String(), days.ISO(x.DueOn), origin)
		}
	}
	if shown == 0 {
		fmt.Fprintln(c.out, c.say("没有未报的。", "Nothing is owed."))
		return nil
	}
	return w.Flush()
}
