package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/glance"
	"yanzhen/pipeline/source/delimited"
)

// Doubt is what speaks against a row of a text file being the row it seems to be.
type Doubt = delimited.Doubt

// Dialect is how a text file is written.
type Dialect = delimited.Dialect

func (f *File) openText(ctx context.Context, size int64, o Options) error {
	w := newWanted(o.Want)
	d := delimited.Options{Dialect: o.Text, Limits: delimited.Limits{Columns: o.Limits.Columns, RecordBytes: o.Limits.RecordBytes}}
	if len(o.Want) > 0 {
		d.Names = func(cells []string) int {
			found, _ := w.score(cells)
			return found
		}
	}
	t, err := delimited.Open(ctx, f.disk, size, d)
	if err != nil {
		return refusalOf(err)
	}
	f.dialect = t.Dialect()
	table := &Table{File: f.name, text: t, skip: t.Skip()}
	table.scan = func(ctx context.Context, after int, yield func(Row, error) bool) { table.scanText(ctx, after, yield) }
	f.tables = []*Table{table}
	return nil
}

// refusalOf makes a refusal of what the text's own room says.
func refusalOf(err error) error {
	var r *delimited.Refusal
	if errors.As(err, &r) {
		return &Refusal{Row: r.Row, Rule: r.Rule, Text: r.Text, Remedy: r.Remedy}
	}
	return err
}

// cellsOf makes cells of the texts of a record, as many, and counts those that say something, those that must be looked at more
// closely, and blanks. It calls nothing where nearly every text is done with.
func cellsOf(cells []Cell, texts []string) (said, unsure, blanks int) {
	cells = cells[:len(texts)]
	for i, text := range texts {
		c := &cells[i]
		c.Text, c.Kind = text, Text
		switch glance.First(text) {
		case glance.Says:
			said++
		case glance.Nothing:
			c.Kind = Blank
			blanks++
		default:
			if glance.Second(text) {
				said++
			} else if unsure++; text[0] == '=' || text[0] == '\'' || text[0] == '"' || text[0] == '`' || text[0] == 0xe2 || text[0] == 0xef {
				c.Text = cell.Unguarded(text)
			}
		}
	}
	return said, unsure, blanks
}

func (t *Table) scanText(ctx context.Context, after int, yield func(Row, error) bool) {
	row := Row{Origin: Origin{File: t.File}}
	var before []Cell // the cells of the row before, which stay as they are for one row more
	other := 0        // the row in which another table begins
	var gaps []int
	last, under := 0, 0 // the row before; the one below a line of separators alone
	below := false      // another table may stand below one of them, or among the rows
	t.text.Scan(ctx, after, func(rec *delimited.Record, err error) bool {
		if err != nil {
			var r *Refusal
			if err = refusalOf(err); errors.As(err, &r) {
				err = r.At(t.File, "", r.Row)
			} else if ctx.Err() == nil {
				err = fmt.Errorf("source %s: %w", t.File, err)
			}
			return yield(Row{}, err)
		}
		cells := slices.Grow(before[:0], len(rec.Cells))[:len(rec.Cells)]
		before = row.Cells
		said, unsure, blanks := cellsOf(cells, rec.Cells)
		if row.Said = said; unsure > 0 {
			row.Said = 0
		}
		row.Origin.Row, row.Cells, row.Doubt = rec.Row, cells, rec.Doubt
		if blanks > 0 && rec.Doubt == nil && t.profile != nil {
			row.Doubt = t.profile.Moved(rec.Row, rec.Cells)
		}
		if row.Doubt == nil && t.profile != nil {
			row.Doubt = t.profile.Slipped(rec.Row, rec.Cells)
		}
		if rec.Row > last+1 && last > t.last && !rec.Gap {
			under = rec.Row
		}
		last = rec.Row
		if rec.Gap && rec.Row > t.last+1 {
			gaps = append(gaps, rec.Row)
		}
		if len(t.numeric) > 0 {
			least := 2
			if rec.Gap {
				least = 1
			}
			if c := t.numeric[0]; other > 0 || c < len(cells) && cells[c].Text != "" && cells[c].Text[0] >= 'A' && t.otherTable(cells, least) {
				if t.again != nil && t.again.names(cells) != nil {
					other = 0
				} else {
					other = cmp.Or(other, rec.Row)
					row.Doubt = Besides(other)
				}
			}
		}
		gap := under // the row just below an empty line, or one of separators alone
		if n := len(gaps); n > 0 {
			gap = max(gap, gaps[n-1])
		}
		if gap > 0 && !below && other == 0 && row.Doubt == nil && rec.Row <= gap+2 && !slices.Equal(trimmed(rec.Cells), t.header) {
			if n := t.profile.Other(gap, rec.Cells); n != nil {
				below = true
				t.notes = append(t.notes, Note{Row: n.Rows[0], Rule: n.Rule, Count: n.Count, Text: n.Text})
			}
		}
		if !below && !rec.Gap && other == 0 && row.Doubt == nil && t.profile.Figures(rec.Cells) {
			if n := t.profile.Stacked(rec.Row, texts(before), rec.Cells); n != nil {
				below = true
				t.notes = append(t.notes, Note{Row: n.Rows[0], Rule: n.Rule, Count: n.Count, Text: n.Text})
			}
		}
		return yield(row, nil)
	})
	t.notes = append(t.notes, t.early...)
	t.noteGaps(gaps)
	if n := t.profile.Odd(); n != nil {
		t.notes = append(t.notes, Note{Row: n.Rows[0], Rule: n.Rule, Count: n.Count, Text: n.Text})
	}
	for _, n := range t.text.Notes() {
		t.notes = append(t.notes, Note{Row: n.Rows[0], Rule: n.Rule, Count: n.Count, Text: n.Text})
	}
}
