package mirror

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/klauspost/compress/zstd"
)

// Head says what a mirror is of.
type Head struct {
	Of      string    `json:"of"`      // a hash of the question: rows of another are of no use
	Columns []string  `json:"columns"` // of the rows, with their types: rows of others are of no use
	Cursor  []string  `json:"cursor"`  // as far as it goes; nil: it is not known
	Full    time.Time `json:"full"`    // when everything was read last
	At      time.Time `json:"at"`      // when something was
}

// magic begins a mirror; its last digit is the version of the form.
const magic = "yanzhen mirror 1\n"

const mostHead = 1 << 20 // bytes of a head that is read back

// ErrDamaged is said of a mirror that is not as it was written.
var ErrDamaged = errors.New("the mirror is damaged")

// Reader reads a mirror. Close it.
type Reader struct {
	Head
	file *os.File
	zip  *zstd.Decoder
	r    *bufio.Reader
	rows uint64
}

// Open opens a mirror; fs.ErrNotExist where there is none, ErrDamaged where it is no longer one.
func Open(name string) (_ *Reader, err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	r := &Reader{file: f}
	defer func() {
		if err != nil {
			r.Close()
		}
	}()
	if r.zip, err = zstd.NewReader(f, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20)); err != nil {
		return nil, err
	}
	r.r = bufio.NewReaderSize(r.zip, 256<<10)
	begin := make([]byte, len(magic))
	if _, err := io.ReadFull(r.r, begin); err != nil || string(begin) != magic {
		return nil, ErrDamaged
	}
	size, err := binary.ReadUvarint(r.r)
	if err != nil || size > mostHead {
		return nil, ErrDamaged
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(r.r, text); err != nil || json.Unmarshal(text, &r.Head) != nil {
		return nil, ErrDamaged
	}
	return r, nil
}

// next is the next row. Only after the number of rows that stands at the end are they all.
func (r *Reader) next(into row) (row, error) {
	got, err := readRow(r.r, into)
	switch {
	case err == nil:
		if r.rows++; len(got) != len(r.Columns) {
			return nil, ErrDamaged
		}
		return got, nil
	case errors.Is(err, io.EOF):
		if n, e := binary.ReadUvarint(r.r); e != nil || n != r.rows {
			return nil, ErrDamaged
		}
		return nil, io.EOF
	default:
		return nil, ErrDamaged
	}
}

// Close lets the file go.
func (r *Reader) Close() {
	if r == nil {
		return
	}
	if r.zip != nil {
		r.zip.Close()
	}
	r.file.Close()
}

// Writer writes a mirror beside the one that is there. Commit puts it in its place; Close without that leaves the old one.
type Writer struct {
	name string
	file *os.File
	zip  *zstd.Encoder
	buf  []byte
	rows uint64
}

// Create begins a mirror.
func Create(name string, head Head) (_ *Writer, err error) {
	f, err := os.OpenFile(name+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	w := &Writer{name: name, file: f}
	defer func() {
		if err != nil {
			w.Close()
		}
	}()
	if w.zip, err = zstd.NewWriter(f, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1)); err != nil {
		return nil, err
	}
	text, err := json.Marshal(head)
	if err != nil {
		return nil, err
	}
	w.buf = append(binary.AppendUvarint([]byte(magic), uint64(len(text))), text...)
	return w, w.flush(0)
}

func (w *Writer) flush(from int) error {
	if len(w.buf) < from {
		return nil
	}
	_, err := w.zip.Write(w.buf)
	w.buf = w.buf[:0]
	return err
}

// Add writes a row; rows come in the order in which Merge gives them.
func (w *Writer) Add(r [][]byte) error {
	w.buf = appendRow(w.buf, r)
	w.rows++
	return w.flush(256 << 10)
}

// Rows is how many were written.
func (w *Writer) Rows() uint64 { return w.rows }

// Commit ends the mirror and puts it in the place of the one before: on disk, whole, or not at all.
func (w *Writer) Commit() error {
	w.buf = binary.AppendUvarint(append(w.buf, 0), w.rows)
	if err := errors.Join(w.flush(0), w.zip.Close(), w.file.Sync(), w.file.Close()); err != nil {
		return err
	}
	w.file = nil
	if err := os.Rename(w.name+".new", w.name); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(w.name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// Close gives up what was not committed.
func (w *Writer) Close() {
	if w.file == nil {
		return
	}
	if w.zip != nil {
		w.zip.Close()
	}
	w.file.Close()
	os.Remove(w.name + ".new")
	w.file = nil
}
