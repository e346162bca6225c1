package target

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"yanzhen/dashboard/metric/compile"
	"yanzhen/dashboard/metric/compute/published"
	"yanzhen/pipeline/days"
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
	ValidFrom days.Day          `db:"valid_from"`
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

// parsePeriod reads the period of a target. Five digits are a year and a month: nobody writes the serial number of a day
// there, as a workbook does in a cell of dates.
func parsePeriod(text string) (days.Range, bool) {
	r, ok := days.Parse(text)
	if s := strings.TrimSpace(text); !ok && len(s) == 5 {
		r, ok = days.Parse(s[:4] + "-" + s[4:])
	}
	return r, ok && r.From.Year() >= 1970
}

// versions reads the rows that are live, or were at a moment. They are kept until the dataset is published anew.
func (b *Book) versions(ctx context.Context, live published.Live, asOf time.Time) ([]version, error) {
	if !b.Engine.Viewer(ctx).Whole() {
		return nil, nil // a target is of a whole unit, which is not the part that the viewer sees
	}
	at := live.Version("targets") + " " + asOf.String()
	b.mu.Lock()
	rows, known := b.rows, b.rows != nil && b.at == at
	b.mu.Unlock()
	if known {
		return rows, nil
	}
	from, params := compile.Source("targets", asOf)
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
