package board

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
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

	shape  []byte              // what a page fetches: the areas with no property but name and where to write it
	areas  map[string][]string // code -> names of its areas in shape
	points map[string]codes.Place
	values []codes.Value
	names  map[string]codes.Text // name in shape -> what is written on it
	box    Box                   // of the picture
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

// LoadMaps reads maps/*.yaml and the outlines they name, strictly: an area that is no value, a value that is nowhere,
// a file that is no GeoJSON. All faults of all files come at once, with their lines. Maps come back in their order; with
// an error come also those that have a fault, by which boards can be checked and which cannot be drawn.
func LoadMaps(fsys fs.FS, lists *codes.Lists) ([]*Map, error) {
	files := declare.Read[Map](fsys, "maps")
	var out []*Map
	first := map[string]string{}
	inset := ""
	for _, doc := range files.Docs {
		m, f := doc.Value, doc.File
		if f.Unread() {
			continue
		}
		m.check(fsys, f, lists)
		if before, twice := first[m.Name]; twice {
			f.Fault("map", "%q 已在 %s 声明", "map %q is already declared in %s", m.Name, before)
			continue
		}
		first[m.Name] = f.Name
		if m.Inset != "" && inset != "" {
			f.Fault("inset", "只能有一张地图带 inset，%s 已有", "only one map can have an inset, %s has it", inset)
		} else if m.Inset != "" {
			inset = f.Name
		}
		out = append(out, m)
	}
	slices.SortStableFunc(out, func(a, b *Map) int { return a.Order - b.Order })
	return out, files.Err()
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
			return fmt.Errorf("map.approval: 没有地图 %q，可选 %s / there is no map %[1]q, have %[2]s", name, strings.Join(have, ", "))
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

// check tells what is wrong with a map, and reads its outline.
func (m *Map) check(fsys fs.FS, f *declare.File, lists *codes.Lists) {
	if !slug.MatchString(m.Name) {
		f.Fault("map", "是 %q，应为小写字母、数字、- 和 _，字母开头", "is %q, want small letters, digits, - and _, a letter first", m.Name)
	}
	if n := len(m.Bounds); n != 0 && (n != 4 || m.Bounds[0] >= m.Bounds[2] || m.Bounds[1] >= m.Bounds[3]) {
		f.Fault("bounds", "应为 [西, 南, 东, 北]，以度计", "want [west, south, east, north] in degrees")
	}
	list := lists.Get(m.List)
	if list == nil {
		f.Fault("list", "没有代码表 %q%s", "there is no code list %q%s", m.List, declare.Known(m.List, lists.Names()))
	}
	at := path.Join(path.Dir(f.Name), m.File)
	if m.File == "" || !fs.ValidPath(at) || path.Dir(at) != path.Dir(f.Name) {
		f.Fault("file", "是 %q，应为与本文件同目录的 GeoJSON 文件名", "is %q, want the name of a GeoJSON file beside this one", m.File)
		return
	}
	outline, err := fs.ReadFile(fsys, at)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		var have []string
		for _, pattern := range []string{"*.json", "*.geojson"} {
			found, _ := fs.Glob(fsys, path.Join(path.Dir(f.Name), pattern))
			for _, name := range found {
				have = append(have, path.Base(name))
			}
		}
		f.Fault("file", "%[1]s 不在；现有 %[2]s。自己的文件放在同一目录；自带的由 make setup 生成", "%[1]s is not there, have %[2]s; a file of your own goes into the same directory, those of the program are made by make setup", at, strings.Join(have, " "))
	case err != nil:
		f.Fault("file", "读不出：%v", "cannot be read: %v", err)
	case list != nil:
		areas, err := m.parse(at, outline)
		if err != nil {
			f.Beside(err)
			return
		}
		m.bindAreas(areas, list, func(key, zh, en string) { f.Fault(key, "%[1]s", "%[2]s", zh, en) })
	}
}
