// Package glance tells from the first bytes of a text what a row needs to know of all its cells, at the cost of a
// look that every cell of every file can bear.
package glance

import (
	"math/bits"
	"math/rand/v2"
)

// Look is what the first byte of a text tells.
type Look uint8

// The looks.
const (
	Nothing Look = iota // it is empty
	Says                // it says something, and does not repeat what stands above
	Unsure              // it may be blank, may repeat, and may have a guard before it: ="00123", '00123, `00123
)

// First looks at the first byte.
func First(text string) Look {
	if len(text) == 0 {
		return Nothing
	}
	return looks[text[0]]
}

// looks are those of texts by their first byte: nearly all of ASCII and of the Chinese characters from U+4000 say
// something. Some of those that begin like 同上, 如上, 仝 and -〃- repeat.
var looks = func() (l [256]Look) {
	for b := range l {
		if l[b] = Unsure; b > '\'' && b < 0x7f && b|0x20 != 'd' && b != '`' && b != '-' && b != '=' && b != '(' || b >= 0xe6 && b <= 0xe9 {
			l[b] = Says
		}
	}
	return l
}()

// Second looks at the second byte too, of a text that First is unsure of: true tells that it says something and
// does not repeat what stands above, as most of them.
func Second(text string) bool {
	switch text[0] {
	case 0xe5: // 同, 如
		return len(text) > 2 && text[1] != 0x90 && text[1] != 0xa6
	case 0xe4: // 仝
		return len(text) > 2 && text[1] != 0xbb
	case '-':
		return len(text) > 1 && text[1]-'0' <= 9
	case 'd', 'D':
		return len(text) != len("ditto") && len(text) != len("do.")
	}
	return false
}

// Ends tell a text from every other by its length and its first and last eight bytes, which meet in one of up to 16 bytes; of a
// longer one by a hash of its length and of what stands between as well. Two of n such texts that agree in all the rest share one
// with odds of about n²/2⁶⁵, and nobody can choose them: the hash is another in each run of the program.
type Ends struct{ Head, Tail, Rest uint64 }

var odd = rand.Uint64() | 1

// Spread is a quick hash of a text, of 16 bits, and its ends.
func Spread(s string) (hash uint64, e Ends) {
	odd, h := odd, uint64(len(s))*odd // times: a length and a first byte that differ in the same bits would cancel each other
	switch {
	case len(s) >= 8:
		e.Head, e.Tail = eight(s), eight(s[len(s)-8:])
		for rest := s[8:]; len(rest) > 8; rest = rest[8:] {
			high, low := bits.Mul64(h^eight(rest), odd)
			h = high ^ low
		}
	case len(s) >= 4:
		e.Head, e.Tail = four(s), four(s[len(s)-4:])
	case len(s) > 0: // one byte, two or three
		e.Head, e.Tail = uint64(s[0])|uint64(s[len(s)/2])<<8, uint64(s[len(s)-1])
	}
	e.Rest = h
	h = (h ^ e.Head) * odd
	h ^= h >> 29
	return (h ^ e.Tail) * odd >> 48, e
}

// eight and four are read as one word each: the compiler sees to that.
func eight(s string) uint64 {
	_ = s[7]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
}

func four(s string) uint64 {
	_ = s[3]
	return uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24
}
