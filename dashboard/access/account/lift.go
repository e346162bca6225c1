package account

import (
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/pipeline/mask"
)

// Lift gives an account a right for a time: to see figures of few people, or what masks hide.
type Lift struct {
	Right  access.Right `json:"-"` // access.Small or access.Unmask
	Until  time.Time    `json:"until"`
	Reason string       `json:"reason"`
	By     string       `json:"by"`
	At     time.Time    `json:"at"`
}

// mostLift is how long a lift may hold, and mostReason how long its reason may be.
const (
	mostLift   = 31 * 24 * time.Hour
	mostReason = 500
)

// holds says whether there is a lift at a moment.
func (l *Lift) holds(now time.Time) bool { return l != nil && now.Before(l.Until) }

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
	}
	switch may := a.Role.May(b.Policy.Duties); {
	case l.Right == access.Small && !may.Has(access.View):
		return refuse("%s 不看数字", "%s sees no figures", name)
	case l.Right == access.Small && may.Has(l.Right):
		return refuse("%s 本来就能看少数人的数", "%s sees figures of few people anyway", name)
	case l.Right == access.Small:
		return nil
	case l.Right != access.Unmask:
		return refuse("只有看少数人的数（small）和去除脱敏（unmask）可以按期给", "only small and unmask are given for a time")
	case may.Has(l.Right):
		return refuse("%s 本来就能去除脱敏", "%s sees what masks hide anyway", name)
	case !may.Has(access.SQL | access.Rows):
		return refuse("%s 不能自己写 SQL、看明细，没有可去除的脱敏", "%s has not the rights of SQL and of rows: there is nothing to unmask", name)
	}
	return nil
}

// Raise lifts an account, in place of an earlier lift.
func (b *Book) Raise(name string, l Lift) error {
	if err := b.CheckLift(name, l); err != nil {
		return err
	}
	l.Reason, _ = mask.Mask{}.Text(strings.TrimSpace(l.Reason))
	l.At = b.now().UTC()
	return b.edit(name, func(a *Account) error {
		if l.Right == access.Unmask {
			a.Unmask = &l
		} else {
			a.Lift = &l
		}
		return nil
	})
}

// Lower ends what an account was given for a time.
func (b *Book) Lower(name string) error {
	return b.edit(name, func(a *Account) error { a.Lift, a.Unmask = nil, nil; return nil })
}
