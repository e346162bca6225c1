package published

import (
	"context"
	"fmt"
	"slices"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute/sent"
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
func (s Source) readVisible(ctx context.Context, live *Live, asOf time.Time) error {
	from, params := sent.Table(asOf)
	rows, err := warehouse.Select[struct {
		Dataset string   `db:"dataset"`
		Live    []uint32 `db:"live"`
		Loaded  []uint64 `db:"loaded"`
		Known   []uint32 `db:"known"`
	}](ctx, s.DB, warehouse.Statement{SQL: fmt.Sprintf(batchesSQL, from), Params: params, Tag: "metric.live"})
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
	if plan := s.Catalog.Plan(); plan != nil {
		live.kept, err = states.Read(ctx, s.DB, plan.Kept(), plan.Least, batches)
	}
	return err
}

// Seen writes a statement as it is asked, with the batches that are live.
func (l Live) Seen(sql string) string { return direct.Read(l.of.Dataset, l.visible, sql) }

// Written is a statement about m as it is asked of the rows, and before that of what is kept beside them, where all of it is
// kept and none of the rows are known to be damaged.
func (l Live) Written(s warehouse.Statement, m *metric.Metric) (rows, kept string) {
	rows = l.Seen(s.SQL)
	if !slices.ContainsFunc(m.Datasets(), func(name string) bool { return len(l.damaged[name]) > 0 }) {
		if sql, ok := l.kept.Put(s.Kept); ok {
			kept = l.Seen(sql)
		}
	}
	return rows, kept
}
