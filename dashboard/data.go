package dashboard

import (
	"net/http"
	"slices"
	"strconv"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/missing"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/days"
)

type dataPage struct {
	layout
	Datasets []datasetRow
	Runs     []runRow
	Units    uint64
	Rows     uint64
	Hidden   string // what stands there instead, where one of few people could be reckoned from it
	Rejected uint64
	DataDate string
	Missing  []datasetLink // declared, nothing published yet
}

type datasetRow struct {
	datasetLink
	About                          string
	Units, Senders, Rows, Rejected uint64
	Few                            string // what stands there instead of Rows, where they are of few people
	From, To, Published, Age       string
	Late                           bool
	Covered, Missing               string // of the latest month
}

func (s *Server) declared(name string) *dataset.Dataset {
	for _, d := range s.Datasets {
		if d.Name == name {
			return d
		}
	}
	return nil
}

func (s *Server) data(a *ask) (http.HandlerFunc, error) {
	st := a.st
	fresh, err := s.Pipeline.Freshness(a.ctx)
	if err != nil {
		return nil, err
	}
	runs, err := s.Pipeline.Runs(a.ctx, pipeline.RunFilter{Kind: "load", Limit: 12})
	if err != nil {
		return nil, err
	}
	cov, err := s.coverage(a.ctx, st)
	if err != nil {
		return nil, err
	}
	p := dataPage{layout: s.layout(a.r, words.Get("data"))}
	if access.From(a.ctx).Can(access.Rows) { // files and what each holds
		p.Runs = s.runRows(runs, st.Loc)
	}
	last, err := s.Engine.DataDate(a.ctx)
	if err != nil {
		return nil, err
	}
	p.DataDate = days.Label(last, st.Loc)
	for _, f := range fresh {
		row := datasetRow{
			datasetLink: s.datasetLinks([]string{f.Dataset}, st.Loc)[0], Units: f.Units, Senders: f.Senders, Rows: f.Rows, Rejected: f.Rejected,
			From: isoOrDash(f.MinDate), To: isoOrDash(f.MaxDate), Published: address.Moment(f.Published),
		}
		if d := s.declared(f.Dataset); d != nil {
			row.About = d.About.In(st.Loc)
		}
		c := cov[f.Dataset]
		row.Late, row.Covered, row.Missing = c.Behind(), c.Reported(st.Loc), c.Awaited(s.who(st.Loc), st.Loc)
		p.Units += f.Units
		if least, few := s.Engine.Few(a.ctx, f.Dataset, f.Rows); few {
			row.Few, _ = missing.Mark(metric.WhySmall + strconv.Itoa(least))
			p.Hidden, _ = missing.Mark(metric.WhyHidden)
		}
		p.Rows += f.Rows
		p.Rejected += f.Rejected
		p.Datasets = append(p.Datasets, row)
	}
	for _, d := range s.Datasets {
		if !slices.ContainsFunc(fresh, func(f pipeline.Freshness) bool { return f.Dataset == d.Name }) {
			p.Missing = append(p.Missing, datasetLink{d.Name, d.Title.In(st.Loc)})
		}
	}
	return s.html("data.html", p), nil
}
