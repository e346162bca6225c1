package scene

import (
	"net/url"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// View is the page of a scene. It holds no figure: its script takes them from the pages of the boards.
type View struct {
	Loc     codes.Lang
	Theme   string // dark, unless the address says otherwise
	Title   string
	Demo    bool
	Dwell   int
	Program string // the page is loaded anew when another one is served
	Zone    string // of the clock: its IANA name
	Frames  []Shown
}

// Shown is a frame as the page says it.
type Shown struct {
	Title, Page   string // Page is the address that its figures are taken from
	Cards, Panels string // names with spaces between
	Also          string // sentences or targets; empty: neither
}

// Page is the view of the scene of a name, the first where that is empty. It refuses one that is not there.
func Page(scenes []*Scene, name string, st address.State) (*View, error) {
	var names []string
	for _, s := range scenes {
		if names = append(names, s.Name); name == "" || s.Name == name {
			return s.page(st), nil
		}
	}
	if name == "" {
		return nil, address.Missing(words.Get("no_scenes"))
	}
	return nil, address.Missing(words.Get("no_scene", name), names...)
}

func (s *Scene) page(st address.State) *View {
	v := &View{Loc: st.Loc, Theme: st.Theme, Title: s.Title.In(st.Loc), Dwell: s.Dwell}
	if v.Theme != "light" {
		v.Theme = "dark"
	}
	query := st.Query()
	for k, v := range (url.Values{"lang": {string(st.Loc)}, "theme": {v.Theme}}) {
		query[k] = v
	}
	for _, f := range s.Frames {
		shown := Shown{
			Title: f.Title.In(st.Loc), Page: address.To("/b/"+f.Board, query),
			Cards: strings.Join(f.Cards, " "), Panels: strings.Join(f.Panels, " "),
		}
		switch {
		case f.Targets:
			shown.Also, shown.Page = "targets", address.To("/responsibility", query)
			if f.Title.Zh == "" {
				shown.Title = words.In(st.Loc, "responsibility")
			}
		case f.Sentences:
			shown.Also = "sentences"
		}
		v.Frames = append(v.Frames, shown)
	}
	return v
}
