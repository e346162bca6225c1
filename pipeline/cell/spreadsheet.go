package cell

import "strings"

// What spreadsheets leave in texts.

// Scientific reports whether a text is a long code that a spreadsheet has turned into 1.23457E+11: its
// digits are lost. Without a sign it is told by its decimals: 2E11 may be a code.
func Scientific(s string) bool {
	if len(s) < 5 || len(s) > 40 || s[0] != '-' && (s[0] < '0' || s[0] > '9') && s[0] != 0xef {
		return false // nearly every text, at the cost of a look at its first byte
	}
	if s[0] == 0xef || s[len(s)-1] >= 0x80 {
		s = Fold(s)
	}
	at := strings.IndexAny(s, "eE")
	if at <= 0 || at+2 > len(s) {
		return false
	}
	power, plus := strings.CutPrefix(s[at+1:], "+")
	whole, frac, point := strings.Cut(strings.TrimPrefix(strings.TrimRight(s[:at], " "), "-"), ".")
	if !point {
		whole, frac, point = strings.Cut(whole, ",")
	}
	return len(whole) == 1 && allDigits(whole) && power != "" && allDigits(power) && (!point || frac != "" && allDigits(frac)) &&
		(point && (plus || len(power) >= 2) || plus && len(power) >= 2)
}

// Unguarded takes off what programs put around a value so that a spreadsheet leaves it alone: ="00123",
// =T("00123"), =00123 and a ' before digits or a sign.
func Unguarded(s string) string {
	if len(s) < 2 {
		return s
	}
	switch s[0] {
	case '=':
		inner := s[1:]
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
	case '\'':
		if s[1] >= '0' && s[1] <= '9' || strings.IndexByte("=+-@", s[1]) >= 0 {
			return s[1:]
		}
	}
	return s
}

// Broken is the fault of a folded text that holds an error of a formula, or names another cell in place of a
// value (同左, 同A1).
func Broken(s string) *Fault {
	switch {
	case ErrorText(s):
		return FaultErrorCell
	case len(s) < 5 || len(s) > 12 || s[0] != 0xe5:
		return nil
	}
	if at, ok := strings.CutPrefix(s, "同"); ok {
		digits := strings.TrimLeft(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
		if at == "左" || at == "右" || at == "下" || allDigits(digits) && digits != "" && len(at) > len(digits) && len(at) <= len(digits)+3 {
			return FaultElsewhere
		}
	}
	return nil
}
