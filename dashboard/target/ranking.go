package target

import (
	"cmp"
	"slices"
)

// Responsible is a unit's place on the responsibility board.
type Responsible struct {
	Rank    int // 1 is best; what is alike in all has the same rank; 0: no target of it has a final figure
	Unit    string
	Targets int // with a final figure, of a period that is not over
	Reached int
	OnPace  int
	Behind  int // behind the pace
	// ByNow is what is done of what is due by now, in percent: of the targets that add up over the period, weighed,
	// each at most its cap (100 where there is none). Levels such as a rate of satisfaction have no part in it. nil
	// where there are no others.
	ByNow *float64
	List  []Target
}

// Ranking puts units in order by their targets of one tier ("": expected): first by the share that is reached, then by
// the share that is on pace, then by what is done of what is due by now. So nobody leads who has reached nothing while
// another has. A target without a weight weighs 1. One that has no final figure, and one of a period that is over, is
// counted in List only.
func Ranking(targets []Target, tier string) []Responsible {
	tier = cmp.Or(tier, "expected")
	var list []Responsible
	at := map[string]int{}
	for _, t := range targets {
		if t.Tier != tier {
			continue
		}
		i, ok := at[t.Unit]
		if !ok {
			i = len(list)
			at[t.Unit] = i
			list = append(list, Responsible{Unit: t.Unit})
		}
		list[i].List = append(list[i].List, t)
	}
	for i := range list {
		list[i].score()
	}
	slices.SortStableFunc(list, func(a, b Responsible) int { return cmp.Or(a.compare(b), cmp.Compare(a.Unit, b.Unit)) })
	for i := range list {
		if list[i].Targets == 0 {
			continue
		}
		if list[i].Rank = i + 1; i > 0 && list[i].compare(list[i-1]) == 0 {
			list[i].Rank = list[i-1].Rank
		}
	}
	return list
}

// compare is negative where r stands before o.
func (r Responsible) compare(o Responsible) int {
	share := func(n, of int) float64 { return float64(n) / float64(max(of, 1)) }
	byNow := func(v *float64) float64 {
		if v == nil {
			return -1
		}
		return *v
	}
	none := map[bool]int{true: 1}
	return cmp.Or(
		cmp.Compare(none[r.Targets == 0], none[o.Targets == 0]),
		cmp.Compare(share(o.Reached, o.Targets), share(r.Reached, r.Targets)),
		cmp.Compare(share(o.OnPace, o.Targets), share(r.OnPace, r.Targets)),
		cmp.Compare(byNow(o.ByNow), byNow(r.ByNow)),
	)
}

// score counts the targets of a unit, and weighs those that add up.
func (r *Responsible) score() {
	var sum, weights float64
	for _, t := range r.List {
		if t.Percent == nil || t.Finished || t.Open.Zh != "" {
			continue
		}
		r.Targets++
		switch {
		case t.Reached:
			r.Reached++
		case t.Behind != nil && *t.Behind > 0:
			r.Behind++
		default:
			r.OnPace++
		}
		if t.ByNow == nil {
			continue
		}
		weight := 1.0
		if t.Weight != nil {
			weight = *t.Weight
		}
		sum += weight * t.capped(*t.ByNow)
		weights += weight
	}
	if weights > 0 {
		v := sum / weights
		r.ByNow = &v
	}
}
