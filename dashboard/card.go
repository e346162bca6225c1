package dashboard

import (
	"context"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/aim"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/problem"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// card is a number of a board with what it is compared with and what is said of it.
type card struct {
	panel.Card
	figure
	Failed  string
	Uncut   string // filters of the page that the number is not cut by
	Target  *aim.Line
	Revised *figures.Revised
	Cause   string // where the number is explained; empty: nowhere
}

// fill puts its number into a card. One that fails does not take the page with it: the card says so.
func (s *Server) fill(ctx context.Context, c *card, p board.Panel, st address.State, last days.Day) {
	d, err := s.source().Of(ctx, p, st, last)
	if err != nil {
		c.Failed, c.passing = s.failed(p, err, st.Loc), passes(err)
		return
	}
	if last.IsZero() {
		c.Missing = words.In(st.Loc, "none_yet") // what to do, the page says once
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
		if c.Target, err = s.aim(ctx, d, st); err != nil {
			c.Failed, c.passing = s.failed(p, err, st.Loc), passes(err)
			return
		}
	}
	if !st.AsOf.IsZero() {
		if c.Revised, err = s.source().Revised(ctx, d, st); err != nil {
			c.Revised, c.passing = &figures.Revised{Text: s.failed(p, err, st.Loc)}, passes(err)
		}
	}
}

// passes says of an error that it may not be there the next time: what a question lacked, time or memory, it may have then,
// whereas what is refused to a viewer is refused again.
func passes(err error) bool {
	p := problem.Of(err)
	return p.Status >= 499 || p.Code == problem.TooMuch || p.Code == problem.TooSlow // 499: whoever asked has gone
}

// failed is what a card says in place of a number that could not be read; why it could not goes to the log.
func (s *Server) failed(p board.Panel, err error, loc codes.Lang) string {
	if passes(err) { // what is refused to a viewer is no fault
		s.Log.Error("card failed", "panel", p.Name, "error", err)
	}
	return problem.Of(err).Text.In(loc)
}

// aim is how far the target of a number is; nil where there is none.
func (s *Server) aim(ctx context.Context, d *figures.Answer, st address.State) (*aim.Line, error) {
	if s.declared("targets") == nil {
		return nil, nil
	}
	return aim.Of(ctx, s.Targets, d, st)
}
