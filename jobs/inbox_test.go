package jobs

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"yanzhen/pipeline"
	"yanzhen/pipeline/warehouse"
)

// arrival is the entry of the inbox whose path ends so.
func arrival(t *testing.T, s *Scheduler, end string) pipeline.Arrival {
	t.Helper()
	for _, a := range s.Inbox() {
		if strings.HasSuffix(a.Path, end) {
			return a
		}
	}
	t.Fatalf("%s is not in the inbox: %+v", end, s.Inbox())
	panic("unreachable")
}

// becomes waits until an entry of the inbox is in a state.
func becomes(t *testing.T, s *Scheduler, end string, want pipeline.ArrivalState) pipeline.Arrival {
	t.Helper()
	var got pipeline.Arrival
	for last := time.Now().Add(20 * time.Second); time.Now().Before(last); time.Sleep(20 * time.Millisecond) {
		for _, a := range s.Inbox() {
			if strings.HasSuffix(a.Path, end) {
				if got = a; a.State == want {
					return a
				}
			}
		}
	}
	t.Fatalf("%s: got %+v, want state %s", end, got, want)
	panic("unreachable")
}

// asNobody calls f as a user who may read nothing but what everybody may.
func asNobody(t *testing.T, f func()) {
	t.Helper()
	if os.Getuid() != 0 {
		f()
		return
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // the thread ends with the goroutine: it is never unlocked
		if err := unix.Setfsuid(65534); err != nil {
			t.Error(err)
			return
		}
		f()
	}()
	<-done
}

func TestWalk(t *testing.T) {
	root := t.TempDir()
	for p := root; strings.HasPrefix(p, os.TempDir()) && p != os.TempDir(); p = filepath.Dir(p) {
		os.Chmod(p, 0o755)
	}
	for _, f := range []string{"a.csv", "部门/b.csv", "私/c.csv", ".hidden/d.csv", "~$e.xlsx", "f.csv.part"} {
		path := filepath.Join(root, f)
		os.MkdirAll(filepath.Dir(path), 0o755)
		os.WriteFile(path, []byte("x"), 0o644)
	}
	os.Chmod(filepath.Join(root, "私"), 0o000)
	os.Symlink("/etc/passwd", filepath.Join(root, "link.csv"))
	os.Symlink(filepath.Join(root, "部门"), filepath.Join(root, "linked"))
	if err := syscall.Mkfifo(filepath.Join(root, "pipe.csv"), 0o644); err != nil {
		t.Fatal(err)
	}
	mount := filepath.Join(t.TempDir(), "inbox") // reached by a link, as a mount often is
	for p := filepath.Dir(mount); strings.HasPrefix(p, os.TempDir()) && p != os.TempDir(); p = filepath.Dir(p) {
		os.Chmod(p, 0o755)
	}
	os.Symlink(root, mount)
	for _, dir := range []string{root, mount} {
		var l listing
		asNobody(t, func() { l = walk(dir) })
		if l.err != nil {
			t.Fatal(l.err)
		}
		var files, passed []string
		for _, f := range l.files {
			rel, _ := filepath.Rel(dir, f.path)
			files = append(files, rel)
		}
		for _, a := range l.passed {
			rel, _ := filepath.Rel(dir, a.Path)
			passed = append(passed, rel)
			if a.Reason.Zh == "" || a.Reason.En == "" || strings.Contains(a.Reason.En, dir) {
				t.Errorf("%s: reason %+v", rel, a.Reason)
			}
		}
		if got := strings.Join(files, " "); got != "a.csv 部门/b.csv" {
			t.Errorf("files: got %s", got)
		}
		if got := strings.Join(passed, " "); got != "f.csv.part link.csv linked pipe.csv ~$e.xlsx 私" {
			t.Errorf("passed over: got %s", got)
		}
	}
}

// One file whose fault may pass, one that is refused, one that is no file: none keeps another waiting.
func TestInboxKeepsGoing(t *testing.T) {
	b := newBench(t, nil, inbox+"retries: {count: 3, backoff: 1h}\n")
	huge := b.write("办公室_引进与流出_2026年1月.csv", "")
	f, err := os.OpenFile(huge, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteAt([]byte(moves("2026-01", 1)), 4<<40); err != nil { // a sparse file, greater than the disk has room for
		t.Fatal(err)
	}
	f.Close()
	if err := os.Chtimes(huge, time.Time{}, time.Now().Add(-48*time.Hour)); err != nil {
		t.Fatal(err)
	}
	b.write("办公室_引进与流出_2026年2月.csv", "姓名,单位\n甲,乙\n")
	b.write("办公室_引进与流出_2026年3月.csv", moves("2026-03", 3))
	os.Symlink("/etc/passwd", filepath.Join(b.Dir, "inbox", "办公室_引进与流出_2026年4月.csv"))
	b.start()
	good := becomes(t, b.Scheduler, "2026年3月.csv", pipeline.ArrivalPublished)
	if good.Run == "" || good.Job != "moves" {
		t.Errorf("published: got %+v", good)
	}
	if a := becomes(t, b.Scheduler, "2026年2月.csv", pipeline.ArrivalRefused); !strings.Contains(a.Reason.Zh, "身份证号") || a.Remedy.En == "" {
		t.Errorf("refused: got %+v", a)
	}
	if a := becomes(t, b.Scheduler, "2026年1月.csv", pipeline.ArrivalAgain); a.Next.IsZero() || !strings.Contains(a.Reason.Zh, "磁盘空间不足") {
		t.Errorf("a file that the disk has no room for: got %+v", a)
	}
	if a := arrival(t, b.Scheduler, "2026年4月.csv"); a.State != pipeline.ArrivalPassed || !strings.Contains(a.Reason.En, "link") {
		t.Errorf("a link: got %+v", a)
	}
	if got := b.rows(); got != "3" {
		t.Errorf("rows: got %s, want 3", got)
	}
}

// A file that was refused is not refused again at every start, and is tried when it has changed.
func TestRefusedOnce(t *testing.T) {
	b := newBench(t, nil, inbox)
	bad := b.write("办公室_引进与流出_2026年4月.csv", "姓名,单位\n甲,乙\n")
	b.start()
	first := becomes(t, b.Scheduler, "2026年4月.csv", pipeline.ArrivalRefused)
	b.end()
	failed := func() int {
		runs, err := b.Loader.Runs(t.Context(), pipeline.RunFilter{Kind: "load"})
		if err != nil {
			t.Fatal(err)
		}
		return len(runs)
	}
	if n := failed(); n != 1 {
		t.Fatalf("got %d loads, want 1", n)
	}
	if err := b.Stop(t.Context()); err != nil {
		t.Fatal(err)
	}
	again := newScheduler(b)
	if err := again.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer again.Stop(t.Context())
	a := becomes(t, again, "2026年4月.csv", pipeline.ArrivalRefused)
	if r := b.end(); r.State != pipeline.Unchanged {
		t.Errorf("the run after the restart: got %+v", r)
	}
	if a.Run != first.Run || a.Reason != first.Reason || a.Remedy != first.Remedy {
		t.Errorf("after a restart: got %+v, want what run %s said: %+v", a, first.Run, first)
	}
	if n := failed(); n != 1 {
		t.Errorf("after a restart: got %d loads, want 1", n)
	}
	if err := os.WriteFile(bad, []byte(moves("2026-04", 4)), 0o644); err != nil {
		t.Fatal(err)
	}
	becomes(t, again, "2026年4月.csv", pipeline.ArrivalPublished)
}

// A file that is open for writing, or lacks its end, is waited for.
func TestUnfinishedFilesWait(t *testing.T) {
	b := newBench(t, nil, inbox)
	b.Still = 300 * time.Millisecond
	path := b.write("办公室_引进与流出_2026年1月.csv", "")
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(moves("2026-01", 2))
	cut := b.write("办公室_引进与流出_2026年2月.csv", moves("2026-02", 2)+"11010519491231002X,2026-02-0")
	b.start()
	b.quiet() // 1.2 s: four times as long as a file has to be still
	for _, end := range []string{"2026年1月.csv", "2026年2月.csv"} {
		if a := arrival(t, b.Scheduler, end); a.State != pipeline.ArrivalGrowing || a.Reason.Zh == "" {
			t.Errorf("%s: got %+v", end, a)
		}
	}
	f.WriteString("11010519491231002X,2026-01-06,b\n")
	f.Close()
	g, _ := os.OpenFile(cut, os.O_WRONLY|os.O_APPEND, 0)
	g.WriteString("7,b\n")
	g.Close()
	becomes(t, b.Scheduler, "2026年1月.csv", pipeline.ArrivalPublished)
	becomes(t, b.Scheduler, "2026年2月.csv", pipeline.ArrivalPublished)
	if got := b.rows(); got != "6" {
		t.Errorf("rows: got %s, want 6", got)
	}
	// a text may well have no last line end: it is taken when nothing more has come for a while
	b.write("办公室_引进与流出_2026年3月.csv", strings.TrimSuffix(moves("2026-03", 2), "\n"))
	becomes(t, b.Scheduler, "2026年3月.csv", pipeline.ArrivalPublished)
}

// A folder that does not answer keeps neither the other folders' files nor the stop waiting.
func TestFolderThatDoesNotAnswer(t *testing.T) {
	b := newBench(t, nil, inbox, "share\nsource: {dir: share}\ndataset: moves\nschedule: '@every 1s'\ndeadline: 2s\n")
	b.Parallel = 1
	b.Prepare(t.Context())
	b.folders[filepath.Join(b.Dir, "share")].walking <- struct{}{} // a walk that never comes back
	if _, err := b.collect(t.Context(), b.Job("moves"), ByHand); err != nil {
		t.Fatal(err)
	}
	b.cron.Start()
	dirs, err := b.watched()
	if err != nil {
		t.Fatal(err)
	}
	b.watchAll(dirs)
	b.tick(b.Job("share"))
	b.fire(b.Job("share"), firing{trigger: ByHand})
	b.write("办公室_引进与流出_2026年3月.csv", moves("2026-03", 3))
	becomes(t, b.Scheduler, "2026年3月.csv", pipeline.ArrivalPublished)
	began := time.Now()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := b.Stop(ctx); err != nil || time.Since(began) > 4*time.Second {
		t.Errorf("stop took %s: %v", time.Since(began), err)
	}
}

// A job that waits for its retry leaves its place to others.
func TestRetryHoldsNoPlace(t *testing.T) {
	b := newBench(t, map[string]func(context.Context) error{
		"down": func(context.Context) error { return warehouse.ErrUnavailable },
		"fine": func(context.Context) error { return nil },
	}, "down\nbuiltin: down\nschedule: '@yearly'\nretries: {count: 3, backoff: 1h}\n", "fine\nbuiltin: fine\nschedule: '@yearly'\n")
	b.Parallel = 1
	b.start()
	if _, err := b.Run("down"); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(b.log.String(), "job tries again") {
		time.Sleep(10 * time.Millisecond)
	}
	if _, err := b.Run("fine"); err != nil {
		t.Fatal(err)
	}
	if r := b.end(); r.Job != "fine" || r.State != pipeline.Published {
		t.Errorf("got %+v, want the run of the other job", r)
	}
}

// A run recorded while the clock was years ahead does not silence its job.
func TestClockWasAhead(t *testing.T) {
	b := newBench(t, map[string]func(context.Context) error{"often": func(context.Context) error { return nil }}, "often\nbuiltin: often\nschedule: '@every 1s'\n")
	r := pipeline.Run{ID: pipeline.NewRun(time.Now()), Kind: "job", Job: "often", Slot: time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC), Started: time.Now(), Finished: time.Now(), State: pipeline.Published}
	if err := b.Loader.PutRun(t.Context(), &r); err != nil {
		t.Fatal(err)
	}
	b.start()
	if r := b.end(); r.Slot.IsZero() || r.Slot.After(time.Now()) {
		t.Errorf("got %+v, want a run of now", r)
	}
	if !strings.Contains(b.log.String(), "ahead of the clock") {
		t.Errorf("the log does not tell of the slot ahead:\n%s", b.log)
	}
}

// A job runs by the clock as it is: where it is set ahead, or the machine slept, and where a year that was wrong is set right while
// the program runs.
func TestClockIsSet(t *testing.T) {
	b := newBench(t, map[string]func(context.Context) error{"nightly": func(context.Context) error { return nil }}, "nightly\nbuiltin: nightly\nschedule: 30 3 * * *\n")
	b.Poll = 10 * time.Millisecond
	var clock atomic.Pointer[time.Time]
	set := func(text string) {
		now := at(t, text)
		clock.Store(&now)
	}
	set("2026-06-05T02:00:00+08:00")
	b.Now = func() time.Time { return *clock.Load() }
	b.start()
	b.quiet()
	for _, x := range []struct{ now, slot string }{
		{"2026-06-06T01:00:00+08:00", "2026-06-05T03:30:00+08:00"},
		{"2031-01-01T12:00:00+08:00", "2031-01-01T03:30:00+08:00"},
		{"2026-06-07T04:00:00+08:00", "2026-06-07T03:30:00+08:00"},
	} {
		set(x.now)
		if late := b.Overdue(b.Now()); late != nil {
			t.Errorf("at %s jobs are told to be late: %v", x.now, late)
		}
		if r := b.end(); !r.Slot.Equal(at(t, x.slot)) {
			t.Errorf("at %s the run is of %s, want %s", x.now, r.Slot, x.slot)
		}
		b.quiet()
	}
}
