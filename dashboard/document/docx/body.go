package docx

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"math"
	"strings"

	"yanzhen/dashboard/document"
)

const bodySpaces = wordSpaces + ` xmlns:wp="http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing" xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" xmlns:pic="http://schemas.openxmlformats.org/drawingml/2006/picture"`

// body writes the document part and gathers its relations and pictures.
func (w *writer) body() []byte {
	w.relate("styles", "styles.xml", "")
	w.relate("settings", "settings.xml", "")
	w.relate("fontTable", "fontTable.xml", "")
	odd, even, head := w.relate("footer", "footer1.xml", ""), w.relate("footer", "footer2.xml", ""), w.relate("header", "header1.xml", "")
	w.print(xmlHead+`<w:document %s><w:body>`, bodySpaces)
	d := w.doc
	w.paragraph("Title", "", document.Plain(d.Title))
	for _, text := range []string{d.Issuer, d.Subtitle} {
		if text != "" {
			w.paragraph("Subtitle", "", document.Plain(text))
		}
	}
	w.facts(d.Facts)
	broken := false // a page begins with the next block
	for i, b := range d.Blocks {
		before := ""
		if broken {
			before = `<w:pageBreakBefore/>`
		}
		w.fresh, broken = w.fresh || broken, false
		switch b := b.(type) {
		case document.Heading:
			w.paragraph(fmt.Sprintf("Heading%d", min(3, max(1, b.Level))), before, b.Runs)
		case document.Paragraph:
			w.paragraph(placed[b.Place], before, b.Runs)
		case document.Table:
			_, w.ends = next(d.Blocks, i).(document.PageBreak)
			w.table(b, before)
		case document.Chart:
			w.chart(b, before)
		case document.PageBreak:
			broken = true
		}
	}
	w.notes(d)
	w.print(`<w:sectPr><w:headerReference w:type="default" r:id="%s"/><w:headerReference w:type="even" r:id="%[1]s"/><w:footerReference w:type="default" r:id="%s"/><w:footerReference w:type="even" r:id="%s"/><w:pgSz w:w="%d" w:h="%d"/><w:pgMar w:top="%d" w:right="%d" w:bottom="%d" w:left="%d" w:header="851" w:footer="%d" w:gutter="0"/><w:pgNumType w:start="1"/><w:docGrid w:type="lines" w:linePitch="%d"/></w:sectPr></w:body></w:document>`,
		head, odd, even, pageWidth, pageHeight, top, edge, bottom, left, footerAt, linePitch)
	return w.out.Bytes()
}

// next is the block behind the one at i, nil where it is the last.
func next(blocks []document.Block, i int) document.Block {
	if i+1 < len(blocks) {
		return blocks[i+1]
	}
	return nil
}

// handLine is how high a line is that somebody fills in by hand, in twentieths of a point.
const handLine = 320

var placed = map[document.Place]string{document.Body: "BodyText", document.Flush: "Flush", document.End: "Closing", document.Small: "Small"}

func (w *writer) print(format string, args ...any) { fmt.Fprintf(&w.out, format, args...) }

// run is a stretch of text. Its hint gives quotation marks, dashes and dots the Chinese face where the text is Chinese.
func (w *writer) run(text, props string) string {
	if w.doc.Lang != "en" {
		props = `<w:rFonts w:hint="eastAsia"/>` + props
	}
	if props != "" {
		props = `<w:rPr>` + props + `</w:rPr>`
	}
	return `<w:r>` + props + `<w:t xml:space="preserve">` + escape(text) + `</w:t></w:r>`
}

func (w *writer) runs(runs []document.Run, props string) string {
	var out strings.Builder
	for _, r := range runs {
		if r.Text == "" {
			continue
		}
		if id := w.link(r.URL); id != "" {
			style := `<w:rStyle w:val="Hyperlink"/>`
			text := w.run(r.Text, props)
			// the style of a run is the first of its properties
			if i := strings.Index(text, `<w:rPr>`); i >= 0 {
				text = text[:i+len(`<w:rPr>`)] + style + text[i+len(`<w:rPr>`):]
			} else {
				text = strings.Replace(text, `<w:r>`, `<w:r><w:rPr>`+style+`</w:rPr>`, 1)
			}
			fmt.Fprintf(&out, `<w:hyperlink r:id="%s" w:history="1">%s</w:hyperlink>`, id, text)
			continue
		}
		out.WriteString(w.run(r.Text, props))
	}
	return out.String()
}

// paragraph writes runs in a style; props go between the style and the text.
func (w *writer) paragraph(style, props string, runs []document.Run) {
	w.print(`<w:p><w:pPr><w:pStyle w:val="%s"/>%s</w:pPr>`, style, props)
	w.out.WriteString(w.runs(runs, ""))
	w.print(`</w:p>`)
}

const noBorders = `<w:tblBorders><w:top w:val="single" w:sz="8" w:space="0" w:color="auto"/><w:left w:val="nil"/><w:bottom w:val="single" w:sz="4" w:space="0" w:color="auto"/><w:right w:val="nil"/><w:insideH w:val="nil"/><w:insideV w:val="nil"/></w:tblBorders>`

// facts stand below the title, two in a row, between two lines.
func (w *writer) facts(facts []document.Fact) {
	if len(facts) == 0 {
		return
	}
	colon := "："
	if w.doc.Lang == "en" {
		colon = ": "
	}
	half := typeWidth / 2
	w.print(`<w:tbl><w:tblPr><w:tblW w:w="%d" w:type="dxa"/>%s<w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid><w:gridCol w:w="%d"/><w:gridCol w:w="%[3]d"/></w:tblGrid>`, typeWidth, noBorders, half)
	for i := 0; i < len(facts); i += 2 {
		w.print(`<w:tr><w:trPr><w:cantSplit/></w:trPr>`)
		for j := i; j < i+2; j++ {
			w.print(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/></w:tcPr>`, half)
			var runs []document.Run
			if j < len(facts) {
				runs = document.Plain(facts[j].Label + colon + facts[j].Text)
			}
			w.paragraph("Facts", "", runs)
			w.print(`</w:tc>`)
		}
		w.print(`</w:tr>`)
	}
	w.print(`</w:tbl>`)
	w.paragraph("Small", "", nil)
}

var aligned = map[document.Align]string{document.Left: "left", document.Centre: "center", document.Right: "right"}

// mostWhole is how many rows a table may have that begins on the next page rather than go over two: half a page.
const mostWhole = 16

// table writes a table, a short one on one page; the head of another stands again on every page it goes over to.
func (w *writer) table(t document.Table, before string) {
	if len(t.Columns) == 0 {
		return
	}
	switch {
	case t.Caption != "":
		w.paragraph("Caption", before, []document.Run{{Text: t.Caption, URL: t.URL}})
	case before != "": // a table cannot begin a page, a paragraph can
		w.paragraph("Small", before, nil)
	}
	if t.Unit != "" {
		w.paragraph("TableUnit", "", document.Plain(t.Unit))
	}
	widths := t.Widths(typeWidth)
	w.print(`<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="%d" w:type="dxa"/><w:jc w:val="center"/><w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="70" w:type="dxa"/><w:right w:w="70" w:type="dxa"/></w:tblCellMar></w:tblPr><w:tblGrid>`, typeWidth)
	for _, x := range widths {
		w.print(`<w:gridCol w:w="%d"/>`, x)
	}
	w.print(`</w:tblGrid>`)
	if t.Headed() {
		w.print(`<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>`)
		for i, c := range t.Columns {
			w.cell(widths[i], "TableHead", "", document.Plain(c.Head), "")
		}
		w.print(`</w:tr>`)
	}
	for n, row := range t.Rows {
		high := ""
		if w.fresh && row.Lines > 1 {
			high = fmt.Sprintf(`<w:trHeight w:val="%d" w:hRule="atLeast"/>`, row.Lines*handLine)
		}
		w.print(`<w:tr><w:trPr><w:cantSplit/>%s</w:trPr>`, high)
		props, keep := "", ""
		if len(t.Rows) <= mostWhole && n < len(t.Rows)-1 {
			keep = `<w:keepNext/>`
		}
		if row.Total {
			props = `<w:b/>`
		}
		for i, c := range t.Columns {
			var runs []document.Run
			if i < len(row.Cells) {
				runs = row.Cells[i].Runs
			}
			w.cell(widths[i], "TableText", keep+`<w:jc w:val="`+aligned[c.Align]+`"/>`, runs, props)
		}
		w.print(`</w:tr>`)
	}
	w.print(`</w:tbl>`)
	props := ""
	if w.ends && t.Note == "" { // below a table that fills its page it must not begin another
		props = `<w:snapToGrid w:val="0"/><w:spacing w:before="0" w:after="0" w:line="20" w:lineRule="exact"/>`
	}
	w.paragraph("Small", props, document.Plain(t.Note)) // two tables that touch would be one
}

func (w *writer) cell(width int, style, props string, runs []document.Run, bold string) {
	w.print(`<w:tc><w:tcPr><w:tcW w:w="%d" w:type="dxa"/><w:vAlign w:val="center"/></w:tcPr><w:p><w:pPr><w:pStyle w:val="%s"/>%s</w:pPr>`, width, style, props)
	w.out.WriteString(w.runs(runs, bold))
	w.print(`</w:p></w:tc>`)
}

// emu is a CSS pixel in the unit of drawings.
const emu = 9525

// most is how large a picture may be, in CSS pixels: the type area less its words.
const mostWide, mostHigh = 588, 640

func (w *writer) chart(c document.Chart, before string) {
	switch {
	case c.Caption != "":
		w.paragraph("Caption", before, []document.Run{{Text: c.Caption, URL: c.URL}})
	case before != "":
		w.paragraph("Small", before, nil)
	}
	if len(c.SVG)+len(c.PNG) > 0 && c.Width > 0 && c.Height > 0 {
		w.picture(c)
	} else if c.Alt != "" {
		w.paragraph("Small", "", document.Plain(c.Alt))
	}
	if c.Note != "" {
		w.paragraph("Small", "", document.Plain(c.Note))
	}
}

// picture writes the drawing of a chart: the vector, over the picture that a reader without vectors shows.
func (w *writer) picture(c document.Chart) {
	w.drawings++
	n := w.drawings
	scale := min(1, mostWide/c.Width, mostHigh/c.Height)
	cx, cy := int(math.Round(c.Width*scale*emu)), int(math.Round(c.Height*scale*emu))
	raster := c.PNG
	if len(raster) == 0 {
		raster = blank(c.Width, c.Height)
	}
	name := fmt.Sprintf("media/image%d", n)
	w.media = append(w.media, part{"word/" + name + ".png", raster})
	still, vector := w.relate("image", name+".png", ""), ""
	if len(c.SVG) > 0 {
		w.media = append(w.media, part{"word/" + name + ".svg", c.SVG})
		vector = fmt.Sprintf(`<a:extLst><a:ext uri="{96DAC541-7B7A-43D3-8B79-37D633B846F1}"><asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" r:embed="%s"/></a:ext></a:extLst>`, w.relate("image", name+".svg", ""))
	}
	click := ""
	if id := w.link(c.URL); id != "" {
		click = fmt.Sprintf(`<a:hlinkClick r:id="%s"/>`, id)
	}
	keep := ""
	if c.Note != "" {
		keep = `<w:keepNext/>`
	}
	w.print(`<w:p><w:pPr><w:pStyle w:val="Picture"/>%s</w:pPr><w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="%d" cy="%d"/><wp:docPr id="%d" name="%s" descr="%s">%s</wp:docPr><wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic><pic:nvPicPr><pic:cNvPr id="%[4]d" name="%[5]s"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed="%[8]s">%[9]s</a:blip><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="%[2]d" cy="%[3]d"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>`,
		keep, cx, cy, n, escape(c.Caption), escape(c.Alt), click, still, vector)
}

// blank is a white picture of a shape, for readers without vectors where nobody drew one.
func blank(width, height float64) []byte {
	img := image.NewGray(image.Rect(0, 0, max(1, int(width/4)), max(1, int(height/4))))
	for i := range img.Pix {
		img.Pix[i] = 0xff
	}
	var out bytes.Buffer
	_ = png.Encode(&out, img) // a Buffer takes everything
	return out.Bytes()
}

// notes writes what the measures are, small, behind the last block.
func (w *writer) notes(d *document.Document) {
	if len(d.Notes) == 0 {
		return
	}
	w.paragraph("Heading1", "", document.Plain(d.Heads.Notes))
	colon := "："
	if d.Lang == "en" {
		colon = ": "
	}
	for _, n := range d.Notes {
		w.paragraph("Small", "", []document.Run{{Text: n.Term, URL: n.URL}, {Text: colon + n.Text}})
	}
}
