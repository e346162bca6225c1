package draw

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/panel/paneltest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

// numbers finds every number in the data and the links of all series.
func numbers(v any, in bool, out map[json.Number]int) {
	switch v := v.(type) {
	case map[string]any:
		for k, x := range v {
			numbers(x, in || k == "data" || k == "links", out)
		}
	case []any:
		for _, x := range v {
			numbers(x, in, out)
		}
	case json.Number:
		if in {
			out[v]++
		}
	}
}

// Every kind of chart carries its values to the last digit: the builders keep some as float32, which makes 123456790
// of 123456789.12, and leave zeros out.
func TestValuesSurvive(t *testing.T) {
	for name, c := range cases() {
		t.Run(name, func(t *testing.T) {
			option, err := Option(c)
			if err != nil {
				t.Fatal(err)
			}
			dec := json.NewDecoder(bytes.NewReader(option))
			dec.UseNumber()
			var o map[string]any
			if err := dec.Decode(&o); err != nil {
				t.Fatal(err)
			}
			found := map[json.Number]int{}
			numbers(o["series"], false, found)
			if found["123456789.12"] == 0 {
				t.Errorf("123456789.12 is lost: %s", option)
			}
			if found["0"] == 0 && name != "sankey" { // a flow of nothing has no link
				t.Errorf("0 is lost: %s", option)
			}
			for n := range found {
				if strings.HasPrefix(string(n), "12345679") {
					t.Errorf("%s was rounded: %s", n, option)
				}
			}
		})
	}
}

// No option holds a function or HTML, whatever the data say.
func TestNoScriptInOptions(t *testing.T) {
	evil := `__f__(document.title='x')__f__</script><script>alert(1)</script>`
	r := paneltest.Result(paneltest.Half("chain"), "人", paneltest.Point(3, evil))
	for _, kind := range []board.Kind{board.Bar, board.Column, board.Pie, board.Table} {
		p := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: evil, En: evil}, Kind: kind, Metrics: []string{"m"}, By: []string{"chain"}}}
		option, err := Option(paneltest.Figure(p, []*metric.Result{r}, codes.Zh))
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(option, []byte("<script")) || bytes.Contains(option, []byte("</script")) {
			t.Errorf("%s: a tag stands in the option: %s", kind, option)
		}
		if kind != board.Table && !bytes.Contains(option, []byte(`"renderMode":"richText"`)) {
			t.Errorf("%s: the tooltip would be HTML: %s", kind, option)
		}
	}
}

// With one chain chosen the graph draws that one; a node without rows keeps its place.
func TestGraphOfOneChain(t *testing.T) {
	c := cases()["graph"]
	c.Chains = append(c.Chains, dataset.Chain{Code: "superalloy", Title: codes.Text{Zh: "高温合金", En: "Superalloys"}, Nodes: []dataset.Node{{Code: "superalloy.cast"}}})
	option, err := Option(c)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(option, []byte("magnetic.powder")) || bytes.Contains(option, []byte("superalloy")) {
		t.Errorf("got %s", option)
	}
}

func TestDrill(t *testing.T) {
	c := cases()["sankey"]
	d := Drill(c)
	for name, want := range map[string]Ref{"0:江西": {Dim: "origin_province", Key: "江西"}, "1:magnetic": {Dim: "chain", Key: "magnetic"}, "高温合金": {Dim: "chain", Key: "superalloy"}} {
		if d[name] != want {
			t.Errorf("%s leads to %+v, want %+v", name, d[name], want)
		}
	}
	c = cases()["map_china"]
	c.Lang = codes.En
	if d := Drill(c); d["广西"].Key != "广西" {
		t.Errorf("a click on the map leads to %+v", d["广西"])
	}
	c = cases()["trend"]
	if got, want := Drill(c)["2026Q1"], (Ref{Dim: "period", From: "2026-01-01", To: "2026-04-01"}); got != want {
		t.Errorf("a quarter leads to %+v, want %+v", got, want)
	}
}

// One great value does not make the others pale: the shades part the values by rank, equal ones never.
func TestClassesOfAMap(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   []float64
	}{
		{[]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10000}, []float64{1, 3, 5, 7, 9}},
		{[]float64{0, 0, 4}, []float64{4}},
		{[]float64{2, 2, 2, 2, 2, 9}, []float64{2, 9}},
		{[]float64{0}, nil},
	} {
		if got := board.Classes(c.values, 5); !slices.Equal(got, c.want) {
			t.Errorf("classes of %v: got %v, want %v", c.values, got, c.want)
		}
	}
	text, _ := json.Marshal(pieces([]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10000}))
	for _, want := range []string{`"label":"9–10,000"`, `"label":"1–2"`, `"label":"0"`} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("missing %s in %s", want, text)
		}
	}
}

// A value belongs to the level it begins; below the first bound is the first level.
func TestLevels(t *testing.T) {
	levels := []board.Level{{From: 99}, {From: 0.5}, {From: 0.6}}
	for v, want := range map[float64]int{-3: 0, 0.499: 0, 0.5: 1, 0.599: 1, 0.6: 2, 7: 2} {
		if got := board.LevelOf(levels, v); got != want {
			t.Errorf("level of %g: got %d, want %d", v, got, want)
		}
	}
	if got := span(levels, 0) + " " + span(levels, 1) + " " + span(levels, 2); got != "<0.5 0.5–0.6 ≥0.6" {
		t.Errorf("got %s", got)
	}
}

// What has not come to pass yet has no cell, and neither departures nor arrivals lose their sign.
func TestTriangleAndBalance(t *testing.T) {
	cell := func(name string) string {
		c := cases()[name]
		option, err := Option(c)
		if err != nil {
			t.Fatal(err)
		}
		return string(option)
	}
	if o := cell("triangle"); strings.Count(o, `"value":[`) != 3 {
		t.Errorf("want 3 cells, the one without a value left out: %s", o)
	}
	young := cases()["triangle"] // no cohort is old enough to be judged
	last := *young.Results[len(young.Results)-1]
	last.Points = slices.Clone(last.Points)
	for i := range last.Points {
		last.Points[i].Value = nil
	}
	young.Results = append(slices.Clone(young.Results[:len(young.Results)-1]), &last)
	if _, err := Option(young); err != nil {
		t.Errorf("a triangle without a judged cohort: %v", err)
	}
	if o := cell("balance"); !strings.Contains(o, `"value":-7`) || !strings.Contains(o, "（净 −7）") {
		t.Errorf("departures do not stand on the left: %s", o)
	}
	if o := cell("heatgap"); !strings.Contains(o, `"text":"−8"`) || !strings.Contains(o, `"text":"+123,456,789.12"`) || !strings.Contains(o, `"text":"0"`) {
		t.Errorf("a difference is wrong: %s", o)
	}
}

// A unit of an analyst's own is printed with its digits on a chart too.
func TestOwnUnitFormatter(t *testing.T) {
	for unit, want := range map[metric.Unit][2]string{
		{}:            {"__fmt:index", "__fmt:index"},
		metric.People: {"__fmt:count", "__fmt:short"},
		metric.OwnUnit("百万欧元", "million EUR", 1): {"__fmt:fixed1", "__fmt:short"},
		metric.OwnUnit("分位", "points", 4):        {"__fmt:fixed4", "__fmt:fixed4"},
	} {
		if got := [2]string{string(formatter(unit)), string(axisFormatter(unit))}; got != want {
			t.Errorf("%q: %v, want %v", unit, got, want)
		}
	}
}

// Values between two that are missing show as points, whatever room the font leaves to the labels of the axis.
func TestLonePointsShow(t *testing.T) {
	quarter := paneltest.Half()
	quarter.Grain = days.Quarter
	spark := func(points ...metric.Point) string {
		text, err := Option(paneltest.Figure(cases()["kpi"], []*metric.Result{paneltest.Result(quarter, "人", points...)}, codes.Zh))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	at := func(month int, v *float64) metric.Point {
		from := days.Date(2026, 1, 1).AddDate(0, month-1, 0)
		return metric.Point{From: from, To: from.AddDate(0, 3, 0), Value: v}
	}
	some := 58.0
	if o := spark(at(1, &some), at(4, nil), at(7, &some)); !strings.Contains(o, `"showAllSymbol":true`) || !strings.Contains(o, `"showSymbol":true`) {
		t.Errorf("lone points do not show: %s", o)
	}
	if o := spark(at(1, &some), at(4, &some), at(7, nil)); strings.Contains(o, "showAllSymbol") {
		t.Errorf("a line needs no points: %s", o)
	}
}

// A stack of more parts than it has room for ends with all others together: what is drawn adds up to what is in the table.
func TestOthersOfAStack(t *testing.T) {
	q := paneltest.Half("kind")
	q.Grain = days.Quarter
	r := &metric.Result{Query: q, Unit: paneltest.Unit("人"), Metric: &metric.Metric{Direction: "up"}}
	want := 0.0
	for i := range 12 {
		for m := range 2 {
			v := float64(10*(12-i) + m)
			want += v
			from := days.Date(2026, 1, 1).AddDate(0, 3*m, 0)
			r.Points = append(r.Points, metric.Point{From: from, To: from.AddDate(0, 3, 0), Value: &v, Keys: []string{string('a' + rune(i))}, Labels: []codes.Text{{Zh: string('甲' + rune(i)), En: "k"}}})
		}
	}
	for _, kind := range []board.Kind{board.Stack, board.Trend} {
		f := paneltest.Figure(panel.Figure{Panel: board.Panel{Name: "x", Kind: kind, By: []string{"kind"}, Grain: days.Quarter}}, []*metric.Result{r}, codes.Zh)
		text, err := Option(f)
		if err != nil {
			t.Fatal(err)
		}
		var o struct {
			Series []struct {
				Name string
				Data []struct{ Value any }
			}
		}
		if err := json.Unmarshal(text, &o); err != nil {
			t.Fatal(err)
		}
		if kind == board.Trend {
			if got := strings.Join(f.Remarks(), " "); len(o.Series) != 8 || !strings.Contains(got, "前 8 项，共 12 项") {
				t.Errorf("a trend of %d of 12 says: %q", len(o.Series), got)
			}
			continue
		}
		got := 0.0
		for _, s := range o.Series {
			for _, d := range s.Data {
				if v, ok := d.Value.(float64); ok {
					got += v
				}
			}
		}
		if len(o.Series) != 8 || o.Series[7].Name != words.In(codes.Zh, "other_keys") || got != want {
			t.Errorf("%d parts, the last %q, add up to %v, want %v", len(o.Series), o.Series[len(o.Series)-1].Name, got, want)
		}
	}
}

// What is not final is drawn apart, has a star, is left out of the small trend and says why; what nobody reported is no 0.
func TestOpen(t *testing.T) {
	q := paneltest.Half()
	q.Grain = days.Month
	v := []float64{5, 6, 1}
	r := paneltest.Result(q, "人", metric.Point{From: days.Date(2026, 4, 1), To: days.Date(2026, 5, 1), Value: &v[0]},
		metric.Point{From: days.Date(2026, 5, 1), To: days.Date(2026, 6, 1), Why: metric.WhyUnreported},
		metric.Point{From: days.Date(2026, 6, 1), To: days.Date(2026, 7, 1), Value: &v[1]},
		metric.Point{From: days.Date(2026, 7, 1), To: days.Date(2026, 8, 1), Value: &v[2], Cover: &duty.Coverage{Reported: 1, Due: 3, Missing: []string{"乙", "丙"}}})
	of := func(kind board.Kind, marks ...string) panel.Figure {
		return paneltest.Figure(panel.Figure{Panel: board.Panel{Name: "x", Kind: kind, Grain: days.Month, Marks: marks}}, []*metric.Result{r}, codes.Zh)
	}
	text, err := Option(of(board.Line))
	if err != nil || !strings.Contains(string(text), `"2026-07*"`) || !strings.Contains(string(text), "（未定）") || !strings.Contains(string(text), `"dashed"`) {
		t.Errorf("a line: %v %s", err, text)
	}
	if text, err = Option(of(board.Trend)); err != nil || !strings.Contains(string(text), `"opacity":0.35`) {
		t.Errorf("bars: %v %s", err, text)
	}
	if text, err = Option(of(board.KPI)); err != nil || strings.Contains(string(text), `{"value":1}`) {
		t.Errorf("the small trend: %v %s", err, text)
	}
	f := of(board.Line)
	if got := strings.Join(f.Remarks(), " "); !strings.Contains(got, "2026 年 7 月：初步：应报 3 家，已报 1 家，未报：乙、丙") || !strings.Contains(got, "2026 年 5 月：未报") {
		t.Errorf("remarks: %q", got)
	}
	csv, err := f.Grid().CSV(codes.Zh)
	if err != nil || !strings.Contains(string(csv), "2026-05,,未报") || !regexp.MustCompile(`2026-07,1,初步：应报 3 家.*,[^,]*（人）`).Match(csv) {
		t.Errorf("CSV: %v %s", err, csv)
	}
	// a map's bubble and a day around the eve
	spot := paneltest.Figure(onMap(panel.Figure{Panel: board.Panel{Name: "x", Kind: board.OnMap, By: []string{"park"}}}, "zone"), []*metric.Result{paneltest.Result(paneltest.Half("park"), "人", paneltest.Point(5, "lake"))}, codes.Zh)
	spot.Results[0].Points[0].Cover = r.Points[3].Cover
	if text, err = Option(spot); err != nil || !strings.Contains(string(text), `5*"`) || !strings.Contains(string(text), "初步 1/3") || !strings.Contains(string(text), `"opacity":0.45`) {
		t.Errorf("a bubble: %v %s", err, text)
	}
	eve := cases()["spring"]
	if text, err = Option(eve); err != nil || strings.Contains(string(text), "emptyCircle") {
		t.Errorf("days around the eve that are final: %v", err)
	}
	eve.Results[0].Points[1].Cover = r.Points[3].Cover
	if text, err = Option(eve); err != nil || strings.Count(string(text), "emptyCircle") != 1 {
		t.Errorf("a day around the eve: %v %s", err, text)
	}
	r.Points = r.Points[3:]
	r.Query.Compare = metric.YearOnYear
	r.Points[0].Base, r.Points[0].WhyChange = &v[0], metric.WhyOpen
	r.Damaged = []codes.Text{{Zh: "受损：甲.xlsx 的行不全", En: "damaged: rows of 甲.xlsx"}}
	if c := of(board.KPI).Card(); c.Open != "数据不全" || !strings.Contains(c.WhyOpen, "甲.xlsx") || c.Change != "" || c.Arrow != "" {
		t.Errorf("a card on damaged rows: %+v", c)
	}
	r.Damaged = nil
	if c := of(board.KPI).Card(); c.Open != "初步 1/3" || !strings.Contains(c.WhyOpen, "乙、丙") || c.Change != "" {
		t.Errorf("a card that is not final: %+v", c)
	}
}
