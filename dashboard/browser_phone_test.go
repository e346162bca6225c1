package dashboard

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A page on a phone of 390 x 844 is so many swipes of 700 px long at most; a page that is not named here, four.
var swipes = map[string]int{"/b/overview": 2}

// tooHigh says where a page on a phone takes more swipes than it may. axeTest has the pages.
func tooHigh(t *testing.T, path string, height int) []string {
	board, _, _ := strings.Cut(path, "?")
	n, most := (height-844+699)/700, swipes[board]
	if most == 0 {
		most = 4
	}
	t.Logf("%s: %d px, %d swipes", path, height, n)
	if n > most {
		return []string{fmt.Sprintf("it is %d px high on a phone, %d swipes; %d are allowed", height, n, most)}
	}
	return nil
}

// phoneTest is what a finger does on a phone.
func (s *site) phoneTest(t *testing.T) {
	ctx, _ := browser(t)()
	s.menuTest(ctx, t)
	s.paperTest(ctx, t)
	s.foldTest(ctx, t)
	s.acrossTest(ctx, t)
}

// acrossTest holds a phone across: the filters go with the page. Before anything was published the one sentence that says what to do
// does not touch what follows.
func (s *site) acrossTest(ctx context.Context, t *testing.T) {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	var faults []string
	var filters string
	err := chromedp.Run(ctx, chromedp.EmulateViewport(844, 390), chromedp.Navigate(s.http.URL+"/b/formation?theme=light&lang=zh"), until(`document.readyState === "complete"`),
		chromedp.Evaluate(`getComputedStyle(document.querySelector(".filters")).position`, &filters),
		chromedp.Navigate(s.http.URL+"/b/overview?theme=light&lang=zh&as_of=2020-01-01"), until(`document.readyState === "complete"`), chromedp.Evaluate(`(() => {
		const out = [], none = document.querySelectorAll(".empty-page");
		if (none.length !== 1) out.push(none.length + " sentences say that nothing is there");
		const gap = none[0].nextElementSibling.getBoundingClientRect().top - none[0].getBoundingClientRect().bottom;
		if (gap < 8) out.push("the sentence touches what follows: " + gap);
		if (document.body.innerText.split(none[0].innerText.trim().slice(0, 12)).length > 2) out.push("the sentence stands more than once");
		return out; })()`, &faults))
	if err != nil || len(faults) > 0 || filters == "sticky" {
		t.Errorf("a phone held across: filters are %s, %v, %v", filters, faults, err)
	}
}

// paperTest holds that a phone which was touched has the pictures for paper before it prints, and fetches none before.
func (s *site) paperTest(ctx context.Context, t *testing.T) {
	ctx, cancel := context.WithTimeout(ctx, 120*time.Second)
	defer cancel()
	fetched, there := 0, false
	err := chromedp.Run(ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(s.http.URL+"/b/formation?theme=light&lang=zh"),
		chromedp.Evaluate(`[...document.querySelectorAll("img.paper")].filter(i => i.naturalWidth).length`, &fetched),
		chromedp.Evaluate(`scrollBy(0, 40)`, nil),
		chromedp.Poll(`(l => l.length > 3 && l.every(i => i.complete && i.naturalWidth))([...document.querySelectorAll("img.paper")])`, &there, chromedp.WithPollingTimeout(100*time.Second)))
	if err != nil || !there || fetched > 0 {
		t.Errorf("a phone has fetched %d pictures for paper before it was touched, all of them after: %v (%v)", fetched, there, err)
	}
}

// foldTest taps a folded figure and a folded number open, and shut again, on a page whose own script never came.
func (s *site) foldTest(ctx context.Context, t *testing.T) {
	ctx, cancel := context.WithTimeout(ctx, 120*time.Second)
	defer cancel()
	for fold, shown := range map[string]string{".panel > .fold": "[data-plot], [data-table]", ".card > .fold": ".foot-links"} {
		var seen []bool
		err := chromedp.Run(ctx, network.SetBlockedURLs().WithURLPatterns([]*network.BlockPattern{{URLPattern: "*://*/static/js/*", Block: true}}),
			chromedp.EmulateViewport(390, 844), chromedp.Navigate(s.http.URL+"/b/overview?theme=light&lang=zh"),
			chromedp.Evaluate(`[0, 1, 2].map(() => { const f = document.querySelector("`+fold+`"), at = f.parentElement.querySelector("`+shown+`"), seen = at.offsetParent !== null; f.click(); return seen; })`, &seen))
		if err != nil {
			t.Fatal(fold, err)
		}
		if len(seen) != 3 || seen[0] || !seen[1] || seen[2] {
			t.Errorf("%s: what it folds is seen before, after one tap and after two: %v", fold, seen)
		}
	}
}
