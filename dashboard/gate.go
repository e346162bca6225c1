package dashboard

import (
	"net/http"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/door"
	"yanzhen/dashboard/words"
)

// ServeHTTP answers whom the door knows.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.answer(w, r, s.Who) }

// For is the pages as one viewer sees them, whoever asks: those of a socket that only that viewer can open.
func (s *Server) For(v *access.Viewer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.answer(w, r, func(*http.Request) (*access.Viewer, error) { return v, nil })
	})
}

// answer is the way of every request: whether it may be meant for us, who asks, then the gate. It adds what keeps a browser
// safe, and turns a panic into a page.
func (s *Server) answer(w http.ResponseWriter, r *http.Request, who func(*http.Request) (*access.Viewer, error)) {
	door.Protect(w, r, s.Door)
	defer func() {
		if p := recover(); p != nil {
			s.panicked(w, r, p)
		}
	}()
	if !door.Asked(r.Host, s.Hosts) {
		s.fail(w, r, address.Refuse(http.StatusMisdirectedRequest, words.Get("bad_host")))
		return
	}
	if len(r.URL.RawQuery) > 8192 {
		s.fail(w, r, address.Refuse(http.StatusRequestURITooLong, words.Get("long_url")))
		return
	}
	if door.CrossSite(r) {
		s.fail(w, r, address.Refuse(http.StatusForbidden, words.Get("cross_site")))
		return
	}
	v, err := who(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if v != nil {
		r = r.WithContext(access.With(r.Context(), v))
	}
	s.watch.ServeHTTP(w, r)
}
