package metric

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/analysis"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// Engine answers queries. It is safe for concurrent use once its fields are set.
//
// Answers are kept by statement and by the ledger's last word on each dataset behind it, so a
// publish makes exactly the affected answers stale, and nothing else does. The same statement asked
// twice at once runs once.
type Engine struct {
	Catalog *Catalog
	DB      warehouse.Querier
	// Timeout bounds one statement; 0 is a minute.
	Timeout time.Duration
	// Fresh is for how long the ledger's last word is believed, so that the panels of a page ask for
	// it once: a publish is seen that much later at most. 0: every question asks.
	Fresh time.Duration
	// Cells bounds the numbers kept in the cache; 0 is a million, negative keeps none.
	Cells int

	mu      sync.Mutex
	kept    map[string]*answer
	clock   uint64 // counts uses, for the least recently used
	cells   int
	flights map[string]*flight
	states  states // what the ledger said at its word last; nobody changes them
	last    string
	word    *word // the ledger's last word, asked a moment ago
}

// maxRows bounds one answer.
const maxRows = 200_000

// row is one row of an answer.
type row struct {
	period int32 // days since 1970
	keys   []string
	value  float64
	null   bool
	why    string
	n      uint64
	v      []float64 // vectors of a method; NaN: null
}

// Run answers q. An error that is ErrInvalid is the asker's; any other is the database's.
func (e *Engine) Run(ctx context.Context, q Query) (*Result, error) {
	a, err := e.start(ctx, q)
	if err != nil {
		return nil, err
	}
	var points []Point
	var tests []Backtest
	if a.m.Kind == Forecasting {
		points, tests, err = a.forecast(ctx)
	} else {
		points, err = a.points(ctx)
	}
	if err != nil {
		return nil, fmt.Errorf("metric %s: %w", a.m.Name, err)
	}
	return a.result(points, tests), nil
}

// DataDate returns the greatest published business date over the datasets (none named: over all);
// zero where nothing with a date is published.
func (e *Engine) DataDate(ctx context.Context, datasets ...string) (Day, error) {
	data, err := e.data(ctx, time.Time{})
	if err != nil {
		return Day{}, err
	}
	var last Day
	for name, s := range data {
		if (len(datasets) == 0 || slices.Contains(datasets, name)) && s.max.After(last) {
			last = s.max
		}
	}
	return last, nil
}

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

// asking is one query on its way.
type asking struct {
	*Engine
	q     Query
	m     *Metric
	data  states
	cover cover
	asked []warehouse.Statement
}

// note remembers what was asked of the database, the same but once.
func (a *asking) note(list ...warehouse.Statement) {
	for _, s := range list {
		if !slices.ContainsFunc(a.asked, func(o warehouse.Statement) bool { return o.SQL == s.SQL && maps.Equal(o.Params, s.Params) }) {
			a.asked = append(a.asked, s)
		}
	}
}

// result is the answer made of points.
func (a *asking) result(points []Point, tests []Backtest) *Result {
	r := &Result{Backtest: tests, Query: a.q, Metric: a.m, Unit: a.m.Unit, Points: points, DataDate: a.cover.max, Asked: a.asked}
	var texts []string
	for _, s := range a.asked {
		if !slices.Contains(texts, s.SQL) {
			texts = append(texts, s.SQL)
		}
	}
	r.SQL = strings.Join(texts, ";\n\n")
	for _, p := range points {
		r.Rows += p.Rows
	}
	return r
}

// start is a question on its way: what the ledger says at its moment decides how far it reaches.
func (e *Engine) start(ctx context.Context, q Query) (*asking, error) {
	q = q.spelt()
	m, err := e.Catalog.Check(q)
	if err != nil {
		return nil, err
	}
	data, err := e.data(ctx, q.AsOf)
	if err != nil {
		return nil, err
	}
	q.DataDays = map[string]Day{}
	for _, name := range m.datasets {
		if last := data[name].max; !last.IsZero() {
			q.DataDays[name] = last
		}
	}
	return &asking{Engine: e, q: q, m: m, data: data, cover: data.cover(e.Catalog, m)}, nil
}

// cell is one number.
type cell struct {
	value *float64
	why   string
	n     uint64
}

// table holds the numbers of a window: one map from keys per period.
type table []map[string]cell

func joinKeys(keys []string) string { return strings.Join(keys, "\x00") }

func splitKeys(s string, n int) []string {
	if n == 0 {
		return nil
	}
	return strings.Split(s, "\x00")
}

func (a *asking) points(ctx context.Context) ([]Point, error) {
	nominal, full := a.q.window()
	w, partial := a.clip(nominal)
	if !w.From.Before(w.To) {
		return nil, nil // everything asked for lies after the data
	}
	ps := w.periods()
	if a.q.Compare == Spring && a.q.Grain == Month {
		ps = merged(ps)
		partial = partial || ps[len(ps)-1].To.Before(full[len(ps)-1].To)
	}
	w = a.q.asked(w, ps)
	spans := w.stretches()
	now, err := a.values(ctx, a.m, w)
	if err != nil {
		return nil, err
	}
	var base table
	var bases []period
	if a.q.Compare != NoCompare {
		if base, bases, err = a.base(ctx, a.m, a.q.Compare, nominal, w, partial); err != nil {
			return nil, err
		}
	}
	var greatest []map[string]float64
	if a.m.Record && !a.q.explicit() {
		if greatest, err = a.records(ctx, w, now); err != nil {
			return nil, err
		}
	}

	// Every key that occurs anywhere has a point in every period.
	seen := map[string]bool{}
	for _, t := range []table{now, base} {
		for _, cells := range t {
			for k := range cells {
				seen[k] = true
			}
		}
	}
	if len(a.q.By) == 0 {
		seen[""] = true
	}
	if a.q.Limit > 0 && len(seen) > a.q.Limit {
		seen = a.top(seen, now)
	}
	if len(seen)*len(ps) > maxRows {
		return nil, fmt.Errorf("%w: %d periods of %d keys are more than %d numbers; ask for fewer dimensions, a shorter period or a limit", ErrInvalid, len(ps), len(seen), maxRows)
	}
	points := make([]Point, 0, len(seen)*len(ps))
	for i, p := range ps {
		first := len(points)
		for k := range seen {
			c := a.cell(now, i, k, spans[i])
			pt := Point{From: p.From, To: full[i].To, Since: spans[i].From, Until: spans[i].To, Keys: splitKeys(k, len(a.q.By)), Value: c.value, Why: c.why, Rows: c.n}
			pt.Partial = partial && i == len(ps)-1
			for j, key := range pt.Keys {
				pt.Labels = append(pt.Labels, a.Catalog.Label(a.q.By[j], key))
			}
			if base != nil {
				b := a.cell(base, i, k, bases[i])
				pt.Base, pt.BaseFrom, pt.BaseTo = b.value, bases[i].From, bases[i].To
				pt.Change, pt.WhyChange = change(a.m, c, b)
			}
			if greatest != nil && c.value != nil {
				before, ok := greatest[i][k]
				pt.Record = ok && *c.value > before
			}
			points = append(points, pt)
		}
		slices.SortFunc(points[first:], func(x, y Point) int {
			switch {
			case x.Value == nil && y.Value != nil:
				return 1
			case x.Value != nil && y.Value == nil:
				return -1
			case x.Value != nil && *x.Value != *y.Value:
				return cmp.Compare(*y.Value, *x.Value)
			}
			return slices.Compare(x.Keys, y.Keys)
		})
	}
	return points, nil
}

// clip ends the window where the data end. Partial says that the last period is cut short by that.
func (a *asking) clip(w window) (window, bool) {
	if a.cover.end.IsZero() || !w.To.After(a.cover.end) {
		return w, false
	}
	w.To = a.cover.end
	if !w.From.Before(w.To) {
		return w, false
	}
	return w, w.Grain == Total || w.Grain.Start(w.To) != w.To
}

// base computes the numbers compared with, period for period.
func (a *asking) base(ctx context.Context, m *Metric, c Compare, nominal, w window, partial bool) (table, []period, error) {
	ps := w.stretches()
	bases, err := a.Catalog.bases(a.q, c, nominal, w)
	if err != nil {
		return nil, nil, err
	}
	if w.spans != nil {
		t, err := a.values(ctx, m, window{Grain: w.Grain}.over(w.heads, bases))
		return t, bases, err
	}
	// The periods before an unfinished one are whole; it is compared with the same part of its
	// own base, which the grain would make whole.
	type piece struct {
		w  window
		at int
	}
	last := len(bases) - 1
	pieces := []piece{{window{From: bases[0].From, To: bases[last].To, Grain: w.Grain}, 0}}
	if partial && last > 0 {
		pieces = []piece{{window{From: bases[0].From, To: bases[last-1].To, Grain: w.Grain}, 0}, {window{From: bases[last].From, To: bases[last].To, Grain: w.Grain}, last}}
	}
	var t table
	for _, p := range pieces {
		got, err := a.values(ctx, m, p.w)
		if err != nil {
			return nil, nil, err
		}
		t = append(t, got...)
	}
	if len(t) != len(ps) {
		return nil, nil, fmt.Errorf("%w: the period from %s to %s cannot be compared period by period", ErrInvalid, day(w.From), day(w.To))
	}
	return t, bases, nil
}

// cell returns the number of a period and keys, also where there are no rows.
func (a *asking) cell(t table, i int, keys string, p period) cell {
	if a.q.Window != NoWindow && a.m.flows() && p.From.Before(a.cover.start) {
		return cell{why: WhyNoData} // a window that begins before the data would be short
	}
	if c, ok := t[i][keys]; ok {
		return c
	}
	if a.blind() {
		return cell{why: WhyNoData}
	}
	if a.cover.first.IsZero() && len(a.m.datasets) > 0 && !a.published() {
		return cell{why: WhyNoData}
	}
	start := a.cover.start
	if start.IsZero() {
		start = a.cover.first
	}
	if !start.IsZero() && !p.To.After(start) {
		return cell{why: WhyNoData}
	}
	v, why := a.m.empty()
	return cell{value: v, why: why}
}

// blind says that a dataset the metric looks into, such as the calendar, was never published.
func (a *asking) blind() bool {
	return slices.ContainsFunc(a.m.lookups, func(d string) bool { return !a.data[d].live })
}

func (a *asking) published() bool {
	return slices.ContainsFunc(a.m.datasets, func(d string) bool { return a.data[d].live })
}

// change compares: in percent, or in percentage points where the metric is itself a percentage.
func change(m *Metric, now, base cell) (*float64, string) {
	switch {
	case now.value == nil:
		return nil, now.why
	case base.value == nil:
		return nil, base.why
	case m.Unit.Change() == PercentagePoints:
		d := *now.value - *base.value
		return &d, ""
	case *base.value == 0:
		return nil, WhyZeroBase
	}
	g := (*now.value / *base.value - 1) * 100
	if *base.value < 0 {
		g = -g // a loss that became smaller is growth
	}
	return &g, ""
}

// top keeps the greatest keys: by the sum over all periods; what does not add up over them (a stock,
// a rate) by the last period in which it has a number.
func (a *asking) top(seen map[string]bool, t table) map[string]bool {
	sum, adds := map[string]float64{}, a.m.Nature() == Flow
	none, _ := a.m.empty()
	for k := range seen {
		for i := len(t) - 1; i >= 0; i-- {
			v := none // a key without rows
			if c, ok := t[i][k]; ok {
				v = c.value
			}
			if v == nil {
				continue
			}
			if sum[k] += *v; !adds {
				break
			}
		}
	}
	list := slices.SortedFunc(maps.Keys(seen), func(x, y string) int {
		return cmp.Or(cmp.Compare(sum[y], sum[x]), cmp.Compare(x, y))
	})
	kept := map[string]bool{}
	for _, k := range list[:a.q.Limit] {
		kept[k] = true
	}
	return kept
}

// records returns, for each period and key, the greatest value of any period before it. A key
// without an earlier period of published data has none.
func (a *asking) records(ctx context.Context, w window, now table) ([]map[string]float64, error) {
	grain := w.Grain
	if grain == Total {
		for _, g := range []Grain{Month, Quarter, Half, Year} {
			if g.Start(w.From) == w.From && g.Next(w.From) == a.q.To {
				grain = g
			}
		}
	}
	greatest := make([]map[string]float64, len(now))
	if grain == Total || a.cover.first.IsZero() {
		return nil, nil
	}
	best := map[string]float64{}
	note := func(t table) {
		for _, cells := range t {
			for k, c := range cells {
				if v, ok := best[k]; c.value != nil && (!ok || *c.value > v) {
					best[k] = *c.value
				}
			}
		}
	}
	if from := grain.Start(a.cover.first); from.Before(w.From) {
		before, err := a.values(ctx, a.m, window{From: from, To: w.From, Grain: grain})
		if err != nil {
			return nil, err
		}
		if len(a.q.By) == 0 {
			best[""] = math.Inf(-1) // there was a period before, if without rows
		}
		note(before)
	}
	for i := range now {
		greatest[i] = maps.Clone(best)
		note(now[i : i+1])
	}
	return greatest, nil
}

// values computes m over a window: one map per period.
func (a *asking) values(ctx context.Context, m *Metric, w window) (table, error) {
	if err := w.check(); err != nil {
		return nil, err
	}
	switch m.Kind {
	case Growth:
		return a.growth(ctx, m, w)
	case MethodKind:
		return a.methodValues(ctx, m, w)
	}
	s := a.Catalog.compile(m, a.q, w)
	a.note(s)
	rows, err := a.ask(ctx, s, m)
	if err != nil {
		return nil, err
	}
	ps, index := w.stretches(), w.index()
	t := make(table, len(ps))
	for i := range t {
		t[i] = map[string]cell{}
	}
	if a.blind() {
		return t, nil
	}
	for _, r := range rows {
		i, ok := index[r.period]
		if !ok {
			return nil, errNoPeriod(r.period)
		}
		c := cell{n: r.n, why: r.why}
		if r.null || math.IsNaN(r.value) || math.IsInf(r.value, 0) {
			if c.why == "" {
				c.why = WhyNoRows
			}
		} else {
			v := r.value
			c.value, c.why = &v, ""
		}
		t[i][joinKeys(r.keys)] = c
	}
	return t, nil
}

func isUndefined(err error) bool { return err != nil && errors.Is(err, analysis.ErrUndefined) }

// growth computes a metric against itself earlier.
func (a *asking) growth(ctx context.Context, m *Metric, w window) (table, error) {
	of := m.args[0]
	inner := &asking{Engine: a.Engine, q: a.q, m: of, data: a.data, cover: a.cover}
	now, err := inner.values(ctx, of, w)
	if err != nil {
		return nil, err
	}
	nominal := w
	partial := w.spans == nil && w.Grain != Total && w.To == a.cover.end && w.Grain.Start(w.To) != w.To
	base, bases, err := inner.base(ctx, of, m.Against, nominal, w, partial)
	if err != nil {
		return nil, err
	}
	a.note(inner.asked...)
	ps := w.stretches()
	t := make(table, len(ps))
	for i, p := range ps {
		t[i] = map[string]cell{}
		keys := map[string]bool{}
		for k := range now[i] {
			keys[k] = true
		}
		for k := range base[i] {
			keys[k] = true
		}
		if len(a.q.By) == 0 {
			keys[""] = true
		}
		for k := range keys {
			n := inner.cell(now, i, k, p)
			c := cell{n: n.n}
			c.value, c.why = change(of, n, inner.cell(base, i, k, bases[i]))
			t[i][k] = c
		}
	}
	return t, nil
}
