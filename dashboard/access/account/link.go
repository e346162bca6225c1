package account

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"time"

	"yanzhen/dashboard/access"
)

// Local is the account of whoever sits at the server's console: it has no password, only links.
const Local = access.Console

// LinkKind is what a link does.
type LinkKind string

// The kinds of links.
const (
	Console LinkKind = "console" // signs in, once
	Invite  LinkKind = "invite"  // sets a password, once
	Screen  LinkKind = "screen"  // signs a display in, as often as it starts, until it is withdrawn
)

// How long links last.
const (
	consoleLasts = 15 * time.Minute
	inviteLasts  = 72 * time.Hour
)

// Link is a link that was made: of its secret only the hash is kept.
type Link struct {
	Hash  string    `json:"hash"`
	Kind  LinkKind  `json:"kind"`
	Until time.Time `json:"until,omitzero"` // zero: until it is withdrawn
	Made  time.Time `json:"made"`
}

func withoutKind(links []Link, kind LinkKind) []Link {
	return slices.DeleteFunc(links, func(l Link) bool { return l.Kind == kind })
}

// secret is what nobody guesses, and what is kept of it.
func secret() (text, kept string) {
	var b [32]byte
	rand.Read(b[:])
	text = base64.RawURLEncoding.EncodeToString(b[:])
	return text, digest(text)
}

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// MakeLink makes a link of an account and returns its secret. The console's account is there when it is first asked for. A
// display has one link: a new one takes the place of the old one, and ends what was signed in by it.
func (b *Book) MakeLink(name, by string) (text string, kind LinkKind, err error) {
	text, kept := secret()
	err = b.change(func(list []Account) ([]Account, error) {
		i := slices.IndexFunc(list, func(a Account) bool { return a.Name == name })
		if i < 0 && name == Local {
			list = append(list, Account{Name: Local, Title: "控制台", Role: access.Administrator, Made: b.now().UTC(), By: by})
			i = len(list) - 1
		}
		if i < 0 {
			return nil, refuse("没有账号 %s", "there is no account %s", name)
		}
		a := &list[i]
		if a.Disabled {
			return nil, refuse("账号 %s 已停用", "the account %s is disabled", name)
		}
		if a.Identity != nil {
			return nil, refuse("账号 %s 用统一登录，不用链接", "the account %s comes in by the office's own sign-in, not by a link", name)
		}
		if a.Role.Tokened() {
			return nil, refuse("智能体没有链接，给它令牌：yanzhen user token add %s", "an agent has no link; give it a token: yanzhen user token add %s", name)
		}
		l := Link{Hash: kept, Made: b.now().UTC()}
		switch {
		case name == Local:
			l.Kind, l.Until = Console, b.now().Add(consoleLasts).UTC()
		case a.Role == access.Display:
			l.Kind = Screen
			a.Epoch++
		default:
			l.Kind, l.Until = Invite, b.now().Add(inviteLasts).UTC()
		}
		kind = l.Kind
		a.Links = slices.DeleteFunc(a.Links, func(o Link) bool {
			return o.Kind == l.Kind && l.Kind != Console || !o.Until.IsZero() && o.Until.Before(b.now())
		})
		a.Links = append(a.Links, l)
		a.Links = a.Links[max(0, len(a.Links)-mostLinks):]
		return list, nil
	})
	return text, kind, err
}

// Withdraw takes the links of an account back; a display that came in by one is signed out.
func (b *Book) Withdraw(name string) error {
	return b.edit(name, func(a *Account) error {
		a.Links = nil
		a.Epoch++
		return nil
	})
}

// ByLink is the account of a link; false: there is none, or its time is over.
func (b *Book) ByLink(text string) (a Account, kind LinkKind, ok bool, err error) {
	list, err := b.All()
	if err != nil || len(text) > 100 {
		return Account{}, "", false, err
	}
	kept := []byte(digest(text))
	for _, a := range list {
		for _, l := range a.Links {
			if subtle.ConstantTimeCompare([]byte(l.Hash), kept) == 1 && !a.Disabled && (l.Until.IsZero() || b.now().Before(l.Until)) {
				return a, l.Kind, true, nil
			}
		}
	}
	return Account{}, "", false, nil
}

// UseLink uses a link up that may be used once: of two who come at the same time one has used it.
func (b *Book) UseLink(text string) (a Account, ok bool, err error) {
	found, kind, ok, err := b.ByLink(text)
	if err != nil || !ok {
		return Account{}, false, err
	}
	if kind == Screen {
		return found, true, nil
	}
	kept := digest(text)
	ok = false
	err = b.edit(found.Name, func(a *Account) error {
		i := slices.IndexFunc(a.Links, func(l Link) bool { return l.Hash == kept })
		if i >= 0 {
			a.Links, ok = slices.Delete(a.Links, i, i+1), true
		}
		return nil
	})
	return found, ok && err == nil, err
}
