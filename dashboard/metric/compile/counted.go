package compile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/sqltext"
)

var personsRe = regexp.MustCompile(`^uniqExact\(([a-z][a-z0-9_]*)\)$`)

// counted writes the tables of a metric that counts rows and the persons of one column, uncut, for several grains: rows are
// counted in the shortest periods and added up, and a person is told by those in which he occurs, once for all grains. False
// where something else is counted, or the periods are too many.
func (l *cubeText) counted(lines []metric.Timeline) (text string, ok bool) {
	lf := l.lf
	if l.longhand || len(l.dims) > 0 || l.lines == nil || lf.kept != "" || lf.Once != nil || lf.parts != nil || len(l.w.Periods()) > sqltext.MostPeriods {
		return "", false
	}
	cols, own, none, per := []string{"_period"}, []string{}, []string{}, ""
	for i, e := range slices.Concat([]sqlExpr{lf.Value}, lf.behind) {
		as := "_value"
		if i > 0 {
			as = fmt.Sprintf("_v%d", i-1)
		}
		if m := personsRe.FindStringSubmatch(e.Text); m != nil && (per == "" || per == m[1]) {
			per, cols = m[1], append(cols, "toFloat64(sum(_people)) as "+as)
			continue
		}
		if name, _, call := e.Call(); e.Text != "count()" && (!call || name != "count" && name != "countIf") {
			return "", false
		}
		cols = append(cols, fmt.Sprintf("toFloat64(sum(_c%d)) as %s", i, as))
		own, none = append(own, fmt.Sprintf("%s as _c%d", l.expand(lf, e, l.period), i)), append(none, fmt.Sprintf("toUInt64(0) as _c%d", i))
	}
	if per == "" {
		return "", false
	}
	var periods, at []string
	for n, w := range lines {
		periods, at = append(periods, w.FirstDay("_x")), append(at, fmt.Sprintf("(%d, %s)", n, w.FirstDay("_all")))
	}
	people := sqltext.People{Rows: l.table, Per: per, As: "_texts", Counts: "(" + strings.Join(l.conds, " and ") + ")", Lines: periods}
	people.Starts, people.At = l.starts()
	table, _, _ := people.Table()
	n, parts := "sum(_people)", []string{}
	if lf.each == "" || len(own) > 0 {
		n = "sum(_rows)"
		var rows, first sqltext.Text
		first.Clause("select", append(append([]string{l.period + " as _all"}, own...), "count() as _rows"), ",")
		first.Line("from " + l.table)
		first.Clause("where", l.conds, " and")
		first.Line("group by _all")
		of := []string{"_at.1 as _line", "_at.2 as _period", "toUInt64(0) as _people"}
		for _, c := range own {
			of = append(of, c[strings.LastIndex(c, " ")+1:])
		}
		rows.Clause("select", append(of, "_rows"), ",")
		rows.From(first.String())
		rows.Line("array join [" + strings.Join(at, ", ") + "] as _at")
		parts = append(parts, rows.String())
	}
	var persons, s sqltext.Text
	persons.Clause("select", append(append([]string{"_line", "_period", "_people"}, none...), "toUInt64(0) as _rows"), ",")
	persons.Line("from " + table)
	parts = append(parts, persons.String())
	s.Clause("select", append(cols, "concat(toString(_line), ' 0') as _why", n+" as _n"), ",")
	s.From(strings.Join(parts, "\nunion all\n"))
	s.Clause("group by", []string{"_line", "_period"}, ",")
	return s.String(), true
}
