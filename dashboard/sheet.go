package dashboard

import (
	"net/url"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/static"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// headed says what stands at the head and the foot of every printed sheet of a page: the zone and the page, and of when it tells.
// Only a style sheet can put something there.
func (s *Server) headed(p *layout, of ...string) {
	foot := words.In(p.Loc, "sheet_foot")
	if s.Demo {
		foot = words.In(p.Loc, "demo_long")
	}
	p.Printed = address.To(static.SheetPath, url.Values{"left": {joined(s.Zone.In(p.Loc), p.Title)}, "right": {joined(of...)}, "foot": {foot}})
}

// sheetDates is of when a page tells: the period that was chosen, the last day of its data, the moment as of which it was asked.
func sheetDates(st address.State, last days.Day) (out []string) {
	if !st.Range.IsZero() {
		out = append(out, st.Range.Label(st.Loc))
	}
	if !last.IsZero() {
		out = append(out, words.In(st.Loc, "as_of")+" "+days.Label(last, st.Loc))
	}
	if !st.AsOf.IsZero() {
		out = append(out, words.In(st.Loc, "as_reported", address.Moment(st.AsOf)))
	}
	return out
}
