package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/delimited"
	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/numfmt"
	"yanzhen/pipeline/source/remarks"
)

// Want is one column somebody hopes to find: every header that means it.
type Want struct {
	Names    []string
	Fits     func(header string) bool // further headers that mean it; without Names, every column whose header fits
	Required bool
}

// Options say what is known of a file before it is opened. The zero value reads any file whose
// first plausible row is its header.
type Options struct {
	Display   string // the name in origins and refusals; empty: the base name of the path
	Want      []Want // find the header row by these names; empty: by its shape
	Header    string // auto (default), none, or optional: a header only where the wanted names stand in it
	Deep      int    // how many rows high the header is; 0: as the merged ranges show
	Sheets    string // regular expression on sheet names; empty: every sheet whose header fits
	Hidden    string // hidden sheets: skip (default) or read
	Password  string
	Limits    Limits
	Text      Dialect        // of a text file, as far as it is declared
	Positions int            // the last column that is known by where it stands, in files without a header
	Zone      *time.Location // in which the moments of a Parquet file are told; nil: eight hours ahead of UTC
	Damaged   string         // load: read a text file also where its header has another width than its rows

	// Known is the name under which a sheet is known from here on, nil: its own. Sheets above sees its own.
	Known func(sheet string) string
}

func (o Options) known(sheet string) string {
	if o.Known == nil {
		return sheet
	}
	return o.Known(sheet)
}

// Limits bound what a file may cost. A zero field is the default.
type Limits struct {
	Columns       int   // of a row: 4,096
	RecordBytes   int   // of a row: 16 MiB
	UnzippedBytes int64 // of one part of a workbook: 4 GiB
	StringBytes   int   // of a workbook's shared strings, held in memory: 128 MiB
	MemoryBytes   int64 // size of files that cannot be streamed, xls and encrypted ones: 64 MiB
}

func (l Limits) orDefault() Limits {
	if l.Columns <= 0 {
		l.Columns = 4096
	}
	if l.RecordBytes <= 0 {
		l.RecordBytes = 16 << 20
	}
	if l.UnzippedBytes <= 0 {
		l.UnzippedBytes = 4 << 30
	}
	if l.StringBytes <= 0 {
		l.StringBytes = 128 << 20
	}
	if l.MemoryBytes <= 0 {
		l.MemoryBytes = 64 << 20
	}
	return l
}

func refuse(rule string, text, remedy codes.Text) *Refusal {
	return &Refusal{Rule: rule, Text: text, Remedy: remedy}
}

// Note is something worth saying about a file that was read all the same.
type Note struct {
	Sheet string
	Row   int // the first row it is about; 0: none
	Rule  string
	Count int // how often
	Text  codes.Text
}

// Format is what a file really is, whatever its name says.
type Format string

// The formats that can be read.
const (
	XLSX      Format = "xlsx"
	XLS       Format = "xls"
	ODS       Format = "ods"
	JSON      Format = "jsonl"
	Parquet   Format = "parquet"
	Delimited Format = "text"
)

// File is an open file with its tables.
type File struct {
	Format  Format
	name    string
	disk    *os.File
	dialect Dialect // of a text file
	tables  []*Table
	notes   []Note
	epoch   numfmt.Epoch
	unread  []unread
}

// Epoch is how many days after 1899-12-30 the serial numbers of a workbook count from, also those of cells that no format shows as
// dates.
func (f *File) Epoch() int { return f.epoch.Ahead }

// Encoding names the character encoding of a text file as it was found ("UTF-8", "UTF-8 BOM",
// "GB18030", "UTF-16LE" ...); empty for workbooks.
func (f *File) Encoding() string { return f.dialect.Encoding }

// Delimiter is what separates the columns of a text file; empty for workbooks.
func (f *File) Delimiter() string { return f.dialect.Delimiter }

// Tables returns the tables to read, in the file's order: one for a text file, one for each
// fitting sheet of a workbook. There is at least one.
func (f *File) Tables() []*Table { return f.tables }

// Notes tells which sheets were left out and why, then what the tables had to say so far.
func (f *File) Notes() []Note {
	notes := f.notes[:len(f.notes):len(f.notes)]
	for _, t := range f.tables {
		notes = append(notes, t.Notes()...)
	}
	return notes
}

// Close closes the file. Its tables are then closed too.
func (f *File) Close() error { return f.disk.Close() }

// scanner reads a table's rows with a number above after, empty ones left out.
type scanner func(ctx context.Context, after int, yield func(Row, error) bool)

// Table is one table of a file. It is a Source.
type Table struct {
	File    string
	Sheet   string
	header  []string
	first   int // first and last row of the header, 0 where there is none
	last    int
	scan    scanner
	text    *delimited.Text         // nil: it is no text file
	merges  func() ([]merge, error) // nil: the format has none
	below   func() []merge          // the ranges merged over several rows below the header; nil: the format has none
	epoch   *numfmt.Epoch           // of its workbook
	notes   []Note
	lines   []string                                  // what stands above the header
	skip    int                                       // rows above everything else that say how the text is to be read
	early   []Note                                    // what was known before the rows were read: of a text file what its header shows, of a sheet its remarks
	remarks func() []remarks.Remark                   // nil: the format has none
	lies    func() (drawn.Drawing, *drawn.Conditions) // what its sheet shows beside its cells; nil: the format has none
	around  []string                                  // of that, what speaks for the rows as a line above them does

	usual   int // of a text file, the number of cells of a row; 0: not known
	again   *again
	profile *delimited.Profile
	numeric []int // of a text file, the columns that hold nothing but numbers at its beginning
}

var _ Source = (*Table)(nil)

// Header returns the names of the columns; see Source.
func (t *Table) Header() []string { return t.header }

// HeaderRows returns the first and last row of the header, 0 and 0 where there is none.
func (t *Table) HeaderRows() (first, last int) { return t.first, t.last }

// Rows yields the rows below the header; see Source.
func (t *Table) Rows(ctx context.Context) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		t.notes = t.notes[:0]
		if t.text != nil && t.usual > 0 {
			t.text.Expect(t.usual)
		}
		var fill *filler
		if t.below != nil {
			fill = newFiller(t.below())
		}
		if t.again == nil && fill == nil {
			t.scan(ctx, t.last, yield)
			t.know()
			return
		}
		if t.again != nil {
			t.again.sideways, t.again.rows, t.again.at, t.again.bare = 0, 0, 0, nil
			defer t.turned()
		}
		t.scan(ctx, t.last, func(row Row, err error) bool {
			if fill != nil && err == nil {
				fill.fill(&row)
			}
			if t.again == nil {
				return yield(row, err)
			}
			t.again.rows++
			if names := t.again.heading(row.Cells); names != nil {
				row.Doubt = repeated(names)
				if t.text != nil {
					t.text.Expect(len(row.Cells))
				}
			}
			return yield(row, err)
		})
		fill.tell(t)
		t.know()
	}
}

// First gives the texts of a table's first rows, as far as they can be read.
func (t *Table) First(ctx context.Context, n int) (out [][]string) {
	for row, err := range t.Rows(ctx) {
		if err != nil {
			break
		}
		cells := make([]string, len(row.Cells))
		for i, c := range row.Cells {
			cells[i] = c.Text
		}
		if out = append(out, cells); len(out) == n {
			break
		}
	}
	return out
}

// know adds to the notes of a sheet what was known of it before.
func (t *Table) know() {
	if t.text == nil {
		t.notes = append(t.notes, t.early...)
	}
}

// Notes may be read once Rows has ended: hidden rows, short and long rows, bytes that could not
// be decoded.
func (t *Table) Notes() []Note { return t.notes }

// Close does nothing: the File is what is open.
func (t *Table) Close() error { return nil }

// Open finds out what the file is by its content, and where its tables and their headers are.
// It reads as much as that needs; the rows are read when they are asked for. What cannot be read
// is a *Refusal.
func Open(ctx context.Context, path string, o Options) (*File, error) {
	o.Limits = o.Limits.orDefault()
	if o.Display == "" {
		o.Display = filepath.Base(path)
	}
	switch o.Header {
	case "", "auto", "none", "optional":
	default:
		return nil, fmt.Errorf("source %s: header %q is not auto, none or optional", o.Display, o.Header)
	}
	stat, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !stat.Mode().IsRegular() { // to open a pipe would wait for its other end
		return nil, refuse("not_a_file", codes.Text{Zh: "不是普通文件", En: "not a regular file"},
			codes.Text{Zh: "请提供 xlsx、xls、ods、csv、tsv、JSON Lines 或 Parquet 文件", En: "give an xlsx, xls, ods, csv, tsv, JSON Lines or Parquet file"}).At(o.Display, "", 0)
	}
	disk, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	f := &File{name: o.Display, disk: disk}
	if err := f.open(ctx, o); err != nil {
		disk.Close()
		var r *Refusal
		if errors.As(err, &r) {
			if ext := strings.ToLower(filepath.Ext(f.name)); (ext == ".et" || ext == ".ett") && r.Rule != "header" {
				r.Remedy = codes.Text{Zh: "请在 WPS 表格中打开，另存为 .xlsx 后重新上报", En: "open it in WPS Spreadsheets, save it as .xlsx and send that"}
			}
			if r.File == "" {
				r.File = f.name
			}
		}
		return nil, err
	}
	return f, nil
}

func (f *File) open(ctx context.Context, o Options) error {
	stat, err := f.disk.Stat()
	if err != nil {
		return err
	}
	kind, err := sniff(f.disk, stat.Size())
	if err != nil {
		return err
	}
	f.Format = kind
	switch kind {
	case XLSX:
		err = f.openXLSX(f.disk, stat.Size(), o)
	case XLS:
		err = f.openOLE(stat.Size(), o)
	case JSON:
		err = f.openJSON(ctx, stat.Size(), o)
	case Parquet:
		err = f.openParquet(stat.Size(), o)
	case ODS:
		err = f.openODS(ctx, stat.Size(), o)
	default:
		err = f.openText(ctx, stat.Size(), o)
	}
	if err != nil || kind == JSON || kind == Parquet { // whose columns have names outside the rows
		return err
	}
	return f.findHeaders(ctx, o)
}

// own ends the names of the sheets that the program writes into workbooks for their senders.
var own = codes.Text{Zh: "（雁阵）", En: " (Yanzhen)"}

// OwnSheet is the name of a sheet that the program writes into a workbook. It is never read, and nobody is told so.
func OwnSheet(name codes.Text) codes.Text {
	return codes.Text{Zh: name.Zh + own.Zh, En: name.En + own.En}
}

// sheet is what a workbook says of one sheet.
type sheet struct {
	name   string
	hidden bool
}

// take decides by name and visibility whether a sheet is read, and notes it where it is not.
func (f *File) take(t *Table, s sheet, pattern *regexp.Regexp, o Options) {
	skip := func(rule string, why codes.Text) {
		f.notes = append(f.notes, Note{Sheet: t.Sheet, Rule: rule, Count: 1, Text: why})
		f.leave(t, why)
	}
	switch {
	case strings.HasSuffix(s.name, own.Zh) || strings.HasSuffix(s.name, own.En):
		f.leave(t, codes.Text{Zh: "雁阵自己写的说明", En: "notes that Yanzhen wrote"})
	case pattern != nil && !pattern.MatchString(s.name):
		skip("sheet_name", codes.Text{Zh: "工作表名称不符合约定，未读取", En: "sheet not read: its name is not among the declared ones"})
	case s.hidden && o.Hidden != "read":
		skip("sheet_hidden", codes.Text{Zh: "隐藏的工作表，未读取", En: "sheet not read: it is hidden"})
	default:
		f.tables = append(f.tables, t)
	}
}

func sheetPattern(o Options) (*regexp.Regexp, error) {
	if o.Sheets == "" {
		return nil, nil
	}
	re, err := regexp.Compile(o.Sheets)
	if err != nil {
		return nil, fmt.Errorf("source %s: sheet pattern: %w", o.Display, err)
	}
	return re, nil
}

// noSheet is the refusal of a workbook none of whose sheets is to be read.
func (f *File) noSheet() *Refusal {
	var zh, en []string
	for _, n := range f.notes {
		zh = append(zh, n.Sheet+"（"+n.Text.Zh+"）")
		en = append(en, n.Sheet+" ("+n.Text.En+")")
	}
	if len(zh) > 10 {
		zh, en = append(zh[:10], "…"), append(en[:10], "...")
	}
	if len(zh) == 0 {
		return refuse("no_sheet", codes.Text{Zh: "工作簿里一张工作表也没有", En: "the workbook has no sheet at all"}, saveAs)
	}
	return refuse("no_sheet", codes.Text{
		Zh: "没有可读取的工作表：" + strings.Join(zh, "、"),
		En: "no sheet to read: " + strings.Join(en, ", "),
	}, codes.Text{
		Zh: "请核对工作表名称，并取消隐藏要上报的工作表",
		En: "check the sheet names and unhide the sheet that is meant",
	})
}

// head reads up to n bytes from the start.
func head(r io.ReaderAt, n int) ([]byte, error) {
	b := make([]byte, n)
	m, err := r.ReadAt(b, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	return b[:m], nil
}
