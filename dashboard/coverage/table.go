package coverage

import (
	"slices"

	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

// Row is what a sender owes over the months of a year.
type Row struct {
	Sender, Every, Origin string
	Cells                 []Cell
}

// Cell is a period of a duty over as many months as it has; one without a state is not owed.
type Cell struct {
	State, Text, Title string
	Span               int
}

// BySender are the periods of each sender apart, the earliest first.
func BySender(list []duty.Owed) [][]duty.Owed {
	var out [][]duty.Owed
	for i, o := range list {
		if i == 0 || o.Sender != list[i-1].Sender {
			out = append(out, nil)
		}
		out[len(out)-1] = append([]duty.Owed{o}, out[len(out)-1]...)
	}
	return out
}

// RowOf is a row of months.
func RowOf(list []duty.Owed, year days.Range, loc codes.Lang) Row {
	d := list[len(list)-1].Duty
	row := Row{Sender: d.Sender, Every: words.In(loc, "grain_"+string(d.Every)), Origin: words.In(loc, "duty_declared", d.By)}
	if d.Inferred {
		row.Origin = words.In(loc, "duty_inferred")
	}
	if d.Lapsed {
		row.Origin = words.In(loc, "duty_lapsed", days.Label(d.To.AddDate(0, 0, -1), loc))
	}
	for m := year.From; m.Before(year.To); {
		i := slices.IndexFunc(list, func(o duty.Owed) bool { return o.Period.Holds(m) })
		if i < 0 {
			row.Cells = append(row.Cells, Cell{Span: 1})
			m = days.Month.Next(m)
			continue
		}
		o, span := list[i], 0
		for ; m.Before(o.Period.To) && m.Before(year.To); m = days.Month.Next(m) {
			span++
		}
		text := words.In(loc, "duty_"+string(o.State))
		row.Cells = append(row.Cells, Cell{string(o.State), text, words.In(loc, "duty_title", o.Period.Label(loc), text, days.ISO(o.DueOn)), span})
	}
	slices.Reverse(row.Cells) // the latest first
	return row
}

// Behind is what a sender owes of a dataset now: periods whose day has passed, or that are due.
type Behind struct {
	Sender, Dataset, Periods string
	DueOn                    string // the earliest day
	State, Text              string // the worst of them, and how many there are of each
	N                        int
	Overdue                  int
}

// mostPeriods is how many periods of one sender are named.
const mostPeriods = 6

// BehindOf sums up what one sender owes of a dataset, the earliest period first; false where it owes nothing now.
func BehindOf(list []duty.Owed, title string, loc codes.Lang) (Behind, bool) {
	b := Behind{Dataset: title}
	var names, counts []string
	for _, st := range duty.States {
		before := b.N
		for _, o := range list {
			if o.State != st || !o.Overdue && o.State != duty.Due {
				continue
			}
			if b.State == "" {
				b.State = string(st)
			}
			if day := days.ISO(o.DueOn); b.DueOn == "" || day < b.DueOn {
				b.DueOn = day
			}
			b.Sender = o.Sender
			if b.N++; o.Overdue {
				b.Overdue++
			}
			if b.N <= mostPeriods {
				names = append(names, o.Period.Label(loc))
			}
		}
		if b.N > before {
			counts = append(counts, words.In(loc, "duty_periods", words.Get("duty_"+string(st)), b.N-before))
		}
	}
	if b.N > mostPeriods {
		names = append(names, "…")
	}
	b.Periods = words.Join(loc, "sep_list", names)
	b.Text = words.Join(loc, "sep_list", counts)
	return b, b.N > 0
}
