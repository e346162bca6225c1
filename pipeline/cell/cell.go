// Package cell makes a value of a text, or says the fault. It is pure: no file, no row, no clock.
//
// A cell is read or refused, never guessed at. An estimate (约300), a hidden digit (202x), a day
// whose month or year is not said, or a long number that a workbook has rounded is a fault; a year and
// a month are no date. Numbers keep every digit they were written with.
//
// Most functions take a folded text (see Fold); those named Stored take the digits that a workbook stores
// for a number. The files parse_*.go hold what a column reads that names a parser (parse: in its
// declaration), each file for the parsers of one kind.
package cell

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrorText reports whether a folded text is a formula error (#REF!, #N/A), which text files made from
// workbooks carry too.
func ErrorText(s string) bool {
	if len(s) < 4 || s[0] != '#' {
		return false
	}
	switch strings.ToUpper(s) {
	case "#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA":
		return true
	}
	return s[1] == '#' && strings.Trim(s, "#") == "" // ####: a column printed too narrow
}

// Undecoded reports whether a text holds the mark of bytes that could not be decoded, what programs make of two
// such marks that they take for GB18030, or was read in another encoding than it was written in.
func Undecoded(s string) bool {
	return Questioned(s) || strings.Contains(s, "\ufffd") || strings.Contains(s, "锟斤拷") || !utf8.ValidString(s) || MisreadChinese(s) || misreadLatin(s)
}

// Questioned reports whether a text begins with question marks as programs leave for each character that an encoding lacks: ????有限公司,
// ????. What somebody asks has words before them; fewer are a person's who does not know.
func Questioned(s string) bool {
	rest := strings.TrimLeft(s, "?")
	switch n := len(s) - len(rest); {
	case n < 3:
		return false
	case rest == "":
		return n > 3
	}
	r, _ := utf8.DecodeRuneInString(rest)
	return unicode.Is(unicode.Han, r)
}

// The longest texts that are read, in bytes: of any cell, and of a value that is kept in a dictionary.
const (
	MaxText = 1 << 20
	MaxWord = 8 << 10
)

// Lossy reports whether the digits that a workbook stores for a number are more than it keeps, so that it
// cannot be a number that names something.
func Lossy(s string) bool {
	digits := 0
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case b == 'e' || b == 'E':
			return i+1 < len(s) && s[i+1] != '-'
		case b == '.':
			return strings.ContainsAny(s[i:], "eE") && !strings.Contains(s[i:], "-") // else a measure, not a name
		case b >= '0' && b <= '9':
			digits++
		}
	}
	return digits >= 16
}

// Placeholder reports whether a digit stands beside a letter x, *, ? or 某 that hides another
// digit: 202x, 3X0, 20**.
func Placeholder(s string) bool {
	if n := len(s); n >= 18 && (s[n-1] == 'x' || s[n-1] == 'X') && allDigits(s[n-18:n-1]) {
		s = s[:n-18] // that X is the check character of an identity number
	}
	for i, r := range s {
		switch r {
		case 'x', 'X', '*', '?', '×', '某', 'Ｘ', 'ｘ', '〇', '□', '_':
			before := i > 0 && s[i-1] >= '0' && s[i-1] <= '9'
			rest := strings.TrimLeft(s[i:], "xX*?×某Ｘｘ〇□_")
			after := i == 0 && rest != "" && rest[0] >= '0' && rest[0] <= '9'
			if before || after {
				return true
			}
		}
	}
	return false
}

// allDigits reports whether s is ASCII digits and nothing else, at least one.
func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
