package metric

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"yanzhen/pipeline/days"
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
	live    Live // as of the last word liveAt; nobody changes it
	liveAt  string
	last    *question // the ledger's last word, asked a moment ago
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
func (e *Engine) DataDate(ctx context.Context, datasets ...string) (days.Day, error) {
	live, err := e.Live(ctx, time.Time{})
	return live.DataDate(datasets...), err
}

// asking is one query on its way.
type asking struct {
	*Engine
	q     Query
	m     *Metric
	live  Live
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
	live, err := e.Live(ctx, q.AsOf)
	if err != nil {
		return nil, err
	}
	q.DataDays = map[string]days.Day{}
	for _, name := range m.datasets {
		if last := live.datasets[name].max; !last.IsZero() {
			q.DataDays[name] = last
		}
	}
	return &asking{Engine: e, q: q, m: m, live: live, cover: live.cover(m)}, nil
}
