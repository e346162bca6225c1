// Package tally lays out the targets of responsible units as the page of targets shows them: a row a target with its pace, the
// units in their order, and how many are reached, on pace and behind. It asks nothing and computes nothing.
package tally

import (
	"slices"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// Sheet is the targets of units.
type Sheet struct {
	Units    []Group
	Ranked   []Rank
	Total    int
	Reached  int
	OnPace   int
	Late     int
	NoFigure int
}

// Rank is the place of a unit in the order.
type Rank struct {
	Rank                             int
	Unit, Score                      string
	Share                            float64
	Reached, OnPace, Behind, Targets int
}

// Group is the targets of a unit.
type Group struct {
	Unit string
	Rows []Row
}

// Row is a target.
type Row struct {
	Metric, Title, Period      string
	Scope, ScopeNote           string // what the figure is measured over
	Target, Tiers, Change      string
	Weight, Cap                string
	Actual, Date, Percent      string
	Share                      float64 // of the target, at most 1
	Pace, Forecast, How, Score string
	Late                       bool
	State                      string // one of States; empty: it is over, or has no figure
	Cause                      string
}

// States are what a target that is not over may be, in the order of the page.
var States = []string{"reached", "on_pace", "behind"}

// Rank writes the units in their order.
func (p *Sheet) Rank(ranking []target.Responsible) {
	for _, x := range ranking {
		row := Rank{Rank: x.Rank, Unit: x.Unit, Score: metric.Number(x.ByNow, metric.Percent), Reached: x.Reached, OnPace: x.OnPace, Behind: x.Behind, Targets: x.Targets}
		if x.ByNow != nil {
			row.Share = min(max(*x.ByNow/100, 0), 1)
		}
		p.Ranked = append(p.Ranked, row)
	}
}

// Write writes the targets of every unit. A target of several tiers is one row: the expected one, with the others
// beside it; what has no expected tier is shown all the same, and not scored.
func (p *Sheet) Write(cat *metric.Catalog, now []target.Target, ranking []target.Responsible, st address.State) {
	tiers := map[string][]target.Target{}
	at := func(t target.Target) string {
		return t.Unit + "\x00" + t.Name + "\x00" + isoDay(t.Range.From) + isoDay(t.Range.To) + "\x00" + t.Scope.Key()
	}
	for _, t := range now {
		tiers[at(t)] = append(tiers[at(t)], t)
	}
	for _, x := range ranking {
		g := Group{Unit: x.Unit}
		for _, t := range x.List {
			p.count(t)
			g.Rows = append(g.Rows, rowOf(cat, t, tiers[at(t)], st))
			delete(tiers, at(t))
		}
		p.Units = append(p.Units, g)
	}
	for _, t := range now {
		others := tiers[at(t)]
		if len(others) == 0 {
			continue
		}
		delete(tiers, at(t))
		row := rowOf(cat, others[0], others[1:], st)
		if i := slices.IndexFunc(p.Units, func(g Group) bool { return g.Unit == t.Unit }); i >= 0 {
			p.Units[i].Rows = append(p.Units[i].Rows, row)
		} else {
			p.Units = append(p.Units, Group{t.Unit, []Row{row}})
		}
	}
}

// stateOf says which of States a target is in.
func stateOf(t target.Target) string {
	switch {
	case t.Finished || t.Actual == nil || t.Open.Zh != "":
		return ""
	case t.Reached:
		return "reached"
	case t.Behind != nil && *t.Behind > 0:
		return "behind"
	}
	return "on_pace"
}

// count puts a target into the figures above the tables.
func (p *Sheet) count(t target.Target) {
	if t.Finished {
		return // what is over stands below, and is counted no more
	}
	p.Total++
	switch stateOf(t) {
	case "reached":
		p.Reached++
	case "behind":
		p.Late++
	case "on_pace":
		p.OnPace++
	default:
		p.NoFigure++
	}
}

// Keep leaves the rows of one state, all where none is named. What is counted stays.
func (p *Sheet) Keep(state string) {
	if state == "" {
		return
	}
	for i := range p.Units {
		p.Units[i].Rows = slices.DeleteFunc(p.Units[i].Rows, func(r Row) bool { return r.State != state })
	}
	p.Units = slices.DeleteFunc(p.Units, func(g Group) bool { return len(g.Rows) == 0 })
}

// LateFirst puts what lags before what does not, among the units and among the targets of each.
func (p *Sheet) LateFirst() {
	late := func(r Row) int {
		if r.Late {
			return 0
		}
		return 1
	}
	for _, g := range p.Units {
		slices.SortStableFunc(g.Rows, func(a, b Row) int { return late(a) - late(b) })
	}
	slices.SortStableFunc(p.Units, func(a, b Group) int { return late(a.Rows[0]) - late(b.Rows[0]) })
}

// Shown is how many targets stand in the rows.
func (p Sheet) Shown() int {
	n := 0
	for _, g := range p.Units {
		n += len(g.Rows)
	}
	return n
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// rowOf writes a target; tiers are all of the same metric, unit and period.
func rowOf(cat *metric.Catalog, t target.Target, tiers []target.Target, st address.State) Row {
	loc := st.Loc
	lang, unit := loc, metric.Unit{}
	row := Row{
		Metric: t.Name, Title: t.Name, Period: t.Range.Label(loc), Actual: metric.None, Forecast: metric.None,
		Percent: metric.Number(t.Percent, metric.Percent), Weight: metric.Number(t.Weight, metric.Unit{}),
		Pace: t.Line(lang), State: stateOf(t), Score: metric.Number(t.Score, metric.Unit{}), Late: t.Behind != nil && *t.Behind > 0 && !t.Reached,
	}
	row.Scope, row.ScopeNote = t.Scope.Title(cat, lang), t.Scope.Note.In(lang)
	if t.Scope.Unit {
		row.ScopeNote = words.In(loc, "scope_of_unit")
	}
	if t.Scope.Fault.Zh != "" {
		row.Scope = t.Scope.Text
	}
	if t.Finished {
		row.ScopeNote = words.Join(loc, "sep_clause", append([]string{words.In(loc, "target_finished")}, nonEmpty(row.ScopeNote)...))
	}
	if t.Damaged.Zh != "" {
		row.Pace += words.In(loc, "sep_clause") + words.In(loc, "open_damaged", t.Damaged)
	}
	if t.Cap != nil {
		row.Cap = metric.Number(t.Cap, metric.Unit{}) + "%"
	}
	if m := t.Metric; m != nil {
		unit, row.Title = m.Unit, m.Title.In(loc)
		row.Actual = metric.Format(t.Actual, unit, lang)
		if mark, ok := missing.Mark(t.Why); ok && t.Actual == nil {
			row.Actual = mark
		}
		if t.Forecast != nil && t.How != "" {
			row.Forecast, row.How = metric.Format(t.Forecast, unit, lang), words.In(loc, "how_"+t.How)
		}
	}
	row.Cause = trail.OfTarget(t, st)
	row.Target = metric.Format(&t.Target, unit, lang)
	if !t.Date.IsZero() {
		row.Date = days.Label(t.Date, lang)
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
		row.Change = words.In(loc, "target_changed", days.Label(t.ValidFrom, lang), before, t.Reason)
	default:
		row.Change = words.In(loc, "target_replaced", days.Label(t.ValidFrom, lang), before)
	}
	return row
}

// isoDay writes a day for a program; nothing for none.
func isoDay(d days.Day) string {
	if d.IsZero() {
		return ""
	}
	return days.ISO(d)
}

// OfUnit are the targets of a unit, all where none is named.
func OfUnit(list []target.Target, unit string) ([]target.Target, error) {
	if unit == "" {
		return list, nil
	}
	var units []string
	for _, t := range list {
		if !slices.Contains(units, t.Unit) {
			units = append(units, t.Unit)
		}
	}
	if !slices.Contains(units, unit) {
		return nil, address.Missing(words.Get("no_target_unit", unit), units...)
	}
	return slices.DeleteFunc(list, func(t target.Target) bool { return t.Unit != unit }), nil
}
