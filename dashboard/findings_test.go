package dashboard

import (
	"cmp"
	"encoding/json"
	"html"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yanzhen/dashboard/board"
	"yanzhen/pipeline/codes"
)

var reHeading = regexp.MustCompile(`(?s)data-panel="([^"]+)".*?<h3 data-title>(.*?)</h3>\s*<p class="panel-sub" data-sub>(.*?)</p>`)

// calledTest finds metrics that a panel calls by the name of another one: their figures would be taken for those of that.
func (s *site) calledTest(t *testing.T) {
	by := map[string]string{}
	for _, m := range s.Catalog.Metrics() {
		by[m.Title.Zh] = m.Name
	}
	for _, b := range s.Boards {
		for _, p := range b.Panels {
			if p.Kind == board.KPI {
				by[p.Title.Zh] = cmp.Or(by[p.Title.Zh], p.Metrics[0])
			}
		}
	}
	for _, b := range s.Boards {
		for _, p := range b.Panels {
			for i, name := range p.Names {
				if other := by[name.Zh]; other != "" && i < len(p.Metrics) && other != p.Metrics[i] {
					t.Errorf("%s/%s calls %s %s, which is the name of %s", b.Name, p.Name, p.Metrics[i], name.Zh, other)
				}
			}
		}
	}
}

// What a panel's figures amount to is its title on the page, stands in its JSON, in the text of its picture and in its
// workbook; its measure stands below. A filter that a panel does not follow leaves the measure alone.
func (s *site) findingsTest(t *testing.T) {
	said, one := 0, ""
	for _, lang := range []string{"zh", "en"} {
		for _, b := range s.Boards {
			page := s.page(t, "/b/"+b.Name+"?lang="+lang)
			at := map[string][]string{}
			for _, m := range reHeading.FindAllStringSubmatch(page, -1) {
				at[m[1]] = []string{html.UnescapeString(m[2]), html.UnescapeString(m[3])}
			}
			for _, p := range b.Panels {
				if p.Kind == board.KPI {
					continue
				}
				if slices.Contains([]board.Kind{board.Trend, board.Line, board.Stack, board.Bar, board.Column}, p.Kind) && slices.ContainsFunc(p.Metrics, func(m string) bool { return s.Catalog.Metric(m).Unit != s.Catalog.Metric(p.Metrics[0]).Unit }) {
					t.Errorf("%s/%s has two scales in one chart", b.Name, p.Name)
				}
				var a panelAnswer
				if err := json.Unmarshal([]byte(s.get(t, "/api/v1/panels/"+b.Name+"/"+p.Name+"?lang="+lang).body), &a); err != nil {
					t.Fatal(err)
				}
				title := p.Title.In(codes.Lang(lang))
				want := []string{title, joined(a.Period, cmp.Or(a.Scale, a.Unit))}
				if a.Finding != "" {
					said, one = said+1, b.Name+"/"+p.Name
					want = []string{a.Finding, joined(title, a.Period, cmp.Or(a.Scale, a.Unit))}
				}
				if got := at[p.Name]; !slices.Equal(got, want) || a.Title != title {
					t.Errorf("%s/%s: the page says %q, want %q", b.Name, p.Name, got, want)
				}
				if (a.Finding == "") != (a.Quiet != "") {
					t.Errorf("%s/%s: it says %q, and why nothing is said: %q", b.Name, p.Name, a.Finding, a.Quiet)
				}
				if a.Finding == "" {
					continue
				}
				if !strings.HasPrefix(a.Summary, a.Finding) || !strings.Contains(a.Summary, title) {
					t.Errorf("%s/%s: who hears the page hears %q", b.Name, p.Name, a.Summary)
				}
				if p.Kind != board.Table && !strings.Contains(html.UnescapeString(page), `alt="`+a.Summary) {
					t.Errorf("%s/%s: the picture does not say %q", b.Name, p.Name, a.Summary)
				}
			}
		}
	}
	s.calledTest(t)
	if said < 20 {
		t.Errorf("%d findings: too few to mean anything", said)
	}
	var a panelAnswer
	if err := json.Unmarshal([]byte(s.get(t, "/api/v1/panels/"+one+"?lang=zh").body), &a); err != nil || a.Finding == "" {
		t.Fatal(a.Finding, err)
	}
	f := s.readBook(t, "/api/v1/panels/"+one+"?format=xlsx&lang=zh")
	rows, err := f.GetRows(f.GetSheetList()[1])
	if err != nil || !slices.ContainsFunc(rows, func(row []string) bool { return len(row) > 1 && row[0] == "结论" && row[1] == a.Finding }) {
		t.Errorf("the workbook does not say %q: %v", a.Finding, err)
	}
	a = panelAnswer{}
	if err := json.Unmarshal([]byte(s.get(t, "/api/v1/panels/overview/graph?node="+"molybdenum.powder").body), &a); err != nil || a.Finding != "" {
		t.Errorf("of one link: %q, %v", a.Finding, err)
	}
}
