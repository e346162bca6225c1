package pdf

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"yanzhen/dashboard/document"
	"yanzhen/dashboard/fonts"
	"yanzhen/dashboard/vector"
)

// page is what stands on a sheet. Its numbers are in points from its upper left corner.
type page struct {
	texts  []text
	rules  []rule
	links  []link
	marks  []bookmark
	charts []chart
}

type text struct {
	x, y, size float64
	face       *fonts.Face
	text       string
	tracking   float64
	grey       float64 // 0 is black
}

type rule struct{ x, y, wide, thick, grey float64 }

type link struct {
	x, y, wide, high float64
	url              string
}

type bookmark struct {
	text  string
	level int
	y     float64
}

type chart struct {
	drawing *vector.Drawing
	at      vector.Matrix
}

// flow fills pages from above.
type flow struct {
	doc     *document.Document
	fonts   *fonts.Set
	form    form
	paper   *Paper
	pages   []*page
	y       float64 // from the top of the type area
	outline int     // the level of the last bookmark
	tight   bool    // rows of tables stand closer

	waiting []document.Block // tables and charts for the top of the next page
	failed  error            // of one of them
}

func (f *flow) page() *page { return f.pages[len(f.pages)-1] }

// turn begins a page, with what has waited for it.
func (f *flow) turn() {
	f.pages, f.y = append(f.pages, &page{}), 0
	waiting := f.waiting
	f.waiting = nil
	for _, b := range waiting {
		if err := f.block(b, 0); err != nil && f.failed == nil {
			f.failed = err
		}
	}
	if len(waiting) > 0 {
		f.grid()
	}
}

// need turns the page where so much does not fit any more. What is higher than a page begins one.
func (f *flow) need(h float64) {
	for f.y > 0 && f.y+h > high+0.01 {
		f.turn()
	}
}

// grid moves down to the next line of running text.
func (f *flow) grid() {
	if f.y = math.Ceil(f.y/f.form.pitch-0.05) * f.form.pitch; f.y > high-f.form.pitch/2 {
		f.turn()
	}
}

// where lines stand: from the left edge, in the middle, at the right edge, or filling the line.
type where byte

const (
	atLeft where = iota
	inMiddle
	atRight
	filled
)

// print puts a line on the page, its letters in the middle of the pitch.
func (f *flow) print(l line, s style, x, room, pitch float64, at where) {
	switch slack := room - l.wide + s.tracking; {
	case at == inMiddle:
		x += slack / 2
	case at == atRight:
		x += slack
	}
	if at != filled {
		l.last = true
		room = max(room, l.wide)
	}
	f.pieces(l.laid(x, room, s.tracking), s, f.y+pitch/2)
}

// pieces puts letters on the page, centred on y.
func (f *flow) pieces(all []piece, s style, y float64) {
	face := f.fonts.Face(s.role)
	base := top + y + s.size*(face.Ascent-face.Descent)/2
	for _, p := range all {
		f.page().texts = append(f.page().texts, text{x: left + p.x, y: base, size: s.size, face: p.face, text: p.text, tracking: p.tracking})
		if p.url != "" {
			f.page().links = append(f.page().links, link{left + p.x, top + y - s.size*0.6, p.wide, s.size * 1.2, p.url})
		}
	}
}

// lines puts lines on the page one below the other, and turns it where they do not fit; neither the first nor the last
// line of several stands alone.
func (f *flow) lines(lines []line, s style, indent, pitch float64, at where) {
	for i, l := range lines {
		rest := len(lines) - i
		for f.y > 0 {
			fits := int((high - f.y + 0.01) / pitch)
			if fits > 1 || fits == 1 && (i != 0 || rest == 1) && (rest != 2 || i < 2) {
				break
			}
			f.turn()
		}
		x, room := 0.0, wide
		if at == atRight {
			room -= indent
		} else if l.first {
			x, room = indent, wide-indent
		}
		f.print(l, s, x, room, pitch, at)
		f.y += pitch
	}
}

func (f *flow) document() error {
	f.turn()
	f.head()
	for i := 0; i < len(f.doc.Blocks); i++ {
		if len(f.pages) > mostPages {
			return fmt.Errorf("the document has more than %d pages", mostPages)
		}
		b := f.doc.Blocks[i]
		if len(f.waiting) > 0 && !passes(b) {
			f.turn()
		}
		if i+1 < len(f.doc.Blocks) && passes(f.doc.Blocks[i+1]) && f.waits(b) {
			f.waiting = append(f.waiting, b)
			continue
		}
		if err := cmp.Or(f.block(b, f.least(i+1)), f.failed); err != nil {
			return err
		}
	}
	if len(f.waiting) > 0 {
		f.turn()
	}
	f.notes()
	f.numbers()
	return f.failed
}

// mostBlank is how much of a page may stay blank below the text rather than that the text goes on before a table or a chart that
// has to wait for the next page.
const mostBlank = 1.0 / 9

// waits says that a table or a chart does not fit on the page and would leave much of it blank.
func (f *flow) waits(b document.Block) bool {
	left := high - f.y
	if left < high*mostBlank || f.y == 0 {
		return false
	}
	switch b := b.(type) {
	case document.Table:
		return len(b.Columns) > 0 && f.sheet(b).least(left-9) > left-9
	case document.Chart:
		_, h, err := size(b)
		_, captions := f.caption(b.Caption, b.URL)
		return err == nil && 9+18*float64(len(captions))+h*least+26 > left
	}
	return false
}

// passes says that a block may stand before a table or a chart that waits: the text of the same part, but not what is said below one.
func passes(b document.Block) bool {
	switch b := b.(type) {
	case document.Heading:
		return b.Level > 1
	case document.Paragraph:
		return b.Place == document.Body
	}
	return false
}

// block puts a block on the page; follows is how much of the next one must stand below a heading.
func (f *flow) block(b document.Block, follows float64) error {
	switch b := b.(type) {
	case document.Heading:
		f.heading(b, follows)
	case document.Paragraph:
		f.paragraph(b)
	case document.Table:
		f.table(b)
	case document.Chart:
		return f.chart(b)
	case document.PageBreak:
		if f.y > 0 {
			f.turn()
		}
	default:
		return fmt.Errorf("a block of the kind %T cannot be put on paper", b)
	}
	return nil
}

// least is how much of a block must stand below its heading.
func (f *flow) least(i int) float64 {
	if i >= len(f.doc.Blocks) {
		return 0
	}
	switch b := f.doc.Blocks[i].(type) {
	case document.Heading:
		return f.form.pitch + f.least(i+1)
	case document.Paragraph:
		return 2 * f.form.pitch
	case document.Table:
		if len(b.Columns) > 0 {
			return f.sheet(b).least(0) + f.form.pitch
		}
	case document.Chart:
		if _, h, err := size(b); err == nil {
			return min(h+2*f.form.pitch, high-2*f.form.pitch)
		}
	}
	return 0
}

// head is the title, who issues it, and what is to be known of it.
func (f *flow) head() {
	form := f.form
	f.y = form.pitch
	for _, l := range balanced(f.title(), wide*0.92) {
		f.print(l, style{role: fonts.Title, size: form.title}, 0, wide, form.titlePitch, inMiddle)
		f.y += form.titlePitch
	}
	f.mark(f.doc.Title, 0, 0)
	f.y += 6
	kai := style{role: fonts.Kai, size: form.body, tracking: form.tracking}
	for _, text := range []string{f.doc.Issuer, f.doc.Subtitle} {
		if text != "" {
			f.lines(broken(f.set(document.Plain(text), kai), wide, wide), kai, 0, form.pitch, inMiddle)
		}
	}
	f.facts()
	f.grid()
}

// title is the letters of the title. The names that it shares with the facts, of the zone above all, stay whole.
func (f *flow) title() []letter {
	all := f.set(document.Plain(f.doc.Title), style{role: fonts.Title, size: f.form.title})
	var text []rune
	for _, c := range all {
		text = append(text, c.r)
	}
	for _, fact := range f.doc.Facts {
		name := []rune(fact.Text)
		for i := 0; len(name) > 1 && len(name) < 12 && i+len(name) <= len(text); i++ {
			if slices.Equal(text[i:i+len(name)], name) {
				for k := i + 1; k < i+len(name); k++ {
					all[k].cut = false
				}
			}
		}
	}
	return all
}

// balanced breaks a title into as few lines as it needs, and these as equal as they can be.
func balanced(all []letter, room float64) []line {
	least := broken(all, room, room)
	for w := room; w > room/2; w -= 4 {
		lines := broken(all, w, w)
		if len(lines) > len(least) {
			break
		}
		least = lines
	}
	return least
}

// facts stand between two rules: as many to a line as fit, each whole.
func (f *flow) facts() {
	if len(f.doc.Facts) == 0 {
		return
	}
	s := style{role: fonts.Kai, size: factSize}
	const pitch, apart = 20, 24
	colon := "："
	if f.doc.Lang == "en" {
		colon = ": "
	}
	f.y += 8
	f.rule(0, wide, 0.75, 0)
	f.y += 5
	x := 0.0
	for _, fact := range f.doc.Facts {
		all := f.set(document.Plain(fact.Label+colon+fact.Text), s)
		lines := broken(all, wide, wide)
		if x > 0 && (len(lines) > 1 || x+lines[0].wide > wide) {
			f.y, x = f.y+pitch, 0
		}
		for i, l := range lines {
			if i > 0 {
				f.y, x = f.y+pitch, 0
			}
			f.print(l, s, x, wide, pitch, atLeft)
			x += l.wide + apart
		}
	}
	f.y += pitch + 5
	f.rule(0, wide, 0.75, 0)
	f.y += f.form.pitch / 2
}

func (f *flow) rule(x, long, thick, grey float64) {
	f.page().rules = append(f.page().rules, rule{left + x, top + f.y, long, thick, grey})
}

// mark puts a bookmark here; its level is no more than one below that of the last.
func (f *flow) mark(text string, level int, y float64) {
	level = min(level, f.outline+1)
	f.outline = level
	f.page().marks = append(f.page().marks, bookmark{text, level, top + y})
}

func (f *flow) heading(h document.Heading, follows float64) {
	roles := map[int]fonts.Role{1: fonts.Hei, 2: fonts.Kai}
	role, ok := roles[h.Level]
	if !ok {
		role = fonts.Strong
	}
	s := style{role: role, size: f.form.body, tracking: f.form.tracking}
	f.grid()
	lines := broken(f.set(h.Runs, s), wide-f.form.indent, wide)
	f.need(float64(len(lines))*f.form.pitch + follows)
	f.mark(document.Text(h.Runs), max(1, h.Level), f.y)
	f.lines(lines, s, f.form.indent, f.form.pitch, atLeft)
}

func (f *flow) paragraph(p document.Paragraph) {
	s := style{role: fonts.FangSong, size: f.form.body, tracking: f.form.tracking}
	switch p.Place {
	case document.Small:
		s = style{role: fonts.Song, size: noteSize}
		f.lines(broken(f.set(p.Runs, s), wide, wide), s, 0, 17, filled)
		f.y += 4
		return
	case document.End:
		f.grid()
		f.lines(broken(f.set(p.Runs, s), wide-f.form.indent, wide-f.form.indent), s, f.form.indent, f.form.pitch, atRight)
	case document.Flush:
		f.grid()
		f.lines(broken(f.set(p.Runs, s), wide, wide), s, 0, f.form.pitch, filled)
	default:
		f.grid()
		f.lines(broken(f.set(p.Runs, s), wide-f.form.indent, wide), s, f.form.indent, f.form.pitch, filled)
	}
}

// notes say what the measures are, after the last block.
func (f *flow) notes() {
	if len(f.doc.Notes) == 0 {
		return
	}
	f.heading(document.Heading{Level: 1, Runs: document.Plain(f.doc.Heads.Notes)}, 2*f.form.pitch)
	colon := "："
	if f.doc.Lang == "en" {
		colon = ": "
	}
	for _, n := range f.doc.Notes {
		f.paragraph(document.Paragraph{Place: document.Small, Runs: []document.Run{{Text: n.Term, URL: n.URL}, {Text: colon + n.Text}}})
	}
}

// numbers puts the number of each page at its outer edge, and the mark above it.
func (f *flow) numbers() {
	for i, p := range f.pages {
		s := style{role: fonts.Song, size: f.form.number}
		l := broken(f.set(document.Plain(fmt.Sprintf("— %d —", i+1)), s), wide, wide)[0]
		x := left + s.size // one character from the edge
		if i%2 == 0 {
			x = left + wide - s.size - l.wide
		}
		for _, c := range l.laid(x, l.wide, 0) {
			p.texts = append(p.texts, text{x: c.x, y: top + high + 7*mm + s.size/2, size: s.size, face: c.face, text: c.text})
		}
		if f.doc.Mark == "" {
			continue
		}
		s = style{role: fonts.Song, size: 9}
		for _, l := range broken(f.set(document.Plain(f.doc.Mark), s), wide, wide)[:1] {
			for _, c := range l.laid(left+wide-l.wide, l.wide, 0) {
				p.texts = append(p.texts, text{x: c.x, y: 25 * mm, size: s.size, face: c.face, text: c.text, grey: 0.35})
			}
		}
	}
}
