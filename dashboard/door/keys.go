package door

import (
	"errors"
	"net/http"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/passkey"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
)

// keysView is the part of the own account that is about its keys.
type keysView struct {
	Usable bool // browsers let these pages ask a key
	List   []keyRow
	Offer  *keyOffer
}

type keyRow struct{ ID, Name, Host, Since, Used string }

// keyOffer is what a browser hands to a key, and what it brings back with the answer.
type keyOffer struct{ Options, Ticket, Name string }

func (d *Door) site(r *http.Request) passkey.Site {
	return passkey.Site{Host: r.Host, Secure: d.secure(r)}
}

func (d *Door) keysOf(r *http.Request, a account.Account) keysView {
	v := keysView{Usable: d.site(r).Usable()}
	for _, k := range a.Keys {
		row := keyRow{ID: k.ID, Name: k.Name, Host: k.Host, Since: address.Moment(k.Since)}
		if !k.Used.IsZero() {
			row.Used = address.Moment(k.Used)
		}
		v.List = append(v.List, row)
	}
	return v
}

// changeKeys registers a key of one's own, in two steps, or takes one away.
func (d *Door) changeKeys(w http.ResponseWriter, r *http.Request) {
	a, err := d.mine(r)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	loc := address.Language(r)
	if a.Password == "" {
		d.own(w, r, http.StatusUnprocessableEntity, accountView{Told: words.In(loc, "factor_password")})
		return
	}
	switch r.PostFormValue("do") {
	case "offer":
		told, err := d.again(r, a)
		if err != nil || told != "" {
			d.after(w, r, "key", told, err)
			return
		}
		options, ticket, err := d.Keys.Register(a, d.site(r))
		if errors.Is(err, passkey.ErrNot) {
			d.after(w, r, "key", words.In(loc, "keys_host"), nil)
			return
		}
		if err != nil {
			d.Fail(w, r, err)
			return
		}
		d.own(w, r, http.StatusOK, accountView{Keys: keysView{Offer: &keyOffer{options, ticket, words.Clip(r.PostFormValue("called"), 40)}}})
	case "add":
		err := d.Keys.Registered(a, d.site(r), r.PostFormValue("ticket"), r.PostFormValue("called"), r.PostFormValue("answer"))
		if errors.Is(err, passkey.ErrNot) {
			d.after(w, r, "key", words.In(loc, "key_not"), nil)
			return
		}
		told, err := d.told(loc, err)
		d.after(w, r, "key", told, err)
	case "drop":
		told, err := d.again(r, a)
		if err == nil && told == "" {
			told, err = d.told(loc, d.Book.DropKey(a.Name, r.PostFormValue("key")))
		}
		d.after(w, r, "key_drop", told, err)
	default:
		d.Fail(w, r, address.Refuse(http.StatusBadRequest, words.Get("bad_form")))
	}
}

type keyView struct {
	Offer keyOffer
	Code  bool // a code would do as well
}

// askKey shows the page that asks the key of somebody whose password was right.
func (d *Door) askKey(w http.ResponseWriter, r *http.Request, a account.Account, view signinView) {
	options, ticket, err := "", "", error(nil)
	if d.site(r).Usable() {
		options, ticket, err = d.Keys.Ask(a, d.site(r), view.Next)
	}
	switch {
	case err != nil:
		d.Fail(w, r, err)
	case options == "":
		view.Told = words.In(address.Language(r), "key_elsewhere", a.Keys[0].Host)
		d.Show(w, r, http.StatusUnauthorized, words.Get("signin"), "signin.html", view)
	default:
		d.Show(w, r, http.StatusOK, words.Get("signin"), "key.html", keyView{keyOffer{Options: options, Ticket: ticket}, a.Factor != nil})
	}
}

// tryKey lets in whose key has signed.
func (d *Door) tryKey(w http.ResponseWriter, r *http.Request) {
	a, name, next, err := d.Keys.Answered(d.site(r), r.PostFormValue("ticket"), r.PostFormValue("answer"))
	if err != nil && !errors.Is(err, passkey.ErrNot) {
		d.Fail(w, r, err)
		return
	}
	if err != nil {
		if name == "" {
			name = "?"
		}
		d.record(r, audit.Entry{Who: name, Did: "signin", What: "password+key", Result: "wrong"})
		view := d.signinPage(r, "/")
		view.Told = words.In(address.Language(r), "key_not")
		d.Show(w, r, http.StatusUnauthorized, words.Get("signin"), "signin.html", view)
		return
	}
	d.record(r, audit.Entry{Who: a.Name, Role: string(a.Role), Did: "signin", What: "password+key", Result: "in"})
	d.enter(w, r, a, next)
}

// registerKeys puts the addresses of keys up.
func (d *Door) registerKeys(on func(pattern string, need access.Need, h func(http.ResponseWriter, *http.Request))) {
	if d.Keys == nil { // else what was asked of a key would be forgotten when pages are made anew
		d.Keys = &passkey.Desk{Book: d.Book, Title: d.Issuer}
	}
	on("POST /signin/key", access.Public(), d.tryKey)
	on("POST /account/keys", access.SignedIn(), d.changeKeys)
}
