// Package timed runs saved statements at their times: it writes the answer of one as a file, or tells that another has rows. Each
// runs with what its owner may do at that moment, and not at all where that is not enough. One runs at a time.
package timed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"strconv"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/shelf"
	"yanzhen/dashboard/statement"
	"yanzhen/jobs"
	"yanzhen/pipeline/codes"
)

// Bounds.
const (
	lookEvery = 5 * time.Second
	patience  = 10 * time.Minute    // how long one that finds no place, or no database, is tried again
	turn      = 3 * time.Second     // how long one waits for its turn, and the others for it
	mostRows  = 10_000              // that an alert counts
	mostFile  = 1 << 30             // bytes of a file
	mostOwn   = 10 << 30            // bytes of all files of one owner
	mostError = 500                 // bytes of what went wrong inside
	LeftFor   = 30 * 24 * time.Hour // how long files stay whose statement is not on the clock any more
	tidyEvery = time.Hour
)

// Clock runs what is saved. Its fields are set before it starts.
type Clock struct {
	Room *asking.Room
	Book *account.Book
	Dir  string // of the zone; files are written below exports
	Lang codes.Lang
	Log  *slog.Logger
	Now  func() time.Time // nil: time.Now

	mu      sync.Mutex // one runs at a time
	started bool
	stop    context.CancelFunc
	ended   chan struct{}
	asked   chan int // to be run now, by their owners
	waiting sync.Map // ids of asked, each once
	tried   map[int]time.Time
	done    map[int]time.Time // the slot that ran last, also where that could not be written down
	tidied  time.Time
	deaf    map[int]string // schedules that cannot be read and were told of
}

func (c *Clock) now() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

func (c *Clock) log() *slog.Logger {
	if c.Log == nil {
		return slog.Default()
	}
	return c.Log
}

// Next is when a schedule is due next, on the office's clock; an error that whoever wrote it can mend is a *shelf.Refusal.
func Next(schedule string, after time.Time) (time.Time, error) {
	return next(jobs.ParseSchedule, schedule, after)
}

// Due is Next of a schedule that was saved, perhaps when less was refused.
func Due(schedule string, after time.Time) (time.Time, error) {
	return next(jobs.SavedSchedule, schedule, after)
}

func next(parse func(spec, zone string) (jobs.Schedule, error), schedule string, after time.Time) (time.Time, error) {
	s, err := parse(schedule, "")
	var no *jobs.ScheduleFault
	switch {
	case errors.As(err, &no):
		return time.Time{}, &shelf.Refusal{Text: no.Text}
	case err != nil:
		return time.Time{}, err
	}
	first := s.Next(after)
	if second := s.Next(first); !first.IsZero() && !second.IsZero() && second.Sub(first) < time.Minute {
		return time.Time{}, &shelf.Refusal{Text: codes.Text{Zh: "两次之间至少一分钟", En: "at least one minute must lie between two runs"}}
	}
	return first, nil
}

// Start begins to look at the clock. Stop ends it. Of none nothing begins.
func (c *Clock) Start(ctx context.Context) {
	if c == nil {
		return
	}
	ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	c.ended, c.asked, c.tried, c.started = make(chan struct{}), make(chan int, shelf.MostTimed), map[int]time.Time{}, true
	go func() {
		defer close(c.ended)
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case id := <-c.asked:
				c.waiting.Delete(id)
				c.one(ctx, id)
			case <-tick.C:
				c.Look(ctx)
			}
		}
	}()
}

// Stop ends the clock: a statement that runs is stopped, and counts as not run.
func (c *Clock) Stop() {
	if c == nil || !c.started {
		return
	}
	c.stop()
	<-c.ended
}

// Ask has a statement of who asks run as soon as the clock comes to it.
func (c *Clock) Ask(who string, id int) error {
	list, err := c.Room.Shelf.Timed()
	if err != nil {
		return err
	}
	for _, s := range list {
		if s.ID == id && s.Owner == who {
			if !c.started {
				return &shelf.Refusal{Text: codes.Text{Zh: "服务没有运行任务（--no-jobs）", En: "this server runs no jobs (--no-jobs)"}}
			}
			if _, there := c.waiting.LoadOrStore(id, true); there {
				return nil // it is run once, however often somebody asks
			}
			select {
			case c.asked <- id:
				return nil
			default:
				c.waiting.Delete(id)
				return &shelf.Refusal{Text: codes.Text{Zh: "等着运行的语句太多，请稍后再试", En: "too many statements wait to be run: try again in a moment"}}
			}
		}
	}
	return &shelf.Refusal{Text: codes.Text{Zh: "没有这条定时的语句，或不是您的", En: "there is no such statement on the clock, or it is not yours"}}
}

// one runs a statement that somebody asked for: what comes of it is written down at once.
func (c *Clock) one(ctx context.Context, id int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	list, err := c.Room.Shelf.Timed()
	if err != nil {
		c.log().Error("saved statements cannot be read", "err", err)
		return
	}
	for _, s := range list {
		if s.ID == id {
			c.tried[id] = c.now().Add(-patience)
			c.run(ctx, s, c.now())
		}
	}
}

// Look runs what is due. Times that passed while nothing ran are made up for by one run.
func (c *Clock) Look(ctx context.Context) {
	c.mu.Lock()
	defer c.mu.Unlock()
	list, err := c.Room.Shelf.Timed()
	if err != nil {
		c.log().Error("saved statements cannot be read", "err", err)
		return
	}
	if c.now().Sub(c.tidied) >= tidyEvery {
		c.tidied = c.now()
		c.tidy(list)
	}
	if len(list) == 0 {
		return
	}
	past, err := c.Room.Shelf.Happened()
	if err != nil {
		c.log().Error("what came of saved statements cannot be read", "err", err)
		return
	}
	for _, s := range list {
		if ctx.Err() != nil {
			return
		}
		if s.Timed.Paused {
			continue
		}
		schedule, err := jobs.SavedSchedule(s.Timed.Schedule, "")
		if err != nil {
			if c.deaf[s.ID] != s.Timed.Schedule { // once, not every few seconds
				if c.deaf == nil {
					c.deaf = map[int]string{}
				}
				c.deaf[s.ID] = s.Timed.Schedule
				c.log().Error("the schedule of a saved statement cannot be read: it is not run", "statement", s.ID, "owner", s.Owner, "schedule", s.Timed.Schedule, "err", err)
			}
			continue
		}
		last := s.Timed.Since
		for _, h := range past[s.ID] {
			if h.Slot.After(last) {
				last = h.Slot
			}
		}
		if done := c.done[s.ID]; done.After(last) {
			last = done
		}
		if slot, n := schedule.DueSince(last, c.now()); n > 0 {
			c.run(ctx, s, slot)
		}
	}
}

// Owner is who a statement runs as: its owner, as the account is now; why is empty where that is enough.
func (c *Clock) Owner(s shelf.Saved) (v *access.Viewer, why codes.Text, err error) {
	a, ok, err := c.Book.Find(s.Owner)
	if err != nil {
		return nil, why, err
	}
	need := asking.Rights
	if s.Timed.Kind == shelf.ExportKind {
		need |= access.Export
	}
	switch {
	case !ok:
		return nil, codes.Text{Zh: "保存它的账号已不在", En: "the account that saved it is gone"}, nil
	case a.Disabled:
		return nil, codes.Text{Zh: "保存它的账号已停用", En: "the account that saved it is disabled"}, nil
	case a.Made.After(s.Timed.Since):
		return nil, codes.Text{Zh: "账号是后来新建的，请由它重新定时", En: "the account was made anew since: let it set the clock again"}, nil
	}
	v = c.Book.Viewer(a)
	switch {
	case v.Owes:
		return nil, codes.Text{Zh: "账号要先改密码或补第二因素", En: "the account owes a new password or a second factor"}, nil
	case !v.Can(need):
		return nil, codes.Text{Zh: "账号已没有这项权限（SQL、明细、少数人的数；导出还要下载）", En: "the account has not the rights any more (SQL, rows, small; export for a file)"}, nil
	case !v.Whole():
		return nil, codes.Text{Zh: "账号只管一部分，不能自己写 SQL", En: "the account is kept to a part of the zone and may not ask in SQL"}, nil
	}
	v.From = "clock"
	return v, why, nil
}

// run runs one and writes down what came of it. One that found no place is tried again for a while.
func (c *Clock) run(ctx context.Context, s shelf.Saved, slot time.Time) {
	last := s.Last()
	h := shelf.Happened{Slot: slot.UTC(), At: c.now().UTC(), Version: last.N, State: shelf.Done}
	v, why, err := c.Owner(s)
	switch {
	case err != nil:
	case why.Zh != "":
		h.State, h.Zh, h.En = shelf.Refused, why.Zh, why.En
	case s.Timed.Kind == shelf.AlertKind:
		err = c.alert(ctx, s, v, &h)
	default:
		err = c.export(ctx, s, v, &h)
	}
	if ctx.Err() != nil {
		return // the program stops: it is due again at the next start
	}
	var f *statement.Fault
	if errors.As(err, &f) && (f.Code == 202 || f.Code == 209 || f.Code == 210) {
		if c.tried == nil {
			c.tried = map[int]time.Time{}
		}
		if first, ok := c.tried[s.ID]; !ok {
			c.tried[s.ID] = c.now()
			return
		} else if c.now().Sub(first) < patience {
			return
		}
	}
	delete(c.tried, s.ID)
	if err != nil && f != nil && f.Code == 202 { // given up, and written down nowhere yet
		c.Room.Note(c.asking(s, v), asking.Outcome{State: shelf.Failed, Code: f.Code, Began: h.At})
	}
	if err != nil {
		h.State = shelf.Failed
		h.Zh, h.En = c.told(s, err)
	}
	h.Millis = c.now().Sub(h.At).Milliseconds()
	if c.done == nil {
		c.done = map[int]time.Time{}
	}
	if slot.After(c.done[s.ID]) {
		c.done[s.ID] = slot
	}
	if err := c.Room.Shelf.Happen(s.ID, h); err != nil {
		c.log().Error("what came of a saved statement is not written down", "statement", s.ID, "err", err)
	}
	level := slog.LevelInfo
	if h.Bad() {
		level = slog.LevelWarn
	}
	c.log().Log(ctx, level, "saved statement", "statement", s.ID, "owner", s.Owner, "kind", string(s.Timed.Kind), "state", h.State, "slot", h.Slot, "file", h.File, "took", time.Duration(h.Millis)*time.Millisecond, "why", h.En)
	if h.State == shelf.Refused { // nothing was asked, and so nothing is in the trail yet
		c.Room.Note(asking.Asked{Who: &access.Viewer{Name: s.Owner, From: "clock"}, Door: door(s), SQL: last.SQL}, asking.Outcome{State: shelf.Refused, Code: 497, Began: h.At})
	}
}

func door(s shelf.Saved) string { return "clock " + strconv.Itoa(s.ID) }

// told is an error in words for the owner; what went wrong inside goes to the log.
func (c *Clock) told(s shelf.Saved, err error) (zh, en string) {
	var f *statement.Fault
	var no *shelf.Refusal
	switch {
	case errors.As(err, &f):
		return f.Zh, f.En
	case errors.As(err, &no):
		return no.Zh, no.En
	}
	c.log().Error("a saved statement failed", "statement", s.ID, "err", fmt.Sprintf("%.*s", mostError, err.Error()))
	if errors.Is(err, os.ErrPermission) {
		return "导出目录不能写，请管理员查看日志", "the folder of exports cannot be written: ask the administrator to look at the log"
	}
	return "没有完成，请管理员查看日志", "it was not completed: ask the administrator to look at the log"
}

// alert counts the rows that a statement has.
func (c *Clock) alert(ctx context.Context, s shelf.Saved, v *access.Viewer, h *shelf.Happened) error {
	n, cut, err := c.Room.Rows(ctx, c.asking(s, v), statement.Bounds{Rows: mostRows}, statement.Take{
		Head: func([]statement.Column) error { return nil }, Row: func(json.RawMessage) error { return nil },
	})
	if h.Rows, h.More = uint64(n), cut; err == nil && n > 0 {
		h.State = shelf.Alert
	}
	return err
}

func (c *Clock) asking(s shelf.Saved, v *access.Viewer) asking.Asked {
	return asking.Asked{Who: v, Door: door(s), SQL: s.Last().SQL, Params: s.Last().Params, Within: turn}
}
