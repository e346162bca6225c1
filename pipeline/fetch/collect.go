package fetch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"yanzhen/pipeline"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/fetch/folder"
	"yanzhen/pipeline/filename"
	"yanzhen/pipeline/packed"
)

// A folder on another machine gives files, each of which goes the way of a file in the inbox. What was taken is remembered by
// name, size, time and tag, so that nothing is copied twice; that the same bytes are not loaded twice is the ledger's.

// taken is what was taken of a folder before.
type taken struct {
	of   string                  // the question
	name string                  // of the file that remembers it
	Of   string                  `json:"of"`
	By   map[string]folder.Entry `json:"files"`
	Open map[string]folder.Entry `json:"open,omitempty"` // that seemed to lack their end when they were copied
}

func (f *Fetcher) taken(s *Source, dir string) (*taken, error) {
	t := &taken{of: s.question(f.Office), name: filepath.Join(dir, "taken.json")}
	text, err := os.ReadFile(t.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case json.Unmarshal(text, t) != nil || t.Of != t.of: // damaged, or of another folder: the ledger knows what is loaded
		t.By, t.Open = nil, nil
	}
	if t.By == nil {
		t.By = map[string]folder.Entry{}
	}
	if t.Open == nil {
		t.Open = map[string]folder.Entry{}
	}
	t.Of = t.of
	return t, nil
}

// keep remembers what was taken, of the files that still lie there.
func (t *taken) keep(l folder.Listing) error {
	there := map[string]bool{}
	for _, e := range l.Files {
		there[e.Name] = true
	}
	for _, m := range []map[string]folder.Entry{t.By, t.Open} {
		maps.DeleteFunc(m, func(name string, _ folder.Entry) bool { return !there[name] })
	}
	text, err := json.Marshal(t)
	if err != nil {
		return err
	}
	if err := os.WriteFile(t.name+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(t.name+".new", t.name)
}

// fresh are the files of a listing that were not taken as they are.
func (t *taken) fresh(l folder.Listing, how how, only []days.Range) (out []folder.Entry) {
	for _, e := range l.Files {
		if p := filename.Parse(e.Name).Period; only != nil && !p.IsZero() && !slices.Contains(only, p) {
			continue // its name says another period
		}
		if t.By[e.Name] != e || how == everything {
			out = append(out, e)
		}
	}
	return out
}

// still lists again and leaves those that are as they were; how many are not is told.
func (f *Fetcher) still(ctx context.Context, s *Source, door folder.Door, fresh []folder.Entry, sum *Summary) ([]folder.Entry, error) {
	if len(fresh) == 0 || !s.Folder.Settles() {
		return fresh, nil
	}
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case <-time.After(s.Folder.Still):
	}
	again, err := door.List(ctx)
	if err != nil {
		return nil, err
	}
	now := map[string]folder.Entry{}
	for _, e := range again.Files {
		now[e.Name] = e
	}
	var out []folder.Entry
	var moving []string
	for _, e := range fresh {
		if now[e.Name] == e {
			out = append(out, e)
		} else if moving = append(moving, f.Loader.Shown(e.Name)); len(moving) == mostNamed+1 {
			moving[mostNamed] = "…"
		}
	}
	if n := len(fresh) - len(out); n > 0 {
		names := strings.Join(moving[:min(n, mostNamed+1)], ", ")
		sum.Notes = append(sum.Notes, codes.Text{Zh: fmt.Sprintf("%d 个文件还在变化，下次再取：%s", n, names), En: fmt.Sprintf("%d files are still changing and are left for the next time: %s", n, names)})
	}
	return out, nil
}

// collect takes the new files of a folder, the oldest first, and loads each. What is wrong with one keeps no other from being
// loaded; one that may pass is taken again next time.
func (f *Fetcher) collect(ctx context.Context, s *Source, dir string, req Request, did func(pipeline.Outcome, error)) (sum Summary, err error) {
	sum.Folder = true
	ctx, cancel := context.WithTimeout(ctx, s.Folder.Timeout)
	defer cancel()
	known, err := f.taken(s, dir)
	if err != nil {
		return sum, err
	}
	door, err := s.Folder.Open(ctx)
	if err != nil {
		return sum, err
	}
	defer door.Close()
	list, err := door.List(ctx)
	if err != nil {
		return sum, err
	}
	sum.Holds = list.Text()
	if list.Bad > 0 {
		sum.Notes = append(sum.Notes, sum.Holds)
	}
	fresh, err := f.still(ctx, s, door, known.fresh(list, reading(req), req.Only), &sum)
	if err != nil {
		return sum, err
	}
	files := filepath.Join(dir, "files")
	defer os.RemoveAll(files)
	var faults []error // that may pass
	for i, e := range fresh {
		name := f.Loader.Shown(e.Name)
		q, err := f.copied(ctx, s, door, files, i, e)
		if err == nil && s.Folder.Settles() && known.Open[e.Name] != e && pipeline.Unfinished(q.Path) != nil { // the second time it is taken as it is
			os.Remove(q.Path)
			err, known.Open[e.Name] = folder.ErrMoving, e
			if err := known.keep(list); err != nil {
				return sum, err
			}
		}
		if errors.Is(err, folder.ErrMoving) {
			sum.Notes = append(sum.Notes, codes.Text{Zh: name + " 还在变化，或没有结尾，下次再取", En: name + " is still changing, or lacks its end, and is left for the next time"})
			continue
		}
		if p := ofFile("", err); p != nil {
			did(pipeline.Outcome{Dataset: s.Dataset, File: name, Sender: s.Sender, State: pipeline.Failed, Problem: p}, p)
			continue
		}
		if err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", name, err))
			if ctx.Err() != nil || len(faults) == mostFaults {
				break
			}
			continue
		}
		// by hand too what an arrival under the same name has replaced stays replaced
		q.Job, q.Parent, q.Force, q.Quiet = req.Job, req.Parent, req.Force, true
		_, err = packed.Load(ctx, f.Loader, q, did)
		os.Remove(q.Path)
		if err != nil && (pipeline.Away(err) || ctx.Err() != nil) {
			return sum, err
		}
		sum.Read++
		if pipeline.Temporary(err) {
			continue // did was told
		}
		known.By[e.Name] = e
		delete(known.Open, e.Name)
		if err := known.keep(list); err != nil {
			return sum, err
		}
	}
	return sum, errors.Join(faults...)
}

const mostNamed = 5 // files that still change

const mostFaults = 3 // that may pass: then it is the line

// copied is the request for a file, of which a copy lies here then.
func (f *Fetcher) copied(ctx context.Context, s *Source, door folder.Door, files string, nth int, e folder.Entry) (q pipeline.Request, err error) {
	if err := os.MkdirAll(files, 0o700); err != nil {
		return q, err
	}
	ext := filepath.Ext(e.Name)
	if len(ext) > 10 {
		ext = ""
	}
	to, err := os.Create(filepath.Join(files, strconv.Itoa(nth)+ext)) // a name of ours: theirs leads nowhere
	if err != nil {
		return q, err
	}
	err = door.Copy(ctx, e, to)
	if err = errors.Join(err, to.Close()); err != nil {
		os.Remove(to.Name())
		return q, err
	}
	return pipeline.Request{Path: to.Name(), Display: e.Name, Dataset: s.Dataset, Sender: s.Sender}, nil
}

// ofFile makes a problem of what needs a person about a file, which is named where nothing else does; nil: it may pass.
func ofFile(name string, err error) *pipeline.Problem {
	fault, ok := errors.AsType[*answer.Fault](err)
	if !ok {
		return nil
	}
	p := &pipeline.Problem{Code: "source_" + fault.Code, Text: fault.Text, Remedy: fault.Remedy}
	if name != "" {
		p.Text = codes.Text{Zh: name + "：" + p.Text.Zh, En: name + ": " + p.Text.En}
	}
	return p
}

// Folder lists a folder, tells of each file whether it would be taken, and leaves the first that would be as a file that can be
// planned; without a path there is none. Nothing is loaded, and nothing of it is remembered; done removes the file.
func (f *Fetcher) Folder(ctx context.Context, name string) (list folder.Listing, fresh map[string]bool, q pipeline.Request, done func(), err error) {
	s, dir, release, err := f.named(name)
	if err != nil {
		return list, nil, q, nil, err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, s.Folder.Timeout)
	defer cancel()
	known, err := f.taken(s, dir)
	if err != nil {
		return list, nil, q, nil, err
	}
	tmp, err := os.MkdirTemp(dir, "look-")
	if err != nil {
		return list, nil, q, nil, err
	}
	done = func() { os.RemoveAll(tmp) }
	door, err := s.Folder.Open(ctx)
	if err == nil {
		defer door.Close()
		list, err = door.List(ctx)
	}
	fresh = map[string]bool{}
	for i, e := range known.fresh(list, asKnown, nil) {
		fresh[e.Name] = true
		if i == 0 && err == nil {
			name := f.Loader.Shown(e.Name)
			q, err = f.copied(ctx, s, door, tmp, 0, e)
			if p := ofFile(name, err); p != nil {
				err = p
			} else if err != nil {
				err = fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	if err != nil {
		done()
		return list, nil, q, nil, asProblem(s, err)
	}
	return list, fresh, q, done, nil
}
