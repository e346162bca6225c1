package jobs

import (
	"context"
	"slices"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// atOnce is how many loads are looked up in one question.
const atOnce = 2_000

// waiting are the states in which a load waits for a person, or has gone back to one.
var waiting = map[pipeline.ArrivalState]bool{pipeline.ArrivalHeld: true, pipeline.ArrivalSubmitted: true, pipeline.ArrivalAsked: true, pipeline.ArrivalReturned: true}

// decided says of the entries that waited for a person when they were loaded what has become of them since: somebody may have
// accepted, returned or asked. Of the files of an archive the one counts that most needs something done. What the database does
// not tell of stays as it was.
func (s *Scheduler) decided(list []pipeline.Arrival) {
	of := func(a pipeline.Arrival) []string {
		if len(a.Runs) == 0 && waiting[a.State] && a.Run != "" {
			return []string{a.Run}
		}
		return a.Runs
	}
	var ids []string
	for _, a := range list {
		ids = append(ids, of(a)...)
	}
	if len(ids) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	now := map[string]pipeline.Run{}
	for some := range slices.Chunk(ids, atOnce) {
		runs, err := s.Loader.Runs(ctx, pipeline.RunFilter{IDs: some, Limit: atOnce})
		if err != nil {
			s.log().Warn("what has been decided on is not known", "err", err)
			return
		}
		for _, r := range runs {
			now[r.ID] = r
		}
	}
	for i := range list {
		a := &list[i]
		worst, known := pipeline.Run{}, false
		for _, id := range of(*a) {
			r, ok := now[id]
			if !ok {
				continue
			}
			if !known || urgency(decision(r)) < urgency(decision(worst)) {
				worst, known = r, true
			}
		}
		if !known || !waiting[a.State] && urgency(a.State) <= urgency(decision(worst)) { // another of its files was refused: that stays
			continue
		}
		a.State, a.Run, a.Reason, a.Remedy = decision(worst), worst.ID, codes.Text{}, codes.Text{}
		if a.State != pipeline.ArrivalPublished {
			a.Reason, a.Remedy = codes.Text{Zh: worst.MessageZh, En: worst.MessageEn}, codes.Text{Zh: worst.RemedyZh, En: worst.RemedyEn}
		}
	}
}

// decision is what a load that waited has become, as the list of an inbox calls it.
func decision(r pipeline.Run) pipeline.ArrivalState {
	switch state := pipeline.ArrivalState(r.State); {
	case waiting[state], state == pipeline.ArrivalPublished:
		return state
	}
	return pipeline.ArrivalRefused
}
