package api

import (
	"encoding/json"
	"net/http"

	"yanzhen/dashboard/reply"
)

// Declared tells yanzhen check what a server was started with.
func Declared(all json.RawMessage) http.HandlerFunc {
	body := []byte(all)
	if body == nil {
		body = []byte("null")
	}
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
		w.Header().Set("Cache-Control", "no-store")
		reply.Body(w, r, http.StatusOK, body)
	}
}
