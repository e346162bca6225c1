package dataset

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"yanzhen/pipeline/codes"

	"golang.org/x/text/width"
)

// Unpivot turns columns of the file into rows of the table: each header that Columns fits is not one
// more column, but says what the cells under it are about (2015年, 2015年/第一产业, 去往浙江).
type Unpivot struct {
	Columns string   `yaml:"columns"` // regular expression over a header; a group named like a column fills that column
	Skip    string   `yaml:"skip"`    // regular expression: headers that fit Columns and are not meant, such as a total
	Values  []string `yaml:"values"`  // the columns that take the cells; of several, the group named _ says which, by a header of it

	columns, skip *regexp.Regexp
	keys          []string // the named groups but _
}

// Keys are the columns that the headers fill.
func (u *Unpivot) Keys() []string { return u.keys }

// Spread is one row that a row of the file becomes: what the headers say of it, and where its cells
// stand.
type Spread struct {
	Keys  []string // in the order of Unpivot.Keys
	At    []int    // for each of Unpivot.Values, the index of its header; -1: none
	First int      // the first of At that is one
}

// HeaderText is a header as Unpivot.Columns sees it: in half width, with single blanks, and without
// the #2 of a repeated name.
func HeaderText(header string) string {
	s := strings.Join(strings.Fields(width.Narrow.String(header)), " ")
	return repeated.ReplaceAllString(s, "")
}

var repeated = regexp.MustCompile(`#[0-9]+$`)

// Fits reports whether the cells under a header become rows.
func (u *Unpivot) Fits(header string) bool {
	h := HeaderText(header)
	return h != "" && u.columns.MatchString(h) && (u.skip == nil || !u.skip.MatchString(h))
}

// IsSpread reports whether a column is filled by the headers or takes the cells under them.
func (u *Unpivot) IsSpread(column string) bool {
	return slices.Contains(u.keys, column) || slices.Contains(u.Values, column)
}

// Spread says which rows a row of the file becomes. taken are the headers that columns of their own
// have. Nothing: no header fits. The fault, nil where there is none, names a header whose group _ is no
// value column, or two headers that say the same.
func (d *Dataset) Spread(header []string, taken func(i int) bool) ([]Spread, *codes.Text) {
	u := d.Unpivot
	var out []Spread
	at := map[string]int{}
	for i, text := range header {
		if taken(i) || !u.Fits(text) {
			continue
		}
		h := HeaderText(text)
		m := u.columns.FindStringSubmatch(h)
		keys := make([]string, len(u.keys))
		for k, name := range u.keys {
			for g, of := range u.columns.SubexpNames() { // one alternative of several
				if of == name && m[g] != "" {
					keys[k] = strings.TrimSpace(m[g])
				}
			}
		}
		value := 0
		if g := u.columns.SubexpIndex("_"); g >= 0 {
			if value = d.valueOf(m[g]); value < 0 {
				return nil, &codes.Text{
					Zh: fmt.Sprintf("表头“%s”里的“%s”不是 unpivot.values 的列名、名称或别名：%s", h, m[g], strings.Join(u.Values, "、")),
					En: fmt.Sprintf("%q in the header %q names none of unpivot.values: %s", m[g], h, strings.Join(u.Values, ", ")),
				}
			}
		}
		id := strings.Join(keys, "\x00")
		j, ok := at[id]
		if !ok {
			j = len(out)
			at[id] = j
			s := Spread{Keys: keys, At: make([]int, len(u.Values)), First: i}
			for v := range s.At {
				s.At[v] = -1
			}
			out = append(out, s)
		}
		if first := out[j].At[value]; first >= 0 {
			return nil, &codes.Text{
				Zh: fmt.Sprintf("第 %d 列“%s”与第 %d 列“%s”说的是同一件事，只能保留一个，或用 unpivot.skip 略去另一个", first+1, HeaderText(header[first]), i+1, h),
				En: fmt.Sprintf("columns %d (%s) and %d (%s) say the same: keep one, or leave the other out by unpivot.skip", first+1, HeaderText(header[first]), i+1, h),
			}
		}
		out[j].At[value] = i
	}
	return out, nil
}

// valueOf is the value column that a header means, -1 where none does.
func (d *Dataset) valueOf(header string) int {
	keys := headerKeys(header)
	for level := range unitLevel + 1 {
		for v, name := range d.Unpivot.Values {
			for _, n := range d.Column(name).Names() {
				if k := HeaderKey(n); k != "" && k == keys[level] {
					return v
				}
			}
		}
	}
	return -1
}

func (f *checker) unpivot() {
	d := f.d
	u := d.Unpivot
	if u == nil {
		return
	}
	if u.Columns == "" {
		f.Fault("unpivot.columns", "缺少，应为对表头的正则，如 '^(?P<year>[0-9]{4})年?$'", "is missing, want a regular expression over the headers, such as '^(?P<year>[0-9]{4})年?$'")
		return
	}
	if u.columns = f.Pattern("unpivot.columns", u.Columns); u.columns == nil {
		return
	}
	if u.Skip != "" {
		u.skip = f.Pattern("unpivot.skip", u.Skip)
	}
	if u.columns.MatchString("") {
		f.Fault("unpivot.columns", "%q 连空表头都符合", "%q fits even a blank header", u.Columns)
	}
	which := false
	for _, g := range u.columns.SubexpNames() {
		switch {
		case g == "_":
			which = true
		case g != "" && !slices.Contains(u.keys, g):
			u.keys = append(u.keys, g)
			f.columnAt("unpivot.columns", g)
		}
	}
	if len(u.keys) == 0 && !which {
		f.Fault("unpivot.columns", "%q 没有命名的组；组名是列名，如 (?P<year>[0-9]{4})", "%q has no named group; a group is named like the column it fills, such as (?P<year>[0-9]{4})", u.Columns)
	}
	if len(u.Values) == 0 {
		f.Fault("unpivot.values", "缺少，应为取这些单元格的列，如 [output]", "is missing, want the columns that take the cells, such as [output]")
	}
	for i, v := range u.Values {
		at := fmt.Sprintf("unpivot.values[%d]", i+1)
		c := f.columnAt(at, v)
		switch {
		case slices.Contains(u.keys, v):
			f.Fault(at, "列 %q 已由表头填写", "column %q is filled by the headers", v)
		case slices.Contains(u.Values[:i], v):
			f.Fault(at, "%q 写了两次", "%q is given twice", v)
		case c != nil && (c.Of != "" || c.Position != 0):
			f.Fault(at, "列 %q 取自表头下的单元格，不能有 of 或 position", "column %q takes the cells under the headers: no of and no position", v)
		}
	}
	if len(u.Values) > 1 && !which {
		f.Fault("unpivot.columns", "values 有 %d 列，正则须有名为 _ 的组说明是哪一列，如 '^(?P<year>[0-9]{4})/(?P<_>.+)$'", "there are %d value columns: the pattern needs a group named _ that says which, such as '^(?P<year>[0-9]{4})/(?P<_>.+)$'", len(u.Values))
	}
	if d.Header == "none" || len(d.Layouts) > 0 {
		f.Fault("unpivot", "需要表头，不能与 header: none 或 layouts 同用", "needs a header: neither header: none nor layouts can stand beside it")
	}
}
