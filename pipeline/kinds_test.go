package pipeline

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/decimal128"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"

	"yanzhen/pipeline/warehouse"
)

// What programs and other offices write than Excel's goes the way of every file: the same rows, the same refused cells with
// their addresses, every cell accounted for.
func TestOtherKinds(t *testing.T) {
	l, _ := testLoader(t)
	rows := [][]string{
		{"身份证号", "姓名", "日期", "流向", "环节", "人数", "薪资"},
		{person(1), "张三", "2026-06-03", "引进", "a", "1", "1000"},
		{person(2), "李四", "2026-06-31", "引进", "a", "2", "1001"},
		{person(3), "王五", "2026-06-05", "引进", "b", "3", "1002.5"},
		{person(4), "赵六", "2026-06-06", "引进", "b", "", "1003"},
	}
	for i, c := range []struct {
		name, bad string // the address of the day that is none
		content   []byte
		cells     uint64
	}{
		// a name may be as long as the system lets it be, and end in what is no ending
		{"甲." + strings.Repeat("x", 250), "C3", odsOf(t, rows), 34},
		{"乙局_引进与流出_2026年6月.jsonl", "C2", jsonOf(t, rows), 27},
		{"丙局_引进与流出_2026年6月.parquet", "C2", parquetOf(t, rows), 27},
	} {
		path := filepath.Join(t.TempDir(), c.name)
		if err := os.WriteFile(path, c.content, 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := l.Load(t.Context(), Request{Path: path, Display: c.name, Dataset: "moves", Sender: []string{"甲局", "乙局", "丙局"}[i]})
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if out.State != Published || out.Loaded != 3 || out.Rejected != 1 || out.Cells.Cells() != c.cells {
			t.Errorf("%s: got %s with %d rows loaded, %d refused and %d cells accounted for, want 3, 1 and %d: %+v", c.name, out.State, out.Loaded, out.Rejected, out.Cells.Cells(), c.cells, out.Problem)
		}
		wantVisible(t, l.DB, uint64(3*(i+1)), 3005.5*float64(i+1))
		bad, err := warehouse.Select[struct {
			Cell string `db:"cell"`
		}](t.Context(), l.DB, statementf("select cell from meta.rejects where run = '%s'", out.Run))
		if err != nil || len(bad) != 1 || bad[0].Cell != c.bad {
			t.Errorf("%s: got refused %v, %v, want %s", c.name, bad, err, c.bad)
		}
	}
}

// odsOf is an OpenDocument workbook of rows, whose days and numbers are typed.
func odsOf(t testing.TB, rows [][]string) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, _ := z.CreateHeader(&zip.FileHeader{Name: "mimetype"})
	fmt.Fprint(w, "application/vnd.oasis.opendocument.spreadsheet")
	w, _ = z.Create("content.xml")
	fmt.Fprint(w, `<office:document-content><office:body><office:spreadsheet><table:table table:name="Sheet1">`)
	for i, row := range rows {
		fmt.Fprint(w, "<table:table-row>")
		for c, text := range row {
			switch {
			case i > 0 && c >= 5 && text != "":
				fmt.Fprintf(w, `<table:table-cell office:value-type="float" office:value="%s"><text:p>%s</text:p></table:table-cell>`, text, text)
			case i > 0 && c == 2 && text != "2026-06-31":
				fmt.Fprintf(w, `<table:table-cell office:value-type="date" office:date-value="%s"><text:p>%s</text:p></table:table-cell>`, text, text)
			case text == "":
				fmt.Fprint(w, `<table:table-cell/>`)
			default:
				fmt.Fprintf(w, `<table:table-cell office:value-type="string"><text:p>%s</text:p></table:table-cell>`, text)
			}
		}
		fmt.Fprint(w, "</table:table-row>")
	}
	fmt.Fprint(w, `</table:table></office:spreadsheet></office:body></office:document-content>`)
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// jsonOf is a file of JSON Lines whose numbers are numbers.
func jsonOf(t testing.TB, rows [][]string) []byte {
	var b bytes.Buffer
	for _, row := range rows[1:] {
		line := map[string]any{}
		for c, text := range row {
			switch {
			case c >= 5 && text != "":
				line[rows[0][c]] = json.Number(text)
			case c >= 5:
				line[rows[0][c]] = nil
			default:
				line[rows[0][c]] = text
			}
		}
		// the keys in the order of the columns: addresses count them
		b.WriteByte('{')
		for c, key := range rows[0] {
			v, err := json.Marshal(line[key])
			if err != nil {
				t.Fatal(err)
			}
			if c > 0 {
				b.WriteByte(',')
			}
			fmt.Fprintf(&b, "%q:%s", key, v)
		}
		b.WriteString("}\n")
	}
	return b.Bytes()
}

// parquetOf is a Parquet file whose numbers are decimals; its days are texts, for one of them is none.
func parquetOf(t testing.TB, rows [][]string) []byte {
	var fields []arrow.Field
	for c, name := range rows[0] {
		f := arrow.Field{Name: name, Type: arrow.BinaryTypes.String}
		if c >= 5 {
			f.Type, f.Nullable = &arrow.Decimal128Type{Precision: 20, Scale: 1}, true
		}
		fields = append(fields, f)
	}
	b := array.NewRecordBuilder(memory.NewGoAllocator(), arrow.NewSchema(fields, nil))
	defer b.Release()
	for _, row := range rows[1:] {
		for c, text := range row {
			if c < 5 {
				b.Field(c).(*array.StringBuilder).Append(text)
			} else if v, err := decimal128.FromString(text, 20, 1); err == nil && text != "" {
				b.Field(c).(*array.Decimal128Builder).Append(v)
			} else {
				b.Field(c).AppendNull()
			}
		}
	}
	rec := b.NewRecord()
	defer rec.Release()
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(rec.Schema(), &out, parquet.NewWriterProperties(), pqarrow.DefaultWriterProps())
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(w.Write(rec), w.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
