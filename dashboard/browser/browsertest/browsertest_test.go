package browsertest

import (
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
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
