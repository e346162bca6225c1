package draw

import (
	"strings"
	"testing"
	"testing/fstest"

	"yanzhen/configs"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/panel/paneltest"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// onMap gives a panel one of the maps the program declares.
func onMap(p panel.Figure, name string) panel.Figure {
	lists, err := codes.Load(configs.FS)
	if err != nil {
		panic(err)
	}
	all, err := board.LoadMaps(configs.FS, lists)
	if err != nil {
		panic(err)
	}
	p.Map, p.Outline = name, board.FindMap(all, name)
	return p
}

// office is the map of an office: a value is an area, one is a point, the others are nowhere on it.
func office(t *testing.T, more string) *board.Map {
	t.Helper()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	declared := "map: office\ntitle: {zh: 片区, en: Districts}\nfile: office.geojson\nlist: districts\napproval: 浙S(2026)1号\n" + more
	files := fstest.MapFS{
		"codes/districts.csv": file("# 片区 | Districts\ncode,zh,en,aliases,lon,lat\nn,北片,North,北片区|330101,,\nw,西站,West,,120.1,28.1\n"),
		"maps/office.yaml":    file(declared),
		"maps/office.geojson": file(`{"type":"FeatureCollection","features":[
{"type":"Feature","properties":{"adcode":330101,"名称":"北片"},"geometry":{"type":"Polygon","coordinates":[[[120,28],[120.4,28],[120.4,28.4],[120,28.4],[120,28]]]}}]}`),
	}
	lists, err := codes.Load(files)
	if err != nil {
		t.Fatal(err)
	}
	all, err := board.LoadMaps(files, lists)
	if err != nil {
		t.Fatal(err)
	}
	return all[0]
}

func TestOfficeMap(t *testing.T) {
	f := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.OnMap, Place: board.Place{Map: "office"}, Metrics: []string{"a"}, By: []string{"district"}}, Outline: office(t, "key: adcode\nlabels: {zh: 名称}\n")}
	r := paneltest.Result(paneltest.Half("district"), "人", paneltest.Point(12, "n"), paneltest.Point(5, "w"), paneltest.Point(3, ""), paneltest.Point(2, "elsewhere"), paneltest.Point(0, "none"))
	f = paneltest.Figure(f, []*metric.Result{r}, codes.Zh)
	option, err := Option(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`审图号：浙S(2026)1号`, `"name":"330101"`, `120.1,28.1,5`, `"map":"map:office"`} {
		if !strings.Contains(string(option), want) {
			t.Errorf("the option lacks %s: %s", want, option)
		}
	}
	if got, want := Aside(f), "不在图上：未填 3、elsewhere 2"; got != want {
		t.Errorf("beside the map stands %q, want %q", got, want)
	}
	// where areas have no key, what the list does not place stands in words
	f.Outline = office(t, "")
	f = paneltest.Figure(f, []*metric.Result{paneltest.Result(paneltest.Half("district"), "人", paneltest.Point(12, "n"), paneltest.Point(5, "w"))}, codes.En)
	if got, want := Aside(f), "Not on the map: n 12"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if _, err := Option(f); err != nil {
		t.Error(err)
	}
}

// What lies mostly outside of the picture is not named: the name would be cut off at its edge.
func TestNamesAtTheEdge(t *testing.T) {
	f := onMap(panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.OnMap, Metrics: []string{"a"}, By: []string{"park"}}}, "zone")
	option, err := Option(paneltest.Figure(f, []*metric.Result{paneltest.Result(paneltest.Half("park"), "人", paneltest.Point(12, "magnet"))}, codes.Zh))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(option); !strings.Contains(text, `"formatter":"莲都区"`) || strings.Contains(text, `"formatter":"景宁畲族自治县"`) {
		t.Errorf("the neighbours of the zone: %s", text)
	}
}

// Names beside bars take no more room than they need; long ones break at the width they may have.
func TestNamesBeside(t *testing.T) {
	if l := namesBeside([]string{"丽水", "温州"}, 150, 12); l.Width != 0 {
		t.Errorf("two letters are given %v", l.Width)
	}
	if l := namesBeside([]string{"丽水", "多工序数控机床操作调整工(中级工)培训"}, 150, 12); l.Width != 150 || l.Overflow != "break" {
		t.Errorf("a long name: %+v", l)
	}
}
