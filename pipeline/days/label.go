package days

import (
	"fmt"

	"yanzhen/pipeline/codes"
)

// String is the canonical name: 2026-06, 2026-Q2, 2026-H1, 2026, or from/to for anything else; "" where the range is
// not known. Parse and Find read every one of them back.
func (r Range) String() string {
	if r.IsZero() {
		return ""
	}
	y, m := r.From.Year(), int(r.From.Month())
	switch r.Grain() {
	case Month:
		return fmt.Sprintf("%04d-%02d", y, m)
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", y, (m+2)/3)
	case Half:
		return fmt.Sprintf("%04d-H%d", y, (m+5)/6)
	case Year:
		return fmt.Sprintf("%04d", y)
	}
	return ISO(r.From) + "/" + ISO(r.To)
}

// Zh names the range as people write it in a file's name: 2026年6月, 2026年上半年.
func (r Range) Zh() string {
	if r.IsZero() {
		return "期间不明"
	}
	y, m := r.From.Year(), int(r.From.Month())
	switch r.Grain() {
	case Month:
		return fmt.Sprintf("%d年%d月", y, m)
	case Quarter:
		return fmt.Sprintf("%d年第%s季度", y, []string{"一", "二", "三", "四"}[m/3])
	case Half:
		return fmt.Sprintf("%d年%s半年", y, upper(m))
	case Year:
		return fmt.Sprintf("%d年", y)
	case Ten:
		return fmt.Sprintf("%d年%d月%s旬", y, m, thirds[third(r.From)])
	}
	return r.String()
}

// thirds name the three 旬 of a month.
var thirds = []string{"上", "中", "下"}

// upper is 上 for the first half of a year and 下 for the second.
func upper(month int) string { return []string{"上", "下"}[(month-1)/6] }

// Label says a range as a reader would: 2025 年, 2026 年上半年, 2026 年第 2 季度, 2026 年 6 月, or its first and last day.
func (r Range) Label(lang codes.Lang) string {
	text := codes.Text{}
	y, m := r.From.Year(), int(r.From.Month())
	n, months := r.months()
	switch g := r.Grain(); {
	case r.Days() == 1:
		return Label(r.From, lang)
	case g == Year:
		text = codes.Text{Zh: fmt.Sprintf("%d 年", y), En: fmt.Sprint(y)}
	case g == Half:
		text = codes.Text{Zh: fmt.Sprintf("%d 年%s半年", y, upper(m)), En: fmt.Sprintf("H%d %d", m/6+1, y)}
	case g == Quarter:
		text = codes.Text{Zh: fmt.Sprintf("%d 年第 %d 季度", y, m/3+1), En: fmt.Sprintf("Q%d %d", m/3+1, y)}
	case months && n == 1:
		text = codes.Text{Zh: fmt.Sprintf("%d 年 %d 月", y, m), En: r.From.Format("Jan 2006")}
	case months:
		last := r.To.AddDate(0, -1, 0)
		text = codes.Text{Zh: fmt.Sprintf("%d 年 %d 月—%d 年 %d 月", y, m, last.Year(), last.Month()), En: r.From.Format("Jan 2006") + " – " + last.Format("Jan 2006")}
	default:
		text = r.firstAndLast()
	}
	return text.In(lang)
}

func (r Range) firstAndLast() codes.Text {
	first, last := r.From, r.Last()
	y, m := first.Year(), int(first.Month())
	text := codes.Text{Zh: ISO(first) + " 至 " + ISO(last), En: first.Format("2 Jan 2006") + " – " + last.Format("2 Jan 2006")}
	switch {
	case last.Year() != y:
	case last.Month() == first.Month():
		text = codes.Text{Zh: fmt.Sprintf("%d 年 %d 月 %d—%d 日", y, m, first.Day(), last.Day()), En: fmt.Sprintf("%d–%s", first.Day(), last.Format("2 Jan 2006"))}
	default:
		text.Zh = fmt.Sprintf("%d 年 %d 月 %d 日—%d 月 %d 日", y, m, first.Day(), last.Month(), last.Day())
	}
	return text
}

// Label says a day as a reader would; — where there is none.
func Label(d Day, lang codes.Lang) string {
	if d.IsZero() {
		return "—"
	}
	return codes.Text{Zh: fmt.Sprintf("%d 年 %d 月 %d 日", d.Year(), d.Month(), d.Day()), En: d.Format("2 Jan 2006")}.In(lang)
}
