package filename

import "testing"

func TestMonth(t *testing.T) {
	for _, tt := range []struct{ one, other string }{ // empty: the same period, or none said
		{"一月.csv", "二月.csv"},
		{"名单_2026年5月.csv", "名单_2026年6月.csv"},
		{"名单202605.csv", "名单202606.csv"},
		{"名单2025.xlsx", "名单2026.xlsx"},
		{"第1期.csv", "第2期.csv"},
		{"一季度.csv", "二季度.csv"},
		{"2026Q1.csv", "2026Q2.csv"},
		{"上半年.csv", "下半年.csv"},
		{"5月/名单.csv", "6月/名单.csv"},
	} {
		if a, b := Month(tt.one), Month(tt.other); a == "" || b == "" || a == b {
			t.Errorf("%s %s: %q %q", tt.one, tt.other, a, b)
		}
	}
	for _, tt := range []struct{ one, other string }{
		{"名单.csv", "复件 名单.csv"}, {"名单20260412.csv", "名单20260415.csv"}, {"5月12日.csv", "05月13日.csv"}, {"第2026年.csv", "2026定稿.csv"}, {"五月份.csv", "5月.csv"},
	} {
		if a, b := Month(tt.one), Month(tt.other); a != b {
			t.Errorf("%s %s: %q %q", tt.one, tt.other, a, b)
		}
	}
	if got := Month("稳岗返还_0412定稿.csv"); got != "" {
		t.Errorf("a day: %q", got)
	}
}
