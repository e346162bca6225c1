package dashboard

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/token"
)

// bearer asks as a program does: without cookies, by a token.
func (h *house) bearer(secret, method, path string, headers ...string) (*http.Response, string) {
	h.Helper()
	return h.ask(h.browser(), method, path, nil, append([]string{"Authorization", "Bearer " + secret, "Sec-Fetch-Site", "", "Content-Type", ""}, headers...)...)
}

// told is a problem as programs read it.
type told struct {
	Status       int
	Code, Detail string
	Valid        []string
}

func (h *house) problem(res *http.Response, body string) (p told) {
	h.Helper()
	if kind := res.Header.Get("Content-Type"); kind != "application/problem+json" {
		h.Errorf("a problem as %s: %s", kind, body)
	}
	if err := json.Unmarshal([]byte(body), &p); err != nil || p.Status != res.StatusCode || p.Code == "" || p.Detail == "" {
		h.Errorf("%d: %s %v", res.StatusCode, body, err)
	}
	return p
}

// tokens are made on one's own page, by the password, and open what is made for programs: nothing else, no more than the
// account may see, and nothing once they are over.
func tokens(h *house) {
	h.add("fenxi", access.Analyst)
	c := h.signIn("fenxi")
	form := url.Values{"do": {"make"}, "name": {"月报 <b>"}, "days": {"30"}, "right": {"view"}, "current": {"wrong"}}
	if res, body := h.ask(c, "POST", "/account/tokens", form); res.StatusCode != http.StatusUnprocessableEntity || strings.Contains(body, "yz_") {
		h.Errorf("without the password: %d", res.StatusCode)
	}
	form.Set("current", secretWords)
	for right, want := range map[string]int{"accounts": 422, "unmask": 422, "view": 200} {
		form.Set("right", right)
		if res, _ := h.ask(c, "POST", "/account/tokens", form); res.StatusCode != want {
			h.Errorf("a token with the right %s: %d", right, res.StatusCode)
		}
	}
	form.Set("right", "view")
	res, body := h.ask(c, "POST", "/account/tokens", form)
	found := regexp.MustCompile(`yz_[\w-]{43}`).FindString(body)
	if found == "" || strings.Contains(body, "<b>") || res.Header.Get("Cache-Control") != "no-store" {
		h.Fatalf("%d %s", res.StatusCode, body)
	}
	if _, again := h.ask(c, "GET", "/account/tokens", nil); strings.Contains(again, found) || !strings.Contains(again, "月报 &lt;b&gt;") {
		h.Error("the page shows the token once more, or not its name")
	}
	if res, body := h.bearer(found, "GET", "/api/v1/metrics?limit=2"); res.StatusCode != 200 || !strings.Contains(body, `"next"`) {
		h.Errorf("the token: %d %s", res.StatusCode, body)
	}
	// no page, where more could be had
	for _, x := range [][2]string{{"GET", "/b/overview"}, {"GET", "/account"}, {"POST", "/account/tokens"}, {"POST", "/account/password"}, {"GET", "/"}, {"GET", "/api"}, {"GET", "/users"}, {"GET", "/data/runs"}} {
		res, body := h.bearer(found, x[0], x[1])
		if res.StatusCode != http.StatusUnauthorized || len(res.Cookies()) > 0 {
			h.Errorf("%v by a token: %d %s", x, res.StatusCode, body)
		}
	}
	// the rights of the token, not those of the account
	for path, want := range map[string]int{"/api/v1/metrics/inflow?format=csv": 403, "/api/v1/declared": 403, "/api/v1/inbox": 403, "/api/v1/openapi.json": 200} {
		res, body := h.bearer(found, "GET", path)
		if res.StatusCode != want {
			h.Errorf("%s: %d %s", path, res.StatusCode, body)
		}
		if want == 403 {
			h.problem(res, body)
		}
	}
	// sentences in the client's language
	res, body = h.bearer(found+"x", "GET", "/api/v1/metrics", "Accept-Language", "en-GB")
	if p := h.problem(res, body); p.Code != "token_invalid" || p.Detail != "The token is wrong, over or revoked: use another." || !strings.Contains(res.Header.Get("WWW-Authenticate"), "Bearer") {
		h.Errorf("%+v", p)
	}
	for _, x := range []string{"Basic ZmVueGk6eA==", "Bearer", "bearer  ", "Bearer " + strings.Repeat("x", 9000), "Token " + found, "Bearer yz_../../accounts.json"} {
		if res, body := h.ask(h.browser(), "GET", "/api/v1/metrics", nil, "Authorization", x); res.StatusCode != http.StatusUnauthorized {
			h.Errorf("%.40q: %d %s", x, res.StatusCode, body)
		}
	}
	// one token beside a session: the token counts
	if res, _ := h.ask(c, "GET", "/api/v1/metrics", nil, "Authorization", "Bearer yz_wrong"); res.StatusCode != http.StatusUnauthorized {
		h.Errorf("a wrong token beside a session: %d", res.StatusCode)
	}
	tokensOver(h, c, found)
	expired(h)
}

// A token that is over is refused at both doors of the pages' port in words, and each address that tries it stands in the trail.
func expired(h *house) {
	h.add("wan", access.Analyst)
	secret, made, err := h.server.Door.Tokens.Make(token.New{Account: "wan", Name: "over", By: "test"})
	if err != nil {
		h.Fatal(err)
	}
	if res, _ := h.bearer(secret, "GET", "/api/v1/metrics"); res.StatusCode != http.StatusOK {
		h.Fatalf("before it is over: %d", res.StatusCode)
	}
	file := filepath.Join(h.dir, "tokens.json")
	text, err := os.ReadFile(file)
	if err != nil {
		h.Fatal(err)
	}
	until, err := made.Until.MarshalText()
	if err != nil {
		h.Fatal(err)
	}
	over := bytes.Replace(text, until, []byte(time.Now().Add(-time.Second).UTC().Format(time.RFC3339Nano)), 1)
	if err := os.WriteFile(file, over, 0o600); err != nil || bytes.Equal(over, text) {
		h.Fatalf("%v: %s has no %s", err, text, until)
	}
	h.server.Door.Proxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	defer func() { h.server.Door.Proxies = nil }()
	for i, path := range []string{"/api/v1/metrics", "/api/v1/runs", "/mcp"} {
		from := "203.0.113." + strconv.Itoa(10+i)
		method := map[bool]string{true: "POST", false: "GET"}[path == "/mcp"]
		res, body := h.bearer(secret, method, path, "X-Forwarded-For", from, "Accept-Language", "zh-CN", "Accept", "application/json, text/event-stream")
		if res.StatusCode != http.StatusUnauthorized || !strings.Contains(body, "已过期") || strings.Contains(body, "wan") {
			h.Errorf("%s by a token that is over: %d %s", path, res.StatusCode, body)
		}
		var found []audit.Entry
		for range 50 {
			if found, _, err = audit.Find(h.dir, audit.Query{Did: "token", What: path, Most: 50}); err != nil {
				h.Fatal(err)
			}
			if slices.ContainsFunc(found, func(e audit.Entry) bool { return e.From == from && e.Who == "?" && e.Result == "refused" }) {
				found = nil
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		if found != nil {
			h.Errorf("%s: the trail does not tell of it: %+v", path, found)
		}
	}
}

// tokensOver takes tokens back, by their owner, by who manages accounts, and with the account.
func tokensOver(h *house, c *http.Client, found string) {
	shelf := h.server.Door.Tokens
	own, err := shelf.Of("fenxi")
	if err != nil || len(own) < 2 {
		h.Fatalf("%v %v", own, err)
	}
	other := h.signIn("wang")
	if res, _ := h.ask(other, "POST", "/account/tokens", url.Values{"do": {"revoke"}, "id": {own[0].ID}}); res.StatusCode != http.StatusNotFound {
		h.Errorf("somebody else's token: %d", res.StatusCode)
	}
	for _, t := range own {
		if res, _ := h.ask(c, "POST", "/account/tokens", url.Values{"do": {"revoke"}, "id": {t.ID}}); res.StatusCode != http.StatusSeeOther {
			h.Errorf("revoking: %d", res.StatusCode)
		}
	}
	if res, _ := h.bearer(found, "GET", "/api/v1/metrics"); res.StatusCode != http.StatusUnauthorized {
		h.Errorf("after it was revoked: %d", res.StatusCode)
	}
	secret, made, err := shelf.Make(token.New{Account: "fenxi", Name: "second", By: "test"})
	if err != nil {
		h.Fatal(err)
	}
	s := h.signIn("shen")
	if _, body := h.ask(s, "GET", "/tokens", nil); !strings.Contains(body, made.ID) || strings.Contains(body, secret) {
		h.Error("who manages accounts does not see the token")
	}
	if res, _ := h.ask(other, "GET", "/tokens", nil); res.StatusCode != http.StatusForbidden {
		h.Errorf("a leader sees the tokens: %d", res.StatusCode)
	}
	if res, _ := h.ask(s, "POST", "/tokens", url.Values{"do": {"make"}, "account": {"fenxi"}, "name": {"x"}}); res.StatusCode != http.StatusNotFound {
		h.Errorf("a token for somebody else: %d", res.StatusCode)
	}
	h.ask(s, "POST", "/users/fenxi", url.Values{"do": {"withdraw"}})
	if res, _ := h.bearer(secret, "GET", "/api/v1/metrics"); res.StatusCode != http.StatusUnauthorized {
		h.Errorf("after the account was signed out: %d", res.StatusCode)
	}
	// an agent has no password: who manages accounts makes its tokens
	if res, body := h.ask(s, "POST", "/users", url.Values{"name": {"bot"}, "role": {"agent"}}); res.StatusCode != http.StatusSeeOther || strings.Contains(body, "/signin/link/") {
		h.Errorf("an agent's account: %d", res.StatusCode)
	}
	if err := h.book.SetPassword("bot", secretWords); err != nil {
		h.Fatal(err)
	}
	if res, _ := h.ask(h.browser(), "POST", "/signin", url.Values{"name": {"bot"}, "password": {secretWords}}); res.StatusCode != http.StatusUnauthorized {
		h.Errorf("an agent signs in: %d", res.StatusCode)
	}
	_, body := h.ask(s, "POST", "/tokens", url.Values{"do": {"make"}, "account": {"bot"}, "name": {"x"}})
	secret = regexp.MustCompile(`yz_[\w-]{43}`).FindString(body)
	if res, body := h.bearer(secret, "GET", "/api/v1/metrics"); res.StatusCode != 200 {
		h.Errorf("an agent: %d %s", res.StatusCode, body)
	}
	a := h.signIn("he")
	_, trail := h.ask(a, "GET", "/audit?lang=zh", nil)
	for _, want := range []string{"建令牌", "撤令牌", "用令牌", own[0].ID} {
		if !strings.Contains(trail, want) {
			h.Errorf("the trail does not tell of %s", want)
		}
	}
	if strings.Contains(trail, secret) || strings.Contains(trail, found) {
		h.Error("a token stands in the trail")
	}
}

// described holds the description against the addresses: every address for programs that is described is registered with a
// right, and every one of package api is described.
func described(h *house) {
	c := h.signIn("guan")
	res, body := h.ask(c, "GET", "/api/v1/openapi.json", nil)
	var doc struct {
		OpenAPI string
		Paths   map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal([]byte(body), &doc); err != nil || doc.OpenAPI != "3.1.0" || res.StatusCode != 200 {
		h.Fatalf("%d %v %.200s", res.StatusCode, err, body)
	}
	n := 0
	for path, ops := range doc.Paths {
		for method, o := range ops {
			n++
			pattern := strings.ToUpper(method) + " " + path
			i := slices.IndexFunc(h.server.gate.Routes(), func(r access.Route) bool { return r.Pattern == pattern })
			if i < 0 || h.server.gate.Routes()[i].Right() == 0 || o.OperationID == "" {
				h.Errorf("%s is described and not registered with a right", pattern)
			}
		}
	}
	if n < 2 {
		h.Errorf("%d addresses are described", n)
	}
	if _, text := h.ask(c, "GET", "/api/v1/openapi.yaml", nil); !strings.Contains(text, "openapi: 3.1.0") {
		h.Errorf("%.100s", text)
	}
	_, text := h.ask(c, "GET", "/data/api?lang=zh", nil)
	for _, foreign := range []string{"absent:", ">The ", ">Only "} {
		if strings.Contains(text, foreign) {
			h.Errorf("the Chinese page says %q", foreign)
		}
	}
	page, text := h.ask(c, "GET", "/data/api?lang=en", nil)
	if page.StatusCode != 200 || !strings.Contains(text, "/api/v1/metrics/{name}") || strings.Contains(text, "<script>") || strings.Contains(text, "https://") {
		h.Errorf("%d %s", page.StatusCode, text)
	}
}
