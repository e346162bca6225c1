package dashboard

import (
	"context"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/alerts"
	"yanzhen/dashboard/api"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/counter"
	"yanzhen/dashboard/door"
	"yanzhen/dashboard/drafting"
	"yanzhen/dashboard/editor"
	"yanzhen/dashboard/frame"
	"yanzhen/dashboard/jobs"
	"yanzhen/dashboard/menu"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/palette"
	"yanzhen/dashboard/quality"
	"yanzhen/dashboard/review"
	"yanzhen/dashboard/runs"
	"yanzhen/dashboard/typing"
	"yanzhen/dashboard/units"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

//go:embed templates/*.html
var templateFiles embed.FS

func (s *Server) parse() (*template.Template, error) {
	t, err := template.New("").Funcs(template.FuncMap{
		"t": words.In,
		"list": func(loc codes.Lang, items []string) words.Whole {
			return words.Whole(words.Join(loc, "sep_list", items))
		},
		"static":  func(name string) string { return s.static.Base + name },
		"num":     func(n uint64) string { v := float64(n); return metric.Number(&v, metric.Records) },
		"pos":     func(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) },
		"barw":    func(share float64) string { return strconv.FormatFloat(64*share, 'f', 1, 64) },
		"dict":    frame.Dict,
		"colour":  func(theme, token string) string { return palette.Variables(theme)[token] },
		"zone":    func(loc codes.Lang) string { return s.Zone.In(loc) },
		"who":     func(loc codes.Lang, name string) string { return s.who(loc)(name) },
		"picture": frame.Picture,
	}).ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, own := range []embed.FS{door.Templates, api.Templates, editor.Templates, counter.Templates, alerts.Templates, jobs.Templates, runs.Templates, units.Templates, review.Templates, quality.Templates, typing.Templates, drafting.Templates} {
		if _, err := t.ParseFS(own, "templates/*.html"); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// layout is what every page has.
type layout struct {
	Loc   codes.Lang
	Theme string
	Title string
	Demo  bool
	menu.Menu
	Me      string // who is signed in; empty: nobody
	Path    string
	Says    string // what the page is about, for the preview of a link to it; empty: its title says it
	Self    string // its address, whole
	Preview string // the address of the picture that stands for it where a link to it is sent; empty: none
	Printed string // the style of its printed sheets; empty: nobody prints it
}

type link = menu.Link

// layout begins a page: its links keep what its address says.
func (s *Server) layout(r *http.Request, title codes.Text) layout {
	loc := address.Language(r)
	p := layout{Loc: loc, Theme: address.Theme(r), Title: title.In(loc), Demo: s.Demo, Path: r.URL.Path}
	keep := url.Values{}
	if st, err := address.Read(r, "page"); err == nil {
		keep = st.Query()
		if len(s.Boards) > 0 {
			st.Loc = loc
			s.shared(&p, r, s.home(), st)
		}
	}
	who := access.From(r.Context())
	if who != nil {
		s.headed(&p, words.In(loc, "sheet_at", address.Moment(s.Now()))) // of pages that tell of a day of their data more is known
	}
	if who != nil && s.Door != nil {
		p.Me = access.Called(who.Name, who.Title, loc)
	}
	site := menu.Site{Boards: s.Boards, Has: s.filled(r), Targets: s.declared("targets") != nil, SQL: s.Editor != nil, Users: s.Door != nil, Audit: s.Door != nil && s.Door.Trail != nil, Alerts: s.Alerts != nil, Jobs: s.Jobs != nil, Review: s.Review.Any(), Drafts: s.Drafting != nil}
	p.Menu = site.For(who, r.URL.Path, keep, loc)
	p.Choose(loc, p.Theme, r.URL.Path, r.URL.Query())
	return p
}

// filled says of boards whether there is something to see on them, as far as the database says so soon.
func (s *Server) filled(r *http.Request) func(*board.Board) bool {
	return s.seen.Boards(r.Context(), func(ctx context.Context) (func(*board.Board) bool, error) {
		live, err := s.Engine.Live(ctx, time.Time{})
		return func(b *board.Board) bool { return live.Any(s.metricsOf(b)) }, err
	})
}

// framed is a page of the door in the frame of all pages.
type framed struct {
	layout
	View any
}

func (s *Server) show(w http.ResponseWriter, r *http.Request, status int, title codes.Text, name string, view any) {
	s.render(w, r, status, name, framed{s.layout(r, title), view})
}

// plainLinks takes what was asked for out of a page's links: it was refused, or is too long to repeat.
func plainLinks(p *layout, r *http.Request) {
	p.Plain()
	p.Self, p.Preview = "", ""
	path := r.URL.Path
	if len(path) > 200 {
		path = "/"
	}
	p.Choose(p.Loc, p.Theme, path, nil)
}
