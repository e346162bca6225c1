// Package warehouse is the one door to ClickHouse: Exec, Insert (Arrow in), Query (Arrow out),
// Stream (any format). It speaks HTTP through clickhouse-go, to the embedded engine's private
// socket or to a server, with no other difference.
package warehouse

import (
	"context"
	"errors"
	"io"

	"github.com/apache/arrow/go/v17/arrow/array"
)

// Statement is one SQL statement with its server-side parameters ({name:Type} in SQL).
type Statement struct {
	SQL      string
	Params   map[string]string
	Settings map[string]string
	Tag      string // names the caller in logs; part of the query id
}

// Written is what an insert wrote.
type Written struct {
	Rows  uint64
	Bytes uint64
}

// ErrUnavailable: the database does not answer.
var ErrUnavailable = errors.New("数据库无应答 / the database does not answer")

// DB is an open warehouse. The zero value is not usable; Open makes one.
type DB struct{}

// Options say where the database is and who asks.
type Options struct {
	DSN    string // http://user:password@host:8123/db, or unix:///path/of/socket for the embedded engine
	User   string // loader, reader or analyst on the embedded engine
	Socket string // the embedded engine's socket; instead of DSN
}

// Open connects. ErrUnavailable where nothing answers.
func Open(ctx context.Context, o Options) (*DB, error) { panic("not written") }

// Close frees the connections; safe to call twice.
func (db *DB) Close() error { panic("not written") }

// Exec runs a statement that returns no rows.
func (db *DB) Exec(ctx context.Context, s Statement) error { panic("not written") }

// Insert streams the record batches of r into table (database.table), binding by field name,
// after comparing r's schema with the table's. It never retries.
func (db *DB) Insert(ctx context.Context, table string, r array.RecordReader) (Written, error) {
	panic("not written")
}

// Query returns the rows of s as Arrow record batches. The caller releases the reader.
func (db *DB) Query(ctx context.Context, s Statement) (array.RecordReader, error) {
	panic("not written")
}

// Stream returns the rows of s in a ClickHouse format (CSVWithNames, Parquet, ...), as they come.
func (db *DB) Stream(ctx context.Context, format string, s Statement) (io.ReadCloser, error) {
	panic("not written")
}
