// Package former knows the versions that a unit of a dataset has had: who made each live, when, why and what became of the rows.
// It makes a former one live again, or takes the live one away, after a look at what that would do.
package former

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/difference"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/warehouse"
)

// Bounds.
const (
	mostCompared = 20  // changes of one unit whose rows are held against each other, the latest ones
	mostKept     = 500 // comparisons
	longReason   = 300 // runes
)

// Did is what happened to a version.
type Did string

// What can happen.
const (
	Published Did = "published" // for the first time
	Held      Did = "held"      // it waits for a person
	Accepted  Did = "accepted"  // a person published what was held
	Returned  Did = "returned"  // it was live before, and is again
	Withdrawn Did = "withdrawn" // the unit shows nothing
	Swept     Did = "swept"     // its rows are gone
	Submitted Did = "submitted" // it waits for its review
	Replied   Did = "answered"  // its sender has answered a question
	Asked     Did = "asked"     // the reviewer has asked something
	SentBack  Did = "sentback"  // the reviewer has returned it
)

// Event is a step in the course of a unit.
type Event struct {
	pipeline.Entry
	Did    Did
	Job    string           // that loaded it; empty: none did
	Before uint32           // the batch that was live until then; 0: none
	Change *difference.Rows // of the rows that the unit shows; nil: it shows the same ones, or their rows are gone, it is long ago, or the database did not say
	Live   bool             // it made live what the unit shows now
	Gone   bool             // the rows of the batch are
}

// Course is the steps of a unit, the latest first.
type Course []Event

// Live is the batch that the unit shows; 0: none.
func (c Course) Live() uint32 {
	for _, e := range c {
		if e.Live {
			return e.Batch
		}
	}
	return 0
}

// Back reports whether the version can be made live again from here.
func (e Event) Back() bool { return !e.Live && !e.Gone && (e.Did == Published || e.Did == Accepted) }

// Said is the step in a word.
func (e Event) Said() codes.Text {
	switch e.Did {
	case Held:
		return codes.Text{Zh: "暂缓", En: "held"}
	case Accepted:
		return codes.Text{Zh: "确认发布", En: "accepted"}
	case Returned:
		return codes.Text{Zh: "恢复", En: "returned to"}
	case Withdrawn:
		return codes.Text{Zh: "撤回", En: "withdrawn"}
	case Swept:
		return codes.Text{Zh: "清理", En: "swept"}
	case Replied:
		return codes.Text{Zh: "答复", En: "answered"}
	case Submitted:
		return codes.Text{Zh: "报送待审核", En: "submitted for review"}
	case Asked:
		return codes.Text{Zh: "询问", En: "asked"}
	case SentBack:
		return codes.Text{Zh: "退回", En: "returned to its sender"}
	}
	return codes.Text{Zh: "发布", En: "published"}
}

// Who is who took a step: a person, else the job that loaded the file.
func (e Event) Who() codes.Text {
	switch {
	case e.By != "":
		return codes.Text{Zh: e.By, En: e.By}
	case e.Job != "":
		return codes.Text{Zh: "任务 " + e.Job, En: "job " + e.Job}
	}
	return codes.Text{}
}

// Kept is what became of the rows of a batch where another came in its place. Batches do not change, so it holds for as long
// as the loader and what it has declared; it is bounded, and for any number of goroutines. The zero value is empty.
type Kept struct {
	mu sync.Mutex
	of map[[2]uint32]difference.Rows
}

// change is change as it was found before, or is now.
func (k *Kept) change(ctx context.Context, l *pipeline.Loader, ds string, was, to *pipeline.Entry) (difference.Rows, error) {
	if k == nil || was == nil || to == nil {
		return change(ctx, l, ds, was, to)
	}
	pair := [2]uint32{was.Batch, to.Batch}
	k.mu.Lock()
	r, ok := k.of[pair]
	k.mu.Unlock()
	if ok {
		return r, nil
	}
	r, err := change(ctx, l, ds, was, to)
	if err == nil {
		k.mu.Lock()
		defer k.mu.Unlock()
		if k.of == nil || len(k.of) == mostKept {
			k.of = map[[2]uint32]difference.Rows{}
		}
		k.of[pair] = r
	}
	return r, err
}

// History is the course of a unit, the latest step first; of nothing where nothing was ever sent for it. Comparisons are taken
// from what is kept, and kept there; nil keeps nothing.
func History(ctx context.Context, l *pipeline.Loader, ds, unit string, k *Kept) (Course, error) {
	if l.Dataset(ds) == nil {
		return nil, undeclared(ds)
	}
	out, before, err := course(ctx, l, ds, unit)
	if err != nil {
		return nil, err
	}
	compared(ctx, l, ds, k, out, before)
	slices.Reverse(out)
	return out, started(ctx, l, out)
}

// Steps is the course of a unit, the earliest step first, without what the rows became.
func Steps(ctx context.Context, l *pipeline.Loader, ds, unit string) (Course, error) {
	if l.Dataset(ds) == nil {
		return nil, undeclared(ds)
	}
	out, _, err := course(ctx, l, ds, unit)
	if err != nil {
		return nil, err
	}
	return out, started(ctx, l, out)
}

// course is the steps of a unit, the earliest first, and what was live before each. Nothing is compared.
func course(ctx context.Context, l *pipeline.Loader, ds, unit string) (out Course, before []*pipeline.Entry, err error) {
	rows, err := l.History(ctx, ds, unit)
	if err != nil || unit == "" {
		return nil, nil, err
	}
	slices.Reverse(rows)
	gone, seen, held := map[uint32]bool{}, map[uint32]bool{}, map[uint32]bool{}
	for _, e := range rows {
		if e.State == pipeline.Swept || e.State == pipeline.Abandoned {
			gone[e.Batch] = true
		}
	}
	var live *pipeline.Entry
	last := -1
	for i := range rows {
		e := &rows[i]
		e.Note = mask.Plain(e.Note) // it was kept as it was typed once
		x := Event{Entry: *e, Gone: gone[e.Batch]}
		switch e.State {
		case pipeline.Published:
			switch {
			case seen[e.Batch]:
				x.Did = Returned
			case held[e.Batch] || e.By != "": // what was added as a part was held as the whole, which is another unit
				x.Did = Accepted
			default:
				x.Did = Published
			}
			seen[e.Batch] = true
		case pipeline.Withdrawn:
			x.Did = Withdrawn
		case pipeline.Held:
			x.Did, held[e.Batch] = Held, true
		case pipeline.Submitted:
			if x.Did = Submitted; held[e.Batch] {
				x.Did = Replied
			}
			held[e.Batch] = true
		case pipeline.Asked:
			x.Did = Asked
		case pipeline.Returned:
			x.Did = SentBack
		case pipeline.Swept:
			x.Did = Swept
		default: // that rows may be arriving is no version, nor that they were given up
			continue
		}
		was := live
		if was != nil {
			x.Before = was.Batch
		}
		switch e.State {
		case pipeline.Published:
			live, last = e, len(out)
		case pipeline.Withdrawn:
			live, last = nil, -1
		}
		out, before = append(out, x), append(before, was)
	}
	if last >= 0 {
		out[last].Live = true
	}
	return out, before, nil
}

// compared fills in what the latest events changed, the earliest first, where the database says.
func compared(ctx context.Context, l *pipeline.Loader, ds string, k *Kept, events Course, before []*pipeline.Entry) {
	gone := map[uint32]bool{}
	for _, e := range events {
		if e.Gone {
			gone[e.Batch] = true
		}
	}
	var failed error
	left := mostCompared
	for i := len(events) - 1; i >= 0 && left > 0; i-- {
		e, was := &events[i], before[i]
		var to *pipeline.Entry
		switch e.Did {
		case Published, Accepted, Returned:
			to = &e.Entry
		case Withdrawn:
		default:
			continue
		}
		if was != nil && (gone[was.Batch] || to != nil && gone[to.Batch]) {
			continue
		}
		left--
		if r, err := k.change(ctx, l, ds, was, to); err != nil {
			failed = err
		} else {
			e.Change = &r
		}
	}
	if failed != nil {
		log := l.Log
		if log == nil {
			log = slog.Default()
		}
		log.Warn("versions not compared", "dataset", ds, "err", failed)
	}
}

// change is what becomes of the rows of a unit that shows one batch and then another; nil is none.
func change(ctx context.Context, l *pipeline.Loader, ds string, was, to *pipeline.Entry) (difference.Rows, error) {
	switch {
	case l.Dataset(ds) == nil:
		return difference.Rows{}, undeclared(ds)
	case was == nil && to == nil:
		return difference.Rows{}, nil
	case was == nil:
		return difference.Rows{Added: to.Loaded}, nil
	case to == nil:
		return difference.Rows{Removed: was.Loaded}, nil
	}
	return difference.Of(ctx, l.DB, l.Dataset(ds), [2]uint32{was.Batch, to.Batch}, [2]string{was.Sums, to.Sums})
}

// started says of events which job loaded them.
func started(ctx context.Context, l *pipeline.Loader, events []Event) error {
	var runs []string
	for _, e := range events {
		if e.Did == Published || e.Did == Held || e.Did == Submitted {
			runs = append(runs, e.Run)
		}
	}
	if len(runs) == 0 {
		return nil
	}
	got, err := warehouse.Select[struct {
		Run string `db:"run"`
		Job string `db:"job"`
	}](ctx, l.DB, warehouse.Statement{Tag: "former.jobs", SQL: "select run, job from meta.runs final where job != '' and run in {runs:Array(String)}", Params: map[string]string{"runs": warehouse.Strings(runs)}})
	jobs := map[string]string{}
	for _, g := range got {
		jobs[g.Run] = g.Job
	}
	for i := range events {
		if e := &events[i]; e.Did == Published || e.Did == Held || e.Did == Submitted {
			e.Job = jobs[e.Run]
		}
	}
	return err
}

// Step is a change of what a unit shows, before anybody makes it.
type Step struct {
	Dataset, Unit string
	From, To      *pipeline.Entry // nil: nothing
	Change        difference.Rows
}

// Back looks at the step to the version before the live one. Going back to an earlier one takes back all that came after it, so
// that two steps back are two versions, never the same one again.
func Back(ctx context.Context, l *pipeline.Loader, ds, unit string) (Step, error) {
	events, _, err := course(ctx, l, ds, unit)
	if err != nil {
		return Step{}, err
	}
	var stack []Event
	for _, e := range events {
		switch e.Did {
		case Withdrawn:
			stack = nil
		case Published, Accepted, Returned:
			if i := slices.IndexFunc(stack, func(s Event) bool { return s.Batch == e.Batch }); i >= 0 {
				stack = stack[:i]
			}
			stack = append(stack, e)
		}
	}
	if len(stack) == 0 {
		return Step{}, nothing(ds, unit)
	}
	live := stack[len(stack)-1].Entry
	for _, e := range slices.Backward(stack[:len(stack)-1]) {
		if !e.Gone {
			return step(ctx, l, &live, &e.Entry)
		}
	}
	return Step{}, refuse("no_earlier",
		fmt.Sprintf("%s 的现行版本是第 %d 批，之前没有可恢复的版本；什么也没有改动", unit, live.Batch),
		fmt.Sprintf("what %s shows is batch %d, and there is no earlier version to return to; nothing was changed", unit, live.Batch),
		"yanzhen units 列出各版；要恢复其中一版用 --batch，要让它什么也不显示用 --withdraw",
		"yanzhen units lists the versions; return to one of them with --batch, or let the unit show nothing with --withdraw")
}

// To looks at the step that makes a certain batch live.
func To(ctx context.Context, l *pipeline.Loader, ds string, batch uint32) (Step, error) {
	e, err := l.Known(ctx, ds, batch)
	if err != nil {
		return Step{}, err
	}
	live, err := standing(ctx, l, ds, e.Unit)
	switch {
	case err != nil:
		return Step{}, err
	case e.State == pipeline.Returned:
		return Step{}, refuse("returned", fmt.Sprintf("第 %d 批已退回报送单位，没有发布过", batch), fmt.Sprintf("batch %d was returned to its sender and never published", batch), "仍要发布：yanzhen accept "+e.Run+" --anyway", "to publish it nevertheless: yanzhen accept "+e.Run+" --anyway")
	case e.State != pipeline.Published:
		return Step{}, refuse("held", fmt.Sprintf("第 %d 批在等人确认，还没有发布过", batch), fmt.Sprintf("batch %d waits for an answer and was never published", batch), "用 yanzhen accept "+e.Run, "use yanzhen accept "+e.Run)
	case live != nil && live.Batch == batch:
		return Step{}, refuse("live", fmt.Sprintf("第 %d 批正是 %s 的现行版本；什么也没有改动", batch, e.Unit), fmt.Sprintf("batch %d is what %s shows; nothing was changed", batch, e.Unit), "yanzhen units 列出各版", "yanzhen units lists the versions")
	}
	return step(ctx, l, live, &e)
}

// Away looks at the step after which a unit shows nothing.
func Away(ctx context.Context, l *pipeline.Loader, ds, unit string) (Step, error) {
	live, err := standing(ctx, l, ds, unit)
	if err == nil && live == nil {
		err = nothing(ds, unit)
	}
	if err != nil {
		return Step{}, err
	}
	return step(ctx, l, live, nil)
}

// Answered looks at the steps that an answer to a held load would take.
func Answered(ctx context.Context, l *pipeline.Loader, run string, how pipeline.Answer) ([]Step, error) {
	_, e, err := l.Asked(ctx, run, how)
	if err != nil {
		return nil, err
	}
	live, err := l.Live(ctx, e.Dataset)
	if err != nil {
		return nil, err
	}
	from, err := standing(ctx, l, e.Dataset, e.Unit)
	if err != nil {
		return nil, err
	}
	s, err := step(ctx, l, from, &e)
	steps := []Step{s}
	for _, u := range live {
		if err == nil && how == pipeline.Replace && strings.HasPrefix(u.Unit, e.Unit+"|") {
			s, err = Away(ctx, l, e.Dataset, u.Unit)
			steps = append(steps, s)
		}
	}
	return steps, err
}

func step(ctx context.Context, l *pipeline.Loader, from, to *pipeline.Entry) (s Step, err error) {
	of := from
	if of == nil {
		of = to
	}
	s = Step{Dataset: of.Dataset, Unit: of.Unit, From: from, To: to}
	s.Change, err = change(ctx, l, of.Dataset, from, to)
	return s, err
}

// standing is what a unit shows; nil: nothing.
func standing(ctx context.Context, l *pipeline.Loader, ds, unit string) (*pipeline.Entry, error) {
	rows, err := l.History(ctx, ds, unit) // the latest first
	if unit == "" {
		rows = nil
	}
	for i := range rows {
		switch rows[i].State {
		case pipeline.Published:
			return &rows[i], err
		case pipeline.Withdrawn:
			return nil, err
		}
	}
	return nil, err
}

// Reasoned refuses what nobody gives a reason for, or one that is too long.
func Reasoned(why pipeline.Why) (pipeline.Why, error) {
	why.Reason = strings.TrimSpace(why.Reason)
	if n := utf8.RuneCountInString(why.Reason); n == 0 || n > longReason {
		return why, refuse("no_reason", fmt.Sprintf("请写明原因，%d 字以内；什么也没有改动", longReason), fmt.Sprintf("say why, in %d characters at most; nothing was changed", longReason), "", "")
	}
	return why, nil
}

// Take takes the step, unless the unit shows something else by now than when it was looked at.
func (s Step) Take(ctx context.Context, l *pipeline.Loader, why pipeline.Why) (pipeline.Entry, error) {
	why, err := Reasoned(why)
	if err != nil {
		return pipeline.Entry{}, err
	}
	why.Over = new(number(s.From))
	if s.To == nil {
		return l.Withdraw(ctx, s.Dataset, s.Unit, why)
	}
	return l.Republish(ctx, s.Dataset, s.To.Batch, why)
}

// Shows is the number of the batch that the unit shows when the step is looked at; 0: none.
func (s Step) Shows() uint32 { return number(s.From) }

func number(e *pipeline.Entry) uint32 {
	if e == nil {
		return 0
	}
	return e.Batch
}

// Text says in a sentence which version would go, which come, and what that does to the rows.
func (s Step) Text() codes.Text {
	said := func(e *pipeline.Entry) codes.Text {
		if e == nil {
			return codes.Text{Zh: "不显示任何数据", En: "nothing"}
		}
		return codes.Text{Zh: fmt.Sprintf("第 %d 批（%s，%d 行）", e.Batch, e.File, e.Loaded), En: fmt.Sprintf("batch %d (%s, %d rows)", e.Batch, e.File, e.Loaded)}
	}
	from, to, n := said(s.From), said(s.To), s.Change.Counts()
	return codes.Text{Zh: s.Unit + "：" + from.Zh + " → " + to.Zh + "；" + n.Zh, En: s.Unit + ": " + from.En + " → " + to.En + "; " + n.En}
}

func nothing(ds, unit string) error {
	return refuse("not_live", fmt.Sprintf("数据集 %s 的 %s 没有已发布的数据", ds, unit), fmt.Sprintf("nothing of unit %s of %s is published", unit, ds),
		"yanzhen units 列出单元和各版；恢复其中一版用 --batch", "yanzhen units lists the units and their versions; return to one with --batch")
}

func undeclared(ds string) error {
	return refuse("no_dataset", "没有数据集 "+ds, "there is no dataset "+ds, "", "")
}

func refuse(code, zh, en, todoZh, todoEn string) error {
	return &pipeline.Problem{Code: code, Text: codes.Text{Zh: zh, En: en}, Remedy: codes.Text{Zh: todoZh, En: todoEn}}
}
