// Package bind finds where the columns of a dataset stand in a file: by header, by layout or by position, in which
// unit their numbers are, and what a blank cell means there.
package bind

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/contrary"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
	"yanzhen/pipeline/units"
)

// Binding says which cell of a row each column is read from.
type Binding struct {
	Layout  string           // the declared layout that fits a file without usable header; empty: by name or position
	Columns []Bound          // one for each column of the dataset, in its order
	Extra   []Extra          // headers that no column took
	Spread  []dataset.Spread // the rows that a row of the file becomes, where the dataset unpivots; nil: it is one row
	Width   int              // number of columns of the file; 0: not known
	Heading *dataset.Layout  // the layout, whose heading is no row of data
	Said    []codes.Text     // worth telling of how it was bound
	Opposed []codes.Text     // defaults of which something says the opposite
	Asked   []account.Ask    // units that a person has to look at before the rows count
}

// Bound is where one column comes from.
type Bound struct {
	Column   string
	At       int        // 0-based index of the cell; -1: the file has none
	Header   string     // as in the file; empty where the file has no header
	How      string     // header, of, layout, position, name (of the file or the sheet), spread, default, absent
	Parse    string     // named parser; empty: the type's own reading
	Unit     string     // that the numbers are in, as the header or a line above it says; empty: nothing says so
	Measure  units.Unit // Unit, read
	Either   bool       // some numbers of the column have a comma before the decimals: one that can be read both ways is refused
	Blank    string     // what a blank or absent cell means here, instead of the column's default; empty: that
	Affirmed bool       // what stands around the table says the column's default
	Contrary bool       // what stands around the table contradicts itself about that: a blank cell is refused
	Parts    bool       // the header counts in percent, and the column does not say that it does: 50 is 0.5
	Plain    bool       // the header counts in ten thousands of persons or things, and the column does not say that it does: 5 is 50,000
}

// Extra is a header that no column took.
type Extra struct {
	Header string
	At     int
	Fits   string // a column that an earlier header took already; empty: none knows it
}

// Cells names the columns of the file that column i is read from: C, or B…G where its cells are
// spread over several; empty: none.
func (b *Binding) Cells(i int) string {
	bound := b.Columns[i]
	if bound.At < 0 {
		return ""
	}
	if bound.How != "spread" {
		return source.Letters(bound.At)
	}
	first, last := -1, -1
	for _, s := range b.Spread {
		for _, at := range s.At {
			if at >= 0 && (first < 0 || at < first) {
				first = at
			}
			last = max(last, at)
		}
	}
	if first == last {
		return source.Letters(first)
	}
	return source.Letters(first) + "…" + source.Letters(last)
}

// Error says why a file does not fit a dataset: every required column that is missing, every
// header that could mean two things.
type Error struct {
	Dataset string
	Faults  []codes.Text
}

// Error prints the faults in Chinese, then in English.
func (e *Error) Error() string {
	zh, en := make([]string, len(e.Faults)), make([]string, len(e.Faults))
	for i, f := range e.Faults {
		zh[i], en[i] = f.Zh, f.En
	}
	return "数据集 " + e.Dataset + "：" + strings.Join(zh, "；") + " / dataset " + e.Dataset + ": " + strings.Join(en, "; ")
}

func (e *Error) add(zh, en string) {
	e.Faults = append(e.Faults, codes.Text{Zh: zh, En: en})
}

var repeated = regexp.MustCompile(`#[0-9]+$`)

// looseKey is a header without its brackets and without the upper rows of a merged header.
func looseKey(h string) string {
	out, _, _ := units.Heading(repeated.ReplaceAllString(h, ""))
	out = strings.TrimRight(out, "/ ")
	if i := strings.LastIndexByte(out, '/'); i >= 0 {
		out = out[i+1:]
	}
	return dataset.HeaderKey(out)
}

// Columns finds the cell of every column: by a header that names it, by a declared layout that fits
// the first rows, or by declared positions. header is nil where the file has none; first are the
// texts of the first rows, which only layouts need. The headers in the binding are told without the
// numbers of persons: what was taken for a header may be a row of data.
func Columns(ds *dataset.Dataset, header []string, first [][]string) (*Binding, error) {
	b, err := bind(ds, header, first)
	for i := range b.Columns {
		b.Columns[i].Header = cell.Scrub(b.Columns[i].Header)
	}
	for i := range b.Extra {
		b.Extra[i].Header = cell.Scrub(b.Extra[i].Header)
	}
	return b, err
}

func bind(ds *dataset.Dataset, header []string, first [][]string) (*Binding, error) {
	b := &Binding{Columns: make([]Bound, len(ds.Columns)), Width: len(header)}
	for i := range ds.Columns {
		b.Columns[i] = Bound{Column: ds.Columns[i].Name, At: -1, Parse: ds.Columns[i].Parse}
	}
	e := &Error{Dataset: ds.Name}
	if header == nil || ds.Header == "none" {
		if l := ds.Layout(header, first); l != nil {
			b.layout(ds, l, header)
			return b, b.missing(ds, header, e)
		}
		b.positions(ds)
		return b, b.missing(ds, nil, e)
	}
	b.names(ds, header, e)
	if len(e.Faults) == 0 {
		if err := b.missing(ds, header, &Error{Dataset: ds.Name}); err == nil {
			return b, nil
		}
	}
	// no names to go by: the header may be a heading that a layout knows, or data
	if l := ds.Layout(header, first); l != nil {
		p := &Binding{Columns: make([]Bound, len(ds.Columns)), Width: len(header)}
		for i := range ds.Columns {
			p.Columns[i] = Bound{Column: ds.Columns[i].Name, At: -1, Parse: ds.Columns[i].Parse}
		}
		p.layout(ds, l, header)
		return p, p.missing(ds, header, &Error{Dataset: ds.Name})
	}
	return b, b.missing(ds, header, e)
}

// names binds by header.
func (b *Binding) names(ds *dataset.Dataset, header []string, e *Error) {
	at := ds.Bind(header)
	taken := make([]int, len(header))
	for h := range taken {
		taken[h] = -1
	}
	for i, h := range at {
		if h >= 0 {
			taken[h] = i
		}
	}
	for i, h := range at {
		if h < 0 {
			continue
		}
		c := &ds.Columns[i]
		bound := &b.Columns[i]
		bound.At, bound.Header, bound.How = h, header[h], "header"
		exact := false
		for _, n := range c.Names() {
			exact = exact || dataset.HeaderKey(n) == dataset.HeaderKey(repeated.ReplaceAllString(header[h], ""))
		}
		// the same name twice, or two merged or bracketed headers of which either would do
		for k, other := range header {
			if k == h || taken[k] >= 0 {
				continue
			}
			same := dataset.HeaderKey(repeated.ReplaceAllString(other, "")) == dataset.HeaderKey(repeated.ReplaceAllString(header[h], ""))
			zh := dataset.Translated(other)
			if same || !exact && (looseKey(other) == looseKey(header[h]) || zh != "" && zh == dataset.Translated(header[h])) {
				e.add(fmt.Sprintf("列“%s”对应了两个表头（第 %d 列“%s”和第 %d 列“%s”），只能保留一个", c.Title.Zh, h+1, cell.Scrub(header[h]), k+1, cell.Scrub(other)),
					fmt.Sprintf("column %s fits two headers, %q (column %d) and %q (column %d): keep one", c.Name, cell.Scrub(header[h]), h+1, cell.Scrub(other), k+1))
				break
			}
		}
		b.headerUnit(c, bound, e)
		b.qualified(c, bound, e)
	}
	// a column without a heading, as the first of a matrix often is
	for i := range ds.Columns {
		p := ds.Columns[i].Position
		if p > 0 && p <= len(header) && at[i] < 0 && taken[p-1] < 0 && cell.Trim(header[p-1]) == "" {
			at[i], taken[p-1] = p-1, i
			b.Columns[i].At, b.Columns[i].How = p-1, "position"
		}
	}
	b.fromName(ds)
	b.spread(ds, header, taken, e)
	for i := range ds.Columns {
		c := &ds.Columns[i]
		if b.Columns[i].At >= 0 || c.Of == "" || b.Columns[i].How == "name" {
			continue
		}
		for j := range ds.Columns {
			if ds.Columns[j].Name == c.Of && at[j] >= 0 {
				b.Columns[i].At, b.Columns[i].Header, b.Columns[i].How = at[j], header[at[j]], "of"
			}
		}
	}
	for h, text := range header {
		if taken[h] >= 0 || cell.Trim(text) == "" {
			continue
		}
		x := Extra{Header: text, At: h}
		for i := range ds.Columns {
			for _, n := range ds.Columns[i].Names() {
				if at[i] >= 0 && n != "" && (dataset.HeaderKey(n) == dataset.HeaderKey(text) || dataset.HeaderKey(n) == looseKey(text)) {
					x.Fits = ds.Columns[i].Name
				}
			}
		}
		b.Extra = append(b.Extra, x)
	}
}

// parted asks about columns of figures or days that nothing is read from while the heading above several unused ones is their very name:
// 产值 over 上年 and 本年. left counts the cells below each.
func (b *Binding) parted(ds *dataset.Dataset, left []uint64, head source.Origin, a *account.Account) {
	for i := range b.Columns {
		c := &ds.Columns[i]
		if b.Columns[i].At >= 0 || b.Columns[i].How == "name" || b.Columns[i].How == "spread" || !c.Measures() && c.Type != dataset.Date {
			continue
		}
		var below []string
		at := -1
		for _, x := range b.Extra {
			levels := units.Levels(x.Header)
			if len(levels) < 2 || x.At >= len(left) || left[x.At] == 0 {
				continue
			}
			over := dataset.HeaderKey(levels[len(levels)-2])
			name, _ := units.Brackets(over)
			if !slices.ContainsFunc(c.Names(), func(n string) bool {
				return n != "" && (dataset.HeaderKey(n) == over || dataset.HeaderKey(n) == dataset.HeaderKey(name))
			}) {
				continue
			}
			if below = append(below, account.Shown(levels[len(levels)-1])); at < 0 {
				at = x.At
			}
		}
		if len(below) > 1 {
			a.Asked = append(a.Asked, account.Ask{Sheet: head.Sheet, At: at, Parts: true, Text: codes.Text{
				Zh: fmt.Sprintf("“%s”下面分成了%d列（%s），不知道哪一列是，都没有读取", c.Title.Zh, len(below), strings.Join(below[:min(len(below), 6)], "、")),
				En: fmt.Sprintf("%s is divided into %d columns (%s): which of them is meant is not known, and none was read", c.Name, len(below), strings.Join(below[:min(len(below), 6)], ", ")),
			}})
		}
	}
}

// fromName binds the columns that take a name, a title or a banner.
func (b *Binding) fromName(ds *dataset.Dataset) {
	for i := range ds.Columns {
		if b.Columns[i].At < 0 && ds.Columns[i].FromOutside() {
			b.Columns[i].How = "name"
		}
	}
}

// spread finds the headers that say what the cells under them are about. The cells of a row are then
// those of the file, the keys and the values.
func (b *Binding) spread(ds *dataset.Dataset, header []string, taken []int, e *Error) {
	u := ds.Unpivot
	if u == nil {
		return
	}
	long := true
	for i := range ds.Columns {
		long = long && (!u.IsSpread(ds.Columns[i].Name) || b.Columns[i].How == "header")
	}
	if long {
		return // the file is as long as the table
	}
	spread, fault := ds.Spread(header, func(i int) bool { return taken[i] >= 0 })
	if fault != nil {
		e.add(cell.Scrub(fault.Zh), cell.Scrub(fault.En)) // what was taken for a header may be a row of data
		return
	}
	if len(spread) == 0 {
		e.add(fmt.Sprintf("没有一个表头符合 unpivot.columns “%s”", u.Columns), fmt.Sprintf("no header fits unpivot.columns %q", u.Columns))
	}
	b.Spread = spread
	for i := range ds.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		if k := slices.Index(u.Keys(), c.Name); k >= 0 {
			bound.At, bound.How = len(header)+k, "spread"
		}
		v := slices.Index(u.Values, c.Name)
		if v < 0 {
			continue
		}
		bound.At, bound.How = len(header)+len(u.Keys())+v, "spread"
		for j, s := range spread {
			if s.At[v] < 0 {
				continue
			}
			one := Bound{Header: header[s.At[v]]}
			b.headerUnit(c, &one, e)
			if bound.Header != "" && one.Measure != bound.Measure {
				e.add(fmt.Sprintf("列“%s”的表头单位不一：“%s”和“%s”", c.Title.Zh, cell.Scrub(bound.Header), cell.Scrub(one.Header)),
					fmt.Sprintf("the headers of column %s differ in their unit: %q and %q", c.Name, cell.Scrub(bound.Header), cell.Scrub(one.Header)))
				break
			}
			if j == 0 || bound.Header == "" {
				bound.Header, bound.Unit, bound.Measure = one.Header, one.Unit, one.Measure
			}
		}
	}
	for _, s := range spread {
		for v, h := range s.At {
			if h >= 0 {
				taken[h] = slices.IndexFunc(ds.Columns, func(c dataset.Column) bool { return c.Name == u.Values[v] })
			}
		}
	}
}

// shorten cuts what a file has for a header to what a header needs.
func shorten(s string) string {
	const most = 24
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

func (b *Binding) layout(ds *dataset.Dataset, l *dataset.Layout, header []string) {
	b.Layout, b.Heading, b.Width = l.Name, l, l.Width
	for i := range ds.Columns {
		at, parse, ok := ds.Binding(l, i)
		if !ok {
			continue
		}
		bound := &b.Columns[i]
		bound.At, bound.Parse, bound.How = at-1, parse, "layout"
		if at-1 < len(header) {
			bound.Header = header[at-1]
		}
	}
	b.fromName(ds)
}

func (b *Binding) positions(ds *dataset.Dataset) {
	for i := range ds.Columns {
		if p := ds.Columns[i].Position; p > 0 {
			b.Columns[i].At, b.Columns[i].How = p-1, "position"
			b.Width = max(b.Width, p)
		}
	}
	for i := range ds.Columns {
		c := &ds.Columns[i]
		if b.Columns[i].At >= 0 || c.Of == "" || c.Of[0] == '_' {
			continue
		}
		for j := range ds.Columns {
			if ds.Columns[j].Name == c.Of && ds.Columns[j].Position > 0 {
				b.Columns[i].At, b.Columns[i].How = ds.Columns[j].Position-1, "of"
			}
		}
	}
	b.fromName(ds)
	b.Width = 0 // positions say nothing about how wide the file is
}

// missing reports the required columns that nothing was found for, each with the nearest header.
func (b *Binding) missing(ds *dataset.Dataset, header []string, e *Error) error {
	for i := range ds.Columns {
		c, bound := &ds.Columns[i], &b.Columns[i]
		if bound.At >= 0 || bound.How == "name" {
			continue
		}
		bound.How = "absent"
		if c.Default != "" {
			bound.How = "default"
			continue
		}
		if !c.Required || ds.Unpivot != nil && header != nil && ds.Unpivot.IsSpread(c.Name) {
			continue // of an unpivot it was said already that no header fits
		}
		if header == nil {
			e.add("缺少必填列“"+c.Title.Zh+"”：文件没有表头，也不符合已声明的版式",
				"required column "+c.Name+" is missing: the file has no header and fits no declared layout")
			continue
		}
		zh, en := fmt.Sprintf("缺少必填列“%s”", c.Title.Zh), fmt.Sprintf("required column %s (%s) is missing", c.Name, c.Title.En)
		best, near := 0.7, ""
		for _, h := range header {
			used := false
			for j := range b.Columns {
				used = used || b.Columns[j].How == "header" && b.Columns[j].Header == h
			}
			if used {
				continue
			}
			k := codes.Key(looseKey(h))
			for _, n := range c.Names() {
				if d := cell.Distance(k, dataset.HeaderKey(n)); d < best {
					best, near = d, h
				}
			}
		}
		if near != "" {
			near = shorten(cell.Quote(near, ""))
			zh += "，最接近的表头是“" + near + "”"
			en += ", the nearest header is " + strconv.Quote(near)
		}
		e.add(zh, en)
	}
	if len(e.Faults) == 0 {
		return nil
	}
	matched, filled := false, 0
	for _, c := range b.Columns {
		matched = matched || c.How == "header" || c.How == "spread" || c.How == "position"
	}
	for _, h := range header {
		if cell.Trim(h) != "" {
			filled++
		}
	}
	switch {
	case filled > 0 && !matched: // perhaps a row of data, with names in it
		e.add(fmt.Sprintf("文件的 %d 个表头没有一个属于本数据集", filled), fmt.Sprintf("none of the file's %d headers belongs to this dataset", filled))
	case filled > 0:
		seen := make([]string, 0, len(header))
		for _, h := range header {
			if len(seen) == 20 {
				seen = append(seen, "…")
				break
			}
			if h = cell.Trim(h); h != "" {
				seen = append(seen, shorten(cell.Quote(strings.Join(strings.Fields(h), " "), "")))
			}
		}
		list := strings.Join(seen, "、")
		e.add("文件的表头是 "+list, "the file's headers are "+list)
	}
	return e
}

// Account adds to an account how the columns were bound: which headings no column took, with the filled cells
// below each column of the file in left, what the first of them says, and which columns found no heading.
func (b *Binding) Account(ds *dataset.Dataset, head source.Origin, left []uint64, says map[int]string, a *account.Account) {
	for _, t := range b.Said {
		if head.Sheet != "" {
			t.Zh, t.En = head.Sheet+"："+t.Zh, head.Sheet+": "+t.En
		}
		a.Say(t)
	}
	for _, q := range b.Asked {
		q.Sheet = head.Sheet
		a.Asked = append(a.Asked, q)
	}
	for _, t := range b.Opposed {
		if head.Sheet != "" {
			t.Zh, t.En = head.Sheet+"："+t.Zh, head.Sheet+": "+t.En
		}
		if slices.Contains(ds.Against, contrary.None) {
			a.Say(t)
		} else {
			a.Oppose(t)
		}
	}
	b.parted(ds, left, head, a)
	headings := map[int]string{}
	for _, x := range b.Extra {
		headings[x.At] = account.Shown(x.Header)
		for len(left) <= x.At {
			left = append(left, 0)
		}
	}
	for at, n := range left {
		text, named := headings[at]
		if n == 0 && !named {
			continue
		}
		if text == "" {
			if text = "—"; says[at] != "" {
				text = "—（" + says[at] + "）"
			}
		}
		a.Leave(account.Columns, account.Item{Sheet: head.Sheet, At: cmp.Or(head.Cell(at), source.Letters(at)), Text: text, Cells: n})
	}
	for i := range b.Columns {
		if how := b.Columns[i].How; how == "absent" || how == "default" {
			c := &ds.Columns[i]
			a.Absent = append(a.Absent, account.Absent{Sheet: head.Sheet, Column: c.Name, Title: c.Title, Default: cell.Scrub(b.blankMeans(ds, i))})
		}
	}
}
