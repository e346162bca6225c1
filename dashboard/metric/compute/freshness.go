package compute

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// Live is what the ledger says of the datasets, now or at a moment. It is the one place that knows what is
// published: whoever keeps what depends on it keeps it for a Version of a dataset, or for Versions.
type Live struct {
	of       *metric.Catalog
	datasets map[string]state
}

// state is what the ledger says of one dataset.
type state struct {
	version  string   // the sequence number of the last publication or withdrawal
	live     bool     // something is published
	min, max days.Day // of the business dates; zero: it has none
}

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

// Live says what is published; the zero moment means now. What holds now is read once for each last word of
// the ledger, and the last word is believed for as long as Engine.Fresh says.
func (e *Engine) Live(ctx context.Context, asOf time.Time) (Live, error) {
	last, err := e.lastWord(ctx)
	if err != nil {
		return Live{}, err
	}
	if !asOf.IsZero() {
		return e.readLive(ctx, asOf)
	}
	e.mu.Lock()
	known, same := e.live, e.liveAt == last
	e.mu.Unlock()
	if known.datasets != nil && same {
		return known, nil
	}
	live, err := e.readLive(ctx, asOf)
	if err == nil {
		e.mu.Lock()
		e.live, e.liveAt = live, last
		e.mu.Unlock()
	}
	return live, err
}

// lastWord is the ledger's last word as somebody asks for it, or has asked a moment ago.
type lastWord struct {
	asked  time.Time
	done   chan struct{}
	answer string
	err    error
}

// lastWord asks the ledger for its last word, together with whoever asked within Fresh.
func (e *Engine) lastWord(ctx context.Context) (string, error) {
	if e.Fresh <= 0 {
		return e.askLast(ctx)
	}
	e.mu.Lock()
	w := e.last
	if w == nil || time.Since(w.asked) >= e.Fresh {
		w = &lastWord{asked: time.Now(), done: make(chan struct{})}
		e.last = w
		go func() {
			// Not the first asker's context: the others wait for it too.
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
			defer cancel()
			if w.answer, w.err = e.askLast(ctx); w.err != nil {
				e.mu.Lock()
				if e.last == w {
					e.last = nil // whoever asks next asks anew
				}
				e.mu.Unlock()
			}
			close(w.done)
		}()
	}
	e.mu.Unlock()
	select {
	case <-w.done:
		return w.answer, w.err
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

func (e *Engine) readLive(ctx context.Context, asOf time.Time) (Live, error) {
	s := warehouse.Statement{SQL: fmt.Sprintf(liveSQL, "meta.live"), Tag: "metric.live"}
	if !asOf.IsZero() {
		s.SQL = fmt.Sprintf(liveSQL, "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})")
		s.Params = map[string]string{"as_of": asOf.UTC().Format("2006-01-02 15:04:05.000000")}
	}
	live := Live{e.Catalog, map[string]state{}}
	rows, err := warehouse.Select[struct {
		Dataset string   `db:"dataset"`
		Version string   `db:"version"`
		Units   uint64   `db:"units"`
		First   days.Day `db:"first"`
		Last    days.Day `db:"last"`
	}](ctx, e.DB, s)
	for _, r := range rows {
		live.datasets[r.Dataset] = state{version: r.Version, live: r.Units > 0, min: r.First, max: r.Last}
	}
	return live, err
}

// cover is the stretch of days that published data speak for.
type cover struct {
	max   days.Day // greatest business date
	end   days.Day // the day after the last one covered; zero: unknown
	start days.Day // the first one covered, where the datasets come by period; else zero
	first days.Day // the least business date
}

// cover: a dataset that comes by month covers the month to its end though its last row is of the
// 27th, but never more than any dataset has reached. A stock without flows is a register: it
// speaks for every day that any dataset has reached, since nobody sends a month without changes.
func (l Live) cover(m *metric.Metric) cover {
	datasets := m.Datasets()
	grain := func(name string) days.Grain {
		if ds := l.of.Dataset(name); ds != nil && ds.Period != nil {
			if g := days.Grain(ds.Period.Grain); g.Months() > 0 {
				return g
			}
		}
		return days.Total
	}
	var reached days.Day
	for name, st := range l.datasets {
		if st.max.IsZero() {
			continue
		}
		end := st.max.AddDate(0, 0, 1)
		if grain(name) == days.Month {
			end = days.Month.Next(st.max)
		}
		if end.After(reached) {
			reached = end
		}
	}
	var v cover
	for _, name := range datasets {
		st, ok := l.datasets[name]
		if !ok || st.max.IsZero() {
			continue
		}
		end, start := st.max.AddDate(0, 0, 1), days.Day{}
		if g := grain(name); g != days.Total {
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
	if !m.Flows() {
		v.end = reached
		if expired := l.expired(m); !expired.IsZero() && expired.Before(reached) {
			v.end = expired
		}
	}
	return v
}

// expired is the day from which on every published row of a stock has ended by its own rule: what is asked of
// later days is not 0 but not known. Zero: there is no such day.
func (l Live) expired(m *metric.Metric) days.Day {
	var end days.Day
	for _, part := range m.Leaves() {
		dataset, months := part.Lasts()
		last := l.datasets[dataset].max
		if months == 0 || last.IsZero() {
			return days.Day{}
		}
		if day := days.Month.Start(last).AddDate(0, months, min(last.Day(), 28)-1); day.After(end) {
			end = day
		}
	}
	return end
}

// Version changes with every publication and every withdrawal of a dataset.
func (l Live) Version(dataset string) string { return l.datasets[dataset].version }

// Versions changes with every publication and every withdrawal of any dataset.
func (l Live) Versions() string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(l.datasets)) {
		b.WriteString(name + " " + l.datasets[name].version + ";")
	}
	return b.String()
}

// DataDate is the greatest published business date over the datasets, over all where none is named; zero
// where there is none.
func (l Live) DataDate(datasets ...string) days.Day {
	var last days.Day
	for name, s := range l.datasets {
		if (len(datasets) == 0 || slices.Contains(datasets, name)) && s.max.After(last) {
			last = s.max
		}
	}
	return last
}

// End is the day after the last one that the data of m cover; zero where that is not known.
func (l Live) End(m *metric.Metric) days.Day { return l.cover(m).end }
