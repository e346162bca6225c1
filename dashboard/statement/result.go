package statement

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

const (
	every     = 128      // rows between two places that are remembered
	longLine  = 64 << 10 // bytes of a row; of longer ones the cells are cut
	longCell  = 2000     // characters of a cell in a row that is too long
	mostLine  = 16 << 20 // bytes of a row
	mostSpan  = 1000     // rows that are given at once
	mostWidth = 2000     // columns
)

// Column is one of a result.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// Result is the rows of a run, in a file that nobody else can open and that is gone with it.
type Result struct {
	ID, Who string
	Asked   string            // the statement
	Params  map[string]string // its values
	// Unmasked: it holds what masks hide.
	Unmasked bool

	mu      sync.RWMutex
	file    *os.File
	columns []Column
	places  []int64 // of every 128th row in the file
	rows    int
	size    int64
	cut     bool
	over    bool // no row comes any more
	used    time.Time
	began   time.Time
}

// open makes a result and makes room for it.
func (d *Desk) open(who, id string) (*Result, error) {
	f, err := os.CreateTemp("", "yanzhen-result-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	r := &Result{ID: id, Who: who, file: f, used: time.Now(), began: time.Now()}
	d.mu.Lock()
	defer d.mu.Unlock()
	mine, all := 0, int64(0)
	for _, k := range d.kept {
		all += k.bytes()
		if k.Who == who {
			mine++
		}
	}
	for _, k := range append([]*Result(nil), d.kept...) {
		if k.idle() < keptFor && len(d.kept) < mostKept && all < mostAll && !(k.Who == who && mine >= mostEach) {
			continue
		}
		if !k.ended() {
			continue
		}
		all -= k.bytes()
		if k.Who == who {
			mine--
		}
		d.drop(k)
	}
	if len(d.kept) >= 2*mostKept {
		f.Close()
		return nil, fault(202, "同时打开的结果太多，请稍后再试", "too many results are open at once: try again in a moment")
	}
	d.kept = append(d.kept, r)
	return r, nil
}

// drop lets a result go. The desk is locked.
func (d *Desk) drop(r *Result) {
	for i, k := range d.kept {
		if k == r {
			d.kept = append(d.kept[:i:i], d.kept[i+1:]...)
			break
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.file.Close()
	r.over = true
}

// Result is one of a person's; nil where it is gone, or was never that person's.
func (d *Desk) Result(who, id string) *Result {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, r := range d.kept {
		if r.Who == who && r.ID == id {
			if d.Gone != nil && r.ended() && r.began.Before(d.Gone()) {
				d.drop(r)
				return nil
			}
			d.kept = append(append(d.kept[:i:i], d.kept[i+1:]...), r)
			r.mu.Lock()
			r.used = time.Now()
			r.mu.Unlock()
			return r
		}
	}
	return nil
}

func (r *Result) idle() time.Duration { r.mu.RLock(); defer r.mu.RUnlock(); return time.Since(r.used) }
func (r *Result) bytes() int64        { r.mu.RLock(); defer r.mu.RUnlock(); return r.size }
func (r *Result) ended() bool         { r.mu.RLock(); defer r.mu.RUnlock(); return r.over }

func (r *Result) end() { r.mu.Lock(); defer r.mu.Unlock(); r.over = true }

// Columns are those of the result; none until the first rows have come.
func (r *Result) Columns() []Column { r.mu.RLock(); defer r.mu.RUnlock(); return r.columns }

// Rows is how many there are so far.
func (r *Result) Rows() uint64 { r.mu.RLock(); defer r.mu.RUnlock(); return uint64(r.rows) }

// Size is the bytes of the rows.
func (r *Result) Size() int64 { return r.bytes() }

// Cut says that the statement has more rows than are kept.
func (r *Result) Cut() bool { r.mu.RLock(); defer r.mu.RUnlock(); return r.cut }

// fill reads rows until they end or there are as many as may be kept.
func (r *Result) fill(in io.Reader) error {
	lines := bufio.NewReaderSize(in, 256<<10)
	var names, types []string
	for _, to := range []*[]string{&names, &types} {
		line, err := whole(lines)
		if err == io.EOF {
			return nil // a statement without an answer
		}
		if err != nil {
			return err
		}
		if err := json.Unmarshal(line, to); err != nil {
			return err
		}
	}
	if err := tooWide(len(names)); err != nil {
		return err
	}
	r.mu.Lock()
	for i, n := range names {
		r.columns = append(r.columns, Column{n, types[min(i, len(types)-1)]})
	}
	r.mu.Unlock()
	var batch bytes.Buffer // rows that are not in the file yet
	var places []int64
	rows, size := 0, int64(0)
	flush := func() error {
		if _, err := r.file.WriteAt(batch.Bytes(), size-int64(batch.Len())); err != nil {
			return err
		}
		batch.Reset()
		r.mu.Lock()
		defer r.mu.Unlock()
		r.places, r.rows, r.size = append(r.places, places...), rows, size
		places = places[:0]
		return nil
	}
	for {
		line, err := whole(lines)
		if err == io.EOF {
			return flush()
		}
		if err != nil {
			return errors.Join(flush(), err)
		}
		if rows >= MostRows || size >= mostBytes {
			r.mu.Lock()
			r.cut = true
			r.mu.Unlock()
			return flush()
		}
		if len(line) > longLine {
			if line, err = shorter(line); err != nil {
				return err
			}
		}
		if rows%every == 0 {
			places = append(places, size)
		}
		batch.Write(line)
		batch.WriteByte('\n')
		rows, size = rows+1, size+int64(len(line))+1
		// the first rows are seen at once, many in large pieces
		if batch.Len() > 1<<20 || rows == 100 || lines.Buffered() == 0 {
			if err := flush(); err != nil {
				return err
			}
		}
	}
}

// whole is the next line that is not empty, without its end.
func whole(in *bufio.Reader) ([]byte, error) {
	for {
		line, err := in.ReadSlice('\n')
		if err == bufio.ErrBufferFull {
			long := bytes.Clone(line)
			for err == bufio.ErrBufferFull && len(long) <= mostLine {
				line, err = in.ReadSlice('\n')
				long = append(long, line...)
			}
			if len(long) > mostLine {
				return nil, fault(0, "有一行超过 16 MB：少取几列，或不要把许多行汇成一格", "a row is larger than 16 MB: select fewer columns, or do not gather many rows in a cell")
			}
			line = long
		}
		line = bytes.TrimRight(line, "\r\n")
		if len(line) > 0 {
			return line, nil
		}
		if err != nil {
			return nil, err
		}
	}
}

// shorter is a row whose long cells are cut.
func shorter(line []byte) ([]byte, error) {
	var cells []json.RawMessage
	if err := json.Unmarshal(line, &cells); err != nil {
		return nil, err
	}
	for i, c := range cells {
		if len(c) <= longCell {
			continue
		}
		text := string(c)
		if c[0] == '"' {
			if err := json.Unmarshal(c, &text); err != nil {
				return nil, err
			}
		}
		if runes := []rune(text); len(runes) > longCell {
			text = string(runes[:longCell]) + "…"
		}
		b, err := json.Marshal(text)
		if err != nil {
			return nil, err
		}
		cells[i] = b
	}
	return json.Marshal(cells)
}

// Give writes so many rows from one on as JSON: an array of rows, each an array of cells.
func (r *Result) Give(w io.Writer, from, n int) error {
	n = min(max(n, 0), mostSpan)
	out := bufio.NewWriter(w)
	out.WriteByte('[')
	first := true
	err := r.walk(from, n, func(line []byte) error {
		if !first {
			out.WriteByte(',')
		}
		first = false
		_, err := out.Write(line)
		return err
	})
	if err != nil {
		return err
	}
	out.WriteByte(']')
	return out.Flush()
}

// walk calls use for rows from one on.
func (r *Result) walk(from, n int, use func(line []byte) error) error {
	r.mu.RLock()
	rows, size := r.rows, r.size
	place := int64(0)
	if from >= 0 && from < rows {
		place = r.places[from/every]
	}
	r.mu.RUnlock()
	if from < 0 || from >= rows {
		return nil
	}
	in := bufio.NewReaderSize(io.NewSectionReader(r.file, place, size-place), 256<<10)
	for i := from / every * every; i < min(from+n, rows); i++ {
		line, err := whole(in)
		if err != nil {
			return err
		}
		if i >= from {
			if err := use(line); err != nil {
				return err
			}
		}
	}
	return nil
}

// numeric says whether a type is one of numbers.
func numeric(kind string) bool {
	kind = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSuffix(strings.TrimPrefix(kind, "LowCardinality("), ")"), "Nullable("), ")")
	for _, p := range []string{"Int", "UInt", "Float", "Decimal", "BFloat"} {
		if strings.HasPrefix(kind, p) {
			return true
		}
	}
	return false
}
