package sieve

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"unsafe"
)

// Known remembers by their hashes texts that nothing was found in, since most say what one before them said. Where most are new,
// as in a column of remarks, nothing is looked for over a stretch. It is for one goroutine; its zero value is empty.
type Known struct {
	known []uint64
	hash  uint64 // that Place was asked for last
	asked int
	new   int // of these asked
	rest  int // texts that will not be looked for
}

const (
	kept    = 1 << 13 // texts that are remembered
	watched = 1 << 11 // texts after which it is seen how many were new
	resting = 1 << 14
)

// Rests says that a text is not to be looked for: most of those before were new. It counts the texts.
func (k *Known) Rests() bool {
	if k.rest > 0 {
		k.rest--
		return true
	}
	return false
}

// Place is where a text of this hash is remembered; it is known where the hash stands there already.
func (k *Known) Place(h uint64) (at int, known bool) {
	if k.known == nil {
		k.known = make([]uint64, kept)
	}
	k.hash = h
	k.asked++
	if at = int(h % kept); k.known[at] == h {
		return at, true
	}
	if k.new++; k.asked >= watched {
		if k.new > k.asked/2 {
			k.rest = resting
		}
		k.asked, k.new = 0, 0
	}
	return at, false
}

// Keep remembers the text that was asked for last, in its place.
func (k *Known) Keep(at int) { k.known[at] = k.hash }

const (
	ones  = 0x0101010101010101
	zeros = '0' * ones
)

// keys are of this run of the program: nobody can choose texts whose shapes meet.
var keys = [4]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64()}

// Shape is a hash of a text that is the same for texts which differ in their digits only, not in how many there are.
func Shape(s string) uint64 {
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	h := keys[0] ^ uint64(len(b))
	if len(b) >= 8 {
		last := binary.LittleEndian.Uint64(b[len(b)-8:])
		for ; len(b) > 16; b = b[16:] {
			h = mixed(zeroed(binary.LittleEndian.Uint64(b))^keys[1], zeroed(binary.LittleEndian.Uint64(b[8:]))^h)
		}
		first := last // of what is left, one byte at least
		if len(b) >= 8 {
			first = binary.LittleEndian.Uint64(b)
		}
		return mixed(mixed(zeroed(first)^keys[1], zeroed(last)^h)^keys[2], keys[3])
	}
	x := uint64(0)
	for _, c := range b {
		x = x<<8 | uint64(c)
	}
	return mixed(mixed(zeroed(x)^keys[1], h)^keys[2], keys[3])
}

func mixed(a, b uint64) uint64 {
	high, low := bits.Mul64(a, b)
	return high ^ low
}

// zeroed is eight bytes with 0 for each digit.
func zeroed(x uint64) uint64 {
	t := x ^ zeros
	digits := ^(t&(0x7f*ones) + (0x7f-9)*ones | t) >> 7 & ones // the lowest bit of each byte that is one
	return x &^ (digits * 0x0f)
}
