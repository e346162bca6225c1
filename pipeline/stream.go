package pipeline

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/batch"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// maxRejects is how many refused cells of one run are kept, in the table and in memory.
const maxRejects = 10_000

// rejects gathers what batch refuses. The first maxRejects are kept, all are counted.
type rejects struct {
	mu       sync.Mutex
	kept     []batch.Reject
	total    uint64
	warnings uint64
	rules    map[string]uint64
}

func (r *rejects) add(x batch.Reject) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.total++
	if x.Warn {
		r.warnings++
	}
	if r.rules == nil {
		r.rules = map[string]uint64{}
	}
	r.rules[x.Rule]++
	if len(r.kept) < maxRejects {
		r.kept = append(r.kept, x)
	}
}

// stream reads the tables of a file one after the other as one sequence of record batches: a
// workbook with many sheets is one batch. It is an array.RecordReader; batch and the insert each
// work in a goroutine of their own on either side of it.
type stream struct {
	ctx      context.Context
	ds       *dataset.Dataset
	tables   []*source.Table
	options  batch.Options
	progress func(rows uint64)
	sent     func(rows uint64) // test hook: after each record

	refs   atomic.Int64
	cur    *batch.Reader
	rows   uint64
	counts batch.Counts
	sums   map[string]float64
	hidden batch.Hidden
	cells  account.Account // of the tables that were read to their end
	err    error
}

func newStream(ctx context.Context, ds *dataset.Dataset, f *source.File, o batch.Options) *stream {
	s := &stream{ctx: ctx, ds: ds, tables: f.Tables(), options: o, sums: map[string]float64{}}
	if ds.Duplicates == "drop" {
		s.options.Seen = batch.NewSeen() // a copy on another sheet is a copy too
	} else if len(s.tables) > 1 {
		s.options.Sheets = batch.NewSheets()
	}
	s.refs.Store(1)
	return s
}

func (s *stream) Schema() *arrow.Schema { return s.ds.ArrowSchema() }
func (s *stream) Record() arrow.Record  { return s.cur.Record() }
func (s *stream) Err() error            { return s.err }
func (s *stream) Retain()               { s.refs.Add(1) }

func (s *stream) Release() {
	if s.refs.Add(-1) == 0 && s.cur != nil {
		s.cur.Release()
		s.cur = nil
	}
}

func (s *stream) Next() bool {
	for s.err == nil {
		if s.cur == nil {
			if len(s.tables) == 0 {
				return false
			}
			if s.cur, s.err = batch.NewReader(s.ctx, s.ds, s.tables[0], s.options); s.err != nil {
				s.cur = nil
				return false
			}
			s.tables = s.tables[1:]
		}
		if s.cur.Next() {
			s.rows += uint64(s.cur.Record().NumRows())
			if s.progress != nil {
				s.progress(s.rows)
			}
			if s.sent != nil {
				s.sent(s.rows)
			}
			return true
		}
		s.err = s.cur.Err()
		s.counts.Add(s.cur.Counts())
		s.hidden.Add(s.cur.Hidden())
		s.cells.Add(s.cur.Account())
		sums := s.cur.Sums()
		for name, v := range sums {
			s.sums[name] += v
		}
		s.options.Sheets.Sum(sums)
		s.cur.Release()
		s.cur = nil
	}
	return false
}
