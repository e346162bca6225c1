package events

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// data is what a hub asks for.
type data struct {
	mu      sync.Mutex
	version string
	err     error
	asked   atomic.Int64
}

func (d *data) now(context.Context) (string, error) {
	d.asked.Add(1)
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.version, d.err
}

func (d *data) set(version string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.version, d.err = version, err
}

func open(t *testing.T, version string) (*data, *Hub, *httptest.Server) {
	t.Helper()
	d := &data{version: version}
	h := New(Config{
		Version: d.now, Program: "p1", Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		Refuse: func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "full", http.StatusServiceUnavailable) },
	})
	s := httptest.NewUnstartedServer(h)
	s.Config.ReadTimeout = 500 * time.Millisecond // an answer that lasts must outlive it
	s.Config.WriteTimeout = 500 * time.Millisecond
	s.Config.RegisterOnShutdown(h.Close)
	s.Start()
	t.Cleanup(s.Close)
	t.Cleanup(h.Close)
	return d, h, s
}

// listen hears events, one a line: name and data.
func listen(t *testing.T, url string) (hear func() string, leave func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	if got := res.Header.Get("Content-Type"); res.StatusCode != 200 || !strings.HasPrefix(got, "text/event-stream") {
		t.Fatal(res.StatusCode, got)
	}
	lines := bufio.NewScanner(res.Body)
	return func() string {
		var name string
		for lines.Scan() {
			if n, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				name = n
			}
			if d, ok := strings.CutPrefix(lines.Text(), "data: "); ok && name != alive { // a beat may come at any time
				return name + " " + d
			}
		}
		return "end"
	}, func() { cancel(); res.Body.Close() }
}

const first, second = `published {"version":"1","program":"p1"}`, `published {"version":"2","program":"p1"}`

// Who listens hears at once what is so, then what is new, and that it cannot be asked for; and an answer outlives the time
// that a server gives a request.
func TestHears(t *testing.T) {
	d, h, s := open(t, "1")
	hear, leave := listen(t, s.URL)
	if got := hear(); got != first {
		t.Fatal(got)
	}
	late, end := listen(t, s.URL)
	if got := late(); got != first {
		t.Fatal(got)
	}
	time.Sleep(600 * time.Millisecond)
	for _, c := range []struct {
		version string
		err     error
		want    string
	}{{"2", nil, second}, {"2", errors.New("gone"), "unreadable {}"}, {"2", nil, second}} {
		d.set(c.version, c.err)
		if a, b := hear(), late(); a != c.want || b != c.want {
			t.Fatalf("got %s and %s, want %s", a, b, c.want)
		}
	}
	leave()
	end()
	for h.Listeners() > 0 {
		time.Sleep(10 * time.Millisecond)
	}
	// nobody is left: nothing is asked any more, once the last question is answered
	time.Sleep(askEvery + 200*time.Millisecond)
	asked := d.asked.Load()
	time.Sleep(askEvery + 500*time.Millisecond)
	if now := d.asked.Load(); now != asked {
		t.Errorf("asked %d times more though nobody listens", now-asked)
	}
	// who comes later hears what is so then
	d.set("1", nil)
	again, leave := listen(t, s.URL)
	defer leave()
	if got := again(); got != first {
		t.Error(got)
	}
}

// Who may not listen any more is not told any more.
func TestStill(t *testing.T) {
	_, h, s := open(t, "1")
	var may atomic.Bool
	may.Store(true)
	h.Still = func(*http.Request) bool { return may.Load() }
	hear, leave := listen(t, s.URL)
	defer leave()
	if got := hear(); got != first {
		t.Fatal(got)
	}
	may.Store(false)
	if got := hear(); got != "end" {
		t.Errorf("got %s", got)
	}
}

// Who publishes may say so: who listens hears of it at once, before the version is known, which is asked for then and not at
// the next turn.
func TestAsk(t *testing.T) {
	d, h, s := open(t, "0")
	h.Ask() // nobody listens: who comes hears nothing of it
	hear, leave := listen(t, s.URL)
	defer leave()
	hear()
	began := time.Now()
	const times = 8
	for i := range times {
		d.set(fmt.Sprint(i+1), nil)
		h.Ask()
		if got := hear(); got != "changed {}" {
			t.Fatal(got)
		}
		if got, want := hear(), fmt.Sprintf(`published {"version":"%d","program":"p1"}`, i+1); got != want {
			t.Fatal(got)
		}
	}
	if took := time.Since(began); took > times/2*askEvery {
		t.Errorf("%d changes were told within %v, one a turn", times, took)
	}
}

// A server that is shut down does not wait for its listeners, and more than there may be are refused.
func TestEnds(t *testing.T) {
	_, h, s := open(t, "1")
	hear, leave := listen(t, s.URL)
	defer leave()
	hear()
	var held []chan event
	for {
		l, ok := h.join()
		if !ok {
			break
		}
		held = append(held, l)
	}
	if n := h.Listeners(); n != MostListeners {
		t.Errorf("%d listen", n)
	}
	res, err := http.Get(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != http.StatusServiceUnavailable || res.Header.Get("Retry-After") == "" {
		t.Errorf("one too many: %d", res.StatusCode)
	}
	for _, l := range held {
		h.leave(l)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if err := s.Config.Shutdown(ctx); err != nil {
		t.Error(err)
	}
	if got := hear(); got != "end" {
		t.Error(got)
	}
	if _, ok := h.join(); ok {
		t.Error("somebody may listen after the end")
	}
}

// Who does not take what is told is dropped, and holds nobody up.
func TestDrops(t *testing.T) {
	d, h, _ := open(t, "0")
	l, ok := h.join()
	if !ok {
		t.Fatal("no room")
	}
	for i := range waiting + 2 {
		h.tell(event{published, string(rune('a' + i))}, h.done)
	}
	if n := h.Listeners(); n != 0 {
		t.Errorf("%d listen", n)
	}
	n := 0
	for range l { // closed
		n++
	}
	if n == 0 || n > waiting {
		t.Errorf("heard %d", n)
	}
	h.leave(l) // as its handler does
	_ = d
}

// A question that throws is one that cannot be answered.
func TestThrows(t *testing.T) {
	h := New(Config{Version: func(context.Context) (string, error) { panic("no") }, Log: slog.New(slog.NewTextHandler(io.Discard, nil))})
	if e := h.event(); e.name != unreadable {
		t.Errorf("%+v", e)
	}
}
