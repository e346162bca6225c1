package dataset

import (
	"fmt"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
)

// DictionaryPage is the whole data dictionary in "zh" or "en" as Markdown: every dataset, then the
// code lists they use. The same declarations give the same page.
func (c *Catalog) DictionaryPage(lang codes.Lang) string {
	var b strings.Builder
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(lang) }
	b.WriteString("# " + say("数据字典", "Data dictionary") + "\n\n")
	b.WriteString(say("本页由 configs/datasets 与 configs/codes 的声明生成，不手工修改。", "Made from the declarations in configs/datasets and configs/codes; not edited by hand.") + "\n\n")
	used := map[string]bool{}
	for _, name := range c.Names() {
		b.WriteString("- [" + c.Datasets[name].Title.In(lang) + "](#" + name + ") `" + name + "`\n")
	}
	b.WriteString("- [" + say("怎样关联", "What joins with what") + "](#joins)\n\n")
	c.writeJoins(&b, lang)
	for _, name := range c.Names() {
		d := c.Datasets[name]
		b.WriteString(d.Dictionary(lang))
		for _, col := range d.Columns {
			used[col.List] = true
		}
	}
	b.WriteString("## " + say("代码表", "Code lists") + "\n\n")
	for _, name := range c.Lists.Names() {
		if used[name] {
			writeList(&b, c.Lists.Get(name), lang)
		}
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

func writeList(b *strings.Builder, l *codes.List, lang codes.Lang) {
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(lang) }
	b.WriteString("### <a id=\"list-" + l.Name + "\"></a>" + say(l.Zh, l.En) + " `" + l.Name + "`\n\n")
	if len(l.Values) > 60 {
		b.WriteString(fmt.Sprintf(say("%d 个值，见 configs/codes/%s.csv。", "%d values, see configs/codes/%s.csv."), len(l.Values), l.Name) + "\n\n")
		return
	}
	head, rule := []string{say("代码", "Code"), say("名称", "Name")}, "| --- | --- |"
	if l.Ranked {
		head, rule = append(head, say("位次", "Rank")), rule+" ---: |"
	}
	b.WriteString("| " + strings.Join(head, " | ") + " |\n" + rule + "\n")
	for _, v := range l.Values {
		b.WriteString("| `" + v.Code + "` | " + cell(say(v.Zh, v.En)))
		if l.Ranked {
			b.WriteString(" | " + strconv.Itoa(v.Rank))
		}
		b.WriteString(" |\n")
	}
	b.WriteByte('\n')
}

func cell(s string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ").Replace(s)
}

// Dictionary describes the dataset in "zh" or "en" as Markdown: what a row is, what a submission
// replaces, each column with its headers and rules, each check.
func (d *Dataset) Dictionary(lang codes.Lang) string {
	var b strings.Builder
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(lang) }
	b.WriteString("## <a id=\"" + d.Name + "\"></a>" + d.Title.In(lang) + " `" + d.Name + "`\n\n" + d.About.In(lang) + "\n\n")
	d.describeLoading(&b, lang)
	b.WriteString("\n| " + strings.Join([]string{say("列", "Column"), say("名称", "Name"), say("类型", "Type"), say("规则", "Rules"), say("也认的表头", "Also accepted headers")}, " | ") + " |\n| --- | --- | --- | --- | --- |\n")
	for i := range d.Columns {
		c := &d.Columns[i]
		b.WriteString("| `" + c.Name + "` | " + cell(c.Title.In(lang)) + " | " + c.typeText(lang) + " | " + cell(c.Rules(lang)) + " | " + cell(strings.Join(c.headers(), say("、", ", "))) + " |\n")
	}
	if len(d.Checks)+len(d.SetChecks) > 0 {
		b.WriteString("\n| " + strings.Join([]string{say("检查", "Check"), say("条件", "Condition"), say("不合格时", "When it fails"), say("怎么办", "What to do")}, " | ") + " |\n| --- | --- | --- | --- |\n")
		for _, c := range d.Checks {
			b.WriteString("| `" + c.Name + "` | `" + c.Expr + "` | " + say("该行退回：", "Row refused: ") + cell(c.Reason.In(lang)) + " | " + cell(c.Remedy.In(lang)) + " |\n")
		}
		for _, c := range d.SetChecks {
			what := c.Expr
			if len(c.Unique) > 0 {
				what = "unique(" + strings.Join(c.Unique, ", ") + ")"
			}
			if len(c.Totals) > 0 {
				what = "totals(" + strings.Join(c.Totals, ", ") + ")"
			}
			then := say("暂不发布：", "Held back: ")
			if c.Action == "warn" {
				then = say("提示：", "Warning: ")
			}
			b.WriteString("| `" + c.Name + "` | `" + what + "` | " + then + cell(c.Reason.In(lang)) + " | |\n")
		}
	}
	b.WriteByte('\n')
	return b.String()
}

// describeLoading lists what a submission replaces, what holds it back and how its rows are read.
func (d *Dataset) describeLoading(b *strings.Builder, lang codes.Lang) {
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(lang) }
	units := map[string]string{"sender": say("报送单位", "sender"), "period": say("期", "period"), "file": say("文件", "file"), "part": say("部分（按文件名）", "part (by the file's name)")}
	if d.Period != nil {
		grain := map[string]string{"month": say("月", "month"), "quarter": say("季", "quarter"), "half": say("半年", "half-year"), "year": say("年", "year")}[d.Period.Grain]
		units["period"] = fmt.Sprintf(say("期（%s，按 %s）", "period (%s, by %s)"), grain, d.Period.Column)
	}
	var unit []string
	for _, u := range d.Unit {
		unit = append(unit, units[u])
	}
	b.WriteString("- " + say("再次报送时整体替换：同一", "A new submission replaces the whole of the same ") + strings.Join(unit, say("、", ", ")) + "\n")
	if d.AllOrNothing {
		b.WriteString("- " + say("有一行不合格则整份不入库", "One bad row and nothing is loaded") + "\n")
	}
	if d.Duplicates == "drop" {
		b.WriteString("- " + say("完全相同的行只入库一次，其余计数", "Exact copies are loaded once and counted") + "\n")
	}
	if x := d.Limits.RejectedShare; x != nil {
		b.WriteString(fmt.Sprintf(say("- 退回行超过 %s 时暂不发布\n", "- Held back when more than %s of the rows are refused\n"), percent(*x)))
	}
	if x := d.Limits.ShrinkShare; x != nil {
		b.WriteString(fmt.Sprintf(say("- 比上一版减少超过 %s 时暂不发布\n", "- Held back when more than %s of the previous rows are gone\n"), percent(*x)))
	}
	if len(d.Totals) > 0 {
		var words, patterns []string
		for _, t := range d.Totals {
			if p, ok := strings.CutPrefix(t, "~"); ok {
				patterns = append(patterns, "`"+p+"`")
			} else {
				words = append(words, t)
			}
		}
		if len(words) > 0 {
			b.WriteString("- " + say("以下列词语开头的行视为合计或说明，不入库：", "Rows that begin with these are totals or notes, not loaded: ") + strings.Join(words, say("、", ", ")) + "\n")
		}
		if len(patterns) > 0 {
			b.WriteString("- " + say("首个非空格符合下列正则的行不入库：", "Rows whose first text matches one of these are not loaded: ") + strings.Join(patterns, say("、", ", ")) + "\n")
		}
	}
	if len(d.NotTotals) > 0 {
		b.WriteString("- " + say("这些名称的行是数据，不是合计：", "Rows with these names are data and no totals: ") + strings.Join(d.NotTotals, say("、", ", ")) + "\n")
	}
	if d.HeaderRows > 0 {
		b.WriteString(fmt.Sprintf(say("- 表头 %d 行\n", "- The header is %d rows high\n"), d.HeaderRows))
	}
	if u := d.Unpivot; u != nil {
		b.WriteString(fmt.Sprintf(say("- 列转行：符合 `%s` 的表头下每一格成一行，格里的数填 %s", "- Columns become rows: each cell under a header that fits `%s` is a row, and its value fills %s"), u.Columns, strings.Join(u.Values, say("、", ", "))))
		if len(u.keys) > 0 {
			b.WriteString(say("，表头填 ", "; the header fills ") + strings.Join(u.keys, say("、", ", ")))
		}
		if u.Skip != "" {
			b.WriteString(fmt.Sprintf(say("；不取符合 `%s` 的表头", "; not those that fit `%s`"), u.Skip))
		}
		b.WriteString("\n")
	}
	for _, l := range d.Layouts {
		b.WriteString(fmt.Sprintf(say("- 无列名文件的版式 `%s`：%d 列。%s\n", "- Layout `%s` of files without column names: %d columns. %s\n"), l.Name, l.Width, l.About.In(lang)))
	}
}

// headers are the aliases as people read them: a pattern stands as code.
func (c *Column) headers() []string {
	out := make([]string, len(c.Aliases))
	for i, a := range c.Aliases {
		if out[i] = a; strings.HasPrefix(a, "~") {
			out[i] = "`" + a[1:] + "`"
		}
	}
	return out
}

func percent(x float64) string { return strconv.FormatFloat(x*100, 'f', -1, 64) + " %" }

func (c *Column) typeText(lang codes.Lang) string {
	names := map[Type]codes.Text{
		String: {Zh: "文字", En: "text"}, Low: {Zh: "文字", En: "text"}, Code: {Zh: "代码", En: "code"}, Int8: {Zh: "整数", En: "integer"}, Int16: {Zh: "整数", En: "integer"},
		Int32: {Zh: "整数", En: "integer"}, Int64: {Zh: "整数", En: "integer"}, Float64: {Zh: "数", En: "number"}, Bool: {Zh: "是否", En: "yes or no"}, Date: {Zh: "日期", En: "date"},
		Person: {Zh: "加密散列", En: "keyed hash"}, CreditCode: {Zh: "信用代码", En: "credit code"}, Strings: {Zh: "列表", En: "list"},
	}
	s := names[c.Type].In(lang)
	if c.List != "" {
		s += " [" + c.List + "](#list-" + c.List + ")"
	}
	return s
}

// Rules says in words what a cell of the column must be, and what becomes of it.
func (c *Column) Rules(lang codes.Lang) string {
	say := func(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(lang) }
	var rs []string
	add := func(zh, en string, a ...any) { rs = append(rs, fmt.Sprintf(say(zh, en), a...)) }
	if c.About != (codes.Text{}) {
		rs = append(rs, strings.TrimRight(c.About.In(lang), "。."))
	}
	if c.Required {
		add("必填", "required")
	}
	if c.Default != "" {
		add("空时按 %s", "blank means %s", c.Shown(c.Default, lang))
	}
	switch c.Of {
	case "":
	case "_file":
		add("没有该列时取自文件名", "from the file's name where the column is missing")
	case "_sheet":
		add("没有该列时取自工作表名", "from the sheet's name where the column is missing")
	case "_title":
		add("取自表上方的标题", "from the titles above the table")
	case OfPeriod:
		add("取自文件名或标题里的期间", "from the period in the file's name or title")
	case "_banner":
		add("取自上方的分组标题行", "from the banner above the row")
	default:
		add("没有该列时取自 %s", "from %s where the column is missing", c.Of)
	}
	if c.FillDown {
		add("空时同上一行", "blank means as above")
	}
	if c.Match != "" {
		add("只读符合 `%s` 的部分", "only the part that fits `%s` is read", c.Match)
	}
	if c.Unit != "" {
		add("单位 %s", "unit %s", c.Unit)
	}
	if c.Min != nil {
		add("不小于 %v", "at least %v", *c.Min)
	}
	if c.Max != nil {
		add("不大于 %v", "at most %v", *c.Max)
	}
	if len(c.Nulls) > 0 {
		rs = append(rs, say("视为空：", "read as blank: ")+strings.Join(c.Nulls, say("、", ", ")))
	}
	if c.NullsOnly != nil {
		rs = append(rs, say("只有空格子", "only a blank cell")+strings.Join(append([]string{""}, *c.NullsOnly...), say("、", ", "))+say("视为空", " is read as blank"))
	}
	if c.Bad == "null" {
		add("读不出时置空，该行照常入库", "left blank where unreadable; the row loads")
	}
	switch c.Personal {
	case PersonalID:
		add("个人信息：号码不保存", "personal: the number is never stored")
	case PersonalPhone:
		add("个人信息：号码不保存", "personal: the number is never stored")
	case PersonalName:
		rs = append(rs, say("个人信息：", "personal: ")+strings.TrimRight(c.Why.In(lang), "。."))
	}
	return strings.Join(rs, say("；", "; "))
}

// Shown is a value of the column as it is stored, by its name in the code list; NULL is blank.
func (c *Column) Shown(value string, lang codes.Lang) string {
	switch {
	case value == "NULL":
		return ""
	case c.list == nil:
		return value
	case c.Type == Code: // a code may look like the rank of another
		return c.list.Label(value, lang)
	case c.Type == Bool && value == "true":
		value = "1"
	case c.Type == Bool && value == "false":
		value = "0"
	}
	if rank, err := strconv.Atoi(value); err == nil {
		if v, ok := c.list.OfRank(rank); ok {
			return c.list.Label(v.Code, lang)
		}
	}
	return c.list.Label(value, lang)
}

// Words are what the declarations call things in Chinese: the titles and headers of the datasets, and the names in the code
// lists.
func (c *Catalog) Words() []string {
	var out []string
	if c == nil {
		return nil
	}
	for _, d := range c.Datasets {
		out = append(out, d.Title.Zh)
		for i := range d.Columns {
			out = append(append(out, d.Columns[i].Title.Zh), d.Columns[i].Names()...)
		}
	}
	if c.Lists != nil {
		for _, name := range c.Lists.Names() {
			list := c.Lists.Get(name)
			out = append(out, list.Zh)
			for _, v := range list.Values {
				out = append(append(out, v.Zh), v.Aliases...)
			}
		}
	}
	return out
}
