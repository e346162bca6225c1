package dashboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// causePage leads from a number to what it is made of, in three steps: the link of the chain, the group of
// enterprises, the month. Everything chosen is in its address.
type causePage struct {
	page
	Name     string // of the metric
	DataDate string
	Empty    string
	Card     draw.Card
	Period   string
	Target   *targetLine
	Fixed    []chip // the filters that the number came with
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
	Coverage *coverageLine
}

type ofRow struct{ Title, Value, Base, Delta string }

type causeStep struct {
	N        int
	Title    string
	Lead     string // what the step ahead shows, in a sentence
	Note     string
	Hint     bool   // say how to get here
	Sentence string // instead of rows
	Rows     []causeRow
	Dims     []link // other ways to divide it
	All, CSV string
	Chosen   bool // a row was tapped
	Behind   bool // and there is another step after it
	Waiting  bool // not reached yet
}

type causeRow struct {
	Name, Sub, URL           string
	Value, Base              string
	Delta, Arrow, Mood, Move string // Move: as the page reads it aloud
	Share                    string
	Of                       string
	X, W, Zero               float64 // the bar and its foot, in hundredths of the width
	Bar, Chosen, Rest        bool
}

type sourceRow struct {
	File, URL, Dataset, Sender, Period, Dates, At string
	Loaded, Rejected                              uint64
}

// tap is a row that was chosen: a value of a dimension, or the first day of a period.
type tap struct{ dim, key string }

// byPeriod is the name of the step that divides a number by time.
const byPeriod = "period"

// topRows are shown of a step; the rest is one row more.
const topRows = 8

const topSources = 10

func (t tap) String() string { return t.dim + ":" + t.key }

// taps reads dim:value parameters; of the dimensions of m, and with time, of a period.
func taps(m *metric.Metric, name string, list []string, time bool) ([]tap, error) {
	var out []tap
	for _, text := range list {
		dim, key, ok := strings.Cut(text, ":")
		valid := m.Dims()
		if time {
			if valid = m.Cuts(); m.Kind != metric.Forecasting {
				valid = append(valid, byPeriod)
			}
		}
		if !ok || !slices.Contains(valid, dim) {
			for i := range valid {
				valid[i] += ":…"
			}
			return nil, &refusal{http.StatusBadRequest, say("bad_value", name, text), valid}
		}
		if time && slices.ContainsFunc(out, func(t tap) bool { return t.dim == dim || t.dim == byPeriod }) {
			return nil, &refusal{http.StatusBadRequest, say("cause_after", text), nil}
		}
		out = append(out, tap{dim, key})
	}
	return out, nil
}

// causeAsk is everything that the address of a cause page says.
type causeAsk struct {
	st      state
	m       *metric.Metric
	Range   board.Range
	Compare metric.Compare
	See     metric.Aspect
	Where   []tap
	Taps    []tap
	By      string // how the last step is divided, where the reader chose; else ""
	All     bool
}

func (a causeAsk) address() string {
	q := a.st.query()
	q.Del("window")
	q.Del("map")
	q.Set("from", isoDay(a.Range.From))
	q.Set("to", isoDay(a.Range.To))
	q.Set("compare", string(cmp.Or(a.Compare, uncompared)))
	if a.See != "" && a.See != metric.ByChange {
		q.Set("see", string(a.See))
	}
	for _, t := range a.Where {
		q.Add("where", t.String())
	}
	for _, t := range a.Taps {
		q.Add("tap", t.String())
	}
	if a.By != "" {
		q.Set("by", a.By)
	}
	if a.All {
		q.Set("all", "1")
	}
	return address("/cause/"+a.m.Name, q)
}

// causeOf is the address at which the number of a card is explained; "" for what has no cause.
func causeOf(d *drawn, st state) string {
	if len(d.Metrics) == 0 || d.Metrics[0].Kind == metric.Forecasting || d.Range.Zero() {
		return ""
	}
	a := causeAsk{st: st, m: d.Metrics[0], Range: d.Range, Compare: d.Panel.Compare}
	if r := d.Results[0]; r != nil {
		a.Compare = r.Query.Compare
	}
	for _, dim := range sortedKeys(d.Panel.Where) {
		for _, v := range d.Panel.Where[dim] {
			a.Where = append(a.Where, tap{dim, v})
		}
	}
	return a.address()
}

// causeOfTarget is the address at which the way to a target is explained.
func causeOfTarget(t metric.Target, st state) string {
	if t.Metric == nil || t.Actual == nil || t.Metric.Kind == metric.Forecasting {
		return ""
	}
	st.Where, st.Grain = nil, metric.Total
	a := causeAsk{st: st, m: t.Metric, Range: board.Range{From: t.From, To: t.Date.AddDate(0, 0, 1)}, Compare: metric.YearOnYear, See: metric.ByShortfall}
	a.Where = scopeOf(t)
	return a.address()
}

// scopeOf is the part of the zone that a target is measured over, as the filters of a cause.
func scopeOf(t metric.Target) []tap {
	var out []tap
	for _, f := range t.Scope.Where {
		for _, v := range f.Values {
			out = append(out, tap{f.Dim, v})
		}
	}
	return out
}

// isOf says that a target is of what the page is about, with no filter more or less.
func (a causeAsk) isOf(t metric.Target) bool {
	scope := scopeOf(t)
	return len(a.st.Where) == 0 && len(scope) == len(a.Where) && !slices.ContainsFunc(scope, func(x tap) bool { return !slices.Contains(a.Where, x) })
}

// explain lets the numbers of a table lead to their causes, each to what its row stands for.
func explain(g draw.Grid, d *drawn, st state) {
	for _, r := range d.Results {
		m := r.Metric
		if m == nil || m.Kind == metric.Forecasting || r.Query.Grain != metric.Total || len(r.Query.By) == 0 ||
			slices.ContainsFunc(r.Query.By, func(dim string) bool { return !slices.Contains(m.Cuts(), dim) }) {
			continue
		}
		a := causeAsk{st: st, m: m, Range: board.Range{From: r.Query.From, To: r.Query.To}, Compare: r.Query.Compare}
		if a.Compare == metric.NoCompare && st.Compare != uncompared {
			a.Compare = metric.YearOnYear
		}
		for _, dim := range sortedKeys(d.Panel.Where) {
			for _, v := range d.Panel.Where[dim] {
				a.Where = append(a.Where, tap{dim, v})
			}
		}
		for _, row := range g.Rows {
			for i := range row {
				c := &row[i]
				if c.Metric != m.Name || c.Value == nil || *c.Value == 0 || len(c.Keys) != len(r.Query.By) {
					continue
				}
				a.Taps = nil
				for j, dim := range r.Query.By {
					a.Taps = append(a.Taps, tap{dim, c.Keys[j]})
				}
				c.URL = a.address()
			}
		}
	}
}

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

// usual is the period of a metric that no card shows.
func usual(m *metric.Metric) string {
	switch {
	case m.Kind == metric.Stock:
		return "as_of"
	case m.Every == metric.Ten, m.Every == metric.Total:
		return "month"
	}
	return string(m.Every)
}

func (s *Server) cause(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), panelTimeout)
	defer cancel()
	m := s.Catalog.Metric(r.PathValue("metric"))
	if m == nil {
		var have []string
		for _, m := range s.Catalog.Metrics() {
			have = append(have, m.Name)
		}
		s.fail(w, r, &refusal{http.StatusNotFound, say("no_metric", r.PathValue("metric")), have})
		return
	}
	a, format, err := s.readCause(r, m)
	if err == nil {
		a.st, err = s.thaw(ctx, a.st)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	home, card := s.cardOf(m.Name)
	of := home
	if of == nil {
		of = &board.Board{Panels: []board.Panel{{Metrics: []string{m.Name}}}}
	}
	last, err := s.boardDate(ctx, of, a.st)
	if err == nil && !last.IsZero() {
		err = s.verify(ctx, a.st, last)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	loc := a.st.Loc
	title := m.Title
	p := causePage{page: s.page(r, title), Name: m.Name, DataDate: board.DayLabel(last, loc)}
	if last.IsZero() {
		p.Empty = say("no_data_yet").In(loc)
		remember(w, r)
		s.render(w, r, http.StatusOK, "cause.html", p)
		return
	}
	target, err := s.targetFor(ctx, &a, last)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if a.Range.Zero() {
		period := card.Period
		if period == "" {
			period = usual(m)
		}
		a.Range = board.Period(period, last)
	}
	if a.st.Compare == metric.NoCompare {
		if a.Compare = card.Compare; a.Compare == metric.NoCompare {
			a.Compare = metric.YearOnYear
		}
	}
	if a.Compare == metric.NoCompare && a.See != metric.ByShortfall {
		a.See = metric.ByLevel
	}
	whole, err := s.compute(ctx, a.panel(title), a.whole(), last, false)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	a.Compare = whole.Results[0].Query.Compare // as the card has it
	steps, err := s.trace(ctx, &a, target)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if format == "csv" {
		s.causeCSV(w, r, a, steps)
		return
	}
	remember(w, r)
	p.Card = whole.Figure.Card()
	p.Period = a.Range.Label(loc)
	if note := whole.note(loc); note != "" {
		p.Period += " · " + note
	}
	if target != nil {
		p.Target = lineOf(*target, a.st)
	}
	s.writeCause(&p, a, steps, target)
	if home != nil {
		p.Board = s.causeBoard(home, a)
		p.Home = link{Text: home.Title.In(loc), URL: address("/b/"+home.Name, a.st.query())}
	}
	if err := s.sources(ctx, &p, a); err != nil {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, http.StatusOK, "cause.html", p)
}

func (s *Server) readCause(r *http.Request, m *metric.Metric) (a causeAsk, format string, err error) {
	a.m = m
	if a.st, err = read(r, "see", "where", "tap", "by", "all", "format"); err != nil {
		return a, "", err
	}
	q := r.URL.Query()
	bad := func(name string, valid ...string) error {
		return &refusal{http.StatusBadRequest, say("bad_value", name, q.Get(name)), valid}
	}
	if m.Kind == metric.Forecasting {
		return a, "", &refusal{http.StatusBadRequest, say("cause_forecast", m.Title.In(a.st.Loc)), []string{"/cause/" + m.Of}}
	}
	if a.st.Window != metric.NoWindow {
		return a, "", &refusal{http.StatusBadRequest, say("cause_window"), nil}
	}
	a.Range = a.st.Range
	if a.st.Compare != uncompared {
		a.Compare = a.st.Compare
	}
	a.See = metric.ByChange
	if v := q.Get("see"); v != "" {
		if a.See, err = metric.ParseAspect(v); err != nil {
			return a, "", bad("see", "change", "level", "target")
		}
	}
	if a.Where, err = taps(m, "where", q["where"], false); err != nil {
		return a, "", err
	}
	if a.Taps, err = taps(m, "tap", q["tap"], true); err != nil {
		return a, "", err
	}
	if a.By = q.Get("by"); a.By != "" && a.By != byPeriod && (!slices.Contains(m.Cuts(), a.By) || a.tapped(a.By)) {
		return a, "", bad("by", append(slices.DeleteFunc(m.Cuts(), a.tapped), byPeriod)...)
	}
	if v := q.Get("all"); v != "" && v != "1" {
		return a, "", bad("all", "1")
	}
	a.All = q.Get("all") == "1"
	if format = q.Get("format"); format != "" && format != "html" && format != "csv" {
		return a, "", bad("format", "html", "csv")
	}
	return a, format, nil
}

func (a causeAsk) tapped(dim string) bool {
	return slices.ContainsFunc(a.Taps, func(t tap) bool { return t.dim == dim })
}

// panel is the number of the page as a card would show it.
func (a causeAsk) panel(title codes.Text) board.Panel {
	p := board.Panel{Name: a.m.Name, Title: title, Kind: board.KPI, Metrics: []string{a.m.Name}, Compare: a.Compare, Where: map[string][]string{}}
	for _, t := range a.Where {
		p.Where[t.dim] = append(p.Where[t.dim], t.key)
	}
	return p
}

// whole is the state of the page as that of a board.
func (a causeAsk) whole() state {
	st := a.st
	st.Range, st.Grain, st.Compare = a.Range, metric.Total, cmp.Or(a.Compare, uncompared)
	return st
}

// query is the question behind the number, with the taps before the n-th.
func (a causeAsk) query(n int) metric.Query {
	q := metric.Query{Metric: a.m.Name, From: a.Range.From, To: a.Range.To, Compare: a.Compare, AsOf: a.st.AsOf}
	filter := func(dim, v string) {
		for i := range q.Where {
			if q.Where[i].Dim == dim {
				q.Where[i].Values = append(q.Where[i].Values, v)
				return
			}
		}
		q.Where = append(q.Where, metric.Filter{Dim: dim, Values: []string{v}})
	}
	for _, t := range a.Where {
		filter(t.dim, t.key)
	}
	for _, t := range a.Taps[:n] {
		if t.dim != byPeriod {
			// a filter of its own: of what the number came with, this one only
			q.Where = append(q.Where, metric.Filter{Dim: t.dim, Values: []string{t.key}})
		}
	}
	for _, f := range filters {
		if vs := a.st.Where[f.param]; len(vs) > 0 {
			if dim := dimension(a.m, f.param); dim != "" {
				q.Where = append(q.Where, metric.Filter{Dim: dim, Values: vs})
			}
		}
	}
	return q
}

// targetFor finds the target of the number, nil where it has none. A question about the way to it takes its period.
func (s *Server) targetFor(ctx context.Context, a *causeAsk, last metric.Day) (*metric.Target, error) {
	date := last
	if a.See == metric.ByShortfall && !a.Range.Zero() {
		date = a.Range.Last() // the day that the address was made for
	}
	list, err := s.Engine.Targets(ctx, metric.TargetQuery{Date: date, Metric: a.m.Name, Tier: "expected", AsOf: a.st.AsOf})
	if err != nil {
		return nil, err
	}
	var t *metric.Target
	for i := range list {
		if list[i].Actual != nil && a.isOf(list[i]) {
			t = &list[i]
			break
		}
	}
	if a.See != metric.ByShortfall {
		return t, nil
	}
	switch {
	case t == nil && (len(a.st.Where) > 0 || len(a.Where) > 0):
		return nil, &refusal{http.StatusBadRequest, say("cause_whole_target"), []string{"see=change", "see=level"}}
	case t == nil:
		return nil, &refusal{http.StatusBadRequest, say("cause_no_target", a.m.Title.In(a.st.Loc)), []string{"see=change", "see=level"}}
	}
	own := board.Range{From: t.From, To: t.Date.AddDate(0, 0, 1)}
	if a.Range.Zero() {
		a.Range = own
	}
	if a.Range != own {
		return nil, &refusal{http.StatusBadRequest, say("cause_other_period", own.Label(a.st.Loc)), []string{"from=" + isoDay(own.From) + "&to=" + isoDay(own.To)}}
	}
	return t, nil
}

// traced is one step with its figures.
type traced struct {
	*metric.Cause
	by     string
	chosen int // the part that was tapped; -1: none yet
}

// trace asks for every step at once: those behind the reader and the one ahead.
func (s *Server) trace(ctx context.Context, a *causeAsk, target *metric.Target) ([]traced, error) {
	see := a.See
	for range 2 {
		steps := make([]traced, 0, len(a.Taps)+1)
		for _, t := range a.Taps {
			steps = append(steps, traced{by: t.dim, chosen: -1})
		}
		if next := a.next(); next != "" {
			steps = append(steps, traced{by: next, chosen: -1})
		}
		errs := make([]error, len(steps))
		g, gctx := errgroup.WithContext(ctx)
		g.SetLimit(4)
		for i := range steps {
			q := metric.CauseQuery{Query: a.query(min(i, len(a.Taps))), By: steps[i].by, See: see, Target: target}
			if q.By == byPeriod {
				q.By, q.Grain = "", a.st.Grain
			}
			g.Go(func() error {
				// what a step is asked under may be no value at all: the step before says so better
				if steps[i].Cause, errs[i] = s.Engine.Cause(gctx, q); i == 0 {
					return errs[i]
				}
				return nil
			})
		}
		if err := g.Wait(); err != nil {
			return nil, err
		}
		if see == metric.ByChange && len(steps) > 0 && steps[0].Whole.Delta == nil && steps[0].Whole.Value != nil {
			see = metric.ByLevel // nothing to compare with
			continue
		}
		for i, t := range a.Taps {
			st := &steps[i]
			if errs[i] != nil {
				return nil, errs[i]
			}
			if st.chosen = slices.IndexFunc(st.Parts, func(p metric.Portion) bool { return t.key == keyOf(t.dim, p) }); st.chosen < 0 {
				var have []string
				for j, p := range st.Parts {
					if j == 60 {
						have = append(have, "…")
						break
					}
					have = append(have, tap{t.dim, keyOf(t.dim, p)}.String())
				}
				return nil, &refusal{http.StatusBadRequest, say("bad_value", "tap", t.String()), have}
			}
		}
		if err := errors.Join(errs...); err != nil {
			return nil, err
		}
		if n := len(a.Taps); n < len(steps) && a.By == "" && steps[n].by != byPeriod && len(steps[n].Parts) < 2 {
			if err := s.instead(ctx, a, see, target, &steps[n]); err != nil {
				return nil, err
			}
		}
		a.See = see
		return steps, nil
	}
	return nil, fmt.Errorf("cause of %s: neither a change nor a level", a.m.Name)
}

// instead divides a step otherwise where it would show one row: by the next dimension that shows more, or by time.
func (s *Server) instead(ctx context.Context, a *causeAsk, see metric.Aspect, target *metric.Target, step *traced) error {
	for _, dim := range append(a.m.Instead(step.by), byPeriod) {
		if a.tapped(dim) || finerTapped(*a, dim) {
			continue
		}
		q := metric.CauseQuery{Query: a.query(len(a.Taps)), By: dim, See: see, Target: target}
		if dim == byPeriod {
			q.By, q.Grain = "", a.st.Grain
		}
		c, err := s.Engine.Cause(ctx, q)
		if err != nil {
			return err
		}
		if len(c.Parts) > 1 || dim == byPeriod && len(step.Parts) == 0 {
			step.Cause, step.by = c, dim
			return nil
		}
	}
	return nil
}

func keyOf(dim string, p metric.Portion) string {
	if dim == byPeriod {
		return isoDay(p.From)
	}
	return p.Key
}

// next is how the step ahead is divided: as the reader chose, or by the first of the metric's steps that is not
// behind, or by time; "" after a period.
func (a causeAsk) next() string {
	if a.tapped(byPeriod) {
		return ""
	}
	if a.By != "" {
		return a.By
	}
	if len(a.Taps) < 2 {
		for _, dim := range a.m.Steps() {
			if !a.tapped(dim) && !finerTapped(a, dim) {
				return dim
			}
		}
	}
	return byPeriod
}

// finerTapped: a link of a chain has one chain, so dividing it by chain shows nothing.
func finerTapped(a causeAsk, dim string) bool { return dim == "chain" && a.tapped("node") }

func (s *Server) dimTitle(dim string, loc codes.Lang) string {
	if dim == byPeriod {
		return say("cause_time").In(loc)
	}
	if d := s.Catalog.Dimension(dim); d != nil && d.Title.Zh != "" {
		return d.Title.In(loc)
	}
	return dim
}

// causeBoard is the page of charts with what was chosen, as far as it can be narrowed so.
func (s *Server) causeBoard(b *board.Board, a causeAsk) link {
	st := a.st
	st.Range, st.Grain = a.Range, metric.Total
	st.Where = map[string][]string{}
	for k, vs := range a.st.Where {
		st.Where[k] = vs
	}
	for _, t := range a.Taps {
		switch p := param(t.dim); {
		case t.dim == byPeriod:
			if from, err := metric.ParseDay(t.key); err == nil {
				st.Range = board.Range{From: from, To: a.grainOf().Next(from)}
			}
		case p != "" && t.key != "":
			st.Where[p] = []string{t.key}
		}
	}
	return link{Text: b.Title.In(a.st.Loc), URL: address("/b/"+b.Name, st.query())}
}

func (a causeAsk) grainOf() metric.Grain {
	if a.st.Grain != metric.Total {
		return a.st.Grain
	}
	return a.m.Below(a.Range.From, a.Range.To)
}

// writeCause puts the figures into words.
func (s *Server) writeCause(p *causePage, a causeAsk, steps []traced, target *metric.Target) {
	loc := a.st.Loc
	with := func(change func(*causeAsk)) string {
		b := a
		b.By, b.All = "", false
		change(&b)
		return b.address()
	}
	for _, t := range a.Where {
		p.Fixed = append(p.Fixed, chip{Label: s.dimTitle(t.dim, loc), Value: s.Catalog.Label(t.dim, t.key).In(loc)})
	}
	for _, f := range filters {
		for _, v := range a.st.Where[f.param] {
			text := v
			if dim := dimension(a.m, f.param); dim != "" {
				text = s.Catalog.Label(dim, v).In(loc)
			}
			p.Fixed = append(p.Fixed, chip{Label: say("filter_" + f.param).In(loc), Value: text, Remove: with(func(b *causeAsk) {
				st := b.st
				st.Where = map[string][]string{}
				for k, vs := range b.st.Where {
					if vs = slices.DeleteFunc(slices.Clone(vs), func(x string) bool { return k == f.param && x == v }); len(vs) > 0 {
						st.Where[k] = vs
					}
				}
				b.st, b.Taps = st, nil
			})})
		}
	}
	see := func(aspect metric.Aspect, there bool) {
		if there {
			p.Sees = append(p.Sees, link{say("cause_see_" + string(aspect)).In(loc), with(func(b *causeAsk) { b.See = aspect }), a.See == aspect})
		}
	}
	see(metric.ByChange, a.Compare != metric.NoCompare)
	see(metric.ByLevel, true)
	if target != nil {
		if a.See == metric.ByShortfall {
			see(metric.ByShortfall, true)
		} else {
			p.Sees = append(p.Sees, link{say("cause_see_target").In(loc), causeOfTarget(*target, a.st), false})
		}
	}
	if a.See != metric.ByShortfall {
		for _, c := range []metric.Compare{metric.YearOnYear, metric.Previous} {
			p.Compares = append(p.Compares, link{say("compare_" + string(c)).In(loc), with(func(b *causeAsk) { b.Compare, b.See = c, metric.ByChange }), a.Compare == c})
		}
	}
	// the way so far
	p.Crumbs = append(p.Crumbs, link{say("cause_all").In(loc), with(func(b *causeAsk) { b.Taps = nil }), len(a.Taps) == 0})
	for i := range a.Taps {
		p.Crumbs = append(p.Crumbs, link{s.partName(a, steps[i], steps[i].chosen), with(func(b *causeAsk) { b.Taps = a.Taps[:i+1] }), i == len(a.Taps)-1})
	}
	if len(steps) == 0 {
		return
	}
	p.Sentence = s.causeSentence(a, steps[0], a.m.Title.In(loc))
	for _, in := range steps[0].Whole.Of {
		p.Of = append(p.Of, ofText(in, loc))
	}
	stepTitle := func(by string, waiting bool) string {
		if by == byPeriod {
			return say("cause_step_time").In(loc)
		}
		if waiting && slices.Contains([]string{"park", "scale", "enterprise"}, by) {
			return say("cause_step_group").In(loc) // which of them shows more is not known before the tap
		}
		name := s.dimTitle(by, loc)
		if loc == codes.En && len(name) > 1 && 'a' <= name[1] && name[1] <= 'z' { // a word, not HHI or 职业
			name = strings.ToLower(name[:1]) + name[1:]
		}
		return say("cause_step", name).In(loc)
	}
	for i, st := range steps {
		cs := causeStep{N: i + 1, Title: stepTitle(st.by, false), Chosen: st.chosen >= 0, Behind: i < len(steps)-1}
		name := ""
		if i > 0 {
			name = s.partName(a, steps[i-1], steps[i-1].chosen)
		}
		b := a
		b.Taps = a.Taps[:i]
		s.writeStep(&cs, b, st, name, i == len(steps)-1 && a.All)
		if st.chosen < 0 {
			if i > 0 {
				cs.Lead = s.causeSentence(a, st, name)
			}
			for _, dim := range append(a.m.Cuts(), byPeriod) {
				if !a.tapped(dim) && !finerTapped(a, dim) {
					cs.Dims = append(cs.Dims, link{s.dimTitle(dim, loc), with(func(b *causeAsk) { b.By = dim }), dim == st.by})
				}
			}
		}
		p.Steps = append(p.Steps, cs)
	}
	// those to come, so that a reader sees how long the way is
	rest := a
	for last := steps[len(steps)-1]; last.by != byPeriod && last.chosen < 0 && len(p.Steps) < 4; {
		rest.Taps, rest.By = append(slices.Clone(rest.Taps), tap{dim: last.by}), ""
		last.by = rest.next()
		p.Steps = append(p.Steps, causeStep{N: len(p.Steps) + 1, Title: stepTitle(last.by, true), Waiting: true, Hint: len(p.Steps) == len(steps)})
	}
	if a.tapped(byPeriod) {
		p.Found = s.found(a, steps)
	}
	switch c := steps[0].Cause; {
	case a.See == metric.ByLevel && c.Whole.Value != nil && a.Compare != metric.NoCompare && c.Whole.Base == nil:
		p.Notice = say("cause_no_base", say("than_"+string(a.Compare)).In(loc)).In(loc)
	case a.See == metric.ByShortfall && c.Whole.Goal == nil:
		p.Notice = say("cause_no_goal").In(loc)
	case a.See == metric.ByShortfall && a.m.Rate():
		p.Notice = say("cause_goal_rate").In(loc)
	case a.See == metric.ByShortfall:
		p.Notice = say("cause_goal_share").In(loc)
	}
}

// partName is what a part is called.
func (s *Server) partName(a causeAsk, st traced, i int) string {
	p := st.Parts[i]
	if st.by == byPeriod {
		return periodName(p, a.st.Loc)
	}
	return p.Label.In(a.st.Loc)
}

func periodName(p metric.Portion, loc codes.Lang) string {
	text := board.Range{From: p.From, To: p.To}.Label(loc)
	if p.Partial {
		text += map[codes.Lang]string{codes.Zh: "（未满期）", codes.En: " (unfinished)"}[loc]
	}
	return text
}

// moved says how far a number is from another: 多 130 人, 高 2.1 个百分点.
func moved(m *metric.Metric, delta float64, loc codes.Lang) string {
	words := map[codes.Lang][2]string{codes.Zh: {"多", "少"}, codes.En: {"more", "fewer"}}[loc]
	switch {
	case m.Rate() && m.Unit.Name != "天":
		words = map[codes.Lang][2]string{codes.Zh: {"高", "低"}, codes.En: {"higher", "lower"}}[loc]
	case !slices.Contains([]string{"人", "人次", "个", "项", "件", "条", "家", "场", "篇", "批"}, m.Unit.Name):
		words = map[codes.Lang][2]string{codes.Zh: {"多", "少"}, codes.En: {"more", "less"}}[loc]
	}
	word := words[0]
	if delta < 0 {
		word = words[1]
	}
	size := math.Abs(delta)
	text := metric.Format(&size, deltaUnit(m.Unit), loc)
	if loc == codes.En {
		return text + " " + word
	}
	return word + " " + text
}

func deltaUnit(unit metric.Unit) metric.Unit {
	if unit == metric.Percent {
		return metric.PercentagePoints
	}
	return unit
}

// signed is a difference with its sign: +130.
func signed(m *metric.Metric, delta *float64, loc codes.Lang) string {
	if delta == nil {
		return metric.None
	}
	size := math.Abs(*delta)
	text := metric.Format(&size, deltaUnit(m.Unit), loc)
	switch {
	case level(m, *delta):
		return text
	case *delta > 0:
		return "+" + text
	}
	return "−" + text
}

// short is a number beside one that has its unit: in English without the word.
func short(v *float64, unit metric.Unit, loc codes.Lang) string {
	if loc == codes.En {
		return metric.Number(v, unit)
	}
	return metric.Format(v, unit, loc)
}

// level reports whether a difference is none that could be read.
func level(m *metric.Metric, delta float64) bool {
	size := math.Abs(delta)
	return strings.Trim(metric.Number(&size, deltaUnit(m.Unit)), "0.,%") == ""
}

// against is what a number is compared with on the page.
func against(a causeAsk) codes.Text {
	switch {
	case a.See == metric.ByShortfall && a.m.Rate():
		return say("cause_goal")
	case a.See == metric.ByShortfall:
		return say("cause_pace")
	}
	return say("than_" + string(a.Compare))
}

// clause says a number and its move: 岗位缺口 2,184 人，比上年同期多 130 人.
func clause(a causeAsk, name string, p metric.Portion) string {
	loc := a.st.Loc
	text := name + " " + metric.Format(p.Value, a.m.Unit, loc)
	if p.Value == nil {
		text = name + map[codes.Lang]string{codes.Zh: "：", codes.En: ": "}[loc] + metric.WhyText(p.Why, loc)
	}
	if p.Delta == nil || a.See == metric.ByLevel {
		return text
	}
	delta := *p.Delta
	if name == a.m.Title.In(loc) {
		delta = gone(a, delta)
	}
	switch {
	case level(a.m, delta):
		return text + say("cause_same", against(a).In(loc)).In(loc)
	case loc == codes.En:
		return text + ", " + moved(a.m, delta, loc) + " than " + against(a).En
	}
	return text + "，比" + against(a).Zh + moved(a.m, delta, loc)
}

// gone is the whole's way to its target, in whole people where it is behind, as the target's own line has it.
func gone(a causeAsk, delta float64) float64 {
	behind := a.See == metric.ByShortfall && (delta < 0) == (a.m.Direction != "down")
	if !behind || !slices.Contains([]string{"人", "人次", "个"}, a.m.Unit.Name) {
		return delta
	}
	return math.Copysign(math.Ceil(math.Abs(delta)-1e-9), delta)
}

// causeSentence says what a step shows: the whole, and the part that weighs most.
func (s *Server) causeSentence(a causeAsk, st traced, name string) string {
	loc := a.st.Loc
	end, semi := map[codes.Lang]string{codes.Zh: "。", codes.En: "."}[loc], map[codes.Lang]string{codes.Zh: "；", codes.En: "; "}[loc]
	text := clause(a, name, st.Whole)
	if st.Most < 0 || len(st.Parts) < 2 {
		return text + end
	}
	most := st.Parts[st.Most]
	d, whole := most.Delta, st.Whole.Delta
	part := s.partName(a, st, st.Most)
	switch {
	case a.See == metric.ByLevel && most.Value != nil:
		text += semi + part + " " + metric.Format(most.Value, a.m.Unit, loc)
		if most.Share != nil {
			text += say("cause_share", percent(*most.Share)).In(loc)
		}
		switch {
		case st.Adds:
			text += say("cause_most").In(loc)
		case a.m.Direction == "up":
			text += say("cause_lowest").In(loc)
		default:
			text += say("cause_highest").In(loc)
		}
	case d == nil || whole == nil || level(a.m, *whole):
	case level(a.m, *d) || *d > 0 != (*whole > 0):
		if st.Apart == metric.ApartRate && st.by != byPeriod {
			text += semi + say("cause_mix").In(loc)
		}
	case st.Apart == metric.ApartRate:
		text += semi + part + map[codes.Lang]string{codes.Zh: "", codes.En: " "}[loc] + moved(a.m, *d, loc) + say("cause_weighs").In(loc)
	default:
		text += semi + part + map[codes.Lang]string{codes.Zh: "", codes.En: " "}[loc] + moved(a.m, *d, loc) + say("cause_most").In(loc)
	}
	return text + end
}

func percent(share float64) string {
	v := share * 100
	switch {
	case v == 0:
		return "0%"
	case math.Abs(v) >= 9.5:
		return strings.Replace(fmt.Sprintf("%.0f%%", v), "-", "−", 1)
	}
	return strings.Replace(metric.Number(&v, metric.Percent), "-", "−", 1)
}

// found sums up the way that was gone.
func (s *Server) found(a causeAsk, steps []traced) string {
	loc := a.st.Loc
	var way []string
	for i := range a.Taps {
		p := steps[i].Parts[steps[i].chosen]
		text := s.partName(a, steps[i], steps[i].chosen)
		open, shut := map[codes.Lang]string{codes.Zh: "（", codes.En: " ("}[loc], map[codes.Lang]string{codes.Zh: "）", codes.En: ")"}[loc]
		switch {
		case a.See == metric.ByLevel || p.Delta == nil:
			text += open + metric.Format(p.Value, a.m.Unit, loc) + shut
		case level(a.m, *p.Delta):
			text += open + map[codes.Lang]string{codes.Zh: "持平", codes.En: "level"}[loc] + shut
		default:
			text += open + moved(a.m, *p.Delta, loc) + shut
		}
		way = append(way, text)
	}
	colon, end := map[codes.Lang]string{codes.Zh: "：", codes.En: ": "}[loc], map[codes.Lang]string{codes.Zh: "。", codes.En: "."}[loc]
	return clause(a, a.m.Title.In(loc), steps[0].Whole) + colon + strings.Join(way, " → ") + end
}

func ofText(in metric.Ingredient, loc codes.Lang) ofRow {
	row := ofRow{Title: in.Metric.Title.In(loc), Value: metric.Format(in.Value, in.Metric.Unit, loc)}
	if in.Base != nil {
		row.Base = metric.Format(in.Base, in.Metric.Unit, loc)
		if in.Value != nil {
			d := *in.Value - *in.Base
			row.Delta = signed(in.Metric, &d, loc)
		}
	}
	return row
}

// writeStep writes the rows of one step; a is the question with the taps before it.
func (s *Server) writeStep(cs *causeStep, a causeAsk, st traced, name string, all bool) {
	loc, lang := a.st.Loc, a.st.Loc
	if name != "" {
		cs.Title = name + map[codes.Lang]string{codes.Zh: "：", codes.En: ": "}[loc] + cs.Title
	}
	c := a
	if st.chosen < 0 {
		c.By = st.by
	} else if dim := st.by; dim != a.next() {
		c.By = dim
	}
	csv := c.address()
	cs.CSV = csv + "&format=csv"
	switch {
	case len(st.Parts) == 0:
		cs.Sentence = draw.Why(st.Whole.Why, loc)
		return
	case st.Offset:
		cs.Note = say("cause_offset").In(loc)
	case st.Adds:
		cs.Note = say("cause_adds").In(loc)
	default:
		cs.Note = say("cause_apart_" + st.Apart).In(loc)
		if st.Apart == metric.ApartRate && st.by != byPeriod && a.See != metric.ByLevel {
			if a.m.Kind == metric.Ratio {
				cs.Note += words.In(loc, "sep_sentence") + say("cause_by_base").In(loc)
			} else {
				cs.Note += words.In(loc, "sep_sentence") + say("cause_by_rows").In(loc)
			}
		}
	}
	if len(a.m.Steps()) == 0 && len(a.Taps) == 0 {
		cs.Note += words.In(loc, "sep_sentence") + say("cause_no_dims").In(loc)
	}
	if first := st.Parts[0]; st.by == byPeriod && first.From.Before(a.Range.From) {
		cs.Title = strings.Replace(cs.Title, say("cause_step_time").In(loc), say("cause_past", len(st.Parts)).In(loc), 1)
	}
	lo, hi := 0.0, 0.0
	for _, p := range st.Parts {
		if p.Delta != nil {
			lo, hi = min(lo, *p.Delta), max(hi, *p.Delta)
		}
	}
	bar := func(row *causeRow, d *float64) {
		if d == nil || hi == lo {
			return
		}
		row.Bar = true
		row.X, row.W, row.Zero = (min(0, *d)-lo)/(hi-lo)*100, max(math.Abs(*d)/(hi-lo)*100, .6), -lo/(hi-lo)*100
	}
	write := func(row *causeRow, p metric.Portion) {
		row.Value = metric.Format(p.Value, a.m.Unit, lang)
		if p.Value == nil && p.Why != "" {
			row.Value = metric.WhyText(p.Why, lang)
		}
		from := p.Base
		if a.See == metric.ByShortfall {
			from = p.Goal
		}
		if from != nil {
			row.Base = against(a).In(loc) + " " + short(from, a.m.Unit, loc)
		}
		if p.Share != nil {
			row.Share = say("cause_of_"+map[bool]string{true: "level", false: "change"}[a.See == metric.ByLevel], percent(*p.Share)).In(loc)
		}
		if a.See == metric.ByLevel {
			row.Mood = "plain"
		} else if p.Delta != nil {
			row.Delta = signed(a.m, p.Delta, loc)
			if p.Value != nil {
				row.Value = short(p.Value, a.m.Unit, loc)
			}
			row.Arrow, row.Mood = moodOf(a.m, *p.Delta)
		}
		var of []string
		for _, in := range p.Of {
			t := in.Metric.Title.In(loc) + " " + short(in.Value, in.Metric.Unit, loc)
			if in.Value != nil && in.Base != nil {
				d := *in.Value - *in.Base
				change := signed(in.Metric, &d, loc)
				if loc == codes.En {
					change, _, _ = strings.Cut(change, " ")
				}
				t += map[codes.Lang]string{codes.Zh: "（", codes.En: " ("}[loc] + change + map[codes.Lang]string{codes.Zh: "）", codes.En: ")"}[loc]
			}
			of = append(of, t)
		}
		row.Of = strings.Join(of, map[codes.Lang]string{codes.Zh: "，", codes.En: ", "}[loc])
		bar(row, p.Delta)
	}
	shown := len(st.Parts)
	if st.by != byPeriod && !all && shown > topRows+1 {
		shown = topRows
	}
	var rest metric.Portion
	add := func(to **float64, v *float64) {
		if v != nil {
			sum := *v
			if *to != nil {
				sum += **to
			}
			*to = &sum
		}
	}
	others := 0
	for i, p := range st.Parts {
		if i >= shown && i != st.chosen {
			others++
			add(&rest.Value, p.Value)
			add(&rest.Base, p.Base)
			add(&rest.Goal, p.Goal)
			add(&rest.Delta, p.Delta)
			add(&rest.Share, p.Share)
			continue
		}
		row := causeRow{Name: s.partName(a, st, i), Chosen: i == st.chosen}
		b := a
		b.Taps, b.By, b.All = append(slices.Clone(a.Taps), tap{st.by, keyOf(st.by, p)}), "", false
		row.URL = b.address()
		if st.by == "node" {
			row.Sub = s.chainOf(p.Key, loc)
		}
		write(&row, p)
		cs.Rows = append(cs.Rows, row)
	}
	if others > 0 {
		row := causeRow{Name: say("cause_rest", others).In(loc), Rest: true}
		if st.Adds {
			write(&row, rest)
			row.Bar = false // of another size
		}
		c := c
		c.All = true
		row.URL = c.address()
		cs.Rows = append(cs.Rows, row)
	}
}

// chainOf is the chain that a link belongs to.
func (s *Server) chainOf(node string, loc codes.Lang) string {
	chain, _, _ := strings.Cut(node, ".")
	for _, c := range s.Chains {
		if c.Code == chain {
			return c.Title.In(loc)
		}
	}
	return ""
}

// moodOf says whether a move is for the better.
func moodOf(m *metric.Metric, delta float64) (arrow, mood string) {
	switch {
	case level(m, delta):
		return "", "plain"
	case delta > 0:
		arrow = "▲"
	default:
		arrow = "▼"
	}
	switch {
	case m.Direction == "context":
		mood = "plain"
	case delta > 0 == (m.Direction == "up"):
		mood = "good"
	default:
		mood = "bad"
	}
	return arrow, mood
}

// causeCSV sends the last step.
func (s *Server) causeCSV(w http.ResponseWriter, r *http.Request, a causeAsk, steps []traced) {
	loc, unit := a.st.Loc, a.m.Unit
	name := a.m.Title.In(loc)
	g := draw.Grid{}
	if len(steps) > 0 {
		st := steps[len(steps)-1]
		head := func(text string, unit metric.Unit) {
			g.Heads = append(g.Heads, draw.Head{Text: text, Unit: unit, Number: true})
		}
		g.Heads = append(g.Heads, draw.Head{Text: s.dimTitle(st.by, loc)})
		head(name, unit)
		if a.See != metric.ByLevel {
			head(against(a).In(loc), unit)
			head(say("cause_delta").In(loc), deltaUnit(unit))
		}
		if st.Adds {
			head(say("cause_share_of_"+map[bool]string{true: "level", false: "change"}[a.See == metric.ByLevel]).In(loc), metric.Percent)
		}
		for _, in := range st.Whole.Of {
			title := in.Metric.Title.In(loc)
			head(title, in.Metric.Unit)
			if a.Compare != metric.NoCompare { // also on the way to a target: it has a pace, what it is computed from has none
				head(title+" "+say("than_"+string(a.Compare)).In(loc), in.Metric.Unit)
			}
		}
		row := func(name string, p metric.Portion) {
			cell := func(v *float64, unit metric.Unit) draw.Cell {
				return draw.Cell{Text: metric.Number(v, unit), Value: v}
			}
			cells := []draw.Cell{{Text: name}, cell(p.Value, unit)}
			if a.See != metric.ByLevel {
				from := p.Base
				if a.See == metric.ByShortfall {
					from = p.Goal
				}
				cells = append(cells, cell(from, unit), cell(p.Delta, deltaUnit(unit)))
			}
			if st.Adds {
				var share *float64
				if p.Share != nil {
					v := *p.Share * 100
					share = &v
				}
				cells = append(cells, cell(share, metric.Percent))
			}
			for i, in := range st.Whole.Of {
				var of metric.Ingredient
				if i < len(p.Of) {
					of = p.Of[i]
				}
				cells = append(cells, cell(of.Value, in.Metric.Unit))
				if a.Compare != metric.NoCompare {
					cells = append(cells, cell(of.Base, in.Metric.Unit))
				}
			}
			g.Rows = append(g.Rows, cells)
		}
		for i, p := range st.Parts {
			row(s.partName(a, st, i), p)
		}
		row(say("cause_whole").In(loc), st.Whole)
	}
	body, err := g.CSV(loc)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	name += "_" + say("cause").In(loc) + "_" + a.Range.From.Format("20060102") + "-" + a.Range.Last().Format("20060102")
	if s.Demo {
		name += "_" + map[codes.Lang]string{codes.Zh: "演示数据", codes.En: "synthetic"}[loc]
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="cause-%s.csv"; filename*=UTF-8''%s.csv`, a.m.Name, url.PathEscape(name)))
	s.send(w, r, http.StatusOK, body)
}

// sources lists the submissions that the number, or the month that was chosen, came with.
func (s *Server) sources(ctx context.Context, p *causePage, a causeAsk) error {
	covered, err := s.coverage(ctx)
	if err != nil {
		return err
	}
	p.Coverage = covered.line(s, []*metric.Metric{a.m}, a.st.Loc)
	r := a.Range
	for _, t := range a.Taps {
		if from, err := metric.ParseDay(t.key); t.dim == byPeriod && err == nil {
			r = board.Range{From: from, To: a.grainOf().Next(from)}
		}
	}
	var list []pipeline.Live
	for _, name := range a.m.Datasets() {
		var live []pipeline.Live
		if a.st.AsOf.IsZero() {
			live, err = s.Pipeline.Live(ctx, name)
		} else {
			live, err = s.Pipeline.AsOf(ctx, name, a.st.AsOf)
		}
		if err != nil {
			return err
		}
		for _, l := range live {
			// a register without dates, or of rows that began long ago, speaks for every day
			if a.m.Kind != metric.Stock && dated(l.MaxDate) && (l.MaxDate.Before(r.From) || !l.MinDate.Before(r.To)) {
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
			File: l.File, URL: "/data/runs/" + l.Run, Dataset: s.datasetLinks([]string{l.Dataset}, a.st.Loc)[0].Title, Sender: l.Sender,
			Period: l.Period, At: moment(l.At, a.st.Loc), Loaded: l.Loaded, Rejected: l.Rejected,
		}
		if dated(l.MaxDate) {
			row.Dates = l.MinDate.Format(time.DateOnly) + " — " + l.MaxDate.Format(time.DateOnly)
		}
		p.Sources = append(p.Sources, row)
	}
	return nil
}
