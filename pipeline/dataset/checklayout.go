package dataset

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// layouts checks where columns stand in files without names.
func (f *checker) layouts() {
	names := map[string]bool{}
	for i := range f.d.Layouts {
		l := &f.d.Layouts[i]
		at := fmt.Sprintf("layouts[%d]", i+1)
		if named(f.File, at+".name", l.Name) && names[l.Name] {
			f.Fault(at+".name", "版式 %q 声明了两次", "layout %q is declared twice", l.Name)
		}
		names[l.Name] = true
		f.layout(l, at)
	}
	if f.d.Header == "none" && len(f.d.Layouts) == 0 {
		placed := false
		for i, c := range f.d.Columns {
			placed = placed || c.Position > 0
			if c.Position == 0 && c.Of == "" && c.Required {
				f.Fault(fmt.Sprintf("columns[%d]", i+1), "header 为 none，必填列 %q 须有 position", "header is none: required column %q wants a position", c.Name)
			}
		}
		if !placed {
			f.Fault("header", "为 none，却没有一列写 position，任何文件都读不到一格", "is none and no column has a position: not one cell of any file would be read")
		}
	}
}

func (f *checker) layout(l *Layout, at string) {
	if l.Width < 1 {
		f.Fault(at+".width", "是 %d，应为列数", "is %d, want the number of columns", l.Width)
	}
	if len(l.Heading) > 0 && len(l.Heading) != l.Width {
		f.Fault(at+".heading", "有 %d 项，应与 width 相同，为 %d", "has %d items, want width, %d", len(l.Heading), l.Width)
	}
	if l.Share <= 0 || l.Share > 1 {
		f.Fault(at+".share", "是 %v，应大于 0 且不大于 1", "is %v, want more than 0 and at most 1", l.Share)
	}
	if len(l.Match) == 0 {
		f.Fault(at+".match", "一项也没有，同样列数的任何文件都会套用", "has no item: any file of that width would fit")
	}
	l.match = map[int]*regexp.Regexp{}
	for _, pos := range slices.Sorted(maps.Keys(l.Match)) {
		where := fmt.Sprintf("%s.match.%d", at, pos)
		if pos < 1 || pos > l.Width {
			f.Fault(where, "位置 %d 不在 1 与 %d 之间", "position %d is not within 1 to %d", pos, l.Width)
		}
		l.match[pos] = f.Pattern(where, l.Match[pos])
	}
	for _, name := range slices.Sorted(maps.Keys(l.Columns)) {
		b := l.Columns[name]
		where := at + ".columns." + name
		c := f.columnAt(where, name)
		if b.At < 1 || b.At > l.Width {
			f.Fault(where, "at 是 %d，应在 1 与 %d 之间", "at is %d, want 1 to %d", b.At, l.Width)
		}
		if b.Parse != "" && c != nil {
			f.parser(where+".parse", b.Parse, c.Type)
		}
	}
	for _, c := range f.d.Columns {
		if _, bound := l.Columns[c.Name]; bound || !c.Required || c.FromOutside() {
			continue
		}
		if _, bound := l.Columns[c.Of]; c.Of == "" || !bound {
			f.Fault(at+".columns", "缺少必填列 %q", "required column %q is not bound", c.Name)
		}
	}
}
