package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"yanzhen/cmd/compare"
	"yanzhen/pipeline/dataset"
)

// What listens may be something else than a server of this build, or nothing.
func TestCheckOtherServer(t *testing.T) {
	answer := `{"datasets":{"a":"1"}}` // digests, as an earlier build told
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/api/v1/declared" {
			http.NotFound(w, r)
			return
		}
		w.Write([]byte(answer))
	}))
	defer server.Close()
	said := func() string {
		var out bytes.Buffer
		c := &cli{Lang: "en", out: &out}
		cfg := &config{Listen: strings.TrimPrefix(server.URL, "http://"), Dir: t.TempDir()}
		if err := c.compare(t.Context(), cfg, &dataset.Catalog{}, compare.All{"metrics": {"m": {"unit": "人"}}}); err != nil {
			t.Error(err)
		}
		return out.String()
	}
	for _, answer = range []string{answer, "<html>", "null"} {
		if got := said(); !strings.Contains(got, "no server of this build") {
			t.Errorf("%s: got %s", answer, got)
		}
	}
	answer = `{"metrics":{"m":{"unit":"人"}}}`
	if got := said(); !strings.HasPrefix(got, "the same as the running server") {
		t.Errorf("got %s", got)
	}
	server.Close()
	if got := said(); !strings.Contains(got, "no server runs") {
		t.Errorf("got %s", got)
	}
}
