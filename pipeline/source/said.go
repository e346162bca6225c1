package source

import (
	"fmt"
	"path"
	"strings"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/source/remarks"
)

// remarks gives the remarks of the sheet that stands in a part. One that cannot be read is none.
func (w *workbook) remarks(target string) (list []remarks.Remark) {
	_, byType, err := w.relations(target)
	if err != nil {
		return nil
	}
	for _, kind := range [...]string{"threadedComment", "comments"} {
		part := byType[kind]
		if part == "" || w.parts[strings.ToLower(path.Clean(part))] == nil || len(list) > 0 {
			continue // the old form repeats what the new one says
		}
		x, closer, err := w.open(part)
		if err != nil {
			continue
		}
		list, _ = remarks.Read(x)
		closer.Close()
	}
	return list
}

// hear tells of the remarks on cells of a table, none of which is read.
func (t *Table) hear(list []remarks.Remark) {
	for _, n := range remarks.Hear(list, t.header, t.first, t.last) {
		t.early = append(t.early, Note{Sheet: t.Sheet, Row: n.Row, Rule: n.Rule, Count: n.Count, Text: n.Text})
	}
}

// under notes the values that a merged range hides and that are read all the same.
func (f *filler) under(row *Row, at int) {
	if f.hidden.add(row.Origin.Row); len(f.cells) < maxRowsTold {
		f.cells = append(f.cells, row.Origin.Cell(at))
	}
}

// beside looks for values that a range over several columns hides in a row of it.
func (f *filler) beside(row *Row, m merge) {
	for at := m.left + 1; at <= m.right && at < len(row.Cells); at++ {
		if row.Cells[at].Filled() {
			f.under(row, at)
		}
	}
}

// tell tells of them.
func (f *filler) tell(t *Table) {
	if f == nil || f.hidden.n == 0 {
		return
	}
	more := ""
	if f.hidden.n > len(f.cells) {
		more = " …"
	}
	t.notes = append(t.notes, Note{Sheet: t.Sheet, Row: f.hidden.rows[0], Rule: "merged_over", Count: f.hidden.n, Text: codes.Text{
		Zh: fmt.Sprintf("合并的单元格下面藏着 %d 个看不见的值，已照常读取：%s", f.hidden.n, strings.Join(f.cells, "、")+more),
		En: fmt.Sprintf("%d values are hidden below merged cells and were read like the others: %s", f.hidden.n, strings.Join(f.cells, ", ")+more),
	}})
}
