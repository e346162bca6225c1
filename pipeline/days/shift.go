package days

// Shift is how far back a comparison looks: whole months, or days where the range is not made of whole months.
type Shift struct{ Months, Days int }

// YearBefore looks back to the same days of the year before.
var YearBefore = Shift{Months: 12}

// Before is how far the period before r is, where r is cut into periods of a grain: a period of the grain, else the
// width of r.
func (r Range) Before(g Grain) Shift {
	if m := g.Months(); m > 0 {
		return Shift{Months: m}
	}
	if n, whole := r.months(); whole {
		return Shift{Months: n}
	}
	return Shift{Days: r.Days()}
}

// Of moves a range back.
func (s Shift) Of(r Range) Range { return Range{s.From(r.From), s.To(r.To)} }

// From moves the first day of a range back.
func (s Shift) From(d Day) Day {
	if s.Months == 0 {
		return d.AddDate(0, 0, -s.Days)
	}
	return monthsBack(d, s.Months)
}

// To moves the end of a range back, which is the day after its last: the last day of a month stays
// the last day of a month, so that February is compared with the whole of January.
func (s Shift) To(d Day) Day {
	if s.Months == 0 {
		return d.AddDate(0, 0, -s.Days)
	}
	if d.Day() == 1 {
		return d.AddDate(0, -s.Months, 0)
	}
	return monthsBack(d.AddDate(0, 0, -1), s.Months).AddDate(0, 0, 1)
}

// monthsBack keeps the day of the month, or takes the month's last day where it has no such day.
func monthsBack(d Day, n int) Day {
	first := Date(d.Year(), d.Month(), 1).AddDate(0, -n, 0)
	last := first.AddDate(0, 1, -1).Day()
	return Date(first.Year(), first.Month(), min(d.Day(), last))
}

// TenBefore is the ten-day period before the one that r lies in, or the same part of it.
func TenBefore(r Range) Range {
	start := Ten.Start(r.From)
	before := Ten.Start(start.AddDate(0, 0, -1))
	b := Range{before.AddDate(0, 0, Between(start, r.From)), start}
	if to := before.AddDate(0, 0, Between(start, r.To)); !r.To.Equal(Ten.Next(r.From)) && to.Before(start) {
		b.To = to
	}
	return b
}

// Forward moves the first day of a range the other way.
func (s Shift) Forward(d Day) Day { return Shift{Months: -s.Months, Days: -s.Days}.From(d) }

// Latest is the later of two days.
func Latest(a, b Day) Day {
	if b.After(a) {
		return b
	}
	return a
}
