package source

import (
	"context"
	"errors"
	"slices"
	"strings"

	"yanzhen/pipeline/source/grid"
	"yanzhen/pipeline/source/jsonl"
	"yanzhen/pipeline/source/parquet"
)

// named is the one table of a file whose columns have names of their own, outside the rows.
func (f *File) named(columns []string) *Table {
	t := &Table{File: f.name, header: columns}
	for i, name := range t.header {
		t.header[i] = strings.TrimSpace(name)
	}
	number(t.header)
	f.tables = []*Table{t}
	return t
}

// fail hands over what ended a reading; nil: nothing has.
func (t *Table) fail(err error, yield func(Row, error) bool) {
	var r *Refusal
	if errors.As(err, &r) {
		err = r.At(t.File, "", r.Row)
	}
	if err != nil {
		yield(Row{}, err)
	}
}

func (f *File) openJSON(ctx context.Context, size int64, o Options) error {
	j, err := jsonl.Open(ctx, f.disk, size, jsonl.Limits{Columns: o.Limits.Columns, RecordBytes: o.Limits.RecordBytes})
	if err != nil {
		return err
	}
	t := f.named(slices.Clone(j.Columns))
	t.scan = func(ctx context.Context, after int, yield func(Row, error) bool) {
		t.fail(j.Rows(ctx, after, func(r jsonl.Row) bool {
			row := Row{Origin: Origin{File: t.File, Row: r.Line}, Cells: r.Cells}
			if r.Fault != nil {
				row.Doubt = &Doubt{Rule: r.Fault.Rule, Cell: -1, Lines: 1, Lost: true, Text: r.Fault.Text, Remedy: r.Fault.Remedy}
			}
			return yield(row, nil)
		}), yield)
	}
	return nil
}

func (f *File) openParquet(size int64, o Options) error {
	p, err := parquet.Open(f.disk, size, parquet.Limits{Columns: o.Limits.Columns, RecordBytes: o.Limits.RecordBytes, MemoryBytes: 4 * o.Limits.MemoryBytes, Zone: o.Zone})
	if err != nil {
		return err
	}
	t := f.named(slices.Clone(p.Columns))
	t.scan = func(ctx context.Context, after int, yield func(Row, error) bool) {
		t.fail(p.Rows(ctx, after, func(n int, cells []grid.Cell) bool {
			return yield(Row{Origin: Origin{File: t.File, Row: n}, Cells: cells}, nil)
		}), yield)
	}
	return nil
}
