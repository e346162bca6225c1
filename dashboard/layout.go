package dashboard

import (
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/api"
	"yanzhen/dashboard/door"
	"yanzhen/dashboard/editor"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/palette"
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
		"static": func(name string) string { return s.static.Base + name },
		"num":    func(n uint64) string { v := float64(n); return metric.Number(&v, metric.Records) },
		"pos":    func(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) },
		"barw":   func(share float64) string { return strconv.FormatFloat(64*share, 'f', 1, 64) },
		"dict": func(kv ...any) map[string]any {
			out := map[string]any{}
			for i := 0; i+1 < len(kv); i += 2 {
				out[kv[i].(string)] = kv[i+1]
			}
			return out
		},
		"colour": func(theme, token string) string { return palette.Variables(theme)[token] },
		"zone":   func(loc codes.Lang) string { return s.Zone.In(loc) },
		// a picture that we made ourselves, as an address
		"picture": func(data string) template.URL {
			if !strings.HasPrefix(data, "data:image/png;base64,") {
				return ""
			}
			return template.URL(data)
		},
	}).ParseFS(templateFiles, "templates/*.html")
	if err != nil {
		return nil, err
	}
	for _, own := range []embed.FS{door.Templates, api.Templates, editor.Templates} {
		if _, err := t.ParseFS(own, "templates/*.html"); err != nil {
			return nil, err
		}
	}
	return t, nil
}

// layout is what every page has.
type layout struct {
	Loc     codes.Lang
	Theme   string
	Title   string
	Demo    bool
	Nav     []link
	Data    []link // boards below the tab of the data
	Themes  []link
	Lang    link   // to the other language
	Me      string // who is signed in; empty: nobody
	Path    string
	Says    string // what the page is about, for the preview of a link to it; empty: its title says it
	Self    string // its address, whole
	Preview string // the address of the picture that stands for it where a link to it is sent; empty: none
	Printed string // the style of its printed sheets; empty: none of its own
}

type link struct {
	Text, URL string
	Here      bool
}

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
	// a filter goes along from board to board; a grain belongs to the one it was set on
	carried := url.Values{}
	for k, v := range keep {
		if k != "grain" && k != "window" {
			carried[k] = v
		}
	}
	ofData := strings.HasPrefix(r.URL.Path, "/data")
	who := access.From(r.Context())
	if who != nil && s.Door != nil {
		p.Me = who.Title
	}
	for _, b := range s.Boards {
		if !who.Can(access.View) {
			break
		}
		u := "/b/" + b.Name
		to := link{b.Title.In(loc), address.To(u, carried), r.URL.Path == u}
		if b.Under == "" {
			p.Nav = append(p.Nav, to)
			continue
		}
		p.Data = append(p.Data, to)
		ofData = ofData || to.Here
	}
	if s.declared("targets") != nil && who.Can(access.View) && who.Whole() {
		p.Nav = append(p.Nav, link{words.In(loc, "responsibility"), "/responsibility", r.URL.Path == "/responsibility"})
	}
	switch {
	case who.Can(access.View) && who.Whole():
		p.Nav = append(p.Nav, link{words.In(loc, "data"), "/data", ofData})
	case who.Can(access.Rows):
		p.Nav = append(p.Nav, link{words.In(loc, "data"), "/data/runs", ofData})
	}
	if who.Can(access.SQL|access.Rows|access.Small) && who.Whole() && s.Editor != nil {
		p.Nav = append(p.Nav, link{words.In(loc, "sql_page"), "/sql", r.URL.Path == "/sql"})
	}
	if who.Can(access.Accounts) && s.Door != nil {
		p.Nav = append(p.Nav, link{words.In(loc, "users"), "/users", strings.HasPrefix(r.URL.Path, "/users")})
	}
	if who.Can(access.Audit) && s.Door != nil && s.Door.Trail != nil {
		p.Nav = append(p.Nav, link{words.In(loc, "audit"), "/audit", r.URL.Path == "/audit"})
	}
	s.choose(&p, r.URL.Path, r.URL.Query())
	return p
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
func (s *Server) plainLinks(p *layout, r *http.Request) {
	for i := range p.Nav {
		p.Nav[i].URL, _, _ = strings.Cut(p.Nav[i].URL, "?")
	}
	for i := range p.Data {
		p.Data[i].URL, _, _ = strings.Cut(p.Data[i].URL, "?")
	}
	p.Self, p.Preview = "", ""
	path := r.URL.Path
	if len(path) > 200 {
		path = "/"
	}
	s.choose(p, path, nil)
}

// choose makes the links that change the theme and the language of a page.
func (s *Server) choose(p *layout, path string, query url.Values) {
	p.Themes = nil
	with := func(k, v string) string {
		q := url.Values{}
		for key, vs := range query {
			q[key] = vs
		}
		q.Set(k, v)
		return address.To(path, q)
	}
	for _, t := range address.Themes {
		p.Themes = append(p.Themes, link{words.In(p.Loc, "theme_"+t), with("theme", t), t == p.Theme})
	}
	other := "en"
	if p.Loc == codes.En {
		other = "zh"
	}
	p.Lang = link{words.In(p.Loc, "other_lang"), with("lang", other), false}
}
