// Package token keeps the tokens by which the programs of an account come in: a name, an end, and which part of what the
// account may do and see. They are a file of the zone's directory that only its owner reads; of a token only the hash is
// kept. What a token lets in is worked out at every request from the account as it is then, so that a token never reaches
// farther than its account. It knows nothing of pages.
package token

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/filed"
	"yanzhen/pipeline/codes"
)

// Prefix begins every token, so that one that lies where it should not is recognised.
const Prefix = "yz_"

// How long a token lasts, in days.
const (
	UsualDays = 90
	MostDays  = 365
)

// Bounds of the file.
const (
	mostOfOne   = 20 // tokens of an account that still count
	mostTokens  = 5_000
	mostBytes   = 16 << 20
	longestName = 60
	usedEvery   = 10 * time.Minute // how often it is written down that a token was used
)

// Token is one token, without its secret.
type Token struct {
	ID      string         `json:"id"` // by which people name it
	Hash    string         `json:"hash"`
	Account string         `json:"account"`
	Name    string         `json:"name"` // what it is for
	Rights  []string       `json:"rights"`
	Scopes  []access.Scope `json:"scopes,omitempty"` // none: those of the account
	Made    time.Time      `json:"made"`
	By      string         `json:"by"`
	Until   time.Time      `json:"until"`
	Used    time.Time      `json:"used,omitzero"` // within ten minutes
	From    string         `json:"from,omitempty"`
}

// Shelf is the file of tokens. A server and the commands beside it work on the same file, one at a time.
type Shelf struct {
	Book *account.Book

	now  func() time.Time
	kept filed.Kept[[]Token] // nobody changes them
}

// Open opens the tokens of a zone's directory; no file is an empty one. One that cannot be read is an error.
func Open(dir string, b *account.Book) (*Shelf, error) {
	s := &Shelf{Book: b, now: time.Now}
	s.kept.File, s.kept.Most = filepath.Join(dir, "tokens.json"), mostBytes
	s.kept.Read = func(text []byte) ([]Token, error) { return read(s.kept.File, text) }
	_, err := s.All()
	return s, err
}

type shelf struct {
	Version int     `json:"version"`
	Tokens  []Token `json:"tokens"`
}

func refuse(zh, en string, args ...any) error {
	return &account.Refusal{Text: codes.Text{Zh: fmt.Sprintf(zh, args...), En: fmt.Sprintf(en, args...)}}
}

// All are all tokens, the latest first, those that are over too. The caller must not change them.
func (s *Shelf) All() ([]Token, error) { return s.kept.Get() }

func read(file string, text []byte) ([]Token, error) {
	var kept shelf
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(&kept); err != nil || kept.Version != 1 {
		return nil, fmt.Errorf("%s: 令牌文件读不出，请放回备份，或删除它并重发令牌 / the file of tokens cannot be read; put a copy back, or remove it and make new ones: %w", file, err)
	}
	slices.SortFunc(kept.Tokens, func(x, y Token) int { return y.Made.Compare(x.Made) })
	return kept.Tokens, nil
}

// change changes the tokens: it reads them anew, lets f change them, and puts the whole file in place of the old one.
func (s *Shelf) change(f func(list []Token) ([]Token, error)) error {
	return s.kept.Change(func(list []Token) ([]byte, error) {
		list, err := f(list)
		if err != nil {
			return nil, err
		}
		text, err := json.MarshalIndent(shelf{1, list}, "", " ")
		return append(text, '\n'), err
	})
}

// New is a token to be made.
type New struct {
	Account string
	Name    string
	Rights  []string // none: those of the account
	Scopes  []access.Scope
	Days    int // 0: the usual
	By      string
}

// Make makes a token of an account and returns its secret, which is told once. It may do no more than its account may.
func (s *Shelf) Make(n New) (secret string, t Token, err error) {
	a, ok, err := s.Book.Find(n.Account)
	switch {
	case err != nil:
		return "", t, err
	case !ok:
		return "", t, refuse("没有账号 %s", "there is no account %s", n.Account)
	case a.Disabled:
		return "", t, refuse("账号 %s 已停用", "the account %s is disabled", n.Account)
	case a.Role == access.Display:
		return "", t, refuse("大屏没有令牌", "a display has no tokens")
	}
	if n.Name, err = named(n.Name); err != nil {
		return "", t, err
	}
	if n.Days == 0 {
		n.Days = UsualDays
	}
	if n.Days < 1 || n.Days > MostDays {
		return "", t, refuse("有效期 1 至 %d 天", "a token lasts 1 to %d days", MostDays)
	}
	rights, err := within(s.Book.Viewer(a), n)
	if err != nil {
		return "", t, err
	}
	var b [32]byte
	rand.Read(b[:])
	secret = Prefix + base64.RawURLEncoding.EncodeToString(b[:])
	var id [4]byte
	rand.Read(id[:])
	now := s.now().UTC()
	t = Token{
		ID: hex.EncodeToString(id[:]), Hash: digest(secret), Account: a.Name, Name: n.Name, Rights: rights, Scopes: n.Scopes,
		Made: now, By: n.By, Until: now.AddDate(0, 0, n.Days),
	}
	return secret, t, s.change(func(list []Token) ([]Token, error) {
		list = slices.DeleteFunc(list, func(o Token) bool { return o.Until.Before(now) && now.Sub(o.Until) > 90*24*time.Hour })
		own := 0
		for _, o := range list {
			if o.Account == a.Name && now.Before(o.Until) {
				own++
			}
			if o.ID == t.ID {
				return nil, errors.New("token: an id twice; try again")
			}
		}
		if own >= mostOfOne || len(list) >= mostTokens {
			return nil, refuse("一个账号最多 %d 个有效令牌，先撤销一个", "an account has at most %d tokens; revoke one first", mostOfOne)
		}
		return append(list, t), nil
	})
}

func named(name string) (string, error) {
	name = strings.Join(strings.Fields(name), " ")
	if name == "" || len([]rune(name)) > longestName || strings.ContainsFunc(name, unicode.IsControl) {
		return "", refuse("给令牌写个名字，说明给什么程序用，不超过 %d 个字", "name the token by what it is for, in at most %d characters", longestName)
	}
	return name, nil
}

// within are the rights of a new token: those asked for, where the account has them. A scope may only narrow the account's.
func within(v *access.Viewer, n New) ([]string, error) {
	var have []string
	for _, r := range access.Rights {
		if v.Can(r.Right) {
			have = append(have, r.Name)
		}
	}
	if len(n.Rights) == 0 {
		n.Rights = have
	}
	for _, name := range n.Rights {
		if !slices.Contains(have, name) {
			return nil, refuse("账号没有权限 %q，可选 %s", "the account has no right %q; choose %s", name, strings.Join(have, ", "))
		}
	}
	if err := account.CheckScopes(n.Scopes); err != nil {
		return nil, err
	}
	for _, x := range n.Scopes {
		i := slices.IndexFunc(v.Scopes, func(o access.Scope) bool { return o.Dim == x.Dim })
		if i >= 0 && slices.ContainsFunc(x.Values, func(value string) bool { return !slices.Contains(v.Scopes[i].Values, value) }) {
			return nil, refuse("令牌的范围要在账号的范围之内：%s", "the scopes of a token lie within those of its account: %s", account.WriteScopes(v.Scopes))
		}
	}
	return n.Rights, nil
}

// narrowed keeps to both: false where nothing lies in both.
func narrowed(of, to []access.Scope) ([]access.Scope, bool) {
	out := slices.Clone(of)
	for _, s := range to {
		i := slices.IndexFunc(out, func(o access.Scope) bool { return o.Dim == s.Dim })
		if i < 0 {
			out = append(out, s)
			continue
		}
		var both []string
		for _, v := range s.Values {
			if slices.Contains(out[i].Values, v) {
				both = append(both, v)
			}
		}
		if len(both) == 0 {
			return nil, false
		}
		out[i] = access.Scope{Dim: s.Dim, Values: both}
	}
	return out, true
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// Who comes in by a secret; a nil viewer: nobody, whatever the reason. noted is true where the use was written down, which is
// once in ten minutes.
func (s *Shelf) Who(secret, from string) (v *access.Viewer, t Token, noted bool, err error) {
	if len(secret) > 100 || !strings.HasPrefix(secret, Prefix) {
		return nil, t, false, nil
	}
	list, err := s.All()
	if err != nil {
		return nil, t, false, err
	}
	kept := digest(secret)
	i := slices.IndexFunc(list, func(o Token) bool { return o.Hash == kept })
	if i < 0 {
		return nil, t, false, nil
	}
	if t = list[i]; !s.now().Before(t.Until) {
		return nil, t, false, nil
	}
	a, ok, err := s.Book.Find(t.Account)
	if err != nil || !ok || a.Disabled || t.Made.Before(a.Made) { // an account that was made anew under a name is another
		return nil, t, false, err
	}
	if v = s.viewer(a, t); v == nil {
		return nil, t, false, nil
	}
	v.From = from
	if s.now().Sub(t.Used) > usedEvery {
		noted = s.used(t.ID, from) == nil
	}
	return v, t, noted, nil
}

// viewer is who looks by a token: no right that the account or the token lacks, no row outside the scopes of either.
func (s *Shelf) viewer(a account.Account, t Token) *access.Viewer {
	v := s.Book.Viewer(a)
	var may access.Right
	for _, r := range access.Rights {
		if slices.Contains(t.Rights, r.Name) {
			may |= r.Right
		}
	}
	scopes, ok := narrowed(v.Scopes, t.Scopes)
	if !ok {
		return nil
	}
	v.May &= may
	v.Scopes, v.Token = scopes, t.ID
	return v
}

// used writes down that a token was used, unless it was taken back meanwhile.
func (s *Shelf) used(id, from string) error {
	return s.change(func(list []Token) ([]Token, error) {
		i := slices.IndexFunc(list, func(o Token) bool { return o.ID == id })
		if i < 0 {
			return nil, errors.New("token: taken back")
		}
		list[i].Used, list[i].From = s.now().UTC(), from
		return list, nil
	})
}

// Of are the tokens of an account, the latest first.
func (s *Shelf) Of(name string) ([]Token, error) {
	list, err := s.All()
	var own []Token
	for _, t := range list {
		if t.Account == name {
			own = append(own, t)
		}
	}
	return own, err
}

// Revoke takes a token back; of names whose it must be, "" anybody's.
func (s *Shelf) Revoke(id, of string) (t Token, err error) {
	err = s.change(func(list []Token) ([]Token, error) {
		i := slices.IndexFunc(list, func(o Token) bool { return o.ID == id && (of == "" || o.Account == of) })
		if i < 0 {
			return nil, refuse("没有令牌 %s", "there is no token %s", id)
		}
		t = list[i]
		return slices.Delete(list, i, i+1), nil
	})
	return t, err
}

// RevokeAll takes back every token of an account.
func (s *Shelf) RevokeAll(of string) error {
	own, err := s.Of(of)
	if err != nil || len(own) == 0 {
		return err
	}
	return s.change(func(list []Token) ([]Token, error) {
		return slices.DeleteFunc(list, func(t Token) bool { return t.Account == of }), nil
	})
}

// Over says whether the time of a token has ended.
func (s *Shelf) Over(t Token) bool { return !s.now().Before(t.Until) }
