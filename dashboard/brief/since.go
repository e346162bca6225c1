package brief

import (
	"context"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// Before is a page as its reader saw it last.
type Before struct {
	At   time.Time
	Last days.Day // its data date then
}

// named are how many numbers that have changed are named; how many others have is said.
const named = 4

// Since says which of the numbers on top of a page are not what its reader saw last, and what they were. It is empty where
// nothing had been published then, and says so where nothing has changed.
func (d Desk) Since(ctx context.Context, b *board.Board, at Moment, before Before) (Sentence, error) {
	loc := at.State.Loc
	if before.Last.IsZero() {
		return Sentence{}, nil
	}
	was := at
	was.State.AsOf, was.Last = before.At, before.Last
	day := to(seen(before.At, at), address.To("/b/"+b.Name, was.State.Query()))
	items, err := d.differing(ctx, b, at, was)
	if err != nil {
		return Sentence{}, err
	}
	parts := map[string][]Part{"day": day}
	key := "since"
	switch {
	case len(items) == 0:
		key = "since_none"
	case len(items) > named:
		n := number(metric.Number(ptr(float64(len(items)-named)), metric.People), nil, "")
		items = append(items[:named], filled(loc, "since_more", map[string][]Part{"n": n}))
	}
	parts["items"] = joined(loc, "clause", items...)
	return Sentence{Parts: append(filled(loc, key, parts), Part{Text: words.In(loc, "sep_end")})}, nil
}

// seen is the day of a visit; of one on the day of the page, or of the day before, with the hour.
func seen(t time.Time, at Moment) string {
	t = t.In(address.Office)
	day := days.Date(t.Year(), t.Month(), t.Day())
	text := days.Label(day, at.State.Loc)
	if !day.Before(at.Today.AddDate(0, 0, -1)) {
		text += " " + t.Format("15:04")
	}
	return text
}

// differing are the numbers on top of a page that are not what they were, in their order, and the targets that lag.
func (d Desk) differing(ctx context.Context, b *board.Board, at, was Moment) ([][]Part, error) {
	items := make([][]Part, len(b.Panels)+1)
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, p := range b.Panels {
		if p.Kind != board.KPI {
			continue
		}
		g.Go(func() (err error) {
			items[i], err = d.card(ctx, p, at, was)
			return err
		})
	}
	g.Go(func() (err error) {
		items[len(b.Panels)], err = d.lagging(ctx, at, was)
		return err
	})
	err := g.Wait()
	return slices.DeleteFunc(items, func(p []Part) bool { return len(p) == 0 }), err
}

// card says what has become of the number of a card; nothing where a reader would see the same.
func (d Desk) card(ctx context.Context, p board.Panel, at, was Moment) ([]Part, error) {
	loc := at.State.Loc
	now, pt, err := d.point(ctx, p, at)
	if err != nil {
		return nil, err
	}
	then, before, err := d.point(ctx, p, was)
	if err != nil {
		return nil, err
	}
	unit := now.Metrics[0].Unit
	value, old := metric.Format(pt.Value, unit, loc), metric.Format(before.Value, unit, loc)
	period, past := spanOf(now, pt).Label(loc), spanOf(then, before).Label(loc)
	parts := map[string][]Part{
		"name": plain(now.Titles[0].In(loc)), "now": number(value, pt.Value, trail.Of(now, at.State)), "then": plain(old),
		"period": plain(period), "past": plain(past), "why": untold(pt.Why, loc),
	}
	flow := now.Metrics[0].Kind != metric.Stock
	switch {
	case pt.Value == nil && before.Value == nil, value == old && (period == past || !flow):
		return nil, nil
	case pt.Value == nil:
		return filled(loc, "since_gone", parts), nil
	case before.Value == nil:
		return filled(loc, "since_new", parts), nil
	case period != past && flow:
		return filled(loc, "since_period", parts), nil
	}
	return filled(loc, "since_item", parts), nil
}

// point is the number of a card.
func (d Desk) point(ctx context.Context, p board.Panel, at Moment) (*figures.Answer, metric.Point, error) {
	a, err := d.Source.Of(ctx, p, at.State, at.Last)
	if err != nil || a.Results[0] == nil || len(a.Results[0].Points) == 0 {
		return a, metric.Point{}, err
	}
	return a, a.Results[0].Points[len(a.Results[0].Points)-1], nil
}

// lagging says how many targets lag where that is another number than it was.
func (d Desk) lagging(ctx context.Context, at, was Moment) ([]Part, error) {
	n, err := d.late(ctx, at)
	if err != nil {
		return nil, err
	}
	before, err := d.late(ctx, was)
	if err != nil || n == before {
		return nil, err
	}
	loc := at.State.Loc
	then := float64(before)
	return filled(loc, "since_targets", map[string][]Part{
		"now": at.Count(n, "/responsibility?pace=behind#targets"), "then": plain(metric.Number(&then, metric.People)),
	}), nil
}

// late is how many targets lag.
func (d Desk) late(ctx context.Context, at Moment) (int, error) {
	list, err := d.Targets.Targets(ctx, target.Query{Date: at.Date, Tier: "expected", AsOf: at.State.AsOf})
	n := 0
	for _, u := range target.Ranking(list, "expected") {
		n += u.Behind
	}
	return n, err
}
