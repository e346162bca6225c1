package compute_test

import (
	"fmt"
	"math"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/configs"
	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse/warehousetest"
)

const forecastYAML = `
metrics:
  - {name: demand, title: {zh: 需求, en: Demand}, definition: {zh: 需求。, en: Demand.}, unit: 人, direction: up, kind: flow, from: vacancies, time: posted_on, value: sum(needed), every: quarter, dims: [node]}
  - {name: demand_holt, title: {zh: 预测, en: Forecast}, definition: {zh: 预测。, en: Forecast.}, unit: 人, direction: up, every: quarter, kind: forecast, of: demand, method: holt, options: {alpha: 0.6, beta: 0.3, horizon: 3}}
  - {name: demand_seasons, title: {zh: 预测, en: Forecast}, definition: {zh: 预测。, en: Forecast.}, unit: 人, direction: up, every: quarter, kind: forecast, of: demand, method: holt_winters, options: {alpha: 0.5, beta: 0.1, gamma: 0.3}}
  - {name: demand_multiplied, title: {zh: 预测, en: Forecast}, definition: {zh: 预测。, en: Forecast.}, unit: 人, direction: up, every: quarter, kind: forecast, of: demand, method: holt_winters, options: {alpha: 0.5, beta: 0.1, gamma: 0.3, season: multiplicative}}
  - {name: people, title: {zh: 人, en: People}, definition: {zh: 人。, en: People.}, unit: 人, direction: up, kind: stock, from: vacancies, valid: {from: posted_on}, value: "sum(ifNull(filled, 0))", every: year, dims: [node]}
  - {name: gap, title: {zh: 缺口, en: Gap}, definition: {zh: 缺口。, en: Gap.}, unit: 人, direction: down, every: year, kind: forecast, method: cohort, args: [people, demand], options: {quit: 0.04, retire: 0.015, inflow: 60, growth: 0.12, horizon: 3}}
dimensions:
  - {name: node, title: {zh: 节点, en: Node}}
`

// The worked series of the methods, as rows of a dataset carried on by a metric.
func TestForecast(t *testing.T) {
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	cat, err := metric.LoadFS(fstest.MapFS{"metrics/f.yaml": {Data: []byte(forecastYAML)}}, sets.Datasets, sets.Lists)
	if err != nil {
		t.Fatal(err)
	}
	stage := metrictest.NewStage(stagetest.Open(t, sets), sets)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader")}
	header := []string{"posted_on", "node", "needed", "filled", "enterprise", "occupation"}
	fill := func(node string, end time.Time, x ...int) [][]string {
		var rows [][]string
		for i, v := range x {
			at := end.AddDate(0, -3*(len(x)-i), 14)
			rows = append(rows, []string{at.Format(time.DateOnly), node, fmt.Sprint(v), "0", "甲", "电工"})
		}
		return rows
	}
	end := days.Date(2026, 7, 1)
	quarterly := []int{362, 385, 432, 341, 382, 409, 498, 387, 473, 513, 582, 474, 544, 582, 681, 557, 628, 707, 773, 592, 627, 725, 854, 661}
	rows := append(fill("magnetic.raw", end, 120, 132, 151, 163, 178, 190, 214, 233), fill("magnetic.motor", end, quarterly...)...)
	// a month of the third quarter has come: it is not a quarter
	rows = append(rows, []string{"2026-07-15", "magnetic.raw", "9", "0", "甲", "电工"})
	stage.Load(t, "vacancies", header, rows, "2020-07-15..2026-07-31")
	ask := func(name, node string, from days.Day) *metric.Result {
		t.Helper()
		r, err := e.Run(t.Context(), metric.Query{Metric: name, From: from, To: days.Date(2026, 8, 1), Grain: days.Quarter, By: []string{"node"}, Where: []metric.Filter{{Dim: "node", Values: []string{node}}}})
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	expect := func(r *metric.Result, known int, want ...float64) {
		t.Helper()
		if len(r.Points) != known+len(want) {
			t.Fatalf("got %d points, want %d and %d: %+v", len(r.Points), known, len(want), r.Points)
		}
		for i, p := range r.Points {
			switch {
			case i < known:
				if p.Forecast || p.Value == nil || p.Lower != nil {
					t.Errorf("known point: got %+v", p)
				}
			case p.Value == nil || !p.Forecast || math.Abs(*p.Value-want[i-known]) > 1e-6:
				t.Errorf("forecast %d: got %v (%s), want %v", i-known, value(p), p.Why, want[i-known])
			case p.Lower == nil || *p.Lower >= *p.Value || *p.Upper <= *p.Value:
				t.Errorf("interval: got %v to %v around %v", p.Lower, p.Upper, *p.Value)
			}
		}
	}
	expect(ask("demand_seasons", "magnetic.motor", days.Date(2026, 1, 1)), 2, 747.077592377, 798.388435685, 873.688877374, 743.097961854)
	r := ask("demand_multiplied", "magnetic.motor", days.Date(2026, 1, 1))
	expect(r, 2, 741.590371764, 803.590498958, 918.417132426, 721.172824836)
	if len(r.Backtest) != 1 || r.Backtest[0].N != 16 || !r.Backtest[0].Beats() || r.Backtest[0].Keys[0] != "magnetic.motor" {
		t.Errorf("back-test: got %+v", r.Backtest)
	}
	if p := r.Points[2]; !p.From.Equal(end) || !p.To.Equal(days.Date(2026, 10, 1)) {
		t.Errorf("the first forecast is of %v..%v", p.From, p.To)
	}
	// a series that began later: its quarters before count as nothing, and the trend of eight is that
	// of the eight only where the data begin there
	stage.Clear(t)
	stage.Load(t, "vacancies", header, rows[:8], "2024-07-01..2026-06-30")
	expect(ask("demand_holt", "magnetic.raw", days.Date(2025, 1, 1)), 6, 246.851147989, 263.682384626, 280.513621264)
	// two seasons are needed
	stage.Clear(t)
	stage.Load(t, "vacancies", header, rows[1:8], "2024-10-01..2026-06-30")
	r = ask("demand_seasons", "magnetic.raw", days.Date(2026, 1, 1))
	if len(r.Points) != 6 || r.Points[5].Value != nil || r.Points[5].Why != metric.WhyUndefined || len(r.Backtest) != 0 {
		t.Errorf("too short: got %+v", r.Points)
	}
	// a cohort
	stage.Clear(t)
	stage.Load(t, "vacancies", header, [][]string{{"2026-06-30", "magnetic.raw", "520", "473", "甲", "电工"}}, "2026-06-01..2026-06-30")
	r = ask("gap", "magnetic.raw", days.Date(2026, 1, 1))
	for i, want := range []float64{75.415, 113.187175, 161.112280375} {
		if p := r.Points[i]; p.Value == nil || math.Abs(*p.Value-want) > 1e-9 || !p.Forecast {
			t.Errorf("gap of year %d: got %v, want %v", i+1, value(p), want)
		}
	}
}
