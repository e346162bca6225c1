// Package batch turns rows into typed Arrow record batches. It is where a bad
// cell becomes a Reject with its address and a reason.
//
// A row whose every cell is blank is no row: it is not counted. Every other row is loaded,
// rejected, excluded (a declared total or note) or a duplicate, and Counts says how many of each.
//
// A cell is read or refused, never guessed at (see package cell). A number beyond its type is a reject.
// Text of the types low and strings is brought to one spelling (see cell.Tidy); type string keeps
// its own. Identity numbers leave this package only as keyed hashes (see package keyed), and no reject or
// error quotes one (see cell.Quote).
package batch

import (
	"fmt"
	"time"

	"github.com/apache/arrow/go/v17/arrow/memory"

	"yanzhen/pipeline/batch/reading"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/rows"
	"yanzhen/pipeline/sheets"
)

// Counts says where every row went: Read = Loaded + Rejected + Excluded + Duplicates, always.
type Counts struct {
	Read       uint64 `db:"read"`
	Loaded     uint64 `db:"loaded"`
	Rejected   uint64 `db:"rejected"`   // rows, not cells
	Excluded   uint64 `db:"excluded"`   // declared totals and notes
	Duplicates uint64 `db:"duplicates"` // exact copies, where the dataset drops them
}

// Add counts the rows of o too.
func (c *Counts) Add(o Counts) {
	c.Read += o.Read
	c.Loaded += o.Loaded
	c.Rejected += o.Rejected
	c.Excluded += o.Excluded
	c.Duplicates += o.Duplicates
}

// Balanced says that no row got lost.
func (c Counts) Balanced() bool { return c.Read == c.Loaded+c.Rejected+c.Excluded+c.Duplicates }

// Identity prints the equation every load obeys, for people: 读入 100 = 装入 97 + 拒收 2 + ...
func (c Counts) Identity(lang codes.Lang) string {
	if lang == codes.En {
		return fmt.Sprintf("read %d = loaded %d + rejected %d + totals and notes %d + duplicates %d", c.Read, c.Loaded, c.Rejected, c.Excluded, c.Duplicates)
	}
	return fmt.Sprintf("读入 %d = 装入 %d + 拒收 %d + 合计与注 %d + 重复 %d", c.Read, c.Loaded, c.Rejected, c.Excluded, c.Duplicates)
}

// Options of a Reader.
type Options struct {
	Batch  uint32
	Key    []byte          // HMAC key for identity numbers; at least 32 bytes
	Gone   map[uint64]bool // hashes of persons who were deleted: a row of one is refused
	Lists  *codes.Lists    // the code lists the dataset's columns name
	From   time.Time       // the period the submission speaks for, [From, To); zero: not known, not checked
	To     time.Time
	Today  time.Time        // birth dates after it do not exist; zero: the clock's
	Epoch  int              // serial numbers of days count from so many days after 1899-12-30, see source.File
	Reject func(Reject)     // called in row order, from the reader's own goroutine; nil drops them
	Rows   int              // rows a record batch; 0 means 65,536
	Alone  bool             // rows are read in the goroutine that reads their cells
	Memory memory.Allocator // nil: Go's own
	Sheets *sheets.Sheets   // holds the sheets of a workbook against each other; nil: nobody wants it
	Seen   *rows.Seen       // the rows of the file's tables read before, where the dataset drops duplicates; nil: none
}

func (o *Options) submission() reading.Submission {
	return reading.Submission{Key: o.Key, Gone: o.Gone, Lists: o.Lists, From: o.From, To: o.To, Today: o.Today, Epoch: o.Epoch}
}
