package demo

import (
	"fmt"
	"math/rand/v2"
	"sort"
	"strings"
	"time"
)

// titles are the words for the datasets in file names.
var titles = map[string]string{
	"talents": "人才认定台账", "arrivals": "引进与流出", "vacancies": "岗位需求", "trainings": "技能培训", "certificates": "技能等级证书",
	"cooperations": "国际合作", "enterprises": "企业名录", "selections": "人才计划入选", "postings": "招聘信息",
	"labour": "劳动力资源", "platforms": "创新平台", "residents": "平台入驻人才", "teams": "人才团队", "benefits": "政策兑现", "services": "服务办件", "funnel": "引才漏斗", "projects": "招商项目",
	"challenges": "揭榜挂帅", "postgraduates": "联合培养研究生", "rd": "研发活动", "yearbook": "统计年报", "targets": "目标责任", "awards": "人才奖励", "contracts": "技术合同", "results": "科技成果",
	"patents": "发明专利", "investments": "基金投资", "events": "人才活动", "contest_projects": "大赛项目", "publicity": "典型宣传", "research_projects": "科研项目", "engagements": "柔性引才",
	"agreements": "国际合作协议", "joint_projects": "国际合作项目", "expert_days": "外国专家驻区", "products": "国际合作成果",
}

// period is a stretch of time as file names say it.
type period struct {
	zh       string
	from, to time.Time
}

func month(t time.Time) period {
	return period{fmt.Sprintf("%d年%d月", t.Year(), t.Month()), t, t.AddDate(0, 1, 0)}
}

func quarter(t time.Time) period {
	return period{fmt.Sprintf("%d年第%s季度", t.Year(), []string{"一", "二", "三", "四"}[(t.Month()-1)/3]), t, t.AddDate(0, 3, 0)}
}

func halfYear(t time.Time) period {
	zh := "上半年"
	if t.Month() > 6 {
		zh = "下半年"
	}
	return period{fmt.Sprintf("%d年%s", t.Year(), zh), t, t.AddDate(0, 6, 0)}
}

func year(y int) period { return period{fmt.Sprintf("%d年", y), day(y, 1, 1), day(y+1, 1, 1)} }

// over cuts [from, to) into periods.
func over(of func(time.Time) period, from, to time.Time) []period {
	var ps []period
	for t := from; t.Before(to); {
		p := of(t)
		ps = append(ps, p)
		t = p.to
	}
	return ps
}

// during returns the rows of a period that a sender keeps.
func during(rs []rec, p period, keep func(rec) bool) []rec {
	lo := sort.Search(len(rs), func(i int) bool { return !rs[i]["@"].(time.Time).Before(p.from) })
	hi := sort.Search(len(rs), func(i int) bool { return !rs[i]["@"].(time.Time).Before(p.to) })
	var out []rec
	for _, r := range rs[lo:hi] {
		if keep == nil || keep(r) {
			out = append(out, r)
		}
	}
	return out
}

func submission(sender, dataset string, p period, format, encoding string, sheets ...sheet) *file {
	f := &file{
		name: sender + "_" + titles[dataset] + "_" + p.zh + "." + format, dataset: dataset, sender: sender, period: p.zh,
		from: p.from, to: p.to, format: format, encoding: encoding, sheets: sheets, due: p.to.AddDate(0, 0, -1),
	}
	if f.due.After(end) {
		f.due = end
	}
	f.sent = f.due.AddDate(0, 0, 4).Add(time.Hour)
	return f
}

// again makes the resubmission of f with these sheets.
func again(f *file, sheets ...sheet) *file {
	g := *f
	ext := "." + f.format
	g.name = strings.TrimSuffix(f.name, ext) + "(修订)" + ext
	g.sheets, g.replaces, g.sent = sheets, f.name, f.sent.AddDate(0, 0, 12)
	return &g
}

// heading is the lines above a table.
func heading(p period, sender, what, unit string) []string {
	return []string{zoneName + p.zh + what, "填报单位：" + sender + "　　填报日期：" + p.to.AddDate(0, 0, 3).Format("2006年1月2日") + "　　单位：" + unit}
}

// files are all submissions, in the order of sending.
func (s *story) files(seed uint64) []*file {
	r := stream(seed, 20)
	var fs []*file
	fs = append(fs, s.arrivalFiles(r)...)
	fs = append(fs, s.talentFiles()...)
	fs = append(fs, s.vacancyFiles()...)
	fs = append(fs, s.trainingFiles()...)
	fs = append(fs, s.certificateFiles()...)
	fs = append(fs, s.cooperationFiles()...)
	fs = append(fs, s.registerFiles()...)
	fs = append(fs, s.postingFiles()...)
	fs = append(fs, s.restFiles()...)
	fs = append(fs, s.abroadFiles()...)
	s.plantAll(fs, stream(seed, 21))
	sort.SliceStable(fs, func(i, j int) bool { return fs[i].sent.Before(fs[j].sent) })
	return fs
}

func (s *story) arrivalFiles(r *rand.Rand) []*file {
	old := []col{
		{"", "序号", "", ""},
		{"name", "姓名", "", ""},
		{"person", "身份证号码", "", ""},
		{"date", "变动日期", "dot", ""},
		{"direction", "流向", "", ""},
		{"origin_province", "来源省份", "short", ""},
		{"origin_country", "国别", "", ""},
		{"school", "毕业院校", "", ""},
		{"education", "学历", "1", ""},
		{"channel", "引进渠道", "1", ""},
		{"employment", "用工方式", "", ""},
		{"enterprise", "用人单位", "", ""},
		{"node", "产业链节点", "", ""},
		{"park", "所在园区", "", ""},
		{"occupation", "职业（工种）", "", ""},
		{"skill_level", "技能等级", "1", ""},
		{"first_local", "是否首次参保", "", ""},
	}
	now := []col{
		{"", "序号", "", ""},
		{"name", "姓名", "", "基本信息"},
		{"person", "身份证号", "", "基本信息"},
		{"education", "学历", "", "基本信息"},
		{"school", "毕业院校", "", "基本信息"},
		{"origin_province", "来源省份", "", "基本信息"},
		{"origin_country", "国别", "", "基本信息"},
		{"date", "日期", "real", "变动情况"},
		{"direction", "流向", "", "变动情况"},
		{"channel", "引进渠道", "", "变动情况"},
		{"employment", "用工方式", "", "变动情况"},
		{"first_local", "是否首次参保", "", "变动情况"},
		{"enterprise", "用人单位", "", "岗位情况"},
		{"node", "产业链节点", "", "岗位情况"},
		{"park", "园区", "", "岗位情况"},
		{"occupation", "职业（工种）", "", "岗位情况"},
		{"skill_level", "技能等级", "0", "岗位情况"},
	}
	social := []col{
		{"person", "证件号码", "messy", ""},
		{"name", "姓名", "", ""},
		{"direction", "增减类型", "1", ""},
		{"date", "增减日期", "compact", ""},
		{"enterprise", "单位名称", "", ""},
		{"node", "产业链节点", "", ""},
		{"park", "所属园区", "", ""},
		{"education", "学历", "code", ""},
		{"origin_province", "户籍省份", "short", ""},
		{"origin_country", "国籍", "", ""},
		{"employment", "用工形式", "", ""},
		{"channel", "招聘渠道", "", ""},
		{"first_local", "是否首次参保", "", ""},
		{"skill_level", "技能等级", "2", ""},
	}
	high := []col{
		{"name", "姓名", "", ""},
		{"person", "证件号码", "", ""},
		{"direction", "流向", "", ""},
		{"date", "引进日期", "real", ""},
		{"origin_country", "国别", "", ""},
		{"origin_province", "来源省份", "", ""},
		{"education", "学历", "1", ""},
		{"school", "毕业院校", "", ""},
		{"channel", "引进方式", "", ""},
		{"employment", "用工方式", "1", ""},
		{"enterprise", "引进单位", "", ""},
		{"node", "产业链节点", "", ""},
		{"park", "园区", "", ""},
		{"occupation", "岗位", "", ""},
		{"skill_level", "技能等级", "0", ""},
		{"first_local", "是否首次参保", "", ""},
	}
	// Who sends what: foreigners and doctors are the talent office's; two departures of three
	// show first at the social insurance; the rest is the labour bureau's. Some newcomers are
	// sent by two offices.
	for _, a := range s.arrivals {
		switch in := a["direction"] == "in"; {
		case a["#by"] != nil:
		case in && (a["origin_country"] != "CN" || a["education"] == "11"):
			a["#by"] = "talent"
		case !in && r.Float64() < 0.67:
			a["#by"] = "social"
		default:
			a["#by"] = "labour"
			if in && r.Float64() < 0.035 {
				a["#twice"] = true
			}
		}
	}
	by := func(who string) func(rec) bool { return func(a rec) bool { return a["#by"] == who } }
	var fs []*file
	for _, p := range over(halfYear, day(2021, 7, 1), begin) {
		fs = append(fs, submission("区人社局", "arrivals", p, "xlsx", "", sheet{name: "引进流出", title: heading(p, "区人社局", "人才引进与流出情况表", "人"), cols: old, rows: during(s.rest["early"], p, nil), totals: "-"}))
	}
	for _, p := range over(month, begin, end) {
		rows := during(s.arrivals, p, by("labour"))
		cols, f := old, (*file)(nil)
		notes := []string{"注：本表含引进、流出人员，按变动日期所在月份统计。"}
		switch {
		case p.from.Year() == 2023: // a text file of the old system
			f = submission("区人社局", "arrivals", p, "csv", "gb18030", sheet{cols: old, rows: rows})
		case p.from.Year() == 2024:
			f = submission("区人社局", "arrivals", p, "xlsx", "", sheet{name: "引进流出", title: heading(p, "区人社局", "人才引进与流出情况表", "人"), cols: old, rows: rows, totals: "-", notes: notes})
		default:
			cols = now
			var in, out []rec // two sheets of the same form
			for _, a := range rows {
				if a["direction"] == "in" {
					in = append(in, a)
				} else {
					out = append(out, a)
				}
			}
			f = submission("区人社局", "arrivals", p, "xlsx", "",
				sheet{name: "引进", title: heading(p, "区人社局", "人才引进情况表", "人"), cols: cols, rows: in, totals: "-", notes: notes},
				sheet{name: "流出", title: heading(p, "区人社局", "人才流出情况表", "人"), cols: cols, rows: out, totals: "-"})
		}
		if p.from.Equal(day(2026, 5, 1)) { // resubmitted: forty newcomers had been forgotten, a few stood in it who never came
			var short []rec
			for i, a := range f.sheets[0].rows {
				if i%17 != 3 {
					short = append(short, a)
				}
			}
			for range 12 {
				t := rec{}
				for k, v := range short[r.IntN(len(short))] {
					t[k] = v
				}
				q := s.pp.chinese(day(1998, 1, 1), day(2003, 12, 31))
				t["person"], t["name"], t["education"], t["first_local"], t["skill_level"] = q.id, q.name, "21", true, 4
				short = append(short, t)
			}
			first := *f
			first.sheets = append([]sheet(nil), f.sheets...)
			first.sheets[0].rows = short
			fs = append(fs, &first, again(&first, f.sheets...))
			continue
		}
		if p.from.Equal(day(2025, 3, 1)) { // last year's sheet, hidden and forgotten
			h := f.sheets[0]
			h.name, h.hidden, h.rows = "2024年留底", true, h.rows[:60]
			f.sheets = append(f.sheets, h)
		}
		if p.from.Year() == 2026 {
			f.sheets = append(f.sheets, sheet{name: "填表说明", guide: true, title: []string{"填表说明", "一、“是否首次参保”指此前12个月内未在本区缴纳社会保险。", "二、学历按毕业证书填写，结业、肄业须注明。"}})
		}
		fs = append(fs, f)
	}
	for _, p := range over(quarter, begin, day(2026, 1, 1)) {
		rows := during(s.arrivals, p, func(a rec) bool { return a["#by"] == "social" || a["#twice"] == true })
		fs = append(fs, submission("社保中心", "arrivals", p, "csv", "gb18030", sheet{cols: social, rows: rows, notes: []string{"注：数据取自增减员系统。"}}))
	}
	for _, p := range over(month, day(2026, 1, 1), end) {
		rows := during(s.arrivals, p, func(a rec) bool { return a["#by"] == "social" || a["#twice"] == true })
		fs = append(fs, submission("社保中心", "arrivals", p, "csv", "gb18030", sheet{cols: social, rows: rows, notes: []string{"注：数据取自增减员系统。"}}))
	}
	for _, p := range over(halfYear, begin, end) {
		doctors := during(s.arrivals, p, func(a rec) bool { return a["#by"] == "talent" && a["origin_country"] == "CN" })
		foreign := during(s.arrivals, p, func(a rec) bool { return a["#by"] == "talent" && a["origin_country"] != "CN" })
		fs = append(fs, submission("区委人才办", "arrivals", p, "xlsx", "",
			sheet{name: "博士", title: heading(p, "区委人才办", "高层次人才引进表", "人"), cols: high, rows: doctors, totals: "-"},
			sheet{name: "外籍人才", title: heading(p, "区委人才办", "外籍人才引进表", "人"), cols: high, rows: foreign, totals: "-"}))
	}
	return fs
}

func (s *story) talentFiles() []*file {
	cols := []col{
		{"", "序号", "", ""},
		{"name", "姓名", "", ""},
		{"sex", "性别", "", ""},
		{"person", "身份证号", "", ""},
		{"birth_year", "出生年份", "", ""},
		{"country", "国籍", "", ""},
		{"education", "学历", "", ""},
		{"class", "人才类别", "", ""},
		{"recognised_on", "认定日期", "real", ""},
		{"valid_to", "有效期至", "real", ""},
		{"enterprise", "用人单位", "", ""},
		{"node", "产业链节点", "", ""},
		{"park", "园区", "", ""},
		{"flexible", "是否柔性引才", "", ""},
		{"programme", "入选计划", "", ""},
		{"left_on", "离区日期", "zh", ""},
	}
	other := []col{
		{"person", "证件号码", "", ""},
		{"name", "姓名", "", ""},
		{"class", "人才层次", "1", ""},
		{"recognised_on", "认定时间", "slash", ""},
		{"valid_to", "有效期至", "slash", ""},
		{"enterprise", "工作单位", "", ""},
		{"node", "产业链节点", "", ""},
		{"park", "所在园区", "", ""},
		{"flexible", "柔性引才", "", ""},
		{"education", "学历", "1", ""},
		{"country", "国籍", "", ""},
		{"left_on", "离区日期", "slash", ""},
	}
	ps := []period{year(2020), year(2021), year(2022), halfYear(day(2023, 1, 1))}
	ps = append(ps, over(halfYear, begin, day(2026, 1, 1))...)
	ps = append(ps, over(month, day(2026, 1, 1), end)...)
	var fs []*file
	for _, p := range ps {
		rows := during(s.talents, p, nil)
		sh := sheet{name: "台账", title: heading(p, "区委人才办", "高层次人才认定台账", "人"), cols: cols, rows: rows, totals: "-", notes: []string{"注：E类及以上指A、B、C、D、E五类；F类为基础性人才，不计入总量。"}}
		fs = append(fs, submission("区委人才办", "talents", p, "xlsx", "", sh))
	}
	// The labour bureau sends some of the same people.
	for _, p := range []period{halfYear(day(2025, 7, 1)), halfYear(day(2026, 1, 1))} {
		k := 0
		rows := during(s.talents, p, func(t rec) bool { k++; return k%6 == 1 && t["class"] != "F" })
		fs = append(fs, submission("区人社局", "talents", p, "csv", "gb18030", sheet{cols: other, rows: rows}))
	}
	return fs
}

func (s *story) vacancyFiles() []*file {
	csv := []col{
		{"posted_on", "发布日期", "slash", ""},
		{"closed_on", "截止日期", "slash", ""},
		{"enterprise", "招聘单位", "", ""},
		{"node", "产业链节点", "", ""},
		{"park", "园区", "", ""},
		{"occupation", "岗位名称", "", ""},
		{"education", "学历要求", "1", ""},
		{"skill_level", "技能等级要求", "0", ""},
		{"needed", "需求人数", "", ""},
		{"filled", "到岗人数", "", ""},
		{"applicants", "求职人数", "", ""},
		{"urgent", "是否急需紧缺", "", ""},
		{"salary_from", "薪资下限", "comma", ""},
		{"salary_to", "薪资上限", "comma", ""},
	}
	book := []col{
		{"", "序号", "", ""},
		{"enterprise", "企业名称", "", ""},
		{"node", "产业链节点", "", ""},
		{"park", "园区名称", "", ""},
		{"occupation", "岗位", "", ""},
		{"posted_on", "发布日期", "real", ""},
		{"closed_on", "截止日期", "real", ""},
		{"needed", "需求人数", "wide", ""},
		{"applicants", "求职人数", "wide", ""},
		{"filled", "到岗人数", "wide", ""},
		{"education", "学历要求", "", ""},
		{"skill_level", "技能等级要求", "1", ""},
		{"urgent", "急需紧缺", "", ""},
		{"salary_from", "最低月薪", "comma", ""},
		{"salary_to", "最高月薪", "comma", ""},
	}
	chief := map[any]bool{} // the leading enterprises of the chains send their own
	for i, e := range s.es {
		if e.scale == "大型" && i%3 == 0 {
			chief[e.name] = true
		}
	}
	var fs []*file
	for _, p := range over(month, begin, end) {
		rows := during(s.vacancies, p, func(v rec) bool { return !chief[v["enterprise"]] || p.from.Before(day(2025, 1, 1)) })
		enc := "gb18030"
		if p.from.Year() >= 2025 {
			enc = "utf-8-bom"
		}
		fs = append(fs, submission("区人力资源市场", "vacancies", p, "csv", enc, sheet{cols: csv, rows: rows, totals: "needed"}))
	}
	for _, e := range s.es {
		if !chief[e.name] {
			continue
		}
		for _, p := range over(halfYear, day(2025, 1, 1), end) {
			rows := during(s.vacancies, p, func(v rec) bool { return v["enterprise"] == e.name })
			fs = append(fs, submission(e.name, "vacancies", p, "xlsx", "", sheet{name: "岗位需求", title: heading(p, e.name, "岗位需求表", "人、元/月"), cols: book, rows: rows, totals: "needed", notes: []string{"注：求职人数为登记应聘人数。"}}))
		}
	}
	return fs
}

func (s *story) trainingFiles() []*file {
	csv := []col{
		{"person", "身份证号", "", ""},
		{"name", "姓名", "", ""},
		{"course", "培训课程", "", ""},
		{"provider", "培训机构", "", ""},
		{"node", "产业链节点", "", ""},
		{"skill_level", "培训等级", "0", ""},
		{"started_on", "开班日期", "", ""},
		{"ended_on", "结业日期", "", ""},
		{"enrolled", "是否报名", "", ""},
		{"examined", "是否参加考核", "", ""},
		{"passed", "考核结果", "pass", ""},
		{"certified_on", "取证日期", "", ""},
		{"employed_before", "培训前是否就业", "work", ""},
		{"employed_after_6m", "培训后6个月是否就业", "work", ""},
		{"subsidy", "补贴金额（元）", "money", ""},
	}
	book := []col{
		{"", "序号", "", ""},
		{"name", "学员姓名", "", ""},
		{"person", "身份证号码", "", ""},
		{"provider", "培训机构", "", ""},
		{"course", "课程名称", "", ""},
		{"skill_level", "技能等级", "1", ""},
		{"node", "产业链节点", "", ""},
		{"started_on", "开始日期", "real", ""},
		{"ended_on", "结束日期", "real", ""},
		{"enrolled", "报名", "", ""},
		{"examined", "是否参加考试", "", ""},
		{"passed", "是否合格", "", ""},
		{"certified_on", "发证日期", "real", ""},
		{"employed_before", "训前就业", "", ""},
		{"employed_after_6m", "六个月后就业", "", ""},
		{"subsidy", "补贴金额", "wan", ""},
	}
	var fs []*file
	of := func(provider string) func(rec) bool { return func(t rec) bool { return t["provider"] == provider } }
	for _, p := range append(over(quarter, begin, day(2025, 1, 1)), over(month, day(2025, 1, 1), end)...) {
		enc := "utf-8"
		if p.from.Year() == 2024 {
			enc = "gb18030"
		}
		fs = append(fs, submission("区教育局", "trainings", p, "csv", enc, sheet{cols: csv, rows: during(s.trainings, p, of(providers[0]))}))
	}
	for _, p := range over(halfYear, begin, end) { // a school that sends its own, and the labour bureau for the others
		fs = append(fs,
			submission(providers[1], "trainings", p, "csv", "utf-8-bom", sheet{title: []string{providers[1] + p.zh + "培训台账"}, cols: csv, rows: during(s.trainings, p, of(providers[1]))}),
			submission("区人社局", "trainings", p, "xlsx", "", sheet{
				name: "培训实名制", title: heading(p, "区人社局", "职业技能培训实名制台账", "人"), cols: book,
				rows:   during(s.trainings, p, func(t rec) bool { return t["provider"] != providers[0] && t["provider"] != providers[1] }),
				totals: "-", notes: []string{"备注：补贴以万元计。"},
			}))
	}
	return fs
}

func (s *story) certificateFiles() []*file {
	cols := []col{
		{"", "序号", "", ""}, {"person", "身份证号", "messy", ""}, {"occupation", "职业（工种）", "", ""}, {"skill_level", "技能等级", "2", ""}, {"certified_on", "发证日期", "zh", ""}, {"enterprise", "工作单位", "", ""}, {"node", "产业链节点", "", ""}, {"park", "园区", "", ""},
	}
	var fs []*file
	for _, p := range append(over(quarter, begin, day(2025, 1, 1)), over(month, day(2025, 1, 1), end)...) {
		rows := during(s.certificates, p, nil)
		if p.from.Year() < 2025 {
			fs = append(fs, submission("区技能鉴定中心", "certificates", p, "csv", "gb18030", sheet{cols: cols[1:], rows: rows}))
			continue
		}
		sh := sheet{name: "证书", title: heading(p, "区技能鉴定中心", "职业技能等级证书核发表", "人"), cols: cols, rows: rows, totals: "-"}
		f := submission("区技能鉴定中心", "certificates", p, "xlsx", "", sh)
		fs = append(fs, f)
		if p.from.Equal(day(2026, 3, 1)) { // the first version gave thirty of them one level too many
			first := sh
			first.rows = nil
			for i, c := range rows {
				if l := c["skill_level"].(int); i%5 == 0 && l < 6 {
					d := rec{}
					for k, v := range c {
						d[k] = v
					}
					d["skill_level"] = l + 1
					c = d
				}
				if i%23 != 7 {
					first.rows = append(first.rows, c)
				}
			}
			f.sheets = []sheet{first}
			fs = append(fs, again(f, sh))
		}
	}
	return fs
}

func (s *story) cooperationFiles() []*file {
	cols := []col{
		{"code", "项目编号", "", ""},
		{"kind", "合作类别", "", ""},
		{"title", "项目名称", "", ""},
		{"country", "国别", "", ""},
		{"node", "产业链节点", "", ""},
		{"started_on", "开始日期", "real", ""},
		{"ended_on", "结束日期", "real", ""},
		{"partner", "合作方", "", ""},
		{"enterprise", "依托单位", "", ""},
		{"people", "人数", "", ""},
		{"amount", "金额（万元）", "", ""},
		{"permit_class", "许可类别", "", ""},
		{"role", "标准角色", "", ""},
	}
	tech := []col{
		{"", "序号", "", ""},
		{"code", "编号", "", ""},
		{"title", "名称", "", ""},
		{"kind", "类别", "1", ""},
		{"country", "合作国家", "code", ""},
		{"partner", "外方单位", "", ""},
		{"enterprise", "中方单位", "", ""},
		{"node", "产业链节点", "", ""},
		{"started_on", "开始日期", "slash", ""},
		{"ended_on", "结束日期", "slash", ""},
		{"people", "人数", "", ""},
		{"amount", "金额（万元）", "comma", ""},
		{"permit_class", "许可类别", "1", ""},
		{"role", "角色", "1", ""},
	}
	science := map[any]bool{"joint_lab": true, "transfer_centre": true, "overseas_rd": true, "standard": true, "technology": true}
	var fs []*file
	for y := 2022; y <= 2026; y++ {
		p := year(y)
		rows := during(s.cooperations, p, func(c rec) bool { return science[c["kind"]] })
		fs = append(fs, submission("区科技局", "cooperations", p, "xlsx", "", sheet{name: "科技合作", title: heading(p, "区科技局", "国际科技合作台账", "万元"), cols: tech, rows: rows, notes: []string{"注：联合实验室、技术转移中心以协议签订日期为准。"}}))
	}
	for _, p := range append([]period{year(2022), halfYear(day(2023, 1, 1))}, over(halfYear, begin, end)...) {
		rows := during(s.cooperations, p, func(c rec) bool { return !science[c["kind"]] })
		fs = append(fs, submission("外办", "cooperations", p, "xlsx", "", sheet{name: "对外交流", title: heading(p, "外办", "对外交流与外籍专家台账", "人、万元"), cols: cols, rows: rows, totals: "people"}))
	}
	return fs
}

func (s *story) registerFiles() []*file {
	es := sheet{name: "名录", title: heading(year(2026), "经发局", "产业链企业名录", "家"), cols: []col{
		{"", "序号", "", ""},
		{"credit_code", "统一社会信用代码", "", ""},
		{"name", "企业名称", "", ""},
		{"industry", "行业代码", "", ""},
		{"chain", "所属产业链", "", ""},
		{"node", "产业链节点", "", ""},
		{"park", "落户园区", "", ""},
		{"scale", "企业规模", "", ""},
		{"employees", "从业人数", "", ""},
		{"registered_on", "成立日期", "real", ""},
		{"authorised_evaluation", "是否自主评价", "", ""},
	}, rows: s.enterprises, totals: "employees"}
	fs := []*file{submission("经发局", "enterprises", year(2026), "xlsx", "", es)}
	for _, y := range national {
		p := year(y.year)
		rows := during(s.selections, p, nil)
		fs = append(fs, submission("区委组织部", "selections", p, "xlsx", "", sheet{name: "入选名单", title: heading(p, "区委组织部", "人才计划入选名单", "人"), cols: []col{
			{"", "序号", "", ""},
			{"name", "姓名", "", ""},
			{"person", "身份证号", "", ""},
			{"programme", "计划名称", "", ""},
			{"level", "级别", "", ""},
			{"year", "入选年度", "", ""},
			{"selected_on", "入选日期", "real", ""},
			{"enterprise", "工作单位", "", ""},
			{"node", "产业链节点", "", ""},
		}, rows: rows, totals: "-"}))
	}
	return fs
}

func (s *story) postingFiles() []*file {
	p := month(day(2026, 6, 1))
	fields := []string{"title", "company", "salary", "mixed", "place", "experience", "education", "url"}
	sh := sheet{}
	for i, f := range fields {
		sh.cols = append(sh.cols, col{f, fmt.Sprint(i), "raw", ""})
	}
	seen := map[string]bool{}
	for _, q := range s.postings {
		if k := strings.Join(q.cells, "\x00"); seen[k] {
			sh.copies++
		} else {
			seen[k] = true
		}
		row := rec{}
		for i, f := range fields {
			row[f] = q.cells[i]
		}
		row["company"] = "          " + q.cells[1] + "        "
		sh.rows = append(sh.rows, row)
	}
	return []*file{submission("人才市场", "postings", p, "csv", "utf-8-bom", sh)}
}
