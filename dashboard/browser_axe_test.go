package dashboard

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"yanzhen/dashboard/browser/browsertest"
)

// axe asks axe-core for what breaks WCAG 2.2 A and AA within a part of the page, a line for each rule with the first places,
// and whether headings are in order. Only what is of colour changes with the theme.
const axe = `(async () => {
	` + browsertest.Alike + `
	const tags = {type: "tag", values: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}, colours = {type: "rule", values: ["color-contrast", "link-in-text-block"]};
	const out = [];
	const run = async (name, within, only, rules) => {
		const r = await axe.run(within, {resultTypes: ["violations"], runOnly: only, rules});
		for (const v of r.violations) out.push(name + " breaks " + v.id + " (" + v.help + "), " + v.nodes.length + " places: " + v.nodes.slice(0, 6).map(n => n.target.join(" ") + " " + n.html.slice(0, 140) + " {" + [...n.any, ...n.all, ...n.none].map(c => c.message).join("; ").slice(0, 240) + "}").join("\n\t\t"));
	};
	const headings = {"heading-order": {enabled: true}, "page-has-heading-one": {enabled: true}, "landmark-one-main": {enabled: true}};
	for (const d of document.querySelectorAll("details:not([data-pick])")) d.open = true;
	alike();
	await run("light", document, tags, headings);
	const menus = innerWidth > 600 && location.pathname === "/b/overview" ? [...document.querySelectorAll(".filters [data-pick]"), document.querySelector(".tools")] : [];
	for (const d of menus) { d.open = true; alike(); await run("light, a menu open,", d, tags); d.open = false; }
	document.documentElement.dataset.theme = "dark";
	alike();
	await run("dark", document, colours);
	for (const d of menus) { d.open = true; alike(); await run("dark, a menu open,", d, colours); d.open = false; }
	return out;
})()`

// reach is what nobody reaches with a finger on a phone, or with the eye at a desk: what is wider than the window, a link or a button lower than 32 px that stands in
// no sentence, a heading or a cell that is cut, a table that has to be moved to be read, bars of a column that begin at several lines.
const reach = `(() => {
	const out = [], seen = e => e.offsetParent && e.getBoundingClientRect().width > 1, wide = document.scrollingElement.scrollWidth - innerWidth;
	if (wide > 0) out.push("wider than the window by " + wide + " px");
	if (innerWidth <= 600) {
		for (const e of document.querySelectorAll("a, button, summary, select, input:not([type=checkbox])")) {
			const r = e.getBoundingClientRect(), said = e.textContent.trim(), inside = e.closest("p, li, dd, small");
			if (!seen(e) || r.height >= 31.5 || e.closest("svg, .vh, .skip") || e.tagName === "A" && inside && inside.textContent.trim().length > said.length + 6 && getComputedStyle(e).display === "inline") continue;
			out.push("a finger has " + Math.round(r.height) + " px for " + said.slice(0, 20) + " in " + e.parentElement.tagName + "." + e.parentElement.className);
		}
		return out.slice(0, 12);
	}
	for (const e of document.querySelectorAll("main :is(th, td, h1, h2, h3, p, li, dd, .value, summary)")) {
		if (!seen(e) || e.closest(".vh") || !e.textContent.trim()) continue;
		const r = e.getBoundingClientRect();
		for (let p = e; p && p !== document.body; p = p.parentElement) {
			const o = getComputedStyle(p).overflowX, q = p.getBoundingClientRect();
			if (o === "visible") continue;
			if (p === e ? p.scrollWidth > p.clientWidth + 1 : r.right > q.right + 1 || r.left < q.left - 1) out.push("cut: " + e.tagName + " " + e.textContent.trim().slice(0, 30));
			break;
		}
	}
	for (const t of document.querySelectorAll("main table")) {
		const at = {};
		for (const b of t.querySelectorAll("td > .bar")) if (seen(b.parentElement)) (at[b.parentElement.cellIndex] ??= new Set()).add(Math.round(b.getBoundingClientRect().left));
		for (const c in at) if (at[c].size > 1) out.push("the bars of a column begin at " + [...at[c]].join(", "));
	}
	return out.slice(0, 12);
})()`

// axeCore reads the library from the npm parts. The page is not changed by it: it runs over the protocol of the browser.
func axeCore(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "node_modules", "axe-core", "axe.min.js"))
	if os.IsNotExist(err) {
		t.Skip("axe-core is not there: run make setup (npm ci)")
	}
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// pages are the paths of every kind of page.
func (s *site) pages() []string {
	var out []string
	for _, b := range s.Boards {
		out = append(out, "/b/"+b.Name)
	}
	return append(out, "/data", "/data/duties", "/data/quality", "/data/runs", "/data/inbox", "/data/alerts", "/data/freezes", "/data/excluded", "/data/metrics", "/data/api", "/data/datasets/arrivals", "/briefings", "/briefings/half_year", "/briefings/orders", "/responsibility", "/cause/post_gap", "/chain/whatif?node=magnetic.motor&seats=40", "/b/nothing")
}

// Every page, at the desk (with two of its tables open) and on a phone, light and dark, is free of what axe-core calls a fault
// under WCAG 2.2 AA, in Chinese on the phone and in English at the desk. On the phone it is short enough to be read in both:
// what is long is folded.
func (s *site) axeTest(t *testing.T) {
	code := axeCore(t)
	var sights []sight
	for _, path := range s.pages() {
		sights = append(sights, sight{with(path, "theme=light&lang=en"), 1440, nil}, sight{with(path, "theme=light&lang=zh"), 390, nil})
	}
	see(t, sights, func(ctx context.Context, at sight) ([]string, error) {
		var faults, away []string
		var height int
		err := chromedp.Run(ctx, chromedp.EmulateViewport(390, 844), chromedp.Navigate(s.http.URL+at.path), until(`document.readyState === "complete"`),
			chromedp.Evaluate(`document.scrollingElement.scrollHeight`, &height), chromedp.EmulateViewport(at.width, 844), chromedp.Evaluate(reach, &away),
			chromedp.Evaluate(code+";0", nil), chromedp.Evaluate(`if (innerWidth > 600) for (const t of [...document.querySelectorAll('[data-tool="table"]')].slice(0, 2)) t.click()`, nil),
			until(`[...document.querySelectorAll('[data-tool="table"]')].slice(0, 2).every(t => !t.offsetParent || innerWidth <= 600 || t.closest("[data-panel]").querySelector("[data-table] table, [data-table] .sentence"))`),
			chromedp.Evaluate(axe, &faults, awaitPromise))
		return slices.Concat(faults, away, tooHigh(t, at.path, height)), err
	})
}

// The keyboard alone reaches the table of every chart: Tab stops at its tool, Enter opens it, and Enter closes it again.
func (s *site) keyboardTest(t *testing.T) {
	window := browser(t)
	ctx, said := window()
	ctx, cancel := context.WithTimeout(ctx, 180*time.Second)
	defer cancel()
	var charts int
	err := chromedp.Run(ctx, chromedp.EmulateViewport(1440, 900),
		chromedp.Navigate(s.http.URL+"/b/overview?lang=zh&theme=light"),
		until(`document.readyState === "complete"`),
		chromedp.Evaluate(`[...document.querySelectorAll('[data-tool="table"]')].filter(e => e.offsetParent).length`, &charts))
	if err != nil {
		t.Fatal(err, said())
	}
	if charts == 0 {
		t.Fatal("no chart has a table")
	}
	opened := map[string]bool{}
	for range 600 {
		var at string
		if err := chromedp.Run(ctx, chromedp.KeyEvent("\t"), chromedp.Evaluate(`(e => e.matches('[data-tool="table"]') ? e.closest("[data-panel]").dataset.panel : e === document.body ? "end" : "")(document.activeElement)`, &at)); err != nil {
			t.Fatal(err, said())
		}
		if at == "end" && len(opened) > 0 {
			break
		}
		if at == "" || at == "end" || opened[at] {
			continue
		}
		opened[at] = true
		table := `[data-panel="` + at + `"] [data-table] table`
		err := chromedp.Run(ctx, chromedp.KeyEvent("\r"), chromedp.WaitVisible(table), chromedp.KeyEvent("\r"), chromedp.WaitNotVisible(table))
		if err != nil {
			t.Fatal(at, err, said())
		}
		if len(opened) == charts {
			break
		}
	}
	if len(opened) != charts {
		t.Errorf("the keyboard opened the tables of %d of %d charts: %v", len(opened), charts, opened)
	}
}

// Charts move for who likes it, and not for who asked for less motion. The page draws without moving for a driven browser,
// so this one denies being driven.
func (s *site) motionTest(t *testing.T) {
	window := browser(t)
	ctx, said := window()
	ctx, cancel := context.WithTimeout(ctx, 120*time.Second)
	defer cancel()
	for liked, want := range map[string]bool{"reduce": false, "no-preference": true} {
		var moves bool
		err := chromedp.Run(ctx, chromedp.EmulateViewport(1440, 900),
			emulation.SetEmulatedMedia().WithFeatures([]*emulation.MediaFeature{{Name: "prefers-reduced-motion", Value: liked}}),
			chromedp.ActionFunc(func(ctx context.Context) error {
				_, err := page.AddScriptToEvaluateOnNewDocument(`Object.defineProperty(navigator, "webdriver", {get: () => false})`).Do(ctx)
				return err
			}),
			chromedp.Navigate(s.http.URL+"/b/inflow?lang=zh&theme=light"),
			until(allDrawn),
			chromedp.Evaluate(`[...document.querySelectorAll("[data-panel] .live")].some(e => window.echarts.getInstanceByDom(e).getOption().animation)`, &moves))
		if err != nil {
			t.Fatal(err, said())
		}
		if moves != want {
			t.Errorf("a reader whose motion is %s: charts move: %v", liked, moves)
		}
	}
}
