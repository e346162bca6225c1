package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"

	"yanzhen/pipeline"
)

// seen is what is known of a file in a watched folder. A change of size or time makes it new.
type seen struct {
	size  int64
	mod   time.Time
	since time.Time      // when it was first seen like this
	state pipeline.State // what became of it like this; empty: not tried
}

// found is a file to be loaded.
type found struct {
	path    string
	display string // relative to the source folder, with /
	name    pipeline.Name
	size    int64
	mod     time.Time
}

func (s *Scheduler) poll() time.Duration {
	if s.Poll > 0 {
		return s.Poll
	}
	return time.Second
}

func (s *Scheduler) folder(j *Job) string {
	if filepath.IsAbs(j.Source.Dir) {
		return filepath.Clean(j.Source.Dir)
	}
	return filepath.Join(s.Dir, j.Source.Dir)
}

// ignored reports whether a file is no submission: a lock file of Office, a download or a copy
// under way, a hidden file, what an editor or the system leaves behind.
func ignored(base string) bool {
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "~") || strings.HasSuffix(base, "~") {
		return true
	}
	low := strings.ToLower(base)
	for _, end := range []string{".tmp", ".crdownload", ".part", ".partial", ".download", ".swp", ".swx", ".filepart", ".bak", ".ok"} {
		if strings.HasSuffix(low, end) {
			return true
		}
	}
	return low == "thumbs.db" || low == "desktop.ini"
}

// owner returns the job that loads a file of a folder: the one whose pattern takes the most of
// its base name, so that research_projects is not taken for projects; else the first without a
// pattern; nil where there is none.
func (s *Scheduler) owner(dir, path string) *Job {
	var best, rest *Job
	longest := 0
	for _, j := range s.Jobs {
		if j.Source == nil || s.folder(j) != dir {
			continue
		}
		if j.files == nil {
			if rest == nil {
				rest = j
			}
			continue
		}
		if at := j.files.FindStringIndex(filepath.Base(path)); at != nil && (best == nil || at[1]-at[0] > longest) {
			best, longest = j, at[1]-at[0]
		}
	}
	if best != nil {
		return best
	}
	return rest
}

// look walks a folder and brings the jobs' knowledge of its files up to date. It returns its
// sub-folders, itself included, and whether a file may still be growing.
func (s *Scheduler) look(dir string) (folders []string, growing bool, err error) {
	now := time.Now() // of the machine: it is waited for, not reckoned with
	s.mu.Lock()
	defer s.mu.Unlock()
	round := map[*Job]map[string]bool{}
	err = filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			if errors.Is(err, fs.ErrNotExist) && path != dir {
				return nil // gone between the listing and the look
			}
			return err
		}
		if path != dir && strings.HasPrefix(e.Name(), ".") {
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		}
		if e.IsDir() {
			folders = append(folders, path)
			return nil
		}
		if !e.Type().IsRegular() || ignored(e.Name()) {
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return nil
		}
		j := s.owner(dir, path)
		if j == nil || !j.On() {
			return nil
		}
		if round[j] == nil {
			round[j] = map[string]bool{}
		}
		round[j][path] = true
		files := s.state[j.Name].files
		f := files[path]
		if f == nil || f.size != info.Size() || !f.mod.Equal(info.ModTime()) {
			f = &seen{size: info.Size(), mod: info.ModTime(), since: now}
			files[path] = f
		}
		if f.state == "" && now.Sub(f.since) < s.poll() {
			growing = true
		}
		return nil
	})
	if err != nil {
		return folders, growing, err
	}
	for _, j := range s.Jobs {
		if j.Source == nil || s.folder(j) != dir {
			continue
		}
		for path := range s.state[j.Name].files {
			if !round[j][path] {
				delete(s.state[j.Name].files, path)
			}
		}
	}
	return folders, growing, nil
}

// ready returns the files of a job that have stopped growing and are to be loaded: those never
// tried as they are now and, where again is true, those that failed. First submissions stand
// before their revisions, older files before newer ones.
func (s *Scheduler) ready(j *Job, again bool) []found {
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := s.folder(j)
	now := time.Now()
	var out []found
	for path, f := range s.state[j.Name].files {
		if now.Sub(f.since) < s.poll() {
			continue
		}
		if f.state != "" && !(again && f.state == pipeline.Failed) {
			continue
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			continue
		}
		out = append(out, found{path, filepath.ToSlash(rel), pipeline.ParseName(path), f.size, f.mod})
	}
	slices.SortFunc(out, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.name.Revision, b.name.Revision), a.mod.Compare(b.mod), cmp.Compare(a.path, b.path))
	})
	return out
}

// collect returns the files a run has to load. A run that the watcher asked for takes what the
// watcher has seen settle; any other looks for itself, and waits a little for files still growing.
func (s *Scheduler) collect(j *Job, by Trigger) ([]found, error) {
	if by == ByWatch {
		return s.ready(j, false), nil
	}
	dir := s.folder(j)
	for range 5 {
		_, growing, err := s.look(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("folder %s: %w", dir, err)
		}
		if !growing {
			break
		}
		select {
		case <-time.After(s.poll()):
		case <-s.drain:
			return nil, nil
		}
	}
	return s.ready(j, true), nil
}

// settle notes what became of a file, unless it has changed in the meantime.
func (s *Scheduler) settle(j *Job, f found, state pipeline.State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.state[j.Name].files[f.path]; k != nil && k.size == f.size && k.mod.Equal(f.mod) {
		k.state = state
	}
}

// paused reports whether a job waits after a fault that may pass, so that a database that is away
// does not make one failed run a second.
func (s *Scheduler) paused(j *Job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.state[j.Name].pause)
}

// summary adds up the loads of a run.
type summary struct {
	files, published, unchanged, held, failed               int
	bytes, read, loaded, rejected, excluded, dups, warnings uint64
	first                                                   *pipeline.Problem // of the first file that was held or refused
	firstFile                                               string
}

func (m *summary) add(o pipeline.Outcome) {
	m.files++
	switch o.State {
	case pipeline.Published:
		m.published++
	case pipeline.Unchanged:
		m.unchanged++
	case pipeline.Held:
		m.held++
	default:
		m.failed++
	}
	if o.State == pipeline.Unchanged {
		return
	}
	m.bytes += uint64(o.Bytes)
	m.read += o.Counts.Read
	m.loaded += o.Counts.Loaded
	m.rejected += o.Counts.Rejected
	m.excluded += o.Counts.Excluded
	m.dups += o.Counts.Duplicates
	m.warnings += o.Warnings
	if o.Problem != nil && m.first == nil && o.State != pipeline.Published {
		m.first, m.firstFile = o.Problem, o.File
	}
}

// fill writes the sums into the job's run. A run is failed if one file failed, held if one is held:
// green means that everything was published and verified.
func (m *summary) fill(r *pipeline.Run) {
	r.Bytes, r.Read, r.Loaded, r.Rejected, r.Excluded, r.Duplicates, r.Warnings = m.bytes, m.read, m.loaded, m.rejected, m.excluded, m.dups, m.warnings
	switch {
	case m.failed > 0:
		r.State = pipeline.Failed
	case m.held > 0:
		r.State = pipeline.Held
	case m.published > 0:
		r.State = pipeline.Published
	default:
		r.State = pipeline.Unchanged
	}
	if m.files == 0 {
		r.MessageZh, r.MessageEn = "没有新文件", "no new file"
		return
	}
	r.MessageZh = fmt.Sprintf("%d 个文件：发布 %d，未变 %d，暂缓 %d，拒绝 %d", m.files, m.published, m.unchanged, m.held, m.failed)
	r.MessageEn = fmt.Sprintf("%d files: %d published, %d unchanged, %d held, %d refused", m.files, m.published, m.unchanged, m.held, m.failed)
	if m.first != nil {
		r.Code = m.first.Code
		r.MessageZh += "；" + m.firstFile + "：" + m.first.Text.Zh
		r.MessageEn += "; " + m.firstFile + ": " + m.first.Text.En
		r.RemedyZh, r.RemedyEn = m.first.Remedy.Zh, m.first.Remedy.En
	}
}

// loadFiles loads the files of a job one after the other. A refused file does not keep the next
// from being loaded; a fault that may pass ends the attempt, and the files not yet done are tried
// again with the next one.
func (s *Scheduler) loadFiles(ctx context.Context, j *Job, f firing, run string) (sum summary, err error) {
	files, err := s.collect(j, f.trigger)
	if err != nil {
		return sum, err
	}
	for _, file := range files {
		if s.draining() {
			break // the rest is loaded after the next start
		}
		if err := ctx.Err(); err != nil {
			return sum, err
		}
		if _, err := os.Stat(file.path); errors.Is(err, fs.ErrNotExist) {
			continue // taken away again before its turn
		}
		q := pipeline.Request{Path: file.path, Display: file.display, Dataset: j.Dataset, Job: j.Name, Parent: run, Quiet: true}
		if j.files != nil {
			m := j.files.FindStringSubmatch(filepath.Base(file.path))
			for i, g := range j.files.SubexpNames() {
				switch {
				case m == nil || m[i] == "":
				case g == "sender":
					q.Sender = m[i]
				case g == "period":
					q.Period, _ = pipeline.ParsePeriod(m[i])
				}
			}
		}
		o, err := s.Loader.Load(ctx, q)
		if err != nil && (pipeline.Temporary(err) || ctx.Err() != nil) {
			return sum, fmt.Errorf("%s: %w", file.display, err)
		}
		s.settle(j, file, o.State)
		sum.add(o)
	}
	return sum, nil
}

// watchAll starts a watcher for each folder that a job wants watched, and makes the folder.
func (s *Scheduler) watchAll() error {
	var dirs []string
	for _, j := range s.Jobs {
		if j.Watched() && j.On() && !slices.Contains(dirs, s.folder(j)) {
			dirs = append(dirs, s.folder(j))
		}
	}
	for _, dir := range dirs {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fmt.Errorf("inbox %s: %w", dir, err)
		}
		s.watch.Add(1)
		go func() {
			defer s.watch.Done()
			for !s.draining() {
				s.guard(dir)
			}
		}()
	}
	return nil
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
	var failed bool
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
		folders, growing, err := s.look(dir)
		if err != nil {
			if !failed {
				s.log().Error("inbox cannot be read", "dir", dir, "err", err)
			}
			failed = true
			reset(5 * s.poll())
			continue
		}
		failed = false
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
			if j.Watched() && j.On() && s.folder(j) == dir && !s.paused(j) && len(s.ready(j, false)) > 0 {
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
