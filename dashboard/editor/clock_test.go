package editor_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/editor"
	"yanzhen/dashboard/shelf"
	"yanzhen/pipeline/codes"
)

// saying is a saved statement as the script of the page is told it.
type saying struct {
	ID    int
	Title string
	Timed *struct {
		Kind, Schedule, Next string
		Paused               bool
		Past                 []struct {
			State, File, Why string
			Rows             int
		}
	}
}

func (h *house) found(id int) (out saying) {
	h.Helper()
	_, text := h.send("GET", "/sql/saved", nil)
	var list []saying
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		h.Fatal(err, text)
	}
	for _, s := range list {
		if s.ID == id {
			out = s
		}
	}
	return out
}

// A saved statement is put on the clock by its owner, runs, and what comes of it is seen by who may.
func clocked(h *house) {
	var made struct{ ID int }
	save := func(title, sql string) int {
		_, text := h.send("POST", "/sql/saved", map[string]any{"sql": sql, "title": title, "shared": true})
		if err := json.Unmarshal([]byte(text), &made); err != nil {
			h.Fatal(err, text)
		}
		return made.ID
	}
	export, alert := save("每周节点", "select node, count() as n from arrivals group by node order by node"), save("不该有的行", "select number from numbers(3)")
	set := func(id int, body map[string]any) (int, string) {
		body["saved"] = id
		res, text := h.send("POST", "/sql/timed", body)
		return res.StatusCode, text
	}
	for want, body := range map[string]map[string]any{
		"五段":         {"kind": "export", "schedule": "", "format": "csv"},
		"至少一分钟":      {"kind": "export", "schedule": "@every 5s", "format": "csv"},
		"文件格式可选":     {"kind": "export", "schedule": "@daily", "format": "exe"},
		"export 或":   {"kind": "mail", "schedule": "@daily"},
		"保留 1 至 100": {"kind": "export", "schedule": "@daily", "format": "csv", "keep": 101},
	} {
		if code, text := set(export, body); code != http.StatusUnprocessableEntity || !strings.Contains(text, want) {
			h.Errorf("%v: %d %s", body, code, text)
		}
	}
	if code, text := set(export, map[string]any{"kind": "export", "schedule": "0 7 * * 1", "format": "csv", "keep": 2}); code != 200 || !strings.Contains(text, " 07:00") {
		h.Errorf("%d %s", code, text)
	}
	if code, text := set(alert, map[string]any{"kind": "alert", "schedule": "@hourly"}); code != 200 {
		h.Errorf("%d %s", code, text)
	}
	for _, id := range []int{export, alert} {
		if res, text := h.send("POST", "/sql/timed/run", map[string]any{"saved": id}); res.StatusCode != 200 {
			h.Errorf("%d %s", res.StatusCode, text)
		}
	}
	for until := time.Now().Add(20 * time.Second); len(h.found(export).Timed.Past) == 0 || len(h.found(alert).Timed.Past) == 0; time.Sleep(50 * time.Millisecond) {
		if time.Now().After(until) {
			h.Fatal("they do not run")
		}
	}
	written := h.found(export).Timed.Past[0]
	if written.State != shelf.Done || written.File == "" {
		h.Fatalf("%+v", written)
	}
	at := "/sql/timed/" + url.PathEscape(written.File)
	if res, text := h.send("GET", at, nil); res.StatusCode != 200 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/csv") || !strings.Contains(text, "magnetic.motor") || !strings.Contains(res.Header.Get("Content-Disposition"), "attachment") {
		h.Errorf("%d %s %s", res.StatusCode, res.Header, text)
	}
	if a := h.found(alert).Timed.Past[0]; a.State != shelf.Alert || a.Rows != 3 {
		h.Errorf("%+v", a)
	}
	other := li()
	other.Name = "wang"
	h.as(other)
	if list, _, err := audit.Find(h.dir, audit.Query{Did: "file", What: "/sql/timed/", Most: 9}); err != nil || len(list) == 0 || list[len(list)-1].Rows == 0 || list[len(list)-1].Rows != uint64(written.Rows) {
		h.Errorf("the trail says of the file that was taken: %+v, %v; it has %d rows", list, err, written.Rows)
	}
	if res, _ := h.send("GET", at, nil); res.StatusCode != http.StatusNotFound {
		h.Errorf("another takes the file: %d", res.StatusCode)
	}
	if x := h.found(alert); x.ID == 0 || x.Timed != nil {
		h.Errorf("another is told what came of it: %+v", x)
	}
	if code, _ := set(export, map[string]any{"kind": "off"}); code != http.StatusUnprocessableEntity {
		h.Errorf("another takes it off the clock: %d", code)
	}
	if res, _ := h.send("POST", "/sql/timed/run", map[string]any{"saved": export}); res.StatusCode != http.StatusUnprocessableEntity {
		h.Errorf("another has it run: %d", res.StatusCode)
	}
	h.as(&access.Viewer{Name: "wu", Role: access.Operator, May: access.Operator.May(access.Joint)})
	if _, page := h.send("GET", "/data/runs?lang=zh", nil); !strings.Contains(page, "不该有的行") || !strings.Contains(page, "state-alert") || strings.Contains(page, "每周节点") || strings.Contains(page, "/sql?saved") {
		h.Error("the page of loads does not tell of the alert, or of more")
	}
	for path, want := range map[string]bool{"/data/runs?lang=zh&dataset=vacancies": true, "/data/runs?lang=zh": false} {
		if _, page := h.send("GET", path, nil); strings.Contains(page, `<option value="vacancies" selected>`) != want {
			h.Errorf("%s: does not say which loads it lists", path)
		}
	}
	h.as(li())
	if code, text := set(alert, map[string]any{"kind": "alert", "schedule": "@hourly", "paused": true}); code != 200 || !strings.Contains(text, `"paused":true`) {
		h.Errorf("%d %s", code, text)
	}
	if _, page := h.send("GET", "/data/runs?lang=zh", nil); strings.Contains(page, "不该有的行") {
		h.Error("an alert that is paused is told")
	}
	if code, _ := set(export, map[string]any{"kind": "off"}); code != 200 || h.found(export).Timed != nil {
		h.Error("it is still on the clock")
	}
	fileless := li()
	fileless.May &^= access.Export
	h.as(fileless)
	if code, _ := set(export, map[string]any{"kind": "export", "schedule": "@daily", "format": "csv"}); code != http.StatusForbidden {
		h.Errorf("files without the right: %d", code)
	}
	list, _, err := audit.Find(h.dir, audit.Query{Did: "clock", Most: 10})
	for until := time.Now().Add(10 * time.Second); len(list) < 4 && time.Now().Before(until); time.Sleep(20 * time.Millisecond) { // what was done last is written down a moment later
		list, _, err = audit.Find(h.dir, audit.Query{Did: "clock", Most: 10})
	}
	if err != nil || len(list) != 4 || !strings.Contains(fmt.Sprint(list), `每周节点: export "0 7 * * 1" csv, 2`) {
		h.Errorf("the trail: %v %v", list, err)
	}
	elsewhere(h)
}

// elsewhere is the page where the database is a server of its own: it says how to ask that.
func elsewhere(h *house) {
	gate := access.Gate{Refuse: func(w http.ResponseWriter, _ *http.Request, _ access.Verdict) { w.WriteHeader(http.StatusForbidden) }}
	said := ""
	e := editor.Editor{Show: func(w http.ResponseWriter, _ *http.Request, status int, _ codes.Text, template string, _ any) {
		said = template
		w.WriteHeader(status)
	}}
	e.Register(&gate)
	for path, want := range map[string]int{"/sql": 200, "/sql/saved": 404} {
		w, r := httptest.NewRecorder(), httptest.NewRequest("GET", path, nil)
		gate.ServeHTTP(w, r.WithContext(access.With(r.Context(), li())))
		if w.Code != want {
			h.Errorf("%s: %d", path, w.Code)
		}
	}
	if said != "elsewhere.html" {
		h.Errorf("the page shows %q", said)
	}
	if e.Troubles(h.Context(), codes.Zh) != nil {
		h.Error("troubles of nothing")
	}
}
