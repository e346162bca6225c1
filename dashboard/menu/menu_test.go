package menu

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

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
		v := &access.Viewer{Role: role, May: role.May(access.Joint)}
		if role == access.Sender {
			v.Scopes = []access.Scope{{Dim: "sender", Values: []string{"区人社局"}}}
		}
		m := site.For(v, "/responsibility", keep, codes.Zh)
		if urls(m.Nav) != want[0] || urls(m.Admin) != want[1] {
			t.Errorf("%s: %q and %q, want %q", role, urls(m.Nav), urls(m.Admin), want)
		}
		of := map[access.Role]string{access.Leader: "/data /data/duties /data/quality /data/freezes /data/metrics /data/api ", access.Sender: "/data/runs /data/api ", access.Security: "/data/api ", access.Auditor: "/data/api "}
		if want, ok := of[role]; ok && urls(m.Below) != want || m.Sets != (role == access.Administrator) {
			t.Errorf("%s: below the data %q, want %q; datasets %t", role, urls(m.Below), want, m.Sets)
		}
		if m.Bottom != role.May(access.Joint).Has(access.View) {
			t.Errorf("%s: definitions are linked to: %t", role, m.Bottom)
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

// A menu waits a little for what there is to see, shows what was known last, and asks once however many pages are asked for.
func TestFilled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f Filled
		var asked atomic.Int32
		after := func(pause time.Duration, err error, names ...string) func(context.Context) (func(*board.Board) bool, error) {
			return func(ctx context.Context) (func(*board.Board) bool, error) {
				asked.Add(1)
				select {
				case <-time.After(pause):
				case <-ctx.Done():
					err = ctx.Err()
				}
				return func(b *board.Board) bool { return slices.Contains(names, b.Name) }, err
			}
		}
		shown := func(ask func(context.Context) (func(*board.Board) bool, error)) (out string) {
			began := time.Now()
			has := f.Boards(t.Context(), ask)
			for _, name := range []string{"a", "b", "c"} {
				if has(&board.Board{Name: name}) {
					out += name
				}
			}
			return fmt.Sprint(out, " ", time.Since(began))
		}
		step := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %s, want %s", what, got, want)
			}
		}
		hangs := after(time.Hour, nil)
		step("nothing is known", shown(hangs), "abc 2s")
		step("nor later", shown(hangs), "abc 2s")
		if n := asked.Load(); n != 1 {
			t.Errorf("two pages ask %d times", n)
		}
		time.Sleep(time.Minute)
		step("the database fails", shown(after(0, errors.New("down"))), "abc 0s")
		step("it answers", shown(after(100*time.Millisecond, nil, "a")), "a 100ms")
		step("it is slow", shown(after(time.Second, nil, "a", "b")), "a 300ms")
		time.Sleep(time.Second)
		step("it hangs again", shown(hangs), "ab 300ms")
		time.Sleep(time.Minute)
		step("it fails again", shown(after(0, errors.New("down"))), "ab 0s")
		f.Boards(t.Context(), func(context.Context) (func(*board.Board) bool, error) {
			t.Error("who may see no board has the database asked")
			return nil, nil
		})
	})
}
