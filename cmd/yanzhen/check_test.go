package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What is declared here is held against what a server was started with.
func TestCheckCompares(t *testing.T) {
	answer := `{"datasets":{"a":"1"},"metrics":{"m":"1","gone":"1"},"boards":{}}`
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/declared" {
			http.NotFound(w, r)
			return
		}
		w.Write([]byte(answer))
	}))
	here := map[string]map[string]string{"datasets": {"a": "1"}, "metrics": {"m": "2"}, "boards": {"b": "1"}}
	said := func() string {
		var out bytes.Buffer
		c := &cli{Lang: "en", out: &out}
		c.compare(t.Context(), &config{Listen: strings.TrimPrefix(server.URL, "http://")}, here)
		return out.String()
	}
	if got := said(); !strings.HasPrefix(got, "metric gone  no longer declared\nmetric m  changed\nboard b  new\nthe above differ") {
		t.Errorf("got %s", got)
	}
	answer = `{"datasets":{"a":"1"},"metrics":{"m":"2"},"boards":{"b":"1"}}`
	if got := said(); !strings.HasPrefix(got, "the same as the running server") {
		t.Errorf("got %s", got)
	}
	answer = "<html>"
	if got := said(); !strings.Contains(got, "no server of ours") {
		t.Errorf("got %s", got)
	}
	server.Close()
	if got := said(); got != "" {
		t.Errorf("no server runs: %s", got)
	}
}
