package dashboard

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

// drawn is a panel with its figures, before it is written as JSON, HTML or CSV.
type drawn struct {
	draw.Figure
	Range      days.Range
	Window     days.Window // of every point
	Grain      days.Grain  // of every point
	Metrics    []*metric.Metric
	DataDate   days.Day
	Unfiltered []string     // filters of the page that this panel's metrics do not have
	Remarks    []codes.Text // what became of the comparison that the page asks for

	// of a report date
	Marked  *draw.Grid // the table, with what moved since
	Revised *revisedLine
}

// grid is the table of a panel.
func (d *drawn) grid() draw.Grid {
	if d.Marked != nil {
		return *d.Marked
	}
	return d.Figure.Grid()
}

// behind is the last day for which the panel's own datasets are published; the page's data date where they have none.
func (d *drawn) behind() days.Day {
	var last days.Day
	for _, r := range d.Results {
		if r != nil && r.DataDate.After(last) {
			last = r.DataDate
		}
	}
	if last.IsZero() {
		return d.DataDate
	}
	return last
}

// period is the range of the figures and, where each point tells of more than its own period, of how much.
func (d *drawn) period(loc codes.Lang) string {
	text := d.Range.Label(loc)
	if d.Grain != d.Panel.Grain { // its title may speak of its own
		text += " · " + words.In(loc, "by_grain", words.In(loc, "grain_"+string(d.Grain)))
	}
	if d.Window != days.NoWindow {
		text += " · " + words.In(loc, "window_"+string(d.Window))
	}
	return text
}

// bind gives a panel the names that the catalog declares.
func (s *Server) bind(panel board.Panel) (draw.Figure, []*metric.Metric) {
	var ms []*metric.Metric
	p := draw.Figure{Panel: panel, Chains: s.Chains, Outline: board.FindMap(s.Maps, panel.Map)}
	for _, name := range p.Metrics {
		m := s.Catalog.Metric(name)
		ms = append(ms, m)
		p.Titles = append(p.Titles, m.Title)
	}
	for _, d := range p.By {
		t, order := codes.Text{Zh: d, En: d}, []string(nil)
		if dim := s.Catalog.Dimension(d); dim != nil {
			t, order = dim.Title, dim.Order
		}
		if len(order) == 0 {
			order = s.order[d]
		}
		p.DimTitles = append(p.DimTitles, t)
		p.KeyOrder = append(p.KeyOrder, order)
	}
	return p, ms
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

// compute asks for every metric of a panel at once. last is the data date of the page.
func (s *Server) compute(ctx context.Context, p board.Panel, st state, last days.Day, spark bool) (*drawn, error) {
	f, ms := s.bind(p)
	f.Lang, f.Results = st.Loc, make([]*metric.Result, len(p.Metrics))
	d := &drawn{Figure: f, Metrics: ms, DataDate: last}
	if last.IsZero() {
		return d, nil
	}
	if p.Kind == board.Spring {
		return s.springs(ctx, d, st)
	}
	grain, name := p.Grain, p.Period
	if spark {
		grain, name = p.Spark.Grain, p.Spark.Period
	}
	d.Range = days.Relative(name, last)
	if !st.Range.IsZero() {
		d.Range = st.Range
		switch {
		case spark:
			// the trend before the number keeps its length and ends where the number ends
			d.Range = days.Relative(name, st.Range.Last())
		case name == "as_of":
			d.Range = days.Range{From: st.Range.Last(), To: st.Range.To}
			if d.Range.From.After(last) {
				d.Range = days.Relative(name, last)
			}
		}
	}
	if grain != days.Total {
		if st.Grain != days.Total && !spark {
			grain = st.Grain
		} else {
			grain = finer(grain, d.Range)
		}
	}
	d.Grain = p.Grain
	if !spark {
		d.Grain = grain
	}
	if grain != days.Total && !spark && p.Kind != board.Triangle { // a cohort is of its own period
		d.Window = st.Window
	}
	if spark {
		ms, d.Results = ms[:1], d.Results[:1]
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for i, m := range ms {
		q := metric.Query{Metric: m.Name, From: d.Range.From, To: d.Range.To, Grain: grain, By: p.Cuts(i), Window: d.Window, AsOf: st.AsOf}
		if !spark {
			var remark *codes.Text
			if q.Compare, remark = s.compared(p, m, st, q); remark != nil && !slices.Contains(d.Remarks, *remark) {
				d.Remarks = append(d.Remarks, *remark)
			}
		}
		q.Where = s.narrow(d, m, st)
		if p.Kind == board.Bar && len(ms) == 1 {
			q.Limit = p.Limit
		}
		g.Go(func() error {
			r, err := s.Engine.Run(ctx, q)
			d.Results[i] = r
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if !spark && len(st.Where) > 0 && !slices.ContainsFunc(d.Results, func(r *metric.Result) bool {
		return r.Rows > 0 || r.Metric.Kind != metric.Flow && r.Metric.Kind != metric.Stock
	}) {
		d.Remarks = append(d.Remarks, words.Get("no_match")) // a 0 that says why
	}
	if !spark && st.Compare != metric.NoCompare && slices.ContainsFunc(d.Results, func(r *metric.Result) bool { return r.Query.Compare != metric.NoCompare }) && !d.DrawsBase() {
		d.Remarks = append(d.Remarks, words.Get("base_in_table"))
	}
	return d, nil
}

// narrow is the filters of a metric of d: the panel's own, and those of the page that the metric has.
func (s *Server) narrow(d *drawn, m *metric.Metric, st state) (out []metric.Filter) {
	for _, dim := range sortedKeys(d.Panel.Where) {
		out = append(out, metric.Filter{Dim: dim, Values: d.Panel.Where[dim]})
	}
	for _, f := range filters {
		vs := st.Where[f.param]
		if len(vs) == 0 {
			continue
		}
		dim := dimension(m, f.param)
		if dim == "" {
			if !slices.Contains(d.Unfiltered, f.param) {
				d.Unfiltered = append(d.Unfiltered, f.param)
			}
			continue
		}
		out = append(out, metric.Filter{Dim: dim, Values: vs})
	}
	return out
}

// compared is what the figures of q are compared with, and what to say where that is not what the page asks for.
func (s *Server) compared(p board.Panel, m *metric.Metric, st state, q metric.Query) (metric.Compare, *codes.Text) {
	because := func(c metric.Compare, text codes.Text) (metric.Compare, *codes.Text) { return c, &text }
	ask := st.Compare
	if ask == metric.NoCompare {
		if ask = p.Compare; ask == metric.Previous && q.Window == days.YearToDate {
			return because(metric.NoCompare, words.Get("base_ytd"))
		}
		return ask, nil
	}
	switch {
	case ask == uncompared:
		return metric.NoCompare, nil
	case m.Kind == metric.Forecasting:
		return because(metric.NoCompare, words.Get("base_forecast"))
	case p.Kind == board.Triangle || p.Kind == board.Path:
		return because(metric.NoCompare, words.Get("base_none"))
	case ask == metric.Previous && q.Window == days.YearToDate:
		return because(metric.NoCompare, words.Get("base_ytd"))
	case ask == metric.Previous && q.Grain == days.Total && q.From.Add(q.From.Sub(q.To)).Year() < 1990:
		return because(metric.NoCompare, words.Get("base_all"))
	case ask == metric.Spring && !q.Festive() && p.Kind == board.KPI:
		return metric.YearOnYear, nil // the card names its comparison and the days
	case ask == metric.Spring && !q.Festive():
		return because(metric.YearOnYear, words.Get("base_whole"))
	case ask == metric.Spring:
		first, last := s.Catalog.NewYears().Years()
		if q.From.Year() <= first || q.To.After(days.Date(last, 9, 1)) {
			return because(metric.NoCompare, words.Get("base_years", first, last))
		}
	}
	return ask, nil
}

// finer is a grain that gives a range at least three periods.
func finer(g days.Grain, r days.Range) days.Grain {
	months := (r.To.Year()-r.From.Year())*12 + int(r.To.Month()) - int(r.From.Month())
	for _, step := range []struct {
		g days.Grain
		n int
		f days.Grain
	}{{days.Year, 12, days.Half}, {days.Half, 6, days.Quarter}, {days.Quarter, 3, days.Month}} {
		if g == step.g && months < 3*step.n {
			g = step.f
		}
	}
	return g
}

// answer is what a page's script gets for one panel.
type answer struct {
	Title    string              `json:"title"`
	Kind     board.Kind          `json:"kind"`
	Unit     string              `json:"unit,omitempty"`
	Period   string              `json:"period"`
	DataDate string              `json:"data_date"`
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
}

func (s *Server) panel(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), panelTimeout)
	defer cancel()
	b := s.find(r.PathValue("board"))
	if b == nil {
		s.fail(w, r, &refusal{http.StatusNotFound, words.Get("no_board", r.PathValue("board")), s.boardNames()})
		return
	}
	p, ok := b.Panel(r.PathValue("panel"))
	if !ok {
		s.fail(w, r, &refusal{http.StatusNotFound, words.Get("no_panel", r.PathValue("panel")), b.PanelNames()})
		return
	}
	st, err := read(r, "format", "compact", "by")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if err := s.mapChosen(st); err != nil {
		s.fail(w, r, err)
		return
	}
	p = p.View(st.Map)
	q := r.URL.Query()
	format := q.Get("format")
	if format == "" && strings.Contains(r.Header.Get("Accept"), "text/csv") {
		format = "csv"
	}
	formats := []string{"json", "csv", "table", "definition", "spark"}
	if format == "" {
		format = "json"
	}
	if !slices.Contains(formats, format) {
		s.fail(w, r, &refusal{http.StatusBadRequest, words.Get("bad_value", "format", format), formats})
		return
	}
	if by := q.Get("by"); by != "" {
		m := s.Catalog.Metric(p.Metrics[0])
		if !slices.Contains(m.Dims(), by) {
			s.fail(w, r, &refusal{http.StatusBadRequest, words.Get("bad_value", "by", by), m.Dims()})
			return
		}
		if len(p.By) > 0 {
			p.By = append([]string{by}, p.By[1:]...)
		}
	}

	version, err := s.version(ctx)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	// the answer is a function of the address, the language and what is published
	tag := `"` + digest(version+s.static.base+r.URL.String()+string(st.Loc)+format) + `"`
	h := w.Header()
	h.Set("ETag", tag)
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Vary", "Accept, Cookie")
	if r.Header.Get("If-None-Match") == tag {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if st, err = s.thaw(ctx, st); err != nil {
		s.fail(w, r, err)
		return
	}
	last, err := s.boardDate(ctx, b, st)
	if err == nil && !last.IsZero() {
		err = s.verify(ctx, st, last)
	}
	if err != nil {
		s.fail(w, r, err)
		return
	}
	d, err := s.compute(ctx, p, st, last, format == "spark" || format == "json" && p.Kind == board.KPI)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	d.Compact = q.Get("compact") == "1"
	if !st.AsOf.IsZero() && format != "spark" {
		if err = s.since(ctx, p, d, st, last); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	switch format {
	case "csv":
		s.csv(w, r, b, d, st)
	case "table":
		s.render(w, r, http.StatusOK, "table.html", s.table(d, st))
	case "definition":
		s.render(w, r, http.StatusOK, "definition.html", s.definition(d, st))
	default:
		a, err := s.answer(d, st)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		h.Set("Content-Type", "application/json; charset=utf-8")
		body, err := json.Marshal(a)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		s.send(w, r, http.StatusOK, body)
	}
}

func (s *Server) answer(d *drawn, st state) (*answer, error) {
	p, loc := d.Panel, st.Loc
	a := &answer{
		Title: p.Title.In(loc), Kind: p.Kind, DataDate: isoDay(d.behind()), Note: d.note(loc),
	}
	if d.DataDate.IsZero() {
		a.Sentence = words.In(loc, "no_data_yet")
		return a, nil
	}
	a.Period, a.Unit = d.period(loc), d.unit(loc)
	if d.Revised != nil && d.Revised.Changed {
		a.Since = words.In(loc, "since_table", words.Whole(d.Revised.Text))
	}
	if a.Sentence = d.Empty(); a.Sentence != "" {
		return a, nil
	}
	option, err := d.Option()
	if err != nil {
		return nil, err
	}
	a.Option, a.Height = option, d.Height()
	a.Summary = d.Describe()
	for name, ref := range d.Drill() {
		if ref.Dim != "period" {
			if ref.Dim = param(ref.Dim); ref.Dim == "" || ref.Key == "" {
				continue
			}
		}
		if a.Drill == nil {
			a.Drill = map[string]draw.Ref{}
		}
		a.Drill[name] = ref
	}
	if d.Drawn() {
		a.Map = &outline{"maps/" + p.Map + ".json", d.Outline.As()}
		a.Caption = d.Aside()
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

// outline is the file of a map among the static ones, and the name to register it under.
type outline struct {
	File string `json:"file"`
	As   string `json:"as"`
}

// mapChosen refuses a map that is not there.
func (s *Server) mapChosen(st state) error {
	if st.Map == "" || board.FindMap(s.Maps, st.Map) != nil {
		return nil
	}
	var have []string
	for _, m := range s.Maps {
		have = append(have, m.Name)
	}
	return &refusal{http.StatusBadRequest, words.Get("bad_value", "map", st.Map), have}
}

// mapLinks are the maps that a panel may be drawn on, each with its address; none where there is only one.
func (s *Server) mapLinks(path string, p board.Panel, st state) []link {
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
		out = append(out, link{Text: board.FindMap(s.Maps, name).Title.In(st.Loc), URL: address(path, to.query()) + "#" + p.Name, Here: name == chosen})
	}
	return out
}

// unit is the unit of a panel whose metrics share one.
func (d *drawn) unit(loc codes.Lang) string {
	if len(d.Metrics) == 0 || slices.ContainsFunc(d.Metrics, func(m *metric.Metric) bool { return m.Unit != d.Metrics[0].Unit }) {
		return ""
	}
	return draw.UnitName(d.Metrics[0].Unit, loc)
}

func (d *drawn) note(loc codes.Lang) string {
	var parts []string
	if n := d.Panel.Note.In(loc); n != "" {
		parts = append(parts, n)
	}
	for _, t := range d.Remarks {
		parts = append(parts, t.In(loc))
	}
	if d.Panel.Kind != board.KPI {
		parts = append(parts, d.Figure.Remarks()...)
	}
	for _, f := range d.Unfiltered {
		parts = append(parts, words.In(loc, "unfiltered", words.Get("filter_"+f)))
	}
	for i := range parts[:max(0, len(parts)-1)] { // a full stop is of the last one only
		parts[i] = strings.TrimRight(parts[i], "。.")
	}
	return words.Join(loc, "sep_clause", parts)
}

type tablePage struct {
	Loc      codes.Lang
	Caption  string
	Sentence string
	Bars     bool
	Grid     draw.Grid
	Reasons  []string // why numbers are missing
	Revised  *revisedLine
	Note     string
}

func (s *Server) table(d *drawn, st state) tablePage {
	t := tablePage{Loc: st.Loc, Caption: d.Panel.Title.In(st.Loc), Bars: d.Panel.Kind == board.Table}
	if d.DataDate.IsZero() {
		t.Sentence = words.In(st.Loc, "no_data_yet")
		return t
	}
	t.Caption += words.In(st.Loc, "sep_comma") + d.period(st.Loc)
	t.Revised = d.Revised
	if t.Grid = d.grid(); len(t.Grid.Rows) == 0 {
		t.Sentence = draw.Why("", st.Loc)
	}
	explain(t.Grid, d, st)
	t.Reasons = t.Grid.Reasons()
	return t
}

func (s *Server) csv(w http.ResponseWriter, r *http.Request, b *board.Board, d *drawn, st state) {
	body := []byte("\uFEFF")
	if !d.DataDate.IsZero() {
		var err error
		if body, err = d.grid().WithNow(st.Loc).CSV(st.Loc); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	name := d.Panel.Title.In(st.Loc)
	if !d.Range.IsZero() {
		name += "_" + d.Range.From.Format("20060102") + "-" + d.Range.Last().Format("20060102")
	}
	if s.Demo {
		name += "_" + words.In(st.Loc, "file_demo")
	}
	h := w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="%s-%s.csv"; filename*=UTF-8''%s.csv`, b.Name, d.Panel.Name, url.PathEscape(name)))
	s.send(w, r, http.StatusOK, body)
}

type definitionPage struct {
	Loc      codes.Lang
	Title    string
	Period   string
	DataDate string
	Note     string
	Metrics  []definitionOf
	Revised  *revisedLine
}

type definitionOf struct {
	ID, Name, Title, Definition, Formula, Unit, Direction string
	Datasets                                              []datasetLink
	Dims                                                  []string
	SQL                                                   string
	Rows                                                  string
}

type datasetLink struct{ Name, Title string }

func (s *Server) datasetLinks(names []string, loc codes.Lang) []datasetLink {
	var out []datasetLink
	for _, n := range names {
		l := datasetLink{n, n}
		for _, d := range s.Datasets {
			if d.Name == n {
				l.Title = d.Title.In(loc)
			}
		}
		out = append(out, l)
	}
	return out
}

func (s *Server) definitionOf(m *metric.Metric, loc codes.Lang) definitionOf {
	x := definitionOf{
		ID: m.ID, Name: m.Name, Title: m.Title.In(loc), Definition: m.Definition.In(loc), Formula: formula(m),
		Unit: draw.UnitName(m.Unit, loc), Direction: words.In(loc, "direction_"+m.Direction), Datasets: s.datasetLinks(m.Datasets(), loc),
	}
	for _, name := range m.Dims() {
		t := name
		if d := s.Catalog.Dimension(name); d != nil && d.Title.Zh != "" {
			t = d.Title.In(loc)
		}
		x.Dims = append(x.Dims, t)
	}
	return x
}

// formula is how a metric is computed, as it is declared.
func formula(m *metric.Metric) string {
	switch {
	case m.Formula != "":
		return m.Formula
	case m.Numerator != "":
		f := m.Numerator + " / " + m.Denominator
		if m.Scale != 0 && m.Scale != 1 {
			f += fmt.Sprintf(" × %g", m.Scale)
		}
		return f
	case m.Method != "":
		return m.Method + "(" + strings.Join(m.Args, ", ") + ")"
	case m.Of != "":
		return fmt.Sprintf("%s(%s)", m.Kind, m.Of)
	}
	return m.Value
}

func (s *Server) definition(d *drawn, st state) definitionPage {
	p := definitionPage{Loc: st.Loc, Title: d.Panel.Title.In(st.Loc), DataDate: days.Label(d.behind(), st.Loc), Note: d.note(st.Loc), Revised: d.Revised}
	if !d.Range.IsZero() {
		p.Period = d.period(st.Loc)
	}
	for _, m := range d.Metrics {
		x := s.definitionOf(m, st.Loc)
		if i := slices.IndexFunc(d.Results, func(r *metric.Result) bool { return r != nil && r.Metric == m }); i >= 0 {
			r := d.Results[i]
			x.SQL = r.Statements()
			if r.Rows > 0 {
				rows := float64(r.Rows)
				x.Rows = metric.Number(&rows, metric.Records)
			}
		}
		p.Metrics = append(p.Metrics, x)
	}
	return p
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
		_, of := s.bind(p)
		ms = append(ms, of...)
	}
	return ms
}

// boardDate is the data date of a board: the last day for which any of its datasets is published, or was at the
// moment the page is asked for.
func (s *Server) boardDate(ctx context.Context, b *board.Board, st state) (days.Day, error) {
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
			if at := f.Published.In(shanghai); slices.Contains(m.Datasets(), f.Dataset) && at.After(last) {
				last = days.Date(at.Year(), at.Month(), at.Day())
			}
		}
	}
	return last, nil
}

func isoDay(d days.Day) string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.DateOnly)
}
