package dashboard

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/pquerna/otp/totp"

	"yanzhen/dashboard/access"
)

// Somebody comes in by the form, and the pages of the door, at the desk and on a phone, in both languages, are free of what
// axe-core calls a fault, and of anything that the content policy refuses.
func doorBrowser(h *house) {
	code := axeCore(h.T)
	window := browser(h.T)
	ctx, said := window()
	ctx, cancel := context.WithTimeout(ctx, 240*time.Second)
	defer cancel()
	h.add("lin", access.Administrator)
	secret, _, err := h.book.MakeLink("new", "test")
	if err != nil {
		h.Fatal(err)
	}
	look := func(path string) {
		for i, width := range []int64{1440, 390} {
			var faults, away []string
			var height int
			lang := [2]string{"zh", "en"}[i]
			at := with(path, "theme=light&lang="+lang)
			err := chromedp.Run(ctx, chromedp.EmulateViewport(width, 844), chromedp.Navigate(h.http.URL+at),
				until(`document.readyState === "complete"`))
			if err == nil {
				shoot(h.T, ctx, path, width)
				err = chromedp.Run(ctx, chromedp.Evaluate(`document.scrollingElement.scrollHeight`, &height), chromedp.Evaluate(reach, &away), chromedp.Evaluate(code+";0", nil), chromedp.Evaluate(axe, &faults, awaitPromise))
			}
			if err != nil {
				h.Errorf("%s at %d: %v; the console says %v", at, width, err, said())
			}
			for _, f := range append(away, faults...) {
				h.Errorf("%s at %d: %s", at, width, f)
			}
			if most := 844 + 4*700; width == 390 && height > most {
				h.Errorf("%s is %d px high on a phone, %d are allowed", at, height, most)
			}
		}
	}
	look("/signin?next=/users")
	look("/signin/link/" + secret)
	err = chromedp.Run(ctx, chromedp.Navigate(h.http.URL+"/signin?next=/users&lang=zh"),
		chromedp.SendKeys(`input[name="name"]`, "lin"), chromedp.SendKeys(`input[name="password"]`, secretWords),
		chromedp.Click(`form button`), chromedp.WaitVisible(`form[action="/users"]`))
	if err != nil {
		h.Fatalf("signing in by the form: %v; the console says %v", err, said())
	}
	for _, path := range []string{"/users", "/users/wang", "/account", "/audit", "/tokens", "/account/tokens"} {
		look(path)
	}
	err = chromedp.Run(ctx, chromedp.Navigate(h.http.URL+"/account?lang=zh"), chromedp.Click(`button[value="offer"]`), chromedp.WaitVisible(`.door-code img`))
	if err != nil {
		h.Errorf("a second factor is offered: %v; the console says %v", err, said())
	}
	shoot(h.T, ctx, "factor", 390)
	if list := said(); len(list) > 0 {
		h.Errorf("the console says %v", list)
	}
	coded(h, ctx)
}

// leaves holds that nothing of a page stays on the screen of somebody who is not let in any more: not of one that is open, and not
// of one that the browser has kept, when somebody goes back after signing out.
func leaves(h *house) {
	window := browser(h.T)
	ctx, _ := window()
	ctx, cancel := context.WithTimeout(ctx, 120*time.Second)
	defer cancel()
	h.add("kan", access.Leader)
	run := func(what string, do ...chromedp.Action) {
		h.Helper()
		if err := chromedp.Run(ctx, do...); err != nil {
			var at, text string
			_ = chromedp.Run(ctx, chromedp.Location(&at), chromedp.Text("body", &text))
			h.Fatalf("%s: %v, at %s: %.300s", what, err, at, text)
		}
	}
	// until, over pages that come and go
	until := func(says string) chromedp.Action {
		return chromedp.ActionFunc(func(ctx context.Context) error {
			for ; ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
				var so bool
				if chromedp.Evaluate(says, &so).Do(ctx) == nil && so {
					return nil
				}
			}
			return ctx.Err()
		})
	}
	const out = `!window.marked && document.querySelector('form[action="/signin"]') !== null`
	enter := func() {
		h.Helper()
		run("coming in", chromedp.Navigate(h.http.URL+"/signin?next=/data/metrics&lang=zh"), chromedp.SendKeys(`input[name="name"]`, "kan"), chromedp.SendKeys(`input[name="password"]`, secretWords),
			chromedp.Click(`form button`), until(`location.pathname === "/data/metrics"`))
	}
	back := func(page string) {
		h.Helper()
		run("going back to "+page, chromedp.Evaluate(`window.marked = true; setTimeout(() => history.back(), 50); true`, new(bool)), until(out))
	}
	enter()
	run("signing out", chromedp.Navigate(h.http.URL+"/account?lang=zh"), chromedp.Click(`main form[action="/signout"] button`), until(out))
	back("the own account")
	back("a page of figures")
	enter()
	run("a board", chromedp.Navigate(h.http.URL+"/b/overview?lang=zh"), chromedp.WaitVisible(`main[data-board]`), chromedp.Evaluate(`window.marked = true`, nil))
	if err := h.book.Disable("kan"); err != nil {
		h.Fatal(err)
	}
	run("leaving a board", until(out))
}

// coded turns the code of an authenticator on, as somebody does with a telephone, and comes in by it: the password alone, or
// with a wrong code, lets nobody in.
func coded(h *house, ctx context.Context) {
	run := func(what string, do ...chromedp.Action) {
		h.Helper()
		if err := chromedp.Run(ctx, do...); err != nil {
			h.Fatalf("%s: %v", what, err)
		}
	}
	var secret string
	run("the secret", chromedp.Text(`form[action="/account/factor"] code`, &secret))
	code := func(periods time.Duration) string { // of this half minute, or of the next, which counts too
		c, err := totp.GenerateCode(secret, time.Now().Add(periods*30*time.Second))
		if err != nil {
			h.Fatal(err)
		}
		return c
	}
	run("turning it on", chromedp.SendKeys(`form[action="/account/factor"] input[name="code"]`, code(0)), chromedp.SendKeys(`form[action="/account/factor"] input[name="current"]`, secretWords),
		chromedp.Click(`button[value="confirm"]`), chromedp.WaitVisible(`button[value="drop"]`))
	enter := func(code string, seen string) {
		h.Helper()
		run("coming in", chromedp.Navigate(h.http.URL+"/signin?next=/users&lang=zh"), chromedp.SendKeys(`input[name="name"]`, "lin"), chromedp.SendKeys(`input[name="password"]`, secretWords),
			chromedp.SendKeys(`input[name="code"]`, code), chromedp.Click(`form button`), chromedp.WaitVisible(seen))
	}
	run("signing out", chromedp.Click(`main form[action="/signout"] button`), chromedp.WaitVisible(`form[action="/signin"]`))
	enter("", `.message[role="alert"]`)
	enter("000000", `.message[role="alert"]`)
	enter(code(1), `form[action="/users"]`)
	run("the page of one's own", chromedp.Navigate(h.http.URL+"/account?lang=zh"), chromedp.Click(`main form[action="/signout"] button`), chromedp.WaitVisible(`form[action="/signin"]`))
	if a, _, err := h.book.Find("lin"); err != nil || a.Factor == nil {
		h.Errorf("%+v %v", a, err)
	}
}

// shoot takes a picture where YANZHEN_SHOTS names a folder.
func shoot(t *testing.T, ctx context.Context, path string, width int64) {
	dir := os.Getenv("YANZHEN_SHOTS")
	if dir == "" {
		return
	}
	for _, theme := range []string{"light", "dark"} {
		var png []byte
		if err := chromedp.Run(ctx, chromedp.Evaluate(`document.documentElement.dataset.theme = "`+theme+`"`, nil), chromedp.FullScreenshot(&png, 90)); err != nil {
			t.Error(err)
			continue
		}
		name := strings.NewReplacer("/", "-", "?", "-", "=", "-").Replace(path)
		if err := os.WriteFile(filepath.Join(dir, strconv.FormatInt(width, 10)+"-"+theme+"-"+name[:min(len(name), 30)]+".jpg"), png, 0o644); err != nil {
			t.Error(err)
		}
	}
	if err := chromedp.Run(ctx, chromedp.Evaluate(`document.documentElement.dataset.theme = "light"`, nil)); err != nil {
		t.Error(err)
	}
}
