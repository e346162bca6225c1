package dashboard

import (
	"context"
	"errors"
	"html"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/held"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/problem"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
)

// A board is composed once while nothing is published, for all who see the same and for nobody else; a minute later, and after
// a publication, it is composed anew.
func (s *site) keptTest(t *testing.T) {
	db := &overheard{Querier: s.Engine.DB}
	now := time.Now()
	c := s.Config
	c.Engine = &compute.Engine{Catalog: c.Catalog, DB: db}
	c.Now = func() time.Time { return now }
	c.Contact = codes.Text{} // as it is shipped: nothing stands below the page of some
	server, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	request := func(v *access.Viewer, path string) *http.Request {
		r := httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil)
		return r.WithContext(access.With(t.Context(), v))
	}
	get := func(v *access.Viewer, path string) string {
		t.Helper()
		w := httptest.NewRecorder()
		server.For(v).ServeHTTP(w, request(v, path))
		if w.Code != http.StatusOK || !strings.Contains(w.Body.String(), "</html>") {
			t.Fatalf("%s: %d %.300s", path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	// the name under which a board is kept for somebody, and whether it is
	isHeld := func(v *access.Viewer, path string) (string, bool) {
		t.Helper()
		r := request(v, path)
		st, err := address.Read(r)
		if err != nil {
			t.Fatal(err)
		}
		key, _, err := server.below(&ask{ctx: r.Context(), r: r, st: st})
		if err != nil {
			t.Fatal(err)
		}
		return key, server.held.Page(key, now) != nil
	}
	all, leader, park := access.CommandLine("test"), kept(), kept(access.Scope{Dim: "park", Values: []string{"magnet"}})
	const page = "/b/overview?lang=zh"
	seen := map[*access.Viewer]string{}
	for _, v := range []*access.Viewer{all, leader, park} {
		if _, ok := isHeld(v, page); ok {
			t.Errorf("%s, %v: the page of somebody else is kept for them", v.Role, v.Scopes)
		}
		if seen[v] = get(v, page); get(v, page) != seen[v] {
			t.Errorf("%s, %v: another page at the second look", v.Role, v.Scopes)
		}
		if _, ok := isHeld(v, page); !ok {
			t.Errorf("%s, %v: a page that was looked at is not kept", v.Role, v.Scopes)
		}
	}
	if seen[all] == seen[park] || seen[all] == seen[leader] {
		t.Error("somebody who sees less sees the page of all: this test shows nothing")
	}
	key, _ := isHeld(all, page)
	plant := func(key string) {
		server.held.KeepPage(key, "", &held.Page{Pieces: [][]byte{nil, nil, []byte("<p>kept for all</p>"), nil}}, now.Add(keptFor))
	}
	plant(key)
	if !strings.Contains(get(all, page), "kept for all") {
		t.Error("what is kept is not shown")
	}
	for _, other := range []string{page + "&theme=dark", page + "&compare=none", page + "&chain=magnetic", strings.Replace(page, "zh", "en", 1), "/b/inflow?lang=zh"} {
		if _, ok := isHeld(all, other); ok || strings.Contains(get(all, other), "kept for all") {
			t.Errorf("%s: the page of another address", other)
		}
	}
	now = now.Add(2 * keptFor)
	if strings.Contains(get(all, page), "kept for all") {
		t.Error("what is kept is shown two minutes later")
	}
	key, _ = isHeld(all, page)
	plant(key)
	s.publish(t, 77)
	if strings.Contains(get(all, page), "kept for all") {
		t.Error("what was kept before a publication is shown after it")
	}
	// who asks while the page is composed waits for it; where the ledger is read anew meanwhile the page has another name, and
	// the second reader asks for that
	for try := 0; ; try++ {
		now = now.Add(2 * keptFor)
		key, _ = isHeld(all, page)
		done, _ := server.held.Lead(key)
		second := make(chan string)
		go func() { second <- get(all, page) }()
		time.Sleep(300 * time.Millisecond)
		plant(key)
		done()
		waited := strings.Contains(<-second, "kept for all")
		if after, _ := isHeld(all, page); waited || after == key || try == 3 {
			if !waited {
				t.Error("a second reader composes the page while the first one does")
			}
			break
		}
	}
	s.behindTest(t, server, all, func(v *access.Viewer) string { return get(v, page) }, func() string { key, _ := isHeld(all, page); return key })
}

// Who asks for a board while somebody else has it composed anew after a publication gets it as it was, which says so, with the
// pictures that it had; nobody does for longer than some seconds, and nobody gets the page of somebody else.
func (s *site) behindTest(t *testing.T, server *Server, all *access.Viewer, get func(*access.Viewer) string, key func() string) {
	behind := words.In(codes.Zh, "behind")
	s.publish(t, 78)
	was := get(all)
	version := regexp.MustCompile(`data-version="[0-9a-f]+"`)
	picture := html.UnescapeString(regexp.MustCompile(`/api/v1/panels/[^"]+format=svg[^"]+`).FindString(was))
	draw := func() string {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, "http://localhost"+picture, nil)
		server.For(all).ServeHTTP(w, r.WithContext(access.With(t.Context(), all)))
		return w.Header().Get("ETag") + w.Body.String()
	}
	drawn := draw()
	s.publish(t, 79)
	done, _ := server.held.Lead(key())
	if got := get(all); !strings.Contains(got, behind) || version.FindString(got) != version.FindString(was) {
		t.Error("while the page is composed anew it is not shown as it was, or does not say so")
	}
	if got := draw(); got != drawn || !strings.Contains(got, "<svg") {
		t.Error("a page of before has other pictures")
	}
	if strings.Contains(get(kept()), behind) {
		t.Error("somebody waits for the page of others, or has it")
	}
	_, ahead := server.held.Lead(key())
	ahead.Since = ahead.Since.Add(-2 * mostBehind)
	if strings.Contains(get(all), behind) {
		t.Error("the page as it was is shown for as long as another takes")
	}
	done()
	if got := get(all); strings.Contains(got, behind) || version.FindString(got) == version.FindString(was) {
		t.Error("the new page is not shown when it is there")
	}
}

// A board of which a figure could not be read is not kept: who asks next sees it.
func (s *site) keptFailedTest(t *testing.T) {
	db := &overheard{Querier: s.Engine.DB}
	c := s.Config
	c.Engine = &compute.Engine{Catalog: c.Catalog, DB: failing{db}}
	c.Log = slog.New(slog.DiscardHandler)
	server, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	get := func() string {
		w := httptest.NewRecorder()
		server.For(access.CommandLine("test")).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost/b/formation?lang=zh", nil))
		return w.Body.String()
	}
	failed := problem.Of(errors.New("no")).Text.In(codes.Zh)
	if !strings.Contains(get(), failed) {
		t.Fatal("no figure failed: this test shows nothing")
	}
	server.Engine = &compute.Engine{Catalog: c.Catalog, DB: db}
	if strings.Contains(get(), failed) {
		t.Error("a page with a figure that could not be read is shown again when it can")
	}
}

// failing is a database that does not answer what a figure of platforms asks.
type failing struct{ warehouse.Querier }

func (f failing) Query(ctx context.Context, s warehouse.Statement) (array.RecordReader, error) {
	if strings.HasPrefix(s.Tag, "metric.platform") {
		return nil, errors.New("no")
	}
	return f.Querier.Query(ctx, s)
}
