package compile

import (
	"strings"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/warehouse"
)

// Longhand writes m as Statement does, with nothing made cheaper.
func Longhand(c *metric.Catalog, m *metric.Metric, q metric.Query, w metric.Timeline) warehouse.Statement {
	k := &compiler{Catalog: c, q: q, w: w, params: map[string]string{}, longhand: true}
	return warehouse.Statement{SQL: k.metric(m, q.By) + "\norder by " + strings.Join(keys(q.By), ", "), Params: k.params, Tag: "metric." + q.Metric}
}

// LonghandPersons writes how many persons are in the rows of m, which chooses none of them, or only one of each person.
func LonghandPersons(c *metric.Catalog, m *metric.Metric, q metric.Query, w metric.Timeline) warehouse.Statement {
	k := &compiler{Catalog: c, q: q, w: w, params: map[string]string{}, longhand: true}
	lf := leafOf(m)
	lf.Once, lf.Value = nil, sqlExpr{Text: "uniqExact(person)"}
	return warehouse.Statement{SQL: k.leaf(lf, q.By), Params: k.params, Tag: "metric." + q.Metric}
}
