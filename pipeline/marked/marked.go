// Package marked writes a sender's own file back with what is wrong in it: the cells coloured, each with a comment that says
// the rule and what to do, and a sheet that lists them. A workbook keeps everything else; a text file or an old workbook comes
// back as a workbook with its cells in their places.
package marked

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/source/remarks"
)

// Bounds of a file that is marked: more cells are only listed, a larger file is not written again.
const (
	mostMarks  = 5_000
	MostListed = 20_000
	MostBytes  = 64 << 20
	mostRows   = 200_000   // of a text file or an old workbook
	mostPlain  = 256 << 20 // bytes of a workbook without its compression
	longText   = 900       // characters of a comment
)

// List is the name of the sheet that lists what is wrong.
var List = source.OwnSheet(codes.Text{Zh: "退回清单", En: "Returned cells"})

// Fault is a cell or a row that was refused, or loaded with a warning.
type Fault struct {
	Sheet          string // empty in text files
	Row            int
	Cell           string // C17; empty: the row
	Column         string // its title
	Raw            string // what stands there, masked where that is personal
	Reason, Remedy codes.Text
	Warn           bool // the row counts all the same
}

// Return is a file on its way back.
type Return struct {
	Path   string // the file as it was sent
	Name   string // what it is called
	Faults []Fault
	Head   []string                  // what is said of the whole file above the list
	Known  func(sheet string) string // the name by which faults know a sheet; nil: its own
	Lang   codes.Lang
}

// ErrProgram says that a file is of a kind that programs write and nobody opens: what is wrong with it stands in the run.
var ErrProgram = errors.New("marked: the file is of a kind that only programs write")

// ErrTooLarge says that a file is larger than can be written again.
var ErrTooLarge = errors.New("marked: the file is too large to be written again")

// Write writes the marked workbook. marked says in how many cells; those beyond the bound, and of sheets that are not there,
// stand in the list only.
func (r *Return) Write(ctx context.Context, w io.Writer) (marks int, err error) {
	f, err := r.open(ctx)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	m := &marker{Return: r, file: f, fills: map[fill]int{}}
	if err := m.mark(); err != nil {
		return 0, fmt.Errorf("marked %s: %w", r.Name, err)
	}
	if err := m.list(); err != nil {
		return 0, fmt.Errorf("marked %s: %w", r.Name, err)
	}
	_, err = f.WriteTo(w)
	return m.marks, err
}

// open is the workbook that is marked: the file itself, or a new one with its cells.
func (r *Return) open(ctx context.Context) (*excelize.File, error) {
	if info, err := os.Stat(r.Path); err != nil {
		return nil, err
	} else if info.Size() > MostBytes {
		return nil, ErrTooLarge
	}
	from, err := source.Open(ctx, r.Path, source.Options{Display: r.Name, Header: "none", Hidden: "read"})
	if err != nil {
		return nil, err
	}
	defer from.Close()
	if from.Format == source.JSON || from.Format == source.Parquet {
		return nil, ErrProgram
	}
	if from.Format == source.XLSX {
		f, err := excelize.OpenFile(r.Path, excelize.Options{UnzipSizeLimit: mostPlain})
		if err == nil {
			f.Path = "" // whatever its name ends in
			return f, nil
		}
		if errors.Is(err, excelize.ErrOptionsUnzipSizeLimit) || strings.Contains(err.Error(), "unzip size exceeds") {
			return nil, ErrTooLarge
		} // what else excelize does not open, the loader has read: its cells are written into a new one
	}
	f := excelize.NewFile()
	first := true
	for _, t := range from.Tables() {
		name := t.Sheet
		if name == "" {
			name = "Sheet1"
		}
		if first {
			err = f.SetSheetName("Sheet1", name)
		} else {
			_, err = f.NewSheet(name)
		}
		if err == nil {
			err = copyRows(ctx, f, name, t)
		}
		if err != nil {
			return nil, errors.Join(err, f.Close())
		}
		first = false
	}
	return f, nil
}

// copyRows writes the rows of a table as texts into their places: a number with zeros before it stays what it is.
func copyRows(ctx context.Context, f *excelize.File, sheet string, t *source.Table) error {
	w, err := f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	for row, err := range t.Rows(ctx) {
		if err != nil {
			return err
		}
		if row.Origin.Row > mostRows {
			return ErrTooLarge
		}
		cells := make([]any, len(row.Cells))
		for i := range row.Cells {
			c := &row.Cells[i]
			switch v, err := strconv.ParseFloat(c.Text, 64); {
			case c.Kind == source.Number && err == nil:
				cells[i] = v
			case c.Kind != source.Blank:
				cells[i] = strings.ToValidUTF8(c.Text, "�")
			}
		}
		if err := w.SetRow("A"+strconv.Itoa(row.Origin.Row), cells); err != nil {
			return err
		}
	}
	return w.Flush()
}

type fill struct {
	style int
	warn  bool
}

type marker struct {
	*Return
	file   *excelize.File
	fills  map[fill]int // a cell's own style -> the same with the colour of the mark
	marks  int
	unseen bool // a sheet is not there
}

func (m *marker) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(m.Lang) }

type place struct{ sheet, cell string }

// sheet is where a fault stands; empty: nowhere in this file.
func (m *marker) sheet(of Fault) string {
	names := slices.DeleteFunc(m.file.GetSheetList(), func(n string) bool { return n == List.Zh || n == List.En })
	if i := slices.IndexFunc(names, func(n string) bool { return n == of.Sheet || m.Known != nil && m.Known(n) == of.Sheet }); i >= 0 {
		return names[i]
	}
	if len(names) == 1 {
		return names[0] // a text file's only one, or one under another name
	}
	return ""
}

// mark colours the cells and says at each what is wrong there.
func (m *marker) mark() error {
	var order []place
	at := map[place][]Fault{}
	for _, x := range m.Faults {
		p := place{m.sheet(x), x.Cell}
		if p.sheet == "" || x.Row <= 0 {
			m.unseen = m.unseen || p.sheet == "" && x.Row > 0
			continue
		}
		if p.cell == "" {
			p.cell = "A" + strconv.Itoa(x.Row)
		}
		if _, ok := at[p]; !ok {
			if len(order) == mostMarks {
				continue
			}
			order = append(order, p)
		}
		at[p] = append(at[p], x)
	}
	said, err := m.comments(order)
	if err != nil {
		return err
	}
	for _, p := range order {
		if err := m.one(p, at[p], said[p]); err != nil {
			return fmt.Errorf("%s!%s: %w", p.sheet, p.cell, err)
		}
		m.marks++
	}
	return nil
}

// comments takes the comments off the cells that are marked, so that what the sender wrote there is said again in the new one.
func (m *marker) comments(cells []place) (map[place]string, error) {
	said := map[place]string{}
	want := map[string]map[string]bool{}
	for _, p := range cells {
		if want[p.sheet] == nil {
			want[p.sheet] = map[string]bool{}
		}
		want[p.sheet][p.cell] = true
	}
	for _, sheet := range m.file.GetSheetList() {
		list, err := m.file.GetComments(sheet)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			if !want[sheet][c.Cell] && c.Author != remarks.Own {
				continue
			}
			text := c.Text
			for _, run := range c.Paragraph {
				text += run.Text
			}
			if c.Author == remarks.Own { // of an earlier return: what the sender wrote stands at its end
				_, zh, _ := strings.Cut(text, before.Zh)
				_, en, _ := strings.Cut(text, before.En)
				text = zh + en
			}
			text = strings.TrimSpace(text)
			if err := m.file.DeleteComment(sheet, c.Cell); err != nil {
				return nil, err
			}
			if want[sheet][c.Cell] {
				said[place{sheet, c.Cell}] = text
			} else if err := m.mended(sheet, c.Cell, text); err != nil {
				return nil, err
			}
		}
	}
	return said, nil
}

// mended takes the mark of an earlier return off a cell that is right now.
func (m *marker) mended(sheet, cell, own string) error {
	id, err := m.file.GetCellStyle(sheet, cell)
	if err != nil {
		return err
	}
	style, err := m.file.GetStyle(id)
	if err != nil {
		return err
	}
	style.Fill = excelize.Fill{}
	if id, err = m.file.NewStyle(style); err != nil {
		return err
	}
	if err := m.file.SetCellStyle(sheet, cell, cell, id); err != nil || own == "" {
		return err
	}
	return m.file.AddComment(sheet, excelize.Comment{Cell: cell, Text: own})
}

// before is what the sender's own comment stands behind.
var before = codes.Text{Zh: "原批注：", En: "Comment before: "}

func (m *marker) one(p place, faults []Fault, own string) error {
	warn := !slices.ContainsFunc(faults, func(x Fault) bool { return !x.Warn })
	var text strings.Builder
	for i, x := range faults {
		if i > 0 {
			text.WriteString("\n")
		}
		if x.Column != "" {
			text.WriteString(x.Column + m.say("：", ": "))
		}
		text.WriteString(x.Reason.In(m.Lang))
		if remedy := x.Remedy.In(m.Lang); remedy != "" {
			text.WriteString(m.say("。怎么改：", ". What to do: ") + remedy)
		}
	}
	if own != "" {
		text.WriteString("\n" + before.In(m.Lang) + own)
	}
	style, err := m.file.GetCellStyle(p.sheet, p.cell)
	if err != nil {
		return err
	}
	id, err := m.filled(fill{style, warn})
	if err != nil {
		return err
	}
	words := clip(text.String(), longText)
	return errors.Join(m.file.SetCellStyle(p.sheet, p.cell, p.cell, id),
		m.file.AddComment(p.sheet, excelize.Comment{Author: remarks.Own, Cell: p.cell, Text: words, Width: 260, Height: uint(40 + 18*(1+len([]rune(words))/18))}))
}

// filled is a style with the colour of a mark, red or, where the row counts all the same, yellow.
func (m *marker) filled(k fill) (int, error) {
	if id, ok := m.fills[k]; ok {
		return id, nil
	}
	style, err := m.file.GetStyle(k.style)
	if err != nil {
		return 0, err
	}
	style.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{map[bool]string{true: "FFF2B3", false: "FFB3AD"}[k.warn]}}
	id, err := m.file.NewStyle(style)
	m.fills[k] = id
	return id, err
}

// list writes the sheet with what is wrong, each line a link to its cell.
func (m *marker) list() error {
	sheet := List.In(m.Lang)
	for _, name := range []string{List.Zh, List.En} { // of an earlier return
		if len(m.file.GetSheetList()) > 1 {
			_ = m.file.DeleteSheet(name)
		}
	}
	index, err := m.file.NewSheet(sheet)
	if err != nil {
		return err
	}
	bold, err := m.file.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}})
	if err != nil {
		return err
	}
	link, err := m.file.NewStyle(&excelize.Style{Font: &excelize.Font{Color: "1F5FBF", Underline: "single"}})
	if err != nil {
		return err
	}
	row := 1
	for _, text := range append(slices.Clone(m.Head), m.more()...) {
		err = errors.Join(err, m.file.SetCellStr(sheet, "A"+strconv.Itoa(row), text))
		row++
	}
	row++
	heads := []any{m.say("位置", "Cell"), m.say("列", "Column"), m.say("原值", "What stands there"), m.say("问题", "What is wrong"), m.say("怎么改", "What to do"), m.say("该行", "The row")}
	err = errors.Join(err, m.file.SetSheetRow(sheet, "A"+strconv.Itoa(row), &heads), m.file.SetCellStyle(sheet, "A"+strconv.Itoa(row), "F"+strconv.Itoa(row), bold))
	for _, x := range m.Faults[:min(len(m.Faults), MostListed)] {
		row++
		cell := x.Cell
		if cell == "" && x.Row > 0 {
			cell = m.say("第 ", "row ") + strconv.Itoa(x.Row) + m.say(" 行", "")
		}
		where := cell
		if x.Sheet != "" {
			where = x.Sheet + "!" + cell
		}
		counts := m.say("未装入", "not loaded")
		if x.Warn {
			counts = m.say("已装入", "loaded")
		}
		line := []any{where, x.Column, x.Raw, x.Reason.In(m.Lang), x.Remedy.In(m.Lang), counts}
		err = errors.Join(err, m.file.SetSheetRow(sheet, "A"+strconv.Itoa(row), &line))
		if to := m.sheet(x); to != "" && x.Row > 0 && row < 60_000 { // a sheet takes 65,530 links
			address := x.Cell
			if address == "" {
				address = "A" + strconv.Itoa(x.Row)
			}
			a := "A" + strconv.Itoa(row)
			err = errors.Join(err, m.file.SetCellHyperLink(sheet, a, "'"+strings.ReplaceAll(to, "'", "''")+"'!"+address, "Location"), m.file.SetCellStyle(sheet, a, a, link))
		}
		if err != nil {
			return err
		}
	}
	for column, wide := range map[string]float64{"A": 22, "B": 18, "C": 26, "D": 46, "E": 46, "F": 10} {
		err = errors.Join(err, m.file.SetColWidth(sheet, column, column, wide))
	}
	m.file.SetActiveSheet(index)
	return err
}

// more says what the list holds beside the marks.
func (m *marker) more() (out []string) {
	if m.marks > 0 {
		out = append(out, m.say("红色的格子须改；黄色的已装入，请核对。改好后把本文件原名再报一次，这张清单不必删。", "Mend what is red; what is yellow was loaded, check it. Then send this file again under its own name; this list may stay."))
	}
	if m.marks == mostMarks {
		out = append(out, fmt.Sprintf(m.say("只标出了前 %d 处", "Only the first %d cells are marked"), mostMarks))
	}
	if len(m.Faults) > MostListed {
		out = append(out, fmt.Sprintf(m.say("只列出了前 %d 处，共 %d 处", "Only the first %d of %d are listed"), MostListed, len(m.Faults)))
	}
	if m.unseen {
		out = append(out, m.say("有的工作表不在本文件里，其中的问题只列在下面", "Some sheets are not in this file: what is wrong there is only listed"))
	}
	return out
}

func clip(s string, most int) string {
	if r := []rune(s); len(r) > most {
		return string(r[:most-1]) + "…"
	}
	return s
}

// FileName is what the marked file is called: the sender's own name, as a workbook.
func FileName(name string) string {
	if strings.EqualFold(filepath.Ext(name), ".xlsm") {
		return filepath.Base(name) // with its macros
	}
	return strings.TrimSuffix(filepath.Base(name), filepath.Ext(name)) + ".xlsx"
}
