package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline/days"
)

// topic is what is asked about for a while: questions of one metric over few dimensions, which contain one another, by every
// door and by several people. The engine computes what they have in common once, and any two answers that somebody got can be
// held against one another.
type topic struct {
	base   metric.Query
	dims   []string
	values map[string][]string // that are filtered by
	asked  []metric.Query
	guests []guest // of the whole zone, and of a part of it
	panel  shownAt // one of any board, asked for beside

	left  int
	seen  map[string]seen
	truth map[string]map[string]metric.Point
	given map[string][]given // to who sees no few people, by part of the zone
}

// given is what one door answered.
type given struct {
	door   string
	query  metric.Query
	points map[string][3]*float64
}

// topicCases are asked of one topic, in as many questions as topicQuestions.
const (
	topicCases     = 160
	topicQuestions = 8
)

// about makes a new topic.
func (g *gates) about() {
	if g.topic != nil {
		g.against()
	}
	t := &topic{left: min(topicCases, g.cases), values: map[string][]string{}, seen: map[string]seen{}, truth: map[string]map[string]metric.Point{}, given: map[string][]given{}}
	g.topic = t
	t.base = g.question()
	m := g.catalog.Metric(t.base.Metric)
	dims, most := slices.Clone(m.Dims()), 2
	if g.full {
		most = 1 + g.rng.IntN(3)
	} else { // few values each
		dims = slices.DeleteFunc(dims, func(d string) bool { return d != "chain" && d != "park" && d != "education_group" })
	}
	g.rng.Shuffle(len(dims), func(i, j int) { dims[i], dims[j] = dims[j], dims[i] })
	t.dims = dims[:min(len(dims), most)]
	for _, dim := range t.dims {
		list := g.spreadOf(m.Name, dim)
		for range min(len(list), 3) {
			t.values[dim] = append(t.values[dim], list[g.rng.IntN(len(list))])
		}
	}
	kept := slices.DeleteFunc(slices.Clone(g.guests), func(x guest) bool { return x.Whole() })
	part := fmt.Sprint(kept[g.rng.IntN(len(kept))].Scopes)
	for _, x := range g.guests {
		if x.Whole() || fmt.Sprint(x.Scopes) == part {
			t.guests = append(t.guests, x)
		}
	}
	b := g.boards[g.rng.IntN(len(g.boards))]
	for g.last(b).IsZero() {
		b = g.boards[g.rng.IntN(len(g.boards))]
	}
	t.panel = shownAt{Board: b, Panel: b.Panels[g.rng.IntN(len(b.Panels))]}
	g.draw(&t.panel)
}

// asks is who asks next: half of the time somebody who sees no few people, of whose numbers pairs are made.
func (g *gates) asks() guest {
	if g.rng.IntN(40) == 0 {
		return g.guests[g.rng.IntN(len(g.guests))]
	}
	for try := 0; ; try++ {
		who := g.topic.guests[g.rng.IntN(len(g.topic.guests))]
		if try == 2 || who.Can(access.View) && !who.Can(access.Small) {
			return who
		}
	}
}

// question makes a random metric and period.
func (g *gates) question() metric.Query {
	name := g.names[g.rng.IntN(len(g.names))]
	if !g.full { // those that cost little
		name = []string{"inflow", "outflow", "graduates_introduced"}[g.rng.IntN(3)]
	} else if g.rng.IntN(2) == 0 { // of people most of the time
		name = []string{"inflow", "outflow", "net_inflow", "talent_stock", "talent_stock_all", "graduates_introduced", "skilled_stock", "training_people", "graduates_bachelor_share", "inflow_people"}[g.rng.IntN(10)]
	}
	q := metric.Query{Metric: name, From: days.Date(2026, 4, 1), To: days.Date(2026, 7, 1)}
	if g.full {
		q.To = days.Date(2026, time.Month(7-g.rng.IntN(40)), 1)
		q.From = q.To.AddDate(0, -[]int{1, 1, 3, 6, 12, 24}[g.rng.IntN(6)], 0)
		if g.rng.IntN(8) == 0 {
			q.From = q.From.AddDate(0, 0, g.rng.IntN(20))
		}
	}
	return q
}

// draws makes a random question of the topic, or takes one that was asked.
func (g *gates) draws() metric.Query {
	t := g.topic
	if n := len(t.asked); n == topicQuestions || n > 0 && g.rng.IntN(3) > 0 {
		return t.asked[g.rng.IntN(n)]
	}
	q := t.base
	m := g.catalog.Metric(q.Metric)
	switch of := g.catalog.Refines(m); g.rng.IntN(8) {
	case 0:
		if of != nil {
			q.Metric = of.Name
			m = of
		}
	case 1:
		if g.full && q.From.Day() == 1 && (m.Kind == metric.Flow || m.Kind == metric.Stock && m.Grows()) {
			q.From = q.From.AddDate(0, -1-g.rng.IntN(6), 0)
		}
	case 2:
		q.Compare = []metric.Compare{metric.YearOnYear, metric.Previous}[g.rng.IntN(2)]
	case 3, 4:
		q.Grain = days.Month
		if g.full {
			q.Grain = []days.Grain{days.Month, days.Quarter, days.Half, days.Year, days.Ten}[g.rng.IntN(5)]
		}
	}
	for _, dim := range t.dims {
		if !slices.Contains(m.Dims(), dim) {
			continue
		}
		switch list := t.values[dim]; {
		case g.rng.IntN(2) == 0 && len(q.By) < 2:
			q.By = append(q.By, dim)
		case g.rng.IntN(2) == 0 && len(list) > 0:
			values := slices.Compact(slices.Sorted(slices.Values(list[:1+g.rng.IntN(len(list))])))
			q.Where = append(q.Where, metric.Filter{Dim: dim, Values: values})
		}
	}
	if g.full && g.rng.IntN(12) == 0 && q.Grain != days.Ten {
		q.Window = days.Windows[g.rng.IntN(len(days.Windows))]
	}
	if g.full && g.rng.IntN(8) == 0 {
		q.AsOf = g.frozen
	}
	t.asked = append(t.asked, q)
	return q
}

// part is what of the zone somebody sees, and how.
func (g guest) part() string {
	return fmt.Sprint(g.Scopes, g.Can(access.View), g.Can(access.Small), g.Can(access.Rows))
}

// keeps what a door answered to who may not see few people.
func (g *gates) keeps(who guest, door string, q metric.Query, got told) {
	if m := g.catalog.Metric(q.Metric); got.refused || !who.Can(access.View) || who.Can(access.Small) || !g.ofPeople(m) || len(got.points) == 0 {
		return
	}
	q.Compare = metric.NoCompare
	id := fmt.Sprint(who.Scopes)
	g.topic.given[id] = append(g.topic.given[id], given{door, q, got.points})
}

// against holds all answers of a topic that one of them contains the other of against one another.
func (g *gates) against() {
	for part, list := range g.topic.given {
		for _, whole := range list {
			for _, in := range list {
				if cut, ok := g.contains(whole.query, in.query); ok {
					g.answerPairs++
					g.less(part, whole, in, cut)
				}
			}
		}
	}
}

// contains says that every number of part is one of people that whole counts too, and which of its keys are those of whole.
func (g *gates) contains(whole, part metric.Query) (cut []int, ok bool) {
	m := g.catalog.Metric(part.Metric)
	like := whole.Metric == part.Metric
	if !like && g.catalog.Refines(m) != g.catalog.Metric(whole.Metric) || whole.Window != part.Window {
		return nil, false
	}
	same := like && slices.Equal(whole.By, part.By) && fmt.Sprint(whole.Where) == fmt.Sprint(part.Where)
	spans := whole.From.Equal(part.From) && whole.To.Equal(part.To) && whole.Grain == part.Grain
	if same && spans && whole.AsOf.Equal(part.AsOf) || !whole.AsOf.Equal(part.AsOf) && (!same || !spans || whole.AsOf.IsZero()) {
		return nil, false
	}
	if !spans {
		flow := m.Kind == metric.Flow && !part.To.After(whole.To)
		grown := m.Kind == metric.Stock && m.Grows() && part.To.Equal(whole.To) && part.Grain == days.Total
		if whole.Window != days.NoWindow || whole.Grain != days.Total || part.From.Before(whole.From) || !flow && !grown {
			return nil, false
		}
	}
	for _, f := range whole.Where {
		if !slices.ContainsFunc(part.Where, func(x metric.Filter) bool {
			return x.Dim == f.Dim && !slices.ContainsFunc(x.Values, func(v string) bool { return !slices.Contains(f.Values, v) })
		}) {
			return nil, false
		}
	}
	for _, dim := range whole.By {
		at := slices.Index(part.By, dim)
		if at < 0 {
			return nil, false
		}
		cut = append(cut, at)
	}
	return cut, true
}

// less takes the numbers of one answer from those of another that contains them.
func (g *gates) less(part string, whole, in given, cut []int) {
	who := guest{Viewer: &access.Viewer{}}
	what := func(key string) string { return fmt.Sprintf("%s: %+v of %+v, %s", part, in.query, whole.query, key) }
	sums, total := map[string]float64{}, whole.query.Grain == days.Total && (in.query.Grain != days.Total || !whole.query.From.Equal(in.query.From))
	for key, have := range in.points {
		day, keys, _ := strings.Cut(key, "|")
		list := strings.Split(keys, ",")
		if len(in.query.By) > 0 && len(list) != len(in.query.By) {
			continue // a key with a comma
		}
		if total {
			day = days.ISO(whole.query.From)
		}
		var own []string
		for _, at := range cut {
			own = append(own, list[at])
		}
		at := day + "|" + strings.Join(own, ",")
		w, ok := whole.points[at]
		if !ok || w[0] == nil || have[0] == nil {
			continue
		}
		sums[at] += *have[0]
		g.differ(-1, who, whole.door+" and "+in.door, what(key), *w[0]-*have[0], !whole.query.AsOf.Equal(in.query.AsOf))
	}
	if total || len(in.query.By) == len(whole.query.By) || in.query.Metric != whole.query.Metric || fmt.Sprint(in.query.Where) != fmt.Sprint(whole.query.Where) || g.catalog.Metric(in.query.Metric).Kind != metric.Flow {
		return
	}
	for at, sum := range sums {
		g.differ(-1, who, whole.door+" less the parts of "+in.door, what(at), *whole.points[at][0]-sum, false)
	}
}
