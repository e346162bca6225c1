package account

import (
	"fmt"
	"slices"

	"yanzhen/dashboard/access"
	"yanzhen/pipeline/codes"
)

// Apart is the code of a refusal because one person would hold two of the duties that are kept apart.
const Apart = "duties"

// apart refuses that an account gets a role by which one person would hold two of the duties that are kept apart: who
// administers, who lets people in, and who audits. What an account once was is not forgotten on the way through other roles,
// for nobody audits what they did themselves. It marks the account with every duty that it has had, also where duties are
// joint, so that they are known when they are separated. A title is looked at when an account gets it or gets another role:
// who has long been called like somebody else is not kept out for that.
func (p Policy) apart(list []Account, a *Account, r access.Role, title string) error {
	if p.Duties == access.Separate && r.Duty() {
		if was := a.beside(r); was != "" {
			return &Refusal{Code: Apart, Text: codes.Text{
				Zh: fmt.Sprintf("三员分立：账号 %s 是或曾是%s，不能再当%s；请另一个人担任，另建账号", a.Name, was.Title().Zh, r.Title().Zh),
				En: fmt.Sprintf("duties are separate: the account %s is or was %s and cannot become %s; another person takes that, by an account of their own", a.Name, was, r),
			}}
		}
		for i := range list {
			o := &list[i]
			if was := o.beside(r); was != "" && (r != a.Role || title != a.Title) && o.Title == title && a.like(o) {
				return &Refusal{Code: Apart, Text: codes.Text{
					Zh: fmt.Sprintf("三员分立：%s 已有账号 %s，是或曾是%s，同一个人不能再当%s；不是同一个人，请把称呼写得不一样", title, o.Name, was.Title().Zh, r.Title().Zh),
					En: fmt.Sprintf("duties are separate: %s has the account %s already, which is or was %s, and one person cannot be %s too; if it is somebody else, give them another title", title, o.Name, was, r),
				}}
			}
		}
	}
	for _, d := range []access.Role{a.Role, r} {
		if d.Duty() && !slices.Contains(a.Duties, d) {
			a.Duties = append(slices.Clip(a.Duties), d) // the list as it was read is not written into
		}
	}
	return nil
}

// like says that two accounts of one title are one person's: not where the office's own sign-in knows them as two.
func (a *Account) like(o *Account) bool {
	return a.Name != o.Name && (a.Identity == nil || o.Identity == nil || a.Identity.Issuer != o.Identity.Issuer)
}

// duties are those that are kept apart which the account has or had. Accounts of before they were marked have their role.
func (a *Account) duties() []access.Role {
	if a.Role.Duty() && !slices.Contains(a.Duties, a.Role) {
		return append(slices.Clip(a.Duties), a.Role)
	}
	return a.Duties
}

// beside is a duty that the account has or had beside r; empty: none.
func (a *Account) beside(r access.Role) access.Role {
	list := a.duties()
	if i := slices.IndexFunc(list, func(d access.Role) bool { return d != r }); i >= 0 {
		return list[i]
	}
	return ""
}

// Mixed are the accounts by which one person has or had two of the duties that are kept apart: those that came to them before
// duties were separated. Of an account that is disabled nothing is told.
func Mixed(list []Account) (names []string) {
	for i := range list {
		a := &list[i]
		if !a.Disabled && (len(a.duties()) > 1 || slices.ContainsFunc(list, func(o Account) bool {
			return o.Title == a.Title && !o.Disabled && a.like(&o) && slices.ContainsFunc(a.duties(), func(d access.Role) bool { return o.beside(d) != "" })
		})) {
			names = append(names, a.Name)
		}
	}
	return names
}
