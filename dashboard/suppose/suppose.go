// Package suppose says what training seats and hired people would do to the gap of a link of a chain. It computes no
// figure itself but the supposed ones: every other is one that compute.Engine answers.
package suppose

import (
	"context"
	"math"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"

	"golang.org/x/sync/errgroup"
)

// Answer is the gap of a link before and after.
type Answer struct {
	Demand, Supply, Gap string
	Trained, Hired      string
	After               string
	Closed              bool
	Need                string // seats that would close what is left
	Rates               []Rate
}

// Rate is one that the answer rests on, and where it is from.
type Rate struct{ Name, Value, From string }

// Course is one of a link that people enrolled in.
type Course struct{ Name, Seats, Certified, Placed string }

// Gap is that of a link; URL is for who shows it to fill in.
type Gap struct {
	Key, Node, Demand, Supply, Gap, URL string
	Share                               float64
}

// Enough is how many enrolments a link's own rates need; with fewer the zone's are taken.
const Enough = 20

// Rates are the metrics of rates that are shown; what a seat brings is the product of the latter two.
var Rates = []string{"training_pass_rate", "training_certified_rate", "training_placement"}

// coursesShown bounds the list of courses.
const coursesShown = 12

// question is one figure of a supposition: a metric in a period, by a dimension where one is named, of the chosen link
// or of the zone.
type question struct {
	metric string
	of     days.Range
	by     string
	own    bool // of the chosen link
}

// Asked is what is supposed.
type Asked struct {
	Node        string // the chosen link; empty: none
	Seats, Hire int
	Loc         codes.Lang
	AsOf        time.Time
	Posts       days.Range // the period of posts and applicants
	Year        days.Range // the period of training
}

// Supposition is the figures that a page of what-if is made of.
type Supposition struct {
	Asked
	catalog *metric.Catalog
	got     map[question]*metric.Result
}

// Ask asks for the posts of all links, and for the chosen one for the training of it and of the zone.
func Ask(ctx context.Context, engine *compute.Engine, asked Asked) (Supposition, error) {
	x := Supposition{Asked: asked, catalog: engine.Catalog, got: map[question]*metric.Result{}}
	list := []question{x.post("post_demand"), x.post("post_supply"), x.post("post_gap")}
	if x.Node != "" {
		for _, name := range append([]string{"training_enrolments"}, Rates...) {
			list = append(list, question{name, x.Year, "", true}, question{name, x.Year, "", false})
		}
		list = append(list, x.course("training_enrolments"), x.course("training_certified_rate"), x.course("training_placement"))
	}
	results := make([]*metric.Result, len(list))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, what := range list {
		q := metric.Query{Metric: what.metric, From: what.of.From, To: what.of.To, AsOf: x.AsOf}
		if what.by != "" {
			q.By = []string{what.by}
		}
		if what.own {
			q.Where = []metric.Filter{{Dim: "node", Values: []string{x.Node}}}
		}
		g.Go(func() (err error) {
			results[i], err = engine.Run(ctx, q)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return x, err
	}
	for i, what := range list {
		x.got[what] = results[i]
	}
	return x, nil
}

func (x Supposition) post(name string) question { return question{name, x.Posts, "node", false} }

func (x Supposition) course(name string) question { return question{name, x.Year, "course", true} }

// value is a figure; of a question by a dimension that of a key. nil where there is none.
func (x Supposition) value(what question, key string) *float64 {
	for _, pt := range x.got[what].Points {
		if what.by == "" && len(pt.Keys) == 0 || what.by != "" && len(pt.Keys) == 1 && pt.Keys[0] == key {
			return pt.Value
		}
	}
	return nil
}

func (x Supposition) people(v *float64) string { return metric.Format(v, metric.People, x.Loc) }

// Gaps are the links that lack people.
func (x Supposition) Gaps() []Gap {
	var rows []Gap
	greatest := 0.0
	for _, pt := range x.got[x.post("post_gap")].Points {
		if len(pt.Keys) != 1 || pt.Keys[0] == "" || pt.Value == nil || *pt.Value <= 0 {
			continue
		}
		greatest = max(greatest, *pt.Value)
		key := pt.Keys[0]
		rows = append(rows, Gap{
			Node: pt.Labels[0].In(x.Loc), Gap: x.people(pt.Value), Share: *pt.Value, Key: key,
			Demand: x.people(x.value(x.post("post_demand"), key)), Supply: x.people(x.value(x.post("post_supply"), key)),
		})
	}
	for i := range rows {
		rows[i].Share /= greatest
	}
	return rows
}

// Answer is the gap of the chosen link before and after, and what it rests on.
func (x Supposition) Answer() *Answer {
	gap := 0.0
	if v := x.value(x.post("post_gap"), x.Node); v != nil {
		gap = *v
	}
	a := &Answer{Demand: x.people(x.value(x.post("post_demand"), x.Node)), Supply: x.people(x.value(x.post("post_supply"), x.Node)), Gap: x.people(&gap)}
	rates := map[string]float64{}
	for _, name := range Rates {
		v, from := x.rate(name)
		a.Rates = append(a.Rates, Rate{Name: x.catalog.Metric(name).Title.In(x.Loc), Value: metric.Format(v, metric.Percent, x.Loc), From: from})
		if v != nil {
			rates[name] = *v / 100
		}
	}
	each := rates["training_certified_rate"] * rates["training_placement"]
	hired := float64(x.Hire)
	trained := math.Floor(float64(x.Seats)*rates["training_certified_rate"]*rates["training_placement"] + 1e-9)
	after := max(gap-trained-hired, 0)
	a.Trained, a.Hired, a.After, a.Closed = x.people(&trained), x.people(&hired), x.people(&after), after == 0
	if after > 0 && each > 0 {
		need := math.Ceil(after/each - 1e-9)
		a.Need = words.In(x.Loc, "missing_seats", metric.Number(&need, metric.People))
	}
	return a
}

// rate is a rate of the training of the chosen link, or of the zone where the link has too few enrolments or no rate,
// and where it is from; nil where neither has one.
func (x Supposition) rate(name string) (v *float64, from string) {
	if n := x.value(question{"training_enrolments", x.Year, "", true}, ""); n != nil && *n >= Enough {
		if v = x.value(question{name, x.Year, "", true}, ""); v != nil {
			return v, words.In(x.Loc, "rate_of_node", x.Year.Label(x.Loc))
		}
	}
	if v = x.value(question{name, x.Year, "", false}, ""); v != nil {
		return v, words.In(x.Loc, "rate_of_zone", x.Year.Label(x.Loc))
	}
	return nil, words.In(x.Loc, "rate_unknown")
}

// Courses are those of the chosen link that people enrolled in.
func (x Supposition) Courses() []Course {
	var rows []Course
	percent := func(name, key string) string {
		return metric.Format(x.value(x.course(name), key), metric.Percent, x.Loc)
	}
	for _, pt := range x.got[x.course("training_enrolments")].Points {
		if len(pt.Keys) != 1 || pt.Value == nil || *pt.Value == 0 {
			continue
		}
		if len(rows) == coursesShown {
			break
		}
		rows = append(rows, Course{
			Name: pt.Labels[0].In(x.Loc), Seats: metric.Format(pt.Value, metric.PersonTimes, x.Loc),
			Certified: percent("training_certified_rate", pt.Keys[0]), Placed: percent("training_placement", pt.Keys[0]),
		})
	}
	return rows
}
