package dashboard

import (
	"context"
	"image"
	"strings"
	"testing"
	"time"

	"yanzhen/dashboard/paper"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// Every board is complete on paper at once: nothing was scrolled and no chart was woken, the screen is dark, the paper light.
func (s *site) printTest(t *testing.T) {
	window := browser(t)
	ctx, said := window()
	for _, b := range s.Boards {
		ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
		var pdf []byte
		var asked []string
		err := chromedp.Run(ctx,
			chromedp.EmulateViewport(1280, 800),
			chromedp.Navigate(s.http.URL+"/b/"+b.Name+"?lang=zh&theme=dark"),
			chromedp.Poll(`document.readyState === "complete" && [...document.querySelectorAll("img.paper")].every(i => i.loading === "eager" && i.complete)`, nil, chromedp.WithPollingTimeout(60*time.Second)),
			chromedp.ActionFunc(func(ctx context.Context) (err error) {
				pdf, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
				return err
			}),
			chromedp.Evaluate(`[...document.querySelectorAll("img.paper")].filter(i => !i.complete || !i.naturalWidth).map(i => i.src)`, &asked),
		)
		cancel()
		if err != nil {
			t.Fatal(b.Name, err, said())
		}
		for _, src := range asked {
			t.Errorf("%s: not on paper: %s", b.Name, src)
		}
		doc, err := paper.Open(pdf)
		if err != nil {
			t.Fatal(b.Name, err)
		}
		text, err := doc.AllText()
		if err != nil {
			t.Fatal(b.Name, err)
		}
		for i := range doc.Pages {
			picture, err := doc.Picture(i, 36)
			if err != nil {
				t.Fatal(b.Name, err)
			}
			if ink, dark := inked(picture); ink < 0.01 || dark > 0.3 {
				t.Errorf("%s: sheet %d is empty, or in a screen's dark theme: %.1f%% is not white, %.1f%% is dark", b.Name, i+1, 100*ink, 100*dark)
			}
		}
		if doc.Pages > 14 {
			t.Errorf("%s takes %d sheets", b.Name, doc.Pages)
		}
		doc.Close()
		for _, word := range []string{"正在读取", "未能读取"} {
			if strings.Contains(text, word) {
				t.Errorf("%s: on paper stands %s", b.Name, word)
			}
		}
		for _, p := range b.Panels {
			if title := p.Title.In("zh"); !strings.Contains(text, strings.ReplaceAll(title, " ", "")) {
				t.Errorf("%s: %s is not on paper", b.Name, title)
			}
		}
	}
	if bad := said(); len(bad) > 0 {
		t.Errorf("the console says %v", bad)
	}
}

// inked is the share of a sheet that is not white, and that which is darker than half.
func inked(p *image.RGBA) (ink, dark float64) {
	for i := 0; i < len(p.Pix); i += 4 {
		light := min(p.Pix[i], p.Pix[i+1], p.Pix[i+2])
		if light < 245 {
			ink++
		}
		if light < 128 {
			dark++
		}
	}
	n := float64(len(p.Pix) / 4)
	return ink / n, dark / n
}
