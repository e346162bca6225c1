package door

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/token"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
)

// byToken is who comes in by a token. It opens what is made for programs and nothing else: no page, where a password could be
// changed or another token made, and no session.
func (d *Door) byToken(r *http.Request, text string) (*access.Viewer, error) {
	scheme, secret, _ := strings.Cut(text, " ")
	if !strings.HasPrefix(r.URL.Path, "/api/") && r.URL.Path != "/mcp" {
		return nil, address.Coded(http.StatusUnauthorized, "token_elsewhere", words.Get("token_elsewhere"))
	}
	from := d.From(r)
	var v *access.Viewer
	var err error
	var t token.Token
	noted := false
	if d.Tokens != nil && strings.EqualFold(scheme, "Bearer") {
		v, t, noted, err = d.Tokens.Who(strings.TrimSpace(secret), from)
	}
	switch {
	case err != nil:
		return nil, err
	case v == nil:
		if d.refusals.first(from) {
			d.record(r, audit.Entry{Who: "?", Did: "token", What: r.URL.Path, Result: "refused"})
		}
		return nil, address.Coded(http.StatusUnauthorized, "token_invalid", words.Get("token_over"))
	}
	if noted {
		d.record(r, audit.Entry{Who: v.Name, Role: string(v.Role), Did: "token", What: t.ID + " " + t.Name, Result: "used"})
	}
	return v, nil
}

// refusals remember who was refused lately, so that whoever tries all day does not fill the trail.
type refusals struct {
	mu   sync.Mutex
	last map[string]time.Time
}

const (
	refusedEvery = time.Minute
	mostRefused  = 1000
)

// first says whether an address was not refused within the last minute.
func (f *refusals) first(from string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if now.Sub(f.last[from]) < refusedEvery {
		return false
	}
	if f.last == nil || len(f.last) >= mostRefused {
		f.last = map[string]time.Time{}
	}
	f.last[from] = now
	return true
}

func (d *Door) withoutTokens(name string) error {
	if d.Tokens == nil {
		return nil
	}
	return d.Tokens.RevokeAll(name)
}

type tokensView struct {
	Told     string
	Secret   string // a new one, shown once
	Tokens   []tokenRow
	Rights   []rightRow
	Form     tokenForm
	Days     int
	Most     int
	All      bool     // of everybody, for who manages accounts
	Accounts []string // without a person, for which tokens are made here
	Closed   bool     // this account makes its tokens on the server
}

type tokenForm struct{ Name, Days, Scopes string }

type tokenRow struct {
	ID, Account, Name, Rights, Scopes, Until, Used, From string
	Over                                                 bool
}

type rightRow struct {
	Name, Text string
	Chosen     bool
}

// tokens is the page of one's own tokens.
func (d *Door) tokens(w http.ResponseWriter, r *http.Request) {
	address.Remember(w, r)
	d.ownTokens(w, r, http.StatusOK, tokensView{})
}

func (d *Door) ownTokens(w http.ResponseWriter, r *http.Request, status int, v tokensView) {
	a, err := d.mine(r)
	var list []token.Token
	if err == nil {
		list, err = d.Tokens.Of(a.Name)
	}
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	loc := address.Language(r)
	v.Closed = a.Password == ""
	for _, x := range access.Rights {
		if d.Book.Viewer(a).Can(x.Right) {
			v.Rights = append(v.Rights, rightRow{x.Name, x.Text.In(loc), r.PostForm == nil || slices.Contains(r.PostForm["right"], x.Name)})
		}
	}
	d.showTokens(w, r, status, list, v)
}

func (d *Door) showTokens(w http.ResponseWriter, r *http.Request, status int, list []token.Token, v tokensView) {
	loc := address.Language(r)
	v.Days, v.Most = token.UsualDays, token.MostDays
	for _, t := range list {
		row := tokenRow{ID: t.ID, Account: t.Account, Name: t.Name, Scopes: account.WriteScopes(t.Scopes), Until: address.Moment(t.Until), Used: address.Moment(t.Used), From: t.From, Over: d.Tokens.Over(t)}
		var rights []string
		for _, x := range access.Rights {
			if slices.Contains(t.Rights, x.Name) {
				rights = append(rights, x.Text.In(loc))
			}
		}
		row.Rights = words.Join(loc, "sep_clause", rights)
		v.Tokens = append(v.Tokens, row)
	}
	d.Show(w, r, status, words.Get("tokens"), "tokens.html", v)
}

// changeTokens makes a token of one's own, for which the password is asked again, or takes one back.
func (d *Door) changeTokens(w http.ResponseWriter, r *http.Request) {
	a, err := d.mine(r)
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	switch r.PostFormValue("do") {
	case "revoke":
		d.revoke(w, r, a.Name, "/account/tokens")
	case "make":
		told := ""
		if a.Password == "" {
			told = words.In(address.Language(r), "token_closed", a.Name)
		} else if told, err = d.again(r, a); err != nil {
			d.Fail(w, r, err)
			return
		}
		secret := ""
		if told == "" {
			secret, told, err = d.makeToken(r, a.Name)
		}
		d.made(w, r, secret, told, err, d.ownTokens)
	default:
		d.Fail(w, r, address.Refuse(http.StatusBadRequest, words.Get("bad_form")))
	}
}

// makeToken makes the token that a form asks for; told says in words why it is not made.
func (d *Door) makeToken(r *http.Request, name string) (secret, told string, err error) {
	n := token.New{Account: name, Name: r.PostFormValue("name"), Rights: r.PostForm["right"], By: access.From(r.Context()).Name}
	if text := r.PostFormValue("days"); text != "" {
		if n.Days, err = strconv.Atoi(text); err != nil {
			n.Days = -1
		}
	}
	var t token.Token
	if n.Scopes, err = account.ParseScopes(r.PostFormValue("scopes")); err == nil {
		secret, t, err = d.Tokens.Make(n)
	}
	result, what := "ok", words.Clip(name, 64)+" "+t.ID+" "+strings.Join(t.Rights, ",")+" "+account.WriteScopes(t.Scopes)
	if told, err = d.told(address.Language(r), err); told != "" || err != nil {
		result = "refused"
	}
	d.done(r, "token_make", what, result)
	return secret, told, err
}

// made shows a new token, or why there is none.
func (d *Door) made(w http.ResponseWriter, r *http.Request, secret, told string, err error, page func(http.ResponseWriter, *http.Request, int, tokensView)) {
	switch {
	case err != nil:
		d.Fail(w, r, err)
	case told != "":
		page(w, r, http.StatusUnprocessableEntity, tokensView{Told: told, Form: tokenForm{r.PostFormValue("name"), r.PostFormValue("days"), r.PostFormValue("scopes")}})
	default:
		page(w, r, http.StatusOK, tokensView{Secret: secret})
	}
}

// revoke takes a token back, of an account or, where that is empty, of anybody.
func (d *Door) revoke(w http.ResponseWriter, r *http.Request, of, page string) {
	t, err := d.Tokens.Revoke(words.Clip(r.PostFormValue("id"), 64), of)
	told, err := d.told(address.Language(r), err)
	switch {
	case err != nil:
		d.Fail(w, r, err)
	case told != "":
		d.Fail(w, r, address.Missing(words.Get("token_none")))
	default:
		d.done(r, "token_revoke", t.Account+" "+t.ID+" "+t.Name, "ok")
		d.see(w, r, page)
	}
}

// allTokens is the page of everybody's tokens.
func (d *Door) allTokens(w http.ResponseWriter, r *http.Request) {
	address.Remember(w, r)
	d.everyToken(w, r, http.StatusOK, tokensView{})
}

func (d *Door) everyToken(w http.ResponseWriter, r *http.Request, status int, v tokensView) {
	list, err := d.Tokens.All()
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	accounts, err := d.Book.All()
	if err != nil {
		d.Fail(w, r, err)
		return
	}
	v.All = true
	for _, a := range accounts {
		if a.Role.Tokened() && !a.Disabled {
			v.Accounts = append(v.Accounts, a.Name)
		}
	}
	d.showTokens(w, r, status, list, v)
}

// revokeAny takes back anybody's token, or makes one for an account that has no person.
func (d *Door) revokeAny(w http.ResponseWriter, r *http.Request) {
	switch r.PostFormValue("do") {
	case "revoke":
		d.revoke(w, r, "", "/tokens")
	case "make":
		name := r.PostFormValue("account")
		a, ok, err := d.Book.Find(name)
		if err != nil || !ok || !a.Role.Tokened() { // a person makes the own ones
			if err == nil {
				err = address.Missing(words.Get("no_account"))
			}
			d.Fail(w, r, err)
			return
		}
		secret, told, err := d.makeToken(r, a.Name)
		d.made(w, r, secret, told, err, d.everyToken)
	default:
		d.Fail(w, r, address.Refuse(http.StatusBadRequest, words.Get("bad_form")))
	}
}
