package units_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/frame/frametest"
	"yanzhen/dashboard/units"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/former"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

const unit = "名单.csv"

// Going back goes back one version each time and says which; it changes nothing where it is only looked at, where nobody says
// why, where there is no earlier version and where the unit has changed since. The history says the same of each step as the
// load and the rows do, and the page as the history.
func TestVersions(t *testing.T) {
	cat, err := dataset.Load(fstest.MapFS{"datasets/list.yaml": {Data: []byte(`name: list
title: {zh: 名单, en: List}
about: {zh: 一行一项, en: One a row}
unit: [file]
key: [code]
limits: {shrink_share: 0.9}
columns:
  - {name: code, title: {zh: 编号, en: Code}, type: string, required: true}
  - {name: amount, title: {zh: 金额, en: Amount}, type: float64}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: warehousetest.Open(t)}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir()}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	var sent []pipeline.Outcome
	for _, rows := range []string{"A1,1\nA2,2\n", "A1,1\nA2,3\nA3,4\n", "A2,3\nA3,4\nA4,5\n"} {
		path := filepath.Join(t.TempDir(), unit)
		if err := os.WriteFile(path, []byte("编号,金额\n"+rows), 0o600); err != nil {
			t.Fatal(err)
		}
		out, err := l.Load(t.Context(), pipeline.Request{Path: path, Dataset: "list"})
		if err != nil || out.State != pipeline.Published {
			t.Fatalf("%+v, %v", out.Problem, err)
		}
		sent = append(sent, out)
	}
	shows := func(want string) {
		t.Helper()
		if got := warehousetest.TSV(t, l.DB, warehouse.SQL("select count(), sum(amount) from mart.list")); got != want {
			t.Errorf("rows and sum: got %q, want %q", got, want)
		}
	}
	refused := func(code string, err error) {
		t.Helper()
		if no, ok := errors.AsType[*pipeline.Problem](err); !ok || no.Code != code {
			t.Errorf("got %v, want the refusal %s", err, code)
		}
	}
	why := pipeline.Why{By: "wang", Reason: "填错了"}
	shows("3\t12")
	early, err := former.Back(t.Context(), l, "list", unit)
	if err != nil || early.To.Batch != sent[1].Batch || early.Shows() != sent[2].Batch || early.Change.Added != 1 || early.Change.Removed != 1 || early.Change.Kept != 2 {
		t.Fatalf("a look: %+v, %v", early, err)
	}
	if text := early.Text().Zh; !strings.Contains(text, fmt.Sprintf("第 %d 批（名单.csv，3 行） → 第 %d 批（名单.csv，3 行）；新增 1，删除 1，改动 0，未变 2；金额合计 12 → 8", sent[2].Batch, sent[1].Batch)) {
		t.Errorf("said %s", text)
	}
	_, err = early.Take(t.Context(), l, pipeline.Why{By: "wang", Reason: " "})
	refused("no_reason", err)
	shows("3\t12")
	for _, want := range []string{"3\t8", "2\t3"} {
		s, err := former.Back(t.Context(), l, "list", unit)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = s.Take(t.Context(), l, why); err != nil {
			t.Fatal(err)
		}
		shows(want)
	}
	_, err = early.Take(t.Context(), l, why)
	refused("moved", err)
	_, err = former.Back(t.Context(), l, "list", unit)
	refused("no_earlier", err)
	_, err = former.To(t.Context(), l, "list", sent[0].Batch)
	refused("live", err)
	shows("2\t3")

	course, err := former.History(t.Context(), l, "list", unit, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := len(course) - 1; i >= 0; i-- {
		e := course[i]
		got = append(got, fmt.Sprint(e.Did, e.Batch-sent[0].Batch, " ", e.Change.Added, e.Change.Removed, e.Change.Changed, " ", e.By, " ", e.Live))
	}
	if want := "published0 2 0 0  false; published1 1 0 1  false; published2 1 1 0  false; returned1 1 1 0 wang false; returned0 0 1 1 wang true"; strings.Join(got, "; ") != want {
		t.Errorf("the course:\n%s\nwant\n%s", strings.Join(got, "; "), want)
	}
	for i, e := range []former.Event{course[3], course[2]} {
		if !reflect.DeepEqual(*e.Change, sent[i+1].Replaced) {
			t.Errorf("the history says %+v, the load %+v", *e.Change, sent[i+1].Replaced)
		}
	}

	var gate access.Gate
	gate.Refuse = func(w http.ResponseWriter, _ *http.Request, _ access.Verdict) { w.WriteHeader(http.StatusForbidden) }
	p := &units.Page{Loader: l, Take: func(ctx context.Context, s former.Step, why pipeline.Why) (pipeline.Entry, error) {
		return s.Take(ctx, l, why)
	}}
	var seen frametest.Record
	p.Register(&gate, seen.Frame(t))
	role := access.Operator
	ask := func(method, query string, form url.Values) *httptest.ResponseRecorder {
		seen.Shown = ""
		r := httptest.NewRequest(method, "/data/units/list"+query, strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r = r.WithContext(access.With(r.Context(), &access.Viewer{Name: "li", Role: role, May: role.May(access.Joint)}))
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
	at := "?unit=" + url.QueryEscape(unit)
	number := func(i int) string { return fmt.Sprint(sent[i].Batch) }
	away := url.Values{"unit": {unit}, "to": {"none"}, "live": {number(0)}, "reason": {"重复报送"}}
	want("the page", ask("GET", at, nil), http.StatusOK, "unit.html", `"Added":0,"Removed":1,"Changed":1`, `"Who":"wang"`, "填错了", "to="+number(2), "to=none")
	want("a look", ask("GET", at+"&to="+number(2), nil), http.StatusOK, "新增 2，删除 1，改动 1，未变 0；金额合计 3 → 12", `"Live":`+number(0))
	want("no such unit", ask("GET", "?unit=x", nil), http.StatusNotFound, "没有单元 x")
	want("looked at long ago", ask("POST", "", url.Values{"unit": {unit}, "to": {"none"}, "live": {number(2)}, "reason": {"x"}}), http.StatusConflict, "又变了")
	shows("2\t3")
	want("withdrawn", ask("POST", "", away), http.StatusSeeOther, "done=")
	shows("0\t\\N")
	want("withdrawn twice", ask("POST", "", away), http.StatusConflict, "没有已发布的数据")
	want("returned to", ask("POST", "", url.Values{"unit": {unit}, "to": {number(2)}, "live": {"0"}, "reason": {"核对无误"}}), http.StatusSeeOther)
	shows("3\t12")
	if done := "rollback list 名单.csv → none: x refused\nrollback list 名单.csv → none: 重复报送\nrollback list 名单.csv → none: 重复报送 refused\nrollback list 名单.csv → " + number(2) + ": 核对无误\n"; strings.Join(seen.Did, "\n")+"\n" != done {
		t.Errorf("written down: %q", seen.Did)
	}
	role = access.Analyst
	want("an analyst reads", ask("GET", at+"&to="+number(1), nil), http.StatusOK, `"Look":null`, `"Away":""`, "核对无误")
	if strings.Contains(seen.Shown, "to=") {
		t.Errorf("an analyst is offered %s", seen.Shown)
	}
	want("and no more", ask("POST", "", away), http.StatusForbidden)

	// another process publishes while a step is taken
	other := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: l.DB}, Catalog: cat}
	for _, to := range []*pipeline.Entry{nil, early.To} {
		s := former.Step{Dataset: "list", Unit: unit, From: early.From, To: to}
		if _, err = l.Republish(t.Context(), "list", sent[2].Batch, why); err != nil {
			t.Fatal(err)
		}
		l.Now = func() time.Time {
			l.Now = nil
			if _, err := other.Republish(t.Context(), "list", sent[0].Batch, why); err != nil {
				t.Error(err)
			}
			return time.Now()
		}
		_, err = s.Take(t.Context(), l, why)
		refused("moved", err)
		shows("2\t3")
	}

	// the database does not compare: the versions are there, with what is known of them
	role = access.Operator
	want("compared", ask("GET", at, nil), http.StatusOK, `"Added":0,"Removed":1,"Changed":1`)
	if err := l.DB.Exec(t.Context(), warehouse.SQL("rename table store.list to store.list_elsewhere")); err != nil {
		t.Fatal(err)
	}
	want("as compared before", ask("GET", at, nil), http.StatusOK, `"Added":0,"Removed":1,"Changed":1`)
	if course, err = former.History(t.Context(), l, "list", unit, nil); err != nil || len(course) < 10 || course[len(course)-1].Change == nil || course[len(course)-2].Change != nil {
		t.Errorf("without the rows: %v, %+v", err, course)
	}
	// what is declared no more is refused, and that is written down
	delete(cat.Datasets, "list")
	seen.Did = nil
	for _, to := range []string{number(1), "none"} {
		want("undeclared", ask("POST", "", url.Values{"unit": {unit}, "to": {to}, "live": {number(0)}, "reason": {"x"}}), http.StatusNotFound, "没有数据集 list")
	}
	if done := "rollback list 名单.csv → " + number(1) + ": x refused\nrollback list 名单.csv → none: x refused\n"; strings.Join(seen.Did, "\n")+"\n" != done {
		t.Errorf("written down: %q", seen.Did)
	}
}
