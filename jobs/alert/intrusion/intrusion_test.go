package intrusion

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/access/audit"
	"yanzhen/jobs/alert"
)

// What is told follows from the trail alone, names nobody, and ends when it has been quiet for an hour.
func TestGuard(t *testing.T) {
	dir := t.TempDir()
	g := New(dir)
	trail, err := audit.Open(dir, 180, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer trail.Close()
	put := func(n int, e audit.Entry) {
		t.Helper()
		for range n {
			if err := trail.Sure(e); err != nil {
				t.Fatal(err)
			}
		}
	}
	look := func(now time.Time) map[string]alert.Found {
		t.Helper()
		list, err := g.look(t.Context(), now)
		if err != nil {
			t.Fatal(err)
		}
		out := map[string]alert.Found{}
		for _, f := range list {
			out[f.What.Zh] = f
			if strings.Contains(fmt.Sprintf("%+v", f), "zhang") || f.What.En == "" {
				t.Errorf("names somebody, or says nothing: %+v", f)
			}
		}
		return out
	}
	put(ofAccount-1, audit.Entry{Who: "zhang", From: "10.0.0.5:4711", Did: "signin", What: "password", Result: "wrong"})
	put(40, audit.Entry{Who: "zhang", From: "10.0.0.6:1", Did: "signin", What: "password", Result: "in"})
	put(40, audit.Entry{Who: "?", From: "10.0.0.6:1", Did: "signin", What: "program: gRPC at http", Result: "refused"})
	put(ofRefusals-1, audit.Entry{Who: "zhang", From: "10.0.0.5:4711", Did: "view", What: "/users", Result: "403"})
	if got := look(time.Now()); len(got) != 0 {
		t.Errorf("told of too little: %v", got)
	}
	put(1, audit.Entry{Who: "zhang", From: "10.0.0.5:4712", Did: "signin", What: "program", Result: "later"})
	put(1, audit.Entry{Who: "zhang", From: "10.0.0.5:4712", Did: "sql", What: "http: select 1", Result: "error 497, 0 bytes, 1ms"})
	put(ofAddress-ofAccount, audit.Entry{Who: "?", From: "10.0.0.5:4713", Did: "token", What: "program", Result: "refused"})
	got := look(time.Now())
	for _, want := range []string{"一小时内同一账号登录失败超过 10 次", "一小时内同一账号的访问被拒绝超过 30 次", "一小时内从同一地址 10.0.0.5 登录失败超过 20 次"} {
		if f, ok := got[want]; !ok || f.Level != 1 || f.Kind != Kind {
			t.Errorf("%s is missing: %v", want, got)
		}
	}
	if len(got) != 3 {
		t.Errorf("%v", got)
	}
	put(worse*ofAccount, audit.Entry{Who: "zhang", From: "10.0.0.7:1", Did: "signin", What: "password", Result: "wrong"})
	got = look(time.Now())
	if f := got["一小时内同一账号登录失败超过 100 次"]; f.Level != 2 {
		t.Errorf("not worse: %v", got)
	}
	if _, ok := got["一小时内登录失败超过 100 次，来自各处"]; !ok {
		t.Errorf("from everywhere: %v", got)
	}
	again := New(dir) // after a start it is as it was
	if list, err := again.look(t.Context(), time.Now()); err != nil || len(list) != len(got) {
		t.Errorf("after a start: %v %v", list, err)
	}
	if got := look(time.Now().Add(61 * time.Minute)); len(got) != 0 || len(g.counts) != 0 {
		t.Errorf("an hour later: %v, %d counted", got, len(g.counts))
	}
}

// Strangers fill no memory: of too many counts the smallest go, and invented accounts hide neither an address nor an account.
func TestBounded(t *testing.T) {
	g := New(t.TempDir())
	now := time.Now()
	hear := func(n int, who, from string) {
		for range n {
			g.hear(audit.Entry{At: now, Who: who, From: from + ":1", Did: "signin", Result: "wrong"})
		}
	}
	hear(ofAccount-1, "prof/li", "10.0.0.1")
	for i := range mostCounted + 1000 {
		hear(1, fmt.Sprintf("invented%d", i), "10.255.0.9")
		g.hear(audit.Entry{At: now, Who: "?", From: fmt.Sprintf("10.%d.%d.%d:1", i>>16, i>>8&255, i&255), Did: "signin", Result: "wrong"})
	}
	hear(1, "prof/li", "10.0.0.1")
	hear(ofAddress, "?", "10.255.0.8") // once everything is full
	list := g.found(now)
	var told []string
	for _, f := range list {
		if told = append(told, f.Key); strings.Contains(f.Key, "prof") {
			t.Errorf("tells a part of a name: %s", f.Key)
		}
	}
	got := strings.Join(told, " ")
	if len(g.counts) > 2*mostCounted+1 || len(list) != 4 || !strings.HasPrefix(got, "access/try/ access/try/from/10.255.0.8 access/try/from/10.255.0.9 access/try/of/") {
		t.Errorf("%d counted, %s", len(g.counts), got)
	}
	c := &count{}
	for i := range 3 * 60 { // one a minute for three hours
		at := now.Add(time.Duration(i) * time.Minute)
		c.until(at)
		c.minutes[minute(at)]++
	}
	n := 0
	for _, m := range c.minutes {
		n += int(m)
	}
	if n != 60 {
		t.Errorf("%d in the last hour, want 60", n)
	}
}
