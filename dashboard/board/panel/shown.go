package panel

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"yanzhen/dashboard/board"
)

// How many keys are shown where the panel has no limit: lines of a trend, rows of a balance, bars on a phone, columns of a
// heatmap on a phone and elsewhere.
const (
	lineLimit    = 8
	balanceLimit = 14
	barsOnPhone  = 15
	crossOnPhone = 6
	crossLimit   = 12
)

// AtMost is how many keys are shown: as many as the panel says, or else as its kind has room for.
func (f Figure) AtMost(otherwise int) int { return cmp.Or(f.Limit, otherwise) }

// Shown lists the keys of dimension d that are shown, in the order in which they are: those for which the panel or its kind
// has room. What is left out, Remarks say. Kinds that put the smallest together show all.
func (f Figure) Shown(d int) []Item {
	its := f.Items(d)
	switch f.Kind {
	case board.Bar, board.Column:
		if f.Compact {
			return head(its, f.AtMost(barsOnPhone))
		}
		return head(its, f.Limit)
	case board.Trend, board.Line:
		return head(its, f.AtMost(lineLimit))
	case board.Balance:
		return head(f.weightiest(), f.AtMost(balanceLimit))
	case board.Heatmap:
		switch {
		case f.IsDifference():
			return f.differing()[d]
		case d == 0:
			return head(its, f.Limit)
		case f.Compact:
			return head(its, crossOnPhone)
		}
		return head(its, max(crossLimit, f.Limit))
	case board.Stack:
		if len(f.By) > 1 && d == 0 {
			return head(its, f.Limit)
		}
	}
	return its
}

// head cuts a list to limit entries; 0 leaves it whole.
func head(its []Item, limit int) []Item {
	if limit > 0 && len(its) > limit {
		return its[:limit]
	}
	return its
}

// IsDifference says that a panel shows by how much its first metric exceeds its second.
func (f Figure) IsDifference() bool {
	return len(f.Results) == 2 && (f.Kind == board.Balance || f.Kind == board.Heatmap && len(f.By) == 2)
}

// differing are the rows and columns of a difference: the columns in which two metrics differ most, and the rows that have
// anything in one of them.
func (f Figure) differing() [2][]Item {
	differ := map[[2]string]float64{}
	for i, r := range f.Results {
		for _, pt := range r.Points {
			if pt.Value != nil {
				differ[[2]string{Key(pt, 0), Key(pt, 1)}] += *pt.Value * float64(1-2*i)
			}
		}
	}
	sums := map[string]float64{}
	for k, d := range differ {
		sums[k[1]] += math.Abs(d)
	}
	columns := Figure{Panel: board.Panel{Sort: "key"}, Results: f.Results, Lang: f.Lang}.Items(1)
	sort.SliceStable(columns, func(i, j int) bool { return sums[columns[i].Key] > sums[columns[j].Key] })
	columns = head(columns, crossLimit)
	var rows []Item
	for _, row := range head(f.Items(0), f.Limit) {
		if slices.ContainsFunc(columns, func(c Item) bool { _, ok := differ[[2]string{row.Key, c.Key}]; return ok }) {
			rows = append(rows, row)
		}
	}
	return [2][]Item{rows, columns}
}

// weightiest are the keys of a balance, those with the greatest values on both sides together first.
func (f Figure) weightiest() []Item {
	sums := map[string]float64{}
	for _, r := range f.Results {
		for _, pt := range r.Points {
			if pt.Value != nil {
				sums[Key(pt, 0)] += math.Abs(*pt.Value)
			}
		}
	}
	its := f.Items(0)
	if f.Sort != "key" {
		sort.SliceStable(its, func(a, b int) bool { return sums[its[a].Key] > sums[its[b].Key] })
	}
	return its
}
