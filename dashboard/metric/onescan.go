package metric

import (
	"reflect"
	"slices"

	"yanzhen/dashboard/metric/expression"
)

// together makes one leaf of several that read the same rows at the same times, so that a ratio of
// two counts over one dataset scans it once; nil where they cannot be.
func together(args []*Metric, dims []string) *leaf {
	if !sameRows(args, dims) {
		return nil
	}
	// What all of them ask of a row stays a condition; the rest goes into the aggregates.
	one := *args[0].leaf
	shared := sharedConditions(args)
	if one.once != nil {
		one.and = shared // where chooses the row that stands for a person
	} else {
		one.where, one.and = shared, nil
	}
	one.parts = nil
	var rests [][]sqlExpr
	for _, m := range args {
		rest := expression.Without(m.leaf.movable(), slices.Concat(one.where, one.and))
		part, ok := m.leaf.value.OnlyWhere(rest)
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
		if one.once != nil {
			one.and = append(one.and, either)
		} else {
			one.where = append(one.where, either)
		}
	}
	return &one
}

// sameRows says whether all of args count rows of one table at the same times, and by dims in the same way.
func sameRows(args []*Metric, dims []string) bool {
	if len(args) < 2 {
		return false
	}
	first := args[0].leaf
	for _, m := range args {
		lf := m.leaf
		if lf == nil || m.Kind != Flow && m.Kind != Stock || lf.partial {
			return false
		}
		if lf.stock != first.stock || !expression.Same(lf.time, first.time) || !reflect.DeepEqual(lf.from, first.from) ||
			!expression.Same(lf.since, first.since) || !slices.EqualFunc(lf.until, first.until, expression.Same) ||
			!reflect.DeepEqual(lf.once, first.once) || !reflect.DeepEqual(lf.gather, first.gather) {
			return false
		}
		for _, dim := range dims {
			if lf.dims[dim].Text != first.dims[dim].Text || slices.Contains(lf.dims[dim].Calls, "arrayJoin") {
				return false
			}
		}
		if lf.once != nil && !slices.EqualFunc(lf.where, first.where, expression.Same) {
			return false // the row that stands for a person is chosen among other rows
		}
	}
	return true
}

// movable are the conditions that may go into the aggregate: not those that choose the row of a person.
func (lf *leaf) movable() []sqlExpr {
	if lf.once != nil {
		return lf.and
	}
	return slices.Concat(lf.where, lf.and)
}

// sharedConditions are the conditions of the first that all of args have.
func sharedConditions(args []*Metric) []sqlExpr {
	var shared []sqlExpr
	for _, e := range args[0].leaf.movable() {
		if !slices.ContainsFunc(args, func(m *Metric) bool { return !expression.Contains(slices.Concat(m.leaf.where, m.leaf.and), e) }) {
			shared = append(shared, e)
		}
	}
	return shared
}
