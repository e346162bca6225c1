// Package paper reads PDF and DOCX documents for tests: what stands in them, where their links lead, and what pages look like.
// No part of the product imports it.
package paper

import (
	"fmt"
	"image"
	"image/draw"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/responses"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// pool starts the reader once. It is compiled from WebAssembly, which takes five seconds of a core, and what comes of that
// is kept in .cache of the repository for the next package and the next run: under the sum of the module and the version
// of the compiler, so that another of either finds nothing.
var pool = sync.OnceValues(func() (pdfium.Pool, error) {
	dir, err := os.Getwd() // of the package that is tested
	if err != nil {
		return nil, err
	}
	for _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil && dir != filepath.Dir(dir); _, err = os.Stat(filepath.Join(dir, "go.mod")) {
		dir = filepath.Dir(dir)
	}
	kept, err := wazero.NewCompilationCacheWithDir(filepath.Join(dir, ".cache", "pdfium"))
	if err != nil {
		return nil, err
	}
	config := wazero.NewRuntimeConfig().WithCompilationCache(kept).WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling)
	return webassembly.Init(webassembly.Config{MinIdle: 1, MaxIdle: 1, MaxTotal: 2, RuntimeConfig: config})
})

// Document is a PDF that was opened.
type Document struct {
	reader pdfium.Pdfium
	doc    references.FPDF_DOCUMENT
	Pages  int
}

// Open reads a PDF. It must be closed.
func Open(pdf []byte) (*Document, error) {
	p, err := pool()
	if err != nil {
		return nil, err
	}
	reader, err := p.GetInstance(time.Minute)
	if err != nil {
		return nil, err
	}
	opened, err := reader.OpenDocument(&requests.OpenDocument{File: &pdf})
	if err != nil {
		reader.Close()
		return nil, err
	}
	count, err := reader.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	if err != nil {
		reader.Close()
		return nil, err
	}
	return &Document{reader, opened.Document, count.PageCount}, nil
}

// Close gives back what the document holds.
func (d *Document) Close() error { return d.reader.Close() }

func (d *Document) page(i int) requests.Page {
	return requests.Page{ByIndex: &requests.PageByIndex{Document: d.doc, Index: i}}
}

// Text is what stands on a page, counted from 0.
func (d *Document) Text(i int) (string, error) {
	t, err := d.reader.GetPageText(&requests.GetPageText{Page: d.page(i)})
	if err != nil {
		return "", fmt.Errorf("page %d: %w", i+1, err)
	}
	return t.Text, nil
}

// AllText is what stands on all pages, without blanks: a line may be broken anywhere.
func (d *Document) AllText() (string, error) {
	var out strings.Builder
	for i := range d.Pages {
		text, err := d.Text(i)
		if err != nil {
			return "", err
		}
		out.WriteString(strings.Join(strings.Fields(text), ""))
	}
	return out.String(), nil
}

// Outline is the titles of the bookmarks, in the order of reading.
func (d *Document) Outline() ([]string, error) {
	b, err := d.reader.GetBookmarks(&requests.GetBookmarks{Document: d.doc})
	if err != nil {
		return nil, err
	}
	var out []string
	var walk func([]responses.GetBookmarksBookmark)
	walk = func(list []responses.GetBookmarksBookmark) {
		for _, b := range list {
			out = append(out, b.Title)
			walk(b.Children)
		}
	}
	walk(b.Bookmarks)
	return out, nil
}

// Picture is what a page looks like, at so many pixels an inch.
func (d *Document) Picture(i, dpi int) (*image.RGBA, error) {
	r, err := d.reader.RenderPageInDPI(&requests.RenderPageInDPI{Page: d.page(i), DPI: dpi})
	if err != nil {
		return nil, fmt.Errorf("page %d: %w", i+1, err)
	}
	defer r.Cleanup()
	shown := r.Result.RenderedImage // valid until Cleanup
	out := image.NewRGBA(shown.Bounds())
	draw.Draw(out, out.Bounds(), shown, shown.Bounds().Min, draw.Src)
	return out, nil
}

// Ink is the share of a picture that is not white, and that which is darker than half.
func Ink(p *image.RGBA) (ink, dark float64) {
	for i := 0; i < len(p.Pix); i += 4 {
		light := min(p.Pix[i], p.Pix[i+1], p.Pix[i+2])
		if light < 245 {
			ink++
		}
		if light < 128 {
			dark++
		}
	}
	n := float64(len(p.Pix) / 4)
	return ink / n, dark / n
}
