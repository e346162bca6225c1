// Package pipeline loads a file into a dataset: source -> batch -> hidden rows -> verify ->
// publish, with one ledger row making a whole batch visible at once.
//
// A batch is one attempt to load one unit; its number is never used again. A unit is what a
// re-submission replaces: the dataset declares it as some of sender, period and file. Rows arrive
// under a batch that nobody can see. After they were counted and checked in the database, one row
// in meta.ledger publishes all of them, in every month at once, and supersedes the unit's earlier
// batch by the same stroke. A crash at any point leaves the old or the new truth.
package pipeline

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"yanzhen/pipeline/account"
	"yanzhen/pipeline/batch"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/difference"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/unfinished"
)

// Problem is why a file was refused or held, for the person who sent it, with what to do.
type Problem struct {
	Code   string // short stable name: no_sender, empty_file, rejected_share ...
	Text   codes.Text
	Remedy codes.Text
	Err    error // the cause, where there is one beneath
}

// Error is the Chinese text, then the English one.
func (p *Problem) Error() string {
	s := p.Text.Zh
	if p.Text.En != "" {
		s += " / " + p.Text.En
	}
	return s
}

// Unwrap returns the cause.
func (p *Problem) Unwrap() error { return p.Err }

func problem(code, zh, en string) *Problem {
	return &Problem{Code: code, Text: codes.Text{Zh: zh, En: en}}
}

func (p *Problem) todo(zh, en string) *Problem {
	p.Remedy = codes.Text{Zh: zh, En: en}
	return p
}

// Temporary reports whether the same load may succeed later without anybody changing the file:
// the database was away, a disk was full, the deadline came. A refused file is not temporary.
func Temporary(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) {
		return false
	}
	var p *Problem
	return !errors.As(err, &p)
}

// Request asks for one file to be loaded or planned.
type Request struct {
	Path     string     // where the file is now
	Display  string     // what people call it; empty: the base name of Path
	Dataset  string     // empty: the one whose name stands in the file name, else the one whose header fits
	Sender   string     // empty: from the file name
	Period   days.Range // zero: from the file name, else from the data
	Password string     // of an encrypted workbook
	Job      string
	Parent   string // the job's run
	Run      string // empty: a new id
	Force    bool   // load though the same content was published before, and publish though a limit would hold it
	Again    bool   // load though the same content is live or was refused; what was replaced, withdrawn or held stays so, and what would hold it holds it
	Quiet    bool   // do not record a run that finds the content unchanged

	Progress func(rows uint64) // called after each record batch with the rows sent so far; nil: nobody looks
}

// Outcome is what became of a Request.
type Outcome struct {
	Run         string
	Batch       uint32 // 0 where none was taken
	Dataset     string
	Unit        string
	File        string
	Sender      string
	Period      days.Range
	State       State // published, unchanged, held, failed or cancelled
	Fingerprint string
	Encoding    string
	Bytes       int64
	Warnings    uint64            // of rows that were loaded: cells that became NULL, and what speaks against a row
	Rejects     uint64            // refused cells; more than the rows when a row has several
	Stored      uint64            // how many of them are in meta.rejects
	Rules       map[string]uint64 // refused cells by rule
	Before      uint64            // rows of the unit until now
	Replaced    difference.Rows   // what became of them
	MinDate     time.Time
	MaxDate     time.Time
	batch.Counts
	Cells   *account.Account // where every cell of the file went; nil where no row was read
	Problem *Problem         // why it was held or refused; nil otherwise
	Notes   []codes.Text     // worth knowing, though nothing was refused for it
	Took    time.Duration
}

// Counts says where every row of a load went.
type Counts = batch.Counts

// Loader loads files. Set the exported fields, call Ensure once, then use it from any number of
// goroutines; two loads of the same dataset and sender wait for each other.
type Loader struct {
	*Ledger                                              // over a DB that may write store, mart and meta
	Catalog *dataset.Catalog                             // what is declared
	Key     []byte                                       // HMAC key for identity numbers, at least 32 bytes
	Gone    cell.Gone                                    // who was deleted: rows of theirs are refused
	Spool   string                                       // directory for the copies that are read; made if missing
	Alone   bool                                         // the database is an engine of this process's own: who worked on it from another host has ended
	Senders []string                                     // who is declared to send: none of them is taken for a person
	Zone    *time.Location                               // of the office, in which moments are told; nil: eight hours ahead of UTC
	Definer string                                       // whose rights the views lend; empty: default
	Log     *slog.Logger                                 // nil: slog.Default()
	States  *states.Keeper                               // what is kept beside the rows; nil: nothing
	Scan    func(ctx context.Context, path string) error // has a copy looked at before it is read; nil: nobody looks
	// Mapped is a dataset as a sender calls its columns, and what is to be told of that; see mapping.Book. nil: as declared
	Mapped    func(ds *dataset.Dataset, sender string, headers [][]string) (*dataset.Dataset, []codes.Text, error)
	Confirmed func() string // names all that was confirmed of headings; empty: nothing was. nil: nobody confirms
	// SentBy is the account that sent a file through a door of the server, by its path in the inbox; empty: none did. nil: of none
	SentBy func(path string) (string, error)

	// fault is called at the named points of a load. Only tests set it.
	fault func(point string)

	units sync.Map // dataset+sender -> *sync.Mutex
	owner string
	once  sync.Once

	broken   atomic.Pointer[map[uint32]Damage] // live batches that the last Verify found damaged
	familiar atomic.Pointer[familiar]          // what names no person
	wrongKey *Problem                          // why nothing is loaded: the key is not the one of this store; nil: it is
}

// at marks a point that a load passes, where a test may kill the process.
func (l *Loader) at(in *input, point string) {
	in.points[point] = l.now()
	if l.fault != nil {
		l.fault(point)
	}
}

func (l *Loader) log() *slog.Logger {
	if l.Log != nil {
		return l.Log
	}
	return slog.Default()
}

// Dataset returns the declared dataset of that name, or nil.
func (l *Loader) Dataset(name string) *dataset.Dataset { return l.Catalog.Datasets[name] }

// lock makes loads of one sender into one dataset follow each other inside this process. Between
// processes the ledger decides: the later publication wins, and both are in the history.
func (l *Loader) lock(dataset, sender string) (unlock func()) {
	m, _ := l.units.LoadOrStore(dataset+"\x00"+sender, new(sync.Mutex))
	m.(*sync.Mutex).Lock()
	return m.(*sync.Mutex).Unlock
}

// Owner names this process so that another can tell whether it still lives.
func (l *Loader) Owner() string {
	l.once.Do(func() {
		host, _ := os.Hostname()
		l.owner = fmt.Sprintf("%s/%d/%s", host, os.Getpid(), unfinished.ProcessStart(os.Getpid()))
	})
	return l.owner
}

// Alive reports whether the process of that name may still run. One of another host may, unless the directory is ours. A
// container is another host at every start.
func (l *Loader) Alive(owner string) bool {
	return unfinished.Alive(owner) && (!l.Alone || !unfinished.Elsewhere(owner))
}
