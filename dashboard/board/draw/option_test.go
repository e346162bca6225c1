package draw

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/panel/paneltest"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

var update = flag.Bool("update", false, "write the golden files anew")

// lines writes an option with each of its parts, and each series, on a line of its own.
func lines(t *testing.T, option []byte) []byte {
	t.Helper()
	var parts map[string]json.RawMessage
	if err := json.Unmarshal(option, &parts); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, k := range slices.Sorted(maps.Keys(parts)) {
		var list []json.RawMessage
		if json.Unmarshal(parts[k], &list) != nil {
			list = []json.RawMessage{parts[k]}
		}
		for _, v := range list {
			fmt.Fprintf(&out, "%s %s\n", k, v)
		}
	}
	return out.Bytes()
}

// One option of each kind, whole; TestDrawings says what is particular to the others.
func TestGoldenOptions(t *testing.T) {
	for _, name := range []string{"kpi", "trend", "line_by", "bar", "column", "stack", "pie", "funnel", "heatmap", "sankey", "map_world", "balance", "triangle", "path", "graph", "spring"} {
		t.Run(name, func(t *testing.T) {
			option, err := Option(cases()[name])
			if err != nil {
				t.Fatal(err)
			}
			got := lines(t, option)
			golden := filepath.Join("testdata", "option", name+".txt")
			if *update {
				if err := os.WriteFile(golden, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("the option differs from %s (go test -update writes it anew)\n%s", golden, got)
			}
		})
	}
}

// find reads series.0.data.1.value of an option, as JSON; "" where there is no such thing.
func find(v any, path string) string {
	for _, step := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(x) {
				return ""
			}
			v = x[i]
		default:
			v = nil
		}
	}
	if v == nil {
		return ""
	}
	text, _ := json.Marshal(v)
	return string(text)
}

// What is particular to a drawing: where it says what. A want of "" says that there is no such thing.
func TestDrawings(t *testing.T) {
	type wants map[string]string
	const big = "123456789.12"
	for _, c := range []struct {
		name, what string
		with       func(*panel.Figure)
		want       wants
	}{
		{"line_by", "a line per key, none where a key has no value", nil, wants{
			"series.0.name": `"A类 顶尖人才"`, "series.1.name": `"B类 领军人才"`, "series.1.data": `[{"value":0},{"value":"-"}]`, "legend.show": "true", "series.0.type": `"line"`,
		}},
		{"trend", "a second unit has an axis of its own", nil, wants{
			"yAxis.1.name": `"%"`, "yAxis.1.max": "", "yAxis.1.splitLine.show": "false", "series.1.yAxisIndex": "1", "series.0.yAxisIndex": "",
			"series.1.tooltip.valueFormatter": `"__fmt:pct"`,
		}},
		{"trend", "bars, lines and areas as the panel marks them", func(f *panel.Figure) { f.Marks = []string{"bar", "area"} }, wants{
			"series.0.type": `"bar"`, "series.0.barMaxWidth": `"18"`, "yAxis.1.max": "100", "series.1.type": `"line"`, "series.1.areaStyle.opacity": "0.1",
		}},
		{"levels", "the levels behind a line reach one further than its values, and the axis as far as they", nil, wants{
			"series.0.markArea.data.0.0.name": `"富余"`, "series.0.markArea.data.0.0.yAxis": "0", "series.0.markArea.data.0.1.yAxis": "1",
			"series.0.markArea.data.2.0.name": `"紧缺"`, "series.0.markArea.data.2.1.yAxis": big, "series.0.markArea.data.3": "",
			"yAxis.0.min": "0", "yAxis.0.max": big, "yAxis.0.splitLine.show": "false",
		}},
		{"bar", "the greatest first, a bar per metric, its value where there is none", nil, wants{
			"yAxis.0.data": `["磁性材料","高温合金"]`, "yAxis.0.inverse": "true", "series.1.data.0.value": `"-"`, "legend.show": "true",
		}},
		{"bar", "on a phone names stand on two lines, and the legend of few on lines", func(f *panel.Figure) { f.Compact = true }, wants{
			"yAxis.0.axisLabel.height": "28", "legend.type": `"plain"`,
		}},
		{"column", "in the order of the keys where the panel says so", func(f *panel.Figure) { f.Sort = "key" }, wants{
			"xAxis.0.data": `["A类 顶尖人才","B类 领军人才"]`, "series.0.label.position": `"top"`,
		}},
		{"stack", "a dimension with an order goes from dark to light", nil, wants{
			"series.0.color": `"__c:q5"`, "series.1.color": `"__c:q4"`, "series.1.stack": `"all"`, "series.1.itemStyle.borderRadius": "0",
		}},
		{"heatmap2", "shades go with the values of two dimensions", nil, wants{
			"xAxis.0.data": `["A类 顶尖人才","B类 领军人才"]`, "yAxis.0.data": `["磁性材料","高温合金"]`, "series.0.data.0.value": "[0,0," + big + "]", "series.0.data.1.value": "[1,1,0]", "series.0.data.2": "",
			"visualMap.0.min": "0", "visualMap.0.max": big,
		}},
		{"heatgap", "shortage and surplus are shaded alike on both sides", nil, wants{
			"visualMap.0.min": "-" + big, "visualMap.0.max": big, "visualMap.0.text.0": `"缺人 +123,456,789.12"`, "visualMap.0.show": "true",
			"series.0.data.0.text": `"+123,456,789.12"`, "series.0.data.0.tip": `"磁性材料 · A类 顶尖人才  +123,456,789.12\n指标甲  123,456,789 人\n指标申  —"`,
		}},
		{"graph", "without levels the second metric is the shade; without a value it is pale", nil, wants{
			"series.0.data.1.itemStyle.color": `"__c:q5"`, "series.0.data.2.itemStyle.color": `"__c:q1"`, "series.0.data.2.raw": "0", "series.0.data.1.category": "",
		}},
		{"aligned", "with levels a node has one, with its figure below its name, and a class for those without", nil, wants{
			"series.0.data.1.category": "2", "series.0.data.1.symbol": `"rect"`, "series.0.data.1.text": `"稀土分离与原料\n9.00"`, "series.0.data.1.itemStyle": "",
			"series.0.data.2.category": "3", "series.0.data.2.symbol": "", "series.0.categories.3.name": `"无数据"`, "series.0.categories.3.itemStyle.borderType": `"dashed"`,
			"legend.data": `[{"icon":"circle","name":"富余  \u003c1"},{"icon":"circle","name":"相当  1–5"},{"icon":"rect","name":"紧缺  ≥5"}]`,
		}},
		{"aligned", "on a phone a chain goes from above to below", func(f *panel.Figure) { f.Compact = true }, wants{
			"series.0.data.1.value": "[0.5,0.8]", "series.0.data.2.value": "[0.5,1.8]", "legend.textStyle.fontSize": "11",
		}},
		{"sankey", "on a phone the last names stand inside the flow", func(f *panel.Figure) { f.Compact = true }, wants{
			"series.0.data.1.label.position": `"left"`, "series.0.data.0.label": "{}", "series.0.right": `"2"`,
		}},
		{"map_china", "the islands are always seen, and the map says that it has no approval", nil, wants{
			"series.0.map": `"china"`, "series.0.layoutCenter": `["50%","48%"]`, "series.0.left": "", "series.0.data.0.value": big, "series.0.data.2.name": `"南海诸岛"`, "series.0.data.2.value": `"-"`,
			"graphic.0.style.text": `"示意图，未经审图，仅限内部使用"`, "visualMap.0.pieces.0.gte": big, "visualMap.0.pieces.1.label": `"0"`,
		}},
		{"map_china", "a phone has no room for a map of many: ranked bars", func(f *panel.Figure) { f.Compact = true }, wants{
			"series.0.type": `"bar"`, "yAxis.0.data": `["江西省","广西壮族自治区"]`, "graphic": "",
		}},
		{"map_zone", "points over a ground that shows names, the greatest below; a value of 0 is a point too", nil, wants{
			"geo.map": `"map:zone"`, "geo.silent": "true", "series.0.type": `"scatter"`, "series.0.coordinateSystem": `"geo"`,
			"series.0.data.0.code": `"lake"`, "series.0.data.0.symbolSize": "46", "series.0.data.0.value.2": big, "series.0.data.0.itemStyle.borderType": "", "visualMap": "",
		}},
		{"map_zone", "on a phone points are smaller and the ground has no names", func(f *panel.Figure) { f.Compact = true }, wants{
			"series.0.data.0.symbolSize": "30", "geo.regions.0.label.show": "false", "series.0.label.fontSize": "11",
		}},
		{"spring", "the year before is dashed, and the eve has a line", nil, wants{
			"series.0.name": `"指标甲 2026 年"`, "series.1.lineStyle.type": `"dashed"`, "series.0.markLine.data.0.xAxis": `"除夕"`, "xAxis.0.axisLabel.interval": "9", "legend.data.1.icon": `"inherit"`,
		}},
		{"kpi", "on a phone", func(f *panel.Figure) { f.Compact = true }, wants{"legend.type": `"scroll"`, "legend.show": "false", "xAxis.0.show": "false"}},
	} {
		f := cases()[c.name]
		if c.with != nil {
			c.with(&f)
		}
		text, err := Option(f)
		if err != nil {
			t.Fatal(err)
		}
		var o any
		if err := json.Unmarshal(text, &o); err != nil {
			t.Fatal(err)
		}
		for path, want := range c.want {
			if got := find(o, path); got != want {
				t.Errorf("%s, %s: %s is %s, want %s", c.name, c.what, path, got, want)
			}
		}
	}
}

// What has more than a drawing can show is cut and put together, never left out in silence.
func TestMany(t *testing.T) {
	var points []metric.Point
	for i := range 30 {
		points = append(points, paneltest.Point(float64(30-i), fmt.Sprintf("k%02d", i), "x"))
	}
	of := func(kind board.Kind, by ...string) panel.Figure {
		return paneltest.Figure(panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: kind, Metrics: []string{"m"}, By: by}}, []*metric.Result{paneltest.Result(paneltest.Half(by...), "人", slices.Clone(points)...)}, codes.Zh)
	}
	count := func(f panel.Figure) (int, string) {
		t.Helper()
		text, err := Option(f)
		if err != nil {
			t.Fatal(err)
		}
		var o struct {
			Series []struct {
				Data []struct{ Text string }
			}
		}
		if err := json.Unmarshal(text, &o); err != nil {
			t.Fatal(err)
		}
		data := o.Series[0].Data
		return len(data), data[len(data)-1].Text
	}
	phone := of(board.Bar, "chain")
	phone.Compact = true
	var short []metric.Point
	for i := range 12 {
		short = append(short, paneltest.Point(float64(12-i), "x", fmt.Sprintf("k%02d", i)))
	}
	differ := paneltest.Figure(panel.Figure{Panel: board.Panel{Name: "p", Kind: board.Heatmap, Metrics: []string{"m", "n"}, By: []string{"chain", "node"}}}, []*metric.Result{paneltest.Result(paneltest.Half("chain", "node"), "人", short...), paneltest.Result(paneltest.Half("chain", "node"), "人")}, codes.Zh)
	differ.Compact = true
	lines := of(board.Line, "chain")
	lines.Compact, lines.Limit = true, 16
	if text, err := Option(lines); err != nil || !strings.Contains(string(text), `"legend":{"type":"plain","show":true`) || Height(lines) <= 280 {
		t.Errorf("the names of sixteen lines are turned over on a phone, or leave no room: %d, %v, %.200s", Height(lines), err, text)
	}
	for _, c := range []struct {
		what string
		f    panel.Figure
		n    int
		last string
	}{
		{"a pie puts the smallest together", of(board.Pie, "chain"), 8, "其他   276   59.4%"},
		{"a flow puts them through one node", of(board.Sankey, "chain", "node"), 14, "其他"},
		{"bars show all", of(board.Bar, "chain"), 30, ""},
		{"on a phone the greatest", phone, 15, ""},
		{"on a phone every place of a matrix of differences, the most short first", differ, 12, "+1"},
	} {
		if n, last := count(c.f); n != c.n || last != c.last {
			t.Errorf("%s: got %d with %q last, want %d with %q", c.what, n, last, c.n, c.last)
		}
	}
}
