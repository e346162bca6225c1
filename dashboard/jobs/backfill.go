package jobs

import (
	"net/http"
	"net/url"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/words"
	"yanzhen/jobs/backfill"
	"yanzhen/pipeline/codes"
)

const mostBackfills = 5 // of one job that are shown

// filling is a backfill as the page shows it.
type filling struct {
	From, To, By, Reason, At, Ended, Stopped, Fault, Now string
	Open                                                 bool
	Done, Failed, All                                    int
	Periods                                              []step
}

type step struct{ Period, State, StateText, Run, Text string }

func fillingOf(b backfill.Backfill, loc codes.Lang) filling {
	f := filling{
		From: b.From, To: b.To, By: b.By, Reason: b.Reason, Stopped: b.Stopped, Fault: b.Fault, Now: b.Now(), Open: b.Open() && b.ID != "", All: len(b.Periods),
		Done: b.Count(backfill.Done, backfill.None, backfill.Failed), Failed: b.Count(backfill.Failed),
	}
	if !b.At.IsZero() {
		f.At = address.Moment(b.At)
	}
	if !b.Ended.IsZero() {
		f.Ended = address.Moment(b.Ended)
	}
	for _, p := range b.Periods {
		f.Periods = append(f.Periods, step{p.Period, p.State, words.In(loc, "backfill_"+p.State), p.Run, p.Text.In(loc)})
	}
	return f
}

// backfill looks at what a backfill would do, or begins one.
func (p *Page) backfill(w http.ResponseWriter, r *http.Request) error {
	job, from, to, reason := r.PathValue("job"), r.PostFormValue("from"), r.PostFormValue("to"), r.PostFormValue("reason")
	if r.PostFormValue("look") != "" {
		b, err := p.Clock.PlanBackfill(r.Context(), job, from, to)
		if err != nil {
			return p.answer(w, r, "look at a backfill of "+job, Answer{}, err, nil)
		}
		if r.Header.Get("Accept") == "application/json" {
			return tell(w, http.StatusOK, Answer{Backfills: []backfill.Backfill{b}, Clocked: p.Clock.Clocked()})
		}
		b.Reason = reason
		return p.shown(w, r, http.StatusOK, "", &b)
	}
	b, err := p.Clock.Backfill(r.Context(), job, from, to, access.From(r.Context()).Name, reason)
	return p.answer(w, r, "backfill "+job+" "+short(from)+" "+short(to)+": "+short(reason), Answer{Backfills: []backfill.Backfill{b}}, err, url.Values{"done": {"backfill"}})
}

// stopBackfill ends one after the period at work.
func (p *Page) stopBackfill(w http.ResponseWriter, r *http.Request) error {
	job, reason := r.PathValue("job"), r.PostFormValue("reason")
	err := p.Clock.StopBackfill(job, access.From(r.Context()).Name, reason)
	return p.answer(w, r, "stop backfill "+job+": "+short(reason), Answer{}, err, url.Values{"done": {"stopped"}})
}
