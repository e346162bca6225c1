package dashboard

import (
	"net/http"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/editor"
	"yanzhen/dashboard/runs"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

type runsPage struct {
	layout
	Form         runs.Form
	Faults, Runs []runRow // faults of jobs, that no load tells of
	Timed        []editor.Trouble
}

type runRow struct {
	ID, Job, Dataset, DatasetTitle, File, Sender, Period, Unit                  string
	History, Accept, State, StateText, Started, Took, Encoding, Message, Remedy string
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
		State: string(x.State), StateText: stateText(x.State, loc), Started: address.Moment(x.Started), Encoding: x.Encoding,
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

func (s *Server) runs(a *ask) (http.HandlerFunc, error) {
	st := a.st
	got, form, err := runs.Find(a.ctx, s.Pipeline.DB, a.r.URL.Query(), st.Loc)
	if err != nil {
		return nil, err
	}
	_, all := access.From(a.ctx).Senders()
	access.Shown(a.ctx, len(got))
	for _, d := range s.Datasets {
		form.Offer(d.Name, d.Title.In(st.Loc))
	}
	p := runsPage{layout: s.layout(a.r, words.Get("runs")), Form: form, Runs: s.runRows(got, st.Loc)}
	if all && !form.Sought { // faults of jobs are nobody's
		p.Timed = s.Editor.Troubles(a.ctx, st.Loc)
		faults, err := s.Pipeline.JobFaults(a.ctx, 20)
		if err != nil {
			return nil, err
		}
		p.Faults = s.runRows(faults, st.Loc)
	}
	return s.html("runs.html", p), nil
}
