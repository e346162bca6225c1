package compute_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"

	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/frozen"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// broken fails whatever asks for numbers.
type broken struct {
	warehouse.Querier
	err error
}

func (b *broken) Query(ctx context.Context, s warehouse.Statement) (array.RecordReader, error) {
	if b.err != nil && s.Tag != "metric.live" {
		return nil, b.err
	}
	return b.Querier.Query(ctx, s)
}

// A metric whose rows count on another day than that of their period may have some before the first of the data: who may not
// see few people gets no number of other days than those asked for, and none of few. What the engine refuses of a report date
// is an error, also where the numbers that it is held against are there.
func TestFewByAnotherDay(t *testing.T) {
	cat, stage, _ := metrictest.Office(t)
	db := &broken{Querier: warehousetest.OpenAs(t, "reader")}
	var rows [][]string
	for i := range 60 { // 31 left by then, 29 since, of whom three of one node
		left, node := "2026-01-10", []string{"magnetic.motor", "superalloy.casting"}[i%2]
		if i < 52 && i%2 == 0 || i < 6 {
			left = "2026-05-10"
		}
		rows = append(rows, []string{fmt.Sprint(i + 1), "E", "2026-03-01", "甲", node, left})
	}
	stage.Load(t, "talents", []string{"person", "class", "recognised_on", "enterprise", "node", "left_on"}, rows, "2026-03-01..2026-06-30")
	at := time.Now().UTC().Truncate(time.Microsecond)
	if err := frozen.Keep(t.Context(), warehousetest.OpenAs(t, "loader"), frozen.Date{Name: "年中", At: at, By: "test"}, at); err != nil {
		t.Fatal(err)
	}
	all, few := &compute.Engine{For: accesstest.Everything(), Catalog: cat, DB: db}, &compute.Engine{For: leader(), Catalog: cat, DB: db}
	numbers := func(e *compute.Engine, q metric.Query) map[string]float64 {
		t.Helper()
		r, err := e.Run(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]float64{}
		for _, p := range r.Points {
			if p.Value != nil {
				out[fmt.Sprint(p.Keys)] = *p.Value
			}
		}
		return out
	}
	for _, from := range []days.Day{days.Date(2026, 3, 1), days.Date(2026, 2, 1), days.Date(2026, 1, 1)} {
		q := metric.Query{Metric: "talent_left", From: from, To: days.Date(2026, 7, 1)}
		want, got := numbers(all, q), numbers(few, q)
		if len(want) != 1 || got["[]"] != want["[]"] || from.Month() > 1 && want["[]"] != 29 {
			t.Errorf("from %s: %v, is %v", days.ISO(from), got, want)
		}
		q.By = []string{"node"}
		if list := numbers(few, q); from.Month() > 1 && len(list) > 0 {
			t.Errorf("from %s, by node: %v, is %v", days.ISO(from), list, numbers(all, q))
		}
	}
	q := metric.Query{Metric: "talent_left", From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1), AsOf: at}
	db.err = errors.New("memory")
	if r, err := few.Run(t.Context(), q); !errors.Is(err, db.err) {
		t.Errorf("%+v, %v", r, err)
	}
}
