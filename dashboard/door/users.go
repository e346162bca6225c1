package door

import (
	"net/http"
	"net/url"
	"slices"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

type usersView struct {
	Told  string
	Users []userRow
	Roles []roleRow
	Form  userForm
}

type userForm struct{ Name, Title, Role, Scopes string }

type userRow struct {
	Name, Title, Role, Scopes, State, StateText, Made, SignedIn, URL string
	Factor                                                           bool
}

type roleRow struct {
	Role, Text string
	Chosen     bool
}

func (d *Door) row(a account.Account, loc codes.Lang) userRow {
	row := userRow{
		Name: a.Name, Title: access.Called(a.Name, a.Title, loc), Role: a.Role.Title().In(loc), Scopes: account.WriteScopes(a.Scopes), Made: address.Moment(a.Made),
		Factor: a.Factor != nil || len(a.Keys) > 0, URL: "/users/" + url.PathEscape(a.Name), State: "published",
	}
	switch {
	case a.Disabled:
		row.State, row.StateText = "refused", words.In(loc, "user_disabled")
	case a.Identity != nil:
		row.StateText = words.In(loc, "user_office")
	case a.Password == "" && a.Name != account.Local && a.Role != access.Display && !a.Role.Tokened():
		row.State, row.StateText = "held", words.In(loc, "user_invited")
	default:
		row.StateText = words.In(loc, "user_active")
	}
	if !a.SignedIn.IsZero() {
		row.SignedIn = address.Moment(a.SignedIn)
	}
	return row
}

func roles(loc codes.Lang, chosen string) []roleRow {
	var out []roleRow
	for _, r := range access.Roles {
		out = append(out, roleRow{string(r.Role), r.Text.In(loc), string(r.Role) == chosen})
	}
	return out
}

// users is the page of all accounts.
func (d *Door) users(w http.ResponseWriter, r *http.Request) {
	address.Remember(w, r)
	d.list(w, r, http.StatusOK, usersView{})
}

func (d *Door) list(w http.ResponseWriter, r *http.Request, status int, v usersView) {
	all, err := d.Book.All()
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	loc := address.Language(r)
	for _, a := range all {
		v.Users = append(v.Users, d.row(a, loc))
	}
	v.Roles = roles(loc, v.Form.Role)
	d.Show(w, r, status, words.Get("users"), "users.html", v)
}

// addUser makes an account and shows its link.
func (d *Door) addUser(w http.ResponseWriter, r *http.Request) {
	loc := address.Language(r)
	f := userForm{r.PostFormValue("name"), r.PostFormValue("title"), r.PostFormValue("role"), r.PostFormValue("scopes")}
	name := account.Canonical(f.Name)
	scopes, err := account.ParseScopes(f.Scopes)
	if err == nil {
		err = d.Book.Add(account.New{Name: name, Title: f.Title, Role: access.Role(f.Role), Scopes: scopes, By: access.From(r.Context()).Name})
	}
	told, err := d.told(loc, err)
	switch {
	case err != nil:
		d.Fail(w, r, err)
	case told != "":
		d.done(r, "user_add", words.Clip(name, 64), "refused")
		d.list(w, r, http.StatusUnprocessableEntity, usersView{Told: told, Form: f})
	default:
		d.done(r, "user_add", name+" "+f.Role+" "+account.WriteScopes(scopes), "ok")
		if access.Role(f.Role).Tokened() {
			d.see(w, r, "/users/"+url.PathEscape(name))
			return
		}
		d.linked(w, r, name)
	}
}

type userView struct {
	Told    string
	User    userRow
	Roles   []roleRow
	Tokened bool   // it comes in by tokens only
	Link    string // a new one, shown once
	Screen  bool   // the link is a screen's
	Own     bool   // who looks cannot change the own account
	Enabled bool
	Plain   bool
}

// user is the page of one account.
func (d *Door) user(w http.ResponseWriter, r *http.Request) {
	d.one(w, r, http.StatusOK, r.PathValue("name"), userView{})
}

func (d *Door) one(w http.ResponseWriter, r *http.Request, status int, name string, v userView) {
	a, ok, err := d.Book.Find(name)
	if err == nil && !ok {
		err = address.Missing(words.Get("no_account"))
	}
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	loc := address.Language(r)
	v.User, v.Roles, v.Enabled = d.row(a, loc), roles(loc, string(a.Role)), !a.Disabled
	v.Own, v.Plain, v.Screen = a.Name == access.From(r.Context()).Name, a.Name == account.Local || a.Identity != nil, a.Role == access.Display
	v.Tokened = a.Role.Tokened()
	d.Show(w, r, status, codes.Text{Zh: v.User.Title, En: v.User.Title}, "user.html", v)
}

// linked shows an account with a new link, as the browser has to type it.
func (d *Door) linked(w http.ResponseWriter, r *http.Request, name string) {
	secret, _, err := d.Book.MakeLink(name, access.From(r.Context()).Name)
	told, err := d.told(address.Language(r), err)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	v := userView{Told: told}
	if told == "" {
		d.done(r, "user_link", name, "ok")
		v.Link = d.URL(r, secret)
	}
	d.one(w, r, http.StatusOK, name, v)
}

// URL is the address of a link by the name that the pages were asked for.
func (d *Door) URL(r *http.Request, secret string) string {
	return d.base(r) + "/signin/link/" + secret
}

// base is what these pages were asked for by.
func (d *Door) base(r *http.Request) string {
	if d.secure(r) {
		return "https://" + r.Host
	}
	return "http://" + r.Host
}

// changeUser changes an account.
func (d *Door) changeUser(w http.ResponseWriter, r *http.Request) {
	name, do := r.PathValue("name"), r.PostFormValue("do")
	if !slices.Contains([]string{"link", "withdraw", "disable", "enable", "remove", "factor", "grant"}, do) {
		d.Fail(w, r, address.Refuse(http.StatusBadRequest, words.Get("bad_form")))
		return
	}
	loc := address.Language(r)
	if name == access.From(r.Context()).Name {
		d.one(w, r, http.StatusUnprocessableEntity, name, userView{Told: words.In(loc, "user_own")})
		return
	}
	if do == "link" {
		d.linked(w, r, name)
		return
	}
	told, err := d.told(loc, d.change(r, name, do))
	switch {
	case err != nil:
		d.Fail(w, r, err)
	case told != "":
		d.done(r, "user_"+do, words.Clip(name, 64), "refused")
		d.one(w, r, http.StatusUnprocessableEntity, name, userView{Told: told})
	default:
		what := name
		if do == "grant" {
			what += " " + r.PostFormValue("role") + " " + words.Clip(r.PostFormValue("scopes"), 200)
		}
		d.done(r, "user_"+do, what, "ok")
		if do == "remove" {
			d.see(w, r, "/users")
			return
		}
		d.see(w, r, "/users/"+url.PathEscape(name))
	}
}

func (d *Door) change(r *http.Request, name, do string) error {
	switch do {
	case "withdraw":
		if err := d.Book.Withdraw(name); err != nil {
			return err
		}
		return d.withoutTokens(name)
	case "disable":
		return d.Book.Disable(name)
	case "enable":
		return d.Book.Enable(name)
	case "remove":
		if err := d.Book.Remove(name); err != nil {
			return err
		}
		return d.withoutTokens(name)
	case "factor":
		return d.Book.DropFactors(name)
	}
	scopes, err := account.ParseScopes(r.PostFormValue("scopes"))
	if err != nil {
		return err
	}
	return d.Book.Grant(name, access.Role(r.PostFormValue("role")), scopes)
}
