package account

import (
	"fmt"

	"yanzhen/dashboard/access"
	"yanzhen/pipeline/codes"
)

// apart refuses that an account gets a role by which one person would hold two of the duties that are kept apart: who
// administers, who lets people in, and who audits. What an account once was is not forgotten on the way through another role,
// for nobody audits what they did themselves. Two accounts that people call the same are one person's. It marks the account
// with the duty that it gets, also where duties are joint, so that it is known when they are separated.
func (p Policy) apart(list []Account, a *Account, r access.Role) error {
	was := a.duty()
	if p.Duties == access.Separate && r.Duty() {
		if was != "" && was != r {
			return &Refusal{codes.Text{
				Zh: fmt.Sprintf("三员分立：账号 %s 是或曾是%s，不能再当%s；请另一个人担任，另建账号", a.Name, was.Title().Zh, r.Title().Zh),
				En: fmt.Sprintf("duties are separate: the account %s is or was %s and cannot become %s; another person takes that, by an account of their own", a.Name, was, r),
			}}
		}
		for i := range list {
			if o := &list[i]; o.Name != a.Name && o.Title == a.Title && o.duty() != "" && o.duty() != r {
				return &Refusal{codes.Text{
					Zh: fmt.Sprintf("三员分立：%s 已有账号 %s，是或曾是%s，同一个人不能再当%s；不是同一个人，请把称呼写得不一样", a.Title, o.Name, o.duty().Title().Zh, r.Title().Zh),
					En: fmt.Sprintf("duties are separate: %s has the account %s already, which is or was %s, and one person cannot be %s too; if it is somebody else, give them another title", a.Title, o.Name, o.duty(), r),
				}}
			}
		}
	}
	if r.Duty() && was == "" {
		a.Duty = r
	}
	return nil
}

// duty is which of the duties that are kept apart the account has or had; empty: none.
func (a *Account) duty() access.Role {
	switch {
	case a.Duty != "":
		return a.Duty
	case a.Role.Duty():
		return a.Role
	}
	return ""
}
