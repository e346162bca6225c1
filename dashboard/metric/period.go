package metric

import (
	"time"
)

// maxPeriods bounds the periods one query may ask for.
const maxPeriods = 1200

// period is one half-open stretch of days.
type period struct{ From, To Day }

// window is a stretch of days cut into periods of a grain.
type window struct {
	From, To Day
	Grain    Grain
	// Where the periods are not those of the grain: what is counted, and the periods it is counted for.
	spans, heads []period
}

// ParseDay reads 2026-06-30.
func ParseDay(s string) (Day, error) {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Day{}, Refuse("%q 不是 2026-06-30 这样的日期", "%q is not a day like 2026-06-30", s)
	}
	return d, nil
}

// ParseGrain reads a grain; the empty string is Total.
func ParseGrain(s string) (Grain, error) {
	switch g := Grain(s); g {
	case Total, Ten, Month, Quarter, Half, Year:
		return g, nil
	}
	return "", Refuse("没有粒度 %q", "grain %q", s).Among([]string{"ten", "month", "quarter", "half", "year"})
}

// months is the width of a grain; 0 for Total and for Ten, which has no fixed width.
func (g Grain) months() int {
	switch g {
	case Month:
		return 1
	case Quarter:
		return 3
	case Half:
		return 6
	case Year:
		return 12
	}
	return 0
}

// Start returns the first day of the grain's period that d lies in; d itself for Total.
func (g Grain) Start(d Day) Day {
	if g == Ten {
		return Date(d.Year(), d.Month(), min((d.Day()-1)/10, 2)*10+1)
	}
	m := g.months()
	if m == 0 {
		return d
	}
	month := (int(d.Month())-1)/m*m + 1
	return Date(d.Year(), time.Month(month), 1)
}

// Next returns the first day after the grain's period that d lies in.
func (g Grain) Next(d Day) Day {
	if start := g.Start(d); g == Ten {
		if start.Day() == 21 {
			return Month.Next(d)
		}
		return start.AddDate(0, 0, 10)
	}
	return g.Start(d).AddDate(0, g.months(), 0)
}

// periods cuts w at the borders of its grain; the first and the last may be shorter.
func (w window) periods() []period {
	if w.Grain == Total {
		return []period{{w.From, w.To}}
	}
	var ps []period
	for d := w.From; d.Before(w.To); {
		next := w.Grain.Next(d)
		if next.After(w.To) {
			next = w.To
		}
		ps = append(ps, period{d, next})
		d = next
	}
	return ps
}

// check refuses what cannot be cut.
func (w window) check() error {
	switch {
	case w.From.Year() < 1970 && !w.To.IsZero():
		return Refuse("期间 %s 至 %s 超出 1970—2200 年", "the period from %s to %s is outside 1970..2200", day(w.From), day(w.To))
	case !isDay(w.From) || !isDay(w.To):
		return Refuse("from 与 to 须是日期（UTC 零点）", "from and to must be days (midnight UTC)")
	case !w.From.Before(w.To):
		return Refuse("期间 %s 至 %s 是空的（to 是末日的次日）", "the period from %s to %s is empty (to is the day after the last)", day(w.From), day(w.To))
	case w.To.Year() > 2200:
		return Refuse("期间 %s 至 %s 超出 1970—2200 年", "the period from %s to %s is outside 1970..2200", day(w.From), day(w.To))
	}
	per := 0 // periods a year
	if m := w.Grain.months(); m > 0 {
		per = 12 / m
	} else if w.Grain == Ten {
		per = 36
	}
	if per > 0 && w.spans == nil {
		if n := (w.To.Year()-w.From.Year())*per + 1; n > maxPeriods {
			return Refuse("%d 期，最多 %d 期", "%d periods (at most %d)", n, maxPeriods)
		}
	}
	return nil
}

func isDay(d Day) bool {
	return !d.IsZero() && d.Location() == time.UTC && d.Equal(d.Truncate(24*time.Hour))
}

func day(d Day) string { return d.Format(time.DateOnly) }

// shift is how far back a comparison looks: whole months, or days where the window is not made
// of whole months.
type shift struct{ months, days int }

// back returns how far q's comparison looks back from the periods of w.
func back(c Compare, w window) shift {
	if c == YearOnYear {
		return shift{months: 12}
	}
	if m := w.Grain.months(); m > 0 {
		return shift{months: m}
	}
	if w.From.Day() == 1 && w.To.Day() == 1 {
		return shift{months: (w.To.Year()-w.From.Year())*12 + int(w.To.Month()) - int(w.From.Month())}
	}
	return shift{days: int(w.To.Sub(w.From) / (24 * time.Hour))}
}

// Before moves the days [from, to) as far back as q's comparison moves the whole of [q.From, q.To).
func (q Query) Before(from, to Day) (Day, Day) {
	s := back(q.Compare, window{From: q.From, To: q.To})
	return s.from(from), s.to(to)
}

// from moves the first day of a period.
func (s shift) from(d Day) Day {
	if s.months == 0 {
		return d.AddDate(0, 0, -s.days)
	}
	return monthsBack(d, s.months)
}

// to moves the end of a period, which is the day after its last: the last day of a month stays
// the last day of a month, so that February is compared with the whole of January.
func (s shift) to(d Day) Day {
	if s.months == 0 {
		return d.AddDate(0, 0, -s.days)
	}
	last := d.AddDate(0, 0, -1)
	if d.Day() == 1 {
		return d.AddDate(0, -s.months, 0)
	}
	return monthsBack(last, s.months).AddDate(0, 0, 1)
}

// monthsBack keeps the day of the month, or takes the month's last day where it has no such day.
func monthsBack(d Day, n int) Day {
	first := Date(d.Year(), d.Month(), 1).AddDate(0, -n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return Date(first.Year(), first.Month(), min(d.Day(), last))
}
