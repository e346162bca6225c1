package cell

import "strings"

// Decimals judges by the texts of a column whether a comma stands before its decimals.
type Decimals struct {
	At    string // where the first text with a comma before its decimals stands, where somebody notes it
	Comma int    // texts that have a comma before the decimals, as 1234,5 or 1.234,5
	Point int    // texts that have a point there, or commas between thousands beyond doubt
}

// See takes one text of the column into account. What is no number says nothing, and neither does one
// that can be read both ways.
func (d *Decimals) See(text string) {
	whole, rest, comma := core(text)
	switch {
	case comma && strings.ContainsAny(rest, ",."): // 1,234,567 and 1,234.5
		if all, _, _ := strings.Cut(rest, "."); thousands(whole+","+all, ",") {
			d.Point++
		}
	case comma && strings.IndexByte(whole, '.') >= 0: // 1.234,5
		if thousands(whole, ".") {
			d.Comma++
		}
	case comma && !grouped(whole, rest):
		// 1200,800 has three decimals, or is two numbers in a cell: what else stands in the column tells
		if len(rest) != 3 || strings.IndexByte(whole, '.') >= 0 || whole == "0" {
			d.Comma++
		}
	case comma:
	case strings.Count(whole, ".") > 1: // 1.234.567; 1.2.3 is the number of a version
		if thousands(whole, ".") {
			d.Comma++
		}
	default:
		if a, b, point := strings.Cut(whole, "."); point && !grouped(a, b) {
			d.Point++
		}
	}
}

// thousands reports whether a sign parts groups of three digits.
func thousands(s, sign string) bool {
	first, rest, _ := strings.Cut(s, sign)
	if first == "" || len(first) > 3 || first[0] == '0' || !allDigits(first) {
		return false
	}
	for group := range strings.SplitSeq(rest, sign) {
		if len(group) != 3 || !allDigits(group) {
			return false
		}
	}
	return true
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

// Late is a column in which commas stand before decimals only below the rows that were judged.
type Late struct {
	Sheet  string // empty: it is of a text
	Comma  string // address of the first such number
	Either string // of the first number that can be read both ways
	Count  int    // of these
}

// LateCommas looks for such columns, row by row.
type LateCommas struct {
	Judged  int    // how many rows were judged
	Sheet   string // whose rows they are
	rows    int
	early   []Decimals
	columns []Late
}

// Row begins a row of so many cells.
func (l *LateCommas) Row(cells int) {
	for l.rows++; len(l.columns) < cells; {
		l.early, l.columns = append(l.early, Decimals{}), append(l.columns, Late{})
	}
}

// See looks at a cell of it.
func (l *LateCommas) See(i int, s string, at func() string) {
	if len(s) < 3 || len(s) > 31 || !strings.ContainsAny(s, ",.，") {
		return
	}
	c := &l.columns[i]
	if EitherWay(s) {
		if c.Count++; c.Count == 1 {
			c.Either = at()
		}
		return
	}
	var d Decimals
	switch d.See(s); {
	case l.rows <= l.Judged:
		l.early[i].Comma += d.Comma
	case d.Comma > 0 && c.Comma == "":
		c.Comma = at()
	}
}

// Columns are those that were found.
func (l *LateCommas) Columns() (out []Late) {
	for i, c := range l.columns {
		if c.Sheet = l.Sheet; l.early[i].Comma == 0 && c.Comma != "" && c.Count > 0 {
			out = append(out, c)
		}
	}
	return out
}
