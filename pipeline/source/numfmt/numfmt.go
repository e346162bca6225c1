// Package numfmt writes the numbers of a workbook as its number formats show them: as days, as percentages, with
// zeros before them or words around them. What a sender sees is what was sent.
package numfmt

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Epoch says what day a workbook's serial numbers count from.
type Epoch struct {
	Ahead int  // days from 1899-12-30 to the day that is 0: 1462 in the calendar of 1904
	Shown bool // days are written as their cells show them, as the names of columns are
}

// From1904 is how far ahead the calendar of 1904 is.
const From1904 = 1462

// date turns the digits of a serial number into a Date's text. Below 61 it refuses: in the 1900
// system those lie in the leap year that never was, and what is found there in practice are
// counts, ages and zeros under a date format.
func (e Epoch) date(digits string) (string, bool) {
	serial, err := strconv.ParseFloat(digits, 64)
	if err != nil || !(serial >= 61) {
		return "", false
	}
	base := time.Date(1899, 12, 30+e.Ahead, 0, 0, 0, 0, time.UTC)
	whole := math.Floor(serial)
	if whole > 2958465 {
		return "", false
	}
	// the last second of a day is a day's: only what a sum of hours is off from midnight, a unit in the last place, is the
	// next
	seconds := math.Round((serial - whole) * 86400)
	if seconds == 86400 && whole+1-serial > 1e-11 {
		seconds--
	}
	t := base.AddDate(0, 0, int(whole)).Add(time.Duration(seconds) * time.Second)
	if t.Year() > 9999 {
		return "", false
	}
	if seconds == 0 || seconds == 86400 {
		return t.Format("2006-01-02"), true
	}
	return t.Format("2006-01-02 15:04:05"), true
}

// ISODate reads the text of a cell of type d.
func ISODate(s string) (string, bool) {
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05", "2006-01-02T15:04:05Z07:00", "2006-01-02T15:04"} {
		t, err := time.Parse(layout, s)
		if err != nil {
			continue
		}
		if layout == "2006-01-02T15:04:05Z07:00" {
			t = t.In(time.FixedZone("UTC+8", 8*3600)) // a moment is the day that it is at the office
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
		case 'A', 'a': // AM/PM holds an M; aaa is a day of the week
			day = day || strings.HasPrefix(strings.ToLower(code[i:]), "aaa")
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

// Show is how a number format shows a number, where that changes what the number says.
type Show struct {
	as            showing
	zeros         int    // of asPadded: how many digits there are at least
	before, after string // of asWords: what stands around the number
	code          string // of asDate: the format; empty: yyyy/m/d
	form          Form   // of the digits, where they are not written here
	native        native // of asWords: the digits of a language
	minus         bool   // it writes a sign or brackets of its own around the number
	none          bool   // it shows no digit
	by            []section
	texts         *words // of texts; nil: they stand there as they are
}

// Plain reports whether a number stands there as it is.
func (s *Show) Plain() bool { return s.as == asNumber && s.by == nil }

// Day writes a day, as a Date's text holds it, as the format shows it.
func (s *Show) Day(text string) string { return showDay(s.code, text) }

// Dated is a day, as a Date's text holds it, as the format of a style shows it where days are, and how it is shown. Styles may lie
// outside of their list.
func Dated(shows []Show, style int, text string, days Epoch) (string, Form) {
	if style < 0 || style >= len(shows) {
		return text, Free
	}
	if days.Shown {
		text = shows[style].Day(text)
	}
	return text, shows[style].Form("")
}

// Kind says what Write has written.
type Kind uint8

// The kinds of what Write writes.
const (
	Number Kind = iota // digits
	Text
	Date   // 2006-01-02 or 2006-01-02 15:04:05; as the format shows it where Epoch.Shown
	Scaled // the stored digits, though another number is shown: in thousands, as a duration
)

type showing uint8

const (
	asNumber  showing = iota
	asDate            // 46113 stands there as 2026-04-01
	asPercent         // 0.123 stands there as 12.3%
	asPadded          // 1234 stands there as 001234
	asWords           // 3.2 stands there as 3.20万元
	asBlank           // nothing of the number stands there, but perhaps a word
	asOther           // 12300 stands there as 12.3, or 1.5 as 36:00
)

// Read reads a number format.
func Read(code string) (s Show) {
	if s = choose(sections(code)); !general(code) && dateFormat(code) {
		s = Show{as: asDate, code: code, form: dayForm(code)}
	}
	if s.texts = readWords(code); s.Plain() && s.texts != nil && !s.texts.other && sectionEnd(code) == len(code) { // of numbers too
		s.as, s.before, s.after = asWords, s.texts.before, s.texts.after
	}
	return s
}

// general reports whether a format is General, however a version of the program spells it: it has no place
// for a digit, and a letter that no date is written with.
func general(code string) bool {
	odd := false
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return odd
			}
			i += end + 1
		case c == '\\' || c == '_' || c == '*' || c == '!':
			i += skip(code, i)
		case c == '[':
			if end := strings.IndexByte(code[i:], ']'); end > 0 {
				i += end
			}
		case c == '0' || c == '#' || c == '?' || c == '@':
			return false
		case c == ';':
			return odd
		case c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z':
			odd = odd || strings.IndexByte("ymdhsegabpnrYMDHSEGABPNR", c) < 0
		case c >= 0x80:
			r, n := utf8.DecodeRuneInString(code[i:])
			odd = odd || unicode.IsLetter(r) && !strings.ContainsRune("年月日号時时分秒上下午星期周曜", r)
			i += n - 1
		}
	}
	return odd || strings.EqualFold(strings.TrimSpace(code), "General")
}

// plain is what was seen of a section that shows neither a date nor a percentage.
type plain struct {
	before, after  strings.Builder // what it writes around the number
	places         places
	zeros          int  // places for a digit that are always filled
	commas         int  // since the last place
	digits, others bool // there are places for digits, and some that may stay blank
	power          bool // E+00
	native         native
	scaled, clock  bool // it shows another number
}

func (p *plain) words(s string) {
	if p.digits {
		p.after.WriteString(s)
	} else {
		p.before.WriteString(s)
	}
}

// plainFormat reads a section that shows neither a date nor a percentage, and what it writes around the number.
func plainFormat(code string) (show Show, left, right string) {
	p := plain{native: nativeOf(code)}
	for i := 0; i < len(code) && code[i] != ';'; i++ {
		switch c := code[i]; {
		case c == '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return Show{}, "", ""
			}
			p.words(code[i+1 : i+1+end])
			i += end + 1
		case c == '_' || c == '*':
			i += skip(code, i)
		case c == '\\' || c == '!':
			if i++; i < len(code) {
				_, n := utf8.DecodeRuneInString(code[i:])
				p.words(code[i : i+n])
				i += n - 1
			}
		case c == '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return Show{}, "", ""
			}
			currency, duration := bracket(code[i+1 : i+end])
			p.words(currency)
			p.clock = p.clock || duration
			i += end
		case c == '/' && p.after.Len() > 0: // 0元/人
			return Show{as: asOther}, "", ""
		case c == '/': // a fraction
			return Show{form: Odd}, "", ""
		case c == '@':
			return Show{}, "", ""
		case c == 'E' && p.digits: // a power: all digits that are stored
			p.power = true
			for i+1 < len(code) && strings.IndexByte("+-0#", code[i+1]) >= 0 {
				i++
			}
		case c >= 0x80:
			_, n := utf8.DecodeRuneInString(code[i:])
			p.words(code[i : i+n])
			i += n - 1
		default:
			p.sign(c)
		}
	}
	return p.show(), p.before.String(), p.after.String()
}

// sign takes in a character of a format.
func (p *plain) sign(c byte) {
	switch c {
	case '0', '#', '?':
		p.scaled = p.scaled || p.digits && p.after.Len() > 0 // a sign of one's own between digits: 0!.0000
		if c == '0' {
			p.zeros++
		} else {
			p.others = true
		}
		p.places.grouped = p.places.grouped || p.commas > 0
		p.digits, p.commas = true, 0
		p.places.add(c)
	case '.':
		p.places.point = true
		p.others, p.scaled, p.commas = p.others || p.digits, p.scaled || p.commas > 0, 0
	case ',':
		if p.digits {
			p.commas++
		}
	case '-', '(', ')', '$':
		p.words(string(c))
	case 'h', 's', 'H', 'S':
		p.clock = p.clock || !p.digits
	}
}

// show is how the section shows a number.
func (p *plain) show() Show {
	before, after := p.before.String(), p.after.String()
	s := Show{before: said(before), after: saidBehind(after), minus: signed(before, after), none: !p.digits, native: p.native}
	switch around := before + after; {
	case strings.ContainsAny(around, "¥￥") || strings.Contains(around, "RMB") || strings.Contains(around, "CNY"):
		s.form = Yuan
	case s.before == "" && s.after == "" && (p.native != (native{}) || strings.TrimSpace(around) != ""):
		s.form = Odd
	case p.power:
		p.others = true
	default:
		s.form = p.places.form()
	}
	zeros := 0
	if p.zeros > 1 && !p.others {
		zeros = p.zeros
	}
	switch {
	case p.scaled || p.commas > 0 || p.clock && !p.digits:
		return Show{as: asOther}
	case !p.digits && strings.ContainsAny(s.before, "0123456789"):
		return Show{as: asOther} // 10 whatever is stored
	case !p.digits:
		s.as = asBlank
	case s.before != "" || s.after != "":
		s.as, s.zeros = asWords, zeros
	case zeros > 0:
		s.as, s.zeros = asPadded, zeros
	default:
		s.as = asNumber
	}
	return s
}

// bracket reads what stands in square brackets: the sign of a currency, or that hours are counted on
// beyond a day. Colours, conditions and languages say nothing.
func bracket(s string) (currency string, duration bool) {
	switch s = strings.ToLower(s); s {
	case "h", "hh", "m", "mm", "s", "ss":
		return "", true
	}
	s, ok := strings.CutPrefix(s, "$")
	if !ok {
		return "", false
	}
	s, _, _ = strings.Cut(s, "-")
	return s, false
}

// said is what a format writes around a number, where that says something: not brackets, dashes and blanks,
// and not the sign of the currency that the whole country counts in.
func said(s string) string {
	all := strings.TrimSpace(s)
	s = strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || strings.ContainsRune("()-+（）－−–△▲:：.,", r)
	})
	switch s {
	case "", "负", "¥", "￥", "RMB", "CNY", "cny", "rmb":
		return ""
	}
	if strings.HasSuffix(all, ".") || strings.HasSuffix(all, "-") {
		return all // No.12, QT-12
	}
	return s
}

// saidBehind is said of what stands behind a number: 5+ is more than 5.
func saidBehind(s string) string {
	if strings.TrimSpace(s) == "+" {
		return "+"
	}
	return said(s)
}

// Write is a stored number as its format shows it, for the kinds of Show that this package writes; ok is
// false where it stays a number.
func (s Show) Write(digits string, days Epoch) (text string, kind Kind, ok bool) {
	if s.by != nil {
		s = s.of(digits)
	}
	switch s.as {
	case asDate:
		if text, ok = days.date(digits); ok && days.Shown {
			text = showDay(s.code, text)
		}
		if v, err := strconv.ParseFloat(digits, 64); !ok && err == nil && v >= 1 {
			return digits, Scaled, true // 9 that shows as 1900-01-09
		}
		return text, Date, ok
	case asPercent:
		if text, ok = percent(digits); ok {
			text = s.form.pad(strings.TrimSuffix(text, "%")) + "%"
		}
		return text, Text, ok
	case asPadded:
		text, ok = padded(digits, s.zeros)
		return text, Number, ok
	case asWords:
		text = s.form.pad(plainDigits(digits))
		if p, ok := padded(text, s.zeros); ok {
			text = p
		} else if p, ok := group(text); ok && s.form&Grouped != 0 {
			text = p
		}
		if s.native != (native{}) {
			own, ok := s.native.write(text)
			if !ok {
				return digits, Scaled, true
			}
			text = own
		}
		return s.before + text + s.after, Text, true
	case asBlank:
		if s.before != "" {
			return s.before, Text, true
		}
		v, err := strconv.ParseFloat(digits, 64)
		return digits, Scaled, err != nil || v != 0
	case asOther:
		return digits, Scaled, true
	}
	return "", Number, false
}

// padded writes zeros before a whole number; false where it has a fraction, a sign, or digits enough.
func padded(digits string, zeros int) (string, bool) {
	if zeros < 2 || len(digits) >= zeros || zeros > 32 {
		return "", false
	}
	for i := 0; i < len(digits); i++ {
		if digits[i] < '0' || digits[i] > '9' {
			return "", false
		}
	}
	return strings.Repeat("0", zeros-len(digits)) + digits, true
}

// plainDigits writes a stored number with the 15 digits that a workbook keeps, without an exponent.
func plainDigits(digits string) string {
	v, err := strconv.ParseFloat(digits, 64)
	if err != nil {
		return digits
	}
	v, _ = strconv.ParseFloat(strconv.FormatFloat(v, 'e', 14, 64), 64)
	return strconv.FormatFloat(v, 'f', -1, 64)
}

// Builtin is Read for the formats that have a number and no code.
func Builtin(id int) Show {
	switch {
	case builtinDate(id):
		return Show{as: asDate, code: builtinDates[id], form: dayForm(builtinDates[id])}
	case id == 9 || id == 10: // 0% and 0.00%
		return Show{as: asPercent, form: places{least: 2 * (id - 9), most: 2 * (id - 9)}.form()}
	case id == 1:
		return Show{form: places{}.form()}
	case id == 2:
		return Show{form: places{least: 2, most: 2}.form()}
	case id == 3 || id == 37 || id == 38 || id == 41:
		return Show{form: places{grouped: true}.form()}
	case id == 4 || id == 39 || id == 40 || id == 43:
		return Show{form: places{least: 2, most: 2, grouped: true}.form()}
	case id >= 5 && id <= 8, id == 42, id == 44:
		return Show{form: Yuan}
	case id == 12 || id == 13: // fractions
		return Show{form: Odd}
	case id >= 18 && id <= 21, id >= 45 && id <= 47: // a time of day or a duration
		return Show{as: asOther}
	}
	return Show{}
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
