package metric

import (
	"slices"
	"strings"

	"yanzhen/pipeline/dataset"
)

// Rows is the aggregate of a metric of rows, which nobody changes; nil of any other.
func (m *Metric) Rows() *Leaf { return m.leaf }

// Persons are the columns by which the people behind a metric of rows are told apart: those that its value counts, else that
// in the key of its dataset, where a row is somebody's. None: its rows are not people.
func (c *Catalog) Persons(m *Metric) (columns []string) {
	lf := m.leaf
	not := func(name string) bool {
		if lf.Types != nil {
			return lf.Types[name] == nil || lf.Types[name].Type != dataset.Person
		}
		return slices.ContainsFunc(lf.From.Union, func(part UnionPart) bool {
			own := c.datasets[part.Dataset].Column(part.Select[name])
			return own == nil || own.Type != dataset.Person
		})
	}
	columns = slices.DeleteFunc(slices.Clone(lf.Value.Columns), not)
	if own := c.datasets[lf.From.Dataset]; len(columns) == 0 && own != nil {
		return slices.DeleteFunc(slices.Clone(own.Key), not)
	}
	if len(columns) == 0 && !not("person") {
		columns = []string{"person"}
	}
	return columns
}

// Totals says of each input of a formula whether it stands in total(), past the dimensions of Whole.
func (m *Metric) Totals() []bool { return m.totals }

// Refines is the metric of which m counts a part, row by row; nil where it counts something of its own.
func (c *Catalog) Refines(m *Metric) *Metric {
	if m.Like == "" || m.And == "" && !slices.ContainsFunc(m.leaf.Value.Calls, func(f string) bool { return strings.HasSuffix(f, "If") || f == "if" }) {
		return nil
	}
	return c.byName[m.Like]
}

// Grows says that a row of a stock, once it counts, counts for good.
func (m *Metric) Grows() bool {
	return m.leaf.Stock && len(m.leaf.Until) == 0 && m.leaf.Since.Text != ""
}

// Dated says that m is made of events only, each of which counts on the business date of its row, so that nothing but the
// rows of some days decides on its numbers of these days.
func (c *Catalog) Dated(m *Metric) bool {
	return !slices.ContainsFunc(m.Leaves(), func(leaf *Metric) bool { return !c.dated(leaf.leaf) }) && m.Kind != MethodKind && !m.StandsOnMethods()
}

func (c *Catalog) dated(lf *Leaf) bool { return lf != nil && lf.Gather == nil && c.onBusinessDate(lf) }

// OnBusinessDate says that m counts rows, each on its business date, so that there is nothing to count before the first of
// these: what the ledger says of days is said of its numbers.
func (c *Catalog) OnBusinessDate(m *Metric) bool { return m.leaf != nil && c.onBusinessDate(m.leaf) }

func (c *Catalog) onBusinessDate(lf *Leaf) bool {
	if lf.Stock || lf.Shift != 0 {
		return false
	}
	parts := lf.From.Union
	if parts == nil {
		parts = []UnionPart{{Dataset: lf.From.Dataset, Select: map[string]string{lf.Time.Text: lf.Time.Text}}}
	}
	return !slices.ContainsFunc(parts, func(part UnionPart) bool {
		date := c.datasets[part.Dataset].BusinessDate()
		return date == nil || date.Type != dataset.Date || date.Name != part.Select[lf.Time.Text]
	})
}
