package account

import (
	"reflect"
	"slices"
	"strings"
	"unicode"

	"yanzhen/dashboard/access"
)

// Identity is who somebody is at the office's own sign-in: the subject of an issuer, which is given to nobody else.
type Identity struct {
	Issuer  string `json:"issuer"`
	Subject string `json:"subject"`
}

// Plain makes a name of what somebody is called elsewhere: what cannot stand in the name of an account becomes a dot.
func Plain(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) || r == '.' || r == '_' || r == '-' {
			return r
		}
		return '.'
	}, Canonical(name))
	return strings.TrimLeft(name, "._-")
}

// Vouched is the account of somebody for whom the office's own sign-in vouches, with the name, the role and the scopes that
// it says now. It is made when that person first comes. A name that another account has is refused, whoever asks: nobody
// takes an account over by being called like it elsewhere.
func (b *Book) Vouched(id Identity, n New) (Account, error) {
	if err := checkName(n.Name); err != nil {
		return Account{}, err
	}
	if err := b.settled(n.Role, &n.Scopes); err != nil {
		return Account{}, err
	}
	if n.Title = strings.Join(strings.Fields(n.Title), " "); n.Title == "" {
		n.Title = n.Name
	}
	n.Title = clip(n.Title, 80)
	var out Account
	err := b.change(func(list []Account) ([]Account, error) {
		i := slices.IndexFunc(list, func(a Account) bool { return a.Identity != nil && *a.Identity == id })
		if i < 0 {
			if n.Name == Local || slices.ContainsFunc(list, func(a Account) bool { return a.Name == n.Name }) {
				return nil, refuse("账号名 %s 已经是另一个账号的", "the name %s is another account's", n.Name)
			}
			list = append(list, Account{Name: n.Name, Title: n.Title, Scopes: n.Scopes, Made: b.now().UTC(), By: n.By, Identity: &id})
			i = len(list) - 1
		}
		a := &list[i]
		if a.Disabled {
			return nil, refuse("账号 %s 已停用", "the account %s is disabled", a.Name)
		}
		if err := b.Policy.apart(list, a, n.Role, n.Title); err != nil {
			return nil, err
		}
		a.Title = n.Title
		if a.Role != n.Role || !sameScopes(a.Scopes, n.Scopes) {
			a.Epoch++
		}
		a.Role, a.Scopes, a.SignedIn = n.Role, n.Scopes, b.now().UTC()
		out = *a
		return list, nil
	})
	return out, err
}

func sameScopes(x, y []access.Scope) bool {
	return len(x) == 0 && len(y) == 0 || reflect.DeepEqual(x, y)
}

// local says whether an account may sign in here by its own password.
func (p Policy) local(a Account) bool {
	return a.Identity == nil && (len(p.Local) == 0 || slices.Contains(p.Local, a.Name))
}
