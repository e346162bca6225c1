package subscribe

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"sync"
	"time"

	"yanzhen/jobs/alert"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline/codes"
)

// Bounds.
const (
	lookEvery = 30 * time.Second
	patience  = 20 * time.Minute // how long what may be there soon is asked for again
	makeIn    = 3 * time.Minute
	mostBytes = 15 << 20  // of an attachment
	mostInAll = 200 << 20 // of an attachment, over all of its receivers: each has one of its own in the outbox
)

// Clock sends subscriptions at their times.
type Clock struct {
	List     []*Subscription
	Channels []*channel.Channel
	Press    Press
	Book     alert.Book
	Post     *outbox.Post // where mails are put
	Base     string
	Now      func() time.Time // nil: time.Now
	Log      *slog.Logger

	stop context.CancelFunc
	done sync.WaitGroup
}

func (c *Clock) now() time.Time {
	if c.Now != nil {
		return c.Now()
	}
	return time.Now()
}

// Start begins to look at the clock. Stop ends it.
func (c *Clock) Start(ctx context.Context) {
	if len(c.List) == 0 {
		if err := c.Look(ctx); err != nil { // those that were declared are forgotten
			c.Log.Error("subscriptions are not written", "error", err)
		}
		return
	}
	ctx, c.stop = context.WithCancel(context.WithoutCancel(ctx))
	c.done.Go(func() {
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			if err := c.Look(ctx); err != nil && ctx.Err() == nil {
				c.Log.Error("subscriptions are not written", "error", err)
			}
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// Stop ends looking.
func (c *Clock) Stop() {
	if c == nil || c.stop == nil {
		return
	}
	c.stop()
	c.done.Wait()
}

// Look puts what is due into the outbox and writes down that it is dealt with. Where it is stopped in between, or a queue does not
// take all, the next look goes on: what was put in is sent once. Times that passed while nothing ran are made up for by one mail; a
// subscription that is new, has come back or has another time or content begins with its next time.
func (c *Clock) Look(ctx context.Context) error {
	state, err := c.Book.Read()
	if err != nil {
		return err
	}
	if err := c.strike(state); err != nil {
		return err
	}
	now := c.now()
	var faults []error
	for _, s := range c.List {
		last, known := state.Slots[s.Name]
		cycle, old := state.Cycles[s.Name]
		if known && !old { // an earlier version wrote no cycle: it is taken to be the one that is declared
			cycle = s.cycle()
		}
		if !known || cycle != s.cycle() {
			faults = append(faults, c.mark(s, now, nil))
			continue
		}
		if slot, n := s.schedule.DueSince(last, now); n > 0 {
			faults = append(faults, c.one(ctx, s, slot, now))
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	return errors.Join(faults...)
}

// strike forgets subscriptions that are declared no more.
func (c *Clock) strike(state alert.State) error {
	declared := map[string]bool{}
	for _, s := range c.List {
		declared[s.Name] = true
	}
	gone := false
	for name := range state.Slots {
		gone = gone || !declared[name]
	}
	if !gone {
		return nil
	}
	return c.Book.Change(func(st *alert.State) error {
		maps.DeleteFunc(st.Slots, func(name string, _ time.Time) bool { return !declared[name] })
		maps.DeleteFunc(st.Cycles, func(name string, _ string) bool { return !declared[name] })
		maps.DeleteFunc(st.Missed, func(name string, _ alert.Missed) bool { return !declared[name] })
		return nil
	})
}

// one makes a mail, or the one that says why there is none.
func (c *Clock) one(ctx context.Context, s *Subscription, slot, now time.Time) error {
	lang := codes.Zh
	for _, ch := range c.Channels {
		if ch.Name == s.Channel {
			lang = ch.Language()
		}
	}
	asked, cancel := context.WithTimeout(ctx, makeIn)
	f, err := c.Press.Make(asked, s, lang)
	cancel()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err == nil && len(f.Data) == 0 {
		err = &Missing{Why: codes.Text{Zh: "文件是空的", En: "the file is empty"}}
	}
	if err == nil && len(f.Data) > mostBytes {
		err = &Missing{Why: codes.Text{Zh: "文件超过 15 MB，邮件发不了", En: "the file is larger than 15 MB, which no mail takes"}}
	}
	if err == nil && len(f.Data)*len(s.To) > mostInAll {
		err = no("文件 %.1f MB，发给 %d 人，合计超过 200 MB：请减少收件人，或改发群组邮箱", "the file has %.1f MB and goes to %d receivers, more than 200 MB in all: name fewer, or the address of a group", float64(len(f.Data))/(1<<20), len(s.To))
	}
	m := channel.Message{At: now, Kind: "subscription", Subject: s.Title.In(lang), Link: c.Base + s.address()}
	var missing *Missing
	switch {
	case err == nil:
		m.Text = fmt.Sprintf(codes.Text{Zh: "见附件，以账号 %s 的权限与范围写成。", En: "Attached, with the rights and the part of the zone of the account %s."}.In(lang), s.Account)
		m.Files = []channel.File{{Name: f.Name, Type: f.Type, Data: f.Data}}
	case errors.As(err, &missing) && missing.Again && now.Sub(slot) < patience:
		c.Log.Warn("a subscription cannot be written yet and is tried again", "subscription", s.Name, "why", missing.Why.En)
		return nil
	default:
		if missing == nil {
			c.Log.Error("a subscription failed", "subscription", s.Name, "error", err)
			missing = &Missing{Why: codes.Text{Zh: "内部错误，请管理员查看日志", En: "a fault inside: ask the administrator to look at the log"}}
		}
		m.Subject = codes.Text{Zh: "没有发出：", En: "Not sent: "}.In(lang) + m.Subject
		m.Text = codes.Text{Zh: "这一次没有内容，因为算不全：", En: "There is nothing this time, for not all of it could be had: "}.In(lang) + missing.Why.In(lang)
	}
	for i, to := range s.To {
		one := m
		one.ID, one.To = fmt.Sprintf("sub-%s-%d-%d", s.Name, slot.Unix(), i+1), to
		err := c.Post.Put(s.Channel, one)
		if errors.Is(err, outbox.ErrLarge) { // it is counted there as one that is not sent
			c.Log.Error("a message is too large to be sent", "channel", s.Channel, "message", one.ID)
		} else if err != nil {
			return fmt.Errorf("%s: %s: %w", s.Name, s.Channel, err)
		}
	}
	return c.mark(s, slot, missing)
}

// mark writes down that a time is dealt with, and what was missing.
func (c *Clock) mark(s *Subscription, slot time.Time, missing *Missing) error {
	return c.Book.Change(func(st *alert.State) error {
		if st.Slots == nil {
			st.Slots = map[string]time.Time{}
		}
		if st.Missed == nil {
			st.Missed = map[string]alert.Missed{}
		}
		if st.Cycles == nil {
			st.Cycles = map[string]string{}
		}
		st.Slots[s.Name], st.Cycles[s.Name] = slot.UTC(), s.cycle()
		if delete(st.Missed, s.Name); missing != nil {
			st.Missed[s.Name] = alert.Missed{At: slot.UTC(), Why: missing.Why}
		}
		return nil
	})
}

// cycle is when and what it sends.
func (s *Subscription) cycle() string { return s.Schedule + " " + s.address() }

// address is the page that a mail leads to.
func (s *Subscription) address() string {
	switch {
	case s.Page != "":
		return "/b/" + s.Page
	case s.Briefing != "":
		return "/briefings/" + s.Briefing
	}
	return fmt.Sprint("/sql?saved=", s.Statement)
}

// Source finds subscriptions whose last mail could not be written.
func (c *Clock) Source() alert.Source {
	return alert.Source{Kinds: []string{"subscription"}, Look: func(context.Context, time.Time) ([]alert.Found, error) {
		state, err := c.Book.Read()
		if err != nil {
			return nil, err
		}
		var out []alert.Found
		for _, s := range c.List {
			if m, ok := state.Missed[s.Name]; ok {
				out = append(out, alert.Found{
					Key: "subscription/" + s.Name, Kind: "subscription", Level: 1, Since: m.At, Page: s.address(),
					What: codes.Text{Zh: "订阅“" + s.Title.Zh + "”没有发出：" + m.Why.Zh, En: "the subscription " + s.Title.In(codes.En) + " was not sent: " + m.Why.In(codes.En)},
				})
			}
		}
		return out, nil
	}}
}
