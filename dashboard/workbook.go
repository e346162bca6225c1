package dashboard

import (
	"context"
	"errors"
	"net/http"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/coverage"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/dashboard/workbook"
	"yanzhen/pipeline/days"
)

// workbook answers a page as one file for a spreadsheet.
func (s *Server) workbook(a *ask) (http.HandlerFunc, error) {
	st := a.st
	b, last, err := s.boardAsked(a)
	if err != nil {
		return nil, err
	}
	answers, failed := make([]*figures.Answer, len(b.Panels)), make([]string, len(b.Panels))
	var g errgroup.Group
	g.SetLimit(6)
	for i, p := range b.Panels {
		g.Go(func() error {
			answers[i], failed[i] = s.bookAnswer(a.ctx, p.View(st.Map), st, last)
			return nil
		})
	}
	g.Wait()
	if err := workbook.Whole(a.r.Header.Get("Yanzhen-Failed"), failed); err != nil { // nobody looks at it before it goes out
		return nil, err
	}
	return s.booked(a, b, answers, failed, last)
}

// bookAnswer answers a panel; one that fails does not take the workbook with it, but says so.
func (s *Server) bookAnswer(ctx context.Context, p board.Panel, st address.State, last days.Day) (d *figures.Answer, failed string) {
	f, ms := s.source().Bind(p)
	none := &figures.Answer{Figure: f, Metrics: ms}
	defer func() {
		if x := recover(); x != nil {
			s.Log.Error("panel failed", "panel", p.Name, "panic", x)
			d, failed = none, words.In(st.Loc, "panel_failed")
		}
	}()
	d, err := s.reported(ctx, p, st, last)
	if err != nil {
		return none, s.failed(p, err, st.Loc)
	}
	return d, ""
}

// reported answers a panel, and of a report date what has moved since.
func (s *Server) reported(ctx context.Context, p board.Panel, st address.State, last days.Day) (*figures.Answer, error) {
	d, err := s.source().Of(ctx, p, st, last)
	if err == nil && !st.AsOf.IsZero() {
		err = s.source().Since(ctx, p, d, st, last)
	}
	return d, err
}

// booked writes answers of a board as a workbook; failed says of each why it is none.
func (s *Server) booked(a *ask, b *board.Board, answers []*figures.Answer, failed []string, last days.Day) (http.HandlerFunc, error) {
	loc := a.st.Loc
	covered, err := s.coverage(a.ctx, a.st)
	if err != nil {
		return nil, err
	}
	facts, err := s.bookFacts(a, b, last)
	if err != nil {
		return nil, err
	}
	book := workbook.Book{Lang: loc, Title: b.Title.In(loc), Facts: facts, At: s.Now()}
	if s.Demo {
		book.Mark = words.In(loc, "demo_long")
	}
	plain := b.Name
	if len(answers) == 1 {
		book.Title, plain = answers[0].Title.In(loc), plain+"-"+answers[0].Name
	}
	seen := map[string]bool{}
	for i, d := range answers {
		book.Panels = append(book.Panels, workbook.Panel{Answer: d, Failed: failed[i], Coverage: plainLine(s.coverageLine(a.ctx, covered, coverage.AskedOf(d.Results), a.st))})
		_, ms := s.source().Bind(d.Panel)
		for _, m := range ms {
			if !seen[m.Name] {
				seen[m.Name] = true
				book.Definitions = append(book.Definitions, s.bookDefinition(m, a.st))
			}
		}
	}
	body, err := workbook.Write(book)
	if errors.Is(err, workbook.ErrLarge) {
		return nil, address.Refuse(http.StatusRequestEntityTooLarge, words.Get("book_large"))
	}
	if err != nil {
		return nil, err
	}
	write := saved(body, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", plain+".xlsx", s.fileName(book.Title, a.st.Range, loc)+".xlsx")
	return func(w http.ResponseWriter, r *http.Request) {
		if w.Header().Get("Cache-Control") == "" {
			w.Header().Set("Cache-Control", "private, no-cache")
		}
		write(w, r)
	}, nil
}

// bookFacts is what the first sheet says of the page.
func (s *Server) bookFacts(a *ask, b *board.Board, last days.Day) ([]workbook.Fact, error) {
	st, loc := a.st, a.st.Loc
	var out []workbook.Fact
	fact := func(label, text string) {
		if text != "" {
			out = append(out, workbook.Fact{Label: label, Text: text})
		}
	}
	fact(words.In(loc, "book_zone"), s.Zone.In(loc))
	if st.Range.IsZero() {
		fact(words.In(loc, "period"), words.In(loc, "period_own"))
	}
	out = append(out, workbook.Fact{Label: words.In(loc, "as_of"), Day: last})
	bar, err := s.filters().Bar(a.ctx, "/b/"+b.Name, s.metricsOf(b), st, last)
	if err != nil {
		return nil, err
	}
	for _, c := range bar.Chips {
		out = append(out, workbook.Fact{Label: c.Label, Text: c.Value})
	}
	if !st.AsOf.IsZero() {
		fact(words.In(loc, "freezes"), words.In(loc, "as_reported", address.Moment(st.AsOf)))
	}
	fact(words.In(loc, "book_written"), address.Moment(s.Now()))
	return out, nil
}

func (s *Server) bookDefinition(m *metric.Metric, st address.State) workbook.Definition {
	d := s.definitionOf(m, st.Loc)
	var sets []string
	for _, x := range d.Datasets {
		sets = append(sets, x.Title)
	}
	return workbook.Definition{
		Title: d.Title, Name: d.Name, Text: d.Definition, Formula: d.Formula, Unit: d.Unit, Direction: d.Direction,
		Datasets: words.Join(st.Loc, "sep_list", sets), Dims: words.Join(st.Loc, "sep_list", d.Dims),
	}
}

// plainLine is a line of coverage where nothing can be clicked.
func plainLine(l *coverage.Line) string {
	if l == nil {
		return ""
	}
	return joined(l.Text, l.Refused)
}
