package jobs

import (
	"time"

	"yanzhen/jobs/paused"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
)

// Standing is what the clock knows of a job now.
type Standing struct {
	*Job
	Run    string        // its run at work; empty: none
	Next   time.Time     // when it is due next; zero: it has no schedule, is paused or off
	Paused *paused.Pause // nil: it is not
}

// Clocked reports whether the clock and the watchers run here.
func (s *Scheduler) Clocked() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.started && !s.draining()
}

// late is how long after its slot a job that did not begin is overdue.
const late = 5 * time.Minute

// Overdue names the jobs of which a slot is over by five minutes and has not begun, been skipped or been queued: the clock stands
// still. A run at work keeps its job from being named.
func (s *Scheduler) Overdue(now time.Time) (names []string) {
	if !s.Clocked() {
		return nil
	}
	all, err := paused.Book{Dir: s.Dir}.Read()
	if err != nil {
		return nil // doctor tells
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.beat.IsZero() && time.Since(s.beat) < time.Minute { // where the clock was set since, it is minded within seconds
		now = s.shown
	}
	for _, j := range s.Jobs {
		st := s.state[j.Name]
		if _, halted := all[j.Name]; halted || j.schedule == nil || !j.On() || st == nil || st.running || st.lent {
			continue
		}
		if _, n := j.schedule.Due(st.last, now.Add(-late)); n > 0 {
			names = append(names, j.Name)
		}
	}
	return names
}

// Standing says how every job stands, in the order of their declarations.
func (s *Scheduler) Standing() ([]Standing, error) {
	all, err := paused.Book{Dir: s.Dir}.Read()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Standing
	for _, j := range s.Jobs {
		x := Standing{Job: j}
		if p, ok := all[j.Name]; ok {
			x.Paused = &p
		}
		if st := s.state[j.Name]; st != nil {
			x.Run = st.run
			if j.schedule != nil && j.On() && x.Paused == nil && s.started {
				x.Next = j.schedule.after(st.last, s.now())
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// Run starts a job by hand, also one that is paused, and returns the id of its run once that is under way. A *paused.Refusal
// says why none began.
func (s *Scheduler) Run(name string) (run string, err error) {
	j := s.Job(name)
	switch {
	case j == nil:
		return "", unknown(name)
	case !j.On():
		return "", paused.Refuse("任务 %s 已在声明里关闭（enabled: false）", "job %s is off by its declaration (enabled: false)", name)
	}
	if !s.Clocked() {
		return "", paused.Refuse("任务没有在运行：服务正在启动或停止，或以 --no-jobs 启动", "no job runs here: the service is starting or stopping, or was started with --no-jobs")
	}
	f := firing{trigger: ByHand, run: pipeline.NewRun(s.now())}
	if s.fire(j, f) {
		return f.run, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if st := s.state[name]; st != nil && st.running {
		return "", paused.Refuse("任务 %s 正在运行（%s），没有再开始一次", "job %s is at work (run %s): no second run was begun", name, st.run)
	}
	if st := s.state[name]; st != nil && st.lent {
		return "", paused.Refuse("任务 %s 正在回填，一个期间做完后再试", "job %s is being backfilled: try again once the period at work is done", name)
	}
	return "", paused.Refuse("任务没有在运行：服务正在停止，或以 --no-jobs 启动", "no job runs here: the service is stopping, or was started with --no-jobs")
}

func unknown(name string) error {
	return paused.Refuse("没有任务 %s", "there is no job %s", name)
}

// Pause keeps a job from running by its schedule and by its folder until it is resumed, also over restarts. A run at work ends
// as it would. What is wrong with the request is a *paused.Refusal.
func (s *Scheduler) Pause(name, by, reason string) error {
	if s.Job(name) == nil {
		return unknown(name)
	}
	if err := (paused.Book{Dir: s.Dir}).Pause(name, paused.Pause{By: by, At: s.now(), Reason: reason}); err != nil {
		return err
	}
	s.log().Warn("job paused", "job", name, "by", by)
	return nil
}

// Resume lets a paused job run again: what was due meanwhile is made up as after a standstill.
func (s *Scheduler) Resume(name, by, reason string) error {
	j := s.Job(name)
	err := paused.Book{Dir: s.Dir}.Resume(name, reason) // also of a job that is declared no more
	if err != nil && j == nil {
		return unknown(name)
	}
	if err != nil {
		return err
	}
	s.log().Info("job resumed", "job", name, "by", by)
	if j != nil && j.schedule != nil && j.On() && s.Clocked() {
		s.makeUp(j)
	}
	return nil
}

// halted reports whether an operator has paused a job. Where the book cannot be read, jobs run: what they load is checked all
// the same, and Standing tells.
func (s *Scheduler) halted(j *Job) bool {
	all, err := paused.Book{Dir: s.Dir}.Read()
	if err != nil {
		s.log().Error("which jobs are paused is not known; none is held to be", "err", err)
		return false
	}
	_, ok := all[j.Name]
	return ok
}

// makeUp runs a job once for what was due while it could not run, where it is declared so, or where its schedule has moved
// from later today to a moment that is over.
func (s *Scheduler) makeUp(j *Job) {
	s.mu.Lock()
	st, now := s.state[j.Name], s.now()
	last := st.last
	slot, n := j.schedule.Due(last, now)
	if n > 0 {
		st.last = slot
	}
	s.mu.Unlock()
	if n > 0 && (j.Missed == "run_once" || j.schedule.moved(last, slot, now)) {
		s.fire(j, firing{slot: slot, missed: n, trigger: ByCatch})
	}
}

// haltedText is what the inbox says of a file that waits for a paused job.
func haltedText(p paused.Pause) codes.Text {
	return codes.Text{Zh: "任务已由 " + p.By + " 暂停：" + p.Reason, En: "its job is paused by " + p.By + ": " + p.Reason}
}

// Of a schedule that was changed: what a job's last slot of another schedule says about the slots of this one.

// only reports whether slot is the one moment of its day at which the schedule is due, and when that day begins.
func (s Schedule) only(slot time.Time) (day time.Time, ok bool) {
	y, m, d := slot.In(s.loc).Date()
	day = time.Date(y, m, d, 0, 0, 0, 0, s.loc)
	return day, s.Next(day.Add(-time.Nanosecond)).Equal(slot) && !s.Next(slot).Before(time.Date(y, m, d+1, 0, 0, 0, 0, s.loc))
}

// noSlot is a moment that stands for a last slot where there was none: slots are whole seconds.
func noSlot(t time.Time) time.Time { return t.Truncate(time.Second).Add(time.Nanosecond) }

// DueSince is Due after a moment that need not be a slot, such as the one at which something was declared.
func (s Schedule) DueSince(moment, now time.Time) (slot time.Time, n int) {
	return s.Due(noSlot(moment), now)
}

// foreign reports whether last is a slot of another schedule than this one.
func (s Schedule) foreign(last time.Time) bool {
	return !last.IsZero() && last.Nanosecond() == 0 && !s.Next(last.Add(-time.Nanosecond)).Equal(last)
}

// served reports whether the day of slot, the one moment of that day, has had its run by another schedule: a job moved from
// 06:30 to 09:00 in the morning has run today.
func (s Schedule) served(last, slot time.Time) bool {
	if !s.foreign(last) {
		return false
	}
	day, once := s.only(slot)
	return once && !last.Before(day)
}

// moved reports whether slot is today's one moment, over already, of a schedule that took the place of a later one: a job moved
// from 18:00 to 09:00 at noon has not run today and would not.
func (s Schedule) moved(last, slot, now time.Time) bool {
	if !s.foreign(last) {
		return false
	}
	day, once := s.only(slot)
	return once && last.Before(day) && now.Before(day.AddDate(0, 0, 1))
}

// after is the first moment after now at which a job is due whose last slot is last.
func (s Schedule) after(last, now time.Time) time.Time {
	t := s.Next(now)
	if s.served(last, t) {
		t = s.Next(t)
	}
	return t
}
