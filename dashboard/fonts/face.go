package fonts

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Face is one font.
type Face struct {
	Name            string // what it calls itself
	Ascent, Descent float64
	Embeddable      bool // its maker lets it stand in documents
	data            []byte
	tables          map[string][]byte
	font            *sfnt.Font
	units           int

	mu     sync.Mutex
	buffer sfnt.Buffer
	glyphs map[rune]glyph
}

type glyph struct {
	index   sfnt.GlyphIndex
	advance float64
}

// Parse reads a TrueType font, or the first one of a collection of them. Fonts with the outlines of PostScript are
// refused: they cannot be cut down for a document here.
func Parse(data []byte) (*Face, error) {
	tables, err := directory(data)
	if err != nil {
		return nil, err
	}
	single := data
	if string(data[:4]) == "ttcf" {
		single = assemble(tables)
	}
	f, err := sfnt.Parse(single)
	if err != nil {
		return nil, err
	}
	face := &Face{data: single, tables: tables, font: f, units: int(f.UnitsPerEm()), glyphs: map[rune]glyph{}}
	if face.units < 16 || face.units > 16384 {
		return nil, errors.New("the font states no size")
	}
	if face.Name, err = f.Name(&face.buffer, sfnt.NameIDFull); err != nil || face.Name == "" {
		face.Name = "?"
	}
	m, err := f.Metrics(&face.buffer, fixed.I(1000), font.HintingNone)
	if err != nil {
		return nil, err
	}
	face.Ascent, face.Descent = float64(m.Ascent)/64000, float64(m.Descent)/64000
	face.Embeddable = true
	if os2 := tables["OS/2"]; len(os2) >= 10 {
		kind := binary.BigEndian.Uint16(os2[8:])
		face.Embeddable = kind&0xf != 2 && kind&0x300 == 0
	}
	return face, nil
}

// needed are the tables without which a font is none, or none that can be cut down.
var needed = []string{"head", "hhea", "maxp", "hmtx", "cmap", "loca", "glyf"}

// directory finds the tables of a font.
func directory(data []byte) (map[string][]byte, error) {
	at := 0
	if len(data) >= 16 && string(data[:4]) == "ttcf" {
		at = int(binary.BigEndian.Uint32(data[12:]))
	}
	if at < 0 || at+12 > len(data) {
		return nil, errors.New("this is no font: it is too short")
	}
	switch kind := string(data[at : at+4]); kind {
	case "\x00\x01\x00\x00", "true":
	case "OTTO":
		return nil, errors.New("the font has PostScript outlines (OTF); a TrueType font (TTF, TTC) is needed")
	default:
		return nil, fmt.Errorf("this is no TrueType font: it begins with %q", kind)
	}
	tables := map[string][]byte{}
	count := int(binary.BigEndian.Uint16(data[at+4:]))
	for i := range count {
		entry := at + 12 + 16*i
		if entry+16 > len(data) {
			return nil, errors.New("the list of tables is cut off")
		}
		from, size := uint64(binary.BigEndian.Uint32(data[entry+8:])), uint64(binary.BigEndian.Uint32(data[entry+12:]))
		if from+size > uint64(len(data)) {
			return nil, fmt.Errorf("table %q is cut off", data[entry:entry+4])
		}
		tables[string(data[entry:entry+4])] = data[from : from+size : from+size]
	}
	least := map[string]int{"head": 54, "hhea": 36, "maxp": 6}
	for _, name := range needed {
		if t, ok := tables[name]; !ok || len(t) < least[name] {
			return nil, fmt.Errorf("the font has no table %q", name)
		}
	}
	return tables, nil
}

// find answers the glyph of a character; its index is 0 where there is none.
func (f *Face) find(r rune) glyph {
	f.mu.Lock()
	defer f.mu.Unlock()
	g, ok := f.glyphs[r]
	if ok {
		return g
	}
	if i, err := f.font.GlyphIndex(&f.buffer, r); err == nil && i != 0 {
		if w, err := f.font.GlyphAdvance(&f.buffer, i, fixed.Int26_6(f.units), font.HintingNone); err == nil {
			g = glyph{i, float64(w) / float64(f.units)}
		}
	}
	if len(f.glyphs) < 1<<17 {
		f.glyphs[r] = g
	}
	return g
}

// Has says whether the font has a character.
func (f *Face) Has(r rune) bool { return f.find(r).index != 0 }

// Advance is how far a character reaches, in parts of the font's size; 0 where the font lacks it.
func (f *Face) Advance(r rune) float64 { return f.find(r).advance }

// Width is how far a text reaches.
func (f *Face) Width(text string) float64 {
	w := 0.0
	for _, r := range text {
		w += f.Advance(r)
	}
	return w
}

// Step is a piece of an outline: M, L, Q or C with the points that it needs, in parts of the font's size, y downwards.
type Step struct {
	Op byte
	At [3][2]float64
}

// Outline is the shape of a character, at its origin on the base line. It is an error where the font lacks it.
func (f *Face) Outline(r rune) ([]Step, error) {
	g := f.find(r)
	if g.index == 0 {
		return nil, fmt.Errorf("fonts: %s has no %U", f.Name, r)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	const fine = 1 << 12 // parts of a unit would be lost at a size of one em
	segments, err := f.font.LoadGlyph(&f.buffer, g.index, fixed.Int26_6(fine), nil)
	if err != nil {
		return nil, fmt.Errorf("fonts: %s: %U: %w", f.Name, r, err)
	}
	out := make([]Step, len(segments))
	for i, s := range segments {
		out[i].Op = "MLQC"[s.Op]
		for j, p := range s.Args {
			out[i].At[j] = [2]float64{float64(p.X) / fine, float64(p.Y) / fine}
		}
	}
	return out, nil
}
