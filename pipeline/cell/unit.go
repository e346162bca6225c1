package cell

import "strings"

// Unit is a unit of measure cut into its power of ten and its base: 万元 is {元, 4}.
type Unit struct {
	Base string
	Exp  int
}

// scales are the multipliers, longest first.
var scales = [...]struct {
	word string
	exp  int
}{
	{"百万", 6}, {"千万", 7}, {"十万", 5}, {"万亿", 12}, {"万万", 8}, {"亿", 8}, {"万", 4}, {"千", 3}, {"百", 2}, {"k", 3}, {"w", 4},
}

// bases gives every base a common name: units that count the same are one base.
var bases = map[string]string{
	"元": "元", "圆": "元", "块": "元", "人民币": "元", "元人民币": "元", "rmb": "元", "cny": "元", "yuan": "元",
	"人": "人", "名": "人", "位": "人", "人次": "人", "个": "个", "家": "个", "项": "个", "件": "个", "次": "个", "场": "个", "批": "个", "期": "个",
	"篇": "个", "所": "个", "台": "个", "套": "个", "只": "个", "种": "个", "门": "个", "户": "个", "条": "个", "岗": "个", "份": "个", "people": "人", "persons": "人",
	"%": "%", "百分点": "%", "岁": "岁", "周岁": "岁", "年": "年", "月": "月", "个月": "月", "天": "天", "日": "天", "小时": "小时", "学时": "学时", "课时": "学时",
	"美元": "美元", "usd": "美元", "欧元": "欧元", "eur": "欧元", "日元": "日元", "港元": "港元", "港币": "港元", "英镑": "英镑",
	"吨": "吨", "公斤": "公斤", "平方米": "平方米", "㎡": "平方米", "m2": "平方米", "亩": "亩",
}

// ParseUnit reads 万元, 亿元人民币, %, 人. ok is false for anything that is no unit.
func ParseUnit(s string) (u Unit, ok bool) {
	s = strings.ToLower(strings.TrimPrefix(Squeeze(Fold(s)), "单位:"))
	s = strings.TrimPrefix(s, "人民币")
	for _, sc := range scales {
		if rest, cut := strings.CutPrefix(s, sc.word); cut && sc.word != "k" && sc.word != "w" {
			s, u.Exp = rest, sc.exp
			break
		}
	}
	if s == "" {
		return u, u.Exp > 0
	}
	u.Base, ok = bases[s]
	return u, ok
}

// Takes reports whether numbers in unit other may stand in a column of unit u: the same is counted, or one
// of them does not say what is.
func (u Unit) Takes(other Unit) bool {
	return u.Base == "" || other.Base == "" || u.Base == other.Base || heads(u.Base) && heads(other.Base)
}

// heads reports whether a base counts persons or things.
func heads(base string) bool { return base == "人" || base == "个" }

// counting reports whether a base only says what is counted, so that a column without a declared
// Unit may carry it.
func counting(base string) bool {
	return base == "人" || base == "个" || base == "元"
}
