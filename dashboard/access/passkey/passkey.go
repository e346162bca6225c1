// Package passkey asks security keys and devices that are ones (WebAuthn) to sign: when a key is registered, and when a
// person whose password was right has to show it. What is asked is bound to one account, one host and two minutes, and can
// be answered once. It knows nothing of pages.
package passkey

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"yanzhen/dashboard/access/account"
)

const (
	lasts       = 2 * time.Minute
	mostWaiting = 2000
	longest     = 16 << 10 // of an answer
)

// Site is the pages as a browser asks for them.
type Site struct {
	Host   string // with the port
	Secure bool
}

// name is the host without its port, by which a key knows the pages.
func (s Site) name() string {
	if h, _, err := net.SplitHostPort(s.Host); err == nil {
		return strings.ToLower(h)
	}
	return strings.ToLower(s.Host)
}

func (s Site) origin() string {
	if s.Secure {
		return "https://" + s.Host
	}
	return "http://" + s.Host
}

// Usable says whether browsers let these pages ask a key: by a name, over TLS or on this machine.
func (s Site) Usable() bool {
	return net.ParseIP(strings.Trim(s.name(), "[]")) == nil && (s.Secure || s.name() == "localhost")
}

// Desk keeps what was asked and not answered yet.
type Desk struct {
	Book  *account.Book
	Title string // of these pages, as the device shows it

	mu      sync.Mutex
	waiting map[[32]byte]question
}

// question is what was asked of a person's keys.
type question struct {
	name, next string
	epoch      int
	session    webauthn.SessionData
	until      time.Time
}

// ErrNot is that the answer is not one: it came too late, is not of this person or not signed by the key.
var ErrNot = errors.New("the key did not sign what it was asked")

// person is an account as the library sees it.
type person struct {
	account.Account
	keys []webauthn.Credential
}

// WebAuthnID is what a key knows the account by: nothing of a person.
func (p person) WebAuthnID() []byte {
	sum := sha256.Sum256([]byte(p.Name + "\x00" + p.Made.UTC().Format(time.RFC3339Nano)))
	return sum[:]
}

// WebAuthnName is the name of the account.
func (p person) WebAuthnName() string { return p.Name }

// WebAuthnDisplayName is what people call the account.
func (p person) WebAuthnDisplayName() string { return p.Title }

// WebAuthnCredentials are the keys that answer to these pages.
func (p person) WebAuthnCredentials() []webauthn.Credential { return p.keys }

func (d *Desk) at(s Site) (*webauthn.WebAuthn, error) {
	limit := webauthn.TimeoutConfig{Enforce: true, Timeout: lasts, TimeoutUVD: lasts}
	return webauthn.New(&webauthn.Config{
		RPID: s.name(), RPDisplayName: d.Title, RPOrigins: []string{s.origin()}, AttestationPreference: protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementDiscouraged, UserVerification: protocol.VerificationPreferred},
		Timeouts:               webauthn.TimeoutsConfig{Login: limit, Registration: limit},
	})
}

func of(a account.Account, s Site) (person, error) {
	p := person{Account: a}
	for _, k := range a.Keys {
		if k.Host != s.name() {
			continue
		}
		var c webauthn.Credential
		if err := json.Unmarshal(k.Credential, &c); err != nil {
			return p, fmt.Errorf("the key %q of %s: %w", k.Name, a.Name, err)
		}
		p.keys = append(p.keys, c)
	}
	return p, nil
}

// keep remembers what was asked and returns the ticket to bring with the answer.
func (d *Desk) keep(q question) string {
	var b [32]byte
	rand.Read(b[:])
	ticket := base64.RawURLEncoding.EncodeToString(b[:])
	q.until = time.Now().Add(lasts)
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.waiting == nil {
		d.waiting = map[[32]byte]question{}
	}
	var first [32]byte
	var at time.Time
	for k, o := range d.waiting {
		if time.Now().After(o.until) {
			delete(d.waiting, k)
		} else if at.IsZero() || o.until.Before(at) {
			first, at = k, o.until
		}
	}
	if len(d.waiting) >= mostWaiting {
		delete(d.waiting, first)
	}
	d.waiting[sha256.Sum256([]byte(ticket))] = q
	return ticket
}

// take is what was asked by a ticket, which is used up.
func (d *Desk) take(ticket string) (question, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k := sha256.Sum256([]byte(ticket))
	q, ok := d.waiting[k]
	delete(d.waiting, k)
	return q, ok && time.Now().Before(q.until)
}

// Register asks for a new key of an account: options are what the browser hands to it.
func (d *Desk) Register(a account.Account, s Site) (options, ticket string, err error) {
	if !s.Usable() {
		return "", "", ErrNot
	}
	w, err := d.at(s)
	if err != nil {
		return "", "", err
	}
	p, err := of(a, s)
	if err != nil {
		return "", "", err
	}
	asked, session, err := w.BeginRegistration(p, webauthn.WithExclusions(webauthn.Credentials(p.keys).CredentialDescriptors()))
	if err != nil {
		return "", "", err
	}
	text, err := json.Marshal(asked)
	return string(text), d.keep(question{name: a.Name, epoch: a.Epoch, session: *session}), err
}

// Registered gives an account the key that has answered.
func (d *Desk) Registered(a account.Account, s Site, ticket, called, answer string) error {
	q, ok := d.take(ticket)
	if !ok || !s.Usable() || q.name != a.Name || q.epoch != a.Epoch || len(answer) > longest {
		return ErrNot
	}
	w, err := d.at(s)
	if err != nil {
		return err
	}
	p, err := of(a, s)
	if err != nil {
		return err
	}
	said, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return errors.Join(ErrNot, err)
	}
	c, err := w.CreateCredential(p, q.session, said)
	if err != nil {
		return errors.Join(ErrNot, err)
	}
	kept, err := json.Marshal(c)
	if err != nil {
		return err
	}
	return d.Book.AddKey(a.Name, account.Key{ID: base64.RawURLEncoding.EncodeToString(c.ID), Name: called, Host: s.name(), Credential: kept})
}

// Ask asks the keys of an account whose password was right; options are empty where none answers to these pages. next is
// where the person wants to go.
func (d *Desk) Ask(a account.Account, s Site, next string) (options, ticket string, err error) {
	p, err := of(a, s)
	if err != nil || len(p.keys) == 0 {
		return "", "", err
	}
	w, err := d.at(s)
	if err != nil {
		return "", "", err
	}
	asked, session, err := w.BeginLogin(p)
	if err != nil {
		return "", "", err
	}
	text, err := json.Marshal(asked)
	return string(text), d.keep(question{name: a.Name, next: next, epoch: a.Epoch, session: *session}), err
}

// Answered lets in whose key has signed. name is the account that was asked, also where the answer is none.
func (d *Desk) Answered(s Site, ticket, answer string) (a account.Account, name, next string, err error) {
	q, ok := d.take(ticket)
	if !ok || len(answer) > longest || !s.Usable() {
		return a, q.name, q.next, ErrNot
	}
	a, ok, err = d.Book.Find(q.name)
	if err != nil || !ok || a.Disabled || a.Epoch != q.epoch {
		return account.Account{}, q.name, q.next, errors.Join(ErrNot, err)
	}
	w, err := d.at(s)
	if err != nil {
		return account.Account{}, q.name, q.next, err
	}
	p, err := of(a, s)
	if err != nil {
		return account.Account{}, q.name, q.next, err
	}
	said, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return account.Account{}, q.name, q.next, errors.Join(ErrNot, err)
	}
	c, err := w.ValidateLogin(p, q.session, said)
	if err == nil && c.Authenticator.CloneWarning {
		err = errors.New("its counter went back: there are two of it")
	}
	if err != nil {
		return account.Account{}, q.name, q.next, errors.Join(ErrNot, err)
	}
	kept, err := json.Marshal(c)
	if err != nil {
		return account.Account{}, q.name, q.next, err
	}
	a, ok, err = d.Book.SignedBy(a.Name, a.Epoch, base64.RawURLEncoding.EncodeToString(c.ID), kept)
	if err != nil || !ok {
		return account.Account{}, q.name, q.next, errors.Join(ErrNot, err)
	}
	return a, q.name, q.next, nil
}
