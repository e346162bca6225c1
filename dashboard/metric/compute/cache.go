package compute

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/early"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/direct"
	"yanzhen/dashboard/metric/refusal"
	"yanzhen/pipeline/warehouse"
)

// answer is what a statement returned while the ledger said what key says. Its rows are shared:
// nobody changes them.
type answer struct {
	rows   []row
	stated bool // they came from what is kept beside the rows
	cells  int
	used   uint64
}

// flight is a statement under way. It is cancelled when nobody waits for it any more.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int
	rows    []row
	stated  bool
	err     error
}

// ask returns the rows of s, which depend on m's datasets: from the cache, from the same statement
// under way, or from the database.
func (q *question) ask(ctx context.Context, s warehouse.Statement, m *metric.Metric) ([]row, error) {
	var b strings.Builder
	b.WriteString(s.SQL)
	for _, name := range slices.Sorted(maps.Keys(s.Params)) {
		b.WriteString("\x00" + name + "\x00" + s.Params[name])
	}
	read, dated := q.reads(m, s)
	for _, name := range m.Datasets() {
		version := q.live.Version(name)
		if dated {
			version = q.live.Touched(name, read)
		}
		b.WriteString("\x00" + name + "\x00" + version)
	}
	for _, name := range m.Lookups() {
		b.WriteString("\x00" + name + "\x00" + q.live.Version(name))
	}
	key := b.String()
	if rows, ok := q.recall(key); ok {
		return rows, nil
	}
	sql, kept := q.live.Written(s, m)
	if s.Inner != "" {
		own := *q
		own.stated = new(bool)
		few, err := own.ask(ctx, warehouse.Statement{SQL: s.Inner, Kept: s.InnerKept, Params: s.Params, Settings: s.Settings, Tag: s.Tag}, m)
		if err != nil {
			return nil, err
		}
		if text, ok := inPlace(q.live.Seen(s.Outer), few); ok {
			if sql, kept = text, ""; *own.stated { // so is what is counted of it
				kept = text
			}
		}
	}
	s.SQL = sql
	rows, stated, err := q.Engine.ask(ctx, key, s, kept)
	*q.stated = *q.stated || stated
	return rows, err
}

// inPlace puts rows that were asked for once into one of the statements that count them; false where there are none, too many,
// or a text among them looks like a table.
func inPlace(outer string, few []row) (string, bool) {
	if len(few) != 1 || few[0].why == "" || strings.Contains(few[0].why, "mart.") {
		return "", false
	}
	return strings.ReplaceAll(outer, "{rows}", few[0].why), true
}

func (e *Engine) ask(ctx context.Context, key string, s warehouse.Statement, kept string) (rows []row, stated bool, err error) {
	if at := early.At(ctx); at != nil {
		return e.early(ctx, at, key, s, kept)
	}
	e.mu.Lock()
	if k := e.known(key); k != nil {
		e.mu.Unlock()
		return k.rows, k.stated, nil
	}
	f := e.flights[key]
	if f == nil {
		fctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.timeout())
		f = &flight{done: make(chan struct{}), cancel: cancel}
		if e.flights == nil {
			e.flights = map[string]*flight{}
		}
		e.flights[key] = f
		go e.fly(fctx, key, s, kept, f)
	}
	f.waiters++
	e.mu.Unlock()
	select {
	case <-f.done:
		return f.rows, f.stated, refusal.InTime(f.err)
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
		return nil, false, refusal.InTime(ctx.Err())
	}
}

// known is what is kept under key; nil: nothing. The caller holds mu.
func (e *Engine) known(key string) *answer {
	k := e.kept[key]
	if k != nil {
		e.clock++
		k.used = e.clock
	}
	return k
}

func (e *Engine) timeout() time.Duration { return cmp.Or(e.Timeout, time.Minute) }

// early runs a statement that nobody has asked for yet, at the place of such. Nobody else waits for it: it is broken off when
// somebody comes, who has it run in the usual turn.
func (e *Engine) early(ctx context.Context, at *early.Place, key string, s warehouse.Statement, kept string) (rows []row, stated bool, err error) {
	known := func() bool {
		e.mu.Lock()
		defer e.mu.Unlock()
		k := e.known(key)
		if k != nil {
			rows, stated = k.rows, k.stated
		}
		return k != nil
	}
	if known() {
		return rows, stated, nil
	}
	s.Settings = early.Last(s.Settings)
	verdict := func(err error) bool {
		var no *metric.Invalid
		return errors.As(err, &no) && !no.TooMuch // what the memory did not hold may be loads' of that moment
	}
	err = at.Ask(ctx, key, verdict, func(ctx context.Context) (err error) {
		if known() { // somebody has asked for it meanwhile
			return nil
		}
		ctx, cancel := context.WithTimeout(ctx, e.timeout())
		defer cancel()
		if rows, stated, err = e.either(ctx, s, kept); err == nil {
			e.mu.Lock()
			e.keep(key, answer{rows: rows, stated: stated})
			e.mu.Unlock()
		}
		return err
	})
	return rows, stated, refusal.InTime(err)
}

func (e *Engine) fly(ctx context.Context, key string, s warehouse.Statement, kept string, f *flight) {
	defer f.cancel()
	f.rows, f.stated, f.err = e.either(ctx, s, kept)
	e.mu.Lock()
	if e.flights[key] == f {
		delete(e.flights, key)
	}
	if f.err == nil {
		e.keep(key, answer{rows: f.rows, stated: f.stated})
	}
	e.mu.Unlock()
	close(f.done)
}

// keep puts rows into the cache and drops the least recently used ones that no longer fit.
func (e *Engine) keep(key string, a answer) {
	limit := e.Cells
	if limit == 0 {
		limit = 1_000_000
	}
	if old := e.kept[key]; old != nil {
		e.cells -= old.cells
		delete(e.kept, key)
	}
	cells := len(key) / 16 // the key itself takes room, also where there are no rows
	for _, r := range a.rows {
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
	a.cells, a.used = cells, e.clock
	e.kept[key] = &a
	e.cells += cells
}

// rows runs a compiled statement.
func (e *Engine) rows(ctx context.Context, s warehouse.Statement) ([]row, error) {
	var rows []row
	s.SQL = direct.Read(e.Catalog.Dataset, nil, s.SQL)
	for a, err := range warehouse.Rows[struct {
		Period sql.Null[int32]     `db:"_period"`
		Keys   []string            `db:"_k*"`
		V      []sql.Null[float64] `db:"_v*"`
		Value  sql.Null[float64]   `db:"_value"`
		Why    string              `db:"_why"`
		N      uint64              `db:"_n"`
	}](ctx, e.DB, s) {
		switch {
		case err != nil:
			return nil, err
		case len(rows) == maxRows:
			return nil, metric.Refuse("超过 %d 个数；请减少维度或缩短期间", "more than %d numbers; ask for fewer dimensions or a shorter period", maxRows)
		case !a.Period.Valid:
			return nil, fmt.Errorf("a row without a period")
		}
		r := row{period: a.Period.V, keys: a.Keys, value: a.Value.V, null: !a.Value.Valid, why: a.Why, n: a.N}
		for _, v := range a.V {
			if !v.Valid {
				v.V = math.NaN()
			}
			r.v = append(r.v, v.V)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// either runs a statement over what is kept beside the rows, where there is such a one, and over the rows where that fails.
// It says which of them has answered.
func (e *Engine) either(ctx context.Context, s warehouse.Statement, kept string) (rows []row, stated bool, err error) {
	if kept != "" && e.way.Open() {
		of := s
		of.SQL = kept
		err = e.turns.Ask(ctx, e.Log, s.Tag, func() (err error) { rows, err = e.rows(ctx, of); return err })
		if err == nil || ctx.Err() != nil || errors.Is(err, metric.ErrInvalid) {
			return rows, true, err
		}
		e.way.Failed(e.Log, s.Tag, err)
	}
	err = e.turns.Ask(ctx, e.Log, s.Tag, func() (err error) { rows, err = e.rows(ctx, s); return err })
	return rows, false, err
}
