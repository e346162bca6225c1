package filename

import (
	"testing"

	"yanzhen/pipeline/days"
)

func TestParse(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Name
	}{
		{"人力资源和社会保障局_引进与流出_2026年6月.xlsx", Name{"人力资源和社会保障局", "引进与流出", days.Months(2026, 6, 1), 0}},
		{"人力资源和社会保障局_引进与流出_2026年6月(修订).xlsx", Name{"人力资源和社会保障局", "引进与流出", days.Months(2026, 6, 1), 1}},
		{"人力资源和社会保障局＿引进与流出＿２０２６年６月（修订２）.xlsx", Name{"人力资源和社会保障局", "引进与流出", days.Months(2026, 6, 1), 2}},
		{"科技局_国际合作_2026年上半年.csv", Name{"科技局", "国际合作", days.Months(2026, 1, 6), 0}},
		{"补报局_引进与流出_2026年6月.xlsx", Name{"补报局", "引进与流出", days.Months(2026, 6, 1), 0}},
		{"补报局_引进与流出_2026年6月补报.xlsx", Name{"补报局", "引进与流出", days.Months(2026, 6, 1), 1}},
		{"人社局_技能培训_202606(第二次修订).csv", Name{"人社局", "技能培训", days.Months(2026, 6, 1), 2}},
		{"人社局_技能培训_2026年6月 (1).xlsx", Name{"人社局", "技能培训", days.Months(2026, 6, 1), 0}},
		{"人社局_技能培训_2026年6月 - 副本.xlsx", Name{"人社局", "技能培训", days.Months(2026, 6, 1), 0}},
		{"hr_arrivals_2026-06_v3.csv", Name{"hr", "arrivals", days.Months(2026, 6, 1), 3}},
		{"2026年6月 人社局 引进与流出.xlsx", Name{"人社局", "引进与流出", days.Months(2026, 6, 1), 0}},
		{"设备更新_2026年6月.xlsx", Name{"", "设备更新", days.Months(2026, 6, 1), 0}},
		{"住建局_城市更新_2026年6月(修订2).xlsx", Name{"住建局", "城市更新", days.Months(2026, 6, 1), 2}},
		{"人社局_技能培训_2026年6月更新.xlsx", Name{"人社局", "技能培训", days.Months(2026, 6, 1), 1}},
		{"人社局_技能培训_2026年6月_更新2.xlsx", Name{"人社局", "技能培训", days.Months(2026, 6, 1), 2}},
		{"人社局_技能培训(更新)_2026年6月.xlsx", Name{"人社局", "技能培训", days.Months(2026, 6, 1), 1}},
		{"人社局_技能培训第3次更新_2026年6月.xlsx", Name{"人社局", "技能培训", days.Months(2026, 6, 1), 3}},
		{"人社局_技能培训更新版_2026年6月.xlsx", Name{"人社局", "技能培训", days.Months(2026, 6, 1), 1}},
		{"hr_arrivals更新_2026-06.csv", Name{"hr", "arrivals", days.Months(2026, 6, 1), 1}},
		{"更新_2026年6月.xlsx", Name{"", "", days.Months(2026, 6, 1), 1}},
		{"企业名录.xlsx", Name{"", "企业名录", days.Range{}, 0}},
		{"", Name{"", "", days.Range{}, 0}},
	} {
		if got := Parse(c.in); got != c.want {
			t.Errorf("Parse(%q): got %+v, want %+v", c.in, got, c.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("人力资源和社会保障局_引进与流出_2026年6月(修订).xlsx")
	f.Add("2026年1-6月_v2_.csv")
	f.Fuzz(func(t *testing.T, s string) {
		n := Parse(s)
		if !n.Period.IsZero() && !n.Period.From.Before(n.Period.To) {
			t.Errorf("Parse(%q): period %s is empty", s, n.Period)
		}
	})
}

func TestSamePart(t *testing.T) {
	for in, want := range map[string]string{
		"甲局_引进_2026年6月_第一部分.csv":     "甲局_引进_2026年6月_第一部分",
		"甲局_引进_2026年6月_第一部分（修订）.csv": "甲局_引进_2026年6月_第一部分",
		"甲局_引进_2026年6月_第二部分.xlsx":    "甲局_引进_2026年6月_第二部分",
		"甲局_引进_2026年6月_第一部分更新.csv":   "甲局_引进_2026年6月_第一部分",
		"甲局_城市更新_2026年6月.csv":        "甲局_城市更新_2026年6月",
		"夹/甲局_引进_2026年6月 - 副本.csv":   "甲局_引进_2026年6月",
	} {
		if got := SamePart(in); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}

func TestStem(t *testing.T) {
	for in, want := range map[string]string{
		"名单.xlsx": "名单", "名单终稿.xlsx": "名单", "名单_终.xlsx": "名单", "名单（定）.xlsx": "名单", "名单终稿2.xlsx": "名单", "名单最终版.xlsx": "名单", "名单_final.xlsx": "名单", "名单改.xlsx": "名单", "名单更新.xlsx": "名单", "名单新表.xlsx": "名单",
		"终稿名单.xlsx": "名单", "（初稿）名单.xlsx": "名单", "甲局_终稿_名单.xlsx": "甲局_名单",
		"年初.xlsx": "年初", "年终.xlsx": "年终", "清单_固定.xlsx": "清单_固定", "清单_固原.xlsx": "清单_固原", "甲局_高新.xlsx": "甲局_高新", "年终表.xlsx": "年终表", "终稿.xlsx": "终稿", "原料名单.xlsx": "原料名单",
	} {
		if got := Stem(in); got != want {
			t.Errorf("%s: got %q, want %q", in, got, want)
		}
	}
}
