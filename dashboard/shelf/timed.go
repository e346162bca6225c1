package shelf

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline/codes"
)

// Bounds of what the clock does.
const (
	MostTimed    = 200 // saved statements of all
	mostTimedOwn = 20  // of one person
	mostHappened = 30  // outcomes kept of one
	UsualKept    = 12  // files of an export
	mostKept     = 100
)

// Timing is what the clock does with a saved statement: write its answer as a file, or tell when it has rows.
type Timing struct {
	Kind     Kind      `json:"kind"`
	Schedule string    `json:"schedule"`         // five fields of cron, @daily, @every 15m; on the office's clock
	Format   string    `json:"format,omitempty"` // of an export: csv, xlsx ...
	Keep     int       `json:"keep,omitempty"`   // files of an export; the oldest go
	Paused   bool      `json:"paused,omitempty"`
	Since    time.Time `json:"since"` // when it was declared or resumed: nothing before is made up for
}

// Kind is what becomes of the answer.
type Kind string

// The kinds.
const (
	ExportKind Kind = "export"
	AlertKind  Kind = "alert"
)

// Happened is what came of a statement at one time.
type Happened struct {
	Slot    time.Time `json:"slot"` // when it was due
	At      time.Time `json:"at"`   // when it began
	Millis  int64     `json:"ms"`
	State   string    `json:"state"` // done, alert, failed, refused: the owner may not, at that moment
	Version int       `json:"version"`
	Rows    uint64    `json:"rows,omitempty"`
	More    bool      `json:"more,omitempty"` // there are more rows
	File    string    `json:"file,omitempty"`
	Bytes   int64     `json:"bytes,omitempty"`
	Zh      string    `json:"zh,omitempty"` // why it failed or was refused
	En      string    `json:"en,omitempty"`
}

// The states of what happened.
const (
	Done    = "done"
	Alert   = "alert"
	Failed  = "failed"
	Refused = "refused"
)

// Why says why it failed or was refused.
func (h Happened) Why() codes.Text { return codes.Text{Zh: h.Zh, En: h.En} }

// Bad says that somebody should look.
func (h Happened) Bad() bool { return h.State != Done }

func (t *Timing) check(formats []string) error {
	t.Schedule = strings.Join(strings.Fields(t.Schedule), " ")
	switch {
	case t.Kind == AlertKind:
		t.Format, t.Keep = "", 0
	case t.Kind != ExportKind:
		return refuse("写 export 或 alert", "say export or alert")
	case !slices.Contains(formats, t.Format):
		return refuse("文件格式可选 %s", "choose a format: %s", strings.Join(formats, ", "))
	case t.Keep == 0:
		t.Keep = UsualKept
	case t.Keep < 1 || t.Keep > mostKept:
		return refuse("保留 1 至 %d 个文件", "keep 1 to %d files", mostKept)
	}
	if len(t.Schedule) > 100 {
		return refuse("时间写得太长", "the schedule is too long")
	}
	return nil
}

// Time declares what the clock does with a statement of one's own; nil: nothing more. Whoever is empty acts for its owner. The
// schedule is held to be right.
func (s Shelf) Time(who string, id int, t *Timing, formats []string) (out Saved, err error) {
	if t != nil {
		if err := t.check(formats); err != nil {
			return out, err
		}
		t.Since = time.Now().UTC()
	}
	err = s.change(func(b *book) error {
		i := slices.IndexFunc(b.List, func(x Saved) bool { return x.ID == id && (who == "" || x.Owner == who) })
		if i < 0 {
			return gone()
		}
		own, all := 0, 0
		for k, x := range b.List {
			if x.Timed == nil || k == i {
				continue
			}
			if all++; x.Owner == b.List[i].Owner {
				own++
			}
		}
		if t != nil && b.List[i].Timed == nil && (own >= mostTimedOwn || all >= MostTimed) {
			return refuse("定时的语句最多每人 %d 条、全体 %d 条", "at most %d statements on the clock of one person, %d of all", mostTimedOwn, MostTimed)
		}
		b.List[i].Timed = t
		out = b.List[i]
		return nil
	})
	return out, err
}

// Timed lists all saved statements that the clock does something with, by their numbers.
func (s Shelf) Timed() ([]Saved, error) {
	b, err := s.read()
	if err != nil {
		return nil, err
	}
	list := slices.DeleteFunc(b.List, func(x Saved) bool { return x.Timed == nil })
	slices.SortFunc(list, func(x, y Saved) int { return x.ID - y.ID })
	return list, nil
}

// All lists every saved statement, by its number: for who owns the directory.
func (s Shelf) All() ([]Saved, error) {
	b, err := s.read()
	slices.SortFunc(b.List, func(x, y Saved) int { return x.ID - y.ID })
	return b.List, err
}

func (s Shelf) happened() string { return filepath.Join(s.Dir, "statements", "happened.json") }

// Happened is what came of statements on the clock, by the number of the statement, the latest last.
func (s Shelf) Happened() (map[int][]Happened, error) {
	text, err := os.ReadFile(s.happened())
	out := map[int][]Happened{}
	if errors.Is(err, os.ErrNotExist) {
		return out, nil
	}
	if err == nil {
		err = json.Unmarshal(text, &out)
	}
	return out, err
}

// Happen writes down what came of a statement. What came of statements that are gone is forgotten.
func (s Shelf) Happen(id int, h Happened) error {
	unlock, err := s.lock()
	if err != nil {
		return err
	}
	defer unlock()
	all, err := s.Happened()
	if err != nil {
		return err
	}
	b, err := s.read()
	if err != nil {
		return err
	}
	for known := range all {
		if !slices.ContainsFunc(b.List, func(x Saved) bool { return x.ID == known }) {
			delete(all, known)
		}
	}
	list := append(all[id], h)
	all[id] = list[max(0, len(list)-mostHappened):]
	text, err := json.Marshal(all)
	if err != nil {
		return err
	}
	return filed.Replace(s.happened(), text)
}

// Trouble is a statement on the clock that somebody should look at: it has rows that it should not have, or it did not run.
type Trouble struct {
	Saved
	Happened
	First time.Time // since when it has been so
}

// Troubles lists them, by their numbers. A statement that is paused troubles nobody.
func (s Shelf) Troubles() (out []Trouble, err error) {
	list, err := s.Timed()
	if err != nil || len(list) == 0 {
		return nil, err
	}
	all, err := s.Happened()
	if err != nil {
		return nil, err
	}
	for _, x := range list {
		past := all[x.ID]
		if x.Timed.Paused || len(past) == 0 || !past[len(past)-1].Bad() || past[len(past)-1].At.Before(x.Timed.Since) {
			continue
		}
		t := Trouble{Saved: x, Happened: past[len(past)-1]}
		for i := len(past) - 1; i >= 0 && past[i].State == t.State; i-- {
			t.First = past[i].At
		}
		out = append(out, t)
	}
	return out, nil
}
