package hold

import (
	"fmt"
	"testing"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/sheets"
)

// A sheet that is called by the months of others is asked about; months beside each other are not.
func TestMonthsWithinMonths(t *testing.T) {
	for names, want := range map[[3]string]bool{
		{"1月", "2月", "1-2月"}: true, {"1月份", "2月", "一季度"}: true, {"第1季度", "二季度", "上半年"}: true, {"1~6月累计", "6月", ""}: true, {"1月-3月", "2月", ""}: true, {"全年", "上半年", "下半年"}: true,
		{"1月", "2月", "3月"}: false, {"1-2月", "3月", "4月"}: false, {"一季度", "二季度", "7月"}: false, {"1-2", "1月", ""}: false, {"3-1月", "2月", ""}: false, {"13月", "1-12号", "1月"}: false, {"1-3月", "1-3月 (2)", ""}: false,
		{"2026年1月", "2026年1-3月", ""}: true, {"2025年1月", "2026年1-3月", ""}: false, {"１月", "１-３月", ""}: true, {"1月", "1－3月", ""}: true, {"一月", "一至三月", ""}: true, {"十二月", "十至十二月", ""}: true, {"二季度", "前三季度", ""}: true, {"1-2季度", "3月", ""}: true, {"2月", "3月累计", ""}: true, {"3月累计", "4月", ""}: false, {"三季度", "1-2季度", ""}: false,
		{"一季度新增", "1月", ""}: false, {"1-3月", "1月报名", "2-4月"}: false,
	} {
		var tables []sheets.Table
		for _, name := range names {
			if name != "" {
				tables = append(tables, sheets.Table{Sheet: name, Rows: 2})
			}
		}
		if got := within(&dataset.Dataset{}, tables, &account.Account{}); (len(got) > 0) != want {
			t.Errorf("%q: got %s", names, fmt.Sprint(got))
		}
	}
	// rows that tell their day or sheet are told of, unless some stand on both
	day := dataset.Column{Name: "day", Type: dataset.Date}
	sheet := dataset.Column{Name: "month", Type: dataset.String, Of: "_sheet"}
	for _, tt := range []struct {
		column     dataset.Column
		again      int
		lacking    string
		held, told bool
	}{{day, 0, "", false, true}, {day, 1, "", true, false}, {day, 0, "3月", true, false}, {sheet, 0, "", false, false}} {
		a := &account.Account{}
		if tt.lacking != "" {
			a.Absent = append(a.Absent, account.Absent{Sheet: tt.lacking, Column: "day"})
		}
		tables := []sheets.Table{{Sheet: "1-3月", Rows: 2}, {Sheet: "3月", Rows: 2, Again: map[int]int{0: tt.again}}}
		if got := within(&dataset.Dataset{Columns: []dataset.Column{tt.column}}, tables, a); (len(got) > 0) != tt.held || (len(a.Said) > 0) != tt.told {
			t.Errorf("%+v: got %v, said %v", tt, got, a.Said)
		}
	}
}

// Two sheets that differ by a year in their names are of two years where nothing else tells their rows apart.
func TestSheetsOfTwoYears(t *testing.T) {
	for names, want := range map[[2]string]bool{
		{"企业", "企业 2025"}: true, {"企业-2025", "企业"}: true, {"企业_2025", "企业_2024"}: true, {"企业2024", "企业2025"}: true, {"2024年", "2025年"}: true, {"2024", "2025"}: true, {"企业（2025）", "企业"}: true, {"去年", "今年"}: true,
		{"2001", "2002"}: false, {"表2001", "表2002"}: false, {"20240101", "20250101"}: false, {"企业2025", "机构2025"}: false, {"3025", "3026"}: false,
	} {
		if got := yearly(names[0], names[1]); got != want {
			t.Errorf("%q: got %v", names, got)
		}
	}
	both := []account.Absent{{Sheet: "a", Column: "c"}, {Sheet: "b", Column: "c"}}
	for _, tt := range []struct {
		column dataset.Column
		absent []account.Absent
		sums   [2]float64
		want   bool
	}{
		{dataset.Column{Type: dataset.Date}, nil, [2]float64{}, true},
		{dataset.Column{Type: dataset.Date}, both, [2]float64{}, false},
		{dataset.Column{Type: dataset.Date}, both[:1], [2]float64{}, true},
		{dataset.Column{Type: dataset.Int16, Title: codes.Text{Zh: "年份"}}, nil, [2]float64{}, true},
		{dataset.Column{Type: dataset.String, Title: codes.Text{Zh: "报告期"}}, nil, [2]float64{}, true},
		{dataset.Column{Type: dataset.Int16, Title: codes.Text{Zh: "年龄"}}, nil, [2]float64{70, 72}, false},
		{dataset.Column{Type: dataset.Float64, Title: codes.Text{Zh: "年产值"}}, nil, [2]float64{70, 72}, false},
		{dataset.Column{Type: dataset.Int16, Title: codes.Text{Zh: "认定年度"}}, nil, [2]float64{4048, 4050}, true},
		{dataset.Column{Type: dataset.Int32, Title: codes.Text{Zh: "发放月份"}}, nil, [2]float64{404802, 405002}, true},
		{dataset.Column{Type: dataset.Int16, Title: codes.Text{Zh: "认定年度"}}, nil, [2]float64{4020, 4020}, false}, // of the firm, not of the row
		{dataset.Column{Type: dataset.Int32, Title: codes.Text{Zh: "服务时间"}, Unit: "小时"}, nil, [2]float64{5, 6}, false},
		{dataset.Column{Type: dataset.Float64, Title: codes.Text{Zh: "上年度"}}, nil, [2]float64{5, 6}, false},
		{dataset.Column{Type: dataset.Int32, Title: codes.Text{Zh: "本季度"}}, nil, [2]float64{5, 6}, false},
		{dataset.Column{Type: dataset.String, Title: codes.Text{Zh: "工期"}}, nil, [2]float64{}, false},
	} {
		tt.column.Name = "c"
		if got := timed(&dataset.Dataset{Columns: []dataset.Column{tt.column}}, &sheets.Table{Sheet: "a", Sums: map[string]float64{"c": tt.sums[0]}}, &sheets.Table{Sheet: "b", Sums: map[string]float64{"c": tt.sums[1]}}, &account.Account{Absent: tt.absent}); got != tt.want {
			t.Errorf("%+v: got %v", tt, got)
		}
	}
}
