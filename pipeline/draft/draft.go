// Package draft makes a first declaration of a dataset from a file that somebody has: what each column is, by its heading
// and by what stands in its cells. It is a beginning for a person to correct. What says who a person is is left out of it,
// but for identity numbers, of which only hashes are kept.
package draft

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/rows"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/totals"
	"yanzhen/pipeline/units"
)

// How much of a file is looked at, and when a column of few texts is a list.
const (
	mostRows    = 5000
	mostColumns = 200
	mostListed  = 12 // values of a list of its own
	seenOften   = 4  // times that a value of one occurs on average
	almostAll   = 0.95
)

// Column is what a column of the file is.
type Column struct {
	dataset.Column
	Header  string
	Out     *codes.Text // why it is not declared; nil where it is
	Own     []string    // the values of a list of its own
	Few     bool        // figures can be divided by it
	Mean    bool        // of a number: the mean of rows says something, their sum does not
	Unique  bool        // every row that has a value has one of its own
	Subject bool        // it says of whom a row is: the table is of people
}

// Draft is what a file looks like.
type Draft struct {
	Sheet   string
	Rows    int // that were looked at
	Columns []Column
	Day     string  // the column of days, or of years, that says when a row happened; empty: there is none
	Grain   string  // of the periods that are told: month, quarter, half or year
	Named   bool    // no column tells a day: the period stands in the file's name or above the table
	Whole   bool    // its days lie in many periods: a list that its sender sends anew each time, for none
	Sender  string  // who sent the file, by its name; empty: that does not say
	Key     string  // the column that names a row; empty: none does
	Months  *Months // each month has a column of its own; nil: the rows have their days
	People  bool    // its rows are of people: their numbers are guarded as such
}

// ErrNothing: the file has no table with a heading and rows.
var ErrNothing = errors.New("文件里没有找到带表头的表格 / no table with a heading was found in the file")

// File looks at the table of a file that has the most rows.
func File(ctx context.Context, path string, lists *codes.Lists) (*Draft, error) {
	f, err := source.Open(ctx, path, source.Options{})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var best *source.Table
	var rows [][]source.Cell
	for _, t := range f.Tables() {
		got, err := first(ctx, t)
		if err != nil {
			return nil, err
		}
		if len(got) > len(rows) {
			best, rows = t, got
		}
	}
	if best == nil || len(best.Header()) == 0 {
		return nil, ErrNothing
	}
	d := &Draft{Rows: len(rows)}
	header := best.Header()
	if len(header) > mostColumns {
		return nil, fmt.Errorf("表有 %d 列，最多 %d / the table has %d columns, %d at most", len(header), mostColumns, len(header), mostColumns)
	}
	above := moneyAbove(best)
	name := filename.Parse(filepath.Base(path))
	if d.Months = wide(header, rows, name, best.Around()); d.Months != nil {
		d.Months.Value.Unit = above
	}
	for i, h := range header {
		if cell.Trim(h) == "" || d.Months.has(h) {
			continue
		}
		have := cells(rows, i)
		c := column(h, have, lists)
		if _, own, _ := units.Heading(h); above != "" && len(own) == 0 && c.Unit == "" && (c.Type == dataset.Float64 || c.Type == dataset.Int32 || c.Type == dataset.Int64) && has(c.Title.Zh, sums) && !has(c.Title.Zh, means) && !has(c.Title.Zh, heads) {
			c.Unit, c.Type = above, dataset.Float64 // the same sum in 元 is no whole number of 万元
		}
		if slices.ContainsFunc(d.Columns, func(o Column) bool { return dataset.HeaderKey(o.Title.Zh) == dataset.HeaderKey(c.Title.Zh) }) {
			c.Out = &codes.Text{Zh: "表头重复", En: "another column has the same heading"}
		}
		c.Required = c.Out == nil && len(have) == len(rows) && (c.Type == dataset.Date || c.Parse == "year")
		if d.Key == "" && c.Out == nil && len(have) == len(rows) && c.Unique && c.Type == dataset.String && has(c.Title.Zh, marks) {
			d.Key, c.Required = c.Header, true // a row without one would be the same as every other without one
		}
		d.Columns = append(d.Columns, c)
	}
	if d.choose(); d.Months != nil {
		d.across(name)
		return d, nil
	}
	for i, h := range header {
		if h == d.Day && d.Day != "" {
			d.tell(name, cells(rows, i))
		}
	}
	if d.Day == "" {
		d.named(name, best.Around())
	}
	return d, nil
}

// named takes the period that the file's name or its titles say, where no row tells a day.
func (d *Draft) named(name filename.Name, titles []string) {
	d.Sender = name.Sender
	for _, grain := range []days.Grain{days.Month, days.Quarter, days.Half, days.Year} {
		if p := filename.Titled(name.Period, grain, titles); !p.IsZero() {
			d.Named, d.Grain = true, string(grain)
			return
		}
	}
}

// tell finds whether the days of the rows lie in the one period that the file is for.
func (d *Draft) tell(name filename.Name, have []source.Cell) {
	d.Sender = name.Sender
	grain, known, most, in := days.Grain(d.Grain), 0, 0, map[days.Range]int{}
	target := name.Period
	if !target.IsZero() && grain == days.Year {
		target = grain.Of(target.From)
	}
	for _, c := range have {
		text := strings.TrimSuffix(cell.Fold(c.Text), "年")
		day := days.Date(1970, 1, 1)
		if n, f := cell.DateOrMonth(text); f == nil && grain != days.Year {
			day = day.AddDate(0, 0, int(n))
		} else if y, err := strconv.Atoi(text); err == nil && grain == days.Year {
			day = days.Date(y, 1, 1)
		} else {
			continue
		}
		p := grain.Of(day)
		if target.Holds(day) {
			p = target
		}
		known, in[p] = known+1, in[p]+1
		most = max(most, in[p])
	}
	if !target.IsZero() {
		most = in[target]
	}
	d.Whole = float64(most) < almostAll*float64(known)
}

// moneyAbove is the one unit of money that the lines above a table give for it, 单位：万元; empty: none does, or several do.
func moneyAbove(t *source.Table) string {
	var all []string
	for _, text := range t.Around() {
		found, _ := units.Line(text)
		for _, s := range found {
			if u, ok := units.Parse(s); ok && u.Money() && !slices.Contains(all, s) {
				all = append(all, s)
			}
		}
	}
	if len(all) != 1 {
		return ""
	}
	return all[0]
}

// first reads the rows that are looked at: those with at least two filled cells, for others are notes, without sums and the foot.
func first(ctx context.Context, t *source.Table) (out [][]source.Cell, err error) {
	for row, err := range t.Rows(ctx) {
		if err != nil {
			return nil, err
		}
		if texts := row.Filled(); len(texts) > 1 && !total(texts[0]) && !rows.Foot(&row, rows.First(&row)) {
			out = append(out, slices.Clone(row.Cells))
		}
		if len(out) == mostRows {
			break
		}
	}
	return out, nil
}

func total(text string) bool {
	return text == "注" || totals.Sum(totals.Key(text)) || totals.Nested(text)
}

// cells are the filled cells of a column.
func cells(rows [][]source.Cell, i int) (out []source.Cell) {
	for _, r := range rows {
		if i < len(r) && r[i].Filled() && !cell.NoValue(cell.Fold(r[i].Text)) {
			out = append(out, r[i])
		}
	}
	return out
}

var (
	names    = []string{"姓名"}
	contacts = []string{"联系人", "联络员", "法人", "法定代表", "负责人", "责任人", "经办人", "承办人", "填报人", "填表人", "制表人", "审核人", "记录人", "跟进人", "督办人", "网格员"}
	// who did something about what a row is of: 走访人, 陪同人员, 授课老师, but not 走访日期
	staff    = regexp.MustCompile(`(?:联系|联络|走访|调研|检查|带队|陪同|对接|包保|包联|挂钩|挂联|帮扶|驻企|服务|跟踪|受理|办理|授课|任课|主讲|带班)(?:人|人员|领导|干部|专员|组长|员|讲师|教师|老师|师资|专家)(?:姓名)?$|^(?:讲师|教师|老师|班主任|专员)(?:姓名)?$`)
	phones   = []string{"电话", "手机", "联系方式", "邮箱", "微信", "QQ", "地址", "住址"}
	reached  = []string{"联系电话", "联系方式", "联系手机", "办公电话", "单位电话", "固定电话", "公司电话", "企业电话", "地址", "邮箱"} // of an office as well
	accounts = []string{"账号", "帐号", "账户", "帐户", "卡号", "社保号", "保障号", "公积金号", "学号", "工号", "准考证", "车牌"}
	ids      = []string{"身份证", "证件号", "护照号"}

	// what a row can be of that has somebody to ask: an enterprise, a visit, a course
	things = []string{"企业", "公司", "单位", "机构", "项目", "平台", "基地", "学校", "院校", "合作社", "门店", "商户", "村", "社区", "培训班", "班级", "班次", "班名", "课程", "活动", "问题", "诉求", "事项"}

	marks  = []string{"编号", "代码", "证号", "号码", "单号", "文号", "批次"}
	means  = []string{"率", "比例", "占比", "均", "年龄", "单价", "评分", "得分", "指数"}
	counts = []string{"序号", "编次"}
	heads  = []string{"数", "人次", "名额", "员额"}
	sums   = []string{"额", "收入", "支出", "产值", "资金", "经费", "费用", "补贴", "补助", "奖励", "利润", "税", "投资", "工资", "薪", "成本", "贷款", "资产", "造价", "营收"}
)

// legal is a word for organisations that begins like one for a person.
var legal = strings.NewReplacer("法人单位", "单位", "法人企业", "企业", "法人机构", "机构")

// private is a title as it is held against the words for what is of persons.
func private(title string) string { return legal.Replace(strings.ToUpper(cell.Fold(title))) }

// contact reports whether a private title is of whom to ask about a row, or of who did something about it.
func contact(title string) bool { return has(title, contacts) || staff.MatchString(title) }

func has(h string, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(h, w) })
}

// column says what a column is.
func column(header string, have []source.Cell, lists *codes.Lists) Column {
	title, units, _ := units.Heading(header)
	title = Line(title)
	c := Column{Header: header}
	c.Title = codes.Text{Zh: title, En: title}
	own := private(title)
	texts := make([]string, len(have))
	for i := range have {
		texts[i] = cell.Trim(have[i].Text)
	}
	c.Unique = distinct(texts) == len(texts) && len(texts) > 1
	mark := has(title, marks) && !has(title, means) || strings.HasSuffix(title, "号")
	switch {
	case len(texts) == 0:
		c.Out = &codes.Text{Zh: "没有内容", En: "nothing stands in it"}
	case has(title, counts):
		c.Out = &codes.Text{Zh: "行的序号", En: "it numbers the rows"}
	case has(title, ids) && contact(own): // of whom to ask
		c.Subject = true
		c.Out = &codes.Text{Zh: "个人信息：没有必要就不入库", En: "personal: it is not kept without a reason"}
	case has(title, ids) || share(texts, cell.LooksLikeID) > 0.5:
		c.Type, c.Personal, c.Subject = dataset.Person, dataset.PersonalID, true
	case has(own, names) || contact(own) || has(own, phones) || has(own, accounts) || share(texts, phone) > 0.8 || share(texts, person) > 0.6 || !mark && share(texts, card) > 0.5:
		c.Subject = true
		c.Out = &codes.Text{Zh: "个人信息：没有必要就不入库", En: "personal: it is not kept without a reason"}
	case mark || len(units) == 0 && share(texts, long) > 0.5:
		c.Type = dataset.String
	case year(title, texts):
		c.Type, c.Parse, c.Few = dataset.Int16, "year", true
	case day(have):
		c.Type = dataset.Date
		if share(texts, func(s string) bool { _, f := cell.Date(cell.Fold(s)); return f == nil }) < almostAll {
			c.Parse = "month_start"
		}
	case c.number(have, units):
	default:
		c.text(texts, lists)
	}
	return c
}

func distinct(texts []string) int {
	seen := map[string]bool{}
	for _, t := range texts {
		seen[t] = true
	}
	return len(seen)
}

func share(texts []string, is func(string) bool) float64 {
	n := 0
	for _, t := range texts {
		if is(t) {
			n++
		}
	}
	return float64(n) / float64(max(1, len(texts)))
}

// long reports whether a text is a string of digits that names something, and no number.
func long(s string) bool { return digits(s) >= 12 }

// card reports whether a text reads like the number of a bank card.
func card(s string) bool { n := digits(s); return n >= 16 && n <= 19 }

// digits are how many digits a text has that has nothing else but blanks; 0: it is another.
func digits(s string) (n int) {
	for _, r := range cell.Fold(s) {
		switch {
		case r >= '0' && r <= '9':
			n++
		case r != ' ':
			return 0
		}
	}
	return n
}

// Line is a text as one line: a heading is broken where its cell is narrow, and between Chinese signs that is no blank.
func Line(s string) string {
	var b strings.Builder
	for _, word := range strings.Fields(cell.Trim(s)) {
		last, _ := utf8.DecodeLastRuneInString(b.String())
		next, _ := utf8.DecodeRuneInString(word)
		if b.Len() > 0 && (last < utf8.RuneSelf || next < utf8.RuneSelf) {
			b.WriteByte(' ')
		}
		b.WriteString(word)
	}
	return b.String()
}

func phone(s string) bool {
	p, f := cell.Phone(s)
	return f == nil && len(p) >= 11
}

// person reports whether a text reads like a person's name, or like several, and like nothing else.
func person(s string) bool {
	parts := strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune("、，,;；/ ", r) })
	return len(parts) > 0 && !slices.ContainsFunc(parts, func(p string) bool {
		found := nobody.People(p)
		return len(found) != 1 || found[0] != p
	})
}

// nobody knows no words that name no person.
var nobody = mask.NewWords(nil)

// year reports whether a column holds years.
func year(title string, texts []string) bool {
	return strings.Contains(title, "年") && share(texts, func(s string) bool {
		n, err := strconv.Atoi(strings.TrimSuffix(cell.Fold(s), "年"))
		return err == nil && n >= 1900 && n <= 2100
	}) >= almostAll
}

// day reports whether a column holds days or months.
func day(have []source.Cell) bool {
	n := 0
	for _, c := range have {
		text := cell.Fold(c.Text)
		if _, f := cell.DateOrMonth(text); c.Kind == source.Date || c.Kind == source.Text && f == nil && utf8.RuneCountInString(text) >= 6 {
			n++
		}
	}
	return float64(n) >= almostAll*float64(len(have))
}

// number makes it a column of numbers, where it is one.
func (c *Column) number(have []source.Cell, found []string) bool {
	whole, n, greatest := true, 0, 0.0
	for _, x := range have {
		var v float64
		if x.Kind == source.Number {
			f, err := strconv.ParseFloat(x.Text, 64)
			if err != nil {
				continue
			}
			v = f
		} else {
			d, f := cell.Number(cell.Fold(x.Text), cell.Unit{}, cell.Unit{})
			if f != nil {
				continue
			}
			v = d.Float()
		}
		n++
		whole = whole && v == float64(int64(v))
		greatest = max(greatest, v, -v)
	}
	if n == 0 || float64(n) < almostAll*float64(len(have)) {
		return false
	}
	switch {
	case !whole, has(c.Title.Zh, sums) && !has(c.Title.Zh, heads), has(c.Title.Zh, means): // sums of money and rates are whole by chance
		c.Type = dataset.Float64
	case greatest < 1<<30:
		c.Type = dataset.Int32
	default:
		c.Type = dataset.Int64
	}
	if len(found) == 0 && n > 0 && percent(have) {
		found = []string{"%"}
	}
	if len(found) > 0 {
		if _, known := cell.ParseUnit(found[0]); known {
			c.Unit, c.Type = found[0], dataset.Float64
		}
	}
	c.Mean = has(c.Title.Zh, means) || c.Unit == "%" || c.Unit == "岁"
	return true
}

// percent reports whether most of the cells are written as percentages.
func percent(have []source.Cell) bool {
	n := 0
	for _, x := range have {
		if strings.HasSuffix(cell.Fold(x.Text), "%") {
			n++
		}
	}
	return 2*n > len(have)
}

// text makes it a column of texts: of a list that there is, of one of its own, or of texts that occur again and again.
func (c *Column) text(texts []string, lists *codes.Lists) {
	seen := map[string]int{}
	for _, t := range texts {
		seen[t]++
	}
	c.Type = dataset.String
	if l := lists.Get("yes_no"); l != nil && !slices.ContainsFunc(texts, func(t string) bool { _, ok := l.Find(t); return !ok }) {
		c.Type, c.List, c.Few = dataset.Code, "yes_no", true
		return
	}
	if list := known(c.Title.Zh, seen, lists); list != "" {
		c.Type, c.List, c.Few = dataset.Code, list, true
		return
	}
	short := !slices.ContainsFunc(texts, func(t string) bool { return utf8.RuneCountInString(t) > 30 || strings.ContainsAny(t, ",|\n") })
	switch {
	case short && len(seen) > 1 && len(seen) <= mostListed && len(texts) >= seenOften*len(seen):
		c.Type, c.Few = dataset.Code, true
		for t := range seen {
			c.Own = append(c.Own, t)
		}
		slices.Sort(c.Own)
	case short && 2*len(seen) <= len(texts):
		c.Type, c.Few = dataset.Low, true
	}
}

// known is the list that knows every one of the texts: of several, the one that is called like the column, or else the
// smallest. Two texts at least are wanted: one fits by chance.
func known(title string, seen map[string]int, lists *codes.Lists) (best string) {
	if lists == nil || len(seen) < 2 {
		return ""
	}
	size := 0
	for _, name := range lists.Names() {
		l := lists.Get(name)
		fits := name != "names" && name != "terms"
		for t := range seen {
			if _, ok := l.Find(t); !ok {
				fits = false
				break
			}
		}
		switch {
		case !fits:
		case codes.Key(l.Zh) == codes.Key(title):
			return name
		case best == "" || len(l.Values) < size:
			best, size = name, len(l.Values)
		}
	}
	return best
}

// choose finds the day of a row and whether rows are of people: they are named by their number or as 姓名. Whom to ask of an
// enterprise or who visited it does not make a row one of that person, where what it is of is named beside: 企业名称, 走访人, 联系电话.
func (d *Draft) choose() {
	var asked, of bool
	for _, c := range d.Columns {
		title := private(c.Title.Zh)
		switch {
		case c.Subject && c.Out != nil && (contact(title) || title == "电话" || has(title, reached)):
			asked = true
		case c.Subject:
			d.People = true
		case c.Out == nil && has(c.Title.Zh, things):
			of = true
		}
	}
	d.People = d.People || asked && !of
	for i := range d.Columns {
		c := &d.Columns[i]
		if c.Out != nil {
			continue
		}
		if c.Required && (d.Day == "" && c.Parse == "year" || d.Grain != "month" && c.Type == dataset.Date) && !has(c.Title.Zh, []string{"出生", "截止", "到期"}) {
			if d.Day, d.Grain = c.Header, "month"; c.Type != dataset.Date {
				d.Grain = "year"
			}
		}
	}
}
