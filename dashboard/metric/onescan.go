package metric

import (
	"reflect"
	"slices"
	"strings"
)

// together makes one leaf of several that read the same rows at the same times, so that a ratio of
// two counts over one dataset scans it once; nil where they cannot be.
func together(args []*Metric, dims []string) *leaf {
	if len(args) < 2 {
		return nil
	}
	first := args[0].leaf
	for _, m := range args {
		if m.leaf == nil || m.Kind != Flow && m.Kind != Stock || m.leaf.partial {
			return nil
		}
		lf := m.leaf
		if lf.stock != first.stock || lf.time != first.time || !reflect.DeepEqual(lf.from, first.from) || !reflect.DeepEqual(lf.valid, first.valid) ||
			!reflect.DeepEqual(lf.once, first.once) || !reflect.DeepEqual(lf.gather, first.gather) {
			return nil
		}
		for _, dim := range dims {
			if lf.dims[dim].text != first.dims[dim].text || strings.Contains(lf.dims[dim].text, "arrayJoin") {
				return nil
			}
		}
	}
	// What all of them ask of a row stays a condition; the rest goes into the aggregates.
	text := func(e sqlExpr) string { return e.text }
	common := slices.Clone(first.where)
	var late []sqlExpr
	if first.once != nil {
		for _, m := range args {
			if !slices.Equal(texts(m.leaf.where, text), texts(first.where, text)) {
				return nil // the row that stands for a person is chosen among other rows
			}
		}
		late = slices.Clone(first.and)
	} else {
		common = append(common, first.and...)
	}
	rest := make([][]sqlExpr, len(args))
	shared := func(list []sqlExpr) []sqlExpr {
		return slices.DeleteFunc(list, func(e sqlExpr) bool {
			return slices.ContainsFunc(args, func(m *Metric) bool {
				return !slices.Contains(texts(slices.Concat(m.leaf.where, m.leaf.and), text), e.text)
			})
		})
	}
	if first.once != nil {
		late = shared(late)
	} else {
		common = shared(common)
	}
	one := *first
	one.where, one.and, one.dims = common, late, first.dims
	one.parts = nil
	var either []string
	for i, m := range args {
		own := m.leaf.and
		if first.once == nil {
			own = slices.Concat(m.leaf.where, m.leaf.and)
		}
		for _, e := range own {
			if !slices.Contains(texts(slices.Concat(common, late), text), e.text) {
				rest[i] = append(rest[i], e)
			}
		}
		part := m.leaf.value
		part.columns = slices.Clone(part.columns)
		if len(rest[i]) > 0 {
			var conds []string
			for _, e := range rest[i] {
				conds = append(conds, "("+e.text+")")
				part.columns = append(part.columns, e.columns...)
			}
			cond := strings.Join(conds, " and ")
			either = append(either, "("+cond+")")
			var ok bool
			if part.text, ok = conditional(part.text, cond); !ok {
				return nil
			}
		}
		if strings.Contains(part.text, "arrayJoin") {
			return nil
		}
		one.parts = append(one.parts, part)
	}
	if len(either) == len(args) {
		// no row that none of them counts, or keys would appear that nobody has
		e := sqlExpr{text: strings.Join(either, " or ")}
		for _, list := range rest {
			for _, r := range list {
				e.columns = append(e.columns, r.columns...)
			}
		}
		if first.once != nil {
			one.and = append(one.and, e)
		} else {
			one.where = append(one.where, e)
		}
	}
	return &one
}

func texts(list []sqlExpr, text func(sqlExpr) string) []string {
	out := make([]string, len(list))
	for i, e := range list {
		out[i] = text(e)
	}
	return out
}

// conditional gives every aggregate of a checked text a condition: sum(x) becomes sumIf(x, cond).
// False where it cannot.
func conditional(text, cond string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(text); {
		end := i + 1
		switch c := text[i]; {
		case c == '\'':
			for end < len(text) && text[end] != '\'' {
				end++
			}
			end++
		case isLetter(c):
			for end < len(text) && (isLetter(text[end]) || isDigit(text[end])) {
				end++
			}
			word := text[i:end]
			if !sqlAggregates[word] {
				break
			}
			args, after := arguments(text, end)
			if strings.HasPrefix(strings.TrimLeft(text[after:], " \n\t"), "(") || slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(strings.ToLower(a), "distinct") }) {
				return "", false // quantileExact(0.5)(x), count(distinct x)
			}
			switch {
			case strings.HasSuffix(word, "If"):
				args[len(args)-1] = "(" + args[len(args)-1] + ") and " + cond
			case len(args) == 1 && args[0] == "":
				word, args = word+"If", []string{cond}
			default:
				word, args = word+"If", append(args, cond)
			}
			b.WriteString(word + "(" + strings.Join(args, ", ") + ")")
			i = after
			continue
		case isDigit(c):
			for end < len(text) && (isLetter(text[end]) || isDigit(text[end])) {
				end++
			}
		}
		b.WriteString(text[i:min(end, len(text))])
		i = end
	}
	return b.String(), true
}
