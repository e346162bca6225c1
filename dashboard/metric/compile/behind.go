package compile

import (
	"reflect"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/warehouse"
)

// Behind writes a metric of rows as Statement does, cut by the dimensions of q, with further aggregates over the rows behind
// each number as _v0, _v1, ... They are not taken from a declaration. at says which _v is the number of m where the statement
// answers for other metrics as well; below 0: _value is.
func Behind(c *metric.Catalog, m *metric.Metric, q metric.Query, w metric.Timeline, more ...string) (s warehouse.Statement, at int) {
	lf, at := beside(c, m, more)
	return written(c, q, w, q.Metric, func(k *compiler) string {
		return k.leaf(&lf, q.By) + "\norder by " + strings.Join(keys(q.By), ", ")
	}), at
}

// beside is the leaf of m with further aggregates, and where its own value is among them. What m's persons are told from and
// what was gathered of them is dear: one statement counts it for all metrics that differ in their value alone.
func beside(c *metric.Catalog, m *metric.Metric, more []string) (lf leaf, at int) {
	lf, at = *leafOf(m), -1
	for _, text := range more {
		if per := known(c, &lf); per != "" && text == "uniqExact("+per+")" && single(&lf.Leaf) {
			lf.behind = append(lf.behind, sqlExpr{Text: "count()"}) // a row of each
			continue
		}
		lf.behind = append(lf.behind, sqlExpr{Text: text, Columns: c.Persons(m)})
	}
	all := alike(c, m)
	for i, o := range all {
		if lf.behind = append(lf.behind, o.Rows().Value); o == m {
			at = len(more) + i
		}
	}
	if len(all) > 0 {
		lf.Value = all[0].Rows().Value
	}
	return lf, at
}

// Shared writes what a ratio is made of, where one statement answers for other ratios as well: at says which _v its inputs are;
// nil where it is asked by its own.
func Shared(c *metric.Catalog, m *metric.Metric, q metric.Query, w metric.Timeline) (s warehouse.Statement, at []int) {
	if m.Kind != metric.Ratio || m.Over != "" || slices.Contains(m.Totals(), true) || len(m.Inputs()) == 0 {
		return s, nil
	}
	list := alike(c, m.Inputs()[0])
	for _, a := range m.Inputs() {
		if at = append(at, slices.Index(list, a)); slices.Contains(at, -1) {
			return s, nil
		}
	}
	s, _ = Behind(c, m.Inputs()[0], q, w)
	return s, at
}

// single says that a row that is chosen of a person stays one: see patterns.
func single(lf *metric.Leaf) bool {
	return lf.Types != nil || lf.Gather == nil || lf.Gather.Where != ""
}

// alike are the metrics that count the same person's rows as m and gather the same of them, m among them; none where m gathers
// nothing, nobody else does, or more than 16 do.
func alike(c *metric.Catalog, m *metric.Metric) (list []*metric.Metric) {
	gathers := func(m *metric.Metric) bool {
		lf := m.Rows()
		return m.Kind == metric.Flow && lf != nil && lf.Once != nil && lf.Gather != nil && (single(lf) || len(c.Persons(m)) > 0)
	}
	if !gathers(m) {
		return nil
	}
	own := *m.Rows()
	own.Value = sqlExpr{}
	for _, o := range byName(c) {
		if !gathers(o) || !slices.Equal(c.Persons(o), c.Persons(m)) {
			continue
		}
		other := *o.Rows()
		if other.Value = own.Value; o == m || reflect.DeepEqual(own, other) {
			list = append(list, o)
		}
	}
	if len(list) < 2 || len(list) > 16 || !slices.Contains(list, m) {
		return nil
	}
	return list
}
