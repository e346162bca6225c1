package drawn

import (
	"strconv"
	"strings"

	"yanzhen/pipeline/source/ink"
	"yanzhen/pipeline/source/xmlscan"
)

// Look is what a format does to the cells that meet a condition.
type Look uint8

// The looks that say something of a row.
const (
	Struck Look = 1 << iota
	Hidden
	Coloured
)

// Looks follows the part of a workbook that holds its styles: what those do that depend on conditions. The zero value is
// ready.
type Looks struct {
	in, font, fill bool
	letter, ground string
	list           []Look
}

// Start looks at an element that begins.
func (s *Looks) Start(x *xmlscan.Reader) {
	name := string(x.Name)
	switch name {
	case "dxfs":
		s.in = true
	case "cellXfs", "cellStyleXfs", "cellStyles", "tableStyles", "colors":
		s.in = false
	}
	if !s.in {
		return
	}
	last := len(s.list) - 1
	switch name {
	case "dxf":
		if len(s.list) < 1<<14 {
			s.list = append(s.list, 0)
		}
		s.font, s.fill, s.letter, s.ground = false, false, "", ""
		return
	case "font":
		s.font, s.fill = true, false
	case "fill":
		s.font, s.fill = false, true
	case "border", "alignment", "protection":
		s.font, s.fill = false, false
	}
	switch {
	case last < 0:
	case name == "strike" && s.font && x.AttrString("val") != "0" && x.AttrString("val") != "false":
		s.list[last] |= Struck
	case name == "numFmt" && strings.Trim(x.AttrString("formatCode"), "; ") == "" && x.AttrString("formatCode") != "":
		s.list[last] |= Hidden // ;;; shows nothing
	case name == "color" && s.font:
		if s.letter = ink.Colour(x); s.letter == ink.White {
			s.list[last] |= Hidden
		}
	case (name == "bgColor" || name == "fgColor") && s.fill:
		if s.ground = ink.Colour(x); s.ground != "" && s.ground != ink.White {
			s.list[last] |= Coloured
		}
	}
	if last >= 0 && s.ground != "" && s.letter != "" { // white letters on a dark ground are seen
		if s.list[last] &^= Hidden; s.ground == s.letter {
			s.list[last] |= Hidden
		}
	}
}

// Of is what the format of an index does.
func (s *Looks) Of(index int) Look {
	if index < 0 || index >= len(s.list) {
		return 0
	}
	return s.list[index]
}

// Condition is one under which cells of a sheet look otherwise.
type Condition struct {
	Range string
	Row   int // the last of that range
	When  string
	Look  Look
}

// Conditions follows the part of a sheet behind its rows. The zero value is ready.
type Conditions struct {
	List   []Condition
	More   int
	Unread bool // nobody has looked: the sheet is too large

	area      string
	last      int
	one       *Condition
	inFormula bool
}

// Take looks at a token. looks are of the workbook.
func (s *Conditions) Take(token xmlscan.Token, x *xmlscan.Reader, looks *Looks) {
	switch name := string(x.Name); {
	case token == xmlscan.Text:
		if s.inFormula && s.one != nil && len(s.one.When) < 200 {
			s.one.When += string(x.Text)
		}
	case token == xmlscan.Start && name == "conditionalFormatting":
		s.area = x.AttrString("sqref")
		s.last = LastRow(s.area)
	case token == xmlscan.Start && name == "cfRule":
		s.one = nil
		if id, ok := x.AttrInt("dxfId"); ok && looks.Of(id) != 0 {
			s.one = &Condition{Range: s.area, Row: s.last, When: x.AttrString("text"), Look: looks.Of(id)}
			if s.one.When == "" {
				s.one.When = operators[x.AttrString("operator")]
			}
			if t := x.AttrString("type"); t == "duplicateValues" || t == "uniqueValues" || t == "top10" || t == "aboveAverage" {
				s.one.When = t
			}
		}
	case name == "formula" && token != xmlscan.Text:
		s.inFormula = token == xmlscan.Start && (s.one == nil || s.one.When == "" || strings.HasSuffix(s.one.When, " "))
	case token == xmlscan.End && name == "cfRule" && s.one != nil:
		if len(s.List) < Most {
			s.List = append(s.List, *s.one)
		} else {
			s.More++
		}
		s.one = nil
	}
}

// operators are what a condition on the value of a cell asks.
var operators = map[string]string{"equal": "= ", "notEqual": "≠ ", "lessThan": "< ", "lessThanOrEqual": "≤ ", "greaterThan": "> ", "greaterThanOrEqual": "≥ "}

// figures reports whether the condition asks how large a figure is, which says nothing of whether its row counts.
func (c *Condition) figures() bool {
	switch c.When {
	case "top10", "aboveAverage":
		return true
	}
	for _, operator := range operators {
		if than, ok := strings.CutPrefix(c.When, operator); ok && operator != "= " && operator != "≠ " {
			_, err := strconv.ParseFloat(strings.TrimSpace(than), 64)
			return err == nil
		}
	}
	return false
}

// LastRow is the last row of ranges such as A2:C9 E2:E9.
func LastRow(ranges string) (last int) {
	for _, r := range strings.Fields(ranges) {
		_, end, ok := strings.Cut(r, ":")
		if !ok {
			end = r
		}
		n := 0
		for _, c := range strings.TrimLeft(end, "$ABCDEFGHIJKLMNOPQRSTUVWXYZ") {
			if c < '0' || c > '9' || n > 1<<21 {
				continue
			}
			n = n*10 + int(c-'0')
		}
		if n == 0 {
			n = 1 << 20 // whole columns
		}
		last = max(last, n)
	}
	return last
}
