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
	"yanzhen/dashboard/metric/compile"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/warehouse"
)

// Of is what keeps it of datasets with so many rows or more; for 0 it only clears away what was kept. It tells the metrics
// too, so that they ask for it. A statement of its takes a quarter of the engine's memory at most; 0: of 4 GiB.
func Of(declared fs.FS, metrics *metric.Catalog, least int, memory int64, db *warehouse.DB, log *slog.Logger) *states.Keeper {
	if least <= 0 {
		compile.Keep(metrics, 0, nil)
		return &states.Keeper{DB: db, Log: log}
	}
	k := &states.Keeper{DB: db, Least: uint64(least), Memory: memory / 4, Log: log}
	boards, err := board.Load(declared, "boards")
	if err != nil { // other questions than those of the boards would be another definition, and all counts would be made anew
		log.Error("nothing is kept beside the rows, since the boards cannot be read", "err", err)
		compile.Keep(metrics, 0, nil)
		return k
	}
	asked := map[string][][]string{}
	for _, b := range boards {
		for _, p := range b.Panels {
			for i, name := range p.Metrics {
				asked[name] = append(asked[name], p.Cuts(i))
			}
		}
	}
	plan := compile.Keep(metrics, k.Least, asked)
	k.Of, k.Crowds = plan.Of, plan.Crowd()
	return k
}

// Catch keeps what is missing, one batch after the other, at once and then every minute until the context ends: after a
// start, when a dataset has become large, and when a batch could not be kept as it was published; of that the next turn begins
// at once. While there is something to do it pauses as long as it worked. A fault that lasts is told every hour.
func Catch(ctx context.Context, of func() *states.Keeper, log *slog.Logger) {
	var told time.Time
	left := false
	for {
		began := time.Now()
		n, err := of().Catch(ctx)
		if ctx.Err() != nil {
			return
		}
		if n > 0 {
			log.Info("kept beside the rows", "batches", n, "took", time.Since(began).Round(time.Millisecond))
		}
		if err == nil {
			told = time.Time{}
		} else if time.Since(told) > time.Hour {
			told = time.Now()
			log.Warn("not everything is kept beside the rows; figures come from the rows meanwhile", "err", err)
		}
		pause := time.Minute
		if n > 0 {
			pause = min(pause, time.Since(began))
		} else if left { // perhaps it is published in a moment
			pause = 5 * time.Second
		}
		for end := time.Now().Add(pause); time.Now().Before(end) && !of().Left(); {
			select {
			case <-ctx.Done():
				return
			case <-time.After(min(time.Second, pause)):
			}
		}
		left = of().Left()
	}
}
