package dashboard

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// targetLine is what a card says of its target.
type targetLine struct {
	Text, Percent, Pace, URL string
	Cause                    string // where the way to it is explained
	Forecast                 string // where it ends at this pace
	Behind                   bool
}

// targetOf is the line of a metric's target; nil where it has none.
func targetOf(list []target.Target, name string, st state) *targetLine {
	for _, t := range list {
		if t.Name != name || t.Metric == nil || len(t.Scope.Where) > 0 || t.Scope.Fault.Zh != "" {
			continue // a card shows the whole zone
		}
		return lineOf(t, st)
	}
	return nil
}

func lineOf(t target.Target, st state) *targetLine {
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

type responsibilityPage struct {
	page
	DataDate string
	Empty    string
	Periods  []link
	Units    []unitGroup
	Ranked   []rankRow
	Rank     link // hides or shows the order
	Total    int
	Reached  int
	OnPace   int
	Late     int
	NoFigure int
}

type rankRow struct {
	Rank                     int
	Unit, Score              string
	Share                    float64
	Reached, Behind, Targets int
}

type unitGroup struct {
	Unit string
	Rows []targetRow
}

type targetRow struct {
	Metric, Title, Period      string
	Scope, ScopeNote           string // what the figure is measured over
	Target, Tiers, Change      string
	Weight, Cap                string
	Actual, Date, Percent      string
	Share                      float64 // of the target, at most 1
	Pace, Forecast, How, Score string
	Late                       bool
	Cause                      string
}

func (s *Server) responsibility(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	st, err := read(r, "period", "unit", "rank")
	if err == nil {
		st, err = s.thaw(ctx, st)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	asked := r.URL.Query()
	rank := asked.Get("rank")
	if rank != "" && rank != "show" && rank != "hide" {
		s.fail(w, r, &refusal{http.StatusBadRequest, words.Get("bad_value", "rank", rank), []string{"show", "hide"}})
		return
	}
	last, err := s.homeDate(ctx, st)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	remember(w, r)
	loc := st.Loc
	p := responsibilityPage{page: s.page(r, words.Get("responsibility")), DataDate: days.Label(last, loc)}
	if last.IsZero() || s.declared("targets") == nil {
		p.Empty = words.In(loc, "no_targets")
		s.render(w, r, http.StatusOK, "responsibility.html", p)
		return
	}
	now, err := s.Targets.Targets(ctx, target.Query{Date: last, Period: asked.Get("period"), AsOf: st.AsOf})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if unit := asked.Get("unit"); unit != "" {
		var units []string
		for _, t := range now {
			if !slices.Contains(units, t.Unit) {
				units = append(units, t.Unit)
			}
		}
		if !slices.Contains(units, unit) {
			s.fail(w, r, &refusal{http.StatusNotFound, words.Get("no_target_unit", unit), units})
			return
		}
		now = slices.DeleteFunc(now, func(t target.Target) bool { return t.Unit != unit })
	}
	if len(now) == 0 {
		p.Empty = words.In(loc, "no_targets")
	}
	hidden := s.Unranked || rank == "hide"
	q := url.Values{}
	for k, v := range asked {
		if k != "rank" {
			q[k] = v
		}
	}
	switch {
	case s.Unranked:
	case hidden:
		p.Rank = link{words.In(loc, "rank_show"), address(r.URL.Path, q), false}
	default:
		q.Set("rank", "hide")
		p.Rank = link{words.In(loc, "rank_hide"), address(r.URL.Path, q), true}
	}
	ranking := target.Ranking(now, "")
	if !hidden {
		for _, x := range ranking {
			row := rankRow{Rank: x.Rank, Unit: x.Unit, Score: metric.Number(x.Score, metric.Percent), Reached: x.Reached, Behind: x.Behind, Targets: len(x.List)}
			if x.Score != nil {
				row.Share = min(max(*x.Score/100, 0), 1)
			}
			p.Ranked = append(p.Ranked, row)
		}
	} else {
		slices.SortFunc(ranking, func(a, b target.Responsible) int { return cmp.Compare(a.Unit, b.Unit) })
	}
	// a target of several tiers is one row: the expected one, with the others beside it
	tiers := map[string][]target.Target{}
	at := func(t target.Target) string {
		return t.Unit + "\x00" + t.Name + "\x00" + isoDay(t.Range.From) + isoDay(t.Range.To) + "\x00" + t.Scope.Key()
	}
	for _, t := range now {
		tiers[at(t)] = append(tiers[at(t)], t)
	}
	for _, x := range ranking {
		g := unitGroup{Unit: x.Unit}
		for _, t := range x.List {
			p.count(t)
			g.Rows = append(g.Rows, s.targetRow(t, tiers[at(t)], st))
			delete(tiers, at(t))
		}
		p.Units = append(p.Units, g)
	}
	// what has no expected tier is shown all the same, and not scored
	for _, t := range now {
		others := tiers[at(t)]
		if len(others) == 0 {
			continue
		}
		delete(tiers, at(t))
		row := s.targetRow(others[0], others[1:], st)
		if i := slices.IndexFunc(p.Units, func(g unitGroup) bool { return g.Unit == t.Unit }); i >= 0 {
			p.Units[i].Rows = append(p.Units[i].Rows, row)
		} else {
			p.Units = append(p.Units, unitGroup{t.Unit, []targetRow{row}})
		}
	}
	s.render(w, r, http.StatusOK, "responsibility.html", p)
}

// count puts a target into the figures above the tables.
func (p *responsibilityPage) count(t target.Target) {
	p.Total++
	switch {
	case t.Actual == nil:
		p.NoFigure++
	case t.Reached:
		p.Reached++
	case t.Behind != nil && *t.Behind > 0:
		p.Late++
	default:
		p.OnPace++
	}
}

// targetRow writes a target; tiers are all of the same metric, unit and period.
func (s *Server) targetRow(t target.Target, tiers []target.Target, st state) targetRow {
	loc := st.Loc
	lang, unit := loc, metric.Unit{}
	row := targetRow{
		Metric: t.Name, Title: t.Name, Period: t.Range.Label(loc), Actual: metric.None, Forecast: metric.None,
		Percent: metric.Number(t.Percent, metric.Percent), Weight: metric.Number(t.Weight, metric.Unit{}),
		Pace: t.Line(lang), Score: metric.Number(t.Score, metric.Unit{}), Late: t.Behind != nil && *t.Behind > 0 && !t.Reached,
	}
	row.Scope, row.ScopeNote = t.Scope.Title(s.Catalog, lang), t.Scope.Note.In(lang)
	if t.Scope.Unit {
		row.ScopeNote = words.In(loc, "scope_of_unit")
	}
	if t.Scope.Fault.Zh != "" {
		row.Scope = t.Scope.Text
	}
	if t.Cap != nil {
		row.Cap = metric.Number(t.Cap, metric.Unit{}) + "%"
	}
	if m := t.Metric; m != nil {
		unit, row.Title = m.Unit, m.Title.In(loc)
		row.Actual = metric.Format(t.Actual, unit, lang)
		if t.Forecast != nil && t.How != "" {
			row.Forecast, row.How = metric.Format(t.Forecast, unit, lang), words.In(loc, "how_"+t.How)
		}
	}
	row.Cause = causeOfTarget(t, st)
	row.Target = metric.Format(&t.Target, unit, lang)
	if !t.Date.IsZero() {
		row.Date = isoDay(t.Date)
	}
	if t.Percent != nil {
		row.Share = min(max(*t.Percent/100, 0), 1)
	}
	for _, o := range tiers {
		if o.Tier == t.Tier {
			continue
		}
		if row.Tiers != "" {
			row.Tiers += " · "
		}
		name := o.Tier
		if words.Has("tier_" + o.Tier) {
			name = words.In(loc, "tier_"+o.Tier)
		}
		row.Tiers += name + " " + metric.Number(&o.Target, unit)
	}
	switch before := metric.Number(t.Before, unit); {
	case t.Before == nil:
	case t.Reason != "":
		row.Change = words.In(loc, "target_changed", isoDay(t.ValidFrom), before, t.Reason)
	default:
		row.Change = words.In(loc, "target_replaced", isoDay(t.ValidFrom), before)
	}
	return row
}

// homeDate is the data date of the first page.
func (s *Server) homeDate(ctx context.Context, st state) (days.Day, error) {
	if len(s.Boards) > 0 {
		return s.boardDate(ctx, s.find(s.home()), st)
	}
	if !st.AsOf.IsZero() {
		return s.dateThen(ctx, s.Catalog.Metrics(), st.AsOf)
	}
	return s.Engine.DataDate(ctx)
}
