package units

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/cmd/lines"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/frozen"
)

// FreezeFlags are what may be asked of freeze.
type FreezeFlags struct {
	Name     string `arg:"" optional:"" help:"Name of the report date, such as 2026-06; none lists them."`
	At       string `help:"Moment of the report: 2026-07-05T18:00:00+08:00, or a day for its end. Default: now." placeholder:"TIME"`
	Note     string `help:"What was reported, and to whom." placeholder:"TEXT"`
	Withdraw bool   `help:"Take the report date back, for the reason given: no figure is shown as of it any more, and its rows are kept no longer than others."`
	Reason   string `help:"Why it is withdrawn; whoever follows a link of what was reported reads it." placeholder:"TEXT"`
	By       string `help:"Who wants it. Default: who is logged in." placeholder:"NAME"`
}

// Take lists the report dates, keeps one, or withdraws it.
func (f *FreezeFlags) Take(ctx context.Context, z Zone) error {
	if err := f.fits(); err != nil {
		return err
	}
	if strings.TrimSpace(f.Name) == "" {
		return z.freezes(ctx)
	}
	why := How{Reason: f.Reason, By: f.By}.why(z)
	if f.Withdraw {
		if err := z.fault(z.Loader.Unfreeze(ctx, f.Name, why)); err != nil {
			return err
		}
		fmt.Fprintln(z.Out, z.say("已撤销封账", "withdrawn"), lines.Plain(f.Name))
		return nil
	}
	at := time.Now()
	if f.At != "" {
		var err error
		if at, err = z.Moment(f.At); err != nil {
			return &pipeline.Problem{Code: "freeze", Text: codes.Text{Zh: "不能封账 / cannot freeze: " + err.Error()}, Err: err}
		}
	}
	history, err := z.Loader.History(ctx, "", "") // the latest thousands
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(history, func(e pipeline.Entry) bool {
		return e.State == pipeline.Published && e.Sender != "configs" && !e.At.After(at)
	}) { // a name is given once: not to nothing
		return &pipeline.Problem{Code: "freeze", Text: codes.Text{
			Zh: "不能封账：到 " + z.at(at) + " 还没有发布过任何报送；先装入，再封账",
			En: "cannot freeze: nothing that was sent had been published by " + z.at(at) + "; load first, then freeze",
		}}
	}
	if err := z.fault(z.Loader.Freeze(ctx, frozen.Date{Name: f.Name, At: at, Note: f.Note, By: why.By})); err != nil {
		return err
	}
	fmt.Fprintln(z.Out, z.say("已封账", "frozen"), lines.Plain(f.Name), z.at(at))
	return nil
}

// fits refuses what does not go together: it would do something else than was meant, or nothing.
func (f *FreezeFlags) fits() error {
	no := func(zh, en string) error {
		return &pipeline.Problem{Code: "freeze", Text: codes.Text{Zh: zh, En: en}}
	}
	switch {
	case strings.TrimSpace(f.Name) == "" && (f.Withdraw || f.Reason != "" || f.At != "" || f.Note != ""):
		return no("没有做什么：请写出报告日的名称", "nothing was done: give the name of the report date")
	case f.Withdraw && (f.At != "" || f.Note != ""):
		return no("没有撤销：--withdraw 不与 --at、--note 一起用", "nothing was withdrawn: --withdraw takes no --at and no --note")
	case !f.Withdraw && f.Reason != "":
		return no("没有封账：--reason 是撤销的原因，要撤销请加 --withdraw，说明写 --note", "nothing was frozen: --reason says why a report date is withdrawn; add --withdraw, or say what was reported with --note")
	}
	return nil
}

// fault makes a problem, which the user can mend, of a fault of a freeze.
func (z Zone) fault(err error) error {
	var f *frozen.Fault
	if !errors.As(err, &f) {
		return err
	}
	text := f.Text
	if !f.At.IsZero() {
		text = codes.Text{Zh: f.Zh + "（" + z.at(f.At) + "）", En: f.En + " (" + z.at(f.At) + ")"}
	}
	return &pipeline.Problem{Code: "freeze", Text: text, Err: err}
}

func (z Zone) freezes(ctx context.Context) error {
	list, err := z.Loader.Freezes(ctx)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(z.Out, z.say("尚未封账", "nothing is frozen"))
		return nil
	}
	w := lines.New(z.Out, strings.Fields(z.say("名称 时刻 经手 说明 撤销", "name at by note withdrawn"))...)
	for _, x := range list {
		gone := ""
		if x.Gone() {
			gone = z.at(x.Withdrawn) + " " + x.WithdrawnBy + z.say("：", ": ") + x.Reason
		}
		w.Row(lines.Plain(x.Name), z.Local(x.At).Format("2006-01-02 15:04:05"), lines.Plain(x.By), lines.Plain(x.Note), lines.Plain(gone))
	}
	return w.Flush()
}
