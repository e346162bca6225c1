package dashboard

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// Three taps on a phone: from the number of a card to the link, the group of enterprises and the month.
func (s *site) causeBrowserTest(t *testing.T) {
	ctx, said := browser(t)()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	var faults []string
	var low float64
	fits := chromedp.Tasks{
		chromedp.Evaluate(look, &faults),
		chromedp.Evaluate(`Math.min(...[...document.querySelectorAll("[data-step] .cause-rows a")].map(a => a.getBoundingClientRect().height), 1000)`, &low),
		chromedp.ActionFunc(func(context.Context) error {
			for _, f := range faults {
				t.Error(f)
			}
			if low < 44 {
				t.Errorf("a row is %v px high, too low for a finger", low)
			}
			return nil
		}),
	}
	row := `[data-step] .cause-rows li:first-child a`
	var number, shown, sentence, lead, found, address, crumbs string
	err := chromedp.Run(ctx,
		chromedp.EmulateViewport(390, 844),
		chromedp.Navigate(s.http.URL+"/b/chain?lang=zh&theme=light"),
		chromedp.Text(`[data-card="gap"] .value b`, &number),
		chromedp.Click(`[data-card="gap"] .value a`),
		chromedp.WaitVisible(`[data-cause="post_gap"] [data-step="1"]`),
		chromedp.Text(`.cause-number .value b`, &shown), chromedp.Text(`.cause-sentence`, &sentence), fits,
		chromedp.Click(row), chromedp.WaitVisible(`[data-step="2"]`), chromedp.Text(`.cause-lead`, &lead), fits,
		chromedp.Click(row), chromedp.WaitVisible(`[data-step="3"]`), fits,
		chromedp.Click(`[data-step] .cause-rows li:last-child a`), chromedp.WaitVisible(`.cause-found`), chromedp.Text(`.cause-found p`, &found), fits,
		chromedp.WaitVisible(`.cause-files a`),
		chromedp.Click(`.crumbs a:nth-last-of-type(2)`), chromedp.WaitVisible(`[data-step="3"]`), chromedp.Text(`.crumbs`, &crumbs), chromedp.Location(&address),
	)
	if err != nil {
		t.Fatal(err, said())
	}
	// one sender of two has reported the test zone's period, which has the number and no headline about it
	if shown != number || !strings.HasPrefix(sentence, "初步：应报 2 家，已报 1 家") {
		t.Errorf("the card says %s, the cause %s and %q", number, shown, sentence)
	}
	if strings.Count(found, "→") != 2 || !strings.Contains(found, number) || lead == "" {
		t.Errorf("found %q after %q", found, lead)
	}
	if strings.Count(address, "tap=") != 2 || strings.Count(crumbs, "›") != 3 {
		t.Errorf("the way back leads to %s: %q", address, crumbs)
	}
	// the same in the other theme and language, at the desk and on a phone
	for _, width := range []int64{390, 1440} {
		if err := chromedp.Run(ctx, chromedp.EmulateViewport(width, 2000), chromedp.Navigate(address+"&lang=en&theme=dark"), chromedp.WaitVisible(`[data-step="3"]`), fits); err != nil {
			t.Fatal(width, err)
		}
	}
	if bad := said(); len(bad) > 0 {
		t.Errorf("the console says %v", bad)
	}
}
