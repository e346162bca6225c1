// Package unit says how a number is printed: with how many digits and which word, in both languages. It is the one place
// where a number becomes text.
package unit

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Unit is how a number is printed: the one table of it, for pages, files and charts. The zero Unit is a
// bare number's: two digits after the point at most.
type Unit struct {
	Name     string `yaml:",alone"` // as a metric's file writes it; empty: one of an analyst's own, or none
	Zh       string `yaml:"zh"`     // its word; empty: none
	En       string `yaml:"en"`
	One      string // the English word beside a 1; empty: as beside any number
	Yuan     int    // of money: how many yuan it is
	Decimals int    `yaml:"decimals"` // digits after the point, at most
	Fixed    bool   // always as many, so that a column of them lines up
	Sign     bool   // a part of the number, printed wherever that is: 38.9%
	Glued    bool   // no space before the word in Chinese: 2.1个百分点
	Chart    string // how charts print it, a name of board.ChartFormats; empty: as an amount
}

// units are those that need no more than their name in a metric's file.
var units = byName([]Unit{
	{Name: "人", Zh: "人", En: "people", One: "person"},
	{Name: "人次", Zh: "人次"},
	{Name: "个", Zh: "个"},
	{Name: "项", Zh: "项"},
	{Name: "件", Zh: "件"},
	{Name: "条", Zh: "条"},
	{Name: "家", Zh: "家", En: "enterprises", One: "enterprise"},
	{Name: "万元", Zh: "万元", En: "CNY 10,000", Decimals: 1, Yuan: 1e4, Chart: "wan"},
	{Name: "亿元", Zh: "亿元", En: "CNY 100 million", Decimals: 1, Yuan: 1e8},
	{Name: "元", Zh: "元", En: "CNY", Yuan: 1},
	{Name: "%", Zh: "%", En: "%", Decimals: 1, Fixed: true, Sign: true, Chart: "pct"},
	{Name: "pp", Zh: "个百分点", En: "pp", Decimals: 1, Fixed: true, Glued: true, Chart: "pct"},
	{Name: "天", Zh: "天", En: "days", One: "day", Decimals: 1, Chart: "tenth"},
	{Name: "指数", Decimals: 3, Fixed: true, Chart: "index"},
	{Name: "比", Decimals: 2, Fixed: true, Chart: "ratio"},
	{Name: "场", Zh: "场"},
	{Name: "篇", Zh: "篇"},
	{Name: "批", Zh: "批"},
	{Name: "倍", Zh: "倍", En: "times", Decimals: 2, Fixed: true, Chart: "ratio"},

	{Name: "人/个", Zh: "人/个", En: "people each", Decimals: 1, Fixed: true},
	{Name: "个/万元", Zh: "个/万元", En: "per CNY 10,000", Decimals: 2, Fixed: true},
	{Name: "人/万人", Zh: "人/万人", En: "per 10,000", Decimals: 1, Fixed: true},
	{Name: "人年/万人", Zh: "人年/万人", En: "FTE per 10,000", Decimals: 1, Fixed: true},
	{Name: "件/万人", Zh: "件/万人", En: "per 10,000", Decimals: 1, Fixed: true},
})

// The units that pages name themselves.
var (
	People           = units["人"]
	PersonTimes      = units["人次"]
	Records          = units["条"]
	Percent          = units["%"]
	PercentagePoints = units["pp"]
)

// Names are those of the units that are known.
func Names() []string { return slices.Sorted(maps.Keys(units)) }

func byName(list []Unit) map[string]Unit {
	m := make(map[string]Unit, len(list))
	for _, u := range list {
		m[u.Name] = u
	}
	return m
}

// Named finds the unit of that name; false where a file would have to describe it.
func Named(name string) (Unit, bool) {
	u, ok := units[name]
	return u, ok
}

// Declared says what is declared of a unit.
func (Unit) Declared() declare.Keys {
	return declare.Keys{
		"":         {Zh: "已知单位的名称", En: "the name of a known unit", OneOf: Names(), Example: "人"},
		"zh":       {Zh: "自己的单位的中文", En: "the Chinese word of one's own unit", Example: "百万欧元", Required: true},
		"en":       {Zh: "英文", En: "the English word", Example: "million EUR", Required: true},
		"decimals": {Zh: "小数位数，0 至 9", En: "digits after the point, 0 to 9", Default: "2", Example: "1"},
	}
}

// MaxDecimals is the most digits after the point that a unit of one's own may have.
const MaxDecimals = 9

// Own is a unit of an analyst's own: its numbers always have that many digits after the point.
func Own(zh, en string, decimals int) Unit {
	return Unit{Zh: zh, En: en, Decimals: decimals, Fixed: true, Chart: "fixed" + strconv.Itoa(decimals)}
}

// Settle completes a unit as a file writes it: `unit: 人` by the table, `unit: {zh: 百万欧元, en: million EUR, decimals: 1}`
// as one of the analyst's own.
func (u *Unit) Settle(f *declare.File, path string) {
	known, ok := units[u.Name]
	switch {
	case ok:
		*u = known
	case u.Name != "":
		f.Fault(path, "没有单位 %[1]q，写 {zh: 百万欧元, en: million EUR, decimals: 1}，或 %[2]s 之一", "unknown unit %[1]q: write {zh: 百万欧元, en: million EUR, decimals: 1}, or one of %[2]s", u.Name, strings.Join(slices.Sorted(maps.Keys(units)), " "))
	case strings.Contains(u.Zh+u.En, "|"):
		f.Fault(path, "单位不能含 |", "a unit cannot contain |")
	case u.Decimals < 0 || u.Decimals > MaxDecimals:
		f.Fault(path+".decimals", "是 %d，应为 0 至 %d", "is %d, want 0 to %d", u.Decimals, MaxDecimals)
	default:
		*u = Own(u.Zh, u.En, u.Decimals)
	}
}

// String is the name of a unit, or the Chinese word of one without a name.
func (u Unit) String() string { return cmp.Or(u.Name, u.Zh) }

// Word returns the word of a unit; empty where it has none.
func (u Unit) Word(lang codes.Lang) string {
	if lang == "en" {
		return u.En
	}
	return u.Zh
}

// Change is the unit in which two numbers of the unit u are compared: percentage points for
// percentages, else percent.
func (u Unit) Change() Unit {
	if u == Percent || u == PercentagePoints {
		return PercentagePoints
	}
	return Percent
}

// Amount says whether numbers of the unit are amounts, and no shares, indices or ratios: their axis
// begins at zero, and large ones are written short.
func (u Unit) Amount() bool {
	switch u.ChartFormat() {
	case "pct", "index", "ratio":
		return false
	}
	return true
}

// ChartFormat names the entry of board.ChartFormats by which charts print numbers of the unit.
func (u Unit) ChartFormat() string {
	if u == (Unit{}) {
		return "index"
	}
	return cmp.Or(u.Chart, "count")
}

// AxisFormat is that of an axis, which shortens large numbers, but not those whose digits after the point matter.
func (u Unit) AxisFormat() string {
	switch name := u.ChartFormat(); {
	case name == "wan":
		return "money"
	case u.Amount() && u.Decimals <= 2:
		return "short"
	default:
		return name
	}
}

// None is printed where there is no number.
const None = "—"

// Number prints v with thousands separators and the digits its unit has, without the unit's word,
// but with the sign of a percentage: 3,016 and 38.9%. Nil is None.
func Number(v *float64, unit Unit) string {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return None
	}
	s := unit.digits(*v)
	if unit.Sign {
		s += unit.Zh
	}
	return s
}

// Said is a number as people say it, and the word of its unit: 31,000 万元 are 3.1 亿元, or CNY 310 m; 1 is a person and 2
// are people. A sign stands with the number. It is the one place where a number becomes text.
func Said(v *float64, unit Unit, lang codes.Lang) (number, word string) {
	s := Number(v, unit)
	if s == None {
		return s, unit.Word(lang)
	}
	yuan := math.Abs(*v) * float64(unit.Yuan)
	scaled := func(by float64) string {
		x := math.Copysign(yuan/by, *v)
		return Number(&x, Unit{Decimals: max(1, unit.Decimals)})
	}
	switch {
	case lang == codes.En && unit.Yuan > 0 && yuan >= 1e9:
		return "CNY " + scaled(1e9) + " bn", ""
	case lang == codes.En && unit.Yuan > 0 && yuan >= 1e6:
		return "CNY " + scaled(1e6) + " m", ""
	case lang == codes.En && unit.Yuan > 0:
		return "CNY " + scaled(1), ""
	case yuan >= 1e8 && unit.Yuan < 1e8:
		return scaled(1e8), units["亿元"].Zh
	case yuan >= 1e5 && unit.Yuan == 1:
		return scaled(1e4), units["万元"].Zh
	case lang == codes.En && unit.One != "" && strings.TrimPrefix(s, "-") == "1":
		return s, unit.One
	}
	return s, unit.Word(lang)
}

// Format is a number as people say it with its unit: 3,016 人, 1 person, 3.1 亿元, 38.9%, — for nil.
func Format(v *float64, unit Unit, lang codes.Lang) string {
	number, word := Said(v, unit, lang)
	return spaced(number, word, unit, lang)
}

// Exact is a number with its unit to the digits that are counted: 31,000 万元.
func Exact(v *float64, unit Unit, lang codes.Lang) string {
	return spaced(Number(v, unit), unit.Word(lang), unit, lang)
}

func spaced(s, word string, unit Unit, lang codes.Lang) string {
	switch {
	case s == None || word == "" || unit.Sign:
		return s
	case unit.Glued && lang != "en":
		return s + word
	}
	return s + " " + word
}

// FormatChange prints a change with its sign: +394.9%, or +2.1个百分点 (+2.1 pp) where the metric is
// itself a percentage. Nil is None.
func FormatChange(change *float64, unit Unit, lang codes.Lang) string {
	if change == nil || math.IsNaN(*change) || math.IsInf(*change, 0) {
		return None
	}
	as := unit.Change()
	s := Format(change, as, lang)
	if !strings.HasPrefix(s, "-") && strings.Trim(Number(change, as), "0.%") != "" {
		s = "+" + s
	}
	return s
}

// digits prints v rounded half away from zero, in groups of three.
func (u Unit) digits(v float64) string {
	decimals := u.Decimals
	if u == (Unit{}) {
		decimals = 2
	}
	s := strconv.FormatFloat(roundAway(v, decimals), 'f', decimals, 64)
	if !u.Fixed && strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	negative := strings.HasPrefix(s, "-")
	s = strings.TrimPrefix(s, "-")
	whole, rest, _ := strings.Cut(s, ".")
	var b strings.Builder
	if negative && strings.Trim(s, "0.") != "" {
		b.WriteByte('-')
	}
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if rest != "" {
		b.WriteString("." + rest)
	}
	return b.String()
}

// roundAway rounds 0.25 to 0.3 as people do by hand; what is exact in decimal but not in binary
// (1.005) is decided by its shortest decimal form.
func roundAway(v float64, decimals int) float64 {
	scale := math.Pow10(decimals)
	if math.Abs(v) > 1e15 {
		return v
	}
	scaled := v * scale
	// A product such as 1.005*100 = 100.49999999999999 is half by its decimal form.
	if near := math.Round(scaled*1e6) / 1e6; math.Abs(near-scaled) < 1e-9*math.Max(1, math.Abs(scaled)) {
		scaled = near
	}
	return math.Round(scaled) / scale
}
