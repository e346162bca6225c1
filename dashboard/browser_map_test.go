package dashboard

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// drawnMap says what the map of a panel shows: the outline, the parks in the order of their size, what is printed on
// it, and any words that reach over its edge.
const drawnMap = `((name) => {
	const plot = document.querySelector('[data-panel="' + name + '"] .live'), c = window.echarts.getInstanceByDom(plot), o = c.getOption();
	const out = { map: (o.geo && o.geo[0] || o.series[0]).map, printed: (o.graphic || []).flatMap(g => g.elements).map(e => e.style.text).join(), points: 0, cut: [] };
	for (const d of o.series[0].data) if (Array.isArray(d.value)) {
		const [x, y] = c.convertToPixel("geo", d.value);
		if (x > 0 && y > 0 && x < c.getWidth() && y < c.getHeight()) out.points++;
	}
	const county = o.series[0].data.map(d => d.text || "").join();
	for (const e of c.getZr().storage.getDisplayList()) {
		const text = e.style && e.style.text;
		if (!text || !county.includes(text) && !out.printed.includes(text)) continue;
		const r = e.getBoundingRect().clone();
		if (e.transform) r.applyTransform(e.transform);
		if (r.x < 0 || r.y < 0 || r.x + r.width > c.getWidth() || r.y + r.height > c.getHeight()) out.cut.push(text);
	}
	return out;
})`

// The zone on a map, at the desk and on a phone; another map by a tap, whose choice is in the address.
func (s *site) mapBrowserTest(t *testing.T) {
	ctx, said := browser(t)()
	ctx, cancel := context.WithTimeout(ctx, 2*time.Minute)
	defer cancel()
	defer func() {
		// a browser that is only killed still writes into the directory that the test then removes
		if err := chromedp.Cancel(ctx); err != nil {
			t.Log(err)
		}
	}()
	type shown struct {
		Map, Printed string
		Points       int
		Cut          []string
	}
	var at, phone, english, country shown
	var address, title, csv, current, again, filtered string
	var faults []string
	tab := `[data-panel="arrivals"] [data-map]:nth-child(2)`
	err := chromedp.Run(
		ctx,
		chromedp.EmulateViewport(390, 9000),
		chromedp.Navigate(s.http.URL+"/b/overview?lang=zh&theme=light"), until(pictured),
		chromedp.Evaluate(`document.querySelectorAll(".fold").forEach(f => { f.checked = true })`, nil), until(allDrawn),
		chromedp.Evaluate(drawnMap+`("where")`, &phone),
		chromedp.EmulateViewport(1440, 9000),
		chromedp.Navigate(s.http.URL+"/b/overview?lang=en&theme=dark"), until(allDrawn),
		chromedp.Evaluate(drawnMap+`("arrivals")`, &english),
		chromedp.Navigate(s.http.URL+"/b/overview?lang=zh&theme=light"), until(allDrawn),
		chromedp.Evaluate(drawnMap+`("arrivals")`, &at),
		chromedp.Click(tab),
		chromedp.Poll(`document.querySelector('[data-panel="arrivals"] header').textContent.includes("引进自哪个省份") && document.querySelector('[data-panel="arrivals"]').dataset.state === "drawn" && window.echarts.getInstanceByDom(document.querySelector('[data-panel="arrivals"] .live')).getOption().series[0].map === "china"`, nil, chromedp.WithPollingTimeout(20*time.Second)),
		chromedp.Evaluate(drawnMap+`("arrivals")`, &country),
		chromedp.Location(&address),
		chromedp.AttributeValue(`[data-panel="arrivals"] a[download]`, "href", &csv, nil),
		chromedp.Text(`[data-panel="arrivals"] [data-map][aria-current]`, &current),
		chromedp.Click(`[data-panel="arrivals"] [data-tool="table"]`),
		chromedp.WaitVisible(`[data-panel="arrivals"] [data-table] table`),
		chromedp.Text(`[data-panel="arrivals"] [data-table] thead`, &title),
		// the address brings the same page again
		chromedp.Reload(), until(allDrawn),
		chromedp.Text(`[data-panel="arrivals"] header`, &again),
		chromedp.Evaluate(look, &faults),
	)
	if err != nil {
		t.Fatal(err, said())
	}
	for name, m := range map[string]shown{"phone": phone, "desk": at, "desk in English": english} {
		if m.Map != "map:zone" || m.Points != 6 {
			t.Errorf("%s: %d points on %s, want 6 on the zone", name, m.Points, m.Map)
		}
	}
	for name, m := range map[string]shown{"phone": phone, "desk": at, "desk in English": english, "country": country} {
		if len(m.Cut) > 0 {
			t.Errorf("%s: %q is cut off", name, m.Cut)
		}
		if want := map[bool]string{true: "Sketch map without approval number", false: "示意图，未经审图"}[name == "desk in English"]; !strings.Contains(m.Printed, want) {
			t.Errorf("%s: on the map stands %q, want %q", name, m.Printed, want)
		}
	}
	if u, err := url.Parse(address); err != nil || u.Query().Get("map") != "china" || !strings.Contains(csv, "map=china") || current != "全国" || !strings.Contains(title, "来源省份") || !strings.Contains(again, "引进自哪个省份") {
		t.Errorf("the other map: address %s, CSV %s, chosen %q, table %q, again %q", address, csv, current, title, again)
	}
	for _, f := range faults {
		t.Error(f)
	}
	// a tap on a province leads to its figures
	var place []float64
	err = chromedp.Run(ctx, chromedp.Evaluate(`(() => { const p = document.querySelector('[data-panel="arrivals"] .live'); const c = window.echarts.getInstanceByDom(p); const [x, y] = c.convertToPixel({seriesIndex: 0}, [115.7, 27.6]); const r = p.getBoundingClientRect(); return [r.left + x, r.top + y]; })()`, &place))
	if err != nil || len(place) != 2 {
		t.Fatal(err, place)
	}
	if err := chromedp.Run(ctx, chromedp.MouseClickXY(place[0], place[1]), chromedp.WaitVisible(`.chips a`), chromedp.Location(&filtered)); err != nil {
		t.Fatal(err, said())
	}
	if u, err := url.Parse(filtered); err != nil || u.Query().Get("province") != "江西" || u.Query().Get("map") != "china" {
		t.Errorf("a tap on Jiangxi leads to %s", filtered)
	}
	if bad := said(); len(bad) > 0 {
		t.Errorf("the console says %v", bad)
	}
}

// A click beside a bar narrows the page to its period and leads back to the figure; so does a name in a table, by the
// keyboard too. What is chosen already leads nowhere.
func (s *site) narrowTest(t *testing.T) {
	ctx, said := browser(t)()
	ctx, cancel := context.WithTimeout(ctx, 120*time.Second)
	defer cancel()
	const chart = `window.echarts.getInstanceByDom(document.querySelector('[data-panel="flow"] .live'))`
	var at []float64
	var clicked, named string
	var links int
	err := chromedp.Run(
		ctx,
		chromedp.EmulateViewport(1440, 2000),
		chromedp.Navigate(s.http.URL+"/b/overview?lang=zh&theme=light"), until(allDrawn),
		// above the third bar, where nothing is drawn
		chromedp.Evaluate(`(() => { const c = `+chart+`, b = c.getDom().getBoundingClientRect(), p = c.convertToPixel("grid", [2, 0]); return [b.left + p[0], b.top + 60]; })()`, &at),
	)
	if err == nil && len(at) == 2 {
		err = chromedp.Run(
			ctx,
			chromedp.MouseClickXY(at[0], at[1]),
			left("from="), chromedp.Location(&clicked),
			chromedp.Navigate(s.http.URL+"/b/overview?lang=zh&theme=light"), chromedp.WaitVisible(`[data-panel="chains"] tbody th a`),
			chromedp.Focus(`[data-panel="chains"] tbody th a`), chromedp.KeyEvent("\r"),
			left("chain="), chromedp.Location(&named), chromedp.WaitReady("[data-dialog]"),
			chromedp.Evaluate(`document.querySelectorAll('[data-panel="chains"] tbody th a').length`, &links),
		)
	}
	if err != nil {
		t.Fatal(err, at, said())
	}
	from, _ := url.Parse(clicked)
	if q := from.Query(); q.Get("from") == "" || q.Get("to") == "" || from.Fragment != "flow" {
		t.Errorf("a click beside a bar leads to %s", clicked)
	}
	if u, _ := url.Parse(named); u.Query().Get("chain") == "" || u.Fragment != "chains" || u.Path != "/b/overview" {
		t.Errorf("a name in a table leads to %s", named)
	}
	if links != 0 {
		t.Errorf("%d names of what is chosen lead to it again", links)
	}
}

// left waits until the page's address says text: a script cannot, as the page it runs in goes away meanwhile.
func left(text string) chromedp.ActionFunc {
	return func(ctx context.Context) error {
		at := ""
		for range 200 {
			if err := chromedp.Location(&at).Do(ctx); err == nil && strings.Contains(at, text) {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(100 * time.Millisecond):
			}
		}
		return fmt.Errorf("the address is still %s", at)
	}
}
