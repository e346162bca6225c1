package dashboard

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/coverage"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

// keptCoverage is the coverage at a version of what is published and what waits for its review, on a day.
type keptCoverage struct {
	mu  sync.Mutex
	now coverage.Now // nobody changes it
	at  string
}

// today is the day of the office's calendar on which a state is looked at: that of the moment it asks for, or now.
func (s *Server) today(st address.State) days.Day {
	at := st.AsOf
	if at.IsZero() {
		at = s.Now()
	}
	at = at.In(address.Office)
	return days.Date(at.Year(), at.Month(), at.Day())
}

// workdays are the days on which the office works.
func (s *Server) workdays() duty.Workdays { return duty.NewWorkdays(s.Catalog.List("holidays")) }

// coverage reads who has reported what, as of the moment that a state asks for: what holds now once for each version of
// what is published or waits for its review and each day.
func (s *Server) coverage(ctx context.Context, st address.State) (coverage.Now, error) {
	if !access.From(ctx).Whole() {
		return nil, nil // who has reported what is of everybody
	}
	said, err := s.Engine.Live(ctx, time.Time{})
	if err != nil {
		return nil, err
	}
	today := s.today(st)
	at := said.Reported() + days.ISO(today) + st.AsOf.String()
	s.known.mu.Lock()
	now, of := s.known.now, s.known.at
	s.known.mu.Unlock()
	if of == at {
		return now, nil
	}
	subs, err := s.live(ctx, "", st.AsOf)
	if err != nil {
		return nil, err
	}
	live, err := s.Engine.Live(ctx, st.AsOf)
	if err != nil {
		return nil, err
	}
	now = coverage.Of(live, subs, s.workdays(), today)
	s.known.mu.Lock()
	s.known.now, s.known.at = now, at
	s.known.mu.Unlock()
	return now, nil
}

// live is what was live of a dataset at a moment, of every one where it is empty; a zero moment means now.
func (s *Server) live(ctx context.Context, dataset string, at time.Time) ([]pipeline.Live, error) {
	if at.IsZero() {
		return s.Pipeline.Live(ctx, dataset)
	}
	return s.Pipeline.AsOf(ctx, dataset, at)
}

// coverageLine is what stands below figures of their data; nil where there is nothing to say.
func (s *Server) coverageLine(ctx context.Context, now coverage.Now, asked []coverage.Asked, st address.State) *coverage.Line {
	if now == nil {
		return nil
	}
	l := now.Line(s.Catalog, asked, coverage.Names{
		Title: func(name string) string { return s.datasetLinks([]string{name}, st.Loc)[0].Title }, Who: s.who(st.Loc), Lang: st.Loc,
	})
	if l == nil || l.Refused == "" || !access.From(ctx).Can(access.Rows) {
		return l
	}
	q, page := url.Values{}, st.Query()
	var names []string
	var from, to days.Day
	for _, a := range asked {
		if !slices.Contains(names, a.Metric.Name) {
			names = append(names, a.Metric.Name)
		}
		if from.IsZero() || a.Days.From.Before(from) {
			from = a.Days.From
		}
		to = days.Latest(to, a.Days.To)
	}
	q.Set("metric", strings.Join(names, ","))
	for _, k := range []string{"freeze", "as_of"} { // the moment of the page
		if v := page.Get(k); v != "" {
			q.Set(k, v)
		}
	}
	if !from.IsZero() { // the days of the figures
		q.Set("from", days.ISO(from))
		q.Set("to", days.ISO(to))
	}
	l.Why = address.To("/data/excluded", q)
	return l
}
