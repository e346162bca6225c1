package draw

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// Drawn says that the panel is drawn as a map here: a phone has no room for one of many values.
func (p Figure) Drawn() bool {
	return p.Kind == board.OnMap && p.Outline != nil && (!p.Compact || p.Outline.Small())
}

// licence is what stands on a map: its approval number, or that it has none.
func licence(m *board.Map, loc codes.Lang) string {
	if m.Approval != "" {
		return pick(loc, "审图号：", "Map approval number: ") + m.Approval
	}
	return pick(loc, "示意图，未经审图，仅限内部使用", "Sketch map without approval number, for internal use only")
}

// mapHeight is how high a map is drawn: as its picture asks for at the width of a panel.
func mapHeight(p Figure) int {
	if p.Outline == nil || p.Outline.Inset != "" {
		return 460
	}
	b := p.Outline.Box()
	asks := (b.North - b.South) / ((b.East - b.West) * b.Aspect())
	if p.Compact {
		return max(260, min(440, int(mapWidth(p)*asks)+30))
	}
	return max(320, min(460, int(mapWidth(p)*asks)+40))
}

// mapWidth is how wide a panel's drawing commonly is.
func mapWidth(p Figure) float64 {
	if p.Compact {
		return 330
	}
	return 88 * float64(max(p.Span, 3))
}

// Aside says in words what a map cannot show: figures of values that are nowhere on it, greatest first; "" where all
// are on it.
func (f Figure) Aside() string {
	p, rs, loc := f, f.Results, f.Lang
	if !p.Drawn() || len(rs) == 0 {
		return ""
	}
	const most = 12
	var out []string
	for _, it := range items(Figure{}, rs[:1], 0, loc, 0) {
		if len(p.Outline.Areas(it.key)) > 0 || it.sum == 0 {
			continue
		}
		if _, ok := p.Outline.Points()[it.key]; ok {
			continue
		}
		out = append(out, it.label+" "+number(&it.sum, rs[0].Unit))
	}
	if len(out) == 0 {
		return ""
	}
	rest := ""
	if n := len(out) - most; n > 0 {
		out, rest = out[:most], fmt.Sprintf(pick(loc, " 等 %d 项（其余见表格）", " and %d more (see the table)"), map[codes.Lang]int{codes.Zh: len(out), codes.En: n}[loc])
	}
	return pick(loc, "不在图上：", "Not on the map: ") + strings.Join(out, pick(loc, "、", ", ")) + rest
}

// drawMap draws one metric on an outline: areas in shades, points by size.
func drawMap(p Figure, r *metric.Result, loc codes.Lang) (json.RawMessage, error) {
	o := p.Outline
	if o == nil {
		return nil, fmt.Errorf("panel %s: map %q was not given", p.Name, p.Map)
	}
	its := items(Figure{}, []*metric.Result{r}, 0, loc, 0)
	var values []float64
	var data l
	at := map[string]item{}
	for _, it := range its {
		at[it.key] = it
		for i, name := range o.Areas(it.key) {
			if i == 0 {
				values = append(values, it.sum)
			}
			data = append(data, m{"name": name, "value": it.sum, "text": it.label})
		}
	}
	ground := m{
		"map": o.As(), "roam": false, "selectedMode": false, "label": m{"show": false},
		"itemStyle": m{"areaColor": "__c:q0", "borderColor": "__c:q3", "borderWidth": 0.6},
		"emphasis":  m{"label": m{"show": false}, "itemStyle": m{"areaColor": "__c:s2"}},
	}
	edge := 10
	if p.Compact {
		edge = 4
	}
	switch {
	case o.Inset != "" && len(o.Bounds) == 0:
		// the frame of the islands widens the picture on one side
		ground["layoutCenter"], ground["layoutSize"] = l{"50%", "48%"}, "110%"
	default:
		b := o.Box()
		padX, padY := 0.0, 0.0
		if len(o.Bounds) == 0 {
			padX, padY = 0.04*(b.East-b.West), 0.04*(b.North-b.South)
		}
		ground["left"], ground["right"], ground["top"], ground["bottom"], ground["preserveAspect"] = 0, 0, edge, edge, "contain"
		ground["boundingCoords"] = l{l{b.West - padX, b.North + padY}, l{b.East + padX, b.South - padY}}
		ground["clip"] = len(o.Bounds) > 0
		ground["aspectScale"] = math.Round(1000*b.Aspect()) / 1000
	}
	if o.Box().East-o.Box().West > 180 {
		ground["itemStyle"] = m{"areaColor": "__c:q0", "borderColor": "__c:q2", "borderWidth": 0.5}
	}
	patch := m{
		"tooltip": merge(tip(formatter(r.Unit)), m{"formatter": "__fmt:place"}),
		"graphic": l{m{"type": "text", "right": 2, "bottom": 2, "z": 100, "silent": true, "style": m{"text": licence(o, loc), "fill": "__c:mute", "fontSize": 11}}},
	}
	if len(o.Points()) == 0 {
		if o.Inset != "" {
			// the islands must be seen at every size and in both themes
			data = append(data, m{"name": "南海诸岛", "value": "-", "itemStyle": m{"areaColor": "__c:q3", "borderColor": "__c:q3", "borderWidth": 0.8}})
		}
		c := charts.NewMap()
		c.RegisterMapType(o.As())
		c.AddSeries(p.title(0, loc), make([]opts.MapData, len(data)))
		c.SetGlobalOptions(legend(false, p), tooltip("item", ""))
		if o.Key != "" {
			c.SetGlobalOptions(charts.WithVisualMapOpts(opts.VisualMap{Calculable: opts.Bool(false)}))
		}
		ground["data"], ground["showLegendSymbol"] = data, false
		patch["series"] = l{ground}
		if o.Key != "" {
			patch["visualMap"] = l{shades(values)}
		}
		return finish(p, []*metric.Result{r}, loc, c, patch)
	}

	most := 0.0
	for code := range o.Points() {
		most = math.Max(most, math.Abs(at[code].sum))
	}
	large, fontSize := 46.0, 12
	if p.Compact {
		large, fontSize = 30, 11
	}
	var spots l
	for _, v := range o.Values() {
		place, ok := o.Points()[v.Code]
		if !ok {
			continue
		}
		it, given := at[v.Code]
		name := pick(loc, v.Zh, v.En)
		spot := m{"name": name, "code": v.Code, "value": l{place.Lon, place.Lat, "-"}, "symbolSize": 9.0, "itemStyle": m{"color": "__c:card", "borderColor": "__c:mute", "borderWidth": 1, "borderType": "dashed"}, "text": name + "\n—", "tip": name + "  —"}
		if given {
			value := number(&it.sum, r.Unit)
			spot["value"], spot["text"], spot["tip"] = l{place.Lon, place.Lat, it.sum}, name+"\n"+value, name+"  "+metric.Format(&it.sum, r.Unit, loc)
			style := m{"color": "__c:s1", "opacity": 0.82, "borderColor": "__c:card", "borderWidth": 1}
			if it.sum < 0 {
				style["color"] = "__c:s2"
			}
			spot["itemStyle"], spot["symbolSize"] = style, 9.0
			if most > 0 {
				spot["symbolSize"] = 9 + math.Round((large-9)*math.Sqrt(math.Abs(it.sum)/most))
			}
		}
		spots = append(spots, spot)
	}
	// small points over great ones
	slices.SortStableFunc(spots, func(a, b any) int {
		return int(b.(m)["symbolSize"].(float64) - a.(m)["symbolSize"].(float64))
	})
	beside(p, spots, float64(fontSize))
	ground["silent"] = true
	ground["itemStyle"] = m{"areaColor": "__c:card", "borderColor": "__c:line", "borderWidth": 1}
	var regions l
	for name, text := range o.Written() {
		if slices.Contains(o.Focus, name) {
			continue // the points stand there
		}
		regions = append(regions, m{"name": name, "label": m{"show": !p.Compact, "formatter": text.In(loc), "color": "__c:mute", "fontSize": 11}})
	}
	for _, name := range o.Focus {
		regions = append(regions, m{"name": name, "itemStyle": m{"areaColor": "__c:q0", "borderColor": "__c:q3", "borderWidth": 1.2}})
	}
	slices.SortFunc(regions, func(a, b any) int { return strings.Compare(a.(m)["name"].(string), b.(m)["name"].(string)) })
	ground["regions"] = regions
	scatter := m{
		"data": spots, "coordinateSystem": "geo", "zlevel": 1,
		"label":       m{"show": true, "formatter": "__fmt:text", "position": "right", "distance": 6, "fontSize": fontSize, "color": "__c:ink", "textBorderColor": "__c:card", "textBorderWidth": 3, "lineHeight": fontSize + 4},
		"labelLayout": m{"moveOverlap": "shiftY"}, "emphasis": m{"scale": 1.1},
		"tooltip": m{"formatter": "__fmt:tip"},
	}
	patch["geo"] = ground
	c := charts.NewGeo()
	c.AddSeries(p.title(0, loc), "scatter", make([]opts.GeoData, len(spots)))
	series := l{scatter}
	if len(data) > 0 {
		c.AddSeries(p.title(0, loc), "map", make([]opts.GeoData, len(data)))
		series = append(series, m{"data": data, "geoIndex": 0, "coordinateSystem": nil, "tooltip": m{"formatter": "__fmt:place"}})
		scale := shades(values)
		scale["seriesIndex"] = 1
		patch["visualMap"] = l{scale}
		ground["silent"] = false
	}
	c.SetGlobalOptions(legend(false, p), tooltip("item", ""))
	patch["series"] = series
	return finish(p, []*metric.Result{r}, loc, c, patch)
}

// beside chooses for each point the side its words stand on, so that they lie on no other point or words and within
// the picture as it is drawn at a common width.
func beside(p Figure, spots l, font float64) {
	type frame struct{ left, top, right, bottom float64 }
	over := func(a, b frame) float64 {
		return math.Max(0, math.Min(a.right, b.right)-math.Max(a.left, b.left)) * math.Max(0, math.Min(a.bottom, b.bottom)-math.Max(a.top, b.top))
	}
	width, height := mapWidth(p), float64(mapHeight(p))
	b := p.Outline.Box()
	scale := math.Min(width/(1.08*(b.East-b.West)*b.Aspect()), (height-16)/(1.08*(b.North-b.South)))
	centre := func(spot any) (x, y, r float64) {
		v := spot.(m)["value"].(l)
		return width/2 + (v[0].(float64)-(b.East+b.West)/2)*b.Aspect()*scale, height/2 - (v[1].(float64)-(b.North+b.South)/2)*scale, spot.(m)["symbolSize"].(float64) / 2
	}
	var taken []frame
	for _, s := range spots {
		x, y, r := centre(s)
		taken = append(taken, frame{x - r - 3, y - r - 3, x + r + 3, y + r + 3})
	}
	for i, s := range spots {
		x, y, r := centre(s)
		w, h := 0.0, 0.0
		for _, line := range strings.Split(s.(m)["text"].(string), "\n") {
			n := 0.0
			for _, c := range line {
				if c < 0x2e80 {
					n += 0.56
				} else {
					n++
				}
			}
			w, h = math.Max(w, n*font), h+font+4
		}
		best, side := math.Inf(1), ""
		var at frame
		for _, c := range []struct {
			side      string
			left, top float64
		}{{"right", x + r + 6, y - h/2}, {"left", x - r - 6 - w, y - h/2}, {"bottom", x - w/2, y + r + 4}, {"top", x - w/2, y - r - 4 - h}} {
			f := frame{c.left, c.top, c.left + w, c.top + h}
			bad := 4 * (w*h - over(f, frame{4, 4, width - 4, height - 22})) // what is cut off, or lies on the licence
			for j, o := range taken {
				if j != i {
					bad += over(f, o)
				}
			}
			if bad < best-1 {
				best, side, at = bad, c.side, f
			}
		}
		taken = append(taken, at)
		label := m{"position": side}
		switch side {
		case "left":
			label["align"] = "right"
		case "top", "bottom":
			label["align"] = "center"
		}
		s.(m)["label"] = label
	}
}

// shades is the legend of areas.
func shades(values []float64) m {
	return m{
		"type": "piecewise", "pieces": pieces(values), "left": 0, "bottom": 0, "itemWidth": 14, "itemHeight": 10, "itemGap": 5, "selectedMode": false,
		"textStyle": m{"color": "__c:mute", "fontSize": 11},
	}
}

// mapRefs are the names on a map and the values they lead to.
func mapRefs(p Figure, key string) []string {
	if p.Outline == nil {
		return nil
	}
	return p.Outline.Areas(key)
}

// classes part the values that occur into at most n groups of about as many, so that one great value does not make the others pale.
// The bounds are values that occur; equal values are never parted.
func classes(values []float64, n int) []float64 {
	var pos []float64
	for _, v := range values {
		if v > 0 {
			pos = append(pos, v)
		}
	}
	slices.Sort(pos)
	pos = slices.Compact(pos)
	var out []float64
	for i := range n {
		if len(pos) == 0 {
			break
		}
		v := pos[i*len(pos)/n]
		if len(out) == 0 || v > out[len(out)-1] {
			out = append(out, v)
		}
	}
	return out
}

// pieces are the classes of a map as its legend says them, greatest first.
func pieces(values []float64) l {
	from := classes(values, 5)
	high := slices.Max(append([]float64{0}, values...))
	if len(from) == 0 {
		return l{m{"value": 0, "label": "0", "color": "__c:q0"}}
	}
	var out l
	for i := len(from) - 1; i >= 0; i-- {
		piece := m{"gte": from[i], "color": fmt.Sprintf("__c:q%d", 5-(len(from)-1-i))}
		last := high
		if i+1 < len(from) {
			piece["lt"] = from[i+1]
			last = from[i]
			for _, v := range values {
				if v < from[i+1] && v > last {
					last = v
				}
			}
		}
		piece["label"] = plain(from[i])
		if last > from[i] {
			piece["label"] = plain(from[i]) + "–" + plain(last)
		}
		out = append(out, piece)
	}
	return append(out, m{"lt": from[0], "label": "0", "color": "__c:q0"})
}
