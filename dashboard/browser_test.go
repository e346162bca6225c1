package dashboard

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/browser/browsertest"
)

// look is what the page says of itself once everything is drawn.
const look = `(() => {
	const wide = document.scrollingElement.scrollWidth - innerWidth;
	const out = [];
	if (wide > 0) {
		const guilty = [...document.querySelectorAll("body *")].filter(e => e.getBoundingClientRect().right > innerWidth + 1 && !e.closest(".scroll, .tabs, .panel-table")).slice(0, 4);
		out.push("wider than the window by " + wide + ": " + guilty.map(e => e.tagName + "." + e.className).join(", "));
	}
	const inked = (box) => [...box.querySelectorAll("canvas")].some(c => {
		const d = c.getContext("2d").getImageData(0, 0, c.width, c.height).data;
		for (let i = 3; i < d.length; i += 4) if (d[i] !== 0) return true;
		return false;
	});
	for (const p of document.querySelectorAll("[data-panel]")) {
		if (!p.offsetParent) continue;
		const name = p.dataset.panel, s = p.dataset.state;
		if (s === "failed") out.push(name + " failed: " + p.querySelector(".sentence").textContent);
		else if (s === "empty") { if (!p.querySelector(".sentence").textContent.trim()) out.push(name + " is empty without a sentence"); }
		else if (p.dataset.kind === "table") { if (!p.querySelector("table tbody tr")) out.push(name + " has no rows"); }
		else if (!inked(p)) out.push(name + " is blank");
	}
	for (const s of document.querySelectorAll(".spark img:not(.paper)")) if (s.offsetParent && !(s.complete && s.naturalWidth > 0)) out.push("a blank trend in " + s.closest("[data-card]").dataset.card);
	const small = [...document.querySelectorAll("main a, main button")].filter(e => e.offsetParent && parseFloat(getComputedStyle(e).fontSize) < 11);
	if (small.length) out.push("text smaller than 11 px: " + small[0].textContent);
	return out;
})()`

// pictured says that every picture of the server is there, also those that wait to be seen; allDrawn wakes the page, and says that each has become a chart.
const (
	eager    = `document.querySelectorAll("img[loading]:not(.paper)").forEach(i => { i.loading = "eager" }), `
	pictured = eager + `document.readyState === "complete" && [...document.querySelectorAll("img:not(.paper)")].every(i => i.complete)`
	allDrawn = eager + `document.readyState === "complete" && (dispatchEvent(new Event("pointermove")), document.querySelectorAll("[data-panel]").forEach(p => p.dataset.state === "picture" && p.offsetParent && p.querySelector("[data-plot]").dispatchEvent(new Event("pointerdown"))), [...document.querySelectorAll("[data-panel]")].every(p => /drawn|empty|failed/.test(p.dataset.state) || !p.offsetParent)) && [...document.querySelectorAll(".spark img:not(.paper)")].every(i => i.complete)`
)

// still is what a page says of itself before any chart has woken, and how far waking them moved what stands below.
const still = `(() => {
	for (const f of document.querySelectorAll(".fold, .all-rows")) f.checked = true;
	const out = [];
	for (const i of document.querySelectorAll("img:not(.paper)")) if (i.offsetParent && !i.naturalWidth) out.push("no picture at " + i.src);
	for (const p of document.querySelectorAll("[data-panel]")) if (p.offsetParent && !/picture|drawn|empty/.test(p.dataset.state)) out.push(p.dataset.panel + " begins as " + p.dataset.state);
	window.stood = [...document.querySelectorAll("[data-panel], h2")].map(e => e.getBoundingClientRect().top);
	return out;
})()`
const moved = `[...document.querySelectorAll("[data-panel], h2")].map((e, i) => [e.dataset.panel || e.textContent, e.getBoundingClientRect().top - window.stood[i]]).filter(([_, d]) => Math.abs(d) > 1).map(([n, d]) => n + " moved by " + d + " when the charts woke")`

// browser returns what opens windows. Each of them tells what its console said since it was last asked.
func browser(t *testing.T) (window func() (context.Context, func() []string)) {
	t.Helper()
	return func() (context.Context, func() []string) {
		ctx := browsertest.Window(t)
		var mu sync.Mutex
		var said []string
		chromedp.ListenTarget(ctx, func(ev any) {
			mu.Lock()
			defer mu.Unlock()
			switch ev := ev.(type) {
			case *runtime.EventExceptionThrown:
				said = append(said, "exception: "+ev.ExceptionDetails.Error())
			case *runtime.EventConsoleAPICalled:
				if ev.Type == runtime.APITypeError || ev.Type == runtime.APITypeWarning {
					for _, a := range ev.Args {
						said = append(said, fmt.Sprintf("console %s: %s", ev.Type, a.Value))
					}
				}
			case *log.EventEntryAdded:
				if ev.Entry.Level == log.LevelError || ev.Entry.Level == log.LevelWarning {
					said = append(said, "log: "+ev.Entry.Text+" "+ev.Entry.URL)
				}
			}
		})
		return ctx, func() []string {
			mu.Lock()
			defer mu.Unlock()
			out := said
			said = nil
			return out
		}
	}
}

// sight is a page at a width in CSS pixels. A board that prints is put on paper before anything else is done with it.
type sight struct {
	path   string
	width  int64
	prints *board.Board
}

// see opens every sight in one of two windows. What visit returns is wrong with it.
func see(t *testing.T, sights []sight, visit func(ctx context.Context, at sight) ([]string, error)) {
	t.Helper()
	next := make(chan sight)
	var wg sync.WaitGroup
	for range 2 {
		ctx, said := browser(t)()
		wg.Go(func() {
			for at := range next {
				ctx, cancel := context.WithTimeout(ctx, 240*time.Second)
				faults, err := visit(ctx, at)
				cancel()
				told := said()
				if err != nil {
					t.Errorf("%s at %d: %v; the console says %v", at.path, at.width, err, told)
					continue
				}
				for _, f := range append(faults, told...) {
					if strings.Contains(f, "status of 404") && strings.HasPrefix(at.path, "/b/nothing") {
						continue // the page that is meant not to be there
					}
					t.Errorf("%s at %d: %s", at.path, at.width, f)
				}
			}
		})
	}
	for _, at := range sights {
		next <- at
	}
	close(next)
	wg.Wait()
}

// until waits for something that a page says of itself. It asks ten times a second: a page that answers always does little
// else.
func until(says string) chromedp.Action {
	return chromedp.Poll(says, nil, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(60*time.Second))
}

// Every page in a real browser, at the desk and on a phone, light and dark: no error on the console, nothing wider
// than the window, every figure drawn or empty in words. Before that each board was whole on paper.
func (s *site) browserTest(t *testing.T) {
	if !s.static.Has("vendor/echarts.min.js") {
		t.Fatal("the chart library is not there: run make setup")
	}
	var sights []sight
	for _, b := range s.Boards {
		// each board at the desk and on a phone, in either language and theme; the first in all four
		sights = append(sights, sight{"/b/" + b.Name + "?theme=dark&lang=zh", 1440, b}, sight{"/b/" + b.Name + "?theme=light&lang=en", 390, nil})
		if b.Name == s.home() {
			sights = append(sights, sight{"/b/" + b.Name + "?theme=dark&lang=zh", 390, nil}, sight{"/b/" + b.Name + "?theme=light&lang=en", 1440, nil})
		}
	}
	for _, path := range []string{"/data", "/data/runs", "/data/alerts", "/data/freezes", "/data/datasets/arrivals", "/responsibility", "/chain/whatif?node=magnetic.motor&seats=40", "/b/overview?as_of=2036-01-01"} {
		sights = append(sights, sight{path, 1440, nil}, sight{path, 390, nil})
	}
	sights = append(sights, sight{"/data/metrics", 390, nil}, sight{"/b/nothing", 390, nil}, sight{"/b/inflow?from=2020-01-01&to=2020-02-01", 1440, nil})
	see(t, sights, func(ctx context.Context, at sight) ([]string, error) {
		var onPaper, before, faults, after []string
		first := chromedp.Tasks{chromedp.EmulateViewport(at.width, 9000), chromedp.Navigate(s.http.URL + at.path)}
		if at.prints != nil {
			first = s.print(at, &onPaper)
		}
		err := chromedp.Run(ctx, first, until(pictured), chromedp.Evaluate(still, &before), until(allDrawn), chromedp.Evaluate(look, &faults), chromedp.Evaluate(moved, &after))
		return slices.Concat(onPaper, before, faults, after), err
	})

	ctx, said := browser(t)()
	t.Run("a click filters, a table opens, a definition opens, an image is made", func(t *testing.T) {
		ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
		defer cancel()
		var table, definition, image, address string
		var chips int
		err := chromedp.Run(ctx,
			chromedp.EmulateViewport(1440, 9000),
			chromedp.Navigate(s.http.URL+"/b/inflow?lang=zh&theme=light"),
			until(allDrawn),
			chromedp.Click(`[data-panel="education"] [data-tool="table"]`),
			chromedp.WaitVisible(`[data-panel="education"] [data-table] table`),
			chromedp.Text(`[data-panel="education"] [data-table]`, &table),
			chromedp.Click(`[data-panel="education"] .tools > summary`), chromedp.Click(`[data-panel="education"] [data-definition]`),
			chromedp.WaitVisible(`dialog[open] .def`),
			chromedp.Text(`dialog[open] .def`, &definition),
			chromedp.KeyEvent("\u001b"),
			chromedp.WaitNotVisible(`dialog .def`),
			chromedp.Evaluate(`new Promise(done => { const click = HTMLAnchorElement.prototype.click; HTMLAnchorElement.prototype.click = function() { if (this.download && this.href.startsWith("data:")) { HTMLAnchorElement.prototype.click = click; done(this.href.slice(0, 22) + this.href.length); } else click.call(this); }; document.querySelector('[data-panel="channel"] [data-tool="png"]').dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true})); })`, &image, awaitPromise),
		)
		if err != nil {
			t.Fatal(err, said())
		}
		if !strings.Contains(table, "本科") {
			t.Errorf("the table says %q", table)
		}
		if !strings.Contains(definition, "引进人数") || !strings.Contains(definition, "引进与流出") {
			t.Errorf("the definition says %q", definition)
		}
		if !strings.HasPrefix(image, "data:image/png;base64,") || len(image) < len("data:image/png;base64,")+5 {
			t.Errorf("the image is %q", image)
		}
		// the middle of the first bar of the ranked provinces
		var at []float64
		err = chromedp.Run(ctx,
			chromedp.Evaluate(`(() => { const p = document.querySelector('[data-panel="origin"] .live'); const c = window.echarts.getInstanceByDom(p); const [x, y] = c.convertToPixel({seriesIndex: 0}, [1, 0]); const r = p.getBoundingClientRect(); return [r.left + x + 2, r.top + y]; })()`, &at),
		)
		if err != nil || len(at) != 2 {
			t.Fatal(err, at)
		}
		err = chromedp.Run(ctx,
			chromedp.MouseClickXY(at[0], at[1]),
			chromedp.WaitVisible(`.chips a`), // on the page that the click leads to
			chromedp.Location(&address),
			chromedp.Evaluate(`document.querySelectorAll(".chips a:not(.chip-clear)").length`, &chips),
		)
		if err != nil {
			t.Fatal(err, said())
		}
		if !strings.Contains(address, "province=") || chips != 1 {
			t.Errorf("a click on a bar leads to %s with %d chips", address, chips)
		}
		// a bar of a trend narrows the page to its period, a link of the chains to itself; the reader stays where the figure is
		for _, c := range []struct{ page, panel, at, asks string }{
			{"/b/inflow", "trend", "0, [4, 1]", "from="},
			{"/b/chain", "graph", "0, 2", "node="},
		} {
			var seen bool
			err := chromedp.Run(ctx, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.http.URL+c.page+"?lang=zh&theme=light"), until(pictured),
				chromedp.Evaluate(`document.getElementById("`+c.panel+`").scrollIntoView({block: "center"})`, nil), chromedp.Poll(`(dispatchEvent(new Event("pointermove")), document.getElementById("`+c.panel+`").dataset.state === "drawn")`, nil),
				chromedp.Evaluate(`(() => { const p = document.querySelector('[data-panel="`+c.panel+`"] .live'), c = window.echarts.getInstanceByDom(p), i = [`+c.at+`][1];
					const [x, y] = Array.isArray(i) ? c.convertToPixel({seriesIndex: 0}, i) : c.getModel().getSeriesByIndex(0).getData().getItemLayout(i);
					const r = p.getBoundingClientRect(); return [r.left + x, r.top + y - (Array.isArray(i) ? 3 : 0)]; })()`, &at))
			if err != nil || len(at) != 2 {
				t.Fatal(c.page, err, at, said())
			}
			err = chromedp.Run(ctx, chromedp.MouseClickXY(at[0], at[1]), chromedp.WaitVisible(`.chips a`), chromedp.Location(&address), until(`document.readyState === "complete"`),
				chromedp.Evaluate(`(r => r.top < innerHeight && r.bottom > 0)(document.getElementById("`+c.panel+`").getBoundingClientRect())`, &seen))
			if err != nil || !strings.Contains(address, c.asks) || !strings.HasSuffix(address, "#"+c.panel) || !seen {
				t.Errorf("a click in %s of %s leads to %s, the figure in sight: %v; %v", c.panel, c.page, address, seen, err)
			}
		}
		if bad := said(); len(bad) > 0 {
			t.Errorf("the console says %v", bad)
		}
	})
}

func awaitPromise(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }
