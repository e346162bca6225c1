package metric

import "slices"

// moveOver takes over a ratio, a formula, a mean or a growth: every metric that it is computed of is moved as m is.
func (l *loader) moveOver(m, base *Metric) bool {
	switch {
	case m.Moved == "":
		return l.fail(m, "like", "%s 不是 flow 或 stock：沿用它须写 shift；要改条件，请沿用它所用的指标，再相除", "%s is neither flow nor stock: with shift it can be taken over; for other rows take over the metrics that it is computed of, and divide them", m.Like)
	case base.Kind == MethodKind || base.Kind == Forecasting || base.StandsOnMethods():
		return l.fail(m, "like", "%s 是方法算出的，不能移动", "%s is computed by a method and cannot be moved", m.Like)
	case m.And != "" || m.Value != "" || m.Formula != "" || m.Numerator != "" || m.Denominator != "" || m.Of != "" || m.Over != "" || len(m.Whole) > 0 || len(m.Cut) > 0:
		return l.fail(m, "like", "沿用 %s 时只能另写 shift", "with like: %s only shift may be given", m.Like)
	}
	ripe, scale := m.Ripe, m.Scale
	m.RatioSpec, m.FormulaSpec, m.ChangeSpec, m.Over = base.RatioSpec, base.FormulaSpec, base.ChangeSpec, base.Over
	if ripe != "" {
		m.Ripe = ripe
	}
	if scale != 0 && scale != 1 {
		return l.fail(m, "scale", "沿用 %s 时只能另写 shift", "with like: %s only shift may be given", m.Like)
	}
	m.tree, m.totals = base.tree, base.totals
	for _, a := range base.args {
		m.args = append(m.args, l.moved(m, a))
	}
	return l.inherit(m)
}

// moved is a metric that m is computed of, moved as m is. It keeps its name: what it is, not when.
func (l *loader) moved(m, of *Metric) *Metric {
	one := *of
	if of.leaf != nil {
		lf := *of.leaf
		(&leafCheck{loader: l, m: m, lf: &lf}).move()
		one.leaf = &lf
		return &one
	}
	one.args = slices.Clone(of.args)
	for i, a := range one.args {
		one.args[i] = l.moved(m, a)
	}
	return &one
}
