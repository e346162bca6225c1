package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/board"
	"yanzhen/dashboard/paper"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// slowly is the header of a request whose picture takes as long as one that nobody has drawn yet.
const slowly = "X-Slowly"

// drawnSlowly lets pictures take their time where that is asked for.
func drawnSlowly(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get(slowly) != "" && r.URL.Query().Get("format") == "svg" {
			time.Sleep(300 * time.Millisecond)
		}
		h.ServeHTTP(w, r)
	})
}

// print puts a board on paper the moment that it counts as loaded, while every picture takes its time: nothing was scrolled and no chart was woken,
// the screen is dark, the paper light. Then it makes the window high.
func (s *site) print(at sight, faults *[]string) chromedp.Tasks {
	var pdf []byte
	var asked, lost, told []string
	return chromedp.Tasks{
		chromedp.EmulateViewport(at.width, 800),
		network.Enable(), network.SetExtraHTTPHeaders(network.Headers{slowly: "yes"}),
		chromedp.Navigate(s.http.URL + at.path),
		chromedp.ActionFunc(func(ctx context.Context) (err error) {
			listening, deaf := context.WithCancel(ctx)
			defer deaf()
			var mu sync.Mutex
			chromedp.ListenTarget(listening, func(ev any) {
				if r, ok := ev.(*network.EventRequestWillBeSent); ok {
					mu.Lock()
					defer mu.Unlock()
					asked = append(asked, "printing asked for "+r.Request.URL)
				}
			})
			pdf, _, err = page.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
			mu.Lock()
			defer mu.Unlock()
			*faults = append(*faults, asked...)
			return err
		}),
		network.SetExtraHTTPHeaders(network.Headers{}),
		chromedp.Evaluate(`[...document.querySelectorAll("img.paper")].filter(i => !i.complete || !i.naturalWidth).map(i => "not on paper: " + i.src)`, &lost),
		chromedp.ActionFunc(func(context.Context) error {
			wrong, err := onPaper(at.prints, pdf)
			*faults = slices.Concat(*faults, lost, wrong)
			return err
		}),
		// the picture of the screen stands where that for paper has not come; what lacks both is told of on the sheet, and only then
		chromedp.Evaluate(`(() => {
			const told = () => { dispatchEvent(new Event("beforeprint")); return document.querySelector("main").classList.contains("unprinted"); };
			const picture = document.querySelector("img.paper"), whole = told(), src = picture ? picture.src : "";
			if (!picture) return whole ? ["nothing is awaited, and told to be"] : [];
			picture.src = "/static/not-there.svg";
			const stood = !told() && picture.parentElement.matches(".as-shown.as-dark");
			const shown = picture.parentElement.querySelector("picture");
			shown.remove();
			const cut = told();
			picture.before(shown);
			picture.src = src;
			return [whole && "all pictures are there, and told not to be", !stood && "the picture of the screen does not stand for that on paper", !cut && "a picture is not there, and the sheet does not say so"].filter(Boolean);
		})()`, &told),
		chromedp.ActionFunc(func(context.Context) error { *faults = append(*faults, told...); return nil }),
		chromedp.EmulateViewport(at.width, 9000),
	}
}

// onPaper is what is wrong with a board that was printed in Chinese.
func onPaper(b *board.Board, pdf []byte) (faults []string, err error) {
	doc, err := paper.Open(pdf)
	if err != nil {
		return nil, err
	}
	defer doc.Close()
	text, err := doc.AllText()
	if err != nil {
		return nil, err
	}
	for i := range doc.Pages {
		picture, err := doc.Picture(i, 36)
		if err != nil {
			return nil, err
		}
		if ink, dark := paper.Ink(picture); ink < 0.01 || dark > 0.3 {
			faults = append(faults, fmt.Sprintf("sheet %d is empty, or in a screen's dark theme: %.1f%% is not white, %.1f%% is dark", i+1, 100*ink, 100*dark))
		}
	}
	if doc.Pages > 8 {
		faults = append(faults, fmt.Sprintf("it takes %d sheets", doc.Pages))
	}
	for _, word := range []string{"正在读取", "未能读取"} {
		if strings.Contains(text, word) {
			faults = append(faults, "on paper stands "+word)
		}
	}
	for _, p := range b.Panels {
		if title := p.Title.In("zh"); !strings.Contains(text, strings.ReplaceAll(title, " ", "")) {
			faults = append(faults, title+" is not on paper")
		}
	}
	return faults, nil
}
