package jobs

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	mrand "math/rand/v2"
	"runtime/debug"
	"sync"
	"time"

	"github.com/robfig/cron/v3"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/trouble"
)

// Trigger is what started a run.
type Trigger string

// The triggers.
const (
	ByClock Trigger = "clock" // the schedule
	ByCatch Trigger = "catch" // a slot missed while nothing ran
	ByWatch Trigger = "watch" // a file appeared or changed
	ByHand  Trigger = "hand"  // somebody asked

	ByBackfill Trigger = "backfill" // a period of it is done again
)

// Scheduler runs the jobs. Set the exported fields, then Start it once and Stop it.
type Scheduler struct {
	Jobs     []*Job
	Loader   *pipeline.Loader
	Builtins map[string]func(context.Context) error // what a job's builtin names
	Fetch    Fetch                                  // what fetches a source; nil: no job does
	Letters  func() []pipeline.Arrival              // what mail boxes hold besides; nil: there are none
	Dir      string                                 // data directory: relative source folders lie under it
	Now      func() time.Time                       // nil: time.Now
	Log      *slog.Logger                           // nil: slog.Default()
	Parallel int                                    // jobs at work at once; 0: 2
	Poll     time.Duration                          // between two looks at a folder; 0: 1s
	Still    time.Duration                          // a file is taken when it has been unchanged for so long; 0: 10s

	// done is called after a run ended and was recorded. Only tests set it.
	done func(pipeline.Run)

	cron    *cron.Cron
	ctx     context.Context // of the runs
	cancel  context.CancelFunc
	drain   chan struct{} // closed by Stop: no new run, no further file
	mu      sync.Mutex
	state   map[string]*state
	folders map[string]*folder // by path; made before anything runs
	work    sync.WaitGroup     // runs
	watch   sync.WaitGroup     // watchers
	slots   chan struct{}      // one place for each job at work
	life
}

// life is how far a scheduler has come.
type life struct {
	beat    time.Time // when the clock was minded last; zero: it was not yet
	shown   time.Time // what it showed then
	made    sync.Once // its inner parts
	started bool
	stopped sync.Once
}

// Fetch fetches a source for a run of a job and loads what it holds, of some periods everything that it holds where only says so;
// did is told what became of every file.
type Fetch func(ctx context.Context, source, job, run string, only []days.Range, did func(pipeline.Outcome, error)) error

// state is what the scheduler knows of a job.
type state struct {
	last    time.Time // latest slot that was run, skipped or forgiven
	running bool
	lent    bool    // a period of a backfill is at work
	run     string  // the one at work; empty: none
	queued  *firing // one run waiting for the present one
	files   map[string]*seen
	pause   time.Time // the watcher starts nothing before
	givenUp string    // the backfill of which could not be written down how far it is
}

type firing struct {
	slot    time.Time // zero where no schedule asked
	missed  int       // slots this run makes up for, itself included
	trigger Trigger
	run     string // its id
}

func (s *Scheduler) now() time.Time {
	if s.Now != nil {
		return s.Now()
	}
	return time.Now()
}

func (s *Scheduler) log() *slog.Logger {
	if s.Log != nil {
		return s.Log
	}
	return slog.Default()
}

// Job returns the job of that name, or nil.
func (s *Scheduler) Job(name string) *Job {
	for _, j := range s.Jobs {
		if j.Name == name {
			return j
		}
	}
	return nil
}

// Start makes up for missed slots, starts the clock and begins to watch the folders. It returns
// once all that is under way; runs go on until Stop. Where it fails nothing has begun, and it may be called again.
func (s *Scheduler) Start(ctx context.Context) error {
	s.Prepare(ctx)
	s.mu.Lock()
	started, ended := s.started, s.draining()
	s.mu.Unlock()
	if started || ended {
		return errors.New("the jobs are started already, or stopped")
	}
	slots, err := s.Loader.LastSlots(ctx, s.now().Add(mostAhead))
	if err != nil {
		return fmt.Errorf("last slots of jobs: %w", err)
	}
	dirs, err := s.watched()
	if err != nil {
		return err
	}
	s.mu.Lock()
	if s.started = !s.draining(); !s.started {
		s.mu.Unlock()
		return errors.New("the jobs are stopped")
	}
	s.mu.Unlock()
	for _, j := range s.Jobs {
		if j.schedule == nil || !j.On() {
			continue
		}
		last, ahead := slots[j.Name].Last, slots[j.Name].Ahead
		if !ahead.IsZero() {
			s.log().Warn("a slot lies ahead of the clock: it was run while the clock was wrong, or the clock is wrong now; it is passed over", "job", j.Name, "slot", ahead, "now", s.now())
		}
		st := s.state[j.Name]
		if st.last = last; last.IsZero() {
			st.last = noSlot(s.now()) // never ran: nothing was missed
		}
		if !s.halted(j) {
			s.makeUp(j)
		}
		s.cron.Schedule(j.schedule, cron.FuncJob(func() { s.tick(j) }))
	}
	s.cron.Start()
	s.watchAll(dirs)
	s.work.Add(2)
	go s.refillAll()
	go s.mind()
	return nil
}

// mind looks at the clock every few seconds, beside the timer. That sleeps as long as it was to wait when it was set: where the
// clock is set meanwhile, or the machine stood still, it rings hours late, and after a year that was wrong never.
func (s *Scheduler) mind() {
	defer s.work.Done()
	beat := time.NewTicker(5 * s.poll())
	defer beat.Stop()
	for {
		select {
		case <-s.drain:
			return
		case <-beat.C:
		}
		shown := s.now()
		for _, j := range s.Jobs {
			if j.schedule != nil && j.On() {
				s.tick(j)
			}
		}
		s.mu.Lock()
		s.beat, s.shown = time.Now(), shown
		s.mu.Unlock()
	}
}

// Prepare makes the inner parts, without clock and watchers. Who shows the scheduler to others before it starts calls it
// first; Start does else.
func (s *Scheduler) Prepare(ctx context.Context) {
	s.made.Do(func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.prepare(ctx)
	})
}

func (s *Scheduler) prepare(ctx context.Context) {
	s.ctx, s.cancel = context.WithCancel(context.WithoutCancel(ctx))
	s.drain = make(chan struct{})
	s.state, s.folders = map[string]*state{}, map[string]*folder{}
	for _, j := range s.Jobs {
		s.state[j.Name] = &state{files: map[string]*seen{}}
		if j.Source != nil && s.folders[s.folder(j)] == nil {
			s.folders[s.folder(j)] = &folder{walking: make(chan struct{}, 1)}
		}
	}
	if s.Parallel <= 0 {
		s.Parallel = 2
	}
	s.slots = make(chan struct{}, s.Parallel)
	// cron is the timer only: overlap, panics and missed slots are dealt with here, because its
	// own wrappers never run a job again after Recover has swallowed a panic inside Skip
	s.cron = cron.New(cron.WithLocation(time.UTC))
}

// tick is called by the timer and by who minds the clock. What is due is computed from the last slot, not from the fact that
// the timer rang: after a standstill one run makes up for all, and where the clock was set back
// nothing runs twice. Of a paused job nothing is due: what was missed is seen to when it is resumed.
func (s *Scheduler) tick(j *Job) {
	st := s.state[j.Name]
	s.mu.Lock()
	_, n := j.schedule.Due(st.last, s.now())
	s.mu.Unlock()
	if n == 0 || s.halted(j) {
		return
	}
	s.mu.Lock()
	slot, n := j.schedule.Due(st.last, s.now())
	if n > 0 {
		st.last = slot
	}
	s.mu.Unlock()
	if n > 0 {
		s.fire(j, firing{slot: slot, missed: n, trigger: ByClock})
	}
}

// fire starts a run unless one of the job is at work: then the job's overlap decides. A watcher
// always queues, so that a file dropped while its job is at work is not forgotten; who asks by hand is told instead.
func (s *Scheduler) fire(j *Job, f firing) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.drain == nil || s.draining() {
		return false
	}
	st := s.state[j.Name]
	if st.running || st.lent {
		if f.trigger == ByHand {
			return false
		}
		if j.Overlap == "queue" || st.lent || f.trigger == ByWatch || f.trigger == ByCatch {
			if st.queued == nil || st.queued.slot.IsZero() {
				st.queued = &f
			}
			return true
		}
		s.work.Add(1)
		go func() {
			defer s.work.Done()
			s.skip(j, f)
		}()
		return false
	}
	s.begins(st, &f)
	s.work.Add(1)
	go func() {
		defer s.work.Done()
		for next := &f; next != nil; {
			s.run(j, *next)
			s.mu.Lock()
			next, st.queued = st.queued, nil
			if next != nil && (s.draining() || s.halted(j)) {
				if !next.slot.IsZero() {
					st.last = next.slot.Add(-time.Nanosecond) // due again where the job is resumed, or the program started
				}
				next = nil
			}
			s.begins(st, next)
			s.mu.Unlock()
		}
	}()
	return true
}

// begins notes which run of a job is at work from now on; nil: none.
func (s *Scheduler) begins(st *state, f *firing) {
	st.running, st.run = f != nil, ""
	if f != nil {
		if f.run == "" {
			f.run = pipeline.NewRun(s.now())
		}
		st.run = f.run
	}
}

func (s *Scheduler) draining() bool {
	select {
	case <-s.drain:
		return true
	default:
		return false
	}
}

func (s *Scheduler) newRun(j *Job, f firing) pipeline.Run {
	return pipeline.Run{ID: f.run, Kind: "job", Job: j.Name, Slot: f.slot, Dataset: j.Dataset, Started: s.now(), Owner: s.Loader.Owner()}
}

// skip records that a slot was passed over because the run before it is still at work.
func (s *Scheduler) skip(j *Job, f firing) {
	f.run = pipeline.NewRun(s.now())
	r := s.newRun(j, f)
	r.State, r.Finished, r.Code = pipeline.Skipped, s.now(), "overlap"
	r.MessageZh = "上一次运行尚未结束，本次跳过"
	r.MessageEn = "skipped: the run before this one is still at work"
	s.record(&r)
	s.line(&r, f, nil)
	if s.done != nil {
		s.done(r)
	}
}

// place waits for one of the places at work. It returns false where the scheduler stops or the
// run's time is over before one is free.
func (s *Scheduler) place(ctx context.Context) bool {
	if s.draining() {
		return false
	}
	select {
	case s.slots <- struct{}{}: // a free one is taken, also where the time was used up on the way here: the work says so itself
		return true
	default:
	}
	select {
	case s.slots <- struct{}{}:
		return true
	case <-s.drain:
	case <-ctx.Done():
	}
	return false
}

// run does one run of a job with its retries, records it and writes its line in the log. It holds a
// place only while it works: neither a folder that does not answer nor the pause before a retry
// keeps other jobs waiting.
func (s *Scheduler) run(j *Job, f firing) {
	ctx, cancel := context.WithTimeout(s.ctx, j.deadline())
	defer cancel()
	r := s.newRun(j, f)
	r.State = pipeline.Running
	if f.trigger == ByHand { // who asked is shown it while the folder is still being looked at
		s.record(&r)
	}
	sum := &summary{}
	var files []found
	var err error
	if j.Source != nil {
		if files, err = s.collect(ctx, j, f.trigger); err == nil && len(files) == 0 && f.slot.IsZero() && f.trigger != ByHand {
			return // a watcher's false alarm leaves no trace
		}
	}
	if !s.place(ctx) {
		if f.trigger == ByHand {
			s.conclude(ctx, j, f, &r, sum, errNoPlace)
		}
		return
	}
	if f.trigger != ByHand {
		s.record(&r)
	}
	if err == nil {
		err = s.attempts(ctx, j, files, &r, sum)
	} else {
		<-s.slots
	}
	s.conclude(ctx, j, f, &r, sum, err)
}

// attempts does the work of a run until it succeeds, fails for good or has used its retries. The
// caller holds a place, which is given back in any case.
func (s *Scheduler) attempts(ctx context.Context, j *Job, files []found, r *pipeline.Run, sum *summary) error {
	for attempt := 0; ; attempt++ {
		r.Attempt = uint32(attempt + 1)
		err := s.attempt(ctx, j, files, r.ID, sum)
		<-s.slots
		if err == nil || !pipeline.Temporary(err) || isPanic(err) || attempt >= j.Retries.Count || ctx.Err() != nil || s.draining() {
			return err
		}
		wait := backoff(j.Retries.Backoff, attempt)
		s.log().Warn("job tries again", "job", j.Name, "run", r.ID, "attempt", attempt+1, "wait", wait, "err", logged(err))
		select {
		case <-time.After(wait):
		case <-ctx.Done():
		case <-s.drain:
		}
		if !s.place(ctx) {
			return err
		}
		if j.Source != nil {
			files = s.ready(j)
		}
	}
}

// conclude writes down how a run ended.
func (s *Scheduler) conclude(ctx context.Context, j *Job, f firing, r *pipeline.Run, sum *summary, err error) {
	r.Finished = s.now()
	if j.Builtin != "" {
		r.State, r.MessageZh, r.MessageEn = pipeline.Published, "完成", "done"
	} else {
		sum.fill(r)
	}
	switch {
	case err != nil && (s.ctx.Err() != nil || errors.Is(err, errNoPlace) && s.draining()):
		r.State, r.Code = pipeline.Cancelled, "stopped"
		r.MessageZh, r.MessageEn = "程序停止时放弃；未发布任何数据", "given up because the program stopped; nothing of it was published"
	case err != nil && ctx.Err() != nil:
		r.State, r.Code = pipeline.Failed, "deadline"
		r.MessageZh = fmt.Sprintf("超过时限 %s，已中止", j.deadline())
		r.MessageEn = fmt.Sprintf("stopped at its deadline of %s", j.deadline())
	case err != nil:
		r.State = pipeline.Failed
		fault(r, err)
		s.mu.Lock()
		s.state[j.Name].pause = time.Now().Add(30 * s.poll())
		s.mu.Unlock()
	}
	if f.missed > 1 {
		r.MessageZh += fmt.Sprintf("（补上错过的 %d 次）", f.missed)
		r.MessageEn += fmt.Sprintf(" (makes up for %d missed slots)", f.missed)
	}
	s.record(r)
	s.line(r, f, err)
	if s.done != nil {
		s.done(*r)
	}
}

// errNoPlace ends a run that began no work: the program stopped, or its time was over, before a place was free.
var errNoPlace = errors.New("no place at work was free")

// backoff is the wait before retry number attempt (from 0): doubled each time, a minute at most,
// with a jitter of a quarter either way.
func backoff(base time.Duration, attempt int) time.Duration {
	if base <= 0 {
		base = time.Second
	}
	d := min(base<<min(attempt, 16), time.Minute)
	if base > time.Minute {
		d = base
	}
	return d - d/4 + mrand.N(d/2+1)
}

// panicked is a panic of a job, as an error.
type panicked struct {
	value any
	stack string
}

func (p *panicked) Error() string { return fmt.Sprintf("panic: %v", p.value) }

func isPanic(err error) bool {
	var p *panicked
	return errors.As(err, &p)
}

// attempt does the work of a job once and adds what it loaded to sum. A panic is an error.
func (s *Scheduler) attempt(ctx context.Context, j *Job, files []found, run string, sum *summary) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{v, string(debug.Stack())}
		}
	}()
	if j.Builtin != "" {
		work := s.Builtins[j.Builtin]
		if work == nil {
			return trouble.Own("这个程序里没有内置任务 "+j.Builtin, "builtin "+j.Builtin+" is not part of this program", nil)
		}
		return work(ctx)
	}
	if j.Fetch != "" {
		if s.Fetch == nil {
			return trouble.Own("没有什么能取 "+j.Fetch, "nothing fetches "+j.Fetch, nil)
		}
		return s.Fetch(ctx, j.Fetch, j.Name, run, nil, sum.add)
	}
	return s.loadFiles(ctx, j, files, run, sum.add)
}

// fault writes into the run why it failed.
func fault(r *pipeline.Run, err error) {
	var p *pipeline.Problem
	switch {
	case errors.As(err, &p):
		r.Code, r.MessageZh, r.MessageEn, r.RemedyZh, r.RemedyEn = p.Code, p.Text.Zh, p.Text.En, p.Remedy.Zh, p.Remedy.En
	case isPanic(err):
		r.Code = "panic"
		r.MessageZh, r.MessageEn = "程序内部错误，已记录", "an internal fault, which is recorded"
		r.RemedyZh, r.RemedyEn = "请把运行编号告诉维护人员", "tell the maintainers the number of the run"
	default:
		s, ok := trouble.Known(err)
		if !ok {
			s = inside
		}
		r.Code, r.MessageZh, r.MessageEn, r.RemedyZh, r.RemedyEn = s.Code, s.Text.Zh, s.Text.En, s.Remedy.Zh, s.Remedy.En
	}
}

// inside is told of a fault of which only the log knows more.
var inside = trouble.Said{
	Code: "failed", Text: codes.Text{Zh: "任务没有做完：程序出错，原因在日志里", En: "the job was not done: the program failed, and the log says why"},
	Remedy: codes.Text{Zh: "稍后会自动再试；若持续出现，请操作员按运行编号在日志里查原因", En: "it is tried again later; if this goes on, have an operator look in the log for the number of the run"},
}

// logged is an error for the log: without names of files and numbers of persons.
func logged(err error) string {
	text, _ := mask.Mask{}.Text(trouble.Beneath(err))
	return text
}

// record appends the run to the ledger. A database that is away must not stop the job; its work
// will say so itself.
func (s *Scheduler) record(r *pipeline.Run) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), 10*time.Second)
	defer cancel()
	if err := s.Loader.PutRun(ctx, r); err != nil {
		s.log().Error("run not recorded", "job", r.Job, "run", r.ID, "err", err)
	}
}

// line is the operator's one line about a run.
func (s *Scheduler) line(r *pipeline.Run, f firing, err error) {
	level := slog.LevelInfo
	switch r.State {
	case pipeline.Failed:
		level = slog.LevelError
	case pipeline.Held, pipeline.Returned, pipeline.Skipped, pipeline.Cancelled:
		level = slog.LevelWarn
	}
	attrs := []any{
		"job", r.Job, "run", r.ID, "state", string(r.State), "by", string(f.trigger), "took", r.Finished.Sub(r.Started).Round(time.Millisecond),
		"read", r.Read, "loaded", r.Loaded, "rejected", r.Rejected,
	}
	if !r.Slot.IsZero() {
		attrs = append(attrs, "slot", r.Slot)
	}
	if r.Code != "" {
		attrs = append(attrs, "code", r.Code)
	}
	if err != nil {
		attrs = append(attrs, "err", logged(err))
		var p *panicked
		if errors.As(err, &p) {
			attrs = append(attrs, "stack", p.stack)
		}
	}
	s.log().Log(context.Background(), level, "job "+r.MessageZh, attrs...)
}

// Stop ends the clock and the watchers and starts nothing more. A run at work may finish until
// ctx ends (20 seconds where it has no deadline); then it is cancelled, and what it had loaded
// stays invisible. Stop may be called twice.
func (s *Scheduler) Stop(ctx context.Context) error {
	s.mu.Lock()
	made := s.drain != nil
	s.mu.Unlock()
	if !made {
		return nil
	}
	s.stopped.Do(func() {
		s.mu.Lock()
		close(s.drain)
		s.mu.Unlock()
		s.cron.Stop()
	})
	if _, ok := ctx.Deadline(); !ok {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, 20*time.Second)
		defer cancel()
	}
	idle := make(chan struct{})
	go func() {
		s.watch.Wait()
		s.work.Wait()
		close(idle)
	}()
	select {
	case <-idle:
		s.cancel()
		return nil
	case <-ctx.Done():
	}
	s.cancel()
	select {
	case <-idle:
		return nil
	case <-time.After(10 * time.Second):
		return errors.New("a run did not end within 10 s of being cancelled")
	}
}
