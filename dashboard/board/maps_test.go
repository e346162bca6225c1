package board

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/pipeline/codes"
)

// office is the directory of an office with a map of its own: two counties, one of them in compressed coordinates.
func office() fstest.MapFS {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	return fstest.MapFS{
		"codes/districts.csv": file("# 片区 | Districts\ncode,zh,en,aliases,lon,lat\nn,北片,North,北片区|330101,,\ns,南片,South,330102,,\nw,西站,West,,120.1,28.1\n"),
		"maps/office.yaml":    file("map: office\ntitle: {zh: 片区, en: Districts}\nfile: office.geojson\nlist: districts\nkey: adcode\nlabels: {zh: 名称}\napproval: 浙S(2026)1号\n"),
		"maps/office.geojson": file(`{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"adcode":330101,"名称":"北片","负责人":"某某"},"geometry":{"type":"Polygon","coordinates":[[[120,28.2],[120.4,28.2],[120.4,28.4],[120,28.4],[120,28.2]]]}},
{"type":"Feature","properties":{"adcode":"330102","名称":"南片"},"geometry":{"type":"MultiPolygon","coordinates":[[[[120,28],[120.4,28],[120.4,28.2],[120,28.2],[120,28]]]]}}]}`),
	}
}

func TestOfficeMap(t *testing.T) {
	files := office()
	lists, err := codes.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	all, err := LoadMaps(files, lists)
	if err != nil {
		t.Fatal(err)
	}
	o := all[0]
	if want := (Box{120, 28, 120.4, 28.4}); o.box != want || len(o.areas) != 2 || o.areas["n"][0] != "330101" || len(o.points) != 1 || o.points["w"].Lon != 120.1 {
		t.Errorf("got box %v, areas %v, points %v", o.box, o.areas, o.points)
	}
	if strings.Contains(string(o.Shape()), "某某") {
		t.Error("a page gets a property that nobody needs")
	}
	if err := Approve(all, map[string]string{"office": "浙S(2027)2号"}); err != nil || o.Approval != "浙S(2027)2号" {
		t.Errorf("the number of the installation: got %q %v", o.Approval, err)
	}
	if err := Approve(all, map[string]string{"county": "1"}); err == nil || !strings.Contains(err.Error(), `no map "county", have office`) {
		t.Errorf("a number for a map that is not there: %v", err)
	}
}

// A compressed outline lies where the plain one does.
func TestCompressed(t *testing.T) {
	encode := func(points [][2]int) string {
		var b strings.Builder
		x, y := 0, 0
		for _, p := range points {
			for _, d := range []int{p[0] - x, p[1] - y} {
				b.WriteRune(rune((d<<1 ^ d>>63) + 64))
			}
			x, y = p[0], p[1]
		}
		return b.String()
	}
	files := office()
	ring, _ := json.Marshal(encode([][2]int{{0, 0}, {410, 0}, {410, 410}, {0, 410}, {0, 0}}))
	files["maps/office.geojson"].Data = fmt.Appendf(nil, `{"type":"FeatureCollection","UTF8Encoding":true,"features":[
{"properties":{"adcode":"330101"},"geometry":{"type":"Polygon","coordinates":[%s],"encodeOffsets":[[122880,28672]]}},
{"properties":{"adcode":"330102"},"geometry":{"type":"MultiPolygon","coordinates":[[%s]],"encodeOffsets":[[[122880,28672]]]}}]}`, ring, ring)
	lists, err := codes.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	all, err := LoadMaps(files, lists)
	if err != nil {
		t.Fatal(err)
	}
	if want := (Box{120, 28, 120 + 410./1024, 28 + 410./1024}); all[0].box != want {
		t.Errorf("got %v, want %v", all[0].box, want)
	}
}

// Where the boundaries are not known, a list with places or points in the file will do.
func TestPointsOnly(t *testing.T) {
	files := office()
	files["maps/office.yaml"].Data = []byte("map: office\ntitle: {zh: 片区, en: Districts}\nfile: office.geojson\nlist: districts\nkey: id\nunlisted: [county]\n")
	files["maps/office.geojson"].Data = []byte(`{"type":"FeatureCollection","features":[
{"type":"Feature","id":"county","properties":null,"geometry":{"type":"Polygon","coordinates":[[[120,28],[120.4,28],[120.4,28.4],[120,28.4],[120,28]]]}},
{"type":"Feature","id":"n","properties":{},"geometry":{"type":"Point","coordinates":[120.2,28.3]}},
{"type":"Feature","id":330102,"properties":{},"geometry":{"type":"Point","coordinates":[120.2,28.1]}}]}`)
	load := func() *Map {
		t.Helper()
		lists, err := codes.Load(files)
		if err != nil {
			t.Fatal(err)
		}
		all, err := LoadMaps(files, lists)
		if err != nil {
			t.Fatal(err)
		}
		return all[0]
	}
	o := load()
	if len(o.points) != 3 || o.points["n"] != (codes.Place{Lon: 120.2, Lat: 28.3}) || strings.Contains(string(o.Shape()), "Point") {
		t.Errorf("got points %v, shape %s", o.points, o.Shape())
	}
	// no key: what the list does not place stands in words
	files["maps/office.yaml"].Data = []byte("map: office\ntitle: {zh: 片区, en: Districts}\nfile: office.geojson\nlist: districts\n")
	o = load()
	if len(o.points) != 1 {
		t.Errorf("got %d points", len(o.points))
	}
}

func TestBadMaps(t *testing.T) {
	const yaml, geo, list = "maps/office.yaml", "maps/office.geojson", "codes/districts.csv"
	for name, c := range map[string]struct {
		file, old, new string
		want           []string
	}{
		"no file":        {yaml, "office.geojson", "county.geojson", []string{"maps/office.yaml:3:", "county.geojson is not there, have office.geojson"}},
		"file above":     {yaml, "office.geojson", "../codes/districts.csv", []string{"maps/office.yaml:3:", "beside this one"}},
		"no list":        {yaml, "districts", "district", []string{"maps/office.yaml:4:", `no code list "district" (districts?)`}},
		"unknown key":    {yaml, "labels:", "label:", []string{"maps/office.yaml:6:", `unknown key "label" (labels?)`, "key labels list map"}},
		"no property":    {yaml, "key: adcode", "key: code", []string{"maps/office.yaml:5:", `have no property "code"`, "the first has adcode"}},
		"title":          {yaml, ", en: Districts", "", []string{"maps/office.yaml:2:", "title.en: 缺少英文"}},
		"bounds":         {yaml, "key:", "bounds: [1, 2, 1, 3]\nkey:", []string{"maps/office.yaml:5:", "[west, south, east, north]"}},
		"inset":          {yaml, "key:", "inset: true\nkey:", []string{`inset: 是 "true"，应为 south_china_sea 之一 / is "true", want one of south_china_sea`}},
		"focus":          {yaml, "key:", "focus: [青田县]\nkey:", []string{"maps/office.yaml:5:", `has no area "青田县", have 330101 330102`}},
		"area no value":  {list, "南片,South,330102", "南片,South,", []string{"maps/office.yaml:5:", "areas 330102 of office.geojson are no values of list districts", "or to unlisted"}},
		"value nowhere":  {list, "120.1,28.1\n", ",\n", []string{"maps/office.yaml:4:", "w of list districts have neither an area", "list them in absent"}},
		"point outside":  {list, "120.1,28.1", "28.1,88.1", []string{"maps/office.yaml:4:", "w of codes/districts.csv lies at 28.1, 88.1", "longitude 120.00 to 120.40"}},
		"absent is here": {yaml, "key:", "absent: [n]\nkey:", []string{"maps/office.yaml:5:", "n has an area: take it out of absent"}},
		"absent unknown": {yaml, "key:", "absent: [q]\nkey:", []string{`list districts has no "q"`}},
		"unlisted value": {yaml, "key:", "unlisted: ['330101']\nkey:", []string{"area 330101 is n of list districts"}},
		"no JSON":        {geo, `"properties":{"adcode":"330102"`, `"properties":{"adcode":330102"`, []string{"maps/office.geojson:3:", "not GeoJSON"}},
		"no collection":  {geo, "FeatureCollection", "Topology", []string{`want a FeatureCollection with areas, got "Topology"`}},
		"no polygon":     {geo, `"MultiPolygon"`, `"GeometryCollection"`, []string{`area 2 (330102) is a "GeometryCollection"`}},
		"metres":         {geo, "[120,28.4]", "[500120,3128000]", []string{"area 1 (330101) is not in degrees", "CGCS2000"}},
		"coordinates":    {geo, "[120,28.4]", `["a",28.4]`, []string{"the coordinates of area 1 (330101) cannot be read"}},
		"not UTF-8":      {geo, "某某", "\xc4\xb3\xc4\xfe", []string{"not UTF-8"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := office()
			before := string(files[c.file].Data)
			files[c.file].Data = []byte(strings.Replace(before, c.old, c.new, 1))
			if string(files[c.file].Data) == before {
				t.Fatalf("%s lacks %q", c.file, c.old)
			}
			lists, err := codes.Load(files)
			if err != nil {
				t.Fatal(err)
			}
			_, err = LoadMaps(files, lists)
			for _, want := range c.want {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Errorf("got %v, want %q in it", err, want)
				}
			}
		})
	}
}

// Every declared map holds its list: a value is an area, a point, or named as absent; parks lie in the county.
func TestDeclaredMaps(t *testing.T) {
	lists, err := codes.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	all, err := LoadMaps(configs.FS, lists)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, o := range all {
		names = append(names, o.Name)
		if got := len(o.areas) + len(o.points) + len(o.Absent); got != len(o.values) {
			t.Errorf("map %s: %d areas, points and absent for %d values", o.Name, got, len(o.values))
		}
	}
	if !slices.Equal(names, []string{"zone", "china", "world"}) {
		t.Errorf("maps in order: %v", names)
	}
	zone, china := all[0], all[1]
	for code, p := range zone.points {
		if !zone.box.has(p) {
			t.Errorf("park %s at %v is outside of the picture %v", code, p, zone.box)
		}
	}
	if zone.Small() != true || china.Small() || china.As() != "china" || zone.As() == "china" {
		t.Error("which maps a phone shows, or where the islands' frame is, is wrong")
	}
	// the islands and Taiwan are part of the map of the country
	if !slices.Contains(slices.Collect(maps.Keys(china.areas)), "台湾") {
		t.Error("the map of China has no Taiwan")
	}
}

func TestViews(t *testing.T) {
	const text = `board: b
title: {zh: 页, en: Page}
panels:
  - name: where
    title: {zh: 哪里, en: Where}
    kind: map
    map: zone
    by: [park]
    metrics: [inflow]
    period: half
    span: 6
    also:
      - {map: china, by: [origin_province], title: {zh: 省份, en: Provinces}}
  - name: old
    title: {zh: 旧, en: Old}
    kind: map_world
    by: [country]
    metrics: [inflow]
    period: half
    span: 6
`
	b, err := Parse("b.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	p := b.Panels[0]
	if v := p.View("china"); !slices.Equal(p.Views(), []string{"zone", "china"}) || v.By[0] != "origin_province" || v.Title.En != "Provinces" || v.Metrics[0] != "inflow" {
		t.Errorf("got %v and %+v", p.Views(), v)
	}
	if v := p.View("world"); v.Map != "zone" {
		t.Errorf("a map it has not: got %s", v.Map)
	}
	if old := b.Panels[1]; old.Kind != OnMap || old.Map != "world" {
		t.Errorf("a kind of before: got %s %s", old.Kind, old.Map)
	}
	all := []*Map{{Name: "zone", List: "parks"}, {Name: "world", List: "countries"}}
	lists := map[string]string{"park": "parks", "country": "provinces"}
	want := `b.yaml:13: panels[where].also[1].map: 没有地图 "china"，可用 world zone / there is no map "china", have world zone
b.yaml:17: panels[old].by: 地图 world 画的是代码表 countries 的取值，而维度 country 的取值在 provinces / map world shows values of list countries, but dimension country has those of provinces`
	if err := b.CheckMaps(all, func(dim string) string { return lists[dim] }); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
	for old, want := range map[string]string{
		"    map: zone\n":     "a map needs map",
		"kind: map\n":         "map and also are of a panel of kind map",
		"by: [park]":          "takes 1 to 1 dimensions",
		"[origin_province]":   "also[1].by: 地图 china 要一个维度，写了 0 个 / map china takes one dimension in by, got 0",
		"{map: china, ":       "also[1]: 缺少 map：地图",
		"metrics: [inflow]\n": "metrics is empty",
	} {
		new := map[string]string{"kind: map\n": "kind: bar\n", "by: [park]": "by: []", "[origin_province]": "[]", "{map: china, ": "{", "metrics: [inflow]\n": "metrics: []\n"}[old]
		if _, err := Parse("b.yaml", []byte(strings.Replace(text, old, new, 1))); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("without %q: got %v, want %q", old, err, want)
		}
	}
}

func FuzzOutline(f *testing.F) {
	f.Add([]byte(`{"type":"FeatureCollection","UTF8Encoding":true,"features":[{"properties":{"name":"a"},"geometry":{"type":"Polygon","coordinates":["@@AB"],"encodeOffsets":[[1,2]]}}]}`))
	if text, err := fs.ReadFile(office(), "maps/office.geojson"); err == nil {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		o := &Map{Key: "name"}
		if areas, err := o.parse("x.json", text); err == nil && len(areas) > 0 && !json.Valid(o.Shape()) {
			t.Errorf("the shape of %q is no JSON: %s", text, o.Shape())
		}
	})
}
