package numfmt

import (
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// builtinDates are the formats that have a number and no code, as Chinese versions show them; the others show
// the day as a date is written.
var builtinDates = map[int]string{
	15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 22: "yyyy/m/d h:mm", 27: "yyyy年m月", 28: "m月d日", 29: "m月d日", 30: "m/d/yy", 31: "yyyy年m月d日", 36: "yyyy年m月",
	50: "yyyy年m月", 51: "m月d日", 52: "yyyy年m月", 53: "m月d日", 54: "m月d日", 57: "yyyy年m月", 58: "m月d日",
}

// showDay writes a moment as a number format shows it: a column named by a date is named by what its sender sees,
// 2026年2月. Of the text that a Date cell holds nothing else is known. The text itself where it is none.
func showDay(code, text string) string {
	t, err := time.Parse("2006-01-02 15:04:05", text)
	if err != nil {
		if t, err = time.Parse("2006-01-02", text); err != nil {
			return text
		}
	}
	if code == "" {
		code = "yyyy/m/d"
	}
	var b strings.Builder
	half := strings.Contains(strings.ToUpper(code), "AM/PM")
	clock := false // an hour was written: the next m is minutes
	for i := 0; i < len(code) && code[i] != ';'; {
		switch c := code[i]; {
		case c == '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return text
			}
			b.WriteString(code[i+1 : i+1+end])
			i += end + 2
		case c == '\\' || c == '!':
			_, n := utf8.DecodeRuneInString(code[i+1:])
			b.WriteString(code[i+1 : i+1+n])
			i += 1 + n
		case c == '_' || c == '*':
			_, n := utf8.DecodeRuneInString(code[i+1:])
			i += 1 + n
		case c == '[':
			end := strings.IndexByte(code[i:], ']')
			if end < 0 {
				return text
			}
			i += end + 1
		case c == '@':
			i++
		case len(code)-i >= 5 && strings.EqualFold(code[i:i+5], "AM/PM"):
			b.WriteString(t.Format("PM"))
			i += 5
		case strings.IndexByte("yYeEmMdDhHsSaA", c) >= 0:
			n := 1
			for i+n < len(code) && code[i+n]|0x20 == c|0x20 {
				n++
			}
			minutes := (c|0x20) == 'm' && (clock || strings.HasPrefix(strings.ToLower(strings.TrimLeft(code[i+n:], ":")), "s"))
			b.WriteString((&dayPart{c | 0x20, n, half, minutes}).write(t))
			clock = c|0x20 == 'h' || clock && strings.IndexByte("ymde", c|0x20) < 0
			i += n
		default:
			_, n := utf8.DecodeRuneInString(code[i:])
			b.WriteString(code[i : i+n])
			i += n
		}
	}
	return strings.TrimSpace(b.String())
}

// dayPart is one part of a moment in a format.
type dayPart struct {
	what    byte // y, m, d, h, s, or a for the day of the week
	n       int  // how many letters of it there are
	half    bool // hours are those of half a day
	minutes bool // an m is minutes
}

func (p *dayPart) write(t time.Time) string {
	what, n := p.what, p.n
	two := func(v int) string {
		if s := strconv.Itoa(v); n < 2 || len(s) > 1 {
			return s
		}
		return "0" + strconv.Itoa(v)
	}
	switch what {
	case 'y', 'e':
		if what == 'y' && n < 3 {
			return t.Format("06")
		}
		return strconv.Itoa(t.Year())
	case 'm':
		switch {
		case p.minutes:
			return two(t.Minute())
		case n == 3:
			return t.Format("Jan")
		case n == 4:
			return t.Format("January")
		case n > 4:
			return t.Format("Jan")[:1]
		}
		return two(int(t.Month()))
	case 'd':
		switch n {
		case 3:
			return t.Format("Mon")
		case 4:
			return t.Format("Monday")
		}
		return two(t.Day())
	case 'a':
		week := string([]rune("日一二三四五六")[t.Weekday()])
		if n > 3 {
			return "星期" + week
		}
		return week
	case 'h':
		if p.half {
			return two((t.Hour()+11)%12 + 1)
		}
		return two(t.Hour())
	}
	return two(t.Second())
}
