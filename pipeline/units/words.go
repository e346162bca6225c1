package units

import (
	"regexp"
	"slices"
	"strings"
)

// This file is how people say what figures count in, 以元列示, 按万元填报, 单位：千元, 金额均为元: the one list of these words, for
// headings, groups above them, titles, lines, notes and remarks alike.

// verbs end what begins with one of by, the longer before those that they begin with.
var verbs = []string{
	"为计量单位", "为货币单位", "为计价单位", "为金额单位", "为统计单位", "为单位", "作为单位", "作单位",
	"计算", "计价", "计列", "计量", "计数", "计", "统计", "填写", "填报", "填列", "填", "列示", "列报", "列出", "表示", "反映", "核算", "结算", "编制", "报送", "口径",
}

// by begins what ends in one of verbs.
const by = `以按用`

// Words is a regular expression for what says that figures count in a unit, another one.
func Words(unit string) string {
	return `[` + by + `]?(人民币)?` + unit + `(` + strings.Join(verbs, "|") + `)`
}

// unworded is a text without these words: 元 of 以元列示. wide: the verb says of other things than units too, 按月填报.
func unworded(s string) (rest string, wide bool) {
	rest = strings.TrimLeft(s, by)
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

// worded are the units of money, shares or multiples that a part of a heading gives in words or is: 金额以元列示, 万元. Others, as in
// 按月填报, say of a heading more often when than what.
func worded(text string) []string {
	if text = strings.TrimSpace(text); strings.ContainsAny(text, "元%％‰") && strong(text) {
		return []string{text}
	}
	found, _, _ := spoken(text)
	return slices.DeleteFunc(found, func(s string) bool { return !strong(s) })
}

const said = `\s*(?:均|都|皆|一律|统一|全部)?\s*`

var (
	reLine    = regexp.MustCompile(`(?i)((金额|货币|计量|计价|数量|产值|面积|人数|人员|户数|家数|比率|比例|[^\p{Han}]|^)单位` + said + `[:：为是\s\x{3000}]|\bunits?\s*[:：])[\s\x{3000}]*`)
	reOther   = regexp.MustCompile(`\p{Han}单位` + said + `[:：为是]\s*`) // 数据单位：元, and 填报单位：…
	reAmount  = regexp.MustCompile(`(金额|产值|数额|收入|投资额?|资金|补[助贴]|奖[金补励]|税收|税额|营收|利润|费用|款[项额]|价款|工资|数[值据字])` + said + `[:：为是]\s*`)
	reSpoken  = regexp.MustCompile(`[` + by + `]\s*([^` + by + `，,。；;]{1,8}?)\s*(?:` + strings.Join(verbs, "|") + `)`)
	reTail    = regexp.MustCompile(`(?:均|都|皆|一律|统一)?[` + by + `]\s*([^` + by + `，,。；;]{1,8}?)\s*(?:` + strings.Join(verbs, "|") + `)$`)
	reEnglish = regexp.MustCompile(`(?i)\b(?:in|units?|currency|of)\b\s*[:：]?\s*((?:10,?000 ?|100 ?million ?|(?:thousand|million|billion)(?:s? (?:of )?)?)?(?:yuan|rmb|cny|usd))\b`)
)
