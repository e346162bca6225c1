package board

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

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
