package compute

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/direct"
	"yanzhen/pipeline/warehouse"
)

// A row is seen where its batch is live. The engine would find the live batches anew for every table of every statement,
// and look each row's batch up among them; here they are known, and numbers one behind the other are a stretch that is
// compared with two numbers. What is shown of a statement names the views.

// batchesSQL asks for the batches of each dataset: those that are live, and all that the ledger knows.
const batchesSQL = `select
    dataset,
    groupUniqArrayIf(batch, live) as live,
    groupUniqArray(batch) as known
from (
    select dataset, batch, false as live
    from meta.ledger
    union all
    select dataset, batch, true as live
    from %s
)
group by dataset`

// readVisible finds the conditions under which the rows of each dataset are seen.
func (e *Engine) readVisible(ctx context.Context, live *Live, asOf time.Time) error {
	s := warehouse.Statement{SQL: fmt.Sprintf(batchesSQL, "meta.live"), Tag: "metric.live"}
	if !asOf.IsZero() {
		s.SQL = fmt.Sprintf(batchesSQL, "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})")
		s.Params = map[string]string{"as_of": asOf.UTC().Format("2006-01-02 15:04:05.000000")}
	}
	rows, err := warehouse.Select[struct {
		Dataset string   `db:"dataset"`
		Live    []uint32 `db:"live"`
		Known   []uint32 `db:"known"`
	}](ctx, e.DB, s)
	if err != nil {
		return err
	}
	of := map[uint32]int{} // in how many datasets a batch is known
	for _, r := range rows {
		for _, n := range r.Known {
			of[n]++
		}
	}
	live.visible = map[string]string{}
	for _, r := range rows {
		own := map[uint32]bool{}
		for _, n := range r.Known {
			own[n] = true
		}
		var others []uint32
		for n := range of {
			if !own[n] {
				others = append(others, n)
			}
		}
		if cond, ok := direct.Stretches(r.Live, others); ok {
			live.visible[r.Dataset] = cond
		}
	}
	return nil
}

// seen writes a statement as it is asked, with the batches that are live.
func (l Live) seen(sql string) string { return direct.Read(l.of.Dataset, l.visible, sql) }

// written is a statement about m as it is asked: over what is kept beside the rows where all of it is kept and none of the
// rows are known to be damaged, else over the rows.
func (q *question) written(s warehouse.Statement, m *metric.Metric) string {
	if !slices.ContainsFunc(m.Datasets(), func(name string) bool { return len(q.live.damaged[name]) > 0 }) {
		if sql, ok := q.live.kept.Put(s.Kept); ok {
			*q.stated = true
			return q.live.seen(sql)
		}
	}
	return q.live.seen(s.SQL)
}
