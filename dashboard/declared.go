package dashboard

import (
	"net/http"

	"yanzhen/dashboard/reply"
)

// declaredNow tells yanzhen check what this server was started with.
func (s *Server) declaredNow(w http.ResponseWriter, r *http.Request) {
	body := []byte(s.Declared)
	if body == nil {
		body = []byte("null")
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	reply.Body(w, r, http.StatusOK, body)
}
