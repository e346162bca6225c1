// Package target says how far the figures of responsible units are from their targets, and puts the units in order.
// It computes no number itself: every figure is one that compute.Engine answers.
package target

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"sync"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline/days"

	"golang.org/x/sync/errgroup"
)

// Query asks for targets. The zero value asks for all that are in force on the data date, and for those whose period
// ended in the year before it.
type Query struct {
	Date   days.Day // the versions and figures of this day; zero: the data date
	Period string   // 2026, 2026H1, 2026Q2, 2026-06; empty: the periods that Date lies in, and those that ended in the year before
	Metric string   // empty: all
	Unit   string   // responsible unit; empty: all
	Tier   string   // base, expected, stretch; empty: all
	AsOf   time.Time
}

// Target is one target of a responsible unit and how far the figure is. The figure is that of the
// part of the metric that the unit answers for; the whole zone's where nobody said which.
type Target struct {
	Name   string         // of the metric, as the workbook has it
	Metric *metric.Metric // nil where no metric has that name
	Unit   string         // responsible unit
	Period string         // as the workbook has it
	Range  days.Range
	// Finished: the period was over on the day asked for.
	Finished bool
	Tier     string
	Scope    Scope

	// The version in force on the day asked for, and the one it replaced.
	Target    float64
	Weight    *float64
	Cap       *float64 // greatest percentage that scores
	ValidFrom days.Day
	Reason    string   // why it was changed
	Before    *float64 // the target it replaced; nil for the first version

	Progress
}

// Book answers targets with their figures. It is safe for concurrent use once its fields are set.
type Book struct {
	Engine *compute.Engine
	// Scopes say which part of a metric a responsible unit's targets are about, where they do not say so
	// themselves: unit -> 园区=磁材小镇.
	Scopes map[string]string

	mu   sync.Mutex
	rows []version // as they were at; nobody changes them
	at   string
}

// atOnce is how many targets are measured at the same time; each asks three questions, one after the other.
const atOnce = 4

// Targets answers the targets of q with their figures, ordered by unit, metric, period and tier.
// None where the dataset targets is not declared.
func (b *Book) Targets(ctx context.Context, q Query) ([]Target, error) {
	cat := b.Engine.Catalog
	if cat.Dataset("targets") == nil {
		return nil, nil
	}
	var asked days.Range
	if q.Period != "" {
		var ok bool
		if asked, ok = parsePeriod(q.Period); !ok {
			return nil, metric.Refuse("期间写法不认识：%q", "period %q", q.Period).Among([]string{"2026", "2026H1", "2026Q2", "2026-06"})
		}
	}
	if q.Metric != "" && cat.Metric(q.Metric) == nil {
		_, err := cat.Check(metric.Query{Metric: q.Metric})
		return nil, err
	}
	live, err := b.Engine.Live(ctx, q.AsOf)
	if err != nil {
		return nil, err
	}
	rows, err := b.versions(ctx, live, q.AsOf)
	if err != nil {
		return nil, err
	}
	if q.Date.IsZero() {
		q.Date = live.DataDate()
	}
	list := b.inForce(rows, q, asked)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(atOnce)
	for i := range list {
		t := &list[i]
		if t.Metric == nil || t.Scope.Fault.Zh != "" {
			t.Why = metric.WhyUndefined
			continue
		}
		f := figures{Engine: b.Engine, asOf: q.AsOf, end: live.End(t.Metric)}
		g.Go(func() (err error) {
			defer func() {
				if p := recover(); p != nil { // not to take the program with it
					err = fmt.Errorf("target %s of %s: %v", t.Name, t.Unit, p)
				}
			}()
			return f.progress(ctx, t, q.Date)
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(list, func(a, b Target) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Name, b.Name), a.Range.From.Compare(b.Range.From), cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.Scope.Key(), b.Scope.Key()))
	})
	return list, nil
}

// inForce picks from the versions, which are in order of time, the last of each target that is valid on q.Date. What
// a target is about may be written in several ways and is the same target.
func (b *Book) inForce(rows []version, q Query, asked days.Range) []Target {
	type which struct{ metric, unit, period, tier, scope string }
	at := map[which]int{}
	var list []Target
	for _, r := range rows {
		p, ok := parsePeriod(r.Period)
		switch {
		case r.ValidFrom.After(q.Date), !ok:
			continue
		case q.Metric != "" && r.Metric != q.Metric, q.Unit != "" && r.Unit != q.Unit, q.Tier != "" && r.Tier != q.Tier:
			continue
		case q.Period != "" && p != asked, q.Period == "" && (p.From.After(q.Date) || !p.To.After(q.Date.AddDate(-1, 0, 0))):
			continue
		}
		m := b.Engine.Catalog.Metric(r.Metric)
		scope := Scope{Text: r.Scope}
		if m != nil {
			scope = b.scopeOf(m, r.Unit, r.Scope)
		}
		w := which{r.Metric, r.Unit, p.From.String() + p.To.String(), r.Tier, scope.Key()}
		i, known := at[w]
		if !known {
			i = len(list)
			at[w] = i
			list = append(list, Target{Name: r.Metric, Metric: m, Unit: r.Unit, Range: p, Tier: r.Tier, Scope: scope, Finished: !p.Holds(q.Date)})
		}
		t := &list[i]
		if known {
			was := t.Target
			t.Before = &was
		}
		t.Period, t.Target, t.ValidFrom, t.Reason = r.Period, r.Target, r.ValidFrom, r.Reason
		t.Weight, t.Cap = optional(r.Weight), optional(r.Cap)
	}
	return list
}

func optional(v sql.Null[float64]) *float64 {
	if !v.Valid {
		return nil
	}
	return &v.V
}
