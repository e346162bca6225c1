package panel_test

import (
	"bytes"
	"encoding/csv"
	"slices"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/panel/paneltest"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

func TestEmpty(t *testing.T) {
	bar := panel.Figure{Panel: board.Panel{Kind: board.Bar, By: []string{"chain"}, Metrics: []string{"m"}}}
	for _, c := range []struct {
		what string
		kind board.Kind
		r    *metric.Result
		want string
	}{
		{"no points", board.Bar, paneltest.Result(paneltest.Half("chain"), "人"), "该范围内没有记录。"},
		{"no rows", board.Bar, paneltest.Result(paneltest.Half("chain"), "人", metric.Point{Keys: []string{"magnetic"}, Why: metric.WhyNoRows}), "该范围内没有记录。"},
		{"undefined", board.Bar, paneltest.Result(paneltest.Half("chain"), "%", metric.Point{Keys: []string{"magnetic"}, Why: metric.WhyUndefined}), "该范围内此指标没有定义（分母为 0）。"},
		{"zeros are records", board.Bar, paneltest.Result(paneltest.Half("chain"), "人", paneltest.Point(0, "magnetic")), ""},
		{"a pie of zeros is blank", board.Pie, paneltest.Result(paneltest.Half("chain"), "人", paneltest.Point(0, "magnetic")), "该范围内各项均为 0。"},
		{"a value", board.Bar, paneltest.Result(paneltest.Half("chain"), "人", paneltest.Point(4, "magnetic")), ""},
	} {
		bar.Kind = c.kind
		if got := paneltest.Figure(bar, []*metric.Result{c.r}, codes.Zh).Empty(); got != c.want {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
}

func TestCSV(t *testing.T) {
	q := paneltest.Half("chain")
	q.Compare = metric.YearOnYear
	pt := paneltest.Point(123456789.12, "magnetic")
	pt.Base, pt.Change = paneltest.Num(0), nil
	pt.WhyChange = metric.WhyZeroBase
	p := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.Bar, Metrics: []string{"m"}, By: []string{"chain"}}, Titles: []codes.Text{{Zh: "引进", En: "Arrivals"}}, DimTitles: []codes.Text{{Zh: "产业链", En: "Chain"}}}
	g := paneltest.Figure(p, []*metric.Result{paneltest.Result(q, "人", pt, paneltest.Point(0, "=cmd|calc"))}, codes.Zh).Grid()
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
	q := paneltest.Half()
	q.Compare = metric.YearOnYear
	pt := paneltest.Point(193)
	pt.Base, pt.Change, pt.Record = paneltest.Num(39), paneltest.Num(100*(193.0/39-1)), true
	p := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "新认定", En: "Recognised"}, Kind: board.KPI, Metrics: []string{"a", "b"}}, Titles: []codes.Text{{Zh: "新认定", En: "Recognised"}, {Zh: "其中", En: "of them"}}}
	c := paneltest.Figure(p, []*metric.Result{paneltest.Result(q, "人", pt), paneltest.Result(paneltest.Half(), "%", paneltest.Point(38.2))}, codes.Zh).Card()
	if c.Value != "193" || c.Unit != "人" || c.Change != "+394.9%" || c.Arrow != "▲" || c.Mood != "good" || c.Base != "39 人" || c.BaseOf != "yoy" || !c.Record {
		t.Errorf("got %+v", c)
	}
	if len(c.Parts) != 1 || c.Parts[0].Value != "38.2%" {
		t.Errorf("parts are %+v", c.Parts)
	}
	none := paneltest.Figure(p, []*metric.Result{paneltest.Result(q, "人", metric.Point{Why: metric.WhyNoRows})}, codes.Zh).Card()
	if none.Value != "" || none.Missing == "" {
		t.Errorf("without rows got %+v", none)
	}
}

// A table lists the greatest of another dimension within each row, and the page and the spreadsheet say the same.
func TestEachListsTheGreatest(t *testing.T) {
	p := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.Table, Metrics: []string{"gap", "seats"}, By: []string{"node"}, Each: "course"}, Titles: []codes.Text{{Zh: "缺口", En: "Gap"}, {Zh: "课程", En: "Courses"}}}
	if got := p.Cuts(0); !slices.Equal(got, []string{"node"}) {
		t.Errorf("the first metric is cut by %v", got)
	}
	if got := p.Cuts(1); !slices.Equal(got, []string{"node", "course"}) {
		t.Errorf("the last metric is cut by %v", got)
	}
	g := paneltest.Figure(p, []*metric.Result{
		paneltest.Result(paneltest.Half("node"), "人", paneltest.Point(60, "magnetic.raw"), paneltest.Point(20, "magnetic.powder")),
		paneltest.Result(paneltest.Half("node", "course"), "人次", paneltest.Point(5, "magnetic.raw", "a"), paneltest.Point(90, "magnetic.raw", "b"), paneltest.Point(7, "magnetic.raw", "c"), paneltest.Point(1200, "magnetic.raw", "d"), paneltest.Point(0, "magnetic.powder", "a")),
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

// A forecast in a table is a row per key: what was counted, what is expected with its range, and how good it was.
func TestTableAhead(t *testing.T) {
	q := metric.Query{Metric: "m", From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1), By: []string{"chain"}}
	at := func(month int, v *float64, key string) metric.Point {
		from := days.Date(2026, 1, 1).AddDate(0, month-1, 0)
		pt := metric.Point{From: from, To: from.AddDate(0, 3, 0), Keys: []string{key}, Value: v}
		if pt.Forecast = month > 6; pt.Forecast && v != nil {
			pt.Lower, pt.Upper = paneltest.Num(*v-20), paneltest.Num(*v+20)
		} else if v == nil {
			pt.Why = metric.WhyUndefined
		}
		return pt
	}
	r := paneltest.Result(q, "人", at(1, paneltest.Num(9), "superalloy"), at(4, paneltest.Num(8), "superalloy"), at(4, paneltest.Num(5), "magnetic"), at(4, paneltest.Num(1), "江西"),
		at(7, paneltest.Num(12), "superalloy"), at(7, paneltest.Num(30), "magnetic"), at(7, nil, "江西"), at(10, paneltest.Num(13.4), "superalloy"), at(10, paneltest.Num(31), "magnetic"), at(10, nil, "江西"))
	r.Metric.Every = days.Quarter
	r.Backtest = []metric.Backtest{{Keys: []string{"magnetic"}, MAPE: 12.34, Naive: 20, N: 4}}
	p := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.Table, By: q.By, Metrics: []string{"m"}}, DimTitles: []codes.Text{{Zh: "产业链", En: "Chain"}}}
	text := func(loc codes.Lang) string {
		g := paneltest.Figure(p, []*metric.Result{r}, loc).Grid()
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
	want = `Chain|Q2 2026 counted|Q3 2026 expected|Q3 2026 range|Q4 2026 expected|Q4 2026 range|Back-test
magnetic|5|30|10 to 50|31|11 to 51|12.3% (a year before: 20.0%)`
	if got := text(codes.En); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Parts of a whole that are negative are not drawn as parts of a whole.
func TestNegativeParts(t *testing.T) {
	for _, kind := range []board.Kind{board.Pie, board.Sankey} {
		by := []string{"kind"}
		pts := []metric.Point{paneltest.Point(10, "A"), paneltest.Point(6, "B"), paneltest.Point(-4, "DE")}
		if kind == board.Sankey {
			by = []string{"kind", "country"}
			pts = []metric.Point{paneltest.Point(10, "A", "DE"), paneltest.Point(6, "B", "DE"), paneltest.Point(-4, "B", "JP")}
		}
		f := paneltest.Figure(panel.Figure{Panel: board.Panel{Name: "x", Kind: kind, By: by}}, []*metric.Result{paneltest.Result(paneltest.Half(by...), "人", pts...)}, codes.Zh)
		if got := f.Empty(); !strings.Contains(got, "负数") || !strings.Contains(got, "-4") && !strings.Contains(got, "−4") {
			t.Errorf("%s: %q", kind, got)
		}
		if g := f.Grid(); len(g.Rows) != 3 {
			t.Errorf("%s: the table has %d rows", kind, len(g.Rows))
		}
	}
}

func TestTicks(t *testing.T) {
	d := days.Date
	for _, c := range []struct {
		pt     metric.Point
		g      days.Grain
		zh, en string
	}{
		{metric.Point{From: d(2026, 1, 1), To: d(2026, 3, 1)}, days.Month, "2026-01—02", "Jan–Feb 2026"},
		{metric.Point{From: d(2026, 1, 1), To: d(2026, 1, 11)}, days.Ten, "2026-01上旬", "1–10 Jan 2026"},
		{metric.Point{From: d(2026, 1, 11), To: d(2026, 1, 21)}, days.Ten, "2026-01中旬", "11–20 Jan 2026"},
		{metric.Point{From: d(2026, 1, 21), To: d(2026, 2, 1)}, days.Ten, "2026-01下旬", "from 21 Jan 2026"},
		{metric.Point{From: d(2026, 4, 1), To: d(2026, 6, 1)}, days.Quarter, "2026Q2*", "Q2 2026*"},
	} {
		if zh, en := period.TickOf(c.pt, c.g, codes.Zh), period.TickOf(c.pt, c.g, codes.En); zh != c.zh || en != c.en {
			t.Errorf("%s %s: got %q, %q", c.pt.From.Format(time.DateOnly), c.g, zh, en)
		}
	}
	// ten-day periods in a table stand in the order of time, the latest first
	q := metric.Query{Metric: "m", From: d(2026, 1, 1), To: d(2026, 2, 1), Grain: days.Ten}
	r := paneltest.Result(q, "人", paneltest.Over(d(2026, 1, 1), d(2026, 1, 11), 1, 1), paneltest.Over(d(2026, 1, 11), d(2026, 1, 21), 2, 1), paneltest.Over(d(2026, 1, 21), d(2026, 2, 1), 3, 1))
	var got []string
	for _, row := range paneltest.Figure(panel.Figure{Panel: board.Panel{Kind: board.Line, Metrics: []string{"m"}}}, []*metric.Result{r}, codes.Zh).Grid().Rows {
		got = append(got, row[0].Text+" "+row[1].Text)
	}
	if want := []string{"2026-01下旬 3", "2026-01中旬 2", "2026-01上旬 1"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Where an increase cannot be computed the table says why, and so does the file.
func TestReasons(t *testing.T) {
	q := paneltest.Half("chain")
	q.Compare = metric.Spring
	a, b := paneltest.Point(5, "magnetic"), paneltest.Point(50.5, "superalloy")
	a.Base, a.WhyChange = paneltest.Num(0), metric.WhyZeroBase
	b.WhyChange = metric.WhyNoData
	p := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.Bar, Metrics: []string{"m"}, By: []string{"chain"}}, Titles: []codes.Text{{Zh: "占比", En: "Share"}}}
	g := paneltest.Figure(p, []*metric.Result{paneltest.Result(q, "%", a, b)}, codes.Zh).Grid()
	if got := g.Reasons(); !slices.Equal(got, []string{"基数为零，不作比较", "该时段尚无已发布的数据"}) {
		t.Errorf("got %q", got)
	}
	text, err := g.CSV(codes.Zh)
	if err != nil || !strings.Contains(string(text), "同比（春节对齐）（个百分点）") || !strings.Contains(string(text), ",,,该时段尚无已发布的数据") {
		t.Errorf("%v %s", err, text)
	}
}

// A month that was unfinished when it was reported is the same month now that it is over.
func TestSinceOfUnfinishedMonth(t *testing.T) {
	grid := func(value float64, until days.Day) grid.Grid {
		day := days.Date(2026, 6, 1)
		pt := metric.Point{From: day, To: days.Date(2026, 7, 1), Since: day, Until: until, Value: &value, Partial: until.Before(days.Date(2026, 7, 1))}
		r := &metric.Result{Query: metric.Query{Metric: "inflow", From: day, To: days.Date(2026, 7, 1), Grain: days.Month}, Unit: metric.People, Points: []metric.Point{pt}}
		return paneltest.Figure(panel.Figure{Panel: board.Panel{Kind: board.Trend, Metrics: []string{"inflow"}, Grain: days.Month}}, []*metric.Result{r}, codes.Zh).Grid()
	}
	then := grid(12, days.Date(2026, 6, 29))
	cells, rows := then.Since(grid(15, days.Date(2026, 7, 1)))
	if now := then.Rows[0][1].Now; cells != 1 || rows != 0 || now == nil || now.Text != "15" {
		t.Errorf("got %d cells, %d rows, now %+v; want 15 beside 12", cells, rows, now)
	}
}
