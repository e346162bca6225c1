package jobs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"yanzhen/jobs/paused"
	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/trouble"
)

// seen is what is known of a file in a watched folder. Any change of it makes it new.
type seen struct {
	mark
	since  time.Time             // unchanged since
	state  pipeline.ArrivalState // Growing, Waiting, Loading, Again, or what became of it
	reason codes.Text
	remedy codes.Text
	run    string
	runs   []string  // of a packed file: its files that waited for a person
	tries  int       // of faults that may pass, one after the other
	next   time.Time // of Again: when it is tried
}

// found is a file to be loaded.
type found struct {
	path    string
	display string // relative to the source folder, with /
	name    filename.Name
	mark
	again bool // also where it is live as it is
}

func (s *Scheduler) poll() time.Duration {
	if s.Poll > 0 {
		return s.Poll
	}
	return time.Second
}

// still is how long a file must have been unchanged before it is taken.
func (s *Scheduler) still() time.Duration {
	if s.Still > 0 {
		return s.Still
	}
	return 10 * time.Second
}

func (s *Scheduler) folder(j *Job) string {
	if filepath.IsAbs(j.Source.Dir) {
		return filepath.Clean(j.Source.Dir)
	}
	return filepath.Join(s.Dir, j.Source.Dir)
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

// Takes reports whether a job reads files of a name from a folder.
func (s *Scheduler) Takes(dir, name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.owner(filepath.Clean(dir), name)
	return j != nil && j.On() && !filename.Ignored(name)
}

// unchanged is since when a file has been as it is. Of one never seen before the file system's own
// clock tells, which no copy sets back.
func unchanged(old *seen, at mark, now time.Time) time.Time {
	switch {
	case old != nil && old.mark == at:
		return old.since
	case old == nil && at.changed.Before(now):
		return at.changed
	}
	return now
}

// look walks a folder and brings the jobs' knowledge of its files up to date. It returns its
// sub-folders, itself included, and whether a file may still be growing. It gives up when ctx ends.
func (s *Scheduler) look(ctx context.Context, dir string) (folders []string, growing bool, err error) {
	at := s.folders[dir]
	began := time.Now()
	l, open, err := at.list(ctx, dir, s.inspect(dir))
	now := time.Now() // of the machine: it is waited for, not reckoned with
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		if errors.Is(err, errSlow) && at.slow.IsZero() {
			at.slow = began
		}
		at.last.err = err
		return nil, false, err
	}
	at.last, at.slow = l, time.Time{}
	at.last.files = nil // the jobs know them
	round := map[*Job]map[string]bool{}
	for _, f := range l.files {
		j := s.owner(dir, f.path)
		if j == nil || !j.On() {
			at.last.pass(f.path, f.mark, "没有任务读取这个名字的文件", "no job reads a file of this name")
			continue
		}
		if round[j] == nil {
			round[j] = map[string]bool{}
		}
		round[j][f.path] = true
		growing = s.note(s.state[j.Name].files, f, open, now) || growing
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
	return l.folders, growing, nil
}

// patience is how often the time of stillness a file may lack its end before it is taken all the
// same: a text may well end without a line end, and what is wrong with a broken workbook its loader
// tells.
const patience = 6

// inspect returns what look asks of every file found: whether one that is still lacks its end.
func (s *Scheduler) inspect(dir string) func(sight) *codes.Text {
	return func(f sight) *codes.Text {
		now := time.Now()
		s.mu.Lock()
		j := s.owner(dir, f.path)
		var old *seen
		if j != nil {
			old = s.state[j.Name].files[f.path]
		}
		tried := old != nil && old.mark == f.mark && old.state != pipeline.ArrivalGrowing
		ready := j != nil && j.On() && !tried && now.Sub(unchanged(old, f.mark, now)) >= s.still()
		s.mu.Unlock()
		if !ready {
			return nil
		}
		return pipeline.Unfinished(f.path)
	}
}

// note brings what is known of one file up to date and reports whether it may still be growing.
func (s *Scheduler) note(files map[string]*seen, f sight, open map[string]codes.Text, now time.Time) (growing bool) {
	old := files[f.path]
	if old == nil || old.mark != f.mark {
		files[f.path] = &seen{mark: f.mark, since: unchanged(old, f.mark, now), state: pipeline.ArrivalGrowing}
	}
	k := files[f.path]
	if k.state != pipeline.ArrivalGrowing {
		return false
	}
	why, lacking := open[f.path]
	switch quiet := now.Sub(k.since); {
	case quiet < s.still():
		k.reason = codes.Text{Zh: fmt.Sprintf("刚有变化，%s 内不再变化就装入", s.still()), En: fmt.Sprintf("it changed a moment ago and is loaded when it has been still for %s", s.still())}
		return true
	case lacking && (quiet < patience*s.still() || pipeline.BeingWritten(why)):
		k.reason = why
		return true
	}
	k.state, k.reason = pipeline.ArrivalWaiting, codes.Text{}
	return false
}

// ready returns the files of a job that are to be loaded: those that have stopped growing and were
// not tried as they are now, and those whose fault may have passed. First submissions stand before
// their revisions, older files before newer ones.
func (s *Scheduler) ready(j *Job) []found {
	s.mu.Lock()
	defer s.mu.Unlock()
	dir := s.folder(j)
	now := time.Now()
	var out []found
	for path, f := range s.state[j.Name].files {
		if f.state != pipeline.ArrivalWaiting && (f.state != pipeline.ArrivalAgain || now.Before(f.next)) {
			continue
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			continue
		}
		out = append(out, found{path, filepath.ToSlash(rel), filename.Parse(path), f.mark, false})
	}
	slices.SortFunc(out, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.name.Revision, b.name.Revision), a.mod.Compare(b.mod), cmp.Compare(a.path, b.path))
	})
	return out
}

// collect returns the files a run has to load. A run that the watcher asked for takes what the
// watcher has seen settle; any other looks for itself, and waits a little for files still growing.
func (s *Scheduler) collect(ctx context.Context, j *Job, by Trigger) ([]found, error) {
	if by == ByWatch {
		return s.ready(j), nil
	}
	dir := s.folder(j)
	ctx, cancel := context.WithTimeout(ctx, s.still()+time.Minute)
	defer cancel()
	for last := time.Now().Add(s.still() + 2*s.poll()); ; {
		_, growing, err := s.look(ctx, dir)
		if errors.Is(err, fs.ErrNotExist) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("folder %s: %w", dir, err)
		}
		if !growing || time.Now().After(last) {
			return s.ready(j), nil
		}
		select {
		case <-time.After(s.poll()):
		case <-ctx.Done():
		case <-s.drain:
			return nil, nil
		}
	}
}

// settle notes what became of a file, unless it has changed in the meantime.
func (s *Scheduler) settle(j *Job, f found, change func(*seen)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if k := s.state[j.Name].files[f.path]; k != nil && k.mark == f.mark {
		change(k)
	}
}

// paused reports whether a job waits after a fault that may pass, so that a database that is away
// does not make one failed run a second.
func (s *Scheduler) paused(j *Job) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Before(s.state[j.Name].pause)
}

// Recheck makes every file that was loaded wait for another look: its batch may be damaged. One that is whole
// is found unchanged.
func (s *Scheduler) Recheck() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, st := range s.state {
		for _, f := range st.files {
			if f.state == pipeline.ArrivalPublished || f.state == pipeline.ArrivalUnchanged {
				f.state = pipeline.ArrivalWaiting
			}
		}
	}
}

// Inbox lists every entry of every folder that a job reads, as it was last looked at: first what
// wants somebody's attention, then by path. It reads no folder. What mail boxes hold besides is among them.
func (s *Scheduler) Inbox() []pipeline.Arrival {
	out := s.entries()
	s.decided(out)
	if s.Letters != nil {
		out = append(out, s.Letters()...)
	}
	slices.SortFunc(out, func(a, b pipeline.Arrival) int {
		return cmp.Or(cmp.Compare(urgency(a.State), urgency(b.State)), cmp.Compare(a.Folder, b.Folder), cmp.Compare(a.Path, b.Path))
	})
	return out
}

// entries are the entries as they were last looked at, in no order.
func (s *Scheduler) entries() []pipeline.Arrival {
	halted, err := paused.Book{Dir: s.Dir}.Read()
	if err != nil {
		s.log().Error("which jobs are paused is not known", "err", err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []pipeline.Arrival
	shown := func(dir, path string) string {
		rel, err := filepath.Rel(dir, path)
		if err != nil {
			rel = filepath.Base(path)
		}
		return s.Loader.Shown(filepath.ToSlash(rel))
	}
	for dir, f := range s.folders {
		name := s.Loader.Shown(filepath.Base(dir))
		if f.last.err != nil && !errors.Is(f.last.err, fs.ErrNotExist) {
			a := pipeline.Arrival{Path: ".", Folder: name, State: pipeline.ArrivalPassed, Changed: f.slow, Reason: codes.Text{Zh: "收件目录读不了：" + trouble.Reason(f.last.err).Zh, En: "the folder cannot be read: " + trouble.Reason(f.last.err).En}}
			if errors.Is(f.last.err, errSlow) {
				a.Reason = codes.Text{Zh: "收件目录没有应答（共享盘可能断开）", En: "the folder does not answer (a share may be away)"}
			}
			out = append(out, a)
		}
		for _, a := range f.last.passed {
			a.Path, a.Folder = shown(dir, a.Path), name
			out = append(out, a)
		}
		if f.last.more > 0 {
			out = append(out, pipeline.Arrival{Path: "…", Folder: name, State: pipeline.ArrivalPassed, Reason: codes.Text{Zh: fmt.Sprintf("另有 %d 项略过，未列出", f.last.more), En: fmt.Sprintf("%d more entries were passed over and are not listed", f.last.more)}})
		}
		for _, j := range s.Jobs {
			if j.Source == nil || s.folder(j) != dir {
				continue
			}
			p, still := halted[j.Name]
			for path, k := range s.state[j.Name].files {
				why := k.reason
				if still && k.state == pipeline.ArrivalWaiting {
					why = haltedText(p)
				}
				out = append(out, pipeline.Arrival{
					Path: shown(dir, path), Folder: name, Job: j.Name, Size: k.size, Changed: k.mod,
					State: k.state, Reason: why, Remedy: k.remedy, Run: k.run, Runs: k.runs, Next: k.next,
				})
			}
		}
	}
	return out
}

// urgency orders the states of an inbox: what a person has to act on comes first.
func urgency(s pipeline.ArrivalState) int {
	order := []pipeline.ArrivalState{pipeline.ArrivalRefused, pipeline.ArrivalHeld, pipeline.ArrivalSubmitted, pipeline.ArrivalAsked, pipeline.ArrivalReturned, pipeline.ArrivalAgain, pipeline.ArrivalPassed, pipeline.ArrivalGrowing, pipeline.ArrivalWaiting, pipeline.ArrivalLoading}
	if i := slices.Index(order, s); i >= 0 {
		return i
	}
	return len(order)
}
