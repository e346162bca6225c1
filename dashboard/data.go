package dashboard

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
)

type dataPage struct {
	page
	Datasets []datasetRow
	Runs     []runRow
	Units    uint64
	Rows     uint64
	Rejected uint64
	DataDate string
	Missing  []datasetLink // declared, nothing published yet
}

type datasetRow struct {
	datasetLink
	About                          string
	Units, Senders, Rows, Rejected uint64
	From, To, Published, Age       string
	Late                           bool
	Covered, Missing               string // of the latest month
}

// shanghai is the office's clock; every time on a page is told by it.
var shanghai = time.FixedZone("Asia/Shanghai", 8*3600)

func moment(t time.Time, loc codes.Lang) string {
	if t.IsZero() || t.Unix() == 0 {
		return "—"
	}
	return t.In(shanghai).Format("2006-01-02 15:04")
}

func isoOrDash(d time.Time) string {
	if d.IsZero() || d.Unix() == 0 {
		return "—"
	}
	return d.Format(time.DateOnly)
}

func (s *Server) declared(name string) *dataset.Dataset {
	for _, d := range s.Datasets {
		if d.Name == name {
			return d
		}
	}
	return nil
}

func (s *Server) data(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	st, err := read(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	fresh, err := s.Pipeline.Freshness(ctx)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	runs, err := s.Pipeline.Runs(ctx, pipeline.RunFilter{Kind: "load", Limit: 12})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	cov, err := s.coverage(ctx)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	remember(w, r)
	p := dataPage{page: s.page(r, words.Get("data")), Runs: s.runRows(runs, st.Loc)}
	var last days.Day
	for _, f := range fresh {
		if f.MaxDate.After(last) {
			last = f.MaxDate
		}
	}
	p.DataDate = days.Label(last, st.Loc)
	for _, f := range fresh {
		row := datasetRow{
			datasetLink: s.datasetLinks([]string{f.Dataset}, st.Loc)[0], Units: f.Units, Senders: f.Senders, Rows: f.Rows, Rejected: f.Rejected,
			From: isoOrDash(f.MinDate), To: isoOrDash(f.MaxDate), Published: moment(f.Published, st.Loc),
		}
		if d := s.declared(f.Dataset); d != nil {
			row.About = d.About.In(st.Loc)
			// late: a monthly dataset whose data end more than a month before the freshest of them
			row.Late = d.Period != nil && d.Period.Grain == "month" && !f.MaxDate.IsZero() && f.MaxDate.Before(last.AddDate(0, -1, 0))
		}
		if c := cov[f.Dataset]; c != nil && c.Due > 0 {
			row.Covered, row.Missing = words.In(st.Loc, "coverage", c.Reported, c.Due), c.missing(st.Loc)
		}
		p.Units += f.Units
		p.Rows += f.Rows
		p.Rejected += f.Rejected
		p.Datasets = append(p.Datasets, row)
	}
	for _, d := range s.Datasets {
		if !slices.ContainsFunc(fresh, func(f pipeline.Freshness) bool { return f.Dataset == d.Name }) {
			p.Missing = append(p.Missing, datasetLink{d.Name, d.Title.In(st.Loc)})
		}
	}
	s.render(w, r, http.StatusOK, "data.html", p)
}

type datasetPage struct {
	page
	Name, About string
	Unit        string
	Columns     []columnRow
	Checks      []checkRow
	Units       []unitRow
	Metrics     []datasetLink
	Duplicates  string
	Covered     string // the latest month: reported of due
	Absent      string // who has not
}

type columnRow struct {
	Name, Title, Type, List, Aliases, About, Personal string
	Required                                          bool
}

type checkRow struct{ Name, Rule, Reason string }

type unitRow struct {
	Unit, File, Sender, Period, Run, At string
	pipeline.Counts
	From, To string
	Batch    uint32
}

func (s *Server) dataset(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	st, err := read(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	name := r.PathValue("name")
	d := s.declared(name)
	if d == nil {
		var have []string
		for _, d := range s.Datasets {
			have = append(have, d.Name)
		}
		s.fail(w, r, &refusal{http.StatusNotFound, words.Get("no_dataset", name), have})
		return
	}
	live, err := s.Pipeline.Live(ctx, name)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	remember(w, r)
	loc := st.Loc
	p := datasetPage{page: s.page(r, d.Title), Name: name, About: d.About.In(loc), Unit: strings.Join(d.Unit, " + "), Duplicates: d.Duplicates}
	for _, c := range d.Columns {
		p.Columns = append(p.Columns, columnRow{
			Name: c.Name, Title: c.Title.In(loc), Type: string(c.Type), List: c.List, Aliases: words.Join(loc, "sep_list", c.Aliases),
			About: c.About.In(loc), Personal: string(c.Personal), Required: c.Required,
		})
	}
	for _, c := range d.Checks {
		p.Checks = append(p.Checks, checkRow{c.Name, c.Expr, c.Reason.In(loc)})
	}
	for _, l := range live {
		p.Units = append(p.Units, unitRow{
			Unit: l.Unit, File: l.File, Sender: l.Sender, Period: l.Period, Run: l.Run, At: moment(l.At, loc), Batch: l.Batch,
			Counts: l.Counts, From: isoOrDash(l.MinDate), To: isoOrDash(l.MaxDate),
		})
	}
	if c := s.cover(live)[name]; c != nil && c.Due > 0 {
		p.Covered, p.Absent = words.In(loc, "coverage", c.Reported, c.Due), c.missing(loc)
	}
	slices.SortStableFunc(p.Units, func(a, b unitRow) int { return strings.Compare(b.Period+b.Unit, a.Period+a.Unit) })
	for _, m := range s.Catalog.Metrics() {
		if slices.Contains(m.Datasets(), name) {
			p.Metrics = append(p.Metrics, datasetLink{m.Name, m.Title.In(loc)})
		}
	}
	s.render(w, r, http.StatusOK, "dataset.html", p)
}

type runRow struct {
	ID, Job, Dataset, DatasetTitle, File, Sender, Period, Unit string
	State, StateText, Started, Took, Encoding, Message, Remedy string
	pipeline.Counts
	Warnings uint64
	Batch    uint32
}

func (s *Server) runRows(runs []pipeline.Run, loc codes.Lang) []runRow {
	out := make([]runRow, 0, len(runs))
	for _, x := range runs {
		out = append(out, s.runRow(x, loc))
	}
	return out
}

func (s *Server) runRow(x pipeline.Run, loc codes.Lang) runRow {
	row := runRow{
		ID: x.ID, Job: x.Job, Dataset: x.Dataset, DatasetTitle: x.Dataset, File: x.File, Sender: x.Sender, Period: x.Period, Unit: x.Unit,
		State: string(x.State), StateText: stateText(x.State, loc), Started: moment(x.Started, loc), Encoding: x.Encoding,
		Message: codes.Text{Zh: x.MessageZh, En: x.MessageEn}.In(loc), Remedy: codes.Text{Zh: x.RemedyZh, En: x.RemedyEn}.In(loc),
		Counts: x.Counts, Warnings: x.Warnings, Batch: x.Batch,
	}
	if d := s.declared(x.Dataset); d != nil {
		row.DatasetTitle = d.Title.In(loc)
	}
	if x.Finished.After(x.Started) {
		row.Took = x.Finished.Sub(x.Started).Round(10 * time.Millisecond).String()
	}
	return row
}

func stateText(st pipeline.State, loc codes.Lang) string {
	return words.In(loc, "state_"+string(st))
}

type runsPage struct {
	page
	Runs []runRow
}

func (s *Server) runs(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	st, err := read(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	runs, err := s.Pipeline.Runs(ctx, pipeline.RunFilter{Kind: "load", Limit: 400})
	if err != nil {
		s.fail(w, r, err)
		return
	}
	remember(w, r)
	s.render(w, r, http.StatusOK, "runs.html", runsPage{page: s.page(r, words.Get("runs")), Runs: s.runRows(runs, st.Loc)})
}

type runPage struct {
	page
	Run     runRow
	Rules   []ruleRow
	Rejects []rejectRow
	Pager   string
	Next    string
	Prev    string
}

type ruleRow struct {
	Rule, Column, Reason string
	Cells                uint64
	Warn                 bool
}

type rejectRow struct {
	Where, Sheet, Column, Raw, Reason, Remedy string
	Row                                       uint32
	Warn                                      bool
}

const rejectsPerPage = 200

func (s *Server) run(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	st, err := read(r, "page")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	number := 1
	if v := r.URL.Query().Get("page"); v != "" {
		if number, err = strconv.Atoi(v); err != nil || number < 1 || number > 100000 {
			s.fail(w, r, &refusal{http.StatusBadRequest, words.Get("bad_value", "page", v), []string{"1", "2", "…"}})
			return
		}
	}
	id := r.PathValue("run")
	x, ok, err := s.Pipeline.Run(ctx, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if !ok {
		s.fail(w, r, &refusal{http.StatusNotFound, words.Get("no_run", id), nil})
		return
	}
	rules, err := s.Pipeline.RejectRules(ctx, id)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	rejects, err := s.Pipeline.Rejects(ctx, id, rejectsPerPage, (number-1)*rejectsPerPage)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	remember(w, r)
	loc := st.Loc
	p := runPage{page: s.page(r, words.Get("run")), Run: s.runRow(x, loc)}
	titles := map[string]string{}
	if d := s.declared(x.Dataset); d != nil {
		for _, c := range d.Columns {
			titles[c.Name] = c.Title.In(loc)
		}
	}
	title := func(c string) string {
		if t := titles[c]; t != "" {
			return t
		}
		return c
	}
	var total uint64
	for _, x := range rules {
		total += x.Cells
		p.Rules = append(p.Rules, ruleRow{x.Rule, title(x.Column), codes.Text{Zh: x.ReasonZh, En: x.ReasonEn}.In(loc), x.Cells, x.Warn})
	}
	for _, x := range rejects {
		p.Rejects = append(p.Rejects, rejectRow{
			Where: x.Cell, Sheet: x.Sheet, Row: x.Row, Column: title(x.Column), Raw: x.Raw, Warn: x.Warn,
			Reason: codes.Text{Zh: x.ReasonZh, En: x.ReasonEn}.In(loc), Remedy: codes.Text{Zh: x.RemedyZh, En: x.RemedyEn}.In(loc),
		})
	}
	if total > rejectsPerPage {
		first := (number-1)*rejectsPerPage + 1
		p.Pager = words.In(loc, "rows_more", total, first, first+len(rejects)-1)
		if uint64(first+len(rejects)-1) < total && len(rejects) > 0 {
			p.Next = r.URL.Path + "?page=" + strconv.Itoa(number+1)
		}
		if number > 1 {
			p.Prev = r.URL.Path + "?page=" + strconv.Itoa(number-1)
		}
	}
	s.render(w, r, http.StatusOK, "run.html", p)
}

type metricsPage struct {
	page
	Metrics []definitionOf
}

// metrics is the catalogue of definitions.
func (s *Server) metrics(w http.ResponseWriter, r *http.Request) {
	st, err := read(r)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	remember(w, r)
	p := metricsPage{page: s.page(r, words.Get("metrics"))}
	for _, m := range s.Catalog.Metrics() {
		p.Metrics = append(p.Metrics, s.definitionOf(m, st.Loc))
	}
	s.render(w, r, http.StatusOK, "metrics.html", p)
}
