package dashboard

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// menuTest holds what a page shows of the way to the others: on a phone the tab one is on, and a list of all behind a button
// that needs no script; at the desk all tabs in one line, in English too. The numbers of the targets are in sight without
// a swipe.
func (s *site) menuTest(ctx context.Context, t *testing.T) {
	ctx, cancel := context.WithTimeout(ctx, 120*time.Second)
	defer cancel()
	var here, swiped []string
	var listed []int
	err := chromedp.Run(ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(s.http.URL+"/responsibility?theme=light&lang=zh"),
		until(`document.readyState === "complete" && document.querySelector(".tabs").scrollLeft > 0`),
		chromedp.Evaluate(`[...document.querySelectorAll(".tabs [aria-current]")].filter(a => { const r = a.getBoundingClientRect(); return r.left >= 0 && r.right <= innerWidth - 48; }).map(a => a.textContent)`, &here),
		chromedp.Evaluate(`(() => { const shut = document.querySelectorAll(".tabs-all a"), seen = () => [...shut].filter(a => { const r = a.getBoundingClientRect(); return a.checkVisibility({contentVisibilityAuto: true}) && r.height >= 40 && r.right <= innerWidth; }).length, before = seen();
			document.querySelector(".tabs-all summary").click(); return [before, seen(), document.querySelectorAll(".tabs a").length]; })()`, &listed),
		chromedp.Evaluate(`[...document.querySelectorAll("main .scroll")].filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.querySelector("table").className)`, &swiped))
	if err != nil {
		t.Fatal(err)
	}
	if strings.Join(here, "") != "目标责任" {
		t.Errorf("the tab that is in sight on a phone is %q", here)
	}
	if len(listed) != 3 || listed[0] != 0 || listed[1] != listed[2] || listed[2] < 10 {
		t.Errorf("pages listed on a phone before and after a tap on the button, and tabs: %v", listed)
	}
	if len(swiped) > 0 {
		t.Errorf("tables of targets that must be swiped on a phone: %v", swiped)
	}
	for _, lang := range []string{"zh", "en"} {
		var lines int
		err := chromedp.Run(ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.http.URL+"/responsibility?theme=light&lang="+lang),
			chromedp.Evaluate(`new Set([...document.querySelectorAll(".tabs a")].map(a => a.offsetTop)).size`, &lines))
		if err != nil {
			t.Fatal(err)
		}
		if lines != 1 {
			t.Errorf("%s: the tabs take %d lines at the desk", lang, lines)
		}
	}
}
