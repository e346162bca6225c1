package dashboard

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/cause"
	"yanzhen/dashboard/coverage"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/steps"
	"yanzhen/dashboard/trail"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline"
	"yanzhen/pipeline/days"
)

// causePage leads from a number to what it is made of, in three steps: the link of the chain, the group of
// enterprises, the month. Everything chosen is in its address.
type causePage struct {
	layout
	Name     string // of the metric
	DataDate string
	Empty    string
	steps.Page
	Board    link // the charts with what was chosen
	Home     link // and without
	Sources  []sourceRow
	More     int         // submissions beyond those listed
	Nothing  []sourceRow // submissions of its days of which nothing counts
	Others   int         // of these, beyond those listed
	Coverage *coverage.Line
}

type sourceRow struct {
	File, URL, Dataset, Sender, Period, Dates, At string
	Loaded, Rejected                              uint64
}

const topSources = 10

// cardOf finds the card that shows a metric, on the first page before the others; the zero Panel where none does.
func (s *Server) cardOf(name string) (*board.Board, board.Panel) {
	var boards []*board.Board
	if len(s.Boards) > 0 {
		boards = append([]*board.Board{s.find(s.home())}, s.Boards...)
	}
	for _, b := range boards {
		for _, p := range b.Panels {
			if p.Kind == board.KPI && p.Metrics[0] == name {
				return b, p
			}
		}
	}
	for _, b := range boards {
		for _, p := range b.Panels {
			if slices.Contains(p.Metrics, name) {
				return b, board.Panel{}
			}
		}
	}
	return nil, board.Panel{}
}

// cause answers what a number is made of.
func (s *Server) cause(a *ask) (http.HandlerFunc, error) {
	m := s.Catalog.Metric(a.r.PathValue("metric"))
	if m == nil {
		return nil, address.Missing(words.Get("no_metric", a.r.PathValue("metric")), s.metricNames()...)
	}
	asked, err := trail.Read(a.r.URL.Query(), a.st, m)
	if err != nil {
		return nil, err
	}
	home, card := s.cardOf(m.Name)
	of := home
	if of == nil {
		of = &board.Board{Panels: []board.Panel{{Metrics: []string{m.Name}}}}
	}
	last, err := s.date(a.ctx, of, a.st)
	if err != nil {
		return nil, err
	}
	p := causePage{layout: s.layout(a.r, m.Title), Name: m.Name, DataDate: days.Label(last, a.st.Loc)}
	s.headed(&p.layout, sheetDates(a.st, last)...)
	if last.IsZero() {
		p.Empty = words.In(a.st.Loc, "no_data_yet")
		return s.html("cause.html", p), nil
	}
	t, err := steps.Desk{Source: s.source(), Targets: s.Targets}.Trace(a.ctx, asked, card, last)
	if err != nil {
		return nil, err
	}
	if a.value("format") == "csv" {
		return s.causeCSV(t)
	}
	p.Page = t.Page()
	if home != nil {
		p.Board = t.Board(home)
		p.Home = link{Text: home.Title.In(a.st.Loc), URL: address.To("/b/"+home.Name, a.st.Query())}
	}
	if err := s.sources(a.ctx, &p, t.Ask); err != nil {
		return nil, err
	}
	return s.html("cause.html", p), nil
}

// causeCSV answers the last step as a table.
func (s *Server) causeCSV(t steps.Trace) (http.HandlerFunc, error) {
	loc := t.St.Loc
	body, err := t.Sheet().CSV(loc)
	if err != nil {
		return nil, err
	}
	return s.csv(body, "cause-"+t.Metric.Name, t.Metric.Title.In(loc)+"_"+words.In(loc, "cause"), t.Range, loc), nil
}

// sources lists the submissions that the number, or the month that was chosen, is counted from, and apart from them those of which
// not one row was loaded.
func (s *Server) sources(ctx context.Context, p *causePage, a trail.Ask) error {
	q := a.Query()
	for _, t := range a.Taps {
		if from, err := metric.ParseDay(t.Key); t.Dim == cause.ByPeriod && err == nil {
			q.From, q.To = from, a.Grain().Next(from)
		} else if t.Dim != cause.ByPeriod {
			q.Where = append(q.Where, metric.Filter{Dim: t.Dim, Values: []string{t.Key}})
		}
	}
	of := []coverage.Asked{{Metric: a.Metric, Days: days.Range{From: q.From, To: q.To}, Narrowed: len(q.Where) > 0}}
	covered, err := s.coverage(ctx, a.St)
	if err != nil {
		return err
	}
	p.Coverage = s.coverageLine(ctx, covered, of, a.St)
	if who := access.From(ctx); !who.Can(access.Rows) || !who.Whole() {
		return nil
	}
	q.Compare = metric.NoCompare
	counted, known, err := s.Engine.Batches(ctx, q)
	if err != nil {
		return err
	}
	live, err := s.live(ctx, "", a.St.AsOf)
	if err != nil {
		return err
	}
	var list []pipeline.Live
	for _, l := range coverage.Sources(s.Catalog, of, live) {
		switch {
		case l.Loaded == 0:
			p.Nothing = append(p.Nothing, s.sourceRow(l, a.St))
		case !known || counted[l.Batch] > 0:
			list = append(list, l)
		}
	}
	slices.SortStableFunc(list, func(x, y pipeline.Live) int {
		if c := y.MaxDate.Compare(x.MaxDate); c != 0 {
			return c
		}
		return strings.Compare(x.File, y.File)
	})
	p.More = max(0, len(list)-topSources)
	for _, l := range list[:min(len(list), topSources)] {
		p.Sources = append(p.Sources, s.sourceRow(l, a.St))
	}
	p.Others = max(0, len(p.Nothing)-topSources)
	p.Nothing = p.Nothing[:min(len(p.Nothing), topSources)]
	return nil
}

func (s *Server) sourceRow(l pipeline.Live, st address.State) sourceRow {
	row := sourceRow{
		File: l.File, URL: "/data/runs/" + l.Run, Dataset: s.datasetLinks([]string{l.Dataset}, st.Loc)[0].Title, Sender: l.Sender,
		Period: l.Period, At: address.Moment(l.At), Loaded: l.Loaded, Rejected: l.Rejected,
	}
	if dated(l.MaxDate) {
		row.Dates = l.MinDate.Format(time.DateOnly) + " — " + l.MaxDate.Format(time.DateOnly)
	}
	return row
}
