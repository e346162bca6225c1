// Package door is how people come in: it knows a browser again by its session, signs in and out, and has the pages of one's
// own account and, for the security administrator, of everybody's. It decides nothing of what an account may see: package
// access does.
package door

import (
	"embed"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/federated"
	"yanzhen/dashboard/access/passkey"
	"yanzhen/dashboard/access/token"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Templates are those of the pages; they stand in the frame that every page of the dashboard has.
//
//go:embed templates/*.html
var Templates embed.FS

// Door lets people in.
type Door struct {
	Book     *account.Book
	Sessions *account.Sessions
	Tokens   *token.Shelf    // nil: none count
	Visits   *account.Visits // nil: nobody is told what is new since the last visit
	Pace     account.Pace
	Proxies  []netip.Prefix // whose word is taken on where a request came from
	TLS      bool           // the pages are served over TLS, here or, by the word of a proxy, before
	Issuer   string         // what a device calls the second factor
	// Show writes a page in the frame of all pages.
	Show func(w http.ResponseWriter, r *http.Request, status int, title codes.Text, template string, view any)
	// Fail tells an error.
	Fail func(w http.ResponseWriter, r *http.Request, err error)
	// Trail is where it is written down what was done; nil: nowhere.
	Trail *audit.Trail
	// Office is the office's own sign-in; nil: there is none.
	Office *federated.Office
	// Keys asks security keys to sign; Register makes it.
	Keys *passkey.Desk
	Dir  string // of the zone, where the trail is read

	refusals refusals
	frame    atomic.Pointer[frame]
}

// frame is how the pages of the moment write a page and tell an error.
type frame struct {
	show func(w http.ResponseWriter, r *http.Request, status int, title codes.Text, template string, view any)
	fail func(w http.ResponseWriter, r *http.Request, err error)
}

// Who is in by the token or by the session of a request; nil: nobody.
func (d *Door) Who(r *http.Request) (*access.Viewer, error) {
	if text := r.Header.Get("Authorization"); text != "" {
		return d.byToken(r, text)
	}
	v, err := d.Sessions.Who(d.session(r))
	if v != nil {
		v.From = d.From(r)
	}
	return v, err
}

// Still says whether whom the door let in by a request it would let in now. That is no request of theirs: a session does not last
// longer for it.
func (d *Door) Still(r *http.Request) bool {
	var v *access.Viewer
	var err error
	text, session := r.Header.Get("Authorization"), ""
	if d != nil {
		session = d.session(r)
	}
	switch {
	case d == nil || text == "" && session == "": // who came in had another way: tests, the operator's socket
		return true
	case text != "":
		v, err = d.byToken(r, text)
	default:
		v, err = d.Sessions.Still(session)
	}
	return err == nil && v != nil
}

// Since is when the visit before this one ended of whoever asks for the first page; zero: there was none, or a screen asks. A
// page that follows what is published asks again by its script, which is no visit.
func (d *Door) Since(r *http.Request) time.Time {
	v := access.From(r.Context())
	switch {
	case d == nil || d.Visits == nil || v == nil || v.Role == access.Display:
		return time.Time{}
	case strings.Contains(r.Header.Get("Accept"), "text/html"):
		return d.Visits.See(v.Name)
	}
	return d.Visits.Before(v.Name)
}

// cookie is the name of the session's cookie. Under TLS no other host of the domain can set it. A browser sends cookies to
// every port of a host: two zones on one machine have two.
func (d *Door) cookie(r *http.Request) string {
	name := "yanzhen"
	if _, port, err := net.SplitHostPort(r.Host); err == nil && port != "" {
		name += "-" + port
	}
	if d.secure(r) {
		return "__Host-" + name
	}
	return name
}

func (d *Door) session(r *http.Request) string {
	c, err := r.Cookie(d.cookie(r))
	if err != nil {
		return ""
	}
	return c.Value
}

// secure says whether the browser speaks TLS.
func (d *Door) secure(r *http.Request) bool {
	return r.TLS != nil || d.TLS || d.trusted(r) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// trusted says whether the request comes from a proxy whose word is taken.
func (d *Door) trusted(r *http.Request) bool {
	at, err := netip.ParseAddr(host(r.RemoteAddr))
	return err == nil && d.ours(at.Unmap())
}

func (d *Door) ours(at netip.Addr) bool {
	return slices.ContainsFunc(d.Proxies, func(p netip.Prefix) bool { return p.Contains(at) })
}

func host(address string) string {
	if h, _, err := net.SplitHostPort(address); err == nil {
		return h
	}
	return address
}

// From is the address that a request came from: of a proxy that is trusted, the last one that it did not vouch for itself.
func (d *Door) From(r *http.Request) string {
	from := host(r.RemoteAddr)
	if !d.trusted(r) {
		return from
	}
	list := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, text := range slices.Backward(list) {
		at, err := netip.ParseAddr(strings.TrimSpace(text))
		if err != nil {
			break
		}
		if from = at.Unmap().String(); !d.ours(at.Unmap()) {
			break
		}
	}
	return from
}

// enter begins the session of an account and leads to where it goes.
func (d *Door) enter(w http.ResponseWriter, r *http.Request, a account.Account, next string) {
	if old := d.session(r); old != "" {
		if err := d.Sessions.End(old); err != nil {
			d.Fail(w, r, err)
			return
		}
	}
	secret, err := d.Sessions.Begin(a, d.From(r), r.UserAgent())
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	c := &http.Cookie{Name: d.cookie(r), Value: secret, Path: "/", HttpOnly: true, Secure: d.secure(r), SameSite: http.SameSiteLaxMode}
	if a.Role == access.Display {
		c.MaxAge = 400 * 86400 // a screen is switched off at night
	}
	http.SetCookie(w, c)
	d.see(w, r, next)
}

// see leads to another page of ours.
func (d *Door) see(w http.ResponseWriter, r *http.Request, to string) {
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// done writes down what was done, by whom it is known.
func (d *Door) done(r *http.Request, did, what, result string) {
	x := audit.Entry{Did: did, What: what, Rows: access.Counted(r.Context()), Result: result}
	if v := access.From(r.Context()); v != nil {
		x.Who, x.Role = v.Name, string(v.Role)
	}
	d.record(r, x)
}

// Done writes down what was done at an address that is none of the door's.
func (d *Door) Done(r *http.Request, did, what, result string) { d.done(r, did, what, result) }

// record writes an entry down before the answer goes out.
func (d *Door) record(r *http.Request, e audit.Entry) {
	if d.Trail == nil {
		return
	}
	e.From = d.From(r)
	_ = d.Trail.Sure(e) // that it failed is told to the operator; a full disk keeps nobody from reading
}

// Local is an address within these pages, or "/" where the text is none: nobody is led elsewhere.
func Local(text string) string {
	u, err := url.Parse(text)
	if err != nil || len(text) > 2000 || u.Scheme != "" || u.Host != "" || u.User != nil || u.Opaque != "" ||
		!strings.HasPrefix(text, "/") || strings.HasPrefix(text, "//") || strings.ContainsAny(text, "\\\r\n\t\x00") || strings.HasPrefix(u.Path, "/signin") {
		return "/"
	}
	return text
}

// Open puts the pages of the door, where there is one, at their addresses, in the frame of all pages.
func (d *Door) Open(g *access.Gate, show func(w http.ResponseWriter, r *http.Request, status int, title codes.Text, template string, view any), fail func(w http.ResponseWriter, r *http.Request, err error)) {
	if d == nil {
		return
	}
	d.frame.Store(&frame{show, fail})
	if d.Show == nil { // else pages are made anew while requests are answered
		d.Show = func(w http.ResponseWriter, r *http.Request, status int, title codes.Text, template string, view any) {
			d.frame.Load().show(w, r, status, title, template, view)
		}
		d.Fail = func(w http.ResponseWriter, r *http.Request, err error) { d.frame.Load().fail(w, r, err) }
	}
	d.Register(g)
}

// Register puts the pages of the door at their addresses.
func (d *Door) Register(g *access.Gate) {
	on := func(pattern string, need access.Need, h func(http.ResponseWriter, *http.Request)) {
		g.Handle(pattern, need, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Cache-Control", "no-store")
			r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
			h(w, r)
		}))
	}
	on("GET /signin", access.Public(), d.signin)
	on("POST /signin", access.Public(), d.trySignin)
	on("GET /signin/link/{secret}", access.Public(), d.link)
	on("POST /signin/link/{secret}", access.Public(), d.useInvite)
	d.registerOffice(on)
	d.registerKeys(on)
	on("POST /signout", access.SignedIn(), d.signout)
	on("GET /account", access.SignedIn(), d.account)
	on("POST /account/password", access.SignedIn(), d.changePassword)
	on("POST /account/factor", access.SignedIn(), d.changeFactor)
	on("POST /account/sessions", access.SignedIn(), d.endOthers)
	if d.Tokens != nil {
		on("GET /account/tokens", access.SignedIn(), d.tokens)
		on("POST /account/tokens", access.SignedIn(), d.changeTokens)
		on("GET /tokens", access.Whole(access.Accounts), d.allTokens)
		on("POST /tokens", access.Whole(access.Accounts), d.revokeAny)
	}
	if d.Trail != nil {
		on("GET /audit", access.Whole(access.Audit), d.audit)
		on("GET /audit/trail.csv", access.Whole(access.Audit), d.auditFile)
		on("GET /audit/trail.xlsx", access.Whole(access.Audit), d.auditFile)
	}
	on("GET /users", access.Whole(access.Accounts), d.users)
	on("POST /users", access.Whole(access.Accounts), d.addUser)
	on("GET /users/{name}", access.Whole(access.Accounts), d.user)
	on("POST /users/{name}", access.Whole(access.Accounts), d.changeUser)
}

type signinView struct {
	Told, Name, Next string
	Office, To       string // what the button of the office's own sign-in says, and where it leads; empty: there is none
	Leave            string // where one signs out there too
}

func (d *Door) signin(w http.ResponseWriter, r *http.Request) {
	next := Local(r.URL.Query().Get("next"))
	if v := access.From(r.Context()); v != nil {
		d.see(w, r, next)
		return
	}
	address.Remember(w, r)
	d.Show(w, r, http.StatusOK, words.Get("signin"), "signin.html", d.signinPage(r, next))
}

func (d *Door) trySignin(w http.ResponseWriter, r *http.Request) {
	t := account.Try{Name: r.PostFormValue("name"), Password: r.PostFormValue("password"), Code: r.PostFormValue("code"), From: d.From(r)}
	a, outcome, wait, err := d.Book.SignIn(&d.Pace, t)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	// the name that was typed may be a password typed into the wrong field: of one that is not there only that is kept
	who := "?"
	if known, ok, _ := d.Book.Find(account.Canonical(t.Name)); ok {
		who = known.Name
	}
	how := "password"
	if outcome == account.In && a.Factor != nil {
		how = "password+code"
	}
	d.record(r, audit.Entry{Who: who, Role: string(a.Role), Did: "signin", What: how, Result: string(outcome)})
	view := d.signinPage(r, Local(r.PostFormValue("next")))
	view.Name = words.Clip(t.Name, 64)
	loc := address.Language(r)
	switch outcome {
	case account.In:
		d.enter(w, r, a, view.Next)
		return
	case account.Keyed:
		d.askKey(w, r, a, view)
		return
	case account.Later:
		w.Header().Set("Retry-After", fmt.Sprint(int(wait.Seconds())+1))
		view.Told = words.In(loc, "signin_later", minutes(wait))
		d.Show(w, r, http.StatusTooManyRequests, words.Get("signin"), "signin.html", view)
		return
	}
	view.Told = words.In(loc, "signin_wrong")
	d.Show(w, r, http.StatusUnauthorized, words.Get("signin"), "signin.html", view)
}

// minutes is a wait in whole minutes, one at least.
func minutes(d time.Duration) int { return int((d + time.Minute - 1) / time.Minute) }

func (d *Door) signout(w http.ResponseWriter, r *http.Request) {
	if err := d.Sessions.End(d.session(r)); err != nil {
		d.Fail(w, r, err)
		return
	}
	d.done(r, "signout", "", "ok")
	http.SetCookie(w, &http.Cookie{Name: d.cookie(r), Path: "/", MaxAge: -1, HttpOnly: true, Secure: d.secure(r), SameSite: http.SameSiteLaxMode})
	w.Header().Set("Clear-Site-Data", `"cache", "storage"`)
	to := "/signin"
	if d.Office != nil {
		to += "?left=1"
	}
	d.see(w, r, to)
}

type inviteView struct {
	Told, Secret string
	Account      account.Account
	Length       int
}

// link uses a link: one of the console or of a screen signs in, one that invites asks for a password. What looks at a link
// before a person does, a messenger's preview or a browser that guesses, does not use it up.
func (d *Door) link(w http.ResponseWriter, r *http.Request) {
	secret := r.PathValue("secret")
	w.Header().Set("Referrer-Policy", "no-referrer")
	a, kind, ok, err := d.Book.ByLink(secret)
	switch {
	case err != nil:
		d.Fail(w, r, err)
	case !ok:
		d.done(r, "link", "", "wrong")
		d.Fail(w, r, address.Refuse(http.StatusNotFound, words.Get("link_over")))
	case kind == account.Invite:
		d.Show(w, r, http.StatusOK, words.Get("invite"), "invite.html", inviteView{Secret: secret, Account: a, Length: d.Book.Policy.Length})
	case r.Method == http.MethodHead || strings.Contains(r.Header.Get("Sec-Purpose")+r.Header.Get("Purpose"), "prefetch"):
		w.WriteHeader(http.StatusNoContent)
	default:
		a, ok, err := d.Book.UseLink(secret)
		if err != nil || !ok {
			if err == nil {
				err = address.Refuse(http.StatusNotFound, words.Get("link_over"))
			}
			d.Fail(w, r, err)
			return
		}
		d.record(r, audit.Entry{Who: a.Name, Role: string(a.Role), Did: "signin", What: "link", Result: "in"})
		next := Local(r.URL.Query().Get("next"))
		if kind == account.Screen && next == "/" {
			next = "/wall"
		}
		d.enter(w, r, a, next)
	}
}

// useInvite sets the password of who was invited, and lets that person in.
func (d *Door) useInvite(w http.ResponseWriter, r *http.Request) {
	secret := r.PathValue("secret")
	a, kind, ok, err := d.Book.ByLink(secret)
	ok = ok && kind == account.Invite
	told := ""
	if err == nil && ok {
		asked := a
		told, err = d.twice(r, func(password string) (err error) {
			a, ok, err = d.Book.UseInvite(secret, password)
			return err
		})
		if told != "" {
			d.Show(w, r, http.StatusUnprocessableEntity, words.Get("invite"), "invite.html", inviteView{told, secret, asked, d.Book.Policy.Length})
			return
		}
	}
	if err == nil && !ok {
		err = address.Refuse(http.StatusNotFound, words.Get("link_over"))
	}
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	d.record(r, audit.Entry{Who: a.Name, Role: string(a.Role), Did: "password", What: "invite", Result: "ok"})
	if a.Factor != nil || len(a.Keys) > 0 { // a link is not a second factor
		d.see(w, r, "/signin")
		return
	}
	d.enter(w, r, a, "/")
}

// twice reads a password that is typed twice and has it set; told says in words why it is not.
func (d *Door) twice(r *http.Request, set func(password string) error) (told string, err error) {
	loc := address.Language(r)
	password := r.PostFormValue("password")
	if password != r.PostFormValue("again") {
		return words.In(loc, "password_differs"), nil
	}
	return d.told(loc, set(password))
}

// told is a refusal in the reader's words; any other error stays one.
func (d *Door) told(loc codes.Lang, err error) (string, error) {
	if no, ok := err.(*account.Refusal); ok {
		return no.Text.In(loc), nil
	}
	return "", err
}
