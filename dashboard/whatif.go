package dashboard

import (
	"net/http"
	"slices"
	"strconv"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/suppose"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

type whatifPage struct {
	layout
	DataDate  string
	Empty     string
	Period    string
	Groups    []suppose.Group
	Seats     int
	Hire      int
	Node      string
	NodeTitle string
	Answer    *suppose.Answer
	Courses   []suppose.Course
	Gaps      []suppose.Gap
}

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
	var valid []string
	if p.Groups, p.NodeTitle, valid = suppose.Offer(s.Chains, p.Node, loc); p.Node != "" && !slices.Contains(valid, p.Node) {
		return nil, a.bad("node", valid...)
	}
	for _, name := range append([]string{"post_demand", "post_supply", "post_gap", "training_enrolments"}, suppose.Rates...) {
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
	x, err := suppose.Ask(a.ctx, s.Engine, suppose.Asked{Node: p.Node, Seats: p.Seats, Hire: p.Hire, Loc: loc, AsOf: st.AsOf, Posts: span, Year: days.Relative("last_12m", last)})
	if err != nil {
		return nil, err
	}
	p.Gaps = x.Gaps()
	for i := range p.Gaps {
		p.Gaps[i].URL = address.To("/chain/whatif", suppose.Query(st.Query(), p.Gaps[i].Key, p.Seats, p.Hire))
	}
	if p.Node != "" {
		p.Answer, p.Courses = x.Answer(), x.Courses()
	} else if len(p.Gaps) > 0 { // the greatest gap is what one begins with
		p.Groups, _, _ = suppose.Offer(s.Chains, p.Gaps[0].Key, loc)
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
