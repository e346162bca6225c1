// Package shelf keeps statements: those that were asked, by every door, and those that people saved, with their versions. Both
// are files of the zone's directory that only their owner reads; a server and the command line beside it work on the same
// files, one at a time. It runs nothing and knows nothing of pages.
package shelf

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline/mask"
)

// Bounds of the history.
const (
	mostFile = 16 << 20 // bytes of a file; the one before it is kept too
	mostText = 64 << 10 // bytes of a statement; the rest is cut
)

// Asked is a statement that somebody asked.
type Asked struct {
	At     time.Time `json:"at"`
	Who    string    `json:"who"`
	Door   string    `json:"door"` // page, file, http, flight, console
	From   string    `json:"from,omitempty"`
	SQL    string    `json:"sql"`
	State  string    `json:"state"` // done, stopped, failed
	Code   int       `json:"code,omitempty"`
	Rows   uint64    `json:"rows,omitempty"`
	Bytes  int64     `json:"bytes,omitempty"`
	Millis int64     `json:"ms"`
	Cut    bool      `json:"cut,omitempty"` // the text is longer
}

// Shelf is that of a zone's directory.
type Shelf struct{ Dir string }

func (s Shelf) history() string { return filepath.Join(s.Dir, "statements", "history.jsonl") }

// lock waits for its turn.
func (s Shelf) lock() (func(), error) {
	if err := os.MkdirAll(filepath.Join(s.Dir, "statements"), 0o700); err != nil {
		return nil, err
	}
	return filed.Lock(filepath.Join(s.Dir, "statements", "lock"))
}

// Add writes a statement down. Numbers of persons in it are masked.
func (s Shelf) Add(a Asked) error {
	a.SQL, _ = mask.Mask{}.Text(strings.ToValidUTF8(a.SQL, "?"))
	if len(a.SQL) > mostText {
		a.SQL, a.Cut = strings.ToValidUTF8(a.SQL[:mostText], ""), true
	}
	if a.At.IsZero() {
		a.At = time.Now()
	}
	a.At = a.At.UTC()
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	name := s.history()
	if at, err := os.Stat(name); err == nil && at.Size()+int64(len(line)) > mostFile {
		if err := os.Rename(name, name+".1"); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(name, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	return errors.Join(err, f.Close())
}

// Find lists statements, the latest first: of one person or, with an empty name, of all; and with a text in them, whatever its
// case. more says that there are older ones.
func (s Shelf) Find(who, text string, most int) (list []Asked, more bool, err error) {
	text = strings.ToLower(text)
	for _, name := range []string{s.history(), s.history() + ".1"} {
		var own []Asked
		err := lines(name, func(line []byte) {
			var a Asked
			if json.Unmarshal(line, &a) != nil || who != "" && a.Who != who || text != "" && !strings.Contains(strings.ToLower(a.SQL), text) {
				return // a line that a power cut left half is none
			}
			if own = append(own, a); len(own) > 2*most {
				own, more = slices.Delete(own, 0, len(own)-most), true
			}
		})
		if err != nil {
			return nil, false, err
		}
		slices.Reverse(own)
		list = append(list, own...)
		if len(list) > most {
			return list[:most], true, nil
		}
	}
	return list, more, nil
}

// lines calls use for the lines of a file; one that is not there has none.
func lines(name string, use func([]byte)) error {
	f, err := os.Open(name)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 64<<10)
	for {
		line, err := in.ReadBytes('\n')
		if line = bytes.TrimSpace(line); len(line) > 0 {
			use(line)
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
