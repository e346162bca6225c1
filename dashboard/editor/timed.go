package editor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"net/url"
	"os"
	"path"
	"slices"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/statement"
	"yanzhen/dashboard/words"
	"yanzhen/pipeline/codes"
)

// Clock is what runs saved statements at their times.
type Clock struct {
	// Next is when a schedule is due after a moment; an error that whoever wrote it can mend is a *shelf.Refusal.
	Next func(schedule string, after time.Time) (time.Time, error)
	// Due is Next of a schedule that was saved, perhaps when less was refused.
	Due func(schedule string, after time.Time) (time.Time, error)
	// Ask has a statement run now.
	Ask func(who string, id int) error
	// Open opens a file that was written for an owner.
	Open func(owner, file string) (*os.File, error)
}

// mostShown is how many outcomes of a statement are told.
const mostShown = 10

// timed is what the clock does with a saved statement, as its owner sees it.
type timed struct {
	shelf.Timing
	Next string    `json:"next,omitempty"`
	Past []outcome `json:"past"`
}

type outcome struct {
	At    string `json:"at"`
	State string `json:"state"`
	Rows  uint64 `json:"rows"`
	More  bool   `json:"more,omitempty"`
	File  string `json:"file,omitempty"`
	Bytes int64  `json:"bytes,omitempty"`
	Why   string `json:"why,omitempty"`
}

// timing is what the script is told of the clock of a statement; nil: it has none.
func (e *Editor) timing(s shelf.Saved, past []shelf.Happened, loc codes.Lang) *timed {
	if s.Timed == nil {
		return nil
	}
	out := &timed{Timing: *s.Timed, Past: []outcome{}}
	if e.Clock.Due != nil && !s.Timed.Paused {
		if at, err := e.Clock.Due(s.Timed.Schedule, time.Now()); err == nil && !at.IsZero() {
			out.Next = address.Moment(at)
		}
	}
	for i := len(past) - 1; i >= max(0, len(past)-mostShown); i-- {
		h := past[i]
		out.Past = append(out.Past, outcome{address.Moment(h.At), h.State, h.Rows, h.More, h.File, h.Bytes, h.Why().In(loc)})
	}
	return out
}

// time declares, pauses or ends what the clock does with a statement of one's own.
func (e *Editor) time(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		Saved    int        `json:"saved"`
		Kind     shelf.Kind `json:"kind"` // off: nothing more
		Schedule string     `json:"schedule"`
		Format   string     `json:"format"`
		Keep     int        `json:"keep"`
		Paused   bool       `json:"paused"`
	}
	err := read(r, &sent)
	if err == nil && e.Clock.Next == nil {
		err = address.Refuse(http.StatusNotImplemented, words.Get("sql_no_clock"))
	}
	v := access.From(r.Context())
	var t *shelf.Timing
	if err == nil && sent.Kind != "off" {
		t = &shelf.Timing{Kind: sent.Kind, Schedule: sent.Schedule, Format: sent.Format, Keep: sent.Keep, Paused: sent.Paused}
		next := e.Clock.Next
		if list, failed := e.Shelf.Timed(); failed == nil && slices.ContainsFunc(list, func(s shelf.Saved) bool { return s.ID == sent.Saved && s.Timed.Schedule == sent.Schedule }) {
			next = e.Clock.Due // it is paused, say
		}
		if _, err = next(t.Schedule, time.Now()); err == nil && t.Kind == shelf.ExportKind && !v.Can(access.Export) {
			err = address.Refuse(http.StatusForbidden, words.Get("no_right"))
		}
	}
	var s shelf.Saved
	if err == nil {
		s, err = e.Shelf.Time(v.Name, sent.Saved, t, statement.FormatNames())
	}
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	e.write(r, audit.Entry{Did: "clock", What: Timed(s), Result: "ok"})
	past, err := e.Shelf.Happened()
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	e.json(w, r, http.StatusOK, map[string]any{"timed": e.timing(s, past[s.ID], address.Language(r))})
}

// Timed is what the clock does with a statement, in a line for the audit trail.
func Timed(s shelf.Saved) string {
	t := s.Timed
	if t == nil {
		return fmt.Sprintf("%d %s: off", s.ID, s.Title)
	}
	out := fmt.Sprintf("%d %s: %s %q", s.ID, s.Title, t.Kind, t.Schedule)
	if t.Kind == shelf.ExportKind {
		out += fmt.Sprintf(" %s, %d", t.Format, t.Keep)
	}
	if t.Paused {
		out += ", paused"
	}
	return out
}

// now has a statement on the clock run.
func (e *Editor) now(w http.ResponseWriter, r *http.Request) {
	var sent struct {
		Saved int `json:"saved"`
	}
	err := read(r, &sent)
	if err == nil && e.Clock.Ask == nil {
		err = address.Refuse(http.StatusNotImplemented, words.Get("sql_no_clock"))
	}
	if err == nil {
		err = e.Clock.Ask(access.From(r.Context()).Name, sent.Saved)
	}
	if err != nil {
		e.refuse(w, r, err)
		return
	}
	e.json(w, r, http.StatusOK, map[string]bool{"asked": true})
}

// written gives its owner a file that the clock wrote.
func (e *Editor) written(w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("file")
	var f *os.File
	err := error(fs.ErrNotExist)
	if e.Clock.Open != nil {
		f, err = e.Clock.Open(access.From(r.Context()).Name, name)
	}
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) && e.Desk.Log != nil {
			e.Desk.Log.Error("a file of the clock cannot be read", "file", name, "err", err)
		}
		e.Fail(w, r, address.Missing(words.Get("sql_no_file")))
		return
	}
	defer f.Close()
	kind := mime.TypeByExtension(path.Ext(name))
	for _, x := range statement.Formats {
		if x.Ending == path.Ext(name) {
			kind = x.Type
			break
		}
	}
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Content-Disposition", fmt.Sprintf(`attachment; filename="answer%s"; filename*=UTF-8''%s`, path.Ext(name), url.PathEscape(name)))
	_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(time.Hour))
	e.write(r, audit.Entry{Did: "file", What: r.URL.Path, Rows: e.rowsOf(access.From(r.Context()).Name, name), Result: "200"})
	at := time.Time{}
	if info, err := f.Stat(); err == nil {
		at = info.ModTime()
	}
	http.ServeContent(w, r, "", at, f)
}

// rowsOf is how many rows a file of the clock holds, as its history says; 0: that is not known any more.
func (e *Editor) rowsOf(owner, name string) uint64 {
	own, err := e.Shelf.Saved(owner)
	if err != nil {
		return 0
	}
	past, err := e.Shelf.Happened()
	if err != nil {
		return 0
	}
	for _, s := range own {
		for _, h := range past[s.ID] {
			if s.Owner == owner && h.File == name {
				return h.Rows
			}
		}
	}
	return 0
}

// Trouble is a statement on the clock that somebody should look at, as the page of runs tells it: of an alert how many rows
// there are is told to its owner only.
type Trouble struct {
	ID, Title, Owner    string
	State, Text         string
	At, First, Why, URL string
}

// Troubles are those; none where nothing runs by the clock.
func (e *Editor) Troubles(ctx context.Context, loc codes.Lang) []Trouble {
	if e == nil || e.Clock.Next == nil {
		return nil
	}
	list, err := e.Shelf.Troubles()
	if err != nil {
		e.Desk.Log.Error("saved statements on the clock cannot be read", "err", err)
		return nil
	}
	var out []Trouble
	for _, t := range list {
		x := Trouble{
			ID: fmt.Sprint(t.ID), Title: t.Title, Owner: t.Owner, State: t.State, Text: words.In(loc, "sqljs_past_"+t.State),
			At: address.Moment(t.At), Why: t.Why().In(loc),
		}
		if !t.First.Equal(t.At) {
			x.First = address.Moment(t.First)
		}
		if v := access.From(ctx); v.Can(access.SQL) && (t.Owner == v.Name || t.Shared) {
			x.URL = "/sql?saved=" + x.ID
		}
		out = append(out, x)
	}
	return out
}
