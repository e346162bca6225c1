package hold

import (
	"fmt"
	"testing"

	"yanzhen/pipeline/sheets"
)

// A sheet that is called by the months of others is asked about; months beside each other are not.
func TestMonthsWithinMonths(t *testing.T) {
	for names, want := range map[[3]string]bool{
		{"1月", "2月", "1-2月"}: true, {"1月份", "2月", "一季度"}: true, {"第1季度", "二季度", "上半年"}: true, {"1~6月累计", "6月", ""}: true, {"1月-3月", "2月", ""}: true, {"全年", "上半年", "下半年"}: true,
		{"1月", "2月", "3月"}: false, {"1-2月", "3月", "4月"}: false, {"一季度", "二季度", "7月"}: false, {"1-2", "1月", ""}: false, {"3-1月", "2月", ""}: false, {"13月", "1-12号", "1月"}: false, {"1-3月", "1-3月 (2)", ""}: false,
		{"一季度新增", "1月", ""}: false, {"1-3月", "1月报名", "2-4月"}: false,
	} {
		var tables []sheets.Table
		for _, name := range names {
			if name != "" {
				tables = append(tables, sheets.Table{Sheet: name, Rows: 2})
			}
		}
		if got := within(tables); (len(got) > 0) != want {
			t.Errorf("%q: got %s", names, fmt.Sprint(got))
		}
	}
}
