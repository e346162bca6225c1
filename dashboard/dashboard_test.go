package dashboard

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"yanzhen/cmd/demo"
	"yanzhen/configs"
	"yanzhen/dashboard/access/accesstest"
	"yanzhen/dashboard/alerts"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/browser/browsertest"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/scene"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/words"
	"yanzhen/jobs/alert"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/stage/stagetest"
	"yanzhen/pipeline/warehouse/embedded"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// site is a whole dashboard over the real engine.
type site struct {
	*Server
	loader *pipeline.Loader
	http   *httptest.Server
	client *http.Client
	log    *bytes.Buffer
}

func open(t *testing.T) *site {
	t.Helper()
	ctx := t.Context()
	catalog, metrics := metrictest.Shipped(t)
	db := stagetest.Open(t, catalog)
	boards, err := board.Load(configs.FS, "boards")
	if err != nil {
		t.Fatal(err)
	}
	maps, err := board.LoadMaps(configs.FS, catalog.Lists)
	if err != nil {
		t.Fatal(err)
	}
	scenes, err := scene.Read(configs.FS, boards)
	if err != nil {
		t.Fatal(err)
	}
	var chains []codes.Text
	for _, c := range catalog.Chains {
		chains = append(chains, c.Title)
	}
	board.NameChains(boards, chains)
	scene.NameChains(scenes, chains)
	s := &site{log: &bytes.Buffer{}}
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	s.loader = &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: catalog, Key: make([]byte, 32), Spool: t.TempDir(), Log: quiet}
	if err := s.loader.Ensure(ctx); err != nil {
		t.Fatal(err)
	}
	var sets []*dataset.Dataset
	for _, name := range catalog.Names() {
		sets = append(sets, catalog.Datasets[name])
	}
	briefs, err := brief.Read(configs.FS, metrics, boards)
	if err != nil {
		t.Fatal(err)
	}
	book := alert.Book{Dir: t.TempDir()} // something is open, something is over
	err = book.Change(func(st *alert.State) error {
		a := alert.Alert{Found: alert.Found{Key: "late/arrivals/社保中心", Kind: "late", Level: 2, Since: time.Now(), What: codes.Text{Zh: "社保中心没有报送", En: "nothing has come of the Social Security Centre"}, Page: "/data/duties"}}
		st.Open = map[string]*alert.Alert{a.Key: &a}
		a.Over = time.Now()
		st.Past = append(st.Past, a)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	reader := warehousetest.OpenAs(t, embedded.Reader)
	s.Server, err = New(Config{
		Catalog: metrics, Boards: boards, Scenes: scenes, Datasets: sets, Chains: catalog.Chains, Maps: maps, Briefs: briefs, Engine: &compute.Engine{For: accesstest.Everything(), Catalog: metrics, DB: reader, Fresh: time.Hour}, Pipeline: &pipeline.Ledger{DB: reader},
		Who:      accesstest.Admit(accesstest.Everything()),
		Programs: Programs{Alerts: &alerts.Page{Book: book, Watched: func() bool { return true }}, Declared: []byte(`{"metrics":{"inflow":{"unit":"人次"}}}`)},
		Demo:     true, Zone: codes.Text{Zh: "示例区", En: "Sample zone"}, Contact: codes.Text{Zh: "甲科"}, Log: slog.New(slog.NewTextHandler(s.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	s.loader.Ledger.Told = s.Published
	s.http = httptest.NewServer(drawnSlowly(s))
	t.Cleanup(s.http.Close)
	t.Cleanup(s.Server.Close) // browsers listen for events; to close the site would wait for them
	s.client = &http.Client{Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	return s
}

// fill loads a part of the demo zone: the registers, and what came in during the last months of each list.
func (s *site) fill(t *testing.T) {
	t.Helper()
	manifest, err := demo.Write(t.TempDir(), demo.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.loader.LoadDeclared(t.Context()); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	turn := make(chan struct{}, 3)
	for _, f := range manifest.Files {
		recent := f.To.IsZero() || f.To.After(days.Date(2026, 6, 1)) || strings.Contains(f.Name, "2025年6月") ||
			f.Dataset == "trainings" && strings.Contains(f.Name, "2025年下半年") // long enough ago to know who found work
		if !recent {
			continue
		}
		wg.Go(func() {
			turn <- struct{}{}
			defer func() { <-turn }()
			out, err := s.loader.Load(t.Context(), pipeline.Request{Path: manifest.Dir + "/" + f.Name})
			if pipeline.Temporary(err) { // as a job does
				t.Logf("%s: again after %v", f.Name, err)
				out, err = s.loader.Load(t.Context(), pipeline.Request{Path: manifest.Dir + "/" + f.Name})
			}
			if err != nil || out.State != pipeline.Published && out.State != pipeline.Unchanged {
				t.Errorf("%s: %v %v", f.Name, out.State, err)
			}
		})
	}
	wg.Wait()
}

type got struct {
	status int
	body   string
	header http.Header
}

func (s *site) get(t *testing.T, path string, headers ...string) got {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), "GET", s.http.URL+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := s.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return got{res.StatusCode, string(body), res.Header}
}

// paths are all pages.
func (s *site) paths() []string {
	out := []string{"/data", "/data/runs", "/data/alerts", "/data/metrics", "/data/freezes", "/briefings", "/responsibility", "/chain/whatif", "/chain/whatif?node=magnetic.motor"}
	for _, b := range s.Boards {
		out = append(out, "/b/"+b.Name)
	}
	for _, d := range s.Datasets {
		out = append(out, "/data/datasets/"+d.Name)
	}
	return out
}

var (
	inlineScript = regexp.MustCompile(`<script(?:[^>]*)>[^<]|<script>|\son[a-z]+=|javascript:|<[^>]+\sstyle=`)
	han          = regexp.MustCompile(`\p{Han}`)
)

func with(path, query string) string {
	if strings.Contains(path, "?") {
		return path + "&" + query
	}
	return path + "?" + query
}

// page checks what every page must be.
func (s *site) page(t *testing.T, path string) string {
	t.Helper()
	r := s.get(t, path)
	if r.status != 200 {
		t.Errorf("%s: status %d: %.300s\n%s", path, r.status, r.body, s.log)
		return r.body
	}
	for _, want := range []string{"<!doctype html>", "synthetic data", "演示数据", `<meta property="og:title" content="`, `<meta name="theme-color"`, "</html>"} {
		if !strings.Contains(r.body, want) {
			t.Errorf("%s: lacks %q", path, want)
		}
	}
	for _, property := range []string{"og:url", "og:image"} { // whole addresses, for messengers
		tag := `<meta property="` + property + `" content="` + s.http.URL + "/"
		if !strings.Contains(r.body, tag) {
			t.Errorf("%s: lacks %s", path, tag)
		}
		r.body = strings.Replace(r.body, tag, "", 1)
	}
	for _, bad := range []string{"<no value>", "ZgotmplZ", "%!", "http://", "https://", "0001-01-01", "1970-01-01", ">1970 年"} {
		if strings.Contains(r.body, bad) {
			t.Errorf("%s: contains %q", path, bad)
		}
	}
	if m := inlineScript.FindString(r.body); m != "" {
		t.Errorf("%s: inline code: %q", path, m)
	}
	if csp := r.header.Get("Content-Security-Policy"); !strings.Contains(csp, "script-src 'self';") || strings.Contains(csp, "unsafe") {
		t.Errorf("%s: policy is %q", path, csp)
	}
	return r.body
}

// The whole dashboard on the real engine: first with nothing published, then with a part of the demo zone.
func TestDashboard(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(300)) // beside an engine and a browser this heap is small
	s := open(t)
	t.Run("nothing published", func(t *testing.T) {
		for i, path := range s.paths() {
			s.page(t, with(path, "lang="+[]string{"zh", "en"}[i%2]))
		}
		if body := s.page(t, "/b/overview?lang=zh"); !strings.Contains(body, words.In(codes.Zh, "no_data_yet")) {
			t.Error("the empty overview does not say that nothing is published")
		}
		for _, b := range s.Boards {
			for i, p := range b.Panels {
				r := s.get(t, "/api/v1/panels/"+b.Name+"/"+p.Name)
				var a panelAnswer
				if err := json.Unmarshal([]byte(r.body), &a); err != nil || r.status != 200 || a.Sentence == "" || a.Option != nil {
					t.Errorf("%s/%s: status %d, %.200s", b.Name, p.Name, r.status, r.body)
				}
				format := []string{"csv", "table", "definition"}[i%3]
				if r := s.get(t, "/api/v1/panels/"+b.Name+"/"+p.Name+"?format="+format); r.status != 200 {
					t.Errorf("%s/%s as %s: status %d: %.200s", b.Name, p.Name, format, r.status, r.body)
				}
			}
		}
	})
	s.fill(t)
	browsertest.Keep(t)
	t.Run("responsibility", s.responsibilityTest) // changes the site
	t.Run("declared", s.declaredTest)             // changes the site
	part := func(name string, test func(*testing.T)) func() { return func() { t.Run(name, test) } }
	// what asks as a program does, beside what looks as people do: while one waits, the other works
	beside(
		[]func(){
			part("pages", s.pagesTest),
			part("panels", s.panelsTest),
			part("findings", s.findingsTest),
			part("workbooks", s.workbooksTest),
			part("taken", s.takenTest),
			part("filters", s.filtersTest),
			part("comparisons", s.compareTest),
			part("refusals", s.refusalsTest),
			part("caching", s.cachingTest),
			part("runs", s.runsTest),
			part("briefings", s.briefingsTest),
			part("documents in LibreOffice", s.officeTest),
			part("scopes", s.scopesTest),
			part("scoped pages", s.scopedPagesTest),
			part("few people", s.fewTest),
			part("cause", s.causeTest),
			part("what if", s.whatifTest),
			part("coverage", s.coverageTest),
			part("duties", s.dutiesTest), part("quality", s.qualityTest),
			part("long values", s.longTest),
			part("units in English", s.unitsTest),
			part("no Chinese in English", s.englishTest),
			part("names beside each other", s.overlapTest),
			part("sentences", s.sentencesTest),
		},
		[]func(){
			part("browser", s.browserTest), // and print
			part("print", s.printTest),
			part("accessibility", s.axeTest), // and how high a page is on a phone
			part("phone", s.phoneTest),
			part("keyboard", s.keyboardTest),
			part("less motion", s.motionTest),
			part("weight", s.weightTest),
			part("cause in a browser", s.causeBrowserTest),
			part("map in a browser", s.mapBrowserTest),
			part("narrowing", s.narrowTest),
		},
		[]func(){part("wall", s.wallTest)}, // waits for its frames most of the time
	)
	t.Run("open pages follow", s.followTest) // publishes something
	t.Run("a day on the wall", s.wallDayTest)
	t.Run("a report date", s.freezeTest) // publishes something
	t.Run("a wall of a report date that is withdrawn", s.wallGoneTest)
	t.Run("made ready", s.earlyTest) // publishes something
	t.Run("kept", s.keptTest)        // publishes something
	t.Run("kept where a figure failed", s.keptFailedTest)
	if strings.Contains(s.log.String(), "panic") {
		t.Errorf("the log tells of a panic:\n%s", s.log)
	}
}

// beside does lists of things at once, each list one after the other.
func beside(lists ...[]func()) {
	var wg sync.WaitGroup
	for _, list := range lists {
		wg.Go(func() {
			for _, do := range list {
				do()
			}
		})
	}
	wg.Wait()
}

// printedBy is the style of a page's printed sheets.
var printedBy = regexp.MustCompile(`media="print" href="([^"]+)"`)

func (s *site) pagesTest(t *testing.T) {
	for i, path := range s.paths() { // all of them stand in English in englishTest too
		s.page(t, with(path, "lang="+[]string{"zh", "en"}[i%2]+"&theme=dark"))
	}
	for path, want := range map[string]string{"/responsibility": "数据截至 2026 年 6 月 30 日", "/b/inflow": "数据截至 2026 年 6 月 30 日", "/data/inbox": "收件夹"} {
		link := printedBy.FindStringSubmatch(s.page(t, path+"?lang=zh"))
		if link == nil {
			t.Errorf("%s: nothing stands at the head of its sheets", path)
			continue
		}
		if css := s.get(t, html.UnescapeString(link[1])).body; !strings.Contains(css, "@top-left") || !strings.Contains(css, want) {
			t.Errorf("%s: at the head of its sheets stands %q", path, css)
		}
	}
	body := s.page(t, "/b/overview?lang=zh")
	if !strings.Contains(body, "2026 年 6 月 30 日") {
		t.Error("the overview does not say the date of its data")
	}
	if !strings.Contains(body, `<meta property="og:description" content="人才总量与增量`) {
		t.Error("a link to the overview has nothing to say in a chat")
	}
	s.previewTest(t, body)
	if n := strings.Count(body, `data-card="`); n != 8 {
		t.Errorf("the overview has %d cards, want 8", n)
	}
	if strings.Count(body, `<p class="value"><b>`) < 7 {
		t.Error("cards have no values on the page itself")
	}
	if r := s.get(t, "/"); r.status != 302 || r.header.Get("Location") != "/b/overview" {
		t.Errorf("/ leads to %d %s", r.status, r.header.Get("Location"))
	}
	if r := s.get(t, "/healthz"); r.status != 200 {
		t.Errorf("healthz: %d", r.status)
	}
}

// awaited names senders as they call themselves.
var awaited = regexp.MustCompile(`awaited: [^;]*`)

func (s *site) panelsTest(t *testing.T) {
	drawn := 0
	for _, b := range s.Boards {
		for i, p := range b.Panels {
			for _, extra := range []string{"lang=zh", "lang=en&compact=1"} {
				at := "/api/v1/panels/" + b.Name + "/" + p.Name + "?" + extra
				r := s.get(t, at)
				var a panelAnswer
				if err := json.Unmarshal([]byte(r.body), &a); err != nil || r.status != 200 {
					t.Errorf("%s: status %d: %.300s", at, r.status, r.body)
					continue
				}
				switch {
				case a.Sentence != "":
					t.Logf("%s: %s", at, a.Sentence)
				case p.Kind == board.Table:
					if !strings.Contains(a.Table, "<table") {
						t.Errorf("%s: no table", at)
					}
				case p.Kind == board.KPI && p.Spark.Period == "":
				case len(a.Option) == 0 || a.Height < 40:
					t.Errorf("%s: no option or height: %.200s", at, r.body)
				default:
					drawn++
					if strings.Contains(string(a.Option), "__f__") {
						t.Errorf("%s: a function in the option", at)
					}
				}
				if p.Kind == board.OnMap && !strings.Contains(at, "compact") && !strings.Contains(string(a.Option), map[bool]string{true: "Sketch map without approval number", false: "示意图，未经审图"}[strings.Contains(extra, "en")]) {
					t.Errorf("%s: the map does not say that it has no approval number: %.300s", at, a.Option)
				}
				if strings.Contains(extra, "en") {
					for _, text := range []string{a.Title, a.Period, a.Note, a.Caption, a.Unit} {
						if han.MatchString(awaited.ReplaceAllString(text, "")) {
							t.Errorf("%s: %q is not English", at, text)
						}
					}
				}
			}
			s.formsTest(t, "/api/v1/panels/"+b.Name+"/"+p.Name, i%3)
		}
	}
	if drawn < 40 {
		t.Errorf("only %d charts were drawn", drawn)
	}
}

// formsTest asks for a panel in one of three further forms; whether their figures are right is asked of every panel by
// cmd/yanzhen.
func (s *site) formsTest(t *testing.T, at string, form int) {
	switch form {
	case 0:
		r := s.get(t, at, "Accept", "text/csv")
		if !strings.HasPrefix(r.body, "\uFEFF") || !strings.HasPrefix(r.header.Get("Content-Type"), "text/csv") || !strings.Contains(r.header.Get("Content-Disposition"), "synthetic") && !strings.Contains(r.header.Get("Content-Disposition"), url.PathEscape("演示数据")) {
			t.Errorf("%s as csv: %v %.60q", at, r.header, r.body)
		}
		if _, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.body, "\uFEFF"))).ReadAll(); err != nil {
			t.Errorf("%s as csv: %v", at, err)
		}
	case 1:
		if r := s.get(t, at+"?format=table"); r.status != 200 || !strings.Contains(r.body, "<table") && !strings.Contains(r.body, "sentence") {
			t.Errorf("%s as table: %d %.200s", at, r.status, r.body)
		}
	default:
		if r := s.get(t, at+"?format=definition"); r.status != 200 || !strings.Contains(r.body, "select") || !strings.Contains(r.body, "/data/datasets/") {
			t.Errorf("%s: its definition lacks the query or the dataset: %.300s", at, r.body)
		}
	}
}

// total adds the last column of numbers of a panel's CSV.
func (s *site) total(t *testing.T, path string) float64 {
	t.Helper()
	r := s.get(t, path)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(r.body, "\uFEFF"))).ReadAll()
	if err != nil || r.status != 200 {
		t.Fatalf("%s: %d %v", path, r.status, err)
	}
	sum, last := 0.0, len(rows[0])-1
	for _, key := range []string{"provisional", "why_missing"} {
		if rows[0][last] == words.In(codes.Zh, key) || rows[0][last] == words.In(codes.En, key) {
			last--
		}
	}
	for _, row := range rows[1:] {
		var v float64
		if err := json.Unmarshal([]byte(row[last]), &v); err == nil {
			sum += v
		}
	}
	return sum
}

func (s *site) filtersTest(t *testing.T) {
	at := "/api/v1/panels/inflow/education?format=csv"
	all := s.total(t, at)
	parts := 0.0
	for _, chain := range []string{"superalloy", "magnetic", "molybdenum"} {
		parts += s.total(t, at+"&chain="+chain)
	}
	two := s.total(t, at+"&chain=superalloy&chain=magnetic")
	if all == 0 || parts == 0 || parts > all || two >= parts {
		t.Errorf("arrivals %v, by chain together %v, of two chains %v", all, parts, two)
	}
	june, half := s.total(t, at+"&from=2026-06-01&to=2026-07-01"), s.total(t, at+"&from=2026-01-01&to=2026-07-01")
	if june == 0 || june >= half || half != all {
		t.Errorf("June %v, half-year %v, default %v", june, half, all)
	}
	// a filter the metric does not have is named, not silently dropped
	var a panelAnswer
	r := s.get(t, "/api/v1/panels/training/levels?lang=zh&province="+url.QueryEscape("浙江"))
	if err := json.Unmarshal([]byte(r.body), &a); err != nil || !strings.Contains(a.Note, "不按省份筛选") {
		t.Errorf("note is %q: %.200s", a.Note, r.body)
	}
	// a card that the filter does not cut says so beside its number, and an index of one link is not shown
	if text := plainText(s.page(t, "/b/overview?park=magnet&lang=zh")); !strings.Contains(text, words.In(codes.Zh, "uncut", words.In(codes.Zh, "filter_park"))) {
		t.Errorf("no card says that it is not of the park: %.800s", text)
	}
	if text := plainText(s.page(t, "/b/chain?node=superalloy.cast&lang=zh")); !strings.Contains(text, "筛选只剩一项") {
		t.Errorf("the match of one link is shown: %.800s", text)
	}
	// what a gap counts stands beside it, and the links come with the greatest gap first
	if text := plainText(s.page(t, "/b/chain?lang=zh")); !strings.Contains(text, "别处富余不抵") {
		t.Errorf("nobody is told that the gap is more than demand less supply: %.400s", text)
	}
	nodes, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(s.get(t, "/api/v1/panels/chain/nodes?lang=zh&format=csv").body, "\uFEFF"))).ReadAll()
	if err != nil || len(nodes) < 3 || !strings.Contains(nodes[0][1], "缺口") {
		t.Fatal(nodes, err)
	}
	if !slices.IsSortedFunc(nodes[1:], func(a, b []string) int {
		x, _ := strconv.ParseFloat(a[1], 64)
		y, _ := strconv.ParseFloat(b[1], 64)
		return cmp.Compare(y, x)
	}) {
		t.Errorf("the links are not in the order of their gaps: %v", nodes)
	}
	if r := s.get(t, "/data/datasets"); r.status != 302 && r.status != 200 {
		t.Errorf("above the page of a dataset: %d", r.status)
	}
	body := s.page(t, "/b/inflow?chain=magnetic&from=2026-01-01&to=2026-07-01&lang=zh")
	for _, want := range []string{`<option value="magnetic" selected>`, `class="chips"`, "2026 年上半年", `href="/b/inflow?from=2026-01-01&amp;to=2026-07-01"`, `href="/b/chain?chain=magnetic&amp;from=2026-01-01&amp;to=2026-07-01"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the filtered page lacks %s", want)
		}
	}
	r = s.get(t, "/b/inflow?from=2026-01-01&until=2026-06-30&chain=&node=magnetic.motor")
	if want := "/b/inflow?from=2026-01-01&node=magnetic.motor&to=2026-07-01"; r.status != 303 || r.header.Get("Location") != want {
		t.Errorf("the form leads to %d %s, want %s", r.status, r.header.Get("Location"), want)
	}
	// a click: the drawing's names lead to filters of the page
	r = s.get(t, "/api/v1/panels/inflow/to-chain?lang=zh")
	a = panelAnswer{}
	if err := json.Unmarshal([]byte(r.body), &a); err != nil || a.Drill["1:magnet"] != (draw.Ref{Dim: "park", Key: "magnet"}) || a.Drill["0:浙江"].Dim != "province" {
		t.Errorf("clicks lead to %v", a.Drill)
	}
}

func (s *site) refusalsTest(t *testing.T) {
	for _, c := range []struct {
		path   string
		status int
		says   []string
	}{
		{"/b/nothing", 404, []string{"nothing", "overview", "inflow"}},
		{"/nothing", 404, []string{"/b/overview"}},
		{"/data/datasets/nothing", 404, []string{"talents"}},
		{"/data/runs/nothing", 404, []string{"nothing"}},
		{"/data/runs/nothing?page=0", 400, []string{"page"}},
		{"/api/v1/panels/overview/stock?colour=red", 400, []string{"colour", "chain", "province"}},
		{"/b/overview?lang=fr", 400, []string{"fr", "zh"}},
		{"/b/overview?theme=pink", 400, []string{"pink", "dark"}},
		{"/b/overview?grain=decade", 400, []string{"decade", "quarter"}},
		{"/b/overview?chain=cotton", 400, []string{"cotton", "superalloy"}},
		{"/b/overview?node=" + url.QueryEscape("' or 1=1 --"), 400, []string{"magnetic.motor"}},
		{"/b/overview?map=county", 400, []string{"county", "zone", "world"}},
		{"/api/v1/panels/overview/arrivals?map=moon", 400, []string{`"valid":["zone","china","world"]`}},
		{"/b/overview?from=2026-01-01", 400, []string{"from", "to"}},
		{"/b/overview?from=2026-02-30&to=2026-03-01", 400, []string{"2026-02-30"}},
		{"/b/overview?from=2026-07-01&to=2026-01-01", 400, []string{"2026-07-01"}},
		{"/b/overview?from=0001-01-01&to=2026-01-01", 400, []string{"1900"}},
		{"/b/overview?from=2026-01-01&from=2026-02-01&to=2026-03-01", 400, []string{"from"}},
		{"/b/overview?lang=%zz", 400, nil},
		{"/api/v1/panels/nothing/x", 404, []string{`"valid":["overview"`}},
		{"/api/v1/panels/overview/nothing", 404, []string{`"valid":["stock"`}},
		{"/api/v1/panels/overview/stock?format=pdf", 400, []string{"csv", "definition"}},
		{"/api/v1/panels/inflow/origin?format=spark", 400, []string{"csv", "definition"}},
		{"/api/v1/panels/inflow/origin?by=planet", 400, []string{"planet", "origin_province"}},
		{"/api/v1/panels/inflow/origin?from=2026-13-01&to=2026-01-01", 400, []string{"2026-13-01"}},
		{"/api/v1/panels/inflow/origin?lang=fr", 400, []string{`"valid":["zh","en"]`}},
		{"/b/overview?enterprise=" + strings.Repeat("x", 9000), 414, nil},
		{"/b/overview?as_of=may", 400, []string{"may", "2026-06-05"}},
		{"/b/overview?freeze=nothing", 404, []string{"nothing"}},
		{"/b/overview?freeze=a&as_of=2026-06-05", 400, []string{"freeze"}},
		{"/responsibility?rank=2", 400, []string{"hide"}},
		{"/responsibility?pace=bad", 400, []string{"behind", "on_pace"}},
		{"/responsibility?period=someday", 400, []string{"someday", "2026H1"}},
		{"/responsibility?unit=nobody", 404, []string{"区人社局"}},
		{"/chain/whatif?node=cotton.mill", 400, []string{"magnetic.motor"}},
		{"/chain/whatif?node=magnetic.motor&seats=-1", 400, []string{"seats", "100000"}},
		{"/chain/whatif?node=magnetic.motor&hire=x", 400, []string{"hire"}},
		{"/wall/attic", 404, []string{"attic", "hall"}},
		{"/wall/hall?chain=cotton", 400, []string{"cotton"}},
		{"/api/v1/panels/overview/flow?format=svg&place=roof", 400, []string{"roof", "wall"}},
		{"/api/v1/panels/overview/flow?format=svg&place=wall", 400, []string{"box=912x400"}},
		{"/api/v1/panels/overview/flow?format=svg&place=wall&box=9x9999999", 400, []string{"box=912x400"}},
		{"/static/x/nothing.js", 404, nil},
		{"/static/../dashboard.go", 307, nil},
	} {
		r := s.get(t, c.path)
		if r.status != c.status {
			t.Errorf("%.80s: status %d, want %d: %.200s", c.path, r.status, c.status, r.body)
			continue
		}
		for _, want := range c.says {
			if !strings.Contains(r.body, want) {
				t.Errorf("%.80s: the answer does not say %q: %.400s", c.path, want, r.body)
			}
		}
		if strings.HasPrefix(c.path, "/api/") && !json.Valid([]byte(r.body)) {
			t.Errorf("%s: not JSON: %.200s", c.path, r.body)
		}
		if strings.Contains(r.body, "goroutine") || strings.Contains(r.body, "<script>") {
			t.Errorf("%s: %.300s", c.path, r.body)
		}
	}
	r := s.get(t, "/b/overview?chain="+url.QueryEscape(`"><script>alert(1)</script>`))
	if r.status != 400 || strings.Contains(r.body, "<script>alert") {
		t.Errorf("a tag comes back: %d", r.status)
	}
	res, err := s.client.Post(s.http.URL+"/b/overview", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.StatusCode != 405 || res.Header.Get("Allow") == "" {
		t.Errorf("POST: %d", res.StatusCode)
	}
}

func (s *site) cachingTest(t *testing.T) {
	at := "/api/v1/panels/overview/flow?lang=zh"
	r := s.get(t, at)
	tag := r.header.Get("ETag")
	if again := s.get(t, at, "If-None-Match", tag); tag == "" || again.status != 304 || again.body != "" {
		t.Errorf("unchanged data: tag %q, status %d", tag, again.status)
	}
	for _, other := range []string{at + "&compact=1", at + "&chain=magnetic", strings.Replace(at, "zh", "en", 1)} {
		if s.get(t, other, "If-None-Match", tag).status != 200 {
			t.Errorf("%s has the tag of another answer", other)
		}
	}
	page := s.page(t, "/b/overview")
	base := regexp.MustCompile(`/static/[0-9a-f]+/`).FindString(page)
	css := s.get(t, base+"yanzhen.css", "Accept-Encoding", "gzip")
	if css.status != 200 || !strings.Contains(css.header.Get("Cache-Control"), "immutable") || css.header.Get("Content-Encoding") != "gzip" {
		t.Errorf("css: %d %v", css.status, css.header)
	}
	if old := s.get(t, "/static/0/yanzhen.css"); old.status != 200 || strings.Contains(old.header.Get("Cache-Control"), "immutable") {
		t.Errorf("an old address: %d %v", old.status, old.header)
	}
	if s.static.Has("vendor/echarts.min.js") {
		if r := s.get(t, base+"vendor/echarts.min.js", "Accept-Encoding", "gzip, br"); r.header.Get("Content-Encoding") != "br" || len(r.body) > 400_000 {
			t.Errorf("charts: %v, %d bytes", r.header, len(r.body))
		}
	}
	themes := map[string]int{}
	for _, m := range regexp.MustCompile(`--([\w-]+):`).FindAllStringSubmatch(s.get(t, base+"palette.css").body, -1) {
		themes[m[1]]++
	}
	for token, n := range themes {
		if n != 4 {
			t.Errorf("colour %s is in %d of 4 themes", token, n)
		}
	}
	if len(themes) < 20 {
		t.Errorf("%d colours", len(themes))
	}
}

func (s *site) runsTest(t *testing.T) {
	runs, err := s.Pipeline.Runs(t.Context(), pipeline.RunFilter{Kind: "load", Limit: 400})
	if err != nil {
		t.Fatal(err)
	}
	shown := false
	for _, x := range runs {
		if x.Rejected == 0 {
			continue
		}
		rows, err := s.Pipeline.Rejects(t.Context(), x.ID, 5, 0)
		if err != nil || len(rows) == 0 {
			t.Fatalf("run %s: no rejects: %v", x.ID, err)
		}
		body := s.page(t, "/data/runs/"+x.ID+"?lang=zh")
		for _, want := range []string{rows[0].ReasonZh, rows[0].Cell, x.File} {
			if want != "" && !strings.Contains(body, templateEscape(want)) {
				t.Errorf("the page of run %s lacks %q", x.ID, want)
			}
		}
		shown = true
		break
	}
	if !shown {
		t.Error("the demo files hold rejects, no run shows one")
	}
}

func templateEscape(s string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&#34;", "'", "&#39;", "+", "&#43;").Replace(s)
}

// A database that is gone is said in one sentence, without the inside of the server.
func TestDatabaseGone(t *testing.T) {
	s := open(t)
	db := warehousetest.OpenAs(t, embedded.Reader)
	db.Close()
	s.Engine, s.Pipeline = &compute.Engine{For: accesstest.Everything(), Catalog: s.Catalog, DB: db}, &pipeline.Ledger{DB: db}
	s.Targets = &target.Book{Engine: s.Engine}
	for _, path := range []string{"/b/overview", "/data", "/api/v1/panels/overview/stock"} {
		r := s.get(t, path)
		if r.status != 503 && r.status != 500 {
			t.Errorf("%s: status %d", path, r.status)
		}
		if strings.Contains(r.body, "sql") || strings.Contains(r.body, "socket") || !han.MatchString(r.body) {
			t.Errorf("%s: %.300s", path, r.body)
		}
	}
}

// A board that names what is not there is refused at start, with its file and line.
func TestNewRefusesUnknownMetric(t *testing.T) {
	_, metrics := metrictest.Shipped(t)
	b, err := board.Parse("x.yaml", []byte("board: x\ntitle: {zh: 甲, en: A}\npanels:\n  - {name: p, title: {zh: 图, en: P}, kind: bar, metrics: [inflows], by: [chain], period: half, span: 3}\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(Config{Who: accesstest.Admit(accesstest.Everything()), Catalog: metrics, Boards: []*board.Board{b}}); err == nil || !strings.Contains(err.Error(), `x.yaml:4: panels[p].metrics[1]: 没有指标 "inflows" (inflow?) / there is no metric "inflows" (inflow?)`) {
		t.Errorf("got %v", err)
	}
}
