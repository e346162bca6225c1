// Package xls reads the stream of an old workbook (BIFF8), as Excel 97 to 2003 and what imitates them write it: its sheets, cell
// by cell, as their formats show them. The compound file around the stream is opened by package source.
package xls

import (
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/grid"
	"yanzhen/pipeline/source/numfmt"
)

// shakinm/xlsReader was tried and not kept. It reads the plain cells of a real list
// well, but returns an empty sheet and no error for a workbook it stumbles over, passes on neither
// formula results nor merged ranges, hidden rows or the 1904 epoch, and indexes what the file
// claims without looking. The records that hold cells are few, and the compound file around them
// is read by mscfb, which excelize brings with it.

// The records of BIFF8 that are read.
const (
	biffFormula    = 0x0006
	biffEOF        = 0x000a
	biff1904       = 0x0022
	biffFilePass   = 0x002f
	biffContinue   = 0x003c
	biffBoundSheet = 0x0085
	biffMulRK      = 0x00bd
	biffRString    = 0x00d6
	biffXF         = 0x00e0
	biffFont       = 0x0031
	biffMerged     = 0x00e5
	biffSST        = 0x00fc
	biffLabelSST   = 0x00fd
	biffNumber     = 0x0203
	biffLabel      = 0x0204
	biffBoolErr    = 0x0205
	biffColumns    = 0x007d
	biffString     = 0x0207
	biffRow        = 0x0208
	biffRK         = 0x027e
	biffFormat     = 0x041e
	biffBOF        = 0x0809
)

// biff walks the records of a stream.
type biff struct {
	stream []byte
	pos    int
	id     uint16
	data   []byte
}

// next goes to the next record. False where the stream ends or breaks off.
func (b *biff) next() bool {
	if b.pos < 0 || b.pos+4 > len(b.stream) {
		return false
	}
	b.id = binary.LittleEndian.Uint16(b.stream[b.pos:])
	n := int(binary.LittleEndian.Uint16(b.stream[b.pos+2:]))
	if b.pos+4+n > len(b.stream) {
		return false
	}
	b.data = b.stream[b.pos+4 : b.pos+4+n]
	b.pos += 4 + n
	return true
}

// pieces are the record's data and those of the CONTINUE records behind it.
func (b *biff) pieces() [][]byte {
	all := [][]byte{b.data}
	for {
		ahead := biff{stream: b.stream, pos: b.pos}
		if !ahead.next() || ahead.id != biffContinue {
			return all
		}
		all = append(all, ahead.data)
		b.pos = ahead.pos
	}
}

func u16(b []byte, at int) int {
	if at+2 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b[at:]))
}

func u32(b []byte, at int) int {
	if at+4 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint32(b[at:]))
}

// biffText reads strings that may run on over CONTINUE records.
type biffText struct {
	pieces [][]byte
	at     int // in pieces[0]
}

func (t *biffText) left() int {
	for len(t.pieces) > 0 && t.at >= len(t.pieces[0]) {
		t.pieces, t.at = t.pieces[1:], t.at-len(t.pieces[0])
	}
	if len(t.pieces) == 0 {
		return 0
	}
	return len(t.pieces[0]) - t.at
}

func (t *biffText) byte() int {
	if t.left() == 0 {
		return 0
	}
	t.at++
	return int(t.pieces[0][t.at-1])
}

func (t *biffText) u16() int { a := t.byte(); return a | t.byte()<<8 }
func (t *biffText) u32() int { a := t.u16(); return a | t.u16()<<16 }

func (t *biffText) skip(n int) {
	for n > 0 && t.left() > 0 {
		k := min(n, t.left())
		t.at += k
		n -= k
	}
}

// read reads one string of count characters with its flags byte in front. False where the data
// end before the string does.
func (t *biffText) read(count int) (string, bool) {
	flags := t.byte()
	runs, ext := 0, 0
	if flags&8 != 0 {
		runs = t.u16()
	}
	if flags&4 != 0 {
		ext = t.u32()
	}
	units := make([]uint16, 0, min(count, 1<<16))
	wide := flags&1 != 0
	for len(units) < count {
		if len(t.pieces) > 0 && t.at >= len(t.pieces[0]) { // a new piece begins with its own flags
			if t.left() == 0 {
				return "", false
			}
			wide = t.byte()&1 != 0
		}
		if t.left() == 0 {
			return "", false
		}
		if wide {
			units = append(units, uint16(t.u16()))
		} else {
			units = append(units, uint16(t.byte()))
		}
	}
	t.skip(4*runs + ext)
	return string(utf16.Decode(units)), true
}

// Limits bound what a workbook may cost.
type Limits struct {
	Columns     int
	StringBytes int // of the texts that cells share, which are held in memory
}

// maxMerged is how many ranges of a sheet are heard.
const maxMerged = 1 << 16

// Book is an open workbook.
type Book struct {
	Sheets []*Sheet
	Epoch  numfmt.Epoch

	stream  []byte
	strings []string
	shows   []numfmt.Show // by style index
	looks   []look
	limits  Limits
}

// Sheet is one of its sheets.
type Sheet struct {
	Name   string
	Hidden bool

	book   *Book
	at     int  // where it begins in the stream
	looked bool // that its rows stand in their order, or that runs say in which they do
	runs   []run
}

// Open reads what stands before the sheets. What it returns of a stream that cannot be read is a *grid.Refusal.
func Open(stream []byte, limits Limits) (*Book, error) {
	w := &Book{stream: stream, limits: limits}
	if err := w.globals(); err != nil {
		return nil, err
	}
	return w, nil
}

// globals reads what stands before the sheets: their list, the formats, the texts that cells share.
func (w *Book) globals() error {
	custom := map[int]numfmt.Show{}
	var struck []bool // by the index of a font
	b := biff{stream: w.stream}
	if !b.next() || b.id != biffBOF {
		return damaged()
	}
	if u16(b.data, 0) != 0x0600 {
		return grid.Refuse("old_excel", codes.Text{
			Zh: "文件是 Excel 5.0/95 的旧格式，无法读取", En: "an Excel 5.0/95 file, too old to read",
		}, saveAs)
	}
	for {
		if !b.next() {
			return damaged()
		}
		switch b.id {
		case biffEOF:
			return nil
		case biffFilePass:
			return grid.Refuse("password", codes.Text{Zh: "文件设有打开密码", En: "the file is encrypted with a password"}, codes.Text{
				Zh: "旧版 .xls 的加密不支持解密：请去掉打开密码，另存为 .xlsx 后上报",
				En: "encrypted xls is not read: remove the password and save it as .xlsx",
			})
		case biff1904:
			if u16(b.data, 0) == 1 {
				w.Epoch.Ahead = numfmt.From1904
			}
		case biffFormat:
			t := biffText{pieces: [][]byte{b.data}, at: 4}
			if code, ok := t.read(u16(b.data, 2)); ok {
				custom[u16(b.data, 0)] = numfmt.Read(code)
			}
		case biffFont:
			struck = append(struck, u16(b.data, 2)&8 != 0)
			if len(struck) == 4 { // there is no fifth
				struck = append(struck, false)
			}
		case biffXF:
			id := u16(b.data, 2)
			as, ok := custom[id]
			if !ok {
				as = numfmt.Builtin(id)
			}
			w.shows = append(w.shows, as)
			w.looks = append(w.looks, lookOf(b.data, struck))
		case biffBoundSheet:
			if len(b.data) < 8 || b.data[5] != 0 { // a chart or a macro sheet
				continue
			}
			t := biffText{pieces: [][]byte{b.data}, at: 7}
			name, ok := t.read(int(b.data[6]))
			if !ok {
				return damaged()
			}
			w.Sheets = append(w.Sheets, &Sheet{Name: name, Hidden: b.data[4]&3 != 0, book: w, at: u32(b.data, 0)})
		case biffSST:
			if err := w.sharedTexts(b.pieces()); err != nil {
				return err
			}
		}
	}
}

// sharedTexts reads the texts that cells share.
func (w *Book) sharedTexts(pieces [][]byte) error {
	total := 0
	t := biffText{pieces: pieces, at: 8}
	for range u32(pieces[0], 4) {
		if t.left() == 0 {
			return damaged()
		}
		s, ok := t.read(t.u16())
		if !ok {
			return damaged()
		}
		if total += len(s) + 16; total > w.limits.StringBytes {
			return grid.Refuse("strings_size", codes.Text{
				Zh: "工作簿的文本总量超过上限 " + grid.Size(int64(w.limits.StringBytes)),
				En: "the workbook's texts are more than " + grid.Size(int64(w.limits.StringBytes)),
			}, codes.Text{Zh: "请另存为 csv（UTF-8）后上报", En: "save it as csv (UTF-8) and send that"})
		}
		w.strings = append(w.strings, cell.Unguarded(s))
	}
	return nil
}

var saveAs = codes.Text{
	Zh: "请在 Excel 或 WPS 中打开，另存为 .xlsx 或 .csv（UTF-8）后重新上报",
	En: "open it in Excel or WPS, save it as .xlsx or .csv (UTF-8) and send that",
}

func damaged() *grid.Refusal {
	return grid.Refuse("damaged", codes.Text{
		Zh: "工作簿内容损坏，无法读完", En: "the workbook is damaged and cannot be read to its end",
	}, saveAs)
}

func tooWide(limit int) *grid.Refusal {
	return grid.Refuse("columns", codes.Text{
		Zh: fmt.Sprintf("超过 %d 列", limit), En: fmt.Sprintf("more than %d columns", limit),
	}, codes.Text{
		Zh: "请检查行列是否颠倒，删除多余的列", En: "check whether rows and columns are swapped; delete what is not data",
	})
}

// Merges reads the merged ranges of a sheet.
func (s *Sheet) Merges() []grid.Merge {
	var all []grid.Merge
	b := biff{stream: s.book.stream, pos: s.at}
	for depth := 0; b.next(); {
		switch b.id {
		case biffBOF:
			depth++
		case biffEOF:
			if depth--; depth <= 0 {
				return all
			}
		case biffMerged:
			if len(all) < maxMerged {
				all = append(all, mergedCells(b.data)...)
			}
		}
	}
	return all
}

// mergedCells reads one record of merged ranges.
func mergedCells(data []byte) []grid.Merge {
	var all []grid.Merge
	for i := range u16(data, 0) {
		at := 2 + 8*i
		if at+8 > len(data) {
			break
		}
		all = append(all, grid.Merge{Top: u16(data, at) + 1, Left: u16(data, at+4), Bottom: u16(data, at+2) + 1, Right: u16(data, at+6)})
	}
	return all
}

// Rows reads the rows of a sheet with a number above after, empty ones left out; its cells come in the order of their rows. The
// cells of one stay as they are for one row more. width is how many columns the table has. A refusal knows its row.
func (s *Sheet) Rows(ctx context.Context, after, width int, odd *drawn.Odd, yield func(number int, cells []grid.Cell, err error) bool) {
	var (
		w       = s.book
		b       = walk{biff: biff{stream: w.stream, pos: s.at}, runs: s.order()}
		cells   []grid.Cell
		before  []grid.Cell // the cells of the row before, which stay as they are for one row more
		number  int
		hidden  = s.hiddenRows(b.runs)
		struck  bool // a cell of the row is
		depth   int
		dressed int  // its style
		pending = -1 // the column of a formula whose text comes in a record of its own
	)
	fail := func(r *grid.Refusal) { yield(number, nil, r.At("", "", number)) }
	set := func(column, style int, c grid.Cell) {
		struck = struck || style < len(w.looks) && w.looks[style].struck && c.Text != ""
		for len(cells) <= column {
			cells = append(cells, grid.Cell{})
		}
		cells[column] = c
	}
	flush := func() bool {
		for len(cells) > 0 && cells[len(cells)-1].Kind == grid.Blank {
			cells = cells[:len(cells)-1]
		}
		if number <= after || blank(cells) {
			return true
		}
		if hidden[number] {
			odd.Hidden.Add(number)
		}
		if struck {
			odd.Struck.Add(number)
		}
		row := cells
		before, cells = cells, before
		return yield(number, row, nil)
	}
	if !b.next() || b.id != biffBOF {
		fail(damaged())
		return
	}
	depth = 1
	for {
		if !b.next() {
			fail(damaged())
			return
		}
		if b.id == biffBOF {
			depth++
			continue
		}
		if b.id == biffEOF {
			if depth--; depth == 0 {
				break
			}
			continue
		}
		if depth > 1 { // an embedded chart
			continue
		}
		switch b.id {
		case biffRow:
			hide(hidden, b.data)
			continue
		case biffColumns:
			if u16(b.data, 8)&1 != 0 || u16(b.data, 4) < 50 { // in 256ths of a character
				odd.Columns(u16(b.data, 0), u16(b.data, 2), width, grid.Letters)
			}
			continue
		case biffMerged:
			for _, m := range mergedCells(b.data) {
				if m.Bottom > m.Top && m.Top > after {
					odd.Merged.Add(m.Top)
				}
			}
			continue
		case biffString:
			if pending >= 0 && pending < len(cells) {
				text := biffText{pieces: b.pieces()}
				s, ok := text.read(text.u16())
				if !ok {
					fail(damaged())
					return
				}
				set(pending, dressed, w.text(s, dressed))
			}
			pending = -1
			continue
		default:
			if !cellRecord(b.id) {
				continue
			}
		}
		if len(b.data) < 6 {
			fail(damaged())
			return
		}
		row, column := u16(b.data, 0)+1, u16(b.data, 2)
		if row != number {
			if ctx.Err() != nil {
				yield(number, nil, ctx.Err())
				return
			}
			if number > 0 && !flush() {
				return
			}
			if row < number {
				fail(damaged())
				return
			}
			number, cells, struck = row, cells[:0], false
		}
		if column >= w.limits.Columns {
			fail(tooWide(w.limits.Columns))
			return
		}
		pending = -1
		style := u16(b.data, 4)
		switch b.id {
		case biffLabelSST:
			n := u32(b.data, 6)
			if len(b.data) < 10 || n >= len(w.strings) {
				fail(damaged())
				return
			}
			set(column, style, w.text(w.strings[n], style))
		case biffLabel, biffRString:
			text := biffText{pieces: b.pieces(), at: 8}
			s, ok := text.read(u16(b.data, 6))
			if !ok {
				fail(damaged())
				return
			}
			set(column, style, w.text(cell.Unguarded(s), style))
		case biffNumber:
			if len(b.data) < 14 {
				fail(damaged())
				return
			}
			set(column, style, w.number(math.Float64frombits(binary.LittleEndian.Uint64(b.data[6:])), style))
		case biffRK:
			set(column, style, w.number(rk(uint32(u32(b.data, 6))), style))
		case biffMulRK:
			for i := 4; i+6 <= len(b.data)-2 && column < w.limits.Columns; i += 6 {
				set(column, u16(b.data, i), w.number(rk(uint32(u32(b.data, i+2))), u16(b.data, i)))
				column++
			}
		case biffBoolErr:
			if len(b.data) < 8 {
				fail(damaged())
				return
			}
			if b.data[7] == 1 {
				set(column, style, errorCell(b.data[6]))
			} else {
				set(column, style, truth(b.data[6]))
			}
		case biffFormula:
			if len(b.data) < 14 {
				fail(damaged())
				return
			}
			v := b.data[6:14]
			switch {
			case v[6] != 0xff || v[7] != 0xff:
				set(column, style, w.number(math.Float64frombits(binary.LittleEndian.Uint64(v)), style))
			case v[0] == 0: // its text follows
				set(column, style, grid.Cell{Kind: grid.NoCache})
				pending, dressed = column, style
			case v[0] == 1:
				set(column, style, truth(v[2]))
			case v[0] == 2:
				set(column, style, errorCell(v[2]))
			}
		}
	}
	if number > 0 {
		flush()
	}
}

// blank reports whether no cell says anything.
func blank(cells []grid.Cell) bool {
	for i := range cells {
		if c := &cells[i]; c.Kind != grid.Blank && strings.TrimSpace(c.Text) != "" {
			return false
		}
	}
	return true
}

// look is what a style shows of a cell that its text does not say.
type look struct {
	indent uint8 // how far it sets a text in
	struck bool  // its letters are struck through, or the cell is crossed out
}

// lookOf reads it from a record of a style. struck are the fonts that strike their letters through.
func lookOf(style []byte, struck []bool) (l look) {
	font, diagonal := u16(style, 0), u32(style, 10)>>30&3 != 0 && u32(style, 14)>>21&15 != 0
	l.struck = diagonal || font < len(struck) && struck[font]
	if to := u16(style, 6) & 7; to < 2 { // from the left
		l.indent = uint8(u16(style, 8) & 15)
	}
	return l
}

// text makes a cell of a text, as the style shows it.
func (w *Book) text(s string, style int) grid.Cell {
	if s == "" {
		return grid.Cell{}
	}
	if style < len(w.shows) && w.shows[style].Wording() {
		var other bool
		if s, other = w.shows[style].Words(s); other {
			return grid.Cell{Text: s, Kind: grid.Scaled}
		}
	}
	c := grid.Cell{Text: s, Kind: grid.Text}
	if style < len(w.looks) {
		c.Indent = w.looks[style].indent
	}
	return c
}

// number makes a cell of a number: a Date where the style shows one.
func (w *Book) number(v float64, style int) grid.Cell {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return grid.Cell{Text: "#NUM!", Kind: grid.Error}
	}
	format := byte('f')
	if math.Abs(v) >= 1e21 {
		format = 'g'
	}
	digits := strconv.FormatFloat(v, format, -1, 64)
	if style < len(w.shows) {
		as := &w.shows[style]
		if text, kind, ok := as.Write(digits, w.Epoch); ok {
			return grid.Shows(as, digits, text, kind)
		}
		return grid.Cell{Text: digits, Kind: grid.Number, Form: as.Form(digits)}
	}
	return grid.Cell{Text: digits, Kind: grid.Number}
}

// rk decodes a number packed into 32 bits: 30 bits of an integer or the upper ones of a float,
// perhaps a hundredfold.
func rk(v uint32) float64 {
	var f float64
	if v&2 != 0 {
		f = float64(int32(v) >> 2)
	} else {
		f = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}

func truth(v byte) grid.Cell {
	if v != 0 {
		return grid.Cell{Text: "TRUE", Kind: grid.Bool}
	}
	return grid.Cell{Text: "FALSE", Kind: grid.Bool}
}

// errorCell is the cell of an error value, #REF! and the like.
func errorCell(v byte) grid.Cell {
	names := map[byte]string{0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A", 43: "#GETTING_DATA"}
	if n := names[v]; n != "" {
		return grid.Cell{Text: n, Kind: grid.Error}
	}
	return grid.Cell{Text: fmt.Sprintf("#ERR%d", v), Kind: grid.Error}
}
