package days

import (
	"slices"
	"time"
)

// Grain is the width of a period.
type Grain string

// The grains.
const (
	Total   Grain = ""
	Ten     Grain = "ten" // 旬: 1-10, 11-20, 21 to the end of the month
	Month   Grain = "month"
	Quarter Grain = "quarter"
	Half    Grain = "half"
	Year    Grain = "year"
)

// Grains are those that have a name; Total has none.
var Grains = []Grain{Ten, Month, Quarter, Half, Year}

// Known says whether there is such a grain.
func (g Grain) Known() bool { return g == Total || slices.Contains(Grains, g) }

// Months is the width of a grain; 0 for Total and for Ten, which has no fixed width.
func (g Grain) Months() int {
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

// PerYear is how many periods of the grain a year has; 0 for Total.
func (g Grain) PerYear() int {
	switch g {
	case Total:
		return 0
	case Ten:
		return 36
	}
	return 12 / g.Months()
}

// Start returns the first day of the grain's period that d lies in; d itself for Total.
func (g Grain) Start(d Day) Day {
	if g == Ten {
		return Date(d.Year(), d.Month(), third(d)*10+1)
	}
	m := g.Months()
	if m == 0 {
		return d
	}
	return Date(d.Year(), (d.Month()-1)/time.Month(m)*time.Month(m)+1, 1)
}

// third says which ten days of its month d lies in, from 0.
func third(d Day) int { return min((d.Day()-1)/10, 2) }

// Next returns the first day after the grain's period that d lies in; d itself for Total.
func (g Grain) Next(d Day) Day {
	if start := g.Start(d); g == Ten {
		if third(d) == 2 {
			return Month.Next(d)
		}
		return start.AddDate(0, 0, 10)
	}
	return g.Start(d).AddDate(0, g.Months(), 0)
}

// Of returns the grain's period that d lies in. That of Total is empty.
func (g Grain) Of(d Day) Range { return Range{g.Start(d), g.Next(d)} }
