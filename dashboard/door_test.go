package dashboard

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
	_ "unsafe" // for go:linkname

	"yanzhen/configs"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/token"
	"yanzhen/dashboard/answer/verified"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/door"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/metric/metrictest"
	"yanzhen/dashboard/review"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/stage/stagetest"
	"yanzhen/pipeline/warehouse"
)

// house is a dashboard with a real door, over an engine without data.
type house struct {
	*testing.T
	server *Server
	book   *account.Book
	dir    string
	http   *httptest.Server
	loader *pipeline.Loader
}

// passwordMemory is what a hash of a password takes, in KiB. Here people come in again and again; what a hash costs an
// office is held by the tests of its package.
//
//go:linkname passwordMemory yanzhen/dashboard/access/account.hashMemory
var passwordMemory uint32

func init() { passwordMemory = 1 << 10 }

const secretWords = "松鼠 lamplight 42 drizzle"

func openHouse(t *testing.T, with ...func(h *house, d *door.Door)) *house {
	t.Helper()
	catalog, metrics := metrictest.Shipped(t)
	boards, err := board.Load(configs.FS, "boards")
	if err != nil {
		t.Fatal(err)
	}
	maps, err := board.LoadMaps(configs.FS, catalog.Lists)
	if err != nil {
		t.Fatal(err)
	}
	var sets []*dataset.Dataset
	for _, name := range catalog.Names() {
		sets = append(sets, catalog.Datasets[name])
	}
	db := stagetest.Open(t, catalog)
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	loader := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: db}, Catalog: catalog, Key: make([]byte, 32), Spool: t.TempDir(), Log: quiet}
	if err := loader.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	h := &house{T: t, dir: t.TempDir(), loader: loader}
	if h.book, err = account.Open(h.dir, account.Policy{Length: 12, Idle: time.Hour, Absolute: 12 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	sessions, err := account.OpenSessions(h.dir, h.book, quiet)
	if err != nil {
		t.Fatal(err)
	}
	trail, err := audit.Open(h.dir, 0, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(trail.Close)
	tokens, err := token.Open(h.dir, h.book)
	if err != nil {
		t.Fatal(err)
	}
	d := &door.Door{Book: h.book, Sessions: sessions, Tokens: tokens, Issuer: "Yanzhen", Trail: trail, Dir: h.dir}
	for _, f := range with {
		f(h, d)
	}
	answers, err := verified.Read(configs.FS, metrics)
	if err != nil {
		t.Fatal(err)
	}
	h.server, err = New(Config{
		Catalog: metrics, Boards: boards, Datasets: sets, Chains: catalog.Chains, Maps: maps, Log: quiet, Zone: codes.Text{Zh: "示例区", En: "Sample zone"},
		Engine: &compute.Engine{Catalog: metrics, DB: db}, Pipeline: loader.Ledger, Who: d.Who, Door: d, Programs: Programs{Inlet: inbox(h.dir), Review: &review.Page{Desk: review.Desk{Loader: loader, Accept: loader.Accept, Say: loader.Say}}, Answers: answers, SQL: room(t, h.dir, db)},
	})
	if err != nil {
		t.Fatal(err)
	}
	h.http = httptest.NewServer(h.server)
	t.Cleanup(h.http.Close)
	t.Cleanup(h.server.Close)
	return h
}

func (h *house) add(name string, r access.Role, scopes ...access.Scope) {
	h.Helper()
	if err := h.book.Add(account.New{Name: name, Role: r, Scopes: scopes}); err != nil {
		h.Fatal(err)
	}
	if err := h.book.SetPassword(name, secretWords); err != nil {
		h.Fatal(err)
	}
}

// browser is a client that keeps cookies and follows nothing by itself.
func (h *house) browser() *http.Client {
	jar, _ := cookiejar.New(nil)
	return &http.Client{Jar: jar, Timeout: time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// ask sends a request as a browser does: what is posted says that it comes from our own page.
func (h *house) ask(c *http.Client, method, path string, form url.Values, headers ...string) (*http.Response, string) {
	h.Helper()
	r, err := http.NewRequest(method, h.http.URL+path, strings.NewReader(form.Encode()))
	if err != nil {
		h.Fatal(err)
	}
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
		if headers[i+1] == "" {
			r.Header.Del(headers[i])
		}
	}
	res, err := c.Do(r)
	if err != nil {
		h.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		h.Fatal(err)
	}
	return res, string(body)
}

func (h *house) signIn(name string) *http.Client {
	h.Helper()
	c := h.browser()
	if res, body := h.ask(c, "POST", "/signin", url.Values{"name": {name}, "password": {secretWords}}); res.StatusCode != http.StatusSeeOther {
		h.Fatalf("%s cannot sign in: %d %s", name, res.StatusCode, body)
	}
	return c
}

func (h *house) session(c *http.Client) string {
	u, _ := url.Parse(h.http.URL)
	for _, k := range c.Jar.Cookies(u) {
		if strings.HasPrefix(k.Name, "yanzhen") {
			return k.Value
		}
	}
	return ""
}

// example is an address of a pattern.
func example(pattern string) (method, path string) {
	method, path, ok := strings.Cut(pattern, " ")
	if !ok {
		method, path = "GET", pattern
	}
	for from, to := range map[string]string{"{$}": "", "{board}": "overview", "{panel}": "x", "{scene}": "hall", "{name}": "arrivals", "{run}": "r", "{id}": "r", "{metric}": "inflow", "{secret}": "s"} {
		path = strings.ReplaceAll(path, from, to)
	}
	return method, path
}

func TestDoor(t *testing.T) {
	h := openHouse(t)
	h.add("wang", access.Leader)
	h.add("shen", access.Security)
	h.add("he", access.Auditor)
	h.add("guan", access.Administrator)

	t.Run("nobody", func(t *testing.T) { h.T = t; nobody(h) })
	t.Run("signing in", func(t *testing.T) { h.T = t; signingIn(h) })
	t.Run("cross site", func(t *testing.T) { h.T = t; fromElsewhere(h) })
	t.Run("roles", func(t *testing.T) { h.T = t; roles(h) })
	t.Run("turned away", func(t *testing.T) { h.T = t; turnedAway(h) })
	t.Run("links", func(t *testing.T) { h.T = t; links(h) })
	t.Run("heard", func(t *testing.T) { h.T = t; heardNoMore(h) })
	t.Run("lasting", func(t *testing.T) { h.T = t; lasting(h) })
	t.Run("users", func(t *testing.T) { h.T = t; users(h) })
	t.Run("apart", func(t *testing.T) { h.T = t; apart(h) })
	t.Run("aged", func(t *testing.T) { h.T = t; aged(h) })
	t.Run("proxies", func(t *testing.T) { h.T = t; proxies(h) })
	t.Run("tokens", func(t *testing.T) { h.T = t; tokens(h) })
	t.Run("uploads", func(t *testing.T) { h.T = t; uploads(h) })
	t.Run("agents", func(t *testing.T) { h.T = t; agents(h) })
	t.Run("described", func(t *testing.T) { h.T = t; described(h) })
	t.Run("audit", func(t *testing.T) { h.T = t; audited(h) })
	t.Run("guards", func(t *testing.T) { h.T = t; guards(h) })
	t.Run("browser", func(t *testing.T) { h.T = t; doorBrowser(h) })
	t.Run("leaves", func(t *testing.T) { h.T = t; leaves(h) })
}

// Who is not signed in is answered nothing but the sign-in, at every address there is, and is shown no figure, no name of a
// page and no state of the installation.
func nobody(h *house) {
	c := h.browser()
	public := map[string]bool{"/healthz": true, "/favicon.ico": true, "/apple-touch-icon.png": true, "/static/": true, "/signin": true, "/signin/key": true, "/signin/link/s": true}
	for _, route := range h.server.gate.Routes() {
		method, path := example(route.Pattern)
		res, body := h.ask(c, method, path, nil)
		switch {
		case public[path]:
			if !route.Public() {
				h.Errorf("%s is not public", path)
			}
		case route.Public():
			h.Errorf("%s is open to everybody", path)
		case method == "GET" && !program(&http.Request{URL: &url.URL{Path: path}}) && !strings.Contains(path, "."):
			if want := "/signin"; res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(res.Header.Get("Location"), want) || strings.Contains(body, "区") {
				h.Errorf("%s %s: %d %s %s", method, path, res.StatusCode, res.Header.Get("Location"), body)
			}
		case res.StatusCode != http.StatusUnauthorized:
			h.Errorf("%s %s: %d, want 401", method, path, res.StatusCode)
		}
	}
	if res, body := h.ask(c, "GET", "/healthz", nil); res.StatusCode != 200 || body != "ok\n" {
		h.Errorf("/healthz: %d %q", res.StatusCode, body)
	}
	_, body := h.ask(c, "GET", "/signin?next=/b/overview", nil)
	card := regexp.MustCompile(`<meta property="og:image" content="http://[^/]+(/static/[0-9a-f]+/card\.png)">`).FindStringSubmatch(body)
	if card == nil {
		h.Errorf("a link to the sign-in has no picture: %s", body)
	} else if res, _ := h.ask(c, "GET", card[1], nil); res.StatusCode != 200 || res.Header.Get("Content-Type") != "image/png" {
		h.Errorf("%s: %d", card[1], res.StatusCode)
	}
	if !strings.Contains(body, `content="雁阵 · 示例区"`) || strings.Contains(body, "/b/overview\"") && !strings.Contains(body, `value="/b/overview"`) || strings.Contains(body, "tabs wrap") {
		h.Errorf("the sign-in shows %s", body)
	}
}

// A sign-in has one wording for all that is wrong, a new session each time, a cookie that no script reads, and leads
// nowhere but to these pages.
func signingIn(h *house) {
	bodies := map[string]bool{}
	for _, x := range [][2]string{{"wang", "wrong"}, {"nobody", "wrong"}, {"wang", ""}, {"local", "x"}} {
		res, body := h.ask(h.browser(), "POST", "/signin", url.Values{"name": {x[0]}, "password": {x[1]}})
		if res.StatusCode != http.StatusUnauthorized || len(res.Cookies()) > 0 {
			h.Errorf("%v: %d %v", x, res.StatusCode, res.Cookies())
		}
		bodies[strings.ReplaceAll(body, `value="`+x[0]+`"`, "")] = true
	}
	if len(bodies) != 1 {
		h.Errorf("%d wordings of a sign-in that failed, want one", len(bodies))
	}
	for next, want := range map[string]string{
		"/b/people?grain=year": "/b/people?grain=year", "": "/", "//evil.example": "/", "https://evil.example": "/", `/\evil.example`: "/", "javascript:alert(1)": "/",
		"/\t/evil.example": "/", "/%2f/evil.example": "/%2f/evil.example", "/signin/link/x": "/", "/a\r\nSet-Cookie: x=1": "/",
	} {
		res, _ := h.ask(h.browser(), "POST", "/signin", url.Values{"name": {"wang"}, "password": {secretWords}, "next": {next}})
		if got := res.Header.Get("Location"); got != want || res.StatusCode != http.StatusSeeOther {
			h.Errorf("next %q leads to %q (%d), want %q", next, got, res.StatusCode, want)
		}
		k := res.Cookies()
		if len(k) != 1 || !k[0].HttpOnly || k[0].SameSite != http.SameSiteLaxMode || k[0].Path != "/" || k[0].Domain != "" {
			h.Errorf("cookies %v", k)
		}
	}
	// a session that somebody else chose is not taken over
	c := h.browser()
	u, _ := url.Parse(h.http.URL)
	fixed := "A234567890123456789012345678901234567890123"
	c.Jar.SetCookies(u, []*http.Cookie{{Name: "yanzhen-" + u.Port(), Value: fixed, Path: "/"}})
	h.ask(c, "POST", "/signin", url.Values{"name": {"wang"}, "password": {secretWords}})
	if got := h.session(c); got == fixed || got == "" {
		h.Errorf("the session is %q", got)
	}
	first := h.session(c)
	h.ask(c, "POST", "/signin", url.Values{"name": {"wang"}, "password": {secretWords}})
	old := h.browser()
	old.Jar.SetCookies(u, []*http.Cookie{{Name: "yanzhen-" + u.Port(), Value: first, Path: "/"}})
	if res, _ := h.ask(old, "GET", "/account", nil); res.StatusCode != http.StatusSeeOther {
		h.Errorf("the session before a new sign-in goes on: %d", res.StatusCode)
	}
	out := h.session(c)
	if res, _ := h.ask(c, "POST", "/signout", nil); res.Header.Get("Location") != "/signin" || res.Header.Get("Clear-Site-Data") == "" {
		h.Errorf("signing out: %v", res.Header)
	}
	old.Jar.SetCookies(u, []*http.Cookie{{Name: "yanzhen-" + u.Port(), Value: out, Path: "/"}})
	if res, _ := h.ask(old, "GET", "/account", nil); res.StatusCode != http.StatusSeeOther {
		h.Errorf("a session that was signed out goes on: %d", res.StatusCode)
	}
	// under TLS the cookie is bound to this host
	r := httptest.NewRequest("POST", "https://localhost/signin", strings.NewReader(url.Values{"name": {"wang"}, "password": {secretWords}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	if k := w.Result().Cookies(); len(k) != 1 || k[0].Name != "__Host-yanzhen" || !k[0].Secure || w.Header().Get("Strict-Transport-Security") == "" {
		h.Errorf("under TLS: %v %v", k, w.Header())
	}
}

// An answer that takes long ends when who gets it is kept out, and so does the statement behind it.
func lasting(h *house) {
	h.add("chang", access.Analyst)
	defer h.book.Remove("chang")
	session, secret := h.session(h.signIn("chang")), h.token(token.New{Account: "chang"})
	u, _ := url.Parse(h.http.URL)
	long := "select sleep(3)" + strings.Repeat(" union all select sleep(3)", 19)
	said := make(chan string, 2)
	for _, by := range []string{"a session", "a token"} {
		r, err := http.NewRequestWithContext(h.Context(), "POST", h.http.URL+"/api/v1/sql", strings.NewReader(long))
		if err != nil {
			h.Fatal(err)
		}
		r.Header.Set("Content-Type", "text/plain")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if by == "a token" {
			r.Header.Set("Authorization", "Bearer "+secret)
		} else {
			r.AddCookie(&http.Cookie{Name: "yanzhen-" + u.Port(), Value: session})
		}
		go func() {
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				said <- by + ": " + err.Error()
				return
			}
			defer res.Body.Close()
			b, _ := io.ReadAll(res.Body)
			said <- by + ": " + res.Status + " " + string(b)
		}()
	}
	for n := uint64(0); n < 2; {
		if err := h.loader.Ledger.DB.Row(h.Context(), warehouse.SQL("select count() from system.processes where query like '%sleep(3)%' and query not like '%processes%'"), &n); err != nil {
			h.Fatal(err)
		}
	}
	if err := h.book.Disable("chang"); err != nil {
		h.Fatal(err)
	}
	for range 2 {
		if got := <-said; !strings.Contains(got, "cancelled") {
			h.Errorf("%.300s", got)
		}
	}
}

// Who listens to what is published and is kept out hears no more, by a session or by a token, however long the stream was open.
func heardNoMore(h *house) {
	h.add("ting", access.Leader)
	defer h.book.Remove("ting")
	u, _ := url.Parse(h.http.URL)
	session := &http.Cookie{Name: "yanzhen-" + u.Port(), Value: h.session(h.signIn("ting"))}
	var ends []io.ReadCloser
	for _, secret := range []string{"", h.token(token.New{Account: "ting"})} {
		r, err := http.NewRequestWithContext(h.Context(), "GET", h.http.URL+"/api/v1/events", nil)
		if err != nil {
			h.Fatal(err)
		}
		if r.AddCookie(session); secret != "" {
			r.Header.Del("Cookie")
			r.Header.Set("Authorization", "Bearer "+secret)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil || res.StatusCode != 200 {
			h.Fatal(res, err)
		}
		defer res.Body.Close()
		if _, err := io.ReadFull(res.Body, make([]byte, 20)); err != nil {
			h.Fatal(err)
		}
		ends = append(ends, res.Body)
	}
	if err := h.book.Disable("ting"); err != nil {
		h.Fatal(err)
	}
	for _, end := range ends {
		if _, err := io.Copy(io.Discard, end); err != nil { // it ends, or the test does
			h.Error(err)
		}
	}
}

// What changes something is not done for another site's page, nor for a browser that does not say whence.
func fromElsewhere(h *house) {
	c := h.signIn("shen")
	form := url.Values{"name": {"mallory"}, "role": {"administrator"}}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {"Sec-Fetch-Site", "", "Origin", "https://evil.example"}, {"Sec-Fetch-Site", "", "Origin", "null"}, {"Sec-Fetch-Site", ""}} {
		if res, _ := h.ask(c, "POST", "/users", form, headers...); res.StatusCode != http.StatusForbidden {
			h.Errorf("%v: %d, want 403", headers, res.StatusCode)
		}
	}
	if res, _ := h.ask(c, "GET", "/users?"+form.Encode(), nil); res.StatusCode != 200 {
		h.Error(res.StatusCode)
	}
	if _, ok, _ := h.book.Find("mallory"); ok {
		h.Error("an account was made from elsewhere")
	}
}

// Each role is let in where its rights are, and nowhere else: every address of every route, for every role.
func roles(h *house) {
	for _, name := range []string{"wang", "shen", "he", "guan"} {
		a, _, _ := h.book.Find(name)
		c := h.signIn(name)
		v := h.book.Viewer(a)
		for _, route := range h.server.gate.Routes() {
			method, path := example(route.Pattern)
			if method != "GET" || path == "/api/v1/events" || route.Public() {
				continue
			}
			res, body := h.ask(c, method, path, nil)
			refused := res.StatusCode == http.StatusForbidden
			if want := route.Need.Judge(v) != access.Admitted; refused != want {
				h.Errorf("%s %s: %d, want refused %v", name, path, res.StatusCode, want)
			}
			if refused && (!v.Can(access.View) && regexp.MustCompile(`"/b/[a-z]+"`).MatchString(body)) {
				h.Errorf("%s %s: the refusal shows pages: %s", name, path, body)
			}
		}
	}
}

// What is turned away stands in the trail: who it was, from where and what was asked for, without what it carried.
func turnedAway(h *house) {
	h.add("tan", access.Leader)
	h.add("cai", access.Leader)
	form := url.Values{"name": {"mallory-4711"}, "role": {"administrator"}}
	tan, cai := h.signIn("tan"), h.signIn("cai")
	_, port, _ := strings.Cut(strings.TrimPrefix(h.http.URL, "http://"), ":")
	for _, x := range []struct {
		c            *http.Client
		method, path string
		form         url.Values
		headers      []string
		host         string
		status       int
	}{
		{tan, "POST", "/users", form, nil, "", http.StatusForbidden},
		{tan, "POST", "/users?x=4711", form, []string{"Sec-Fetch-Site", "cross-site"}, "", http.StatusForbidden},
		{tan, "GET", "/b/overview?4711=" + strings.Repeat("x", 9000), nil, nil, "", http.StatusRequestURITooLong},
		{tan, "GET", "/data/runs?x=4711", nil, nil, "evil.example:" + port, http.StatusMisdirectedRequest},
		{cai, "GET", "/signin/link/4711", nil, nil, "evil.example:" + port, http.StatusMisdirectedRequest},
	} {
		r, err := http.NewRequest(x.method, h.http.URL+x.path, strings.NewReader(x.form.Encode()))
		if err != nil {
			h.Fatal(err)
		}
		if r.Host = x.host; x.host != "" { // whose cookies a client would not send there
			r.AddCookie(&http.Cookie{Name: "yanzhen-" + port, Value: h.session(x.c)})
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if x.headers != nil {
			r.Header.Set(x.headers[0], x.headers[1])
		}
		res, err := x.c.Do(r)
		if err != nil {
			h.Fatal(err)
		}
		res.Body.Close()
		if res.StatusCode != x.status {
			h.Errorf("%s %.40s: %d, want %d", x.method, x.path, res.StatusCode, x.status)
		}
	}
	if err := h.server.Door.Trail.Sure(audit.Entry{Who: "test", Did: "end"}); err != nil { // what was before it is on disk
		h.Fatal(err)
	}
	list, _, err := audit.Find(h.dir, audit.Query{Did: "request", Most: 500})
	var got []string
	for _, e := range list {
		if e.Who == "tan" || e.Who == "cai" {
			got = append(got, e.Who+" "+e.What)
			if e.From != "127.0.0.1" || e.Role != "leader" || e.Result != "refused" {
				h.Errorf("%+v", e)
			}
		}
	}
	want := "cai GET /signin 421 wrong_host|tan GET /data/runs 421 wrong_host|tan GET /b/overview 414 too_long|tan POST /users 403 cross_site|tan POST /users 403"
	if err != nil || strings.Join(got, "|") != want {
		h.Errorf("got  %s\nwant %s (%v)", strings.Join(got, "|"), want, err)
	}
	if list, _, err := audit.Find(h.dir, audit.Query{What: "4711", Most: 10}); err != nil || len(list) > 0 {
		h.Errorf("the trail keeps what was carried: %v %v", list, err)
	}
}

// A link of the console signs in once, whatever looks at it before; one that invites asks for a password first.
func links(h *house) {
	secret, _, err := h.book.MakeLink(account.Local, "test")
	if err != nil {
		h.Fatal(err)
	}
	path := "/signin/link/" + secret
	c := h.browser()
	h.ask(c, "HEAD", path, nil)
	h.ask(c, "GET", path, nil, "Sec-Purpose", "prefetch")
	res, _ := h.ask(c, "GET", path, nil)
	if res.StatusCode != http.StatusSeeOther || h.session(c) == "" || res.Header.Get("Referrer-Policy") != "no-referrer" {
		h.Errorf("the link: %d %v", res.StatusCode, res.Header)
	}
	if res, _ := h.ask(h.browser(), "GET", path, nil); res.StatusCode != http.StatusNotFound {
		h.Errorf("the link again: %d", res.StatusCode)
	}
	if err := h.book.Add(account.New{Name: "new", Role: access.Leader}); err != nil {
		h.Fatal(err)
	}
	secret, _, err = h.book.MakeLink("new", "test")
	if err != nil {
		h.Fatal(err)
	}
	path, c = "/signin/link/"+secret, h.browser()
	for range 2 {
		if res, _ := h.ask(c, "GET", path, nil); res.StatusCode != 200 || h.session(c) != "" {
			h.Errorf("an invitation: %d", res.StatusCode)
		}
	}
	if res, _ := h.ask(c, "POST", path, url.Values{"password": {"short"}, "again": {"short"}}); res.StatusCode != http.StatusUnprocessableEntity {
		h.Errorf("a short password: %d", res.StatusCode)
	}
	if res, _ := h.ask(c, "POST", path, url.Values{"password": {secretWords}, "again": {secretWords}}); res.StatusCode != http.StatusSeeOther || h.session(c) == "" {
		h.Errorf("a password: %d", res.StatusCode)
	}
	if res, _ := h.ask(h.browser(), "GET", path, nil); res.StatusCode != http.StatusNotFound {
		h.Errorf("the invitation again: %d", res.StatusCode)
	}
	// who got a password from somebody else changes it first
	if err := h.book.LendPassword("new", "tundra 茶壶 violet 7"); err != nil {
		h.Fatal(err)
	}
	c = h.browser()
	h.ask(c, "POST", "/signin", url.Values{"name": {"new"}, "password": {"tundra 茶壶 violet 7"}})
	if res, _ := h.ask(c, "GET", "/data/metrics", nil); res.Header.Get("Location") != "/account" {
		h.Errorf("a lent password opens the pages: %d", res.StatusCode)
	}
	if res, _ := h.ask(c, "POST", "/account/password", url.Values{"current": {"tundra 茶壶 violet 7"}, "password": {"kettle 山雀 mosaic 8"}, "again": {"kettle 山雀 mosaic 8"}}); res.StatusCode != http.StatusSeeOther {
		h.Errorf("changing the password: %d", res.StatusCode)
	}
	if res, _ := h.ask(c, "GET", "/data/metrics", nil); res.StatusCode != 200 {
		h.Errorf("after it was changed: %d", res.StatusCode)
	}
}

// The security administrator makes an account, hands over its link and takes the account back: it is out at once.
func users(h *house) {
	c := h.signIn("shen")
	res, body := h.ask(c, "POST", "/users", url.Values{"name": {"Zhao"}, "title": {"赵主任 <b>"}, "role": {"leader"}, "scopes": {""}})
	link := regexp.MustCompile(`http://[^<"]+/signin/link/([\w-]+)`).FindStringSubmatch(body)
	if res.StatusCode != 200 || link == nil || strings.Contains(body, "<b>") {
		h.Fatalf("%d %s", res.StatusCode, body)
	}
	guest := h.browser()
	h.ask(guest, "POST", "/signin/link/"+link[1], url.Values{"password": {secretWords}, "again": {secretWords}})
	if res, _ := h.ask(guest, "GET", "/data/metrics", nil); res.StatusCode != 200 {
		h.Errorf("who was invited: %d", res.StatusCode)
	}
	if res, _ := h.ask(c, "POST", "/users/zhao", url.Values{"do": {"disable"}}); res.StatusCode != http.StatusSeeOther {
		h.Errorf("disabling: %d", res.StatusCode)
	}
	if res, _ := h.ask(guest, "GET", "/data/metrics", nil); res.StatusCode != http.StatusSeeOther {
		h.Errorf("who is disabled: %d", res.StatusCode)
	}
	for _, x := range []struct {
		path string
		form url.Values
	}{{"/users/shen", url.Values{"do": {"grant"}, "role": {"administrator"}}}, {"/users", url.Values{"name": {"zhao"}, "role": {"leader"}}}, {"/users", url.Values{"name": {"../x"}, "role": {"leader"}}}, {"/users/zhao", url.Values{"do": {"grant"}, "role": {"king"}}}} {
		if res, _ := h.ask(c, "POST", x.path, x.form); res.StatusCode != http.StatusUnprocessableEntity {
			h.Errorf("%s %v: %d", x.path, x.form, res.StatusCode)
		}
	}
	if res, _ := h.ask(c, "GET", "/users/zhao", nil); res.StatusCode != 200 {
		h.Errorf("%d", res.StatusCode)
	}
}

// Only a proxy that is named is believed on where somebody comes from.
func proxies(h *house) {
	d := &door.Door{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}}
	for _, x := range []struct{ remote, forwarded, want string }{
		{"192.0.2.1:5", "203.0.113.9", "192.0.2.1"},
		{"10.0.0.7:5", "203.0.113.9", "203.0.113.9"},
		{"10.0.0.7:5", "1.1.1.1, 203.0.113.9, 10.0.0.8", "203.0.113.9"},
		{"10.0.0.7:5", "junk", "10.0.0.7"},
		{"10.0.0.7:5", "", "10.0.0.7"},
		{"[::ffff:10.0.0.7]:5", "203.0.113.9", "203.0.113.9"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = x.remote
		r.Header.Set("X-Forwarded-For", x.forwarded)
		if got := d.From(r); got != x.want {
			h.Errorf("%v: from %s", x, got)
		}
	}
}

// What was done stands in the trail, whole, for the auditor alone; reading it is written down, and a file of it runs nothing.
func audited(h *house) {
	guest := h.signIn("guan")
	h.ask(guest, "GET", "/b/=HYPERLINK(1)?x=%0d%0a2026", nil)
	c := h.signIn("he")
	_, body := h.ask(c, "GET", "/audit?lang=zh", nil)
	for _, want := range []string{"登录", "不对", "添加账号", "zhao", "停用账号", "看页面", "HYPERLINK"} {
		if !strings.Contains(body, want) {
			h.Errorf("the trail does not tell of %s", want)
		}
	}
	if strings.Contains(body, secretWords) {
		h.Error("a password stands in the trail")
	}
	res, file := h.ask(c, "GET", "/audit/trail.csv?what=HYPERLINK", nil)
	if res.StatusCode != 200 || !strings.HasPrefix(file, "\uFEFF") || strings.Count(strings.TrimSpace(file), "\n") != 1 || strings.Contains(file, ",=") {
		h.Errorf("%d %q", res.StatusCode, file)
	}
	trailFiles(h, c)
	if _, again := h.ask(c, "GET", "/audit?did=audit&who=he", nil); !strings.Contains(again, "/audit?lang=zh") || !strings.Contains(again, "/audit/trail.csv") {
		h.Error("reading the trail is not in it")
	}
	if res, _ := h.ask(c, "GET", "/audit?since=yesterday", nil); res.StatusCode != http.StatusBadRequest {
		h.Errorf("a day that is none: %d", res.StatusCode)
	}
	for _, path := range []string{"/audit?did=nothing", "/audit/trail.csv?did=nothing"} {
		if res, _ := h.ask(c, "GET", path, nil); res.StatusCode != http.StatusBadRequest {
			h.Errorf("%s, which asks for nothing that there is: %d", path, res.StatusCode)
		}
	}
	headOf(h, c)
	for name, want := range map[string]int{"wang": 403, "shen": 403, "guan": 200} {
		if res, _ := h.ask(h.signIn(name), "GET", "/audit", nil); res.StatusCode != want {
			h.Errorf("%s reads the trail: %d, want %d", name, res.StatusCode, want)
		}
	}
	if r, err := audit.Verify(h.dir, ""); err != nil || len(r.Breaks) > 0 || r.Entries < 20 {
		h.Errorf("%+v %v", r, err)
	}
}

// The auditor, who has no console, notes the head of the chain on the page and finds there later whether it is in the trail, and
// whether anything was changed.
func headOf(h *house, c *http.Client) {
	_, body := h.ask(c, "GET", "/audit?lang=zh", nil)
	m := regexp.MustCompile(`<code class="audit-hash">(\d+ [0-9a-f]{64})</code>`).FindStringSubmatch(body)
	if m == nil {
		h.Fatal("the page does not tell the head of the chain")
	}
	check := func(head, want string) {
		h.Helper()
		if _, body := h.ask(c, "GET", "/audit?lang=zh&head="+url.QueryEscape(head), nil); !strings.Contains(body, want) {
			h.Errorf("the head %q: the page does not say %q", head, want)
		}
	}
	check(m[1], "所填的链头在其中")
	check("", "要填以前抄下的链头才查得出")
	check("1 "+strings.Repeat("0", 64), "没有所填的链头")
	days, err := filepath.Glob(filepath.Join(h.dir, "audit", "*.jsonl"))
	if err != nil || len(days) == 0 {
		h.Fatal(days, err)
	}
	whole, err := os.ReadFile(days[0])
	if err != nil {
		h.Fatal(err)
	}
	if err := os.WriteFile(days[0], bytes.Replace(whole, []byte(`"wang"`), []byte(`"song"`), 1), 0o600); err != nil {
		h.Fatal(err)
	}
	check(m[1], "记录被改动过")
	now, err := os.ReadFile(days[0]) // what was looked at meanwhile stands behind
	if err == nil {
		err = os.WriteFile(days[0], append(whole, now[len(whole):]...), 0o600)
	}
	if err != nil {
		h.Fatal(err)
	}
	check(m[1], "所填的链头在其中")
}

// A visit is noted where a browser opens a page, not where its script asks again; a screen has none.
func TestDoorSince(t *testing.T) {
	h := openHouse(t)
	h.add("wang", access.Leader)
	d := h.server.Door
	d.Visits = account.OpenVisits(h.dir, h.book, slog.New(slog.DiscardHandler))
	c := h.signIn("wang")
	visits := func() string {
		text, _ := os.ReadFile(filepath.Join(h.dir, "visits.json"))
		return string(text)
	}
	if h.ask(c, "GET", "/b/overview", nil, "Accept", "*/*"); visits() != "" {
		t.Errorf("a script has visited: %s", visits())
	}
	if h.ask(c, "GET", "/b/overview", nil, "Accept", "text/html,*/*;q=0.8"); !strings.Contains(visits(), `"wang":{"last":"`) {
		t.Errorf("no visit was noted: %s", visits())
	}
	u, _ := url.Parse(h.http.URL)
	for _, k := range c.Jar.Cookies(u) {
		if !strings.HasPrefix(k.Name, "yanzhen") && k.Name != "lang" && k.Name != "theme" {
			t.Errorf("a browser is given a cookie %s", k.Name)
		}
	}
	r := httptest.NewRequest("GET", "/b/overview", nil)
	r.Header.Set("Accept", "text/html")
	screen := r.WithContext(access.With(r.Context(), &access.Viewer{Name: "hall", Role: access.Display, May: access.View}))
	if at := d.Since(screen); !at.IsZero() || strings.Contains(visits(), "hall") {
		t.Errorf("a screen has visited: %v, %s", at, visits())
	}
}
