package metric

import (
	"slices"

	"yanzhen/dashboard/metric/timeline"
	"yanzhen/pipeline/days"
)

// Timeline is what one statement counts, as timeline.Timeline has it.
type Timeline = timeline.Timeline

// How a day, a grain and a window of a question are read, as timeline has it.
var (
	ParseDay    = timeline.ParseDay
	ParseGrain  = timeline.ParseGrain
	ParseWindow = timeline.ParseWindow
)

// back is how far a comparison looks back from the periods of w.
func back(w Timeline, c Compare) days.Shift {
	if c == YearOnYear {
		return days.YearBefore
	}
	return days.Range{From: w.From, To: w.To}.Before(w.Grain)
}

// NewYears are the eves of the lunar new year that the code list spring_festival has; none where there is no list.
func (c *Catalog) NewYears() days.NewYears { return c.newYears }

// noEve refuses a year whose lunar new year the list does not have.
func (c *Catalog) noEve(year int) error {
	first, last := c.newYears.Years()
	if last == 0 {
		return Refuse("没有除夕日期表（configs/codes/spring_festival.csv）", "there is no list of New Year's Eves (configs/codes/spring_festival.csv)")
	}
	return Refuse("除夕日期表只有 %d—%d 年，没有 %d 年", "the list of New Year's Eves has the years %d to %d, not %d", first, last, year)
}

// AroundNewYear returns the days from so many before the eve of that year to so many after it: 15 and 15 are 31 days.
func (c *Catalog) AroundNewYear(year, before, after int) (days.Range, error) {
	if before < 0 || after < 0 || before+after > 180 {
		return days.Range{}, Refuse("节前 %d 天、节后 %d 天：须为 0 或更多，合计不超过 180", "%d days before and %d after the festival: want 0 or more, and 180 at most together", before, after)
	}
	r, ok := c.newYears.Around(year, before, after)
	if !ok {
		return r, c.noEve(year)
	}
	return r, nil
}

// Festive says whether Spring compares other days than YearOnYear does.
func (q Query) Festive() bool {
	switch q.Grain {
	case days.Month:
		return true
	case days.Ten:
		return q.Window == days.NoWindow
	case days.Total:
		return q.Window == days.NoWindow && (days.BesideNewYear(q.From) || days.BesideNewYear(q.To))
	}
	return false
}

// Bases are the stretches compared with, one for each of those of w.
func (c *Catalog) Bases(q Query, compare Compare, nominal, w Timeline) ([]days.Range, error) {
	spans := w.Counted()
	bases := make([]days.Range, len(spans))
	s := back(nominal, YearOnYear)
	rolling, state := q.Window, c.byName[q.Metric].state()
	if state {
		rolling = days.NoWindow // it is that of the last day under any window, and before that of the period before
	}
	if compare == Previous {
		s = back(nominal, Previous)
		if n := rolling.Months(); n > 0 {
			s = days.Shift{Months: n}
		}
	}
	for i, p := range spans {
		b := s.Of(p)
		switch {
		case compare == Spring && q.Window == days.NoWindow && (Query{Grain: w.Grain, From: p.From, To: p.To}).Festive() && w.Grain != days.Month:
			var missing int
			if b, missing = c.newYears.YearBefore(p); missing != 0 {
				return nil, c.noEve(missing)
			}
		case compare == Spring:
			if _, ok := c.newYears.Eve(p.Last().Year()); !ok { // the years the list knows, here too
				return nil, c.noEve(p.Last().Year())
			}
		case compare == Previous && w.Grain == days.Ten && rolling == days.NoWindow:
			if q.Window != days.NoWindow {
				p.From = days.Ten.Start(p.Last())
			}
			b = days.TenBefore(p)
		case compare == Previous && w.Grain == days.Total && p.Days() == 1 && state:
			// a state on a day has no width: the period before it is the month before, at its end
			b.To = days.Month.Start(p.From)
			b.From = b.To.AddDate(0, 0, -1)
		}
		if !b.From.Before(b.To) {
			return nil, Refuse("%s 之前的一期没有日子", "the period before %s has no days", days.ISO(p.From))
		}
		bases[i] = b
	}
	return bases, nil
}

// Explicit says that the periods of q are not simply those of its grain, or those compared with are not.
func (q Query) Explicit() bool {
	return q.Window != days.NoWindow || q.Compare == Spring || q.Grain == days.Ten && q.Compare == Previous
}

// Timeline is what q asks for before the data end it, and its periods.
func (q Query) Timeline() (Timeline, []days.Range) {
	w := Timeline{From: q.From, To: q.To, Grain: q.Grain}
	if q.Compare == Spring && q.Grain == days.Month {
		r := days.Range{From: w.From, To: w.To}.WithNewYear()
		w.From, w.To = r.From, r.To
		return w, days.JoinNewYear(w.Periods())
	}
	return w, w.Periods()
}

// Widened is what is counted for the periods ps of w.
func (q Query) Widened(w Timeline, ps []days.Range) Timeline {
	if !q.Explicit() {
		return w
	}
	spans := slices.Clone(ps)
	for i, p := range spans {
		spans[i] = q.Window.Of(p, q.Grain)
	}
	return w.Over(ps, spans)
}

// Long writes out what is short for something else.
func (q Query) Long() Query {
	if q.Compare == YearToDateOnYear {
		q.Window, q.Compare = days.YearToDate, YearOnYear
	}
	return q
}
