package rows

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/sieve"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/totals"
)

// front is how many cells of a row are looked at whatever they are called.
const front = 4

// widest is how many cells of a row are looked at for a label.
const widest = 32

// columns are the cells of a table in which a label may stand.
type columns struct {
	may    []int        // all but codes of a list, days, figures, and what lists kinds of figures: 指标
	kinds  [widest]bool // of those, what lists kinds of things (行业), where only what no kind is called is a label: 去年同期
	remark [widest]bool
	name   [widest]bool // what rows are called by
	fills  [widest]bool // a blank one repeats what stands above
	days   [widest]bool // a day stands in it
	width  int          // cells beyond it are not the file's; 0: all are
}

// Within says that the cells of rows beyond a width were put there: they are the keys and values of a wide table.
func (c *columns) Within(width int) { c.width = width }

// cells are those of a row that the file has.
func (c *columns) cells(row *source.Row) []source.Cell {
	if c.width > 0 && len(row.Cells) > c.width {
		return row.Cells[:c.width]
	}
	return row.Cells
}

var (
	reKind   = regexp.MustCompile(`指标|项目名|科目|事项|内容|口径|统计|类型|类别|分类|等级|级别|状态|阶段|方式|用途|年度|年份|月份|期|时间|日$|性别|民族|学历|年龄|职称|规模|行业|产业|渠道|来源|结果|结论|情况$`)
	reThing  = regexp.MustCompile(`^[^指项科事]*(行业|产业|性别|民族|学历|年龄段?|职称|规模|渠道|来源|门类)(名称|分组|代码)?$`)
	reRemark = regexp.MustCompile(`备注|说明|附注|注$|意见|描述|简介|摘要`)
	reName   = regexp.MustCompile(`名|号|码|单位|企业|公司|机构|部门|人员|人才|地区|区县|乡镇|园区`)
	// a name that only begins like a sum: 合计五金
	reSumFirst = regexp.MustCompile(`^(合计|总计|共计|小计|平均).{1,6}$`)
	reBare     = regexp.MustCompile(`^(合计|小计|总计|共计|汇总|平均数?|平均值|上年同期数?|TOTAL|SUBTOTAL|AVERAGE)$`)
	reCounted  = regexp.MustCompile(`^(共|计)?[0-9]{1,7}(家|户|人|个|台|件|项|笔|宗|块|辆|套|场|次|条|名|所|处)$`) // beside 合计
	rePeriod   = regexp.MustCompile(`^(20)?[0-9]{2}(年|[./-])([0-9一二三四上下前]{1,3}[-至~]?[0-9一二三四]{0,3}(月|季度?|半年|[./-])?([0-9]{1,2}日?)?)?$|^[0-9]{1,2}[-至~]?[0-9]{0,2}月份?$|^(无|空|全部|全[区市县省国]|万?元|人|家|户|个|项|本[年月季]|全年|上年)$`)
)

func (c *columns) find(ds *dataset.Dataset, at []int) {
	var never [widest]bool
	for i := range ds.Columns {
		d := &ds.Columns[i]
		if at[i] < 0 || at[i] >= widest {
			continue
		}
		switch d.Type {
		case dataset.String, dataset.Low, dataset.Strings:
			named := at[i] < front || d.Required || d.Personal != "" || slices.Contains(ds.Key, d.Name) || reName.MatchString(d.Title.Zh) || reRemark.MatchString(d.Title.Zh)
			c.kinds[at[i]] = d.Required && reThing.MatchString(d.Title.Zh)
			never[at[i]] = d.List != "" || !named || reKind.MatchString(d.Title.Zh) && !c.kinds[at[i]]
		default:
			never[at[i]] = true
		}
		c.days[at[i]] = d.Type == dataset.Date
		c.remark[at[i]] = reRemark.MatchString(d.Title.Zh)
		c.fills[at[i]] = d.FillDown
		c.name[at[i]] = d.Required || d.Personal != "" || slices.Contains(ds.Key, d.Name) || reName.MatchString(d.Title.Zh)
	}
	for i, not := range never {
		if !not {
			c.may = append(c.may, i)
		}
	}
}

// labelled looks at all texts of a row for a label. It reports whether the row surely is none of data: nothing stands
// beside the label but figures, numbers, codes and periods. Where it may be one, Like says so, and Bare where nothing else
// stands beside it.
func (t *Totals) labelled(row *source.Row) bool {
	cells := t.cells(row)
	hint := -1 // a name of figures, unless a label stands further right
	hinted := ""
	for _, i := range t.may {
		if i >= len(cells) {
			break
		}
		c := &cells[i]
		if c.Kind != source.Text || !t.likely(i, c.Text) {
			continue
		}
		before := 0 // and here
		for j := range cells[:i+1] {
			if cells[j].Kind != source.Blank {
				before++
			}
		}
		key := totals.Key(dataset.HeaderKey(c.Text))
		if totals.Sample(key) && !t.remark[i] && (before == 1 || t.name[i]) {
			t.At, t.Like = i, true
			return false
		}
		label, sum := totals.Says(key)
		commented := strings.HasPrefix(c.Text, "# ") || strings.HasPrefix(c.Text, "//")
		if label == totals.None && (commented || c.Text[0] == '#' && c.Text[1] >= 0x80) {
			label = totals.May // #规上, a part of the row above, or a row that was commented out
		}
		if label == totals.None || t.kinds[i] && label != totals.Sure || t.remark[i] && !reBare.MatchString(key) {
			continue
		}
		words, figures, code := t.beside(row, i)
		if label == totals.Hint {
			if hint < 0 && figures && !words {
				hint, hinted = i, key
			}
			continue
		}
		switch {
		case !figures && !words: // a group's heading, or a note
			continue
		case label == totals.May && !commented && code && t.dated(row) && reSumFirst.MatchString(key): // a firm called 合计五金, with its code and day: a sum is held against its rows
			continue
		case words && !t.remark[i] && (label == totals.May && !commented || before > 3 && !t.name[i]):
			continue
		case words || t.remark[i]:
			t.At, t.Like = i, true
		case label == totals.Sure && t.Known:
			t.At, t.Sum, t.Part = i, sum, strings.Contains(c.Text, "其中")
			return true
		default:
			t.At, t.Like, t.Bare = i, true, label == totals.Sure
			t.Key, t.Says = key, label
			t.Only = label == totals.May && !code || label == totals.Sure && (sum || totals.Mean(key))
		}
		return false
	}
	if hint >= 0 {
		t.At, t.Only, t.Key, t.Says = hint, true, hinted, totals.Hint
	}
	return false
}

// dated reports whether a day stands in a row.
func (t *Totals) dated(row *source.Row) bool {
	for i := range min(len(row.Cells), widest) {
		if t.days[i] && row.Cells[i].Filled() {
			return true
		}
	}
	return false
}

// likely is totals.Likely of a text in a cell, with those in mind that were looked at before.
func (t *Totals) likely(at int, s string) bool {
	if len(s) < 3 || len(s) > totals.Longest {
		return false
	}
	told := t.texts.Of(at, s)
	if *told&sieve.NoLabel != 0 {
		return false
	}
	likely := totals.Likely(s)
	if !likely {
		*told |= sieve.NoLabel
	}
	return likely
}

// beside reports whether words stand beside a label, and whether figures do, and a code among them: SB04.
func (t *Totals) beside(row *source.Row, label int) (words, figures, code bool) {
	cells := t.cells(row)
	said := cell.Trim(cells[label].Text)
	if len(cells) < len(row.Cells) {
		figures = true
	}
	for i := range cells {
		c := &cells[i]
		switch {
		case i == label || !c.Filled():
		case c.Kind == source.Number || c.Kind == source.NoCache:
			figures = true
		case i < widest && (t.remark[i] || t.fills[i]):
		case !neutral(cell.Trim(c.Text), said):
			words = true
		default:
			figures, code = true, code || reCode.MatchString(cell.Trim(c.Text))
		}
	}
	return words, figures, code
}

// reCode are the numbers of things: letters with digits, or a zero in front of others. Q1 and FY2026 are periods.
var reCode = regexp.MustCompile(`^([A-EGI-PR-Za-egi-pr-z]|[A-Za-z][A-XZa-xz]|[A-Za-z]{3,4})[-_]?[0-9]|^[FHQfhq][-_]?(0[0-9]|[13-9][0-9]{2})|^0[0-9]`)

// neutral reports whether a text says nothing of what a row is about: a number, a code, a mark for nothing, a period, the
// label once more.
func neutral(text, label string) bool {
	n := utf8.RuneCountInString(text)
	switch {
	case text == label || n == 0 || reCounted.MatchString(text):
		return true
	case n > 14:
		return false
	}
	letters, digit := 0, false
	for _, r := range text {
		switch {
		case unicode.Is(unicode.Han, r):
			key := dataset.HeaderKey(text)
			if rePeriod.MatchString(key) {
				return true
			}
			said, _ := totals.Says(totals.Key(key))
			return said == totals.Sure
		case unicode.IsDigit(r):
			digit = true
		case unicode.IsLetter(r):
			letters++
		}
	}
	return digit && letters <= 4 || letters <= 2
}

// Beside are rows that were loaded and have a label beside the texts of a row of data.
type Beside struct {
	list []codes.Text
	n    int
}

// mostBeside is how many of them are told one by one.
const mostBeside = 30

// See takes one, as it is told.
func (b *Beside) See(t codes.Text) {
	if b.n++; len(b.list) < mostBeside && !slices.Contains(b.list, t) { // a row of a wide table comes once for each cell
		b.list = append(b.list, t)
	}
}

// Tell asks about them. Where more than a third of the rows are such, the table lists kinds of figures (计划数, 完成数 of each
// firm), and that is only told; so is a table that is all about one thing.
func (b *Beside) Tell(rows uint64, ask, say func(codes.Text)) {
	if n := uint64(b.n); n*2 > rows || n > 3 && n*3 > rows {
		ask = say
	}
	for _, t := range b.list {
		ask(t)
	}
}
