package dashboard

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// briefing is the sentences on top of a board.
type briefing struct {
	Loc       codes.Lang
	Title     string
	Sentences []brief.Sentence
}

// sentences writes the sentences of a board; nil where none are declared or there is no data. One that fails is left out of the
// page and told to the operator, and the page says that it is missing.
func (s *Server) sentences(ctx context.Context, name string, at brief.Moment) *briefing {
	i := slices.IndexFunc(s.Briefs, func(b *brief.Brief) bool { return b.Board == name })
	if i < 0 || at.Last.IsZero() {
		return nil
	}
	b, loc := s.Briefs[i], at.State.Loc
	desk := brief.Desk{Source: s.source(), Targets: s.Targets, Workdays: s.workdays(), Datasets: s.stands.Titles}
	said := make([]brief.Sentence, len(b.Rules))
	var g errgroup.Group
	g.SetLimit(4)
	for i, r := range b.Rules {
		g.Go(func() (err error) {
			defer func() {
				if p := recover(); p != nil {
					err = fmt.Errorf("panic: %v", p)
				}
				if err != nil {
					s.Log.Error("sentence failed", "briefing", b.Name, "sentence", i+1, "error", err)
					said[i], err = brief.Sentence{Parts: []brief.Part{{Text: words.In(loc, "panel_failed")}}}, nil
				}
			}()
			said[i], err = desk.Say(ctx, b, r, at)
			return err
		})
	}
	g.Wait()
	said = slices.DeleteFunc(said, func(x brief.Sentence) bool { return len(x.Parts) == 0 })
	if len(said) == 0 {
		return nil
	}
	return &briefing{loc, b.Title.In(loc), said}
}
