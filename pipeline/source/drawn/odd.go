package drawn

import (
	"fmt"
	"strconv"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/xmlscan"
)

// Odd is what a sheet shows of its rows and columns that their cells do not say: they are read like the
// others, and told.
type Odd struct {
	Hidden, Struck, Void, Faint, Merged Rows
	hiddenColumns                       []string
}

// Rows counts rows and keeps the numbers of the first.
type Rows struct {
	n    int
	rows []int
}

// maxRowsTold is how many rows of one kind are told by their numbers.
const maxRowsTold = 20

// Add takes a row in.
func (l *Rows) Add(row int) {
	if l.n++; len(l.rows) < maxRowsTold {
		l.rows = append(l.rows, row)
	}
}

// Column notes the columns that a <col> hides, of those that the table has.
func (o *Odd) Column(x *xmlscan.Reader, width int, name func(int) string) {
	first, ok := x.AttrInt("min")
	if v, err := strconv.ParseFloat(x.AttrString("width"), 64); !ok || !x.AttrBool("hidden") && (err != nil || v >= narrow) {
		return
	}
	last, _ := x.AttrInt("max")
	o.Columns(first-1, last-1, width, name)
}

// narrow is the width below which nothing of a column is seen, in characters.
const narrow = 0.2

// Columns notes the 0-based columns from first to last as hidden, of those that the table has.
func (o *Odd) Columns(first, last, width int, name func(int) string) {
	for c := max(first, 0); c <= min(last, width-1) && len(o.hiddenColumns) < maxRowsTold; c++ {
		o.hiddenColumns = append(o.hiddenColumns, name(c))
	}
}

// Unseen reports whether a <row> is hidden, or has no height.
func Unseen(x *xmlscan.Reader) bool {
	if x.AttrBool("hidden") {
		return true
	}
	if h := x.AttrString("ht"); h != "" && h[0] == '0' {
		v, err := strconv.ParseFloat(h, 64)
		return err == nil && v < 1
	}
	return false
}

// Tell tells of them.
func (o *Odd) Tell(say func(Note)) {
	tell := func(rule string, l *Rows, zh, en string) {
		if l.n == 0 {
			return
		}
		list := make([]string, len(l.rows))
		for i, r := range l.rows {
			list[i] = strconv.Itoa(r)
		}
		more := ""
		if l.n > len(list) {
			more = " …"
		}
		say(Note{Rule: rule, Row: l.rows[0], Count: l.n, Text: codes.Text{
			Zh: fmt.Sprintf(zh, l.n, strings.Join(list, "、")+more), En: fmt.Sprintf(en, l.n, strings.Join(list, ", ")+more),
		}})
	}
	tell("row_hidden", &o.Hidden, "%d 个隐藏行，已照常读取（第 %s 行）", "%d hidden rows, read like the others (row %s)")
	tell("row_struck", &o.Struck, "%d 行有带删除线或斜线的格子，已照常读取；作废的行请删去（第 %s 行）", "%d rows have cells struck or crossed through, read like the others: delete rows that are void (row %s)")
	tell("text_struck", &o.Void, "%d 行有划去一部分文字的格子，划去的字没有读取（第 %s 行）", "%d rows have cells with a part struck through, which was not read (row %s)")
	tell("text_unseen", &o.Faint, "%d 行有与底色同色、看不见的字，已照常读取；不要的行请删去（第 %s 行）", "%d rows have letters in the colour of their ground, which nobody sees, read like the others: delete rows that are not meant (row %s)")
	tell("merged_rows", &o.Merged, "数据区有 %d 处跨行合并的单元格（第 %s 行起）", "%d ranges are merged over several rows of data (from row %s)")
	if n := len(o.hiddenColumns); n > 0 {
		say(Note{Rule: "column_hidden", Count: n, Text: codes.Text{
			Zh: fmt.Sprintf("%d 个隐藏列，已照常读取（%s 列）", n, strings.Join(o.hiddenColumns, "、")),
			En: fmt.Sprintf("%d hidden columns, read like the others (%s)", n, strings.Join(o.hiddenColumns, ", ")),
		}})
	}
}
