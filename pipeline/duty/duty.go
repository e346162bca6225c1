// Package duty knows who owes which dataset for which periods, and says of any stretch of days how much of what is owed
// has come: nothing, a part, all. It is pure: no clock, no I/O.
package duty

import (
	"cmp"
	"maps"
	"slices"

	"yanzhen/pipeline/days"
)

// Submission is what the ledger says of one live submission.
type Submission struct {
	Dataset, Sender, Unit, File string

	Period      days.Range // that it was sent for; zero: nobody said
	First, Last days.Day   // of its rows; zero: they have no day
	At          days.Day   // when it came, as the office's calendar has it
}

// Duty is what a sender owes: a dataset, how often, and by when.
type Duty struct {
	Dataset, Sender string
	Every           days.Grain // month, quarter, half or year
	By              int        // the working day after the period on which it is due
	From, To        days.Day   // the first day it is owed for, and the first day no more; zero: no end
	Inferred        bool       // from what came so far; nobody declared it
	Lapsed          bool       // inferred, and the sender fell silent while the others went on: no more is owed
}

// usualBy is the working day on which a report is due where nobody said.
const usualBy = 10

// owes is the part of r that the duty is about.
func (d Duty) owes(r days.Range) days.Range {
	if r.From.Before(d.From) {
		r.From = d.From
	}
	if !d.To.IsZero() && d.To.Before(r.To) {
		r.To = d.To
	}
	if !r.From.Before(r.To) {
		return days.Range{}
	}
	return r
}

// soon is how many days before its end a report may come and still tell of the whole period: that of a month is
// often sent in its last days.
const soon = 10

// told is which days a submission tells of. One of a period that was over when it came tells of all of it, also
// where the last row is of the 27th. One that came before, such as a register of the year that is filled as the
// year goes, tells of the months of its rows, and of what the zone has reached; so does a register. What is sent as
// files for no period tells of the days of its rows, whatever the files are called.
func (s Submission) told(sent Sent, reached days.Day) days.Range {
	r, grain := s.Period, sent.Grain
	over := func(end days.Day) bool { return s.At.IsZero() || !s.At.AddDate(0, 0, soon).Before(end) }
	switch {
	case !r.IsZero() && grain != days.Total && over(r.To):
		return r
	case s.First.IsZero() || s.Last.IsZero():
		return days.Range{} // nothing says how far it goes
	}
	from, end, most := s.First, s.Last.AddDate(0, 0, 1), grain.Next(s.Last)
	if grain == days.Total {
		if sent.Register && !r.IsZero() && over(r.To) && r.To.Before(reached) {
			reached = r.To // that of a year that is over
		}
		if sent.Register && reached.After(end) {
			end = reached
		}
		return days.Range{From: days.Month.Start(from), To: end}
	}
	if from = grain.Start(from); !r.IsZero() {
		from, most = r.From, r.To
	}
	if whole := days.Month.Next(s.Last); grain == days.Month || !r.IsZero() {
		if end = whole; !r.IsZero() && !over(whole) {
			end = s.At.AddDate(0, 0, 1)
		}
	}
	if end.Before(reached) {
		end = reached
	}
	if end.After(most) {
		end = most
	}
	return days.Range{From: from, To: end}
}

// Book is every duty that is declared. The nil Book declares none.
type Book struct{ list []Duty }

// NewBook holds duties. Of the same dataset and sender the later ones count: a workbook of duties goes before the
// declarations that came with the program.
func NewBook(lists ...[]Duty) *Book {
	b := &Book{}
	for _, list := range lists {
		b.list = slices.DeleteFunc(b.list, func(old Duty) bool {
			return slices.ContainsFunc(list, func(d Duty) bool { return d.Dataset == old.Dataset && d.Sender == old.Sender })
		})
		b.list = append(b.list, list...)
	}
	return b
}

// Declared are the duties of a dataset that somebody declared.
func (b *Book) Declared(dataset string) []Duty {
	if b == nil {
		return nil
	}
	var out []Duty
	for _, d := range b.list {
		if d.Dataset == dataset {
			out = append(out, d)
		}
	}
	return out
}

// All is every duty that is declared.
func (b *Book) All() []Duty {
	if b == nil {
		return nil
	}
	return slices.Clone(b.list)
}

// quiet is how many of its own periods a sender may be silent while the others of its dataset go on, before it is taken
// to have stopped.
const quiet = 3

// young is how often a sender of a dataset has sent at most while nobody's habit is known yet.
const young = 2

// infer makes duties of what came: each sender owes on in the rhythm that it has shown, from its first day on. Who sent once has no
// habit and owes no more, unless the dataset itself is young and that was when it began. Nothing more is owed by whoever
// fell silent while others went on.
func infer(dataset string, grain days.Grain, told map[string]ranges, subs []Submission) []Duty {
	if grain == days.Total {
		return nil
	}
	sent, most := map[string]int{}, 0
	var start days.Day
	for _, s := range subs {
		sent[s.Sender]++
		most = max(most, sent[s.Sender])
		if mine := told[s.Sender]; len(mine) > 0 && (start.IsZero() || mine[0].From.Before(start)) {
			start = mine[0].From
		}
	}
	var out []Duty
	for _, sender := range slices.Sorted(maps.Keys(told)) {
		mine := told[sender]
		if len(mine) == 0 {
			continue
		}
		d := Duty{Dataset: dataset, Sender: sender, By: usualBy, From: mine[0].From, Inferred: true, Every: rhythm(sender, grain, subs)}
		end := mine[len(mine)-1].To
		once := sent[sender] == 1 && (most == 1 || most > young || mine[0].From.After(start))
		for other, theirs := range told {
			silent := len(theirs) > 0 && !theirs[len(theirs)-1].To.Before(end.AddDate(0, quiet*max(1, d.Every.Months()), 0))
			if once || other != sender && silent {
				d.To, d.Lapsed = end, true
			}
		}
		out = append(out, d)
	}
	return out
}

// habit is how many periods of one width in a row make a rhythm, whatever was before. One file ahead of its time, or one for
// another width, makes none.
const habit = 3

// rhythm is how often a sender sends: by the last habit that it has shown, else by the width of most of its periods, of several
// that are as many the one that it began with. usual is that of whoever has sent for no period.
func rhythm(sender string, usual days.Grain, subs []Submission) days.Grain {
	var periods []days.Range
	for _, s := range subs {
		if s.Sender == sender && s.Period.Grain().Months() > 0 && !slices.Contains(periods, s.Period) {
			periods = append(periods, s.Period)
		}
	}
	slices.SortFunc(periods, func(a, b days.Range) int { return cmp.Or(a.From.Compare(b.From), b.To.Compare(a.To)) })
	count := map[days.Grain]int{}
	shown, row := days.Grain(""), 0
	for i, p := range periods {
		g := p.Grain()
		count[g]++
		if row++; i > 0 && periods[i-1].Grain() != g {
			row = 1
		}
		if row == habit {
			shown = g
		}
	}
	if shown != "" {
		return shown
	}
	for _, p := range periods {
		if g := p.Grain(); shown == "" || count[g] > count[shown] {
			shown = g
		}
	}
	return cmp.Or(shown, usual)
}

// ranges are stretches of days in order, none of which touches another.
type ranges []days.Range

// with adds a stretch.
func (rs ranges) with(r days.Range) ranges {
	if r.IsZero() || !r.From.Before(r.To) {
		return rs
	}
	all := append(slices.Clone(rs), r)
	slices.SortFunc(all, func(a, b days.Range) int { return cmp.Or(a.From.Compare(b.From), a.To.Compare(b.To)) })
	out := all[:1]
	for _, x := range all[1:] {
		if last := &out[len(out)-1]; x.From.After(last.To) {
			out = append(out, x)
		} else if x.To.After(last.To) {
			last.To = x.To
		}
	}
	return out
}

// holds says whether all days of r are among them.
func (rs ranges) holds(r days.Range) bool {
	return slices.ContainsFunc(rs, func(x days.Range) bool { return !x.From.After(r.From) && !x.To.Before(r.To) })
}

// touches says whether any day of r is among them.
func (rs ranges) touches(r days.Range) bool { return slices.ContainsFunc(rs, r.Overlaps) }
