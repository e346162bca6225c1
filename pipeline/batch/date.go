package batch

import (
	"regexp"
	"strconv"
	"strings"
)

// The days that a date column holds lie in these years, whatever the period: a birth date is
// after 1900, and a plan is not made beyond 2100. 0206 and 20260 are slips of the finger.
const (
	minYear = 1900
	maxYear = 2100
)

// days counts from 1970-01-01 to y-m-d in the Gregorian calendar, for the years 1 to 9999.
func days(y, m, d int) int32 {
	if m <= 2 {
		y--
		m += 12
	}
	era := y / 400
	yoe := y - era*400
	doy := (153*(m-3)+2)/5 + d - 1
	doe := yoe*365 + yoe/4 - yoe/100 + doy
	return int32(era*146097 + doe - 719468)
}

// civil is the inverse of days.
func civil(n int32) (y, m, d int) {
	z := int(n) + 719468
	era := z / 146097
	doe := z - era*146097
	yoe := (doe - doe/1460 + doe/36524 - doe/146096) / 365
	y = yoe + era*400
	doy := doe - (365*yoe + yoe/4 - yoe/100)
	mp := (5*doy + 2) / 153
	d = doy - (153*mp+2)/5 + 1
	m = mp + 3
	if m > 12 {
		m -= 12
		y++
	}
	return y, m, d
}

// monthLength is the number of days of the month.
func monthLength(y, m int) int {
	switch m {
	case 2:
		if y%4 == 0 && (y%100 != 0 || y%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// day checks and counts y-m-d.
func day(y, m, d int) (int32, *fault) {
	switch {
	case y < minYear || y > maxYear:
		return 0, faultYear
	case m < 1 || m > 12 || d < 1 || d > monthLength(y, m):
		return 0, faultNoSuchDay
	}
	return days(y, m, d), nil
}

// fastDate reads 2006-01-02, 2006/01/02 and 2006.01.02, the shapes of a tidy file.
func fastDate(s string) (y, m, d int, ok bool) {
	if len(s) != 10 || s[4] != s[7] || s[4] != '-' && s[4] != '/' && s[4] != '.' {
		return 0, 0, 0, false
	}
	n := [8]byte{s[0] - '0', s[1] - '0', s[2] - '0', s[3] - '0', s[5] - '0', s[6] - '0', s[8] - '0', s[9] - '0'}
	for _, c := range n {
		if c > 9 {
			return 0, 0, 0, false
		}
	}
	return int(n[0])*1000 + int(n[1])*100 + int(n[2])*10 + int(n[3]), int(n[4])*10 + int(n[5]), int(n[6])*10 + int(n[7]), true
}

// dateText reads a date as people write it. s is folded. The time of day, where there is one, is
// checked for shape and dropped. With month set a year and a month mean the month's first day; else
// they are refused, as is day/month/year, whose order no text tells.
//
//	2026-09-01  2026/9/1  2026.9.1  20260901  2026年9月1日  2026-09-01 08:30:00  2026-09-01T00:00:00Z
func dateText(s string, month bool) (int32, *fault) {
	if y, m, d, ok := fastDate(s); ok {
		if y == 0 && m == 0 && d == 0 {
			return 0, faultZeroDate
		}
		return day(y, m, d)
	}
	t := s
	// the time of day
	if i := strings.IndexAny(t, ":时"); i > 0 {
		j := strings.LastIndexAny(t[:i], " T日号")
		if j < 0 {
			return 0, faultDate
		}
		cut := j
		if t[j] != ' ' && t[j] != 'T' {
			cut = j + len("日")
		}
		if !clock(t[j+1:]) && !clock(t[cut:]) {
			return 0, faultDate
		}
		t = t[:cut]
	}
	t = squeeze(t)
	if i := strings.IndexByte(t, '('); i > 0 && strings.HasSuffix(t, ")") && (strings.Contains(t[i:], "星期") || strings.Contains(t[i:], "周")) {
		t = t[:i]
	}
	for _, w := range [...]string{"星期", "周"} {
		if i := strings.Index(t, w); i > 0 && len(t)-i <= len(w)+3 {
			t = t[:i]
		}
	}
	var n [3]int
	var width [3]int
	var sep [3]string
	k := 0
	for i := 0; i < len(t); {
		if k == 3 {
			return 0, dateFault(s)
		}
		j := i
		for j < len(t) && t[j] >= '0' && t[j] <= '9' {
			j++
		}
		if j == i || j-i > 8 {
			if j-i > 8 {
				return 0, faultDate
			}
			return 0, dateFault(s)
		}
		n[k], _ = strconv.Atoi(t[i:j])
		width[k] = j - i
		i = j
		for j < len(t) && (t[j] < '0' || t[j] > '9') {
			j++
		}
		sep[k] = t[i:j]
		i = j
		k++
	}
	switch k {
	case 0:
		return 0, dateFault(s)
	case 1:
		switch {
		case width[0] == 8 && sep[0] == "":
			if n[0] == 0 {
				return 0, faultZeroDate
			}
			return day(n[0]/10000, n[0]/100%100, n[0]%100)
		case width[0] == 6 && sep[0] == "":
			return yearMonth(n[0]/100, n[0]%100, month)
		case width[0] == 4 && (sep[0] == "" || sep[0] == "年" || sep[0] == "年度"):
			return 0, faultNoDay
		}
		return 0, dateFault(s)
	case 2:
		if width[0] == 4 && (dateSep(sep[0]) && sep[1] == "" || sep[0] == "年" && (sep[1] == "月" || sep[1] == "月份" || sep[1] == "")) && width[1] <= 2 {
			return yearMonth(n[0], n[1], month)
		}
		if width[0] > 4 || width[1] > 2 {
			return 0, faultYear
		}
		return 0, dateFault(s)
	}
	chinese := sep[0] == "年" && sep[1] == "月" && (sep[2] == "日" || sep[2] == "号" || sep[2] == "")
	plain := dateSep(sep[0]) && sep[0] == sep[1] && sep[2] == ""
	switch {
	case !chinese && !plain:
		return 0, dateFault(s)
	case width[0] == 4 && width[1] <= 2 && width[2] <= 2:
		if n[0] == 0 && n[1] == 0 && n[2] == 0 {
			return 0, faultZeroDate
		}
		return day(n[0], n[1], n[2])
	case plain && width[2] == 4 && width[0] <= 2 && width[1] <= 2:
		return 0, faultAmbiguous
	}
	return 0, faultYear
}

// yearMonth is a date without a day.
func yearMonth(y, m int, month bool) (int32, *fault) {
	n, f := day(y, m, 1)
	if f == nil && !month {
		return 0, faultNoDay
	}
	return n, f
}

func dateSep(s string) bool { return s == "-" || s == "/" || s == "." }

// dateFault tells a placeholder from a text that is no date at all.
func dateFault(s string) *fault {
	if placeholder(s) {
		return faultPlaceholder
	}
	return faultDate
}

// clock reports whether s is a time of day: 8:30, 08:30:00.000, 00:00:00Z, 8时30分.
func clock(s string) bool {
	s = strings.NewReplacer("时", ":", "分", ":", "秒", "").Replace(strings.TrimSpace(s))
	s = strings.TrimRight(s, ":")
	s = strings.TrimSuffix(s, "Z")
	if i := strings.IndexByte(s, '+'); i > 0 {
		s = s[:i]
	}
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return false
	}
	for i, p := range parts {
		whole, _, _ := strings.Cut(p, ".")
		v, err := strconv.Atoi(whole)
		if err != nil || v < 0 || i == 0 && v > 24 || i > 0 && v > 60 {
			return false
		}
	}
	return true
}

// dateNumber reads a number that stands in a date column of a workbook: a serial of the 1900
// calendar (serials up to 60 lie before the leap day that calendar invents and are refused; a
// fraction is the time of day), or eight digits that spell a date.
func dateNumber(s string, month bool) (int32, *fault) {
	if len(s) == 8 && strings.IndexByte(s, '.') < 0 {
		return dateText(s, month)
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil:
		return 0, faultDate
	case f < 61 || f >= 2958466:
		return 0, faultSerial
	case f >= minYear && f < maxYear+1:
		// 2026 or 2026.09: a year typed as a number, not the serial of a day in 1905
		return 0, faultNoDay
	}
	n := int32(f) - 25569
	if y, _, _ := civil(n); y > maxYear {
		return 0, faultYear
	}
	return n, nil
}

// The shapes of a period, whose first group or groups are the year and what part of it.
var (
	periodYear    = regexp.MustCompile(`^((?:19|20|21)[0-9]{2})(?:年度?|全年|年全年)?$`)
	periodHalf    = regexp.MustCompile(`(?i)^((?:19|20|21)[0-9]{2})年?度?[-_/]?(?:(上)半年|(下)半年|H([12])|S([12]))$`)
	periodQuarter = regexp.MustCompile(`(?i)^((?:19|20|21)[0-9]{2})年?度?[-_/.:]?第?(?:Q([1-4])|([1-4])Q|([一二三四1-4])季度?|K([1-4]))$`)
	periodEarly   = regexp.MustCompile(`(?i)^(?:Q([1-4])|([1-4])Q)[-_/.,]?((?:19|20|21)[0-9]{2})$`)
	periodMonth   = regexp.MustCompile(`(?i)^((?:19|20|21)[0-9]{2})(?:年|[-_/.]|M|-M)?(0[1-9]|1[0-2]|[1-9])(?:月份?)?$`)
	periodNamed   = regexp.MustCompile(`(?i)^(?:((?:19|20|21)[0-9]{2})[-_/.,]?)?(jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*[-_/.,]?((?:19|20|21)[0-9]{2})?$`)
)

// periodText reads the first month of a period as people write it. s is folded and without blanks.
// A year and one digit (20151) is no month.
func periodText(s string) (y, m int, ok bool) {
	first := func(groups ...string) int {
		for _, g := range groups {
			switch g {
			case "":
			case "上", "一":
				return 1
			case "下", "二":
				return 2
			case "三":
				return 3
			case "四":
				return 4
			default:
				n, _ := strconv.Atoi(g)
				return n
			}
		}
		return 0
	}
	if g := periodYear.FindStringSubmatch(s); g != nil {
		return first(g[1]), 1, true
	}
	if g := periodHalf.FindStringSubmatch(s); g != nil {
		return first(g[1]), first(g[2:]...)*6 - 5, true
	}
	if g := periodQuarter.FindStringSubmatch(s); g != nil {
		return first(g[1]), first(g[2:]...)*3 - 2, true
	}
	if g := periodEarly.FindStringSubmatch(s); g != nil {
		return first(g[3]), first(g[1], g[2])*3 - 2, true
	}
	if g := periodMonth.FindStringSubmatch(s); g != nil && len(s) != 5 {
		return first(g[1]), first(g[2]), true
	}
	if g := periodNamed.FindStringSubmatch(s); g != nil && (g[1] == "") != (g[3] == "") {
		const names = "janfebmaraprmayjunjulaugsepoctnovdec"
		return first(g[1], g[3]), strings.Index(names, strings.ToLower(g[2][:3]))/3 + 1, true
	}
	return 0, 0, false
}
