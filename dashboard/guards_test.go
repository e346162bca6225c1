package dashboard

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp/totp"
	"github.com/xuri/excelize/v2"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
)

// guards: what every answer says to a browser, what no browser keeps, what a link and a password open, and what the trail
// counts.
func guards(h *house) {
	c := h.signIn("guan")
	for _, route := range h.server.gate.Routes() {
		method, path := example(route.Pattern)
		if method != "GET" || path == "/api/v1/events" {
			continue
		}
		res, _ := h.ask(c, method, path, nil)
		head := res.Header
		if csp := head.Get("Content-Security-Policy"); !strings.Contains(csp, "object-src 'none'") || !strings.Contains(csp, "base-uri 'none'") || !strings.Contains(csp, "frame-ancestors 'none'") || strings.Contains(csp, "unsafe") {
			h.Errorf("%s: the content policy is %q", path, csp)
		}
		if head.Get("X-Content-Type-Options") != "nosniff" || head.Get("Referrer-Policy") == "" || head.Get("Access-Control-Allow-Origin") != "" {
			h.Errorf("%s: %v", path, head)
		}
		if kind := head.Get("Content-Type"); (strings.HasPrefix(kind, "text/") || kind == "application/json") && res.StatusCode == 200 && !strings.Contains(kind, "charset=utf-8") && kind != "application/json" {
			h.Errorf("%s is %q", path, kind)
		}
		personal := route.Right()&(access.Rows|access.Audit|access.Accounts|access.SQL) != 0
		if cache := head.Get("Cache-Control"); res.StatusCode == 200 && (personal && cache != "no-store" || !route.Public() && cache != "no-store" && !strings.HasPrefix(cache, "private")) {
			h.Errorf("%s may be kept: %q", path, cache)
		}
	}
	if res, _ := h.ask(c, "TRACE", "/account", nil); res.StatusCode < 400 {
		h.Errorf("TRACE: %d", res.StatusCode)
	}
	// over TLS the reader's language is kept for TLS and this host alone
	r := httptest.NewRequest("GET", "https://localhost/signin?lang=en", nil)
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	if k := w.Result().Cookies(); len(k) != 1 || k[0].Name != "__Host-yz_lang" || !k[0].Secure || !k[0].HttpOnly || w.Header().Get("Strict-Transport-Security") != "max-age=31536000; includeSubDomains" {
		h.Errorf("over TLS: %v %v", k, w.Header())
	}
	r = httptest.NewRequest("GET", "https://localhost/signin", nil)
	r.AddCookie(&http.Cookie{Name: "__Host-yz_lang", Value: "en"})
	w = httptest.NewRecorder()
	if h.server.ServeHTTP(w, r); !strings.Contains(w.Body.String(), "Sign in") {
		h.Error("the language is not known again")
	}

	// a link that sets a password is no second factor
	h.add("bai", access.Leader)
	o, err := account.OfferFactor("x", "bai")
	if err != nil {
		h.Fatal(err)
	}
	code, _ := totp.GenerateCode(o.Secret, time.Now())
	if err := h.book.ConfirmFactor("bai", o.Secret, code); err != nil {
		h.Fatal(err)
	}
	secret, _, err := h.book.MakeLink("bai", "test")
	if err != nil {
		h.Fatal(err)
	}
	b := h.browser()
	res, _ := h.ask(b, "POST", "/signin/link/"+secret, url.Values{"password": {"tundra 茶壶 violet 7"}, "again": {"tundra 茶壶 violet 7"}})
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/signin" || h.session(b) != "" {
		h.Errorf("a link lets in without the second factor: %d %v", res.StatusCode, res.Header)
	}
	// others are signed out by who knows the password
	first, second := h.signIn("wang"), h.signIn("wang")
	if res, _ := h.ask(first, "POST", "/account/sessions", url.Values{"current": {"wrong"}}); res.StatusCode != http.StatusUnprocessableEntity {
		h.Errorf("signing others out without the password: %d", res.StatusCode)
	}
	if res, _ := h.ask(second, "GET", "/account", nil); res.StatusCode != 200 {
		h.Errorf("signed out: %d", res.StatusCode)
	}
	h.ask(first, "POST", "/account/sessions", url.Values{"current": {secretWords}})
	if res, _ := h.ask(second, "GET", "/account", nil); res.StatusCode != http.StatusSeeOther {
		h.Errorf("not signed out: %d", res.StatusCode)
	}

	// the trail as a workbook, and how many rows were shown
	he := h.signIn("he")
	res, file := h.ask(he, "GET", "/audit/trail.xlsx?lang=zh&what=HYPERLINK", nil)
	book, err := excelize.OpenReader(bytes.NewReader([]byte(file)))
	if err != nil || res.StatusCode != 200 {
		h.Fatalf("%d %v", res.StatusCode, err)
	}
	defer book.Close()
	rows, err := book.GetRows("审计")
	if err != nil || len(rows) < 2 || !strings.Contains(rows[1][6], "HYPERLINK") || rows[0][0] != "序号" {
		h.Errorf("%v %v", rows, err)
	}
	if formula, _ := book.GetCellFormula("审计", "G2"); formula != "" {
		h.Errorf("a formula: %s", formula)
	}
	list, _, err := audit.Find(h.dir, audit.Query{Who: "he", What: "/audit", Most: 50})
	counted := map[string]bool{}
	for _, e := range list {
		counted[e.Did] = counted[e.Did] || e.Rows > 0
	}
	if err != nil || !counted["audit"] || !counted["file"] {
		h.Errorf("the trail does not say how many rows were shown: %v %v", counted, err)
	}
	for _, name := range []string{"wang", "shen"} {
		if res, _ := h.ask(h.signIn(name), "GET", "/audit/trail.xlsx", nil); res.StatusCode != http.StatusForbidden {
			h.Errorf("%s takes the trail: %d", name, res.StatusCode)
		}
	}
}
