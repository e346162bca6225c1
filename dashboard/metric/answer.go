package metric

import (
	"context"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/apache/arrow/go/v17/arrow"
	"github.com/apache/arrow/go/v17/arrow/array"

	"yanzhen/pipeline/warehouse"
)

// answer is what a statement returned while the ledger said what key says. Its rows are shared:
// nobody changes them.
type answer struct {
	rows  []row
	cells int
	used  uint64
}

// flight is a statement under way. It is cancelled when nobody waits for it any more.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int
	rows    []row
	err     error
}

// ask returns the rows of s, which depend on m's datasets: from the cache, from the same statement
// under way, or from the database.
func (a *asking) ask(ctx context.Context, s warehouse.Statement, m *Metric) ([]row, error) {
	var b strings.Builder
	b.WriteString(s.SQL)
	for _, name := range slices.Sorted(maps.Keys(s.Params)) {
		b.WriteString("\x00" + name + "\x00" + s.Params[name])
	}
	for _, name := range slices.Concat(m.datasets, m.lookups) {
		b.WriteString("\x00" + name + "\x00" + a.data[name].version)
	}
	return a.Engine.ask(ctx, b.String(), s)
}

func (e *Engine) ask(ctx context.Context, key string, s warehouse.Statement) ([]row, error) {
	e.mu.Lock()
	if k := e.kept[key]; k != nil {
		e.clock++
		k.used = e.clock
		e.mu.Unlock()
		return k.rows, nil
	}
	f := e.flights[key]
	if f == nil {
		timeout := e.Timeout
		if timeout == 0 {
			timeout = time.Minute
		}
		fctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
		f = &flight{done: make(chan struct{}), cancel: cancel}
		if e.flights == nil {
			e.flights = map[string]*flight{}
		}
		e.flights[key] = f
		go e.fly(fctx, key, s, f)
	}
	f.waiters++
	e.mu.Unlock()
	select {
	case <-f.done:
		return f.rows, f.err
	case <-ctx.Done():
		e.mu.Lock()
		defer e.mu.Unlock()
		if f.waiters--; f.waiters == 0 {
			f.cancel()
			// Whoever asks next starts anew rather than join what was cancelled.
			if e.flights[key] == f {
				delete(e.flights, key)
			}
		}
		return nil, ctx.Err()
	}
}

func (e *Engine) fly(ctx context.Context, key string, s warehouse.Statement, f *flight) {
	defer f.cancel()
	f.rows, f.err = e.rows(ctx, s)
	e.mu.Lock()
	if e.flights[key] == f {
		delete(e.flights, key)
	}
	if f.err == nil {
		e.keep(key, f.rows)
	}
	e.mu.Unlock()
	close(f.done)
}

// keep puts rows into the cache and drops the least recently used ones that no longer fit.
func (e *Engine) keep(key string, rows []row) {
	limit := e.Cells
	if limit == 0 {
		limit = 1_000_000
	}
	cells := len(key) / 16 // the key itself takes room, also where there are no rows
	for _, r := range rows {
		cells += 2 + len(r.keys) + len(r.v)
	}
	if cells > limit {
		return
	}
	if e.kept == nil {
		e.kept = map[string]*answer{}
	}
	for e.cells+cells > limit {
		oldest := ""
		for k, a := range e.kept {
			if oldest == "" || a.used < e.kept[oldest].used {
				oldest = k
			}
		}
		e.cells -= e.kept[oldest].cells
		delete(e.kept, oldest)
	}
	e.clock++
	e.kept[key] = &answer{rows, cells, e.clock}
	e.cells += cells
}

// rows runs a compiled statement.
func (e *Engine) rows(ctx context.Context, s warehouse.Statement) ([]row, error) {
	var rows []row
	err := e.read(ctx, s, func(rec arrow.Record) error {
		c := columnsOf(rec)
		if len(rows)+int(rec.NumRows()) > maxRows {
			return fmt.Errorf("%w: more than %d numbers; ask for fewer dimensions or a shorter period", ErrInvalid, maxRows)
		}
		for i := range int(rec.NumRows()) {
			r, err := c.row(i)
			if err != nil {
				return err
			}
			rows = append(rows, r)
		}
		return nil
	})
	return rows, err
}

func (e *Engine) read(ctx context.Context, s warehouse.Statement, each func(arrow.Record) error) error {
	r, err := e.DB.Query(ctx, s)
	if err != nil {
		return err
	}
	defer r.Release()
	for r.Next() {
		if err := each(r.Record()); err != nil {
			return err
		}
	}
	return r.Err()
}

// columns are the columns of a record by name.
type columns map[string]arrow.Array

func columnsOf(rec arrow.Record) columns {
	c := columns{}
	for i, f := range rec.Schema().Fields() {
		c[f.Name] = rec.Column(i)
	}
	return c
}

func (c columns) row(i int) (row, error) {
	p, null, err := c.number("_period", i)
	if err != nil {
		return row{}, err
	}
	if null {
		return row{}, fmt.Errorf("a row without a period")
	}
	r := row{period: int32(p)}
	n, _, err := c.number("_n", i)
	if err != nil {
		return row{}, err
	}
	r.n = uint64(n)
	for j := 0; c[key(j)] != nil; j++ {
		k, err := c.text(key(j), i)
		if err != nil {
			return row{}, err
		}
		r.keys = append(r.keys, k)
	}
	if c["_v0"] != nil {
		for j := 0; c["_v"+strconv.Itoa(j)] != nil; j++ {
			v, null, err := c.number("_v"+strconv.Itoa(j), i)
			if err != nil {
				return row{}, err
			}
			if null {
				v = math.NaN()
			}
			r.v = append(r.v, v)
		}
		return r, nil
	}
	if r.value, r.null, err = c.number("_value", i); err != nil {
		return row{}, err
	}
	if c["_why"] != nil {
		r.why, err = c.text("_why", i)
	}
	return r, err
}

// number reads a cell of any numeric column; a date is its days since 1970.
func (c columns) number(name string, i int) (v float64, null bool, err error) {
	a := c[name]
	if a == nil {
		return 0, false, fmt.Errorf("the answer has no column %s", name)
	}
	if a.IsNull(i) {
		return 0, true, nil
	}
	switch a := a.(type) {
	case *array.Float64:
		return a.Value(i), false, nil
	case *array.Float32:
		return float64(a.Value(i)), false, nil
	case *array.Uint64:
		return float64(a.Value(i)), false, nil
	case *array.Int64:
		return float64(a.Value(i)), false, nil
	case *array.Uint32:
		return float64(a.Value(i)), false, nil
	case *array.Int32:
		return float64(a.Value(i)), false, nil
	case *array.Uint16:
		return float64(a.Value(i)), false, nil
	case *array.Int16:
		return float64(a.Value(i)), false, nil
	case *array.Uint8:
		return float64(a.Value(i)), false, nil
	case *array.Int8:
		return float64(a.Value(i)), false, nil
	case *array.Date32:
		return float64(a.Value(i)), false, nil
	case *array.Null:
		return 0, true, nil
	}
	return 0, false, fmt.Errorf("column %s of the answer is %s, not a number", name, a.DataType())
}

func (c columns) text(name string, i int) (string, error) {
	a := c[name]
	if a == nil {
		return "", fmt.Errorf("the answer has no column %s", name)
	}
	if a.IsNull(i) {
		return "", nil
	}
	// The bytes of a string belong to the record, which is released: copy them.
	switch a := a.(type) {
	case *array.String:
		return strings.Clone(a.Value(i)), nil
	case *array.Binary:
		return string(a.Value(i)), nil
	case *array.Dictionary:
		return columns{name: a.Dictionary()}.text(name, a.GetValueIndex(i))
	}
	return "", fmt.Errorf("column %s of the answer is %s, not a text", name, a.DataType())
}

// day reads a date; zero where it is null.
func (c columns) day(name string, i int) (Day, error) {
	v, null, err := c.number(name, i)
	if err != nil || null {
		return Day{}, err
	}
	return Date(1970, 1, 1).AddDate(0, 0, int(v)), nil
}
