package compute_test

import (
	"os"
	"path/filepath"
	"testing"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// A file of a yearbook that begins in 1949 is loaded, verified and answered for like any other; the first day of 1970,
// which counts as nought in many programs, is a day.
func TestYearbookFrom1949(t *testing.T) {
	sets, cat := languages(t)
	path := filepath.Join(t.TempDir(), "年鉴.csv")
	if err := os.WriteFile(path, []byte("年份,日期,人口\n1949,1949-10-01,100\n1950,1950年2月28日,110\n1965,1965/12/31,300\n1970,1970-01-01,550\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	db := stagetest.Open(t, sets)
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: sets, Key: []byte("0123456789abcdef0123456789abcdef"), Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	out, err := l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "language_yearbook"})
	if err != nil || out.State != pipeline.Published || out.Counts.Loaded != 4 {
		t.Fatalf("%s, %v, %+v, %v", out.State, err, out.Problem, out.Rules)
	}
	var text string
	if err := db.Row(t.Context(), warehouse.SQL("select concat(toString(min(day)), ' ', toString(max(day))) from mart.language_yearbook"), &text); err != nil || text != "1949-10-01 1970-01-01" {
		t.Errorf("got %q, %v", text, err)
	}
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader")}
	for _, grain := range []days.Grain{days.Year, days.Half, days.Quarter, days.Month, days.Ten} {
		r, err := e.Run(t.Context(), metric.Query{Metric: "born_on", From: days.Date(1949, 1, 1), To: days.Date(1970, 2, 1), Grain: grain})
		if err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for _, p := range r.Points {
			if p.Value != nil {
				sum += *p.Value
			}
		}
		if sum != 1060 {
			t.Errorf("%s: got %v in %d periods, want 1060", grain, sum, len(r.Points))
		}
	}
}
