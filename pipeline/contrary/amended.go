package contrary

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/units"
)

// amended is what a remark, a name or a cell beside the table says of a figure that is read: that it is wrong, that another
// is right, that it counts in another unit. It is asked about wherever anything is, and is no group that is declared.
var amended = &group{
	says: codes.Text{Zh: "的数有误或另有更正", En: "wrong, or corrected beside"},
	cell: regexp.MustCompile(`^[←→↑*※(]*([此该这那]个?|本|以上|上述|左侧?|右侧?)?(行|列|栏|格|企业|单位)?(的|之)?((数|数据|数字|数值|金额|产值|人数|数额|值)有问题|(数|数据|数字|数值|金额|产值|人数|数额|值|原?表[中内里]?)?(` + strings.Join([]string{
		`(应该?|应当|正确的?|更正|改|修正|订正|调整|变更|实际|实)(为|是|成|作)[:：]?[约]?[-−]?[0-9０-９.,]+.*`,
		`((.{0,5}[^落])?实|.{0,6}[查核])(为|是)约?.?[0-9０-９][0-9０-９.,]*(万?元|人|名|家|户|个|项)?([,，。;；].*)?`, `(还|尚|仍)?(未|没)(及时)?(更正|修正|订正|改正|改)(过来)?`,
		`(更正|修正|订正|改正|正确)[:：]?[-−]?[0-9０-９.,]*.{0,4}`,
		`(应该?|应当)(按|报|填|记|计|写)(为|成|作)?[:：]?[-−]?[0-9０-９.,]+(万|亿|元|人)*(报|计|算|填|统计|为准)?`, `不对|错的|有错|不正确`,
		mistaken, `(园区|归属|归口|属地|归类)(填错了?|录错了?|有误|错误)`,
		`(有|存在)?(误|错误|差错|出入|存疑|疑问)`, `(不准确?|不实|待核[实对准]?|待更正|待修正|填错了?|录错了?|写错了?|算错了?|未审定|未核实|未核对)`,
		`(暂估|预估|概算|估算|估计|推算|测算|匡算|暂)(数|值|额)?`,
		`(金额|数据)?单位(为|是|[:：])+(人民币)?[十百千万亿]*(元|美元|欧元|人|%|‰|家|个|户)`, units.Words(`[十百千万亿]*(美|欧|日)?元`),
		`(此|该|本)?数?(为|是|系|属|按|含)?([0-9]{1,2}月?[-~至到][0-9]{1,2}月|本年|全年|年初以来|自年初)(以来)?(累计|合计)?(数|值|额|产值|口径)`, `(此|该|本)?数?(为|是|系|属)?累计(数|值|额|产值|口径)?`, `(沿用|采用|参照|暂用|暂按|按|为|是|系)(上|去|前)(月|年|期|季度?)(同期)?(的)?(数|值|数据|水平)?`, `(比|较)?原(报|来|数|值|为|报数)+(是|为)?[-−]?[0-9０-９.,]+.*`, `(修订|更正|修正|订正|调整)(后|数|值|后数)?`,
	}, "|") + `))[)）。.!！]*([(,;，；（。].*)?$`),
}

// mistaken are words for a row that should not stand here: 误录, 录入错误, 应属西郊园. 误差 and 录入员 are none, nor 应属本区. The star keeps
// 登记 from being what the sieve looks for: many remarks have it.
const mistaken = `(笔|条|户|项|人|名|家)?(系|属|为|疑似?|因)?(误(录入?|登记?|填报?|列入?|归入?|计入|导入)|错(录入?|登记?|填报?|列入?|归入?)|(录入|登记|填写|填报|输入|导入)*(有|存在|出现)?(误|错误|差错))(了|所致|造成)?|(应该?|实)(属|归属?|划归|归入|划入|计入)于?[^本我该此地还集档类口,，;；]{2,8}([园区县市镇乡]|街道)`

// reSettled is what is right beside what should be, or was put right: 应报20人，实报18人, 数据有问题，已更正.
var reSettled = regexp.MustCompile(`应(报|到|填|记|计|写|按)[^,，;；]*[,，;；、](实|已)|(应|有问题)[^,，;；]*[,，;；]已|(^|[^未没])(误|错)[^,，;；]{0,6}[,，;；]?(现|后)?已经?(更正|改正|修正|订正|修改|调整|纠正)`)

// slips reports whether a text says of a figure that it was written down wrongly.
func slips(key string) bool {
	return slices.ContainsFunc(sentences(key), func(s string) bool {
		return reSlip.MatchString(strings.TrimRight(s, ",，.")) && !reIfSlip.MatchString(s)
	})
}

func sentences(key string) []string {
	return strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune("。;；!！\n", r) })
}

// excepted are words that take a row out of the figures: 不计入, 已剔除, 与上行重复, 含在甲公司内.
const excepted = `(与|同|和).{1,12}(为|系|是|属)(同一|一家).{0,6}|(停|免|漏)报|(不|未|勿|不再|无需|不予|不应|暂不)(计|计入|纳入|列入|统计|纳统|入统|汇总|采信|参与.{1,4})(产值|数|内|本表|统计|合计|总数|范围)*|(勿|不再|不得|请勿)(使用|采用|引用|计算)|(先|暂时?|暂且)?(不|别)(算|计)(在内|数|进来)?|(已|应|须|请|可|需)(删|删除|去掉|去除|忽略|作废)|(并入|合并[到至]|归并[到至]|计入|列入)(上|下|前|第?[0-9一二三四五六七八九十]{1,3})一?(行|条|项|笔|栏|号|家).{0,4}|(已|应|须|请|可|拟|予以|需)?(剔除|扣除|核减|删去|删掉|划掉)|(与|同|和)(上|下|前|第?[0-9]+)一?(面|述)?(行|条|项|号|栏|家).{0,4}(重复|相同|重|一致)|重复(行|项|填报|计算|统计)?|(已)?(包?含|并入|计入|合并)(在|于).{1,12}(中|内|里)?|(不|非)(属于?|在|是)?(本|我)(区|县|市|园|镇)(企业|的)?|(外区|区外|外地)(企业|数)|(未|没有?|尚未)(入库|入统|纳统|在库|在统)|查无(此|该)?(企业|单位|人|公司|户|数据)?|(企业|单位|公司|此人|该户)?不存在|无(此|该)(企业|单位|人|公司)|空壳(企业|公司)?|非正常户`

var (
	// a note that takes rows by their colour or by a mark
	reLegend = regexp.MustCompile(`[红橙黄绿青蓝紫灰黑白粉](色|字|底|标|框|圈)|[标涂填染](了)?[红橙黄绿青蓝紫灰黑]|底纹|填充色|高亮|着色|标色|斜体|加粗|粗体|下划线|删除线|划线|划掉|[带标打注加]有?[*★☆▲△☆※#√×✓●○◆■]`)
	// a colour that is part of a name: 黄标车, 绿色食品, 红色旅游, 橙色预警
	reShade = regexp.MustCompile(`[黄绿]标车|绿色(食品|农业|农产品|有机|通道|矿山|建筑|建材|信贷|金融|债券|工厂|制造|园区|产业|低碳|发展|能源|出行|社区|学校|校园|家庭|商场|技术|产品|供应链|电力|生态|交通|认证)|红色(旅游|资源|文化|教育|基因|景区|景点|遗址|基地|物业|革命|股权)|白色(污染|家电)|黑色(金属|冶炼)|蓝色(海湾|经济|粮仓)|[红橙黄蓝]色预警|黑白`)
	// what it says of them that speaks against counting them
	reAgainst = regexp.MustCompile(`不(应|再|予|宜)?(计|纳|列|算|统计|入|含|参与|属|在)|勿|未|停产|停业|关停|注销|作废|撤|退出|剔|扣|减|重复|无效|错|误|存疑|异常|待核|估|预计|预测|推算|测算|暂|上年|去年|上月|上期|外[区县市地]|汇总|合计|小计|非本|缺报|漏报|拟|计划|目标|退[回还]|收回|取消|终止|落选|淘汰|驳回|否决|放弃|冲[销红账抵回正减]|红冲|退款|(为|是|表示|代表|指|示)负(数|值|$)`)
	// what it says to whoever fills in the form
	reFill = regexp.MustCompile(`必填|必须填|选填|可填|请填|须填|需填|^填(写|报)|填(写|报)(时|前|说明|要求|口径)|请.{0,6}填(写|报)|公式|自动|下拉|勿(改|动|删|修改|填|编辑)|不(要|得|能|可|需|必|用)(修?改|更?动|删|填|编辑)|锁定|保护`)
	// a note that says of some rows that they are not to count
	reDirective = regexp.MustCompile(`(^|[^率]|[^汇]率)以原?(数|金额|产值|人数)?[0-9][0-9.,]*[万亿千百元人%]*为准|(应|须|需|请|要|待)(予以|在?汇总时|在?统计时|在?合计时|于汇总时)?(剔除|扣除|扣减|减去|核减|忽略|去掉|删除|不计)|勿(使用|引用|采用|统计|采信)|(数|数据|产值|金额|人数|行|家)有误|(有|存在|系|属|为)重复|已(包?含|计入|列入|并入)(在|于)?.{1,16}(中|内|里)([,，。;；]|$)|模拟(数|数据)|虚拟数据|示例数据|仅供(培训|测试|演示|练习|试用)`)
	// one that says of a figure that it was written down wrongly, and what says so of nothing that stands here
	reSlip   = regexp.MustCompile(`(误|错|漏)(填|录|写|报)(了|为|成|[,，。0-9]|$)|(填|录|写|报)错(了|为|成|行|列|格|位|数|单位|[,，。;0-9]|$)|(^|[^至最不许很甚])(多|少)报(了|[0-9])|笔误`)
	reIfSlip = regexp.MustCompile(`如|若|倘|勿|不[得要能可应许存]|避免|防止|杜绝|严禁|凡|一旦|须|要求|(无|有无|是否有?|没有?)(误|错|漏|笔误)|应(避免|防止|当|无)|不应`)
	// one that corrects a figure, what says that it was corrected in the table, and the name of a file that is corrected
	reCorrects  = regexp.MustCompile(`^[(（]?((注|备注|说明|附注)[0-9]*[:：])?(更正|勘误|订正|修正)(说明|启事|声明|公告|通知|内容|事项)?[:：].*应(该|当)?(为|是|改为|更正为|修正为|订正为|按)[^,，。;；0-9]{0,4}[0-9]|应(该|当)?(为|是|改为|更正为)[0-9][0-9.,]*[^0-9,，。;；]{0,4}[,，。;；](以此|以本(条|说明|通知))为准([,，。;；)）]|$)`)
	reCorrected = regexp.MustCompile(`已(经|按|作|做|于.{1,8}|在本?表中?)?(更正|改正|修正|订正|修改|调整)|(更正|改正|修正|订正|修改|调整)后(的?(数|版|本)|$)`)
	reRevision  = regexp.MustCompile(`(更正|勘误|订正|修正|修订|修改|重报|补报)(后|稿|版|表|件)?[0-9]*[)）\]】]?$`)
	// a line above a table that is a note, not a title
	reLabel = regexp.MustCompile(`^[(（]?(注|备注|说明|附注)[0-9]*[:：]`)
	// one that says of rows that nothing came of them
	reGone = regexp.MustCompile(`实际(并|仍|尚)?未(支付|发放|拨付|发生|到账|到岗|执行)|未实际(支付|发放|拨付|发生|到账|到岗|执行)|未(支付|发放|拨付)成功|(支付|发放|拨付)(未成功|失败)|被.{0,8}退回|因.{1,12}退回|不再(列支|计列|列入|计入|纳入|统计)`)
	// what says that those of whom it speaks are not in the table, or whom it asks to do something
	reNotIn = regexp.MustCompile(`(不在|不再列入|未列入|不列入)(本|此|该)?(表|名单|清单)|(本|此|该)(表|名单|清单)(中|内)?(不|未)(含|包括|列|计)|不(填|报)$|另行|年起|月起|的(企业|单位|人员|费用|项目|户|家庭|个人|资金)?不再|的,?(请|须|应)`)
	// what says that they are
	reThese = regexp.MustCompile(`(上述|以上|以下|下列|上列|该|此|这)[^时后前外表名清]|(第|[、,和至到-])[0-9]+(行|号)|[0-9]行`)
	// a heading whose tick says which rows count
	reTick    = regexp.MustCompile(`(打|划|画|填|标)?[√✓✔勾○×].{0,6}(有效|计入|纳入|纳统|采用|合格|通过|确认|保留|统计)|^(有效|计入|纳统|保留)?(打|划|画)[√✓✔勾]`)
	reEarlier = regexp.MustCompile(`[(（](上年|去年|上年度)?同期(数据?|完成数?|值)?[)）]|[(（](上|去|前)一?(年|月|期|季)度?(同期)?(数据?|完成数?|实际数?|值)[)）]$|^(20[0-9]{2}年)?([0-9]{1,2}月)?(上年|去年)?同期.{0,12}$|^(上|去)(年|月)(同期)?(数|数据|完成)?(情况|报表|表)$`)
	// what a name in brackets counts in
	reUnit = regexp.MustCompile(`^(人民币)?[十百千万亿]*(元|美元|欧元|人|%|‰|吨)$`)
	// a heading of corrected figures
	reRevised = regexp.MustCompile(`^(修订|修正|更正|订正|调整|核定|审定|核实|复核|更新|最终)(后|数|值)?(的)?|[(（](修订|修正|更正|订正|调整|核定|审定)(后|数|值)?[)）]?$|(修订|修正|更正|订正|调整|核定|审定)(后|数|值)$`)
)

// Note hears a line above or below the rows, or a remark of the spreadsheet: it may take rows out of the figures by their
// colour or in words.
func (w *Watch) Note(text string) {
	key := codes.Key(text)
	switch {
	case w == nil || len(text) > 900:
	case slips(key) && !reFill.MatchString(key):
		w.doubt(text)
	case w.revised && corrects(key):
	case w.sign(text, key, func() { w.title(text, key) }) || w.numbered(text, key):
	default:
		w.title(text, key)
	}
}

// title hears a text that may be a title: 漏报情况统计表 is about figures that were written down wrongly, and says of none here that it was.
func (w *Watch) title(text, key string) {
	if len(text) <= 900 && !reFill.MatchString(key) && (legends(key) || directs(key)) {
		w.doubt(text)
	}
}

func (w *Watch) doubt(text string) {
	if w == nil || len(w.titles) == shown {
		return
	}
	w.titles = append(w.titles, codes.Text{
		Zh: fmt.Sprintf("“%s”说有的行或数不该照样计入；各行都按数据读取了（颜色不读）", cut(text)),
		En: fmt.Sprintf("%q says that some rows or figures are not to count as they stand; all were read as data (colours and marks are not read)", cut(text)),
	})
}

// directs reports whether a text says of some rows that they are not to count. A sentence about what the list leaves out says it of none.
func directs(key string) bool {
	return reDirective.MatchString(key) || corrects(key) || slices.ContainsFunc(sentences(key), func(s string) bool {
		s = strings.TrimRight(s, ",，.")
		return reGone.MatchString(s) && (!reNotIn.MatchString(s) || reThese.MatchString(s))
	})
}

// corrects reports whether a text says of a figure of the table what it should be: 更正说明：PC013的人数应为18人.
func corrects(key string) bool { return reCorrects.MatchString(key) && !reCorrected.MatchString(key) }

// legends reports whether a text takes rows out by their colour or by a mark. A colour in a name takes none: 黄标车淘汰补贴.
func legends(key string) bool {
	return reLegend.MatchString(key) && reAgainst.MatchString(key) && reLegend.MatchString(reShade.ReplaceAllString(key, ""))
}

// Speaks reports whether a remark that somebody wrote on a cell says that the cell is not to be taken as it stands.
func Speaks(text string) bool {
	key := codes.Key(text)
	if reFill.MatchString(key) || utf8.RuneCountInString(key) > 200 {
		return false
	}
	if directs(key) || slips(key) || legends(key) {
		return true
	}
	for _, part := range strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune(",;:.，；：。!！\n", r) }) {
		if amended.cell.MatchString(part) && !reSettled.MatchString(key) {
			return true
		}
		for _, name := range Groups {
			if heard([]*group{groups[name]}, part) != nil {
				return true
			}
		}
	}
	return amended.cell.MatchString(key) && !reSettled.MatchString(key)
}

// swapped is what is said of a name that no person has.
var swapped = &group{says: codes.Text{Zh: "填的像是单位，可能与单位一列填反", En: "named like firms, and may be filled in the wrong way round"}}

var reFirm = regexp.MustCompile(`(公司|集团|工厂|中心|研究院|研究所|学校|学院|大学|医院|合作社|事务所|委员会|管理局|厂|站)(（.*）|[(].*[)])?$`)

// Persons looks at the names of persons in a column.
func (w *Watch) Persons(at int, heading string) {
	if w != nil {
		w.persons = append(w.persons, at)
		w.Names(at, heading)
	}
}

// Names looks at what stands in brackets behind the names that rows are called by: 甲公司（不计入）.
func (w *Watch) Names(at int, heading string) {
	if w != nil {
		w.named = append(w.named, at)
		if w.columns[at] == nil {
			c := &column{heading: strings.TrimSpace(heading), read: true}
			w.names, w.order = append(w.names, c), append(w.order, c)
		} else {
			w.names = append(w.names, w.columns[at])
		}
	}
}

// SeeNames looks at the names of a row that was loaded, which is the row-th. text gives a cell of it, where its address and what it
// says.
func (w *Watch) SeeNames(row uint64, text func(at int) string, where func(at int, said string) string) {
	if w == nil {
		return
	}
	w.seeSigns(row, text, where)
	for i, at := range w.named {
		s := text(at)
		if len(s) >= 15 && slices.Contains(w.persons, at) && reFirm.MatchString(s) {
			w.names[i].add(found{by: swapped, asked: true}, func() string { return where(at, "“"+s+"”") })
			continue
		}
		said := bracketed(s)
		if said == "" { // nearly all
			continue
		}
		key := codes.Key(said)
		if key == "" || utf8.RuneCountInString(key) > 12 {
			continue
		}
		if reUnit.MatchString(key) {
			if !slices.Contains(w.units, said) && len(w.units) < 5 {
				w.units = append(w.units, strings.Clone(said))
			}
			continue
		}
		here := func() string { return where(at, "（"+said+"）") }
		if g := w.heard(key); g != nil {
			w.names[i].add(found{by: g, asked: w.asks(g)}, here)
		}
	}
}

// bracketed is what stands in brackets behind a name, or before it: 甲公司（不计入）, [作废]甲公司.
func bracketed(s string) string {
	n := len(s)
	switch {
	case n < 8 || s[n-1] != ')' && s[n-1] != 0x89 && s[0] != '(' && s[0] != '[' && s[0] != 0xef && s[0] != 0xe3: // nearly all, by a byte of ）, （ and 【
	case s[n-1] == ')' || strings.HasSuffix(s, "）"):
		if from := strings.LastIndexAny(s, "(（"); from > 0 {
			return strings.Trim(s[from:], "()（）")
		}
	case s[0] == '(' || s[0] == '[' || strings.HasPrefix(s, "（") || strings.HasPrefix(s, "【"):
		if to := strings.IndexAny(s, ")]）】"); to > 0 {
			return strings.Trim(s[:to], "([（【")
		}
	}
	return ""
}

// heard is the group of which a text is.
func (w *Watch) heard(key string) *group { return heard(w.all(), key) }

func heard(list []*group, key string) *group {
	for _, g := range list {
		if g.may().May(key) && g.cell.MatchString(key) && (g != amended || !reSettled.MatchString(key)) && (g != groups["void"] || !reHonest.MatchString(key)) {
			return g
		}
	}
	return nil
}

// odd asks about a heading that nothing is read from and that says by itself which rows count, or what a figure is instead.
func (w *Watch) odd(heading string, read []string) {
	key := codes.Key(heading)
	switch {
	case len(w.titles) == shown || key == "":
	case legends(key):
		w.Note(heading)
	case reTick.MatchString(key):
		w.titles = append(w.titles, codes.Text{
			Zh: fmt.Sprintf("没有读取的“%s”列说的是哪些行有效；各行都按数据读取了", cut(heading)),
			En: fmt.Sprintf("the column %q, which is not read, says which rows count; all were read as data", cut(heading)),
		})
	case reRevised.MatchString(key):
		rest := strings.Trim(reRevised.ReplaceAllString(key, ""), "()（）的_-")
		for _, name := range read {
			if name = codes.Key(name); rest != "" && name != "" && (rest == name || strings.HasPrefix(name, rest+"(") || strings.HasPrefix(rest, name+"(")) {
				w.titles = append(w.titles, codes.Text{
					Zh: fmt.Sprintf("没有读取的“%s”列像是“%s”的更正数；读取的是更正前的数", cut(heading), cut(name)),
					En: fmt.Sprintf("the column %q, which is not read, seems to correct %q; the figures before the correction were read", cut(heading), cut(name)),
				})
				return
			}
		}
	}
}
