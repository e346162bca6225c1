// Package timeline is what one statement of a metric counts: a stretch of days cut into periods, or other stretches in place of
// these; how its days are told in SQL, and how a day, a
// grain and a window of a question are read. It is pure.
package timeline

import (
	"fmt"

	"yanzhen/dashboard/metric/refusal"
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
		return days.Day{}, refusal.Refuse("%q 不是 2026-06-30 这样的日期", "%q is not a day like 2026-06-30", s)
	}
	return d, nil
}

// ParseGrain reads the grain of a question; the empty string is Total.
func ParseGrain(s string) (days.Grain, error) {
	if g := days.Grain(s); g.Known() {
		return g, nil
	}
	return "", refusal.Refuse("没有粒度 %q", "grain %q", s).Among(plain(days.Grains))
}

// ParseWindow reads the window of a question; the empty string is none.
func ParseWindow(s string) (days.Window, error) {
	if w := days.Window(s); w.Known() {
		return w, nil
	}
	return "", refusal.Refuse("没有累计方式 %q", "window %q", s).Among(plain(days.Windows))
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
		return refusal.Refuse("期间 %s 至 %s 超出 1900—2200 年", "the period from %s to %s is outside 1900..2200", from, to)
	case !days.IsDay(w.From) || !days.IsDay(w.To):
		return refusal.Refuse("from 与 to 须是日期（UTC 零点）", "from and to must be days (midnight UTC)")
	case !w.From.Before(w.To):
		return refusal.Refuse("期间 %s 至 %s 是空的（to 是末日的次日）", "the period from %s to %s is empty (to is the day after the last)", from, to)
	}
	if per := w.Grain.PerYear(); per > 0 && w.Spans == nil {
		if n := (w.To.Year()-w.From.Year())*per + 1; n > maxPeriods {
			return refusal.Refuse("%d 期，最多 %d 期", "%d periods (at most %d)", n, maxPeriods)
		}
	}
	return nil
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

// Head is the day under which the i-th of the stretches is found in an answer.
func (w Timeline) Head(i int, p days.Range) days.Day {
	if w.Heads != nil {
		return w.Heads[i].From
	}
	return w.Grain.Start(p.From)
}

// Index finds a stretch by the day under which an answer has it, in days since 1970.
func (w Timeline) Index() map[int32]int {
	m := map[int32]int{}
	for i, p := range w.Counted() {
		m[int32(w.Head(i, p).Unix()/86400)] = i
	}
	return m
}

// InYear moves w to another year.
func (w Timeline) InYear(year int) (Timeline, error) {
	move := func(d days.Day) days.Day { return days.Date(d.Year(), d.Month(), 1).AddDate(0, 0, d.Day()-1) }
	var bases []days.Range
	for _, p := range w.Counted() {
		s := days.Shift{Months: 12 * (p.To.AddDate(0, 0, -1).Year() - year)}
		b := days.Range{From: move(s.From(p.From)), To: move(s.To(p.To))}
		if !b.From.Before(b.To) {
			return w, refusal.Refuse("%d 年没有这样的日子", "no such days in %d", year)
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

// NoPeriod is a day that no period begins on.
const NoPeriod = "toDate32('2299-12-31')"

// FirstDay writes the first day of the period that the day in a column, which is not null, belongs to.
func (w Timeline) FirstDay(column string) string {
	// toStartOfMonth and the like give a Date, which begins in 1970; what else there is keeps a Date32
	early := w.From.Year() < 1970
	var start string
	switch grain := w.Grain; {
	case early && grain == days.Ten:
		start = "addDays(%[1]s, multiIf(toDayOfMonth(%[1]s) > 20, 21, toDayOfMonth(%[1]s) > 10, 11, 1) - toDayOfMonth(%[1]s))"
	case early && grain.Months() > 0:
		start = fmt.Sprintf("makeDate32(toYear(%%[1]s), intDiv(toMonth(%%[1]s) - 1, %[1]d) * %[1]d + 1, 1)", grain.Months())
	case grain == days.Ten:
		start = "addDays(toStartOfMonth(%[1]s), multiIf(toDayOfMonth(%[1]s) > 20, 20, toDayOfMonth(%[1]s) > 10, 10, 0))"
	case grain == days.Month:
		start = "toStartOfMonth(%s)"
	case grain == days.Quarter:
		start = "toStartOfQuarter(%s)"
	case grain == days.Half:
		start = "addMonths(toStartOfYear(%[1]s), if(toMonth(%[1]s) > 6, 6, 0))"
	case grain == days.Year:
		start = "toStartOfYear(%s)"
	default:
		return "{from:Date32}"
	}
	return "toDate32(" + fmt.Sprintf(start, column) + ")"
}

// Ordinal writes which of the periods of a grain the day in a column, which is not null, belongs to: 0 is the first of w.
func (w Timeline) Ordinal(column string) string {
	first := w.Grain.Start(w.From)
	months := first.Year()*12 + int(first.Month()) - 1
	if w.Grain == days.Ten {
		return fmt.Sprintf("(toYear(%[1]s) * 12 + toMonth(%[1]s) - 1) * 3 + least(intDiv(toDayOfMonth(%[1]s) - 1, 10), 2) - %[2]d", column, months*3+(first.Day()-1)/10)
	}
	return fmt.Sprintf("intDiv(toYear(%[1]s) * 12 + toMonth(%[1]s) - 1, %[2]d) - %[3]d", column, w.Grain.Months(), months/w.Grain.Months())
}
