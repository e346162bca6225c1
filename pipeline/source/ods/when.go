package ods

import (
	"fmt"
	"strings"

	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/grid"
	"yanzhen/pipeline/source/xmlscan"
)

// when is a condition and the style that cells have under it.
type when struct{ says, style string }

// mapped are the cells of a sheet whose style has conditions, as OpenDocument writes them; LibreOffice writes them by range.
type mapped struct {
	style                    *style
	top, left, bottom, right int
}

// maxMapped bounds the styles with conditions of a sheet.
const maxMapped = 200

// reach takes in that a cell has a style with conditions, in a row and in those down to the last that repeat it.
func (s *Sheet) reach(st *style, row, last, column int) {
	for i := range s.mapped {
		if m := &s.mapped[i]; m.style == st {
			m.bottom, m.left, m.right = max(m.bottom, last), min(m.left, column), max(m.right, column)
			return
		}
	}
	if len(s.mapped) < maxMapped {
		s.mapped = append(s.mapped, mapped{st, row, column, last, column})
	} else {
		s.more = true
	}
}

// styled adds the conditions of the styles that cells of a sheet have, unless they were written by range.
func (s *Sheet) styled() {
	if len(s.Conditions.List) > 0 || s.ranges {
		return
	}
	if s.more {
		s.Conditions.More++
	}
	for _, m := range s.mapped {
		area := fmt.Sprintf("%s%d:%s%d", grid.Letters(m.left), m.top, grid.Letters(m.right), m.bottom)
		for _, w := range m.style.when {
			s.condition(area, m.bottom, w)
		}
	}
}

// condition adds one, where cells look otherwise under it.
func (s *Sheet) condition(area string, last int, w when) {
	st := s.book.styles.of("table-cell", w.style)
	var look drawn.Look
	if st.struck {
		look |= drawn.Struck
	}
	if st.faint {
		look |= drawn.Hidden
	}
	if st.ground != "" && st.ground != "transparent" && st.ground != "#ffffff" {
		look |= drawn.Coloured
	}
	switch {
	case look == 0:
	case len(s.Conditions.List) < drawn.Most:
		s.Conditions.List = append(s.Conditions.List, drawn.Condition{Range: area, Row: last, When: w.says, Look: look})
	default:
		s.Conditions.More++
	}
}

// asked is the condition that an element says, its references written as people do: $B2 for [.$B2].
func asked(text string) string {
	if len(text) > maxText {
		text = text[:maxText]
	}
	text = strings.NewReplacer("[.", "", "]", "", "cell-content()", "", "is-true-formula(", "formula-is(", "of:", "").Replace(text)
	if rest, ok := strings.CutPrefix(text, "formula-is("); ok {
		return strings.TrimSuffix(rest, ")")
	}
	for _, o := range [...][2]string{{"!=", "≠ "}, {"<=", "≤ "}, {">=", "≥ "}, {"=", "= "}, {"<", "< "}, {">", "> "}} {
		if rest, ok := strings.CutPrefix(text, o[0]); ok {
			return o[1] + rest
		}
	}
	return text
}

// area is a range as people write it, A2:C3 for Sheet1.A2:Sheet1.C3, and its last row. A name of a sheet stands in quotes where
// it has a blank or a point.
func area(text string) (ranges string, last int) {
	text = text[:min(len(text), maxText)]
	var out strings.Builder
	quoted := false
	from := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '\'':
			quoted = !quoted
		case quoted:
		case c == '.':
			from = i + 1
		case c == ':' || c == ' ':
			out.WriteString(text[from : i+1])
			from = i + 1
		}
	}
	out.WriteString(text[min(from, len(text)):])
	ranges = strings.ReplaceAll(out.String(), "$", "")
	return ranges, drawn.LastRow(ranges)
}

// ranged takes in the range of the conditions that follow.
func (s *Sheet) ranged(x *xmlscan.Reader) {
	s.ranges = true
	s.area, s.last = area(x.AttrString("target-range-address"))
}
