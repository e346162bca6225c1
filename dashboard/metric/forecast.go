package metric

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"yanzhen/dashboard/analysis"
	"yanzhen/dashboard/metric/method"
	"yanzhen/pipeline/days"
)

// forecast answers a metric of kind forecast: what there was, and beyond the last whole period what
// is expected. An unfinished period is forecast like the ones after it.
func (a *asking) forecast(ctx context.Context) ([]Point, []Backtest, error) {
	grain := a.q.Grain
	if grain == days.Total {
		if grain = a.m.Every; grain == days.Total {
			return nil, nil, Refuse("预测要有粒度", "a forecast needs a grain")
		}
	}
	if a.m.Method == method.Cohort {
		grain = days.Year
	}
	if a.cover.end.IsZero() || a.cover.first.IsZero() {
		return nil, nil, nil // no dates: nothing to go on from
	}
	// the last whole period ends here
	end := grain.Start(a.cover.end)
	if a.m.Method == method.Cohort {
		end = a.cover.end
	}
	horizon := int(a.m.Options.Horizon())
	for ends := end; horizon < method.MaxHorizon; horizon++ {
		for range horizon {
			ends = grain.Next(ends)
		}
		if !ends.Before(a.q.To) {
			break
		}
		ends = end
	}
	if a.m.Method == method.Cohort {
		return a.cohort(ctx, end, horizon)
	}
	start := grain.Start(a.cover.first)
	if !a.cover.start.IsZero() {
		start = a.cover.start
	}
	if start = grain.Start(start); !start.Before(end) {
		return nil, nil, nil
	}
	of := a.m.args[0]
	w := window{From: start, To: end, Grain: grain}
	t, err := a.sub(ctx, of, w, a.q.By, nil)
	if err != nil {
		return nil, nil, err
	}
	keys := map[string]bool{}
	for _, cells := range t {
		for k := range cells {
			keys[k] = true
		}
	}
	inner := &asking{Engine: a.Engine, q: a.q, m: of, live: a.live, cover: a.cover}
	ps := w.periods()
	ahead := window{From: end, To: end, Grain: grain}
	for range horizon {
		ahead.To = grain.Next(ahead.To)
	}
	next := ahead.periods()
	var points []Point
	var tests []Backtest
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		point := func(p days.Range) Point {
			pt := Point{From: p.From, To: p.To, Since: p.From, Keys: splitKeys(k, len(a.q.By))}
			for j, key := range pt.Keys {
				pt.Labels = append(pt.Labels, a.Catalog.Label(a.q.By[j], key))
			}
			return pt
		}
		var x []float64
		whole := true
		for i, p := range ps {
			c := inner.cell(t, i, k, p)
			if c.value != nil {
				x = append(x, *c.value)
			} else if len(x) > 0 {
				whole = false
			}
			if !p.From.Before(a.q.From) && p.From.Before(a.q.To) {
				pt := point(p)
				pt.Value, pt.Why, pt.Rows = c.value, c.why, c.n
				points = append(points, pt)
			}
		}
		f, test, err := a.m.Options.CarryOn(a.m.Method, x, grain.PerYear(), horizon)
		if !whole {
			err = fmt.Errorf("%w: a period has no number", analysis.ErrUndefined)
		}
		if err != nil && !isUndefined(err) {
			return nil, nil, err
		}
		if err == nil && test.N > 0 {
			tests = append(tests, Backtest{Keys: splitKeys(k, len(a.q.By)), MAPE: test.MAPE, Naive: test.Naive, N: test.N})
		}
		for i, p := range next {
			pt := point(p)
			pt.Forecast = true
			if err != nil {
				pt.Why = WhyUndefined
			} else {
				pt.Value, pt.Lower, pt.Upper = &f.Values[i], &f.Low[i], &f.High[i]
			}
			points = append(points, pt)
		}
	}
	slices.SortStableFunc(points, func(x, y Point) int { return x.From.Compare(y.From) })
	return points, tests, nil
}

// cohort rolls a stock and its demand on, year by year: the points are the gaps.
func (a *asking) cohort(ctx context.Context, end days.Day, years int) ([]Point, []Backtest, error) {
	now := window{From: end.AddDate(-1, 0, 0), To: end, Grain: days.Total}
	var tables [2]table
	for i, arg := range a.m.args {
		var err error
		if tables[i], err = a.sub(ctx, arg, now, a.q.By, nil); err != nil {
			return nil, nil, err
		}
	}
	keys := maps.Clone(tables[0][0])
	maps.Copy(keys, tables[1][0])
	var points []Point
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		list, err := a.m.Options.RollOn(tables[0][0][k].value, tables[1][0][k].value, years)
		if err != nil && !isUndefined(err) {
			return nil, nil, err
		}
		for y := range years {
			from := end.AddDate(y, 0, 0)
			pt := Point{From: from, To: end.AddDate(y+1, 0, 0), Since: from, Keys: splitKeys(k, len(a.q.By)), Forecast: true}
			for j, key := range pt.Keys {
				pt.Labels = append(pt.Labels, a.Catalog.Label(a.q.By[j], key))
			}
			if err != nil {
				pt.Why = WhyUndefined
			} else {
				pt.Value = &list[y].Gap
			}
			points = append(points, pt)
		}
	}
	slices.SortStableFunc(points, func(x, y Point) int { return x.From.Compare(y.From) })
	return points, nil, nil
}
