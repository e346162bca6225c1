package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/figures"
	"yanzhen/dashboard/held"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/days"
)

// panelAnswer is what a page's script gets for one panel.
type panelAnswer struct {
	Title    string              `json:"title"`
	Finding  string              `json:"finding,omitempty"`    // what the figures amount to; absent where nothing can be said
	Quiet    string              `json:"no_finding,omitempty"` // and why it cannot
	Kind     board.Kind          `json:"kind"`
	Unit     string              `json:"unit,omitempty"`
	Scale    string              `json:"scale,omitempty"` // what the numbers on its axis are of, where not Unit
	Period   string              `json:"period"`
	DataDate string              `json:"data_date"`
	Dated    string              `json:"dated,omitempty"` // the same as people write it
	Note     string              `json:"note,omitempty"`
	Sentence string              `json:"sentence,omitempty"` // instead of a chart: why there is none
	Summary  string              `json:"summary,omitempty"`
	Height   int                 `json:"height,omitempty"`
	Option   json.RawMessage     `json:"option,omitempty"`
	Drill    map[string]draw.Ref `json:"drill,omitempty"`
	Map      *outline            `json:"map,omitempty"`     // to fetch first
	Caption  string              `json:"caption,omitempty"` // what a map cannot show
	Table    string              `json:"table,omitempty"`   // of a panel that is a table
	Since    string              `json:"since,omitempty"`   // of a report date: what has moved since
	Open     []figures.Open      `json:"open,omitempty"`    // the points whose numbers are not final
}

// outline is the file of a map among the static ones, and the name to register it under.
type outline struct {
	File string `json:"file"`
	As   string `json:"as"`
}

// panelFormats are the forms in which a panel is answered; the first is the usual one.
var panelFormats = []string{"json", "csv", "xlsx", "parquet", "arrow", "svg", "png", "table", "definition", "spark"}

// takenAway are the forms that are taken away as a file.
var takenAway = []string{"csv", "xlsx", "parquet", "arrow", "png"}

// panel answers the data of one panel in one of its forms.
func (s *Server) panel(a *ask) (http.HandlerFunc, error) {
	b, p, format, err := s.panelAsked(a)
	if err != nil {
		return nil, err
	}
	who := access.From(a.ctx)
	if slices.Contains(takenAway, format) && !who.Can(access.Export) {
		return nil, address.Refuse(http.StatusForbidden, words.Get("no_right"))
	}
	version, err := s.version(a.ctx)
	if err != nil {
		return nil, err
	}
	// the answer is a function of the address, the language, what is published and the part of it that the viewer sees
	tagged := func(version string) string {
		sets := who.Can(access.Rows) && who.Whole() // whom a definition leads to the rows
		return `"` + digest(fmt.Sprint(version, s.static.Base, a.r.URL, a.st.Loc, format, sets, who.Part())) + `"`
	}
	tag := tagged(version)
	var was http.HandlerFunc
	if of := s.lately.Load(); of != nil && format == "svg" && a.value("v") == of.version && of.version != version && s.Now().Before(of.until) {
		if was = s.held.Kept(tagged(of.version)); was != nil { // a picture of a page that is behind, as it was
			tag = tagged(of.version)
		}
	}
	if a.r.Header.Get("If-None-Match") == tag {
		return held.Tagged(tag, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNotModified) }), nil
	}
	if was != nil {
		return held.Tagged(tag, was), nil
	}
	if slices.Contains(takenAway[:4], format) { // these say when they were made
		write, err := s.panelAs(a, b, p, format)
		return held.Tagged(tag, write), err
	}
	write, err := s.held.Answer(a.ctx, tag, a.r, func(ctx context.Context) (http.HandlerFunc, error) {
		own := *a
		own.ctx = ctx
		return s.panelAs(&own, b, p, format)
	})
	return held.Tagged(tag, write), err
}

// Forget lets go of the answers of panels that are kept: a measurement asks for them anew.
func (s *Server) Forget() { s.held.Clear() }

// panelAs answers a panel in one form.
func (s *Server) panelAs(a *ask, b *board.Board, p board.Panel, format string) (http.HandlerFunc, error) {
	last, err := s.date(a.ctx, b, a.st)
	if err != nil {
		return nil, err
	}
	figuresOf := s.source().Of
	if format == "spark" || slices.Contains([]string{"json", "svg", "png"}, format) && p.Kind == board.KPI {
		figuresOf = s.source().Trend
	}
	d, err := figuresOf(a.ctx, p, a.st, last)
	if err != nil {
		return nil, err
	}
	d.Compact = a.value("compact") == "1"
	if !a.st.AsOf.IsZero() && format != "spark" {
		if err := s.source().Since(a.ctx, p, d, a.st, last); err != nil {
			return nil, err
		}
	}
	switch format {
	case "svg", "png":
		return s.picture(a, format, d)
	case "xlsx":
		return s.booked(a, b, []*figures.Answer{d}, []string{""}, last)
	case "csv", "parquet", "arrow":
		return s.taken(a, format, b, d)
	}
	return s.written(format, d, a.st)
}

// panelAsked finds the panel of an address, as it is to be drawn, and the form of the answer.
func (s *Server) panelAsked(a *ask) (b *board.Board, p board.Panel, format string, err error) {
	if b = s.find(a.r.PathValue("board")); b == nil {
		return b, p, "", address.Missing(words.Get("no_board", a.r.PathValue("board")), s.boardNames()...)
	}
	p, ok := b.Panel(a.r.PathValue("panel"))
	if !ok {
		return b, p, "", address.Missing(words.Get("no_panel", a.r.PathValue("panel")), b.PanelNames()...)
	}
	if err := s.mapChosen(a.st); err != nil {
		return b, p, "", err
	}
	p = p.View(a.st.Map)
	switch format = a.value("format"); {
	case format == "" && strings.Contains(a.r.Header.Get("Accept"), "text/csv"):
		format = "csv"
	case format == "":
		format = panelFormats[0]
	case !slices.Contains(panelFormats, format):
		return b, p, "", a.bad("format", panelFormats...)
	case format == "spark" && p.Kind != board.KPI: // the trend of a card
		return b, p, "", a.bad("format", panelFormats[:len(panelFormats)-1]...)
	}
	if by := a.value("by"); by != "" {
		if dims := s.Catalog.Metric(p.Metrics[0]).Dims(); !slices.Contains(dims, by) {
			return b, p, "", a.bad("by", dims...)
		}
		if len(p.By) > 0 {
			p.By = append([]string{by}, p.By[1:]...)
		}
	}
	return b, p, format, nil
}

// written writes a panel with its figures in one of its forms.
func (s *Server) written(format string, d *figures.Answer, st address.State) (http.HandlerFunc, error) {
	switch format {
	case "table":
		return s.part("table.html", s.table(d, st)), nil
	case "definition":
		return func(w http.ResponseWriter, r *http.Request) {
			s.part("definition.html", s.definition(access.From(r.Context()), d, st))(w, r)
		}, nil
	}
	answer, err := s.chart(d, st)
	if err != nil {
		return nil, err
	}
	body, err := json.Marshal(answer)
	if err != nil {
		return nil, err
	}
	return s.json(body), nil
}

// chart writes a panel for the script that draws it.
func (s *Server) chart(d *figures.Answer, st address.State) (*panelAnswer, error) {
	a, err := s.shown(d, st)
	if err != nil || a.Sentence != "" {
		return a, err
	}
	if a.Option, err = draw.Option(d.Figure); err != nil {
		return nil, err
	}
	for name, ref := range draw.Drill(d.Figure) {
		if ref.Dim != "period" {
			if ref.Dim = address.Param(ref.Dim); ref.Dim == "" || ref.Key == "" {
				continue
			}
		}
		if a.Drill == nil {
			a.Drill = map[string]draw.Ref{}
		}
		a.Drill[name] = ref
	}
	return a, nil
}

// shown is a panel as it stands on the page, without what only the script needs.
func (s *Server) shown(d *figures.Answer, st address.State) (*panelAnswer, error) {
	p, loc := d.Panel, st.Loc
	a := &panelAnswer{
		Title: p.Title.In(loc), Finding: d.Finding, Quiet: string(d.Quiet), Kind: p.Kind, DataDate: isoDay(d.Behind()), Note: d.Note(loc),
	}
	if a.DataDate != "" {
		a.Dated = days.Label(d.Behind(), loc)
	}
	if d.DataDate.IsZero() {
		a.Sentence = words.In(loc, "no_data_yet")
		return a, nil
	}
	a.Period, a.Unit, a.Scale, a.Open = d.Period(loc), d.Unit(loc), d.Scale(loc), d.Open(loc)
	if d.Revised != nil && d.Revised.Changed {
		a.Since = words.In(loc, "since_table", words.Whole(d.Revised.Text))
	}
	if a.Sentence = d.Empty(); a.Sentence != "" {
		return a, nil
	}
	a.Height = draw.Height(d.Figure)
	a.Summary = d.Describe()
	if draw.AsMap(d.Figure) {
		a.Map = &outline{"maps/" + p.Map + ".json", d.Outline.As()}
		a.Caption = draw.Aside(d.Figure)
	}
	if p.Kind == board.Table {
		var out bytes.Buffer
		if err := s.pages.ExecuteTemplate(&out, "table.html", s.table(d, st)); err != nil {
			return nil, err
		}
		a.Table = out.String()
	}
	return a, nil
}
