package compute_test

import (
	"fmt"
	"testing"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/days"
)

// Of the rows of a period, those that a definition is not about are told apart from those it counts.
func TestCounted(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}
	var rows [][]string
	for i := range 12 {
		direction := "in"
		if i%4 == 0 {
			direction = "out"
		}
		rows = append(rows, []string{fmt.Sprint(i + 1), "2026-04-28", direction, "甲", "magnetic.motor"})
	}
	rows = append(rows, []string{"1", "2026-03-28", "in", "甲", "magnetic.motor"}, []string{"2", "2026-04-28", "in", "乙", "magnetic.motor"})
	stage.Load(t, "arrivals", arrivalsHeader, rows, "2026-03-01..2026-04-30")
	april := metric.Query{Metric: "inflow", From: days.Date(2026, 4, 1), To: days.Date(2026, 5, 1)}
	list, err := e.Counted(t.Context(), april)
	if err != nil || len(list) != 1 {
		t.Fatalf("got %+v, %v", list, err)
	}
	if c := list[0]; c.Rows != 13 || c.Counts != 10 || c.Metric.Name != "inflow" {
		t.Errorf("got %d of %d rows of %s, want 10 of 13", c.Counts, c.Rows, c.Metric.Name)
	}
	april.Metric = "net_inflow" // what a formula is made of
	if list, err = e.Counted(t.Context(), april); err != nil || len(list) != 2 {
		t.Errorf("a formula: %+v, %v", list, err)
	}
	stage.Load(t, "investments", []string{"code", "enterprise", "node", "invested_on", "fund_amount", "stage"}, [][]string{
		{"J1", "甲", "magnetic.motor", "2023-01-15", "100", "A"},
		{"J2", "乙", "magnetic.motor", "2023-12-15", "100", "A"},
		{"J3", "丙", "magnetic.motor", "2026-06-30", "100", "A"},
	}, "2023-01-01..2026-06-30")
	// a definition that speaks of the data date
	list, err = e.Counted(t.Context(), metric.Query{Metric: "startups_judged", From: days.Date(2023, 1, 1), To: days.Date(2024, 1, 1)})
	if err != nil || len(list) != 1 || list[0].Rows != 2 || list[0].Counts != 1 {
		t.Errorf("startups judged: got %+v, %v, want 1 of 2 rows", list, err)
	}
	inApril, ok, err := e.Batches(t.Context(), metric.Query{Metric: "inflow", From: april.From, To: april.To})
	if err != nil || !ok || len(inApril) != 1 {
		t.Errorf("the submissions of April: %v, %v", inApril, err)
	}
	for _, n := range inApril {
		if n != 10 {
			t.Errorf("%d rows of the submission, want 10", n)
		}
	}
	if none, _, err := e.Batches(t.Context(), metric.Query{Metric: "inflow", From: days.Date(2025, 1, 1), To: days.Date(2025, 2, 1)}); err != nil || len(none) > 0 {
		t.Errorf("a month of which nothing came: %v, %v", none, err)
	}
	// of the same name, sent a month later
	stage.Load(t, "arrivals", arrivalsHeader, [][]string{{"31", "2026-05-28", "in", "甲", "magnetic.motor"}}, "2026-05-01..2026-05-31")
	later, _, err := e.Batches(t.Context(), metric.Query{Metric: "inflow", From: days.Date(2026, 5, 1), To: days.Date(2026, 6, 1)})
	if err != nil || len(later) != 1 {
		t.Errorf("the submissions of May: %v, %v", later, err)
	}
	for batch := range later {
		if inApril[batch] > 0 {
			t.Errorf("batch %d counts in April and May", batch)
		}
	}
	for i, m := range cat.Metrics() {
		if _, _, err := e.Batches(t.Context(), metric.Query{Metric: m.Name, From: april.From, To: april.To}); err != nil {
			t.Errorf("the submissions of %s: %v", m.Name, err)
		}
		if i%9 > 0 {
			continue
		}
		if _, err := e.Counted(t.Context(), metric.Query{Metric: m.Name, From: april.From, To: april.To}); err != nil {
			t.Errorf("%s: %v", m.Name, err)
		}
	}
}
