// Package statement runs what somebody asks in SQL, for a page or for a program: as the analyst, within limits, watched, and
// stopped when told to. A result is kept for a while in a file without a name, out of which a page takes the rows it shows; or
// it goes out as a file of a format, as it comes. It knows nothing of pages.
package statement

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"sync/atomic"
	"time"

	"yanzhen/dashboard/metric/called"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/plain"
	"yanzhen/pipeline/warehouse/turns"
)

// Bounds.
const (
	MostText   = 1 << 20   // bytes of a statement
	MostRows   = 1_000_000 // of a result that is kept
	mostBytes  = 512 << 20 // of a result that is kept
	mostEach   = door.Each // statements of one person at once, and results kept of one person
	mostKept   = 24        // results of all
	mostAll    = 4 << 30   // bytes of all results
	keptFor    = 30 * time.Minute
	lookEvery  = 250 * time.Millisecond
	lookWithin = 5 * time.Second
	letGo      = 30 * time.Second // how long a stopped statement is watched until the engine has let go
)

// Desk is where statements run. Its fields are set before it is used; it may be used by several at once.
type Desk struct {
	// Analyst opens the database as the role that reads the views of mart, and nothing else. It is called once.
	Analyst func(context.Context) (*warehouse.DB, error)
	// Unmasked opens it as the role that reads the views without masks too; nil: nobody is shown what masks hide. It is called
	// once, when somebody first is.
	Unmasked func(context.Context) (*warehouse.DB, error)
	// Plain brings the views without masks to what is declared now, before each statement that reads them; nil: they are.
	Plain   func(context.Context) error
	Reader  *warehouse.DB // sees what runs
	Metrics *called.Book  // writes out the metrics that a statement calls; nil: it calls none
	Log     *slog.Logger
	// Gone is when somebody was deleted last: no result of before is shown any more. nil: nobody is deleted.
	Gone    func() time.Time
	Exports *door.Exports // bounds files, together with other doors; nil: 20 million rows, 15 minutes, two at once

	once struct {
		sync.Mutex
		db, unmasked *warehouse.DB
	}
	mu      sync.Mutex
	running map[string]map[string]context.CancelFunc // person -> id -> stop
	kept    []*Result                                // the one that was used longest ago first
	names   known
}

// Ask is what somebody asks.
type Ask struct {
	Who    string // whose statement it is: nobody else sees or stops it
	ID     string // of the run, unguessable; empty: one is made
	SQL    string
	Params map[string]string
	// Unmasked: the statement reads views without masks. Whoever sets it has seen to it that the person may, and that the
	// reason is written down.
	Unmasked bool
	// Within is how long it waits for its turn at most, else it fails with 202; 0: as long as it may take.
	Within time.Duration

	waits *atomic.Pointer[turns.Waits] // why it waits or waited for its turn; nil: it was not sent
}

// Fault is why a statement has no answer, in both languages, and where in it the fault is.
type Fault struct {
	codes.Text
	Code     int // ClickHouse's number; 0: it was not asked
	From, To int // bytes of the statement; both 0: nowhere in particular
}

func (f *Fault) Error() string { return f.En }

func fault(code int, zh, en string) *Fault {
	return &Fault{Text: codes.Text{Zh: zh, En: en}, Code: code}
}

// ErrStopped is what a statement ends with that was stopped.
var ErrStopped = fault(394, "语句已停止", "the statement was stopped")

var longStatement = fault(62, door.LongStatement.Zh, door.LongStatement.En)

// NewID makes the id of a run.
func NewID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	return hex.EncodeToString(b[:])
}

// Close lets everything go.
func (d *Desk) Close() {
	if d == nil {
		return
	}
	d.mu.Lock()
	for _, mine := range d.running {
		for _, stop := range mine {
			stop()
		}
	}
	for _, r := range d.kept {
		r.file.Close()
	}
	d.kept = nil
	d.mu.Unlock()
	d.once.Lock()
	defer d.once.Unlock()
	for _, db := range []**warehouse.DB{&d.once.db, &d.once.unmasked} {
		if *db != nil {
			(*db).Close()
			*db = nil
		}
	}
}

// analyst is the database as who asks sees it.
func (d *Desk) analyst(ctx context.Context, a *Ask) (*warehouse.DB, error) {
	if a.Unmasked && d.Unmasked != nil && d.Plain != nil { // many statements that others need not wait for
		if err := d.Plain(ctx); err != nil {
			return nil, err
		}
	}
	d.once.Lock()
	defer d.once.Unlock()
	kept, open := &d.once.db, d.Analyst
	if a.Unmasked {
		if kept, open = &d.once.unmasked, d.Unmasked; open == nil {
			return nil, fault(497, "这里不能去除脱敏", "nothing is unmasked here")
		}
	}
	if *kept != nil {
		return *kept, nil
	}
	db, err := open(context.WithoutCancel(ctx))
	if err == nil {
		*kept = db
	}
	return db, err
}

// enter takes a place among the statements of a person.
func (d *Desk) enter(ctx context.Context, a *Ask) (context.Context, func(), error) {
	if a.ID == "" {
		a.ID = NewID()
	}
	a.waits = &atomic.Pointer[turns.Waits]{}
	if len(a.SQL) > MostText {
		return nil, nil, longStatement
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	mine := d.running[a.Who]
	if len(mine) >= mostEach {
		return nil, nil, fault(202, "您同时运行的语句太多，请等其中一条完成，或停止一条", "too many of your statements run at once: wait for one to end, or stop one")
	}
	if _, ok := mine[a.ID]; ok {
		return nil, nil, fault(216, "这条语句正在运行", "this statement is running")
	}
	if d.running == nil {
		d.running = map[string]map[string]context.CancelFunc{}
	}
	if mine == nil {
		mine = map[string]context.CancelFunc{}
		d.running[a.Who] = mine
	}
	ctx, stop := context.WithCancel(ctx)
	mine[a.ID] = stop
	return ctx, func() {
		stop()
		d.mu.Lock()
		defer d.mu.Unlock()
		delete(mine, a.ID)
		if len(mine) == 0 && len(d.running[a.Who]) == 0 {
			delete(d.running, a.Who)
		}
	}, nil
}

// Stop stops a run of a person; false: that person runs none of this id.
func (d *Desk) Stop(who, id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	stop, ok := d.running[who][id]
	if ok {
		stop()
	}
	return ok
}

// rendered is how values of a result that is kept are written: no digit is lost on the way to a browser.
var rendered = map[string]string{
	"output_format_json_quote_64bit_integers": "1", "output_format_json_quote_denormals": "1", "output_format_json_quote_decimals": "1",
	"output_format_json_escape_forward_slashes": "0",
}

// compact is the format of a result that is kept: a line of names, one of types, then one a row.
const compact = "JSONCompactEachRowWithNamesAndTypes"

// written is a statement that is ready to be sent.
func (d *Desk) written(ctx context.Context, a *Ask) (called.Text, error) {
	if d.Metrics == nil {
		return called.Text{SQL: a.SQL}, nil
	}
	text, err := d.Metrics.Write(ctx, a.SQL, a.Params)
	var no *called.Fault
	if errors.As(err, &no) {
		return text, &Fault{Text: no.Text, Code: 36, From: no.From, To: no.To}
	}
	return text, err
}

// Written is the statement as the engine gets it, its metrics written out.
func (d *Desk) Written(ctx context.Context, a Ask) (called.Text, error) { return d.written(ctx, &a) }

// waited is why it waits or waited; nil: it did not.
func (a *Ask) waited() *turns.Waits {
	if a.waits == nil {
		return nil
	}
	return a.waits.Load()
}

// toSay is how long before its time is over a statement whose turn did not come is refused, so that it is known not to have run.
const toSay = time.Second

// sent is what is sent, under the limits of an analyst, and the context to send it with, of which the asker hears why it waits:
// nothing else may be sent with that. waits, which may be nil, hears that it does.
func (d *Desk) sent(ctx context.Context, a *Ask, sql string, more map[string]string, waits func()) (context.Context, warehouse.Statement) {
	set := door.Limits(0)
	maps.Copy(set, rendered)
	maps.Copy(set, more)
	s := warehouse.Statement{SQL: sql, Params: a.Params, Settings: set, Tag: "page", ID: id(a.ID), Who: a.Who, Within: a.Within}
	if end, ok := ctx.Deadline(); ok && s.Within == 0 {
		s.Within = max(time.Until(end)-toSay, atOnce)
	}
	if a.waits == nil {
		a.waits = &atomic.Pointer[turns.Waits]{}
	}
	why := a.waits
	return turns.Told(ctx, func(w turns.Waits) {
		why.Store(&w)
		if waits != nil {
			waits()
		}
	}), s
}

// id is what the engine calls a run.
func id(run string) string { return "page-" + run }

// said is an error in words, with its place in the statement as it was asked.
func (d *Desk) said(ctx context.Context, a *Ask, text called.Text, err error) error {
	var no *Fault
	var e *warehouse.Error
	switch {
	case err == nil:
		return nil
	case errors.As(err, &no):
		return no
	case ctx.Err() != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded):
		no := fault(159, "超过时间上限（含排队），已停止", "stopped at the limit of time, waiting included")
		if w := a.waited(); w != nil {
			no.Zh, no.En = no.Zh+"。"+w.Past().Zh, no.En+". "+w.Past().En
		}
		return no
	case ctx.Err() != nil:
		return ErrStopped
	case !errors.As(err, &e):
		d.log().Error("a statement does not reach the engine", "err", err)
		return fault(210, "数据库暂时没有应答，请稍后再试", "the database does not answer at the moment: try again later")
	}
	names := plain.Names{}
	if e.Code == 60 || e.Code == 46 {
		names = d.Names(ctx)
	}
	message := plain.Moved(e.Message, text.Back)
	f := &Fault{Code: e.Code, Text: codes.Text{Zh: plain.Error(e.Code, message, a.SQL, codes.Zh, names), En: plain.Error(e.Code, message, a.SQL, codes.En, names)}}
	f.From, f.To, _ = plain.Place(e.Code, message, a.SQL)
	return f
}

func (d *Desk) log() *slog.Logger {
	if d.Log == nil {
		return slog.Default()
	}
	return d.Log
}

// look is what the engine says of a run; ok is false where it does not run it.
type look struct {
	Rows    uint64  `db:"read_rows"`
	Bytes   uint64  `db:"read_bytes"`
	Total   uint64  `db:"total_rows_approx"`
	Memory  int64   `db:"memory_usage"`
	Elapsed float64 `db:"elapsed"`
}

func (d *Desk) look(ctx context.Context, run string) (look, bool, error) {
	ctx, end := context.WithTimeout(context.WithoutCancel(ctx), lookWithin)
	defer end()
	rows, err := warehouse.Select[look](ctx, d.Reader, warehouse.Statement{
		SQL:    "select read_rows, read_bytes, total_rows_approx, memory_usage, elapsed from system.processes where Settings['log_comment'] = {id:String}",
		Params: map[string]string{"id": id(run)}, Tag: "look",
	})
	if err != nil || len(rows) == 0 {
		return look{}, false, err
	}
	return rows[0], true, nil
}

// Estimate is how much a statement will read.
type Estimate struct {
	Rows  uint64 `db:"rows"`
	Parts uint64 `db:"parts"`
}

// atOnce is how long what is not worth a wait waits for its turn.
const atOnce = 50 * time.Millisecond

// Estimate asks the engine how many rows a statement will read, without running it; ok is false of what is no SELECT, and where
// the engine has no place for it at once. It takes none of a person's places at the desk.
func (d *Desk) Estimate(ctx context.Context, a Ask) (Estimate, bool, error) {
	if len(a.SQL) > MostText {
		return Estimate{}, false, longStatement
	}
	ctx, end := context.WithTimeout(ctx, 10*time.Second)
	defer end()
	a.ID, a.Within = NewID(), atOnce
	text, err := d.written(ctx, &a)
	if err != nil {
		return Estimate{}, false, d.said(ctx, &a, text, err)
	}
	db, err := d.analyst(ctx, &a)
	if err != nil {
		return Estimate{}, false, d.said(ctx, &a, text, err)
	}
	const head = "explain estimate "
	sending, s := d.sent(ctx, &a, head+text.SQL, nil, nil)
	rows, err := warehouse.Select[struct {
		Database string `db:"database"`
		Table    string `db:"table"`
		Marks    uint64 `db:"marks"`
		Estimate
	}](sending, db, s)
	var no *warehouse.Error
	if errors.As(err, &no) && no.Code == 202 {
		return Estimate{}, false, nil
	}
	if err != nil {
		return Estimate{}, false, d.said(ctx, &a, called.Text{}, shifted(err, len(head), text.Back))
	}
	var sum Estimate
	for _, r := range rows {
		sum.Rows += r.Rows
		sum.Parts += r.Parts
	}
	return sum, true, nil
}

// shifted is an error of a statement that stood behind a head of so many bytes.
func shifted(err error, head int, back func(int) int) error {
	var e *warehouse.Error
	if !errors.As(err, &e) {
		return err
	}
	moved := *e
	moved.Message = plain.Moved(e.Message, func(at int) int { return back(max(at-head, 0)) })
	return &moved
}

// Progress is how far a run has come.
type Progress struct {
	State  State  `json:"state"`
	Rows   uint64 `json:"rows"` // that can be looked at
	Read   uint64 `json:"read"` // rows read
	Bytes  uint64 `json:"bytes"`
	Total  uint64 `json:"total,omitempty"` // rows that will be read, about
	Memory int64  `json:"memory,omitempty"`
	Millis int64  `json:"ms"`
	// Waits is why it is Waiting.
	Waits *codes.Text `json:"-"`
}

// State is that of a run.
type State string

// The states. A run that is Stopping is still at work in the engine; one that is Stopped is not.
const (
	Waiting  State = "waiting"
	Running  State = "running"
	Stopping State = "stopping"
	Stopped  State = "stopped"
	Done     State = "done"
	Failed   State = "failed"
)

// Run runs a statement and keeps its rows. It tells how it goes several times a second, and returns when the engine has let go
// of it: with the result, of which some rows may be there also where it was stopped or failed. It ends when ctx does.
func (d *Desk) Run(ctx context.Context, a Ask, tell func(Progress, *Result)) (*Result, error) {
	ctx, leave, err := d.enter(ctx, &a)
	if err != nil {
		return nil, err
	}
	defer leave()
	r := &run{Desk: d, ask: &a, began: time.Now(), tell: tell, state: Running}
	text, err := d.written(ctx, &a)
	if err != nil {
		return nil, d.said(ctx, &a, text, err)
	}
	if r.result, err = d.open(a.Who, a.ID); err != nil {
		return nil, err
	}
	r.result.Asked, r.result.Params, r.result.Unmasked = a.SQL, a.Params, a.Unmasked
	ended := make(chan error, 1)
	go func() { ended <- r.fetch(ctx, text.SQL) }()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case err = <-ended:
			if ctx.Err() != nil { // both came at once
				ended <- err
				break
			}
			if err != nil || r.result.Cut() {
				r.wait(ctx)
			}
			r.report(ctx, map[bool]State{true: Done, false: Failed}[err == nil])
			return r.result, d.said(ctx, &a, text, err)
		case <-ctx.Done():
			r.set(Stopping)
			r.report(ctx, "")
			select {
			case <-ended:
			case <-time.After(letGo):
			}
			r.wait(ctx)
			r.report(ctx, Stopped)
			return r.result, ErrStopped
		case <-tick.C:
			r.report(ctx, "")
		}
	}
}

// run is a statement under way.
type run struct {
	*Desk
	ask    *Ask
	began  time.Time
	tell   func(Progress, *Result)
	result *Result

	mu    sync.Mutex
	state State
	last  look
}

func (r *run) set(s State) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.state = s
}

// report tells how far it is; end is the state it ends in, empty: it has not ended.
func (r *run) report(ctx context.Context, end State) {
	if l, ok, err := r.look(ctx, r.ask.ID); err == nil && ok {
		r.mu.Lock()
		if r.last = l; r.state == Waiting {
			r.state = Running
		}
		r.mu.Unlock()
	}
	r.mu.Lock()
	p := Progress{State: r.state, Rows: r.result.Rows(), Read: r.last.Rows, Bytes: r.last.Bytes, Total: r.last.Total, Memory: r.last.Memory, Millis: time.Since(r.began).Milliseconds()}
	if w := r.ask.waited(); w != nil && r.state == Waiting && end == "" {
		why := w.Text()
		p.Waits = &why
	}
	r.mu.Unlock()
	if end != "" {
		p.State = end
	}
	r.tell(p, r.result)
}

// fetch reads the answer into the result.
func (r *run) fetch(ctx context.Context, sql string) error {
	db, err := r.analyst(ctx, r.ask)
	if err != nil {
		return err
	}
	ctx, end := context.WithTimeoutCause(ctx, usualTime+5*time.Second, context.DeadlineExceeded)
	defer end()
	sending, s := r.sent(ctx, r.ask, sql, map[string]string{"max_result_rows": fmt.Sprint(MostRows + 1), "result_overflow_mode": "break"}, func() { r.set(Waiting) })
	answer, err := db.Stream(sending, compact, s)
	if err != nil {
		r.result.end()
		return r.late(ctx, err)
	}
	err = r.late(ctx, r.result.fill(answer))
	end() // where the result is cut the engine has more
	r.result.end()
	return errors.Join(err, ignored(answer.Close()))
}

// late says of an error that it comes of the time that ran out, where it does: that is fetch's own, and nobody else hears of it.
func (r *run) late(ctx context.Context, err error) error {
	if err != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return r.said(ctx, r.ask, called.Text{}, err)
	}
	return err
}

// ignored is the error of closing what was read far enough.
func ignored(error) error { return nil }

// wait returns when the engine, which stops what nobody listens to, does not run the statement any more, or was watched long
// enough.
func (r *run) wait(ctx context.Context) {
	until := time.Now().Add(letGo)
	for pause := 10 * time.Millisecond; time.Now().Before(until); pause = min(2*pause, lookEvery) {
		if _, runs, err := r.look(ctx, r.ask.ID); err != nil || !runs {
			return
		}
		time.Sleep(pause)
	}
	r.log().Error("a stopped statement is still at work", "id", id(r.ask.ID))
}
