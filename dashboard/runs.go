package dashboard

import (
	"net/http"
	"slices"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/editor"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

type runsPage struct {
	layout
	Only         string   // the title of the one dataset whose loads are listed; empty: those of all
	Faults, Runs []runRow // faults of jobs, that no load tells of
	Timed        []editor.Trouble
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

// mostRuns is how many runs the page lists.
const mostRuns = 400

func (s *Server) runs(a *ask) (http.HandlerFunc, error) {
	st, only := a.st, a.value("dataset")
	senders, all := access.From(a.ctx).Senders()
	most := mostRuns
	if !all {
		most *= 20 // most of them are others'
	}
	runs, err := s.Pipeline.Runs(a.ctx, pipeline.RunFilter{Kind: "load", Dataset: only, Limit: most})
	if err != nil {
		return nil, err
	}
	runs = slices.DeleteFunc(runs, func(x pipeline.Run) bool { return !all && !slices.Contains(senders, x.Sender) })
	runs = runs[:min(len(runs), mostRuns)]
	access.Shown(a.ctx, len(runs))
	var faults []pipeline.Run // of jobs, which are nobody's
	var timed []editor.Trouble
	if all && only == "" {
		timed = s.Editor.Troubles(a.ctx, st.Loc)
		if faults, err = s.Pipeline.JobFaults(a.ctx, 20); err != nil {
			return nil, err
		}
	}
	return s.html("runs.html", runsPage{layout: s.layout(a.r, words.Get("runs")), Only: s.runRow(pipeline.Run{Dataset: only}, st.Loc).DatasetTitle, Faults: s.runRows(faults, st.Loc), Timed: timed, Runs: s.runRows(runs, st.Loc)}), nil
}
