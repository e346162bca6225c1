package compute

import (
	"context"
	"fmt"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// AroundEve answers q.Metric day by day around the eve of the lunar new year (除夕) that falls in a
// year: a point per day from so many before the eve to so many after it. A flow counts from the first
// of these days up to the point's own, so that distinct people stay distinct; a stock is that of the
// day. Of q, only Metric, Where and AsOf count. Days after the data have no point, days before them no
// value. The eve is Result.Eve.
func (e *Engine) AroundEve(ctx context.Context, q metric.Query, year, before, after int) (*metric.Result, error) {
	all, err := e.Catalog.AroundNewYear(year, before, after)
	if err != nil {
		return nil, err
	}
	asked, err := e.start(ctx, metric.Query{Metric: q.Metric, Where: q.Where, AsOf: q.AsOf, From: all.From, To: all.To})
	if err != nil {
		return nil, err
	}
	if asked.m.Kind == metric.Forecasting {
		return nil, metric.Refuse("指标 %s 是预测，没有除夕前后的逐日数", "metric %s is a forecast: it has no days around the lunar new year", asked.m.Name)
	}
	r, err := asked.aroundEve(ctx, all)
	if err != nil {
		return nil, fmt.Errorf("metric %s: %w", asked.m.Name, err)
	}
	r.Eve = all.From.AddDate(0, 0, before)
	return r, nil
}

func (q *question) aroundEve(ctx context.Context, all days.Range) (*metric.Result, error) {
	from, to := all.From, all.To
	if !q.cover.Whole.IsZero() && q.cover.Whole.Before(to) {
		to = q.cover.Whole
	}
	var each, spans []days.Range
	for d := from; d.Before(to); d = d.AddDate(0, 0, 1) {
		next := d.AddDate(0, 0, 1)
		each, spans = append(each, days.Range{From: d, To: next}), append(spans, days.Range{From: from, To: next})
	}
	if len(each) == 0 {
		return q.result(nil, nil), nil // all of it lies after the data
	}
	w := metric.Timeline{}.Over(each, spans)
	t, err := q.values(ctx, q.m, w)
	if err != nil {
		return nil, err
	}
	var points []metric.Point
	for i, d := range each {
		c := q.number(t, i, "", spans[i])
		if q.m.Flows() && !q.cover.Start.IsZero() && from.Before(q.cover.Start) {
			c = cell{why: metric.WhyNoData} // counted from a day before the data it would be short
		}
		pt := metric.Point{From: d.From, To: d.To, Since: from, Until: d.To, Value: c.value, Why: c.why, Rows: c.n}
		if have := q.coverage(q.m, spans[i]); have.Open() && c.value != nil {
			pt.Cover = &have
		}
		points = append(points, pt)
	}
	r := q.result(points, nil)
	r.Rows = 0
	for _, p := range points {
		r.Rows = max(r.Rows, p.Rows)
	}
	return r, nil
}
