// Package columnar writes a table of figures as typed columns for other programs: Arrow and Parquet files whose numbers are
// unrounded and whose metadata say the unit of each column and what is to be known of the figures.
package columnar

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
	"github.com/apache/arrow/go/v17/arrow/memory"
	"github.com/apache/arrow/go/v17/parquet"
	"github.com/apache/arrow/go/v17/parquet/compress"
	"github.com/apache/arrow/go/v17/parquet/pqarrow"

	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Fact is one entry of a file's metadata: title, period, data date ...
type Fact struct{ Name, Text string }

// Parquet writes a table as a Parquet file, compressed with Zstandard.
func Parquet(g grid.Grid, lang codes.Lang, facts []Fact) ([]byte, error) {
	r := record(g, lang, facts)
	defer r.Release()
	var out bytes.Buffer
	w, err := pqarrow.NewFileWriter(r.Schema(), &out, parquet.NewWriterProperties(parquet.WithCompression(compress.Codecs.Zstd)),
		pqarrow.NewArrowWriterProperties(pqarrow.WithStoreSchema()))
	if err != nil {
		return nil, fmt.Errorf("write parquet: %w", err)
	}
	if err := w.WriteBuffered(r); err != nil {
		return nil, fmt.Errorf("write parquet: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write parquet: %w", err)
	}
	return out.Bytes(), nil
}

// Arrow writes a table as an Arrow IPC file, which is Feather of version 2.
func Arrow(g grid.Grid, lang codes.Lang, facts []Fact) ([]byte, error) {
	r := record(g, lang, facts)
	defer r.Release()
	var out seeker
	w, err := ipc.NewFileWriter(&out, ipc.WithSchema(r.Schema()))
	if err != nil {
		return nil, fmt.Errorf("write arrow: %w", err)
	}
	if err := w.Write(r); err != nil {
		return nil, fmt.Errorf("write arrow: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("write arrow: %w", err)
	}
	return out.Bytes(), nil
}

// seeker is a buffer that says where it ends, which is all that the writer of Arrow files seeks for.
type seeker struct{ bytes.Buffer }

func (s *seeker) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence == io.SeekStart {
		return 0, errors.ErrUnsupported
	}
	return int64(s.Len()), nil
}

// record makes the columns: numbers as float64, null where there is none, all else as text. As in a CSV file a column says
// why numbers are missing where any is, and one names the columns whose numbers are not final.
func record(g grid.Grid, lang codes.Lang, facts []Fact) arrow.Record {
	fields := make([]arrow.Field, 0, len(g.Heads)+2)
	names := make([]string, 0, cap(fields))
	add := func(name string, typ arrow.DataType, meta arrow.Metadata) {
		fields = append(fields, arrow.Field{Name: unused(name, names), Type: typ, Nullable: true, Metadata: meta})
		names = append(names, fields[len(fields)-1].Name)
	}
	for _, h := range g.Heads {
		if !h.Number {
			add(h.Text, arrow.BinaryTypes.String, arrow.Metadata{})
			continue
		}
		add(h.Text, arrow.PrimitiveTypes.Float64, arrow.NewMetadata([]string{"unit"}, []string{h.Unit.Word(lang)}))
	}
	reasons, open := len(g.Reasons()) > 0, g.Open()
	if reasons {
		add(words.In(lang, "why_missing"), arrow.BinaryTypes.String, arrow.Metadata{})
	}
	if open {
		add(words.In(lang, "provisional"), arrow.BinaryTypes.String, arrow.Metadata{})
	}
	keys, values := make([]string, len(facts)), make([]string, len(facts))
	for i, f := range facts {
		keys[i], values[i] = f.Name, f.Text
	}
	meta := arrow.NewMetadata(keys, values)
	b := array.NewRecordBuilder(memory.DefaultAllocator, arrow.NewSchema(fields, &meta))
	defer b.Release()
	for _, row := range g.Rows {
		for i, h := range g.Heads {
			var c grid.Cell
			if i < len(row) {
				c = row[i]
			}
			put(b.Field(i), h, c)
		}
		at := len(g.Heads)
		why, notFinal := grid.Said(row, names[:len(g.Heads)])
		if reasons {
			b.Field(at).(*array.StringBuilder).Append(words.Join(lang, "sep_clause", why))
			at++
		}
		if open {
			b.Field(at).(*array.StringBuilder).Append(words.Join(lang, "sep_list", notFinal))
		}
	}
	return b.NewRecord()
}

func put(to array.Builder, h grid.Head, c grid.Cell) {
	switch to := to.(type) {
	case *array.Float64Builder:
		if c.Value == nil {
			to.AppendNull()
			return
		}
		to.Append(grid.Kept(*c.Value))
	case *array.StringBuilder:
		if c.Text == "" || h.Number && c.Value == nil {
			to.AppendNull()
			return
		}
		to.Append(c.Text)
	}
}

// unused is a name that no column before has: two columns of one name are refused by many readers.
func unused(name string, taken []string) string {
	out := name
	for n := 2; slices.Contains(taken, out); n++ {
		out = fmt.Sprintf("%s (%d)", name, n)
	}
	return out
}
