package dashboard

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
)

// mostWeight is how many bytes the overview may take over the wire before the reader does anything, and mostShift how far
// it may jump while it comes, as browsers count it.
const (
	mostWeight = 250_000
	mostShift  = 0.02
)

// The overview is light, draws its first chart without the chart library, and does not jump.
func (s *site) weightTest(t *testing.T) {
	window := browser(t)
	for _, width := range []int64{390, 1440} {
		ctx, said := window()
		ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
		var bytes atomic.Int64
		chromedp.ListenTarget(ctx, func(ev any) {
			if e, ok := ev.(*network.EventLoadingFinished); ok {
				bytes.Add(int64(e.EncodedDataLength))
			}
		})
		var shift float64
		var library bool
		var painted []float64 // when the first text and the largest of what is in sight stood, after the first byte, in ms
		slow := 1.0
		if width < 600 {
			slow = 4 // a phone
		}
		err := chromedp.Run(ctx,
			network.Enable(), emulation.SetCPUThrottlingRate(slow), chromedp.EmulateViewport(width, 844),
			chromedp.Navigate(s.http.URL+"/b/overview?lang=zh&theme=light"),
			// a desk fetches the pictures for paper too, once the others are there
			until(`document.readyState === "complete" && (innerWidth <= 600 ? [...document.images].every(i => i.complete || !i.offsetParent) : [...document.images].every(i => i.loading === "eager" && i.complete))`),
			chromedp.Evaluate(`new Promise(done => { let sum = 0; new PerformanceObserver(list => { for (const e of list.getEntries()) if (!e.hadRecentInput) sum += e.value; }).observe({type: "layout-shift", buffered: true}); setTimeout(() => done(sum), 500); })`, &shift, awaitPromise),
			chromedp.Evaluate(`new Promise(done => { const at = performance.getEntriesByType("navigation")[0].responseStart, out = [0, 0];
				for (const [i, type] of ["paint", "largest-contentful-paint"].entries()) new PerformanceObserver(list => { out[i] = Math.round(list.getEntries().at(-1).startTime - at); }).observe({type, buffered: true});
				setTimeout(() => done(out), 300); })`, &painted, awaitPromise),
			chromedp.Evaluate(`window.echarts !== undefined`, &library),
		)
		cancel()
		if err != nil {
			t.Fatal(err, said())
		}
		t.Logf("at %d, slowed %.0f times: %d bytes, layout shift %.4f, first and largest paint %v ms after the first byte", width, slow, bytes.Load(), shift, painted)
		if len(painted) != 2 || painted[0] <= 0 || painted[1] < painted[0] {
			t.Errorf("at %d: painted %v", width, painted)
		}
		if n := bytes.Load(); n > mostWeight || n < 20_000 {
			t.Errorf("at %d: %d bytes over the wire, at most %d", width, n, mostWeight)
		}
		if shift > mostShift {
			t.Errorf("at %d: the page jumps by %.3f, at most %.2f", width, shift, mostShift)
		}
		if library {
			t.Errorf("at %d: the chart library was fetched before anybody touched a chart", width)
		}
	}
}
