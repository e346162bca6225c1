package main

import (
	"context"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/document/form"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/paper"
	"yanzhen/dashboard/trail"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/frozen"
)

// documentFigures is how many figures of the half-year report are asked for on every surface.
const documentFigures = 20

// documentFreeze is the report date that the half-year report is asked for as of.
var documentFreeze = "半年报"

// documents reads the shipped documents back: every number in them is a link, each with the period and the report date of the
// document; what stands at the end of the link is that number; and twenty of them are the same on panels, cards, in CSV and SQL.
func documents(t *testing.T, ctx context.Context, o *office, c *cli) {
	s := newSurface(t, ctx, o, c)
	defer s.analyst.Close()
	at := time.Now()
	if err := o.loader.Freeze(ctx, frozen.Date{Name: documentFreeze, At: at, Note: "documents"}); err != nil {
		t.Fatal(err)
	}
	d := &documentTest{surface: s}
	word := d.word("half_year", "?period=2026H1&freeze="+url.QueryEscape(documentFreeze))
	if head := strings.Join(slices.Concat(word.Tables[0]...), "\n"); !strings.Contains(head, "冻结版 "+documentFreeze) || !strings.Contains(head, "2026 年上半年") {
		t.Errorf("the first page does not say of when it is: %s", head)
	}
	said := d.links(word, documentFreeze)
	d.alike(said)
	d.everyPage(said)
	for _, name := range []string{"monthly", "units", "orders"} {
		if n := len(d.links(d.word(name, ""), "")); n < 10 {
			t.Errorf("%s: %d figures: too few to mean anything", name, n)
		}
	}
	d.papers()
	d.english()
}

// documentTest reads documents.
type documentTest struct{ *surface }

// documentLink is a number of a document and what it leads to.
type documentLink struct {
	text string
	ask  trail.Ask
	url  string
}

func (d *documentTest) file(name, form, query string) []byte {
	r := httptest.NewRequest(http.MethodGet, "http://localhost/briefings/"+name+"/"+form+query, nil)
	w := httptest.NewRecorder()
	d.pages.ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		_, body, _ := strings.Cut(w.Body.String(), "<main")
		d.Fatalf("%s%s: %d %.900s", name, query, w.Code, body)
	}
	return w.Body.Bytes()
}

// broken are texts that stand in no document.
var broken = regexp.MustCompile(`正在读取|�|%!|NaN|undefined|\bnull\b|[{}]|没有写成|〓`)

func (d *documentTest) word(name, query string) *paper.Word {
	w, err := paper.ReadWord(d.file(name, "docx", query))
	if err != nil {
		d.Fatalf("%s: %v", name, err)
	}
	if bad := broken.FindString(w.Text()); bad != "" {
		d.Errorf("%s says %q", name, bad)
	}
	return w
}

// dated are numbers that are no figures: days, periods, ages and the numbers of a definition.
var dated = regexp.MustCompile(`\d{4} 年(上半年|下半年| \d 季度|第[一二三四]季度)?( \d+ 月( \d+ 日)?([上中下]旬)?)?|\d{4}年|35周岁|90日|12个月|（初步 \d+/\d+）|小于 \d+：人数少于 \d+，不显示|[（）]`)

var digit = regexp.MustCompile(`\d`)

// links reads the numbers of a document with what they ask for. Every number is one, and asks for the report date.
func (d *documentTest) links(w *paper.Word, freeze string) []documentLink {
	var out []documentLink
	for _, p := range w.Paragraphs {
		rest := p.Text
		for _, l := range p.Links {
			rest = strings.Replace(rest, l.Text, "", 1)
			u, err := url.Parse(l.URL)
			if err != nil || u.Scheme != "http" || u.Host != "localhost" {
				d.Errorf("%q leads to %s", l.Text, l.URL)
				continue
			}
			q := u.Query()
			if strings.HasPrefix(u.Path, "/data/metrics") {
				continue // a definition has no date
			}
			if q.Get("freeze") != freeze {
				d.Errorf("%q leads to %s, of another report date", l.Text, l.URL)
			}
			name, ok := strings.CutPrefix(u.Path, "/cause/")
			if !ok {
				continue
			}
			if q.Get("from") == "" || q.Get("to") == "" {
				d.Errorf("%q leads to %s, which has no period", l.Text, l.URL)
			}
			st, err := address.Read(httptest.NewRequest(http.MethodGet, l.URL, nil), trail.Params...)
			if err != nil {
				d.Errorf("%s: %v", l.URL, err)
				continue
			}
			if freeze != "" {
				st.AsOf = time.Time{} // nothing has come since
			}
			ask, err := trail.Read(q, st, d.catalog.Metric(name))
			if err != nil {
				d.Errorf("%s: %v", l.URL, err)
				continue
			}
			if !digit.MatchString(dated.ReplaceAllString(l.Text, "")) {
				continue // the title of a chart
			}
			out = append(out, documentLink{l.Text, ask, u.RequestURI()})
		}
		if p.Style == "BodyText" || p.Style == "TableText" {
			if rest = dated.ReplaceAllString(rest, ""); digit.MatchString(rest) {
				d.Errorf("a number is no link: %q of %q", rest, p.Text)
			}
		}
	}
	return out
}

// point is the number that a link asks for, as the engine says it.
func (d *documentTest) point(l documentLink) (*metric.Result, metric.Point) {
	q := l.ask.Query()
	q.Grain = days.Total
	for _, tap := range l.ask.Taps {
		q.Where = append(q.Where, metric.Filter{Dim: tap.Dim, Values: []string{tap.Key}})
	}
	r := d.run(q)
	if len(r.Points) != 1 {
		d.Errorf("%s: %d points", l.url, len(r.Points))
		return r, metric.Point{}
	}
	return r, r.Points[0]
}

// says are the ways in which a document may write a number and its change.
func says(r *metric.Result, pt metric.Point) []string {
	var out []string
	add := func(v *float64, unit metric.Unit) {
		for _, lang := range []string{"zh", "en"} {
			if lang == "zh" {
				out = append(out, metric.Format(v, unit, "zh"), metric.Number(v, unit))
			} else {
				out = append(out, metric.Format(v, unit, "en"))
			}
		}
	}
	add(pt.Value, r.Unit)
	add(pt.Base, r.Unit)
	if pt.Change != nil {
		size := max(*pt.Change, -*pt.Change)
		add(&size, r.Unit.Change())
		out = append(out, metric.FormatChange(pt.Change, r.Unit, "zh"), metric.FormatChange(pt.Change, r.Unit, "en"))
	}
	if pt.Value != nil && pt.Base != nil {
		diff := max(*pt.Value-*pt.Base, *pt.Base-*pt.Value)
		add(&diff, r.Unit)
	}
	return out
}

var rounded = regexp.MustCompile(`^(超|近|约) ([\d,.]+)`)

// alike holds twenty figures, drawn at random, against every other surface, and all of them against the engine.
func (d *documentTest) alike(links []documentLink) {
	var whole []documentLink
	asked := map[string]bool{}
	for _, l := range links {
		if l.ask.See != "" && l.ask.See != "change" {
			continue // a target: the pace is no figure of the metric
		}
		r, pt := d.point(l)
		if pt.Value == nil {
			continue
		}
		text := strings.TrimSuffix(l.text, "*")
		switch m := rounded.FindStringSubmatch(text); {
		case m != nil:
			round, _ := strconv.ParseFloat(strings.ReplaceAll(m[2], ",", ""), 64)
			if m[1] == "超" && *pt.Value <= round || m[1] != "超" && *pt.Value >= round {
				d.Errorf("%q is not true: it is %v", text, *pt.Value)
			}
		case !slices.Contains(says(r, pt), text) && !strings.HasSuffix(text, "%"): // a share of a whole is of several figures
			d.Errorf("%q stands for %s: the engine says %q", l.text, l.url, says(r, pt))
		case text == metric.Format(pt.Value, r.Unit, "zh") && len(l.ask.Taps) == 0 && !asked[l.url]:
			asked[l.url] = true
			whole = append(whole, l)
		}
	}
	d.Logf("%d figures lead to their causes, %d different ones stand for a whole metric", len(links), len(whole))
	d.rng.Shuffle(len(whole), func(i, j int) { whole[i], whole[j] = whole[j], whole[i] })
	shown := 0
	for _, l := range whole {
		if shown == documentFigures {
			break
		}
		a, ok := d.panelOf(l)
		if !ok {
			continue
		}
		shown++
		d.question(a) // JSON, CSV, table, card and SQL say what the engine says, which is what stands in the document
	}
	if shown < documentFigures {
		d.Errorf("%d figures were compared with panels, want %d", shown, documentFigures)
	}
}

// panelOf is a panel that shows the metric of a link whole, for the days of the link.
func (d *documentTest) panelOf(l documentLink) (shownAt, bool) {
	for _, b := range d.boards {
		for _, p := range b.Panels {
			if p.Grain == days.Total && (p.Kind == board.KPI || p.Kind == board.Funnel) && len(p.Where)+len(l.ask.Where) == 0 && slices.Contains(p.Metrics, l.ask.Metric.Name) {
				return shownAt{Board: b, Panel: p, From: l.ask.Range.From, To: l.ask.Range.To}, true
			}
		}
	}
	return shownAt{}, false
}

// everyPage follows the links of a document: the page at the end of each says the number.
func (d *documentTest) everyPage(links []documentLink) {
	seen, n := map[string]bool{}, 0
	for _, l := range links {
		if seen[l.url] || l.ask.See != "" && l.ask.See != "change" || n == documentFigures {
			continue
		}
		seen[l.url] = true
		r, pt := d.point(l)
		if pt.Value == nil {
			continue
		}
		n++
		page := html.UnescapeString(untagged(d.get(shownAt{Board: d.boards[0]}, l.url, "")))
		if want := metric.Number(pt.Value, r.Unit); !strings.Contains(page, want) {
			d.Errorf("%q leads to %s, which does not say %s", l.text, l.url, want)
		}
	}
	if n < documentFigures {
		d.Errorf("%d links were followed", n)
	}
}

// papers reads the documents as PDF: as many pages as are declared at most, and every figure of the Word file.
func (d *documentTest) papers() {
	if _, ok := form.Named("pdf"); !ok {
		d.Fatal("there is no PDF")
	}
	briefs, err := brief.Read(d.office.declare, d.catalog, d.boards)
	if err != nil {
		d.Fatal(err)
	}
	strip := func(s string) string { return strings.Join(strings.Fields(s), "") }
	for _, b := range brief.Documents(briefs) {
		doc, err := paper.Open(d.file(b.Name, "pdf", ""))
		if err != nil {
			d.Fatalf("%s: %v", b.Name, err)
		}
		text, err := doc.AllText()
		if err != nil {
			d.Fatalf("%s: %v", b.Name, err)
		}
		if bad := broken.FindString(text); bad != "" {
			d.Errorf("%s as PDF says %q", b.Name, bad)
		}
		if b.Pages > 0 && doc.Pages > b.Pages {
			d.Errorf("%s has %d pages, may have %d", b.Name, doc.Pages, b.Pages)
		}
		flat := strip(text)
		figures := 0
		for _, p := range d.word(b.Name, "").Paragraphs {
			for _, l := range p.Links {
				if figures++; !strings.Contains(flat, strip(l.Text)) {
					d.Errorf("%s: %q of the Word file is not in the PDF", b.Name, l.Text)
				}
			}
		}
		if figures < 10 || doc.Pages == 0 {
			d.Errorf("%s: %d figures on %d pages", b.Name, figures, doc.Pages)
		}
		doc.Close()
	}
}

// english reads every document in English: no Chinese word of the product stands in it.
func (d *documentTest) english() {
	briefs, err := brief.Read(d.office.declare, d.catalog, d.boards)
	if err != nil {
		d.Fatal(err)
	}
	ours := regexp.MustCompile(`同比|未报|期间|范围|目标|逾期|增长|单位|口径`)
	for _, b := range brief.Documents(briefs) {
		w := d.word(b.Name, "?lang=en")
		for _, p := range w.Paragraphs {
			if bad := ours.FindString(p.Text); bad != "" {
				d.Errorf("%s in English says %q: %s", b.Name, bad, p.Text)
				break
			}
		}
	}
}
