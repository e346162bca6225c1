package delimited

import (
	_ "embed"
	"strings"
	"sync"

	"golang.org/x/text/encoding"
)

// commonText holds the common characters of Chinese, Japanese, Korean and Chinese in traditional characters, a line each.
//
//go:embed common.txt
var commonText string

// common gives them as sets, and the encodings that are mistaken for GB18030.
var common = sync.OnceValue(func() (sets [4]map[rune]bool) {
	for i, line := range strings.SplitN(commonText, "\n", 4) {
		sets[i] = map[rune]bool{}
		for _, r := range line {
			sets[i][r] = true
		}
	}
	return sets
})

// others are the encodings whose text may pass for GB18030, by the line of their characters in commonText.
var others = [...]string{1: "euc-jp", 2: "euc-kr", 3: "big5"}

const (
	familiarBytes = 32 << 10 // what is looked at of a text
	fewCommon     = 0.2      // of the characters of a Chinese text are common ones at least, names apart
)

// familiar is which part of the characters beyond ASCII are common ones of set; below zero where b is no text of
// the encoding. n is how many there are.
func familiar(b []byte, table encoding.Encoding, set map[rune]bool) (part float64, n int) {
	if len(b) > familiarBytes {
		b = whole(b[:familiarBytes])
	}
	text, err := table.NewDecoder().Bytes(b)
	if err != nil {
		return -1, 0
	}
	known := 0
	for _, r := range string(text) {
		switch {
		case r == '\ufffd':
			return -1, n
		case r >= 0x80:
			if n++; set[r] {
				known++
			}
		}
	}
	if n == 0 {
		return -1, 0
	}
	return float64(known) / float64(n), n
}

// stranger names the encoding in which more of a text's characters are common ones than in GB18030; ? where they
// are in none. Empty: it is Chinese, as far as that goes.
func stranger(b []byte) string {
	sets := common()
	zh, n := familiar(b, gb18030.table, sets[0])
	best, name := zh, ""
	if n > 1 {
		best -= 1e-9 // of two characters that are common in both, nobody knows
	}
	for i, key := range others {
		if key == "" {
			continue
		}
		if part, k := familiar(b, declarable[key].table, sets[i]); part > best && k > 0 {
			best, name = part, key
		}
	}
	switch {
	case name != "" && best >= 0.5:
		return name
	case n >= 4 && zh < fewCommon, n < 4 && zh < 0.6, zh < 0.6 && cyrillicWords(b):
		return "?"
	}
	return ""
}

// cyrillicWords reports whether every run of bytes beyond ASCII is a word in Cyrillic, as KOI8-R or Windows-1251
// writes it: small letters, perhaps behind a capital, or capitals.
func cyrillicWords(b []byte) bool {
	like := func(small byte) bool { // the bytes of small letters begin there, and those of capitals 32 away
		for i := 0; i < len(b); {
			start, capitals := i, 0
			for i < len(b) && b[i] >= 0x80 {
				switch {
				case b[i] < 0xc0:
					return false
				case b[i]&0xe0 != small:
					capitals++
				}
				i++
			}
			if n := i - start; n == 1 || capitals > 1 && capitals < n || capitals == 1 && b[start]&0xe0 == small {
				return false
			}
			if i == start {
				i++
			}
		}
		return true
	}
	return like(0xc0) || like(0xe0)
}
