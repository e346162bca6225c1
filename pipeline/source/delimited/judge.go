package delimited

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/korean"

	"yanzhen/pipeline/codes"
)

// judge finds what a text that is not all UTF-8 is written in: GB18030 or Windows-1252 where that
// gives a plausible text, nil where it stays UTF-8 with damage, or nobody knows.
func (t *Text) judge(b []byte, bad int, o Options) *charset {
	switch {
	case mostlyUTF8(b), kanaRows(b), strangeRows(b):
		return nil
	case named(b, gb18030.table, o):
		return &gb18030
	case chinese(b) && stranger(b) == "" && undecodable(gb18030.table.NewDecoder(), b)*badShare <= len(b):
		return &gb18030
	case western(b):
		return &latin
	}
	return nil
}

// mostlyUTF8 reports whether whole characters of UTF-8 outnumber the bytes that belong to none four
// to one: then it is UTF-8, and damaged.
func mostlyUTF8(b []byte) bool {
	good, bad := 0, 0
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		b = b[n:]
	}
	return good > 4*bad
}

// named reports whether the text, decoded, has a line in which two of the names stand that are
// looked for.
func named(b []byte, table encoding.Encoding, o Options) bool {
	if o.Names == nil {
		return false
	}
	for i, line := range bytes.SplitN(b, []byte{'\n'}, 31) {
		if i == 30 || len(line) > 8<<10 {
			break
		}
		text, err := table.NewDecoder().Bytes(line)
		if err != nil || bytes.Contains(text, []byte("\ufffd")) {
			continue
		}
		for _, d := range delimiters {
			cells := bytes.Split(text, []byte(d))
			row := make([]string, 0, len(cells))
			for _, c := range cells {
				if c = bytes.Trim(c, "\"' \r"); !isASCII(c) {
					row = append(row, string(c))
				}
			}
			if o.Names(row) > 1 {
				return true
			}
		}
	}
	return false
}

// kanaRows reports whether most rows beyond ASCII are Japanese in Shift_JIS, which stand under a heading in Chinese.
func kanaRows(b []byte) bool {
	japanese, others := 0, 0
	for i, line := range bytes.SplitN(b, []byte{'\n'}, 201) {
		if i == 200 || len(line) > 8<<10 {
			break
		}
		if isASCII(line) {
			continue
		}
		text, err := declarable["shift_jis"].table.NewDecoder().Bytes(line)
		kana, all := 0, 0
		for _, r := range string(text) {
			if r >= 0x80 {
				all++
			}
			if r >= 0x3041 && r <= 0x30fe {
				kana++
			}
			if r == '\ufffd' {
				kana = -len(text)
			}
		}
		if err == nil && kana > 1 && 5*kana >= all {
			japanese++
		} else {
			others++
		}
	}
	return japanese > others
}

// strangeRows reports whether the rows below a first line that is Chinese are Korean in EUC-KR or Japanese in Shift_JIS, as where
// somebody has put a heading in Chinese above what another system wrote.
func strangeRows(b []byte) bool {
	rest := below(b)
	once := distinct(rest) // a word that every row repeats speaks once: 林地
	p := countPairs(once)
	if p.all < 8 || chinese(rest) || chinese(once) {
		return false
	}
	sjis, _ := shapes(rest)
	return koreanText(p) && 20*syllabic(once) >= 19*p.all || sjis && undecodable(declarable["shift_jis"].table.NewDecoder(), rest)*badShare <= len(rest)
}

// syllabic counts the characters of two bytes that are syllables of Korean in EUC-KR. A third of the common ones of GB 2312 lie
// beyond these.
func syllabic(b []byte) (n int) {
	for i := 0; i+1 < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if b[i] >= 0xb0 && b[i] <= 0xc8 && b[i+1] >= 0xa1 {
			n++
		}
		i++
	}
	return n
}

// distinct gives each character of two bytes once.
func distinct(b []byte) (once []byte) {
	seen := map[[2]byte]bool{}
	for i := 0; i+1 < len(b); i++ {
		if b[i] < 0x80 {
			continue
		}
		if pair := [2]byte(b[i : i+2]); !seen[pair] {
			seen[pair] = true
			once = append(once, pair[:]...)
		}
		i++
	}
	return once
}

// below is at most 64 KiB of what stands below the first line beyond ASCII; a character may be cut at its end.
func below(b []byte) []byte {
	for len(b) > 0 {
		var line []byte
		if line, b, _ = bytes.Cut(b, []byte{'\n'}); !isASCII(line) {
			break
		}
	}
	return b[:min(len(b), 64<<10)]
}

// pairs counts the characters of two bytes by their first.
type pairs struct {
	all    int
	common int // the 3,755 characters of GB 2312 that are common, its punctuation, full-width signs and letters with accents
	second int // the 3,008 that are less so
	kana   int
	hangul int // would be one of the commonest syllables of Korean
	bytes  int // beyond ASCII
	small  int // of them, those that are small letters of Cyrillic in KOI8-R
	upper  int // and in Windows-1251
}

// syllables are the commonest of Korean, as EUC-KR writes them.
var syllables = func() map[[2]byte]bool {
	set := map[[2]byte]bool{}
	enc := korean.EUCKR.NewEncoder()
	for _, r := range "이다는의을에가고하지로기사한시은도인를자정대그일어리아나서해것과들수전원국장부제조주용" {
		if b, err := enc.Bytes([]byte(string(r))); err == nil && len(b) == 2 {
			set[[2]byte(b)] = true
		}
	}
	return set
}()

func countPairs(b []byte) (p pairs) {
	for _, c := range b {
		switch {
		case c >= 0xe0:
			p.upper++
		case c >= 0xc0:
			p.small++
		case c < 0x80:
			continue
		}
		p.bytes++
	}
	for i := 0; i < len(b); i++ {
		c := b[i]
		if c < 0x80 {
			continue
		}
		p.all++
		if i+1 == len(b) {
			break
		}
		d := b[i+1]
		switch {
		case c == 0x80 || c == 0xff || d < 0x30 || d == 0x7f || d == 0xff:
			continue // no character at all
		case d <= '9':
			i += 3 // four bytes
			continue
		case d >= 0xa1 && (c >= 0xb0 && c <= 0xd7 || c >= 0xa1 && c <= 0xa3 || c == 0xa8 && d <= 0xc0):
			p.common++
		case d >= 0xa1 && c >= 0xd8 && c <= 0xf7:
			p.second++
		case d >= 0xa1 && (c == 0xa4 || c == 0xa5):
			p.kana++
		}
		if syllables[[2]byte{c, d}] {
			p.hangul++
		}
		i++
	}
	return p
}

// chinese reports whether b, read as GB18030, is what people write in Chinese: three of four
// characters are common ones, and it is neither Japanese nor Korean nor Russian in an encoding that looks
// like it. Of a word or two it is enough that they are characters of GB 2312.
func chinese(b []byte) bool {
	p := countPairs(b)
	if p.all < 4 {
		return p.all > 0 && p.common+p.second == p.all
	}
	return 4*(p.common+p.second/2) >= 3*p.all && 5*p.kana < p.all && !koreanText(p) && !cyrillicText(p)
}

// cyrillicText reports whether most bytes lie where the small letters of Cyrillic are.
func cyrillicText(p pairs) bool { return 10*p.upper > 7*p.bytes || 10*p.small > 7*p.bytes }

func koreanText(p pairs) bool { return p.all >= 6 && 4*p.hangul > p.all }

// western reports whether b, read as Windows-1252, is what people write in the languages of western
// Europe: single letters with accents among plain ones, and the signs that go with them.
func western(b []byte) bool {
	good, bad, beside := 0, 0, 0
	letter := func(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' || c >= 0xc0 && c != 0xd7 && c != 0xf7 }
	lower := func(c byte) bool { return c >= 'a' && c <= 'z' || c >= 0xdf && c != 0xf7 }
	for i, c := range b {
		if c < 0x80 {
			continue
		}
		var before, after byte
		if i > 0 {
			before = b[i-1]
		}
		if i+1 < len(b) {
			after = b[i+1]
		}
		if before >= 0x80 || after >= 0x80 {
			beside++
		}
		ok := true
		switch c {
		case 0x81, 0x8d, 0x8f, 0x90, 0x9d:
			ok = false
		case 0x8a, 0x8e, 0x9a, 0x9e: // Š Ž š ž: the languages that have them write in Windows-1250
			ok = false
		case 0xd0, 0xdd, 0xde, 0xf0, 0xfd, 0xfe: // ð ý þ, which are ğ ı ş in Turkish
			ok = false
		case 0x9c: // œ
			ok = letter(before) || letter(after)
		case 0xa1, 0xaa, 0xb2, 0xb3, 0xb9, 0xba, 0xbf, 0xa4, 0xa5, 0xa6, 0xa8, 0xaf, 0xb6, 0xb8, 0xbc, 0xbd, 0xbe:
			ok = !letter(before) || !letter(after)
		default:
			if c >= 0xc0 && c <= 0xde && c != 0xd7 {
				ok = !lower(before)
			}
		}
		if ok {
			good++
		} else {
			bad++
		}
	}
	return good > 0 && 20*bad <= good && 2*beside <= good+bad
}

// foreign names the encoding that b looks like, of those that are read only where they are declared;
// empty: it looks like none.
func foreign(b []byte) (name string, r *Refusal) {
	p := countPairs(b)
	zh, key, odd := "", "", stranger(b)
	if strangeRows(b) {
		b = below(b)
		p = countPairs(b)
	}
	switch sjis, big := shapes(b); {
	case odd == "big5", big && odd == "?" && undecodable(declarable["big5"].table.NewDecoder(), b) == 0:
		zh, name, key = "繁体中文", "Big5", "big5"
	case koreanText(p), odd == "euc-kr":
		zh, name, key = "韩文", "EUC-KR", "euc-kr"
	case 5*p.kana >= p.all && p.kana > 0, odd == "euc-jp":
		zh, name, key = "日文", "EUC-JP", "euc-jp"
	case sjis && undecodable(declarable["shift_jis"].table.NewDecoder(), b) == 0:
		zh, name, key = "日文", "Shift_JIS", "shift_jis"
	case big && undecodable(declarable["big5"].table.NewDecoder(), b)*badShare <= len(b):
		zh, name, key = "繁体中文", "Big5", "big5"
	default:
		zh, name = "", "another"
	}
	if key == "" {
		return name, refuse("encoding", 0, codes.Text{
			Zh: "文件编码无法确定：既不是 UTF-8，按 GB18030 读也不是通顺的中文，按西文编码读也不像文字",
			En: "the encoding cannot be told: it is not UTF-8, as GB18030 it gives no Chinese text, and as a western encoding no plausible one",
		}, codes.Text{
			Zh: "请另存为 csv（UTF-8）后上报；若都是这种编码，在数据集里声明 text: {encoding: …}",
			En: "save it as csv (UTF-8), or declare text: {encoding: ...} in the dataset where its files are always so",
		})
	}
	return name, refuse("encoding", 0, codes.Text{
		Zh: "文件编码像是 " + name + "（" + zh + "），不是 UTF-8，也不是通顺的 GB18030 中文",
		En: "the encoding looks like " + name + "; it is not UTF-8, and as GB18030 it gives no Chinese text",
	}, codes.Text{
		Zh: "请另存为 csv（UTF-8）后上报；若都是这种编码，在数据集里声明 text: {encoding: " + key + "}",
		En: "save it as csv (UTF-8), or declare text: {encoding: " + key + "} in the dataset where its files are always so",
	})
}

// shapes reports whether the characters of b are for the most part common ones of Shift_JIS, and of Big5.
func shapes(b []byte) (sjis, big bool) {
	walk := func(lead func(c byte) (is, common bool), trail func(byte) bool) bool {
		all, good := 0, 0
		for i := 0; i < len(b); i++ {
			if b[i] < 0x80 {
				continue
			}
			all++
			is, common := lead(b[i])
			if is && i+1 < len(b) && trail(b[i+1]) {
				if i++; common {
					good++
				}
			}
		}
		return all > 0 && 4*good >= 3*all
	}
	sjis = walk(func(c byte) (bool, bool) {
		return c >= 0x81 && c <= 0x9f || c >= 0xe0 && c <= 0xef, c >= 0x81 && c <= 0x83 || c >= 0x88 && c <= 0x97
	}, func(c byte) bool { return c >= 0x40 && c != 0x7f && c <= 0xfc })
	big = walk(func(c byte) (bool, bool) { return c >= 0xa1 && c <= 0xf9, c >= 0xa1 && c <= 0xc6 },
		func(c byte) bool { return c >= 0x40 && c <= 0x7e || c >= 0xa1 && c <= 0xfe })
	return sjis, big
}
