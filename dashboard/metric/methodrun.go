package metric

import (
	"context"
	"maps"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/metric/method"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// bundle holds the vectors of one period and keys.
type bundle struct {
	along []string // the values they run along, sorted
	v     [][]float64
	n     uint64
}

// methodValues computes a method over a window.
func (a *asking) methodValues(ctx context.Context, m *Metric, w window) (table, error) {
	f, _ := method.Named(m.Method)
	t := make(table, len(w.stretches()))
	for i := range t {
		t[i] = map[string]cell{}
	}
	switch {
	case m.Over == overPeriod:
		return t, a.overPeriods(ctx, m, f, w, t)
	case isGrain(m.Over):
		return t, a.overGrain(ctx, m, f, w, t)
	case f.Matrix != nil:
		return t, a.overMatrix(ctx, m, f, w, t)
	}
	outer := without(a.q.By, m.Over)
	var past []string
	if f.Each != nil {
		past = []string{m.Over} // a value is judged among all of them; the filter comes after
	}
	groups, err := a.bundles(ctx, m, w, outer, past)
	if err != nil {
		return nil, err
	}
	if f.Before {
		base := w
		if year := m.Options["base_year"].Number; year != nil {
			base, err = w.inYear(int(*year))
		} else {
			var bases []days.Range
			bases, err = a.Catalog.bases(Query{Metric: m.Name, Window: a.q.Window, Grain: a.q.Grain, Compare: m.Against}, m.Against, window{From: w.From, To: w.To, Grain: w.Grain}, w)
			base = window{Grain: w.Grain}.over(w.named(), bases)
		}
		if err != nil {
			return nil, err
		}
		before, err := a.bundles(ctx, m, base, outer, past)
		if err != nil {
			return nil, err
		}
		groups = beside(before, groups)
	}
	pooled, err := a.pooled(ctx, m, outer, past)
	if err != nil {
		return nil, err
	}
	at := slices.Index(a.q.By, m.Over)
	for i, byKey := range groups {
		for k, g := range byKey {
			o := method.Given{Options: m.Options, Base: pooled[k]}
			if f.Scalar != nil {
				v, err := f.Scalar(g.v, o)
				if t[i][k], err = outcome(v, err, g.n); err != nil {
					return nil, err
				}
				continue
			}
			got, err := f.Each(g.v, o)
			if err != nil && !isUndefined(err) {
				return nil, err
			}
			chosen := a.chosen(m.Over, g.along)
			if at < 0 {
				var v float64
				if err == nil {
					v, err = f.Total(g.v, got, chosen)
				}
				if t[i][k], err = outcome(v, err, g.n); err != nil {
					return nil, err
				}
				continue
			}
			for _, j := range chosen {
				keys := slices.Insert(splitKeys(k, len(outer)), at, g.along[j])
				v, err := 0.0, err
				if err == nil {
					v = got[j]
				}
				if t[i][joinKeys(keys)], err = outcome(v, err, g.n); err != nil {
					return nil, err
				}
			}
		}
	}
	return t, nil
}

// pooled are the vectors of the base years by outer: every value of m.Over in every period of these
// years is one object. Nil where the metric names no base years.
func (a *asking) pooled(ctx context.Context, m *Metric, outer, past []string) (map[string][][]float64, error) {
	w, ok := m.baseYears(a.q.Grain)
	if !ok {
		return nil, nil
	}
	groups, err := a.bundles(ctx, m, w, outer, past)
	if err != nil {
		return nil, err
	}
	base := map[string][][]float64{}
	for _, byKey := range groups {
		for k, g := range byKey {
			if base[k] == nil {
				base[k] = make([][]float64, len(g.v))
			}
			for j, v := range g.v {
				base[k][j] = append(base[k][j], v...)
			}
		}
	}
	return base, nil
}

// outcome is the number of a method; what is undefined has none, and any other error stays one.
func outcome(v float64, err error, n uint64) (cell, error) {
	switch {
	case isUndefined(err), err == nil && (math.IsNaN(v) || math.IsInf(v, 0)):
		return cell{why: WhyUndefined, n: n}, nil
	case err != nil:
		return cell{}, err
	}
	return cell{value: &v, n: n}, nil
}

// chosen are the indices of along that the filters on dim let through.
func (a *asking) chosen(dim string, along []string) []int {
	var list []int
	for i, k := range along {
		if !slices.ContainsFunc(a.q.Where, func(f Filter) bool { return f.Dim == dim && !slices.Contains(f.Values, k) }) {
			list = append(list, i)
		}
	}
	return list
}

// inYear moves w to another year.
func (w window) inYear(year int) (window, error) {
	move := func(d days.Day) days.Day { return days.Date(d.Year(), d.Month(), 1).AddDate(0, 0, d.Day()-1) }
	var bases []days.Range
	for _, p := range w.stretches() {
		s := days.Shift{Months: 12 * (p.To.AddDate(0, 0, -1).Year() - year)}
		b := days.Range{From: move(s.From(p.From)), To: move(s.To(p.To))}
		if !b.From.Before(b.To) {
			return w, Refuse("%d 年没有这样的日子", "no such days in %d", year)
		}
		bases = append(bases, b)
	}
	return window{Grain: w.Grain}.over(w.named(), bases), nil
}

// named are the periods under which the answers of w are found.
func (w window) named() []days.Range {
	if w.heads != nil {
		return w.heads
	}
	ps := w.periods()
	for i, p := range ps {
		ps[i].From = w.Grain.Start(p.From)
	}
	return ps
}

// sub asks for another metric of the same question, cut by other dimensions and past the filters of some.
func (a *asking) sub(ctx context.Context, m *Metric, w window, by, past []string) (table, error) {
	q := a.q
	q.By = by
	q.Where = slices.DeleteFunc(slices.Clone(q.Where), func(f Filter) bool { return slices.Contains(past, f.Dim) })
	inner := &asking{Engine: a.Engine, q: q, m: m, live: a.live, cover: a.cover}
	t, err := inner.values(ctx, m, w)
	a.note(inner.asked...)
	return t, err
}

// vectors computes the metrics of m in one statement: a table for each.
func (a *asking) vectors(ctx context.Context, m *Metric, w window, by, past []string) ([]table, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	q := a.q
	q.By = by
	q.Where = slices.DeleteFunc(slices.Clone(q.Where), func(f Filter) bool { return slices.Contains(past, f.Dim) })
	k := &compiler{Catalog: a.Catalog, q: q, w: w, params: map[string]string{}}
	s := warehouse.Statement{SQL: k.vectors(m, by) + "\norder by " + strings.Join(keys(by), ", "), Params: k.params, Tag: "metric." + m.Name}
	a.note(s)
	rows, err := a.ask(ctx, s, m)
	if err != nil {
		return nil, err
	}
	index := w.index()
	tables := make([]table, len(m.args))
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
			c := cell{why: WhyNoRows}
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

// bundles are the vectors of m by outer, along m.Over.
func (a *asking) bundles(ctx context.Context, m *Metric, w window, outer, past []string) ([]map[string]*bundle, error) {
	by := append(slices.Clone(outer), m.Over)
	tables, err := a.vectors(ctx, m, w, by, past)
	if err != nil {
		return nil, err
	}
	var whole table
	if m.Reference != "" {
		if whole, err = a.sub(ctx, m.args[0], w, without(by, m.Reference), append(slices.Clone(past), m.Reference)); err != nil {
			return nil, err
		}
	}
	out := make([]map[string]*bundle, len(w.stretches()))
	for i := range out {
		cells := make([]map[string]map[string]cell, len(tables)) // by metric, keys, value along
		rows := map[string]uint64{}
		for j, t := range tables {
			cells[j] = map[string]map[string]cell{}
			for k, c := range t[i] {
				keys := splitKeys(k, len(by))
				put(cells[j], joinKeys(keys[:len(outer)]), keys[len(outer)], c)
				rows[joinKeys(keys[:len(outer)])] += c.n
			}
		}
		wholes := map[string]map[string]cell{}
		if whole != nil {
			for k, c := range whole[i] {
				keys := splitKeys(k, len(without(by, m.Reference)))
				put(wholes, joinKeys(keys[:len(keys)-1]), keys[len(keys)-1], c)
			}
		}
		out[i] = map[string]*bundle{}
		for k, n := range rows {
			all := make([]map[string]cell, 0, len(cells)+1)
			for _, c := range cells {
				all = append(all, c[k])
			}
			if whole != nil {
				keys := splitKeys(k, len(outer))
				if at := slices.Index(outer, m.Reference); at >= 0 {
					keys = slices.Delete(keys, at, at+1)
				}
				all = append(all, wholes[joinKeys(keys)])
			}
			out[i][k] = bundleOf(all, n)
		}
	}
	return out, nil
}

func put(m map[string]map[string]cell, k, along string, c cell) {
	if m[k] == nil {
		m[k] = map[string]cell{}
	}
	m[k][along] = c
}

// bundleOf lines vectors up by the values they run along. A value that nobody stated is none of
// them; what has no row is zero; what has no number in one vector is left out of all.
func bundleOf(cells []map[string]cell, n uint64) *bundle {
	b := &bundle{n: n, v: make([][]float64, len(cells))}
	seen, skip := map[string]bool{}, map[string]bool{"": true}
	for _, c := range cells {
		for k, x := range c {
			seen[k] = true
			if x.value == nil {
				skip[k] = true
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(seen)) {
		if skip[k] {
			continue
		}
		b.along = append(b.along, k)
		for j, c := range cells {
			x := 0.0
			if got, ok := c[k]; ok {
				x = *got.value
			}
			b.v[j] = append(b.v[j], x)
		}
	}
	return b
}

// beside puts the vectors of two times side by side: each metric before, then now.
func beside(before, now []map[string]*bundle) []map[string]*bundle {
	out := make([]map[string]*bundle, len(now))
	for i := range now {
		out[i] = map[string]*bundle{}
		keys := maps.Clone(now[i])
		maps.Copy(keys, before[i])
		for k := range keys {
			b0, b1 := before[i][k], now[i][k]
			if b0 == nil {
				b0 = &bundle{v: make([][]float64, len(b1.v))}
			}
			if b1 == nil {
				b1 = &bundle{v: make([][]float64, len(b0.v))}
			}
			b := &bundle{n: b0.n + b1.n, along: slices.Concat(b0.along, b1.along)}
			slices.Sort(b.along)
			b.along = slices.Compact(b.along)
			for j := range b0.v {
				b.v = append(b.v, b0.at(j, b.along), b1.at(j, b.along))
			}
			out[i][k] = b
		}
	}
	return out
}

// at is the j-th vector along other values; zero where it has none.
func (b *bundle) at(j int, along []string) []float64 {
	x := make([]float64, len(along))
	for i, k := range along {
		if at, ok := slices.BinarySearch(b.along, k); ok {
			x[i] = b.v[j][at]
		}
	}
	return x
}

// overGrain runs a method along the months, quarters or years of each period.
func (a *asking) overGrain(ctx context.Context, m *Metric, f method.Method, w window, t table) error {
	for i, p := range w.stretches() {
		inner := window{From: p.From, To: p.To, Grain: days.Grain(m.Over)}
		tables, keys, rows, err := a.series(ctx, m, inner, nil)
		if err != nil {
			return err
		}
		for k := range keys {
			_, v := line(tables, k)
			x, err := f.Scalar(v, method.Given{Options: m.Options})
			if t[i][k], err = outcome(x, err, rows[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// series computes the metrics of m over a window, and which keys occur.
func (a *asking) series(ctx context.Context, m *Metric, w window, past []string) (tables []table, keys map[string]bool, rows map[string]uint64, err error) {
	keys, rows = map[string]bool{}, map[string]uint64{}
	all, err := a.vectors(ctx, m, w, a.q.By, past)
	if err != nil {
		return nil, nil, nil, err
	}
	ps := w.stretches()
	for j, arg := range m.args {
		t := all[j]
		for i := range t {
			if len(a.q.By) == 0 {
				// a month without rows counts as what it is: zero, or nothing
				inner := &asking{Engine: a.Engine, q: a.q, m: arg, live: a.live, cover: a.cover}
				t[i] = map[string]cell{"": inner.cell(t, i, "", ps[i])}
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

// line is one vector per table of a key, over the periods in which all of them have a number; at
// says which these are.
func line(tables []table, key string) (at []int, v [][]float64) {
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
func (a *asking) overPeriods(ctx context.Context, m *Metric, f method.Method, w window, t table) error {
	tables, keys, rows, err := a.series(ctx, m, w, nil)
	if err != nil {
		return err
	}
	var base []table
	if years, ok := m.baseYears(a.q.Grain); ok {
		if a.q.Grain == days.Total {
			return Refuse("指标 %s 要有粒度：它把各期与基准年的同期相比", "metric %s needs a grain: it compares periods with those of its base years", m.Name)
		}
		if base, _, _, err = a.series(ctx, m, years, nil); err != nil {
			return err
		}
	}
	for k := range keys {
		at, v := line(tables, k)
		o := method.Given{Options: m.Options}
		if base != nil {
			_, o.Base = line(base, k)
		}
		got, err := f.Each(v, o)
		if err != nil && !isUndefined(err) {
			return err
		}
		for i := range t {
			c := cell{why: WhyUndefined, n: rows[k]}
			if j, ok := slices.BinarySearch(at, i); ok && err == nil {
				c, _ = outcome(got[j], nil, rows[k])
			}
			t[i][k] = c
		}
	}
	return nil
}

// overMatrix runs a method over documents x values.
func (a *asking) overMatrix(ctx context.Context, m *Metric, f method.Method, w window, t table) error {
	outer := without(a.q.By, m.Over, m.Documents)
	by := append(slices.Clone(outer), m.Documents, m.Over)
	counts, err := a.sub(ctx, m.args[0], w, by, []string{m.Documents, m.Over})
	if err != nil {
		return err
	}
	for i := range counts {
		type matrix struct {
			documents, terms map[string]bool
			n                uint64
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
			cut := slices.Contains(a.q.By, m.Documents)
			for d := range got {
				for _, j := range a.chosen(m.Over, terms) {
					if cut && (len(a.chosen(m.Documents, docs[d:d+1])) == 0 || got[d][j] == 0) {
						continue
					}
					keys, rest := make([]string, len(a.q.By)), splitKeys(k, len(outer))
					for x, dim := range a.q.By {
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
				}
			}
		}
	}
	return nil
}
