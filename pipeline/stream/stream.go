// Package stream reads the tables of a file one after the other as one sequence of record batches, and gathers
// what is known once they were read: counts, control sums, refused cells, where every cell went.
package stream

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/apache/arrow/go/v17/arrow"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/batch"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/rows"
	"yanzhen/pipeline/sheets"
	"yanzhen/pipeline/slack"
	"yanzhen/pipeline/source"
)

// MaxRejects is how many refused cells of one run are kept, in the table and in memory.
const MaxRejects = 10_000

// Rejects gathers what batch refuses. The first MaxRejects are kept, all are counted.
type Rejects struct {
	mu       sync.Mutex
	Kept     []batch.Reject
	Total    uint64
	Warnings uint64
	Rules    map[string]uint64
}

// Add takes one refused cell.
func (r *Rejects) Add(x batch.Reject) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.Total++
	if x.Warn {
		r.Warnings++
	}
	if r.Rules == nil {
		r.Rules = map[string]uint64{}
	}
	r.Rules[x.Rule]++
	if len(r.Kept) < MaxRejects {
		r.Kept = append(r.Kept, x)
	}
}

// Stream is an array.RecordReader over all tables of a file: a workbook with many sheets is one batch. Batch and
// the insert each work in a goroutine of their own on either side of it. What it knows is final once Next has
// returned false.
type Stream struct {
	ctx      context.Context
	ds       *dataset.Dataset
	tables   []*source.Table
	Options  batch.Options     // as given, with what the tables share
	Progress func(rows uint64) // called after each record with the rows so far; nil: nobody looks

	back   func() // gives back the slack of the collector
	refs   atomic.Int64
	cur    *batch.Reader
	rows   uint64
	Counts batch.Counts
	Sums   map[string]float64
	Hidden account.Hidden
	Cells  account.Account // of the tables that were read to their end
	err    error
}

// New returns a stream over the tables of a file.
func New(ctx context.Context, ds *dataset.Dataset, f *source.File, o batch.Options) *Stream {
	s := &Stream{ctx: ctx, ds: ds, tables: f.Tables(), Options: o, Sums: map[string]float64{}, back: slack.Give()}
	if ds.Duplicates == "drop" {
		s.Options.Seen = rows.NewSeen() // a copy on another sheet is a copy too
	} else if s.Options.Sheets = sheets.New().By(rows.Core(s.ds)); len(s.tables) == 1 {
		s.Options.Sheets = sheets.Few() // tables that stand below each other are held against each other too
	}
	s.refs.Store(1)
	return s
}

// Schema is the dataset's.
func (s *Stream) Schema() *arrow.Schema { return s.ds.ArrowSchema() }

// Record is the current batch, valid until Next.
func (s *Stream) Record() arrow.Record { return s.cur.Record() }

// Err is why the rows ended before the file did.
func (s *Stream) Err() error { return s.err }

// Retain adds a reference.
func (s *Stream) Retain() { s.refs.Add(1) }

// Release drops a reference; the last one stops the reading.
func (s *Stream) Release() {
	if s.refs.Add(-1) != 0 {
		return
	}
	if s.cur != nil {
		s.cur.Release()
		s.cur = nil
	}
	s.back()
}

// Next moves to the next record batch, of whatever table. False at the end and on an error.
func (s *Stream) Next() bool {
	for s.err == nil {
		if s.cur == nil {
			if len(s.tables) == 0 {
				return false
			}
			if s.cur, s.err = batch.NewReader(s.ctx, s.ds, s.tables[0], s.Options); s.err != nil {
				s.cur = nil
				return false
			}
			s.tables = s.tables[1:]
		}
		if s.cur.Next() {
			s.rows += uint64(s.cur.Record().NumRows())
			slack.Fit()
			if s.Progress != nil {
				s.Progress(s.rows)
			}
			return true
		}
		s.err = s.cur.Err()
		s.Counts.Add(s.cur.Counts())
		s.Hidden.Add(s.cur.Hidden())
		s.Cells.Add(s.cur.Account())
		sums := s.cur.Sums()
		for name, v := range sums {
			s.Sums[name] += v
		}
		s.Options.Sheets.Sum(sums)
		s.cur.Release()
		s.cur = nil
	}
	return false
}
