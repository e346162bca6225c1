package compile

import (
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/expression"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// sqlExpr and sqlToken are what expressions of metrics are.
type (
	sqlExpr  = expression.Expr
	sqlToken = expression.Token
)

var macros = map[string]bool{metric.LastDay: true, metric.DataDay: true, metric.Workdays: true, metric.Within: true}

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
		case metric.LastDay:
			b.WriteString(k.lastDay(lf, period))
			continue
		case metric.DataDay:
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
		if t.Text == metric.Workdays {
			b.WriteString("(" + k.workday(args[1]) + " - " + k.workday(args[0]) + ")")
		} else {
			b.WriteString("arrayExists(_x -> _x > " + args[1] + " and _x <= " + args[2] + ", " + args[0] + ")")
		}
		i = end - 1
	}
	return b.String()
}

func (k *compiler) lastDay(lf *leaf, period string) string {
	if lf.Stock || k.w.Spans != nil {
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
	of := strings.Join(lf.Datasets, " ")
	i := slices.Index(k.days, of)
	if i < 0 {
		i = len(k.days)
		k.days = append(k.days, of)
	}
	name, last := metric.DataDay, days.Day{}
	if i > 0 {
		name += "_" + strconv.Itoa(i+1)
	}
	for _, d := range lf.Datasets {
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
	table, live := k.live(metric.Calendar)
	where := ""
	if live != "" {
		where = " where " + live
	}
	nth := "(select arrayMap(_x -> toNullable(_x), groupArray(nth)) from (select nth from " + table + where + " order by date))"
	first := "(select min(date) from " + table + where + ")"
	return "arrayElement(" + nth + ", greatest(dateDiff('day', " + first + ", toDate32(" + expr + ")) + 1, 0))"
}
