package draw

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/board/panel/paneltest"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// compared is a result by grain of periods with what each is compared with, a year before.
func compared(grain days.Grain, compare metric.Compare, unit string, points ...metric.Point) *metric.Result {
	q := metric.Query{Metric: "m", From: points[0].From, To: points[len(points)-1].To, Grain: grain, Compare: compare}
	return paneltest.Result(q, unit, points...)
}

type drawnSeries struct {
	Name, Type string
	Data       []any
	LineStyle  struct{ Type string }
}

func seriesOf(t *testing.T, p panel.Figure, rs []*metric.Result, loc codes.Lang) (out []drawnSeries, axis []string) {
	t.Helper()
	text, err := Option(paneltest.Figure(p, rs, loc))
	if err != nil {
		t.Fatal(err)
	}
	var o struct {
		Series []struct {
			drawnSeries
			Data []struct{ Value any }
		}
		XAxis []struct{ Data []string }
	}
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatal(err)
	}
	for _, s := range o.Series {
		for _, item := range s.Data {
			s.drawnSeries.Data = append(s.drawnSeries.Data, item.Value)
		}
		out = append(out, s.drawnSeries)
	}
	return out, o.XAxis[0].Data
}

func TestTrendDrawsWhatItIsComparedWith(t *testing.T) {
	d := days.Date
	p := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.Trend, Metrics: []string{"m"}, Grain: days.Month}, Titles: []codes.Text{{Zh: "引进", En: "Arrivals"}}}
	r := compared(days.Month, metric.YearOnYear, "人", paneltest.Over(d(2026, 5, 1), d(2026, 6, 1), 120, 100), paneltest.Over(d(2026, 6, 1), d(2026, 7, 1), 90, 80))
	got, _ := seriesOf(t, p, []*metric.Result{r}, codes.Zh)
	if len(got) != 2 || got[1].Name != "上年同期（2025 年 5 月—2025 年 6 月）" || got[1].LineStyle.Type != "dashed" || got[1].Data[0] != 100.0 || got[1].Data[1] != 80.0 {
		t.Errorf("got %+v", got)
	}
	if got, _ := seriesOf(t, p, []*metric.Result{r}, codes.En); got[1].Name != "Same period last year (May 2025 – Jun 2025)" {
		t.Errorf("in English the line is called %q", got[1].Name)
	}
	// the period before is the point to the left: a second line would say it twice
	r.Query.Compare = metric.Previous
	if got, _ := seriesOf(t, p, []*metric.Result{r}, codes.Zh); len(got) != 1 || paneltest.Figure(p, []*metric.Result{r}, codes.Zh).DrawsBase() {
		t.Errorf("the period before is drawn: %+v", got)
	}
	// of many lines the compared ones stand in the table only
	r.Query.Compare = metric.YearOnYear
	four := []*metric.Result{r, r, r, r}
	p.Metrics = []string{"a", "b", "c", "d"}
	if got, _ := seriesOf(t, p, four, codes.Zh); len(got) != 4 || paneltest.Figure(p, four, codes.Zh).DrawsBase() {
		t.Errorf("four metrics give %d lines", len(got))
	}
}

// A bar of a lone metric has a paler one beside it; where the drawing has no room, a key that only the year before had
// is not drawn either.
func TestBarsDrawWhatTheyAreComparedWith(t *testing.T) {
	q := paneltest.Half("chain")
	q.Compare = metric.YearOnYear
	now := paneltest.Point(5, "magnetic")
	now.Base, now.Rows = paneltest.Num(4), 5
	gone := paneltest.Point(0, "superalloy")
	gone.Base = paneltest.Num(3)
	r := paneltest.Result(q, "人", now, gone)
	p := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.Column, Metrics: []string{"m"}, By: []string{"chain"}}, Titles: []codes.Text{{Zh: "引进", En: "Arrivals"}}}
	if got, names := seriesOf(t, p, []*metric.Result{r}, codes.Zh); len(got) != 2 || len(names) != 2 || got[1].Data[0] != 4.0 || got[1].Data[1] != 3.0 {
		t.Errorf("got %+v over %v", got, names)
	}
	p.Kind = board.Pie
	text, err := Option(paneltest.Figure(p, []*metric.Result{r}, codes.Zh))
	if err != nil || strings.Contains(string(text), "高温合金") {
		t.Errorf("a slice of nothing: %v %s", err, text)
	}
}

// A period of which only a part is counted is marked on the axis, told in the table and below the figure.
func TestUnfinishedPeriods(t *testing.T) {
	d := days.Date
	july := paneltest.Over(d(2026, 7, 1), d(2026, 8, 1), 7, 5)
	july.Until, july.Partial, july.BaseTo = d(2026, 7, 16), true, d(2025, 7, 16)
	r := compared(days.Month, metric.YearOnYear, "人", paneltest.Over(d(2026, 6, 1), d(2026, 7, 1), 90, 80), july)
	p := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "图", En: "Figure"}, Kind: board.Line, Metrics: []string{"m"}, Grain: days.Month}, Titles: []codes.Text{{Zh: "引进", En: "Arrivals"}}}
	if _, axis := seriesOf(t, p, []*metric.Result{r}, codes.Zh); !slices.Equal(axis, []string{"2026-06", "2026-07*"}) {
		t.Errorf("the axis says %q", axis)
	}
	g := paneltest.Figure(p, []*metric.Result{r}, codes.Zh).Grid()
	if got := g.Rows[0][0].Text; got != "2026-07（07-01 至 07-15）" {
		t.Errorf("the table says %q", got)
	}
	said := strings.Join(paneltest.Figure(panel.Figure{}, []*metric.Result{r}, codes.Zh).Remarks(), "；")
	if want := "* 2026 年 7 月 1—15 日，与上年同期相同天数比（2025 年 7 月 1—15 日）；对比上年同期：2025-06-01 至 2025-07-15"; !strings.Contains(said, "* 2026 年 7 月 1—15 日，与上年同期相同天数比（2025 年 7 月 1—15 日）") {
		t.Errorf("got %q, want %q", said, want)
	}
	if said := strings.Join(paneltest.Figure(panel.Figure{}, []*metric.Result{r}, codes.En).Remarks(), "; "); !strings.Contains(said, "* 1–15 Jul 2026, against the same days: 1–15 Jul 2025") {
		t.Errorf("in English %q", said)
	}
	// a year that was asked for from July on is a part of it, too
	year := paneltest.Over(d(2023, 7, 1), d(2024, 1, 1), 4, 2)
	if !period.Unfinished(year, days.Year) || period.Unfinished(year, days.Half) || period.Unfinished(paneltest.Over(d(2026, 1, 1), d(2026, 3, 1), 1, 1), days.Month) {
		t.Error("half a year of 2023 is not called a part of it, or January and February together are")
	}
	// a card says the days it counts
	july.Change = paneltest.Num(40)
	q := metric.Query{Metric: "m", From: july.From, To: july.To, Compare: metric.YearOnYear}
	c := paneltest.Figure(p, []*metric.Result{paneltest.Result(q, "人", july)}, codes.Zh).Card()
	if c.Covers != "2026 年 7 月 1—15 日" || c.Base != "5 人" || c.BaseOf != "days" || c.Against != "2025 年 7 月 1—15 日" {
		t.Errorf("got %+v", c)
	}
}

// aroundEve is what an engine answers of the days around an eve.
func aroundEve(eve days.Day, days int, values ...float64) *metric.Result {
	from := eve.AddDate(0, 0, -days)
	r := &metric.Result{Query: metric.Query{Metric: "inflow"}, Metric: &metric.Metric{}, Unit: metric.PersonTimes, Eve: eve}
	for i, v := range values {
		r.Points = append(r.Points, metric.Point{From: from.AddDate(0, 0, i), To: from.AddDate(0, 0, i+1), Since: from, Value: paneltest.Num(v), Rows: 1})
	}
	return r
}

func TestSpring(t *testing.T) {
	p := panel.Figure{Panel: board.Panel{Name: "p", Title: codes.Text{Zh: "除夕前后", En: "New year"}, Kind: board.Spring, Metrics: []string{"inflow"}, Eve: board.Eve{Days: 2}}, Titles: []codes.Text{{Zh: "引进", En: "Arrivals"}}}
	rs := []*metric.Result{aroundEve(days.Date(2026, 2, 16), 2, 1, 3, 6), aroundEve(days.Date(2025, 1, 28), 2, 2, 2, 4, 8, 9)}
	got, axis := seriesOf(t, p, rs, codes.Zh)
	if !slices.Equal(axis, []string{"−2", "−1", "除夕", "+1", "+2"}) {
		t.Errorf("the axis says %q", axis)
	}
	if len(got) != 2 || got[0].Name != "引进 2026 年" || got[0].Data[2] != 6.0 || got[0].Data[3] != "-" || got[1].LineStyle.Type != "dashed" || got[1].Data[4] != 9.0 {
		t.Errorf("got %+v", got)
	}
	g := paneltest.Figure(p, rs, codes.Zh).Grid()
	if len(g.Rows) != 5 || g.Rows[2][0].Text != "除夕" || g.Rows[2][1].Text != "2026-02-16" || g.Rows[2][2].Text != "6" || g.Rows[3][2].Text != "—" || g.Rows[4][3].Text != "9" {
		t.Errorf("the table is %+v", g.Rows)
	}
	if s := paneltest.Figure(p, rs, codes.En).Describe(); !strings.Contains(s, "Arrivals 2026 6 (to eve)") || !strings.Contains(s, "Arrivals 2025 9") {
		t.Errorf("the sentence is %q", s)
	}
	if s := paneltest.Figure(p, []*metric.Result{aroundEve(days.Date(2026, 2, 16), 2)}, codes.Zh).Empty(); s != "除夕前后 2 天还没有已发布的数据。" {
		t.Errorf("without data: %q", s)
	}
}
