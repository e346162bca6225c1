package static

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestFiles(t *testing.T) {
	s, err := New(map[string][]byte{"palette.css": []byte(strings.Repeat(":root { --x: #fff; }\n", 100))}, "approval 1")
	if err != nil {
		t.Fatal(err)
	}
	other, err := New(map[string][]byte{"palette.css": []byte(strings.Repeat(":root { --x: #fff; }\n", 100))}, "approval 2")
	if err != nil {
		t.Fatal(err)
	}
	if s.Base == other.Base {
		t.Error("what the files are cached with is not in their address")
	}
	for _, c := range []struct {
		path, accepts, kind, cache, coding string
		code                               int
	}{
		{s.Base + "yanzhen.css", "gzip", "text/css; charset=utf-8", "public, max-age=31536000, immutable", "gzip", 200},
		{s.Base + "palette.css", "", "text/css; charset=utf-8", "public, max-age=31536000, immutable", "", 200},
		{s.Base + "js/main.js", "gzip", "text/javascript; charset=utf-8", "public, max-age=31536000, immutable", "gzip", 200},
		{"/static/old/mark.svg", "", "image/svg+xml", "no-cache", "", 200},
		{s.Base + "static.go", "", "text/plain; charset=utf-8", "no-store", "", 404},
		{s.Base + "nothing.js", "", "text/plain; charset=utf-8", "no-store", "", 404},
		{"/static/", "", "text/plain; charset=utf-8", "no-store", "", 404},
	} {
		r := httptest.NewRequest("GET", c.path, nil)
		r.Header.Set("Accept-Encoding", c.accepts)
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		h := w.Result().Header
		if w.Code != c.code || h.Get("Content-Type") != c.kind || h.Get("Cache-Control") != c.cache || h.Get("Content-Encoding") != c.coding {
			t.Errorf("%s: %d %v, want %+v", c.path, w.Code, h, c)
		}
	}
}
