package days

import (
	"testing"

	"pgregory.net/rapid"

	"yanzhen/pipeline/codes"
)

// The words in a file's name, and what they must not be taken for.
func TestFind(t *testing.T) {
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
		{"2026-h2", "2026-H2"},
		{"2026Q2", "2026-Q2"},
		{"2026年第二季度", "2026-Q2"},
		{"2026年二季度", "2026-Q2"},
		{"2026年3季度", "2026-Q3"},
		{"2026年1-6月", "2026-H1"},
		{"2026年1—3月", "2026-Q1"},
		{"2026年2至3月", "2026-02-01/2026-04-01"},
		{"2026-02-01/2026-04-01", "2026-02-01/2026-04-01"},
		{"人社局_引进与流出_2026年6月上旬.xlsx", "2026-06-01/2026-06-11"},
		{"人社局_引进与流出_2026-02下旬.xlsx", "2026-02-21/2026-03-01"},
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
		{"marketing2026", ""}, // March is read where it stands alone
		{"20266", ""},
	} {
		r, words, ok := Find(c.in)
		got := r.String()
		if got != c.want || ok != (got != "") {
			t.Errorf("Find(%q): got %q in %q, want %q", c.in, got, words, c.want)
		}
	}
}

// What targets, options and cells have been written as.
func TestParse(t *testing.T) {
	for want, list := range map[string][]string{
		"2026":    {"2026", "2026年", "2026年度", "2026全年", "2026年全年", " ２０２６ ", "2026 年"},
		"2026-H1": {"2026H1", "2026-H1", "2026h1", "2026S1", "2026年上半年", "2026上半年", "2026年度上半年", "2026 上半年", "2026年 上半年", "2026-上半年", "H1 2026", "2026年1-6月", "2026 年上半年"},
		"2026-H2": {"2026H2", "2026S2", "2026年下半年", "2026/H2", "2026年H2"},
		"2026-Q2": {"2026Q2", "2026-Q2", "2026年Q2", "20262Q", "Q2 2026", "2Q2026", "Q2/2026", "2026年第二季度", "2026第2季度", "2026年2季度", "2026年二季", "2026年度第二季度", "2026K2", "2026:Q2", "2026 年第 2 季度"},
		"2026-06": {"2026-06", "2026-6", "202606", "2026年6月", "2026年06月", "2026.6", "2026/6", "2026 6", "2026M6", "2026-M06", "2026年6月份", "2026年-6", "2026--6", "20266月", "Jun 2026", "june2026", "2026-jun", "2026.June.", "Jun. 2026", "2026 年 6 月", "2026年度6月"},
		"2026-12": {"202612", "2026年12月", "dec-2026"},

		"2026-06-01/2026-06-11": {"2026年6月上旬", "2026-06上旬", "2026-06-01/2026-06-11"},
		"2026-06-21/2026-07-01": {"2026年6月下旬", "2026 年 6 月下旬"},
		"2015-01-01/2020-01-01": {"2015-2019", "2015年至2019年", "2015-2019年度"},

		"": {
			"", "明年", "202x", "2026-13", "2026-00", "202613", "2026年13月", "2026Q5", "2026H3", "20266", "46023", "2026-06-30", "20260630", "2026-06-31/2026-07-01", "2026-07-01/2026-06-01",
			"2026年5-3月", "2019-2015", "0206年6月", "1826", "2226", "人社局2026", "2026年6月台账", "Jun", "2026 Jun 2026", "第二季度", "2026年第五季度", "2026年6月中", "６月",
		},
	} {
		for _, in := range list {
			r, ok := Parse(in)
			if got := r.String(); got != want || ok != (want != "") {
				t.Errorf("Parse(%q): got %q, %v, want %q", in, got, ok, want)
			}
		}
	}
}

func TestParseNamed(t *testing.T) {
	for _, in := range []string{"2026年1-6月", "2015-2019年", "2026-01-01/2026-02-01"} {
		if r, ok := ParseNamed(in); ok {
			t.Errorf("%s is %s", in, r)
		}
	}
	for in, want := range map[string]string{"2026年上半年": "2026-H1", "2026Q3": "2026-Q3", "2026": "2026", "202606": "2026-06"} {
		if r, ok := ParseNamed(in); !ok || r.String() != want {
			t.Errorf("%s: got %s, %v, want %s", in, r, ok, want)
		}
	}
}

// anyRange draws a period of a grain, or any range of days.
func anyRange(t *rapid.T) Range {
	from := Date(1900, 1, 1).AddDate(0, 0, rapid.IntRange(0, 109_000).Draw(t, "from"))
	if g := rapid.SampledFrom([]Grain{Total, Ten, Month, Quarter, Half, Year}).Draw(t, "grain"); g != Total {
		return g.Of(from)
	}
	return Range{from, from.AddDate(0, 0, rapid.IntRange(1, 400).Draw(t, "days"))}
}

// Whatever is written is read back, in every way of writing it.
func TestWrittenIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := anyRange(t)
		read := func(text string) {
			if got, ok := Parse(text); !ok || got != r {
				t.Fatalf("%s is read as %s (%v), was %s", text, got, ok, r)
			}
		}
		read(r.String())
		if got, words, ok := Find(r.String()); !ok || got != r {
			t.Fatalf("%s is found as %s in %q (%v)", r, got, words, ok)
		}
		read(r.Zh())
		if g := r.Grain(); g.Months() > 0 {
			read(r.Label(codes.Zh))
			read(r.Label(codes.En))
		}
	})
}

func FuzzPeriod(f *testing.F) {
	for _, s := range []string{"2026年上半年", "2026H1", "2026Q2", "2026-06", "2026年6月上旬", "2015-2019年", "2026-01-01/2026-07-01", "人社局_引进_2026年1-6月(修订).xlsx", "Jun. 2026", "２０２６ 年 第 ２ 季度"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		hold := func(how string, r Range, ok bool) {
			if !ok {
				if r != (Range{}) {
					t.Errorf("%s(%q): no period, and yet %v", how, s, r)
				}
				return
			}
			if !r.From.Before(r.To) || !IsDay(r.From) || !IsDay(r.To) || r.From.Year() < 1900 || r.To.After(Date(2300, 1, 1)) {
				t.Errorf("%s(%q): %v is no period", how, s, r)
			}
			if back, ok := Parse(r.String()); !ok || back != r {
				t.Errorf("%s(%q): %s is read back as %v, %v", how, s, r, back, ok)
			}
		}
		r, ok := Parse(s)
		hold("Parse", r, ok)
		r, _, ok = Find(s)
		hold("Find", r, ok)
	})
}
