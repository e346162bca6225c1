package metric

import (
	"slices"

	"yanzhen/pipeline/days"
)

// maxPeriods bounds the periods one query may ask for.
const maxPeriods = 1200

// Timeline is what one statement counts: a stretch of days cut into periods of a grain, or other stretches in
// place of these.
type Timeline struct {
	From, To days.Day
	Grain    days.Grain
	// Where the periods are not those of the grain: what is counted, and the periods it is counted for.
	Spans, Heads []days.Range
}

// ParseDay reads a day of a question: 2026-06-30.
func ParseDay(s string) (days.Day, error) {
	d, ok := days.ParseDay(s)
	if !ok {
		return days.Day{}, Refuse("%q 不是 2026-06-30 这样的日期", "%q is not a day like 2026-06-30", s)
	}
	return d, nil
}

// ParseGrain reads the grain of a question; the empty string is Total.
func ParseGrain(s string) (days.Grain, error) {
	if g := days.Grain(s); g.Known() {
		return g, nil
	}
	return "", Refuse("没有粒度 %q", "grain %q", s).Among(plain(days.Grains))
}

// ParseWindow reads the window of a question; the empty string is none.
func ParseWindow(s string) (days.Window, error) {
	if w := days.Window(s); w.Known() {
		return w, nil
	}
	return "", Refuse("没有累计方式 %q", "window %q", s).Among(plain(days.Windows))
}

func plain[T ~string](list []T) []string {
	out := make([]string, len(list))
	for i, v := range list {
		out[i] = string(v)
	}
	return out
}

// Periods cuts w at the borders of its grain; the first and the last may be shorter.
func (w Timeline) Periods() []days.Range { return days.Range{From: w.From, To: w.To}.Cut(w.Grain) }

// Check refuses what cannot be cut.
func (w Timeline) Check() error {
	from, to := days.ISO(w.From), days.ISO(w.To)
	switch {
	case w.From.Year() < days.MinYear && !w.To.IsZero(), w.To.Year() > 2200 && days.IsDay(w.From) && days.IsDay(w.To) && w.From.Before(w.To):
		return Refuse("期间 %s 至 %s 超出 1900—2200 年", "the period from %s to %s is outside 1900..2200", from, to)
	case !days.IsDay(w.From) || !days.IsDay(w.To):
		return Refuse("from 与 to 须是日期（UTC 零点）", "from and to must be days (midnight UTC)")
	case !w.From.Before(w.To):
		return Refuse("期间 %s 至 %s 是空的（to 是末日的次日）", "the period from %s to %s is empty (to is the day after the last)", from, to)
	}
	if per := w.Grain.PerYear(); per > 0 && w.Spans == nil {
		if n := (w.To.Year()-w.From.Year())*per + 1; n > maxPeriods {
			return Refuse("%d 期，最多 %d 期", "%d periods (at most %d)", n, maxPeriods)
		}
	}
	return nil
}

// back is how far a comparison looks back from the periods of w.
func (w Timeline) back(c Compare) days.Shift {
	if c == YearOnYear {
		return days.YearBefore
	}
	return days.Range{From: w.From, To: w.To}.Before(w.Grain)
}

// Over is w with the stretches that its periods stand for: spans[i] is counted under the day heads[i].
func (w Timeline) Over(heads, spans []days.Range) Timeline {
	w.Heads, w.Spans = heads, spans
	w.From, w.To = spans[0].From, spans[0].To
	for _, s := range spans {
		if s.From.Before(w.From) {
			w.From = s.From
		}
		if s.To.After(w.To) {
			w.To = s.To
		}
	}
	return w
}

// Counted are the stretches of days that are counted.
func (w Timeline) Counted() []days.Range {
	if w.Spans != nil {
		return w.Spans
	}
	return w.Periods()
}

// head is the day under which the i-th of the stretches is found in an answer.
func (w Timeline) head(i int, p days.Range) days.Day {
	if w.Heads != nil {
		return w.Heads[i].From
	}
	return w.Grain.Start(p.From)
}

// Index finds a stretch by the day under which an answer has it, in days since 1970.
func (w Timeline) Index() map[int32]int {
	m := map[int32]int{}
	for i, p := range w.Counted() {
		m[int32(w.head(i, p).Unix()/86400)] = i
	}
	return m
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
	s := nominal.back(YearOnYear)
	rolling, state := q.Window, c.byName[q.Metric].state()
	if state {
		rolling = days.NoWindow // it is that of the last day under any window, and before that of the period before
	}
	if compare == Previous {
		s = nominal.back(Previous)
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

// InYear moves w to another year.
func (w Timeline) InYear(year int) (Timeline, error) {
	move := func(d days.Day) days.Day { return days.Date(d.Year(), d.Month(), 1).AddDate(0, 0, d.Day()-1) }
	var bases []days.Range
	for _, p := range w.Counted() {
		s := days.Shift{Months: 12 * (p.To.AddDate(0, 0, -1).Year() - year)}
		b := days.Range{From: move(s.From(p.From)), To: move(s.To(p.To))}
		if !b.From.Before(b.To) {
			return w, Refuse("%d 年没有这样的日子", "no such days in %d", year)
		}
		bases = append(bases, b)
	}
	return Timeline{Grain: w.Grain}.Over(w.Named(), bases), nil
}

// Named are the periods under which the answers of w are found.
func (w Timeline) Named() []days.Range {
	if w.Heads != nil {
		return w.Heads
	}
	ps := w.Periods()
	for i, p := range ps {
		ps[i].From = w.Grain.Start(p.From)
	}
	return ps
}
