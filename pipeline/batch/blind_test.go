package batch

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// What somebody who did not know the rules wrote, kind by kind: each of these was read as it stood, and nothing was said of it.
func TestWhatOthersWrite(t *testing.T) {
	required := strings.Replace(trial, "type: low, parse: trim}", "type: low, parse: trim, required: true}", 1)
	const head = "编号,名称,金额\n"
	for _, tt := range []struct {
		name, yaml, text string
		asked            string // by any of the questions; empty: none
		told             string
	}{
		{"a figure is corrected in the remarks", trial, "编号,金额,备注栏\nA1,68,应为86\nA2,3,已按更正后口径填报\n", "“备注栏”列说有 1 行的数有误或另有更正：C2 “应为86”", ""},
		{"another unit in the remarks", trial, "编号,金额,备注栏\nA1,860000,单位为元\nA2,3,单位：恒丰公司\n", "C2 “单位为元”", ""},
		{"a doubt in the remarks", trial, "编号,金额,备注栏\nA1,1,数据有误\nA2,2,待核实\nA3,3,误差小于1%的设备\n", "C2 “数据有误”、C3 “待核实”", ""},
		{"a row that is another's", trial, "编号,金额,备注栏\nA1,1,\nA2,1,与上行重复\nA3,4,已含在A1中\nA4,2,含在建工程\n", "C3 “与上行重复”、C4 “已含在A1中”", ""},
		{"in the name", required, head + "A1,甲厂,1\nA2,乙厂（不计入）,2\nA3,丙厂（更正）,3\nA4,丁厂（一分厂）,4\nA5,戊中心（筹）,5\n", "B3 （不计入）", ""},
		{"corrected, in the name", required, head + "A1,丙厂,2\nA3,丙厂（更正）,3\n", "B3 （更正）", ""},
		{"names with other brackets", required, head + "A1,丁厂（一分厂）,4\nA2,甲（集团）有限公司,3\nA3,乙厂（原丙厂）,1\n", "", ""},
		{"not for the statistics", trial, "编号,金额,是否纳统\nA1,1,是\nA2,2,否\n", "“是否纳统”列说有 1 行作废或取消：C3 “否”", ""},
		{"a mark of validity", trial, "编号,金额,有效标志\nA1,1,1\nA2,2,0\n", "“有效标志”列说有 1 行", ""},
		{"ticks", trial, "编号,金额,打√为有效\nA1,1,√\nA2,2,\n", "“打√为有效”列说的是哪些行有效", ""},
		{"ticks for something else", trial, "编号,金额,联系电话,是否高新\nA1,1,1,是\nA2,2,2,否\n", "", ""},
		{"a corrected column", trial, "编号,金额,修订后金额\nA1,1,1.5\n", "“修订后金额”列像是“金额”的更正数", ""},
		{"corrections of something else", trial, "编号,金额,调整后排名\nA1,1,3\n", "", ""},
		{"colours, above", trial, "红色底纹为停产企业，不计入,\n编号,金额\nA1,1\n", "“红色底纹为停产企业，不计入”说有的行或数不该照样计入", ""},
		{"colours, below", trial, "编号,金额\nA1,1\n注：标黄的为估算数，请勿使用,\n", "标黄的为估算数", ""},
		{"colours of the form", trial, "黄色单元格为必填项，灰色为公式请勿修改,\n编号,金额\nA1,1\n注：*为新增企业,\n", "", ""},
		{"a row to be taken out", trial, "编号,金额\nA1,1\nA2,2\n说明：A2已含在A1中，汇总时应剔除,\n", "汇总时应剔除", ""},
		{"what was taken out already", trial, "编号,金额\nA1,1\n注：合计数已剔除重复计算部分,\n注：本表不含个体户,\n", "", ""},
		{"an example", trial, "填表示例：2026年6月,\n编号,金额\nA1,1\n", "“填表示例：2026年6月”像是说", ""},
		{"made up", trial, "2026年6月产值（模拟数据，仅供培训）,\n编号,金额\nA1,1\n", "模拟数据", ""},
		{"what sounds like an example", trial, "示范企业2026年6月产值,\n编号,金额\nA1,1\n", "", ""},
		{"another period in the heading", trial, "编号,金额（上年同期）\nA1,1\n", "", "表头“金额（上年同期）”里的“上年同期”说的是另一种数"},
		{"cumulated", trial, "编号,金额（1-6月累计，万元）\nA1,1\n", "", "里的“1-6月累计”说的是另一种数"},
		{"planned", trial, "编号,人数（计划）\nA1,1\n", "", "里的“计划”说的是另一种数"},
		{"a day that is planned", trial, "编号,日期（预计）\nA1,2026-06-01\n", "", "里的“预计”说的是另一种数"},
		{"by the column's own name", strings.Replace(trial, "zh: 金额,", "zh: 累计金额,", 1), "编号,累计金额（本年累计）\nA1,1\n", "", "装入 2"},
		{"narrowed", trial, "编号,人数（不含劳务派遣）,金额（不含税，万元）\nA1,1,2\n", "", "表头“人数（不含劳务派遣）”限定了“不含劳务派遣”"},
		{"numbered headings", trial, "1.编号,2.金额（必填）,③人数：\nA1,1,3\n", "", "装入 3"},
		{"a unit in one cell", trial, "编号,金额\nA1,1200000元\nA2,860000\n", "“金额”（B 列）有的格自己写了单位（如“1200000元”）", ""},
		{"the column's own unit in one cell", trial, "编号,金额\nA1,120万元\nA2,86\n", "", ""},
		{"main items by #", required, head + "A1,甲,1\nA2,乙,2\n#1,#高新技术企业,3\n", "“#高新技术企业”像合计行", ""},
		{"a row that was commented out", required, head + "A1,甲,1\nA5,乙,7\nA6,丁,9\n# A2,丙,2\n", "“# A2”像合计行", ""},
		{"what is said below", trial, "编号,金额\nA1,1\nA3,4\nA5,3\n欠产,-3\n", "“欠产”像合计行", ""},
		{"firms without their names", required, "序号,编号,名称,金额\n1,A1,某外资猎头公司,3\n2,A2,某公司,4\n", "", ""},
		{"an example among the rows", trial, "编号,金额\n某某公司,9\nA1,1\nA3,4\nA5,3\n", "“某某公司”像是表样里的示例行", ""},
		{"a part by its level", trial, "编号,金额\nA1,1\nA2,3\nA4,2\n区级以上,4\n", "“区级以上”像合计行", ""},
		{"how many there are", trial, "编号,金额\nA1,1\nA2,5\nA4,2\n单位数,3\n", "“单位数”像合计行", ""},
		{"firms called so", trial, "编号,金额\n不含糖食品厂,1\n校对软件公司,2\n省直机关服务中心,4\n例外服饰,7\n", "", "装入 8"},
		{"escapes of web pages", trial, "编号,名称\nA1,甲\nA2,&#20057;公司\nA3,A&B;C\n", "", "B3 [entity]"},
		{"colours of a terminal", trial, "编号,名称\nA1,甲\nA2,\x1b[31m乙公司\x1b[0m\n", "", "B3 [control]"},
		{"what takes no room", trial, "编号,人数\nA\u00ad1,1\n\u202aA1\u202c,\u20662\u2069\n", "", "装入 4"},
		{"the text of a formula", trial, "编号,名称\nA1,甲\nA2,\"=HYPERLINK(\"\"http://a\"\",\"\"乙\"\")\"\n", "", "B3 [formula]"},
		{"days among codes", trial, "编号,名称\n1-12,甲\n2026/4/15,乙\n", "", "A3 [date_in_text]"},
		{"two units above", trial, "金额单位：元，人数单位：百人\n编号,金额,人数\nA1,10000,1\n", "", "换算：人数"},
		{"totals called after something", trial, "编号,金额\nA-合计,31\n丙·小计,47\nA1,120\nA2,86\n", "“A-合计”按合计略去，却不是别的行之和，也可能是一行数据；真叫这个名字，在数据集里写 not_totals: [A-合计]", ""},
		{"totals called after something that they sum up", trial, "编号,金额\nA1,120\nA2,86\nA-合计,206\n", "", ""},
		{"refused rows are no texts", trial, "编号,金额,人数\nA1,x,1\nA2,2,2\nA3,y,3\nA4,4,4\n", "", ""},
		{"a heading narrowed in other words", trial, "编号,金额（主要产品）,人数（期末）\nA1,1,2\n", "", "表头“金额（主要产品）”限定了“主要产品”"},
		{"units behind the names", required, "编号,名称,金额\nA1,工业（万元）,312\nA2,农业（元）,970000\n", "各行的名称后面写着不同的单位（万元、元）", ""},
		{"one unit behind the names", required, "编号,名称,金额\nA1,工业（万元）,312\nA2,农业（万元）,97\n", "", ""},
		{"moved away", trial, "编号,金额,备注栏\nA1,1,已外迁至外县\n", "", "说有 1 行离开或终止：C2 “已外迁至外县”"},
		{"no such firm", trial, "编号,金额,核查情况\nA1,1,属实\nA2,2,查无此企业\n", "C3 “查无此企业”", ""},
		{"figures of another period in the remarks", trial, "编号,金额,备注栏\nA1,1,沿用上月数\nA2,2,此为1-6月累计数\nA3,3,上年获奖\n", "C2 “沿用上月数”、C3 “此为1-6月累计数”", ""},
		{"not in the statistics", trial, "编号,金额,入库状态\nA1,1,已入库\nA2,2,未入库\n", "C3 “未入库”", ""},
		{"not of the place", trial, "编号,金额,是否属地\nA1,1,是\nA2,2,否\n", "“是否属地”列说有 1 行", ""},
		{"of other things", trial, "编号,金额,设备情况,是否入库,是否采用\nA1,1,未使用,否,否\n", "", ""},
		{"a unit beside a total", trial, "编号,金额\nA1,4020000\nA2,1130000\n合计（元）,5150000\n", "“合计（元）”说单位是元", ""},
		{"a ratio to last year", trial, "编号,金额\nA1,402\nA2,113\n为上年同期%,105\n", "", "合计与附注：A4 为上年同期%"},
		{"until this month", trial, "编号,金额（1-本月）\nA1,1\n", "", "里的“1-本月”说的是另一种数"},
		{"one firm twice", trial, "编号,金额,备注栏\nA1,1,\nA2,1,与甲公司为同一企业\n", "C3 “与甲公司为同一企业”", ""},
		{"a cross at the review", trial, "编号,金额,审核\nA1,1,√\nA2,1,×\n", "“审核”列说有 1 行未获通过", ""},
		{"revoked", trial, "编号,金额,登记状态\nA1,1,存续\nA2,1,吊销未注销\n", "C3 “吊销未注销”", ""},
		{"before the name", required, head + "A1,[作废]甲公司,1\nA2,（停报）乙公司,2\nA3,[二厂]丙公司,2\n", "B2 （作废）、B3 （停报）", ""},
		{"commented out by slashes", required, head + "A1,甲,1\nA5,乙,7\nA6,丁,9\n//A2,丙,2\n", "“//A2”像合计行", ""},
		{"bold rows", trial, "编号,金额\nA1,1\n注：加粗行为片区汇总,\n", "加粗行为片区汇总", ""},
		{"a legend beside the heading", trial, "编号,金额,绿色=已退出园区\nA1,1,\n", "“绿色=已退出园区”说有的行或数不该照样计入", ""},
		{"the same period of last year, above", trial, "2025年同期金额情况,\n编号,金额\nA1,1\n", "“2025年同期金额情况”说的是以前的同期", ""},
		{"compared with it", trial, "2026年与上年同期对比表,\n编号,金额\nA1,1\n", "", ""},
		{"two totals above", trial, "编号,金额,人数\n甲县,467.5,66\n开发区,467.5,66\nA1,312,21\nA2,97.5,22\nA3,58,23\n", "A2 “甲县”的各数正是其下 3 行之和", ""},
		{"a rate and a rank below", trial, "编号,金额\nA1,1\nA2,5\nA4,2\nA5,2\nA6,4\nA7,6\n第一名,5\n上报率,100\n", "“上报率”像合计行", ""},
		{"places called so", trial, "编号,金额\n小计乡,1\n其中村,2\n总阳镇,4\n", "", "装入 6"},
		{"a firm called like a total, as the dataset says", strings.Replace(trial, "totals:", "not_totals: [A-合计, '~^平均律']\ntotals:", 1), "编号,金额\nA-合计,31\n平均律数,47\nA1,120\n合计,198\n", "", "装入 6"},
		{"months as banners", trial, "编号,金额\nA1,120\n2026年5月,\nA2,86\n", "第 3 行“2026年5月”像是说它下面各行的期间", ""},
		{"months as banners beside days", trial, "编号,日期,金额\nA1,2026-06-02,120\n2026年5月,,\nA2,2026-05-03,86\n", "", ""},
		{"a table of another period below", trial, "2026年6月产值,\n编号,金额\nA1,120\nA2,86\n2026年1-6月累计产值,\n编号,金额\nA1,520\nA2,386\n", "第 6 行起是另一张表，标题“2026年1-6月累计产值”与上面的表不是同一期", "标题 2"},
		{"a table of last year below, in another order", trial, "2026年6月,\n编号,金额,人数\nA1,120,1\n,,\n2025年6月,\n金额,编号,人数\n520,A1,3\n", "标题“2025年6月”与上面的表不是", "装入 6"},
		{"another period, each row with its day", trial, "2026年6月,,\n编号,日期,金额\nA1,2026-06-01,120\n2026年5月,,\n编号,日期,金额\nA1,2026-05-01,386\n", "", "标题 2"},
		{"another part below", trial, "2026年6月产值（甲园）,\n编号,金额\nA1,120\n2026年6月产值（乙园）,\n单位：元,\n编号,金额\nB1,3860000\n", "", "标题 3"},
		{"pages", trial, "产值表,\n编号,金额\nA1,120\n产值表（续）,\n编号,金额\nB1,38\n", "", "装入 4"},
		{"a row that says of those below that they are late", "" + trial, "2026年6月,,\n编号,日期,金额\nA1,2026-06-02,120\n（因故障，以下两行为补报5月份数据）,,\nA2,2026-06-03,86\n", "第 4 行“（因故障，以下两行为补报5月份数据）”像是说它下面各行的期间", ""},
		{"a row that says what the rows below are", trial, "2026年6月,,\n编号,日期,金额\nA1,2026-06-02,120\n以下为乙园企业,,\nA2,2026-06-03,86\n", "", ""},
		{"the example of a form, beside its number", required, "序号,编号,名称,金额\n例,A0,甲厂,100\n1,A1,乙厂,3\n2,A2,丙厂,4\n", "A2 “例”像是表样里的示例行", ""},
		{"the example of a form, by its name", required, head + "A0,某某公司,100\nA1,乙厂,3\nA2,丙厂,4\n", "B2 “某某公司”像是表样里的示例行", ""},
		{"a remark of several clauses", trial, "编号,金额,备注\nA1,1,此场取消，未举办\nA2,2,设备检修完毕，测试合格\nA3,3,因企业搬迁至外县，该岗位已取消\n", "说有 2 行作废或取消：C2 “此场取消，未举办”、C4", ""},
		{"names and firms the wrong way round", strings.Replace(trial, "name: name, title: {zh: 名称, en: Name}, type: low, parse: trim}", "name: name, title: {zh: 姓名, en: Name}, type: string, personal: name, why: {zh: 试, en: Trial}}", 1), "编号,姓名,金额\nA1,张三,1\nA2,恒丰精密制造有限公司,2\n", "“姓名”列说有 1 行填的像是单位，可能与单位一列填反：B3", ""},
		{"below, what came back", trial, "编号,金额\nA1,5\n以下为退回资金,\nA2,7\n", "第 3 行“以下为退回资金”", ""},
		{"below, what came back, with days", trial, "编号,日期,金额\nA1,2026-06-01,5\n附：取消供地的地块,,\nA2,2026-06-02,7\n", "第 3 行“附：取消供地的地块”", ""},
		{"below, what is said above already", trial, "退回资金,\n编号,金额\nA1,5\n以下为乙园退回资金,\nA2,7\n", "", ""},
		{"a note of what counts no more", trial, "编号,金额\nA1,5\nA2,6\n注：A2 项目资金已于2月退回国库，不再列支。,\n", "A2 项目资金已于2月退回国库", ""},
		{"a note of what a list leaves out", trial, "编号,金额\nA1,5\n注：已退回国库的项目不在本表,\n注：资金按季退回的另行公布,\n注：享受过补贴的企业不再享受,\n", "", ""},
		{"a note of what was not paid", trial, "编号,金额\nA1,5\n备注：A1 因账户有误被银行退回，实际未支付。,\n", "因账户有误被银行退回", ""},
		{"a part whose rows do not count", trial, "编号,日期,金额\nA1,2026-06-01,5\n二、核减项目,,\nA2,2026-06-02,7\n", "第 3 行“二、核减项目”", ""},
		{"a total in brackets, its figure far to the right", trial, "编号,名称,日期,人数,比率,备注栏,金额\nA1,甲,,1,,,5\nA2,乙,,2,,,7\n【合计】,,,,,,999\n", "", "999"},
		{"a row in brackets with its figure far to the right", trial, "编号,名称,日期,人数,比率,备注栏,金额\nA1,甲,,1,,,5\n【亲子阅读】,,,,,,30\n", "", "装入 6"},
		{"a first part whose rows do not count", trial, "编号,日期,金额\n一、核减项目,,\nA1,2026-06-01,5\n二、保留项目,,\nA2,2026-06-02,7\n", "第 2 行“一、核减项目”", ""},
		{"a part in brackets whose rows do not count", trial, "编号,日期,金额\nA1,2026-06-01,5\n【核减项目】,,\nA2,2026-06-02,7\n", "第 3 行“【核减项目】”", ""},
		{"a part without rows", trial, "编号,日期,金额\nA1,2026-06-01,5\n二、取消项目：无,,\n三、新增项目,,\nA2,2026-06-02,7\n", "", ""},
		{"colours of what came back", trial, "编号,金额\nA1,5\n注：红色为已退回项目,\n", "红色为已退回项目", ""},
		{"a unit beside the table", trial, "编号,金额,其他\nA1,50000,\nA2,70000,（单位：元）\n", "C3 的附注“（单位：元）”说单位是元", ""},
		{"remarks with units in brackets", trial, "编号,金额,备注,其他\nA1,5,补助（元/人·月）,含税（元）\nA2,7,,\n", "", ""},
		{"a unit beside the table that it was read in", trial, "编号,金额,其他\nA1,5,\nA2,7,（单位：万元）\n", "", ""},
		{"arrows", required, "编号,名称,金额\nA1,甲,1\nA2,↓,2\nA3,丙,3\n", "", "B3 ["},
		{"feet", required, head + "A1,甲,1\n报出日期：2026年7月5日,,\n统计负责人：李四,,联系电话：0577-1234567\n", "", "装入 3 + 拒收 0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := readText(t, tt.yaml, tt.text)
			asked := ""
			if r.account != nil {
				for _, q := range r.account.Asked {
					asked += q.Zh + "\n"
				}
				for _, q := range slices.Concat(r.account.Doubled, r.account.Against, r.account.Stacked) {
					asked += q.Zh + "\n"
				}
			}
			if asked != "" && tt.asked == "" || !strings.Contains(asked, tt.asked) || !strings.Contains(r.told(), tt.told) {
				t.Errorf("asked %q, want %q; told\n%s\nwant %s", asked, tt.asked, r.told(), tt.told)
			}
		})
	}
}

// A number in quotes of its own loses them, as behind an equals sign; other texts keep theirs.
func TestQuotedNumbers(t *testing.T) {
	r := readText(t, trial, "编号,名称,金额\n\"\"\"00123\"\"\",\"\"\"甲\"\"牌\",1\n\"\"\"乙\"\"\",丙,\"\"\"4\"\"\"\n")
	if got := strings.Join(r.rows, " "); got != `00123,-,"甲"牌,1,-,-,- "乙",-,丙,4,-,-,-` {
		t.Errorf("got %s\n%s", got, r.told())
	}
}

// A name that stands in the first row of each group only is told where nothing says that a blank means the one above.
func TestGroupsNamedOnce(t *testing.T) {
	yaml := strings.Replace(trial, "columns:\n", "columns:\n  - {name: park, title: {zh: 园区, en: Park}, type: low, parse: trim}\n", 1)
	for text, want := range map[string]bool{
		"园区,编号,金额\n甲园,A1,1\n,A2,2\n乙园,A3,3\n,A4,4\n": true,
		"园区,编号,金额\n甲园,A1,1\n,A2,2\n甲园,A3,3\n,A4,4\n": false, // a blank is a blank
		"园区,编号,金额\n,A1,1\n甲园,A2,2\n乙园,A3,3\n":        false,
		"编号,园区,金额\nA1,甲园,1\nA2,,2\nA3,乙园,3\n":        false,
	} {
		if r := readText(t, yaml, text); strings.Contains(r.told(), "每组只填首行") != want {
			t.Errorf("%s: told\n%s", text, r.told())
		}
	}
}

// Letters that nobody sees, values below a merged cell and comments on cells are told; a comment on a heading that gives a unit
// is heard.
func TestWhatASheetHides(t *testing.T) {
	x := excelize.NewFile()
	defer x.Close()
	style := func(font, fill string) int {
		s := &excelize.Style{Font: &excelize.Font{Color: font}}
		if fill != "" {
			s.Fill = excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{fill}}
		}
		id, err := x.NewStyle(s)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	crossed, err := x.NewStyle(&excelize.Style{Border: []excelize.Border{{Type: "diagonalUp", Style: 1, Color: "000000"}}})
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range [][]any{{"编号", "名称", "金额"}, {"A1", "甲", 1200000}, {"A2", "乙", 860000}, {"A3", "丙", 30000}, {"A4", "丁", 40000, "←更正：50000"}} {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := x.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	for _, err := range []error{
		x.SetCellStyle("Sheet1", "A1", "C1", style("FFFFFF", "4472C4")), // a heading as many are
		x.SetCellStyle("Sheet1", "A3", "C3", style("FEFEFE", "")),
		x.SetCellStyle("Sheet1", "B4", "B4", style("000000", "000000")),
		x.SetCellStyle("Sheet1", "A5", "A5", crossed),
		x.AddComment("Sheet1", excelize.Comment{Cell: "C1", Paragraph: []excelize.RichTextRun{{Text: "王科长:\n"}, {Text: "此列以元为单位填报"}}}),
		x.AddComment("Sheet1", excelize.Comment{Cell: "C5", Paragraph: []excelize.RichTextRun{{Text: "此数有误，应为50000"}}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "t.xlsx")
	if err := x.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	r := readFile(t, trial, name)
	if got := strings.Join(r.rows, " "); got != "A1,-,甲,120,-,-,- A2,-,乙,86,-,-,- A3,-,丙,3,-,-,- A4,-,丁,4,-,-,-" {
		t.Errorf("got %s\n%s", got, r.told())
	}
	if len(r.account.Against) != 1 || !strings.Contains(r.account.Against[0].Zh, "D5 “←更正：50000”") {
		t.Errorf("asked %v", r.account.Against)
	}
	var told []string
	for _, n := range r.notes {
		told = append(told, n.Rule+" "+n.Text.Zh)
	}
	for _, want := range []string{
		"row_struck 1 行有带删除线或斜线的格子，已照常读取；作废的行请删去（第 5 行）",
		"text_unseen 2 行有与底色同色、看不见的字，已照常读取；不要的行请删去（第 3、4 行）", "remark_unit C1 的批注“此列以元为单位填报”给出了这一列的单位，按它读取",
		"remark_against C5 的批注“此数有误，应为50000”说这一格或这一行不该照样计入",
	} {
		if !strings.Contains(strings.Join(told, "\n"), want) {
			t.Errorf("told %q, want %s", told, want)
		}
	}
}

// What lies on a sheet and stands at the head of its pages is told, and heard like a line above the table; conditions that strike,
// hide or colour cells are told.
func TestWhatLiesOnASheet(t *testing.T) {
	x := excelize.NewFile()
	defer x.Close()
	for i, row := range [][]any{{"编号", "名称", "金额"}, {"A1", "甲", 1200000}, {"A2", "乙", 860000}} {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := x.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	box := func(at, text string) *excelize.Shape {
		return &excelize.Shape{Cell: at, Type: "rect", Width: 90, Height: 40, Paragraph: []excelize.RichTextRun{{Text: text}}}
	}
	format := func(s *excelize.Style) *int {
		id, err := x.NewConditionalStyle(s)
		if err != nil {
			t.Fatal(err)
		}
		return &id
	}
	struck := format(&excelize.Style{Font: &excelize.Font{Strike: true}})
	white := format(&excelize.Style{Font: &excelize.Font{Color: "FFFFFF"}})
	red := format(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FF0000"}}})
	for _, err := range []error{
		x.AddShape("Sheet1", box("E2", "金额单位：元")), x.AddShape("Sheet1", box("E9", "标红的企业已停产，不计入")),
		x.SetHeaderFooter("Sheet1", &excelize.HeaderFooterOptions{OddHeader: "&C&\"宋体\"2026年6月快报数", OddFooter: "&C第 &P 页，共 &N 页"}),
		x.SetConditionalFormat("Sheet1", "A2:C3", []excelize.ConditionalFormatOptions{{Type: "formula", Criteria: `$B2="乙"`, Format: struck}}),
		x.SetConditionalFormat("Sheet1", "C2:C3", []excelize.ConditionalFormatOptions{{Type: "cell", Criteria: ">", Value: "900000", Format: red}}),
		x.SetConditionalFormat("Sheet1", "A1:C1", []excelize.ConditionalFormatOptions{{Type: "formula", Criteria: `TRUE`, Format: red}}),
		x.SetConditionalFormat("Sheet1", "B2:B3", []excelize.ConditionalFormatOptions{{Type: "formula", Criteria: `$C2<0`, Format: white}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "t.xlsx")
	if err := x.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	r := readFile(t, trial, name)
	if got := strings.Join(r.rows, " "); got != "A1,-,甲,120,-,-,- A2,-,乙,86,-,-,-" {
		t.Errorf("got %s\n%s", got, r.told())
	}
	told := ""
	for _, n := range r.notes {
		told += n.Rule + " " + n.Text.Zh + "\n"
	}
	for _, want := range []string{
		"text_drawn 2 处格子以外的文字不是数据，没有读取：第 2 行处的文本框“金额单位：元”、页眉页脚“2026年6月快报数”",
		"remark_against 第 9 行处的文本框“标红的企业已停产，不计入”说有的行或数不该照样计入", `struck_when 条件格式会把格子划去，这些行已照常读取；不该计入的请删去（A2:C3：$B2="乙"）`,
		"coloured_when 条件格式按数的大小给格子着色（C2:C3：> 900000）；不影响读取", "hidden_when 条件格式会让格子看不见，这些行已照常读取；不该计入的请删去（B2:B3：$C2<0）",
	} {
		if !strings.Contains(told, want) {
			t.Errorf("told\n%s\nwant %s", told, want)
		}
	}
}

// A workbook holds what programs leave in texts too: guards, commas before decimals, another table below the first, texts read in another
// encoding than they were written in.
func TestTextsOfWorkbooks(t *testing.T) {
	x := excelize.NewFile()
	defer x.Close()
	for i, row := range [][]any{
		{"编号", "日期", "名称", "金额", "人数"},
		{`="001234"`, "'2026-03-01", "'甲公司", "0,125", "'6"},
		{"‘001235", "2026-03-02", "乙公司", "3,5", 7},
		{"A3", "2026-03-03", "丙公司", "1,250", 8},
		{"A4", "2026-03-04", "丁公司", 2.75, 9},
		{"A5", "2026-03-05", "鐢插叕鍙", 1, 1},
		{"A6", "2026-03-05", "å…¬å¸", 1, 1},
		{"类别", "起始", "单位", "产值", "户数"},
		{"B1", "2026-04-01", "东园", 12, 3},
	} {
		at, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := x.SetSheetRow("Sheet1", at, &row); err != nil {
			t.Fatal(err)
		}
	}
	name := filepath.Join(t.TempDir(), "t.xlsx")
	if err := x.SaveAs(name); err != nil {
		t.Fatal(err)
	}
	r := readFile(t, trial, name)
	if got := strings.Join(r.rows, " "); got != "001234,2026-03-01,甲公司,0.125,6,-,- 001235,2026-03-02,乙公司,3.5,7,-,- A4,2026-03-04,丁公司,2.75,9,-,- B1,2026-04-01,东园,12,3,-,-" {
		t.Errorf("got %s\n%s", got, r.told())
	}
	for _, want := range []string{"D4", "decimal_comma", "C6", "C7", "encoding"} {
		if !strings.Contains(r.told(), want) {
			t.Errorf("told\n%s\nwant %s", r.told(), want)
		}
	}
	if s := r.account.Stacked; len(s) != 1 || !strings.Contains(s[0].Zh, "Sheet1!A8 起的一行像是另一张表的表头（起始、产值、户数）") {
		t.Errorf("stacked %v", s)
	}
}

// Of two tables in a text, of rows that hold a separator too many, and of lines that stand between quotes as a whole, what was read is right
// and the rest is told.
func TestTextsOfSeveralKinds(t *testing.T) {
	for _, tt := range []struct{ name, text, rows, told, stacked string }{
		{"another table of as many columns", "编号,日期,名称,金额\nA1,2026-03-01,甲,1\nA2,2026-03-02,乙,2\n类别,起始,单位,数量\nB1,2026-04-01,东园,12\n", "A1 A2", "second_table", ""},
		{"a rare delimiter", "编号~名称~金额\nA1~甲~1\nA2~乙,丙~2\n", "A1 A2", "", ""},
		{"a wide one", "编号，名称，金额\nA1，甲，1\nA2，乙，2\n", "A1 A2", "", ""},
		{"an open quote below a cell of two lines", "编号,名称,备注栏,金额\nA1,甲,\"一\n二\",1\nA2,乙,\"三\nA3,丙,无,3\nA4,丁,无,4\n", "A1 A3 A4", "第 3 行（文本第 4 行）开始的双引号没有闭合，文本第 4 行不能读取，从文本第 5 行起继续", ""},
		{"of one figure", "编号,名称,金额\nA1,甲,1\nA2,乙,2\nA3,丙,3\n类别,单位,数量\nB1,东园,12\n", "A1 A2 A3 B1", "", "（数量）"},
		{"a row without figures", "编号,名称,金额\nA1,甲,1\nA2,乙,2\nA3,丙,3\n其他,待定单位,待定\nB1,东园,12\n", "A1 A2 A3 B1", "number", ""},
		{"thousands without quotes", "编号,日期,名称,金额,人数\nA1,2026-03-01,甲,900,10\nA2,2026-03-02,乙,1,234,20\nA3,2026-03-03,丙,2,500,\n", "A1", "long_row", ""},
		{"another table of fewer columns", "编号,日期,名称,金额\nA1,2026-03-01,甲,1\nA2,2026-03-02,乙,2\n\n园区,企业数,产值\n东园,12,300\n西园,8,200\n", "", "（第 5 行起；若是另一张表，请单独报送）", ""},
		{"a line end in the last cell", "编号,名称,金额,备注栏\nA1,甲,1,续\n聘\nA2,乙,2,新\nA3,丙,3,新\n", "A1 A2 A3", "也可能是第 2 行的末格或第 4 行的首格里多了换行", ""},
		{"whole lines", "\"编号,日期,名称,金额\"\n\"A1,2026-03-01,甲,1\"\n", "", "每一行像是整个放进了一对引号", ""},
		{"a guard that a formula makes", "编号,名称,金额\n=T(\"00124\"),甲,1\n=\"00\"&\"125\",乙,2\n", "00124 00125", "", ""},
	} {
		r := readText(t, trial, tt.text)
		var codes []string
		for _, row := range r.rows {
			code, _, _ := strings.Cut(row, ",")
			codes = append(codes, code)
		}
		told := r.told()
		if r.err != nil {
			told += r.err.Error()
		}
		if got := strings.Join(codes, " "); got != tt.rows || !strings.Contains(told, tt.told) || strings.Contains(told, "stray_quote") {
			t.Errorf("%s: got %s, told\n%s", tt.name, got, told)
		}
		stacked := ""
		if r.err == nil {
			for _, s := range r.account.Stacked {
				stacked += s.Zh
			}
		}
		if (tt.stacked == "") != (stacked == "") || !strings.Contains(stacked, tt.stacked) {
			t.Errorf("%s: stacked %q", tt.name, stacked)
		}
	}
}
