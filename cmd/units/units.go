// Package units is the commands about what the units of a dataset show: which versions each has had, what makes another one
// live or none, and what keeps them under the name of a report date. The commands themselves, and how the zone is opened, stand in cmd/yanzhen.
package units

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"yanzhen/cmd/lines"
	"yanzhen/dashboard/units"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/former"
)

// Zone is the installation.
type Zone struct {
	Lang   codes.Lang
	Loader *pipeline.Loader
	Local  func(time.Time) time.Time // as the office's clock has it
	Moment func(string) (time.Time, error)
	Me     string // who asks, where nobody else is named
	Out    io.Writer
}

func (z Zone) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(z.Lang) }

func (z Zone) at(t time.Time) string { return z.Local(t).Format("2006-01-02 15:04") }

// ListFlags are what may be asked of units.
type ListFlags struct {
	Dataset string `arg:"" help:"Dataset."`
	Unit    string `arg:"" optional:"" help:"Unit, whose versions are listed; none lists the live units."`
}

// List lists the live units of a dataset, or the versions of one.
func (f *ListFlags) List(ctx context.Context, z Zone) error {
	if f.Unit == "" {
		return z.live(ctx, f.Dataset)
	}
	events, err := former.History(ctx, z.Loader, f.Dataset, f.Unit, nil)
	if err != nil {
		return err
	}
	if len(events) == 0 {
		return z.none(f.Dataset, f.Unit)
	}
	w := lines.New(z.Out, strings.Fields(z.say("时间 批次 步骤 行数 新增 删除 改动 经手 文件 原因", "at batch step rows added removed changed by file why"))...)
	for _, e := range events {
		added, removed, changed := "", "", ""
		if r := e.Change; r != nil {
			added, removed, changed = fmt.Sprint(r.Added), fmt.Sprint(r.Removed), fmt.Sprint(r.Changed)
		}
		step := e.Said().In(z.Lang)
		if e.Live {
			step += z.say("（现行）", " (live)")
		}
		w.Row(z.at(e.At), e.Batch, step, e.Loaded, added, removed, changed, e.Who().In(z.Lang), e.File, e.Note)
	}
	return w.Flush()
}

func (z Zone) live(ctx context.Context, ds string) error {
	live, err := z.Loader.Live(ctx, ds)
	if err != nil {
		return err
	}
	if len(live) == 0 {
		fmt.Fprintln(z.Out, z.say("没有已发布的单元", "nothing is published"))
		return nil
	}
	w := lines.New(z.Out, strings.Fields(z.say("单元 批次 行数 发布时间 文件", "unit batch rows published file"))...)
	for _, u := range live {
		w.Row(u.Unit, u.Batch, u.Loaded, z.at(u.At), u.File)
	}
	return w.Flush()
}

func (z Zone) none(ds, unit string) error {
	return &pipeline.Problem{
		Code: "no_unit", Text: codes.Text{Zh: fmt.Sprintf("数据集 %s 没有单元 %s", ds, unit), En: fmt.Sprintf("dataset %s has no unit %s", ds, unit)},
		Remedy: codes.Text{Zh: "yanzhen units " + ds + " 列出各单元", En: "yanzhen units " + ds + " lists them"},
	}
}

// How is how a command changes something: for which reason, in whose name, or not at all.
type How struct {
	Reason string `help:"Why; it stands in the history of the unit." placeholder:"TEXT"`
	By     string `help:"Who wants it. Default: who is logged in." placeholder:"NAME"`
	DryRun bool   `help:"Say which version would become live and what that does to the rows; change nothing." short:"n"`
}

func (h How) why(z Zone) pipeline.Why {
	by := strings.TrimSpace(h.By)
	if by == "" {
		by = z.Me
	}
	return pipeline.Why{By: by, Reason: h.Reason}
}

// RollbackFlags are what may be asked of rollback.
type RollbackFlags struct {
	Dataset  string `arg:"" help:"Dataset."`
	Unit     string `arg:"" optional:"" help:"Unit, as yanzhen units shows it; none lists the live units."`
	Batch    uint32 `help:"Return to this version of the dataset, earlier or later than the live one." placeholder:"N" xor:"to"`
	Withdraw bool   `help:"Let the unit show nothing." xor:"to"`
	How      `embed:""`
}

// Take looks at a step, says what it does, and takes it unless it is a dry run.
func (f *RollbackFlags) Take(ctx context.Context, z Zone) error {
	var s former.Step
	var err error
	switch {
	case f.Batch > 0:
		if s, err = former.To(ctx, z.Loader, f.Dataset, f.Batch); err == nil && f.Unit != "" && f.Unit != s.Unit {
			err = &pipeline.Problem{Code: "no_batch", Text: codes.Text{Zh: fmt.Sprintf("第 %d 批是 %s 的一版，不是 %s 的", f.Batch, s.Unit, f.Unit), En: fmt.Sprintf("batch %d is a version of %s, not of %s", f.Batch, s.Unit, f.Unit)}}
		}
	case f.Unit == "":
		return z.live(ctx, f.Dataset)
	case f.Withdraw:
		s, err = former.Away(ctx, z.Loader, f.Dataset, f.Unit)
	default:
		s, err = former.Back(ctx, z.Loader, f.Dataset, f.Unit)
	}
	if err != nil {
		return err
	}
	if !f.DryRun {
		if _, err := s.Take(ctx, z.Loader, f.why(z)); err != nil {
			return err
		}
	}
	z.told(s)
	if f.DryRun {
		z.dry()
	}
	return nil
}

// told says what was done, or what would be.
func (z Zone) told(steps ...former.Step) {
	for _, s := range steps {
		fmt.Fprintln(z.Out, lines.Plain(s.Dataset+"  "+s.Text().In(z.Lang)))
	}
}

func (z Zone) dry() {
	fmt.Fprintln(z.Out, z.say("只是预演，什么也没有改动", "a dry run: nothing was changed"))
}

// Page is the page of units of a server, whose loader takes the steps.
func Page(l *pipeline.Loader) *units.Page {
	return &units.Page{Loader: l, Accept: l.Accept, Take: func(ctx context.Context, s former.Step, why pipeline.Why) (pipeline.Entry, error) {
		return s.Take(ctx, l, why)
	}}
}

// AcceptFlags are what may be asked of accept.
type AcceptFlags struct {
	Run     string `arg:"" name:"run" help:"Run that was held, as yanzhen runs --state held shows it."`
	Add     bool   `help:"It is another part of its unit: it counts beside what is live." xor:"answer"`
	Replace bool   `help:"It replaces everything that is live of its unit." xor:"answer"`
	Anyway  bool   `help:"Publish it though it was returned, or though what is live arrived after it."`
	How     `embed:""`
}

// Take answers the question of a held load, or says what the answer would do.
func (f *AcceptFlags) Take(ctx context.Context, z Zone) error {
	how := pipeline.Publish
	switch {
	case f.Add:
		how = pipeline.Add
	case f.Replace:
		how = pipeline.Replace
	}
	if f.DryRun {
		steps, err := former.Answered(ctx, z.Loader, f.Run, how)
		if err != nil {
			return err
		}
		z.told(steps...)
		z.dry()
		return nil
	}
	why := f.why(z)
	why.Anyway = f.Anyway
	e, err := z.Loader.Accept(ctx, f.Run, how, why)
	if err == nil {
		fmt.Fprintln(z.Out, strings.TrimSpace(fmt.Sprintf("%s  %s  %s  %s %d  %s", e.Dataset, lines.Plain(e.Unit), e.State, z.say("批次", "batch"), e.Batch, lines.Plain(e.Note))))
	}
	return err
}
