package source

import (
	"bytes"
	"io"
	"path"
	"strings"

	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/xmlscan"
)

// behindLimit is how large a sheet may unzip to for what stands behind its rows to be looked for before they are read. In a
// larger one only the first row of a merged range holds its value, and conditions, prompts and the heads of pages are not heard: it is told.
var behindLimit uint64 = 64 << 20

// maxBehind is how much of it is kept.
const maxBehind = 16 << 20

// behind is what stands behind the rows of a sheet.
type behind struct {
	merged     []merge
	conditions drawn.Conditions
	page       []drawn.Text
	prompts    drawn.Prompts
}

// after gives what stands behind the rows of the sheet in a part; that of the sheet asked for last is kept.
func (w *workbook) after(target string) *behind {
	if w.last == target {
		return &w.behind
	}
	w.last, w.behind = target, behind{}
	tail := w.tail(target)
	if len(tail) == 0 {
		return &w.behind
	}
	b, inPage := &w.behind, false
	x := xmlscan.New(bytes.NewReader(tail), w.limits.RecordBytes)
	for {
		token, err := x.Next()
		if err != nil || token == xmlscan.EOF {
			return b
		}
		b.conditions.Take(token, x, &w.looks)
		b.prompts.Take(token, x)
		switch name := string(x.Name); {
		case token == xmlscan.Start && name == "mergeCell":
			if m, ok := mergeRef(x.AttrString("ref")); ok && (m.Bottom > m.Top || m.Right > m.Left) && len(b.merged) < maxMerged {
				b.merged = append(b.merged, m)
			}
		case token == xmlscan.Text:
			if text := drawn.Page(string(x.Text)); inPage && text != "" && len(b.page) < drawn.Most {
				b.page = append(b.page, drawn.Text{Says: text})
			}
		case strings.HasSuffix(name, "Header") || strings.HasSuffix(name, "Footer"):
			inPage = token == xmlscan.Start
		}
	}
}

// tail is the end of a sheet, from behind its rows.
func (w *workbook) tail(target string) []byte {
	z := w.parts[strings.ToLower(strings.TrimPrefix(target, "/"))]
	if w.behind.conditions.Unread = z != nil && z.UncompressedSize64 > behindLimit; z == nil || w.behind.conditions.Unread {
		return nil
	}
	r, err := z.Open()
	if err != nil {
		return nil // told where the rows are read
	}
	defer r.Close()
	const end = "sheetData>"
	buf, kept := make([]byte, 256<<10), 0
	for {
		n, err := io.ReadFull(r, buf[kept:])
		b := buf[:kept+n]
		for from := 0; ; {
			i := bytes.Index(b[from:], []byte(end))
			if i < 0 {
				break
			}
			from += i + len(end)
			if open := bytes.LastIndexByte(b[:from], '<'); open >= 0 && open+1 < len(b) && b[open+1] == '/' {
				rest, _ := io.ReadAll(io.LimitReader(r, maxBehind))
				return append(bytes.Clone(b[from:]), rest...)
			}
		}
		if err != nil {
			return nil
		}
		kept = copy(buf, b[max(0, len(b)-64):])
	}
}

// below finds the ranges that are merged below a row.
func (w *workbook) below(target string, row int) (all []merge) {
	for _, m := range w.after(target).merged {
		if m.Top > row {
			all = append(all, m)
		}
	}
	return all
}

// drawing gives what lies on the sheet in a part, and what the heads of its pages say. What cannot be read is nothing.
func (w *workbook) drawing(target string) (d drawn.Drawing) {
	if _, byType, err := w.relations(target); err == nil {
		if part := byType["drawing"]; part != "" && w.parts[strings.ToLower(path.Clean(part))] != nil {
			if x, closer, err := w.open(part); err == nil {
				d, _ = drawn.Read(x)
				closer.Close()
			}
		}
	}
	d.Texts = append(d.Texts, w.after(target).page...)
	d.Prompts = w.after(target).prompts.List
	return d
}
