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
	Rank     tally.Link   // hides or shows the order
	Tiles    []tally.Tile // the counts above, each of which shows its targets alone
	Order    string       // the orders for what lags, as a document; empty: nothing lags, or none is declared
}

// responsibility answers what each unit answers for, how far it is and where it ends.
func (s *Server) responsibility(a *ask) (http.HandlerFunc, error) {
	loc, rank := a.st.Loc, a.value("rank")
	if rank != "" && rank != "show" && rank != "hide" {
		return nil, a.bad("rank", "show", "hide")
	}
	pace := a.value("pace")
	if pace != "" && !slices.Contains(tally.States, pace) {
		return nil, a.bad("pace", tally.States...)
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
	s.headed(&p.layout, sheetDates(a.st, last)...)
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
		p.Rank = tally.RankLink(a.r.URL, loc)
	}
	p.Write(s.Catalog, now, ranking, a.st)
	p.Tiles = p.Sheet.Tiles(a.r.URL, pace, loc)
	p.LateFirst()
	p.Keep(pace)
	if name := brief.Orders(s.Briefs); p.Late > 0 && name != "" {
		q := a.st.Query()
		if v := a.value("unit"); v != "" {
			q.Set("unit", v)
		}
		p.Order = address.To("/briefings/"+name, q)
	}
	return s.html("responsibility.html", p), nil
}
