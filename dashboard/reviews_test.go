package dashboard

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/token"
	"yanzhen/pipeline"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// Programs review as the page does: who operates decides, not of what they have sent, after a look at the state that they name,
// once however often it is sent; a sender sees and answers what is their own, and nobody else any of it.
func TestReviewByPrograms(t *testing.T) {
	h := openHouse(t)
	h.loader.Catalog.Datasets["arrivals"].Review = true
	h.loader.SentBy = func(string) (string, error) { return "rsj", nil }
	h.add("rsj", access.Sender, access.Scope{Dim: access.BySender, Values: []string{"人社局"}})
	h.add("czj", access.Sender, access.Scope{Dim: access.BySender, Values: []string{"财政局"}})
	h.add("cao", access.Operator)
	h.add("cao2", access.Operator)
	h.add("fen", access.Analyst)
	secrets := map[string]string{}
	for _, name := range []string{"rsj", "czj", "cao", "cao2", "fen"} {
		secrets[name] = h.token(token.New{Account: name})
	}
	load := func(days ...string) string {
		t.Helper()
		text := "身份证号,日期,流向,用人单位,产业链节点,学历\n"
		for _, d := range days {
			text += "11010519491231002X," + d + ",引进,青田新材料有限公司,精密铸造,本科\n"
		}
		path := filepath.Join(t.TempDir(), "人社局_引进与流出_2026年5月.csv")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := h.loader.Load(t.Context(), pipeline.Request{Path: path, Dataset: "arrivals"})
		if err != nil || out.State != pipeline.Submitted {
			t.Fatalf("%s, %+v, %v", out.State, out.Problem, err)
		}
		return out.Run
	}
	type answer struct {
		Run    struct{ ID, State, Message string }
		Waits  bool
		Again  bool
		Seen   uint64
		Course []struct{ Did, By, Note string }
		Decide *struct {
			Do      []string
			Would   []string
			Seen    uint64
			Live    uint32
			Against string
		}
		Reviews []struct{ ID, State string }
	}
	ask := func(who, method, path, body string, want int, code string) (a answer) {
		t.Helper()
		if method == "GET" {
			res, text := h.bearer(secrets[who], "GET", "/api/v1/reviews"+path)
			if kept := res.Header.Get("Cache-Control"); want == 200 && kept != "no-store" {
				t.Errorf("%s may be kept: %q", path, kept)
			}
			if res.StatusCode != want {
				t.Fatalf("%s asks %s: %d %s", who, path, res.StatusCode, text)
			}
			_ = json.Unmarshal([]byte(text), &a)
			return a
		}
		res, text := h.post(secrets[who], "/api/v1/reviews"+path, strings.NewReader(body), "Content-Type", "application/json")
		if res.StatusCode != want {
			t.Fatalf("%s sends %s to %s: %d %s", who, body, path, res.StatusCode, text)
		}
		if want >= 400 {
			if p := h.problem(res, text); p.Code != code {
				t.Errorf("%s sends %s: the problem is %s, want %s", who, body, p.Code, code)
			}
			return a
		}
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		return a
	}
	shows := func(want string) {
		t.Helper()
		if got := warehousetest.TSV(t, h.loader.DB, warehouse.SQL("select count() from mart.arrivals")); got != want {
			t.Errorf("%s rows count, want %s", got, want)
		}
	}

	run := load("2026-05-05")
	at := "/" + run
	for _, who := range []string{"rsj", "cao"} {
		if l := ask(who, "GET", "", "", 200, ""); len(l.Reviews) != 1 || l.Reviews[0].ID != run || l.Reviews[0].State != "submitted" {
			t.Errorf("%s sees %+v", who, l)
		}
	}
	if l := ask("czj", "GET", "", "", 200, ""); len(l.Reviews) != 0 {
		t.Errorf("another sender sees %+v", l)
	}
	ask("czj", "GET", at, "", 404, "")
	ask("fen", "GET", at, "", 403, "")
	ask("cao", "GET", "?state=odd", "", 400, "")
	if x := ask("rsj", "GET", at, "", 200, ""); !x.Waits || x.Decide != nil {
		t.Errorf("its sender sees %+v", x)
	}
	look := func() (seen uint64) {
		t.Helper()
		x := ask("cao", "GET", at, "", 200, "")
		if x.Decide == nil || x.Decide.Seen == 0 || len(x.Decide.Would) == 0 {
			t.Fatalf("an operator sees %+v", x)
		}
		return x.Decide.Seen
	}
	seen := look()
	say := func(do, reason string, more string) string {
		return fmt.Sprintf(`{"do":%q,"reason":%q,"seen":%d%s}`, do, reason, seen, more)
	}
	ask("rsj", "POST", at, say("accept", "", `,"live":0`), 403, "forbidden")
	ask("fen", "POST", at, say("accept", "", `,"live":0`), 403, "forbidden")
	ask("cao", "POST", at, say("accept", "", ""), 400, "bad_request")
	ask("cao", "POST", at, say("odd", "", ""), 400, "bad_request")
	ask("cao", "POST", at, `{"do":"accept","live":0}`, 400, "bad_request")
	ask("cao", "POST", at, say("accept", "", `,"force":true`), 400, "broken_body")
	ask("cao", "POST", at, say("ask", " ", ""), 409, "no_reason")
	ask("cao", "POST", "/nothing", say("accept", "", `,"live":0`), 404, "no_run")
	shows("0")

	// asked, once; answered by its sender, once
	if x := ask("cao", "POST", at, say("ask", "日期对吗？11010519491231002X", ""), 200, ""); x.Run.State != "asked" || x.Again {
		t.Errorf("asked: %+v", x)
	}
	if x := ask("cao", "POST", at, say("ask", "日期对吗？11010519491231002X", ""), 200, ""); !x.Again {
		t.Errorf("asked again: %+v", x)
	}
	ask("cao2", "POST", at, say("accept", "", `,"live":0`), 409, "moved")
	x := ask("rsj", "GET", at, "", 200, "")
	if x.Seen == 0 {
		t.Errorf("its sender is not told which question it is: %+v", x)
	}
	reply := func(text string, seen uint64) string { return fmt.Sprintf(`{"answer":%q,"seen":%d}`, text, seen) }
	if x.Run.State != "asked" || !strings.Contains(x.Run.Message, "日期对吗") || strings.Contains(x.Run.Message, "11010519491231002X") {
		t.Errorf("its sender reads %+v", x.Run)
	}
	ask("czj", "POST", at+"/answer", reply("对", x.Seen), 404, "no_run")
	ask("rsj", "POST", at+"/answer", reply("", x.Seen), 409, "no_reason")
	ask("rsj", "POST", at+"/answer", `{"answer":"对"}`, 400, "bad_request")
	seen = look()
	ask("cao", "POST", at, say("ask", "又一问", ""), 200, "")
	ask("rsj", "POST", at+"/answer", reply("对", x.Seen), 409, "moved")
	x = ask("rsj", "GET", at, "", 200, "")
	ask("rsj", "POST", at+"/answer", reply("对", x.Seen), 200, "")
	if x := ask("rsj", "POST", at+"/answer", reply("对", x.Seen), 200, ""); !x.Again || x.Run.State != "submitted" {
		t.Errorf("answered again: %+v", x)
	}
	ask("rsj", "POST", at+"/answer", reply("不对", x.Seen), 409, "not_waiting")

	// returned; then another one is accepted, once
	seen = look()
	ask("cao", "POST", at, say("return", "缺一人", ""), 200, "")
	if l := ask("rsj", "GET", "?state=returned", "", 200, ""); len(l.Reviews) != 1 {
		t.Errorf("its sender sees %+v", l)
	}
	run = load("2026-05-05", "2026-05-06")
	at = "/" + run
	seen = look()
	ask("cao", "POST", at, say("accept", "", `,"live":7`), 409, "moved")
	if x := ask("cao", "POST", at, say("accept", "补齐", `,"live":0`), 200, ""); x.Waits || x.Course[len(x.Course)-1].By != "cao" {
		t.Errorf("accepted: %+v", x)
	}
	if x := ask("cao", "POST", at, say("accept", "补齐", `,"live":0`), 200, ""); !x.Again {
		t.Errorf("accepted again: %+v", x)
	}
	if x := ask("rsj", "GET", at, "", 200, ""); len(x.Course) == 0 || x.Course[len(x.Course)-1].Note != "" {
		t.Errorf("its sender reads why it was accepted: %+v", x.Course)
	}
	if x := ask("cao", "GET", at+"?lang=en", "", 200, ""); len(x.Course) == 0 || x.Course[len(x.Course)-1].Note != "published by hand: 补齐" {
		t.Errorf("what was noted, in English: %+v", x.Course)
	}
	ask("cao", "POST", at, say("accept", strings.Repeat("长", 301), `,"live":0`), 409, "long_reason")
	ask("cao", "POST", at, say("return", "补齐", ""), 409, "not_held")
	ask("cao2", "POST", at, say("accept", "补齐", `,"live":0`), 409, "not_held")
	shows("2")

	// nobody decides on their own
	h.loader.SentBy = func(string) (string, error) { return "cao2", nil }
	run = load("2026-05-05", "2026-05-06", "2026-05-07")
	at = "/" + run
	seen = look()
	if x := ask("cao2", "GET", at, "", 200, ""); x.Decide != nil {
		t.Errorf("their own: %+v", x.Decide)
	}
	ask("cao2", "POST", at, say("accept", "", `,"live":2`), 409, "own")
	shows("2")
}
