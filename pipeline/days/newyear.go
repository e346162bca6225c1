package days

import (
	"fmt"
	"time"
)

// NewYears are the eves of the lunar new year (除夕), one a year, as a list of them says.
type NewYears struct {
	eves        map[int]Day
	first, last int
}

// ParseNewYears reads a list of eves, written as 2026-02-16; of two in one year the first counts.
func ParseNewYears(list []string) (NewYears, error) {
	n := NewYears{eves: map[int]Day{}}
	for _, s := range list {
		d, ok := ParseDay(s)
		if !ok {
			return NewYears{}, fmt.Errorf("除夕 %q 不是日期 / the eve %q is not a date", s, s)
		}
		y := d.Year()
		if _, twice := n.eves[y]; !twice {
			n.eves[y] = d
		}
		if n.first == 0 || y < n.first {
			n.first = y
		}
		n.last = max(n.last, y)
	}
	return n, nil
}

// Years returns the first and the last year of which the eve is known; zeros where none is.
func (n NewYears) Years() (first, last int) { return n.first, n.last }

// Eve returns the eve that falls in a year; false where the list does not have it.
func (n NewYears) Eve(year int) (Day, bool) {
	d, ok := n.eves[year]
	return d, ok
}

// Around returns the days from so many before the eve of a year to so many after it: 15 and 15 are 31 days.
func (n NewYears) Around(year, before, after int) (Range, bool) {
	eve, ok := n.Eve(year)
	if !ok {
		return Range{}, false
	}
	return Range{eve.AddDate(0, 0, -before), eve.AddDate(0, 0, after+1)}, true
}

// YearBefore moves r to the same days around the eve a year earlier. The eve is that which is nearest to the middle of
// r. Missing is the year whose eve is not known; 0 where both are.
func (n NewYears) YearBefore(r Range) (moved Range, missing int) {
	middle := r.From.Add(r.To.Sub(r.From) / 2)
	year := middle.Year()
	if middle.Month() > time.August { // the next festival is nearer
		year++
	}
	eve, ok := n.Eve(year)
	if !ok {
		return Range{}, year
	}
	before, ok := n.Eve(year - 1)
	if !ok {
		return Range{}, year - 1
	}
	return Shift{Days: Between(before, eve)}.Of(r), 0
}

// BesideNewYear says whether the lunar new year may fall on either side of a border between two periods: what begins
// and ends at other borders holds the festival whole, or does not hold it, in every year.
func BesideNewYear(border Day) bool {
	return border.Month() == time.January && border.Day() > 1 || border.Month() == time.February
}

// JoinNewYear makes one period of each January and February among months: the festival moves between them.
func JoinNewYear(months []Range) []Range {
	var out []Range
	for _, r := range months {
		if n := len(out); n > 0 && r.From.Month() == time.February && out[n-1].From.Month() == time.January && out[n-1].To.Equal(r.From) {
			out[n-1].To = r.To
			continue
		}
		out = append(out, r)
	}
	return out
}

// WithNewYear lets a range of months that begins or ends between January and February take in both.
func (r Range) WithNewYear() Range {
	if r.From.Month() == time.February {
		r.From = Date(r.From.Year(), 1, 1)
	}
	if last := r.Last(); last.Month() == time.January {
		r.To = Date(last.Year(), 3, 1)
	}
	return r
}
