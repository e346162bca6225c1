package compute

import (
	"context"
	"maps"
	"math"
	"slices"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/dashboard/metric/method"
	"yanzhen/pipeline/days"
)

// methodValues computes a method over a timeline.
func (q *question) methodValues(ctx context.Context, m *metric.Metric, w metric.Timeline) (table, error) {
	f := m.Way()
	t := make(table, len(w.Counted()))
	for i := range t {
		t[i] = map[string]cell{}
	}
	grain, ok := m.OverGrain()
	switch {
	case m.OverPeriods():
		return t, q.overPeriods(ctx, m, f, t, w)
	case ok:
		return t, q.overGrain(ctx, m, f, t, w, grain)
	case f.Matrix != nil:
		return t, q.overMatrix(ctx, m, f, t, w)
	}
	return t, q.overDimension(ctx, m, f, t, w)
}

// overDimension runs a method along the values of a dimension.
func (q *question) overDimension(ctx context.Context, m *metric.Metric, f method.Method, t table, w metric.Timeline) error {
	outer := without(q.Query.By, m.Over)
	var past []string
	if f.Each != nil {
		past = []string{m.Over} // a value is judged among all of them; the filter comes after
	}
	groups, err := q.bundles(ctx, m, w, outer, past)
	if err != nil {
		return err
	}
	if f.Before {
		base, err := q.before(m, w)
		if err != nil {
			return err
		}
		earlier, err := q.bundles(ctx, m, base, outer, past)
		if err != nil {
			return err
		}
		groups = pair(earlier, groups)
	}
	base, hidden, err := q.baseVectors(ctx, m, outer, past)
	if err != nil {
		return err
	}
	for i, byKey := range groups {
		for k, b := range byKey {
			if why := veil(b.veil, hidden); why != "" { // an index of some of its parts would be another
				q.veilEach(m, f, why, b, t[i], splitKeys(k, len(outer)))
				continue
			}
			given := method.Given{Options: m.Options, Base: base[k], Names: m.Args}
			if f.Scalar == nil {
				if err := q.each(m, f, given, b, t[i], splitKeys(k, len(outer))); err != nil {
					return err
				}
				continue
			}
			if q.pinned(m.Over) {
				t[i][k] = cell{why: metric.WhyTrivial, n: b.n}
				continue
			}
			v, err := f.Scalar(b.v, given)
			c, err := outcome(v, err, b.n)
			if err != nil {
				return err
			}
			t[i][k] = c.with(f.Outputs(b.v, given))
		}
	}
	return nil
}

// with is the same cell with further numbers; without any where it has none itself.
func (c cell) with(more []method.Output) cell {
	if c.value != nil {
		c.more = more
	}
	return c
}

// pinned says that a filter leaves one value of a dimension.
func (q *question) pinned(dim string) bool {
	return slices.ContainsFunc(q.Query.Where, func(f metric.Filter) bool { return f.Dim == dim && len(f.Values) == 1 })
}

// before is the timeline that a method compares w with.
func (q *question) before(m *metric.Metric, w metric.Timeline) (metric.Timeline, error) {
	if year := m.Options["base_year"].Number; year != nil {
		return w.InYear(int(*year))
	}
	asked := metric.Query{Metric: m.Name, Window: q.Query.Window, Grain: q.Query.Grain, Compare: m.Against}
	bases, err := q.Catalog.Bases(asked, m.Against, metric.Timeline{From: w.From, To: w.To, Grain: w.Grain}, w)
	if err != nil {
		return w, err
	}
	return metric.Timeline{Grain: w.Grain}.Over(w.Named(), bases), nil
}

// each puts the numbers of a method that gives one for each value into cells: under keys, the values of the other
// dimensions, and the value; or one of all values chosen where the answer is not cut by the dimension.
func (q *question) each(m *metric.Metric, f method.Method, given method.Given, b *bundle, cells map[string]cell, keys []string) error {
	got, undefined := f.Each(b.v, given)
	if undefined != nil && !isUndefined(undefined) {
		return undefined
	}
	chosen, more := q.chosen(m.Over, b.values), f.Outputs(b.v, given)
	at := slices.Index(q.Query.By, m.Over)
	if at < 0 {
		v, err := 0.0, undefined
		if err == nil {
			v, err = f.Total(b.v, got, chosen)
		}
		c, err := outcome(v, err, b.n)
		cells[joinKeys(keys)] = c.with(more)
		return err
	}
	for _, j := range chosen {
		v := 0.0
		if undefined == nil {
			v = got[j]
		}
		c, err := outcome(v, undefined, b.n)
		if err != nil {
			return err
		}
		cells[joinKeys(slices.Insert(slices.Clone(keys), at, b.values[j]))] = c.with(more)
	}
	return nil
}

// baseVectors are the vectors of the base years by outer: every value of m.Over in every period of these
// years is one object. Nil where the metric names no base years. hidden says why a number of them is hidden.
func (q *question) baseVectors(ctx context.Context, m *metric.Metric, outer, past []string) (base map[string][][]float64, hidden string, err error) {
	w, ok := m.BaseYears(q.Query.Grain)
	if !ok {
		return nil, "", nil
	}
	groups, err := q.bundles(ctx, m, w, outer, past)
	if err != nil {
		return nil, "", err
	}
	base = map[string][][]float64{}
	for _, byKey := range groups {
		for k, g := range byKey {
			hidden = veil(hidden, g.veil)
			if base[k] == nil {
				base[k] = make([][]float64, len(g.v))
			}
			for j, v := range g.v {
				base[k][j] = append(base[k][j], v...)
			}
		}
	}
	return base, hidden, nil
}

// veilEach hides the numbers of a method whose inputs are hidden.
func (q *question) veilEach(m *metric.Metric, f method.Method, why string, b *bundle, cells map[string]cell, keys []string) {
	at := slices.Index(q.Query.By, m.Over)
	if f.Each == nil || at < 0 {
		cells[joinKeys(keys)] = cell{why: why, n: 1}
		return
	}
	for _, j := range q.chosen(m.Over, b.values) {
		cells[joinKeys(slices.Insert(slices.Clone(keys), at, b.values[j]))] = cell{why: why, n: 1}
	}
}

// veiledSeries is why a number of a key is hidden in any of the periods of tables; "" where none is.
func veiledSeries(tables []table, key string) (why string) {
	for _, t := range tables {
		for i := range t {
			why = veil(why, t[i][key].why)
		}
	}
	return why
}

// outcome is the number of a method; what is undefined has none, and any other error stays one.
func outcome(v float64, err error, n uint64) (cell, error) {
	switch {
	case isUndefined(err), err == nil && (math.IsNaN(v) || math.IsInf(v, 0)):
		return cell{why: metric.WhyUndefined, n: n}, nil
	case err != nil:
		return cell{}, err
	}
	return cell{value: &v, n: n}, nil
}

// chosen are the indices of values that the filters on dim let through.
func (q *question) chosen(dim string, values []string) []int {
	var list []int
	for i, k := range values {
		if !slices.ContainsFunc(q.Query.Where, func(f metric.Filter) bool { return f.Dim == dim && !slices.Contains(f.Values, k) }) {
			list = append(list, i)
		}
	}
	return list
}

// past is the same question about another metric, cut by other dimensions and without the filters of some.
func (q *question) past(m *metric.Metric, by, unfiltered []string) *question {
	inner := q.about(m)
	inner.Query.By = by
	inner.Query.Where = slices.DeleteFunc(slices.Clone(q.Query.Where), func(f metric.Filter) bool { return slices.Contains(unfiltered, f.Dim) })
	return inner
}

// sub asks for another metric, cut by other dimensions and without the filters of some.
func (q *question) sub(ctx context.Context, m *metric.Metric, w metric.Timeline, by, unfiltered []string) (table, error) {
	inner := q.past(m, by, unfiltered)
	t, err := inner.values(ctx, m, w)
	q.remember(inner.statements...)
	return t, err
}

// vectors computes the metrics of m in one statement: a table for each. Where one of them is a method, each is asked for
// by itself.
func (q *question) vectors(ctx context.Context, m *metric.Metric, w metric.Timeline, by, unfiltered []string) ([]table, error) {
	if err := w.Check(); err != nil {
		return nil, err
	}
	if m.StandsOnMethods() || q.guard != nil && q.ofPeople(m) {
		return q.beside(ctx, m, w, by, unfiltered)
	}
	s := compile.Vectors(q.Catalog, m, q.past(m, by, unfiltered).Query, w, by)
	q.remember(s)
	rows, err := q.ask(ctx, s, m)
	if err != nil {
		return nil, err
	}
	index := w.Index()
	tables := make([]table, len(m.Inputs()))
	for j := range tables {
		tables[j] = make(table, len(index))
		for i := range tables[j] {
			tables[j][i] = map[string]cell{}
		}
	}
	for _, r := range rows {
		i, ok := index[r.period]
		if !ok {
			return nil, errNoPeriod(r.period)
		}
		for j, v := range r.v {
			c := cell{why: metric.WhyNoRows}
			if !math.IsNaN(v) && !math.IsInf(v, 0) {
				c = cell{value: &v}
			}
			if j == 0 {
				c.n = r.n
			}
			tables[j][i][joinKeys(r.keys)] = c
		}
	}
	return tables, nil
}

// beside computes the metrics of m one by one, and lines them up as one statement does: a key that one of them lacks is
// what that metric is without rows.
func (q *question) beside(ctx context.Context, m *metric.Metric, w metric.Timeline, by, unfiltered []string) ([]table, error) {
	var tables []table
	for _, arg := range m.Inputs() {
		t, err := q.sub(ctx, arg, w, by, unfiltered)
		if err != nil {
			return nil, err
		}
		tables = append(tables, t)
	}
	for i := range w.Counted() {
		for j, arg := range m.Inputs() {
			for _, other := range tables {
				for k := range other[i] {
					if _, ok := tables[j][i][k]; !ok {
						v, why := arg.Empty()
						tables[j][i][k] = cell{value: v, why: why}
					}
				}
			}
		}
	}
	return tables, nil
}

// formulaOverMethods computes a ratio or a formula of which a metric is a method: each by itself, then the formula.
func (q *question) formulaOverMethods(ctx context.Context, m *metric.Metric, w metric.Timeline) (table, error) {
	inputs, err := q.beside(ctx, m, w, q.Query.By, nil)
	if err != nil {
		return nil, err
	}
	cuts := make([][]string, len(inputs))
	for j := range cuts {
		cuts[j] = q.Query.By
	}
	t := make(table, len(w.Counted()))
	for i := range t {
		t[i] = map[string]cell{}
		for k := range inputs[0][i] {
			t[i][k] = q.evaluated(m, inputs, cuts, i, q.Query.By, k)
		}
	}
	return t, nil
}

// overGrain runs a method along the months, quarters or years of each period.
func (q *question) overGrain(ctx context.Context, m *metric.Metric, f method.Method, t table, w metric.Timeline, grain days.Grain) error {
	for i, p := range w.Counted() {
		inner := metric.Timeline{From: p.From, To: p.To, Grain: grain}
		tables, keys, rows, err := q.series(ctx, m, inner, nil)
		if err != nil {
			return err
		}
		for k := range keys {
			if why := veiledSeries(tables, k); why != "" {
				t[i][k] = cell{why: why, n: 1}
				continue
			}
			_, v := vectorsOf(tables, k)
			given := method.Given{Options: m.Options, Names: m.Args}
			x, err := f.Scalar(v, given)
			c, err := outcome(x, err, rows[k])
			if err != nil {
				return err
			}
			t[i][k] = c.with(f.Outputs(v, given))
		}
	}
	return nil
}

// series computes the metrics of m over a timeline, and which keys occur.
func (q *question) series(ctx context.Context, m *metric.Metric, w metric.Timeline, past []string) (tables []table, keys map[string]bool, rows map[string]uint64, err error) {
	keys, rows = map[string]bool{}, map[string]uint64{}
	all, err := q.vectors(ctx, m, w, q.Query.By, past)
	if err != nil {
		return nil, nil, nil, err
	}
	ps := w.Counted()
	for j, arg := range m.Inputs() {
		t := all[j]
		for i := range t {
			if len(q.Query.By) == 0 {
				// a month without rows counts as what it is: zero, or nothing
				inner := q.about(arg)
				t[i] = map[string]cell{"": inner.number(t, i, "", ps[i])}
			}
			for k, c := range t[i] {
				keys[k] = true
				rows[k] += c.n
			}
		}
		tables = append(tables, t)
	}
	return tables, keys, rows, nil
}

// vectorsOf is one vector per table of a key, over the periods in which all of them have a number; at
// says which these are.
func vectorsOf(tables []table, key string) (at []int, v [][]float64) {
	v = make([][]float64, len(tables))
	for i := range tables[0] {
		if slices.ContainsFunc(tables, func(t table) bool { return t[i][key].value == nil }) {
			continue
		}
		at = append(at, i)
		for j, t := range tables {
			v[j] = append(v[j], *t[i][key].value)
		}
	}
	return at, v
}

// overPeriods runs a method along the periods asked for: each has its number.
func (q *question) overPeriods(ctx context.Context, m *metric.Metric, f method.Method, t table, w metric.Timeline) error {
	tables, keys, rows, err := q.series(ctx, m, w, nil)
	if err != nil {
		return err
	}
	var base []table
	if years, ok := m.BaseYears(q.Query.Grain); ok {
		if q.Query.Grain == days.Total {
			return metric.Refuse("指标 %s 要有粒度：它把各期与基准年的同期相比", "metric %s needs a grain: it compares periods with those of its base years", m.Name)
		}
		if base, _, _, err = q.series(ctx, m, years, nil); err != nil {
			return err
		}
	}
	for k := range keys {
		if why := veil(veiledSeries(tables, k), veiledSeries(base, k)); why != "" {
			for i := range t {
				t[i][k] = cell{why: why, n: 1}
			}
			continue
		}
		at, v := vectorsOf(tables, k)
		o := method.Given{Options: m.Options, Names: m.Args}
		if base != nil {
			_, o.Base = vectorsOf(base, k)
		}
		got, err := f.Each(v, o)
		if err != nil && !isUndefined(err) {
			return err
		}
		more := f.Outputs(v, o)
		for i := range t {
			c := cell{why: metric.WhyUndefined, n: rows[k]}
			if j, ok := slices.BinarySearch(at, i); ok && err == nil {
				c, _ = outcome(got[j], nil, rows[k])
			}
			t[i][k] = c.with(more)
		}
	}
	return nil
}

// overMatrix runs a method over documents x values.
func (q *question) overMatrix(ctx context.Context, m *metric.Metric, f method.Method, t table, w metric.Timeline) error {
	outer := without(q.Query.By, m.Over, m.Documents)
	by := append(slices.Clone(outer), m.Documents, m.Over)
	counts, err := q.sub(ctx, m.Inputs()[0], w, by, []string{m.Documents, m.Over})
	if err != nil {
		return err
	}
	for i := range counts {
		type matrix struct {
			documents, terms map[string]bool
			n                uint64
			veil             string
		}
		groups := map[string]*matrix{}
		for k, c := range counts[i] {
			keys := splitKeys(k, len(by))
			doc, term := keys[len(outer)], keys[len(outer)+1]
			if doc == "" || term == "" {
				continue
			}
			g := groups[joinKeys(keys[:len(outer)])]
			if g == nil {
				g = &matrix{documents: map[string]bool{}, terms: map[string]bool{}}
				groups[joinKeys(keys[:len(outer)])] = g
			}
			g.documents[doc], g.terms[term] = true, true
			g.n += c.n
			g.veil = veil(g.veil, c.why)
		}
		for k, g := range groups {
			docs, terms := slices.Sorted(maps.Keys(g.documents)), slices.Sorted(maps.Keys(g.terms))
			v := make([][]float64, len(docs))
			for d := range docs {
				v[d] = make([]float64, len(terms))
				for j := range terms {
					if c := counts[i][joinKeys(append(splitKeys(k, len(outer)), docs[d], terms[j]))]; c.value != nil {
						v[d][j] = *c.value
					}
				}
			}
			got, err := f.Matrix(v, method.Given{Options: m.Options})
			if err != nil && !isUndefined(err) {
				return err
			}
			cut := slices.Contains(q.Query.By, m.Documents)
			for d := range got {
				for _, j := range q.chosen(m.Over, terms) {
					if cut && (len(q.chosen(m.Documents, docs[d:d+1])) == 0 || got[d][j] == 0) {
						continue
					}
					keys, rest := make([]string, len(q.Query.By)), splitKeys(k, len(outer))
					for x, dim := range q.Query.By {
						switch dim {
						case m.Over:
							keys[x] = terms[j]
						case m.Documents:
							keys[x] = docs[d]
						default:
							keys[x], rest = rest[0], rest[1:]
						}
					}
					t[i][joinKeys(keys)], _ = outcome(got[d][j], nil, g.n)
					if g.veil != "" {
						t[i][joinKeys(keys)] = cell{why: g.veil, n: 1}
					}
				}
			}
		}
	}
	return nil
}

func without(list []string, drop ...string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return slices.Contains(drop, s) })
}
