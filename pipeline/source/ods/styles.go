package ods

import (
	"math"
	"strconv"
	"strings"

	"yanzhen/pipeline/source/numfmt"
	"yanzhen/pipeline/source/xmlscan"
)

// maxStyles is how many styles and formats of a workbook are known; a cell of another one shows its value as it is stored.
const maxStyles = 1 << 16

// style is what a style does to a cell, a row's texts or a sheet.
type style struct {
	parent, format string
	page           string // of a sheet: the master page
	struck, faint  bool
	indent         uint8 // how far it sets texts in from the left
	right          bool  // it sets them from elsewhere
	inset, aligned bool  // it says how far, and from where, itself
	hidden         bool  // of a sheet
	show           *numfmt.Show
	ink, ground    string
	when           []when // of a cell: other styles under conditions
}

// styles are those of a workbook, by family and name.
type styles struct {
	by      map[string]*style
	formats map[string]*format
	now     *style
	form    *format
	inText  bool
	mapped  bool // some style of cells has others under conditions
}

// format is a number format while it is read: as other programs write it, in pieces.
type format struct {
	code  strings.Builder
	maps  []string // conditions and the names of the formats that stand for them
	after int      // commas behind the digits: thousands that are not shown
	kind  string   // the element that it is
}

func newStyles() *styles {
	return &styles{by: map[string]*style{}, formats: map[string]*format{}}
}

// take takes in one token of a part.
func (s *styles) take(token xmlscan.Token, x *xmlscan.Reader) {
	if token == xmlscan.Text {
		if s.inText && s.form != nil && s.form.code.Len() < 1<<10 {
			s.form.quote(string(x.Text))
		}
		return
	}
	name := string(x.Name)
	if token == xmlscan.End {
		switch name {
		case "style":
			s.now = nil
		case "text", "currency-symbol":
			s.inText = false
		case "number-style", "percentage-style", "currency-style", "date-style", "time-style", "boolean-style", "text-style":
			s.form = nil
		}
		return
	}
	switch name {
	case "style", "default-style":
		s.now = &style{parent: x.AttrString("parent-style-name"), format: x.AttrString("data-style-name"), page: x.AttrString("master-page-name")}
		family := x.AttrString("family") + "\x00"
		if len(s.by) < maxStyles {
			s.by[family+x.AttrString("name")] = s.now
		}
		if shown := x.AttrString("display-name"); shown != "" && s.by[family+shown] == nil && len(s.by) < maxStyles { // conditions name it so
			s.by[family+shown] = s.now
		}
	case "number-style", "percentage-style", "currency-style", "date-style", "time-style", "boolean-style", "text-style":
		s.form = &format{kind: name}
		if len(s.formats) < maxStyles {
			s.formats[x.AttrString("name")] = s.form
		}
		if name == "time-style" && x.AttrString("truncate-on-overflow") == "false" {
			s.form.code.WriteString("[h]")
		}
	default:
		if s.now != nil && name == "map" && len(s.now.when) < 8 {
			s.now.when, s.mapped = append(s.now.when, when{asked(x.AttrString("condition")), x.AttrString("apply-style-name")}), true
		}
		if s.now != nil {
			s.now.property(name, x)
		}
		if s.form != nil {
			s.inText = name == "text" || name == "currency-symbol"
			s.form.piece(name, x)
		}
	}
}

// property takes in what a style says.
func (s *style) property(name string, x *xmlscan.Reader) {
	switch name {
	case "paragraph-properties":
		margin, to := x.AttrString("margin-left"), x.AttrString("text-align")
		s.indent, s.inset, s.aligned = steps(margin), margin != "", to != ""
		s.right = to != "" && to != "start" && to != "left"
	case "table-properties":
		s.hidden = x.AttrString("display") == "false"
	case "text-properties":
		if v := x.AttrString("text-line-through-style"); v != "" && v != "none" {
			s.struck = true
		}
		if v := x.AttrString("text-line-through-type"); v != "" && v != "none" {
			s.struck = true
		}
		s.ink = strings.ToLower(x.AttrString("color"))
	case "table-cell-properties":
		for _, way := range [...]string{"diagonal-bl-tr", "diagonal-tl-br"} {
			if v := x.AttrString(way); v != "" && v != "none" {
				s.struck = true
			}
		}
		s.ground = strings.ToLower(x.AttrString("background-color"))
	}
}

// step is how far one step of an indent is, in centimetres.
const step = 0.353

// steps counts the steps of an indent: 0.706cm are two.
func steps(length string) uint8 {
	for unit, cm := range map[string]float64{"cm": 1, "mm": 0.1, "in": 2.54, "pt": 2.54 / 72} {
		if digits, ok := strings.CutSuffix(length, unit); ok {
			v, err := strconv.ParseFloat(digits, 64)
			if err != nil || v <= 0 {
				return 0
			}
			return uint8(min(math.Round(v*cm/step), 99))
		}
	}
	return 0
}

// quote writes a text that a format shows.
func (f *format) quote(text string) {
	text = strings.ReplaceAll(text, `"`, "")
	if before, after, percent := strings.Cut(text, "%"); percent && f.kind == "percentage-style" {
		f.quote(before)
		f.code.WriteByte('%')
		text = after
	}
	if text != "" {
		f.code.WriteString(`"` + text + `"`)
	}
}

// piece takes in one part of a number format.
func (f *format) piece(name string, x *xmlscan.Reader) {
	if f.code.Len() > 1<<10 {
		return
	}
	pick := func(short, long string) {
		if x.AttrString("style") == "long" {
			short = long
		}
		f.code.WriteString(short)
	}
	switch name {
	case "number":
		f.number(x)
	case "scientific-number":
		f.number(x)
		f.code.WriteString("E+00")
	case "fraction":
		f.code.WriteString("# ?/?")
	case "year":
		pick("yy", "yyyy")
	case "month":
		if x.AttrString("textual") == "true" {
			pick("mmm", "mmmm")
		} else {
			pick("m", "mm")
		}
	case "day":
		pick("d", "dd")
	case "day-of-week":
		pick("ddd", "dddd")
	case "era":
		f.code.WriteString("e")
	case "hours":
		pick("h", "hh")
	case "minutes":
		pick("m", "mm")
	case "seconds":
		pick("s", "ss")
	case "am-pm":
		f.code.WriteString("AM/PM")
	case "text-content":
		f.code.WriteString("@")
	case "map":
		if when, ok := strings.CutPrefix(x.AttrString("condition"), "value()"); ok && len(f.maps) < 8 {
			f.maps = append(f.maps, strings.TrimSpace(strings.ReplaceAll(when, "!=", "<>")), x.AttrString("apply-style-name"))
		}
	}
}

// number writes the digits of a format.
func (f *format) number(x *xmlscan.Reader) {
	least, ok := x.AttrInt("min-integer-digits")
	if !ok {
		least = 1
	}
	decimals, some := x.AttrInt("decimal-places")
	shown, ok := x.AttrInt("min-decimal-places")
	if !ok {
		shown = decimals
	}
	if v := x.AttrString("decimal-replacement"); some && v != "" {
		shown = 0
	}
	least, decimals, shown = min(max(least, 0), 30), min(max(decimals, 0), 30), min(max(shown, 0), 30)
	if !some { // as many as there are
		if least <= 1 && x.AttrString("grouping") != "true" {
			f.code.WriteString("General")
			return
		}
		decimals = 10
	}
	digits := strings.Repeat("0", least)
	if x.AttrString("grouping") == "true" {
		digits = "#,##" + max(digits, "0")
	} else if digits == "" {
		digits = "#"
	}
	f.code.WriteString(digits)
	if decimals > 0 {
		f.code.WriteString("." + strings.Repeat("0", min(shown, decimals)) + strings.Repeat("#", max(decimals-shown, 0)))
	}
	if by, err := strconv.ParseFloat(x.AttrString("display-factor"), 64); err == nil && by >= 1000 {
		for ; by >= 1000 && f.after < 4; by /= 1000 {
			f.code.WriteByte(',')
			f.after++
		}
	}
}

// write is the code of a format as xlsx has it: the formats that stand for conditions first.
func (s *styles) write(f *format) string {
	var parts []string
	for i := 0; i+1 < len(f.maps); i += 2 {
		if to := s.formats[f.maps[i+1]]; to != nil && to != f {
			parts = append(parts, "["+f.maps[i]+"]"+to.code.String())
		}
	}
	return strings.Join(append(parts, f.code.String()), ";")
}

// of is the style of a family and name, with what it has of those above it.
func (s *styles) of(family, name string) *style {
	st := s.by[family+"\x00"+name]
	if st == nil {
		return &style{}
	}
	if st.show != nil {
		return st
	}
	if st.show = (&numfmt.Show{}); st.parent != "" && st.parent != name { // set first: a ring of parents ends here
		up := s.of(family, st.parent)
		st.struck = st.struck || up.struck
		if !st.inset {
			st.indent = up.indent
		}
		if !st.aligned {
			st.right = up.right
		}
		if st.ink == "" {
			st.ink = up.ink
		}
		if st.ground == "" {
			st.ground = up.ground
		}
		if st.format == "" {
			st.format = up.format
		}
	}
	if f := s.formats[st.format]; f != nil {
		*st.show = numfmt.Read(s.write(f))
	}
	ground := st.ground
	if ground == "" || ground == "transparent" {
		ground = "#ffffff"
	}
	st.faint = st.ink != "" && st.ink == ground
	return st
}
