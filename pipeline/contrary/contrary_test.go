package contrary

import (
	"fmt"
	"strings"
	"testing"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/sieve"
)

// What cells say against a row, by group; what only sounds so says nothing.
func TestWords(t *testing.T) {
	for text, want := range map[string]string{
		"不同意": "", "不支持": "", "未采纳": "", "审核不同意": "failed", "未获许可": "failed", "红冲": "", "已红冲": "void", "红冲发票": "void", "有问题，已整改": "", "应报20人，实报18人": "", "数据有问题": "amended", "数据有问题，已更正": "", "应为86": "amended", "免报": "void",
		"冲红": "void", "已退款": "void", "红字冲销": "void", "冲销上月误付": "void", "退款": "", "押金退还": "", "款已追回": "void", "退款中": "", "冲压件": "", "红色旅游": "", "追加": "",
		"退回补正": "failed", "退回修改": "failed", "需补正材料": "failed", "不予支持": "failed", "未核准": "failed", "补正后通过": "", "退回重审": "failed",
		"作废": "void", "已取消": "void", "注销": "void", "已撤回（2026-03）": "void", "重复报送": "void", "Cancelled": "void", "此单作废": "void", "此单作废，见A3": "void", "该票已注销": "void", "这笔款撤回": "void", "本单作废": "void", "invalid": "void",
		"未通过": "failed", "审核不通过": "failed", "不予受理": "failed", "驳回": "failed", "放弃入职": "failed", "Not approved": "failed", "缺考": "failed", "未发放": "failed", "不合格": "failed",
		"拟引进": "planned", "意向": "planned", "待定": "planned", "公示中": "planned", "未报到": "planned", "尚未到岗": "planned", "未结业": "planned", "Pending": "planned", "洽谈中": "planned", "计划": "planned", "待入职": "planned",
		"离职": "left", "已离职": "left", "辞职": "left", "停薪留职": "left", "合同期满": "left", "2026年3月已离职": "left", "主动离职": "left", "Resigned": "left", "不在岗": "left", "死亡": "left", "劳动合同终止": "left",
		"该生缺考": "failed", "在岗": "", "该企业未注销": "", "此单未作废": "", "该票不作废": "", "此件无需撤回": "", "该款未退回": "", "此前作废": "", "该公司拟注销": "", "此单已结清": "", "该企业新增": "", "本月测试": "", "该项目运行正常": "", "此票为作废票补开": "", "通过": "", "正常": "", "离散数学": "", "退耕还林办": "", "作废料回收": "", "待业青年之家": "", "计划处": "", "未来科技": "", "Leftover": "", "停车场管理": "", "死海研究": "", "拟态科技": "", "已报到": "", "合格": "", "测试工程师": "", "终止于2027": "", "": "", "3": "", "2026-03-01": "",
	} {
		got := ""
		w := New(Groups)
		w.Column(0, "状态")
		w.See(0, text, new(sieve.Told), func() string { return "A2" }, func() bool { return false })
		w.Says(func(said codes.Text) {
			if strings.Contains(said.Zh, amended.says.Zh) {
				got = "amended"
			}
			for name, g := range groups {
				if strings.Contains(said.Zh, g.says.Zh) {
					got = name
				}
			}
		}, func(codes.Text) { t.Errorf("%s was told, not asked", text) })
		if got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// A remark is whom it speaks of, since when, and what became of it, in whatever words: the payment went back, the row stands elsewhere.
// What was put right, what went back that is no payment, and where somebody came from say nothing against a row.
func TestGrammarOfRemarks(t *testing.T) {
	ask := func(text string) (asked, told int) {
		w := New(Groups)
		w.Column(0, "备注")
		w.See(0, text, new(sieve.Told), func() string { return "A2" }, func() bool { return false })
		w.Says(func(codes.Text) { asked++ }, func(codes.Text) { told++ })
		return asked, told
	}
	for _, text := range []string{
		"该笔已于5月退回", "款项已退回国库", "该笔退回", "此款已于2026年5月收回", "资金已追缴", "补助资金已全额退还县财政", "已收回", "已退缴", "补贴已于上月追回", "本户资金已退回原账户", "5月退回", "上月底已退还", "已被收回财政", "已缴回国库", "款项退回至财政专户", "已由县财政收回", "此笔已于6月3日撤销", "本项已于5月终止", "奖金已如数退还",
		"重报，以上月为准", "重报", "与上月重复", "同上期重复申报", "重复申报", "重填", "此条重录", "报重了", "以上月为准", "以第一笔为准", "以第3行为准", "以下一条为准", "已由总公司申报", "由母公司统一填报", "已在外县申报", "该户已由东海电子有限公司申报", "已由其他单位申报", "重复报送，以最后一次为准",
		"已返还财政", "已收缴国库", "资金被收缴", "已原路退回", "被银行退回", "资金原渠道退回", "款项被县农行退回", "已在上月申报", "由总公司重复申报", "以下一笔为准", "以5月为准", "以A3行为准",
		"审核未通过", "退回，未重新拨付", "退回后尚未通过，退回", "原在本公司工作，已离职", "原在研发部工作，已离职", "已离职", "2026年3月辞职",
	} {
		if asked, _ := ask(text); asked != 1 {
			t.Errorf("%s: asked %d", text, asked)
		}
	}
	for _, text := range []string{
		"退回补正后已重新报送", "退回修改后通过", "退回补正，已重新报送", "曾被退回，6月已重发", "银行退回，已重新支付", "账号有误退回，已补发", "初审未通过，复审通过", "驳回，经复核通过", "未通过，已重新申报并通过", "已退回，5月重新拨付",
		"已退还保证金", "保证金已退回", "押金已全额退还", "多缴税款已退还", "证件已退还本人", "已收回旧证", "档案已退回原籍", "退役军人", "退休返聘", "退税已到账", "退回上年结余", "收回投资成本", "追回被盗设备", "可随时收回", "需按期收回", "返还个税手续费",
		"以实际拨付为准", "与上月一致", "与上月相同", "以合同为准", "以发票为准", "以审计结果为准", "标准以上月为准", "以文件为准", "已由镇政府审核上报", "已由经办人上报", "由劳务公司代缴社保", "由县人社局统一发放", "已在本县申报", "已由本公司申报", "已向总公司申报", "在上市公司任职", "重报名单已核", "复报到", "重点申报企业",
		"已返还", "资金已返还", "已全额返还", "5月返还", "已收缴", "费用已收缴", "合同已收回", "协议已收回", "已退付", "以上报数据为准", "以上数据为准", "以后台数据为准", "以前台数据为准", "以上级数据为准", "以下达数据为准", "由温州人力资源公司代为申报", "由第三方公司统计", "由分公司上报", "经总部申报", "项目在上年申报，本年兑付", "以美元结算", "按美元结算", "以欧元计价", "人民币元结算",
		"稳岗返还已发放", "失业保险费返还", "会费已收缴", "旧证书已收回", "已由劳务公司申报", "由县级平台上报", "由用人单位申报", "以上传系统为准", "以后续通知为准", "以审核数为准", "按合同以美元结算", "用地已收储", "保费已收缴财政专账",
		"原在外地工作，已离职", "原单位已离职", "原就职于宁波某厂，2026年3月辞职", "已从原单位离职", "从杭州某公司离职", "由温州调出", "离职后来青", "前一家公司合同期满", "辞职后加入", "本人原在上海任职，已辞职",
	} {
		if asked, said := ask(text); asked != 0 {
			t.Errorf("%s: asked %v", text, said)
		}
	}
}

// A remark says that the row was entered twice, or by mistake, or that it is of another place. What is called so and is no mistake, and
// what was put right, says nothing.
func TestEnteredByMistake(t *testing.T) {
	ask := func(text string) (n int) {
		w := New(nil)
		w.Remark(0, "备注")
		w.See(0, text, new(sieve.Told), func() string { return "A2" }, func() bool { return false })
		w.Says(func(codes.Text) { n++ }, func(codes.Text) {})
		return n
	}
	for _, text := range []string{
		"同PK011，重复录入", "与PK011重复", "同PK011重复录入", "重复录入", "此条重复登记", "重复导入，见PK011", "系重复录入", "属重复录入", "该笔重复填写", "多录一次", "录了两遍", "误录", "误录，应属西郊园", "该条误录", "误登", "错录", "录入错误", "录入有误", "系登记错误", "应属西郊园", "应归入东郊园区", "本条误填", "园区填错", "归属有误",
		"已被取消资格", "取消资格", "取消申报资格", "资格已被取消", "取消补贴", "丧失资格", "误录，未更正",
	} {
		if ask(text) != 1 {
			t.Errorf("%s: asked nothing", text)
		}
	}
	for _, text := range []string{
		"误差", "误差率3%", "允许误差", "误工补贴", "误餐费", "录入员", "录入完成", "已录入", "数据录入岗", "重复购买", "重复参保", "重复就诊", "可重复登记", "不重复登记", "无重复录入", "已核，无重复登记", "无录入错误", "未发现录入错误", "录入错误率", "录入错误已更正", "录入有误，已更正", "误录已更正", "误填，现已改正", "重复录入，已更正",
		"应属地申报", "应归还园区", "应归集资金", "应属本区", "应计入成本", "应计入园区", "应归档", "多报一名", "错峰", "错时", "误入", "取消限价", "取消门槛", "取消资格考试", "资格审查通过", "撤销乡镇合并", "取消行政审批事项", "未取消资格", "错列车次",
	} {
		if ask(text) != 0 {
			t.Errorf("%s: asked", text)
		}
	}
}

// Headings and titles, and what is told where nothing is declared.
func TestHeadings(t *testing.T) {
	for _, tt := range []struct {
		heading, text string
		against       []string
		asked, told   int
	}{
		{"离职日期", "2026-03-01", Groups, 1, 0},
		{"离职日期", "2026-03-01", nil, 0, 1},
		{"离职日期", "无", Groups, 0, 0},
		{"离职日期（年月）", "3月", Groups, 1, 0},
		{"去向", "杭州", Groups, 1, 0},
		{"离职后去向", "温州", Groups, 1, 0},
		{"离职后单位", "某厂", Groups, 1, 0},
		{"离职去向地", "温州", Groups, 1, 0},
		{"现去向", "温州", Groups, 1, 0},
		{"流出地区", "温州", Groups, 1, 0},
		{"迁往城市", "温州", Groups, 1, 0},
		{"离职率", "3", Groups, 0, 0},
		{"离校时间", "2026-06", Groups, 0, 0},
		{"毕业去向", "就业", Groups, 0, 0},
		{"流入地区", "温州", Groups, 0, 0},
		{"离职前单位", "某厂", Groups, 0, 0},
		{"资金去向", "设备", Groups, 0, 0},
		{"是否离职", "是", Groups, 1, 0},
		{"是否离职", "否", Groups, 0, 0},
		{"是否在职", "否", Groups, 1, 0},
		{"是否在职", "是", Groups, 0, 0},
		{"是否通过", "0", Groups, 1, 0},
		{"预计到岗时间", "2027-01", Groups, 1, 0},
		{"预计产值", "300", Groups, 0, 0},
		{"注销原因", "歇业", nil, 1, 0},
		{"作废", "是", nil, 1, 0},
		{"离职日期", "2026-03-01", []string{"void"}, 0, 0},
		{"去处", "借阅", []string{"~^借"}, 1, 0},
		{"状态", "作废", []string{None}, 0, 0},
		{"审核意见", "不同意", nil, 1, 0},
		{"审核意见", "不同意（材料不全）", nil, 1, 0},
		{"评审结果", "未采纳", nil, 1, 0},
		{"是否同意公开", "不同意", nil, 0, 0},
		{"是否支持IPv6", "不支持", nil, 0, 0},
		{"工艺", "红冲", nil, 0, 0},
	} {
		w := New(tt.against)
		w.Column(3, tt.heading)
		asked, told := 0, 0
		for _, at := range w.Columns() {
			w.See(at, tt.text, new(sieve.Told), func() string { return "D2" }, func() bool { return false })
		}
		w.Says(func(codes.Text) { asked++ }, func(codes.Text) { told++ })
		if asked != tt.asked || told != tt.told {
			t.Errorf("%s %s %v: asked %d, told %d", tt.heading, tt.text, tt.against, asked, told)
		}
	}
	for title, want := range map[string]int{"2026年6月拟引进人才名单": 1, "未报到人员": 1, "离职人员名单": 1, "重点企业离退人员花名册": 1, "离退休职工名册": 1, "离企人员登记表": 1, "清退人员名单": 1, "离退休专家引进名单": 0, "不裁员少裁员稳岗返还企业名单": 0, "下岗失业人员再就业培训名册": 0, "下岗失业人员小额担保贷款情况表": 0, "剥离企业名单": 0, "裁员名单": 1, "下岗职工名册": 1, "企业裁员率情况表": 0, "保证金清退情况表": 0, "脱离园区企业名单": 0, "距离企业名单": 0, "退休返聘人员名单": 0, "离散制造企业名册": 0, "毕业离校未就业人员登记表": 0, "劝学奖名单": 0, "作废": 1, "省引才计划入选名单": 0, "人才引进名单": 0, "退休返聘专家": 0, "未来科技城引进人才": 0, "2026年3月引进与流出情况统计表": 0, "引进流出情况": 0, "引进人才离职情况": 1, "培训结业情况": 0, "2026年企业产值目标分解表": 1, "2026年招聘计划": 1, "年度预算表": 1, "规划建设项目": 0, "目标考核企业产值": 0, "省级计划项目名单": 0, "省海外引才计划情况表": 0, "万人计划一览表": 0, "项目资金预算明细表": 1, "中央预算内投资计划下达项目表": 0, "监测预测情况表": 0, "2026年计划任务下达表": 1, "督查通报反馈问题整改情况表": 0, "2026年系列反诈宣传活动一览表": 0, "火灾误报率统计表": 0, "漏报情况统计表": 0, "说明：甲厂产值误填，以23为准": 1} {
		w := New(Groups)
		w.Title(title)
		n := 0
		w.Says(func(codes.Text) { n++ }, func(codes.Text) {})
		if n != want {
			t.Errorf("%s: asked %d", title, n)
		}
	}
}

// Where people left stands beside where they came in a list of arrivals.
func TestBothPlaces(t *testing.T) {
	for _, tt := range []struct {
		headings, read string
		want           int
	}{{"流出地 流入地", "", 0}, {"流出省份", "姓名 流入地", 0}, {"流出地", "引进日期", 0}, {"流出地", "姓名", 1}, {"迁往城市", "流入地", 1}} {
		w := New(Groups)
		for at, h := range strings.Fields(tt.headings) {
			w.Column(at, h, strings.Fields(tt.read)...)
		}
		w.Column(9, "") // a cell beyond the header
		w.See(0, "温州", new(sieve.Told), func() string { return "D2" }, func() bool { return false })
		n := 0
		w.Says(func(codes.Text) { n++ }, func(codes.Text) {})
		if n != tt.want {
			t.Errorf("%v: asked %d", tt, n)
		}
		if line, ok := Opposite("参保", nil, []string{"不裁员少裁员稳岗返还企业名单"}); ok {
			t.Errorf("%s is opposed", line)
		}
	}
}

// What nobody has declared to be asked about is told of a title all the same.
func TestTitlesTold(t *testing.T) {
	for title, want := range map[string]int{"青田片区离职人员花名册": 1, "2026年企业产值目标分解表": 1, "拟引进人才名单": 1, "引进人才名单": 0, "产值表": 0} {
		w := New(nil)
		w.Title(title)
		n := 0
		w.Says(func(said codes.Text) { t.Errorf("%s was asked about: %s", title, said.Zh) }, func(codes.Text) { n++ })
		if n != want {
			t.Errorf("%s: told %d", title, n)
		}
	}
}

// A colour takes rows out of a list, unless it is part of a name.
func TestColours(t *testing.T) {
	for title, want := range map[string]int{
		"黄标车淘汰补贴发放表": 0, "绿色食品认证收回名单": 0, "红色旅游项目终止情况": 0, "黄标车淘汰数": 0, "绿色矿山退出名单": 0,
		"黄色行已取消": 1, "标黄的项目已终止": 1, "黄标车补贴（标红的已退回）": 1, "红色企业已淘汰": 1,
	} {
		for _, hear := range []func(*Watch){func(w *Watch) { w.Title(title) }, func(w *Watch) { w.Column(0, title) }} {
			w := New(nil)
			hear(w)
			n := 0
			if w.Says(func(codes.Text) { n++ }, func(codes.Text) {}); n != want {
				t.Errorf("%s: asked %d", title, n)
			}
		}
	}
}

// A note speaks against rows, and not where it says whom a list leaves out.
func TestNotes(t *testing.T) {
	for note, want := range map[string]int{
		"注：年主营收入不足2000万元的企业不再纳入规上统计": 0, "注：2026年起退休人员不再列入本表。": 0, "注：申报被退回的企业不在本表": 0, "注：实际未发生的费用不填": 0,
		"注：账号有误被银行退回的，请于7月15日前更正": 0, "被退回的企业不再列入该表": 0, "被银行退回的，请于15号前更正": 0, "注：本表不含因账户有误被银行退回的资金": 0, "注：资金按季退回的另行公布": 0,
		"备注：A1 因卡号有误退回，尚未发放。": 1, "A1 被农行退回": 1, "A2、A3 被县财政局退回": 1, "A1 未实际支付": 1, "A1 未发放成功": 1, "A1 实际未支付": 1,
		"说明：甲厂产值误填，以23为准": 1, "甲厂人数报错，另报": 1, "第3行金额录错": 1, "红字为冲销": 1, "红字表示负数": 1, "注：红字为退款": 1,
		"注：预算反映全年": 0, "教学书写反思": 0, "每家企业至少报一名": 0, "每家企业至少报3名": 0, "注：减少列支": 0, "比上年多录用15人": 0, "无锡分公司产值误填": 1, "产值多报5万，请更正": 1, "甲厂少报了两人": 1, "注：无错报": 0, "误填为5": 1,
		"具体名单以附件2为准": 0, "口径以表1为准": 0, "汇率以7.12为准": 0, "行业代码以GB/T4754为准": 0, "产值以7.12为准": 1, "以原数5万元为准": 1, "比率以5%为准": 1,
		"标红的为负责人": 0, "红字为负数": 1, "红字表示负": 1,
		"说明：如有误填，以原始凭证为准": 0, "注：以统计局公布的数为准": 0, "请勿漏报、错报": 0, "本表无漏报": 0, "注：数据以2026年年报为准": 0, "红字表示重点企业": 0,
		"上述被退回的企业不再列入本表": 1, "A1 不再列支": 1, "申报被退回的企业不在本表；A2 被银行退回": 1, "第3行不再统计": 1,
	} {
		w := New(nil)
		w.Note(note)
		n := 0
		if w.Says(func(codes.Text) { n++ }, func(codes.Text) {}); n != want || Speaks(note) != (want > 0) {
			t.Errorf("%s: asked %d", note, n)
		}
	}
}

// A line that corrects a figure is heard; what is corrected already, rules, and the correction that a revised file explains are not.
func TestCorrections(t *testing.T) {
	ask := func(note, file string) (n int) {
		w := New(nil)
		w.Title(file)
		w.Note(note)
		w.Says(func(codes.Text) { n++ }, func(codes.Text) {})
		return n
	}
	for _, note := range []string{
		"更正说明：PC013 的人数应为 18 人，以此为准。", "更正：PC013人数应为18人", "勘误：丙公司金额应为 3.5 万元", "（更正说明：PC013 应改为 18）", "注：更正说明：PC013人数应是18人", "PC013的人数应为18人，以此为准", "订正通知：东园应为1200人", "更正启事：丙公司名称应为丙电子公司，人数应为12人",
	} {
		if ask(note, "拨付") != 1 || !Speaks(note) {
			t.Errorf("%s: asked nothing", note)
		}
		if ask(note, "拨付（更正）") != 0 {
			t.Errorf("%s: asked of a revised file", note)
		}
	}
	for _, note := range []string{
		"更正说明：原报8人，应为18人，本表已更正", "更正说明：人数由8人更正为18人", "更正说明：本表按统计局口径修正为最终数", "更正：如有误请于7月15日前报送", "每班人数应为30人", "注：统一社会信用代码应为18位", "年龄应为18周岁以上", "更正说明：以统计局公布数为准", "更正申请表应为一式3份", "更正登记：2026年6月", "说明：参保人数应为20人及以上，以此为准入条件", "数据更正流程：先审核，后更正", "更正说明：上表系更正后数据，PC013应为18人",
	} {
		if ask(note, "拨付") != 0 {
			t.Errorf("%s: asked", note)
		}
	}
}

// A column that nothing is read from says which way rows went, where all count as one. What grew or shrank, what a sign means of blood,
// and a column with other cells too say none.
func TestTurns(t *testing.T) {
	ask := func(heading, now, cells string) (said string) {
		w := New(Groups)
		w.Column(4, heading)
		w.Turns(4, heading, now, codes.Text{Zh: "流向", En: "Direction"})
		for i, text := range strings.Fields(cells) {
			w.See(4, text, new(sieve.Told), func() string { return fmt.Sprintf("E%d “%s”", i+2, text) }, func() bool { return false })
		}
		w.Says(func(t codes.Text) { said += t.Zh }, func(codes.Text) {})
		return said
	}
	for _, tt := range [][3]string{
		{"异动", "in", "增 减 增 减"}, {"异动情况", "in", "增加 减少 增加"}, {"标志", "in", "+ - +"}, {"去留", "in", "留 走 留"}, {"增减标志", "in", "减 减"}, {"人员异动", "in", "减员"}, {"状态", "入库", "入 出 出"}, {"方向", "out", "出 进"}, {"类别", "收入", "收 支"}, {"备用", "in", "流入 流出"}, {"流动", "in", "In Out"}, {"异动", "in", "增 减 不变"}, {"异动", "in", "增 - 减"}, {"异动", "in", "新入职 离职（退休）"}, {"变动情况", "in", "增（校招） 减（调往温州）"}, {"参保情况", "in", "参保 停保 —"}, {"标志", "in", "- + -"},
	} {
		if said := ask(tt[0], tt[1], tt[2]); strings.Count(said, "像是说各行的去向") != 1 {
			t.Errorf("%v: asked %s", tt, said)
		}
	}
	for _, tt := range [][3]string{
		{"工资增减", "in", "增 减"}, {"较上月", "in", "增加 减少"}, {"血型RH", "in", "+ -"}, {"核酸检测", "in", "- +"}, {"异动", "in", "增 增"}, {"异动", "in", "增 - -"}, {"异动", "in", "增 不变 不变"}, {"异动", "in", "正常 不变"}, {"异动", "in", "增 减 平"}, {"异动", "in", "增 减 涨停"}, {"异动", "CN", "增 减"}, {"异动", "1", "+ -"}, {"异动", "全职", "增 减"}, {"标志", "in", "- -"}, {"异动", "in", "- - -"}, {"备注", "in", "减少"}, {"编制增减", "in", "增 减"}, {"股价异动", "in", "增 减"}, {"异动", "out", "减 减"}, {"", "in", "增 减"}, {"产值同比", "in", "增加 减少"},
	} {
		if said := ask(tt[0], tt[1], tt[2]); strings.Contains(said, "去向") {
			t.Errorf("%v: asked %s", tt, said)
		}
	}
}

// People who went home left, unless a title or a heading says that home is here.
func TestReturned(t *testing.T) {
	for title, want := range map[string]int{
		"回流原籍人员名单": 1, "2026年6月返乡人员名单": 1, "返回户籍地人员登记表": 1, "返乡农民工名单": 1, "回流老家情况表": 1,
		"返乡创业人员名单": 0, "回流人才引进名单": 0, "返乡就业人员名单": 0, "返乡入乡人员情况": 0, "人才回流原籍引进情况": 0, "返乡大学生名单": 0, "返乡青年名册": 0, "引进返乡人员名单": 0, "返乡农民工招聘名单": 0, "乡贤回归名单": 0, "人才回流名单": 0, "返乡投资项目表": 0, "海外回流人员名单": 0, "返岗人员名单": 0,
		"不再续聘人员名单": 1, "合同不续签名单": 1, "企业减少用工人员明细": 1, "企业减少用工明细表": 1, "员工减少情况表": 1,
		"减少用工成本补贴名单": 0, "减少用工不裁员企业名单": 0, "续聘人员名单": 0, "用工增减明细": 0, "减少用工量企业": 0, "期满续签人员": 0, "减少用电情况表": 0,
	} {
		for _, skip := range [][]string{nil, {Returned}} {
			w := New(Groups, skip...)
			w.Title(title)
			n := 0
			w.Says(func(codes.Text) { n++ }, func(codes.Text) {})
			home := strings.ContainsAny(title, "返回")
			if n != want && !(skip != nil && home) || skip != nil && home && n != 0 {
				t.Errorf("%s %v: asked %d", title, skip, n)
			}
		}
	}
}

// Whatever a cell says, it is told once and short.
func FuzzSee(f *testing.F) {
	for _, s := range []string{"已离职", "作废", "是", "\xff", "拟引进\x00", strings.Repeat("离", 300), "", "Not approved"} {
		f.Add("是否离职", s)
		f.Add(s, "否")
	}
	f.Fuzz(func(t *testing.T, heading, text string) {
		w := New(nil)
		w.Column(0, heading)
		w.Title(heading)
		w.See(0, text, new(sieve.Told), func() string { return "A2" }, func() bool { return true })
		w.Says(func(t codes.Text) {}, func(said codes.Text) {
			if len(said.Zh) > 1200 {
				t.Errorf("long: %q", said.Zh)
			}
		})
	})
}

// What a look lets pass is all that may be of a group.
func FuzzWords(f *testing.F) {
	for _, s := range []string{"应为86", "与上行重复", "已 离职", "cancelled（补）", "暂估", "拟引进阶段", "本企业因故停产", "比原报数为3"} {
		f.Add(s)
	}
	w := New([]string{"void", "failed", "planned", "left"})
	f.Fuzz(func(t *testing.T, text string) {
		if key := codes.Key(text); w.heard(key) != nil && !w.words.May(text) {
			t.Errorf("%q is of a group", text)
		}
	})
}

// Words that stand in lists of projects and land too say that things left in a title, and in a heading that is about nothing else.
func TestOpposite(t *testing.T) {
	for _, tt := range []struct {
		word, heading, title string
		want                 string
	}{
		{"入库", "土地转让时间", "", ""},
		{"入库", "问题处置情况", "", ""},
		{"入库", "是否出售", "", ""},
		{"收入", "处置日期", "", ""},
		{"入库", "处置日期", "", "处置日期"},
		{"入库", "资产处置方式", "", "资产处置方式"},
		{"入库", "名称", "报废资产处置清单", "报废资产处置清单"},
		{"入库", "出库日期", "", "出库日期"},
		{"入库", "入库日期", "处置清单", ""},
	} {
		if got, ok := Opposite(tt.word, []string{tt.heading}, []string{tt.title}); got != tt.want || ok != (tt.want != "") {
			t.Errorf("%v: got %q", tt, got)
		}
	}
}

// Another word that a column of days may be called by is heard; what says of anything that it has happened is not, nor is a file that
// says the word itself.
func TestBeside(t *testing.T) {
	names := strings.Fields("日期 借出日期 归还日期 剔旧日期 登记日期 所属日期")
	for _, tt := range []struct {
		word, heading, title string
		want                 string
	}{
		{"借出", "剔旧日期", "", "剔旧日期"},
		{"借出", "日期", "2026年图书剔旧清单", "2026年图书剔旧清单"},
		{"借出", "登记日期", "图书登记表", ""},
		{"借出", "借出日期", "剔旧清单", ""},
		{"借出", "日期", "图书借出、剔旧台账", ""},
		{"借出", "日期", "图书流通明细", ""},
		{"外借", "剔旧日期", "", ""},
		{"", "剔旧日期", "", ""},
	} {
		if got := Beside(tt.word, names, []string{tt.heading}, []string{tt.title}); got != tt.want {
			t.Errorf("%v: got %q", tt, got)
		}
	}
}

// A line above or below a table says of the rows that carry a sign, or of rows by their numbers, that they do not count.
func TestSignsAndNumbers(t *testing.T) {
	ask := func(above bool, note string, rows ...string) (said string) {
		w := New(nil)
		w.Signs(0)
		if above {
			w.Title(note)
		}
		for i, row := range rows {
			w.SeeNames(uint64(i+1), func(int) string { return row }, func(_ int, s string) string { return fmt.Sprintf("A%d %s", i+2, s) })
		}
		if !above {
			w.Note(note)
		}
		w.Says(func(t codes.Text) { said += t.Zh }, func(codes.Text) {})
		return said
	}
	for note, at := range map[string]string{
		"▲ 为已迁出企业，不纳入本表汇总": "A3 “▲乙”", "★为已搬离本县的企业，不在统计范围内": "A4 “★丙”", "注：※系重复申报，不计入": "A5 “丁※”", "# 表示已注销": "A6 “#戊”", "*代表数据有误，请剔除": "A7 “己*”", "带▲的企业暂不兑付": "A3 “▲乙”", "说明：标★的为作废项目": "A4 “★丙”", "▲：不计入合计": "A3 “▲乙”", "* 表示已被取消资格": "A7 “己*”", "注：★为已取消补助的企业": "A4 “★丙”", "▲表示已丧失申报资格": "A3 “▲乙”", "“※”为已退回资金": "A5 “丁※”", "前有“#”的单位未计入总额": "A6 “#戊”",
	} {
		for _, above := range []bool{true, false} {
			if said := ask(above, note, "甲", "▲乙", "★丙", "丁※", "#戊", "己*"); !strings.Contains(said, at) || strings.Count(said, "仍按数据读取") != 1 {
				t.Errorf("%s: asked %s", note, said)
			}
		}
		// where no row carries it the line is heard as any other
		if said := ask(false, note, "甲", "乙", "丙"); (said != "") != (strings.Contains(note, "带▲") || strings.Contains(note, "标★") || strings.Contains(note, "系重复") || strings.Contains(note, "数据有误")) {
			t.Errorf("%s: no row carries it: asked %s", note, said)
		}
	}
	for _, note := range []string{"▲为重点企业", "★为省级示范基地", "※表示已并网", "# 表示规上企业", "*为必填", "★指已投产项目", "▲为当年新增企业", "※为高新技术企业", "注：*为民营企业", "★★★为三星级", "# 为外资企业", "▲表示增长", "*表示取消限价", "★为已取得资格的企业", "▲为资格复审通过", "※为取消出口退税商品"} {
		if said := ask(false, note, "甲", "▲乙", "★丙", "丁※", "#戊", "己*"); said != "" {
			t.Errorf("%s: asked %s", note, said)
		}
	}
	for note, at := range map[string]string{
		"（第3、4号企业正在核实，暂未计入总额）": "A4 “丙”、A5 “丁”", "（序号2企业材料存疑，暂不列入统计）": "A3 “乙”", "序号为2、3的企业不参与汇总": "A3 “乙”、A4 “丙”", "注：第2至4行为重复数据，请剔除": "A3 “乙”、A4 “丙”、A5 “丁”", "说明：序号1已注销": "A2 “甲”", "序号4暂不兑付": "A5 “丁”", "第2户已退回资金": "A3 “乙”",
	} {
		if said := ask(true, note, "甲", "乙", "丙", "丁"); !strings.Contains(said, at) {
			t.Errorf("%s: asked %s", note, said)
		}
		if said := ask(false, note, "甲", "乙", "丙", "丁"); !strings.Contains(said, at) {
			t.Errorf("%s below: asked %s", note, said)
		}
	}
	for _, note := range []string{"第3批企业奖补公示表", "根据〔2026〕3号文，未达标企业不纳入补助", "第2、3季度数据不含停产企业", "第4号公告所列企业不计入", "第3、4号企业为新增企业", "序号2企业为高新技术企业", "第12期培训班不计学分", "2026年第3号令规定不列入的除外", "第1、2号楼企业兑付表", "第12批次奖补公示，不含已停产企业", "共4家企业，无剔除"} {
		if said := ask(true, note, "甲", "乙", "丙", "丁"); said != "" {
			t.Errorf("%s: asked %s", note, said)
		}
	}
}

// A bullet is no sign, a sign is told however it stands in a cell, and of two each is what is said of it.
func TestSignsOfOthers(t *testing.T) {
	ask := func(above bool, note string, rows ...string) (said string, n int) {
		w := New(Groups)
		w.Signs(0)
		if above {
			w.Title(note)
		}
		for i, row := range rows {
			w.SeeNames(uint64(i+1), func(int) string { return row }, func(_ int, s string) string { return fmt.Sprintf("A%d %s", i+2, s) })
		}
		if !above {
			w.Note(note)
		}
		w.Says(func(t codes.Text) { said += t.Zh; n++ }, func(codes.Text) {})
		return said, n
	}
	for _, title := range []string{"■离职人员", "◆作废", "※测试数据", "#已取消", "标×的企业已注销", "●人员离职名单", "◇已注销企业", "★退出企业名单", "①作废项目"} {
		if said, n := ask(true, title, "甲", "乙"); n != 1 {
			t.Errorf("%s: asked %s", title, said)
		}
	}
	for _, note := range []string{"①甲公司5月数据有误，请剔除", "※以上为模拟数据，有误", "* 乙公司系重复申报，应剔除", "标×的企业已注销", "◆第3行重复，请剔除", "● 丙公司已并入甲公司中"} {
		if said, n := ask(false, note, "甲", "乙"); n != 1 {
			t.Errorf("%s: asked %s", note, said)
		}
	}
	for _, row := range []string{"×甲公司", "甲公司×", "甲公司（×）", " ×甲", "（×）甲", "×", "×120"} {
		if said, n := ask(true, "×为已注销企业", "乙", row); n != 1 || !strings.Contains(said, "A3 ") {
			t.Errorf("%s: asked %s", row, said)
		}
	}
	for note, rows := range map[string][]string{
		"带*的企业已注销": {"＊甲公司", "甲公司（*）", "甲公司*", "*"}, "标#的单位不计入": {"＃乙", "乙＃", "#乙"}, "▲为已迁出企业，不纳入汇总": {"乙公司（▲）", " ▲甲", "▲120", "▲　丙", "丙▲ "}, "以▲标注的企业已注销": {"▲甲"}, "▲标注的企业已注销": {"▲甲"}, "＊号为已退出项目": {"＊甲"},
		"★为重点企业；▲为已迁出企业，不纳入汇总": {"▲甲"}, "注：带★为重点企业，带▲为已迁出企业，不计入": {"▲甲"}, "√为已审核，×为未通过": {"×甲"}, "说明：1.★为规上企业；2.※为已停产企业": {"※丁"}, "凡▲企业不纳入统计": {"▲甲"},
	} {
		for _, row := range rows {
			if said, n := ask(true, note, "乙", row); n != 1 || !strings.Contains(said, "A3 ") {
				t.Errorf("%s, %s: asked %s", note, row, said)
			}
		}
	}
	for note, row := range map[string]string{
		"★为重点企业；▲为已迁出企业，不纳入汇总": "★甲", "注：带★为重点企业，带▲为已迁出企业，不计入": "★甲", "√为已审核，×为未通过": "√甲", "带*号为必填项，未填的不予兑付": "张*", "*为必填，漏填不列入汇总": "张*",
		"√表示纳入统计，其余不计入": "√甲", "★为规上企业，规下企业不计入": "★甲", "▲为未计入上年基数的新增企业": "▲甲", "▲为未纳入规上的企业": "▲甲", "#为不计息贷款": "#甲", "★为省级，未打★的不予兑付": "★甲", "●为本地企业，外地企业不纳入汇总": "●甲",
	} {
		for _, above := range []bool{true, false} {
			if said, n := ask(above, note, "乙", row); strings.Contains(said, "A3 ") || n > 0 && !strings.Contains(note, "★") && !strings.Contains(note, "×") {
				t.Errorf("%s: %s carries it: asked %s", note, row, said)
			}
		}
	}
	for note, at := range map[string]string{
		"序号2作废": "A3 “乙”", "第2行注销": "A3 “乙”", "第3户离职": "A4 “丙”", "序号3停产": "A4 “丙”", "第3行重复": "A4 “丙”", "第1行、第3行重复": "A2 “甲”、A4 “丙”", "第2行与第3行重复": "A3 “乙”、A4 “丙”", "第三行作废": "A4 “丙”", "第二、三户已注销": "A3 “乙”、A4 “丙”", "注：3号企业已停产": "A4 “丙”", "序号2产值有误": "A3 “乙”",
		"注：序号3为上年数": "A4 “丙”", "备注：2、4两家已注销，资金收回": "A3 “乙”、A5 “丁”", "说明：上表第2项为预计数，待审计后调整": "A3 “乙”", "其中3号项目终止，不再拨付": "A4 “丙”", "注：3号人员已于6月20日离岗": "A4 “丙”", "序号为2的单位撤回申请": "A3 “乙”", "最后两行尚未经领导小组审议": "A4 “丙”、A5 “丁”", "注：首行为示例": "A2 “甲”", "注：表中第3项系预估": "A4 “丙”", "其中第1家已破产清算": "A2 “甲”", "注：第二、四项尚待财政审定": "A3 “乙”、A5 “丁”", "倒数第一行为上月数据": "A5 “丁”", "前三行数据不计入": "A2 “甲”、A3 “乙”、A4 “丙”", "注：倒数第二行作废": "A4 “丙”", "序号1、3系重复申报，以序号4为准": "A2 “甲”、A4 “丙”", "注：第4笔已退回财政专户": "A5 “丁”", "第1项、第3项未获批": "A2 “甲”、A4 “丙”",
		"说明：第2家企业已搬离本县，不计入": "A3 “乙”", "编号3的项目终止": "A4 “丙”", "第1-2行为测试数据": "A2 “甲”、A3 “乙”",
	} {
		if said, n := ask(true, note, "甲", "乙", "丙", "丁"); n != 1 || !strings.Contains(said, at) || strings.Count(said, "A") != strings.Count(at, "A") {
			t.Errorf("%s: asked %s", note, said)
		}
	}
	for _, note := range []string{
		"注：根据《实施细则》第12条，兼职人员不纳入统计", "按办法第8条规定不予兑付", "依据第六条第2项，外地人员不计入", "受第9号台风影响停产企业不计入", "第388号《办法》规定不列入", "第3类企业不纳入统计", "第1档不予发放", "第二人民医院人员不纳入统计", "第三方公司数据不计入", "第3行业小类不纳入统计", "第2产业不计入", "第一书记不纳入统计", "依照第三章第五条，劳务派遣人员不列入",
		"注：第3行企业为本月新增", "说明：1.序号按拨付日期排列；2.金额保留一位小数。", "注：序号2、4为上市后备企业", "注：第1项已于6月验收通过", "填表说明：第1至3列由园区填写，第4列由财政局核定", "注：5号项目含上级补助2万元", "前三季度停产企业不计入", "最后一行为合计", "前3家企业已兑付", "5、6月停产企业不计入", "1、2两项政策已兑现",
		"第3次未参加培训的不予发放", "第2级岗位不计入", "第1部分不纳入统计",
	} {
		if said, _ := ask(true, note, "甲", "乙", "丙", "丁", "戊", "己", "庚", "辛"); strings.Contains(said, "编了号") {
			t.Errorf("%s: asked %s", note, said)
		}
	}
}

// What is said of many rows that are loaded as they stand is told at a look: where it is not, a file takes many times as long.
func TestWordsStop(t *testing.T) {
	for _, s := range []string{
		"登记编号123，经社保核对", "登记证号88", "经办人李四", "联系电话已核", "身份证号已核", "材料齐全", "学历已认证", "填报人王五", "系企业股东", "户籍在外省",
		"应届毕业生", "住房补贴", "全职引进", "柔性引进", "硕士研究生", "高级工程师", "试用期", "年薪制", "见附件", "系统导入", "由企业填写", "新增", "增资", "在建", "竣工",
	} {
		if words().May(s) {
			t.Errorf("%q is looked into", s)
		}
	}
}

// What a hand-over of rows, a system of payments or a form says of a row in a few words; what sounds so and says nothing.
func TestStatesOfRows(t *testing.T) {
	ask := func(heading, text string) (n int) {
		w := New(Groups)
		w.Column(0, heading)
		w.See(0, text, new(sieve.Told), func() string { return "A2" }, func() bool { return false })
		w.Says(func(codes.Text) { n++ }, func(codes.Text) {})
		return n
	}
	for text, heading := range map[string]string{
		"认定已撤销": "备注", "榜单撤回": "备注", "立项未通过": "备注", "未开班": "备注", "延期": "报到情况",
		"此条请删": "备注", "请删除": "备注", "该行应删除": "备注", "已并入第1行": "备注", "合并到上一行": "备注", "已计入第3笔": "备注", "8.6万元，左列误填": "备注", "右栏有误": "备注", "草稿": "数据状态", "暂存": "状态", "未提交": "提交状态", "停发": "发放状态", "止付": "状态", "账号错误退票": "备注", "兑付不成功": "兑付情况", "未成功": "结果", "此款退库": "备注", "待退款": "备注", "应收回": "备注", "撤资": "备注", "暂停": "项目进展", "中止": "项目状态", "搁置": "状态", "冻结": "账户状态", "账户已冻结": "备注", "预估数": "备注", "退票": "支付结果", "失败": "支付结果", "代发失败": "结果", "拨付失败，账号有误": "备注",
		"不合规，已要求退还": "备注", "责令退回资金": "备注", "签约后毁约": "备注", "入职后又离职": "备注", "报到不久即离开": "备注", "爽约": "状态", "试用期未过": "现状", "收回": "备注", "退回": "其他说明", "先不算": "备注", "暂不算在内": "备注", "尚未经领导小组审议": "备注", "未报县政府批准": "备注", "撤回申请": "办理结果", "财政局未批": "备注", "电话核实为35人": "备注", "核实为8.5万元，表未改": "备注", "表中未更正": "备注",
	} {
		if ask(heading, text) != 1 {
			t.Errorf("%s: %s asked nothing", heading, text)
		}
	}
	for text, heading := range map[string]string{
		"延期": "结题情况", "延期一年": "协议状态", "认定通过": "备注", "立项编号2025-3": "备注",
		"收回": "业务类型", "退款": "类型", "收回投资": "备注", "请删繁就简": "备注", "草稿纸": "品名", "已提交": "状态", "成功": "结果", "已成功": "结果", "未冻结": "状态", "冻结食品": "品名", "无退票": "备注", "退库存": "备注", "待退休": "备注", "应收账款": "备注", "中止阀": "品名", "预估价": "备注", "暂存箱": "品名", "创业失败经历": "备注", "停发电机组": "备注", "付款": "备注", "并入国网": "备注", "并入省级平台": "备注", "计入第一批": "备注", "合规": "备注", "要求较高": "备注", "毁林开荒整治": "备注", "入职后表现良好": "备注", "试用期": "状态", "试用期合格": "状态", "打算引进": "", "核实为2类人才": "备注", "经核实为真": "备注", "未改制": "备注", "确实为3年": "备注", "草案": "备注", "已经县政府批准": "备注", "不合格证已换": "备注",
	} {
		if heading != "" && ask(heading, text) != 0 {
			t.Errorf("%s: %s asked", heading, text)
		}
	}
	below := New(Groups)
	below.Column(0, "备注")
	below.See(0, "收回", new(sieve.Told), func() string { return "A2" }, func() bool { return true })
	below.Says(func(t2 codes.Text) { t.Errorf("a figure below 0: asked %s", t2.Zh) }, func(codes.Text) {})
}

// Titles, and the names of sheets and files, of what is no version to count, of what was taken back, and of other times.
func TestTitlesOfOtherLists(t *testing.T) {
	ask := func(title string) (n int) {
		w := New(Groups)
		w.Title(title)
		w.Says(func(codes.Text) { n++ }, func(codes.Text) {})
		return n
	}
	for _, title := range []string{
		"已收回资金明细", "2026年6月追回资金清单", "撤销立项企业名单", "取消认定企业名单", "暂停发放待遇人员名单", "审计调减资金清单", "停发补贴人员名单", "取消补助对象名单", "核销资金清单", "2026年6月退回资金情况表", "资金拨付表（内部测算稿）", "拟调整资金明细", "2026年资金需求表", "2026年核减补贴明细", "2026年资金预算（草案）", "奖补名单（讨论稿）", "2026年6月应付未付资金明细", "未拨付资金清单", "资金台账6月（旧版勿用）", "待核（未报）", "6月解除聘用人员", "终止劳动关系人员", "6月外派省外人员名单", "企业产值（去年同期）", "企业产值（上月数）", "企业产值（上年同期数）",
	} {
		if ask(title) != 1 {
			t.Errorf("%s: asked nothing", title)
		}
	}
	for _, title := range []string{
		"资金拨付与收回台账（收回以负数列示）", "2026年6月资金拨付表", "草案编制企业名录", "年度计划任务完成情况：已拨付资金明细", "企业产值（上市企业）", "规上企业（2025年度入库）产值", "待核实工伤名单", "外派员工引进名单", "外派培训人员补贴表", "停用药品目录", "2026年退役军人创业补贴发放表", "2026年6月资金拨付情况表（审定稿）", "关于收回闲置土地后安置企业的补助发放表", "失败免责机制试点企业补助表", "2026年待遇发放明细表", "企业产值（上年末在库企业）", "高层次人才（前三季度）", "收回国有建设用地使用权项目",
	} {
		if ask(title) != 0 {
			t.Errorf("%s: asked", title)
		}
	}
	for text, speaks := range map[string]bool{"王科：电话核实为 35 人，表未改": true, "此笔财政局未批，先不算": true, "法人代表王某，电话已核": false, "核实为2类人才": false, "指标已落实为5人": false, "经核实为5人": true} {
		if Speaks(text) != speaks {
			t.Errorf("%s: speaks %v", text, !speaks)
		}
	}
}
