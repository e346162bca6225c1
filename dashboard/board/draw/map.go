package draw

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"
	"github.com/go-echarts/go-echarts/v2/types"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// AsMap says that a figure is drawn as a map: a phone has no room for one of many values.
func AsMap(f panel.Figure) bool { return drawing{f}.asMap() }

func (f drawing) asMap() bool {
	return f.Kind == board.OnMap && f.Outline != nil && (!f.Compact || f.Outline.Small())
}

// onMap draws one metric on an outline: areas in shades, points by size. Where a map is not drawn, the ranked bars say
// the same.
func (f drawing) onMap() *option {
	if !f.asMap() {
		f.Kind, f.Limit = board.Bar, min(f.AtMost(12), 12)
		return f.bars()
	}
	o := f.begin("item", f.Results[0].Unit)
	o.Tooltip.Formatter = "__fmt:place"
	// its letters are wider than they are reckoned where no font is at hand
	o.Graphic = []writing{{Type: "text", Right: 24, Bottom: 2, Z: 100, Silent: true, Style: writingStyle{Text: f.licence(), Fill: "__c:mute", FontSize: 11}}}
	areas, values := f.areas()
	if len(f.Outline.Points()) > 0 {
		f.drawPoints(o, areas, values)
	} else {
		f.drawAreas(o, areas, values)
	}
	return o
}

// licence is what stands on a map: its approval number, or that it has none.
func (f drawing) licence() string {
	if f.Outline.Approval != "" {
		return f.say("map_approval", f.Outline.Approval)
	}
	return f.say("map_sketch")
}

// mapHeight is how high a map is drawn: as its picture asks for at the width of a panel.
func (f drawing) mapHeight() int {
	if f.Outline == nil || f.Outline.Inset != "" {
		return 460
	}
	b := f.Outline.Box()
	asks := (b.North - b.South) / ((b.East - b.West) * b.Aspect())
	if f.Compact {
		return max(260, min(440, int(f.mapWidth()*asks)+30))
	}
	return max(320, min(460, int(f.mapWidth()*asks)+40))
}

// mapWidth is how wide a panel's drawing commonly is.
func (f drawing) mapWidth() float64 {
	if f.Compact {
		return 330
	}
	return 88 * float64(max(f.Span, 3))
}

// Aside says in words what a map cannot show: figures of values that are nowhere on it, greatest first; "" where all
// are on it.
func Aside(f panel.Figure) string { return drawing{f}.aside() }

func (f drawing) aside() string {
	if !f.asMap() || len(f.Results) == 0 {
		return ""
	}
	const most = 12
	var out []string
	f.Results = f.Results[:1]
	for _, it := range f.Ranked(0) {
		if len(f.Outline.Areas(it.Key)) > 0 || it.Sum == 0 {
			continue
		}
		if _, ok := f.Outline.Points()[it.Key]; ok {
			continue
		}
		out = append(out, it.Name+" "+metric.Number(&it.Sum, f.Results[0].Unit))
	}
	if len(out) == 0 {
		return ""
	}
	if n := len(out); n > most {
		count := codes.Text{Zh: strconv.Itoa(n), En: strconv.Itoa(n - most)} // in Chinese all are counted, in English the rest
		return f.say("off_map_more", words.Whole(words.Join(f.Lang, "sep_list", out[:most])), count)
	}
	return f.say("off_map", words.Whole(words.Join(f.Lang, "sep_list", out)))
}

// areas are the values that have an area, in each of its parts; values has each once.
func (f drawing) areas() (out []area, values []float64) {
	out = []area{}
	for _, it := range f.Ranked(0) {
		for i, name := range f.Outline.Areas(it.Key) {
			if i == 0 {
				values = append(values, it.Sum)
			}
			out = append(out, area{MapData: opts.MapData{Name: name, Value: it.Sum}, Text: strings.TrimSpace(it.Name + " " + f.pending())})
		}
	}
	return out, values
}

// lie is how the outline lies in the picture. The frame of the islands widens it on one side.
func (f drawing) lie() *ground {
	o := f.Outline
	if o.Inset != "" && len(o.Bounds) == 0 {
		return &ground{LayoutCenter: []string{"50%", "48%"}, LayoutSize: "110%"}
	}
	b := o.Box()
	padX, padY := 0.0, 0.0
	if len(o.Bounds) == 0 {
		padX, padY = 0.04*(b.East-b.West), 0.04*(b.North-b.South)
	}
	return &ground{
		PreserveAspect: "contain", BoundingCoords: [][]float64{{b.West - padX, b.North + padY}, {b.East + padX, b.South - padY}},
		Clip: opts.Bool(len(o.Bounds) > 0), AspectScale: math.Round(1000*b.Aspect()) / 1000,
	}
}

// edges are how far the outline stays from the left and right of the picture, and from its top and bottom; "" where it
// lies by its centre.
func (f drawing) edges() (beside, above string) {
	if f.Outline.Inset != "" && len(f.Outline.Bounds) == 0 {
		return "", ""
	}
	return "0", px(f.onPhone(4, 10))
}

// drawAreas draws a map whose values are all areas.
func (f drawing) drawAreas(o *option, areas []area, values []float64) {
	if f.Outline.Inset != "" {
		// the islands must be seen at every size and in both themes
		areas = append(areas, area{MapData: opts.MapData{Name: "南海诸岛", Value: nothing}, ItemStyle: &opts.ItemStyle{AreaColor: "__c:q3", BorderColor: "__c:q3", BorderWidth: 0.8}})
	}
	style := opts.ItemStyle{AreaColor: "__c:q0", BorderColor: "__c:q3", BorderWidth: 0.6}
	if b := f.Outline.Box(); b.East-b.West > 180 {
		style.BorderColor, style.BorderWidth = "__c:q2", 0.5
	}
	beside, above := f.edges()
	o.Series = []series{{
		SingleSeries: charts.SingleSeries{
			Name: f.NameOf(0), Type: types.ChartMap, MapType: f.Outline.As(), Data: areas, Roam: no, SelectedMode: no,
			Left: beside, Right: beside, Top: above, Bottom: above,
		},
		ground: f.lie(), LegendSymbol: no, ItemStyle: &itemStyle{ItemStyle: style}, Label: &label{Label: opts.Label{Show: no}}, Emphasis: pointedAt(),
	}}
	if f.Outline.Key != "" {
		o.VisualMap = []visualMap{shades(values)}
	}
}

// pointedAt is how an area looks under the pointer.
func pointedAt() *emphasis {
	return &emphasis{Emphasis: opts.Emphasis{Label: &opts.Label{Show: no}, ItemStyle: &opts.ItemStyle{AreaColor: "__c:s2"}}}
}

// drawPoints draws a map some of whose values are points, over those that are areas.
func (f drawing) drawPoints(o *option, areas []area, values []float64) {
	beside, above := f.edges()
	o.Geo = &geo{
		GeoComponent: opts.GeoComponent{
			Map: f.Outline.As(), Silent: opts.Bool(len(areas) == 0), ItemStyle: &opts.ItemStyle{AreaColor: "__c:card", BorderColor: "__c:line", BorderWidth: 1},
		},
		ground: f.lie(), Left: beside, Right: beside, Top: above, Bottom: above, Roam: no, SelectedMode: no,
		Label: &label{Label: opts.Label{Show: no}}, Emphasis: pointedAt(), Regions: f.regions(),
	}
	font := f.onPhone(11, 12)
	o.Series = []series{{
		SingleSeries: charts.SingleSeries{
			Name: f.NameOf(0), Type: types.ChartScatter, CoordSystem: types.ChartGeo, Data: f.spots(font),
			LabelLayout: &opts.LabelLayout{MoveOverlap: "shiftY"}, SeriesTooltip: &opts.SeriesTooltip{Formatter: "__fmt:tip"},
		},
		ZLevel: 1, Emphasis: &emphasis{Scale: 1.1},
		Label: &label{
			Label:    opts.Label{Show: yes, Formatter: "__fmt:text", FontSize: float32(font), Color: "__c:ink", LineHeight: float32(font + 4)},
			Position: "right", Distance: 6, TextBorderColor: "__c:card", TextBorderWidth: halo,
		},
	}}
	if len(areas) == 0 {
		return
	}
	o.Series = append(o.Series, series{
		SingleSeries: charts.SingleSeries{Name: f.NameOf(0), Type: types.ChartMap, Data: areas, SeriesTooltip: &opts.SeriesTooltip{Formatter: "__fmt:place"}},
		GeoIndex:     zero,
	})
	scale := shades(values)
	scale.SeriesIndex = opts.Int(1)
	o.VisualMap = []visualMap{scale}
}

// regions are the areas that look other than the ground: those with a name, and those where the points stand.
func (f drawing) regions() []region {
	var out []region
	for name, text := range f.Outline.Written() {
		if slices.Contains(f.Outline.Focus, name) {
			continue // the points stand there
		}
		out = append(out, region{Name: name, Label: &label{Label: opts.Label{Show: opts.Bool(!f.Compact), Formatter: text.In(f.Lang), Color: "__c:mute", FontSize: 11}}})
	}
	for _, name := range f.Outline.Focus {
		out = append(out, region{Name: name, ItemStyle: &opts.ItemStyle{AreaColor: "__c:q0", BorderColor: "__c:q3", BorderWidth: 1.2}})
	}
	slices.SortFunc(out, func(a, b region) int { return strings.Compare(a.Name, b.Name) })
	return out
}

// spots are the values that are points, small ones over great ones, with their words in a font of so many pixels.
func (f drawing) spots(font int) []spot {
	given := map[string]panel.Item{}
	for _, it := range f.Ranked(0) {
		given[it.Key] = it
	}
	most := 0.0
	for code := range f.Outline.Points() {
		most = math.Max(most, math.Abs(given[code].Sum))
	}
	out := []spot{}
	for _, v := range f.Outline.Values() {
		if at, ok := f.Outline.Points()[v.Code]; ok {
			it, known := given[v.Code]
			s := f.bareSpot(v, at)
			if known {
				f.fill(&s, it, most)
			}
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b spot) int { return b.SymbolSize - a.SymbolSize })
	f.putBeside(out, float64(font))
	return out
}

// bareSpot is the point of a value, dashed and pale as long as no result tells of it.
func (f drawing) bareSpot(v codes.Value, at codes.Place) spot {
	name := codes.Text{Zh: v.Zh, En: v.En}.In(f.Lang)
	return spot{
		ScatterData: opts.ScatterData{Name: name, Value: []any{at.Lon, at.Lat, nothing}, SymbolSize: 9},
		Code:        v.Code, Text: name + "\n—", Tip: name + "  —",
		ItemStyle: &itemStyle{ItemStyle: opts.ItemStyle{Color: "__c:card", BorderColor: "__c:mute", BorderWidth: 1}, BorderType: "dashed"},
	}
}

// pending says that the numbers of a map are not final; all are of the same days. "" where they are.
func (f drawing) pending() string {
	for _, pt := range f.Results[0].Points {
		if text := period.Open(pt, f.Lang); text != "" {
			return text
		}
	}
	return ""
}

// fill gives a point its value; most is the greatest of all points.
func (f drawing) fill(s *spot, it panel.Item, most float64) {
	unit, pending := f.Results[0].Unit, f.pending()
	s.Value.([]any)[2] = it.Sum
	s.Text, s.Tip = s.Name+"\n"+metric.Number(&it.Sum, unit), s.Name+"  "+metric.Format(&it.Sum, unit, f.Lang)
	s.ItemStyle = &itemStyle{ItemStyle: opts.ItemStyle{Color: "__c:s1", Opacity: opts.Float(0.82), BorderColor: "__c:card", BorderWidth: 1}}
	if it.Sum < 0 {
		s.ItemStyle.Color = "__c:s2"
	}
	if pending != "" {
		s.Text, s.Tip = s.Text+"*", s.Tip+"  "+pending
		s.ItemStyle.Opacity, s.ItemStyle.BorderColor, s.ItemStyle.BorderType = opts.Float(0.45), "__c:ink", "dashed"
	}
	if most > 0 {
		s.SymbolSize = 9 + int(math.Round(float64(f.onPhone(30, 46)-9)*math.Sqrt(math.Abs(it.Sum)/most)))
	}
}

// shades is the legend of areas.
func shades(values []float64) visualMap {
	return visualMap{
		VisualMap: opts.VisualMap{Type: "piecewise", Left: "0", Bottom: "0", TextStyle: &opts.TextStyle{Color: "__c:mute", FontSize: 11}},
		Pieces:    pieces(values), ItemWidth: 14, ItemHeight: 10, ItemGap: 5, SelectedMode: no,
	}
}

// pieces are the classes of a map as its legend says them, greatest first.
func pieces(values []float64) []piece {
	from := board.Classes(values, 5)
	high := slices.Max(append([]float64{0}, values...))
	if len(from) == 0 {
		return []piece{{Piece: opts.Piece{Color: "__c:q0"}, Value: new(float64), Label: "0"}}
	}
	var out []piece
	for i := len(from) - 1; i >= 0; i-- {
		p := piece{Piece: opts.Piece{Color: fmt.Sprintf("__c:q%d", 5-(len(from)-1-i))}, Gte: &from[i], Label: plain(from[i])}
		last := high
		if i+1 < len(from) {
			p.Lt = &from[i+1]
			last = from[i]
			for _, v := range values {
				if v < from[i+1] && v > last {
					last = v
				}
			}
		}
		if last > from[i] {
			p.Label += "–" + plain(last)
		}
		out = append(out, p)
	}
	return append(out, piece{Piece: opts.Piece{Color: "__c:q0"}, Lt: &from[0], Label: "0"})
}
