package counter

import (
	"fmt"

	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// lookView is what would come of a file.
type lookView struct {
	Draft, Name, Sender string
	Refused             bool // it cannot be read, or would be refused whole
	Problems            []said
	Notes               []string
	Dataset, Period     string
	Numbers             []number // rows read, loaded, refused ...
	Columns             []column
	Unread              []string // headings that nothing is read from
	Heads               []string
	Rows                [][]string
	Rejects             []reject
	More                uint64 // refused cells beyond those shown
	Before              uint64 // rows that stand there now
	After               uint64
	Replaces            string // the file whose rows they are
	Months              []month
	Unchanged           bool
}

type said struct{ Text, Remedy string }

type number struct {
	Text string
	N    uint64
	Bad  bool
}

type column struct{ Heading, Title, How string }

type reject struct{ Where, Column, Raw, Reason, Remedy string }

type month struct {
	Name          string
	Before, After uint64
}

func planned(p pipeline.Plan, why *pipeline.Problem, draft, name, sender string, loc codes.Lang) lookView {
	v := lookView{Draft: draft, Name: name, Sender: p.Sender, Unchanged: p.Unchanged, Refused: why != nil}
	if v.Sender == "" {
		v.Sender = sender
	}
	for _, x := range p.Problems {
		v.Problems = append(v.Problems, said{x.Text.In(loc), x.Remedy.In(loc)})
	}
	if why != nil && len(p.Problems) == 0 {
		v.Problems = append(v.Problems, said{why.Text.In(loc), why.Remedy.In(loc)})
	}
	for _, n := range p.Notes {
		v.Notes = append(v.Notes, n.In(loc))
	}
	if p.Dataset == nil {
		return v
	}
	v.Dataset = p.Dataset.Title.In(loc)
	if !p.Period.IsZero() {
		v.Period = p.Period.Label(loc)
	}
	v.Numbers = []number{
		{words.In(loc, "rows_read"), p.Read, false},
		{words.In(loc, "rows_loaded"), p.Loaded, false},
		{words.In(loc, "rows_rejected"), p.Rejected, p.Rejected > 0},
		{words.In(loc, "rows_excluded"), p.Excluded, false},
		{words.In(loc, "rows_duplicates"), p.Duplicates, false},
	}
	v.bound(p, loc)
	for i := range p.Dataset.Columns {
		v.Heads = append(v.Heads, p.Dataset.Columns[i].Title.In(loc))
	}
	for _, row := range p.Rows {
		cells := make([]string, len(row))
		for i, text := range row {
			cells[i] = p.Dataset.Columns[i].Shown(text, loc)
		}
		v.Rows = append(v.Rows, cells)
	}
	for _, x := range p.Rejects[:min(len(p.Rejects), mostShown)] {
		title := x.Column
		if c := p.Dataset.Column(x.Column); c != nil {
			title = c.Title.In(loc)
		}
		where := x.Cell
		if where == "" && x.Origin.Row > 0 {
			where = words.In(loc, "row_no", x.Origin.Row)
		}
		if x.Origin.Sheet != "" {
			where = x.Origin.Sheet + " ! " + where
		}
		v.Rejects = append(v.Rejects, reject{where, title, x.Raw, x.Reason.In(loc), x.Remedy.In(loc)})
	}
	v.More = p.RejectCells - uint64(len(v.Rejects))
	v.After = p.Loaded
	if p.Before != nil {
		v.Before, v.Replaces = p.Before.Loaded, p.Before.File
	}
	for _, m := range p.Months {
		name := m.Month
		if from, ok := days.Parse(m.Month); ok {
			name = from.Label(loc)
		}
		v.Months = append(v.Months, month{name, m.Before, m.After})
	}
	return v
}

// bound says which heading became which column, and which none.
func (v *lookView) bound(p pipeline.Plan, loc codes.Lang) {
	for i, t := range p.Tables {
		if t.Binding == nil || i > 0 && len(p.Tables) > 20 {
			continue
		}
		for _, b := range t.Binding.Columns {
			c := p.Dataset.Column(b.Column)
			if c == nil || b.At < 0 && b.How != "default" && b.How != "of" && b.How != "name" || i > 0 {
				continue // of the other tables only what is not read is told
			}
			v.Columns = append(v.Columns, column{b.Header, c.Title.In(loc), words.In(loc, "send_how_"+how(b.How))})
		}
		for _, x := range t.Binding.Extra {
			text := x.Header
			if t.Sheet != "" && len(p.Tables) > 1 {
				text = fmt.Sprintf("%s ! %s", t.Sheet, text)
			}
			v.Unread = append(v.Unread, text)
		}
	}
}

// how is a way of binding that has words.
func how(s string) string {
	switch s {
	case "header", "of", "layout", "position", "name", "spread", "default":
		return s
	}
	return "absent"
}
