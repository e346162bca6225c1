package cell

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/mask"

	"golang.org/x/text/unicode/norm"
)

// plain reports whether s is ASCII without control characters and without blanks at its ends:
// such text needs no folding.
func plain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c >= 0x7f {
			return false
		}
	}
	return s == "" || s[0] != ' ' && s[len(s)-1] != ' '
}

// Space reports whether r is something people see as a blank: also NBSP, the ideographic space,
// the zero-width ones and a stray BOM.
func Space(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) || unseen(r) }

// unseen reports whether r takes no room: zero-width, a soft hyphen, a mark of the direction of writing, which programs put
// around what they copy. Two codes that differ by one look the same.
func unseen(r rune) bool {
	switch {
	case r < 0xad:
		return false
	case r == 0xad, r == 0x61c, r == 0x180e, r == 0xfeff:
		return true
	}
	return r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x206f
}

// Visible reports whether r is no blank.
func Visible(r rune) bool { return !Space(r) }

// Trim cuts blanks of every kind off both ends. It copies nothing.
func Trim(s string) string {
	if Quiet(s) {
		return s
	}
	return strings.TrimFunc(s, Space)
}

// Fold is the form in which cells are read as numbers, dates, codes and words: NFKC (full-width
// digits and signs become ASCII), the dashes that people use for a minus sign become one, blanks
// cut off the ends. A character that NFKC would turn into digits without being a digit of its own,
// like ³ in 10³, ⑴ or ½, stays as it is: it must not become part of a number.
func Fold(s string) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for _, r := range s {
		switch {
		case r < 0x80:
			b.WriteByte(byte(r))
		case r >= '！' && r <= '～':
			b.WriteByte(byte(r - 0xfee0))
		case Dash(r):
			b.WriteByte('-')
		case unicode.Is(unicode.Han, r) && r >= 0x4e00 && r <= 0x9fff:
			b.WriteRune(r)
		default:
			t := norm.NFKC.String(string(r))
			if strings.ContainsAny(t, "0123456789()") {
				t = string(r)
			}
			b.WriteString(t)
		}
	}
	return strings.TrimFunc(b.String(), Space)
}

// Dash reports whether r is a minus or hyphen other than the ASCII one.
func Dash(r rune) bool {
	switch r {
	case '\u2010', '\u2011', '\u2012', '\u2013', '\u2014', '\u2212', '\u2500', '\ufe63', '\uff0d':
		return true
	}
	return false
}

// Squeeze drops every blank inside s too.
func Squeeze(s string) string {
	if plain(s) && strings.IndexByte(s, ' ') < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if Space(r) {
			return -1
		}
		return r
	}, s)
}

// Tidy is the form in which text is kept where equal things must be equal (types low and strings,
// parser trim): letters and digits are half-width, runs of blanks are one space, invisible
// characters are gone, and brackets are full-width in a text with Chinese characters and ASCII in
// any other. Punctuation is left as it was written.
func Tidy(s string) string {
	if plain(s) && strings.IndexByte(s, '(') < 0 && !strings.Contains(s, "  ") {
		return s
	}
	han := false
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			han = true
			break
		}
	}
	var b strings.Builder
	b.Grow(len(s))
	gap := false
	for _, r := range s {
		switch {
		case r == utf8.RuneError || unseen(r):
			continue
		case Space(r):
			gap = b.Len() > 0
			continue
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
			r -= 0xfee0
		case r == '（' && !han:
			r = '('
		case r == '）' && !han:
			r = ')'
		case r == '(' && han:
			r = '（'
		case r == ')' && han:
			r = '）'
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Quiet reports whether s is UTF-8 without control and format characters, without the mark of what
// could not be decoded and without blanks other than inner spaces: the text of an ordinary cell.
// It knows ASCII, Chinese and the signs used with it, and says no of everything else.
func Quiet(s string) bool {
	if s == "" {
		return true
	}
	if s[0] == ' ' || s[len(s)-1] == ' ' || s[0] == '?' && Questioned(s) {
		return false
	}
	for i := 0; i < len(s); {
		c := s[i]
		if c < 0x80 {
			if c < ' ' || c == 0x7f {
				return false
			}
			i++
			continue
		}
		if i+2 >= len(s) {
			return false
		}
		d, e := s[i+1], s[i+2]
		if d&0xc0 != 0x80 || e&0xc0 != 0x80 {
			return false
		}
		if i += 3; c-0xe4 <= 0xe8-0xe4 { // U+4000 to U+8FFF, as most are
			continue
		}
		switch {
		case c == 0xe9 && (d != 0x94 || e != 0x9f): // U+9000 to U+9FFF without the 锟 of 锟斤拷
		case c == 0xe3 && (d != 0x80 || e != 0x80): // U+3001 to U+3FFF
		case c == 0xef && (d == 0xbc || d == 0xbd): // U+FF00 to U+FF7F: full-width signs
		case c == 0xe2 && d == 0x80 && e >= 0x93 && e <= 0xa6: // U+2013 to U+2026: dashes, quotes, dots
		default:
			return false
		}
	}
	return true
}

// Ordinary reports whether a text is Quiet, was not damaged, escaped or read in another encoding and holds no number of a person,
// whatever column it stands in. It knows texts of 16 to 200 bytes that begin with no digit, and says the same of those that
// differ in their digits only.
func Ordinary(s string) bool {
	if len(s) < 16 || len(s) > 200 || s[0]-'0' <= 9 || !Quiet(s) || MisreadChinese(s) || Escaped(s) || mask.Suspect(s) {
		return false
	}
	day, f := Damaged(s, Codes)
	return !day && f == nil
}

// Clean is what a free string keeps: its own text without blanks at the ends and without NUL, other
// control characters and what takes no room inside (line breaks and tabs stay, and what joins letters).
func Clean(s string) string {
	if Quiet(s) {
		return s
	}
	s = strings.TrimFunc(s, Space)
	bad := func(r rune) bool {
		return r == utf8.RuneError || unseen(r) && r != '\u200c' && r != '\u200d' || unicode.IsControl(r) && r != '\n' && r != '\t'
	}
	if strings.IndexFunc(s, bad) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if bad(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
}

// Controlled reports whether control characters stand inside a text, besides tabs, line ends and NUL.
func Controlled(s string) bool {
	if Quiet(s) {
		return false
	}
	return strings.IndexFunc(strings.TrimFunc(s, Space), func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\r' && r != '\t' && r != 0
	}) >= 0
}

// NoValue reports whether a folded text, in lower case, means "no value" in every column unless the column
// declares other words (nulls_only).
func NoValue(s string) bool { return nullWords[s] }

// nullWords mean "no value" in every column unless the column's code list has them as a value
// (NA is Namibia).
var nullWords = map[string]bool{
	"-": true, "--": true, "---": true, "----": true, "/": true, "//": true, "\\": true, "|": true, ".": true, "..": true, "...": true, "....": true, ".....": true, "......": true, "*": true,
	"、": true, "。": true, "。。": true, "。。。": true, "无": true, "空": true, "暂无": true, "没有": true, "不详": true, "未填": true, "未填写": true, "不适用": true,
	"null": true, "nil": true, "none": true, "nan": true, "n/a": true, "na": true, "(null)": true, "(空)": true, "\\n": true, "#n/a": true,
}
