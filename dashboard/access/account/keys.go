package account

import (
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// Key is a security key, or a device that is one (WebAuthn): it signs what it is asked, for the pages of one host.
type Key struct {
	ID         string          `json:"id"`
	Name       string          `json:"name"` // as its owner calls it
	Host       string          `json:"host"` // of the pages where it was registered: it answers to no other
	Since      time.Time       `json:"since"`
	Used       time.Time       `json:"used,omitzero"`
	Credential json.RawMessage `json:"credential"` // its public key and counter, as package passkey keeps them
}

const mostKeys = 10 // of an account

// AddKey gives an account one more key.
func (b *Book) AddKey(name string, k Key) error {
	k.Name = strings.Join(strings.Fields(k.Name), " ")
	if k.Name == "" || len([]rune(k.Name)) > 40 {
		return refuse("给密钥起个名字，不超过 40 个字", "give the key a name of at most 40 characters")
	}
	return b.edit(name, func(a *Account) error {
		switch {
		case len(a.Keys) >= mostKeys:
			return refuse("一个账号最多 %d 把密钥", "an account has at most %d keys", mostKeys)
		case slices.ContainsFunc(a.Keys, func(o Key) bool { return o.Name == k.Name }):
			return refuse("已经有一把叫「%s」的密钥", "there is a key called %q already", k.Name)
		case slices.ContainsFunc(a.Keys, func(o Key) bool { return o.ID == k.ID }):
			return refuse("这把密钥已经登记过", "this key is registered already")
		}
		k.Since = b.now().UTC()
		a.Keys = append(a.Keys, k)
		a.Epoch++
		return nil
	})
}

// DropKey takes a key from an account.
func (b *Book) DropKey(name, id string) error {
	return b.edit(name, func(a *Account) error {
		n := len(a.Keys)
		if a.Keys = slices.DeleteFunc(a.Keys, func(k Key) bool { return k.ID == id }); len(a.Keys) == n {
			return refuse("没有这把密钥", "there is no such key")
		}
		a.Epoch++
		return nil
	})
}

// DropFactors takes every second factor from an account whose owner has lost them.
func (b *Book) DropFactors(name string) error {
	return b.edit(name, func(a *Account) error {
		a.Factor, a.Keys = nil, nil
		a.Epoch++
		return nil
	})
}

// SignedBy lets an account in whose password was right and whose key has signed: credential is what is kept of the key
// now. The account must be the one it was when the password was right; false: it is not.
func (b *Book) SignedBy(name string, epoch int, id string, credential json.RawMessage) (a Account, ok bool, err error) {
	err = b.edit(name, func(now *Account) error {
		i := slices.IndexFunc(now.Keys, func(k Key) bool { return k.ID == id })
		if ok = i >= 0 && now.Epoch == epoch && !now.Disabled; ok {
			now.Keys[i].Credential, now.Keys[i].Used, now.SignedIn = credential, b.now().UTC(), b.now().UTC()
			a = *now
		}
		return nil
	})
	return a, ok && err == nil, err
}
