package dashboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

func isoOrDash(d time.Time) string {
	if d.IsZero() || d.Unix() == 0 {
		return "—"
	}
	return d.Format(time.DateOnly)
}

// dated says that a day of the ledger is one: the first of 1970 stands for none.
func dated(t time.Time) bool { return !t.IsZero() && t.Unix() != 0 }

func isoDay(d days.Day) string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}

// thaw finds the moment of the report date that a state names.
func (s *Server) thaw(ctx context.Context, st address.State) (address.State, error) {
	if st.Freeze == "" {
		return st, nil
	}
	list, err := s.Pipeline.Freezes(ctx)
	if err != nil {
		return st, err
	}
	have := make([]string, 0, len(list))
	for _, f := range list {
		switch {
		case f.Name == st.Freeze && f.Gone(): // a signed paper may lead here: it is told, and nothing is shown that nobody stands for
			return st, address.Coded(http.StatusGone, "withdrawn", words.Get("freeze_withdrawn", f.Name, address.Moment(f.Withdrawn), f.WithdrawnBy, f.Reason), "/data/freezes")
		case f.Name == st.Freeze:
			st.AsOf = f.At
			return st, nil
		case !f.Gone():
			have = append(have, f.Name)
		}
	}
	return st, address.Missing(words.Get("no_freeze", st.Freeze), have...)
}

// version changes with every publication and rollback.
func (s *Server) version(ctx context.Context) (string, error) {
	live, err := s.Engine.Live(ctx, time.Time{})
	return digest(live.Versions()), err
}

func digest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

// date is the data date of a board, at the moment that a state asks for. A filter value that does not occur in the data
// until then is refused.
func (s *Server) date(ctx context.Context, b *board.Board, st address.State) (days.Day, error) {
	last, err := s.boardDate(ctx, b, st)
	if err == nil && !last.IsZero() {
		err = s.filters().Verify(ctx, st, last)
	}
	return last, err
}

// boardDate is the data date of a board: the last day for which most of its datasets are whole, or were at the moment the
// page is asked for.
func (s *Server) boardDate(ctx context.Context, b *board.Board, st address.State) (days.Day, error) {
	ms := s.metricsOf(b)
	live, err := s.Engine.Live(ctx, st.AsOf)
	if err != nil {
		return days.Day{}, err
	}
	last := live.DataDateOf(ms)
	if !last.IsZero() || !st.AsOf.IsZero() {
		return last, nil
	}
	// rows without any date: they hold for the day that the other datasets have reached, and where no dataset has
	// any date, for the day they were published
	if last, err = s.Engine.DataDate(ctx); err != nil || !last.IsZero() {
		return last, err
	}
	fresh, err := s.Pipeline.Freshness(ctx)
	if err != nil {
		return last, err
	}
	for _, f := range fresh {
		for _, m := range ms {
			if at := f.Published.In(address.Office); slices.Contains(m.Datasets(), f.Dataset) && at.After(last) {
				last = days.Date(at.Year(), at.Month(), at.Day())
			}
		}
	}
	return last, nil
}

// otherDates are the dates of a board's panels that are not the board's own, the latest first, three at most.
func (s *Server) otherDates(ctx context.Context, b *board.Board, st address.State, last days.Day) ([]days.Day, error) {
	live, err := s.Engine.Live(ctx, st.AsOf)
	if err != nil {
		return nil, err
	}
	var out []days.Day
	for _, m := range s.metricsOf(b) {
		if d := live.Date(m); !d.IsZero() && !d.Equal(last) && !slices.ContainsFunc(out, d.Equal) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(x, y days.Day) int { return y.Compare(x) })
	return out[:min(len(out), 3)], nil
}

// homeDate is the data date of the first page.
func (s *Server) homeDate(ctx context.Context, st address.State) (days.Day, error) {
	if len(s.Boards) > 0 {
		return s.boardDate(ctx, s.find(s.home()), st)
	}
	live, err := s.Engine.Live(ctx, st.AsOf)
	return live.DataDate(), err
}
