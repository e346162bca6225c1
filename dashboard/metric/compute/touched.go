package compute

import (
	"context"
	"maps"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// A publication or a withdrawal touches the days that its unit has ever told of, and no others: an answer that reads only
// rows of other days stays what it is, and of one by periods only those that were touched are asked for again.

// reads are the days whose rows a statement about m reads; false where that cannot be said.
func (q *question) reads(m *metric.Metric, s warehouse.Statement) (r days.Range, ok bool) {
	from, to := s.Params["from"], s.Params["to"]
	if from == "" || to == "" || !q.Catalog.Dated(m) {
		return r, false
	}
	a, ok1 := days.ParseDay(from)
	b, ok2 := days.ParseDay(to)
	return days.Range{From: a, To: b}, ok1 && ok2 && a.Before(b)
}

// askPeriods returns the rows of m over the periods of w: those of periods that nothing has touched since they were asked
// for are kept, and one statement asks for the others.
func (q *question) askPeriods(ctx context.Context, m *metric.Metric, w metric.Timeline) ([]row, error) {
	s := compile.Statement(q.Catalog, m, q.Query, w)
	q.remember(s)
	periods := w.Counted()
	if _, ok := q.reads(m, s); !ok || w.Spans != nil || w.Grain == days.Total || len(periods) < 2 || !q.Query.AsOf.IsZero() {
		return q.ask(ctx, s, m)
	}
	keys := make([]string, len(periods))
	kept := make([][]row, len(periods))
	first, last := -1, -1
	for i, p := range periods {
		keys[i] = q.periodKey(s, m, p)
		rows, ok := q.recall(keys[i])
		if kept[i] = rows; ok {
			continue
		}
		if last = i; first < 0 {
			first = i
		}
	}
	if first >= 0 {
		part := w
		part.From, part.To = periods[first].From, periods[last].To
		rows, err := q.ask(ctx, compile.Statement(q.Catalog, m, q.Query, part), m)
		if err != nil {
			return nil, err
		}
		index := part.Index()
		for i := first; i <= last; i++ {
			kept[i] = nil
		}
		for _, r := range rows {
			i, ok := index[r.period]
			if !ok {
				return nil, errNoPeriod(r.period)
			}
			kept[first+i] = append(kept[first+i], r)
		}
		q.mu.Lock()
		for i := first; i <= last; i++ {
			q.keep(keys[i], answer{rows: kept[i], stated: *q.stated})
		}
		q.mu.Unlock()
	}
	return slices.Concat(kept...), nil
}

// periodKey is what the rows of one period are kept under.
func (q *question) periodKey(s warehouse.Statement, m *metric.Metric, p days.Range) string {
	var b strings.Builder
	b.WriteString("period " + days.ISO(p.From) + " " + days.ISO(p.To) + "\x00" + s.SQL)
	for _, name := range slices.Sorted(maps.Keys(s.Params)) {
		if !slices.Contains([]string{"from", "to", "heads", "lasts"}, name) {
			b.WriteString("\x00" + name + "\x00" + s.Params[name])
		}
	}
	for _, name := range m.Datasets() {
		b.WriteString("\x00" + name + "\x00" + q.live.Touched(name, p))
	}
	for _, name := range m.Lookups() {
		b.WriteString("\x00" + name + "\x00" + q.live.Version(name))
	}
	return b.String()
}

// recall finds rows that are kept.
func (q *question) recall(key string) ([]row, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	k := q.kept[key]
	if k == nil {
		return nil, false
	}
	q.clock++
	k.used, *q.stated = q.clock, *q.stated || k.stated
	return k.rows, true
}
