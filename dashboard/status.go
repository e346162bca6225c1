package dashboard

import (
	"net/http"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/problem"
	"yanzhen/dashboard/words"
)

// fail answers with an error, as a page or, to a program, as problem+json. What went wrong inside goes to the log; the reader
// gets its number.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	told := problem.Of(err)
	if told.Ref != "" {
		s.Log.Error("request failed", "ref", told.Ref, "path", r.URL.Path, "query", r.URL.RawQuery, "error", err)
	}
	h := w.Header()
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	if program(r) && r.URL.Query().Get("format") != "table" {
		told.Write(w, address.Spoken(r))
		return
	}
	p := s.layout(r, words.Get("error_inside"))
	if told.Status < 500 {
		p.Title = words.In(p.Loc, "error_asked")
		plainLinks(&p, r)
	}
	s.render(w, r, told.Status, "error.html", errorPage{layout: p, Code: told.Status, Error: told.Text.In(p.Loc), Valid: told.Valid, Ref: told.Ref})
}

// record writes down what somebody did, where a trail is kept.
func (s *Server) record(r *http.Request, did, what, result string) {
	if s.Door != nil {
		s.Door.Done(r, did, what, result)
	}
}

// program says that an address is one for programs.
func program(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/api/") || r.URL.Path == "/mcp" || r.Header.Get("Accept") == "application/problem+json"
}

type errorPage struct {
	layout
	Code  int
	Error string
	Valid []string
	Ref   string
}
