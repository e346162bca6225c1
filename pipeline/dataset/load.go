package dataset

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
)

// Catalog is everything declared about data.
type Catalog struct {
	Datasets map[string]*Dataset
	Lists    *codes.Lists // with the lists chains and nodes built from the chains
	Chains   []Chain
}

// Names returns the names of the datasets in order.
func (c *Catalog) Names() []string {
	names := make([]string, 0, len(c.Datasets))
	for n := range c.Datasets {
		names = append(names, n)
	}
	sort.Strings(names)
	return names
}

// Load reads codes/*.csv, chains/*.yaml and datasets/*.yaml of fsys (configs.FS or a directory
// like it). All faults of all files come in one error, each with file, line and what was expected.
func Load(fsys fs.FS) (*Catalog, error) {
	lists, errCodes := codes.Load(fsys)
	chains, errChains := LoadChains(fsys, lists)
	sets, errSets := LoadFS(fsys, lists)
	if err := errors.Join(errCodes, errChains, errSets); err != nil {
		return nil, err
	}
	return &Catalog{sets, lists, chains}, nil
}

// LoadFS reads datasets/*.yaml of fsys strictly; a `list` must be one of lists. The map is by name.
func LoadFS(fsys fs.FS, lists *codes.Lists) (map[string]*Dataset, error) {
	names, errs := declarations(fsys, "datasets")
	sets := map[string]*Dataset{}
	for _, name := range names {
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		ds, err := Parse(name, text, lists)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		if other := sets[ds.Name]; other != nil {
			errs = append(errs, &Fault{name, 1, "name", fmt.Sprintf("%q 已在 %s 中声明", ds.Name, other.File), fmt.Sprintf("%q is declared in %s too", ds.Name, other.File)})
			continue
		}
		sets[ds.Name] = ds
	}
	return sets, errors.Join(errs...)
}

// declarations lists dir/*.yaml. A .yml or .YAML beside them is a fault: it would be passed over
// without a word.
func declarations(fsys fs.FS, dir string) (names []string, errs []error) {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		return nil, []error{err}
	}
	for _, e := range entries {
		name := dir + "/" + e.Name()
		switch ext := path.Ext(name); {
		case e.IsDir():
		case ext == ".yaml":
			names = append(names, name)
		case strings.EqualFold(ext, ".yaml") || strings.EqualFold(ext, ".yml"):
			errs = append(errs, &Fault{name, 1, "", "扩展名是 " + ext + "，应为 .yaml", "the file ends in " + ext + ", want .yaml"})
		}
	}
	return names, errs
}

// Parse reads one declaration. The error joins every *Fault of the text.
func Parse(name string, text []byte, lists *codes.Lists) (*Dataset, error) {
	f := &file{name: name}
	ds := &Dataset{}
	f.decode(text, ds)
	if len(f.faults) == 0 || ds.Name != "" {
		f.dataset(ds, lists)
	}
	if err := f.err(); err != nil {
		return nil, err
	}
	ds.File = name
	ds.Digest = digest(ds, text, lists)
	return ds, nil
}

func digest(ds *Dataset, text []byte, lists *codes.Lists) string {
	h := sha256.New()
	h.Write(text)
	for _, c := range ds.Columns {
		if l := lists.Get(c.List); c.List != "" && l != nil {
			fmt.Fprintf(h, "\x00%s", l.Name)
			for _, v := range l.Values {
				v.Place = nil // where it lies changes no cell; and a pointer differs from process to process
				fmt.Fprintf(h, "%v", v)
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

var nameRule = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// Reserved are the names of the columns every table has besides the declared ones.
var Reserved = []string{"_batch", "_file", "_sheet", "_row"}

var types = []Type{String, Low, Code, Int8, Int16, Int32, Int64, Float64, Bool, Date, Person, CreditCode, Strings}

func (f *file) oneOf(path, found string, want ...string) bool {
	if slices.Contains(want, found) {
		return true
	}
	f.fault(path, "是 %q%s，应为 %s 之一", "is %q%s, want one of %s", found, nearest(found, want), strings.Join(want, " "))
	return false
}

func (f *file) text(path string, t codes.Text) {
	if t.Zh == "" {
		f.fault(path+".zh", "缺少中文", "the Chinese text is missing")
	}
	if t.En == "" {
		f.fault(path+".en", "缺少英文", "the English text is missing")
	}
}

// dataset checks what the YAML's shape cannot say.
func (f *file) dataset(d *Dataset, lists *codes.Lists) {
	if !nameRule.MatchString(d.Name) {
		f.fault("name", "是 %q，应为小写字母开头的字母、数字、下划线", "is %q, want lower-case letters, digits and underscores, a letter first", d.Name)
	} else if base := strings.TrimSuffix(path.Base(f.name), ".yaml"); base != d.Name {
		f.fault("name", "是 %q，应与文件名 %q 相同", "is %q, want the file's name %q", d.Name, base)
	}
	f.text("title", d.Title)
	f.text("about", d.About)
	if len(d.Columns) == 0 {
		f.fault("columns", "一列也没有", "there are no columns")
		return
	}
	f.columns(d, lists)
	f.keys(d)
	f.layouts(d)
	f.unpivot(d)
	f.checks(d)
}

// columnAt looks a column up and says what is wrong where there is none or it is of another type.
func (f *file) columnAt(d *Dataset, path, name string, want ...Type) *Column {
	c := d.Column(name)
	if c == nil {
		names := make([]string, len(d.Columns))
		for i, c := range d.Columns {
			names[i] = c.Name
		}
		f.fault(path, "没有 %q 这一列%s，现有 %s", "there is no column %q%s, have %s", name, nearest(name, names), strings.Join(names, " "))
		return nil
	}
	if len(want) > 0 && !slices.Contains(want, c.Type) {
		f.fault(path, "列 %q 的类型是 %s，应为 %v", "column %q is of type %s, want %v", name, c.Type, want)
		return nil
	}
	return c
}

func (f *file) keys(d *Dataset) {
	if len(d.Unit) == 0 {
		f.fault("unit", "缺少，应为 [file]、[sender] 或 [sender, period]", "is missing, want [file], [sender] or [sender, period]")
	}
	for i, u := range d.Unit {
		at := fmt.Sprintf("unit[%d]", i+1)
		if f.oneOf(at, u, "sender", "period", "file") && slices.Contains(d.Unit[:i], u) {
			f.fault(at, "%q 写了两次", "%q is given twice", u)
		}
	}
	hasPeriod := slices.Contains(d.Unit, "period")
	switch {
	case hasPeriod && d.Period == nil:
		f.fault("unit", "含 period，但没有声明 period: {column, grain}", "has period, but period: {column, grain} is not declared")
	case d.Period != nil:
		c := f.columnAt(d, "period.column", d.Period.Column, Date, Int16, Int32)
		if c != nil && c.Type != Date && d.Period.Grain != "year" {
			f.fault("period.grain", "列 %q 是年份，grain 只能是 year；月、季请用 date 列（parse: period_start 读 2015Q3、2015年7月）", "column %q is a year, want grain year; for months and quarters use a date column (parse: period_start reads 2015Q3 and 2015年7月)", c.Name)
		}
		f.oneOf("period.grain", d.Period.Grain, "month", "quarter", "half", "year")
	}
	if d.Undated && d.Period != nil {
		f.fault("undated", "与 period 矛盾", "contradicts period")
	}
	if d.Partition != nil {
		if c := f.columnAt(d, "partition.column", d.Partition.Column, Date); c != nil && c.Nullable() {
			f.fault("partition.column", "列 %q 可为空，应为 required", "column %q may be NULL, want it required", c.Name)
		}
		f.oneOf("partition.by", d.Partition.By, "month", "year")
	}
	for _, k := range []struct {
		name string
		cols []string
	}{{"order", d.Order}, {"key", d.Key}} {
		for i, name := range k.cols {
			at := fmt.Sprintf("%s[%d]", k.name, i+1)
			c := f.columnAt(d, at, name)
			if slices.Contains(k.cols[:i], name) {
				f.fault(at, "%q 写了两次", "%q is given twice", name)
			}
			if c != nil && c.Type == Strings {
				f.fault(at, "列 %q 是列表，不能用于 %s", "column %q is a list and cannot be in %s", name, k.name)
			}
		}
	}
	if d.Sheets.Pattern != "" {
		f.pattern("sheets.pattern", d.Sheets.Pattern)
	}
	if d.Sheets.Hidden != "" {
		f.oneOf("sheets.hidden", d.Sheets.Hidden, "skip", "read")
	}
	if d.Header != "" {
		f.oneOf("header", d.Header, "auto", "none", "optional")
	}
	if d.Duplicates != "" {
		f.oneOf("duplicates", d.Duplicates, "keep", "drop")
	}
	for i, t := range d.Totals {
		if strings.TrimSpace(t) == "" {
			f.fault(fmt.Sprintf("totals[%d]", i+1), "为空，会排除所有行", "is blank: it would exclude every row")
		}
		if p, ok := strings.CutPrefix(t, "~"); ok {
			at := fmt.Sprintf("totals[%d]", i+1)
			if re := f.pattern(at, p); re != nil && re.MatchString("") {
				f.fault(at, "%q 什么都符合，会排除所有行", "%q fits anything: it would exclude every row", p)
			}
		}
	}
	if x := d.Limits.RejectedShare; x != nil && (*x < 0 || *x > 1) {
		f.fault("limits.rejected_share", "是 %v，应在 0 与 1 之间", "is %v, want 0 to 1", *x)
	}
	if x := d.Limits.ShrinkShare; x != nil && (*x < 0 || *x > 1) {
		f.fault("limits.shrink_share", "是 %v，应在 0 与 1 之间", "is %v, want 0 to 1", *x)
	}
}

func (f *file) pattern(path, p string) *regexp.Regexp {
	re, err := regexp.Compile(p)
	if err != nil {
		f.fault(path, "%q 不是正则表达式: %v", "%q is not a regular expression: %v", p, err)
	}
	return re
}

func (f *file) columns(d *Dataset, lists *codes.Lists) {
	names := map[string]string{}   // name -> path
	headers := map[string]string{} // header key -> path of the column that has it
	positions := map[int]string{}
	for i := range d.Columns {
		c := &d.Columns[i]
		at := fmt.Sprintf("columns[%d]", i+1)
		if !nameRule.MatchString(c.Name) {
			f.fault(at+".name", "是 %q，应为小写字母开头的字母、数字、下划线", "is %q, want lower-case letters, digits and underscores, a letter first", c.Name)
		} else if first, taken := names[c.Name]; taken {
			f.fault(at+".name", "列名 %q 已用于 %s", "column name %q is already used by %s", c.Name, first)
		} else {
			names[c.Name] = at
		}
		f.text(at+".title", c.Title)
		if !slices.Contains(types, c.Type) {
			all := make([]string, len(types))
			for i, t := range types {
				all[i] = string(t)
			}
			f.oneOf(at+".type", string(c.Type), all...)
			continue
		}
		for j, h := range append([]string{c.Name, c.Title.Zh, c.Title.En}, c.Aliases...) {
			if p, ok := strings.CutPrefix(h, "~"); ok && j > 2 {
				where := fmt.Sprintf("%s.aliases[%d]", at, j-2)
				if re := f.pattern(where, p); re != nil && re.MatchString("") {
					f.fault(where, "%q 什么表头都符合", "%q fits any header", p)
				} else if re != nil {
					c.patterns = append(c.patterns, re)
				}
				continue
			}
			if j == 0 && names[c.Name] != at {
				continue // said already
			}
			where := at
			if j > 2 {
				where = fmt.Sprintf("%s.aliases[%d]", at, j-2)
			}
			k := HeaderKey(h)
			if k == "" {
				if j > 2 {
					f.fault(where, "为空", "is blank")
				}
				continue
			}
			if other, taken := headers[k]; taken && other != at {
				f.fault(where, "表头 %q 已用于 %s", "header %q is already used by %s", h, other)
				continue
			}
			headers[k] = at
		}
		switch {
		case c.Position < 0:
			f.fault(at+".position", "是 %d，应从 1 起", "is %d, want 1 or more", c.Position)
		case c.Position == 0:
			if _, given := f.lines[at+".position"]; given {
				f.fault(at+".position", "是 %d，应从 1 起", "is %d, want 1 or more", c.Position)
			}
		default:
			if other, taken := positions[c.Position]; taken {
				f.fault(at+".position", "第 %d 列已用于 %s", "position %d is already used by %s", c.Position, other)
			}
			positions[c.Position] = at
		}
		f.column(d, c, at, lists)
	}
}

func (f *file) column(d *Dataset, c *Column, at string, lists *codes.Lists) {
	var list *codes.List
	number := c.Type == Int8 || c.Type == Int16 || c.Type == Int32 || c.Type == Int64
	switch {
	case c.Type == Code && c.List == "":
		f.fault(at, "类型 code 缺少 list，可用 %s", "type code lacks list, have %s", strings.Join(lists.Names(), " "))
	case c.List != "":
		list = lists.Get(c.List)
		c.list = list
		if list == nil {
			f.fault(at+".list", "没有代码表 %q%s，可用 %s", "there is no code list %q%s, have %s", c.List, nearest(c.List, lists.Names()), strings.Join(lists.Names(), " "))
		} else if c.Type == Bool && !twoValued(list) {
			f.fault(at+".list", "是否列的代码表须有 rank，且只有 1 和 0，%q 不是", "the list of a yes-or-no column has the ranks 1 and 0 only, %q has not", c.List)
		} else if number && !list.Ranked {
			f.fault(at+".list", "整数列存位次，而代码表 %q 没有 rank", "an integer column stores the rank, and code list %q has none", c.List)
		}
		if c.Type != Code && c.Type != Bool && !number {
			f.fault(at+".list", "类型 %s 不能有 list，应为 code、bool 或整数", "type %s takes no list, want code, bool or an integer", c.Type)
		}
	}
	if c.Match != "" {
		c.match = f.pattern(at+".match", c.Match)
		switch c.Type {
		case Person, CreditCode, Strings:
			f.fault(at+".match", "类型 %s 不能有 match", "type %s takes no match", c.Type)
		}
	}
	if c.FillDown && (c.Of != "" || d.Unpivot != nil && slices.Contains(d.Unpivot.Values, c.Name)) {
		f.fault(at+".fill_down", "只能用于自己有一列的列", "is for a column that has cells of its own")
	}
	if c.Of == "_file" || c.Of == "_sheet" {
		if c.Personal != "" {
			f.fault(at+".of", "个人信息不能取自 %s", "personal data cannot come from %s", c.Of)
		}
	} else if c.Of != "" {
		if o := f.columnAt(d, at+".of", c.Of); o != nil {
			if o.Of != "" {
				f.fault(at+".of", "列 %q 本身也取自 %q，应直接取自来源列", "column %q is itself taken from %q, want the column the cell stands in", c.Of, o.Of)
			}
			if c.Parse == "" && c.Match == "" {
				f.fault(at, "有 of 而没有 parse 或 match", "has of but neither parse nor match")
			}
		}
	}
	if c.Parse != "" {
		f.parser(at+".parse", c.Parse, c.Type)
	}
	if c.Default != "" && list != nil && number {
		if _, ok := list.FindRank(c.Default); !ok {
			if n, err := strconv.Atoi(c.Default); err != nil {
				f.fault(at+".default", "%q 不在代码表 %q 中", "%q is not in list %q", c.Default, c.List)
			} else if _, ok := list.OfRank(n); !ok {
				f.fault(at+".default", "代码表 %[2]q 没有位次 %[1]q", "list %[2]q has no rank %[1]q", c.Default, c.List)
			}
		}
	}
	if c.Required && c.Default != "" {
		f.fault(at+".default", "required 的列不能有 default", "a required column takes no default")
	}
	if c.Default != "" && list != nil && (c.Type == Code || c.Type == Bool) {
		if _, ok := list.Value(c.Default); !ok {
			f.fault(at+".default", "%q 不是代码表 %q 的代码，可用 %s", "%q is not a code of list %q, have %s", c.Default, c.List, strings.Join(firstOf(list.Codes(), 20), " "))
		}
	}
	if c.Default != "" && list == nil && c.Type != Strings {
		if _, err := c.literal(); err != nil {
			f.fault(at+".default", "%q 不是类型 %s 的值", "%q is not a value of type %s", c.Default, c.Type)
		}
	}
	if len(c.Nulls) > 0 && c.NullsOnly != nil {
		f.fault(at+".nulls_only", "不能与 nulls 同时写", "cannot stand beside nulls")
	}
	if c.Min != nil || c.Max != nil {
		if !number && c.Type != Float64 {
			f.fault(at, "类型 %s 不能有 min 或 max，应为数", "type %s takes no min or max, want a number", c.Type)
		}
	}
	if c.Min != nil && c.Max != nil && *c.Min > *c.Max {
		f.fault(at+".min", "%v 大于 max %v", "%v is greater than max %v", *c.Min, *c.Max)
	}
	if c.Bad != "" {
		f.oneOf(at+".bad", c.Bad, "reject", "null")
		if c.Bad == "null" && !c.Nullable() {
			f.fault(at+".bad", "列 %q 不可为空，只能是 reject", "column %q may not be NULL, want reject", c.Name)
		}
	}
	switch c.Personal {
	case "":
		if c.Type == Person {
			f.fault(at, "类型 person 须写 personal: id 或 phone", "type person wants personal: id or phone")
		}
	case PersonalID, PersonalPhone:
		if c.Type != Person {
			f.fault(at+".personal", "%s 只能是类型 person（加密散列），现为 %s", "%s wants type person (a keyed hash), is %s", c.Personal, c.Type)
		}
	case PersonalName:
		if c.Type != String {
			f.fault(at+".personal", "name 应为类型 string，现为 %s", "name wants type string, is %s", c.Type)
		}
		if c.Why.Zh == "" || c.Why.En == "" {
			f.fault(at, "存姓名须用 why: {zh, en} 说明理由", "a stored name wants its reason in why: {zh, en}")
		}
	default:
		f.oneOf(at+".personal", string(c.Personal), "id", "name", "phone")
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

func (f *file) parser(at, name string, t Type) {
	if _, ok := Parsers[name]; !ok {
		f.oneOf(at, name, parserNames()...)
		return
	}
	if !fills(name, t) {
		f.fault(at, "%q 得到 %v，不能填入类型 %s", "%q yields %v and cannot fill type %s", name, Parsers[name], t)
	}
}

func (f *file) layouts(d *Dataset) {
	names := map[string]bool{}
	for i := range d.Layouts {
		l := &d.Layouts[i]
		at := fmt.Sprintf("layouts[%d]", i+1)
		if !nameRule.MatchString(l.Name) {
			f.fault(at+".name", "是 %q，应为小写字母开头的字母、数字、下划线", "is %q, want lower-case letters, digits and underscores, a letter first", l.Name)
		} else if names[l.Name] {
			f.fault(at+".name", "版式 %q 声明了两次", "layout %q is declared twice", l.Name)
		}
		names[l.Name] = true
		if l.Width < 1 {
			f.fault(at+".width", "是 %d，应为列数", "is %d, want the number of columns", l.Width)
		}
		if len(l.Heading) > 0 && len(l.Heading) != l.Width {
			f.fault(at+".heading", "有 %d 项，应与 width 相同，为 %d", "has %d items, want width, %d", len(l.Heading), l.Width)
		}
		switch _, given := f.lines[at+".share"]; {
		case !given:
			l.Share = 0.8
		case l.Share <= 0 || l.Share > 1:
			f.fault(at+".share", "是 %v，应大于 0 且不大于 1", "is %v, want more than 0 and at most 1", l.Share)
		}
		if len(l.Match) == 0 {
			f.fault(at, "缺少 match: {位置: 正则}，否则同样列数的任何文件都会套用", "lacks match: {position: pattern}; any file of that width would fit")
		}
		l.match = map[int]*regexp.Regexp{}
		for _, pos := range slices.Sorted(maps.Keys(l.Match)) {
			p := l.Match[pos]
			where := fmt.Sprintf("%s.match.%d", at, pos)
			if pos < 1 || pos > l.Width {
				f.fault(where, "位置 %d 不在 1 与 %d 之间", "position %d is not within 1 to %d", pos, l.Width)
			}
			l.match[pos] = f.pattern(where, p)
		}
		for _, name := range slices.Sorted(maps.Keys(l.Columns)) {
			b := l.Columns[name]
			where := at + ".columns." + name
			c := f.columnAt(d, where, name)
			if b.At < 1 || b.At > l.Width {
				f.fault(where, "at 是 %d，应在 1 与 %d 之间", "at is %d, want 1 to %d", b.At, l.Width)
			}
			if b.Parse != "" && c != nil {
				f.parser(where+".parse", b.Parse, c.Type)
			}
		}
		for _, c := range d.Columns {
			if _, bound := l.Columns[c.Name]; bound || !c.Required || c.Of == "_file" || c.Of == "_sheet" {
				continue
			}
			if _, bound := l.Columns[c.Of]; c.Of == "" || !bound {
				f.fault(at+".columns", "缺少必填列 %q", "required column %q is not bound", c.Name)
			}
		}
	}
	if d.HeaderRows != 0 {
		switch {
		case d.HeaderRows < 1 || d.HeaderRows > 4:
			f.fault("header_rows", "是 %d，应为 1 至 4", "is %d, want 1 to 4", d.HeaderRows)
		case d.Header == "none":
			f.fault("header_rows", "header 为 none，没有表头", "header is none: there is no header")
		}
	}
	if d.Header == "none" && len(d.Layouts) == 0 {
		for i, c := range d.Columns {
			if c.Position == 0 && c.Of == "" && c.Required {
				f.fault(fmt.Sprintf("columns[%d]", i+1), "header 为 none，必填列 %q 须有 position", "header is none: required column %q wants a position", c.Name)
			}
		}
	}
}

func (f *file) checks(d *Dataset) {
	names := map[string]bool{}
	for i, c := range d.Checks {
		at := fmt.Sprintf("checks[%d]", i+1)
		f.checkName(at, c.Name, names)
		f.text(at+".reason", c.Reason)
		if _, err := CompileCheck(d, c.Expr); err != nil {
			zh, en := checkMessage(err)
			f.fault(at+".expr", "%[1]s", "%[2]s", zh, en)
		}
	}
	for i, c := range d.SetChecks {
		at := fmt.Sprintf("set_checks[%d]", i+1)
		f.checkName(at, c.Name, names)
		f.text(at+".reason", c.Reason)
		if (len(c.Unique) == 0) == (c.Expr == "") {
			f.fault(at, "应有 unique 或 expr 其一", "wants either unique or expr")
		}
		for j, u := range c.Unique {
			f.columnAt(d, fmt.Sprintf("%s.unique[%d]", at, j+1), u)
		}
		if c.Action != "" {
			f.oneOf(at+".action", c.Action, "hold", "warn")
		}
	}
}

func (f *file) checkName(at, name string, seen map[string]bool) {
	if !nameRule.MatchString(name) {
		f.fault(at+".name", "是 %q，应为小写字母开头的字母、数字、下划线", "is %q, want lower-case letters, digits and underscores, a letter first", name)
	} else if seen[name] {
		f.fault(at+".name", "检查 %q 声明了两次", "check %q is declared twice", name)
	}
	seen[name] = true
}
