// Package dashboard serves the pages: boards of charts, the state of the data, and the same figures as JSON and CSV.
// It reads and never writes. A page's state is its URL.
package dashboard

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/events"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/filter"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/palette"
	"yanzhen/dashboard/picture"
	"yanzhen/dashboard/scene"
	"yanzhen/dashboard/standing"
	"yanzhen/dashboard/static"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
)

// Config says what to serve.
type Config struct {
	Catalog  *metric.Catalog
	Boards   []*board.Board
	Scenes   []*scene.Scene // what a wall screen shows
	Datasets []*dataset.Dataset
	Chains   []dataset.Chain // in the order pages show them
	Engine   *compute.Engine
	Targets  *target.Book              // nil: of Engine, and no unit has a scope of its own
	Pipeline *pipeline.Ledger          // read, never written
	Zone     codes.Text                // name of the zone; empty: none is shown
	Demo     bool                      // mark every page as synthetic data
	Hosts    []string                  // names the pages may be asked for by, beside the machine's own, localhost and addresses
	Doctor   func() *pipeline.Problem  // why nothing is loaded; nil, or a nil answer: everything is
	Inbox    func() []pipeline.Arrival // what lies in the watched folders; nil: no job watches one
	Declared json.RawMessage           // what /api/v1/declared answers, for yanzhen check; nil: nothing is told
	Unranked bool                      // units stand by name on the responsibility page, not by their score
	Maps     []*board.Map              // outlines that panels are drawn on
	Briefs   []*brief.Brief            // sentences on top of pages
	Contact  codes.Text                // whom readers ask; empty: nobody is named
	Now      func() time.Time          // nil: time.Now
	Log      *slog.Logger              // nil: slog.Default()
}

// Server answers the pages.
type Server struct {
	Config
	pages  *template.Template
	static *static.Files
	studio *picture.Studio // nil: the chart library is not there
	events *events.Hub     // tells open pages that something was published
	mux    *http.ServeMux
	known  keptCoverage
	stands *standing.Desk      // what stands below boards
	order  map[string][]string // dimension -> its keys from upstream to downstream
}

// The longest a page or a panel may take.
const (
	pageTimeout  = 20 * time.Second
	panelTimeout = 30 * time.Second
)

// New checks the boards against the catalog and makes the handler. All faults are reported at once.
func New(c Config) (*Server, error) {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Targets == nil {
		c.Targets = &target.Book{Engine: c.Engine}
	}
	if err := Check(c.Catalog, c.Boards, c.Maps); err != nil {
		return nil, err
	}
	s := &Server{Config: c, order: map[string][]string{}}
	for _, chain := range c.Chains {
		s.order["chain"] = append(s.order["chain"], chain.Code)
		for _, n := range chain.Nodes {
			s.order["node"] = append(s.order["node"], n.Code)
		}
	}
	digits, err := json.Marshal(metric.ChartFormats())
	if err != nil {
		return nil, err
	}
	if s.static, err = staticFiles(digits, c.Maps); err != nil {
		return nil, err
	}
	s.studio = picture.New(s.static.Text("vendor/echarts.min.js"), s.static.Text("vendor/drawing.js"), digits, c.Maps)
	s.stands = standing.New(s.source(), c.Pipeline, c.Datasets, c.Contact, func(err error) { s.Log.Error("revisions not counted", "error", err) })
	s.events = events.New(events.Config{Version: s.version, Program: s.static.Base, Log: s.Log, Refuse: s.unheard})
	if s.pages, err = s.parse(); err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	s.routes()
	return s, nil
}

// staticFiles are the files of the pages, with those that are written from what is declared.
func staticFiles(digits []byte, outlines []*board.Map) (*static.Files, error) {
	written := map[string][]byte{
		"palette.css":  []byte(palette.CSS()),
		"js/digits.js": []byte("// Written from the units of the metrics.\nexport const digits = " + string(digits) + ";\n"),
	}
	var approvals []string
	for _, m := range outlines {
		written["maps/"+m.Name+".json"] = m.Shape()
		approvals = append(approvals, m.Approval) // printed by what is cached under the same digest
	}
	return static.New(written, approvals...)
}

// source is what panels are answered from.
func (s *Server) source() figures.Source {
	return figures.Source{Catalog: s.Catalog, Engine: s.Engine, Chains: s.Chains, Maps: s.Maps, Order: s.order}
}

// filters is what the filters of a page are chosen from.
func (s *Server) filters() filter.Source { return filter.Source{Catalog: s.Catalog, Engine: s.Engine} }

// routes says which function answers which address, how long it may take, and which parameters only it has.
func (s *Server) routes() {
	s.mux = http.NewServeMux()
	s.mux.HandleFunc("GET /{$}", func(w http.ResponseWriter, r *http.Request) {
		if len(s.Boards) == 0 {
			s.redirect(w, r, "/data")
			return
		}
		s.redirect(w, r, "/b/"+s.home())
	})
	s.mux.HandleFunc("GET /b/{board}", address.Canonical(s.page(pageTimeout, s.board, "until")))
	s.mux.HandleFunc("GET /b/{board}/sheet.css", s.page(pageTimeout, s.sheet))
	s.mux.HandleFunc("GET /b/{board}/workbook.xlsx", s.page(panelTimeout, s.workbook))
	s.mux.HandleFunc("GET /api/v1/panels/{board}/{panel}", s.page(panelTimeout, s.panel, "format", "encoding", "compact", "by", "place", "box", "v"))
	s.mux.Handle("GET /api/v1/events", s.events)
	s.mux.HandleFunc("GET /wall", s.page(pageTimeout, s.wall))
	s.mux.HandleFunc("GET /wall/{scene}", s.page(pageTimeout, s.wall))
	s.mux.HandleFunc("GET /data", s.page(pageTimeout, s.data))
	s.mux.HandleFunc("GET /data/datasets/{name}", s.page(pageTimeout, s.dataset))
	s.mux.HandleFunc("GET /data/runs", s.page(pageTimeout, s.runs))
	s.mux.HandleFunc("GET /data/runs/{run}", s.page(pageTimeout, s.run, "page"))
	s.mux.HandleFunc("GET /data/metrics", s.page(pageTimeout, s.metrics))
	s.mux.HandleFunc("GET /data/inbox", s.page(pageTimeout, s.inbox, "state"))
	s.mux.HandleFunc("GET /data/duties", s.page(pageTimeout, s.duties, "dataset"))
	s.mux.HandleFunc("GET /api/v1/duties", s.page(pageTimeout, s.dutiesNow))
	s.mux.HandleFunc("GET /data/freezes", s.page(pageTimeout, s.freezes))
	s.mux.HandleFunc("GET /data/excluded", s.page(pageTimeout, s.excluded, "metric", "dataset"))
	s.mux.HandleFunc("GET /responsibility", s.page(pageTimeout, s.responsibility, "period", "unit", "rank"))
	s.mux.HandleFunc("GET /cause/{metric}", s.page(panelTimeout, s.cause, trail.Params...))
	s.mux.HandleFunc("GET /chain/whatif", s.page(pageTimeout, s.whatif, "seats", "hire"))
	s.mux.HandleFunc("GET /api/v1/declared", s.declaredNow)
	s.mux.HandleFunc("GET /api/v1/inbox", s.inboxNow)
	s.mux.HandleFunc("GET /healthz", s.health)
	s.mux.Handle("GET /static/", s.static)
	s.mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			s.fail(w, r, address.Refuse(http.StatusMethodNotAllowed, words.Get("method", r.Method)))
			return
		}
		s.fail(w, r, address.Missing(words.Get("no_page", r.URL.Path), s.addresses()...))
	})
}

// Check holds boards against the catalog and the maps: metrics that are not there, dimensions a metric cannot be cut by,
// maps that are not there or show other values.
func Check(cat *metric.Catalog, boards []*board.Board, maps []*board.Map) error {
	var names []string
	for _, m := range cat.Metrics() {
		names = append(names, m.Name)
	}
	var faults []error
	for _, b := range boards {
		if err := b.Check(names, func(name string) ([]string, bool) {
			m := cat.Metric(name)
			switch {
			case m == nil:
				return nil, false
			case cat.Faulty(m): // told in its own file
				return cat.DimensionNames(), true
			}
			return m.Dims(), true
		}); err != nil {
			faults = append(faults, err)
		}
		faults = append(faults, b.CheckMaps(maps, func(dim string) string {
			if d := cat.Dimension(dim); d != nil {
				return d.List
			}
			return ""
		}))
	}
	return errors.Join(faults...)
}

func (s *Server) home() string {
	for _, b := range s.Boards {
		if b.Name == "overview" {
			return b.Name
		}
	}
	return s.Boards[0].Name
}

func (s *Server) find(name string) *board.Board {
	for _, b := range s.Boards {
		if b.Name == name {
			return b
		}
	}
	return nil
}

// ServeHTTP adds to every answer what keeps a browser safe, and turns a panic into a page.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler {
				panic(p)
			}
			s.Log.Error("page failed", "path", r.URL.Path, "panic", p)
			s.fail(w, r, fmt.Errorf("panic: %v", p))
		}
	}()
	if !s.asksUs(r.Host) {
		s.fail(w, r, address.Refuse(http.StatusMisdirectedRequest, words.Get("bad_host")))
		return
	}
	if len(r.URL.RawQuery) > 8192 {
		s.fail(w, r, address.Refuse(http.StatusRequestURITooLong, words.Get("long_url")))
		return
	}
	s.mux.ServeHTTP(w, r)
}

// addresses lists the pages there are.
func (s *Server) addresses() []string {
	var out []string
	for _, b := range s.Boards {
		out = append(out, "/b/"+b.Name)
	}
	return append(out, "/responsibility", "/chain/whatif", "/data", "/data/runs", "/data/metrics", "/data/freezes")
}
