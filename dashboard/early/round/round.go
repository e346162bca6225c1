// Package round makes pages ready that people look at, after a start and after each publication: it asks for them as they did,
// through the gate and with no more than their rights, so that what is kept then is what they get. It remembers which pages
// were looked at of late, and of nobody that it was he who looked.
package round

import (
	"bytes"
	"context"
	"html"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/early"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/metric/compute"
	"yanzhen/dashboard/reply"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
)

// Bounds of a round.
const (
	mostTook    = 5 * time.Minute
	mostKept    = 24 << 20 // bytes of answers: less than what is kept of them at all, so that a round drives out no answer of its own
	mostAgain   = 12       // rounds of one publication that were cut by time, after which it is let be
	mostTries   = 3        // of an answer for which there was no time because somebody came
	mostPatient = 2 * time.Minute
	askEvery    = 30 * time.Second // for what another process has published
	patience    = 12               // a round begins after so many times the pause at the latest, however much is published
)

// Desk is what rounds of a process share.
type Desk struct {
	*Looked
	Place *early.Place
	After time.Duration // the pause after the last publication
	DB    warehouse.Querier
	Log   *slog.Logger

	wake   chan struct{}
	mu     sync.Mutex
	last   Report
	rounds int
}

// New makes a desk over what was remembered in a directory; nil where the pause is none: nothing is made ready then.
func New(dir string, after time.Duration, db warehouse.Querier, log *slog.Logger) *Desk {
	if after <= 0 {
		return nil
	}
	return &Desk{Looked: Open(dir, log), Place: early.New(), After: after, DB: db, Log: log, wake: make(chan struct{}, 1)}
}

// Published says that something was published. It does not wait.
func (d *Desk) Published() {
	if d == nil {
		return
	}
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Pages are those that one generation of declarations serves.
type Pages struct {
	Desk   *Desk
	Boards []*board.Board
	Engine *compute.Engine

	gate http.Handler
}

// Over stands before the way of every request, watch, which ends at the gate. It remembers what people look at, and lets what
// the program asks itself, which goes to the gate and no other way, give way to them. Of no pages it is watch.
func (p *Pages) Over(gate, watch http.Handler) http.Handler {
	if p == nil || p.Desk == nil {
		return watch
	}
	p.gate = gate
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if quiet(r) {
			watch.ServeHTTP(w, r)
			return
		}
		gone := p.Desk.Place.Somebody()
		defer gone()
		defer time.AfterFunc(mostPatient, gone).Stop() // what is open longer is listened to, and asks nothing
		seen := &reply.Status{ResponseWriter: w}
		watch.ServeHTTP(seen, r)
		if seen.Code == 0 || seen.Code == http.StatusOK || seen.Code == http.StatusNotModified {
			p.Desk.see(r)
		}
	})
}

// quiet says that a request asks nothing of the database.
func quiet(r *http.Request) bool {
	p := r.URL.Path
	return strings.HasPrefix(p, "/static/") || p == "/api/v1/events" || p == "/healthz" || p == "/readyz" || p == "/metrics" || strings.HasSuffix(p, "/sheet.css")
}

// Report is what became of a round.
type Report struct {
	Pages   int // made ready
	Answers int // pages and panels
	Refused int // of them
	Took    time.Duration
	Cut     string // why it ended before its end; empty: it did not
}

func (d *Desk) told(rep Report) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.last = rep
	d.rounds++
}

// Last is how many rounds there were, and what the last one came to.
func (d *Desk) Last() (rounds, pages, refused int, took time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.rounds, d.last.Pages, d.last.Refused, d.last.Took
}

// Run makes a round whenever something was published, until the context ends; one that was cut by time goes on after a pause.
// of is what is served at a moment.
func (d *Desk) Run(ctx context.Context, of func() *Pages) {
	if d == nil {
		return
	}
	defer d.Save()
	made, by, again, more := "", (*Pages)(nil), 0, false // more: the last round was cut
	for {
		p := of()
		if version, err := p.version(ctx); err == nil && (more || version != made || p != by) {
			if !d.settle(ctx) {
				return
			}
			p = of()
			if version, err = p.version(ctx); err == nil {
				if version != made || p != by {
					made, by, again = version, p, 0
				}
				again++
				more = d.round(ctx, p, of).Cut == "time" && again < mostAgain
				d.Save()
				continue // something may have been published meanwhile
			}
		}
		d.Save()
		t := time.NewTimer(askEvery)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-d.wake:
			t.Stop()
		case <-t.C:
		}
	}
}

// round makes the pages ready as long as they are served: what is kept of them is of no use to those that follow.
func (d *Desk) round(ctx context.Context, p *Pages, of func() *Pages) Report {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go func() {
		t := time.NewTicker(time.Second)
		defer t.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-t.C:
				if of() != p {
					stop()
				}
			}
		}
	}()
	return p.Round(ctx)
}

// settle waits until nothing was published for a while, and no longer than some such whiles; false: the context has ended.
func (d *Desk) settle(ctx context.Context) bool {
	last := time.NewTimer(patience * d.After)
	defer last.Stop()
	for {
		t := time.NewTimer(d.After)
		select {
		case <-ctx.Done():
		case <-d.wake:
			t.Stop()
			continue
		case <-t.C:
		case <-last.C:
		}
		t.Stop()
		return ctx.Err() == nil
	}
}

// version changes with whatever is published.
func (p *Pages) version(ctx context.Context) (string, error) {
	live, err := p.Engine.Live(ctx, time.Time{})
	return live.Versions(), err
}

// Round makes all pages ready, one after the other, those that are looked at most first.
func (p *Pages) Round(ctx context.Context) Report {
	began := time.Now()
	ctx, stop := context.WithTimeout(ctx, mostTook)
	defer stop()
	var rep Report
	kept, waited := 0, time.Duration(0)
	for _, v := range p.views(ctx) {
		waited += p.Desk.loads(ctx, mostPatient-waited)
		if rep.Cut = cut(ctx, kept); rep.Cut != "" {
			break
		}
		kept += p.view(ctx, v, &rep)
	}
	if rep.Cut == "" {
		rep.Cut = cut(ctx, 0) // in its last page
	}
	rep.Took = time.Since(began)
	p.Desk.told(rep)
	p.Desk.Log.Info("pages made ready", "pages", rep.Pages, "answers", rep.Answers, "refused", rep.Refused, "took", rep.Took.Round(time.Millisecond), "cut", rep.Cut)
	return rep
}

func cut(ctx context.Context, kept int) string {
	switch {
	case ctx.Err() == context.DeadlineExceeded:
		return "time"
	case ctx.Err() != nil:
		return "stopped"
	case kept > mostKept:
		return "room"
	}
	return ""
}

// views are the pages of a round: those that were looked at, and the page that people come to; of an installation where nobody
// has looked yet, every board on which there is something, as who may see few people and as who may not.
func (p *Pages) views(ctx context.Context) []view {
	live, err := p.Engine.Live(ctx, time.Time{})
	if err != nil {
		return nil
	}
	all := p.Desk.list()
	seen := map[string]bool{}
	for _, v := range all {
		seen[v.key()] = true
	}
	none := len(all) == 0
	for _, b := range p.Boards {
		if !none && b.Name != p.home() || !live.Any(p.metrics(b)) {
			continue
		}
		for _, small := range []bool{true, false} {
			if v := (view{Path: "/b/" + b.Name, Lang: codes.Zh, Small: small}); !seen[v.key()] {
				all = append(all, v)
			}
		}
	}
	return all
}

func (p *Pages) metrics(b *board.Board) (list []*metric.Metric) {
	for _, of := range b.Panels {
		for _, name := range of.Metrics {
			if m := p.Engine.Catalog.Metric(name); m != nil {
				list = append(list, m)
			}
		}
	}
	return list
}

// home is the board that people come to, as package dashboard has it.
func (p *Pages) home() string {
	for _, b := range p.Boards {
		if b.Name == "overview" {
			return b.Name
		}
	}
	return p.Boards[0].Name
}

// pictures are the addresses of pictures in a page.
var (
	pictures = regexp.MustCompile(`/api/v1/panels/[^"\s,]*format=svg[^"\s,]*`)
	version  = regexp.MustCompile(`&v=([0-9a-f]+)`)
)

// view makes a page ready: the figures of its panels one after the other, then the page, then what it asks for beside itself.
// It returns how many bytes were answered.
func (p *Pages) view(ctx context.Context, v view, rep *Report) (kept int) {
	ctx = early.With(access.With(ctx, v.viewer()), p.Desk.Place)
	name := strings.TrimPrefix(v.Path, "/b/")
	at := "/api/v1/panels/" + name + "/"
	for _, b := range p.Boards {
		for _, of := range b.Panels {
			if b.Name == name && (of.Kind != board.KPI || of.Spark.Period != "") {
				body, _ := p.get(ctx, at+of.Name+"?"+v.state(), rep)
				kept += len(body)
			}
		}
	}
	page, code := p.get(ctx, v.Path+"?"+v.state(), rep)
	switch {
	case gone(code) && ctx.Err() == nil:
		p.Desk.forget(v)
		return kept
	case code != http.StatusOK:
		return kept
	}
	rep.Pages++
	found := pictures.FindAllString(html.UnescapeString(string(page)), -1)
	var beside []string
	for _, rest := range v.Beside {
		panel, rest, _ := strings.Cut(rest, "&")
		one := at + panel + "?" + v.state()
		if rest != "" {
			one += "&" + rest
		}
		beside = append(beside, one)
	}
	now := ""
	for _, one := range found {
		if m := version.FindStringSubmatch(one); m != nil {
			now = m[1]
		}
		if len(v.Beside) == 0 && usual(one) {
			beside = append(beside, one)
		}
	}
	for _, one := range beside {
		if strings.HasSuffix(one, "?"+v.state()) {
			continue // its figures are there
		}
		body, _ := p.get(ctx, strings.Replace(one, "&v=*", "&v="+now, 1), rep)
		kept += len(body)
	}
	return kept
}

// gone says that there is no such page for who looked: not that it took too long, too much memory or was broken off.
func gone(code int) bool {
	return code == http.StatusBadRequest || code == http.StatusForbidden || code == http.StatusNotFound
}

// usual says that a picture is the one at a desk by day.
func usual(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Query().Get("place") == "desk" && u.Query().Get("theme") == "light"
}

// get asks the gate for an address once nobody is there, and again where somebody came meanwhile and the time was over.
func (p *Pages) get(ctx context.Context, address string, rep *Report) (body []byte, code int) {
	for try := 1; ; try++ {
		if p.Desk.Place.Quiet(ctx) != nil {
			return nil, 0
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return nil, 0
		}
		gave := p.Desk.Place.Gave()
		w := &answer{header: http.Header{}}
		p.ask(w, r)
		if ok := w.code < 400; !ok && p.Desk.Place.Gave() != gave && try < mostTries {
			continue
		} else if !ok {
			rep.Refused++
		}
		rep.Answers++
		return w.body.Bytes(), w.code
	}
}

// ask asks the gate. A panic of a page is that page's.
func (p *Pages) ask(w *answer, r *http.Request) {
	defer func() {
		if x := recover(); x != nil {
			p.Desk.Log.Error("page failed", "path", r.URL.Path, "panic", x)
			w.code = http.StatusInternalServerError
		}
	}()
	p.gate.ServeHTTP(w, r)
	if w.code == 0 {
		w.code = http.StatusOK
	}
}

// answer takes down what is answered.
type answer struct {
	header http.Header
	code   int
	body   bytes.Buffer
}

func (w *answer) Header() http.Header         { return w.header }
func (w *answer) Write(b []byte) (int, error) { return w.body.Write(b) }
func (w *answer) Flush()                      {}
func (w *answer) WriteHeader(code int) {
	if w.code == 0 {
		w.code = code
	}
}

// runningSQL counts loads that run. One whose process has died is taken for running for half an hour at most.
const runningSQL = `-- Does a load run?
select count() as n
from (
    select argMax(state, version) as now
    from meta.runs
    where kind = 'load' and started > now() - interval 30 minute
    group by run
)
where now = 'running'`

// loads waits while a load runs, for so long at most, and returns how long it did.
func (d *Desk) loads(ctx context.Context, most time.Duration) time.Duration {
	began := time.Now()
	for time.Since(began) < most {
		got, err := warehouse.Select[struct {
			N uint64 `db:"n"`
		}](ctx, d.DB, warehouse.Statement{Tag: "early.loads", SQL: runningSQL})
		if err != nil || len(got) == 0 || got[0].N == 0 {
			break
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	return time.Since(began)
}
