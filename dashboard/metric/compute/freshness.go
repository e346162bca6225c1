package compute

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute/sent"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/warehouse"
)

// Live is what the ledger says of the datasets, now or at a moment. It is the one place that knows what is
// published: whoever keeps what depends on it keeps it for a Version of a dataset, or for Versions.
type Live struct {
	of       *metric.Catalog
	at       string // the ledger's last word when it was read, and the moment asked for
	gone     string // how many report dates were withdrawn
	datasets map[string]state
	covers   map[string]*duty.Cover
	reached  days.Day               // the day after the last that most datasets have come to; zero: nothing says so
	came     map[string]days.Day    // by dataset, the day on which the last live file came
	swept    map[string]bool        // datasets of which rows are gone that were live at the moment asked for
	damaged  map[string][]Damage    // by dataset
	told     map[string][]sent.Told // by dataset, the days that its units have told of
	kept     states.Live            // what is kept beside the rows
	visible  map[string]string      // by dataset, the condition on the batches of its rows; none: the engine is to find them
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

// lastSQL asks for the ledger's last word, and that on what is kept beside the rows: while they are the same, so is everything
// else they say.
const lastSQL = `select
    toString(max(seq)) as last,
    count() + (select count() from meta.damage) as words,
    (select concat(toString(count()), ' ', toString(max(at))) from meta.states) as kept,
    (select count() from meta.withdrawn_freezes) as withdrawn
from meta.ledger`

// Live says what is published; the zero moment means now. What holds is read once for each last word of
// the ledger, and the last word is believed for as long as Engine.Fresh says.
func (e *Engine) Live(ctx context.Context, asOf time.Time) (Live, error) {
	last, err := e.lastWord(ctx)
	if err != nil {
		return Live{}, err
	}
	kept := &e.live
	if !asOf.IsZero() {
		kept, last = &e.then, last+" "+asOf.String()
	}
	e.mu.Lock()
	known := *kept
	e.mu.Unlock()
	if known.datasets != nil && known.at == last {
		return known, nil
	}
	live, err := e.readLive(ctx, asOf)
	live.gone, _, _ = strings.Cut(last, " ")
	if live.at = last; err == nil {
		e.mu.Lock()
		*kept = live
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

// Doubt says that the ledger has a new word: who asks next asks it, however short ago it was asked.
func (e *Engine) Doubt() {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.last = nil; e.apart != nil {
		e.apart.Doubt()
	}
}

// Apart is an engine like this one, one at most, that keeps answers of its own, by another rule, and hears what this one
// is told; it is made before anybody asks.
func (e *Engine) Apart(rule small.Rule, cells int) *Engine {
	e.apart = &Engine{Catalog: e.Catalog, DB: e.DB, Duties: e.Duties, Timeout: e.Timeout, Fresh: e.Fresh, For: e.For, Small: rule, Cells: cells, Log: e.Log}
	return e.apart
}

func (e *Engine) askLast(ctx context.Context) (last string, err error) {
	words, err := warehouse.Select[struct {
		Last  string `db:"last"`
		Words uint64 `db:"words"`
		Kept  string `db:"kept"`
		Gone  uint64 `db:"withdrawn"`
	}](ctx, e.DB, warehouse.Statement{SQL: lastSQL, Tag: "metric.live"})
	for _, w := range words {
		last = fmt.Sprint(w.Gone, " ", w.Last, " ", w.Words, " ", w.Kept)
	}
	return last, err
}

func (e *Engine) readLive(ctx context.Context, asOf time.Time) (Live, error) {
	s := warehouse.Statement{SQL: fmt.Sprintf(liveSQL, "meta.live"), Tag: "metric.live"}
	if !asOf.IsZero() {
		s.SQL = fmt.Sprintf(liveSQL, "meta.live_at(as_of = {as_of:DateTime64(6, 'UTC')})")
		s.Params = map[string]string{"as_of": asOf.UTC().Format("2006-01-02 15:04:05.000000")}
	}
	live := Live{of: e.Catalog, datasets: map[string]state{}}
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
	if err != nil {
		return live, err
	}
	// Answers are kept under what the ledger has told by now: rows that are newer than that do no harm under it, but older
	// ones would be taken for the newest for ever.
	if live.told, err = sent.Days(ctx, e.DB); err != nil {
		return live, err
	}
	if err := e.readVisible(ctx, &live, asOf); err != nil {
		return live, err
	}
	return live, e.readCovers(ctx, &live, asOf)
}

// cover is the stretch of days that published data speak for.
type cover struct {
	last  days.Day // the last day for which the data are whole
	end   days.Day // the day after the last one covered, if not by everybody; zero: unknown
	whole days.Day // the day after the last one for which all is there; zero: unknown
	start days.Day // the first one covered; zero: unknown
	first days.Day // the least business date
}

// cover: a dataset that comes by period covers the period to its end though its last row is of the 27th. A stock
// without periods is a register: it speaks for every day that most datasets have reached, since nobody sends a month
// without changes.
func (l Live) cover(m *metric.Metric) cover {
	var v cover
	if _, only := l.listed(m); only {
		return v
	}
	register := l.reached // what a register speaks for
	if register.IsZero() {
		for _, c := range l.covers {
			if c.End.After(register) {
				register = c.End
			}
		}
	}
	events := map[string]bool{} // datasets of which events are counted, not only states
	for _, leaf := range m.Leaves() {
		for _, name := range leaf.Datasets() {
			events[name] = events[name] || leaf.Kind == metric.Flow
		}
	}
	for _, name := range m.Datasets() {
		st, c := l.datasets[name], l.covers[name]
		if c == nil || st.max.IsZero() {
			continue
		}
		end, whole, last := c.End, c.Whole, l.last(name)
		if g := l.sent(name).Grain; !c.Dated && g != days.Total {
			to := g.Next(st.max)
			if register.Before(to) {
				to = register
			}
			end, whole = to, to
		}
		if !events[name] && !c.Dated {
			end, whole = register, register
		}
		lag, lead := moved(m, name)
		end, whole, last = lead.To(end), lead.To(whole), lead.From(last)
		first, start := lag.Forward(st.min), c.Start
		if !start.IsZero() {
			start = lag.Forward(start)
		}
		if end.After(v.end) {
			v.end = end
		}
		if v.whole.IsZero() || whole.Before(v.whole) {
			v.whole = whole
		}
		if v.last.IsZero() || last.Before(v.last) {
			v.last = last
		}
		if v.first.IsZero() || first.Before(v.first) {
			v.first = first
		}
		if !start.IsZero() && (v.start.IsZero() || start.Before(v.start)) {
			v.start = start
		}
	}
	if !m.Flows() {
		if v.end.IsZero() {
			v.end, v.whole = register, register
		}
		if expired := l.expired(m); !expired.IsZero() && expired.Before(v.end) {
			v.end = expired
			if expired.Before(v.whole) {
				v.whole = expired
			}
		}
	}
	return v
}

// moved is how far the farthest metrics of m over a dataset look back, and how far ahead: there is no number for what
// lies before the one or beyond the other.
func moved(m *metric.Metric, name string) (lag, lead days.Shift) {
	for _, leaf := range m.Leaves() {
		if slices.Contains(leaf.Datasets(), name) {
			n := leaf.Shift().Months
			lag.Months, lead.Months = max(lag.Months, n), max(lead.Months, -n)
		}
	}
	return lag, lead
}

// last is the last day for which everybody has sent a dataset who owes it; where it is not sent by period, that of its
// rows.
func (l Live) last(name string) days.Day {
	if c := l.covers[name]; c != nil && c.Dated && !c.Whole.IsZero() {
		return c.Whole.AddDate(0, 0, -1)
	}
	return l.datasets[name].max
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
		if day := days.Month.Start(last).AddDate(0, months+part.Shift().Months, min(last.Day(), 28)-1); day.After(end) {
			end = day
		}
	}
	return end
}

// Any reports whether something is published of a dataset that one of the metrics reads.
func (l Live) Any(ms []*metric.Metric) bool {
	return slices.ContainsFunc(DatasetsOf(ms), func(name string) bool { return l.datasets[name].live })
}

// DatasetsOf are the datasets of some metrics, each once.
func DatasetsOf(ms []*metric.Metric) (names []string) {
	for _, m := range ms {
		for _, d := range m.Datasets() {
			if !slices.Contains(names, d) {
				names = append(names, d)
			}
		}
	}
	return names
}

// Version changes with every publication and every withdrawal of a dataset.
func (l Live) Version(dataset string) string { return l.datasets[dataset].version }

// Versions changes with every publication and every withdrawal of any dataset or report date, and with every damage.
func (l Live) Versions() string {
	var b strings.Builder
	b.WriteString(l.gone + ";")
	for _, name := range slices.Sorted(maps.Keys(l.datasets)) {
		fmt.Fprintf(&b, "%s %s %d;", name, l.datasets[name].version, len(l.damaged[name]))
	}
	return b.String()
}

// DataDate is the last day for which most of the datasets are whole, of all where none is named; zero where there is
// none. One that is ahead of the others, or sent by one of its senders only, moves it not. Of datasets that are named and
// have no column of days it is the day on which they were loaded.
func (l Live) DataDate(datasets ...string) days.Day {
	var dated, others []days.Day
	for name, s := range l.datasets {
		if s.max.IsZero() || len(datasets) > 0 && !slices.Contains(datasets, name) {
			continue
		}
		if c := l.covers[name]; c != nil && c.Dated {
			dated = append(dated, l.last(name))
		} else {
			others = append(others, l.last(name))
		}
	}
	if len(dated) > 0 {
		slices.SortFunc(dated, days.Day.Compare)
		return dated[(len(dated)-1)/2]
	}
	var last days.Day
	for _, d := range others {
		last = days.Latest(last, d)
	}
	if last.IsZero() {
		for _, name := range datasets {
			ds := l.of.Dataset(name)
			if ds != nil && !slices.ContainsFunc(ds.Columns, func(c dataset.Column) bool { return c.Type == dataset.Date }) {
				last = days.Latest(last, l.came[name])
			}
		}
	}
	return last
}

// Date is the last day for which the data of m are whole; zero where they have none.
func (l Live) Date(m *metric.Metric) days.Day {
	if day, only := l.listed(m); only {
		return day
	}
	v := l.cover(m)
	if v.whole.IsZero() || l.reached.IsZero() {
		return v.last
	}
	return v.whole.AddDate(0, 0, -1)
}

// First is the first day that anybody tells of for m; zero where that is not known.
func (l Live) First(m *metric.Metric) days.Day {
	if v := l.cover(m); v.first.Before(v.start) || v.start.IsZero() {
		return v.first
	} else {
		return v.start
	}
}

// End is the day after the last one for which the data of m are whole; zero where that is not known.
func (l Live) End(m *metric.Metric) days.Day { return l.cover(m).whole }

// Reached is the day after the last for which there is a number of m, if one that is not final.
func (l Live) Reached(m *metric.Metric) days.Day {
	v := l.cover(m)
	if v.end.After(v.whole) && l.Coverage(m, days.Range{From: v.whole, To: v.end}).None() {
		return v.whole
	}
	return v.end
}
