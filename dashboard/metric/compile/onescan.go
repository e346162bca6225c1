package compile

import (
	"reflect"
	"slices"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/expression"
)

// together makes one leaf of several that read the same rows at the same times, so that a ratio of
// two counts over one dataset scans it once; nil where they cannot be.
func together(args []*metric.Metric, dims []string) *leaf {
	if !sameRows(args, dims) {
		return nil
	}
	// What all of them ask of a row stays a condition; the rest goes into the aggregates.
	one := *leafOf(args[0])
	shared := sharedConditions(args)
	if one.Once != nil {
		one.And = shared // where chooses the row that stands for a person
	} else {
		one.Where, one.And = shared, nil
	}
	var rests [][]sqlExpr
	for _, m := range args {
		rest := expression.Without(movable(m.Rows()), slices.Concat(one.Where, one.And))
		part, ok := m.Rows().Value.OnlyWhere(rest)
		if !ok || slices.Contains(part.Calls, "arrayJoin") {
			return nil
		}
		one.parts = append(one.parts, part)
		if len(rest) > 0 {
			rests = append(rests, rest)
		}
	}
	if len(rests) == len(args) {
		// no row that none of them counts, or keys would appear that nobody has
		either := expression.AnyOf(rests)
		if one.Once != nil {
			one.And = append(one.And, either)
		} else {
			one.Where = append(one.Where, either)
		}
	}
	return &one
}

// sameRows says whether all of args count rows of one table at the same times, and by dims in the same way.
func sameRows(args []*metric.Metric, dims []string) bool {
	if len(args) < 2 {
		return false
	}
	first := args[0].Rows()
	for _, m := range args {
		lf := m.Rows()
		if lf == nil || m.Kind != metric.Flow && m.Kind != metric.Stock || lf.Partial {
			return false
		}
		if lf.Stock != first.Stock || !expression.Same(lf.Time, first.Time) || !reflect.DeepEqual(lf.From, first.From) ||
			!expression.Same(lf.Since, first.Since) || !slices.EqualFunc(lf.Until, first.Until, expression.Same) ||
			!reflect.DeepEqual(lf.Once, first.Once) || !reflect.DeepEqual(lf.Gather, first.Gather) {
			return false
		}
		for _, dim := range dims {
			if lf.Dims[dim].Text != first.Dims[dim].Text || slices.Contains(lf.Dims[dim].Calls, "arrayJoin") {
				return false
			}
		}
		if lf.Once != nil && !slices.EqualFunc(lf.Where, first.Where, expression.Same) {
			return false // the row that stands for a person is chosen among other rows
		}
	}
	return true
}

// movable are the conditions that may go into the aggregate: not those that choose the row of a person.
func movable(lf *metric.Leaf) []sqlExpr {
	if lf.Once != nil {
		return lf.And
	}
	return slices.Concat(lf.Where, lf.And)
}

// sharedConditions are the conditions of the first that all of args have.
func sharedConditions(args []*metric.Metric) []sqlExpr {
	var shared []sqlExpr
	for _, e := range movable(args[0].Rows()) {
		if !slices.ContainsFunc(args, func(m *metric.Metric) bool {
			return !expression.Contains(slices.Concat(m.Rows().Where, m.Rows().And), e)
		}) {
			shared = append(shared, e)
		}
	}
	return shared
}
