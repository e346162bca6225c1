package dashboard

import (
	"net/http"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/door"
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
	no, why := door.Unmeant(r, s.Hosts)
	v, err := who(r)
	if no != nil {
		s.Door.Turned(r, v, no.Status, why)
		s.fail(w, r, no)
		return
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if err := s.Agents.Elsewhere(v, r.URL.Path); err != nil {
		s.Door.Turned(r, v, http.StatusForbidden, "agents_only")
		s.fail(w, r, err)
		return
	}
	if v != nil {
		ctx, end := s.Door.Lasting(r, v)
		defer end()
		r = r.WithContext(access.With(ctx, v))
	}
	s.watch.ServeHTTP(w, r)
}
