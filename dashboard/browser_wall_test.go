package dashboard

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"yanzhen/dashboard/address"
	"yanzhen/dashboard/scene"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/frozen"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
)

// wallStands says that a frame is shown, and nothing is coming.
const wallStands = `document.querySelector(".scene") !== null && document.querySelector(".scene.is-coming") === null`

// wallFaults is what is wrong with a frame that is shown; %v is how many pixels of the screen stand for one of 1920 x 1080.
const wallFaults = `(scale => {
	const out = [], root = document.scrollingElement;
	if (root.scrollWidth > innerWidth || root.scrollHeight > innerHeight) out.push("the page is larger than the screen");
	for (const e of document.querySelectorAll(".card, .panel, .panel-table, .plot, h1, .zone, .of")) {
		if (e.scrollHeight > e.clientHeight + 1 && !e.matches("h1, .zone, .of") || e.scrollWidth > e.clientWidth + 1) out.push((e.dataset.card || e.dataset.panel || e.className || e.tagName) + " is cut: " + [e.scrollWidth, e.clientWidth, e.scrollHeight, e.clientHeight]);
	}
	for (const e of document.querySelectorAll("body *")) {
		if (!e.offsetParent || e.closest("noscript, caption")) continue;
		const text = [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()), size = parseFloat(getComputedStyle(e).fontSize) / scale;
		if (text && size < 21.9) out.push("letters of " + size + ": " + e.textContent.trim().slice(0, 20));
	}
	for (const x of document.querySelectorAll("input, select, button, .title-book, .brief-more")) if (x.offsetParent) out.push("on the wall stands what only a hand can use: " + (x.className || x.tagName));
	if (/点击|触摸|点一下/.test(document.body.textContent)) out.push("on the wall stands what a hand could do");
	if (/工作簿|Workbook/.test(document.querySelector("[data-of]").textContent)) out.push("the date says " + document.querySelector("[data-of]").textContent);
	for (const b of document.querySelectorAll(".value b")) if (parseFloat(getComputedStyle(b).fontSize) / scale < 110) out.push("a number of " + getComputedStyle(b).fontSize + ": " + b.textContent);
	for (const i of document.querySelectorAll(".plot img")) if (!i.complete || !i.naturalWidth) out.push("no picture: " + i.dataset.from);
	for (const p of document.querySelectorAll(".panel:not(.kind-table)")) if (!p.querySelector("img")) out.push("no picture in " + p.dataset.panel);
	if (document.querySelector("a[href], button")) out.push("something to touch");
	if (!document.querySelector("[data-mark]").hidden) out.push("the mark says " + document.querySelector("[data-mark]").textContent);
	return out;
})(%v)`

var drawnSize = regexp.MustCompile(`font-size:\s*([\d.]+)px`)

// A wall screen of three forms shows every frame whole and large, and the time of the office: the machine behind it is set
// to that of another continent.
func (s *site) wallTest(t *testing.T) {
	window := browser(t)
	ctx, said := window()
	if err := chromedp.Run(ctx, emulation.SetTimezoneOverride("Pacific/Honolulu")); err != nil {
		t.Fatal(err)
	}
	for _, size := range []struct {
		width, height int64
		scale         float64
		frames        []int
	}{{1920, 1080, 1, []int{0, 1, 2, 3, 4, 5, 6}}, {3840, 2160, 2, []int{0, 1, 3, 5}}, {1080, 1920, 1, []int{0, 1, 3, 4, 5}}} {
		for _, i := range size.frames {
			at := fmt.Sprintf("%d x %d, frame %d", size.width, size.height, i+1)
			ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
			var faults, pictures []string
			var title, of, clock string
			look := func() error {
				return chromedp.Run(ctx, chromedp.EmulateViewport(size.width, size.height), chromedp.Navigate("about:blank"), chromedp.Navigate(fmt.Sprintf("%s/wall?lang=zh#%d", s.http.URL, i+1)),
					until(wallStands),
					chromedp.Evaluate(fmt.Sprintf(wallFaults, size.scale), &faults),
					chromedp.Evaluate(`[...document.querySelectorAll(".plot img")].map(i => new URL(i.dataset.from).pathname + new URL(i.dataset.from).search + " " + Math.min(i.clientWidth / i.naturalWidth, i.clientHeight / i.naturalHeight))`, &pictures),
					chromedp.Text("[data-title]", &title), chromedp.Text("[data-of]", &of), chromedp.Text(".clock", &clock))
			}
			err := look()
			for again := 0; err != nil && again < 3 && strings.Contains(err.Error(), "Cannot find context"); again++ { // the browser's own: asked of the page before
				err = look()
			}
			cancel()
			if err != nil {
				t.Errorf("%s: %v; the console says %v", at, err, said())
				continue
			}
			for _, f := range faults {
				t.Errorf("%s: %s", at, f)
			}
			if want := s.Scenes[0].Frames[i].Title.Zh; title != want || !strings.Contains(of, "2026 年 6 月 30 日") {
				t.Errorf("%s is called %q and dated %q", at, title, of)
			}
			now := time.Now().In(address.Office)
			if told := strings.Fields(clock); !slices.ContainsFunc([]time.Duration{0, -time.Minute}, func(ago time.Duration) bool {
				return strings.HasPrefix(strings.Join(told, " "), now.Add(ago).Format("15:04 1 月 2 日 星期"))
			}) {
				t.Errorf("%s: at %s of the office the clock says %q", at, now, clock)
			}
			for _, p := range pictures {
				path, stretched, _ := strings.Cut(p, " ")
				by, _ := strconv.ParseFloat(stretched, 64)
				for _, m := range drawnSize.FindAllStringSubmatch(s.get(t, path).body, -1) {
					if px, _ := strconv.ParseFloat(m[1], 64); px*by/size.scale < 21 {
						t.Errorf("%s: letters of %.1f px in %s", at, px*by/size.scale, path)
						break
					}
				}
			}
		}
	}
	if bad := said(); len(bad) > 0 {
		t.Errorf("the console says %v", bad)
	}
}

// outages is a server that can be taken away and brought back at the same address, or fall silent.
type outages struct {
	*httptest.Server
	handler http.Handler
	line    sync.RWMutex // held while nothing that the server says arrives
}

// lined is a connection on which the server's words wait for the line.
type lined struct {
	net.Conn
	o *outages
}

func (l lined) Write(b []byte) (int, error) {
	l.o.line.RLock()
	defer l.o.line.RUnlock()
	return l.Conn.Write(b)
}

type lines struct {
	net.Listener
	o *outages
}

func (l lines) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return lined{c, l.o}, nil
}

func (o *outages) down() { o.CloseClientConnections(); o.Listener.Close() }

func (o *outages) up(t *testing.T) {
	t.Helper()
	at := o.Listener.Addr().String()
	var l net.Listener
	var err error
	for range 100 {
		if l, err = net.Listen("tcp", at); err == nil {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err != nil {
		t.Fatal(err)
	}
	o.Server = &httptest.Server{Listener: lines{l, o}, Config: &http.Server{Handler: o.handler}}
	o.Start()
}

func away(t *testing.T, h http.Handler) *outages {
	o := &outages{handler: h}
	o.Server = httptest.NewUnstartedServer(h)
	o.Server.Listener = lines{o.Server.Listener, o}
	o.Start()
	t.Cleanup(func() { o.CloseClientConnections(); o.Listener.Close() })
	return o
}

// publish loads a file that says how many casters are wanted; the same office sends it again and again.
func (s *site) publish(t *testing.T, casters int) {
	t.Helper()
	name := filepath.Join(t.TempDir(), "大屏测试局_岗位需求_2026年5月.csv")
	if err := os.WriteFile(name, fmt.Appendf(nil, "发布日期,用人单位,产业链节点,岗位,学历,需求人数\n2026-05-04,乙铸造厂,精密铸造,铸造工,不限,%d\n", casters), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := s.loader.Load(t.Context(), pipeline.Request{Path: name})
	if err != nil || out.State != pipeline.Published {
		t.Fatal(out.State, err)
	}
}

// demanded is what a table of the chains says is wanted in one of them.
const demanded = `(() => { const row = [...document.querySelectorAll('[data-panel="chains"] tbody tr')].find(r => /高温合金/.test(r.textContent)); return row ? Number(row.querySelectorAll("td")[1].textContent.replace(/[,*]/g, "")) : -1; })()`

// An open page follows what is published, and what its reader has opened stays open.
func (s *site) followTest(t *testing.T) {
	window := browser(t)
	ctx, said := window()
	ctx, cancel := context.WithTimeout(ctx, 120*time.Second)
	defer cancel()
	const casters = `(() => { const c = window.echarts.getInstanceByDom(document.querySelector('[data-panel="graph"] .live')); return c.getOption().series[0].data.find(d => /精密铸造/.test(d.text)).raw; })()`
	var before, after, drawn, redrawn, scrolled, stays float64
	var table, old, new, open, picture, other, dialog string
	err := chromedp.Run(ctx,
		chromedp.EmulateViewport(1280, 800), chromedp.Navigate(s.http.URL+"/b/overview?lang=zh&theme=light"),
		until(pictured),
		chromedp.Evaluate(`window.stayed = 1; dispatchEvent(new Event("pointermove")); document.querySelector('[data-panel="graph"]').scrollIntoView()`, nil),
		chromedp.Poll(`document.querySelector('[data-panel="graph"]').dataset.state === "drawn"`, nil, chromedp.WithPollingTimeout(40*time.Second)),
		chromedp.Click(`[data-panel="flow"] [data-tool="table"]`), chromedp.WaitVisible(`[data-panel="flow"] [data-table] table`),
		chromedp.Evaluate(`document.querySelector('[data-panel="graph"]').scrollIntoView(); document.querySelector('[data-panel="classes"] [data-definition]').click()`, nil),
		chromedp.WaitVisible(`dialog[open] .def`),
		chromedp.Evaluate(demanded, &before), chromedp.Evaluate(casters, &drawn), chromedp.Evaluate(`scrollY`, &scrolled),
		chromedp.OuterHTML(`[data-card="match"]`, &old), chromedp.Evaluate(`document.querySelector('[data-panel="where"] picture img').src`, &picture),
	)
	if err != nil {
		t.Fatal(err, said())
	}
	if n := s.events.Listeners(); n != 1 {
		t.Errorf("%d listen to one page", n)
	}
	const more = 700
	s.publish(t, more)
	err = chromedp.Run(ctx,
		chromedp.Poll(fmt.Sprintf("%s === %v && window.echarts && %s === %v", demanded, before+more, casters, drawn+more), nil, chromedp.WithPollingTimeout(40*time.Second)),
		chromedp.Evaluate(demanded, &after), chromedp.Evaluate(casters, &redrawn),
		chromedp.Evaluate(`Math.abs(scrollY - `+fmt.Sprint(scrolled)+`) < 2 && document.querySelectorAll("main > .stands").length === 1 ? window.stayed : scrollY`, &stays),
		chromedp.OuterHTML(`[data-card="match"]`, &new),
		chromedp.Evaluate(`document.querySelector('[data-panel="flow"] [data-tool="table"]').getAttribute("aria-pressed")`, &open),
		chromedp.Text(`[data-panel="flow"] [data-table]`, &table, chromedp.AtLeast(0)),
		chromedp.Evaluate(`document.querySelector('[data-panel="where"] picture img').src`, &other),
		chromedp.Text(`dialog[open]`, &dialog),
	)
	if err != nil {
		t.Fatal(err, said())
	}
	if stays != 1 || open != "true" || !strings.Contains(table, "2026") || !strings.Contains(dialog, "人才分类结构") {
		t.Errorf("the page moved or was loaded anew (%v), its table is open: %s, its dialog says %q", stays, open, dialog)
	}
	if old == new || other == picture {
		t.Errorf("the card of the match, or the address of a picture, is that of before: %s", other)
	}
	// whoever looks at something else listens to nothing, and catches up when looking again
	const hide = `Object.defineProperty(document, "hidden", { configurable: true, get: () => %v }); document.dispatchEvent(new Event("visibilitychange"))`
	if err := chromedp.Run(ctx, chromedp.Evaluate(fmt.Sprintf(hide, true), nil)); err != nil {
		t.Fatal(err)
	}
	for range 200 {
		if s.events.Listeners() == 0 {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	if n := s.events.Listeners(); n != 0 {
		t.Errorf("%d listen to a page that is hidden", n)
	}
	s.publish(t, more+1)
	err = chromedp.Run(ctx, chromedp.Evaluate(fmt.Sprintf(hide, false), nil),
		chromedp.Poll(fmt.Sprintf("%s === %v", demanded, before+more+1), nil, chromedp.WithPollingTimeout(40*time.Second)))
	if err != nil {
		t.Fatal(err, said())
	}
	if bad := said(); len(bad) > 0 {
		t.Errorf("the console says %v", bad)
	}
}

// A wall that shows a report date takes its figures away when that is withdrawn, and says by whom and why.
func (s *site) wallGoneTest(t *testing.T) {
	hall := scene.Scene{Name: "signed", Title: codes.Text{Zh: "月报", En: "Report"}, Dwell: 3600, Frames: []scene.Frame{
		{Board: "overview", Title: codes.Text{Zh: "产业链", En: "Chains"}, Cards: []string{"match"}, Panels: []string{"chains"}},
	}}
	s.Scenes = append(s.Scenes, &hall)
	defer func() { s.Scenes = s.Scenes[:len(s.Scenes)-1] }()
	date := frozen.Date{Name: "上墙", At: time.Now(), By: "区委人才办"}
	if err := s.loader.Freeze(t.Context(), date); err != nil {
		t.Fatal(err)
	}
	window := browser(t)
	ctx, _ := window() // the console tells of the 410
	ctx, cancel := context.WithTimeout(ctx, 90*time.Second)
	defer cancel()
	if err := chromedp.Run(ctx, chromedp.EmulateViewport(1920, 1080), chromedp.Navigate(s.http.URL+"/wall/signed?lang=zh&freeze="+url.QueryEscape(date.Name)), until(wallStands)); err != nil {
		t.Fatal(err)
	}
	if err := s.loader.Unfreeze(t.Context(), date.Name, pipeline.Why{By: "统计员甲", Reason: "口径有误"}); err != nil {
		t.Fatal(err)
	}
	var text string
	err := chromedp.Run(ctx, // its turn is an hour away: it hears of it
		chromedp.Poll(`document.querySelector(".gone") !== null`, nil, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(40*time.Second)),
		chromedp.Evaluate(`document.body.innerText`, &text))
	if err != nil || !strings.Contains(text, "统计员甲") || !strings.Contains(text, "口径有误") {
		t.Errorf("%v: %s", err, text)
	}
	if err := chromedp.Run(ctx, chromedp.Evaluate(`[...document.querySelectorAll(".stage .value, .stage table, .stage img")].length + "" + document.querySelector("[data-mark]").hidden`, &text)); err != nil || text != "0true" {
		t.Errorf("on the wall stand figures, or a mark: %v %s", err, text)
	}
}

// watched looks at the wall twenty times a second: a frame stands there always, and nothing that only a maker understands.
const watched = `(() => {
	window.seen = { looks: 0, faults: [], marks: 0, was: true, frames: {}, last: {}, heard: "", past: {}, behind: 0 };
	new window.Another("/api/v1/events").addEventListener("published", (e) => {
		const v = JSON.parse(e.data).version;
		if (v !== window.seen.heard) window.seen.past[window.seen.heard] = 1;
		window.seen.heard = v;
	});
	setInterval(() => {
		const s = window.seen, scene = document.querySelector(".scene:not(.is-coming)"), marked = !document.querySelector("[data-mark]").hidden;
		s.looks++;
		if (marked && !s.was) s.marks++;
		s.was = marked;
		s.frames[document.querySelector("[data-title]").textContent] = 1;
		const number = %v;
		if (!marked && number > 0) s.last[number] = Date.now();
		const text = document.body.innerText;
		if (!scene || !scene.querySelector(".value b, .brief li, img, table")) s.faults.push("blank");
		else if ([...scene.querySelectorAll("img")].some(i => !i.naturalWidth)) s.faults.push("a broken picture");
		else if (/error|failed|undefined|NaN|正在读取|未能读取/i.test(text)) s.faults.push(text.match(/.{0,20}(error|failed|undefined|NaN|正在读取|未能读取).{0,20}/i)[0]);
		// what another listener has been told is over, and the wall shows it still after more than a moment: the mark says so
		s.behind = s.past[document.querySelector("[data-stage]").dataset.version] && !marked ? s.behind + 1 : 0;
		if (s.behind === 4) s.faults.push("a number that is known to be old, without a mark");
		s.faults.length = Math.min(s.faults.length, 20);
	}, 50);
})()`

// heard looks at the wall in the moment that it has been told of something new, before anything can be painted: what it shows
// has a mark from then on. Another is a listener that the wall knows nothing of.
const heard = `window.unmarked = []; window.Another = EventSource;
window.EventSource = class extends EventSource {
	addEventListener(kind, told) {
		super.addEventListener(kind, (e) => {
			told(e);
			const shown = document.querySelector("[data-stage]").dataset.version, marked = !document.querySelector("[data-mark]").hidden;
			if (kind === "changed") window.changes = (window.changes || 0) + 1;
			if (shown && !marked && (kind === "changed" || kind === "published" && shown !== JSON.parse(e.data).version)) window.unmarked.push(kind + e.data);
		});
	}
}`

// A day on the wall: things are published and the server is away now and then. No figure stays old without a mark, the
// screen is never empty, and the page takes no more memory at the end than at the beginning. Where YANZHEN_TEST_DAY is set
// the frames of the hall take turns, things are published fifty times and the server is away ten times.
func (s *site) wallDayTest(t *testing.T) {
	day := scene.Scene{Name: "day", Title: codes.Text{Zh: "一天", En: "A day"}, Dwell: 3600, Frames: []scene.Frame{
		{Board: "overview", Title: codes.Text{Zh: "产业链", En: "Chains"}, Cards: []string{"match"}, Panels: []string{"chains", "where"}},
	}}
	publishes, outage := 15, 3
	if os.Getenv("YANZHEN_TEST_DAY") != "" { // some five minutes
		publishes, outage = 50, 10
		day.Dwell, day.Frames = 2, s.Scenes[0].Frames
	}
	turns := time.Duration(15+15*len(day.Frames)) * time.Second // until all frames have stood there, on a busy machine
	s.Scenes = append(s.Scenes, &day)
	defer func() { s.Scenes = s.Scenes[:len(s.Scenes)-1] }()
	server := away(t, s.Server)
	window := browser(t)
	ctx, _ := window() // the console tells of connections that fail, as they must
	ctx, cancel := context.WithTimeout(ctx, time.Duration(outage+1)*(turns+20*time.Second))
	defer cancel()
	const none = `document.querySelector("[data-mark]").hidden`
	var first float64
	before := chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := page.AddScriptToEvaluateOnNewDocument(heard).Do(ctx)
		return err
	})
	err := chromedp.Run(ctx, before, chromedp.EmulateViewport(1920, 1080), chromedp.Navigate(server.URL+"/wall/day?lang=zh"),
		chromedp.Poll(wallStands+" && "+none+" && "+demanded+" > 0", nil, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(turns+20*time.Second)), chromedp.Evaluate(fmt.Sprintf(watched, demanded), nil), chromedp.Evaluate(demanded, &first))
	if err != nil {
		t.Fatal(err)
	}
	var published []moment
	publish := func(casters int) {
		s.publish(t, casters)
		published = append(published, moment{casters, time.Now()})
	}
	publish(1000)
	shows := func(casters int) {
		t.Helper()
		var now float64
		var mark string
		if err := chromedp.Run(ctx, chromedp.Poll(fmt.Sprintf("%s === %v && %s", demanded, first+float64(casters-1000), none), nil, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(turns))); err != nil {
			chromedp.Run(ctx, chromedp.Evaluate(demanded, &now), chromedp.Text("[data-mark]", &mark, chromedp.AtLeast(0)))
			t.Fatalf("after %d: the wall shows %v, the mark says %q: %v", casters, now, mark, err)
		}
	}
	if err := chromedp.Run(ctx, chromedp.Poll(fmt.Sprintf("%s > 0 && %[1]s !== %v", demanded, first), nil, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(turns)), chromedp.Evaluate(demanded, &first)); err != nil {
		t.Fatal(err)
	}
	var sizes []float64
	began := time.Now()
	for n := range outage {
		for i := range publishes/outage - 1 {
			publish(1000 + n*10 + i + 1)
		}
		silent := n == 1 // a cable is pulled: nothing breaks, and nothing comes
		if silent {
			server.line.Lock()
		} else {
			server.down()
		}
		var mark string
		err := chromedp.Run(ctx, chromedp.Poll(`/^连接中断/.test(document.querySelector("[data-mark]").textContent)`, nil, chromedp.WithPollingInterval(100*time.Millisecond), chromedp.WithPollingTimeout(20*time.Second)), chromedp.Text("[data-mark]", &mark))
		if err != nil || !regexp.MustCompile(`^连接中断，图为 .*\d\d:\d\d 的数据$`).MatchString(mark) {
			t.Fatalf("the server is away, the mark says %q: %v", mark, err)
		}
		publish(1000 + n*10 + 9) // while nobody can be told
		if silent {
			server.line.Unlock()
		} else {
			server.up(t)
		}
		shows(1000 + n*10 + 9)
		size, err := heap(ctx)
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, size)
	}
	var seen struct {
		Looks, Marks int
		Faults       []string
		Frames, Last map[string]int64
	}
	var unmarked []string
	var changes int
	if err := chromedp.Run(ctx, chromedp.Evaluate(`window.seen`, &seen), chromedp.Evaluate(`window.unmarked`, &unmarked), chromedp.Evaluate(`window.changes`, &changes)); err != nil {
		t.Fatal(err)
	}
	if len(unmarked) > 0 || changes < publishes/2 {
		t.Errorf("the wall was told of %d changes and %v, and showed what was before without a mark", changes, unmarked)
	}
	// a number stays until the next is fetched, unless a mark stands beside it
	var old time.Duration
	for i, p := range published[:len(published)-1] {
		if last, ok := seen.Last[fmt.Sprint(first+float64(p.casters-1000))]; ok {
			old = max(old, time.UnixMilli(last).Sub(published[i+1].at))
		}
	}
	t.Logf("%d publishes and %d outages in %v: %d frames, looked at %d times, marked %d times; a number that had been replaced stood without a mark for %v at most; heap after each outage %.0f kB",
		publishes, outage, time.Since(began).Round(time.Second), len(seen.Frames), seen.Looks, seen.Marks, old.Round(time.Millisecond), kilo(sizes))
	if len(seen.Faults) > 0 || seen.Looks < 10*outage || seen.Marks < outage || len(seen.Frames) != len(day.Frames) || len(seen.Last) < outage {
		t.Errorf("of %d looks, with %d marks, at %v, whose numbers were %v: %v", seen.Looks, seen.Marks, seen.Frames, seen.Last, seen.Faults)
	}
	// nobody can know earlier than the server's next beat should have come
	if old > 10*time.Second {
		t.Errorf("a number that had been replaced stood without a mark for %v", old)
	}
	if early, late := sizes[1], sizes[len(sizes)-1]; late > early*1.1+256<<10 {
		t.Errorf("the heap has grown: %.0f kB", kilo(sizes))
	}
}

// moment is when it was published how many casters are wanted.
type moment struct {
	casters int
	at      time.Time
}

func kilo(bytes []float64) []float64 {
	out := make([]float64, len(bytes))
	for i, b := range bytes {
		out[i] = b / 1024
	}
	return out
}

// heap is what the page's objects take once the garbage is gone.
func heap(ctx context.Context) (bytes float64, err error) {
	err = chromedp.Run(ctx, chromedp.ActionFunc(func(ctx context.Context) error {
		if err := performance.Enable().Do(ctx); err != nil {
			return err
		}
		if err := heapprofiler.CollectGarbage().Do(ctx); err != nil {
			return err
		}
		metrics, err := performance.GetMetrics().Do(ctx)
		for _, m := range metrics {
			if m.Name == "JSHeapUsedSize" {
				bytes = m.Value
			}
		}
		return err
	}))
	return bytes, err
}
