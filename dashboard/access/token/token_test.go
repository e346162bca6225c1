package token

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
)

type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func open(t *testing.T) (*Shelf, *account.Book, *clock) {
	t.Helper()
	dir := t.TempDir()
	b, err := account.Open(dir, account.Policy{Length: 12, Idle: time.Hour, Absolute: time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []account.New{
		{Name: "li", Role: access.Analyst},
		{Name: "park", Role: access.Leader, Scopes: []access.Scope{{Dim: "park", Values: []string{"magnet", "alloy"}}}},
		{Name: "bot", Role: access.Agent},
		{Name: "wall", Role: access.Display},
	} {
		if err := b.Add(n); err != nil {
			t.Fatal(err)
		}
	}
	s, err := Open(dir, b)
	if err != nil {
		t.Fatal(err)
	}
	c := &clock{time.Now()}
	s.now = c.now
	return s, b, c
}

func (s *Shelf) must(t *testing.T, n New) (string, Token) {
	t.Helper()
	secret, made, err := s.Make(n)
	if err != nil {
		t.Fatal(err)
	}
	return secret, made
}

func (s *Shelf) in(t *testing.T, secret string) *access.Viewer {
	t.Helper()
	v, _, _, err := s.Who(secret, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// A token lets in what its account may do, or the part that it is for, until its time is over, it is taken back, or its
// account goes.
func TestWho(t *testing.T) {
	s, b, c := open(t)
	secret, made := s.must(t, New{Account: "li", Name: "report", Rights: []string{"view", "export"}, By: "li"})
	if !strings.HasPrefix(secret, "yz_") || len(secret) != 46 || made.Until.Sub(made.Made) != 90*24*time.Hour {
		t.Errorf("%d characters, %v", len(secret), made.Until.Sub(made.Made))
	}
	v := s.in(t, secret)
	if v == nil || v.Name != "li" || v.May != access.View|access.Export || v.Token != made.ID || v.From != "192.0.2.1" {
		t.Fatalf("%+v", v)
	}
	for _, wrong := range []string{"", "yz_", secret[:45], secret + "A", strings.ToLower(secret), strings.TrimPrefix(secret, "yz_"), made.Hash, "yz_" + made.Hash, strings.Repeat("yz_", 5000)} {
		if s.in(t, wrong) != nil {
			t.Errorf("%.60q lets somebody in", wrong)
		}
	}
	text, err := os.ReadFile(s.kept.File)
	if err != nil || strings.Contains(string(text), secret[3:]) {
		t.Errorf("the file holds the secret: %v", err)
	}
	if info, _ := os.Stat(s.kept.File); info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v", info.Mode())
	}
	if err := b.Disable("li"); err != nil {
		t.Fatal(err)
	}
	if s.in(t, secret) != nil {
		t.Error("the token of a disabled account")
	}
	if err := b.Enable("li"); err != nil {
		t.Fatal(err)
	}
	// a role that lacks the right takes it from the token too
	if err := b.Grant("li", access.Auditor, nil); err != nil {
		t.Fatal(err)
	}
	if v := s.in(t, secret); v == nil || v.May != 0 {
		t.Errorf("after another role: %+v", v)
	}
	if err := b.Grant("li", access.Analyst, nil); err != nil {
		t.Fatal(err)
	}
	c.at = made.Until
	if s.in(t, secret) != nil {
		t.Error("the token is over")
	}
	c.at = made.Made.Add(time.Hour)
	if s.in(t, secret) == nil {
		t.Error("before it is over")
	}
	// an account of the same name that was made anew is another
	if err := b.Remove("li"); err != nil {
		t.Fatal(err)
	}
	if err := b.Add(account.New{Name: "li", Role: access.Administrator}); err != nil {
		t.Fatal(err)
	}
	if s.in(t, secret) != nil {
		t.Error("the token of who had this name before")
	}
}

// A token that is taken back is over at once, in another process too; only its owner or who may do so takes it back.
func TestRevoke(t *testing.T) {
	s, b, _ := open(t)
	secret, made := s.must(t, New{Account: "li", Name: "x", By: "li"})
	other, err := Open(filepath.Dir(s.kept.File), b)
	if err != nil {
		t.Fatal(err)
	}
	if other.in(t, secret) == nil {
		t.Fatal("it was never in")
	}
	if _, err := s.Revoke(made.ID, "park"); err == nil {
		t.Error("somebody else takes it back")
	}
	if _, err := s.Revoke(made.ID, "li"); err != nil {
		t.Fatal(err)
	}
	for _, x := range []*Shelf{s, other} {
		if x.in(t, secret) != nil {
			t.Error("it was taken back")
		}
	}
	// that it was used is not written over its end
	if err := other.used(made.ID, "192.0.2.1"); err == nil {
		t.Error("a use brought it back")
	}
	a, _ := s.must(t, New{Account: "li", Name: "a", By: "li"})
	p, _ := s.must(t, New{Account: "park", Name: "p", By: "park"})
	if err := s.RevokeAll("li"); err != nil {
		t.Fatal(err)
	}
	if s.in(t, a) != nil || s.in(t, p) == nil {
		t.Error("all tokens of one account, and no other")
	}
}

// A token may do no more than its account: neither when it is made nor when the account is narrowed later.
func TestNoEscalation(t *testing.T) {
	s, b, _ := open(t)
	magnet := []access.Scope{{Dim: "park", Values: []string{"magnet"}}}
	for name, n := range map[string]New{
		"a right":          {Account: "li", Name: "x", Rights: []string{"accounts"}},
		"unmask":           {Account: "li", Name: "x", Rights: []string{"view", "unmask"}},
		"no such right":    {Account: "li", Name: "x", Rights: []string{"everything"}},
		"a scope":          {Account: "park", Name: "x", Scopes: []access.Scope{{Dim: "park", Values: []string{"magnet", "moly"}}}},
		"an unknown scope": {Account: "park", Name: "x", Scopes: []access.Scope{{Dim: "planet", Values: []string{"x"}}}},
		"no value":         {Account: "park", Name: "x", Scopes: []access.Scope{{Dim: "park"}}},
		"too long":         {Account: "li", Name: "x", Days: 366},
		"no time":          {Account: "li", Name: "x", Days: -1},
		"no name":          {Account: "li", Name: " "},
		"a long name":      {Account: "li", Name: strings.Repeat("长", 61)},
		"nobody":           {Account: "nobody", Name: "x"},
		"a display":        {Account: "wall", Name: "x"},
	} {
		if _, _, err := s.Make(n); err == nil {
			t.Errorf("%s: it was made", name)
		}
	}
	secret, _ := s.must(t, New{Account: "park", Name: "x", Scopes: magnet})
	if v := s.in(t, secret); len(v.Scopes) != 1 || len(v.Scopes[0].Values) != 1 || v.Scopes[0].Values[0] != "magnet" {
		t.Errorf("%+v", v)
	}
	// the account moves to another park: nothing lies in both
	if err := b.Grant("park", access.Leader, []access.Scope{{Dim: "park", Values: []string{"alloy"}}}); err != nil {
		t.Fatal(err)
	}
	if v := s.in(t, secret); v != nil {
		t.Errorf("%+v", v)
	}
	// a token without scopes follows the account
	follows, _ := s.must(t, New{Account: "park", Name: "y"})
	if v := s.in(t, follows); v.Part() != `[{"park" ["alloy"]}] few` {
		t.Errorf("%s", v.Part())
	}
	for i := range mostOfOne + 5 {
		_, _, err := s.Make(New{Account: "bot", Name: "x"})
		if (err == nil) != (i < mostOfOne) {
			t.Errorf("token %d: %v", i, err)
		}
	}
}

// A use is written down once in ten minutes.
func TestUsed(t *testing.T) {
	s, _, c := open(t)
	secret, made := s.must(t, New{Account: "li", Name: "x"})
	notes := 0
	for range 30 {
		_, _, noted, err := s.Who(secret, "192.0.2.7")
		if err != nil {
			t.Fatal(err)
		}
		if noted {
			notes++
		}
		c.at = c.at.Add(time.Minute)
	}
	list, _ := s.Of("li")
	if notes != 3 || list[0].ID != made.ID || list[0].From != "192.0.2.7" || list[0].Used.IsZero() {
		t.Errorf("%d notes, %+v", notes, list)
	}
}

// A file that cannot be read lets nobody in.
func TestFailsClosed(t *testing.T) {
	s, b, _ := open(t)
	secret, _ := s.must(t, New{Account: "li", Name: "x"})
	for _, text := range []string{"", "{", `{"version":2,"tokens":[]}`, `{"version":1,"tokens":[],"more":1}`} {
		if err := os.WriteFile(s.kept.File, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if v, _, _, err := s.Who(secret, ""); v != nil || err == nil {
			t.Errorf("%q: %v %v", text, v, err)
		}
		if _, err := Open(filepath.Dir(s.kept.File), b); err == nil {
			t.Errorf("%q was opened", text)
		}
	}
}
