// Package compute is the only place where a number is computed: it asks the database what metrics are compiled to,
// keeps answers for as long as what they stand on is published, runs the methods and the forecasts, and makes Results.
package compute

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute/heavy"
	"yanzhen/dashboard/metric/compute/published"
	"yanzhen/dashboard/metric/small"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
	"yanzhen/pipeline/states"
	"yanzhen/pipeline/warehouse"
)

// Engine answers queries. It is safe for concurrent use once its fields are set.
//
// Answers are kept by statement and by the ledger's last word on each dataset behind it, so a
// publish makes exactly the affected answers stale, and nothing else does. The same statement asked
// twice at once runs once.
type Engine struct {
	Catalog *metric.Catalog
	DB      warehouse.Querier
	// Duties are those that are declared; a dataset without any has those that what came suggests.
	Duties []duty.Duty
	// Timeout bounds one statement; 0 is a minute.
	Timeout time.Duration
	// Fresh is for how long the ledger's last word is believed, so that the panels of a page ask for
	// it once: a publish is seen that much later at most. 0: every question asks.
	Fresh time.Duration
	// For is who asks where the context does not say who looks: the command line, a test. Nil: nobody is answered then.
	For *access.Viewer
	// Small says which numbers of few people are kept from viewers without the right; zero: those under five.
	Small small.Rule
	// Office is the clock by which it is told on which day something came; nil: eight hours ahead of UTC.
	Office *time.Location
	// Cells bounds the numbers kept in the cache; 0 is a million, negative keeps none.
	Cells int
	Log   *slog.Logger // nil: the default one

	mu      sync.Mutex
	kept    map[string]*answer
	clock   uint64 // counts uses, for the least recently used
	cells   int
	flights map[string]*flight
	ledger  published.Memory
	apart   *Engine    // hears what this one is told
	way     states.Way // whether what is kept beside the rows is asked
	turns   heavy.Turns
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
func (e *Engine) Run(ctx context.Context, q metric.Query) (*metric.Result, error) {
	asked, err := e.start(ctx, q)
	if err != nil {
		return nil, err
	}
	var points []metric.Point
	var tests []metric.Backtest
	if asked.m.Kind == metric.Forecasting {
		points, tests, err = asked.forecast(ctx)
	} else {
		points, err = asked.points(ctx)
		asked.undated(points)
	}
	if err != nil {
		return nil, fmt.Errorf("metric %s: %w", asked.m.Name, err)
	}
	return asked.result(points, tests), nil
}

// Live says what is published; the zero moment means now. The ledger's last word is believed for as long as Fresh says.
func (e *Engine) Live(ctx context.Context, asOf time.Time) (published.Live, error) {
	return e.ledger.At(ctx, e.source(), asOf)
}

func (e *Engine) source() published.Source {
	return published.Source{Catalog: e.Catalog, DB: e.DB, Duties: e.Duties, Office: e.Office, Fresh: e.Fresh}
}

// Doubt says that the ledger has a new word: who asks next asks it, however short ago it was asked.
func (e *Engine) Doubt() {
	if e.ledger.Doubt(); e.apart != nil {
		e.apart.Doubt()
	}
}

// Apart is an engine like this one, one at most, that keeps answers of its own, by another rule, and hears what this one
// is told; it is made before anybody asks.
func (e *Engine) Apart(rule small.Rule, cells int) *Engine {
	e.apart = &Engine{Catalog: e.Catalog, DB: e.DB, Duties: e.Duties, Office: e.Office, Timeout: e.Timeout, Fresh: e.Fresh, For: e.For, Small: rule, Cells: cells, Log: e.Log}
	return e.apart
}

// DataDate returns the last day for which most of the datasets are whole (none named: of all); zero where nothing
// with a date is published.
func (e *Engine) DataDate(ctx context.Context, datasets ...string) (days.Day, error) {
	live, err := e.Live(ctx, time.Time{})
	if err != nil {
		return days.Day{}, err
	}
	return live.DataDate(datasets...), nil
}

// question is one query on its way.
type question struct {
	*Engine
	Query      metric.Query
	m          *metric.Metric
	live       published.Live
	cover      published.Cover
	keysOfAll  int                     // where some are left out
	present    map[*metric.Metric]gaps // of metrics whose periods may be missing
	guard      *guard                  // nil: the viewer may see numbers of few people
	statements []warehouse.Statement   // asked of the database so far
	stated     *bool                   // some of them of what is kept beside the rows
}

// about is the same question about another metric.
func (q *question) about(m *metric.Metric) *question {
	return &question{Engine: q.Engine, Query: q.Query, m: m, live: q.live, cover: q.cover, present: q.present, guard: q.guard, stated: q.stated}
}

// remember keeps what was asked of the database, the same but once.
func (q *question) remember(list ...warehouse.Statement) {
	for _, s := range list {
		if !slices.ContainsFunc(q.statements, func(o warehouse.Statement) bool { return o.SQL == s.SQL && maps.Equal(o.Params, s.Params) }) {
			q.statements = append(q.statements, s)
		}
	}
}

// result is the answer made of points.
func (q *question) result(points []metric.Point, tests []metric.Backtest) *metric.Result {
	r := &metric.Result{Backtest: tests, Query: q.Query, Metric: q.m, Unit: q.m.Unit, Points: points, DataDate: q.live.Date(q.m), Asked: q.statements, Keys: q.keysOfAll, Stated: *q.stated, Guarded: q.guard != nil, CellKeys: q.guard != nil && q.guard.rule.Way() == small.CellKeys}
	var texts []string
	for _, s := range q.statements {
		if !slices.Contains(texts, s.SQL) {
			texts = append(texts, s.SQL)
		}
	}
	r.SQL = strings.Join(texts, ";\n\n")
	for i := range points {
		p := &points[i]
		r.Rows += p.Rows
		counted := days.Range{From: p.Since, To: p.Until}
		if p.Until.IsZero() {
			counted.To = p.To
		}
		for _, text := range q.live.Damage(q.m, counted) {
			if len(q.Query.Scope) > 0 {
				text = someDamage // not which file: it may be another's
			}
			if !slices.Contains(r.Damaged, text) {
				r.Damaged = append(r.Damaged, text)
			}
		}
	}
	return r
}

// start is a question on its way: what the ledger says at its moment decides how far it reaches.
func (e *Engine) start(ctx context.Context, q metric.Query) (*question, error) {
	q = q.Long()
	m, err := e.Catalog.Check(q)
	if err != nil {
		return nil, err
	}
	if q.Scope, err = e.scope(ctx, m); err != nil {
		return nil, err
	}
	live, err := e.Live(ctx, q.AsOf)
	if err != nil {
		return nil, err
	}
	q.DataDays = live.DataDays(m)
	asked := &question{Engine: e, Query: q, m: m, live: live, cover: live.Cover(m), stated: new(bool)}
	if err := asked.watch(ctx); err != nil {
		return nil, err
	}
	return asked, asked.lookForGaps(ctx)
}
