package dashboard

import (
	"bytes"
	"compress/gzip"
	"context"
	"embed"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/board/draw"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/target"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

//go:embed templates/*.html
var templateFiles embed.FS

func (s *Server) parse() (*template.Template, error) {
	return template.New("").Funcs(template.FuncMap{
		"t": words.In,
		"list": func(loc codes.Lang, items []string) words.Whole {
			return words.Whole(words.Join(loc, "sep_list", items))
		},
		"static": func(name string) string { return s.static.base + name },
		"num":    func(n uint64) string { v := float64(n); return metric.Number(&v, metric.Records) },
		"pos":    func(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) },
		"barw":   func(share float64) string { return strconv.FormatFloat(64*share, 'f', 1, 64) },
		"dict": func(kv ...any) map[string]any {
			out := map[string]any{}
			for i := 0; i+1 < len(kv); i += 2 {
				out[kv[i].(string)] = kv[i+1]
			}
			return out
		},
		"zone": func(loc codes.Lang) string { return s.Zone.In(loc) },
	}).ParseFS(templateFiles, "templates/*.html")
}

// page is what every page has.
type page struct {
	Loc     codes.Lang
	Theme   string
	Title   string
	Demo    bool
	Vendor  bool // the chart library is there
	Nav     []link
	Data    []link // boards below the tab of the data
	Themes  []link
	Lang    link // to the other language
	Path    string
	Now     string
	Version string
}

type link struct {
	Text, URL string
	Here      bool
}

func (s *Server) page(r *http.Request, title codes.Text) page {
	loc := language(r)
	p := page{Loc: loc, Theme: theme(r), Title: title.In(loc), Demo: s.Demo, Vendor: s.static.has("vendor/echarts.min.js"), Path: r.URL.Path}
	keep := url.Values{}
	if st, err := read(r, "page"); err == nil {
		keep = st.query()
	}
	// a filter goes along from board to board; a grain belongs to the one it was set on
	carried := url.Values{}
	for k, v := range keep {
		if k != "grain" && k != "window" {
			carried[k] = v
		}
	}
	ofData := strings.HasPrefix(r.URL.Path, "/data")
	for _, b := range s.Boards {
		u := "/b/" + b.Name
		to := link{b.Title.In(loc), address(u, carried), r.URL.Path == u}
		if b.Under == "" {
			p.Nav = append(p.Nav, to)
			continue
		}
		p.Data = append(p.Data, to)
		ofData = ofData || to.Here
	}
	if s.declared("targets") != nil {
		p.Nav = append(p.Nav, link{words.In(loc, "responsibility"), "/responsibility", r.URL.Path == "/responsibility"})
	}
	p.Nav = append(p.Nav, link{words.In(loc, "data"), "/data", ofData})
	s.choose(&p, r.URL.Path, r.URL.Query())
	return p
}

// plainLinks takes what was asked for out of a page's links: it was refused, or is too long to repeat.
func (s *Server) plainLinks(p *page, r *http.Request) {
	for i := range p.Nav {
		p.Nav[i].URL, _, _ = strings.Cut(p.Nav[i].URL, "?")
	}
	for i := range p.Data {
		p.Data[i].URL, _, _ = strings.Cut(p.Data[i].URL, "?")
	}
	path := r.URL.Path
	if len(path) > 200 {
		path = "/"
	}
	s.choose(p, path, nil)
}

// choose makes the links that change the theme and the language of a page.
func (s *Server) choose(p *page, path string, query url.Values) {
	p.Themes = nil
	with := func(k, v string) string {
		q := url.Values{}
		for key, vs := range query {
			q[key] = vs
		}
		q.Set(k, v)
		return address(path, q)
	}
	for _, t := range themes {
		p.Themes = append(p.Themes, link{words.In(p.Loc, "theme_"+t), with("theme", t), t == p.Theme})
	}
	other := "en"
	if p.Loc == codes.En {
		other = "zh"
	}
	p.Lang = link{words.In(p.Loc, "other_lang"), with("lang", other), false}
}

// render writes a template, whole or not at all.
func (s *Server) render(w http.ResponseWriter, r *http.Request, code int, name string, data any) {
	var out bytes.Buffer
	if err := s.pages.ExecuteTemplate(&out, name, data); err != nil {
		s.Log.Error("template failed", "template", name, "error", err)
		http.Error(w, "the page could not be written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "private, no-cache")
	}
	s.send(w, r, code, out.Bytes())
}

// send writes a body, compressed where that pays.
func (s *Server) send(w http.ResponseWriter, r *http.Request, code int, body []byte) {
	h := w.Header()
	h.Add("Vary", "Accept-Encoding")
	if len(body) > 1400 && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		h.Set("Content-Encoding", "gzip")
		w.WriteHeader(code)
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		z.Write(body)
		z.Close()
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(code)
	w.Write(body)
}

func (s *Server) redirect(w http.ResponseWriter, r *http.Request, to string) {
	if r.URL.RawQuery != "" {
		to += "?" + r.URL.RawQuery
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, to, http.StatusFound)
}

type boardPage struct {
	page
	Board    string
	Lead     string
	DataDate string
	Period   string // of the whole page, where one is chosen
	Empty    string
	Filters  filterBar
	Sections []section
	Reported string // the moment the figures were reported, where one is asked for
	Under    bool   // the board stands below the tab of the data
	WhatIf   bool   // the board is about gaps: it leads to what could close them
	Query    string // the state, for the panels' addresses
}

type section struct {
	Title  string
	Cards  []card
	Panels []figure
}

type card struct {
	draw.Card
	figure
	Failed  string
	Target  *targetLine
	Revised *revisedLine
	Cause   string // where the number is explained; empty: nowhere
}

type figure struct {
	Name, Title, Kind, Period, Note string
	Span                            int
	API                             string // address of the panel's data
	Spark, Desk                     bool
	Coverage                        *coverageLine
	Maps                            []link // the maps it may be drawn on
}

type filterBar struct {
	Presets []link
	From    string
	Until   string // the last day inside
	Last    string // the data date
	Selects []filterSelect
	Hidden  url.Values
	Chips   []chip
	Clear   string
}

type filterSelect struct {
	Name, Label string
	Choices     []choice
	Any         bool // something is chosen
	List        bool // too many for a menu
	Value       string
	None        string // what choosing nothing means; empty: all
}

type chip struct{ Label, Value, Remove string }

func (s *Server) board(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), pageTimeout)
	defer cancel()
	b := s.find(r.PathValue("board"))
	if b == nil {
		s.fail(w, r, &refusal{http.StatusNotFound, words.Get("no_board", r.PathValue("board")), s.boardNames()})
		return
	}
	// the filter form sends the last day inside the period; the page's address has the first day after it
	if until := r.URL.Query().Get("until"); until != "" {
		s.canonical(w, r, until)
		return
	}
	st, err := read(r, "until")
	if err != nil {
		s.fail(w, r, err)
		return
	}
	if err := s.mapChosen(st); err != nil {
		s.fail(w, r, err)
		return
	}
	if st, err = s.thaw(ctx, st); err != nil {
		s.fail(w, r, err)
		return
	}
	version, err := s.version(ctx)
	if err != nil {
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
	remember(w, r)
	p := boardPage{page: s.page(r, b.Title), Board: b.Name, Under: b.Under != "", Lead: b.Lead.In(st.Loc), DataDate: days.Label(last, st.Loc)}
	p.Version = version
	if last.IsZero() {
		p.Empty = words.In(st.Loc, "no_data_yet")
	}
	if !st.Range.IsZero() {
		p.Period = st.Range.Label(st.Loc)
	}
	if !st.AsOf.IsZero() {
		p.Reported = words.In(st.Loc, "as_reported", moment(st.AsOf, st.Loc))
	}
	q := st.query()
	q.Set("lang", string(st.Loc))
	p.Query = q.Encode()

	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(6)
	g.Go(func() error {
		var err error
		p.Filters, err = s.filterBar(gctx, r.URL.Path, s.metricsOf(b), st, last)
		return err
	})
	var aims []target.Target
	if last.After(days.Day{}) && st.Range.IsZero() && len(st.Where) == 0 && slices.ContainsFunc(b.Panels, func(p board.Panel) bool { return p.Kind == board.KPI }) {
		// targets are said of the whole, and of the whole only
		if aims, err = s.Targets.Targets(ctx, target.Query{Date: last, Tier: "expected", AsOf: st.AsOf}); err != nil {
			s.fail(w, r, err)
			return
		}
	}
	covered, err := s.coverageThen(ctx, st)
	if err != nil {
		s.fail(w, r, err)
		return
	}
	type slot struct{ section, card int }
	cards := map[slot]*card{}
	for _, pn := range b.Panels {
		if pn.Section.Zh != "" || len(p.Sections) == 0 {
			p.Sections = append(p.Sections, section{Title: pn.Section.In(st.Loc)})
		}
		sec := &p.Sections[len(p.Sections)-1]
		maps := s.mapLinks(r.URL.Path, pn, st)
		pn = pn.View(st.Map)
		f := figure{
			Name: pn.Name, Title: pn.Title.In(st.Loc), Kind: string(pn.Kind), Span: pn.Span, Note: pn.Note.In(st.Loc),
			API: "/api/v1/panels/" + b.Name + "/" + pn.Name + "?" + p.Query, Spark: pn.Spark.Period != "", Desk: pn.Desk, Maps: maps,
		}
		_, ms := s.bind(pn)
		p.WhatIf = p.WhatIf || pn.Kind == board.KPI && slices.Contains(pn.Metrics, "post_gap") && len(s.Chains) > 0
		if pn.Kind != board.KPI {
			f.Coverage = covered.line(s, ms, st.Loc)
			f.Coverage.carry(st)
			sec.Panels = append(sec.Panels, f)
			continue
		}
		sec.Cards = append(sec.Cards, card{figure: f})
		at := slot{len(p.Sections) - 1, len(sec.Cards) - 1}
		c := &card{figure: f}
		cards[at] = c
		g.Go(func() error {
			d, err := s.compute(gctx, pn, st, last, false)
			if err != nil {
				// one figure that fails does not take the page with it
				_, text, _ := status(err)
				s.Log.Error("card failed", "board", b.Name, "panel", pn.Name, "error", err)
				c.Failed = text.In(st.Loc)
				return nil
			}
			if last.IsZero() {
				c.Missing = words.In(st.Loc, "no_data_yet")
				return nil
			}
			c.Card = d.Figure.Card()
			c.figure.Period = d.Range.Label(st.Loc)
			if c.Covers != "" {
				c.figure.Period = c.Covers
			}
			if c.Against != "" && (st.Compare != metric.NoCompare || c.Partial) {
				c.figure.Period += " · " + words.In(st.Loc, "against", c.Against)
			}
			c.figure.Note = d.note(st.Loc)
			c.Cause = causeOf(d, st)
			if len(pn.Where) == 0 {
				c.Target = targetOf(aims, d.Metrics[0].Name, st)
			}
			if !st.AsOf.IsZero() {
				if c.Revised, err = s.revised(gctx, d, st); err != nil {
					_, text, _ := status(err)
					s.Log.Error("revision failed", "board", b.Name, "panel", pn.Name, "error", err)
					c.Revised = &revisedLine{Text: text.In(st.Loc)}
				}
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		s.fail(w, r, err)
		return
	}
	for at, c := range cards {
		p.Sections[at.section].Cards[at.card] = *c
	}
	s.render(w, r, http.StatusOK, "board.html", p)
}

// canonical answers the filter form: empty fields are dropped and the last day inside becomes the day after it.
func (s *Server) canonical(w http.ResponseWriter, r *http.Request, until string) {
	q := r.URL.Query()
	q.Del("until")
	q.Del("to")
	for k, vs := range q {
		if vs = slices.DeleteFunc(vs, func(v string) bool { return strings.TrimSpace(v) == "" }); len(vs) == 0 {
			q.Del(k)
		} else {
			q[k] = vs
		}
	}
	if day, err := metric.ParseDay(until); err == nil && q.Get("from") != "" {
		q.Set("to", day.AddDate(0, 0, 1).Format(time.DateOnly))
	} else if q.Get("from") != "" {
		q.Set("to", until)
	}
	http.Redirect(w, r, address(r.URL.Path, q), http.StatusSeeOther)
}

// filterBar offers the periods, and the filters that any of the board's metrics has.
func (s *Server) filterBar(ctx context.Context, path string, ms []*metric.Metric, st state, last days.Day) (filterBar, error) {
	var f filterBar
	if last.IsZero() {
		return f, nil
	}
	f.Clear, f.Last = path, isoDay(last)
	q := st.query()
	f.Hidden = url.Values{}
	for _, k := range []string{"freeze", "as_of", "map"} {
		if v := q.Get(k); v != "" {
			f.Hidden.Set(k, v)
		}
	}
	without := func(drop ...string) url.Values {
		out := url.Values{}
		for k, v := range q {
			if !slices.Contains(drop, k) {
				out[k] = v
			}
		}
		return out
	}
	preset := func(label string, r days.Range) {
		v := without("from", "to", "grain")
		if !r.IsZero() {
			v.Set("from", r.From.Format(time.DateOnly))
			v.Set("to", r.To.Format(time.DateOnly))
		}
		here := st.Range.IsZero() && r.IsZero() || r.From.Equal(st.Range.From) && r.To.Equal(st.Range.To)
		f.Presets = append(f.Presets, link{label, address(path, v), here})
	}
	preset(words.In(st.Loc, "period_own"), days.Range{})
	seen := map[string]bool{}
	for _, name := range []string{"half", "quarter", "year", "this_year", "last_12m", "36m"} {
		r := days.Relative(name, last)
		label := r.Label(st.Loc)
		if seen[label] {
			continue
		}
		seen[label] = true
		preset(label, r)
	}
	if !st.Range.IsZero() {
		f.From, f.Until = isoDay(st.Range.From), isoDay(st.Range.Last())
		v := without("from", "to", "grain")
		f.Chips = append(f.Chips, chip{words.In(st.Loc, "period"), st.Range.Label(st.Loc), address(path, v)})
	}
	if !st.AsOf.IsZero() {
		name := st.Freeze
		if name == "" {
			name = moment(st.AsOf, st.Loc)
		}
		f.Chips = append(f.Chips, chip{words.In(st.Loc, "freezes"), name, address(path, without("freeze", "as_of"))})
	}
	grain := filterSelect{Name: "grain", Label: words.In(st.Loc, "grain"), None: words.In(st.Loc, "period_own")}
	for _, g := range []days.Grain{days.Ten, days.Month, days.Quarter, days.Half, days.Year} {
		grain.Choices = append(grain.Choices, choice{Key: string(g), Label: words.In(st.Loc, "grain_"+string(g)), Chosen: g == st.Grain})
	}
	window := filterSelect{Name: "window", Label: words.In(st.Loc, "window"), None: words.In(st.Loc, "window_own")}
	for _, w := range []days.Window{days.YearToDate, days.Rolling3, days.Rolling12} {
		window.Choices = append(window.Choices, choice{Key: string(w), Label: words.In(st.Loc, "window_"+string(w)), Chosen: w == st.Window})
	}
	compare := filterSelect{Name: "compare", Label: words.In(st.Loc, "compare"), None: words.In(st.Loc, "period_own")}
	for _, c := range comparisons {
		compare.Choices = append(compare.Choices, choice{Key: string(c), Label: words.In(st.Loc, "compare_"+string(c)), Chosen: c == st.Compare})
	}
	f.Selects = append(f.Selects, grain, window, compare)
	if st.Grain != days.Total {
		f.Chips = append(f.Chips, chip{grain.Label, words.In(st.Loc, "grain_"+string(st.Grain)), address(path, without("grain"))})
	}
	if st.Window != days.NoWindow {
		f.Chips = append(f.Chips, chip{window.Label, words.In(st.Loc, "window_"+string(st.Window)), address(path, without("window"))})
	}
	if st.Compare != metric.NoCompare {
		f.Chips = append(f.Chips, chip{compare.Label, words.In(st.Loc, "compare_"+string(st.Compare)), address(path, without("compare"))})
	}
	for _, fl := range filters {
		if len(st.Where[fl.param]) == 0 && !slices.ContainsFunc(ms, func(m *metric.Metric) bool { return dimension(m, fl.param) != "" }) {
			continue
		}
		have, err := s.choices(ctx, fl.param, st.Loc, last)
		if err != nil {
			return f, err
		}
		sel := filterSelect{Name: fl.param, Label: words.In(st.Loc, "filter_"+fl.param), List: len(have) > 60}
		for _, c := range have {
			c.Chosen = slices.Contains(st.Where[fl.param], c.Key)
			// a link belongs to its chain: with a chain chosen the others are not offered
			if chains := st.Where["chain"]; fl.param == "node" && len(chains) > 0 && !c.Chosen {
				if chain, _, _ := strings.Cut(c.Key, "."); !slices.Contains(chains, chain) {
					continue
				}
			}
			sel.Choices = append(sel.Choices, c)
			if c.Chosen {
				sel.Any = true
				v := without()
				v[fl.param] = slices.DeleteFunc(slices.Clone(v[fl.param]), func(x string) bool { return x == c.Key })
				if len(v[fl.param]) == 0 {
					v.Del(fl.param)
				}
				f.Chips = append(f.Chips, chip{sel.Label, c.Label, address(path, v)})
				sel.Value = c.Key
			}
		}
		if len(sel.Choices) > 0 {
			f.Selects = append(f.Selects, sel)
		}
	}
	return f, nil
}
