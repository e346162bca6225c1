package compute

import (
	"context"
	"slices"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// Revision asks q as of the moment it was reported, and now. The rows that were live then are still
// there, so nothing was copied when it was reported.
func (e *Engine) Revision(ctx context.Context, q metric.Query, reportedAt time.Time) (*metric.Revision, error) {
	if reportedAt.IsZero() {
		return nil, metric.Refuse("对照已报要有上报的时刻", "a revision needs the moment of the report")
	}
	q.AsOf = reportedAt
	then, err := e.Run(ctx, q)
	if err != nil {
		return nil, err
	}
	q.AsOf = time.Time{}
	// The report could not know of later days: compare what it spoke for.
	now, err := e.Run(ctx, q)
	if err != nil {
		return nil, err
	}
	r := &metric.Revision{Metric: now.Metric, ReportedAt: reportedAt}
	type where struct {
		from days.Day
		keys string
	}
	at := map[where]int{}
	for _, p := range now.Points {
		at[where{p.From, joinKeys(p.Keys)}] = len(r.Points)
		r.Points = append(r.Points, metric.Revised{From: p.From, To: p.To, Keys: p.Keys, Labels: p.Labels, Now: p.Value, WhyNow: p.Why, WhyReported: metric.WhyNoData})
	}
	for _, p := range then.Points {
		i, ok := at[where{p.From, joinKeys(p.Keys)}]
		if !ok {
			i = len(r.Points)
			r.Points = append(r.Points, metric.Revised{From: p.From, To: p.To, Keys: p.Keys, Labels: p.Labels, WhyNow: metric.WhyNoRows})
		}
		v := &r.Points[i]
		if v.Reported, v.WhyReported = p.Value, p.Why; v.Reported != nil && v.Now != nil {
			d := metric.Less(*v.Now, *v.Reported)
			v.Difference = &d
		}
	}
	if v := e.Viewer(ctx); !v.Whole() {
		return r, nil // what moved are files, of others too
	}
	all, err := e.ledger.Moved(ctx, e.source(), slices.Concat(now.Metric.Datasets(), now.Metric.Lookups()), reportedAt)
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if slices.ContainsFunc(r.Points, func(p metric.Revised) bool { return q.Window != days.NoWindow || m.Touches(now.Metric, p.From, p.To) }) {
			r.Moved = append(r.Moved, m)
		}
	}
	return r, nil
}
