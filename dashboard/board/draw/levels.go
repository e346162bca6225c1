package draw

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"sort"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// level is the place of a value among levels.
func level(levels []board.Level, v float64) int {
	at := 0
	for i, x := range levels[1:] {
		if v >= x.From {
			at = i + 1
		}
	}
	return at
}

// span says what a level reaches over: <0.8, 0.8–1, ≥2.
func span(levels []board.Level, i int) string {
	switch {
	case len(levels) == 1:
		return ""
	case i == 0:
		return "<" + plain(levels[1].From)
	case i == len(levels)-1:
		return "≥" + plain(levels[i].From)
	}
	return plain(levels[i].From) + "–" + plain(levels[i+1].From)
}

// diverging are the tokens of n levels from least to most: blue to orange through grey, which readers who confuse red
// and green tell apart, and light enough for a text in ink on every one of them.
func diverging(n int) []string {
	switch {
	case n <= 1:
		return []string{"__c:d3"}
	case n == 2:
		return []string{"__c:d2", "__c:d4"}
	case n == 3:
		return []string{"__c:d1", "__c:d3", "__c:d5"}
	case n == 4:
		return []string{"__c:d1", "__c:d3", "__c:d4", "__c:d5"}
	}
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprintf("__c:d%d", 1+int(math.Round(4*float64(i)/float64(n-1))))
	}
	return out
}

// shapes go with the colours of levels, so that a print in grey or an eye without colour still tells them apart.
var shapes = []string{"circle", "circle", "circle", "diamond", "rect"}

func shape(n, i int) string {
	if n <= 1 {
		return shapes[0]
	}
	return shapes[int(math.Round(4*float64(i)/float64(n-1)))]
}

// bands draws levels behind a line: where each begins, with its name, as far as the values reach.
func bands(levels []board.Level, rs []*metric.Result, loc codes.Lang) m {
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, r := range rs {
		for _, pt := range r.Points {
			if pt.Value != nil {
				lo, hi = math.Min(lo, *pt.Value), math.Max(hi, *pt.Value)
			}
		}
	}
	if lo > hi || len(levels) < 2 {
		return nil
	}
	first, last := level(levels, lo), level(levels, hi)
	// one level more on each side shows how far it is to the next
	first, last = max(0, first-1), min(len(levels)-1, last+1)
	var areas l
	for i := first; i <= last; i++ {
		from, to := m{"name": levels[i].Name.In(loc)}, m{}
		if i > 0 {
			from["yAxis"] = levels[i].From
		} else {
			from["yAxis"] = math.Min(0, lo)
		}
		if i+1 < len(levels) {
			to["yAxis"] = levels[i+1].From
		} else {
			to["yAxis"] = math.Max(hi, 2*levels[i].From-levels[i-1].From)
		}
		from["itemStyle"] = m{"color": []string{"__c:raised", "__c:card"}[i%2]}
		areas = append(areas, l{from, to})
	}
	return m{"silent": true, "data": areas, "label": m{"show": true, "position": "insideTopRight", "color": "__c:mute", "fontSize": 11, "distance": 4}}
}

// reach is the part of the axis that bands fills.
func reach(areas m) (lo, hi float64) {
	list := areas["data"].(l)
	return list[0].(l)[0].(m)["yAxis"].(float64), list[len(list)-1].(l)[1].(m)["yAxis"].(float64)
}

// drawPath draws one metric against another, a point per period, joined in the order of time.
func drawPath(p Figure, rs []*metric.Result, loc codes.Lang) (json.RawMessage, error) {
	at := func(r *metric.Result, d metric.Day) *float64 {
		for _, pt := range r.Points {
			if pt.From.Equal(d) {
				return pt.Value
			}
		}
		return nil
	}
	days := starts(rs)
	grain := rs[0].Query.Grain
	var data l
	names := axisTicks(rs, days, grain, loc)
	for i, d := range days {
		x, y := at(rs[0], d), at(rs[1], d)
		if x == nil || y == nil {
			continue
		}
		name := names[i]
		tip := name + "\n" + p.title(0, loc) + "  " + metric.Format(x, rs[0].Unit, loc) + "\n" + p.title(1, loc) + "  " + metric.Format(y, rs[1].Unit, loc)
		data = append(data, m{"name": name, "value": l{*x, *y}, "text": "", "tip": tip, "label": m{"show": false}})
	}
	// the ends and the beginnings of years are named; more names would lie on each other
	for i, v := range data {
		v := v.(m)
		d, ok := v["name"].(string)
		if i == 0 || i == len(data)-1 || ok && grain == metric.Quarter && len(d) > 2 && d[len(d)-2:] == "Q1" {
			v["text"], v["label"] = d, m{"show": true}
		}
		if i == len(data)-1 {
			v["symbolSize"], v["itemStyle"] = 12, m{"color": "__c:s2"}
			v["label"] = m{"show": true, "position": "bottom", "fontWeight": 600, "color": "__c:ink"}
		}
	}
	c := charts.NewLine()
	c.SetXAxis([]string{}).AddSeries(p.Title.In(loc), make([]opts.LineData, len(data)), charts.WithLineStyleOpts(opts.LineStyle{Width: 1.5}))
	c.SetGlobalOptions(legend(false, p), tooltip("item", ""))
	axis := func(i int) m {
		name := p.title(i, loc)
		if u := UnitName(rs[i].Unit, loc); u != "" {
			name += pick(loc, "（"+u+"）", " ("+u+")")
		}
		return m{"type": "value", "scale": true, "name": name, "splitNumber": 4, "axisLabel": m{"formatter": axisFormatter(rs[i].Unit)}, "splitLine": m{"show": true}}
	}
	x, y := axis(0), axis(1)
	x["nameLocation"], x["nameGap"] = "middle", 28
	y["nameTextStyle"] = m{"align": "left"}
	return finish(p, rs, loc, c, m{
		"grid": m{"left": 4, "right": 26, "top": 34, "bottom": 26, "containLabel": true}, "xAxis": l{x}, "yAxis": l{y},
		"tooltip": merge(tip(formatter(rs[1].Unit)), m{"formatter": "__fmt:tip"}),
		"series": l{m{
			"data": data, "symbol": "circle", "symbolSize": 7, "showSymbol": true, "color": "__c:s1", "smooth": 0.2,
			"label": m{"formatter": "__fmt:text", "position": "top", "fontSize": 11, "color": "__c:text"}, "labelLayout": m{"hideOverlap": true},
		}},
	})
}

// drawTriangle puts cohorts below each other, a row per period in which people came and a column per metric; what has
// not come to pass yet is left empty, which gives the triangle. Columns of another unit than the last are not shaded.
func drawTriangle(p Figure, rs []*metric.Result, loc codes.Lang) (json.RawMessage, error) {
	days := starts(rs)
	rows := axisTicks(rs, days, rs[0].Query.Grain, loc)
	unit := rs[len(rs)-1].Unit
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, r := range rs {
		for _, pt := range r.Points {
			if r.Unit == unit && pt.Value != nil {
				lo, hi = math.Min(lo, *pt.Value), math.Max(hi, *pt.Value)
			}
		}
	}
	switch {
	case lo > hi: // no cohort is judged yet: there is nothing to shade
		lo, hi = 0, 1
	case lo == hi:
		lo = hi - 1
	}
	var columns []string
	var data l
	for x, r := range rs {
		columns = append(columns, p.title(x, loc))
		for _, pt := range r.Points {
			if pt.Value == nil {
				continue
			}
			y := slices.IndexFunc(days, pt.From.Equal)
			cell := m{"value": l{x, y, *pt.Value}, "text": number(pt.Value, r.Unit)}
			if r.Unit != unit {
				cell["visualMap"], cell["itemStyle"] = false, m{"color": "__c:raised"}
			}
			data = append(data, cell)
		}
	}
	c := charts.NewHeatMap()
	c.SetXAxis(columns)
	c.AddSeries(p.Title.In(loc), make([]opts.HeatMapData, len(data)), charts.WithLabelOpts(opts.Label{Show: opts.Bool(true)}))
	c.SetGlobalOptions(legend(false, p), tooltip("item", ""), charts.WithVisualMapOpts(opts.VisualMap{}))
	fs := 12
	if p.Compact {
		fs = 11
	}
	return finish(p, rs, loc, c, m{
		"grid":      m{"left": 0, "right": 2, "top": 0, "bottom": 0, "containLabel": true},
		"tooltip":   merge(tip("__fmt:text"), m{"formatter": "__fmt:cell"}),
		"visualMap": l{m{"show": false, "type": "continuous", "min": lo, "max": hi, "dimension": 2, "inRange": m{"color": l{"__c:q0", "__c:q1", "__c:q2", "__c:q3"}}}},
		"xAxis":     l{m{"type": "category", "data": columns, "position": "top", "axisLine": m{"show": false}, "axisTick": m{"show": false}, "axisLabel": m{"interval": 0, "fontSize": fs, "overflow": "break", "width": map[bool]int{true: 60, false: 110}[p.Compact]}}},
		"yAxis":     l{m{"type": "category", "data": rows, "inverse": true, "axisLine": m{"show": false}, "axisTick": m{"show": false}, "axisLabel": m{"fontSize": fs, "interval": 0}}},
		"series":    l{m{"data": data, "label": m{"formatter": "__fmt:text", "color": "__c:ink", "fontSize": fs}, "itemStyle": m{"borderColor": "__c:card", "borderWidth": 2, "borderRadius": 3}}},
	})
}

// drawBalance draws two metrics away from a common line: the first to the right, the second to the left, the greatest
// together first.
func drawBalance(p Figure, rs []*metric.Result, loc codes.Lang) (json.RawMessage, error) {
	sums := map[string]float64{}
	for _, r := range rs {
		for _, pt := range r.Points {
			if pt.Value != nil {
				sums[key(pt, 0)] += math.Abs(*pt.Value)
			}
		}
	}
	its := items(p, rs, 0, loc, 0)
	if p.Sort != "key" {
		sort.SliceStable(its, func(a, b int) bool { return sums[its[a].key] > sums[its[b].key] })
	}
	if limit := nonzero(p.Limit, 14); len(its) > limit {
		its = its[:limit]
	}
	names := make([]string, len(its))
	value := func(r *metric.Result, k string) *float64 {
		for _, pt := range r.Points {
			if key(pt, 0) == k {
				return pt.Value
			}
		}
		return nil
	}
	right, left := make(l, len(its)), make(l, len(its))
	most, least := 0.0, 0.0
	for i, it := range its {
		names[i] = it.label
		right[i], left[i] = m{"value": "-", "text": ""}, m{"value": "-", "text": ""}
		net := 0.0
		if v := value(rs[1], it.key); v != nil {
			net -= *v
			most, least = math.Max(most, -*v), math.Min(least, -*v)
			left[i] = m{"value": 0 - *v, "text": number(v, rs[1].Unit)}
		}
		if v := value(rs[0], it.key); v != nil {
			net += *v
			most, least = math.Max(most, *v), math.Min(least, *v)
			text := number(v, rs[0].Unit)
			sign := ""
			if net > 0 {
				sign = "+"
			}
			if !p.Compact {
				text += pick(loc, "（净 "+sign+plain(net)+"）", " (net "+sign+plain(net)+")")
			}
			right[i] = m{"value": *v, "text": text}
		}
	}
	c := charts.NewBar()
	c.SetXAxis(names)
	c.AddSeries(p.title(0, loc), barData(len(its)), charts.WithBarChartOpts(opts.BarChart{Stack: "all"}), charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "right"}))
	c.AddSeries(p.title(1, loc), barData(len(its)), charts.WithBarChartOpts(opts.BarChart{Stack: "all"}), charts.WithLabelOpts(opts.Label{Show: opts.Bool(true), Position: "left"}))
	c.SetGlobalOptions(legend(true, p), tooltip("item", ""))
	side := map[bool]int{true: 44, false: 110}[p.Compact]
	width := map[bool]int{true: 84, false: 120}[p.Compact]
	// the number beside the longest bar on the left lies on no name
	room := (most - least) * map[bool]float64{true: 0.24, false: 0.16}[p.Compact]
	if room == 0 {
		room = 1
	}
	series := func(data l, colour string) m {
		return m{"data": data, "color": colour, "barMaxWidth": 15, "label": m{"formatter": "__fmt:text", "color": "__c:text", "fontSize": 11}}
	}
	return finish(p, rs, loc, c, m{
		"grid":    m{"left": 8, "right": side, "top": 36, "bottom": 0, "containLabel": true},
		"xAxis":   l{m{"type": "value", "min": least - room, "max": most, "axisLabel": m{"show": false}, "splitLine": m{"show": false}}},
		"yAxis":   l{m{"type": "category", "data": names, "inverse": true, "axisLine": m{"onZero": false, "show": false}, "axisTick": m{"show": false}, "axisLabel": m{"width": width, "overflow": "truncate", "interval": 0}}},
		"tooltip": merge(tip("__fmt:text"), m{"formatter": "__fmt:cell"}),
		"series":  l{series(right, "__c:s1"), series(left, "__c:s2")},
	})
}

// differing are the columns in which two metrics differ most, and the rows that have anything in one of them.
func differing(p Figure, rs []*metric.Result, loc codes.Lang) (xs, ys []item) {
	differ := map[[2]string]float64{}
	for i, r := range rs {
		for _, pt := range r.Points {
			if pt.Value != nil {
				differ[[2]string{key(pt, 0), key(pt, 1)}] += *pt.Value * float64(1-2*i)
			}
		}
	}
	sums := map[string]float64{}
	for k, d := range differ {
		sums[k[1]] += math.Abs(d)
	}
	xs = items(Figure{Panel: board.Panel{Sort: "key"}}, rs, 1, loc, 0)
	sort.SliceStable(xs, func(i, j int) bool { return sums[xs[i].key] > sums[xs[j].key] })
	if most := map[bool]int{true: 6, false: 12}[p.Compact]; len(xs) > most {
		xs = xs[:most]
	}
	for _, y := range items(p, rs, 0, loc, p.Limit) {
		if slices.ContainsFunc(xs, func(x item) bool { _, ok := differ[[2]string{y.key, x.key}]; return ok }) {
			ys = append(ys, y)
		}
	}
	return xs, ys
}

// drawDifference is a heatmap of two dimensions and two metrics: how much the first exceeds the second, shortages
// one way and surpluses the other, shaded alike on both sides.
func drawDifference(p Figure, rs []*metric.Result, loc codes.Lang) (json.RawMessage, error) {
	type cell struct{ a, b *float64 }
	at := map[[2]string]*cell{}
	for i, r := range rs {
		for _, pt := range r.Points {
			k := [2]string{key(pt, 0), key(pt, 1)}
			if at[k] == nil {
				at[k] = &cell{}
			}
			if i == 0 {
				at[k].a = pt.Value
			} else {
				at[k].b = pt.Value
			}
		}
	}
	difference := func(c *cell) (float64, bool) {
		if c == nil || c.a == nil && c.b == nil {
			return 0, false
		}
		d := 0.0
		if c.a != nil {
			d += *c.a
		}
		if c.b != nil {
			d -= *c.b
		}
		return d, true
	}
	xs, ys := differing(p, rs, loc)
	most := 0.0
	var data l
	xnames, ynames := make([]string, len(xs)), make([]string, len(ys))
	for x, xi := range xs {
		xnames[x] = xi.label
		for y, yi := range ys {
			ynames[y] = yi.label
			c := at[[2]string{yi.key, xi.key}]
			d, ok := difference(c)
			if !ok {
				continue
			}
			most = math.Max(most, math.Abs(d))
			text := plain(d)
			if d > 0 {
				text = "+" + text
			}
			tip := yi.label + " · " + xi.label + "  " + text + "\n" + p.title(0, loc) + "  " + metric.Format(c.a, rs[0].Unit, loc) + "\n" + p.title(1, loc) + "  " + metric.Format(c.b, rs[1].Unit, loc)
			data = append(data, m{"value": l{x, y, d}, "text": text, "tip": tip})
		}
	}
	c := charts.NewHeatMap()
	c.SetXAxis(xnames)
	c.AddSeries(p.Title.In(loc), make([]opts.HeatMapData, len(data)), charts.WithLabelOpts(opts.Label{Show: opts.Bool(true)}))
	c.SetGlobalOptions(legend(false, p), tooltip("item", ""), charts.WithVisualMapOpts(opts.VisualMap{}))
	width, fs, head, xw := 150, 12, 11, 78
	if p.Compact {
		width, fs, head, xw = 80, 10, 10, 42
	}
	most = math.Max(most, 1)
	return finish(p, rs, loc, c, m{
		"grid":    m{"left": 0, "right": 2, "top": 0, "bottom": 40, "containLabel": true},
		"tooltip": merge(tip("__fmt:text"), m{"formatter": "__fmt:tip"}),
		"visualMap": l{m{
			"show": true, "type": "continuous", "min": -most, "max": most, "dimension": 2, "calculable": false, "orient": "horizontal", "left": "center", "bottom": 0, "itemWidth": 10, "itemHeight": 120,
			"text": l{pick(loc, "缺人 +"+plain(most), "short +"+plain(most)), pick(loc, "富余 −"+plain(most), "to spare −"+plain(most))}, "textStyle": m{"color": "__c:mute", "fontSize": 11},
			"inRange": m{"color": l{"__c:d1", "__c:d2", "__c:d3", "__c:d4", "__c:d5"}},
		}},
		"xAxis":  l{m{"type": "category", "data": xnames, "position": "top", "axisLine": m{"show": false}, "axisTick": m{"show": false}, "axisLabel": m{"interval": 0, "fontSize": head, "lineHeight": head + 3, "overflow": "break", "width": xw}}},
		"yAxis":  l{m{"type": "category", "data": ynames, "inverse": true, "axisLine": m{"show": false}, "axisTick": m{"show": false}, "axisLabel": m{"width": width, "overflow": map[bool]string{true: "break", false: "truncate"}[p.Compact], "fontSize": fs, "interval": 0}}},
		"series": l{m{"data": data, "label": m{"formatter": "__fmt:text", "color": "__c:ink", "fontSize": fs}, "itemStyle": m{"borderColor": "__c:card", "borderWidth": 2, "borderRadius": 3}}},
	})
}
