package source

import (
	"context"
	"errors"
	"fmt"

	"yanzhen/pipeline/cell"
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

func (t *Table) scanText(ctx context.Context, after int, yield func(Row, error) bool) {
	row := Row{Origin: Origin{File: t.File}}
	t.text.Scan(ctx, after, func(rec *delimited.Record, err error) bool {
		if err != nil {
			var r *Refusal
			if err = refusalOf(err); errors.As(err, &r) {
				err = r.at(t.File, "", r.Row)
			} else if ctx.Err() == nil {
				err = fmt.Errorf("source %s: %w", t.File, err)
			}
			return yield(Row{}, err)
		}
		cells := row.Cells[:0]
		for _, text := range rec.Cells {
			kind := Text
			if text == "" {
				kind = Blank
			} else if text[0] == '=' || text[0] == '\'' {
				text = cell.Unguarded(text)
			}
			cells = append(cells, Cell{text, kind})
		}
		row.Origin.Row, row.Cells, row.Doubt = rec.Row, cells, rec.Doubt
		return yield(row, nil)
	})
	for _, n := range t.text.Notes() {
		t.notes = append(t.notes, Note{Row: n.Rows[0], Rule: n.Rule, Count: n.Count, Text: n.Text})
	}
}

// expect tells the text how many cells its rows have.
func (t *Table) expect(rows []Row) {
	heading := 0
	for _, r := range rows {
		if r.Origin.Row == t.last {
			heading = len(r.Cells)
		}
	}
	usual, _ := t.text.Usual(t.last, heading)
	if usual == 0 {
		usual = heading
	}
	t.text.Expect(usual)
}
