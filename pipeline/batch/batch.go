// Package batch turns rows into typed Arrow record batches. It is where a full-width digit
// becomes a digit and where a bad cell becomes a Reject with its address and a reason.
package batch

import (
	"github.com/apache/arrow/go/v17/arrow/array"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/source"
)

// Reject is one cell that was refused (or one row, where Column is empty).
type Reject struct {
	Origin source.Origin
	Column string // name of the declared column
	Cell   string // address in the file, C17; empty where it has none
	Raw    string // as in the file; masked where the column is personal
	Rule   string // short stable name: required, number, date, code, person_check_digit ...
	Reason dataset.Text
	Remedy dataset.Text
	Warn   bool // the row was loaded with NULL here
}

// Counts says where every row went: Read = Loaded + Rejected + Excluded + Duplicates, always.
type Counts struct {
	Read       uint64
	Loaded     uint64
	Rejected   uint64 // rows, not cells
	Excluded   uint64 // declared totals and notes
	Duplicates uint64 // exact copies, where the dataset drops them
}

// Options of a Reader.
type Options struct {
	Batch  uint32
	Key    []byte       // HMAC key for identity numbers; at least 32 bytes
	Reject func(Reject) // called in row order; nil drops them
	Rows   int          // rows a record batch; 0 means 65,536
}

// Reader is an array.RecordReader over a source's rows with the columns of the dataset's table.
type Reader struct{ array.RecordReader }

// NewReader binds the dataset's columns to the source's header. An error names every required
// column that no header fits, with the nearest header.
func NewReader(ds *dataset.Dataset, src source.Source, o Options) (*Reader, error) {
	panic("not written")
}

// Counts may be read once Next has returned false.
func (r *Reader) Counts() Counts { panic("not written") }

// Sums returns the control sum of each numeric and date column (dates as days since 1970-01-01,
// booleans as 0 and 1; NULL counts 0), to compare with the same sums in SQL.
func (r *Reader) Sums() map[string]float64 { panic("not written") }
