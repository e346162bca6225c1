package warehouse

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"
	"github.com/apache/arrow/go/v17/arrow/ipc"
)

// The driver marks QueryFormat and InsertFormat as experimental: nothing outside this file calls them.

func (db *DB) queryFormat(ctx context.Context, format, sql string) (io.ReadCloser, error) {
	r, err := db.conn.QueryFormat(ctx, format, sql)
	if err != nil && strings.Contains(err.Error(), "trailing FORMAT clause") {
		return nil, &Error{Code: 62, Name: "SYNTAX_ERROR", Message: "请去掉语句末尾的 FORMAT；格式另外给出 / leave FORMAT out of the statement; the format is given apart"}
	}
	return r, err
}

// insertSettings are what every load sends: an insert is written when it returns, nothing is
// deduplicated behind our back, and what does not fit is an error. Blocks are half as large as the
// engine makes them by itself, for it holds one whole and sorts it into another: a third less memory.
var insertSettings = map[string]string{
	"async_insert": "0", "wait_end_of_query": "1", "max_insert_threads": "1",
	"insert_deduplicate": "0", "deduplicate_insert_select": "disable",
	"input_format_null_as_default": "0", "insert_null_as_default": "0",
	"input_format_arrow_allow_missing_columns": "0", "input_format_skip_unknown_fields": "0",
	"min_insert_block_size_rows": "524288", "min_insert_block_size_bytes": "134217728",
	"date_time_overflow_behavior": "throw", "max_partitions_per_insert_block": "600",
}

// Insert streams the record batches of r into table (database.table), binding by field name,
// after comparing r's schema with the table's. It never retries. An error, also one of r, may
// leave rows behind: they are invisible until their batch is published. It does not release r.
func (db *DB) Insert(ctx context.Context, table string, r array.RecordReader) (Written, error) {
	return db.InsertWith(ctx, table, r, nil)
}

// InsertWith is Insert with settings over those that every load sends.
func (db *DB) InsertWith(ctx context.Context, table string, r array.RecordReader, settings map[string]string) (Written, error) {
	name, err := tableName(table)
	if err != nil {
		return Written{}, err
	}
	strict, err := db.compare(ctx, table, r.Schema())
	if err != nil {
		return Written{}, err
	}
	turned, err := db.turn(ctx, table)
	if err != nil {
		return Written{}, err
	}
	defer turned()
	s := Statement{Tag: "insert", Settings: map[string]string{}}
	for k, v := range insertSettings {
		s.Settings[k] = v
	}
	for k, v := range settings {
		s.Settings[k] = v
	}
	cols := ""
	for i, f := range r.Schema().Fields() {
		if i > 0 {
			cols += ", "
		}
		cols += quoteName(f.Name)
	}
	ctx, c := db.wait(ctx)
	defer c.end()
	pr, pw := io.Pipe()
	var sum summary
	qctx, id := s.context(context.WithValue(ctx, summaryKey{}, &sum))
	type sent struct {
		rows uint64
		err  error
	}
	over := make(chan sent, 1)
	go func() {
		n, err := send(moving{pw, c}, table, r, strict)
		pw.CloseWithError(err) // nil ends the stream; an error breaks the request off
		over <- sent{n, err}
	}()
	err = db.conn.InsertFormat(qctx, "ArrowStream", "INSERT INTO "+name+" ("+cols+")", pr)
	pr.CloseWithError(io.ErrClosedPipe) // nobody reads on: let the sender go
	done := <-over
	if done.err != nil && (err == nil || done.err != io.ErrClosedPipe) && ctx.Err() == nil {
		return Written{}, done.err // the cause, not its echo from the server
	}
	if err != nil {
		if ctx.Err() != nil {
			// a server reads on what it has already taken, and may not notice that nobody waits
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
			defer cancel()
			_ = db.Kill(last, id)
		}
		return Written{}, explain(ctx, id, err)
	}
	w := Written{Rows: done.rows}
	if sum.seen {
		w.Bytes = sum.bytes
		if sum.rows < done.rows {
			return w, fmt.Errorf("insert into %s, query %s: %d rows sent, %d written", table, id, done.rows, sum.rows)
		}
	}
	return w, nil
}

// moving passes writes on and starts the clock anew with each that was taken.
type moving struct {
	w io.Writer
	c *clock
}

func (m moving) Write(p []byte) (int, error) {
	n, err := m.w.Write(p)
	m.c.resume()
	return n, err
}

// send writes r as an Arrow stream and returns the rows sent. It ends the stream only where r ended
// well. Dictionaries that grow from batch to batch are sent as replacements.
func send(w io.Writer, table string, r array.RecordReader, strict []bool) (n uint64, err error) {
	defer func() {
		if p := recover(); p != nil { // arrow panics on a batch that is not what its schema says
			err = fmt.Errorf("insert into %s: bad record batch: %v", table, p)
		}
	}()
	to := &breaker{w: w}
	out := ipc.NewWriter(to, ipc.WithSchema(r.Schema()))
	defer func() {
		if to.err == nil {
			to.err = err
		}
		closeErr := out.Close() // also after an error, to release its dictionaries
		if err == nil {
			err = to.err
		}
		if err == nil {
			err = closeErr
		}
	}()
	for r.Next() {
		rec := r.Record()
		if err := noNulls(table, rec, strict); err != nil {
			return n, err
		}
		if err := out.Write(rec); err != nil {
			return n, err
		}
		if to.err != nil {
			return n, to.err
		}
		n += uint64(rec.NumRows())
	}
	return n, r.Err()
}

// breaker passes writes on until one fails, or err is set; then it takes everything and sends
// nothing, so that the Arrow writer can be closed without ending the stream.
type breaker struct {
	w   io.Writer
	err error
}

func (b *breaker) Write(p []byte) (int, error) {
	if b.err == nil {
		_, b.err = b.w.Write(p)
	}
	return len(p), nil
}

// Query returns the rows of s as Arrow record batches, as they come. The caller releases the
// reader, which also ends the query where it still runs. Strings come as utf8 (LowCardinality too),
// Date as uint16, DateTime as uint32, DateTime64 as timestamp: cast in SQL what Go will read.
func (db *DB) Query(ctx context.Context, s Statement) (array.RecordReader, error) {
	set := map[string]string{
		"output_format_arrow_string_as_string": "1", "output_format_arrow_compression_method": "none",
	}
	for k, v := range s.Settings {
		set[k] = v
	}
	s.Settings = set
	qctx, cancel := context.WithCancel(ctx)
	body, err := db.Stream(qctx, "ArrowStream", s)
	if err != nil {
		cancel()
		return nil, err
	}
	in, err := ipc.NewReader(body)
	if err != nil {
		cancel()
		body.Close()
		return nil, err
	}
	q := &reader{Reader: in, body: body, cancel: cancel}
	q.refs.Store(1)
	return q, nil
}

// summary is what the server counted for an insert; the driver does not give it, so it is read from
// the response's header on its way.
type summary struct {
	seen        bool
	rows, bytes uint64
}

type summaryKey struct{}

type summaries struct {
	http.RoundTripper
	observe func(took time.Duration, failed bool)
	ours    bool // the embedded engine's socket, which tells the rows of an answer behind it; a server tells them before it knows
}

// observed tells how long a statement took when its answer is closed.
type observed struct {
	io.ReadCloser
	once func()
}

func (b observed) Close() error {
	b.once()
	return b.ReadCloser.Close()
}

func (t summaries) RoundTrip(r *http.Request) (*http.Response, error) {
	began := time.Now()
	res, err := t.RoundTripper.RoundTrip(unheld(r))
	if t.observe != nil && err != nil {
		t.observe(time.Since(began), true)
	}
	if err != nil {
		return nil, err
	}
	looked(r, res)
	if t.observe != nil {
		failed := res.StatusCode >= http.StatusBadRequest
		res.Body = observed{res.Body, sync.OnceFunc(func() { t.observe(time.Since(began), failed) })}
	}
	if n, ok := r.Context().Value(streamedKey{}).(*atomic.Uint64); ok && t.ours && res.StatusCode < http.StatusBadRequest {
		res.Body = &tallied{res.Body, res, n, t.RoundTripper}
	}
	if s, ok := r.Context().Value(summaryKey{}).(*summary); ok && r.URL.Query().Has("query") {
		var h struct {
			Rows  string `json:"written_rows"`
			Bytes string `json:"written_bytes"`
		}
		if json.Unmarshal([]byte(res.Header.Get("X-ClickHouse-Summary")), &h) == nil && h.Rows != "" {
			s.rows, _ = strconv.ParseUint(h.Rows, 10, 64)
			s.bytes, _ = strconv.ParseUint(h.Bytes, 10, 64)
			s.seen = true
		}
	}
	return res, nil
}

// CloseIdleConnections lets the driver close what it no longer uses.
func (t summaries) CloseIdleConnections() {
	if c, ok := t.RoundTripper.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// reader is an Arrow reader over a response.
type reader struct {
	*ipc.Reader
	body   io.Closer
	cancel context.CancelFunc
	refs   atomic.Int64
}

func (r *reader) Retain() { r.refs.Add(1) }

func (r *reader) Release() {
	if r.refs.Add(-1) == 0 {
		r.cancel() // before Close, which would otherwise read on
		r.body.Close()
		r.Reader.Release()
	}
}
