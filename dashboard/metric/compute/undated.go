package compute

import (
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// listed is the day on which the list that m counts was loaded, where its rows have no dates and so hold for every day
// that is asked for: the latest of several; zero where there is none. only says that m counts nothing else: it is known
// as it is, and of no earlier day.
func (l Live) listed(m *metric.Metric) (day days.Day, only bool) {
	only = true
	for _, leaf := range m.Leaves() {
		undated := leaf.Timeless()
		for _, name := range leaf.Datasets() {
			if st := l.datasets[name]; !st.live || !st.max.IsZero() {
				undated = false
			}
		}
		if !undated {
			only = false
			continue
		}
		for _, name := range leaf.Datasets() {
			day = days.Latest(day, l.came[name])
		}
	}
	return day, only && !day.IsZero()
}

// undated puts into the points of a list without dates the day of its loading. Where m counts nothing else, only the
// last of several periods has its number, and nothing is compared: the others would repeat it as if it had been so.
func (q *question) undated(points []metric.Point) {
	day, only := q.live.listed(q.m)
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
