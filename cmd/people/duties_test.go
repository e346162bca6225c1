package people

import (
	"strings"
	"testing"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
)

// Doctor names who had two of the three before they were separated, and says nothing where they are joint.
func TestDoctorOfDuties(t *testing.T) {
	dir := t.TempDir()
	b, err := account.Open(dir, account.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	told := func(d access.Duties) (line string) {
		Doctor(Zone{Dir: dir, Policy: account.Policy{Duties: d}}, func(_, en string) string { return en }, func(state, what, detail string) { line = state + " " + what + " " + detail })
		return line
	}
	for _, r := range []access.Role{access.Auditor, access.Security} {
		if err := b.Add(account.New{Name: "w-" + string(r), Title: "王", Role: r}); err != nil {
			t.Fatal(err)
		}
		want := map[access.Role]string{access.Auditor: "ok duties ", access.Security: "warn duties "}[r]
		if got := told(access.Separate); !strings.HasPrefix(got, want) || strings.Contains(got, "w-auditor, w-security") != (r == access.Security) {
			t.Errorf("%s: %q", r, got)
		}
	}
	if got := told(access.Joint); got != "" {
		t.Errorf("joint: %q", got)
	}
}
