package draw

import (
	"slices"
	"strings"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/layout"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
)

// Height is how many CSS pixels high the drawing of a figure wants to be; 0 for a table.
func Height(f panel.Figure) int { return drawing{f}.height() }

func (f drawing) height() int {
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
		return max(220, max(1, len(f.Shown(0)))*27+52)
	case board.Path:
		return f.onPhone(320, 380)
	case board.OnMap:
		if f.Compact && !f.asMap() {
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
	return f.onPhone(280+24*max(0, layout.LegendLines(f.legendWidth(), f.legendNames())-3), 320)
}

// legendLimit is how many names a legend is reckoned with where the panel has no limit.
const legendLimit = 8

// legendNames are the keys that a legend may name, of the last dimension.
func (f drawing) legendNames() []string {
	if len(f.By) == 0 {
		return nil
	}
	its := f.Items(len(f.By) - 1)
	return namesOf(its[:min(len(its), f.AtMost(legendLimit))])
}

// keyed is how many keys of the first dimension are drawn: those of the result that has most, as far as the limit goes.
func (f drawing) keyed() int {
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
		out[panel.Key(pt, 0)] = true
	}
	return out
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
