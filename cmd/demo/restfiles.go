package demo

import "time"

// restFiles are the submissions of the other offices: a register each, or one file a stretch.
func (s *story) restFiles() []*file {
	var fs []*file
	half2023 := halfYear(day(2023, 7, 1))
	half2026 := stretches[2].period
	three := []period{stretches[0].period, stretches[1].period, half2026}
	two := three[1:]
	now := []period{year(2026)}
	four := append([]period{half2023}, three...)
	five := append([]period{year(2022), year(2023)}, three...)
	residents := []period{year(2023), year(2024), year(2025), half2026}
	for _, f := range []struct {
		sender, dataset  string
		periods          []period
		format, encoding string
		what, unit       string
		totals           string
		cols             []col
		notes            []string
	}{
		{"区人社局", "labour", four, "csv", "gb18030", "", "", "", []col{
			{"month", "统计月份", "slash", ""}, {"area", "统计区域", "", ""}, {"node", "产业链节点", "", ""}, {"employed", "从业人数", "", ""}, {"seekers", "求职人数", "", ""}, {"hires", "新招人数", "", ""}, {"vacancies", "岗位空缺数", "", ""},
		}, []string{"注：全县含开发区，全市含全县；各月为月末数，不得相加。"}},
		{"区科技局", "platforms", now, "xlsx", "", "创新平台名录", "个", "-", []col{
			{"", "序号", "", ""}, {"code", "平台编号", "", ""}, {"name", "平台名称", "", ""}, {"kind", "平台类型", "1", ""}, {"node", "产业链节点", "", ""}, {"park", "园区", "", ""}, {"opened_on", "批准日期", "real", ""}, {"closed_on", "摘牌日期", "real", ""}, {"host", "依托单位", "", ""},
		}, nil},
		{"区委人才办", "residents", residents, "xlsx", "", "创新平台入驻人才名册", "人", "-", []col{
			{"", "序号", "", ""}, {"platform", "平台编号", "", ""}, {"name", "姓名", "", ""}, {"person", "身份证号", "", ""}, {"class", "人才类别", "", ""}, {"node", "产业链节点", "", ""}, {"joined_on", "入驻日期", "real", ""}, {"left_on", "离站日期", "real", ""},
		}, nil},
		{"区委人才办", "teams", three, "xlsx", "", "人才团队（雁阵）名册", "人", "-", []col{
			{"", "序号", "", ""},
			{"lead_name", "领头人", "", "领头人"},
			{"lead", "领头人身份证号", "", "领头人"},
			{"project", "带动项目编号", "", "领头人"},
			{"member_name", "成员姓名", "", "团队成员"},
			{"member", "成员身份证号", "", "团队成员"},
			{"role", "团队角色", "raw", "团队成员"},
			{"enterprise", "所在企业", "", "岗位"},
			{"node", "产业链节点", "", "岗位"},
			{"joined_on", "加入日期", "real", "岗位"},
			{"left_on", "离队日期", "real", "岗位"},
		}, nil},
		{"区人社局", "benefits", four, "xlsx", "", "人才政策兑现台账", "万元", "-", []col{
			{"", "序号", "", ""},
			{"code", "申请编号", "", ""},
			{"person", "申请人身份证号", "", ""},
			{"kind", "兑现类别", "", ""},
			{"policy", "政策名称", "", ""},
			{"node", "产业链节点", "", ""},
			{"applied_on", "申请日期", "real", ""},
			{"eligible", "是否符合条件", "", ""},
			{"approved_on", "批准日期", "real", ""},
			{"paid_on", "兑付日期", "zh", ""},
			{"requested", "申请金额（万元）", "", ""},
			{"approved", "批准金额（万元）", "", ""},
			{"paid", "兑付金额（万元）", "", ""},
			{"placed_on", "落实日期", "real", ""},
			{"subsidy_ends_on", "补贴到期日", "real", ""},
		}, []string{"注：落实日期指入住、入学或发卡日期。"}},
		{"区人才服务中心", "services", three, "csv", "gb18030", "", "", "", []col{
			{"code", "办件编号", "", ""},
			{"channel", "受理渠道", "", ""},
			{"matter", "事项名称", "", ""},
			{"opened_on", "受理日期", "", ""},
			{"promised_days", "承诺时限（工作日）", "", ""},
			{"closed_on", "办结日期", "", ""},
			{"visits", "跑动次数", "", ""},
			{"answered", "是否接通", "call", ""},
			{"satisfaction", "满意度", "", ""},
		}, nil},
		{"区人才服务中心", "funnel", five, "xlsx", "", "引才全过程台账", "人", "-", []col{
			{"", "序号", "", ""},
			{"name", "姓名", "", ""},
			{"person", "身份证号", "", ""},
			{"enterprise", "用人单位", "", ""},
			{"node", "产业链节点", "", ""},
			{"contacted_on", "接洽日期", "real", ""},
			{"signed_on", "签约日期", "real", ""},
			{"started_on", "到岗日期", "real", ""},
			{"recognised_on", "认定日期", "real", ""},
			{"paid_on", "兑现日期", "real", ""},
			{"left_on", "离职日期", "real", ""},
		}, nil},
		{"区招商局", "projects", three, "xlsx", "", "签约招商项目表", "万元", "talents", []col{
			{"", "序号", "", ""},
			{"code", "项目编号", "", ""},
			{"name", "项目名称", "", ""},
			{"signed_on", "签约日期", "real", ""},
			{"node", "产业链节点", "", ""},
			{"park", "落户园区", "", ""},
			{"enterprise", "投资主体", "", ""},
			{"investment", "计划总投资（万元）", "comma", ""},
			{"talent_clause", "有无人才条款", "", ""},
			{"talents", "带来人才数", "", ""},
			{"lead", "领军人才身份证号", "", ""},
		}, nil},
		{"区科技局", "challenges", three, "xlsx", "", "揭榜挂帅榜单", "万元", "-", []col{
			{"", "序号", "", ""},
			{"code", "榜单编号", "", ""},
			{"title", "难题名称", "", ""},
			{"enterprise", "出题企业", "", ""},
			{"node", "产业链节点", "", ""},
			{"posted_on", "发榜日期", "real", ""},
			{"answered_on", "揭榜日期", "real", ""},
			{"accepted_on", "验收日期", "real", ""},
			{"amount", "榜单金额（万元）", "", ""},
			{"university", "揭榜高校", "", ""},
		}, nil},
		{"区教育局", "postgraduates", three, "xlsx", "", "联合培养研究生名册", "人", "-", []col{
			{"", "序号", "", ""}, {"name", "学生姓名", "", ""}, {"person", "身份证号", "", ""}, {"university", "培养高校", "", ""}, {"degree", "培养层次", "1", ""}, {"enterprise", "实践企业", "", ""}, {"node", "产业链节点", "", ""}, {"entered_on", "进入基地日期", "real", ""}, {"left_on", "离开基地日期", "real", ""},
		}, nil},
		{"区统计局", "rd", now, "xlsx", "", "规上企业研发活动情况", "人、人年", "employed", []col{
			{"", "序号", "", ""}, {"year", "年度", "", ""}, {"enterprise", "企业名称", "", ""}, {"node", "产业链节点", "", ""}, {"employed", "从业人员", "", ""}, {"rd_people", "R&D人员", "", ""}, {"rd_fte", "R&D人员折合全时当量", "", ""}, {"phd", "其中：博士", "", ""},
		}, []string{"注：2026年为半年快报折年数。"}},
		{"区统计局", "yearbook", now, "xlsx", "", "主要指标", "见各行", "-", []col{
			{"year", "年份", "", ""}, {"item", "指标名称", "", ""}, {"value", "数值", "", ""}, {"unit", "计量单位", "", ""},
		}, []string{"注：2026年为年中快报数。"}},
		{"管委会办公室", "targets", now, "xlsx", "", "年度目标责任分解表", "见各行", "-", []col{
			{"", "序号", "", ""},
			{"unit_name", "责任单位", "", ""},
			{"title", "考核指标", "", ""},
			{"metric", "指标代码", "", ""},
			{"scope", "考核范围", "", ""},
			{"period", "考核期", "", ""},
			{"tier", "目标档次", "", ""},
			{"target", "目标值", "", ""},
			{"weight", "权重", "", ""},
			{"cap", "得分上限", "", ""},
			{"valid_from", "生效日期", "real", ""},
			{"reason", "调整原因", "", ""},
		}, nil},
		{"区财政局", "awards", three, "xlsx", "", "人才奖励发放表", "万元", "-", []col{
			{"", "序号", "", ""}, {"name", "获奖人", "", ""}, {"person", "身份证号", "", ""}, {"award", "奖项", "", ""}, {"awarded_on", "颁奖日期", "zh", ""}, {"amount", "奖励金额（万元）", "", ""}, {"enterprise", "工作单位", "", ""}, {"node", "产业链节点", "", ""},
		}, nil},
		{"区科技局", "contracts", three, "csv", "utf-8-bom", "", "", "", []col{
			{"number", "合同登记编号", "", ""}, {"kind", "合同类别", "", ""}, {"signed_on", "签订日期", "", ""}, {"amount", "合同成交额（万元）", "comma", ""}, {"enterprise", "卖方名称", "", ""}, {"node", "产业链节点", "", ""}, {"partner", "买方名称", "", ""},
		}, nil},
		{"区科技局", "results", three, "xlsx", "", "科技成果登记表", "项", "-", []col{
			{"", "序号", "", ""}, {"code", "成果登记号", "", ""}, {"title", "成果名称", "", ""}, {"achieved_on", "登记日期", "real", ""}, {"transferred_on", "转化日期", "real", ""}, {"how", "转化方式", "1", ""}, {"enterprise", "依托单位", "", ""}, {"node", "产业链节点", "", ""},
		}, nil},
		{"区市场监管局", "patents", now, "csv", "gb18030", "", "", "", []col{
			{"number", "专利号", "", ""}, {"title", "发明名称", "", ""}, {"granted_on", "授权公告日", "compact", ""}, {"expired_on", "终止日期", "compact", ""}, {"enterprise", "专利权人", "", ""}, {"node", "产业链节点", "", ""},
		}, nil},
		{"人才发展集团", "investments", now, "xlsx", "", "人才创业投资基金项目表", "万元", "-", []col{
			{"", "序号", "", ""}, {"code", "投资编号", "", ""}, {"enterprise", "被投企业", "", ""}, {"node", "产业链节点", "", ""}, {"invested_on", "投资日期", "real", ""}, {"fund_amount", "基金出资（万元）", "", ""}, {"social_amount", "带动社会资本", "", ""}, {"stage", "轮次", "", ""}, {"closed_on", "企业注销日期", "real", ""},
		}, nil},
		{"区人才服务中心", "events", three, "xlsx", "", "人才活动登记表", "人次", "people", []col{
			{"", "序号", "", ""}, {"code", "活动编号", "", ""}, {"title", "活动名称", "", ""}, {"kind", "活动类型", "1", ""}, {"held_on", "举办日期", "dot", ""}, {"people", "参加人次", "", ""},
		}, nil},
		{"区人才服务中心", "contest_projects", two, "xlsx", "", "大赛获奖项目落地表", "个", "-", []col{
			{"", "序号", "", ""}, {"code", "项目编号", "", ""}, {"title", "项目名称", "", ""}, {"event", "大赛名称", "", ""}, {"won_on", "获奖日期", "real", ""}, {"prize", "奖次", "", ""}, {"registered_on", "落地日期", "real", ""}, {"enterprise", "落地企业", "", ""}, {"node", "产业链节点", "", ""},
		}, nil},
		{"区委宣传部", "publicity", three, "csv", "utf-8", "", "", "", []col{
			{"title", "标题", "", ""}, {"level", "媒体级别", "", ""}, {"medium", "刊发媒体", "", ""}, {"published_on", "刊发日期", "zh", ""},
		}, nil},
		{"区科技局", "research_projects", two, "xlsx", "", "科研项目立项表", "万元", "-", []col{
			{"", "序号", "", ""}, {"code", "立项编号", "", ""}, {"title", "项目名称", "", ""}, {"approved_on", "立项日期", "real", ""}, {"lump_sum", "是否包干制", "", ""}, {"amount", "资助金额（万元）", "", ""}, {"enterprise", "承担单位", "", ""}, {"node", "产业链节点", "", ""},
		}, nil},
		{"区委人才办", "engagements", three, "xlsx", "", "柔性引才合同备案表", "万元", "-", []col{
			{"", "序号", "", ""},
			{"code", "协议编号", "", ""},
			{"name", "专家姓名", "", ""},
			{"person", "证件号码", "", ""},
			{"country", "国籍", "", ""},
			{"home", "原单位", "", ""},
			{"enterprise", "聘请单位", "", ""},
			{"node", "产业链节点", "", ""},
			{"started_on", "合同起始日期", "real", ""},
			{"ended_on", "合同终止日期", "real", ""},
			{"days", "年服务天数", "", ""},
			{"amount", "报酬（万元）", "", ""},
		}, nil},
	} {
		for _, p := range f.periods {
			rows := s.rest[f.dataset]
			if len(f.periods) > 1 {
				rows = during(rows, p, nil)
			}
			sh := sheet{cols: f.cols, rows: rows, totals: f.totals, notes: f.notes}
			if f.format == "xlsx" {
				sh.name, sh.title = titles[f.dataset], heading(p, f.sender, f.what, f.unit)
			}
			fs = append(fs, submission(f.sender, f.dataset, p, f.format, f.encoding, sh))
			if f.dataset == "contracts" && p.from.Equal(day(2025, 1, 1)) { // some contracts are registered twice
				sh.rows = during(s.rest["contracts"], p, func(r rec) bool { return r["#twice"] == true })
				fs = append(fs, submission("区市场监管局", f.dataset, p, f.format, "gb18030", sh))
			}
		}
	}
	for _, f := range fs { // a register tells of today, not of the end of its year
		if f.to.After(day(2026, 7, 1)) {
			f.due, f.sent = end, end.AddDate(0, 0, 4).Add(time.Hour)
		}
	}
	return fs
}

// abroadFiles are what the foreign affairs office keeps of agreements and what came of them; from
// 2025 the leading enterprises tell of experts and products themselves.
func (s *story) abroadFiles() []*file {
	forms := []struct {
		dataset, what, unit, totals string
		office, own                 []col
	}{
		{"agreements", "国际合作协议台账", "项", "-", []col{
			{"", "序号", "", ""},
			{"code", "协议编号", "", ""},
			{"title", "协议名称", "", ""},
			{"country", "国别", "", ""},
			{"partner", "外方单位", "", ""},
			{"enterprise", "中方单位", "", ""},
			{"field", "合作领域", "", ""},
			{"node", "产业链节点", "", ""},
			{"signed_on", "签订日期", "real", ""},
			{"ended_on", "有效期至", "real", ""},
		}, nil},
		{"joint_projects", "国际合作项目台账", "万元", "-", []col{
			{"", "序号", "", ""},
			{"code", "项目编号", "", ""},
			{"title", "项目名称", "", ""},
			{"agreement", "依据协议", "", ""},
			{"country", "国别", "", ""},
			{"field", "合作领域", "", ""},
			{"enterprise", "实施单位", "", ""},
			{"node", "产业链节点", "", ""},
			{"started_on", "启动日期", "real", ""},
			{"ended_on", "结题日期", "real", ""},
			{"amount", "项目经费（万元）", "comma", ""},
		}, nil},
		{"expert_days", "外国专家驻区考勤表", "天", "days", []col{
			{"", "序号", "", ""},
			{"month", "考勤月份", "real", ""},
			{"name", "专家姓名", "", ""},
			{"person", "护照号", "", ""},
			{"country", "国别", "", ""},
			{"project", "项目编号", "", ""},
			{"agreement", "协议编号", "", ""},
			{"field", "领域", "1", ""},
			{"enterprise", "接待单位", "", ""},
			{"node", "产业链节点", "", ""},
			{"days", "驻区天数", "", ""},
		}, []col{
			{"name", "外国专家姓名", "", ""},
			{"person", "证件号码", "", ""},
			{"country", "国家（地区）", "code", ""},
			{"month", "月份", "slash", ""},
			{"days", "实际在区天数", "wide", ""},
			{"project", "项目编号", "", ""},
			{"agreement", "协议编号", "", ""},
			{"field", "合作领域", "", ""},
			{"enterprise", "企业名称", "", ""},
			{"node", "产业链节点", "", ""},
		}},
		{"products", "国际合作成果台账", "项、万元", "-", []col{
			{"", "序号", "", ""},
			{"code", "成果编号", "", ""},
			{"kind", "成果类型", "", ""},
			{"title", "成果名称", "", ""},
			{"project", "所属项目编号", "", ""},
			{"agreement", "协议编号", "", ""},
			{"country", "国别", "", ""},
			{"field", "合作领域", "", ""},
			{"enterprise", "实施单位", "", ""},
			{"node", "产业链节点", "", ""},
			{"produced_on", "取得日期", "real", ""},
			{"revenue", "当年销售额（万元）", "comma", ""},
		}, []col{
			{"code", "编号", "", ""},
			{"title", "名称", "", ""},
			{"kind", "成果形式", "1", ""},
			{"produced_on", "取得时间", "zh", ""},
			{"project", "项目编号", "", ""},
			{"agreement", "协议编号", "", ""},
			{"country", "合作国家", "", ""},
			{"field", "技术领域", "", ""},
			{"enterprise", "企业名称", "", ""},
			{"node", "产业链环节", "", ""},
			{"revenue", "销售收入（万元）", "", ""},
		}},
	}
	var fs []*file
	for _, f := range forms {
		for _, p := range []period{year(2022), year(2023), year(2024), year(2025), halfYear(day(2026, 1, 1))} {
			own := func(r rec) bool { return f.own != nil && p.from.Year() >= 2025 && s.reports(r["enterprise"]) }
			rows := during(s.rest[f.dataset], p, func(r rec) bool { return !own(r) })
			if len(rows) > 0 {
				fs = append(fs, submission("外办", f.dataset, p, "xlsx", "", sheet{name: titles[f.dataset], title: heading(p, "外办", f.what, f.unit), cols: f.office, rows: rows, totals: f.totals}))
			}
			for _, e := range s.es {
				rows := during(s.rest[f.dataset], p, func(r rec) bool { return own(r) && r["enterprise"] == e.name })
				if len(rows) > 0 {
					fs = append(fs, submission(e.name, f.dataset, p, "csv", "gb18030", sheet{cols: f.own, rows: rows, notes: []string{"注：由企业填报。"}}))
				}
			}
		}
	}
	return fs
}

// reports says whether the enterprise of that name sends files of its own.
func (s *story) reports(name any) bool {
	for i, e := range s.es {
		if e.name == name {
			return e.scale == "大型" && i%2 == 0
		}
	}
	return false
}
