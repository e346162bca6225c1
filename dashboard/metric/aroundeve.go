package metric

import (
	"context"
	"fmt"

	"yanzhen/pipeline/days"
)

// AroundEve answers q.Metric day by day around the eve of the lunar new year (除夕) that falls in a
// year: a point per day from so many before the eve to so many after it. A flow counts from the first
// of these days up to the point's own, so that distinct people stay distinct; a stock is that of the
// day. Of q, only Metric, Where and AsOf count. Days after the data have no point, days before them no
// value. The eve is Result.Eve.
func (e *Engine) AroundEve(ctx context.Context, q Query, year, before, after int) (*Result, error) {
	all, err := e.Catalog.AroundNewYear(year, before, after)
	if err != nil {
		return nil, err
	}
	a, err := e.start(ctx, Query{Metric: q.Metric, Where: q.Where, AsOf: q.AsOf, From: all.From, To: all.To})
	if err != nil {
		return nil, err
	}
	if a.m.Kind == Forecasting {
		return nil, Refuse("指标 %s 是预测，没有除夕前后的逐日数", "metric %s is a forecast: it has no days around the lunar new year", a.m.Name)
	}
	r, err := a.aroundEve(ctx, all)
	if err != nil {
		return nil, fmt.Errorf("metric %s: %w", a.m.Name, err)
	}
	r.Eve = all.From.AddDate(0, 0, before)
	return r, nil
}

func (a *asking) aroundEve(ctx context.Context, all days.Range) (*Result, error) {
	from, to := all.From, all.To
	if !a.cover.end.IsZero() && a.cover.end.Before(to) {
		to = a.cover.end
	}
	var each, spans []days.Range
	for d := from; d.Before(to); d = d.AddDate(0, 0, 1) {
		next := d.AddDate(0, 0, 1)
		each, spans = append(each, days.Range{From: d, To: next}), append(spans, days.Range{From: from, To: next})
	}
	if len(each) == 0 {
		return a.result(nil, nil), nil // all of it lies after the data
	}
	w := window{}.over(each, spans)
	t, err := a.values(ctx, a.m, w)
	if err != nil {
		return nil, err
	}
	var points []Point
	for i, d := range each {
		c := a.cell(t, i, "", spans[i])
		if a.m.flows() && !a.cover.start.IsZero() && from.Before(a.cover.start) {
			c = cell{why: WhyNoData} // counted from a day before the data it would be short
		}
		points = append(points, Point{From: d.From, To: d.To, Since: from, Until: d.To, Value: c.value, Why: c.why, Rows: c.n})
	}
	r := a.result(points, nil)
	r.Rows = 0
	for _, p := range points {
		r.Rows = max(r.Rows, p.Rows)
	}
	return r, nil
}
