package steps

import (
	"cmp"
	"context"
	"errors"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/answer"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// Desk is what the figures are asked from.
type Desk struct {
	Source  figures.Source
	Targets *target.Book
}

// Trace is what was asked, with what the address left open filled in, and its figures.
type Trace struct {
	trail.Ask
	desk  Desk
	aim   *target.Target  // nil where the number has none
	whole *figures.Answer // the number as a card
	steps []cause.Step
}

// Trace fills in what the address leaves open, as the card of the metric has it, and asks for the figures. last is the data date
// of the page that the card is on.
func (d Desk) Trace(ctx context.Context, a trail.Ask, card board.Panel, last days.Day) (Trace, error) {
	aim, err := d.targetFor(ctx, &a, last)
	if err != nil {
		return Trace{}, err
	}
	live, err := d.Source.Engine.Live(ctx, a.St.AsOf)
	if err != nil {
		return Trace{}, err
	}
	if own := live.Date(a.Metric); !own.IsZero() {
		last = own // as the card has it
	}
	if a.Range.IsZero() {
		a.Range = days.Relative(cmp.Or(card.Period, answer.Usual(a.Metric)), last)
	}
	if a.St.Compare == metric.NoCompare {
		a.Compare = cmp.Or(card.Compare, metric.YearOnYear)
	}
	if a.Compare == metric.NoCompare && a.See != cause.ByShortfall {
		a.See = cause.ByLevel
	}
	whole, err := d.Source.Of(ctx, a.Panel(a.Metric.Title), a.Whole(), last)
	if err != nil {
		return Trace{}, err
	}
	a.Compare = whole.Results[0].Query.Compare // as the card has it
	steps, see, err := a.Trace(ctx, d.Source.Engine, cause.Query{Query: a.Query(), Grain: a.St.Grain, Target: aim})
	var none *cause.NoPart
	if errors.As(err, &none) {
		var have []string
		for _, t := range none.Have {
			have = append(have, t.String())
		}
		if none.More {
			have = append(have, "…")
		}
		err = address.Bad(words.Get("bad_value", "tap", none.Tap.String()), have...)
	}
	a.See = see
	return Trace{a, d, aim, whole, steps}, err
}

// targetFor finds the target of the number, nil where it has none. A question about the way to it takes its period.
func (d Desk) targetFor(ctx context.Context, a *trail.Ask, last days.Day) (*target.Target, error) {
	date := last
	if a.See == cause.ByShortfall && !a.Range.IsZero() {
		date = a.Range.Last() // the day that the address was made for
	}
	list, err := d.Targets.Targets(ctx, target.Query{Date: date, Metric: a.Metric.Name, Tier: "expected", AsOf: a.St.AsOf})
	if err != nil {
		return nil, err
	}
	var t *target.Target
	for i := range list {
		if list[i].Actual != nil && a.IsOf(list[i]) && (!list[i].Finished || a.See == cause.ByShortfall && list[i].Range.From.Equal(a.Range.From)) {
			t = &list[i]
			break
		}
	}
	if a.See != cause.ByShortfall {
		return t, nil
	}
	switch {
	case t == nil && (len(a.St.Where) > 0 || len(a.Where) > 0):
		return nil, address.Bad(words.Get("cause_whole_target"), "see=change", "see=level")
	case t == nil:
		return nil, address.Bad(words.Get("cause_no_target", a.Metric.Title.In(a.St.Loc)), "see=change", "see=level")
	}
	own := days.Range{From: t.Range.From, To: t.Date.AddDate(0, 0, 1)}
	if a.Range.IsZero() {
		a.Range = own
	}
	if a.Range != own {
		return nil, address.Bad(words.Get("cause_other_period", own.Label(a.St.Loc)), "from="+days.ISO(own.From)+"&to="+days.ISO(own.To))
	}
	return t, nil
}

// teller puts what was asked into words.
func (d Desk) teller(a trail.Ask) cause.Teller {
	return cause.Teller{Way: a.Way, Compare: a.Compare, Catalog: d.Source.Catalog, Lang: a.St.Loc, Bare: true}
}

// Sheet is the last step as a table.
func (t Trace) Sheet() grid.Grid {
	if n := len(t.steps); n > 0 {
		return t.desk.teller(t.Ask).Sheet(t.steps[n-1])
	}
	return grid.Grid{}
}
