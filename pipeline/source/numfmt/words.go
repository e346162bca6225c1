package numfmt

import (
	"strings"
	"unicode/utf8"
)

// words are what a format does to the texts of its cells.
type words struct {
	before, after string
	other         bool // nothing of the text is shown
}

// Words writes a text as its cell shows it: A1 in a cell of the format @"号" is A1号. other: the format shows something
// else in its place, or nothing.
func (s *Show) Words(text string) (shown string, other bool) {
	if s.texts == nil {
		return text, false
	}
	return s.texts.before + text + s.texts.after, s.texts.other
}

// Wording reports whether the format does something to a text.
func (s *Show) Wording() bool { return s.texts != nil }

// readWords reads the section of a format that is for texts; nil: they are shown as they are.
func readWords(code string) *words {
	for n, more := 1, true; more && n <= 4; n++ {
		section := code[:sectionEnd(code)]
		code, more = strings.CutPrefix(code[len(section):], ";")
		w, at := around(section)
		switch {
		case !at && (n < 4 || general(section)):
			continue
		case !at:
			return &words{other: true}
		case said(w.before) == "" && said(w.after) == "":
			return nil
		}
		return &w
	}
	return nil
}

// around is what a section writes before and behind a text; at: it has a place for one.
func around(code string) (w words, at bool) {
	write := func(s string) {
		if at {
			w.after += s
		} else {
			w.before += s
		}
	}
	for i := 0; i < len(code); i++ {
		switch c := code[i]; {
		case c == '@':
			at = true
		case c == '"':
			end := strings.IndexByte(code[i+1:], '"')
			if end < 0 {
				return w, at
			}
			write(code[i+1 : i+1+end])
			i += end + 1
		case c == '_' || c == '*':
			i += skip(code, i)
		case c == '\\' || c == '!':
			n := skip(code, i)
			write(code[i+1 : i+1+n])
			i += n
		case c == '[':
			if end := strings.IndexByte(code[i:], ']'); end > 0 {
				currency, _ := bracket(code[i+1 : i+end])
				write(currency)
				i += end
			}
		default:
			_, n := utf8.DecodeRuneInString(code[i:])
			write(code[i : i+n])
			i += n - 1
		}
	}
	return w, at
}
