// Package veil says what is hidden from whoever comes by the door for agents, whatever their role: datasets, columns, columns by
// what they say of a person, and figures of fewer people than elsewhere. It only ever hides: what an account may not see stays
// unseen. It is pure, and what it cannot make out is hidden.
package veil

import (
	"fmt"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/expression"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/declare"
)

// Hide is what is declared.
type Hide struct {
	Datasets []string           `yaml:"datasets"`
	Columns  []string           `yaml:"columns"`
	Marks    []dataset.Personal `yaml:"marks"`
	Below    int                `yaml:"below"`
}

// mostBelow is the greatest number of people below which figures are hidden, as of the rule for everybody.
const mostBelow = 100

// Declared says what is declared of what is hidden.
func (Hide) Declared() declare.Keys {
	return declare.Keys{
		"datasets": {Zh: "整个不给看的数据集：依据它们的指标、装入和拒收都没有", En: "datasets of which nothing is told: no metric that rests on them, no load, no refused cell", Example: "[benefits]"},
		"columns":  {Zh: "不给看的列，数据集.列：不能按它拆分和筛选，拒收的单元格里写了什么也不给；依据它算出的合计仍在", En: "columns, DATASET.COLUMN, whose values are not told: nothing is cut or filtered by them and what stands in their refused cells is hidden; totals reckoned from them stay", Example: "[arrivals.enterprise]"},
		"marks":    {Zh: "按个人信息标记不给看的列：id 证件号，name 姓名，phone 电话", En: "columns that are hidden by what they say of a person: id, name, phone", Example: "[name, phone]"},
		"below":    {Zh: "少于这么多人的数不给看，不论角色；只会比 privacy.small 更严", En: "figures of fewer people than this are hidden, whatever the role; never less strict than privacy.small", Default: "0", Example: "10"},
	}
}

// Veil hides.
type Veil struct {
	hide     Hide
	datasets map[string]bool
	columns  map[string]map[string]bool // dataset -> its columns
}

// New reads what is declared against the datasets there are. A name that is none of them is refused: what was meant by it would be
// shown.
func New(h Hide, sets []*dataset.Dataset) (*Veil, error) {
	v := &Veil{hide: h, datasets: map[string]bool{}, columns: map[string]map[string]bool{}}
	if h.Below != 0 && (h.Below < 2 || h.Below > mostBelow) {
		return nil, Refusal{codes.Text{Zh: fmt.Sprintf("agents.hide.below: %d：要 0，或 2 至 %d", h.Below, mostBelow), En: fmt.Sprintf("agents.hide.below: %d: want 0, or 2 to %d", h.Below, mostBelow)}}
	}
	of := func(name string) *dataset.Dataset {
		if i := slices.IndexFunc(sets, func(d *dataset.Dataset) bool { return d.Name == name }); i >= 0 {
			return sets[i]
		}
		return nil
	}
	for _, name := range h.Datasets {
		if of(name) == nil {
			return nil, Refusal{codes.Text{Zh: fmt.Sprintf("agents.hide.datasets: 没有数据集 %q", name), En: fmt.Sprintf("agents.hide.datasets: there is no dataset %q", name)}}
		}
		v.datasets[name] = true
	}
	for _, m := range h.Marks {
		if !slices.Contains([]dataset.Personal{dataset.PersonalID, dataset.PersonalName, dataset.PersonalPhone}, m) {
			return nil, Refusal{codes.Text{Zh: fmt.Sprintf("agents.hide.marks: 没有标记 %q，可选 id、name、phone", m), En: fmt.Sprintf("agents.hide.marks: there is no mark %q; choose id, name, phone", m)}}
		}
	}
	for _, d := range sets {
		for _, c := range d.Columns {
			if c.Personal != "" && slices.Contains(h.Marks, c.Personal) {
				v.column(d, c.Name)
			}
		}
	}
	for _, text := range h.Columns {
		name, column, _ := strings.Cut(text, ".")
		d := of(name)
		if d == nil || d.Column(column) == nil {
			return nil, Refusal{codes.Text{Zh: fmt.Sprintf("agents.hide.columns: 没有 %q，写作 数据集.列", text), En: fmt.Sprintf("agents.hide.columns: there is no %q; write DATASET.COLUMN", text)}}
		}
		v.column(d, column)
	}
	return v, nil
}

// Refusal is why a declaration is not taken.
type Refusal struct{ Text codes.Text }

func (r Refusal) Error() string { return r.Text.Zh + " / " + r.Text.En }

// column hides a column and those that are read from it.
func (v *Veil) column(d *dataset.Dataset, name string) {
	if v.columns[d.Name] == nil {
		v.columns[d.Name] = map[string]bool{}
	}
	if v.columns[d.Name][name] {
		return
	}
	v.columns[d.Name][name] = true
	for _, c := range d.Columns {
		if c.Of == name {
			v.column(d, c.Name)
		}
	}
}

// Rows says that rows of some dataset or column are hidden, so that no statement over rows is asked.
func (v *Veil) Rows() bool { return len(v.datasets)+len(v.columns) > 0 || v.hide.Below > 0 }

// Few says that figures of few people are hidden, whoever asks.
func (v *Veil) Few() bool { return v.hide.Below > 0 }

// Rule is how figures of few people are hidden: as everywhere, or more strictly.
func (v *Veil) Rule(r small.Rule) small.Rule {
	if !v.Few() {
		return r
	}
	return r.Stricter(v.hide.Below)
}

// Dataset says that nothing of a dataset is told.
func (v *Veil) Dataset(name string) bool { return v.datasets[name] }

// Column says that what stands in a column of a dataset is hidden; so is what stands in none that is known.
func (v *Veil) Column(d *dataset.Dataset, name string) bool {
	switch hidden := len(v.columns) > 0; {
	case d == nil:
		return hidden || len(v.datasets) > 0
	case v.datasets[d.Name]:
		return true
	case d.Column(name) == nil: // a whole row, or a heading as it was written
		return len(v.columns[d.Name]) > 0
	}
	return v.columns[d.Name][name]
}

// Metric says that a metric rests on a dataset of which nothing is told.
func (v *Veil) Metric(m *metric.Metric) bool {
	return slices.ContainsFunc(append(m.Datasets(), m.Lookups()...), v.Dataset)
}

// Dim says that a dimension of a metric has its keys from a column that is hidden.
func (v *Veil) Dim(c *metric.Catalog, m *metric.Metric, dim string) bool {
	return len(v.columns) > 0 && slices.ContainsFunc(m.Leaves(), func(leaf *metric.Metric) bool { return v.reads(c, leaf, dim) })
}

// Dims are those of a metric that are not hidden.
func (v *Veil) Dims(c *metric.Catalog, m *metric.Metric) []string {
	return slices.DeleteFunc(m.Dims(), func(dim string) bool { return v.Dim(c, m, dim) })
}

// reads says that the expression by which rows are cut reads a column that is hidden.
func (v *Veil) reads(c *metric.Catalog, leaf *metric.Metric, dim string) bool {
	text, from := dim, leaf.From
	if d := c.Dimension(dim); d != nil && d.Expr != "" {
		text = d.Expr
	}
	own, gathered := false, map[string]string{}
	for m, n := leaf, 0; m != nil && n < 20; m, n = c.Metric(m.Like), n+1 { // what a metric is like, it takes over
		if i := slices.IndexFunc(m.Cut, func(u metric.DimUse) bool { return u.Name == dim }); i >= 0 && !own {
			if own = true; m.Cut[i].Expr != "" {
				text = m.Cut[i].Expr
			}
		}
		if from = m.From; m.Gather != nil {
			gathered[m.Gather.As] = m.Gather.Take
		}
		if m.Like == "" {
			break
		}
	}
	used, ok := words(text)
	if !ok {
		return true
	}
	for _, w := range used {
		if take, ok := gathered[w]; ok {
			used = append(used, take)
		}
	}
	hidden := func(name string, used []string) bool {
		return slices.ContainsFunc(used, func(w string) bool { return v.columns[name][w] })
	}
	if len(from.Union) == 0 {
		return hidden(from.Dataset, used)
	}
	return slices.ContainsFunc(from.Union, func(part metric.UnionPart) bool {
		for _, w := range used {
			if of, ok := words(part.Select[w]); !ok || hidden(part.Dataset, of) {
				return true
			}
		}
		return false
	})
}

// words are the names in an expression; false where it cannot be read.
func words(text string) (out []string, ok bool) {
	for text != "" {
		t, err := expression.Next(text)
		if err != nil {
			return nil, false
		}
		if t.Kind == expression.Word {
			out = append(out, t.Text)
		}
		text = text[len(t.Text):]
	}
	return out, true
}
