package account

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access/filed"
)

// apart is how long nobody has looked by an account before its next look is another visit.
const apart = time.Hour

// Visit is when somebody looked at the first page by an account: at the end of the visit before, and last.
type Visit struct {
	Before time.Time `json:"before,omitzero"`
	Last   time.Time `json:"last"`
}

// Visits are the last two visits of every account: what is new to a reader is told from them. They are a file of the zone's
// directory; nothing of them is in the browser. They hold no more than the accounts there are.
type Visits struct {
	book *Book
	log  *slog.Logger

	file  string
	now   func() time.Time
	mu    sync.Mutex
	list  map[string]Visit // by account
	saved time.Time
}

// OpenVisits reads the visits of a zone's directory. A file that cannot be read is put aside: everybody is here for the first
// time.
func OpenVisits(dir string, b *Book, log *slog.Logger) *Visits {
	v := &Visits{book: b, log: log, file: filepath.Join(dir, "visits.json"), now: b.now, list: map[string]Visit{}}
	text, err := filed.Limited(v.file, mostBytes)
	if err == nil {
		err = json.NewDecoder(bytes.NewReader(text)).Decode(&v.list)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("the visits cannot be read; everybody is here for the first time", "error", err)
	}
	if err != nil || v.list == nil {
		v.list = map[string]Visit{}
	}
	return v
}

// See notes that somebody looks by an account, and says when the visit before this one ended; zero: there was none.
func (v *Visits) See(name string) time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	now := v.now().UTC()
	x, known := v.list[name]
	begins := !known || now.Sub(x.Last) > apart
	if begins {
		x.Before = x.Last
	}
	if x.Last = now; begins || now.Sub(v.saved) > seenEvery {
		v.list[name] = x
		if err := v.save(); err != nil {
			v.log.Warn("the visits could not be written down", "error", err)
		}
	}
	v.list[name] = x
	return x.Before
}

// Before is when the visit before this one ended; zero: there was none.
func (v *Visits) Before(name string) time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.list[name].Before
}

// save writes the visits of the accounts that are there.
func (v *Visits) save() error {
	v.saved = v.now()
	all, err := v.book.All()
	if err != nil {
		return err
	}
	for name := range v.list {
		if _, ok := slices.BinarySearchFunc(all, name, func(a Account, name string) int { return strings.Compare(a.Name, name) }); !ok {
			delete(v.list, name)
		}
	}
	text, err := json.Marshal(v.list)
	if err != nil {
		return err
	}
	return filed.Replace(v.file, text)
}
