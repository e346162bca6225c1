package contrary

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
)

// signs are what rows are marked with for a line above or below the table to speak of: ▲ 为已迁出企业，不纳入本表汇总.
const signs = `▲△▼▽★☆※◆◇●○◎■□#*√×①②③④⑤`

var (
	// the sign, and what is said of the rows that carry it
	reSign = regexp.MustCompile(`^[(]?(注|备注|说明|附注)?[0-9]*[:.、]?(凡|表中|名称|编号|企业|前|后)*[标带打加注有画划]*["“]?([` + signs + `])[` + signs + `]*["”]?(.+)$`)
	// rows by their numbers: 第3、4号企业, 序号2企业. 第3批, 第2号文 are none.
	reNumbers = regexp.MustCompile(`(第|序号为?|编号为?)[:]?[0-9]{1,4}(([、,和及与至到~-]|号)+第?[0-9]{1,4})*(号|行|项|家|户|名|位|笔|个|条)?([^0-9号行项家户名位笔个条文令公通线楼期季届批条款章年月日%.]|$)`)
	reDigits  = regexp.MustCompile(`[0-9]+`)
	// what says that they do not count
	reLeftOut = regexp.MustCompile(`(不|未|勿|免)(再|予|应|宜|作|做|在|参与|列?为)*(计|纳|列|算|统计|入统|汇总|合计|兑[付现]|发放|拨付|(本?表)?.{0,4}(范围|之[列内]))|剔除|扣除|除外|排除|存疑|有误|无效|不实`)
)

// legend is a line that speaks of the rows that carry a sign.
type legend struct {
	text string
	sign rune
}

// carried are the rows with a sign.
type carried struct {
	at []string
	n  int
}

// against reports whether what is said of some rows speaks against counting them.
func (w *Watch) against(key string) bool {
	if reLeftOut.MatchString(key) {
		return true
	}
	return slices.ContainsFunc(strings.FieldsFunc(key, func(r rune) bool { return strings.ContainsRune(clauses, r) }), func(part string) bool {
		part = strings.TrimPrefix(part, "的")
		for _, v := range [...]string{"为", "系", "是", "指", "表示", "代表", "者"} {
			part = strings.TrimPrefix(part, v)
		}
		for _, end := range [...]string{"企业", "单位", "人员", "项目", "的", "户", "资金"} {
			part = strings.TrimSuffix(part, end)
		}
		g := heard(w.ask, part)
		return g != nil && !undone(g, key)
	})
}

// sign keeps a line that speaks of the rows that carry a sign, and speaks against them; whether there are any is known when all were
// seen.
func (w *Watch) sign(text, key string) bool {
	m := reSign.FindStringSubmatch(key)
	if m == nil || len(w.legends) == shown || !w.against(m[4]) {
		return false
	}
	sign, _ := utf8.DecodeRuneInString(m[3])
	w.legends = append(w.legends, legend{text, sign})
	return true
}

// numbered asks about a line that says of rows, by their numbers, that they do not count.
func (w *Watch) numbered(text, key string) bool {
	for _, s := range sentences(key) {
		at := reNumbers.FindStringIndex(s)
		if at == nil || len(w.rowsOf) == shown || !w.against(s[at[0]:]) && !w.against(strings.TrimLeft(s[at[1]:], "号")) {
			continue
		}
		o := &ofRows{text: text, numbers: map[string]bool{}}
		last := 0
		for _, span := range reDigits.FindAllStringIndex(s[at[0]:at[1]], mostNumbers) {
			n, _ := strconv.Atoi(s[at[0]:at[1]][span[0]:span[1]])
			if before, _ := utf8.DecodeLastRuneInString(s[at[0]:at[1]][:span[0]]); last > 0 && strings.ContainsRune("至到~-", before) {
				for i := last; i < n && i < last+mostNumbers; i++ {
					o.numbers[strconv.Itoa(i)] = true
				}
			}
			o.numbers[strconv.Itoa(n)], last = true, n
		}
		w.rowsOf = append(w.rowsOf, o)
		return true
	}
	return false
}

const mostNumbers = 100

// ofRows is a line that speaks of rows by their numbers, and where those are that came behind it.
type ofRows struct {
	text    string
	numbers map[string]bool
	carried
}

// Signs looks for signs in the texts of a column.
func (w *Watch) Signs(at int) {
	if w != nil && !slices.Contains(w.marked, at) {
		w.marked = append(w.marked, at)
	}
}

// Ordinals takes the numbers of rows from a column.
func (w *Watch) Ordinals(at int) {
	if w != nil {
		w.ordinals = at
	}
}

// signed is the sign that a text carries in front or behind; 0: none, which nearly every text is told at a look.
func signed(s string) rune {
	if len(s) < 2 {
		return 0
	}
	if c := s[0]; c == 0xe2 || c == '*' || c == '#' {
		if r, _ := utf8.DecodeRuneInString(s); strings.ContainsRune(signs, r) {
			return r
		}
	}
	if n := len(s); s[n-1] == '*' || s[n-1] == '#' || n > 3 && s[n-3] == 0xe2 {
		if r, _ := utf8.DecodeLastRuneInString(s); strings.ContainsRune(signs, r) {
			return r
		}
	}
	return 0
}

// seeSigns looks at a row for signs, and whether it is one that a line above speaks of by its number.
func (w *Watch) seeSigns(row uint64, text func(at int) string, where func(at int, said string) string) {
	for _, at := range w.marked {
		s := text(at)
		sign := signed(s)
		if sign == 0 {
			continue
		}
		if w.carried == nil {
			w.carried = map[rune]*carried{}
		}
		if w.carried[sign] == nil {
			w.carried[sign] = &carried{}
		}
		w.carried[sign].add(func() string { return where(at, "“"+s+"”") })
	}
	if len(w.rowsOf) == 0 || len(w.marked) == 0 {
		return
	}
	number, at := strconv.FormatUint(row, 10), w.marked[0]
	if w.ordinals >= 0 {
		number, at = strings.TrimSpace(text(w.ordinals)), w.ordinals
	}
	for _, o := range w.rowsOf {
		if o.numbers[number] {
			o.add(func() string { return where(at, "“"+text(at)+"”") })
		}
	}
}

func (c *carried) add(where func() string) {
	if c.n++; c.n <= shown {
		c.at = append(c.at, where())
	}
}

// saySigns asks about the lines that speak against rows by a sign that some carry, or by their numbers.
func (w *Watch) saySigns(ask func(codes.Text)) {
	for _, l := range w.legends {
		c := w.carried[l.sign]
		if c == nil {
			continue
		}
		ask(codes.Text{
			Zh: fmt.Sprintf("“%s”说带 %c 的行不该照样计入，有 %d 行带它：%s；这些行仍按数据读取", cut(l.text), l.sign, c.n, strings.Join(c.at, "、")),
			En: fmt.Sprintf("%q says that rows marked %c are not to count as they stand, and %d carry it: %s; they were read as data all the same", cut(l.text), l.sign, c.n, strings.Join(c.at, ", ")),
		})
	}
	for _, o := range w.rowsOf {
		zh, en := "", ""
		if o.n > 0 {
			zh, en = "："+strings.Join(o.at, "、"), ": "+strings.Join(o.at, ", ")
		}
		ask(codes.Text{
			Zh: fmt.Sprintf("“%s”说其中编了号的行不该照样计入%s；这些行仍按数据读取", cut(o.text), zh),
			En: fmt.Sprintf("%q says that rows which it names by their numbers are not to count as they stand%s; they were read as data all the same", cut(o.text), en),
		})
	}
}
