package cell

import "strings"

// What spreadsheets leave in texts.

// Scientific reports whether a text is a long code that a spreadsheet has turned into 1.23457E+11: its
// digits are lost.
func Scientific(s string) bool {
	if len(s) < 5 || len(s) > 30 || s[0] != '-' && (s[0] < '0' || s[0] > '9') {
		return false // nearly every text, at the cost of a look at its first byte
	}
	at := strings.IndexAny(s, "eE")
	if at <= 0 || at+3 > len(s) || s[at+1] != '+' || !allDigits(s[at+2:]) {
		return false
	}
	whole, frac, point := strings.Cut(strings.TrimPrefix(s[:at], "-"), ".")
	return len(whole) == 1 && allDigits(whole) && (!point || frac != "" && allDigits(frac)) && (point || len(s)-at-2 >= 2)
}

// Unguarded takes off what programs put around a value so that a spreadsheet leaves it alone: ="00123" and
// a ' before digits or a sign.
func Unguarded(s string) string {
	switch {
	case len(s) >= 3 && s[0] == '=' && s[1] == '"' && s[len(s)-1] == '"' && strings.IndexByte(s[2:len(s)-1], '"') < 0:
		return s[2 : len(s)-1]
	case len(s) >= 2 && s[0] == '\'' && (s[1] >= '0' && s[1] <= '9' || strings.IndexByte("=+-@", s[1]) >= 0):
		return s[1:]
	}
	return s
}
