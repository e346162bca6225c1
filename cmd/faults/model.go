package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// model is what the world must see: which versions of each unit were sent, and which of them may be visible.
type model struct {
	mu    sync.Mutex
	inbox string
	units []*unit
}

// unit is one sender's month of a dataset. A version is a whole file; 0 is nothing.
type unit struct {
	id      int
	dataset string
	sender  string
	month   int
	sent    int   // the last version that lies in the inbox
	may     []int // versions that may be visible though no later one has come
	after   int   // later versions than this, up to sent, may be visible too
	before  int   // what was visible before the last that was seen; 0: nothing, or not known
	rolled  bool  // the last that was done to it is a rollback
}

var datasets = []string{"sales", "stocks"}

// newModel makes the units: of each dataset some senders with as many months.
func newModel(inbox string, senders int) *model {
	m := &model{inbox: inbox}
	for _, d := range datasets {
		for s := range senders {
			for month := 1; month <= senders; month++ {
				m.units = append(m.units, &unit{id: len(m.units), dataset: d, sender: string([]rune("甲乙丙")[s]) + "局", month: month, may: []int{0}})
			}
		}
	}
	return m
}

func (u *unit) name() string { return fmt.Sprintf("%s|2026-%02d", u.sender, u.month) }

func (u *unit) rows(version int) int { return 200 + 5*version + u.id }

func (u *unit) amount(version, row int) int64 {
	return int64(u.id+1)*1_000_000 + int64(version)*1000 + int64(row)
}

// sum is the sum of the amounts of a version.
func (u *unit) sum(version int) (s int64) {
	for n := range u.rows(version) {
		s += u.amount(version, n)
	}
	return s
}

// send puts the next version into the inbox, in one step.
func (m *model) send(u *unit) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	v := u.sent + 1
	var b strings.Builder
	b.WriteString("u,v,n,day,amount\n")
	for n := range u.rows(v) {
		fmt.Fprintf(&b, "%d,%d,%d,2026-%02d-%02d,%d\n", u.id, v, n, u.month, n%28+1, u.amount(v, n))
	}
	name := filepath.Join(m.inbox, fmt.Sprintf("%s_%s_2026年%d月.csv", u.sender, u.dataset, u.month))
	if err := os.WriteFile(name+".tmp", []byte(b.String()), 0o600); err != nil {
		return err
	}
	u.sent, u.rolled = v, false
	return os.Rename(name+".tmp", name)
}

// state is what the database shows of a unit.
type state struct {
	U     int64 `db:"u"`
	Low   int64 `db:"low"`
	High  int64 `db:"high"`
	Rows  int64 `db:"rows"`
	Sum   int64 `db:"total"`
	Lines int64 `db:"lines"`
}

// errUnread is why nothing could be read.
var errUnread = errors.New("nothing could be read")

// seen holds what show shows, by unit, against what may be visible, and learns from it. Nobody sends or rolls back
// in the meantime.
func (m *model) seen(show func() (map[int]state, error)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	shown, err := show()
	if err != nil {
		return fmt.Errorf("%w: %w", errUnread, err)
	}
	for _, u := range m.units {
		s, ok := shown[u.id]
		v := int(s.High)
		if ok && (s.Low != s.High || s.Rows != int64(u.rows(v)) || s.Sum != u.sum(v) || s.Lines != s.Rows) {
			return fmt.Errorf("%s %s: versions %d to %d, %d rows (%d of them differ), sum %d; version %d has %d rows and sum %d", u.dataset, u.name(), s.Low, s.High, s.Rows, s.Lines, s.Sum, v, u.rows(v), u.sum(v))
		}
		if !slices.Contains(u.may, v) && (v <= u.after || v > u.sent) {
			return fmt.Errorf("%s %s: version %d is visible; acknowledged was %v, and %d was sent since %d", u.dataset, u.name(), v, u.may, u.sent, u.after)
		}
		if !slices.Equal(u.may, []int{v}) {
			u.before = 0
			if len(u.may) == 1 && v > u.may[0] {
				u.before = u.may[0]
			}
			u.may = []int{v}
		}
		u.after = max(u.after, v)
	}
	return nil
}

// settled reports whether every unit shows what it must once nothing is under way, and else one that does not.
func (m *model) settled() (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, u := range m.units {
		if !u.rolled && !slices.Equal(u.may, []int{u.sent}) {
			return fmt.Sprintf("%s %s shows %v, sent was %d", u.dataset, u.name(), u.may, u.sent), false
		}
	}
	return "", true
}

// rollback lets roll take back what a unit shows, where that is the last that was sent and what was before it is known. A
// rollback that fails may have been done all the same.
func (m *model) rollback(u *unit, roll func(dataset, unit string) error) (done bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if u.rolled || u.before == 0 || !slices.Equal(u.may, []int{u.sent}) {
		return false
	}
	u.may, u.rolled = nil, true
	for v := u.before; v < u.sent; v++ { // one that was never seen may have come between
		u.may = append(u.may, v)
	}
	u.before = 0
	if err := roll(u.dataset, u.name()); err != nil {
		u.may = append(u.may, u.sent)
		return false
	}
	return true
}
