package dataset

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// columns checks each column, and that no two answer to the same name, header or position.
func (f *checker) columns() {
	names := map[string]string{}   // name -> path
	headers := map[string]string{} // header key -> path of the column that has it
	positions := map[int]string{}
	for i := range f.d.Columns {
		c := &f.d.Columns[i]
		at := fmt.Sprintf("columns[%d]", i+1)
		switch first, taken := names[c.Name]; {
		case !named(f.File, at+".name", c.Name):
		case taken:
			f.Fault(at+".name", "列名 %q 已用于第 %d 行", "column name %q is already used at line %d", c.Name, f.Line(first))
		default:
			names[c.Name] = at
		}
		if !slices.Contains(types, c.Type) {
			continue
		}
		f.headers(c, at, names, headers)
		switch other, taken := positions[c.Position]; {
		case c.Position < 0 || c.Position == 0 && f.Given(at+".position"):
			f.Fault(at+".position", "是 %d，应从 1 起", "is %d, want 1 or more", c.Position)
		case c.Position > 0 && taken:
			f.Fault(at+".position", "第 %d 列已用于 %s", "position %d is already used by %s", c.Position, f.Show(other))
		case c.Position > 0:
			positions[c.Position] = at
		}
		f.column(c, at)
	}
}

// headers takes the headers a column answers to, its name unless that is another column's.
func (f *checker) headers(c *Column, at string, names, headers map[string]string) {
	for j, h := range append([]string{c.Name, c.Title.Zh, c.Title.En}, c.Aliases...) {
		where := at
		if j > 2 {
			where = fmt.Sprintf("%s.aliases[%d]", at, j-2)
		}
		if p, ok := strings.CutPrefix(h, "~"); ok && j > 2 {
			if re := f.Pattern(where, p); re != nil && re.MatchString("") {
				f.Fault(where, "%q 什么表头都符合", "%q fits any header", p)
			} else if re != nil {
				c.compiled.aliases = append(c.compiled.aliases, re)
			}
			continue
		}
		if j == 0 && names[c.Name] != at {
			continue // told already
		}
		k := HeaderKey(h)
		if k == "" {
			if j > 2 {
				f.Fault(where, "为空", "is blank")
			}
			continue
		}
		if other, taken := headers[k]; taken && other != at {
			f.Fault(where, "表头 %q 已用于 %s", "header %q is already used by %s", h, f.Show(other))
			continue
		}
		headers[k] = at
	}
}

func (f *checker) column(c *Column, at string) {
	f.listed(c, at)
	if c.Match != "" {
		c.compiled.match = f.Pattern(at+".match", c.Match)
		switch c.Type {
		case Person, CreditCode, Strings:
			f.Fault(at+".match", "类型 %s 不能有 match", "type %s takes no match", c.Type)
		}
	}
	f.split(c, at)
	f.origin(c, at)
	if c.Parse != "" {
		f.parser(at+".parse", c.Parse, c.Type)
	}
	f.blankMeans(c, at)
	if c.Min != nil || c.Max != nil {
		if !number(c.Type) && c.Type != Float64 {
			f.Fault(at, "类型 %s 不能有 min 或 max，应为数", "type %s takes no min or max, want a number", c.Type)
		}
	}
	if c.Min != nil && c.Max != nil && *c.Min > *c.Max {
		f.Fault(at+".min", "%v 大于 max %v", "%v is greater than max %v", *c.Min, *c.Max)
	}
	if c.Bad == "null" && !c.Nullable() {
		f.Fault(at+".bad", "列 %q 不可为空，只能是 reject", "column %q may not be NULL, want reject", c.Name)
	}
	f.personal(c, at)
}

func number(t Type) bool { return t == Int8 || t == Int16 || t == Int32 || t == Int64 }

// listed checks the code list of a column.
func (f *checker) listed(c *Column, at string) {
	if c.List == "" {
		if c.Type == Code {
			f.Fault(at, "类型 code 缺少 list，可用 %s", "type code lacks list, have %s", strings.Join(f.lists.Names(), " "))
		}
		return
	}
	c.list = f.lists.Get(c.List)
	switch {
	case c.list == nil:
		f.Fault(at+".list", "没有代码表 %q%s，可用 %s", "there is no code list %q%s, have %s", c.List, declare.Near(c.List, f.lists.Names()), strings.Join(f.lists.Names(), " "))
	case c.Type == Bool && !twoValued(c.list):
		f.Fault(at+".list", "是否列的代码表须有 rank，且只有 1 和 0，%q 不是", "the list of a yes-or-no column has the ranks 1 and 0 only, %q has not", c.List)
	case number(c.Type) && !c.list.Ranked:
		f.Fault(at+".list", "整数列存位次，而代码表 %q 没有 rank", "an integer column stores the rank, and code list %q has none", c.List)
	}
	if c.Type != Code && c.Type != Bool && !number(c.Type) {
		f.Fault(at+".list", "类型 %s 不能有 list，应为 code、bool 或整数", "type %s takes no list, want code, bool or an integer", c.Type)
	}
}

// split checks what parts the things that a cell lists.
func (f *checker) split(c *Column, at string) {
	if c.Split == "" {
		return
	}
	c.compiled.split = f.Pattern(at+".split", c.Split)
	switch {
	case c.compiled.split != nil && c.compiled.split.MatchString(""):
		f.Fault(at+".split", "%q 什么都符合，会拆成单字", "%q fits anything: it would part every character", c.Split)
	case c.Type == Strings:
		f.Fault(at+".split", "类型 strings 本身就是列表，一格几项仍是一行", "type strings is a list itself, and stays one row")
	case f.d.Unpivot != nil && !slices.Contains(f.d.Unpivot.Values, c.Name):
		f.Fault(at+".split", "宽表里只能写在 values 的列上：写在别的列上时，同行的数只计入第一项，第二项便没有行了", "in a wide table belongs to a column of values: in another one the figures of the row count in the first thing only, and the second would have no row")
	case f.d.Unpivot != nil && c.Measures():
		f.Fault(at+".split", "values 的列 %q 是数，一格只有一个数", "%q of values is a figure, and a cell holds one", c.Name)
	case c.Of != "":
		f.Fault(at+".split", "应写在格子所在的列 %q 上", "belongs to the column the cell stands in, %q", c.Of)
	}
}

// origin checks where the cell of a column comes from.
func (f *checker) origin(c *Column, at string) {
	u := f.d.Unpivot
	if c.FillDown && (c.Of != "" || u != nil && slices.Contains(u.Values, c.Name)) {
		f.Fault(at+".fill_down", "只能用于自己有一列的列", "is for a column that has cells of its own")
	}
	switch c.Of {
	case "":
		return
	case OfPeriod:
		if f.d.Period == nil || f.d.Period.Column != c.Name || !slices.Contains(f.d.Unit, "period") {
			f.Fault(at+".of", "取自期间的只能是 period.column 那一列，且 unit 含 period", "only the column that period names is taken from the period, and unit has period")
		}
		if c.Type != Date || c.Parse != "" || c.Match != "" {
			f.Fault(at+".of", "取自期间的列是 date，没有 parse 和 match：它是期间的第一天", "a column taken from the period is a date without parse and match: it is the first day of the period")
		}
		return
	case "_file", "_sheet", "_title", "_banner":
		if c.Of == "_banner" && len(f.d.Banners) == 0 {
			f.Fault(at+".of", "取自分组标题行，而数据集没有声明 banners", "is taken from banners, and the dataset declares none")
		}
		if c.Personal != "" {
			f.Fault(at+".of", "个人信息不能取自 %s", "personal data cannot come from %s", c.Of)
		}
		return
	}
	o := f.columnAt(at+".of", c.Of)
	if o == nil {
		return
	}
	if o.Of != "" {
		f.Fault(at+".of", "列 %q 本身也取自 %q，应直接取自来源列", "column %q is itself taken from %q, want the column the cell stands in", c.Of, o.Of)
	}
	if c.Parse == "" && c.Match == "" {
		f.Fault(at, "有 of 而没有 parse 或 match", "has of but neither parse nor match")
	}
}

// blankMeans checks what a column takes for no value, and the value it then has.
func (f *checker) blankMeans(c *Column, at string) {
	if len(c.Nulls) > 0 && c.NullsOnly != nil {
		f.Fault(at+".nulls_only", "不能与 nulls 同时写", "cannot stand beside nulls")
	}
	if c.Default == "" {
		if len(c.DefaultBy) > 0 {
			f.Fault(at+".default_by", "须另写 default：都不符合时的值", "wants default beside it: what is meant where nothing fits")
		}
		return
	}
	plain := c.Default
	for i := range c.DefaultBy {
		d, at := &c.DefaultBy[i], fmt.Sprintf("%s.default_by[%d]", at, i+1)
		if d.Header == "" && d.Title == "" {
			f.Fault(at, "应有 header 或 title", "wants header or title")
		}
		if d.Header != "" {
			d.header = f.Pattern(at+".header", d.Header)
		}
		if d.Title != "" {
			d.title = f.Pattern(at+".title", d.Title)
		}
		c.Default = d.Default
		f.meaning(c, at)
	}
	c.Default = plain
	if c.Required {
		f.Fault(at+".default", "required 的列不能有 default", "a required column takes no default")
	}
	f.meaning(c, at)
}

// meaning checks the value that a blank cell has.
func (f *checker) meaning(c *Column, at string) {
	switch list := c.list; {
	case list != nil && number(c.Type):
		if _, ok := list.FindRank(c.Default); ok {
			break
		}
		if n, err := strconv.Atoi(c.Default); err != nil {
			f.Fault(at+".default", "%q 不在代码表 %q 中", "%q is not in list %q", c.Default, c.List)
		} else if _, ok := list.OfRank(n); !ok {
			f.Fault(at+".default", "代码表 %[2]q 没有位次 %[1]q", "list %[2]q has no rank %[1]q", c.Default, c.List)
		}
	case list != nil && (c.Type == Code || c.Type == Bool):
		if _, ok := list.Value(c.Default); !ok {
			f.Fault(at+".default", "%q 不是代码表 %q 的代码，可用 %s", "%q is not a code of list %q, have %s", c.Default, c.List, strings.Join(firstOf(list.Codes(), 20), " "))
		}
	case list == nil && c.Type != Strings:
		if _, err := c.DefaultSQL(); err != nil {
			f.Fault(at+".default", "%q 不是类型 %s 的值", "%q is not a value of type %s", c.Default, c.Type)
		}
	}
}

// personal checks what is said of data about a person.
func (f *checker) personal(c *Column, at string) {
	switch c.Personal {
	case "":
		if c.Type == Person {
			f.Fault(at, "类型 person 须写 personal: id 或 phone", "type person wants personal: id or phone")
		}
	case PersonalID, PersonalPhone:
		if c.Type != Person {
			f.Fault(at+".personal", "%s 只能是类型 person（加密散列），现为 %s", "%s wants type person (a keyed hash), is %s", c.Personal, c.Type)
		}
	case PersonalName:
		if c.Type != String {
			f.Fault(at+".personal", "name 应为类型 string，现为 %s", "name wants type string, is %s", c.Type)
		}
		if c.Why.Zh == "" || c.Why.En == "" {
			f.Fault(at, "存姓名须用 why: {zh, en} 说明理由", "a stored name wants its reason in why: {zh, en}")
		}
	}
}

func twoValued(l *codes.List) bool {
	_, yes := l.OfRank(1)
	_, no := l.OfRank(0)
	return yes && no && len(l.Values) == 2
}

func firstOf(s []string, n int) []string {
	if len(s) > n {
		return append(slices.Clone(s[:n]), "…")
	}
	return s
}

func (f *checker) parser(at, name string, t Type) {
	if _, ok := Parsers[name]; ok && !fills(name, t) { // of an unknown one the reader told
		f.Fault(at, "%q 得到 %v，不能填入类型 %s", "%q yields %v and cannot fill type %s", name, Parsers[name], t)
	}
}
