package dashboard

import (
	"bytes"
	"encoding/json"
	"io"
	"mime/multipart"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/token"
	"yanzhen/dashboard/inlet"
	"yanzhen/pipeline"
)

// inbox is a way into an inbox that no job watches.
func inbox(dir string) *inlet.Inlet {
	at := filepath.Join(dir, "inbox")
	_ = os.MkdirAll(at, 0o750)
	return &inlet.Inlet{
		Dir: at, Receipts: filepath.Join(dir, "uploads.json"), Takes: func(name string) bool { return strings.Contains(name, "引进与流出") },
		Arrivals: func() []pipeline.Arrival { return nil },
	}
}

// post sends a body as a program does.
func (h *house) post(secret, path string, body io.Reader, headers ...string) (*http.Response, string) {
	h.Helper()
	r, err := http.NewRequest(http.MethodPost, h.http.URL+path, body)
	if err != nil {
		h.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+secret)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header[headers[i]] = []string{headers[i+1]}
	}
	res, err := h.browser().Do(r)
	if err != nil {
		h.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		h.Fatal(err)
	}
	return res, string(text)
}

func (h *house) token(n token.New) string {
	h.Helper()
	n.Name, n.By = "test", "test"
	secret, _, err := h.server.Door.Tokens.Make(n)
	if err != nil {
		h.Fatal(err)
	}
	return secret
}

// A sender's file comes into its own folder of the inbox, once for one key; by no name does it come elsewhere, and nobody else
// sends or sees it.
func uploads(h *house) {
	h.add("rsj", access.Sender, access.Scope{Dim: access.BySender, Values: []string{"人社局"}})
	own := h.token(token.New{Account: "rsj"})
	const name = "人社局_引进与流出_2026年7月.csv"
	at := "/api/v1/uploads?name=" + "%E4%BA%BA%E7%A4%BE%E5%B1%80_%E5%BC%95%E8%BF%9B%E4%B8%8E%E6%B5%81%E5%87%BA_2026%E5%B9%B47%E6%9C%88.csv"
	var u struct{ ID, Path, State, Link string }
	res, body := h.post(own, at, strings.NewReader("a,b\n"), "Idempotency-Key", "k1")
	if err := json.Unmarshal([]byte(body), &u); err != nil || res.StatusCode != http.StatusAccepted || u.Path != "人社局/"+name || u.State != "waiting" || res.Header.Get("Location") != u.Link {
		h.Fatalf("%d %s", res.StatusCode, body)
	}
	if res, body := h.post(own, at, strings.NewReader("a,b\n"), "Idempotency-Key", "k1"); res.StatusCode != 200 || !strings.Contains(body, u.ID) {
		h.Errorf("sent again: %d %s", res.StatusCode, body)
	}
	if res, body := h.bearer(own, "GET", "/api/v1/uploads/"+u.ID); res.StatusCode != 200 || !strings.Contains(body, name) {
		h.Errorf("%d %s", res.StatusCode, body)
	}
	// as the field of a form, whose name may hold a path
	form := func(file string) (io.Reader, string) {
		var out bytes.Buffer
		w := multipart.NewWriter(&out)
		part, err := w.CreatePart(map[string][]string{"Content-Disposition": {`form-data; name="file"; filename="` + file + `"`}})
		if err != nil {
			h.Fatal(err)
		}
		_, _ = io.WriteString(part, "x")
		_ = w.Close()
		return &out, w.FormDataContentType()
	}
	for file, want := range map[string]int{name: 202, "../" + name: 422, "/etc/" + name: 422, "财政局_引进与流出_2026年7月.csv": 403, "x.csv": 422} {
		text, kind := form(file)
		res, body := h.post(own, "/api/v1/uploads", text, "Content-Type", kind)
		if res.StatusCode != want {
			h.Errorf("a form with %s: %d %s", file, res.StatusCode, body)
		}
		if want >= 400 {
			h.problem(res, body)
		}
	}
	for what, x := range map[string]struct {
		path, key, body string
		want            int
	}{
		"no name":               {"/api/v1/uploads", "", "x", 422},
		"a path":                {"/api/v1/uploads?name=..%2F..%2Faccounts.json", "", "x", 422},
		"a line end":            {at + "%0d%0aX-Evil:%201", "", "x", 422},
		"an unknown parameter":  {at + "&dir=..", "", "x", 400},
		"a key of another file": {at, "k1", "y", 409},
		"a form that is none":   {at, "multipart", "x", 400},
		"nothing":               {at, "", "", 422},
		"more than may be":      {at, "", strings.Repeat("x", inlet.MostBytes+1), 413},
	} {
		headers := []string{"Idempotency-Key", x.key}
		if x.key == "multipart" {
			headers = []string{"Content-Type", "multipart/form-data; boundary=x"}
		}
		res, body := h.post(own, x.path, strings.NewReader(x.body), headers...)
		if res.StatusCode != x.want || res.Header.Get("X-Evil") != "" {
			h.Errorf("%s: %d %s", what, res.StatusCode, body)
		}
		h.problem(res, body)
	}
	h.add("other", access.Sender, access.Scope{Dim: access.BySender, Values: []string{"财政局"}})
	other := h.token(token.New{Account: "other"})
	if res, _ := h.bearer(other, "GET", "/api/v1/uploads/"+u.ID); res.StatusCode != http.StatusNotFound {
		h.Errorf("somebody else sees it: %d", res.StatusCode)
	}
	for _, name := range []string{"wang", "he"} {
		if res, _ := h.post(h.token(token.New{Account: name}), at, strings.NewReader("x")); res.StatusCode != http.StatusForbidden {
			h.Errorf("%s sends: %d", name, res.StatusCode)
		}
	}
	// a page of another site sends nothing with a reader's session
	c := h.signIn("rsj")
	if res, _ := h.ask(c, "POST", at, nil, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example"); res.StatusCode != http.StatusForbidden {
		h.Errorf("across sites: %d", res.StatusCode)
	}
	var list []string
	_ = filepath.WalkDir(filepath.Join(h.dir, "inbox"), func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			list = append(list, path)
		}
		return err
	})
	if len(list) != 2 {
		h.Errorf("the inbox has %v", list)
	}
	if res, body := h.bearer(own, "GET", "/api/v1/runs"); res.StatusCode != 200 || !strings.Contains(body, `"runs":[]`) {
		h.Errorf("%d %s", res.StatusCode, body)
	}
	for path, want := range map[string]int{"/api/v1/runs/x": 404, "/api/v1/metrics": 403, "/api/v1/datasets": 403, "/api/v1/runs?cursor=x": 400, "/api/v1/runs?limit=0": 400, "/api/v1/runs?limit=9999": 400} {
		if res, body := h.bearer(own, "GET", path); res.StatusCode != want && res.StatusCode != http.StatusUnauthorized {
			h.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
	}
}
