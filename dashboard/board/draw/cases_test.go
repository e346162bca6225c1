package draw

import (
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
)

// figure gives a panel its results and its reader's language.
func figure(p Figure, rs []*metric.Result, lang codes.Lang) Figure {
	p.Results, p.Lang = rs, lang
	return p
}

func num(v float64) *float64 { return &v }

func named(unit string) metric.Unit {
	u, ok := metric.UnitNamed(unit)
	if !ok {
		panic("no unit " + unit)
	}
	return u
}

// result makes an answer: rows are keys with a value, in the order of an engine (by period, then greatest first).
func result(q metric.Query, unit string, points ...metric.Point) *metric.Result {
	for i := range points {
		pt := &points[i]
		if pt.From.IsZero() {
			pt.From, pt.To = q.From, q.To
		}
		for _, k := range pt.Keys {
			pt.Labels = append(pt.Labels, codes.Text{Zh: names[k], En: k})
		}
	}
	return &metric.Result{Query: q, Unit: named(unit), Metric: &metric.Metric{Direction: "up"}, Points: points, DataDate: days.Date(2026, 6, 30)}
}

var names = map[string]string{
	"A": "A类 顶尖人才", "B": "B类 领军人才", "江西": "江西省", "广西": "广西壮族自治区", "DE": "德国", "JP": "日本",
	"magnetic": "磁性材料", "superalloy": "高温合金", "magnetic.raw": "稀土分离与原料", "magnetic.powder": "磁粉制备", "superalloy.cast": "精密铸造", "": "未填",
}

func half(by ...string) metric.Query {
	return metric.Query{Metric: "m", From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1), By: by}
}

func point(v float64, keys ...string) metric.Point { return metric.Point{Keys: keys, Value: &v} }

// cases are figures of every kind and of every way to draw one; the values include those that go-echarts' types lose.
func cases() map[string]Figure {
	quarter := half()
	quarter.Grain = days.Quarter
	at := func(month int, v *float64, keys ...string) metric.Point {
		from := days.Date(2026, 1, 1).AddDate(0, month-1, 0)
		return metric.Point{From: from, To: from.AddDate(0, 3, 0), Value: v, Keys: keys}
	}
	byClass := quarter
	byClass.By = []string{"class"}
	panel := func(kind board.Kind, metrics int, by ...string) Figure {
		p := Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: kind, By: by, Grain: days.Quarter}}
		for i := range metrics {
			p.Metrics = append(p.Metrics, string(rune('a'+i)))
			p.Titles = append(p.Titles, codes.Text{Zh: "指标" + string(rune('甲'+i)), En: "Measure " + string(rune('A'+i))})
		}
		return p
	}
	big := 123456789.12
	chains := []dataset.Chain{
		{Code: "magnetic", Title: codes.Text{Zh: "磁性材料", En: "Magnets"}, Nodes: []dataset.Node{{Code: "magnetic.raw", Title: codes.Text{Zh: "稀土分离与原料", En: "Rare earths"}, Feeds: []string{"magnetic.powder"}}, {Code: "magnetic.powder", Title: codes.Text{Zh: "磁粉制备", En: "Powder"}}}},
	}
	graph := panel(board.Graph, 2, "node")
	graph.Chains = chains
	levels := []board.Level{{Name: codes.Text{Zh: "富余", En: "Spare"}}, {From: 1, Name: codes.Text{Zh: "相当", En: "Level"}}, {From: 5, Name: codes.Text{Zh: "紧缺", En: "Short"}}}
	aligned := graph
	aligned.Levels = levels
	banded := panel(board.Line, 1)
	banded.Levels = levels
	with := func(p Figure, rs ...*metric.Result) Figure { return figure(p, rs, codes.Zh) }
	return map[string]Figure{
		"kpi":       with(panel(board.KPI, 1), result(quarter, "人", at(1, num(0)), at(4, &big))),
		"trend":     with(panel(board.Trend, 2), result(quarter, "人", at(1, num(0)), at(4, &big)), result(quarter, "%", at(1, nil), at(4, num(38.25)))),
		"line_by":   with(panel(board.Line, 1, "class"), result(byClass, "人", at(1, num(3), "A"), at(1, num(0), "B"), at(4, &big, "A"))),
		"bar":       with(panel(board.Bar, 2, "chain"), result(half("chain"), "人", point(big, "magnetic"), point(0, "superalloy")), result(half("chain"), "人", point(7, "superalloy"))),
		"column":    with(panel(board.Column, 1, "class"), result(half("class"), "人", point(big, "B"), point(0, "A"))),
		"stack":     with(panel(board.Stack, 1, "class"), result(byClass, "人", at(1, num(3), "A"), at(1, num(0), "B"), at(4, &big, "A"))),
		"pie":       with(panel(board.Pie, 1, "class"), result(half("class"), "人", point(big, "B"), point(0, "A"))),
		"funnel":    with(panel(board.Funnel, 3), result(half(), "人次", point(big)), result(half(), "人次", point(100)), result(half(), "人次", point(0))),
		"heatmap":   with(panel(board.Heatmap, 2, "chain"), result(half("chain"), "人", point(big, "magnetic"), point(0, "superalloy")), result(half("chain"), "%", point(50, "superalloy"))),
		"heatmap2":  with(panel(board.Heatmap, 1, "chain", "class"), result(half("chain", "class"), "人", point(big, "magnetic", "A"), point(0, "superalloy", "B"))),
		"sankey":    with(panel(board.Sankey, 1, "origin_province", "chain"), result(half("origin_province", "chain"), "人次", point(big, "江西", "magnetic"), point(3, "广西", "superalloy"), point(0, "", "magnetic"))),
		"map_china": with(onMap(panel(board.OnMap, 1, "origin_province"), "china"), result(half("origin_province"), "人次", point(big, "江西"), point(0, "广西"))),
		"map_world": with(onMap(panel(board.OnMap, 1, "country"), "world"), result(half("country"), "项", point(big, "DE"), point(0, "JP"))),
		"map_zone":  with(onMap(panel(board.OnMap, 1, "park"), "zone"), result(half("park"), "人", point(big, "lake"), point(0, "alloy"), point(3, ""))),
		"balance":   with(panel(board.Balance, 2, "chain"), result(half("chain"), "人", point(big, "magnetic"), point(0, "superalloy")), result(half("chain"), "人", point(7, "superalloy"))),
		"triangle":  with(panel(board.Triangle, 2), result(quarter, "人", at(1, num(0)), at(4, &big)), result(quarter, "%", at(1, num(38.25)), at(4, nil))),
		"path":      with(panel(board.Path, 2), result(quarter, "%", at(1, num(0)), at(4, num(2))), result(quarter, "%", at(1, num(3)), at(4, &big))),
		"heatgap":   with(panel(board.Heatmap, 2, "chain", "class"), result(half("chain", "class"), "人", point(big, "magnetic", "A"), point(3, "superalloy", "B")), result(half("chain", "class"), "人", point(3, "superalloy", "B"), point(8, "superalloy", "A"))),
		"levels":    with(banded, result(quarter, "指数", at(1, num(0)), at(4, &big))),
		"aligned":   with(aligned, result(half("node"), "人", point(big, "magnetic.raw"), point(0, "magnetic.powder")), result(half("node"), "比", point(9, "magnetic.raw"))),
		"graph":     with(graph, result(half("node"), "人", point(big, "magnetic.raw"), point(0, "magnetic.powder")), result(half("node"), "人", point(9, "magnetic.raw"))),
		"spring":    with(panel(board.Spring, 1), aroundEve(days.Date(2026, 2, 16), 30, 0, big), aroundEve(days.Date(2025, 1, 28), 30, 5)),
	}
}
