package jobs

import (
	"context"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// mostOpen is how many loads that wait for a person are looked up for the list of an inbox.
const mostOpen = 10_000

// decided says of the entries that waited for a person when they were loaded what has become of them since: somebody may have
// accepted, returned or asked. Where the database does not say, they stay as they were.
func (s *Scheduler) decided(list []pipeline.Arrival) {
	waits := map[pipeline.ArrivalState]bool{pipeline.ArrivalHeld: true, pipeline.ArrivalSubmitted: true, pipeline.ArrivalAsked: true, pipeline.ArrivalReturned: true}
	var open map[string]pipeline.Run
	for i := range list {
		a := &list[i]
		if !waits[a.State] || a.Run == "" {
			continue
		}
		if open == nil {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			runs, err := s.Loader.Runs(ctx, pipeline.RunFilter{Kind: "load", States: append([]pipeline.State{pipeline.Returned}, pipeline.Waiting...), Limit: mostOpen})
			cancel()
			if err != nil || len(runs) == mostOpen {
				s.log().Warn("what has been decided on is not known", "err", err)
				return
			}
			open = map[string]pipeline.Run{}
			for _, r := range runs {
				open[r.ID] = r
			}
		}
		r, ok := open[a.Run]
		if !ok {
			a.State, a.Reason, a.Remedy = pipeline.ArrivalPublished, codes.Text{}, codes.Text{}
			continue
		}
		a.State, a.Reason, a.Remedy = pipeline.ArrivalState(r.State), codes.Text{Zh: r.MessageZh, En: r.MessageEn}, codes.Text{Zh: r.RemedyZh, En: r.RemedyEn}
	}
}
