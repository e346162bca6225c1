package compute

import (
	"context"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/warehouse"
)

// Counted answers for each metric of rows behind q's: itself, or what a formula or a method is made of.
func (e *Engine) Counted(ctx context.Context, q metric.Query) ([]metric.Counted, error) {
	asked, err := e.start(ctx, q) // with the data date, which a definition may speak of
	if err != nil {
		return nil, err
	}
	var list []metric.Counted
	for _, m := range asked.m.Leaves() {
		c := metric.Counted{Metric: m, Together: m.OncePer()}
		all, counted := e.Catalog.RowCounts(m, asked.Query)
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

func (e *Engine) countRows(ctx context.Context, s warehouse.Statement) (n uint64, err error) {
	rows, err := e.rows(ctx, s)
	for _, r := range rows {
		n += r.n
	}
	return n, err
}
