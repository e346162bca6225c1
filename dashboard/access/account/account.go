// Package account keeps who may come in: accounts with passwords, second factors and links, and the sessions of those who
// have. Both are files of the zone's directory that only their owner reads; of passwords, links and sessions only hashes are
// kept. A server and the command line beside it work on the same files, one at a time. It knows nothing of pages.
package account

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline/codes"
)

// Bounds of the files: nobody fills a disk or a memory through them.
const (
	mostAccounts = 5_000
	mostBytes    = 32 << 20
	mostPast     = 5  // passwords that are not used again
	mostLinks    = 20 // of an account
)

// Account is one person, or one screen.
type Account struct {
	Name     string         `json:"name"`
	Title    string         `json:"title"` // as people call it
	Role     access.Role    `json:"role"`
	Duties   []access.Role  `json:"duties,omitempty"` // those that are kept apart which it has or had
	Scopes   []access.Scope `json:"scopes,omitempty"`
	Disabled bool           `json:"disabled,omitempty"`
	Made     time.Time      `json:"made"`
	By       string         `json:"by"`
	SignedIn time.Time      `json:"signed_in,omitzero"`

	Password string    `json:"password,omitempty"` // argon2id in its usual text; empty: none can be used
	Past     []string  `json:"past,omitempty"`
	Changed  time.Time `json:"changed,omitzero"`
	Lent     bool      `json:"lent,omitempty"` // somebody else knows the password: it is changed at the first sign-in
	Factor   *Factor   `json:"factor,omitempty"`
	Keys     []Key     `json:"keys,omitempty"` // second factors too
	Links    []Link    `json:"links,omitempty"`
	Identity *Identity `json:"identity,omitempty"` // at the office's own sign-in: it has no password here
	Lift     *Lift     `json:"lift,omitempty"`     // of figures of few people
	Unmask   *Lift     `json:"unmask,omitempty"`   // of masks, in the statements for which the account says why

	// Epoch ends every session that was begun in an earlier one: it moves when the password, the role or the scopes change,
	// and when the account is disabled.
	Epoch int `json:"epoch"`
}

// Refusal is why something is not done, for the person who asked.
type Refusal struct {
	Text codes.Text
	Code string // for whom the reason changes what is told; empty: none
}

func (r *Refusal) Error() string { return r.Text.Zh + " / " + r.Text.En }

func refuse(zh, en string, args ...any) error {
	return &Refusal{Text: codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}}
}

// Policy is what the installation asks of accounts.
type Policy struct {
	Duties   access.Duties
	Length   int           // of a password, at least
	Age      time.Duration // a password is changed that often; 0: never for its age
	Idle     time.Duration // a session ends that long after its last request
	Absolute time.Duration // and that long after it began
	// Factor are the roles that come in with a second factor only.
	Factor []access.Role
	// Strict: everybody who signs in does so with a second factor, and a code counts in its own 30 seconds only.
	Strict bool
	// Local are the accounts that may sign in by a password of their own; nil: all that have one.
	Local []string
	// Breached is a list of leaked passwords, sorted by their SHA-1; empty: none but those that are built in.
	Breached string
	// Words are those that a password must not be built of: what the zone and the product are called.
	Words []string
}

// Second says whether a role comes in with a second factor only.
func (p Policy) Second(r access.Role) bool { return p.Strict || slices.Contains(p.Factor, r) }

// Book is the file of accounts.
type Book struct {
	Policy Policy
	// Settle turns the names of what an account is kept to into codes and refuses what is not there; nil: nobody knows. It
	// is set before the book is used; Resettle puts another in its place later.
	Settle  func([]access.Scope) ([]access.Scope, error)
	settles atomic.Pointer[func([]access.Scope) ([]access.Scope, error)]

	now  func() time.Time
	kept filed.Kept[[]Account] // nobody changes them
}

// Open opens the accounts of a zone's directory; no file is an empty one. One that cannot be read is an error: nobody is
// let in by guessing.
func Open(dir string, p Policy) (*Book, error) {
	b := &Book{Policy: p, now: time.Now}
	b.kept.File, b.kept.Most = filepath.Join(dir, "accounts.json"), mostBytes
	b.kept.Read = func(text []byte) ([]Account, error) { return read(b.kept.File, text) }
	_, err := b.All()
	return b, err
}

// shelf is the file as it is written.
type shelf struct {
	Version  int       `json:"version"`
	Accounts []Account `json:"accounts"`
}

// All are all accounts, by name. The caller must not change them.
func (b *Book) All() ([]Account, error) { return b.kept.Get() }

func read(file string, text []byte) ([]Account, error) {
	var s shelf
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return nil, fmt.Errorf("%s: 账号文件读不出，请放回备份 / the file of accounts cannot be read; put a copy back: %w", file, err)
	}
	if s.Version != 1 {
		return nil, fmt.Errorf("%s: 账号文件是另一版本（%d）写的 / the file of accounts is of another version (%d)", file, s.Version, s.Version)
	}
	for i, a := range s.Accounts {
		if !a.Role.Known() || checkName(a.Name) != nil || i > 0 && s.Accounts[i-1].Name >= a.Name {
			return nil, fmt.Errorf("%s: 账号 %q 无效 / the account %q is not valid", file, a.Name, a.Name)
		}
	}
	return s.Accounts, nil
}

// change changes the accounts: it reads them anew, lets f change them, and puts the whole file in place of the old one, on
// disk before it is told. Nobody else changes them meanwhile, in this process or another.
func (b *Book) change(f func(list []Account) ([]Account, error)) error {
	return b.kept.Change(func(list []Account) ([]byte, error) {
		own := slices.Clone(list)
		for i := range own {
			own[i].Links, own[i].Past, own[i].Keys = slices.Clone(own[i].Links), slices.Clone(own[i].Past), slices.Clone(own[i].Keys)
		}
		own, err := f(own)
		if err != nil {
			return nil, err
		}
		if len(own) > mostAccounts {
			return nil, refuse("最多 %d 个账号", "at most %d accounts", mostAccounts)
		}
		slices.SortFunc(own, func(x, y Account) int { return strings.Compare(x.Name, y.Name) })
		text, err := json.MarshalIndent(shelf{1, own}, "", " ")
		return append(text, '\n'), err
	})
}

var nameRe = regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{N}._-]{0,63}$`)

// checkName refuses what cannot be the name of an account: it stands in logs, files and addresses.
func checkName(name string) error {
	if !nameRe.MatchString(name) || name != strings.ToLower(name) {
		return refuse("账号名用小写字母、数字、汉字和 . _ -，不超过 64 个字", "a name has small letters, digits, Han characters and . _ -, at most 64")
	}
	return nil
}

// Canonical is a name as accounts have it: people type it in any case, with blanks around it.
func Canonical(name string) string { return strings.ToLower(strings.TrimSpace(name)) }

// Find is the account of a name.
func (b *Book) Find(name string) (Account, bool, error) {
	list, err := b.All()
	if err != nil {
		return Account{}, false, err
	}
	i, ok := slices.BinarySearchFunc(list, name, func(a Account, name string) int { return strings.Compare(a.Name, name) })
	if !ok {
		return Account{}, false, nil
	}
	return list[i], true, nil
}

// Usable says whether anybody could come in: there is an account that is not disabled, but for the one of the console.
func (b *Book) Usable() (bool, error) {
	list, err := b.All()
	return slices.ContainsFunc(list, func(a Account) bool { return !a.Disabled && a.Name != Local }), err
}

// edit changes one account.
func (b *Book) edit(name string, f func(a *Account) error) error {
	return b.change(func(list []Account) ([]Account, error) {
		i := slices.IndexFunc(list, func(a Account) bool { return a.Name == name })
		if i < 0 {
			return nil, refuse("没有账号 %s", "there is no account %s", name)
		}
		return list, f(&list[i])
	})
}

// New is an account to be made.
type New struct {
	Name, Title string
	Role        access.Role
	Scopes      []access.Scope
	By          string
}

// Add makes an account. Nobody can come in by it before its link was used or a password set.
func (b *Book) Add(n New) error {
	if err := checkName(n.Name); err != nil {
		return err
	}
	if n.Name == Local {
		return refuse("%s 是本机控制台的账号名", "%s is the account of the console", Local)
	}
	if err := b.settled(n.Role, &n.Scopes); err != nil {
		return err
	}
	n.Title = strings.Join(strings.Fields(n.Title), " ")
	if n.Title == "" {
		n.Title = n.Name
	}
	if len([]rune(n.Title)) > 80 {
		return refuse("称呼不超过 80 个字", "a title has at most 80 characters")
	}
	return b.change(func(list []Account) ([]Account, error) {
		if slices.ContainsFunc(list, func(a Account) bool { return a.Name == n.Name }) {
			return nil, refuse("账号 %s 已经有了", "there is an account %s already", n.Name)
		}
		a := Account{Name: n.Name, Title: n.Title, Scopes: n.Scopes, Made: b.now().UTC(), By: n.By}
		if err := b.Policy.apart(list, &a, n.Role, n.Title); err != nil {
			return nil, err
		}
		a.Role = n.Role
		return append(list, a), nil
	})
}

// CheckRole refuses a role that is not there, and scopes that a role cannot be without or that are not there.
func CheckRole(r access.Role, scopes []access.Scope) error {
	if !r.Known() {
		return refuse("没有角色 %q，可选 %s", "there is no role %q; choose %s", string(r), strings.Join(access.RoleNames(), ", "))
	}
	if err := CheckScopes(scopes); err != nil {
		return err
	}
	if r == access.Sender && !slices.ContainsFunc(scopes, func(s access.Scope) bool { return s.Dim == access.BySender }) {
		return refuse("报送人要有范围 sender=单位名", "a sender needs the scope sender=OFFICE")
	}
	return nil
}

// CheckScopes refuses scopes that are not there.
func CheckScopes(scopes []access.Scope) error {
	for i, s := range scopes {
		if !slices.Contains(access.Dimensions, s.Dim) {
			return refuse("没有范围 %q，可选 %s", "there is no scope %q; choose %s", s.Dim, strings.Join(access.Dimensions, ", "))
		}
		if len(s.Values) == 0 || slices.Contains(s.Values, "") || len(s.Values) > 100 {
			return refuse("范围 %s 要有 1 至 100 个取值", "the scope %s has 1 to 100 values", s.Dim)
		}
		if slices.ContainsFunc(scopes[:i], func(o access.Scope) bool { return o.Dim == s.Dim }) {
			return refuse("范围 %s 写了两次", "the scope %s stands twice", s.Dim)
		}
	}
	return nil
}

// settled checks what is granted, and has its scopes as codes.
func (b *Book) settled(r access.Role, scopes *[]access.Scope) error {
	err := CheckRole(r, *scopes)
	settle := b.Settle
	if later := b.settles.Load(); later != nil {
		settle = *later
	}
	if err == nil && settle != nil && len(*scopes) > 0 {
		*scopes, err = settle(*scopes)
	}
	return err
}

// Resettle puts another in the place of Settle while the book is in use.
func (b *Book) Resettle(f func([]access.Scope) ([]access.Scope, error)) { b.settles.Store(&f) }

// Grant gives an account another role and other scopes.
func (b *Book) Grant(name string, r access.Role, scopes []access.Scope) error {
	if err := b.settled(r, &scopes); err != nil {
		return err
	}
	return b.keeping(name, func(list []Account, a *Account) error {
		if err := b.Policy.apart(list, a, r, a.Title); err != nil {
			return err
		}
		a.Role, a.Scopes = r, scopes
		return nil
	})
}

// SignOut ends every session of an account; of all accounts where none is named.
func (b *Book) SignOut(name string) error {
	return b.change(func(list []Account) ([]Account, error) {
		n := 0
		for i := range list {
			if name == "" || list[i].Name == name {
				list[i].Epoch++
				n++
			}
		}
		if n == 0 && name != "" {
			return nil, refuse("没有账号 %s", "there is no account %s", name)
		}
		return list, nil
	})
}

// Disable keeps an account out, and ends its sessions at once.
func (b *Book) Disable(name string) error {
	return b.keeping(name, func(_ []Account, a *Account) error { a.Disabled, a.Links = true, nil; return nil })
}

// Enable lets an account in again.
func (b *Book) Enable(name string) error {
	return b.edit(name, func(a *Account) error { a.Disabled = false; return nil })
}

// Remove takes an account away. What it did stays in the audit trail.
func (b *Book) Remove(name string) error {
	return b.keeping(name, func(_ []Account, a *Account) error { a.Name = ""; return nil })
}

// keeping changes an account in a way that may take rights from it; somebody who manages accounts must be left, where
// somebody did. An account whose name is taken away goes.
func (b *Book) keeping(name string, f func(list []Account, a *Account) error) error {
	managers := func(list []Account) (n int) {
		for _, a := range list {
			if !a.Disabled && a.Name != Local && a.Role.May(b.Policy.Duties)&access.Accounts != 0 {
				n++
			}
		}
		return n
	}
	return b.change(func(list []Account) ([]Account, error) {
		i := slices.IndexFunc(list, func(a Account) bool { return a.Name == name })
		if i < 0 {
			return nil, refuse("没有账号 %s", "there is no account %s", name)
		}
		before := managers(list)
		if err := f(list, &list[i]); err != nil {
			return nil, err
		}
		list[i].Epoch++
		if list[i].Name == "" {
			list = slices.Delete(list, i, i+1)
		}
		if before > 0 && managers(list) == 0 {
			return nil, refuse("%s 是最后一个能管理账号的，先加一个", "%s is the last who manages accounts; add another first", name)
		}
		return list, nil
	})
}

// Viewer is who looks by an account.
func (b *Book) Viewer(a Account) *access.Viewer {
	v := &access.Viewer{Name: a.Name, Title: a.Title, Role: a.Role, May: a.Role.May(b.Policy.Duties), Scopes: a.Scopes}
	if a.Lift.holds(b.now()) && v.Can(access.View) {
		v.May |= access.Small
	}
	if a.Unmask.holds(b.now()) && v.Can(access.SQL|access.Rows) {
		v.May |= access.Unmask
	}
	v.Owes = b.Owes(a) != ""
	return v
}

// Debt is what is due of an account before it may look at anything.
type Debt string

// The debts.
const (
	Lent     Debt = "lent"     // its password was set by somebody else
	Aged     Debt = "aged"     // its password is too old
	Factored Debt = "factored" // its role needs a second factor
)

// Owes says what is due of an account; empty: nothing. The console and screens have neither password nor factor.
func (b *Book) Owes(a Account) Debt {
	switch {
	case a.Name == Local || a.Role == access.Display || a.Identity != nil || a.Role.Tokened():
		return "" // the office's own sign-in is asked for a second factor where it is needed
	case a.Lent:
		return Lent
	case b.Policy.Age > 0 && a.Password != "" && b.now().Sub(a.Changed) > b.Policy.Age:
		return Aged
	case a.Factor == nil && len(a.Keys) == 0 && b.Policy.Second(a.Role):
		return Factored
	}
	return ""
}
