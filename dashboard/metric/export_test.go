package metric

import (
	"strings"

	"yanzhen/pipeline/warehouse"
)

// Longhand writes m as Statement does, with nothing made cheaper.
func (c *Catalog) Longhand(m *Metric, q Query, w Timeline) warehouse.Statement {
	k := &compiler{Catalog: c, q: q, w: w, params: map[string]string{}, longhand: true}
	return warehouse.Statement{SQL: k.metric(m, q.By) + "\norder by " + strings.Join(keys(q.By), ", "), Params: k.params, Tag: "metric." + q.Metric}
}
