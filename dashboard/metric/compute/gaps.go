package compute

import (
	"context"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compile"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/warehouse"
)

// gaps are the periods that somebody told of; the others were not reported.
type gaps struct {
	grain  days.Grain
	told   map[days.Day]bool // by the first day of the period
	within days.Range        // the days that the gaps lie in; zero: all, for nothing else says how far the data go
}

// lookForGaps finds which periods were told of, of the metrics whose periods may be missing: by their declaration, or
// because their dataset is sent as files for no period and the rows have to say it.
func (q *question) lookForGaps(ctx context.Context) error {
	for _, leaf := range q.m.Leaves() {
		var found gaps
		var err error
		switch _, may := leaf.Missing(); {
		case may && q.cover.First.IsZero():
			continue
		case may:
			found, err = q.declaredGaps(ctx, leaf)
		case leaf.Unsaid():
			found, err = q.fileGaps(ctx, leaf)
		}
		if err != nil {
			return err
		}
		if found.told == nil {
			continue
		}
		if q.present == nil {
			q.present = map[*metric.Metric]gaps{}
		}
		q.present[leaf] = found
	}
	return nil
}

// declaredGaps asks which periods have rows that leaf counts.
func (q *question) declaredGaps(ctx context.Context, leaf *metric.Metric) (gaps, error) {
	grain, _ := leaf.Missing()
	found := gaps{grain: grain, told: map[days.Day]bool{}}
	w := metric.Timeline{From: grain.Start(q.cover.First), To: q.cover.End, Grain: grain}
	if err := w.Check(); err != nil {
		return found, err
	}
	all := q.about(leaf)
	all.Query.By, all.Query.Where = nil, nil
	rows, err := all.ask(ctx, compile.Statement(q.Catalog, leaf, all.Query, w), leaf)
	for _, r := range rows {
		found.told[days.Date(1970, 1, 1).AddDate(0, 0, int(r.period))] = r.n > 0
	}
	return found, err
}

// manyDays is how many days the rows of a table of periods have at most: a row a month for 300 years.
const manyDays = 3600

// fileGaps looks at what files tell of that are sent for no period. Where every row stands on the first day of its
// period, or every row on the last, they are a table of periods, and a period without any row is missing. Otherwise they
// are events: a file tells of all months from its first to its last row, in which nothing may have happened, and what lies
// between two files is missing.
func (q *question) fileGaps(ctx context.Context, leaf *metric.Metric) (gaps, error) {
	name := leaf.Datasets()[0]
	files, ok := q.live.Files(name)
	if !ok {
		return gaps{}, nil
	}
	got, err := warehouse.Select[struct {
		Day days.Day `db:"day"`
	}](ctx, q.DB, compile.RowDays(q.Catalog, leaf, q.Query.AsOf, manyDays))
	if err != nil || len(got) == 0 {
		return gaps{}, err
	}
	list := make([]days.Day, len(got))
	for i, r := range got {
		list[i] = r.Day
	}
	grain, _ := leaf.Missing()
	found := gaps{grain: grain, told: map[days.Day]bool{}}
	if table, ok := periodsOf(list); ok && len(list) < manyDays {
		if table.Months() > grain.Months() {
			found.grain = table
		}
		for _, d := range list {
			found.told[found.grain.Start(d)] = true
		}
		if len(files) > 0 {
			found.within = days.Range{From: found.grain.Start(list[0]), To: found.grain.Next(list[len(list)-1])}
		}
		return found, nil
	}
	if len(files) == 0 { // nobody knows which rows came together: all of them did
		if len(list) == manyDays {
			return gaps{}, nil
		}
		files = []days.Range{{From: list[0], To: list[len(list)-1].AddDate(0, 0, 1)}}
	} else {
		found.within = days.Range{From: grain.Start(files[0].From), To: files[len(files)-1].To}
	}
	for _, r := range files {
		for _, p := range (days.Range{From: grain.Start(r.From), To: r.To}).Cut(grain) {
			found.told[grain.Start(p.From)] = true
		}
	}
	return found, nil
}

// periodsOf is the grain of the periods that days stand for, where all are first days or all are last days of months and
// there are two at least; false where they are days of events.
func periodsOf(list []days.Day) (days.Grain, bool) {
	first, last := len(list) > 1, len(list) > 1
	for _, d := range list {
		first = first && d.Day() == 1
		last = last && d.AddDate(0, 0, 1).Day() == 1
	}
	if !first && !last {
		return days.Total, false
	}
	for _, g := range []days.Grain{days.Year, days.Half, days.Quarter} {
		whole := true
		for _, d := range list {
			whole = whole && (first && g.Start(d).Equal(d) || last && g.Next(d).Equal(d.AddDate(0, 0, 1)))
		}
		if whole {
			return g, true
		}
	}
	return days.Month, true
}

// coverage is how much has come of the data of m in some days: of what is owed, and of the periods that nobody told of.
func (q *question) coverage(m *metric.Metric, p days.Range) duty.Coverage {
	out := q.live.Coverage(m, p)
	if len(q.Query.Scope) > 0 {
		out.Missing = nil // who has not reported is of the whole zone
	}
	for _, name := range out.Missing {
		out.Latin = append(out.Latin, q.Catalog.Label("", name).En)
	}
	for _, leaf := range m.Leaves() {
		found, may := q.present[leaf]
		if !may || out.None() {
			continue
		}
		var missing []days.Range
		there := 0
		for _, x := range (days.Range{From: found.grain.Start(p.From), To: p.To}).Cut(found.grain) {
			switch {
			case found.told[x.From]:
				there++
			case found.within.IsZero() || found.within.Overlaps(x):
				missing = append(missing, found.grain.Of(x.From))
			}
		}
		out = out.Lacking(missing, there)
	}
	return out
}
