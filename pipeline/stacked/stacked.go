// Package stacked knows tables that stand one below the other on a sheet: which lines title the next one, and whether they
// say that its rows are of another period or of another kind than those above.
package stacked

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/width"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/rows"
	"yanzhen/pipeline/source"
)

// most is how many lines may title a table.
const most = 4

// Lines keeps rows back that may title a table until it is known what stands below them. The zero value is ready.
type Lines struct{ held []source.Row }

// Keep keeps a row back that is a line of text, not of data. False: it is none, or there are too many.
func (l *Lines) Keep(row *source.Row) bool {
	first := rows.First(row)
	if first < 0 || len(l.held) == most {
		return false
	}
	c := &row.Cells[first]
	if c.Kind != source.Text || len(c.Text) > 300 {
		return false
	}
	for i := first + 1; i < len(row.Cells); i++ {
		if b := &row.Cells[i]; b.Filled() && (b.Kind != source.Text || strings.IndexByte(b.Text, ':') < 0 && !strings.Contains(b.Text, "：")) {
			return false // 2026年6月 beside 单位：万元 is a line too
		}
	}
	held := *row
	held.Cells = slices.Clone(row.Cells) // a source leaves them for one row more
	l.held = append(l.held, held)
	return true
}

// Take gives the rows that were kept back; nil: there are none.
func (l *Lines) Take() []source.Row {
	held := l.held
	if held != nil {
		l.held = nil
	}
	return held
}

// Texts gives what the cells of lines say.
func Texts(lines []source.Row) (texts []string) {
	for i := range lines {
		texts = append(texts, lines[i].Filled()...)
	}
	return texts
}

var (
	// what figures are of, besides a period
	reKind = regexp.MustCompile(`累计|同期|上年|去年|前年|往年|上[个]?月|上季|上期|上半年|下半年|全年|本年|年初以来|计划|预计|预测|预算|目标|任务|历年|更正|修订|作废|引进|流入|流出|离职|减员|新增|退出|退回|退还|收回|取消|撤销|撤回|核减|扣减|冲减|冲销|剔除|不计入|不纳入|暂缓|终止|注销|未获批|未通过`)
	// a period without its year, or a stretch of months
	reMonths = regexp.MustCompile(`(?:[0-9]{1,2}月?[-—–~至到]+)?[0-9]{1,2}月|[一二三四五六七八九十]{1,2}月|[一二三四1-4]季度|Q[1-4]|H[12]`)
	reBelow  = regexp.MustCompile(`以下|下列|下面|下述|补报|补录|追报|更正|^附[件表]?[0-9一二三四五六七八九十]{0,2}[:：]|^附表|^另[:：附有]`)
	// the title of a part, and what it says of rows that do not count
	reNumbered = regexp.MustCompile(`^(?:[(（]?(?:[一二三四五六七八九十]{1,3}|[0-9]{1,2})[)）、.．]|第[一二三四五六七八九十]{1,2}部分|[【\[]|[-—－─=*~·]{2,}).{2,40}$|^[^:：,，。]{2,16}(?:项目|资金|人员|企业|单位|地块|合同|名单|清单|明细|部分)[:：]$`)
	reVoid     = regexp.MustCompile(`退回|退还|收回|取消|撤销|撤回|核减|扣减|冲减|冲销|剔除|不计入|不纳入|终止|注销|未获批|未通过`)
	reAct      = regexp.MustCompile(`(?:注销|撤销|取消|终止)(?:登记|备案|许可|公告|手续|业务)$`)
	// it has no rows, or is a sentence of what is not to be filled in
	reNone   = regexp.MustCompile(`[:：]\(?(?:暂?无|没有|[/0])\)?[。.]?$`)
	reRule   = regexp.MustCompile(`。$|的[,，]?(?:不|请|须|应|由|按|可)|不(?:含|包括|统计|填)`)
	reBanner = regexp.MustCompile(`^(?:(?:20[0-9]{2}|本|上|去|今|当)年度?)?(?:(?:1[0-2]|[1-9]|[一二三四五六七八九十]{1,2})(?:[-—–~至到]+[0-9]{1,2})?月份?|(?:上|下)半年|第?[一二三四1-4]季度|全年|同期|累计)?(?:数据?|情况|累计|合计数)?$`)
)

// Other finds the first line of a table that speaks of another period or kind of figures than what stands above the table
// before it. kind: it is more than the period, which days in the rows would tell. Empty: none does.
func Other(before, titles []string) (line string, kind bool) {
	known := map[string]bool{}
	for _, t := range before {
		for _, w := range append(kinds(t), periods(t)...) {
			known[w] = true
		}
	}
	other := func(words []string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return !known[w] })
	}
	for _, t := range titles {
		if other(kinds(t)) {
			return t, true
		}
	}
	for _, t := range titles {
		if other(periods(t)) {
			return t, false
		}
	}
	return "", false
}

func kinds(text string) []string { return reKind.FindAllString(codes.Key(text), -1) }

// periods are those that a text names: one with its year also without.
func periods(text string) (list []string) {
	key := codes.Key(text)
	if r, _, ok := days.Find(key); ok {
		list = append(list, days.ISO(r.From)+"/"+days.ISO(r.To))
	}
	for _, m := range reMonths.FindAllString(key, -1) {
		list = append(list, strings.TrimLeft(strings.NewReplacer("月-", "-", "—", "-", "–", "-", "~", "-", "至", "-", "到", "-").Replace(m), "0"))
	}
	return list
}

// Misses tells of the lines around a table that name a month, a quarter or a year in which none of its rows lies, by their first day
// and their last. Until when data go, and on what day a list was made, is no period.
func Misses(lines []string, first, last days.Day, say func(codes.Text)) {
	between := days.Range{From: first, To: last.AddDate(0, 0, 1)}
	for _, line := range lines {
		r, ok := said(line)
		if m := reMonth.FindStringSubmatch(codes.Key(line)); !ok && m != nil && first.Year() == last.Year() {
			n, _ := strconv.Atoi(m[1])
			r, ok = days.Months(first.Year(), time.Month(n), 1), true
		}
		if !ok || r.Overlaps(between) {
			continue
		}
		say(codes.Text{
			Zh: fmt.Sprintf("“%s”说的是%s，而各行的日期自 %s 至 %s；请核对期间", account.Shown(line), r.Zh(), days.ISO(first), days.ISO(last)),
			En: fmt.Sprintf("%q speaks of %s, and the rows are of days from %s to %s: check the period", account.Shown(line), r, days.ISO(first), days.ISO(last)),
		})
	}
}

// said is the month, the quarter or the year that a line around a table is about. Of the name of a file 填报 is a part: 企业填报_2026年3月.
func said(line string) (r days.Range, ok bool) {
	if reUntil.MatchString(line) {
		return days.Range{}, false
	}
	return of(line)
}

// of is the month, the quarter or the year that a text names.
func of(line string) (r days.Range, ok bool) {
	r, words, ok := days.Find(line)
	if _, rest, _ := strings.Cut(width.Narrow.String(line), words); !ok || reOnDay.MatchString(rest) || r.Days() < 27 {
		return days.Range{}, false
	}
	return r, true
}

// Differ tells of a line around a table whose rows say no day that names another period than the name of their file.
func Differ(lines []string, file string, say func(codes.Text)) {
	named, ok := of(file)
	if !ok {
		return
	}
	for _, line := range lines {
		if r, ok := said(line); ok && !r.Overlaps(named) {
			say(codes.Text{
				Zh: fmt.Sprintf("“%s”说的是%s，文件名“%s”说的却是%s，各行又没有日期；请核对期间", account.Shown(line), r.Zh(), account.Shown(file), named.Zh()),
				En: fmt.Sprintf("%q speaks of %s, the file's name (%s) of %s, and the rows say no day: check the period", account.Shown(line), r, account.Shown(file), named),
			})
			return
		}
	}
}

var (
	reOnDay = regexp.MustCompile(`^ *[0-9]{1,2} *[日号]|^[-./][0-9]`)
	reMonth = regexp.MustCompile(`^(1[0-2]|[1-9])月份?$`)
	reUntil = regexp.MustCompile(`截[至止]|制[表订]|印发|填报|[〔\[（(]?20[0-9]{2}[〕\]）)]?[0-9]+号|版|年度`)
)

// Below reports whether a line among rows says that those below it are of another period or kind than what stands above the table:
// 以下为补报5月份数据, 附：取消的项目, or that they do not count: 二、核减项目.
func Below(above, texts []string) bool {
	for _, t := range texts {
		switch key := codes.Key(t); {
		case reNone.MatchString(key):
		case reBelow.MatchString(key):
			line, _ := Other(above, []string{t})
			return line != ""
		case reNumbered.MatchString(key):
			return Void(above, []string{t})
		}
	}
	return false
}

// Void reports whether a line titles a part whose rows do not count, and nothing above the table says so: 二、核减项目, 【核减项目】.
func Void(above, texts []string) bool {
	return slices.ContainsFunc(texts, func(t string) bool {
		key := codes.Key(t)
		key = reAct.ReplaceAllString(key, "") // 三、注销登记 is a kind of registration
		word := reVoid.FindString(key)
		return word != "" && reNumbered.MatchString(key) && !reNone.MatchString(key) && !reRule.MatchString(key) && !slices.ContainsFunc(above, func(s string) bool { return strings.Contains(s, word) })
	})
}

var (
	rePart = regexp.MustCompile(`(?:情况|名单|清单|明细|人员)$|^(?:[本当上](?:月|期|季度?|年))?\p{Han}{2}$`)
	// people who came after they had left elsewhere: 退休返聘专家
	reBack = regexp.MustCompile(`返聘|退休(?:教[师授]|专家|医[生师]|干部|工程师|科技)`)
)

// Short reports whether a line may head the rows below it: it is no rule for the whole table, and short.
func Short(line string) bool {
	key := codes.Key(line)
	return utf8.RuneCountInString(key) <= 20 && !reRule.MatchString(key) && !reBack.MatchString(key)
}

// Part reports whether a line looks like the title of a part: 二、流出人员, 领用情况, 本月流出.
func Part(line string) bool {
	key := codes.Key(line)
	return reNumbered.MatchString(key) || reBelow.MatchString(key) || rePart.MatchString(key)
}

// Period reports whether a line says nothing but a period or a kind of figures: 2026年5月, 三季度, 1-6月累计.
func Period(text string) bool {
	key := strings.Trim(codes.Key(text), "()（）[]【】:：-—、")
	return len(key) > 3 && reBanner.MatchString(key) && (len(periods(key)) > 0 || len(kinds(key)) > 0)
}
