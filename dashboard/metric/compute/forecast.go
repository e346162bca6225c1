package compute

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"yanzhen/dashboard/analysis"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/method"
	"yanzhen/pipeline/days"
)

// forecast answers a metric of kind forecast: what there was, and beyond the last whole period what
// is expected. An unfinished period is forecast like the ones after it.
func (q *question) forecast(ctx context.Context) ([]metric.Point, []metric.Backtest, error) {
	grain := q.Query.Grain
	if grain == days.Total {
		if grain = q.m.Every; grain == days.Total {
			return nil, nil, metric.Refuse("预测要有粒度", "a forecast needs a grain")
		}
	}
	if q.m.Method == method.Cohort {
		grain = days.Year
	}
	if q.cover.Whole.IsZero() || q.cover.First.IsZero() {
		return nil, nil, nil // no dates: nothing to go on from
	}
	end := grain.Start(q.cover.Whole) // of the last whole period
	if q.m.Method == method.Cohort {
		end = q.cover.Whole
		return q.cohort(ctx, end, q.horizon(grain, end))
	}
	start := q.cover.Start
	if start.IsZero() {
		start = q.cover.First
	}
	if start = grain.Start(start); !start.Before(end) {
		return nil, nil, nil
	}
	return q.carryOn(ctx, metric.Timeline{From: start, To: end, Grain: grain}, q.horizon(grain, end))
}

// horizon is how many periods are forecast from end on: as many as the metric says, or as are asked for.
func (q *question) horizon(grain days.Grain, end days.Day) int {
	n := int(q.m.Options.Horizon())
	for ; n < method.MaxHorizon; n++ {
		last := end
		for range n {
			last = grain.Next(last)
		}
		if !last.Before(q.Query.To) {
			break
		}
	}
	return n
}

// carryOn forecasts the series of each key from the whole periods of past on.
func (q *question) carryOn(ctx context.Context, past metric.Timeline, horizon int) ([]metric.Point, []metric.Backtest, error) {
	of := q.m.Inputs()[0]
	t, err := q.sub(ctx, of, past, q.Query.By, nil)
	if err != nil {
		return nil, nil, err
	}
	keys := map[string]bool{}
	for _, cells := range t {
		for k := range cells {
			keys[k] = true
		}
	}
	ahead := metric.Timeline{From: past.To, To: past.To, Grain: past.Grain}
	for range horizon {
		ahead.To = past.Grain.Next(ahead.To)
	}
	inner, next := q.about(of), ahead.Periods()
	var points, further []metric.Point
	var tests []metric.Backtest
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		var x []float64
		gap := false // a period has no number though one before it has
		hidden := ""
		for i, p := range past.Periods() {
			c := inner.number(t, i, k, p)
			hidden = veil(hidden, c.why)
			if c.value != nil && !q.coverage(of, p).Open() {
				x = append(x, *c.value)
			} else if len(x) > 0 {
				gap = true
			}
			if !p.From.Before(q.Query.From) && p.From.Before(q.Query.To) {
				pt := q.labelled(k, p)
				pt.Value, pt.Why, pt.Rows = c.value, c.why, c.n
				points = append(points, pt)
			}
		}
		f, err := q.m.Options.CarryOn(q.m.Method, x, past.Grain.PerYear(), horizon)
		if gap || hidden != "" {
			err = fmt.Errorf("%w: a period has no number", analysis.ErrUndefined)
		}
		if err != nil && !isUndefined(err) {
			return nil, nil, err
		}
		test := f.Test
		if err == nil && test.N > 0 {
			tests = append(tests, metric.Backtest{Keys: splitKeys(k, len(q.Query.By)), MAPE: test.MAPE, Naive: test.Naive, N: test.N})
		}
		if q.m.Output != "" {
			further = append(further, q.output(k, past, f, err))
			further[len(further)-1].Why = cmp.Or(hidden, further[len(further)-1].Why)
			continue
		}
		for i, p := range next {
			pt := q.labelled(k, p)
			pt.Forecast = true
			if err != nil {
				pt.Why = cmp.Or(hidden, metric.WhyUndefined)
			} else {
				pt.Outputs = f.Outputs()
				pt.Value, pt.Lower, pt.Upper = &f.Values[i], &f.Low[i], &f.High[i]
			}
			points = append(points, pt)
		}
	}
	if q.m.Output != "" {
		return further, nil, nil
	}
	slices.SortStableFunc(points, byPeriod)
	return points, tests, nil
}

// output is a further number of the forecast of a key: a point for the periods that it is computed from.
func (q *question) output(key string, past metric.Timeline, f method.Carried, err error) metric.Point {
	pt := q.labelled(key, days.Range{From: past.From, To: past.To})
	pt.Why = metric.WhyUndefined
	if err != nil {
		return pt
	}
	for _, o := range f.Outputs() {
		if o.Name == q.m.Output {
			pt.Value, pt.Why = &o.Value, ""
		}
	}
	return pt
}

func byPeriod(x, y metric.Point) int { return x.From.Compare(y.From) }

// cohort rolls a stock and its demand on, year by year: the points are the gaps.
func (q *question) cohort(ctx context.Context, end days.Day, years int) ([]metric.Point, []metric.Backtest, error) {
	now := metric.Timeline{From: end.AddDate(-1, 0, 0), To: end, Grain: days.Total}
	var tables [2]table
	for i, arg := range q.m.Inputs() {
		var err error
		if tables[i], err = q.sub(ctx, arg, now, q.Query.By, nil); err != nil {
			return nil, nil, err
		}
	}
	keys := maps.Clone(tables[0][0])
	maps.Copy(keys, tables[1][0])
	var points []metric.Point
	for _, k := range slices.Sorted(maps.Keys(keys)) {
		list, err := q.m.Options.RollOn(tables[0][0][k].value, tables[1][0][k].value, years)
		if err != nil && !isUndefined(err) {
			return nil, nil, err
		}
		for y := range years {
			from := end.AddDate(y, 0, 0)
			pt := q.labelled(k, days.Range{From: from, To: end.AddDate(y+1, 0, 0)})
			pt.Forecast = true
			if err != nil {
				pt.Why = cmp.Or(veil(tables[0][0][k].why, tables[1][0][k].why), metric.WhyUndefined)
			} else {
				pt.Value = &list[y].Gap
			}
			points = append(points, pt)
		}
	}
	slices.SortStableFunc(points, byPeriod)
	return points, nil, nil
}
