package metric

import (
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
// each number as _v0, _v1, ... They are not taken from a declaration.
func (c *Catalog) Behind(m *Metric, q Query, w Timeline, more ...string) warehouse.Statement {
	lf := *m.leaf
	for _, text := range more {
		lf.behind = append(lf.behind, sqlExpr{Text: text, Columns: c.Persons(m)})
	}
	return c.Statement(&Metric{Kind: m.Kind, leaf: &lf}, q, w)
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
