package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/apache/arrow/go/v17/arrow/flight/flightsql"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/token"
	"yanzhen/dashboard/shelf"
)

// Programs come in by accounts: with the right of SQL, for the whole zone, owing nothing; and only as long as that holds.
func TestProgramsComeIn(t *testing.T) {
	dir := t.TempDir()
	if err := begun(dir); err != nil {
		t.Fatal(err)
	}
	c := &cli{Dir: dir, Lang: "zh", out: io.Discard, err: io.Discard, log: slog.New(slog.DiscardHandler)}
	cfg, err := c.settings()
	if err != nil {
		t.Fatal(err)
	}
	o, err := c.open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	if err := o.ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	o.turn.End() // commands come beside it, as beside a server
	who, err := cfg.doors().Open(c.log)
	if err != nil {
		t.Fatal(err)
	}
	if server, err := o.openDoors(t.Context(), who, c.log); server != nil || err != nil {
		t.Fatalf("a port that nobody asked for: %v %v", server, err)
	}
	cfg.Database.Listen = "0.0.0.0:0"
	if _, err := o.openDoors(t.Context(), who, c.log); err == nil || exitCode(err) != exitUsage || !strings.Contains(err.Error(), "yanzhen user add") {
		t.Errorf("open to the network without accounts: %v", err)
	}
	began := time.Now()
	const password = "松阳-9-katze-Fluss"
	for name, role := range map[string]access.Role{"li": access.Analyst, "zhao": access.Leader, "admin": access.Administrator, "park": access.Analyst, "fresh": access.Analyst} {
		n := account.New{Name: name, Title: name, Role: role, By: "test"}
		if name == "park" {
			n.Scopes = []access.Scope{{Dim: "park", Values: []string{"x"}}}
		}
		if err := who.Book.Add(n); err != nil {
			t.Fatal(err)
		}
		set := who.Book.SetPassword
		if name == "fresh" {
			set = who.Book.LendPassword
		}
		if err := set(name, password); err != nil {
			t.Fatal(err)
		}
	}
	cfg.Database.Listen, cfg.Database.Flight = "127.0.0.1:0", "127.0.0.1:0"
	var log bytes.Buffer
	server, err := o.openDoors(t.Context(), who, slog.New(slog.NewTextHandler(&log, nil)))
	if err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	ask := func(name, password string) int {
		t.Helper()
		res, err := http.Get("http://" + server.HTTP + "/?" + url.Values{"user": {name}, "password": {password}, "query": {"select count() from codes_provinces where zh != '11010519491231002X'"}}.Encode())
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		if res.StatusCode == 200 && strings.TrimSpace(string(b)) == "0" {
			t.Errorf("%s: no provinces", name)
		}
		return res.StatusCode
	}
	for name, want := range map[string]int{"li": 200, "admin": 200, "zhao": 401, "park": 401, "fresh": 401, "nobody": 401, "analyst": 401} {
		if got := ask(name, password); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	byToken := func(secret string) int {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, "http://"+server.HTTP+"/", strings.NewReader("select 1"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Authorization", "Bearer "+secret)
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		return res.StatusCode
	}
	var last string
	for name, x := range map[string]struct {
		n    token.New
		want int
	}{
		"all":       {token.New{Account: "li"}, 200},
		"enough":    {token.New{Account: "li", Rights: []string{"sql", "rows", "small"}}, 200},
		"no few":    {token.New{Account: "li", Rights: []string{"sql", "rows"}}, 401},
		"no rows":   {token.New{Account: "li", Rights: []string{"sql"}}, 401},
		"no SQL":    {token.New{Account: "li", Rights: []string{"view", "rows"}}, 401},
		"a part":    {token.New{Account: "li", Scopes: []access.Scope{{Dim: "park", Values: []string{"x"}}}}, 401},
		"a leader":  {token.New{Account: "zhao"}, 401},
		"who owes":  {token.New{Account: "fresh"}, 401},
		"of a part": {token.New{Account: "park"}, 401},
	} {
		x.n.Name = name
		secret, made, err := who.Door.Tokens.Make(x.n)
		if err != nil {
			t.Fatal(err)
		}
		if got := byToken(secret); got != x.want {
			t.Errorf("a token (%s): %d, want %d", name, got, x.want)
		}
		if x.want == 200 {
			last = secret
			if _, err := who.Door.Tokens.Revoke(made.ID, ""); err != nil {
				t.Fatal(err)
			}
			if got := byToken(secret); got != 401 {
				t.Errorf("a token that was revoked: %d", got)
			}
		}
	}
	if got := byToken(last + "x"); got != 401 {
		t.Errorf("a wrong token: %d", got)
	}
	flown := func(secret string) error {
		t.Helper()
		c, err := flightsql.NewClient(server.Flight, nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		_, err = c.Execute(metadata.AppendToOutgoingContext(t.Context(), "authorization", "Bearer "+secret), "select 1")
		return err
	}
	fly := func(name string) error {
		t.Helper()
		c, err := flightsql.NewClient(server.Flight, nil, nil, grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		ctx, err := c.Client.AuthenticateBasicToken(t.Context(), name, password)
		if err != nil {
			return err
		}
		info, err := c.Execute(ctx, "select * from codes_provinces")
		if err != nil {
			return err
		}
		r, err := c.DoGet(ctx, info.Endpoint[0].Ticket)
		if err != nil {
			return err
		}
		defer r.Release()
		if !r.Next() || r.Record().NumRows() < 30 {
			t.Error("no provinces over Flight")
		}
		return r.Err()
	}
	if err := fly("li"); err != nil {
		t.Errorf("Flight: %v", err)
	}
	if err := fly("zhao"); err == nil {
		t.Error("Flight lets a leader in")
	}
	if got := ask("li", password+"x"); got != 401 {
		t.Errorf("a wrong password: %d", got)
	}
	// a program that goes on with an old password keeps nobody out, and the right one counts as soon as it is that
	for range 20 {
		if got := ask("admin", password+"x"); got != 401 {
			t.Errorf("an old password: %d", got)
		}
	}
	if _, got, _, err := who.Book.SignIn(&who.Door.Pace, account.Try{Name: "admin", Password: password, From: "10.0.0.9"}); got != account.In || err != nil {
		t.Errorf("the owner, beside a program with an old password: %v %v", got, err)
	}
	if err := who.Book.SetPassword("admin", password+"x"); err != nil {
		t.Fatal(err)
	}
	if got := ask("admin", password+"x"); got != 200 {
		t.Errorf("a password that was wrong and is right now: %d", got)
	}
	if err := who.Book.Disable("li"); err != nil {
		t.Fatal(err)
	}
	if got := ask("li", password); got != 401 {
		t.Errorf("a disabled account: %d", got)
	}
	if err := who.Book.Enable("li"); err != nil {
		t.Fatal(err)
	}
	if got := ask("li", password); got != 200 {
		t.Errorf("an account that was enabled again: %d", got)
	}
	// whoever proves who they are and has a password that is too old, or somebody else's, is told what to do, at either port
	said := func(name, secret string) string {
		t.Helper()
		r, err := http.NewRequest(http.MethodPost, "http://"+server.HTTP+"/", strings.NewReader("select 1"))
		if err != nil {
			t.Fatal(err)
		}
		if r.SetBasicAuth(name, password); secret != "" {
			r.Header.Set("Authorization", "Bearer "+secret)
		}
		res, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		b, _ := io.ReadAll(res.Body)
		return fmt.Sprintf("%d %s", res.StatusCode, b)
	}
	if got := said("fresh", ""); !strings.HasPrefix(got, "401") || !strings.Contains(got, "密码是别人设的") {
		t.Errorf("a lent password: %s", got)
	}
	ofLi, _, err := who.Door.Tokens.Make(token.New{Account: "li", Name: "old"})
	if err != nil {
		t.Fatal(err)
	}
	who.Book.Policy.Age = 24 * time.Hour
	if got := said("li", "") + said("li", ofLi); got != "200 1\n200 1\n" {
		t.Errorf("a password of today: %s", got)
	}
	older(t, cfg.Dir)
	for what, got := range map[string]string{"by password": said("li", ""), "by token": said("li", ofLi), "over Flight": fmt.Sprint("401 ", fly("li"))} {
		if !strings.HasPrefix(got, "401") || !strings.Contains(got, "the password is too old") && !strings.Contains(got, "密码到期了") {
			t.Errorf("a password of yesterday, %s: %s", what, got)
		}
	}
	who.Book.Policy.Age = 0
	if got, err := said("li", ofLi), flown(ofLi); got != "200 1\n" || err != nil {
		t.Errorf("a token: %s, over Flight: %v", got, err)
	}
	file := filepath.Join(cfg.Dir, "tokens.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	text = regexp.MustCompile(`"until": *"[^"]*"`).ReplaceAll(text, []byte(`"until": "2026-01-01T00:00:00Z"`))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for port, got := range map[string]string{"HTTP": said("li", ofLi), "Flight": fmt.Sprint("401 ", flown(ofLi))} {
		if !strings.HasPrefix(got, "401") || !strings.Contains(got, "过期") {
			t.Errorf("a token that is over, by %s: %s", port, got)
		}
	}
	if got := ask("li", password+"x"); got != 401 {
		t.Errorf("a wrong password that is too old: %d", got)
	}
	// what was right a moment ago is asked again: a changed password, a lost role, a disabled account
	if err := who.Book.SetPassword("li", password+"-neu"); err != nil {
		t.Fatal(err)
	}
	if a, b := ask("li", password), ask("li", password+"-neu"); a != 401 || b != 200 {
		t.Errorf("after the password changed: old %d, new %d", a, b)
	}
	if err := who.Book.Grant("li", access.Leader, nil); err != nil {
		t.Fatal(err)
	}
	if got := ask("li", password+"-neu"); got != 401 {
		t.Errorf("after the role changed: %d", got)
	}
	server.Close()
	remembered(t, cfg.Dir, began)
	who.Trail.Close()
	trail, _, err := audit.Find(cfg.Dir, audit.Query{Most: 1000})
	if err != nil {
		t.Fatal(err)
	}
	var asked, wrong, in bool
	over := 0
	for _, e := range trail {
		asked = asked || e.Who == "li" && e.Did == "sql" && strings.Contains(e.What, "flight: select * from codes_provinces") && strings.HasPrefix(e.Result, "ok")
		wrong = wrong || e.Who == "?" && e.Did == "signin" && e.Result == "wrong"
		if e.Did == "token" && e.What == "program" && e.Result == "refused" && e.Who == "?" && e.From == "127.0.0.1" {
			over++
		}
		in = in || e.Who == "li" && e.Did == "signin" && e.Result == "in"
		if strings.Contains(e.What+e.Who, password) || strings.Contains(e.What, "11010519491231002X") || e.Who == "nobody" {
			t.Errorf("the trail keeps %+v", e)
		}
	}
	if over < 5 { // two that were revoked, a wrong one, and one that was over at either port
		t.Errorf("%d tokens stand in the trail as refused", over)
	}
	if !asked || !wrong || !in {
		t.Errorf("the trail lacks a statement, a failure or a sign-in: %+v", trail)
	}
	if text := log.String(); strings.Contains(text, password) || strings.Contains(text, "codes_provinces") || !strings.Contains(text, "account=li") {
		t.Errorf("the log: %s", text)
	}
}

// older makes every password of a zone a day older than it is.
func older(t *testing.T, dir string) {
	t.Helper()
	file := filepath.Join(dir, "accounts.json")
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	then := time.Now().Add(-25 * time.Hour).UTC().Format(time.RFC3339)
	text = regexp.MustCompile(`"changed": "[^"]*"`).ReplaceAll(text, []byte(`"changed": "`+then+`"`))
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
}

// remembered says that the history has what programs asked, by either port: who, from where, when, how many rows.
func remembered(t *testing.T, dir string, began time.Time) {
	t.Helper()
	list, _, err := shelf.Shelf{Dir: dir}.Find("li", "codes_provinces", 100)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]shelf.Asked{}
	for _, a := range list {
		found[a.Door] = a
		if a.From != "127.0.0.1" || a.At.Before(began.Add(-time.Second)) || a.At.After(time.Now()) || a.State != "done" || strings.Contains(a.SQL, "11010519491231002X") {
			t.Errorf("the history has %+v", a)
		}
	}
	if h, f := found["http"], found["flight"]; len(found) != 2 || h.Rows != 1 || f.Rows < 30 || f.SQL != "select * from codes_provinces" || h.Bytes == 0 {
		t.Errorf("the history: %+v", found)
	}
	if others, _, err := (shelf.Shelf{Dir: dir}).Find("zhao", "", 100); err != nil || len(others) != 0 {
		t.Errorf("who was not let in has asked %+v (%v)", others, err)
	}
}
