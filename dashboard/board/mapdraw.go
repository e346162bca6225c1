package board

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// View is another map of the same panel, that a reader may choose instead.
type View struct {
	Map     string     `yaml:"map"`
	By      []string   `yaml:"by"`
	Metrics []string   `yaml:"metrics"` // instead of the panel's
	Title   codes.Text `yaml:"title"`   // instead of the panel's
	Note    codes.Text `yaml:"note"`    // instead of the panel's, which told of another drawing
}

// Views are the names of the maps a panel may be drawn on, its own first.
func (p Panel) Views() []string {
	if p.Kind != OnMap {
		return nil
	}
	out := []string{p.Map}
	for _, v := range p.Also {
		out = append(out, v.Map)
	}
	return out
}

// View is the panel on another of its maps; itself where it has no such map.
func (p Panel) View(name string) Panel {
	for _, v := range p.Also {
		if v.Map != name || p.Kind != OnMap {
			continue
		}
		p.Map, p.By = v.Map, v.By
		if len(v.Metrics) > 0 {
			p.Metrics, p.Names = v.Metrics, nil
		}
		if v.Title.Zh != "" {
			p.Title = v.Title
		}
		p.Note = v.Note
		break
	}
	return p
}

// Drawn says that the panel is drawn as a map here: a phone has no room for one of many values.
func (p Panel) Drawn() bool {
	return p.Kind == OnMap && p.Outline != nil && (!p.Compact || p.Outline.small())
}

// licence is what stands on a map: its approval number, or that it has none.
func (m *Map) licence(loc codes.Lang) string {
	if m.Approval != "" {
		return pick(loc, "审图号：", "Map approval number: ") + m.Approval
	}
	return pick(loc, "示意图，未经审图，仅限内部使用", "Sketch map without approval number, for internal use only")
}

// mapHeight is how high a map is drawn: as its picture asks for at the width of a panel.
func mapHeight(p Panel) int {
	if p.Outline == nil || p.Outline.Inset != "" {
		return 460
	}
	b := p.Outline.box
	asks := (b.north - b.south) / ((b.east - b.west) * b.aspect())
	if p.Compact {
		return max(260, min(440, int(mapWidth(p)*asks)+30))
	}
	return max(320, min(460, int(mapWidth(p)*asks)+40))
}

// mapWidth is how wide a panel's drawing commonly is.
func mapWidth(p Panel) float64 {
	if p.Compact {
		return 330
	}
	return 88 * float64(max(p.Span, 3))
}

// Aside says in words what a map cannot show: figures of values that are nowhere on it, greatest first; "" where all
// are on it.
func Aside(p Panel, rs []*metric.Result, loc codes.Lang) string {
	if !p.Drawn() || len(rs) == 0 {
		return ""
	}
	const most = 12
	var out []string
	for _, it := range items(Panel{}, rs[:1], 0, loc, 0) {
		if len(p.Outline.areas[it.key]) > 0 || it.sum == 0 {
			continue
		}
		if _, ok := p.Outline.points[it.key]; ok {
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
func drawMap(p Panel, r *metric.Result, loc codes.Lang) (json.RawMessage, error) {
	o := p.Outline
	if o == nil {
		return nil, fmt.Errorf("panel %s: map %q was not given", p.Name, p.Map)
	}
	its := items(Panel{}, []*metric.Result{r}, 0, loc, 0)
	var values []float64
	var data l
	at := map[string]item{}
	for _, it := range its {
		at[it.key] = it
		for i, name := range o.areas[it.key] {
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
		b := o.box
		padX, padY := 0.0, 0.0
		if len(o.Bounds) == 0 {
			padX, padY = 0.04*(b.east-b.west), 0.04*(b.north-b.south)
		}
		ground["left"], ground["right"], ground["top"], ground["bottom"], ground["preserveAspect"] = 0, 0, edge, edge, "contain"
		ground["boundingCoords"] = l{l{b.west - padX, b.north + padY}, l{b.east + padX, b.south - padY}}
		ground["clip"] = len(o.Bounds) > 0
		ground["aspectScale"] = math.Round(1000*b.aspect()) / 1000
	}
	if o.box.east-o.box.west > 180 {
		ground["itemStyle"] = m{"areaColor": "__c:q0", "borderColor": "__c:q2", "borderWidth": 0.5}
	}
	patch := m{
		"tooltip": merge(tip(formatter(r.Unit)), m{"formatter": "__fmt:place"}),
		"graphic": l{m{"type": "text", "right": 2, "bottom": 2, "z": 100, "silent": true, "style": m{"text": o.licence(loc), "fill": "__c:mute", "fontSize": 11}}},
	}
	if len(o.points) == 0 {
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
	for code := range o.points {
		most = math.Max(most, math.Abs(at[code].sum))
	}
	large, fontSize := 46.0, 12
	if p.Compact {
		large, fontSize = 30, 11
	}
	var spots l
	for _, v := range o.values {
		place, ok := o.points[v.Code]
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
	for name, text := range o.names {
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
func beside(p Panel, spots l, font float64) {
	type frame struct{ left, top, right, bottom float64 }
	over := func(a, b frame) float64 {
		return math.Max(0, math.Min(a.right, b.right)-math.Max(a.left, b.left)) * math.Max(0, math.Min(a.bottom, b.bottom)-math.Max(a.top, b.top))
	}
	width, height := mapWidth(p), float64(mapHeight(p))
	b := p.Outline.box
	scale := math.Min(width/(1.08*(b.east-b.west)*b.aspect()), (height-16)/(1.08*(b.north-b.south)))
	centre := func(spot any) (x, y, r float64) {
		v := spot.(m)["value"].(l)
		return width/2 + (v[0].(float64)-(b.east+b.west)/2)*b.aspect()*scale, height/2 - (v[1].(float64)-(b.north+b.south)/2)*scale, spot.(m)["symbolSize"].(float64) / 2
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
func mapRefs(p Panel, key string) []string {
	if p.Outline == nil {
		return nil
	}
	return p.Outline.areas[key]
}

// CheckMaps holds the maps of a board's panels against those declared: the map must be there, and the panel's dimension
// have the values of the map's list. list is the code list of a dimension, "" where it has none.
func (b *Board) CheckMaps(all []*Map, list func(dim string) string) []error {
	var names []string
	for _, o := range all {
		names = append(names, o.Name)
	}
	var faults []error
	for _, p := range b.Panels {
		for _, name := range p.Views() {
			v, o := p.View(name), FindMap(all, name)
			if o == nil {
				faults = append(faults, fmt.Errorf("%s:%d: panel %s: there is no map %q (have %s)", b.File, p.Line, p.Name, name, strings.Join(names, ", ")))
				continue
			}
			if len(v.By) != 1 {
				continue
			}
			if have := list(v.By[0]); have != "" && have != o.List {
				faults = append(faults, fmt.Errorf("%s:%d: panel %s: map %s shows values of list %s, but dimension %s has those of %s", b.File, p.Line, p.Name, name, o.List, v.By[0], have))
			}
		}
	}
	return faults
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
