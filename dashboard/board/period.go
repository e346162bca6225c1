package board

import (
	"fmt"
	"slices"
	"sort"
	"strings"
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

// counted is the end of what a point counts of its period: before the period's own end where the data, or the days
// asked for, end inside it.
func counted(pt metric.Point) metric.Day {
	if pt.Until.IsZero() || pt.To.Before(pt.Until) {
		return pt.To
	}
	return pt.Until
}

// Unfinished says that a point counts only a part of the period of the grain that it stands for.
func Unfinished(pt metric.Point, g metric.Grain) bool {
	if g == metric.Total {
		return pt.Partial
	}
	if pt.From.IsZero() || pt.To.IsZero() || pt.Forecast {
		return false
	}
	end := counted(pt)
	return !pt.From.Equal(g.Start(pt.From)) || end.Before(pt.To) || end.Before(g.Next(end.AddDate(0, 0, -1)))
}

// tickOf is the period of a point on an axis; one of which only a part is counted has a star.
func tickOf(pt metric.Point, g metric.Grain, loc codes.Lang) string {
	text := tick(pt.From, g, loc)
	if mergedMonths(pt, g) {
		text = fmt.Sprintf("%d-01—02", pt.From.Year())
	}
	if Unfinished(pt, g) {
		text += "*"
	}
	return text
}

// mergedMonths says that a point is of January and February together, between which the lunar new year moves.
func mergedMonths(pt metric.Point, g metric.Grain) bool {
	return g == metric.Month && pt.From.Month() == time.January && pt.To.After(pt.From.AddDate(0, 1, 0))
}

// periodOf is the period of a point in a table: where only a part is counted, with its first and last day.
func periodOf(pt metric.Point, g metric.Grain, loc codes.Lang) string {
	text := strings.TrimSuffix(tickOf(pt, g, loc), "*")
	if !Unfinished(pt, g) {
		return text
	}
	last := counted(pt).AddDate(0, 0, -1)
	return text + pick(loc, "（"+pt.From.Format("01-02")+" 至 "+last.Format("01-02")+"）", " ("+pt.From.Format("2 Jan")+" – "+last.Format("2 Jan")+")")
}

// axisTicks are the periods of results that begin on days, as an axis names them.
func axisTicks(rs []*metric.Result, days []metric.Day, g metric.Grain, loc codes.Lang) []string {
	out := make([]string, len(days))
	for i, d := range days {
		out[i] = tick(d, g, loc)
		for _, r := range rs {
			if at := slices.IndexFunc(r.Points, func(pt metric.Point) bool { return pt.From.Equal(d) }); at >= 0 {
				out[i] = tickOf(r.Points[at], g, loc)
				break
			}
		}
	}
	return out
}

// Remarks say below a figure which of its periods are unfinished and what each is compared with.
func Remarks(rs []*metric.Result, loc codes.Lang) []string {
	var out []string
	add := func(text string) {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	for _, r := range rs {
		if r == nil {
			continue
		}
		compare := r.Query.Compare
		if slices.ContainsFunc(r.Points, func(pt metric.Point) bool { return mergedMonths(pt, r.Query.Grain) }) {
			add(pick(loc, "1、2 月并为一期", "January and February are one period"))
		}
		var last *metric.Point
		seen := map[metric.Day]bool{}
		for i := range r.Points {
			pt := &r.Points[i]
			if last == nil || pt.From.After(last.From) {
				last = pt
			}
			if seen[pt.From] || !Unfinished(*pt, r.Query.Grain) {
				continue
			}
			seen[pt.From] = true
			part := Range{pt.From, counted(*pt)}.Label(loc)
			switch {
			case r.Query.Grain == metric.Total && pt.BaseFrom.IsZero():
			case pt.BaseFrom.IsZero():
				add("* " + pick(loc, "只含 "+part, part+" only"))
			default:
				add(map[bool]string{true: "", false: "* "}[r.Query.Grain == metric.Total] + part + pick(loc, "，与"+baseName(compare, loc)+"相同天数比", ", against the same days: ") +
					pick(loc, "（"+Range{pt.BaseFrom, pt.BaseTo}.Label(loc)+"）", Range{pt.BaseFrom, pt.BaseTo}.Label(loc)))
			}
		}
		if compare == metric.NoCompare || last == nil || last.BaseFrom.IsZero() || r.Query.Grain == metric.Total && Unfinished(*last, metric.Total) {
			continue
		}
		from, to := last.BaseFrom, last.BaseTo
		for _, pt := range r.Points {
			if !pt.BaseFrom.IsZero() && pt.BaseFrom.Before(from) {
				from = pt.BaseFrom
			}
		}
		add(pick(loc, "对比"+baseName(compare, loc)+"："+Range{from, to}.Label(loc), "compared with "+Range{from, to}.Label(loc)))
	}
	return out
}

// tick is a period on an axis.
func tick(d metric.Day, g metric.Grain, loc codes.Lang) string {
	switch g {
	case metric.Year:
		return fmt.Sprint(d.Year())
	case metric.Half:
		if loc == codes.En {
			return fmt.Sprintf("%d H%d", d.Year(), (int(d.Month())-1)/6+1)
		}
		return fmt.Sprintf("%d%s半年", d.Year(), []string{"上", "下"}[(int(d.Month())-1)/6])
	case metric.Quarter:
		return fmt.Sprintf("%dQ%d", d.Year(), (int(d.Month())-1)/3+1)
	case metric.Total:
		return d.Format("2006-01-02")
	case metric.Ten:
		i := min((d.Day()-1)/10, 2)
		return d.Format("2006-01") + pick(loc, []string{"上旬", "中旬", "下旬"}[i], []string{" 1–10", " 11–20", " 21–"}[i])
	}
	return d.Format("2006-01")
}
