package dashboard

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/array"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/early"
	"yanzhen/dashboard/early/round"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline/warehouse"
)

// overheard passes statements on and takes down those over rows, by who asks them.
type overheard struct {
	warehouse.Querier

	mu    sync.Mutex
	asked []string
	hold  func(context.Context) // what the program asks early waits for it; nil: for nothing
}

func (h *overheard) say(what string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.asked = append(h.asked, what)
}

// since is what was taken down since it was asked last.
func (h *overheard) since() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	list := h.asked
	h.asked = nil
	return list
}

func (h *overheard) Query(ctx context.Context, s warehouse.Statement) (array.RecordReader, error) {
	if !strings.Contains(s.SQL, "store.") && !strings.Contains(s.SQL, "mart.") || s.Tag == "metric.live" {
		return h.Querier.Query(ctx, s)
	}
	if early.At(ctx) == nil {
		h.say("person " + s.Tag)
		return h.Querier.Query(ctx, s)
	}
	h.say("early " + s.Tag)
	h.mu.Lock()
	hold := h.hold
	h.mu.Unlock()
	if hold != nil {
		if hold(ctx); ctx.Err() != nil {
			h.say("broken off")
			return nil, ctx.Err()
		}
	}
	return h.Querier.Query(ctx, s)
}

// pictureOf is a picture of a page for a desk by day.
func picturesOf(page string) (list []string) {
	for _, part := range strings.Split(page, `"`) {
		if part = strings.ReplaceAll(part, "&amp;", "&"); strings.HasPrefix(part, "/api/v1/panels/") && strings.Contains(part, "format=svg&theme=light&place=desk") {
			list = append(list, part)
		}
	}
	return list
}

// What was looked at is there again before anybody asks, for who sees all and for a leader of one park, and after a restart;
// nobody sees more for it, and who comes meanwhile is served first.
func (s *site) earlyTest(t *testing.T) {
	db := &overheard{Querier: s.Engine.DB}
	dir := t.TempDir()
	quiet := slog.New(slog.DiscardHandler)
	open := func() *Server {
		c := s.Config
		c.Engine = &compute.Engine{Catalog: c.Catalog, DB: db, Fresh: time.Second} // as a server believes it
		c.Early = &round.Pages{Desk: round.New(dir, time.Second, db.Querier, quiet), Boards: c.Boards, Engine: c.Engine}
		server, err := New(c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(server.Close)
		return server
	}
	get := func(server *Server, v *access.Viewer, path string) (int, string) {
		w := httptest.NewRecorder()
		server.For(v).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
		return w.Code, w.Body.String()
	}
	all, park := access.CommandLine("test"), kept(access.Scope{Dim: "park", Values: []string{"magnet"}})
	const page = "/b/overview?lang=zh"
	look := func(server *Server) {
		t.Helper()
		for _, path := range []string{"/responsibility?lang=zh", "/cause/inflow?lang=zh"} {
			if code, _ := get(server, all, path); code != http.StatusOK {
				t.Errorf("%s: %d", path, code)
			}
		}
		for _, v := range []*access.Viewer{all, park} {
			code, body := get(server, v, page)
			list := picturesOf(body)
			if code != http.StatusOK || len(list) < 4 {
				t.Fatalf("%d, %d pictures", code, len(list))
			}
			for _, one := range list {
				if code, _ := get(server, v, one); code != http.StatusOK {
					t.Errorf("%s: %d", one, code)
				}
			}
		}
	}
	first := open()
	look(first)
	if asked := db.since(); len(asked) < 10 {
		t.Fatalf("the page asks %d statements at first: the test hears nothing", len(asked))
	}
	var pages, refused int
	for i := range 2 { // one server goes on, one has started anew
		server := first
		if i == 1 {
			server = open()
		}
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			server.Early.Desk.Run(ctx, func() *round.Pages { return server.Early })
		}()
		wait := func(want int) {
			t.Helper()
			for rounds := 0; rounds < want; time.Sleep(20 * time.Millisecond) {
				rounds, pages, refused, _ = server.Early.Desk.Last()
			}
		}
		if i == 0 {
			wait(1) // after the start; all is there
			db.since()
			s.publish(t, 31)
			server.Published() // both, as a server tells them
			server.Early.Desk.Published()
			wait(2)
		} else {
			wait(1)
		}
		stop()
		<-ended
		if pages != 5 { // and the first page of a leader of all parks
			t.Errorf("%d pages", pages)
		}
		if asked := db.since(); len(asked) < 3 || slices.ContainsFunc(asked, func(x string) bool { return !strings.HasPrefix(x, "early ") }) {
			t.Errorf("asked of a round: %q", asked)
		}
		look(server)
		asked := slices.DeleteFunc(db.since(), func(x string) bool { return x == "person metric.batches" }) // of whoever may see rows, on the page of a cause
		if len(asked) > 0 {
			t.Errorf("asked though all was made ready: %q", asked)
		}
	}
	// whoever may not look is answered nothing, whatever is ready
	for _, v := range []*access.Viewer{{Name: "sender", Role: access.Sender, May: access.Rows | access.Submit}, nil} {
		for _, path := range append(picturesOf(func() string { _, body := get(first, all, page); return body }()), page) {
			if code, body := get(first, v, path); code == http.StatusOK || strings.Contains(body, "data-card") {
				t.Errorf("%s: %d", path, code)
			}
		}
	}
	// who comes in the middle is served before the round goes on
	s.publish(t, 40)
	first.Engine.Doubt()
	db.since()
	began, once := make(chan struct{}), sync.Once{}
	db.hold = func(ctx context.Context) {
		once.Do(func() {
			close(began)
			<-ctx.Done()
		})
	}
	done := make(chan round.Report)
	go func() { done <- first.Early.Round(t.Context()) }()
	<-began
	if code, body := get(first, kept(), "/b/inflow?lang=zh"); code != http.StatusOK || !strings.Contains(body, "</html>") {
		t.Errorf("%d", code)
	}
	db.say("gone")
	if again := <-done; again.Pages != pages || again.Refused != refused || again.Cut != "" {
		t.Errorf("%+v, want as before: %d pages, %d refused", again, pages, refused)
	}
	asked := db.since()
	gone := slices.Index(asked, "gone")
	if gone < 4 || !strings.HasPrefix(asked[0], "early ") || asked[1] != "broken off" || slices.ContainsFunc(asked[2:gone], func(x string) bool { return !strings.HasPrefix(x, "person ") }) || slices.Index(asked[gone:], asked[0]) < 1 {
		t.Errorf("in this order: %q", asked)
	}
}
