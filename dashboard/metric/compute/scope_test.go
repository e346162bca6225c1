package compute_test

import (
	"context"
	"strings"
	"testing"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/days"
)

// Where it is not said who looks, no figure is given; whoever is kept to a part gets every statement with that part in it,
// whatever else it filters, or a refusal.
func TestScopeIsInEveryStatement(t *testing.T) {
	_, cat := metrictest.Shipped(t)
	e := &compute.Engine{Catalog: cat}
	if _, err := e.Run(t.Context(), metric.Query{Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1)}); err == nil || !strings.Contains(err.Error(), "who looks") {
		t.Errorf("nobody looks, and got %v", err)
	}
	v := access.CommandLine("test")
	v.Scopes = []access.Scope{{Dim: "park", Values: []string{"magnet"}}}
	ctx := access.With(context.Background(), v)
	kept, refused := 0, 0
	for _, m := range cat.Metrics() {
		scope, err := compute.ScopeOf(e, ctx, m)
		if err != nil {
			refused++
			continue
		}
		kept++
		q := metric.Query{Metric: m.Name, From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1), Scope: scope, Where: []metric.Filter{{Dim: "park", Values: []string{"alloy"}}}}
		if m.Kind == metric.Forecasting {
			q.Where = nil
		}
		for _, leaf := range m.Leaves() {
			all, counted := compile.RowCounts(cat, leaf, q)
			for _, s := range []string{all.SQL, counted.SQL} {
				if strings.Count(s, "{scope0:Array(String)}") == 0 {
					t.Errorf("%s: a statement without the scope:\n%s", m.Name, s)
				}
			}
		}
		w, ps := q.Timeline()
		s := compile.Statement(cat, m, q, q.Widened(w, ps))
		// each aggregate over rows has it: as many as there are tables read with a condition of their own
		if n := strings.Count(s.SQL, "{scope0:Array(String)}"); n == 0 || s.Params["scope0"] != "['magnet']" {
			t.Errorf("%s: %d of %v\n%s", m.Name, n, s.Params, s.SQL)
		}
		if strings.Count(s.SQL, "{w0:Array(String)}") > strings.Count(s.SQL, "{scope0:Array(String)}") {
			t.Errorf("%s: a filter stands where the scope does not:\n%s", m.Name, s.SQL)
		}
	}
	if kept < 30 || refused < 10 {
		t.Errorf("%d metrics are kept to a park and %d refused: the test looked at little", kept, refused)
	}
	v.Scopes = []access.Scope{{Dim: "park"}}
	if _, err := compute.ScopeOf(e, ctx, cat.Metric("inflow")); err == nil {
		t.Error("a scope without values lets everything through")
	}
}
