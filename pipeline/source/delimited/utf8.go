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
	due := uint64(0) // the top bits of the bytes that must continue a character
	for ; len(b) >= 8; b = b[8:] {
		var ok bool
		if due, ok = eight(binary.LittleEndian.Uint64(b), due); !ok {
			return false
		}
	}
	var rest [8]byte
	copy(rest[:], b)
	due, ok := eight(binary.LittleEndian.Uint64(rest[:]), due)
	return ok && due == 0
}

// eight looks at eight bytes, of which those of due must continue a character, and gives those that must behind them.
func eight(w, due uint64) (behind uint64, ok bool) {
	lead := w & (w << 1) & 0x8080808080808080 // 11xxxxxx
	long := lead & (w << 2)                   // 111xxxxx
	top := w & 0x8080808080808080
	return long>>56 | long>>48, (lead^long)|long&(w<<3)|(top^lead^(due|long<<8|long<<16)) == 0
}
