// Package steps lays out the page that leads from a number to what it is made of: the number as a card, and one division of it
// after the other, as far as a reader has come. What the address leaves open is filled in here, and the figures are put into words;
// what a number is made of says package cause, and what the address means package trail.
package steps

import (
	"slices"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/aim"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/filter"
	"yanzhen/dashboard/menu"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
)

// Page is what the page shows of a trace.
type Page struct {
	Card     panel.Card
	Period   string
	Target   *aim.Line
	Fixed    []filter.Chip // the filters that the number came with
	Sentence string
	Crumbs   []menu.Link
	Sees     []menu.Link
	Compares []menu.Link
	Notice   string // why what was asked for is not shown
	Of       []Ingredient
	Steps    []Step
	Found    string
}

// Ingredient is a number that the number is reckoned from.
type Ingredient struct{ Title, Value, Delta string }

// Page puts the figures into words.
func (t Trace) Page() Page {
	var p Page
	a, loc := t.Ask, t.St.Loc
	tell := t.desk.teller(a)
	p.Card = t.whole.Figure.Card()
	p.Period = a.Range.Label(loc)
	if note := t.whole.Note(loc); note != "" {
		p.Period += " · " + note
	}
	if t.aim != nil {
		p.Target = aim.To(*t.aim, a.St)
	}
	p.Fixed = t.desk.chips(a)
	p.Sees, p.Compares = views(a, t.aim)
	// the way so far
	p.Crumbs = append(p.Crumbs, menu.Link{Text: words.In(loc, "cause_all"), URL: a.With(func(b *trail.Ask) { b.Taps = nil }), Here: len(a.Taps) == 0})
	for i := range a.Taps {
		p.Crumbs = append(p.Crumbs, menu.Link{Text: tell.Part(t.steps[i], t.steps[i].Chosen), URL: a.With(func(b *trail.Ask) { b.Taps = a.Taps[:i+1] }), Here: i == len(a.Taps)-1})
	}
	whole := t.steps[0].Whole
	if p.Sentence = tell.Sentence(t.steps[0], a.Metric.Title.In(loc)); p.Card.WhyOpen != "" && a.See != cause.ByLevel {
		p.Sentence = p.Card.WhyOpen // no headline compares what is not final
	}
	for _, in := range whole.Of {
		row := Ingredient{Title: in.Metric.Title.In(loc)}
		row.Value, row.Delta = tell.Ingredient(in)
		p.Of = append(p.Of, row)
	}
	p.Steps = t.list()
	if a.Tapped(cause.ByPeriod) {
		p.Found = tell.Found(t.steps)
	}
	p.Notice = notice(a, whole)
	return p
}

// notice says why what was asked for is not shown, or how it is to be read.
func notice(a trail.Ask, whole cause.Portion) string {
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

// chips are the filters that the number came with, and those of the page, which can be taken away.
func (d Desk) chips(a trail.Ask) []filter.Chip {
	var chips []filter.Chip
	loc := a.St.Loc
	for _, t := range a.Where {
		chips = append(chips, filter.Chip{Label: d.teller(a).Dim(t.Dim), Value: d.Source.Catalog.Label(t.Dim, t.Key).In(loc)})
	}
	for _, f := range address.Filters {
		for _, v := range a.St.Where[f.Param] {
			text := v
			if dim := f.Of(a.Metric); dim != "" {
				text = d.Source.Catalog.Label(dim, v).In(loc)
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

// views are the ways to look at the parts, and what they can be compared with.
func views(a trail.Ask, aim *target.Target) (sees, compares []menu.Link) {
	loc := a.St.Loc
	see := func(aspect cause.Aspect) {
		sees = append(sees, menu.Link{Text: words.In(loc, "cause_see_"+string(aspect)), URL: a.With(func(b *trail.Ask) { b.See = aspect }), Here: a.See == aspect})
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
		sees = append(sees, menu.Link{Text: words.In(loc, "cause_see_target"), URL: trail.OfTarget(*aim, a.St)})
	}
	for _, c := range []metric.Compare{metric.YearOnYear, metric.Previous} {
		compares = append(compares, menu.Link{Text: words.In(loc, "compare_"+string(c)), URL: a.With(func(b *trail.Ask) { b.Compare, b.See = c, cause.ByChange }), Here: a.Compare == c})
	}
	return sees, compares
}
