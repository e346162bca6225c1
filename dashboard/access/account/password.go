package account

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn"
	"golang.org/x/crypto/argon2"
)

// What argon2id costs: 64 MiB, two passes, one thread, about a tenth of a second. More than the floor that OWASP names
// (19 MiB, two passes), and little enough that two at once do not slow the pages.
const (
	usualMemory = 64 << 10 // KiB
	hashTime    = 2
	hashLanes   = 1
	hashLength  = 32
)

// hashMemory is what is used; a test of what stands on it takes less.
var hashMemory uint32 = usualMemory

// longestPassword bounds what is hashed.
const longestPassword = 128

// turns are the hashes that may run at once: each takes 64 MiB.
var turns = make(chan struct{}, 2)

// cost is what a hash takes: it stands in what is kept, so that another build may ask for more.
type cost struct {
	memory uint32
	time   uint32
	lanes  uint8
}

// sane says whether a cost is one that we would pay.
func (c cost) sane() bool {
	return c.memory >= 1<<10 && c.memory <= 256<<10 && c.time >= 1 && c.time <= 10 && c.lanes >= 1 && c.lanes <= 8
}

func (c cost) derive(password string, salt []byte) []byte {
	turns <- struct{}{}
	defer func() { <-turns }()
	return argon2.IDKey([]byte(password), salt, c.time, c.memory, c.lanes, hashLength)
}

func derive(password string, salt []byte) []byte {
	return cost{hashMemory, hashTime, hashLanes}.derive(password, salt)
}

// hash is a password as it is kept.
func hash(password string) string {
	salt := make([]byte, 16)
	rand.Read(salt)
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, hashMemory, hashTime, hashLanes, enc.EncodeToString(salt), enc.EncodeToString(derive(password, salt)))
}

// matches says whether a password is the kept one. What is kept of nobody matches nothing and takes as long.
func matches(kept, password string) bool {
	parts := strings.Split(kept, "$")
	enc := base64.RawStdEncoding
	var salt, want []byte
	var err error
	var c cost
	if len(parts) == 6 && parts[1] == "argon2id" {
		if _, err = fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &c.memory, &c.time, &c.lanes); err != nil || !c.sane() {
			want = nil
		} else if salt, err = enc.DecodeString(parts[4]); err == nil {
			want, err = enc.DecodeString(parts[5])
		}
	}
	if err != nil || len(want) != hashLength || len(password) > longestPassword*utf8.UTFMax {
		derive("", make([]byte, 16))
		return false
	}
	return subtle.ConstantTimeCompare(c.derive(password, salt), want) == 1
}

// weakest is the least strength a password has, of 0 to 4: 10^8 guesses.
const weakest = 3

// checkPassword refuses a password that is too short, or that is guessed: a common one, a name, a row of keys.
func (p Policy) checkPassword(password string, words ...string) error {
	n := utf8.RuneCountInString(password)
	least := max(p.Length, leastLength)
	switch {
	case !utf8.ValidString(password) || strings.ContainsAny(password, "\x00\n\r"):
		return refuse("密码里有不能用的字符", "the password has characters that cannot be used")
	case n < least:
		return refuse("密码至少 %d 个字符", "a password has at least %d characters", least)
	case n > longestPassword:
		return refuse("密码最多 %d 个字符", "a password has at most %d characters", longestPassword)
	}
	words = append(words, p.Words...)
	words = append(words, "yanzhen", "雁阵", "talent", "rencai", "kaifaqu", "zone")
	if r := zxcvbn.PasswordStrength(password, words); r.Score < weakest {
		return refuse("这个密码太容易猜到：不要用常见的词、名字、日期、连续的键，可用几个不相干的词", "this password is easily guessed: no common words, names, dates or rows of keys; a few unrelated words will do")
	}
	return nil
}

// leastLength is how short a password may be, whatever is configured.
const leastLength = 12

// LendPassword gives an account a password that its owner changes at the first sign-in.
func (b *Book) LendPassword(name, password string) error {
	return b.setPassword(name, password, func(a *Account) error { a.Lent = true; return nil })
}

// SetPassword gives an account the new password that its owner chose. It is none of its last ones.
func (b *Book) SetPassword(name, password string) error {
	return b.setPassword(name, password, func(a *Account) error { a.Lent = false; return nil })
}

// UseInvite gives the account of a link that invites the password that its owner chose, and uses the link up: of two who come at
// the same time one has used it. False: there is no such link, or it was used.
func (b *Book) UseInvite(text, password string) (a Account, ok bool, err error) {
	a, kind, ok, err := b.ByLink(text)
	if err != nil || !ok || kind != Invite {
		return Account{}, false, err
	}
	used := errors.New("account: the link was used meanwhile")
	err = b.setPassword(a.Name, password, func(now *Account) error {
		if !slices.ContainsFunc(now.Links, func(l Link) bool { return l.Hash == digest(text) }) {
			return used
		}
		now.Lent = false
		return nil
	})
	if errors.Is(err, used) {
		return Account{}, false, nil
	}
	if err != nil {
		return Account{}, true, err
	}
	return b.Find(a.Name)
}

// setPassword gives an account a password, unless note, which looks at the account as it is then, says why not.
func (b *Book) setPassword(name, password string, note func(a *Account) error) error {
	a, ok, err := b.Find(name)
	switch {
	case err != nil:
		return err
	case !ok || a.Name == Local || a.Role.May(b.Policy.Duties) == 0:
		return refuse("没有账号 %s", "there is no account %s", name)
	case a.Identity != nil:
		return refuse("账号 %s 用统一登录，这里没有密码", "the account %s comes in by the office's own sign-in and has no password here", name)
	}
	if err := b.Policy.checkPassword(password, a.Name, a.Title); err != nil {
		return err
	}
	if b.Policy.Breached != "" {
		known, err := breached(b.Policy.Breached, password)
		if err != nil {
			return fmt.Errorf("the list of leaked passwords: %w", err)
		}
		if known {
			return refuse("这个密码在泄露的密码表里，换一个", "this password stands in a list of leaked ones; take another")
		}
	}
	for _, old := range append([]string{a.Password}, a.Past...) {
		if old != "" && matches(old, password) {
			return refuse("不能再用最近用过的 %d 个密码", "none of the last %d passwords may be used again", mostPast)
		}
	}
	kept := hash(password)
	return b.edit(name, func(a *Account) error {
		if err := note(a); err != nil {
			return err
		}
		if a.Password != "" {
			a.Past = append([]string{a.Password}, a.Past...)
			a.Past = a.Past[:min(len(a.Past), mostPast-1)]
		}
		a.Password, a.Changed = kept, b.now().UTC()
		a.Links = withoutKind(a.Links, Invite)
		a.Epoch++
		return nil
	})
}
