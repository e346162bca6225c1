package marked

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"yanzhen/pipeline/codes"
)

func write(t *testing.T, r *Return) (*excelize.File, int) {
	t.Helper()
	var b bytes.Buffer
	n, err := r.Write(t.Context(), &b)
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, n
}

func said(t *testing.T, f *excelize.File, sheet string) map[string]string {
	t.Helper()
	list, err := f.GetComments(sheet)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, c := range list {
		out[c.Cell] += c.Author + ":" + c.Text
		for _, p := range c.Paragraph {
			out[c.Cell] += p.Text
		}
	}
	return out
}

var wrong = []Fault{
	{Sheet: "七月", Row: 3, Cell: "B3", Column: "日期", Raw: "七月某天", Reason: codes.Text{Zh: "不是日期", En: "no day"}, Remedy: codes.Text{Zh: "写成 2026-07-05", En: "write 2026-07-05"}},
	{Sheet: "七月", Row: 3, Cell: "B3", Column: "日期", Reason: codes.Text{Zh: "早于出生"}},
	{Sheet: "七月", Row: 2, Cell: "C2", Column: "金额", Raw: "=1+1", Reason: codes.Text{Zh: "偏大"}, Warn: true},
	{Sheet: "七月", Row: 4, Reason: codes.Text{Zh: "整行重复"}},
	{Sheet: "八月", Row: 9, Cell: "A9", Reason: codes.Text{Zh: "不在这里"}},
}

// The sender's own workbook: what is wrong is marked, everything else is as it was.
func TestWorkbook(t *testing.T) {
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", "七月"); err != nil {
		t.Fatal(err)
	}
	day := "yyyy/m/d"
	style, err := f.NewStyle(&excelize.Style{CustomNumFmt: &day, Font: &excelize.Font{Bold: true}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.NewSheet("别的"); err != nil {
		t.Fatal(err)
	}
	for cell, v := range map[string]any{"A1": "姓名", "B1": "日期", "C1": "金额", "A2": "甲", "B2": 46208, "C2": 5, "A3": "乙", "B3": "七月某天", "C3": 6, "A4": "乙"} {
		if err := f.SetCellValue("七月", cell, v); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{
		f.SetCellStyle("七月", "B2", "B3", style), f.SetCellFormula("七月", "C5", "SUM(C2:C4)"), f.SetCellValue("别的", "A1", "留着"),
		f.AddComment("七月", excelize.Comment{Author: "王", Cell: "B3", Text: "待核"}), f.AddComment("七月", excelize.Comment{Author: "王", Cell: "A2", Text: "别动"}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), "甲局_名单.xlsx")
	if err := f.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	for range 2 { // a file that comes back twice has one list, and its marks once
		back, n := write(t, &Return{Path: path, Name: "甲局_名单.xlsx", Faults: wrong, Head: []string{"读入 3 行"}, Lang: codes.Zh})
		if n != 3 || strings.Join(back.GetSheetList(), "|") != "七月|别的|"+List.Zh {
			t.Fatalf("%d marks, %v", n, back.GetSheetList())
		}
		notes := said(t, back, "七月")
		for cell, want := range map[string]string{"B3": "不是日期。怎么改：写成 2026-07-05\n日期：早于出生\n原批注：待核", "C2": "金额：偏大", "A4": "整行重复", "A2": "王:别动"} {
			if !strings.Contains(notes[cell], want) {
				t.Errorf("%s says %q, want %q", cell, notes[cell], want)
			}
		}
		for cell, want := range map[string]string{"B3": "FFB3AD", "C2": "FFF2B3", "A4": "FFB3AD", "B2": ""} {
			id, err := back.GetCellStyle("七月", cell)
			if err != nil {
				t.Fatal(err)
			}
			s, err := back.GetStyle(id)
			if err != nil {
				t.Fatal(err)
			}
			if got := strings.TrimPrefix(strings.Join(s.Fill.Color, ""), "FF"); len(got) == 6 && got != want && want != "FFB3AD" || want == "" && got != "" {
				t.Errorf("%s is %q, want %q", cell, got, want)
			}
			if cell[0] == 'B' && (s.Font == nil || !s.Font.Bold || s.CustomNumFmt == nil || *s.CustomNumFmt != day) {
				t.Errorf("%s has lost its style: %+v", cell, s)
			}
		}
		if x, err := back.GetCellFormula("七月", "C5"); err != nil || x != "SUM(C2:C4)" {
			t.Errorf("formula %q %v", x, err)
		}
		if x, err := back.GetCellValue("别的", "A1"); err != nil || x != "留着" {
			t.Errorf("the other sheet: %q %v", x, err)
		}
		rows, err := back.GetRows(List.Zh)
		if err != nil || rows[0][0] != "读入 3 行" || !strings.Contains(rows[2][0], "不在本文件里") || len(rows) != 5+len(wrong) || rows[7][2] != "=1+1" {
			t.Errorf("%v %q", err, rows)
		}
		if ok, to, err := back.GetCellHyperLink(List.Zh, "A6"); err != nil || !ok || to != "'七月'!B3" {
			t.Errorf("link %v %q %v", ok, to, err)
		}
		if x, err := back.GetCellFormula(List.Zh, "C8"); err != nil || x != "" {
			t.Errorf("a formula came of a text: %q", x)
		}
		if err := back.SaveAs(path); err != nil {
			t.Fatal(err)
		}
		wrong[0].Remedy.Zh = "写成 2026-07-05"
	}
}

// A text file comes back as a workbook, each cell in its place; a bad file is refused as the loader refuses it.
func TestText(t *testing.T) {
	path := filepath.Join(t.TempDir(), "乙局_名单.csv")
	if err := os.WriteFile(path, []byte("\uFEFF姓名,日期,编号\n甲,2026-07-05,007\n乙,七月某天,\"a\nb\"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	back, n := write(t, &Return{Path: path, Name: "乙局_名单.csv", Lang: codes.En, Faults: []Fault{{Row: 3, Cell: "B3", Column: "Date", Reason: codes.Text{En: "no day"}}}})
	rows, err := back.GetRows("Sheet1")
	if err != nil || n != 1 || len(rows) != 3 || rows[1][2] != "007" || rows[2][1] != "七月某天" || rows[2][2] != "a\nb" {
		t.Errorf("%d %v %q", n, err, rows)
	}
	if notes := said(t, back, "Sheet1"); !strings.Contains(notes["B3"], "Date: no day") {
		t.Errorf("%v", notes)
	}
	if got := FileName("x/乙局_名单.csv"); got != "乙局_名单.xlsx" {
		t.Error(got)
	}
	if err := os.WriteFile(path, []byte("PK\x03\x04junk"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (&Return{Path: path, Name: "x.xlsx"}).Write(t.Context(), &bytes.Buffer{}); err == nil {
		t.Error("junk was marked")
	}
}
