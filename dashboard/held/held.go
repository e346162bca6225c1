// Package held keeps the bytes of answers under what decides them, compressed once, and pages that are sent in pieces. Of many
// who ask for one of them at once the first has it made and the others wait for that. It knows nothing of what an answer says.
package held

import (
	"bytes"
	"container/list"
	"context"
	"fmt"
	"maps"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/early"
	"yanzhen/dashboard/reply"
)

// usual is how many bytes are kept where nothing is said.
const usual = 64 << 20

// Store keeps answers up to a number of bytes; those that were not asked for longest go first. The zero Store is ready.
type Store struct {
	Limit int // bytes; 0: 64 MiB

	mu      sync.Mutex
	kept    map[string]*list.Element
	order   list.List // of *answer, the one asked for last in front
	bytes   int
	flights map[string]*flight
	latest  map[string]*list.Element // of pages: the one that was kept last, by what it is a page of
	leads   map[string]*Leader       // of pages that are being made
}

// Page is a page that is sent in pieces: how many rows it shows, what its head said, and when it was begun. Nobody may change one
// that is kept.
type Page struct {
	Pieces [][]byte
	Rows   int
	Head   any
	Began  time.Time
}

// Leader is somebody who makes a page: since when, and what is closed when that has ended.
type Leader struct {
	Since time.Time
	Ended chan struct{}
}

// answer is what was said, plain and compressed.
type answer struct {
	key           string
	header        http.Header
	plain, packed []byte
	page          *Page     // nil: of an answer that is no page; one has no other part
	of            string    // what it is a page of
	until         time.Time // of a page: when it is made anew
}

func (a *answer) size() int {
	n := len(a.key) + len(a.plain) + len(a.packed) + 500
	if a.page != nil {
		for _, p := range a.page.Pieces {
			n += len(p) + 50
		}
	}
	return n
}

// flight is an answer that is being made. It is cancelled when nobody waits for it any more.
type flight struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiters int
	answer  *answer
	code    int
	err     error
}

// Maker finds out what is answered; what it returns writes that.
type Maker func(ctx context.Context) (http.HandlerFunc, error)

// Answer is what is kept under key, or what maker has it made to, which is kept where it succeeds. Whatever decides the answer
// to r must be in key. The context that a maker gets has the values of the first who asked, and ends when nobody waits.
func (s *Store) Answer(ctx context.Context, key string, r *http.Request, maker Maker) (http.HandlerFunc, error) {
	s.mu.Lock()
	if e := s.kept[key]; e != nil {
		s.order.MoveToFront(e)
		s.mu.Unlock()
		return e.Value.(*answer).write(http.StatusOK), nil
	}
	under := key
	if early.At(ctx) != nil {
		under = "early " + key // whoever comes does not wait for what gives way to them
	}
	f := s.flights[under]
	if f == nil {
		own, cancel := context.WithCancel(context.WithoutCancel(ctx))
		f = &flight{done: make(chan struct{}), cancel: cancel}
		if s.flights == nil {
			s.flights = map[string]*flight{}
		}
		s.flights[under] = f
		go s.fly(own, under, key, r, maker, f)
	}
	f.waiters++
	s.mu.Unlock()
	select {
	case <-f.done:
		if f.err != nil {
			return nil, f.err
		}
		return f.answer.write(f.code), nil
	case <-ctx.Done():
		s.mu.Lock()
		defer s.mu.Unlock()
		if f.waiters--; f.waiters == 0 {
			f.cancel()
			if s.flights[under] == f { // whoever asks next has it made anew
				delete(s.flights, under)
			}
		}
		return nil, ctx.Err()
	}
}

func (s *Store) fly(ctx context.Context, under, key string, r *http.Request, maker Maker, f *flight) {
	defer func() {
		if p := recover(); p != nil {
			f.err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
		f.cancel()
		s.mu.Lock()
		if s.flights[under] == f {
			delete(s.flights, under)
		}
		if f.err == nil && f.code == http.StatusOK {
			s.keep(f.answer)
		}
		s.mu.Unlock()
		close(f.done)
	}()
	write, err := maker(ctx)
	if err != nil {
		f.err = err
		return
	}
	plain := r.Clone(ctx)
	plain.Header.Del("Accept-Encoding")
	w := &recorder{header: http.Header{}, code: http.StatusOK}
	write(w, plain)
	w.header.Del("Content-Length")
	f.answer, f.code = &answer{key: key, header: w.header, plain: w.body.Bytes()}, w.code
	if len(f.answer.plain) > 1400 && !strings.HasPrefix(w.header.Get("Content-Type"), "image/png") {
		var b bytes.Buffer
		z := reply.Compress(&b)
		z.Write(f.answer.plain)
		z.Close()
		f.answer.packed = bytes.Clone(b.Bytes())
	}
}

// keep puts an answer into the store and drops what no longer fits. One of more than an eighth of the limit is not kept.
func (s *Store) keep(a *answer) {
	limit := s.Limit
	if limit == 0 {
		limit = usual
	}
	if a.size() > limit/8 {
		return
	}
	if s.kept == nil {
		s.kept = map[string]*list.Element{}
	}
	if e := s.kept[a.key]; e != nil {
		s.drop(e)
	}
	s.kept[a.key] = s.order.PushFront(a)
	for s.bytes += a.size(); s.bytes > limit; {
		s.drop(s.order.Back())
	}
}

// Kept is what Answer keeps under key; nil: nothing.
func (s *Store) Kept(key string) http.HandlerFunc {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.kept[key]
	if e == nil {
		return nil
	}
	s.order.MoveToFront(e)
	return e.Value.(*answer).write(http.StatusOK)
}

// Page is the page that is kept under key and still good; nil: none.
func (s *Store) Page(key string, now time.Time) *Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.page(s.kept[key], now)
}

// Former is the page that was begun last of what it is a page of, under whatever key, and is still good; nil: none.
func (s *Store) Former(of string, now time.Time) *Page {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.page(s.latest[of], now)
}

func (s *Store) page(e *list.Element, now time.Time) *Page {
	if e == nil {
		return nil
	}
	a := e.Value.(*answer)
	if !now.Before(a.until) {
		s.drop(e)
		return nil
	}
	s.order.MoveToFront(e)
	return a.page
}

// KeepPage keeps a page of something until a moment at the latest. Whatever decides it must be in key, but for what may be behind in
// of, and key is no other answer's.
func (s *Store) KeepPage(key, of string, p *Page, until time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keep(&answer{key: key, of: of, page: p, until: until})
	e := s.kept[key]
	if last := s.latest[of]; e == nil || last != nil && last.Value.(*answer).page.Began.After(p.Began) {
		return
	}
	if s.latest == nil {
		s.latest = map[string]*list.Element{}
	}
	s.latest[of] = e
}

// Lead lets the first who asks make what is to be kept under a key: done is to be called when that has ended, however it did, once
// or more often. Everybody else gets who makes it.
func (s *Store) Lead(key string) (done func(), ahead *Leader) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l := s.leads[key]; l != nil {
		return nil, l
	}
	if s.leads == nil {
		s.leads = map[string]*Leader{}
	}
	l := &Leader{time.Now(), make(chan struct{})}
	s.leads[key] = l
	return sync.OnceFunc(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.leads, key)
		close(l.Ended)
	}), nil
}

// Clear lets go of everything that is kept.
func (s *Store) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.order.Len() > 0 {
		s.drop(s.order.Back())
	}
}

func (s *Store) drop(e *list.Element) {
	a := s.order.Remove(e).(*answer)
	delete(s.kept, a.key)
	if s.latest[a.of] == e {
		delete(s.latest, a.of)
	}
	s.bytes -= a.size()
}

// write sends an answer.
func (a *answer) write(code int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		maps.Copy(h, a.header.Clone())
		body := a.plain
		if a.packed != nil && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			body = a.packed
			h.Set("Content-Encoding", "gzip")
		}
		h.Set("Content-Length", strconv.Itoa(len(body)))
		w.WriteHeader(code)
		_, _ = w.Write(body)
	}
}

// Tagged lets a browser keep an answer and ask whether it is still that.
func Tagged(tag string, write http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("ETag", tag)
		h.Set("Cache-Control", "private, no-cache")
		h.Set("Vary", "Accept, Cookie")
		write(w, r)
	}
}

// recorder takes down what is written.
type recorder struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header         { return w.header }
func (w *recorder) WriteHeader(code int)        { w.code = code }
func (w *recorder) Write(p []byte) (int, error) { return w.body.Write(p) }
