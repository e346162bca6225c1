package cell

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"yanzhen/pipeline/codes"
)

// Months reports whether the title of a column of days says that its days stand for months, quarters or years: 月份, 期间.
func Months(title string) bool {
	return reMonths.MatchString(title) && !reEnds.MatchString(title)
}

var (
	reMonths = regexp.MustCompile(`[月年期季]\s*$|月份|年度|季度|期间|报告期`)
	reEnds   = regexp.MustCompile(`日期|(有效|到|任|试用|合同|服务|聘|保质|保修|质保|宽限|截止|租|工)期\s*$`) // days on which something ends
)

// The days that a date column holds lie in these years, whatever the period: a birth date is
// after 1900, and a plan is not made beyond 2100. 0206 and 20260 are slips of the finger.
const (
	MinYear = 1900
	MaxYear = 2100
)

// Day checks and counts y-m-d.
func Day(y, m, d int) (int32, *Fault) {
	switch {
	case y < MinYear || y > MaxYear:
		return 0, FaultYear
	case m < 1 || m > 12 || d < 1 || d > codes.MonthLength(y, m):
		return 0, FaultNoSuchDay
	}
	return codes.Days(y, m, d), nil
}

// FastDate reads 2006-01-02, 2006/01/02 and 2006.01.02, the shapes of a tidy file.
func FastDate(s string) (y, m, d int, ok bool) {
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

// Date reads a date as people write it. s is folded. The time of day, where there is one, is
// checked for shape and dropped. A year and a month without a day are refused, as is day/month/year,
// whose order no text tells.
//
//	2026-09-01  2026/9/1  2026.9.1  20260901  2026年9月1日  2026-09-01 08:30:00  2026-09-01T00:00:00Z
func Date(s string) (int32, *Fault) {
	n, whole, f := readDate(s)
	if f == nil && !whole {
		return 0, FaultNoDay
	}
	return n, f
}

// OneDate is a date in the one spelling in which dates are held against each other; another text is as it was.
func OneDate(text string) string {
	if len(text) == 10 && text[4] == '-' && text[7] == '-' {
		return text
	}
	if day, f := Date(Fold(text)); f == nil {
		y, m, d := codes.Civil(day)
		return fmt.Sprintf("%04d-%02d-%02d", y, m, d)
	}
	return text
}

// DateOrMonth is Date, but a year and a month mean the month's first day.
func DateOrMonth(s string) (int32, *Fault) {
	n, _, f := readDate(s)
	return n, f
}

// readDate is the day of a date, or the first of a month where no day is said; whole tells them apart.
func readDate(s string) (n int32, whole bool, f *Fault) {
	if y, m, d, ok := FastDate(s); ok {
		n, f = dayOrZero(y, m, d)
		return n, true, f
	}
	s = republic(s)
	if n, whole, f = spelt(inDigits(spread(s))); f == nil && whole && !fellOn(s, n) {
		return 0, true, FaultWeekday
	}
	return n, whole, f
}

// fellOn reports whether a day is the one of the week that a text says, where it says one: 星期四, 周日.
func fellOn(s string, day int32) bool {
	for _, word := range [...]string{"星期", "礼拜", "周"} {
		if _, said, ok := strings.Cut(s, word); ok {
			for i, name := range [...]string{"日", "一", "二", "三", "四", "五", "六", "天"} {
				if strings.HasPrefix(said, name) {
					return (int(day)%7+11)%7 == i%7 // 1970 began on a Thursday
				}
			}
		}
	}
	return true
}

// spelt is readDate for what is in no shape of a tidy file.
func spelt(s string) (n int32, whole bool, f *Fault) {
	if n, f, ok := instant(s); ok {
		return n, true, f
	}
	t, ok := withoutClock(withoutHalf(s))
	if !ok {
		return 0, false, FaultDate
	}
	t = withoutWeekday(Squeeze(t))
	p, f := dateParts(s, t)
	if f != nil {
		return 0, false, f
	}
	switch p.count {
	case 1:
		switch {
		case p.width[0] == 8 && p.after[0] == "":
			if p.n[0] == 0 {
				return 0, true, FaultZeroDate
			}
			n, f = Day(p.n[0]/10000, p.n[0]/100%100, p.n[0]%100)
			return n, true, f
		case p.width[0] == 6 && p.after[0] == "":
			n, f = Day(p.n[0]/100, p.n[0]%100, 1)
			return n, false, f
		case p.width[0] == 4 && (p.after[0] == "" || p.after[0] == "年" || p.after[0] == "年度"):
			return 0, false, FaultNoDay
		}
		if p.width[0] == 7 && p.after[0] == "" && ofRepublic(p.n[0]/10000, p.n[0]/100%100, p.n[0]%100, 3) {
			return 0, true, FaultRepublic
		}
		return 0, false, dateFault(s)
	case 2:
		if p.width[0] == 4 && (dateSep(p.after[0]) && p.after[1] == "" || p.after[0] == "年" && (p.after[1] == "月" || p.after[1] == "月份" || p.after[1] == "")) && p.width[1] <= 2 {
			n, f = Day(p.n[0], p.n[1], 1)
			return n, false, f
		}
		if ofRepublic(p.n[0], p.n[1], 1, p.width[0]) {
			return 0, false, FaultRepublic
		}
		if p.width[0] > 4 || p.width[1] > 2 && !strings.ContainsFunc(p.after[0], unicode.IsLetter) { // 30-Jun-2025 is no date
			return 0, false, FaultYear
		}
		return 0, false, dateFault(s)
	}
	chinese := p.after[0] == "年" && p.after[1] == "月" && (p.after[2] == "日" || p.after[2] == "号" || p.after[2] == "")
	signs := dateSep(p.after[0]) && p.after[0] == p.after[1] && p.after[2] == ""
	switch {
	case !chinese && !signs:
		return 0, true, dateFault(s)
	case p.width[0] == 4 && p.width[1] <= 2 && p.width[2] <= 2:
		n, f = dayOrZero(p.n[0], p.n[1], p.n[2])
		return n, true, f
	case signs && p.width[2] == 4 && p.width[0] <= 2 && p.width[1] <= 2:
		return 0, true, FaultAmbiguous
	case ofRepublic(p.n[0], p.n[1], p.n[2], p.width[0]):
		return 0, true, FaultRepublic
	}
	return 0, true, FaultYear
}

// dayOrZero is Day, but 0000-00-00 is told apart from other wrong years.
func dayOrZero(y, m, d int) (int32, *Fault) {
	if y == 0 && m == 0 && d == 0 {
		return 0, FaultZeroDate
	}
	return Day(y, m, d)
}

// withoutClock cuts the time of day off; false where what stands there is none.
func withoutClock(s string) (string, bool) {
	i := strings.IndexAny(s, ":时点")
	if i <= 0 {
		return s, true
	}
	j := strings.LastIndexAny(s[:i], " T日号")
	if j < 0 {
		return s, false
	}
	cut := j
	if s[j] != ' ' && s[j] != 'T' {
		cut = j + len("日")
	}
	return s[:cut], clock(s[j+1:]) || clock(s[cut:])
}

var reInstant = regexp.MustCompile(`^(\d{4})[-/](\d{1,2})[-/](\d{1,2})[T ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?\s*\(?(?:[Zz]|(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?(?:\s*(?:UTC|GMT|CST))?|UTC|GMT)\)?$`)

// officeMinutes is how far the clocks of the office are ahead of UTC.
const officeMinutes = 8 * 60

// instant reads a moment with its zone and returns the day that it is at the office then; ok is false
// where s is none.
func instant(s string) (n int32, f *Fault, ok bool) {
	if len(s) < 12 || strings.IndexByte(s, ':') < 0 {
		return 0, nil, false
	}
	m := reInstant.FindStringSubmatch(s)
	if m == nil {
		return 0, nil, false
	}
	var v [10]int
	for i := 1; i < len(m); i++ {
		v[i], _ = strconv.Atoi(m[i])
	}
	if n, f = dayOrZero(v[1], v[2], v[3]); f != nil {
		return 0, f, true
	}
	if v[4] > 24 || v[5] > 59 || v[6] > 60 || v[8] > 14 || v[9] > 59 {
		return 0, FaultDate, true
	}
	at := v[4]*60 + v[5] + officeMinutes
	off := v[8]*60 + v[9]
	if m[7] == "-" {
		off = -off
	}
	at -= off
	switch {
	case at < 0:
		n--
	case at >= 24*60:
		n++
	}
	return n, nil, true
}

var reHalf = regexp.MustCompile(`(?i)\s*(?:上午|下午|中午|凌晨|早上|早晨|清晨|晚上|傍晚|午夜|夜里|早|晚|[ap]\.?m\.?)\s*`)

// spread writes 20260228T163000Z as 2026-02-28T16:30:00Z.
func spread(s string) string {
	if len(s) < 13 || s[8] != 'T' || !allDigits(s[:8]) || !allDigits(s[9:13]) {
		return s
	}
	rest := s[13:]
	if len(rest) >= 2 && allDigits(rest[:2]) {
		rest = ":" + rest
	}
	return s[:4] + "-" + s[4:6] + "-" + s[6:8] + "T" + s[9:11] + ":" + s[11:13] + rest
}

// withoutHalf cuts 下午 and PM out of a date with a time of day.
func withoutHalf(s string) string {
	if !strings.ContainsAny(s, ":时点") || len(s) < 12 {
		return s
	}
	return strings.TrimSpace(reHalf.ReplaceAllString(s, " "))
}

// withoutWeekday cuts 星期二, 周二 and (周二) off. s is without blanks.
func withoutWeekday(s string) string {
	if i := strings.IndexByte(s, '('); i > 0 && strings.HasSuffix(s, ")") && (strings.Contains(s[i:], "星期") || strings.Contains(s[i:], "周")) {
		s = s[:i]
	}
	for _, w := range [...]string{"星期", "周"} {
		if i := strings.Index(s, w); i > 0 && len(s)-i <= len(w)+3 {
			s = s[:i]
		}
	}
	return s
}

// parts are the one to three numbers of a date, how many digits each has, and what stands after it.
type parts struct {
	n     [3]int
	width [3]int
	after [3]string
	count int
}

// dateParts cuts t, which is the text s without its time of day, into numbers and what parts them.
func dateParts(s, t string) (p parts, f *Fault) {
	for i := 0; i < len(t); p.count++ {
		j := i
		for j < len(t) && t[j] >= '0' && t[j] <= '9' {
			j++
		}
		switch {
		case p.count == 3, j == i:
			return p, dateFault(s)
		case j-i > 8:
			return p, FaultDate
		}
		p.n[p.count], _ = strconv.Atoi(t[i:j])
		p.width[p.count] = j - i
		i = j
		for j < len(t) && (t[j] < '0' || t[j] > '9') {
			j++
		}
		p.after[p.count] = t[i:j]
		i = j
	}
	if p.count == 0 {
		return p, dateFault(s)
	}
	return p, nil
}

func dateSep(s string) bool { return s == "-" || s == "/" || s == "." }

// dateFault tells a placeholder from a text that is no date at all.
func dateFault(s string) *Fault {
	if Placeholder(s) {
		return FaultPlaceholder
	}
	return FaultDate
}

// clock reports whether s is a time of day: 8:30, 08:30:00.000, 08:30+08:00, 8时30分.
func clock(s string) bool {
	s = strings.NewReplacer("时", ":", "点", ":", "分", ":", "秒", "").Replace(strings.TrimSpace(s))
	s = strings.TrimRight(s, ":")
	for _, zone := range [...]string{"+08:00", "+0800", "+08"} { // that of the office; another would change the day
		s = strings.TrimSuffix(s, zone)
	}
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return false
	}
	for i, p := range parts {
		whole, _, _ := strings.Cut(p, ".")
		v, err := strconv.Atoi(whole)
		if err != nil || v < 0 || i == 0 && v > 24 || i > 0 && v > 59 && (i != 2 || v > 60) {
			return false
		}
	}
	return true
}

// lastInstant is how close to midnight, in days, a serial number means it: a unit in the last place of today's serials,
// as sums of hours are off. 23:59:59.999999 is farther away.
const lastInstant = 1e-11

// StoredDateFrom is StoredDate where serial numbers count from some days after 1899-12-30: 1462 of them in the calendar of 1904.
func StoredDateFrom(ahead int) func(s string) (int32, *Fault) {
	if ahead == 0 {
		return StoredDate
	}
	return func(s string) (int32, *Fault) { return storedDate(s, ahead) }
}

func storedDate(s string, ahead int) (int32, *Fault) {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || len(s) == 8 && strings.IndexByte(s, '.') < 0 || f >= MinYear && f < MaxYear+1 {
		return StoredDate(s)
	}
	if f < 61 {
		return 0, FaultSerial // a count or a zero, as in the other calendar
	}
	return StoredDate(strconv.FormatFloat(f+float64(ahead), 'f', -1, 64))
}

// StoredDate reads a number that stands in a date column of a workbook: a serial of the 1900
// calendar (serials up to 60 lie before the leap day that calendar invents and are refused; a
// fraction is the time of day), or eight digits that spell a date.
func StoredDate(s string) (int32, *Fault) {
	if len(s) == 8 && strings.IndexByte(s, '.') < 0 {
		return Date(s)
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err != nil:
		return 0, FaultDate
	case f < 61 || f >= 2958466:
		return 0, FaultSerial
	case f >= MinYear && f < MaxYear+1:
		// 2026 or 2026.09: a year typed as a number, not the serial of a day in 1905
		return 0, FaultNoDay
	}
	n := int32(f+lastInstant) - 25569
	if y, _, _ := codes.Civil(n); y > MaxYear {
		return 0, FaultYear
	}
	return n, nil
}
