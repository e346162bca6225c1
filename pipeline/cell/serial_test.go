package cell

import "testing"

// In either calendar of workbooks a zero or a count in a column of days is no day.
func TestCountsAreNoDays(t *testing.T) {
	for text, want := range map[string]string{"0": "date_serial", "12": "date_serial", "60": "date_serial", "44802": ""} {
		if _, f := StoredDateFrom(1462)(text); (f == nil) != (want == "") || f != nil && f.Rule != want {
			t.Errorf("%s: got %+v, want %s", text, f, want)
		}
	}
}

// A number without a format counts from the day that its document says.
func TestSerialsFrom(t *testing.T) {
	want, _ := StoredDate("46203")
	for ahead, text := range map[int]string{0: "46203", 2: "46201", 1: "46202", 1462: "44741"} {
		if day, f := StoredDateFrom(ahead)(text); f != nil || day != want {
			t.Errorf("%d ahead: %s is %d, %+v, want %d", ahead, text, day, f, want)
		}
	}
}

// What is called after the end of a term holds days, not months.
func TestMonths(t *testing.T) {
	for title, want := range map[string]bool{
		"月份": true, "期间": true, "报告期": true, "所属期": true, "季度": true, "年度": true, "统计年月": true, "报告期间": true, "第几季": true,
		"有效期至": false, "到期时间": false, "有效期": false, "任期": false, "日期": false, "期限": false, "入职日期": false, "季节工入职": false,
	} {
		if Months(title) != want {
			t.Errorf("%s: got %v", title, !want)
		}
	}
}
