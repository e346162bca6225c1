package coverage

import (
	"slices"
	"strings"

	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

// Sheet is who owes what: what is owed now, and sender by month.
type Sheet struct {
	States  []Count
	Months  []string // the latest first: a phone shows no more
	Behind  []Behind // what is owed now
	Letters []Letter // what each who owes can be written
	Overdue int      // periods of them whose day has passed
	Tables  []Table
}

// Count is how many periods are in a state.
type Count struct {
	State, Text string
	N           int
}

// Table is sender by month: of the datasets of which something is owed now, and folded, of the others.
type Table struct {
	Title    string
	Folded   bool
	Datasets []Group
}

// Group is a dataset in it.
type Group struct {
	Name, Title string
	Rows        []Row
}

// SheetOf says of datasets who owes what in a year.
func SheetOf(sets []*dataset.Dataset, all map[string][]duty.Owed, year days.Range, loc codes.Lang) Sheet {
	var s Sheet
	for _, m := range year.Cut(days.Month) {
		s.Months = append([]string{m.From.Format("2006-01")}, s.Months...)
	}
	counts := map[duty.State]int{}
	owing, others := Table{Title: words.In(loc, "duties_owing")}, Table{Title: words.In(loc, "duties_table")}
	for _, d := range sets {
		if len(all[d.Name]) == 0 {
			continue
		}
		g, behind := Group{Name: d.Name, Title: d.Title.In(loc)}, len(s.Behind)
		for _, list := range BySender(all[d.Name]) {
			g.Rows = append(g.Rows, RowOf(list, year, loc))
			for _, o := range list {
				counts[o.State]++
			}
			if b, ok := BehindOf(list, g.Title, loc); ok {
				s.Behind = append(s.Behind, b)
				s.Overdue += b.Overdue
			}
		}
		if len(s.Behind) > behind {
			owing.Datasets = append(owing.Datasets, g)
		} else {
			others.Datasets = append(others.Datasets, g)
		}
	}
	slices.SortStableFunc(s.Behind, func(x, y Behind) int { return strings.Compare(x.DueOn, y.DueOn) })
	if others.Folded = len(owing.Datasets) > 0; others.Folded {
		s.Tables = append(s.Tables, owing)
		others.Title = words.In(loc, "duties_others", len(others.Datasets))
	}
	if len(others.Datasets) > 0 {
		s.Tables = append(s.Tables, others)
	}
	for _, st := range duty.States {
		s.States = append(s.States, Count{string(st), words.In(loc, "duty_"+string(st)), counts[st]})
	}
	return s
}
