package draw

import (
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/panel/paneltest"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
)

// cases are figures of every kind and of every way to draw one; the values include those that go-echarts' types lose.
func cases() map[string]panel.Figure {
	quarter := paneltest.Half()
	quarter.Grain = days.Quarter
	at := func(month int, v *float64, keys ...string) metric.Point {
		from := days.Date(2026, 1, 1).AddDate(0, month-1, 0)
		return metric.Point{From: from, To: from.AddDate(0, 3, 0), Value: v, Keys: keys}
	}
	byClass := quarter
	byClass.By = []string{"class"}
	of := func(kind board.Kind, metrics int, by ...string) panel.Figure {
		p := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: kind, By: by, Grain: days.Quarter}}
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
	graph := of(board.Graph, 2, "node")
	graph.Chains = chains
	levels := []board.Level{{Name: codes.Text{Zh: "富余", En: "Spare"}}, {From: 1, Name: codes.Text{Zh: "相当", En: "Level"}}, {From: 5, Name: codes.Text{Zh: "紧缺", En: "Short"}}}
	aligned := graph
	aligned.Levels = levels
	banded := of(board.Line, 1)
	banded.Levels = levels
	with := func(p panel.Figure, rs ...*metric.Result) panel.Figure { return paneltest.Figure(p, rs, codes.Zh) }
	return map[string]panel.Figure{
		"kpi":       with(of(board.KPI, 1), paneltest.Result(quarter, "人", at(1, paneltest.Num(0)), at(4, &big))),
		"trend":     with(of(board.Trend, 2), paneltest.Result(quarter, "人", at(1, paneltest.Num(0)), at(4, &big)), paneltest.Result(quarter, "%", at(1, nil), at(4, paneltest.Num(38.25)))),
		"line_by":   with(of(board.Line, 1, "class"), paneltest.Result(byClass, "人", at(1, paneltest.Num(3), "A"), at(1, paneltest.Num(0), "B"), at(4, &big, "A"))),
		"bar":       with(of(board.Bar, 2, "chain"), paneltest.Result(paneltest.Half("chain"), "人", paneltest.Point(big, "magnetic"), paneltest.Point(0, "superalloy")), paneltest.Result(paneltest.Half("chain"), "人", paneltest.Point(7, "superalloy"))),
		"column":    with(of(board.Column, 1, "class"), paneltest.Result(paneltest.Half("class"), "人", paneltest.Point(big, "B"), paneltest.Point(0, "A"))),
		"stack":     with(of(board.Stack, 1, "class"), paneltest.Result(byClass, "人", at(1, paneltest.Num(3), "A"), at(1, paneltest.Num(0), "B"), at(4, &big, "A"))),
		"pie":       with(of(board.Pie, 1, "class"), paneltest.Result(paneltest.Half("class"), "人", paneltest.Point(big, "B"), paneltest.Point(0, "A"))),
		"funnel":    with(of(board.Funnel, 3), paneltest.Result(paneltest.Half(), "人次", paneltest.Point(big)), paneltest.Result(paneltest.Half(), "人次", paneltest.Point(100)), paneltest.Result(paneltest.Half(), "人次", paneltest.Point(0))),
		"heatmap":   with(of(board.Heatmap, 2, "chain"), paneltest.Result(paneltest.Half("chain"), "人", paneltest.Point(big, "magnetic"), paneltest.Point(0, "superalloy")), paneltest.Result(paneltest.Half("chain"), "%", paneltest.Point(50, "superalloy"))),
		"heatmap2":  with(of(board.Heatmap, 1, "chain", "class"), paneltest.Result(paneltest.Half("chain", "class"), "人", paneltest.Point(big, "magnetic", "A"), paneltest.Point(0, "superalloy", "B"))),
		"sankey":    with(of(board.Sankey, 1, "origin_province", "chain"), paneltest.Result(paneltest.Half("origin_province", "chain"), "人次", paneltest.Point(big, "江西", "magnetic"), paneltest.Point(3, "广西", "superalloy"), paneltest.Point(0, "", "magnetic"))),
		"map_china": with(onMap(of(board.OnMap, 1, "origin_province"), "china"), paneltest.Result(paneltest.Half("origin_province"), "人次", paneltest.Point(big, "江西"), paneltest.Point(0, "广西"))),
		"map_world": with(onMap(of(board.OnMap, 1, "country"), "world"), paneltest.Result(paneltest.Half("country"), "项", paneltest.Point(big, "DE"), paneltest.Point(0, "JP"))),
		"map_zone":  with(onMap(of(board.OnMap, 1, "park"), "zone"), paneltest.Result(paneltest.Half("park"), "人", paneltest.Point(big, "lake"), paneltest.Point(0, "alloy"), paneltest.Point(3, ""))),
		"balance":   with(of(board.Balance, 2, "chain"), paneltest.Result(paneltest.Half("chain"), "人", paneltest.Point(big, "magnetic"), paneltest.Point(0, "superalloy")), paneltest.Result(paneltest.Half("chain"), "人", paneltest.Point(7, "superalloy"))),
		"triangle":  with(of(board.Triangle, 2), paneltest.Result(quarter, "人", at(1, paneltest.Num(0)), at(4, &big)), paneltest.Result(quarter, "%", at(1, paneltest.Num(38.25)), at(4, nil))),
		"path":      with(of(board.Path, 2), paneltest.Result(quarter, "%", at(1, paneltest.Num(0)), at(4, paneltest.Num(2))), paneltest.Result(quarter, "%", at(1, paneltest.Num(3)), at(4, &big))),
		"heatgap":   with(of(board.Heatmap, 2, "chain", "class"), paneltest.Result(paneltest.Half("chain", "class"), "人", paneltest.Point(big, "magnetic", "A"), paneltest.Point(3, "superalloy", "B")), paneltest.Result(paneltest.Half("chain", "class"), "人", paneltest.Point(3, "superalloy", "B"), paneltest.Point(8, "superalloy", "A"))),
		"levels":    with(banded, paneltest.Result(quarter, "指数", at(1, paneltest.Num(0)), at(4, &big))),
		"aligned":   with(aligned, paneltest.Result(paneltest.Half("node"), "人", paneltest.Point(big, "magnetic.raw"), paneltest.Point(0, "magnetic.powder")), paneltest.Result(paneltest.Half("node"), "比", paneltest.Point(9, "magnetic.raw"))),
		"graph":     with(graph, paneltest.Result(paneltest.Half("node"), "人", paneltest.Point(big, "magnetic.raw"), paneltest.Point(0, "magnetic.powder")), paneltest.Result(paneltest.Half("node"), "人", paneltest.Point(9, "magnetic.raw"))),
		"spring":    with(of(board.Spring, 1), aroundEve(days.Date(2026, 2, 16), 30, 0, big), aroundEve(days.Date(2025, 1, 28), 30, 5)),
	}
}
