package dashboard

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/token"
	"yanzhen/dashboard/address"
)

// Where duties are separate the page of accounts gives nobody a second of the three, says why, and writes the refusal down.
func apart(h *house) {
	h.book.Policy.Duties = access.Separate
	defer func() { h.book.Policy.Duties = access.Joint }()
	c := h.signIn("shen")
	for path, form := range map[string]url.Values{
		"/users/guan": {"do": {"grant"}, "role": {"auditor"}},
		"/users/he":   {"do": {"grant"}, "role": {"security"}},
		"/users":      {"name": {"guan2"}, "title": {"guan"}, "role": {"auditor"}},
	} {
		res, body := h.ask(c, "POST", path+"?lang=zh", form)
		if res.StatusCode != http.StatusUnprocessableEntity || !strings.Contains(body, "三员分立") {
			h.Errorf("%s %v: %d %s", path, form, res.StatusCode, body)
		}
	}
	for name, paths := range map[string][2]string{"guan": {"/data/runs", "/users"}, "shen": {"/users", "/audit"}, "he": {"/audit", "/users"}} {
		c := h.signIn(name)
		if res, _ := h.ask(c, "GET", paths[0], nil); res.StatusCode >= 400 {
			h.Errorf("%s at %s: %d", name, paths[0], res.StatusCode)
		}
		if res, _ := h.ask(c, "GET", paths[1], nil); res.StatusCode != http.StatusForbidden {
			h.Errorf("%s at %s: %d", name, paths[1], res.StatusCode)
		}
	}
	if found, _, err := audit.Find(h.dir, audit.Query{Who: "shen", Did: "user_grant", Most: 10}); err != nil || len(found) < 2 || found[0].Result != "refused" {
		h.Errorf("the trail: %+v %v", found, err)
	}
}

// A password that is older than it may be opens nothing but the page where it is changed; a token of that account is told so.
func aged(h *house) {
	h.add("jiu", access.Analyst)
	secret, _, err := h.server.Door.Tokens.Make(token.New{Account: "jiu", Name: "old"})
	if err != nil {
		h.Fatal(err)
	}
	h.book.Policy.Age = 24 * time.Hour
	defer func() { h.book.Policy.Age = 0 }()
	if res, body := h.bearer(secret, "GET", "/api/v1/metrics"); res.StatusCode != http.StatusOK {
		h.Fatalf("a token of a new password: %d %s", res.StatusCode, body)
	}
	h.older("jiu", 25*time.Hour)
	if res, body := h.bearer(secret, "GET", "/api/v1/metrics", "Accept-Language", "zh-CN"); res.StatusCode != http.StatusForbidden || !strings.Contains(h.problem(res, body).Detail, "密码到期") {
		h.Errorf("a token of a password that is too old: %d %s", res.StatusCode, body)
	}
	c := h.signIn("jiu")
	if res, _ := h.ask(c, "GET", "/data/metrics", nil); res.Header.Get("Location") != "/account" {
		h.Errorf("a password that is too old opens a page: %d", res.StatusCode)
	}
	if _, body := h.ask(c, "GET", "/account?lang=zh", nil); !strings.Contains(body, "密码到期了，请先改密码") {
		h.Errorf("the page does not say why: %s", body)
	}
	const fresh = "kettle 山雀 mosaic 9"
	if res, body := h.ask(c, "POST", "/account/password", url.Values{"current": {secretWords}, "password": {fresh}, "again": {fresh}}); res.StatusCode != http.StatusSeeOther {
		h.Errorf("changing it: %d %s", res.StatusCode, body)
	}
	if res, _ := h.ask(c, "GET", "/data/metrics", nil); res.StatusCode != http.StatusOK {
		h.Errorf("after it was changed: %d", res.StatusCode)
	}
	if res, body := h.bearer(secret, "GET", "/api/v1/metrics"); res.StatusCode != http.StatusOK {
		h.Errorf("a token after it was changed: %d %s", res.StatusCode, body)
	}
}

// older makes a password as old as it would be later.
func (h *house) older(name string, by time.Duration) {
	h.Helper()
	file := filepath.Join(h.dir, "accounts.json")
	text, err := os.ReadFile(file)
	if err != nil {
		h.Fatal(err)
	}
	var kept map[string]any
	if err := json.Unmarshal(text, &kept); err != nil {
		h.Fatal(err)
	}
	for _, x := range kept["accounts"].([]any) {
		if a := x.(map[string]any); a["name"] == name {
			a["changed"] = time.Now().Add(-by).UTC()
		}
	}
	if text, err = json.Marshal(kept); err != nil {
		h.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o600); err != nil {
		h.Fatal(err)
	}
}

// trailFiles holds what the trail gives as CSV and as a workbook against its entries, cell for cell, the latest first.
func trailFiles(h *house, c *http.Client) {
	list, more, err := audit.Find(h.dir, audit.Query{Did: "signin", Most: 1000})
	if err != nil || more || len(list) < 10 {
		h.Fatalf("%d entries, more %v: %v", len(list), more, err)
	}
	_, text := h.ask(c, "GET", "/audit/trail.csv?lang=en&did=signin", nil)
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(text, "\uFEFF"))).ReadAll()
	if err != nil || len(rows) != len(list)+1 {
		h.Fatalf("%d rows of %d entries: %v", len(rows), len(list), err)
	}
	_, text = h.ask(c, "GET", "/audit/trail.xlsx?lang=en&did=signin", nil)
	f, err := excelize.OpenReader(strings.NewReader(text))
	if err != nil {
		h.Fatal(err)
	}
	defer f.Close()
	cells, err := f.GetRows(f.GetSheetName(0), excelize.Options{RawCellValue: true})
	for len(cells) > 0 && !slices.Equal(cells[0], rows[0]) {
		cells = cells[1:] // a title above the table
	}
	if err != nil || len(cells) != len(list)+1 {
		h.Fatalf("the workbook has %d rows of %d entries: %v", len(cells), len(list), err)
	}
	for i, e := range list {
		at := e.At.In(address.Office)
		want := []string{strconv.FormatUint(e.Seq, 10), at.Format(time.RFC3339), e.Who, e.Role, e.From, e.Did, e.What, strconv.FormatUint(e.Rows, 10), e.Result, e.Before}
		if !slices.Equal(rows[i+1], want) {
			h.Errorf("CSV: %q, want %q", rows[i+1], want)
		}
		got := cells[i+1]
		serial, err := strconv.ParseFloat(got[1], 64)
		if when, _ := excelize.ExcelDateToTime(serial, false); err != nil || when.Round(time.Second).Format(time.DateTime) != at.Format(time.DateTime) {
			h.Errorf("the workbook says %s of %s (%v)", got[1], at, err)
		}
		got[1] = want[1]
		for len(got) < len(want) {
			got = append(got, "")
		}
		if !slices.Equal(got, want) {
			h.Errorf("the workbook: %q, want %q", got, want)
		}
	}
}
