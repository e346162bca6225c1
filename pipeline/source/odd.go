package source

import "yanzhen/pipeline/source/drawn"

// letters notes what the formats of letters say of the row that was read.
func letters(o *drawn.Odd, w *workbook, row int) {
	if w.strike {
		o.Struck.Add(row)
	}
	if w.part {
		o.Void.Add(row)
	}
	if w.faint {
		o.Faint.Add(row)
	}
}

func (t *Table) tellOf(o *drawn.Odd) {
	o.Tell(func(n drawn.Note) {
		t.notes = append(t.notes, Note{Sheet: t.Sheet, Row: n.Row, Rule: n.Rule, Count: n.Count, Text: n.Text})
	})
}
