package days

import "time"

// Range is a half-open stretch of days: [From, To). The zero Range says that none is known or given.
type Range struct{ From, To Day }

// Months is the range of n whole months from the first day of a month on.
func Months(year int, month time.Month, n int) Range {
	from := Date(year, month, 1)
	return Range{from, from.AddDate(0, n, 0)}
}

// IsZero says that the range is not known.
func (r Range) IsZero() bool { return r.From.IsZero() || r.To.IsZero() }

// Last is the last day of the range.
func (r Range) Last() Day { return r.To.AddDate(0, 0, -1) }

// Days counts the days of the range.
func (r Range) Days() int { return Between(r.From, r.To) }

// Holds says whether a day lies in the range.
func (r Range) Holds(d Day) bool { return !d.Before(r.From) && d.Before(r.To) }

// Overlaps says whether two ranges share a day.
func (r Range) Overlaps(o Range) bool { return r.From.Before(o.To) && o.From.Before(r.To) }

// months counts the months from the first day of one to the first day of another; ok is false where the range begins
// or ends within a month.
func (r Range) months() (n int, ok bool) {
	n = (r.To.Year()-r.From.Year())*12 + int(r.To.Month()) - int(r.From.Month())
	return n, r.From.Day() == 1 && r.To.Day() == 1
}

// Grain is the grain of which the range is one whole period; Total where there is none.
func (r Range) Grain() Grain {
	for _, g := range []Grain{Month, Quarter, Half, Year, Ten} {
		if p := g.Of(r.From); p.From.Equal(r.From) && p.To.Equal(r.To) {
			return g
		}
	}
	return Total
}

// Cut cuts the range at the borders of a grain: the first period and the last may be shorter. Total leaves it whole.
func (r Range) Cut(g Grain) []Range {
	if g == Total {
		return []Range{r}
	}
	var list []Range
	for d := r.From; d.Before(r.To); {
		next := g.Next(d)
		if next.After(r.To) {
			next = r.To
		}
		list = append(list, Range{d, next})
		d = next
	}
	return list
}
