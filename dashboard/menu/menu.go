// Package menu says where a reader can go from a page: its tabs, the pages below that of the data, what only who keeps the
// installation has, and the same page in other colours and the other language. It knows no page.
package menu

import (
	"net/url"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Link leads to a page.
type Link struct {
	Text, URL string
	Here      bool // it is the page that is shown
}

// Menu is the links of a page.
type Menu struct {
	Nav    []Link // tabs
	Below  []Link // pages below the tab of the data
	Data   []Link // boards below it, and what few have
	Admin  []Link // what few have: SQL, accounts, the audit trail
	Themes []Link
	Lang   Link // to the other language
	Bottom bool // the definitions of metrics are linked to below
	Sets   bool // a dataset's name leads to its page
}

// Site is what there is to go to.
type Site struct {
	Boards  []*board.Board
	Has     func(*board.Board) bool // there is something to see on it; nil: there is on all
	Targets bool                    // responsible units have a page
	SQL     bool                    // statements have one
	Users   bool                    // accounts have one
	Audit   bool
	Alerts  bool // what needs a person has one
	Jobs    bool // when what is loaded has one
	Review  bool // what counts once it is accepted has one
	Drafts  bool // declarations drafted from a workbook have one
}

// For is the menu of the page at a path for who looks. keep is what its address says that other pages know too.
func (s Site) For(who *access.Viewer, path string, keep url.Values, loc codes.Lang) Menu {
	var m Menu
	// a filter goes along from board to board; a grain belongs to the one it was set on
	carried := url.Values{}
	for k, v := range keep {
		if k != "grain" && k != "window" {
			carried[k] = v
		}
	}
	m.Bottom, m.Sets = who.Can(access.View), who.Can(access.Rows) && who.Whole()
	m.Below = below(who, path, loc)
	ofData := strings.HasPrefix(path, "/data")
	for _, b := range s.Boards {
		if !who.Can(access.View) {
			break
		}
		u := "/b/" + b.Name
		to := Link{b.Title.In(loc), address.To(u, carried), path == u}
		if !to.Here && s.Has != nil && !s.Has(b) {
			continue
		}
		if b.Under == "" {
			m.Nav = append(m.Nav, to)
			continue
		}
		m.Data = append(m.Data, to)
		ofData = ofData || to.Here
	}
	if s.Targets && who.Can(access.View) && who.Whole() {
		m.Nav = append(m.Nav, Link{words.In(loc, "responsibility"), "/responsibility", path == "/responsibility"})
	}
	switch {
	case who.Can(access.View) && who.Whole():
		m.Nav = append(m.Nav, Link{words.In(loc, "data"), "/data", ofData})
	case who.Can(access.Rows):
		m.Nav = append(m.Nav, Link{words.In(loc, "data"), "/data/runs", ofData})
	}
	if who.Can(access.Submit) {
		send := Link{words.In(loc, "send_page"), "/send", strings.HasPrefix(path, "/send")}
		if who.Can(access.View) {
			m.Admin = append(m.Admin, send)
		} else { // what a sender comes for stands first
			m.Nav = append([]Link{send}, m.Nav...)
		}
	}
	if s.Jobs && who.Can(access.Operate) && who.Whole() {
		m.Data = append(m.Data, Link{words.In(loc, "jobs"), "/data/jobs", strings.HasPrefix(path, "/data/jobs")})
	}
	if s.Review && who.Can(access.Operate) && who.Whole() {
		m.Data = append(m.Data, Link{words.In(loc, "review"), "/data/review", strings.HasPrefix(path, "/data/review")})
	}
	if s.Alerts && who.Can(access.Operate) && who.Whole() {
		m.Data = append(m.Data, Link{words.In(loc, "alerts"), "/data/alerts", path == "/data/alerts"})
	}
	if s.Drafts && who.Can(access.Operate) && who.Whole() {
		m.Data = append(m.Data, Link{words.In(loc, "declare_page"), "/data/declare", strings.HasPrefix(path, "/data/declare") || path == "/data/begin"})
	}
	if s.SQL && who.Can(access.SQL|access.Rows|access.Small) && who.Whole() {
		m.Admin = append(m.Admin, Link{words.In(loc, "sql_page"), "/sql", path == "/sql"})
	}
	if s.Users && who.Can(access.Accounts) {
		m.Admin = append(m.Admin, Link{words.In(loc, "users"), "/users", strings.HasPrefix(path, "/users")})
	}
	if s.Audit && who.Can(access.Audit) {
		m.Admin = append(m.Admin, Link{words.In(loc, "audit"), "/audit", path == "/audit"})
	}
	return m
}

// below is the pages of the data that somebody may open: none of them leads to a refusal.
func below(who *access.Viewer, path string, loc codes.Lang) (list []Link) {
	if who == nil {
		return nil
	}
	whole := who.Whole()
	for _, page := range []struct {
		url  string
		text string
		may  bool
	}{
		{"/data", words.In(loc, "datasets") + " · " + words.In(loc, "freshness"), whole && who.Can(access.View)},
		{"/data/runs", words.In(loc, "runs"), who.Can(access.Rows)},
		{"/data/inbox", words.In(loc, "inbox"), whole && who.Can(access.Rows)},
		{"/data/duties", words.In(loc, "duties"), whole && who.Can(access.View)},
		{"/data/quality", words.In(loc, "quality"), whole && who.Can(access.View)},
		{"/data/freezes", words.In(loc, "freezes"), who.Can(access.View)},
		{"/data/excluded", words.In(loc, "excluded"), whole && who.Can(access.Rows)},
		{"/data/metrics", words.In(loc, "metrics"), who.Can(access.View)},
		{"/data/api", words.In(loc, "api"), true},
	} {
		if page.may {
			list = append(list, Link{page.text, page.url, path == page.url})
		}
	}
	return list
}

// Plain takes what was asked for out of the links: it was refused, or is too long to repeat.
func (m *Menu) Plain() {
	for _, list := range [][]Link{m.Nav, m.Data} {
		for i := range list {
			list[i].URL, _, _ = strings.Cut(list[i].URL, "?")
		}
	}
}

// Choose makes the links that change the theme and the language of a page.
func (m *Menu) Choose(loc codes.Lang, theme, path string, query url.Values) {
	m.Themes = nil
	with := func(k, v string) string {
		q := url.Values{}
		for key, vs := range query {
			q[key] = vs
		}
		q.Set(k, v)
		return address.To(path, q)
	}
	for _, t := range address.Themes {
		m.Themes = append(m.Themes, Link{words.In(loc, "theme_"+t), with("theme", t), t == theme})
	}
	other := "en"
	if loc == codes.En {
		other = "zh"
	}
	m.Lang = Link{words.In(loc, "other_lang"), with("lang", other), false}
}
