package dashboard

import (
	"net/http"
	"slices"
	"strings"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
)

type datasetPage struct {
	layout
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
	History  string // the address of its versions; empty: there is no page of it
}

func (s *Server) dataset(a *ask) (http.HandlerFunc, error) {
	st, name := a.st, a.r.PathValue("name")
	d := s.declared(name)
	if d == nil {
		return nil, address.Missing(words.Get("no_dataset", name), s.datasetNames()...)
	}
	live, err := s.Pipeline.Live(a.ctx, name)
	if err != nil {
		return nil, err
	}
	loc := st.Loc
	p := datasetPage{layout: s.layout(a.r, d.Title), Name: name, About: d.About.In(loc), Unit: strings.Join(d.Unit, " + "), Duplicates: d.Duplicates}
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
			Unit: l.Unit, File: l.File, Sender: l.Sender, Period: l.Period, Run: l.Run, At: address.Moment(l.At), History: s.Units.At(a.ctx, name, l.Unit),
			Counts: l.Counts, From: isoOrDash(l.MinDate), To: isoOrDash(l.MaxDate),
		})
	}
	cov, err := s.coverage(a.ctx, st)
	if err != nil {
		return nil, err
	}
	p.Covered, p.Absent = cov[name].Reported(loc), cov[name].Awaited(s.who(loc), loc)
	slices.SortStableFunc(p.Units, func(a, b unitRow) int { return strings.Compare(b.Period+b.Unit, a.Period+a.Unit) })
	for _, m := range s.Catalog.Metrics() {
		if slices.Contains(m.Datasets(), name) {
			p.Metrics = append(p.Metrics, datasetLink{m.Name, m.Title.In(loc)})
		}
	}
	return s.html("dataset.html", p), nil
}

func (s *Server) datasetNames() []string {
	var have []string
	for _, d := range s.Datasets {
		have = append(have, d.Name)
	}
	return have
}
