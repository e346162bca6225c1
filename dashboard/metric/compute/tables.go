package compute

import (
	"slices"
	"strconv"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline/days"
)

// The tables which decide on numbers of few people hold most numbers that are asked for themselves, so that these need no
// statement of their own.

// place is where the numbers of a stretch of days are found among the rows of tables; not ok: nowhere.
type place struct {
	line   int   // of the timelines
	period int32 // under which day
	ok     bool
}

func number(d days.Day) int32 { return int32(d.Unix() / 86400) }

// find is the place of a stretch which is made of one period, where that has the same days; before first, where it is
// known, there are no rows to count.
func find(lines []metric.Timeline, x small.Period, span days.Range, first days.Day) place {
	for n, w := range lines {
		if w.Grain != x.Grain {
			continue
		}
		for i, p := range w.Counted() {
			same := p.From.Equal(span.From) || x == small.All && !first.IsZero() && !span.From.After(first)
			if (x == small.All || p.From.Equal(x.From)) && same && p.To.Equal(span.To) {
				return place{line: n, period: number(w.Head(i, p)), ok: true}
			}
		}
	}
	return place{}
}

// rows are those of a question as it is answered over w, out of the tables that decide on its numbers; false where these do
// not hold all of them: a stretch of several periods, several values of a filter.
func (v *view) rows(w metric.Timeline) (out []row, ok bool) {
	if len(v.combos) != 1 || slices.ContainsFunc(v.found, func(p place) bool { return !p.ok }) {
		return nil, false
	}
	stretches := map[place][]int32{}
	for i, p := range w.Counted() {
		stretches[v.found[i]] = append(stretches[v.found[i]], number(w.Head(i, p)))
	}
	lines := map[string]int{}
	for _, p := range v.found {
		lines[strconv.Itoa(p.line)+" "+strconv.Itoa(v.full())] = p.line
	}
	for _, r := range v.tables {
		line, ok := lines[r.why]
		if !ok {
			continue
		}
		under := stretches[place{line, r.period, true}]
		if len(under) == 0 || slices.ContainsFunc(v.where, func(f metric.Filter) bool {
			return !slices.Contains(f.Values, r.keys[slices.Index(v.dims, f.Dim)])
		}) {
			continue
		}
		keys := make([]string, len(v.by))
		for i, dim := range v.by {
			keys[i] = r.keys[slices.Index(v.dims, dim)]
		}
		r.keys, r.why = keys, ""
		for _, head := range under {
			r.period = head
			out = append(out, r)
		}
	}
	return out, true
}
