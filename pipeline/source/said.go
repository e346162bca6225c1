package source

import (
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

// under notes a value that a merged range hides and that is read all the same.
func (f *filler) under(row *Row, at int) {
	f.n++
	f.hidden.Add("", row.Origin.Cell(at))
}

// beside looks for values that a range over several columns hides in a row of it.
func (f *filler) beside(row *Row, m merge) {
	for at := m.Left + 1; at <= m.Right && at < len(row.Cells); at++ {
		if row.Cells[at].Filled() {
			f.under(row, at)
		}
	}
}

// tell tells of them.
func (f *filler) tell(t *Table) {
	if f == nil {
		return
	}
	f.hidden.Tell(func(text codes.Text) {
		t.notes = append(t.notes, Note{Sheet: t.Sheet, Rule: "merged_over", Count: f.n, Text: text})
	}, "合并的单元格下面藏着 %d 个看不见的值，已照常读取：%s", "%d values are hidden below merged cells and were read like the others: %s")
}
