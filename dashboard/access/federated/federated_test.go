package federated

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/example/server/exampleop"
	"github.com/zitadel/oidc/v3/example/server/storage"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/pipeline/declare"
)

const home = "http://localhost:8086/signin/office/return"

var quiet = slog.New(slog.NewTextHandler(io.Discard, nil))

func book(t *testing.T, p account.Policy) *account.Book {
	t.Helper()
	p.Length = 12
	b, err := account.Open(t.TempDir(), p)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// settings are those of a file, with every default.
func settings(t *testing.T, text string) Settings {
	t.Helper()
	var s Settings
	f := declare.Parse("yanzhen.yaml", []byte(text), &s)
	s.Check(f, "oidc")
	if err := f.Err(); err != nil {
		t.Fatal(err)
	}
	return s
}

// provide serves the provider of zitadel/oidc, a conforming one, over TLS, and its authority as a file.
func provide(t *testing.T) (issuer, ca string, browser *http.Client) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	server.StartTLS()
	t.Cleanup(server.Close)
	storage.RegisterClients(storage.WebClient("yanzhen", "client-secret", home))
	was := slog.Default()
	server.Config.Handler = exampleop.SetupServer(server.URL, storage.NewStorage(storage.NewUserStore(server.URL)), quiet, false)
	t.Cleanup(func() { slog.SetDefault(was) })
	ca = filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw}), 0o600); err != nil {
		t.Fatal(err)
	}
	browser = server.Client()
	browser.Jar, _ = cookiejar.New(nil)
	browser.CheckRedirect = func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), home) {
			return http.ErrUseLastResponse
		}
		return nil
	}
	return server.URL, ca, browser
}

// signIn goes through the pages of the provider as a person does, and comes back with what it says in the address.
func signIn(t *testing.T, browser *http.Client, issuer, to, name string) url.Values {
	t.Helper()
	res, err := browser.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	if res.Request.URL.Path != "/login/username" {
		t.Fatalf("the provider shows %s %s", res.Status, res.Request.URL)
	}
	res, err = browser.PostForm(issuer+"/login/username", url.Values{"username": {name}, "password": {"verysecure"}, "id": {res.Request.URL.Query().Get("authRequestID")}})
	if err != nil {
		t.Fatal(err)
	}
	res.Body.Close()
	at, err := res.Location()
	if err != nil {
		t.Fatalf("%s: %v", res.Status, err)
	}
	return at.Query()
}

func code(err error) string {
	var r *Refused
	if errors.As(err, &r) {
		if r.Text.Zh == "" || r.Text.En == "" {
			return r.Code + " without words"
		}
		return r.Code
	}
	if err != nil {
		return "error: " + err.Error()
	}
	return ""
}

// Whoever a conforming provider vouches for comes in by the first grant that fits, to the same account each time; what it
// says in the address works once, in the browser in which it was begun.
func TestProvider(t *testing.T) {
	issuer, ca, browser := provide(t)
	s := settings(t, `
issuer: `+issuer+`
client_id: yanzhen
secret_env: YANZHEN_TEST_SECRET
ca_file: `+ca+`
ask: [profile, email]
grants:
  - {claim: email, value: nobody@example.org, role: administrator}
  - {claim: email, value: test-user@zitadel.ch, role: leader, scope: park=MAG}
`)
	t.Setenv("YANZHEN_TEST_SECRET", "client-secret")
	b := book(t, account.Policy{})
	o, err := Open(s, b, quiet)
	if err != nil {
		t.Fatal(err)
	}
	begin := func() (string, string) {
		to, ticket, err := o.Begin(t.Context(), home, "/b/people")
		if err != nil {
			t.Fatal(err)
		}
		return to, ticket
	}
	to, ticket := begin()
	q, _ := url.Parse(to)
	for _, want := range []string{"state", "nonce", "code_challenge"} {
		if len(q.Query().Get(want)) < 43 {
			t.Errorf("%s is %q", want, q.Query().Get(want))
		}
	}
	if q.Query().Get("code_challenge_method") != "S256" || q.Query().Get("response_type") != "code" {
		t.Error(to)
	}
	said := signIn(t, browser, issuer, to, "test-user@127.0.0.1")
	_, other := begin()
	if _, _, err := o.Finish(t.Context(), other, said); code(err) != "flow" {
		t.Errorf("in another browser: %v", err)
	}
	a, next, err := o.Finish(t.Context(), ticket, said)
	if err != nil || next != "/b/people" || a.Name != "test-user.127.0.0.1" || a.Title != "Test User" || a.Role != access.Leader ||
		account.WriteScopes(a.Scopes) != "park=MAG" || a.Identity == nil || a.Identity.Subject != "id1" || a.Identity.Issuer != issuer {
		t.Fatalf("%+v %q %v", a, next, err)
	}
	if _, _, err := o.Finish(t.Context(), ticket, said); code(err) != "flow" {
		t.Errorf("a second time: %v", err)
	}
	if v := b.Viewer(a); !v.Can(access.View) || v.Owes || v.Can(access.Rows) {
		t.Errorf("%+v", v)
	}
	// nobody else's account is taken over, and no password opens this one
	if err := b.SetPassword(a.Name, "tundra 茶壶 violet 7"); err == nil {
		t.Error("it was given a password")
	}
	if _, _, err := b.MakeLink(a.Name, "test"); err == nil {
		t.Error("it was given a link")
	}
	// who is disabled here stays out, whatever the provider says
	if err := b.Disable(a.Name); err != nil {
		t.Fatal(err)
	}
	to, ticket = begin()
	if _, _, err := o.Finish(t.Context(), ticket, signIn(t, browser, issuer, to, "test-user@127.0.0.1")); code(err) != "account" {
		t.Errorf("who is disabled: %v", err)
	}
	// whom no grant fits stays out, and no account is made
	to, ticket = begin()
	if _, _, err := o.Finish(t.Context(), ticket, signIn(t, browser, issuer, to, "test-user2")); code(err) != "grant" {
		t.Errorf("whom no grant fits: %v", err)
	}
	if list, _ := b.All(); len(list) != 1 {
		t.Errorf("%d accounts", len(list))
	}
	// the proof of possession is asked for: a code that was stolen is worth nothing with another's ticket
	to, _ = begin()
	said = signIn(t, browser, issuer, to, "test-user2")
	to, ticket = begin()
	mine, _ := url.Parse(to)
	said.Set("state", mine.Query().Get("state"))
	if _, _, err := o.Finish(t.Context(), ticket, said); code(err) != "token" {
		t.Errorf("another's code: %v", err)
	}
	if end := o.Leave("http://localhost:8086/signin"); !strings.HasPrefix(end, issuer+"/end_session?client_id=yanzhen&post_logout_redirect_uri=") {
		t.Errorf("signing out leads to %q", end)
	}
}

// hostile is a provider that says what a test wants.
type hostile struct {
	*httptest.Server
	key    *ecdsa.PrivateKey
	nonce  string
	alter  func(claims map[string]any)
	sign   func(claims []byte) string
	said   map[string]any // of itself, beside what is usual
	people map[string]any // what it says of a person beside the token
}

func newHostile(t *testing.T) *hostile {
	t.Helper()
	h := &hostile{}
	h.key, _ = ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	mux := http.NewServeMux()
	say := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(v)
	}
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, r *http.Request) {
		m := map[string]any{
			"issuer": h.URL, "authorization_endpoint": h.URL + "/auth", "token_endpoint": h.URL + "/token", "jwks_uri": h.URL + "/keys",
			"userinfo_endpoint": h.URL + "/people", "id_token_signing_alg_values_supported": []string{"ES256", "HS256", "none"},
		}
		for k, v := range h.said {
			m[k] = v
		}
		say(w, m)
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, r *http.Request) {
		say(w, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{{Key: h.key.Public(), KeyID: "k", Algorithm: "ES256", Use: "sig"}}})
	})
	mux.HandleFunc("/people", func(w http.ResponseWriter, r *http.Request) { say(w, h.people) })
	mux.HandleFunc("/elsewhere", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, h.URL+"/token", http.StatusTemporaryRedirect)
	})
	mux.HandleFunc("/token", func(w http.ResponseWriter, r *http.Request) {
		claims := map[string]any{
			"iss": h.URL, "sub": "42", "aud": "yanzhen", "exp": time.Now().Add(time.Hour).Unix(), "iat": time.Now().Unix(), "nonce": h.nonce,
			"preferred_username": "Zhao", "name": "赵主任", "groups": []string{"staff", "leaders"}, "parks": []string{"MAG", "ALLOY"}, "amr": []string{"pwd", "otp"},
			"auth_time": time.Now().Unix(),
		}
		if h.alter != nil {
			h.alter(claims)
		}
		text, _ := json.Marshal(claims)
		sign := h.sign
		if sign == nil {
			sign = func(c []byte) string { return signed(t, jose.ES256, h.key, "k", c) }
		}
		say(w, map[string]any{"access_token": "x", "token_type": "Bearer", "expires_in": 60, "id_token": sign(text)})
	})
	h.Server = httptest.NewServer(mux)
	t.Cleanup(h.Close)
	return h
}

func signed(t *testing.T, alg jose.SignatureAlgorithm, key any, id string, claims []byte) string {
	t.Helper()
	s, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: id}}, (&jose.SignerOptions{}).WithType("JWT"))
	if err != nil {
		t.Fatal(err)
	}
	o, err := s.Sign(claims)
	if err != nil {
		t.Fatal(err)
	}
	text, err := o.CompactSerialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

const ofGroups = `
client_id: yanzhen
grants:
  - {claim: groups, value: leaders, role: leader, scope_claims: {park: parks}}
  - {claim: groups, value: staff, role: analyst}
`

// A token that is not what it should be lets nobody in and makes no account, whatever is wrong with it; the first of these
// is right, so that the rest can fail.
func TestTokens(t *testing.T) {
	other, _ := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	set := func(k string, v any) func(map[string]any) { return func(c map[string]any) { c[k] = v } }
	drop := func(k string) func(map[string]any) { return func(c map[string]any) { delete(c, k) } }
	plain := func(header, signature string) func([]byte) string {
		return func(c []byte) string { return b64(header) + "." + b64(string(c)) + "." + signature }
	}
	for _, x := range []struct {
		name  string
		alter func(map[string]any)
		sign  func([]byte) string
		more  string // of the settings
		role  access.Role
		want  string
	}{
		{name: "right"},
		{name: "nonce of another", alter: set("nonce", "x"), want: "token"},
		{name: "no nonce", alter: drop("nonce"), want: "token"},
		{name: "audience", alter: set("aud", "elsewhere"), want: "token"},
		{name: "two audiences", alter: set("aud", []string{"yanzhen", "elsewhere"}), want: "token"},
		{name: "another party", alter: set("azp", "elsewhere"), want: "token"},
		{name: "expired", alter: set("exp", time.Now().Add(-time.Hour).Unix()), want: "token"},
		{name: "not yet", alter: set("nbf", time.Now().Add(time.Hour).Unix()), want: "token"},
		{name: "issuer", alter: set("iss", "https://elsewhere.example"), want: "token"},
		{name: "nobody", alter: set("sub", ""), want: "token"},
		{name: "unsigned", sign: plain(`{"alg":"none"}`, ""), want: "token"},
		{name: "unsigned, with a key of its own", sign: plain(`{"alg":"ES256","kid":"k"}`, b64("x")), want: "token"},
		{name: "signed with the secret", sign: func(c []byte) string {
			return signed(t, jose.HS256, []byte(strings.Repeat("client-secret", 3)), "k", c)
		}, want: "token"},
		{name: "signed by another", sign: func(c []byte) string { return signed(t, jose.ES256, other, "k", c) }, want: "token"},
		{name: "no token", sign: func([]byte) string { return "" }, want: "token"},
		{name: "no such group", alter: set("groups", []string{"guests"}), want: "grant"},
		{name: "no groups", alter: drop("groups"), want: "grant"},
		{name: "no value of the scope", alter: drop("parks"), want: "grant"},
		{name: "scope that names nothing", alter: set("parks", []string{""}), want: "grant"},
		{name: "no name", alter: set("preferred_username", "@@"), want: "account"},
		{name: "the console's name", alter: set("preferred_username", "local"), want: "account"},
		{name: "a name that is taken", alter: set("preferred_username", "guan"), want: "account"},
		{name: "a second factor", role: access.Leader},
		{name: "no second factor", alter: set("amr", []string{"pwd"}), role: access.Leader, want: "weak"},
		{name: "nothing said of factors", alter: drop("amr"), role: access.Leader, want: "weak"},
		{name: "signed in lately", more: "max_age: 8h"},
		{name: "signed in long ago", more: "max_age: 8h", alter: set("auth_time", time.Now().Add(-9*time.Hour).Unix()), want: "token"},
		{name: "not said when", more: "max_age: 8h", alter: drop("auth_time"), want: "token"},
	} {
		t.Run(x.name, func(t *testing.T) {
			h := newHostile(t)
			h.alter, h.sign = x.alter, x.sign
			h.people = map[string]any{"sub": "42"}
			b := book(t, account.Policy{Factor: []access.Role{x.role}})
			if err := b.Add(account.New{Name: "guan", Role: access.Administrator}); err != nil {
				t.Fatal(err)
			}
			o, err := Open(settings(t, "issuer: "+h.URL+ofGroups+x.more), b, quiet)
			if err != nil {
				t.Fatal(err)
			}
			to, ticket, err := o.Begin(t.Context(), home, "/")
			if err != nil {
				t.Fatal(err)
			}
			u, _ := url.Parse(to)
			h.nonce = u.Query().Get("nonce")
			a, _, err := o.Finish(t.Context(), ticket, url.Values{"state": {u.Query().Get("state")}, "code": {"c"}})
			if code(err) != x.want {
				t.Fatalf("%v, want %q", err, x.want)
			}
			list, _ := b.All()
			switch {
			case x.want == "" && (a.Name != "zhao" || a.Title != "赵主任" || account.WriteScopes(a.Scopes) != "park=MAG,ALLOY" || len(list) != 2):
				t.Errorf("%+v of %d", a, len(list))
			case x.want != "" && len(list) != 1:
				t.Errorf("%d accounts", len(list))
			}
		})
	}
}

// What the issuer says in the address, and of itself, is not believed where it does not fit.
func TestAnswers(t *testing.T) {
	h := newHostile(t)
	b := book(t, account.Policy{})
	open := func() *Office {
		o, err := Open(settings(t, "issuer: "+h.URL+ofGroups), b, quiet)
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	o := open()
	for _, x := range []struct {
		name, want string
		alter      func(q url.Values)
		ticket     func(string) string
	}{
		{name: "no state", want: "flow", alter: func(q url.Values) { q.Del("state") }},
		{name: "another state", want: "flow", alter: func(q url.Values) { q.Set("state", q.Get("state")+"x") }},
		{name: "no ticket", want: "flow", ticket: func(string) string { return "" }},
		{name: "another ticket", want: "flow", ticket: func(s string) string { return s + "x" }},
		{name: "another issuer", want: "token", alter: func(q url.Values) { q.Set("iss", "https://elsewhere.example") }},
		{name: "an error", want: "provider", alter: func(q url.Values) { q.Set("error", "access_denied") }},
		{name: "right", alter: func(q url.Values) { q.Set("iss", h.URL) }},
	} {
		to, ticket, err := o.Begin(t.Context(), home, "/")
		if err != nil {
			t.Fatal(err)
		}
		u, _ := url.Parse(to)
		h.nonce = u.Query().Get("nonce")
		q := url.Values{"state": {u.Query().Get("state")}, "code": {"c"}}
		if x.alter != nil {
			x.alter(q)
		}
		if x.ticket != nil {
			ticket = x.ticket(ticket)
		}
		if _, _, err := o.Finish(t.Context(), ticket, q); code(err) != x.want {
			t.Errorf("%s: %v, want %q", x.name, err, x.want)
		}
	}
	// ten minutes later it is over
	to, ticket, _ := o.Begin(t.Context(), home, "/")
	u, _ := url.Parse(to)
	o.now = func() time.Time { return time.Now().Add(lasts + time.Second) }
	if _, _, err := o.Finish(t.Context(), ticket, url.Values{"state": {u.Query().Get("state")}, "code": {"c"}}); code(err) != "flow" {
		t.Errorf("too late: %v", err)
	}
	for name, said := range map[string]map[string]any{
		"another issuer":          {"issuer": "https://elsewhere.example"},
		"keys without TLS":        {"jwks_uri": "http://elsewhere.example/keys"},
		"a token without TLS":     {"token_endpoint": "http://elsewhere.example/token"},
		"a sign-out without TLS":  {"end_session_endpoint": "javascript:alert(1)"},
		"a sign-in without TLS":   {"authorization_endpoint": "http://elsewhere.example/auth"},
		"larger than is believed": {"x": strings.Repeat("x", mostAnswer)},
	} {
		h.said = said
		if _, _, err := open().Begin(t.Context(), home, "/"); code(err) != "away" {
			t.Errorf("%s: %v", name, err)
		}
	}
	// no redirect is followed with the secret
	h.said = map[string]any{"token_endpoint": h.URL + "/elsewhere"}
	o = open()
	to, ticket, _ = o.Begin(t.Context(), home, "/")
	u, _ = url.Parse(to)
	if _, _, err := o.Finish(t.Context(), ticket, url.Values{"state": {u.Query().Get("state")}, "code": {"c"}}); code(err) != "token" {
		t.Errorf("a redirect: %v", err)
	}
	h.Close()
	if _, _, err := open().Begin(t.Context(), home, "/"); code(err) != "away" {
		t.Errorf("away: %v", err)
	}
}

// What a token lacks is asked for, of the same person only, and replaces nothing that was signed.
func TestPeople(t *testing.T) {
	h := newHostile(t)
	b := book(t, account.Policy{})
	o, err := Open(settings(t, "issuer: "+h.URL+ofGroups), b, quiet)
	if err != nil {
		t.Fatal(err)
	}
	try := func() (account.Account, error) {
		to, ticket, err := o.Begin(t.Context(), home, "/")
		if err != nil {
			t.Fatal(err)
		}
		u, _ := url.Parse(to)
		h.nonce = u.Query().Get("nonce")
		a, _, err := o.Finish(t.Context(), ticket, url.Values{"state": {u.Query().Get("state")}, "code": {"c"}})
		return a, err
	}
	h.alter = func(c map[string]any) { delete(c, "groups"); delete(c, "parks") }
	h.people = map[string]any{"sub": "43", "groups": []string{"leaders"}, "parks": "MAG"}
	if _, err := try(); code(err) != "token" {
		t.Errorf("another person's: %v", err)
	}
	h.people["sub"], h.people["name"] = "42", "somebody else"
	first, err := try()
	if err != nil || first.Role != access.Leader || account.WriteScopes(first.Scopes) != "park=MAG" || first.Title != "赵主任" {
		t.Errorf("%+v %v", first, err)
	}
	// what changes there changes here at the next sign-in, and ends the sessions of before
	h.people["groups"] = []string{"staff"}
	then, err := try()
	if err != nil || then.Role != access.Analyst || len(then.Scopes) != 0 || then.Epoch == first.Epoch || then.Name != first.Name {
		t.Errorf("%+v %v", then, err)
	}
	again, err := try()
	if err != nil || again.Epoch != then.Epoch {
		t.Errorf("the same again: %+v %v", again, err)
	}
}

// Where duties are separate nobody comes by two of the three through the groups of the office: not with both at once, and not by
// another at the next sign-in.
func TestDutiesApart(t *testing.T) {
	h := newHostile(t)
	b := book(t, account.Policy{Duties: access.Separate})
	o, err := Open(settings(t, "issuer: "+h.URL+ofGroups+"  - {claim: groups, value: audit, role: auditor}\n  - {claim: roles, value: root, role: administrator}\n"), b, quiet)
	if err != nil {
		t.Fatal(err)
	}
	for i, x := range []struct {
		groups, roles []string
		want          string
	}{
		{[]string{"audit"}, []string{"root"}, "duties"},
		{[]string{"staff", "audit"}, []string{"root"}, "duties"}, // whichever grant would count
		{[]string{"audit"}, nil, ""},
		{nil, []string{"root"}, "duties"},
		{[]string{"staff"}, nil, ""},
		{nil, []string{"root"}, "duties"},
		{[]string{"audit"}, nil, ""},
	} {
		h.alter = func(c map[string]any) { c["groups"], c["roles"] = x.groups, x.roles }
		h.people = map[string]any{"sub": "42"}
		to, ticket, err := o.Begin(t.Context(), home, "/")
		if err != nil {
			t.Fatal(err)
		}
		u, _ := url.Parse(to)
		h.nonce = u.Query().Get("nonce")
		if _, _, err := o.Finish(t.Context(), ticket, url.Values{"state": {u.Query().Get("state")}, "code": {"c"}}); code(err) != x.want {
			t.Errorf("%d: %v and %v: %v, want %q", i, x.groups, x.roles, err, x.want)
		}
	}
}

// What is begun and never finished fills no memory.
func TestBounded(t *testing.T) {
	h := newHostile(t)
	o, err := Open(settings(t, "issuer: "+h.URL+ofGroups), book(t, account.Policy{}), quiet)
	if err != nil {
		t.Fatal(err)
	}
	var tickets []string
	for range mostWaiting + 50 {
		_, ticket, err := o.Begin(t.Context(), home, "/")
		if err != nil {
			t.Fatal(err)
		}
		tickets = append(tickets, ticket)
	}
	if len(o.waiting) != mostWaiting {
		t.Errorf("%d wait", len(o.waiting))
	}
	if _, ok := o.take(tickets[len(tickets)-1]); !ok {
		t.Error("the latest does not wait")
	}
}

// A configuration by which nobody, or the wrong one, would come in is refused when it is read.
func TestSettings(t *testing.T) {
	for text, want := range map[string]string{
		"issuer: http://sso.example.gov.cn" + ofGroups:                                                                                    "https://",
		"issuer: https://sso.example\nclient_id: x":                                                                                       "grants",
		"issuer: https://sso.example\ngrants: [{claim: a, value: b, role: leader}]":                                                       "client_id",
		"issuer: https://sso.example\nclient_id: x\ngrants: [{claim: a, value: b, role: king}]":                                           "king",
		"issuer: https://sso.example\nclient_id: x\ngrants: [{claim: a, value: b, role: display}]":                                        "display",
		"issuer: https://sso.example\nclient_id: x\ngrants: [{claim: a, value: b, role: sender}]":                                         "sender",
		"issuer: https://sso.example\nclient_id: x\ngrants: [{claim: a, value: b, role: leader, scope: moon=x}]":                          "moon",
		"issuer: https://sso.example\nclient_id: x\nsecret_file: a\nsecret_env: b\ngrants: [{claim: a, value: b, role: leader}]":          "secret_file",
		"issuer: https://sso.example\nclient_id: x\ngrants: [{claim: a, value: b, role: leader, scope: park=A, scope_claims: {park: c}}]": "park",
	} {
		var s Settings
		f := declare.Parse("yanzhen.yaml", []byte(text), &s)
		s.Check(f, "oidc")
		if err := f.Err(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
	if _, err := Open(Settings{File: "/nowhere"}, nil, quiet); err == nil {
		t.Error("a secret that cannot be read")
	}
	if _, err := Open(Settings{Env: "YANZHEN_NO_SUCH_SECRET"}, nil, quiet); err == nil {
		t.Error("a secret that is empty")
	}
}

// A local account that is not named does not come in by its password where the office's own sign-in is.
func TestLocal(t *testing.T) {
	b := book(t, account.Policy{Local: []string{"guan"}})
	const words = "松鼠 lamplight 42 drizzle"
	var in []string
	for _, name := range []string{"guan", "wang"} {
		if err := b.Add(account.New{Name: name, Role: access.Leader}); err != nil {
			t.Fatal(err)
		}
		if err := b.SetPassword(name, words); err != nil {
			t.Fatal(err)
		}
		if _, how, _, err := b.SignIn(&account.Pace{}, account.Try{Name: name, Password: words, From: "x"}); err == nil && how == account.In {
			in = append(in, name)
		}
	}
	if !slices.Equal(in, []string{"guan"}) {
		t.Errorf("%v came in", in)
	}
}

func b64(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
