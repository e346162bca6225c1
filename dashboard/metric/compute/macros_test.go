package compute_test

import (
	"testing"
	"time"

	"yanzhen/pipeline/stage/stagetest"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// The words that look beside a metric's own rows look at the same moment as it does: the calendar,
// the later rows and the data date of that moment.
func TestWordsAsOf(t *testing.T) {
	sets, cat := metrictest.Shipped(t)
	db := stagetest.Open(t, sets)
	s := metrictest.NewStage(db, sets)
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: warehousetest.OpenAs(t, "reader")}
	moment := func() time.Time {
		time.Sleep(20 * time.Millisecond)
		defer time.Sleep(20 * time.Millisecond)
		return time.Now().UTC()
	}
	s.Load(t, "calendar", []string{"date", "workday", "nth"}, [][]string{{"2026-02-02", "1", "1"}, {"2026-02-03", "1", "2"}, {"2026-02-04", "1", "3"}}, "")
	s.Load(t, "benefits", []string{"code", "person", "kind", "applied_on", "approved_on", "paid_on"}, [][]string{{"1", "1", "allowance", "2026-02-02", "2026-02-03", "2026-02-04"}}, "2025-01-01..2026-06-30")
	s.Load(t, "arrivals", []string{"person", "date", "direction", "channel"}, [][]string{{"1", "2025-02-01", "in", "campus"}, {"2", "2025-02-01", "in", "campus"}}, "2025-01-01..2026-01-31")
	first := moment()
	s.Clear(t)
	// A holiday on the 3rd was forgotten, someone left, and a month more is known.
	s.Load(t, "calendar", []string{"date", "workday", "nth"}, [][]string{{"2026-02-02", "1", "1"}, {"2026-02-03", "0", "1"}, {"2026-02-04", "1", "2"}}, "")
	s.Load(t, "benefits", []string{"code", "person", "kind", "applied_on", "approved_on", "paid_on"}, [][]string{{"1", "1", "allowance", "2026-02-02", "2026-02-03", "2026-02-04"}}, "2025-01-01..2026-06-30")
	s.Load(t, "arrivals", []string{"person", "date", "direction", "channel"}, [][]string{{"1", "2025-02-01", "in", "campus"}, {"2", "2025-02-01", "in", "campus"}, {"2", "2025-12-01", "out", "-"}}, "2025-01-01..2026-02-28")
	second := moment()
	for _, c := range []struct {
		metric string
		asOf   time.Time
		want   float64 // -1: none
	}{
		{"benefit_days_median", first, 2},
		{"benefit_days_median", second, 1},
		{"benefit_days_median", time.Time{}, 1},
		{"retention_12m_judged", first, 0},
		{"retention_12m_judged", second, 2},
		{"retention_12m_judged", time.Time{}, 2},
		{"retention_12m", first, -1},
		{"retention_12m", second, 50},
		{"retention_12m", time.Time{}, 50},
	} {
		r, err := e.Run(t.Context(), metric.Query{Metric: c.metric, From: days.Date(2025, 1, 1), To: days.Date(2026, 7, 1), AsOf: c.asOf})
		if err != nil {
			t.Errorf("%s at %v: %v", c.metric, c.asOf, err)
			continue
		}
		if len(r.Points) != 1 {
			t.Errorf("%s at %v: %d points", c.metric, c.asOf, len(r.Points))
			continue
		}
		p := r.Points[0]
		if c.want < 0 && p.Value != nil || c.want >= 0 && (p.Value == nil || *p.Value != c.want) {
			t.Errorf("%s at %v: got %v %s, want %v", c.metric, c.asOf, p.Value, p.Why, c.want)
		}
	}
}
