package dashboard

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/panel"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/coverage"
	"yanzhen/dashboard/early"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/held"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/picture"
	"yanzhen/dashboard/reply"
	"yanzhen/dashboard/standing"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

type boardPage struct {
	layout
	Board    string
	Version  string // of the data
	DataDate string
	Mixed    string // the other dates of its panels
	Behind   string // that it is of before the last publication; empty: it is not
	Lead     string
	Empty    string
	Filters  template.HTML
	Sections []section
	Unsent   string // which panels are not there, for nobody has sent what they show
	Reported string // the moment the figures were reported, where one is asked for
	Book     string // the page as a workbook
	Under    bool   // the board stands below the tab of the data
	WhatIf   bool   // the board is about gaps: it leads to what could close them
}

type section struct {
	Title  string
	Cards  []*card
	Panels []*figure
}

// figure is the place of a panel on a board, whole without a script: a picture, a table or a sentence stands there.
type figure struct {
	Name, Title, Kind, Period, Note string
	Span                            int
	API                             string // address of the panel's data
	Version                         string // of the data: a new picture has a new address
	Spark, Desk, Beside             bool
	Coverage                        *coverage.Line
	Maps                            []link // the maps it may be drawn on
	Shown                           *panelAnswer
	Phone                           *panelAnswer // the same of the picture for a phone, which may show fewer values; nil: of a table
	Failed                          string       // instead: why the figures could not be read
	passing                         bool         // which may be otherwise the next time
	Pictures                        []picture.Source
}

// boardAsked finds the board of an address and its data date.
func (s *Server) boardAsked(a *ask) (*board.Board, days.Day, error) {
	b := s.find(a.r.PathValue("board"))
	if b == nil {
		return nil, days.Day{}, address.Missing(words.Get("no_board", a.r.PathValue("board")), s.boardNames()...)
	}
	if err := s.mapChosen(a.st); err != nil {
		return nil, days.Day{}, err
	}
	last, err := s.date(a.ctx, b, a.st)
	return b, last, err
}

// board answers a page of charts: its cards with their numbers, and the places of its panels.
func (s *Server) board(a *ask) (_ http.HandlerFunc, err error) {
	key, of, err := s.below(a) // before any figure is read: what is published meanwhile may stand below, but never what was before it
	if err != nil {
		return nil, err
	}
	b, last, err := s.boardAsked(a)
	if err != nil {
		return nil, err
	}
	p, err := s.boardHead(a, b, last)
	if err != nil {
		return nil, err
	}
	at := brief.Moment{State: a.st, Last: last, Today: s.today(a.st)}
	if kept := s.held.Page(key, s.Now()); kept != nil {
		return s.again(a, p, kept, at), nil
	}
	began, turn := time.Now(), key
	if early.At(a.ctx) != nil {
		turn = "early " + key // whoever comes does not wait for what gives way to them
	}
	done, ahead := s.held.Lead(turn)
	if ahead != nil {
		if fresh, was := s.former(a.ctx, key, of, ahead); fresh != nil {
			return s.again(a, p, fresh, at), nil
		} else if was != nil && was.Head.(keptHead).version != p.Version {
			return s.asItWas(a, b, was)
		}
	} else {
		context.AfterFunc(a.ctx, done)
		defer func() {
			if err != nil {
				done()
			}
		}()
	}
	filters, err := s.filters().Bar(a.ctx, a.r.URL.Path, s.metricsOf(b), a.st, last)
	if err != nil {
		return nil, err
	}
	covered, err := s.coverage(a.ctx, a.st)
	if err != nil {
		return nil, err
	}
	live, err := s.Engine.Live(a.ctx, a.st.AsOf)
	if err != nil {
		return nil, err
	}
	places := s.lay(p, b, a, func(ms []*metric.Metric) bool { return len(ms) == 0 || live.Any(ms) })
	bar := s.write("filters", map[string]any{"Loc": p.Loc, "Path": p.Path, "Filters": filters})
	return s.streamed(a, p, bar, at, func(send func([]byte)) {
		if done != nil {
			defer done()
		} else { // somebody composes the same page
			select {
			case <-ahead.Ended:
			case <-time.After(leadPatience): // for somebody who may read slowly; figures are asked for once all the same
			case <-a.ctx.Done():
			}
			if kept := s.held.Page(key, s.Now()); kept != nil {
				repeat(a.ctx, kept, send)
				return
			}
		}
		sent := [][]byte{bar}
		ctx, shown := access.Counting(a.ctx)
		whole := s.compose(ctx, p, b, places, filling{at, covered}, func(piece []byte) {
			sent = append(sent, piece)
			send(piece)
		})
		access.Shown(a.ctx, int(shown.Load()))
		if whole && bar != nil {
			s.held.KeepPage(key, of, &held.Page{Pieces: sent, Rows: int(shown.Load()), Head: keptHead{p.Version, last, p.Mixed}, Began: began}, s.Now().Add(keptFor))
		}
	}), nil
}

// boardHead is a board but for its filters and what stands below its head.
func (s *Server) boardHead(a *ask, b *board.Board, last days.Day) (*boardPage, error) {
	st := a.st
	version, err := s.version(a.ctx)
	if err != nil {
		return nil, err
	}
	p := &boardPage{layout: s.layout(a.r, b.Title), Board: b.Name, Version: version, DataDate: days.Label(last, st.Loc), Under: b.Under != "", Lead: b.Lead.In(st.Loc)}
	p.Says = p.Lead
	s.shared(&p.layout, a.r, b.Name, st)
	s.headed(&p.layout, sheetDates(st, last)...)
	sheet := st.Query()
	sheet.Set("lang", string(st.Loc))
	p.Book = address.To("/b/"+b.Name+"/workbook.xlsx", sheet)
	if last.IsZero() {
		p.Empty = s.Inlet.Empty(a.ctx, st.Loc)
	}
	others, err := s.otherDates(a.ctx, b, st, last)
	if err != nil {
		return nil, err
	}
	if len(others) > 0 && !last.IsZero() {
		var names []string
		for _, d := range others {
			names = append(names, days.Label(d, st.Loc))
		}
		p.Mixed = words.In(st.Loc, "dates_mixed", words.Join(st.Loc, "sep_list", names))
	}
	if !st.AsOf.IsZero() {
		p.Reported = words.In(st.Loc, "as_reported", address.Moment(st.AsOf))
	}
	p.WhatIf = len(s.Chains) > 0 && slices.ContainsFunc(b.Panels, func(pn board.Panel) bool {
		return pn.Kind == board.KPI && slices.Contains(pn.Metrics, "post_gap")
	})
	return p, nil
}

// repeat sends what is kept of a board below its filters, and counts what it shows.
func repeat(ctx context.Context, kept *held.Page, send func([]byte)) {
	access.Shown(ctx, kept.Rows)
	for _, piece := range kept.Pieces[1:] {
		send(piece)
	}
}

// again answers a board as it is kept.
func (s *Server) again(a *ask, p *boardPage, kept *held.Page, at brief.Moment) http.HandlerFunc {
	return s.streamed(a, p, kept.Pieces[0], at, func(send func([]byte)) { repeat(a.ctx, kept, send) })
}

// keptHead is of when the figures of a board are that is kept: the version of the data, their last day, and what is said of others.
type keptHead struct {
	version string
	last    days.Day
	mixed   string
}

// asItWas answers a board as it was before the last publication. It says so, and has the version and the dates that it had: an open
// page finds out by the version that there is a newer one, and its pictures are those of then while they are kept.
func (s *Server) asItWas(a *ask, b *board.Board, was *held.Page) (http.HandlerFunc, error) {
	head := was.Head.(keptHead)
	p, err := s.boardHead(a, b, head.last)
	if err != nil {
		return nil, err
	}
	p.Version, p.Mixed, p.Behind = head.version, head.mixed, words.In(a.st.Loc, "behind")
	s.lately.Store(&shownLately{head.version, s.Now().Add(keptFor)})
	return s.again(a, p, was, brief.Moment{State: a.st, Last: head.last, Today: s.today(a.st)}), nil
}

// shownLately is the version of pages that were shown though another was published, and until when their pictures are answered.
type shownLately struct {
	version string
	until   time.Time
}

// former is what somebody may get while another reader has a page composed anew: the new one where it is there at once, else the
// last one of before; neither where there is none, or the other reader has been at it for too long.
func (s *Server) former(ctx context.Context, key, of string, ahead *held.Leader) (fresh, was *held.Page) {
	was = s.held.Former(of, s.Now())
	if was == nil || time.Since(ahead.Since) > mostBehind {
		return nil, nil
	}
	select {
	case <-ahead.Ended:
	case <-time.After(formerPatience):
	case <-ctx.Done():
	}
	return s.held.Page(key, s.Now()), was
}

// formerPatience is how long a page is waited for that another reader has composed, where the one of before could be shown;
// mostBehind is for how long that is.
const (
	formerPatience = 50 * time.Millisecond
	mostBehind     = 10 * time.Second
)

// below names the filters of a board and what stands below its head, by all that decides them: two requests of the same key
// get the same. Where nothing but what was published since decides, of is the same.
func (s *Server) below(a *ask) (key, of string, err error) {
	live, err := s.Engine.Live(a.ctx, time.Time{})
	who := access.From(a.ctx)
	by := []string{s.static.Base, a.r.URL.Path, a.st.Query().Encode(), a.st.AsOf.String(), string(a.st.Loc), a.st.Theme, s.today(a.st).String(), who.Part()}
	of = digest(fmt.Sprintf("%q %v %v", by, who.Whole(), who.Can(access.Rows)))
	return digest(of + " " + live.Reported()), of, err
}

// keptFor is how long a page is kept while nothing is published. What it says besides its figures, of damage and of who is
// asked, may change meanwhile.
const keptFor = time.Minute

// leadPatience is how long a reader waits for another who has the same page composed.
const leadPatience = 2 * time.Second

// streamed writes a board: its head at once, with its filters, then what rest sends, piece by piece.
func (s *Server) streamed(a *ask, p *boardPage, filters []byte, at brief.Moment, rest func(send func([]byte))) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		address.Remember(w, r)
		var since time.Time
		if p.Board == s.home() {
			since = s.Door.Since(r)
		}
		out := reply.Begin(w, r)
		defer out.Close()
		p.Filters = template.HTML(filters)
		out.Write(s.write("board.html", p))
		news := s.news(a.ctx, at, since)
		sent := 0
		rest(func(piece []byte) {
			if sent == 1 { // behind the sentences, before the first figures
				select {
				case line := <-news:
					out.Write(s.write("since", line))
				case <-time.After(newsPatience):
				}
			}
			out.Write(piece)
			sent++
		})
		out.Write(s.write("board-end", p))
	}
}

// compose sends what stands below the head of a board, in the order of the page and as its figures come: its sentences, its
// sections, and lines of what is due. It says whether all of it could be said.
func (s *Server) compose(ctx context.Context, p *boardPage, b *board.Board, places []place, of filling, send func([]byte)) bool {
	at := of.at
	var g errgroup.Group
	g.SetLimit(6)
	ready := make([]chan struct{}, len(places))
	for i := range places {
		ready[i] = make(chan struct{})
	}
	go func() {
		for i, place := range places {
			g.Go(func() error {
				defer close(ready[i])
				s.fillPlace(ctx, place, of)
				return nil
			})
		}
	}()
	whole := true
	write := func(name string, data any) {
		piece := s.write(name, data)
		whole = whole && piece != nil
		send(piece)
	}
	said := s.sentences(ctx, p.Board, at)
	if said != nil {
		whole = !said.failed.Load()
		write("brief", said)
	} else {
		send([]byte{})
	}
	next := 0
	for i := range p.Sections {
		for ; next < len(places) && places[next].section == i; next++ {
			<-ready[next]
			whole = whole && !places[next].passing()
		}
		write("board-section", map[string]any{"Loc": p.Loc, "Section": p.Sections[i], "Open": i == 0 && said == nil})
	}
	lines, counted, err := s.stands.Lines(ctx, standing.Page{Board: b, State: at.State, Version: p.Version, Last: at.Last, Today: at.Today, Due: said == nil})
	if err != nil {
		s.Log.Error("lines failed", "board", p.Board, "error", err)
	}
	write("board-stands", map[string]any{"Unsent": p.Unsent, "Lines": lines})
	return whole && counted && err == nil && ctx.Err() == nil
}

// filling is what every panel of a board is filled by: what its address asks for, its data date, and what has been reported.
type filling struct {
	at      brief.Moment
	covered coverage.Now
}

// place is where a panel stands: a card or a figure of a section.
type place struct {
	section int
	panel   board.Panel
	card    *card
	figure  *figure
}

// fillPlace answers one panel. One that fails does not take the page with it: its place says so.
func (s *Server) fillPlace(ctx context.Context, at place, of filling) {
	st, last := of.at.State, of.at.Last
	defer func() {
		if p := recover(); p != nil {
			s.Log.Error("panel failed", "panel", at.panel.Name, "panic", p)
			at.fail(words.In(st.Loc, "panel_failed"), errors.New("panic"))
		}
	}()
	if at.card != nil {
		s.fill(ctx, at.card, at.panel, st, last)
		return
	}
	d, err := s.source().Of(ctx, at.panel, st, last)
	if err == nil && !st.AsOf.IsZero() {
		err = s.source().Since(ctx, at.panel, d, st, last)
	}
	if err == nil {
		at.figure.Coverage = s.coverageLine(ctx, of.covered, coverage.AskedOf(d.Results), st)
		at.figure.Shown, err = s.shown(d, st)
	}
	if err != nil {
		at.fail(s.failed(at.panel, err, st.Loc), err)
		return
	}
	if last.IsZero() {
		at.figure.Shown.Sentence = words.In(st.Loc, "none_yet")
	}
	if at.figure.Shown.Sentence == "" && at.panel.Kind != board.Table {
		at.figure.Pictures = s.studio.Sources(at.figure.API, at.figure.Version, d, st.Theme)
		phone := *d
		phone.Compact = true
		if at.figure.Phone, err = s.shown(&phone, st); err != nil {
			at.fail(s.failed(at.panel, err, st.Loc), err)
		}
	}
}

// fail puts a sentence in the place of what could not be said.
func (at place) fail(text string, err error) {
	f := at.figure
	if at.card != nil {
		at.card.Failed, f = text, &at.card.figure
	}
	f.Failed, f.passing = text, passes(err)
}

// passing says of a place that what stands there may be another thing the next time, though nothing is published.
func (at place) passing() bool {
	return at.card != nil && at.card.passing || at.figure != nil && at.figure.passing
}

// lay gives every panel of a board its place, in the order of the page; what stands there is still to come. A panel of which
// nobody has sent anything, as told says of its metrics, has none: an office has not every report that the program knows.
func (s *Server) lay(p *boardPage, b *board.Board, a *ask, told func([]*metric.Metric) bool) []place {
	st := a.st
	var places []place
	query := st.Query()
	query.Set("lang", string(st.Loc))
	heading, begun, unsent := codes.Text{}, false, []string(nil)
	for _, pn := range b.Panels {
		if pn.Section.Zh != "" {
			heading, begun = pn.Section, false
		}
		if _, ms := s.source().Bind(pn); !told(ms) {
			unsent = append(unsent, pn.Title.In(st.Loc))
			continue
		}
		if !begun {
			p.Sections = append(p.Sections, section{Title: heading.In(st.Loc)})
			begun = true
		}
		sec := &p.Sections[len(p.Sections)-1]
		maps := s.mapLinks(a.r.URL.Path, pn, st)
		pn = pn.View(st.Map)
		f := figure{
			Version: p.Version,
			Name:    pn.Name, Title: pn.Title.In(st.Loc), Kind: string(pn.Kind), Span: pn.Span, Note: pn.Note.In(st.Loc),
			API: "/api/v1/panels/" + b.Name + "/" + pn.Name + "?" + query.Encode(), Spark: pn.Spark.Period != "", Desk: pn.Desk, Beside: pn.Beside(), Maps: maps,
		}
		if pn.Kind == board.KPI {
			c := &card{figure: f}
			if f.Spark {
				c.Pictures = s.studio.Sources(f.API, p.Version, &figures.Answer{Figure: panel.Figure{Panel: pn}}, st.Theme)
			}
			sec.Cards = append(sec.Cards, c)
			places = append(places, place{len(p.Sections) - 1, pn, c, nil})
			continue
		}
		sec.Panels = append(sec.Panels, &f)
		places = append(places, place{len(p.Sections) - 1, pn, nil, &f})
	}
	if len(unsent) > 0 && len(places) > 0 {
		p.Unsent = words.In(st.Loc, "panels_waiting", len(unsent), words.Join(st.Loc, "sep_list", unsent))
	}
	return places
}

func (s *Server) boardNames() []string {
	var out []string
	for _, b := range s.Boards {
		out = append(out, b.Name)
	}
	return out
}

// metricsOf is every metric of a board, some more than once.
func (s *Server) metricsOf(b *board.Board) []*metric.Metric {
	var ms []*metric.Metric
	for _, p := range b.Panels {
		_, of := s.source().Bind(p)
		ms = append(ms, of...)
	}
	return ms
}

// mapChosen refuses a map that is not there.
func (s *Server) mapChosen(st address.State) error {
	if st.Map == "" || board.FindMap(s.Maps, st.Map) != nil {
		return nil
	}
	var have []string
	for _, m := range s.Maps {
		have = append(have, m.Name)
	}
	return address.Bad(words.Get("bad_value", "map", st.Map), have...)
}

// mapLinks are the maps that a panel may be drawn on, each with its address; none where there is only one.
func (s *Server) mapLinks(path string, p board.Panel, st address.State) []link {
	var out []link
	views := p.Views()
	if len(views) < 2 {
		return nil
	}
	chosen := p.View(st.Map).Map
	for i, name := range views {
		to := st
		if to.Map = name; i == 0 {
			to.Map = ""
		}
		out = append(out, link{Text: board.FindMap(s.Maps, name).Title.In(st.Loc), URL: address.To(path, to.Query()) + "#" + p.Name, Here: name == chosen})
	}
	return out
}
