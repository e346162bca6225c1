package source

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"unsafe"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/grid"
	"yanzhen/pipeline/source/inflate"
	"yanzhen/pipeline/source/ink"
	"yanzhen/pipeline/source/numfmt"
	"yanzhen/pipeline/source/remarks"
	"yanzhen/pipeline/source/xmlscan"
)

// Reading xlsx: excelize decrypts (ole.go) and writes the fixtures of the tests, and is not used
// to read. Its Rows gives texts without kinds and styles, so a date cannot be told from a number;
// GetCellType and GetCellStyle load the whole sheet; OpenReader inflates every part into memory
// first. The parts needed here are five, and this pass keeps one row of them, with the shared
// strings and styles beside it.

// workbook is what is kept of an open xlsx.
type workbook struct {
	file    string
	parts   map[string]*zip.File // by lower-case name
	strings []string
	shows   []numfmt.Show // by style index
	struck  []bool        // by style index: the text is struck through; nil: that of no style is
	strike  bool          // a cell of the row that is read is
	indents []uint8       // by style index: how far it sets texts in; nil: none does
	unseen  []bool        // by style index: the letters have the colour of their ground; nil: those of no style have
	faint   bool          // a cell of the row that is read has such letters
	runs    map[int]int   // by shared string: what is struck through in it
	part    bool          // a cell of the row that is read is struck through in part
	wording bool          // a style does something to texts
	looks   drawn.Looks   // of what depends on a condition
	last    string        // the sheet of which what stands behind the rows is known
	behind  behind
	epoch   numfmt.Epoch
	limits  Limits
}

func (w *workbook) open(name string) (*xmlscan.Reader, io.Closer, error) {
	z := w.parts[strings.ToLower(strings.TrimPrefix(name, "/"))]
	if z == nil {
		return nil, nil, fmt.Errorf("part %s is missing", name)
	}
	r, c, err := inflate.Open(z, w.limits.UnzippedBytes)
	if err != nil {
		return nil, nil, err
	}
	return xmlscan.New(r, w.limits.RecordBytes), c, nil
}

// walk calls start for every element of a part. A missing part is no error: it has no elements.
func (w *workbook) walk(name string, start func(x *xmlscan.Reader) error) error {
	if w.parts[strings.ToLower(strings.TrimPrefix(name, "/"))] == nil {
		return nil
	}
	x, closer, err := w.open(name)
	if err != nil {
		return err
	}
	defer closer.Close()
	for {
		token, err := x.Next()
		if err != nil || token == xmlscan.EOF {
			return err
		}
		if token == xmlscan.Start {
			if err := start(x); err != nil {
				return err
			}
		}
	}
}

// relations reads a part's relations: id -> target, and type -> target.
func (w *workbook) relations(of string) (byID, byType map[string]string, err error) {
	byID, byType = map[string]string{}, map[string]string{}
	dir, base := path.Split(of)
	err = w.walk(dir+"_rels/"+base+".rels", func(x *xmlscan.Reader) error {
		if string(x.Name) != "Relationship" {
			return nil
		}
		target := strings.ReplaceAll(x.AttrString("Target"), "\\", "/")
		if strings.HasPrefix(target, "/") {
			target = target[1:]
		} else {
			target = path.Join(dir, target)
		}
		if x.AttrString("TargetMode") == "External" {
			return nil
		}
		byID[x.AttrString("Id")] = target
		byType[path.Base(x.AttrString("Type"))] = target
		return nil
	})
	return byID, byType, err
}

// openXLSX reads all of a workbook but the sheets.
func (f *File) openXLSX(r io.ReaderAt, size int64, o Options) error {
	pattern, err := sheetPattern(o)
	if err != nil {
		return err
	}
	z, err := inflate.NewReader(r, size)
	if err != nil {
		return halfCopied.refuse("half_written")
	}
	w := &workbook{file: f.name, parts: map[string]*zip.File{}, limits: o.Limits}
	for _, part := range z.File {
		name := strings.ToLower(strings.TrimPrefix(strings.ReplaceAll(part.Name, "\\", "/"), "/"))
		if w.parts[name] == nil {
			w.parts[name] = part
		}
	}
	_, root, err := w.relations("")
	if err != nil {
		return w.refuse(err).At(f.name, "", 0)
	}
	main := root["officeDocument"]
	if w.parts[strings.ToLower(main)] == nil {
		main = "xl/workbook.xml"
	}
	byID, byType, err := w.relations(main)
	if err != nil {
		return w.refuse(err).At(f.name, "", 0)
	}
	type entry struct {
		sheet
		target string
	}
	var sheets []entry
	err = w.walk(main, func(x *xmlscan.Reader) error {
		switch string(x.Name) {
		case "workbookPr":
			if x.AttrBool("date1904") {
				w.epoch.Ahead = numfmt.From1904
			}
		case "sheet":
			state := x.AttrString("state")
			// "r:id" is the relation, "sheetId" another attribute; attr ignores prefixes
			sheets = append(sheets, entry{
				sheet{name: x.AttrString("name"), hidden: state == "hidden" || state == "veryHidden"},
				byID[x.AttrString("id")],
			})
		}
		return nil
	})
	if err != nil {
		return w.refuse(err).At(f.name, "", 0)
	}
	if byType["styles"] == "" {
		byType["styles"] = path.Join(path.Dir(main), "styles.xml")
	}
	if byType["sharedStrings"] == "" {
		byType["sharedStrings"] = path.Join(path.Dir(main), "sharedStrings.xml")
	}
	if err := w.readStyles(byType["styles"]); err != nil {
		return w.refuse(err).At(f.name, "", 0)
	}
	if err := w.readStrings(byType["sharedStrings"]); err != nil {
		return w.refuse(err).At(f.name, "", 0)
	}
	for _, s := range sheets {
		if s.target == "" || strings.Contains(s.target, "chartsheets/") || strings.Contains(s.target, "dialogsheets/") ||
			strings.Contains(s.target, "macrosheets/") {
			continue
		}
		f.take(w.table(f.name, o.known(s.name), s.target), s.sheet, pattern, o)
	}
	if f.epoch = w.epoch; len(f.tables) == 0 {
		return f.noSheet()
	}
	return nil
}

// table is the sheet that stands in a part.
func (w *workbook) table(file, sheet, target string) *Table {
	t := &Table{File: file, Sheet: sheet, epoch: &w.epoch}
	t.scan = func(ctx context.Context, after int, yield func(Row, error) bool) {
		w.scan(ctx, t, target, after, yield)
	}
	t.below = func() []merge { return w.below(target, t.last) }
	t.merges = func() ([]merge, error) { return w.merges(target) }
	t.remarks = func() []remarks.Remark { return w.remarks(target) }
	t.lies = func() (drawn.Drawing, *drawn.Conditions) { return w.drawing(target), &w.after(target).conditions }
	return t
}

// refuse puts an error of reading the package into words.
func (w *workbook) refuse(err error) *Refusal {
	var r *Refusal
	switch {
	case errors.As(err, &r):
		return r
	case errors.Is(err, inflate.ErrLong):
		return refuse("unzipped_size", codes.Text{
			Zh: fmt.Sprintf("解压后超过上限 %s，可能是压缩炸弹或含大量空白格式", grid.Size(w.limits.UnzippedBytes)),
			En: fmt.Sprintf("unzips to more than %s: a zip bomb, or formats laid over empty cells", grid.Size(w.limits.UnzippedBytes)),
		}, codes.Text{
			Zh: "请把数据复制到新工作簿，或另存为 csv 后上报", En: "copy the data to a new workbook, or save it as csv",
		})
	case errors.Is(err, xmlscan.ErrLong):
		return refuse("record_size", codes.Text{
			Zh: fmt.Sprintf("有单元格超过上限 %s", grid.Size(int64(w.limits.RecordBytes))),
			En: fmt.Sprintf("a cell is larger than %s", grid.Size(int64(w.limits.RecordBytes))),
		}, codes.Text{Zh: "请检查是否误粘贴了整个文件的内容", En: "check whether a whole file was pasted into one cell"})
	}
	no := refuse("damaged", codes.Text{
		Zh: "工作簿内容损坏，无法读完", En: "the workbook is damaged and cannot be read to its end",
	}, codes.Text{
		Zh: "请在 Excel 或 WPS 中打开修复，另存后重新上报；如在复制中，请等复制完成", En: "open and repair it in Excel or WPS and save it again; if it is being copied, wait for the copy to finish",
	})
	no.Cause = err
	return no
}

// readStyles notes for each cell style whether its number format shows a date or a percentage.
func (w *workbook) readStyles(name string) error {
	custom := map[int]numfmt.Show{}
	inXfs, inFonts := false, false
	var fonts []bool // struck through
	var letters ink.Styles
	defer func() { w.unseen, w.struck = letters.Unseen(), letters.Cross(w.struck) }()
	return w.walk(name, func(x *xmlscan.Reader) error {
		letters.Start(x)
		w.looks.Start(x)
		switch string(x.Name) {
		case "numFmt":
			if id, ok := x.AttrInt("numFmtId"); ok {
				custom[id] = numfmt.Read(x.AttrString("formatCode"))
			}
		case "cellXfs":
			inXfs = true
		case "cellStyleXfs", "cellStyles", "dxfs":
			inXfs, inFonts = false, false
		case "fonts":
			inFonts = true
		case "fills":
			inFonts = false
		case "font":
			if inFonts && len(fonts) < 1<<16 {
				fonts = append(fonts, false)
			}
		case "strike":
			if v := x.AttrString("val"); inFonts && len(fonts) > 0 && v != "0" && v != "false" {
				fonts[len(fonts)-1] = true
			}
		case "alignment":
			to := x.AttrString("horizontal") // from the right, or between both sides, it is no hierarchy
			if n, ok := x.AttrInt("indent"); ok && n > 0 && inXfs && len(w.shows) > 0 && (to == "" || to == "left" || to == "general") {
				w.indents = append(w.indents, make([]uint8, len(w.shows)-len(w.indents))...)
				w.indents[len(w.shows)-1] = uint8(min(n, 99))
			}
		case "xf":
			if inXfs && len(w.shows) < 1<<17 {
				id, _ := x.AttrInt("numFmtId")
				as, ok := custom[id]
				if !ok {
					as = numfmt.Builtin(id)
				}
				w.shows, w.wording = append(w.shows, as), w.wording || as.Wording()
				if font, ok := x.AttrInt("fontId"); ok && font >= 0 && font < len(fonts) && fonts[font] {
					for len(w.struck) < len(w.shows) {
						w.struck = append(w.struck, false)
					}
					w.struck[len(w.shows)-1] = true
				}
			}
		}
		return nil
	})
}

// readStrings loads the shared strings: one piece of memory, strings are slices of it.
func (w *workbook) readStrings(name string) error {
	if w.parts[strings.ToLower(name)] == nil {
		return nil
	}
	x, closer, err := w.open(name)
	if err != nil {
		return err
	}
	defer closer.Close()
	var ends []int
	var all []byte
	inText, phonetic, depth := false, 0, 0
	var runs ink.Runs
	room := func() error { return roomFor(len(all)+16*len(ends), w.limits.StringBytes) }
	for {
		if text, ok := x.Item(); ok {
			depth = len(all)
			all = append(all, text...)
			if err := room(); err != nil {
				return err
			}
			all = append(all[:depth], xmlscan.Escapes(all[depth:])...)
			ends = append(ends, len(all))
			continue
		}
		token, err := x.Next()
		if err != nil {
			return err
		}
		switch token {
		case xmlscan.EOF:
			whole := unsafe.String(unsafe.SliceData(all), len(all)) // all is not written to again
			w.strings = make([]string, len(ends))
			from := 0
			for i, end := range ends {
				w.strings[i] = cell.Unguarded(whole[from:end])
				from = end
			}
			return nil
		case xmlscan.Start:
			switch string(x.Name) {
			case "si":
				depth = len(all)
			case "rPh":
				phonetic++
			case "t":
				inText = phonetic == 0
			default:
				runs.Start(x)
			}
		case xmlscan.End:
			switch string(x.Name) {
			case "si":
				var how int
				if all, how = runs.End(all); how != ink.Whole {
					if w.runs == nil {
						w.runs = map[int]int{}
					}
					w.runs[len(ends)] = how
				}
				all = append(all[:depth], xmlscan.Escapes(all[depth:])...)
				ends = append(ends, len(all))
			case "rPh":
				phonetic--
			case "t":
				inText = false
			}
		case xmlscan.Text:
			if inText {
				all = runs.Add(all, x.Text)
				if err := room(); err != nil {
					return err
				}
			}
		}
	}
}

// roomFor refuses a workbook whose texts are more than may be held.
func roomFor(bytes, limit int) error {
	if bytes <= limit {
		return nil
	}
	return refuse("strings_size", codes.Text{
		Zh: "工作簿的文本总量超过上限 " + grid.Size(int64(limit)),
		En: "the workbook's texts are more than " + grid.Size(int64(limit)),
	}, codes.Text{Zh: "请另存为 csv（UTF-8）后上报", En: "save it as csv (UTF-8) and send that"})
}

// merges reads the merged ranges, which stand behind the rows.
func (w *workbook) merges(target string) ([]merge, error) {
	var all []merge
	err := w.walk(target, func(x *xmlscan.Reader) error {
		if string(x.Name) != "mergeCell" {
			return nil
		}
		// only ranges that a header can lie in
		if m, ok := mergeRef(x.AttrString("ref")); ok && m.Top <= headerRows+headerDepth && len(all) < 1<<16 {
			all = append(all, m)
		}
		return nil
	})
	if err != nil {
		return nil, w.refuse(err)
	}
	return all, nil
}

// mergeRef reads A1:C2.
func mergeRef(ref string) (merge, bool) {
	a, b, _ := strings.Cut(ref, ":")
	left, top := cellRef([]byte(a))
	right, bottom := cellRef([]byte(b))
	return merge{Top: top, Left: left, Bottom: bottom, Right: right}, left >= 0 && right >= left && top >= 1 && bottom >= top
}

// cellRef reads C17 as column 2 and row 17; column -1 where it is none.
func cellRef(ref []byte) (column, row int) {
	i := 0
	for ; i < len(ref); i++ {
		c := ref[i] &^ 0x20
		if c < 'A' || c > 'Z' || i > 3 {
			break
		}
		column = column*26 + int(c-'A'+1)
	}
	for ; i < len(ref); i++ {
		if ref[i] < '0' || ref[i] > '9' || row > 1<<24 {
			return -1, 0
		}
		row = row*10 + int(ref[i]-'0')
	}
	return column - 1, row
}

const maxExcelRow = 1 << 20

// span is a cell's text inside the row's bytes.
type span struct {
	from, to int
	kind     Kind
	form     numfmt.Form
	indent   uint8
	shared   int // index+1 into the shared strings, 0: none
}

// scan reads the rows of one sheet.
func (w *workbook) scan(ctx context.Context, t *Table, target string, after int, yield func(Row, error) bool) {
	x, closer, err := w.open(target)
	if err != nil {
		yield(Row{}, w.refuse(err).At(t.File, t.Sheet, 0))
		return
	}
	defer closer.Close()
	var (
		cells, before []Cell // before: of the row before, which stay for one row more
		spans         []span
		row           []byte
		number        int
		inData        bool
		odd           drawn.Odd
	)
	fail := func(err error) { yield(Row{}, w.refuse(err).At(t.File, t.Sheet, number)) }
	for {
		token, err := x.Next()
		if err != nil {
			fail(err)
			return
		}
		switch {
		case token == xmlscan.EOF:
			if inData { // </sheetData> never came
				fail(xmlscan.ErrBroken)
				return
			}
			t.tellOf(&odd)
			return
		case token == xmlscan.Start && string(x.Name) == "sheetData":
			inData = true
		case token == xmlscan.Start && !inData && string(x.Name) == "col":
			odd.Column(x, len(t.header), Letters)
		case token == xmlscan.End && string(x.Name) == "sheetData":
			inData = false // and on to the end: the checksum stands there
		case token == xmlscan.Start && string(x.Name) == "mergeCell":
			if m, ok := mergeRef(x.AttrString("ref")); ok && m.Bottom > m.Top && m.Top > t.last {
				odd.Merged.Add(m.Top)
			}
		case token == xmlscan.Start && inData && string(x.Name) == "row":
			if ctx.Err() != nil {
				yield(Row{}, ctx.Err())
				return
			}
			n, err := rowNumber(x, number)
			if err != nil {
				fail(err)
				return
			}
			number = n
			isHidden := drawn.Unseen(x)
			spans, row, w.strike, w.part, w.faint = spans[:0], row[:0], false, false, false
			if spans, row, err = w.readRow(x, spans, row); err != nil {
				fail(err)
				return
			}
			if number <= after {
				continue
			}
			var blank bool
			if before, blank = w.cells(before[:0], spans, row); blank {
				continue
			}
			before, cells = cells, before
			if isHidden {
				odd.Hidden.Add(number)
			}
			letters(&odd, w, number)
			if !yield(Row{Origin: Origin{File: t.File, Sheet: t.Sheet, Row: number}, Cells: cells}, nil) {
				return
			}
		}
	}
}

// rowNumber is the number of the row that was just started, after the row before: its own, or the next.
func rowNumber(x *xmlscan.Reader, before int) (int, error) {
	n, ok := x.AttrInt("r")
	if !ok {
		n = before + 1
	}
	if n <= before || n > maxExcelRow {
		return 0, refuse("row_order", codes.Text{
			Zh: fmt.Sprintf("行号 %d 不合规（上一行 %d，最多 %d 行）", n, before, maxExcelRow),
			En: fmt.Sprintf("row number %d does not fit (the one before is %d, the most is %d)", n, before, maxExcelRow),
		}, saveAs)
	}
	return n, nil
}

// cells makes cells of spans; every text of a row lies in one string. Blank cells at the end are
// cut off.
func (w *workbook) cells(cells []Cell, spans []span, row []byte) ([]Cell, bool) {
	text := string(row)
	blank := true
	last := 0
	for i, s := range spans {
		c := Cell{Kind: s.kind, Form: s.form, Indent: s.indent}
		if s.shared > 0 {
			c.Text = w.strings[s.shared-1]
		} else {
			if c.Text = text[s.from:s.to]; c.Kind == Text {
				c.Text = cell.Unguarded(c.Text)
			}
		}
		if c.Kind == Text && c.Text == "" {
			c.Kind = Blank
		}
		if c.Kind != Blank {
			last = i + 1
			blank = blank && c.Kind == Text && strings.TrimSpace(c.Text) == ""
		}
		cells = append(cells, c)
	}
	return cells[:last], blank
}

// readRow reads to the end of a row that was just started.
func (w *workbook) readRow(x *xmlscan.Reader, spans []span, row []byte) ([]span, []byte, error) {
	column := -1
	var c xmlscan.Cell
	for {
		ref, styled, kind, plain := []byte(nil), 0, byte(0), x.Cell(&c)
		if plain {
			ref, styled, kind = c.Ref, c.Style, cellType(c.Type)
		} else {
			token, err := x.Next()
			switch {
			case err != nil:
				return spans, row, err
			case token == xmlscan.EOF:
				return spans, row, xmlscan.ErrBroken
			case token == xmlscan.End && string(x.Name) == "row":
				return spans, row, nil
			case token != xmlscan.Start || string(x.Name) != "c":
				continue
			}
			ref, _ = x.Attr("r")
			styled, _ = x.AttrInt("s")
			t, _ := x.Attr("t")
			kind = cellType(t)
		}
		column++
		if at, _ := cellRef(ref); at >= 0 {
			column = at
		}
		from := len(row)
		var s span
		var err error
		if plain {
			row, s, err = w.mean(append(row, c.Text...), from, kind, styled)
		} else {
			row, s, err = w.readCell(x, row, kind, styled)
		}
		if err != nil {
			return spans, row, err
		}
		if styled > 0 && styled < len(w.indents) {
			s.indent = w.indents[styled]
		}
		w.strike = w.strike || s.kind != Blank && styled > 0 && styled < len(w.struck) && w.struck[styled]
		w.faint = w.faint || s.kind != Blank && styled > 0 && styled < len(w.unseen) && w.unseen[styled]
		if s.kind == Blank {
			row = row[:from]
			continue // a styled empty cell, wherever it stands, makes no row wider
		}
		if column >= w.limits.Columns {
			return spans, row, tooWide(w.limits.Columns)
		}
		if len(row) > w.limits.RecordBytes {
			return spans, row, xmlscan.ErrLong
		}
		for len(spans) <= column {
			spans = append(spans, span{})
		}
		spans[column] = s
	}
}

func tooWide(limit int) *Refusal {
	return refuse("columns", codes.Text{
		Zh: fmt.Sprintf("超过 %d 列", limit), En: fmt.Sprintf("more than %d columns", limit),
	}, codes.Text{
		Zh: "请检查行列是否颠倒，删除多余的列", En: "check whether rows and columns are swapped; delete what is not data",
	})
}

// cellType is the t attribute as one byte: n, s, i (inline), f (formula text), b, e, d.
func cellType(t []byte) byte {
	switch string(t) {
	case "s":
		return 's'
	case "inlineStr":
		return 'i'
	case "str":
		return 'f'
	case "b":
		return 'b'
	case "e":
		return 'e'
	case "d":
		return 'd'
	}
	return 'n'
}

// readCell reads to the end of a cell that was just started and appends its text to row.
func (w *workbook) readCell(x *xmlscan.Reader, row []byte, kind byte, style int) ([]byte, span, error) {
	from := len(row)
	formula, value := false, false
	inText, phonetic := false, 0
	var runs ink.Runs
	for done := false; !done; {
		token, err := x.Next()
		if err != nil {
			return row, span{}, err
		}
		switch token {
		case xmlscan.EOF:
			return row, span{}, xmlscan.ErrBroken
		case xmlscan.Start:
			switch string(x.Name) {
			case "f":
				formula = true
			case "v":
				inText, value = kind != 'i', true
			case "rPh":
				phonetic++
			case "t":
				inText, value = kind == 'i' && phonetic == 0, true
			default:
				runs.Start(x)
			}
		case xmlscan.End:
			switch string(x.Name) {
			case "c":
				done = true
			case "rPh":
				phonetic--
			case "v", "t":
				inText = false
			}
		case xmlscan.Text:
			if inText {
				row = runs.Add(row, x.Text)
			}
		}
	}
	row = w.voids(runs.End(row))
	if formula && (!value || len(row) == from && kind != 'f' && kind != 'i') {
		return row, span{from: from, to: len(row), kind: NoCache}, nil
	}
	return w.mean(row, from, kind, style)
}

// voids notes what is struck through in a text of the row that is read.
func (w *workbook) voids(text []byte, how int) []byte {
	w.part, w.strike = w.part || how == ink.PartStruck, w.strike || how == ink.AllStruck
	return text
}

// mean makes a cell of the text that stands in row at from, by the cell's kind and style.
func (w *workbook) mean(row []byte, from int, kind byte, style int) ([]byte, span, error) {
	s := span{from: from, to: len(row)}
	if len(row) == from {
		return row, s, nil
	}
	switch kind {
	case 's':
		n, err := strconv.Atoi(string(row[from:]))
		if err != nil || n < 0 || n >= len(w.strings) {
			return row, s, xmlscan.ErrBroken
		}
		row = row[:from]
		s.to = from
		if w.runs != nil {
			w.voids(nil, w.runs[n])
		}
		if w.strings[n] != "" {
			s.kind, s.shared = Text, n+1
		}
	case 'i', 'f':
		text := xmlscan.Escapes(row[from:])
		row = row[:from+len(text)]
		s.kind, s.to = Text, len(row)
	case 'b':
		s.kind = Bool
		if v := string(row[from:]); v == "1" || strings.EqualFold(v, "true") {
			row = append(row[:from], "TRUE"...)
		} else {
			row = append(row[:from], "FALSE"...)
		}
		s.to = len(row)
	case 'e':
		s.kind = Error
	case 'd':
		s.kind = Text
		if iso, ok := numfmt.ISODate(string(row[from:])); ok {
			iso, s.form = numfmt.Dated(w.shows, style, iso, w.epoch)
			row = append(row[:from], iso...)
			s.kind, s.to = Date, len(row)
		}
	default:
		s.kind = Number
		if style < 0 || style >= len(w.shows) {
			break
		}
		if as := &w.shows[style]; as.Plain() {
			s.form = as.Fixed()
		} else {
			digits := string(row[from:])
			text, kind, ok := as.Write(digits, w.epoch)
			if !ok || kind == numfmt.Date {
				s.form = as.Form(digits)
			}
			if ok {
				row = append(row[:from], text...)
				s.kind, s.to = grid.KindOf(kind), len(row)
			}
		}
	}
	if w.wording && s.kind == Text && strings.IndexByte("sif", kind) >= 0 && style >= 0 && style < len(w.shows) && w.shows[style].Wording() {
		row, s = w.word(row, s, &w.shows[style])
	}
	return row, s, nil
}

// word makes of the text of a cell what its format shows of it.
func (w *workbook) word(row []byte, s span, as *numfmt.Show) ([]byte, span) {
	text := string(row[s.from:s.to])
	if s.shared > 0 {
		text = w.strings[s.shared-1]
	}
	shown, other := as.Words(text)
	row = append(row[:s.from], shown...)
	if s = (span{from: s.from, to: len(row), kind: Text}); other {
		s.kind = Scaled
	}
	return row, s
}
