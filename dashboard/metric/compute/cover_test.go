package compute_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/stage"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// reporting is a zone to which senders report by period.
type reporting struct {
	t      *testing.T
	db     *warehouse.DB
	stage  metrictest.Stage
	engine *compute.Engine
	people int
}

func newReporting(t *testing.T) *reporting {
	sets, cat := metrictest.Shipped(t)
	db := stagetest.Open(t, sets)
	return &reporting{t: t, db: db, stage: metrictest.NewStage(db, sets), engine: &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader")}}
}

// arrivals reports n people who came on the tenth day of a period.
func (z *reporting) arrivals(sender, period string, n int) {
	p, ok := days.Parse(period)
	if !ok {
		z.t.Fatal(period)
	}
	var rows [][]string
	for range n {
		z.people++
		rows = append(rows, []string{fmt.Sprint(z.people), days.ISO(p.From.AddDate(0, 0, 9)), "in", "甲", "magnetic.motor"})
	}
	if err := z.stage.Publish(z.t.Context(), stage.Table{Dataset: "arrivals", Columns: arrivalsHeader, Rows: rows, Sender: sender, Period: period}); err != nil {
		z.t.Fatal(err)
	}
}

// ask answers inflow in short: value, why there is none, what is open about it, its change and why there is none.
func (z *reporting) ask(q metric.Query) string {
	z.t.Helper()
	r, err := z.engine.Run(z.t.Context(), q)
	if err != nil {
		z.t.Fatal(err)
	}
	var out []string
	for _, p := range r.Points {
		text := p.From.Format("06-01") + " "
		if p.Value == nil {
			text += p.Why
		} else {
			text += fmt.Sprint(*p.Value)
		}
		if p.Cover != nil {
			text += fmt.Sprintf(" (%d/%d", p.Cover.Reported, p.Cover.Due)
			if !p.Cover.Begins.IsZero() {
				text += " from " + days.ISO(p.Cover.Begins)
			}
			text += ")"
		}
		if q.Compare != metric.NoCompare && p.Value != nil {
			if p.Change != nil {
				text += fmt.Sprintf(" %+.0f%%", *p.Change)
			} else {
				text += " " + p.WhyChange
			}
		}
		out = append(out, text)
	}
	return strings.Join(out, "; ")
}

func over(metricName, from, to string, grain days.Grain) metric.Query {
	f, _ := days.ParseDay(from)
	t, _ := days.ParseDay(to)
	return metric.Query{Metric: metricName, From: f, To: t, Grain: grain}
}

// A month that nobody sent is no 0, and neither it nor a month that only some sent is held against another.
func TestUnreported(t *testing.T) {
	z := newReporting(t)
	for _, m := range []string{"2026-01", "2026-02", "2026-04", "2026-05"} {
		z.arrivals("甲", m, 10)
		if m != "2026-05" {
			z.arrivals("乙", m, 5)
		}
	}
	q := over("inflow", "2026-01-01", "2026-07-01", days.Month)
	q.Compare = metric.Previous
	if got, want := z.ask(q), "26-01 15 no_data; 26-02 15 +0%; 26-03 unreported; 26-04 15 unreported; 26-05 10 (1/2) open"; got != want {
		t.Errorf("by month: got %s\nwant %s", got, want)
	}
	for text, c := range map[string]struct {
		q    metric.Query
		want string
	}{
		"the quarter with a gap":      {over("inflow", "2026-01-01", "2026-04-01", days.Total), "26-01 30 (0/2)"},
		"the year in which it begins": {over("inflow", "2025-01-01", "2026-02-01", days.Total), "25-01 15 (2/2 from 2026-01-01)"},
		"a net of the missing month":  {over("net_inflow", "2026-03-01", "2026-04-01", days.Total), "26-03 unreported"},
		"before the data":             {over("inflow", "2025-01-01", "2025-07-01", days.Total), "25-01 no_data"},
	} {
		if got := z.ask(c.q); got != c.want {
			t.Errorf("%s: got %s, want %s", text, got, c.want)
		}
	}
	w := over("inflow", "2026-02-01", "2026-05-01", days.Month)
	w.Window = days.Window("r3")
	if got, want := z.ask(w), "26-02 no_data; 26-03 30 (0/2); 26-04 30 (0/2)"; got != want {
		t.Errorf("windows: got %s, want %s", got, want)
	}
	live, err := z.engine.Live(t.Context(), time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	if m := z.engine.Catalog.Metric("inflow"); !live.Date(m).Equal(days.Date(2026, 4, 30)) || !live.Reached(m).Equal(days.Date(2026, 6, 1)) || !live.DataDate().Equal(days.Date(2026, 4, 30)) {
		t.Errorf("date %s, reached %s", days.ISO(live.Date(m)), days.ISO(live.Reached(m)))
	}
	// who owes nothing more is not awaited
	z.engine.Duties = []duty.Duty{{Dataset: "arrivals", Sender: "甲", Every: days.Month, From: days.Date(2026, 1, 1)}, {Dataset: "arrivals", Sender: "乙", Every: days.Month, From: days.Date(2026, 1, 1), To: days.Date(2026, 5, 1)}}
	z.arrivals("乙", "2025-12", 0)
	if got, want := z.ask(over("inflow", "2026-05-01", "2026-06-01", days.Total)), "26-05 10"; got != want {
		t.Errorf("with the duties declared: got %s, want %s", got, want)
	}
}

// A figure as of a moment whose rows were swept has none, and one on a damaged batch says so.
func TestSweptAndDamaged(t *testing.T) {
	z := newReporting(t)
	z.arrivals("甲", "2026-01", 3)
	z.arrivals("甲", "2026-02", 4)
	at := time.Now()
	time.Sleep(10 * time.Millisecond)
	q := over("inflow", "2026-01-01", "2026-03-01", days.Total)
	q.AsOf = at
	if got := z.ask(q); got != "26-01 7" {
		t.Fatalf("as of then: %s", got)
	}
	exec := func(sql string) {
		t.Helper()
		if err := z.db.Exec(t.Context(), warehouse.Statement{SQL: sql, Tag: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	exec("insert into meta.damage (at, dataset, unit, batch, file, `column`, want, have, healed) select now64(6), dataset, unit, batch, file, '', 4, 3, false from meta.live where period = '2026-02'")
	q.AsOf = time.Time{}
	for from, want := range map[string]int{"2026-01-01": 0, "2026-02-01": 1} {
		one := over("inflow", from, "2026-03-01", days.Total)
		one.To = days.Month.Next(one.From)
		r, err := z.engine.Run(t.Context(), one)
		if err != nil || len(r.Damaged) != want || want > 0 && !strings.Contains(r.Damaged[0].Zh, "甲2026-02") {
			t.Errorf("from %s: damaged %v, %v", from, r.Damaged, err)
		}
	}
	exec("insert into meta.damage (at, dataset, unit, batch, file, `column`, want, have, healed) select now64(6), dataset, unit, batch, file, '', 4, 4, true from meta.live where period = '2026-02'")
	if r, err := z.engine.Run(t.Context(), q); err != nil || len(r.Damaged) != 0 {
		t.Errorf("healed: %v, %v", r.Damaged, err)
	}
	exec("insert into meta.ledger (seq, at, batch, dataset, unit, state) select seq + 1000, now64(6), batch, dataset, unit, 'withdrawn' from meta.live where period = '2026-02'")
	exec("insert into meta.ledger (seq, at, batch, dataset, unit, state) select seq + 2000, now64(6), batch, dataset, unit, 'swept' from meta.ledger where period = '2026-02' and state = 'published'")
	if got := z.ask(q); got != "26-01 3" {
		t.Errorf("now: %s", got)
	}
	if q.AsOf = at; z.ask(q) != "26-01 swept" {
		t.Errorf("as of a moment whose rows are gone: %s", z.ask(q))
	}
}

// An index over one link of a chain could only be what it is.
func TestTrivial(t *testing.T) {
	z := newReporting(t)
	z.arrivals("甲", "2026-01", 3)
	for _, name := range []string{"match_degree", "mismatch"} {
		q := over(name, "2026-01-01", "2026-02-01", days.Total)
		q.Where = []metric.Filter{{Dim: "node", Values: []string{"magnetic.motor"}}}
		r, err := z.engine.Run(t.Context(), q)
		if err != nil || len(r.Points) > 0 && r.Points[0].Value != nil {
			t.Errorf("%s of one link: %+v, %v", name, r.Points, err)
		}
	}
}

// A table of statistics that lacks a month has no 0 for it, where the metric says that a period without rows is missing.
func TestMissing(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	own, err := metric.LoadFS(fstest.MapFS{"metrics/own.yaml": {Data: []byte(`dimensions:
  - {name: node, title: {zh: 环节, en: Link}}
metrics:
  - {name: x, title: {zh: 甲, en: X}, definition: {zh: 甲。, en: X.}, unit: 人, direction: up, every: month, kind: flow, from: arrivals, time: date, value: count(), empty: missing, dims: [node]}
`)}}, map[string]*dataset.Dataset{"arrivals": cat.Dataset("arrivals")}, nil)
	if err != nil {
		t.Fatal(err)
	}
	z := &reporting{t: t, stage: stage, engine: &compute.Engine{For: accesstest.Everything(), Catalog: own, DB: db}}
	stage.Load(t, "arrivals", arrivalsHeader, [][]string{
		{"1", "2026-01-10", "in", "甲", "magnetic.motor"}, {"2", "2026-01-10", "in", "甲", "magnetic.motor"}, {"3", "2026-03-10", "in", "甲", "magnetic.motor"},
	}, "")
	q := over("x", "2026-01-01", "2026-04-01", days.Month)
	q.Compare = metric.Previous
	if got, want := z.ask(q), "26-01 2 no_data; 26-02 unreported; 26-03 1 unreported"; got != want {
		t.Errorf("by month: got %s, want %s", got, want)
	}
	w := over("x", "2026-01-01", "2026-04-01", days.Month)
	w.Window = days.Window("r3")
	if got, want := z.ask(w), "26-01 no_data; 26-02 no_data; 26-03 3 (0/0)"; got != want {
		t.Errorf("windows that begin before the data: got %s, want %s", got, want)
	}
	r, err := z.engine.Run(t.Context(), over("x", "2026-01-01", "2026-04-01", days.Total))
	if err != nil || len(r.Points) != 1 || r.Points[0].Cover == nil || len(r.Points[0].Cover.Lacks) != 1 {
		t.Errorf("the quarter: %+v, %v", r.Points, err)
	}
}
