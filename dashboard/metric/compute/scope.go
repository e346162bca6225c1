package compute

import (
	"context"
	"slices"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// someDamage is what is told of a damaged file to whoever sees a part of the rows only.
var someDamage = codes.Text{Zh: "受损：有文件的行不全", En: "damaged: rows of a file are missing or differ"}

// Viewer is who looks in a context; nil: it is not said, and nothing is answered.
func (e *Engine) Viewer(ctx context.Context) *access.Viewer {
	if v := access.From(ctx); v != nil {
		return v
	}
	return e.For
}

// scope is the part of the rows that the viewer of a context may see of m, as filters that every statement gets. It is the
// one place where figures are kept to it: a metric that cannot be is refused.
func (e *Engine) scope(ctx context.Context, m *metric.Metric) ([]metric.Filter, error) {
	v := e.Viewer(ctx)
	if v == nil {
		return nil, metric.Refuse("没有说明是谁在看，不给数字", "it is not said who looks, so no figure is given")
	}
	var scope []metric.Filter
	for _, s := range v.Scopes {
		if len(s.Values) == 0 { // would let every row through, or none: nobody meant that
			return nil, metric.Refuse("账号的范围没有取值", "a scope of the account has no value")
		}
		scope = append(scope, metric.Filter{Dim: s.Dim, Values: s.Values})
	}
	return scope, e.keepable(m, scope)
}

// keepable refuses a metric to whoever is kept to a part of the rows that it cannot be kept to: it is not cut by that
// dimension, or it compares a part with the whole.
func (e *Engine) keepable(m *metric.Metric, scope []metric.Filter) error {
	for _, f := range scope {
		title := e.dimTitle(f.Dim)
		if !slices.Contains(m.Dims(), f.Dim) {
			return metric.Refuse("指标 %[1]s 不分%[2]s，而您的账号只看部分%[2]s，所以不能看", "metric %[1]s is not divided by %[3]s, and your account is kept to a part of it", m.Name, title.Zh, title.En)
		}
		if beyond(m, f.Dim) {
			return metric.Refuse("指标 %[1]s 要与全部%[2]s相比，而您的账号只看部分%[2]s，所以不能看", "metric %[1]s compares with all of %[3]s, and your account is kept to a part of it", m.Name, title.Zh, title.En)
		}
	}
	return nil
}

// beyond says whether a metric, or one that it is made of, looks at all values of a dimension whatever is filtered.
func beyond(m *metric.Metric, dim string) bool {
	return m.Kind == metric.MethodKind && (m.Over == dim || m.Documents == dim) || slices.Contains(m.Whole, dim) ||
		slices.ContainsFunc(m.Inputs(), func(a *metric.Metric) bool { return beyond(a, dim) })
}

// dimTitle is what people call a dimension.
func (e *Engine) dimTitle(name string) codes.Text {
	if d := e.Catalog.Dimension(name); d != nil && d.Title.Complete() {
		return d.Title
	}
	return codes.Text{Zh: name, En: name}
}
