package jobs

import (
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// watched are the folders that jobs want watched; each is made.
func (s *Scheduler) watched() (dirs []string, err error) {
	for _, j := range s.Jobs {
		if j.Watched() && j.On() && !slices.Contains(dirs, s.folder(j)) {
			dirs = append(dirs, s.folder(j))
		}
	}
	for _, dir := range dirs {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("inbox %s: %w", dir, err)
		}
	}
	return dirs, nil
}

// watchAll starts a watcher for each folder.
func (s *Scheduler) watchAll(dirs []string) {
	for _, dir := range dirs {
		s.watch.Add(1)
		go func() {
			defer s.watch.Done()
			for !s.draining() {
				s.guard(dir)
			}
		}()
	}
}

// guard watches a folder until the scheduler stops. A panic is logged, and the watch begun anew.
func (s *Scheduler) guard(dir string) {
	defer func() {
		if v := recover(); v != nil {
			s.log().Error("folder watch panicked", "dir", dir, "err", v, "stack", string(debug.Stack()))
			select {
			case <-time.After(5 * s.poll()):
			case <-s.drain:
			}
		}
	}()
	s.watchDir(dir)
}

// watchDir looks at a folder whenever the system reports a change, every poll while a file may be
// growing, and every few seconds anyway: network shares report nothing.
func (s *Scheduler) watchDir(dir string) {
	notify, err := fsnotify.NewWatcher()
	if err != nil {
		s.log().Warn("folder is watched by looking only", "dir", dir, "err", err)
		notify = nil
	} else {
		defer notify.Close()
	}
	var events chan fsnotify.Event
	var faults chan error
	if notify != nil {
		events, faults = notify.Events, notify.Errors
	}
	watched := map[string]bool{}
	wait := time.NewTimer(0)
	defer wait.Stop()
	var failed error
	var due time.Time // of the next look
	reset := func(d time.Duration) {
		due = time.Now().Add(d)
		wait.Reset(d)
	}
	for {
		select {
		case <-s.drain:
			return
		case _, ok := <-events:
			if !ok {
				events = nil
				continue
			}
			// look soon, not at once: a copy makes hundreds of events, which must not put it off either
			if soon := s.poll() / 4; time.Until(due) > soon {
				reset(soon)
			}
			continue
		case err, ok := <-faults:
			if !ok {
				faults = nil
				continue
			}
			s.log().Warn("folder watch", "dir", dir, "err", err)
			continue
		case <-wait.C:
		}
		folders, growing, err := s.lookWithin(30*time.Second, dir)
		if s.draining() {
			return
		}
		if err != nil {
			if failed == nil || failed.Error() != err.Error() {
				s.log().Error("inbox cannot be read", "dir", dir, "err", err)
			}
			failed = err
			reset(5 * s.poll())
			continue
		}
		if failed != nil {
			s.log().Info("inbox can be read again", "dir", dir)
		}
		failed = nil
		if notify != nil {
			for _, f := range folders {
				if !watched[f] {
					// where the system has no watches left, looking will do
					if notify.Add(f) == nil {
						watched[f] = true
					}
				}
			}
			for f := range watched {
				if !slices.Contains(folders, f) {
					delete(watched, f)
				}
			}
		}
		for _, j := range s.Jobs {
			if j.Watched() && j.On() && s.folder(j) == dir && !s.paused(j) && len(s.ready(j)) > 0 && !s.halted(j) {
				s.fire(j, firing{trigger: ByWatch})
			}
		}
		if growing {
			reset(s.poll())
		} else {
			reset(5 * s.poll())
		}
	}
}

// lookWithin looks at a folder and waits for it that long, or until the scheduler stops.
func (s *Scheduler) lookWithin(d time.Duration, dir string) ([]string, bool, error) {
	ctx, cancel := context.WithTimeout(s.ctx, d)
	defer cancel()
	go func() {
		select {
		case <-s.drain:
			cancel()
		case <-ctx.Done():
		}
	}()
	return s.look(ctx, dir)
}
