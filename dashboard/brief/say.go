package brief

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

// Part is a stretch of a sentence. One with a URL is a number or a name that leads to where it comes from.
type Part struct{ Text, URL string }

// Sentence is what a rule says. Tone is bad where somebody must act, else plain.
type Sentence struct {
	Parts []Part
	Tone  string
}

// Text is a sentence without its links.
func (s Sentence) Text() string {
	var out strings.Builder
	for _, p := range s.Parts {
		out.WriteString(p.Text)
	}
	return out.String()
}

// Desk is what sentences are written from.
type Desk struct {
	Source   figures.Source
	Targets  *target.Book
	Workdays duty.Workdays
	Datasets map[string]codes.Text // the titles of those that are declared
}

// Moment is the page that the sentences are for: what its address says, its data date, the day it is read on.
type Moment struct {
	State address.State
	Last  days.Day
	Today days.Day
}

// Say writes one sentence. A number that cannot be said is said to be missing; a sentence with nothing to say is empty.
func (d Desk) Say(ctx context.Context, b *Brief, r Rule, at Moment) (Sentence, error) {
	switch r.Say {
	case change:
		return d.change(ctx, b.Words, r, at)
	case most:
		return d.most(ctx, r, at)
	case targets:
		s, err := d.targets(ctx, r, at)
		return at.ofZone(s), err
	}
	s, err := d.reports(ctx, r, at)
	return at.ofZone(s), err
}

// ofZone says that a sentence is of the whole zone where the page shows a part of it.
func (at Moment) ofZone(s Sentence) Sentence {
	if len(at.State.Where) > 0 && len(s.Parts) > 0 {
		s.Parts = append(plain(words.In(at.State.Loc, "brief_zone")+words.In(at.State.Loc, "sep_word")), s.Parts...)
	}
	return s
}

func plain(text string) []Part { return []Part{{Text: text}} }

func to(text, url string) []Part { return []Part{{text, url}} }

// filled is a text brief_key of the catalogue whose {names} are parts.
func filled(loc codes.Lang, key string, parts map[string][]Part) []Part {
	var out []Part
	text := words.In(loc, "brief_"+key)
	for {
		before, rest, ok := strings.Cut(text, "{")
		if before != "" {
			out = append(out, Part{Text: before})
		}
		if !ok {
			return out
		}
		name, after, _ := strings.Cut(rest, "}")
		out = append(out, parts[name]...)
		text = after
	}
}

// joined puts the separator sep_key between lists of parts.
func joined(loc codes.Lang, key string, lists ...[]Part) []Part {
	var out []Part
	for i, l := range lists {
		if i > 0 {
			out = append(out, Part{Text: words.In(loc, "sep_"+key)})
		}
		out = append(out, l...)
	}
	return out
}

func (d Desk) title(r Rule, i int, loc codes.Lang) string {
	if i < len(r.Names) {
		return r.Names[i].In(loc)
	}
	return d.Source.Catalog.Metric(r.Metrics[i]).Title.In(loc)
}

// figure asks for one metric of a rule as a card would show it.
func (d Desk) figure(ctx context.Context, r Rule, i int, at Moment) (*figures.Answer, metric.Point, error) {
	p := board.Panel{Name: r.Metrics[i], Kind: board.KPI, Metrics: r.Metrics[i : i+1], Period: r.Period, Compare: r.Compare, Where: r.Where}
	a, err := d.Source.Of(ctx, p, at.State, at.Last)
	if err != nil {
		return nil, metric.Point{}, err
	}
	if a.Results[0] == nil || len(a.Results[0].Points) == 0 {
		return a, metric.Point{}, nil
	}
	return a, a.Results[0].Points[len(a.Results[0].Points)-1], nil
}

// change says how metrics stand and have moved: the first in full, the others in brackets.
func (d Desk) change(ctx context.Context, w Words, r Rule, at Moment) (Sentence, error) {
	loc := at.State.Loc
	var s Sentence
	var others [][]Part
	for i := range r.Metrics {
		a, pt, err := d.figure(ctx, r, i, at)
		if err != nil {
			return s, err
		}
		unit := a.Metrics[0].Unit
		parts := map[string][]Part{
			"period": plain(spanOf(a, pt).Label(loc)), "name": plain(d.title(r, i, loc)),
			"value": to(metric.Format(pt.Value, unit, loc), trail.Of(a, at.State)),
		}
		if len(a.Unfiltered) > 0 {
			parts["open"] = plain(words.In(loc, "sep_word") + words.In(loc, "brief_whole"))
		}
		if open := period.Open(pt, loc); open != "" {
			parts["open"] = plain(words.In(loc, "sep_word") + words.In(loc, "brief_open", open))
		}
		if pt.Value == nil {
			parts["why"] = plain(metric.WhyText(pt.Why, loc))
			if i == 0 {
				s.Parts = filled(loc, "missing", parts)
			} else {
				others = append(others, filled(loc, "other_missing", parts))
			}
			continue
		}
		move, mood := moved(w, a.Results[0], pt, loc)
		if i == 0 {
			if mood == "bad" {
				s.Tone = "bad"
			}
			s.Parts = joined(loc, "comma", filled(loc, "value", parts), move)
			if len(move) == 0 {
				s.Parts = filled(loc, "value", parts)
			}
			continue
		}
		parts["change"] = plain(metric.FormatChange(pt.Change, unit, loc))
		key := "other"
		if pt.Change == nil {
			key = "other_bare"
		}
		others = append(others, filled(loc, key, parts))
	}
	if len(others) > 0 {
		s.Parts = joined(loc, "clause", s.Parts, joined(loc, "list", others...))
	}
	s.Parts = append(s.Parts, Part{Text: words.In(loc, "sep_end")})
	return s, nil
}

// spanOf is the days that a number covers.
func spanOf(a *figures.Answer, pt metric.Point) days.Range {
	if pt.Partial && !pt.Until.IsZero() {
		return days.Range{From: pt.From, To: pt.Until}
	}
	return a.Range
}

// fewest is the number below which a base is too small for a percentage to mean anything.
const fewest = 10

// moved says how a number has moved against what it is compared with, and whether that is good or bad.
func moved(w Words, r *metric.Result, pt metric.Point, loc codes.Lang) (text []Part, mood string) {
	if r.Query.Compare == metric.NoCompare {
		return nil, ""
	}
	parts := map[string][]Part{
		"against": plain(words.In(loc, "brief_against_"+string(r.Query.Compare))),
		"base":    plain(metric.Format(pt.Base, r.Unit, loc)), "change": plain(metric.FormatChange(pt.Change, r.Unit, loc)),
	}
	counts := r.Unit.Change() == metric.Percent
	switch {
	case pt.Base == nil || pt.Change == nil:
		if why := metric.WhyText(pt.WhyChange, loc); why != "" && period.Open(pt, loc) == "" {
			return []Part{{Text: why}}, ""
		}
		return nil, ""
	case counts && r.Unit.Decimals == 0 && math.Abs(*pt.Base) < fewest:
		return filled(loc, "small_base", parts), ""
	}
	diff := *pt.Value - *pt.Base
	size := math.Abs(*pt.Change)
	key := "more"
	switch {
	case size < w.Level:
		return filled(loc, "level", parts), ""
	case diff < 0:
		key = "less"
	}
	if !counts {
		diff = *pt.Change
		key += "_rate"
		size = math.Abs(diff)
		parts["diff"] = plain(metric.Format(ptr(size), r.Unit.Change(), loc))
	} else {
		parts["diff"] = plain(metric.Format(ptr(math.Abs(diff)), r.Unit, loc))
	}
	switch {
	case size < w.Small:
		parts["word"] = plain(words.In(loc, "brief_small"))
	case size >= w.Marked:
		parts["word"] = plain(words.In(loc, "brief_marked"))
	}
	if r.Metric != nil && (r.Metric.Direction == "up" && diff < 0 || r.Metric.Direction == "down" && diff > 0) {
		mood = "bad"
	}
	return filled(loc, key, parts), mood
}

func ptr(v float64) *float64 { return &v }

// most says which parts of a metric are greatest, and how much of the whole they are where the parts add up to it.
func (d Desk) most(ctx context.Context, r Rule, at Moment) (Sentence, error) {
	loc := at.State.Loc
	whole, pt, err := d.figure(ctx, r, 0, at)
	if err != nil {
		return Sentence{}, err
	}
	name, unit := d.title(r, 0, loc), whole.Metrics[0].Unit
	parts := map[string][]Part{"period": plain(spanOf(whole, pt).Label(loc)), "name": plain(name)}
	if pt.Value == nil {
		parts["why"] = plain(metric.WhyText(pt.Why, loc))
		return Sentence{Parts: append(filled(loc, "missing", parts), Part{Text: words.In(loc, "sep_end")})}, nil
	}
	p := board.Panel{Name: r.Metrics[0], Kind: board.Bar, Metrics: r.Metrics, By: []string{r.By}, Period: r.Period, Where: r.Where}
	a, err := d.Source.Of(ctx, p, at.State, at.Last)
	if err != nil {
		return Sentence{}, err
	}
	points := slices.DeleteFunc(slices.Clone(a.Results[0].Points), func(pt metric.Point) bool {
		return pt.Value == nil || *pt.Value <= 0 || len(pt.Keys) != 1 || pt.Keys[0] == ""
	})
	if len(points) == 0 {
		return Sentence{Parts: append(filled(loc, "none", parts), Part{Text: words.In(loc, "sep_end")})}, nil
	}
	slices.SortStableFunc(points, func(a, b metric.Point) int { return cmp.Compare(*b.Value, *a.Value) })
	sum, first := 0.0, 0.0
	var items [][]Part
	for i, pt := range points {
		sum += *pt.Value
		if i >= r.Limit {
			continue
		}
		first += *pt.Value
		items = append(items, filled(loc, "item", map[string][]Part{
			"name":  plain(pt.Labels[0].In(loc)),
			"value": to(metric.Format(pt.Value, unit, loc), trail.OfPart(whole, at.State, r.By, pt.Keys[0])),
		}))
	}
	parts["items"] = joined(loc, "list", items...)
	parts["whole"] = to(metric.Format(whole.Results[0].Points[len(whole.Results[0].Points)-1].Value, unit, loc), trail.Of(whole, at.State))
	parts["share"] = plain(metric.Number(ptr(100*first/sum), metric.Percent))
	key := "most"
	if total := *pt.Value; math.Abs(sum-total) <= 1e-9*math.Max(1, math.Abs(total)) && len(points) > len(items) {
		key = "most_share"
	}
	return Sentence{Parts: append(filled(loc, key, parts), Part{Text: words.In(loc, "sep_end")})}, nil
}

// targets says how many targets are reached and behind, and names those furthest behind with who must act by when.
func (d Desk) targets(ctx context.Context, r Rule, at Moment) (Sentence, error) {
	loc := at.State.Loc
	list, err := d.Targets.Targets(ctx, target.Query{Tier: "expected", AsOf: at.State.AsOf})
	if err != nil || len(list) == 0 {
		return Sentence{}, err
	}
	var all, reached, onPace, behind int
	for _, u := range target.Ranking(list, "expected") {
		all, reached, onPace, behind = all+u.Targets, reached+u.Reached, onPace+u.OnPace, behind+u.Behind
	}
	late := slices.DeleteFunc(slices.Clone(list), func(t target.Target) bool {
		return t.Finished || t.Reached || t.Open.Zh != "" || t.Metric == nil || t.Behind == nil || *t.Behind <= 0
	})
	far := func(t target.Target) float64 {
		return *t.Behind / math.Max(math.Abs(*cmp.Or(t.Expected, &t.Target)), 1e-9)
	}
	slices.SortStableFunc(late, func(a, b target.Target) int { return cmp.Compare(far(b), far(a)) })
	count := func(n int) []Part { v := float64(n); return to(metric.Number(&v, metric.People), "/responsibility") }
	parts := map[string][]Part{"all": count(all), "reached": count(reached), "on": count(onPace), "behind": count(behind)}
	if all == 0 {
		return Sentence{}, nil
	}
	out := Sentence{Parts: filled(loc, "targets", parts)}
	if behind > 0 {
		out.Tone = "bad"
	}
	var items [][]Part
	for _, t := range late[:min(r.Limit, len(late))] {
		gap := metric.Format(t.Behind, t.Metric.Unit, loc)
		if t.Metric.Unit == metric.Percent {
			gap = metric.Format(t.Behind, metric.PercentagePoints, loc)
		}
		items = append(items, filled(loc, "behind", map[string][]Part{
			"name": to(t.Metric.Title.In(loc), "/responsibility#"+t.Name), "unit": plain(t.Unit),
			"gap": to(gap, cmp.Or(trail.OfTarget(t, at.State), "/responsibility#"+t.Name)), "day": plain(days.Label(t.Range.Last(), loc)),
		}))
	}
	if len(items) > 0 {
		out.Parts = append(out.Parts, plain(words.In(loc, "sep_end")+words.In(loc, "sep_sentence"))...)
		out.Parts = append(out.Parts, filled(loc, "furthest", map[string][]Part{"items": joined(loc, "clause", items...)})...)
	}
	out.Parts = append(out.Parts, Part{Text: words.In(loc, "sep_end")})
	return out, nil
}

// reports says what should have come and has not, and what is due next.
func (d Desk) reports(ctx context.Context, r Rule, at Moment) (Sentence, error) {
	loc := at.State.Loc
	live, err := d.Source.Engine.Live(ctx, at.State.AsOf)
	if err != nil {
		return Sentence{}, err
	}
	end := days.Month.Next(at.Today)
	var late, next []duty.Owed
	some := false
	for name, c := range live.Covers() {
		if _, ok := d.Datasets[name]; !ok {
			continue
		}
		for _, o := range c.Calendar(d.Workdays, at.Today, days.Range{From: end.AddDate(-1, 0, 0), To: end}) {
			some = true
			switch {
			case o.Overdue:
				late = append(late, o)
			case o.State != duty.Complete && !o.DueOn.Before(at.Today):
				next = append(next, o)
			}
		}
	}
	if !some {
		return Sentence{}, nil
	}
	order := func(a, b duty.Owed) int {
		return cmp.Or(a.DueOn.Compare(b.DueOn), cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Sender, b.Sender))
	}
	slices.SortFunc(late, order)
	slices.SortFunc(next, order)
	var s Sentence
	n := float64(len(late))
	parts := map[string][]Part{"late": to(metric.Number(&n, metric.Records), "/data/duties")}
	if len(late) == 0 {
		s.Parts = filled(loc, "all_reported", parts)
	} else {
		s.Tone = "bad"
		var items [][]Part
		for _, o := range late[:min(r.Limit, len(late))] {
			items = append(items, []Part{{Text: words.In(loc, "brief_owed", o.Sender, d.Datasets[o.Dataset], o.Period.Label(loc))}})
		}
		parts["items"] = joined(loc, "list", items...)
		if len(late) > len(items) {
			parts["items"] = append(parts["items"], plain(words.In(loc, "sep_word")+words.In(loc, "brief_and_more"))...)
		}
		s.Parts = filled(loc, "late", parts)
	}
	if len(next) > 0 {
		o := next[0]
		s.Parts = joined(loc, "clause", s.Parts, filled(loc, "next", map[string][]Part{
			"day": to(days.Label(o.DueOn, loc), "/data/duties"), "what": plain(words.In(loc, "brief_owed", o.Sender, d.Datasets[o.Dataset], o.Period.Label(loc))),
		}))
	}
	s.Parts = append(s.Parts, Part{Text: words.In(loc, "sep_end")})
	return s, nil
}
