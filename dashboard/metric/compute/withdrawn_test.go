package compute_test

import (
	"strconv"
	"testing"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/frozen"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// What was printed under a report date that was withdrawn since is out: a figure as of an earlier one that differs from it by one
// person is not shown to who may not see few, and nobody is answered as of the withdrawn one.
func TestWithdrawnReportDate(t *testing.T) {
	cat, stage, _ := metrictest.Office(t)
	db := warehousetest.OpenAs(t, "loader")
	n := 0
	arrive := func(people int) {
		var rows [][]string
		for range people {
			n++
			rows = append(rows, []string{strconv.Itoa(n), "2026-01-15", "in", "甲", "magnetic.motor"})
		}
		stage.Load(t, "arrivals", arrivalsHeader, rows, "")
	}
	freeze := func(name string) time.Time {
		time.Sleep(20 * time.Millisecond)
		at := time.Now().UTC().Truncate(time.Microsecond)
		if err := frozen.Keep(t.Context(), db, frozen.Date{Name: name, At: at, By: "test"}, at); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
		return at
	}
	arrive(10)
	first := freeze("年初")
	arrive(1)
	second := freeze("年初更正")
	arrive(9)
	e := &compute.Engine{For: leader(), Catalog: cat, DB: db}
	q := metric.Query{Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1), AsOf: first}
	hidden := func(when string) {
		t.Helper()
		r, err := e.Run(t.Context(), q)
		if err != nil || len(r.Points) != 1 || r.Points[0].Value != nil {
			t.Errorf("%s: 10 people as of the first report date, 11 as of the second: got %+v, %v", when, r, err)
		}
	}
	hidden("while the second stands")
	if err := frozen.Withdraw(t.Context(), db, "年初更正", "test", "口径写错", time.Now()); err != nil {
		t.Fatal(err)
	}
	hidden("after the second was withdrawn")
	q.AsOf = second
	if r, err := e.Run(t.Context(), q); err == nil {
		t.Errorf("as of the withdrawn one: %+v", r)
	}
}
