package dashboard

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/aim"
	"yanzhen/dashboard/answer"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/coverage"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/filter"
	"yanzhen/dashboard/grid"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
)

// causePage leads from a number to what it is made of, in three steps: the link of the chain, the group of
// enterprises, the month. Everything chosen is in its address.
type causePage struct {
	layout
	Name     string // of the metric
	DataDate string
	Empty    string
	Card     panel.Card
	Period   string
	Target   *aim.Line
	Fixed    []filter.Chip // the filters that the number came with
	Sentence string
	Crumbs   []link
	Sees     []link
	Compares []link
	Notice   string // why what was asked for is not shown
	Of       []ofRow
	Steps    []causeStep
	Found    string
	Board    link // the charts with what was chosen
	Home     link // and without
	Sources  []sourceRow
	More     int // submissions beyond those listed
	Coverage *coverage.Line
}

type ofRow struct{ Title, Value, Delta string }

type sourceRow struct {
	File, URL, Dataset, Sender, Period, Dates, At string
	Loaded, Rejected                              uint64
}

// topRows are shown of a step; the rest is one row more.
const topRows = 8

const topSources = 10

// cardOf finds the card that shows a metric, on the first page before the others; the zero Panel where none does.
func (s *Server) cardOf(name string) (*board.Board, board.Panel) {
	var boards []*board.Board
	if len(s.Boards) > 0 {
		boards = append([]*board.Board{s.find(s.home())}, s.Boards...)
	}
	for _, b := range boards {
		for _, p := range b.Panels {
			if p.Kind == board.KPI && p.Metrics[0] == name {
				return b, p
			}
		}
	}
	for _, b := range boards {
		for _, p := range b.Panels {
			if slices.Contains(p.Metrics, name) {
				return b, board.Panel{}
			}
		}
	}
	return nil, board.Panel{}
}

// cause answers what a number is made of.
func (s *Server) cause(a *ask) (http.HandlerFunc, error) {
	m := s.Catalog.Metric(a.r.PathValue("metric"))
	if m == nil {
		return nil, address.Missing(words.Get("no_metric", a.r.PathValue("metric")), s.metricNames()...)
	}
	asked, err := trail.Read(a.r.URL.Query(), a.st, m)
	if err != nil {
		return nil, err
	}
	home, card := s.cardOf(m.Name)
	of := home
	if of == nil {
		of = &board.Board{Panels: []board.Panel{{Metrics: []string{m.Name}}}}
	}
	last, err := s.date(a.ctx, of, a.st)
	if err != nil {
		return nil, err
	}
	p := causePage{layout: s.layout(a.r, m.Title), Name: m.Name, DataDate: days.Label(last, a.st.Loc)}
	s.headed(&p.layout, sheetDates(a.st, last)...)
	if last.IsZero() {
		p.Empty = words.In(a.st.Loc, "no_data_yet")
		return s.html("cause.html", p), nil
	}
	t, err := s.traceCause(a.ctx, asked, card, last)
	if err != nil {
		return nil, err
	}
	if a.value("format") == "csv" {
		return s.causeCSV(t)
	}
	s.writeCause(&p, t)
	if home != nil {
		p.Board = s.causeBoard(home, t.Ask)
		p.Home = link{Text: home.Title.In(a.st.Loc), URL: address.To("/b/"+home.Name, a.st.Query())}
	}
	if err := s.sources(a.ctx, &p, t.Ask); err != nil {
		return nil, err
	}
	return s.html("cause.html", p), nil
}

// causeCSV answers the last step as a table.
func (s *Server) causeCSV(t traced) (http.HandlerFunc, error) {
	var g grid.Grid
	if n := len(t.steps); n > 0 {
		g = s.teller(t.Ask).Sheet(t.steps[n-1])
	}
	loc := t.St.Loc
	body, err := g.CSV(loc)
	if err != nil {
		return nil, err
	}
	return s.csv(body, "cause-"+t.Metric.Name, t.Metric.Title.In(loc)+"_"+words.In(loc, "cause"), t.Range, loc), nil
}

// traced is what a cause page shows: what was asked, with what the address left open filled in, and its figures.
type traced struct {
	trail.Ask
	aim   *target.Target  // nil where the number has none
	whole *figures.Answer // the number as a card
	steps []cause.Step
}

// traceCause fills in what the address leaves open, as the card of the metric has it, and asks for the figures.
func (s *Server) traceCause(ctx context.Context, a trail.Ask, card board.Panel, last days.Day) (traced, error) {
	aim, err := s.targetFor(ctx, &a, last)
	if err != nil {
		return traced{}, err
	}
	live, err := s.Engine.Live(ctx, a.St.AsOf)
	if err != nil {
		return traced{}, err
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
	whole, err := s.source().Of(ctx, a.Panel(a.Metric.Title), a.Whole(), last)
	if err != nil {
		return traced{}, err
	}
	a.Compare = whole.Results[0].Query.Compare // as the card has it
	steps, see, err := a.Trace(ctx, s.Engine, cause.Query{Query: a.Query(), Grain: a.St.Grain, Target: aim})
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
	return traced{a, aim, whole, steps}, err
}

// targetFor finds the target of the number, nil where it has none. A question about the way to it takes its period.
func (s *Server) targetFor(ctx context.Context, a *trail.Ask, last days.Day) (*target.Target, error) {
	date := last
	if a.See == cause.ByShortfall && !a.Range.IsZero() {
		date = a.Range.Last() // the day that the address was made for
	}
	list, err := s.Targets.Targets(ctx, target.Query{Date: date, Metric: a.Metric.Name, Tier: "expected", AsOf: a.St.AsOf})
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
		return nil, address.Bad(words.Get("cause_other_period", own.Label(a.St.Loc)), "from="+isoDay(own.From)+"&to="+isoDay(own.To))
	}
	return t, nil
}

// teller puts what was asked into words.
func (s *Server) teller(a trail.Ask) cause.Teller {
	return cause.Teller{Way: a.Way, Compare: a.Compare, Catalog: s.Catalog, Lang: a.St.Loc, Bare: true}
}

// writeCause puts the figures into words.
func (s *Server) writeCause(p *causePage, t traced) {
	a, loc := t.Ask, t.St.Loc
	tell := s.teller(a)
	p.Card = t.whole.Figure.Card()
	p.Period = a.Range.Label(loc)
	if note := t.whole.Note(loc); note != "" {
		p.Period += " · " + note
	}
	if t.aim != nil {
		p.Target = aim.To(*t.aim, a.St)
	}
	p.Fixed = s.causeChips(a)
	p.Sees, p.Compares = causeViews(a, t.aim)
	// the way so far
	p.Crumbs = append(p.Crumbs, link{Text: words.In(loc, "cause_all"), URL: a.With(func(b *trail.Ask) { b.Taps = nil }), Here: len(a.Taps) == 0})
	for i := range a.Taps {
		p.Crumbs = append(p.Crumbs, link{Text: tell.Part(t.steps[i], t.steps[i].Chosen), URL: a.With(func(b *trail.Ask) { b.Taps = a.Taps[:i+1] }), Here: i == len(a.Taps)-1})
	}
	whole := t.steps[0].Whole
	if p.Sentence = tell.Sentence(t.steps[0], a.Metric.Title.In(loc)); p.Card.WhyOpen != "" && a.See != cause.ByLevel {
		p.Sentence = p.Card.WhyOpen // no headline compares what is not final
	}
	for _, in := range whole.Of {
		row := ofRow{Title: in.Metric.Title.In(loc)}
		row.Value, row.Delta = tell.Ingredient(in)
		p.Of = append(p.Of, row)
	}
	p.Steps = s.causeSteps(t)
	if a.Tapped(cause.ByPeriod) {
		p.Found = tell.Found(t.steps)
	}
	p.Notice = causeNotice(a, whole)
}

// causeNotice says why what was asked for is not shown, or how it is to be read.
func causeNotice(a trail.Ask, whole cause.Portion) string {
	loc := a.St.Loc
	switch {
	case a.See == cause.ByLevel && whole.Value != nil && a.Compare != metric.NoCompare && whole.Base == nil:
		return words.In(loc, "cause_no_base", words.In(loc, "than_"+string(a.Compare)))
	case a.See != cause.ByShortfall:
		return ""
	case whole.Goal == nil:
		return words.In(loc, "cause_no_goal")
	case a.Metric.Rate():
		return words.In(loc, "cause_goal_rate")
	}
	return words.In(loc, "cause_goal_share")
}

// causeChips are the filters that the number came with, and those of the page, which can be taken away.
func (s *Server) causeChips(a trail.Ask) []filter.Chip {
	var chips []filter.Chip
	loc := a.St.Loc
	for _, t := range a.Where {
		chips = append(chips, filter.Chip{Label: s.teller(a).Dim(t.Dim), Value: s.Catalog.Label(t.Dim, t.Key).In(loc)})
	}
	for _, f := range address.Filters {
		for _, v := range a.St.Where[f.Param] {
			text := v
			if dim := f.Of(a.Metric); dim != "" {
				text = s.Catalog.Label(dim, v).In(loc)
			}
			chips = append(chips, filter.Chip{Label: words.In(loc, "filter_"+f.Param), Value: text, Remove: a.With(func(b *trail.Ask) {
				b.St.Where, b.Taps = map[string][]string{}, nil
				for k, vs := range a.St.Where {
					if vs = slices.DeleteFunc(slices.Clone(vs), func(x string) bool { return k == f.Param && x == v }); len(vs) > 0 {
						b.St.Where[k] = vs
					}
				}
			})})
		}
	}
	return chips
}

// causeViews are the ways to look at the parts, and what they can be compared with.
func causeViews(a trail.Ask, aim *target.Target) (sees, compares []link) {
	loc := a.St.Loc
	see := func(aspect cause.Aspect) {
		sees = append(sees, link{Text: words.In(loc, "cause_see_"+string(aspect)), URL: a.With(func(b *trail.Ask) { b.See = aspect }), Here: a.See == aspect})
	}
	if a.Compare != metric.NoCompare {
		see(cause.ByChange)
	}
	see(cause.ByLevel)
	if a.See == cause.ByShortfall {
		see(cause.ByShortfall)
		return sees, nil
	}
	if aim != nil {
		sees = append(sees, link{Text: words.In(loc, "cause_see_target"), URL: trail.OfTarget(*aim, a.St)})
	}
	for _, c := range []metric.Compare{metric.YearOnYear, metric.Previous} {
		compares = append(compares, link{Text: words.In(loc, "compare_"+string(c)), URL: a.With(func(b *trail.Ask) { b.Compare, b.See = c, cause.ByChange }), Here: a.Compare == c})
	}
	return sees, compares
}

// sources lists the submissions that the number, or the month that was chosen, came with.
func (s *Server) sources(ctx context.Context, p *causePage, a trail.Ask) error {
	covered, err := s.coverage(ctx, a.St)
	if err != nil {
		return err
	}
	p.Coverage = s.coverageLine(ctx, covered, []*metric.Metric{a.Metric}, a.St)
	if who := access.From(ctx); !who.Can(access.Rows) || !who.Whole() {
		return nil
	}
	r := a.Range
	for _, t := range a.Taps {
		if from, err := metric.ParseDay(t.Key); t.Dim == cause.ByPeriod && err == nil {
			r = days.Range{From: from, To: a.Grain().Next(from)}
		}
	}
	var list []pipeline.Live
	for _, name := range a.Metric.Datasets() {
		live, err := s.live(ctx, name, a.St.AsOf)
		if err != nil {
			return err
		}
		for _, l := range live {
			// a register without dates, or of rows that began long ago, speaks for every day
			if a.Metric.Kind != metric.Stock && dated(l.MaxDate) && (l.MaxDate.Before(r.From) || !l.MinDate.Before(r.To)) {
				continue
			}
			list = append(list, l)
		}
	}
	slices.SortStableFunc(list, func(x, y pipeline.Live) int {
		if c := y.MaxDate.Compare(x.MaxDate); c != 0 {
			return c
		}
		return strings.Compare(x.File, y.File)
	})
	if len(list) > topSources {
		p.More = len(list) - topSources
		list = list[:topSources]
	}
	for _, l := range list {
		row := sourceRow{
			File: l.File, URL: "/data/runs/" + l.Run, Dataset: s.datasetLinks([]string{l.Dataset}, a.St.Loc)[0].Title, Sender: l.Sender,
			Period: l.Period, At: address.Moment(l.At), Loaded: l.Loaded, Rejected: l.Rejected,
		}
		if dated(l.MaxDate) {
			row.Dates = l.MinDate.Format(time.DateOnly) + " — " + l.MaxDate.Format(time.DateOnly)
		}
		p.Sources = append(p.Sources, row)
	}
	return nil
}
