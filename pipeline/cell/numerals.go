package cell

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

// Days and sums of money in Chinese numerals, as official papers and receipts write them.

// inDigits writes 二〇二六年七月三日 as 2026年7月3日; another text is as it was.
func inDigits(s string) string {
	if len(s) < 3 || s[0] < 0xe3 || s[0] > 0xe9 {
		return s
	}
	year, rest, ok := strings.Cut(s, "年")
	if !ok || utf8.RuneCountInString(year) != 4 {
		return s
	}
	var out strings.Builder
	for _, r := range year {
		d := numeral(r)
		if d < 0 || d > 9 {
			return s
		}
		out.WriteByte(byte('0' + d))
	}
	out.WriteString("年")
	for _, word := range [...]string{"月", "日"} {
		n, behind, ok := strings.Cut(rest, word)
		v := belowHundred(n)
		if !ok || v < 0 {
			break
		}
		out.WriteString(strconv.Itoa(v) + word)
		rest = behind
	}
	return out.String() + rest
}

// belowHundred is a number like 七, 十二 or 三十一; -1: it is none.
func belowHundred(s string) int {
	tens, ones, ten := strings.Cut(strings.Replace(s, "廿", "二十", 1), "十")
	one := func(s string, blank int) int {
		if s == "" {
			return blank
		}
		r, size := utf8.DecodeRuneInString(s)
		if d := numeral(r); size == len(s) && d > 0 {
			return d
		}
		return -100
	}
	v := one(tens, -100)
	if ten {
		v = one(tens, 1)*10 + one(ones, 0)
	}
	return max(v, -1)
}

// numeral is a digit of Chinese; -1: r is none.
func numeral(r rune) int {
	switch r {
	case '○', '零', 'O', 'o', '0':
		return 0
	}
	n := 0
	for _, d := range "〇一二三四五六七八九" {
		if d == r {
			return n
		}
		n++
	}
	return -1
}

// capitals reads a sum of money in the capitals of receipts, 人民币壹万贰仟元整, as the digits of its 元. Every figure must
// stand before a place that is lower than the one before, and 零 where a place is passed over: 壹仟贰元 may be meant as 1200.
// What is written otherwise is left to a person.
func capitals(s string) (string, bool) {
	s = strings.TrimSuffix(strings.TrimSuffix(strings.TrimPrefix(Squeeze(s), "人民币"), "整"), "正")
	yuan, rest, ok := strings.Cut(strings.Replace(s, "圆", "元", 1), "元")
	if !ok {
		return "", false
	}
	var total, part, figure uint64 // of the whole, of what stands before 万 or 亿, and the last digit
	place, group, read := uint64(1e4), uint64(1e12), false
	first, zero, gap := uint64(0), false, false // the first place of the part; 零 stands before the figure; and before the part
	follows := func(unit uint64) bool {
		if place == 1e4 {
			first, gap = unit, zero
		} else if unit*10 != place && !zero {
			return false
		}
		zero = false
		return true
	}
	joins := func(unit uint64) bool { return group == 1e12 || gap || first*unit*10 == group }
	for _, r := range yuan {
		if d := strings.IndexRune("零壹贰叁肆伍陆柒捌玖", r); d >= 0 {
			if figure != 0 {
				return "", false
			}
			figure, zero = uint64(d/3), zero || d == 0
			continue
		}
		unit := uint64(0)
		switch r {
		case '拾':
			unit = 10
		case '佰':
			unit = 100
		case '仟':
			unit = 1000
		case '万', '萬':
			unit = 1e4
		case '亿', '億':
			unit = 1e8
		}
		switch {
		case unit == 0:
			return "", false
		case unit < 1e4:
			if unit >= place || figure == 0 && !(unit == 10 && part+total == 0) || !follows(unit) {
				return "", false
			}
			part, figure, place = part+max(figure, 1)*unit, 0, unit
		case unit >= group || part+figure == 0 || figure > 0 && !follows(1) || !joins(unit):
			return "", false
		default:
			total, part, figure, place, group, zero = total+(part+figure)*unit, 0, 0, 1e4, unit, false
		}
		read = true
	}
	if figure > 0 && !follows(1) || part+figure > 0 && !joins(1) {
		return "", false
	}
	if total += part + figure; total == 0 || !read && utf8.RuneCountInString(yuan) != 1 {
		return "", false
	}
	cents, ok := capitalCents(rest)
	return strconv.FormatUint(total, 10) + cents, ok
}

// capitalCents reads what stands behind 元, such as 叁角伍分, as the digits behind the point; empty where there is nothing.
func capitalCents(rest string) (string, bool) {
	cents := 0
	for _, unit := range [...]string{"角", "分"} {
		cents *= 10
		rest = strings.TrimPrefix(rest, "零")
		if d, behind, ok := strings.Cut(rest, unit); ok {
			i := strings.Index("零壹贰叁肆伍陆柒捌玖", d)
			if i <= 0 || len(d) != 3 {
				return "", false
			}
			cents, rest = cents+i/3, behind
		}
	}
	if rest != "" || cents == 0 {
		return "", rest == ""
	}
	return "." + strconv.Itoa(100 + cents)[1:], true
}
