package subscribe_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/board"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/jobs/subscribe"
	"yanzhen/pipeline/codes"
)

const sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

// office is two subscriptions of an account, and pages that answer what the test says.
type office struct {
	*testing.T
	clock  *subscribe.Clock
	book   *account.Book
	dir    string
	taken  map[string]bool // files of the queue that were looked at
	now    time.Time
	panels map[string]int // status of each panel; else 200
	size   int            // of the workbook beside its name
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
			defer func() { _, _ = w.Write(make([]byte, o.size)) }()
		}
		fmt.Fprint(w, "PK "+name)
	})
}

func open(t *testing.T) *office {
	t.Helper()
	o := &office{T: t, dir: t.TempDir(), taken: map[string]bool{}, now: time.Date(2026, 7, 31, 23, 50, 0, 0, time.UTC), panels: map[string]int{}}
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
	post := &outbox.Post{Dir: o.dir, Channels: channels, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return o.now }}
	if err := post.Open(); err != nil {
		t.Fatal(err)
	}
	o.clock = &subscribe.Clock{
		List: list, Channels: channels, Book: alert.Book{Dir: o.dir}, Post: post, Base: "https://talent.example.gov.cn", Log: slog.New(slog.DiscardHandler),
		Now: func() time.Time { return o.now }, Press: subscribe.Pages{Book: o.book, Boards: boards, Host: "127.0.0.1", For: o.pages},
	}
	return o
}

// queued are the mails that were put into the outbox since it was looked at last.
func (o *office) queued() (out []channel.Message) {
	o.Helper()
	files, err := filepath.Glob(filepath.Join(outbox.Folder(o.dir), "post/queue/*.json"))
	if err != nil {
		o.Fatal(err)
	}
	for _, name := range files {
		var x struct{ Message channel.Message }
		text, err := os.ReadFile(name)
		if err = errors.Join(err, json.Unmarshal(text, &x)); err != nil {
			o.Fatal(err)
		}
		if !o.taken[name] {
			out = append(out, x.Message)
		}
		o.taken[name] = true
	}
	return out
}

// after lets time pass by steps of five minutes, and returns the mails that were put into the outbox.
func (o *office) after(pass time.Duration) (out []channel.Message) {
	o.Helper()
	for end := o.now.Add(pass); o.now.Before(end); {
		o.now = o.now.Add(5 * time.Minute)
		if err := o.clock.Look(o.Context()); err != nil {
			o.Fatal(err)
		}
	}
	return o.queued()
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
		if len(list) == 0 {
			return ""
		}
		if what := list[0].What; strings.Contains(what.En, "没有") {
			t.Errorf("the English says it in Chinese: %s", what.En)
		}
		return list[0].What.Zh
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
		"page":     {func() error { o.size = 31 << 20; return nil }, func() error { o.size = 0; return nil }, "文件太大"},
		"mail":     {func() error { o.size = 16 << 20; return nil }, func() error { o.size = 0; return nil }, "超过 15 MB"},
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

// A subscription that comes back, or has another time or content, begins with its next time.
func TestAnew(t *testing.T) {
	o := open(t)
	o.after(2 * time.Hour) // to 09:50 in Beijing; its time is 08:00
	s := o.clock.List[0]
	again := func(from, to string) {
		t.Helper()
		text := strings.Replace("name: monthly\ntitle: {zh: 总览, en: Overview}\naccount: zhao\nchannel: post\nto: [zhao@example.cn]\nschedule: \"0 8 * * *\"\npage: overview\n", from, to, 1)
		list, err := subscribe.Read(fstest.MapFS{"subscriptions/monthly.yaml": {Data: []byte(text)}}, o.clock.Channels, []*board.Board{{Name: "overview"}, {Name: "people"}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		o.clock.List = list
	}
	quiet := func(what string) {
		t.Helper()
		if m := o.after(10 * time.Minute); len(m) != 0 {
			t.Errorf("%s: it mails at once: %+v", what, m)
		}
	}
	again("0 8", "0 9") // of which a time has passed since the last mail
	quiet("another time")
	again("page: overview", "page: people")
	o.now = o.now.Add(48 * time.Hour)
	quiet("another page")
	o.clock.List = nil
	o.clock.Start(t.Context())
	o.now = o.now.Add(48 * time.Hour)
	if state, err := o.clock.Book.Read(); err != nil || len(state.Slots)+len(state.Cycles) != 0 {
		t.Errorf("what is declared no more is kept: %+v %v", state, err)
	}
	o.clock.List = []*subscribe.Subscription{s}
	quiet("it is back")
	if m := o.after(24 * time.Hour); len(m) != 2 {
		t.Errorf("its next time: %d mails", len(m))
	}
	// a book of an earlier version says not what was sent: nothing is left out
	if err := o.clock.Book.Change(func(s *alert.State) error { s.Cycles = nil; return nil }); err != nil {
		t.Fatal(err)
	}
	if m := o.after(24 * time.Hour); len(m) != 2 {
		t.Errorf("an earlier book: %d mails", len(m))
	}
}

// Files are kept out of the book and bounded over all who get one. Who was put in before it ended in the middle is not put in again.
func TestBounded(t *testing.T) {
	o := open(t)
	o.after(5 * time.Minute)
	o.size = 1 << 20
	lock := filepath.Join(o.dir, "alerts.json.lock")
	if err := errors.Join(os.Remove(lock), os.Mkdir(lock, 0o700)); err != nil { // what was put in cannot be written down
		t.Fatal(err)
	}
	o.now = o.now.Add(10 * time.Minute)
	for range 2 {
		if err := o.clock.Look(t.Context()); err == nil {
			t.Error("the book cannot be written, and nobody hears of it")
		}
	}
	if err := os.Remove(lock); err != nil {
		t.Fatal(err)
	}
	if m := o.after(time.Hour); len(m) != 2 || len(m[1].Files[0].Data) < 1<<20 {
		t.Errorf("%d mails", len(m))
	}
	if info, err := os.Stat(filepath.Join(o.dir, "alerts.json")); err != nil || info.Size() > 10_000 {
		t.Errorf("the book has the files: %d bytes, %v", info.Size(), err)
	}
	o.size = 11 << 20
	for range 18 {
		o.clock.List[0].To = append(o.clock.List[0].To, "wang@example.cn")
	}
	if m := o.after(24 * time.Hour); len(m) != 20 || len(m[0].Files) != 0 || !strings.Contains(m[0].Text, "发给 20 人") {
		t.Errorf("%d mails", len(m))
	}
	// a queue that takes nothing: it is told, and tried again
	o.size, o.clock.List[0].To = 0, o.clock.List[0].To[:1]
	queue := filepath.Join(outbox.Folder(o.dir), "post/queue")
	if err := errors.Join(os.Rename(queue, queue+".away"), os.WriteFile(queue, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	o.now = o.now.Add(24 * time.Hour)
	if err := o.clock.Look(t.Context()); err == nil || !strings.Contains(err.Error(), "post") {
		t.Errorf("%v", err)
	}
	if err := errors.Join(os.Remove(queue), os.Rename(queue+".away", queue)); err != nil {
		t.Fatal(err)
	}
	if m := o.after(5 * time.Minute); len(m) != 1 {
		t.Errorf("%d mails", len(m))
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
