package dashboard

import (
	"html"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"yanzhen/dashboard/board"
)

var (
	notRead = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|="data:[^"]*"|\shref="[^"]*"|\svalue="[^"]*"|\sid="[^"]*"|\sdata-(?:key|panel|card)="[^"]*"`)
	// what senders wrote themselves stands as they wrote it: why a target was changed, their files
	theirOwn = regexp.MustCompile(`(?s)<small class="why">.*?</small>|<[^>]*class="[^"]*\bfile\b[^"]*".*?</t[dh]>|<ul class="cause-files">.*?</ul>`)
	chinese  = regexp.MustCompile(`[\p{Han}][\p{Han}（）、，。：；]*`)
)

// englishTest reads every page and every picture in English: no Chinese stands there but what is on the list.
func (s *site) englishTest(t *testing.T) {
	allowed := []string{"演示数据", "中文", "甲科"} // the mark that stands in both languages, the link to the other one, whom to ask
	check := func(path, text string) {
		text = html.UnescapeString(theirOwn.ReplaceAllString(notRead.ReplaceAllString(text, ""), ""))
		for _, a := range allowed {
			text = strings.ReplaceAll(text, a, "")
		}
		if left := chinese.FindAllString(text, -1); len(left) > 0 {
			slices.Sort(left)
			left = slices.Compact(left)
			t.Errorf("%s has %d Chinese texts in English: %.300q", path, len(left), left)
		}
	}
	for _, path := range append(s.pages(), "/briefings/monthly", "/briefings/units", "/cause/inflow") {
		if path == "/b/nothing" {
			continue // is not there
		}
		if path == "/data/api" || path == "/data/inbox" || path == "/data/excluded" || strings.HasPrefix(path, "/data/datasets/") {
			continue // an address to copy; the files, the rows and the headings of senders
		}
		check(path, s.page(t, with(path, "lang=en")))
	}
	for _, b := range s.Boards {
		for _, p := range b.Panels {
			if p.Kind == board.KPI || p.Kind == board.Table {
				continue
			}
			path := "/api/v1/panels/" + b.Name + "/" + p.Name + "?lang=en&compact=1"
			if r := s.get(t, path+"&format=svg&place=phone"); r.status == http.StatusOK {
				check(path, r.body)
				brokenWords(t, path, r.body, s.get(t, path).body)
			}
		}
	}
}

var (
	lineOfPicture = regexp.MustCompile(`<t(?:ext|span)[^>]*>([^<]+)<`)
	word          = regexp.MustCompile(`[A-Za-z]{3,}`)
)

// brokenWords finds lines of a picture that end, or begin, within a word: on a narrow screen names are broken between words, and
// what is cut says so.
func brokenWords(t *testing.T, path, picture, answer string) {
	whole := map[string]bool{}
	for _, w := range word.FindAllString(strings.ReplaceAll(answer, `\n`, " "), -1) {
		whole[w] = true
	}
	for _, m := range lineOfPicture.FindAllStringSubmatch(picture, -1) {
		said := word.FindAllString(html.UnescapeString(m[1]), -1)
		for i, w := range said {
			if cut := i == len(said)-1 && strings.HasSuffix(m[1], w+"…"); !whole[w] && !cut {
				t.Errorf("%s: in %q stands %q, which is a part of a word", path, m[1], w)
			}
		}
	}
}
