package compile

import (
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"yanzhen/configs"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

var update = flag.Bool("update", false, "write the golden files anew")

// shipped is the catalogue this program ships with.
var shipped = sync.OnceValues(func() (*metric.Catalog, error) {
	c, err := dataset.Load(configs.FS)
	if err != nil {
		return nil, err
	}
	return metric.LoadFS(configs.FS, c.Datasets, c.Lists)
})

func catalog(t testing.TB) *metric.Catalog {
	t.Helper()
	c, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompileGolden(t *testing.T) {
	c := catalog(t)
	h1 := [2]days.Day{days.Date(2026, 1, 1), days.Date(2026, 7, 1)}
	for name, q := range map[string]metric.Query{
		"flow_total":      {Metric: "inflow"},
		"flow_month":      {Metric: "inflow", Grain: days.Month, By: []string{"chain", "education_group"}, Where: []metric.Filter{{Dim: "node", Values: []string{"magnetic.raw"}}, {Dim: "enterprise", Values: []string{"it's \\"}}}},
		"flow_half":       {Metric: "graduates_introduced", Grain: days.Half, By: []string{"age_band"}},
		"stock_total":     {Metric: "talent_stock"},
		"stock_quarter":   {Metric: "talent_stock", Grain: days.Quarter, By: []string{"class"}},
		"stock_as_of":     {Metric: "talent_stock", AsOf: days.Date(2026, 3, 1)},
		"ratio_year":      {Metric: "graduates_bachelor_share", Grain: days.Year, By: []string{"chain"}},
		"ratio_mean":      {Metric: "outflow_rate", Grain: days.Quarter},
		"formula":         {Metric: "net_inflow", By: []string{"origin_province"}},
		"formula_over":    {Metric: "post_gap", By: []string{"chain"}},
		"formula_by_over": {Metric: "post_gap", By: []string{"node"}},
		"window_ytd":      {Metric: "graduates_introduced", Grain: days.Month, Window: days.YearToDate},
		"window_stock":    {Metric: "talent_stock", Grain: days.Quarter, Window: days.Rolling12},
		"window_ratio":    {Metric: "high_skilled_share", Grain: days.Half, Window: days.Rolling12},
		"ten":             {Metric: "inflow", Grain: days.Ten, By: []string{"chain"}},
		"spring":          {Metric: "inflow", Grain: days.Month, Compare: metric.Spring},
		"words_month":     {Metric: "service_on_time", Grain: days.Month},
		"words_as_of":     {Metric: "benefit_days_median", AsOf: days.Date(2026, 3, 1)},
		"gather":          {Metric: "retention_12m_kept", By: []string{"chain"}, Where: []metric.Filter{{Dim: "channel", Values: []string{"campus"}}}, DataDays: map[string]days.Day{"arrivals": days.Date(2026, 6, 30), "talents": days.Date(2026, 7, 1)}},
		"total":           {Metric: "talent_lq", Grain: days.Year, By: []string{"node"}, Where: []metric.Filter{{Dim: "chain", Values: []string{"magnetic"}}}},
		"method":          {Metric: "mismatch", Grain: days.Quarter, By: []string{"chain"}},
	} {
		t.Run(name, func(t *testing.T) {
			q.From, q.To = h1[0], h1[1]
			s, err := Query(c, q)
			if err != nil {
				t.Fatal(err)
			}
			golden(t, "compile_"+name+".sql", text(s))
			again, err := Query(c, q)
			if err != nil || text(again) != text(s) {
				t.Errorf("the same query compiled to another text:\n%s", text(again))
			}
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(string(want), got); d != "" {
		t.Errorf("%s differs (go test -update writes it anew):\n%s", file, d)
	}
}

// text writes a statement with its parameters below it.
func text(s warehouse.Statement) string {
	var b strings.Builder
	b.WriteString(s.SQL + "\n")
	for _, name := range slices.Sorted(maps.Keys(s.Params)) {
		b.WriteString("-- " + name + " = " + s.Params[name] + "\n")
	}
	return b.String()
}
