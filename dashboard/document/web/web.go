// Package web writes a document as HTML, to be read before it is downloaded or printed from the browser: the same blocks as on
// paper, with the same links.
package web

import (
	"encoding/base64"
	"fmt"
	"html"
	"strings"

	"yanzhen/dashboard/document"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Write writes a document as the inside of an article. Everything that comes from outside is escaped.
func Write(d *document.Document) string {
	w := &writer{doc: d}
	w.tag("h1", "", document.Plain(d.Title))
	for _, text := range []string{d.Issuer, d.Subtitle} {
		if text != "" {
			w.tag("p", "sheet-sub", document.Plain(text))
		}
	}
	if len(d.Facts) > 0 {
		w.out.WriteString(`<dl class="sheet-facts">`)
		for _, f := range d.Facts {
			w.print(`<div><dt>%s</dt><dd>%s</dd></div>`, f.Label, f.Text)
		}
		w.out.WriteString(`</dl>`)
	}
	for _, b := range d.Blocks {
		switch b := b.(type) {
		case document.Heading:
			if b.Level <= 1 {
				w.part(b.Runs)
				continue
			}
			w.tag(fmt.Sprintf("h%d", 1+min(3, b.Level)), "", b.Runs)
		case document.Paragraph:
			w.tag("p", placed[b.Place], b.Runs)
		case document.Table:
			w.table(b)
		case document.Chart:
			w.chart(b)
		case document.PageBreak:
			w.out.WriteString(`<hr class="sheet-break">`)
		}
	}
	if len(d.Notes) > 0 {
		w.part(document.Plain(d.Heads.Notes))
		w.out.WriteString(`<dl class="sheet-notes">`)
		for _, n := range d.Notes {
			w.out.WriteString(`<dt>`)
			w.runs([]document.Run{{Text: n.Term, URL: n.URL}})
			w.print(`</dt><dd>%s</dd>`, n.Text)
		}
		w.out.WriteString(`</dl>`)
	}
	w.shut()
	return w.out.String()
}

// part begins a part of the document, which is folded on a phone.
func (w *writer) part(title []document.Run) {
	w.shut()
	w.parted = true
	var name strings.Builder
	for _, r := range title {
		name.WriteString(r.Text)
	}
	lang := codes.Lang(w.doc.Lang)
	w.out.WriteString(`<section class="sheet-part">`)
	w.print(`<input type="checkbox" class="fold" autocomplete="off" aria-label="%s">`, words.In(lang, "unfold")+words.In(lang, "sep_colon")+name.String())
	w.tag("h2", "", title)
}

// shut ends a part.
func (w *writer) shut() {
	if w.parted {
		w.out.WriteString("</section>\n")
	}
}

var placed = map[document.Place]string{document.Body: "sheet-body", document.Flush: "sheet-flush", document.End: "sheet-end", document.Small: "sheet-small"}

type writer struct {
	out    strings.Builder
	doc    *document.Document
	parted bool // a part has begun
}

// print writes a format whose arguments are text.
func (w *writer) print(format string, args ...string) {
	safe := make([]any, len(args))
	for i, a := range args {
		safe[i] = html.EscapeString(a)
	}
	fmt.Fprintf(&w.out, format, safe...)
}

func (w *writer) tag(name, class string, runs []document.Run) {
	if class != "" {
		class = ` class="` + class + `"`
	}
	w.out.WriteString("<" + name + class + ">")
	w.runs(runs)
	w.out.WriteString("</" + name + ">\n")
}

// runs writes text; an address on the document's base stays on this server.
func (w *writer) runs(runs []document.Run) {
	for _, r := range runs {
		if r.URL == "" {
			w.print(`%s`, r.Text)
			continue
		}
		w.print(`<a href="%s">%s</a>`, r.URL, r.Text)
	}
}

var aligned = map[document.Align]string{document.Left: "", document.Centre: ` class="c"`, document.Right: ` class="n"`}

func (w *writer) table(t document.Table) {
	w.out.WriteString(`<figure class="sheet-table">`)
	w.caption(t.Caption, t.URL)
	if t.Unit != "" {
		w.print(`<p class="sheet-unit">%s</p>`, t.Unit)
	}
	w.out.WriteString(`<div class="scroll" tabindex="0"><table>`)
	if t.Headed() {
		w.out.WriteString(`<thead><tr>`)
		for _, c := range t.Columns {
			w.print(`<th scope="col">%s</th>`, c.Head)
		}
		w.out.WriteString(`</tr></thead>`)
	}
	w.out.WriteString(`<tbody>`)
	for _, row := range t.Rows {
		if row.Total {
			w.out.WriteString(`<tr class="total">`)
		} else {
			w.out.WriteString(`<tr>`)
		}
		for i, c := range row.Cells {
			name := "td"
			if i == 0 {
				name = `th scope="row"`
			}
			align := ""
			if i < len(t.Columns) {
				align = aligned[t.Columns[i].Align]
			}
			w.out.WriteString("<" + name + align + ">")
			w.runs(c.Runs)
			w.out.WriteString("</" + name[:2] + ">")
		}
		w.out.WriteString(`</tr>`)
	}
	w.out.WriteString(`</tbody></table></div>`)
	if t.Note != "" {
		w.print(`<p class="sheet-small">%s</p>`, t.Note)
	}
	w.out.WriteString("</figure>\n")
}

func (w *writer) caption(text, url string) {
	if text == "" {
		return
	}
	w.out.WriteString(`<figcaption>`)
	w.runs([]document.Run{{Text: text, URL: url}})
	w.out.WriteString(`</figcaption>`)
}

func (w *writer) chart(c document.Chart) {
	w.out.WriteString(`<figure class="sheet-chart">`)
	w.caption(c.Caption, c.URL)
	if len(c.SVG) > 0 {
		fmt.Fprintf(&w.out, `<img src="data:image/svg+xml;base64,%s" width="%d" height="%d" alt="%s">`,
			base64.StdEncoding.EncodeToString(c.SVG), int(c.Width), int(c.Height), html.EscapeString(c.Alt))
	} else {
		w.print(`<p class="sheet-small">%s</p>`, c.Alt)
	}
	if c.Note != "" {
		w.print(`<p class="sheet-small">%s</p>`, c.Note)
	}
	w.out.WriteString("</figure>\n")
}
