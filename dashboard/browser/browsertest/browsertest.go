// Package browsertest gives tests windows of a real browser, and clears away what it leaves on the disk. No part of the
// product imports it.
package browsertest

import (
	"context"
	"errors"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"yanzhen/dashboard/browser"
)

// shared is the one browser of the process. To start it takes seconds of a core, so that all windows are of the same one.
var shared struct {
	sync.Mutex
	ctx   context.Context
	end   func() error
	users int
}

// Window opens a window with storage, cookies and a cache of its own, which is drawn whatever other windows do. It is closed
// when the test ends. Where there is no browser the test is skipped. It must be called on the goroutine of the test.
func Window(t testing.TB) context.Context {
	t.Helper()
	ctx, err := use(t)
	if errors.Is(err, browser.ErrNone) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	in := cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser)
	own, err := target.CreateBrowserContext().Do(in)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = target.DisposeBrowserContext(own).Do(in) }) // where the browser has died, so has this
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(own).WithNewWindow(true).Do(in)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := chromedp.NewContext(ctx, chromedp.WithTargetID(id))
	t.Cleanup(cancel)
	chromedp.FromContext(ctx).BrowserContextID = own // what is asked of the whole browser, where downloads go, names it
	if err := chromedp.Run(ctx); err != nil {
		t.Fatal(err)
	}
	return ctx
}

// Keep keeps the browser from its first window to the end of a test, for the windows of all parts of it. Where there is no
// browser it does nothing.
func Keep(t testing.TB) {
	t.Helper()
	if _, err := use(t); err != nil && !errors.Is(err, browser.ErrNone) {
		t.Fatal(err)
	}
}

// use starts the browser where it does not run, and ends it after the last test that uses it.
func use(t testing.TB) (context.Context, error) {
	shared.Lock()
	defer shared.Unlock()
	if shared.users == 0 {
		ctx, end, err := start()
		if err != nil {
			return nil, err
		}
		shared.ctx, shared.end = ctx, end
	}
	shared.users++
	t.Cleanup(func() {
		shared.Lock()
		defer shared.Unlock()
		if shared.users--; shared.users > 0 {
			return
		}
		if err := shared.end(); err != nil {
			t.Error(err)
		}
	})
	return shared.ctx, nil
}

func start() (ctx context.Context, end func() error, err error) {
	found, err := browser.Find()
	if err != nil {
		return nil, nil, err
	}
	profile, err := os.MkdirTemp("", "yanzhen-browser-")
	if err != nil {
		return nil, nil, err
	}
	// it outlives the test that starts it: its context is of no test
	ctx, stop := chromedp.NewExecAllocator(context.Background(), found.Options(profile)...)
	ctx, cancel := chromedp.NewContext(ctx)
	end = func() error {
		gone := chromedp.Cancel(ctx)
		cancel()
		stop()
		// the browser's own processes write on for a moment after it was ended
		for range 50 {
			if err = os.RemoveAll(profile); err == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
		return errors.Join(gone, err)
	}
	if err := chromedp.Run(ctx); err != nil {
		return nil, nil, errors.Join(err, end())
	}
	return ctx, end, nil
}
