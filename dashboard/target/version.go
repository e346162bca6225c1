package target

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/warehouse"
)

// version is one version of a target: a row of the dataset targets.
type version struct {
	Metric    string            `db:"metric"`
	Unit      string            `db:"unit_name"`
	Period    string            `db:"period"`
	Tier      string            `db:"tier"`
	Target    float64           `db:"target"`
	Weight    sql.Null[float64] `db:"weight"`
	Cap       sql.Null[float64] `db:"cap"`
	ValidFrom metric.Day        `db:"valid_from"`
	Reason    string            `db:"reason"`
	Scope     string            `db:"scope"`
}

const versionsSQL = `-- Which versions of which targets are published?
select
    metric,
    unit_name,
    period,
    ifNull(toString(tier), '') as tier,
    target,
    weight,
    cap,
    valid_from,
    ifNull(toString(reason), '') as reason,
    %s as scope
from %s
order by
    metric,
    unit_name,
    valid_from,
    tier`

// versions reads the rows that are live, or were at a moment. They are kept until the dataset is published anew.
func (b *Book) versions(ctx context.Context, live metric.Live, asOf time.Time) ([]version, error) {
	at := live.Version("targets") + " " + asOf.String()
	b.mu.Lock()
	rows, known := b.rows, b.rows != nil && b.at == at
	b.mu.Unlock()
	if known {
		return rows, nil
	}
	from, params := metric.Source("targets", asOf)
	scope := "''" // a declaration of the office's own may have no such column
	if b.Engine.Catalog.Dataset("targets").Column("scope") != nil {
		scope = "ifNull(toString(scope), '')"
	}
	rows, err := warehouse.Select[version](ctx, b.Engine.DB, warehouse.Statement{SQL: fmt.Sprintf(versionsSQL, scope, from), Params: params, Tag: "metric.targets"})
	if err != nil {
		return nil, err
	}
	if rows == nil {
		rows = []version{}
	}
	b.mu.Lock()
	b.rows, b.at = rows, at
	b.mu.Unlock()
	return rows, nil
}
