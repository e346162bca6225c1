// Package published says what is published, now or at a moment: of each dataset how far it goes, what is owed of it and has come,
// what of it is damaged, which batches its rows are seen by, and what of all that has changed. It is read from the ledger
// and asks for no number.
package published

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute/sent"
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
	gone     string // how many report dates were withdrawn
	datasets map[string]state
	covers   map[string]*duty.Cover
	waiting  string                 // of what waits for its review
	reached  days.Day               // the day after the last that most datasets have come to; zero: nothing says so
	came     map[string]days.Day    // by dataset, the day on which the last live file came
	swept    map[string]bool        // datasets of which rows are gone that were live at the moment asked for
	damaged  map[string][]damage    // by dataset
	told     map[string][]sent.Told // by dataset, the days that its units have told of
	kept     states.Live            // what is kept beside the rows
	visible  map[string]string      // by dataset, the condition on the batches of its rows; none: the engine is to find them
}

// state is what the ledger says of one dataset.
type state struct {
	version  string   // of what was published and withdrawn, and of what is damaged
	damage   uint64   // of what was ever found damaged, and healed
	live     bool     // something is published
	min, max days.Day // of the business dates; zero: it has none
}

// liveSQL asks the ledger for everything an answer depends on.
//
// A version is made of every row, not of the newest: a row may come to be seen after one with a higher number, and what was
// published may be counted anew where somebody was forgotten.
const liveSQL = `select
    dataset,
    concat(toString(max(last_seq)), ' ', toString(groupBitXor(rows)), ' ', toString(groupBitXor(bad))) as version,
    groupBitXor(bad) as damage,
    sum(live) as units,
    min(first) as first,
    max(last) as last
from (
    select dataset, seq as last_seq, ` + sent.Row + ` as rows, toUInt64(0) as bad, 0 as live, null as first, null as last
    from meta.ledger
    where state in ('published', 'withdrawn')
    union all
    select dataset, 0, 0, cityHash64(at, batch, column, have, healed), 0, null, null
    from meta.damage
    union all
    select dataset, 0, 0, 0, 1, min_date, max_date
    from %s
)
group by dataset`

func (s Source) read(ctx context.Context, asOf time.Time) (Live, error) {
	from, params := sent.Table(asOf)
	live := Live{of: s.Catalog, datasets: map[string]state{}}
	rows, err := warehouse.Select[struct {
		Dataset string   `db:"dataset"`
		Version string   `db:"version"`
		Damage  uint64   `db:"damage"`
		Units   uint64   `db:"units"`
		First   days.Day `db:"first"`
		Last    days.Day `db:"last"`
	}](ctx, s.DB, warehouse.Statement{SQL: fmt.Sprintf(liveSQL, from), Params: params, Tag: "metric.live"})
	for _, r := range rows {
		live.datasets[r.Dataset] = state{version: r.Version, damage: r.Damage, live: r.Units > 0, min: r.First, max: r.Last}
	}
	if err != nil {
		return live, err
	}
	// Answers are kept under what the ledger has told by now: rows that are newer than that do no harm under it, but older
	// ones would be taken for the newest for ever.
	if live.told, err = sent.Days(ctx, s.DB); err != nil {
		return live, err
	}
	if err := s.readVisible(ctx, &live, asOf); err != nil {
		return live, err
	}
	return live, s.readCovers(ctx, &live, asOf)
}

// last is the last day for which everybody has sent a dataset who owes it; where it is not sent by period, that of its
// rows.
func (l Live) last(name string) days.Day {
	if c := l.covers[name]; c != nil && c.Dated && !c.Whole.IsZero() {
		return c.Whole.AddDate(0, 0, -1)
	}
	return l.datasets[name].max
}

// Any reports whether something is published of a dataset that one of the metrics reads.
func (l Live) Any(ms []*metric.Metric) bool {
	return slices.ContainsFunc(datasetsOf(ms), func(name string) bool { return l.datasets[name].live })
}

// datasetsOf are the datasets of some metrics, each once.
func datasetsOf(ms []*metric.Metric) (names []string) {
	for _, m := range ms {
		for _, d := range m.Datasets() {
			if !slices.Contains(names, d) {
				names = append(names, d)
			}
		}
	}
	return names
}

// Version changes with every publication and every withdrawal of a dataset, with every damage and its healing, and where what was
// published is counted anew.
func (l Live) Version(dataset string) string { return l.datasets[dataset].version }

// Versions changes with the Version of any dataset, and with every withdrawal of a report date.
func (l Live) Versions() string {
	var b strings.Builder
	b.WriteString(l.gone + ";")
	for _, name := range slices.Sorted(maps.Keys(l.datasets)) {
		fmt.Fprintf(&b, "%s %s;", name, l.datasets[name].version)
	}
	return b.String()
}

// Reported changes with whatever Covers are made of now: with Versions, and with what is sent and waits for its review.
func (l Live) Reported() string { return l.Versions() + l.waiting }

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

// DataDateOf is that of the datasets of some metrics.
func (l Live) DataDateOf(ms []*metric.Metric) days.Day { return l.DataDate(datasetsOf(ms)...) }

// Date is the last day for which the data of m are whole; zero where they have none.
func (l Live) Date(m *metric.Metric) days.Day {
	if day, only := l.Listed(m); only {
		return day
	}
	v := l.Cover(m)
	if v.Whole.IsZero() || l.reached.IsZero() {
		return v.Last
	}
	return v.Whole.AddDate(0, 0, -1)
}

// First is the first day that anybody tells of for m; zero where that is not known.
func (l Live) First(m *metric.Metric) days.Day {
	if v := l.Cover(m); v.First.Before(v.Start) || v.Start.IsZero() {
		return v.First
	} else {
		return v.Start
	}
}

// End is the day after the last one for which the data of m are whole; zero where that is not known.
func (l Live) End(m *metric.Metric) days.Day { return l.Cover(m).Whole }

// Reached is the day after the last for which there is a number of m, if one that is not final.
func (l Live) Reached(m *metric.Metric) days.Day {
	v := l.Cover(m)
	if v.End.After(v.Whole) && l.Coverage(m, days.Range{From: v.Whole, To: v.End}).None() {
		return v.Whole
	}
	return v.End
}

// Listed is the day on which the list that m counts was loaded, where its rows have no dates and so hold for every day
// that is asked for: the latest of several; zero where there is none. only says that m counts nothing else: it is known
// as it is, and of no earlier day.
func (l Live) Listed(m *metric.Metric) (day days.Day, only bool) {
	only = true
	for _, leaf := range m.Leaves() {
		undated := leaf.Timeless()
		for _, name := range leaf.Datasets() {
			if st := l.datasets[name]; !st.live || !st.max.IsZero() {
				undated = false
			}
		}
		if !undated {
			only = false
			continue
		}
		for _, name := range leaf.Datasets() {
			day = days.Latest(day, l.came[name])
		}
	}
	return day, only && !day.IsZero()
}

// Touched is what the ledger says of the rows of a dataset in some days, and changes as Version does.
func (l Live) Touched(dataset string, r days.Range) string {
	var last, rows uint64
	for _, t := range l.told[dataset] {
		if t.Within.IsZero() || t.Within.Overlaps(r) {
			last, rows = max(last, t.Seq), rows^t.Rows
		}
	}
	return fmt.Sprint("in ", last, " ", rows, " ", l.datasets[dataset].damage)
}

// Published says that something is published of a dataset.
func (l Live) Published(dataset string) bool { return l.datasets[dataset].live }

// Swept says that rows which m reads are gone that were live at the moment asked for.
func (l Live) Swept(m *metric.Metric) bool {
	return len(l.swept) > 0 && slices.ContainsFunc(m.Datasets(), func(d string) bool { return l.swept[d] })
}

// DataDays are the last days that the datasets of m tell of, of those that have any.
func (l Live) DataDays(m *metric.Metric) map[string]days.Day {
	out := map[string]days.Day{}
	for _, name := range m.Datasets() {
		last := l.datasets[name].max
		if whole := l.last(name); whole.Before(last) {
			last = whole // an early file of one sender tells nobody that time has passed
		}
		if !last.IsZero() {
			out[name] = last
		}
	}
	return out
}
