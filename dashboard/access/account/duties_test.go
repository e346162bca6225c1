package account

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access"
)

// Where duties are separate, nobody comes by a second of the three: not by another role, not by way of one between, not by a second
// account that people call the same, and not by what the office's own sign-in says. Where they are joint, everybody may.
func TestDutiesApart(t *testing.T) {
	b, duties := book(t), []access.Role{access.Auditor, access.Security, access.Administrator}
	b.Policy.Duties = access.Separate
	add(t, b, "keeper", access.Security) // somebody who manages accounts stays, whatever becomes of the others
	for _, from := range duties {
		name := "a-" + string(from)
		add(t, b, name, from)
		for _, to := range duties {
			id := Identity{"https://sso.example", name + string(to)}
			if _, err := b.Vouched(id, New{Name: "v-" + string(from) + "-" + string(to), Role: from}); err != nil {
				t.Fatal(err)
			}
			ways := map[string]error{}
			ways["a role"] = b.Grant(name, to, nil)
			if err := b.Grant(name, access.Leader, nil); err != nil {
				t.Fatal(err)
			}
			ways["a role by way of another"] = b.Grant(name, to, nil)
			ways["an account"] = b.Add(New{Name: name + "-" + string(to), Title: name, Role: to})
			_, ways["the office's sign-in"] = b.Vouched(id, New{Name: "v-" + string(from) + "-" + string(to), Role: to})
			for way, err := range ways {
				if same := from == to; (err == nil) != same || err != nil && (!strings.Contains(err.Error(), "三员分立") || !strings.Contains(err.Error(), "duties are separate")) {
					t.Errorf("%s becomes %s by %s: %v", from, to, way, err)
				}
			}
			if a, _, _ := b.Find(name); a.Role.Duty() && a.Role != from {
				t.Fatalf("%s is %s now", name, a.Role)
			}
		}
		if a, _, _ := b.Find(name); b.Viewer(a).May.Has(access.Accounts|access.Audit) || b.Viewer(a).May.Has(access.Operate|access.Audit) || b.Viewer(a).May.Has(access.Operate|access.Accounts) {
			t.Errorf("%s may %b", from, b.Viewer(a).May)
		}
	}
	// who goes makes room for somebody else of that name
	if err := b.Remove("a-auditor"); err != nil {
		t.Fatal(err)
	}
	if err := b.Add(New{Name: "a-auditor", Role: access.Administrator}); err == nil { // a second account of theirs is still there
		t.Error("a-auditor is an administrator beside an account of the same title that audits")
	}
	if err := b.Remove("a-auditor-auditor"); err != nil {
		t.Fatal(err)
	}
	if err := b.Add(New{Name: "a-auditor", Role: access.Administrator}); err != nil {
		t.Error(err)
	}
	// what somebody was while duties were joint counts once they are separate
	b.Policy.Duties = access.Joint
	if err := b.Grant("a-auditor", access.Auditor, nil); err != nil {
		t.Error(err)
	}
	b.Policy.Duties = access.Separate
	if err := b.Grant("a-auditor", access.Auditor, nil); err == nil {
		t.Error("who administered audits what they did")
	}
}

// An account of before duties were marked keeps the one it has on the way through another role; every duty that somebody had while
// duties were joint counts, of their other account too; and of those who had two already is told.
func TestDutiesOfBefore(t *testing.T) {
	b := book(t)
	var list []string
	for _, a := range []string{"keeper security 管", "lu auditor 陆", "lu2 security 陆", "shen auditor 沈", "wu leader 吴"} {
		f := strings.Fields(a)
		list = append(list, fmt.Sprintf(`{"name":%q,"title":%q,"role":%q,"made":"2026-01-05T00:00:00Z","by":"guan","epoch":1}`, f[0], f[2], f[1]))
	}
	if err := os.WriteFile(b.kept.File, []byte(`{"version":1,"accounts":[`+strings.Join(list, ",")+`]}`), 0o600); err != nil {
		t.Fatal(err)
	}
	grant := func(name string, r access.Role) error { return b.Grant(name, r, nil) }
	id := func(subject string) Identity { return Identity{"https://sso.example", subject} }
	b.Policy.Duties = access.Separate
	for what, err := range map[string]error{
		"leader":    grant("shen", access.Leader),
		"as before": grant("lu", access.Auditor), // called like another all the time
	} {
		if err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	b.Policy.Duties = access.Joint
	for _, r := range []access.Role{access.Auditor, access.Administrator} {
		if err := grant("wu", r); err != nil {
			t.Fatal(err)
		}
	}
	b.Policy.Duties = access.Separate
	ways := map[string]error{
		"by way of another":       grant("shen", access.Security),
		"back":                    grant("wu", access.Auditor),
		"a second account, first": b.Add(New{Name: "wu2", Title: "吴", Role: access.Auditor}),
		"a second account, last":  b.Add(New{Name: "wu3", Title: "吴", Role: access.Administrator}),
	}
	_, ways["the office's sign-in"] = b.Vouched(id("1"), New{Name: "wu4", Title: "吴", Role: access.Auditor})
	for way, err := range ways {
		if no, ok := err.(*Refusal); !ok || no.Code != Apart {
			t.Errorf("%s: %v", way, err)
		}
	}
	// two people of one name whom the office's own sign-in knows as two, at every sign-in
	for range 2 {
		for subject, r := range map[string]access.Role{"7": access.Auditor, "8": access.Administrator} {
			if _, err := b.Vouched(id(subject), New{Name: "zhang" + subject, Title: "张伟", Role: r}); err != nil {
				t.Error(err)
			}
		}
	}
	all, err := b.All()
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(Mixed(all), " "); got != "lu lu2 wu" {
		t.Errorf("two duties: %s", got)
	}
	if err := b.Disable("lu2"); err != nil {
		t.Fatal(err)
	}
	if all, err = b.All(); err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(Mixed(all), " "); got != "wu" {
		t.Errorf("two duties, after one is disabled: %s", got)
	}
}

// A password that is older than it may be lets in nobody but to change it, once.
func TestAged(t *testing.T) {
	b, now := book(t), time.Now()
	b.now, b.Policy.Age = func() time.Time { return now }, 24*time.Hour
	add(t, b, "wang", access.Leader)
	owes := func() Debt {
		a, _, err := b.Find("wang")
		if err != nil {
			t.Fatal(err)
		}
		if v := b.Viewer(a); v.Owes != (b.Owes(a) != "") || v.Owes && access.To(access.View).Judge(v) != access.Owing {
			t.Errorf("%+v", v)
		}
		return b.Owes(a)
	}
	if got := owes(); got != "" {
		t.Errorf("a new password: %q", got)
	}
	now = now.Add(24 * time.Hour)
	if got := owes(); got != "" {
		t.Errorf("on its last moment: %q", got)
	}
	now = now.Add(time.Second)
	if got := owes(); got != Aged {
		t.Errorf("a day and a second later: %q", got)
	}
	if err := b.SetPassword("wang", good); err == nil {
		t.Error("the same password again")
	}
	if err := b.SetPassword("wang", "kettle 山雀 mosaic 8"); err != nil || owes() != "" {
		t.Errorf("changed: %v %q", err, owes())
	}
}
