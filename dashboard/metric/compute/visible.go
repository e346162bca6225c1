package compute

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/direct"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/warehouse"
)

// A row is seen where its batch is live. The engine would find the live batches anew for every table of every statement,
// and look each row's batch up among them; here they are known, and numbers one behind the other are a stretch that is
// compared with two numbers. What is shown of a statement names the views.

// batchesSQL asks for the batches of each dataset: those that are live with their rows, and all that the ledger knows.
const batchesSQL = `select
    dataset,
    groupArrayIf(batch, seen) as live,
    groupArrayIf(rows, seen) as loaded,
    groupUniqArray(batch) as known
from (
    select dataset, batch, loaded as rows, false as seen
    from meta.ledger
    union all
    select dataset, batch, loaded, true
    from %s
)
group by dataset`

// readVisible finds the conditions under which the rows of each dataset are seen, and what is kept beside these rows.
func (e *Engine) readVisible(ctx context.Context, live *Live, asOf time.Time) error {
	s := warehouse.Statement{SQL: fmt.Sprintf(batchesSQL, "meta.live"), Tag: "metric.live"}
	if !asOf.IsZero() {
		s.SQL = fmt.Sprintf(batchesSQL, "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})")
		s.Params = map[string]string{"as_of": asOf.UTC().Format("2006-01-02 15:04:05.000000")}
	}
	rows, err := warehouse.Select[struct {
		Dataset string   `db:"dataset"`
		Live    []uint32 `db:"live"`
		Loaded  []uint64 `db:"loaded"`
		Known   []uint32 `db:"known"`
	}](ctx, e.DB, s)
	if err != nil {
		return err
	}
	of, batches := map[string]direct.Batches{}, map[string][]states.Batch{}
	for _, r := range rows {
		for i, n := range r.Live {
			batches[r.Dataset] = append(batches[r.Dataset], states.Batch{Number: n, Loaded: r.Loaded[i]})
		}
		of[r.Dataset] = direct.Batches{Live: r.Live, Known: r.Known}
	}
	live.visible = direct.Visible(of)
	if plan := e.Catalog.Plan(); plan != nil {
		live.kept, err = states.Read(ctx, e.DB, plan.Of, plan.Least, batches)
	}
	return err
}

// seen writes a statement as it is asked, with the batches that are live.
func (l Live) seen(sql string) string { return direct.Read(l.of.Dataset, l.visible, sql) }

// written is a statement about m as it is asked of the rows, and before that of what is kept beside them, where all of it is
// kept and none of the rows are known to be damaged.
func (q *question) written(s warehouse.Statement, m *metric.Metric) (rows, kept string) {
	rows = q.live.seen(s.SQL)
	if !slices.ContainsFunc(m.Datasets(), func(name string) bool { return len(q.live.damaged[name]) > 0 }) {
		if sql, ok := q.live.kept.Put(s.Kept); ok {
			kept = q.live.seen(sql)
		}
	}
	return rows, kept
}

// either runs a statement over what is kept beside the rows, where there is such a one, and over the rows where that fails.
// It says which of them has answered.
func (e *Engine) either(ctx context.Context, s warehouse.Statement, kept string) (rows []row, stated bool, err error) {
	if kept != "" && e.way.Open() {
		of := s
		of.SQL = kept
		err = e.turns.Ask(ctx, e.Log, s.Tag, func() (err error) { rows, err = e.rows(ctx, of); return err })
		if err == nil || ctx.Err() != nil || errors.Is(err, metric.ErrInvalid) {
			return rows, true, err
		}
		e.way.Failed(e.Log, s.Tag, err)
	}
	err = e.turns.Ask(ctx, e.Log, s.Tag, func() (err error) { rows, err = e.rows(ctx, s); return err })
	return rows, false, err
}
