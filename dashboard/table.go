package dashboard

import (
	"slices"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// tablePage is the table behind a chart.
type tablePage struct {
	Loc      codes.Lang
	Caption  string
	Sentence string
	Bars     bool
	Grid     grid.Grid
	Units    []string // below the heads of its columns, where they differ
	Reasons  []string // why numbers are missing
	Left     string   // which rows have none
	Revised  *figures.Revised
}

func (s *Server) table(d *figures.Answer, st address.State) tablePage {
	t := tablePage{Loc: st.Loc, Caption: d.Panel.Title.In(st.Loc), Bars: d.Panel.Kind == board.Table}
	if d.DataDate.IsZero() {
		t.Sentence = words.In(st.Loc, "no_data_yet")
		return t
	}
	t.Caption, t.Revised = t.Caption+words.In(st.Loc, "sep_comma")+d.Period(st.Loc), d.Revised
	if t.Grid = d.Grid(); len(t.Grid.Rows) == 0 {
		t.Sentence = period.Nothing("", st.Loc)
	}
	trail.Explain(t.Grid, d, st)
	trail.Narrow(t.Grid, d, st)
	note := d.Note(st.Loc) // stands below the table too
	t.Reasons = slices.DeleteFunc(t.Grid.Reasons(), func(text string) bool { return strings.Contains(note, strings.TrimRight(text, "。.")) })
	t.Grid, t.Left = t.Grid.Folded(st.Loc)
	t.Units = t.Grid.Units(st.Loc)
	return t
}
