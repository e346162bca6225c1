package dashboard

import (
	"bytes"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/document/form"
	"yanzhen/dashboard/paper"
)

var sheetLink = regexp.MustCompile(`href="(/[^"]+)"`)

// Every document is a page in both languages that says of when it is and leads to its files; what is asked for wrongly is refused.
func (s *site) briefingsTest(t *testing.T) {
	list := s.page(t, "/briefings?lang=zh")
	for _, b := range brief.Documents(s.Briefs) {
		if !strings.Contains(list, `href="/briefings/`+b.Name+`"`) {
			t.Errorf("the list has no %s", b.Name)
		}
		for lang, want := range map[string]string{"zh": "数据截至", "en": "Data up to"} {
			page := s.page(t, "/briefings/"+b.Name+"?lang="+lang)
			_, sheet, ok := strings.Cut(page, `<article class="sheet">`)
			sheet, _, _ = strings.Cut(sheet, "</article>")
			if !ok || !strings.Contains(sheet, want) || !strings.Contains(sheet, b.Title.Zh) && !strings.Contains(sheet, b.Title.En) {
				t.Errorf("%s in %s: %.400s", b.Name, lang, sheet)
			}
			seen := map[string]bool{}
			for _, l := range sheetLink.FindAllStringSubmatch(sheet, -1) {
				to := html.UnescapeString(l[1])
				if path, _, _ := strings.Cut(to, "?"); seen[path] || len(seen) == 6 {
					continue
				} else {
					seen[path] = true
				}
				if r := s.get(t, to); r.status != http.StatusOK {
					t.Errorf("%s: a number leads to %s: %d", b.Name, to, r.status)
				}
			}
		}
	}
	for _, f := range form.Forms {
		r := s.get(t, "/briefings/monthly/"+f.Name+"?period=2026-05")
		if r.status != http.StatusOK || r.header.Get("Content-Type") != f.Type || !strings.Contains(r.header.Get("Content-Disposition"), "monthly."+f.Name) {
			t.Errorf("monthly as %s: %d %v", f.Name, r.status, r.header)
		}
		if f.Name != "docx" {
			continue
		}
		w, err := paper.ReadWord([]byte(r.body))
		if err != nil || !strings.Contains(w.Text(), "2026 年 5 月") || !bytes.Contains(w.Parts["word/document.xml"], []byte("svgBlip")) {
			t.Errorf("monthly as a Word file: %v", err)
		}
	}
	s.inPlaceTest(t)
	for path, want := range map[string]int{
		"/briefings/nothing": 404, "/briefings/monthly/odt": 404, "/briefings/monthly?period=soon": 400, "/briefings/units?unit=nobody": 404,
		"/briefings/orders?unit=nobody": 404, "/briefings/monthly?freeze=never": 404, "/briefings/monthly?period=2026H1&from=2026-01-01&to=2026-02-01": 400,
	} {
		if r := s.get(t, path); r.status != want {
			t.Errorf("%s: %d, want %d", path, r.status, want)
		}
	}
	if page := s.page(t, "/briefings/units?lang=zh"); strings.Contains(anyTag.ReplaceAllString(page, ""), "承担目标 0 项") || !strings.Contains(page, "承担目标") || !strings.Contains(page, "逾期未报") {
		t.Error("who has no targets is told of 0, or those of the others are not told")
	}
	if page := s.page(t, "/b/overview?lang=zh"); !strings.Contains(page, `href="/briefings`) {
		t.Error("the overview does not lead to the documents")
	}
}

// inPlaceTest looks for a chart that a document declares itself, beside no board: on its page, in its Word file and on paper,
// with its caption, its drawing and the definition of what it shows.
func (s *site) inPlaceTest(t *testing.T) {
	t.Helper()
	const caption = "引进人才的学历"
	before, page, _ := strings.Cut(s.page(t, "/briefings/half_year?lang=zh&period=2026H1"), caption)
	before, page = before[max(0, len(before)-200):], page[:min(len(page), 400)]
	if !strings.Contains(page, "data:image/svg+xml") || !strings.Contains(before, `href="/cause/inflow?`) {
		t.Errorf("the page does not draw it, or leads nowhere: %s%s", before, page)
	}
	w, err := paper.ReadWord([]byte(s.get(t, "/briefings/half_year/docx?lang=zh&period=2026H1").body))
	if err != nil || !strings.Contains(w.Text(), caption) || strings.Count(string(w.Parts["word/document.xml"]), "svgBlip") != 4 {
		t.Errorf("the Word file does not have it: %v", err)
	}
	d, err := paper.Open([]byte(s.get(t, "/briefings/half_year/pdf?lang=zh&period=2026H1").body))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	text, err := d.AllText()
	if text = strings.Join(strings.Fields(text), ""); err != nil || !strings.Contains(text, caption) || !strings.Contains(text, "本科") {
		t.Errorf("paper does not have it: %v", err)
	}
}
