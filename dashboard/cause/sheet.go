package cause

import (
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/words"
)

// Sheet is a step as a table: a row a part, and the whole below them.
func (t Teller) Sheet(st Step) grid.Grid {
	g := grid.Grid{Heads: t.heads(st)}
	for i, p := range st.Parts {
		g.Rows = append(g.Rows, t.cells(st, t.Part(st, i), p))
	}
	g.Rows = append(g.Rows, t.cells(st, words.In(t.Lang, "cause_whole"), st.Whole))
	return g
}

// heads are the columns of a step. An ingredient has the period compared with beside it, also on the way to a target: the
// number has a pace there, what it is computed from has none.
func (t Teller) heads(st Step) []grid.Head {
	unit := t.Metric.Unit
	heads := []grid.Head{{Text: t.Dim(st.By)}}
	head := func(text string, unit metric.Unit) {
		heads = append(heads, grid.Head{Text: text, Unit: unit, Number: true})
	}
	head(t.Metric.Title.In(t.Lang), unit)
	if t.See != ByLevel {
		head(t.Against().In(t.Lang), unit)
		head(words.In(t.Lang, "cause_delta"), deltaUnit(unit))
	}
	if st.Adds {
		head(words.In(t.Lang, "cause_share_of_"+t.shareOf()), metric.Percent)
	}
	for _, in := range st.Whole.Of {
		title := in.Metric.Title.In(t.Lang)
		head(title, in.Metric.Unit)
		if t.Compare != metric.NoCompare {
			head(title+" "+words.In(t.Lang, "than_"+string(t.Compare)), in.Metric.Unit)
		}
	}
	return heads
}

// cells are the cells of a part, under heads.
func (t Teller) cells(st Step, name string, p Portion) []grid.Cell {
	unit := t.Metric.Unit
	cells := []grid.Cell{{Text: name}}
	cell := func(v *float64, unit metric.Unit) {
		cells = append(cells, grid.Cell{Text: metric.Number(v, unit), Value: v})
	}
	cell(p.Value, unit)
	if mark, ok := missing.Mark(p.Why); ok && p.Value == nil {
		cells[1].Text, cells[1].Note = mark, missing.Text(p.Why, t.Lang)
	}
	if t.See != ByLevel {
		from := p.Base
		if t.See == ByShortfall {
			from = p.Goal
		}
		cell(from, unit)
		cell(p.Delta, deltaUnit(unit))
	}
	if st.Adds {
		var share *float64
		if p.Share != nil {
			v := *p.Share * 100
			share = &v
		}
		cell(share, metric.Percent)
	}
	for i, in := range st.Whole.Of {
		var of Ingredient
		if i < len(p.Of) {
			of = p.Of[i]
		}
		cell(of.Value, in.Metric.Unit)
		if t.Compare != metric.NoCompare {
			cell(of.Base, in.Metric.Unit)
		}
	}
	return cells
}
