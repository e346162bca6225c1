// Package outbox keeps on disk what is to be sent by a channel until the channel has taken it: what is for one receiver in its
// order, tried again with growing pauses, and bounded in number and age. A message is written before it is sent and marked after;
// one that is put in twice is sent once, also after a kill.
package outbox

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/dashboard/access/filed"
	"yanzhen/jobs/channel"
	"yanzhen/pipeline/codes"
)

// Bounds.
const (
	firstPause = 5 * time.Second
	mostPause  = 15 * time.Minute
	mostSent   = 20_000 // messages that a box knows it has sent
	mostAside  = 200    // messages that are kept of those that were not sent
	mostBytes  = 32 << 20
	longest    = mostPause * 6 / 5 // that a pause can be; what says more was written by a clock that was wrong
	passedOver = 6                 // after so many tries what is turned down for a reason of its own holds up nobody
	mostTurned = 50                // tries of it, where others are taken meanwhile: about half a day
	mostInARow = 8                 // that may be turned down in a row before the channel itself is held to be at fault
	jumped     = time.Hour         // that a clock goes on between two looks, which are a minute apart
	mostLooked = 200               // files that are read by who only looks
)

// Recently is how long is told of what was set aside.
const Recently = 3 * 24 * time.Hour

// ErrLarge says that a message is too large to be kept.
var ErrLarge = errors.New("消息超过 32 MB / the message is larger than 32 MB")

// item is a message that waits.
type item struct {
	Seq     uint64          `json:"seq"`
	Put     time.Time       `json:"put"`
	Tried   int             `json:"tried"`
	Turned  int             `json:"turned,omitempty"`  // of these, how often for a reason that may be its own
	Failed  time.Time       `json:"failed,omitzero"`   // when it failed first
	Next    time.Time       `json:"next,omitzero"`     // not tried before
	Trying  bool            `json:"trying"`            // an attempt has begun, and nobody has written how it ended
	Perhaps bool            `json:"perhaps,omitempty"` // an attempt may have been taken
	Last    string          `json:"last,omitempty"`    // why the last attempt failed
	Fault   channel.Fault   `json:"fault,omitempty"`
	Lost    int             `json:"lost,omitempty"` // messages that were set aside before it, of which it tells
	Message channel.Message `json:"message"`
}

// mark is a line of what became of messages.
type mark struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Subject string    `json:"subject,omitempty"`
	Kind    string    `json:"kind,omitempty"`
	Why     string    `json:"why,omitempty"`  // why it was set aside; empty: it was sent
	Lost    int       `json:"lost,omitempty"` // how many that were set aside it told of
}

// head is what is known of a message that waits without reading it.
type head struct {
	seq                   uint64
	id, to, subject, kind string
	put, failed, next     time.Time
	turned                int
	last                  string
	fault                 channel.Fault
}

func headOf(x item) head {
	return head{
		seq: x.Seq, id: x.Message.ID, to: x.Message.To, subject: x.Message.Subject, kind: x.Message.Kind,
		put: x.Put, failed: x.Failed, next: x.Next, turned: x.Turned, last: x.Last, fault: x.Fault,
	}
}

// Box is the queue of one channel.
type Box struct {
	Channel *channel.Channel

	dir     string
	now     func() time.Time
	log     *slog.Logger
	mu      sync.Mutex
	waiting []head
	known   map[string]mark // sent or set aside
	seq     uint64
	status  Status
	wake    chan struct{}
	lost    int       // set aside since the channel was told so
	sending uint64    // the message that is under way; 0: none
	row     int       // attempts that failed since one was taken
	hold    time.Time // nothing is tried before: the channel itself is at fault
	seen    time.Time // when it was looked at last
	calm    time.Time // nothing is too old before: the clock has jumped, and may be set back
}

// Status is how a box does.
type Status struct {
	Name    string     `json:"name"`
	Title   codes.Text `json:"title"`
	Kind    string     `json:"kind"`
	Waiting int        `json:"waiting"`
	Oldest  time.Time  `json:"oldest,omitzero"`  // since when the first waits
	Failing time.Time  `json:"failing,omitzero"` // since when nothing is taken any more; zero: it is
	Next    time.Time  `json:"next,omitzero"`    // when it is tried again
	Error   string     `json:"error,omitempty"`

	Fault    channel.Fault `json:"fault,omitempty"` // what Error is of, as others may be told
	Sent     int           `json:"sent"`
	LastSent time.Time     `json:"last_sent,omitzero"`
	Failures int           `json:"failures"` // attempts that failed since the start
	Aside    int           `json:"aside"`    // messages that will not be sent: refused, too old or too many
	LastWhy  string        `json:"last_why,omitempty"`

	Recent   int       `json:"recent"` // of Aside, those of the last three days
	Recently time.Time `json:"recently,omitzero"`
}

// Folder is where the queues of a zone lie.
func Folder(dir string) string { return filepath.Join(dir, "outbox") }

// Open opens the queue of a channel below a zone's directory, as it was left. One process does at a time.
func Open(dir string, c *channel.Channel, now func() time.Time, log *slog.Logger) (*Box, error) {
	b := &Box{Channel: c, dir: filepath.Join(Folder(dir), c.Name), now: now, log: log, known: map[string]mark{}, wake: make(chan struct{}, 1)}
	if b.now == nil {
		b.now = time.Now
	}
	for _, d := range []string{"queue", "aside"} {
		if err := os.MkdirAll(filepath.Join(b.dir, d), 0o700); err != nil {
			return nil, err
		}
	}
	if err := b.marks(); err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(filepath.Join(b.dir, "queue"))
	if err != nil {
		return nil, err
	}
	for _, e := range entries {
		seq, err := strconv.ParseUint(strings.TrimSuffix(e.Name(), ".json"), 10, 64)
		if err != nil {
			continue // what was written half
		}
		b.seq = max(b.seq, seq)
		x, err := b.read(seq)
		if x.Seq = seq; err != nil { // a whole file is written or none: somebody else changed it
			x.Message.ID = "file-" + e.Name()
			if err := b.lose(headOf(x), err); err != nil {
				return nil, err
			}
			continue
		}
		if _, done := b.known[x.Message.ID]; done { // it was marked, and the program ended before it was taken away
			if err := os.Remove(b.file(seq)); err != nil {
				return nil, err
			}
			continue
		}
		b.waiting = append(b.waiting, headOf(x))
	}
	b.settle()
	return b, nil
}

// settle puts what waits in order, and says since when nothing was taken, as far as the queue knows.
func (b *Box) settle() {
	slices.SortFunc(b.waiting, func(x, y head) int { return cmp.Compare(x.seq, y.seq) })
	for _, h := range b.waiting {
		if h.failed.After(b.status.LastSent) && (b.status.Failing.IsZero() || h.failed.Before(b.status.Failing)) {
			b.status.Failing, b.status.Error, b.status.Fault = h.failed, h.last, h.fault
		}
	}
}

func (b *Box) file(seq uint64) string {
	return filepath.Join(b.dir, "queue", fmt.Sprintf("%012d.json", seq))
}
func (b *Box) journal() string { return filepath.Join(b.dir, "sent.jsonl") }

func (b *Box) read(seq uint64) (x item, err error) {
	text, err := os.ReadFile(b.file(seq))
	if err == nil {
		err = json.Unmarshal(text, &x)
	}
	if err == nil && x.Message.ID == "" {
		err = errors.New("it has no id")
	}
	return x, err
}

func (b *Box) write(x item) error {
	text, err := json.Marshal(x)
	if err != nil {
		return err
	}
	if len(text) > mostBytes {
		return ErrLarge
	}
	return filed.Replace(b.file(x.Seq), text)
}

// marks reads what became of earlier messages, and shortens the list.
func (b *Box) marks() error {
	text, err := os.ReadFile(b.journal())
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	list := readMarks(text)
	torn := len(text) > 0 && text[len(text)-1] != '\n'
	if len(list) > mostSent || torn {
		list = list[max(0, len(list)-mostSent):]
		var out bytes.Buffer
		for _, m := range list {
			line, err := json.Marshal(m)
			if err != nil {
				return err
			}
			out.Write(append(line, '\n'))
		}
		if err := filed.Replace(b.journal(), out.Bytes()); err != nil {
			return err
		}
	}
	for _, m := range list {
		b.note(m)
	}
	return nil
}

// readMarks reads the lines that are whole: of the last the power may have failed in the middle.
func readMarks(text []byte) (list []mark) {
	for line := range bytes.Lines(text) {
		var m mark
		if json.Unmarshal(line, &m) == nil && m.ID != "" {
			list = append(list, m)
		}
	}
	return list
}

func (b *Box) note(m mark) {
	b.known[m.ID] = m
	switch {
	case m.Why != "":
		b.status.Aside++
		b.status.LastWhy = m.Why
		b.lost++
	default:
		b.status.Sent++
		b.status.LastSent = m.At
		b.lost = max(0, b.lost-m.Lost)
	}
}

// tellsLoss says which messages say how many before them were set aside: not those that go to somebody outside.
func tellsLoss(kind string) bool { return kind != "reminder" && kind != "subscription" }

// append writes a mark down; it is on disk when append returns.
func (b *Box) append(m mark) error {
	line, err := json.Marshal(m)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(b.journal(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(append(line, '\n'))
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err == nil {
		b.note(m)
	}
	return err
}

// Put has a message sent. One whose ID the box has, or has sent, is not put in again.
func (b *Box) Put(m channel.Message) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if _, done := b.known[m.ID]; done || slices.ContainsFunc(b.waiting, func(h head) bool { return h.id == m.ID }) {
		return nil
	}
	b.seq++
	x := item{Seq: b.seq, Put: b.now(), Message: m}
	if err := b.write(x); errors.Is(err, ErrLarge) { // it never fits: that is written down once, and it is not put in again
		if err := b.append(mark{ID: m.ID, At: b.now(), Subject: m.Subject, Kind: m.Kind, Why: ErrLarge.Error()}); err != nil {
			return err
		}
		return ErrLarge
	} else if err != nil {
		return err
	}
	b.waiting = append(b.waiting, headOf(x))
	for len(b.waiting) > b.Channel.Most {
		oldest := b.waiting[0]
		if oldest.seq == b.sending && len(b.waiting) > 1 {
			oldest = b.waiting[1]
		}
		if err := b.aside(oldest, "排队的太多 / too many were waiting"); err != nil {
			return err
		}
	}
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return nil
}

// Strip takes their files off messages that were put in before a moment and are kept still, in all queues of a zone, and says in
// each why; n is of how many. A message that is being tried at that moment may be written back with its files.
func Strip(dir string, before time.Time, why string) (n int, err error) {
	for _, of := range []string{"queue", "aside"} {
		names, gerr := filepath.Glob(filepath.Join(Folder(dir), "*", of, "*.json"))
		err = errors.Join(err, gerr)
		for _, name := range names {
			var x item
			text, rerr := os.ReadFile(name)
			if rerr != nil || json.Unmarshal(text, &x) != nil || len(x.Message.Files) == 0 || x.Put.After(before) {
				continue // sent meanwhile, or no message
			}
			x.Message.Files = nil
			x.Message.Text = strings.TrimSpace(x.Message.Text + "\n\n" + why)
			text, merr := json.Marshal(x)
			if merr == nil {
				merr = filed.Replace(name, text)
			}
			if err = errors.Join(err, merr); merr == nil {
				n++
			}
		}
	}
	return n, err
}

// When is the moment at which a message was sent; zero where it was not.
func (b *Box) When(id string) time.Time {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m := b.known[id]; m.Why == "" {
		return m.At
	}
	return time.Time{}
}

// aside takes a message out of the queue for good. The caller holds the lock.
func (b *Box) aside(h head, why string) error {
	if err := b.append(mark{ID: h.id, At: b.now(), Subject: h.subject, Kind: h.kind, Why: why}); err != nil {
		return err
	}
	b.log.Error("a message is not sent", "channel", b.Channel.Name, "message", h.id, "kind", h.kind, "why", why)
	b.waiting = slices.DeleteFunc(b.waiting, func(x head) bool { return x.seq == h.seq })
	err := os.Rename(b.file(h.seq), filepath.Join(b.dir, "aside", filepath.Base(b.file(h.seq))))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	kept, err := os.ReadDir(filepath.Join(b.dir, "aside"))
	for i := 0; err == nil && i < len(kept)-mostAside; i++ { // by name, and so the oldest first
		err = os.Remove(filepath.Join(b.dir, "aside", kept[i].Name()))
	}
	return err
}

// lose sets a message aside whose file somebody has taken away or changed. That it cannot be read just now is no reason.
func (b *Box) lose(h head, err error) error {
	_, system := errors.AsType[*fs.PathError](err)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return b.aside(h, "排队的文件不见了 / its file has gone from the queue")
	case system:
		return err
	}
	b.log.Error("a message that waits cannot be read", "channel", b.Channel.Name, "message", h.id, "err", err)
	return b.aside(h, "排队的文件读不懂，已移开 / its file cannot be read and was set aside")
}

// Pause is how long a message that has failed so often waits.
func Pause(tried int) time.Duration {
	d := min(firstPause<<min(max(tried-1, 0), 12), mostPause)
	return d - d/5 + rand.N(2*d/5+1)
}

// Run sends what waits until ctx is over.
func (b *Box) Run(ctx context.Context) {
	for {
		wait := b.Drain(ctx)
		if ctx.Err() != nil {
			return
		}
		t := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			t.Stop()
			return
		case <-b.wake:
		case <-t.C:
		}
		t.Stop()
	}
}

// Drain sends what waits and is due, in its order, and says how long nothing more is to be done.
func (b *Box) Drain(ctx context.Context) time.Duration {
	defer func() {
		b.mu.Lock()
		b.sending = 0
		b.mu.Unlock()
	}()
	for ctx.Err() == nil {
		x, wait, err := b.pick()
		if err == nil && wait > 0 {
			return wait
		}
		if err == nil {
			err = b.attempt(ctx, x)
		}
		if err != nil && ctx.Err() == nil {
			b.log.Error("the outbox cannot be written", "channel", b.Channel.Name, "error", err)
			b.mu.Lock()
			b.fails("待发队列写不了，日志里有原因 / the queue cannot be written; the log says why", channel.FaultDisk)
			b.mu.Unlock()
			return time.Minute
		}
	}
	return time.Minute
}

// pick is the message to be tried next, or how long none is. What is too old is set aside; of what was, the channel is told by
// the next. The first of each receiver may go, and of these the one that waits longest to be tried; one that is turned down again
// and again does not hold up those after it.
func (b *Box) pick() (x item, wait time.Duration, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	now := b.now()
	if !b.seen.IsZero() && now.Sub(b.seen) > jumped {
		b.calm = now.Add(jumped)
	}
	b.seen = now
	calm := now.Before(b.calm) && b.calm.Sub(now) <= jumped
	for _, h := range slices.Clone(b.waiting) {
		if now.Sub(h.put) > b.Channel.Keep && !calm {
			if err := b.aside(h, "超过期限仍未发出 / it could not be sent in time"); err != nil {
				return x, 0, err
			}
		}
	}
	if len(b.waiting) == 0 { // what failed was given up: nothing says that it still would
		b.row, b.hold = 0, time.Time{}
		b.status.Failing, b.status.Error, b.status.Fault = time.Time{}, "", ""
	}
	if d := pending(b.hold, now); d > 0 {
		return x, min(d, time.Minute), nil
	}
	for {
		h, wait := b.due(now)
		if wait > 0 {
			return x, wait, nil
		}
		if x, err = b.read(h.seq); err == nil {
			if x.Put.After(now) {
				x.Put = now
			}
			b.sending = h.seq
			return x, 0, nil
		}
		if err := b.lose(h, err); err != nil {
			return x, 0, err
		}
	}
}

// pending is how long it is until a moment; a clock that was set back makes nobody wait longer than a pause can be.
func pending(until, now time.Time) time.Duration {
	if d := until.Sub(now); d <= longest {
		return d
	}
	return 0
}

// due is what may be tried now, or how long nothing may.
func (b *Box) due(now time.Time) (best head, wait time.Duration) {
	wait = time.Minute
	behind, found := map[string]bool{}, false
	for i := range b.waiting {
		h := &b.waiting[i]
		if h.put.After(now) {
			h.put = now
		}
		if behind[h.to] {
			continue
		}
		behind[h.to] = h.turned < passedOver
		if d := pending(h.next, now); d > 0 {
			wait = min(wait, d)
		} else if !found || h.next.Before(best.next) {
			best, found = *h, true
		}
	}
	if found {
		wait = 0
	}
	return best, wait
}

// attempt sends a message once and writes down how it ended.
func (b *Box) attempt(ctx context.Context, x item) error {
	if x.Trying { // a program that ended in the middle: nobody knows whether it was taken
		x.Perhaps = true
	}
	b.mu.Lock()
	if x.Tried == 0 && !x.Trying && tellsLoss(x.Message.Kind) {
		x.Lost = b.lost
	}
	b.mu.Unlock()
	x.Trying = true
	if err := b.write(x); err != nil {
		return err
	}
	failed := b.Channel.Send(ctx, b.withLost(x))
	if ctx.Err() != nil && failed != nil {
		return nil // stopped in the middle; the mark of the attempt stays
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sending = 0
	if no, ok := errors.AsType[*channel.Refused](failed); ok {
		b.status.Failures++
		return b.aside(headOf(x), no.Why)
	}
	if failed != nil {
		return b.again(x, failed)
	}
	b.row, b.hold = 0, time.Time{}
	b.status.Failing, b.status.Error, b.status.Fault = time.Time{}, "", ""
	if err := b.append(mark{ID: x.Message.ID, At: b.now(), Subject: x.Message.Subject, Kind: x.Message.Kind, Lost: x.Lost}); err != nil {
		return err
	}
	b.waiting = slices.DeleteFunc(b.waiting, func(h head) bool { return h.seq == x.Seq })
	if err := os.Remove(b.file(x.Seq)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// fails notes that nothing is taken.
func (b *Box) fails(why string, fault channel.Fault) {
	if b.status.Failing.IsZero() {
		b.status.Failing = b.now()
	}
	b.status.Error, b.status.Fault = why, fault
}

// again writes down that a message is to be sent once more. Where the channel is at fault all wait with it.
func (b *Box) again(x item, failed error) error {
	how := channel.Failed{Why: failed.Error()}
	if f, ok := errors.AsType[*channel.Failed](failed); ok {
		how = *f
	}
	now := b.now()
	x.Trying = false
	x.Tried++
	x.Perhaps = x.Perhaps || how.Perhaps
	b.row++
	b.status.Failures++
	b.fails(how.Why, how.Fault)
	if x.Failed.IsZero() {
		x.Failed = now
	}
	x.Last, x.Fault = how.Why, how.Fault
	if how.Own {
		x.Turned++
		x.Next = now.Add(Pause(x.Tried))
		if b.row > mostInARow {
			b.hold = now.Add(Pause(b.row - mostInARow))
		}
		if x.Turned >= mostTurned && b.status.LastSent.After(x.Failed) {
			return b.aside(headOf(x), fmt.Sprintf("试了 %d 次对方都不收：%s / it was turned down %[1]d times: %[2]s", x.Turned, x.Last))
		}
	} else {
		b.hold = now.Add(Pause(b.row))
		x.Next = b.hold
	}
	for i, h := range b.waiting {
		if h.seq == x.Seq {
			b.waiting[i] = headOf(x)
		}
	}
	b.log.Warn("a message is not sent and is tried again", "channel", b.Channel.Name, "message", x.Message.ID, "tried", x.Tried, "next", x.Next, "error", x.Last)
	return b.write(x)
}

// withLost is the message as it goes: with how many before it were set aside, and whether it may be a repetition.
func (b *Box) withLost(x item) channel.Message {
	m := x.Message
	m.Again = x.Perhaps
	if x.Lost == 0 {
		return m
	}
	m.Text += "\n" + fmt.Sprintf(codes.Text{
		Zh: "另：此渠道有 %d 条更早的通知没有发出（已另存），见“告警”页。",
		En: "Besides: %d earlier messages of this channel were not sent and are set aside; see the page of alerts.",
	}.In(b.Channel.Language()), x.Lost)
	return m
}

// Status says how the box does.
func (b *Box) Status() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	s, now := b.status, b.now()
	s.Name, s.Title, s.Kind, s.Waiting = b.Channel.Name, b.Channel.Title, b.Channel.Kind, len(b.waiting)
	if len(b.waiting) > 0 {
		s.Oldest = b.waiting[0].put
	}
	if !s.Failing.IsZero() {
		for _, h := range b.waiting {
			if !h.next.IsZero() && (s.Next.IsZero() || h.next.Before(s.Next)) {
				s.Next = h.next
			}
		}
		if b.hold.After(s.Next) {
			s.Next = b.hold
		}
	}
	for _, m := range b.known {
		if m.Why != "" && now.Sub(m.At) < Recently {
			s.Recent++
			if m.At.After(s.Recently) {
				s.Recently = m.At
			}
		}
	}
	return s
}
