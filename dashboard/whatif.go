package dashboard

import (
	"context"
	"math"
	"net/http"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

type whatifPage struct {
	page
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

// whatif answers what training seats and hired people would do to the gap of a link of a chain.
func (s *Server) whatif(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	st, err := read(r, "seats", "hire")
	if err == nil {
		st, err = s.thaw(ctx, st)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	loc, asked := st.Loc, r.URL.Query()
	p := whatifPage{page: s.page(r, words.Get("whatif")), Node: asked.Get("node")}
	for _, f := range []struct {
		name string
		to   *int
	}{{"seats", &p.Seats}, {"hire", &p.Hire}} {
		v := asked.Get(f.name)
		if v == "" {
			continue
		}
		if *f.to, err = strconv.Atoi(v); err != nil || *f.to < 0 || *f.to > 100000 {
			s.fail(w, r, &refusal{http.StatusBadRequest, words.Get("bad_number", f.name, v), []string{"0", "50", "100000"}})
			return
		}
	}
	var valid []string
	for _, c := range s.Chains {
		g := nodeGroup{Label: c.Title.In(loc)}
		for _, n := range c.Nodes {
			valid = append(valid, n.Code)
			if n.Code == p.Node {
				p.NodeTitle = n.Title.In(loc)
			}
			g.Nodes = append(g.Nodes, choice{n.Code, n.Title.In(loc), n.Code == p.Node})
		}
		p.Groups = append(p.Groups, g)
	}
	if p.Node != "" && !slices.Contains(valid, p.Node) {
		s.fail(w, r, &refusal{http.StatusBadRequest, words.Get("bad_value", "node", p.Node), valid})
		return
	}
	for _, name := range []string{"post_demand", "post_supply", "post_gap", "training_pass_rate", "training_certified_rate", "training_placement", "training_enrolments"} {
		if s.Catalog.Metric(name) == nil {
			p.Empty = words.In(loc, "no_metric", name)
			s.render(w, r, http.StatusOK, "whatif.html", p)
			return
		}
	}
	last, err := s.homeDate(ctx, st)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	remember(w, r)
	if last.IsZero() {
		p.Empty = words.In(loc, "no_data_yet")
		s.render(w, r, http.StatusOK, "whatif.html", p)
		return
	}
	span := days.Relative("half", last)
	if !st.Range.IsZero() {
		span = st.Range
	}
	p.DataDate, p.Period = days.Label(last, loc), span.Label(loc)
	if err := s.suppose(ctx, &p, span, last, st); err != nil {
		s.fail(w, r, err)
		return
	}
	s.render(w, r, http.StatusOK, "whatif.html", p)
}

// suppose fills the page in: the gaps of all links, and for the chosen one the gap now, the assumptions and the gap after.
func (s *Server) suppose(ctx context.Context, p *whatifPage, span days.Range, last days.Day, st state) error {
	loc, lang := st.Loc, st.Loc
	year := days.Relative("last_12m", last)
	type ask struct {
		metric string
		of     days.Range
		by     string
		node   bool
	}
	asks := []ask{{"post_demand", span, "node", false}, {"post_supply", span, "node", false}, {"post_gap", span, "node", false}}
	if p.Node != "" {
		for _, name := range []string{"training_pass_rate", "training_certified_rate", "training_placement", "training_enrolments"} {
			asks = append(asks, ask{name, year, "", true}, ask{name, year, "", false})
		}
		for _, name := range []string{"training_enrolments", "training_certified_rate", "training_placement"} {
			asks = append(asks, ask{name, year, "course", true})
		}
	}
	got := map[ask]*metric.Result{}
	results := make([]*metric.Result, len(asks))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, a := range asks {
		q := metric.Query{Metric: a.metric, From: a.of.From, To: a.of.To, AsOf: st.AsOf}
		if a.by != "" {
			q.By = []string{a.by}
		}
		if a.node {
			q.Where = []metric.Filter{{Dim: "node", Values: []string{p.Node}}}
		}
		g.Go(func() (err error) {
			results[i], err = s.Engine.Run(gctx, q)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, a := range asks {
		got[a] = results[i]
	}
	value := func(a ask, key string) *float64 {
		for _, pt := range got[a].Points {
			if a.by == "" && len(pt.Keys) == 0 || a.by != "" && len(pt.Keys) == 1 && pt.Keys[0] == key {
				return pt.Value
			}
		}
		return nil
	}
	people := func(v *float64) string { return metric.Format(v, metric.People, lang) }
	greatest := 0.0
	for _, pt := range got[asks[2]].Points {
		if len(pt.Keys) != 1 || pt.Keys[0] == "" || pt.Value == nil || *pt.Value <= 0 {
			continue
		}
		greatest = max(greatest, *pt.Value)
		row := gapRow{Node: pt.Labels[0].In(lang), Gap: people(pt.Value), Share: *pt.Value, URL: address("/chain/whatif", withNode(st, pt.Keys[0], p.Seats, p.Hire))}
		row.Demand, row.Supply = people(value(asks[0], pt.Keys[0])), people(value(asks[1], pt.Keys[0]))
		p.Gaps = append(p.Gaps, row)
	}
	for i := range p.Gaps {
		p.Gaps[i].Share /= greatest
	}
	if p.Node == "" {
		return nil
	}
	zero := 0.0
	gap := value(asks[2], p.Node)
	if gap == nil {
		gap = &zero
	}
	enrolled := value(ask{"training_enrolments", year, "", true}, "")
	own := enrolled != nil && *enrolled >= enough
	a := &whatifAnswer{Demand: people(value(asks[0], p.Node)), Supply: people(value(asks[1], p.Node)), Gap: people(gap)}
	rate := func(name string) float64 {
		v, from := value(ask{name, year, "", own}, ""), words.Get("rate_of_zone", year.Label(loc))
		if own {
			from = words.Get("rate_of_node", year.Label(loc))
		}
		if own && v == nil {
			v, from = value(ask{name, year, "", false}, ""), words.Get("rate_of_zone", year.Label(loc))
		}
		row := rateRow{Name: s.Catalog.Metric(name).Title.In(loc), Value: metric.Format(v, metric.Percent, lang), From: from.In(loc)}
		if v == nil {
			row.From = words.In(loc, "rate_unknown")
			v = &zero
		}
		a.Rates = append(a.Rates, row)
		return *v / 100
	}
	rate("training_pass_rate")
	certified, placed := rate("training_certified_rate"), rate("training_placement")
	trained := math.Floor(float64(p.Seats)*certified*placed + 1e-9)
	after := max(*gap-trained-float64(p.Hire), 0)
	hired := float64(p.Hire)
	a.Trained, a.Hired, a.After, a.Closed = people(&trained), people(&hired), people(&after), after == 0
	if each := certified * placed; after > 0 && each > 0 {
		need := math.Ceil(after/each - 1e-9)
		a.Need = words.In(loc, "missing_seats", metric.Number(&need, metric.People))
	}
	p.Answer = a
	for _, pt := range got[ask{"training_enrolments", year, "course", true}].Points {
		if len(pt.Keys) != 1 || pt.Value == nil || *pt.Value == 0 {
			continue
		}
		if len(p.Courses) == 12 {
			break
		}
		p.Courses = append(p.Courses, courseRow{
			Name: pt.Labels[0].In(lang), Seats: metric.Format(pt.Value, metric.PersonTimes, lang),
			Certified: metric.Format(value(ask{"training_certified_rate", year, "course", true}, pt.Keys[0]), metric.Percent, lang),
			Placed:    metric.Format(value(ask{"training_placement", year, "course", true}, pt.Keys[0]), metric.Percent, lang),
		})
	}
	return nil
}

// withNode is the address of the same supposition for another link.
func withNode(st state, node string, seats, hire int) map[string][]string {
	q := st.query()
	q.Set("node", node)
	q.Set("seats", strconv.Itoa(seats))
	q.Set("hire", strconv.Itoa(hire))
	return q
}
