package board

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"yanzhen/pipeline/codes"
)

// Map is an outline that values of one code list are drawn on. A value is the area whose key names it; a value without
// an area that has lon and lat in its code list is a point.
type Map struct {
	Name     string     `yaml:"map"`
	Title    codes.Text `yaml:"title"`
	Order    int        `yaml:"order"`
	File     string     `yaml:"file"`     // GeoJSON beside the declaration, plain or with compressed coordinates
	List     string     `yaml:"list"`     // code list whose values are drawn
	Key      string     `yaml:"key"`      // property of an area that names a value by code, name or alias; empty: areas are ground only
	Labels   codes.Text `yaml:"labels"`   // property that holds an area's name, by language; empty: none is written
	Focus    []string   `yaml:"focus"`    // areas that fill the picture; the others are their surroundings
	Bounds   []float64  `yaml:"bounds"`   // west, south, east, north of the picture; empty: of everything, or of Focus
	Inset    string     `yaml:"inset"`    // south_china_sea: the islands in a frame of their own
	Absent   []string   `yaml:"absent"`   // values that have neither area nor point: they are told in words
	Unlisted []string   `yaml:"unlisted"` // keys of areas that are no value of the list: they stay plain
	Approval string     `yaml:"approval"` // 审图号 of the file

	declared string              // its file
	shape    []byte              // what a page fetches: the areas with no property but name and where to write it
	areas    map[string][]string // code -> names of its areas in shape
	points   map[string]codes.Place
	values   []codes.Value
	names    map[string]codes.Text // name in shape -> what is written on it
	box      Box                   // of the picture
}

// Shape is the outline as a page's script takes it: GeoJSON whose areas have the property name.
func (m *Map) Shape() []byte { return m.shape }

// As is the name the script registers the outline under. ECharts adds the islands' frame to a map called china.
func (m *Map) As() string {
	if m.Inset != "" {
		return "china"
	}
	return "map:" + m.Name
}

// Small says that the map can be read on a phone, for it has few values.
func (m *Map) Small() bool { return len(m.values) <= 16 }

// Areas are the names, in the shape, of the areas of a value.
func (m *Map) Areas(code string) []string { return m.areas[code] }

// Points are the values that are drawn as points, by code.
func (m *Map) Points() map[string]codes.Place { return m.points }

// Values are those of the map's list.
func (m *Map) Values() []codes.Value { return m.values }

// Written is what is written on areas, by their names in the shape.
func (m *Map) Written() map[string]codes.Text { return m.names }

// Box is the part of the earth that the picture shows.
func (m *Map) Box() Box { return m.box }

// Box is a rectangle in degrees.
type Box struct{ West, South, East, North float64 }

var nowhere = Box{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}

func (b Box) with(lon, lat float64) Box {
	return Box{math.Min(b.West, lon), math.Min(b.South, lat), math.Max(b.East, lon), math.Max(b.North, lat)}
}

func (b Box) join(o Box) Box { return b.with(o.West, o.South).with(o.East, o.North) }

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

// LoadMaps reads maps/*.yaml and the outlines they name, strictly: an area that is no value, a value that is nowhere,
// a file that is no GeoJSON. All faults of all files come at once, with their lines. Maps come back in their order.
func LoadMaps(fsys fs.FS, lists *codes.Lists) ([]*Map, error) {
	files, err := fs.Glob(fsys, "maps/*.yaml")
	if err != nil {
		return nil, err
	}
	var out []*Map
	var faults []error
	names := map[string]string{}
	inset := ""
	for _, file := range files {
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		m, err := readMap(fsys, file, text, lists)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		if before, twice := names[m.Name]; twice {
			faults = append(faults, fmt.Errorf("%s:1: 地图 %s 已在 %s 声明 / map %s is already declared in %s", file, m.Name, before, m.Name, before))
			continue
		}
		names[m.Name] = file
		if m.Inset != "" {
			if inset != "" {
				faults = append(faults, fmt.Errorf("%s:%d: 只能有一张地图带 inset，%s 已有 / only one map can have an inset, %s has it", file, lineOf(text, "inset"), inset, inset))
				continue
			}
			inset = file
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b *Map) int { return a.Order - b.Order })
	return out, errors.Join(faults...)
}

// Approve gives maps the approval numbers of an installation, by map; "" stands for every map without a number of its
// own. A number for a map that is not there is an error.
func Approve(list []*Map, numbers map[string]string) error {
	var have []string
	for _, m := range list {
		have = append(have, m.Name)
		if n := numbers[""]; n != "" && m.Approval == "" {
			m.Approval = n
		}
		if n := numbers[m.Name]; n != "" {
			m.Approval = n
		}
	}
	for _, name := range slices.Sorted(maps.Keys(numbers)) {
		if name != "" && !slices.Contains(have, name) {
			return fmt.Errorf("map.approval: 没有地图 %q，可选 / there is no map %q, have %s", name, name, strings.Join(have, ", "))
		}
	}
	return nil
}

// FindMap returns the map of that name; nil where there is none.
func FindMap(list []*Map, name string) *Map {
	for _, m := range list {
		if m.Name == name {
			return m
		}
	}
	return nil
}

func readMap(fsys fs.FS, file string, text []byte, lists *codes.Lists) (*Map, error) {
	m := &Map{declared: file}
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	if err := dec.Decode(m); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("%s:1: 文件是空的，应有 map、title、file、list / the file is empty; want map, title, file and list", file)
		}
		return nil, yamlFaults(file, err)
	}
	var faults []error
	bad := func(key, zh, en string) {
		faults = append(faults, fmt.Errorf("%s:%d: %s / %s", file, lineOf(text, key), zh, en))
	}
	if !slug.MatchString(m.Name) {
		bad("map", fmt.Sprintf("map %q 不是名称（小写字母、数字、- 和 _，字母开头）", m.Name), "not a name: small letters, digits, - and _, beginning with a letter")
	}
	if !m.Title.Complete() {
		bad("title", "title 要有 zh 和 en", "title must be given in zh and en")
	}
	if m.Inset != "" && m.Inset != "south_china_sea" {
		bad("inset", fmt.Sprintf("inset %q 未知，可选 south_china_sea", m.Inset), fmt.Sprintf("inset %q is unknown, have south_china_sea", m.Inset))
	}
	if n := len(m.Bounds); n != 0 && (n != 4 || m.Bounds[0] >= m.Bounds[2] || m.Bounds[1] >= m.Bounds[3]) {
		bad("bounds", "bounds 应为 [西, 南, 东, 北]，以度计", "bounds is [west, south, east, north] in degrees")
	}
	list := lists.Get(m.List)
	if list == nil {
		bad("list", fmt.Sprintf("没有代码表 %q，可选 %s", m.List, strings.Join(lists.Names(), " ")), fmt.Sprintf("there is no code list %q, have %s", m.List, strings.Join(lists.Names(), " ")))
	}
	at := path.Join(path.Dir(file), m.File)
	outline, err := fs.ReadFile(fsys, at)
	switch {
	case m.File == "" || !fs.ValidPath(at) || path.Dir(at) != path.Dir(file):
		bad("file", fmt.Sprintf("file 应是与本文件同目录的 GeoJSON 文件名，不是 %q", m.File), fmt.Sprintf("file is the name of a GeoJSON file beside this one, not %q", m.File))
		return nil, errors.Join(faults...)
	case errors.Is(err, fs.ErrNotExist):
		var have []string
		for _, pattern := range []string{"*.json", "*.geojson"} {
			found, _ := fs.Glob(fsys, path.Join(path.Dir(file), pattern))
			for _, f := range found {
				have = append(have, path.Base(f))
			}
		}
		bad("file", fmt.Sprintf("%s 不在；现有 %s。自己的文件放在同一目录；自带的由 make setup 生成", at, strings.Join(have, " ")), fmt.Sprintf("%s is not there, have %s; a file of your own goes into the same directory, those of the program are made by make setup", at, strings.Join(have, " ")))
		return nil, errors.Join(faults...)
	case err != nil:
		return nil, errors.Join(append(faults, err)...)
	}
	if list == nil {
		return nil, errors.Join(faults...)
	}
	areas, err := m.parse(at, outline)
	if err != nil {
		return nil, errors.Join(append(faults, err)...)
	}
	m.bindAreas(areas, list, bad)
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	return m, nil
}

// lineOf is the line of a key at the top of a YAML file; 1 where it is not there.
func lineOf(text []byte, key string) int {
	var doc yaml.Node
	if yaml.Unmarshal(text, &doc) != nil || len(doc.Content) == 0 {
		return 1
	}
	for i := 0; i+1 < len(doc.Content[0].Content); i += 2 {
		if doc.Content[0].Content[i].Value == key {
			return doc.Content[0].Content[i].Line
		}
	}
	return 1
}

// area is a feature of an outline.
type area struct {
	name       string
	properties map[string]any
	box        Box
	point      bool // it is a place without extent
}

// name is a property of an area as a text; "" where it has none.
func (a area) property(name string) string {
	switch v := a.properties[name].(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// parse reads an outline and writes the shape that pages fetch.
func (m *Map) parse(file string, text []byte) ([]area, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if !utf8.Valid(text) {
		return nil, fmt.Errorf("%s: 不是 UTF-8 编码，请另存为 UTF-8 / not UTF-8; save it as UTF-8", file)
	}
	var geo struct {
		Type     string  `json:"type"`
		Encoded  bool    `json:"UTF8Encoding"`
		Scale    float64 `json:"UTF8Scale"`
		Features []struct {
			ID         any            `json:"id"`
			Properties map[string]any `json:"properties"`
			Geometry   *struct {
				Type        string          `json:"type"`
				Coordinates json.RawMessage `json:"coordinates"`
				Offsets     json.RawMessage `json:"encodeOffsets,omitempty"`
			} `json:"geometry"`
		} `json:"features"`
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&geo); err != nil {
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
	if geo.Type != "FeatureCollection" || len(geo.Features) == 0 {
		return nil, fmt.Errorf("%s:1: 应是含有区域的 FeatureCollection，不是 %q（%d 个区域） / want a FeatureCollection with areas, got %q with %d", file, geo.Type, len(geo.Features), geo.Type, len(geo.Features))
	}
	if geo.Scale == 0 {
		geo.Scale = 1024
	}
	by := m.Key
	if by == "" {
		by = m.Labels.Zh
	}
	if by == "" {
		by = "name"
	}
	var faults []error
	var out []area
	type feature struct {
		Type       string         `json:"type"`
		Properties map[string]any `json:"properties"`
		Geometry   any            `json:"geometry"`
	}
	var shape []feature
	m.names = map[string]codes.Text{}
	for i, f := range geo.Features {
		a := area{properties: f.Properties, box: nowhere}
		if _, ok := a.properties["id"]; !ok && f.ID != nil {
			a.properties = maps.Clone(f.Properties)
			if a.properties == nil {
				a.properties = map[string]any{}
			}
			a.properties["id"] = f.ID // GeoJSON has room for it beside the properties
		}
		a.name = a.property(by)
		called := fmt.Sprintf("%d", i+1)
		if a.name != "" {
			called += " (" + a.name + ")"
		}
		if f.Geometry == nil {
			faults = append(faults, fmt.Errorf("%s: 区域 %s 没有边界（geometry） / area %s has no geometry", file, called, called))
			continue
		}
		depth, known := map[string]int{"Point": 0, "LineString": 1, "Polygon": 2, "MultiLineString": 2, "MultiPolygon": 3}[f.Geometry.Type]
		if !known {
			faults = append(faults, fmt.Errorf("%s: 区域 %s 的 geometry 是 %q，应为 Polygon、MultiPolygon 或 Point / area %s is a %q, want a Polygon, MultiPolygon or Point", file, called, f.Geometry.Type, called, f.Geometry.Type))
			continue
		}
		var coordinates, offsets any
		err := json.Unmarshal(f.Geometry.Coordinates, &coordinates)
		a.point = depth == 0
		if err == nil && geo.Encoded && !a.point {
			err = json.Unmarshal(f.Geometry.Offsets, &offsets)
		}
		if err == nil {
			a.box, err = around(coordinates, offsets, depth, geo.Encoded, geo.Scale)
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: 区域 %s 的坐标读不出（%v） / the coordinates of area %s cannot be read (%v)", file, called, err, called, err))
			continue
		}
		if !(a.box.West >= -180.5 && a.box.East <= 180.5 && a.box.South >= -90.5 && a.box.North <= 90.5) {
			faults = append(faults, fmt.Errorf("%s: 区域 %s 的坐标不是经纬度（%.0f, %.0f）；请按经纬度（CGCS2000 或 WGS 84，单位为度）导出 / area %s is not in degrees (%.0f, %.0f); export it in longitude and latitude (CGCS2000 or WGS 84)", file, called, a.box.West, a.box.South, called, a.box.West, a.box.South))
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
		shape = append(shape, feature{"Feature", keep, f.Geometry})
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
	if geo.Encoded {
		all["UTF8Encoding"], all["UTF8Scale"] = true, geo.Scale
	}
	var err error
	m.shape, err = json.Marshal(all)
	return out, err
}

// around is the box around coordinates nested to a depth; compressed ones are texts of steps from an offset.
func around(v, offset any, depth int, encoded bool, scale float64) (Box, error) {
	out := nowhere
	list, ok := v.([]any)
	if encoded && depth == 1 {
		text, isText := v.(string)
		from, isList := offset.([]any)
		if !isText || !isList || len(from) != 2 {
			return out, errors.New("want a text and two offsets")
		}
		x, okX := from[0].(float64)
		y, okY := from[1].(float64)
		units := utf16.Encode([]rune(text))
		if !okX || !okY || len(units)%2 != 0 {
			return out, errors.New("want a text of pairs and two offsets")
		}
		step := func(u uint16) float64 { n := int(u) - 64; return float64(n>>1 ^ -(n & 1)) }
		for i := 0; i < len(units); i += 2 {
			x, y = x+step(units[i]), y+step(units[i+1])
			out = out.with(x/scale, y/scale)
		}
		return out, nil
	}
	if !ok || len(list) == 0 {
		return out, fmt.Errorf("want a list, got %.40v", v)
	}
	if depth == 0 {
		x, okX := list[0].(float64)
		if len(list) < 2 || !okX {
			return out, fmt.Errorf("want longitude and latitude, got %.40v", v)
		}
		y, okY := list[1].(float64)
		if !okY {
			return out, fmt.Errorf("want longitude and latitude, got %.40v", v)
		}
		return out.with(x, y), nil
	}
	offsets, _ := offset.([]any)
	for i, x := range list {
		var o any
		if i < len(offsets) {
			o = offsets[i]
		}
		b, err := around(x, o, depth-1, encoded, scale)
		if err != nil {
			return out, err
		}
		out = out.join(b)
	}
	return out, nil
}

// bindAreas says which value each area is, and holds areas, values and points against each other.
func (m *Map) bindAreas(all []area, list *codes.List, bad func(key, zh, en string)) {
	m.areas, m.points, m.values = map[string][]string{}, map[string]codes.Place{}, list.Values
	outline, focus := nowhere, nowhere
	var names, strange, keyless []string
	for i, a := range all {
		if !a.point {
			outline = outline.join(a.box)
		}
		names = append(names, a.name)
		if slices.Contains(m.Focus, a.name) {
			focus = focus.join(a.box)
		}
		if m.Key == "" {
			continue
		}
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
	for key, wanted := range map[string][]string{"focus": m.Focus, "unlisted": m.Unlisted} {
		for _, name := range wanted {
			if !slices.Contains(names, name) {
				bad(key, fmt.Sprintf("%s 没有区域 %q，有 %s", m.File, name, some(names)), fmt.Sprintf("%s has no area %q, have %s", m.File, name, some(names)))
			}
		}
	}
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
	m.box = outline
	switch {
	case len(m.Bounds) == 4:
		m.box = Box{m.Bounds[0], m.Bounds[1], m.Bounds[2], m.Bounds[3]}
	case focus.West <= focus.East:
		m.box = focus
	}
}

// some writes at most eight names.
func some(names []string) string {
	if len(names) > 8 {
		return fmt.Sprintf("%s … (%d)", strings.Join(names[:8], " "), len(names))
	}
	return strings.Join(names, " ")
}
