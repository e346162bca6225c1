package bind

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/contrary"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/units"
)

// Measured reports whether the numbers of a column may be in another unit than the declared one.
func Measured(c *dataset.Column) bool {
	return c.Measures() && (c.Parse == "" || c.Parse == "decimal_comma")
}

// headerUnit takes the unit out of a bound header: 金额（不含税，万元） in a column of 元. A unit that is not
// the column's, or that nobody knows, is a fault: the numbers would be read as what they are not.
func (b *Binding) headerUnit(c *dataset.Column, bound *Bound, e *Error) {
	if !Measured(c) {
		return
	}
	header := repeated.ReplaceAllString(bound.Header, "")
	if asDeclared(c, header) {
		return
	}
	_, found, odd := units.Heading(header)
	is := func(n string) bool { return dataset.HeaderKey(n) == dataset.HeaderKey(header) }
	own, declared := slices.ContainsFunc(c.Names(), is), slices.ContainsFunc(c.OwnNames(), is)
	var fit []string
	for _, text := range found {
		if u, _ := units.Parse(text); takes(c, u) && !slices.ContainsFunc(fit, func(s string) bool { f, _ := units.Parse(s); return f == u }) {
			fit = append(fit, text)
		}
	}
	if (len(fit) == 0 || c.Unit == "") && units.Above(units.Levels(header)) {
		if of := grouped(c, found); of != "" { // else 资金（元） over 户数: the unit of the group is that of other columns
			e.add(fmt.Sprintf("列“%s”上方一组的表头“%s”写了%s：不知道这一列是不是也以它计；请在这一列自己的表头里写明单位", c.Title.Zh, cell.Scrub(bound.Header), of),
				fmt.Sprintf("the group above column %s gives %s (%q), and whether this column counts in it nobody knows: write its unit into its own heading", c.Name, of, cell.Scrub(bound.Header)))
		}
		return
	}
	switch {
	case len(fit) > 1:
		e.add(fmt.Sprintf("列“%s”的表头“%s”写了两个单位：%s；只能写一个", c.Title.Zh, cell.Scrub(bound.Header), strings.Join(fit, "、")),
			fmt.Sprintf("the header %q of column %s gives two units, %s: keep one", cell.Scrub(bound.Header), c.Name, strings.Join(fit, ", ")))
	case len(fit) == 1:
		bound.Unit = fit[0]
		bound.Measure, _ = units.Parse(fit[0])
		bound.Parts = c.Unit == "" && bound.Measure.Share() && !declared
		bound.Plain = c.Unit == "" && bound.Measure.Heads() && bound.Measure.Exp != 0 && !declared
	case len(found) > 0 && otherDays(c, found[0]):
		b.askDays(c, bound, found[0])
	case len(found) > 0:
		e.add(fmt.Sprintf("列“%s”的单位是%s，表头“%s”写的却是%s；请换算后写成“%s”", c.Title.Zh, c.Unit, cell.Scrub(bound.Header), found[0], write(c)),
			fmt.Sprintf("column %s counts in %s, but the header %q says %s: convert the figures and write %s", c.Name, c.Unit, cell.Scrub(bound.Header), found[0], write(c)))
	case len(odd) > 0 && c.Unit != "" && !own:
		e.add(fmt.Sprintf("列“%s”的表头“%s”里的“%s”不是认识的单位；请写成“%s”", c.Title.Zh, cell.Scrub(bound.Header), odd[0], write(c)),
			fmt.Sprintf("%q in the header %q of column %s is no unit that is known: write %s", odd[0], cell.Scrub(bound.Header), c.Name, write(c)))
	}
}

// asDeclared reports whether a heading gives the very unit of a column that only its declaration knows: 浓度（微克/立方米）.
func asDeclared(c *dataset.Column, header string) bool {
	own := codes.Key(c.Unit)
	if _, known := units.Parse(c.Unit); known || own == "" {
		return false
	}
	outside, inside := units.Brackets(header)
	for _, text := range inside {
		for _, p := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("，,、;；|", r) }) {
			if _, unit, labelled := strings.Cut(codes.Key(p), "单位:"); codes.Key(p) == own || labelled && unit == own {
				return true
			}
		}
	}
	return len(inside) == 0 && strings.HasSuffix(codes.Key(outside), own)
}

// grouped is the unit of a group above that may be meant for a column and is not what it counts in: another currency,
// or one that would make its numbers others (万人, %) where the column declares none. Empty where the group's is of another kind or
// changes nothing.
func grouped(c *dataset.Column, found []string) string {
	declared, _ := units.Parse(c.Unit)
	for _, text := range found {
		switch u, ok := units.Parse(text); {
		case !ok, Persons(c) && !u.Heads(): // 人数 below 以千元计
		case c.Unit == "" && (u.Exp != 0 || u.Share()):
			return text
		case c.Unit != "" && !takes(c, u) && (u.Base == declared.Base || u.Money() && declared.Money()):
			return text
		}
	}
	return ""
}

// otherDays reports whether a unit counts days as a column does, of another kind (天 for 工作日), and the column may do without what it
// cannot read: nobody can convert the one to the other, and no file is refused for it.
func otherDays(c *dataset.Column, text string) bool {
	u, _ := units.Parse(text)
	return c.Bad == "null" && strings.HasSuffix(c.Unit, "日") && u == units.Unit{Base: "天"}
}

// askDays asks about such a column, once.
func (b *Binding) askDays(c *dataset.Column, bound *Bound, text string) {
	if slices.ContainsFunc(b.Asked, func(q account.Ask) bool { return q.At == bound.At }) {
		return
	}
	b.Asked = append(b.Asked, account.Ask{At: bound.At, Text: codes.Text{
		Zh: fmt.Sprintf("列“%s”的单位是%s，文件里写的却是%s；照原数按%s读取了", c.Title.Zh, c.Unit, text, c.Unit),
		En: fmt.Sprintf("column %s counts in %s, and the file says %s; the numbers were read as %s as they stand", c.Name, c.Unit, text, c.Unit),
	}})
}

// write is how the column's header may be written.
func write(c *dataset.Column) string {
	name, _ := units.Brackets(c.Title.Zh)
	if c.Unit == "" {
		return name
	}
	return name + "（" + c.Unit + "）"
}

// Persons reports whether a column that declares no unit counts persons, by its name: 人数, 引进人次.
func Persons(c *dataset.Column) bool {
	return c.Unit == "" && (strings.Contains(c.Title.Zh, "人数") || strings.Contains(c.Title.Zh, "人次") || strings.Contains(c.Title.Zh, "人员数"))
}

var (
	reHeads   = regexp.MustCompile(`人.*[数量次]$|人[才员].*(需求|缺口|储备|编制|规模)$|(人|人员|人口|人才|人士)(总计|合计)?$`)
	reNoHeads = regexp.MustCompile(`[人户]均|每[百千万亿]?[人户家]|([率比龄幅]|比[例重]|增[速长]|[指系天套户家岁分]数)[）)]?$`)
)

// heads reports whether a column that declares no unit counts persons where a line above the table says that some do: 常住人口 besides
// those of Persons, and not 人口增长率.
func heads(c *dataset.Column) bool {
	name, _ := units.Brackets(c.Title.Zh)
	return c.Unit == "" && (Persons(c) || reHeads.MatchString(name)) && !reNoHeads.MatchString(c.Title.Zh) && !reNoHeads.MatchString(name)
}

// Texts says what the texts of a column are: codes, by its name or because rows are known by it (编号, 规格), or
// names of columns.
func Texts(ds *dataset.Dataset, c *dataset.Column, b *Bound) cell.Texts {
	switch {
	case b.How == "spread":
		return cell.Names
	case slices.Contains(ds.Key, c.Name):
		return cell.Codes
	}
	for _, word := range [...]string{"号", "码", "规格", "尺寸", "型号", "批次", "版本", "比例"} {
		if strings.Contains(c.Title.Zh, word) {
			return cell.Codes
		}
	}
	return cell.Words
}

// takes reports whether numbers in a unit may stand in a column. 元/月 may in one of 元 whose name says that it
// is by the month, 元/人 in none of 元.
func takes(c *dataset.Column, u units.Unit) bool {
	declared, _ := units.Parse(c.Unit)
	if declared == (units.Unit{}) && Persons(c) && (u.Money() || u.Share()) {
		return false
	}
	if declared == (units.Unit{}) && c.Unit != "" { // 座, 棵: nothing but a count may be one of them
		return u.Base == "" || u.Heads()
	}
	if declared == (units.Unit{}) && (!u.Heads() || !Persons(c)) {
		return true
	}
	if c.Unit == "" {
		declared.Base = "人"
	}
	if !declared.Takes(u) {
		return false
	}
	if u.Per == declared.Per {
		return true
	}
	if u.Per == "" || declared.Per != "" {
		return u.Per == ""
	}
	says := strings.Join(c.Names(), " ")
	for _, word := range map[string][]string{"月": {"月"}, "年": {"年"}, "天": {"日薪", "天"}, "小时": {"时"}, "人": {"人均", "每人", "标准"}, "人月": {"月"}, "人年": {"年"}}[u.Per] {
		if strings.Contains(says, word) {
			return true
		}
	}
	return false
}

// under takes the units that stand above a table (单位：万元, or in its title) for the columns whose own header
// gives none. Where every column that it could be meant for says otherwise, both cannot be right.
func (b *Binding) under(ds *dataset.Dataset, lines []string, e *Error) {
	said := map[string]string{} // kind of unit -> its text; the nearest line wins
	from := map[string]string{}
	var kinds, odd []string
	for _, line := range lines {
		found, strange := units.Line(line)
		for _, text := range found {
			u, _ := units.Parse(text)
			k := kindOf(u)
			if k == "other" { // 公顷、吨 are two
				k += u.Base
			}
			if _, ok := said[k]; !ok {
				kinds = append(kinds, k)
			}
			said[k], from[k] = text, line
		}
		odd = append(odd, strange...)
		b.labelled(ds, line, e)
	}
	if len(said) == 0 && len(odd) == 0 {
		return
	}
	order := []string{"money", "share", "heads", "any"} // then the others, as they stand there
	rank := func(kind string) int {
		if i := slices.Index(order, kind); i >= 0 {
			return i
		}
		return len(order)
	}
	slices.SortStableFunc(kinds, func(x, y string) int { return rank(x) - rank(y) })
	for _, k := range kinds {
		b.underOne(ds, said, k, from[k], e)
	}
	odd = slices.DeleteFunc(odd, units.Uncounted)
	if len(odd) == 0 || said["money"] != "" || said["any"] != "" {
		return
	}
	for i := range b.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		if declared, _ := units.Parse(c.Unit); declared.Money() && Measured(c) && bound.At >= 0 && bound.Unit == "" {
			e.add(fmt.Sprintf("表上方的“%s”不是认识的单位，不知道列“%s”以什么计；请写成“单位：%s”，或在表头写“%s”", odd[0], c.Title.Zh, c.Unit, write(c)),
				fmt.Sprintf("%q above the table is no unit that is known, so what column %s counts in is not: write %s in the header", odd[0], c.Name, write(c)))
		}
	}
}

// labelled takes the units that a line above a table gives for columns by their names, or by what is a part of them: 面积：公顷　投资：亿元.
func (b *Binding) labelled(ds *dataset.Dataset, line string, e *Error) {
	named := func(bound *Bound) string {
		name, _ := units.Brackets(cell.Scrub(repeated.ReplaceAllString(bound.Header, "")))
		return name
	}
	pairs := slices.DeleteFunc(units.Pairs(line), func(p units.Pair) bool { // of a column of that name: not of 税收减免 beside 税收
		return slices.ContainsFunc(b.Columns, func(bound Bound) bool { return bound.At >= 0 && named(&bound) == p.Name })
	})
	for i := range b.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		if !Measured(c) || bound.At < 0 || bound.Unit != "" {
			continue
		}
		name := named(bound)
		text := units.Labelled(line, name)
		if text == "" && len(pairs) > 0 {
			declared, _ := units.Parse(c.Unit)
			if p, ok := units.Partly(pairs, name, declared); ok {
				name, text = p.Name, p.Unit
			}
		}
		u, ok := units.Parse(text)
		switch {
		case !ok:
		case takes(c, u):
			bound.Unit, bound.Measure, bound.Plain = text, u, c.Unit == "" && u.Exp != 0
			if !converts(c, u) {
				continue
			}
			b.Said = append(b.Said, codes.Text{
				Zh: "按表上方的“" + name + "：" + text + "”换算：" + c.Title.Zh,
				En: fmt.Sprintf("read in the unit that stands above the table (%s: %s): %s", name, text, c.Name),
			})
		case otherDays(c, text):
			b.askDays(c, bound, text)
		default:
			e.add(fmt.Sprintf("列“%s”的单位是%s，表上方写的却是“%s：%s”；请换算后写“%s：%s”，或在表头写“%s”", c.Title.Zh, c.Unit, name, text, name, c.Unit, write(c)),
				fmt.Sprintf("column %s counts in %s, but above the table stands %q: convert the figures, or write %s in the header", c.Name, c.Unit, name+": "+text, write(c)))
		}
	}
}

// kindOf puts units together of which a table has one.
func kindOf(u units.Unit) string {
	switch {
	case u.Money():
		return "money"
	case u.Share():
		return "share"
	case u.Heads():
		return "heads"
	case u.Base == "":
		return "any"
	}
	return "other"
}

// converts reports whether the numbers of a column that stand in a unit become others.
func converts(c *dataset.Column, u units.Unit) bool {
	declared, _ := units.Parse(c.Unit)
	return u.Shift(declared) != 0
}

// underOne takes one of the units that are said, of a kind.
func (b *Binding) underOne(ds *dataset.Dataset, all map[string]string, kind, line string, e *Error) {
	text := all[kind]
	u, _ := units.Parse(text)
	kind = kindOf(u)
	line = cell.Scrub(shorten(line))
	var meant, contrary []int
	var left []string
	money := kind == "any" && b.any(ds, "money")
	for i := range b.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		declared, _ := units.Parse(c.Unit)
		if kind == "heads" && heads(c) {
			declared = units.Unit{Base: "人"}
		}
		if !Measured(c) || bound.At < 0 || declared == (units.Unit{}) {
			continue
		}
		k := kindOf(declared)
		if money && k != "money" { // 单位：亿 is said of money where there is any, not of 人数 beside it
			if k != "share" && bound.Unit == "" {
				left = append(left, c.Title.Zh)
			}
			continue
		}
		if k != kind && (kind != "any" || k == "share") || kind == "other" && !units.Kin(declared.Base, u.Base) {
			continue
		}
		if kind == "other" && declared.Base != u.Base && all["other"+declared.Base] != "" {
			continue // 平方米、亩: each has its own
		}
		if kind == "heads" && u.Exp == 0 && !declared.Takes(u) {
			continue // 单位：家 above a list of firms: 从业人数 counts persons all the same
		}
		switch {
		case bound.Unit == "":
			meant = append(meant, i)
		case bound.Measure != u && !(money && bound.Measure.Exp == u.Exp):
			contrary = append(contrary, i)
		}
	}
	if len(meant) == 0 && len(contrary) > 0 {
		c, bound := &ds.Columns[contrary[0]], &b.Columns[contrary[0]]
		e.add(fmt.Sprintf("表上方写“%s”，列“%s”的表头“%s”却写%s，不知道以哪个为准；请只留一处", line, c.Title.Zh, cell.Scrub(bound.Header), bound.Unit),
			fmt.Sprintf("above the table stands %q, but the header %q of column %s says %s: keep one of them", line, cell.Scrub(bound.Header), c.Name, bound.Unit))
		return
	}
	if len(left) > 0 {
		b.Said = append(b.Said, codes.Text{
			Zh: fmt.Sprintf("表上方的“%s”没有写明是什么的单位，只按它读取金额；照原数读取：%s。若也以它计，请写在表头", line, strings.Join(left, "、")),
			En: fmt.Sprintf("%q above the table does not say what it counts: only money was read by it, and as the numbers stand: %s; write the unit into their headings if they count in it too", line, strings.Join(left, ", ")),
		})
	}
	if len(meant) == 0 && len(contrary) == 0 {
		if t, ok := b.unheard(ds, u, text); ok && len(left) == 0 {
			b.Said = append(b.Said, t)
		}
		return
	}
	var titles, names []string
	for _, i := range meant {
		c, bound := &ds.Columns[i], &b.Columns[i]
		if !takes(c, u) {
			e.add(fmt.Sprintf("列“%s”的单位是%s，表上方写的却是“%s”；请换算后写“单位：%s”，或在表头写“%s”", c.Title.Zh, c.Unit, line, c.Unit, write(c)),
				fmt.Sprintf("column %s counts in %s, but above the table stands %q: convert the figures, or write %s in the header", c.Name, c.Unit, line, write(c)))
			continue
		}
		bound.Unit, bound.Measure, bound.Plain = text, u, c.Unit == "" && u.Exp != 0
		if converts(c, u) {
			titles, names = append(titles, c.Title.Zh), append(names, c.Name)
		}
	}
	if len(titles) > 0 {
		b.Said = append(b.Said, codes.Text{
			Zh: "按表上方的“" + line + "”换算：" + strings.Join(titles, "、"),
			En: fmt.Sprintf("read in the unit that stands above the table (%s): %s", line, strings.Join(names, ", ")),
		})
	}
}

// defaults finds what blank and absent cells mean by what stands around the table. A column that has no heading
// while the others say different things of it is a fault.
func (b *Binding) defaults(ds *dataset.Dataset, titles []string, e *Error) {
	for i := range ds.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		if len(c.DefaultBy) == 0 && (c.Default == "" || bound.At >= 0 || c.Measures()) {
			continue
		}
		var headings []string
		for k := range b.Columns {
			if b.Columns[k].Header != "" && b.Columns[k].How != "of" {
				headings = append(headings, b.Columns[k].Header)
			}
		}
		if len(c.DefaultBy) == 0 {
			b.opposed(ds, c, headings, titles)
			continue
		}
		for _, x := range b.Extra {
			headings = append(headings, x.Header)
		}
		found, said, contrary := c.DefaultOf(headings, titles)
		for k := range said {
			said[k] = shorten(cell.Scrub(said[k]))
		}
		switch {
		case contrary && bound.At < 0:
			e.add(fmt.Sprintf("没有“%s”一列，而%s说法不一：请加上“%s”一列", c.Title.Zh, "“"+strings.Join(said, "”“")+"”", c.Title.Zh),
				fmt.Sprintf("column %s has no heading, and %q say different things of it: add the column", c.Name, said))
		case contrary:
			bound.Contrary = true
		case found != "" && found == c.Default:
			bound.Affirmed = true
		case found != "":
			bound.Blank = found
			b.Said = append(b.Said, codes.Text{
				Zh: fmt.Sprintf("按“%s”，“%s”空着或没有这一列时为 %s", said[0], c.Title.Zh, found),
				En: fmt.Sprintf("by %q a blank or absent %s means %s", said[0], c.Name, found),
			})
		}
	}
}

// Turns reports whether a line among the rows says of those below it another value than the one that a column without a heading has
// by default: 领用情况 where all rows count as 入库. It says so by the declaration, or opposes the default by its words.
func (b *Binding) Turns(ds *dataset.Dataset, line string) (says, opposes bool) {
	for i := range ds.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		if c.Default == "" || bound.At >= 0 || c.Measures() {
			continue
		}
		now := c.Default
		if bound.Blank != "" {
			now = bound.Blank
		}
		if found, _, _ := c.DefaultOf(nil, []string{line}); found != "" && found != now {
			says = true
		}
		if _, ok := contrary.Opposite(now, nil, []string{line}); ok && len(c.DefaultBy) == 0 {
			opposes = true
		}
	}
	return says, opposes
}

// opposed asks about a column without a heading whose default is the opposite of what a heading, a title or the name of
// the sheet or file says: 入库 by default, and 出库日期. What says something else is told: it may be another word for the same.
func (b *Binding) opposed(ds *dataset.Dataset, c *dataset.Column, headings, titles []string) {
	if text, ok := contrary.Opposite(c.Default, headings, titles); ok {
		text = shorten(cell.Scrub(text))
		b.Opposed = append(b.Opposed, codes.Text{
			Zh: fmt.Sprintf("没有“%s”一列，各行都按缺省的“%s”计，“%s”说的却相反；请加上“%s”一列，或在数据集里写 default_by", c.Title.Zh, c.Default, text, c.Title.Zh),
			En: fmt.Sprintf("no column is headed %s, so that all rows count as %s by default, and %q says the opposite: add the column, or declare default_by", c.Name, c.Default, text),
		})
		return
	}
	for i := range ds.Columns {
		if text := contrary.Beside(c.Default, ds.Columns[i].OwnNames(), headings, titles); text != "" {
			text = shorten(cell.Scrub(text))
			b.Said = append(b.Said, codes.Text{
				Zh: fmt.Sprintf("没有“%s”一列，各行都按缺省的“%s”计，“%s”说的像是别的；若是，请加上“%s”一列，或在数据集里写 default_by", c.Title.Zh, c.Default, text, c.Title.Zh),
				En: fmt.Sprintf("no column is headed %s, so that all rows count as %s by default, and %q seems to say something else: if so, add the column, or declare default_by", c.Name, c.Default, text),
			})
		}
	}
}

// Watch looks for what columns that nothing is read from, remarks and the lines around a table say against its rows. unused
// are the first, of the file. Nil: nothing is declared to be looked for, or there are none.
func (b *Binding) Watch(ds *dataset.Dataset, unused []int, file string, lines []string) *contrary.Watch {
	var skip []string
	for i := range ds.Columns {
		if bound := &b.Columns[i]; len(ds.Columns[i].DefaultBy) > 0 && (bound.At >= 0 || bound.Blank != "" || bound.Contrary) {
			skip = append(skip, "left") // the file says which way they went
		} else if bound.Affirmed {
			skip = append(skip, contrary.Returned)
		}
	}
	w := contrary.New(ds.Against, skip...)
	headings := map[int]string{}
	for _, x := range b.Extra {
		headings[x.At] = x.Header
	}
	var read []string
	for i := range b.Columns {
		if ds.Columns[i].Measures() && b.Columns[i].Header != "" {
			read = append(read, b.Columns[i].Header)
		}
	}
	for _, at := range unused {
		w.Column(at, headings[at], read...)
		w.Signs(at)
		b.turns(ds, w, at, headings[at])
		if dataset.HeaderKey(headings[at]) == "序号" {
			w.Ordinals(at)
		}
	}
	for i := range b.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		if bound.At < 0 || bound.How != "header" || c.List != "" || c.Type != dataset.String && c.Type != dataset.Low {
			continue
		}
		w.Signs(bound.At)
		switch {
		case strings.Contains(c.Title.Zh, "备注") || strings.Contains(c.Title.Zh, "说明"):
			w.Remark(bound.At, bound.Header)
		case c.Personal == "name":
			w.Persons(bound.At, bound.Header)
		case c.Required || c.Personal != "":
			w.Names(bound.At, bound.Header)
		}
	}
	for _, line := range append(slices.Clone(lines), sent(file)) {
		w.Title(cell.Scrub(line))
	}
	return w
}

// turns has a column that nothing is read from say which way rows went, where all count by default as one.
func (b *Binding) turns(ds *dataset.Dataset, w *contrary.Watch, at int, heading string) {
	for i := range ds.Columns {
		if c := &ds.Columns[i]; c.Default != "" && b.Columns[i].At < 0 && c.Of == "" && !c.Measures() {
			w.Turns(at, heading, b.blankMeans(ds, i), c.Title)
		}
	}
}

// sent is the name of a file without its extension, behind its sender.
func sent(file string) string {
	file = strings.TrimSuffix(file, path.Ext(file))
	if _, rest, ok := strings.Cut(file, "_"); ok {
		return rest
	}
	return file
}

// blankMeans is what a blank or absent cell of column i means; empty: no value.
func (b *Binding) blankMeans(ds *dataset.Dataset, i int) string {
	switch bound := &b.Columns[i]; {
	case bound.Contrary:
		return ""
	case bound.Blank != "":
		return bound.Blank
	}
	return ds.Columns[i].Default
}

// Footnote asks about a note below the rows that gives a unit (注：金额单位为万元) in which a column of its kind was not
// read, and tells of one that no column has.
func (b *Binding) Footnote(ds *dataset.Dataset, o source.Origin, at int, text string, a *account.Account) {
	found, _ := units.Line(text)
	if len(found) == 0 && strings.Contains(text, "单位") {
		b.named(ds, o, at, text, a)
	}
	for _, word := range found {
		if u, _ := units.Parse(word); !b.any(ds, kindOf(u)) {
			if t, ok := b.unheard(ds, u, word); ok {
				a.Say(t)
			}
		}
		for _, i := range b.unlike(ds, word) {
			title := ds.Columns[i].Title
			a.Asked = append(a.Asked, account.Ask{Sheet: o.Sheet, At: b.Columns[i].At, Text: codes.Text{
				Zh: fmt.Sprintf("%s 的附注“%s”说单位是%s，而“%s”不是按它读取的", o.Cell(at), account.Shown(text), word, title.Zh),
				En: fmt.Sprintf("the note at %s (%s) gives %s as the unit, and column %s was read in another", o.Cell(at), account.Shown(text), word, title.En),
			}})
		}
	}
}

// Beside is Footnote of the first text of a column that nothing is read from: somebody may have written the unit beside the table.
func (b *Binding) Beside(ds *dataset.Dataset, o source.Origin, at int, text string, a *account.Account) {
	if at != b.UnitColumn() && (strings.HasPrefix(text, "（") || strings.HasPrefix(text, "(") || strings.Contains(text, "单位") || units.Alone(text)) {
		b.Footnote(ds, o, at, text, a)
	}
}

// named asks about a note among the rows that gives the unit of a column by its name, （长度单位：公里）, in which it was not read.
func (b *Binding) named(ds *dataset.Dataset, o source.Origin, at int, text string, a *account.Account) {
	for i := range b.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		if !Measured(c) || bound.At < 0 || bound.How != "header" {
			continue
		}
		name, _ := units.Brackets(cell.Scrub(repeated.ReplaceAllString(bound.Header, "")))
		u, ok := units.Parse(units.Labelled(text, name))
		read := bound.Measure
		if bound.Unit == "" {
			read, _ = units.Parse(c.Unit)
		}
		if declares := c.Unit != "" || bound.Unit != ""; ok && u != read && (declares || u.Exp != 0 || u.Share()) { // 岁 changes no number
			a.Asked = append(a.Asked, account.Ask{Sheet: o.Sheet, At: bound.At, Text: codes.Text{
				Zh: fmt.Sprintf("%s 的附注“%s”给“%s”另写了单位，而它不是按那个单位读取的", o.Cell(at), account.Shown(text), c.Title.Zh),
				En: fmt.Sprintf("the note at %s (%s) gives another unit for column %s than it was read in", o.Cell(at), account.Shown(text), c.Name),
			}})
		}
	}
}

// UnitColumn is the column of the file that nothing is read from and whose heading says that its cells may name units;
// -1: there is none.
func (b *Binding) UnitColumn() int {
	at := -1
	for _, x := range b.Extra {
		switch key := codes.Key(x.Header); {
		case reUnitColumn.MatchString(key):
			return x.At
		case key == "单位": // of firms, perhaps
			at = max(at, x.At)
		}
	}
	return at
}

// reUnitColumn are such headings. 统计单位 may be an office too: its cells name no unit then.
var reUnitColumn = regexp.MustCompile(`^(计量|计价|计数|金额|货币|数量|统计|核算|记账|资金|产值)单位(名称)?$|^(金额|数据|数值|资金|产值)?(的)?(数量级|量级)$|^(单位|金额)倍率$|^(金额|资金)?(币种|币别|货币种类)$`)

// UnitCell asks about the unit that a cell of that column names, of a row's figures: one that a column of its kind was not read in, whatever
// its heading says.
func (b *Binding) UnitCell(ds *dataset.Dataset, o source.Origin, at int, text string, a *account.Account) {
	u, ok := units.Parse(text)
	if !ok || b.currency(ds, at, text, u) {
		return
	}
	if !b.any(ds, kindOf(u)) {
		if t, ok := b.unheard(ds, u, text); ok {
			a.Say(t)
		}
	}
	ask := func(i int) {
		title, name := ds.Columns[i].Title.Zh, ds.Columns[i].Name
		a.Asked = append(a.Asked, account.Ask{Sheet: o.Sheet, At: b.Columns[i].At, Text: codes.Text{
			Zh: fmt.Sprintf("%s 说这一行的单位是%s，而“%s”不是按它读取的", o.Cell(at), text, title),
			En: fmt.Sprintf("%s gives %s as the unit of its row, and column %s was read in another", o.Cell(at), text, name),
		}})
	}
	other, meant := b.headed(ds, u) // of which the heading gives a unit
	if meant {
		return
	}
	for _, i := range b.unlike(ds, text) {
		ask(i)
	}
	if other >= 0 && len(a.Asked) == 0 && u.Per == "" && (u.Money() || u.Base == "") {
		ask(other)
	}
}

// currency reports whether a cell says in which currency figures are and not in which multiple of it, 人民币 or 元 below 币种, and they are.
func (b *Binding) currency(ds *dataset.Dataset, at int, text string, u units.Unit) bool {
	heading := ""
	for _, x := range b.Extra {
		if x.At == at {
			heading = codes.Key(x.Header)
		}
	}
	if name := codes.Key(text); !u.Money() || u.Exp != 0 || !strings.Contains(heading, "币") && name != "人民币" && name != "RMB" && name != "CNY" {
		return false
	}
	for i := range b.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		read, _ := units.Parse(c.Unit)
		if bound.Unit != "" {
			read = bound.Measure
		}
		if Measured(c) && bound.At >= 0 && read.Money() && read.Base != u.Base {
			return false
		}
	}
	return true
}

// headed is a column whose heading gives another unit of a unit's kind, -1: none does. meant: one gives that unit.
func (b *Binding) headed(ds *dataset.Dataset, u units.Unit) (other int, meant bool) {
	other = -1
	for i := range b.Columns {
		bound := &b.Columns[i]
		if !Measured(&ds.Columns[i]) || bound.At < 0 || bound.Unit == "" || kindOf(bound.Measure) != kindOf(u) && (u.Base != "" || !bound.Measure.Money()) {
			continue
		}
		if bound.Measure == u || u.Base == "" && bound.Measure.Exp == u.Exp {
			return i, true
		}
		other = i
	}
	return other, false
}

// Among is Footnote of a line among the rows, which may speak of those below it: 以下金额单位为元 where the heading says 万元.
func (b *Binding) Among(ds *dataset.Dataset, o source.Origin, at int, text string, a *account.Account) {
	found, _ := units.Line(text)
	for _, word := range found {
		u, _ := units.Parse(word)
		if i, meant := b.headed(ds, u); i >= 0 && !meant && u.Money() && u.Per == "" {
			a.Asked = append(a.Asked, account.Ask{Sheet: o.Sheet, At: b.Columns[i].At, Text: codes.Text{
				Zh: fmt.Sprintf("%s 的“%s”说单位是%s，而“%s”按表头的%s读取", o.Cell(at), account.Shown(text), word, ds.Columns[i].Title.Zh, b.Columns[i].Unit),
				En: fmt.Sprintf("the line at %s (%s) gives %s as the unit, and column %s was read in %s as its heading says", o.Cell(at), account.Shown(text), word, ds.Columns[i].Name, b.Columns[i].Unit),
			}})
		}
	}
}

// Beyond is Footnote of the headings that nothing is read from and that say only a unit: 金额均为元, beside the table.
func (b *Binding) Beyond(ds *dataset.Dataset, o source.Origin, a *account.Account) {
	for _, x := range b.Extra {
		if strings.Contains(x.Header, "元") && units.Alone(x.Header) {
			b.Footnote(ds, o, x.At, x.Header, a)
		}
	}
}

// reRate is a figure that is no amount whatever its unit.
var reRate = regexp.MustCompile(`率|速|比|幅|指数|比重|份额|均分|得分|面积`)

// unheard tells of a unit of money or of shares beside a table of which no column is of its kind, though others have
// a unit that nothing in the file says.
func (b *Binding) unheard(ds *dataset.Dataset, u units.Unit, text string) (codes.Text, bool) {
	if u.Exp != 0 && !u.Money() { // 万人次 over a column that nobody gave a unit
		for i := range b.Columns {
			if c, bound := &ds.Columns[i], &b.Columns[i]; Measured(c) && bound.At >= 0 && c.Unit == "" && bound.Unit == "" {
				return codes.Text{
					Zh: fmt.Sprintf("表边写的单位“%s”没有一列可用；“%s”没有声明单位，照原数读取", text, c.Title.Zh),
					En: fmt.Sprintf("the unit %s beside the table is one of no column; column %s declares none and was read as the numbers stand", text, c.Name),
				}, true
			}
		}
	}
	if !u.Money() && !u.Share() {
		return codes.Text{}, false
	}
	bare, money := false, false // a column of figures has no unit at all; one has a unit of money
	for i := range b.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		bare = bare || c.Type == dataset.Float64 && bound.At >= 0 && c.Unit == "" && bound.Unit == "" && !reRate.MatchString(c.Title.Zh)
		declared, _ := units.Parse(c.Unit)
		money = money || bound.At >= 0 && (declared.Money() || bound.Measure.Money())
		if Measured(c) && bound.At >= 0 && c.Unit != "" && bound.Unit == "" {
			return codes.Text{
				Zh: fmt.Sprintf("表边写的单位“%s”没有一列可用；“%s”仍按%s读取", text, c.Title.Zh, c.Unit),
				En: fmt.Sprintf("the unit %s beside the table is one of no column; column %s was read in %s all the same", text, c.Name, c.Unit),
			}, true
		}
	}
	if bare && !money && u.Money() {
		return codes.Text{
			Zh: fmt.Sprintf("表边写的单位“%s”没有一列可用：金额的列没有声明单位（unit），照原数读取；换了单位的文件会与它相混", text),
			En: fmt.Sprintf("the unit %s beside the table is one of no column: those of money declare none (unit) and were read as the numbers stand; a file in another unit would mix with it", text),
		}, true
	}
	return codes.Text{}, false
}

// any reports whether a column of figures that is read has a unit of a kind.
func (b *Binding) any(ds *dataset.Dataset, kind string) bool {
	for i := range b.Columns {
		declared, _ := units.Parse(ds.Columns[i].Unit)
		if Measured(&ds.Columns[i]) && b.Columns[i].At >= 0 && declared != (units.Unit{}) && kindOf(declared) == kind {
			return true
		}
	}
	return false
}

// unlike gives the columns of a unit's kind that were read in another: by their own header, or in the
// declared one.
func (b *Binding) unlike(ds *dataset.Dataset, text string) (columns []int) {
	u, ok := units.Parse(text)
	if !ok {
		return nil
	}
	meant := false // for a column that says nothing itself
	kind := kindOf(u)
	if kind == "any" && b.any(ds, "money") { // 万 is said of money where there is any
		kind = "money"
	}
	for i := range b.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		declared, _ := units.Parse(c.Unit)
		if k := kindOf(declared); !Measured(c) || bound.At < 0 || declared == (units.Unit{}) || k != kind && (kind != "any" || k == "share") {
			continue
		}
		read := declared
		if bound.Unit != "" {
			read = bound.Measure
		}
		if read == u || u.Base == "" && read.Exp == u.Exp {
			meant = true
		} else if bound.Unit == "" {
			columns = append(columns, i)
		}
	}
	if meant {
		return nil
	}
	return columns
}

// Under binds as the lines above a table say, see under, and as the name of its file does. The error is a *Error.
func (b *Binding) Under(ds *dataset.Dataset, file string, lines []string) error {
	e := &Error{Dataset: ds.Name}
	if file = sent(file); strings.Contains(file, "单位") || strings.Contains(file, "元") { // 投资表（单位：元）; what stands nearer wins
		b.under(ds, append([]string{file}, lines...), e)
	} else {
		b.under(ds, lines, e)
	}
	b.defaults(ds, append(slices.Clone(lines), file), e)
	b.cumulated(ds, append(slices.Clone(lines), file))
	if len(e.Faults) > 0 {
		return e
	}
	return nil
}

// cumulated tells of a title that says 累计 above columns of periods that stand side by side, each of which was read as of its own.
func (b *Binding) cumulated(ds *dataset.Dataset, lines []string) {
	i := slices.IndexFunc(lines, func(line string) bool { return strings.Contains(line, "累计") })
	if i < 0 || len(b.Spread) < 2 || !slices.ContainsFunc(ds.Unpivot.Keys(), func(name string) bool { return ds.Column(name).Type == dataset.Date }) {
		return
	}
	for _, name := range ds.Unpivot.Values {
		if c := ds.Column(name); strings.Contains(c.Title.Zh+c.About.Zh+ds.Title.Zh, "累计") {
			return
		}
	}
	line := shorten(cell.Scrub(lines[i]))
	b.Said = append(b.Said, codes.Text{
		Zh: fmt.Sprintf("“%s”说的是累计数，各期的列却都按当期的数读取；若是累计，请换成当期的数", line),
		En: fmt.Sprintf("%q speaks of cumulated figures, and the columns of all periods were read as the figures of each: convert them if they cumulate", line),
	})
}

// Decimals reads the numbers of the columns by how they are written. A column in which every number with
// a sign for decimals has a comma there has commas; in one that has both, and in that one too, a number
// that can be read both ways is refused.
func (b *Binding) Decimals(ds *dataset.Dataset, seen []cell.Decimals) {
	for i := range b.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		if bound.At < 0 || bound.At >= len(seen) || bound.Parse != "" || c.List != "" || seen[bound.At].Comma == 0 {
			continue
		}
		switch c.Type {
		case dataset.Int8, dataset.Int16, dataset.Int32, dataset.Int64, dataset.Float64:
		default:
			continue
		}
		if bound.Either = true; seen[bound.At].Point > 0 {
			continue
		}
		bound.Parse = "decimal_comma"
		b.Said = append(b.Said, codes.Text{
			Zh: fmt.Sprintf("列“%s”的数自 %s 起以逗号为小数点（如 1234,5），按此读取", c.Title.Zh, seen[bound.At].At),
			En: fmt.Sprintf("the numbers of column %s have a comma before the decimals (as 1234,5), from %s on, and were read so", c.Name, seen[bound.At].At),
		})
	}
}

// Typed are the cells in which figures and days stand.
func (b *Binding) Typed(ds *dataset.Dataset) (at []int) {
	for i := range b.Columns {
		if c := &ds.Columns[i]; b.Columns[i].At >= 0 && (c.Measures() || c.Type == dataset.Date) {
			at = append(at, b.Columns[i].At)
		}
	}
	return at
}

// Days are the cells in which days stand.
func (b *Binding) Days(ds *dataset.Dataset) (at []int) {
	for i := range b.Columns {
		if b.Columns[i].At >= 0 && ds.Columns[i].Type == dataset.Date {
			at = append(at, b.Columns[i].At)
		}
	}
	return at
}

// Odd is a cell that seems to give the unit of its column, and none that is known.
type Odd struct{ Sheet, Cell, Column, Text string }

// Unknown asks about a unit in a row of units that nobody knows: the figures below it were read in the declared one.
func (b *Binding) Unknown(ds *dataset.Dataset, odd Odd, a *account.Account) {
	at := slices.IndexFunc(ds.Columns, func(c dataset.Column) bool { return c.Name == odd.Column })
	if at < 0 || ds.Columns[at].Unit == "" || len(a.Asked) > 0 {
		return
	}
	c := &ds.Columns[at]
	a.Asked = append(a.Asked, account.Ask{Sheet: odd.Sheet, At: b.Columns[at].At, Text: codes.Text{
		Zh: fmt.Sprintf("%s 像是“%s”的单位“%s”，不认识；这一列按%s读取了", odd.Cell, c.Title.Zh, odd.Text, c.Unit),
		En: fmt.Sprintf("%s seems to give the unit of column %s, %q, which is not known; the column was read in %s", odd.Cell, c.Name, odd.Text, c.Unit),
	}})
}
