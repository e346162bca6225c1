package metric

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/metric/expression"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/declare"
)

// Leaf is an aggregate over rows, checked and ready to be written as SQL. It is only read.
type Leaf struct {
	Stock    bool
	From     From
	Where    []expression.Expr // of the metric
	And      []expression.Expr // of what was inherited: after once
	Value    expression.Expr
	Time     expression.Expr   // of a flow: its day
	Since    expression.Expr   // of a stock: the first day a row counts; no text: always
	Until    []expression.Expr // of a stock: the first days it counts no more
	Lasts    int               // months after the day since for which every row of a stock counts; 0: not all of them equally long
	Once     *Once
	Gather   *Gather
	Dims     map[string]expression.Expr
	Types    map[string]*dataset.Column // nil for a union
	Shift    int                        // months by which each row counts later than it is
	Partial  bool                       // no rows: no value rather than zero
	Missing  bool                       // of a flow: a period without any row was not reported
	Datasets []string
}

// leafCheck holds a flow or a stock against the columns it reads.
type leafCheck struct {
	*loader
	m     *Metric
	lf    *Leaf
	isRow func(name string) bool // a column of a row
	names []string               // of the columns
}

// defineLeaf checks a flow or a stock; base is what it takes over, nil for one of its own. It returns false after a fault.
func (l *loader) defineLeaf(m *Metric, base *Leaf) bool {
	before := l.faults
	c := &leafCheck{loader: l, m: m, lf: &Leaf{Stock: m.Kind == Stock, Dims: map[string]sqlExpr{}}}
	if base == nil {
		c.lf.From, c.lf.Once, c.lf.Gather = m.From, m.Once, m.Gather
	} else if !c.takeOver(base) {
		return false
	}
	if !c.columns() {
		return false
	}
	if c.lf.Missing = c.lf.Missing || m.None == "missing"; c.lf.Missing && c.lf.Stock {
		c.fail(m, "empty", "只用于 flow", "empty belongs to a flow")
	}
	c.gathered()
	c.conditions()
	switch {
	case m.Value == "" && base != nil:
	case m.Value == "":
		c.fail(m, "value", "缺少聚合，如 count() 或 uniqExact(person)", "is missing: an aggregate such as count() or uniqExact(person)")
	default:
		c.lf.Value = c.check("value", m.Value, c.isWord)
		if !c.lf.Value.Aggregate() {
			c.fail(m, "value", "%q 应含聚合函数，如 count() 或 uniqExact(person)", "%q: needs an aggregate such as count() or uniqExact(person)", m.Value)
		}
		c.lf.Partial = c.lf.Value.Partial()
	}
	if base == nil {
		c.when()
		c.firstRow()
	}
	c.cuts()
	c.move()
	m.datasets, m.leaf = c.lf.Datasets, c.lf
	if c.lf.looksUp(Workdays) {
		ds := l.datasets[Calendar]
		if ds == nil || ds.Column("date") == nil || ds.Column("nth") == nil {
			c.fail(m, "", "workdays 需要数据集 %s 及其列 date 和 nth", "workdays needs the dataset %s with date and nth", Calendar)
		}
		m.lookups = []string{Calendar}
	}
	return l.faults == before
}

// takeOver begins with what another metric counts.
func (c *leafCheck) takeOver(base *Leaf) bool {
	m, lf := c.m, *base
	lf.Dims = maps.Clone(base.Dims)
	lf.And, lf.Where = slices.Clone(base.And), slices.Clone(base.Where)
	for key, given := range map[string]bool{
		"from": m.From.Dataset != "" || m.From.Union != nil, "time": m.Time != "", "valid": m.Valid.From != "" || m.Valid.To != nil,
		"once": m.Once != nil, "gather": m.Gather != nil, "where": m.Where != "",
	} {
		if given {
			return c.fail(m, key, "有 like 时只能另写 value、and 和 dims", "with like only value, and and dims may differ")
		}
	}
	c.lf = &lf
	m.dims = slices.Clone(c.byName[m.Like].dims)
	return true
}

// check reads a text of SQL over columns.
func (c *leafCheck) check(key, text string, isColumn func(string) bool) sqlExpr {
	e, err := expression.Read(text, isColumn)
	if err != nil {
		c.fail(c.m, key, "%q: %s%s", "%q: %s%s", text, textOf(err), hint(err, c.names))
	}
	return e
}

// condition reads a condition on rows.
func (c *leafCheck) condition(key, text string, isColumn func(string) bool) sqlExpr {
	e := c.check(key, text, isColumn)
	if e.Aggregate() {
		c.fail(c.m, key, "%q: 对行的条件不能含聚合函数", "%q: a condition on rows cannot contain an aggregate", text)
	}
	return e
}

// isWord says whether an expression may use a name like a column: one of a row, a macro or what is gathered.
func (c *leafCheck) isWord(name string) bool {
	return c.isRow(name) || name == LastDay || name == DataDay || c.lf.Gather != nil && name == c.lf.Gather.As
}

func (c *leafCheck) column(key, name string) {
	if !c.isRow(name) {
		c.fail(c.m, key, "没有 %q 这一列%s", "unknown column %q%s", name, declare.Known(name, c.names))
	}
}

func (c *leafCheck) gathered() {
	g := c.lf.Gather
	if g == nil {
		return
	}
	switch {
	case c.lf.Once == nil || c.lf.Stock:
		c.fail(c.m, "gather", "只用于有 once 的 flow：它汇集同一 once.per 的各行", "gather belongs to a flow with once: it joins the rows of the same once.per")
	case !nameRule.MatchString(g.As) || c.isRow(g.As):
		c.fail(c.m, "gather.as", "是 %q，应为新的名称（小写字母、数字与 _）", "is %q, want a new name of lower case letters, digits and _", g.As)
	}
	c.column("gather.take", g.Take)
	if g.Where != "" {
		c.condition("gather.where", g.Where, c.isRow)
	}
}

// conditions reads which rows count.
func (c *leafCheck) conditions() {
	if m := c.m; m.Where != "" {
		e := c.condition("where", m.Where, c.isWord)
		c.lf.Where = append(c.lf.Where, e)
		if g := c.lf.Gather; g != nil && slices.Contains(e.Columns, g.As) {
			c.fail(m, "where", "%q: %s 是为 where 留下的行汇集的", "%q: %s is gathered for the rows that where keeps", m.Where, g.As)
		}
	}
	if c.m.And != "" {
		c.lf.And = append(c.lf.And, c.condition("and", c.m.And, c.isWord))
	}
}

// when reads the time of a flow, or from when to when a row of a stock counts.
func (c *leafCheck) when() {
	m := c.m
	switch {
	case m.Kind == Flow && m.Time == "":
		c.fail(m, "time", "flow 须有 time：日期列", "a flow needs time: the date column")
	case m.Kind == Flow:
		c.lf.Time = c.date("time", m.Time)
		if m.Valid.From != "" || m.Valid.To != nil {
			c.fail(m, "valid", "只用于 stock", "valid belongs to a stock")
		}
	case m.Time != "":
		c.fail(m, "time", "只用于 flow；stock 用 valid", "time belongs to a flow; a stock has valid")
	}
	if m.Valid.From != "" {
		c.lf.Since = c.date("valid.from", m.Valid.From)
	}
	for i, text := range m.Valid.To {
		c.lf.Until = append(c.lf.Until, c.date(fmt.Sprintf("valid.to[%d]", i+1), text))
	}
	c.lf.Lasts = c.lasts()
}

// lasting is the end of a state that lasts so many months from one column on.
var lasting = regexp.MustCompile(`^add(Months|Quarters|Years)\(\s*([a-z_][a-z0-9_]*)\s*,\s*([0-9]{1,4})\s*\)$`)

// lasts is for how many months every row of a stock counts, where that is its only rule and begins with the
// business date of its dataset, such as a figure that is of one month; else 0.
func (c *leafCheck) lasts() int {
	lf := c.lf
	ds := c.datasets[lf.From.Dataset]
	if ds == nil || len(lf.Until) != 1 {
		return 0
	}
	rule, date := lasting.FindStringSubmatch(lf.Until[0].Text), ds.BusinessDate()
	if rule == nil || rule[2] != lf.Since.Text || date == nil || date.Name != rule[2] || date.Type != dataset.Date {
		return 0
	}
	n, _ := strconv.Atoi(rule[3])
	return n * map[string]int{"Months": 1, "Quarters": 3, "Years": 12}[rule[1]]
}

// shifting is how far a series is moved.
var shifting = regexp.MustCompile(`^(-?[1-9][0-9]{0,2}) ?(month|quarter|year)s?$`)

// move lets the rows of what was taken over count later, or earlier.
func (c *leafCheck) move() {
	if c.m.Moved == "" {
		return
	}
	lf, how := c.lf, shifting.FindStringSubmatch(c.m.Moved)
	if how == nil {
		c.fail(c.m, "shift", "是 %q，应为 1 month、-1 quarter、2 years 之类", "is %q, want 1 month, -1 quarter or 2 years", c.m.Moved)
		return
	}
	for _, e := range slices.Concat(lf.Where, lf.And, []sqlExpr{lf.Value}, slices.Collect(maps.Values(lf.Dims))) {
		if slices.Contains(e.Columns, LastDay) || slices.Contains(e.Columns, DataDay) {
			c.fail(c.m, "shift", "%s 用到 last_day 或 data_day，不能移动", "%s uses last_day or data_day and cannot be moved", c.m.Like)
			return
		}
	}
	n, _ := strconv.Atoi(how[1])
	n *= map[string]int{"month": 1, "quarter": 3, "year": 12}[how[2]]
	later := func(e sqlExpr) sqlExpr {
		if e.Text != "" {
			e.Text = fmt.Sprintf("addMonths(%s, %d)", e.Text, n)
		}
		return e
	}
	lf.Shift += n
	lf.Time, lf.Since = later(lf.Time), later(lf.Since)
	lf.Until = slices.Clone(lf.Until)
	for i := range lf.Until {
		lf.Until[i] = later(lf.Until[i])
	}
}

// date reads an expression that is a day. A column of years stands for their first days; any other column must be a date.
func (c *leafCheck) date(key, text string) sqlExpr {
	e := c.check(key, text, c.isRow)
	if e.Aggregate() {
		c.fail(c.m, key, "%q: 不能含聚合函数", "%q: an aggregate", text)
	}
	of := c.lf.Types[text]
	for _, part := range c.lf.From.Union { // a column of a union that is one of a dataset
		if of != nil || part.Select[text] == "" {
			continue
		}
		if own := c.datasets[part.Dataset].Column(part.Select[text]); own != nil && own.Type != dataset.Date {
			c.fail(c.m, key, "并集的列 %[1]s 是 %[3]s 的 %[2]s，类型 %[4]s，不是日期；用表达式，如 makeDate32(%[2]s, 1, 1)",
				"column %[1]s of the union is %[2]s of %[3]s, which is %[4]s and no date; select an expression such as makeDate32(%[2]s, 1, 1)", text, own.Name, part.Dataset, own.Type)
			return e
		}
	}
	switch {
	case of == nil || of.Type == dataset.Date:
	case (of.Type == dataset.Int16 || of.Type == dataset.Int32 || of.Type == dataset.Int64) && of.List == "":
		return c.check(key, "makeDate32("+text+", 1, 1)", c.isRow)
	default:
		c.fail(c.m, key, "列 %s 的类型是 %s，不是日期或年份；把它声明为 type: date（parse: period_start 读 2015Q3、2015年7月），或写表达式，如 makeDate32(year, month, 1)",
			"column %s is %s, not a date or a year; declare it as type: date (parse: period_start reads 2015Q3 and 2015年7月), or write an expression such as makeDate32(year, month, 1)", text, of.Type)
	}
	return e
}

// firstRow reads which row of several is counted.
func (c *leafCheck) firstRow() {
	o := c.m.Once
	if o == nil {
		return
	}
	if o.Keep.One == "first" {
		o.Keep = declare.Several{All: []string{"_file", "_sheet", "_row"}}
	}
	if len(o.Keep.List()) == 0 {
		c.fail(c.m, "once.keep", "缺少：按什么次序取第一行", "once needs keep: the order in which the first row is taken")
	}
	for _, k := range o.Per.List() {
		c.column("once.per", k)
	}
	for _, k := range o.Keep.List() {
		c.column("once.keep", strings.TrimSuffix(k, " desc"))
	}
}

// cuts reads the dimensions.
func (c *leafCheck) cuts() {
	for i, u := range c.m.Cut {
		key := fmt.Sprintf("dims[%d]", i+1)
		d := c.dimensions[u.Name]
		if d == nil && c.unread {
			c.faults++ // it may be declared in the file that could not be read
			continue
		}
		if d == nil {
			c.fail(c.m, key, "没有维度 %q%s", "unknown dimension %q%s", u.Name, declare.Known(u.Name, slices.Collect(maps.Keys(c.dimensions))))
			continue
		}
		text := u.Expr
		if text == "" {
			text = d.Expr
		}
		e, err := expression.Read(text, c.isWord)
		switch {
		case err != nil:
			c.fail(c.m, key, "维度 %s，%q: %s%s", "dimension %s %q: %s%s", u.Name, text, textOf(err), hint(err, c.names))
		case e.Aggregate():
			c.fail(c.m, key, "维度 %s，%q: 不能含聚合函数", "dimension %s %q: an aggregate", u.Name, text)
		case c.lf.Types[text] != nil && c.lf.Types[text].Type == dataset.Person:
			c.fail(c.m, key, "维度 %s，%q: 不能按个人分列", "dimension %s %q: nobody is shown one by one", u.Name, text)
		}
		c.lf.Dims[u.Name] = e
		if !slices.Contains(c.m.dims, u.Name) {
			c.m.dims = append(c.m.dims, u.Name)
		}
	}
}

// hint says which columns there are where an expression uses another.
func hint(err error, names []string) codes.Text {
	if u, ok := errors.AsType[expression.UnknownColumn](err); ok {
		return declare.Known(string(u), names)
	}
	return codes.Text{}
}

// columns resolves what a leaf reads and the names of its columns; false after a fault.
func (c *leafCheck) columns() bool {
	lf := c.lf
	lf.Datasets = nil
	if lf.From.Dataset != "" {
		ds := c.dataset("from", lf.From.Dataset)
		if ds == nil {
			return false
		}
		lf.Types = map[string]*dataset.Column{}
		for i := range ds.Columns {
			lf.Types[ds.Columns[i].Name] = &ds.Columns[i]
		}
		lf.Datasets = []string{ds.Name}
		c.isRow, c.names = rowOf(ds)
		return true
	}
	if len(lf.From.Union) == 0 {
		return c.fail(c.m, "from", "缺少 from：数据集", "from is missing")
	}
	for i, part := range lf.From.Union {
		key := fmt.Sprintf("from.union[%d]", i+1)
		ds := c.dataset(key+".dataset", part.Dataset)
		if ds == nil {
			return false
		}
		have := slices.Sorted(maps.Keys(part.Select))
		if i == 0 {
			c.names = have
		}
		if !slices.Equal(c.names, have) {
			return c.fail(c.m, key+".select", "并集各部分须选同样的列：%[1]s 有 %[2]s，%[3]s 有 %[4]s", "the parts of a union must select the same columns: %[1]s has %[2]s, %[3]s has %[4]s",
				lf.From.Union[0].Dataset, strings.Join(c.names, ", "), part.Dataset, strings.Join(have, ", "))
		}
		if !c.part(key, part, ds) {
			return false
		}
		lf.Datasets = append(lf.Datasets, ds.Name)
	}
	slices.Sort(lf.Datasets)
	lf.Datasets = slices.Compact(lf.Datasets)
	c.isRow = func(name string) bool { return slices.Contains(c.names, name) }
	return true
}

// dataset finds a dataset; nil after a fault, or where it is declared with a fault of its own.
func (c *leafCheck) dataset(key, name string) *dataset.Dataset {
	ds, declared := c.datasets[name]
	switch {
	case !declared:
		c.fail(c.m, key, "没有数据集 %q%s", "unknown dataset %q%s", name, declare.Known(name, slices.Collect(maps.Keys(c.datasets))))
	case ds == nil:
		c.faults++ // told in its own file
	}
	return ds
}

// rowOf says which columns of a dataset an expression may use: not names and telephone numbers, but also where the row stood.
func rowOf(ds *dataset.Dataset) (is func(string) bool, names []string) {
	for _, c := range ds.Columns {
		if c.Personal != dataset.PersonalName && c.Personal != dataset.PersonalPhone {
			names = append(names, c.Name)
		}
	}
	return func(name string) bool {
		return name == "_file" || name == "_sheet" || name == "_row" || slices.Contains(names, name)
	}, names
}

// part checks one dataset of a union.
func (c *leafCheck) part(key string, part UnionPart, ds *dataset.Dataset) bool {
	is, names := rowOf(ds)
	own := func(key, text string) bool {
		e, err := expression.Read(text, is)
		switch {
		case err != nil:
			return c.fail(c.m, key, "%q: %s%s", "%q: %s%s", text, textOf(err), hint(err, names))
		case e.Aggregate():
			return c.fail(c.m, key, "%q: 不能含聚合函数", "%q: an aggregate", text)
		case slices.Contains(e.Calls, Workdays) || slices.Contains(e.Calls, Within):
			return c.fail(c.m, key, "%q: Workdays 和 within 只能写在指标本身", "%q: Workdays and within belong to the metric itself", text)
		}
		return true
	}
	for _, name := range slices.Sorted(maps.Keys(part.Select)) {
		at := key + ".select." + name
		if !nameRule.MatchString(name) {
			return c.fail(c.m, at, "列名应为小写字母、数字与 _", "a name is lower case letters, digits and _")
		}
		if !own(at, part.Select[name]) {
			return false
		}
	}
	return part.Where == "" || own(key+".where", part.Where)
}
