package dashboard

import (
	"context"
	"slices"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// card is a number of a board with what it is compared with and what is said of it.
type card struct {
	draw.Card
	figure
	Failed  string
	Uncut   string // filters of the page that the number is not cut by
	Target  *targetLine
	Revised *figures.Revised
	Cause   string // where the number is explained; empty: nowhere
}

// fill puts its number into a card. One that fails does not take the page with it: the card says so.
func (s *Server) fill(ctx context.Context, c *card, p board.Panel, st address.State, last days.Day) {
	d, err := s.source().Of(ctx, p, st, last)
	if err != nil {
		c.Failed = s.failed(p, err, st.Loc)
		return
	}
	if last.IsZero() {
		c.Missing = words.In(st.Loc, "no_data_yet")
		return
	}
	c.Card = d.Figure.Card()
	c.Period = d.Range.Label(st.Loc)
	if c.Covers != "" {
		c.Period = c.Covers
	}
	if c.Against != "" && (st.Compare != metric.NoCompare || c.Partial) {
		c.Period += " · " + words.In(st.Loc, "against", c.Against)
	}
	if c.Note = d.Note(st.Loc); len(d.Unfiltered) > 0 {
		var names []string
		for _, f := range d.Unfiltered {
			names = append(names, words.In(st.Loc, "filter_"+f))
		}
		c.Uncut = words.In(st.Loc, "uncut", words.Join(st.Loc, "sep_list", names))
		c.Note = d.Figure.Panel.Note.In(st.Loc)
	}
	c.Cause = trail.Of(d, st)
	if c.Missing == "" {
		if c.Target, err = s.target(ctx, d, st); err != nil {
			c.Failed = s.failed(p, err, st.Loc)
			return
		}
	}
	if !st.AsOf.IsZero() {
		if c.Revised, err = s.source().Revised(ctx, d, st); err != nil {
			c.Revised = &figures.Revised{Text: s.failed(p, err, st.Loc)}
		}
	}
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

// target is the line of the target that the number of a card has: that of the same part of the zone, measured over the
// same days, so that the two are one number. Where the targets are of other days it only says where they stand; nil
// where there is none.
func (s *Server) target(ctx context.Context, d *figures.Answer, st address.State) (*targetLine, error) {
	r := d.Results[0]
	if r == nil || len(r.Points) == 0 || s.declared("targets") == nil {
		return nil, nil
	}
	q := target.Query{Date: d.Range.Last(), Metric: d.Metrics[0].Name, Tier: "expected", AsOf: st.AsOf}
	list, err := s.Targets.Targets(ctx, q)
	if err == nil && d.DataDate.After(q.Date) {
		q.Date = d.DataDate // of the days since then there may be one
		var since []target.Target
		since, err = s.Targets.Targets(ctx, q)
		list = append(list, since...)
	}
	if err != nil {
		return nil, err
	}
	var other *target.Target
	own := target.Scope{Where: slices.SortedFunc(slices.Values(r.Query.Where), func(a, b metric.Filter) int { return strings.Compare(a.Dim, b.Dim) })}.Key()
	for i, t := range list {
		if t.Metric == nil || t.Scope.Fault.Zh != "" || t.Scope.Key() != own || t.Actual == nil {
			continue
		}
		state := t.Metric.Nature() == metric.Stock && !t.Metric.Flows()
		if t.Date.Equal(d.Range.Last()) && (state || t.Range.From.Equal(d.Range.From)) {
			return lineOf(t, st), nil
		}
		if !t.Finished && other == nil {
			other = &list[i]
		}
	}
	if other == nil {
		return nil, nil
	}
	return &targetLine{Text: words.In(st.Loc, "target_elsewhere", other.Range.Label(st.Loc)), URL: "/responsibility#" + other.Name}, nil
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
	if t.Damaged.Zh != "" {
		l.Pace = words.In(loc, "open_damaged", t.Damaged)
	}
	if l.Behind {
		l.Cause = trail.OfTarget(t, st)
	}
	return l
}
