package panel

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// ahead is a forecast by keys: the last period counted, then those to come.
type ahead struct {
	Figure
	grain   days.Grain
	counted days.Day   // zero where nothing was counted
	coming  []days.Day // at least one
	points  map[string]map[days.Day]metric.Point
	order   []string // of the keys: the greatest in the first period to come is first
}

// newAhead sorts the points of a forecast.
func (f Figure) newAhead() ahead {
	r := f.Results[0]
	a := ahead{Figure: f, grain: r.Query.Grain, points: map[string]map[days.Day]metric.Point{}}
	if a.grain == days.Total && r.Metric != nil {
		a.grain = r.Metric.Every
	}
	for _, pt := range r.Points {
		switch {
		case pt.Forecast && !slices.Contains(a.coming, pt.From):
			a.coming = append(a.coming, pt.From)
		case !pt.Forecast && pt.From.After(a.counted):
			a.counted = pt.From
		}
		k := strings.Join(pt.Keys, "\x1f")
		if a.points[k] == nil {
			a.points[k] = map[days.Day]metric.Point{}
			a.order = append(a.order, k)
		}
		a.points[k][pt.From] = pt
	}
	slices.SortFunc(a.coming, days.Day.Compare)
	slices.SortStableFunc(a.order, func(x, y string) int { return cmp.Compare(a.expected(y), a.expected(x)) })
	if f.Limit > 0 && len(a.order) > f.Limit {
		a.order = a.order[:f.Limit]
	}
	return a
}

// expected is the value of a key in the first period to come.
func (a ahead) expected(k string) float64 {
	if v := a.points[k][a.coming[0]].Value; v != nil {
		return *v
	}
	return math.Inf(-1)
}

// aheadGrid is a row per key: the last period counted, then what is expected in those to come, each with its range, and
// how the forecast would have done so far.
func (f Figure) aheadGrid() grid.Grid {
	a, r := f.newAhead(), f.Results[0]
	var g grid.Grid
	most := 0.0
	for _, k := range a.order {
		most = max(most, a.expected(k))
	}
	for d := range r.Query.By {
		g.Heads = append(g.Heads, grid.Head{Text: f.dim(d)})
	}
	if !a.counted.IsZero() {
		g.Heads = append(g.Heads, grid.Head{Text: f.say("counted_in", period.Tick(a.counted, a.grain, f.Lang)), Unit: r.Unit, Number: true})
	}
	for _, d := range a.coming {
		name := period.Tick(d, a.grain, f.Lang)
		g.Heads = append(g.Heads, grid.Head{Text: f.say("expected_in", name), Unit: r.Unit, Number: true}, grid.Head{Text: f.say("range_in", name)})
	}
	g.Heads = append(g.Heads, grid.Head{Text: f.say("backtest")})
	for _, k := range a.order {
		pts := a.points[k]
		one := pts[a.coming[0]]
		var row []grid.Cell
		for d := range r.Query.By {
			row = append(row, grid.Cell{Text: Called(one, d, f.Lang)})
		}
		if !a.counted.IsZero() {
			row = append(row, f.valueCell(pts[a.counted], r.Unit))
		}
		for i, d := range a.coming {
			c := f.valueCell(pts[d], r.Unit)
			if i == 0 && c.Value != nil && most > 0 {
				c.Share = max(0, *c.Value/most)
			}
			row = append(row, c, f.between(pts[d], r.Unit))
		}
		g.Rows = append(g.Rows, append(row, f.backtest(r, one.Keys)))
	}
	return g
}

// between is the range that a value is expected in.
func (f Figure) between(pt metric.Point, unit metric.Unit) grid.Cell {
	if pt.Lower == nil || pt.Upper == nil {
		return grid.Cell{Text: "—"}
	}
	return grid.Cell{Text: f.say("from_to", metric.Number(pt.Lower, unit), metric.Number(pt.Upper, unit))}
}

// backtest is how the forecast of some keys would have done so far, and how the value of a year before would have.
func (f Figure) backtest(r *metric.Result, keys []string) grid.Cell {
	out := grid.Cell{Text: f.say("untested")}
	for _, b := range r.Backtest {
		if slices.Equal(b.Keys, keys) && b.N > 0 {
			out.Text = f.say("backtest_of", metric.Format(&b.MAPE, metric.Percent, f.Lang), metric.Format(&b.Naive, metric.Percent, f.Lang))
		}
	}
	return out
}
