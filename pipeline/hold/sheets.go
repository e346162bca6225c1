package hold

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/check"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/sheets"
)

// Sheets holds back a workbook of which rows would count twice: a sheet nine tenths of whose rows stand on
// others too (a copy, or 汇总 beside 1月 and 2月), half of them where one is called a copy or a summary, or whose
// figures are the sums of all the others; and one of which a sheet has other headings than the others.
func Sheets(ds *dataset.Dataset, tables []sheets.Table, a *account.Account) []check.Failure {
	copies(tables, a)
	own := slices.DeleteFunc(slices.Clone(tables), func(t sheets.Table) bool { return t.Header > 0 })
	return slices.Concat(twiceOn(ds, tables, a), stacked(ds, tables, a), headings(ds, a, len(own)), periods(ds, own, a))
}

// copies tells of rows that say all that another row above them does. They count like any other.
func copies(tables []sheets.Table, a *account.Account) {
	for i := range tables {
		t := &tables[i]
		if t.Copies == 0 || a == nil {
			continue
		}
		var pairs []string
		for _, c := range t.Copied {
			pairs = append(pairs, fmt.Sprintf("%d = %d", c[0], c[1]))
		}
		list, sheet := strings.Join(pairs, ", "), ""
		if t.Copies > len(t.Copied) {
			list += " …"
		}
		if t.Sheet != "" {
			sheet = t.Sheet + "："
		}
		a.Say(codes.Text{
			Zh: fmt.Sprintf("%s%d 行与前面的行完全相同，都计入了；若是重复，请删去（第 %s 行）", sheet, t.Copies, list),
			En: fmt.Sprintf("%s%d rows say all that one above them does, and all count: remove those that are copies (row %s)", strings.Replace(sheet, "：", ": ", 1), t.Copies, list),
		})
	}
}

// shared tells of rows that say all that one of an earlier sheet does. They count like any other. Where rows say which day or
// who it was, and the sheets are not called by different periods, the file is held: such a row is hardly two.
func shared(ds *dataset.Dataset, tables []sheets.Table, a *account.Account) (out []check.Failure) {
	for i := range tables {
		t := &tables[i]
		if len(t.Shared) == 0 || a == nil {
			continue
		}
		n, list, of := 0, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(t.Shared)), ", "), "[]"), ""
		for k := range tables {
			if n += t.Again[k]; t.Again[k] > 0 && !otherPeriod(t.Sheet, tables[k].Sheet) {
				of = tables[k].Sheet
			}
		}
		if n > len(t.Shared) {
			list += " …"
		}
		if of != "" && tells(ds, t.Sheet, a) {
			out = append(out, twice(
				fmt.Sprintf("工作表“%s”有 %d 行也在“%s”等前面的工作表上，完全相同（第 %s 行），会重复计数", t.Place().Zh, n, of, list),
				fmt.Sprintf("%d rows of sheet %s stand on %s or other sheets before it too (row %s) and would count twice", n, t.Place().En, of, list)))
			continue
		}
		a.Say(codes.Text{
			Zh: fmt.Sprintf("工作表“%s”有 %d 行与前面的工作表上的完全相同，都计入了；若是重复，请删去（第 %s 行）", t.Place().Zh, n, list),
			En: fmt.Sprintf("%d rows of sheet %s say all that one of an earlier sheet does, and all count: remove those that are copies (row %s)", n, t.Place().En, list),
		})
	}
	return out
}

// tells reports whether the rows of a sheet say a day, or who or what they are of.
func tells(ds *dataset.Dataset, sheet string, a *account.Account) bool {
	for i := range ds.Columns {
		c := &ds.Columns[i]
		if c.Type != dataset.Date && !who(ds, c) {
			continue
		}
		if !slices.ContainsFunc(a.Absent, func(x account.Absent) bool { return x.Sheet == sheet && x.Column == c.Name }) {
			return true
		}
	}
	return false
}

// who reports whether a column says who or what a row is of, by a number or a key.
func who(ds *dataset.Dataset, c *dataset.Column) bool {
	return c.Type == dataset.Person || c.Type == dataset.CreditCode || slices.Contains(ds.Key, c.Name)
}

func twiceOn(ds *dataset.Dataset, tables []sheets.Table, a *account.Account) []check.Failure {
	var out []check.Failure
	for n := range tables {
		t := &tables[n]
		again, others, half := 0, []string{}, false
		for i := range tables {
			if k := t.Again[i]; k > 0 {
				again += k
				others = append(others, "“"+tables[i].Place().Zh+"”")
				half = half || repeats(t.Sheet) || repeats(tables[i].Sheet)
			}
		}
		if t.Rows > 1 && (again*10 >= t.Rows*9 || half && again*2 >= t.Rows) {
			out = append(out, twice(
				fmt.Sprintf("工作表“%s”的 %d 行里有 %d 行也在%s上，会重复计数", t.Place().Zh, t.Rows, again, strings.Join(others, "、")),
				fmt.Sprintf("%d of the %d rows of sheet %s stand on %s too and would count twice", again, t.Rows, t.Sheet, strings.Join(others, ", "))))
		}
	}
	if len(out) == 0 {
		out = within(ds, tables, a)
	}
	if len(out) > 0 || len(tables) < 2 {
		return out
	}
	out = shared(ds, tables, a)
	same := make([][]int, len(tables)) // of a table, those that it stands before
	for n := range tables {
		for i := range n {
			failures, other := pair(ds, tables, n, i, a)
			if out = append(out, failures...); other {
				same[i] = append(same[i], n)
			}
		}
	}
	for i, at := range same {
		others(tables, i, at, a)
	}
	for n := range tables {
		if column, sum := sumsOthers(ds, tables, n); column != nil {
			t := &tables[n]
			out = append(out, twice(
				fmt.Sprintf("工作表“%s”的“%s”等各列之和，正是其余 %d 个工作表之和（%s），看来是它们的汇总，会重复计数", t.Place().Zh, column.Title.Zh, len(tables)-1, number(sum)),
				fmt.Sprintf("the sums of sheet %s are those of the other %d sheets together (%s: %s): it seems to sum them up and would count twice", t.Sheet, len(tables)-1, column.Name, number(sum))))
		}
	}
	return out
}

// pair asks about two tables of one file that hold the same rows, and tells of what may be meant. other: they are the same but for
// their figures, and nothing says why.
func pair(ds *dataset.Dataset, tables []sheets.Table, n, i int, a *account.Account) (out []check.Failure, other bool) {
	t, first := &tables[n], &tables[i]
	alike := t.Rows > 0 && t.Alike[i] == t.Rows && t.Rows == first.Rows
	version := called(t.Sheet, first.Sheet) || called(first.Sheet, t.Sheet) || mostly(ds, t.Again[i], t.Rows) && !otherPeriod(t.Sheet, first.Sheet)
	part := t.Rows > 0 && t.Alike[i] == t.Rows && t.Again[i] < t.Rows && t.Rows < first.Rows && corrects(t.Sheet) // 更正 beside 原表
	if (alike && t.Rows > 1 && version || part) && !sameSums(ds, t, first) {
		out = append(out, twice(
			fmt.Sprintf("工作表“%s”的 %d 行与“%s”的是同样的行，只是数不同，像是同一张表的两稿，会重复计数", t.Place().Zh, t.Rows, first.Sheet),
			fmt.Sprintf("the %d rows of sheet %s are those of %s with other figures: they look like two versions of one table and would count twice", t.Rows, t.Sheet, first.Sheet)))
	}
	if base := reNumber.ReplaceAllString(t.Sheet, ""); base == first.Sheet && base != t.Sheet {
		a.Say(codes.Text{
			Zh: fmt.Sprintf("工作表“%s”按名字像是“%s”的副本，两张都读取了；若是副本，请删去", t.Place().Zh, first.Sheet),
			En: fmt.Sprintf("by its name sheet %s is a copy of %s, and both were read: delete it if it is one", t.Sheet, first.Sheet),
		})
	}
	switch one, words := narrower(ds, t, first, i, a); {
	case one && !words:
		a.Say(codes.Text{
			Zh: fmt.Sprintf("工作表“%s”的 %d 行与“%s”的按必填各列是同样的行，另有文字不同，都计入了；若是同一张表，请删去其中一张", t.Place().Zh, t.Rows, first.Sheet),
			En: fmt.Sprintf("by the required columns the %d rows of sheet %s are those of %s, with other words beside them, and all count: remove one of the two if they are one table", t.Rows, t.Place().En, first.Sheet),
		})
	case one:
		out = append(out, twice(
			fmt.Sprintf("工作表“%s”的 %d 行与“%s”的是同样的行，只是列数不同（共有的各列之和相等），像是同一张表，会重复计数", t.Place().Zh, t.Rows, first.Sheet),
			fmt.Sprintf("the %d rows of sheet %s are those of %s with other columns (the sums of those that both have are equal): they look like one table and would count twice", t.Rows, t.Sheet, first.Sheet)))
	}
	if alike && !version && !sameSums(ds, t, first) && apartBy(ds, t, first, a) {
		other = true
	}
	if alike && yearly(t.Sheet, first.Sheet) && !sameSums(ds, t, first) && !timed(ds, t, first, a) {
		out = append(out, twice(
			fmt.Sprintf("工作表“%s”的 %d 行与“%s”的是同样的行，按名字是不同年份的，而表里没有日期或年份，各行分不清是哪一年的", t.Place().Zh, t.Rows, first.Sheet),
			fmt.Sprintf("the %d rows of sheet %s are those of %s, by their names of another year, and no column gives a day or a year: nothing tells their rows apart", t.Rows, t.Sheet, first.Sheet)))
	}
	if alike && t.Rows > 1 && sameSums(ds, t, first) {
		out = append(out, twice(
			fmt.Sprintf("工作表“%s”的 %d 行与“%s”的相同，只是数的写法或单位不同（各列之和相等），会重复计数", t.Place().Zh, t.Rows, first.Sheet),
			fmt.Sprintf("the %d rows of sheet %s are those of %s with figures in another unit or spelling (the sums are equal) and would count twice", t.Rows, t.Sheet, first.Sheet)))
	}
	return out, other
}

// others tells of the sheets that hold the rows of a first one with other figures, by their places in the file: of all in one sentence.
func others(tables []sheets.Table, first int, at []int, a *account.Account) {
	if len(at) == 0 {
		return
	}
	names := []string{tables[first].Place().Zh}
	for _, n := range at {
		names = append(names, tables[n].Place().Zh)
	}
	zh, en := "“"+strings.Join(names, "”“")+"”", strings.Join(names, ", ")
	a.Say(codes.Text{
		Zh: fmt.Sprintf("工作表%s的 %d 行是同样的行，只是数不同，都计入了；若是同一张表的几种口径（计划与完成、含税与不含税），请只留一张", zh, tables[first].Rows),
		En: fmt.Sprintf("the %d rows of the sheets %s are the same with other figures, and all count: keep one if they are one table counted in several ways (planned and done, with and without tax)", tables[first].Rows, en),
	})
}

// headings holds back a workbook of which a sheet lacks a column of figures that the others have, while figures stand below a
// heading of it that no column took: 总额 in place of 金额. What the others leave unread too is none, nor are numbers of rows and remarks.
func headings(ds *dataset.Dataset, a *account.Account, tables int) (out []check.Failure) {
	if tables < 2 || a == nil || a.Unused[account.Columns] == nil {
		return nil
	}
	lacking := map[string][]account.Absent{} // by column, on which sheets
	for _, x := range a.Absent {
		lacking[x.Column] = append(lacking[x.Column], x)
	}
	items := a.Unused[account.Columns].Items
	elsewhere := func(text, column string) bool { // no column takes it on a sheet either that has this one
		return slices.ContainsFunc(items, func(it account.Item) bool {
			return it.Text == text && !slices.ContainsFunc(lacking[column], func(x account.Absent) bool { return x.Sheet == it.Sheet })
		})
	}
	told := map[string]bool{}
	for _, x := range a.Absent {
		if len(lacking[x.Column]) >= tables || told[x.Sheet] || !ds.Column(x.Column).Measures() {
			continue
		}
		for _, it := range items {
			if it.Sheet != x.Sheet || it.Cells == 0 || told[x.Sheet] || reBeside.MatchString(strings.ReplaceAll(it.Text, " ", "")) || elsewhere(it.Text, x.Column) {
				continue
			}
			told[x.Sheet] = true
			out = append(out, check.Failure{
				Name: "sheet_headings", Hold: true,
				Reason: codes.Text{
					Zh: fmt.Sprintf("工作表“%s”没有“%s”一列，别的工作表有；它的 %s 列“%s”没有读取", x.Sheet, x.Title.Zh, it.At, it.Text),
					En: fmt.Sprintf("sheet %s has no column %s, which other sheets have; its column %s (%s) was not read", x.Sheet, x.Column, it.At, it.Text),
				},
				Remedy: codes.Text{
					Zh: "各工作表的表头写成一样后重新报送；本来就不同，请操作员用 yanzhen accept 发布", En: "write the headings of all sheets alike and send the file again; if they are meant to differ, have an operator publish it (yanzhen accept)",
				},
			})
		}
	}
	return out
}

var reBeside = regexp.MustCompile(`^(序号|编次|备注)$`)

var reMonth = regexp.MustCompile(`^(1[0-2]|[1-9]|[一二三四五六七八九十]{1,2})月份?$|^(上|下)半年$|^[一二三四1-4]季度$`)

// periods asks about sheets that are called by periods, 2025年 and 2026年, where the table has days and no column of a sheet gives
// one, nor a year or a month, nor takes the name of the sheet: nothing would tell their rows apart.
func periods(ds *dataset.Dataset, tables []sheets.Table, a *account.Account) []check.Failure {
	if len(tables) < 2 || a == nil {
		return nil
	}
	dates := 0
	for i := range ds.Columns {
		if ds.Columns[i].Type == dataset.Date {
			dates++
		}
	}
	var names []string
	for n := range tables {
		name, absent := strings.TrimSpace(tables[n].Sheet), 0
		for _, x := range a.Absent {
			if c := ds.Column(x.Column); x.Sheet == tables[n].Sheet && c != nil && c.Type == dataset.Date {
				absent++
			}
		}
		r, ok := days.ParseNamed(name)
		short := reMonth.MatchString(name) || ok && r.Days() < 360 // a year does not tell its months apart
		told := slices.ContainsFunc(ds.Columns, func(c dataset.Column) bool {
			ofYear := c.Parse == "year" || strings.HasSuffix(c.Title.Zh, "年度") || strings.HasSuffix(c.Title.Zh, "年份")
			return (c.Of == "_sheet" || times(&c) && c.Of != "_file" && !(short && ofYear)) && !lacks(a, tables[n].Sheet, c.Name) && (!c.Measures() || tables[n].Sums[c.Name] != 0)
		})
		if dates > 0 && absent == dates && !told && (ok || reMonth.MatchString(name)) {
			names = append(names, name)
		}
	}
	if len(names) < 2 {
		return nil
	}
	return []check.Failure{{
		Name: "sheet_periods", Hold: true,
		Reason: codes.Text{
			Zh: "工作表“" + strings.Join(names, "”“") + "”按名字是不同的期间，而表里没有一列日期、年份或月份，各行分不清是哪一期的",
			En: "by their names the sheets " + strings.Join(names, ", ") + " are of different periods, and none has a column of days, years or months: nothing tells their rows apart",
		},
		Remedy: codes.Text{
			Zh: "只留本期的工作表，或加上日期一列后重新报送；不分期间也要，请操作员用 yanzhen accept 发布", En: "keep the sheet of this period, or add a column of days, and send the file again; if the rows are meant without periods, have an operator publish it (yanzhen accept)",
		},
	}}
}

// lacks reports whether a sheet has no heading of a column.
func lacks(a *account.Account, sheet, column string) bool {
	return a != nil && slices.ContainsFunc(a.Absent, func(x account.Absent) bool { return x.Sheet == sheet && x.Column == column })
}

// narrower reports whether a sheet and the first one, its place in the file, hold the same rows by the words and days that every sheet has, and
// have other columns beside them: a list to be hung up beside the one it was made from. The figures that both have come to the same; where
// they have none, the rows are of persons or firms by their numbers or keys, and the sheets not of different periods. words reports whether
// the other words that both have are the same too: the same people may well be at two courses.
func narrower(ds *dataset.Dataset, t, first *sheets.Table, at int, a *account.Account) (one, words bool) {
	if t.Rows < 2 || t.Rows != first.Rows || t.Core[at] != t.Rows || a == nil || a.AbsentFull() { // all of both are different ones then
		return false, false
	}
	var both []string
	apart, words := false, true
	for i := range ds.Columns {
		c := &ds.Columns[i]
		x, y := lacks(a, t.Sheet, c.Name), lacks(a, first.Sheet, c.Name)
		apart = apart || x != y
		if !x && !y {
			both = append(both, c.Name)
			words = words && c.Of != "_sheet" && t.Words[i] == first.Words[i]
		}
	}
	keyed := len(ds.Key) > 0 && !slices.ContainsFunc(ds.Key, func(name string) bool { // two rows of one key are one, whatever else they say
		c := ds.Column(name)
		return c == nil || !c.Required || c.Measures() || strings.HasPrefix(c.Of, "_")
	})
	words = words || keyed
	if !apart || slices.ContainsFunc(both, func(name string) bool { return ds.Column(name).Measures() }) {
		return apart && same(ds, t, first, both), words
	}
	return !otherPeriod(t.Sheet, first.Sheet) && slices.ContainsFunc(ds.Columns, func(c dataset.Column) bool {
		return c.Required && !c.Measures() && who(ds, &c)
	}), words
}

var (
	reYear  = regexp.MustCompile(`[(（]?[0-9]{4,}(?:年度?)?[)）]?|^(上|去|前|本|今)年度?`)
	reTimes = regexp.MustCompile(`^(所属|统计|报告|数据|填报)?(年份|年度|年|年月|月份|月度|月|季度|期间|期次|期别|期数|报告期|所属期|期|届|日期|时间)$`)
	reNamed = regexp.MustCompile(`(年份|年度|年月|月份|月度|季度|学年|学期|期间|期次|期别|报告期|所属期|日期|时间)$`) // 补贴年度
	reOwn   = regexp.MustCompile(`^[本上去前今当同下](年度|年份|月份|月度|季度|学年|学期)$|出生|成立|注册|设立|创办|建成|竣工|投产|毕业|入学|参加工作`)
)

// times reports whether a column tells what year, month or term a row is of: 年份, 补贴年度. 出生年份 is of the person, 本季度 a figure of
// that quarter, 服务时间 in hours a length.
func times(c *dataset.Column) bool {
	return reTimes.MatchString(c.Title.Zh) ||
		(c.Parse == "year" || reNamed.MatchString(c.Title.Zh)) && c.Type != dataset.Float64 && c.Unit == "" && !reOwn.MatchString(c.Title.Zh)
}

// yearly reports whether two sheets are called alike but for a year: 管段 and 管段-2024, 2023年 and 2024年. 2001 alone is
// as likely a room.
func yearly(a, b string) bool {
	bare := func(name string) string {
		name = reYear.ReplaceAllStringFunc(name, func(s string) string {
			digits := strings.Trim(s, "(（年度)）")
			if year, err := strconv.Atoi(digits); err == nil && (len(digits) != 4 || year < 1900 || year > time.Now().Year()+1 || year < 2010 && digits == s) {
				return s
			}
			return ""
		})
		return strings.Trim(name, " -_")
	}
	return a != b && bare(a) == bare(b)
}

// timed reports whether something tells of the rows of two sheets what time they are of, or on which sheet they stood. A year of which only the
// end of a title speaks, 认定年度, does where it is another on each sheet; else it may be one of the firm.
func timed(ds *dataset.Dataset, t, first *sheets.Table, a *account.Account) bool {
	return slices.ContainsFunc(ds.Columns, func(c dataset.Column) bool {
		tells := c.Type == dataset.Date || strings.HasPrefix(c.Of, "_") || reTimes.MatchString(c.Title.Zh) || c.Parse == "year" || times(&c) && t.Sums[c.Name] != first.Sums[c.Name]
		return tells && !(lacks(a, t.Sheet, c.Name) && lacks(a, first.Sheet, c.Name))
	})
}

// apartBy reports whether the rows of two sheets are told apart by their figures alone, and by nothing that says where or when they are
// of: the rows name a day, or who or what they are, and the names of the sheets are no periods and no lots.
func apartBy(ds *dataset.Dataset, t, first *sheets.Table, a *account.Account) bool {
	named := slices.ContainsFunc(ds.Columns, func(c dataset.Column) bool { return c.Of == "_sheet" || c.Of == "_title" || c.Of == "_banner" })
	return !named && a != nil && t.Rows > 2 && !otherPeriod(t.Sheet, first.Sheet) && !yearly(t.Sheet, first.Sheet) && tells(ds, t.Sheet, a)
}

// called reports whether a sheet is called a version of another: 终稿, or 3月改 beside 3月. 技改 and 基建 are none.
func called(sheet, of string) bool {
	return reVersion.MatchString(sheet) || reChanged.MatchString(sheet) && reChanged.ReplaceAllString(sheet, "") == of
}

// corrects reports whether a sheet is called one of corrections.
func corrects(sheet string) bool { return reCorrects.MatchString(sheet) }

// mostly reports whether so many of the rows of two sheets are the same, figures and all, that they are two versions of one table:
// half of them where a row is of a person; else, as sheets of towns have the same labels and many a zero, nearly all of several.
func mostly(ds *dataset.Dataset, again, rows int) bool {
	if slices.ContainsFunc(ds.Columns, func(c dataset.Column) bool { return c.Type == dataset.Person }) {
		return again*2 >= rows
	}
	return rows >= 5 && again*5 >= rows*4
}

// otherPeriod reports whether two sheets are called as periods or lots of one kind are, and of different ones: 1月 and 2月, 2025年 and
// 2026年, 202601 and 202602, 春季 and 秋季, 第一批 and 第二批. 审批1 and 审批2 are no lots.
func otherPeriod(a, b string) bool {
	x, y := reOrdinal.ReplaceAllString(a, ""), reOrdinal.ReplaceAllString(b, "")
	return a != b && x == y && (strings.ContainsAny(x, "年月季度期旬周日天QM") || strings.Trim(x, "-./_ ") == "" || reLot.MatchString(a) && reLot.MatchString(b))
}

// sameSums reports whether the sums of two sheets are the same in every column of figures, and not nothing.
func sameSums(ds *dataset.Dataset, a, b *sheets.Table) bool { return same(ds, a, b, nil) }

// same is sameSums of the columns that are named, of all where none are.
func same(ds *dataset.Dataset, a, b *sheets.Table, columns []string) bool {
	some := false
	for i := range ds.Columns {
		c := &ds.Columns[i]
		if !c.Measures() || columns != nil && !slices.Contains(columns, c.Name) {
			continue
		}
		x, y := a.Sums[c.Name], b.Sums[c.Name]
		if math.Abs(x-y) > 1e-9*math.Max(math.Abs(x), math.Abs(y)) {
			return false
		}
		some = some || x != 0
	}
	return some
}

func twice(zh, en string) check.Failure {
	return check.Failure{
		Name: "sheet_twice", Hold: true, Reason: codes.Text{Zh: zh, En: en},
		Remedy: codes.Text{
			Zh: "只留一处，删去副本或汇总后重新报送，或在数据集里用 sheets.pattern 指明读哪些工作表；确实都要，请操作员用 yanzhen accept 发布",
			En: "keep the rows in one place: remove the copy or the summary and send the file again, or name the sheets that are read by sheets.pattern; if all are meant, have an operator publish it (yanzhen accept)",
		},
	}
}

var (
	reVersion  = regexp.MustCompile(`(?i)修订|更正|修改|原始|原表|原稿|初稿|终稿|最终|新版|旧版|v\d$`)
	reCorrects = regexp.MustCompile(`更正|订正|补正|改正|勘误|修正|修订|修改`)
	reChanged  = regexp.MustCompile(`[(（]?改(后|过|稿|版|动)?[0-9]*[)）]?$`)
	reOrdinal  = regexp.MustCompile(`[0-9０-９一二三四五六七八九十〇零上中下初末本去前春夏秋冬]+`)
	reLot      = regexp.MustCompile(`[0-9０-９一二三四五六七八九十]+(批|届|次$)`)
	reNumber   = regexp.MustCompile(`\s*([(（]\s*\d{1,2}\s*[)）]|[-_ ]?(副本|复件|备份|copy))\s*$`) // what a spreadsheet adds to the name of a copy
	reSummary  = regexp.MustCompile(`(?i)汇总|合计|总表|总计|全年|累计|分(园区|乡镇|镇街|行业|地区|类|县|区|单位|部门|企业)|按.{1,6}(分|统计)|summary|total`)
	reCopy     = regexp.MustCompile(`(?i)[(（]\s*\d{1,2}\s*[)）]\s*$|副本|复件|备份|copy|修订|更正|修改|原始|原表|原稿|初稿|终稿|最终|新版|旧版|v\d$|[(（][十百千万亿]*元[)）]`)
)

// repeats reports whether a sheet is called what repeats others: 3月 (2), 3月（元）, 汇总.
func repeats(sheet string) bool { return reSummary.MatchString(sheet) || reCopy.MatchString(sheet) }

// sumsOthers reports whether the sums of a sheet are those of all others together, in every column of figures, and
// gives one of these columns. Of two sheets one must be called a summary or a copy: two equal sums are no wonder. The
// sums of such a sheet may be rounded.
func sumsOthers(ds *dataset.Dataset, tables []sheets.Table, n int) (column *dataset.Column, sum float64) {
	called, rows, found := repeats(tables[n].Sheet), 0, 0
	least := 1
	if len(tables) == 2 && !called {
		if least = 2; tables[n].Rows >= tables[1-n].Rows {
			return nil, 0 // a summary is the shorter one
		}
	}
	for k := range tables {
		rows += tables[k].Rows
	}
	for i := range ds.Columns {
		c := &ds.Columns[i]
		if !c.Measures() {
			continue
		}
		mine, others := tables[n].Sums[c.Name], 0.0
		for k := range tables {
			if k != n {
				others += tables[k].Sums[c.Name]
			}
		}
		most := math.Max(math.Abs(mine), math.Abs(others))
		near := 1e-9 * most
		if called && c.Type == dataset.Float64 { // rounded to the cent row by row, or to four digits
			near = math.Max(5e-5*most, math.Min(0.005*float64(rows), 0.01*most))
		}
		switch {
		case mine == 0 && others == 0:
		case math.Abs(mine-others) > near:
			return nil, 0
		default:
			column, sum = c, mine
			found++
		}
	}
	if found < least {
		return nil, 0
	}
	return column, sum
}

func number(v float64) string { return fmt.Sprintf("%.15g", v) }
