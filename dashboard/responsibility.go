package dashboard

import (
	"cmp"
	"net/http"
	"slices"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/tally"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

type responsibilityPage struct {
	layout
	Version string // of the data
	tally.Sheet
	DataDate string
	Empty    string
	Rank     link   // hides or shows the order
	Order    string // the orders for what lags, as a document; empty: nothing lags, or none is declared
}

// responsibility answers what each unit answers for, how far it is and where it ends.
func (s *Server) responsibility(a *ask) (http.HandlerFunc, error) {
	loc, rank := a.st.Loc, a.value("rank")
	if rank != "" && rank != "show" && rank != "hide" {
		return nil, a.bad("rank", "show", "hide")
	}
	last, err := s.homeDate(a.ctx, a.st)
	if err != nil {
		return nil, err
	}
	version, err := s.version(a.ctx)
	if err != nil {
		return nil, err
	}
	p := responsibilityPage{Version: version, layout: s.layout(a.r, words.Get("responsibility")), DataDate: days.Label(last, loc)}
	if last.IsZero() || s.declared("targets") == nil {
		p.Empty = words.In(loc, "no_targets")
		return s.html("responsibility.html", p), nil
	}
	now, err := s.Targets.Targets(a.ctx, target.Query{Date: last, Period: a.value("period"), AsOf: a.st.AsOf})
	if err == nil {
		now, err = tally.OfUnit(now, a.value("unit"))
	}
	if err != nil {
		return nil, err
	}
	if len(now) == 0 {
		p.Empty = words.In(loc, "no_targets")
	}
	ranking := target.Ranking(now, "")
	switch {
	case s.Unranked, rank == "hide":
		slices.SortFunc(ranking, func(a, b target.Responsible) int { return cmp.Compare(a.Unit, b.Unit) })
	default:
		p.Sheet.Rank(ranking)
	}
	if !s.Unranked {
		p.Rank = rankLink(a)
	}
	p.Write(s.Catalog, now, ranking, a.st)
	if name := brief.Orders(s.Briefs); p.Late > 0 && name != "" {
		q := a.st.Query()
		if v := a.value("unit"); v != "" {
			q.Set("unit", v)
		}
		p.Order = address.To("/briefings/"+name, q)
	}
	return s.html("responsibility.html", p), nil
}

// rankLink hides or shows the order of the units.
func rankLink(a *ask) link {
	q := a.r.URL.Query()
	hidden := q.Get("rank") == "hide"
	q.Del("rank")
	if hidden {
		return link{words.In(a.st.Loc, "rank_show"), address.To(a.r.URL.Path, q), false}
	}
	q.Set("rank", "hide")
	return link{words.In(a.st.Loc, "rank_hide"), address.To(a.r.URL.Path, q), true}
}
