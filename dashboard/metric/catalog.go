package metric

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
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
	Every      Grain      `yaml:"every"`     // the shortest period it is meant for
	Kind       Kind       `yaml:"kind"`

	// Flow and stock: an aggregate over the rows of a dataset.
	Like  string `yaml:"like"` // begin with the fields of this metric ...
	And   string `yaml:"and"`  // ... and keep only the rows it counts that also meet this
	From  From   `yaml:"from"`
	Where string `yaml:"where"`
	Value string `yaml:"value"`
	Time  string `yaml:"time"`  // flow: the date, a column or an expression
	Valid Valid  `yaml:"valid"` // stock: the first day and the first day no more
	Once  *Once  `yaml:"once"`
	// Gather joins the other rows of the same once.per.
	Gather *Gather `yaml:"gather"`
	Cut    DimList `yaml:"dims"`

	// Over other metrics.
	Numerator   string            `yaml:"numerator"`
	Denominator string            `yaml:"denominator"`
	Scale       float64           `yaml:"scale"` // ratio; 0 is 1
	Formula     string            `yaml:"formula"`
	Whole       []string          `yaml:"whole"` // formula: the dimensions that total() looks past
	Over        string            `yaml:"over"`  // compute per value of this dimension: formula sums over it, method takes it as the vector
	Of          string            `yaml:"of"`
	Against     Compare           `yaml:"against"`
	Method      string            `yaml:"method"`
	Args        []string          `yaml:"args"`
	Reference   string            `yaml:"reference"` // method: the dimension past which the metric is its own reference
	Documents   string            `yaml:"documents"` // method tf_idf, idf
	Options     map[string]Option `yaml:"options"`
	Record      bool              `yaml:"record"` // mark a period greater than every one before
	Cause       []string          `yaml:"cause"`  // the dimensions by which a red number is traced, two at most; empty: see Steps

	file     string
	line     int
	leaf     *leaf // flow and stock
	tree     *formula
	args     []*Metric // of a tree, a method, a mean or a growth
	totals   []bool    // of a tree: which args stand in total()
	dims     []string
	datasets []string
	lookups  []string // datasets only looked into, such as the calendar: they have no say in the dates
}

// Dims returns the dimensions the metric can be cut and filtered by.
func (m *Metric) Dims() []string { return slices.Clone(m.dims) }

// Datasets returns the datasets behind the metric, sorted.
func (m *Metric) Datasets() []string { return slices.Clone(m.datasets) }

// From names the dataset a metric reads, or a union of several.
type From struct {
	Dataset string
	Union   []UnionPart
}

// UnionPart is one dataset of a union: Select gives each column of the union as an expression over
// the dataset's columns.
type UnionPart struct {
	Dataset string            `yaml:"dataset"`
	Select  map[string]string `yaml:"select"`
	Where   string            `yaml:"where"`
}

// UnmarshalYAML reads `from: arrivals` or `from: {union: [...]}`.
func (f *From) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		f.Dataset = n.Value
		return nil
	}
	if err := onlyKeys(n, "union"); err != nil {
		return err
	}
	var u struct{ Union []UnionPart }
	if err := n.Decode(&u); err != nil {
		return err
	}
	for _, item := range n.Content[1].Content {
		if err := onlyKeys(item, "dataset", "select", "where"); err != nil {
			return err
		}
	}
	f.Union = u.Union
	return nil
}

// Valid says when a row of a stock counts: from the day in From (a blank one: always) to the day
// before the earliest in To (a blank one: for good).
type Valid struct {
	From string   `yaml:"from"`
	To   []string `yaml:"to"`
}

// Once keeps one row per value of Per in each period: the first in the order of Keep.
type Once struct {
	Per  string   `yaml:"per"`
	Keep []string `yaml:"keep"` // "column" or "column desc"
}

// DimList holds a leaf's dimensions: a name takes the expression of the dimension itself, a
// mapping {name: expression} gives another one.
type DimList []DimUse

// DimUse is one dimension of one metric.
type DimUse struct{ Name, Expr string }

// UnmarshalYAML reads a list of names and one-entry mappings.
func (l *DimList) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind != yaml.SequenceNode {
		return fmt.Errorf("line %d: dims must be a list", n.Line)
	}
	for _, item := range n.Content {
		switch {
		case item.Kind == yaml.ScalarNode:
			*l = append(*l, DimUse{Name: item.Value})
		case item.Kind == yaml.MappingNode && len(item.Content) == 2 && item.Content[1].Kind == yaml.ScalarNode:
			*l = append(*l, DimUse{item.Content[0].Value, item.Content[1].Value})
		default:
			return fmt.Errorf("line %d: a dimension is a name or {name: expression}", item.Line)
		}
	}
	return nil
}

func onlyKeys(n *yaml.Node, keys ...string) error {
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: expected a mapping with %s", n.Line, strings.Join(keys, ", "))
	}
	for i := 0; i < len(n.Content); i += 2 {
		if !slices.Contains(keys, n.Content[i].Value) {
			return fmt.Errorf("line %d: unknown key %q (have %s)", n.Content[i].Line, n.Content[i].Value, strings.Join(keys, ", "))
		}
	}
	return nil
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

	file string
	line int
}

// leaf is an aggregate over rows, checked and ready to be written as SQL.
type leaf struct {
	stock    bool
	from     From
	where    []sqlExpr // of the metric
	and      []sqlExpr // of what was inherited: after once
	value    sqlExpr
	parts    []sqlExpr // of several leaves in one: their values, in place of value
	time     string
	valid    Valid
	once     *Once
	gather   *Gather
	dims     map[string]sqlExpr
	types    map[string]*dataset.Column // nil for a union
	partial  bool                       // no rows: no value rather than zero
	datasets []string
}

// Catalog is every metric and dimension.
type Catalog struct {
	metrics    []*Metric
	byName     map[string]*Metric
	dimensions map[string]*Dimension
	datasets   map[string]*dataset.Dataset
	lists      *codes.Lists
}

// Metrics returns all metrics in the order of files and lines.
func (c *Catalog) Metrics() []*Metric { return slices.Clone(c.metrics) }

// Metric returns the metric of that name, nil where there is none.
func (c *Catalog) Metric(name string) *Metric { return c.byName[name] }

// Dimension returns the dimension of that name, nil where there is none.
func (c *Catalog) Dimension(name string) *Dimension { return c.dimensions[name] }

// Label returns what people call a key of a dimension; the key itself where nobody named it.
func (c *Catalog) Label(dim, key string) codes.Text {
	if key == "" {
		return codes.Text{Zh: "未填", En: "Not stated"}
	}
	d := c.dimensions[dim]
	if d == nil {
		return codes.Text{Zh: key, En: key}
	}
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
	return codes.Text{Zh: key, En: key}
}

var nameRule = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

// LoadFS reads metrics/*.yaml of fsys. Datasets are those the metrics may read; lists name the keys
// of dimensions and may be nil. Every fault of every file is reported at once, with file and line.
func LoadFS(fsys fs.FS, datasets map[string]*dataset.Dataset, lists *codes.Lists) (*Catalog, error) {
	files, err := fs.Glob(fsys, "metrics/*.yaml")
	if err != nil {
		return nil, err
	}
	l := &loader{Catalog: &Catalog{
		byName: map[string]*Metric{}, dimensions: map[string]*Dimension{}, datasets: datasets, lists: lists,
	}}
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			l.errs = append(l.errs, err)
			continue
		}
		l.read(file, text)
	}
	for _, m := range l.metrics {
		l.resolve(m)
	}
	if len(l.errs) > 0 {
		return nil, errors.Join(l.errs...)
	}
	return l.Catalog, nil
}

type loader struct {
	*Catalog
	errs  []error
	state map[*Metric]int // 1: being resolved, 2: done, 3: failed
	path  []string
}

func (l *loader) fail(file string, line int, format string, args ...any) {
	l.errs = append(l.errs, fmt.Errorf("%s:%d: "+format, append([]any{file, line}, args...)...))
}

var yamlLine = regexp.MustCompile(`^(?:yaml: )?line (\d+): `)

func (l *loader) read(file string, text []byte) {
	var doc struct {
		Dimensions []*Dimension `yaml:"dimensions"`
		Metrics    []*Metric    `yaml:"metrics"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(&doc); err != nil && !errors.Is(err, io.EOF) {
		faults := []string{err.Error()}
		if te := new(yaml.TypeError); errors.As(err, &te) {
			faults = te.Errors
		}
		for _, f := range faults {
			line := 1
			if at := yamlLine.FindStringSubmatch(f); at != nil {
				line, _ = strconv.Atoi(at[1])
				f = f[len(at[0]):]
			}
			l.fail(file, line, "%s", unknownKey(f))
		}
		return
	}
	var root yaml.Node
	if err := yaml.Unmarshal(text, &root); err != nil {
		l.fail(file, 1, "%v", err)
		return
	}
	lines := itemLines(&root)
	for i, d := range doc.Dimensions {
		if d == nil {
			l.fail(file, 1, "an empty dimension")
			continue
		}
		d.file, d.line = file, lines["dimensions"][i]
		if d.Expr == "" {
			d.Expr = d.Name
		}
		switch {
		case !nameRule.MatchString(d.Name):
			l.fail(file, d.line, "dimension %q: a name is lower case letters, digits and _", d.Name)
		case l.dimensions[d.Name] != nil:
			l.fail(file, d.line, "dimension %s is declared twice (first at %s:%d): use that one, as dims: [{%s: expression}] where the column is called otherwise, or choose another name and give expr: the column", d.Name, l.dimensions[d.Name].file, l.dimensions[d.Name].line, d.Name)
		case d.Title.Zh == "" || d.Title.En == "":
			l.fail(file, d.line, "dimension %s: title needs zh and en", d.Name)
		case d.List != "" && l.lists != nil && l.lists.Get(d.List) == nil:
			l.fail(file, d.line, "dimension %s: unknown code list %q", d.Name, d.List)
		default:
			for _, name := range d.Also {
				if l.lists != nil && l.lists.Get(name) == nil {
					l.fail(file, d.line, "dimension %s: unknown code list %q", d.Name, name)
				}
			}
			l.dimensions[d.Name] = d
		}
	}
	for i, m := range doc.Metrics {
		if m == nil {
			l.fail(file, 1, "an empty metric")
			continue
		}
		m.file, m.line = file, lines["metrics"][i]
		switch {
		case !nameRule.MatchString(m.Name) || slices.Contains([]string{"max", "min", "total"}, m.Name):
			l.fail(file, m.line, "metric %q: a name is lower case letters, digits and _, and not max, min or total", m.Name)
		case l.byName[m.Name] != nil:
			l.fail(file, m.line, "metric %s is declared twice (first at %s:%d): choose another name", m.Name, l.byName[m.Name].file, l.byName[m.Name].line)
		default:
			l.byName[m.Name] = m
			l.metrics = append(l.metrics, m)
		}
	}
}

var yamlField = regexp.MustCompile(`^field (\S+) not found in type (?:metric\.)?(.+)$`)

// unknownKey adds to what the YAML reader says of a key which keys there are.
func unknownKey(f string) string {
	at := yamlField.FindStringSubmatch(f)
	if at == nil {
		return strings.ReplaceAll(f, " in type metric.", " in a ")
	}
	of, ok := map[string]reflect.Type{
		"Metric": reflect.TypeFor[Metric](), "Dimension": reflect.TypeFor[Dimension](), "Once": reflect.TypeFor[Once](),
		"Gather": reflect.TypeFor[Gather](), "Valid": reflect.TypeFor[Valid](), "UnionPart": reflect.TypeFor[UnionPart](),
	}[at[2]]
	if !ok {
		if strings.HasPrefix(at[2], "struct") {
			return fmt.Sprintf("field %s not found%s", at[1], nearest(at[1], []string{"dimensions", "metrics"}))
		}
		return fmt.Sprintf("field %s not found in a %s", at[1], at[2])
	}
	var keys []string
	for i := range of.NumField() {
		if key, _, _ := strings.Cut(of.Field(i).Tag.Get("yaml"), ","); key != "" && key != "-" {
			keys = append(keys, key)
		}
	}
	return fmt.Sprintf("field %s not found in a %s%s", at[1], at[2], nearest(at[1], keys))
}

// itemLines gives the line of each item of each list at the top of a document.
func itemLines(root *yaml.Node) map[string][]int {
	lines := map[string][]int{}
	if len(root.Content) == 0 || root.Content[0].Kind != yaml.MappingNode {
		return lines
	}
	top := root.Content[0].Content
	for i := 0; i+1 < len(top); i += 2 {
		for _, item := range top[i+1].Content {
			lines[top[i].Value] = append(lines[top[i].Value], item.Line)
		}
	}
	return lines
}

// resolve checks m after what it stands on. It returns false where m cannot be used; the faults
// are in l.errs.
func (l *loader) resolve(m *Metric) bool {
	if l.state == nil {
		l.state = map[*Metric]int{}
	}
	switch l.state[m] {
	case 1:
		at := slices.Index(l.path, m.Name)
		l.fail(m.file, m.line, "metric %s stands on itself: %s", m.Name, strings.Join(append(l.path[at:], m.Name), " -> "))
		return false
	case 2:
		return true
	case 3:
		return false
	}
	l.state[m] = 1
	l.path = append(l.path, m.Name)
	before := len(l.errs)
	ok := l.define(m) && len(l.errs) == before && l.checkCause(m)
	l.path = l.path[:len(l.path)-1]
	if l.state[m] = 3; ok {
		l.state[m] = 2
	}
	return ok
}

// refer finds a metric that m stands on.
func (l *loader) refer(m *Metric, field, name string) *Metric {
	if name == "" {
		l.fail(m.file, m.line, "metric %s: %s is missing", m.Name, field)
		return nil
	}
	other := l.byName[name]
	if other == nil {
		l.fail(m.file, m.line, "metric %s: %s names an unknown metric %q%s", m.Name, field, name, nearest(name, slices.Collect(maps.Keys(l.byName))))
		return nil
	}
	if !l.resolve(other) {
		return nil
	}
	return other
}

var kinds = []Kind{Flow, Stock, Mean, Ratio, Formula, Growth, MethodKind, Forecasting}

func (l *loader) define(m *Metric) bool {
	fail := func(format string, args ...any) bool {
		l.fail(m.file, m.line, "metric "+m.Name+": "+format, args...)
		return false
	}
	if m.Title.Zh == "" || m.Title.En == "" {
		fail("title needs zh and en")
	}
	if m.Definition.Zh == "" || m.Definition.En == "" {
		fail("definition needs zh and en")
	}
	if !m.Unit.known() {
		fail("unknown unit %q: write {zh: 百万欧元, en: million EUR, decimals: 1}, or one of %s", m.Unit.Name, strings.Join(slices.Sorted(maps.Keys(units)), " "))
	}
	if !slices.Contains([]string{"up", "down", "context"}, m.Direction) {
		fail("direction %q (have up, down, context)", m.Direction)
	}
	if _, err := ParseGrain(string(m.Every)); err != nil {
		fail("every %q (have month, quarter, half, year)", m.Every)
	}
	if m.Like != "" {
		base := l.refer(m, "like", m.Like)
		if base == nil {
			return false
		}
		if base.leaf == nil {
			return fail("like %s: only a flow or a stock can be taken over", m.Like)
		}
		if m.Kind != "" && m.Kind != base.Kind {
			return fail("kind %s is not that of %s (%s)", m.Kind, m.Like, base.Kind)
		}
		m.Kind = base.Kind
		if base.Kind == Flow || base.Kind == Stock {
			return l.defineLeaf(m, base.leaf)
		}
	} else if m.And != "" {
		fail("and belongs to like")
	}
	switch m.Kind {
	case Flow, Stock:
		return l.defineLeaf(m, nil)
	case Mean:
		of := l.refer(m, "of", m.Of)
		if of == nil {
			return false
		}
		if of.Kind != Stock {
			return fail("of %s: only a stock has a mean over a period", m.Of)
		}
		m.args = []*Metric{of}
	case Growth:
		of := l.refer(m, "of", m.Of)
		if of == nil {
			return false
		}
		if m.Against != YearOnYear && m.Against != Previous {
			return fail("against %q (have yoy, pop)", m.Against)
		}
		if of.Kind == Growth {
			return fail("of %s: growth of a growth", m.Of)
		}
		if m.Unit != Percent && of.Unit != Percent || of.Unit == Percent && m.Unit != PercentagePoints {
			return fail("unit %s: growth of a count is in %%, of a percentage in pp", m.Unit)
		}
		m.args = []*Metric{of}
	case Ratio:
		if m.Scale == 0 {
			m.Scale = 1
		}
		if m.Unit == Percent && m.Scale != 100 {
			return fail("a percentage has scale: 100")
		}
		return l.overOthers(m, fmt.Sprintf("%s / %s * %s", m.Numerator, m.Denominator, strconv.FormatFloat(m.Scale, 'f', -1, 64)))
	case Formula:
		return l.overOthers(m, m.Formula)
	case MethodKind:
		return l.defineMethod(m)
	case Forecasting:
		return l.defineForecast(m)
	case "":
		return fail("kind is missing (have %s)", join(kinds))
	default:
		return fail("unknown kind %q (have %s)", m.Kind, join(kinds))
	}
	return l.inherit(m)
}

func join[T ~string](list []T) string {
	s := make([]string, len(list))
	for i, x := range list {
		s[i] = string(x)
	}
	return strings.Join(s, ", ")
}

func (l *loader) overOthers(m *Metric, text string) bool {
	if m.Kind == Ratio {
		for field, name := range map[string]string{"numerator": m.Numerator, "denominator": m.Denominator} {
			if l.refer(m, field, name) == nil {
				return false
			}
		}
	}
	tree, names, err := parseFormula(text)
	if err != nil {
		l.fail(m.file, m.line, "metric %s: %v", m.Name, err)
		return false
	}
	if len(names) == 0 {
		l.fail(m.file, m.line, "metric %s: formula names no metric", m.Name)
		return false
	}
	m.tree = tree
	for _, name := range names {
		name, total := strings.CutPrefix(name, "total(")
		arg := l.refer(m, "formula", strings.TrimSuffix(name, ")"))
		if arg == nil {
			return false
		}
		m.args, m.totals = append(m.args, arg), append(m.totals, total)
	}
	if !l.inherit(m) {
		return false
	}
	switch {
	case slices.Contains(m.totals, true) != (len(m.Whole) > 0):
		l.fail(m.file, m.line, "metric %s: total() and whole, the dimensions it looks past, belong together", m.Name)
		return false
	case !slices.Contains(m.totals, false):
		l.fail(m.file, m.line, "metric %s: formula needs a metric outside of total()", m.Name)
		return false
	case m.Over != "" && len(m.Whole) > 0:
		l.fail(m.file, m.line, "metric %s: over and whole exclude each other", m.Name)
		return false
	}
	for _, dim := range m.Whole {
		if !slices.Contains(m.dims, dim) {
			l.fail(m.file, m.line, "metric %s: whole %q is no dimension of all its metrics (have %s)", m.Name, dim, strings.Join(m.dims, ", "))
			return false
		}
	}
	return true
}

// inherit gives m the dimensions all its args have, and their datasets.
func (l *loader) inherit(m *Metric) bool {
	if len(m.Cut) > 0 {
		l.fail(m.file, m.line, "metric %s: dims belong to a flow or a stock; it has those that all of its metrics have", m.Name)
		return false
	}
	m.dims = slices.Clone(m.args[0].dims)
	for i, arg := range m.args {
		if arg.Kind == Forecasting || (arg.Kind == Growth || arg.Kind == MethodKind) && m.Kind != Growth {
			l.fail(m.file, m.line, "metric %s: cannot compute with %s, which is a %s", m.Name, arg.Name, arg.Kind)
			return false
		}
		if i > 0 {
			m.dims = slices.DeleteFunc(m.dims, func(d string) bool { return !slices.Contains(arg.dims, d) })
		}
		m.datasets = append(m.datasets, arg.datasets...)
		m.lookups = append(m.lookups, arg.lookups...)
	}
	slices.Sort(m.datasets)
	m.datasets = slices.Compact(m.datasets)
	slices.Sort(m.lookups)
	m.lookups = slices.Compact(m.lookups)
	series := m.Kind == MethodKind && (isGrain(m.Over) || m.Over == overPeriod)
	if m.Over != "" && !series && !slices.Contains(m.dims, m.Over) {
		l.fail(m.file, m.line, "metric %s: over %q is no dimension of all its metrics (have %s)", m.Name, m.Over, strings.Join(m.dims, ", "))
		return false
	}
	return true
}

func (l *loader) defineLeaf(m *Metric, base *leaf) bool {
	before := len(l.errs)
	fail := func(format string, args ...any) {
		l.fail(m.file, m.line, "metric "+m.Name+": "+format, args...)
	}
	lf := &leaf{stock: m.Kind == Stock, dims: map[string]sqlExpr{}}
	if base != nil {
		c := *base
		lf = &c
		lf.dims = maps.Clone(base.dims)
		lf.and, lf.where = slices.Clone(base.and), slices.Clone(base.where)
		if m.From.Dataset != "" || m.From.Union != nil || m.Time != "" || m.Valid.From != "" || m.Valid.To != nil || m.Once != nil || m.Gather != nil || m.Where != "" {
			fail("with like only value, and and dims may differ")
			return false
		}
	}
	if base != nil {
		m.dims = slices.Clone(l.byName[m.Like].dims)
	}
	if base == nil {
		lf.from, lf.time, lf.valid, lf.once, lf.gather = m.From, m.Time, m.Valid, m.Once, m.Gather
	}
	isRow, names := l.columnsOf(m, lf)
	if isRow == nil {
		return false
	}
	isColumn := isRow
	check := func(field, text string) sqlExpr {
		e, err := checkSQL(text, isColumn)
		if err != nil {
			fail("%s %q: %v%s", field, text, err, hint(err, names))
		}
		return e
	}
	column := func(field, name string) {
		if !isRow(name) {
			fail("%s: unknown column %q%s", field, name, nearest(name, names))
		}
	}
	if g := lf.gather; g != nil {
		switch {
		case lf.once == nil || lf.stock:
			fail("gather belongs to a flow with once: it joins the rows of the same once.per")
		case !nameRule.MatchString(g.As) || isRow(g.As):
			fail("gather.as %q: a new name of lower case letters, digits and _", g.As)
		}
		column("gather.take", g.Take)
		if g.Where != "" {
			if e := check("gather.where", g.Where); e.aggregate() {
				fail("gather.where %q: a condition on rows cannot contain an aggregate", g.Where)
			}
		}
	}
	// A column of years stands for their first days; any other column must be a date.
	dated := func(field, text string) string {
		name := text
		c := lf.types[name]
		for i := 0; c == nil && i < len(lf.from.Union); i++ { // a column of a union that is one of a dataset
			if part := lf.from.Union[i]; part.Select[text] != "" {
				if of := l.datasets[part.Dataset].Column(part.Select[text]); of != nil && of.Type != dataset.Date {
					fail("%s: column %s of the union is %s of %s, which is %s and no date; select an expression such as makeDate32(%s, 1, 1)", field, text, of.Name, part.Dataset, of.Type, of.Name)
					return text
				}
			}
		}
		switch {
		case c == nil || c.Type == dataset.Date:
		case (c.Type == dataset.Int16 || c.Type == dataset.Int32 || c.Type == dataset.Int64) && c.List == "":
			return "makeDate32(" + name + ", 1, 1)"
		default:
			fail("%s: column %s is %s, not a date or a year; declare it as type: date (parse: period_start reads 2015Q3 and 2015年7月), or write an expression such as makeDate32(year, month, 1)", field, name, c.Type)
		}
		return text
	}
	// The words are no columns of a row, but an expression may use them like one.
	isColumn = func(name string) bool {
		return isRow(name) || name == lastDay || name == dataDay || lf.gather != nil && name == lf.gather.As
	}
	condition := func(field, text string) sqlExpr {
		e := check(field, text)
		if e.aggregate() {
			fail("%s %q: a condition on rows cannot contain an aggregate", field, text)
		}
		return e
	}
	if m.Where != "" {
		lf.where = append(lf.where, condition("where", m.Where))
		if g := lf.gather; g != nil && slices.Contains(lf.where[len(lf.where)-1].columns, g.As) {
			fail("where %q: %s is gathered for the rows that where keeps", m.Where, g.As)
		}
	}
	if m.And != "" {
		lf.and = append(lf.and, condition("and", m.And))
	}
	if m.Value != "" || base == nil {
		lf.value = check("value", m.Value)
		if !lf.value.aggregate() {
			fail("value %q: needs an aggregate such as count() or uniqExact(person)", m.Value)
		}
		lf.partial = lf.value.partial()
	}
	if base == nil {
		switch {
		case m.Kind == Flow && m.Time == "":
			fail("a flow needs time: the date column")
		case m.Kind == Flow:
			if e := check("time", m.Time); e.aggregate() {
				fail("time %q: an aggregate", m.Time)
			}
			lf.time = dated("time", m.Time)
			if m.Valid.From != "" || m.Valid.To != nil {
				fail("valid belongs to a stock")
			}
		case m.Time != "":
			fail("time belongs to a flow; a stock has valid")
		}
		if m.Valid.From != "" && check("valid.from", m.Valid.From).aggregate() {
			fail("valid.from %q: an aggregate", m.Valid.From)
		}
		lf.valid = Valid{From: dated("valid.from", m.Valid.From)}
		for _, c := range m.Valid.To {
			if check("valid.to", c).aggregate() {
				fail("valid.to %q: an aggregate", c)
			}
			lf.valid.To = append(lf.valid.To, dated("valid.to", c))
		}
		if o := m.Once; o != nil {
			column("once.per", o.Per)
			if len(o.Keep) == 0 {
				fail("once needs keep: the order in which the first row is taken")
			}
			for _, k := range o.Keep {
				column("once.keep", strings.TrimSuffix(k, " desc"))
			}
		}
	}
	for _, u := range m.Cut {
		d := l.dimensions[u.Name]
		if d == nil {
			fail("unknown dimension %q%s", u.Name, nearest(u.Name, slices.Collect(maps.Keys(l.dimensions))))
			continue
		}
		text := u.Expr
		if text == "" {
			text = d.Expr
		}
		lf.dims[u.Name] = condition("dimension "+u.Name, text)
		if !slices.Contains(m.dims, u.Name) {
			m.dims = append(m.dims, u.Name)
		}
	}
	m.datasets, m.leaf = lf.datasets, lf
	if lf.looksUp(workdays) {
		ds := l.datasets[calendar]
		if ds == nil || ds.Column("date") == nil || ds.Column("nth") == nil {
			fail("workdays needs the dataset %s with date and nth", calendar)
		}
		m.lookups = []string{calendar}
	}
	return len(l.errs) == before
}

// hint says which columns there are where an expression uses another.
func hint(err error, names []string) string {
	var u unknownColumn
	if errors.As(err, &u) {
		return nearest(string(u), names)
	}
	return ""
}

// columnsOf resolves what a leaf reads, and the names of its columns; nil after a fault.
func (l *loader) columnsOf(m *Metric, lf *leaf) (isColumn func(string) bool, names []string) {
	fail := func(format string, args ...any) (func(string) bool, []string) {
		l.fail(m.file, m.line, "metric "+m.Name+": "+format, args...)
		return nil, nil
	}
	columns := func(ds *dataset.Dataset) (names []string) {
		for _, c := range ds.Columns {
			if c.Personal != dataset.PersonalName && c.Personal != dataset.PersonalPhone {
				names = append(names, c.Name)
			}
		}
		return names
	}
	own := func(ds *dataset.Dataset) func(string) bool {
		return func(name string) bool {
			if name == "_file" || name == "_sheet" {
				return true // where the row stood
			}
			c := ds.Column(name)
			return c != nil && c.Personal != dataset.PersonalName && c.Personal != dataset.PersonalPhone
		}
	}
	unknown := func(name string) (func(string) bool, []string) {
		return fail("unknown dataset %q%s", name, nearest(name, slices.Collect(maps.Keys(l.datasets))))
	}
	lf.datasets = nil
	if lf.from.Dataset != "" {
		ds := l.datasets[lf.from.Dataset]
		if ds == nil {
			return unknown(lf.from.Dataset)
		}
		lf.types = map[string]*dataset.Column{}
		for i := range ds.Columns {
			lf.types[ds.Columns[i].Name] = &ds.Columns[i]
		}
		lf.datasets = []string{ds.Name}
		return own(ds), columns(ds)
	}
	if len(lf.from.Union) == 0 {
		return fail("from is missing")
	}
	for i, part := range lf.from.Union {
		ds := l.datasets[part.Dataset]
		if ds == nil {
			return unknown(part.Dataset)
		}
		have := slices.Sorted(maps.Keys(part.Select))
		if i == 0 {
			names = have
		}
		if !slices.Equal(names, have) {
			return fail("the parts of a union must select the same columns: %s has %s, %s has %s",
				lf.from.Union[0].Dataset, strings.Join(names, ", "), part.Dataset, strings.Join(have, ", "))
		}
		for name, text := range part.Select {
			if !nameRule.MatchString(name) {
				return fail("union column %q: a name is lower case letters, digits and _", name)
			}
			e, err := checkSQL(text, own(ds))
			if err != nil {
				return fail("union column %s of %s: %q: %v%s", name, part.Dataset, text, err, hint(err, columns(ds)))
			}
			if e.aggregate() {
				return fail("union column %s of %s: %q: an aggregate", name, part.Dataset, text)
			}
			if slices.Contains(e.calls, workdays) || slices.Contains(e.calls, within) {
				return fail("union column %s of %s: %q: workdays and within belong to the metric itself", name, part.Dataset, text)
			}
		}
		if part.Where != "" {
			if e, err := checkSQL(part.Where, own(ds)); err != nil {
				return fail("union where of %s: %q: %v%s", part.Dataset, part.Where, err, hint(err, columns(ds)))
			} else if e.aggregate() || slices.Contains(e.calls, workdays) || slices.Contains(e.calls, within) {
				return fail("union where of %s: %q: an aggregate, workdays or within", part.Dataset, part.Where)
			}
		}
		lf.datasets = append(lf.datasets, ds.Name)
	}
	slices.Sort(lf.datasets)
	lf.datasets = slices.Compact(lf.datasets)
	return func(name string) bool { return slices.Contains(names, name) }, names
}

// nearest is " (did you mean x?)" or the whole list where nothing is near.
func nearest(name string, have []string) string {
	if best := closest(name, have); best != "" {
		return fmt.Sprintf(" (did you mean %s?)", best)
	}
	return fmt.Sprintf(" (have %s)", strings.Join(have, ", "))
}

// closest is the one of have that differs from a name in at most two letters; "" where none does. It sorts have.
func closest(name string, have []string) string {
	slices.Sort(have)
	best, least := "", 3
	for _, h := range have {
		if d := distance(name, h); d < least {
			best, least = h, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete or replace.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
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
