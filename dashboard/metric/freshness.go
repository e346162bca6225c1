package metric

import (
	"context"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// state is what the ledger says of one dataset.
type state struct {
	version  string // the ledger's last word: a sequence number
	live     bool   // something is published
	min, max Day    // zero: no dates
}

type states map[string]state

// liveSQL asks the ledger for everything an answer depends on.
const liveSQL = `select
    dataset,
    toString(max(version)) as version,
    sum(live) as units,
    min(first) as first,
    max(last) as last
from (
    select dataset, seq as version, 0 as live, null as first, null as last
    from meta.ledger
    where state in ('published', 'withdrawn')
    union all
    select dataset, 0 as version, 1 as live, min_date as first, max_date as last
    from %s
)
group by dataset`

// lastSQL asks for the ledger's last word: while it is the same, so is everything else it says.
const lastSQL = "select toString(max(seq)) as last, count() as words from meta.ledger"

// data returns what the ledger says now, or said at a moment.
func (e *Engine) data(ctx context.Context, asOf time.Time) (states, error) {
	last, err := e.lastWord(ctx)
	if err != nil {
		return nil, err
	}
	if asOf.IsZero() {
		e.mu.Lock()
		known, same := e.states, e.last == last
		e.mu.Unlock()
		if known != nil && same {
			return known, nil
		}
	}
	data, err := e.ledger(ctx, asOf)
	if err == nil && asOf.IsZero() {
		e.mu.Lock()
		e.states, e.last = data, last
		e.mu.Unlock()
	}
	return data, err
}

// word is the ledger's last word as somebody asks for it, or has.
type word struct {
	asked time.Time
	done  chan struct{}
	last  string
	err   error
}

// lastWord asks the ledger for its last word, together with whoever asked within Fresh.
func (e *Engine) lastWord(ctx context.Context) (string, error) {
	if e.Fresh <= 0 {
		return e.askLast(ctx)
	}
	e.mu.Lock()
	w := e.word
	if w == nil || time.Since(w.asked) >= e.Fresh {
		w = &word{asked: time.Now(), done: make(chan struct{})}
		e.word = w
		go func() {
			// Not the first asker's context: the others wait for it too.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			if w.last, w.err = e.askLast(ctx); w.err != nil {
				e.mu.Lock()
				if e.word == w {
					e.word = nil // whoever asks next asks anew
				}
				e.mu.Unlock()
			}
			close(w.done)
		}()
	}
	e.mu.Unlock()
	select {
	case <-w.done:
		return w.last, w.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}

func (e *Engine) askLast(ctx context.Context) (last string, err error) {
	words, err := warehouse.Select[struct {
		Last  string `db:"last"`
		Words uint64 `db:"words"`
	}](ctx, e.DB, warehouse.Statement{SQL: lastSQL, Tag: "metric.live"})
	for _, w := range words {
		last = fmt.Sprint(w.Last, " ", w.Words)
	}
	return last, err
}

func (e *Engine) ledger(ctx context.Context, asOf time.Time) (states, error) {
	s := warehouse.Statement{SQL: fmt.Sprintf(liveSQL, "meta.live"), Tag: "metric.live"}
	if !asOf.IsZero() {
		s.SQL = fmt.Sprintf(liveSQL, "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})")
		s.Params = map[string]string{"as_of": asOf.UTC().Format("2006-01-02 15:04:05.000000")}
	}
	data := states{}
	rows, err := warehouse.Select[struct {
		Dataset string `db:"dataset"`
		Version string `db:"version"`
		Units   uint64 `db:"units"`
		First   Day    `db:"first"`
		Last    Day    `db:"last"`
	}](ctx, e.DB, s)
	for _, r := range rows {
		data[r.Dataset] = state{version: r.Version, live: r.Units > 0, min: r.First, max: r.Last}
	}
	return data, err
}

// cover is the stretch of days that published data speak for.
type cover struct {
	max   Day // greatest business date
	end   Day // the day after the last one covered; zero: unknown
	start Day // the first one covered, where the datasets come by period; else zero
	first Day // the least business date
}

// cover: a dataset that comes by month covers the month to its end though its last row is of the
// 27th, but never more than any dataset has reached. A stock without flows is a register: it
// speaks for every day that any dataset has reached, since nobody sends a month without changes.
func (s states) cover(c *Catalog, m *Metric) cover {
	datasets := m.datasets
	grain := func(name string) Grain {
		if ds := c.datasets[name]; ds != nil && ds.Period != nil {
			if g := Grain(ds.Period.Grain); g.months() > 0 {
				return g
			}
		}
		return Total
	}
	var reached Day
	for name, st := range s {
		if st.max.IsZero() {
			continue
		}
		end := st.max.AddDate(0, 0, 1)
		if grain(name) == Month {
			end = Month.Next(st.max)
		}
		if end.After(reached) {
			reached = end
		}
	}
	var v cover
	for _, name := range datasets {
		st, ok := s[name]
		if !ok || st.max.IsZero() {
			continue
		}
		end, start := st.max.AddDate(0, 0, 1), Day{}
		if g := grain(name); g != Total {
			if end = g.Next(st.max); end.After(reached) {
				end = reached
			}
			start = g.Start(st.min)
		}
		if end.After(v.end) {
			v.end = end
		}
		if st.max.After(v.max) {
			v.max = st.max
		}
		if v.first.IsZero() || st.min.Before(v.first) {
			v.first = st.min
		}
		if !start.IsZero() && (v.start.IsZero() || start.Before(v.start)) {
			v.start = start
		}
	}
	if !m.flows() {
		v.end = reached
		if expired := s.expired(c, m); !expired.IsZero() && expired.Before(reached) {
			v.end = expired
		}
	}
	return v
}

// lasting is the end of a state that lasts so many months from one column on.
var lasting = regexp.MustCompile(`^add(Months|Quarters|Years)\(\s*([a-z_][a-z0-9_]*)\s*,\s*([0-9]{1,4})\s*\)$`)

// expired is the day from which on every published row of a stock has ended by its own rule, such as a
// figure that is of one month: what is asked of later days is not 0 but not known. Zero: there is no such day.
func (s states) expired(c *Catalog, m *Metric) Day {
	var end Day
	for _, part := range m.leaves() {
		lf := part.leaf
		ds := c.datasets[lf.from.Dataset]
		if ds == nil || len(lf.valid.To) != 1 {
			return Day{}
		}
		rule, date, st := lasting.FindStringSubmatch(strings.TrimSpace(lf.valid.To[0])), ds.BusinessDate(), s[ds.Name]
		if rule == nil || rule[2] != lf.valid.From || date == nil || date.Name != rule[2] || date.Type != dataset.Date || st.max.IsZero() {
			return Day{}
		}
		months, _ := strconv.Atoi(rule[3])
		months *= map[string]int{"Months": 1, "Quarters": 3, "Years": 12}[rule[1]]
		if day := Month.Start(st.max).AddDate(0, months, min(st.max.Day(), 28)-1); day.After(end) {
			end = day
		}
	}
	return end
}

// Live is what the ledger says of the datasets, now or at a moment.
type Live struct {
	data states
	of   *Catalog
}

// Live asks the ledger what is published; the zero moment means now.
func (e *Engine) Live(ctx context.Context, asOf time.Time) (Live, error) {
	data, err := e.data(ctx, asOf)
	return Live{data, e.Catalog}, err
}

// Version changes with every publication and every withdrawal of a dataset.
func (l Live) Version(dataset string) string { return l.data[dataset].version }

// DataDate is the greatest published business date over all datasets; zero where there is none.
func (l Live) DataDate() Day {
	var last Day
	for _, s := range l.data {
		if s.max.After(last) {
			last = s.max
		}
	}
	return last
}

// End is the day after the last one that the data of m cover; zero where that is not known.
func (l Live) End(m *Metric) Day { return l.data.cover(l.of, m).end }
