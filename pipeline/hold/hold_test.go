package hold

import (
	"testing"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/sheets"
)

// Sheets that are called by periods are asked about where no column says of which their rows are.
func TestSheetsOfPeriods(t *testing.T) {
	ds := &dataset.Dataset{Name: "d", Columns: []dataset.Column{{Name: "name", Type: dataset.String}, {Name: "day", Title: codes.Text{Zh: "日期", En: "Day"}, Type: dataset.Date}}}
	for _, tt := range []struct {
		names []string
		dated bool
		want  int
	}{
		{[]string{"2025年", "2026年"}, false, 1},
		{[]string{"5月", "6月"}, false, 1},
		{[]string{"2026年5月", "2026年6月", "说明"}, false, 1},
		{[]string{"2025年", "2026年"}, true, 0},
		{[]string{"2026年"}, false, 0},
		{[]string{"东园", "西园"}, false, 0},
		{[]string{"2026年", "西园"}, false, 0},
	} {
		a := &account.Account{}
		var tables []sheets.Table
		for _, name := range tt.names {
			tables = append(tables, sheets.Table{Sheet: name, Rows: 1})
			if !tt.dated {
				a.Absent = append(a.Absent, account.Absent{Sheet: name, Column: "day"})
			}
		}
		if got := Sheets(ds, tables, a); len(got) != tt.want {
			t.Errorf("%v, dated %v: got %v, want %d", tt.names, tt.dated, got, tt.want)
		}
	}
}
