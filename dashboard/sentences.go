package dashboard

import (
	"context"
	"slices"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// briefing is the sentences on top of a board.
type briefing struct {
	Loc       codes.Lang
	Title     string
	Sentences []brief.Sentence
	Documents string // where reports are read; empty: none is declared
}

// desk is what sentences are written from.
func (s *Server) desk() brief.Desk {
	return brief.Desk{Source: s.source(), Targets: s.Targets, Workdays: s.workdays(), Datasets: s.stands.Titles}
}

// sentences writes the sentences of a board; nil where none are declared or there is no data. One that fails is left out of the
// page and told to the operator, and the page says that it is missing.
func (s *Server) sentences(ctx context.Context, name string, at brief.Moment) *briefing {
	i := slices.IndexFunc(s.Briefs, func(b *brief.Brief) bool { return b.Board == name })
	if i < 0 || at.Last.IsZero() || !access.From(ctx).Whole() { // they speak of targets, of who has reported, of the whole zone
		return nil
	}
	b, loc := s.Briefs[i], at.State.Loc
	said := s.desk().Sentences(ctx, b, at, func(sentence int, err error) string {
		s.Log.Error("sentence failed", "briefing", b.Name, "sentence", sentence, "error", err)
		return words.In(loc, "panel_failed")
	})
	if len(said) == 0 {
		return nil
	}
	p := &briefing{Loc: loc, Title: b.Title.In(loc), Sentences: said}
	if len(brief.Documents(s.Briefs)) > 0 && access.From(ctx).Whole() {
		p.Documents = address.To("/briefings", at.State.Query())
	}
	return p
}
