package pipeline

import (
	"errors"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/trouble"
	"yanzhen/pipeline/unfinished"
	"yanzhen/pipeline/warehouse"
)

// ArrivalState is how far an entry of a watched folder has come.
type ArrivalState string

// The states of an entry. The last eight say what became of it as it lies there now.
const (
	ArrivalGrowing   ArrivalState = "growing" // it changed a moment ago, is open for writing, or its end is missing
	ArrivalWaiting   ArrivalState = "waiting" // still, and in the queue of its job
	ArrivalLoading   ArrivalState = "loading" // a run is at it
	ArrivalAgain     ArrivalState = "again"   // a fault that may pass; tried again by itself
	ArrivalPassed    ArrivalState = "passed"  // no submission, or it cannot be read: passed over
	ArrivalPublished ArrivalState = "published"
	ArrivalUnchanged ArrivalState = "unchanged"
	ArrivalHeld      ArrivalState = "held"
	ArrivalSubmitted ArrivalState = "submitted" // a person accepts it first
	ArrivalAsked     ArrivalState = "asked"     // its sender has to answer
	ArrivalReturned  ArrivalState = "returned"  // sent back
	ArrivalRefused   ArrivalState = "refused"
)

// ArrivalStates are all of them.
var ArrivalStates = []ArrivalState{
	ArrivalGrowing, ArrivalWaiting, ArrivalLoading, ArrivalAgain, ArrivalPassed, ArrivalPublished, ArrivalUnchanged, ArrivalHeld, ArrivalSubmitted, ArrivalAsked, ArrivalReturned, ArrivalRefused,
}

// Arrival is an entry of a watched folder and what became of it, for the people who look for it.
// Path is as it may be shown: relative to the folder, the numbers of persons masked.
type Arrival struct {
	Path    string       `json:"path"`
	Folder  string       `json:"folder"`
	Job     string       `json:"job,omitempty"`
	Size    int64        `json:"size"`
	Changed time.Time    `json:"changed"`
	State   ArrivalState `json:"state"`
	Reason  codes.Text   `json:"reason"`
	Remedy  codes.Text   `json:"remedy"`
	Run     string       `json:"run,omitempty"`
	Runs    []string     `json:"runs,omitempty"` // of a packed file: its files that waited for a person when they were loaded
	Next    time.Time    `json:"next,omitzero"`  // when it is tried again
}

// ErrMoving is the error of a load whose file changed while it was copied. Nothing was done; the
// file is to be tried again when it has come to rest.
var ErrMoving = trouble.Own("文件在复制时有变化", "the file changed while it was copied", nil)

// Away reports whether an error means that no file could be loaded now: the database does not answer.
func Away(err error) bool { return errors.Is(err, warehouse.ErrUnavailable) }

// Shown is the name of a file as it may be shown: the numbers of persons in it are masked.
func (l *Loader) Shown(name string) string { return l.masked(name) }

// Unfinished says why a file that has stopped growing may still lack its end; nil where nothing speaks
// against it. See unfinished.Says.
func Unfinished(path string) *codes.Text { return unfinished.Says(path) }

// BeingWritten reports whether Unfinished says that a program has the file open for writing.
func BeingWritten(why codes.Text) bool { return why == unfinished.Open }
