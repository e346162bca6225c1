package compute_test

import (
	"io/fs"
	"os"
	"testing"
	"time"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/configs"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/metric/small"
	"yanzhen/dashboard/script"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// leader is who may not see figures of few people.
func leader() *access.Viewer {
	return &access.Viewer{Name: "leader", Role: access.Leader, May: access.Leader.May(access.Joint)}
}

// Where nothing is small, a guarded figure is the same as any other: every third script says so of its metrics, or all of
// them (YANZHEN_TEST_FULL=1).
func TestGuardedAlike(t *testing.T) {
	sets, cat := metrictest.Shipped(t)
	files, err := fs.Glob(configs.FS, "metrics/*.test")
	if err != nil {
		t.Fatal(err)
	}
	stage := metrictest.NewStage(stagetest.Open(t, sets), sets)
	for i, file := range files {
		if i%3 != 0 && os.Getenv("YANZHEN_TEST_FULL") == "" {
			continue
		}
		text, err := fs.ReadFile(configs.FS, file)
		if err != nil {
			t.Fatal(err)
		}
		s, err := script.Parse(file, string(text))
		if err != nil {
			t.Fatal(err)
		}
		r := script.Runner{Engine: &compute.Engine{For: leader(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader"), Fresh: time.Hour, Small: small.Rule{K: 1}}, Publish: stage.Publish, Withdraw: stage.Withdraw}
		out, err := r.Run(t.Context(), s)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range out.Failures {
			t.Error(f.In(s.File, codes.En))
		}
	}
}

// How many rows a dataset of persons has is not told of few people to who may not see so few.
func TestFewRows(t *testing.T) {
	_, cat := metrictest.Shipped(t)
	e := &compute.Engine{Catalog: cat, Small: small.Rule{Datasets: map[string]int{"benefits": 10}}}
	sender := &access.Viewer{Role: access.Sender, May: access.Sender.May(access.Joint)}
	for _, x := range []struct {
		who  *access.Viewer
		set  string
		rows uint64
		few  bool
	}{
		{leader(), "arrivals", 4, true},
		{leader(), "arrivals", 5, false},
		{leader(), "arrivals", 0, false},
		{leader(), "benefits", 9, true},
		{leader(), "vacancies", 3, false},
		{leader(), "nothing", 3, false},
		{sender, "arrivals", 4, false},
		{accesstest.Everything(), "arrivals", 4, false},
		{nil, "arrivals", 4, true},
	} {
		if _, few := e.Few(access.With(t.Context(), x.who), x.set, x.rows); few != x.few {
			t.Errorf("%v %s %d: %v", x.who, x.set, x.rows, few)
		}
	}
}
