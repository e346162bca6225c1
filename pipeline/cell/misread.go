package cell

import (
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// Texts that a program has read in another encoding than they were written in, and saved so: 鍏徃 and å…¬å¸ for 公司,
// MÃ¼ller for Müller, ¼×¹«Ë¾ for 甲公司.

// misreadFirst are the characters with which Chinese in UTF-8 begins where it is read as GBK.
var misreadFirst = sync.OnceValue(func() *[1 << 10]uint64 {
	var set [1 << 10]uint64
	d := simplifiedchinese.GBK.NewDecoder()
	for lead := byte(0xe4); lead <= 0xe9; lead++ {
		for trail := byte(0x80); trail < 0xc0; trail++ {
			b, _ := d.Bytes([]byte{lead, trail})
			if r, _ := utf8.DecodeRune(b); r > 0x7f && r < 1<<16 {
				set[r>>6] |= 1 << (r & 63)
			}
		}
	}
	return &set
})

// MisreadChinese reports whether a text begins with Chinese that was read in another encoding of Chinese than it was written
// in: UTF-8 as GBK, or GBK as Big5.
func MisreadChinese(s string) bool {
	if len(s) > 2 && s[0]-0xe4 <= 0xe9-0xe4 { // nearly every text in Chinese is done with at its first character
		r := rune(s[0]&0xf)<<12 | rune(s[1]&0x3f)<<6 | rune(s[2]&0x3f)
		if mayBeMisread()[r>>6]>>(r&63)&1 == 0 {
			return false
		}
	}
	return unwritten(s) || misreadGBK(s) || misreadTraditional(s)
}

// unwritten reports whether a text begins with memory that a program never wrote to, read as GBK: 烫烫烫, 屯屯屯.
func unwritten(s string) bool {
	return strings.HasPrefix(s, "烫烫烫") || strings.HasPrefix(s, "屯屯屯")
}

// mayBeMisread are the characters with which a text of either kind begins.
var mayBeMisread = sync.OnceValue(func() *[1 << 10]uint64 {
	set := *misreadFirst()
	for i, bits := range traditionalAs()[0] {
		set[i] |= bits
	}
	for _, r := range "烫屯" { // see unwritten
		set[r>>6] |= 1 << (r & 63)
	}
	return &set
})

// misreadGBK reports whether a text that begins with Chinese is UTF-8 that was read as GBK: its characters, in GBK, are
// at least two Chinese ones in UTF-8, and one of them is rarer than those of GB 2312, in which names are written. Nearly every text is done with at its first character.
func misreadGBK(s string) bool {
	if len(s) < 9 || s[0] < 0xe4 || s[0] > 0xe9 {
		return false
	}
	r, _ := utf8.DecodeRuneInString(s)
	if r >= 1<<16 || misreadFirst()[r>>6]>>(r&63)&1 == 0 {
		return false
	}
	end := strings.IndexFunc(s, func(r rune) bool { return r < 0x80 || r == utf8.RuneError })
	if end < 0 {
		end = len(s)
	}
	b := inGBK(s[:end])
	return b != nil && beyond(b) && wholes(b) > 1
}

// traditionalAs are the characters of Big5 whose bytes are a character of GB 2312's first level, in which nearly all words are
// written, and those of them that hardly anybody writes: they stand in Big5's second level, or where it has signs.
var traditionalAs = sync.OnceValue(func() *[2][1 << 10]uint64 {
	var set [2][1 << 10]uint64
	d := traditionalchinese.Big5.NewDecoder()
	for lead := byte(0xb0); lead <= 0xd7; lead++ {
		for trail := byte(0xa1); trail < 0xff; trail++ {
			b, _ := d.Bytes([]byte{lead, trail})
			r, size := utf8.DecodeRune(b)
			if r <= 0x7f || r >= 1<<16 || r == utf8.RuneError || size != len(b) {
				continue
			}
			set[0][r>>6] |= 1 << (r & 63)
			if lead > 0xc6 {
				set[1][r>>6] |= 1 << (r & 63)
			}
		}
	}
	return &set
})

// misreadTraditional reports whether a text begins with Chinese that was written in GBK and read as Big5: its characters up
// to the first in ASCII are common ones in GB 2312, one of them hardly anybody writes in Big5, and one of them GB 2312 has
// not. Of two characters both are such, of three or four the first is, or two: names end in one rare character, 曾雁旻.
func misreadTraditional(s string) bool {
	if len(s) < 5 || s[0] < 0xc2 || s[0] > 0xe9 {
		return false
	}
	set := traditionalAs()
	n, rare, foreign := 0, 0, 0
	end := len(s)
	for i, r := range s {
		if r < 0x80 {
			end = i
			break
		}
		if r >= 1<<16 || set[0][r>>6]>>(r&63)&1 == 0 {
			return false
		}
		if n++; set[1][r>>6]>>(r&63)&1 != 0 {
			rare++
		}
	}
	if n < 2 || rare == 0 {
		return false
	}
	first := false
	for i, r := range s[:end] {
		if b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(string(r))); err != nil || beyond(b) {
			foreign++
			first = first || i == 0
		}
	}
	switch {
	case n == 2:
		return rare == n && foreign == n
	case n < 5:
		return first || foreign > 1
	}
	return foreign > 0
}

// inGBK is a text in GBK; nil: it has characters that GBK has not. Those of nobody's stand for the bytes that have no
// character in it.
func inGBK(s string) []byte {
	if strings.IndexFunc(s, nobodys) < 0 {
		b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s))
		if err != nil {
			return nil
		}
		return b
	}
	var out []byte
	for i, r := range s {
		if !nobodys(r) {
			b, err := simplifiedchinese.GBK.NewEncoder().Bytes([]byte(s[i : i+utf8.RuneLen(r)]))
			if err != nil {
				return nil
			}
			out = append(out, b...)
			continue
		}
		first, row, trail := byte(0xaa), int(r-0xe000), byte(0xa1) // six rows of 94, seven of them, seven of 96
		switch {
		case r >= 0xe4c6:
			first, row, trail = 0xa1, int(r-0xe4c6), 0x40
			if out = append(out, first+byte(row/96), trail+byte(row%96)); row%96 >= 0x7f-0x40 {
				out[len(out)-1]++
			}
			continue
		case r >= 0xe234:
			first, row = 0xf8, int(r-0xe234)
		}
		out = append(out, first+byte(row/94), trail+byte(row%94))
	}
	return out
}

// nobodys reports whether a character is one of those that stand in Unicode for bytes of GBK to which it gives none.
func nobodys(r rune) bool { return r >= 0xe000 && r <= 0xe765 }

// wholes counts the Chinese characters that bytes are in UTF-8, but for a last one that is cut; 0: they are something else too.
func wholes(b []byte) (n int) {
	for len(b) > 2 {
		r, size := utf8.DecodeRune(b)
		if r == utf8.RuneError || size != 3 || (b[0] < 0xe3 || b[0] > 0xe9) && b[0] != 0xef {
			return 0
		}
		n++
		b = b[size:]
	}
	return n
}

// beyond reports whether bytes in GBK hold a character that GB 2312 has not.
func beyond(b []byte) bool {
	for i := 0; i+1 < len(b); i += 2 {
		if b[i] < 0xa1 || b[i+1] < 0xa1 {
			return true
		}
	}
	return false
}

// misreadLatin reports whether a text is UTF-8, or GBK, that was read in a western encoding.
func misreadLatin(s string) bool {
	if strings.IndexByte(s, 0xc2) < 0 && strings.IndexByte(s, 0xc3) < 0 {
		return false
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := charmap.Windows1252.EncodeRune(r)
		switch {
		case ok:
		case r >= 0x80 && r < 0xa0:
			c = byte(r)
		default:
			c = ' '
		}
		b = append(b, c)
	}
	high := 0    // bytes beyond ASCII up to here
	chinese := 0 // characters in UTF-8
	for i, c := range b {
		follows := func(k int, lo byte) bool { return i+k < len(b) && b[i+k] >= lo && b[i+k] < 0xc0 }
		switch {
		case (c >= 0xe3 && c <= 0xe9 || c == 0xef) && follows(1, 0x80) && follows(2, 0x80):
			// é”… and é”· may be the end of a quotation, twice they are none
			if chinese++; chinese > 1 || !closes(b[i+1]) || !closes(b[i+2]) {
				return true
			}
		case c == 0xc3 && follows(1, 0x80), c == 0xc2 && follows(1, 0xa0):
			return true
		}
		if high++; c < 0xa1 || c == 0xff {
			high = 0
		}
		if i+1 < len(b) && b[i+1] >= 0xa1 && b[i+1] != 0xff {
			continue
		}
		if run := b[i+1-high : i+1]; high >= 4 && high%2 == 0 && common(run) {
			return true
		}
		high = 0
	}
	return false
}

// closes reports whether a byte of Windows-1252 is a sign that follows a word: … ‘ ’ “ ” • – — a space, · or ».
func closes(c byte) bool {
	return c == 0x85 || c >= 0x91 && c <= 0x97 || c == 0xa0 || c == 0xb7 || c == 0xbb
}

// common reports whether bytes are common Chinese characters in GB 2312, and as western text no words.
func common(b []byte) bool {
	signs := false
	for i := 0; i+1 < len(b); i += 2 {
		if b[i] < 0xb0 || b[i] > 0xd7 {
			return false
		}
		signs = signs || b[i] < 0xc0 || b[i+1] < 0xc0
	}
	return signs
}
