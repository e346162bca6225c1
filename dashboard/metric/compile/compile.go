// Package compile writes questions about metrics as SQL: over rows, and where that gives the same numbers, in the form that
// costs the engine least or over what is kept beside the rows. It is pure: no clock, no I/O. Package compute asks the
// database.
package compile

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/expression"
	"yanzhen/dashboard/metric/formula"
	"yanzhen/dashboard/metric/sqltext"
	"yanzhen/dashboard/metric/stated"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// Query writes q as SQL. It is the only place a metric becomes SQL, and it is pure: no clock, no
// I/O (data_day is what q.DataDays says). The statement returns one row per period and keys that have rows:
//
//	_period  first day of the period (Date32)
//	_k0 ...  the keys, one per q.By (String)
//	_value   the number (Float64, may be null)
//	_why     formulas: zero_base or no_rows where _value is null
//	_n       rows behind it (UInt64)
//
// A method returns its vectors instead of _value: the last _k is the dimension it runs along, and
// _v0 ... are its arguments; what it needs beside them (its reference, another time) is the same
// statement with other dimensions or days. A growth returns the metric it is the growth of; the
// comparison is the same statement over the shifted window. Of a method over methods it is the statement of the first of
// them.
func Query(c *metric.Catalog, q metric.Query) (warehouse.Statement, error) {
	q = q.Long()
	m, err := c.Check(q)
	if err != nil {
		return warehouse.Statement{}, err
	}
	w, ps := q.Timeline()
	return Statement(c, m, q, q.Widened(w, ps)), nil
}

// Statement writes a metric of q over a timeline as SQL: m is q's, or one that q's is computed from.
func Statement(c *metric.Catalog, m *metric.Metric, q metric.Query, w metric.Timeline) warehouse.Statement {
	for m.Kind == metric.Growth || m.Kind == metric.Forecasting || m.StandsOnMethods() {
		args := m.Inputs()
		m = args[max(0, slices.IndexFunc(args, func(a *metric.Metric) bool { return a.Kind == metric.MethodKind }))]
	}
	by := q.By
	if m.Kind == metric.MethodKind {
		by = m.VectorDims(by)
		if grain, ok := m.OverGrain(); ok {
			w = metric.Timeline{From: w.From, To: w.To, Grain: grain}
		}
	}
	return written(c, q, w, q.Metric, func(k *compiler) string {
		order := "\norder by " + strings.Join(keys(by), ", ")
		if m.Kind == metric.MethodKind {
			return k.vectors(m.Inputs(), by) + order
		}
		return k.metric(m, by) + order
	})
}

// Vectors writes the metrics that m, a method, is computed from in one statement: as _v0, _v1, ...
func Vectors(c *metric.Catalog, m *metric.Metric, q metric.Query, w metric.Timeline, by []string) warehouse.Statement {
	return written(c, q, w, m.Name, func(k *compiler) string {
		return k.vectors(m.Inputs(), by) + "\norder by " + strings.Join(keys(by), ", ")
	})
}

// RowCounts writes how many rows have a day in the period of q, and how many of them a metric of rows counts.
func RowCounts(c *metric.Catalog, m *metric.Metric, q metric.Query) (all, counted warehouse.Statement) {
	write := func(lf leaf, where []metric.Filter) warehouse.Statement {
		q.By, q.Where = nil, where
		k := &compiler{Catalog: c, q: q, w: metric.Timeline{From: q.From, To: q.To}, params: map[string]string{}}
		return warehouse.Statement{SQL: k.leaf(&lf, nil), Params: k.params, Tag: "metric.counted"}
	}
	filters := q.Where
	every := *leafOf(m)
	every.Where, every.And, every.Once, every.Gather, every.parts, every.Value = nil, nil, nil, nil, nil, expression.CountAll
	own := *leafOf(m)
	if own.Gather == nil { // a condition on what was gathered needs the gathering
		own.Once, own.parts, own.Value = nil, nil, expression.CountAll
	}
	return write(every, nil), write(own, filters)
}

// RowBatches writes how many of the rows that a metric of rows counts come from each submission, by the number of its batch. A
// condition on what was gathered of people is left out: all rows of the period are gathered.
func RowBatches(c *metric.Catalog, m *metric.Metric, q metric.Query) warehouse.Statement {
	const batch = "_batch"
	lf := *leafOf(m)
	if lf.Gather != nil {
		lf.Where, lf.And, lf.Gather, q.Where = nil, nil, nil, nil
	}
	lf.Once, lf.parts, lf.Value = nil, nil, expression.CountAll
	lf.Dims = maps.Clone(lf.Dims)
	lf.Dims[batch] = sqlExpr{Text: batch, Columns: []string{batch}}
	lf.From.Union = slices.Clone(lf.From.Union)
	for i := range lf.From.Union {
		part := &lf.From.Union[i]
		part.Select = maps.Clone(part.Select)
		part.Select[batch] = batch
	}
	k := &compiler{Catalog: c, q: q, w: metric.Timeline{From: q.From, To: q.To}, params: map[string]string{}, batches: true}
	return warehouse.Statement{SQL: k.leaf(&lf, []string{batch}), Params: k.params, Tag: "metric.batches"}
}

// leaf is an aggregate over rows as a statement asks it.
type leaf struct {
	metric.Leaf
	parts  []sqlExpr // of several leaves in one: their values, in place of Value
	behind []sqlExpr // beside Value, of the rows behind it: see Behind
	each   string    // counts the rows behind a number; empty: each row is one
	kept   string    // what is read of what is kept beside the rows, in place of them; empty: the rows
	some   bool      // of people of whom something is gathered alone: see halves
}

// leafOf is the aggregate of a metric of rows.
func leafOf(m *metric.Metric) *leaf { return &leaf{Leaf: *m.Rows()} }

// compiler is one statement on its way.
type compiler struct {
	*metric.Catalog
	q      metric.Query
	w      metric.Timeline
	params map[string]string
	past   []string // dimensions whose filters do not count: within total()
	days   []string // the sets of datasets whose data date is a parameter

	kept *bool // what is kept beside the rows is read, and whether something of it was; nil: only rows are

	inner *string // what is gathered of people stands in the statement as rows, which this one asks for; nil: it is counted there

	batches bool // rows are told apart by their batch, which the views do not show

	longhand bool // nothing is made cheaper: what tests compare with
}

func key(i int) string { return "_k" + strconv.Itoa(i) }

// metric writes a select of _period, keys, _value, _n (and _why for a formula).
func (k *compiler) metric(m *metric.Metric, by []string) string {
	switch m.Kind {
	case metric.Flow, metric.Stock:
		return k.leaf(leafOf(m), by)
	case metric.Mean:
		var s sqltext.Text
		s.Clause("select", append(keys(by), "sum(_part) / 2 as _value", "max(_rows) as _n"), ",")
		var parts sqltext.Text
		parts.Clause("select", append(keys(by), "_value as _part", "_n as _rows"), ",")
		parts.From(k.leafAtEnds(leafOf(m.Inputs()[0]), by))
		s.From(parts.String())
		s.Clause("group by", keys(by), ",")
		return s.String()
	}
	if m.Over != "" && !slices.Contains(by, m.Over) {
		// Per value first, then the sum: a surplus at one node does not fill a gap at another.
		var s sqltext.Text
		s.Clause("select", append(keys(by), "sum(_part) as _value", "if(isNull(_value), max(_reason), '') as _why", "sum(_rows) as _n"), ",")
		var parts sqltext.Text
		parts.Clause("select", append(keys(by), "_value as _part", "_why as _reason", "_n as _rows"), ",")
		parts.From(k.formula(m, append(slices.Clone(by), m.Over)))
		s.From(parts.String())
		s.Clause("group by", keys(by), ",")
		return s.String()
	}
	return k.formula(m, by)
}

func (k *compiler) formula(m *metric.Metric, by []string) string {
	var absent formula.Conditions
	value := m.Tree().SQL(&absent)
	why := "if(isNull(_value), 'no_rows', '')"
	if len(absent.Zero)+len(absent.Undefined) > 0 {
		why = "multiIf(isNotNull(_value), ''"
		if len(absent.Undefined) > 0 {
			why += ", " + strings.Join(absent.Undefined, " or ") + ", 'undefined'"
		}
		if len(absent.Zero) > 0 {
			why += ", " + strings.Join(absent.Zero, " or ") + ", 'zero_base'"
		}
		why += ", 'no_rows')"
	}
	var s sqltext.Text
	s.Clause("select", append(keys(by), "toNullable("+value+") as _value", why+" as _why", "_n"), ",")
	s.From(k.sides(m, by))
	return s.String()
}

// asked are the dimensions that a statement by these looks at, for its rows, its filters and who looks.
func (k *compiler) asked(by []string) []string {
	dims := slices.Clone(by)
	for _, f := range k.q.Where {
		if !slices.Contains(k.past, f.Dim) {
			dims = append(dims, f.Dim)
		}
	}
	for _, f := range k.q.Scope {
		dims = append(dims, f.Dim)
	}
	return dims
}

// vectors writes the values of some metrics side by side: _v0, _v1, ...
func (k *compiler) vectors(args []*metric.Metric, by []string) string {
	dims := k.asked(by)
	rows := "sum(_rows)"
	if one := together(args, dims); one != nil {
		own, apart := k.apart(args, by)
		if !apart {
			return k.leaf(one, by)
		}
		rows = own
	}
	var s sqltext.Text
	cols := keys(by)
	var parts []string
	for i, arg := range args {
		v := fmt.Sprintf("maxOrNullIf(_part, _arg = %d)", i)
		if empty, _ := arg.Empty(); empty != nil {
			v = fmt.Sprintf("ifNull(%s, %s)", v, strconv.FormatFloat(*empty, 'f', -1, 64))
		}
		cols = append(cols, fmt.Sprintf("%s as _v%d", v, i))
		var p sqltext.Text
		p.Clause("select", append([]string{strconv.Itoa(i) + " as _arg"}, append(keys(by), "toNullable(_value) as _part", "_n as _rows")...), ",")
		p.From(k.metric(arg, by))
		parts = append(parts, p.String())
	}
	s.Clause("select", append(cols, rows+" as _n"), ",")
	s.From(strings.Join(parts, "\nunion all\n"))
	s.Clause("group by", keys(by), ",")
	return s.String()
}

// keys are the columns that tell the rows of a select apart.
func keys(by []string) []string {
	cols := []string{"_period"}
	for i := range by {
		cols = append(cols, key(i))
	}
	return cols
}

// leaf writes an aggregate over rows.
func (k *compiler) leaf(lf *leaf, by []string) string {
	if all, some, ok := k.halves(lf); ok {
		return added(lf, keys(by), k.leaf(all, by), k.leaf(some, by))
	}
	return (&leafText{compiler: k, lf: k.stated(lf, by, stated.One), by: by}).write()
}

// leafAtEnds writes a stock twice for each period: on the day before it and on its last day.
func (k *compiler) leafAtEnds(lf *leaf, by []string) string {
	return (&leafText{compiler: k, lf: lf, by: by, ends: true}).write()
}

// leafText is an aggregate over rows on its way to SQL.
type leafText struct {
	*compiler
	lf     *leaf
	by     []string
	near   bool              // of several grains: see nearest
	lines  []metric.Timeline // of several tables, where they are written of the same people: see patterns
	people []tally           // what is counted of rows that stand for several people: see patterns
	sets   bool              // each row is there for several sets of by: see ofPeople
	ends   bool              // the days on which a stock is taken are two for each period
	period string            // the first day of the period that a row belongs to
	table  string            // what is read
	join   string            // with the days, where a row may count in several periods
	conds  []string          // on the rows that are read
	late   []string          // on what is counted, after once
}

func (l *leafText) write() string {
	l.prepare()
	if l.people != nil {
		return l.bit(l.people, "_with", "any(_people)")
	}
	if tallies, column, ok := l.daily(); ok {
		return l.bit(tallies, column, "count()")
	}
	return l.aggregate()
}

// prepare finds what is read and which of its rows count.
func (l *leafText) prepare() {
	l.period = l.firstDay(l.lf)
	l.conditions()
	if l.lf.Once != nil {
		var table string
		if table, l.people = l.patterns(); l.people == nil {
			table = l.firstRows()
		}
		l.table, l.join, l.conds = table, "", l.late
	} else {
		l.conds = append(l.conds, l.late...)
	}
}

// conditions writes what is read, and which rows of it count.
func (l *leafText) conditions() {
	lf := l.lf
	if lf.Stock {
		l.join, l.conds = l.stock()
	} else {
		l.params["from"], l.params["to"] = days.ISO(l.w.From), days.ISO(l.w.To)
		l.conds = []string{lf.Time.Text + " >= {from:Date32}", lf.Time.Text + " < {to:Date32}"}
		if l.w.Spans != nil {
			l.join = l.spans()
			l.conds = append(l.conds, lf.Time.Text+" >= _since", lf.Time.Text+" <= _day")
		}
	}
	for _, e := range lf.Where {
		l.conds = append(l.conds, sqltext.Bracket(l.expand(lf, e, l.period)))
	}
	table, live := l.source(lf)
	l.table, l.conds = table, append(live, l.conds...)
	if lf.some {
		l.conds = append(l.conds, l.gatheredOf(lf))
	}
	if lf.Once != nil {
		l.period = "_period" // a column of the rows chosen
	}
	for _, e := range lf.And {
		l.late = append(l.late, sqltext.Bracket(l.expand(lf, e, l.period)))
	}
	for i, f := range l.q.Where {
		if slices.Contains(l.past, f.Dim) {
			continue
		}
		name := "w" + strconv.Itoa(i)
		l.params[name] = warehouse.Strings(f.Values)
		l.late = append(l.late, fmt.Sprintf("%s in {%s:Array(String)}", l.keyText(lf, f.Dim, l.period), name))
	}
	for i, f := range l.q.Scope {
		name := "scope" + strconv.Itoa(i)
		l.params[name] = warehouse.Strings(f.Values)
		l.late = append(l.late, fmt.Sprintf("%s in {%s:Array(String)}", l.keyText(lf, f.Dim, l.period), name))
	}
}

// firstRows chooses the row that stands for a person. It does so before any filter, so that a filter shows
// a part of the total and never a row the total does not count.
func (l *leafText) firstRows() string {
	lf := l.lf
	used := l.used()
	spread := lf.Stock || l.w.Spans != nil // a row may count in several periods
	withDay := used[metric.LastDay] && spread
	delete(used, metric.LastDay)
	delete(used, metric.DataDay)
	if l.near && !lf.byDay() {
		for _, c := range lf.personOrder() {
			used[strings.TrimSuffix(c, " desc")] = true
		}
	}
	if lf.Gather != nil || l.near {
		if lf.Gather != nil {
			delete(used, lf.Gather.As)
		}
		for _, c := range lf.Once.Per.List() {
			used[c] = true
		}
	}
	first, per := []string{l.firstDay(lf) + " as _period"}, "_period"
	if spread {
		first[0] = "_period"
	}
	if l.ends {
		first, per = append(first, "_day"), "_period, _day"
	} else if withDay {
		first = append(first, "_day")
	}
	text, cheap := l.least(first, slices.Sorted(maps.Keys(used)))
	if !cheap {
		var s sqltext.Text
		s.Clause("select", append(first, slices.Sorted(maps.Keys(used))...), ",")
		s.Line("from " + l.table)
		s.Line(l.join)
		s.Clause("where", l.conds, " and")
		s.Clause("order by", lf.personOrder(), ",")
		s.Line("limit 1 by " + per + ", " + lf.Once.Per.String())
		text = s.String()
	}
	table := "(\n" + sqltext.Indent(text) + "\n)"
	if l.near {
		table = l.nearest(table)
	}
	if lf.Gather != nil {
		table = l.gathered(lf, table)
	}
	return table
}

// used are the columns and macros that come after the choice of rows.
func (l *leafText) used() map[string]bool {
	used := map[string]bool{}
	note := func(list ...sqlExpr) {
		for _, e := range list {
			for _, c := range e.Columns {
				used[c] = true
			}
		}
	}
	note(l.lf.And...)
	note(l.lf.Value)
	note(l.lf.parts...)
	note(l.lf.behind...)
	for _, dim := range l.by {
		note(l.lf.Dims[dim])
	}
	for _, f := range slices.Concat(l.q.Where, l.q.Scope) {
		note(l.lf.Dims[f.Dim])
	}
	return used
}

// personOrder is the order in which the first row of a person is taken. Every dimension decides at last, so
// that it is the same row whatever is asked.
func (lf *leaf) personOrder() []string {
	order := slices.Clone(lf.Once.Keep.List())
	var tie []string
	for _, e := range lf.Dims {
		tie = append(tie, e.Columns...)
	}
	slices.Sort(tie)
	for _, c := range slices.Compact(tie) {
		if !slices.Contains(order, c) && !slices.Contains(order, c+" desc") && (lf.Gather == nil || c != lf.Gather.As) {
			order = append(order, c)
		}
	}
	return order
}

// aggregate writes the select over what conditions and firstRows have found.
func (l *leafText) aggregate() string {
	lf := l.lf
	cols := []string{l.period + " as _period"}
	if l.period == "_period" {
		cols[0] = l.period
	}
	for i, dim := range l.by {
		cols = append(cols, l.keyText(lf, dim, l.period)+" as "+key(i))
	}
	for i, part := range lf.parts {
		cols = append(cols, fmt.Sprintf("ifNull(toFloat64(%s), 0) as _v%d", l.expand(lf, part, l.period), i))
	}
	if lf.parts == nil {
		cols = append(cols, "toFloat64("+l.expand(lf, lf.Value, l.period)+") as _value")
	}
	for i, e := range lf.behind {
		cols = append(cols, fmt.Sprintf("toFloat64(%s) as _v%d", l.expand(lf, e, l.period), i))
	}
	cols = append(cols, lf.rows()+" as _n")
	group := keys(l.by)
	if l.ends {
		group = append(group, "_day")
	}
	var s sqltext.Text
	s.Clause("select", cols, ",")
	s.Line("from " + l.table)
	s.Line(l.join)
	s.Clause("where", l.conds, " and")
	s.Clause("group by", group, ",")
	return s.String()
}

// firstDay writes the first day of the period a row belongs to.
func (k *compiler) firstDay(lf *leaf) string {
	if lf.Stock || k.w.Spans != nil {
		return "_period"
	}
	return k.w.FirstDay(lf.day())
}

// day writes the day of a row, one without which does not count.
func (lf *leaf) day() string {
	if lf.mayBeNull(lf.Time) {
		return "assumeNotNull(" + lf.Time.Text + ")"
	}
	return lf.Time.Text
}

// stock writes the join with the days on which a stock is taken, and which rows count on a day.
func (l *leafText) stock() (join string, conds []string) {
	lf, k := l.lf, l.compiler
	var starts, lasts []string
	for i, p := range k.w.Counted() {
		start := k.w.Head(i, p)
		if l.ends {
			starts, lasts = append(starts, days.ISO(start)), append(lasts, days.ISO(p.From.AddDate(0, 0, -1)))
		}
		starts, lasts = append(starts, days.ISO(start)), append(lasts, days.ISO(p.To.AddDate(0, 0, -1)))
	}
	prefix := ""
	if l.ends {
		prefix = "mean_"
	}
	k.params[prefix+"periods"], k.params[prefix+"days"] = warehouse.Strings(starts), warehouse.Strings(lasts)
	join = fmt.Sprintf("array join {%[1]speriods:Array(Date32)} as _period, {%[1]sdays:Array(Date32)} as _day", prefix)
	if from := lf.Since.Text; from != "" {
		if lf.mayBeNull(lf.Since) {
			conds = append(conds, fmt.Sprintf("(%[1]s is null or %[1]s <= _day)", from))
		} else {
			conds = append(conds, from+" <= _day")
		}
	}
	for _, to := range lf.Until {
		if lf.mayBeNull(to) {
			conds = append(conds, fmt.Sprintf("(%[1]s is null or %[1]s > _day)", to.Text))
		} else {
			conds = append(conds, to.Text+" > _day")
		}
	}
	return join, conds
}

// spans joins a row of a flow with every stretch it may lie in.
func (k *compiler) spans() string {
	var heads, from, to []string
	for i, p := range k.w.Spans {
		heads, from, to = append(heads, days.ISO(k.w.Head(i, p))), append(from, days.ISO(p.From)), append(to, days.ISO(p.To.AddDate(0, 0, -1)))
	}
	k.params["heads"], k.params["since"], k.params["until"] = warehouse.Strings(heads), warehouse.Strings(from), warehouse.Strings(to)
	return "array join {heads:Array(Date32)} as _period, {since:Array(Date32)} as _since, {until:Array(Date32)} as _day"
}

// live writes the table of a dataset, and the condition that keeps the rows live at AsOf.
func (k *compiler) live(name string) (string, string) {
	switch {
	case k.q.AsOf.IsZero() && k.batches:
		return "store." + name, "_batch in (select batch from meta.live where dataset = '" + name + "')"
	case k.q.AsOf.IsZero():
		return "mart." + name, ""
	}
	k.asOf()
	return "store." + name, "_batch in (select batch from meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')}) where dataset = '" + name + "')"
}

func (k *compiler) asOf() { k.params["as_of"] = k.q.AsOf.UTC().Format("2006-01-02 15:04:05.000000") }

// source writes what a leaf reads, and the condition that keeps the rows live at AsOf.
func (k *compiler) source(lf *leaf) (string, []string) {
	if lf.kept != "" {
		return lf.kept, nil
	}
	if lf.From.Dataset != "" {
		table, live := k.live(lf.From.Dataset)
		if live == "" {
			return table, nil
		}
		return table, []string{live}
	}
	var parts []string
	for _, part := range lf.From.Union {
		table, live := k.live(part.Dataset)
		var cols, conds []string
		for _, name := range slices.Sorted(maps.Keys(part.Select)) {
			text := part.Select[name]
			if text != name {
				text += " as " + name
			}
			cols = append(cols, text)
		}
		if live != "" {
			conds = append(conds, live)
		}
		if part.Where != "" {
			conds = append(conds, sqltext.Bracket(part.Where))
		}
		var s sqltext.Text
		s.Clause("select", cols, ",")
		s.Line("from " + table)
		s.Clause("where", conds, " and")
		parts = append(parts, s.String())
	}
	return "(\n" + sqltext.Indent(strings.Join(parts, "\nunion all\n")) + "\n)", nil
}

// keyText writes a dimension as text; a blank is the empty text, and so is that of no dimension.
func (k *compiler) keyText(lf *leaf, dim, period string) string {
	switch dim {
	case "":
		return "''"
	case lineKey, setKey:
		return "toString(" + dim + ")"
	}
	e := lf.Dims[dim]
	if c := lf.Types[e.Text]; c != nil && !c.Nullable() {
		switch c.Type {
		case dataset.String, dataset.Low, dataset.Code, dataset.CreditCode:
			return e.Text
		}
		return "toString(" + e.Text + ")"
	}
	return "ifNull(toString(" + k.expand(lf, e, period) + "), '')"
}

// nullable says whether a column may be null. Those of a union may all be.
func (lf *leaf) nullable(column string) bool {
	if c := lf.Types[column]; c != nil {
		return c.Nullable()
	}
	return true
}

// mayBeNull says whether an expression may be null, since one of its columns may.
func (lf *leaf) mayBeNull(e sqlExpr) bool {
	return lf.Types == nil || slices.ContainsFunc(e.Columns, lf.nullable)
}

// Source writes what a statement reads to see the live rows of a dataset, with their condition and its parameters;
// the zero moment means now.
func Source(dataset string, asOf time.Time) (from string, params map[string]string) {
	k := &compiler{q: metric.Query{AsOf: asOf}, params: map[string]string{}}
	from, live := k.live(dataset)
	if live != "" {
		from += "\nwhere " + live
	}
	return from, k.params
}

// RowDays writes which days the rows of a flow's dataset have, whatever of them m counts: the first ones, at most so many.
func RowDays(c *metric.Catalog, m *metric.Metric, asOf time.Time, most int) warehouse.Statement {
	k := &compiler{Catalog: c, q: metric.Query{AsOf: asOf}, params: map[string]string{}}
	lf := leafOf(m)
	table, conds := k.source(lf)
	var s sqltext.Text
	s.Clause("select", []string{"distinct toDate32(" + lf.Time.Text + ") as day"}, ",")
	s.Line("from " + table)
	s.Clause("where", append(conds, lf.Time.Text+" is not null"), " and")
	return warehouse.Statement{SQL: s.String() + "\norder by day\nlimit " + strconv.Itoa(most), Params: k.params, Tag: "metric.days"}
}

// sides writes the metrics of a formula side by side. Those in total() are taken past the
// dimensions in m.Whole, neither cut nor filtered by them, and joined to every value of these.
func (k *compiler) sides(m *metric.Metric, by []string) string {
	whole := func(dim string) bool { return slices.Contains(m.Whole, dim) }
	if !slices.Contains(m.Totals(), true) || !slices.ContainsFunc(by, whole) && !slices.ContainsFunc(k.q.Where, func(f metric.Filter) bool { return whole(f.Dim) }) {
		return k.vectors(m.Inputs(), by)
	}
	var parts, sums []*metric.Metric
	var cols []string
	for i, arg := range m.Inputs() {
		side, of := "_part", &parts
		if m.Totals()[i] {
			side, of = "_whole", &sums
		}
		cols = append(cols, side+"._v"+strconv.Itoa(len(*of))+" as _v"+strconv.Itoa(i))
		*of = append(*of, arg)
	}
	past := *k
	past.past = m.Whole
	var rest, keep, on []string
	for i, dim := range by {
		keep = append(keep, "_part."+key(i)+" as "+key(i))
		if !whole(dim) {
			on = append(on, "_part."+key(i)+" = _whole."+key(len(rest)))
			rest = append(rest, dim)
		}
	}
	on = append([]string{"_part._period = _whole._period"}, on...)
	var s sqltext.Text
	s.Clause("select", slices.Concat([]string{"_part._period as _period"}, keep, cols, []string{"_part._n as _n"}), ",")
	s.From(k.vectors(parts, by))
	s.WriteString(" as _part")
	s.Line("left join (\n" + sqltext.Indent(past.vectors(sums, rest)) + "\n) as _whole on " + strings.Join(on, " and "))
	return s.String()
}

// gatheredOf writes the condition that something is gathered of whom a row is of.
func (k *compiler) gatheredOf(lf *leaf) string {
	from, live := k.source(lf)
	var s sqltext.Text
	s.Clause("select", []string{lf.Once.Per.String()}, ",")
	s.Line("from " + from)
	s.Clause("where", append(live, sqltext.Bracket(lf.Gather.Where)), " and")
	per := lf.Once.Per.String()
	if len(lf.Once.Per.List()) > 1 {
		per = "(" + per + ")"
	}
	return per + " in (\n" + sqltext.Indent(s.String()) + "\n)"
}

// gathered joins what lf gathers to the rows of table.
func (k *compiler) gathered(lf *leaf, table string) string {
	g := lf.Gather
	from, live := k.source(lf)
	if g.Where != "" {
		live = append(live, sqltext.Bracket(g.Where))
	}
	var s sqltext.Text
	s.Clause("select", []string{lf.Once.Per.String(), "groupArray(" + g.Take + ") as " + g.As}, ",")
	s.Line("from " + from)
	s.Clause("where", live, " and")
	s.Line("group by " + lf.Once.Per.String())
	return table + " as _own\nleft join (\n" + sqltext.Indent(s.String()) + "\n) as _other using (" + lf.Once.Per.String() + ")"
}
