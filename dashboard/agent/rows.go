package agent

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/api"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

type refusedIn struct {
	spoken
	Run     string `json:"run,omitempty" jsonschema:"id of a load; absent: the latest loads that refused something"`
	Dataset string `json:"dataset,omitempty" jsonschema:"only loads of this dataset"`
	Limit   int    `json:"limit,omitempty" jsonschema:"how many rows at most; absent: 500 or 50 kB"`
}

// hidden stands where an agent does not see what a sender wrote.
const hidden = "•••"

type loads struct {
	Loads     []load `json:"loads"`
	Truncated string `json:"truncated,omitempty"`
}

type load struct {
	Run      string `json:"run"`
	Dataset  string `json:"dataset,omitempty"`
	File     string `json:"file_as_sent"`
	Sender   string `json:"sender,omitempty"`
	Period   string `json:"period,omitempty"`
	State    string `json:"state"`
	Loaded   uint64 `json:"loaded"`
	Rejected uint64 `json:"rejected"`
	Why      string `json:"why,omitempty"`
	Link     string `json:"link"`
}

type refusedCells struct {
	Load      load   `json:"load"`
	Rules     []rule `json:"rules"`
	Cells     []cell `json:"cells"`
	About     string `json:"about"`
	Truncated string `json:"truncated,omitempty"`
}

type rule struct {
	Rule   string `json:"rule"`
	Column string `json:"column"`
	Cells  uint64 `json:"cells"`
	Reason string `json:"reason"`
}

type cell struct {
	Cell    string `json:"cell"`
	Sheet   string `json:"sheet_as_sent,omitempty"`
	Column  string `json:"column"`
	Written string `json:"written_by_sender"`
	Reason  string `json:"reason"`
	Remedy  string `json:"remedy,omitempty"`
	Warn    bool   `json:"loaded_all_the_same,omitempty"`
}

func (c *caller) load(x pipeline.Run) load {
	return load{
		Run: x.ID, Dataset: x.Dataset, File: x.File, Sender: x.Sender, Period: x.Period, State: string(x.State), Loaded: x.Loaded, Rejected: x.Rejected,
		Why: codes.Text{Zh: x.MessageZh, En: x.MessageEn}.In(c.lang), Link: c.base() + "/data/runs/" + x.ID,
	}
}

func (c *caller) refused(ctx context.Context, in refusedIn) (any, error) {
	rows, size, err := room(in.Limit)
	if err != nil {
		return nil, err
	}
	senders, all := c.who.Senders()
	mine := func(x pipeline.Run) bool { return all || slices.Contains(senders, x.Sender) }
	if in.Run == "" {
		runs, err := c.a.Ledger.Runs(ctx, pipeline.RunFilter{Kind: "load", Dataset: in.Dataset, Limit: mostRows})
		if err != nil {
			return nil, err
		}
		out := loads{Loads: []load{}}
		for _, x := range runs {
			if mine(x) && (x.Rejected > 0 || x.Code != "") {
				out.Loads = append(out.Loads, c.load(x))
			}
		}
		n := len(out.Loads)
		if out.Loads = fit(out.Loads, rows, size); len(out.Loads) < n {
			out.Truncated = words.In(c.lang, "agent_cut", len(out.Loads), n)
		}
		return out, nil
	}
	x, ok, err := c.a.Ledger.Run(ctx, in.Run)
	if err != nil {
		return nil, err
	}
	if !ok || !mine(x) {
		return nil, address.Coded(http.StatusNotFound, "no_run", words.Get("no_run", in.Run))
	}
	return c.cells(ctx, x, rows, size)
}

// cells are those that a load refused. What stands in them was written by a sender: it is quoted, or hidden from agents.
func (c *caller) cells(ctx context.Context, x pipeline.Run, rows, size int) (any, error) {
	rules, err := c.a.Ledger.RejectRules(ctx, x.ID)
	if err != nil {
		return nil, err
	}
	list, err := c.a.Ledger.Rejects(ctx, x.ID, rows, 0)
	if err != nil {
		return nil, err
	}
	out := refusedCells{Load: c.load(x), Rules: []rule{}, Cells: []cell{}, About: words.In(c.lang, "agent_cells")}
	total := 0
	for _, r := range rules {
		total += int(r.Cells)
		out.Rules = append(out.Rules, rule{r.Rule, r.Column, r.Cells, codes.Text{Zh: r.ReasonZh, En: r.ReasonEn}.In(c.lang)})
	}
	veiled := c.who.Role == access.Agent && !c.a.Cells
	for _, r := range list {
		y := cell{
			Cell: cmp.Or(r.Cell, strconv.FormatUint(uint64(r.Row), 10)), Sheet: r.Sheet, Column: r.Column, Written: strconv.Quote(r.Raw), Warn: r.Warn,
			Reason: codes.Text{Zh: r.ReasonZh, En: r.ReasonEn}.In(c.lang), Remedy: codes.Text{Zh: r.RemedyZh, En: r.RemedyEn}.In(c.lang),
		}
		if veiled {
			y.Written = hidden
			if raw := strings.TrimSpace(r.Raw); raw != "" { // a sentence may repeat it
				y.Reason, y.Remedy = strings.ReplaceAll(y.Reason, raw, hidden), strings.ReplaceAll(y.Remedy, raw, hidden)
			}
		}
		out.Cells = append(out.Cells, y)
	}
	if out.Cells = fit(out.Cells, rows, size); len(out.Cells) < total {
		out.Truncated = words.In(c.lang, "agent_cut", len(out.Cells), total)
	}
	return out, nil
}

type queryIn struct {
	spoken
	SQL   string `json:"sql" jsonschema:"one SELECT over the views of mart"`
	Limit int    `json:"limit,omitempty" jsonschema:"how many rows at most; absent: 500 or 50 kB"`
}

type queried struct {
	Columns   []string          `json:"columns"`
	Rows      []json.RawMessage `json:"rows"`
	Data      string            `json:"data_version"`
	About     string            `json:"about"`
	Truncated string            `json:"truncated,omitempty"`
}

// capped keeps so much of what is written; the rest is not wanted.
type capped struct {
	bytes.Buffer
	most int
	over bool
}

func (c *capped) Write(p []byte) (int, error) {
	if n := c.most - c.Len(); len(p) > n {
		c.over = true
		c.Buffer.Write(p[:max(n, 0)])
		return len(p), nil
	}
	return c.Buffer.Write(p)
}

func (c *caller) query(ctx context.Context, in queryIn) (any, error) {
	rows, size, err := room(in.Limit)
	if err != nil {
		return nil, err
	}
	text := &capped{most: 8 << 20}
	if err := c.a.SQL(ctx, c.who, api.Statement{Text: in.SQL, Format: "JSONCompactEachRowWithNames", Most: rows + 1, Lang: c.lang}, text); err != nil {
		return nil, err
	}
	out := queried{Columns: []string{}, Rows: []json.RawMessage{}, About: words.In(c.lang, "agent_cells")}
	lines := bytes.Split(bytes.TrimSpace(text.Bytes()), []byte("\n"))
	if len(lines) > 0 {
		_ = json.Unmarshal(lines[0], &out.Columns)
	}
	for _, line := range lines[min(1, len(lines)):] {
		if json.Valid(line) {
			out.Rows = append(out.Rows, line)
		}
	}
	n := len(out.Rows)
	if out.Rows = fit(out.Rows, rows, size); len(out.Rows) < n || text.over {
		out.Truncated = words.In(c.lang, "agent_more", len(out.Rows))
	}
	return out, nil
}
