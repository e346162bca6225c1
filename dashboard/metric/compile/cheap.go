package compile

import (
	"fmt"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/expression"
	"yanzhen/dashboard/metric/sqltext"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
)

// Statements are written in the form that costs the engine least, where it gives the same numbers as the plain one:
//
//   - what is distinct by a date is counted within each day, and the days are added up;
//   - of windows, days are counted once and then put into every window that they lie in;
//   - the first row of a person is a minimum, not a sort;
//   - what is gathered from a closed list of texts is a number of bits.

// tally is one aggregate of a metric that is the sum of itself over parts of its rows, such as those of each day.
type tally struct {
	as     string // what it is called
	within string // as it is within a part
}

// daily says that the values of the leaf are sums over the days of a column, what they are within a day, and which column;
// false where that is not so, or gains nothing.
func (l *leafText) daily() (tallies []tally, column string, ok bool) {
	lf := l.lf
	spread := l.w.Spans != nil
	if l.longhand || lf.Stock || l.ends || lf.Once != nil || len(lf.behind) > 0 || spread && l.periodic() {
		return nil, "", false
	}
	values := lf.parts
	if values == nil {
		values = []sqlExpr{lf.Value}
	}
	gains := spread
	for i, e := range values {
		name, args, ok := e.Call()
		if !ok {
			return nil, "", false
		}
		as := lf.called(i)
		switch name {
		case "count", "countIf":
			tallies = append(tallies, tally{as, l.expand(lf, e, l.period)})
		case "uniqExact", "uniqExactIf":
			at := slices.IndexFunc(args, func(a []sqlToken) bool { return lf.dateColumn(expression.Joined(a)) })
			if at < 0 || len(args) < 2 || name == "uniqExactIf" && (at == len(args)-1 || len(args) < 3) || column != "" && column != expression.Joined(args[at]) {
				return nil, "", false
			}
			column, gains = expression.Joined(args[at]), true
			var rest []string
			for i, a := range args {
				if i != at {
					rest = append(rest, l.expandTokens(lf, a, l.period))
				}
			}
			tallies = append(tallies, tally{as, name + "(" + strings.Join(rest, ", ") + ")"})
		default:
			return nil, "", false
		}
	}
	if column == "" {
		column = lf.Time.Text
	}
	if spread && column != lf.Time.Text || !lf.dateColumn(column) {
		return nil, "", false
	}
	for _, dim := range l.by {
		if slices.Contains(lf.Dims[dim].Calls, "arrayJoin") {
			return nil, "", false
		}
	}
	return tallies, column, gains
}

// periodic says that something of the leaf is written with its period, so that a row is another one in each.
func (l *leafText) periodic() bool {
	says := func(e sqlExpr) bool { return slices.Contains(e.Columns, metric.LastDay) }
	lf := l.lf
	all := slices.Concat(lf.Where, lf.And, lf.parts, []sqlExpr{lf.Value})
	for _, dim := range l.by {
		all = append(all, lf.Dims[dim])
	}
	for _, f := range slices.Concat(l.q.Where, l.q.Scope) {
		all = append(all, lf.Dims[f.Dim])
	}
	return slices.ContainsFunc(all, says)
}

// dateColumn says that a text is a column of days.
func (lf *leaf) dateColumn(text string) bool {
	c := lf.Types[text]
	return c != nil && c.Type == dataset.Date
}

// called is the name of the i-th value.
func (lf *leaf) called(i int) string {
	if lf.parts == nil {
		return "_value"
	}
	return fmt.Sprintf("_v%d", i)
}

// bit writes the aggregate bit by bit: within each value of a column first, then added up. rows is how many rows such a part has.
func (l *leafText) bit(tallies []tally, column, rows string) string {
	lf := l.lf
	spread := l.w.Spans != nil
	inner, group := []string{}, []string{}
	if !spread {
		inner, group = append(inner, strings.TrimPrefix(l.period+" as _period", "_period as ")), append(group, "_period")
	}
	outer := []string{"_period"}
	for i, dim := range l.by {
		text := l.keyText(lf, dim, l.period)
		if l.sets && dim != lineKey && dim != setKey {
			text = l.ofSet(i, dim)
		}
		inner = append(inner, text+" as "+key(i))
		group, outer = append(group, key(i)), append(outer, key(i))
	}
	inner, group = append(inner, column+" as _part"), append(group, "_part")
	for i, t := range tallies {
		inner = append(inner, fmt.Sprintf("%s as _u%d", t.within, i))
		outer = append(outer, fmt.Sprintf("toFloat64(sum(_u%d)) as %s", i, t.as))
	}
	inner, outer = append(inner, rows+" as _rows"), append(outer, "sum(_rows) as _n")
	conds, late := l.conds, []string(nil)
	if spread { // the days themselves are put into the windows
		conds = slices.DeleteFunc(slices.Clone(conds), func(c string) bool { return c == lf.Time.Text+" >= _since" || c == lf.Time.Text+" <= _day" })
		late = []string{"_part >= _since", "_part <= _day"}
	}
	var days, s sqltext.Text
	days.Clause("select", inner, ",")
	days.Line("from " + l.table)
	if l.sets {
		days.Line(l.join)
	}
	days.Clause("where", conds, " and")
	days.Clause("group by", group, ",")
	s.Clause("select", outer, ",")
	s.From(days.String())
	if spread {
		s.Line(l.join)
	}
	s.Clause("where", late, " and")
	s.Clause("group by", keys(l.by), ",")
	return s.String()
}

// holds says what a column holds, as far as its order goes.
func (k *compiler) holds(lf *leaf, name string) (of sqltext.Kind) {
	if lf.Types != nil {
		if c := lf.Types[name]; c != nil {
			return sqltext.KindOf(c)
		}
		return sqltext.Unknown
	}
	for i, part := range lf.From.Union {
		own := sqltext.Unknown
		if c := k.Dataset(part.Dataset).Column(part.Select[name]); c != nil {
			own = sqltext.KindOf(c)
		} else if sqltext.IsText(part.Select[name]) {
			own = sqltext.Texts
		}
		if own == sqltext.Unknown || i > 0 && own != of {
			return sqltext.Unknown
		}
		of = own
	}
	return of
}

// least writes the columns of the first row of each period and person as the least of what orders the rows, which spares
// the sort; false where the order is not that of one value.
func (l *leafText) least(first, used []string) (string, bool) {
	lf := l.lf
	if l.longhand {
		return "", false
	}
	var wanted, from []string
	for _, c := range used {
		if !slices.Contains(lf.Once.Per.List(), c) {
			wanted = append(wanted, c)
		}
	}
	period := make([]string, len(first)) // the columns of first by name: a period has one day, so it parts no rows
	for i, c := range first {
		_, name, named := strings.Cut(c, " as ")
		if !named {
			name = c
		}
		period[i] = name
	}
	inner, keep := slices.Clone(first), lf.Once.Keep.List()[0]
	column, desc := strings.CutSuffix(keep, " desc")
	switch {
	case len(wanted) == 0:
	case len(wanted) == 1 && wanted[0] == column:
		if l.holds(lf, column) == sqltext.Unknown {
			return "", false
		}
		inner, from = append(inner, map[bool]string{false: "min", true: "max"}[desc]+"("+column+") as _first"), []string{"_first as " + column}
	default: // a tuple of all that orders the rows was tried: at five million rows it is dearer than the sort
		return "", false
	}
	inner = slices.Insert(inner, len(first), lf.Once.Per.List()...)
	var s, groups sqltext.Text
	groups.Clause("select", inner, ",")
	groups.Line("from " + l.table)
	groups.Line(l.join)
	groups.Clause("where", l.conds, " and")
	groups.Clause("group by", slices.Concat(period, lf.Once.Per.List()), ",")
	if len(wanted) == 0 {
		return groups.String(), true
	}
	s.Clause("select", slices.Concat(period, lf.Once.Per.List(), from), ",")
	s.From(groups.String())
	return s.String(), true
}

// mostBits bounds the texts that are gathered as bits of one number.
const mostBits = 64

// patterns writes, in place of a row a person, a row for all people of a period who have the same texts gathered, with how
// many they are. So it can be where nothing is asked of a person but that and who he is.
func (l *leafText) patterns() (table string, people []tally) {
	lf := l.lf
	g, per := lf.Gather, lf.Once.Per.List()
	if l.longhand || g == nil || g.Where != "" || lf.Types != nil || len(lf.From.Union) == 0 || l.w.Spans != nil || len(per) != 1 {
		return "", nil
	}
	if slices.ContainsFunc(lf.Where, func(e sqlExpr) bool { return slices.Contains(e.Columns, g.Take) }) {
		return "", nil // it stands for bits below
	}
	if l.holds(lf, g.Take) != sqltext.Texts && !l.textual(g.Take) {
		return "", nil
	}
	values := lf.parts
	if values == nil {
		values = []sqlExpr{lf.Value}
	}
	for i, e := range slices.Concat(values, lf.behind) {
		as := lf.called(i)
		if lf.parts == nil && i > 0 {
			as = fmt.Sprintf("_v%d", i-1)
		}
		name, args, ok := e.Call()
		switch {
		case e.Text == "uniqExact("+per[0]+")": // also where it is asked beside a value, and was never taken apart
			people = append(people, tally{as, "any(_people)"})
		case ok && name == "uniqExactIf" && len(args) == 2 && expression.Joined(args[0]) == per[0]:
			people = append(people, tally{as, "any(if(" + expression.Joined(args[1]) + ", _people, 0))"})
		default:
			return "", nil
		}
	}
	for c := range l.used() {
		if c != per[0] && c != g.As {
			return "", nil
		}
	}
	var lines []string
	for _, w := range l.lines {
		lines = append(lines, w.FirstDay("_x"))
	}
	of := sqltext.People{
		Rows: l.table, Per: per[0], Take: g.Take, As: g.As, Names: l.closed(g.Take), Counts: "(" + strings.Join(l.conds, " and ") + ")", Period: l.firstDay(lf), One: l.w.Grain == days.Total, Lines: lines,
	}
	if of.Names == nil && l.inner != nil { // where they are too many, the statement that asks for these rows has none, and another counts
		of.Look = l.selected(g.Take)
	}
	if !of.One {
		of.Starts, of.At = l.starts()
	}
	who, ok := l.who()
	if ok {
		text, columns, types := who.Table(of)
		return sqltext.InPlace(l.inner, text, columns, types), people
	}
	text, columns, types := of.Table()
	return sqltext.InPlace(l.inner, text, columns, types), people
}

// textual says that every part of a union selects a text for a column: by a literal, a column, or a part of a text.
func (l *leafText) textual(name string) bool {
	for _, part := range l.lf.From.Union {
		text := part.Select[name]
		if !sqltext.NeverNullText(text, l.Dataset(part.Dataset).Column(text)) {
			return false
		}
	}
	return true
}

// starts are the first days of all periods, and which of them a row is of; none where they are too many to be bits of a person.
func (l *leafText) starts() (list []string, at string) {
	periods := l.w.Periods()
	if len(periods) > sqltext.MostPeriods {
		return nil, ""
	}
	for i, p := range periods {
		list = append(list, days.ISO(l.w.Head(i, p)))
	}
	return list, l.w.Ordinal(l.lf.day())
}

// selected is how all parts of a union select a text for a column; "" where they do so in several ways, or it is a column of theirs.
func (l *leafText) selected(name string) (text string) {
	for i, part := range l.lf.From.Union {
		own := part.Select[name]
		if own == name || i > 0 && own != text {
			return ""
		}
		text = own
	}
	return text
}

// closed are the texts, in quotes, that a column of a union can have where every part selects one; nil where they are not known.
func (l *leafText) closed(name string) (list []string) {
	for _, part := range l.lf.From.Union {
		text := part.Select[name]
		if !sqltext.IsText(text) {
			return nil
		}
		if !slices.Contains(list, text) {
			list = append(list, text)
		}
	}
	if len(list) > mostBits {
		return nil
	}
	return list
}
