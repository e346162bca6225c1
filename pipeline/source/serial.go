package source

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// epoch says what day a workbook's serial numbers count from.
type epoch struct{ from1904 bool }

// date turns the digits of a serial number into a Date's text. Below 61 it refuses: in the 1900
// system those lie in the leap year that never was, and what is found there in practice are
// counts, ages and zeros under a date format.
func (e epoch) date(digits string) (string, bool) {
	serial, err := strconv.ParseFloat(digits, 64)
	if err != nil || !(serial >= 61) {
		return "", false
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if e.from1904 {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	whole := math.Floor(serial)
	if whole > 2958465 {
		return "", false
	}
	seconds := math.Round((serial - whole) * 86400)
	t := base.AddDate(0, 0, int(whole)).Add(time.Duration(seconds) * time.Second)
	if t.Year() > 9999 {
		return "", false
	}
	if seconds == 0 || seconds == 86400 {
		return t.Format("2006-01-02"), true
	}
	return t.Format("2006-01-02 15:04:05"), true
}

// isoDate reads the text of a cell of type d.
func isoDate(s string) (string, bool) {
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if t.Hour() == 0 && t.Minute() == 0 && t.Second() == 0 {
			return t.Format("2006-01-02"), true
		}
		return t.Format("2006-01-02 15:04:05"), true
	}
	return "", false
}

// builtinDate tells the number formats that show a date without a format code: 14 to 17 and 22
// everywhere, 27 to 31, 36, 50 to 54 and 57 to 58 in East Asian versions. 18 to 21, 32 to 35, 45
// to 47, 55 and 56 show a time of day or a duration.
func builtinDate(id int) bool {
	switch {
	case id >= 14 && id <= 17, id == 22, id >= 27 && id <= 31, id == 36, id >= 50 && id <= 54, id == 57, id == 58:
		return true
	}
	return false
}

// dateFormat tells whether a number format shows a date: its first section has a year, a day,
// an era or a month, outside quotes, brackets and escapes. A lone m is a month, but beside an h
// or an s it is minutes.
func dateFormat(code string) bool {
	var year, month, day, clock bool
	for i := 0; i < len(code); i++ {
		switch c := code[i]; c {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return year || day || month && !clock
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return false
			}
			switch strings.ToLower(code[i+1 : i+end]) {
			case "h", "hh", "m", "mm", "s", "ss": // a duration
				return false
			}
			i += end
		case 'y', 'Y', 'e':
			year = true
		case 'E': // 0.00E+00
			if i+1 >= len(code) || code[i+1] != '+' && code[i+1] != '-' {
				year = true
			}
		case 'd', 'D':
			day = true
		case 'm', 'M':
			month = true
		case 'h', 'H', 's', 'S':
			clock = true
		case 'g', 'G':
			if n := len("General"); len(code)-i >= n && strings.EqualFold(code[i:i+n], "General") {
				i += n - 1
			} else {
				year = true // an era
			}
		case 'A', 'a': // AM/PM holds an M
			for _, mark := range []string{"AM/PM", "A/P"} {
				if len(code)-i >= len(mark) && strings.EqualFold(code[i:i+len(mark)], mark) {
					clock = true
					i += len(mark) - 1
					break
				}
			}
		case ';':
			return year || day || month && !clock
		}
	}
	return year || day || month && !clock
}

// show is how a number format shows a number, where that changes what the number says.
type show uint8

const (
	asNumber show = iota
	asDate
	asPercent // 0.123 stands there as 12.3%
)

// shown reads a number format.
func shown(code string) show {
	switch {
	case dateFormat(code):
		return asDate
	case percentFormat(code):
		return asPercent
	}
	return asNumber
}

// builtinShow is shown for the formats that have a number and no code.
func builtinShow(id int) show {
	switch {
	case builtinDate(id):
		return asDate
	case id == 9 || id == 10: // 0% and 0.00%
		return asPercent
	}
	return asNumber
}

// percentFormat reports whether a format has a percent sign that is not quoted.
func percentFormat(code string) bool {
	for i := 0; i < len(code); i++ {
		switch code[i] {
		case '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return false
			}
			i += end + 1
		case '\\', '_', '*':
			i++
		case '[':
			if end := strings.IndexByte(code[i:], ']'); end > 0 {
				i += end
			}
		case '%':
			return true
		}
	}
	return false
}

// percent writes a stored number as its cell shows it, with all of the 15 digits that a workbook keeps:
// 0.123 is 12.3%, and 0.57999999999999996 is 58%.
func percent(digits string) (string, bool) {
	if len(digits) > 15 || strings.ContainsAny(digits, "eE") {
		v, err := strconv.ParseFloat(digits, 64)
		if err != nil || v > 1e15 || v < -1e15 {
			return "", false
		}
		v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'e', 14, 64), 64)
		digits = strconv.FormatFloat(v, 'f', -1, 64)
	}
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	whole, rest, _ := strings.Cut(digits, ".")
	for _, b := range whole + rest {
		if b < '0' || b > '9' {
			return "", false
		}
	}
	for len(rest) < 2 {
		rest += "0"
	}
	whole, rest = strings.TrimLeft(whole+rest[:2], "0"), rest[2:]
	if whole == "" {
		whole = "0"
	}
	if rest != "" {
		rest = "." + rest
	}
	return sign + whole + rest + "%", true
}
