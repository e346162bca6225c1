// Package panel holds a panel of a board with its results: which of its keys are shown and in which order, what they are
// called, and all that can be said without a drawing, as a table, a card or a sentence. Package draw draws it.
package panel

import (
	"slices"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Figure is a panel with everything that showing it needs: the results, the names from the catalog, the reader's
// language. Its methods only read it.
type Figure struct {
	board.Panel

	// Results are one per metric of the panel, in their order; a panel of kind spring has one per metric and year, as
	// compute.Engine.AroundEve gives them: the years of the first metric, latest first, then those of the next.
	Results []*metric.Result
	Lang    codes.Lang
	// Compact asks for the drawing made for a phone.
	Compact bool

	Finding string // what the figures amount to, in a sentence; empty: nothing is said of them
	// Titles are the names of Metrics, DimTitles those of By.
	Titles, DimTitles []codes.Text
	// KeyOrder are the keys of By in the order people expect; an empty list means by value.
	KeyOrder [][]string
	// Chains are the industry chains that a graph draws.
	Chains []dataset.Chain
	// Outline is the map of a panel of kind map.
	Outline *board.Map
}

// say is a text of the catalogue in the reader's language.
func (f Figure) say(key string, args ...any) string { return words.In(f.Lang, key, args...) }

// Empty says why there is nothing to draw, or returns "" where there is something.
func (f Figure) Empty() string {
	points, values := 0, 0
	nonzero := false
	why := ""
	for _, r := range f.Results {
		for _, pt := range r.Points {
			points++
			if pt.Value != nil {
				values++
				nonzero = nonzero || *pt.Value != 0
			} else if why == "" {
				why = pt.Why
			}
		}
	}
	switch {
	case f.Kind == board.Spring && values == 0:
		return f.say("spring_empty", f.Around())
	case points == 0 || values == 0 && (why == "" || why == metric.WhyNoRows):
		return f.say("no_records")
	case values == 0:
		return period.Nothing(why, f.Lang)
	case f.negative() != "":
		return f.negative()
	case !nonzero && slices.Contains([]board.Kind{board.Sankey, board.Pie, board.OnMap, board.Funnel, board.Spring}, f.Kind):
		return f.say("all_zero")
	}
	return ""
}

// negative says that a panel shows parts of a whole and one of them is negative; "" where it does not.
func (f Figure) negative() string {
	if f.Kind != board.Pie && f.Kind != board.Sankey && f.Kind != board.Funnel || len(f.Results) == 0 || f.Results[0] == nil {
		return ""
	}
	results := f.Results[:1]
	if f.Kind == board.Funnel {
		results = f.Results
	}
	for _, r := range results {
		for _, pt := range r.Points {
			if pt.Value == nil || *pt.Value >= 0 {
				continue
			}
			name := metric.Format(pt.Value, r.Unit, f.Lang)
			if len(f.By) > 0 {
				name = Called(pt, 0, f.Lang) + " " + name
			}
			return f.say("negative_parts", name)
		}
	}
	return ""
}

// DrawsBase says whether the drawing shows what its figures are compared with; else only its table does.
func (f Figure) DrawsBase() bool {
	if len(f.Results) == 0 || f.Results[0] == nil {
		return false
	}
	switch f.Kind {
	case board.KPI, board.Table:
		return true
	case board.Bar, board.Column:
		return len(f.Results) == 1
	case board.Trend, board.Line:
		n := len(f.Results)
		if len(f.By) == 1 {
			n = len(f.Shown(0))
		}
		return n <= ComparedLines && f.Results[0].Query.Compare != metric.Previous
	}
	return false
}

// ComparedLines is the greatest number of lines beside which those of the compared values are drawn too.
const ComparedLines = 3
