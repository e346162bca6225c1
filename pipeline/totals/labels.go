package totals

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Label is how surely a text names a line that says something of other rows: their sum, their mean, what they were a year
// ago, a part of them.
type Label int

// The labels.
const (
	None Label = iota
	Hint       // it may be that of a sum where its figures say so: 社零总额
	May        // it may be a name too: 最高, 目标, 其中山庄
	Sure       // nothing in a list of firms, persons or projects is called so
)

const (
	tail = `([(（:：\[【%％].*|[0-9][0-9.,，]*.{0,6})?$` // behind a number a label says little more: 日均350新人奖励包车住送餐员入职 is none
	unit = `(人|户|企|亩|日|月|年|季|周|家|校|镇|村|班|单位)`
	time = `(年度?|月|季度?|期|周|旬|一年|个月|半年)`
	of   = `(数|值|额|累计|合计|实绩|完成数?|平均|水平|基数|结转|结余|余额|新增|净增|增加|减少)*`
)

// reSure are the labels by what they say.
var reSure = regexp.MustCompile(strings.Join([]string{
	`^(其中|不含|扣除|剔除)[:：].`, `^其中` + tail, `^其中(规上|规下|限上|女|男|外资|内资|民营|国有|高新|上市|重点|新增|本月|当月|本年|上年|区内|区外|县内|县外|市外|省外|省级|市级|县级|应届|外来|本科|硕士|博士)$`,
	`^其中.{1,8}(企业|单位|人员|人才|人数|项目|产值|部分|以上|以下|业|类|级|资|性)$`,
	`^.{0,6}(平均|均值)(数|值|水平|分数?|线|工资|收入|年龄|年限|产值|产出|单价|价格?|人数|规模|增速|增长)?` + tail,
	`^` + unit + `均(数|值|额)?` + tail,
	`^.{0,8}((中位|众|四分位|百分位)数|中值|标准差|标准偏差|方差|极差|变异系数|离散系数)` + tail,
	`^.{0,8}(最高|最低|最大|最小|最多|最少)(值|数|额|者|价|分|水平)` + tail,
	`^.{0,8}(同比|环比)((增|减|上|下|升|降|变|持|为|数|值|率|额|百分).{0,8})?` + tail,
	`^.{0,8}(增长率|增长速度|增长幅度|增速|增幅|升幅|降幅|变化率|变动率)` + tail,
	`^(比|较|与|同|跟)((上|去|前)(年|月|季|期|周|旬|个|一|半|两)|同期|20[0-9]{2}年|年初|期初|基期).{0,12}$`,
	`^(上|去|前)` + time + `(同期|同月|同季|末|底)?` + of + tail, `^(本|当|今)` + time + `(末|底|初|止)?` + of + tail,
	`^(年|月|期|季)(初|末)(数|余额|结存|人数|实有)` + tail, `^(同期|基期|对比|比较)(数|值|期)?` + tail,
	`^20[0-9]{2}年?(同期|合计|平均|累计|全年数?)` + tail,
	`^(净?增长|增减|升降|净?增加|减少|下降|上升|净增|变动|变化|差异)(数|额|量|率|值|幅度?|情况|比例|百分[点比]|绝对[额值数])` + tail, `^(增减|净增)` + tail,
	`^(净?增长|净?增加|减少|下降|上升|变动|变化|差异)[(（:：%％].*$`,
	`^占.{1,12}(比重|比例|比|份额|百分[点比]|%|％)` + tail, `^.{0,8}(占比|比重|构成比|贡献率|百分比)` + tail,
	`^.{0,8}(完成率|达成率|执行率|兑现率|实现率|完成比例|完成进度|完成计划|完成目标)` + tail, `^(序时|时序|时间)?进度` + tail,
	`^(年度|全年|本年|当年|月度|季度|本月|本季|20[0-9]{2}年)(计划|任务|目标|预算|指标)` + of + `$`,
	`^(年度|全年)?(计划|任务|目标|预算|预期|预计|预测|估计|实际|完成|实现|目标任务|计划任务)(数|值|额|量|完成|完成数|完成率|总数|人数|合计)` + tail,
	`^(差额|差数|余额|结余|结存|超欠额?)` + tail, `^(全[县区市省国]|全部)?(排名|位次|名次|排位)` + tail,
	`^(另|另有|加|减|含)[:：].*(合计|小计|总计|平均|共计)` + tail, `^.{0,16}(合計|小計|總計|共計|累計)` + tail, `^计` + tail, `^.{0,12}(之和|加总|加和|去重后?|去重数)` + tail, `^(全口径|过次页|承前页|结转下页|上页结转|大合计|总合计|合并数|样本[数量]|有效样本|计数|个数|总分|平均每.{1,4})` + tail,
	`^([0-9一二三四五六七八九十]{1,2}月|[一二三四1-4]季度?|(上|下)半年|全年|本[月季年])份?计$`, `^(全部|所有)(行业|产业|门类|类别|企业|单位|部门|项目|人员|人才|学历|年龄段?|来源|渠道|地区|区县|乡镇|镇街|园区|区块)$`, `^为(上|去)年(同期|同月)?.{0,5}$`, `^累计.{0,6}$`, `^(剔除重复|扣除重复|重复(数|计算|计数)).{0,6}$`, `^(差值|偏差率?|涨幅|跌幅|净减|剩余任务|剩余数|尚缺|缺额|未完成数|超额完成|实绩|满分|权重)` + tail, `^(比|较|距|与|离|超|欠)(目标|计划|任务|预算|进度|基数|平均|均值|全[区县市省国]|年初|序时).{0,12}$`,
	`^([A-Z]+-?)?(SUB|GRAND)?-?TOTALS?(ALL|SUM|AMOUNT|PAYABLE|DUE|PAID|(FOR|BY).{1,20})?` + tail,
	`^(OVERALL|ZONE|COUNTY|GROUP|WEIGHTED|SIMPLE|COLUMN|SAMPLE|TOTAL)?(AVERAGE|MEAN|AVG|MEDIAN)(VALUE|(OF|PER|FOR).{1,20})?[.]?` + tail,
	`^(MAXIMUM|MINIMUM|STD\.?DEV|STDEV|STANDARDDEVIATION)` + tail, `^(OFWHICH|THEREOF)`, `^(INCLUDING|INCL|EXCLUDING|MEMO|MEMOITEMS)[.]?[:：]`, `^O/W`, `^(NETCHANGE|DELTA|AGGREGATE|COMBINED|BENCHMARK|RANK|(CARRIED|BROUGHT)-?FORWARD|B/F|C/F|PRIORYEAR|QTD|MTD)` + tail,
	`^(YOY|MOM|QOQ|Y/Y|M/M|Y-O-Y|YEAR-?(ON|OVER)-?YEAR|MONTH-?(ON|OVER)-?MONTH)(CHANGE|GROWTH|RATE)*` + tail,
	`^[%％]?(CHANGE|GROWTH|INCREASE|DECREASE)(RATE|(OVER|ON|FROM|VS).{1,20})` + tail, `^[%％](CHANGE|GROWTH|INCREASE|OFTOTAL)$`,
	`^(PREVIOUS|PRIOR|LAST|SAMEPERIOD)-?(OF)?(LAST)?(YEAR|MONTH|PERIOD|QUARTER)`, `^(SHARE|PROPORTION|PERCENTAGE|PERCENT)OF.{1,20}$`, `^(YTD|YEAR-?TO-?DATE|CUMULATIVE)` + tail,
	`^(COMPLETION|ACHIEVEMENT)RATE` + tail, `^VS[.]?(LAST|PREVIOUS|PRIOR|PLAN|TARGET|BUDGET|SAME).{0,16}$`, `^SUMOF.{1,20}$`,
}, "|"))

var reMay = regexp.MustCompile(strings.Join([]string{
	`^其中.{1,10}$`, `^(另|另有|加|减|含|内|补|包括|包含)[:：].`, `[(（]其中.{0,8}$`, `^(不含[^糊糖铅氟磷]|扣除|剔除|除去|除).{1,10}$`, `^(全(区|县|市|省|国|部|镇|乡|街道|院|校|行业|系统|集团)|本级|女|男|得分|剩余|其中)$`, `^(以上|上述|前)?[0-9一二两三四五六七八九十]{1,3}[家个户](单位|企业|公司)?$`,
	`^(合并|内部|汇总)?(抵消|抵销|抵扣|冲减|冲销|调整|核减|核增|核定|上报)(数|额|项)?$`, `^(余下|剩下|其余).{1,4}$`, `^(全社会|全辖|全域|全口径|极值|参考值|标准值)$`, `^(全[区县市省]|区内|企业|单位)?(最高|最低|最大|最小|最多|最少|最早|最晚)$`,
	`^(净?增长|净?增加|减少|下降|上升|变动|变化|差异|差距|缺口|计划|任务|目标|预算|预计|预期|实际|完成|构成|比例|份额|期末|期初|年末|年初)$`,
	`^(欠|超)(产|收|额|支|亏|盈)(数|额)?$`, `^(校验|核对|校核|复核|稽核|平衡|轧差|尾差|误差|检验|勾稽)(数|行|值|项|栏|关系)?$`, `^(省|市|县|区|国家|部|厅|司|处|科|高|中)(级|层)(及|和)?(以上|以下)$`,
	`^(企业|单位|项目|机构|园区|乡镇|样本|条目|会员|成员)(总|个|家|户)?数量?$`, `^(户|家|个|人|条|项|件|笔|场|次)数$`,
	`^(上报|报送|填报|报表|及时|完整|入统|达标|合格|覆盖|到位|开工|投产|达产|回收|有效)率$`, `^第[一二三四五六七八九十0-9]{1,3}(名|位)$`, `^(前|后)[一二三四五六七八九十0-9]{1,3}(名|位|家)$`,
	`^.{0,8}合共$`, aforesaid, `^(全公司|全集团|全部门|全单位|全站|全所|全厂|全中心|全系列?)$`, `^占全.{0,6}$`, `^` + unit + `均.{1,4}$`, `^每(人|户|家|企业|亩|万人).{0,6}$`, `^(总|共|和|全体|整体|总量|总值|全部企业|所有企业|各企业|全部单位|所有单位)$`,
	`^(合计|总计|共计|小计|平均).{1,6}$`,
	`^(MAX|MIN|MODE|RANGE|STD|CHANGE|GROWTH|PLAN|TARGET|BUDGET|BALANCE|DIFFERENCE|VARIANCE|SHARE|ALL|OVERALL|INCLUDING|COUNT|N|PY|LY|ACTUAL|FORECAST|DIFF|RATIO|NET|ZONE-?WIDE|RANKING|PREV|CHECKSUM|ALL(FIRMS|COMPANIES|ENTERPRISES|UNITS|PARTIES|TOWNS|PERSONS|PEOPLE))$`,
}, "|"))

// reHint are the labels that are names of figures as often as of sums: 资产总额.
var reHint = regexp.MustCompile(`^.{1,8}(总额|总量|总值|总数|总人数)$|^([A-Z]+-?)?TOTALS?-?(FEES?|SALES|REVENUES?|COSTS?|OUTPUT|STAFF|EMPLOYEES|NUMBER|PEOPLE|PERSONS|COUNT|VALUE|OF.{1,20})` + tail)

// reCompares are labels that may go on with anything: 比上年同期增加投资.
var reCompares = regexp.MustCompile(`^(比|较|与|跟|占|不含[^糊糖铅氟磷]|扣除|剔除)|` + aforesaid)

// aforesaid are the rows above, by how many they are: 以上两馆.
const aforesaid = `^(以上|上述)(各|[0-9一二两三四五六七八九十]{1,3})[\p{Han}]{1,4}$`

// reSample are the rows that a form is handed out with: 示例企业, 某某公司, XX公司. One 某 is how lists of real firms leave
// a name out: 某外资猎头公司.
var reSample = regexp.MustCompile(`^(示例|样例|范例|例[:：])|^(某某|[×✕＊*]{2,}|X{2,4})[\p{Han}]{1,8}$|^(示例|样例|范例|例)[0-9]{0,2}$`)

// Sample reports whether a text, as Key leaves it, stands in a row that a form is handed out with: 例, 示例, 某某公司.
func Sample(key string) bool { return reSample.MatchString(key) }

// reNumbered is the number of a line in front of its label: 13、全区平均.
var reNumbered = regexp.MustCompile(`^[(（]?([0-9]{1,3}|[一二三四五六七八九十]{1,3})[)）、.．]+`)

// Says tells how surely a text, as Key leaves it, is a label, and whether that of a sum.
func Says(key string) (label Label, sum bool) {
	if rest := key[len(reNumbered.FindString(key)):]; rest != "" {
		key = rest
	}
	if reSample.MatchString(key) {
		return May, false
	}
	firm := Firm(key) && !reCompares.MatchString(key)
	switch {
	case Sum(key):
		return Sure, true
	case firm:
		return None, false
	case reSure.MatchString(key):
		return Sure, strings.Contains(key, "TOTAL") || strings.HasSuffix(key, "计") || strings.HasPrefix(key, "全部") || strings.HasPrefix(key, "所有")
	case reMay.MatchString(key):
		return May, false
	case reHint.MatchString(key):
		return Hint, true
	}
	return None, false
}

// firms are the words in which the names of firms, offices and works end.
var firms = []string{
	"公司", "厂", "集团", "中心", "店", "社", "所", "院", "校", "行", "站", "馆", "园", "室", "局", "办", "会", "学", "软件", "科技", "传媒", "教育", "文化", "技术", "网络", "数据", "智能", "信息", "咨询",
	"经营部", "门市部", "营业部", "服务部", "加工部", "批发部", "零售部", "销售部", "维修部", "供应部", "配送部", "药房", "商铺", "酒家", "机械", "电子", "材料", "实业", "工贸", "贸易", "商贸", "制造", "控股", "投资", "分析", "设备", "电器", "乐器", "食品", "服装", "鞋业", "阀门", "铸造", "物流", "设计", "广告", "服务", "医药", "生物", "能源", "环保", "建筑", "系统", "平台", "山庄", "地产", "房产", "酒业", "鞋业", "文创", "餐饮", "乡", "镇", "村", "街道", "社区", "农场", "林场",
}

// Firm reports whether a text ends as the names of firms, offices and works do: 合计通软件, 平均律文化. 其中：甲公司 does not
// name one, but a part of the row above.
func Firm(key string) bool {
	n := utf8.RuneCountInString(key)
	if strings.ContainsAny(key, ":：") || n < 3 {
		return false
	}
	if n == 3 { // 小计乡, 其中村
		return strings.HasSuffix(key, "乡") || strings.HasSuffix(key, "镇") || strings.HasSuffix(key, "村")
	}
	for _, w := range firms {
		if strings.HasSuffix(key, w) {
			return true
		}
	}
	return strings.HasSuffix(key, ".LTD") || strings.HasSuffix(key, "LTD") || strings.HasSuffix(key, "INC") || strings.HasSuffix(key, "LLC")
}

// Longest is how many bytes a label has at most.
const Longest = 90

// Likely is a quick look at a text for Says: false tells nearly every text of a row of data from a label, at the cost of
// a look at its ends. It says the same of texts that differ in their digits only.
func Likely(s string) bool {
	n := len(s)
	if n < 3 || n > Longest {
		return false
	}
	if s[0]-'0' <= 9 && s[n-1] < 0x80 { // 2025年合计(万元), and nearly always a number
		for s != "" && s[len(s)-1] < 0x80 {
			s = s[:len(s)-1]
		}
	}
	if likely(s) {
		return true
	}
	i := tailed(s)
	return i > 0 && likely(s[:i])
}

// tailed is where the end of a label begins with which it may go on as it likes: a colon, a bracket, %, a digit, TOTAL behind 合计.
func tailed(s string) int {
	i := 0
	for i < len(s) && s[i]-'0' <= 9 {
		i++
	}
	for i = max(i, 1); i < len(s); i++ {
		switch c := s[i]; {
		case c < 0x80:
			if s[0] >= 0x80 || c-'0' <= 9 || c == ':' || c == '%' || c == '[' || c == '(' {
				return i
			}
		case c == 0xef && i+2 < len(s) && s[i+1] == 0xbc && (s[i+2] == 0x9a || s[i+2] == 0x85 || s[i+2] == 0x88), // ： ％ （
			c == 0xe3 && i+2 < len(s) && s[i+1] == 0x80 && s[i+2] == 0x90: // 【
			return i
		}
	}
	return 0
}

func likely(s string) bool {
	n := len(s)
	if n < 3 || s[0]-'0' <= 9 && s[n-1] < 0x80 {
		return false
	}
	if s[0] == '#' && (s[1] >= 0x80 || s[1] == ' ') || s[:2] == "//" {
		return true
	}
	if s[0] < 0x80 {
		if i := strings.IndexFunc(s, func(r rune) bool { return r >= 0x80 }); i > 2 && english(s[:i]) { // Share of 甲
			return true
		}
		if s[n-1] < 0x80 {
			return n <= 40 && english(s)
		}
	}
	if strings.Contains(s, "最") || strings.Contains(s, "比") && (strings.Contains(s, "同比") || strings.Contains(s, "环比")) {
		return true
	}
	if n >= 9 && s[0] >= 0xe0 && s[3:6] == "均" { // 户均产值
		return true
	}
	begins := s[0] < 0xe0 || marks(s[:3], 2)
	if s[n-1] >= 0x80 && s[n-3] >= 0xe0 && !begins && !marks(s[n-3:], 1) && (n > 24 || !parted(s)) {
		return false // nearly every text in Chinese
	}
	if n < 40 && parted(s) {
		return true // 合 计, 丁办（其中新签）
	}
	last, size := utf8.DecodeLastRuneInString(s)
	switch last {
	case ')', '）', ']', '】', '>', '》':
		if i := strings.IndexAny(s, "(（[【<《"); i > 0 {
			return likely(s[:i])
		}
		return true
	case '家', '个', '户': // 以上两户
		if before, _ := utf8.DecodeLastRuneInString(s[:n-size]); strings.ContainsRune("一二两三四五六七八九十0123456789", before) {
			return true
		}
	case ' ', '\u3000', ':', '：', '%', '％', '*', '-', '—', '~', '=', '#', '。', '.', '↑', '↓':
		return true
	case '共', '页', '绩', '女', '量', '况', '者', '标', '男', '计', '計', '数', '均', '额', '比', '值', '率', '幅', '速', '差', '重', '期', '位', '旬', '末', '初', '底', '减', '次', '名':
		return true
	case '资', '入', '龄', '出', '价', '限', '模', '线', '平', '格', '长':
		if strings.Contains(s, "均") {
			return true
		}
	}
	if n >= 6 {
		switch s[n-3-size : n] {
		case "最高", "最低", "最大", "最小", "最多", "最少", "最早", "最晚", "增长", "增加", "减少", "下降", "上升", "净增", "变动", "变化", "差异", "差距", "缺口", "计划", "任务", "目标", "预算", "预计", "预期", "实际", "完成", "构成", "比例", "份额",
			"余额", "结余", "结存", "超欠", "排名", "分点", "排位", "进度", "幅度", "总和", "全部", "全体", "整体", "总体", "总量", "汇总", "对比", "比较", "同月", "同季", "样本", "全域", "全辖", "之和", "加和", "结转", "重后", "总分", "得分", "满分", "尚缺", "净减", "全区", "全县", "全市", "全省", "全国", "全镇", "全乡", "全校", "系统", "集团", "本级", "抵消", "抵销", "抵扣", "冲减", "冲销", "调整", "核减", "核增", "核定", "上报", "销项", "销数", "销额", "整项", "整数", "整额", "社会", "全院", "街道", "加总", "实有", "全年", "情况", "速度", "水平", "均分", "均价", "值分", "值价", "新增", "上年", "去年", "前年", "上月", "本年", "本月", "本季", "季度", "年度", "当年", "当月", "企业", "单位", "人员", "人才", "项目", "部分", "规上", "规下", "限上", "以上", "以下":
			return true
		}
	}
	return begins && led(s)
}

// parted reports whether a text holds a blank or an opening bracket. It looks at Chinese by its characters.
func parted(s string) bool {
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == ' ' || c == '(':
			return true
		case c < 0xe3:
		case c == 0xe3 && strings.HasPrefix(s[i:], "\u3000"), c == 0xef && strings.HasPrefix(s[i:], "（"):
			return true
		default:
			i += 2
		}
	}
	return false
}

// edges are the characters of three bytes with which a label ends (1) and begins (2).
var edges = func() (e [1 << 16]byte) {
	for _, r := range "共）】》：％—。↑↓　计計数均额比值率幅速差重期位旬末初底减次资入龄出价限模线平高低大小多少早晚长加降升增动化异距口划务标算期际成例份余存欠名点位度和部体量总汇对较月季年业单员才目分上下页绩转后区县市省国镇乡校系团级家个户司女男得本域辖况有者格初止分平报销整消扣减定增院道会村班项" {
		e[r] |= 1
	}
	for _, r := range "　（【—└├、．）１２３４５６７８９０一二三四五六七八九十占每合计总共和其另加减含不扣剔比较与同环上去前本当今小平人户累完全距离超欠剔重去尚未剩内补包除单企项团过承结样有大实满权净差偏涨跌示范某例×为校核复稽检勾轧尾误跟以上述％余下剩单抵核冲汇所" {
		e[r] |= 2
	}
	return e
}()

// marks reports whether the character of three bytes that stands first in a text is one of those.
func marks(s string, edge byte) bool {
	return edges[uint16(s[0]&0xf)<<12|uint16(s[1]&0x3f)<<6|uint16(s[2]&0x3f)]&edge != 0
}

// led reports whether a text begins as a label does, behind a number and signs.
func led(s string) bool {
	for s != "" {
		r, size := utf8.DecodeRuneInString(s)
		switch r {
		case ' ', '\u3000', '(', '（', '[', '【', '*', '#', '-', '—', '~', '=', '└', '├', '、', '.', '．', ')', '）', '１', '２', '３', '４', '５', '６', '７', '８', '９', '０', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			s = s[size:]
			continue
		case '一', '二', '三', '四', '五', '六', '七', '八', '九', '十':
			if rest := strings.TrimLeft(s, "一二三四五六七八九十"); strings.HasPrefix(rest, "、") || strings.HasPrefix(rest, ".") || strings.HasPrefix(rest, "．") {
				s = rest
				continue
			}
			return false
		case '占', '每', '合', '计', '距', '离', '超', '欠', '除', '某', '×', 'X', '例', '跟', '％':
			return true
		case '年':
			s = s[size:]
			continue
		case '全':
			if len(s) <= len("全中心") {
				return true
			}
		case '上', '去', '前', '本', '当', '今':
			if rest, _ := utf8.DecodeRuneInString(s[size:]); strings.ContainsRune("年月季期周旬一两个半", rest) {
				return true
			}
		}
		if strings.HasPrefix(s[size:], "均") { // 户均
			return true
		}
		if len(s) < 6 {
			return len(s) == 3 && (r == '总' || r == '共' || r == '和')
		}
		switch s[:6] {
		case "为上", "为去", "示例", "样例", "范例", "校验", "核对", "校核", "复核", "稽核", "平衡", "检验", "勾稽", "误差", "其中", "重复", "剩余", "内：", "补：", "包括", "包含", "除去", "比目", "比计", "比任", "比预", "比进", "比平", "比均", "比全", "较目", "较计", "较任", "较预", "较进", "较平", "较均", "较全", "与目", "与计", "与任", "与预", "与全", "另：", "另有", "加：", "减：", "含：", "不含", "扣除", "剔除", "比序", "较序", "与序", "与进", "与均", "与期", "与基", "同前", "同基", "同年", "同同", "与平", "其余", "余下", "剩下", "单位", "轧差", "尾差", "上报", "抵扣", "核减", "核增", "核定", "冲减", "冲销", "抵消", "抵销", "内部", "汇总", "合并", "全行", "全系", "所有", "比上", "比去", "比前", "比同", "比年", "比期", "比基", "较上", "较去", "较前", "较同", "较年", "较期", "较基", "与上", "与去", "与前", "与同", "与年", "同上", "同去", "同比", "同期", "环比",
			"上年", "上月", "上季", "上期", "上周", "上旬", "上一", "上半", "上个", "去年", "前年", "前一", "本年", "本月", "本季", "本期", "本周", "当年", "当月", "当期", "当季", "今年", "小计", "小　", "小 ", "总计", "总数", "总额", "共计", "平均", "人均", "户均", "累计", "完成", "全部", "全区", "全县", "全市", "全口", "过次", "承前", "样本", "超目", "超计", "超序", "欠目", "欠计", "以上", "上述", "指标", "净增", "净减":
			return true
		}
		if s[size]-'0' <= 9 && strings.ContainsRune("比较与同跟", r) { // 比2025年
			return true
		}
		for _, w := range [...]string{"补:", "内:", "另:", "加:", "减:", "含:", "小 ", "合 ", "总 ", "共 ", "平 "} {
			if strings.HasPrefix(s, w) {
				return true
			}
		}
		return false
	}
	return false
}

// english reports whether an ASCII text begins or ends as an English label does.
func english(s string) bool {
	s = strings.TrimLeft(s, " -*#=~([")
	if len(s) < 3 || s[0] == '%' {
		return s != "" && s[0] == '%'
	}
	end := strings.TrimRight(s, " -*#=~()]:.%")
	if len(end) < 3 || end[len(end)-1]-'0' <= 9 {
		return false
	}
	for _, w := range [...]string{"TOTAL", "otal", "MEAN", "ean", "AV", "verage", "MEDIAN", "edian"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	low := func(t string) string {
		return string([]byte{t[0] | 0x20, t[1] | 0x20, t[2] | 0x20})
	}
	switch low(s) {
	case "tot", "ave", "avg", "mea", "med", "sub", "sum", "yoy", "mom", "qoq", "y/y", "m/m", "y-o", "yea", "mon", "max", "min", "of ", "ofw", "the", "inc", "exc", "cha", "gro", "dec", "pre", "pri", "vs ", "vs.", "vsl", "vsp", "vst", "vsb", "vss", "zon", "che", "las", "o/w", "net", "del", "agg", "ben", "b/f", "c/f", "qtd", "mtd", "car", "bro", "cou", "act", "for", "rat", "mem", "sam", "sha", "pro", "per", "ytd", "cum", "com", "ach", "std", "sta", "ran", "mod", "pla", "tar", "bud", "bal", "dif", "var", "all", "ove", "gra", "run":
		return true
	}
	switch low(end[len(end)-3:]) {
	case "tal", "als", "age", "ean", "ian", "avg", "yoy":
		return true
	}
	return false
}
