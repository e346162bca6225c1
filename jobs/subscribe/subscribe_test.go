package subscribe_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/board"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/subscribe"
	"yanzhen/pipeline/codes"
)

const sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// office is two subscriptions of an account, and pages that answer what the test says.
type office struct {
	*testing.T
	clock  *subscribe.Clock
	book   *account.Book
	now    time.Time
	panels map[string]int // status of each panel; else 200
	asked  []string
}

func (o *office) pages(v *access.Viewer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		o.asked = append(o.asked, v.Name+" "+string(v.Role)+" "+r.URL.Path+" "+r.Header.Get("Yanzhen-Failed"))
		name := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
		if status := o.panels[name]; status != 0 {
			w.Header().Set("Content-Type", "application/problem+json")
			w.WriteHeader(status)
			fmt.Fprintf(w, `{"detail":"%s 没有算出来"}`, name)
			return
		}
		if strings.HasPrefix(r.URL.Path, "/b/") {
			w.Header().Set("Content-Type", sheet)
			w.Header().Set("Content-Disposition", `attachment; filename="overview.xlsx"`)
		}
		fmt.Fprint(w, "PK "+name)
	})
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{T: t, now: time.Date(2026, 7, 31, 23, 50, 0, 0, time.UTC), panels: map[string]int{}}
	fsys := fstest.MapFS{
		"channels/post.yaml":         {Data: []byte("name: post\ntitle: {zh: 邮件, en: Mail}\nkind: mail\nmail: {host: smtp.example.cn, from: y@example.cn}\n")},
		"subscriptions/monthly.yaml": {Data: []byte("name: monthly\ntitle: {zh: 总览, en: Overview}\naccount: zhao\nchannel: post\nto: [zhao@example.cn, li@example.cn]\nschedule: \"0 8 * * *\"\npage: overview\n")},
	}
	channels, err := channel.Read(fsys, alert.KindNames())
	if err != nil {
		t.Fatal(err)
	}
	boards := []*board.Board{{Name: "overview", Panels: []board.Panel{{Name: "one", Title: codes.Text{Zh: "一", En: "One"}}, {Name: "two", Title: codes.Text{Zh: "二", En: "Two"}}}}}
	list, err := subscribe.Read(fsys, channels, boards, nil)
	if err != nil {
		t.Fatal(err)
	}
	if o.book, err = account.Open(t.TempDir(), account.Policy{Length: 12}); err != nil {
		t.Fatal(err)
	}
	if err := o.book.Add(account.New{Name: "zhao", Role: access.Leader, By: "test"}); err != nil {
		t.Fatal(err)
	}
	if err := o.book.SetPassword("zhao", "松阳-9-katze-Fluss"); err != nil {
		t.Fatal(err)
	}
	o.clock = &subscribe.Clock{
		List: list, Channels: channels, Book: alert.Book{Dir: t.TempDir()}, Base: "https://talent.example.gov.cn", Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return o.now }, Press: subscribe.Pages{Book: o.book, Boards: boards, Host: "127.0.0.1", For: o.pages},
	}
	return o
}

// after lets time pass by steps of five minutes, and returns the mails that were written.
func (o *office) after(pass time.Duration) (out []channel.Message) {
	o.Helper()
	for end := o.now.Add(pass); o.now.Before(end); {
		o.now = o.now.Add(5 * time.Minute)
		if err := o.clock.Look(o.Context()); err != nil {
			o.Fatal(err)
		}
		if err := o.clock.Book.Change(func(s *alert.State) error {
			for _, x := range s.Out {
				out = append(out, x.Message)
			}
			s.Out = nil
			return nil
		}); err != nil {
			o.Fatal(err)
		}
	}
	return out
}

// A page goes to each of its receivers once a time, made as the account sees it; what was missed is made up for once.
func TestPage(t *testing.T) {
	o := open(t)
	if m := o.after(2 * time.Hour); len(m) != 2 || m[0].To != "zhao@example.cn" || m[1].To != "li@example.cn" || m[0].ID == m[1].ID || m[0].Subject != "总览" || string(m[0].Files[0].Data) != "PK workbook.xlsx" || m[0].Files[0].Name != "overview.xlsx" || m[0].Link != "https://talent.example.gov.cn/b/overview" {
		t.Fatalf("%+v", m)
	}
	if got := strings.Join(o.asked, "; "); got != "zhao leader /api/v1/panels/overview/one ; zhao leader /api/v1/panels/overview/two ; zhao leader /b/overview/workbook.xlsx 0" {
		t.Error(got)
	}
	if m := o.after(20 * time.Hour); len(m) != 0 {
		t.Errorf("%+v", m)
	}
	o.now = o.now.Add(72 * time.Hour)
	if m := o.after(time.Hour); len(m) != 2 {
		t.Errorf("three times that passed: %d mails", len(m))
	}
	o.panels["two"] = http.StatusForbidden // not for this account
	o.asked = nil
	if m := o.after(24 * time.Hour); len(m) != 2 || len(m[0].Files) != 1 || !strings.HasSuffix(o.asked[len(o.asked)-1], "workbook.xlsx 1") {
		t.Errorf("%+v %v", m, o.asked)
	}
}

// What cannot be had whole is not sent: after a while the mail says what is missing, and an alert, until the next that is whole.
func TestMissing(t *testing.T) {
	o := open(t)
	open := func() string {
		list, err := o.clock.Source().Look(t.Context(), o.now)
		if err != nil || len(list) > 1 {
			t.Fatal(list, err)
		}
		for _, f := range list {
			return f.What.Zh
		}
		return ""
	}
	o.after(5 * time.Minute)
	o.panels["two"] = http.StatusServiceUnavailable
	if m := o.after(10 * time.Minute); len(m) != 0 || open() != "" {
		t.Errorf("it may be there soon: %+v", m)
	}
	m := o.after(30 * time.Minute)
	if len(m) != 2 || len(m[0].Files) != 0 || m[0].Subject != "没有发出：总览" || !strings.Contains(m[0].Text, "“二”：two 没有算出来") || !strings.Contains(open(), "two 没有算出来") {
		t.Errorf("%+v %s", m, open())
	}
	for what, x := range map[string]struct {
		do, undo func() error
		want     string
	}{
		"disabled": {func() error { return o.book.Disable("zhao") }, func() error { return o.book.Enable("zhao") }, "停用"},
		"owing":    {func() error { return o.book.LendPassword("zhao", "松阳-8-katze-Fluss") }, func() error { return o.book.SetPassword("zhao", "松阳-7-katze-Fluss") }, "先改密码"},
		"all hid":  {func() error { o.panels["one"], o.panels["two"] = 403, 403; return nil }, func() error { o.panels = map[string]int{}; return nil }, "看不到"},
		"half":     {func() error { o.panels["workbook.xlsx"] = 400; return nil }, func() error { o.panels = map[string]int{}; return nil }, "没有算出来"},
	} {
		o.panels = map[string]int{}
		if err := x.do(); err != nil {
			t.Fatal(err)
		}
		if m := o.after(24 * time.Hour); len(m) != 2 || len(m[0].Files) != 0 || !strings.Contains(m[0].Text, x.want) || !strings.Contains(open(), x.want) {
			t.Errorf("%s: %+v", what, m)
		}
		if err := x.undo(); err != nil {
			t.Fatal(err)
		}
	}
	if m := o.after(24 * time.Hour); len(m) != 2 || len(m[0].Files) != 1 || open() != "" {
		t.Errorf("whole again: %+v %s", m, open())
	}
}

// What is declared wrong is told.
func TestDeclared(t *testing.T) {
	channels := []*channel.Channel{{Name: "post", Kind: "mail"}, {Name: "group", Kind: "wecom"}}
	boards := []*board.Board{{Name: "overview"}}
	base := "name: x\ntitle: {zh: 甲, en: A}\naccount: zhao\n"
	for text, want := range map[string]string{
		"channel: group\nto: [a@b.cn]\nschedule: \"@daily\"\npage: overview":              "group",
		"channel: post\nto: [nobody]\nschedule: \"@daily\"\npage: overview":               "nobody",
		"channel: post\nto: []\nschedule: \"@daily\"\npage: overview":                     "1 至 50",
		"channel: post\nto: [a@b.cn]\nschedule: \"99 * * * *\"\npage: overview":           "99",
		"channel: post\nto: [a@b.cn]\nschedule: \"@daily\"\npage: none":                   "none",
		"channel: post\nto: [a@b.cn]\nschedule: \"@daily\"\nbriefing: none":               "none",
		"channel: post\nto: [a@b.cn]\nschedule: \"@daily\"":                               "写了 0 个",
		"channel: post\nto: [a@b.cn]\nschedule: \"@daily\"\npage: overview\nstatement: 2": "写了 2 个",
	} {
		if _, err := subscribe.Read(fstest.MapFS{"subscriptions/x.yaml": {Data: []byte(base + text + "\n")}}, channels, boards, []string{"monthly"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
