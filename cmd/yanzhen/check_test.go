package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

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
		if err := c.compare(t.Context(), cfg, &dataset.Catalog{}, declared{"metrics": {"m": {"unit": "人"}}}); err != nil {
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

// A part that only one side has is told once, by its name; elements of a list are known by theirs.
func TestChanged(t *testing.T) {
	read := func(text string) map[string]string {
		all, err := readDeclared(fstest.MapFS{"boards/b.yaml": {Data: []byte(text)}})
		if err != nil {
			t.Fatal(err)
		}
		return all["boards"]["b"]
	}
	was := read("board: b\ntags: [x, y]\npanels:\n  - name: one\n    kind: kpi\n  - name: two\n    kind: line\n    note: {zh: 甲, en: A}\n")
	now := read("board: b\ntags: [x, z]\npanels:\n  - name: three\n    kind: bar\n    metrics: [m]\n  - name: one\n    kind: table\n  - name: two\n    kind: line\n")
	c := &cli{Lang: "en"}
	want := []string{`panels.one.kind: "kpi" -> "table"`, "panels.three  new", "panels.two.note  removed", `tags: "x, y" -> "x, z"`}
	if got := c.changed(now, was); !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
}
