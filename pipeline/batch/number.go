package batch

import (
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// decimal is m × 10^e, exactly as it was written.
type decimal struct {
	m   uint64
	e   int
	neg bool
}

// pow10 holds the powers that float64 and uint64 hold exactly.
var pow10f = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// fastDecimal reads -?digits(.digits)? of at most 18 digits: the cells of a tidy file.
func fastDecimal(s string) (d decimal, ok bool) {
	i := 0
	if len(s) > 0 && s[0] == '-' {
		d.neg, i = true, 1
	}
	if n := len(s) - i; n == 0 || n > 19 {
		return d, false
	}
	digits, point := 0, -1
	for ; i < len(s); i++ {
		c := s[i] - '0'
		if c <= 9 {
			d.m = d.m*10 + uint64(c)
			digits++
			continue
		}
		if s[i] != '.' || point >= 0 || digits == 0 {
			return d, false
		}
		point = i
	}
	if digits > 18 || digits == 0 || point == len(s)-1 {
		return d, false
	}
	if point >= 0 {
		d.e = point + 1 - len(s)
	}
	return d, true
}

// int returns the value as an integer; ok is false where it is not whole (whole false) or does
// not fit (whole true).
func (d decimal) int() (v int64, whole, ok bool) {
	m, e := d.m, d.e
	if m == 0 {
		return 0, true, true
	}
	for e < 0 && m%10 == 0 {
		m, e = m/10, e+1
	}
	if e < 0 {
		return 0, false, false
	}
	for ; e > 0; e-- {
		hi, lo := bits.Mul64(m, 10)
		if hi != 0 {
			return 0, true, false
		}
		m = lo
	}
	if d.neg {
		if m > 1<<63 {
			return 0, true, false
		}
		return -int64(m), true, true
	}
	if m > math.MaxInt64 {
		return 0, true, false
	}
	return int64(m), true, true
}

// float returns the nearest float64.
func (d decimal) float() float64 {
	var f float64
	switch {
	case d.m < 1<<53 && d.e <= 0 && d.e >= -22:
		f = float64(d.m) / pow10f[-d.e]
	case d.m < 1<<53 && d.e > 0 && d.e <= 22 && float64(d.m)*pow10f[d.e] < 1<<53:
		f = float64(d.m) * pow10f[d.e]
	default:
		f, _ = strconv.ParseFloat(strconv.FormatUint(d.m, 10)+"e"+strconv.Itoa(d.e), 64)
	}
	if d.neg {
		return -f
	}
	return f
}

// approximate reports whether the text gives a number only roughly.
func approximate(s string) bool {
	for _, w := range [...]string{"约", "近", "余", "多", "左右", "上下", "以上", "以下", "以内", "超", "不足", "少于", "大于", "小于", "至少", "最多", "几", "数", "+", "~", "≥", "≤", ">", "<", "±", "about", "approx", "至", "到"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	// 200-300: a range
	if i := strings.IndexByte(s, '-'); i > 0 && i < len(s)-1 {
		return true
	}
	return false
}

// placeholder reports whether a digit stands beside a letter x, *, ? or 某 that hides another
// digit: 202x, 3X0, 20**.
func placeholder(s string) bool {
	if n := len(s); n >= 18 && (s[n-1] == 'x' || s[n-1] == 'X') && number(s[n-18:n-1]) {
		s = s[:n-18] // that X is the check character of an identity number
	}
	for i, r := range s {
		switch r {
		case 'x', 'X', '*', '?', '×', '某', 'Ｘ', 'ｘ', '〇', '□', '_':
			before := i > 0 && s[i-1] >= '0' && s[i-1] <= '9'
			rest := strings.TrimLeft(s[i:], "xX*?×某Ｘｘ〇□_")
			after := i == 0 && rest != "" && rest[0] >= '0' && rest[0] <= '9'
			if before || after {
				return true
			}
		}
	}
	return false
}

// unit is a unit of measure cut into its power of ten and its base: 万元 is {元, 4}.
type unit struct {
	base string
	exp  int
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

// parseUnit reads 万元, 亿元人民币, %, 人. ok is false for anything that is no unit.
func parseUnit(s string) (u unit, ok bool) {
	s = strings.ToLower(strings.TrimPrefix(squeeze(fold(s)), "单位:"))
	s = strings.TrimPrefix(s, "人民币")
	for _, sc := range scales {
		if rest, cut := strings.CutPrefix(s, sc.word); cut && sc.word != "k" && sc.word != "w" {
			s, u.exp = rest, sc.exp
			break
		}
	}
	if s == "" {
		return u, u.exp > 0
	}
	u.base, ok = bases[s]
	return u, ok
}

// counting reports whether a base only says what is counted, so that a column without a declared
// unit may carry it.
func counting(base string) bool {
	return base == "人" || base == "个" || base == "元"
}

// numberText reads what people write for a number. declared is the column's unit and header the
// one in brackets in its header (zero: none): the result is in the declared unit. s is folded.
//
//	1,234.5   (1,200)   12%   1.2万   300人   ¥3000   3.5万元   -7
func numberText(s string, declared, header unit) (decimal, *fault) {
	t := strings.ToLower(squeeze(s))
	neg := false
	if len(t) > 2 && t[0] == '(' && t[len(t)-1] == ')' {
		t, neg = t[1:len(t)-1], true
	}
	for _, sign := range [...]string{"¥", "￥", "rmb", "人民币"} {
		t = strings.TrimPrefix(t, sign)
	}
	if strings.HasPrefix(t, "-") {
		if neg {
			return decimal{}, faultNumber
		}
		t, neg = t[1:], true
	} else if strings.HasPrefix(t, "+") && len(t) > 1 && !neg {
		t = t[1:]
	}
	t = strings.TrimPrefix(t, "¥")
	i := 0
	for i < len(t) && (t[i] >= '0' && t[i] <= '9' || t[i] == '.' || t[i] == ',') {
		i++
	}
	body, tail := t[:i], t[i:]
	if body == "" {
		if approximate(s) && strings.ContainsAny(s, "0123456789") {
			return decimal{}, faultApproximate
		}
		if placeholder(s) {
			return decimal{}, faultPlaceholder
		}
		return decimal{}, faultNumber
	}
	d, f := digits(body)
	if f != nil {
		return decimal{}, f
	}
	d.neg = neg
	// 1.2E+5: how Excel and programs write large numbers
	if len(tail) > 1 && tail[0] == 'e' {
		j := 1
		if tail[1] == '+' || tail[1] == '-' {
			j = 2
		}
		k := j
		for k < len(tail) && tail[k] >= '0' && tail[k] <= '9' {
			k++
		}
		if k > j && k-j <= 3 {
			x, _ := strconv.Atoi(tail[1:k])
			d.e += x
			tail = tail[k:]
		}
	}
	if tail == "" {
		d.e += header.exp - declared.exp
		if header.base == "" && header.exp == 0 {
			d.e += declared.exp // no unit in the header: the cell is in the declared one
		}
		return d, nil
	}
	// a multiplier, then perhaps a unit
	exp, scaled := 0, false
	rest := tail
	for _, sc := range scales {
		if r, cut := strings.CutPrefix(rest, sc.word); cut {
			exp, rest, scaled = sc.exp, r, true
			break
		}
	}
	if rest == "" {
		switch {
		case header.exp != 0 || header.base != "" && declared.exp != 0:
			return decimal{}, faultUnitTwice
		case declared.exp != 0:
			return decimal{}, faultUnitTwice
		}
		d.e += exp
		return d, nil
	}
	base, known := bases[rest]
	if !known {
		switch {
		case placeholder(s):
			return decimal{}, faultPlaceholder
		case approximate(s):
			return decimal{}, faultApproximate
		}
		return decimal{}, faultNumber
	}
	if base == "%" && !scaled {
		if declared.base == "%" {
			return d, nil
		}
		if declared.base == "" {
			d.e -= 2
			return d, nil
		}
		return decimal{}, faultUnit
	}
	switch {
	case declared.base == base, declared.base == "" && counting(base):
		d.e += exp - declared.exp
		return d, nil
	case counting(declared.base) && counting(base) && declared.base != "元" && base != "元":
		d.e += exp - declared.exp
		return d, nil
	}
	return decimal{}, faultUnit
}

// digits reads 1234.5 and 1,234.5; commas must part groups of three.
func digits(s string) (decimal, *fault) {
	whole, frac, point := strings.Cut(s, ".")
	if strings.ContainsAny(frac, ".,") || whole == "" || point && frac == "" {
		return decimal{}, faultNumber
	}
	if strings.IndexByte(whole, ',') >= 0 {
		groups := strings.Split(whole, ",")
		for i, g := range groups {
			if i == 0 && (len(g) == 0 || len(g) > 3) || i > 0 && len(g) != 3 {
				return decimal{}, faultThousands
			}
		}
		whole = strings.Join(groups, "")
	}
	all := strings.TrimLeft(whole+frac, "0")
	e := -len(frac)
	for e < 0 && strings.HasSuffix(all, "0") {
		all, e = all[:len(all)-1], e+1
	}
	var m uint64
	for i := 0; i < len(all); i++ {
		hi, lo := bits.Mul64(m, 10)
		lo, carry := bits.Add64(lo, uint64(all[i]-'0'), 0)
		if hi != 0 || carry != 0 {
			return decimal{}, faultDigits
		}
		m = lo
	}
	return decimal{m: m, e: e}, nil
}

// excelNumber reads the digits a workbook stores for a number (1.2E+5, 0.30000000000000004).
// A workbook keeps 17 digits of which it shows at most 15: the number is what it shows.
func excelNumber(s string) (decimal, *fault) {
	if d, ok := fastDecimal(s); ok && len(s) <= 15 {
		return d, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return decimal{}, faultNumber
	}
	var buf [32]byte
	b := strconv.AppendFloat(buf[:0], f, 'e', 14, 64) // d.dddddddddddddde±xx
	var d decimal
	i := 0
	if b[0] == '-' {
		d.neg, i = true, 1
	}
	for ; i < len(b) && b[i] != 'e'; i++ {
		if b[i] != '.' {
			d.m = d.m*10 + uint64(b[i]-'0')
		}
	}
	x, _ := strconv.Atoi(string(b[i+1:]))
	d.e = x - 14
	for d.m != 0 && d.m%10 == 0 {
		d.m, d.e = d.m/10, d.e+1
	}
	return d, nil
}
