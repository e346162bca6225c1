package dashboard

import (
	"math"
	"net/http"
	"slices"
	"strconv"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"

	"golang.org/x/sync/errgroup"
)

type whatifPage struct {
	layout
	DataDate  string
	Empty     string
	Period    string
	Groups    []nodeGroup
	Seats     int
	Hire      int
	Node      string
	NodeTitle string
	Answer    *whatifAnswer
	Courses   []courseRow
	Gaps      []gapRow
}

type nodeGroup struct {
	Label string
	Nodes []choice
}

type whatifAnswer struct {
	Demand, Supply, Gap string
	Trained, Hired      string
	After               string
	Closed              bool
	Need                string // seats that would close what is left
	Rates               []rateRow
}

type rateRow struct{ Name, Value, From string }

type courseRow struct{ Name, Seats, Certified, Placed string }

type gapRow struct {
	Node, Demand, Supply, Gap, URL string
	Share                          float64
}

// enough is how many enrolments a link's own rates need; with fewer the zone's are taken.
const enough = 20

// trainingRates are the rates that the page shows; what a seat brings is the product of the latter two.
var trainingRates = []string{"training_pass_rate", "training_certified_rate", "training_placement"}

// coursesShown bounds the list of courses.
const coursesShown = 12

// whatif answers what training seats and hired people would do to the gap of a link of a chain.
func (s *Server) whatif(a *ask) (http.HandlerFunc, error) {
	st, loc := a.st, a.st.Loc
	p := whatifPage{layout: s.layout(a.r, words.Get("whatif")), Node: a.value("node")}
	var err error
	if p.Seats, err = count(a, "seats"); err != nil {
		return nil, err
	}
	if p.Hire, err = count(a, "hire"); err != nil {
		return nil, err
	}
	if valid := p.offer(s.Chains); p.Node != "" && !slices.Contains(valid, p.Node) {
		return nil, a.bad("node", valid...)
	}
	for _, name := range append([]string{"post_demand", "post_supply", "post_gap", "training_enrolments"}, trainingRates...) {
		if s.Catalog.Metric(name) == nil {
			p.Empty = words.In(loc, "no_metric", name)
			return s.html("whatif.html", p), nil
		}
	}
	last, err := s.homeDate(a.ctx, st)
	if err != nil {
		return nil, err
	}
	if last.IsZero() {
		p.Empty = words.In(loc, "no_data_yet")
		return s.html("whatif.html", p), nil
	}
	span := days.Relative("half", last)
	if !st.Range.IsZero() {
		span = st.Range
	}
	p.DataDate, p.Period = days.Label(last, loc), span.Label(loc)
	x, err := s.suppose(a, p, span, last)
	if err != nil {
		return nil, err
	}
	p.Gaps = x.gaps()
	if p.Node != "" {
		p.Answer, p.Courses = x.answer(s.Catalog), x.courses()
	}
	return s.html("whatif.html", p), nil
}

// count is a parameter that counts people or seats.
func count(a *ask, name string) (int, error) {
	v := a.value(name)
	if v == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(v)
	if err != nil || n < 0 || n > 100000 {
		return 0, address.Bad(words.Get("bad_number", name, v), "0", "50", "100000")
	}
	return n, nil
}

// offer writes the links to choose from and returns their codes.
func (p *whatifPage) offer(chains []dataset.Chain) (valid []string) {
	for _, c := range chains {
		g := nodeGroup{Label: c.Title.In(p.Loc)}
		for _, n := range c.Nodes {
			valid = append(valid, n.Code)
			if n.Code == p.Node {
				p.NodeTitle = n.Title.In(p.Loc)
			}
			g.Nodes = append(g.Nodes, choice{n.Code, n.Title.In(p.Loc), n.Code == p.Node})
		}
		p.Groups = append(p.Groups, g)
	}
	return valid
}

// question is one figure of a supposition: a metric in a period, by a dimension where one is named, of the chosen link
// or of the zone.
type question struct {
	metric string
	of     days.Range
	by     string
	own    bool // of the chosen link
}

// supposition is the figures that a page of what-if is made of.
type supposition struct {
	whatifPage
	st    address.State
	posts days.Range // the period of posts and applicants
	year  days.Range // the period of training
	got   map[question]*metric.Result
}

// suppose asks for the posts of all links, and for the chosen one for the training of it and of the zone.
func (s *Server) suppose(ask *ask, p whatifPage, span days.Range, last days.Day) (supposition, error) {
	x := supposition{whatifPage: p, st: ask.st, posts: span, year: days.Relative("last_12m", last), got: map[question]*metric.Result{}}
	list := []question{x.post("post_demand"), x.post("post_supply"), x.post("post_gap")}
	if p.Node != "" {
		for _, name := range append([]string{"training_enrolments"}, trainingRates...) {
			list = append(list, question{name, x.year, "", true}, question{name, x.year, "", false})
		}
		list = append(list, x.course("training_enrolments"), x.course("training_certified_rate"), x.course("training_placement"))
	}
	results := make([]*metric.Result, len(list))
	g, ctx := errgroup.WithContext(ask.ctx)
	g.SetLimit(4)
	for i, what := range list {
		q := metric.Query{Metric: what.metric, From: what.of.From, To: what.of.To, AsOf: ask.st.AsOf}
		if what.by != "" {
			q.By = []string{what.by}
		}
		if what.own {
			q.Where = []metric.Filter{{Dim: "node", Values: []string{p.Node}}}
		}
		g.Go(func() (err error) {
			results[i], err = s.Engine.Run(ctx, q)
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

func (x supposition) post(name string) question { return question{name, x.posts, "node", false} }

func (x supposition) course(name string) question { return question{name, x.year, "course", true} }

// value is a figure; of a question by a dimension that of a key. nil where there is none.
func (x supposition) value(what question, key string) *float64 {
	for _, pt := range x.got[what].Points {
		if what.by == "" && len(pt.Keys) == 0 || what.by != "" && len(pt.Keys) == 1 && pt.Keys[0] == key {
			return pt.Value
		}
	}
	return nil
}

func (x supposition) people(v *float64) string { return metric.Format(v, metric.People, x.Loc) }

// gaps are the links that lack people.
func (x supposition) gaps() []gapRow {
	var rows []gapRow
	greatest := 0.0
	for _, pt := range x.got[x.post("post_gap")].Points {
		if len(pt.Keys) != 1 || pt.Keys[0] == "" || pt.Value == nil || *pt.Value <= 0 {
			continue
		}
		greatest = max(greatest, *pt.Value)
		key := pt.Keys[0]
		rows = append(rows, gapRow{
			Node: pt.Labels[0].In(x.Loc), Gap: x.people(pt.Value), Share: *pt.Value, URL: address.To("/chain/whatif", withNode(x.st, key, x.Seats, x.Hire)),
			Demand: x.people(x.value(x.post("post_demand"), key)), Supply: x.people(x.value(x.post("post_supply"), key)),
		})
	}
	for i := range rows {
		rows[i].Share /= greatest
	}
	return rows
}

// answer is the gap of the chosen link before and after, and what it rests on.
func (x supposition) answer(c *metric.Catalog) *whatifAnswer {
	gap := 0.0
	if v := x.value(x.post("post_gap"), x.Node); v != nil {
		gap = *v
	}
	a := &whatifAnswer{Demand: x.people(x.value(x.post("post_demand"), x.Node)), Supply: x.people(x.value(x.post("post_supply"), x.Node)), Gap: x.people(&gap)}
	rates := map[string]float64{}
	for _, name := range trainingRates {
		v, from := x.rate(name)
		a.Rates = append(a.Rates, rateRow{Name: c.Metric(name).Title.In(x.Loc), Value: metric.Format(v, metric.Percent, x.Loc), From: from})
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
func (x supposition) rate(name string) (v *float64, from string) {
	if n := x.value(question{"training_enrolments", x.year, "", true}, ""); n != nil && *n >= enough {
		if v = x.value(question{name, x.year, "", true}, ""); v != nil {
			return v, words.In(x.Loc, "rate_of_node", x.year.Label(x.Loc))
		}
	}
	if v = x.value(question{name, x.year, "", false}, ""); v != nil {
		return v, words.In(x.Loc, "rate_of_zone", x.year.Label(x.Loc))
	}
	return nil, words.In(x.Loc, "rate_unknown")
}

// courses are those of the chosen link that people enrolled in.
func (x supposition) courses() []courseRow {
	var rows []courseRow
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
		rows = append(rows, courseRow{
			Name: pt.Labels[0].In(x.Loc), Seats: metric.Format(pt.Value, metric.PersonTimes, x.Loc),
			Certified: percent("training_certified_rate", pt.Keys[0]), Placed: percent("training_placement", pt.Keys[0]),
		})
	}
	return rows
}

// withNode is the address of the same supposition for another link.
func withNode(st address.State, node string, seats, hire int) map[string][]string {
	q := st.Query()
	q.Set("node", node)
	q.Set("seats", strconv.Itoa(seats))
	q.Set("hire", strconv.Itoa(hire))
	return q
}
