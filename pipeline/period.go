package pipeline

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/width"
)

// Period is the stretch of time a submission speaks for: [From, To), both midnight UTC.
// The zero Period means "not known".
type Period struct {
	From time.Time
	To   time.Time
}

// IsZero reports whether the period is not known.
func (p Period) IsZero() bool { return p.From.IsZero() || p.To.IsZero() }

// Holds reports whether the day lies in [From, To).
func (p Period) Holds(day time.Time) bool { return !day.Before(p.From) && day.Before(p.To) }

// Overlaps reports whether the two periods share a day.
func (p Period) Overlaps(q Period) bool { return p.From.Before(q.To) && q.From.Before(p.To) }

// String is the canonical name: 2026-06, 2026-Q2, 2026-H1, 2026, or from/to for anything else.
// ParsePeriod reads every one of them back.
func (p Period) String() string {
	if p.IsZero() {
		return ""
	}
	y, m := p.From.Year(), int(p.From.Month())
	if p.From.Day() == 1 && p.To.Day() == 1 {
		switch months := (p.To.Year()-y)*12 + int(p.To.Month()) - m; {
		case months == 1:
			return fmt.Sprintf("%04d-%02d", y, m)
		case months == 3 && m%3 == 1:
			return fmt.Sprintf("%04d-Q%d", y, (m+2)/3)
		case months == 6 && m%6 == 1:
			return fmt.Sprintf("%04d-H%d", y, (m+5)/6)
		case months == 12 && m == 1:
			return fmt.Sprintf("%04d", y)
		}
	}
	return p.From.Format(time.DateOnly) + "/" + p.To.Format(time.DateOnly)
}

// Zh names the period as people write it: 2026年6月, 2026年上半年.
func (p Period) Zh() string {
	s := p.String()
	switch {
	case s == "":
		return "期间不明"
	case len(s) == 4:
		return s + "年"
	case strings.HasSuffix(s, "-H1"):
		return s[:4] + "年上半年"
	case strings.HasSuffix(s, "-H2"):
		return s[:4] + "年下半年"
	case strings.Contains(s, "-Q"):
		return s[:4] + "年第" + string([]rune("一二三四")[s[6]-'1']) + "季度"
	case len(s) == 7:
		return fmt.Sprintf("%d年%d月", p.From.Year(), int(p.From.Month()))
	}
	return s
}

func span(year, month, months int) Period {
	from := time.Date(year, time.Month(month), 1, 0, 0, 0, 0, time.UTC)
	return Period{from, from.AddDate(0, months, 0)}
}

// enclosing returns the period of the given grain (month, quarter, half, year) that holds the day.
func enclosing(grain string, day time.Time) Period {
	y, m := day.Year(), int(day.Month())
	switch grain {
	case "year":
		return span(y, 1, 12)
	case "half":
		return span(y, (m-1)/6*6+1, 6)
	case "quarter":
		return span(y, (m-1)/3*3+1, 3)
	}
	return span(y, m, 1)
}

// Each form a period takes in file names. Years are 19xx to 21xx: a longer run of digits is
// something else (a date of printing, a serial number).
var (
	reRange   = regexp.MustCompile(`((?:19|20|21)\d\d-\d\d-\d\d)/((?:19|20|21)\d\d-\d\d-\d\d)`)
	reYears   = regexp.MustCompile(`(?:^|\D)((?:19|20|21)\d\d)年?[-—–~至到_]+((?:19|20|21)\d\d)(?:年度?|[_ ()\[\]]|\.\D|$)`)
	reMonths  = regexp.MustCompile(`((?:19|20|21)\d\d)年?[.\-]?(\d{1,2})月?[-—–~至到]+(\d{1,2})月`)
	reMonth   = regexp.MustCompile(`((?:19|20|21)\d\d)年0?(1[0-2]|[1-9])月`)
	reHalf    = regexp.MustCompile(`((?:19|20|21)\d\d)年?度?(上|下)半年`)
	reHalfEn  = regexp.MustCompile(`(?i)((?:19|20|21)\d\d)[-_ ]?H([12])(?:\D|$)`)
	reQuarter = regexp.MustCompile(`((?:19|20|21)\d\d)年?第?([一二三四1-4])季度?`)
	reQuartEn = regexp.MustCompile(`(?i)((?:19|20|21)\d\d)[-_ ]?Q([1-4])(?:\D|$)`)
	reISO     = regexp.MustCompile(`(?:^|\D)((?:19|20|21)\d\d)[-.](0[1-9]|1[0-2]|[1-9])(?:[^\d\-.]|$|\.[A-Za-z])`)
	reCompact = regexp.MustCompile(`(?:^|\D)((?:19|20|21)\d\d)(0[1-9]|1[0-2])(?:\D|$)`)
	reYear    = regexp.MustCompile(`((?:19|20|21)\d\d)年(?:度|$|[^0-9])`)
	reBare    = regexp.MustCompile(`(?:^|[_\- ])((?:19|20|21)\d\d)(?:[_ (]|$|[.\-](?:\D|$))`)
)

// ParsePeriod finds the one period named in a text (a file name, an option): 2026年6月, 2026-06,
// 202606, 2026年上半年, 2026H1, 2026年第二季度, 2026Q2, 2026年, 2026年1-6月, 2015-2019年, 2026-01-01/2026-07-01.
// ok is false where none is named, and where the text names a month that does not exist.
func ParsePeriod(text string) (p Period, ok bool) {
	p, _, ok = findPeriod(width.Narrow.String(text))
	return p, ok
}

// findPeriod also returns the words that named the period, so that a file name can be cut up.
func findPeriod(s string) (p Period, words string, ok bool) {
	num := func(s string) int { n, _ := strconv.Atoi(s); return n }
	sub := func(re *regexp.Regexp) []string { return re.FindStringSubmatch(s) }
	if m := sub(reRange); m != nil {
		from, err1 := time.Parse(time.DateOnly, m[1])
		to, err2 := time.Parse(time.DateOnly, m[2])
		return Period{from, to}, m[0], err1 == nil && err2 == nil && from.Before(to)
	}
	if m := sub(reYears); m != nil && num(m[1]) < num(m[2]) {
		return span(num(m[1]), 1, 12*(num(m[2])-num(m[1])+1)), m[0], true
	}
	if m := sub(reMonths); m != nil {
		a, b := num(m[2]), num(m[3])
		if a < 1 || b > 12 || a > b {
			return Period{}, "", false
		}
		return span(num(m[1]), a, b-a+1), m[0], true
	}
	if m := sub(reMonth); m != nil {
		return span(num(m[1]), num(m[2]), 1), m[0], true
	}
	if m := sub(reHalf); m != nil {
		start := 1
		if m[2] == "下" {
			start = 7
		}
		return span(num(m[1]), start, 6), m[0], true
	}
	if m := sub(reHalfEn); m != nil {
		return span(num(m[1]), num(m[2])*6-5, 6), m[0], true
	}
	if m := sub(reQuarter); m != nil {
		q := strings.Index("一二三四", m[2])/3 + 1
		if m[2][0] <= '9' {
			q = num(m[2])
		}
		return span(num(m[1]), q*3-2, 3), m[0], true
	}
	if m := sub(reQuartEn); m != nil {
		return span(num(m[1]), num(m[2])*3-2, 3), m[0], true
	}
	for _, re := range []*regexp.Regexp{reISO, reCompact} {
		if m := sub(re); m != nil {
			return span(num(m[1]), num(m[2]), 1), m[0], true
		}
	}
	for _, re := range []*regexp.Regexp{reYear, reBare} {
		if m := sub(re); m != nil {
			return span(num(m[1]), 1, 12), m[0], true
		}
	}
	return Period{}, "", false
}
