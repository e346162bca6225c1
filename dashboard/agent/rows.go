package agent

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/statement"
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
	Run      string  `json:"run"`
	Dataset  string  `json:"dataset,omitempty"`
	File     string  `json:"file_as_sent"`
	Sender   string  `json:"sender,omitempty"`
	Period   string  `json:"period,omitempty"`
	State    string  `json:"state"`
	Loaded   *uint64 `json:"loaded"` // null: of fewer people than the account sees
	Rejected uint64  `json:"rejected"`
	Code     string  `json:"code,omitempty"` // of why it came to what it did
	Why      string  `json:"why,omitempty"`  // in words, which may quote a cell: absent where cells are hidden
	Link     string  `json:"link"`
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

func (c *caller) load(ctx context.Context, x pipeline.Run) load {
	loaded := &x.Loaded
	if _, few := c.a.Desk.Engine.Few(ctx, x.Dataset, x.Loaded); few {
		loaded = nil
	}
	why := codes.Text{Zh: x.MessageZh, En: x.MessageEn}.In(c.lang)
	_, few := c.a.Desk.Engine.Few(ctx, x.Dataset, x.Read) // the sentence reckons with both
	if loaded == nil || few || !c.a.Settings.Cells || c.a.veil.Column(c.a.Desk.Catalog.Dataset(x.Dataset), "") {
		why = ""
	}
	return load{
		Run: x.ID, Dataset: x.Dataset, File: x.File, Sender: x.Sender, Period: x.Period, State: string(x.State), Loaded: loaded, Rejected: x.Rejected,
		Code: x.Code, Why: why, Link: c.base() + "/data/runs/" + x.ID,
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
			if mine(x) && !c.a.veil.Dataset(x.Dataset) && (x.Rejected > 0 || x.Code != "") {
				out.Loads = append(out.Loads, c.load(ctx, x))
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
	if !ok || !mine(x) || c.a.veil.Dataset(x.Dataset) {
		return nil, address.Coded(http.StatusNotFound, "no_run", words.Get("no_run", in.Run))
	}
	return c.cells(ctx, x, rows, size)
}

// cells are those that a load refused. What stands in them was written by a sender: it is quoted, or hidden.
func (c *caller) cells(ctx context.Context, x pipeline.Run, rows, size int) (any, error) {
	rules, err := c.a.Ledger.RejectRules(ctx, x.ID)
	if err != nil {
		return nil, err
	}
	list, err := c.a.Ledger.Rejects(ctx, x.ID, rows, 0)
	if err != nil {
		return nil, err
	}
	out := refusedCells{Load: c.load(ctx, x), Rules: []rule{}, Cells: []cell{}, About: words.In(c.lang, "agent_cells")}
	of := c.a.Desk.Catalog.Dataset(x.Dataset)
	veiled := func(column string) bool { return !c.a.Settings.Cells || c.a.veil.Column(of, column) }
	for _, r := range list {
		y := cell{
			Cell: cmp.Or(r.Cell, strconv.FormatUint(uint64(r.Row), 10)), Sheet: r.Sheet, Column: r.Column, Written: strconv.Quote(r.Raw), Warn: r.Warn,
			Reason: codes.Text{Zh: r.ReasonZh, En: r.ReasonEn}.In(c.lang), Remedy: codes.Text{Zh: r.RemedyZh, En: r.RemedyEn}.In(c.lang),
		}
		if veiled(r.Column) { // a sentence may say it in other words, or another cell of its row
			y.Written, y.Reason, y.Remedy = hidden, r.Rule, ""
		}
		out.Cells = append(out.Cells, y)
	}
	total := 0
	for _, r := range rules {
		total += int(r.Cells)
		why := codes.Text{Zh: r.ReasonZh, En: r.ReasonEn}.In(c.lang)
		if veiled(r.Column) { // it is that of some cell
			why = r.Rule
		}
		out.Rules = append(out.Rules, rule{r.Rule, r.Column, r.Cells, why})
	}
	if out.Cells = fit(out.Cells, rows, size); len(out.Cells) < total {
		out.Truncated = words.In(c.lang, "agent_cut", len(out.Cells), total)
	}
	return out, nil
}

type queryIn struct {
	spoken
	SQL    string         `json:"sql" jsonschema:"one SELECT over the views of mart, or metric(…)"`
	Params map[string]any `json:"params,omitempty" jsonschema:"values of {name:Type} in the statement: texts, numbers, true or false, null, lists"`
	Limit  int            `json:"limit,omitempty" jsonschema:"how many rows at most; absent: 500 or 50 kB"`
}

type queried struct {
	Columns   []statement.Column `json:"columns"`
	Rows      []json.RawMessage  `json:"rows"`
	Count     int                `json:"count"`
	Data      string             `json:"data_version"`
	About     string             `json:"about"`
	Truncated string             `json:"truncated,omitempty"`
	Waited    string             `json:"waited,omitempty"`
	Link      string             `json:"link"`
}

// query answers a statement of who may ask in SQL: as many rows as there is room for, and where there are more, that there are.
func (c *caller) query(ctx context.Context, in queryIn) (any, error) {
	rows, size, err := room(in.Limit)
	if err != nil {
		return nil, err
	}
	params, err := asking.Params(in.Params)
	if err != nil {
		return nil, err
	}
	version, err := c.a.Desk.Version(ctx)
	if err != nil {
		return nil, err
	}
	out := queried{Columns: []statement.Column{}, Rows: []json.RawMessage{}, Data: version, About: words.In(c.lang, "agent_cells"), Link: c.base() + "/sql"}
	asked := asking.Asked{Who: c.who, Door: "agent", SQL: in.SQL, Params: params}
	n, cut, err := c.a.SQL.Rows(ctx, asked, statement.Bounds{Rows: rows, Bytes: int64(size), Time: timeout - time.Second}, statement.Take{
		Head: func(columns []statement.Column) error {
			out.Columns = append(out.Columns, columns...)
			return nil
		},
		Row: func(row json.RawMessage) error {
			out.Rows = append(out.Rows, bytes.Clone(row))
			return nil
		},
		Waited: func(why codes.Text) { out.Waited = why.In(c.lang) },
	})
	if err != nil {
		return nil, asking.Refusal(err, in.SQL)
	}
	if out.Count = n; cut {
		out.Truncated = words.In(c.lang, "agent_more", n)
	}
	return out, nil
}
