package compute

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/analysis"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/dashboard/metric/method"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

// cell is one number.
type cell struct {
	value *float64
	why   string
	n     uint64
	more  []method.Output // further numbers of a method
}

// table holds the numbers of a timeline: one map from keys per period.
type table []map[string]cell

func joinKeys(keys []string) string { return strings.Join(keys, "\x00") }

func splitKeys(s string, n int) []string {
	if n == 0 {
		return nil
	}
	return strings.Split(s, "\x00")
}

// points answers a question about any metric but a forecast.
func (q *question) points(ctx context.Context) ([]metric.Point, error) {
	nominal, full := q.Query.Timeline()
	r := q.reach(nominal)
	if !r.line.From.Before(r.line.To) {
		return nil, nil // everything asked for lies after the data
	}
	periods := r.line.Periods()
	if q.Query.Compare == metric.Spring && q.Query.Grain == days.Month {
		periods = days.JoinNewYear(periods)
		r.partial = r.partial || periods[len(periods)-1].To.Before(full[len(periods)-1].To)
	}
	r.line = q.Query.Widened(r.line, periods)
	now, err := q.values(ctx, q.m, r.line)
	if err != nil {
		return nil, err
	}
	f := figures{question: q, reach: r, now: now, spans: r.line.Counted()}
	f.covers = q.coverages(q.m, f.spans)
	if q.Query.Compare != metric.NoCompare {
		if f.base, f.bases, err = q.base(ctx, q.m, q.Query.Compare, r); err != nil {
			return nil, err
		}
		f.basis = q.coverages(q.m, f.bases)
	}
	if q.m.Record && !q.Query.Explicit() {
		if f.greatest, err = q.records(ctx, r.line, now); err != nil {
			return nil, err
		}
	}
	keys := f.keys()
	if len(keys)*len(periods) > maxRows {
		return nil, metric.Refuse("%d 期乘 %d 个取值超过 %d 个数；请减少维度、缩短期间或限定个数", "%d periods of %d keys are more than %d numbers; ask for fewer dimensions, a shorter period or a limit", len(periods), len(keys), maxRows)
	}
	points := make([]metric.Point, 0, len(keys)*len(periods))
	for i, p := range periods {
		first := len(points)
		for k := range keys {
			points = append(points, f.point(i, k, days.Range{From: p.From, To: full[i].To}))
		}
		slices.SortFunc(points[first:], greatestFirst)
	}
	return points, nil
}

// figures are the numbers of a question, out of which its points are made.
type figures struct {
	*question
	reach
	now, base     table // base: what is compared with; nil where nothing is
	spans, bases  []days.Range
	covers, basis []duty.Coverage      // of the spans and of the bases
	greatest      []map[string]float64 // of all periods before, by key; nil where records are not told
}

// keys are those that have a point in every period: all that occur anywhere, or the greatest of them.
func (f *figures) keys() map[string]bool {
	seen := map[string]bool{}
	for _, t := range []table{f.now, f.base} {
		for _, cells := range t {
			for k := range cells {
				seen[k] = true
			}
		}
	}
	if len(f.Query.By) == 0 {
		seen[""] = true
	}
	if f.Query.Limit > 0 && len(seen) > f.Query.Limit {
		f.keysOfAll = len(seen)
		seen = f.top(seen, f.now)
	}
	return seen
}

// point is that of a key in the i-th period.
func (f *figures) point(i int, key string, p days.Range) metric.Point {
	c := f.number(f.now, i, key, f.spans[i])
	pt := f.labelled(key, p)
	pt.Since, pt.Until = f.spans[i].From, f.spans[i].To
	pt.Value, pt.Why, pt.Rows, pt.Outputs = c.value, c.why, c.n, c.more
	pt.Partial = f.partial && i == len(f.spans)-1
	if f.covers[i].Open() && c.value != nil {
		pt.Cover = &f.covers[i]
	}
	if ripe := f.m.Ripens(p.To); f.m.Ripe != "" && ripe.After(f.cover.Whole) && c.value != nil {
		pt.Ripe = ripe
	}
	if f.base != nil {
		b := f.number(f.base, i, key, f.bases[i])
		pt.Base, pt.BaseFrom, pt.BaseTo = b.value, f.bases[i].From, f.bases[i].To
		if pt.Change, pt.WhyChange = change(f.m, c, b); pt.Change != nil {
			if why := f.incomparable(i, pt); why != "" {
				pt.Change, pt.WhyChange = nil, why
			}
		}
	}
	if f.greatest != nil && c.value != nil && !pt.Open() {
		before, ok := f.greatest[i][key]
		pt.Record = ok && *c.value > before
	}
	return pt
}

// incomparable says why the number of the i-th period is not held against that of another time; "" where it is.
func (f *figures) incomparable(i int, pt metric.Point) string {
	switch {
	case pt.Cover != nil:
		return metric.WhyOpen
	case !pt.Ripe.IsZero():
		return metric.WhyUnripe
	case f.basis[i].Open():
		return metric.WhyOpenBase
	}
	return ""
}

// coverages are how much of what is owed has come of each of some stretches of days.
func (q *question) coverages(m *metric.Metric, spans []days.Range) []duty.Coverage {
	out := make([]duty.Coverage, len(spans))
	for i, p := range spans {
		out[i] = q.coverage(m, p)
	}
	return out
}

// labelled is a point of keys without a number.
func (q *question) labelled(key string, p days.Range) metric.Point {
	pt := metric.Point{From: p.From, To: p.To, Since: p.From, Keys: splitKeys(key, len(q.Query.By))}
	for j, k := range pt.Keys {
		pt.Labels = append(pt.Labels, q.Catalog.Label(q.Query.By[j], k))
	}
	return pt
}

// greatestFirst orders the points of a period: those without a number come last.
func greatestFirst(x, y metric.Point) int {
	switch {
	case x.Value == nil && y.Value != nil:
		return 1
	case x.Value != nil && y.Value == nil:
		return -1
	case x.Value != nil && *x.Value != *y.Value:
		return cmp.Compare(*y.Value, *x.Value)
	}
	return slices.Compare(x.Keys, y.Keys)
}

// reach is how far the data answer a question.
type reach struct {
	nominal metric.Timeline // what is asked for
	line    metric.Timeline // what of it the data cover
	partial bool            // the data end inside the last period
}

// reach ends a timeline where the data end.
func (q *question) reach(nominal metric.Timeline) reach {
	r := reach{nominal: nominal, line: nominal}
	if q.cover.End.IsZero() || !nominal.To.After(q.cover.End) {
		return r
	}
	r.line.To = q.cover.End
	r.partial = r.line.From.Before(r.line.To) && cutShort(r.line)
	return r
}

// cutShort says that a timeline does not end with a period of its grain.
func cutShort(w metric.Timeline) bool {
	return w.Grain == days.Total || !w.Grain.Start(w.To).Equal(w.To)
}

// base computes the numbers compared with, period for period.
func (q *question) base(ctx context.Context, m *metric.Metric, c metric.Compare, r reach) (table, []days.Range, error) {
	w := r.line
	bases, err := q.Catalog.Bases(q.Query, c, r.nominal, w)
	if err != nil {
		return nil, nil, err
	}
	if w.Spans != nil {
		t, err := q.values(ctx, m, metric.Timeline{Grain: w.Grain}.Over(w.Heads, bases))
		return t, bases, err
	}
	last := len(bases) - 1
	pieces := []metric.Timeline{{From: bases[0].From, To: bases[last].To, Grain: w.Grain}}
	if r.partial && last > 0 {
		// The periods before an unfinished one are whole; it is compared with the same part of its
		// own base, which the grain would make whole.
		pieces = []metric.Timeline{{From: bases[0].From, To: bases[last-1].To, Grain: w.Grain}, {From: bases[last].From, To: bases[last].To, Grain: w.Grain}}
	}
	var t table
	for _, p := range pieces {
		got, err := q.values(ctx, m, p)
		if err != nil {
			return nil, nil, err
		}
		t = append(t, got...)
	}
	if len(t) != len(w.Counted()) {
		return nil, nil, metric.Refuse("期间 %s 至 %s 不能逐期相比", "the period from %s to %s cannot be compared period by period", days.ISO(w.From), days.ISO(w.To))
	}
	return t, bases, nil
}

// number is that of a period and keys, also where there are no rows.
func (q *question) number(t table, i int, keys string, p days.Range) cell {
	if why := q.unreported(p); why != "" {
		return cell{why: why}
	}
	if c, ok := t[i][keys]; ok {
		return c
	}
	if q.blind() {
		return cell{why: metric.WhyNoData}
	}
	if q.cover.First.IsZero() && len(q.m.Datasets()) > 0 && !q.published() {
		return cell{why: metric.WhyNoData}
	}
	start := q.cover.Start
	if start.IsZero() {
		start = q.cover.First
	}
	if !start.IsZero() && !p.To.After(start) {
		return cell{why: metric.WhyNoData}
	}
	v, why := q.m.Empty()
	return cell{value: v, why: why}
}

// unreported says why there is no number for some days, whatever rows there are; "" where there may be one.
func (q *question) unreported(p days.Range) string {
	if q.live.Swept(q.m) {
		return metric.WhySwept
	}
	if !q.m.Flows() || !q.published() {
		return ""
	}
	switch c := q.coverage(q.m, p); {
	case !c.None():
		if q.Query.Window != days.NoWindow && q.live.Begins(q.m).After(p.From) {
			return metric.WhyNoData // a window that begins before the data would be short
		}
		return ""
	case p.To.After(q.cover.Start):
		return metric.WhyUnreported
	}
	return metric.WhyNoData
}

// blind says that a dataset the metric looks into, such as the calendar, was never published.
func (q *question) blind() bool {
	return slices.ContainsFunc(q.m.Lookups(), func(d string) bool { return !q.live.Published(d) })
}

func (q *question) published() bool {
	return slices.ContainsFunc(q.m.Datasets(), q.live.Published)
}

// top keeps the greatest keys: by the sum over all periods; what does not add up over them (a stock,
// a rate) by the last period in which it has a number.
func (q *question) top(seen map[string]bool, t table) map[string]bool {
	sum, adds := map[string]float64{}, q.m.Nature() == metric.Flow
	none, _ := q.m.Empty()
	for k := range seen {
		for i := len(t) - 1; i >= 0; i-- {
			v := none // a key without rows
			if c, ok := t[i][k]; ok {
				v = c.value
			}
			if v == nil {
				continue
			}
			if sum[k] += *v; !adds {
				break
			}
		}
	}
	list := slices.SortedFunc(maps.Keys(seen), func(x, y string) int {
		return cmp.Or(cmp.Compare(sum[y], sum[x]), cmp.Compare(x, y))
	})
	kept := map[string]bool{}
	for _, k := range list[:q.Query.Limit] {
		kept[k] = true
	}
	return kept
}

// records returns, for each period and key, the greatest value of any period before it. A key
// without an earlier period of published data has none.
func (q *question) records(ctx context.Context, w metric.Timeline, now table) ([]map[string]float64, error) {
	grain := w.Grain
	if grain == days.Total {
		for _, g := range []days.Grain{days.Month, days.Quarter, days.Half, days.Year} {
			if g.Start(w.From) == w.From && g.Next(w.From) == q.Query.To {
				grain = g
			}
		}
	}
	greatest := make([]map[string]float64, len(now))
	if grain == days.Total || q.cover.First.IsZero() {
		return nil, nil
	}
	best := map[string]float64{}
	note := func(t table) {
		for _, cells := range t {
			for k, c := range cells {
				if v, ok := best[k]; c.value != nil && (!ok || *c.value > v) {
					best[k] = *c.value
				}
			}
		}
	}
	if from := grain.Start(q.cover.First); from.Before(w.From) {
		before, err := q.values(ctx, q.m, metric.Timeline{From: from, To: w.From, Grain: grain})
		if err != nil {
			return nil, err
		}
		if len(q.Query.By) == 0 {
			best[""] = math.Inf(-1) // there was a period before, if without rows
		}
		note(before)
	}
	for i := range now {
		greatest[i] = maps.Clone(best)
		note(now[i : i+1])
	}
	return greatest, nil
}

// values computes m over a timeline: one map per period.
func (q *question) values(ctx context.Context, m *metric.Metric, w metric.Timeline) (table, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	switch m.Kind {
	case metric.Growth:
		return q.growth(ctx, m, w)
	case metric.MethodKind:
		return q.methodValues(ctx, m, w)
	}
	if m.StandsOnMethods() {
		return q.formulaOverMethods(ctx, m, w)
	}
	if q.guard != nil && q.ofPeople(m) {
		return q.guarded(ctx, m, w)
	}
	s, at := compile.Shared(q.Catalog, m, q.Query, w)
	if at == nil {
		rows, err := q.askPeriods(ctx, m, w)
		if err != nil {
			return nil, err
		}
		return q.tabled(m, w, rows, func(_ int, _ string, _ row, c cell) cell { return c })
	}
	q.remember(compile.Statement(q.Catalog, m, q.Query, w))
	rows, err := q.ask(ctx, s, m)
	if err != nil {
		return nil, err
	}
	return q.tabled(m, w, rows, func(_ int, _ string, r row, c cell) cell {
		args := make([]*float64, len(at))
		for i, j := range at {
			if !math.IsNaN(r.v[j]) {
				args[i] = &r.v[j]
			}
		}
		c.value, c.why = m.Eval(args)
		return c
	})
}

// tabled puts the rows of an answer into a table, each cell as put returns it.
func (q *question) tabled(m *metric.Metric, w metric.Timeline, rows []row, put func(i int, key string, r row, c cell) cell) (table, error) {
	ps, index := w.Counted(), w.Index()
	t := make(table, len(ps))
	for i := range t {
		t[i] = map[string]cell{}
	}
	if q.blind() {
		return t, nil
	}
	for _, r := range rows {
		i, ok := index[r.period]
		if !ok {
			return nil, errNoPeriod(r.period)
		}
		c := cell{n: r.n, why: r.why}
		if r.null || math.IsNaN(r.value) || math.IsInf(r.value, 0) {
			c.why = cmp.Or(c.why, metric.WhyNoRows)
		} else {
			v := r.value
			c.value, c.why = &v, ""
		}
		key := joinKeys(r.keys)
		t[i][key] = put(i, key, r, c)
	}
	return t, nil
}

func isUndefined(err error) bool { return err != nil && errors.Is(err, analysis.ErrUndefined) }

// growth computes a metric against itself earlier.
func (q *question) growth(ctx context.Context, m *metric.Metric, w metric.Timeline) (table, error) {
	of := m.Inputs()[0]
	inner := q.about(of)
	now, err := inner.values(ctx, of, w)
	if err != nil {
		return nil, err
	}
	r := reach{nominal: w, line: w, partial: w.Spans == nil && w.Grain != days.Total && w.To.Equal(q.cover.End) && cutShort(w)}
	base, bases, err := inner.base(ctx, of, m.Against, r)
	if err != nil {
		return nil, err
	}
	q.remember(inner.statements...)
	ps := w.Counted()
	t := make(table, len(ps))
	for i, p := range ps {
		t[i] = map[string]cell{}
		keys := map[string]bool{}
		for k := range now[i] {
			keys[k] = true
		}
		for k := range base[i] {
			keys[k] = true
		}
		if len(q.Query.By) == 0 {
			keys[""] = true
		}
		open := ""
		if _, only := q.live.Listed(of); only {
			open = metric.WhyUndated
		} else if q.coverage(of, p).Open() {
			open = metric.WhyOpen
		} else if q.coverage(of, bases[i]).Open() {
			open = metric.WhyOpenBase
		}
		for k := range keys {
			n := inner.number(now, i, k, p)
			c := cell{n: n.n}
			if c.value, c.why = change(of, n, inner.number(base, i, k, bases[i])); c.value != nil && open != "" {
				c.value, c.why = nil, open
			}
			t[i][k] = c
		}
	}
	return t, nil
}

func errNoPeriod(day int32) error {
	return fmt.Errorf("a row of %s lies in no period asked for", days.ISO(days.Date(1970, 1, 1).AddDate(0, 0, int(day))))
}

// change compares; where it cannot it says why.
func change(m *metric.Metric, now, base cell) (*float64, string) {
	switch d := m.Change(now.value, base.value); {
	case now.value == nil:
		return nil, now.why
	case base.value == nil:
		return nil, base.why
	case d == nil:
		return nil, metric.WhyZeroBase
	default:
		return d, ""
	}
}
