package dashboard

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/metric"
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
		if f.Name == st.Freeze {
			st.AsOf = f.At
			return st, nil
		}
		have = append(have, f.Name)
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
		err = s.verify(ctx, st, last)
	}
	return last, err
}

// boardDate is the data date of a board: the last day for which any of its datasets is published, or was at the
// moment the page is asked for.
func (s *Server) boardDate(ctx context.Context, b *board.Board, st address.State) (days.Day, error) {
	ms := s.metricsOf(b)
	if !st.AsOf.IsZero() {
		return s.dateThen(ctx, ms, st.AsOf)
	}
	last, err := s.dataDate(ctx, ms)
	if err != nil || !last.IsZero() {
		return last, err
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

// homeDate is the data date of the first page.
func (s *Server) homeDate(ctx context.Context, st address.State) (days.Day, error) {
	if len(s.Boards) > 0 {
		return s.boardDate(ctx, s.find(s.home()), st)
	}
	if !st.AsOf.IsZero() {
		return s.dateThen(ctx, s.Catalog.Metrics(), st.AsOf)
	}
	return s.Engine.DataDate(ctx)
}

// dataDate is the last day for which a panel has data; the page's where its datasets have none.
func (s *Server) dataDate(ctx context.Context, ms []*metric.Metric) (days.Day, error) {
	var names []string
	for _, m := range ms {
		for _, d := range m.Datasets() {
			if !slices.Contains(names, d) {
				names = append(names, d)
			}
		}
	}
	slices.Sort(names)
	return s.Engine.DataDate(ctx, names...)
}

// dateThen is the last day for which any dataset of the metrics was published at a moment.
func (s *Server) dateThen(ctx context.Context, ms []*metric.Metric, at time.Time) (days.Day, error) {
	live, err := s.Pipeline.AsOf(ctx, "", at)
	if err != nil {
		return days.Day{}, err
	}
	var last days.Day
	for _, l := range live {
		if l.MaxDate.After(last) && slices.ContainsFunc(ms, func(m *metric.Metric) bool { return slices.Contains(m.Datasets(), l.Dataset) }) {
			last = l.MaxDate
		}
	}
	return last, nil
}
