package dashboard

import (
	"cmp"
	"context"
	"html/template"
	"net/http"
	"net/url"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/document"
	"yanzhen/dashboard/document/form"
	"yanzhen/dashboard/document/web"
	"yanzhen/dashboard/edition"
	"yanzhen/dashboard/filter"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
)

type briefingsPage struct {
	layout
	List  []briefingRow
	Empty string
}

type briefingRow struct {
	Title, URL, Period string
	Files              []link
}

type briefingPage struct {
	layout
	Filters filter.Bar
	Files   []link
	Sheet   template.HTML
}

// Edition makes a document of the briefing name for what a state asks for. unit and target narrow one that is for each of them.
func (s *Server) Edition(ctx context.Context, name string, st address.State, unit, target, base string) (*document.Document, error) {
	b, names := brief.Named(s.Briefs, name)
	if b == nil {
		return nil, address.Missing(words.Get("no_briefing", name), names...)
	}
	st, err := s.thaw(ctx, st)
	if err != nil {
		return nil, err
	}
	last, err := s.homeDate(ctx, st)
	if err != nil {
		return nil, err
	}
	if last.IsZero() {
		return nil, address.Missing(words.Get("no_data_yet"))
	}
	if err := s.within(ctx, st, b, last); err != nil {
		return nil, err
	}
	press := edition.Press{Desk: s.desk(), Studio: s.studio, Zone: s.Zone, Demo: s.Demo}
	return press.Write(ctx, edition.Ask{
		Brief: b, State: st, Last: last, Today: s.today(st), Unit: unit, Target: target, Base: cmp.Or(s.Links, base), At: s.Now(),
	})
}

// within refuses a period of which nobody has told: yet, or ever.
func (s *Server) within(ctx context.Context, st address.State, b *brief.Brief, last days.Day) error {
	live, err := s.Engine.Live(ctx, st.AsOf)
	if err != nil {
		return err
	}
	end := last.AddDate(0, 0, 1)
	for _, m := range s.Catalog.Metrics() {
		end = days.Latest(end, live.Reached(m))
	}
	var first days.Day
	for _, m := range b.Asked(s.Catalog) {
		if day := live.First(m); !day.IsZero() && (first.IsZero() || day.Before(first)) {
			first = day
		}
	}
	switch {
	case st.Range.IsZero():
	case !st.Range.From.Before(end):
		return address.Missing(words.Get("doc_not_yet", days.ISO(st.Range.From), days.ISO(end.AddDate(0, 0, -1))), periods(b, first, last)...)
	case !first.IsZero() && !st.Range.To.After(first):
		return address.Missing(words.Get("doc_before", days.ISO(st.Range.To), days.ISO(first)), periods(b, first, last)...)
	}
	return nil
}

// mostPeriods is how many periods are named of which there is a document.
const mostPeriods = 8

// periods are those of a document's own length of which something is told, the latest first.
func periods(b *brief.Brief, first, last days.Day) (out []string) {
	for !first.IsZero() && !last.Before(first) && len(out) < mostPeriods {
		of := edition.Ask{Brief: b, Last: last}.Period()
		out = append(out, of.String())
		last = of.From.AddDate(0, 0, -1)
	}
	return out
}

// briefings answers the list of documents.
func (s *Server) briefings(a *ask) (http.HandlerFunc, error) {
	p := briefingsPage{layout: s.layout(a.r, words.Get("briefings"))}
	last, err := s.homeDate(a.ctx, a.st)
	if err != nil {
		return nil, err
	}
	for _, b := range brief.Documents(s.Briefs) {
		if last.IsZero() {
			p.Empty = words.In(a.st.Loc, "no_data_yet")
			break
		}
		of := edition.Ask{Brief: b, State: a.st, Last: last}.Period()
		p.List = append(p.List, briefingRow{b.Title.In(a.st.Loc), address.To("/briefings/"+b.Name, a.st.Query()), of.Label(a.st.Loc), files(b.Name, a.st.Query())})
	}
	return s.html("briefings.html", p), nil
}

// files are where a document is downloaded.
func files(name string, q url.Values) []link {
	var out []link
	for _, f := range form.Forms {
		out = append(out, link{Text: f.Title, URL: address.To("/briefings/"+name+"/"+f.Name, q)})
	}
	return out
}

// asked is the document that a request asks for, and the state that its address says.
func (s *Server) asked(a *ask) (*document.Document, address.State, error) {
	st, err := named(a)
	if err != nil {
		return nil, st, err
	}
	scheme := "http://"
	if a.r.TLS != nil || a.r.Header.Get("X-Forwarded-Proto") == "https" {
		scheme = "https://"
	}
	doc, err := s.Edition(a.ctx, a.r.PathValue("name"), st, a.value("unit"), a.value("target"), scheme+a.r.Host)
	return doc, st, err
}

// briefingFile answers a document as a file.
func (s *Server) briefingFile(a *ask) (http.HandlerFunc, error) {
	f, ok := form.Named(a.r.PathValue("form"))
	if !ok {
		return nil, address.Missing(words.Get("no_page", a.r.URL.Path), form.Names()...)
	}
	doc, st, err := s.asked(a)
	if err != nil {
		return nil, err
	}
	body, err := f.Write(doc, s.Paper)
	if err != nil {
		return nil, err
	}
	return saved(body, f.Type, doc.Name+"."+f.Name, s.fileName(doc.Title, st.Range, st.Loc)+"."+f.Name), nil
}

// briefing answers a document as a page.
func (s *Server) briefing(a *ask) (http.HandlerFunc, error) {
	doc, st, err := s.asked(a)
	if err != nil {
		return nil, err
	}
	last, err := s.homeDate(a.ctx, st)
	if err != nil {
		return nil, err
	}
	p := briefingPage{layout: s.layout(a.r, codes.Text{Zh: doc.Title, En: doc.Title}), Sheet: template.HTML(web.Write(doc))} // escaped by web
	p.Files = files(doc.Name, a.r.URL.Query())
	p.Filters, err = s.filters().Bar(a.ctx, a.r.URL.Path, nil, st, last)
	p.Filters.Selects = nil // a document has its own grains and comparisons
	if len(p.Filters.Presets) > 0 {
		p.Filters.Presets[0].Text = words.In(st.Loc, "briefing_latest")
	}
	if st.Range.IsZero() {
		p.Filters.Now = doc.Subtitle
	}
	return s.html("briefing.html", p), err
}

// named is the state of a request that may write its period as people do: period=2026H1.
func named(a *ask) (address.State, error) {
	st, text := a.st, a.value("period")
	if text == "" {
		return st, nil
	}
	r, ok := days.Parse(text)
	if !ok || !st.Range.IsZero() {
		return st, a.bad("period", "2026H1", "2026Q2", "2026-06", "2026")
	}
	st.Range = r
	return st, nil
}
