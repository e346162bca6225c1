package source_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"testing/iotest"

	"github.com/xuri/excelize/v2"

	"yanzhen/pipeline/source"
)

// FuzzOpen gives Open anything: it opens and reads to the end, or refuses in words; it never
// panics and never runs on.
func FuzzOpen(f *testing.F) {
	for _, s := range []string{
		"姓名,学历\n张三,本科\n", "\xef\xbb\xbfa;b\n1;2\n", "\xff\xfea\x00,\x00b\x00\n\x00", "a,\"b\n", "", "\x00", "%PDF-1.4", "<html>", "PK\x03\x04", "sep=,\n\n",
		"\xd0\xd5\xc3\xfb,\xd1\xa7\xc0\xfa\n\xd5\xc5\xc8\xfd,\xb1\xbe\xbf\xc6\n",
	} {
		f.Add([]byte(s))
	}
	f.Add(compound("Workbook", oldBook(nil, rec(0x204, 0, 0, 0, 1, byte(0), "a"), rec(0x203, 1, 0, 1, 46203.0), rec(0xe5, 1, 0, 1, 0, 0))))
	if small, err := os.ReadFile(book(f, func(x *excelize.File) {
		setRow(f, x, "Sheet1", "A1", "姓名", "学历")
		setRow(f, x, "Sheet1", "A2", "张三", 1)
	})); err == nil {
		f.Add(small)
		f.Add(small[:len(small)-40])
	}
	path := filepath.Join(f.TempDir(), "input")
	f.Fuzz(func(t *testing.T, content []byte) {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			t.Fatal(err)
		}
		check := func(err error) {
			var r *source.Refusal
			if !errors.As(err, &r) {
				t.Errorf("got %v, want a refusal", err)
			} else if r.File == "" || r.Rule == "" || r.Text.Zh == "" || r.Text.En == "" {
				t.Errorf("got %+v, want a file, a rule and a text", r)
			}
		}
		for _, header := range []string{"auto", "none"} {
			file, err := source.Open(context.Background(), path, source.Options{Header: header, Hidden: "read", Limits: source.Limits{UnzippedBytes: 1 << 20, RecordBytes: 1 << 16}})
			if err != nil {
				check(err)
				continue
			}
			for _, table := range file.Tables() {
				last := 0
				for r, err := range table.Rows(context.Background()) {
					if err != nil {
						check(err)
						continue
					}
					if r.Origin.Row <= last {
						t.Errorf("got row %d after %d", r.Origin.Row, last)
					}
					last = r.Origin.Row
				}
			}
			file.Close()
		}
	})
}

// FuzzSheet gives the workbook reader any sheet. What comes byte by byte is read token by token: it gives the same rows as cells
// that are read at once.
func FuzzSheet(f *testing.F) {
	for _, s := range []string{
		`<worksheet><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B1"/></mergeCells></worksheet>`,
		`<x:worksheet><x:sheetData><x:row><x:c t="inlineStr"><x:is><x:t>a&amp;</x:t></x:is></x:c></x:row></x:sheetData></x:worksheet>`,
		`<sheetData><row><c><f>1</f></c></row></sheetData>`, `<sheetData/>`, `<sheetData><row r="0"/><row r="-1"/></sheetData>`,
		`<sheetData><row r="3" hidden="1"><c r="A3" s="1"><v>46203</v></c><c/><c r="C3" s="2"></c><c r="d3" t="inlineStr" s="1"><is><t> a&lt;_x0041_ </t></is></c></row></sheetData>`,
		`<sheetData><row><c t="str" r=""><v>=1</v></c><c r="C1" t="inlineStr"><is><t xml:space="preserve">b</t></is></c><c r="A1" r="B1" t="b"><v>1</v></c></row></sheetData>`,
		`<sheetData><row><c s="2" t="e"><v>#N/A</v></c><c t="inlineStr"><v>1</v></c><c t="d"><v>2026-01-02</v></c><c s="-1"><v>1</v></c><c s="99"><v></v></c></row></sheetData>`,
		"<sheetData><row><c><v>1\r\n2</v></c><c t='s'><v>0</v></c><c t=\"s\"><v>1</v></c></row></sheetData>", `<sheetData><row><c s="1"`, `<sheetData><row><c><v>1</v></c></row>`,
		`<sheetData><row><col/><c  r="A1"><v><![CDATA[1]]></v></c><c r="B&#49;"><v>2</v></c><c cm="1"><v>3</v></c><c t="inlineStr"><is><r><t>a</t></r></is></c></row></sheetData>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, sheet string) {
		rows, err := source.SheetRows(sheet, func(r io.Reader) io.Reader { return r })
		var r *source.Refusal
		if err != nil && !errors.As(err, &r) {
			t.Errorf("got %v, want a refusal", err)
		}
		last := 0
		for _, row := range rows {
			if n := row.Origin.Row; n <= last {
				t.Errorf("got row %d after %d", n, last)
			}
			last = row.Origin.Row
		}
		slowly, slowErr := source.SheetRows(sheet, iotest.OneByteReader)
		if !reflect.DeepEqual(rows, slowly) || fmt.Sprint(err) != fmt.Sprint(slowErr) {
			t.Errorf("at once %+v, %v; by tokens %+v, %v", rows, err, slowly, slowErr)
		}
	})
}
