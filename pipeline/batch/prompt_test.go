package batch

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// What a workbook says to whoever fills in a column is heard where it gives a unit: as if it stood in the heading, or above the table where
// it is said of several columns. A heading that gives one is followed.
func TestPromptsOfCells(t *testing.T) {
	for _, tt := range []struct {
		title, prompt, ranges string
		header                []any
		want, told            string
	}{
		{"填写要求", "请以元为单位填写，保留两位小数", "B2:B50", []any{"编号", "金额", "人数"}, "A1,-,-,5,3,-,-", "给出了这一列的单位，按它读取"},
		{"单位：元", "", "B2:B50", []any{"编号", "金额", "人数"}, "A1,-,-,5,3,-,-", "给出了这一列的单位，按它读取"},
		{"", "请以元为单位填写，不要填万元", "$B:$B", []any{"编号", "金额", "人数"}, "A1,-,-,5,3,-,-", "给出了这一列的单位，按它读取"},
		{"", "金额以元计", "B2:C50", []any{"编号", "金额", "人数"}, "A1,-,-,5,3,-,-", ""},
		{"", "金额以元计", "B2:B50 C2:C50", []any{"编号", "金额", "人数"}, "A1,-,-,5,3,-,-", ""},
		{"", "请以万元为单位填写", "B2:B50", []any{"编号", "金额（元）", "人数"}, "A1,-,-,5,3,-,-", "与表头写的单位不同"},
		{"", "请勿以元填写", "B2:B50", []any{"编号", "金额", "人数"}, "A1,-,-,50000,3,-,-", "没有按它读取"},
		{"", "请分别以元填写", "B2:B50", []any{"编号", "金额", "人数"}, "A1,-,-,5,3,-,-", "给出了这一列的单位，按它读取"},
		{"", "请别以元填写", "B2:B50", []any{"编号", "金额", "人数"}, "A1,-,-,50000,3,-,-", "没有按它读取"},
		{"", "单位：元_x000a_保留两位小数", "B2:B50", []any{"编号", "金额", "人数"}, "A1,-,-,5,3,-,-", "给出了这一列的单位，按它读取"},
		{"", "请以元为单位填写", "B20:B50", []any{"编号", "金额", "人数"}, "A1,-,-,50000,3,-,-", "没有按它读取"}, // of a part of the column
		{"", "单位：元\n退回资金应扣减", "B2:C50", []any{"编号", "金额", "人数"}, "A1,-,-,5,3,-,-", "-不该照样计入"},
		// what says nothing of a unit, or nothing that changes a number
		{"", "请以元为单位填写", "B2:B50", []any{"编号", "金额（元）", "人数"}, "A1,-,-,5,3,-,-", "-输入提示"},
		{"填写说明", "请填写大于0的数，不超过1000万元", "B2:B50", []any{"编号", "金额", "人数"}, "A1,-,-,50000,3,-,-", "-输入提示"},
		{"", "只填数字，不要带单位（如元）", "B2:B50", []any{"编号", "金额", "人数"}, "A1,-,-,50000,3,-,-", "-输入提示"},
		{"", "单位：人", "C2:C50", []any{"编号", "金额", "人数"}, "A1,-,-,50000,3,-,-", "-输入提示"},
		{"", "请填写用人单位全称", "A2:A50", []any{"编号", "金额", "人数"}, "A1,-,-,50000,3,-,-", "-输入提示"},
	} {
		x := excelize.NewFile()
		title, prompt := tt.title, tt.prompt
		v := &excelize.DataValidation{Sqref: tt.ranges, Type: "decimal", Operator: "greaterThan", Formula1: "0", ShowInputMessage: true, PromptTitle: &title, Prompt: &prompt}
		row := []any{"A1", 50000, 3}
		for _, err := range []error{x.SetSheetRow("Sheet1", "A1", &tt.header), x.SetSheetRow("Sheet1", "A2", &row), x.AddDataValidation("Sheet1", v)} {
			if err != nil {
				t.Fatal(err)
			}
		}
		name := filepath.Join(t.TempDir(), "t.xlsx")
		if err := x.SaveAs(name); err != nil {
			t.Fatal(err)
		}
		x.Close()
		r, told := readFile(t, trial, name), ""
		for _, n := range r.notes {
			told += n.Rule + " " + n.Text.Zh + "\n"
		}
		if not, bad := strings.CutPrefix(tt.told, "-"); strings.Join(r.rows, " ") != tt.want || bad == strings.Contains(told, not) {
			t.Errorf("%q of %s below %v: got %v, told\n%s%s\nwant %s, %s", tt.title+tt.prompt, tt.ranges, tt.header, r.rows, told, r.told(), tt.want, tt.told)
		}
	}
}

// Where the header stands again, on the next printed page, the unit of a prompt holds on; two prompts of two units are not followed; one
// that is switched off is not heard.
func TestPromptsOfSomeCells(t *testing.T) {
	for _, tt := range []struct {
		rows    [][]any
		prompts map[string]string // by range; one that begins with - is not shown
		want    string
	}{
		{[][]any{{"编号", "金额", "人数"}, {"A1", 50000, 3}, {"编号", "金额", "人数"}, {"A2", 60000, 4}}, map[string]string{"B2:B50": "请以元为单位填写"}, "A1,-,-,5,3,-,- A2,-,-,6,4,-,-"},
		{[][]any{{"编号", "金额", "人数"}, {"A1", 50000, 3}, {"A2", 6, 4}}, map[string]string{"B2:B2": "请以元为单位填写", "B3:B3": "请以万元为单位填写"}, "A1,-,-,50000,3,-,- A2,-,-,6,4,-,-"},
		{[][]any{{"编号", "金额", "人数"}, {"A1", 50000, 3}}, map[string]string{"B2:B50": "-请以元为单位填写"}, "A1,-,-,50000,3,-,-"},
	} {
		x := excelize.NewFile()
		for i, row := range tt.rows {
			at, _ := excelize.CoordinatesToCellName(1, i+1)
			if err := x.SetSheetRow("Sheet1", at, &row); err != nil {
				t.Fatal(err)
			}
		}
		for ranges, says := range tt.prompts {
			text, off := strings.CutPrefix(says, "-")
			if err := x.AddDataValidation("Sheet1", &excelize.DataValidation{Sqref: ranges, Type: "decimal", Operator: "greaterThan", Formula1: "0", ShowInputMessage: !off, Prompt: &text}); err != nil {
				t.Fatal(err)
			}
		}
		name := filepath.Join(t.TempDir(), "t.xlsx")
		if err := x.SaveAs(name); err != nil {
			t.Fatal(err)
		}
		x.Close()
		if r := readFile(t, trial, name); strings.Join(r.rows, " ") != tt.want {
			t.Errorf("%v: got %v, want %s\n%s", tt.prompts, r.rows, tt.want, r.told())
		}
	}
}
