package compute_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// listener hears which days statements of metrics read.
type listener struct {
	warehouse.Querier
	heard []string
}

func (l *listener) Query(ctx context.Context, s warehouse.Statement) (array.RecordReader, error) {
	if s.Tag != "metric.live" {
		l.heard = append(l.heard, s.Params["from"]+".."+s.Params["to"])
	}
	return l.Querier.Query(ctx, s)
}

// A month that is published makes stale what reads its days, and of a series only its own period; what a unit told of before
// is touched too when it tells of other days. Answers are those of an engine that keeps nothing.
func TestTouched(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	l := &listener{Querier: db.Querier}
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: l}
	month := func(m int, rows ...[]string) {
		t.Helper()
		first := days.Date(2026, 1, 1).AddDate(0, m-1, 0)
		stage.Load(t, "arrivals", arrivalsHeader, rows, days.ISO(first)+".."+days.ISO(first.AddDate(0, 1, -1)))
	}
	row := func(person, day string) []string { return []string{person, day, "in", "甲", "magnetic.motor"} }
	for m := 1; m <= 6; m++ {
		month(m, row(fmt.Sprint(m), fmt.Sprintf("2026-%02d-10", m)))
	}
	series := metric.Query{Metric: "net_inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1), Grain: days.Month}
	early := metric.Query{Metric: "inflow_people", From: days.Date(2026, 1, 1), To: days.Date(2026, 4, 1)}
	said := func(q metric.Query) string {
		t.Helper()
		out := ""
		for _, e := range []*compute.Engine{e, {For: accesstest.Everything(), Catalog: cat, DB: db.Querier}} {
			r, err := e.Run(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, p := range r.Points {
				got += fmt.Sprint(value(p), " ")
			}
			if out != "" && out != got {
				t.Errorf("%+v: %q is kept, and %q is so", q, out, got)
			}
			out = got
		}
		return out
	}
	for _, step := range []struct {
		publish     func()
		series      string
		heard, also string
	}{
		{func() {}, "1 1 1 1 1 1 ", "[2026-01-01..2026-07-01]", "[2026-01-01..2026-04-01]"},
		{func() {}, "1 1 1 1 1 1 ", "[]", "[]"},
		{func() { month(5, row("7", "2026-05-11"), row("8", "2026-05-11")) }, "1 1 1 1 3 1 ", "[2026-05-01..2026-06-01]", "[]"},
		{func() { month(2, row("9", "2026-02-11")) }, "1 2 1 1 3 1 ", "[2026-02-01..2026-03-01]", "[2026-01-01..2026-04-01]"},
		{func() { stage.Clear(t); month(6, row("1", "2026-06-01")) }, "", "[2026-01-01..2026-07-01]", "[2026-01-01..2026-04-01]"},
	} {
		step.publish()
		l.heard = nil
		if got := said(series); step.series != "" && got != step.series {
			t.Errorf("got %s, want %s", got, step.series)
		}
		if got := fmt.Sprint(l.heard); got != step.heard {
			t.Errorf("the series asked for %s, want %s", got, step.heard)
		}
		l.heard = nil
		said(early)
		if got := fmt.Sprint(l.heard); got != step.also {
			t.Errorf("the first quarter asked for %s, want %s", got, step.also)
		}
	}
}
