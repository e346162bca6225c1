package dashboard

import (
	"encoding/json"
	"net/http"
	"slices"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/reply"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
)

// mostArrivals is how many entries of the inbox the page lists; what needs a person stands first.
const mostArrivals = 500

type inboxPage struct {
	layout
	States  []inboxState // those there are, with their counts
	Entries []inboxRow
	More    int
}

type inboxState struct {
	State, Text, URL string
	N                uint64
	Current          bool
}

type inboxRow struct {
	State, StateText, Path, Job, Changed, Reason, Remedy, Run, Next string
	Size                                                            uint64
}

// inbox is the page of what lies in the watched folders, what became of it and why.
func (s *Server) inbox(a *ask) (http.HandlerFunc, error) {
	loc := a.st.Loc
	p := inboxPage{layout: s.layout(a.r, words.Get("inbox"))}
	want := pipeline.ArrivalState(a.value("state"))
	if want != "" && !slices.Contains(pipeline.ArrivalStates, want) {
		var valid []string
		for _, st := range pipeline.ArrivalStates {
			valid = append(valid, string(st))
		}
		return nil, a.bad("state", valid...)
	}
	counts := map[pipeline.ArrivalState]uint64{}
	var order []pipeline.ArrivalState
	for _, x := range s.Inbox() {
		if counts[x.State]++; counts[x.State] == 1 {
			order = append(order, x.State)
		}
		if want != "" && x.State != want {
			continue
		}
		if len(p.Entries) == mostArrivals {
			p.More++
			continue
		}
		row := inboxRow{
			State: string(x.State), StateText: words.In(loc, "arrival_"+string(x.State)), Path: x.Path, Job: x.Job, Size: uint64(x.Size),
			Reason: x.Reason.In(loc), Remedy: x.Remedy.In(loc), Run: x.Run,
		}
		if !x.Changed.IsZero() {
			row.Changed = address.Moment(x.Changed)
		}
		if !x.Next.IsZero() {
			row.Next = x.Next.In(address.Office).Format(time.TimeOnly)
		}
		p.Entries = append(p.Entries, row)
	}
	if want != "" && !slices.Contains(order, want) {
		order = append(order, want)
	}
	for _, st := range order {
		p.States = append(p.States, inboxState{string(st), words.In(loc, "arrival_"+string(st)), "/data/inbox?state=" + string(st), counts[st], st == want})
	}
	return s.html("inbox.html", p), nil
}

// inboxNow lists what lies in the watched folders as JSON, for yanzhen inbox.
func (s *Server) inboxNow(w http.ResponseWriter, r *http.Request) {
	body, err := json.Marshal(append([]pipeline.Arrival{}, s.Inbox()...))
	if err != nil {
		s.fail(w, r, err)
		return
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	reply.Body(w, r, http.StatusOK, body)
}
