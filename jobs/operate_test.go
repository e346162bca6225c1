package jobs

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yanzhen/jobs/paused"
	"yanzhen/pipeline"
)

func TestWhen(t *testing.T) {
	for spec, want := range map[string]string{
		"30 6 * * *": "每日 06:30 / daily at 06:30", "10 8-18 * * 1-5": "周一至周五 08:10 至 18:10 每小时 / Monday to Friday every hour from 08:10 to 18:10",
		"15 7 * * 1": "每周一 07:15 / each Monday at 07:15", "0 6 1 * *": "每月 1 日 06:00 / on day 1 of each month at 06:00", "@every 90m": "每隔 1 小时 30 分钟 / every 1 h 30 min",
		"@daily": "每日 00:00 / daily at 00:00", "*/15 * * * *": "每日 每 15 分钟 / daily every 15 minutes", "0 9,17 * * mon,7": "每周一、周日 09:00、17:00 / each Monday, Sunday at 09:00, 17:00",
		"0 9 1 1 *": "每年 1 月 1 日 09:00 / each year on 1 January at 09:00", "0 9 1-7 * 1": "按 cron：0 9 1-7 * 1 / by cron: 0 9 1-7 * 1", "0 9-11,14 * * *": "按 cron：0 9-11,14 * * * / by cron: 0 9-11,14 * * *",
	} {
		s, err := ParseSchedule(spec, "")
		if err != nil {
			t.Fatal(err)
		}
		if w := s.words(); w.Zh+" / "+w.En != want {
			t.Errorf("%s: got %s / %s, want %s", spec, w.Zh, w.En, want)
		}
	}
}

// Whatever a schedule is changed to in the middle of a day, the day is run once: what ran it under the former schedule counts,
// and what the former one would still have run is not lost.
func TestScheduleChanged(t *testing.T) {
	zone := time.FixedZone("Asia/Shanghai", 8*3600)
	clock := func(day, hour, minute int) time.Time { return time.Date(2026, 7, day, hour, minute, 0, 0, zone) }
	for _, c := range []struct {
		was, is, missed string
		last            time.Time // slot of the former schedule
		at              time.Time // the declarations are read again
		now             string    // slot that runs at once; empty: none
		today           string    // slots that run later that day
		next            time.Time // told of at at
	}{
		{"30 6 * * *", "0 9 * * *", "run_once", clock(7, 6, 30), clock(7, 7, 0), "", "", clock(8, 9, 0)},
		{"30 6 * * *", "0 9 * * *", "run_once", clock(7, 6, 30), clock(7, 10, 0), "", "", clock(8, 9, 0)},
		{"0 18 * * *", "0 9 * * *", "run_once", clock(6, 18, 0), clock(7, 12, 0), "09:00", "", clock(8, 9, 0)},
		{"0 18 * * *", "0 9 * * *", "skip", clock(6, 18, 0), clock(7, 12, 0), "09:00", "", clock(8, 9, 0)},
		{"0 9 * * *", "0 9 * * *", "skip", clock(6, 9, 0), clock(7, 12, 0), "", "", clock(8, 9, 0)},              // a standstill, no change
		{"0 18 * * *", "0 20 * * *", "run_once", clock(6, 18, 0), clock(7, 12, 0), "", "20:00", clock(7, 20, 0)}, // still to come
		{"30 6 * * *", "0 8-18 * * *", "run_once", clock(7, 6, 30), clock(7, 16, 30), "16:00", "17:00 18:00", clock(7, 17, 0)},
		{"30 6 * * *", "@every 24h", "run_once", clock(7, 6, 30), clock(7, 7, 0), "", "", clock(8, 8, 0)},
	} {
		former, err := ParseSchedule(c.was, "")
		if err != nil {
			t.Fatal(err)
		}
		s, err := ParseSchedule(c.is, "")
		if err != nil {
			t.Fatal(err)
		}
		if former.foreign(c.last) {
			t.Fatalf("%s is no slot of %s", c.last, c.was)
		}
		if got := s.after(c.last, c.at); !got.Equal(c.next) {
			t.Errorf("%s -> %s at %s: next is told as %s, want %s", c.was, c.is, c.at, got, c.next)
		}
		now, last := "", c.last
		if slot, n := s.Due(last, c.at); n > 0 {
			if c.missed == "run_once" || s.moved(last, slot, c.at) {
				now = slot.In(zone).Format("15:04")
			}
			last = slot
		}
		var today []string
		for at := c.at; at.Before(clock(8, 0, 0)); at = at.Add(time.Minute) {
			if slot, n := s.Due(last, at); n > 0 {
				last = slot
				today = append(today, slot.In(zone).Format("15:04"))
			}
		}
		if now != c.now || strings.Join(today, " ") != c.today {
			t.Errorf("%s -> %s (%s) at %s: ran %q at once and %q later, want %q and %q", c.was, c.is, c.missed, c.at.Format("15:04"), now, today, c.now, c.today)
		}
		if slot, n := s.Due(last, clock(8, 23, 0)); n == 0 || slot.Before(clock(8, 0, 0)) {
			t.Errorf("%s -> %s: nothing runs the day after", c.was, c.is)
		}
	}
}

// A scheduler that begins with another schedule, as after a reload, runs the day as TestScheduleChanged says: by the ledger's
// runs, under a clock of its own.
func TestReloadRunsTheDayOnce(t *testing.T) {
	now := time.Date(2026, 7, 7, 7, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))
	var ran atomic.Int32
	work := map[string]func(context.Context) error{"count": func(context.Context) error { ran.Add(1); return nil }}
	b := newBench(t, work, "daily\nbuiltin: count\nschedule: 30 6 * * *\n")
	b.Now = func() time.Time { return now }
	b.Prepare(t.Context())
	b.fire(b.Job("daily"), firing{slot: time.Date(2026, 7, 6, 22, 30, 0, 0, time.UTC), missed: 1, trigger: ByClock})
	b.end()
	b.Stop(context.Background())

	now = now.Add(3 * time.Hour)
	j, err := parse("daily.yaml", []byte("name: daily\ntitle: {zh: 一, en: one}\nbuiltin: count\nschedule: 0 9 * * *\n"), nil, []string{"count"})
	if err != nil {
		t.Fatal(err)
	}
	again := newScheduler(b)
	again.Jobs = []*Job{j}
	if err := again.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer again.Stop(context.Background())
	again.tick(j)
	b.quiet()
	if got := j.schedule.after(noSlot(now.Add(-2*time.Hour)), now.Add(-2*time.Hour)); !got.Equal(now.Add(-time.Hour)) {
		t.Errorf("a job that never ran is due first at %s, want the first moment of its schedule", got)
	}
	now = now.AddDate(0, 0, 1)
	again.tick(j)
	if r := b.end(); r.Slot.UTC().Format("01-02 15:04") != "07-08 01:00" || strings.Contains(r.MessageZh, "补上") || ran.Load() != 2 {
		t.Errorf("the day after: got %+v after %d runs", r, ran.Load())
	}
}

// A paused job runs neither by the clock nor by its folder, nor after a restart; by hand it does. Resumed, it makes up once for
// what was due and takes the files that came.
func TestPause(t *testing.T) {
	now := time.Date(2026, 7, 7, 7, 0, 0, 0, time.UTC)
	b := newBench(t, nil, inbox+"schedule: '@hourly'\nzone: UTC\n")
	b.Now = func() time.Time { return now }
	b.start()
	if err := b.Pause("moves", "wang", " "); !refusedFor(err, "原因") {
		t.Errorf("without a reason: %v", err)
	}
	if err := b.Pause("move", "wang", "x"); !refusedFor(err, "没有任务 move") {
		t.Errorf("no such job: %v", err)
	}
	if err := b.Pause("moves", "wang", "口径未定\n等通知"); err != nil {
		t.Fatal(err)
	}
	if err := b.Pause("moves", "li", "again"); !refusedFor(err, "wang") {
		t.Errorf("paused twice: %v", err)
	}
	b.write("办公室_引进与流出_2026年1月.csv", moves("2026-01", 3))
	now = now.Add(3 * time.Hour)
	b.tick(b.Job("moves"))
	b.quiet()
	if list := b.Scheduler.Inbox(); len(list) != 1 || list[0].State != pipeline.ArrivalWaiting || !strings.Contains(list[0].Reason.Zh, "wang 暂停：口径未定 等通知") {
		t.Errorf("the inbox does not say that the job is paused: %+v", list)
	}
	b.Stop(context.Background())

	again := newScheduler(b)
	if err := again.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer again.Stop(context.Background())
	b.quiet()
	s, err := again.Standing()
	if err != nil || len(s) != 1 || s[0].Paused == nil || s[0].Paused.By != "wang" || !s[0].Next.IsZero() || s[0].Run != "" {
		t.Errorf("after a restart: %+v, %v", s, err)
	}
	id, err := again.Run("moves")
	if err != nil {
		t.Fatal(err)
	}
	if r := b.end(); r.ID != id || r.State != pipeline.Published || r.Loaded != 3 {
		t.Errorf("by hand: got %+v", r)
	}
	if x, ok, err := b.Loader.Run(t.Context(), id); err != nil || !ok || x.Kind != "job" {
		t.Errorf("run %s is not in the ledger: %+v %v", id, x, err)
	}

	b.write("办公室_引进与流出_2026年2月.csv", moves("2026-02", 2))
	b.quiet()
	now = now.Add(2 * time.Hour)
	if err := again.Resume("moves", "li", "口径已定"); err != nil {
		t.Fatal(err)
	}
	loaded := uint64(0)
	for loaded < 2 { // the clock's run or the folder's, whichever sees the file first
		loaded += b.end().Loaded
	}
	if err := again.Resume("moves", "li", "x"); !refusedFor(err, "没有暂停") {
		t.Errorf("resumed twice: %v", err)
	}
	if s, err := again.Standing(); err != nil || s[0].Paused != nil || !s[0].Next.Equal(now.Truncate(time.Hour).Add(time.Hour)) {
		t.Errorf("resumed: %+v, %v", s, err)
	}
}

func refusedFor(err error, want string) bool {
	var no *paused.Refusal
	return errors.As(err, &no) && strings.Contains(no.Text.Zh, want)
}

// A clock that does not ring is told of, once a slot is five minutes over, and only of jobs that should have begun.
func TestOverdue(t *testing.T) {
	b := newBench(t, map[string]func(context.Context) error{"tidy": func(context.Context) error { return nil }}, "tidy\nbuiltin: tidy\nschedule: \"@every 24h\"\n", "other\nbuiltin: tidy\nschedule: \"@every 24h\"\nenabled: false\n")
	b.Poll = time.Hour // nobody minds the clock
	b.start()
	slot := b.Job("tidy").schedule.Next(time.Now())
	for after, want := range map[time.Duration]int{-time.Minute: 0, time.Minute: 0, 6 * time.Minute: 1} {
		if got := b.Overdue(slot.Add(after)); len(got) != want {
			t.Errorf("%s after its slot: %v", after, got)
		}
	}
	if err := b.Pause("tidy", "wang", "等"); err != nil {
		t.Fatal(err)
	}
	if got := b.Overdue(slot.Add(time.Hour)); got != nil {
		t.Errorf("paused: %v", got)
	}
}
