package units_test

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
	"yanzhen/dashboard/units"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// A file that may be a part of its unit is held; its page says what adding and replacing would do and changes nothing, and takes
// one answer with a reason, once, of who operates, as long as the unit shows what was looked at.
func TestAccept(t *testing.T) {
	cat, err := dataset.Load(os.DirFS("../../pipeline/testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	var out pipeline.Outcome
	for i, name := range []string{"人社局_引进与流出_2026-05_一部分.csv", "人社局_引进与流出_2026-05_二部分.csv"} {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte("身份证号,日期,环节\n"+[]string{"11010519491231002X", "110101199003070054"}[i]+",2026-05-05,a\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if out, err = l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "moves"}); err != nil {
			t.Fatal(err)
		}
	}
	if out.State != pipeline.Held || out.Problem.Code != "part" {
		t.Fatalf("the second part is %s %+v", out.State, out.Problem)
	}
	rows := func(want string) {
		t.Helper()
		if got := strings.TrimSpace(warehousetest.TSV(t, l.DB, warehouse.SQL("select count() from mart.moves"))); got != want {
			t.Errorf("%s rows, want %s", got, want)
		}
	}
	var gate access.Gate
	gate.Refuse = func(w http.ResponseWriter, _ *http.Request, _ access.Verdict) { w.WriteHeader(http.StatusForbidden) }
	p := &units.Page{Loader: l, Accept: l.Accept}
	var seen frametest.Record
	p.Register(&gate, seen.Frame(t))
	role := access.Operator
	ask := func(method string, form url.Values, status int, parts ...string) {
		t.Helper()
		seen.Shown = ""
		r := httptest.NewRequest(method, "/data/runs/"+out.Run+"/accept", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r = r.WithContext(access.With(context.Background(), &access.Viewer{Name: "wang", Role: role, May: role.May(access.Joint)}))
		w := httptest.NewRecorder()
		gate.ServeHTTP(w, r)
		if w.Code != status {
			t.Errorf("%s %v: status %d, want %d: %s", method, form, w.Code, status, seen.Shown)
		}
		for _, part := range parts {
			if !strings.Contains(seen.Shown+w.Header().Get("Location"), part) {
				t.Errorf("%s %v: %q is not in %s%s", method, form, part, seen.Shown, w.Header().Get("Location"))
			}
		}
	}
	ask("GET", nil, http.StatusOK, "accept.html", "另一部分", `"How":"add"`, `"How":"replace"`, "不显示任何数据")
	if strings.Contains(seen.Shown, `"How":""`) {
		t.Errorf("a part may not just be published: %s", seen.Shown)
	}
	_, looked, _ := strings.Cut(seen.Shown, `"Live":"`) // of the first answer, which is to add
	looked, _, _ = strings.Cut(looked, `"`)
	answer := func(how, reason, live string) url.Values {
		return url.Values{"how": {how}, "reason": {reason}, "live": {live}}
	}
	ask("POST", answer("add", " ", "0 "), http.StatusConflict, "请写明原因")
	ask("POST", answer("add", "看过", "77 "), http.StatusConflict, "又变了")
	rows("1")
	role = access.Leader
	ask("POST", answer("add", "看过", looked), http.StatusForbidden)
	role = access.Operator
	ask("POST", answer("add", "两个科室各报一份", looked), http.StatusSeeOther, "done=")
	rows("2")
	ask("POST", answer("add", "又一次", looked), http.StatusConflict, "不在暂缓状态")
	rows("2")
	if got := strings.Join(seen.Did, "; "); strings.Count(got, "refused") != 3 || !strings.Contains(got, "accept "+out.Run+" add: 两个科室各报一份") {
		t.Errorf("written down: %s", got)
	}
}
