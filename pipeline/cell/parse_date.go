package cell

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// What the columns read that ask for parse: year, month_day, day_month_year, month_day_year and period_start.

// Year reads 2026, 2026年, 2026年度 or the year of a date. s is folded.
func Year(s string) (int, *Fault) {
	s = republic(s)
	t := Squeeze(s)
	t = strings.TrimSuffix(strings.TrimSuffix(t, "年度"), "年")
	if allDigits(t) {
		if len(t) == 4 {
			y, _ := strconv.Atoi(t)
			return plausible(y)
		}
		if len(t) < 8 {
			return 0, FaultYear
		}
	}
	n, f := DateOrMonth(s)
	if f != nil {
		return 0, f
	}
	y, _, _ := codes.Civil(n)
	return plausible(y)
}

// StoredYear reads a number of a workbook: a year, or the serial of a day.
func StoredYear(s string) (int, *Fault) {
	if v, err := strconv.ParseFloat(s, 64); err == nil && v < 10_000 {
		if v != math.Trunc(v) {
			return 0, FaultWhole
		}
		return plausible(int(v))
	}
	n, f := StoredDate(s)
	if f != nil {
		return 0, f
	}
	y, _, _ := codes.Civil(n)
	return plausible(y)
}

func plausible(y int) (int, *Fault) {
	if y < MinYear || y > MaxYear {
		return 0, FaultYear
	}
	return y, nil
}

// MonthDay reads 04-20, 4月20日 or 4/20发布; false for anything else, such as a whole date. s is folded.
func MonthDay(s string) (m, d int, ok bool) {
	s = Squeeze(s)
	s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(s, "发布"), "日"), "号")
	month, day, ok := strings.Cut(strings.NewReplacer("月", "-", "/", "-", ".", "-").Replace(s), "-")
	if !ok || !allDigits(month) || !allDigits(day) || len(month) > 2 || len(day) > 2 {
		return 0, 0, false
	}
	m, _ = strconv.Atoi(month)
	d, _ = strconv.Atoi(day)
	return m, d, true
}

// DayMonthYear reads 31/12/2025; false for anything else, such as a text with the year first. s is folded.
func DayMonthYear(s string) (n int32, f *Fault, ok bool) {
	a, b, y, ok := yearLast(s)
	if !ok {
		return 0, nil, false
	}
	n, f = dayOrZero(y, b, a)
	return n, f, true
}

// MonthDayYear reads 12/31/2025, as DayMonthYear does 31/12/2025.
func MonthDayYear(s string) (n int32, f *Fault, ok bool) {
	a, b, y, ok := yearLast(s)
	if !ok {
		return 0, nil, false
	}
	n, f = dayOrZero(y, a, b)
	return n, f, true
}

// yearLast cuts 01/12/2000 into its three numbers.
func yearLast(s string) (a, b, year int, ok bool) {
	s = Squeeze(s)
	i := strings.IndexAny(s, "-/.")
	if i <= 0 {
		return 0, 0, 0, false
	}
	p := strings.Split(s, s[i:i+1])
	if len(p) != 3 || !allDigits(p[0]) || !allDigits(p[1]) || !allDigits(p[2]) || len(p[0]) > 2 || len(p[1]) > 2 || len(p[2]) != 4 {
		return 0, 0, 0, false
	}
	a, _ = strconv.Atoi(p[0])
	b, _ = strconv.Atoi(p[1])
	year, _ = strconv.Atoi(p[2])
	return a, b, year, true
}

// BareMonth reads 6月, 06月份 or 六月: a month whose year stands elsewhere; 0: it is none. s is folded and without blanks.
func BareMonth(s string) int {
	s, ok := strings.CutSuffix(strings.TrimSuffix(s, "份"), "月")
	if !ok || s == "" || len(s) > len("十二") {
		return 0
	}
	if i := slices.Index(months, s); i >= 0 {
		return i + 1
	}
	if n, err := strconv.Atoi(s); err == nil && allDigits(s) && len(s) < 3 && n <= 12 {
		return n
	}
	return 0
}

var months = []string{"一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"}

// PeriodStart reads the first day of the year, half year, quarter or month that a text names; false where
// it names none. s is folded and without blanks.
func PeriodStart(s string) (n int32, f *Fault, ok bool) {
	r, ok := days.ParseNamed(republic(s))
	if !ok || r.Grain() == days.Ten {
		return 0, nil, false
	}
	n, f = Day(r.From.Year(), int(r.From.Month()), 1)
	return n, f, true
}

// MonthStart reads the first day of the month that a text names, as PeriodStart does; false where it names none, or a longer
// period.
func MonthStart(s string) (n int32, f *Fault, ok bool) {
	if r, ok := days.ParseNamed(republic(s)); !ok || r.Grain() != days.Month {
		return 0, nil, false
	}
	return PeriodStart(s)
}
