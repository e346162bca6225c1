package target

import (
	"context"
	"math"
	"slices"
	"time"

	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// Progress is how far the figure of a target is.
type Progress struct {
	Date   days.Day // the last day the figure covers
	Actual *float64
	Why    string // why Actual is missing
	// Percent of the target; where less is better, target over figure.
	Percent *float64
	Reached bool
	Score   *float64 // Percent, at most Cap, times Weight / 100
	// Open says why the figure is not final; there is no pace then, and it does not rank.
	Open codes.Text
	// Damaged says what is known to be missing of the rows behind it.
	Damaged codes.Text

	// Expected is where the figure should be by now: as much of the target as the same days of last year had of that
	// year where they counted enough to tell, else in even steps; nil for a rate.
	Expected *float64
	// ByNow is what is done of what is due by now, in percent; nil for a rate, which is due whole at any time.
	ByNow    *float64
	Behind   *float64 // Expected less Actual (a rate: Target less Actual); negative: ahead. Where less is better the other way round
	Missing  *float64 // what is left to the target; negative: more than reached
	Months   float64  // left, of 30.44 days
	PerMonth *float64 // needed each of the months left; nil for a rate, and at the end
	Forecast *float64 // at the end of the period
	How      string   // season: as the same months of last year went on; linear: at the pace so far; hold: a rate as it is
}

// whole rounds what is missing up where it is counted in people and things: half a person is one more to find.
func whole(v float64, unit metric.Unit) float64 {
	if slices.Contains([]string{"人", "个", "人次"}, unit.Name) {
		return math.Ceil(v - 1e-9)
	}
	return v
}

// Distance prints how far it is to a target, as Line does, with its unit: that of a percentage in percentage points.
func Distance(v float64, unit metric.Unit, lang codes.Lang) string {
	if v = whole(v, unit); unit == metric.Percent {
		unit = metric.PercentagePoints
	}
	return metric.Format(&v, unit, lang)
}

// Line says the pace in one line: 落后 37，每月需 12 / 37 behind; 12 a month needed.
func (t Target) Line(lang codes.Lang) string {
	if t.Actual == nil {
		if t.Scope.Fault.Zh != "" {
			return t.Scope.Fault.In(lang)
		}
		return missing.Text(t.Why, lang)
	}
	unit := t.Metric.Unit
	num := func(v float64) string {
		if unit == metric.Percent {
			return Distance(v, unit, lang)
		}
		v = whole(v, unit)
		return metric.Number(&v, unit)
	}
	var s string
	switch {
	case t.Open.Zh != "":
		return t.Open.In(lang)
	case t.Reached:
		s = words.In(lang, "pace_reached")
	case t.Behind != nil && *t.Behind > 0 && t.How == "season":
		s = words.In(lang, "pace_behind_season", num(*t.Behind))
	case t.Behind != nil && *t.Behind > 0:
		s = words.In(lang, "pace_behind", num(*t.Behind))
	case t.Behind != nil:
		s = words.In(lang, "pace_on")
	}
	if t.PerMonth != nil && !t.Reached {
		s += words.In(lang, "sep_clause") + words.In(lang, "pace_needed", num(*t.PerMonth))
	}
	return s
}

// figures asks for the figures of one target.
type figures struct {
	*compute.Engine
	asOf time.Time
	end  days.Day // the day after the last that the data cover; zero: not known
}

// measure fills in the figure of a target over some days, or why there is none.
func (f figures) measure(ctx context.Context, t *Target, over days.Range) error {
	r, err := f.run(ctx, t, over)
	if err != nil || len(r.Points) == 0 {
		t.Why = metric.WhyNoData
		return err
	}
	pt := r.Points[0]
	t.Actual, t.Why = pt.Value, pt.Why
	t.Open = codes.Text{Zh: period.WhyOpen(pt, codes.Zh), En: period.WhyOpen(pt, codes.En)}
	t.Damaged = codes.Text{Zh: period.Damaged(r, codes.Zh), En: period.Damaged(r, codes.En)}
	return nil
}

func (f figures) run(ctx context.Context, t *Target, over days.Range) (*metric.Result, error) {
	return f.Run(ctx, metric.Query{Metric: t.Name, From: over.From, To: over.To, Where: t.Scope.Where, AsOf: f.asOf})
}

// before is the final figure of what the target is about over some earlier days; nil where there is none.
func (f figures) before(ctx context.Context, t *Target, over days.Range) (*float64, error) {
	r, err := f.run(ctx, t, over)
	if err != nil || len(r.Points) == 0 || r.Points[0].Open() {
		return nil, err
	}
	return r.Points[0].Value, nil
}

// progress fills in how far the figure of t is on the day date, or on the last that its data cover.
func (f figures) progress(ctx context.Context, t *Target, date days.Day) error {
	to := date.AddDate(0, 0, 1)
	if !f.end.IsZero() && f.end.Before(to) {
		to = f.end
	}
	if to.After(t.Range.To) {
		to = t.Range.To
	}
	if !t.Range.From.Before(to) {
		t.Why = metric.WhyNoData
		return nil
	}
	if err := f.measure(ctx, t, days.Range{From: t.Range.From, To: to}); err != nil {
		return err
	}
	t.Date = to.AddDate(0, 0, -1)
	t.Months = float64(days.Between(to, t.Range.To)) / 30.4375
	if t.Actual == nil {
		return nil
	}
	t.score()
	if t.Open.Zh != "" {
		return nil
	}
	return f.pace(ctx, t, to)
}

// down says that less is better.
func (t *Target) down() bool { return t.Metric.Direction == "down" }

// score holds the figure against the target of the whole period.
func (t *Target) score() {
	actual := *t.Actual
	switch {
	case t.down() && actual > 0:
		t.Percent = ptr(t.Target / actual * 100)
	case t.down() && t.Target >= 0:
		t.Percent = ptr(100)
	case t.Target != 0:
		t.Percent = ptr(actual / t.Target * 100)
	}
	t.Reached = actual >= t.Target
	if t.down() {
		t.Reached = actual <= t.Target
	}
	if t.Percent != nil && t.Weight != nil {
		t.Score = ptr(t.capped(*t.Percent) * *t.Weight / 100)
	}
	t.Missing = ptr(t.Target - actual)
}

// capped is a percentage as far as it scores: from 0 to the cap, which is 100 where none is declared.
func (t *Target) capped(percent float64) float64 {
	limit := 100.0
	if t.Cap != nil {
		limit = *t.Cap
	}
	return min(max(percent, 0), limit)
}

// pace says where the figure of [t.Range.From, to) should be by now and where it will end.
func (f figures) pace(ctx context.Context, t *Target, to days.Day) error {
	sign := 1.0
	if t.down() {
		sign = -1
	}
	actual, elapsed := *t.Actual, float64(days.Between(t.Range.From, to))/float64(t.Range.Days())
	switch t.Metric.Nature() {
	case metric.Flow:
		t.Expected = ptr(t.Target * elapsed)
		t.Forecast, t.How = ptr(actual/elapsed), "linear"
		if err := f.season(ctx, t, to); err != nil {
			return err
		}
	case metric.Stock:
		start, err := f.before(ctx, t, days.Range{From: t.Range.From.AddDate(0, 0, -1), To: t.Range.From})
		if err != nil {
			return err
		}
		if start == nil {
			start = ptr(0)
		}
		t.Expected = ptr(*start + (t.Target-*start)*elapsed)
		t.Forecast, t.How = ptr(*start+(actual-*start)/elapsed), "linear"
	default:
		t.Behind = ptr(sign * (t.Target - actual))
		t.Forecast, t.How = ptr(actual), "hold"
		return nil
	}
	t.Behind = ptr(sign * (*t.Expected - actual))
	switch {
	case t.down() && actual != 0:
		t.ByNow = ptr(*t.Expected / actual * 100)
	case !t.down() && *t.Expected != 0:
		t.ByNow = ptr(actual / *t.Expected * 100)
	}
	if t.Months > 0 && !t.Reached && !t.down() {
		t.PerMonth = ptr(*t.Missing / t.Months)
	}
	return nil
}

// season holds a flow against the same days of last year, and forecasts it as they went on, where they counted enough
// to tell. Whoever is behind so ends below the target, and the other way round.
func (f figures) season(ctx context.Context, t *Target, to days.Day) error {
	part, err := f.before(ctx, t, days.YearBefore.Of(days.Range{From: t.Range.From, To: to}))
	if err != nil || part == nil || *part < 10 || !to.Before(t.Range.To) {
		return err
	}
	whole, err := f.before(ctx, t, days.YearBefore.Of(t.Range))
	if err == nil && whole != nil && *whole > 0 {
		t.Forecast, t.How = ptr(*t.Actual**whole / *part), "season"
		t.Expected = ptr(t.Target * *part / *whole)
	}
	return err
}

func ptr(v float64) *float64 { return &v }
