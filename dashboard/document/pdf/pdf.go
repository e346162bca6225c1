// Package pdf writes a document as PDF in the form of GB/T 9704-2012: A4, 22 lines of 28 characters in a type area of 156 by
// 225 mm, with bookmarks, links, embedded letters and charts as vectors. It needs no browser, and the same document is the
// same bytes.
package pdf

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"

	"yanzhen/dashboard/document"
	"yanzhen/dashboard/fonts"
)

// Write writes a document as PDF with the letters of a set.
func Write(w io.Writer, d *document.Document, with *fonts.Set) error {
	p, err := Lay(d, with)
	if err != nil {
		return err
	}
	_, err = p.WriteTo(w)
	return err
}

// Paper is a document that was laid out on pages.
type Paper struct {
	Pages   int
	Fonts   []Used // which letters stand for which of an official document
	Missing []rune // the characters that no font has: a mark stands for each
	doc     *document.Document
	pages   []*page
}

// Used is a font with the role that it plays.
type Used struct {
	Role fonts.Role
	Name string
}

// mostPages bounds a document.
const mostPages = 2000

// nearlyEmpty is how much of its last page a document must fill, or its tables stand closer where that spares the page.
const nearlyEmpty = 0.2

// Lay lays a document out.
func Lay(d *document.Document, with *fonts.Set) (*Paper, error) {
	lay := func(tight bool) (*flow, error) {
		f := &flow{doc: d, fonts: with, form: official, paper: &Paper{doc: d}, tight: tight}
		if d.Lang == "en" {
			f.form = english
		}
		return f, f.document()
	}
	f, err := lay(false)
	if err == nil && len(f.pages) > 1 && f.y < high*nearlyEmpty {
		if closer, again := lay(true); again == nil && len(closer.pages) < len(f.pages) {
			f = closer
		}
	}
	if err != nil {
		return nil, fmt.Errorf("pdf: %w", err)
	}
	p := f.paper
	p.pages, p.Pages = f.pages, len(f.pages)
	slices.Sort(p.Missing)
	p.Missing = slices.Compact(p.Missing)
	for _, r := range []fonts.Role{fonts.Title, fonts.FangSong, fonts.Hei, fonts.Kai, fonts.Song} {
		p.Fonts = append(p.Fonts, Used{r, with.Face(r).Name})
	}
	return p, nil
}

// WriteTo writes the pages as a PDF.
func (p *Paper) WriteTo(w io.Writer) (int64, error) {
	var out bytes.Buffer
	if err := p.print(&out); err != nil {
		return 0, fmt.Errorf("pdf: %w", err)
	}
	n, err := out.WriteTo(w)
	return n, err
}

// keywords say in the file's properties which letters were used and which characters none of them has.
func (p *Paper) keywords() string {
	var parts []string
	for _, u := range p.Fonts {
		parts = append(parts, string(u.Role)+": "+u.Name)
	}
	if len(p.Missing) > 0 {
		parts = append(parts, fmt.Sprintf("no font has %U, for which %c stands", p.Missing, fonts.Mark))
	}
	return strings.Join(parts, "; ")
}

// The sheet, in points.
const (
	mm                    = 72 / 25.4
	sheetWidth, sheetHigh = 210 * mm, 297 * mm
	left, top             = 28 * mm, 37 * mm
	wide, high            = 156 * mm, 225 * mm
)

// form is how the text of a language stands in the type area.
type form struct {
	body, pitch, tracking float64 // the size of the letters, from line to line, between letters
	title, titlePitch     float64
	indent                float64 // of a first line
	number                float64 // the size of the page number
}

var (
	// 28 characters of 3号 are a little wider than the type area: they stand 0.2 pt closer
	official = form{body: 16, pitch: high / 22, tracking: wide/28 - 16, title: 22, titlePitch: 35, indent: 2 * wide / 28, number: 14}
	english  = form{body: 12, pitch: high / 34, title: 20, titlePitch: 28, indent: 24, number: 12}
)

// The sizes of what is small.
const (
	captionSize, factSize, noteSize, tableSize, smallest = 12, 12, 10.5, 10.5, 5.5
)
