package dashboard

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
)

// status is the one table of errors and what a browser is told: the code, a plain sentence, what is valid.
func status(err error) (code int, text codes.Text, valid []string) {
	var no *address.Refusal
	var bad *metric.Invalid
	switch {
	case errors.As(err, &no):
		return no.Status, no.Text, no.Valid
	case errors.As(err, &bad):
		return http.StatusBadRequest, words.Get("invalid", codes.Text{Zh: words.Clip(bad.In(codes.Zh), longestList), En: words.Clip(bad.In(codes.En), longestList)}), nil
	case errors.Is(err, context.DeadlineExceeded):
		return http.StatusGatewayTimeout, words.Get("slow"), nil
	case errors.Is(err, context.Canceled):
		return 499, words.Get("cancelled"), nil
	case errors.Is(err, warehouse.ErrUnavailable):
		return http.StatusServiceUnavailable, words.Get("no_database"), nil
	}
	return http.StatusInternalServerError, words.Get("failed"), nil
}

// longestList is how many characters of what is valid a refusal tells.
const longestList = 800

type errorBody struct {
	Error string   `json:"error"`
	Valid []string `json:"valid,omitempty"`
	Ref   string   `json:"ref,omitempty"` // number of the line in the server's log
}

// fail answers with an error, as a page or as JSON. What went wrong inside goes to the log; the reader gets its number.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	code, text, valid := status(err)
	loc := address.Language(r)
	body := errorBody{Error: text.In(loc), Valid: valid}
	if code >= 500 {
		var id [4]byte
		rand.Read(id[:])
		body.Ref = hex.EncodeToString(id[:])
		s.Log.Error("request failed", "ref", body.Ref, "path", r.URL.Path, "query", r.URL.RawQuery, "error", err)
	}
	h := w.Header()
	h.Del("ETag")
	h.Set("Cache-Control", "no-store")
	if strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Query().Get("format") != "table" {
		h.Set("Content-Type", "application/json; charset=utf-8")
		w.WriteHeader(code)
		json.NewEncoder(w).Encode(body)
		return
	}
	p := s.layout(r, words.Get("error_inside"))
	if code < 500 {
		p.Title = words.In(loc, "error_asked")
		s.plainLinks(&p, r)
	}
	s.render(w, r, code, "error.html", errorPage{layout: p, Code: code, errorBody: body})
}

type errorPage struct {
	layout
	errorBody
	Code int
}
