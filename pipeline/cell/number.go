package cell

import (
	"math"
	"math/bits"
	"strconv"
	"strings"

	"yanzhen/pipeline/units"
)

// Decimal is m × 10^e, exactly as it was written.
type Decimal struct {
	m   uint64
	e   int
	neg bool
}

// pow10f holds the powers that float64 and uint64 hold exactly.
var pow10f = [...]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

// FastDecimal reads -?digits(.digits)? of at most 18 digits: the cells of a tidy file.
func FastDecimal(s string) (d Decimal, ok bool) {
	from := 0
	if len(s) > 0 && s[0] == '-' {
		from = 1
	}
	if n := len(s) - from; n == 0 || n > 19 {
		return d, false
	}
	m, point := uint64(0), 0 // behind it
	for i := from; i < len(s); i++ {
		c := s[i] - '0'
		if c > 9 {
			if s[i] != '.' || point > 0 || i == from {
				return d, false
			}
			point = i + 1
			continue
		}
		m = m*10 + uint64(c)
	}
	switch {
	case point == 0 && len(s)-from > 18 || point > 0 && point == len(s):
		return d, false
	case point > 0:
		d.e = point - len(s)
	}
	d.m, d.neg = m, from > 0
	return d, true
}

// FastInt reads -?digits of at most 18 digits: the whole numbers of a tidy file.
func FastInt(s string) (int64, bool) {
	digits := s
	if len(s) > 0 && s[0] == '-' {
		digits = s[1:]
	}
	if len(digits) == 0 || len(digits) > 18 {
		return 0, false
	}
	v := int64(0)
	for i := range len(digits) {
		c := digits[i] - '0'
		if c > 9 {
			return 0, false
		}
		v = v*10 + int64(c)
	}
	if len(digits) < len(s) {
		v = -v
	}
	return v, true
}

// Half is half a unit of the last place of the text that d was read from: by so much a rounded sum may be off.
func (d Decimal) Half(text string) float64 {
	places := 0
	if _, frac, ok := strings.Cut(Fold(text), "."); ok {
		for places < len(frac) && frac[places] >= '0' && frac[places] <= '9' {
			places++
		}
	}
	// what the text's last place is worth is told by how far d was shifted since
	least := 0.5 * math.Pow10(-places)
	if plain, ok := FastDecimal(strings.TrimSpace(text)); ok && plain.m != 0 && d.m != 0 {
		return least * d.Float() / plain.Float()
	}
	return least
}

// Shift multiplies by a power of ten.
func (d Decimal) Shift(exp int) Decimal {
	d.e += exp
	return d
}

// Int returns the value as an integer; ok is false where it is not whole (whole false) or does
// not fit (whole true).
func (d Decimal) Int() (v int64, whole, ok bool) {
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

// Float returns the nearest float64.
func (d Decimal) Float() float64 {
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

// Number reads what people write for a number. declared is the column's unit and header the
// one in brackets in its header (zero: none): the result is in the declared unit. s is folded.
//
//	1,234.5   (1,200)   12%   1.2万   300人   ¥3000   3.5万元   -7
func Number(s string, declared, header Unit) (Decimal, *Fault) {
	if twoNumbers(s) {
		return Decimal{}, FaultTwo
	}
	if t, whole := strings.CutSuffix(s, "元整"); whole {
		s = t + "元"
	}
	t, neg, yuan, ok := unsigned(strings.ToLower(Squeeze(s)))
	if !ok {
		return Decimal{}, FaultNumber
	}
	i := 0
	for i < len(t) && (t[i] >= '0' && t[i] <= '9' || t[i] == '.' || t[i] == ',') {
		i++
	}
	if i == 0 {
		if sum, ok := capitals(s); ok {
			return Number(sum+"元", declared, header)
		}
		switch {
		case strings.HasPrefix(s, "="):
			return Decimal{}, FaultFormula
		case approximate(s) && strings.ContainsAny(s, "0123456789"):
			return Decimal{}, FaultApproximate
		case Placeholder(s):
			return Decimal{}, FaultPlaceholder
		}
		return Decimal{}, FaultNumber
	}
	d, f := digits(t[:i])
	if f != nil {
		return Decimal{}, f
	}
	d.neg = neg
	x, rest := exponent(t[i:])
	d.e += x
	if yuan && !strings.HasSuffix(rest, "元") && (declared.Base == "元" || header.Base == "元") {
		rest += "元" // ¥50,000 says its unit itself, whatever the header counts in
	}
	switch {
	case rest != "":
		if x, f = shift(s, rest, declared, header); f != nil {
			return Decimal{}, f
		}
	case header == Unit{}:
		x = 0 // no unit in the header: the cell is in the declared one
	default:
		x = header.Shift(declared)
	}
	return d.Shift(x), nil
}

// twoNumbers reports whether a blank or a line break stands between two digits: two numbers in a cell, or one
// that somebody else would read otherwise.
func twoNumbers(s string) bool {
	if strings.IndexFunc(s, Space) < 0 {
		return false
	}
	digit, blank := false, false // what was seen last, but for signs that may stand inside a number
	for _, r := range s {
		switch {
		case r >= '0' && r <= '9':
			if digit && blank {
				return true
			}
			digit, blank = true, false
		case Space(r):
			blank = true
		case r == ',' || r == '.':
		default:
			digit, blank = false, false
		}
	}
	return false
}

// unsigned cuts off what may stand before a number: a sign, brackets for a negative one, a currency (yuan). ok
// is false where it is negative twice.
func unsigned(s string) (rest string, neg, yuan, ok bool) {
	if len(s) > 2 && s[0] == '(' && s[len(s)-1] == ')' {
		s, neg = s[1:len(s)-1], true
	}
	for _, sign := range [...]string{"¥", "￥", "rmb", "cny", "人民币"} {
		var cut bool
		s, cut = strings.CutPrefix(s, sign)
		yuan = yuan || cut
	}
	switch {
	case strings.HasPrefix(s, "-") && neg:
		return s, true, yuan, false
	case strings.HasPrefix(s, "-"):
		s, neg = s[1:], true
	case strings.HasPrefix(s, "+") && len(s) > 1 && !neg:
		s = s[1:]
	}
	s, cut := strings.CutPrefix(s, "¥")
	return s, neg, yuan || cut, true
}

// exponent reads the power of ten of 1.2E+5, which is how workbooks and programs write large numbers; s is
// what stands after the digits.
func exponent(s string) (exp int, rest string) {
	if len(s) < 2 || s[0] != 'e' {
		return 0, s
	}
	i := 1
	if s[1] == '+' || s[1] == '-' {
		i = 2
	}
	j := i
	for j < len(s) && s[j] >= '0' && s[j] <= '9' {
		j++
	}
	if j == i || j-i > 3 {
		return 0, s
	}
	exp, _ = strconv.Atoi(s[1:j])
	return exp, s[j:]
}

// shift reads what stands after the number in s: a multiplier, then perhaps a unit. It is the power of ten
// that leads to the declared unit.
func shift(s, tail string, declared, header Unit) (int, *Fault) {
	if tail == "‰" && declared.Base != "元" {
		if declared.Base == "" {
			return -3, nil
		}
		tail, declared.Exp = "%", declared.Exp+1
	}
	if declared.Base == "千瓦" && (tail == "w" || tail == "k") {
		return 0, FaultUnit // 600W are watts, and ten thousands elsewhere
	}
	base, exp, scaled, known := units.Tail(tail)
	if base == "" && known {
		if header.Exp != 0 || declared.Exp != 0 {
			return 0, FaultUnitTwice
		}
		if header.Base != "" { // 1.2万 under （公里） are ten thousands of 公里
			exp += header.Step - declared.Step
		}
		return exp, nil
	}
	if day := strings.TrimPrefix(tail, "个"); strings.HasSuffix(declared.Base, "工作日") && (base == "天" || day == "自然日" || day == "日历日" || day == "日历天") {
		return 0, FaultWorkingDays
	}
	switch {
	case !known && strings.TrimPrefix(tail, "个") == declared.Base:
		return -declared.Exp, nil // 12座 in a column of 座, 5个工作日 in one of 工作日
	case !known && units.Counter(tail) && header.Exp == 0 && declared.Exp == 0 && (declared.Base == "" || declared.Base == "件" || declared.Base == "个"):
		return 0, nil
	case !known && Placeholder(s):
		return 0, FaultPlaceholder
	case !known && approximate(s):
		return 0, FaultApproximate
	case !known:
		return 0, FaultNumber
	case base == "%" && !scaled && declared.Base == "%":
		return -declared.Exp, nil
	case base == "%" && !scaled && declared.Base == "":
		return -2, nil
	case base == "%" && !scaled:
		return 0, FaultUnit
	case declared.Base == base, declared.Base == "" && units.Counting(base), declared.Heads() && declared.Takes(units.Unit{Base: base}),
		(base == "个" || base == "件") && !units.Known(declared.Base):
		return exp - declared.Exp - declared.Step, nil
	}
	return 0, FaultUnit
}

// digits reads 1234.5 and 1,234.5; commas must part groups of three.
func digits(s string) (Decimal, *Fault) {
	whole, frac, point := strings.Cut(s, ".")
	if strings.ContainsAny(frac, ".,") || whole == "" || point && frac == "" {
		return Decimal{}, FaultNumber
	}
	if strings.IndexByte(whole, ',') >= 0 {
		groups := strings.Split(whole, ",")
		for i, g := range groups {
			if i == 0 && (len(g) == 0 || len(g) > 3 || g[0] == '0') || i > 0 && len(g) != 3 {
				return Decimal{}, FaultThousands
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
			return Decimal{}, FaultDigits
		}
		m = lo
	}
	return Decimal{m: m, e: e}, nil
}

// StoredNumber reads the digits a workbook stores for a number (1.2E+5, 0.30000000000000004).
// A workbook keeps 17 digits of which it shows at most 15: the number is what it shows.
func StoredNumber(s string) (Decimal, *Fault) {
	if d, ok := FastDecimal(s); ok && len(s) <= 15 {
		return d, nil
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsInf(f, 0) || math.IsNaN(f) {
		return Decimal{}, FaultNumber
	}
	var buf [32]byte
	b := strconv.AppendFloat(buf[:0], f, 'e', 14, 64) // d.dddddddddddddde±xx
	var d Decimal
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

// DecimalComma writes a number whose decimal sign is a comma with a point: 1.204,5 is 1204.5. False where
// points or blanks do not part groups of three, or a point stands where the comma should.
func DecimalComma(s string) (string, bool) {
	whole, rest, comma := strings.Cut(s, ",")
	if strings.ContainsAny(rest, ",.'") {
		return s, false
	}
	groups := strings.FieldsFunc(whole, func(r rune) bool { return r == '.' || r == ' ' || r == '\'' || r == '\u202f' || r == '\u00a0' })
	if points := strings.Count(whole, "."); points > 0 && points >= len(groups) {
		return s, false // .5 and 5.
	}
	for i, g := range groups {
		lead := strings.TrimLeftFunc(g, func(r rune) bool { return r < '0' || r > '9' }) // a sign before it
		first := i == 0 && (len(groups) == 1 || lead != "" && len(lead) <= 3 && lead[0] != '0')
		if !first && (i == 0 || len(g) != 3 || !allDigits(g)) {
			return s, !strings.ContainsAny(whole, ".,") // words: judged as any text
		}
	}
	s = strings.Join(groups, "")
	if comma {
		s += "." + rest
	}
	return s, true
}
