package metric

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/metric/formula"
	"yanzhen/dashboard/metric/unit"

	"yanzhen/pipeline/days"
)

// Nature says how a figure moves through a period: a Flow adds up, a Stock goes on from where it was, a Ratio does
// neither.
func (m *Metric) Nature() Kind {
	switch m.Kind {
	case Flow, Stock:
		if !m.leaf.Partial {
			return m.Kind
		}
	case Formula:
		if m.tree.Divides() || len(m.args) == 0 || slices.Contains(m.totals, true) {
			return Ratio
		}
		n := m.args[0].Nature()
		if !slices.ContainsFunc(m.args, func(a *Metric) bool { return a.Nature() != n }) {
			return n
		}
	}
	return Ratio
}

// Rate says that a number of m is no sum of anything: a ratio, an index, a median.
func (m *Metric) Rate() bool { return m.Nature() == Ratio && m.Kind != Mean }

// Bounded says that m is a formula with max or min in it.
func (m *Metric) Bounded() bool { return m.tree.Bounds() }

// Ingredients are the metrics that a ratio, or a formula of three at most, is computed from; none where one of them
// is taken in total(), or where m is moved.
func (m *Metric) Ingredients() []*Metric {
	if m.Kind != Ratio && m.Kind != Formula || slices.Contains(m.totals, true) || len(m.args) > 3 || m.Moved != "" {
		return nil
	}
	return slices.Clone(m.args)
}

// Change is what Point.Change is, as unit.Grown has it.
func (m *Metric) Change(now, base *float64) *float64 { return unit.Grown(m.Unit, now, base) }

// Cuts returns the dimensions by which a total of m can be cut.
func (m *Metric) Cuts() []string {
	if m.Kind == Forecasting {
		return nil
	}
	return slices.DeleteFunc(m.Dims(), func(dim string) bool { return m.Kind != Growth && m.askable([]string{dim}) != nil })
}

// Cuttable refuses a dimension by which a total of m cannot be cut, and says which there are.
func (m *Metric) Cuttable(dim string) error {
	if slices.Contains(m.Cuts(), dim) {
		return nil
	}
	if err := m.cuttable(dim); err != nil {
		return err
	}
	if m.Kind == Forecasting {
		return Refuse("指标 %s 是预测，不能拆分", "metric %s is a forecast and is not cut", m.Name)
	}
	return m.askable([]string{dim})
}

// checkCause holds the dimensions declared under cause against those that m can be cut by.
func (l *loader) checkCause(m *Metric) bool {
	cuts := m.Cuts()
	if len(m.Cause) > 2 {
		return l.fail(m, "cause", "有 %d 个维度，最多 2 个：第三步是月份", "cause has %d dimensions (at most 2: the months are the third step)", len(m.Cause))
	}
	for i, dim := range m.Cause {
		key := fmt.Sprintf("cause[%d]", i+1)
		switch {
		case !slices.Contains(cuts, dim):
			return l.fail(m, key, "%q 不是它的维度，可用 %s", "cause %q is no dimension it can be cut by (have %s)", dim, strings.Join(cuts, ", "))
		case slices.Contains(m.Cause[:i], dim):
			return l.fail(m, key, "%q 写了两次", "cause %q twice", dim)
		}
	}
	return true
}

// state says whether m is what there is on the last day of a period, whatever was before: a stock, or
// made of stocks only.
func (m *Metric) state() bool {
	switch m.Kind {
	case Flow, Mean, Forecasting:
		return false
	case Stock:
		return true
	}
	return len(m.args) > 0 && !isGrain(m.Over) && !slices.ContainsFunc(m.args, func(a *Metric) bool { return !a.state() })
}

// ripening is how long something ripens.
var ripening = regexp.MustCompile(`^([1-9][0-9]{0,2}) ?(days?|months?|years?)$`)

// Ripens is the day on which the figure of a period that ends before to has ripened; to itself where it needs no time.
func (m *Metric) Ripens(to days.Day) days.Day {
	how := ripening.FindStringSubmatch(m.Ripe)
	if how == nil {
		return to
	}
	n, _ := strconv.Atoi(how[1])
	switch how[2][0] {
	case 'd':
		return to.AddDate(0, 0, n)
	case 'm':
		return to.AddDate(0, n, 0)
	}
	return to.AddDate(n, 0, 0)
}

// checkRipe refuses a text that is no length of time.
func (l *loader) checkRipe(m *Metric) bool {
	if m.Ripe == "" || ripening.MatchString(m.Ripe) {
		return true
	}
	return l.fail(m, "ripe", "是 %q，应为 90 days、6 months、1 year 之类", "is %q, want 90 days, 6 months or 1 year", m.Ripe)
}

// Leaves are the metrics of rows that m is computed from, each once; m itself where it is one.
func (m *Metric) Leaves() []*Metric {
	var list []*Metric
	var walk func(m *Metric)
	walk = func(m *Metric) {
		if m.leaf != nil && (m.Kind == Flow || m.Kind == Stock) {
			if !slices.Contains(list, m) {
				list = append(list, m)
			}
			return
		}
		for _, a := range m.args {
			walk(a)
		}
	}
	walk(m)
	return list
}

// Inputs returns the metrics that m is computed from; none of a metric of rows.
func (m *Metric) Inputs() []*Metric { return slices.Clone(m.args) }

// Lookups returns the datasets that m only looks into, such as the calendar: they have no say in the dates.
func (m *Metric) Lookups() []string { return slices.Clone(m.lookups) }

// Lasts says that every row of a stock over one dataset counts for so many months from the business date of the
// dataset on; 0 where there is no such rule.
func (m *Metric) Lasts() (dataset string, months int) { return m.leaf.From.Dataset, m.leaf.Lasts }

// Shift is how far a metric of rows looks back: its figure of a period is that of so many months before.
func (m *Metric) Shift() days.Shift { return days.Shift{Months: m.leaf.Shift} }

// Timeless says that a metric of rows counts every row whatever the day: its dataset may be a list without dates.
func (m *Metric) Timeless() bool {
	return m.leaf.Stock && m.leaf.Since.Text == "" && len(m.leaf.Until) == 0
}

// Missing is the grain of the periods of a metric of rows that were not reported where they have no row; false where
// such a period counts 0.
func (m *Metric) Missing() (days.Grain, bool) {
	if m.Every == days.Total {
		return days.Month, m.leaf.Missing
	}
	return m.Every, m.leaf.Missing
}

// Unsaid says that a flow's declaration leaves open what a period without rows is: its dataset's rows say it then.
func (m *Metric) Unsaid() bool {
	return m.Kind == Flow && m.leaf != nil && !m.leaf.Stock && m.None == "" && !m.leaf.Missing && m.leaf.From.Dataset != ""
}

// OncePer says that several rows of one person, contract or move count as one.
func (m *Metric) OncePer() bool { return m.leaf.Once != nil }

// OverGrain is the grain whose periods a method runs over inside of each period; false where it runs over a
// dimension, or over the periods asked for.
func (m *Metric) OverGrain() (days.Grain, bool) { return days.Grain(m.Over), isGrain(m.Over) }

// OverPeriods says that a method runs over the periods asked for.
func (m *Metric) OverPeriods() bool { return m.Over == overPeriod }

// Flows says whether a flow is part of m.
func (m *Metric) Flows() bool {
	return m.Kind == Flow || slices.ContainsFunc(m.args, (*Metric).Flows)
}

// Empty is the value of m where there are no rows, and why there is none.
func (m *Metric) Empty() (*float64, string) {
	var zero float64
	switch m.Kind {
	case Flow, Stock:
		switch {
		case m.leaf.Missing:
			return nil, WhyUnreported
		case m.leaf.Partial:
			return nil, WhyNoRows
		}
		return &zero, ""
	case Mean:
		return m.args[0].Empty()
	case Growth:
		return nil, WhyZeroBase
	case Forecasting:
		return nil, WhyNoRows
	case MethodKind:
		return nil, WhyUndefined
	}
	args := make([]*float64, len(m.args))
	for i, arg := range m.args {
		args[i], _ = arg.Empty()
	}
	return m.Eval(args)
}

// Eval computes a ratio or a formula of the numbers of its inputs, and says why it has none.
func (m *Metric) Eval(args []*float64) (*float64, string) {
	v, why := m.tree.Eval(args)
	return v, map[formula.Absent]string{formula.NoValue: WhyNoRows, formula.ZeroBase: WhyZeroBase, formula.Undefined: WhyUndefined}[why]
}

// Tree is the arithmetic of a ratio or a formula over its inputs.
func (m *Metric) Tree() *formula.Formula { return m.tree }
