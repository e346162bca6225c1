package dashboard

import (
	"net/http"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/reply"
	"yanzhen/dashboard/static"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// sheet answers the style of a printed board: what stands at the head and the foot of every sheet. Only a style sheet can
// put something there.
func (s *Server) sheet(a *ask) (http.HandlerFunc, error) {
	st := a.st
	b, last, err := s.boardAsked(a)
	if err != nil {
		return nil, err
	}
	left := joined(s.Zone.In(st.Loc), b.Title.In(st.Loc))
	var right []string
	if !st.Range.IsZero() {
		right = append(right, st.Range.Label(st.Loc))
	}
	if !last.IsZero() {
		right = append(right, words.In(st.Loc, "as_of")+" "+days.Label(last, st.Loc))
	}
	if !st.AsOf.IsZero() {
		right = append(right, words.In(st.Loc, "as_reported", address.Moment(st.AsOf)))
	}
	foot := words.In(st.Loc, "sheet_foot")
	if s.Demo {
		foot = words.In(st.Loc, "demo_long")
	}
	css := static.Sheet(left, joined(right...), foot)
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		w.Header().Set("Cache-Control", "private, no-cache")
		reply.Body(w, r, http.StatusOK, []byte(css))
	}, nil
}
