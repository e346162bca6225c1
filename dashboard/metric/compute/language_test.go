package compute_test

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/configs"
	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// declared are the shipped declarations with those of a folder over them.
func declared(t *testing.T, folder string) (*dataset.Catalog, *metric.Catalog) {
	t.Helper()
	fsys, err := configs.Over(folder)
	if err != nil {
		t.Fatal(err)
	}
	sets, err := dataset.Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	cat, err := metric.LoadFS(fsys, sets.Datasets, sets.Lists)
	if err != nil {
		t.Fatal(err)
	}
	return sets, cat
}

// languages are the declarations of testdata/language, whose scripts hold numbers that were computed elsewhere.
func languages(t *testing.T) (*dataset.Catalog, *metric.Catalog) {
	t.Helper()
	return declared(t, "testdata/language")
}

// What the language of metrics can say beyond what the shipped ones need, against numbers of other programs.
func TestLanguage(t *testing.T) {
	sets, cat := languages(t)
	files, err := filepath.Glob("testdata/language/metrics/*.test")
	if err != nil || len(files) == 0 {
		t.Fatal(err, files)
	}
	stage := metrictest.NewStage(stagetest.Open(t, sets), sets)
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			told(t, cat, stage, file, string(text))
		})
	}
}

// Every number a method finds on its way stands beside its own: the residual of a line, weights, parameters.
func TestOutputs(t *testing.T) {
	sets, cat := languages(t)
	stage := metrictest.NewStage(stagetest.Open(t, sets), sets)
	rows := [][]string{{"甲", "12.5", "30.2"}, {"乙", "8.2", "22.7"}, {"丙", "15.9", "35.8"}, {"丁", "6.4", "19.9"}, {"戊", "10.1", "24.4"}}
	for i := range rows {
		rows[i] = []string{rows[i][0], "2026-03-01", rows[i][1], rows[i][2]}
	}
	stage.Load(t, "language_panel", []string{"region", "month", "x", "y"}, rows, "2026-03-01..2026-03-31")
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader")}
	for _, x := range []struct {
		metric string
		by     []string
		want   map[string]float64
	}{
		{"line", nil, map[string]float64{"slope": 1.701958517019585, "intercept": 8.525200549252006, "r2": 0.9863694616909372, "rmse": 0.665658725888135, "sse": 2.2155076967550764, "n": 5}},
		{"industry_index", []string{"region"}, map[string]float64{"weight.panel_x": 0.4747911058778041, "weight.panel_y": 0.5252088941221958}},
	} {
		r, err := e.Run(t.Context(), metric.Query{Metric: x.metric, From: days.Date(2026, 3, 1), To: days.Date(2026, 4, 1), By: x.by})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range r.Points {
			if len(p.Outputs) != len(x.want) {
				t.Errorf("%s %v: got %v", x.metric, p.Keys, p.Outputs)
			}
			for _, o := range p.Outputs {
				if want, ok := x.want[o.Name]; !ok || math.Abs(o.Value-want) > 1e-9 {
					t.Errorf("%s %s: got %v, want %v", x.metric, o.Name, o.Value, want)
				}
			}
		}
	}
}

// The number of a list without dates says when the list was loaded, and that day is the date of its data.
func TestUndatedListSaysWhenItWasLoaded(t *testing.T) {
	sets, cat := languages(t)
	stage := metrictest.NewStage(stagetest.Open(t, sets), sets)
	stage.Load(t, "language_panel", []string{"region", "month", "x"}, [][]string{{"甲", "2025-12-01", "1"}}, "2025-12-01..2025-12-31")
	stage.Load(t, "language_list", []string{"name", "region"}, [][]string{{"一中", "甲"}, {"二中", "乙"}}, "")
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader")}
	day, err := e.DataDate(t.Context(), "language_list")
	if err != nil || day.IsZero() {
		t.Fatalf("date %v, %v", day, err)
	}
	r, err := e.Run(t.Context(), metric.Query{Metric: "schools_listed", From: days.Date(2030, 1, 1), To: days.Date(2030, 1, 2)})
	if err != nil || len(r.Points) != 1 {
		t.Fatalf("%v, %+v", err, r)
	}
	if p := r.Points[0]; p.Value == nil || *p.Value != 2 || !p.Listed.Equal(day) || !r.DataDate.Equal(day) {
		t.Errorf("got %+v, of %v, loaded on %v", p, r.DataDate, day)
	}
	if got := period.Remarks(r, codes.Zh); len(got) != 1 || !strings.Contains(got[0], "名单没有日期") {
		t.Errorf("got %q", got)
	}
}
