package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"yanzhen/cmd/alerts"
	"yanzhen/cmd/people"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// InboxCommand lists what lies in the watched folders.
type InboxCommand struct {
	State string `help:"Only entries in this state: refused, held, growing ..." placeholder:"STATE"`
}

// Help is printed by yanzhen inbox --help.
func (*InboxCommand) Help() string {
	return `Asks the running server what lies in the folders that its jobs watch: every file, with what became
of it, why, and when it is tried again; and what is passed over. What needs somebody stands first.`
}

// arrivalStates are the states of an entry, in words.
var arrivalStates = map[pipeline.ArrivalState]codes.Text{
	pipeline.ArrivalGrowing:   {Zh: "仍在变化", En: "growing"},
	pipeline.ArrivalWaiting:   {Zh: "排队", En: "waiting"},
	pipeline.ArrivalLoading:   {Zh: "装入中", En: "loading"},
	pipeline.ArrivalAgain:     {Zh: "稍后再试", En: "again later"},
	pipeline.ArrivalPassed:    {Zh: "略过", En: "passed over"},
	pipeline.ArrivalPublished: {Zh: "已发布", En: "published"},
	pipeline.ArrivalUnchanged: {Zh: "未变", En: "unchanged"},
	pipeline.ArrivalHeld:      {Zh: "暂缓", En: "held"},
	pipeline.ArrivalSubmitted: {Zh: "待审核", En: "under review"},
	pipeline.ArrivalAsked:     {Zh: "待答复", En: "to be answered"},
	pipeline.ArrivalReturned:  {Zh: "已退回", En: "returned"},
	pipeline.ArrivalRefused:   {Zh: "拒收", En: "refused"},
}

// Run asks the server.
func (i *InboxCommand) Run(ctx context.Context, d *alerts.Desk) error {
	if _, ok := arrivalStates[pipeline.ArrivalState(i.State)]; !ok && i.State != "" {
		var names []string
		for s := range arrivalStates {
			names = append(names, string(s))
		}
		slices.Sort(names)
		return d.Invalid(fmt.Errorf("--state %s: 可选 %s / want one of %[2]s", i.State, strings.Join(names, ", ")))
	}
	z, err := d.Zone()
	if err != nil {
		return err
	}
	var list []pipeline.Arrival
	_, host, _ := strings.Cut(z.Base, "://")
	answered, ok := people.Ask(ctx, z.Dir, host, "/api/v1/inbox", &list)
	switch {
	case !answered:
		return d.Invalid(errors.New(say(d, "没有运行中的服务；收件夹由 yanzhen serve 看守", "no server runs; the inbox is watched by yanzhen serve")))
	case !ok:
		return d.Invalid(fmt.Errorf(say(d, "%s 不是本版雁阵的服务", "%s is no server of this build"), host))
	}
	w := d.Table(strings.Fields(say(d, "状态 文件 任务 大小 运行 原因", "state file job size run why"))...)
	shown := 0
	for _, a := range list {
		if i.State != "" && string(a.State) != i.State {
			continue
		}
		shown++
		why := a.Reason.In(d.Lang)
		if remedy := a.Remedy.In(d.Lang); remedy != "" {
			why += " -> " + remedy
		}
		if !a.Next.IsZero() {
			why += say(d, "；再试：", "; tried again: ") + z.Local(a.Next).Format("15:04:05")
		}
		w.Row(arrivalStates[a.State].In(d.Lang), a.Path, a.Job, a.Size, a.Run, why)
	}
	if shown == 0 {
		fmt.Fprintln(d.Out, say(d, "收件夹是空的", "the inbox is empty"))
		return nil
	}
	return w.Flush()
}
