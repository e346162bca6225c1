package board

import (
	"fmt"
	"sort"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/codes"
)

// Range is a half-open span of days [From, To).
type Range struct{ From, To metric.Day }

// Zero says that no range is given.
func (r Range) Zero() bool { return r.From.IsZero() && r.To.IsZero() }

// Last is the last day inside the range.
func (r Range) Last() metric.Day { return r.To.AddDate(0, 0, -1) }

// periods resolve a named period from the data date d: the last day for which data is published.
var periods = map[string]func(d metric.Day) Range{
	// the state on the data date itself
	"as_of": func(d metric.Day) Range { return Range{d, d.AddDate(0, 0, 1)} },
	"month": func(d metric.Day) Range { return lastFull(d, 1) },
	"quarter": func(d metric.Day) Range {
		return lastFull(d, 3)
	},
	"half": func(d metric.Day) Range { return lastFull(d, 6) },
	"year": func(d metric.Day) Range { return lastFull(d, 12) },
	// three years before the latest complete one: its people have had three years since
	"year_3": func(d metric.Day) Range {
		r := lastFull(d, 12)
		return Range{r.From.AddDate(-3, 0, 0), r.To.AddDate(-3, 0, 0)}
	},
	// the calendar year of the data date, as far as it goes
	"this_year": func(d metric.Day) Range { return Range{day(d.Year(), 1), d.AddDate(0, 0, 1)} },
	"last_12m":  func(d metric.Day) Range { return back(d, 12) },
	"24m":       func(d metric.Day) Range { return back(d, 24) },
	"36m":       func(d metric.Day) Range { return back(d, 36) },
	"60m":       func(d metric.Day) Range { return back(d, 60) },
	"all":       func(d metric.Day) Range { return Range{day(1990, 1), d.AddDate(0, 0, 1)} },
}

// PeriodNames lists the named periods.
func PeriodNames() []string {
	out := make([]string, 0, len(periods))
	for k := range periods {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

// Period resolves a named period from the data date. An unknown name is a fault of the board and was refused when
// it was read, so it resolves to the last twelve months here.
func Period(name string, dataDate metric.Day) Range {
	if f, ok := periods[name]; ok {
		return f(dataDate)
	}
	return back(dataDate, 12)
}

// lastFull is the latest complete block of n months that ends at or before the end of day d.
func lastFull(d metric.Day, n int) Range {
	end := d.AddDate(0, 0, 1)
	months := end.Year()*12 + int(end.Month()) - 1
	months -= months % n
	to := time.Date(months/12, time.Month(months%12+1), 1, 0, 0, 0, 0, time.UTC)
	return Range{to.AddDate(0, -n, 0), to}
}

// back is the n months up to and including the month of d; an unfinished month counts as far as it goes.
func back(d metric.Day, n int) Range {
	end := d.AddDate(0, 0, 1)
	first := day(end.Year(), int(end.Month()))
	if end.Day() != 1 {
		first = first.AddDate(0, 1, 0)
	}
	return Range{first.AddDate(0, -n, 0), end}
}

func day(year, month int) metric.Day {
	return time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
}

// Label says a range as a reader would: 2025 年, 2026 年上半年, 2026 年第 2 季度, 2026 年 6 月, or its first and last day.
func (r Range) Label(loc codes.Lang) string {
	f, t := r.From, r.To
	months := (t.Year()-f.Year())*12 + int(t.Month()) - int(f.Month())
	whole := f.Day() == 1 && t.Day() == 1
	y, m := f.Year(), int(f.Month())
	zh := loc != codes.En
	switch {
	case t.Equal(f.AddDate(0, 0, 1)):
		return DayLabel(f, loc)
	case whole && months == 12 && m == 1:
		if zh {
			return fmt.Sprintf("%d 年", y)
		}
		return fmt.Sprint(y)
	case whole && months == 6 && m%6 == 1:
		if zh {
			return fmt.Sprintf("%d 年%s半年", y, []string{"上", "下"}[m/6])
		}
		return fmt.Sprintf("H%d %d", m/6+1, y)
	case whole && months == 3 && m%3 == 1:
		if zh {
			return fmt.Sprintf("%d 年第 %d 季度", y, m/3+1)
		}
		return fmt.Sprintf("Q%d %d", m/3+1, y)
	case whole && months == 1:
		if zh {
			return fmt.Sprintf("%d 年 %d 月", y, m)
		}
		return f.Format("Jan 2006")
	case whole:
		last := t.AddDate(0, -1, 0)
		if zh {
			return fmt.Sprintf("%d 年 %d 月—%d 年 %d 月", y, m, last.Year(), last.Month())
		}
		return f.Format("Jan 2006") + " – " + last.Format("Jan 2006")
	}
	last := r.Last()
	if sameYear := last.Year() == y; sameYear && last.Month() == f.Month() {
		if zh {
			return fmt.Sprintf("%d 年 %d 月 %d—%d 日", y, m, f.Day(), last.Day())
		}
		return fmt.Sprintf("%d–%s", f.Day(), last.Format("2 Jan 2006"))
	} else if sameYear && zh {
		return fmt.Sprintf("%d 年 %d 月 %d 日—%d 月 %d 日", y, m, f.Day(), last.Month(), last.Day())
	}
	if zh {
		return f.Format("2006-01-02") + " 至 " + r.Last().Format("2006-01-02")
	}
	return f.Format("2 Jan 2006") + " – " + r.Last().Format("2 Jan 2006")
}

// DayLabel says a date.
func DayLabel(d metric.Day, loc codes.Lang) string {
	if d.IsZero() {
		return "—"
	}
	if loc == codes.En {
		return d.Format("2 Jan 2006")
	}
	return fmt.Sprintf("%d 年 %d 月 %d 日", d.Year(), d.Month(), d.Day())
}
