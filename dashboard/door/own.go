package door

import (
	"net/http"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

type accountView struct {
	Told, Good string
	Account    account.Account
	Role       codes.Text
	Scopes     string
	Owes       string
	Length     int
	Offer      *account.Offer
	Keys       keysView
	Sessions   []sessionRow
	Plain      bool // neither password nor factor: the console's, a screen's
}

type sessionRow struct {
	Made, Seen, From, Agent string
	Own                     bool
}

// account is the page of one's own account.
func (d *Door) account(w http.ResponseWriter, r *http.Request) {
	d.own(w, r, http.StatusOK, accountView{})
}

// mine is the account of who looks; the command line and tests have none.
func (d *Door) mine(r *http.Request) (account.Account, error) {
	a, ok, err := d.Book.Find(access.From(r.Context()).Name)
	if err == nil && !ok {
		err = address.Missing(words.Get("no_account"))
	}
	return a, err
}

func (d *Door) own(w http.ResponseWriter, r *http.Request, status int, v accountView) {
	a, err := d.mine(r)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	loc := address.Language(r)
	a.Title = access.Called(a.Name, a.Title, loc)
	v.Account, v.Role, v.Length = a, a.Role.Title(), d.Book.Policy.Length
	v.Scopes = account.WriteScopes(a.Scopes)
	v.Plain = a.Name == account.Local || a.Role == access.Display || a.Identity != nil
	if owes := d.Book.Owes(a); owes != "" {
		v.Owes = words.In(loc, "owes_"+string(owes))
	}
	offer := v.Keys.Offer
	v.Keys = d.keysOf(r, a)
	v.Keys.Offer = offer
	list, own := d.Sessions.Of(a, d.session(r))
	for i, s := range list {
		v.Sessions = append(v.Sessions, sessionRow{address.Moment(s.Made), address.Moment(s.Seen), s.From, agentName(s.Agent), i == own})
	}
	address.Remember(w, r)
	d.Show(w, r, status, words.Get("account"), "account.html", v)
}

// again asks for the password of who is signed in before something is changed; told says why it is not.
func (d *Door) again(r *http.Request, a account.Account) (told string, err error) {
	ok, wait, err := d.Book.Check(&d.Pace, a.Name, r.PostFormValue("current"), d.From(r))
	switch loc := address.Language(r); {
	case wait > 0:
		return words.In(loc, "signin_later", minutes(wait)), err
	case !ok:
		return words.In(loc, "password_wrong"), err
	}
	return "", err
}

func (d *Door) changePassword(w http.ResponseWriter, r *http.Request) {
	a, err := d.mine(r)
	told := ""
	if err == nil {
		told, err = d.again(r, a)
	}
	if err == nil && told == "" {
		told, err = d.twice(r, func(password string) error { return d.Book.SetPassword(a.Name, password) })
	}
	d.after(w, r, "password", told, err)
}

// after tells how a change of one's own account ended. One that was made ended every session: this one begins anew.
func (d *Door) after(w http.ResponseWriter, r *http.Request, did, told string, err error) {
	switch {
	case err != nil:
		d.Fail(w, r, err)
	case told != "":
		d.done(r, did, "", "refused")
		d.own(w, r, http.StatusUnprocessableEntity, accountView{Told: told})
	default:
		d.done(r, did, "", "ok")
		a, err := d.mine(r)
		if err != nil {
			d.Fail(w, r, err)
			return
		}
		d.enter(w, r, a, "/account")
	}
}

// changeFactor offers a second factor, confirms it, or takes it away.
func (d *Door) changeFactor(w http.ResponseWriter, r *http.Request) {
	a, err := d.mine(r)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	if a.Password == "" {
		d.own(w, r, http.StatusUnprocessableEntity, accountView{Told: words.In(address.Language(r), "factor_password")})
		return
	}
	loc := address.Language(r)
	switch r.PostFormValue("do") {
	case "offer":
		o, err := account.OfferFactor(d.Issuer, a.Name)
		if err != nil {
			d.Fail(w, r, err)
			return
		}
		d.own(w, r, http.StatusOK, accountView{Offer: &o})
	case "confirm":
		secret := r.PostFormValue("secret")
		told, err := d.again(r, a)
		if err == nil && told == "" {
			told, err = d.told(loc, d.Book.ConfirmFactor(a.Name, secret, r.PostFormValue("code")))
		}
		if err == nil && told != "" {
			o, err := account.OfferAgain(d.Issuer, a.Name, secret)
			if err != nil {
				d.Fail(w, r, err)
				return
			}
			d.done(r, "factor", "", "refused")
			d.own(w, r, http.StatusUnprocessableEntity, accountView{Told: told, Offer: &o})
			return
		}
		d.after(w, r, "factor", told, err)
	case "drop":
		told, err := d.again(r, a)
		if err == nil && told == "" {
			err = d.Book.DropFactor(a.Name)
		}
		d.after(w, r, "factor_drop", told, err)
	default:
		d.Fail(w, r, address.Refuse(http.StatusBadRequest, words.Get("bad_form")))
	}
}

func (d *Door) endOthers(w http.ResponseWriter, r *http.Request) {
	a, err := d.mine(r)
	told := ""
	if err == nil && a.Password != "" {
		told, err = d.again(r, a)
	}
	if err == nil && told == "" {
		err = d.Sessions.EndOthers(a.Name, d.session(r))
	}
	switch {
	case err != nil:
		d.Fail(w, r, err)
	case told != "":
		d.done(r, "sessions", "", "refused")
		d.own(w, r, http.StatusUnprocessableEntity, accountView{Told: told})
	default:
		d.done(r, "sessions", "", "ok")
		d.see(w, r, "/account")
	}
}
