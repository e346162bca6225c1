package batch

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Rows that stand below a table behind blank rows and lack what every row of it fills are asked about; what is filled like the others
// is told, and tables with blank rows between their parts are no question.
func TestRowsApart(t *testing.T) {
	list := []string{"A1,甲,1,10", "A2,乙,2,20", "A3,丙,4,40"}
	for _, tt := range []struct {
		name  string
		rows  []string // "" is a blank row, and ↔ before a text merges it across
		asked string   // the rows
		told  string
	}{
		{"a reckoning", append(list[:3:3], "", "", "核算,,331"), "A7 “核算”", ""},
		{"a telephone number", append(list[:3:3], "", "张三,5551234"), "A6 “张三”", ""},
		{"two lines of it", append(list[:3:3], "", "90+60,,150", "", "复核,,150"), "A6 “90+60”|A8 “复核”", ""},
		{"a reckoning behind a note", append(list[:3:3], "", "注：未审计", "核算,,331"), "A7 “核算”", ""},
		{"parts with titles", append(list[:3:3], "", "一、西片", "A4,丁,5,50", "", "二、东片", "A5,戊,7"), "", ""},
		{"a part with a title", append(list[:3:3], "", "（二）柔性引进", "B1,戊"), "", ""},
		{"a part with a title across", append(list[:3:3], "", "↔柔性引进", "B1,戊"), "", ""},
		{"a reckoning behind a note across", append(list[:3:3], "", "↔注：未审计", "核算,,331"), "A7 “核算”", ""},
		{"a late row", append(list[:3:3], "", "A4,丁,5,50"), "", "表的下面隔着空行还有 1 行（自S!A6 “A4”起）"},
		{"a late row that lacks one cell", append(list[:3:3], "", "A4,丁,5"), "", "还有 1 行"},
		{"a late row beside a reckoning", append(list[:3:3], "", "A4,丁,5,50", "A5,戊,,"), "", "还有 2 行"},
		{"no blank row", append(list[:3:3], "A4,丁,5"), "", ""},
		{"parts", append(list[:3:3], "", "A4,丁,5", "A5,戊,6", "", "A6,己,7"), "", ""},
		{"every second row is blank", []string{"A1,甲,1,10", "", "A2,乙,2,20", "", "A3,丙,4,40", "", "A4,丁,5"}, "", ""},
		{"a cell that some lack", append(list[:3:3], "A4,丁,5", "", "A5,戊,6"), "", "还有 1 行"},
		{"two rows are no table", []string{"A1,甲,1,10", "A2,乙,2,20", "", "A3,丙,4"}, "", ""},
		{"a table that goes on for long", append(list[:3:3], "", "B1,甲,1", "B2,甲,1", "B3,甲,2", "B4,甲,2", "B5,甲,3", "B6,甲,3"), "", ""},
		{"a total and a note", append(list[:3:3], "", "合计,,7,70", "", "注：未审计"), "", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := excelize.NewFile()
			defer x.Close()
			x.SetSheetName("Sheet1", "S")
			for i, row := range append([]string{"编号,名称,金额,人数"}, tt.rows...) {
				row, across := strings.CutPrefix(row, "↔")
				if at, _ := excelize.CoordinatesToCellName(4, i+1); across {
					x.MergeCell("S", "A"+at[1:], at)
				}
				for k, text := range strings.Split(row, ",") {
					if at, _ := excelize.CoordinatesToCellName(k+1, i+1); text != "" {
						x.SetCellValue("S", at, text)
					}
				}
			}
			name := filepath.Join(t.TempDir(), "t.xlsx")
			if err := x.SaveAs(name); err != nil {
				t.Fatal(err)
			}
			r := readFile(t, trial, name)
			var asked []string
			for _, q := range r.account.Doubled {
				if at, ok := strings.CutSuffix(q.Zh, "隔着空行在表的下面，缺了其他行都有的格，像是算稿或附注，按数据读取；若是，请删去"); ok {
					asked = append(asked, strings.TrimPrefix(at, "S!"))
				}
			}
			if got := strings.Join(asked, "|"); got != tt.asked || !strings.Contains(r.told(), tt.told) || tt.told == "" && strings.Contains(r.told(), "隔着空行还有") {
				t.Errorf("asked %q, want %q; told\n%s\nwant %q", got, tt.asked, r.told(), tt.told)
			}
		})
	}
}

// Rows that the format of their cells sets in are told from the sums above them as those are that blanks set in. Numbers that stand
// before the names say nothing of it, and neither do texts that are set in from the right.
func TestSetInByFormat(t *testing.T) {
	for _, tt := range []struct {
		name, to string // how the texts are aligned
		before   bool   // numbers stand before the names, set in
		asked    string
	}{
		{"texts", "left", false, "A3 “面粉线”起 2 行缩进的行"},
		{"behind numbers", "left", true, "起 2 行缩进的行"},
		{"from the right", "right", false, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			x := excelize.NewFile()
			defer x.Close()
			style := func(to string, n int) int {
				id, err := x.NewStyle(&excelize.Style{Alignment: &excelize.Alignment{Horizontal: to, Indent: n}})
				if err != nil {
					t.Fatal(err)
				}
				return id
			}
			from, column := 0, "A"
			if tt.before {
				from, column = 1, "B"
			}
			for i, row := range [][]any{{"编号", "名称", "金额", "人数"}, {"农业园", "甲", 300.25, 14}, {"面粉线", "乙", 200.25, 10}, {"挂面线", "丙", 100, 4}, {"工业园", "丁", 80, 4}} {
				at, _ := excelize.CoordinatesToCellName(from+1, i+1)
				if err := x.SetSheetRow("Sheet1", at, &row); err != nil {
					t.Fatal(err)
				}
				if number, _ := excelize.CoordinatesToCellName(1, i+1); tt.before && i == 0 {
					x.SetCellValue("Sheet1", number, "序号")
				} else if tt.before {
					x.SetCellValue("Sheet1", number, i)
					x.SetCellStyle("Sheet1", number, number, style("", 1))
				}
			}
			if err := x.SetCellStyle("Sheet1", column+"3", column+"4", style(tt.to, 2)); err != nil {
				t.Fatal(err)
			}
			name := filepath.Join(t.TempDir(), "t.xlsx")
			if err := x.SaveAs(name); err != nil {
				t.Fatal(err)
			}
			r, got := readFile(t, trial, name), ""
			for _, q := range r.account.Doubled {
				if strings.Contains(q.Zh, "缩进") {
					got += q.Zh
				}
			}
			if !strings.Contains(got, tt.asked) || tt.asked == "" && got != "" {
				t.Errorf("asked %v; told\n%s", r.account.Doubled, r.told())
			}
		})
	}
}
