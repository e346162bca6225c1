package dashboard

import (
	"context"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// card is a number of a board with what it is compared with and what is said of it.
type card struct {
	draw.Card
	figure
	Failed  string
	Target  *targetLine
	Revised *figures.Revised
	Cause   string // where the number is explained; empty: nowhere
}

// fill puts its number into a card. One that fails does not take the page with it: the card says so.
func (s *Server) fill(ctx context.Context, c *card, p board.Panel, st address.State, last days.Day, aims []target.Target) error {
	d, err := s.source().Of(ctx, p, st, last)
	if err != nil {
		c.Failed = s.failed(p, err, st.Loc)
		return nil
	}
	if last.IsZero() {
		c.Missing = words.In(st.Loc, "no_data_yet")
		return nil
	}
	c.Card = d.Figure.Card()
	c.Period = d.Range.Label(st.Loc)
	if c.Covers != "" {
		c.Period = c.Covers
	}
	if c.Against != "" && (st.Compare != metric.NoCompare || c.Partial) {
		c.Period += " · " + words.In(st.Loc, "against", c.Against)
	}
	c.Note = d.Note(st.Loc)
	c.Cause = causeOf(d, st)
	if len(p.Where) == 0 {
		c.Target = targetOf(aims, d.Metrics[0].Name, st)
	}
	if !st.AsOf.IsZero() {
		if c.Revised, err = s.source().Revised(ctx, d, st); err != nil {
			c.Revised = &figures.Revised{Text: s.failed(p, err, st.Loc)}
		}
	}
	return nil
}

// failed is what a card says in place of a number that could not be read; why it could not goes to the log.
func (s *Server) failed(p board.Panel, err error, loc codes.Lang) string {
	_, text, _ := status(err)
	s.Log.Error("card failed", "panel", p.Name, "error", err)
	return text.In(loc)
}

// targetLine is what a card says of its target.
type targetLine struct {
	Text, Percent, Pace, URL string
	Cause                    string // where the way to it is explained
	Forecast                 string // where it ends at this pace
	Behind                   bool
}

// targetOf is the line of a metric's target; nil where it has none.
func targetOf(list []target.Target, name string, st address.State) *targetLine {
	for _, t := range list {
		if t.Name != name || t.Metric == nil || len(t.Scope.Where) > 0 || t.Scope.Fault.Zh != "" {
			continue // a card shows the whole zone
		}
		return lineOf(t, st)
	}
	return nil
}

func lineOf(t target.Target, st address.State) *targetLine {
	loc := st.Loc
	l := &targetLine{
		Text: words.In(loc, "target_of", t.Range.Label(loc), metric.Format(&t.Target, t.Metric.Unit, loc)),
		Pace: t.Line(loc), URL: "/responsibility#" + t.Name, Behind: t.Behind != nil && *t.Behind > 0 && !t.Reached,
	}
	if t.Percent != nil {
		l.Percent = metric.Number(t.Percent, metric.Percent)
	}
	if t.Forecast != nil && t.How != "" && t.How != "hold" && t.Date.AddDate(0, 0, 1).Before(t.Range.To) {
		l.Forecast = words.In(loc, "target_forecast", metric.Format(t.Forecast, t.Metric.Unit, loc), words.In(loc, "how_"+t.How))
	}
	if l.Behind {
		l.Cause = causeOfTarget(t, st)
	}
	return l
}
