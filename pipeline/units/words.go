package units

import (
	"regexp"
	"slices"
	"strings"
)

// This file is how people say what figures count in, 以元列示, 按万元填报, 单位：千元, 金额均为元, for headings, groups above them,
// titles, lines and notes alike, and in Words for remarks.

// counting are verbs of what figures count in; sorting say as often what they are listed by, 按户统计, and about only of money, shares
// and multiples what they count in: 按月报送, 按户编制 are none. The longer stand before those that they begin with.
var (
	counting = []string{"为计量单位", "为货币单位", "为计价单位", "为金额单位", "为统计单位", "为单位", "作为单位", "作单位", "计算", "计价", "计量", "计数"}
	sorting  = []string{"统计", "填写", "填报", "填列", "列示", "表示"}
	about    = []string{"计列", "填", "列报", "列出", "反映", "核算", "结算", "编制", "报送", "口径"}
	verbs    = slices.Concat(counting, []string{"计列", "计"}, sorting, about)
)

// by begins what ends in one of verbs. 用 does only at a beginning, or it is the tail of another word: 费用, 利用, 专用.
const by = `[以按]|(?:均|都|皆|一律|统一|[额值据]|^|[\s，,。；;：:、（(])用`

// Words is a regular expression for a remark that says that figures count in a unit, another one. What is paid in one, 以美元结算, counts
// in whatever it is entered in.
func Words(unit string) string {
	said := slices.DeleteFunc(slices.Clone(verbs), func(v string) bool { return v == "结算" || v == "计价" })
	return `[以按用]?(人民币)?` + unit + `(` + strings.Join(said, "|") + `)`
}

// unworded is a text without these words: 元 of 以元列示. wide: the verb says of other things than units too, 按月填报. 用 is left where
// it stands: 费用元为单位, 用户.
func unworded(s string) (rest string, wide bool) {
	rest = strings.TrimPrefix(strings.TrimPrefix(s, "以"), "按")
	for _, v := range [...]string{"为单位", "计算", "计价", "计"} {
		if short, cut := strings.CutSuffix(rest, v); cut {
			return short, false
		}
	}
	if rest == s { // 人口径 is no count of persons
		return s, false
	}
	for _, v := range verbs {
		if short, cut := strings.CutSuffix(rest, v); cut {
			return short, true
		}
	}
	return rest, false
}

// byWords are the units that a text says with one of verbs. others are those before which is heard what else says a unit: of things,
// persons and days, of which 按户统计 may only say what the rows are, and of money that something is settled in, 按美元结算.
func byWords(text string) (sure, others, odd []string) {
	for _, m := range reSpoken.FindAllStringSubmatch(text, -1) { // 按项目填报，以元计
		found, strange := pieces(m[2])
		narrow := slices.Contains(about, m[3]) || strings.HasSuffix(m[1], "用")
		for _, s := range found {
			u, _ := Parse(s)
			switch {
			case !u.strong() && narrow, u.span() && slices.Contains(sorting, m[3]): // 按月填报
			case narrow || u.listed():
				others = append(others, s)
			default:
				sure = append(sure, s)
			}
		}
		if !narrow {
			odd = append(odd, strange...)
		}
	}
	return sure, others, odd
}

// worded are the units of money, shares or multiples that a part of a heading gives in words or is: 金额以元列示, 万元. Others, as in
// 按月填报, say of a heading more often when than what.
func worded(text string) []string {
	if text = strings.TrimSpace(text); strings.ContainsAny(text, "元%％‰") && strong(text) {
		return []string{text}
	}
	found, _, _ := spoken(text)
	return slices.DeleteFunc(found, func(s string) bool { return !strong(s) })
}

// listed reports whether a unit may be what rows are listed by: a household, a person, a month.
func (u Unit) listed() bool {
	return !u.strong() && (u.Heads() || u.span())
}

func listed(text string) bool {
	u, _ := Parse(text)
	return u.listed()
}

func money(text string) bool {
	u, _ := Parse(text)
	return u.Money()
}

const said = `\s*(?:均|都|皆|一律|统一|全部)?\s*`

var (
	reLine    = regexp.MustCompile(`(?i)((金额|货币|计量|计价|数量|产值|面积|人数|人员|户数|家数|比率|比例|[^\p{Han}]|^)单位` + said + `[:：为是\s\x{3000}]|\bunits?\s*[:：])[\s\x{3000}]*`)
	reOther   = regexp.MustCompile(`\p{Han}单位` + said + `[:：为是]\s*`) // 数据单位：元, and 填报单位：…
	reAmount  = regexp.MustCompile(`(金额|产值|数额|收入|投资额?|资金|补[助贴]|奖[金补励]|税收|税额|营收|利润|费用|款[项额]|价款|工资|数[值据字])` + said + `[:：为是]\s*`)
	reSpoken  = regexp.MustCompile(`(` + by + `)\s*[（(]?([^以按，,。；;（）()]{1,8}?)[)）]?\s*(` + strings.Join(verbs, "|") + `)`)
	reTail    = regexp.MustCompile(`(?:(?:均|都|皆|一律|统一)[以按用]|[以按])\s*([^以按，,。；;（）()]{1,8}?)\s*(?:` + strings.Join(verbs, "|") + `)$`)
	reEnglish = regexp.MustCompile(`(?i)\b(?:in|units?|currency|of)\b\s*[:：]?\s*((?:10,?000 ?|100 ?million ?|(?:thousand|million|billion)(?:s? (?:of )?)?)?(?:yuan|rmb|cny|usd))\b`)
)
