package setup

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/frame/frametest"
)

// A workbook is looked at on the page, of which nothing stays, then drafted from for good; a name that is taken, a file that cannot
// be read and whoever may not operate the installation are refused, and no workbook stays behind.
func TestPage(t *testing.T) {
	dir, temp := t.TempDir(), filepath.Join(t.TempDir(), "drafting")
	var seen frametest.Record
	var gate access.Gate
	gate.Refuse = func(w http.ResponseWriter, _ *http.Request, _ access.Verdict) { w.WriteHeader(http.StatusForbidden) }
	(&Desk{Configs: dir}).Page(temp).Register(&gate, seen.Frame(t))
	ask := func(role access.Role, r *http.Request) int {
		seen.Shown = ""
		w := httptest.NewRecorder()
		gate.ServeHTTP(w, r.WithContext(access.With(r.Context(), &access.Viewer{Name: "li", Role: role, May: role.May(access.Joint)})))
		return w.Code
	}
	upload := func(role access.Role, name, text, called string) int {
		var body bytes.Buffer
		form := multipart.NewWriter(&body)
		for k, v := range map[string]string{"name": called, "title": "工资表"} {
			if err := form.WriteField(k, v); err != nil {
				t.Fatal(err)
			}
		}
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
		r := httptest.NewRequest(http.MethodPost, "/data/declare?lang=zh", &body)
		r.Header.Set("Content-Type", form.FormDataContentType())
		return ask(role, r)
	}
	keep := func(token string) int {
		r := httptest.NewRequest(http.MethodPost, "/data/declare/keep?lang=zh", strings.NewReader(url.Values{"token": {token}, "name": {"salaries"}, "title": {"工资表"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return ask(access.Operator, r)
	}
	left := func(of string) int {
		found, err := os.ReadDir(of)
		if err != nil {
			t.Fatal(err)
		}
		return len(found)
	}
	const text = "日期,单位,人数,补贴（元）\n2026-07-01,甲厂,3,300\n2026-07-02,乙厂,5,500\n"
	if code := upload(access.Analyst, "a.csv", text, "salaries"); code != http.StatusForbidden {
		t.Errorf("an analyst: %d", code)
	}
	if code := upload(access.Operator, "甲局_工资_2026年7月.csv", text, "salaries"); code != http.StatusOK || !strings.Contains(seen.Shown, "datasets/salaries.yaml") || !strings.Contains(seen.Shown, "补贴（元）") {
		t.Fatalf("%d %s", code, seen.Shown)
	}
	token := regexp.MustCompile(`"Token":"([^"]+)"`).FindStringSubmatch(seen.Shown)
	if left(dir) != 0 || left(temp) != 1 {
		t.Errorf("a look leaves %d declarations and %d workbooks", left(dir), left(temp))
	}
	if keep("workbook-0") == http.StatusOK || left(dir) != 0 {
		t.Error("another workbook than was looked at is drafted from")
	}
	if code := keep(token[1]); code != http.StatusOK || !strings.Contains(seen.Shown, `"Done":true`) || !strings.Contains(seen.Shown, `"Page":true`) {
		t.Errorf("%d %s", code, seen.Shown)
	}
	for _, name := range []string{"datasets/salaries.yaml", "metrics/salaries.yaml", "boards/salaries.yaml", "jobs/salaries.yaml"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if left(temp) != 0 {
		t.Errorf("%d workbooks are left", left(temp))
	}
	if code := upload(access.Operator, "a.csv", text, "salaries"); code != http.StatusUnprocessableEntity || strings.Contains(seen.Shown, temp) {
		t.Errorf("a name that is taken: %d %s", code, seen.Shown)
	}
	if code := upload(access.Operator, "a.xlsx", "PK\x03\x04 no workbook", "other"); code != http.StatusUnprocessableEntity || strings.Contains(seen.Shown, temp) {
		t.Errorf("no workbook: %d %s", code, seen.Shown)
	}
	for _, name := range []string{"../a.csv", ".a.csv", ""} {
		if code := upload(access.Operator, name, text, "other"); code == http.StatusOK {
			t.Errorf("a file named %q is taken", name)
		}
	}
	// one that breaks off was not too large
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", "a.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "/data/declare?lang=zh", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	if code := ask(access.Operator, r); code == http.StatusOK || strings.Contains(seen.Shown, "MiB") || left(temp) != 0 {
		t.Errorf("a workbook that breaks off: %d %s", code, seen.Shown)
	}
}
