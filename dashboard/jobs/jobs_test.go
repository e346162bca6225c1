package jobs_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/frame/frametest"
	"yanzhen/dashboard/jobs"
	clock "yanzhen/jobs"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// The page starts, pauses and resumes a job; what it refuses it says, and each of these is written down. Nobody else than who
// keeps the installation is let in.
func TestPage(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../../pipeline/testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "jobs"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "jobs", "tidy.yaml"), []byte("name: tidy\ntitle: {zh: 清理, en: Tidy}\nbuiltin: tidy\nschedule: 30 6 * * *\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	list, err := clock.Read(os.DirFS(dir), "jobs", nil, []string{"tidy"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	enter, leave := make(chan bool, 1), make(chan bool)
	s := &clock.Scheduler{Jobs: list, Loader: l, Dir: dir, Builtins: map[string]func(context.Context) error{"tidy": func(context.Context) error { enter <- true; <-leave; return nil }}}
	var gate access.Gate
	gate.Refuse = func(w http.ResponseWriter, _ *http.Request, _ access.Verdict) { w.WriteHeader(http.StatusForbidden) }
	p := &jobs.Page{Clock: s, Ledger: l.Ledger}
	var seen frametest.Record
	p.Register(&gate, seen.Frame(t))
	role := access.Operator
	ask := func(method, path, reason string) *httptest.ResponseRecorder {
		seen.Shown = ""
		r := httptest.NewRequest(method, path, strings.NewReader(url.Values{"reason": {reason}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r = r.WithContext(access.With(r.Context(), &access.Viewer{Name: "wang", Role: role, May: role.May(access.Joint)}))
		w := httptest.NewRecorder()
		gate.ServeHTTP(w, r)
		return w
	}
	want := func(what string, w *httptest.ResponseRecorder, status int, parts ...string) {
		t.Helper()
		if w.Code != status {
			t.Errorf("%s: status %d, want %d: %s", what, w.Code, status, seen.Shown)
		}
		for _, part := range parts {
			if !strings.Contains(seen.Shown+w.Header().Get("Location"), part) {
				t.Errorf("%s: %q is not in %s%s", what, part, seen.Shown, w.Header().Get("Location"))
			}
		}
	}

	want("before the clock runs", ask("POST", "/data/jobs/tidy/run", ""), http.StatusConflict, "--no-jobs")
	want("the list", ask("GET", "/data/jobs", ""), http.StatusOK, "jobs.html", "每日 06:30", `"Clocked":false`)
	if err := s.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer s.Stop(context.Background())
	w := ask("POST", "/data/jobs/tidy/run", "")
	want("run", w, http.StatusSeeOther, "/data/jobs/tidy?ran=")
	<-enter
	_, id, _ := strings.Cut(w.Header().Get("Location"), "ran=")
	want("run twice", ask("POST", "/data/jobs/tidy/run", ""), http.StatusConflict, "正在运行", id)
	want("the link", ask("GET", w.Header().Get("Location"), ""), http.StatusOK, `"Ran":"`+id, `"State":"running"`)
	leave <- true
	want("no reason", ask("POST", "/data/jobs/tidy/pause", " "), http.StatusConflict, "请写明原因")
	want("backfill of a builtin", ask("POST", "/data/jobs/tidy/backfill", "x"), http.StatusConflict, "没有期间可回填")
	want("no job", ask("POST", "/data/jobs/none/pause", "x"), http.StatusNotFound)
	want("pause", ask("POST", "/data/jobs/tidy/pause", "等通知"), http.StatusSeeOther, "done=paused")
	want("paused", ask("GET", "/data/jobs", ""), http.StatusOK, `"PausedBy":"wang"`, "等通知", `"Next":""`)
	if names, err := p.Paused(); names != "tidy" || err != nil {
		t.Errorf("paused are %q, %v", names, err)
	}
	want("resume", ask("POST", "/data/jobs/tidy/resume", "通知已到"), http.StatusSeeOther, "done=resumed")
	want("resumed", ask("GET", "/data/jobs/tidy", ""), http.StatusOK, `"PausedBy":""`, `"History":[{"ID":"`+id)
	if got := strings.Join(seen.Did, "; "); got != "job run tidy refused; job run tidy; job run tidy refused; job pause tidy:   refused; job backfill tidy  : x refused; job pause none: x refused; job pause tidy: 等通知; job resume tidy: 通知已到" {
		t.Errorf("written down: %s", got)
	}
	role = access.Leader
	for _, path := range []string{"GET /data/jobs", "GET /data/jobs/tidy", "GET /api/v1/jobs", "POST /data/jobs/tidy/run", "POST /data/jobs/tidy/pause", "POST /data/jobs/tidy/resume"} {
		method, path, _ := strings.Cut(path, " ")
		want(path, ask(method, path, "x"), http.StatusForbidden)
	}
}
