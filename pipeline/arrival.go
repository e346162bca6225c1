package pipeline

import (
	"bytes"
	"errors"
	"io"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
)

// ArrivalState is how far an entry of a watched folder has come.
type ArrivalState string

// The states of an entry. The last five say what became of it as it lies there now.
const (
	ArrivalGrowing   ArrivalState = "growing" // it changed a moment ago, is open for writing, or its end is missing
	ArrivalWaiting   ArrivalState = "waiting" // still, and in the queue of its job
	ArrivalLoading   ArrivalState = "loading" // a run is at it
	ArrivalAgain     ArrivalState = "again"   // a fault that may pass; tried again by itself
	ArrivalPassed    ArrivalState = "passed"  // no submission, or it cannot be read: passed over
	ArrivalPublished ArrivalState = "published"
	ArrivalUnchanged ArrivalState = "unchanged"
	ArrivalHeld      ArrivalState = "held"
	ArrivalRefused   ArrivalState = "refused"
)

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
	Next    time.Time    `json:"next,omitzero"` // when it is tried again
}

// ErrMoving is the error of a load whose file changed while it was copied. Nothing was done; the
// file is to be tried again when it has come to rest.
var ErrMoving = errors.New("文件在复制时有变化 / the file changed while it was copied")

// Away reports whether an error means that no file could be loaded now: the database does not answer.
func Away(err error) bool { return errors.Is(err, warehouse.ErrUnavailable) }

// Shown is the name of a file as it may be shown: the numbers of persons in it are masked.
func (l *Loader) Shown(name string) string { return l.masked(name) }

// WrittenTo is what Unfinished says of a file that a program has open for writing.
var WrittenTo = codes.Text{Zh: "有程序正打开它写入", En: "a program has it open for writing"}

// Unfinished says why a file that has stopped growing may still lack its end: somebody has it open
// for writing, its zip has no directory, or its last line no end. It returns nil where nothing
// speaks against the file. A text without a final line end may be whole: ask again later, and then
// take it. On systems and shares that do not tell who writes, only the end is looked at.
func Unfinished(path string) *codes.Text {
	f, err := os.OpenFile(path, os.O_RDONLY|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil // whoever loads it says so
	}
	defer f.Close()
	if beingWritten(f) {
		return &WrittenTo
	}
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() || info.Size() == 0 {
		return nil
	}
	head := make([]byte, 8)
	n, _ := f.ReadAt(head, 0)
	head = head[:n]
	switch {
	case bytes.HasPrefix(head, []byte("PK\x03\x04")):
		if !zipEnds(f, info.Size()) {
			return &codes.Text{Zh: "文件没有结尾（压缩包目录还没有写到），可能还在复制", En: "its end is missing (the directory of the zip is not there): the copy may be under way"}
		}
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0")):
	case !lineEnds(f, info.Size()):
		return &codes.Text{Zh: "最后一行没有换行，可能还在复制", En: "its last line has no end: the copy may be under way"}
	}
	return nil
}

// beingWritten reports whether any process of this machine has the file open for writing, as far as
// the system tells: a read lease is granted only where nobody has.
func beingWritten(f *os.File) bool {
	conn, err := f.SyscallConn()
	if err != nil {
		return false
	}
	busy := false
	err = conn.Control(func(fd uintptr) {
		switch _, err := unix.FcntlInt(fd, unix.F_SETLEASE, unix.F_RDLCK); {
		case err == nil:
			_, _ = unix.FcntlInt(fd, unix.F_SETLEASE, unix.F_UNLCK)
		case errors.Is(err, unix.EAGAIN):
			busy = true
		}
	})
	return err == nil && busy
}

// zipEnds reports whether the end of a zip's directory stands in its last 64 KiB.
func zipEnds(f io.ReaderAt, size int64) bool {
	tail := make([]byte, min(size, 64<<10+22))
	if n, err := f.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
		return errors.Is(err, io.EOF) && bytes.Contains(tail[:n], []byte("PK\x05\x06"))
	}
	return bytes.Contains(tail, []byte("PK\x05\x06"))
}

// lineEnds reports whether the last bytes of a text are a line end, in any encoding that is read:
// in UTF-16 a zero stands beside it.
func lineEnds(f io.ReaderAt, size int64) bool {
	tail := make([]byte, min(size, 2))
	if n, _ := f.ReadAt(tail, size-int64(len(tail))); n < len(tail) {
		return false
	}
	last := tail[len(tail)-1]
	if last == 0 && len(tail) == 2 {
		last = tail[0]
	}
	return last == '\n' || last == '\r'
}
