package sieve

import (
	"encoding/binary"
	"math/bits"
	"math/rand/v2"
	"unsafe"
)

// Told is what was found out about a text, and about all that differ from it in their digits only.
type Told uint8

// What is found out: of all these a column has hardly any that is not.
const (
	NoLabel  Told = 1 << iota // totals.Likely lets it not pass
	NoRemark                  // the sieve of what remarks say against rows lets it not pass
	Ordinary                  // it is kept as it stands, whatever column of texts it is read for
)

// Texts remembers by the cells' columns what was found out about the texts in them, since most say what one before them said,
// but for its digits. Where most texts of a column are new, as in one of remarks, nothing is looked for over a stretch. It is for
// one goroutine; its zero value is empty.
type Texts struct{ columns []column }

// column is what is known of the texts of one, by their shapes.
type column struct {
	known []known
	asked int
	new   int // of these asked
	rest  int // texts that will not be looked for
	last  string
	told  *Told  // about the last
	none  Told   // about a text that is not remembered
	next  string // whose shape was found before its turn,
	shape uint64 // and which it is
}

type known struct {
	shape uint64
	told  Told
}

const (
	widest  = 64      // columns that are remembered
	longest = 192     // bytes of a text that is
	kept    = 1 << 13 // texts of a column at most
	few     = 1 << 8  // at first
	watched = 1 << 11 // texts after which it is seen how many were new
	resting = 1 << 14
)

// Of is what is known of a text in a column. Who finds something out adds it there, before another text of the column is asked for.
func (t *Texts) Of(at int, text string) *Told {
	if at < len(t.columns) {
		if c := &t.columns[at]; len(text) > 0 && len(text) == len(c.last) && unsafe.StringData(text) == unsafe.StringData(c.last) {
			return c.told
		}
	}
	return t.find(at, text)
}

// Ahead tells the shape of a text in a column that may be asked for next.
func (t *Texts) Ahead(at int, text string, shape uint64) {
	if at < len(t.columns) {
		c := &t.columns[at]
		c.next, c.shape = text, shape
	}
}

func (t *Texts) find(at int, text string) *Told {
	if t.columns == nil {
		t.columns = make([]column, widest)
	}
	if at >= len(t.columns) {
		return new(Told)
	}
	c := &t.columns[at]
	c.last, c.told, c.none = text, &c.none, 0
	switch {
	case c.rest > 0:
		c.rest--
		return c.told
	case len(text) > longest:
		return c.told
	case c.known == nil:
		c.known = make([]known, few)
	}
	shape := c.shape
	if len(c.next) != len(text) || unsafe.StringData(c.next) != unsafe.StringData(text) {
		shape = Shape(text)
	}
	k := &c.known[shape&uint64(len(c.known)-1)]
	c.asked++
	if k.shape != shape {
		*k = known{shape: shape}
		c.new++
	}
	if c.told = &k.told; c.asked < watched {
		return c.told
	}
	switch {
	case len(c.known) < kept && c.new > c.asked/16:
		c.known = make([]known, min(8*len(c.known), kept))
	case c.new > c.asked/2:
		c.rest = resting
	}
	c.asked, c.new = 0, 0
	return c.told
}

const (
	ones  = 0x0101010101010101
	zeros = '0' * ones
)

// keys are of this run of the program: nobody can choose texts whose shapes meet.
var keys = [4]uint64{rand.Uint64(), rand.Uint64(), rand.Uint64(), rand.Uint64()}

// Shape is a hash of a text that is the same for texts which differ in their digits only, not in how many there are.
func Shape(s string) uint64 {
	b := unsafe.Slice(unsafe.StringData(s), len(s))
	h := keys[0] ^ uint64(len(b))*(keys[2]|1) // times: a length and a byte that differ in the same bits would cancel each other
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
