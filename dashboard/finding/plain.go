package finding

import (
	"cmp"
	"slices"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// plainly says a number of few things, and what it was a year before: no percentage and no order follows from so few.
func (t *teller) plainly(name, when string, now, before float64, unit metric.Unit) string {
	return t.say("finding_plainly", t.begun(name), when, metric.Format(&now, unit, t.Lang), metric.Format(&before, unit, t.Lang))
}

// begun is a name at the beginning of a sentence.
func (t *teller) begun(name string) string {
	if t.Lang == codes.En {
		return capital(name)
	}
	return name
}

// sumOf is what the points of a period add up to; false where one of them is not settled, or there is none.
func (t *teller) sumOf(r *metric.Result, from days.Day) (sum float64, ok bool) {
	for _, pt := range r.Points {
		switch {
		case !pt.From.Equal(from):
		case !t.over(pt, r):
			return 0, false
		case pt.Value != nil:
			sum, ok = sum+*pt.Value, true
		}
	}
	return sum, ok
}

// together says how much all parts are where none of them is large enough to be told of: beside the year before, or of how
// many kinds.
func (t *teller) together(r *metric.Result, list []metric.Point, parts int, sum float64, when string) string {
	name := t.named(t.at)
	if r.Query.Grain == days.Total {
		if parts < 2 || small(sum, r.Unit) {
			return ""
		}
		return t.say("finding_of_kinds", t.begun(name), metric.Format(&sum, r.Unit, t.Lang), parts)
	}
	before, ok := t.sumOf(r, list[0].From.AddDate(-1, 0, 0))
	if !ok {
		return ""
	}
	return t.plainly(name, when, sum, before, r.Unit)
}

// tied names the keys that are ahead of all others together, where they are few.
func (t *teller) tied(list []metric.Point, unit metric.Unit, say string) string {
	list = slices.DeleteFunc(slices.Clone(list), func(pt metric.Point) bool { return pt.Value == nil })
	slices.SortStableFunc(list, func(a, b metric.Point) int {
		if say == board.Least {
			a, b = b, a
		}
		return cmp.Compare(*b.Value, *a.Value)
	})
	same := func(pt metric.Point) bool { return metric.Number(pt.Value, unit) == metric.Number(list[0].Value, unit) }
	n := 0
	for n < len(list) && same(list[n]) {
		n++
	}
	if n < 2 || n > mostKeys || n == len(list) || say == board.Most && (*list[0].Value <= 0 || small(*list[0].Value, unit)) {
		return ""
	}
	var names []string
	for _, pt := range list[:n] {
		who := t.keyed(pt)
		if who == "" || !unit.Amount() && pt.Rows > 0 && pt.Rows < fewest {
			return ""
		}
		names = append(names, who)
	}
	return t.say("finding_tied", words.Join(t.Lang, "sep_list", names), t.named(t.at), t.word(unit, say), metric.Format(list[0].Value, unit, t.Lang))
}

// apart are the points of a matrix that hold two different things against each other.
func (t *teller) apart(list []metric.Point) []metric.Point {
	if t.Kind != board.Heatmap {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(pt metric.Point) bool { return len(pt.Keys) == 2 && pt.Keys[0] == pt.Keys[1] })
}

// soFar are points that can only grow, as they stand: all have come, and the time in which they ripen is not over. Nil where
// that is not so.
func (t *teller) soFar(r *metric.Result) []metric.Point {
	open := false
	for _, pt := range r.Points {
		if pt.Forecast || pt.Cover != nil || pt.Value == nil && !settled(pt) {
			return nil
		}
		open = open || !pt.Ripe.IsZero()
	}
	if !open || r.Query.Grain != days.Total || !r.Unit.Amount() || r.Metric == nil {
		return nil
	}
	return r.Points
}
