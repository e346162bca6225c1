package dashboard

import (
	"net/http"

	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
)

// causeCSV answers the last step as a table: a row a part, and the whole below them.
func (s *Server) causeCSV(a causeAsk, steps []cause.Step) (http.HandlerFunc, error) {
	loc := a.st.Loc
	g := grid.Grid{}
	if len(steps) > 0 {
		st := steps[len(steps)-1]
		g.Heads = s.causeHeads(a, st)
		for i, p := range st.Parts {
			g.Rows = append(g.Rows, causeCells(a, st, s.partName(a, st, i), p))
		}
		g.Rows = append(g.Rows, causeCells(a, st, words.In(loc, "cause_whole"), st.Whole))
	}
	body, err := g.CSV(loc)
	if err != nil {
		return nil, err
	}
	return s.csv(body, "cause-"+a.Metric.Name, a.Metric.Title.In(loc)+"_"+words.In(loc, "cause"), a.Range, loc), nil
}

// causeHeads are the columns of a step. An ingredient has the period compared with beside it, also on the way to a
// target: the number has a pace there, what it is computed from has none.
func (s *Server) causeHeads(a causeAsk, st cause.Step) []grid.Head {
	loc, unit := a.st.Loc, a.Metric.Unit
	heads := []grid.Head{{Text: s.dimTitle(st.By, loc)}}
	head := func(text string, unit metric.Unit) {
		heads = append(heads, grid.Head{Text: text, Unit: unit, Number: true})
	}
	head(a.Metric.Title.In(loc), unit)
	if a.See != cause.ByLevel {
		head(against(a).In(loc), unit)
		head(words.In(loc, "cause_delta"), deltaUnit(unit))
	}
	if st.Adds {
		head(words.In(loc, "cause_share_of_"+ofWhat(a)), metric.Percent)
	}
	for _, in := range st.Whole.Of {
		title := in.Metric.Title.In(loc)
		head(title, in.Metric.Unit)
		if a.Compare != metric.NoCompare {
			head(title+" "+words.In(loc, "than_"+string(a.Compare)), in.Metric.Unit)
		}
	}
	return heads
}

// causeCells are the cells of a part, under causeHeads.
func causeCells(a causeAsk, st cause.Step, name string, p cause.Portion) []grid.Cell {
	unit := a.Metric.Unit
	cells := []grid.Cell{{Text: name}}
	cell := func(v *float64, unit metric.Unit) {
		cells = append(cells, grid.Cell{Text: metric.Number(v, unit), Value: v})
	}
	cell(p.Value, unit)
	if a.See != cause.ByLevel {
		from := p.Base
		if a.See == cause.ByShortfall {
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
		var of cause.Ingredient
		if i < len(p.Of) {
			of = p.Of[i]
		}
		cell(of.Value, in.Metric.Unit)
		if a.Compare != metric.NoCompare {
			cell(of.Base, in.Metric.Unit)
		}
	}
	return cells
}
