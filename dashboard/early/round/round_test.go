package round

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/early"
)

func look(l *Looked, v *access.Viewer, address string) {
	r := httptest.NewRequest("GET", "http://localhost"+address, nil)
	l.see(r.WithContext(access.With(r.Context(), v)))
}

// What was looked at is remembered as what decides on its figures, across a start and within bounds, and of nobody that he
// looked; what is looked at most goes last. A damaged file is told once and written over.
func TestLooked(t *testing.T) {
	dir, log := t.TempDir(), &bytes.Buffer{}
	logger := slog.New(slog.NewTextHandler(log, nil))
	leader := &access.Viewer{Name: "wangli", Title: "王丽", Role: access.Leader, May: access.Leader.May(access.Joint), Scopes: []access.Scope{{Dim: "park", Values: []string{"magnet"}}}}
	all := access.CommandLine("zhaomin")
	l := Open(dir, logger)
	for range 3 {
		look(l, leader, "/b/overview?utm_source=wx&nsukey=abc&chain=magnetic")
	}
	const state = "/api/v1/panels/overview/flow?chain=magnetic&lang=zh"
	for _, address := range []string{
		state + "&format=svg&theme=dark&place=desk&v=0a1b", state + "&format=svg&theme=dark&place=desk&v=ffff", state, state + "&compact=1",
		state + "&format=csv", state + "&format=png", "/api/v1/panels/overview/flow?chain=alloy&lang=zh", "/b/overview/preview.png", "/data/runs", "/users", "/b/",
	} {
		look(l, leader, address)
	}
	look(l, all, "/cause/inflow?see=change&x=1")
	look(l, &access.Viewer{Name: "p", May: access.View, Token: "t"}, "/b/people")
	if got := l.list(); len(got) != 2 || got[0].key() != "/b/overview?chain=magnetic zh [{\"park\" [\"magnet\"]}] false" || got[1].key() != "/cause/inflow?see=change zh [] true" ||
		!slices.Equal(got[0].Beside, []string{"flow&format=svg&theme=dark&place=desk&v=*", "flow", "flow&compact=1"}) {
		t.Errorf("%+v", got)
	}
	for i := range 2 * mostViews {
		look(l, all, fmt.Sprintf("/b/people?chain=c%d", i))
	}
	for i := range 2 * mostBeside {
		look(l, leader, fmt.Sprintf("%s&format=svg&box=%dx100", state, 100+i))
	}
	if got := l.list(); len(got) != mostViews || got[0].Path != "/b/overview" || len(got[0].Beside) != mostBeside {
		t.Errorf("%d pages, %+v", len(got), got[0])
	}
	l.Save()
	text, err := os.ReadFile(dir + "/" + File)
	if err != nil || strings.Contains(string(text), "wangli") || strings.Contains(string(text), "王丽") || strings.Contains(string(text), "nsukey") || len(text) > mostBytes {
		t.Errorf("%v: it tells of who looked: %.300s", err, text)
	}
	again := Open(dir, logger)
	if want, got := l.list(), again.list(); len(got) != len(want) || got[0].key() != want[0].key() || !slices.Equal(got[0].Beside, want[0].Beside) {
		t.Errorf("after a start: %+v", got[0])
	}
	for _, v := range again.list() {
		if who := v.viewer(); who.May&^(access.View|access.Small) != 0 || who.Can(access.Small) != v.Small || len(who.Scopes) != len(v.Scopes) {
			t.Errorf("%s is asked for by who may %b", v.key(), who.May)
		}
	}
	again.now = func() time.Time { return time.Now().Add(lately + time.Hour) }
	if got := again.list(); len(got) > 0 || log.Len() > 0 {
		t.Errorf("%d pages of long ago, log %s", len(got), log)
	}
	for _, damaged := range []string{"[{", "[null]", `{"a":1}`, strings.Repeat(" ", mostBytes+1)} {
		if err := os.WriteFile(dir+"/"+File, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		log.Reset()
		if l = Open(dir, logger); len(l.list()) != 0 || strings.Count(log.String(), "\n") != 1 {
			t.Errorf("%.20s: %d pages, log %s", damaged, len(l.list()), log)
		}
		look(l, all, "/b/people")
		l.Save()
		if l = Open(dir, logger); len(l.list()) != 1 {
			t.Errorf("%.20s is not written over", damaged)
		}
	}
}

// A round waits until nothing more is published, and no longer than some pauses however much is; switched off there is none.
func TestSettle(t *testing.T) {
	d := &Desk{After: 5 * time.Millisecond, wake: make(chan struct{}, 1), Place: early.New()}
	done := make(chan bool)
	go func() { done <- d.settle(t.Context()) }()
	for settled := false; !settled; {
		select {
		case settled = <-done:
		default:
			d.Published()
		}
	}
	d.After = time.Hour
	ctx, stop := context.WithCancel(t.Context())
	go func() { done <- d.settle(ctx) }()
	d.Published()
	stop()
	if <-done {
		t.Error("it begins though the program ends")
	}
	off := New(t.TempDir(), 0, nil, nil)
	off.Published()
	off.Run(t.Context(), nil)
	if off != nil || (&Pages{Desk: off}).Over(nil, nil) != nil {
		t.Error("it is not off")
	}
}

// A round asks the gate and nobody before it, who counts and writes down what people look at; as a screen, that has no visits.
func TestOver(t *testing.T) {
	var gate, watched []string
	at := func(list *[]string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			who := access.From(r.Context())
			*list = append(*list, fmt.Sprint(r.URL, " ", who.Role, " ", early.At(r.Context()) != nil))
			if r.URL.Path == "/b/none" {
				w.WriteHeader(http.StatusNotFound)
			}
			fmt.Fprint(w, `<img src="/api/v1/panels/overview/flow?lang=zh&amp;format=svg&amp;theme=light&amp;place=desk&amp;v=ab">`)
		})
	}
	d := New(t.TempDir(), time.Second, nil, slog.New(slog.DiscardHandler))
	p := &Pages{Desk: d}
	h := p.Over(at(&gate), at(&watched))
	for _, path := range []string{"/b/overview", "/b/none"} {
		r := httptest.NewRequest("GET", "http://localhost"+path, nil)
		h.ServeHTTP(httptest.NewRecorder(), r.WithContext(access.With(r.Context(), &access.Viewer{Role: access.Leader, May: access.View})))
	}
	list := d.list()
	if len(list) != 1 || len(watched) != 2 || len(gate) != 0 {
		t.Fatalf("%+v, asked for by people %q, by the program %q", list, watched, gate)
	}
	var rep Report
	p.view(t.Context(), list[0], &rep)
	p.view(t.Context(), view{Path: "/b/none", Lang: "zh"}, &rep)
	want := []string{"/b/overview?lang=zh display true", "/api/v1/panels/overview/flow?lang=zh&format=svg&theme=light&place=desk&v=ab display true", "/b/none?lang=zh display true"}
	if !slices.Equal(gate, want) || len(watched) != 2 || rep.Pages != 1 || rep.Answers != 3 || rep.Refused != 1 {
		t.Errorf("%q, %+v", gate, rep)
	}
	if d.Place.Gave() != 0 {
		t.Error("it gave way to itself")
	}
}

// Of a page nothing is forgotten because the round was stopped or the moment was bad; only one that there is not for who looked.
// Who comes after all that was remembered has grown old is remembered.
func TestForget(t *testing.T) {
	d := New(t.TempDir(), time.Second, nil, slog.New(slog.DiscardHandler))
	all := access.CommandLine("zhaomin")
	code := 0
	ctx, stop := context.WithCancel(t.Context())
	p := &Pages{Desk: d}
	p.Over(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if code == http.StatusBadRequest {
			stop()
		}
		w.WriteHeader(code)
	}), nil)
	look(d.Looked, all, "/b/people")
	for _, c := range []struct {
		code int
		ctx  context.Context
		left int
	}{
		{code: http.StatusUnprocessableEntity, ctx: t.Context(), left: 1},
		{code: 499, ctx: t.Context(), left: 1},
		{code: http.StatusTooManyRequests, ctx: t.Context(), left: 1},
		{code: http.StatusServiceUnavailable, ctx: t.Context(), left: 1},
		{code: http.StatusBadRequest, ctx: ctx, left: 1}, // when the round is stopped
		{code: http.StatusNotFound, ctx: t.Context()},
	} {
		code = c.code
		p.view(c.ctx, d.list()[0], &Report{})
		if got := len(d.list()); got != c.left {
			t.Fatalf("%d: %d pages are remembered", c.code, got)
		}
	}
	for i := range mostViews {
		look(d.Looked, all, fmt.Sprintf("/b/people?chain=c%d", i))
	}
	d.Save()
	d.now = func() time.Time { return time.Now().Add(lately + time.Hour) }
	d.Save()
	if text, err := os.ReadFile(d.name); err != nil || strings.TrimSpace(string(text)) != "[]" {
		t.Errorf("%v: what is old stays: %.100s", err, text)
	}
	for i := range mostViews {
		look(d.Looked, all, fmt.Sprintf("/b/people?chain=c%d", i))
	}
	d.now = func() time.Time { return time.Now().Add(3 * lately) }
	look(d.Looked, all, "/b/overview")
	if list := d.list(); len(list) != 1 || list[0].Path != "/b/overview" {
		t.Errorf("%+v", list)
	}
}
