package source

import (
	"context"
	"slices"

	"yanzhen/pipeline/source/drawn"
	"yanzhen/pipeline/source/inflate"
	"yanzhen/pipeline/source/ods"
	"yanzhen/pipeline/source/remarks"
)

// openODS reads all of an OpenDocument workbook but the sheets.
func (f *File) openODS(ctx context.Context, size int64, o Options) error {
	pattern, err := sheetPattern(o)
	if err != nil {
		return err
	}
	z, err := inflate.NewReader(f.disk, size)
	if err != nil {
		return halfCopied.refuse("half_written")
	}
	b, err := ods.Open(ctx, z, ods.Limits{Columns: o.Limits.Columns, RecordBytes: o.Limits.RecordBytes, UnzippedBytes: o.Limits.UnzippedBytes})
	if err != nil {
		return err
	}
	for _, s := range b.Sheets {
		t := &Table{File: f.name, Sheet: o.known(s.Name), epoch: &b.Epoch}
		t.scan = func(ctx context.Context, after int, yield func(Row, error) bool) {
			t.scanSheet(ctx, s.Rows, after, yield)
		}
		t.merges = func() ([]merge, error) {
			return slices.DeleteFunc(slices.Clone(s.Merges), func(m merge) bool { return m.Top > headerRows+headerDepth }), nil
		}
		t.below = func() []merge {
			return slices.DeleteFunc(slices.Clone(s.Merges), func(m merge) bool { return m.Top <= t.last })
		}
		t.remarks = func() []remarks.Remark { return s.Remarks }
		t.lies = func() (drawn.Drawing, *drawn.Conditions) { return s.Drawing, &s.Conditions }
		f.take(t, sheet{name: s.Name, hidden: s.Hidden}, pattern, o)
	}
	if f.epoch = b.Epoch; len(f.tables) == 0 {
		return f.noSheet()
	}
	return nil
}
