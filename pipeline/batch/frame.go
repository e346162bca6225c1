package batch

import (
	"errors"
	"fmt"
	"slices"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/memory"

	"yanzhen/pipeline/batch/reading"
	"yanzhen/pipeline/bind"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/sieve"
	"yanzhen/pipeline/source"
)

// frame is the columns of the dataset's table, and the batch of rows being filled.
type frame struct {
	columns  []*column
	batch    *wholes[int32] // where a row came from
	file     *words
	sheet    *words
	row      *wholes[int32]
	builders []builder // of the columns and of where a row came from, in the schema's order
	dicts    []*reading.Dictionary
	checks   []rowCheck
	seen     []dataset.Value // by the row checks
	sexes    []sexOf
	texts    sieve.Texts // what is known of those in the cells
	ahead    foresight
	rows     int // in the batch
	filling  bool
	negative bool // an amount in the row that was read last is below 0
	ofUnits  bool // the row being read is one of units, perhaps
}

type rowCheck struct {
	run  *dataset.RowCheckProgram
	decl *dataset.RowCheck
	at   *column // the first that the check reads; nil: none
}

// prepare makes the columns once they are bound.
func (t *frame) prepare(ds *dataset.Dataset, schema *arrow.Schema, b *bind.Binding, o *Options) error {
	var errs []error
	rules := reading.NewMaker(ds, o.submission())
	for i := range ds.Columns {
		r, err := rules.Rule(i, &b.Columns[i])
		if err != nil {
			errs = append(errs, err)
			continue
		}
		t.columns = append(t.columns, newColumn(r, schema.Field(i)))
	}
	for i := range ds.Checks {
		p, err := dataset.CompileCheck(ds, ds.Checks[i].Expr)
		if err != nil {
			errs = append(errs, fmt.Errorf("dataset %s: check %s: %w", ds.Name, ds.Checks[i].Name, err))
			continue
		}
		t.checks = append(t.checks, rowCheck{run: p, decl: &ds.Checks[i]})
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	t.seen = make([]dataset.Value, len(t.columns))
	for i := range t.checks {
		k := &t.checks[i]
		for _, at := range k.run.Columns() {
			t.columns[at].track = true
			if k.at == nil {
				k.at = t.columns[at]
			}
		}
	}
	t.share()
	for _, c := range t.columns {
		t.builders = append(t.builders, c.builder)
		if c.Dict != nil {
			t.dicts = append(t.dicts, c.Dict)
		}
	}
	n := len(t.columns)
	t.batch = &wholes[int32]{layout: layoutOf(schema.Field(n))}
	t.file = &words{layout: layoutOf(schema.Field(n + 1)), dict: reading.NewDictionary()}
	t.sheet = &words{layout: layoutOf(schema.Field(n + 2)), dict: reading.NewDictionary()}
	t.row = &wholes[int32]{layout: layoutOf(schema.Field(n + 3))}
	t.builders = append(t.builders, t.batch, t.file, t.sheet, t.row)
	t.dicts = append(t.dicts, t.file.dict, t.sheet.dict)
	return nil
}

// share tells each column whether another one reads the same cell as the number of a person.
func (t *frame) share() {
	for _, c := range t.columns {
		if c.Decl.Of != "" && c.At >= 0 && slices.ContainsFunc(t.columns, func(other *column) bool {
			return other.At == c.At && other.Decl.Type == dataset.Person
		}) {
			c.Share()
		}
	}
	t.sexesTwice()
}

// open makes room for a batch where none is being filled.
func (t *frame) open(mem memory.Allocator, rows int) {
	if t.filling {
		return
	}
	for _, b := range t.builders {
		b.alloc(mem, rows)
	}
	t.filling, t.rows = true, 0
}

// origin says where the row being filled came from.
func (t *frame) origin(o *source.Origin) {
	n := t.rows
	t.row.v[n] = int32(o.Row)
	t.file.v[n] = t.file.dict.Again(o.File)
	t.sheet.v[n] = t.sheet.dict.Again(o.Sheet)
}

// full reports whether the texts of the batch are as much as one should carry.
func (t *frame) full() bool {
	for _, b := range t.builders {
		if b.full(t.rows) {
			return true
		}
	}
	for _, d := range t.dicts {
		if d.Full() {
			return true
		}
	}
	return false
}

// finish makes a record of the batch, and begins the next one.
func (t *frame) finish(schema *arrow.Schema, batch uint32) arrow.Record {
	t.lay()
	for i := range t.batch.v[:t.rows] {
		t.batch.v[i] = int32(batch)
	}
	arrays := make([]arrow.Array, len(t.builders))
	for i, b := range t.builders {
		arrays[i] = b.finish(t.rows)
	}
	rec := array.NewRecord(schema, arrays, int64(t.rows))
	for _, a := range arrays {
		a.Release()
	}
	for _, d := range t.dicts {
		d.Bound()
	}
	t.doubt()
	t.filling, t.rows = false, 0
	return rec
}

// release frees what a batch that will not be finished holds.
func (t *frame) release() {
	for _, b := range t.builders {
		b.release()
	}
	for _, d := range t.dicts {
		d.Release()
	}
}
