package published

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute/sent"
	"yanzhen/dashboard/metric/compute/word"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/warehouse"
)

// Source is where what is published is asked for.
type Source struct {
	Catalog *metric.Catalog
	DB      warehouse.Querier
	// Duties are those that are declared; a dataset without any has those that what came suggests.
	Duties []duty.Duty
	// Office is the clock by which days of arrival are told; nil: eight hours ahead of UTC.
	Office *time.Location
	// Fresh is for how long the ledger's last word is believed; 0: every question asks.
	Fresh time.Duration
}

// Memory keeps what the ledger said last, and reads it anew once it has another last word. It is safe for concurrent use.
type Memory struct {
	now   word.Answers[Live]           // what holds now: no number of report dates drives it out
	live  word.Answers[Live]           // what held at moments
	moved word.Answers[[]metric.Moved] // what has come since moments

	mu   sync.Mutex
	last *lastWord // asked a moment ago
}

// lastSQL asks for the ledger's last word, and that on what is kept beside the rows: while they are the same, so is everything
// else they say. It is made of every row: one may come to be seen after a newer one, or be changed where it stands.
const lastSQL = `select
    toString(max(seq)) as last,
    concat(toString(count()), ' ', toString(groupBitXor(` + sent.Row + `))) as words,
    (select concat(toString(count()), ' ', toString(groupBitXor(cityHash64(at, batch, column, have, healed)))) from meta.damage) as damage,
    (select concat(toString(count()), ' ', toString(groupBitXor(cityHash64(definition, batch, state)))) from meta.states) as kept,
    (select count() from meta.withdrawn_freezes) as withdrawn
from meta.ledger`

// At says what is published; the zero moment means now. What holds, or held at a moment, is read once for each last word of the
// ledger, and the last word is believed for as long as Source.Fresh says.
func (m *Memory) At(ctx context.Context, of Source, asOf time.Time) (Live, error) {
	last, err := m.lastWord(ctx, of)
	if err != nil {
		return Live{}, err
	}
	among, moment := &m.now, ""
	if !asOf.IsZero() {
		among, moment = &m.live, asOf.String()
	}
	return among.Of(ctx, last, moment, func(ctx context.Context) (Live, error) {
		live, err := of.read(ctx, asOf)
		live.gone, _, _ = strings.Cut(last, " ")
		return live, err
	})
}

// lastWord is the ledger's last word as somebody asks for it, or has asked a moment ago.
type lastWord struct {
	asked  time.Time
	done   chan struct{}
	answer string
	err    error
}

// lastWord asks the ledger for its last word, together with whoever asked within Fresh.
func (m *Memory) lastWord(ctx context.Context, of Source) (string, error) {
	if of.Fresh <= 0 {
		return of.askLast(ctx)
	}
	m.mu.Lock()
	w := m.last
	if w == nil || time.Since(w.asked) >= of.Fresh {
		w = &lastWord{asked: time.Now(), done: make(chan struct{})}
		m.last = w
		go func() {
			// Not the first asker's context: the others wait for it too.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			if w.answer, w.err = of.askLast(ctx); w.err != nil {
				m.mu.Lock()
				if m.last == w {
					m.last = nil // whoever asks next asks anew
				}
				m.mu.Unlock()
			}
			close(w.done)
		}()
	}
	m.mu.Unlock()
	select {
	case <-w.done:
		return w.answer, w.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

// Doubt says that the ledger has a new word: who asks next asks it, however short ago it was asked.
func (m *Memory) Doubt() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.last = nil
}

func (s Source) askLast(ctx context.Context) (last string, err error) {
	words, err := warehouse.Select[struct {
		Last   string `db:"last"`
		Words  string `db:"words"`
		Damage string `db:"damage"`
		Kept   string `db:"kept"`
		Gone   uint64 `db:"withdrawn"`
	}](ctx, s.DB, warehouse.Statement{SQL: lastSQL, Tag: "metric.live"})
	for _, w := range words {
		last = fmt.Sprint(w.Gone, " ", w.Last, " ", w.Words, " ", w.Damage, " ", w.Kept)
	}
	return last, err
}
