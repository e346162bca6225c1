package door

import (
	"errors"
	"net/http"
	"net/url"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/federated"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
)

// back is where the office's own sign-in leads back to.
const back = "/signin/office/return"

// mark is the cookie that binds a sign-in elsewhere to the browser in which it was begun.
func (d *Door) mark(r *http.Request, ticket string) *http.Cookie {
	c := &http.Cookie{Name: d.cookie(r) + "-office", Value: ticket, Path: "/", MaxAge: 600, HttpOnly: true, Secure: d.secure(r), SameSite: http.SameSiteLaxMode}
	if ticket == "" {
		c.MaxAge = -1
	}
	return c
}

// began says whether a person began something on these pages: another site's page begins no sign-in here. Browsers that do
// not say whence a request comes say of which page it is.
func began(r *http.Request) bool {
	switch r.Header.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return true
	case "":
		u, err := url.Parse(r.Referer())
		return err == nil && u.Host == r.Host
	}
	return false
}

// toOffice leads to the office's own sign-in.
func (d *Door) toOffice(w http.ResponseWriter, r *http.Request) {
	next := Local(r.URL.Query().Get("next"))
	if !began(r) {
		d.see(w, r, "/signin?next="+url.QueryEscape(next))
		return
	}
	to, ticket, err := d.Office.Begin(r.Context(), d.base(r)+back, next)
	if err != nil {
		d.notVouched(w, r, err)
		return
	}
	http.SetCookie(w, d.mark(r, ticket))
	d.see(w, r, to)
}

// fromOffice lets in who comes back from the office's own sign-in.
func (d *Door) fromOffice(w http.ResponseWriter, r *http.Request) {
	ticket := ""
	if c, err := r.Cookie(d.mark(r, "").Name); err == nil {
		ticket = c.Value
	}
	http.SetCookie(w, d.mark(r, ""))
	w.Header().Set("Referrer-Policy", "no-referrer")
	a, next, err := d.Office.Finish(r.Context(), ticket, r.URL.Query())
	if err != nil {
		d.notVouched(w, r, err)
		return
	}
	d.record(r, audit.Entry{Who: a.Name, Role: string(a.Role), Did: "signin", What: "oidc", Result: "in"})
	d.enter(w, r, a, next)
}

// notVouched tells who was not let in why, in one sentence, and the operator more.
func (d *Door) notVouched(w http.ResponseWriter, r *http.Request, err error) {
	var no *federated.Refused
	if !errors.As(err, &no) {
		d.Fail(w, r, err)
		return
	}
	d.Office.Told(no)
	d.record(r, audit.Entry{Who: "?", Did: "signin", What: "oidc " + no.Code, Result: "wrong"})
	status := http.StatusUnauthorized
	if no.Code == "away" {
		status = http.StatusBadGateway
	}
	v := d.signinPage(r, "/")
	v.Told = no.Text.In(address.Language(r))
	d.Show(w, r, status, words.Get("signin"), "signin.html", v)
}

// signinPage is what the page of the sign-in offers.
func (d *Door) signinPage(r *http.Request, next string) signinView {
	v := signinView{Next: next}
	if d.Office == nil {
		return v
	}
	v.Office = d.Office.Settings.Title.In(address.Language(r))
	v.To = "/signin/office?next=" + url.QueryEscape(next)
	if r.URL.Query().Get("left") != "" {
		v.Leave = d.Office.Leave(d.base(r) + "/signin")
	}
	return v
}

// registerOffice puts the addresses of the office's own sign-in up, where there is one.
func (d *Door) registerOffice(on func(pattern string, need access.Need, h func(http.ResponseWriter, *http.Request))) {
	if d.Office != nil {
		on("GET /signin/office", access.Public(), d.toOffice)
		on("GET "+back, access.Public(), d.fromOffice)
	}
}
