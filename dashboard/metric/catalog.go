package metric

import (
	"cmp"
	"maps"
	"slices"
	"strconv"

	"yanzhen/dashboard/metric/formula"
	"yanzhen/dashboard/metric/method"
	"yanzhen/dashboard/metric/stated"
	"yanzhen/dashboard/roman"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/declare"
)

// Kind says how a metric is computed.
type Kind string

// The kinds.
const (
	Flow        Kind = "flow"     // rows whose time lies in the period
	Stock       Kind = "stock"    // rows valid on the last day of the period; never summed over periods
	Mean        Kind = "mean"     // mean of a stock on the day before the period and on its last day
	Ratio       Kind = "ratio"    // numerator / denominator x scale
	Formula     Kind = "formula"  // arithmetic over other metrics
	Growth      Kind = "growth"   // a metric against the same metric earlier, in percent
	Forecasting Kind = "forecast" // a metric carried on beyond the data
	MethodKind  Kind = "method"   // a function of package analysis over metrics cut by one dimension
)

// Metric is one declared number. It is read-only once loaded.
type Metric struct {
	Name       string     `yaml:"name"`
	ID         string     `yaml:"id"` // number in the indicator system; empty: none
	Title      codes.Text `yaml:"title"`
	Definition codes.Text `yaml:"definition"` // 口径
	Unit       Unit       `yaml:"unit"`
	Direction  string     `yaml:"direction"` // up: more is better; down; context
	Sentence   []string   `yaml:"sentence"`  // which sentences of the yearly speech it answers
	Every      days.Grain `yaml:"every"`     // the shortest period it is meant for
	Kind       Kind       `yaml:"kind"`
	Over       string     `yaml:"over"`   // compute per value of this dimension: formula sums over it, method takes it as the vector
	Record     bool       `yaml:"record"` // mark a period greater than every one before
	Cause      []string   `yaml:"cause"`  // the dimensions by which a red number is traced, two at most; empty: see Steps

	RowSpec     `yaml:",inline"`
	RatioSpec   `yaml:",inline"`
	FormulaSpec `yaml:",inline"`
	ChangeSpec  `yaml:",inline"`
	MethodSpec  `yaml:",inline"`

	file     *declare.File
	at       string // its path in the file
	leaf     *Leaf  // flow and stock
	parts           // the others
	dims     []string
	datasets []string
	lookups  []string // datasets only looked into, such as the calendar: they have no say in the dates
}

// parts are the metrics that a metric is computed of.
type parts struct {
	tree   *formula.Formula // formula and ratio
	args   []*Metric        // of a tree, a method, a mean or a growth
	totals []bool           // of a tree: which args stand in total()
}

// RowSpec is declared of a flow and a stock: an aggregate over the rows of a dataset.
type RowSpec struct {
	Like  string `yaml:"like"`  // begin with the fields of this metric ...
	And   string `yaml:"and"`   // ... and keep only the rows it counts that also meet this
	Moved string `yaml:"shift"` // ... and let each row count so much later: 1 month (a lag), -1 quarter (a lead)
	From  From   `yaml:"from"`
	Where string `yaml:"where"`
	Value string `yaml:"value"`
	None  string `yaml:"empty"` // flow: zero or missing, where a period has no row; empty: as the submissions say
	Time  string `yaml:"time"`  // flow: the date, a column or an expression
	Valid Valid  `yaml:"valid"` // stock: the first day and the first day no more
	Once  *Once  `yaml:"once"`
	// Gather joins the other rows of the same once.per.
	Gather *Gather  `yaml:"gather"`
	Cut    []DimUse `yaml:"dims"`
}

// RatioSpec is declared of a ratio; Ripe also of any other figure that still grows after its period.
type RatioSpec struct {
	Numerator   string  `yaml:"numerator"`
	Denominator string  `yaml:"denominator"`
	Scale       float64 `yaml:"scale"`
	Ripe        string  `yaml:"ripe"` // how long after a period its figure ripens: 6 months, 90 days; empty: at once
}

// FormulaSpec is declared of a formula.
type FormulaSpec struct {
	Formula string   `yaml:"formula"`
	Whole   []string `yaml:"whole"` // the dimensions that total() looks past
}

// ChangeSpec is declared of what stands on one metric: a mean, a growth, a forecast.
type ChangeSpec struct {
	Of      string  `yaml:"of"`
	Against Compare `yaml:"against"`
}

// MethodSpec is declared of a method and a forecast.
type MethodSpec struct {
	Method    string         `yaml:"method"`
	Args      []string       `yaml:"args"`
	Reference string         `yaml:"reference"` // the dimension past which the metric is its own reference
	Documents string         `yaml:"documents"` // tf_idf, idf
	Options   method.Options `yaml:"options"`
	Output    string         `yaml:"output"`  // one of the further numbers of the method, in place of its own
	Weights   string         `yaml:"weights"` // a metric: how many members each value stands for
}

// Way is the method of m, told what its declaration says: of which output it is the number, and whether it has weights.
func (m *Metric) Way() method.Method {
	f, _ := method.Named(m.Method)
	return f.With(m.Weights).Giving(m.Output)
}

// Dims returns the dimensions the metric can be cut and filtered by.
func (m *Metric) Dims() []string { return slices.Clone(m.dims) }

// Datasets returns the datasets behind the metric, sorted.
func (m *Metric) Datasets() []string { return slices.Clone(m.datasets) }

// From names the dataset a metric reads, or a union of several.
type From struct {
	Dataset string      `yaml:",alone"`
	Union   []UnionPart `yaml:"union"`
}

// UnionPart is one dataset of a union: Select gives each column of the union as an expression over
// the dataset's columns.
type UnionPart struct {
	Dataset string            `yaml:"dataset"`
	Select  map[string]string `yaml:"select"`
	Where   string            `yaml:"where"`
}

// Valid says when a row of a stock counts: from the day in From (a blank one: always) to the day
// before the earliest in To (a blank one: for good).
type Valid struct {
	From string   `yaml:"from"`
	To   []string `yaml:"to"`
}

// Once keeps one row per values of Per in each period: the first in the order of Keep.
type Once struct {
	Per  declare.Several `yaml:"per"`
	Keep declare.Several `yaml:"keep"` // "column" or "column desc"; first: as the rows stand in the file
}

// DimUse is one dimension of one metric: a name takes the expression of the dimension itself, a
// mapping {name: expression} gives another one.
type DimUse struct {
	Name string            `yaml:",alone"`
	Expr string            `yaml:"-"`
	Own  map[string]string `yaml:",inline"`
}

// Settle takes the one entry of a mapping.
func (u *DimUse) Settle(f *declare.File, path string) {
	if u.Own == nil {
		return
	}
	if len(u.Own) != 1 {
		f.Fault(path, "应为维度名，或 {维度名: 表达式}", "want the name of a dimension, or {name: expression}")
	}
	for name, expr := range u.Own {
		u.Name, u.Expr = name, expr
	}
	u.Own = nil
}

// Dimension is a way to cut metrics.
type Dimension struct {
	Name   string                `yaml:"name"`
	Title  codes.Text            `yaml:"title"`
	Expr   string                `yaml:"expr"`   // over the dataset's columns; empty: the column of the dimension's name
	List   string                `yaml:"list"`   // code list that names the keys
	Also   []string              `yaml:"also"`   // more lists, where several datasets have their own
	Labels map[string]codes.Text `yaml:"labels"` // names of keys, before the list's
	Order  []string              `yaml:"order"`  // keys in the order people expect; empty: by value

	file *declare.File
	at   string // its path in the file
}

// Catalog is every metric and dimension.
type Catalog struct {
	metrics    []*Metric
	byName     map[string]*Metric
	dimensions map[string]*Dimension
	datasets   map[string]*dataset.Dataset
	lists      *codes.Lists
	latin      *roman.Writer // of names without a list
	newYears   days.NewYears
	faulty     map[*Metric]bool // what they stand on is not known
	unread     bool             // a file could not be read: what it declares is not known
	plan       *stated.Plan     // what is kept beside rows; nil: nothing
}

// Metrics returns all metrics in the order of files and lines.
func (c *Catalog) Metrics() []*Metric { return slices.Clone(c.metrics) }

// Metric returns the metric of that name, nil where there is none.
func (c *Catalog) Metric(name string) *Metric { return c.byName[name] }

// Faulty says that a metric is declared with a fault: it cannot be asked, and its dimensions are not known.
func (c *Catalog) Faulty(m *Metric) bool { return c.faulty[m] }

// Unread says that a file could not be read, so that a name may be declared which the catalogue lacks.
func (c *Catalog) Unread() bool { return c.unread }

// DimensionNames are the names of all dimensions in order.
func (c *Catalog) DimensionNames() []string { return slices.Sorted(maps.Keys(c.dimensions)) }

// Dimension returns the dimension of that name, nil where there is none.
func (c *Catalog) Dimension(name string) *Dimension { return c.dimensions[name] }

// Label returns what people call a key of a dimension; the key itself where nobody named it.
func (c *Catalog) Label(dim, key string) codes.Text {
	if key == "" {
		return codes.Text{Zh: "未填", En: "Not stated"}
	}
	d := cmp.Or(c.dimensions[dim], &Dimension{})
	if t, ok := d.Labels[key]; ok {
		return t
	}
	for _, name := range append([]string{d.List}, d.Also...) {
		if name == "" || c.lists == nil || c.lists.Get(name) == nil {
			continue
		}
		list := c.lists.Get(name)
		for _, v := range list.Values {
			if v.Code == key || list.Ranked && strconv.Itoa(v.Rank) == key {
				return codes.Text{Zh: v.Zh, En: v.En}
			}
		}
	}
	return codes.Text{Zh: key, En: c.latin.Name(key)}
}

// Dataset returns the declaration of a dataset, nil where there is none.
func (c *Catalog) Dataset(name string) *dataset.Dataset { return c.datasets[name] }

// List returns a code list, nil where there is none.
func (c *Catalog) List(name string) *codes.List {
	if c.lists == nil {
		return nil
	}
	return c.lists.Get(name)
}

// Use says what is kept beside the rows; nil: nothing. It is called before anybody asks.
func (c *Catalog) Use(plan *stated.Plan) { c.plan = plan }

// Plan is what Use has said; nil: nothing is kept.
func (c *Catalog) Plan() *stated.Plan { return c.plan }
