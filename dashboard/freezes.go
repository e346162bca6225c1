package dashboard

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"time"

	"yanzhen/dashboard/metric"
)

// thaw finds the moment of the report date that a state names.
func (s *Server) thaw(ctx context.Context, st state) (state, error) {
	if st.Freeze == "" {
		return st, nil
	}
	list, err := s.Engine.Freezes(ctx)
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
	return st, &refusal{http.StatusNotFound, say("no_freeze", st.Freeze), have}
}

// dateThen is the last day for which any dataset of the metrics was published at a moment.
func (s *Server) dateThen(ctx context.Context, ms []*metric.Metric, at time.Time) (metric.Day, error) {
	live, err := s.Pipeline.AsOf(ctx, "", at)
	if err != nil {
		return metric.Day{}, err
	}
	var last metric.Day
	for _, l := range live {
		if l.MaxDate.After(last) && slices.ContainsFunc(ms, func(m *metric.Metric) bool { return slices.Contains(m.Datasets(), l.Dataset) }) {
			last = l.MaxDate
		}
	}
	return last, nil
}

// revisedLine is what a card says of a figure that was reported.
type revisedLine struct {
	Text    string
	Changed bool
	Moved   []movedRow
	More    int // submissions that are not listed
	By      string
}

type movedRow struct{ File, Sender, At, State, URL string }

const movedShown = 8

// revised compares a card's figure with the same figure now.
func (s *Server) revised(ctx context.Context, r *metric.Result, st state) (*revisedLine, error) {
	q := r.Query
	q.Compare = metric.NoCompare
	rev, err := s.Engine.Revision(ctx, q, st.AsOf)
	if err != nil {
		return nil, err
	}
	l := &revisedLine{Text: say("not_moved").In(st.Loc)}
	if !rev.Changed() || len(rev.Points) == 0 {
		return l, nil
	}
	pt := rev.Points[len(rev.Points)-1]
	l.Changed = true
	l.Text = say("reported", metric.Number(pt.Reported, r.Unit), metric.Number(pt.Now, r.Unit)).In(st.Loc)
	l.By = say("moved_by", len(rev.Moved)).In(st.Loc)
	// the latest first: of many it is the one that is asked about
	slices.Reverse(rev.Moved)
	for i, m := range rev.Moved {
		if i == movedShown {
			l.More = len(rev.Moved) - i
			break
		}
		row := movedRow{File: m.File, Sender: m.Sender, At: moment(m.At, st.Loc), URL: "/data/datasets/" + m.Dataset}
		if row.File == "" {
			row.File = m.Unit
		}
		if m.State == "withdrawn" {
			row.State = say("withdrawn").In(st.Loc)
		}
		l.Moved = append(l.Moved, row)
	}
	return l, nil
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
	list, err := s.Engine.Freezes(ctx)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	remember(w, r)
	p := freezesPage{page: s.page(r, say("freezes"))}
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
