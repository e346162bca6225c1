package metric

import (
	"slices"

	"yanzhen/dashboard/metric/expression"
)

// Some words of a metric's expressions are macros, no columns: they are written out when the statement is
// compiled.
//
//	last_day          the last day of the period, or of what the data cover of it
//	data_day          the greatest business date published of the metric's own datasets
//	workdays(a, b)    working days after a up to b, by the dataset calendar; null outside of it
//	within(x, a, b)   whether one of the gathered days x lies after a and up to b
const (
	LastDay  = "last_day"
	DataDay  = "data_day"
	Workdays = "workdays"
	Within   = "within"
	Calendar = "calendar" // the dataset that workdays reads
)

// sqlExpr is what expressions of metrics are.
type sqlExpr = expression.Expr

// Gather gives every row the values that one column has in all rows of the same once.per, whatever
// the period: what became of a person later.
type Gather struct {
	As    string `yaml:"as"`
	Take  string `yaml:"take"`
	Where string `yaml:"where"`
}

// looksUp says whether an expression of lf calls word.
func (lf *Leaf) looksUp(word string) bool {
	called := func(e sqlExpr) bool { return slices.Contains(e.Calls, word) }
	if slices.ContainsFunc(lf.Where, called) || slices.ContainsFunc(lf.And, called) || called(lf.Value) {
		return true
	}
	for _, e := range lf.Dims {
		if called(e) {
			return true
		}
	}
	return false
}
