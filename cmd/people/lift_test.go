package people

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/pipeline/codes"
)

// Who lifts whom, why and until when stands in the audit trail; what is refused does not.
func TestLift(t *testing.T) {
	dir, out := t.TempDir(), &bytes.Buffer{}
	d := &Desk{
		Out: out, Lang: codes.Zh, Invalid: func(err error) error { return errors.Join(errInvalid, err) },
		Zone: func() (Zone, error) { return Zone{Dir: dir, Local: func(at time.Time) time.Time { return at }}, nil },
	}
	b, err := account.Open(dir, account.Policy{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Add(account.New{Name: "wang", Role: access.Leader, By: "test"}); err != nil {
		t.Fatal(err)
	}
	until := time.Now().UTC().AddDate(0, 0, 7).Format(time.DateOnly)
	for _, bad := range []accessLiftCmd{{ofName{"wang"}, "small", "x", until}, {ofName{"wang"}, "small", "听证会材料", "明天"}, {ofName{"wang"}, "small", "听证会材料", "2020-01-01"}, {ofName{"li"}, "small", "听证会材料", until}, {ofName{"wang"}, "unmask", "听证会材料", until}} {
		if err := bad.Run(t.Context(), d); !errors.Is(err, errInvalid) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
	if err := (&accessLiftCmd{ofName{"wang"}, "small", "听证会材料", until}).Run(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if a, _, err := b.Find("wang"); err != nil || !b.Viewer(a).Can(access.Small) {
		t.Errorf("not lifted: %+v, %v", a.Lift, err)
	}
	if err := (&accessLowerCmd{ofName{"wang"}}).Run(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	if a, _, err := b.Find("wang"); err != nil || b.Viewer(a).Can(access.Small) {
		t.Errorf("still lifted: %+v, %v", a.Lift, err)
	}
	list, _, err := audit.Find(dir, audit.Query{Most: 10})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range list {
		got = append(got, e.Did+" "+e.What)
	}
	if text := strings.Join(got, "; "); len(list) != 2 || !strings.Contains(text, "lift wang small 至 "+until+": 听证会材料") || !strings.Contains(text, "lower wang") {
		t.Errorf("the trail says %s", text)
	}
}

var errInvalid = errors.New("invalid")
