package board

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
)

// Box is a rectangle in degrees.
type Box struct{ West, South, East, North float64 }

var nowhere = Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}

func (b Box) with(lon, lat float64) Box {
	return Box{math.Min(b.West, lon), math.Min(b.South, lat), math.Max(b.East, lon), math.Max(b.North, lat)}
}

func (b Box) join(o Box) Box { return b.with(o.West, o.South).with(o.East, o.North) }

func (b Box) middle() codes.Place {
	return codes.Place{Lon: (b.West + b.East) / 2, Lat: (b.South + b.North) / 2}
}

func (b Box) has(p codes.Place) bool {
	return p.Lon >= b.West && p.Lon <= b.East && p.Lat >= b.South && p.Lat <= b.North
}

// Aspect is how many degrees of longitude are as long as one of latitude, in the middle; a whole continent keeps what
// readers of maps are used to.
func (b Box) Aspect() float64 {
	if b.North-b.South > 20 {
		return 0.75
	}
	return math.Cos((b.North + b.South) / 2 * math.Pi / 180)
}

// area is a feature of an outline.
type area struct {
	name       string
	properties map[string]any
	box        Box
	point      bool // it is a place without extent
}

// property is a property of an area as a text; "" where it has none.
func (a area) property(name string) string {
	switch v := a.properties[name].(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// outline is a GeoJSON file, plain or with compressed coordinates.
type outline struct {
	Type     string    `json:"type"`
	Encoded  bool      `json:"UTF8Encoding"`
	Scale    float64   `json:"UTF8Scale"`
	Features []feature `json:"features"`
}

type feature struct {
	ID         any            `json:"id"`
	Properties map[string]any `json:"properties"`
	Geometry   *geometry      `json:"geometry"`
}

type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
	Offsets     json.RawMessage `json:"encodeOffsets,omitempty"`
}

// depths says how deeply the coordinates of a geometry are nested.
var depths = map[string]int{"Point": 0, "LineString": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}

// readOutline reads a GeoJSON file that has at least one feature.
func readOutline(file string, text []byte) (*outline, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("%s: 不是 UTF-8 编码，请另存为 UTF-8 / not UTF-8; save it as UTF-8", file)
	}
	var o outline
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&o); err != nil {
		line := 1
		var syntax *json.SyntaxError
		var wrong *json.UnmarshalTypeError
		switch {
		case errors.As(err, &syntax):
			line += bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte("\n"))
		case errors.As(err, &wrong):
			line += bytes.Count(text[:min(int(wrong.Offset), len(text))], []byte("\n"))
		}
		return nil, fmt.Errorf("%s:%d: 不是 GeoJSON（%v）；在 QGIS 等软件中导出为 GeoJSON / not GeoJSON (%v); export it as GeoJSON, from QGIS for example", file, line, err, err)
	}
	if o.Type != "FeatureCollection" || len(o.Features) == 0 {
		return nil, fmt.Errorf("%s:1: 应是含有区域的 FeatureCollection，不是 %q（%d 个区域） / want a FeatureCollection with areas, got %q with %d", file, o.Type, len(o.Features), o.Type, len(o.Features))
	}
	if o.Scale == 0 {
		o.Scale = 1024
	}
	return &o, nil
}

// parse reads an outline and writes the shape that pages fetch.
func (m *Map) parse(file string, text []byte) ([]area, error) {
	o, err := readOutline(file, text)
	if err != nil {
		return nil, err
	}
	by := cmp.Or(m.Key, m.Labels.Zh, "name")
	var faults []error
	var out []area
	type drawn struct {
		Type       string         `json:"type"`
		Properties map[string]any `json:"properties"`
		Geometry   *geometry      `json:"geometry"`
	}
	var shape []drawn
	m.names = map[string]codes.Text{}
	for i, f := range o.Features {
		a, err := o.area(f, by, i+1)
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, err))
			continue
		}
		out = append(out, a)
		if a.point {
			continue
		}
		keep := map[string]any{"name": a.name}
		if cp, ok := f.Properties["cp"]; ok {
			keep["cp"] = cp
		}
		shape = append(shape, drawn{"Feature", keep, f.Geometry})
		if zh := a.property(m.Labels.Zh); zh != "" {
			m.names[a.name] = codes.Text{Zh: zh, En: a.property(m.Labels.En)}
		}
	}
	if len(faults) == 0 && len(shape) == 0 {
		faults = append(faults, fmt.Errorf("%s: 只有点，没有轮廓；至少要有一个区域 / only points and no outline; want at least one area", file))
	}
	if len(faults) > 8 {
		faults = append(faults[:8], fmt.Errorf("%s: … %d", file, len(faults)-8))
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	all := map[string]any{"type": "FeatureCollection", "features": shape}
	if o.Encoded {
		all["UTF8Encoding"], all["UTF8Scale"] = true, o.Scale
	}
	m.shape, err = json.Marshal(all)
	return out, err
}

// area reads the n-th feature, whose name is its property by.
func (o *outline) area(f feature, by string, n int) (area, error) {
	a := area{properties: f.Properties, box: nowhere}
	if _, ok := a.properties["id"]; !ok && f.ID != nil {
		a.properties = maps.Clone(f.Properties)
		if a.properties == nil {
			a.properties = map[string]any{}
		}
		a.properties["id"] = f.ID // GeoJSON has room for it beside the properties
	}
	a.name = a.property(by)
	called := strconv.Itoa(n)
	if a.name != "" {
		called += " (" + a.name + ")"
	}
	if f.Geometry == nil {
		return a, fmt.Errorf("区域 %s 没有边界（geometry） / area %s has no geometry", called, called)
	}
	depth, known := depths[f.Geometry.Type]
	if !known {
		return a, fmt.Errorf("区域 %s 的 geometry 是 %q，应为 Polygon、MultiPolygon 或 Point / area %s is a %q, want a Polygon, MultiPolygon or Point", called, f.Geometry.Type, called, f.Geometry.Type)
	}
	a.point = depth == 0
	var err error
	if a.box, err = o.around(f.Geometry, depth); err != nil {
		return a, fmt.Errorf("区域 %s 的坐标读不出（%v） / the coordinates of area %s cannot be read (%v)", called, err, called, err)
	}
	if !(a.box.West >= -180.5 && a.box.East <= 180.5 && a.box.South >= -90.5 && a.box.North <= 90.5) {
		return a, fmt.Errorf("区域 %s 的坐标不是经纬度（%.0f, %.0f）；请按经纬度（CGCS2000 或 WGS 84，单位为度）导出 / area %s is not in degrees (%.0f, %.0f); export it in longitude and latitude (CGCS2000 or WGS 84)", called, a.box.West, a.box.South, called, a.box.West, a.box.South)
	}
	return a, nil
}

// around is the box around a geometry.
func (o *outline) around(g *geometry, depth int) (Box, error) {
	var coordinates, offsets any
	if err := json.Unmarshal(g.Coordinates, &coordinates); err != nil {
		return nowhere, err
	}
	if !o.Encoded || depth == 0 { // a point is never compressed
		return boxOf(coordinates, depth)
	}
	if err := json.Unmarshal(g.Offsets, &offsets); err != nil {
		return nowhere, err
	}
	return boxOfSteps(coordinates, offsets, depth, o.Scale)
}

// boxOf is the box around coordinates nested to a depth.
func boxOf(v any, depth int) (Box, error) {
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return nowhere, fmt.Errorf("want a list, got %.40v", v)
	}
	if depth == 0 {
		x, okX := list[0].(float64)
		if len(list) < 2 || !okX {
			return nowhere, fmt.Errorf("want longitude and latitude, got %.40v", v)
		}
		y, okY := list[1].(float64)
		if !okY {
			return nowhere, fmt.Errorf("want longitude and latitude, got %.40v", v)
		}
		return nowhere.with(x, y), nil
	}
	out := nowhere
	for _, x := range list {
		b, err := boxOf(x, depth-1)
		if err != nil {
			return out, err
		}
		out = out.join(b)
	}
	return out, nil
}

// boxOfSteps is the box around compressed coordinates nested to a depth: each line is a text of steps from an offset.
func boxOfSteps(v, offset any, depth int, scale float64) (Box, error) {
	if depth == 1 {
		return boxOfLine(v, offset, scale)
	}
	list, ok := v.([]any)
	if !ok || len(list) == 0 {
		return nowhere, fmt.Errorf("want a list, got %.40v", v)
	}
	offsets, _ := offset.([]any)
	out := nowhere
	for i, x := range list {
		var from any
		if i < len(offsets) {
			from = offsets[i]
		}
		b, err := boxOfSteps(x, from, depth-1, scale)
		if err != nil {
			return out, err
		}
		out = out.join(b)
	}
	return out, nil
}

// boxOfLine is the box around one compressed line.
func boxOfLine(v, offset any, scale float64) (Box, error) {
	text, isText := v.(string)
	from, isList := offset.([]any)
	if !isText || !isList || len(from) != 2 {
		return nowhere, errors.New("want a text and two offsets")
	}
	x, okX := from[0].(float64)
	y, okY := from[1].(float64)
	units := utf16.Encode([]rune(text))
	if !okX || !okY || len(units)%2 != 0 {
		return nowhere, errors.New("want a text of pairs and two offsets")
	}
	step := func(u uint16) float64 { n := int(u) - 64; return float64(n>>1 ^ -(n & 1)) }
	out := nowhere
	for i := 0; i < len(units); i += 2 {
		x, y = x+step(units[i]), y+step(units[i+1])
		out = out.with(x/scale, y/scale)
	}
	return out, nil
}

// bindAreas says which value each area is, holds areas, values and points against each other, and frames the picture.
func (m *Map) bindAreas(all []area, list *codes.List, bad func(key, zh, en string)) {
	m.areas, m.points, m.values = map[string][]string{}, map[string]codes.Place{}, list.Values
	outline, focus := nowhere, nowhere
	var names []string
	for _, a := range all {
		if !a.point {
			outline = outline.join(a.box)
		}
		names = append(names, a.name)
		if slices.Contains(m.Focus, a.name) {
			focus = focus.join(a.box)
		}
	}
	if m.Key != "" {
		m.nameAreas(all, list, bad)
	}
	for _, c := range []struct {
		key    string
		wanted []string
	}{{"focus", m.Focus}, {"unlisted", m.Unlisted}} {
		for _, name := range c.wanted {
			if !slices.Contains(names, name) {
				bad(c.key, fmt.Sprintf("%s 没有区域 %q，有 %s", m.File, name, some(names)), fmt.Sprintf("%s has no area %q, have %s", m.File, name, some(names)))
			}
		}
	}
	m.placeValues(outline, list, bad)
	m.box = outline
	switch {
	case len(m.Bounds) == 4:
		m.box = Box{m.Bounds[0], m.Bounds[1], m.Bounds[2], m.Bounds[3]}
	case focus.West <= focus.East:
		m.box = focus
	}
	for _, a := range all { // the name of what lies mostly outside of the picture would be cut off at its edge
		if !m.box.has(a.box.middle()) {
			delete(m.names, a.name)
		}
	}
}

// nameAreas finds the value that each area or point of the outline is.
func (m *Map) nameAreas(all []area, list *codes.List, bad func(key, zh, en string)) {
	var strange, keyless []string
	for i, a := range all {
		code, found := list.Find(a.name)
		switch {
		case a.name == "":
			keyless = append(keyless, fmt.Sprint(i+1))
		case slices.Contains(m.Unlisted, a.name):
			if found {
				bad("unlisted", fmt.Sprintf("区域 %s 就是代码表 %s 的 %s，从 unlisted 中去掉", a.name, list.Name, code), fmt.Sprintf("area %s is %s of list %s: take it out of unlisted", a.name, code, list.Name))
			}
		case !found:
			strange = append(strange, a.name)
		case a.point:
			m.points[code] = codes.Place{Lon: a.box.West, Lat: a.box.South}
		case !slices.Contains(m.areas[code], a.name):
			m.areas[code] = append(m.areas[code], a.name)
		}
	}
	if len(keyless) > 0 {
		have := slices.Sorted(maps.Keys(all[0].properties))
		bad("key", fmt.Sprintf("%s 的区域 %s 没有属性 %q；第一个区域有 %s", m.File, some(keyless), m.Key, strings.Join(have, " ")), fmt.Sprintf("areas %s of %s have no property %q; the first has %s", some(keyless), m.File, m.Key, strings.Join(have, " ")))
	}
	if len(strange) > 0 {
		bad("key", fmt.Sprintf("%s 的区域 %s 不在代码表 %s 中：加进 codes/%s.csv 的 aliases，或列入 unlisted（只画轮廓）", m.File, some(strange), list.Name, list.Name), fmt.Sprintf("areas %s of %s are no values of list %s: add them to the aliases in codes/%s.csv, or to unlisted (drawn plain)", some(strange), m.File, list.Name, list.Name))
	}
}

// placeValues gives the values that have no area the point their list says, and tells those that are nowhere.
func (m *Map) placeValues(outline Box, list *codes.List, bad func(key, zh, en string)) {
	for _, code := range m.Absent {
		if _, ok := list.Value(code); !ok {
			bad("absent", fmt.Sprintf("代码表 %s 没有 %q", list.Name, code), fmt.Sprintf("list %s has no %q", list.Name, code))
		}
	}
	var lost []string
	for _, v := range list.Values {
		absent := slices.Contains(m.Absent, v.Code)
		switch {
		case len(m.areas[v.Code]) > 0 || m.points[v.Code] != codes.Place{}:
			if absent {
				bad("absent", fmt.Sprintf("%s 在图上有区域，从 absent 中去掉", v.Code), fmt.Sprintf("%s has an area: take it out of absent", v.Code))
			}
		case absent:
		case v.Place == nil:
			if m.Key != "" { // without a key the list alone says where its values are, as far as it does
				lost = append(lost, v.Code)
			}
		case !outline.has(*v.Place):
			bad("list", fmt.Sprintf("codes/%s.csv 的 %s 在 %g, %g，不在 %s 的范围内（经度 %.2f—%.2f，纬度 %.2f—%.2f）：改 lon、lat，或把 file 换成所在地的轮廓", list.Name, v.Code, v.Place.Lon, v.Place.Lat, m.File, outline.West, outline.East, outline.South, outline.North),
				fmt.Sprintf("%s of codes/%s.csv lies at %g, %g, outside of %s (longitude %.2f to %.2f, latitude %.2f to %.2f): correct lon and lat, or let file be the outline of where it is", v.Code, list.Name, v.Place.Lon, v.Place.Lat, m.File, outline.West, outline.East, outline.South, outline.North))
		default:
			m.points[v.Code] = *v.Place
		}
	}
	if len(lost) > 0 {
		bad("list", fmt.Sprintf("代码表 %s 的 %s 在 %s 中没有区域，也没有经纬度：在 codes/%s.csv 的 aliases 中加上图上的名称，或填 lon 和 lat，或列入 absent（其数值写在图下）", list.Name, some(lost), m.File, list.Name),
			fmt.Sprintf("%s of list %s have neither an area in %s nor a place: add the name on the map to the aliases in codes/%s.csv, or lon and lat, or list them in absent (their figures are written below the map)", some(lost), list.Name, m.File, list.Name))
	}
}

// some writes at most eight names.
func some(names []string) string {
	if len(names) > 8 {
		return fmt.Sprintf("%s … (%d)", strings.Join(names[:8], " "), len(names))
	}
	return strings.Join(names, " ")
}
