// Package mask hides what says who a person is in texts that are kept or shown: identity numbers, telephone
// numbers, and the names of persons that stand in the names of files, folders and sheets. It is pure: it finds
// and replaces, and knows nothing of where a text came from.
package mask

import (
	"crypto/hmac"
	"crypto/sha256"
	"regexp"
	"strings"

	"golang.org/x/text/width"
)

// Mask hides with a key: in place of what it hides stands a mark made with it, so that two texts that
// differ in what was hidden stay two, the same number has the same mark, and nobody without the key can
// try numbers out.
type Mask struct{ Key []byte }

// letters of a mark: of a name, as many as earlier builds wrote into the ledger; of a text, so many that
// two of a hundred thousand numbers share one with odds of about 1 in 50,000.
const (
	nameLetters = 8
	textLetters = 12
)

// mark is three stars and letters, which no reader takes for a period, a number or a code.
func (m Mask) mark(domain, s string, letters int) string {
	h := hmac.New(sha256.New, m.Key)
	h.Write([]byte(domain + "\x00" + s))
	b := []byte("***")
	for _, c := range h.Sum(nil)[:letters/2] {
		b = append(b, 'a'+c>>4, 'a'+c&15)
	}
	return string(b)
}

// Text hides the identity and telephone numbers in a text; hid is false, and the text the same, where
// there is none. However a number is written, full-width or parted, its mark is the same. Without a key all have the same: there
// are so few numbers that anybody could try them out.
func (m Mask) Text(s string) (text string, hid bool) {
	spans := Numbers(s)
	if spans == nil {
		return s, false
	}
	if len(m.Key) == 0 {
		return replace(s, spans, func(string) string { return "***" }), true
	}
	return replace(s, spans, func(piece string) string { return m.mark("text", digits(piece), textLetters) }), true
}

// Plain is a text without the numbers in it, for what is kept in words: a reason, a note.
func Plain(s string) string {
	text, _ := Mask{}.Text(s)
	return text
}

func replace(s string, spans []Span, with func(piece string) string) string {
	var b strings.Builder
	at := 0
	for _, p := range spans {
		b.WriteString(s[at:p.From])
		b.WriteString(with(s[p.From:p.To]))
		at = p.To
	}
	b.WriteString(s[at:])
	return b.String()
}

// digits is what a number says, however it is written.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		switch r = half(r); {
		case r >= '0' && r <= '9', r == 'X':
			return r
		case r == 'x':
			return 'X'
		}
		return -1
	}, s)
}

var (
	reCut = regexp.MustCompile(`(^|[^0-9])(1[3-9][0-9][- ][0-9]{4}[- ][0-9]{4}|[0-9]{6}[- ][0-9]{8}[- ][0-9]{3}[0-9Xx])($|[^0-9])`)
	reRun = regexp.MustCompile(`[0-9０-９]{11,}[XxＸｘ]?`)
)

// Name hides numbers in the name of a file, a folder or a sheet, and the persons that are named: pieces
// that stand in it word for word. More is hidden than in a text: any run of 15 digits or more, for what is
// wrong in an identity number is no reason to show the rest. Periods, dates and times of day stay.
func (m Mask) Name(name string, persons ...string) string {
	mark := func(s string) string { return m.mark("file name", s, nameLetters) }
	for _, p := range persons {
		if p != "" {
			name = strings.ReplaceAll(name, p, mark(p))
		}
	}
	for { // one separator may end a number and begin the next
		masked := reCut.ReplaceAllStringFunc(name, func(s string) string {
			f := reCut.FindStringSubmatch(s)
			return f[1] + mark(f[2]) + f[3]
		})
		if masked == name {
			break
		}
		name = masked
	}
	name = reRun.ReplaceAllStringFunc(name, func(s string) string {
		digits := width.Narrow.String(s)
		after := ""
		if x := strings.TrimRight(digits, "Xx"); x != digits {
			if len(x) != 17 {
				after = string([]rune(s)[len(x):])
			}
			digits = x
		}
		phone := strings.TrimPrefix(digits, "86")
		if len(digits) < 15 && (len(phone) != 11 || phone[0] != '1' || phone[1] < '3') {
			return s
		}
		return mark(strings.TrimSuffix(s, after)) + after
	})
	return replace(name, Numbers(name), mark)
}
