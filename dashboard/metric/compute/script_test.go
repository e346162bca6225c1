package compute_test

import (
	"io/fs"
	"path"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/configs"
	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/script"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// told runs a script and reports what does not hold.
func told(t *testing.T, cat *metric.Catalog, stage metrictest.Stage, file, text string) script.Outcome {
	t.Helper()
	s, err := script.Parse(file, text)
	if err != nil {
		t.Fatal(err)
	}
	r := script.Runner{Engine: &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader"), Fresh: time.Hour}, Publish: stage.Publish, Withdraw: stage.Withdraw}
	out, err := r.Run(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range out.Failures {
		t.Error(f.In(s.File, codes.En))
	}
	return out
}

// TestScripts runs the .test beside each file of metrics. A metric without an eval fails.
func TestScripts(t *testing.T) {
	sets, cat := metrictest.Shipped(t)
	files, err := fs.Glob(configs.FS, "metrics/*.test")
	if err != nil {
		t.Fatal(err)
	}
	covered := map[string]bool{}
	stage := metrictest.NewStage(stagetest.Open(t, sets), sets)
	for _, file := range files {
		t.Run(strings.TrimSuffix(path.Base(file), ".test"), func(t *testing.T) {
			text, err := fs.ReadFile(configs.FS, file)
			if err != nil {
				t.Fatal(err)
			}
			out := told(t, cat, stage, "configs/"+file, string(text))
			for _, name := range out.Evals {
				covered[name] = true
			}
		})
	}
	for _, m := range cat.Metrics() {
		if !covered[m.Name] {
			t.Errorf("metric %s has no eval in any metrics/*.test", m.Name)
		}
	}
}
