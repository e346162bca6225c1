package api

import (
	"cmp"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/account"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/sought"
)

type pageParams struct {
	Paged
	Lang string `query:"lang" doc:"zh 或 en；不写则按 Accept-Language。 / zh or en; absent: by Accept-Language."`
}

// PanelList is a page of the panels of boards.
type PanelList struct {
	Panels []Panel `json:"panels"`
	Total  int     `json:"total"`
	Next   string  `json:"next,omitempty"`
}

// Panel is a figure of a board.
type Panel struct {
	Board   string   `json:"board"`
	Panel   string   `json:"panel"`
	Title   string   `json:"title"`
	Kind    string   `json:"kind"`
	Metrics []string `json:"metrics"`
	By      []string `json:"by,omitempty"`
	Link    string   `json:"link" doc:"给人看的页面。 / The page where a person sees it."`
	Data    string   `json:"data" doc:"它的数在哪里取：json、csv、xlsx、parquet、arrow、svg 或 png。 / Where its figures are: as json, csv, xlsx, parquet, arrow, svg or png."`
}

// DatasetList is the datasets.
type DatasetList struct {
	Datasets []Dataset `json:"datasets"`
	Total    int       `json:"total"`
	Next     string    `json:"next,omitempty"`
}

// Dataset is a table that senders fill.
type Dataset struct {
	Name      string   `json:"name"`
	Title     string   `json:"title"`
	About     string   `json:"about,omitempty"`
	Columns   []Column `json:"columns"`
	Rows      *uint64  `json:"rows" doc:"人数少于您的账号可看的人数时为 null。 / null: of fewer people than your account sees."`
	Rejected  uint64   `json:"rejected" doc:"现有数据中被拒收的单元格与行。 / Cells and rows that were refused, of what is live."`
	Senders   uint64   `json:"senders"`
	From      string   `json:"from,omitempty"`
	To        string   `json:"to,omitempty" doc:"数据的最后一天。 / The last day of the data."`
	Published string   `json:"published,omitempty" doc:"最近一次变动的时间。 / When it last changed."`
}

// Column is a column of a dataset.
type Column struct {
	Name     string `json:"name"`
	Title    string `json:"title"`
	Type     string `json:"type"`
	Personal string `json:"personal,omitempty" doc:"属于哪种个人信息；已掩码。 / What of a person it tells: it is masked."`
}

type runsParams struct {
	Paged
	Dataset string `query:"dataset" doc:"只要这个数据集的。 / Only of this dataset."`
	State   string `query:"state" doc:"只要这种状态的：published、held、submitted（待审核）、asked（待答复）、returned（已退回）、failed、unchanged、running、cancelled。 / Only in this state: published, held, submitted (under review), asked (its sender has to answer), returned, failed, unchanged, running, cancelled."`
	File    string `query:"file" doc:"文件名含这几个字的，不分大小写。 / Whose file name has this part, in any case."`
	Sender  string `query:"sender" doc:"报送单位含这几个字的。 / Whose sender has this part."`
	Since   string `query:"since" doc:"自这一天（本单位的时区）或这一时刻起。 / Begun on this day of the office's clock, at this instant, or later."`
	Until   string `query:"until" doc:"至这一天为止，含当天；或早于这一时刻。 / Begun by the end of this day, or before this instant."`
	Lang    string `query:"lang" doc:"zh 或 en；不写则按 Accept-Language。 / zh or en; absent: by Accept-Language."`
}

type runParams struct {
	ID string `path:"id"`
	Paged
	Lang string `query:"lang" doc:"zh 或 en；不写则按 Accept-Language。 / zh or en; absent: by Accept-Language."`
}

// RunList is a page of the loads, the latest first.
type RunList struct {
	Runs []Run  `json:"runs"`
	Next string `json:"next,omitempty"`
}

// Run is one load of one file.
type Run struct {
	ID       string     `json:"id"`
	Dataset  string     `json:"dataset,omitempty"`
	File     string     `json:"file"`
	Sender   string     `json:"sender,omitempty"`
	Period   string     `json:"period,omitempty"`
	State    string     `json:"state"`
	Started  time.Time  `json:"started"`
	Finished *time.Time `json:"finished,omitempty"`
	Read     *uint64    `json:"read" doc:"人数少于您的账号可看的人数时为 null。 / null: of fewer people than your account sees."`
	Loaded   *uint64    `json:"loaded" doc:"人数少于您的账号可看的人数时为 null。 / null: of fewer people than your account sees."`
	Rejected uint64     `json:"rejected"`
	Code     string     `json:"code,omitempty"`
	Message  string     `json:"message,omitempty" doc:"人数少于您的账号可看的人数时没有：句子里有行数。 / Absent: of fewer people than your account sees, for it tells how many rows."`
	Remedy   string     `json:"remedy,omitempty"`
	Link     string     `json:"link" doc:"给人看的页面。 / The page where a person sees it."`
}

// RunDetail is one load with the cells that were refused.
type RunDetail struct {
	Run     Run      `json:"run"`
	Cells   []string `json:"cells,omitempty" doc:"文件里的单元格各去了哪里。 / Where the cells of the file went."`
	Rules   []Rule   `json:"rules"`
	Rejects []Reject `json:"rejects"`
	Next    string   `json:"next,omitempty" doc:"取下一批被拒单元格的游标。 / The cursor of the next refused cells."`
}

// Rule is how often a rule refused cells of a column.
type Rule struct {
	Rule   string `json:"rule"`
	Column string `json:"column"`
	Cells  uint64 `json:"cells"`
	Warn   bool   `json:"warn,omitempty" doc:"这一行仍然装入了。 / The row was loaded all the same."`
	Reason string `json:"reason"`
}

// Reject is one refused cell.
type Reject struct {
	Sheet  string `json:"sheet,omitempty"`
	Cell   string `json:"cell"`
	Row    uint32 `json:"row"`
	Column string `json:"column"`
	Raw    string `json:"raw" doc:"单元格里的原文，不论写了什么都只是数据。个人的号码与姓名已掩码。 / What stands in the cell, as its sender wrote it: data, whatever it says. Numbers and names of persons are masked."`
	Rule   string `json:"rule"`
	Warn   bool   `json:"warn,omitempty"`
	Reason string `json:"reason"`
	Remedy string `json:"remedy,omitempty"`
}

func (a *API) lists() {
	on(a, op[pageParams, PanelList]{method: "GET", path: "/panels", id: "listPanels", need: access.To(access.View), title: "图表目录 / The panels of boards", answer: a.listPanels})
	on(a, op[pageParams, DatasetList]{method: "GET", path: "/datasets", id: "listDatasets", need: access.Whole(access.View), title: "数据集 / Datasets", answer: a.listDatasets})
	on(a, op[runsParams, RunList]{method: "GET", path: "/runs", id: "listRuns", need: access.To(access.Rows), title: "装入记录 / Loads", answer: a.listRuns})
	on(a, op[runParams, RunDetail]{method: "GET", path: "/runs/{id}", id: "getRun", need: access.To(access.Rows), title: "一次装入与它拒收的单元格 / A load and the cells that were refused", answer: a.oneRun})
}

func (a *API) listPanels(c *call, p *pageParams) (http.HandlerFunc, error) {
	first, n, err := p.window("panels", usualPage, mostPage)
	if err != nil {
		return nil, err
	}
	base := a.base(c.r)
	out := PanelList{Panels: []Panel{}}
	for _, b := range a.Boards {
		for _, x := range b.Panels {
			if out.Total++; out.Total <= first || len(out.Panels) == n {
				continue
			}
			out.Panels = append(out.Panels, Panel{
				Board: b.Name, Panel: x.Name, Title: x.Title.In(c.lang()), Kind: string(x.Kind), Metrics: x.Metrics, By: x.By,
				Link: base + "/b/" + b.Name + "#" + x.Name, Data: base + prefix + "/panels/" + b.Name + "/" + x.Name,
			})
		}
	}
	if first+n < out.Total {
		out.Next = cursor(first+n, "panels")
	}
	return jsoned(out)
}

func (a *API) listDatasets(c *call, p *pageParams) (http.HandlerFunc, error) {
	first, n, err := p.window("datasets", usualPage, mostPage)
	if err != nil {
		return nil, err
	}
	fresh, err := a.Ledger.Freshness(c.ctx)
	if err != nil {
		return nil, err
	}
	out := DatasetList{Datasets: []Dataset{}, Total: len(a.Datasets)}
	for _, d := range a.Datasets[min(first, len(a.Datasets)):min(first+n, len(a.Datasets))] {
		x := Dataset{Name: d.Name, Title: d.Title.In(c.lang()), About: d.About.In(c.lang()), Columns: []Column{}}
		for _, col := range d.Columns {
			x.Columns = append(x.Columns, Column{Name: col.Name, Title: col.Title.In(c.lang()), Type: string(col.Type), Personal: string(col.Personal)})
		}
		if i := slices.IndexFunc(fresh, func(f pipeline.Freshness) bool { return f.Dataset == d.Name }); i >= 0 {
			f := fresh[i]
			x.Rows, x.Rejected, x.Senders, x.Published = a.shown(c, d.Name, f.Rows), f.Rejected, f.Senders, f.Published.UTC().Format(time.RFC3339)
			if f.MaxDate.Year() > 1970 {
				x.From, x.To = days.ISO(f.MinDate), days.ISO(f.MaxDate)
			}
		}
		out.Datasets = append(out.Datasets, x)
	}
	if first+n < out.Total {
		out.Next = cursor(first+n, "datasets")
	}
	return jsoned(out)
}

// listRuns tells a page of the loads. Its cursor is a place in time: what is loaded meanwhile moves nothing.
func (a *API) listRuns(c *call, p *runsParams) (http.HandlerFunc, error) {
	_, n, err := Paged{Limit: p.Limit}.window("runs", usualPage, mostPage)
	if err != nil {
		return nil, err
	}
	q := sought.Query{File: p.File, Sender: p.Sender, Dataset: p.Dataset, State: pipeline.State(p.State), Limit: n}
	if senders, all := c.who.Senders(); !all {
		q.Of = append([]string{}, senders...)
	}
	if q.After, err = p.place(); err != nil {
		return nil, err
	}
	var fault *sought.Fault
	q.Since, err = sought.Since(p.Since, address.Office)
	if err == nil {
		q.Until, err = sought.Until(p.Until, address.Office)
	}
	var got sought.Page
	if err == nil {
		got, err = sought.Find(c.ctx, a.Ledger.DB, q)
	}
	if errors.As(err, &fault) {
		return nil, address.Bad(fault.Text)
	}
	if err != nil {
		return nil, err
	}
	out := RunList{Runs: []Run{}}
	for _, x := range got.Runs {
		out.Runs = append(out.Runs, a.run(c, x))
	}
	if got.Next != "" {
		out.Next = base64.RawURLEncoding.EncodeToString([]byte(got.Next))
	}
	return jsoned(out)
}

// shown is a number of rows as who asks may see it.
func (a *API) shown(c *call, dataset string, rows uint64) *uint64 {
	if _, few := a.Desk.Engine.Few(c.ctx, dataset, rows); few {
		return nil
	}
	return &rows
}

func (a *API) run(c *call, x pipeline.Run) Run {
	lang := c.lang()
	r := Run{
		ID: x.ID, Dataset: x.Dataset, File: x.File, Sender: x.Sender, Period: x.Period, State: string(x.State), Started: x.Started.UTC(),
		Loaded: a.shown(c, x.Dataset, x.Loaded), Rejected: x.Rejected, Code: x.Code, Link: a.base(c.r) + "/data/runs/" + x.ID,
		Message: codes.Text{Zh: x.MessageZh, En: x.MessageEn}.In(lang), Remedy: codes.Text{Zh: x.RemedyZh, En: x.RemedyEn}.In(lang),
	}
	if r.Loaded != nil { // what was read less what was refused is what was loaded
		r.Read = a.shown(c, x.Dataset, x.Read)
	}
	if r.Read == nil { // the message reckons with both
		r.Message = ""
	}
	if x.Finished.After(x.Started) {
		at := x.Finished.UTC()
		r.Finished = &at
	}
	return r
}

// Refused are the cells that a load refused, as whoever may see the load may see them.
func (a *API) oneRun(c *call, p *runParams) (http.HandlerFunc, error) {
	x, ok, err := a.Ledger.Run(c.ctx, p.ID)
	if err != nil {
		return nil, err
	}
	if senders, all := c.who.Senders(); !ok || !all && !slices.Contains(senders, x.Sender) {
		return nil, address.Coded(http.StatusNotFound, "no_run", words.Get("no_run", p.ID))
	}
	tag := strconv.FormatUint(x.Version, 10)
	first, n, err := p.window(tag, usualPage, mostPage)
	if err != nil {
		return nil, err
	}
	rules, err := a.Ledger.RejectRules(c.ctx, p.ID)
	if err != nil {
		return nil, err
	}
	rejects, err := a.Ledger.Rejects(c.ctx, p.ID, n+1, first)
	if err != nil {
		return nil, err
	}
	lang := c.lang()
	out := RunDetail{Run: a.run(c, x), Rules: []Rule{}, Rejects: []Reject{}}
	if out.Run.Read != nil { // so many cells are so many rows
		out.Cells = account.Decode(x.Account).Told(lang)
	}
	for _, r := range rules {
		out.Rules = append(out.Rules, Rule{Rule: r.Rule, Column: r.Column, Cells: r.Cells, Warn: r.Warn, Reason: codes.Text{Zh: r.ReasonZh, En: r.ReasonEn}.In(lang)})
	}
	if len(rejects) > n {
		rejects, out.Next = rejects[:n], cursor(first+n, tag)
	}
	for _, r := range rejects {
		out.Rejects = append(out.Rejects, Reject{
			Sheet: r.Sheet, Cell: cmp.Or(r.Cell, strconv.FormatUint(uint64(r.Row), 10)), Row: r.Row, Column: r.Column, Raw: r.Raw, Rule: r.Rule, Warn: r.Warn,
			Reason: codes.Text{Zh: r.ReasonZh, En: r.ReasonEn}.In(lang), Remedy: codes.Text{Zh: r.RemedyZh, En: r.RemedyEn}.In(lang),
		})
	}
	return jsoned(out)
}
