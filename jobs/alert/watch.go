package alert

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline/codes"
)

// Bounds.
const (
	lookEvery = time.Minute
	lookFor   = 10 * time.Second // the longest that a source may take
	settled   = 90 * time.Second // what is away for so long is over
	easedFor  = 30 * time.Minute // what is better for so long is told again where it worsens
	mostLines = 10               // alerts that a message tells one by one
)

// Source finds what needs a person. Where it fails nothing is known of its kinds, or of the keys that the error names: what is
// open of them stays so.
type Source struct {
	Kinds []string
	Look  func(ctx context.Context, now time.Time) ([]Found, error)
}

// Unknown is the error of a source that knows nothing of some alerts alone: those whose key is one of these or stands below it.
type Unknown struct {
	Keys []string
	Err  error
}

func (u *Unknown) Error() string { return u.Err.Error() }

// Unwrap is why.
func (u *Unknown) Unwrap() error { return u.Err }

// unknown is what nobody could say at a look.
type unknown struct {
	kinds, keys []string
}

func (u *unknown) add(s Source, err error) {
	if x, ok := errors.AsType[*Unknown](err); ok {
		u.keys = append(u.keys, x.Keys...)
	} else {
		u.kinds = append(u.kinds, s.Kinds...)
	}
}

func (u *unknown) has(a *Alert) bool {
	return slices.Contains(u.kinds, a.Kind) || slices.ContainsFunc(u.keys, func(k string) bool { return a.Key == k || strings.HasPrefix(a.Key, k+"/") })
}

// Watch looks at the sources and tells the channels.
type Watch struct {
	Book    Book
	Sources []Source
	Post    *outbox.Post
	Base    string           // of the pages: what links begin with
	Now     func() time.Time // nil: time.Now
	Zone    *time.Location   // of quiet hours
	Log     *slog.Logger
	// Also is asked at every look whether it has something to write into the book: reminders go the same way.
	Also func(ctx context.Context, now time.Time, book Book) error

	stop context.CancelFunc
	done sync.WaitGroup
}

func (w *Watch) now() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now()
}

// Start begins to look. Stop ends it.
func (w *Watch) Start(ctx context.Context) {
	ctx, w.stop = context.WithCancel(context.WithoutCancel(ctx))
	w.done.Go(func() {
		tick := time.NewTicker(lookEvery)
		defer tick.Stop()
		for {
			if err := w.Look(ctx); err != nil && ctx.Err() == nil {
				w.Log.Error("alerts are not written down", "error", err)
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
func (w *Watch) Stop() {
	if w == nil || w.stop == nil {
		return
	}
	w.stop()
	w.done.Wait()
}

// Look asks the sources once, writes down what is open and what is to be told of it, and hands that over to the outbox. Where
// it is stopped in between, the next look goes on: what was written down is told, and is told once.
func (w *Watch) Look(ctx context.Context) error {
	now := w.now()
	found, nobody := map[string]Found{}, &unknown{}
	for _, s := range w.Sources {
		asked, cancel := context.WithTimeout(ctx, lookFor)
		list, err := s.Look(asked, now)
		cancel()
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			w.Log.Warn("what needs a person could not be asked", "kinds", strings.Join(s.Kinds, ","), "error", err)
			nobody.add(s, err)
		}
		for _, f := range list {
			f.What, f.Do = masked(f.What), masked(f.Do)
			found[f.Key] = f
		}
	}
	err := w.Book.Change(func(s *State) error {
		s.merge(found, nobody, now)
		for _, b := range w.boxes() {
			if m, ok := w.compose(s, b.Channel, now); ok {
				s.Out = append(s.Out, m...)
			}
		}
		s.close(w.names())
		return nil
	})
	if err != nil {
		return err
	}
	err = w.handOver()
	if w.Also != nil {
		asked, cancel := context.WithTimeout(ctx, lookFor)
		defer cancel()
		if err := w.Also(asked, now, w.Book); err != nil {
			w.Log.Warn("reminders are not written", "error", err)
		}
		err = w.handOver()
	}
	return err
}

func (w *Watch) boxes() []*outbox.Box {
	if w.Post == nil {
		return nil
	}
	return w.Post.Boxes
}

func (w *Watch) names() (out []string) {
	for _, b := range w.boxes() {
		out = append(out, b.Channel.Name)
	}
	return out
}

// handOver puts what was written down into the outbox, where each is taken once, and strikes it off. What a channel's queue does
// not take waits, and all that is for it after; that is no reason for the others to wait.
func (w *Watch) handOver() error {
	s, err := w.Book.Read()
	if err != nil || len(s.Out) == 0 {
		return err
	}
	done, stuck := map[string]bool{}, map[string]error{}
	for _, o := range s.Out {
		if stuck[o.Channel] != nil {
			continue
		}
		err := w.Post.Put(o.Channel, o.Message)
		switch {
		case errors.Is(err, outbox.ErrLarge): // it is counted there as one that is not sent
			w.Log.Error("a message is too large to be sent", "channel", o.Channel, "message", o.Message.ID)
		case err != nil && !errors.Is(err, outbox.ErrNone): // of a channel that is declared no more nothing is told
			stuck[o.Channel] = fmt.Errorf("%s: %w", o.Channel, err)
			continue
		}
		done[o.Channel+" "+o.Message.ID] = true
	}
	if len(done) > 0 {
		err = w.Book.Change(func(s *State) error {
			s.Out = slices.DeleteFunc(s.Out, func(o Outgoing) bool { return done[o.Channel+" "+o.Message.ID] })
			return nil
		})
	}
	return errors.Join(append(slices.Collect(maps.Values(stuck)), err)...)
}

// merge holds what was found against what is open.
func (s *State) merge(found map[string]Found, nobody *unknown, now time.Time) {
	now = now.UTC()
	s.More = 0
	for key, f := range found {
		a := s.Open[key]
		if !f.Until.IsZero() && !now.Before(f.Until) {
			if a != nil {
				a.Until = f.Until
			}
			delete(found, key)
			continue
		}
		if a == nil {
			if len(s.Open) >= mostOpen {
				s.More++
				continue
			}
			a = &Alert{First: now, Told: map[string]Told{}}
			s.Open[key] = a
		}
		if !a.Over.IsZero() { // it is back before everybody was told that it was over
			a.Over = time.Time{}
		}
		since := a.Since
		a.Found, a.Gone = f, time.Time{}
		a.ease(now)
		if !since.IsZero() && since.Before(f.Since) && f.Kind != "late" { // which is since the day after what is owed was due
			a.Since = since
		}
	}
	for key, a := range s.Open {
		if _, still := found[key]; still || nobody.has(a) || !a.Over.IsZero() {
			continue
		}
		if a.Gone.IsZero() || a.Gone.After(now) { // by a clock that was wrong
			a.Gone = now
		}
		if now.Sub(a.Gone) < settled {
			continue
		}
		if a.Over = now; !a.Until.IsZero() && !now.Before(a.Until) {
			clear(a.Told)
		}
	}
}

// ease forgets how bad it was told to be, where it has been better for a while: a level that comes and goes is told once.
func (a *Alert) ease(now time.Time) {
	worst := 0
	for _, t := range a.Told {
		worst = max(worst, t.Level)
	}
	if a.Level >= worst {
		a.Eased = time.Time{}
		return
	}
	if a.Eased.IsZero() || a.Eased.After(now) {
		a.Eased = now
	}
	if now.Sub(a.Eased) < easedFor {
		return
	}
	for name, t := range a.Told {
		t.Level = min(t.Level, a.Level)
		a.Told[name] = t
	}
}

// close puts away what is over and of which every channel that knew it was told.
func (s *State) close(channels []string) {
	for key, a := range s.Open {
		if a.Over.IsZero() {
			continue
		}
		open := false
		for name := range a.Told {
			open = open || slices.Contains(channels, name)
		}
		if open {
			continue
		}
		delete(s.Open, key)
		s.Past = append([]Alert{*a}, s.Past...)
	}
	slices.SortStableFunc(s.Past, func(x, y Alert) int { return y.Over.Compare(x.Over) })
	if len(s.Past) > mostPast {
		s.Past = s.Past[:mostPast]
	}
}

// compose is what a channel is to be told now, written down as told. Mail goes to each of its receivers alone.
func (w *Watch) compose(s *State, c *channel.Channel, now time.Time) ([]Outgoing, bool) {
	at := now
	if w.Zone != nil {
		at = now.In(w.Zone)
	}
	var fresh, over []*Alert
	for _, a := range s.Open {
		told, before := a.Told[c.Name]
		switch {
		case c.Silent(a.Kind, at):
		case !a.Over.IsZero():
			if before {
				over = append(over, a)
			}
		case !c.Wants(a.Kind) || a.Not == c.Name || a.Gone != time.Time{}:
		case !before || a.Level > told.Level && a.Ack == nil:
			fresh = append(fresh, a)
		}
	}
	if len(fresh)+len(over) == 0 {
		return nil, false
	}
	slices.SortFunc(fresh, order)
	slices.SortFunc(over, order)
	s.N++
	m := w.message(fresh, over, c.Language())
	// a book that begins anew, or is an older one, counts from where it was: an id that was given is given to no other message
	m.ID, m.At = fmt.Sprintf("alert-%d-%s-%s", s.N, strings.ToLower(rand.Text()[:10]), c.Name), now
	for _, a := range fresh {
		if a.Told == nil {
			a.Told = map[string]Told{}
		}
		a.Told[c.Name] = Told{Level: a.Level, At: now.UTC(), ID: m.ID}
	}
	for _, a := range over {
		delete(a.Told, c.Name)
	}
	if len(c.Mail.To) == 0 {
		return []Outgoing{{c.Name, m}}, true
	}
	var out []Outgoing
	for i, to := range c.Mail.To {
		one := m
		one.To = to
		if i > 0 {
			one.ID += fmt.Sprintf("-%d", i+1)
		}
		out = append(out, Outgoing{c.Name, one})
	}
	return out, true
}

// message tells of alerts, one in a line: what it is, what to do.
func (w *Watch) message(fresh, over []*Alert, lang codes.Lang) channel.Message {
	m := channel.Message{Kind: "alert", Link: w.Base + "/data/alerts"}
	say := func(zh, en string, args ...any) string {
		return fmt.Sprintf(codes.Text{Zh: zh, En: en}.In(lang), args...)
	}
	var lines []string
	line := func(a *Alert) string {
		k, _ := Of(a.Kind)
		return say("【%s】%s", "[%s] %s", k.Text.In(lang), a.What.In(lang))
	}
	for i, a := range fresh {
		if i == mostLines {
			lines = append(lines, say("另有 %d 项，见告警页。", "%d more: see the page of alerts.", len(fresh)-i))
			break
		}
		lines = append(lines, line(a))
		if do := a.Remedy(); i+1 == len(fresh) || i+1 == mostLines || fresh[i+1].Remedy() != do { // said once of those that need the same
			lines = append(lines, say("  → %s", "  -> %s", do.In(lang)))
		}
	}
	if len(over) > 0 {
		lines = append(lines, say("已恢复：", "Over:"))
	}
	for i, a := range over {
		if i == mostLines {
			lines = append(lines, say("另有 %d 项。", "%d more.", len(over)-i))
			break
		}
		lines = append(lines, line(a))
	}
	switch {
	case len(fresh) == 1:
		m.Subject = say("雁阵告警：", "Yanzhen alert: ") + line(fresh[0])
		m.Link = w.Base + fresh[0].Address()
		lines[0] = line(fresh[0])
		if r := []rune(m.Subject); len(r) > 90 {
			m.Subject = string(r[:89]) + "…"
		} else {
			lines = lines[1:]
		}
	case len(fresh) > 1:
		m.Subject = say("雁阵告警：%d 项需要处理", "Yanzhen: %d alerts", len(fresh))
	default:
		m.Kind = "recovery"
		m.Subject = say("雁阵：%d 项已恢复", "Yanzhen: %d alerts are over", len(over))
	}
	m.Text = strings.Join(lines, "\n")
	return m
}
