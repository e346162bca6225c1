// Package docx writes a document as a file for Word and WPS, in the form of GB/T 9704-2012: A4, 22 lines of 28 characters on a
// page, named styles, headings that stand in the outline, tables that can be edited, charts as vectors with a picture for
// readers without. The same document is the same bytes.
//
// The parts are written here and not by a library: those that there are in Go have no call for page numbers at the outer edge,
// none for a vector picture with its fallback, and begin with a template whose theme fonts stand over the named ones.
package docx

import (
	"archive/zip"
	"bytes"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"time"

	"yanzhen/dashboard/document"
)

// Fonts are the names of the type faces. An office's computers have them; one that lacks a face shows another in its place.
type Fonts struct {
	Title    string // of the title
	Body     string
	Heading1 string
	Heading2 string
	Song     string // of page numbers and tables
	Latin    string // of digits and Latin letters in running text
}

// Official are the type faces of official documents.
var Official = Fonts{Title: "方正小标宋简体", Body: "仿宋_GB2312", Heading1: "黑体", Heading2: "楷体_GB2312", Song: "宋体", Latin: "Times New Roman"}

// or fills in what f does not name.
func (f Fonts) or(d Fonts) Fonts {
	return Fonts{
		Title: cmp.Or(f.Title, d.Title), Body: cmp.Or(f.Body, d.Body), Heading1: cmp.Or(f.Heading1, d.Heading1),
		Heading2: cmp.Or(f.Heading2, d.Heading2), Song: cmp.Or(f.Song, d.Song), Latin: cmp.Or(f.Latin, d.Latin),
	}
}

// maxBytes bounds a file.
const maxBytes = 64 << 20

// ErrLarge says that a document would be larger than one may be.
var ErrLarge = fmt.Errorf("the document is larger than %d MiB", maxBytes>>20)

// Write writes a document whole. Fonts that are not named are the Official ones.
func Write(d *document.Document, fonts Fonts) ([]byte, error) {
	w := &writer{doc: d, fonts: fonts.or(Official), links: map[string]string{}}
	body := w.body()
	var out limited
	z := zip.NewWriter(&out)
	at := d.Written
	if at.IsZero() {
		at = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	parts := []part{
		{"[Content_Types].xml", []byte(contentTypes)},
		{"_rels/.rels", []byte(packageRels)},
		{"docProps/core.xml", w.core(at)},
		{"docProps/app.xml", []byte(appProps)},
		{"word/document.xml", body},
		{"word/_rels/document.xml.rels", w.relations()},
		{"word/styles.xml", w.styles()},
		{"word/settings.xml", []byte(settings)},
		{"word/fontTable.xml", w.fontTable()},
		{"word/footer1.xml", w.footer("right")},
		{"word/footer2.xml", w.footer("left")},
		{"word/header1.xml", w.header()},
	}
	for _, p := range append(parts, w.media...) {
		f, err := z.CreateHeader(&zip.FileHeader{Name: p.name, Method: zip.Deflate, Modified: at.UTC().Truncate(2 * time.Second)})
		if err != nil {
			return nil, err
		}
		if _, err := f.Write(p.text); err != nil {
			return nil, err
		}
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

type part struct {
	name string
	text []byte
}

// limited is a buffer that takes no more than a document may have.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > maxBytes {
		return 0, ErrLarge
	}
	return l.Buffer.Write(p)
}

var _ io.Writer = (*limited)(nil)

// writer is a document in the making.
type writer struct {
	fresh bool // a page has begun below no title: there is room for what is filled in by hand
	ends  bool // a page begins behind the table that is written

	out      bytes.Buffer
	doc      *document.Document
	fonts    Fonts
	links    map[string]string // address -> relation
	rels     strings.Builder   // of the body
	relCount int
	media    []part
	drawings int
}

const xmlHead = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"

const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

const contentTypes = xmlHead + `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="svg" ContentType="image/svg+xml"/><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml"/><Override PartName="/word/settings.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.settings+xml"/><Override PartName="/word/fontTable.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.fontTable+xml"/><Override PartName="/word/footer1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/word/footer2.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml"/><Override PartName="/word/header1.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.header+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/><Override PartName="/docProps/app.xml" ContentType="application/vnd.openxmlformats-officedocument.extended-properties+xml"/></Types>`

const packageRels = xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="` + office + `/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties" Target="docProps/core.xml"/><Relationship Id="rId3" Type="` + office + `/extended-properties" Target="docProps/app.xml"/></Relationships>`

const appProps = xmlHead + `<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"><Application>Yanzhen</Application></Properties>`

// settings has page numbers at the outer edge, and compatibility with the layout of today's Word.
const settings = xmlHead + `<w:settings xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:zoom w:percent="100"/><w:defaultTabStop w:val="420"/><w:evenAndOddHeaders/><w:drawingGridVerticalSpacing w:val="289"/><w:characterSpacingControl w:val="compressPunctuation"/><w:compat><w:spaceForUL/><w:balanceSingleByteDoubleByteWidth/><w:doNotLeaveBackslashAlone/><w:ulTrailSpace/><w:doNotExpandShiftReturn/><w:useFELayout/><w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat><w:themeFontLang w:val="en-US" w:eastAsia="zh-CN"/></w:settings>`

// escape is text as XML may hold it.
func escape(text string) string {
	var out strings.Builder
	_ = xml.EscapeText(&out, []byte(text)) // a Builder takes everything
	return out.String()
}

func (w *writer) core(at time.Time) []byte {
	d := w.doc
	stamp := at.UTC().Format(time.RFC3339)
	return fmt.Appendf(nil, xmlHead+`<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:dcterms="http://purl.org/dc/terms/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><dc:title>%s</dc:title><dc:subject>%s</dc:subject><dc:creator>%s</dc:creator><dc:description>%s</dc:description><cp:lastModifiedBy>%s</cp:lastModifiedBy><dcterms:created xsi:type="dcterms:W3CDTF">%s</dcterms:created><dcterms:modified xsi:type="dcterms:W3CDTF">%s</dcterms:modified><dc:language>%s</dc:language></cp:coreProperties>`,
		escape(d.Title), escape(d.Subtitle), escape(cmp.Or(d.Issuer, "Yanzhen")), escape(d.Mark), escape(cmp.Or(d.Issuer, "Yanzhen")), stamp, stamp, w.lang())
}

// lang is the language of the text as OOXML names it.
func (w *writer) lang() string {
	if w.doc.Lang == "en" {
		return "en-US"
	}
	return "zh-CN"
}

// relate adds a relation of the body and says its name.
func (w *writer) relate(kind, target, mode string) string {
	w.relCount++
	id := fmt.Sprintf("rId%d", w.relCount)
	if mode != "" {
		mode = ` TargetMode="` + mode + `"`
	}
	fmt.Fprintf(&w.rels, `<Relationship Id="%s" Type="%s/%s" Target="%s"%s/>`, id, office, kind, escape(target), mode)
	return id
}

// link is the relation of an address that leads out of the document; empty where there is none.
func (w *writer) link(url string) string {
	url = w.doc.Link(url)
	if url == "" {
		return ""
	}
	id, ok := w.links[url]
	if !ok {
		id = w.relate("hyperlink", url, "External")
		w.links[url] = id
	}
	return id
}

func (w *writer) relations() []byte {
	return []byte(xmlHead + `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + w.rels.String() + `</Relationships>`)
}

const wordSpaces = `xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" xmlns:r="` + office + `"`

// footer is the page number between dashes, at the outer edge and one character in.
func (w *writer) footer(side string) []byte {
	field := `<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> PAGE </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>`
	dash := func(text string) string {
		return `<w:r><w:rPr><w:rFonts w:hint="eastAsia"/></w:rPr><w:t xml:space="preserve">` + text + `</w:t></w:r>`
	}
	return fmt.Appendf(nil, xmlHead+`<w:ftr %s><w:p><w:pPr><w:pStyle w:val="Footer"/><w:ind w:%sChars="100" w:%[2]s="280"/><w:jc w:val="%[2]s"/></w:pPr>%s%s%s</w:p></w:ftr>`,
		wordSpaces, side, dash("— "), field, dash(" —"))
}

// header says what stands on every page; empty where nothing does.
func (w *writer) header() []byte {
	run := ""
	if w.doc.Mark != "" {
		run = w.run(w.doc.Mark, "")
	}
	return fmt.Appendf(nil, xmlHead+`<w:hdr %s><w:p><w:pPr><w:pStyle w:val="Header"/></w:pPr>%s</w:p></w:hdr>`, wordSpaces, run)
}
