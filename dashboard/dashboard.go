// Package dashboard serves the pages: boards of charts, the state of the data, and the same figures as JSON and CSV.
// It reads and never writes. A page's state is its URL.
package dashboard

import (
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"sync/atomic"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/agent"
	"yanzhen/dashboard/alerts"
	"yanzhen/dashboard/answer/verified"
	"yanzhen/dashboard/api"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/counter"
	"yanzhen/dashboard/document/form"
	"yanzhen/dashboard/door"
	"yanzhen/dashboard/drafting"
	"yanzhen/dashboard/early/round"
	"yanzhen/dashboard/editor"
	"yanzhen/dashboard/events"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/filter"
	"yanzhen/dashboard/health"
	"yanzhen/dashboard/held"
	"yanzhen/dashboard/inlet"
	"yanzhen/dashboard/jobs"
	"yanzhen/dashboard/menu"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/monitor"
	"yanzhen/dashboard/palette"
	"yanzhen/dashboard/picture"
	"yanzhen/dashboard/preview"
	"yanzhen/dashboard/review"
	"yanzhen/dashboard/runs"
	"yanzhen/dashboard/scene"
	"yanzhen/dashboard/standing"
	"yanzhen/dashboard/static"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/units"
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
	Programs                           // what only programs are given
	Unranked bool                      // units stand by name on the responsibility page, not by their score
	Maps     []*board.Map              // outlines that panels are drawn on
	Briefs   []*brief.Brief            // sentences on top of pages, and documents
	Contact  codes.Text                // whom readers ask; empty: nobody is named
	Links    string                    // what the links of documents stand on: http://talent.example.gov.cn; empty: as the reader asked
	Paper    *form.Style               // of documents as files; nil: the usual one
	Now      func() time.Time          // by the clock of the office; nil: by that of address.Office
	// Who is in by a request: the door's, or of tests a viewer who is always the same. Without it nothing is served.
	Who  func(*http.Request) (*access.Viewer, error)
	Door *door.Door   // the pages of coming in; nil: there are none
	Log  *slog.Logger // nil: slog.Default()
}

// Programs is what only programs are given, and who writes SQL.
type Programs struct {
	Editor   *editor.Editor       // the analyst's page; nil: there is none
	Declared json.RawMessage      // what /api/v1/declared answers, for yanzhen check; nil: nothing is told
	Inlet    *inlet.Inlet         // takes files of senders into the inbox; nil: none are taken
	Counter  *counter.Counter     // the page of those who send files; nil: no folder is watched
	Alerts   *alerts.Page         // what needs a person; nil: there is no page of it
	Jobs     *jobs.Page           // when what is loaded; nil: there is no page of it
	Review   *review.Page         // what counts once it is accepted; nil: there is no page of it
	Drafting *drafting.Page       // declarations drafted from a workbook; nil: there is no page of it
	Units    *units.Page          // what units show and showed; nil: there is no page of it
	Monitor  *monitor.Monitor     // of /metrics and /readyz; nil: there is neither
	Answers  []*verified.Question // that agents are served first
	Agents   agent.Settings       // what is hidden from whoever comes by the door for agents
	Early    *round.Pages         // makes pages ready before they are asked for; nil: nothing is
	SQL      *asking.Room         // where programs and agents ask in SQL; nil: nobody does
}

// Server answers the pages.
type Server struct {
	Config
	pages  *template.Template
	static *static.Files
	studio *picture.Studio             // nil: the chart library is not there
	lately atomic.Pointer[shownLately] // nil: none is
	events *events.Hub                 // tells open pages that something was published
	gate   access.Gate
	watch  http.Handler // the gate, watched
	known  keptCoverage
	held   held.Store          // answers of panels
	seen   menu.Filled         // boards that menus show
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
	if c.Inbox == nil {
		c.Inbox = func() []pipeline.Arrival { return nil }
	}
	if c.Now == nil {
		c.Now = func() time.Time { return time.Now().In(address.Office) }
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Who == nil {
		return nil, errors.New("dashboard: nobody says who looks")
	}
	if c.Targets == nil {
		c.Targets = &target.Book{Engine: c.Engine}
	}
	if err := board.Check(c.Catalog, c.Boards, c.Maps); err != nil {
		return nil, err
	}
	s := &Server{Config: c, order: map[string][]string{}}
	for _, chain := range c.Chains {
		s.order["chain"] = append(s.order["chain"], chain.Code)
		for _, n := range chain.Nodes {
			s.order["node"] = append(s.order["node"], n.Code)
		}
	}
	digits, err := json.Marshal(board.ChartFormats())
	if err != nil {
		return nil, err
	}
	if s.static, err = staticFiles(digits, c.Maps, c.Zone); err != nil {
		return nil, err
	}
	s.studio = picture.New(s.static.Text("vendor/echarts.min.js"), s.static.Text("vendor/drawing.js"), digits, c.Maps)
	s.stands = standing.New(s.source(), c.Pipeline, c.Datasets, c.Contact, func(err error) { s.Log.Error("revisions not counted", "error", err) })
	s.events = events.New(events.Config{Version: s.version, Program: s.static.Base, Log: s.Log, Refuse: s.unheard, Still: s.Door.Still})
	if s.pages, err = s.parse(); err != nil {
		return nil, fmt.Errorf("templates: %w", err)
	}
	s.routes()
	if err := s.programs(); err != nil {
		return nil, err
	}
	return s, nil
}

// staticFiles are the files of the pages, with those that are written from what is declared.
func staticFiles(digits []byte, outlines []*board.Map, zone codes.Text) (*static.Files, error) {
	written := map[string][]byte{
		"palette.css":  []byte(palette.CSS()),
		"js/digits.js": []byte("// Written from the units of the metrics.\nexport const digits = " + string(digits) + ";\n"),
	}
	icons, err := preview.Icons(zone.In(codes.Zh), words.In(codes.Zh, "product"))
	if err != nil {
		return nil, err
	}
	maps.Copy(written, icons)
	if written["manifest.webmanifest"], err = preview.Manifest(joined(words.In(codes.Zh, "product"), zone.In(codes.Zh)), "zh-CN", ""); err != nil {
		return nil, err
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

// who is what senders and offices are called in a language.
func (s *Server) who(loc codes.Lang) func(string) string {
	return func(name string) string { return s.source().Who(name, loc) }
}

// filters is what the filters of a page are chosen from.
func (s *Server) filters() filter.Source { return filter.Source{Catalog: s.Catalog, Engine: s.Engine} }

// routes says which function answers which address, how long it may take, and which parameters only it has.
func (s *Server) routes() {
	view, rows, operate := access.To(access.View), access.To(access.Rows), access.To(access.Operate)
	whole := access.Whole(access.View) // what is not kept to a viewer's part of the rows yet
	on := func(pattern string, need access.Need, h http.HandlerFunc) { s.gate.Handle("GET "+pattern, need, h) }
	s.watch = &s.gate
	if s.Door != nil && s.Door.Trail != nil {
		s.watch = s.Door.Trail.Watch(&s.gate)
	}
	s.watch = s.Early.Over(&s.gate, s.watch)
	s.gate.Refuse = door.Refuser(s.fail)
	s.Door.Open(&s.gate, s.show, s.fail)
	s.Editor.Open(&s.gate, s.show, s.fail)
	on("/{$}", access.SignedIn(), s.start)
	on("/b/{board}", view, address.Canonical(s.page(pageTimeout, s.board, "until")))
	on("/b/{board}/preview.png", view, s.page(pageTimeout, s.preview))
	on(static.SheetPath, access.SignedIn(), static.ServeSheet)
	on("/b/{board}/workbook.xlsx", access.To(access.View|access.Export), s.page(panelTimeout, s.workbook))
	on("/api/v1/panels/{board}/{panel}", view, s.page(panelTimeout, s.panel, "format", "encoding", "compact", "by", "place", "box", "v"))
	on("/api/v1/events", access.SignedIn(), s.events.ServeHTTP)
	on("/wall", view, s.page(pageTimeout, s.wall))
	on("/wall/{scene}", view, s.page(pageTimeout, s.wall))
	on("/data", whole, s.page(pageTimeout, s.data))
	on("/data/datasets", whole, http.RedirectHandler("/data", http.StatusFound).ServeHTTP)
	on("/data/datasets/{name}", access.Whole(access.Rows), s.page(pageTimeout, s.dataset))
	on("/data/runs", rows, s.page(pageTimeout, s.runs, runs.Params...))
	on("/data/runs/{run}", rows, s.page(pageTimeout, s.run, "page"))
	on("/data/metrics", view, s.page(pageTimeout, s.metrics))
	on("/data/inbox", access.Whole(access.Rows), s.page(pageTimeout, s.inbox, "state"))
	on("/data/duties", whole, s.page(pageTimeout, s.duties, "dataset"))
	on("/api/v1/duties", whole, s.page(pageTimeout, s.dutiesNow))
	on("/data/freezes", view, s.page(pageTimeout, s.freezes))
	on("/data/excluded", access.Whole(access.Rows), s.page(pageTimeout, s.excluded, "metric", "dataset"))
	on("/briefings", whole, s.page(pageTimeout, s.briefings))
	on("/briefings/{name}", whole, s.page(panelTimeout, s.briefing, "period", "unit", "target"))
	on("/briefings/{name}/{form}", access.Whole(access.View|access.Export), s.page(panelTimeout, s.briefingFile, "period", "unit", "target"))
	on("/responsibility", whole, s.page(pageTimeout, s.responsibility, "period", "unit", "rank", "pace"))
	on("/cause/{metric}", view, s.page(panelTimeout, s.cause, trail.Params...))
	on("/chain/whatif", view, s.page(pageTimeout, s.whatif, "seats", "hire"))
	on("/api/v1/declared", operate, api.Declared(s.Declared))
	on("/api/v1/inbox", access.Whole(access.Rows), s.inboxNow)
	on("/healthz", access.Public(), func(w http.ResponseWriter, r *http.Request) {
		health.Check{Pipeline: s.Pipeline, Doctor: s.Doctor, Inbox: s.Inbox, Paused: s.Jobs.Paused, Log: s.Log}.ServeHTTP(w, r)
	})
	on("/static/", access.Public(), s.static.ServeHTTP)
	for asked, icon := range map[string]string{"/favicon.ico": preview.Small, "/apple-touch-icon.png": preview.Touch} {
		on(asked, access.Public(), http.RedirectHandler(s.static.Base+icon, http.StatusFound).ServeHTTP)
	}
	s.gate.Handle("/", access.SignedIn(), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			s.fail(w, r, address.Refuse(http.StatusMethodNotAllowed, words.Get("method", r.Method)))
			return
		}
		s.fail(w, r, address.Missing(words.Get("no_page", r.URL.Path), s.addresses()...))
	}))
}

// start leads to the first page that the viewer may see.
func (s *Server) start(w http.ResponseWriter, r *http.Request) {
	home := "/data"
	if len(s.Boards) > 0 {
		home = "/b/" + board.First(s.Boards, s.find(s.home()), s.filled(r)).Name
	}
	s.redirect(w, r, access.First(access.From(r.Context()), home))
}

func (s *Server) home() string {
	if s.find("overview") != nil {
		return "overview"
	}
	return s.Boards[0].Name
}

func (s *Server) find(name string) *board.Board {
	if i := slices.IndexFunc(s.Boards, func(b *board.Board) bool { return b.Name == name }); i >= 0 {
		return s.Boards[i]
	}
	return nil
}

// panicked turns a panic into a page.
func (s *Server) panicked(w http.ResponseWriter, r *http.Request, p any) {
	if p == http.ErrAbortHandler {
		panic(p)
	}
	s.Log.Error("page failed", "path", r.URL.Path, "panic", p)
	s.fail(w, r, fmt.Errorf("panic: %v", p))
}

// addresses lists the pages there are.
func (s *Server) addresses() []string {
	var out []string
	for _, b := range s.Boards {
		out = append(out, "/b/"+b.Name)
	}
	return append(out, "/briefings", "/responsibility", "/chain/whatif", "/data", "/data/runs", "/data/metrics", "/data/freezes")
}
