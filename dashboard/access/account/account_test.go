package account

import (
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"yanzhen/dashboard/access"
)

func TestMain(m *testing.M) {
	hashMemory = 1 << 10
	m.Run()
}

// What is kept of a password says what it cost: a file written by another build is read by what it says there.
func TestCost(t *testing.T) {
	hashMemory = usualMemory
	defer func() { hashMemory = 1 << 10 }()
	old := hash(good)
	hashMemory = 2 << 10
	if !matches(old, good) {
		t.Error("a password of another cost is not known again")
	}
	hashMemory = usualMemory
	for _, bad := range []string{"", "$argon2id$v=19$m=99999999,t=2,p=1$AAAA$AAAA", "$argon2id$v=19$m=65536,t=2,p=1$!$", "$2a$10$x", old[:40]} {
		if matches(bad, good) || matches(bad, "") {
			t.Errorf("%q matches", bad)
		}
	}
	if kept := hash(good); !strings.HasPrefix(kept, "$argon2id$v=19$m=65536,t=2,p=1$") || !matches(kept, good) || matches(kept, good+"x") {
		t.Error(kept)
	}
}

const good = "松鼠 lamplight 42 drizzle"

func book(t *testing.T) *Book {
	t.Helper()
	b, err := Open(t.TempDir(), Policy{Length: 12, Idle: time.Hour, Absolute: 12 * time.Hour, Words: []string{"青田开发区"}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func add(t *testing.T, b *Book, name string, r access.Role) {
	t.Helper()
	if err := b.Add(New{Name: name, Role: r}); err != nil {
		t.Fatal(err)
	}
	if err := b.SetPassword(name, good); err != nil {
		t.Fatal(err)
	}
}

// A list of leaked passwords is searched where it lies, from its first line to its last.
func TestBreached(t *testing.T) {
	name := filepath.Join(t.TempDir(), "leaked")
	var lines []string
	for i := range 2000 {
		sum := sha1.Sum([]byte("leaked tundra 茶壶 " + strconv.Itoa(i)))
		lines = append(lines, strings.ToUpper(hex.EncodeToString(sum[:]))+":"+strconv.Itoa(i*i))
	}
	slices.Sort(lines)
	for _, text := range []string{strings.Join(lines, "\n"), strings.Join(lines, "\r\n") + "\r\n", strings.ToLower(strings.Join(lines, "\n")) + "\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		for i := range 2000 {
			if known, err := breached(name, "leaked tundra 茶壶 "+strconv.Itoa(i)); err != nil || !known {
				t.Fatalf("%d: %v %v", i, known, err)
			}
			if known, err := breached(name, "other tundra 茶壶 "+strconv.Itoa(i)); err != nil || known {
				t.Fatalf("%d: %v %v", i, known, err)
			}
		}
	}
	b := book(t)
	b.Policy.Breached = name
	add(t, b, "wang", access.Leader)
	var no *Refusal
	if err := b.SetPassword("wang", "leaked tundra 茶壶 7"); !errors.As(err, &no) || !strings.Contains(no.Text.En, "leaked") {
		t.Error(err)
	}
	b.Policy.Breached = name + ".gone"
	if err := b.SetPassword("wang", "kettle 山雀 mosaic 8"); err == nil {
		t.Error("a password was set without asking the list")
	}
}

// A sign-in that fails computes one hash whatever is wrong, so that its time does not tell whether there is such an account.
func TestSignInCostsTheSame(t *testing.T) {
	b := book(t)
	add(t, b, "wang", access.Leader)
	add(t, b, "li", access.Leader)
	if err := b.Disable("li"); err != nil {
		t.Fatal(err)
	}
	if err := b.Add(New{Name: "new", Role: access.Leader}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Vouched(Identity{"https://sso.example", "7"}, New{Name: "zhao", Role: access.Leader}); err != nil {
		t.Fatal(err)
	}
	was := turns
	defer func() { turns = was }()
	counted := make(chan struct{})
	turns = counted
	hashes := 0
	go func() {
		for range counted {
			hashes++
			counted <- struct{}{}
		}
	}()
	for _, name := range []string{"wang", "nobody", "li", "local", "new", "zhao", "", strings.Repeat("x", 5000)} {
		before := hashes
		if _, got, _, err := b.SignIn(&Pace{}, Try{Name: name, Password: "not the password", From: "10.0.0.1"}); err != nil || got != Wrong {
			t.Errorf("%.20q: %v %v", name, got, err)
		}
		if n := hashes - before; n != 1 {
			t.Errorf("%.20q: %d hashes, want 1", name, n)
		}
	}
}

// Sessions end where an account, or everybody, is signed out.
func TestSignOut(t *testing.T) {
	b := book(t)
	s, err := OpenSessions(t.TempDir(), b, slog.Default())
	if err != nil {
		t.Fatal(err)
	}
	in := map[string]string{}
	enter := func() {
		for _, name := range []string{"wang", "zhao"} {
			a, _, _ := b.Find(name)
			if in[name], err = s.Begin(a, "x", "y"); err != nil {
				t.Fatal(err)
			}
		}
	}
	who := func() (names string) {
		for _, name := range []string{"wang", "zhao"} {
			if v, _ := s.Who(in[name]); v != nil {
				names += v.Name
			}
		}
		return names
	}
	add(t, b, "wang", access.Leader)
	add(t, b, "zhao", access.Leader)
	enter()
	if err := b.SignOut("wang"); err != nil || who() != "zhao" {
		t.Errorf("%v: %s are in", err, who())
	}
	enter()
	if err := b.SignOut(""); err != nil || who() != "" {
		t.Errorf("%v: %s are in", err, who())
	}
	if err := b.SignOut("nobody"); err == nil {
		t.Error("nobody was signed out")
	}
}

// A password that is short, common, the zone's name or one of the last is refused; what is kept of one is argon2id.
func TestPasswords(t *testing.T) {
	b := book(t)
	add(t, b, "wang", access.Leader)
	for _, bad := range []string{"", "short", "password1234", "123456789012", "qwertyuiop[]", "aaaaaaaaaaaaaaaa", "青田开发区青田开发区青", "yanzhen202611", "wang20261128", strings.Repeat("好", 129), good, "bad\nbad long enough"} {
		if err := b.SetPassword("wang", bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
	for i, next := range []string{"tundra 茶壶 violet 7", "kettle 山雀 mosaic 8", "walnut 灯塔 ribbon 9", "copper 雨靴 lantern 3"} {
		if err := b.SetPassword("wang", next); err != nil {
			t.Fatal(i, err)
		}
	}
	if err := b.SetPassword("wang", good); err == nil {
		t.Error("one of the last five passwords was taken again")
	}
	text, err := os.ReadFile(filepath.Join(filepath.Dir(b.kept.File), "accounts.json"))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "lantern") || !strings.Contains(string(text), "$argon2id$v=19$m=") {
		t.Errorf("the file holds %s", text)
	}
	if info, _ := os.Stat(b.kept.File); info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v", info.Mode())
	}
}

// What is wrong about a try is not told: name, password, code, disabled. After a few the next waits longer and longer,
// whether there is such an account or not.
func TestSignIn(t *testing.T) {
	b := book(t)
	now := time.Date(2026, 11, 28, 9, 0, 0, 0, time.UTC)
	b.now = func() time.Time { return now }
	add(t, b, "wang", access.Leader)
	add(t, b, "li", access.Leader)
	if err := b.Disable("li"); err != nil {
		t.Fatal(err)
	}
	for _, x := range []struct {
		name, password string
		want           Outcome
	}{{" WANG ", good, In}, {"wang", good + "x", Wrong}, {"nobody", good, Wrong}, {"li", good, Wrong}, {"local", "", Wrong}, {"wang", "", Wrong}} {
		if _, got, _, err := b.SignIn(&Pace{}, Try{Name: x.name, Password: x.password, From: "10.0.0.1"}); err != nil || got != x.want {
			t.Errorf("%q %q: %v %v, want %v", x.name, x.password, got, err, x.want)
		}
	}
	for _, name := range []string{"wang", "nobody"} {
		p := &Pace{}
		var waits []time.Duration
		for range 9 {
			_, outcome, wait, err := b.SignIn(p, Try{Name: name, Password: "no", From: "10.0.0." + name})
			if err != nil {
				t.Fatal(err)
			}
			if outcome == Later {
				waits = append(waits, wait)
				now = now.Add(wait)
			}
		}
		if len(waits) < 2 || waits[1] <= waits[0] {
			t.Errorf("%s: waits %v, want some that grow", name, waits)
		}
	}
}

// Of tries that come at the same moment no more are looked at than of as many that come one after another; those that are right
// come in, however many they are.
func TestTriesAtOnce(t *testing.T) {
	b := book(t)
	add(t, b, "wang", access.Leader)
	const many = 40
	try := func(p *Pace, of func(i int) Try) map[Outcome]int {
		was, clock := turns, b.now
		defer func() { turns, b.now = was, clock }()
		turns = make(chan struct{}, 2)
		turns <- struct{}{}
		turns <- struct{}{} // nothing is hashed before everybody has begun
		var begun atomic.Int32
		b.now = func() time.Time { begun.Add(1); return clock() }
		got := make(chan Outcome)
		for i := range many {
			go func() {
				_, outcome, _, err := b.SignIn(p, of(i))
				if err != nil {
					t.Error(err)
				}
				got <- outcome
			}()
		}
		for begun.Load() < many {
			runtime.Gosched()
		}
		<-turns
		<-turns
		count := map[Outcome]int{}
		for range many {
			count[<-got]++
		}
		if len(p.under) != 0 {
			t.Errorf("%v are still under way", p.under)
		}
		return count
	}
	for _, x := range []struct {
		name string
		of   func(i int) Try
		want map[Outcome]int
	}{
		{"one name from everywhere", func(i int) Try { return Try{Name: "wang", Password: "no", From: fmt.Sprint("10.0.0.", i)} }, map[Outcome]int{Wrong: freeByName, Later: many - freeByName}},
		{"nobody's name", func(i int) Try { return Try{Name: "nobody", Password: "no", From: fmt.Sprint("10.0.0.", i)} }, map[Outcome]int{Wrong: freeByName, Later: many - freeByName}},
		{"many names from one address", func(i int) Try { return Try{Name: fmt.Sprint("n", i), Password: "no", From: "10.0.0.1"} }, map[Outcome]int{Wrong: freeByFrom, Later: many - freeByFrom}},
		{"the right password", func(int) Try { return Try{Name: "wang", Password: good, From: "10.0.0.1"} }, map[Outcome]int{In: many}},
	} {
		if got := try(&Pace{}, x.of); !maps.Equal(got, x.want) {
			t.Errorf("%s: %v, want %v", x.name, got, x.want)
		}
	}
}

// Names that strangers type do not fill the memory.
func TestPaceIsBounded(t *testing.T) {
	p := &Pace{}
	now := time.Now()
	for i := range mostPaces + 500 {
		p.failed(now.Add(time.Duration(i)*time.Millisecond), "n"+time.Duration(i).String(), "f")
	}
	if len(p.tries) > mostPaces+1 {
		t.Errorf("%d are remembered, at most %d may be", len(p.tries), mostPaces)
	}
}

// A code counts once, and only with the password.
func TestSecondFactor(t *testing.T) {
	b := book(t)
	now := time.Date(2026, 11, 28, 9, 0, 5, 0, time.UTC)
	b.now = func() time.Time { return now }
	add(t, b, "wang", access.Leader)
	o, err := OfferFactor("Yanzhen", "wang")
	if err != nil || !plausible(o.Secret) || !strings.HasPrefix(o.Image, "data:image/png;base64,") {
		t.Fatal(o.Secret, err)
	}
	code := func() string {
		c, err := totp.GenerateCode(o.Secret, now)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	if err := b.ConfirmFactor("wang", o.Secret, "000000"); err == nil {
		t.Error("a wrong code confirms")
	}
	if err := b.ConfirmFactor("wang", o.Secret, code()); err != nil {
		t.Fatal(err)
	}
	try := func(code string) Outcome {
		_, out, _, err := b.SignIn(&Pace{}, Try{Name: "wang", Password: good, Code: code})
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	if try("") != Wrong || try(code()) != Wrong {
		t.Error("without a code, or with the one that confirmed, somebody came in")
	}
	now = now.Add(time.Minute)
	if c := code(); try(c) != In || try(c) != Wrong {
		t.Error("a code must count once")
	}
	// a code of the step before or after counts, but not where codes are strict; everybody then owes a second factor
	now = now.Add(time.Hour)
	late, early := now.Add(-30*time.Second), now.Add(30*time.Second)
	at := func(t0 time.Time) string { c, _ := totp.GenerateCode(o.Secret, t0); return c }
	b.Policy.Strict = true
	if try(at(late)) != Wrong || try(at(early)) != Wrong || try(code()) != In {
		t.Error("strict codes count in their own 30 seconds, and only there")
	}
	add(t, b, "li", access.Analyst)
	a, _, err := b.Find("li")
	if err != nil || b.Owes(a) != Factored {
		t.Errorf("an analyst without a second factor: %v, owes %q", err, b.Owes(a))
	}
	b.Policy.Strict = false
	now = now.Add(time.Hour)
	if b.Owes(a) != "" || try(at(now.Add(-30*time.Second))) != In || try(at(now.Add(30*time.Second))) != In {
		t.Error("a code of the step before or after counts where nothing is strict")
	}
}

// A link is used once, by whoever comes first, and not after its time; that of a display holds until it is withdrawn.
func TestLinks(t *testing.T) {
	b := book(t)
	now := time.Now()
	b.now = func() time.Time { return now }
	text, kind, err := b.MakeLink(Local, "root")
	if err != nil || kind != Console {
		t.Fatal(kind, err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	used := 0
	for range 8 {
		wg.Go(func() {
			if _, ok, err := b.UseLink(text); err == nil && ok {
				mu.Lock()
				used++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if used != 1 {
		t.Errorf("a link was used %d times", used)
	}
	text, _, _ = b.MakeLink(Local, "root")
	now = now.Add(consoleLasts + time.Second)
	if _, ok, _ := b.UseLink(text); ok {
		t.Error("a link was used after its time")
	}
	if err := b.Add(New{Name: "hall", Role: access.Display}); err != nil {
		t.Fatal(err)
	}
	text, kind, _ = b.MakeLink("hall", "root")
	now = now.AddDate(1, 0, 0)
	for range 2 {
		if _, ok, _ := b.UseLink(text); !ok || kind != Screen {
			t.Error("the link of a display does not hold")
		}
	}
	if err := b.Withdraw("hall"); err != nil {
		t.Fatal(err)
	}
	if _, ok, _ := b.UseLink(text); ok {
		t.Error("a link that was withdrawn still holds")
	}
}

// A link that invites sets one password, whoever comes by it at the same moment.
func TestInviteAtOnce(t *testing.T) {
	b := book(t)
	if err := b.Add(New{Name: "wang", Role: access.Leader}); err != nil {
		t.Fatal(err)
	}
	text, _, err := b.MakeLink("wang", "test")
	if err != nil {
		t.Fatal(err)
	}
	was := turns
	defer func() { turns = was }()
	turns = make(chan struct{}) // both are let in to hash, one after the other, when both have found the link
	const other = "a quite other lamplight 77"
	won := make(chan string, 2)
	for _, password := range []string{good, other} {
		go func() {
			_, ok, err := b.UseInvite(text, password)
			if err != nil {
				t.Error(err)
			}
			if !ok {
				password = ""
			}
			won <- password
		}()
	}
	<-turns
	<-turns
	turns <- struct{}{}
	turns <- struct{}{}
	turns = was
	first, second := <-won, <-won
	if first+second == "" || first != "" && second != "" {
		t.Fatalf("one has used the link: %q, %q", first, second)
	}
	for _, password := range []string{good, other} {
		_, got, _, err := b.SignIn(&Pace{}, Try{Name: "wang", Password: password, From: "10.0.0.1"})
		if err != nil || (got == In) != (password == first+second) {
			t.Errorf("%q: %v %v", password, got, err)
		}
	}
	if _, ok, err := b.UseInvite(text, good+"x"); ok || err != nil {
		t.Errorf("a link that was used: %v %v", ok, err)
	}
}

// Sessions outlive a restart; they end by time, by a new password, by another role, by being disabled. Their secrets are
// not in the file.
func TestSessions(t *testing.T) {
	b := book(t)
	now := time.Now()
	b.now = func() time.Time { return now }
	dir := filepath.Dir(b.kept.File)
	add(t, b, "wang", access.Leader)
	in := func() (*Sessions, string) {
		s, err := OpenSessions(dir, b, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		a, _, _ := b.Find("wang")
		secret, err := s.Begin(a, "10.0.0.1", "a browser")
		if err != nil {
			t.Fatal(err)
		}
		return s, secret
	}
	who := func(s *Sessions, secret string) bool {
		v, err := s.Who(secret)
		if err != nil {
			t.Fatal(err)
		}
		return v != nil
	}
	s, secret := in()
	if text, _ := os.ReadFile(s.file); strings.Contains(string(text), secret) {
		t.Error("the secret of a session is in the file")
	}
	again, err := OpenSessions(dir, b, slog.New(slog.DiscardHandler))
	if err != nil || !who(again, secret) || who(again, "x"+secret) || who(again, "") {
		t.Error("a restart signs out, or something else signs in", err)
	}
	now = now.Add(59 * time.Minute)
	if v, err := s.Still(secret); v == nil || err != nil {
		t.Error("an hour has not passed", err)
	}
	now = now.Add(time.Minute + time.Second)
	if v, err := s.Still(secret); v != nil || err != nil {
		t.Error("a look whether a session goes on makes it go on", err)
	}
	if who(s, secret) {
		t.Error("an idle session goes on")
	}
	s, secret = in()
	for range 13 {
		now = now.Add(55 * time.Minute)
		who(s, secret)
	}
	now = now.Add(10 * time.Minute)
	if who(s, secret) {
		t.Error("a session has no end")
	}
	for name, change := range map[string]func() error{
		"password": func() error { return b.SetPassword("wang", "tundra 茶壶 violet 7") },
		"role":     func() error { return b.Grant("wang", access.Analyst, nil) },
		"disable":  func() error { return b.Disable("wang") },
		"remove":   func() error { return b.Remove("wang") },
	} {
		if err := b.Enable("wang"); err != nil {
			add(t, b, "wang", access.Leader)
		}
		s, secret := in()
		if !who(s, secret) {
			t.Fatal(name)
		}
		if err := change(); err != nil {
			t.Fatal(name, err)
		}
		if v, err := s.Still(secret); who(s, secret) || v != nil || err != nil {
			t.Errorf("%s: the session goes on (%v)", name, err)
		}
	}
	a, _, _ := b.Find("wang")
	for range mostOfOne + 5 {
		if _, err := s.Begin(a, "", strings.Repeat("x", 5000)); err != nil {
			t.Fatal(err)
		}
	}
	if list, _ := s.Of(a, ""); len(list) > mostOfOne || len(list) > 0 && len(list[0].Agent) > 200 {
		t.Errorf("%d sessions of one account", len(list))
	}
}

// Two processes change accounts at once and neither loses what the other wrote.
func TestTwoWriters(t *testing.T) {
	one := book(t)
	other, err := Open(filepath.Dir(one.kept.File), one.Policy)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i, b := range []*Book{one, other} {
		wg.Go(func() {
			for j := range 20 {
				if err := b.Add(New{Name: string(rune('a'+i)) + string(rune('a'+j)), Role: access.Leader}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	for _, b := range []*Book{one, other} {
		if list, err := b.All(); err != nil || len(list) != 40 {
			t.Errorf("%d accounts, want 40 (%v)", len(list), err)
		}
	}
}

// A file that is cut or changed by hand lets nobody in; names that could be something else are refused; the last who
// manages accounts stays.
func TestFailsClosed(t *testing.T) {
	b := book(t)
	add(t, b, "root", access.Administrator)
	for _, name := range []string{"", "A", "../x", "a b", "a\nb", "-x", strings.Repeat("a", 65), "local", "root"} {
		if err := b.Add(New{Name: name, Role: access.Leader}); err == nil {
			t.Errorf("an account %q was made", name)
		}
	}
	for _, err := range []error{b.Add(New{Name: "x", Role: "king"}), b.Add(New{Name: "x", Role: access.Sender}), b.Grant("root", access.Leader, nil), b.Disable("root"), b.Remove("root")} {
		if err == nil {
			t.Error("a change that must be refused was made")
		}
	}
	text, _ := os.ReadFile(b.kept.File)
	for _, bad := range []string{string(text[:len(text)/2]), `{"version":9,"accounts":[]}`, `{"version":1,"accounts":[{"name":"x","role":"king"}]}`, "{}"} {
		if err := os.WriteFile(b.kept.File, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(filepath.Dir(b.kept.File), b.Policy); err == nil {
			t.Errorf("%.40s was read", bad)
		}
	}
}

func TestScopes(t *testing.T) {
	got, err := ParseScopes(" park = a，b ; sender=人社局、教育局;")
	if err != nil || WriteScopes(got) != "park=a,b; sender=人社局,教育局" {
		t.Errorf("%v %v", got, err)
	}
	if _, err := ParseScopes("park"); err == nil {
		t.Error("a scope without values was read")
	}
}

func FuzzScopes(f *testing.F) {
	f.Add("park=a,b; sender=c")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseScopes(text)
		if err != nil {
			return
		}
		if again, err := ParseScopes(WriteScopes(got)); err != nil || WriteScopes(again) != WriteScopes(got) {
			t.Errorf("%q: %v, again %v (%v)", text, got, again, err)
		}
	})
}

// A lift shows figures of few people to an account until its day, with a reason; nobody else and nothing else is lifted.
func TestLift(t *testing.T) {
	b, err := Open(t.TempDir(), Policy{})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 6, 1, 8, 0, 0, 0, time.UTC)
	b.now = func() time.Time { return now }
	for name, role := range map[string]access.Role{"wang": access.Leader, "li": access.Analyst, "sun": access.Auditor} {
		if err := b.Add(New{Name: name, Role: role, By: "test"}); err != nil {
			t.Fatal(err)
		}
	}
	day := func(n int) time.Time { return now.AddDate(0, 0, n) }
	for _, c := range []struct {
		name string
		l    Lift
	}{
		{"wang", Lift{Right: access.Small, Until: day(3), Reason: " "}},
		{"wang", Lift{Right: access.Small, Until: day(-1), Reason: "听证会材料"}},
		{"wang", Lift{Right: access.Small, Until: day(40), Reason: "听证会材料"}},
		{"li", Lift{Right: access.Small, Until: day(3), Reason: "听证会材料"}},
		{"sun", Lift{Right: access.Small, Until: day(3), Reason: "听证会材料"}},
		{"nobody", Lift{Right: access.Small, Until: day(3), Reason: "听证会材料"}},
		{"wang", Lift{Right: access.Small, Until: day(3), Reason: strings.Repeat("长", 200)}},
		{"wang", Lift{Right: access.Unmask, Until: day(3), Reason: "听证会材料"}},
		{"wang", Lift{Right: access.Rows, Until: day(3), Reason: "听证会材料"}},
	} {
		var no *Refusal
		if err := b.Raise(c.name, c.l); !errors.As(err, &no) {
			t.Errorf("%s %+v: %v", c.name, c.l, err)
		}
	}
	sees := func(name string) bool {
		t.Helper()
		a, _, err := b.Find(name)
		if err != nil {
			t.Fatal(err)
		}
		return b.Viewer(a).Can(access.Small)
	}
	if sees("wang") || !sees("li") {
		t.Error("a leader sees few people, or an analyst does not")
	}
	if err := b.Raise("wang", Lift{Right: access.Small, Until: day(3), Reason: "听证会材料", By: "zhao"}); err != nil {
		t.Fatal(err)
	}
	if a, _, _ := b.Find("wang"); !sees("wang") || a.Lift.By != "zhao" || b.Viewer(a).Can(access.Rows) || b.Viewer(a).Part() != "" {
		t.Errorf("%+v", a.Lift)
	}
	now = day(4)
	if sees("wang") {
		t.Error("it holds after its day")
	}
	now = day(-4)
	if err := b.Lower("wang"); err != nil || sees("wang") {
		t.Errorf("it holds after its end: %v", err)
	}
	unmasks := func() bool {
		a, _, err := b.Find("li")
		return err != nil || b.Viewer(a).Can(access.Unmask)
	}
	if unmasks() {
		t.Error("an analyst sees what masks hide")
	}
	if err := b.Raise("li", Lift{Right: access.Unmask, Until: day(7), Reason: "听证会材料", By: "zhao"}); err != nil || !unmasks() || sees("wang") {
		t.Errorf("not given: %v", err)
	}
	if now = day(8); unmasks() {
		t.Error("it holds after its day")
	}
	if now = day(-8); b.Lower("li") != nil || unmasks() {
		t.Error("it holds after its end")
	}
}
