// Package handed says how many rows of an answer the engine had handed out when it was broken off: an answer that ends says so
// itself. The engine counts what it writes, within a piece by the bytes, so what was still on its way when a client went is in the
// number.
package handed

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

const (
	path   = "/handed"
	most   = 1024 // answers that are remembered
	within = 2 * time.Second
)

// Book is what the engine knows of its answers: those under way and the latest that were broken off. The zero value is empty.
type Book struct {
	mu    sync.Mutex
	of    map[string]*atomic.Uint64
	order []string
}

// Begin counts the rows of an answer into what it returns. The oldest is forgotten where there are too many.
func (b *Book) Begin(id string) *atomic.Uint64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.of == nil {
		b.of = map[string]*atomic.Uint64{}
	}
	n := &atomic.Uint64{}
	b.of[id] = n
	if b.order = append(b.order, id); len(b.order) > most {
		delete(b.of, b.order[0])
		b.order = slices.Delete(b.order, 0, 1)
	}
	return n
}

// Whole forgets an answer that went out whole.
func (b *Book) Whole(id string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.of, id)
	if at := slices.Index(b.order, id); at >= 0 {
		b.order = slices.Delete(b.order, at, at+1)
	}
}

// Answers reports whether a request asks for rows, and answers it then.
func (b *Book) Answers(w http.ResponseWriter, r *http.Request) bool {
	if r.URL.Path != path {
		return false
	}
	b.mu.Lock()
	n := b.of[r.URL.Query().Get("query_id")]
	b.mu.Unlock()
	if n == nil {
		http.NotFound(w, r)
		return true
	}
	fmt.Fprint(w, n.Load())
	return true
}

// Ask asks the engine at a socket how many rows of an answer it has handed out; ok is false where that is not known: the format is
// one that is written as a whole (Parquet, JSON), or the engine was started anew.
func Ask(ctx context.Context, engine http.RoundTripper, id string) (rows uint64, ok bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), within) // who broke it off is gone
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://localhost:8123"+path+"?query_id="+url.QueryEscape(id), nil)
	if err != nil {
		return 0, false
	}
	res, err := engine.RoundTrip(req)
	if err != nil {
		return 0, false
	}
	defer res.Body.Close()
	text, err := io.ReadAll(io.LimitReader(res.Body, 32))
	if err != nil || res.StatusCode != http.StatusOK {
		return 0, false
	}
	rows, err = strconv.ParseUint(strings.TrimSpace(string(text)), 10, 64)
	return rows, err == nil
}
