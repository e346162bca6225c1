package days

import (
	"maps"
	"slices"
)

// relative are the periods that are named by where they lie from a day: the last one for which there are data.
var relative = map[string]func(d Day) Range{
	// the state on the day itself
	"as_of":   func(d Day) Range { return Range{d, d.AddDate(0, 0, 1)} },
	"month":   func(d Day) Range { return lastWhole(d, 1) },
	"quarter": func(d Day) Range { return lastWhole(d, 3) },
	"half":    func(d Day) Range { return lastWhole(d, 6) },
	"year":    func(d Day) Range { return lastWhole(d, 12) },
	// three years before the latest complete one: its people have had three years since
	"year_3": func(d Day) Range {
		r := lastWhole(d, 12)
		return Range{r.From.AddDate(-3, 0, 0), r.To.AddDate(-3, 0, 0)}
	},
	// the calendar year of the day, as far as it goes
	"this_year": func(d Day) Range { return Range{Date(d.Year(), 1, 1), d.AddDate(0, 0, 1)} },
	"last_12m":  func(d Day) Range { return lastMonths(d, 12) },
	"24m":       func(d Day) Range { return lastMonths(d, 24) },
	"36m":       func(d Day) Range { return lastMonths(d, 36) },
	"60m":       func(d Day) Range { return lastMonths(d, 60) },
	"all":       func(d Day) Range { return Range{Date(1990, 1, 1), d.AddDate(0, 0, 1)} },
}

// RelativeNames lists the names that Relative knows, sorted.
func RelativeNames() []string { return slices.Sorted(maps.Keys(relative)) }

// Relative resolves a period that is named by where it lies from the day last: month is the latest complete one, 24m
// the two years that end with last. A name that is not known is the last twelve months: who reads names from outside
// holds them against RelativeNames first.
func Relative(name string, last Day) Range {
	if f, ok := relative[name]; ok {
		return f(last)
	}
	return lastMonths(last, 12)
}

// lastWhole is the latest complete block of n months, as the year has them, that ends by the end of day d.
func lastWhole(d Day, n int) Range {
	end := d.AddDate(0, 0, 1)
	months := end.Year()*12 + int(end.Month()) - 1
	months -= months % n
	to := Date(months/12, 1, 1).AddDate(0, months%12, 0)
	return Range{to.AddDate(0, -n, 0), to}
}

// lastMonths is the n months up to and including the month of d, which counts as far as it goes.
func lastMonths(d Day, n int) Range {
	end := d.AddDate(0, 0, 1)
	return Range{Month.Next(d).AddDate(0, -n, 0), end}
}
