package compute

import (
	"context"
	"maps"
	"slices"

	"yanzhen/dashboard/metric"
)

// bundle holds the vectors of one period and keys.
type bundle struct {
	values []string // of the dimension they run along, sorted
	v      [][]float64
	n      uint64
	veil   string // why a number of them is hidden; "": none is
}

// bundles are the vectors of m by outer, over the values of m.Over: one map from keys per period.
func (q *question) bundles(ctx context.Context, m *metric.Metric, w metric.Timeline, outer, past []string) ([]map[string]*bundle, error) {
	by := append(slices.Clone(outer), m.Over)
	tables, err := q.vectors(ctx, m, w, by, past)
	if err != nil {
		return nil, err
	}
	var whole table
	if m.Reference != "" {
		if whole, err = q.sub(ctx, m.Inputs()[0], w, without(by, m.Reference), append(slices.Clone(past), m.Reference)); err != nil {
			return nil, err
		}
	}
	out := make([]map[string]*bundle, len(w.Counted()))
	for i := range out {
		cells := make([]map[string]map[string]cell, len(tables)) // by metric, keys, value
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

func put(m map[string]map[string]cell, k, value string, c cell) {
	if m[k] == nil {
		m[k] = map[string]cell{}
	}
	m[k][value] = c
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
				skip[k], b.veil = true, veil(b.veil, x.why)
			}
		}
	}
	for _, k := range slices.Sorted(maps.Keys(seen)) {
		if skip[k] {
			continue
		}
		b.values = append(b.values, k)
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

// pair puts the vectors of two times side by side: each metric before, then now.
func pair(before, now []map[string]*bundle) []map[string]*bundle {
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
			b := &bundle{n: b0.n + b1.n, veil: veil(b0.veil, b1.veil), values: slices.Concat(b0.values, b1.values)}
			slices.Sort(b.values)
			b.values = slices.Compact(b.values)
			for j := range b0.v {
				b.v = append(b.v, b0.at(j, b.values), b1.at(j, b.values))
			}
			out[i][k] = b
		}
	}
	return out
}

// at is the j-th vector over other values; zero where it has none.
func (b *bundle) at(j int, values []string) []float64 {
	x := make([]float64, len(values))
	for i, k := range values {
		if at, ok := slices.BinarySearch(b.values, k); ok {
			x[i] = b.v[j][at]
		}
	}
	return x
}
