package metric

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"

	"go.yaml.in/yaml/v3"
)

// unitWord is how a unit is printed.
type unitWord struct {
	zh, en   string
	decimals int  // digits after the point, at most
	fixed    bool // always as many, so that a column of them lines up
	glued    bool // no space before it
}

// unitWords are the units that need no more than their word in a metric's file.
var unitWords = map[string]unitWord{
	"人":  {"人", "people", 0, false, false},
	"人次": {"人次", "person-times", 0, false, false},
	"个":  {"个", "", 0, false, false},
	"项":  {"项", "", 0, false, false},
	"件":  {"件", "", 0, false, false},
	"条":  {"条", "", 0, false, false},
	"家":  {"家", "enterprises", 0, false, false},
	"万元": {"万元", "×10k CNY", 1, false, false},
	"亿元": {"亿元", "×100m CNY", 1, false, false},
	"元":  {"元", "CNY", 0, false, false},
	"%":  {"%", "%", 1, true, true},
	"pp": {"个百分点", "pp", 1, true, false},
	"天":  {"天", "days", 1, false, false},
	"指数": {"", "", 3, true, true},
	"比":  {"", "", 2, true, true},
	"场":  {"场", "", 0, false, false},
	"篇":  {"篇", "", 0, false, false},
	"批":  {"批", "", 0, false, false},
	"倍":  {"倍", "times", 2, true, true},

	"人/个":   {"人/个", "people each", 1, true, false},
	"个/万元":  {"个/万元", "per 10k CNY", 2, true, false},
	"人/万人":  {"人/万人", "per 10,000", 1, true, false},
	"人年/万人": {"人年/万人", "FTE per 10,000", 1, true, false},
	"件/万人":  {"件/万人", "per 10,000", 1, true, false},
}

// UnitSpec is a unit as a file writes it: a word of unitWords, or {zh, en, decimals}, which becomes
// the word "zh|en|decimals", so that a unit stays a text wherever it goes.
type UnitSpec string

// UnmarshalYAML reads `unit: 人` or `unit: {zh: 百万欧元, en: million EUR, decimals: 1}`.
func (u *UnitSpec) UnmarshalYAML(n *yaml.Node) error {
	if n.Kind == yaml.ScalarNode {
		*u = UnitSpec(n.Value)
		return nil
	}
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("line %d: a unit is a word, or {zh: 百万欧元, en: million EUR, decimals: 1}", n.Line)
	}
	if err := onlyKeys(n, "zh", "en", "decimals"); err != nil {
		return err
	}
	var own struct {
		Zh, En   string
		Decimals *int
	}
	if err := n.Decode(&own); err != nil {
		return err
	}
	decimals := 2
	if own.Decimals != nil {
		decimals = *own.Decimals
	}
	switch {
	case own.Zh == "" || own.En == "":
		return fmt.Errorf("line %d: a unit of its own needs zh and en", n.Line)
	case strings.Contains(own.Zh+own.En, "|"):
		return fmt.Errorf("line %d: a unit cannot contain |", n.Line)
	case decimals < 0 || decimals > 9:
		return fmt.Errorf("line %d: decimals is %d, want 0 to 9", n.Line, decimals)
	}
	*u = UnitSpec(own.Zh + "|" + own.En + "|" + strconv.Itoa(decimals))
	return nil
}

// wordOf finds how a unit is printed. False: neither known nor declared.
func wordOf(unit string) (unitWord, bool) {
	if w, ok := unitWords[unit]; ok {
		return w, true
	}
	parts := strings.Split(unit, "|")
	if len(parts) != 3 {
		return unitWord{decimals: 2}, false
	}
	n, err := strconv.Atoi(parts[2])
	return unitWord{zh: parts[0], en: parts[1], decimals: n, fixed: true}, err == nil
}

// None is printed where there is no number.
const None = "—"

// UnitText returns the word of a unit; empty where it has none.
func UnitText(unit string, lang codes.Lang) string {
	w, _ := wordOf(unit)
	if lang == "en" {
		return w.en
	}
	return w.zh
}

// Number prints v with thousands separators and the digits its unit has, without the unit's word,
// but with the sign of a percentage: 3,016 and 38.9%. Nil is None.
func Number(v *float64, unit string) string {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return None
	}
	w, _ := wordOf(unit)
	s := digits(*v, w.decimals, w.fixed)
	if unit == "%" {
		s += "%"
	}
	return s
}

// Format prints v with its unit: 3,016 人, 3,016 people, 38.9%, — for nil. It is the one place
// where a number becomes text.
func Format(v *float64, unit string, lang codes.Lang) string {
	s := Number(v, unit)
	word := UnitText(unit, lang)
	if s == None || word == "" || unit == "%" {
		return s
	}
	if unit == "pp" && lang != "en" {
		return s + word
	}
	return s + " " + word
}

// FormatChange prints a change with its sign: +394.9%, or +2.1个百分点 (+2.1 pp) where the metric is
// itself a percentage. Nil is None.
func FormatChange(change *float64, unit string, lang codes.Lang) string {
	if change == nil || math.IsNaN(*change) || math.IsInf(*change, 0) {
		return None
	}
	as := "%"
	if unit == "%" || unit == "pp" {
		as = "pp"
	}
	s := Format(change, as, lang)
	if !strings.HasPrefix(s, "-") && strings.Trim(Number(change, as), "0.%") != "" {
		s = "+" + s
	}
	return s
}

// digits prints v rounded half away from zero, in groups of three.
func digits(v float64, decimals int, fixed bool) string {
	s := strconv.FormatFloat(roundAway(v, decimals), 'f', decimals, 64)
	if !fixed && strings.Contains(s, ".") {
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

// WhyText says in a sentence why a number is missing.
func WhyText(why string, lang codes.Lang) string {
	zh, en := "", ""
	switch why {
	case WhyNoData:
		zh, en = "该时段尚无已发布的数据", "No data published for this period"
	case WhyNoRows:
		zh, en = "该时段没有符合条件的记录", "No records in this range"
	case WhyZeroBase:
		zh, en = "基数为零，不作比较", "The base is zero: no ratio"
	case WhyUndefined:
		zh, en = "数据不足以计算该方法", "The method is not defined for these data"
	}
	if lang == "en" {
		return en
	}
	return zh
}
