package dashboard

import (
	"context"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// A page on a phone of 390 x 844 is so many swipes of 700 px long at most; a page that is not named here, four.
var swipes = map[string]int{"/b/overview": 2}

// Every page on a phone is short enough to be read: what is long is folded.
func (s *site) phoneTest(t *testing.T) {
	ctx, said := browser(t)()
	defer s.foldTest(ctx, t)
	defer s.menuTest(ctx, t)
	for _, path := range s.pages() {
		ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
		var height int
		err := chromedp.Run(ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(s.http.URL+with(path, "theme=light&lang=zh")),
			chromedp.Poll(`document.readyState === "complete"`, nil, chromedp.WithPollingTimeout(60*time.Second)),
			chromedp.Evaluate(`document.scrollingElement.scrollHeight`, &height))
		cancel()
		if err != nil {
			t.Fatal(path, err, said())
		}
		n, most := (height-844+699)/700, swipes[path]
		if most == 0 {
			most = 4
		}
		t.Logf("%s: %d px, %d swipes", path, height, n)
		if n > most {
			t.Errorf("%s is %d px high on a phone, %d swipes; %d are allowed", path, height, n, most)
		}
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
