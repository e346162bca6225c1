// Package paneltest gives tests figures as an engine would answer them.
package paneltest

import (
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Figure gives a panel its results and its reader's language.
func Figure(f panel.Figure, rs []*metric.Result, lang codes.Lang) panel.Figure {
	f.Results, f.Lang = rs, lang
	return f
}

// Num is a value.
func Num(v float64) *float64 { return &v }

// Unit is a unit by its name.
func Unit(name string) metric.Unit {
	u, ok := metric.UnitNamed(name)
	if !ok {
		panic("no unit " + name)
	}
	return u
}

var names = map[string]string{
	"A": "A类 顶尖人才", "B": "B类 领军人才", "江西": "江西省", "广西": "广西壮族自治区", "DE": "德国", "JP": "日本",
	"magnetic": "磁性材料", "superalloy": "高温合金", "magnetic.raw": "稀土分离与原料", "magnetic.powder": "磁粉制备", "superalloy.cast": "精密铸造", "": "未填",
}

// Result makes an answer: rows are keys with a value, in the order of an engine (by period, then greatest first).
func Result(q metric.Query, unit string, points ...metric.Point) *metric.Result {
	for i := range points {
		pt := &points[i]
		if pt.From.IsZero() {
			pt.From, pt.To = q.From, q.To
		}
		for _, k := range pt.Keys {
			pt.Labels = append(pt.Labels, codes.Text{Zh: names[k], En: k})
		}
	}
	return &metric.Result{Query: q, Unit: Unit(unit), Metric: &metric.Metric{Direction: "up"}, Points: points, DataDate: days.Date(2026, 6, 30)}
}

// Half asks for the first half of a year, cut by dimensions.
func Half(by ...string) metric.Query {
	return metric.Query{Metric: "m", From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1), By: by}
}

// Point is a value of some keys.
func Point(v float64, keys ...string) metric.Point { return metric.Point{Keys: keys, Value: &v} }

// Over is a value of a period, with that of a year before.
func Over(from, to days.Day, value, base float64) metric.Point {
	change := (value/base - 1) * 100
	return metric.Point{
		From: from, To: to, Until: to, Value: &value, Base: &base, Change: &change,
		BaseFrom: from.AddDate(-1, 0, 0), BaseTo: to.AddDate(-1, 0, 0), Rows: 1,
	}
}
