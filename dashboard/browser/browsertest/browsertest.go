// Package browsertest gives tests windows of a real browser, and clears away what these leave on the disk. No part of the
// product imports it.
package browsertest

import (
	"context"
	"errors"
	"os"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"yanzhen/dashboard/browser"
)

// Window opens a window of a browser of its own, for what is behind another tab is not drawn. It is closed when the test
// ends. Where there is no browser the test is skipped. It must be called on the goroutine of the test.
func Window(t testing.TB) context.Context {
	t.Helper()
	found, err := browser.Find()
	if errors.Is(err, browser.ErrNone) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	profile, err := os.MkdirTemp("", "yanzhen-browser-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// the browser's own processes write on for a moment after it was ended
		for range 50 {
			if err = os.RemoveAll(profile); err == nil {
				return
			}
			time.Sleep(100 * time.Millisecond)
		}
		t.Error(err)
	})
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), found.Options(profile)...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx); err != nil {
		t.Fatal(found.Path, err)
	}
	return ctx
}
