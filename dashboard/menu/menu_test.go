package menu

import (
	"net/url"
	"testing"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/board"
	"yanzhen/pipeline/codes"
)

// Everybody sees the pages that the role may see, and no other; what is chosen goes along, but for a grain.
func TestFor(t *testing.T) {
	hidden := Site{Boards: []*board.Board{{Name: "a"}, {Name: "b"}, {Name: "c"}}, Has: func(b *board.Board) bool { return b.Name == "b" }}
	if nav := hidden.For(&access.Viewer{May: access.View, Scopes: []access.Scope{{}}}, "/b/a", nil, codes.Zh).Nav; len(nav) != 2 || nav[0].URL != "/b/a" || nav[1].URL != "/b/b" {
		t.Errorf("a page without anything to see is in the menu unless it is the one that is shown: %+v", nav)
	}
	site := Site{Boards: []*board.Board{{Name: "overview", Title: codes.Text{Zh: "总览"}}, {Name: "people", Title: codes.Text{Zh: "人"}, Under: "data"}}, Targets: true, SQL: true, Users: true, Audit: true}
	urls := func(list []Link) (out string) {
		for _, l := range list {
			out += l.URL + " "
			if l.Here {
				out += "< "
			}
		}
		return out
	}
	keep := url.Values{"chain": {"magnetic"}, "grain": {"month"}}
	for role, want := range map[access.Role][2]string{
		access.Leader:        {"/b/overview?chain=magnetic /responsibility < /data ", ""},
		access.Administrator: {"/b/overview?chain=magnetic /responsibility < /data ", "/send /sql /users /audit "},
		access.Security:      {"", "/users "},
		access.Auditor:       {"", "/audit "},
		access.Sender:        {"/send /data/runs ", ""},
	} {
		m := site.For(&access.Viewer{Role: role, May: role.May(access.Joint)}, "/responsibility", keep, codes.Zh)
		if urls(m.Nav) != want[0] || urls(m.Admin) != want[1] {
			t.Errorf("%s: %q and %q, want %q", role, urls(m.Nav), urls(m.Admin), want)
		}
	}
	m := site.For(&access.Viewer{May: access.View}, "/b/people", keep, codes.Zh)
	if !m.Nav[len(m.Nav)-1].Here || !m.Data[0].Here {
		t.Errorf("a page of the data: %+v", m)
	}
	if m.Plain(); m.Nav[0].URL != "/b/overview" {
		t.Errorf("what was refused stays in %s", m.Nav[0].URL)
	}
	if m := site.For(nil, "/", keep, codes.Zh); len(m.Nav)+len(m.Data)+len(m.Admin) > 0 {
		t.Errorf("nobody sees %+v", m)
	}
}
