package dashboard

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/reply"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// ask is one request for a page: what its address says, with the moment of the report date that it names.
type ask struct {
	ctx context.Context // ends with the longest that the page may take
	r   *http.Request
	st  address.State
}

// value is a parameter of the address.
func (a *ask) value(name string) string { return a.r.URL.Query().Get(name) }

// bad refuses the value of a parameter.
func (a *ask) bad(name string, valid ...string) error {
	return address.Bad(words.Get("bad_value", name, a.value(name)), valid...)
}

// page is the one way of every page: its address is read, answer says what to write, an error is told. own are
// parameters that mean something to this page only.
func (s *Server) page(limit time.Duration, answer func(*ask) (http.HandlerFunc, error), own ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ctx, cancel := context.WithTimeout(r.Context(), limit)
		defer cancel()
		a := &ask{ctx: ctx, r: r}
		var err error
		if a.st, err = address.Read(r, own...); err == nil {
			a.st, err = s.thaw(ctx, a.st)
		}
		var write http.HandlerFunc
		if err == nil {
			write, err = answer(a)
		}
		if err != nil {
			s.fail(w, r, err)
			return
		}
		write(w, r)
	}
}

// html answers with a page, and remembers how its reader wants pages.
func (s *Server) html(name string, view any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		address.Remember(w, r)
		s.render(w, r, http.StatusOK, name, view)
	}
}

// part answers with a piece of a page, for the script of the page around it.
func (s *Server) part(name string, view any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { s.render(w, r, http.StatusOK, name, view) }
}

// json answers with JSON.
func (s *Server) json(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		reply.Body(w, r, http.StatusOK, body)
	}
}

// csv answers with a table to be saved: as title with its days, and as plain where a name must be ASCII.
func (s *Server) csv(body []byte, plain, title string, span days.Range, loc codes.Lang) http.HandlerFunc {
	return saved(body, "text/csv; charset=utf-8", plain+".csv", s.fileName(title, span, loc)+".csv")
}

// saved answers with a file of a kind, to be saved as name, and as plain where a name must be ASCII.
func saved(body []byte, kind, plain, name string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Type", kind)
		h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s"; filename*=UTF-8''%s`, plain, url.PathEscape(name)))
		reply.Body(w, r, http.StatusOK, body)
	}
}

// fileName is a title as the name of a file, with its days where there are any.
func (s *Server) fileName(title string, span days.Range, loc codes.Lang) string {
	if !span.IsZero() {
		title += "_" + span.From.Format("20060102") + "-" + span.Last().Format("20060102")
	}
	if s.Demo {
		title += "_" + words.In(loc, "file_demo")
	}
	return title
}

// write writes a template, which may say nothing; nil, and a line for the operator, where it cannot be written.
func (s *Server) write(name string, data any) []byte {
	var out bytes.Buffer
	if err := s.pages.ExecuteTemplate(&out, name, data); err != nil {
		s.Log.Error("template failed", "template", name, "error", err)
		return nil
	}
	if out.Len() == 0 {
		return []byte{}
	}
	return out.Bytes()
}

// render answers with a template, whole or not at all.
func (s *Server) render(w http.ResponseWriter, r *http.Request, code int, name string, data any) {
	body := s.write(name, data)
	if body == nil {
		http.Error(w, "the page could not be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "private, no-cache")
	}
	reply.Body(w, r, code, body)
}

func (s *Server) redirect(w http.ResponseWriter, r *http.Request, to string) {
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusFound)
}
