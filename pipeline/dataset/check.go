package dataset

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/contrary"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/totals"
)

var nameRule = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Reserved are the names of the columns every table has besides the declared ones.
var Reserved = []string{"_batch", "_file", "_sheet", "_row"}

var types = []Type{String, Low, Code, Int8, Int16, Int32, Int64, Float64, Bool, Date, Person, CreditCode, Strings}

// checker holds a dataset that was read against the lists and against itself.
type checker struct {
	*declare.File
	d     *Dataset
	lists *codes.Lists
}

// named notes a fault where a name is not one.
func named(f *declare.File, path, name string) bool {
	if nameRule.MatchString(name) {
		return true
	}
	f.Fault(path, "是 %q，应为小写字母开头的字母、数字、下划线", "is %q, want lower-case letters, digits and underscores, a letter first", name)
	return false
}

// namedAsFile notes a fault where a name is not one, or not that of the file.
func namedAsFile(f *declare.File, key, name string) {
	if base := strings.TrimSuffix(path.Base(f.Name), ".yaml"); named(f, key, name) && base != name {
		f.Fault(key, "是 %q，应与文件名 %q 相同", "is %q, want the file's name %q", name, base)
	}
}

func (f *checker) dataset() {
	namedAsFile(f.File, "name", f.d.Name)
	if len(f.d.Columns) == 0 {
		f.Fault("columns", "一列也没有", "there are no columns")
		return
	}
	f.columns()
	f.unit()
	f.keys()
	f.reading()
	f.layouts()
	f.unpivot()
	f.checks()
}

// columnAt looks a column up and tells what is wrong where there is none or it is of another type.
func (f *checker) columnAt(path, name string, want ...Type) *Column {
	c := f.d.Column(name)
	if c == nil {
		names := make([]string, len(f.d.Columns))
		for i, c := range f.d.Columns {
			names[i] = c.Name
		}
		f.Fault(path, "没有 %q 这一列%s，现有 %s", "there is no column %q%s, have %s", name, declare.Near(name, names), strings.Join(names, " "))
		return nil
	}
	if len(want) > 0 && !slices.Contains(want, c.Type) {
		f.Fault(path, "列 %q 的类型是 %s，应为 %v", "column %q is of type %s, want %v", name, c.Type, want)
		return nil
	}
	return c
}

// unit checks what a submission replaces, and the columns of dates that belong to it.
func (f *checker) unit() {
	d := f.d
	if len(d.Unit) == 0 {
		f.Fault("unit", "缺少，应为 [file]、[sender] 或 [sender, period]", "is missing, want [file], [sender] or [sender, period]")
	}
	for i, u := range d.Unit {
		if slices.Contains(d.Unit[:i], u) {
			f.Fault(fmt.Sprintf("unit[%d]", i+1), "%q 写了两次", "%q is given twice", u)
		}
	}
	if slices.Contains(d.Unit, "part") && (len(d.Unit) == 1 || slices.Contains(d.Unit, "file")) {
		f.Fault("unit", "part 要与 sender 或 period 同用，不与 file 同用：一份文件就是一个单元时没有部分", "part goes with sender or period, and not with file: a unit that is a file has no parts")
	}
	switch {
	case slices.Contains(d.Unit, "period") && d.Period == nil:
		f.Fault("unit", "含 period，但没有声明 period: {column, grain}", "has period, but period: {column, grain} is not declared")
	case d.Period != nil:
		c := f.columnAt("period.column", d.Period.Column, Date, Int16, Int32)
		if c != nil && c.Type != Date && d.Period.Grain != "year" {
			f.Fault("period.grain", "列 %q 是年份，grain 只能是 year；月、季请用 date 列（parse: period_start 读 2015Q3、2015年7月）", "column %q is a year, want grain year; for months and quarters use a date column (parse: period_start reads 2015Q3 and 2015年7月)", c.Name)
		}
	}
	if d.Undated && d.Period != nil {
		f.Fault("undated", "与 period 矛盾", "contradicts period")
	}
	if d.Partition != nil {
		if c := f.columnAt("partition.column", d.Partition.Column, Date); c != nil && c.Nullable() {
			f.Fault("partition.column", "列 %q 可为空，应为 required", "column %q may be NULL, want it required", c.Name)
		}
	}
}

// keys checks the columns that rows are sorted and told apart by.
func (f *checker) keys() {
	for _, k := range []struct {
		name string
		cols []string
	}{{"order", f.d.Order}, {"key", f.d.Key}} {
		for i, name := range k.cols {
			at := fmt.Sprintf("%s[%d]", k.name, i+1)
			c := f.columnAt(at, name)
			if slices.Contains(k.cols[:i], name) {
				f.Fault(at, "%q 写了两次", "%q is given twice", name)
			}
			if c != nil && c.Type == Strings {
				f.Fault(at, "列 %q 是列表，不能用于 %s", "column %q is a list and cannot be in %s", name, k.name)
			}
		}
	}
}

// reading checks which sheets and rows are read, and what holds a submission.
func (f *checker) reading() {
	d := f.d
	if d.Sheets.Pattern != "" {
		f.Pattern("sheets.pattern", d.Sheets.Pattern)
	}
	f.text()
	for i, t := range d.Totals {
		at := fmt.Sprintf("totals[%d]", i+1)
		if strings.TrimSpace(t) == "" {
			f.Fault(at, "为空，会排除所有行", "is blank: it would exclude every row")
		}
		if p, ok := strings.CutPrefix(t, "~"); ok {
			if re := f.Pattern(at, p); re != nil && re.MatchString("") {
				f.Fault(at, "%q 什么都符合，会排除所有行", "%q fits anything: it would exclude every row", p)
			}
		}
	}
	for i, t := range d.NotTotals {
		at := fmt.Sprintf("not_totals[%d]", i+1)
		p, ok := strings.CutPrefix(t, "~")
		if re := (*regexp.Regexp)(nil); strings.TrimSpace(t) == "" {
			f.Fault(at, "为空", "is blank")
		} else if ok {
			if re = f.Pattern(at, p); re != nil && (re.MatchString("") || re.MatchString("合计")) {
				f.Fault(at, "%q 连“合计”也符合，合计行会按数据读取", "%q fits 合计 too: rows of totals would be read as data", p)
			}
		}
	}
	for i, p := range d.Against {
		at := fmt.Sprintf("against[%d]", i+1)
		if re, ok := strings.CutPrefix(p, "~"); ok {
			f.Pattern(at, re)
		} else if !contrary.Known(p) {
			f.Fault(at, "未知的 %q%s，可用 %s、%s，或 ~ 与正则", "unknown %q%s, want one of %s, %s, or a ~ and a regular expression", p, declare.Near(p, contrary.Groups), strings.Join(contrary.Groups, " "), contrary.None)
		}
	}
	for i, p := range d.Banners {
		at := fmt.Sprintf("banners[%d]", i+1)
		if re := f.Pattern(at, p); re != nil && re.MatchString("") {
			f.Fault(at, "%q 什么都符合", "%q fits anything", p)
		}
		if !slices.ContainsFunc(d.Columns, func(c Column) bool { return c.Of == "_banner" }) {
			f.Fault(at, "没有一列用 of: _banner 取它；不取的行写在 totals 里", "no column takes it with of: _banner; rows that nothing is taken from belong to totals")
		}
	}
	for _, l := range []struct {
		path  string
		share *float64
	}{{"limits.rejected_share", d.Limits.RejectedShare}, {"limits.shrink_share", d.Limits.ShrinkShare}} {
		if l.share != nil && (*l.share < 0 || *l.share > 1) {
			f.Fault(l.path, "是 %v，应在 0 与 1 之间", "is %v, want 0 to 1", *l.share)
		}
	}
	if d.HeaderRows != 0 {
		switch {
		case d.HeaderRows < 1 || d.HeaderRows > 4:
			f.Fault("header_rows", "是 %d，应为 1 至 4", "is %d, want 1 to 4", d.HeaderRows)
		case d.Header == "none":
			f.Fault("header_rows", "header 为 none，没有表头", "header is none: there is no header")
		}
	}
}

// text checks how text files are written.
func (f *checker) text() {
	t := &f.d.Text
	if n := utf8.RuneCountInString(t.Delimiter); n > 4 || strings.ContainsAny(t.Delimiter, "\r\n\"") {
		f.Fault("text.delimiter", "是 %q，应为 1 至 4 个字符，不含换行和双引号", "is %q, want 1 to 4 characters, without line ends and double quotes", t.Delimiter)
	}
	for _, c := range []struct{ path, value string }{{"text.quote", t.Quote}, {"text.escape", t.Escape}} {
		switch {
		case c.value == "" || c.value == "none":
		case len(c.value) != 1 || c.value[0] < '!' || c.value[0] > '~':
			f.Fault(c.path, "是 %q，应为一个 ASCII 字符，或 none", "is %q, want one ASCII character, or none", c.value)
		case c.value == t.Delimiter:
			f.Fault(c.path, "与 delimiter 相同", "is the delimiter too")
		}
	}
}

func (f *checker) checks() {
	names := map[string]bool{}
	for i, c := range f.d.Checks {
		at := fmt.Sprintf("checks[%d]", i+1)
		f.checkName(at, c.Name, names)
		if _, err := CompileCheck(f.d, c.Expr); err != nil {
			zh, en := checkMessage(err)
			f.Fault(at+".expr", "%[1]s", "%[2]s", zh, en)
		}
	}
	for i, c := range f.d.SetChecks {
		at := fmt.Sprintf("set_checks[%d]", i+1)
		f.checkName(at, c.Name, names)
		kinds := 0
		for _, given := range []bool{len(c.Unique) > 0, c.Expr != "", len(c.Totals) > 0} {
			if given {
				kinds++
			}
		}
		if kinds != 1 {
			f.Fault(at, "应有 unique、expr 或 totals 其一", "wants one of unique, expr and totals")
		}
		f.totalled(at, c)
		for j, u := range c.Unique {
			f.columnAt(fmt.Sprintf("%s.unique[%d]", at, j+1), u)
		}
	}
}

// totalled checks the columns whose totals must be the sums of their rows.
func (f *checker) totalled(at string, c SetCheck) {
	for j, name := range c.Totals {
		at := fmt.Sprintf("%s.totals[%d]", at, j+1)
		if col := f.columnAt(at, name); col != nil && !col.Measures() {
			f.Fault(at, "列 %q 不是数，没有合计", "column %q is no figure and has no total", name)
		}
	}
	known := slices.ContainsFunc(f.d.Totals, func(w string) bool { return !strings.HasPrefix(w, "~") && totals.Sum(HeaderKey(w)) })
	if len(c.Totals) > 0 && !known {
		f.Fault(at+".totals", "数据集的 totals 没有写合计、小计一类的词，认不出合计行", "the dataset's totals name no word for a sum, such as 合计, by which a row of totals is known")
	}
}

func (f *checker) checkName(at, name string, seen map[string]bool) {
	if named(f.File, at+".name", name) && seen[name] {
		f.Fault(at+".name", "检查 %q 声明了两次", "check %q is declared twice", name)
	}
	seen[name] = true
}
