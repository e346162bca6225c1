package cell

import "strings"

// Decimals judges by the texts of a column whether a comma stands before its decimals.
type Decimals struct {
	Comma int // texts that have a comma before the decimals, as 1234,5 or 1.234,5
	Point int // texts that have a point there, or commas between thousands beyond doubt
}

// See takes one text of the column into account. What is no number says nothing, and neither does one
// that can be read both ways.
func (d *Decimals) See(text string) {
	whole, rest, comma := core(text)
	switch {
	case comma && strings.IndexByte(rest, ',') >= 0: // 1,234,567
		d.Point++
	case comma && strings.IndexByte(rest, '.') >= 0: // 1,234.5
		d.Point++
	case comma && strings.IndexByte(whole, '.') >= 0: // 1.234,5
		d.Comma++
	case comma && !grouped(whole, rest):
		d.Comma++
	case comma:
	case strings.Count(whole, ".") > 1: // 1.234.567
		d.Comma++
	default:
		if a, b, point := strings.Cut(whole, "."); point && !grouped(a, b) {
			d.Point++
		}
	}
}

// EitherWay reports whether a text is a number that has three decimals or is a thousand times as much,
// as the sign in it is read: 1,234 and 1.234.
func EitherWay(text string) bool {
	whole, rest, comma := core(text)
	if !comma {
		var point bool
		if whole, rest, point = strings.Cut(whole, "."); !point {
			return false
		}
	}
	return grouped(whole, rest)
}

// core cuts the digits of a number at its first comma; all are empty where the text is none.
func core(text string) (whole, rest string, comma bool) {
	s := strings.TrimLeft(Fold(text), "+-¥￥$€ ")
	i := 0
	for i < len(s) && (s[i] >= '0' && s[i] <= '9' || s[i] == '.' || s[i] == ',') {
		i++
	}
	if i == 0 || s[0] == '.' || s[0] == ',' || s[i-1] == '.' || s[i-1] == ',' || strings.ContainsAny(s[i:], "0123456789") {
		return "", "", false
	}
	return strings.Cut(s[:i], ",")
}

// grouped reports whether three digits stand behind a sign and one to three, of which the first is no 0,
// before it.
func grouped(before, behind string) bool {
	return len(behind) == 3 && allDigits(behind) && len(before) >= 1 && len(before) <= 3 && before[0] != '0'
}
