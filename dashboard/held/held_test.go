package held

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func ask(t *testing.T, s *Store, ctx context.Context, key, accept string, maker Maker) (*httptest.ResponseRecorder, error) {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/x", nil)
	r.Header.Set("Accept-Encoding", accept)
	write, err := s.Answer(ctx, key, r, maker)
	if err != nil {
		return nil, err
	}
	w := httptest.NewRecorder()
	write(w, r)
	return w, nil
}

func says(text string, made *atomic.Int64) Maker {
	return func(context.Context) (http.HandlerFunc, error) {
		made.Add(1)
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			fmt.Fprint(w, text)
		}, nil
	}
}

// An answer is made once, and is the same plain and compressed; what does not fit goes, the least asked for first.
func TestKept(t *testing.T) {
	s := &Store{Limit: 100_000}
	var made atomic.Int64
	long := strings.Repeat("鸿雁 ", 1000)
	for _, accept := range []string{"", "gzip, br", "gzip"} {
		w, err := ask(t, s, t.Context(), "a", accept, says(long, &made))
		if err != nil || w.Code != http.StatusOK || w.Header().Get("Content-Type") != "text/plain" {
			t.Fatalf("%v %v", w, err)
		}
		body := w.Body.Bytes()
		if w.Header().Get("Content-Encoding") == "gzip" {
			z, err := gzip.NewReader(bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			if body, err = io.ReadAll(z); err != nil {
				t.Fatal(err)
			}
		} else if accept != "" {
			t.Error("not compressed")
		}
		if string(body) != long {
			t.Errorf("%q: %d bytes", accept, len(body))
		}
	}
	if made.Load() != 1 {
		t.Errorf("made %d times", made.Load())
	}
	for i := range 50 {
		if _, err := ask(t, s, t.Context(), fmt.Sprint(i), "", says(long, &made)); err != nil {
			t.Fatal(err)
		}
	}
	if s.bytes > s.Limit || len(s.kept) != s.order.Len() || len(s.kept) > 20 || s.kept["49"] == nil || s.kept["a"] != nil {
		t.Errorf("%d bytes of %d answers", s.bytes, len(s.kept))
	}
	if _, err := ask(t, s, t.Context(), "big", "", says(strings.Repeat(long, 5), &made)); err != nil || s.kept["big"] != nil {
		t.Errorf("what is larger than an eighth is kept: %v", err)
	}
}

// Many who ask at once have one answer made; who gives up does not take it from the others, and what fails is not kept.
func TestAtOnce(t *testing.T) {
	s := &Store{}
	gate, begun := make(chan struct{}), make(chan struct{})
	var made, ended atomic.Int64
	slow := func(ctx context.Context) (http.HandlerFunc, error) {
		if made.Add(1) == 1 {
			close(begun)
		}
		select {
		case <-gate:
		case <-ctx.Done():
			ended.Add(1)
			return nil, ctx.Err()
		}
		return says("yes", new(atomic.Int64))(ctx)
	}
	gone, leave := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		if _, err := ask(t, s, gone, "k", "", slow); !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up got %v", err)
		}
	})
	<-begun
	for range 20 {
		wg.Go(func() {
			if w, err := ask(t, s, t.Context(), "k", "", slow); err != nil || w.Body.String() != "yes" {
				t.Errorf("got %v, %v", w, err)
			}
		})
	}
	for waiting := 0; waiting < 21; {
		s.mu.Lock()
		waiting = s.flights["k"].waiters
		s.mu.Unlock()
	}
	leave()
	for waiting := 21; waiting > 20; {
		s.mu.Lock()
		waiting = s.flights["k"].waiters
		s.mu.Unlock()
	}
	close(gate)
	wg.Wait()
	if made.Load() != 1 || ended.Load() != 0 {
		t.Errorf("made %d times, %d ended", made.Load(), ended.Load())
	}
	fails := errors.New("no")
	for range 2 {
		if _, err := ask(t, s, t.Context(), "f", "", func(context.Context) (http.HandlerFunc, error) { return nil, fails }); !errors.Is(err, fails) {
			t.Errorf("got %v", err)
		}
	}
	if _, err := ask(t, s, t.Context(), "p", "", func(context.Context) (http.HandlerFunc, error) { panic("oh") }); err == nil || !strings.Contains(err.Error(), "oh") {
		t.Errorf("a panic became %v", err)
	}
	alone, end := context.WithCancel(t.Context())
	stopped := make(chan struct{})
	go func() {
		_, _ = ask(t, s, alone, "l", "", func(ctx context.Context) (http.HandlerFunc, error) {
			end()
			<-ctx.Done()
			close(stopped)
			return nil, ctx.Err()
		})
	}()
	<-stopped // nobody waits: what is being made ends
}

// Pages are kept until their moment, and their bytes count like those of all answers.
func TestPages(t *testing.T) {
	s := &Store{Limit: 100_000}
	now := time.Now()
	text := func(p *Page) string {
		if p == nil {
			return "none"
		}
		return fmt.Sprintf("%q %d", p.Pieces, p.Rows)
	}
	keep := func(key, of string, size int, until time.Time) {
		s.KeepPage(key, of, &Page{Pieces: [][]byte{[]byte(key), nil, make([]byte, size)}, Rows: len(key), Began: now}, until)
	}
	if got := text(s.Page("a", now)); got != "none" {
		t.Errorf("a page that nobody kept: %s", got)
	}
	keep("a", "x", 0, now.Add(time.Minute))
	if got := text(s.Page("a", now.Add(59*time.Second))); got != `["a" "" ""] 1` {
		t.Errorf("got %s", got)
	}
	if got := text(s.Former("x", now)); got != `["a" "" ""] 1` {
		t.Errorf("the last page of x: %s", got)
	}
	keep("ab", "x", 0, now.Add(time.Minute))
	if got := text(s.Former("x", now)) + text(s.Former("y", now)); got != `["ab" "" ""] 2none` {
		t.Errorf("the last pages of x and y: %s", got)
	}
	s.KeepPage("slow", "x", &Page{Began: now.Add(-time.Second)}, now.Add(time.Minute))
	if got := text(s.Former("x", now)); got != `["ab" "" ""] 2` {
		t.Errorf("a page that was begun before the last one and took longer: %s", got)
	}
	if got := text(s.Page("slow", now.Add(time.Minute))) + text(s.Page("a", now.Add(time.Minute))) + text(s.Former("x", now.Add(time.Minute))); got != "nonenonenone" || s.bytes != 0 || len(s.latest) != 0 {
		t.Errorf("past their moment: %s, %d bytes, %d pages", got, s.bytes, len(s.latest))
	}
	keep("large", "large", 20_000, now.Add(time.Hour))
	if s.Page("large", now) != nil || s.Former("large", now) != nil {
		t.Error("a page of more than an eighth of the limit is kept")
	}
	for i := range 20 {
		keep(fmt.Sprint(i), fmt.Sprint("of ", i), 10_000, now.Add(time.Hour))
	}
	if s.bytes > s.Limit || len(s.latest) != s.order.Len() || s.Page("1", now) != nil || s.Former("of 1", now) != nil || s.Page("19", now) == nil {
		t.Errorf("%d bytes of %d are kept, %d of %d pages are known as the last", s.bytes, s.Limit, len(s.latest), s.order.Len())
	}
}

// One leads, the others wait for that; then somebody else may lead.
func TestLead(t *testing.T) {
	var s Store
	done, ahead := s.Lead("a")
	if done == nil || ahead != nil {
		t.Fatal("the first does not lead")
	}
	other, _ := s.Lead("b")
	if other == nil {
		t.Error("another key waits")
	}
	none, ahead := s.Lead("a")
	if none != nil {
		t.Fatal("two lead")
	}
	select {
	case <-ahead.Ended:
		t.Fatal("nobody is waited for")
	default:
	}
	done()
	done()
	<-ahead.Ended
	if done, _ := s.Lead("a"); done == nil {
		t.Error("nobody leads any more, and nobody may")
	}
}
