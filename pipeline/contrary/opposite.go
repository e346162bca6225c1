package contrary

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// ways are pairs of things that are the opposite of each other, each in the words by which lists of them are called.
var ways = [][2][]string{
	{
		{"引进", "引入", "流入", "转入", "调入", "迁入", "入职", "到岗", "报到", "增员", "入区", "进站", "入站", "参保"},
		{"流出", "离职", "离岗", "离区", "离开", "流失", "辞职", "辞退", "解聘", "转出", "调出", "迁出", "减员", "出站", "退出", "停保", "离退", "清退人员", "调离", "撤离"},
	},
	{{"入库", "进库", "购入", "采购", "收货", "进货", "购置", "调入"}, {"出库", "领用", "领取", "发出", "发货", "出货", "售出", "报废", "调出"}},
	{{"收入", "收款", "进账", "存入", "收缴"}, {"支出", "付款", "支付", "出账", "支取"}},
	{{"新设", "设立", "开业", "开办", "注册", "成立"}, {"注销", "吊销", "关闭", "停业", "歇业", "撤销", "停办"}},
	{{"借出", "借用", "出借"}, {"归还", "还款", "返还"}},
	{{"增加", "增长", "新增"}, {"减少", "下降", "核减"}},
}

// sold is one more way for things to leave, by words that stand in lists of projects and land too: a title says so, and a heading
// that is about nothing else.
var (
	sold  = []string{"处置", "出售", "转让", "拍卖"}
	reOut = regexp.MustCompile(`^(资产|物资|设备|固定资产)?(处置|出售|转让|拍卖)(日期|时间|方式|清单)$`)
)

// Opposite reports whether a heading or a title says the opposite of a word, and gives it: 出库日期 where 入库 is meant. A text that
// says both says neither, and where another says the word itself nothing is opposed. The words of lists that are shipped
// (in, out) are known too.
func Opposite(word string, headings, titles []string) (text string, ok bool) {
	for i, w := range ways {
		for side := range w {
			mine, other := w[side], w[1-side]
			if !holds(word, mine) && !(i == 0 && word == [...]string{"in", "out"}[side]) {
				continue
			}
			for k, t := range slices.Concat(headings, titles) {
				out := k >= len(headings) && holds(t, sold) || reOut.MatchString(t)
				switch a, b := holds(t, mine), holds(t, other) || i == 1 && side == 0 && out; {
				case a && !b:
					return "", false
				case b && !a && !ok:
					text, ok = t, true
				}
			}
			if ok {
				return text, true
			}
		}
	}
	return "", false
}

// days are what the names of a column of days end in.
var days = []string{"日期", "时间", "年月", "月份"}

// reNeutral are first words of such names that say of anything that it has happened, or when.
var reNeutral = regexp.MustCompile(`登记|办理|填[报写]|统计|发生|[变异]动|业务|录入|[入记]账|审[核批]|申[报请]|[报上]送|上报|生效|流[转通动向]|操作|记录|起始|开始|结束|截止|到期|有效|实际|所[属在]|进出|增减|收发|收支|合同`)

// Beside is the heading or the title that says another word than one, of those that stand in its place in the names of a column of
// days: 剔旧日期 where 借出 is meant, of a column that may be called 借出日期, 归还日期 and 剔旧日期. They may be two words for the same
// too. Empty where a heading or a title says the word itself.
func Beside(word string, names, headings, titles []string) string {
	var others []string
	for _, day := range days {
		if word == "" || !slices.Contains(names, word+day) {
			continue
		}
		for _, n := range names {
			stem, ok := strings.CutSuffix(n, day)
			if ok && len(stem) >= len("归还") && !strings.Contains(stem, word) && !strings.Contains(word, stem) && !reNeutral.MatchString(stem) {
				others = append(others, stem)
			}
		}
	}
	says := slices.Concat(headings, titles)
	if len(others) == 0 || holds(strings.Join(says, " "), []string{word}) {
		return ""
	}
	if i := slices.IndexFunc(says, func(text string) bool { return holds(text, others) }); i >= 0 {
		return says[i]
	}
	return ""
}

// Called is the line above a table that says the opposite of a word, or another of the values that stand in its column, and not the
// word itself: 设备入库清单 where a blank is read as 借出 beside cells 入库. Empty: there is none.
func Called(word string, values, lines []string) string {
	if word == "" || holds(strings.Join(lines, " "), []string{word}) {
		return ""
	}
	if line, ok := Opposite(word, nil, lines); ok {
		return line
	}
	values = slices.DeleteFunc(slices.Clone(values), func(v string) bool {
		return utf8.RuneCountInString(v) < 2 || v == word || strings.Contains(word, v)
	})
	if i := slices.IndexFunc(lines, func(line string) bool { return holds(line, values) }); i >= 0 {
		return lines[i]
	}
	return ""
}

func holds(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
