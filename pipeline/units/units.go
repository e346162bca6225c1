// Package units knows units of measure as people write them: in the brackets of a heading (不含税，万元),
// behind a slash or a comma (产值/亿元), in a line above the table (单位：万元), in a row of their own.
package units

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
)

// Unit is a unit of measure cut into its power of ten, its base and what it is counted per: 万元 is
// {元, 4}, ‰ is {%, -1}, 元/人 is {元, 0, 人}. Step is the power of ten that its name has of itself: 公里 is {米, 0, "", 3}.
type Unit struct {
	Base string
	Exp  int
	Per  string
	Step int
}

// Shift is the power of ten that leads from a number in u to one in another unit of the same base. A multiplier
// alone (万) counts in the other's own name: 万 over a column of 吨 is 万吨.
func (u Unit) Shift(to Unit) int {
	if u.Base == "" || to.Base == "" {
		return u.Exp - to.Exp
	}
	return u.Exp + u.Step - to.Exp - to.Step
}

// scales are the multipliers, longest first.
var scales = [...]struct {
	word string
	exp  int
}{
	{"百万", 6}, {"千万", 7}, {"十万", 5}, {"万亿", 12}, {"万万", 8}, {"亿", 8}, {"万", 4}, {"千", 3}, {"百", 2}, {"十", 1}, {"k", 3}, {"w", 4},
}

// powers are the multipliers of English headings, as Key leaves them.
var powers = [...]struct {
	word string
	exp  int
}{
	{"100million", 8}, {"100000000", 8}, {"millionsof", 6}, {"million", 6}, {"1000000", 6}, {"mn", 6}, {"10thousand", 4}, {"10,000", 4}, {"10000", 4}, {"thousandsof", 3}, {"thousand", 3}, {"1,000", 3}, {"1000", 3}, {"billion", 9},
}

// bases gives every base a common name: units that count the same are one base.
var bases = map[string]string{
	"元": "元", "圆": "元", "块": "元", "人民币": "元", "元人民币": "元", "rmb": "元", "cny": "元", "yuan": "元", "¥": "元", "￥": "元",
	"人": "人", "名": "人", "位": "人", "人次": "人", "个": "个", "家": "件", "项": "件", "件": "件", "次": "个", "场": "件", "批": "件", "期": "件",
	"篇": "件", "所": "件", "台": "件", "套": "件", "只": "件", "种": "件", "门": "件", "户": "件", "条": "件", "岗": "个", "份": "件", "笔": "件", "people": "人", "persons": "人",
	"%": "%", "百分点": "%", "百分比": "%", "百分数": "%", "percent": "%", "岁": "岁", "周岁": "岁", "年": "年", "月": "月", "个月": "月", "天": "天", "日": "天",
	"小时": "小时", "学时": "学时", "课时": "学时",
	"美元": "美元", "美金": "美元", "usd": "美元", "$": "美元", "us$": "美元", "欧元": "欧元", "eur": "欧元", "€": "欧元", "日元": "日元", "jpy": "日元", "港元": "港元", "港币": "港元",
	"hkd": "港元", "hk$": "港元", "英镑": "英镑", "gbp": "英镑", "£": "英镑", "韩元": "韩元", "新台币": "新台币", "台币": "新台币", "澳元": "澳元", "加元": "加元", "卢布": "卢布",
	"公斤": "公斤", "千克": "公斤", "kg": "公斤", "吨": "公斤", "克": "公斤", "g": "公斤", "斤": "斤", "市斤": "斤", "米": "米", "公里": "米", "千米": "米", "km": "米", "厘米": "米", "cm": "米", "毫米": "米", "mm": "米",
	"平方米": "平方米", "㎡": "平方米", "m2": "平方米", "平米": "平方米", "公顷": "平方米", "hm2": "平方米", "ha": "平方米", "平方公里": "平方米", "平方千米": "平方米", "km2": "平方米", "亩": "亩",
	"千瓦时": "千瓦时", "kwh": "千瓦时", "度": "千瓦时", "兆瓦时": "千瓦时", "mwh": "千瓦时", "千瓦": "千瓦", "kw": "千瓦", "兆瓦": "千瓦", "mw": "千瓦", "gw": "千瓦", "瓦": "千瓦",
	"立方米": "立方米", "m3": "立方米", "升": "立方米", "公升": "立方米",
}

// steps are the powers of ten between the units of one base.
var steps = map[string]int{
	"吨": 3, "克": -3, "g": -3, "公里": 3, "千米": 3, "km": 3, "厘米": -2, "cm": -2, "毫米": -3, "mm": -3, "公顷": 4, "hm2": 4, "ha": 4, "平方公里": 6, "平方千米": 6, "km2": 6,
	"兆瓦时": 3, "mwh": 3, "兆瓦": 3, "mw": 3, "gw": 6, "瓦": -3, "升": -3, "公升": -3,
}

// ends are the last characters of units.
var ends = func() map[rune]bool {
	m := map[rune]bool{'²': true, '³': true, '㎞': true, '㎏': true, '㎝': true, '㎜': true, '㎢': true, '㎥': true, '‰': true, '％': true, '万': true, '亿': true}
	for b := range bases {
		r := []rune(b)
		m[r[len(r)-1]] = true
	}
	return m
}()

var monies = []string{"元", "美元", "欧元", "日元", "港元", "英镑", "韩元", "新台币", "澳元", "加元", "卢布"}

// Money reports whether the unit counts money, of whatever country.
func (u Unit) Money() bool { return slices.Contains(monies, u.Base) }

// Share reports whether the unit is a share: %, ‰.
func (u Unit) Share() bool { return u.Base == "%" }

// signs are characters that hold a whole unit, and exponents.
var signs = strings.NewReplacer("²", "2", "³", "3", "㎞", "km", "㎏", "kg", "㎝", "cm", "㎜", "mm", "㎢", "km2", "㎡", "m2", "㎥", "m3")

func key(s string) string { return signs.Replace(strings.ToLower(codes.Key(s))) }

// Parse reads 万元, 亿元人民币, %, ‰, 人, 元/月. ok is false for anything that is no unit.
func Parse(s string) (u Unit, ok bool) {
	if s = key(s); len(s) >= len("cnybn") && reScaled.MatchString(s) {
		s = reScaled.ReplaceAllStringFunc(s, scaled)
	}
	for _, p := range [...]string{"计量单位", "金额单位", "货币单位", "计价单位", "单位", "币种"} {
		if rest, cut := strings.CutPrefix(s, p); cut {
			if s = strings.TrimLeft(rest, ":为是"); s == "分" && p != "计量单位" && p != "单位" {
				return Unit{Base: "元", Exp: -2}, true
			}
			break
		}
	}
	s, wide := unworded(s)
	s = strings.Trim(s, "()[]【】")
	of, per, rate := strings.Cut(s, "/")
	if !rate {
		of, per, rate = strings.Cut(s, "每")
	}
	if rate {
		if u.Per, ok = counted(per); !ok {
			return Unit{}, false
		}
	}
	u.Base, u.Exp, u.Step, ok = plain(of)
	if !ok || wide && !u.strong() {
		return Unit{}, false
	}
	return u, true
}

// counted is what something is counted per: 人, 月, 人次, 人·月.
func counted(s string) (string, bool) {
	s = strings.NewReplacer("·", "", "*", "", ".", "", "每", "").Replace(s)
	if b, ok := bases[s]; ok {
		return stepped(b, steps[s]), true
	}
	for _, first := range [...]string{"人", "户", "吨"} {
		if rest, cut := strings.CutPrefix(s, first); cut {
			if b, ok := bases[rest]; ok {
				return first + stepped(b, steps[rest]), true
			}
		}
	}
	return "", false
}

// stepped tells 公里 from 米 where something is counted per one of them.
func stepped(base string, step int) string {
	if step == 0 {
		return base
	}
	return fmt.Sprintf("%s e%d", base, step)
}

// plain reads a unit that counts nothing per anything.
func plain(s string) (base string, exp, step int, ok bool) {
	switch s {
	case "":
		return "", 0, 0, false
	case "‰", "千分比", "千分点", "千分之":
		return "%", -1, 0, true
	case "‱", "万分比", "万分之":
		return "%", -2, 0, true
	case "小数", "以小数表示", "小数表示", "倍":
		return "%", 2, 0, true
	case "成":
		return "%", 1, 0, true
	case "角":
		return "元", -1, 0, true
	case "m": // in a heading only: behind a number it may be a million
		return "米", 0, 0, true
	case "t":
		return bases["吨"], 0, steps["吨"], true
	}
	if base, ok = bases[s]; ok {
		return base, 0, steps[s], true
	}
	s = strings.TrimPrefix(s, "人民币")
	for _, p := range powers {
		if rest, cut := strings.CutPrefix(s, p.word); cut {
			if base, ok = bases[rest]; ok {
				return base, p.exp, steps[rest], true
			}
		}
	}
	for _, sc := range scales {
		if rest, cut := strings.CutPrefix(s, sc.word); cut && sc.word != "k" && sc.word != "w" {
			s, exp = rest, sc.exp
			break
		}
	}
	if s == "" {
		return "", exp, 0, exp > 1 // （十） is the tenth of a series
	}
	base, ok = bases[s]
	return base, exp, steps[s], ok && !firm(s, exp)
}

// counters are words that count things and are no units: 12座 is twelve.
const counters = "座把辆栋幢间棵株头只张本册艘架组支枚处段根匹盏扇棚池桩"

// Counter reports whether a text behind a number is a word that counts things.
func Counter(s string) bool { return len(s) == len("座") && strings.Contains(counters, s) }

// Known reports whether a base is one, not a unit that only a declaration knows (座).
func Known(base string) bool { return bases[base] != "" }

// firm reports whether a multiplier and a base are a word of another kind: 百度 is no hundred of kilowatt hours, 万度 are ten thousand,
// and 男子百米 is a race.
func firm(s string, exp int) bool {
	return (s == "度" || s == "米") && exp != 0 && exp != 4 && exp != 8
}

// Tail reads what stands behind a number in a cell, in lower case and without blanks: a multiplier, then
// perhaps a unit, whose step is part of exp. scaled: there is a multiplier. known: the unit is one, or there is none.
func Tail(s string) (base string, exp int, scaled, known bool) {
	if base, known = bases[s]; known {
		return base, steps[s], false, true // kg is no thousand of something
	}
	for _, sc := range scales {
		if rest, cut := strings.CutPrefix(s, sc.word); cut {
			s, exp, scaled = rest, sc.exp, true
			break
		}
	}
	if s == "" {
		return "", exp, scaled, true
	}
	base, known = bases[s]
	return base, exp + steps[s], scaled, known && !firm(s, exp)
}

// Takes reports whether numbers in unit other may stand in a column of unit u: the same is counted, or
// one of them does not say what is. 个 is said of persons and of things; 户 and 家 are no persons.
func (u Unit) Takes(other Unit) bool {
	return u.Base == "" || other.Base == "" || u.Base == other.Base ||
		u.Heads() && other.Heads() && (u.Base == "个" || other.Base == "个")
}

// Heads reports whether a unit counts persons or things.
func (u Unit) Heads() bool { return u.Base == "人" || u.Base == "件" || u.Base == "个" }

// Counting reports whether a base only says what is counted, so that a column without a declared
// unit may carry it.
func Counting(base string) bool {
	return base == "人" || base == "件" || base == "个" || base == "元" || base == "学时"
}

// strong reports whether a unit may be believed without a sign that parts it from the name before it.
func (u Unit) strong() bool { return u.Money() || u.Share() || u.Exp != 0 && u.Base != "" }

// span reports whether it measures time.
func (u Unit) span() bool { return u.Base == "年" || u.Base == "月" || u.Base == "天" }

// Heading cuts a heading into its name and the units that it gives: in brackets, behind a slash or a
// comma, or at its end. odd are parts that read like a unit and are none that is known.
func Heading(h string) (name string, found []string, odd []string) {
	name, inside := Brackets(h)
	for _, text := range inside {
		f, o := pieces(text)
		if !slices.ContainsFunc(f, strong) { // 以户为单位，金额以元计
			if said := worded(text); len(said) > 0 {
				f, o = said, nil
			}
		}
		found, odd = append(found, f...), append(odd, o...)
	}
	rest, unit := Suffix(name)
	if unit != "" {
		return rest, append(found, unit), odd
	}
	if i := strings.Index(name, "单位"); i > 0 {
		f, o := pieces(strings.TrimLeft(name[i+len("单位"):], "：: 为"))
		if len(f)+len(o) > 0 {
			return strings.TrimRight(name[:i], "，,;； /"), append(found, f...), append(odd, o...)
		}
	}
	for _, level := range Levels(name) {
		found = append(found, worded(level)...)
	}
	return name, found, odd
}

// Above reports whether an upper row of a merged heading gives a unit, in brackets or in words, that its last row gives none of:
// 资金（元） over 到位, 以千元计 over 金额.
func Above(path []string) bool {
	last := len(path) - 1
	if last < 1 {
		return false
	}
	if _, found, odd := Heading(path[last]); len(found)+len(odd) > 0 || Alone(path[last]) {
		return false
	}
	return slices.ContainsFunc(path[:last], func(group string) bool {
		_, found, _ := Heading(group)
		return len(found) > 0 && (strings.ContainsAny(group, "（([【") || len(worded(group)) > 0)
	})
}

// Levels cuts a heading at the slashes outside of its brackets: its rows, where it was merged of several.
func Levels(h string) (rows []string) {
	depth, from := 0, 0
	for i, r := range h {
		switch r {
		case '(', '（', '[', '【':
			depth++
		case ')', '）', ']', '】':
			depth--
		case '/':
			if depth == 0 {
				rows, from = append(rows, h[from:i]), i+1
			}
		}
	}
	return append(rows, h[from:])
}

var brackets = strings.NewReplacer("（", "(", "）", ")", "【", "(", "】", ")", "[", "(", "]", ")", "〔", "(", "〕", ")", "{", "(", "}", ")")

// Brackets cuts a text into what stands outside its brackets and the texts inside them.
func Brackets(h string) (outside string, inside []string) {
	h = brackets.Replace(h)
	var b strings.Builder
	for {
		i := strings.IndexByte(h, '(')
		if i < 0 {
			break
		}
		j := strings.IndexByte(h[i:], ')')
		if j < 0 {
			break
		}
		b.WriteString(h[:i])
		inside = append(inside, h[i+1:i+j])
		h = h[i+j+1:]
	}
	b.WriteString(h)
	return strings.TrimRight(b.String(), "/ "), inside
}

// pieces finds the units among the words in brackets.
func pieces(text string) (found, odd []string) {
	for _, p := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("，,、;；|", r) }) {
		if _, ok := Parse(p); ok {
			found = append(found, p)
			continue
		}
		of, per, rate := strings.Cut(codes.Key(p), "/")
		if rate {
			if _, ok := Parse(of); ok {
				odd = append(odd, p) // a rate of something unknown
				continue
			}
			if _, ok := Parse(per); ok && reMeasure.MatchString(of) {
				odd = append(odd, p) // 微克/立方米
				continue
			} else if ok {
				found = append(found, per)
				continue
			}
		}
		if Looks(p) {
			odd = append(odd, p)
		}
	}
	return found, odd
}

var (
	reLooks   = regexp.MustCompile(`[万亿‰%]|[百千十]元|^[十百千](人|名|户|家)|元[/每]|^元|元$|美金|[$€£]|usd|rmb|cny|eur|hkd|^(k|w|mn|bn|mm)$|^(krw|gbp|jpy|twd|sgd|aud|cad|chf|rub|thb|inr|vnd|mop|nzd|sek|nok|dkk)$|dollar|euro$|yuan`)
	reMeasure = regexp.MustCompile(`[克米升瓦吨斤焦帕]$`)
	reNot     = regexp.MustCompile(`[0-9]{4}年|单元$|公元|纪元|多元|元旦|元素|亿?万年|[万亿]达|^前|占比|口径`)
)

// Looks reports whether a short text reads like a unit, though it may be none that is known.
func Looks(text string) bool {
	k := key(text)
	return len([]rune(k)) <= 12 && reLooks.MatchString(k) && !reNot.MatchString(k)
}

// Suffix cuts a unit off the end of a heading that has no brackets: 产值/亿元, 金额，万元, 金额万元. Empty
// where it ends in none.
func Suffix(h string) (name, unit string) {
	r := []rune(h)
	if len(r) < 2 || len(r) > 60 {
		return h, ""
	}
	if at := reTail.FindStringSubmatchIndex(h); at != nil && at[0] > 0 && strong(h[at[2]:at[3]]) { // 金额以元列示
		if name := strings.TrimRightFunc(h[:at[0]], parts); name != "" {
			return name, h[at[2]:at[3]]
		}
	}
	if !ends[unicode.ToLower(r[len(r)-1])] {
		return h, ""
	}
	if i := strings.LastIndexFunc(h, parts); i > 0 {
		last, head := strings.TrimLeftFunc(h[i:], parts), strings.TrimRightFunc(h[:i], parts)
		if label := strings.TrimSuffix(head, "单位"); label != head {
			head = strings.TrimRightFunc(label, parts)
		}
		if u, ok := Parse(last); ok && u.Base != "" && head != "" && (len(last) > 1 || u.strong()) { // 甲-M is a name
			// 产值/元/人: the unit is a rate
			if name, of := Suffix(head); of != "" && strings.HasPrefix(h[i:], "/") {
				if _, ok := Parse(of + "/" + last); ok {
					return name, of + "/" + last
				}
			}
			return head, last
		}
	}
	for cut := max(1, len(r)-8); cut < len(r); cut++ {
		if unicode.IsSpace(r[cut]) {
			continue
		}
		if u, ok := Parse(string(r[cut:])); ok && u.strong() && !strings.HasPrefix(key(string(r[cut:])), "单位") {
			return strings.TrimSpace(string(r[:cut])), string(r[cut:])
		}
	}
	return h, ""
}

// Bare is Suffix of a heading without brackets that say something else: 金额/千元（含税）. Brackets with a unit of their own make it a
// rate, 税收/亩（万元）, and of the units that need a sign before them any word may end in one.
func Bare(h string) (name, unit string) {
	bare, inside := Brackets(h)
	for _, text := range inside {
		if found, odd := pieces(text); len(found)+len(odd)+len(worded(text)) > 0 {
			return h, ""
		}
	}
	if name, unit = Suffix(bare); !strong(unit) {
		return h, ""
	}
	return name, unit
}

// parts reports whether a character may part a name from its unit.
func parts(r rune) bool {
	return strings.ContainsRune("/，,、:：;；_-－—|", r) || unicode.IsSpace(r)
}

var quotes = strings.NewReplacer("“", "", "”", "", "\"", "", "「", "", "」", "", "‘", "", "’", "")

// reCounts are the words for a unit of measure that no office is called by.
var reCounts = regexp.MustCompile(`(金额|货币|计价)单位`)

// rePair is something and the unit that a line gives for it by a name of its own: 电费：千元.
var rePair = regexp.MustCompile(`([\p{Han}A-Za-z]{1,12}?)(?:单位)?\s*[:：为]\s*([^\s0-9，,、;；|。)）\]】]{1,10})`)

// mostPairs is how many names of a line are heard, and longestLine how many bytes the line has at most.
const (
	mostPairs   = 64
	longestLine = 4 << 10
)

// Pair is a name for which a line gives a unit, 电费：千元. Unit is its text.
type Pair struct {
	Name, Unit string
	Measure    Unit
}

// Pairs are those of a line of at most 4 KiB, the first 64: 电费：千元；电量：万千瓦时.
func Pairs(line string) (pairs []Pair) {
	if len(line) > longestLine || !strings.ContainsAny(line, ":：为") {
		return nil
	}
	for _, m := range rePair.FindAllStringSubmatch(line, mostPairs) {
		if u, ok := Parse(m[2]); ok && u.Base != "" && utf8.RuneCountInString(m[1]) > 1 && !strings.HasSuffix(m[1], "单位") && !slices.Contains([]string{"金额", "货币", "计量", "计价", "数量"}, m[1]) {
			pairs = append(pairs, Pair{m[1], m[2], u})
		}
	}
	return pairs
}

// Partly is the pair that is meant for a column in a declared unit by a part of its name: the longest name, of those the
// last. Units of another kind, rates, and counts of what the column does not count are meant for others: 企业：家 says nothing of
// 企业人数.
func Partly(pairs []Pair, name string, declared Unit) (best Pair, ok bool) {
	at := 0
	for _, p := range pairs {
		i := strings.LastIndex(name, p.Name)
		if i < 0 || declared == (Unit{}) || declared.Per != "" || p.Measure.Per != "" {
			continue
		}
		if same := Kin(p.Measure.Base, declared.Base) || p.Measure.Money() && declared.Money() || p.Measure.Heads() && declared.Takes(p.Measure); !same {
			continue
		}
		if n := len(p.Name) - len(best.Name); !ok || n > 0 || n == 0 && i > at {
			best, at, ok = p, i, true
		}
	}
	return best, ok
}

// reScaled is a currency before its power of ten: RMB million, USD in thousands, CNY'000, 人民币 million.
var reScaled = regexp.MustCompile(`(?i)(\brmb|\bcny|\byuan|\bus\$|\busd|人民币|元)[\s,，]*(?:in\s*)?(100 ?million|10[ ,]?000|millions?|thousands?|billions?|mn|bn|['’]?000s?)(?:\s+(?:of\s+)?(?:rmb|cny|yuan|usd))?\b`)

// scaled puts the power first, where it is read.
func scaled(s string) string {
	m := reScaled.FindStringSubmatch(s)
	power := strings.NewReplacer(" ", "", ",", "").Replace(strings.ToLower(m[2]))
	switch power {
	case "000", "'000", "’000", "000s", "'000s", "’000s":
		power = "thousand"
	case "10000", "100million", "mn":
	case "bn":
		power = "billion"
	default:
		power = strings.TrimSuffix(power, "s")
	}
	return power + m[1]
}

// Alone reports whether a text says what the figures count in: 单位：万元, （元）, 以元计, 注：金额单位均为元. A heading
// with its unit, 产值（元）, does not, nor does a text of more than 4 KiB: it may be as large as its file.
func Alone(text string) bool {
	if len(text) > 4<<10 {
		return false
	}
	text = strings.TrimSpace(text)
	outside, inside := Brackets(text)
	if _, ok := Parse(strings.Join(inside, "")); ok && outside == "" && len(inside) == 1 {
		return true
	}
	found, odd, _ := spoken(text)
	return len(found)+len(odd) > 0
}

// spoken finds the units that a text gives in words. over: it speaks of units, or of an office called 单位, so that
// there is nothing else to look for; without it what brackets say is heard before what was found.
func spoken(text string) (found, odd []string, over bool) {
	text = reScaled.ReplaceAllStringFunc(quotes.Replace(text), scaled)
	take := func(s string) {
		s = strings.Trim(brackets.Replace(s), "()")
		for _, p := range strings.FieldsFunc(s, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("，,、;；|。", r) }) {
			f, o := pieces(strings.Trim(p, "()"))
			if len(f)+len(o) == 0 {
				return // and on to other things: 填报日期
			}
			found, odd = append(found, f...), append(odd, o...)
		}
	}
	at := reLine.FindAllStringIndex(text, -1)
	for i, here := range at {
		end := len(text) // 金额单位：元，人数单位：百人
		if i+1 < len(at) {
			end = at[i+1][0]
		}
		n := len(found) + len(odd)
		if take(text[here[1]:end]); n == len(found)+len(odd) && reCounts.MatchString(text[here[0]:here[1]]) {
			if first := firstWord(text[here[1]:end]); first == "分" {
				found = append(found, "货币单位："+"分")
			} else if first != "" && utf8.RuneCountInString(first) <= 6 && !reElsewhere.MatchString(first) {
				odd = append(odd, first)
			}
		}
	}
	if len(found)+len(odd) > 0 {
		return found, odd, true
	}
	sure, others, strange := byWords(text)
	if slices.ContainsFunc(sure, money) {
		return sure, nil, true
	}
	if m := reEnglish.FindStringSubmatch(text); m != nil {
		if found, _ = pieces(m[1]); len(found) > 0 {
			return append(sure, found...), nil, true
		}
	}
	for _, re := range [...]*regexp.Regexp{reAmount, reOther} {
		for _, at := range re.FindAllStringIndex(text, -1) {
			if take(text[at[1]:]); len(found) > 0 && strong(found[0]) {
				return append(sure, found...), nil, true
			}
			found, odd = nil, nil // an amount, 金额：500万元, or an office
		}
	}
	if found = append(sure, others...); len(found) > 0 {
		strange = nil
	}
	return found, strange, at != nil
}

// reElsewhere is what stands in place of a unit that is given elsewhere: 见表头, 分别见各列.
var reElsewhere = regexp.MustCompile(`^(详?见|参见|分别|各|同|如|按|以|另|略|无|不)`)

// firstWord is the word with which a text begins; empty where it is the label of something else: 填报人：张三.
func firstWord(text string) string {
	text = strings.TrimLeft(brackets.Replace(text), "( ")
	end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || parts(r) || strings.ContainsRune("。)", r) })
	if end < 0 {
		return text
	}
	if rest := strings.TrimSpace(text[end:]); strings.HasPrefix(rest, ":") || strings.HasPrefix(rest, "：") {
		return ""
	}
	return text[:end]
}

// reUncounted are units of things and measures, which count no money whatever stands before them.
var reUncounted = regexp.MustCompile(`[辆台头只亩吨度升瓦米里克株棵张本册座栋间件次场处艘架人名户家个条份套枚支匹羽尾时岁天‰%％]$`)

// Uncounted reports whether a unit that is none that is known is plainly not one of money: 万辆.
func Uncounted(odd string) bool {
	return reUncounted.MatchString(odd) && !strings.ContainsAny(odd, "元圆币金款")
}

func strong(text string) bool {
	u, _ := Parse(text)
	return u.strong()
}

// Line finds the units that a line above a table gives: 单位：万元、人, or 工业产值（万元）. A line that
// names an office (填报单位：…) gives none. odd is what reads like a unit and is none that is known.
func Line(text string) (found []string, odd []string) {
	found, odd, over := spoken(text)
	if over {
		return found, odd
	}
	outside, inside := Brackets(text)
	var near []string
	for _, s := range inside {
		f, _ := pieces(s)
		near = append(near, f...)
	}
	if u, ok := Parse(outside); ok && u.strong() && len(inside)+len(found) == 0 {
		near = append(near, outside)
	}
	// days, years and ten things (十件实事) in a title are no unit of the figures below it
	near = slices.DeleteFunc(near, func(s string) bool {
		u, _ := Parse(s)
		return u.span() || u.Exp == 1 && !u.Share()
	})
	if len(near) > 0 {
		return append(slices.DeleteFunc(found, func(s string) bool {
			return listed(s) || money(s) && slices.ContainsFunc(near, money)
		}), near...), nil
	}
	return found, odd
}

// Labelled is the unit that a line gives for something by its name, 面积：公顷; empty: it gives none.
func Labelled(line, name string) string {
	if name == "" || len(line) > longestLine {
		return ""
	}
	for from := 0; ; {
		i := strings.Index(line[from:], name)
		if i < 0 {
			return ""
		}
		from += i + len(name)
		before, _ := utf8.DecodeLastRuneInString(line[:from-len(name)])
		rest := strings.TrimPrefix(strings.TrimLeft(line[from:], " \u3000"), "单位")
		sign, size := utf8.DecodeRuneInString(rest)
		if unicode.Is(unicode.Han, before) || !strings.ContainsRune(":：为是", sign) {
			continue // 总投资：…, where 投资 is another
		}
		rest = strings.TrimLeft(rest[size:], " \u3000")
		if end := strings.IndexFunc(rest, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("，,、;；|。)）]】", r) }); end >= 0 {
			rest = rest[:end]
		}
		if u, ok := Parse(rest); ok && u != (Unit{}) {
			return rest
		}
	}
}

// kin are bases that measure the same in other steps.
var kin = map[string]string{"平方米": "面积", "亩": "面积", "公斤": "重量", "斤": "重量", "小时": "时间", "学时": "时间", "天": "时间"}

// Kin reports whether two bases measure the same, in other steps perhaps.
func Kin(a, b string) bool { return a == b || kin[a] != "" && kin[a] == kin[b] }

// Multipliers reports whether a row of cells below a header holds nothing but units of which one at least is a multiplier alone, which says
// in what its money counts: 亿, （万）, 人.
func Multipliers(cells []string) bool {
	bare := false
	for _, c := range cells {
		u, ok := Parse(strings.Trim(key(c), "()[]"))
		alone := ok && u.Base == "" && u.Exp > 2
		if bare = bare || alone; !alone && !Row([]string{c, "元"}) {
			return false
		}
	}
	return bare
}

// Row reports whether a row of cells below a header holds nothing but units, and at least one: 万元, （人）.
func Row(cells []string) bool {
	n := 0
	for _, c := range cells {
		switch k := strings.Trim(key(c), "()[]:"); k {
		case "", "单位", "计量单位", "-", "—", "/":
			continue
		default:
			if u, ok := Parse(k); !ok || u.Base == "" {
				return false
			}
			n++
		}
	}
	return n > 0
}
