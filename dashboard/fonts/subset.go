package fonts

import (
	"encoding/binary"
	"fmt"
	"maps"
	"math/bits"
	"slices"
	"unicode/utf16"

	"golang.org/x/image/font/sfnt"
)

// Subset is a TrueType font with the characters that codes names, each under its code: the character itself, or another
// where a document cannot say it. Its first glyph, for what is missing, is the font's own. A character that the font
// lacks is an error.
func (f *Face) Subset(codes map[rune]rune) ([]byte, error) {
	glyphs := map[rune]uint16{} // by code
	order := []uint16{0}
	place := map[uint16]uint16{0: 0}
	add := func(old uint16) uint16 {
		if at, ok := place[old]; ok {
			return at
		}
		at := uint16(len(order))
		place[old] = at
		order = append(order, old)
		return at
	}
	for _, r := range slices.Sorted(maps.Keys(codes)) {
		g := f.find(r)
		if g.index == 0 {
			return nil, fmt.Errorf("fonts: %s has no %U", f.Name, r)
		}
		glyphs[codes[r]] = add(uint16(g.index))
	}
	var glyf, loca, hmtx []byte
	for i := 0; i < len(order); i++ { // parts of a composed glyph are added while it goes
		shape, err := f.shape(order[i])
		if err != nil {
			return nil, err
		}
		if shape, err = composed(shape, add); err != nil {
			return nil, err
		}
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		if len(glyf)+len(shape) > len(f.tables["glyf"])+4*len(order) {
			return nil, fmt.Errorf("fonts: the glyphs of %s lie over each other", f.Name)
		}
		glyf = append(glyf, shape...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		m, err := f.metric(order[i])
		if err != nil {
			return nil, err
		}
		hmtx = append(hmtx, m[:]...)
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	head, hhea, maxp := slices.Clone(f.tables["head"]), slices.Clone(f.tables["hhea"]), slices.Clone(f.tables["maxp"])
	clear(head[8:12])                        // the sum of the file, which nobody reckons
	binary.BigEndian.PutUint16(head[50:], 1) // places of glyphs in four bytes
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(order)))
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(order)))
	post := make([]byte, 32)
	binary.BigEndian.PutUint32(post, 0x00030000) // no names of glyphs
	if old := f.tables["post"]; len(old) >= 16 {
		copy(post[4:16], old[4:16])
	}
	tables := map[string][]byte{
		"head": head, "hhea": hhea, "maxp": maxp, "hmtx": hmtx, "loca": loca, "glyf": glyf, "post": post,
		"cmap": characters(glyphs), "name": f.named(),
	}
	for _, name := range []string{"OS/2", "cvt ", "fpgm", "prep", "gasp"} {
		if t := f.tables[name]; len(t) > 0 {
			tables[name] = t
		}
	}
	return assemble(tables), nil
}

// shape is the outline of a glyph as the font writes it.
func (f *Face) shape(i uint16) ([]byte, error) {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	var from, to uint64
	if long := binary.BigEndian.Uint16(f.tables["head"][50:]) == 1; long {
		if 4*int(i)+8 > len(loca) {
			return nil, fmt.Errorf("fonts: %s has no glyph %d", f.Name, i)
		}
		from, to = uint64(binary.BigEndian.Uint32(loca[4*int(i):])), uint64(binary.BigEndian.Uint32(loca[4*int(i)+4:]))
	} else {
		if 2*int(i)+4 > len(loca) {
			return nil, fmt.Errorf("fonts: %s has no glyph %d", f.Name, i)
		}
		from, to = 2*uint64(binary.BigEndian.Uint16(loca[2*int(i):])), 2*uint64(binary.BigEndian.Uint16(loca[2*int(i)+2:]))
	}
	if from > to || to > uint64(len(glyf)) {
		return nil, fmt.Errorf("fonts: %s: glyph %d is cut off", f.Name, i)
	}
	return glyf[from:to], nil
}

// metric is the width of a glyph and where it begins, as the font writes it.
func (f *Face) metric(i uint16) (m [4]byte, err error) {
	hmtx, full := f.tables["hmtx"], int(binary.BigEndian.Uint16(f.tables["hhea"][34:]))
	at := int(i)
	if full == 0 || 4*full > len(hmtx) {
		return m, fmt.Errorf("fonts: %s tells no widths", f.Name)
	}
	if at < full {
		copy(m[:], hmtx[4*at:])
		return m, nil
	}
	copy(m[:2], hmtx[4*full-4:]) // all that follow are as wide as the last
	if bearing := 4*full + 2*(at-full); bearing+2 <= len(hmtx) {
		copy(m[2:], hmtx[bearing:])
	}
	return m, nil
}

// composed gives the parts of a composed glyph their new numbers. A simple one is answered as it is.
func composed(shape []byte, add func(uint16) uint16) ([]byte, error) {
	if len(shape) < 10 || int16(binary.BigEndian.Uint16(shape)) >= 0 {
		return shape, nil
	}
	const words, scale, more, both, square = 1, 1 << 3, 1 << 5, 1 << 6, 1 << 7
	shape = slices.Clone(shape)
	for at, flags := 10, uint16(more); flags&more != 0; {
		if at+4 > len(shape) {
			return nil, fmt.Errorf("fonts: a composed glyph is cut off")
		}
		flags = binary.BigEndian.Uint16(shape[at:])
		binary.BigEndian.PutUint16(shape[at+2:], add(binary.BigEndian.Uint16(shape[at+2:])))
		at += 6
		if flags&words != 0 {
			at += 2
		}
		switch {
		case flags&scale != 0:
			at += 2
		case flags&both != 0:
			at += 4
		case flags&square != 0:
			at += 8
		}
	}
	return shape, nil
}

// characters is the table from codes to glyphs: of all, and of those of two bytes, which some readers look at alone.
func characters(glyphs map[rune]uint16) []byte {
	type stretch struct {
		from, to rune
		glyph    uint16
	}
	var short, long []stretch
	for _, r := range slices.Sorted(maps.Keys(glyphs)) {
		g := glyphs[r]
		next := func(list []stretch) []stretch {
			if n := len(list); n > 0 && list[n-1].to+1 == r && rune(list[n-1].glyph)+(r-list[n-1].from) == rune(g) {
				list[n-1].to = r
				return list
			}
			return append(list, stretch{r, r, g})
		}
		long = next(long)
		if r < 0xffff {
			short = next(short)
		}
	}
	short = append(short, stretch{0xffff, 0xffff, 0})
	n := uint16(len(short))
	two := binary.BigEndian.AppendUint16
	floor := uint16(1) << (bits.Len16(n) - 1)
	var ends, starts, deltas, offsets []byte
	for _, s := range short {
		ends, starts, offsets = two(ends, uint16(s.to)), two(starts, uint16(s.from)), two(offsets, 0)
		delta := s.glyph - uint16(s.from)
		if s.from == 0xffff {
			delta = 1
		}
		deltas = two(deltas, delta)
	}
	// the length of a subtable in two bytes holds 8,000 stretches; readers of larger fonts take the other subtable
	table := []byte{}
	for _, v := range []uint16{4, uint16(min(0xffff, 16+8*int(n))), 0, 2 * n, 2 * floor, uint16(bits.Len16(floor) - 1), 2 * (n - floor)} {
		table = two(table, v)
	}
	table = append(table, ends...)
	table = append(two(table, 0), starts...)
	table = append(append(table, deltas...), offsets...)
	for len(table)%4 != 0 {
		table = append(table, 0)
	}
	four := binary.BigEndian.AppendUint32
	wide := two(two(nil, 12), 0)
	wide = four(four(four(wide, uint32(16+12*len(long))), 0), uint32(len(long)))
	for _, s := range long {
		wide = four(four(four(wide, uint32(s.from)), uint32(s.to)), uint32(s.glyph))
	}
	out := two(two(nil, 0), 2)
	out = four(two(two(out, 3), 1), 20)
	out = four(two(two(out, 3), 10), uint32(20+len(table)))
	return append(append(out, table...), wide...)
}

// named is a table of names: the full one, which is the family's here too, and whose the font is and what may be done
// with it.
func (f *Face) named() []byte {
	type entry struct {
		id   uint16
		text string
	}
	var list []entry
	add := func(id sfnt.NameID, as ...uint16) {
		text, err := f.font.Name(&f.buffer, id)
		if err != nil || len(text) > 4000 {
			return
		}
		for _, id := range as {
			list = append(list, entry{id, text})
		}
	}
	f.mu.Lock()
	add(sfnt.NameIDCopyright, 0)
	add(sfnt.NameIDFull, 1, 4, 6)
	add(sfnt.NameIDLicense, 13)
	add(sfnt.NameIDLicenseURL, 14)
	f.mu.Unlock()
	two := binary.BigEndian.AppendUint16
	out := two(two(two(nil, 0), uint16(len(list))), uint16(6+12*len(list)))
	var texts []byte
	for _, e := range list {
		from := len(texts)
		for _, u := range utf16.Encode([]rune(e.text)) {
			texts = two(texts, u)
		}
		for _, v := range []uint16{3, 1, 0x409, e.id, uint16(len(texts) - from), uint16(from)} {
			out = two(out, v)
		}
	}
	return append(out, texts...)
}

// assemble writes tables as the file of a font.
func assemble(tables map[string][]byte) []byte {
	names := slices.Sorted(maps.Keys(tables))
	n := uint16(len(names))
	floor := uint16(1) << (bits.Len16(n) - 1)
	two, four := binary.BigEndian.AppendUint16, binary.BigEndian.AppendUint32
	out := four(nil, 0x00010000)
	for _, v := range []uint16{n, 16 * floor, uint16(bits.Len16(floor) - 1), 16 * (n - floor)} {
		out = two(out, v)
	}
	at := 12 + 16*len(names)
	for _, name := range names {
		t := tables[name]
		out = append(out, name...)
		out = four(four(four(out, sum(t)), uint32(at)), uint32(len(t)))
		at += (len(t) + 3) &^ 3
	}
	for _, name := range names {
		out = append(out, tables[name]...)
		for len(out)%4 != 0 {
			out = append(out, 0)
		}
	}
	return out
}

// sum is the sum of a table's numbers of four bytes.
func sum(t []byte) uint32 {
	var s uint32
	for ; len(t) >= 4; t = t[4:] {
		s += binary.BigEndian.Uint32(t)
	}
	var last [4]byte
	copy(last[:], t)
	return s + binary.BigEndian.Uint32(last[:])
}
