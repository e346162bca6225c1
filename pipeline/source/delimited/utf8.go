package delimited

import (
	"bytes"
	"encoding/binary"
	"unicode/utf8"
)

// valid is utf8.Valid, and faster over text that changes between ASCII and Chinese.
func valid(b []byte) bool {
	for len(b) > 0 {
		p := b[:min(len(b), 4<<10)]
		if p = p[:len(p)-len(cutOff(p))]; len(p) == 0 || !inThrees(p) && !utf8.Valid(p) {
			return false
		}
		b = b[len(p):]
	}
	return true
}

// inThrees tells, eight bytes at a time, that b is nothing but characters of one and of three bytes. Of those that begin with E0 and
// ED, behind which not all others may stand, it tells nothing.
func inThrees(b []byte) bool {
	if bytes.IndexByte(b, 0xe0) >= 0 || bytes.IndexByte(b, 0xed) >= 0 {
		return false
	}
	due, bad := uint64(0), uint64(0) // the top bits of the bytes that must continue a character, and of those that may not stand there
	for len(b) >= 16 {
		w := binary.LittleEndian.Uint64(b)
		long, odd := eight(w, due)
		bad |= odd
		w = binary.LittleEndian.Uint64(b[8:])
		long, odd = eight(w, long>>56|long>>48)
		bad |= odd
		due = long>>56 | long>>48
		b = b[16:]
	}
	var rest [16]byte
	copy(rest[:], b)
	long, odd := eight(binary.LittleEndian.Uint64(rest[:]), due)
	bad |= odd
	long, odd = eight(binary.LittleEndian.Uint64(rest[8:]), long>>56|long>>48)
	return bad|odd|long>>56|long>>48 == 0
}

// eight looks at eight bytes, of which those of due must continue a character. It gives those that begin a character of three, and
// those that may not stand there.
func eight(w, due uint64) (long, odd uint64) {
	const tops = 0x8080808080808080
	lead := w & (w << 1)          // 11xxxxxx
	long = lead & (w << 2) & tops // 111xxxxx
	return long, (lead&tops ^ long) | long&(w<<3) | (w&tops ^ long ^ (due | long<<8 | long<<16))
}
