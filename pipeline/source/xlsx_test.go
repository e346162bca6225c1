package source_test

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yanzhen/pipeline/source"
	"yanzhen/pipeline/source/numfmt"
)

// must ends the test on an error of building a fixture.
func must(t testing.TB, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

// book saves a workbook that build fills; it starts with an empty Sheet1.
func book(t testing.TB, build func(f *excelize.File), o ...excelize.Options) string {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	build(f)
	path := filepath.Join(t.TempDir(), "台账.xlsx")
	must(t, f.SaveAs(path, o...))
	return path
}

func setRow(t testing.TB, f *excelize.File, sheet, cell string, values ...any) {
	t.Helper()
	must(t, f.SetSheetRow(sheet, cell, &values))
}

// rewrite changes one part of a workbook, as text.
func rewrite(t testing.TB, path, part string, change func(string) string) string {
	t.Helper()
	in, err := zip.OpenReader(path)
	must(t, err)
	defer in.Close()
	out := filepath.Join(t.TempDir(), "changed.xlsx")
	file, err := os.Create(out)
	must(t, err)
	w := zip.NewWriter(file)
	for _, f := range in.File {
		r, err := f.Open()
		must(t, err)
		b, err := io.ReadAll(r)
		must(t, err)
		if f.Name == part {
			b = []byte(change(string(b)))
		}
		p, err := w.Create(f.Name)
		must(t, err)
		_, err = p.Write(b)
		must(t, err)
	}
	must(t, w.Close(), file.Close())
	return out
}

// sheetXML is a workbook whose only sheet is the given XML.
func sheetXML(t testing.TB, xml string) string {
	t.Helper()
	path := book(t, func(f *excelize.File) { setRow(t, f, "Sheet1", "A1", "x") })
	return rewrite(t, path, "xl/worksheets/sheet1.xml", func(string) string { return xml })
}

func TestCells(t *testing.T) {
	path := book(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "what", "value")
		style := func(s excelize.Style) int {
			id, err := f.NewStyle(&s)
			must(t, err)
			return id
		}
		custom := func(code string) int { return style(excelize.Style{CustomNumFmt: &code}) }
		for i, c := range []struct {
			name  string
			value any
			style int
		}{
			{"text", " 张三 ", 0},
			{"number", 12.5, 0},
			{"identity number as a number", 1.10101199001011e17, 0},
			{"true", true, 0},
			{"date 14", 46203, style(excelize.Style{NumFmt: 14})},
			{"date and time 22", 46203.75, style(excelize.Style{NumFmt: 22})},
			{"time 20", 46203.75, style(excelize.Style{NumFmt: 20})},
			{"chinese date", 46203, custom(`yyyy"年"m"月"d"日";@`)},
			{"chinese month", 46203, custom(`[$-804]yyyy"年"m"月"`)},
			{"duration", 46203.5, custom(`[h]:mm:ss`)},
			{"money", 46203, custom(`#,##0.00"元/day"`)},
			{"red", 46203, custom(`[Red]0.00`)},
			{"scientific", 46203, custom(`0.00E+00`)},
			{"serial 60", 60, style(excelize.Style{NumFmt: 14})},
			{"serial 61", 61, style(excelize.Style{NumFmt: 14})},
			{"serial 0", 0, style(excelize.Style{NumFmt: 14})},
			{"past the calendar", 99999999, style(excelize.Style{NumFmt: 14})},
			{"rounded to the second", 46203.999999, style(excelize.Style{NumFmt: 22})},
			{"go time", time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC), 0},
			{"line break", "a\nb", 0},
			{"entity", `<a> & "b"`, 0},
		} {
			row := i + 2
			must(t, f.SetCellValue("Sheet1", fmt.Sprintf("A%d", row), c.name), f.SetCellValue("Sheet1", fmt.Sprintf("B%d", row), c.value))
			if c.style > 0 {
				must(t, f.SetCellStyle("Sheet1", fmt.Sprintf("B%d", row), fmt.Sprintf("B%d", row), c.style))
			}
		}
		must(t, f.SetCellValue("Sheet1", "A30", "rich"), f.SetCellRichText("Sheet1", "B30", []excelize.RichTextRun{
			{Text: "高温"}, {Text: "合金", Font: &excelize.Font{Bold: true}},
		}))
		must(t, f.SetCellValue("Sheet1", "A31", "formula"), f.SetCellFormula("Sheet1", "B31", "1+1"))
	})
	want := map[string]source.Cell{
		"text":                        {Text: " 张三 ", Kind: source.Text},
		"number":                      {Text: "12.5", Kind: source.Number},
		"identity number as a number": {Text: "110101199001011000", Kind: source.Number},
		"true":                        {Text: "TRUE", Kind: source.Bool},
		"date 14":                     {Text: "2026-06-30", Kind: source.Date},
		"date and time 22":            {Text: "2026-06-30 18:00:00", Kind: source.Date},
		"time 20":                     {Text: "46203.75", Kind: source.Scaled},
		"chinese date":                {Text: "2026-06-30", Kind: source.Date},
		"chinese month":               {Text: "2026-06-30", Kind: source.Date},
		"duration":                    {Text: "46203.5", Kind: source.Scaled},
		"money":                       {Text: "46,203.00元/day", Kind: source.Text},
		"red":                         {Text: "46203", Kind: source.Number},
		"scientific":                  {Text: "46203", Kind: source.Number},
		"serial 60":                   {Text: "60", Kind: source.Scaled},
		"serial 61":                   {Text: "1900-03-01", Kind: source.Date},
		"serial 0":                    {Text: "0", Kind: source.Number},
		"past the calendar":           {Text: "99999999", Kind: source.Scaled},
		"rounded to the second":       {Text: "2026-06-30 23:59:59", Kind: source.Date},
		"go time":                     {Text: "2026-06-30", Kind: source.Date},
		"line break":                  {Text: "a\nb", Kind: source.Text},
		"entity":                      {Text: `<a> & "b"`, Kind: source.Text},
		"rich":                        {Text: "高温合金", Kind: source.Text},
		"formula":                     {Kind: source.NoCache},
	}
	rows := all(t, open(t, path, source.Options{}).Tables()[0])
	if len(rows) != len(want) {
		t.Errorf("got %d rows, want %d", len(rows), len(want))
	}
	for _, r := range rows {
		got := r.Cells[1]
		got.Form = numfmt.Free
		if got != want[r.Cells[0].Text] {
			t.Errorf("%s: got %+v, want %+v", r.Cells[0].Text, got, want[r.Cells[0].Text])
		}
	}
	if last := rows[len(rows)-1].Origin; last.Cell(1) != "B31" || last.String() != "台账.xlsx!Sheet1:31" {
		t.Errorf("got %s at %s, want B31 of row 31", last.Cell(1), last)
	}
}

func TestRawCells(t *testing.T) {
	xml := func(rows string) string {
		return `<?xml version="1.0"?><x:worksheet xmlns:x="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><!-- a > b --><x:sheetData>` + rows + `</x:sheetData></x:worksheet>`
	}
	for _, c := range []struct {
		name, rows, want string
		kind             source.Kind
	}{
		{"inline", `<x:row><x:c t="inlineStr"><x:is><x:t>a&#x4e2d;&amp;</x:t></x:is></x:c></x:row>`, "a中&", source.Text},
		{"inline rich without phonetics", `<x:row><x:c t="inlineStr"><x:is><x:r><x:t>东</x:t></x:r><x:rPh sb="0" eb="1"><x:t>dong</x:t></x:rPh><x:r><x:t>阳</x:t></x:r></x:is></x:c></x:row>`, "东阳", source.Text},
		{"cdata", `<x:row><x:c t="str"><x:v><![CDATA[a<b]]></x:v></x:c></x:row>`, "a<b", source.Text},
		{"escape", `<x:row><x:c t="str"><x:v>a_x000D_b_x005F_</x:v></x:c></x:row>`, "a\rb_", source.Text},
		{"error", `<x:row><x:c t="e"><x:v>#REF!</x:v></x:c></x:row>`, "#REF!", source.Error},
		{"error of a formula", `<x:row><x:c t="e"><x:f>A9</x:f><x:v>#N/A</x:v></x:c></x:row>`, "#N/A", source.Error},
		{"formula with its value", `<x:row><x:c><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>`, "2", source.Number},
		{"formula with its text", `<x:row><x:c t="str"><x:f>"a"</x:f><x:v>a</x:v></x:c></x:row>`, "a", source.Text},
		{"formula never computed", `<x:row><x:c><x:f>1+1</x:f></x:c></x:row>`, "", source.NoCache},
		{"formula with an empty value", `<x:row><x:c><x:f>1+1</x:f><x:v/></x:c></x:row>`, "", source.NoCache},
		{"shared formula", `<x:row><x:c><x:f t="shared" si="0"/><x:v>3</x:v></x:c></x:row>`, "3", source.Number},
		{"iso date", `<x:row><x:c t="d"><x:v>2026-06-30T00:00:00</x:v></x:c></x:row>`, "2026-06-30", source.Date},
		{"lost digits", `<x:row><x:c><x:v>1.1010119900101101E+17</x:v></x:c></x:row>`, "1.1010119900101101E+17", source.Number},
		{"false", `<x:row><x:c t="b"><x:v>0</x:v></x:c></x:row>`, "FALSE", source.Bool},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := open(t, sheetXML(t, xml(c.rows)), source.Options{Header: "none"})
			rows := all(t, f.Tables()[0])
			if len(rows) != 1 || len(rows[0].Cells) != 1 || rows[0].Cells[0] != (source.Cell{Text: c.want, Kind: c.kind}) {
				t.Errorf("got %+v, want %q of kind %d", rows, c.want, c.kind)
			}
		})
	}
	// empty cells make no row, a cell without address follows the one before, styles far right make no width
	f := open(t, sheetXML(t, xml(`<x:row r="3"><x:c r="A3" s="1"/></x:row><x:row r="5"><x:c r="B5"><x:v>1</x:v></x:c><x:c><x:v>2</x:v></x:c><x:c r="XFD5" s="1"/></x:row>`)), source.Options{Header: "none"})
	if got := plain(t, f.Tables()[0]); got != "5:|1|2\n" {
		t.Errorf("got %q, want one row, 5", got)
	}
}

func Test1904(t *testing.T) {
	path := book(t, func(f *excelize.File) {
		yes := true
		must(t, f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &yes}))
		id, err := f.NewStyle(&excelize.Style{NumFmt: 14})
		must(t, err)
		setRow(t, f, "Sheet1", "A1", "date", "x")
		setRow(t, f, "Sheet1", "A2", 46203-1462, "x")
		must(t, f.SetCellStyle("Sheet1", "A2", "A2", id))
	})
	if got := plain(t, open(t, path, source.Options{}).Tables()[0]); got != "date|x\n2:2026-06-30|x\n" {
		t.Errorf("got %q, want 2026-06-30", got)
	}
}

func TestSheets(t *testing.T) {
	path := book(t, func(f *excelize.File) {
		for _, s := range []string{"填表说明", "2026年5月", "2026年6月", "字典", "空"} {
			_, err := f.NewSheet(s)
			must(t, err)
		}
		setRow(t, f, "填表说明", "A1", "请填写")
		setRow(t, f, "填表说明", "A2", "姓名", "写全名")
		for _, s := range []string{"2026年5月", "2026年6月", "字典"} {
			setRow(t, f, s, "A1", "姓名", "学历")
			setRow(t, f, s, "A2", s, "本科")
		}
		setRow(t, f, "2026年5月", "A1", "姓名\nName", "学历\nEducation") // in two languages
		must(t, f.SetSheetVisible("字典", false), f.DeleteSheet("Sheet1"))
	})
	want := []source.Want{{Names: []string{"姓名"}, Required: true}, {Names: []string{"学历"}, Required: true}}
	names := func(f *source.File) string {
		var s []string
		for _, table := range f.Tables() {
			s = append(s, table.Sheet)
		}
		return strings.Join(s, ",")
	}
	f := open(t, path, source.Options{Want: want})
	if got := names(f); got != "2026年5月,2026年6月" {
		t.Errorf("got sheets %s, want the two months", got)
	}
	rules := map[string]string{}
	for _, n := range f.Notes() {
		rules[n.Sheet] = n.Rule
	}
	if rules["字典"] != "sheet_hidden" || rules["空"] != "sheet_empty" || rules["填表说明"] != "header_partial" {
		t.Errorf("got %v, want each sheet left out with its reason", rules)
	}
	if got := plain(t, f.Tables()[1]); got != "姓名|学历\n2:2026年6月|本科\n" {
		t.Errorf("got %q", got)
	}
	if got := names(open(t, path, source.Options{Want: want, Hidden: "read"})); got != "2026年5月,2026年6月,字典" {
		t.Errorf("got sheets %s, want the hidden one too", got)
	}
	if got := names(open(t, path, source.Options{Want: want, Sheets: "6月$"})); got != "2026年6月" {
		t.Errorf("got sheets %s, want June", got)
	}
	if r := refusal(t, path, source.Options{Want: want, Sheets: "7月$"}); r.Rule != "no_sheet" || !strings.Contains(r.Text.Zh, "2026年6月") {
		t.Errorf("got %v, want no sheet, and the names there are", r)
	}
}

func TestHiddenRows(t *testing.T) {
	path := book(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "a", "b")
		setRow(t, f, "Sheet1", "A2", 1, 2)
		setRow(t, f, "Sheet1", "A3", 3, 4)
		must(t, f.SetRowVisible("Sheet1", 3, false))
	})
	f := open(t, path, source.Options{})
	if got := plain(t, f.Tables()[0]); got != "a|b\n2:1|2\n3:3|4\n" {
		t.Errorf("got %q, want the hidden row too", got)
	}
	if n := f.Notes(); len(n) != 1 || n[0].Rule != "row_hidden" || n[0].Count != 1 || n[0].Row != 3 {
		t.Errorf("got %+v, want one hidden row, 3", n)
	}
}

// Rows struck through and hidden columns are read, and told with their places.
func TestStruckAndHidden(t *testing.T) {
	f := open(t, book(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "a", "b", "c")
		setRow(t, f, "Sheet1", "A2", 1, 2, 3)
		setRow(t, f, "Sheet1", "A3", 3, 4, 5)
		style, err := f.NewStyle(&excelize.Style{Font: &excelize.Font{Strike: true}})
		must(t, err, f.SetCellStyle("Sheet1", "A3", "B3", style), f.SetColVisible("Sheet1", "B", false), f.SetColWidth("Sheet1", "C", "C", 0))
	}), source.Options{})
	if got := plain(t, f.Tables()[0]); got != "a|b|c\n2:1|2|3\n3:3|4|5\n" {
		t.Errorf("got %q", got)
	}
	var told []string
	for _, n := range f.Notes() {
		told = append(told, n.Rule+" "+n.Text.Zh)
	}
	if got := strings.Join(told, "\n"); got != "row_struck 1 行有带删除线或斜线的格子，已照常读取；作废的行请删去（第 3 行）\ncolumn_hidden 2 个隐藏列，已照常读取（B、C 列）" {
		t.Errorf("got %s", got)
	}
}

// A cell of text shows what its number format says, of a text too: the words around it, or nothing of it.
func TestFormatsOfTexts(t *testing.T) {
	f := open(t, book(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "a", "b", "c")
		setRow(t, f, "Sheet1", "A2", "A1", "B1", "C1")
		setRow(t, f, "Sheet1", "A3", 12, "B2", "C2")
		for cells, code := range map[string]string{"A": `@"号"`, "B": `0.00;-0.00;0;"浙"@`, "C": ";;;"} {
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &code})
			must(t, err, f.SetCellStyle("Sheet1", cells+"2", cells+"2", style), f.SetCellStyle("Sheet1", cells+"3", cells+"3", style))
		}
	}), source.Options{})
	if got := plain(t, f.Tables()[0]); got != "a|b|c\n2:A1号|浙B1|C1\n3:12号|浙B2|C2\n" {
		t.Errorf("got %q", got)
	}
	for _, r := range all(t, f.Tables()[0]) {
		if r.Cells[2].Kind != source.Scaled || r.Cells[1].Kind != source.Text {
			t.Errorf("row %d: kinds %d and %d", r.Origin.Row, r.Cells[1].Kind, r.Cells[2].Kind)
		}
	}
}

// A row that numbers the columns below a header is a part of it, and told.
func TestNumberedColumns(t *testing.T) {
	f := open(t, book(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "编号", "名称", "金额", "人数")
		setRow(t, f, "Sheet1", "A2", "甲", "乙", 1, 2)
		setRow(t, f, "Sheet1", "A3", "A1", "甲公司", 5, 3)
	}), source.Options{})
	if got := plain(t, f.Tables()[0]); got != "编号|名称|金额|人数\n3:A1|甲公司|5|3\n" {
		t.Errorf("got %q", got)
	}
	if n := f.Notes(); len(n) != 1 || n[0].Sheet != "Sheet1" || n[0].Row != 2 || !strings.Contains(n[0].Text.Zh, "第 2 行是栏次") {
		t.Errorf("told %+v", n)
	}
}

// Of a sheet that is too large to be read twice it is told what nobody has looked at.
func TestSheetTooLargeToLookBehind(t *testing.T) {
	path := book(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "a", "b")
		setRow(t, f, "Sheet1", "A2", 1, 2)
	})
	for limit, want := range map[uint64]int{100: 1, 64 << 20: 0} {
		func() {
			defer source.SetBehindLimit(limit)()
			f := open(t, path, source.Options{})
			plain(t, f.Tables()[0])
			n := 0
			for _, note := range f.Notes() {
				if note.Rule == "sheet_large" && strings.Contains(note.Text.Zh, "条件格式、输入提示和页眉页脚没有查看") {
					n++
				}
			}
			if n != want {
				t.Errorf("limit %d: told %d times: %+v", limit, n, f.Notes())
			}
		}()
	}
}

// What is struck through in a part of a cell is left out and told, and a raised digit is none of the number before it.
func TestRuns(t *testing.T) {
	f := open(t, book(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "a", "b")
		struck, raised := &excelize.Font{Strike: true}, &excelize.Font{VertAlign: "superscript"}
		must(t, f.SetCellRichText("Sheet1", "A2", []excelize.RichTextRun{{Text: "12", Font: struck}, {Text: "15", Font: &excelize.Font{Bold: true}}}),
			f.SetCellRichText("Sheet1", "B2", []excelize.RichTextRun{{Text: "12.3"}, {Text: "1)", Font: raised}}),
			f.SetCellRichText("Sheet1", "A3", []excelize.RichTextRun{{Text: "7", Font: struck}}),
			f.SetCellRichText("Sheet1", "B3", []excelize.RichTextRun{{Text: "甲", Font: &excelize.Font{Bold: true}}, {Text: "厂"}}))
	}), source.Options{})
	if got := plain(t, f.Tables()[0]); got != "a|b\n2:15|12.3¹)\n3:7|甲厂\n" {
		t.Errorf("got %q", got)
	}
	var told []string
	for _, n := range f.Notes() {
		told = append(told, fmt.Sprint(n.Rule, n.Row))
	}
	if got := strings.Join(told, " "); got != "row_struck3 text_struck2" {
		t.Errorf("got %s", got)
	}
}

// A range merged over rows of data gives its value to all of them; it is told.
func TestMergedData(t *testing.T) {
	f := open(t, book(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "企业", "人数", "x")
		setRow(t, f, "Sheet1", "A2", "甲", 1, "y")
		setRow(t, f, "Sheet1", "A3", nil, 2, "y")
		setRow(t, f, "Sheet1", "A4", "合计", nil, 3)
		must(t, f.MergeCell("Sheet1", "A2", "A3"), f.MergeCell("Sheet1", "A4", "B4"))
	}), source.Options{})
	if got := plain(t, f.Tables()[0]); got != "企业|人数|x\n2:甲|1|y\n3:甲|2|y\n4:合计||3\n" {
		t.Errorf("got %q", got)
	}
	if n := f.Notes(); len(n) != 1 || n[0].Rule != "merged_rows" || n[0].Count != 1 || n[0].Row != 2 {
		t.Errorf("got %+v, want one range from row 2", n)
	}
}

func TestMergedHeaders(t *testing.T) {
	want := []source.Want{
		{Names: []string{"姓名"}, Required: true}, {Names: []string{"学历/全日制"}}, {Names: []string{"在职学历", "学历/在职"}}, {Names: []string{"人数"}},
	}
	for _, c := range []struct {
		name  string
		want  []source.Want
		build func(f *excelize.File)
		text  string
		rows  [2]int
	}{
		{"two rows below a title", want, func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", "2026年6月人才台账")
			must(t, f.MergeCell("Sheet1", "A1", "D1"))
			setRow(t, f, "Sheet1", "A2", "单位：甲公司", nil, nil, "日期：6月")
			setRow(t, f, "Sheet1", "A3", "姓名", "学历", nil, "备注")
			setRow(t, f, "Sheet1", "A4", nil, "全日制", "在职")
			must(t, f.MergeCell("Sheet1", "A3", "A4"), f.MergeCell("Sheet1", "B3", "C3"), f.MergeCell("Sheet1", "D3", "D4"))
			setRow(t, f, "Sheet1", "A5", "张三", "本科", nil, "x")
			setRow(t, f, "Sheet1", "A6", "李四", nil, "硕士")
		}, "姓名|学历/全日制|学历/在职|备注\n5:张三|本科||x\n6:李四||硕士\n", [2]int{3, 4}},
		{"nothing wanted", nil, func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", "姓名", "学历", nil, "备注")
			setRow(t, f, "Sheet1", "A2", nil, "全日制", "在职")
			must(t, f.MergeCell("Sheet1", "A1", "A2"), f.MergeCell("Sheet1", "B1", "C1"), f.MergeCell("Sheet1", "D1", "D2"))
			setRow(t, f, "Sheet1", "A3", "张三", "本科", nil, "x")
		}, "姓名|学历/全日制|学历/在职|备注\n3:张三|本科||x\n", [2]int{1, 2}},
		{"three rows", nil, func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", "节点", "引进", nil, nil)
			setRow(t, f, "Sheet1", "A2", nil, "高校", nil, "技工")
			setRow(t, f, "Sheet1", "A3", nil, "男", "女", "合计")
			must(t, f.MergeCell("Sheet1", "A1", "A3"), f.MergeCell("Sheet1", "B1", "D1"), f.MergeCell("Sheet1", "B2", "C2"))
			setRow(t, f, "Sheet1", "A4", "磁粉", 1, 2, 3)
		}, "节点|引进/高校/男|引进/高校/女|引进/技工/合计\n4:磁粉|1|2|3\n", [2]int{1, 3}},
		{"a banner over a full header", want, func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", "基本信息", nil, "学历情况", nil)
			must(t, f.MergeCell("Sheet1", "A1", "B1"), f.MergeCell("Sheet1", "C1", "D1"))
			setRow(t, f, "Sheet1", "A2", "姓名", "人数", "全日制", "在职学历")
			setRow(t, f, "Sheet1", "A3", "张三", 1, "本科", "硕士")
		}, "姓名|人数|学历情况/全日制|在职学历\n3:张三|1|本科|硕士\n", [2]int{1, 2}},
		{"names that two groups share", []source.Want{{Names: []string{"编号"}, Required: true}, {Names: []string{"日期"}, Required: true}, {Names: []string{"金额"}}, {Names: []string{"人数"}}}, func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", "编号", "日期", "计划", nil, "实际", nil)
			setRow(t, f, "Sheet1", "A2", nil, nil, "金额", "人数", "金额", "人数")
			must(t, f.MergeCell("Sheet1", "A1", "A2"), f.MergeCell("Sheet1", "B1", "B2"), f.MergeCell("Sheet1", "C1", "D1"), f.MergeCell("Sheet1", "E1", "F1"))
			setRow(t, f, "Sheet1", "A3", "A1", "2026-03-01", 1, 2, 3, 4)
		}, "编号|日期|计划/金额|计划/人数|实际/金额|实际/人数\n3:A1|2026-03-01|1|2|3|4\n", [2]int{1, 2}},
		{"merged for its looks", want, func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", "姓名", "人数", nil, "备注")
			must(t, f.MergeCell("Sheet1", "B1", "C1"))
			setRow(t, f, "Sheet1", "A2", "张三", 1, 2, "x")
		}, "姓名|人数|人数#2|备注\n2:张三|1|2|x\n", [2]int{1, 1}},
		{"no fill outside merged ranges", want, func(f *excelize.File) {
			setRow(t, f, "Sheet1", "A1", "姓名", nil, "人数")
			setRow(t, f, "Sheet1", "A2", "张三", "?", 2)
		}, "姓名||人数\n2:张三|?|2\n", [2]int{1, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := open(t, book(t, c.build), source.Options{Want: c.want}).Tables()[0]
			if got := plain(t, table); got != c.text {
				t.Errorf("got\n%swant\n%s", got, c.text)
			}
			if first, last := table.HeaderRows(); first != c.rows[0] || last != c.rows[1] {
				t.Errorf("got header rows %d to %d, want %v", first, last, c.rows)
			}
		})
	}
}

func TestPassword(t *testing.T) {
	build := func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "a", "b")
		setRow(t, f, "Sheet1", "A2", 1, 2)
	}
	path := book(t, build, excelize.Options{Password: "雁阵2026"})
	if got := plain(t, open(t, path, source.Options{Password: "雁阵2026"}).Tables()[0]); got != "a|b\n2:1|2\n" {
		t.Errorf("got %q", got)
	}
	for _, p := range []string{"", "wrong"} {
		if r := refusal(t, path, source.Options{Password: p}); r.Rule != "password" || strings.Contains(r.Error(), "wrong") {
			t.Errorf("password %q: got %v, want it refused without telling the password", p, r)
		}
	}
	// only protected against changes: Excel's own password opens it
	if got := plain(t, open(t, book(t, build, excelize.Options{Password: "VelvetSweatshop"}), source.Options{}).Tables()[0]); got != "a|b\n2:1|2\n" {
		t.Errorf("got %q", got)
	}
}

func TestWorkbookRefused(t *testing.T) {
	good, err := os.ReadFile(book(t, func(f *excelize.File) {
		for i := range 500 {
			setRow(t, f, "Sheet1", fmt.Sprintf("A%d", i+1), "姓名", i, "学历", i*7919)
		}
	}))
	must(t, err)
	zipped := func(names ...string) []byte {
		var b bytes.Buffer
		w := zip.NewWriter(&b)
		for _, n := range names {
			p, err := w.Create(n)
			must(t, err)
			_, err = p.Write([]byte("x"))
			must(t, err)
		}
		must(t, w.Close())
		return b.Bytes()
	}
	flipped := bytes.Clone(good)
	for i := len(flipped) / 4; i < len(flipped)/2; i += 50 {
		flipped[i] ^= 0x55
	}
	for _, c := range []struct {
		name, rule string
		content    []byte
	}{
		{"half", "half_written", good[:len(good)/2]},
		{"first bytes", "half_written", good[:10]},
		{"all but the end", "half_written", good[:len(good)-30]},
		{"damaged", "damaged", flipped},
		{"docx", "not_a_table", zipped("[Content_Types].xml", "word/document.xml")},
		{"pptx", "not_a_table", zipped("[Content_Types].xml", "ppt/presentation.xml")},
		{"ods", "not_a_table", zipped("mimetype", "content.xml")},
		{"xlsb", "xlsb", zipped("[Content_Types].xml", "xl/workbook.bin")},
		{"zip", "not_a_table", zipped("台账.xlsx")},
		{"ole, cut off", "damaged", append([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 100)...)},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := refusal(t, write(t, "台账.csv", c.content), source.Options{}); r.Rule != c.rule {
				t.Errorf("got %s (%v), want %s", r.Rule, r, c.rule)
			}
		})
	}
}

func TestXLSCutOff(t *testing.T) {
	b, err := os.ReadFile(shared(t, "schools/moe_adult_heis_2025-06-20.xls"))
	must(t, err)
	for _, n := range []int{600, 5000, 20000, 40000, len(b) - 600} {
		refusal(t, write(t, "a.xls", b[:n]), source.Options{})
	}
}

func TestWorkbookLimits(t *testing.T) {
	const top = `<worksheet><sheetData>`
	const end = `</sheetData></worksheet>`
	wide := strings.Builder{}
	wide.WriteString(top + `<row r="1">`)
	for range 100_000 {
		wide.WriteString(`<c><v>1</v></c>`)
	}
	wide.WriteString(`</row>` + end)
	for _, c := range []struct {
		name, rule, xml string
		limits          source.Limits
	}{
		{"100,000 columns", "columns", wide.String(), source.Limits{}},
		{"one far column", "columns", top + `<row r="1"><c r="XFD1"><v>1</v></c></row>` + end, source.Limits{}},
		{"row numbers past the end", "row_order", top + `<row r="1"><c><v>1</v></c></row><row r="99999999"><c><v>1</v></c></row>` + end, source.Limits{}},
		{"row numbers backwards", "row_order", top + `<row r="5"><c><v>1</v></c></row><row r="5"><c><v>1</v></c></row>` + end, source.Limits{}},
		{"a bomb", "unzipped_size", top + strings.Repeat(" ", 8<<20) + end, source.Limits{UnzippedBytes: 4 << 20}},
		{"a bomb of one cell", "record_size", top + `<row><c t="str"><v>` + strings.Repeat("x", 8<<20) + `</v></c></row>` + end, source.Limits{RecordBytes: 1 << 20}},
		{"a bomb of a tag", "record_size", top + `<row r="` + strings.Repeat("1", 8<<20) + `"/>` + end, source.Limits{RecordBytes: 1 << 20}},
		{"entities", "damaged", `<!DOCTYPE x [<!ENTITY a "aaaa">]>` + top + end, source.Limits{}},
		{"cut off", "damaged", top + `<row r="1"><c><v>1</v></c></row>`, source.Limits{}},
		{"a string that is not there", "damaged", top + `<row r="1"><c t="s"><v>77</v></c></row>` + end, source.Limits{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := refusal(t, sheetXML(t, c.xml), source.Options{Header: "none", Limits: c.limits})
			if r.Rule != c.rule || r.Sheet != "Sheet1" {
				t.Errorf("got %s (%v), want %s on Sheet1", r.Rule, r, c.rule)
			}
		})
	}
	path := book(t, func(f *excelize.File) {
		for i := range 2000 {
			setRow(t, f, "Sheet1", fmt.Sprintf("A%d", i+1), strings.Repeat("字", 100)+fmt.Sprint(i))
		}
	})
	if r := refusal(t, path, source.Options{Limits: source.Limits{StringBytes: 100 << 10}}); r.Rule != "strings_size" {
		t.Errorf("got %v, want too many strings refused", r)
	}
}

// A sheet of 200,000 rows is read in bounded memory.
func TestLargeSheet(t *testing.T) {
	const rows = 200_000
	path := filepath.Join(t.TempDir(), "large.xlsx")
	file, err := os.Create(path)
	must(t, err)
	w := zip.NewWriter(file)
	part := func(name, content string) io.Writer {
		p, err := w.Create(name)
		must(t, err)
		_, err = io.WriteString(p, content)
		must(t, err)
		return p
	}
	part("_rels/.rels", `<Relationships><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`)
	part("xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="大表" sheetId="1" r:id="rId1"/></sheets></workbook>`)
	part("xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`)
	part("xl/styles.xml", `<styleSheet><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>`)
	p := bufio.NewWriterSize(part("xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1">`), 1<<20)
	for i := range 8 {
		fmt.Fprintf(p, `<c r="%s1" t="inlineStr"><is><t>列%d</t></is></c>`, source.Letters(i), i)
	}
	fmt.Fprint(p, `</row>`)
	for i := 2; i <= rows+1; i++ {
		fmt.Fprintf(p, `<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="inlineStr"><is><t>张三%d</t></is></c><c r="C%d" s="1"><v>%d</v></c><c r="D%d" t="inlineStr"><is><t>本科</t></is></c><c r="E%d"><v>1.5</v></c><c r="F%d" t="b"><v>1</v></c><c r="G%d" t="inlineStr"><is><t>磁粉制备</t></is></c><c r="H%d"><v>%d</v></c></row>`,
			i, i, i, i, i, i, 45000+i%500, i, i, i, i, i, i*7)
	}
	fmt.Fprint(p, `</sheetData></worksheet>`)
	must(t, p.Flush(), w.Close(), file.Close())

	n := 0
	begin := time.Now()
	heap := peak(func() {
		f, err := source.Open(context.Background(), path, source.Options{})
		if err != nil {
			t.Error(err)
			return
		}
		defer f.Close()
		for r, err := range f.Tables()[0].Rows(context.Background()) {
			if err != nil {
				t.Error(err)
				return
			}
			if n++; n == rows && (r.Cells[0].Text != fmt.Sprint(rows+1) || r.Cells[2].Kind != source.Date || r.Origin.Row != rows+1) {
				t.Errorf("got %v as the last row", r)
			}
		}
	})
	t.Logf("%d rows in %v, heap grew by %d KiB", n, time.Since(begin), heap>>10)
	if n != rows {
		t.Errorf("got %d rows, want %d", n, rows)
	}
	if heap > 16<<20 {
		t.Errorf("got %d MiB of heap, want at most 16", heap>>20)
	}
}

// A cell whose format shows a percentage says the percentage, with every digit that a workbook keeps.
func TestPercentages(t *testing.T) {
	tenth := 0.1
	path := book(t, func(f *excelize.File) {
		setRow(t, f, "Sheet1", "A1", "地区", "率")
		for i, c := range []struct {
			v      any
			format string
		}{{0.123, "0%"}, {0.07, "0.00%"}, {1.0 / 3, "0.0%"}, {-0.5, "0%;[Red]-0%"}, {12, "0%"}, {0.123, `0.0"%"`}, {0.123, "0.0"}, {0.00000123, "0%"}, {0, "0.0%"}, {tenth + 0.2, "0%"}} {
			cell := fmt.Sprintf("B%d", i+2)
			setRow(t, f, "Sheet1", fmt.Sprintf("A%d", i+2), "x", c.v)
			style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &c.format})
			must(t, err, f.SetCellStyle("Sheet1", cell, cell, style))
		}
	})
	file, err := source.Open(t.Context(), path, source.Options{})
	must(t, err)
	defer file.Close()
	var got []string
	for row, err := range file.Tables()[0].Rows(t.Context()) {
		must(t, err)
		got = append(got, row.Cells[1].Text)
	}
	if s := strings.Join(got, " "); s != "12.3% 7.00% 33.3333333333333% -50% 1200% 0.123% 0.123 0.000123% 0.0% 30%" {
		t.Errorf("got %s", s)
	}
}

// A unit that a sheet says which is not read is told with its place.
func TestUnitOnAnotherSheet(t *testing.T) {
	for heading, want := range map[string]int{"产值": 1, "产值（千元）": 0} {
		unitOnAnotherSheet(t, heading, want)
	}
}

func unitOnAnotherSheet(t *testing.T, heading string, want int) {
	t.Helper()
	f := open(t, book(t, func(x *excelize.File) {
		for at, text := range map[string]string{"A1": "企业名称", "B1": heading, "A2": "甲厂", "B2": "12"} {
			if err := x.SetCellValue("Sheet1", at, text); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := x.NewSheet("填表说明"); err != nil {
			t.Fatal(err)
		}
		for at, text := range map[string]string{"A1": "一、本表金额单位均为千元", "A2": "二、填报单位：各镇", "A3": "三、每月5日前报送", "A40": "金额单位：亿元"} {
			if err := x.SetCellValue("填表说明", at, text); err != nil {
				t.Fatal(err)
			}
		}
	}), source.Options{Header: "auto", Want: []source.Want{{Names: []string{"企业名称"}, Required: true}, {Names: []string{heading}}}})
	said := f.Aside(t.Context()).Said
	if len(said) != want || want > 0 && !strings.Contains(said[0].Zh, "没有读取的工作表“填表说明”写着单位（A1 “一、本表金额单位均为千元”）") {
		t.Errorf("told %v", said)
	}
}
