package days

import "slices"

// Window widens periods backwards: the number of March, year to date, is that of January to March.
type Window string

// The windows.
const (
	NoWindow   Window = ""
	YearToDate Window = "ytd" // 年初至今: from 1 January of the period's year
	Rolling3   Window = "r3"  // 近3个月: the three months that end with the period
	Rolling12  Window = "r12" // 近12个月
)

// Windows are those that have a name; NoWindow has none.
var Windows = []Window{YearToDate, Rolling3, Rolling12}

// Known says whether there is such a window.
func (w Window) Known() bool { return w == NoWindow || slices.Contains(Windows, w) }

// Months is the width of a rolling window; 0 for the others.
func (w Window) Months() int {
	switch w {
	case Rolling3:
		return 3
	case Rolling12:
		return 12
	}
	return 0
}

// Of widens r, a period of the grain that is perhaps cut short.
func (w Window) Of(r Range, g Grain) Range {
	switch w {
	case YearToDate:
		return Range{Date(r.Last().Year(), 1, 1), r.To}
	case Rolling3, Rolling12:
		end := r.To
		if g.Months() > 0 {
			end = Month.Next(r.Last()) // an unfinished month is one of the months; of an unfinished year the last ones there are
		}
		return Range{Shift{Months: w.Months()}.To(end), r.To}
	}
	return r
}
