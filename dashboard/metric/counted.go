package metric

import (
	"context"
	"slices"

	"yanzhen/pipeline/warehouse"
)

// Counted says how many of the published rows of a period a metric counts. The others are sound and
// loaded: the metric is not about them.
type Counted struct {
	Metric   *Metric
	Rows     uint64 // with a day in the period; of a stock all that held in it
	Counts   uint64 // of them, those that meet the definition and the filters of the query
	Together bool   // several rows of one person, contract or move count as one
}

// Counted answers for each metric of rows behind q's: itself, or what a formula or a method is made of.
func (e *Engine) Counted(ctx context.Context, q Query) ([]Counted, error) {
	a, err := e.start(ctx, q) // with the data date, which a definition may speak of
	if err != nil {
		return nil, err
	}
	q = a.q
	var list []Counted
	for _, m := range a.m.leaves() {
		c := Counted{Metric: m, Together: m.leaf.once != nil}
		all := *m.leaf
		all.where, all.and, all.once, all.gather, all.parts, all.value = nil, nil, nil, nil, nil, countAll
		own := *m.leaf
		own.once, own.gather, own.parts, own.value = nil, nil, nil, countAll
		if m.leaf.gather != nil { // a condition on what was gathered needs the gathering
			own = *m.leaf
		}
		for _, x := range []struct {
			leaf  *leaf
			where []Filter
			to    *uint64
		}{{&all, nil, &c.Rows}, {&own, q.Where, &c.Counts}} {
			ask := q
			ask.Where, ask.By = x.where, nil
			n, err := e.countRows(ctx, x.leaf, ask)
			if err != nil {
				return nil, err
			}
			*x.to = n
		}
		list = append(list, c)
	}
	return list, nil
}

// leaves are the metrics of rows that m is computed from, each once; m itself where it is one.
func (m *Metric) leaves() []*Metric {
	var list []*Metric
	var walk func(m *Metric)
	walk = func(m *Metric) {
		if m.leaf != nil && (m.Kind == Flow || m.Kind == Stock) {
			if !slices.Contains(list, m) {
				list = append(list, m)
			}
			return
		}
		for _, a := range m.args {
			walk(a)
		}
	}
	walk(m)
	return list
}

func (e *Engine) countRows(ctx context.Context, lf *leaf, q Query) (uint64, error) {
	k := &compiler{Catalog: e.Catalog, q: q, w: window{From: q.From, To: q.To}, params: map[string]string{}}
	sql := k.leaf(lf, nil)
	var n uint64
	rows, err := e.rows(ctx, warehouse.Statement{SQL: sql, Params: k.params, Tag: "metric.counted"})
	for _, r := range rows {
		n += r.n
	}
	return n, err
}
