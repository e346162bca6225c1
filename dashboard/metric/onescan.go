package metric

import (
	"reflect"
	"slices"
	"strings"
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
		rest := missing(m.leaf.movable(), slices.Concat(one.where, one.and))
		part, ok := m.leaf.value.onlyWhere(rest)
		if !ok || slices.Contains(part.calls, "arrayJoin") {
			return nil
		}
		one.parts = append(one.parts, part)
		if len(rest) > 0 {
			rests = append(rests, rest)
		}
	}
	if len(rests) == len(args) {
		// no row that none of them counts, or keys would appear that nobody has
		either := anyOf(rests)
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
		if lf.stock != first.stock || !sameText(lf.time, first.time) || !reflect.DeepEqual(lf.from, first.from) ||
			!sameText(lf.since, first.since) || !slices.EqualFunc(lf.until, first.until, sameText) ||
			!reflect.DeepEqual(lf.once, first.once) || !reflect.DeepEqual(lf.gather, first.gather) {
			return false
		}
		for _, dim := range dims {
			if lf.dims[dim].text != first.dims[dim].text || slices.Contains(lf.dims[dim].calls, "arrayJoin") {
				return false
			}
		}
		if lf.once != nil && !slices.EqualFunc(lf.where, first.where, sameText) {
			return false // the row that stands for a person is chosen among other rows
		}
	}
	return true
}

func sameText(a, b sqlExpr) bool { return a.text == b.text }

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
		if !slices.ContainsFunc(args, func(m *Metric) bool { return !contains(slices.Concat(m.leaf.where, m.leaf.and), e) }) {
			shared = append(shared, e)
		}
	}
	return shared
}

func contains(list []sqlExpr, e sqlExpr) bool {
	return slices.ContainsFunc(list, func(o sqlExpr) bool { return sameText(o, e) })
}

// missing are the expressions of list that are not in other.
func missing(list, other []sqlExpr) []sqlExpr {
	return slices.DeleteFunc(slices.Clone(list), func(e sqlExpr) bool { return contains(other, e) })
}

// onlyWhere is an aggregate over the rows that meet all of conds; false where it cannot be written.
func (e sqlExpr) onlyWhere(conds []sqlExpr) (sqlExpr, bool) {
	if len(conds) == 0 {
		return e, true
	}
	tokens, ok := conditional(e.tokens, all(conds))
	return made(tokens, append([]sqlExpr{e}, conds...)), ok
}

// anyOf is a condition that a row meets where it meets all of one of the lists.
func anyOf(lists [][]sqlExpr) sqlExpr {
	var tokens []sqlToken
	for i, conds := range lists {
		if i > 0 {
			tokens = append(tokens, sqlToken{tokSign, " or "})
		}
		tokens = append(append(append(tokens, sqlToken{tokSign, "("}), all(conds)...), sqlToken{tokSign, ")"})
	}
	return made(tokens, slices.Concat(lists...))
}

// all writes conditions joined by and.
func all(conds []sqlExpr) []sqlToken {
	var tokens []sqlToken
	for i, e := range conds {
		if i > 0 {
			tokens = append(tokens, sqlToken{tokSign, " and "})
		}
		tokens = append(append(append(tokens, sqlToken{tokSign, "("}), e.tokens...), sqlToken{tokSign, ")"})
	}
	return tokens
}

// made is the expression of tokens that were taken from others.
func made(tokens []sqlToken, from []sqlExpr) sqlExpr {
	e := sqlExpr{text: joined(tokens), tokens: tokens}
	for _, o := range from {
		e.columns, e.calls = append(e.columns, o.columns...), append(e.calls, o.calls...)
	}
	return e
}

// conditional gives every aggregate of an expression a condition: sum(x) becomes sumIf(x, cond).
// False where it cannot.
func conditional(tokens, cond []sqlToken) ([]sqlToken, bool) {
	var out []sqlToken
	for i := 0; i < len(tokens); i++ {
		name := tokens[i].text
		args, end, call := arguments(tokens, i+1)
		if tokens[i].kind != tokWord || !sqlAggregates[name] || !call {
			out = append(out, tokens[i])
			continue
		}
		distinct := slices.ContainsFunc(args, func(a []sqlToken) bool {
			return len(a) > 0 && strings.HasPrefix(strings.ToLower(a[0].text), "distinct")
		})
		if next := afterBlanks(tokens, end); distinct || next < len(tokens) && tokens[next].is("(") {
			return nil, false // quantileExact(0.5)(x), count(distinct x)
		}
		last := len(args) - 1
		switch {
		case strings.HasSuffix(name, "If"):
			args[last] = slices.Concat([]sqlToken{{tokSign, "("}}, args[last], []sqlToken{{tokSign, ")"}, {tokSign, " and "}}, cond)
		case last == 0 && len(args[0]) == 0:
			name, args[0] = name+"If", cond
		default:
			name, args = name+"If", append(args, cond)
		}
		out = append(out, sqlToken{tokWord, name}, sqlToken{tokSign, "("})
		for j, a := range args {
			if j > 0 {
				out = append(out, sqlToken{tokSign, ", "})
			}
			out = append(out, a...)
		}
		out = append(out, sqlToken{tokSign, ")"})
		i = end - 1
	}
	return out, true
}
