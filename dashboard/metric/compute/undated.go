package compute

import (
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// undated puts into the points of a list without dates the day of its loading. Where m counts nothing else, only the
// last of several periods has its number, and nothing is compared: the others would repeat it as if it had been so.
func (q *question) undated(points []metric.Point) {
	day, only := q.live.Listed(q.m)
	if day.IsZero() {
		return
	}
	var last days.Day
	for i := range points {
		last = days.Latest(last, points[i].From)
	}
	for i := range points {
		p := &points[i]
		if only {
			p.Base, p.Change, p.Record = nil, nil, false
			if q.Query.Compare != metric.NoCompare {
				p.WhyChange = metric.WhyUndated
			}
			if p.From.Before(last) {
				p.Value, p.Why, p.Outputs, p.Partial = nil, metric.WhyUndated, nil, false
			}
		}
		if p.Value != nil {
			p.Listed = day
		}
	}
}
