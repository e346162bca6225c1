package dashboard

import (
	"net/http"
	"net/url"
	"path"
	"strings"

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
	door.Protect(w, r)
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
	s.gate.ServeHTTP(w, r)
}

// refused answers whom the gate does not let in: a page leads to the sign-in, anything else says so.
func (s *Server) refused(w http.ResponseWriter, r *http.Request, why access.Verdict) {
	page := r.Method == http.MethodGet && !strings.HasPrefix(r.URL.Path, "/api/") && path.Ext(r.URL.Path) == ""
	switch {
	case why == access.NotSigned && page:
		w.Header().Set("Cache-Control", "no-store")
		to := "/signin"
		if next := r.URL.RequestURI(); next != "/" {
			to += "?next=" + url.QueryEscape(next)
		}
		http.Redirect(w, r, to, http.StatusSeeOther)
	case why == access.NotSigned:
		s.fail(w, r, address.Refuse(http.StatusUnauthorized, words.Get("signin_needed")))
	case why == access.Owing && page:
		w.Header().Set("Cache-Control", "no-store")
		http.Redirect(w, r, "/account", http.StatusSeeOther)
	case why == access.Owing:
		s.fail(w, r, address.Refuse(http.StatusForbidden, words.Get("signin_owing")))
	case why == access.NotWhole:
		s.fail(w, r, address.Refuse(http.StatusForbidden, words.Get("not_whole")))
	default:
		s.fail(w, r, address.Refuse(http.StatusForbidden, words.Get("no_right")))
	}
}
