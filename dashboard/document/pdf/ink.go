package pdf

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf16"

	"codeberg.org/go-pdf/fpdf"

	"yanzhen/dashboard/fonts"
	"yanzhen/dashboard/vector"
)

// ink draws on the pages of a PDF.
type ink struct {
	pdf    *fpdf.Fpdf
	faces  map[*fonts.Face]*cut
	order  []*fonts.Face // as they are first used, so that the same document is the same bytes
	colour vector.Colour
	known  bool // colour is what the page draws with now
	alpha  float64
}

// cut is a font with the characters that the document needs.
type cut struct {
	family string
	codes  map[rune]rune
	next   rune
}

// private is where the characters begin that have no code of two bytes: they get one of those that mean nothing.
const private = 0xe000

// print writes the pages.
func (p *Paper) print(w io.Writer) error {
	k := &ink{pdf: fpdf.NewCustom(&fpdf.InitType{UnitStr: "pt", Size: fpdf.SizeType{Wd: sheetWidth, Ht: sheetHigh}}), faces: map[*fonts.Face]*cut{}}
	f := k.pdf
	f.SetCatalogSort(true)
	f.SetCompression(true)
	f.SetMargins(0, 0, 0)
	f.SetAutoPageBreak(false, 0)
	written := p.doc.Written.UTC()
	if written.IsZero() {
		written = time.Unix(0, 0).UTC()
	}
	f.SetCreationDate(written)
	f.SetModificationDate(written)
	f.SetTitle(p.doc.Title, true)
	f.SetSubject(p.doc.Subtitle, true)
	f.SetAuthor(cmp.Or(p.doc.Issuer, "Yanzhen"), true)
	f.SetCreator("Yanzhen", true)
	f.SetProducer("Yanzhen", true)
	f.SetKeywords(p.keywords(), true)
	f.SetLang(map[string]string{"zh": "zh-CN"}[p.doc.Lang] + strings.TrimPrefix(p.doc.Lang, "zh"))
	f.SetDisplayMode("fullpage", "SinglePage")
	for _, page := range p.pages {
		k.gather(page)
	}
	for i, face := range k.order {
		of := k.faces[face]
		of.family = fmt.Sprintf("f%d", i)
		if !face.Embeddable {
			return fmt.Errorf("the maker of the font %s does not let it stand in documents: name another file", face.Name)
		}
		data, err := face.Subset(of.codes)
		if err != nil {
			return err
		}
		f.AddUTF8FontFromBytes(of.family, "", data)
	}
	for _, page := range p.pages {
		k.page(page)
	}
	return f.Output(w)
}

// gather finds which characters of which fonts stand on a page.
func (k *ink) gather(p *page) {
	for _, t := range p.texts {
		k.use(t.face, t.text)
	}
	for _, c := range p.charts {
		c.drawing.Draw(gathering{k}, vector.Same)
	}
}

func (k *ink) use(face *fonts.Face, text string) {
	of := k.faces[face]
	if of == nil {
		of = &cut{codes: map[rune]rune{}, next: private}
		k.faces[face] = of
		k.order = append(k.order, face)
	}
	for _, r := range text {
		if _, ok := of.codes[r]; ok {
			continue
		}
		of.codes[r] = r
		if r > 0xffff {
			of.codes[r] = of.next
			of.next++
		}
	}
}

// gathering is an ink that only looks at the letters.
type gathering struct{ k *ink }

func (g gathering) Fill(vector.Path, vector.Colour)               {}
func (g gathering) Stroke(vector.Path, vector.Pen, vector.Colour) {}
func (g gathering) Text(t vector.Text)                            { g.k.use(t.Face, t.Text) }
func (g gathering) Clip(vector.Path)                              {}
func (g gathering) Unclip()                                       {}

func (k *ink) page(p *page) {
	f := k.pdf
	f.AddPage()
	k.known, k.alpha = false, 1
	for _, r := range p.rules {
		k.paint(vector.Colour{R: r.grey, G: r.grey, B: r.grey, A: 1})
		k.raw(num(r.x), num(sheetHigh-r.y-r.thick/2), num(r.wide), num(r.thick), "re f")
	}
	for _, c := range p.charts {
		k.raw("q")
		c.drawing.Draw(k, c.at)
		k.raw("Q")
		k.known, k.alpha = false, 1
	}
	for _, t := range p.texts {
		k.paint(vector.Colour{R: t.grey, G: t.grey, B: t.grey, A: 1})
		if t.tracking != 0 {
			k.raw(num(t.tracking), "Tc")
		}
		k.letters(t.face, t.text, t.size, t.x, t.y)
		if t.tracking != 0 {
			k.raw("0 Tc")
		}
	}
	for _, l := range p.links {
		f.LinkString(l.x, l.y, l.wide, l.high, l.url)
	}
	for _, m := range p.marks {
		if len(k.order) > 0 {
			f.SetFont(k.faces[k.order[0]].family, "", 1) // the title of a bookmark is Unicode only then
		}
		f.Bookmark(m.text, m.level, m.y)
	}
}

// letters draws text. A character that needed another code says what it is.
func (k *ink) letters(face *fonts.Face, text string, size, x, y float64) {
	of := k.faces[face]
	var b strings.Builder
	real := false
	for _, r := range text {
		b.WriteRune(of.codes[r])
		real = real || of.codes[r] != r
	}
	if real {
		var hex strings.Builder
		for _, u := range utf16.Encode([]rune(text)) {
			fmt.Fprintf(&hex, "%04X", u)
		}
		k.raw("/Span <</ActualText <FEFF" + hex.String() + ">>> BDC")
	}
	k.pdf.SetFont(of.family, "", size)
	k.pdf.Text(x, y, b.String())
	if real {
		k.raw("EMC")
	}
}

func (k *ink) raw(parts ...string) { k.pdf.RawWriteStr(strings.Join(parts, " ")) }

// num writes a number as PDF does.
func num(v float64) string {
	s := strconv.FormatFloat(v, 'f', 3, 64)
	return strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
}

// paint sets the colour of what follows, and how much it covers.
func (k *ink) paint(c vector.Colour) {
	if !k.known || k.colour != c {
		rgb := num(c.R) + " " + num(c.G) + " " + num(c.B)
		k.raw(rgb, "rg", rgb, "RG")
	}
	if k.alpha != c.A {
		k.pdf.SetAlpha(c.A, "Normal")
	}
	k.known, k.colour, k.alpha = true, c, c.A
}

// trace writes an outline.
func (k *ink) trace(p vector.Path) string {
	var b bytes.Buffer
	for _, s := range p.Steps {
		n, op := 1, map[byte]string{'M': " m\n", 'L': " l\n", 'C': " c\n", 'Z': "h\n"}[s.Op]
		switch s.Op {
		case 'C':
			n = 3
		case 'Z':
			n = 0
		}
		for i, q := range s.At[:n] {
			if i > 0 {
				b.WriteByte(' ')
			}
			b.WriteString(num(q.X) + " " + num(sheetHigh-q.Y))
		}
		b.WriteString(op)
	}
	return b.String()
}

func (k *ink) Fill(p vector.Path, c vector.Colour) {
	if len(p.Steps) == 0 {
		return
	}
	k.paint(c)
	k.raw(k.trace(p) + "f")
}

func (k *ink) Stroke(p vector.Path, pen vector.Pen, c vector.Colour) {
	if len(p.Steps) == 0 {
		return
	}
	k.paint(c)
	dashes := make([]string, len(pen.Dash))
	for i, d := range pen.Dash {
		dashes[i] = num(d)
	}
	caps, joins := []string{"butt", "round", "square"}, []string{"miter", "round", "bevel"}
	k.raw(num(pen.Width), "w",
		strconv.Itoa(max(0, slices.Index(caps, pen.Cap))), "J", strconv.Itoa(max(0, slices.Index(joins, pen.Join))), "j",
		num(max(1, pen.Miter)), "M", "["+strings.Join(dashes, " ")+"]", num(pen.DashStart), "d")
	k.raw(k.trace(p) + "S")
}

func (k *ink) Text(t vector.Text) {
	k.paint(t.Colour)
	m := t.At
	if size := m[0]; m[1] == 0 && m[2] == 0 && m[3] == size {
		k.letters(t.Face, t.Text, size, m[4], m[5])
		return
	}
	by := m.Scale()
	if by == 0 {
		return
	}
	k.raw("q", num6(m[0]/by), num6(-m[1]/by), num6(-m[2]/by), num6(m[3]/by), num(m[4]), num(sheetHigh-m[5]), "cm")
	k.letters(t.Face, t.Text, by, 0, sheetHigh)
	k.raw("Q")
}

func num6(v float64) string { return strconv.FormatFloat(v, 'f', 6, 64) }

func (k *ink) Clip(p vector.Path) {
	k.raw("q")
	if len(p.Steps) == 0 {
		k.raw("0 0 0 0 re W n")
		return
	}
	k.raw(k.trace(p) + "W n")
}

func (k *ink) Unclip() {
	k.raw("Q")
	k.known, k.alpha = false, -1
}
