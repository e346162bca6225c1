package account

import (
	"bytes"
	"encoding/base64"
	"image/png"
	"net/url"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/totp"
)

// Factor is the second factor of an account: a secret that its owner's device has too. It is kept as it is, for codes are
// computed of it.
type Factor struct {
	Secret string    `json:"secret"`
	Since  time.Time `json:"since"`
	Last   int64     `json:"last"` // the step whose code came in last: none is used twice
}

const factorPeriod = 30

// Offer is a second factor that is not confirmed yet.
type Offer struct {
	Secret string
	Image  string // of the address that devices read, as a data: address
}

// OfferFactor makes the secret of a second factor. Nothing is kept of it: who confirms it sends it back.
func OfferFactor(issuer, name string) (Offer, error) {
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuer, AccountName: name, Period: factorPeriod})
	if err != nil {
		return Offer{}, err
	}
	return offer(key)
}

// OfferAgain shows the same secret once more, after a code that was wrong.
func OfferAgain(issuer, name, secret string) (Offer, error) {
	if !plausible(secret) {
		return OfferFactor(issuer, name)
	}
	key, err := otp.NewKeyFromURL("otpauth://totp/" + url.PathEscape(issuer) + ":" + url.PathEscape(name) + "?secret=" + secret + "&issuer=" + url.QueryEscape(issuer))
	if err != nil {
		return Offer{}, err
	}
	return offer(key)
}

func offer(key *otp.Key) (Offer, error) {
	picture, err := key.Image(220, 220)
	if err != nil {
		return Offer{}, err
	}
	var b bytes.Buffer
	if err := png.Encode(&b, picture); err != nil {
		return Offer{}, err
	}
	return Offer{key.Secret(), "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())}, nil
}

// plausible says whether a text can be a secret that was offered: 160 bits in base 32.
func plausible(secret string) bool {
	return len(secret) == 32 && strings.Trim(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") == ""
}

// step is the step whose code this is, one before or after now at most, and none but now where codes are strict; 0: it is none.
func (b *Book) step(secret, code string) int64 {
	code = strings.Join(strings.Fields(code), "")
	if len(code) != 6 {
		return 0
	}
	now := b.now().Unix() / factorPeriod
	steps := []int64{now, now - 1, now + 1} // for clocks that are off, and for who types slowly
	if b.Policy.Strict {
		steps = steps[:1]
	}
	for _, at := range steps {
		ok, err := totp.ValidateCustom(code, secret, time.Unix(at*factorPeriod, 0), totp.ValidateOpts{Period: factorPeriod, Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1})
		if err == nil && ok {
			return at
		}
	}
	return 0
}

// ConfirmFactor gives an account the second factor whose device has shown a code.
func (b *Book) ConfirmFactor(name, secret, code string) error {
	at := int64(0)
	if plausible(secret) {
		at = b.step(secret, code)
	}
	if at == 0 {
		return refuse("动态码不对：看一下手机的时间是否准确，再输入新的一个", "the code is not right: see whether the time of the device is, and enter a new one")
	}
	return b.edit(name, func(a *Account) error {
		a.Factor = &Factor{Secret: secret, Since: b.now().UTC(), Last: at}
		a.Epoch++
		return nil
	})
}

// DropFactor takes the second factor from an account.
func (b *Book) DropFactor(name string) error {
	return b.edit(name, func(a *Account) error {
		a.Factor = nil
		a.Epoch++
		return nil
	})
}
