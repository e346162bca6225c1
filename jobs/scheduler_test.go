package jobs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/dataset"
	"yanzhen/pipeline/stage/stagetest"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/warehousetest"
)

// bench is a scheduler on a real loader, with what it logs and a signal for each run that ended.
type bench struct {
	*Scheduler
	t    *testing.T
	log  *syncBuffer
	ends chan pipeline.Run
}

type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

func newBench(t *testing.T, builtins map[string]func(context.Context) error, declared ...string) *bench {
	t.Helper()
	cat, err := dataset.Load(os.DirFS("../pipeline/testdata/declared"))
	if err != nil {
		t.Fatal(err)
	}
	log := &syncBuffer{}
	lg := slog.New(slog.NewTextHandler(log, nil))
	l := &pipeline.Loader{Ledger: &pipeline.Ledger{DB: stagetest.Open(t, cat)}, Catalog: cat, Key: []byte("a key of thirty-two bytes or more"), Spool: t.TempDir(), Log: lg}
	if err := l.Ensure(t.Context()); err != nil {
		t.Fatal(err)
	}
	var names []string
	for n := range builtins {
		names = append(names, n)
	}
	b := &bench{t: t, log: log, ends: make(chan pipeline.Run, 100)}
	b.Scheduler = &Scheduler{Loader: l, Builtins: builtins, Dir: t.TempDir(), Log: lg, Poll: 100 * time.Millisecond, Still: 100 * time.Millisecond, done: func(r pipeline.Run) { b.ends <- r }}
	for _, text := range declared {
		name, rest, _ := strings.Cut(text, "\n")
		j, err := parse(name+".yaml", []byte("name: "+name+"\ntitle: {zh: 一, en: one}\n"+rest), cat.Names(), names)
		if err != nil {
			t.Fatal(err)
		}
		b.Jobs = append(b.Jobs, j)
	}
	return b
}

func (b *bench) start() {
	b.t.Helper()
	if err := b.Start(b.t.Context()); err != nil {
		b.t.Fatal(err)
	}
	b.t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		b.Stop(ctx)
	})
}

// end waits for the next run to end.
func (b *bench) end() pipeline.Run {
	b.t.Helper()
	select {
	case r := <-b.ends:
		return r
	case <-time.After(30 * time.Second):
		b.t.Fatalf("no run ended\n%s", b.log)
		panic("unreachable")
	}
}

// quiet checks that no run ends for some polls.
func (b *bench) quiet() {
	b.t.Helper()
	select {
	case r := <-b.ends:
		b.t.Errorf("an unasked run ended: %+v", r)
	case <-time.After(12 * b.Poll):
	}
}

func (b *bench) rows() string {
	b.t.Helper()
	return warehousetest.TSV(b.t, b.Loader.DB, warehouse.SQL("select count() from mart.moves"))
}

func (b *bench) write(name, text string) string {
	b.t.Helper()
	path := filepath.Join(b.Dir, "inbox", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		b.t.Fatal(err)
	}
	return path
}

func moves(month string, n int) string {
	var s strings.Builder
	s.WriteString("身份证号,日期,环节\n")
	for range n {
		fmt.Fprintf(&s, "11010519491231002X,%s-05,a\n", month)
	}
	return s.String()
}

const inbox = "moves\nsource: {dir: inbox, files: 引进与流出}\ndataset: moves\n"

func TestInbox(t *testing.T) {
	b := newBench(t, nil, inbox, "rest\nsource: {dir: inbox}\n")
	b.write("办公室_引进与流出_2026年1月.csv", moves("2026-01", 3)) // there before the start
	b.start()
	if r := b.end(); r.Job != "moves" || r.State != pipeline.Published || r.Loaded != 3 || !r.Slot.IsZero() {
		t.Errorf("file there at the start: got %+v", r)
	}

	// what is no submission is left alone
	for _, name := range []string{"~$引进与流出.xlsx", ".引进与流出.csv", "引进与流出.csv.crdownload", "引进与流出.part", "a/.b/引进与流出.csv", "引进与流出.csv~"} {
		b.write(name, moves("2026-09", 9))
	}
	b.quiet()

	// a file that appears by a rename, in a sub-folder; the folder is its sender
	tmp := b.write("x.tmp", moves("2026-02", 2))
	os.MkdirAll(filepath.Join(b.Dir, "inbox", "人社局"), 0o755)
	if err := os.Rename(tmp, filepath.Join(b.Dir, "inbox", "人社局", "引进与流出_2026年2月.csv")); err != nil {
		t.Fatal(err)
	}
	if r := b.end(); r.State != pipeline.Published || r.Loaded != 2 {
		t.Errorf("renamed into a sub-folder: got %+v", r)
	}
	if live, err := b.Loader.Live(t.Context(), "moves"); err != nil || len(live) != 2 || live[0].Sender != "人社局" {
		t.Errorf("live: got %+v, %v", live, err)
	}

	// a file that grows is loaded once, whole
	grown, err := os.Create(filepath.Join(b.Dir, "inbox", "办公室_引进与流出_2026年3月.csv"))
	if err != nil {
		t.Fatal(err)
	}
	grown.WriteString(moves("2026-03", 1))
	for range 8 {
		time.Sleep(b.Poll / 2)
		fmt.Fprintf(grown, "11010519491231002X,2026-03-06,b\n")
	}
	grown.Close()
	if r := b.end(); r.State != pipeline.Published || r.Loaded != 9 {
		t.Errorf("growing file: got %+v", r)
	}
	if got := b.rows(); got != "14" {
		t.Errorf("rows: got %s, want 14", got)
	}

	// the same bytes under another name
	b.write("办公室_引进与流出_2026年3月 - 副本.csv", moves("2026-03", 1)+strings.Repeat("11010519491231002X,2026-03-06,b\n", 8))
	if r := b.end(); r.State != pipeline.Unchanged {
		t.Errorf("copy: got %+v", r)
	}

	// a refused file is tried once, and again when it has changed
	bad := b.write("办公室_引进与流出_2026年4月.csv", "姓名,单位\n甲,乙\n")
	r := b.end()
	if r.State != pipeline.Failed || r.Code == "" || !strings.Contains(r.MessageZh, "身份证号") || r.RemedyZh == "" {
		t.Errorf("refused file: got %+v", r)
	}
	b.quiet()
	if err := os.WriteFile(bad, []byte(moves("2026-04", 4)), 0o644); err != nil {
		t.Fatal(err)
	}
	if r := b.end(); r.State != pipeline.Published || r.Loaded != 4 {
		t.Errorf("corrected file: got %+v", r)
	}

	// a name that tells nothing, and a folder that tells the sender
	b.write("科技局/新建表_2026年5月.csv", moves("2026-05", 5))
	if r := b.end(); r.Job != "rest" || r.State != pipeline.Published || r.Loaded != 5 {
		t.Errorf("file known by its header: got %+v", r)
	}
	if got := b.rows(); got != "23" {
		t.Errorf("rows: got %s, want 23", got)
	}
	for _, line := range strings.Split(b.log.String(), "\n") {
		if strings.Contains(line, "11010519491231002X") {
			t.Errorf("the log holds an identity number: %s", line)
		}
	}
}

// A revision that lies beside the first submission, and came later, stays the truth however often
// the folder is looked at and the program started.
func TestRevisionStays(t *testing.T) {
	b := newBench(t, nil, inbox)
	b.write("办公室_引进与流出_2026年1月(修订).csv", moves("2026-01", 7))
	b.write("办公室_引进与流出_2026年1月.csv", moves("2026-01", 3))
	b.start()
	b.end()
	if got := b.rows(); got != "7" {
		t.Errorf("rows: got %s, want 7, the revision", got)
	}
	again := newScheduler(b)
	if err := again.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer again.Stop(t.Context())
	if r := b.end(); r.State != pipeline.Unchanged {
		t.Errorf("after a restart: got %+v", r)
	}
	if got := b.rows(); got != "7" {
		t.Errorf("rows after a restart: got %s, want 7", got)
	}
}

// newScheduler is the same scheduler after a restart of the program.
func newScheduler(b *bench) *Scheduler {
	return &Scheduler{Jobs: b.Jobs, Loader: b.Loader, Builtins: b.Builtins, Dir: b.Dir, Log: b.Log, Poll: b.Poll, Still: b.Still, Now: b.Now, done: b.done}
}

// A defect of a job fails its run and nothing else; of that, as of any fault that nobody foresaw, the run says a sentence and the
// log the rest, with the number of the run and without that of a person.
func TestPanicIsAFailedRun(t *testing.T) {
	var n atomic.Int32
	b := newBench(t, map[string]func(context.Context) error{"odd": func(context.Context) error {
		switch n.Add(1) {
		case 1:
			panic("a defect")
		case 2, 3, 4, 5:
			return errors.New("parse 11010519491231002X at 13800138000: odd")
		}
		return nil
	}}, "odd\nbuiltin: odd\nschedule: '@yearly'\nretries: {count: 3, backoff: 1ms}\n")
	b.start()
	for i, want := range []pipeline.State{pipeline.Failed, pipeline.Failed, pipeline.Published} {
		if _, err := b.Run("odd"); err != nil {
			t.Fatal(err)
		}
		r := b.end()
		if r.State != want || i != 1 && r.Attempt != 1 {
			t.Errorf("run %d: got %+v, want %s", i+1, r, want)
		}
		stored, ok, err := b.Loader.Run(t.Context(), r.ID)
		if err != nil || !ok || stored.State != want || i == 0 && stored.Code != "panic" {
			t.Errorf("run %d in the ledger: got %+v, %v", i+1, stored, err)
		}
		if i == 1 && (stored.Code != "failed" || strings.Contains(stored.MessageZh+stored.MessageEn, "parse") || !strings.Contains(stored.RemedyZh, "运行编号") ||
			!regexp.MustCompile(`run=`+r.ID+` .*err="parse [^"]*: odd"`).MatchString(b.log.String())) {
			t.Errorf("an unforeseen fault is told as %+v, log:\n%s", stored, b.log)
		}
	}
	if strings.Contains(b.log.String(), "19491231") || strings.Contains(b.log.String(), "0013800") {
		t.Errorf("the log names a person:\n%s", b.log)
	}
	if !strings.Contains(b.log.String(), "a defect") {
		t.Errorf("the log does not tell of the panic:\n%s", b.log)
	}
}

func TestRetries(t *testing.T) {
	var n atomic.Int32
	refused := &pipeline.Problem{Code: "no_rows", Text: codes.Text{Zh: "空", En: "empty"}}
	b := newBench(t, map[string]func(context.Context) error{
		"flaky": func(context.Context) error {
			if n.Add(1) < 3 {
				return warehouse.ErrUnavailable
			}
			return nil
		},
		"down":    func(context.Context) error { return warehouse.ErrUnavailable },
		"refused": func(context.Context) error { return refused },
		"slow":    func(ctx context.Context) error { <-ctx.Done(); return ctx.Err() },
	}, "flaky\nbuiltin: flaky\nschedule: '@yearly'\nretries: {count: 3, backoff: 1ms}\n",
		"down\nbuiltin: down\nschedule: '@yearly'\nretries: {count: 2, backoff: 1ms}\n",
		"refused\nbuiltin: refused\nschedule: '@yearly'\nretries: {count: 2, backoff: 1ms}\n",
		"slow\nbuiltin: slow\nschedule: '@yearly'\nretries: {count: 2, backoff: 1ms}\ndeadline: 50ms\n")
	b.start()
	for _, c := range []struct {
		job      string
		state    pipeline.State
		attempts uint32
		code     string
	}{
		{"flaky", pipeline.Published, 3, ""},
		{"down", pipeline.Failed, 3, "unavailable"},
		{"refused", pipeline.Failed, 1, "no_rows"},
		{"slow", pipeline.Failed, 1, "deadline"},
	} {
		if _, err := b.Run(c.job); err != nil {
			t.Fatal(err)
		}
		if r := b.end(); r.State != c.state || r.Attempt != c.attempts || r.Code != c.code || r.MessageEn == "" {
			t.Errorf("%s: got %+v, want %+v", c.job, r, c)
		}
	}
	for attempt, base := range map[int]time.Duration{0: time.Second, 3: 8 * time.Second, 30: time.Minute} {
		if d := backoff(time.Second, attempt); d < base*3/4 || d > base*5/4 {
			t.Errorf("backoff %d: got %s, want about %s", attempt, d, base)
		}
	}
}

func TestOverlap(t *testing.T) {
	enter, leave := make(chan bool), make(chan bool)
	work := func(context.Context) error { enter <- true; <-leave; return nil }
	b := newBench(t, map[string]func(context.Context) error{"skip": work, "queue": work},
		"skip\nbuiltin: skip\nschedule: '@yearly'\n", "queue\nbuiltin: queue\nschedule: '@yearly'\noverlap: queue\n")
	b.start()
	slot := time.Now()

	j := b.Job("skip")
	b.fire(j, firing{slot: slot, trigger: ByClock})
	<-enter
	if b.fire(j, firing{slot: slot.Add(time.Minute), trigger: ByClock}) {
		t.Error("a second run was begun")
	}
	if r := b.end(); r.State != pipeline.Skipped || r.Code != "overlap" || !r.Slot.Equal(slot.Add(time.Minute)) {
		t.Errorf("overlapping run: got %+v", r)
	}
	if _, err := b.Run("skip"); err == nil {
		t.Error("a run by hand beside a running one: no error")
	}
	leave <- true
	b.end()

	j = b.Job("queue")
	b.fire(j, firing{slot: slot, trigger: ByClock})
	<-enter
	for i := range 3 { // one waits, not three
		b.fire(j, firing{slot: slot.Add(time.Duration(i) * time.Minute), trigger: ByClock})
	}
	leave <- true
	b.end()
	<-enter
	leave <- true
	b.end()
	b.quiet()
}

func TestMissedSlots(t *testing.T) {
	var n atomic.Int32
	work := func(context.Context) error { n.Add(1); return nil }
	b := newBench(t, map[string]func(context.Context) error{"w": work},
		"once\nbuiltin: w\nschedule: 0 7 * * *\n", "never\nbuiltin: w\nschedule: 0 7 * * *\nmissed: skip\n", "fresh\nbuiltin: w\nschedule: 0 7 * * *\n")
	last := at(t, "2026-06-01T07:00:00+08:00")
	for _, job := range []string{"once", "never"} {
		if err := b.Loader.PutRun(t.Context(), &pipeline.Run{ID: "before-" + job, Kind: "job", Job: job, Slot: last, State: pipeline.Published, Started: last, Finished: last}); err != nil {
			t.Fatal(err)
		}
	}
	now := at(t, "2026-06-05T09:00:00+08:00")
	var clock atomic.Pointer[time.Time]
	clock.Store(&now)
	b.Now = func() time.Time { return *clock.Load() }
	b.start()
	r := b.end()
	if r.Job != "once" || !r.Slot.Equal(at(t, "2026-06-05T07:00:00+08:00")) || !strings.Contains(r.MessageEn, "4 missed") {
		t.Errorf("after four missed slots: got %+v, want one run for the last of them", r)
	}
	b.quiet()

	// the timer rings: what is due follows from the last slot
	next := at(t, "2026-06-06T07:00:00+08:00")
	clock.Store(&next)
	for range 2 { // and it may ring twice
		for _, j := range b.Jobs {
			b.tick(j)
		}
	}
	jobs := map[string]int{}
	for range 3 {
		r := b.end()
		if jobs[r.Job]++; !r.Slot.Equal(next) {
			t.Errorf("%s: slot %s, want %s", r.Job, r.Slot, next)
		}
	}
	if jobs["once"] != 1 || jobs["never"] != 1 || jobs["fresh"] != 1 {
		t.Errorf("runs at the next slot: got %v", jobs)
	}
	// the clock is set back: nothing is run a second time
	back := at(t, "2026-06-05T08:00:00+08:00")
	clock.Store(&back)
	for _, j := range b.Jobs {
		b.tick(j)
	}
	b.quiet()

	// a restart knows from the ledger that the slot was run
	clock.Store(&next)
	again := newScheduler(b)
	if err := again.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer again.Stop(t.Context())
	b.quiet()
	if got := n.Load(); got != 4 {
		t.Errorf("work done %d times, want 4", got)
	}
}

func TestTimer(t *testing.T) {
	b := newBench(t, map[string]func(context.Context) error{"w": func(context.Context) error { return nil }}, "tick\nbuiltin: w\nschedule: '@every 1s'\n")
	b.start()
	first, second := b.end(), b.end()
	if first.Slot.IsZero() || second.Slot.Sub(first.Slot) < time.Second || second.Slot.Truncate(time.Second) != second.Slot {
		t.Errorf("slots: got %s and %s", first.Slot, second.Slot)
	}
}

func TestStop(t *testing.T) {
	enter := make(chan bool)
	leave := make(chan bool)
	b := newBench(t, map[string]func(context.Context) error{
		"polite": func(context.Context) error { enter <- true; <-leave; return nil },
		"stuck":  func(ctx context.Context) error { enter <- true; <-ctx.Done(); return ctx.Err() },
	}, "polite\nbuiltin: polite\nschedule: '@yearly'\n", "stuck\nbuiltin: stuck\nschedule: '@yearly'\n")
	b.start()
	b.Run("polite")
	<-enter
	stopped := make(chan error, 1)
	go func() { stopped <- b.Stop(context.Background()) }()
	select {
	case err := <-stopped:
		t.Fatalf("stopped while a run was at work: %v", err)
	case <-time.After(100 * time.Millisecond):
	}
	if _, err := b.Run("stuck"); err == nil {
		t.Error("a run was begun while stopping")
	}
	leave <- true
	if err := <-stopped; err != nil {
		t.Error(err)
	}
	if r := b.end(); r.State != pipeline.Published {
		t.Errorf("a run at work while stopping: got %+v", r)
	}
	if err := b.Stop(context.Background()); err != nil {
		t.Errorf("second stop: %v", err)
	}

	again := newScheduler(b)
	if err := again.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	again.Run("stuck")
	<-enter
	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	defer cancel()
	if err := again.Stop(ctx); err != nil {
		t.Error(err)
	}
	if r := b.end(); r.State != pipeline.Cancelled || r.Code != "stopped" {
		t.Errorf("a run that would not end: got %+v", r)
	}
	if errors.Is(again.ctx.Err(), context.Canceled) == false {
		t.Error("the runs' context is not cancelled")
	}
}

// A start that fails has begun nothing, and may be tried again; what others ask of a scheduler before it starts is there. One
// that was stopped does not start.
func TestStartAgain(t *testing.T) {
	b := newBench(t, map[string]func(context.Context) error{"sweep": func(context.Context) error { return nil }}, "hourly\nbuiltin: sweep\nschedule: '0 * * * *'", "moves\nsource: {dir: inbox}\ndataset: moves")
	blocked := filepath.Join(b.Dir, "inbox")
	if err := os.WriteFile(blocked, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	b.Prepare(t.Context())
	if list := b.Inbox(); len(list) > 0 {
		t.Errorf("%+v", list)
	}
	for range 2 {
		if err := b.Start(t.Context()); err == nil || len(b.cron.Entries()) > 0 {
			t.Errorf("%v, and %d jobs are on the clock", err, len(b.cron.Entries()))
		}
	}
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	b.start()
	if len(b.cron.Entries()) != 1 {
		t.Error("the job is not on the clock")
	}
	if err := b.Start(t.Context()); err == nil {
		t.Error("started twice")
	}
	other := newBench(t, nil)
	other.Prepare(t.Context())
	if err := errors.Join(other.Stop(t.Context()), other.Stop(t.Context())); err != nil {
		t.Error(err)
	}
	if err := other.Start(t.Context()); err == nil {
		t.Error("a stopped one starts")
	}
}
