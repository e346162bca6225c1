package cell

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"yanzhen/configs"
	"yanzhen/pipeline/dataset"
)

func TestSalary(t *testing.T) {
	nan := math.NaN()
	for _, tt := range []struct {
		cell     string
		kind     string
		from, to float64 // NaN: NULL
		months   int
	}{
		// the shapes of the boards' files
		{"1万-1.8万", "month", 10000, 18000, 0},
		{"8千-1.1万", "month", 8000, 11000, 0},
		{"1万-2万·13薪", "month", 10000, 20000, 13},
		{"3千-4千", "month", 3000, 4000, 0},
		{"7千-1.4万·13薪", "month", 7000, 14000, 13},
		{"面议", "negotiable", nan, nan, 0},
		{"100-200/天", "day", nan, nan, 0},
		{"6千-8千·13薪", "month", 6000, 8000, 13},
		{"5千-8千元/月", "month", 5000, 8000, 0},
		{"5千-1万元/月", "month", 5000, 10000, 0},
		{"1万-1.5万元/月", "month", 10000, 15000, 0},
		{"500-1000元/次", "piece", nan, nan, 0},
		{"5000元/月", "month", 5000, 5000, 0},
		{"350元/天", "day", nan, nan, 0},
		{"800-1100元/天", "day", nan, nan, 0},
		{"70-100元/时", "hour", nan, nan, 0},
		{"1千以下", "month", nan, 1000, 0},
		{"500-1000元/周", "week", nan, nan, 0},
		{"300元/时", "hour", nan, nan, 0},
		{"4-8千/月", "month", 4000, 8000, 0},
		{"3.5-6.5千/月", "month", 3500, 6500, 0},
		{"1-1.5万/月", "month", 10000, 15000, 0},
		{"10-15万/年", "year", 8333.33, 12500, 0},
		{"100元/天", "day", nan, nan, 0},
		{"20元/小时", "hour", nan, nan, 0},
		{"15k-30k", "month", 15000, 30000, 0},
		{"15K-30K", "month", 15000, 30000, 0},
		// and others that people write
		{"年薪20-30万", "year", 16666.67, 25000, 0},
		{"月薪8000-12000元", "month", 8000, 12000, 0},
		{"８千－１．１万", "month", 8000, 11000, 0},
		{"8000~12000", "month", 8000, 12000, 0},
		{"8000至12000元/月", "month", 8000, 12000, 0},
		{"2万以上", "month", 20000, nan, 0},
		{"8,000-12,000", "month", 8000, 12000, 0},
		{"8k-12", "month", 8000, 12000, 0},
		{"8000", "month", 8000, 8000, 0},
		{"薪资面议", "negotiable", nan, nan, 0},
		{"", "none", nan, nan, 0},
		{"—", "none", nan, nan, 0},
	} {
		p, f := Salary(Fold(tt.cell))
		if f != nil {
			t.Errorf("%q: refused: %s", tt.cell, f.Rule)
			continue
		}
		from, to := nan, nan
		if p.HasFrom {
			from = p.From
		}
		if p.HasTo {
			to = p.To
		}
		same := func(a, b float64) bool { return a == b || math.IsNaN(a) && math.IsNaN(b) }
		if p.Kind != tt.kind || !same(from, tt.from) || !same(to, tt.to) || p.Months != tt.months {
			t.Errorf("%q: got %s %v %v %d, want %s %v %v %d", tt.cell, p.Kind, from, to, p.Months, tt.kind, tt.from, tt.to, tt.months)
		}
	}
	for _, bad := range []string{"2万-1万", "高薪", "约8000", "8千-", "-8千", "8千-1万/光年", "8千-1万·薪", "8千-1万·99薪", "202x元/月", "1.2.3万", "8千-1万-2万", "年薪20万/月", "10³"} {
		if p, f := Salary(Fold(bad)); f == nil {
			t.Errorf("%q: got %+v, want a refusal", bad, p)
		}
	}
}

// FuzzSalary: no text stops the reader, and a text it takes keeps its significant digits, its
// order and its kind.
func FuzzSalary(f *testing.F) {
	for _, s := range []string{"8千-1.1万", "1万-2万·13薪", "150-200/天", "面议", "10-15万/年", "2千以下", "15k-30k", "年薪20-30万", "10³", "٣千"} {
		f.Add(s)
	}
	kinds := map[string]bool{"month": true, "year": true, "day": true, "hour": true, "week": true, "piece": true, "negotiable": true, "none": true}
	f.Fuzz(func(t *testing.T, s string) {
		folded := Fold(s)
		p, fault := Salary(folded)
		if fault != nil {
			return
		}
		if !kinds[p.Kind] {
			t.Fatalf("%q: kind %q", s, p.Kind)
		}
		if p.HasFrom && p.HasTo && p.From > p.To || p.From < 0 || p.To < 0 {
			t.Fatalf("%q: got %v to %v", s, p.From, p.To)
		}
		if p.Kind == "month" && p.HasFrom && p.HasTo && p.From == p.To && !strings.ContainsAny(folded, "-~至到薪") {
			if got, want := significant(fmt.Sprintf("%.2f", p.From)), significant(folded); got != want {
				t.Fatalf("%q: digits %s became %s", s, want, got)
			}
		}
	})
}

// significant are the digits of a text without zeros at either end.
func significant(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r >= '0' && r <= '9' {
			b.WriteRune(r)
		}
	}
	return strings.Trim(b.String(), "0")
}

func TestPlace(t *testing.T) {
	c, err := dataset.Load(configs.FS)
	if err != nil {
		t.Fatal(err)
	}
	find := c.Lists.City
	for cell, want := range map[string]Place{
		"上海·虹口·北外滩":      {"上海", "上海", "虹口"},
		"上海-奉贤区":         {"上海", "上海", "奉贤区"},
		"北京":             {"北京", "北京", ""},
		"北京市":            {"北京", "北京", ""},
		"北京朝阳区":          {"北京", "北京", "朝阳区"},
		"重庆市-重庆市-渝北区":    {"重庆", "重庆", "渝北区"},
		"杭州·余杭·仓前":       {"浙江", "杭州", "余杭"},
		"浙江省丽水市青田县":      {"浙江", "丽水", "青田县"},
		"丽水市青田县":         {"浙江", "丽水", "青田县"},
		"浙江 丽水 青田":       {"浙江", "丽水", "青田"},
		"浙江·丽水":          {"浙江", "丽水", ""},
		"安徽合肥":           {"安徽", "合肥", ""},
		"湖南长沙县":          {"湖南", "长沙", "长沙县"},
		"江苏南京市":          {"江苏", "南京", ""},
		"浙江丽水青田县":        {"浙江", "丽水", "青田县"},
		"浙江丽水 青田":        {"浙江", "丽水", "青田"},
		"吉林吉林市":          {"吉林", "吉林市", ""},
		"浙江合肥":           {"", "浙江合肥", ""},
		"浙江省":            {"浙江", "", ""},
		"广东省-深圳市-南山区":    {"广东", "深圳", "南山区"},
		"朝阳":             {"辽宁", "朝阳", ""},
		"朝阳区":            {"", "", "朝阳区"},
		"吉林市":            {"吉林", "吉林市", ""},
		"吉林":             {"吉林", "", ""},
		"海南":             {"海南", "", ""},
		"海南州":            {"青海", "海南州", ""},
		"延边":             {"吉林", "延边", ""},
		"延边朝鲜族自治州":       {"吉林", "延边", ""},
		"新疆维吾尔自治区昌吉市":    {"新疆", "昌吉", ""},
		"内蒙古自治区·阿拉善盟":    {"内蒙古", "阿拉善盟", ""},
		"黔东南":            {"贵州", "黔东南", ""},
		"石河子市":           {"新疆", "石河子", ""},
		"万宁":             {"海南", "万宁", ""},
		"香港":             {"香港", "香港", ""},
		"日本":             {"", "日本", ""},
		"全国":             {"", "", ""},
		"\u00a0上海\u3000": {"上海", "上海", ""},
		"":               {},
		"·":              {},
	} {
		if got := PlaceOf(cell, find); got != want {
			t.Errorf("%q: got %+v, want %+v", cell, got, want)
		}
	}
}

func TestMixed(t *testing.T) {
	for cell, want := range map[string]string{
		"Java|民营|20-99人|计算机软件":                     "[Java] 民营 20-99人 计算机软件",
		"事业单位|1000-9999人|计算机硬件":                    "[] 事业单位 1000-9999人 计算机硬件",
		"JavaScript|Python|国企|500-999人|IT服务":       "[JavaScript Python] 国企 500-999人 IT服务",
		"Spring|MySQL|Oracle|银行|金融|国企|10000人以上|银行": "[Spring MySQL Oracle 银行 金融] 国企 10000人以上 银行",
		"监管报送|Java|银行|民营|100-299人|银行":              "[监管报送 Java 银行] 民营 100-299人 银行",
		"风控|银行|10000人以上|银行":                        "[风控] 银行 10000人以上 银行",
		"C语言|5G|英语|股份制企业|20-99人":                   "[C语言 5G 英语] 股份制企业 20-99人 ",
		"后端开发|Linux|Redis|20人以下":                   "[后端开发 Linux Redis]  20人以下 ",
		"Android Studio|民营|计算机软件":                  "[Android Studio] 民营  计算机软件",
		"JavaScript|HTML5|Vue|互联网":                 "[JavaScript HTML5 Vue]   互联网",
		"全栈开发|Java|大数据开发":                          "[全栈开发 Java 大数据开发]   ",
		"股票|客户端产品研发|20-99人|IT服务":                   "[股票 客户端产品研发]  20-99人 IT服务",
		"民营":  "[] 民营  ",
		"":    "[]   ",
		"| |": "[]   ",
	} {
		m := SplitMixed(cell)
		if got := fmt.Sprint(m.Skills, " ", m.Ownership, " ", m.Size, " ", m.Industry); strings.TrimRight(got, " ") != strings.TrimRight(want, " ") {
			t.Errorf("%q: got %s, want %s", cell, got, want)
		}
	}
	for in, want := range map[string]string{
		"http://www.Zhaopin.com/jobdetail/CC1.htm?a=1#x": "www.zhaopin.com/jobdetail/CC1.htm", "HTTPS://x.cn/": "x.cn", "x.cn/a": "x.cn/a", "": "",
	} {
		if got := URLKey(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}
