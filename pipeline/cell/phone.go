package cell

import "strings"

// Phone is a number as it is compared: digits only, without +86.
func Phone(raw string) (string, *Fault) {
	s := strings.Map(func(r rune) rune {
		if Space(r) || r == '-' || r == '(' || r == ')' {
			return -1
		}
		return r
	}, Fold(raw))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "+86"), "0086")
	if !allDigits(s) {
		return "", FaultPhone
	}
	switch {
	case len(s) == 11 && s[0] == '1', len(s) >= 10 && len(s) <= 12 && s[0] == '0', len(s) == 7, len(s) == 8:
		return s, nil
	}
	return "", FaultPhone
}
