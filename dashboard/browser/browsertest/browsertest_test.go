package browsertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Windows of one browser are all drawn, know nothing of each other's storage, and leave no browser behind.
func TestWindows(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte("<!doctype html><title>window</title>"))
	}))
	defer server.Close()
	t.Run("open", func(t *testing.T) {
		Keep(t)
		var windows []context.Context
		for range 3 {
			ctx, cancel := context.WithTimeout(Window(t), time.Minute)
			defer cancel()
			windows = append(windows, ctx)
		}
		for i, ctx := range windows { // all are open by now
			var seen struct {
				State, Kept string
				Frames      int
			}
			err := chromedp.Run(ctx, chromedp.Navigate(server.URL), chromedp.Evaluate(`(async () => {
				const kept = localStorage.getItem("kept") || "";
				localStorage.setItem("kept", "yes");
				let frames = 0;
				for (; frames < 3; frames++) await new Promise(requestAnimationFrame);
				return {State: document.visibilityState, Kept: kept, Frames: frames};
			})()`, &seen, func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) }))
			if err != nil || seen.State != "visible" || seen.Kept != "" || seen.Frames != 3 {
				t.Errorf("window %d: %+v, %v", i, seen, err)
			}
		}
		dir := t.TempDir()
		err := chromedp.Run(windows[1], browser.SetDownloadBehavior(browser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(dir).WithBrowserContextID(chromedp.FromContext(windows[1]).BrowserContextID),
			chromedp.Evaluate(`(() => { const a = document.createElement("a"); a.href = URL.createObjectURL(new Blob(["text"])); a.download = "file.txt"; a.click(); })()`, nil))
		var got []byte
		for range 100 {
			if got, _ = os.ReadFile(filepath.Join(dir, "file.txt")); len(got) > 0 || err != nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		if string(got) != "text" || err != nil {
			t.Errorf("downloaded %q, %v", got, err)
		}
		if shared.users != 4 {
			t.Errorf("%d use the browser, want the test and 3 windows", shared.users)
		}
	})
	if shared.users != 0 {
		t.Errorf("%d use the browser still", shared.users)
	}
	if err := chromedp.Run(shared.ctx, chromedp.Evaluate("1", nil)); err == nil {
		t.Error("the browser still runs")
	}
}

// Of texts that look alike a few are measured for all of them; one whose ground, ink or size differs is measured, wherever it
// stands among them.
func TestFaultsAmongMany(t *testing.T) {
	ctx := Window(t)
	plain := strings.Repeat("<p>plain</p>", 12)
	page := `<!doctype html><html lang="en"><title>A page</title><body style="background: #fff; color: #000"><main><h1>A page</h1>` + plain +
		`<div style="background: #222"><p>on a dark ground</p></div>` + plain + `<p style="opacity: .2">faint</p>` + plain + strings.Repeat(`<p style="color: #aaa">grey</p>`, 12) + `</main>`
	var height int
	if err := chromedp.Run(ctx, chromedp.Navigate("data:text/html,"+url.PathEscape(page)), chromedp.Evaluate(`document.body.offsetHeight`, &height)); err != nil {
		t.Fatal(err)
	}
	faults := strings.Join(Faults(t, ctx), "\n")
	for _, want := range []string{"on a dark ground", "faint", "grey"} {
		if !strings.Contains(faults, want) {
			t.Errorf("nothing is said of the text %q: %s", want, faults)
		}
	}
	if strings.Contains(faults, "plain") {
		t.Errorf("a text that can be read is a fault: %s", faults)
	}
	var measured int
	if err := chromedp.Run(ctx, chromedp.Evaluate(`document.querySelectorAll("p:not([data-alike])").length`, &measured)); err != nil || measured != 3+1+1+3 {
		t.Errorf("%d texts are measured, %v", measured, err)
	}
}
