package contrary

import (
	"regexp"
	"slices"
	"strings"
)

// ways are pairs of things that are the opposite of each other, each in the words by which lists of them are called.
var ways = [][2][]string{
	{
		{"引进", "引入", "流入", "转入", "调入", "迁入", "入职", "到岗", "报到", "增员", "入区", "进站", "入站", "参保"},
		{"流出", "离职", "离岗", "离区", "离开", "流失", "辞职", "辞退", "解聘", "转出", "调出", "迁出", "减员", "出站", "退出", "停保"},
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

func holds(text string, words []string) bool {
	for _, w := range words {
		if strings.Contains(text, w) {
			return true
		}
	}
	return false
}
