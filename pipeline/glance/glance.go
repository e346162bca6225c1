// Package glance tells from the first bytes of a text what a row needs to know of all its cells, at the cost of a
// look that every cell of every file can bear.
package glance

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

// Whole is how long a text may be that its ends and its length tell from every other.
const Whole = 16

// Spread is a quick hash of a text, of 16 bits, and the text's ends: its first and its last eight bytes, which meet in one
// of up to Whole bytes. Whoever looks a text up by the hash must bear that somebody chooses texts that meet.
func Spread(s string) (hash, head, tail uint64) {
	const odd = 0x9e3779b97f4a7c15
	h := uint64(len(s))
	switch {
	case len(s) >= 8:
		head, tail = eight(s), eight(s[len(s)-8:])
		for rest := s[8:]; len(rest) > 8; rest = rest[8:] {
			h = (h ^ eight(rest)) * odd
			h ^= h >> 29
		}
	case len(s) >= 4:
		head, tail = four(s), four(s[len(s)-4:])
	case len(s) > 0: // one byte, two or three
		head, tail = uint64(s[0])|uint64(s[len(s)/2])<<8, uint64(s[len(s)-1])
	}
	h = (h ^ head) * odd
	h ^= h >> 29
	return (h ^ tail) * odd >> 48, head, tail
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
