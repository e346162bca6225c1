package compute

import (
	"context"
	"strconv"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/pipeline/warehouse"
)

// Counted answers for each metric of rows behind q's: itself, or what a formula or a method is made of.
func (e *Engine) Counted(ctx context.Context, q metric.Query) ([]Counted, error) {
	asked, err := e.start(ctx, q) // with the data date, which a definition may speak of
	if err != nil {
		return nil, err
	}
	if asked.guard != nil {
		return nil, nil // rows are of people: who may not see few of them sees no numbers of rows
	}
	var list []Counted
	for _, m := range asked.m.Leaves() {
		c := Counted{Metric: m, Together: m.OncePer()}
		all, counted := compile.RowCounts(e.Catalog, m, asked.Query)
		if c.Rows, err = e.countRows(ctx, all); err != nil {
			return nil, err
		}
		if c.Counts, err = e.countRows(ctx, counted); err != nil {
			return nil, err
		}
		list = append(list, c)
	}
	return list, nil
}

// Batches says of how many rows of each submission a number is made, by the number of its batch; false for who may not see numbers
// of few people.
func (e *Engine) Batches(ctx context.Context, q metric.Query) (batches map[uint32]uint64, ok bool, err error) {
	asked, err := e.start(ctx, q)
	if err != nil || asked.guard != nil {
		return nil, false, err
	}
	batches = map[uint32]uint64{}
	for _, m := range asked.m.Leaves() {
		rows, err := asked.ask(ctx, compile.RowBatches(e.Catalog, m, asked.Query), m)
		if err != nil {
			return nil, false, err
		}
		for _, r := range rows {
			batch, err := strconv.ParseUint(r.keys[0], 10, 32)
			if err != nil {
				return nil, false, err
			}
			batches[uint32(batch)] += r.n
		}
	}
	return batches, true, nil
}

func (e *Engine) countRows(ctx context.Context, s warehouse.Statement) (n uint64, err error) {
	var rows []row
	err = e.turns.Ask(ctx, e.Log, s.Tag, func() (err error) { rows, err = e.rows(ctx, s); return err })
	for _, r := range rows {
		n += r.n
	}
	return n, err
}

// Counted says how many of the published rows of a period a metric counts. The others are sound and
// loaded: the metric is not about them.
type Counted struct {
	Metric   *metric.Metric
	Rows     uint64 // with a day in the period; of a stock all that held in it
	Counts   uint64 // of them, those that meet the definition and the filters of the query
	Together bool   // several rows of one person, contract or move count as one
}
