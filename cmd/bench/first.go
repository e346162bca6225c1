package main

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"time"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/early/round"
	"yanzhen/pipeline"
)

// desk are the pictures of a page for a desk by day.
var desk = regexp.MustCompile(`/api/v1/panels/[^"\s,]*format=svg&theme=light&place=desk[^"\s,]*`)

// first says how long whoever opens the overview first after a publication waits until all of it stands there, with the
// pictures of a desk: by who may see all and by a leader, with nothing made ready and after a round, and what that took.
func (b *bench) first(ctx context.Context, size sizes) error {
	if err := b.demo(ctx); err != nil {
		return err
	}
	if err := b.multiply(ctx, size.first); err != nil {
		return err
	}
	rec := &recorder{db: b.reader}
	plain, err := b.server(rec)
	if err != nil {
		return err
	}
	if err := b.keep(ctx, plain.Catalog); err != nil {
		return err
	}
	looked, err := os.MkdirTemp(b.dir, "looked-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(looked)
	c := plain.Config
	c.Early = &round.Pages{Desk: round.New(looked, time.Second, b.reader, b.log), Boards: c.Boards, Engine: c.Engine}
	server, err := dashboard.New(c)
	if err != nil {
		return err
	}
	b.loader.Ledger.Told = server.Published
	used := func() time.Duration { return cpuOf(os.Getpid()) + cpuOf(b.engine.PID()) }
	all := access.CommandLine("bench")
	leader := &access.Viewer{Name: "leader", Role: access.Leader, May: access.Leader.May(access.Joint)}
	fmt.Print("| the overview, first after a file of arrivals | made ready | ms until all of it | CPU ms | statements |\n|---|---|---|---|---|\n")
	const page = "/b/overview?lang=zh"
	rounds := ""
	open := func(who *access.Viewer, name, ready string) error {
		rec.start()
		cpu, began := used(), time.Now()
		if err := whole(server.For(who), page); err != nil {
			return err
		}
		took, spent, asked := time.Since(began), used()-cpu, 0
		for _, s := range rec.stop() {
			if s.Tag != "metric.live" {
				asked++
			}
		}
		fmt.Printf("| %s | %s | %d | %d | %d |\n", name, ready, took.Milliseconds(), spent.Milliseconds(), asked)
		return nil
	}
	for _, ready := range []string{"", "no", "yes", "no", "yes"} {
		for _, who := range []struct {
			v    *access.Viewer
			name string
		}{{all, "who may see all"}, {leader, "leader"}} {
			if ready != "" {
				out, err := b.loader.Load(ctx, pipeline.Request{Path: filepath.Join(b.dir, "inbox", again), Force: true})
				if err != nil || out.State != pipeline.Published {
					return fmt.Errorf("%s: %s %w", again, out.State, err)
				}
			}
			if ready == "yes" {
				cpu := used()
				rep := server.Early.Round(ctx)
				rounds += fmt.Sprintf("A round of %d pages, %d answers, %d of them refused: %.1f s, %.1f CPU s.\n", rep.Pages, rep.Answers, rep.Refused, rep.Took.Seconds(), (used() - cpu).Seconds())
			}
			if err := open(who.v, who.name, ready); err != nil {
				return err
			}
		}
	}
	fmt.Print("\n" + rounds + "\n")
	return nil
}

// again is the file that is published again and again.
const again = "区人社局_引进与流出_2026年6月.xlsx"

// whole asks for a page, then for its pictures, six at once as a browser does.
func whole(h http.Handler, page string) error {
	get := func(path string) (string, error) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
		if w.Code != http.StatusOK {
			return "", fmt.Errorf("%s: %d %s", path, w.Code, w.Body.String())
		}
		return w.Body.String(), nil
	}
	body, err := get(page)
	if err != nil {
		return err
	}
	var g errgroup.Group
	g.SetLimit(6)
	for _, one := range desk.FindAllString(html.UnescapeString(body), -1) {
		g.Go(func() error { _, err := get(one); return err })
	}
	return g.Wait()
}
