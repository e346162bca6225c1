package dashboard

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// thaw finds the moment of the report date that a state names.
func (s *Server) thaw(ctx context.Context, st state) (state, error) {
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
	return st, &refusal{http.StatusNotFound, words.Get("no_freeze", st.Freeze), have}
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

type freezesPage struct {
	page
	Freezes []freezeRow
}

type freezeRow struct{ Name, At, Note, By, URL, Targets string }

func (s *Server) freezes(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	if _, err := read(r); err != nil {
		s.fail(w, r, err)
		return
	}
	list, err := s.Pipeline.Freezes(ctx)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	remember(w, r)
	p := freezesPage{page: s.page(r, words.Get("freezes"))}
	for _, f := range list {
		q := url.Values{"freeze": {f.Name}}
		row := freezeRow{Name: f.Name, At: moment(f.At, p.Loc), Note: f.Note, By: f.By, Targets: address("/responsibility", q)}
		if len(s.Boards) > 0 {
			row.URL = address("/b/"+s.home(), q)
		}
		p.Freezes = append(p.Freezes, row)
	}
	s.render(w, r, http.StatusOK, "freezes.html", p)
}
