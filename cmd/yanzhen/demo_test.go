package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"yanzhen/cmd/demo"
	"yanzhen/cmd/demo/truth"
	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/warehouse"
)

// TestDemoZone is the whole thread: files as offices send them, loaded by the jobs, computed by
// the engine, shown on the page and answered in SQL. Package truth says from the files, in plain Go,
// what must be in the tables, and testdata/zone.tsv what the metrics must say of it.
func TestDemoZone(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(300)) // beside an engine and a browser this heap is small
	ctx, cancel := context.WithTimeout(t.Context(), 25*time.Minute)
	defer cancel()
	dir := t.TempDir()
	c := &cli{Dir: dir, Lang: "zh", out: io.Discard, log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	cfg, err := c.settings()
	if err != nil {
		t.Fatal(err)
	}
	cfg.Demo, cfg.Zone = true, demoZone
	if text := os.Getenv("YANZHEN_TEST_STATES"); text != "" { // the same figures from what is kept beside so many rows
		if cfg.Database.States, err = strconv.Atoi(text); err != nil {
			t.Fatal(err)
		}
	}
	manifest, err := demo.Write(cfg.Inbox, demo.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	files, err := truth.Read(manifest)
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.open(ctx, cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if err := o.stand(ctx); err != nil {
		t.Fatal(err)
	}
	o.turn.End() // commands come beside it, as beside a server
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
	engine := &compute.Engine{For: accesstest.Everything(), Catalog: o.metrics, DB: o.reader, Fresh: time.Second}
	t.Run("the published numbers", func(t *testing.T) {
		for _, want := range truth.PublishedNumbers {
			if got, err := files.Value(want.Metric, want.From, want.To); err != nil || got != want.Value {
				t.Errorf("the files say %s = %v, %v, want %v", want.Metric, got, err, want.Value)
			}
			if got := value(t, ctx, engine, metric.Query{Metric: want.Metric, From: want.From, To: want.To}); got == nil || *got != want.Value {
				t.Errorf("the engine says %s = %s, want %v", want.Metric, show(got), want.Value)
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
	// two that only read, side by side: while one waits for the engine, the other works
	var reads sync.WaitGroup
	reads.Go(func() {
		t.Run("the tables hold what the files say", func(t *testing.T) { accounted(t, ctx, o, files) })
		t.Run("every figure is as it was", func(t *testing.T) { figures(t, ctx, engine, o.metrics) })
		t.Run("the story can be believed", func(t *testing.T) { believable(t, ctx, engine) })
		t.Run("the page shows them", func(t *testing.T) { page(t, o, c) })
	})
	reads.Go(func() {
		t.Run("every surface says the same", func(t *testing.T) { surfaces(t, ctx, o, c) })
		t.Run("documents say the same", func(t *testing.T) { documents(t, ctx, o, c) })
	})
	reads.Wait()
	t.Run("no door shows what another hides", func(t *testing.T) { noDoorShowsMore(t, ctx, o, c) })
	t.Run("programs and agents ask as the docs say", func(t *testing.T) {
		asTheDocsSay(t, o, c, scheduler, filepath.Join(manifest.Dir, manifest.Files[0].Name))
	})
	t.Run("and so does SQL", func(t *testing.T) {
		var out bytes.Buffer
		c := *c
		c.out = &out
		timeout := time.Minute
		q := queryCmd{SQL: "select uniqExact(person) from talents where class in ('A','B','C','D','E') and recognised_on <= '2026-06-30' and (valid_to is null or valid_to > '2026-06-30') and (left_on is null or left_on > '2026-06-30')", Format: "TSV", Timeout: &timeout}
		if err := q.Run(ctx, &c); err != nil {
			t.Fatal(err)
		}
		if got := strings.TrimSpace(out.String()); got != "473" {
			t.Errorf("yanzhen query: got %q, want 473", got)
		}
	})
	t.Run("an early file of one sender moves no figure that is final", func(t *testing.T) {
		early(t, ctx, o, c, func(name, text string) {
			if err := os.WriteFile(filepath.Join(cfg.Inbox, name), []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			waitForRuns(t, ctx, o, len(manifest.Files)+1)
		})
		july := value(t, ctx, engine, metric.Query{Metric: "inflow", From: days.Date(2026, 7, 1), To: days.Date(2026, 8, 1)})
		if july == nil || *july != 1 {
			t.Errorf("inflow of July: %s, want 1", show(july))
		}
	})
	t.Run("a sender looks, sends, and gets it back marked", func(t *testing.T) { atTheCounter(t, o, c, scheduler) })
	t.Run("a sender types a table in", func(t *testing.T) { typedIn(t, o, c, scheduler) })
}

// early compares every figure of every page before and after a July file of one sender: none moves, and what is new is
// marked as provisional.
func early(t *testing.T, ctx context.Context, o *office, c *cli, drop func(name, text string)) {
	pages, err := asOperator(o, c)
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) string {
		w := httptest.NewRecorder()
		r := httptest.NewRequest(http.MethodGet, path, nil).WithContext(ctx)
		r.Host = "localhost"
		pages.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			t.Fatalf("%s: %d %.300s", path, w.Code, w.Body)
		}
		return w.Body.String()
	}
	boards, err := board.Load(o.declare, "boards")
	if err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`&amp;v=[0-9a-f]+`)
	card := regexp.MustCompile(`(?s)<article class="card.*?</article>|<h1>.*?</h1>|<p class="title-date">.*?</p>|<tr.*?</tr>`)
	look := func() (cards map[string][]string, files map[string][][]string) {
		cards, files = map[string][]string{}, map[string][][]string{}
		for _, b := range boards {
			for _, p := range b.Panels {
				rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(get("/api/v1/panels/"+b.Name+"/"+p.Name+"?format=csv&lang=zh"), "\uFEFF"))).ReadAll()
				if err != nil {
					t.Fatal(err)
				}
				files[b.Name+"/"+p.Name] = rows
			}
			// the address of a picture names what is published, the picture itself is a panel
			cards["/b/"+b.Name] = card.FindAllString(version.ReplaceAllString(get("/b/"+b.Name+"?lang=zh"), ""), -1)
		}
		for _, path := range []string{"/responsibility", "/chain/whatif"} {
			cards[path] = card.FindAllString(get(path+"?lang=zh"), -1)
		}
		return cards, files
	}
	cards, files := look()
	drop("区人社局_引进与流出_2026年7月.csv", "身份证号,引进日期,流向,用人单位,产业链节点,学历\n11010519491231002X,2026-07-05,引进,青田新材料有限公司,精密铸造,本科\n")
	time.Sleep(1100 * time.Millisecond) // for so long the pages believe what they have read of the ledger
	cardsNow, filesNow := look()
	for path, was := range cards {
		if now := cardsNow[path]; !slices.Equal(was, now) {
			for i := range min(len(was), len(now)) {
				if was[i] != now[i] {
					t.Errorf("%s moved:\n%s\n%s", path, was[i], now[i])
				}
			}
		}
	}
	marked := 0
	for name, was := range files {
		left := map[string]int{}
		for _, row := range was[1:] {
			left[strings.TrimRight(strings.Join(row, "\t"), "\t")]++
		}
		for _, row := range filesNow[name][1:] {
			line := strings.TrimRight(strings.Join(row, "\t"), "\t")
			switch {
			case left[line] > 0:
				left[line]--
			case strings.Contains(line, "初步"):
				marked++
			default:
				t.Errorf("%s: new or moved, and not marked: %s", name, line)
			}
		}
		for line, n := range left {
			if n > 0 {
				t.Errorf("%s: gone: %s", name, line)
			}
		}
	}
	if marked == 0 || len(files) < 50 {
		t.Errorf("%d panels, %d rows marked as provisional: the file of July is nowhere to be seen", len(files), marked)
	}
}

// waitForRuns waits until that many different files have a finished run.
func waitForRuns(t *testing.T, ctx context.Context, o *office, files int) map[string]pipeline.Run {
	t.Helper()
	tick := time.NewTicker(1500 * time.Millisecond)
	defer tick.Stop()
	for {
		list, err := o.loader.Runs(ctx, pipeline.RunFilter{Kind: "load", Limit: 5000})
		if err != nil && !errors.Is(err, warehouse.ErrUnavailable) {
			t.Fatal(err)
		}
		if err != nil { // the engine starts anew, and the jobs go on, as those of an office do
			t.Log(err)
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

func value(t *testing.T, ctx context.Context, e *compute.Engine, q metric.Query) *float64 {
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

// accounted compares the tables with the files, dataset by dataset and column by column: rows, filled
// cells, and what the numbers, days, yeses and different persons come to.
func accounted(t *testing.T, ctx context.Context, o *office, files *truth.Truth) {
	columns := 0
	for name, rows := range files.Rows {
		ds := o.catalog.Datasets[name]
		var asked, said []string
		ask := func(sql string, want any) {
			asked, said = append(asked, "toString("+sql+")"), append(said, fmt.Sprint(want))
		}
		ask("count()", len(rows))
		for _, field := range files.Fields[name] {
			c := ds.Column(field)
			if c == nil || c.Default != "" || c.Parse != "" {
				continue // what a blank cell means, or a text that is more than a number, is not said here
			}
			columns++
			filled, sum, people := 0, 0.0, map[string]bool{}
			for _, r := range rows {
				s := r[field]
				if s == "" {
					continue
				}
				filled++
				var err error
				switch c.Type {
				case dataset.Date:
					var d time.Time
					d, err = truth.Day(s)
					sum += float64(d.Unix() / (24 * 60 * 60))
				case dataset.Bool:
					var yes bool
					if yes, err = truth.Yes(s); yes {
						sum++
					}
				case dataset.Int8, dataset.Int16, dataset.Int32, dataset.Int64, dataset.Float64:
					if c.List == "" {
						var n float64
						n, err = truth.Number(s)
						sum += n
					}
				case dataset.Person:
					people[truth.Person(s)] = true
				}
				if err != nil {
					t.Errorf("%s.%s: %v", name, field, err)
				}
			}
			col := "`" + field + "`"
			if c.Nullable() {
				ask("count("+col+")", filled)
			}
			switch {
			case c.Type == dataset.Date:
				ask("sum(toInt64("+col+"))", int64(sum))
			case c.Type == dataset.Bool:
				ask("countIf("+col+")", int(sum))
			case c.Type == dataset.Person:
				ask("uniqExact("+col+")", len(people))
			case c.Type == dataset.Float64 || c.List == "" && strings.HasPrefix(string(c.Type), "int"):
				ask("round(toFloat64(sum("+col+")), 2)", strconv.FormatFloat(math.Round(sum*100)/100, 'f', -1, 64))
			}
		}
		got, err := warehouse.Select[struct {
			Cells []string `db:"c*"`
		}](ctx, o.reader, warehouse.SQL("select "+strings.Join(aliased(asked), ", ")+" from "+ds.View()))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range said {
			if len(got) != 1 || got[0].Cells[i] != want {
				t.Errorf("%s: %s is %v, the files say %s", name, asked[i], got, want)
			}
		}
	}
	t.Logf("%d columns of %d datasets compared", columns, len(files.Rows))
	if columns < 190 || len(files.Rows) < 30 {
		t.Errorf("%d columns of %d datasets: too few to mean anything", columns, len(files.Rows))
	}
}

func aliased(exprs []string) []string {
	out := make([]string, len(exprs))
	for i, e := range exprs {
		out[i] = fmt.Sprintf("%s as c%d", e, i)
	}
	return out
}

// figures compares what the metrics say of the zone with testdata/zone.tsv.
func figures(t *testing.T, ctx context.Context, e *compute.Engine, cat *metric.Catalog) {
	text, err := os.ReadFile("testdata/zone.tsv")
	if err != nil {
		t.Fatal(err)
	}
	half := metric.Query{From: days.Date(2026, 1, 1), To: days.Date(2026, 7, 1)}
	spans := map[string]metric.Query{
		"2026H1":  half,
		"2025":    {From: days.Date(2025, 1, 1), To: days.Date(2026, 1, 1)},
		"2024":    {From: days.Date(2024, 1, 1), To: days.Date(2025, 1, 1)},
		"2025Q2":  {From: days.Date(2025, 4, 1), To: days.Date(2025, 7, 1)},
		"2026-02": {From: days.Date(2026, 2, 1), To: days.Date(2026, 3, 1)},
		"2023":    {From: days.Date(2023, 1, 1), To: days.Date(2024, 1, 1)}, // three years ago: what is judged after 36 months
	}
	var head []string
	compared, metrics := 0, 0
	numbered := map[string]bool{} // the indicators by their number in the list of 66
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		cells := strings.Split(line, "\t")
		switch {
		case strings.HasPrefix(line, "#"):
			continue
		case head == nil:
			head = cells
			continue
		case cat.Metric(cells[1]) == nil || cat.Metric(cells[1]).ID != cells[0]:
			t.Errorf("there is no indicator %s %s", cells[0], cells[1])
			continue
		}
		metrics++
		for i, cell := range cells {
			if i < 2 || cell == "" {
				continue
			}
			want, err := strconv.ParseFloat(cell, 64)
			if err != nil {
				t.Fatal(err)
			}
			q, ok := spans[head[i]]
			if !ok {
				q = half
				q.Where = []metric.Filter{{Dim: "chain", Values: []string{head[i]}}}
			}
			q.Metric = cells[1]
			got := value(t, ctx, e, q)
			if got == nil && want == 0 && len(q.Where) > 0 {
				continue // of a chain without rows there is no line
			}
			if got == nil || math.Abs(*got-want) > 1e-9*math.Max(1, math.Abs(want)) {
				t.Errorf("%s of %s: got %s, want %v", q.Metric, head[i], show(got), want)
			}
			compared++
			numbered[cells[0]] = true
		}
	}
	t.Logf("%d figures of %d metrics compared", compared, metrics)
	if metrics < 130 || compared < 900 {
		t.Errorf("%d figures of %d metrics compared: too few to mean anything", compared, metrics)
	}
	for part, n := range map[int]int{1: 23, 2: 12, 3: 13, 4: 9, 5: 9} {
		for i := range n {
			if id := fmt.Sprintf("%d.%02d", part, i+1); !numbered[id] {
				t.Errorf("indicator %s: no figure of it was compared", id)
			}
		}
	}
}

// believable: the story has the shape of a real one.
func believable(t *testing.T, ctx context.Context, e *compute.Engine) {
	v := func(name string, from, to days.Day, where ...string) float64 {
		t.Helper()
		q := metric.Query{Metric: name, From: from, To: to}
		if len(where) > 0 {
			q.Where = []metric.Filter{{Dim: where[0], Values: where[1:]}}
		}
		x := value(t, ctx, e, q)
		if x == nil {
			t.Errorf("%s %v has no value", name, where)
			return math.NaN()
		}
		return *x
	}
	begin, last, ends := days.Date(2023, 7, 1), days.Date(2026, 4, 1), days.Date(2026, 7, 1)
	for y := 2024; y <= 2025; y++ {
		if x := v("net_inflow", days.Date(y, 1, 1), days.Date(y+1, 1, 1)); !(x > 0) {
			t.Errorf("net inflow of %d is %v", y, x)
		}
		if july, feb := v("inflow", days.Date(y, 7, 1), days.Date(y, 8, 1)), v("inflow", days.Date(y, 2, 1), days.Date(y, 3, 1)); !(july >= 2*feb) {
			t.Errorf("%v came in July %d, %v in February: graduation is in July", july, y, feb)
		}
	}
	year := func(name string, where ...string) float64 {
		t.Helper()
		return v(name, days.Date(2025, 7, 1), ends, where...)
	}
	short := map[string]bool{"superalloy.cast": true, "superalloy.part": true, "molybdenum.powder": true, "molybdenum.target": true}
	nodes, err := e.Run(ctx, metric.Query{Metric: "tightness", From: days.Date(2025, 7, 1), To: ends, By: []string{"node"}})
	if err != nil || len(nodes.Points) < 12 {
		t.Fatalf("%d nodes, %v", len(nodes.Points), err)
	}
	for _, p := range nodes.Points {
		if p.Value == nil || (*p.Value > 1.3) != short[p.Keys[0]] {
			t.Errorf("%s: %s posts a candidate", p.Keys[0], show(p.Value))
		}
	}
	// One chain falls apart, another mends; posts and seekers first go opposite ways, then both grow.
	quarterly := func(chain string, from days.Day) float64 {
		return v("mismatch", from, from.AddDate(0, 3, 0), "chain", chain)
	}
	if a, b := quarterly("superalloy", begin), quarterly("superalloy", last); !(b <= a/2) {
		t.Errorf("mismatch of superalloy was %v and is %v", a, b)
	}
	if a, b := quarterly("molybdenum", begin), quarterly("molybdenum", last); !(b >= 3*a && b >= 0.02) {
		t.Errorf("mismatch of molybdenum was %v and is %v", a, b)
	}
	month := func(name string, at days.Day) float64 { return v(name, at, at.AddDate(0, 1, 0)) }
	before, slump, now := days.Date(2023, 9, 1), days.Date(2025, 3, 1), days.Date(2026, 6, 1)
	if !(month("labour_vacancies", slump) <= month("labour_vacancies", before) && month("labour_seekers", slump) >= 1.3*month("labour_seekers", before)) {
		t.Error("no slump: fewer posts and more seekers")
	}
	if !(month("labour_vacancies", now) >= 1.1*month("labour_vacancies", before) && month("labour_seekers", now) >= 1.1*month("labour_seekers", before)) {
		t.Error("the Beveridge curve has not shifted")
	}
	if magnetic, molybdenum := year("mismatch", "chain", "magnetic"), year("mismatch", "chain", "molybdenum"); !(magnetic <= 0.005 && molybdenum >= 4*magnetic) {
		t.Errorf("mismatch %v of magnetic, %v of molybdenum", magnetic, molybdenum)
	}
	enrolled, examined, passed, certified := year("training_enrolments"), year("training_examined"), year("training_passed"), year("training_certified")
	if !(enrolled > examined && examined > passed && passed > certified && certified > 0) {
		t.Errorf("no funnel: %v enrolled, %v examined, %v passed, %v certified", enrolled, examined, passed, certified)
	}
	if zj := year("inflow", "origin_province", "浙江"); !(zj > 0 && zj >= year("inflow", "origin_province", "江西")) {
		t.Errorf("%v from 浙江", zj)
	}
	// Holders of an allowance leave in every chain, and more of them after its end than before.
	for _, chain := range []string{"superalloy", "magnetic", "molybdenum"} {
		whole := func(name string) float64 { return v(name, begin, ends, "chain", chain) }
		judged, early, late := whole("subsidy_ended"), whole("subsidy_left_before_share"), whole("subsidy_left_after_share")
		if !(judged >= 25 && early > 0 && late >= early*1.5 && late <= 60) {
			t.Errorf("%s: %v judged, %v %% left before and %v %% after", chain, judged, early, late)
		}
	}
}

// page asks the server for the overview and looks for the published numbers in its panels.
func page(t *testing.T, o *office, c *cli) {
	h, err := asOperator(o, c)
	if err != nil {
		t.Fatal(err)
	}
	get := func(path string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
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
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "http://localhost"+path, nil))
		if w.Code < 400 || w.Code >= 500 {
			t.Errorf("GET %s: %d, want 4xx", path, w.Code)
		}
	}
	if got := strings.TrimSpace(get("/healthz")); !strings.HasPrefix(got, "ok\n") && !strings.HasPrefix(got, "degraded\n") {
		t.Errorf("/healthz: got %q", got)
	}
}
