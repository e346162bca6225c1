package units

import (
	"fmt"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for s, want := range map[string]string{
		"万元": "{元 4 }", "亿元人民币": "{元 8 }", "人民币（万元）": "", "%": "{% 0 }", "％": "{% 0 }", "‰": "{% -1 }", "元/人": "{元 0 人}", "万元/户": "{元 4 件}",
		"元/人·月": "{元 0 人月}", "元每月": "{元 0 月}", "单位：万元": "{元 4 }", "以万元计": "{元 4 }", "万美元": "{美元 4 }", "USD": "{美元 0 }", "$": "{美元 0 }",
		"10 000 yuan": "{元 4 }", "RMB million": "{元 6 }", "RMB'000": "{元 3 }", "USD in thousands": "{美元 3 }", "millionRMB": "{元 6 }", "CNY bn": "{元 9 }", "RMB x": "", "million yuan": "{元 6 }", "万": "{ 4 }", "十": "", "（十）": "", "十人": "{人 1 }", "成": "{% 1 }", "万人": "{人 4 }", "千瓦时": "{千瓦时 0 }", "万千瓦时": "{千瓦时 4 }", "人次": "{人 0 }", "百度": "", "度": "{千瓦时 0 }", "万度": "{千瓦时 4 }", "元/度": "{元 0 千瓦时}", "元/公里": "{元 0 米 e3}", "公里": "{米 0  3}", "万吨": "{公斤 4  3}", "百米": "", "km²": "{平方米 0  6}", "hm²": "{平方米 0  4}", "㎞": "{米 0  3}", "㎏": "{公斤 0 }", "g": "{公斤 0  -3}", "GW": "{千瓦 0  6}", "斤": "{斤 0 }", "m³": "{立方米 0 }", "ha": "{平方米 0  4}", "m": "{米 0 }",
		"": "", "不含税": "", "元/亩·公里": "", "甲": "", "2026年": "", "单位": "",
	} {
		got := ""
		if u, ok := Parse(s); ok {
			got = strings.TrimSuffix(strings.ReplaceAll(fmt.Sprint(u), " 0}", "}"), "}") + "}"
		}
		if got != want {
			t.Errorf("%q: got %s, want %s", s, got, want)
		}
	}
}

func TestHeading(t *testing.T) {
	for _, tt := range [][4]string{ // heading, name, units, odd
		{"金额（万元）", "金额", "万元", ""},
		{"金额（不含税，万元）", "金额", "万元", ""},
		{"金额（含税/万元）", "金额", "万元", ""},
		{"合格率（‰）", "合格率", "‰", ""},
		{"金额（元/人）", "金额", "元/人", ""},
		{"金额（元/标箱）", "金额", "", "元/标箱"},
		{"金额（万把元）", "金额", "", "万把元"},
		{"产值/亿元", "产值", "亿元", ""},
		{"金额，万元", "金额", "万元", ""},
		{"金额 万元", "金额", "万元", ""},
		{"金额万元", "金额", "万元", ""},
		{"金额：万元", "金额", "万元", ""},
		{"增长率，%", "增长率", "%", ""},
		{"占比,%", "占比", "%", ""},
		{"利率_%", "利率", "%", ""},
		{"甲-M", "甲-M", "", ""},
		{"面积/km²", "面积", "km²", ""},
		{"面积 ㎢", "面积", "㎢", ""},
		{"浓度（毫克/立方米）", "浓度", "", "毫克/立方米"},
		{"金额，单位：万元", "金额", "万元", ""},
		{"计划/金额/万元", "计划/金额", "万元", ""},
		{"月薪/元/人", "月薪", "元/人", ""},
		{"身份证号（18位）", "身份证号", "", ""},
		{"完成时间（2026年）", "完成时间", "", ""},
		{"人数", "人数", "", ""},
		{"（十）补贴（元）", "补贴", "元", ""},
		{"人数（十人）", "人数", "十人", ""},
		{"引进人次", "引进人次", "", ""},
		{"单位名称", "单位名称", "", ""},
		{"工作单位", "工作单位", "", ""},
		{"培训场次", "培训场次", "", ""},
		{"基本信息/姓名", "基本信息/姓名", "", ""},
	} {
		name, found, odd := Heading(tt[0])
		if got := [4]string{tt[0], name, strings.Join(found, " "), strings.Join(odd, " ")}; got != tt {
			t.Errorf("got %q, want %q", got, tt)
		}
	}
}

func TestLine(t *testing.T) {
	for _, tt := range [][3]string{ // line, units, odd
		{"单位：万元", "万元", ""},
		{"单位: 万元   填报日期：2026-07-01", "万元", ""},
		{"金额单位：人民币万元", "人民币万元", ""},
		{"（单位：万元、人）", "万元 人", ""},
		{"计量单位：万元", "万元", ""},
		{"金额单位：元，人数单位：百人", "元 百人", ""},
		{"单位：万元；计量单位：吨", "万元 吨", ""},
		{"Unit: RMB million", "millionRMB", ""},
		{"(RMB'000)", "RMB'000", ""},
		{"Unit: CNY 10,000", "10000CNY", ""},
		{"Amounts in USD thousands", "thousandUSD", ""},
		{"Unit: RMB", "RMB", ""},
		{"2026年工业产值一览表（万元）", "万元", ""},
		{"2026年工业产值一览表（单位：亿元）", "亿元", ""},
		{"万元", "万元", ""},
		{"单位：万把元", "", "万把元"},
		{"Unit: yuan", "yuan", ""},
		{"备注：以上金额以元为单位", "元", ""},
		{"注：按万元统计。", "万元", ""},
		{"注：金额以元为单位", "元", ""},
		{"填报单位：青田县  金额：元", "元", ""},
		{"单位：青田县  金额：元", "元", ""},
		{"说明：表中金额均以元计", "元", ""},
		{"注:以上金额均为元", "元", ""},
		{"以元计", "元", ""},
		{"货币单位：人民币亿元", "人民币亿元", ""},
		{"合同金额：500万元", "", ""},
		{"以上按计划统计", "", ""},
		{"注：本表金额单位均为元", "元", ""},
		{"计价单位：千元", "千元", ""},
		{"数据单位：元", "元", ""},
		{"金额以“元”为单位", "元", ""},
		{"填表说明：金额按元填写", "元", ""},
		{"（金额：元）", "元", ""},
		{"Amounts in yuan", "yuan", ""},
		{"In thousands of yuan", "thousands of yuan", ""},
		{"Currency: CNY", "CNY", ""},
		{"注：本表按单位填报", "", ""},
		{"数据单位：统计局", "", ""},
		{"收入：500万元", "", ""},
		{"说明：单位为独立法人", "", ""},
		{"填报单位：经发局　　填报日期：2027年1月4日", "", ""},
		{"填报单位：经发局　　填报日期：2027年1月4日　　单位：家", "家", ""},
		{"填报日期：2027年1月4日　截至2026年12月", "", ""},
		{"填报时间：2026-07-01  联系电话：0578-6820000", "", ""},
		{"共 12 人", "", ""},
		{"共计：12人", "", ""},
		{"截至2026年6月30日", "", ""},
		{"统计时间：2026年1—6月", "", ""},
		{"报表单位：大溪镇  报送人：王元", "", ""},
		{"（2026年6月）", "", ""},
		{"填报单位：青田县人社局", "", ""},
		{"单位：青田县人社局", "", ""},
		{"用人单位：万达集团", "", ""},
		{"2026年6月（月）", "", ""},
		{"（十）人才活动情况表", "", ""},
		{"2026年民生实事（十件）", "", ""},
		{"十项", "", ""},
		{"单位：十人", "十人", ""},
		{"占比（成）", "成", ""},
		{"填表人：张三  电话：13800000000", "", ""},
	} {
		found, odd := Line(tt[0])
		if got := [3]string{tt[0], strings.Join(found, " "), strings.Join(odd, " ")}; got != tt {
			t.Errorf("got %q, want %q", got, tt)
		}
	}
}

// What the rows are listed by, or a word that ends in 用 or begins with 以, is no unit where the line says one elsewhere, and of itself
// none of money.
func TestByWords(t *testing.T) {
	for line, want := range map[string]string{
		"本表按月报送，金额：元": "元", "人才补贴按月报送表（元）": "元", "奖补按月结算表（元）": "元", "按户编制（元）": "元", "按年填表（元）": "元", "本表按月填报，金额以元计": "元", "以户为单位统计，金额以万元列示": "万元", "注：按年统计，金额按元填列": "元",
		"按月填报，金额以元计": "元", "以户为单位，金额以元计": "元", "企业用户统计表（元）": "元", "用户填报表（元）": "元", "2026年用人计划表（元）": "元", "2026年实际利用外资（万美元）统计表": "万美元", "研发费用支出（万元）统计表": "万元", "公用经费（万元）合计表": "万元",
		"注：本表按月报送": "", "按天核算": "", "按户结算": "", "按月填报": "", "以天为单位": "天", "数量以吨计，金额以元计": "吨 元", "按公顷统计": "公顷", "以户为单位": "户", "按人统计": "人", "用元计": "元", "金额统一用万元反映": "万元", "金额用元表示": "元", "以（元）为单位": "元", "按万企帮万村口径": "", "按吨为计量单位表（万元）": "吨 万元", "出口按美元结算情况表（万元）": "万元", "按%为计量单位": "%", "按亩结算，单价按元核算": "元", "按万人编制表（万元）": "万人 万元", "按亩表示，金额：元": "亩 元",
		// of county offices
		"人才津贴按季核算表（元）": "元", "失业保险费用支出情况统计（元）": "元", "就业专用资金按户核算明细（元）": "元", "灵活就业人员社保补贴按月结算花名册（单位：元）": "元", "以工代赈项目按月报送表（元）": "元", "信用贷款统计表（万元）": "万元", "用工补贴按人编制（元）": "元", "使用财政资金情况（元）": "元", "用电量按月统计（千瓦时）": "千瓦时", "用地按宗填报，面积以亩计": "亩",
		"用能企业按户统计，产值以亿元列示": "亿元", "按年度口径反映（万元）": "万元", "按权责发生制口径，金额：元": "元", "以人为本工程补助表（元）": "元", "以奖代补资金按批结算（元）": "元", "按月报送、金额以元为单位": "元", "每户一行，按户填列；奖补资金：元": "元", "雇用人员统计表（元）": "元", "聘用人计划（元）": "元", "公用事业费用按月统计（元）": "元",
	} {
		if found, odd := Line(line); strings.Join(found, " ") != want || len(odd) > 0 {
			t.Errorf("%s: got %s, odd %s", line, found, odd)
		}
	}
	for _, s := range []string{"用户", "用人", "用度", "用户统计", "用户计", "按月报送"} {
		if u, ok := Parse(s); ok {
			t.Errorf("%s is %v", s, u)
		}
	}
	for h, want := range map[string]string{"研发费用万元统计": "", "研发费用元为单位": "研发费用 元为单位", "用水量/用户": "", "金额以元列示": "金额 元", "费用均按万元列示": "费用 万元", "金额统一用元列示": "金额 元"} {
		name, unit := Suffix(h)
		if got := strings.TrimSpace(name + " " + unit); unit == "" && want != "" || unit != "" && got != want {
			t.Errorf("%s: got %s", h, got)
		}
	}
	for h, want := range map[string]string{"金额/千元（含税）": "千元", "税收/亩（万元）": "", "金额/人（元）": "", "工资/月（元）": "", "补贴/户（元）": "", "补贴/户（含税）": "", "金额/千元（不含税，万元）": "", "补贴/户（以元计）": ""} {
		if _, unit := Bare(h); unit != want {
			t.Errorf("%s: got %s", h, unit)
		}
	}
}

func TestAlone(t *testing.T) {
	for s, want := range map[string]bool{
		"单位：元": true, "计量单位:元、人": true, "货币单位：人民币亿元": true, "Unit: yuan": true, "（元）": true, "以元计": true, "（单位：万元）": true, "单位 元": true, "单位　万元": true, "单位 青田": false,
		"单位：青田县": false, "元": false, "甲（元）": false, "注:以上金额均为元": true, "说明：金额单位为元": true, "合同金额：500万元": false, "产值（元）": false, "（甲）": false, "以人为本": false,
		strings.Repeat("文", 2<<10) + " 单位：元": false,
	} {
		if got := Alone(s); got != want {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
}

func TestTakes(t *testing.T) {
	for s, want := range map[string]bool{"人|个": true, "人|名": true, "人|户": false, "人|家": false, "个|户": true, "家|户": true, "户|人": false, "元|人": false} {
		of, in, _ := strings.Cut(s, "|")
		u, _ := Parse(of)
		other, _ := Parse(in)
		if got := u.Takes(other); got != want {
			t.Errorf("%s: got %v, want %v", s, got, want)
		}
	}
}

func TestShift(t *testing.T) {
	for s, want := range map[string]int{
		"万|吨": 4, "万|公里": 4, "公里|米": 3, "米|公里": -3, "万吨|吨": 4, "吨|万吨": -4, "万公里|米": 7, "万|万吨": 0, "公顷|平方公里": -2, "万元|元": 4,
	} {
		of, to, _ := strings.Cut(s, "|")
		u, _ := Parse(of)
		other, _ := Parse(to)
		if got := u.Shift(other); got != want {
			t.Errorf("%s: got %d, want %d", s, got, want)
		}
	}
}

func TestRow(t *testing.T) {
	for s, want := range map[string]bool{
		"||万元|人": true, "单位||（万元）|": true, "—|—|%|": true, "A1|甲|1": false, "": false, "||": false, "甲|人": false, "5|人": false, "年|月": true,
	} {
		if got := Row(strings.Split(s, "|")); got != want {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
}

func FuzzHeading(f *testing.F) {
	f.Add("金额（不含税，万元）/元/人")
	f.Add("(((")
	f.Fuzz(func(t *testing.T, s string) {
		Heading(s)
		Line(s)
		Looks(s)
		Suffix(s)
	})
}

// Below a header of statistics its columns are numbered; what may be a row of data is left one.
func TestOrdinals(t *testing.T) {
	for row, want := range map[string]bool{
		"甲 乙 1 2": true, "甲 乙 丙 1": true, "栏次 1 2": true, "栏次 1 2 3=1+2": true, "（1） （2） （3） （4）": true, "(1) (2) (3)": true, "1 2 3 4 5": true, "-1 -2 -3": true, "-1 -2 -3 -4": true,
		"甲 1 2 3": true, "甲 乙 1": true, "① ② ③ ④": true, "1 2 3 4 5=3/2*100": true,
		"1 2 3": false, "1 2 3 4": false, "() 1 2": false, "甲 1 2": false, "甲 乙 丙": false, "甲 乙": false, "甲 2 3 4": false, "1 2 4 5": false, "A1 甲 1 2": false, "栏次": false, "1": false, "2 3 4 5": false, "甲 丙 1 2": false, "1 2 甲 乙": false,
	} {
		cells := strings.Fields(row)
		if got := Ordinals(cells, len(cells)); got != want {
			t.Errorf("%s: got %v", row, got)
		}
	}
	if Ordinals([]string{"甲", "乙", "1", "2"}, 8) {
		t.Error("four numbers below eight names")
	}
	if Ordinals([]string{"1", "2", "3", "4", "5"}, 4) {
		t.Error("five numbers below four names")
	}
}

// A unit reaches a column by a part of its name where it is one of the same kind and no rate; the longest name wins, of those the last.
func TestPartly(t *testing.T) {
	for _, tt := range []struct{ line, column, unit, want string }{
		{"投资：亿元", "投资项目数", "", ""},
		{"投资：亿元", "投资额", "万元", "亿元"},
		{"投资：亿元", "投资项目数", "个", ""},
		{"税收：亿元；地方税收：万元", "地方税收收入", "万元", "万元"},
		{"地方税收：万元；税收：亿元", "地方税收收入", "万元", "万元"},
		{"税收：亿元", "亩均税收", "万元/亩", ""},
		{"企业：家；人数：人", "企业人数", "人", "人"},
		{"人数：百人；企业：家", "企业人数", "人", "百人"},
		{"企业：家", "企业人数", "人", ""},
		{"面积：公顷", "用地面积", "亩", "公顷"},
		{"面积：公顷", "面积产出", "吨", ""},
		{"电费：美元", "电费金额", "元", "美元"}, // the numbers are dollars: whoever binds them refuses
		{strings.Repeat("文", 2<<10) + "投资：亿元", "投资额", "万元", ""},
	} {
		declared, _ := Parse(tt.unit)
		if p, ok := Partly(Pairs(tt.line), tt.column, declared); p.Unit != tt.want || ok != (tt.want != "") {
			t.Errorf("%v: got %v", tt, p)
		}
	}
	if n := len(Pairs(strings.Repeat("产值：亿元；", 200))); n != mostPairs {
		t.Errorf("%d pairs", n)
	}
}
