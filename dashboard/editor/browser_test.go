package editor_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	cdpbrowser "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"yanzhen/dashboard/browser/browsertest"
)

// An analyst types, is offered what may stand there, runs, sees where an error is, stops, scrolls far down, looks at a column,
// draws, and takes a file away; at the desk and on a phone, without a fault of axe-core and without a word of the console.
func browsed(h *house) {
	ctx := browsertest.Window(h.T)
	ctx, cancel := context.WithTimeout(ctx, 240*time.Second)
	defer cancel()
	p := &page{T: h.T, ctx: ctx}
	chromedp.ListenTarget(ctx, func(e any) {
		p.mu.Lock()
		defer p.mu.Unlock()
		switch e := e.(type) {
		case *runtime.EventExceptionThrown:
			p.said = append(p.said, e.ExceptionDetails.Error())
		case *log.EventEntryAdded:
			// the browser's command that inserts text gives it a style, which the policy refuses; keys do not
			if !p.inserting || !strings.HasPrefix(e.Entry.Text, "Applying inline style violates") {
				p.said = append(p.said, e.Entry.Text+" "+e.Entry.URL)
			}
		}
	})
	p.do(log.Enable(), runtime.Enable(), chromedp.EmulateViewport(1440, 900), chromedp.Navigate(h.http.URL+"/sql?lang=zh&theme=light"))
	p.until(`document.querySelector("[data-sql]").dataset.ready === "1"`)
	p.faultless("empty")

	// typing offers tables, columns with what they mean, and metrics
	p.focus()
	p.do(chromedp.KeyEvent("select ente"))
	p.until(inner + `.querySelector(".cm-tooltip-autocomplete")?.innerText.includes("enterprise")`)
	p.do(chromedp.KeyEvent("rprise, count() as n from arri"))
	p.until(inner + `.querySelector(".cm-tooltip-autocomplete [aria-selected]")?.innerText.includes("arrivals")`)
	p.do(chromedp.Sleep(300*time.Millisecond), chromedp.KeyEvent("\r"), chromedp.KeyEvent(" group by 1 order by 1"))
	p.do(chromedp.KeyEvent("\r", chromedp.KeyModifiers(2))) // Ctrl+Enter
	p.until(`document.querySelector("[data-count]").textContent === "5 行"`)
	p.until(`[...document.querySelectorAll(".sql-grid tbody td")].some(e => e.textContent === "企业3")`)
	p.do(chromedp.Evaluate(`document.querySelectorAll(".sql-grid thead button")[1].click()`, nil))
	p.until(`document.querySelector("[data-stats]").textContent.includes("12")`)
	p.until(`document.querySelector("[data-stats] .sql-source p")?.textContent.includes("不取自任何列")`)
	p.do(chromedp.Evaluate(`document.querySelectorAll(".sql-grid thead button")[0].click()`, nil))
	p.until(`document.querySelector("[data-stats] .sql-source b")?.textContent === "arrivals.enterprise" && document.querySelector('[data-stats] .sql-source a[href^="/data/runs/"]')`)
	p.faultless("rows")

	// a selection runs alone; an error is marked where it is
	p.write("select 1 as a\nunion all\nselect nod from arrivals")
	p.do(chromedp.Evaluate(`document.querySelector("[data-run]").click()`, nil))
	p.until(`document.querySelector("[data-fault]").textContent.includes("是不是 node？")`)
	p.until(inner + `.querySelector(".cm-lintRange-error")?.textContent === "nod"`)
	p.faultless("error")
	// the mark stays while something else is written, and goes when what it stands at is
	p.focus()
	p.do(chromedp.KeyEvent(kb.End), chromedp.KeyEvent(" "))
	p.until(inner + `.querySelector(".cm-lintRange-error")?.textContent === "nod"`)
	p.write("select 2 as b")
	p.until(inner + `.querySelector(".cm-lint-marker-error, .cm-lintRange-error") === null`)

	// a statement that goes on is stopped, and that is told when the engine has let go
	p.write("select count() from numbers(990000000) where sleep(0.05) = 1")
	p.do(chromedp.Evaluate(`document.querySelector("[data-run]").click()`, nil))
	p.until(`document.querySelector("[data-state]").textContent.includes("已读")`)
	p.do(chromedp.Sleep(500*time.Millisecond), chromedp.Evaluate(`document.querySelector("[data-stop]").click()`, nil))
	p.until(`document.querySelector("[data-state]").dataset.state === "stopped" && document.querySelector("[data-stop]").hidden`)

	// far down in many rows
	p.write("select number as n, if(number % 3 = 0, null, toString(number)) as s from numbers(600000)")
	p.do(chromedp.Evaluate(`document.querySelector("[data-run]").click()`, nil))
	p.until(`document.querySelector("[data-count]").textContent === "600,000 行"`)
	p.do(chromedp.Evaluate(`(() => { const g = document.querySelector("[data-grid]"); g.scrollTop = g.scrollHeight; })()`, nil))
	p.until(`[...document.querySelectorAll(".sql-grid tbody th")].at(-1).textContent === "600,000" && [...document.querySelectorAll(".sql-grid tbody td")].at(-2).textContent === "599999"`)
	p.until(`document.querySelectorAll(".sql-grid tbody tr").length < 40 && document.querySelector(".sql-null").textContent === "NULL"`)
	p.do(chromedp.Evaluate(`(() => { const g = document.querySelector("[data-grid]"); g.scrollTop = g.scrollHeight / 2; })()`, nil))
	p.until(`[...document.querySelectorAll(".sql-grid tbody tr")].some(r => Math.abs(parseInt(r.querySelector("th").textContent.replaceAll(",", "")) - 300000) < 2000 && !r.querySelector(".sql-later"))`)

	// a chart, and a file
	p.do(chromedp.Evaluate(`document.getElementById("tab-chart").click()`, nil))
	p.until(`document.querySelector("[data-chart] canvas") && document.querySelector("[data-chart-note]").textContent.includes("2,000")`)
	p.do(chromedp.Evaluate(`document.getElementById("tab-grid").click()`, nil))
	dir := h.TempDir()
	p.do(cdpbrowser.SetDownloadBehavior(cdpbrowser.SetDownloadBehaviorBehaviorAllow).WithDownloadPath(dir).WithBrowserContextID(chromedp.FromContext(ctx).BrowserContextID))
	p.do(chromedp.Evaluate(`document.querySelector("[data-export] button").click()`, nil))
	p.download(dir, "\uFEFF\"n\",\"s\"\n0,\n1,\"1\"\n")

	// parameters become fields; one that is missing is told; what is saved is there again on a phone
	p.write("select enterprise from arrivals where node = {node:String} and date >= {from:Date} limit 3")
	p.do(chromedp.Evaluate(`document.querySelector("[data-run]").click()`, nil))
	p.until(`document.querySelector("[data-fault]").textContent.includes("from")`)
	p.do(chromedp.Evaluate(`for (const [n, v] of [["node", "magnetic.motor"], ["from", "2026-02-01"]]) { const i = document.querySelector('[data-fields] [name="' + n + '"]'); i.value = v; i.dispatchEvent(new Event("input")); }`, nil),
		chromedp.Evaluate(`document.querySelector("[data-run]").click()`, nil))
	p.until(`document.querySelector("[data-count]").textContent === "3 行"`)
	p.do(chromedp.Evaluate(`document.querySelector("[data-save]").click(); document.querySelector("[data-saving] [name=title]").value = "按节点"; document.querySelector("[data-saving]").requestSubmit()`, nil))
	p.until(`document.querySelector("[data-saved]").textContent.includes("按节点")`)
	p.do(chromedp.EmulateViewport(390, 844), chromedp.Evaluate(`sessionStorage.clear()`, nil), chromedp.Navigate(h.http.URL+"/sql?lang=en&theme=light&saved=1"))
	p.until(`document.querySelector("[data-sql]").dataset.ready === "1"`)
	p.do(chromedp.Evaluate(`[...document.querySelectorAll("[data-saved] button")].find(b => b.textContent.includes("按节点")).click(); document.querySelector("[data-run]").click()`, nil))
	p.until(`document.querySelector("[data-count]").textContent === "3 rows"`)
	p.faultless("phone")
	p.until(`document.scrollingElement.scrollWidth <= innerWidth`)
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, text := range p.said {
		h.Errorf("the console says %s", text)
	}
}

const inner = `document.querySelector("[data-editor]").shadowRoot`

type page struct {
	*testing.T
	ctx context.Context

	mu        sync.Mutex
	said      []string // by the console
	inserting bool     // a text is inserted by command
}

func (p *page) set(inserting bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inserting = inserting
}

func (p *page) do(actions ...chromedp.Action) {
	p.Helper()
	if err := chromedp.Run(p.ctx, actions...); err != nil {
		p.Fatal(err)
	}
}

// until waits for a condition.
func (p *page) until(condition string) {
	p.Helper()
	if err := chromedp.Run(p.ctx, chromedp.Poll(condition, nil, chromedp.WithPollingTimeout(60*time.Second))); err != nil {
		var seen string
		_ = chromedp.Run(p.ctx, chromedp.Evaluate(`[document.querySelector("[data-state]"), document.querySelector("[data-fault]"), document.querySelector("[data-count]")].map(e => e?.textContent).join(" | ") + " | " + `+inner+`.querySelector(".cm-content").innerText`, &seen))
		p.Fatalf("%v: %s; the page shows %s", err, condition, seen)
	}
}

func (p *page) focus() {
	p.Helper()
	p.do(chromedp.Evaluate(inner+`.querySelector(".cm-content").focus()`, nil))
}

// write puts a statement in place of the one that is there, as by hand.
func (p *page) write(sql string) {
	p.Helper()
	p.focus()
	p.set(true)
	p.do(chromedp.KeyEvent("a", chromedp.KeyModifiers(2)), chromedp.Evaluate(fmt.Sprintf(`document.execCommand("insertText", false, %q)`, sql), nil))
	p.until(inner + fmt.Sprintf(`.querySelector(".cm-content").innerText.replace(/\s+/g, " ").includes(%q)`, strings.Join(strings.Fields(sql), " ")[:min(40, len(sql))]))
	p.set(false)
}

// faultless asks axe-core, light and dark.
func (p *page) faultless(what string) {
	p.Helper()
	faults := browsertest.Faults(p.T, p.ctx)
	p.do(chromedp.Sleep(300 * time.Millisecond))
	for _, f := range faults {
		p.Errorf("%s: %s", what, f)
	}
	if dir := os.Getenv("YANZHEN_SHOTS"); dir != "" {
		for _, theme := range []string{"light", "dark"} {
			var png []byte
			p.do(chromedp.Evaluate(`document.documentElement.dataset.theme = "`+theme+`"`, nil), chromedp.FullScreenshot(&png, 100))
			if err := os.WriteFile(filepath.Join(dir, "sql-"+what+"-"+theme+".png"), png, 0o644); err != nil {
				p.Error(err)
			}
		}
		p.do(chromedp.Evaluate(`document.documentElement.dataset.theme = "light"`, nil))
	}
}

// download waits for a file that begins like this.
func (p *page) download(dir, begins string) {
	p.Helper()
	for range 300 {
		if list, _ := filepath.Glob(filepath.Join(dir, "*.csv")); len(list) == 1 {
			text, err := os.ReadFile(list[0])
			if err != nil {
				p.Fatal(err)
			}
			if !strings.HasPrefix(string(text), begins) {
				p.Errorf("the file begins %q", text[:min(len(text), 60)])
			}
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	p.Error("no file came")
}
