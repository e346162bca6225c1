// Package forget deletes a person from an installation, by the keyed hash that stands for a number: the rows of every version of
// every dataset, what is kept beside them, and files that were made of them. The ledger says afterwards how many rows are left,
// so that nobody takes a deletion for damage. Who was deleted stays in a file, as a hash: rows that come again are refused by
// it, and a restored backup is gone through once more.
package forget

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline/cell"
	"yanzhen/pipeline/keyed"
	"yanzhen/pipeline/mask"
)

// File is what the book is called, in the directory of an installation and in a folder of its backups.
const File = "forgotten.json"

// Entry is one deletion.
type Entry struct {
	At      time.Time           `json:"at"`
	By      string              `json:"by"`
	Reason  string              `json:"reason"`
	Keys    []string            `json:"keys"`              // 16 hexadecimal digits each
	Parts   []Part              `json:"parts,omitempty"`   // what is being deleted; known before the first row goes
	Batches map[string][]uint32 `json:"batches,omitempty"` // by dataset, whose tables beside are to be emptied
	States  map[string][]uint64 `json:"states,omitempty"`  // what is kept of them, by definition
	Counted time.Time           `json:"counted,omitzero"`  // when the parts were
	Damaged []uint32            `json:"damaged,omitempty"` // batches that were damaged before and are so still
	Rows    uint64              `json:"rows"`              // that were deleted, but for the parts
	Files   int                 `json:"files,omitempty"`   // exported files that were removed
	Waits   bool                `json:"waits,omitempty"`   // for a load at work, which may hold rows still
	Failing time.Time           `json:"failing,omitzero"`  // since when every attempt fails
	Done    bool                `json:"done"`              // else it is gone on with at the next start
	Back    []Back              `json:"withdrawn,omitempty"`
}

// Part is what of a batch goes.
type Part struct {
	Dataset string `json:"dataset"`
	Batch   uint32 `json:"batch"`
	Rows    uint64 `json:"rows"`   // that go
	Loaded  uint64 `json:"loaded"` // what the ledger said before
	Sums    string `json:"sums"`   // what it says afterwards; empty: as before
	Damaged bool   `json:"damaged,omitempty"`
}

// Back takes the deletion of a key back.
type Back struct {
	Key    string    `json:"key"`
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Reason string    `json:"reason"`
}

// Book is the file. Several processes may change it, one at a time.
type Book struct {
	Dir  string
	Wait time.Duration // how long a deletion waits for loads at work; 0: two minutes
	Also func() error  // empties what else was made of rows before now, when they are gone; nil: there is nothing

	fault func(step string) error // ends a deletion at a named step; only tests set it
}

// Read returns the deletions, the earliest first.
func (b Book) Read() ([]Entry, error) { return filed.ReadList[Entry](filepath.Join(b.Dir, File)) }

// Last is when the book was changed last; zero where it never was.
func (b Book) Last() time.Time {
	info, err := os.Stat(filepath.Join(b.Dir, File))
	if err != nil {
		return time.Time{}
	}
	return info.ModTime()
}

// Change writes what f makes of the deletions.
func (b Book) Change(f func([]Entry) []Entry) error {
	return filed.ChangeList(filepath.Join(b.Dir, File), func(all []Entry) ([]Entry, error) { return f(all), nil })
}

// Merge takes in the deletions of another book, and which of them were taken back.
func (b Book) Merge(other []Entry) error {
	return b.Change(func(all []Entry) []Entry {
		for _, e := range other {
			i := slices.IndexFunc(all, e.same)
			if i < 0 {
				all = append(all, e)
				continue
			}
			for _, back := range e.Back {
				if !all[i].back(back.Key) {
					all[i].Back = append(all[i].Back, back)
				}
			}
		}
		return all
	})
}

// Again has all deletions gone through once more: for a store that was restored. It returns how many there are.
func (b Book) Again() (n int, err error) {
	err = b.Change(func(all []Entry) []Entry {
		for i := range all {
			e := &all[i]
			e.Failing = time.Time{}
			if e.Done, e.Waits, e.Parts, e.Batches, e.States = len(e.numbers()) == 0, false, nil, nil, nil; !e.Done {
				n++
			}
		}
		return all
	})
	return n, err
}

// TakeBack takes all deletions of a key back: from now on its rows are loaded as others are, and a restored backup keeps
// them. It returns how many deletions there were of it.
func (b Book) TakeBack(back Back) (n int, err error) {
	back.Reason, _ = mask.Mask{}.Text(back.Reason)
	err = b.Change(func(all []Entry) []Entry {
		for i := range all {
			if e := &all[i]; slices.Contains(e.Keys, back.Key) && !e.back(back.Key) {
				e.Back = append(e.Back, back)
				n++
			}
		}
		return all
	})
	return n, err
}

// same reports whether another is this deletion.
func (e Entry) same(x Entry) bool { return x.At.Equal(e.At) && slices.Equal(x.Keys, e.Keys) }

// back reports whether the deletion of a key was taken back.
func (e Entry) back(key string) bool {
	return slices.ContainsFunc(e.Back, func(b Back) bool { return b.Key == key })
}

// tried notes since when a deletion fails. One that ended with the program has not failed.
func (b Book) tried(ctx context.Context, e *Entry, err error) error {
	if err == nil || ctx.Err() != nil || !e.Failing.IsZero() {
		return err
	}
	e.Failing = time.Now().UTC()
	return errors.Join(err, b.Change(func(all []Entry) []Entry {
		for i := range all {
			if e.same(all[i]) && !all[i].Done {
				all[i].Failing = e.Failing
			}
		}
		return all
	}))
}

// Watch knows the keys of a book as it is at any moment. A book that cannot be read is told, and what was known of it holds.
type Watch struct {
	Book
	Log *slog.Logger

	mu   sync.Mutex
	at   time.Time
	size int64
	keys map[uint64]bool
}

// Keys are the hashes of those who were deleted; nil: nobody was.
func (w *Watch) Keys() map[uint64]bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	info, err := os.Stat(filepath.Join(w.Dir, File))
	if errors.Is(err, fs.ErrNotExist) {
		return w.keys
	}
	if err == nil && info.ModTime().Equal(w.at) && info.Size() == w.size {
		return w.keys
	}
	var all []Entry
	if err == nil {
		all, err = w.Read()
	}
	if err != nil {
		w.Log.Error("who was deleted cannot be read; those hold that were known", "err", err)
		return w.keys
	}
	keys := map[uint64]bool{}
	for _, e := range all {
		for _, k := range e.numbers() {
			keys[k] = true
		}
	}
	w.keys, w.at, w.size = keys, info.ModTime(), info.Size()
	return keys
}

func (e Entry) numbers() (out []uint64) {
	for _, k := range e.Keys {
		if e.back(k) {
			continue
		}
		if n, err := strconv.ParseUint(k, 16, 64); err == nil && n != 0 {
			out = append(out, n)
		}
	}
	return out
}

// KeysOf are the hashes that stand for what somebody wrote: such a hash itself, as mart shows it, or a number of an identity card,
// another document or a telephone. It is nil where it is none of these.
func KeysOf(text string, secret []byte, now time.Time) []string {
	text = strings.TrimSpace(text)
	if len(text) == 16 {
		if n, err := strconv.ParseUint(text, 16, 64); err == nil && n != 0 {
			return []string{strings.ToLower(text)}
		}
	}
	h := keyed.New(secret)
	hex := func(n uint64) string { return fmt.Sprintf("%016x", n) }
	var out []string
	s := cell.Document(text)
	switch id, other, f := cell.Identify(s, int32(now.Unix()/86400)); {
	case f != nil:
	case other:
		out = append(out, hex(h.Text('d', s)))
	default:
		out = append(out, hex(h.Bytes('i', id.Number[:])))
	}
	if p, f := cell.Phone(text); f == nil {
		out = append(out, hex(h.Text('p', p)))
	}
	return out
}
