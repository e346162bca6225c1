package filename

import (
	"testing"

	"yanzhen/pipeline/days"
)

// What a file is given for goes before its titles; a day on which a table was filled in is no period, and of two nobody knows which.
func TestTitled(t *testing.T) {
	june, half := days.Months(2026, 6, 1), days.Months(2026, 1, 6)
	for _, c := range []struct {
		given  days.Range
		grain  days.Grain
		titles []string
		want   days.Range
	}{
		{june, days.Month, []string{"2026年5月企业用工情况"}, june},
		{days.Range{}, days.Month, []string{"Sheet1", "青田县２０２６年６月企业用工情况月报", "填报日期：2026年7月3日"}, june},
		{days.Range{}, days.Month, []string{"填报时间：2026年7月", "统计月份：2026年6月"}, june},
		{days.Range{}, days.Month, []string{"引进人才名册（截至2026年6月30日）"}, june},
		{half, days.Month, []string{"2026年6月"}, june},
		{half, days.Half, nil, half},
		{june, days.Half, []string{"2026年上半年"}, half},
		{half, days.Month, nil, days.Range{}},
		{days.Range{}, days.Month, []string{"2026年7月3日", "用工情况"}, days.Range{}},
		{days.Range{}, days.Month, []string{"2026年6月", "2026年7月"}, days.Range{}},
		{days.Range{}, days.Month, []string{"2026年6月", "2026年6月用工"}, june},
		{days.Range{}, days.Month, []string{"2026年6月上旬", "2026年"}, days.Range{}},
	} {
		if got := Titled(c.given, c.grain, c.titles); got != c.want {
			t.Errorf("Titled(%s, %s, %q): got %s, want %s", c.given, c.grain, c.titles, got, c.want)
		}
	}
}
