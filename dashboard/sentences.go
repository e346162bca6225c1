package dashboard

import (
	"context"
	"slices"
	"sync/atomic"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// briefing is the sentences on top of a board.
type briefing struct {
	Loc       codes.Lang
	Title     string
	Sentences []brief.Sentence
	Documents string      // where reports are read; empty: none is declared
	failed    atomic.Bool // one of them could not be said
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
	p := &briefing{Loc: loc, Title: b.Title.In(loc)}
	p.Sentences = s.desk().Sentences(ctx, s.told(ctx, b, at.State.AsOf), at, func(sentence int, err error) string {
		p.failed.Store(true)
		s.Log.Error("sentence failed", "briefing", b.Name, "sentence", sentence, "error", err)
		return words.In(loc, "panel_failed")
	})
	if len(p.Sentences) == 0 {
		return nil
	}
	if len(brief.Documents(s.Briefs)) > 0 && access.From(ctx).Whole() {
		p.Documents = address.To("/briefings", at.State.Query())
	}
	return p
}

// told is a briefing without the sentences of which nobody has sent anything, as far as that is known.
func (s *Server) told(ctx context.Context, b *brief.Brief, asOf time.Time) *brief.Brief {
	live, err := s.Engine.Live(ctx, asOf)
	if err != nil {
		s.Log.Error("sentences are shown whatever came", "briefing", b.Name, "error", err)
		return b
	}
	out := *b
	out.Rules = slices.DeleteFunc(slices.Clone(b.Rules), func(r brief.Rule) bool {
		var ms []*metric.Metric
		for _, name := range r.Metrics {
			if m := s.Catalog.Metric(name); m != nil {
				ms = append(ms, m)
			}
		}
		return len(ms) > 0 && !live.Any(ms)
	})
	return &out
}

// newsPatience is how long a page whose first figures are there waits for what is new since its reader looked last.
const newsPatience = 2 * time.Second

// newsAtOnce bounds what is looked for at once: a look goes on when its page no longer waits, so that the next page has it.
var newsAtOnce = make(chan struct{}, 4)

// news says what is new on the first page since its reader looked last, while the other sentences are written. It says nothing
// where there was no visit before, where a part of the page is asked for, and to who sees a part of the zone.
func (s *Server) news(ctx context.Context, at brief.Moment, since time.Time) <-chan brief.Sentence {
	out := make(chan brief.Sentence, 1)
	st := at.State
	if since.IsZero() || at.Last.IsZero() || !st.AsOf.IsZero() || len(st.Where) > 0 || !st.Range.IsZero() || !access.From(ctx).Whole() {
		close(out)
		return out
	}
	select {
	case newsAtOnce <- struct{}{}:
	default:
		close(out)
		return out
	}
	go func() {
		defer close(out)
		defer func() { <-newsAtOnce }()
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pageTimeout)
		defer cancel()
		defer func() {
			if p := recover(); p != nil {
				s.Log.Error("what is new could not be said", "panic", p)
			}
		}()
		b := s.find(s.home())
		was := st
		was.AsOf = since
		last, err := s.boardDate(ctx, b, was)
		var said brief.Sentence
		if err == nil {
			said, err = s.desk().Since(ctx, b, at, brief.Before{At: since, Last: last})
		}
		switch {
		case err == nil:
			out <- said
		case ctx.Err() == nil:
			s.Log.Error("what is new could not be said", "error", err)
		}
	}()
	return out
}
