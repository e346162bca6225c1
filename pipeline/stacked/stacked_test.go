package stacked

import (
	"testing"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/source"
)

func TestOther(t *testing.T) {
	for _, tt := range []struct {
		before, title string
		line, kind    bool
	}{
		{"2026年6月产值", "2026年1-6月累计产值", true, true},
		{"2026年6月产值", "2026年5月产值", true, false},
		{"2026年6月产值", "6月产值（续表）", false, false},
		{"2026年6月产值", "2025年6月产值", true, false},
		{"2026年6月产值", "上年同期", true, true},
		{"引进名单", "流出名单", true, true},
		{"甲园产值", "乙园产值", false, false},
		{"人社局_产值_2026年6月.xlsx", "2026年6月", false, false},
		{"上半年", "上半年（乙园）", false, false},
	} {
		if line, kind := Other([]string{tt.before}, []string{tt.title}); line != "" != tt.line || kind != tt.kind {
			t.Errorf("%s, then %s: got %q %v", tt.before, tt.title, line, kind)
		}
	}
	for text, want := range map[string]bool{"2026年5月": true, "三季度": true, "1-6月累计": true, "（上年同期）": true, "五月": true, "甲园": false, "5月企业": false, "累计折旧": false, "月": false} {
		if Period(text) != want {
			t.Errorf("%s: a period: %v", text, !want)
		}
	}
}

// A period above a table in which no row lies is told; days of making and ends are none, and neither is one that holds some rows.
func TestMisses(t *testing.T) {
	day := func(s string) days.Day { d, _ := time.Parse(time.DateOnly, s); return d }
	for line, want := range map[string]bool{
		"丙镇2026年7月经费": true, "2025年6月": true, "2026年三季度": true, "2月": true, "2025年引进名单": true, "2026年6月": false, "6月": false, "2026年二季度": false, "2026年": false,
		"2026年7月2日": false, "填报日期：2026年7月": false, "截至2026年7月": false, "县政办〔2025〕3号": false, "2025版": false, "名单": false, "2025年度考核优秀企业": false,
	} {
		told := ""
		if Misses([]string{line}, day("2026-06-03"), day("2026-06-28"), func(t codes.Text) { told = t.Zh }); (told != "") != want {
			t.Errorf("%s: told %q", line, told)
		}
	}
}

// A line of another period than the file's name is told where no row says its day.
func TestDiffer(t *testing.T) {
	for line, want := range map[string]bool{"2025年3月企业产值表": true, "2026年2月": true, "2026年3月": false, "2026年一季度": false, "企业产值表": false, "填报日期：2026年4月": false, "县政办〔2025〕3号": false, "2025年度考核优秀企业": false} {
		told := ""
		if Differ([]string{line}, "丙局_企业情况_2026年3月.xlsx", func(t codes.Text) { told = t.Zh }); (told != "") != want {
			t.Errorf("%s: told %q", line, told)
		}
	}
	told := ""
	if Differ([]string{"2026年2月"}, "企业填报_2026年3月.xlsx", func(t codes.Text) { told = t.Zh }); told == "" {
		t.Error("nothing is told of a file that is called 填报")
	}
	Differ([]string{"2025年3月"}, "企业情况.xlsx", func(said codes.Text) { t.Errorf("told %q of a file whose name says no period", said.Zh) })
}

// The title of a part that says that its rows do not count is asked about, unless the whole table is about such.
func TestBelow(t *testing.T) {
	for line, want := range map[string]bool{
		"二、核减项目": true, "（二）已取消的项目": true, "二、服务业": false, "二、新增项目": false, "以下为退回资金": true, "附：取消供地的地块": true, "附：联系人": false,
		"【核减项目】": true, "—— 取消项目 ——": true, "核减项目：": true, "1、核减项目": true, "(2) 退回资金": true, "附1：取消的地块": true, "附件：退回资金": true, "第二部分 取消的项目": true, "二、2026年上半年已核减或取消的专项资金项目（不计入本表）": true,
		"【服务业】": false, "三、注销登记": false, "三、取消备案": false, "二、注销登记企业名单": true, "三、取消备案的项目": true, "（三）终止业务的企业": true, "二、撤销许可的单位": true, "三、退回企业": true, "二、取消项目：无": false, "附1：联系人": false, "二、核减合同的不统计": false, "1、核减项目不填。": false,
	} {
		if got := Below([]string{"2026年项目"}, []string{line}); got != want {
			t.Errorf("%s: got %v", line, got)
		}
		if Below([]string{"核减、取消供地、注销、终止、撤销项目和退回资金"}, []string{line}) {
			t.Errorf("%s, below a title that says so itself", line)
		}
	}
}

// FuzzOther tries titles that nobody foresaw.
func FuzzOther(f *testing.F) {
	f.Add("2026年6月产值", "1-6月累计")
	f.Fuzz(func(t *testing.T, before, title string) {
		if line, _ := Other([]string{title, before}, []string{title}); line != "" {
			t.Errorf("%q speaks of what it says itself", title)
		}
		Period(title)
		Below([]string{before}, []string{title})
	})
}

func TestKeep(t *testing.T) {
	row := func(texts ...string) *source.Row {
		r := &source.Row{}
		for _, s := range texts {
			c := source.Cell{Text: s}
			if s != "" {
				c.Kind = source.Text
			}
			r.Cells = append(r.Cells, c)
		}
		return r
	}
	var l Lines
	for _, r := range []*source.Row{row("2026年6月", ""), row("", "表二", "单位：万元")} {
		if !l.Keep(r) {
			t.Errorf("%v: not kept", r.Filled())
		}
	}
	if l.Keep(row("甲厂", "12")) || l.Keep(row("", "")) {
		t.Error("a row of data, or none, is kept")
	}
	if held := l.Take(); len(held) != 2 || Texts(held)[2] != "单位：万元" || l.Take() != nil {
		t.Errorf("got %v", held)
	}
}
