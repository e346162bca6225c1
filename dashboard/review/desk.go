package review

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/former"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/saying"
)

// Desk is where submissions are looked at and decided, whichever door who decides came by. It reads only: what is decided is
// written by who made it.
type Desk struct {
	Loader *pipeline.Loader
	Accept func(ctx context.Context, run string, how pipeline.Answer, why pipeline.Why) (pipeline.Entry, error)
	Say    func(ctx context.Context, run string, what pipeline.State, why pipeline.Why) (pipeline.Entry, error)
}

// Submission is one that waits, was returned or was accepted, as whoever decides has to know it.
type Submission struct {
	Run      pipeline.Run
	Waits    bool
	Own      bool              // who looks has sent it, and cannot decide
	Back     bool              // it was returned: it may be accepted all the same
	MustSay  bool              // whether it is a part has to be answered
	Part     bool              // it may be accepted as another part of its unit
	Would    []former.Step     // what accepting it would do; empty: it cannot be accepted as it is
	Live     uint32            // what the unit shows now
	Seen     uint64            // the latest row of the batch; 0: nothing of it can be decided
	Question uint64            // the row of what its sender has to answer; 0: nothing
	Against  *pipeline.Problem // why it needs a word more to accept it
	Cannot   *pipeline.Problem // why it cannot be accepted any more
	Course   former.Course     // what happened to it, the earliest first
}

// Of is the submission of a run, with what deciding on it needs; false: there is none.
func (d *Desk) Of(ctx context.Context, id string) (s Submission, ok bool, err error) {
	x, ok, err := d.Loader.Run(ctx, id)
	if err != nil || !ok || !d.Is(x) {
		return s, false, err
	}
	if s, err = d.Sent(ctx, x); err == nil && (s.Waits || s.Back) {
		err = d.look(ctx, &s)
	}
	return s, err == nil, err
}

// Is reports whether a run left a batch that may wait for a decision, whatever it came to.
func (d *Desk) Is(x pipeline.Run) bool { return x.Batch != 0 && d.Loader.Dataset(x.Dataset) != nil }

// Sent is a submission as its sender has to know it: it costs no comparison of rows.
func (d *Desk) Sent(ctx context.Context, x pipeline.Run) (s Submission, err error) {
	s = Submission{Run: x, MustSay: x.Code == "part", Waits: slices.Contains([]pipeline.State{pipeline.Submitted, pipeline.Asked}, x.State), Back: x.State == pipeline.Returned}
	by, err := d.Loader.Whose(ctx, x.Batch)
	if err != nil {
		return s, err
	}
	name := access.From(ctx).Name
	s.Own = name != "" && by == name
	course, err := former.Steps(ctx, d.Loader, x.Dataset, x.Unit)
	for _, e := range course {
		if e.Batch == x.Batch {
			s.Course = append(s.Course, e)
		}
	}
	if n := len(s.Course); n > 0 && s.Course[n-1].Did == former.Asked {
		s.Question = s.Course[n-1].Seq
	}
	return s, err
}

// look says what accepting a submission would do.
func (d *Desk) look(ctx context.Context, s *Submission) error {
	how := pipeline.Publish
	if s.MustSay {
		how = pipeline.Replace
	}
	steps, err := former.Answered(ctx, d.Loader, s.Run.ID, how)
	if no, ok := errors.AsType[*pipeline.Problem](err); ok { // the rows of what was returned may be gone by now
		s.Cannot, s.Back = no, false
		return nil
	}
	if err != nil || len(steps) == 0 {
		return err
	}
	live, err := d.Loader.Live(ctx, s.Run.Dataset)
	if err != nil {
		return err
	}
	first := steps[0]
	s.Would, s.Seen, s.Live = steps, first.To.Seq, first.Shows()
	s.Part = s.Live != 0 && first.From.File != first.To.File
	s.Against, err = d.Loader.Against(ctx, *first.To, pipeline.Replace, live)
	return err
}

// Decisions are what can be decided.
var Decisions = []string{"accept", "add", "replace", "return", "ask"}

// Decision is what somebody decides of a submission after a look at it: its state then was Seen, and its unit showed Live.
type Decision struct {
	Do     string  `json:"do" enum:"accept,add,replace,return,ask" doc:"accept 接受；add 作为又一部分追加；replace 替换全部；return 退回；ask 询问报送单位。 / accept it; add it as another part of its unit; let it replace all of it; return it; ask its sender."`
	Reason string  `json:"reason,omitempty" doc:"退回的原因或要问的话，必写；接受的说明，可不写。300 字以内。 / Why it goes back, or the question, which must be written; what is noted of accepting it, which may. 300 characters at most."`
	Seen   uint64  `json:"seen" doc:"看过的状态：GET 给的 seen。此后有人办理过，就什么也不改动。 / The state that was looked at, as GET said it. Where somebody has decided since, nothing is changed."`
	Live   *uint32 `json:"live,omitempty" doc:"accept 与 replace 必写：单元当时的现行批次，GET 给的 live（0 为没有）。 / For accept and replace: the batch that the unit showed then, as GET said it (0: none)."`
	Anyway bool    `json:"anyway,omitempty" doc:"已退回、或现行版本来得更晚，仍要接受（见 against）。 / Accept it though it was returned, or what is live arrived after it (see against)."`
}

// Can is what can be decided of a submission.
func (s Submission) Can() (out []string) {
	switch {
	case s.Own || s.Seen == 0:
		return nil
	case s.MustSay:
		out = []string{"add", "replace"}
	case s.Part:
		out = []string{"accept", "add"}
	default:
		out = []string{"accept"}
	}
	if s.Waits {
		out = append(out, "return", "ask")
	}
	return out
}

// Told is a decision in the audit trail.
func (d Decision) Told(run string) string {
	return "review " + words.Clip(d.Do, longDo) + " " + Noted(run, d.Reason)
}

// Noted is what somebody wrote of a submission, in the audit trail.
func Noted(run, text string) string {
	said, _ := mask.Mask{}.Text(strings.TrimSpace(text))
	return words.Clip(run, longDo) + ": " + words.Clip(said, longWhat)
}

// Spoken is what was said at a step between the reviewer and the sender.
func Spoken(e former.Event) string {
	if slices.Contains([]former.Did{former.Asked, former.Replied, former.SentBack}, e.Did) {
		return e.Note
	}
	return ""
}

// Note is what was noted of a step, for whoever decides.
func Note(e former.Event) codes.Text {
	t := codes.Text{Zh: e.Note, En: e.Note}
	if how, ok := saying.How(e.Note); ok {
		t.En = saying.AcceptedEn(how) + strings.Replace(strings.TrimPrefix(e.Note, saying.Accepted(how, "")), "：", ": ", 1)
	}
	return t
}

// Done is when what was asked for was done.
type Done string

// The times.
const (
	Now    Done = ""
	Before Done = "again" // it was sent once more, and nothing was changed
)

// Result is how a decision or an answer ended, in the audit trail.
func Result(done Done, err error) string {
	if err == nil {
		return string(done)
	}
	if _, ok := errors.AsType[*pipeline.Problem](err); ok {
		return "refused"
	}
	if _, ok := errors.AsType[*address.Refusal](err); ok {
		return "refused"
	}
	return "failed"
}

// Decide decides, in the name of who looks. The same decision of the same state is one, however often it comes. What speaks against it is a *pipeline.Problem.
func (d *Desk) Decide(ctx context.Context, run string, what Decision) (when Done, err error) {
	why := pipeline.Why{By: access.From(ctx).Name, Reason: strings.TrimSpace(what.Reason), Seen: what.Seen, Anyway: what.Anyway}
	if why.Seen == 0 {
		return Now, address.Bad(words.Get("bad_value", "seen", strconv.FormatUint(what.Seen, 10)))
	}
	how := map[string]pipeline.Answer{"accept": pipeline.Publish, "add": pipeline.Add, "replace": pipeline.Replace}[what.Do]
	said := map[string]pipeline.State{"return": pipeline.Returned, "ask": pipeline.Asked}[what.Do]
	switch what.Do {
	case "accept", "replace":
		if what.Live == nil {
			return Now, address.Bad(words.Get("bad_value", "live", ""))
		}
		why.Over = what.Live
		fallthrough
	case "add": // a part stands beside what was looked at
		_, err = d.Accept(ctx, run, how, why)
		said = pipeline.Published
	case "return", "ask":
		_, err = d.Say(ctx, run, said, why)
	default:
		return Now, address.Bad(words.Get("bad_value", "do", words.Clip(what.Do, longDo)), Decisions...)
	}
	if _, refused := errors.AsType[*pipeline.Problem](err); refused {
		if done, fault := d.done(ctx, run, said, how, why); fault == nil && done {
			return Before, nil
		}
	}
	return Now, err
}

// Answer answers, for its sender and in the name of who looks, the Question of a submission. The same answer to the same question
// is one.
func (d *Desk) Answer(ctx context.Context, run string, question uint64, text string) (when Done, err error) {
	why := pipeline.Why{By: access.From(ctx).Name, Reason: strings.TrimSpace(text), Seen: question}
	if why.Seen == 0 {
		return Now, address.Bad(words.Get("bad_value", "seen", "0"))
	}
	_, err = d.Say(ctx, run, pipeline.Submitted, why)
	if _, refused := errors.AsType[*pipeline.Problem](err); refused {
		if done, fault := d.done(ctx, run, pipeline.Submitted, pipeline.Publish, why); fault == nil && done {
			return Before, nil
		}
	}
	return Now, err
}

// done reports whether what was just refused is what the same account has done before: the next row of the batch after what was
// seen.
func (d *Desk) done(ctx context.Context, run string, state pipeline.State, how pipeline.Answer, why pipeline.Why) (bool, error) {
	r, ok, err := d.Loader.Run(ctx, run)
	if err != nil || !ok || r.Batch == 0 || why.By == "" {
		return false, err
	}
	rows, err := d.Loader.Entries(ctx, r.Batch)
	next := slices.IndexFunc(rows, func(e pipeline.Entry) bool { return e.Seq > why.Seen })
	if err != nil || next < 0 {
		return false, err
	}
	got, reason := rows[next], mask.Plain(why.Reason)
	if got.State == pipeline.Published { // what is noted then begins with how it was accepted
		as := saying.Accepted(string(how), reason)
		return state == got.State && got.By == why.By && (got.Note == as || reason == "" && strings.HasPrefix(got.Note, as)), nil
	}
	return state == got.State && got.By == why.By && got.Note == reason, nil
}
