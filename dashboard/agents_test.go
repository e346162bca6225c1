package dashboard

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"yanzhen/cmd/bridge"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/token"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/statement"
	"yanzhen/pipeline"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// room is where statements are asked, on the engine of the tests.
func room(t *testing.T, dir string, db *warehouse.DB) *asking.Room {
	desk := &statement.Desk{Analyst: func(ctx context.Context) (*warehouse.DB, error) {
		return warehouse.Open(ctx, warehouse.Options{Socket: warehousetest.Engine(t).Socket(), User: "analyst", Database: "mart"})
	}, Reader: db}
	t.Cleanup(desk.Close)
	return &asking.Room{Desk: desk, Shelf: shelf.Shelf{Dir: dir}}
}

// carrying sends a token with every request.
type carrying struct{ secret, lang string }

func (c carrying) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+c.secret)
	if c.lang != "" {
		r.Header.Set("Accept-Language", c.lang)
	}
	return http.DefaultTransport.RoundTrip(r)
}

// talk begins a conversation as an agent does, with the protocol's own client.
func (h *house) talk(secret, lang string) *mcp.ClientSession {
	h.Helper()
	c := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	s, err := c.Connect(h.Context(), &mcp.StreamableClientTransport{Endpoint: h.http.URL + "/mcp", HTTPClient: &http.Client{Transport: carrying{secret, lang}}}, nil)
	if err != nil {
		h.Fatal(err)
	}
	h.Cleanup(func() { _ = s.Close() })
	return s
}

// said is the answer of a tool.
func (h *house) said(s *mcp.ClientSession, tool string, args map[string]any) (text string, failed bool) {
	h.Helper()
	res, err := s.CallTool(h.Context(), &mcp.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		return err.Error(), true
	}
	for _, c := range res.Content {
		if t, ok := c.(*mcp.TextContent); ok {
			text += t.Text
		}
	}
	return text, res.IsError
}

// agents see the tools of their account, and no others; what is outside is refused with what can be asked instead.
func agents(h *house) {
	h.add("mo", access.Analyst)
	h.add("yuan", access.Leader, access.Scope{Dim: "park", Values: []string{"magnet"}})
	if err := h.book.Remove("bot"); err != nil {
		h.Log(err) // another test made it, or none did
	}
	h.add("bot", access.Agent)
	tools := func(secret string) string {
		s := h.talk(secret, "")
		list, err := s.ListTools(h.Context(), nil)
		if err != nil {
			h.Fatal(err)
		}
		var names []string
		for _, t := range list.Tools {
			names = append(names, t.Name)
			if !t.Annotations.ReadOnlyHint || t.InputSchema == nil {
				h.Errorf("%s: %+v", t.Name, t)
			}
		}
		slices.Sort(names)
		return strings.Join(names, " ")
	}
	bot := h.token(token.New{Account: "bot"})
	const few = "ask_metric describe_metric find_metric"
	for secret, want := range map[string]string{
		bot:                               few + " refused_rows why_changed",
		h.token(token.New{Account: "mo"}): few + " query_sql refused_rows why_changed",
		h.token(token.New{Account: "mo", Rights: []string{"view", "rows"}}):                                  few + " refused_rows why_changed",
		h.token(token.New{Account: "mo", Rights: []string{"view"}}):                                          few + " why_changed",
		h.token(token.New{Account: "mo", Scopes: []access.Scope{{Dim: "park", Values: []string{"magnet"}}}}): few + " refused_rows why_changed",
		h.token(token.New{Account: "yuan"}):                                                                  few + " why_changed",
	} {
		if got := tools(secret); got != want {
			h.Errorf("tools %q, want %q", got, want)
		}
	}
	s := h.talk(bot, "en")
	if i := s.InitializeResult().Instructions; !strings.Contains(i, "never instructions") {
		h.Errorf("instructions: %s", i)
	}
	for _, x := range []struct {
		tool string
		args map[string]any
		want []string
		fail bool
	}{
		{"find_metric", map[string]any{"query": "引进了多少人"}, []string{`"inflow"`, "definition"}, false},
		{"find_metric", map[string]any{"query": "How many people arrived last month?"}, []string{`"verified":{"answer":"arrivals_month"`}, false},
		{"find_metric", map[string]any{"query": " "}, []string{`"code":"bad_request"`}, true},
		{"describe_metric", map[string]any{"metric": "inflow"}, []string{"/data/metrics#inflow", `"dim":"chain"`, `"magnetic"`}, false},
		{"describe_metric", map[string]any{"metric": "inflows"}, []string{`"code":"unknown_metric"`, `"can_ask"`, `"inflow"`, "There is no metric named inflows"}, true},
		{"describe_metric", map[string]any{"metric": "nosuch"}, []string{`"code":"unknown_metric"`, "none is near"}, true},
		{"ask_metric", map[string]any{"metric": "inflow", "where": []string{"planet:mars"}}, []string{`"code":"no_dimension"`, `"valid":["chain"`}, true},
		{"ask_metric", map[string]any{"metric": "inflow", "grain": "week"}, []string{"bad_request"}, true},
		{"ask_metric", map[string]any{"metric": "inflow", "from": "2026-01-01"}, []string{"bad_request"}, true},
		{"ask_metric", map[string]any{"metric": "inflow", "limit": 100000}, []string{"bad_request"}, true},
		{"ask_metric", map[string]any{"question": "what is the meaning of life"}, []string{`"code":"not_verified"`, `"can_ask":{`, "arrived last month"}, true},
		{"ask_metric", map[string]any{}, []string{`"code":"not_verified"`}, true},
		{"ask_metric", map[string]any{"metric": "inflow", "from": "2026-01-01", "to": "2026-07-01"}, []string{`"definition"`, `"version"`, `"link":"http`}, false},
		{"ask_metric", map[string]any{"metric": "inflow", "planet": "mars"}, []string{`"code":"bad_arguments"`, `There is no argument “planet”`, "compare", `"valid":[`}, true},
		{"ask_metric", map[string]any{"metric": 7}, []string{`"code":"bad_arguments"`, "wrong type", "metric"}, true},
		{"ask_metric", map[string]any{"metric": "inflow", "freeze": "none such"}, []string{"none such"}, true},
		{"ask_metric", map[string]any{"metric": "inflow", "freeze": "a", "as_of": "2026-06-05"}, []string{"bad_request", "freeze"}, true},
		{"refused_rows", map[string]any{"run": "../../x"}, []string{`"code":"no_run"`}, true},
		{"query_sql", map[string]any{"sql": "select 1"}, []string{"query_sql"}, true}, // the role agent has no such tool
		{"drop_table", map[string]any{}, []string{"drop_table"}, true},
	} {
		text, failed := h.said(s, x.tool, x.args)
		if failed != x.fail {
			h.Errorf("%s %v: failed %v: %s", x.tool, x.args, failed, text)
		}
		for _, want := range x.want {
			if !strings.Contains(text, want) {
				h.Errorf("%s %v lacks %s: %s", x.tool, x.args, want, text)
			}
		}
		for _, never := range []string{"panic", ".go:", "/work", "goroutine", "clickhouse"} {
			if strings.Contains(strings.ToLower(text), never) {
				h.Errorf("%s %v tells of %s: %s", x.tool, x.args, never, text)
			}
		}
	}
	// another part of the zone, by its name
	part := h.talk(h.token(token.New{Account: "yuan"}), "")
	if text, failed := h.said(part, "ask_metric", map[string]any{"metric": "inflow", "where": []string{"park:alloy"}}); !failed || strings.Contains(text, `"points"`) {
		h.Errorf("another park: %s", text)
	}
	fewInAFile(h, bot)
	mistyped(h, bot)
	piped(h, bot)
	agentsAtTheDoor(h, bot)
}

// A filter on a value that occurs nowhere is refused, with what is near: of a mistyped employer there are not 0 people.
func mistyped(h *house, bot string) {
	const right, wrong = "青田新材料有限公司", "青田新材料有限公祠"
	for value, want := range map[string]int{right: 200, wrong: 400} {
		res, body := h.bearer(bot, "GET", "/api/v1/metrics/inflow?lang=zh&"+url.Values{"enterprise": {value}}.Encode())
		if res.StatusCode != want || (want == 400) != (strings.Contains(body, `"no_value"`) && strings.Contains(body, "是不是 "+right)) {
			h.Errorf("%s: %d %s", value, res.StatusCode, body)
		}
		text, failed := h.said(h.talk(bot, "en"), "ask_metric", map[string]any{"metric": "inflow", "where": []string{"enterprise:" + value}})
		if failed != (want == 400) || failed && (!strings.Contains(text, `"no_value"`) || !strings.Contains(text, "Did you mean "+right)) {
			h.Errorf("%s: %s", value, text)
		}
	}
}

// How many rows a file of few people has is told to nobody who may not see few people, in no sentence, sum of cells or number.
func fewInAFile(h *house, bot string) {
	path := filepath.Join(h.dir, "人社局_引进与流出_2026年5月.csv")
	text := "身份证号,日期,流向,用人单位,产业链节点,学历\n" + strings.Repeat("11010519491231002X,2026-05-06,引进,青田新材料有限公司,精密铸造,本科\n", 3) + "11010519491231002X,某日,引进,青田新材料有限公司,精密铸造,本科\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		h.Fatal(err)
	}
	out, err := h.loader.Load(h.Context(), pipeline.Request{Path: path, Dataset: "arrivals", Force: true})
	if err != nil || out.State != pipeline.Published {
		h.Fatalf("%s %+v %v", out.State, out.Problem, err)
	}
	all := h.token(token.New{Account: "mo"})
	less := h.token(token.New{Account: "mo", Rights: []string{"view", "rows"}})
	tells := regexp.MustCompile(`"(loaded|read)":[0-9]|[0-9] = [^"]*[0-9]`)
	for _, at := range []string{"/api/v1/runs?dataset=arrivals&lang=zh", "/api/v1/runs?dataset=arrivals&lang=en", "/api/v1/runs/" + out.Run + "?lang=zh", "/api/v1/runs/" + out.Run + "?lang=en"} {
		if _, body := h.bearer(all, "GET", at); !strings.Contains(body, out.Run) || !tells.MatchString(body) {
			h.Errorf("%s tells who may see few people nothing: %s", at, body)
		}
		for _, secret := range []string{less, bot} {
			if res, body := h.bearer(secret, "GET", at); res.StatusCode != 200 || !strings.Contains(body, out.Run) || tells.MatchString(body) {
				h.Errorf("%s: %d %q in %s", at, res.StatusCode, tells.FindString(body), body)
			}
		}
	}
	s := h.talk(bot, "zh")
	for _, args := range []map[string]any{{}, {"run": out.Run}} {
		if text, failed := h.said(s, "refused_rows", args); failed || !strings.Contains(text, out.Run) || tells.MatchString(text) {
			h.Errorf("%v: %q in %s", args, tells.FindString(text), text)
		}
	}
}

// piped is a conversation over standard input and output.
func piped(h *house, secret string) {
	fromServer, toClient := io.Pipe()
	fromClient, toServer := io.Pipe()
	done := make(chan error, 1)
	go func() {
		done <- bridge.Server{Client: http.DefaultClient, URL: h.http.URL, Token: secret}.Pipe(h.Context(), fromClient, toClient)
	}()
	c := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil)
	s, err := c.Connect(h.Context(), &mcp.IOTransport{Reader: fromServer, Writer: toServer}, nil)
	if err != nil {
		h.Fatal(err)
	}
	if text, failed := h.said(s, "describe_metric", map[string]any{"metric": "inflow", "lang": "en"}); failed || !strings.Contains(text, `"dim":"chain"`) {
		h.Errorf("%s", text)
	}
	if text, failed := h.said(s, "ask_metric", map[string]any{"metric": "no"}); !failed || !strings.Contains(text, "unknown_metric") {
		h.Errorf("%s", text)
	}
	_ = s.Close()
	_ = toServer.Close()
	if err := <-done; err != nil {
		h.Error(err)
	}
	var out strings.Builder
	in := strings.NewReader("{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/list\"}\n\n{\"jsonrpc\":\"2.0\",\"method\":\"notifications/initialized\"}\n")
	err = bridge.Server{Client: http.DefaultClient, URL: h.http.URL, Token: "yz_wrong"}.Pipe(h.Context(), in, &out)
	if err != nil || strings.Count(out.String(), "\n") != 1 || !strings.Contains(out.String(), `"id":7`) || !strings.Contains(out.String(), "令牌不对") {
		h.Errorf("a wrong token: %q %v", out.String(), err)
	}
}

// agentsAtTheDoor tries the address without a token that counts.
func agentsAtTheDoor(h *house, bot string) {
	hello := `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`
	post := func(secret, body string, headers ...string) int {
		res, text := h.post(secret, "/mcp", strings.NewReader(body), append([]string{"Content-Type", "application/json", "Accept", "application/json, text/event-stream"}, headers...)...)
		if res.StatusCode == http.StatusOK && !json.Valid([]byte(text)) {
			h.Errorf("%s", text)
		}
		return res.StatusCode
	}
	if got := post(bot, hello); got != 200 {
		h.Errorf("%d", got)
	}
	for what, got := range map[string]int{
		"no token":                   post("", hello),
		"a wrong token":              post(bot[:len(bot)-1]+"x", hello),
		"more than a request has":    post(bot, `{"jsonrpc":"2.0","id":1,"method":"`+strings.Repeat("x", 70<<10)+`"}`),
		"no JSON":                    post(bot, "{"),
		"a page of another site":     post(bot, hello, "Origin", "https://evil.example", "Sec-Fetch-Site", "cross-site"),
		"a host that is not ours":    post(bot, hello, "Cookie", "yanzhen=x"),
		"a right that is not there":  post(h.token(token.New{Account: "he"}), hello),
		"a sender, who sees no page": post(h.token(token.New{Account: "rsj"}), hello),
	} {
		if got < 400 || got >= 500 {
			h.Errorf("%s: %d", what, got)
		}
	}
	own, err := h.server.Door.Tokens.Of("bot")
	if err != nil {
		h.Fatal(err)
	}
	s := h.talk(bot, "")
	for _, t := range own {
		if _, err := h.server.Door.Tokens.Revoke(t.ID, "bot"); err != nil {
			h.Fatal(err)
		}
	}
	if _, err := s.CallTool(context.WithoutCancel(h.Context()), &mcp.CallToolParams{Name: "find_metric", Arguments: map[string]any{"query": "inflow"}}); err == nil {
		h.Error("a conversation goes on after its token was revoked")
	}
	a := h.signIn("he")
	_, trail := h.ask(a, "GET", "/audit?lang=zh&did=agent", nil)
	for _, want := range []string{"智能体提问", "find_metric", "unknown_metric", "describe_metric"} {
		if !strings.Contains(trail, want) {
			h.Errorf("the trail does not tell of %s", want)
		}
	}
}
