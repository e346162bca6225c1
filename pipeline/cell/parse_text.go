package cell

import (
	"iter"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// What the columns read that ask for parse: trim, list, first and url_key.

// Spaced is a text in half width with single blanks.
func Spaced(s string) string {
	return strings.Join(strings.FieldsFunc(norm.NFKC.String(s), Space), " ")
}

// listSeparator reports whether r parts the items of a list.
func listSeparator(r rune) bool {
	switch r {
	case '|', ',', '，', '、', ';', '；', '\n', '\r', '\t', '｜':
		return true
	}
	return false
}

// Items yields the items of `Java|Python`, `Java、Python` and `['Java', 'Python']` as they stand there, blank
// ones too. s is trimmed.
func Items(s string) iter.Seq[string] {
	quoted := len(s) > 1 && s[0] == '[' && s[len(s)-1] == ']'
	if quoted {
		s = s[1 : len(s)-1]
	}
	return func(yield func(string) bool) {
		for rest := s; rest != ""; {
			item := rest
			if i := strings.IndexFunc(rest, listSeparator); i >= 0 {
				item = rest[:i]
				_, w := utf8.DecodeRuneInString(rest[i:])
				rest = rest[i+w:]
			} else {
				rest = ""
			}
			if quoted {
				item = strings.Trim(Trim(item), `'"`)
			}
			if !yield(item) {
				return
			}
		}
	}
}

// First is the first item of such a list that is not blank; empty where there is none.
func First(s string) string {
	for item := range strings.FieldsFuncSeq(strings.Trim(s, "[]"), listSeparator) {
		if item = strings.Trim(Tidy(item), `'"`); item != "" {
			return item
		}
	}
	return ""
}

// URLKey is an address without what differs between two visits to the same page: scheme, query,
// fragment and a slash at the end; the host is in lower case.
func URLKey(s string) string {
	if i := strings.Index(s, "://"); i >= 0 {
		s = s[i+3:]
	}
	if i := strings.IndexAny(s, "?#"); i >= 0 {
		s = s[:i]
	}
	s = strings.TrimRight(s, "/")
	host, path, ok := strings.Cut(s, "/")
	if !ok {
		return strings.ToLower(host)
	}
	return strings.ToLower(host) + "/" + path
}
