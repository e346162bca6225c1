package draw

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yanzhen/dashboard/board"
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
			option, err := c.Option()
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
	names[evil] = evil
	defer delete(names, evil)
	r := result(half("chain"), "人", point(3, evil))
	for _, kind := range []board.Kind{board.Bar, board.Column, board.Pie, board.Table} {
		p := Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: evil, En: evil}, Kind: kind, Metrics: []string{"m"}, By: []string{"chain"}}}
		option, err := figure(p, []*metric.Result{r}, codes.Zh).Option()
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
	option, err := c.Option()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Contains(option, []byte("magnetic.powder")) || bytes.Contains(option, []byte("superalloy")) {
		t.Errorf("got %s", option)
	}
}

func TestEmpty(t *testing.T) {
	bar := Figure{Panel: board.Panel{Kind: board.Bar, By: []string{"chain"}, Metrics: []string{"m"}}}
	for _, c := range []struct {
		what string
		kind board.Kind
		r    *metric.Result
		want string
	}{
		{"no points", board.Bar, result(half("chain"), "人"), "该范围内没有记录。"},
		{"no rows", board.Bar, result(half("chain"), "人", metric.Point{Keys: []string{"magnetic"}, Why: metric.WhyNoRows}), "该范围内没有记录。"},
		{"undefined", board.Bar, result(half("chain"), "%", metric.Point{Keys: []string{"magnetic"}, Why: metric.WhyUndefined}), "该范围内此指标没有定义（分母为 0）。"},
		{"zeros are records", board.Bar, result(half("chain"), "人", point(0, "magnetic")), ""},
		{"a pie of zeros is blank", board.Pie, result(half("chain"), "人", point(0, "magnetic")), "该范围内各项均为 0。"},
		{"a value", board.Bar, result(half("chain"), "人", point(4, "magnetic")), ""},
	} {
		bar.Kind = c.kind
		if got := figure(bar, []*metric.Result{c.r}, codes.Zh).Empty(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}

func TestCSV(t *testing.T) {
	q := half("chain")
	q.Compare = metric.YearOnYear
	pt := point(123456789.12, "magnetic")
	pt.Base, pt.Change = num(0), nil
	pt.WhyChange = metric.WhyZeroBase
	names["=cmd|calc"] = "=cmd|calc"
	defer delete(names, "=cmd|calc")
	p := Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.Bar, Metrics: []string{"m"}, By: []string{"chain"}}, Titles: []codes.Text{{Zh: "引进", En: "Arrivals"}}, DimTitles: []codes.Text{{Zh: "产业链", En: "Chain"}}}
	g := figure(p, []*metric.Result{result(q, "人", pt, point(0, "=cmd|calc"))}, codes.Zh).Grid()
	text, err := g.CSV(codes.Zh)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(text, []byte("\xEF\xBB\xBF")) {
		t.Error("no byte order mark")
	}
	rows, err := csv.NewReader(bytes.NewReader(text[3:])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	want := [][]string{{"产业链", "引进（人）", "上年同期（人）", "同比（%）", "说明"}, {"磁性材料", "123456789.12", "0", "", "基数为零，不作比较"}, {"'=cmd|calc", "0", "", "", ""}}
	for i := range want {
		if strings.Join(rows[i], "|") != strings.Join(want[i], "|") {
			t.Errorf("row %d: got %q, want %q", i, rows[i], want[i])
		}
	}
}

func TestCard(t *testing.T) {
	q := half()
	q.Compare = metric.YearOnYear
	pt := point(193)
	pt.Base, pt.Change, pt.Record = num(39), num(100*(193.0/39-1)), true
	p := Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "新认定", En: "Recognised"}, Kind: board.KPI, Metrics: []string{"a", "b"}}, Titles: []codes.Text{{Zh: "新认定", En: "Recognised"}, {Zh: "其中", En: "of them"}}}
	c := figure(p, []*metric.Result{result(q, "人", pt), result(half(), "%", point(38.2))}, codes.Zh).Card()
	if c.Value != "193" || c.Unit != "人" || c.Change != "+394.9%" || c.Arrow != "▲" || c.Mood != "good" || c.Base != "39 人" || c.BaseOf != "yoy" || !c.Record {
		t.Errorf("got %+v", c)
	}
	if len(c.Parts) != 1 || c.Parts[0].Value != "38.2%" {
		t.Errorf("parts are %+v", c.Parts)
	}
	none := figure(p, []*metric.Result{result(q, "人", metric.Point{Why: metric.WhyNoRows})}, codes.Zh).Card()
	if none.Value != "" || none.Missing == "" {
		t.Errorf("without rows got %+v", none)
	}
}

func TestDrill(t *testing.T) {
	c := cases()["sankey"]
	d := c.Drill()
	for name, want := range map[string]Ref{"0:江西": {Dim: "origin_province", Key: "江西"}, "1:magnetic": {Dim: "chain", Key: "magnetic"}, "高温合金": {Dim: "chain", Key: "superalloy"}} {
		if d[name] != want {
			t.Errorf("%s leads to %+v, want %+v", name, d[name], want)
		}
	}
	c = cases()["map_china"]
	c.Lang = codes.En
	if d := c.Drill(); d["广西"].Key != "广西" {
		t.Errorf("a click on the map leads to %+v", d["广西"])
	}
	c = cases()["trend"]
	if got, want := c.Drill()["2026Q1"], (Ref{Dim: "period", From: "2026-01-01", To: "2026-04-01"}); got != want {
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

// A table lists the greatest of another dimension within each row, and the page and the spreadsheet say the same.
func TestEachListsTheGreatest(t *testing.T) {
	p := Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.Table, Metrics: []string{"gap", "seats"}, By: []string{"node"}, Each: "course"}, Titles: []codes.Text{{Zh: "缺口", En: "Gap"}, {Zh: "课程", En: "Courses"}}}
	if got := p.Cuts(0); !slices.Equal(got, []string{"node"}) {
		t.Errorf("the first metric is cut by %v", got)
	}
	if got := p.Cuts(1); !slices.Equal(got, []string{"node", "course"}) {
		t.Errorf("the last metric is cut by %v", got)
	}
	g := figure(p, []*metric.Result{
		result(half("node"), "人", point(60, "magnetic.raw"), point(20, "magnetic.powder")),
		result(half("node", "course"), "人次", point(5, "magnetic.raw", "a"), point(90, "magnetic.raw", "b"), point(7, "magnetic.raw", "c"), point(1200, "magnetic.raw", "d"), point(0, "magnetic.powder", "a")),
	}, codes.En).Grid()
	csv, err := g.CSV(codes.En)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"magnetic.raw,60,\"d 1,200, b 90, c 7\"\r\n", "magnetic.powder,20,none\r\n"} {
		if !bytes.Contains(csv, []byte(want)) {
			t.Errorf("missing %q in %q", want, csv)
		}
	}
}

// What has not come to pass yet has no cell, and neither departures nor arrivals lose their sign.
func TestTriangleAndBalance(t *testing.T) {
	cell := func(name string) string {
		c := cases()[name]
		option, err := c.Option()
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
	if _, err := young.Option(); err != nil {
		t.Errorf("a triangle without a judged cohort: %v", err)
	}
	if o := cell("balance"); !strings.Contains(o, `"value":-7`) || !strings.Contains(o, "（净 −7）") {
		t.Errorf("departures do not stand on the left: %s", o)
	}
	if o := cell("heatgap"); !strings.Contains(o, `"text":"−8"`) || !strings.Contains(o, `"text":"+123,456,789.12"`) || !strings.Contains(o, `"text":"0"`) {
		t.Errorf("a difference is wrong: %s", o)
	}
}

// A forecast in a table is a row per key: what was counted, what is expected with its range, and how good it was.
func TestTableAhead(t *testing.T) {
	q := metric.Query{Metric: "m", From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1), By: []string{"chain"}}
	at := func(month int, v *float64, key string) metric.Point {
		from := days.Date(2026, 1, 1).AddDate(0, month-1, 0)
		pt := metric.Point{From: from, To: from.AddDate(0, 3, 0), Keys: []string{key}, Value: v}
		if pt.Forecast = month > 6; pt.Forecast && v != nil {
			pt.Lower, pt.Upper = num(*v-20), num(*v+20)
		} else if v == nil {
			pt.Why = metric.WhyUndefined
		}
		return pt
	}
	r := result(q, "人", at(1, num(9), "superalloy"), at(4, num(8), "superalloy"), at(4, num(5), "magnetic"), at(4, num(1), "江西"),
		at(7, num(12), "superalloy"), at(7, num(30), "magnetic"), at(7, nil, "江西"), at(10, num(13.4), "superalloy"), at(10, num(31), "magnetic"), at(10, nil, "江西"))
	r.Metric.Every = days.Quarter
	r.Backtest = []metric.Backtest{{Keys: []string{"magnetic"}, MAPE: 12.34, Naive: 20, N: 4}}
	p := Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.Table, By: q.By, Metrics: []string{"m"}}, DimTitles: []codes.Text{{Zh: "产业链", En: "Chain"}}}
	text := func(loc codes.Lang) string {
		g := figure(p, []*metric.Result{r}, loc).Grid()
		var b strings.Builder
		for i, h := range g.Heads {
			b.WriteString(strings.Repeat("|", min(i, 1)) + h.Text)
		}
		for _, row := range g.Rows {
			b.WriteString("\n")
			for i, c := range row {
				b.WriteString(strings.Repeat("|", min(i, 1)) + c.Text)
			}
		}
		return b.String()
	}
	want := `产业链|2026Q2 实际|2026Q3 预测|2026Q3 区间|2026Q4 预测|2026Q4 区间|回测误差
磁性材料|5|30|10～50|31|11～51|12.3%（去年同季 20.0%）
高温合金|8|12|-8～32|13|-7～33|无从检验
江西省|1|—|—|—|—|无从检验`
	if got := text(codes.Zh); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	p.Limit = 1
	want = `Chain|2026Q2 counted|2026Q3 expected|2026Q3 range|2026Q4 expected|2026Q4 range|Back-test
magnetic|5|30|10 to 50|31|11 to 51|12.3% (a year before: 20.0%)`
	if got := text(codes.En); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
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
	quarter := half()
	quarter.Grain = days.Quarter
	spark := func(points ...metric.Point) string {
		text, err := figure(cases()["kpi"], []*metric.Result{result(quarter, "人", points...)}, codes.Zh).Option()
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
	q := half("kind")
	q.Grain = days.Quarter
	r := &metric.Result{Query: q, Unit: named("人"), Metric: &metric.Metric{Direction: "up"}}
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
		f := figure(Figure{Panel: board.Panel{Name: "x", Kind: kind, By: []string{"kind"}, Grain: days.Quarter}}, []*metric.Result{r}, codes.Zh)
		text, err := f.Option()
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

// Parts of a whole that are negative are not drawn as parts of a whole.
func TestNegativeParts(t *testing.T) {
	for _, kind := range []board.Kind{board.Pie, board.Sankey} {
		by := []string{"kind"}
		pts := []metric.Point{point(10, "A"), point(6, "B"), point(-4, "DE")}
		if kind == board.Sankey {
			by = []string{"kind", "country"}
			pts = []metric.Point{point(10, "A", "DE"), point(6, "B", "DE"), point(-4, "B", "JP")}
		}
		f := figure(Figure{Panel: board.Panel{Name: "x", Kind: kind, By: by}}, []*metric.Result{result(half(by...), "人", pts...)}, codes.Zh)
		if got := f.Empty(); !strings.Contains(got, "负数") || !strings.Contains(got, "-4") && !strings.Contains(got, "−4") {
			t.Errorf("%s: %q", kind, got)
		}
		if g := f.Grid(); len(g.Rows) != 3 {
			t.Errorf("%s: the table has %d rows", kind, len(g.Rows))
		}
	}
}

// What is not final is drawn apart, has a star, is left out of the small trend and says why; what nobody reported is no 0.
func TestOpen(t *testing.T) {
	q := half()
	q.Grain = days.Month
	v := []float64{5, 6, 1}
	r := result(q, "人", metric.Point{From: days.Date(2026, 4, 1), To: days.Date(2026, 5, 1), Value: &v[0]},
		metric.Point{From: days.Date(2026, 5, 1), To: days.Date(2026, 6, 1), Why: metric.WhyUnreported},
		metric.Point{From: days.Date(2026, 6, 1), To: days.Date(2026, 7, 1), Value: &v[1]},
		metric.Point{From: days.Date(2026, 7, 1), To: days.Date(2026, 8, 1), Value: &v[2], Cover: &duty.Coverage{Reported: 1, Due: 3, Missing: []string{"乙", "丙"}}})
	of := func(kind board.Kind, marks ...string) Figure {
		return figure(Figure{Panel: board.Panel{Name: "x", Kind: kind, Grain: days.Month, Marks: marks}}, []*metric.Result{r}, codes.Zh)
	}
	text, err := of(board.Line).Option()
	if err != nil || !strings.Contains(string(text), `"2026-07*"`) || !strings.Contains(string(text), "（未定）") || !strings.Contains(string(text), `"dashed"`) {
		t.Errorf("a line: %v %s", err, text)
	}
	if text, err = of(board.Trend).Option(); err != nil || !strings.Contains(string(text), `"opacity":0.35`) {
		t.Errorf("bars: %v %s", err, text)
	}
	if text, err = of(board.KPI).Option(); err != nil || strings.Contains(string(text), `{"value":1}`) {
		t.Errorf("the small trend: %v %s", err, text)
	}
	f := of(board.Line)
	if got := strings.Join(f.Remarks(), " "); !strings.Contains(got, "2026-07：初步：应报 3 家，已报 1 家，未报：乙、丙") || !strings.Contains(got, "2026-05：未报") {
		t.Errorf("remarks: %q", got)
	}
	csv, err := f.Grid().CSV(codes.Zh)
	if err != nil || !strings.Contains(string(csv), "2026-05,,未报") || !regexp.MustCompile(`2026-07,1,初步：应报 3 家.*,[^,]*（人）`).Match(csv) {
		t.Errorf("CSV: %v %s", err, csv)
	}
	// a map's bubble and a day around the eve
	spot := figure(onMap(Figure{Panel: board.Panel{Name: "x", Kind: board.OnMap, By: []string{"park"}}}, "zone"), []*metric.Result{result(half("park"), "人", point(5, "lake"))}, codes.Zh)
	spot.Results[0].Points[0].Cover = r.Points[3].Cover
	if text, err = spot.Option(); err != nil || !strings.Contains(string(text), `5*"`) || !strings.Contains(string(text), "初步 1/3") || !strings.Contains(string(text), `"opacity":0.45`) {
		t.Errorf("a bubble: %v %s", err, text)
	}
	eve := cases()["spring"]
	if text, err = eve.Option(); err != nil || strings.Contains(string(text), "emptyCircle") {
		t.Errorf("days around the eve that are final: %v", err)
	}
	eve.Results[0].Points[1].Cover = r.Points[3].Cover
	if text, err = eve.Option(); err != nil || strings.Count(string(text), "emptyCircle") != 1 {
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
