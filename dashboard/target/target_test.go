package target_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/target"
	"yanzhen/pipeline/days"
)

var arrivalsHeader = []string{"person", "date", "direction", "enterprise", "node"}

var targetsHeader = []string{"metric", "unit_name", "period", "target", "tier", "weight", "cap", "valid_from", "reason"}

func TestTargets(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	book := &target.Book{Engine: &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}}
	// 10 arrivals a month from January 2025 to April 2026; 20 a month in the second half of 2025
	var rows [][]string
	n := 0
	for m := days.Date(2025, 1, 1); m.Before(days.Date(2026, 5, 1)); m = m.AddDate(0, 1, 0) {
		people := 10
		if m.Year() == 2025 && m.Month() > 6 {
			people = 20
		}
		for range people {
			n++
			rows = append(rows, []string{fmt.Sprint(n), m.AddDate(0, 0, 27).Format(time.DateOnly), "in", "甲", "magnetic.motor"})
		}
	}
	stage.Load(t, "arrivals", arrivalsHeader, rows, "2025-01-01..2026-04-30")
	stage.Load(t, "talents", []string{"person", "class", "recognised_on", "enterprise", "node"}, [][]string{
		{"1", "E", "2025-06-05", "甲", "magnetic.motor"}, {"2", "E", "2026-02-06", "甲", "magnetic.motor"}, {"3", "E", "2026-03-06", "甲", "magnetic.motor"},
	}, "2025-01-01..2026-04-30")
	stage.Load(t, "targets", targetsHeader, [][]string{
		{"inflow", "人社局", "2026", "200", "expected", "40", "120", "2026-01-01", "-"},
		{"inflow", "人社局", "2026", "150", "expected", "40", "120", "2026-04-01", "两家企业停产"},
		{"inflow", "人社局", "2026", "100", "expected", "40", "120", "2026-09-01", "以后的事"},
		{"inflow", "人社局", "2026", "300", "stretch", "-", "-", "2026-01-01", "-"},
		{"talent_stock", "组织部", "2026", "4", "expected", "60", "-", "2026-01-01", "-"},
		{"outflow_rate", "组织部", "2026", "5", "expected", "-", "-", "2026-01-01", "-"},
		{"inflow", "组织部", "2026Q2", "10", "expected", "10", "100", "2026-01-01", "-"},
		{"no_such_metric", "科技局", "2026", "5", "expected", "-", "-", "2026-01-01", "-"},
		{"inflow", "科技局", "明年", "5", "expected", "-", "-", "2026-01-01", "-"},
	}, "")
	ts, err := book.Targets(t.Context(), target.Query{})
	if err != nil {
		t.Fatal(err)
	}
	find := func(ts []target.Target, unit, name, period, tier string) target.Target {
		t.Helper()
		for _, x := range ts {
			if x.Unit == unit && x.Name == name && x.Period == period && x.Tier == tier {
				return x
			}
		}
		t.Fatalf("no target of %s for %s", unit, name)
		return target.Target{}
	}
	if len(ts) != 6 {
		t.Errorf("got %d targets, want 6: %+v", len(ts), ts)
	}
	near := func(what string, got *float64, want float64) {
		t.Helper()
		if got == nil || math.Abs(*got-want) > 1e-9 {
			t.Errorf("%s: got %v, want %v", what, got, want)
		}
	}
	// the version of April, 40 of 150 in 120 of 365 days; last year 40 were followed by 20 and 120
	x := find(ts, "人社局", "inflow", "2026", "expected")
	if x.Target != 150 || x.Reason != "两家企业停产" || x.Before == nil || *x.Before != 200 || !x.Date.Equal(days.Date(2026, 4, 30)) {
		t.Errorf("version: got %+v", x)
	}
	near("actual", x.Actual, 40)
	near("percent", x.Percent, 40.0/150*100)
	near("score", x.Score, 40.0/150*40)
	// last year 40 of 180 came in these days, so that 33 of 150 are due: who is ahead of that ends above the target
	near("expected", x.Expected, 150*40.0/180)
	near("behind", x.Behind, 150*40.0/180-40)
	near("done of due", x.ByNow, 40/(150*40.0/180)*100)
	near("a month", x.PerMonth, 110/(245/30.4375))
	if near("forecast", x.Forecast, 180); x.How != "season" || x.Reached {
		t.Errorf("forecast: got %s, reached %v", x.How, x.Reached)
	}
	if zh, en := x.Line("zh"), x.Line("en"); zh != "符合进度；每月需 14" || en != "on pace; 14 a month needed" {
		t.Errorf("pace: got %q, %q", zh, en)
	}
	// a stock goes on from where the year began: 1 by then, 3 now
	x = find(ts, "组织部", "talent_stock", "2026", "expected")
	near("stock", x.Actual, 3)
	near("stock expected", x.Expected, 1+3*120.0/365)
	if near("stock forecast", x.Forecast, 1+2*365.0/120); x.Line("zh") != "符合进度；每月需 1" {
		t.Errorf("pace of the stock: %q", x.Line("zh"))
	}
	// less is better: nobody left
	x = find(ts, "组织部", "outflow_rate", "2026", "expected")
	if near("rate", x.Actual, 0); !x.Reached || x.How != "hold" || x.PerMonth != nil {
		t.Errorf("rate: got %+v", x)
	}
	x = find(ts, "组织部", "inflow", "2026Q2", "expected")
	if near("quarter", x.Actual, 10); !x.Reached || x.Line("en") != "reached" {
		t.Errorf("quarter: got %+v", x)
	}
	if x := find(ts, "科技局", "no_such_metric", "2026", "expected"); x.Metric != nil || x.Actual != nil || x.Why == "" || x.Line("zh") == "" {
		t.Errorf("unknown metric: got %+v", x)
	}

	ranks := target.Ranking(ts, "")
	if len(ranks) != 3 || ranks[0].Unit != "组织部" || ranks[0].Rank != 1 || ranks[1].Unit != "人社局" || ranks[1].Behind != 0 || ranks[1].OnPace != 1 || ranks[2].Rank != 0 {
		t.Fatalf("ranking: got %+v", ranks)
	}
	near("done of due by 组织部", ranks[0].ByNow, 100) // both at their caps; the level has no part in it

	// before the change: as it was then
	ts, err = book.Targets(t.Context(), target.Query{Date: days.Date(2026, 3, 31), Metric: "inflow", Tier: "expected", Period: "2026年"})
	if err != nil || len(ts) != 1 || ts[0].Target != 200 || ts[0].Before != nil {
		t.Fatalf("in March: got %+v, %v", ts, err)
	}
	near("in March", ts[0].Actual, 30)
	for _, q := range []target.Query{{Period: "202x"}, {Period: "2026-13"}, {Metric: "inflw"}} {
		if _, err := book.Targets(t.Context(), q); !errors.Is(err, metric.ErrInvalid) {
			t.Errorf("%+v: got %v, want ErrInvalid", q, err)
		}
	}
	before := db.N.Load()
	if _, err := book.Targets(t.Context(), target.Query{Date: days.Date(2026, 3, 31), Metric: "inflow", Tier: "expected"}); err != nil || db.N.Load() != before {
		t.Errorf("warm: %v, %d statements", err, db.N.Load()-before)
	}
}

// A submission of other days than a figure's can have moved it where the figure asks what came later.
func TestTouches(t *testing.T) {
	cat, _, _ := metrictest.Office(t)
	day := days.Date
	for _, c := range []struct {
		metric      string
		first, last days.Day
		want        bool
	}{
		{"inflow", day(2026, 4, 1), day(2026, 4, 30), true},
		{"inflow", day(2026, 5, 1), day(2026, 5, 31), false},
		{"inflow", day(2026, 3, 1), day(2026, 3, 31), false},
		{"talent_stock", day(2026, 3, 1), day(2026, 3, 31), true},
		{"talent_stock", day(2026, 5, 1), day(2026, 5, 31), false},
		{"retention_12m", day(2027, 5, 1), day(2027, 5, 31), true},
		{"startups_judged", day(2029, 5, 1), day(2029, 5, 31), true},
	} {
		m := cat.Metric(c.metric)
		if m == nil {
			t.Fatalf("no metric %s", c.metric)
		}
		if got := (metric.Moved{First: c.first, Last: c.last}).Touches(m, day(2026, 4, 1), day(2026, 5, 1)); got != c.want {
			t.Errorf("%s in April by %s to %s: got %v, want %v", c.metric, c.first, c.last, got, c.want)
		}
	}
}

// A report is frozen; what came later shows beside it, with who sent it.
func TestRevision(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	header := []string{"person", "class", "recognised_on", "enterprise", "node"}
	stage.Load(t, "talents", header, [][]string{{"1", "E", "2026-01-05", "甲", "magnetic.motor"}, {"2", "E", "2026-02-05", "甲", "magnetic.motor"}}, "2026-01-01..2026-02-28")
	time.Sleep(5 * time.Millisecond)
	frozen := time.Now()
	time.Sleep(5 * time.Millisecond)
	q := metric.Query{Metric: "talent_stock", From: days.Date(2026, 1, 1), To: days.Date(2026, 3, 1), Grain: days.Month}
	r, err := e.Revision(t.Context(), q, frozen)
	if err != nil || r.Changed() || len(r.Moved) != 0 {
		t.Fatalf("at once: got %+v, %v", r, err)
	}
	stage.Load(t, "talents", header, [][]string{{"3", "A", "2026-02-06", "甲", "magnetic.motor"}}, "2026-02-01..2026-02-28")
	stage.Load(t, "arrivals", arrivalsHeader, [][]string{{"1", "2026-01-31", "in", "甲", "magnetic.motor"}}, "")
	if r, err = e.Revision(t.Context(), q, frozen); err != nil {
		t.Fatal(err)
	}
	if !r.Changed() || len(r.Points) != 2 || *r.Points[0].Difference != 0 || *r.Points[1].Reported != 2 || *r.Points[1].Now != 3 || *r.Points[1].Difference != 1 {
		t.Errorf("got %+v", r.Points)
	}
	// the submission of talents moved it; that of arrivals is no part of it
	if len(r.Moved) != 1 || r.Moved[0].Dataset != "talents" || r.Moved[0].State != "published" || r.Moved[0].Unit == "" || r.Moved[0].At.Before(frozen) {
		t.Errorf("moved: got %+v", r.Moved)
	}
	if _, err := e.Revision(t.Context(), q, time.Time{}); !errors.Is(err, metric.ErrInvalid) {
		t.Errorf("no moment: got %v", err)
	}
}

// A target of a part of a metric compares with that part's own figure; what nobody can read has no
// figure and says what would be right.
func TestTargetScope(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	book := &target.Book{Engine: &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}, Scopes: map[string]string{"磁材办": "节点=永磁电机", "合金办": "园区=月球"}}
	var rows [][]string
	for i := range 30 {
		node := "magnetic.motor"
		if i%3 == 0 {
			node = "superalloy.cast"
		}
		rows = append(rows, []string{fmt.Sprint(i + 1), days.Date(2026, time.Month(1+i%4), 28).Format(time.DateOnly), "in", "甲", node})
	}
	stage.Load(t, "arrivals", arrivalsHeader, rows, "2026-01-01..2026-04-30")
	header := []string{"metric", "unit_name", "period", "target", "tier", "valid_from", "scope"}
	row := func(unit, target, scope string) []string {
		return []string{"inflow", unit, "2026", target, "expected", "2026-01-01", scope}
	}
	stage.Load(t, "targets", header, [][]string{
		row("甲办", "40", "-"),
		row("乙办", "40", "所在产业链节点＝superalloy.cast"),
		row("丙办", "40", "产业链：磁性材料"),
		row("丁办", "40", "精密铸造"),
		row("戊办", "40", "节点＝精密铸造、永磁电机；流向=引进"),
		row("己办", "40", "环节=月球"),
		row("磁材办", "40", "-"),
		row("合金办", "40", "-"),
		row("磁材办", "60", "全区"),
		{"inflow", "磁材办", "2026", "50", "expected", "2026-04-01", "node=magnetic.motor"}, // the same part, in other words
	}, "")
	ts, err := book.Targets(t.Context(), target.Query{})
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]target.Target{}
	for _, x := range ts {
		of[x.Unit+" "+x.Scope.Title(cat, "zh")] = x
	}
	for name, want := range map[string]float64{
		"甲办 全区": 30, "乙办 产业链节点：精密铸造": 10, "丙办 产业链：磁性材料": 20, "丁办 产业链节点：精密铸造": 10, "磁材办 产业链节点：永磁电机": 20, "磁材办 全区": 30, "合金办 全区": 30,
	} {
		x, ok := of[name]
		if !ok || x.Actual == nil || *x.Actual != want {
			t.Errorf("%s: got %v (%v), want %v", name, x.Actual, ok, want)
		}
	}
	if x := of["磁材办 产业链节点：永磁电机"]; !x.Scope.Unit || x.Target != 50 || x.Before == nil || *x.Before != 40 {
		t.Errorf("the unit's own part, changed in April: %+v", x)
	}
	if x := of["合金办 全区"]; x.Scope.Note.Zh == "" || x.Scope.Note.En == "" {
		t.Error("a default that does not fit the metric is not told")
	}
	for unit, want := range map[string][2]string{"戊办": {"流向", "流向"}, "己办": {"环节", "node"}} {
		var x target.Target
		for _, o := range ts {
			if o.Unit == unit {
				x = o
			}
		}
		if x.Actual != nil || !strings.Contains(x.Line("zh"), want[0]) || !strings.Contains(x.Line("en"), want[1]) {
			t.Errorf("%s: got %v, %q, %q", unit, x.Actual, x.Line("zh"), x.Line("en"))
		}
	}
	if err := target.CheckScopes(cat, map[string]string{"甲": "园区=磁材小镇", "乙": "磁性材料"}); err != nil {
		t.Errorf("good scopes: %v", err)
	}
	for text, want := range map[string]string{"园区=月球": "磁材小镇", "星球=月球": "维度=值"} {
		if err := target.CheckScopes(cat, map[string]string{"丙": text}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", text, err, want)
		}
	}
	if len(ts) != 9 {
		t.Errorf("got %d targets, want 9", len(ts))
	}
}

// Nobody leads who has reached nothing while another has, whatever its levels are; what is over or not final ranks not.
func TestRanking(t *testing.T) {
	v := func(f float64) *float64 { return &f }
	of := func(unit string, percent, byNow, behind *float64, reached bool) target.Target {
		x := target.Target{Unit: unit, Tier: "expected"}
		x.Percent, x.ByNow, x.Behind, x.Reached = percent, byNow, behind, reached
		return x
	}
	over := of("丙", v(120), v(120), v(-9), true)
	over.Finished = true
	open := of("丙", v(120), v(120), v(-9), true)
	open.Open.Zh = "初步"
	list := []target.Target{
		of("甲", v(98.3), nil, v(1.5), false), of("甲", v(92.7), nil, v(7), false), // two levels, both missed by little
		of("乙", v(43.6), v(87.2), v(314), false), of("乙", v(101), v(101), v(-1), true), // one reached, one behind
		over, open, of("丙", v(50), v(104), v(-3), false), // on pace, nothing reached that counts
		of("丁", v(103), v(103), v(-2), true), of("丁", v(50), v(110), v(-5), false),
	}
	var got []string
	for _, r := range target.Ranking(list, "") {
		got = append(got, fmt.Sprint(r.Rank, r.Unit, " ", r.Reached, "/", r.Targets, " ", r.OnPace, " ", r.Behind))
	}
	if want := "1丁 1/2 1 0; 2乙 1/2 0 1; 3丙 0/1 1 0; 4甲 0/2 0 2"; strings.Join(got, "; ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, "; "), want)
	}
}
