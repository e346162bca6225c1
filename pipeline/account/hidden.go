package account

import (
	"fmt"
	"slices"
	"strings"

	"yanzhen/pipeline/codes"
)

// Hidden says in which cells of text columns the numbers of persons stood that were hidden, column by column.
type Hidden []HiddenColumn

// HiddenColumn is one column of Hidden.
type HiddenColumn struct {
	Column codes.Text // its title
	Cells  uint64
	At     []string // the addresses of the first
}

// mostTold is how many addresses a column keeps.
const mostTold = 5

// Tell says that numbers stood in a cell of a column of that title.
func (h *Hidden) Tell(title codes.Text, sheet, at string) {
	i := slices.IndexFunc(*h, func(x HiddenColumn) bool { return x.Column == title })
	if i < 0 {
		i = len(*h)
		*h = append(*h, HiddenColumn{Column: title})
	}
	x := &(*h)[i]
	if x.Cells++; len(x.At) < mostTold {
		if sheet != "" {
			at = sheet + "!" + at
		}
		x.At = append(x.At, at)
	}
}

// Add adds what was hidden in another table of the file.
func (h *Hidden) Add(other Hidden) {
	for _, o := range other {
		i := slices.IndexFunc(*h, func(x HiddenColumn) bool { return x.Column == o.Column })
		if i < 0 {
			*h = append(*h, o)
			continue
		}
		x := &(*h)[i]
		x.Cells += o.Cells
		x.At = append(x.At, o.At[:min(len(o.At), mostTold-len(x.At))]...)
	}
}

// Notes are a sentence for each column.
func (h Hidden) Notes() []codes.Text {
	var out []codes.Text
	for _, x := range h {
		zh, en := strings.Join(x.At, "、"), strings.Join(x.At, ", ")
		if uint64(len(x.At)) < x.Cells {
			zh, en = zh+" 等", en+" and more"
		}
		out = append(out, codes.Text{
			Zh: fmt.Sprintf("列“%s”有 %d 格写了身份证号或电话号码，已遮盖：%s", x.Column.Zh, x.Cells, zh),
			En: fmt.Sprintf("%d cells of column %s hold identity or telephone numbers, which are hidden: %s", x.Cells, x.Column.In(codes.En), en),
		})
	}
	return out
}
