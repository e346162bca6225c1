package outbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
)

// hook is a webhook that keeps what it takes, and the box that sends to it.
type hook struct {
	*testing.T
	mu     sync.Mutex
	got    []channel.Message
	asked  int
	status int
	cut    bool // it takes what comes, and nobody hears of it
	now    time.Time
	dir    string
	c      *channel.Channel
}

func newHook(t *testing.T, more string) *hook {
	h := &hook{T: t, status: 200, now: time.Date(2026, 8, 3, 10, 0, 0, 0, time.UTC), dir: t.TempDir()}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		h.mu.Lock()
		defer h.mu.Unlock()
		h.asked++
		status := h.status
		if strings.Contains(string(body), "sour") && status == 200 {
			status = 400
		}
		if strings.Contains(string(body), "poison") && status == 200 {
			status = 422
		}
		var m channel.Message
		if status == 200 && json.Unmarshal(body, &m) == nil {
			m.Again = r.Header.Get("Yanzhen-Again") == "1"
			h.got = append(h.got, m)
		}
		if h.cut {
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(status)
	}))
	t.Cleanup(server.Close)
	t.Setenv("YANZHEN_TEST_HOOK", "whsec")
	list, err := channel.Read(fstest.MapFS{"channels/x.yaml": {Data: []byte("name: x\ntitle: {zh: 群, en: Group}\nkind: webhook\nsecret: {env: YANZHEN_TEST_HOOK}\naddress: " + server.URL + "\n" + more)}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	h.c = list[0]
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	return h
}

func (h *hook) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *hook) open() *outbox.Box {
	h.Helper()
	b, err := outbox.Open(h.dir, h.c, h.clock, slog.New(slog.DiscardHandler))
	if err != nil {
		h.Fatal(err)
	}
	return b
}

func (h *hook) put(b *outbox.Box, ids ...string) {
	h.Helper()
	for _, id := range ids {
		if err := b.Put(channel.Message{ID: id, Kind: "alert", Subject: id}); err != nil {
			h.Fatal(err)
		}
	}
}

func (h *hook) ids() (out []string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, m := range h.got {
		out = append(out, m.ID)
	}
	return out
}

// What a channel does not take waits in its order, tried again with growing pauses, also over a start; nothing goes twice.
func TestOrder(t *testing.T) {
	h := newHook(t, "")
	b := h.open()
	h.put(b, "a", "b", "a")
	h.status = 503
	last := time.Duration(0)
	for range 6 {
		wait := b.Drain(t.Context())
		if wait < last/2 || wait > time.Minute {
			t.Errorf("after %v it waits %v", last, wait)
		}
		last = wait
		h.now = h.now.Add(20 * time.Minute)
	}
	s := b.Status()
	if s.Waiting != 2 || s.Failures != 6 || s.Failing.IsZero() || !strings.Contains(s.Error, "503") || len(h.ids()) != 0 {
		t.Errorf("%+v", s)
	}
	if beside, err := outbox.Look(h.dir, h.c); err != nil || beside.Waiting != 2 || beside.Failing != s.Failing {
		t.Errorf("%+v %v", beside, err)
	}
	b = h.open()
	h.put(b, "b", "c")
	h.status = 200
	b.Drain(t.Context())
	b = h.open()
	h.put(b, "a", "c")
	b.Drain(t.Context())
	if got := strings.Join(h.ids(), " "); got != "a b c" || b.When("c").IsZero() || !b.When("none").IsZero() {
		t.Errorf("got %s", got)
	}
	if s := b.Status(); s.Waiting != 0 || s.Sent != 3 || s.Error != "" {
		t.Errorf("%+v", s)
	}
}

// What is refused for good holds nobody up; what is too old or too many is set aside, and the next message says so.
func TestBounds(t *testing.T) {
	h := newHook(t, "most: 3\nkeep: 1h\n")
	b := h.open()
	h.put(b, "poison", "a")
	b.Drain(t.Context())
	if s := b.Status(); s.Aside != 1 || s.Sent != 1 || !strings.Contains(s.LastWhy, "422") || !strings.Contains(h.got[0].Text, "有 1 条更早的通知没有发出") {
		t.Errorf("%+v %+v", s, h.got)
	}
	h.status = 503
	h.put(b, "b", "c", "d", "e", "f")
	b.Drain(t.Context())
	if s := b.Status(); s.Waiting != 3 || s.Aside != 3 {
		t.Errorf("%+v", s)
	}
	h.now = h.now.Add(2 * time.Hour)
	h.put(b, "g")
	h.status = 200
	b = h.open()
	b.Drain(t.Context())
	if got := strings.Join(h.ids(), " "); got != "a g" || !strings.Contains(h.got[1].Text, "有 5 条") {
		t.Errorf("got %s: %+v", got, h.got)
	}
	b = h.open()
	h.put(b, "poison", "b", "h")
	b.Drain(t.Context())
	if got := strings.Join(h.ids(), " "); got != "a g h" || strings.Contains(h.got[2].Text, "没有发出") {
		t.Errorf("got %s: %+v", got, h.got)
	}
	if list, err := os.ReadDir(filepath.Join(h.dir, "outbox", "x", "aside")); err != nil || len(list) != 6 {
		t.Errorf("%v %v", list, err)
	}
	if err := b.Put(channel.Message{ID: "large", Files: []channel.File{{Data: make([]byte, 33<<20)}}}); err != outbox.ErrLarge {
		t.Errorf("%v", err)
	}
}

// Files as a power failure, or a hand, may leave them stop nobody.
func TestTorn(t *testing.T) {
	h := newHook(t, "")
	b := h.open()
	h.put(b, "a", "b", "c")
	b.Drain(t.Context())
	queue := filepath.Join(h.dir, "outbox", "x", "queue")
	for name, text := range map[string]string{
		"000000000007.json": "{", "000000000008.json.new": "{", "note.txt": "x",
		"000000000009.json": `{"seq":9,"put":"2026-08-03T10:00:00Z","message":{"id":"b"}}`,                // sent, marked, not taken away
		"000000000010.json": `{"seq":10,"put":"2026-08-03T10:00:00Z","trying":true,"message":{"id":"d"}}`, // killed in the middle
	} {
		if err := os.WriteFile(filepath.Join(queue, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	journal := filepath.Join(h.dir, "outbox", "x", "sent.jsonl")
	f, err := os.OpenFile(journal, os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"id":"torn`)
	f.Close()
	b = h.open()
	h.put(b, "e")
	b.Drain(t.Context())
	b = h.open()
	b.Drain(t.Context())
	if got := strings.Join(h.ids(), " "); got != "a b c d e" || !h.got[3].Again || h.got[4].Again {
		t.Errorf("got %s: %+v", got, h.got)
	}
}

// pass lets time go by, a minute at a time.
func (h *hook) pass(b *outbox.Box, minutes int) {
	for range minutes {
		h.mu.Lock()
		h.now = h.now.Add(time.Minute)
		h.mu.Unlock()
		b.Drain(h.Context())
	}
}

// What is turned down for a reason of its own holds up its receiver for minutes and nobody else, and is given up where others are
// taken. Where all are turned down it is the channel's fault: it is tried with growing pauses, and nothing is given up.
func TestTurnedDown(t *testing.T) {
	h := newHook(t, "")
	b := h.open()
	h.put(b, "sour", "a")
	if err := b.Put(channel.Message{ID: "other", To: "li", Kind: "reminder"}); err != nil {
		t.Fatal(err)
	}
	b.Drain(t.Context())
	if got := strings.Join(h.ids(), " "); got != "other" {
		t.Errorf("got %s", got)
	}
	h.pass(b, 10)
	if s := b.Status(); strings.Join(h.ids(), " ") != "other a" || s.Waiting != 1 || s.Aside != 0 {
		t.Errorf("got %v, %+v", h.ids(), s)
	}
	for i := 0; i < 100 && b.Status().Aside == 0; i++ {
		if i%20 == 19 {
			h.put(b, fmt.Sprint("n", i))
		}
		h.now = h.now.Add(20 * time.Minute)
		h.pass(b, 1)
	}
	if s := b.Status(); s.Aside != 1 || s.Recent != 1 || s.Waiting != 0 || !strings.Contains(s.LastWhy, "400") {
		t.Errorf("%+v", s)
	}
	h.status, h.asked = 400, 0
	for i := range 30 {
		if err := b.Put(channel.Message{ID: fmt.Sprint("m", i), To: fmt.Sprint(i), Kind: "alert"}); err != nil {
			t.Fatal(err)
		}
	}
	h.pass(b, 120)
	if s := b.Status(); s.Aside != 1 || s.Waiting != 30 || s.Failing.IsZero() || s.Fault != channel.FaultMessage || h.asked > 30 || h.asked < 12 {
		t.Errorf("asked %d times: %+v", h.asked, s)
	}
	h.status = 200
	h.pass(b, 60)
	if s := b.Status(); s.Waiting != 0 || !s.Failing.IsZero() {
		t.Errorf("%+v", s)
	}
}

// What nobody heard the end of is sent again, and marked.
func TestPerhaps(t *testing.T) {
	h := newHook(t, "")
	b := h.open()
	h.cut = true
	h.put(b, "a")
	b.Drain(t.Context())
	b = h.open()
	h.cut = false
	h.pass(b, 2)
	if len(h.got) != 2 || h.got[0].Again || !h.got[1].Again || h.got[1].ID != "a" {
		t.Errorf("%+v", h.got)
	}
}

// A hand in the queue, and a clock that was wrong, stop nobody.
func TestHands(t *testing.T) {
	h := newHook(t, "")
	b := h.open()
	h.status = 503
	h.put(b, "a", "b", "c")
	b.Drain(t.Context())
	queue := filepath.Join(h.dir, "outbox", "x", "queue")
	if err := errors.Join(os.Remove(filepath.Join(queue, "000000000001.json")), os.WriteFile(filepath.Join(queue, "000000000002.json"), []byte("{"), 0o600)); err != nil {
		t.Fatal(err)
	}
	h.pass(b, 3)
	if s := b.Status(); s.Waiting != 1 || s.Aside != 2 || s.Failing.IsZero() || s.Error == "" {
		t.Errorf("%+v", s)
	}
	right := h.now
	h.now = right.AddDate(2, 0, 0)
	h.put(b, "d")
	b.Drain(t.Context())
	h.now, h.status = right, 200
	h.pass(b, 2)
	if got := strings.Join(h.ids(), " "); got != "c d" { // what waited was too old, by the clock that was wrong
		t.Errorf("got %s: %+v", got, b.Status())
	}
	h.status = 503
	h.put(b, "e")
	b.Drain(t.Context())
	if err := os.Rename(queue, queue+".away"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(queue, nil, 0o600); err != nil { // a file in its place: no message can be read or written
		t.Fatal(err)
	}
	h.pass(b, 20)
	if s := b.Status(); s.Failing.IsZero() || s.Fault != channel.FaultDisk || s.Waiting != 1 {
		t.Errorf("%+v", s)
	}
	if err := errors.Join(os.Remove(queue), os.Rename(queue+".away", queue)); err != nil {
		t.Fatal(err)
	}
	h.status = 200
	h.pass(b, 20)
	if got := strings.Join(h.ids(), " "); got != "c d e" {
		t.Errorf("got %s: %+v", got, b.Status())
	}
	h.status = 503
	h.put(b, "f")
	b.Drain(t.Context())
	if err := os.Remove(filepath.Join(queue, fmt.Sprintf("%012d.json", 6))); err != nil {
		t.Fatal(err)
	}
	h.pass(b, 2)
	if s := b.Status(); s.Waiting != 0 || !s.Failing.IsZero() {
		t.Errorf("nothing waits, and it is said to fail: %+v", s)
	}
}

// Many put messages in while they are sent.
func TestManyAtOnce(t *testing.T) {
	h := newHook(t, "")
	p := &outbox.Post{Dir: h.dir, Channels: []*channel.Channel{h.c}, Log: slog.New(slog.DiscardHandler)}
	if err := p.Open(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p.Start(ctx)
	var work sync.WaitGroup
	for i := range 4 {
		work.Go(func() {
			for n := range 10 {
				if err := p.Put("x", channel.Message{ID: fmt.Sprintf("%d-%d", min(i, 2), n)}); err != nil {
					t.Error(err)
				}
				p.Status()
			}
		})
	}
	work.Wait()
	for until := time.Now().Add(10 * time.Second); len(h.ids()) < 30 && time.Now().Before(until); {
		time.Sleep(5 * time.Millisecond)
	}
	p.Stop()
	got := h.ids()
	slices.Sort(got)
	if len(got) != 30 || len(slices.Compact(got)) != 30 {
		t.Errorf("%d sent: %v", len(got), got)
	}
	if err := p.Put("y", channel.Message{}); err != outbox.ErrNone {
		t.Errorf("%v", err)
	}
}
