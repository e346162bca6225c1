package dashboard

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/federated"
	"yanzhen/dashboard/door"
)

// Who clicks the button of the office's own sign-in comes in by a conforming provider, with a session that nobody knew
// before, and leaves it by the page of signing out; another site's page begins nothing, and whom no grant names stays out.
func TestOffice(t *testing.T) {
	provider := httptest.NewUnstartedServer(nil)
	provider.Start()
	t.Cleanup(provider.Close)
	was := slog.Default()
	quiet := slog.New(slog.NewTextHandler(io.Discard, nil))
	provider.Config.Handler = exampleop.SetupServer(provider.URL, storage.NewStorage(storage.NewUserStore(provider.URL)), quiet, false)
	t.Cleanup(func() { slog.SetDefault(was) })
	h := openHouse(t, func(h *house, d *door.Door) {
		s := federated.Settings{
			Issuer: provider.URL, Client: "yanzhen", Env: "YANZHEN_TEST_SECRET", Account: "preferred_username", Person: "name", Ask: []string{"profile", "email"},
			Grants: []federated.Grant{{Claim: "email", Value: "test-user@zitadel.ch", Role: "leader"}},
		}
		s.Title.Zh, s.Title.En = "用政务网账号登录", "Sign in with the government account"
		t.Setenv("YANZHEN_TEST_SECRET", "client-secret")
		var err error
		if d.Office, err = federated.Open(s, h.book, quiet); err != nil {
			t.Fatal(err)
		}
	})
	storage.RegisterClients(storage.WebClient("yanzhen", "client-secret", h.http.URL+"/signin/office/return"))

	c := h.browser()
	_, page := h.ask(c, "GET", "/signin?next=/data/metrics&lang=zh", nil)
	button := regexp.MustCompile(`<a class="btn" href="(/signin/office\?next=[^"]+)">用政务网账号登录</a>`).FindStringSubmatch(page)
	if button == nil {
		t.Fatalf("no button: %s", page)
	}
	for _, headers := range [][]string{{"Sec-Fetch-Site", "cross-site"}, {"Sec-Fetch-Site", "same-site"}, {}, {"Referer", "https://evil.example/"}} {
		if res, _ := h.ask(c, "GET", button[1], nil, headers...); !strings.HasPrefix(res.Header.Get("Location"), "/signin?") || len(res.Cookies()) > 0 {
			t.Errorf("begun from elsewhere %v: %v", headers, res.Header)
		}
	}
	// signs in at the provider, and returns what it says in the address
	visit := func(c *http.Client, name string) string {
		res, _ := h.ask(c, "GET", button[1], nil, "Sec-Fetch-Site", "same-origin")
		k := res.Cookies()
		if len(k) != 1 || !k[0].HttpOnly || k[0].SameSite != http.SameSiteLaxMode || k[0].MaxAge != 600 {
			t.Fatalf("cookies %v", k)
		}
		jar, _ := cookiejar.New(nil)
		there := &http.Client{Jar: jar, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
			if strings.HasPrefix(r.URL.String(), h.http.URL) {
				return http.ErrUseLastResponse
			}
			return nil
		}}
		form, err := there.Get(res.Header.Get("Location"))
		if err != nil {
			t.Fatal(err)
		}
		form.Body.Close()
		done, err := there.PostForm(provider.URL+"/login/username", url.Values{"username": {name}, "password": {"verysecure"}, "id": {form.Request.URL.Query().Get("authRequestID")}})
		if err != nil {
			t.Fatal(err)
		}
		done.Body.Close()
		return strings.TrimPrefix(done.Header.Get("Location"), h.http.URL)
	}
	// a session that somebody else chose is not taken over
	u, _ := url.Parse(h.http.URL)
	fixed := "A234567890123456789012345678901234567890123"
	c.Jar.SetCookies(u, []*http.Cookie{{Name: "yanzhen-" + u.Port(), Value: fixed, Path: "/"}})
	to := visit(c, "test-user@127.0.0.1")
	if res, _ := h.ask(h.browser(), "GET", to, nil); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("in another browser: %d", res.StatusCode)
	}
	res, _ := h.ask(c, "GET", to, nil)
	session := ""
	for _, k := range res.Cookies() {
		if k.Name == "yanzhen-"+u.Port() {
			session = k.Value
		}
	}
	if res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/data/metrics" || session == "" || session == fixed {
		t.Fatalf("coming back: %d %v", res.StatusCode, res.Header)
	}
	if res, _ := h.ask(c, "GET", "/data/metrics", nil); res.StatusCode != 200 {
		t.Errorf("signed in: %d", res.StatusCode)
	}
	if _, own := h.ask(c, "GET", "/account", nil); strings.Contains(own, `type="password"`) {
		t.Error("the account has a password")
	}
	if res, _ := h.ask(c, "GET", to, nil); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("the same answer again: %d", res.StatusCode)
	}
	res, _ = h.ask(c, "POST", "/signout", nil)
	_, page = h.ask(c, "GET", res.Header.Get("Location"), nil)
	if !strings.Contains(page, `href="`+provider.URL+`/end_session?client_id=yanzhen&amp;post_logout_redirect_uri=`) {
		t.Errorf("signing out: %s", page)
	}
	res, page = h.ask(c, "GET", visit(c, "test-user2"), nil, "Accept-Language", "zh")
	if res.StatusCode != http.StatusUnauthorized || !strings.Contains(page, "还没有进入这里的权限") || strings.Contains(page, "id2") {
		t.Errorf("whom no grant names: %d %s", res.StatusCode, page)
	}
	list, _, err := audit.Find(h.dir, audit.Query{Did: "signin", Most: 20})
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, e := range list {
		told = append(told, e.Who+" "+e.What+" "+e.Result)
	}
	all := strings.Join(told, "; ")
	if !strings.Contains(all, "? oidc grant wrong") || !strings.Contains(all, "test-user.127.0.0.1 oidc in") || !strings.Contains(all, "? oidc flow wrong") {
		t.Errorf("the trail says %s", all)
	}
}
