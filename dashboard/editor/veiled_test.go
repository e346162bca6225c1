package editor_test

import (
	"encoding/json"
	"net/http/httptest"
	"slices"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"

	"yanzhen/dashboard"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/agent"
	"yanzhen/dashboard/agent/veil"
	"yanzhen/pipeline"
	"yanzhen/pipeline/batch"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/warehouse"
)

// What is hidden at the door for agents nobody sees there, whatever the role: not an analyst who sees it by every other door. An
// account that may not see it anyway gains nothing, and a declaration that cannot be made out opens no door.
func veiled(h *house) {
	run := pipeline.Run{ID: "20260701-000000-v", Kind: "load", Dataset: "arrivals", File: "arrivals.csv", Sender: "人社局", State: pipeline.Published, Started: time.Now(), Counts: batch.Counts{Loaded: 60, Rejected: 2}}
	run.Code, run.MessageZh, run.MessageEn = "stacked", "“某人”在两行", "“某人” stands in two rows"
	if err := h.ledger.PutRun(h.Context(), &run); err != nil {
		h.Fatal(err)
	}
	reject := func(nr uint32, column, raw string) pipeline.RejectRow {
		return pipeline.RejectRow{Run: run.ID, Nr: nr, Dataset: "arrivals", Row: nr, Column: column, Cell: "A1", Raw: raw, Rule: "code_" + column, ReasonZh: "不认识“" + raw + "”", ReasonEn: "“" + raw + "” is not known (另一种写法 " + raw[3:] + ")", RemedyEn: "mend " + raw, At: time.Now()}
	}
	if err := warehouse.Append(h.Context(), h.ledger.DB, "meta.rejects", reject(1, "node", "磁电机厂"), reject(2, "enterprise", "秘密企业")); err != nil {
		h.Fatal(err)
	}
	for _, bad := range []veil.Hide{{Columns: []string{"arrivals.employer"}}, {Datasets: []string{"benefit"}}, {Marks: []dataset.Personal{"names"}}, {Below: 1}} {
		c := h.config
		c.Programs.Agents.Hide = bad
		if server, err := dashboard.New(c); err == nil {
			server.Close()
			h.Errorf("%+v: a server is opened", bad)
		}
	}
	ask := func(s agent.Settings, v *access.Viewer) func(tool string, args map[string]any) (string, bool) {
		c := h.config
		c.Programs.Agents = s
		server, err := dashboard.New(c)
		if err != nil {
			h.Fatal(err)
		}
		web := httptest.NewServer(server)
		h.Cleanup(web.Close)
		h.Cleanup(server.Close)
		h.as(v)
		session, err := mcp.NewClient(&mcp.Implementation{Name: "test", Version: "1"}, nil).Connect(h.Context(), &mcp.StreamableClientTransport{Endpoint: web.URL + "/mcp"}, nil)
		if err != nil {
			h.Fatal(err)
		}
		h.Cleanup(func() { _ = session.Close() })
		return func(tool string, args map[string]any) (string, bool) {
			if tool == "tools" {
				list, err := session.ListTools(h.Context(), nil)
				if err != nil {
					h.Fatal(err)
				}
				var names []string
				for _, t := range list.Tools {
					names = append(names, t.Name)
				}
				slices.Sort(names)
				return strings.Join(names, " "), false
			}
			args["lang"] = "en"
			res, err := session.CallTool(h.Context(), &mcp.CallToolParams{Name: tool, Arguments: args})
			if err != nil {
				return err.Error(), true
			}
			return res.Content[0].(*mcp.TextContent).Text, res.IsError
		}
	}
	leader := &access.Viewer{Name: "wu", Role: access.Leader, May: access.Leader.May(access.Joint) | access.Rows}
	year := map[string]any{"metric": "inflow", "from": "2026-01-01", "to": "2026-07-01"}
	by := func(dim string) map[string]any {
		return map[string]any{"metric": "inflow", "from": "2026-01-01", "to": "2026-07-01", "by": []string{dim}}
	}
	type call struct {
		tool string
		args map[string]any
		want string // in the answer; behind a !: not in it
		fail bool
	}
	hiding := agent.Settings{Cells: true, Hide: veil.Hide{Columns: []string{"arrivals.enterprise"}, Datasets: []string{"benefits"}}}
	for name, x := range map[string]struct {
		settings agent.Settings
		who      *access.Viewer
		calls    []call
	}{
		"nothing hidden": {agent.Settings{Cells: true}, li(), []call{
			{"tools", nil, "query_sql", false},
			{"ask_metric", by("enterprise"), `"keys":["企业1"]`, false},
			{"refused_rows", map[string]any{"run": run.ID}, "秘密企业", false},
			{"refused_rows", map[string]any{"run": run.ID}, "某人", false},
		}},
		"cells": {agent.Settings{}, li(), []call{
			{"refused_rows", map[string]any{"run": run.ID}, "!秘密企业", false},
			{"refused_rows", map[string]any{"run": run.ID}, "!磁电机厂", false},
			{"refused_rows", map[string]any{"run": run.ID}, "!另一种写法 密企业", false},
			{"refused_rows", map[string]any{"run": run.ID}, "!某人", false},
			{"refused_rows", map[string]any{"run": run.ID}, `"rule":"code_node"`, false},
		}},
		"columns and datasets": {hiding, li(), []call{
			{"tools", nil, "!query_sql", false},
			{"ask_metric", year, `"value":40`, false},
			{"ask_metric", by("node"), `"keys":["magnetic.motor"]`, false},
			{"ask_metric", by("enterprise"), "is not cut or filtered by", true},
			{"ask_metric", map[string]any{"metric": "inflow", "where": []string{"enterprise:企业1"}}, "is not cut or filtered by", true},
			{"why_changed", map[string]any{"metric": "inflow", "by": "enterprise"}, "is not cut or filtered by", true},
			{"why_changed", map[string]any{"metric": "inflow", "from": "2026-03-01", "to": "2026-04-01", "compare": "pop"}, "!企业", false},
			{"describe_metric", map[string]any{"metric": "inflow"}, `!"enterprise"`, false},
			{"find_metric", map[string]any{"query": "引进人数"}, `!"park","enterprise","origin_province"`, false},
			{"refused_rows", map[string]any{"run": run.ID}, "!秘密企业", false},
			{"refused_rows", map[string]any{"run": run.ID}, "!另一种写法 密企业", false},
			{"refused_rows", map[string]any{"run": run.ID}, "!某人", false}, // as the message of the load quotes it
			{"refused_rows", map[string]any{}, "!某人", false},
			{"refused_rows", map[string]any{}, `"code":"stacked"`, false},
			{"refused_rows", map[string]any{"run": run.ID}, "磁电机厂", false},
			{"describe_metric", map[string]any{"metric": "benefits_people"}, "unknown_metric", true},
		}},
		"few": {agent.Settings{Hide: veil.Hide{Below: 25}}, li(), []call{
			{"tools", nil, "!query_sql", false},
			{"ask_metric", year, `"value":40`, false},
			{"ask_metric", by("node"), `"value":null`, false},
			{"ask_metric", by("node"), `!"value":20`, false},
		}},
		"never looser": {agent.Settings{Hide: veil.Hide{Below: 2}}, leader, []call{
			{"ask_metric", map[string]any{"metric": "inflow", "from": "2026-01-01", "to": "2026-02-01", "by": []string{"enterprise"}}, `"value":null`, false}, // a few in a month
			{"ask_metric", by("node"), `"value":20`, false},
		}},
	} {
		said := ask(x.settings, x.who)
		for _, c := range x.calls {
			text, failed := said(c.tool, c.args)
			want, not := strings.CutPrefix(c.want, "!")
			if failed != c.fail || strings.Contains(text, want) == not {
				h.Errorf("%s: %s %v: failed %v, want %s: %.1500s", name, c.tool, c.args, failed, c.want, text)
			}
		}
	}
	// every metric of the hidden dataset, by its name
	said := ask(hiding, li())
	for _, m := range h.config.Catalog.Metrics() {
		if slices.Contains(m.Datasets(), "benefits") {
			if text, failed := said("ask_metric", map[string]any{"metric": m.Name}); !failed || !strings.Contains(text, "unknown_metric") {
				h.Errorf("%s: %s", m.Name, text)
			}
		}
	}
	// an account of agents comes by no door where that is not hidden, be it by the API, a page or a file
	for _, x := range []struct {
		settings agent.Settings
		role     access.Role
		path     string
		status   int
	}{
		{hiding, access.Agent, "/api/v1/metrics/inflow?by=enterprise", 403},
		{hiding, access.Agent, "/api/v1/runs/" + run.ID + "/rejects", 403},
		{hiding, access.Agent, "/data", 403},
		{hiding, access.Agent, "/mcp/", 403},
		{agent.Settings{Hide: veil.Hide{Below: 25}}, access.Agent, "/api/v1/metrics", 403},
		{agent.Settings{}, access.Agent, "/api/v1/metrics", 200},
		{hiding, access.Leader, "/api/v1/metrics", 200},
	} {
		c := h.config
		c.Programs.Agents = x.settings
		server, err := dashboard.New(c)
		if err != nil {
			h.Fatal(err)
		}
		h.as(&access.Viewer{Name: "bot", Role: x.role, May: x.role.May(access.Joint)})
		w := httptest.NewRecorder()
		r := httptest.NewRequest("GET", x.path, nil)
		r.Host = "127.0.0.1"
		server.ServeHTTP(w, r)
		server.Close()
		if w.Code != x.status || x.status == 403 && strings.HasPrefix(x.path, "/api/") && !strings.Contains(w.Body.String(), `"agents_only"`) {
			h.Errorf("%s asks %s with %+v: %d %.200s", x.role, x.path, x.settings, w.Code, w.Body)
		}
	}
	// the same account by another door
	h.as(li())
	_, text := h.send("GET", "/api/v1/metrics/inflow?from=2026-01-01&to=2026-07-01&by=node", nil)
	var other struct{ Points []struct{ Value *float64 } }
	if err := json.Unmarshal([]byte(text), &other); err != nil || len(other.Points) != 2 || *other.Points[0].Value != 20 {
		h.Errorf("the API: %s %v", text, err)
	}
}
