package cell

import (
	"math"
	"strings"
)

// Pay is what a posting says about pay. From and to are monthly yuan, set only where the kind is
// month or year (a twelfth of the year): a day's, an hour's, a week's or a piece's pay cannot be
// turned into a month's without knowing the hours, so it is marked by its kind and kept out of
// every median. Months is the number of monthly pays in a year where the posting says it (13薪).
type Pay struct {
	Kind     string // month, year, day, hour, week, piece, negotiable, none
	From, To float64
	HasFrom  bool
	HasTo    bool
	Months   int
}

// payPer are the words that say for how long, longest first.
var payPer = [...]struct{ word, kind string }{
	{"小时", "hour"},
	{"课时", "hour"},
	{"hour", "hour"},
	{"month", "month"},
	{"year", "year"},
	{"week", "week"},
	{"星期", "week"},
	{"day", "day"},
	{"个月", "month"},
	{"时", "hour"},
	{"h", "hour"},
	{"天", "day"},
	{"日", "day"},
	{"周", "week"},
	{"月", "month"},
	{"年", "year"},
	{"次", "piece"},
	{"件", "piece"},
	{"单", "piece"},
	{"场", "piece"},
	{"个", "piece"},
	{"节", "piece"},
	{"套", "piece"},
	{"篇", "piece"},
	{"张", "piece"},
	{"项", "piece"},
	{"项目", "piece"},
}

// payLead are the words before the amount that say the same.
var payLead = [...]struct{ word, kind string }{
	{"月薪", "month"},
	{"年薪", "year"},
	{"日薪", "day"},
	{"时薪", "hour"},
	{"周薪", "week"},
	{"税前", ""},
	{"税后", ""},
	{"薪资", ""},
	{"工资", ""},
	{"待遇", ""},
	{"底薪", ""},
	{"每月", "month"},
	{"每年", "year"},
	{"每天", "day"},
	{"每日", "day"},
	{"每小时", "hour"},
	{"每周", "week"},
}

// Salary reads pay as boards of postings write it:
//
//	8千-1.1万   1万-2万·13薪   4-8千/月   10-15万/年   15k-30k   5千-8千元/月   5000元/月   年薪20-30万
//	150-200/天  70-100元/时  500-1000元/周  500-1000元/次  2千以下  2万以上  面议
//
// A blank is kind none. s is folded.
func Salary(s string) (p Pay, f *Fault) {
	t := strings.ToLower(Squeeze(s))
	if t == "" || NoValue(t) {
		return Pay{Kind: "none"}, nil
	}
	switch t {
	case "面议", "薪资面议", "工资面议", "待遇面议", "薪酬面议", "面谈", "可面议", "negotiable":
		return Pay{Kind: "negotiable"}, nil
	}
	t, p.Kind = payWords(t)
	t, p.Months, f = payMonths(t)
	if f == nil {
		t, p.Kind, f = payUnit(t, p.Kind)
	}
	if f != nil {
		return Pay{}, f
	}
	low, high := true, true // which ends are known
	for _, w := range [...]struct {
		word      string
		low, high bool
	}{{"以下", false, true}, {"以内", false, true}, {"以上", true, false}, {"起", true, false}, {"+", true, false}} {
		if rest, ok := strings.CutSuffix(t, w.word); ok {
			t, low, high = rest, w.low, w.high
			break
		}
	}
	from, to, ranged, ok := payRange(t)
	if !ok || ranged && (!low || !high) || from < 0 || to > 1e9 {
		return Pay{}, FaultSalary
	}
	switch p.Kind {
	case "year":
		from, to = from/12, to/12
	case "month":
	default:
		return p, nil
	}
	p.HasFrom, p.HasTo = low, high
	p.From, p.To = math.Round(from*100)/100, math.Round(to*100)/100
	return p, nil
}

// payWords cuts off the words before the amount, and the kind of pay that they say, if any.
func payWords(t string) (rest, kind string) {
	for changed := true; changed; {
		changed = false
		for _, l := range payLead {
			if rest, ok := strings.CutPrefix(t, l.word); ok && rest != "" {
				t = strings.TrimLeft(rest, ":")
				if l.kind != "" {
					kind = l.kind
				}
				changed = true
			}
		}
	}
	return strings.TrimLeft(t, "¥￥"), kind
}

// payMonths cuts ·13薪 off the end; 0 where nothing of the kind stands there.
func payMonths(t string) (rest string, months int, f *Fault) {
	i := strings.LastIndex(t, "薪")
	if i <= 0 || i+len("薪") != len(t) {
		return t, 0, nil
	}
	j := i
	for j > 0 && t[j-1] >= '0' && t[j-1] <= '9' {
		j--
	}
	if i-j < 1 || i-j > 2 {
		return t, 0, FaultSalary
	}
	for _, c := range t[j:i] {
		months = months*10 + int(c-'0')
	}
	if months < 1 || months > 36 {
		return t, 0, FaultSalary
	}
	return strings.TrimRight(t[:j], "·•*x×,-/| ・"), months, nil
}

// payUnit cuts /天 off the end and says the kind of pay, which is the month's where nothing else is said. It
// must not contradict the kind that stands before the amount.
func payUnit(t, kind string) (rest, unit string, f *Fault) {
	i := strings.LastIndexByte(t, '/')
	if i <= 0 {
		if strings.Index(t, "每") > 0 {
			return t, "", FaultSalary
		}
		if kind == "" {
			kind = "month"
		}
		return t, kind, nil
	}
	for _, w := range payPer {
		if t[i+1:] == w.word {
			unit = w.kind
			break
		}
	}
	if unit == "" || kind != "" && kind != unit {
		return t, "", FaultSalary
	}
	return t[:i], unit, nil
}

// payRange reads 8千-1.1万, 4-8千, 8k-12 and 5000, whose ends are the same.
func payRange(t string) (from, to float64, ranged, ok bool) {
	a, b := t, ""
	for _, sep := range [...]string{"-", "~", "至", "到", "～"} {
		if x, y, cut := strings.Cut(t, sep); cut {
			a, b, ranged = x, y, true
			break
		}
	}
	from, scale, ok := amount(a)
	if !ok {
		return 0, 0, ranged, false
	}
	if !ranged {
		from *= max(scale, 1)
		return from, from, false, true
	}
	to, scaleTo, ok := amount(b)
	if !ok {
		return 0, 0, true, false
	}
	switch {
	case scale == 0 && scaleTo != 0: // 4-8千: the unit is said once
		scale = scaleTo
	case scale != 0 && scaleTo == 0 && to < from*scale: // 8k-12
		scaleTo = scale
	}
	from, to = from*max(scale, 1), to*max(scaleTo, 1)
	return from, to, true, from <= to
}

// amount reads 8千, 1.1万, 15k, 5000元, 12,000; scale 0 means that no multiplier stood there.
func amount(s string) (v, scale float64, ok bool) {
	s = strings.TrimLeft(s, "¥￥")
	s = strings.TrimSuffix(strings.TrimSuffix(s, "元"), "圆")
	for _, u := range [...]struct {
		word  string
		scale float64
	}{{"百万", 1e6}, {"万", 1e4}, {"w", 1e4}, {"千", 1e3}, {"k", 1e3}} {
		if rest, cut := strings.CutSuffix(s, u.word); cut {
			s, scale = rest, u.scale
			break
		}
	}
	if s == "" || s[0] == '-' {
		return 0, 0, false
	}
	d, f := digits(s)
	if f != nil {
		return 0, 0, false
	}
	for i := 0; i < len(s); i++ {
		if c := s[i]; (c < '0' || c > '9') && c != '.' && c != ',' {
			return 0, 0, false
		}
	}
	return d.Float(), scale, true
}
