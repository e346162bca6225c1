package demo

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

// col is one column of a sender's form.
type col struct {
	field  string // column of the dataset; empty: something only the sender needs
	header string
	shape  string // how values are written, see write
	group  string // header above the header, merged over its columns
}

// sheet is one sheet of a file, or the whole of a text file.
type sheet struct {
	name   string
	hidden bool
	title  []string // lines above the header
	cols   []col
	rows   []rec
	totals string // column of numbers to sum in a 合计 row, or "-" for a row that only counts
	notes  []string
	copies int  // exact copies among rows
	guide  bool // no table: lines of text only, in title
}

// file is one submission.
type file struct {
	name, dataset, sender, period string
	from, to                      time.Time // [from, to)
	format                        string    // xlsx, csv
	encoding                      string    // of csv: utf-8, utf-8-bom, gb18030
	sheets                        []sheet
	replaces                      string    // an earlier file of the same unit
	due                           time.Time // last day it speaks of
	sent                          time.Time
}

// What a planted cell holds besides text and numbers.
type (
	errorCell   string // #REF! as Excel stores it
	noCacheCell string // a formula never computed
)

const (
	wrong = "#wrong" // key of a rec whose cell was spoilt on purpose
	bad   = "#raw"   // and what stands there instead
)

// put writes the file's bytes and tells where everything went.
func (f *file) put(m *Manifest) ([]byte, error) {
	mf := File{Name: f.name, Dataset: f.dataset, Sender: f.sender, Period: f.period, From: f.from, To: f.to, Format: f.format, Encoding: f.encoding, Replaces: f.replaces}
	var out []byte
	var err error
	if f.format == "xlsx" {
		out, err = f.workbook(m, &mf)
	} else {
		out, err = f.text(m, &mf)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.name, err)
	}
	mf.Bytes = int64(len(out))
	m.Files = append(m.Files, mf)
	return out, nil
}

// grid is a sheet as cells: title, header, rows, totals, notes.
func (f *file) grid(sh *sheet, m *Manifest, mf *File) ([][]any, [][4]int) {
	var g [][]any
	var merges [][4]int // row, column, row, column; 1-based
	width := max(len(sh.cols), 1)
	for i, t := range sh.title {
		g = append(g, []any{t})
		if i == 0 && f.format == "xlsx" {
			merges = append(merges, [4]int{1, 1, 1, width})
		}
	}
	if sh.guide {
		return g, nil
	}
	lay := Sheet{Name: sh.name, Hidden: sh.hidden, Width: width, Copies: sh.copies}
	groups := false
	for _, c := range sh.cols {
		groups = groups || c.group != ""
		lay.Fields = append(lay.Fields, c.field)
		lay.Headers = append(lay.Headers, c.header)
	}
	top := len(g) + 1
	if groups {
		above, below := make([]any, width), make([]any, width)
		for i := 0; i < width; i++ {
			c := sh.cols[i]
			if c.group == "" {
				above[i] = c.header
				merges = append(merges, [4]int{top, i + 1, top + 1, i + 1})
				continue
			}
			below[i] = c.header
			if i == 0 || sh.cols[i-1].group != c.group {
				above[i] = c.group
				j := i
				for j+1 < width && sh.cols[j+1].group == c.group {
					j++
				}
				if j > i {
					merges = append(merges, [4]int{top, i + 1, top, j + 1})
				}
			}
		}
		g = append(g, above, below)
	} else {
		h := make([]any, width)
		for i, c := range sh.cols {
			h[i] = c.header
		}
		g = append(g, h)
	}
	lay.Header = len(g)
	sum := 0.0
	for n, r := range sh.rows {
		line := make([]any, width)
		spoilt, _ := r[wrong].(plant)
		for i, c := range sh.cols {
			switch {
			case c.field == "" && c.header == "序号":
				line[i] = float64(n + 1)
			case c.field == "":
				line[i] = ""
			case spoilt.field == c.field:
				line[i] = spoilt.raw
				cell := letter(i+1) + strconv.Itoa(len(g)+1)
				p := Planted{Dataset: f.dataset, File: f.name, Sheet: sh.name, Row: len(g) + 1, Cell: cell, Column: c.field, Header: c.header, Rule: spoilt.rule, Warn: spoilt.warn}
				if c.field != "person" {
					p.Raw = fmt.Sprint(spoilt.raw)
				}
				if !sh.hidden {
					m.Planted = append(m.Planted, p)
					if !p.Warn {
						lay.Planted++
					}
				}
			default:
				line[i] = write(c.field, c.shape, r[c.field])
			}
		}
		if spoilt.field == "" {
			if x, ok := r[sh.totals].(int); ok {
				sum += float64(x)
			}
		}
		g = append(g, line)
	}
	lay.First, lay.Last = lay.Header+1, len(g)
	if sh.totals != "" {
		line := make([]any, width)
		line[0] = "合计"
		for i, c := range sh.cols {
			if c.field == sh.totals {
				line[i] = sum
			}
		}
		if sh.totals == "-" && width > 1 {
			line[1] = strconv.Itoa(len(sh.rows)) + "人"
		}
		g = append(g, line)
		lay.Excluded++
	}
	for _, n := range sh.notes {
		g = append(g, []any{n})
		lay.Excluded++
	}
	mf.Sheets = append(mf.Sheets, lay)
	return g, merges
}

func letter(n int) string {
	s, _ := excelize.ColumnNumberToName(n)
	return s
}

func (f *file) text(m *Manifest, mf *File) ([]byte, error) {
	g, _ := f.grid(&f.sheets[0], m, mf)
	var b strings.Builder
	for _, line := range g {
		for i := range max(len(line), len(f.sheets[0].cols)) { // Excel pads short rows with commas
			if i > 0 {
				b.WriteByte(',')
			}
			if i >= len(line) {
				continue
			}
			s := ""
			switch v := line[i].(type) {
			case nil:
			case string:
				s = v
			case errorCell:
				s = string(v)
			case float64:
				s = strconv.FormatFloat(v, 'f', -1, 64)
			case time.Time:
				s = v.Format("2006/1/2")
			default:
				return nil, fmt.Errorf("a %T cannot stand in a text file", v)
			}
			if strings.ContainsAny(s, "\",\n") {
				s = `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
			}
			b.WriteString(s)
		}
		b.WriteString("\r\n")
	}
	switch f.encoding {
	case "gb18030":
		s, err := simplifiedchinese.GB18030.NewEncoder().String(b.String())
		return []byte(s), err
	case "utf-8-bom":
		return []byte("\ufeff" + b.String()), nil
	}
	return []byte(b.String()), nil
}

// The marks that repack turns into cells excelize does not write.
const (
	markError   = "〔error〕"
	markNoCache = "〔nocache〕"
)

func (f *file) workbook(m *Manifest, mf *File) ([]byte, error) {
	x := excelize.NewFile()
	defer x.Close()
	if err := x.SetDocProps(&excelize.DocProperties{Creator: f.sender, LastModifiedBy: f.sender, Created: f.sent.Format(time.RFC3339), Modified: f.sent.Format(time.RFC3339)}); err != nil {
		return nil, err
	}
	dateStyle, err := x.NewStyle(&excelize.Style{NumFmt: 14})
	if err != nil {
		return nil, err
	}
	titleStyle, err := x.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true, Size: 16}, Alignment: &excelize.Alignment{Horizontal: "center"}})
	if err != nil {
		return nil, err
	}
	for i := range f.sheets {
		sh := &f.sheets[i]
		if i == 0 {
			if err := x.SetSheetName("Sheet1", sh.name); err != nil {
				return nil, err
			}
		} else if _, err := x.NewSheet(sh.name); err != nil {
			return nil, err
		}
		g, merges := f.grid(sh, m, mf)
		w, err := x.NewStreamWriter(sh.name)
		if err != nil {
			return nil, err
		}
		for r, line := range g {
			cells := make([]any, len(line))
			for c, v := range line {
				switch v := v.(type) {
				case nil:
				case string:
					if v != "" {
						cells[c] = v
						if r == 0 && len(sh.title) > 0 {
							cells[c] = excelize.Cell{StyleID: titleStyle, Value: v}
						}
					}
				case time.Time:
					cells[c] = excelize.Cell{StyleID: dateStyle, Value: v}
				case errorCell:
					cells[c] = markError + string(v)
				case noCacheCell:
					cells[c] = markNoCache + string(v)
				default:
					cells[c] = v
				}
			}
			if err := w.SetRow("A"+strconv.Itoa(r+1), cells); err != nil {
				return nil, err
			}
		}
		for _, q := range merges {
			a, b := letter(q[1])+strconv.Itoa(q[0]), letter(q[3])+strconv.Itoa(q[2])
			if a == b {
				continue
			}
			if err := w.MergeCell(a, b); err != nil {
				return nil, err
			}
		}
		if err := w.Flush(); err != nil {
			return nil, err
		}
	}
	for _, sh := range f.sheets {
		if sh.hidden {
			if err := x.SetSheetVisible(sh.name, false); err != nil {
				return nil, err
			}
		}
	}
	var b bytes.Buffer
	if err := x.Write(&b); err != nil {
		return nil, err
	}
	return repack(b.Bytes())
}

// repack writes the parts in order of name and without times, so that the same story gives the
// same bytes, and puts formula errors and formulas without a value where they were marked.
func repack(in []byte) ([]byte, error) {
	z, err := zip.NewReader(bytes.NewReader(in), int64(len(in)))
	if err != nil {
		return nil, err
	}
	parts := append([]*zip.File(nil), z.File...)
	sort.Slice(parts, func(i, j int) bool { return parts[i].Name < parts[j].Name })
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, p := range parts {
		r, err := p.Open()
		if err != nil {
			return nil, err
		}
		body, err := io.ReadAll(r)
		if err != nil {
			return nil, err
		}
		body = spoil(body, markError, `t="e"`, `<f>Sheet9!A1</f><v>#REF!</v>`)
		body = spoil(body, markNoCache, ``, `<f>TODAY()</f>`)
		pw, err := w.CreateHeader(&zip.FileHeader{Name: p.Name, Method: zip.Deflate})
		if err != nil {
			return nil, err
		}
		if _, err := pw.Write(body); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// spoil replaces each inline string that carries the mark by another cell of the same address.
func spoil(body []byte, mark, attr, inside string) []byte {
	for {
		i := bytes.Index(body, []byte(mark))
		if i < 0 {
			return body
		}
		start := bytes.LastIndex(body[:i], []byte("<c "))
		stop := i + bytes.Index(body[i:], []byte("</c>"))
		ref := body[start+bytes.Index(body[start:], []byte(`r="`))+3:]
		ref = ref[:bytes.IndexByte(ref, '"')]
		cell := `<c r="` + string(ref) + `" ` + attr + `>` + inside
		body = append(append(append([]byte(nil), body[:start]...), cell...), body[stop:]...)
	}
}
