package main

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"yanzhen/pipeline"
)

// crowds are how many people read at once, each asking for the next page when the last one is there whole.
var crowds = []struct {
	people  int
	publish time.Duration // something is published so often meanwhile; 0: nothing is
}{{1, 0}, {64, 0}, {500, 0}, {64, 5 * time.Second}}

// readers says how many pages with their pictures people get over real connections, and how long each waits, on what the
// demo zone is by then. The readers share the cores with the server.
func (b *bench) readers(ctx context.Context, each time.Duration) error {
	if err := b.demo(ctx); err != nil {
		return err
	}
	server, err := b.server(&recorder{db: b.reader})
	if err != nil {
		return err
	}
	b.loader.Ledger.Told = server.Published
	defer func() { b.loader.Ledger.Told = nil }()
	over := httptest.NewServer(server)
	defer over.Close()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 1000}}
	defer client.CloseIdleConnections()
	seen := &pictures{of: map[string][]string{}}
	var paths []string
	for _, brd := range server.Boards {
		paths = append(paths, over.URL+"/b/"+brd.Name+"?lang=zh")
	}
	for _, p := range paths { // warm, as a server is that has made its pages ready
		if err := seen.read(ctx, client, over.URL, p); err != nil {
			return err
		}
	}
	fmt.Printf("## Readers\n\n%d boards, each with its pictures of a desk, %v each; warm.\n\n| readers | published | pages/s | p50 ms | p95 ms | p99 ms | CPU s of both processes |\n|---|---|---|---|---|---|---|\n", len(paths), each)
	for _, c := range crowds {
		var all []time.Duration
		t, err := b.measure(func() (err error) {
			all, err = b.crowd(ctx, func(n int) error { return seen.read(ctx, client, over.URL, paths[n%len(paths)]) }, c.people, c.publish, each)
			return err
		})
		if err != nil {
			return err
		}
		every, name := "", fmt.Sprintf("readers.%d", c.people)
		if c.publish > 0 {
			every, name = "every "+c.publish.String(), name+".publishing"
		}
		rate := float64(len(all)) / t.wall.Seconds()
		fmt.Printf("| %d | %s | %.0f | %.0f | %.0f | %.0f | %.1f |\n", c.people, every, rate, ms(all[len(all)/2]), ms(all[len(all)*95/100]), ms(all[len(all)*99/100]), t.cpu.Seconds())
		b.note(name+".rate", rate, "pages/s")
		b.note(name+".p95", ms(all[len(all)*95/100]), "ms")
	}
	fmt.Println()
	return nil
}

// crowd reads for so long and returns how long each page took, the shortest first.
func (b *bench) crowd(ctx context.Context, read func(page int) error, people int, publish, each time.Duration) ([]time.Duration, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	until := time.Now().Add(each)
	var wg sync.WaitGroup
	var mu sync.Mutex
	var all []time.Duration
	for i := range people {
		wg.Go(func() {
			for n := i; time.Now().Before(until) && ctx.Err() == nil; n++ {
				began := time.Now()
				if err := read(n); err != nil {
					stop(err)
					return
				}
				mu.Lock()
				all = append(all, time.Since(began))
				mu.Unlock()
			}
		})
	}
	if publish > 0 {
		wg.Go(func() {
			for tick := time.Tick(publish); time.Now().Before(until); {
				select {
				case <-ctx.Done():
					return
				case <-tick:
				}
				if !time.Now().Before(until) {
					return
				}
				out, err := b.loader.Load(ctx, pipeline.Request{Path: filepath.Join(b.dir, "inbox", again), Force: true})
				if err == nil && out.State != pipeline.Published {
					err = fmt.Errorf("%s: %s", again, out.State)
				}
				if err != nil {
					stop(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, errors.New("nobody got a page in the time")
	}
	slices.SortFunc(all, cmp.Compare[time.Duration])
	return all, nil
}

// pictures are the addresses of the pictures of a page, by the page as it came over the wire: a browser finds them on its own
// machine, and so the readers' share of the cores is not spent on unpacking the same page again.
type pictures struct {
	mu sync.Mutex
	of map[string][]string
}

func (p *pictures) on(packed []byte) ([]string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	list, ok := p.of[string(packed)]
	if ok {
		return list, nil
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	if len(p.of) >= 1000 { // pages of publications before
		clear(p.of)
	}
	list = desk.FindAllString(html.UnescapeString(string(body)), -1)
	p.of[string(packed)] = list
	return list, nil
}

// read asks for a page and then for its pictures, one after another over one connection, as they are packed.
func (p *pictures) read(ctx context.Context, client *http.Client, base, page string) error {
	get := func(url string) ([]byte, error) {
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return nil, err
		}
		r.Header.Set("Accept-Encoding", "gzip")
		w, err := client.Do(r)
		if err != nil {
			return nil, err
		}
		defer w.Body.Close()
		body, err := io.ReadAll(w.Body)
		if err == nil && w.StatusCode != http.StatusOK {
			err = fmt.Errorf("%s: %d", url, w.StatusCode)
		}
		return body, err
	}
	packed, err := get(page)
	if err != nil {
		return err
	}
	list, err := p.on(packed)
	if err != nil {
		return err
	}
	for _, one := range list {
		if _, err := get(base + one); err != nil {
			return err
		}
	}
	return nil
}
