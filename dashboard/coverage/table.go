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
