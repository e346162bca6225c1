package metric

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// Persons are the columns by which the people behind a metric of rows are told apart: those that its value counts, else that
// in the key of its dataset, where a row is somebody's. None: its rows are not people.
func (c *Catalog) Persons(m *Metric) (columns []string) {
	lf := m.leaf
	not := func(name string) bool {
		if lf.types != nil {
			return lf.types[name] == nil || lf.types[name].Type != dataset.Person
		}
		return slices.ContainsFunc(lf.from.Union, func(part UnionPart) bool {
			own := c.datasets[part.Dataset].Column(part.Select[name])
			return own == nil || own.Type != dataset.Person
		})
	}
	columns = slices.DeleteFunc(slices.Clone(lf.value.Columns), not)
	if own := c.datasets[lf.from.Dataset]; len(columns) == 0 && own != nil {
		return slices.DeleteFunc(slices.Clone(own.Key), not)
	}
	if len(columns) == 0 && !not("person") {
		columns = []string{"person"}
	}
	return columns
}

// Behind writes a metric of rows as Statement does, cut by the dimensions of q, with further aggregates over the rows behind
// each number as _v0, _v1, ... They are not taken from a declaration. at says which _v is the number of m where the statement
// answers for other metrics as well; below 0: _value is.
func (c *Catalog) Behind(m *Metric, q Query, w Timeline, more ...string) (s warehouse.Statement, at int) {
	lf, at := c.beside(m, more)
	return c.Statement(&Metric{Kind: m.Kind, leaf: &lf}, q, w), at
}

// beside is the leaf of m with further aggregates, and where its own value is among them. What m's persons are told from and
// what was gathered of them is dear: one statement counts it for all metrics that differ in their value alone.
func (c *Catalog) beside(m *Metric, more []string) (lf leaf, at int) {
	lf, at = *m.leaf, -1
	for _, text := range more {
		if per := c.known(&lf); per != "" && text == "uniqExact("+per+")" && lf.single() {
			lf.behind = append(lf.behind, sqlExpr{Text: "count()"}) // a row of each
			continue
		}
		lf.behind = append(lf.behind, sqlExpr{Text: text, Columns: c.Persons(m)})
	}
	all := c.alike(m)
	for i, o := range all {
		if lf.behind = append(lf.behind, o.leaf.value); o == m {
			at = len(more) + i
		}
	}
	if len(all) > 0 {
		lf.value = all[0].leaf.value
	}
	return lf, at
}

// Shared writes what a ratio is made of, where one statement answers for other ratios as well: at says which _v its inputs are;
// nil where it is asked by its own.
func (c *Catalog) Shared(m *Metric, q Query, w Timeline) (s warehouse.Statement, at []int) {
	if m.Kind != Ratio || m.Over != "" || slices.Contains(m.totals, true) || len(m.args) == 0 {
		return s, nil
	}
	list := c.alike(m.args[0])
	for _, a := range m.args {
		if at = append(at, slices.Index(list, a)); slices.Contains(at, -1) {
			return s, nil
		}
	}
	s, _ = c.Behind(m.args[0], q, w)
	return s, at
}

// single says that a row that is chosen of a person stays one: see patterns.
func (lf *leaf) single() bool { return lf.types != nil || lf.gather == nil || lf.gather.Where != "" }

// alike are the metrics that count the same person's rows as m and gather the same of them, m among them; none where m gathers
// nothing, nobody else does, or more than 16 do.
func (c *Catalog) alike(m *Metric) (list []*Metric) {
	gathers := func(m *Metric) bool {
		return m.Kind == Flow && m.leaf != nil && m.leaf.once != nil && m.leaf.gather != nil && (m.leaf.single() || len(c.Persons(m)) > 0) && m.leaf.parts == nil
	}
	if !gathers(m) {
		return nil
	}
	own := *m.leaf
	own.value = sqlExpr{}
	for _, name := range slices.Sorted(maps.Keys(c.byName)) {
		o := c.byName[name]
		if !gathers(o) || !slices.Equal(c.Persons(o), c.Persons(m)) {
			continue
		}
		other := *o.leaf
		if other.value = own.value; o == m || reflect.DeepEqual(own, other) {
			list = append(list, o)
		}
	}
	if len(list) < 2 || len(list) > 16 || !slices.Contains(list, m) {
		return nil
	}
	return list
}

// Totals says of each input of a formula whether it stands in total(), past the dimensions of Whole.
func (m *Metric) Totals() []bool { return m.totals }

// Refines is the metric of which m counts a part, row by row; nil where it counts something of its own.
func (c *Catalog) Refines(m *Metric) *Metric {
	if m.Like == "" || m.And == "" && !slices.ContainsFunc(m.leaf.value.Calls, func(f string) bool { return strings.HasSuffix(f, "If") || f == "if" }) {
		return nil
	}
	return c.byName[m.Like]
}

// Grows says that a row of a stock, once it counts, counts for good.
func (m *Metric) Grows() bool {
	return m.leaf.stock && len(m.leaf.until) == 0 && m.leaf.since.Text != ""
}

// Dated says that m is made of events only, each of which counts on the business date of its row, so that nothing but the
// rows of some days decides on its numbers of these days.
func (c *Catalog) Dated(m *Metric) bool {
	return !slices.ContainsFunc(m.Leaves(), func(leaf *Metric) bool { return !c.dated(leaf.leaf) }) && m.Kind != MethodKind && !m.StandsOnMethods()
}

func (c *Catalog) dated(lf *leaf) bool {
	if lf == nil || lf.stock || lf.gather != nil || lf.shift != 0 {
		return false
	}
	parts := lf.from.Union
	if parts == nil {
		parts = []UnionPart{{Dataset: lf.from.Dataset, Select: map[string]string{lf.time.Text: lf.time.Text}}}
	}
	return !slices.ContainsFunc(parts, func(part UnionPart) bool {
		date := c.datasets[part.Dataset].BusinessDate()
		return date == nil || date.Type != dataset.Date || date.Name != part.Select[lf.time.Text]
	})
}
