package main

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/browser/browsertest"
	"yanzhen/dashboard/paper"
	"yanzhen/jobs"
)

// typedIn is a small table typed in on the page: what is wrong is marked where it stands, the draft stays its typer's own, what
// is right is looked at and sent as a file; in a browser a block of a workbook is pasted over the cells and kept.
func typedIn(t *testing.T, o *office, c *cli, s *jobs.Scheduler) {
	who, err := o.config.doors().Open(c.log)
	if err != nil {
		t.Fatal(err)
	}
	defer who.Trail.Close()
	pages, err := o.pages(c, who, s)
	if err != nil {
		t.Fatal(err)
	}
	defer pages.Close()
	of := func(sender string) http.Handler {
		return pages.For(&access.Viewer{Name: sender, Role: access.Sender, May: access.Sender.May(access.Joint), Scopes: []access.Scope{{Dim: access.BySender, Values: []string{sender}}}})
	}
	mine := of("戊局")
	ask := func(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
		r.Host = "localhost"
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r.WithContext(t.Context()))
		return w
	}
	get := func(h http.Handler, path string) *httptest.ResponseRecorder {
		return ask(h, httptest.NewRequest(http.MethodGet, path, nil))
	}
	const page = "/send/type/arrivals"
	empty := get(mine, page+"?lang=zh").Body.String()
	columns := map[string]string{} // what a column is called -> c3
	for _, m := range regexp.MustCompile(`name="r0(c\d+)"[^>]*aria-label="([^"]+) 1"`).FindAllStringSubmatch(empty, -1) {
		columns[m[2]] = m[1]
	}
	post := func(h http.Handler, do, period string, rows ...map[string]string) *httptest.ResponseRecorder {
		t.Helper()
		form := url.Values{"do": {do}, "sender": {"戊局"}, "period": {period}}
		for i, row := range rows {
			for title, text := range row {
				if columns[title] == "" {
					t.Fatalf("there is no column %s among %v", title, columns)
				}
				form.Set("r"+string(rune('0'+i))+columns[title], text)
			}
		}
		r := httptest.NewRequest(http.MethodPost, page+"?lang=zh", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		return ask(h, r)
	}
	row := func(date string) map[string]string {
		return map[string]string{"身份证号": "11010519491231002X", "日期": date, "流向": "引进", "用人单位": "青田新材料有限公司", "产业链节点": "精密铸造", "学历": "本科"}
	}
	if w := post(mine, "check", "", row("2026-05-05")); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "请写明期间") || !strings.Contains(w.Body.String(), "11010519491231002X") {
		t.Errorf("without a period: %d", w.Code)
	}
	if w := post(mine, "check", "2026-05"); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "还没有内容") {
		t.Errorf("nothing typed: %d", w.Code)
	}
	// the second row of the page is empty: what is wrong is marked in the third
	wrong := post(mine, "check", "2026-05", row("2026-05-05"), nil, row("2026-05-35")).Body.String()
	if !regexp.MustCompile(`name="r2`+columns["日期"]+`" value="2026-05-35"[^>]* aria-invalid="true" title="没有这一天"`).MatchString(wrong) || strings.Count(wrong, "aria-invalid") != 1 || !strings.Contains(wrong, "第 3 行日期") || !strings.Contains(wrong, `value="look"`) {
		t.Errorf("%.3000s", wrong)
	}
	if again := get(mine, page+"?lang=zh").Body.String(); !strings.Contains(again, `value="2026-05-35"`) {
		t.Error("the draft is gone")
	}
	if other := get(of("己局"), page+"?lang=zh").Body.String(); strings.Contains(other, "2026-05-35") {
		t.Error("somebody else sees the draft")
	}
	if w := post(of("己局"), "check", "2026-05", row("2026-05-05")); w.Code != http.StatusForbidden {
		t.Errorf("typed for another sender: %d", w.Code)
	}
	look := post(mine, "check", "2026-05", row("2026-05-05"), row("2026-05-06")).Body.String()
	draft := regexp.MustCompile(`name="draft" value="(\w+)"`).FindStringSubmatch(look)
	if draft == nil || !strings.Contains(look, "2026 年 5 月") {
		t.Fatalf("nothing to send: %.2000s", look)
	}
	r := httptest.NewRequest(http.MethodPost, "/send", strings.NewReader(url.Values{"draft": {draft[1]}, "sender": {"戊局"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if w := ask(mine, r); w.Code != http.StatusSeeOther {
		t.Errorf("sending: %d %s", w.Code, w.Body)
	}
	if left := get(mine, page+"?lang=zh").Body.String(); strings.Contains(left, "11010519491231002X") {
		t.Error("the draft stays after it was sent")
	}
	for path, want := range map[string]int{"/send/type/nothing": 404, "/send/type/postings": 404, page + "?from=last&sender=" + url.QueryEscape("己局"): 403, page + "?from=last": 200} {
		if w := get(mine, path); w.Code != want {
			t.Errorf("%s: %d, want %d", path, w.Code, want)
		}
	}
	long := row("2026-05-05")
	long["用人单位"] = strings.Repeat("长", 501)
	if w := post(mine, "save", "2026-05", long); w.Code != http.StatusUnprocessableEntity || !strings.Contains(w.Body.String(), "11010519491231002X") {
		t.Errorf("too long a cell: %d", w.Code)
	}
	if w := post(mine, "clear", "2026-05", row("2026-05-05")); w.Code != http.StatusOK || strings.Contains(get(mine, page).Body.String(), "11010519491231002X") {
		t.Errorf("cleared: %d", w.Code)
	}
	// two pages on one draft: the second that keeps is told, and chooses
	post(mine, "clear", "2026-05", row("2026-05-05"))
	seen := func(html string) string {
		m := regexp.MustCompile(`name="seen" value="(\w*)"`).FindStringSubmatch(html)
		if m == nil {
			t.Fatalf("the page does not say which draft it has seen: %.1000s", html)
		}
		return m[1]
	}
	on := func(do, saw, date string, script bool) *httptest.ResponseRecorder {
		form := url.Values{"do": {do}, "sender": {"戊局"}, "period": {"2026-05"}, "seen": {saw}}
		for title, text := range row(date) {
			form.Set("r0"+columns[title], text)
		}
		r := httptest.NewRequest(http.MethodPost, page+"?lang=zh", strings.NewReader(form.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if script {
			r.Header.Set("X-Yanzhen-Typing", "1")
		}
		return ask(mine, r)
	}
	paged := func(html string) string {
		return regexp.MustCompile(`name="page" value="(\w+)"`).FindStringSubmatch(html)[1]
	}
	if a, b := paged(get(mine, page).Body.String()), paged(get(mine, page).Body.String()); a == b {
		t.Errorf("two pages are called %s", a)
	}
	first, second := seen(get(mine, page).Body.String()), seen(get(mine, page).Body.String())
	one := on("save", first, "2026-05-01", true)
	if one.Code != http.StatusNoContent || one.Header().Get("X-Yanzhen-Draft") == "" {
		t.Errorf("the first page keeps: %d %v", one.Code, one.Header())
	}
	for _, do := range []string{"save", "check", "clear"} {
		if w := on(do, second, "2026-05-02", false); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "在另一个页面改过") || !strings.Contains(w.Body.String(), "2026-05-02") || seen(w.Body.String()) != second || !strings.Contains(w.Body.String(), `name="over" value="`+one.Header().Get("X-Yanzhen-Draft")+`"`) {
			t.Errorf("the second page, %s: %d %.2000s", do, w.Code, w.Body)
		}
	}
	if w := on("save", second, "2026-05-02", true); w.Code != http.StatusConflict || w.Header().Get("X-Yanzhen-Draft") != one.Header().Get("X-Yanzhen-Draft") {
		t.Errorf("the second page by its script: %d", w.Code)
	}
	if left := get(mine, page).Body.String(); !strings.Contains(left, "2026-05-01") || strings.Contains(left, "2026-05-02") {
		t.Error("the draft of the first page is gone")
	}
	if w := on("save", second, "2026-05-01", true); w.Code != http.StatusNoContent || w.Header().Get("X-Yanzhen-Draft") != one.Header().Get("X-Yanzhen-Draft") {
		t.Errorf("the same typed on both: %d, %v", w.Code, w.Header())
	}
	// who may send for all has one draft of a table: that it is of another sender is said, with the way to it
	all := pages.For(&access.Viewer{Name: "甲科", Role: access.Administrator, May: access.Administrator.May(access.Joint)})
	if w := post(all, "save", "2026-05", row("2026-05-09")); w.Code != http.StatusOK || w.Header().Get("X-Yanzhen-Draft") == "" {
		t.Errorf("kept for another: %d, %v", w.Code, w.Header())
	}
	if html := get(all, page+"?lang=zh&sender="+url.QueryEscape("己局")).Body.String(); !strings.Contains(html, "草稿是“戊局”的") || !strings.Contains(html, `href="/send/type/arrivals?sender=%e6%88%8a%e5%b1%80"`) || strings.Contains(html, "2026-05-09") {
		t.Errorf("the draft is of another sender: %.3000s", html)
	}
	post(all, "clear", "2026-05", row("2026-05-09"))
	now := seen(get(mine, page).Body.String())
	if w := on("save", now, "2026-05-02", false); w.Code != http.StatusOK || !strings.Contains(get(mine, page).Body.String(), "2026-05-02") {
		t.Errorf("the second page, meant: %d", w.Code)
	}
	if w := on("check", seen(get(mine, page).Body.String()), "2026-05-03", false); w.Code != http.StatusOK {
		t.Errorf("checked: %d", w.Code)
	} else if draft := regexp.MustCompile(`name="draft" value="(\w+)"`).FindStringSubmatch(w.Body.String()); draft == nil {
		t.Errorf("nothing to send: %.2000s", w.Body)
	} else {
		on("save", seen(get(mine, page).Body.String()), "2026-05-04", true) // on another page, meanwhile
		r := httptest.NewRequest(http.MethodPost, "/send", strings.NewReader(url.Values{"draft": {draft[1]}, "sender": {"戊局"}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if w := ask(mine, r); w.Code != http.StatusSeeOther || !strings.Contains(get(mine, page).Body.String(), "2026-05-04") {
			t.Errorf("what was typed after the look is gone once that is sent: %d", w.Code)
		}
	}
	post(mine, "clear", "2026-05", row("2026-05-05"))
	if w := on("save", "abc", "2026-05-02", false); w.Code != http.StatusConflict || !strings.Contains(w.Body.String(), "报送或清空") {
		t.Errorf("cleared on another page: %d", w.Code)
	}
	pasted(t, of("庚局"), page)
	torn(t, of("辛局"), page)
	both := access.Viewer{Name: "壬局", Role: access.Sender, May: access.Sender.May(access.Joint), Scopes: []access.Scope{{Dim: access.BySender, Values: []string{"壬局", "癸局"}}}}
	stays(t, pages.For(&both), page)
	looked(t, pages.For(&access.Viewer{Name: "甲科", Role: access.Administrator, May: access.Administrator.May(access.Joint)}),
		page, "/send", "/data/declare", "/data/begin", "/data/quality", "/data/review", "/data/jobs", "/data/units/arrivals", "/data/inbox")
}

// looked looks at pages in a browser, in English at the desk and in Chinese on a phone: nothing is wider than the window,
// axe-core finds no fault, light or dark, and on paper a dark page is light and can be selected.
func looked(t *testing.T, h http.Handler, paths ...string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "localhost"
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx := browsertest.Window(t)
	for _, path := range paths {
		for width, lang := range map[int64]string{1440: "en", 390: "zh"} {
			var wide int
			var title string
			var pdf []byte
			err := chromedp.Run(ctx, chromedp.EmulateViewport(width, 844), chromedp.Navigate(server.URL+path+"?theme=dark&lang="+lang), chromedp.WaitVisible("h1"),
				chromedp.Evaluate(`document.scrollingElement.scrollWidth - innerWidth`, &wide), chromedp.Evaluate(`document.querySelector("h1").innerText`, &title))
			if err != nil {
				t.Fatal(path, err)
			}
			if wide > 0 {
				t.Errorf("%s is wider than a window of %d by %d", path, width, wide)
			}
			for _, f := range browsertest.Faults(t, ctx) {
				t.Errorf("%s at %d: %s", path, width, f)
			}
			if width < 600 {
				continue
			}
			err = chromedp.Run(ctx, chromedp.ActionFunc(func(ctx context.Context) (err error) {
				pdf, _, err = cdppage.PrintToPDF().WithPreferCSSPageSize(true).Do(ctx)
				return err
			}))
			if err != nil {
				t.Fatal(path, err)
			}
			onSheets(t, path, title, pdf)
		}
	}
}

// onSheets reads a page that was printed: its title is text, no sheet is dark, and none is empty.
func onSheets(t *testing.T, path, title string, pdf []byte) {
	t.Helper()
	d, err := paper.Open(pdf)
	if err != nil {
		t.Fatal(path, err)
	}
	defer d.Close()
	text, err := d.AllText()
	if bare := strings.NewReplacer(" ", "", "\n", ""); err != nil || !strings.Contains(bare.Replace(text), bare.Replace(title)) {
		t.Errorf("%s: %q is not on paper: %v %.300s", path, title, err, text)
	}
	for i := range d.Pages {
		p, err := d.Picture(i, 24)
		if err != nil {
			t.Fatal(path, err)
		}
		if ink, dark := paper.Ink(p); ink < 0.002 || dark > 0.25 {
			t.Errorf("%s: of sheet %d %.3f is not white and %.3f is dark", path, i+1, ink, dark)
		}
	}
}

// torn is one draft in two windows of a browser: the second hears that the first has kept something, keeps nothing until somebody
// chooses, and then keeps what stands there.
func torn(t *testing.T, h http.Handler, page string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "localhost"
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	one, two := browsertest.Window(t), browsertest.Window(t)
	kept := func(ctx context.Context, text string) chromedp.Action {
		return chromedp.Tasks{chromedp.SendKeys(`[name="r0c1"]`, text), chromedp.PollFunction(`() => document.querySelector("[data-state]").textContent === "草稿已存"`, new(bool))}
	}
	open := chromedp.Tasks{chromedp.Navigate(server.URL + page + "?lang=zh"), chromedp.WaitVisible(`[data-typing]`)}
	var said, left string
	if err := errors.Join(chromedp.Run(one, open), chromedp.Run(two, open), chromedp.Run(one, kept(one, "甲")),
		chromedp.Run(two, chromedp.SendKeys(`[name="r0c1"]`, "乙"), chromedp.WaitVisible(`[data-other]`), chromedp.Text(`[data-other]`, &said)),
		chromedp.Run(one, kept(one, "丙"), open, chromedp.Value(`[name="r0c1"]`, &left)),
	); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(said, "另一个页面") || left != "甲丙" {
		t.Errorf("the second window reads %q, and the first finds %q", said, left)
	}
	// the draft has moved on once more: even who chooses is told of that before it is gone
	const mine = `[data-other] button`
	if err := chromedp.Run(two, chromedp.Evaluate(`document.body.dataset.former = ""`, nil), chromedp.Click(mine),
		chromedp.WaitVisible(`body:not([data-former]) [data-other]`), chromedp.Click(mine), chromedp.WaitVisible(`.message-good`)); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Run(one, open, chromedp.Value(`[name="r0c1"]`, &left)); err != nil || left != "乙" {
		t.Errorf("what was chosen: %q, %v", left, err)
	}
}

// stays is a draft that another window has changed, where its sender is chosen anew: what was typed is not kept for the one before,
// so it stands there still.
func stays(t *testing.T, h http.Handler, page string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "localhost"
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	one, two := browsertest.Window(t), browsertest.Window(t)
	open := chromedp.Tasks{chromedp.Navigate(server.URL + page + "?lang=zh"), chromedp.WaitVisible(`[data-typing]`)}
	var left, whose string
	if err := errors.Join(chromedp.Run(one, open), chromedp.Run(two, open),
		chromedp.Run(one, chromedp.SendKeys(`[name="r0c1"]`, "甲"), chromedp.PollFunction(`() => document.querySelector("[data-state]").textContent === "草稿已存"`, new(bool))),
		chromedp.Run(two, chromedp.Evaluate(`document.querySelector('[name="r0c1"]').value = "乙", (s => { s.value = "癸局"; s.dispatchEvent(new Event("change", {bubbles: false})) })(document.querySelector("[data-sender]"))`, nil),
			chromedp.WaitVisible(`[data-other]`), chromedp.Value(`[name="r0c1"]`, &left), chromedp.Value(`[data-sender]`, &whose)),
	); err != nil {
		t.Fatal(err)
	}
	if left != "乙" || whose != "壬局" {
		t.Errorf("the page shows %q of %q", left, whose)
	}
}

// pasted is the same in a browser.
func pasted(t *testing.T, h http.Handler, page string) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Host = "localhost"
		h.ServeHTTP(w, r)
	}))
	defer server.Close()
	ctx := browsertest.Window(t)
	const paste = `(() => {
		const at = document.querySelector('[name="r8c1"]');
		const data = new DataTransfer();
		data.setData("text/plain", "甲\t\"乙\n丙\"\t丁\r\n" + "戊\t己\t\r\n".repeat(6));
		at.focus();
		at.dispatchEvent(new ClipboardEvent("paste", {clipboardData: data, bubbles: true, cancelable: true}));
		const text = (n) => document.querySelector('[name="' + n + '"]')?.value;
		return [text("r8c1"), text("r8c2"), text("r8c3"), text("r9c1"), text("r14c2"), text("r14c1"), text("r15c1") ?? "none"].join("|");
	})()`
	var got, state string
	var kept bool
	if err := chromedp.Run(ctx, chromedp.Navigate(server.URL+page+"?lang=zh"), chromedp.WaitVisible(`[data-typing]`), chromedp.Evaluate(paste, &got),
		chromedp.PollFunction(`() => document.querySelector("[data-state]").textContent === "草稿已存"`, &kept),
		chromedp.Reload(), chromedp.WaitVisible(`[data-typing]`), chromedp.Value(`[name="r8c2"]`, &state),
	); err != nil {
		t.Fatal(err)
	}
	if got != "甲|乙 丙|丁|戊|己|戊|none" || state != "乙 丙" {
		t.Errorf("pasted: %q, kept %q", got, state)
	}
}
