package metric

import (
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/metric/expression"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// Some words of a metric's expressions are macros, no columns: they are written out when the statement is
// compiled.
//
//	last_day          the last day of the period, or of what the data cover of it
//	data_day          the greatest business date published of the metric's own datasets
//	workdays(a, b)    working days after a up to b, by the dataset calendar; null outside of it
//	within(x, a, b)   whether one of the gathered days x lies after a and up to b
const (
	lastDay  = "last_day"
	dataDay  = "data_day"
	workdays = "workdays"
	within   = "within"
	calendar = "calendar" // the dataset workdays reads
)

// sqlExpr and sqlToken are what expressions of metrics are.
type (
	sqlExpr  = expression.Expr
	sqlToken = expression.Token
)

var macros = map[string]bool{lastDay: true, dataDay: true, workdays: true, within: true}

// Gather gives every row the values that one column has in all rows of the same once.per, whatever
// the period: what became of a person later.
type Gather struct {
	As    string `yaml:"as"`
	Take  string `yaml:"take"`
	Where string `yaml:"where"`
}

// expand writes e as SQL, with its macros. Period is the first day of the period in SQL.
func (k *compiler) expand(lf *leaf, e sqlExpr, period string) string {
	if !slices.ContainsFunc(e.Tokens, func(t sqlToken) bool { return t.Kind == expression.Word && macros[t.Text] }) {
		return e.Text
	}
	return k.expandTokens(lf, e.Tokens, period)
}

func (k *compiler) expandTokens(lf *leaf, tokens []sqlToken, period string) string {
	var b strings.Builder
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if t.Kind != expression.Word || !macros[t.Text] {
			b.WriteString(t.Text)
			continue
		}
		switch t.Text {
		case lastDay:
			b.WriteString(k.lastDay(lf, period))
			continue
		case dataDay:
			b.WriteString(k.dataDay(lf))
			continue
		}
		list, end, ok := expression.Arguments(tokens, i+1)
		if !ok { // a column of that name
			b.WriteString(t.Text)
			continue
		}
		args := make([]string, len(list))
		for j := range list {
			args[j] = k.expandTokens(lf, list[j], period)
		}
		if t.Text == workdays {
			b.WriteString("(" + k.workday(args[1]) + " - " + k.workday(args[0]) + ")")
		} else {
			b.WriteString("arrayExists(_x -> _x > " + args[1] + " and _x <= " + args[2] + ", " + args[0] + ")")
		}
		i = end - 1
	}
	return b.String()
}

func (k *compiler) lastDay(lf *leaf, period string) string {
	if lf.stock || k.w.Spans != nil {
		return "_day"
	}
	if k.w.Grain == days.Total {
		k.params["last"] = days.ISO(k.w.To.AddDate(0, 0, -1))
		return "{last:Date32}"
	}
	var heads, lasts []string
	for _, p := range k.w.Periods() {
		heads, lasts = append(heads, days.ISO(k.w.Grain.Start(p.From))), append(lasts, days.ISO(p.To.AddDate(0, 0, -1)))
	}
	k.params["heads"], k.params["lasts"] = warehouse.Strings(heads), warehouse.Strings(lasts)
	return "{lasts:Array(Date32)}[indexOf({heads:Array(Date32)}, " + period + ")]"
}

// dataDay writes the data date of lf's datasets: {data_day:Date32}, and {data_day_2:Date32} for a part
// of the metric over other datasets. 1970-01-01 where they have none.
func (k *compiler) dataDay(lf *leaf) string {
	of := strings.Join(lf.datasets, " ")
	i := slices.Index(k.days, of)
	if i < 0 {
		i = len(k.days)
		k.days = append(k.days, of)
	}
	name, last := dataDay, days.Day{}
	if i > 0 {
		name += "_" + strconv.Itoa(i+1)
	}
	for _, d := range lf.datasets {
		if at := k.q.DataDays[d]; at.After(last) {
			last = at
		}
	}
	if last.IsZero() {
		last = days.Date(1970, 1, 1)
	}
	k.params[name] = days.ISO(last)
	return "{" + name + ":Date32}"
}

// workday writes the number of working days up to a day: an element of the calendar, which has one
// row a day.
func (k *compiler) workday(expr string) string {
	table, live := k.live(calendar)
	where := ""
	if live != "" {
		where = " where " + live
	}
	nth := "(select arrayMap(_x -> toNullable(_x), groupArray(nth)) from (select nth from " + table + where + " order by date))"
	first := "(select min(date) from " + table + where + ")"
	return "arrayElement(" + nth + ", greatest(dateDiff('day', " + first + ", toDate32(" + expr + ")) + 1, 0))"
}

// looksUp says whether an expression of lf calls word.
func (lf *leaf) looksUp(word string) bool {
	called := func(e sqlExpr) bool { return slices.Contains(e.Calls, word) }
	if slices.ContainsFunc(lf.where, called) || slices.ContainsFunc(lf.and, called) || called(lf.value) {
		return true
	}
	for _, e := range lf.dims {
		if called(e) {
			return true
		}
	}
	return false
}
