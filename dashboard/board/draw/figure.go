// Package draw puts the results of a board's panel on the page: as an ECharts option, a table, a card, a CSV file or a
// sentence. It is the only importer of go-echarts.
package draw

import (
	"cmp"
	"slices"
	"strings"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/layout"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Figure is a panel with everything that its drawing needs: the results, the names from the catalog, the reader's
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

// onPhone is one of two numbers: that for a phone, or that for any other screen.
func (f Figure) onPhone(phone, other int) int {
	if f.Compact {
		return phone
	}
	return other
}

// How many keys of a dimension are drawn where the panel has no limit: lines of a trend, slices of a pie, names in a column
// of a flow, rows of a balance.
const (
	lineLimit    = 8
	sliceLimit   = 7
	flowLimit    = 12
	balanceLimit = 14
)

// limit is how many keys are drawn: as many as the panel says, or else as its kind has room for.
func (f Figure) limit(otherwise int) int { return cmp.Or(f.Limit, otherwise) }

// Height is how many CSS pixels high the drawing wants to be; 0 for a table.
func (f Figure) Height() int {
	switch f.Kind {
	case board.KPI:
		return 44
	case board.Bar:
		return f.barsHeight()
	case board.Funnel:
		return max(220, len(f.Results)*58+20)
	case board.Heatmap:
		return f.heatmapHeight()
	case board.Triangle:
		return max(240, len(starts(f.Results))*32+40)
	case board.Balance:
		return max(220, min(max(f.keyed(), 1), f.limit(balanceLimit))*27+52)
	case board.Path:
		return f.onPhone(320, 380)
	case board.OnMap:
		if f.Compact && !f.Drawn() {
			return max(220, min(f.keyed(), 12)*30+32)
		}
		return f.mapHeight()
	case board.Sankey:
		return f.sankeyHeight()
	case board.Graph:
		return f.graphHeight()
	case board.Pie:
		return f.pieHeight()
	case board.Table:
		return 0
	}
	return f.onPhone(280+24*max(0, layout.LegendLines(306, f.legendNames())-3), 320)
}

// legendNames are the keys that a legend may name, of the last dimension.
func (f Figure) legendNames() []string {
	if len(f.By) == 0 {
		return nil
	}
	return namesOf(head(f.items(len(f.By)-1), f.limit(lineLimit)))
}

// keyed is how many keys of the first dimension are drawn: those of the result that has most, as far as the limit goes.
func (f Figure) keyed() int {
	n := 0
	for _, r := range f.Results {
		n = max(n, len(firstKeys(r)))
	}
	if f.Limit > 0 {
		n = min(n, f.Limit)
	}
	return n
}

func firstKeys(r *metric.Result) map[string]bool {
	out := map[string]bool{}
	for _, pt := range r.Points {
		out[key(pt, 0)] = true
	}
	return out
}

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
			n = min(len(firstKeys(f.Results[0])), f.limit(lineLimit))
		}
		return n <= comparedLines && f.Results[0].Query.Compare != metric.Previous
	}
	return false
}

// present leaves out the keys that only the compared values have.
func present(rs []*metric.Result) []*metric.Result {
	out := slices.Clone(rs)
	for i, r := range rs {
		if r == nil || r.Query.Compare == metric.NoCompare || len(r.Query.By) == 0 {
			continue
		}
		there := map[string]bool{}
		for _, pt := range r.Points {
			if pt.Rows > 0 || pt.Value != nil && *pt.Value != 0 {
				there[strings.Join(pt.Keys, "\x1f")] = true
			}
		}
		c := *r
		c.Points = slices.DeleteFunc(slices.Clone(r.Points), func(pt metric.Point) bool { return !there[strings.Join(pt.Keys, "\x1f")] })
		out[i] = &c
	}
	return out
}
