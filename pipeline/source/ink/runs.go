package ink

import (
	"unicode/utf8"

	"yanzhen/pipeline/source/xmlscan"
)

// Runs follows the runs of a text that is formatted in parts: what is struck through in it is void, and a digit
// that is raised is a footnote or a power, no digit of the number before it. The zero value is ready.
type Runs struct {
	struck, raised bool
	void           []byte // what was struck through
	kept           bool   // something was not
}

// What is struck through in a text.
const (
	Whole      = iota // nothing
	PartStruck        // it is left out
	AllStruck         // it is read like any other
)

// Start sees an element that begins.
func (r *Runs) Start(x *xmlscan.Reader) {
	switch string(x.Name) {
	case "r":
		r.struck, r.raised = false, false
	case "strike":
		v := x.AttrString("val")
		r.struck = v != "0" && v != "false"
	case "vertAlign":
		r.raised = x.AttrString("val") == "superscript"
	}
}

// Add appends a piece of text as its run shows it.
func (r *Runs) Add(to, text []byte) []byte {
	switch {
	case r.struck:
		r.void = append(r.void, text...)
		return to
	case !r.raised:
		r.kept = r.kept || len(text) > 0
		return append(to, text...)
	}
	for _, b := range text {
		if r.kept = true; b-'0' <= 9 {
			to = utf8.AppendRune(to, []rune("⁰¹²³⁴⁵⁶⁷⁸⁹")[b-'0'])
		} else {
			to = append(to, b)
		}
	}
	return to
}

// End ends a text: a text all of which is struck through stands as it is. What was struck through of it is told.
func (r *Runs) End(to []byte) ([]byte, int) {
	how := Whole
	switch {
	case len(r.void) > 0 && r.kept:
		how = PartStruck
	case len(r.void) > 0:
		to, how = append(to, r.void...), AllStruck
	}
	*r = Runs{void: r.void[:0]}
	return to, how
}
