package review_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/frame/frametest"
	"yanzhen/dashboard/metric/compute/sent"
	"yanzhen/dashboard/review"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/former"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// What is reviewed counts from the moment at which somebody accepts it who has not sent it, and not before, whatever else is done:
// forced, asked, answered, returned, sent again, begun anew by another process. What was said stays with who said it.
func TestReview(t *testing.T) {
	cat, err := dataset.Load(fstest.MapFS{"datasets/reg.yaml": {Data: []byte(`name: reg
title: {zh: 登记, en: Register}
about: {zh: 一行一项, en: One a row}
unit: [sender, period]
period: {column: day, grain: month}
key: [code]
review: true
columns:
  - {name: code, title: {zh: 编号, en: Code}, type: string, required: true}
  - {name: day, title: {zh: 日期, en: Day}, type: date, required: true}
  - {name: amount, title: {zh: 金额, en: Amount}, type: float64}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	spool := t.TempDir()
	loader := func(db *warehouse.DB) *pipeline.Loader {
		return &pipeline.Loader{
			Ledger: &pipeline.Ledger{DB: db}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: spool,
			SentBy: func(path string) (string, error) {
				if strings.HasPrefix(path, "读不了") {
					return "", os.ErrPermission
				}
				return map[bool]string{true: "wang"}[strings.Contains(path, "张三")], nil
			},
		}
	}
	l := loader(warehousetest.Open(t))
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	load := func(rows string, force bool, want pipeline.State) pipeline.Outcome {
		t.Helper()
		path := filepath.Join(t.TempDir(), "甲局_登记_2026年6月.csv")
		if err := os.WriteFile(path, []byte("编号,日期,金额\n"+rows), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "reg", Force: force, Display: "张三11010519491231002X/甲局_登记_2026年6月.csv"})
		if err != nil || out.State != want {
			t.Fatalf("%s, %+v, %v", out.State, out.Problem, err)
		}
		return out
	}
	shows := func(what, want string) {
		t.Helper()
		if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select count(), sum(amount) from mart.reg")); got != want {
			t.Errorf("%s: rows and sum: got %q, want %q", what, got, want)
		}
		waiting, err := sent.Waiting(t.Context(), l.DB, time.Time{}, nil)
		if err != nil || len(waiting) > 1 {
			t.Errorf("%s: waits: %+v, %v", what, waiting, err)
		}
	}
	var seen frametest.Record
	var gate access.Gate
	gate.Refuse = func(w http.ResponseWriter, _ *http.Request, _ access.Verdict) { w.WriteHeader(http.StatusForbidden) }
	page := &review.Page{Desk: review.Desk{Loader: l, Accept: l.Accept, Say: l.Say}}
	page.Register(&gate, seen.Frame(t))
	ask := func(role access.Role, name, method, at string, form url.Values) int {
		seen.Shown = ""
		r := httptest.NewRequest(method, "/data/review"+at, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		w := httptest.NewRecorder()
		gate.ServeHTTP(w, r.WithContext(access.With(r.Context(), &access.Viewer{Name: name, Role: role, May: role.May(access.Joint)})))
		return w.Code
	}
	want := func(what string, status, wanted int, parts ...string) {
		t.Helper()
		if status != wanted {
			t.Errorf("%s: status %d, want %d: %s", what, status, wanted, seen.Shown)
		}
		for _, part := range parts {
			if !strings.Contains(seen.Shown, part) {
				t.Errorf("%s: %q is not in %s", what, part, seen.Shown)
			}
		}
	}

	first := load("A1,2026-06-01,1\nA2,2026-06-02,2\n", true, pipeline.Submitted)
	shows("submitted by force", "0\t\\N")
	want("the list", ask(access.Operator, "li", "GET", "", nil), http.StatusOK, "review.html", "甲局_登记", first.Run, "待审核")
	want("an analyst does not review", ask(access.Analyst, "chen", "GET", "", nil), http.StatusForbidden)
	looked := func() string { // the state of the submission as a page has it
		_, e, err := l.Asked(t.Context(), first.Run, pipeline.Replace)
		if err != nil {
			return "1"
		}
		return fmt.Sprint(e.Seq)
	}
	send := func(name, do, reason string, live any, seen, anyway string) int {
		return ask(access.Operator, name, "POST", "/"+first.Run, url.Values{"do": {do}, "reason": {reason}, "live": {fmt.Sprint(live)}, "seen": {seen}, "anyway": {anyway}})
	}
	post := func(name, do, reason string, live any) int { return send(name, do, reason, live, looked(), "") }
	stale := looked()
	want("one's own", post("wang", "accept", "", 0), http.StatusConflict, "您自己报送的", `"Own":true`)
	want("one's own, returned", post("wang", "return", "x", 0), http.StatusConflict, "您自己报送的")
	want("nothing asked", post("li", "ask", " ", 0), http.StatusConflict, "请写明内容")
	want("looked at long ago", post("li", "accept", "", 7), http.StatusConflict, "刚刚变了")
	shows("refused", "0\t\\N")
	want("asked", post("li", "ask", "第二行的金额对吗？11010519491231002X", 0), http.StatusSeeOther)
	want("accepted after a colleague asked", send("chen", "accept", "", 0, stale, ""), http.StatusConflict, "刚刚有了变化", "第二行的金额对吗")
	want("accepted without a look", send("chen", "accept", "", 0, "", ""), http.StatusNotFound)
	shows("asked", "0\t\\N")
	if waiting, err := sent.Waiting(t.Context(), l.DB, time.Time{}, nil); err != nil || len(waiting) != 0 {
		t.Errorf("its sender has to answer and owes it still: %+v, %v", waiting, err)
	}
	if said := seen.Shown + strings.Join(seen.Did, " "); strings.Contains(said, "11010519491231002X") {
		t.Errorf("a number of a person: %s", said)
	}
	want("what was asked", ask(access.Operator, "li", "GET", "/"+first.Run, nil), http.StatusOK, "reviewing.html", "待答复", "第二行的金额对吗？", `"Who":"li"`)
	if out := load("A1,2026-06-01,1\nA2,2026-06-02,2\n", false, pipeline.Asked); out.Run != first.Run || !strings.Contains(out.Problem.Text.Zh, "第二行的金额") {
		t.Errorf("sent again: %+v", out)
	}
	l = loader(l.DB) // another process
	page.Loader, page.Accept, page.Say = l, l.Accept, l.Say
	if _, err := l.Say(t.Context(), first.Run, pipeline.Submitted, pipeline.Why{By: "wang", Reason: "对的"}); err != nil {
		t.Error(err)
	}
	if _, err := l.Say(t.Context(), first.Run, pipeline.Submitted, pipeline.Why{By: "wang", Reason: "对的"}); err == nil {
		t.Error("answered what nobody asked")
	}
	if _, err := former.To(t.Context(), l, "reg", first.Batch); err == nil {
		t.Error("published by the history of its unit")
	}
	want("returned", post("li", "return", "缺 A3", 0), http.StatusSeeOther)
	shows("returned", "0\t\\N")
	if out := load("A1,2026-06-01,1\nA2,2026-06-02,2\n", false, pipeline.Returned); !strings.Contains(out.Problem.Text.Zh, "缺 A3") {
		t.Errorf("sent again as it was: %+v", out.Problem)
	}
	stale = looked()
	want("accepted though it was returned", send("chen", "accept", "", 0, stale, ""), http.StatusConflict, "已退回：缺 A3")
	want("what was returned", ask(access.Operator, "chen", "GET", "/"+first.Run, nil), http.StatusOK, `"Back":true`, `"Against":"这份报送已退回`)
	shows("returned, accepted", "0\t\\N")
	if _, err := former.To(t.Context(), l, "reg", first.Batch); err == nil || !strings.Contains(err.Error(), "已退回") {
		t.Errorf("what was returned is made live as one that waits: %v", err)
	}
	if r, _, err := l.Run(t.Context(), first.Run); err != nil || r.State != pipeline.Returned || !strings.HasPrefix(r.MessageZh, "退回（li）：缺 A3；原先：已报送") {
		t.Errorf("the run says %s %s, %v", r.State, r.MessageZh, err)
	}

	if n, err := l.Sweep(t.Context(), pipeline.Retention{Held: time.Nanosecond}); n != 1 || err != nil {
		t.Errorf("swept %d, %v", n, err)
	}
	if out := load("A1,2026-06-01,1\nA2,2026-06-02,2\n", false, pipeline.Returned); !strings.Contains(out.Problem.Text.Zh, "缺 A3") {
		t.Errorf("it lies there still after its rows are gone: %+v", out.Problem)
	}

	second := load("A1,2026-06-01,1\nA2,2026-06-02,2\nA3,2026-06-03,4\n", false, pipeline.Submitted)
	want("what it would do", ask(access.Operator, "li", "GET", "/"+second.Run, nil), http.StatusOK, "不显示任何数据 → 第", "新增 3")
	first = second
	want("accepted", post("li", "accept", "补齐了", 0), http.StatusSeeOther)
	shows("accepted", "3\t7")
	want("accepted twice", post("li", "return", "x", 0), http.StatusConflict, "不在暂缓状态")
	if n, err := l.Sweep(t.Context(), pipeline.Retention{Held: time.Nanosecond}); n != 0 || err != nil { // nothing that waits or counts
		t.Errorf("swept %d, %v", n, err)
	}
	shows("accepted twice", "3\t7")

	// what is live already is not reviewed again, though the declaration has changed
	cat.Datasets["reg"].Digest += "x"
	anew := load("A1,2026-06-01,1\nA2,2026-06-02,2\nA3,2026-06-03,4\n", false, pipeline.Published)
	shows("read anew", "3\t7")

	course, err := former.History(t.Context(), l, "reg", "甲局|2026-06", nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := len(course) - 1; i >= 0; i-- {
		got = append(got, strings.TrimSpace(fmt.Sprint(course[i].Said().En, " ", course[i].By)))
	}
	if all := strings.Join(got, "; "); all != "submitted for review wang; asked li; answered wang; returned to its sender li; swept; submitted for review wang; accepted li; published" {
		t.Errorf("the course: %s", all)
	}
	if did := strings.Join(seen.Did, "\n"); !strings.Contains(did, "review return "+course[len(course)-1].Run+": 缺 A3") || !strings.Contains(did, "review accept "+second.Run+": 补齐了") || strings.Count(did, "refused") != 7 {
		t.Errorf("written down: %s", did)
	}

	// an older submission of the unit that still waits, once a newer one counts
	old := load("A1,2026-06-01,10\nA2,2026-06-02,2\nA3,2026-06-03,4\n", false, pipeline.Submitted)
	first = load("A1,2026-06-01,20\nA2,2026-06-02,2\nA3,2026-06-03,4\n", false, pipeline.Submitted)
	live := anew.Batch
	want("the newer accepted", post("li", "accept", "", live), http.StatusSeeOther)
	live, first = first.Batch, old
	want("the older", ask(access.Operator, "li", "GET", "/"+first.Run, nil), http.StatusOK, "比这份来得晚")
	want("the older, by a click", post("li", "accept", "", live), http.StatusConflict, "以旧换新")
	shows("the older refused", "3\t26")
	want("the older, meant", send("li", "accept", "", live, looked(), "yes"), http.StatusSeeOther)
	shows("the older", "3\t16")

	// whether it is a part stays a question, though it was returned
	path := filepath.Join(t.TempDir(), "甲局_登记_2026年6月_二分局.csv")
	if err := os.WriteFile(path, []byte("编号,日期,金额\nB1,2026-06-01,100\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	part, err := l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "reg"})
	if err != nil || part.State != pipeline.Submitted || part.Problem.Code != "part" {
		t.Fatalf("a part: %s, %+v, %v", part.State, part.Problem, err)
	}
	first = part
	want("the part returned", post("li", "return", "少一列", 0), http.StatusSeeOther)
	want("the part as it is", send("li", "accept", "", first.Batch, looked(), "yes"), http.StatusConflict, "追加还是替换")
	want("the part added", send("li", "add", "", 0, looked(), "yes"), http.StatusSeeOther)
	if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select count(), sum(amount) from mart.reg")); got != "4\t116" {
		t.Errorf("with the part: %s", got)
	}

	// who sent it cannot be told
	if _, err := l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "reg", Display: "读不了/乙局_登记_2026年6月.csv"}); !pipeline.Temporary(err) {
		t.Errorf("its sender could accept it: %v", err)
	}

	// what is live is reviewed where it would come to be of another unit by what is declared now
	moved := filepath.Join(t.TempDir(), "丙局_登记.csv")
	if err := os.WriteFile(moved, []byte("编号,日期,更正,金额\nC1,2026-06-01,2026-07-01,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := l.Load(t.Context(), pipeline.Request{Path: moved, Dataset: "reg"})
	if err != nil || out.State != pipeline.Submitted {
		t.Fatalf("%s, %+v, %v", out.State, out.Problem, err)
	}
	if _, err := l.Accept(t.Context(), out.Run, pipeline.Publish, pipeline.Why{By: "li"}); err != nil {
		t.Fatal(err)
	}
	cat.Datasets["reg"].Digest += "x"
	cat.Datasets["reg"].Columns[1].Title.Zh = "更正"
	if out, err := l.Load(t.Context(), pipeline.Request{Path: moved, Dataset: "reg"}); err != nil || out.Unit != "丙局|2026-07" || out.State != pipeline.Submitted {
		t.Errorf("of another unit: %s %s, %+v, %v", out.Unit, out.State, out.Problem, err)
	}
}
