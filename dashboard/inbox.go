package dashboard

import (
	"encoding/json"
	"net/http"

	"yanzhen/pipeline"
)

// inboxNow lists what lies in the watched folders as JSON, for yanzhen inbox.
func (s *Server) inboxNow(w http.ResponseWriter, r *http.Request) {
	list := []pipeline.Arrival{}
	if s.Inbox != nil {
		list = append(list, s.Inbox()...)
	}
	body, err := json.Marshal(list)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	s.send(w, r, http.StatusOK, body)
}
