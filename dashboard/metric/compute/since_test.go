package compute_test

import (
	"testing"
	"time"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/days"
)

// What held at moments, and what has moved since, is asked for once while the ledger says nothing new. What others publish,
// take back or find damaged is seen at once all the same.
func TestSinceMoments(t *testing.T) {
	cat, stage, db := metrictest.Office(t)
	live := &tagged{Querier: db.Querier, tag: "metric.live"}
	moved := &tagged{Querier: live, tag: "metric.moved"}
	e := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: moved}
	load := func(person string) time.Time {
		t.Helper()
		stage.Load(t, "arrivals", arrivalsHeader, [][]string{{person, "2026-01-31", "in", "甲", "magnetic.motor"}}, "")
		time.Sleep(10 * time.Millisecond)
		defer time.Sleep(10 * time.Millisecond)
		return time.Now().UTC()
	}
	first := load("1")
	second := load("2")
	q := metric.Query{Metric: "inflow", From: days.Date(2026, 1, 1), To: days.Date(2026, 2, 1)}
	revised := func(at time.Time, reported, now float64, since int) {
		t.Helper()
		r, err := e.Revision(t.Context(), q, at)
		if err != nil || len(r.Points) != 1 || len(r.Moved) != since {
			t.Fatalf("got %+v, %v, want %d that moved", r, err, since)
		}
		if p := r.Points[0]; p.Reported == nil || p.Now == nil || *p.Reported != reported || *p.Now != now {
			t.Errorf("got %+v, want %v then and %v now", p, reported, now)
		}
	}
	revised(first, 1, 2, 1)
	revised(second, 2, 2, 0)
	words, asked := live.n.Load(), moved.n.Load()
	for range 3 {
		revised(first, 1, 2, 1)
		revised(second, 2, 2, 0)
	}
	// three times each revision asks for the last word alone: as of the report, now, and what moved
	if got := live.n.Load() - words; got != 3*2*3 || moved.n.Load() != asked {
		t.Errorf("the ledger was asked %d times, and %d times what moved", got, moved.n.Load()-asked)
	}
	load("3")
	revised(first, 1, 3, 2)
	revised(second, 2, 3, 1)
	stage.Clear(t)
	r, err := e.Revision(t.Context(), q, second)
	if err != nil || len(r.Moved) != 4 || r.Points[0].Reported == nil || *r.Points[0].Reported != 2 || r.Moved[3].State != "withdrawn" {
		t.Errorf("after all was taken back: %+v, %v", r, err)
	}
}
