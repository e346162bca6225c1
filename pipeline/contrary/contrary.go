// Package contrary hears what columns that nothing is read from, remarks and titles say against rows that are loaded as
// something that has happened: 状态 作废, 备注 已离职, 离职日期, a list of 拟引进人才.
package contrary

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/sieve"
)

// Groups are the kinds of what may be said against a row, by the names under which a dataset declares them.
var Groups = []string{"void", "failed", "planned", "left"}

// Returned are people who went home: they left another place, or came here.
const Returned = "returned"

// None is declared where nothing is to be heard.
const None = "none"

// group is one of them, and the words for it.
type group struct {
	says   codes.Text
	words  string // what a cell says
	yes    string // of a heading 是否… with the cell 是
	no     string // of a heading 是否… with the cell 否
	heads  string // a heading below which any filled cell says so
	titles string // in a title, or in the name of the sheet or of the file

	cell, head, title, isYes, isNo *regexp.Regexp

	may func() *sieve.Sieve // for cell
}

var groups = map[string]*group{
	"void": {
		says:  codes.Text{Zh: "作废或取消", En: "void or cancelled"},
		words: excepted + `|` + reversal + `|` + twice + `|` + disqualified + `|作废|无效|注销|吊销[,，]?未注销|吊销|(撤回|撤销|取消)(了)?(申请|申报)?|撤件|撤项|删除|废止|停用|失效|测试(数据)?|示例|样例|重复(报送|申报|数据)?|误报|错报|VOID(ED)?|CANCELL?ED|WITHDRAWN|DELETED|INVALID|DUPLICATE|INACTIVE|REVOKED|TEST`,
		yes:   `作废|注销|取消|撤销|删除|停用|失效|重复|剔除|排除|不计入|外区|异常|存疑`, no: `属地(企业|统计)?|在地(统计)?|(区内|本区|辖区)企业|有效|在册|生效|纳统|纳入(统计)?|计入(统计)?|统计|入统|上报`,
		heads:  `^(作废|注销|吊销|取消|撤销|撤回|删除|废止|失效)(日期|时间|原因|说明|人|文号)$`,
		titles: drafts + `|` + taken + `|作废|已取消|已注销|样表|草稿|测试数据|征求意见稿|(示例|样例|范例)([:：].|数据$|表$)|模拟(数据|数|填报)|演示(数据|版)|(仅供|供)(培训|测试|演示|练习|试用)|试填|(终止|解除|撤销|取消|废止|失效)的?.{0,8}(合同|协议|项目|证书|专利).{0,2}(清单|名单|一览表|明细|台账|登记表|表|$)`,
	},
	"failed": {
		says:  codes.Text{Zh: "未获通过或未能办成", En: "not approved, or not done"},
		words: `(审核|审批|评审|资格审查|初审|复审|考核|考试|鉴定|验收|公示|面试|体检)?(未|没有?|不予?|没能)(通过|核准|准予|批准|获批|合格|达标|受理|立项|入选|录取|录用|聘用|认定|获奖|获评|中标|兑现|发放|拨付|拨款|到账|支付|符合)(条件|要求)?|(审核|审批|评审|资格审查|初审|复审|鉴定|验收|公示)(未|不)(同意|支持|认可|采纳|许可)|(不予|未[获予])(同意|支持|认可|采纳|许可)|(尚|还|暂)?未(经|报).{0,8}(审[议批核定]|批准|研究|同意|备案)(通过|同意)?|(财政局?|领导|上级|主管部门|部门|[县区市局院校]里)?(尚|还)?未(批复?|拨)|[停缓]发|停止(发放|支付|拨付|兑付)|[止拒]付|[^无未没不]{0,8}(退票|退汇)|(支付|发放|拨付|兑付|转账|打款|汇款|代发)?(不|未|没有?)成功|(支付|发放|拨付|转账|打款|汇款|代发|扣款|交易|入账)?失败|[^,，]{0,3}期(未过|没过|未通过|没通过|不合格)|不合规|(账[户号]|资金)?(被|已)?冻结|(已|被)?(要求|责令|通知|限期)(其|企业|单位|本人)?(退[还回缴]|返还|缴回)(资金|款项|补[助贴]|奖补)?|驳回|退回(补[正充件]|修改|整改|完善|重[报填办审新].{0,2})?|退件|(需|须|待)?补正(材料|资料)?|落选|淘汰|否决|拒绝|拒签|缺考|弃考|缺席|缺勤|作弊|(自愿|主动|本人)?放弃(入职|入选|资格|领取|考试|参评)?|REJECTED|DENIED|REFUSED|FAILED|(NOT|UN)(APPROVED|PASSED|QUALIFIED|ELIGIBLE|PAID|SUCCESSFUL)|DECLINED`,
		yes:   `放弃|缺考|驳回|退回`, no: `(审[核查]|核[对查]|复核|确认)(结果|情况|状态|意见)?|通过|合格|获批|批准|录用|录取|入选|立项|认定|兑现|发放|拨付|到账|获奖|中标|符合条件`,
		heads:  `^(退回|驳回|拒绝|未通过|不通过|不予.{2,4}|未获批|放弃|落选|淘汰)(日期|时间|原因|理由|说明)$`,
		titles: `(未|不)(通过|获批|入选|合格|录用|获奖|立项)|应[付拨发兑支]未[付拨发兑支]|(尚|暂)?未(拨付|发放|支付|兑付|兑现|到账)的?.{0,4}(资金|款|补|奖|明细|清单|名单|企业|项目|人员|台账|表)|不予(认定|受理|批准|立项|兑现)|落选|退回(件|名单|清单)|放弃.{0,4}(名单|人员)`,
	},
	"planned": {
		says:  codes.Text{Zh: "只是拟议，尚未发生", En: "planned, and not yet so"},
		words: `拟(引进|录用|聘用?|入选|立项|奖励|补助|兑现|认定|签约|到岗|报到|参加|培训|授予|推荐|发放|落地).{0,4}|(有|初步)?意向(引进|签约|阶段)?|洽谈|在谈|计划|待(定|审|批|签约?|审核|审批|入职|报到|到岗|发放|兑现|拨付|认定|公示|培训|结业|落实|确认)|(审核|审批|公示|办理|申请|申报|谈判|洽谈|培训|学习|在学|筹备|对接|意向|计划|考察|面试)(中|阶段)|(尚|还|暂)?未(报到|到岗|入职|结业|毕业|完成|取证|发证|参加|参训|开班|开课|签约?|落地|开工|注册|开始|开展|实施|举办|召开|到位|上岗|就业|来)|草稿|暂存|(未|待)(提交|上报|定稿)|预计|储备|延期|推迟|暂缓|暂停|搁置|PENDING|PLANNED|PROPOSED|TENTATIVE|EXPECTED|DRAFT|INPROGRESS|TBD|TBC|NOTYET|NOSHOW|DIDNOTATTEND|POSTPONED`,
		yes:   `拟引进|意向|储备`, no: `报到|到岗|入职|结业|毕业|完成|取证|发证|参加|参训|签约|落地|开工|注册|上岗|来青|实施`,
		heads:  `^(拟|预计|计划|意向)(到岗|引进|入职|报到|录用|聘用|签约|落地|来青|流入|认定|发放|兑现)(日期|时间|年月|单位|岗位)?$|^未(报到|到岗|入职|结业|取证|签约)(原因|说明)$`,
		titles: `(^|[^虚模草])拟(调整|拨付|下达|分配|收回|兑付|支付|引进|录用|聘用|入选|立项|奖励|补助|兑现|认定|签约?|签订|培训|结业|到岗|授予|推荐|发放|建|新建|设立|开工|投资|举办|召开|开展|申报|评选)|意向(引进|人才|人选|签约|名单|企业|项目|合作)|(引进|招聘|培训|培养|引才|签约)计划(表|名单|清单|$)|计划(引进|招聘|培训|签约)|待(入职|报到|到岗|审核|审批|签约|认定|发放)|未(报到|到岗|结业|入职|签约|取证|参训|参加)|(目标|任务|指标)(任务|指标)?(分解|下达)|计划((任务|指标)下达|(任务|指标)?分解)|(年度|全年|月度|季度|20[0-9]{2}年)(工作)?(计划|目标|预算|预测)(数|表|$)|(预算|预计)(数|表|情况表|一览表|明细表)$|预测(数|表|一览表|明细表)$|计划数$|(资金|经费|用款|用工|人才)需求(情况)?(表|清单|明细|汇总|测算)`,
	},
	"left": {
		says:  codes.Text{Zh: "离开或终止", En: "left or ended"},
		words: `(自动|主动|被动|个人|协商|提前)?(离职|离岗|辞职|辞退|开除|解聘|解雇|退休|离休|内退|退职)|裁员|死亡|去世|病故|身故|调出|调离|调走|停薪(留职)?|停保|断保|减员|流失|流出|外流|离区|离青|离开|离境|迁出|外迁|转出|退工|((劳动|聘用)?(合同|关系|协议))?(期满|到期)?(终止|解除|期满|到期)(劳动|聘用)?(合同|关系|协议)?|破产(清算|重整)|撤资|退股|中止|解约|(签约|签合同|录用|入选|报到|入职|到岗)?(后|又|却)*(违约|毁约|爽约|反悔)|(入职|到岗|报到|上岗|录用)(不久|[后又当天日月即]){1,3}(离职|离开|离岗|辞职|退出|放弃)|退出|搬迁|关停|停产|倒闭|破产|歇业|停业|退学|肄业|出站|退站|离站|(未|不)在(岗|职|区|册)|失联|(已)?(外迁|迁出|搬迁|迁往|迁至|搬至|搬往|转至|调至|注册地迁)(至|到|往|出)?.{0,10}|LEFT|RESIGNED|RETIRED|DISMISSED|TERMINATED|DEPARTED|DECEASED|LAIDOFF|CLOSED|MOVEDOUT`,
		yes:   `离职|离岗|退休|离区|流失|迁出|终止|退出|停保`, no: `在职|在岗|在册|在区|在驻|在读|存续`,
		heads:  `^(停保|停薪|迁出|转出|离职|离岗|离开|离青|离区|离站|离企|离园|离院|出站|流出|流失|外流|辞职|辞退|退工|退休|退出|调出|调离|解聘|减员|死亡|(解除|终止)(劳动)?合同|合同(解除|终止))(后的?)?(日期|时间|年月|原因|类型|类别|方式|情形|去向.{0,4}|(新|就业|所在)?(单位|企业|地区|城市|省份)|说明)$|^(现|最终|具体)?去向(单位|地区|省份|城市|地|说明|情况)?$|^(流出|外流|迁往|转往|调往|去往)(地区?|省份?|市|城市|单位|企业|国家)$`,
		titles: `(解除|终止)(聘用|聘任|录用|劳动关系|用工)|外派(省外|境外|国外|外地|外省)?的?(人员|员工|职工|人才)(花?名册|名单|清单|台账|明细|情况|登记|表|$)|离退休?(人员|职工|员工|干部|人才)?(花?名册|名单|清单|情况|明细|台账|登记|统计|表|$)|(离职|离岗|离区|流失|流出|减员|退出|调出|调离|辞职|辞退|死亡|注销|出站|解聘|终止|停保|不(再|予)?续[聘签用]).{0,4}(花?名册|名单|人员|清单|情况|表|台账|明细|企业|平台|合同|人才|$)|(^|[^剥分脱隔距])离[企园院].{0,4}(花?名册|名单|人员|清单|情况|表|台账|明细|人才|$)|((^|[^不少未])裁员|(清退|劝退|下岗)(人员|员工|职工|学员))(花?名册|名单|清单|台账|明细|登记表|情况表|$)|(减少(用工|员工|职工)的?|(用工|员工|职工)减少的?)(人员|明细|名单|花?名册|台账|情况表?|登记表)`,
	},
}

func init() {
	amended.may = sync.OnceValue(func() *sieve.Sieve { return sieve.New(amended.cell) })
	for _, g := range groups {
		g.cell = phrase(g.words)
		g.may = sync.OnceValue(func() *sieve.Sieve { return sieve.New(g.cell) })
		g.head, g.title = regexp.MustCompile(g.heads), regexp.MustCompile(g.titles)
		g.isYes, g.isNo = regexp.MustCompile(`^(是否)?已?(`+g.yes+`)(与否|标志|标识|标记)?$`), regexp.MustCompile(`^(是否)?已?(`+g.no+`)(与否|标志|标识|标记)?$`)
	}
}

var (
	// a heading below which somebody judges, and what a refusal is there: 不同意 below 是否同意公开 is none
	reJudged = regexp.MustCompile(`审[核批查定]|评审|意见|结果|批复`)
	// a heading of remarks, and words that say in one, alone, that what was paid came back
	reRemarks = regexp.MustCompile(`^(其[他它])?(备注|说明)(说明|情况|信息)?$|^情况说明$`)
	reTaken   = regexp.MustCompile(`^(收回|追回|扣回|追缴|退回|退还|退款|冲[账帐减])$`)
	// the day until which a contract is made
	reTerm = regexp.MustCompile(`^(劳动|聘用|用工)?合同终止(日期|时间|年月)$`)
	// a heading below which 延期 makes longer what there is: 协议状态, 结题情况. Below 报到情况 it is later than planned.
	reLasts   = regexp.MustCompile(`协议|合同|结题|验收|[聘限效务行]期`)
	reRefused = regexp.MustCompile(`^(未|没有?|不)(同意|支持|认可|采纳|许可)([(,;，；（].*)?$`)
)

// Known reports whether an entry of a declaration names a group, or none.
func Known(name string) bool { return name == None || groups[name] != nil }

// Watch looks at the rows of one table.
type Watch struct {
	ask, tell []*group
	groups    []*group         // all of them
	words     *sieve.Sieve     // for them
	own       []*regexp.Regexp // what else a cell may say
	columns   map[int]*column
	quick     bool // of a text that words does not let pass nothing is heard in any of them
	order     []*column
	titles    []codes.Text
	hints     []codes.Text // of titles, told only
	persons   []int        // cells that hold the names of persons
	named     []int        // cells that rows are called by
	names     []*column    // of each
	units     []string     // in brackets behind the names of rows
	legends   []legend     // lines that speak of signs
	marked    []int        // cells in which signs are looked for
	carried   map[rune]*carried
	rowsOf    []*ofRows
	roll
	beside   []string // headings of columns that are read
	revised  bool     // the file is called a corrected one
	returned bool     // people who went home left: nothing says that they came here
	turns    map[int]*turn
}

// column is one that is looked at.
type column struct {
	heading string
	read    bool // a declared column is read from it
	found   []*found
	judged  bool   // it holds what somebody decided
	lasts   bool   // it speaks of the end of something, or of how long it lasts
	remarks bool   // it is headed 备注
	soft    bool   // the day on which a contract runs out may lie ahead: it is told
	head    *group // any filled cell says so
	yes, no *group // 是, 否 says so
}

// found is what cells of a column say of one kind.
type found struct {
	by    *group
	own   string
	at    []string
	n     int
	asked bool
}

// shown is how many cells of a kind are told with their places.
const shown = 3

// New looks for what a dataset declares, groups and regular expressions after a ~; undeclared, void and failed are asked
// about and the others told. skip are groups that are no contradiction here, as people who left are none where the file says
// of itself which way they went; Returned is one that is no group. Nil: there is nothing to look for.
func New(against []string, skip ...string) *Watch {
	w := &Watch{columns: map[int]*column{}, roll: roll{ordinals: -1}}
	for _, name := range Groups {
		g := groups[name]
		switch {
		case slices.Contains(skip, name):
		case against == nil && (name == "planned" || name == "left"):
			w.tell = append(w.tell, g)
		case against == nil || slices.Contains(against, name):
			w.ask = append(w.ask, g)
		}
	}
	for _, p := range against {
		if p, ok := strings.CutPrefix(p, "~"); ok {
			w.own = append(w.own, regexp.MustCompile(p)) // it was checked where it is declared
		}
	}
	if len(w.ask)+len(w.tell)+len(w.own) == 0 {
		return nil
	}
	w.returned = !slices.Contains(skip, Returned)
	w.ask = append(w.ask, amended)
	w.groups, w.words, w.quick = slices.Concat(w.ask, w.tell), words(), len(w.own) == 0
	return w
}

// Column looks at the cells of a column of the file that nothing is read from, and at its heading. read are the headings of
// the others.
func (w *Watch) Column(at int, heading string, read ...string) {
	if w != nil {
		w.look(at, &column{heading: strings.TrimSpace(heading)})
		if len(read) > 0 { // none are said of a column beyond the header
			w.beside = read
		}
		w.odd(heading, read)
	}
}

// Remark looks at the cells of a column of the file that is read as remarks.
func (w *Watch) Remark(at int, heading string) {
	if w != nil {
		w.look(at, &column{heading: strings.TrimSpace(heading), read: true})
	}
}

func (w *Watch) look(at int, c *column) {
	key := codes.Key(c.heading)
	if i := strings.IndexAny(key, "(["); i > 0 {
		key = key[:i]
	}
	c.judged, c.remarks, c.soft, c.lasts = reJudged.MatchString(key), reRemarks.MatchString(key), reTerm.MatchString(key), reLasts.MatchString(key)
	for _, g := range w.all() {
		switch {
		case g == amended:
		case g.head.MatchString(key):
			c.head = g
		case g.isYes.MatchString(key):
			c.yes = g
		case g.isNo.MatchString(key):
			c.no = g
		}
	}
	w.columns[at], w.order, w.quick = c, append(w.order, c), w.quick && c.head == nil
}

func (w *Watch) all() []*group { return w.groups }

// words lets nearly every text that is of no group be told at a look; one of at most shortest bytes may answer its heading.
var words = sync.OnceValue(func() *sieve.Sieve {
	list := []*regexp.Regexp{amended.cell, reRefused}
	for _, g := range groups {
		list = append(list, g.cell)
	}
	return sieve.New(list...)
})

const shortest = 12

// Title hears a title above the table, or the name of its sheet or file.
func (w *Watch) Title(text string) {
	if w == nil || len(w.titles) == shown {
		return
	}
	key := codes.Key(text)
	w.revised = w.revised || reRevision.MatchString(key)
	called := func() { w.called(text, key) }
	if len(text) > 900 || !w.sign(text, key, called) && !w.numbered(text, key) {
		called()
	}
}

// called hears a title that speaks of no signs and no numbers of rows.
func (w *Watch) called(text, key string) {
	if reEarlier.MatchString(key) {
		w.titles = append(w.titles, codes.Text{
			Zh: fmt.Sprintf("“%s”说的是以前的同期，却按本期的数据读取", cut(text)),
			En: fmt.Sprintf("%q speaks of the same period of an earlier year, and the rows were read as those of this one", cut(text)),
		})
		return
	}
	for _, g := range w.groups {
		if g == amended || !w.titled(g, key) || g == groups["left"] && reBothWays.MatchString(key) {
			continue
		}
		said := codes.Text{
			Zh: fmt.Sprintf("“%s”像是说其中各行%s，却按已发生的数据读取", cut(text), g.says.Zh),
			En: fmt.Sprintf("%q seems to say that the rows are %s, and they were read as facts", cut(text), g.says.En),
		}
		if w.asks(g) {
			w.titles = append(w.titles, said)
			return
		}
		if len(w.hints) < shown {
			w.hints = append(w.hints, said)
		}
	}
	if reLabel.MatchString(key) && len(text) <= 900 && slips(key) && !reFill.MatchString(key) {
		w.doubt(text)
		return
	}
	w.title(text, key)
}

// titled reports whether a title says that its rows are of a group.
func (w *Watch) titled(g *group, key string) bool {
	return g.title.MatchString(key) || g == groups["left"] && w.returned && reReturned.MatchString(key) && !reArriving.MatchString(key)
}

// reReturned is a title of people who went home, which is where they left another place: 回流原籍人员名单. One of reArriving says that home
// is here: 返乡创业人员名单.
var (
	reReturned = regexp.MustCompile(`(回流|返回|遣返)(原籍|户籍地?|老家)(人员|职工|员工|名单|花?名册|清单|明细|台账|情况|登记|统计|$)|返乡(人员|职工|员工|务工人员|农民工)(花?名册|名单|清单|台账|明细|登记|情况|统计|表|$)`)
	reArriving = regexp.MustCompile(`引进|引入|流入|入职|到岗|报到|录用|聘|招|安置|就业|创业|入乡|回归|接收|吸纳|返岗|来青|服务|投资|乡贤|青年|人才|大学生|增员|新增`)
)

// reBothWays is a title of those who came and those who left: 引进与流出情况统计表.
var reBothWays = regexp.MustCompile(`(引进|引入|流入|转入|调入|迁入|新进|新增|增员|入职|到岗|报到|参保|入区|进站|入站)((人员|人才|员工|职工|情况)?[与和及、/,，+&或])?(离职|离岗|离区|流失|流出|减员|退出|调出|辞退|出站|终止|停保)`)

// longest is how many characters a cell has at most that says one of these things.
const longest = 60

// Columns are the cells of a row that are looked at; nil: none are.
func (w *Watch) Columns() []int {
	if w == nil {
		return nil
	}
	at := make([]int, 0, len(w.columns))
	for i := range w.columns {
		at = append(at, i)
	}
	slices.Sort(at)
	return at
}

// See looks at the filled cell of a column in a row that was loaded, of which something may be known; where tells its address,
// and what it says, below whether a figure of the row is below 0: 冲红 says of that why it is, and nothing against the row.
func (w *Watch) See(at int, text string, told *sieve.Told, where func() string, below func() bool) {
	if w != nil && w.turns[at] != nil {
		w.turns[at].see(text, where)
	}
	if w == nil || len(text) > 3*longest || w.quick && len(text) > shortest && w.words.Stops(text, told) {
		return
	}
	c := w.columns[at]
	if c == nil || len(text) > shortest && c.head == nil && len(w.own) == 0 && w.words.Stops(text, told) || utf8.RuneCountInString(text) > longest {
		return
	}
	key := codes.Key(text)
	if g := c.says(key); g != nil {
		c.add(found{by: g, asked: w.asks(g) && !c.soft}, where)
		return
	}
	if key == "" || key[0] <= '9' && !strings.ContainsAny(key, "年月日./-") {
		return
	}
	for _, re := range w.own {
		if re.MatchString(strings.TrimSpace(text)) {
			c.add(found{own: re.String(), asked: true}, where)
			return
		}
	}
	if c.remarks && reTaken.MatchString(key) && !below() {
		if g := groups["void"]; slices.Contains(w.all(), g) {
			c.add(found{by: g, asked: w.asks(g)}, where)
		}
		return
	}
	if !hints(key) {
		return
	}
	parts := append([]string{key}, strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune(clauses, r) })...)
	if g := groups["failed"]; c.judged && reRefused.MatchString(key) && slices.Contains(w.all(), g) {
		c.add(found{by: g, asked: w.asks(g)}, where)
		return
	}
	for _, list := range [][]*group{w.ask, w.tell} {
		for _, part := range parts {
			g := heard(list, part)
			if g != nil && !(c.lasts && part == "延期") && !(g == amended && reSettled.MatchString(key)) && !(g == groups["void"] && reReversal.MatchString(part) && below()) {
				c.add(found{by: g, asked: w.asks(g) && !undone(g, key)}, where)
				return
			}
		}
	}
}

// undone reports whether a remark says itself that what was sent back came again, 退回补正，已重新报送, or that somebody left another
// place before: 原在外地工作，已离职. That is told only.
func undone(g *group, key string) bool {
	switch g {
	case groups["failed"]:
		return reAgain.MatchString(key)
	case groups["void"]:
		return reAgain.MatchString(key) && (reBack.MatchString(key) || reTwice.MatchString(key))
	case groups["left"]:
		return reFormer.MatchString(key)
	}
	return false
}

// clauses are the signs between what a remark says.
const clauses = ",;.，；、。:：!！()（）"

func (w *Watch) asks(g *group) bool { return slices.Contains(w.ask, g) }

// says is what a cell says by its heading.
func (c *column) says(key string) *group {
	switch key {
	case "", "✗", "✘", "╳", "无", "否", "-", "—", "/", "0", "×", "N", "NO", "FALSE", "未", "没有", "暂无":
		if key != "" && key != "-" && key != "—" && key != "/" {
			return c.no
		}
		return nil
	case "是", "√", "Y", "YES", "TRUE", "1", "有", "✓":
		if c.yes != nil {
			return c.yes
		}
	}
	return c.head
}

func (c *column) add(one found, where func() string) {
	i := slices.IndexFunc(c.found, func(f *found) bool { return f.by == one.by && f.own == one.own })
	if i < 0 {
		i = len(c.found)
		c.found = append(c.found, &one)
	}
	f := c.found[i]
	if f.n++; f.n <= shown {
		f.at = append(f.at, where())
	}
}

// Says tells what was found: what is asked about, and what is only told.
func (w *Watch) Says(ask, say func(codes.Text)) {
	if w == nil {
		return
	}
	w.unsigned()
	for _, t := range w.titles {
		ask(t)
	}
	for _, t := range w.hints {
		say(t)
	}
	w.saySigns(ask)
	if len(w.units) > 1 {
		ask(codes.Text{
			Zh: "各行的名称后面写着不同的单位（" + strings.Join(w.units, "、") + "），而它们按同一个单位读取",
			En: "the names of rows give different units (" + strings.Join(w.units, ", ") + "), and all were read in one",
		})
	}
	for _, at := range slices.Sorted(maps.Keys(w.turns)) {
		w.turns[at].says(ask)
	}
	for _, c := range w.order {
		if reFrom.MatchString(codes.Key(c.heading)) && w.arrive() {
			continue
		}
		for _, f := range c.found {
			to := say
			if f.asked {
				to = ask
			}
			to(c.told(f))
		}
	}
}

// reFrom is a heading of the places that people left, which a list of arrivals has beside those where they came: 流出地, 流入地.
var (
	reFrom = regexp.MustCompile(`^(流出|外流)(地区?|省份?|市|城市|单位|企业|国家)$`)
	reTo   = regexp.MustCompile(`流入(地|省|市|城|单位|企业|国)|引进`)
)

// arrive reports whether the file has a heading of arrivals.
func (w *Watch) arrive() bool {
	return slices.ContainsFunc(w.beside, reTo.MatchString) || slices.ContainsFunc(w.order, func(c *column) bool { return reTo.MatchString(c.heading) })
}

func (c *column) told(f *found) codes.Text {
	says := codes.Text{Zh: "不应计入（" + f.own + "）", En: "not meant to count (" + f.own + ")"}
	if f.by != nil {
		says = f.by.says
	}
	zh, en := "没有读取的“"+cut(c.heading)+"”列", fmt.Sprintf("the column %q, which is not read,", cut(c.heading))
	switch {
	case c.heading == "":
		zh, en = "没有表头、没有读取的一列", "a column without a heading, which is not read,"
	case c.read:
		zh, en = "“"+cut(c.heading)+"”列", fmt.Sprintf("the column %q", cut(c.heading))
	}
	at := strings.Join(f.at, "、")
	return codes.Text{
		Zh: fmt.Sprintf("%s说有 %d 行%s：%s；这些行仍按数据读取", zh, f.n, says.Zh, at),
		En: fmt.Sprintf("%s says that %d rows are %s: %s; they were read as data all the same", en, f.n, says.En, at),
	}
}

// told is how many characters of a text are told.
const told = 24

func cut(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if r := []rune(s); len(r) > told {
		return string(r[:told]) + "…"
	}
	return s
}

// hints is a quick look at a text: false tells most from one of the words.
func hints(key string) bool {
	if key[0] < 0x80 {
		if key[0] >= 'A' && key[0] <= 'Z' {
			return true
		}
	}
	return strings.Contains(key, "单位") || strings.Contains(key, "元") || strings.Contains(key, "补正") || strings.ContainsAny(key, "更改修正订调剔扣估应纳含核实划计不查累沿同停漏废效销消撤删停测示样重误错未没不驳退落淘否拒缺弃拟意谈计待中预储收缴返交准报延推暂缓离辞开解裁休死去故身调薪保断减流迁转终期约违搬关倒破歇肄出站失段冲追免题录丧并草毁爽悔败票请止成搁冻")
}
