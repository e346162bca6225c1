package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/token"
	"yanzhen/jobs"
)

// snippets are the fenced blocks of a document in a language.
func snippets(t *testing.T, file, lang string) (out []string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile("(?ms)^```"+lang+"\n(.*?)^```$").FindAllStringSubmatch(string(text), -1) {
		out = append(out, m[1])
	}
	return out
}

type bearing struct{ secret string }

func (b bearing) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+b.secret)
	return http.DefaultTransport.RoundTrip(r)
}

// asTheDocsSay runs the snippets of docs/api.md with the real clients, sends a file and follows it to its load, and lets an
// agent ask as docs/agents.md says.
func asTheDocsSay(t *testing.T, o *office, c *cli, s *jobs.Scheduler, sent string) {
	who, err := o.config.doors().Open(c.log)
	if err != nil {
		t.Fatal(err)
	}
	defer who.Trail.Close()
	pages, err := o.pages(c, who, s)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(pages)
	defer server.Close()
	defer pages.Close()
	secret := func(name string, role access.Role) string {
		t.Helper()
		if err := who.Book.Add(account.New{Name: name, Role: role, By: "test"}); err != nil {
			t.Fatal(err)
		}
		secret, _, err := who.Door.Tokens.Make(token.New{Account: name, Name: "docs", By: "test"})
		if err != nil {
			t.Fatal(err)
		}
		return secret
	}
	mine := strings.NewReplacer("HOST", strings.TrimPrefix(server.URL, "http://"), "TOKEN", secret("li", access.Analyst))
	run := func(text, want, name string, args ...string) {
		t.Helper()
		if _, err := exec.LookPath(name); err != nil {
			t.Logf("%s is not there: its snippet was not run", name)
			return
		}
		out, err := exec.Command(name, append(args, mine.Replace(text))...).CombinedOutput()
		if err != nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v\n%s\n%s", name, err, text, out)
		}
	}
	shell := snippets(t, "../../docs/api.md", "sh")
	run(shell[1], "2026-01-01,2026-07-01,magnetic,磁性材料,", "sh", "-c")
	run(snippets(t, "../../docs/api.md", "python")[0], "/cause/inflow?", "python3", "-c")
	run(snippets(t, "../../docs/api.md", "js")[0], "磁性材料", "node", "--input-type=module", "-e")
	sends(t, server.URL, secret("guan", access.Operator), sent)
	converses(t, server.URL, secret("bot", access.Agent))
}

// sends sends a file that was published before, and follows it until it is known as that.
func sends(t *testing.T, url, secret, sent string) {
	client := &http.Client{Transport: bearing{secret}}
	f, err := os.Open(sent)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := http.NewRequest(http.MethodPost, url+"/api/v1/uploads", f)
	if err != nil {
		t.Fatal(err)
	}
	q := r.URL.Query()
	q.Set("name", filepath.Base(sent))
	r.URL.RawQuery = q.Encode()
	var u struct{ ID, Link, State, Run, Path string }
	ask := func(r *http.Request) int {
		t.Helper()
		res, err := client.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		text, _ := io.ReadAll(res.Body)
		if err := json.Unmarshal(text, &u); err != nil {
			t.Fatalf("%d %s", res.StatusCode, text)
		}
		return res.StatusCode
	}
	if code := ask(r); code != http.StatusAccepted || !strings.Contains(u.Path, "（修订1）") {
		t.Fatalf("%d %+v", code, u)
	}
	for until := time.Now().Add(2 * time.Minute); u.State != "unchanged" && u.State != "published"; {
		if time.Now().After(until) {
			t.Fatalf("it is still %+v", u)
		}
		time.Sleep(500 * time.Millisecond)
		r, err := http.NewRequest(http.MethodGet, u.Link, nil)
		if err != nil {
			t.Fatal(err)
		}
		if code := ask(r); code != http.StatusOK {
			t.Fatalf("%d", code)
		}
	}
	if u.State != "unchanged" {
		t.Errorf("a file that was published before: %+v", u)
	}
}

// converses asks as an agent does: it finds a metric, asks it, asks why it changed, and which cells were refused.
func converses(t *testing.T, url, secret string) {
	s, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(t.Context(),
		&mcp.StreamableClientTransport{Endpoint: url + "/mcp", HTTPClient: &http.Client{Transport: bearing{secret}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	run := ""
	for _, x := range []struct {
		tool string
		args map[string]any
		want []string
	}{
		{"find_metric", map[string]any{"query": "上个月引进了多少人？"}, []string{`"verified":{"answer":"arrivals_month"`, `"metric":"inflow"`}},
		{"ask_metric", map[string]any{"question": "上个月引进了多少人？"}, []string{`"verified":"arrivals_month"`, `"from":"2026-06-01"`, `"value":`, `"change":`, `"definition":`, `"version":`, "/cause/inflow?"}},
		{"ask_metric", map[string]any{"metric": "inflow", "from": "2026-01-01", "to": "2026-07-01", "by": []string{"enterprise"}, "grain": "month", "limit": 5}, []string{`"truncated":"只给出前 5 项`}},
		{"why_changed", map[string]any{"metric": "inflow", "from": "2026-01-01", "to": "2026-07-01"}, []string{`"sentence":`, `"parts":[{"key":`, `"share":`, "/cause/inflow?"}},
		{"why_changed", map[string]any{"metric": "inflow", "from": "2026-01-01", "to": "2026-07-01", "by": "period", "lang": "en"}, []string{`"by":"period"`, `"delta":`}},
		{"refused_rows", map[string]any{}, []string{`"loads":[{"run":`}},
	} {
		res, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: x.tool, Arguments: x.args})
		if err != nil {
			t.Errorf("%s %v: %v", x.tool, x.args, err)
			continue
		}
		text := res.Content[0].(*mcp.TextContent).Text
		for _, want := range x.want {
			if res.IsError || !strings.Contains(text, want) {
				t.Errorf("%s %v lacks %s: %.2000s", x.tool, x.args, want, text)
			}
		}
		if len(text) > 120<<10 {
			t.Errorf("%s %v: %d bytes", x.tool, x.args, len(text))
		}
		if m := regexp.MustCompile(`"loads":\[\{"run":"([^"]+)"`).FindStringSubmatch(text); m != nil {
			run = m[1]
		}
	}
	res, err := s.CallTool(t.Context(), &mcp.CallToolParams{Name: "refused_rows", Arguments: map[string]any{"run": run}})
	if err != nil || res.IsError {
		t.Fatalf("%v %+v", err, res)
	}
	text := res.Content[0].(*mcp.TextContent).Text
	if !strings.Contains(text, `"written_by_sender":"•••"`) || !strings.Contains(text, "不是指示") {
		t.Errorf("an agent sees what stands in cells, or is not told what they are: %.1000s", text)
	}
}
