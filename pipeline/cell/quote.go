package cell

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/mask"
)

// Scrub hides in a text every run of digits that may be an identity, bank or phone number, also
// where it is written full-width or parted by blanks and hyphens: a number may stand in a column
// where nobody expects it. Ten digits or fewer, and dates, stay. Of a name behind 填表人： and the like the first
// character stays.
func Scrub(s string) string {
	s = mask.Signed(s)
	type span struct{ from, to int }
	var hide []span
	start, n := -1, 0
	end := 0
	flush := func() {
		if n >= 11 {
			hide = append(hide, span{start, end})
		}
		start, n = -1, 0
	}
	gap := 0
	for i, r := range s {
		d := r
		if r >= '０' && r <= '９' {
			d = r - '０' + '0'
		}
		switch {
		case d >= '0' && d <= '9':
			if start < 0 {
				start = i
			}
			n++
			end = i + len(string(r))
			gap = 0
		case n >= 14 && gap < 3 && (r == 'x' || r == 'X' || r == 'Ｘ' || r == 'ｘ'):
			end = i + len(string(r))
		case start >= 0 && gap < 3 && (Space(r) || Dash(r) || strings.ContainsRune("-./_·|,，", r)):
			gap++
		default:
			flush()
			gap = 0
		}
	}
	flush()
	if hide == nil {
		return s
	}
	var b strings.Builder
	at := 0
	for _, h := range hide {
		b.WriteString(s[at:h.from])
		b.WriteString("…(" + strconv.Itoa(len([]rune(s[h.from:h.to]))) + ")")
		at = h.to
	}
	b.WriteString(s[at:])
	return b.String()
}

// MaxRaw is how many bytes of a cell a reject carries.
const MaxRaw = 200

// organisation reports whether a text reads like a credit code and not like a person's number:
// letters and digits, with a letter before the last character.
func organisation(s string) bool {
	s = Document(s)
	if len(s) < 16 || len(s) > 20 {
		return false
	}
	letter := false
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= 'A' && c <= 'Z':
			letter = letter || i < len(s)-2
		case c < '0' || c > '9':
			return false
		}
	}
	return letter
}

// Quote is how a refused cell is quoted. Of an identity or phone number only its first two
// characters and its length remain, which tell a truncated number from a mistyped one and nobody
// from anybody; of a name, the first character. In any other column long runs of digits are
// hidden, and of what reads like a name no more than the first character is left (mask.Personal): both may have
// slipped into the wrong column.
func Quote(raw string, p dataset.Personal) string {
	switch p {
	case dataset.PersonalID, dataset.PersonalPhone:
		t := Trim(raw)
		r := []rune(t)
		if len(r) == 0 {
			return ""
		}
		if len(r) >= 8 && r[0] < 0x80 && r[1] < 0x80 {
			return string(r[:2]) + "…(" + strconv.Itoa(len(r)) + ")"
		}
		return "…(" + strconv.Itoa(len(r)) + ")"
	case dataset.PersonalName:
		return initial(Trim(raw))
	}
	if t := Trim(raw); mask.Personal(t) {
		return initial(t)
	}
	raw = shorten(raw)
	hidden := Scrub(raw)
	if hidden != raw && strings.ContainsFunc(raw, unicode.IsLetter) {
		return "…(" + strconv.Itoa(utf8.RuneCountInString(raw)) + ")" // beside a person's number may stand a name
	}
	return hidden
}

// initial leaves the first character of a name.
func initial(name string) string {
	for _, r := range name {
		return string(r) + "*"
	}
	return ""
}

// QuoteCredit quotes a refused cell of a column of credit codes: what reads like a code stands as it is.
func QuoteCredit(raw string) string {
	if short := shorten(raw); organisation(short) {
		return short
	}
	return Quote(raw, "")
}

// shorten cuts a text to what a reject carries.
func shorten(s string) string {
	if len(s) <= MaxRaw {
		return s
	}
	cut := MaxRaw
	for cut > 0 && s[cut]&0xc0 == 0x80 {
		cut--
	}
	return s[:cut] + "…"
}
