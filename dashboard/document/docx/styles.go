package docx

import (
	"fmt"
	"strings"
)

// The measures of a page, in twentieths of a point: 210 x 297 mm, of which 156 x 225 mm are type area, 28 mm from the left and
// 37 mm from the top. 22 lines of 28 characters of 16 points fill it.
const (
	pageWidth, pageHeight   = 11906, 16838
	top, left, bottom, edge = 2098, 1588, 1984, 1474
	typeWidth               = pageWidth - left - edge
	linePitch               = 579 // 225 mm / 22
	tighter                 = -5  // 28 characters of 16 points are six points wider than 156 mm
	footerAt                = 1304
)

// style is a paragraph style: names are those that Word knows and shows in the reader's language (heading 1 is 标题 1).
type style struct {
	id, name, next string
	font           string // of Chinese text
	size           int    // in half points
	bold           bool
	props          string // of the paragraph
	own            bool   // not one that Word knows
}

const exactly = `<w:spacing w:before="0" w:after="0" w:line="579" w:lineRule="exact"/>`

func (w *writer) styleList() []style {
	f := w.fonts
	auto := func(before, after int) string {
		return fmt.Sprintf(`<w:spacing w:before="%d" w:after="%d" w:line="240" w:lineRule="auto"/>`, before, after)
	}
	heading := func(level int) string {
		return `<w:keepNext/><w:keepLines/>` + exactly + w.indent() + fmt.Sprintf(`<w:outlineLvl w:val="%d"/>`, level)
	}
	return []style{
		{id: "BodyText", name: "Body Text", font: f.Body, size: 32, props: exactly + w.indent()},
		{id: "Title", name: "Title", next: "BodyText", font: f.Title, size: 44, props: `<w:keepNext/><w:spacing w:before="240" w:after="120" w:line="700" w:lineRule="exact"/><w:jc w:val="center"/>`},
		{id: "Subtitle", name: "Subtitle", next: "BodyText", font: f.Heading2, size: 32, props: `<w:keepNext/><w:spacing w:before="0" w:after="120" w:line="579" w:lineRule="exact"/><w:jc w:val="center"/>`},
		{id: "Heading1", name: "heading 1", next: "BodyText", font: f.Heading1, size: 32, props: heading(0)},
		{id: "Heading2", name: "heading 2", next: "BodyText", font: f.Heading2, size: 32, props: heading(1)},
		{id: "Heading3", name: "heading 3", next: "BodyText", font: f.Body, size: 32, bold: true, props: heading(2)},
		{id: "Flush", name: "主送", own: true, font: f.Body, size: 32, props: exactly},
		{id: "Closing", name: "Closing", font: f.Body, size: 32, props: exactly + `<w:ind w:rightChars="200" w:right="640"/><w:jc w:val="right"/>`},
		{id: "Small", name: "说明", own: true, font: f.Body, size: 21, props: `<w:snapToGrid w:val="0"/>` + auto(40, 80)},
		{id: "Caption", name: "caption", font: f.Heading1, size: 24, props: `<w:keepNext/><w:snapToGrid w:val="0"/>` + auto(160, 60) + `<w:jc w:val="center"/>`},
		{id: "TableUnit", name: "表格单位", own: true, font: f.Song, size: 21, props: `<w:keepNext/><w:snapToGrid w:val="0"/>` + auto(0, 20) + `<w:jc w:val="right"/>`},
		{id: "TableText", name: "表格文字", own: true, font: f.Song, size: 21, props: `<w:snapToGrid w:val="0"/>` + auto(30, 30)},
		{id: "TableHead", name: "表格表头", own: true, font: f.Heading1, size: 21, props: `<w:keepNext/><w:snapToGrid w:val="0"/>` + auto(30, 30) + `<w:jc w:val="center"/>`},
		{id: "Picture", name: "图", own: true, font: f.Song, size: 21, props: `<w:snapToGrid w:val="0"/>` + auto(0, 60) + `<w:jc w:val="center"/>`},
		{id: "Facts", name: "要素", own: true, font: f.Heading2, size: 24, props: `<w:snapToGrid w:val="0"/>` + auto(20, 20)},
		{id: "Footer", name: "footer", font: f.Song, size: 28, props: `<w:snapToGrid w:val="0"/>` + auto(0, 0)},
		{id: "Header", name: "header", font: f.Song, size: 18, props: `<w:snapToGrid w:val="0"/>` + auto(0, 0) + `<w:jc w:val="center"/>`},
	}
}

// indent is how a paragraph begins: two characters in where the text is Chinese.
func (w *writer) indent() string {
	if w.doc.Lang == "en" {
		return ""
	}
	return `<w:ind w:firstLineChars="200" w:firstLine="640"/>`
}

// faces are the fonts of a style. There is no theme, whose fonts would stand over them.
func (w *writer) faces(font string) string {
	latin := escape(w.fonts.Latin)
	return fmt.Sprintf(`<w:rFonts w:ascii="%s" w:hAnsi="%[1]s" w:cs="%[1]s" w:eastAsia="%s"/>`, latin, escape(font))
}

func (w *writer) styles() []byte {
	var out strings.Builder
	fmt.Fprintf(&out, xmlHead+`<w:styles %s><w:docDefaults><w:rPrDefault><w:rPr>%s<w:kern w:val="2"/><w:sz w:val="32"/><w:szCs w:val="32"/><w:lang w:val="en-US" w:eastAsia="zh-CN" w:bidi="ar-SA"/></w:rPr></w:rPrDefault><w:pPrDefault/></w:docDefaults>`, wordSpaces, w.faces(w.fonts.Body))
	fmt.Fprintf(&out, `<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/><w:qFormat/><w:pPr><w:widowControl w:val="0"/><w:jc w:val="both"/></w:pPr><w:rPr>%s<w:sz w:val="32"/><w:szCs w:val="32"/></w:rPr></w:style>`, w.faces(w.fonts.Body))
	out.WriteString(`<w:style w:type="character" w:default="1" w:styleId="DefaultParagraphFont"><w:name w:val="Default Paragraph Font"/><w:uiPriority w:val="1"/><w:semiHidden/></w:style>`)
	out.WriteString(`<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:uiPriority w:val="99"/><w:semiHidden/><w:tblPr><w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar><w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/><w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>`)
	for _, s := range w.styleList() {
		custom, bold, closer := "", "", ""
		if s.size == 32 {
			closer = fmt.Sprintf(`<w:spacing w:val="%d"/>`, tighter)
		}
		if s.own {
			custom = ` w:customStyle="1"`
		}
		if s.bold {
			bold = `<w:b/><w:bCs/>`
		}
		next := ""
		if s.next != "" {
			next = `<w:next w:val="` + s.next + `"/>`
		}
		fmt.Fprintf(&out, `<w:style w:type="paragraph"%s w:styleId="%s"><w:name w:val="%s"/><w:basedOn w:val="Normal"/>%s<w:qFormat/><w:pPr>%s</w:pPr><w:rPr>%s%s%s<w:sz w:val="%d"/><w:szCs w:val="%[9]d"/></w:rPr></w:style>`,
			custom, s.id, s.name, next, s.props, w.faces(s.font), bold, closer, s.size)
	}
	border := func(side string) string {
		return `<w:` + side + ` w:val="single" w:sz="4" w:space="0" w:color="auto"/>`
	}
	out.WriteString(`<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/><w:tblPr><w:tblBorders>`)
	for _, side := range []string{"top", "left", "bottom", "right", "insideH", "insideV"} {
		out.WriteString(border(side))
	}
	out.WriteString(`</w:tblBorders></w:tblPr></w:style>`)
	out.WriteString(`<w:style w:type="character" w:styleId="Hyperlink"><w:name w:val="Hyperlink"/><w:uiPriority w:val="99"/><w:rPr><w:u w:val="dotted" w:color="7F7F7F"/></w:rPr></w:style></w:styles>`)
	return []byte(out.String())
}

// fontTable says of which kind the faces are, for a computer that lacks one.
func (w *writer) fontTable() []byte {
	var out strings.Builder
	out.WriteString(xmlHead + `<w:fonts ` + wordSpaces + `>`)
	seen := map[string]bool{}
	f := w.fonts
	for _, x := range []struct{ name, alt, family string }{
		{f.Body, "仿宋", "modern"},
		{f.Title, "宋体", "auto"},
		{f.Heading1, "SimHei", "modern"},
		{f.Heading2, "楷体", "modern"},
		{f.Song, "SimSun", "auto"},
	} {
		if seen[x.name] {
			continue
		}
		seen[x.name] = true
		fmt.Fprintf(&out, `<w:font w:name="%s"><w:altName w:val="%s"/><w:charset w:val="86"/><w:family w:val="%s"/><w:pitch w:val="default"/></w:font>`, escape(x.name), x.alt, x.family)
	}
	fmt.Fprintf(&out, `<w:font w:name="%s"><w:charset w:val="00"/><w:family w:val="roman"/><w:pitch w:val="variable"/></w:font></w:fonts>`, escape(f.Latin))
	return []byte(out.String())
}
