package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanzhen/cmd/demo"
	"yanzhen/dashboard/metric"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
)

// TestDemoZone is the whole thread: files as offices send them, loaded by the jobs, computed by
// the engine, shown on the page and answered in SQL; each number once more from the files in plain Go.
func TestDemoZone(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 13*time.Minute)
	defer cancel()
	dir := t.TempDir()
	c := &cli{Dir: dir, Lang: "zh", out: io.Discard, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	cfg, err := c.settings()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Demo, cfg.Zone = true, demoZone
	manifest, err := demo.Write(cfg.Inbox, demo.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	truth, err := demo.ReadTruth(manifest)
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if err := o.loader.Ensure(ctx); err != nil {
		t.Fatal(err)
	}
	scheduler, err := o.scheduler(c)
	if err != nil {
		t.Fatal(err)
	}
	if err := scheduler.Start(ctx); err != nil {
		t.Fatal(err)
	}
	defer scheduler.Stop(ctx)
	runs := waitForRuns(t, ctx, o, len(manifest.Files))

	t.Run("every file is loaded and accounted for", func(t *testing.T) {
		for i := range manifest.Files {
			f := &manifest.Files[i]
			r, ok := runs[f.Name]
			if !ok || r.State != pipeline.Published {
				t.Errorf("%s: run is %q: %s", f.Name, r.State, r.MessageEn)
				continue
			}
			want := f.Counts()
			got := demo.Counts{Read: int(r.Read), Loaded: int(r.Loaded), Rejected: int(r.Rejected), Excluded: int(r.Excluded), Duplicates: int(r.Duplicates)}
			if got != want {
				t.Errorf("%s: counts %+v, want %+v", f.Name, got, want)
			}
		}
	})
	t.Run("every spoilt cell is listed with its address and rule", func(t *testing.T) {
		for _, p := range manifest.Planted {
			r, ok := runs[p.File]
			if !ok {
				continue
			}
			rows, err := o.loader.Rejects(ctx, r.ID, 0, 0)
			if err != nil {
				t.Fatal(err)
			}
			found := false
			for _, x := range rows {
				found = found || x.Sheet == p.Sheet && int(x.Row) == p.Row && x.Rule == p.Rule && x.ReasonZh != "" && x.ReasonEn != ""
			}
			if !found {
				t.Errorf("%s!%s row %d: no reject of rule %s", p.File, p.Sheet, p.Row, p.Rule)
			}
		}
	})
	engine := &metric.Engine{Catalog: o.metrics, DB: o.reader}
	t.Run("the published numbers", func(t *testing.T) {
		for _, want := range []struct {
			metric   string
			from, to days.Day
			value    float64
		}{
			{"talent_stock", days.Date(2026, 6, 1), days.Date(2026, 7, 1), 473},
			{"talent_recognised", days.Date(2025, 1, 1), days.Date(2026, 1, 1), 193},
			{"talent_recognised", days.Date(2024, 1, 1), days.Date(2025, 1, 1), 39},
			{"graduates_introduced", days.Date(2026, 1, 1), days.Date(2026, 7, 1), 3016},
			{"skilled_added", days.Date(2026, 1, 1), days.Date(2026, 7, 1), 2016},
			{"high_skilled_added", days.Date(2026, 1, 1), days.Date(2026, 7, 1), 716},
		} {
			if got, ok := truth.Value(want.metric, want.from, want.to, "", ""); !ok || got != want.value {
				t.Errorf("the files say %s = %v, want %v", want.metric, got, want.value)
			}
			if got := value(t, ctx, engine, metric.Query{Metric: want.metric, From: want.from, To: want.to}); got == nil || *got != want.value {
				t.Errorf("the engine says %s = %s, want %v", want.metric, show(got), want.value)
			}
		}
		r, err := engine.Run(ctx, metric.Query{Metric: "talent_recognised", From: days.Date(2025, 1, 1), To: days.Date(2026, 1, 1), Compare: metric.YearOnYear})
		if err != nil {
			t.Fatal(err)
		}
		if got := metric.FormatChange(r.Points[0].Change, r.Unit, "zh"); got != "+394.9%" {
			t.Errorf("growth of newly recognised talents: got %s, want +394.9%%", got)
		}
	})
	t.Run("the engine agrees with the files", func(t *testing.T) { agree(t, ctx, engine, o.metrics, truth) })
	t.Run("every surface says the same", func(t *testing.T) { surfaces(t, ctx, o, c) })
	t.Run("the page shows them", func(t *testing.T) { page(t, o, c) })
	t.Run("and so does SQL", func(t *testing.T) {
		var out bytes.Buffer
		c := *c
		c.out = &out
		q := queryCmd{SQL: "select uniqExact(person) from talents where class in ('A','B','C','D','E') and recognised_on <= '2026-06-30' and (valid_to is null or valid_to > '2026-06-30') and (left_on is null or left_on > '2026-06-30')", Format: "TSV", Timeout: time.Minute}
		if err := q.Run(ctx, &c); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(out.String()); got != "473" {
			t.Errorf("yanzhen query: got %q, want 473", got)
		}
	})
	t.Run("a dropped file moves the charts", func(t *testing.T) {
		before := value(t, ctx, engine, metric.Query{Metric: "inflow", From: days.Date(2026, 7, 1), To: days.Date(2026, 8, 1)})
		file := "身份证号,引进日期,流向,用人单位,产业链节点,学历\n11010519491231002X,2026-07-05,引进,青田新材料有限公司,精密铸造,本科\n"
		if err := os.WriteFile(filepath.Join(cfg.Inbox, "某局_引进与流出_2026年7月.csv"), []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
		waitForRuns(t, ctx, o, len(manifest.Files)+1)
		after := value(t, ctx, engine, metric.Query{Metric: "inflow", From: days.Date(2026, 7, 1), To: days.Date(2026, 8, 1)})
		if after == nil || *after != 1 || before != nil && *before == *after {
			t.Errorf("inflow of July: %s before, %s after, want 1", show(before), show(after))
		}
	})
}

// waitForRuns waits until that many different files have a finished run.
func waitForRuns(t *testing.T, ctx context.Context, o *office, files int) map[string]pipeline.Run {
	t.Helper()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		list, err := o.loader.Runs(ctx, pipeline.RunFilter{Kind: "load", Limit: 5000})
		if err != nil {
			t.Fatal(err)
		}
		done := map[string]pipeline.Run{}
		for _, r := range list {
			if r.State != pipeline.Running && r.Dataset != "chains" && r.Dataset != "calendar" {
				done[r.File] = r
			}
		}
		if len(done) >= files {
			return done
		}
		select {
		case <-ctx.Done():
			t.Fatalf("%d of %d files have a finished run: %v", len(done), files, ctx.Err())
		case <-tick.C:
		}
	}
}

func value(t *testing.T, ctx context.Context, e *metric.Engine, q metric.Query) *float64 {
	t.Helper()
	r, err := e.Run(ctx, q)
	if err != nil {
		t.Fatalf("%s: %v", q.Metric, err)
	}
	if len(r.Points) != 1 {
		return nil
	}
	return r.Points[0].Value
}

func show(v *float64) string {
	if v == nil {
		return "nothing"
	}
	return fmt.Sprint(*v)
}

// agree compares every metric the files can answer in plain Go with the engine, for several
// periods and cuts.
func agree(t *testing.T, ctx context.Context, e *metric.Engine, cat *metric.Catalog, truth *demo.Truth) {
	type span struct{ from, to days.Day }
	spans := []span{
		{days.Date(2026, 1, 1), days.Date(2026, 7, 1)},
		{days.Date(2025, 1, 1), days.Date(2026, 1, 1)},
		{days.Date(2024, 1, 1), days.Date(2025, 1, 1)},
		{days.Date(2025, 4, 1), days.Date(2025, 7, 1)},
		{days.Date(2026, 2, 1), days.Date(2026, 3, 1)},
		{days.Date(2023, 1, 1), days.Date(2024, 1, 1)}, // three years ago: what is judged after 36 months
	}
	compared, metrics := 0, 0
	numbered := map[string]bool{} // the indicators by their number in the list of 66
	for _, m := range cat.Metrics() {
		known := false
		for _, s := range spans {
			want, ok := truth.Value(m.Name, s.from, s.to, "", "")
			if !ok {
				continue
			}
			known = true
			got := value(t, ctx, e, metric.Query{Metric: m.Name, From: s.from, To: s.to})
			if got == nil || math.Abs(*got-want) > 1e-9*math.Max(1, math.Abs(want)) {
				t.Errorf("%s %s..%s: the engine says %s, the files %v", m.Name, s.from.Format(time.DateOnly), s.to.Format(time.DateOnly), show(got), want)
			}
			compared++
		}
		if !known {
			continue
		}
		metrics++
		numbered[m.ID] = true
		for _, dim := range m.Dims() {
			s := spans[0]
			if !truth.Cuts(m.Name, s.from, s.to, dim) {
				continue // the files are not asked this way
			}
			r, err := e.Run(ctx, metric.Query{Metric: m.Name, From: s.from, To: s.to, By: []string{dim}})
			if err != nil {
				t.Errorf("%s by %s: %v", m.Name, dim, err)
				continue
			}
			for _, p := range r.Points {
				want, ok := truth.Value(m.Name, s.from, s.to, dim, p.Keys[0])
				if !ok {
					continue
				}
				if p.Value == nil || math.Abs(*p.Value-want) > 1e-9*math.Max(1, math.Abs(want)) {
					t.Errorf("%s of %s %q: the engine says %s, the files %v", m.Name, dim, p.Keys[0], show(p.Value), want)
				}
				compared++
			}
		}
	}
	t.Logf("%d figures of %d metrics compared", compared, metrics)
	if metrics < 100 || compared < 4000 {
		t.Errorf("%d figures of %d metrics compared: too few to mean anything", compared, metrics)
	}
	for part, n := range map[int]int{1: 23, 2: 12, 3: 13, 4: 9, 5: 9} {
		for i := range n {
			if id := fmt.Sprintf("%d.%02d", part, i+1); !numbered[id] {
				t.Errorf("indicator %s: no figure of it was compared with the files", id)
			}
		}
	}
}

// page asks the server for the overview and looks for the published numbers in its panels.
func page(t *testing.T, o *office, c *cli) {
	h, err := o.pages(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code != http.StatusOK {
			t.Fatalf("GET %s: %d\n%s", path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	html := get("/b/overview")
	for _, want := range []string{"473", "394.9", "3,016", "2,016", "716", "演示"} {
		if !strings.Contains(html, want) {
			t.Errorf("the overview does not show %q", want)
		}
	}
	for _, path := range []string{"/api/v1/panels/overview/nosuch", "/b/nosuch", "/b/overview?from=2026-13-01", "/b/overview?lang=xx", "/b/overview?grain=century"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
		if w.Code < 400 || w.Code >= 500 {
			t.Errorf("GET %s: %d, want 4xx", path, w.Code)
		}
	}
	if got := strings.TrimSpace(get("/healthz")); got != "ok" {
		t.Errorf("/healthz: got %q", got)
	}
}
