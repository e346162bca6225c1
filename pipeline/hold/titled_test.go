package hold

import (
	"testing"

	"yanzhen/pipeline/days"
)

// A title says that its table is of other months than the file is for. Years, days, what the rows are about beside their time, and a
// part of the period are none.
func TestOfMonths(t *testing.T) {
	june, second := days.Months(2026, 6, 1), days.Months(2026, 4, 3)
	for _, line := range []string{
		"2026年1—6月劳动力资源累计表", "劳动力资源（2026年第二季度）", "2026年上半年劳动力资源情况", "2026年1-6月劳动力资源情况表", "2026年5月劳动力资源情况表", "本年累计", "引进人才花名册（2026年5月）", "2025年6月劳动力资源情况表", "５月份引进人才名单", "青田县劳动力资源统计表（一季度）", "全区1至6月劳动力资源汇总", "2026年二季度企业用工情况表", "劳动力资源（1-6月累计）", "年初以来劳动力资源情况", "2026 年 5 月 劳动力资源", "附件2：2026年5月劳动力资源情况表", "2026年6月累计劳动力资源表", "前2季度劳动力资源", "二〇二五年六月劳动力资源情况", "二零二六年五月劳动力资源情况表",
	} {
		if other, own := ofMonths(line, "劳动力资源", june); !other || own {
			t.Errorf("%s: other %v, own %v", line, other, own)
		}
	}
	for _, line := range []string{
		"2026年劳动力资源统计表", "2026年6月劳动力资源统计表", "6月劳动力资源", "二〇二六年六月劳动力资源情况", "2025年度引进人才补贴明细表（2026年6月拨付）", "根据《青田县2025年5月人才政策》兑付表", "截至6月底劳动力资源情况表", "截至2026年5月31日在岗人员情况表", "填报日期：2026年7月3日", "2026年7月制表", "2026年5月印发的统计表", "五月花（青田）有限公司员工名单", "2026年3月招聘会引进人才名单", "2025年12月以前引进人才名单", "2026年5月份认定企业引进人才名单", "2026年1月1日起执行情况表", "2026届毕业生名单", "劳动力资源情况表（本月、本年累计）", "6月及本年累计劳动力资源表", "上年同期（2025年6月）情况", "5月录用、6月到岗人员名单", "劳动力资源（2026年5月修订版）", "2026年4月技能培训班学员名单", "“三月三”活动用工情况", "三·八妇女节用工表", "注：5月数据已另行报送，与本表无关", "第二批引进人才名单", "2026年第二季度申报、6月引进人才名单", "2026年5月末劳动力资源情况", "2026年上半年新设企业引进人才名单", "9月入学学生名单", "1月期权名单", "2026年春节后用工情况表", "2025年产值5月以上企业", "12月龄儿童名单", "青年之家（3月开放）清单", "2024年9月入学人员情况表",
	} {
		if other, _ := ofMonths(line, "劳动力资源", june); other {
			t.Errorf("%s: other", line)
		}
	}
	for sheet, want := range map[string]bool{"5月": true, "2026年5月": true, "二〇二六年五月": true, "二〇二六年六月": false, "1-6月": true, "上半年": true, "二季度": true, "6月": false, "2026年6月": false, "Sheet1": false, "5月补报": false, "引进": false, "5": false, "全年": true} {
		if other := sheetOf(sheet, june); other != want {
			t.Errorf("sheet %s: other %v", sheet, other)
		}
	}
	for line, want := range map[string]bool{"2026年二季度情况表": false, "2026年5月情况表": false, "2026年第一季度情况表": true, "2026年上半年情况表": true, "2026年7月情况表": true} {
		if other, _ := ofMonths(line, "劳动力资源", second); other != want {
			t.Errorf("%s: other %v", line, other)
		}
	}
}

// Above rows that say no day another year is another period. A year in which something else was is none.
func TestOfYear(t *testing.T) {
	june := days.Months(2026, 6, 1)
	for line, want := range map[string][2]bool{
		"2025年规上企业产值表": {true, false}, "2025年度企业情况一览": {true, false}, "二〇二五年企业产值": {true, false}, "青田县2025年规上企业产值": {true, false}, "企业产值（2025年度）": {true, false}, "2025年6月企业产值": {true, false}, "2025年第四季度企业产值": {true, false}, "２０２５年企业产值": {true, false},
		"2026年规上企业产值表": {false, true}, "2025年规上企业2026年6月产值": {false, true}, "企业产值（2025年年末在库企业）": {}, "规上企业（2025年度入库）产值": {}, "2025年认定企业产值": {}, "2025年入库企业产值表": {}, "2025年度先进企业产值表": {}, "2025年百强企业产值": {}, "2025年招商项目进度表": {}, "2025年重点项目清单": {}, "2025年重点企业产值表": {true, false}, "企业产值": {}, "根据《2025年工作要点》编制": {}, "2025年以来新增企业": {}, "2025年末企业名单": {}, "截至2025年底企业产值": {}, "2000年店铺产值": {true, false},
	} {
		if other, own := ofYear(line, june); other != want[0] || own != want[1] {
			t.Errorf("%s: other %v, own %v", line, other, own)
		}
	}
}
