package alert

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access/filed"
	"yanzhen/jobs/channel"
	"yanzhen/pipeline/codes"
)

// Bounds.
const (
	mostOpen = 5000 // alerts that are open at once; of more the rest is not told
	mostPast = 300  // that are over and are kept for the page
	mostNote = 300  // runes of a note
)

// State is what is known of alerts. It is one file, which is there whole or not at all.
type State struct {
	N    uint64            `json:"n"` // messages that were made
	Open map[string]*Alert `json:"open"`
	Past []Alert           `json:"past"` // the latest first
	Out  []Outgoing        `json:"out"`  // messages that are not handed over to the outbox yet
	More int               `json:"more"` // found beyond mostOpen

	Reminded map[string]time.Time `json:"reminded,omitempty"` // what senders were reminded of, and when
	Slots    map[string]time.Time `json:"slots,omitempty"`    // of each subscription, the last time for which it was written
	Cycles   map[string]string    `json:"cycles,omitempty"`   // of each subscription, when and what it was declared to send then
	Missed   map[string]Missed    `json:"missed,omitempty"`   // subscriptions whose last mail could not be written
}

// Missed says when something could not be written, and why.
type Missed struct {
	At  time.Time  `json:"at"`
	Why codes.Text `json:"why"`
}

// Outgoing is a message for a channel.
type Outgoing struct {
	Channel string          `json:"channel"`
	Message channel.Message `json:"message"`
}

// Book is the file. Several processes may change it, one at a time. One that is damaged is put aside, and begins anew: what is
// open is told once more.
type Book struct {
	Dir string
	Log *slog.Logger // nil: that of the program
}

func (b Book) file() string { return filepath.Join(b.Dir, "alerts.json") }

// errDamaged says that what stands in the file is not what was written.
var errDamaged = errors.New("alerts.json cannot be read")

// Read is what is known; nothing where nothing was ever found.
func (b Book) Read() (State, error) {
	s, err := b.parse()
	if !errors.Is(err, errDamaged) {
		return s, err
	}
	unlock, err := filed.Lock(b.file() + ".lock")
	if err != nil {
		return s, err
	}
	defer unlock()
	return b.held()
}

// parse reads the file. A state is never without a map of what is open.
func (b Book) parse() (State, error) {
	none := State{Open: map[string]*Alert{}}
	text, err := os.ReadFile(b.file())
	if errors.Is(err, fs.ErrNotExist) {
		return none, nil
	}
	if err != nil {
		return none, err
	}
	var s State
	if err := json.Unmarshal(text, &s); err != nil {
		return none, fmt.Errorf("%w: %w", errDamaged, err)
	}
	for key, a := range s.Open {
		if a == nil {
			delete(s.Open, key)
		}
	}
	if s.Open == nil {
		s.Open = none.Open
	}
	return s, nil
}

// held is what is known, for who holds the lock: what is damaged is put aside.
func (b Book) held() (State, error) {
	s, err := b.parse()
	if !errors.Is(err, errDamaged) {
		return s, err
	}
	log := b.Log
	if log == nil {
		log = slog.Default()
	}
	log.Error("what is known of alerts is damaged and begins anew", "aside", b.file()+".unreadable", "error", err)
	return s, os.Rename(b.file(), b.file()+".unreadable")
}

// errSame says that nothing is to be written.
var errSame = errors.New("nothing changed")

// Change lets f change what is known.
func (b Book) Change(f func(*State) error) error {
	err := filed.Change(b.file(), func() ([]byte, error) {
		s, err := b.held()
		if err != nil {
			return nil, err
		}
		before, err := json.Marshal(s)
		if err != nil {
			return nil, err
		}
		if err := f(&s); err != nil {
			return nil, err
		}
		after, err := json.Marshal(s)
		if err == nil && string(before) == string(after) {
			return nil, errSame
		}
		return after, err
	})
	if errors.Is(err, errSame) {
		return nil
	}
	return err
}

// ErrNone says that no alert of a key is open.
var ErrNone = errors.New("没有这条告警，或已经结束 / there is no such alert, or it is over")

// Acknowledge writes down who deals with an alert.
func (b Book) Acknowledge(key, who, note string, at time.Time) error {
	if r := []rune(strings.Join(strings.Fields(note), " ")); len(r) > mostNote {
		note = string(r[:mostNote])
	} else {
		note = string(r)
	}
	if s, err := b.Read(); err == nil && s.Open[key] == nil {
		return ErrNone
	}
	return b.Change(func(s *State) error {
		a := s.Open[key]
		if a == nil || !a.Over.IsZero() {
			return ErrNone
		}
		a.Ack = &Ack{By: who, At: at.UTC(), Note: note}
		return nil
	})
}

// List is what is open, the gravest first, then what began first.
func (s State) List() []*Alert {
	var out []*Alert
	for _, a := range s.Open {
		if a.Over.IsZero() {
			out = append(out, a)
		}
	}
	slices.SortFunc(out, order)
	return out
}

func order(x, y *Alert) int {
	_, kx := Of(x.Kind)
	_, ky := Of(y.Kind)
	for _, c := range []int{kx - ky, y.Level - x.Level, x.First.Compare(y.First), strings.Compare(x.Key, y.Key)} {
		if c != 0 {
			return c
		}
	}
	return 0
}
