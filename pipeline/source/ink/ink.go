// Package ink knows what the formats of letters in a workbook say that their texts do not: what is struck through is void, a
// raised digit is a footnote, and letters in the colour of their ground are seen by nobody.
package ink

import (
	"strconv"
	"strings"

	"yanzhen/pipeline/source/xmlscan"
)

// most is how many fonts, fills and styles are looked at.
const most = 1 << 16

// Styles follows the part of a workbook that holds its styles. The zero value is ready.
type Styles struct {
	part         string   // that is read: fonts, fills, cellXfs
	crossed      []bool   // by border: a line goes through the cell
	lined        []bool   // by style
	fonts, fills []string // the colours of letters and of the ground; empty: not known
	unseen       []bool
}

// Start looks at an element that begins.
func (s *Styles) Start(x *xmlscan.Reader) {
	switch name := string(x.Name); name {
	case "fonts", "fills", "cellXfs", "cellStyleXfs", "borders", "cellStyles", "dxfs", "numFmts":
		s.part = name
	case "font":
		if s.part == "fonts" && len(s.fonts) < most {
			s.fonts = append(s.fonts, black)
		}
	case "fill":
		if s.part == "fills" && len(s.fills) < most {
			s.fills = append(s.fills, white)
		}
	case "border":
		if s.part == "borders" && len(s.crossed) < most {
			s.crossed = append(s.crossed, x.AttrBool("diagonalUp") || x.AttrBool("diagonalDown"))
		}
	case "color":
		if n := len(s.fonts); s.part == "fonts" && n > 0 {
			s.fonts[n-1] = colour(x, black)
		}
	case "patternFill":
		if n := len(s.fills); s.part == "fills" && n > 0 {
			if p := x.AttrString("patternType"); p != "" && p != "none" {
				s.fills[n-1] = "" // until its colour is known
				if p != "solid" {
					s.fills[n-1] = p
				}
			}
		}
	case "fgColor":
		if n := len(s.fills); s.part == "fills" && n > 0 && s.fills[n-1] == "" {
			s.fills[n-1] = colour(x, "")
		}
	case "gradientFill":
		if n := len(s.fills); s.part == "fills" && n > 0 {
			s.fills[n-1] = name
		}
	case "xf":
		if s.part == "cellXfs" && len(s.unseen) < most {
			font, fill := black, white
			if i, ok := x.AttrInt("fontId"); ok && i >= 0 && i < len(s.fonts) {
				font = s.fonts[i]
			}
			if i, ok := x.AttrInt("fillId"); ok && i >= 0 && i < len(s.fills) {
				fill = s.fills[i]
			}
			s.unseen = append(s.unseen, alike(font, fill))
			border, ok := x.AttrInt("borderId")
			s.lined = append(s.lined, ok && border >= 0 && border < len(s.crossed) && s.crossed[border])
		}
	}
}

// Cross adds to the styles that strike their letters through those whose cells a line crosses from corner to corner.
func (s *Styles) Cross(struck []bool) []bool {
	for i, crossed := range s.lined {
		if crossed {
			struck = append(struck, make([]bool, max(0, i+1-len(struck)))...)
			struck[i] = true
		}
	}
	return struck
}

// Unseen tells of each style, by its index, whether its letters cannot be seen; nil: those of all can.
func (s *Styles) Unseen() []bool {
	for _, u := range s.unseen {
		if u {
			return s.unseen
		}
	}
	return nil
}

// near is how far two colours may be apart in each part that nobody tells apart.
const near = 12

func alike(a, b string) bool {
	x, err := strconv.ParseUint(a, 16, 32)
	y, other := strconv.ParseUint(b, 16, 32)
	if err != nil || other != nil {
		return a != "" && a == b
	}
	for shift := 0; shift < 24; shift += 8 {
		if d := int(x>>shift&0xff) - int(y>>shift&0xff); d > near || d < -near {
			return false
		}
	}
	return true
}

// White is the colour of paper.
const White = white

const white, black = "FFFFFF", "000000"

// Colour names the colour that an element gives; empty: it gives none.
func Colour(x *xmlscan.Reader) string { return colour(x, "") }

// colour names the colour that an element gives: six digits where they are known. automatic is what it is where none is given.
func colour(x *xmlscan.Reader, automatic string) string {
	tint := x.AttrString("tint")
	if t, err := strconv.ParseFloat(tint, 64); err == nil && t == 0 {
		tint = ""
	}
	if rgb := strings.ToUpper(x.AttrString("rgb")); len(rgb) >= 6 && tint == "" {
		return rgb[len(rgb)-6:]
	}
	if n, ok := x.AttrInt("theme"); ok {
		switch {
		case tint != "":
		case n == 0: // the first light colour, which is that of the paper
			return white
		case n == 1:
			return black
		}
		return "theme " + strconv.Itoa(n) + " " + tint
	}
	if n, ok := x.AttrInt("indexed"); ok {
		switch n {
		case 1, 9, 65:
			return white
		case 0, 8, 64:
			return black
		}
		return "indexed " + strconv.Itoa(n)
	}
	return automatic
}
