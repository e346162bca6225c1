package dashboard

import (
	"context"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/paper"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// ends puts a mark that nobody sees at both ends of whatever may not be cut, which the style says, and answers with what is wider
// than a sheet: a browser would print the whole page smaller for it.
const ends = `(() => {
	let n = 0;
	for (const e of document.querySelectorAll("main :is(.panel, .card, .alert, li, tr)")) {
		if (!e.offsetParent || getComputedStyle(e).breakInside !== "avoid") continue;
		const cells = e.cells ? [e.cells[0], e.cells[e.cells.length - 1]] : [e, e];
		cells.forEach((box, last) => {
			const mark = Object.assign(document.createElement("span"), { textContent: "§" + n + (last ? "z" : "a") });
			mark.style = "position: absolute; left: 0; font-size: 2px; line-height: 2px; color: #fff; " + (last ? "bottom: 0" : "top: 0");
			box.style.position = "relative";
			box.append(mark);
		});
		n++;
	}
	const wide = document.scrollingElement.scrollWidth;
	return wide > innerWidth ? "wider than a sheet by " + (wide - innerWidth) : "";
})()`

var (
	marked = regexp.MustCompile(`§(\d+)([az])`)
	number = regexp.MustCompile(`—(\d+)/(\d+)—`)
)

// The pages that are no boards are printed: no row, card or panel is cut between sheets, none of which is nearly empty; each has
// its head, with the day or the moment that it tells of, and its number; a briefing takes the sheets that it declares.
func (s *site) printTest(t *testing.T) {
	ctx, said := browser(t)()
	pages := map[string]int{ // sheets at most
		"/data": 3, "/data/runs": 4, "/data/inbox": 1, "/data/duties": 4, "/data/quality": 2, "/data/metrics": 17, "/data/excluded": 4, "/data/freezes": 1,
		"/data/datasets/arrivals": 3, "/data/api": 10, "/responsibility": 3, "/cause/post_gap": 2, "/chain/whatif?node=magnetic.motor&seats=40": 2,
	}
	declared := map[string]int{}
	for _, b := range s.Briefs {
		if b.Pages > 0 {
			declared["/briefings/"+b.Name], pages["/briefings/"+b.Name] = b.Pages, b.Pages
		}
	}
	if len(declared) == 0 {
		t.Error("no briefing declares its pages")
	}
	whole := 0
	for path, most := range pages {
		var pdf []byte
		var wide string
		ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
		err := chromedp.Run(ctx,
			emulation.SetEmulatedMedia().WithMedia("print"), chromedp.EmulateViewport(688, 900), // between the margins of A4
			chromedp.Navigate(s.http.URL+with(path, "lang=zh")), until(`document.readyState === "complete"`), chromedp.Evaluate(ends, &wide),
			chromedp.ActionFunc(func(ctx context.Context) (err error) {
				pdf, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
				return err
			}))
		cancel()
		if err != nil {
			t.Fatalf("%s: %v; the console says %v", path, err, said())
		}
		if wide != "" {
			t.Errorf("%s is %s", path, wide)
		}
		doc, err := paper.Open(pdf)
		if err != nil {
			t.Fatal(path, err)
		}
		if doc.Pages > most || declared[path] > 0 && doc.Pages != most {
			t.Errorf("%s takes %d sheets, of %d", path, doc.Pages, most)
		}
		begins := map[string]int{}
		for i := range doc.Pages {
			text, err := doc.Text(i)
			if err != nil {
				t.Fatal(path, err)
			}
			text = strings.Join(strings.Fields(text), "")
			for _, m := range marked.FindAllStringSubmatch(text, -1) {
				if m[2] == "a" {
					begins[m[1]] = i
				} else if at, ok := begins[m[1]]; !ok || at != i {
					t.Errorf("%s: something is cut before sheet %d, at %.60q", path, i+1, text)
				} else {
					delete(begins, m[1])
					whole++
				}
			}
			text = marked.ReplaceAllString(text, "")
			if at := number.FindStringSubmatch(text); at == nil || at[1] != fmt.Sprint(i+1) || at[2] != fmt.Sprint(doc.Pages) {
				t.Errorf("%s: sheet %d of %d has the number %q", path, i+1, doc.Pages, at)
			}
			if !strings.Contains(text, s.Zone.Zh+"·") || !strings.Contains(text, "截至") {
				t.Errorf("%s: sheet %d has no head: %.80q", path, i+1, text)
			}
			if bad := regexp.MustCompile(`正在读取|未能读取`).FindString(text); bad != "" {
				t.Errorf("%s: on sheet %d stands %s", path, i+1, bad)
			}
			if n := len([]rune(text)); n < 150 && doc.Pages > 1 {
				t.Errorf("%s: sheet %d is nearly empty: %q", path, i+1, text)
			}
		}
		if len(begins) > 0 {
			t.Errorf("%s: %d begin and do not end", path, len(begins))
		}
		doc.Close()
	}
	if whole < 300 {
		t.Errorf("%d rows, cards and panels were found on paper", whole)
	}
}
