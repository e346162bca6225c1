// Package metrictest opens an empty warehouse with the shipped declarations and publishes rows in it, for tests of
// metrics and of what stands on them.
package metrictest

import (
	"context"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/apache/arrow/go/v17/arrow/array"

	"yanzhen/configs"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/stage"
	"yanzhen/pipeline/stage/stagetest"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// Shipped are the datasets and metrics that the program brings.
func Shipped(t testing.TB) (*dataset.Catalog, *metric.Catalog) {
	t.Helper()
	sets, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	cat, err := metric.LoadFS(configs.FS, sets.Datasets, sets.Lists)
	if err != nil {
		t.Fatal(err)
	}
	return sets, cat
}

// Office opens a warehouse with the shipped declarations: the metrics, a stage to publish rows on, and the way in which
// pages read.
func Office(t testing.TB) (*metric.Catalog, Stage, *Counter) {
	t.Helper()
	sets, cat := Shipped(t)
	return cat, NewStage(stagetest.Open(t, sets), sets), &Counter{Querier: warehousetest.OpenAs(t, "reader")}
}

// Counter passes statements on and counts those of metrics.
type Counter struct {
	warehouse.Querier
	N    atomic.Int64
	Gate chan struct{} // nil: open; else a statement waits until it is closed
}

// Query counts a statement, unless it asks the ledger what is live, and passes it on.
func (c *Counter) Query(ctx context.Context, s warehouse.Statement) (array.RecordReader, error) {
	if s.Tag != "metric.live" {
		c.N.Add(1)
		if c.Gate != nil {
			select {
			case <-c.Gate:
			case <-ctx.Done():
				return nil, ctx.Err()
			}
		}
	}
	return c.Querier.Query(ctx, s)
}

// Stage is a stage whose faults end the test.
type Stage struct{ *stage.Stage }

// NewStage is a stage on the tables of datasets, as stagetest.Open makes them.
func NewStage(db *warehouse.DB, sets *dataset.Catalog) Stage { return Stage{stage.On(db, sets)} }

// Clear takes back everything published so far.
func (s Stage) Clear(t testing.TB) {
	t.Helper()
	if err := s.Withdraw(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// Load publishes rows as a new unit. Span, 2026-01-01..2026-06-30, says which business days they cover where that is not
// what the rows say.
func (s Stage) Load(t testing.TB, name string, header []string, rows [][]string, span string) {
	t.Helper()
	table := stage.Table{Dataset: name, Columns: header, Rows: rows}
	if first, last, ok := strings.Cut(span, ".."); ok {
		var ok1, ok2 bool
		table.First, ok1 = days.ParseDay(first)
		table.Last, ok2 = days.ParseDay(last)
		if !ok1 || !ok2 {
			t.Fatalf("span %s: want 2026-01-01..2026-06-30", span)
		}
	}
	if err := s.Publish(t.Context(), table); err != nil {
		t.Fatal(err)
	}
}
