package account

import (
	"strings"
	"time"

	"yanzhen/dashboard/access"
)

// Lift lets an account see figures of few people for a time.
type Lift struct {
	Until  time.Time `json:"until"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// mostLift is how long a lift may hold, and mostReason how long its reason may be.
const (
	mostLift   = 31 * 24 * time.Hour
	mostReason = 500
)

// lifts says whether an account is lifted at a moment.
func (a *Account) lifts(now time.Time) bool { return a.Lift != nil && now.Before(a.Lift.Until) }

// CheckLift says what speaks against lifting an account; nil: nothing does.
func (b *Book) CheckLift(name string, l Lift) error {
	a, ok, err := b.Find(name)
	now := b.now()
	switch {
	case err != nil:
		return err
	case !ok:
		return refuse("没有账号 %s", "there is no account %s", name)
	case len([]rune(strings.TrimSpace(l.Reason))) < 4 || len(l.Reason) > mostReason:
		return refuse("要写明理由（4 个字以上，%d 字节以内）", "a reason is needed, of 4 characters or more and %d bytes at most", mostReason)
	case !l.Until.After(now):
		return refuse("%s 已经过去", "%s is over already", l.Until.Format(time.DateOnly))
	case l.Until.After(now.Add(mostLift)):
		return refuse("最长 31 天", "31 days at most")
	case !a.Role.May(b.Policy.Duties).Has(access.View):
		return refuse("%s 不看数字", "%s sees no figures", name)
	case a.Role.May(b.Policy.Duties).Has(access.Small):
		return refuse("%s 本来就能看少数人的数", "%s sees figures of few people anyway", name)
	}
	return nil
}

// Raise lifts an account, in place of an earlier lift.
func (b *Book) Raise(name string, l Lift) error {
	if err := b.CheckLift(name, l); err != nil {
		return err
	}
	l.Reason, l.At = strings.TrimSpace(l.Reason), b.now().UTC()
	return b.edit(name, func(a *Account) error { a.Lift = &l; return nil })
}

// Lower ends a lift.
func (b *Book) Lower(name string) error {
	return b.edit(name, func(a *Account) error { a.Lift = nil; return nil })
}
