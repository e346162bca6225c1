// Package beside says what is kept beside the rows of large datasets, as metrics and boards follow from the declarations,
// and keeps it of batches that came before anybody kept it. What it is stands in package states.
package beside

import (
	"context"
	"io/fs"
	"log/slog"
	"time"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/warehouse"
)

// Of is what keeps it of datasets with so many rows or more; nil, and nothing is kept, for 0. It tells the metrics too, so
// that they ask for it.
func Of(declared fs.FS, metrics *metric.Catalog, least int, db *warehouse.DB, log *slog.Logger) *states.Keeper {
	asked := map[string][][]string{}
	if boards, err := board.Load(declared, "boards"); err == nil { // else the pages say what is wrong with them
		for _, b := range boards {
			for _, p := range b.Panels {
				for i, name := range p.Metrics {
					asked[name] = append(asked[name], p.Cuts(i))
				}
			}
		}
	}
	plan := metrics.Keep(uint64(max(0, least)), asked)
	if plan == nil {
		return nil
	}
	return &states.Keeper{DB: db, Of: plan.Of, Least: plan.Least, Log: log}
}

// Catch keeps what is missing, one batch after the other, at once and then every minute until the context ends: after a
// start, when a dataset has become large, and when a batch could not be kept as it was published.
func Catch(ctx context.Context, of func() *states.Keeper, log *slog.Logger) {
	for {
		began := time.Now()
		n, err := of().Catch(ctx)
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			log.Warn("not everything is kept beside the rows; figures come from the rows meanwhile", "err", err)
		case n > 0:
			log.Info("kept beside the rows", "batches", n, "took", time.Since(began).Round(time.Millisecond))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Minute):
		}
	}
}
