package xls

import (
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/grid"
	"yanzhen/pipeline/source/remarks"
)

// The records of what a sheet shows beside its cells.
const (
	biffHeader     = 0x0014
	biffFooter     = 0x0015
	biffNote       = 0x001c
	biffObject     = 0x005d
	biffDrawing    = 0x00ec
	biffTextObject = 0x01b6
	biffValidation = 0x01be
)

// Kinds of objects.
const (
	objectChart   = 5
	objectPicture = 8
	objectComment = 0x19
)

// longestText is how many characters of a comment, a text box or a prompt are read.
const longestText = 2000

// aside gathers what a sheet shows beside its cells.
type aside struct {
	remarks  []remarks.Remark
	drawing  drawn.Drawing
	comments map[int]string // texts by the number of their object
	row      int            // from which on the object that was last met lies; 0: not known
	kind, id int            // of that object
}

// Beside reads the comments of a sheet, the prompts of its cells that give a unit, its text boxes, and the heads and feet of its pages.
// Where the stream breaks off it is what stood before.
func (s *Sheet) Beside() ([]remarks.Remark, drawn.Drawing) {
	a := aside{comments: map[int]string{}}
	b := biff{stream: s.book.stream, pos: s.at}
	for depth := 0; b.next(); {
		switch {
		case b.id == biffBOF:
			depth++
		case b.id == biffEOF:
			if depth--; depth <= 0 {
				return a.remarks, a.drawing
			}
		case depth == 1: // else within a chart
			a.take(&b)
		}
	}
	return a.remarks, a.drawing
}

func (a *aside) take(b *biff) {
	switch b.id {
	case biffHeader, biffFooter:
		t := biffText{pieces: [][]byte{b.data}}
		if text, ok := t.read(t.u16()); ok {
			a.text(drawn.Text{Says: drawn.Page(text)})
		}
	case biffDrawing:
		a.row = anchored(b.data)
	case biffObject:
		a.kind, a.id = u16(b.data, 4), u16(b.data, 6)
		switch a.kind {
		case objectChart:
			a.drawing.Charts++
		case objectPicture:
			a.drawing.Pictures++
		}
	case biffTextObject:
		a.object(b.pieces())
	case biffNote:
		row, column, id := u16(b.data, 0)+1, u16(b.data, 2), u16(b.data, 6)
		if text := a.comments[id]; text != "" && len(a.remarks) < remarks.Most {
			a.remarks = append(a.remarks, remarks.Remark{At: (grid.Origin{Row: row}).Cell(column), Text: text})
		}
	case biffValidation:
		a.prompt(b.pieces())
	}
}

func (a *aside) text(t drawn.Text) {
	if t.Says != "" && len(a.drawing.Texts) < drawn.Most {
		a.drawing.Texts = append(a.drawing.Texts, t)
	}
}

// object reads the text of the object that was met last: of a comment, or of a box that lies on the sheet.
func (a *aside) object(pieces [][]byte) {
	n := u16(pieces[0], 10)
	if n == 0 || len(pieces) < 2 {
		return
	}
	t := biffText{pieces: pieces[1:]}
	text, ok := t.read(min(n, longestText))
	if !ok {
		return
	}
	text = strings.TrimSpace(strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text))
	if a.kind != objectComment {
		a.text(drawn.Text{Row: max(a.row, 1), Says: text})
		return
	}
	if by, rest, ok := strings.Cut(text, "\n"); ok && utf8.RuneCountInString(by) <= 24 && (strings.HasSuffix(by, ":") || strings.HasSuffix(by, "：")) {
		text = strings.TrimSpace(rest) // without who wrote it
	}
	if len(a.comments) < remarks.Most {
		a.comments[a.id] = text
	}
}

// anchored is the row from which on the first object of a record of drawings lies; 0: it does not say.
func anchored(data []byte) int {
	const client, containers = 0xf010, 0xf
	for at := 0; at+8 <= len(data); {
		kind, n := u16(data, at+2), u32(data, at+4)
		if kind == client && n >= 8 {
			return u16(data, at+8+6) + 1
		}
		if at += 8; u16(data, at-8)&0xf != containers {
			at += n
		}
		if at < 0 || n < 0 {
			break
		}
	}
	return 0
}

// prompt reads what is said to whoever fills in cells, where it is shown and gives a unit.
func (a *aside) prompt(pieces [][]byte) {
	const shown = 1 << 18
	t := biffText{pieces: pieces}
	flags := t.u32()
	var texts [4]string // the heading of the prompt, that of the error, the prompt, the error
	for i := range texts {
		text, ok := t.read(t.u16())
		if !ok {
			return
		}
		texts[i] = text
	}
	for range 2 { // formulas
		n := t.u16()
		t.skip(2 + n)
	}
	says := strings.TrimSpace(strings.Trim(texts[0], "\x00") + "\n" + strings.Trim(texts[2], "\x00"))
	if flags&shown == 0 || len(says) > 4*longestText || !drawn.Measures(says) {
		return
	}
	for range t.u16() {
		if t.left() == 0 || len(a.drawing.Prompts) == drawn.Most {
			return
		}
		top, bottom, left, right := t.u16(), t.u16(), t.u16(), t.u16()
		a.drawing.Prompts = append(a.drawing.Prompts, drawn.Prompt{Left: left, Right: right, Top: top + 1, Bottom: bottom + 1, Says: says})
	}
}
