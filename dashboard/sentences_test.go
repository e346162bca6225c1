package dashboard

import (
	"html"
	"regexp"
	"strings"
	"testing"
)

var (
	leads = regexp.MustCompile(`<a href="([^"]*)">([^<]*)</a>`)
	shown = regexp.MustCompile(`(?s)data-card="net".*?<b>(?:<a[^>]*>)?([^<]*)`)
)

// The sentences of the overview say the numbers of its cards, and every number leads to a page that is there.
func (s *site) sentencesTest(t *testing.T) {
	for _, path := range []string{"/b/overview?lang=zh", "/b/overview?lang=en", "/b/overview?lang=zh&park=magnet", "/b/overview?lang=zh&from=2026-06-01&to=2026-07-01"} {
		page := s.page(t, path)
		_, said, ok := strings.Cut(page, `class="brief"`)
		said, _, _ = strings.Cut(said, "</section>")
		if !ok || strings.Count(said, "<li") < 3 {
			t.Errorf("%s: too few sentences: %s", path, said)
			continue
		}
		links := leads.FindAllStringSubmatch(said, -1)
		if len(links) < 4 {
			t.Errorf("%s: %d links", path, len(links))
		}
		for _, l := range links {
			if r := s.get(t, html.UnescapeString(l[1])); r.status != 200 {
				t.Errorf("%s: %s leads to %s: %d", path, l[2], l[1], r.status)
			}
		}
		card := shown.FindStringSubmatch(page)
		if card == nil {
			t.Fatal(path, "has no card of net arrivals")
		}
		if !strings.HasPrefix(links[0][2]+" ", card[1]+" ") {
			t.Errorf("%s: the first sentence says %s, the card %s", path, links[0][2], card[1])
		}
	}
	if strings.Contains(s.page(t, "/b/training?lang=zh"), `class="brief"`) {
		t.Error("sentences stand on a page they are not declared for")
	}
}
