package statement

import (
	"context"
	"errors"
	"io"
	"maps"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"

	"yanzhen/dashboard/workbook"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
)

// Format is a kind of file that an answer goes out as.
type Format struct {
	Name   string // csv, csv_gb18030, xlsx, parquet, arrow, jsonl
	Ending string // of a file's name, with its point
	Type   string // of its content
	engine string // what the engine writes
}

// Formats are all there are.
var Formats = []Format{
	{"csv", ".csv", "text/csv; charset=utf-8", "CSVWithNames"},
	{"csv_gb18030", ".csv", "text/csv; charset=gb18030", "CSVWithNames"},
	{"xlsx", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", compact},
	{"parquet", ".parquet", "application/vnd.apache.parquet", "Parquet"},
	{"arrow", ".arrow", "application/vnd.apache.arrow.file", "Arrow"},
	{"jsonl", ".jsonl", "application/x-ndjson", "JSONEachRow"},
}

// FormatNames are the names of all formats.
func FormatNames() (out []string) {
	for _, f := range Formats {
		out = append(out, f.Name)
	}
	return out
}

// FormatOf is the format of a name; false where there is none.
func FormatOf(name string) (Format, bool) {
	for _, f := range Formats {
		if f.Name == name {
			return f, true
		}
	}
	return Format{}, false
}

// ByteOrderMark is what spreadsheets know UTF-8 by.
const ByteOrderMark = "\uFEFF"

// Export runs a statement and writes its answer as it comes, and says how many rows that were: memory holds a piece of it. Where it fails before anything was
// written nothing is; where it fails later the file must not be taken for whole, and the caller breaks it off.
func (d *Desk) Export(ctx context.Context, a Ask, f Format, out io.Writer, lang codes.Lang) (rows int, err error) {
	ctx, leave, err := d.enter(ctx, &a)
	if err != nil {
		return 0, err
	}
	defer leave()
	exports := d.exports()
	done, ok := exports.Enter(a.Who)
	if !ok {
		return 0, fault(202, "正在导出的已够多（每人同时一个），请等其中一个完成", "as many exports run as may (one of each account): wait for one to end")
	}
	defer done()
	ctx, end := context.WithTimeoutCause(ctx, exports.Time+toSay, context.DeadlineExceeded)
	defer end()
	text, err := d.written(ctx, &a)
	if err != nil {
		return 0, d.said(ctx, &a, text, err)
	}
	db, err := d.analyst(ctx, &a)
	if err != nil {
		return 0, d.said(ctx, &a, text, err)
	}
	more := exports.Limits(0)
	delete(more, "max_memory_usage") // as for any statement of the page
	maps.Copy(more, noNull)
	if f.Name == "jsonl" {
		more["output_format_json_quote_64bit_integers"] = "0"
		more["output_format_json_quote_decimals"] = "0"
	}
	counting, n := warehouse.Tally(ctx)
	sending, s := d.sent(counting, &a, text.SQL, more, nil)
	answer, err := db.Stream(sending, f.engine, s)
	if err != nil {
		return 0, d.said(ctx, &a, text, err)
	}
	err = Copy(out, answer, f, lang)
	err = errors.Join(err, ignored(answer.Close())) // rows of what was broken off are known from here on
	return int(n.Load()), d.said(ctx, &a, text, err)
}

// exports are the bounds of files.
func (d *Desk) exports() *door.Exports {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.Exports == nil {
		d.Exports = &door.Exports{Rows: 20_000_000, Time: 15 * time.Minute, AtOnce: 2}
	}
	return d.Exports
}

// Copy writes an answer of the engine as a file of a format. Of CSV a text that a spreadsheet would take for a formula gets an
// apostrophe before it.
func Copy(out io.Writer, answer io.Reader, f Format, lang codes.Lang) error {
	switch f.Name {
	case "csv":
		if _, err := io.WriteString(out, ByteOrderMark); err != nil {
			return err
		}
		return copyCSV(out, answer)
	case "csv_gb18030":
		w := transform.NewWriter(out, simplifiedchinese.GB18030.NewEncoder())
		return errors.Join(copyCSV(w, answer), w.Close())
	case "xlsx":
		err := workbook.Rows(out, answer, codes.Text{Zh: "结果", En: "Answer"}.In(lang))
		if errors.Is(err, workbook.ErrTooManyRows) {
			return fault(396, "结果超过一张表的 1,048,575 行：用 CSV 或 Parquet，或加 LIMIT", "the answer has more than the 1,048,575 rows of a sheet: use CSV or Parquet, or LIMIT")
		}
		return err
	}
	return pour(out, answer)
}

// Answer asks and writes what comes in a format of the engine, or as XLSX. bom is what CSV begins with.
func Answer(ctx context.Context, db *warehouse.DB, s warehouse.Statement, out io.Writer, format, bom string, lang codes.Lang) error {
	asked, book := format, strings.EqualFold(format, "xlsx")
	if book {
		asked = compact
	}
	isCSV := strings.HasPrefix(strings.ToUpper(format), "CSV")
	if isCSV {
		set := maps.Clone(noNull)
		maps.Copy(set, s.Settings)
		s.Settings = set
	}
	answer, err := db.Stream(ctx, asked, s)
	if err != nil {
		return err
	}
	switch {
	case book:
		err = Copy(out, answer, Format{Name: "xlsx"}, lang)
	case isCSV:
		if _, err = io.WriteString(out, bom); err == nil {
			err = copyCSV(out, answer)
		}
	default:
		err = pour(out, answer)
	}
	return errors.Join(err, answer.Close())
}
