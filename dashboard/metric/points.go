package metric

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/analysis"
	"yanzhen/pipeline/days"
)

// cell is one number.
type cell struct {
	value *float64
	why   string
	n     uint64
}

// table holds the numbers of a window: one map from keys per period.
type table []map[string]cell

func joinKeys(keys []string) string { return strings.Join(keys, "\x00") }

func splitKeys(s string, n int) []string {
	if n == 0 {
		return nil
	}
	return strings.Split(s, "\x00")
}

func (a *asking) points(ctx context.Context) ([]Point, error) {
	nominal, full := a.q.window()
	w, partial := a.clip(nominal)
	if !w.From.Before(w.To) {
		return nil, nil // everything asked for lies after the data
	}
	ps := w.periods()
	if a.q.Compare == Spring && a.q.Grain == days.Month {
		ps = days.JoinNewYear(ps)
		partial = partial || ps[len(ps)-1].To.Before(full[len(ps)-1].To)
	}
	w = a.q.asked(w, ps)
	spans := w.stretches()
	now, err := a.values(ctx, a.m, w)
	if err != nil {
		return nil, err
	}
	var base table
	var bases []days.Range
	if a.q.Compare != NoCompare {
		if base, bases, err = a.base(ctx, a.m, a.q.Compare, nominal, w, partial); err != nil {
			return nil, err
		}
	}
	var greatest []map[string]float64
	if a.m.Record && !a.q.explicit() {
		if greatest, err = a.records(ctx, w, now); err != nil {
			return nil, err
		}
	}

	// Every key that occurs anywhere has a point in every period.
	seen := map[string]bool{}
	for _, t := range []table{now, base} {
		for _, cells := range t {
			for k := range cells {
				seen[k] = true
			}
		}
	}
	if len(a.q.By) == 0 {
		seen[""] = true
	}
	if a.q.Limit > 0 && len(seen) > a.q.Limit {
		seen = a.top(seen, now)
	}
	if len(seen)*len(ps) > maxRows {
		return nil, Refuse("%d 期乘 %d 个取值超过 %d 个数；请减少维度、缩短期间或限定个数", "%d periods of %d keys are more than %d numbers; ask for fewer dimensions, a shorter period or a limit", len(ps), len(seen), maxRows)
	}
	points := make([]Point, 0, len(seen)*len(ps))
	for i, p := range ps {
		first := len(points)
		for k := range seen {
			c := a.cell(now, i, k, spans[i])
			pt := Point{From: p.From, To: full[i].To, Since: spans[i].From, Until: spans[i].To, Keys: splitKeys(k, len(a.q.By)), Value: c.value, Why: c.why, Rows: c.n}
			pt.Partial = partial && i == len(ps)-1
			for j, key := range pt.Keys {
				pt.Labels = append(pt.Labels, a.Catalog.Label(a.q.By[j], key))
			}
			if base != nil {
				b := a.cell(base, i, k, bases[i])
				pt.Base, pt.BaseFrom, pt.BaseTo = b.value, bases[i].From, bases[i].To
				pt.Change, pt.WhyChange = change(a.m, c, b)
			}
			if greatest != nil && c.value != nil {
				before, ok := greatest[i][k]
				pt.Record = ok && *c.value > before
			}
			points = append(points, pt)
		}
		slices.SortFunc(points[first:], func(x, y Point) int {
			switch {
			case x.Value == nil && y.Value != nil:
				return 1
			case x.Value != nil && y.Value == nil:
				return -1
			case x.Value != nil && *x.Value != *y.Value:
				return cmp.Compare(*y.Value, *x.Value)
			}
			return slices.Compare(x.Keys, y.Keys)
		})
	}
	return points, nil
}

// clip ends the window where the data end. Partial says that the last period is cut short by that.
func (a *asking) clip(w window) (window, bool) {
	if a.cover.end.IsZero() || !w.To.After(a.cover.end) {
		return w, false
	}
	w.To = a.cover.end
	if !w.From.Before(w.To) {
		return w, false
	}
	return w, w.Grain == days.Total || w.Grain.Start(w.To) != w.To
}

// base computes the numbers compared with, period for period.
func (a *asking) base(ctx context.Context, m *Metric, c Compare, nominal, w window, partial bool) (table, []days.Range, error) {
	ps := w.stretches()
	bases, err := a.Catalog.bases(a.q, c, nominal, w)
	if err != nil {
		return nil, nil, err
	}
	if w.spans != nil {
		t, err := a.values(ctx, m, window{Grain: w.Grain}.over(w.heads, bases))
		return t, bases, err
	}
	// The periods before an unfinished one are whole; it is compared with the same part of its
	// own base, which the grain would make whole.
	type piece struct {
		w  window
		at int
	}
	last := len(bases) - 1
	pieces := []piece{{window{From: bases[0].From, To: bases[last].To, Grain: w.Grain}, 0}}
	if partial && last > 0 {
		pieces = []piece{{window{From: bases[0].From, To: bases[last-1].To, Grain: w.Grain}, 0}, {window{From: bases[last].From, To: bases[last].To, Grain: w.Grain}, last}}
	}
	var t table
	for _, p := range pieces {
		got, err := a.values(ctx, m, p.w)
		if err != nil {
			return nil, nil, err
		}
		t = append(t, got...)
	}
	if len(t) != len(ps) {
		return nil, nil, Refuse("期间 %s 至 %s 不能逐期相比", "the period from %s to %s cannot be compared period by period", days.ISO(w.From), days.ISO(w.To))
	}
	return t, bases, nil
}

// cell returns the number of a period and keys, also where there are no rows.
func (a *asking) cell(t table, i int, keys string, p days.Range) cell {
	if a.q.Window != days.NoWindow && a.m.flows() && p.From.Before(a.cover.start) {
		return cell{why: WhyNoData} // a window that begins before the data would be short
	}
	if c, ok := t[i][keys]; ok {
		return c
	}
	if a.blind() {
		return cell{why: WhyNoData}
	}
	if a.cover.first.IsZero() && len(a.m.datasets) > 0 && !a.published() {
		return cell{why: WhyNoData}
	}
	start := a.cover.start
	if start.IsZero() {
		start = a.cover.first
	}
	if !start.IsZero() && !p.To.After(start) {
		return cell{why: WhyNoData}
	}
	v, why := a.m.empty()
	return cell{value: v, why: why}
}

// blind says that a dataset the metric looks into, such as the calendar, was never published.
func (a *asking) blind() bool {
	return slices.ContainsFunc(a.m.lookups, func(d string) bool { return !a.live.datasets[d].live })
}

func (a *asking) published() bool {
	return slices.ContainsFunc(a.m.datasets, func(d string) bool { return a.live.datasets[d].live })
}

// change compares: in percent, or in percentage points where the metric is itself a percentage.
func change(m *Metric, now, base cell) (*float64, string) {
	switch {
	case now.value == nil:
		return nil, now.why
	case base.value == nil:
		return nil, base.why
	case m.Unit.Change() == PercentagePoints:
		d := *now.value - *base.value
		return &d, ""
	case *base.value == 0:
		return nil, WhyZeroBase
	}
	g := (*now.value / *base.value - 1) * 100
	if *base.value < 0 {
		g = -g // a loss that became smaller is growth
	}
	return &g, ""
}

// top keeps the greatest keys: by the sum over all periods; what does not add up over them (a stock,
// a rate) by the last period in which it has a number.
func (a *asking) top(seen map[string]bool, t table) map[string]bool {
	sum, adds := map[string]float64{}, a.m.Nature() == Flow
	none, _ := a.m.empty()
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
	for _, k := range list[:a.q.Limit] {
		kept[k] = true
	}
	return kept
}

// records returns, for each period and key, the greatest value of any period before it. A key
// without an earlier period of published data has none.
func (a *asking) records(ctx context.Context, w window, now table) ([]map[string]float64, error) {
	grain := w.Grain
	if grain == days.Total {
		for _, g := range []days.Grain{days.Month, days.Quarter, days.Half, days.Year} {
			if g.Start(w.From) == w.From && g.Next(w.From) == a.q.To {
				grain = g
			}
		}
	}
	greatest := make([]map[string]float64, len(now))
	if grain == days.Total || a.cover.first.IsZero() {
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
	if from := grain.Start(a.cover.first); from.Before(w.From) {
		before, err := a.values(ctx, a.m, window{From: from, To: w.From, Grain: grain})
		if err != nil {
			return nil, err
		}
		if len(a.q.By) == 0 {
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

// values computes m over a window: one map per period.
func (a *asking) values(ctx context.Context, m *Metric, w window) (table, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	switch m.Kind {
	case Growth:
		return a.growth(ctx, m, w)
	case MethodKind:
		return a.methodValues(ctx, m, w)
	}
	s := a.Catalog.compile(m, a.q, w)
	a.note(s)
	rows, err := a.ask(ctx, s, m)
	if err != nil {
		return nil, err
	}
	ps, index := w.stretches(), w.index()
	t := make(table, len(ps))
	for i := range t {
		t[i] = map[string]cell{}
	}
	if a.blind() {
		return t, nil
	}
	for _, r := range rows {
		i, ok := index[r.period]
		if !ok {
			return nil, errNoPeriod(r.period)
		}
		c := cell{n: r.n, why: r.why}
		if r.null || math.IsNaN(r.value) || math.IsInf(r.value, 0) {
			if c.why == "" {
				c.why = WhyNoRows
			}
		} else {
			v := r.value
			c.value, c.why = &v, ""
		}
		t[i][joinKeys(r.keys)] = c
	}
	return t, nil
}

func isUndefined(err error) bool { return err != nil && errors.Is(err, analysis.ErrUndefined) }

// growth computes a metric against itself earlier.
func (a *asking) growth(ctx context.Context, m *Metric, w window) (table, error) {
	of := m.args[0]
	inner := &asking{Engine: a.Engine, q: a.q, m: of, live: a.live, cover: a.cover}
	now, err := inner.values(ctx, of, w)
	if err != nil {
		return nil, err
	}
	nominal := w
	partial := w.spans == nil && w.Grain != days.Total && w.To == a.cover.end && w.Grain.Start(w.To) != w.To
	base, bases, err := inner.base(ctx, of, m.Against, nominal, w, partial)
	if err != nil {
		return nil, err
	}
	a.note(inner.asked...)
	ps := w.stretches()
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
		if len(a.q.By) == 0 {
			keys[""] = true
		}
		for k := range keys {
			n := inner.cell(now, i, k, p)
			c := cell{n: n.n}
			c.value, c.why = change(of, n, inner.cell(base, i, k, bases[i]))
			t[i][k] = c
		}
	}
	return t, nil
}
