package hold

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/width"

	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/source"
)

var (
	// the months that a title says its table is of, with a year or without: 2026年1-6月, 第二季度, 上半年, 本年累计. 6月30日 is a day.
	reSaid = regexp.MustCompile(`(?:(20\d\d)年度?)?(?:(\d{1,2})月?[-—–~至到]+(\d{1,2})月份?(\d?)|(\d{1,2})月份?(\d?)|第?(前)?([1-4])(?:[-—–~至到]([1-4]))?季度|([上下])半年|(?:本年|全年|当年)度?(?:以来|至今)?累计|年初(?:以来|至今))(累计|合计)?`)
	// texts in quotes and the numbers of appendices
	reQuoted = regexp.MustCompile(`《[^》]*》|“[^”]*”|"[^"]*"|^附[件表]\d*[:.、]?`)
	// words of titles by which what is said is the day on which something was done, or the time of something else than the rows
	reAbout = regexp.MustCompile(`[:：]|截[至止]|填[报表]|制表|[报上]送|上报|印发|打印|编制|发布|公[示布告]|[月度][底末初起前后]|年[底末起前后]|以[前后内]|[日月起]以来|之[前后]|版|启用|修[订改]|更新|执行|实施|根据|按照|依据|参照|口径|同期|对比|比较|比|较|计划|目标|预[计测算]|拟|` +
		`文件|通知|办法|方案|政策|招聘|活动|[大赛会双推洽]会|批|[^类]期[^间]|届|班|签约|立项|认定|毕业|考试|培训|报名|申[报请]|受理|入学|招生|开工|投产|新[设建入增]|春节|学期|试用|本月|当月|本期|月报|补[贴助报录发]|奖|兑付|拨付|发放|调查|走访|检查|考核`)
	// what the title of a table ends in
	reTable = regexp.MustCompile(`(表|名单|花?名册|清单|明细|台账|情况|统计|汇总|数据|累计|合计|月|月份|季度|半年|[)）\]】])\d?$`)
	// behind a month without a year: more of the title, 5月份引进人才名单, and no name, 五月花
	reMonthOf = regexp.MustCompile(`^([)）\]】]|$|累计|合计|人[才员]|引进|流[入出]|用工|劳动|企业|全[县区市]|各|统计|情况|名单|数据|报表|明细)`)
)

var (
	// a title that begins with a year, or ends in one in brackets: 2025年规上企业产值表, 企业产值(2025年度)
	reOtherYear = regexp.MustCompile(`^\p{Han}{0,10}?(20\d\d)年度?(?:\P{N}|$)|[(\[](20\d\d)年度?[)\]]$`)
	// what else may have been in that year than what the table tells
	reSince = regexp.MustCompile(`入[库统规园区]|在库|纳统|上规|升规|引进|落户|成立|注册|迁入|上市|认证|评[定选为]|命名|授牌|备案|退出|名录|以来|先进|优秀|[百十0-9]强|示范|培育|招商|重[点大](项目|工程)`)
)

// longestTitle is how many characters the title of a table has at most.
const longestTitle = 40

// Titled holds back a file of which a table says by its title, or by the name of its sheet, that it is of other months than the file,
// and by no line that it is of those: 2026年1—6月累计表, 第二季度, 5月 in a file for June. A part of the file's period is none, nor is a
// year, in which many titles are written, but for another year above rows that say no day.
func Titled(ds *dataset.Dataset, period days.Range, f *source.File) (out []check.Failure) {
	grain := period.Grain()
	if ds.Period == nil || period.IsZero() || string(grain) != ds.Period.Grain || grain != days.Month && grain != days.Quarter {
		return nil
	}
	tables := f.Tables()
	for _, t := range tables {
		text, said, undated := "", false, undated(ds, t.Header())
		year, ofThis := "", false
		for i, line := range t.Around() {
			other, own := ofMonths(line, ds.Title.Zh, period)
			if undated && i > 0 {
				another, this := ofYear(line, period)
				if ofThis = ofThis || this; another && year == "" {
					year = line
				}
			}
			if i == 0 && t.Sheet != "" {
				other, own = len(tables) == 1 && sheetOf(line, period), false // of several sheets the rules of sheets speak
			}
			said = said || own
			if other && text == "" {
				text = line
			}
		}
		if text == "" && !ofThis {
			text = year
		}
		if text == "" || said {
			continue
		}
		if r := []rune(text); len(r) > longestTitle {
			text = string(r[:longestTitle]) + "…"
		}
		out = append(out, check.Failure{
			Name: "title_period", Hold: true,
			Reason: codes.Text{
				Zh: fmt.Sprintf("“%s”说的不是文件所报的期间（%s）", text, period.Zh()),
				En: fmt.Sprintf("%q is not of the period that the file is for (%s)", text, period),
			},
			Remedy: codes.Text{
				Zh: "改正标题或文件名里的期间后重新报送；确实是这一期的数据，请操作员用 yanzhen accept 发布", En: "correct the period in the title or in the name of the file and send it again; if the figures are of this period, have an operator publish it (yanzhen accept)",
			},
		})
	}
	return out[:min(len(out), 3)]
}

// undated reports whether no row of a table says which period it is of: its column takes what the file is for.
func undated(ds *dataset.Dataset, header []string) bool {
	i := slices.IndexFunc(ds.Columns, func(c dataset.Column) bool { return c.Name == ds.Period.Column && c.Of == dataset.OfPeriod })
	return i >= 0 && !slices.ContainsFunc(header, func(h string) bool {
		return slices.ContainsFunc(ds.Columns[i].Names(), func(n string) bool { return dataset.HeaderKey(n) == dataset.HeaderKey(h) })
	})
}

// ofYear reports whether the title of a table without days says that it is of another year than a period, or of a month of another year,
// and whether it says the year of the period.
func ofYear(line string, period days.Range) (other, own bool) {
	s := reQuoted.ReplaceAllString(arabic(strings.Join(strings.Fields(width.Narrow.String(line)), "")), "")
	own = strings.Contains(s, strconv.Itoa(period.From.Year())+"年")
	if own || utf8.RuneCountInString(s) > longestTitle || reAbout.MatchString(s) || reSince.MatchString(s) {
		return false, own
	}
	if m := reOtherYear.FindStringSubmatch(s); m != nil {
		return true, false
	}
	at := reSaid.FindStringSubmatch(s)
	return at != nil && at[1] != "" && strings.HasPrefix(s, at[0]) && at[4]+at[6] == "", false
}

// sheetOf reports whether the name of a sheet is other months than a period, and nothing else.
func sheetOf(name string, period days.Range) bool {
	year, from, to, ok := months(name)
	return ok && otherwise(stretch(year, from, to, period), period)
}

// ofMonths reports whether a line says that a table is of other months than a period, and whether it says the period itself.
func ofMonths(line, title string, period days.Range) (other, own bool) {
	s := arabic(strings.Join(strings.Fields(width.Narrow.String(line)), ""))
	s = reQuoted.ReplaceAllString(s, "")
	bare := strings.Replace(s, arabic(width.Narrow.String(title)), "", 1)
	for _, at := range reSaid.FindAllStringSubmatchIndex(s, -1) {
		group := func(i int) string {
			if at[2*i] < 0 {
				return ""
			}
			return s[at[2*i]:at[2*i+1]]
		}
		year, rest := group(1), s[at[1]:]
		from, to := spoken(group)
		r := stretch(year, from, to, period)
		own = own || r == period
		switch {
		case group(4)+group(6) != "", from > to || from < 1 || to > 12: // a day
		case year == "" && group(5) != "" && (at[0] > 0 && !strings.ContainsAny(s[at[0]-1:at[0]], "([") || !strings.HasPrefix(rest, title) && !reMonthOf.MatchString(rest)):
		default:
			other = other || otherwise(r, period)
		}
	}
	named := len(bare) < len(s) || reTable.MatchString(s)
	return other && !own && named && utf8.RuneCountInString(s) <= longestTitle && !reAbout.MatchString(bare), own
}

// spoken are the first month and the last of what reSaid found.
func spoken(group func(int) string) (from, to int) {
	number := func(i int) int { n, _ := strconv.Atoi(group(i)); return n }
	switch {
	case group(2) != "":
		return number(2), number(3)
	case group(5) != "":
		if from, to = number(5), number(5); group(11) != "" { // 6月累计
			from = 1
		}
		return from, to
	case group(8) != "":
		first, last := number(8), max(number(8), number(9))
		if group(7) != "" || group(11) != "" {
			first = 1
		}
		return 3*first - 2, 3 * last
	case group(10) == "上":
		return 1, 6
	case group(10) == "下":
		return 7, 12
	}
	return 1, 12
}

// stretch are months of a year; of that of a period where none is said.
func stretch(year string, from, to int, period days.Range) days.Range {
	y, err := strconv.Atoi(strings.TrimRight(year, "年度"))
	if err != nil {
		y = period.From.Year()
	}
	if from < 1 || to < from {
		return days.Range{}
	}
	return days.Months(y, time.Month(from), to-from+1)
}

// otherwise reports whether months are others than a period, or more than it.
func otherwise(r, period days.Range) bool {
	return !r.IsZero() && (r.From.Before(period.From) || period.To.Before(r.To))
}
