package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"yanzhen/jobs/backfill"
	"yanzhen/jobs/paused"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/trouble"
)

// A backfill runs a job again over periods that are past, one after the other, beside the clock: it takes none of the clock's
// places, a run that falls due while a period is at work begins right after it, and its own runs have no slot.

const (
	refillTries = 6 // of a period whose fault may pass
	refillLook  = 20 * time.Second
)

// Backfills are those that are known of a job, or of all where it is empty, the latest first.
func (s *Scheduler) Backfills(job string) ([]backfill.Backfill, error) {
	all, err := backfill.Book{Dir: s.Dir}.Read()
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range all {
		if st := s.state[all[i].Job]; st != nil && st.givenUp == all[i].ID {
			all[i].Fault = unwritten
		}
	}
	return slices.DeleteFunc(all, func(b backfill.Backfill) bool { return job != "" && b.Job != job }), err
}

// PlanBackfill says what a backfill of a job would do, period by period; it changes nothing. A *paused.Refusal says why there
// can be none.
func (s *Scheduler) PlanBackfill(ctx context.Context, job, from, to string) (backfill.Backfill, error) {
	b := backfill.Backfill{Job: job, From: from, To: to}
	j := s.Job(job)
	if j == nil {
		return b, unknown(job)
	}
	if j.Builtin != "" {
		return b, paused.Refuse("任务 %s 做的是程序自带的工作，没有期间可回填", "job %s does work of the program's own, which has no periods", job)
	}
	if j.Whole {
		return b, paused.Refuse("数据源 %s 是文件夹或邮箱，不能按期间回填：要重读，让对方重新放入或发来文件，或用 yanzhen load 装入", "the source %s is a folder or a mail box, which is not backfilled by period: to read a file again, have it put there or sent anew, or load it by yanzhen load", j.Fetch)
	}
	first, ok1 := days.Parse(strings.TrimSpace(from))
	last, ok2 := days.Parse(strings.TrimSpace(to))
	if !ok1 || !ok2 {
		return b, paused.Refuse("期间应如 2025-01、2025Q1、2025", "periods are written as 2025-01, 2025Q1 or 2025")
	}
	if last.To.Before(first.To) {
		return b, paused.Refuse("止于 %s 早于起于 %s", "the end %s lies before the beginning %s", to, from)
	}
	all := days.Range{From: first.From, To: last.To}
	b.From, b.To = first.String(), last.String()
	ctx, cancel := context.WithTimeout(ctx, refillLook)
	defer cancel()
	live, err := s.Loader.Live(ctx, j.Dataset)
	if err != nil {
		return b, err
	}
	periods, files := s.grains(j, all), map[days.Range][]found{}
	if j.Source != nil {
		if files, err = s.filesOf(ctx, j, all, live); err != nil {
			return b, err
		}
		for p := range files {
			if !slices.Contains(periods, p) {
				periods = append(periods, p)
			}
		}
	} else if len(periods) == 0 {
		return b, paused.Refuse("数据集 %s 不按期间替换，数据源每次都整份取：yanzhen fetch %s --full", "the dataset %s is not replaced by period, and its source is fetched whole each time: yanzhen fetch %s --full", j.Dataset, j.Fetch)
	}
	slices.SortFunc(periods, func(x, y days.Range) int { return cmp.Or(x.From.Compare(y.From), x.To.Compare(y.To)) })
	if len(periods) > backfill.MostPeriods {
		return b, paused.Refuse("%d 个期间，一次最多 %d 个", "%d periods; at most %d at once", len(periods), backfill.MostPeriods)
	}
	for _, p := range periods {
		step := backfill.Period{Period: p.String(), State: backfill.Waiting}
		if j.Source != nil {
			step.Text = s.wouldLoad(ctx, j, files[p])
			if len(files[p]) == 0 {
				step.State = backfill.None
			}
		} else {
			step.Text = wouldFetch(p, live)
		}
		b.Periods = append(b.Periods, step)
	}
	if b.Count(backfill.Waiting) == 0 {
		return b, paused.Refuse("%s 至 %s 没有可回填的：收件目录里没有这些期间的文件", "nothing to backfill from %s to %s: no file of these periods lies in the folder", from, to)
	}
	return b, nil
}

// grains are the periods of a stretch that the job's dataset knows; none where it has no periods.
func (s *Scheduler) grains(j *Job, all days.Range) []days.Range {
	ds := s.Loader.Dataset(j.Dataset)
	if ds == nil || ds.Period == nil || !slices.Contains(ds.Unit, "period") {
		return nil
	}
	g := days.Grain(ds.Period.Grain)
	var out []days.Range
	for d := g.Start(all.From); d.Before(all.To) && len(out) <= backfill.MostPeriods; d = g.Next(d) {
		out = append(out, g.Of(d))
	}
	return out
}

// filesOf finds the files of a job by the periods that they are of: as the ledger knows of what is live, else as the name says.
// What is live is read again, and so is what was refused while nothing of its sender has come for that period; what another file
// has replaced, and what was withdrawn, held, submitted or returned, is not.
func (s *Scheduler) filesOf(ctx context.Context, j *Job, all days.Range, live []pipeline.Live) (map[days.Range][]found, error) {
	if _, err := s.collect(ctx, j, ByBackfill); err != nil {
		return nil, err
	}
	history, err := s.Loader.History(ctx, j.Dataset, "") // its latest rows, a bounded number: of what is older the loader knows by its bytes
	if err != nil {
		return nil, err
	}
	known, came := map[string][]days.Range{}, map[string]bool{}
	for _, e := range history {
		if e.State != pipeline.Staging && e.State != pipeline.Abandoned && e.State != pipeline.Swept {
			came[e.Sender+" "+e.Period] = true
		}
	}
	for _, u := range live {
		if p, ok := days.Parse(u.Period); ok {
			name, _, packed := strings.Cut(u.File, ".zip/")
			if packed {
				name += ".zip"
			}
			known[name] = append(known[name], p)
		}
	}
	dir := s.folder(j)
	var files []found
	s.mu.Lock()
	for path, k := range s.state[j.Name].files {
		if rel, err := filepath.Rel(dir, path); err == nil && k.state != pipeline.ArrivalGrowing {
			files = append(files, found{path, filepath.ToSlash(rel), filename.Parse(path), k.mark, false})
		}
	}
	s.mu.Unlock()
	slices.SortFunc(files, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.name.Revision, b.name.Revision), a.mod.Compare(b.mod), cmp.Compare(a.path, b.path))
	})
	out := map[days.Range][]found{}
	for _, f := range files {
		of := known[s.Loader.Shown(f.display)]
		live := len(of) > 0
		if p, ok := filename.Period(filepath.Base(f.path)); ok && !live {
			of = append(of, p)
			live = f.name.Sender != "" && !came[f.name.Sender+" "+p.String()] && !came[" "+p.String()] // refused, and nothing else has come
		}
		f.again = live && !packedFile(f.path)
		for _, p := range of {
			if !p.From.Before(all.From) && !all.To.Before(p.To) && !slices.ContainsFunc(out[p], func(o found) bool { return o.path == f.path }) {
				out[p] = append(out[p], f)
			}
		}
	}
	return out, nil
}

func packedFile(path string) bool {
	return strings.EqualFold(filepath.Ext(path), ".zip") || strings.EqualFold(filepath.Ext(path), ".gz")
}

// wouldLoad says what would become of the files of a period; of those that there was no time to look at, that they are read.
func (s *Scheduler) wouldLoad(ctx context.Context, j *Job, files []found) codes.Text {
	if len(files) == 0 {
		return codes.Text{Zh: "收件目录里没有这个期间的文件", En: "no file of this period lies in the folder"}
	}
	var same, again, asks, unseen int
	var rows uint64
	for _, f := range files {
		if ctx.Err() != nil || packedFile(f.path) {
			unseen++
			continue
		}
		switch p, err := s.Loader.Plan(ctx, s.request(j, f, "")); {
		case err != nil && ctx.Err() != nil:
			unseen++
		case p.Unchanged:
			same++
		case err != nil || len(p.Problems) > 0:
			asks++
		default:
			again, rows = again+1, rows+p.Loaded
		}
	}
	t := codes.Text{Zh: fmt.Sprintf("%d 个文件", len(files)), En: fmt.Sprintf("%d files", len(files))}
	for _, x := range []struct {
		n      int
		zh, en string
	}{
		{again, fmt.Sprintf("%d 个重新读入（%d 行）", again, rows), fmt.Sprintf("%d read again (%d rows)", again, rows)},
		{same, fmt.Sprintf("%d 个未变，不动", same), fmt.Sprintf("%d unchanged, left as they are", same)},
		{asks, fmt.Sprintf("%d 个会被拒收或暂缓", asks), fmt.Sprintf("%d refused or held", asks)},
		{unseen, fmt.Sprintf("%d 个没有预看，到时再读", unseen), fmt.Sprintf("%d not looked at now, read then", unseen)},
	} {
		if x.n > 0 {
			t.Zh += "；" + x.zh
			t.En += "; " + x.en
		}
	}
	return t
}

func wouldFetch(p days.Range, live []pipeline.Live) codes.Text {
	var rows uint64
	for _, u := range live {
		if u.Period == p.String() {
			rows += u.Loaded
		}
	}
	return codes.Text{Zh: fmt.Sprintf("从数据源全部重取后装入这个期间；现有 %d 行", rows), En: fmt.Sprintf("loaded from a full reading of the source; %d rows are live now", rows)}
}

// Backfill begins one: what is wrong with the request is a *paused.Refusal. It is at work from then on, also over restarts.
func (s *Scheduler) Backfill(ctx context.Context, job, from, to, by, reason string) (backfill.Backfill, error) {
	if j := s.Job(job); j != nil && !j.On() {
		return backfill.Backfill{}, paused.Refuse("任务 %s 已在声明里关闭（enabled: false）", "job %s is off by its declaration (enabled: false)", job)
	}
	if j := s.Job(job); j != nil && s.halted(j) {
		return backfill.Backfill{}, paused.Refuse("任务 %s 已暂停，恢复后才能回填", "job %s is paused: resume it first, then backfill it", job)
	}
	if !s.Clocked() {
		return backfill.Backfill{}, paused.Refuse("任务没有在运行：服务正在启动或停止，或以 --no-jobs 启动", "no job runs here: the service is starting or stopping, or was started with --no-jobs")
	}
	b, err := s.PlanBackfill(ctx, job, from, to)
	if err != nil {
		return b, err
	}
	b.ID, b.By, b.Reason, b.At = pipeline.NewRun(s.now()), by, reason, s.now()
	if err := (backfill.Book{Dir: s.Dir}).Begin(b); err != nil {
		return b, err
	}
	s.log().Info("backfill begun", "job", job, "from", b.From, "to", b.To, "by", by)
	return b, nil
}

// StopBackfill ends the one of a job after the period at work.
func (s *Scheduler) StopBackfill(job, by, reason string) error {
	err := backfill.Book{Dir: s.Dir}.Stop(job, by, reason, s.now())
	if err == nil {
		s.log().Warn("backfill stopped", "job", job, "by", by)
	}
	return err
}

// refillAll does the backfills that are open, one period at a time, until the scheduler stops.
func (s *Scheduler) refillAll() {
	defer s.work.Done()
	for !s.draining() {
		if s.refillNext() {
			continue
		}
		select {
		case <-time.After(2 * s.poll()):
		case <-s.drain:
		}
	}
}

// refillNext does the next step of a backfill; false: there is none, or it cannot be done now.
func (s *Scheduler) refillNext() bool {
	book := backfill.Book{Dir: s.Dir}
	all, err := book.Read()
	if err != nil {
		s.log().Error("which backfills are open is not known; none goes on", "err", err)
		return false
	}
	for _, b := range slices.Backward(all) { // the oldest first
		if b.Open() && s.gaveUp(b) {
			if err := book.Stop(b.Job, "server", unwritten, s.now()); err == nil { // it can be written again
				s.log().Warn("backfill stopped", "job", b.Job, "why", unwritten)
			}
			continue
		}
		if !b.Open() {
			if b.Count(backfill.Running) > 0 { // it was stopped, and the program ended in the middle of a period
				err := book.Settle(b.ID, s.now(), func(p *backfill.Period) {
					if p.State == backfill.Running {
						p.State = backfill.Left
					}
				})
				if err != nil {
					s.log().Error("backfill not written down", "backfill", b.ID, "err", err)
				}
			}
			continue
		}
		j := s.Job(b.Job)
		if j == nil || !j.On() || j.Whole {
			if err := book.Stop(b.Job, "server", "任务已不在声明里、已关闭，或改取文件夹 / the job is declared no more, off, or fetches a folder now", s.now()); err != nil {
				s.log().Error("backfill not stopped", "job", b.Job, "err", err)
			}
			continue
		}
		if s.halted(j) || !s.lend(j) {
			continue // until it is resumed; its own run first
		}
		worked := s.refill(j, b)
		s.giveBack(j)
		return worked
	}
	return false
}

// giveUp ends a backfill whose book cannot be written: what is done would be done again and again.
func (s *Scheduler) giveUp(b backfill.Backfill, err error) {
	s.log().Error("backfill given up: how far it is cannot be written down", "job", b.Job, "backfill", b.ID, "err", err)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.state[b.Job].givenUp = b.ID
}

func (s *Scheduler) gaveUp(b backfill.Backfill) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.state[b.Job]
	return st != nil && st.givenUp == b.ID
}

// unwritten is why a backfill is given up.
const unwritten = "进度写不进数据目录，已中止；腾出空间或改正权限后重新回填 / how far it is cannot be written into the data directory: make room or mend the rights, then backfill again"

// lend takes a job for a step of a backfill, unless a run of it is at work. What falls due meanwhile waits.
func (s *Scheduler) lend(j *Job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := s.state[j.Name]
	if st.running || st.lent {
		return false
	}
	st.lent = true
	return true
}

func (s *Scheduler) giveBack(j *Job) {
	s.mu.Lock()
	st := s.state[j.Name]
	st.lent = false
	next := st.queued
	st.queued = nil
	if next != nil && !next.slot.IsZero() && (s.draining() || s.halted(j)) {
		st.last = next.slot.Add(-time.Nanosecond) // due again where the job is resumed, or the program started
		next = nil
	}
	s.mu.Unlock()
	if next != nil {
		s.fire(j, *next)
	}
}

// left are the periods of a backfill's next step: one of files, all that are left of a source.
func left(j *Job, b backfill.Backfill) (steps []days.Range) {
	for _, p := range b.Periods {
		if p.State != backfill.Waiting && p.State != backfill.Running { // running: the program ended in the middle of it
			continue
		}
		if r, ok := days.Parse(p.Period); ok {
			steps = append(steps, r)
		}
		if len(steps) > 0 && j.Source != nil {
			break
		}
	}
	return steps
}

// outcomes are what became of the files of a step. A later attempt's replace those of the files and periods that it tried again.
type outcomes map[string][]outcome

type outcome struct {
	pipeline.Outcome
	err error
}

// passing is a fault of one of them that may pass.
func (o outcomes) passing() error {
	for _, list := range o {
		for _, x := range list {
			if pipeline.Temporary(x.err) {
				return x.err
			}
		}
	}
	return nil
}

// of are those of one key.
func (o outcomes) of(key string) outcomes {
	if list, ok := o[key]; ok {
		return outcomes{key: list}
	}
	return nil
}

// moving is the fault where a file was still being written in the last attempt, which nothing else counts.
func (o outcomes) moving() error {
	if err := o.passing(); errors.Is(err, pipeline.ErrMoving) {
		return err
	}
	return nil
}

// ended says how a period of a source ended, of which all of them have the sum. That there is nothing of it is said only where
// nothing is wrong.
func (o outcomes) ended(period string, sum *summary, err error) (string, codes.Text) {
	astray := o.of("").sum() // of no period: nobody knows which it is
	switch own := o.of(period); {
	case len(own) > 0:
		return became(own.sum(), nil)
	case err != nil:
		return became(sum, err)
	case astray.failed+astray.held > 0:
		return became(astray, nil)
	}
	return backfill.None, codes.Text{Zh: "数据源里没有这个期间的行", En: "the source has no row of this period"}
}

func (o outcomes) sum() *summary {
	sum := &summary{}
	for _, key := range slices.Sorted(maps.Keys(o)) {
		for _, x := range o[key] {
			sum.add(x.Outcome, x.err)
		}
	}
	return sum
}

// refill does one step: a period of files, or what is left of a source, which is read once for all of its periods. Nothing is done
// unless it can be written down; what may pass is tried again before anything is said of it.
func (s *Scheduler) refill(j *Job, b backfill.Backfill) (worked bool) {
	book := backfill.Book{Dir: s.Dir}
	steps := left(j, b)
	stopped := false
	settle := func(change func(p *backfill.Period, period string)) error {
		return book.Settle(b.ID, s.now(), func(p *backfill.Period) {
			r, ok := days.Parse(p.Period)
			if ok && slices.Contains(steps, r) && (p.State == backfill.Waiting || p.State == backfill.Running) {
				change(p, r.String())
			}
			stopped = stopped || p.State == backfill.Left
		})
	}
	run := s.newRun(j, firing{run: pipeline.NewRun(s.now())})
	if run.State = pipeline.Running; j.Source != nil {
		run.Period = steps[0].String()
	}
	err := settle(func(p *backfill.Period, _ string) {
		p.Run = run.ID
		if j.Source != nil {
			p.State = backfill.Running
		}
	})
	if err != nil { // nothing is done of which nobody would know
		s.giveUp(b, err)
		return false
	}
	if stopped {
		return true
	}
	s.record(&run)
	ctx, cancel := context.WithTimeout(s.ctx, j.deadline())
	defer cancel()
	all := outcomes{}
	var lost error
	for attempt := range refillTries {
		err = s.refillOnce(ctx, j, steps, run.ID, all, func(key string) {
			own := all.of(key)
			lost = settle(func(p *backfill.Period, period string) { // while the rest is at work; what may pass is tried again
				if period == key && own.passing() == nil {
					p.State, p.Text = became(own.sum(), nil)
				}
			})
			if stopped || lost != nil {
				cancel()
			}
		})
		if stopped || lost != nil {
			err = nil
			break
		}
		passing := cmp.Or(err, all.passing())
		if s.draining() || ctx.Err() != nil || !pipeline.Temporary(passing) || isPanic(passing) || attempt == refillTries-1 {
			break
		}
		wait := backoff(max(j.Retries.Backoff, 5*s.poll()), attempt)
		s.log().Warn("backfill tries again", "job", j.Name, "run", run.ID, "wait", wait, "err", passing)
		s.rest(ctx, wait)
	}
	f, sum := firing{trigger: ByBackfill}, all.sum()
	if s.draining() { // goes on after the next start
		s.conclude(ctx, j, f, &run, sum, cmp.Or(err, errNoPlace))
		return true
	}
	ends := func(p *backfill.Period, period string) {
		if j.Source != nil {
			p.State, p.Text = became(sum, cmp.Or(err, all.moving()))
		} else {
			p.State, p.Text = all.ended(period, sum, err)
		}
	}
	if lost = cmp.Or(lost, settle(ends)); lost != nil {
		s.giveUp(b, lost)
		ctx, err = s.ctx, lost
	}
	s.conclude(ctx, j, f, &run, sum, err)
	return true
}

// rest waits, at most until the step has no time left or the scheduler stops.
func (s *Scheduler) rest(ctx context.Context, wait time.Duration) {
	select {
	case <-time.After(wait):
	case <-ctx.Done():
	case <-s.drain:
	}
}

// refillOnce tries once what of a step has not been done. A panic is an error.
func (s *Scheduler) refillOnce(ctx context.Context, j *Job, steps []days.Range, run string, all outcomes, heard func(key string)) (err error) {
	defer func() {
		if v := recover(); v != nil {
			err = &panicked{v, string(debug.Stack())}
		}
	}()
	again := func(key string) bool { // not what ended for good in an earlier attempt
		if list, tried := all[key]; tried && (outcomes{key: list}).passing() == nil {
			return false
		}
		delete(all, key)
		return true
	}
	if j.Source == nil {
		if s.Fetch == nil {
			return trouble.Own("没有什么能取 "+j.Fetch, "nothing fetches "+j.Fetch, nil)
		}
		delete(all, "")
		var only []days.Range
		for _, p := range steps {
			if again(p.String()) {
				only = append(only, p)
			}
		}
		return s.Fetch(ctx, j.Fetch, j.Name, run, only, func(o pipeline.Outcome, err error) {
			key := o.Period.String()
			if o.Period.IsZero() { // of a period of which the source has nothing any more
				key = o.Unit[strings.LastIndexByte(o.Unit, '|')+1:]
			}
			if !slices.ContainsFunc(only, func(p days.Range) bool { return p.String() == key }) {
				key = ""
			}
			all[key] = append(all[key], outcome{o, err})
			heard(key)
		})
	}
	live, err := s.Loader.Live(ctx, j.Dataset)
	if err != nil {
		return err
	}
	files, err := s.filesOf(ctx, j, steps[0], live)
	if err != nil {
		return err
	}
	for _, f := range files[steps[0]] {
		if !again(f.path) {
			continue
		}
		err := s.loadFiles(ctx, j, []found{f}, run, func(o pipeline.Outcome, err error) { all[f.path] = append(all[f.path], outcome{o, err}) })
		if err != nil {
			return err
		}
	}
	return nil
}

// became says how a period ended.
func became(sum *summary, err error) (string, codes.Text) {
	var r pipeline.Run
	sum.fill(&r)
	if err != nil {
		fault(&r, err)
		r.State = pipeline.Failed
	}
	t := codes.Text{Zh: r.MessageZh, En: r.MessageEn}
	switch {
	case r.State == pipeline.Failed || r.State == pipeline.Held:
		return backfill.Failed, t
	case sum.files == 0:
		return backfill.None, codes.Text{Zh: "这个期间的文件已不在收件目录", En: "the files of this period lie in the folder no more"}
	}
	return backfill.Done, t
}
