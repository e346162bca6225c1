// Package backfill keeps which jobs are run again over which periods, by whom and why, and what became of each period, in one
// file of the zone, so that a backfill goes on after a restart. It runs nothing: package jobs does.
package backfill

import (
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"yanzhen/dashboard/access/filed"
	"yanzhen/jobs/paused"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/mask"
)

// Bounds.
const (
	MostPeriods = 400 // of one backfill
	mostKept    = 40  // backfills that are told of
	mostReason  = 300 // runes
)

// The states of a period.
const (
	Waiting = "waiting"
	Running = "running"
	Done    = "done"   // everything of it is published or was so already
	Failed  = "failed" // something of it was refused, is held, or could not be had
	None    = "none"   // there is nothing of it
	Left    = "left"   // the backfill was stopped before
)

// Period is one step of a backfill.
type Period struct {
	Period string     `json:"period"`
	State  string     `json:"state"`
	Run    string     `json:"run,omitempty"`
	Text   codes.Text `json:"text,omitzero"` // what it would do, and later what became of it
}

// Backfill is a job run again over some periods.
type Backfill struct {
	ID      string    `json:"id"`
	Job     string    `json:"job"`
	From    string    `json:"from"`
	To      string    `json:"to"`
	By      string    `json:"by"`
	Reason  string    `json:"reason"`
	At      time.Time `json:"at"`
	Ended   time.Time `json:"ended,omitzero"`
	Stopped string    `json:"stopped,omitempty"` // by whom and why
	Fault   string    `json:"fault,omitempty"`   // why the program at work has given it up; not kept in the file
	Periods []Period  `json:"periods"`
}

// Open reports whether something is left to be done.
func (b Backfill) Open() bool { return b.Ended.IsZero() }

// Count is how many periods are in one of the states.
func (b Backfill) Count(states ...string) (n int) {
	for _, p := range b.Periods {
		if slices.Contains(states, p.State) {
			n++
		}
	}
	return n
}

// Now is the period at work; empty: none is.
func (b Backfill) Now() string {
	for _, p := range b.Periods {
		if p.State == Running {
			return p.Period
		}
	}
	return ""
}

// Book is the file. Several processes may change it, one at a time.
type Book struct{ Dir string }

func (b Book) file() string { return filepath.Join(b.Dir, "backfills.json") }

// Read returns the backfills that are known, the latest first.
func (b Book) Read() ([]Backfill, error) { return filed.ReadList[Backfill](b.file()) }

// Begin adds a backfill. Of a job one is open at a time.
func (b Book) Begin(x Backfill) error {
	if err := reasoned(&x.Reason); err != nil {
		return err
	}
	return filed.ChangeList(b.file(), func(all []Backfill) ([]Backfill, error) {
		for _, o := range all {
			if o.Job == x.Job && o.Open() {
				return nil, paused.Refuse("任务 %s 正在回填 %s 至 %s（%s），先等它结束或停止它", "job %s is being backfilled from %s to %s (%s): wait for its end, or stop it", x.Job, o.From, o.To, o.By)
			}
		}
		all = append([]Backfill{x}, all...)
		for i := len(all) - 1; i >= 0 && len(all) > mostKept; i-- {
			if !all[i].Open() {
				all = slices.Delete(all, i, i+1)
			}
		}
		return all, nil
	})
}

// Stop ends the open backfill of a job: the period at work ends as it would, the others are left.
func (b Book) Stop(job, by, reason string, now time.Time) error {
	if err := reasoned(&reason); err != nil {
		return err
	}
	return filed.ChangeList(b.file(), func(all []Backfill) ([]Backfill, error) {
		for i := range all {
			if x := &all[i]; x.Job == job && x.Open() {
				x.Stopped, x.Ended = by+": "+reason, now
				for k := range x.Periods {
					if x.Periods[k].State == Waiting {
						x.Periods[k].State = Left
					}
				}
				return all, nil
			}
		}
		return nil, paused.Refuse("任务 %s 没有在回填", "job %s is not being backfilled", job)
	})
}

// Settle changes periods of a backfill, and ends it where nothing is left to be done.
func (b Book) Settle(id string, now time.Time, change func(*Period)) error {
	return filed.ChangeList(b.file(), func(all []Backfill) ([]Backfill, error) {
		for i := range all {
			x := &all[i]
			if x.ID != id {
				continue
			}
			for k := range x.Periods {
				change(&x.Periods[k])
			}
			if x.Open() && x.Count(Waiting, Running) == 0 {
				x.Ended = now
			}
		}
		return all, nil
	})
}

// reasoned makes a reason one line of bounded length without numbers of persons, and refuses an empty one.
func reasoned(text *string) error {
	*text, _ = mask.Mask{}.Text(strings.Join(strings.Fields(*text), " "))
	if *text == "" {
		return paused.Refuse("请写明原因", "say why: a reason is missing")
	}
	if utf8.RuneCountInString(*text) > mostReason {
		return paused.Refuse("原因太长，最多 %d 字", "the reason is too long: at most %d characters", mostReason)
	}
	return nil
}
