package brief

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/period"
	"yanzhen/dashboard/document"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

// Part is a stretch of a sentence. One with a URL is a number or a name that leads to where it comes from.
type Part = document.Run

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

	// of a document
	Of      days.Range        // the period that it is of
	Date    days.Day          // the day of its targets; zero: the data date
	Unit    string            // whom it is about; empty: all
	Things  map[string][]Part // what its sections have of the unit or target they are for
	Written bool              // every number is a link, also one beside another
}

// Over is the days that a named period is in a document of some days: its own where none is named, else counted back from the
// last of them. A state is that of the last.
func Over(period string, of days.Range) days.Range {
	if period == "" || period == "as_of" {
		return of
	}
	return days.Relative(period, of.Last())
}

// Link is an address with the moment that the page asks for.
func (at Moment) Link(path string) string {
	q := at.State.Query()
	for k := range q {
		if k != "freeze" && k != "as_of" {
			q.Del(k)
		}
	}
	path, anchor, _ := strings.Cut(path, "#")
	path = address.To(path, q)
	if anchor != "" {
		path += "#" + anchor
	}
	return path
}

// beside is where a number beside another one leads.
func (at Moment) beside(url string) string {
	if at.Written {
		return url
	}
	return ""
}

// Sentences writes the sentences of a page, those that have something to say. In the place of one that fails stands what
// failed says, which is told its number and why.
func (d Desk) Sentences(ctx context.Context, b *Brief, at Moment, failed func(sentence int, err error) string) []Sentence {
	said := make([]Sentence, len(b.Rules))
	var g errgroup.Group
	g.SetLimit(4)
	for i, r := range b.Rules {
		g.Go(func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					err = fmt.Errorf("panic: %v", p)
				}
				if err != nil {
					said[i], err = Sentence{Parts: plain(failed(i+1, err))}, nil
				}
			}()
			said[i], err = d.Say(ctx, b, r, at)
			return err
		})
	}
	_ = g.Wait() // every error was told
	return slices.DeleteFunc(said, func(s Sentence) bool { return len(s.Parts) == 0 })
}

// Say writes one sentence. A number that cannot be said is said to be missing; a sentence with nothing to say is empty.
func (d Desk) Say(ctx context.Context, b *Brief, r Rule, at Moment) (Sentence, error) {
	switch r.Say {
	case saying:
		return d.text(ctx, b.Words, r, at)
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

func to(text, url string) []Part { return []Part{{Text: text, URL: url}} }

// number is a figure that leads somewhere.
func number(text string, v *float64, url string) []Part {
	p := Part{Text: text, URL: url}
	if v != nil {
		p.Value = strconv.FormatFloat(*v, 'g', -1, 64)
	}
	return []Part{p}
}

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

// Figure asks for one metric of a rule as a card would show it.
func (d Desk) Figure(ctx context.Context, r Rule, i int, at Moment) (*figures.Answer, metric.Point, error) {
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
		a, pt, err := d.Figure(ctx, r, i, at)
		if err != nil {
			return s, err
		}
		unit, url := a.Metrics[0].Unit, trail.Of(a, at.State)
		parts := map[string][]Part{
			"period": plain(spanOf(a, pt).Label(loc)), "name": plain(d.title(r, i, loc)),
			"value": number(metric.Format(pt.Value, unit, loc), pt.Value, url),
		}
		if len(a.Unfiltered) > 0 {
			parts["open"] = plain(words.In(loc, "sep_word") + words.In(loc, "brief_whole"))
		}
		if open := period.Open(pt, loc); open != "" {
			parts["open"] = plain(words.In(loc, "sep_word") + words.In(loc, "brief_open", open))
		}
		if pt.Value == nil {
			parts["why"] = untold(pt.Why, loc)
			if i == 0 {
				s.Parts = filled(loc, "missing", parts)
			} else {
				others = append(others, filled(loc, "other_missing", parts))
			}
			continue
		}
		move, mood := moved(w, a.Results[0], pt, at.beside(url), loc)
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
		parts["change"] = number(metric.FormatChange(pt.Change, unit, loc), pt.Change, at.beside(url))
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

// untold says why there is no number.
func untold(why string, loc codes.Lang) []Part {
	return []Part{{Text: missing.Text(cmp.Or(why, metric.WhyNoData), loc), State: document.Missing}}
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

// moved says how a number has moved against what it is compared with, and whether that is good or bad. Its numbers lead to url.
func moved(w Words, r *metric.Result, pt metric.Point, url string, loc codes.Lang) (text []Part, mood string) {
	if r.Query.Compare == metric.NoCompare {
		return nil, ""
	}
	parts := map[string][]Part{
		"against": plain(words.In(loc, "brief_against_"+string(r.Query.Compare))),
		"base":    number(metric.Format(pt.Base, r.Unit, loc), pt.Base, url), "change": number(metric.FormatChange(pt.Change, r.Unit, loc), pt.Change, url),
	}
	counts := r.Unit.Change() == metric.Percent
	switch {
	case pt.Base == nil || pt.Change == nil:
		if why := missing.Text(pt.WhyChange, loc); why != "" && period.Open(pt, loc) == "" {
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
		parts["diff"] = number(metric.Format(ptr(size), r.Unit.Change(), loc), ptr(size), url)
	} else {
		parts["diff"] = number(metric.Format(ptr(math.Abs(diff)), r.Unit, loc), ptr(math.Abs(diff)), url)
	}
	switch {
	case size < w.Small:
		parts["word"] = plain(words.In(loc, "brief_small") + words.In(loc, "sep_word"))
	case size >= w.Marked:
		parts["word"] = plain(words.In(loc, "brief_marked") + words.In(loc, "sep_word"))
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
	whole, pt, err := d.Figure(ctx, r, 0, at)
	if err != nil {
		return Sentence{}, err
	}
	name, unit := d.title(r, 0, loc), whole.Metrics[0].Unit
	parts := map[string][]Part{"period": plain(spanOf(whole, pt).Label(loc)), "name": plain(name)}
	if pt.Value == nil {
		parts["why"] = untold(pt.Why, loc)
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
			"value": number(metric.Format(pt.Value, unit, loc), pt.Value, trail.OfPart(whole, at.State, r.By, pt.Keys[0])),
		}))
	}
	parts["items"] = joined(loc, "list", items...)
	url := trail.Of(whole, at.State)
	parts["whole"] = number(metric.Format(pt.Value, unit, loc), pt.Value, url)
	parts["share"] = number(metric.Number(ptr(100*first/sum), metric.Percent), ptr(100*first/sum), at.beside(url))
	key := "most"
	if total := *pt.Value; math.Abs(sum-total) <= 1e-9*math.Max(1, math.Abs(total)) && len(points) > len(items) {
		key = "most_share"
	}
	return Sentence{Parts: append(filled(loc, key, parts), Part{Text: words.In(loc, "sep_end")})}, nil
}

// Count is a number of things that a page lists.
func (at Moment) Count(n int, path string) []Part {
	v := float64(n)
	return number(metric.Number(&v, metric.People), &v, at.Link(path))
}

// targets says how many targets are reached and behind, and names those furthest behind with who must act by when.
func (d Desk) targets(ctx context.Context, r Rule, at Moment) (Sentence, error) {
	loc := at.State.Loc
	list, err := d.Targets.Targets(ctx, target.Query{Date: at.Date, Unit: at.Unit, Tier: "expected", AsOf: at.State.AsOf})
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
	count := func(n int) []Part { return at.Count(n, "/responsibility") }
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
		gap := target.Distance(*t.Behind, t.Metric.Unit, loc)
		items = append(items, filled(loc, "behind", map[string][]Part{
			"name": to(t.Metric.Title.In(loc), at.Link("/responsibility#"+t.Name)), "unit": plain(d.Source.Who(t.Unit, loc)),
			"gap": number(gap, t.Behind, cmp.Or(trail.OfTarget(t, at.State), at.Link("/responsibility#"+t.Name))), "day": plain(days.Label(t.Range.Last(), loc)),
			"actual": number(metric.Format(t.Actual, t.Metric.Unit, loc), t.Actual, at.Link("/responsibility#"+t.Name)),
			"target": number(metric.Format(&t.Target, t.Metric.Unit, loc), &t.Target, at.Link("/responsibility#"+t.Name)),
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
	late, next, some := d.Owed(live.Covers(), at)
	if !some {
		return Sentence{}, nil
	}
	var s Sentence
	parts := map[string][]Part{"late": at.Count(len(late), "/data/duties")}
	if len(late) == 0 {
		s.Parts = filled(loc, "all_reported", parts)
	} else {
		s.Tone = "bad"
		var items [][]Part
		for _, o := range late[:min(r.Limit, len(late))] {
			items = append(items, []Part{{Text: words.In(loc, "brief_owed", d.Source.Who(o.Sender, loc), d.Datasets[o.Dataset], o.Period.Label(loc))}})
		}
		parts["items"] = joined(loc, "list", items...)
		if len(late) > len(items) && len(items) > 1 {
			parts["items"] = append(parts["items"], plain(words.In(loc, "sep_word")+words.In(loc, "brief_and_more"))...)
		}
		s.Parts = filled(loc, "late", parts)
	}
	if len(next) > 0 {
		o := next[0]
		s.Parts = joined(loc, "clause", s.Parts, filled(loc, "next", map[string][]Part{
			"day": to(days.Label(o.DueOn, loc), at.Link("/data/duties")), "what": plain(words.In(loc, "brief_owed", d.Source.Who(o.Sender, loc), d.Datasets[o.Dataset], o.Period.Label(loc))),
		}))
	}
	s.Parts = append(s.Parts, Part{Text: words.In(loc, "sep_end")})
	return s, nil
}

// Owed is what should have come in the last twelve months and has not, and what is due next, each in the order of the days it
// is due. some says whether anything is owed at all.
func (d Desk) Owed(covers map[string]*duty.Cover, at Moment) (late, next []duty.Owed, some bool) {
	end := days.Month.Next(at.Today)
	for name, c := range covers {
		if _, ok := d.Datasets[name]; !ok {
			continue
		}
		for _, o := range c.Calendar(d.Workdays, at.Today, days.Range{From: end.AddDate(-1, 0, 0), To: end}) {
			if at.Unit != "" && o.Sender != at.Unit {
				continue
			}
			some = true
			switch {
			case o.Overdue:
				late = append(late, o)
			case o.Awaited() && !o.DueOn.Before(at.Today):
				next = append(next, o)
			}
		}
	}
	order := func(a, b duty.Owed) int {
		return cmp.Or(a.DueOn.Compare(b.DueOn), cmp.Compare(a.Dataset, b.Dataset), cmp.Compare(a.Sender, b.Sender), a.Period.From.Compare(b.Period.From))
	}
	slices.SortFunc(late, order)
	slices.SortFunc(next, order)
	return late, next, some
}
