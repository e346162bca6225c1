package target

import (
	"cmp"
	"slices"
)

// Responsible is a unit's place on the responsibility board.
type Responsible struct {
	Rank    int // 1 is best; the same score has the same rank; 0: no target of it has a figure
	Unit    string
	Targets int // with a figure
	Reached int
	Behind  int      // behind the pace
	Score   *float64 // percentages weighed, each at most its cap (100 where there is none)
	List    []Target
}

// Ranking puts units in order by the weighed percentages of their targets of one tier ("": expected).
// A target without a weight weighs 1; one without a figure is left out and counted in List only.
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
	slices.SortStableFunc(list, func(a, b Responsible) int {
		switch {
		case a.Score == nil || b.Score == nil:
			return cmp.Compare(map[bool]int{true: 1}[a.Score == nil], map[bool]int{true: 1}[b.Score == nil])
		case *a.Score != *b.Score:
			return cmp.Compare(*b.Score, *a.Score)
		}
		return cmp.Compare(a.Unit, b.Unit)
	})
	for i := range list {
		if list[i].Score == nil {
			continue
		}
		if list[i].Rank = i + 1; i > 0 && *list[i].Score == *list[i-1].Score {
			list[i].Rank = list[i-1].Rank
		}
	}
	return list
}

// score counts and weighs the targets of a unit.
func (r *Responsible) score() {
	var sum, weights float64
	for _, t := range r.List {
		if t.Percent == nil {
			continue
		}
		r.Targets++
		if t.Reached {
			r.Reached++
		} else if t.Behind != nil && *t.Behind > 0 {
			r.Behind++
		}
		weight := 1.0
		if t.Weight != nil {
			weight = *t.Weight
		}
		sum += weight * t.scored()
		weights += weight
	}
	if weights > 0 {
		s := sum / weights
		r.Score = &s
	}
}
