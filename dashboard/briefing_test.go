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
	for path, want := range map[string]int{
		"/briefings/nothing": 404, "/briefings/monthly/odt": 404, "/briefings/monthly?period=soon": 400, "/briefings/units?unit=nobody": 404,
		"/briefings/orders?unit=nobody": 404, "/briefings/monthly?freeze=never": 404, "/briefings/monthly?period=2026H1&from=2026-01-01&to=2026-02-01": 400,
	} {
		if r := s.get(t, path); r.status != want {
			t.Errorf("%s: %d, want %d", path, r.status, want)
		}
	}
	if page := s.page(t, "/b/overview?lang=zh"); !strings.Contains(page, `href="/briefings`) {
		t.Error("the overview does not lead to the documents")
	}
}
