package main

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/jobs"
	"yanzhen/pipeline"
)

// atTheCounter is a sender's way on the pages: a file is looked at, sent, and comes back with what is wrong marked in it.
// Others see nothing of it, and what is sent for somebody else is refused.
func atTheCounter(t *testing.T, o *office, c *cli, s *jobs.Scheduler) {
	who, err := o.config.doors().Open(c.log)
	if err != nil {
		t.Fatal(err)
	}
	defer who.Trail.Close()
	pages, err := o.pages(c, who, s)
	if err != nil {
		t.Fatal(err)
	}
	defer pages.Close()
	as := func(sender string) func(*http.Request) *httptest.ResponseRecorder {
		h := pages.For(&access.Viewer{Name: sender, Role: access.Sender, May: access.Sender.May(access.Joint), Scopes: []access.Scope{{Dim: access.BySender, Values: []string{sender}}}})
		return func(r *http.Request) *httptest.ResponseRecorder {
			r.Host = "localhost"
			r.Header.Set("Sec-Fetch-Site", "same-origin")
			w := httptest.NewRecorder()
			h.ServeHTTP(w, r.WithContext(t.Context()))
			return w
		}
	}
	mine, other := as("丙局"), as("丁局")
	get := func(who func(*http.Request) *httptest.ResponseRecorder, path string) *httptest.ResponseRecorder {
		return who(httptest.NewRequest(http.MethodGet, path, nil))
	}
	upload := func(name, text string) *httptest.ResponseRecorder {
		t.Helper()
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		part, err := form.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := part.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		if err := form.Close(); err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/send/look?lang=zh", &body)
		r.Header.Set("Content-Type", form.FormDataContentType())
		return mine(r)
	}
	if w := get(mine, "/"); w.Header().Get("Location") != "/send" {
		t.Errorf("a sender begins at %q", w.Header().Get("Location"))
	}
	const name, text = "引进与流出_2026年5月.csv", "身份证号,日期,流向,用人单位,产业链节点,学历,内部编号\n11010519491231002X,2026-05-05,引进,青田新材料有限公司,精密铸造,本科,1\n11010519491231002X,2026-05-35,引进,青田新材料有限公司,精密铸造,本科,2\n"
	w := upload(name, text)
	page := w.Body.String()
	for _, want := range []string{"丙局", "2026 年 5 月", "没有这一天", "B3", "内部编号", "精密铸造", "拒收 1 行", "仍然报送"} {
		if !strings.Contains(page, want) {
			t.Errorf("the look lacks %q (%d): %.2000s", want, w.Code, page)
		}
	}
	if strings.Contains(page, "11010519491231002X") {
		t.Error("the look shows the number of a person")
	}
	draft := regexp.MustCompile(`name="draft" value="(\w+)"`).FindStringSubmatch(page)
	if draft == nil {
		t.Fatal("there is nothing to send")
	}
	send := func(who func(*http.Request) *httptest.ResponseRecorder, draft string) *httptest.ResponseRecorder {
		r := httptest.NewRequest(http.MethodPost, "/send", strings.NewReader(url.Values{"draft": {draft}, "sender": {"丙局"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return who(r)
	}
	for _, bad := range []string{"", "../..", "ffff"} {
		if w := send(mine, bad); w.Code != http.StatusGone {
			t.Errorf("draft %q: %d", bad, w.Code)
		}
	}
	if w := send(other, draft[1]); w.Code != http.StatusGone {
		t.Errorf("somebody else sends it: %d", w.Code)
	}
	if w := send(mine, draft[1]); w.Code != http.StatusSeeOther {
		t.Fatalf("sending: %d %s", w.Code, w.Body)
	}
	back := regexp.MustCompile(`/send/returns/[\w-]+\.xlsx`)
	var at string
	for range 600 {
		if at = back.FindString(get(mine, "/send").Body.String()); at != "" {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	f, err := excelize.OpenReader(get(mine, at).Body)
	if err != nil {
		t.Fatalf("%q: %v", at, err)
	}
	defer f.Close()
	if notes, err := f.GetComments("Sheet1"); err != nil || len(notes) != 1 || notes[0].Cell != "B3" {
		t.Errorf("%v %+v", err, notes)
	}
	run := strings.TrimSuffix(strings.TrimPrefix(at, "/send/returns/"), ".xlsx")
	says := func(gone bool) {
		t.Helper()
		for path, want := range map[string]string{"/send": "已撤回", "/data/runs/" + run: "不计入任何数字"} {
			if page := get(mine, path).Body.String(); strings.Contains(page, want) != gone {
				t.Errorf("taken back: %v; %s: %.3000s", gone, path, page)
			}
		}
	}
	live, err := o.loader.Accept(t.Context(), run, pipeline.Publish, pipeline.Why{By: "cao"})
	if err != nil {
		t.Fatal(err)
	}
	says(false)
	if _, err := o.loader.Withdraw(t.Context(), "arrivals", live.Unit, pipeline.Why{By: "cao", Reason: "内部"}); err != nil {
		t.Fatal(err)
	}
	says(true)
	// the trail says how many rows went out in the workbook and in a template that is filled in
	if w := get(as("区人社局"), "/send/template/labour.xlsx"); w.Code != http.StatusOK {
		t.Errorf("a template that is filled in: %d %s", w.Code, w.Body)
	}
	for did, who := range map[string]string{"return": "丙局", "template": "区人社局"} {
		var found []audit.Entry
		for range 100 { // entries are written by the way
			if found, _, err = audit.Find(o.config.Dir, audit.Query{Did: did, Who: who, Most: 5}); err != nil || len(found) > 0 {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if err != nil || len(found) != 1 || did == "return" && found[0].Rows != 2 || found[0].Rows < 2 {
			t.Errorf("%s: the trail says %+v, %v", did, found, err)
		}
	}
	if w := get(other, at); w.Code != http.StatusNotFound {
		t.Errorf("somebody else's file: %d", w.Code)
	}
	for path, want := range map[string]int{"/send/template/labour.xlsx": 200, "/send/template/labour.xlsx?sender=" + url.QueryEscape("丁局"): 403, "/send/template/nothing.xlsx": 404, "/send/returns/nothing.xlsx": 404} {
		if w := get(mine, path); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	for name, want := range map[string]int{"丁局_引进与流出_2026年5月.csv": 403, "../引进与流出.csv": 422, "": 400} {
		if w := upload(name, "x"); w.Code != want {
			t.Errorf("a file named %q: %d, want %d", name, w.Code, want)
		}
	}
	if w := upload("引进与流出_2026年6月.csv", "PK\x03\x04 no workbook"); w.Code != http.StatusOK || !strings.Contains(w.Body.String(), `class="message"`) || strings.Contains(w.Body.String(), "仍然报送") {
		t.Errorf("a broken file: %d", w.Code)
	}
}
