package cell

import "testing"

func TestScientific(t *testing.T) {
	for s, want := range map[string]bool{
		"1.23457E+11": true, "3.31E+17": true, "1E+11": true, "-1.5e+05": true,
		"1.23457e11": true, "1.23457E11": true, "1.23457 E+11": true, "1.23457E＋11": true, "1.5E-05": true, "3.5E-2": false, "15E-6": false, "1.5 米": false, "1,23E+11": true, "１.２３E+１１": true, "1e5": false, "2E11": false, "1.2E1": false,
		"": false, "E": false, "1E+5": false, "1E11": false, "12.3E+11": false, "A1.2E+3": false, "1.E+11": false, "1.2E+": false, "e+10": false, "1.2E+1x": false,
	} {
		if got := Scientific(s); got != want {
			t.Errorf("%q: got %t, want %t", s, got, want)
		}
	}
}

func TestUnguarded(t *testing.T) {
	for s, want := range map[string]string{
		`=001235`: "001235", `=T("001237")`: "001237", `=""001240""`: "001240", `=007`: "007", `=T(A1)`: `=T(A1)`,
		`="001234"`: "001234", `=""`: "", "'007": "007", "'-5": "-5", "'": "'", "'t Hooft": "'t Hooft", "=1+1": "=1+1", `="a"&"b"`: "ab", `="00"&A1`: `="00"&A1`, "'甲公司": "甲公司", "'甲'乙": "'甲'乙", "‘001235": "001235", "‘甲’": "‘甲’", "＇007": "007", "''005": "005", "''a": "''a", `="`: `="`, `=`: `=`, "'=A1": "=A1", "'T007": "T007", "'SB-12": "SB-12", "'Til": "'Til", "'A": "'A", "`0012": "0012", "`a": "`a", "`": "`",
		`"001246"`: "001246", `"甲"`: `"甲"`, `"00"1"`: `"00"1"`, `"12`: `"12`, `""`: `""`, `"A1"`: `"A1"`,
		"=“001241”": "001241", "＝\"001242\"": "001242", "＂001243＂": "001243", "＝001244": "001244", "“001245”": "001245", "“甲”": "“甲”", "＝甲": "＝甲", "=“甲”乙”": "=“甲”乙”", "＂": "＂", "“": "“", "＝": "＝",
	} {
		if got := Unguarded(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

// A moment with its zone is the day that it is at the office; halves of the day are read over.
func TestInstants(t *testing.T) {
	for s, want := range map[string]string{
		"2026-02-28T16:00:00Z": "2026-03-01", "2026-02-28T15:59:59Z": "2026-02-28", "2026-03-01T00:00:00+08:00": "2026-03-01", "2026-02-28T16:00:00.000Z": "2026-03-01",
		"2026-03-01 07:00:00 +09:00": "2026-03-01", "2026-03-01 00:30:00+0900": "2026-02-28", "2026-02-28 23:30 -05:00": "2026-03-01", "2026-02-28 20:00 UTC": "2026-03-01", "2026-02-28 16:00:00.000 +0000 UTC": "2026-03-01", "2026-03-01 00:00:00 +0800 CST": "2026-03-01", "2026/3/1 23:00 (GMT+8)": "2026-03-01", "2026年3月1日 8:30+08:00": "2026-03-01",
		"2026-03-01 02:30:00 PM": "2026-03-01", "2026/3/1 下午2:30": "2026-03-01", "2026-03-01 上午 10:00:00": "2026-03-01", "2026年3月1日 下午2时30分": "2026-03-01", "2026-03-01 12:05 a.m.": "2026-03-01",
		"2026-03-01 08:30": "2026-03-01", "20260228T163000Z": "2026-03-01", "20260228T1530Z": "2026-02-28", "20260301T003000+0800": "2026-03-01", "20260301T235959": "2026-03-01",
	} {
		n, f := Date(s)
		if f != nil {
			t.Errorf("%q: refused as %s", s, f.Rule)
			continue
		}
		if m, g := Date(want); g != nil || n != m {
			t.Errorf("%q: got day %d, want %s, which is %d", s, n, want, m)
		}
	}
	for _, s := range []string{"2026-02-30T16:00:00Z", "2026-02-28T25:00:00Z", "2026-02-28T16:00:00+19:00", "下午", "PM 2026", "2026-03-01T16:00:00Zulu", "2026年2月28日 16:00Z", "2026年2月28日 16:00+00:00", "2026-02-28 16:00:00 +0000 EST"} {
		if n, f := Date(s); f == nil {
			t.Errorf("%q: read as day %d", s, n)
		}
	}
}

func TestWeekdays(t *testing.T) {
	for s, want := range map[string]string{
		"2026-03-05 星期四": "", "2026年3月5日（周四）": "", "2026-03-08 星期天": "", "2026年3月8日 周日": "", "1969-12-31 星期三": "", "2026-03-05（星期一）": "weekday", "2026年3月5日 周日": "weekday", "2026/3/5 星期五 08:30": "weekday",
	} {
		rule := ""
		if _, f := Date(Fold(s)); f != nil {
			rule = f.Rule
		}
		if rule != want {
			t.Errorf("%q: got %q, want %q", s, rule, want)
		}
	}
}

func TestDitto(t *testing.T) {
	for s, want := range map[string]bool{"同上": true, "-do-": true, "—DO—": true, "do.": true, "Ditto": true, "-〃-": true, "do": false, "-dot-": false, "‖": true, "-": false, "东-do-西": false} {
		if got := Ditto(s); got != want {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
}

// Of two codes that look the same, one is not another because of what takes no room.
func TestUnseen(t *testing.T) {
	for _, s := range []string{"A\u00ad1", "\u202aA1\u202c", "A\u200b1", "\u200eA1", "A1\u2069", "\ufeffA1"} {
		if Clean(s) != "A1" || Tidy(s) != "A1" {
			t.Errorf("%q: got %q and %q", s, Clean(s), Tidy(s))
		}
	}
	if got := Fold("\u2066-3\u2069"); got != "-3" {
		t.Errorf("got %q", got)
	}
}

func TestTwoNumbers(t *testing.T) {
	yuan := Unit{Base: "元"}
	wan := Unit{Base: "元", Exp: 4}
	tons, metres, kilometres := Unit{Base: "公斤", Step: 3}, Unit{Base: "米"}, Unit{Base: "米", Step: 3}
	for _, s := range []string{"12\n8", "100 200", "5 6", "1 000", "12\u00a08", "12, 345", "3.5 7", "1\u30002"} {
		if d, f := Number(Fold(s), yuan, Unit{}); f != FaultTwo {
			t.Errorf("%q: got %v, %v", s, d.Float(), f)
		}
	}
	for _, s := range []string{"5天", "3个自然日", "2 日历日", "7日"} {
		if d, f := Number(Fold(s), DeclaredUnit("工作日"), Unit{}); f != FaultWorkingDays {
			t.Errorf("%q: got %v, %v", s, d.Float(), f)
		}
	}
	for _, s := range []string{"600W", "5k"} { // of watts, or ten thousands
		if d, f := Number(Fold(s), Unit{Base: "千瓦", Step: -3}, Unit{}); f != FaultUnit {
			t.Errorf("%q: got %v, %v", s, d.Float(), f)
		}
	}
	for _, c := range []struct {
		s                string
		declared, header Unit
		want             float64
	}{
		{"300 人", Unit{Base: "人"}, Unit{}, 300},
		{"5个工作日", DeclaredUnit("工作日"), Unit{}, 5},
		{"5工作日", DeclaredUnit("工作日"), Unit{}, 5},
		{"5天", DeclaredUnit("天"), Unit{}, 5},
		{"5个", DeclaredUnit("工作日"), Unit{}, 5},
		{" 12 ", yuan, Unit{}, 12},
		{"¥ 3,000", yuan, Unit{}, 3000},
		{"( 1,200 )", yuan, Unit{}, -1200},
		{"¥50,000", wan, wan, 5},
		{"￥50,000.00", wan, Unit{}, 5},
		{"50,000元", wan, wan, 5},
		{"RMB 50000", wan, wan, 5},
		{"5", wan, wan, 5},
		{"¥3.5万", wan, Unit{}, 3.5},
		{"¥50,000", yuan, wan, 50000},
		{"1.2", tons, Unit{Exp: 4}, 12000},
		{"600kW", Unit{Base: "千瓦", Step: -3}, Unit{}, 600000},
		{"600w", yuan, Unit{}, 6e6},
		{"1.2万", metres, kilometres, 12e6},
		{"1.2万", kilometres, metres, 12},
		{"1.2万", kilometres, Unit{}, 12000},
		{"1.2万公里", metres, kilometres, 12e6},
	} {
		d, f := Number(Fold(c.s), c.declared, c.header)
		if f != nil || d.Float() != c.want {
			t.Errorf("%q under %v: got %v, %v; want %v", c.s, c.declared, d.Float(), f, c.want)
		}
	}
}

func TestDamaged(t *testing.T) {
	for s, want := range map[string][3]string{ // among words, codes, names of columns: the rule, or day
		"1-Mar": {"date_in_text", "date_in_text", ""}, "Mar-26": {"date_in_text", "date_in_text", ""}, "31-Dec": {"date_in_text", "date_in_text", ""},
		" 1.23E+12 ": {"precision", "precision", ""}, "\u00a01-Mar": {"date_in_text", "date_in_text", ""}, "\u3000": {},
		"3月1日": {"day", "date_in_text", ""}, "12月31日": {"day", "date_in_text", ""}, "1.23457E+11": {"precision", "precision", ""},
		"2026/4/15": {"", "day", ""}, "2026/13/1": {}, "2-Jan-2025": {"day", "date_in_text", ""}, "12-Mar-26": {"day", "date_in_text", ""}, "2-Jan-25": {"day", "date_in_text", ""}, "2-Jan-2": {}, "2-Jan-123": {}, "2-Jun-甲乙": {}, "2026/4/15甲": {}, "2026-04-15": {}, "1.2.3/4": {},
		`=HYPERLINK("http://a","甲")`: {"formula", "formula", ""}, "=A2&B2": {"formula", "formula", ""}, "=$C$4": {"formula", "formula", ""}, "=甲=": {}, "=A型": {}, "==": {}, "=OK": {},
		"AB-Mar": {}, "Mar-AB": {}, "1-MAR": {}, "12-Max": {}, "3月": {}, "月1日": {}, "3月x日": {}, "2026年3月1日": {}, "": {}, "-Mar": {}, "Mar-": {}, "日日日日": {},
	} {
		for of, rule := range want {
			got := ""
			day, f := Damaged(s, Texts(of))
			if f != nil {
				got = f.Rule
			} else if day {
				got = "day"
			}
			if got != rule {
				t.Errorf("%q as %d: got %q, want %q", s, of, got, rule)
			}
		}
	}
}
