// Package federated lets people in for whom the office's own sign-in (OpenID Connect) vouches: an authorization code with
// proof of possession (PKCE), bound to the browser that began by a state and a nonce. Who comes in as what is declared; whom
// no declaration names does not come in. It knows nothing of pages: package door has them.
package federated

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/pipeline/codes"
)

// Bounds: what strangers begin fills no memory, and what another server says is read so far and waited for so long.
const (
	mostWaiting = 2000
	lasts       = 10 * time.Minute
	mostAnswer  = 1 << 20
	patience    = 10 * time.Second
)

// algorithms are those by which a token may be signed: none with a shared secret, and none that is no signature.
var algorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.EdDSA}

// Refused is why somebody does not come in. Code is for the audit trail and the log, Text for that person; Cause is for the
// operator alone.
type Refused struct {
	Code  string
	Text  codes.Text
	Cause error
}

func (r *Refused) Error() string {
	if r.Cause != nil {
		return r.Code + ": " + r.Cause.Error()
	}
	return r.Code
}

func refused(code string, cause error) error {
	text := map[string]codes.Text{
		"flow":     {Zh: "这次统一登录已过时，或不是在这个浏览器里开始的。请再点一次登录。", En: "This sign-in took too long, or was not begun in this browser. Sign in again."},
		"away":     {Zh: "统一登录现在连不上。请稍后再试，或用本地账号登录。", En: "The office's own sign-in cannot be reached now. Try again later, or sign in with a local account."},
		"provider": {Zh: "统一登录没有让您进来。请再试一次，或找那里的管理员。", En: "The office's own sign-in did not let you in. Try again, or ask those who run it."},
		"token":    {Zh: "统一登录的回答不可信，没有让您进来。请再试一次；还不行请告诉系统管理员。", En: "The answer of the office's own sign-in cannot be trusted, so you were not let in. Try again; if it stays so, tell the administrator."},
		"grant":    {Zh: "您的单位账号还没有进入这里的权限。请找安全管理员。", En: "Your office account has no way in here yet. Ask the security administrator."},
		"weak":     {Zh: "您的角色要用第二因素登录。请在统一登录处用动态码或密钥再登录一次。", En: "Your role needs a second factor. Sign in again there with a code or a key."},
		"duties":   {Zh: "您有或曾有的角色与单位现在给您的角色要由不同人担任（三员分立），不能进来。请找安全管理员。", En: "The roles that your office account has, or that you had here, are to be held by different persons, so it cannot come in. Ask the security administrator."},
		"account":  {Zh: "您的单位账号现在不能进来。请找安全管理员。", En: "Your office account cannot come in now. Ask the security administrator."},
	}[code]
	return &Refused{code, text, cause}
}

// Office is the office's own sign-in.
type Office struct {
	Settings Settings

	secret string
	book   *account.Book
	log    *slog.Logger
	client *http.Client
	now    func() time.Time

	mu       sync.Mutex
	provider *provider // nil until it was first reached
	waiting  map[[32]byte]flow
}

// provider is what the issuer says of itself.
type provider struct {
	*oidc.Provider
	end string // where a person signs out there; empty: nowhere
}

// flow is a sign-in that was begun in some browser.
type flow struct {
	state, nonce, verifier, back, next string
	until                              time.Time
}

// Open reads the secret. The issuer is asked when the first person comes: that it is away keeps nobody else out.
func Open(s Settings, book *account.Book, log *slog.Logger) (*Office, error) {
	secret := ""
	switch {
	case s.File != "":
		text, err := os.ReadFile(s.File)
		if err != nil {
			return nil, fmt.Errorf("config access.oidc.secret_file: 读不出 / cannot be read: %w", err)
		}
		secret = strings.TrimSpace(string(text))
	case s.Env != "":
		secret = os.Getenv(s.Env)
	}
	if secret == "" && s.File+s.Env != "" {
		return nil, errors.New("config access.oidc: 应用密钥是空的 / the secret is empty")
	}
	t := http.DefaultTransport.(*http.Transport).Clone()
	t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	if s.CA != "" {
		text, err := os.ReadFile(s.CA)
		if err != nil {
			return nil, fmt.Errorf("config access.oidc.ca_file: 读不出 / cannot be read: %w", err)
		}
		t.TLSClientConfig.RootCAs = x509.NewCertPool()
		if !t.TLSClientConfig.RootCAs.AppendCertsFromPEM(text) {
			return nil, errors.New("config access.oidc.ca_file: 里面没有证书 / it holds no certificate")
		}
	}
	t.ResponseHeaderTimeout = patience
	return &Office{
		Settings: s.usual(), secret: secret, book: book, log: log, now: time.Now, waiting: map[[32]byte]flow{},
		client: &http.Client{Transport: bounded{t}, Timeout: patience, CheckRedirect: func(*http.Request, []*http.Request) error {
			return errors.New("the issuer answers with a redirect, which is not followed")
		}},
	}, nil
}

// bounded cuts what a server answers.
type bounded struct{ http.RoundTripper }

func (b bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	res, err := b.RoundTripper.RoundTrip(r)
	if err == nil {
		res.Body = struct {
			io.Reader
			io.Closer
		}{io.LimitReader(res.Body, mostAnswer), res.Body}
	}
	return res, err
}

// reach asks the issuer what it says of itself, once.
func (o *Office) reach(ctx context.Context) (*provider, error) {
	o.mu.Lock()
	p := o.provider
	o.mu.Unlock()
	if p != nil {
		return p, nil
	}
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), o.client), o.Settings.Issuer)
	if err != nil {
		return nil, refused("away", err)
	}
	var said struct {
		Keys string `json:"jwks_uri"`
		End  string `json:"end_session_endpoint"`
	}
	if err := found.Claims(&said); err != nil {
		return nil, refused("away", err)
	}
	at := found.Endpoint()
	for _, text := range []string{at.AuthURL, at.TokenURL, said.Keys, found.UserInfoEndpoint(), said.End} {
		if text == "" {
			continue
		}
		u, err := url.Parse(text)
		if err != nil || u.Scheme != "https" && !loopback(u) {
			return nil, refused("away", fmt.Errorf("the issuer names an address without TLS: %q", text))
		}
	}
	p = &provider{found, said.End}
	o.mu.Lock()
	o.provider = p
	o.mu.Unlock()
	return p, nil
}

func (o *Office) oauth(p *provider, back string) *oauth2.Config {
	return &oauth2.Config{
		ClientID: o.Settings.Client, ClientSecret: o.secret, Endpoint: p.Endpoint(), RedirectURL: back,
		Scopes: append([]string{oidc.ScopeOpenID}, o.Settings.Ask...),
	}
}

func random() string {
	var b [32]byte
	rand.Read(b[:])
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// Begin begins a sign-in: to is where the browser goes, and ticket what it has to bring back. back is the address of these
// pages to which the issuer leads, next where the person wants to go.
func (o *Office) Begin(ctx context.Context, back, next string) (to, ticket string, err error) {
	p, err := o.reach(ctx)
	if err != nil {
		return "", "", err
	}
	ticket = random()
	f := flow{state: random(), nonce: random(), verifier: oauth2.GenerateVerifier(), back: back, next: next, until: o.now().Add(lasts)}
	o.mu.Lock()
	o.room()
	o.waiting[sha256.Sum256([]byte(ticket))] = f
	o.mu.Unlock()
	more := []oauth2.AuthCodeOption{oidc.Nonce(f.nonce), oauth2.S256ChallengeOption(f.verifier)}
	if age := o.Settings.Age; age > 0 {
		more = append(more, oauth2.SetAuthURLParam("max_age", fmt.Sprint(int(age.Seconds()))))
	}
	return o.oauth(p, back).AuthCodeURL(f.state, more...), ticket, nil
}

// room makes room for one more: what is over goes, else what was begun first.
func (o *Office) room() {
	if len(o.waiting) < mostWaiting {
		return
	}
	var first [32]byte
	var at time.Time
	for k, f := range o.waiting {
		if o.now().After(f.until) {
			delete(o.waiting, k)
			continue
		}
		if at.IsZero() || f.until.Before(at) {
			first, at = k, f.until
		}
	}
	if len(o.waiting) >= mostWaiting {
		delete(o.waiting, first)
	}
}

// take is the sign-in of a ticket, which is used up.
func (o *Office) take(ticket string) (flow, bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	k := sha256.Sum256([]byte(ticket))
	f, ok := o.waiting[k]
	delete(o.waiting, k)
	return f, ok && ticket != "" && o.now().Before(f.until)
}

// Finish lets in who comes back from the issuer with what it said in the address. next is where the person wanted to go.
func (o *Office) Finish(ctx context.Context, ticket string, said url.Values) (a account.Account, next string, err error) {
	f, ok := o.take(ticket)
	if !ok {
		return a, "", refused("flow", nil)
	}
	if subtle.ConstantTimeCompare([]byte(f.state), []byte(said.Get("state"))) != 1 {
		return a, "", refused("flow", errors.New("the state is another"))
	}
	if iss := said.Get("iss"); iss != "" && iss != o.Settings.Issuer {
		return a, "", refused("token", fmt.Errorf("the answer is of another issuer: %q", iss))
	}
	if fault := said.Get("error"); fault != "" {
		return a, "", refused("provider", fmt.Errorf("%q %q", fault, said.Get("error_description")))
	}
	p, err := o.reach(ctx)
	if err != nil {
		return a, "", err
	}
	claims, id, err := o.vouched(ctx, p, f, said.Get("code"))
	if err != nil {
		return a, "", err
	}
	a, err = o.admit(id, claims)
	return a, f.next, err
}

// vouched turns a code into the claims of a person whom the issuer vouches for.
func (o *Office) vouched(ctx context.Context, p *provider, f flow, code string) (map[string]any, account.Identity, error) {
	none := account.Identity{}
	ctx = oidc.ClientContext(ctx, o.client)
	token, err := o.oauth(p, f.back).Exchange(ctx, code, oauth2.VerifierOption(f.verifier))
	if err != nil {
		return nil, none, refused("token", err)
	}
	raw, _ := token.Extra("id_token").(string)
	verifier := p.VerifierContext(ctx, &oidc.Config{ClientID: o.Settings.Client, SupportedSigningAlgs: algorithms, Now: o.now})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, none, refused("token", err)
	}
	claims := map[string]any{}
	if err := id.Claims(&claims); err != nil {
		return nil, none, refused("token", err)
	}
	if err := o.sound(id, claims, f, token.AccessToken); err != nil {
		return nil, none, refused("token", err)
	}
	if err := o.complete(ctx, p, token, id.Subject, claims); err != nil {
		return nil, none, err
	}
	return claims, account.Identity{Issuer: id.Issuer, Subject: id.Subject}, nil
}

// sound checks what the signature alone does not say.
func (o *Office) sound(id *oidc.IDToken, claims map[string]any, f flow, accessToken string) error {
	if id.Subject == "" {
		return errors.New("the token names nobody")
	}
	if subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(f.nonce)) != 1 {
		return errors.New("the nonce is another")
	}
	azp, _ := claims["azp"].(string)
	if azp != "" && azp != o.Settings.Client || len(id.Audience) > 1 && azp == "" {
		return fmt.Errorf("the token is for another party: %q of %q", azp, id.Audience)
	}
	if id.AccessTokenHash != "" {
		if err := id.VerifyAccessToken(accessToken); err != nil {
			return err
		}
	}
	if age := o.Settings.Age; age > 0 {
		at, ok := claims["auth_time"].(float64)
		if !ok || o.now().Sub(time.Unix(int64(at), 0)) > age+time.Minute {
			return fmt.Errorf("the person signed in too long ago: auth_time %v", claims["auth_time"])
		}
	}
	return nil
}

// complete asks for the claims that are wanted and that the token does not have. It never replaces one that was signed.
func (o *Office) complete(ctx context.Context, p *provider, token *oauth2.Token, subject string, claims map[string]any) error {
	wanted := []string{o.Settings.Account, o.Settings.Person}
	for _, g := range o.Settings.Grants {
		wanted = append(wanted, g.Claim)
		for _, claim := range g.From {
			wanted = append(wanted, claim)
		}
	}
	missing := func(claim string) bool { return claims[claim] == nil }
	if p.UserInfoEndpoint() == "" || !slices.ContainsFunc(wanted, missing) {
		return nil
	}
	info, err := p.UserInfo(ctx, oauth2.StaticTokenSource(token))
	if err != nil {
		return refused("away", err)
	}
	if info.Subject != subject {
		return refused("token", errors.New("what is said of the person is of another"))
	}
	more := map[string]any{}
	if err := info.Claims(&more); err != nil {
		return refused("token", err)
	}
	for _, claim := range wanted {
		if v, ok := more[claim]; ok && missing(claim) {
			claims[claim] = v
		}
	}
	return nil
}

// admit finds or makes the account of a person.
func (o *Office) admit(id account.Identity, claims map[string]any) (account.Account, error) {
	role, scopes, ok := o.Settings.granted(claims)
	if !ok {
		return account.Account{}, refused("grant", fmt.Errorf("no grant fits subject %q; it has the claims %s", id.Subject, names(claims)))
	}
	if o.book.Policy.Duties == access.Separate {
		if both := o.Settings.duties(claims); len(both) > 1 {
			return account.Account{}, refused("duties", fmt.Errorf("subject %q would be %s by its claims, which are to be different persons", id.Subject, both))
		}
	}
	if o.book.Policy.Second(role) && !o.Settings.strong(claims) {
		return account.Account{}, refused("weak", fmt.Errorf("amr %v acr %v", claims["amr"], claims["acr"]))
	}
	one := func(claim string) string {
		if list := values(claims[claim]); len(list) > 0 {
			return list[0]
		}
		return ""
	}
	a, err := o.book.Vouched(id, account.New{
		Name: account.Plain(one(o.Settings.Account)), Title: one(o.Settings.Person), Role: role, Scopes: scopes, By: "oidc",
	})
	var no *account.Refusal
	if errors.As(err, &no) {
		return account.Account{}, refused(cmp.Or(no.Code, "account"), err)
	}
	return a, err
}

// names are the names of claims, for the operator: not what they say.
func names(claims map[string]any) string {
	var list []string
	for k := range claims {
		list = append(list, k)
	}
	slices.Sort(list)
	text, _ := json.Marshal(list)
	return string(text)
}

// Leave is where a person signs out at the issuer too, and comes back from; empty: nowhere.
func (o *Office) Leave(back string) string {
	o.mu.Lock()
	p := o.provider
	o.mu.Unlock()
	if p == nil || p.end == "" {
		return ""
	}
	u, err := url.Parse(p.end)
	if err != nil {
		return ""
	}
	q := u.Query()
	q.Set("client_id", o.Settings.Client)
	q.Set("post_logout_redirect_uri", back)
	u.RawQuery = q.Encode()
	return u.String()
}

// Told writes down for the operator why somebody was not let in.
func (o *Office) Told(r *Refused) {
	o.log.Warn("the office's own sign-in let somebody not in", "code", r.Code, "error", r.Cause)
}
