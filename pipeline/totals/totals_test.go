package totals

import (
	"strings"
	"testing"

	"yanzhen/pipeline/codes"
)

func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"合计": "sum", "一组小计": "sum", "全区合计": "sum", "合计/平均": "sum", "TOTAL": "sum", "GRANDTOTAL:": "sum", "总数": "sum", "合计（元）": "sum", "本页小计": "sum", "汇总": "sum", "共计2人": "sum", "1-3月累计": "sum", "∑": "sum", "TOTAL(ALL)": "sum", "合计2家": "sum", "总计TOTAL": "sum", "大写：柒万伍仟元整": "sum", "金额（大写）": "sum", "共3家": "sum",
		"其中：规上": "aside", "平均": "aside", "同比增长%": "aside", "比上年增长（%）": "aside", "占比": "aside", "比重": "aside", "上年同期": "aside", "最大值": "aside", "人均": "aside", "户均（元）": "aside", "增减%": "aside", "增减额": "aside", "排名": "aside", "完成率": "aside", "升降幅度（%）": "aside", "AVERAGE": "aside",
		"注塑机械厂": "", "日均350新人奖励包车住送餐员0元入职": "", "小计算机公司": "", "青田县审计局": "", "统计": "", "TOTALENERGIES": "", "同济科技": "", "人均工资": "", "灵均": "", "大写意画室": "", "完成公司": "", "全区": "", "增减速机械厂": "", "共3家联合体": "", "甲公司": "", "": "",
	} {
		got := ""
		switch {
		case Sum(text):
			got = "sum"
		case Aside(text):
			got = "aside"
		}
		if got != want || want != "" && !Possible(text) {
			t.Errorf("%q: got %q, possible %v; want %q", text, got, Possible(text), want)
		}
	}
}

func TestParts(t *testing.T) {
	for text, want := range map[string]bool{
		"一": true, "（二）": true, "三、服务业": true, "十一、其他": true, "(四)农业": true, "七": true, "八": true, "六": true, "九": true,
		"一汽集团": false, "三一重工": false, "1": false, "": false, "万向": false,
	} {
		if Part(text) != want {
			t.Errorf("%q: got %v", text, !want)
		}
	}
	if !Whole("全市") || Whole("全市场") {
		t.Error("全市")
	}
}

// Of more refused rows than are remembered nothing is said that might be of others.
func TestRefusedBeyondMemory(t *testing.T) {
	for _, n := range []int{mostLost - 1, mostLost} {
		k := Sums{So: make([]float64, 1)}
		for range n {
			k.Rows++
			k.Refused([]Figure{{At: "B2"}})
		}
		k.Total("合计", []Figure{{At: "B9", Value: 5, OK: true}})
		told := ""
		k.Judge(func(int) codes.Text { return codes.Text{Zh: "人数"} }, func(_ int, text codes.Text) { told += text.Zh })
		if !strings.Contains(told, "写的是 5") || strings.Contains(told, "被拒收") != (n < mostLost) {
			t.Errorf("%d refused rows: %q", n, told)
		}
	}
}
