package pipeline

import (
	"testing"
	"time"
)

func TestParsePeriod(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"人社局_引进与流出_2026年6月.xlsx", "2026-06"},
		{"人社局_引进与流出_2026年06月（修订）.xlsx", "2026-06"},
		{"gdp_31provinces_2015_2019.xlsx", "2015-01-01/2020-01-01"},
		{"统计局_产值_2015-2019年.xlsx", "2015-01-01/2020-01-01"},
		{"统计局_产值_2015年至2019年.xlsx", "2015-01-01/2020-01-01"},
		{"人社局_台账_2026-06-30.xlsx", ""},
		{"人社局_台账_2026_20260630.xlsx", "2026"},
		{"２０２６年６月", "2026-06"},
		{"a_2026-06.csv", "2026-06"},
		{"a_2026.6.csv", "2026-06"},
		{"a_202606.csv", "2026-06"},
		{"2026年12月", "2026-12"},
		{"2026年上半年", "2026-H1"},
		{"2026年度下半年", "2026-H2"},
		{"2026H1", "2026-H1"},
		{"2026-H2", "2026-H2"},
		{"2026Q2", "2026-Q2"},
		{"2026年第二季度", "2026-Q2"},
		{"2026年二季度", "2026-Q2"},
		{"2026年3季度", "2026-Q3"},
		{"2026年1-6月", "2026-H1"},
		{"2026年1—3月", "2026-Q1"},
		{"2026年2至3月", "2026-02-01/2026-04-01"},
		{"2026-02-01/2026-04-01", "2026-02-01/2026-04-01"},
		{"科技局_国际合作_2025年.xlsx", "2025"},
		{"科技局_国际合作_2025年度.xlsx", "2025"},
		{"科技局_国际合作_2025.xlsx", "2025"},
		{"2025", "2025"},
		{"台账", ""},
		{"台账_20260615导出", ""}, // the day of printing names no period
		{"2026年13月", ""},
		{"2026-13", ""}, // not the year
		{"2026-00", ""},
		{"2026.13", ""},
		{"202613", ""},
		{"人社局_引进与流出_2026-13.xlsx", ""},
		{"人社局_引进与流出_2026-06-15.xlsx", ""}, // a day is no period
		{"2025-2026学年", ""},
		{"科技局_2025-国际合作.xlsx", "2025"},
		{"2026年5-3月", ""},
		{"0206年6月", ""},
		{"zhilian_3000_gb18030_crlf.csv", ""},
	} {
		p, ok := ParsePeriod(c.in)
		got := p.String()
		if !ok {
			got = ""
		}
		if got != c.want {
			t.Errorf("ParsePeriod(%q): got %q, want %q", c.in, got, c.want)
		}
		if got == "" {
			continue
		}
		if back, ok := ParsePeriod(got); !ok || back != p {
			t.Errorf("ParsePeriod(%q) is not %q read back: %v %v", got, c.in, back, ok)
		}
		if !p.Holds(p.From) || p.Holds(p.To) {
			t.Errorf("%s is not half-open", got)
		}
	}
}

func TestEnclosing(t *testing.T) {
	day := time.Date(2026, 8, 31, 0, 0, 0, 0, time.UTC)
	for grain, want := range map[string]string{"month": "2026-08", "quarter": "2026-Q3", "half": "2026-H2", "year": "2026"} {
		if got := enclosing(grain, day).String(); got != want {
			t.Errorf("enclosing(%s, %s): got %s, want %s", grain, day.Format(time.DateOnly), got, want)
		}
	}
	if got := span(2026, 12, 1); !got.To.Equal(time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("December ends at %s", got.To)
	}
}

func TestParseName(t *testing.T) {
	for _, c := range []struct {
		in   string
		want Name
	}{
		{"人力资源和社会保障局_引进与流出_2026年6月.xlsx", Name{"人力资源和社会保障局", "引进与流出", span(2026, 6, 1), 0}},
		{"人力资源和社会保障局_引进与流出_2026年6月(修订).xlsx", Name{"人力资源和社会保障局", "引进与流出", span(2026, 6, 1), 1}},
		{"人力资源和社会保障局＿引进与流出＿２０２６年６月（修订２）.xlsx", Name{"人力资源和社会保障局", "引进与流出", span(2026, 6, 1), 2}},
		{"科技局_国际合作_2026年上半年.csv", Name{"科技局", "国际合作", span(2026, 1, 6), 0}},
		{"补报局_引进与流出_2026年6月.xlsx", Name{"补报局", "引进与流出", span(2026, 6, 1), 0}},
		{"补报局_引进与流出_2026年6月补报.xlsx", Name{"补报局", "引进与流出", span(2026, 6, 1), 1}},
		{"人社局_技能培训_202606(第二次修订).csv", Name{"人社局", "技能培训", span(2026, 6, 1), 2}},
		{"人社局_技能培训_2026年6月 (1).xlsx", Name{"人社局", "技能培训", span(2026, 6, 1), 0}},
		{"人社局_技能培训_2026年6月 - 副本.xlsx", Name{"人社局", "技能培训", span(2026, 6, 1), 0}},
		{"hr_arrivals_2026-06_v3.csv", Name{"hr", "arrivals", span(2026, 6, 1), 3}},
		{"2026年6月 人社局 引进与流出.xlsx", Name{"人社局", "引进与流出", span(2026, 6, 1), 0}},
		{"企业名录.xlsx", Name{"", "企业名录", Period{}, 0}},
		{"", Name{"", "", Period{}, 0}},
	} {
		if got := ParseName(c.in); got != c.want {
			t.Errorf("ParseName(%q): got %+v, want %+v", c.in, got, c.want)
		}
	}
}

func FuzzParseName(f *testing.F) {
	f.Add("人力资源和社会保障局_引进与流出_2026年6月(修订).xlsx")
	f.Add("2026年1-6月_v2_.csv")
	f.Fuzz(func(t *testing.T, s string) {
		n := ParseName(s)
		if !n.Period.IsZero() && !n.Period.From.Before(n.Period.To) {
			t.Errorf("ParseName(%q): period %s is empty", s, n.Period)
		}
	})
}
