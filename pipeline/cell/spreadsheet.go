package cell

import (
	"cmp"
	"regexp"
	"strings"
)

// What spreadsheets leave in texts.

// Scientific reports whether a text is a long code that a spreadsheet has turned into 1.23457E+11: its
// digits are lost. Without a sign it is told by its decimals: 2E11 may be a code.
func Scientific(s string) bool {
	if len(s) < 5 || len(s) > 40 || s[0] != '-' && (s[0] < '0' || s[0] > '9') && s[0] != 0xef {
		return false // nearly every text, at the cost of a look at its first byte
	}
	s = Fold(s) // copies nothing of ASCII
	at := strings.IndexAny(s, "eE")
	if at <= 0 || at+2 > len(s) {
		return false
	}
	power, plus := strings.CutPrefix(s[at+1:], "+")
	if rest, minus := strings.CutPrefix(power, "-"); minus && len(rest) == 2 { // 15E-6 was the code
		power = rest
	}
	whole, frac, point := strings.Cut(strings.TrimPrefix(strings.TrimRight(s[:at], " "), "-"), ".")
	if !point {
		whole, frac, point = strings.Cut(whole, ",")
	}
	return len(whole) == 1 && allDigits(whole) && power != "" && allDigits(power) && (!point || frac != "" && allDigits(frac)) &&
		(point && (plus || len(power) >= 2) || plus && len(power) >= 2)
}

// Texts is what the texts of a column are.
type Texts uint8

// The kinds of texts.
const (
	Words Texts = iota // may be anything
	Codes
	Names // of columns: they stand in the header
)

// slashed reports whether a text is 2026/4/15, as a spreadsheet shows what it has taken for a day.
func slashed(s string) bool {
	if len(s) < 8 || len(s) > 10 || s[4] != '/' || s[0] != '1' && s[0] != '2' {
		return false
	}
	_, f := Date(s)
	return f == nil
}

// Damaged is the fault of a text that a spreadsheet has made of a code, 1.23457E+11, 1-Mar, or of a formula. day: it is
// 3月1日, which may be meant among words, or 2026/4/15, which may be a code.
func Damaged(s string, of Texts) (day bool, f *Fault) {
	if of == Names || s == "" {
		return false, nil
	}
	if first, last := s[0], s[len(s)-1]; first <= ' ' || last <= ' ' || first == 0xc2 || first == 0xe3 || last == 0xa0 || last == 0x80 {
		s = Trim(s) // a blank of some kind may stand there
	}
	switch {
	case Scientific(s):
		return false, FaultPrecision
	case len(s) > 2 && s[0] == '=' && formula(s):
		return false, FaultFormula
	case of == Codes && slashed(s):
		return true, nil
	}
	day, sure := shortDate(s)
	if day && (sure || of == Codes) {
		return false, FaultDateInText
	}
	return day, nil
}

// shortDate reports whether a text is what a spreadsheet writes for a code that it has taken for a day: 1-Mar and
// Mar-26 (sure, for nobody else writes so among Chinese texts), 3月1日.
func shortDate(s string) (is, sure bool) {
	switch n := len(s); {
	case n < 5 || n > 12:
		return false, false
	case n <= 6 && s[n-4] == '-' && month(s[n-3:]):
		return allDigits(s[:n-4]), true
	case n == 6 && s[3] == '-' && month(s[:3]):
		return allDigits(s[4:]), true
	case n > 7 && s[0] >= '1' && s[0] <= '9' && strings.HasSuffix(s, "日"):
		m, d, ok := strings.Cut(s[:n-len("日")], "月")
		return ok && len(m) <= 2 && len(d) <= 2 && allDigits(m) && allDigits(d) && d != "", false
	case n >= 8 && s[0]-'0' <= 9 && (s[1] == '-' || s[2] == '-'): // 2-Jan-2025 and 2-Jan-25, as a day may be written too
		d, rest, _ := strings.Cut(s, "-")
		m, y, ok := strings.Cut(rest, "-")
		return ok && len(d) <= 2 && allDigits(d) && month(m) && (len(y) == 2 || len(y) == 4) && allDigits(y), false
	}
	return false, false
}

func month(s string) bool {
	switch s {
	case "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec":
		return true
	}
	return false
}

// Unguarded takes off what programs put around a value so that a spreadsheet leaves it alone: ="00123",
// =T("00123"), =00123, ="00"&"123", a ' before digits, a sign or Chinese, two of them before digits, and a ` or ‘ before digits.
func Unguarded(s string) string {
	if len(s) < 2 {
		return s
	}
	switch s[0] {
	case '=':
		inner := s[1:]
		if len(inner) > 3 && inner[0] == '(' && inner[1] == '"' && inner[len(inner)-1] == ')' {
			inner = inner[1 : len(inner)-1]
		}
		if text, ok := quoted(inner); ok {
			return text
		}
		if allDigits(inner) {
			return inner
		}
		if len(inner) > 4 && inner[0]|0x20 == 't' && inner[1] == '(' && inner[len(inner)-1] == ')' {
			inner = inner[2 : len(inner)-1]
		}
		n := 1
		if len(inner) > 4 && strings.HasPrefix(inner, `""`) && strings.HasSuffix(inner, `""`) {
			n = 2 // quoted twice
		}
		if len(inner) >= 2*n && inner[0] == '"' && inner[len(inner)-1] == '"' && strings.IndexByte(inner[n:len(inner)-n], '"') < 0 {
			return inner[n : len(inner)-n]
		}
		if text, ok := joined(inner); ok {
			return text
		}
	case '"': // twice in a text file
		if text, ok := quoted(s); ok && allDigits(text) {
			return text
		}
	case '\'':
		if s[1] == '\'' && allDigits(s[2:]) {
			return s[2:]
		}
		if s[1] >= '0' && s[1] <= '9' || strings.IndexByte("=+-@", s[1]) >= 0 || lettered(s[1:]) || s[1] >= 0xe4 && s[1] <= 0xe9 && strings.IndexByte(s[1:], '\'') < 0 {
			return s[1:]
		}
	case 0xe2, 0xef: // ‘ ’ ＇
		for _, mark := range [...]string{"‘", "’", "＇"} {
			if rest, ok := strings.CutPrefix(s, mark); ok && rest != "" && allDigits(rest) {
				return rest
			}
		}
		if rest, ok := strings.CutPrefix(s, "＝"); ok {
			if text, ok := quoted(rest); ok || allDigits(rest) && rest != "" {
				return cmp.Or(text, rest)
			}
		} else if text, ok := quoted(s); ok && text != "" && allDigits(text) {
			return text
		}
	case '`':
		if allDigits(s[1:]) {
			return s[1:]
		}
	}
	return s
}

// lettered reports whether a text is a code of capital letters before digits: T007, SB-12.
func lettered(s string) bool {
	digits := strings.TrimLeft(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	if len(digits) == len(s) {
		return false
	}
	digits = strings.TrimPrefix(digits, "-")
	return digits != "" && allDigits(digits)
}

// quoted is what stands between quotes that a word processor has made of plain ones: “00123”, ＂00123＂.
func quoted(s string) (string, bool) {
	for _, open := range [...]string{"“", "”", "＂", "\""} {
		rest, ok := strings.CutPrefix(s, open)
		for _, end := range [...]string{"”", "“", "＂", "\""} {
			if text, closed := strings.CutSuffix(rest, end); ok && closed && !strings.ContainsAny(text, "“”＂\"") {
				return text, true
			}
		}
	}
	return "", false
}

// joined reads "00"&"123", texts that a formula puts together.
func joined(s string) (string, bool) {
	parts := strings.Split(s, "&")
	if len(parts) < 2 {
		return "", false
	}
	for i, p := range parts {
		p = strings.TrimSpace(p)
		if len(p) < 2 || p[0] != '"' || p[len(p)-1] != '"' || strings.IndexByte(p[1:len(p)-1], '"') >= 0 {
			return "", false
		}
		parts[i] = p[1 : len(p)-1]
	}
	return strings.Join(parts, ""), true
}

// formula reports whether a text that begins with = is a formula that was not computed: =TEXT(1235,"000000"), =A1&B1,
// =汇总!C4.
func formula(s string) bool {
	if s = strings.TrimLeft(s[1:], "+-( "); strings.HasPrefix(s, "\"") {
		return true
	}
	name := strings.TrimLeft(s, "$ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._")
	rest := strings.TrimLeft(name, "0123456789$")
	switch {
	case strings.HasPrefix(name, "(") && len(name) < len(s): // a function
		return true
	case len(rest) < len(name) && len(name) < len(s) && len(s)-len(name) <= 4: // a cell
		return rest == "" || strings.IndexByte("+-*/&^:,)=<>! ", rest[0]) >= 0
	}
	_, cell, ok := strings.Cut(s, "!") // a cell of another sheet
	digits := strings.TrimLeft(cell, "$ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	return ok && len(digits) < len(cell) && digits != "" && digits[0]-'0' <= 9
}

// Broken is the fault of a folded text that holds an error of a formula or a formula, or names another cell in place of a
// value (同左, 同A1).
func Broken(s string) *Fault {
	switch {
	case len(s) > 2 && s[0] == '=' && formula(s):
		return FaultFormula
	case ErrorText(s):
		return FaultErrorCell
	case len(s) < 3 || len(s) > 12 || s[0] != 0xe5 && s[0] != 0xe8 && s[0] != 0xe2 && s[0] != 0xe4:
		return nil
	case s == "↑" || s == "↓" || s == "⬆" || s == "⬇" || s == "⇧" || s == "⇩" || s == "见上" || s == "见上行" || s == "见前" || s == "上同" || s == "同上列" || s == "同上例",
		s == "与上同" || s == "与上行同" || s == "与上相同" || s == "与前同" || s == "与前相同" || s == "上同上":
		return FaultElsewhere
	}
	if n, ok := strings.CutPrefix(s, "同第"); ok && strings.ContainsAny(n, "0123456789一二三四五六七八九十") && (strings.HasSuffix(n, "行") || strings.HasSuffix(n, "条") || strings.HasSuffix(n, "号") || strings.HasSuffix(n, "项")) {
		return FaultElsewhere
	}
	if at, ok := strings.CutPrefix(s, "同"); ok {
		digits := strings.TrimLeft(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
		if at == "左" || at == "右" || at == "下" || allDigits(digits) && digits != "" && len(at) > len(digits) && len(at) <= len(digits)+3 {
			return FaultElsewhere
		}
	}
	return nil
}

// Ditto reports whether a text says that the cell above is meant.
func Ditto(s string) bool {
	if s == "" || len(s) > 18 {
		return false
	}
	if s[0] == '-' || s[0] == '(' || s[0] == 0xe2 || s[0] == 0xef { // -〃-, —〃—, (同上), -do-
		t := strings.Trim(s, "-–—()－（） ")
		if strings.EqualFold(t, "do") && len(t) < len(s) {
			return true
		}
		if len(t) > 0 {
			s = t
		}
	}
	switch c := s[0]; {
	case c == 0xe5: // 同
		switch s {
		case "同上一行", "同上一条", "同上一栏", "同上一格", "同上一项", "同上栏", "同上格", "同上项", "同上条", "同前行", "同前一行", "同前项":
			return true
		}
		return s == "同" || s == "同上" || s == "同前" || s == "同左上" || s == "同 上" || s == "同　上" || s == "同上。" || s == "同上行" || s == "如上"
	case c|0x20 == 'd':
		return len(s) == 5 && strings.EqualFold(s, "ditto") || len(s) == 3 && strings.EqualFold(s, "do.")
	case c == 0xe3, c == 0xe4, c == 0xe2, c == '"', c == '\'', c == ' ', c == 0xef:
		if strings.Trim(s, "〃 \u3000") == "" && strings.Contains(s, "〃") {
			return true
		}
		switch Trim(s) {
		case "々", "仝", "仝上", "″", "”", "“", "\"", "''", "＂", "〞", "〝", "″″", "″ ″", "” ”", "””", "“”", "‖", "∥", "同上", "（同上）":
			return true
		}
	}
	return false
}

var reEscaped = regexp.MustCompile(`&(?:amp|lt|gt|quot|apos|nbsp|middot|ldquo|rdquo|hellip|mdash|#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6});`)

// Escaped reports whether a text holds escapes of web pages: &amp; and &#20057;.
func Escaped(s string) bool {
	i := strings.IndexByte(s, '&')
	return i >= 0 && strings.IndexByte(s[i:], ';') > 0 && reEscaped.MatchString(s[i:])
}
