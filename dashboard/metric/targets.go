package metric

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
)

// TargetQuery asks for targets. The zero value asks for all that are in force on the data date.
type TargetQuery struct {
	Date   Day    // the versions and figures of this day; zero: the data date
	Period string // 2026, 2026H1, 2026Q2, 2026-06; empty: the periods that Date lies in
	Metric string // empty: all
	Unit   string // responsible unit; empty: all
	Tier   string // base, expected, stretch; empty: all
	AsOf   time.Time
}

// Target is one target of a responsible unit and how far the figure is. The figure is that of the
// part of the metric that the unit answers for; the whole zone's where nobody said which.
type Target struct {
	Name     string  // of the metric, as the workbook has it
	Metric   *Metric // nil where no metric has that name
	Unit     string  // responsible unit
	Period   string
	From, To Day
	Tier     string
	Scope    Scope

	// The version in force on Date, and the one it replaced.
	Target    float64
	Weight    *float64
	Cap       *float64 // greatest percentage that scores
	ValidFrom Day
	Reason    string   // why it was changed
	Before    *float64 // the target it replaced; nil for the first version

	Date   Day // the last day the figure covers
	Actual *float64
	Why    string // why Actual is missing
	// Percent of the target; of a metric of which less is better, target over figure.
	Percent *float64
	Reached bool
	Score   *float64 // Percent, at most Cap, times Weight / 100

	Expected *float64 // where the figure should be by now, in even steps; nil for a rate
	Behind   *float64 // Expected less Actual (a rate: Target less Actual); negative: ahead. For a metric of which less is better the other way round
	Missing  *float64 // what is left to the target; negative: more than reached
	Months   float64  // left, of 30.44 days
	PerMonth *float64 // needed each of the months left; nil for a rate, and at the end
	Forecast *float64 // at the end of the period
	How      string   // season: as the same months of last year went on; linear: at the pace so far; hold: a rate as it is
}

// Line says the pace in one line: 落后 37，每月需 12 / 37 behind; 12 a month needed.
func (t Target) Line(lang codes.Lang) string {
	say := func(zh, en string) string {
		if lang == "en" {
			return en
		}
		return zh
	}
	if t.Actual == nil {
		if t.Scope.Fault.Zh != "" {
			return t.Scope.Fault.In(lang)
		}
		return WhyText(t.Why, lang)
	}
	unit := t.Metric.Unit
	num := func(v float64) string {
		if slices.Contains([]string{"人", "个", "人次"}, unit.Name) {
			v = math.Ceil(v - 1e-9)
		}
		if unit == Percent {
			return Format(&v, PercentagePoints, lang)
		}
		return Number(&v, unit)
	}
	var s string
	switch {
	case t.Reached:
		s = say("已完成", "reached")
	case t.Behind != nil && *t.Behind > 0:
		s = say("落后 ", "") + num(*t.Behind) + say("", " behind")
	case t.Behind != nil:
		s = say("符合进度", "on pace")
	}
	if t.PerMonth != nil && !t.Reached {
		s += say("；每月需 ", "; ") + num(*t.PerMonth) + say("", " a month needed")
	}
	return s
}

var periodRule = regexp.MustCompile(`^(\d{4})(?:年度?)?(?:[- ]?(?:[Hh]([12])|(上半年)|(下半年)|[Qq]([1-4])|第?([一二三四1-4])季度|-?(\d{1,2})月?))?$`)

// targetPeriod reads 2026, 2026H1, 2026Q2, 2026-06 and 2026年上半年, 2026年第二季度, 2026年6月.
func targetPeriod(text string) (period, bool) {
	m := periodRule.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return period{}, false
	}
	year, _ := strconv.Atoi(m[1])
	span := func(month, n int) (period, bool) {
		if month < 1 || month > 12 || year < 1970 || year > 2200 {
			return period{}, false
		}
		from := Date(year, time.Month(month), 1)
		return period{from, from.AddDate(0, n, 0)}, true
	}
	switch {
	case m[2] == "1" || m[3] != "":
		return span(1, 6)
	case m[2] == "2" || m[4] != "":
		return span(7, 6)
	case m[5] != "":
		q, _ := strconv.Atoi(m[5])
		return span(3*q-2, 3)
	case m[6] != "":
		q := strings.Index("一二三四", m[6]) / 3
		if n, err := strconv.Atoi(m[6]); err == nil {
			q = n - 1
		}
		return span(3*q+1, 3)
	case m[7] != "":
		month, _ := strconv.Atoi(m[7])
		return span(month, 1)
	}
	return span(1, 12)
}

// targetRow is one version of a target.
type targetRow struct {
	metric, unit, period, tier, reason, scope string
	target                                    float64
	weight, cap                               *float64
	validFrom                                 Day
}

const targetsSQL = `-- Which versions of which targets are published?
select
    metric,
    unit_name,
    period,
    ifNull(toString(tier), '') as tier,
    target,
    weight,
    cap,
    valid_from,
    ifNull(toString(reason), '') as reason,
    %s as scope
from %s
order by
    metric,
    unit_name,
    valid_from,
    tier`

func (e *Engine) targetRows(ctx context.Context, data states, asOf time.Time) ([]targetRow, error) {
	version := data["targets"].version + " " + asOf.String()
	e.mu.Lock()
	if e.targets != nil && e.targetsAt == version {
		defer e.mu.Unlock()
		return e.targets, nil
	}
	e.mu.Unlock()
	k := &compiler{Catalog: e.Catalog, q: Query{AsOf: asOf}, params: map[string]string{}}
	table, live := k.source("targets")
	if live != "" {
		table += "\nwhere " + live
	}
	scope := "''" // a declaration of the office's own may have no such column
	if e.Catalog.datasets["targets"].Column("scope") != nil {
		scope = "ifNull(toString(scope), '')"
	}
	list, err := warehouse.Select[struct {
		Metric    string            `db:"metric"`
		Unit      string            `db:"unit_name"`
		Period    string            `db:"period"`
		Tier      string            `db:"tier"`
		Target    float64           `db:"target"`
		Weight    sql.Null[float64] `db:"weight"`
		Cap       sql.Null[float64] `db:"cap"`
		ValidFrom Day               `db:"valid_from"`
		Reason    string            `db:"reason"`
		Scope     string            `db:"scope"`
	}](ctx, e.DB, warehouse.Statement{SQL: fmt.Sprintf(targetsSQL, scope, table), Params: k.params, Tag: "metric.targets"})
	rows := make([]targetRow, len(list))
	for i, r := range list {
		rows[i] = targetRow{metric: r.Metric, unit: r.Unit, period: r.Period, tier: r.Tier, reason: r.Reason, scope: r.Scope, target: r.Target, validFrom: r.ValidFrom}
		if r.Weight.Valid {
			rows[i].weight = &list[i].Weight.V
		}
		if r.Cap.Valid {
			rows[i].cap = &list[i].Cap.V
		}
	}
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.targets, e.targetsAt = rows, version
	e.mu.Unlock()
	return rows, nil
}

// Targets answers the targets of q with their figures, ordered by unit, metric, period and tier.
// None where the dataset targets is not declared.
func (e *Engine) Targets(ctx context.Context, q TargetQuery) ([]Target, error) {
	if e.Catalog.datasets["targets"] == nil {
		return nil, nil
	}
	var asked period
	if q.Period != "" {
		var ok bool
		if asked, ok = targetPeriod(q.Period); !ok {
			return nil, fmt.Errorf("%w: period %q (have 2026, 2026H1, 2026Q2, 2026-06)", ErrInvalid, q.Period)
		}
	}
	if q.Metric != "" && e.Catalog.Metric(q.Metric) == nil {
		_, err := e.Catalog.check(Query{Metric: q.Metric})
		return nil, err
	}
	data, err := e.data(ctx, q.AsOf)
	if err != nil {
		return nil, err
	}
	rows, err := e.targetRows(ctx, data, q.AsOf)
	if err != nil {
		return nil, err
	}
	date := q.Date
	if date.IsZero() {
		for _, s := range data {
			if s.max.After(date) {
				date = s.max
			}
		}
	}
	// the versions of one target: what it is of may be written in several ways
	type which struct{ metric, unit, period, tier, scope string }
	type versions struct {
		period       period
		scope        Scope
		last, before *targetRow // of the versions in force by date
	}
	found := map[which]*versions{}
	var order []which
	for i := range rows {
		r := &rows[i]
		p, ok := targetPeriod(r.period)
		switch {
		case r.validFrom.After(date), !ok:
			continue
		case q.Metric != "" && r.metric != q.Metric, q.Unit != "" && r.unit != q.Unit, q.Tier != "" && r.tier != q.Tier:
			continue
		case q.Period != "" && p != asked, q.Period == "" && (date.Before(p.From) || !date.Before(p.To)):
			continue
		}
		scope := Scope{Text: r.scope}
		if m := e.Catalog.Metric(r.metric); m != nil {
			scope = e.scopeOf(m, r.unit, r.scope)
		}
		w := which{r.metric, r.unit, p.From.String() + p.To.String(), r.tier, scope.Key()}
		v := found[w]
		if v == nil {
			v = &versions{period: p, scope: scope}
			found[w] = v
			order = append(order, w)
		}
		v.before, v.last = v.last, r
	}
	var list []Target
	for _, w := range order {
		v := found[w]
		t := Target{
			Name: w.metric, Metric: e.Catalog.Metric(w.metric), Unit: w.unit, Period: v.last.period, From: v.period.From, To: v.period.To, Tier: w.tier,
			Scope:  v.scope,
			Target: v.last.target, Weight: v.last.weight, Cap: v.last.cap, ValidFrom: v.last.validFrom, Reason: v.last.reason,
		}
		if v.before != nil {
			was := v.before.target
			t.Before = &was
		}
		switch {
		case t.Metric == nil, t.Scope.Fault.Zh != "":
			t.Why = WhyUndefined
		default:
			if err := e.progress(ctx, &t, date, data, q.AsOf); err != nil {
				return nil, err
			}
		}
		list = append(list, t)
	}
	slices.SortStableFunc(list, func(a, b Target) int {
		return cmp.Or(cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.Name, b.Name), a.From.Compare(b.From), cmp.Compare(a.Tier, b.Tier), cmp.Compare(a.Scope.Key(), b.Scope.Key()))
	})
	return list, nil
}

// nature says how a figure moves through a period: flow adds up, stock moves from where it was,
// rate does neither.
func (m *Metric) nature() Kind {
	switch m.Kind {
	case Flow, Stock:
		if !m.leaf.partial {
			return m.Kind
		}
	case Formula:
		if m.tree.divides() || len(m.args) == 0 || slices.Contains(m.totals, true) {
			return Ratio
		}
		n := m.args[0].nature()
		if !slices.ContainsFunc(m.args, func(a *Metric) bool { return a.nature() != n }) {
			return n
		}
	}
	return Ratio
}

func (f *formula) divides() bool {
	return f != nil && (f.op == '/' || f.op == '*' || f.l.divides() || f.r.divides())
}

// progress fills in the figure of t as of date.
func (e *Engine) progress(ctx context.Context, t *Target, date Day, data states, asOf time.Time) error {
	to := date.AddDate(0, 0, 1)
	if end := data.cover(e.Catalog, t.Metric).end; !end.IsZero() && end.Before(to) {
		to = end // its own data end before
	}
	if to.After(t.To) {
		to = t.To
	}
	if !t.From.Before(to) {
		t.Why = WhyNoData
		return nil
	}
	ask := func(from, to Day) (*float64, string, error) {
		r, err := e.Run(ctx, Query{Metric: t.Name, From: from, To: to, Where: t.Scope.Where, AsOf: asOf})
		if err != nil || len(r.Points) == 0 {
			return nil, WhyNoData, err
		}
		p := r.Points[0]
		return p.Value, p.Why, nil
	}
	var err error
	if t.Actual, t.Why, err = ask(t.From, to); err != nil {
		return err
	}
	t.Date = to.AddDate(0, 0, -1)
	days := func(from, to Day) float64 { return float64(to.Sub(from) / (24 * time.Hour)) }
	elapsed := days(t.From, to) / days(t.From, t.To)
	t.Months = days(to, t.To) / 30.4375
	if t.Actual == nil {
		return nil
	}
	set := func(v float64) *float64 { return &v }
	actual, down := *t.Actual, t.Metric.Direction == "down"
	switch {
	case down && actual > 0:
		t.Percent = set(t.Target / actual * 100)
	case down && t.Target >= 0:
		t.Percent = set(100)
	case t.Target != 0:
		t.Percent = set(actual / t.Target * 100)
	}
	t.Reached = actual >= t.Target
	if down {
		t.Reached = actual <= t.Target
	}
	if t.Percent != nil && t.Weight != nil {
		p := max(*t.Percent, 0)
		limit := 100.0
		if t.Cap != nil {
			limit = *t.Cap
		}
		t.Score = set(min(p, limit) * *t.Weight / 100)
	}
	sign := 1.0
	if down {
		sign = -1
	}
	t.Missing = set(t.Target - actual)
	switch t.Metric.nature() {
	case Flow:
		t.Expected = set(t.Target * elapsed)
		t.Forecast, t.How = set(actual/elapsed), "linear"
		// As the same days of last year went on, where there were enough of them to tell.
		s := shift{months: 12}
		part, _, err := ask(s.from(t.From), s.to(to))
		if err != nil {
			return err
		}
		if part != nil && *part >= 10 && to.Before(t.To) {
			whole, _, err := ask(s.from(t.From), s.to(t.To))
			if err != nil {
				return err
			}
			if whole != nil {
				t.Forecast, t.How = set(actual**whole / *part), "season"
			}
		}
	case Stock:
		start, _, err := ask(t.From.AddDate(0, 0, -1), t.From)
		if err != nil {
			return err
		}
		if start == nil {
			start = set(0)
		}
		t.Expected = set(*start + (t.Target-*start)*elapsed)
		t.Forecast, t.How = set(*start+(actual-*start)/elapsed), "linear"
	default:
		t.Behind = set(sign * (t.Target - actual))
		t.Forecast, t.How = set(actual), "hold"
		return nil
	}
	t.Behind = set(sign * (*t.Expected - actual))
	if t.Months > 0 && !t.Reached && !down {
		t.PerMonth = set(*t.Missing / t.Months)
	}
	return nil
}

// Responsible is a unit's place on the responsibility board.
type Responsible struct {
	Rank    int // 1 is best; the same score has the same rank; 0: no target of it has a figure
	Unit    string
	Targets int // with a figure
	Reached int
	Behind  int      // behind the pace
	Score   *float64 // percentages weighed, each at most its cap (100 where there is none)
	List    []Target
}

// Ranking puts units in order by the weighed percentages of their targets of one tier ("": expected).
// A target without a weight weighs 1; one without a figure is left out and counted in List only.
func Ranking(targets []Target, tier string) []Responsible {
	if tier == "" {
		tier = "expected"
	}
	var list []Responsible
	at := map[string]int{}
	for _, t := range targets {
		if t.Tier != tier {
			continue
		}
		i, ok := at[t.Unit]
		if !ok {
			i = len(list)
			at[t.Unit] = i
			list = append(list, Responsible{Unit: t.Unit})
		}
		list[i].List = append(list[i].List, t)
	}
	for i := range list {
		r := &list[i]
		var sum, weights float64
		for _, t := range r.List {
			if t.Percent == nil {
				continue
			}
			r.Targets++
			if t.Reached {
				r.Reached++
			} else if t.Behind != nil && *t.Behind > 0 {
				r.Behind++
			}
			weight, limit := 1.0, 100.0
			if t.Weight != nil {
				weight = *t.Weight
			}
			if t.Cap != nil {
				limit = *t.Cap
			}
			sum += weight * min(max(*t.Percent, 0), limit)
			weights += weight
		}
		if weights > 0 {
			s := sum / weights
			r.Score = &s
		}
	}
	slices.SortStableFunc(list, func(a, b Responsible) int {
		switch {
		case a.Score == nil || b.Score == nil:
			return cmp.Compare(map[bool]int{true: 1}[a.Score == nil], map[bool]int{true: 1}[b.Score == nil])
		case *a.Score != *b.Score:
			return cmp.Compare(*b.Score, *a.Score)
		}
		return cmp.Compare(a.Unit, b.Unit)
	})
	for i := range list {
		if list[i].Score == nil {
			continue
		}
		if list[i].Rank = i + 1; i > 0 && *list[i].Score == *list[i-1].Score {
			list[i].Rank = list[i-1].Rank
		}
	}
	return list
}
