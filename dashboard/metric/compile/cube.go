package compile

import (
	"fmt"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/sqltext"
	"yanzhen/dashboard/metric/stated"
	"yanzhen/dashboard/metric/timeline"
	"yanzhen/pipeline/warehouse"
)

// Cube writes a metric of rows, uncut by q, as tables: for the periods of each of some timelines, and for every set of some
// dimensions, whose bits tell the sets apart. Rows are read once for as many of the tables as can be. A row of an answer has
// the column _why, "LINE SET", and a key for each of dims, empty where its set has not that dimension; more are aggregates
// as Behind has them, and so is at.
func Cube(c *metric.Catalog, m *metric.Metric, q metric.Query, lines []metric.Timeline, dims []string, more ...string) (out []warehouse.Statement, at int) {
	lf, at := beside(c, m, more)
	people(c, &lf, dims)
	q.By = nil
	finest := slices.MaxFunc(lines, func(a, b metric.Timeline) int { return a.Grain.PerYear() - b.Grain.PerYear() })
	apart := slices.ContainsFunc(lines, func(w metric.Timeline) bool { return w.Spans != nil || w.From != lines[0].From || w.To != lines[0].To }) || lf.Stock || lf.saysLastDay(dims)
	groups := [][]int{nil}
	for n := range lines {
		if apart && n > 0 {
			groups = append(groups, nil)
		}
		groups[len(groups)-1] = append(groups[len(groups)-1], n)
	}
	for _, group := range groups {
		first := lines[group[0]]
		if len(group) > 1 {
			first = finest
		}
		out = append(out, written(c, q, first, q.Metric, func(k *compiler) string {
			tables := func(lf *leaf) string {
				own := k.stated(lf, dims, stated.Many)
				l := &cubeText{leafText: leafText{compiler: k, lf: own, by: dims, near: own.Once != nil && len(group) > 1}, dims: dims}
				if len(group) > 1 {
					l.lines = lines
				}
				return l.tables(lines, group)
			}
			if all, some, ok := k.halves(&lf); ok {
				return added(&lf, append(keys(dims), "_why"), tables(all), tables(some))
			}
			return tables(&lf)
		}))
	}
	return out, at
}

// known is the column by which a row is chosen of each person, who is known in all rows; "" where it is not so.
func known(c *metric.Catalog, lf *leaf) string {
	if lf.Once == nil || len(lf.Once.Per.List()) != 1 {
		return ""
	}
	per := lf.Once.Per.List()[0]
	parts := lf.From.Union
	if parts == nil {
		parts = []metric.UnionPart{{Dataset: lf.From.Dataset, Select: map[string]string{per: per}}}
	}
	for _, part := range parts { // who is not known is one of the first rows, and nobody who is counted
		if own := c.Dataset(part.Dataset).Column(part.Select[per]); own == nil || own.Nullable() {
			return ""
		}
	}
	return per
}

// people makes the number of first rows of persons what it is where nothing else is asked of these: a number of persons, who
// need not be put in order, nor apart for every grain.
func people(c *metric.Catalog, lf *leaf, dims []string) {
	per := known(c, lf)
	if per == "" || len(dims) > 0 || lf.Stock || lf.Gather != nil || len(lf.And) > 0 || lf.parts != nil || lf.Value.Text != "count()" || lf.saysLastDay(nil) {
		return
	}
	lf.Once, lf.Value = nil, sqlExpr{Text: "uniqExact(" + per + ")", Columns: []string{per}}
	lf.each = lf.Value.Text
	for i, e := range lf.behind {
		if e.Text == "count()" {
			lf.behind[i] = lf.Value
		}
	}
}

// byDay says that of a person's rows the first, or the last, is chosen.
func (lf *leaf) byDay() bool {
	return strings.TrimSuffix(lf.Once.Keep.List()[0], " desc") == lf.Time.Text
}

// nearest adds to rows that are chosen in the shortest period in which others the person has a better one: where days decide,
// the nearest of these.
func (l *leafText) nearest(table string) string {
	order, frame, what := strings.Join(l.lf.personOrder(), ", ")+", _period", "\n        rows between unbounded preceding and 1 preceding", "groupArray(_period)"
	if l.lf.byDay() {
		order, frame, what = "_period", "", "lagInFrame(toNullable(_period))"
		if strings.HasSuffix(l.lf.Once.Keep.List()[0], " desc") {
			order += " desc"
		}
	}
	return "(\n    select *, _period as _head, " + what + " over (\n        partition by " + l.lf.Once.Per.String() + "\n        order by " + order + frame + "\n    ) as _near\n" + sqltext.Indent("from "+table) + "\n)"
}

// chosen writes the period of a row, out of that of the shortest grain, where it is the one that was chosen in it; else a day
// that no period begins on.
func (l *cubeText) chosen() string {
	own, near := l.w.FirstDay("_head"), l.w.FirstDay("assumeNotNull(_near)")
	if !l.lf.byDay() {
		return "if(arrayExists(_x -> " + l.w.FirstDay("_x") + " = " + own + ", _near), " + timeline.NoPeriod + ", " + own + ")"
	}
	return "if(_near is null or " + near + " != " + own + ", " + own + ", " + timeline.NoPeriod + ")"
}

// saysLastDay says that a row counts by the last day of its period, so that tables of several periods read other rows.
func (lf *leaf) saysLastDay(dims []string) bool {
	says := func(e sqlExpr) bool { return slices.Contains(e.Columns, metric.LastDay) }
	return slices.ContainsFunc(slices.Concat(lf.Where, lf.And, lf.parts, []sqlExpr{lf.Value}, lf.behind), says) ||
		slices.ContainsFunc(dims, func(d string) bool { return says(lf.Dims[d]) })
}

// cubeText is the statement of several tables over the same rows.
type cubeText struct {
	leafText
	dims []string
}

func (l *cubeText) tables(lines []metric.Timeline, group []int) string {
	l.prepare()
	if text, ok := l.counted(lines); ok {
		return text
	}
	if l.people != nil {
		return l.ofPeople(group[0])
	}
	var sets []int
	for set := range 1 << len(l.dims) {
		sets = append(sets, set)
	}
	if !slices.ContainsFunc(l.dims, func(d string) bool { return slices.Contains(l.lf.Dims[d].Calls, "arrayJoin") }) {
		return l.table1(lines, group, sets)
	}
	// a row that is there once for each value of one dimension would be so in the tables without it too
	var texts []string
	for _, set := range sets {
		texts = append(texts, "select * from (\n"+sqltext.Indent(l.table1(lines, group, []int{set}))+"\n)")
	}
	return strings.Join(texts, "\nunion all\n")
}

// lineKey and setKey stand beside dimensions for which of several timelines a row that stands for people is of, and for which set
// of dimensions.
const (
	lineKey = "_line"
	setKey  = "_set"
)

// ofPeople writes the tables of all sets out of rows that stand for several people: each is there once for every set, with the
// keys that the set has.
func (l *cubeText) ofPeople(line int) string {
	own := l.leafText
	own.by = append(slices.Clone(l.dims), setKey)
	why, except := fmt.Sprintf("'%d'", line), key(len(l.dims))
	if l.lines != nil {
		own.by = append(own.by, lineKey)
		why, except = key(len(l.dims)+1), except+", "+key(len(l.dims)+1)
	}
	own.join = fmt.Sprintf("array join range(%d) as _set", 1<<len(l.dims))
	own.sets = true
	return "select * except (" + except + "), concat(" + why + ", ' ', " + key(len(l.dims)) + ") as _why\nfrom (\n" + sqltext.Indent(own.bit(own.people, "_with", "any(_people)")) + "\n)"
}

// ofSet writes the d-th dimension as a text where the set of a row has it, else an empty one.
func (l *leafText) ofSet(d int, dim string) string {
	e := l.lf.Dims[dim]
	if name, args, ok := e.Call(); ok && name == "arrayJoin" && len(args) == 1 {
		return fmt.Sprintf("arrayJoin(if(bitTest(_set, %d), %s, ['']))", d, l.expandTokens(l.lf, args[0], l.period))
	}
	return fmt.Sprintf("if(bitTest(_set, %d), %s, '')", d, l.keyText(l.lf, dim, l.period))
}

// table1 writes the tables of some sets in one select.
func (l *cubeText) table1(lines []metric.Timeline, group, sets []int) string {
	lf := l.lf
	var inner, periods, keys, which, groups []string
	for i, n := range group {
		l.w = lines[n]
		name := fmt.Sprintf("_p%d", n)
		period := l.period
		switch {
		case l.near:
			period = l.chosen()
		case lf.Once == nil:
			period = l.firstDay(lf)
		}
		inner = append(inner, "materialize("+period+") as "+name)
		if i < len(group)-1 {
			periods = append(periods, fmt.Sprintf("grouping(%s) = 0, %s", name, name))
			which = append(which, fmt.Sprintf("grouping(%s) = 0, '%d'", name, n))
		} else {
			periods, which = append(periods, name), append(which, fmt.Sprintf("'%d'", n))
		}
		for _, set := range sets {
			cols := []string{name}
			for d := range l.dims {
				if set&(1<<d) != 0 {
					cols = append(cols, fmt.Sprintf("_d%d", d))
				}
			}
			groups = append(groups, "("+strings.Join(cols, ", ")+")")
		}
	}
	used := 0
	for _, set := range sets {
		used |= set
	}
	bits := []string{}
	for d, dim := range l.dims {
		switch {
		case used&(1<<d) == 0:
			keys = append(keys, fmt.Sprintf("'' as _k%d", d))
			continue
		case len(sets) == 1:
			bits = append(bits, fmt.Sprint(1<<d))
		default:
			bits = append(bits, fmt.Sprintf("%d * (grouping(_d%d) = 0)", 1<<d, d))
		}
		// the engine drops a key of a set that is a function of its others, and answers an empty text for it, but for one like this
		inner = append(inner, "materialize("+l.keyText(lf, dim, l.period)+fmt.Sprintf(") as _d%d", d))
		keys = append(keys, fmt.Sprintf("_d%[1]d as _k%[1]d", d))
	}
	pick := func(list []string) string {
		if len(list) == 1 {
			return list[0]
		}
		return "multiIf(" + strings.Join(list, ", ") + ")"
	}
	if len(bits) == 0 {
		bits = []string{"0"}
	}
	cols := append([]string{pick(periods) + " as _period"}, keys...)
	cols = append(cols, "toFloat64("+l.expand(lf, lf.Value, l.period)+") as _value")
	for i, e := range lf.behind {
		cols = append(cols, fmt.Sprintf("toFloat64(%s) as _v%d", l.expand(lf, e, l.period), i))
	}
	cols = append(cols, "concat("+pick(which)+", ' ', toString("+strings.Join(bits, " + ")+")) as _why", lf.rows()+" as _n")
	var s sqltext.Text
	s.Clause("with", inner, ",")
	s.Clause("select", cols, ",")
	s.Line("from " + l.table)
	s.Line(l.join)
	s.Clause("where", l.conds, " and")
	s.Line("group by grouping sets (" + strings.Join(groups, ", ") + ")")
	if l.near {
		return "select * from (\n" + sqltext.Indent(s.String()) + "\n)\nwhere _period != " + timeline.NoPeriod
	}
	return s.String()
}
