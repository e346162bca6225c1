package workbook_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanzhen/dashboard/workbook"
)

func TestRows(t *testing.T) {
	in := `["名称","数","大数","日期","时间","空","列"]
["String","Nullable(Float64)","UInt64","Nullable(Date32)","DateTime64(3, 'UTC')","Nullable(String)","Array(String)"]
["=HYPERLINK(\"x\")",1.5,"11284478773340796579","2026-07-01","2026-07-01 18:00:00.000",null,["a","b"]]
["+1",null,7,"1899-01-01","x","",[]]
`
	var out bytes.Buffer
	if err := workbook.Rows(&out, strings.NewReader(in), "结果"); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := f.GetRows("结果")
	if err != nil || len(rows) != 3 {
		t.Fatalf("%v %v", rows, err)
	}
	if got := strings.Join(rows[1], "|"); got != `=HYPERLINK("x")|1.5|11284478773340796579|2026-07-01|2026-07-01 18:00:00||["a","b"]` {
		t.Errorf("%s", got)
	}
	if got := strings.Join(rows[2], "|"); got != `+1||7|1899-01-01|x||[]` {
		t.Errorf("%s", got)
	}
	if formula, _ := f.GetCellFormula("结果", "A2"); formula != "" {
		t.Errorf("a text became the formula %s", formula)
	}
	if kind, _ := f.GetCellType("结果", "B2"); kind != excelize.CellTypeUnset && kind != excelize.CellTypeNumber {
		t.Errorf("a number is kept as %v", kind)
	}
	for _, bad := range []string{"", "[]", "x\ny\n", "[\"a\"]\n[\"String\"]\n[\"b\"\n"} {
		if err := workbook.Rows(&out, strings.NewReader(bad), "a"); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}
