package target

import (
	"context"
	"math"
	"slices"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
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

	Expected *float64 // where the figure should be by now, in even steps; nil for a rate
	Behind   *float64 // Expected less Actual (a rate: Target less Actual); negative: ahead. Where less is better the other way round
	Missing  *float64 // what is left to the target; negative: more than reached
	Months   float64  // left, of 30.44 days
	PerMonth *float64 // needed each of the months left; nil for a rate, and at the end
	Forecast *float64 // at the end of the period
	How      string   // season: as the same months of last year went on; linear: at the pace so far; hold: a rate as it is
}

// Line says the pace in one line: 落后 37，每月需 12 / 37 behind; 12 a month needed.
func (t Target) Line(lang codes.Lang) string {
	if t.Actual == nil {
		if t.Scope.Fault.Zh != "" {
			return t.Scope.Fault.In(lang)
		}
		return metric.WhyText(t.Why, lang)
	}
	unit := t.Metric.Unit
	num := func(v float64) string {
		if slices.Contains([]string{"人", "个", "人次"}, unit.Name) {
			v = math.Ceil(v - 1e-9)
		}
		if unit == metric.Percent {
			return metric.Format(&v, metric.PercentagePoints, lang)
		}
		return metric.Number(&v, unit)
	}
	var s string
	switch {
	case t.Reached:
		s = words.In(lang, "pace_reached")
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

// ask is the figure of what the target is about over some days, or why there is none.
func (f figures) ask(ctx context.Context, t *Target, over days.Range) (*float64, string, error) {
	r, err := f.Run(ctx, metric.Query{Metric: t.Name, From: over.From, To: over.To, Where: t.Scope.Where, AsOf: f.asOf})
	if err != nil || len(r.Points) == 0 {
		return nil, metric.WhyNoData, err
	}
	return r.Points[0].Value, r.Points[0].Why, nil
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
	var err error
	if t.Actual, t.Why, err = f.ask(ctx, t, days.Range{From: t.Range.From, To: to}); err != nil {
		return err
	}
	t.Date = to.AddDate(0, 0, -1)
	t.Months = float64(days.Between(to, t.Range.To)) / 30.4375
	if t.Actual == nil {
		return nil
	}
	t.score()
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
		t.Score = ptr(t.scored() * *t.Weight / 100)
	}
	t.Missing = ptr(t.Target - actual)
}

// scored is Percent as far as it scores: from 0 to the cap, which is 100 where none is declared.
func (t *Target) scored() float64 {
	limit := 100.0
	if t.Cap != nil {
		limit = *t.Cap
	}
	return min(max(*t.Percent, 0), limit)
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
		start, _, err := f.ask(ctx, t, days.Range{From: t.Range.From.AddDate(0, 0, -1), To: t.Range.From})
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
	if t.Months > 0 && !t.Reached && !t.down() {
		t.PerMonth = ptr(*t.Missing / t.Months)
	}
	return nil
}

// season forecasts a flow as the same days of last year went on, where they counted enough to tell.
func (f figures) season(ctx context.Context, t *Target, to days.Day) error {
	part, _, err := f.ask(ctx, t, days.YearBefore.Of(days.Range{From: t.Range.From, To: to}))
	if err != nil || part == nil || *part < 10 || !to.Before(t.Range.To) {
		return err
	}
	whole, _, err := f.ask(ctx, t, days.YearBefore.Of(t.Range))
	if err == nil && whole != nil {
		t.Forecast, t.How = ptr(*t.Actual**whole / *part), "season"
	}
	return err
}

func ptr(v float64) *float64 { return &v }
