// Package outbox keeps on disk what is to be sent by a channel until the channel has taken it: in its order, tried again with
// growing pauses, and bounded in number and age. A message is written before it is sent and marked after; one that is put in
// twice is sent once, also after a kill.
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
)

// ErrLarge says that a message is too large to be kept.
var ErrLarge = errors.New("消息超过 32 MB / the message is larger than 32 MB")

// item is a message that waits.
type item struct {
	Seq     uint64          `json:"seq"`
	Put     time.Time       `json:"put"`
	Tried   int             `json:"tried"`
	Failed  time.Time       `json:"failed,omitzero"` // when it failed first
	Next    time.Time       `json:"next,omitzero"`   // not tried before
	Trying  bool            `json:"trying"`          // an attempt has begun, and nobody has written how it ended
	Last    string          `json:"last,omitempty"`  // why the last attempt failed
	Message channel.Message `json:"message"`
}

// mark is a line of what became of messages.
type mark struct {
	ID      string    `json:"id"`
	At      time.Time `json:"at"`
	Subject string    `json:"subject,omitempty"`
	Kind    string    `json:"kind,omitempty"`
	Why     string    `json:"why,omitempty"` // why it was set aside; empty: it was sent
}

// head is what is known of a message that waits without reading it.
type head struct {
	seq uint64
	id  string
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
	lost    int    // set aside since the channel was told so
	sending uint64 // the message that is under way; 0: none
}

// Status is how a box does.
type Status struct {
	Name     string     `json:"name"`
	Title    codes.Text `json:"title"`
	Kind     string     `json:"kind"`
	Waiting  int        `json:"waiting"`
	Oldest   time.Time  `json:"oldest,omitzero"`  // since when the first waits
	Failing  time.Time  `json:"failing,omitzero"` // since when the first fails; zero: it does not
	Next     time.Time  `json:"next,omitzero"`    // when it is tried again
	Error    string     `json:"error,omitempty"`
	Sent     int        `json:"sent"`
	LastSent time.Time  `json:"last_sent,omitzero"`
	Failures int        `json:"failures"` // attempts that failed since the start
	Aside    int        `json:"aside"`    // messages that will not be sent: refused, too old or too many
	LastWhy  string     `json:"last_why,omitempty"`
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
		if err != nil { // a whole file is written or none: somebody else changed it
			log.Error("a message of the outbox cannot be read and is set aside", "channel", c.Name, "file", e.Name(), "error", err)
			if err := os.Rename(b.file(seq), filepath.Join(b.dir, "aside", e.Name())); err != nil {
				return nil, err
			}
			b.status.Aside++
			continue
		}
		if _, done := b.known[x.Message.ID]; done { // it was marked, and the program ended before it was taken away
			if err := os.Remove(b.file(seq)); err != nil {
				return nil, err
			}
			continue
		}
		b.waiting = append(b.waiting, head{seq, x.Message.ID})
	}
	slices.SortFunc(b.waiting, func(x, y head) int { return cmp.Compare(x.seq, y.seq) })
	return b, nil
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
		if tellsLoss(m.Kind) {
			b.lost = 0
		}
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
	if err := b.write(item{Seq: b.seq, Put: b.now(), Message: m}); err != nil {
		return err
	}
	b.waiting = append(b.waiting, head{b.seq, m.ID})
	for len(b.waiting) > b.Channel.Most {
		oldest := b.waiting[0].seq
		if oldest == b.sending && len(b.waiting) > 1 {
			oldest = b.waiting[1].seq
		}
		x, err := b.read(oldest)
		if err == nil {
			err = b.aside(x, "排队的太多 / too many were waiting")
		}
		if err != nil {
			return err
		}
	}
	select {
	case b.wake <- struct{}{}:
	default:
	}
	return nil
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

// aside takes the first message out of the queue for good. The caller holds the lock.
func (b *Box) aside(x item, why string) error {
	if err := b.append(mark{ID: x.Message.ID, At: b.now(), Subject: x.Message.Subject, Kind: x.Message.Kind, Why: why}); err != nil {
		return err
	}
	b.log.Error("a message is not sent", "channel", b.Channel.Name, "message", x.Message.ID, "kind", x.Message.Kind, "why", why)
	b.waiting = slices.DeleteFunc(b.waiting, func(h head) bool { return h.seq == x.Seq })
	if err := os.Rename(b.file(x.Seq), filepath.Join(b.dir, "aside", filepath.Base(b.file(x.Seq)))); err != nil {
		return err
	}
	kept, err := os.ReadDir(filepath.Join(b.dir, "aside"))
	for i := 0; err == nil && i < len(kept)-mostAside; i++ { // by name, and so the oldest first
		err = os.Remove(filepath.Join(b.dir, "aside", kept[i].Name()))
	}
	return err
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
		x, ok, err := b.first()
		if err == nil && !ok {
			return time.Minute
		}
		if err == nil {
			if wait := x.Next.Sub(b.now()); wait > 0 {
				return min(wait, time.Minute)
			}
			err = b.attempt(ctx, x)
		}
		if err != nil && ctx.Err() == nil {
			b.log.Error("the outbox cannot be written", "channel", b.Channel.Name, "error", err)
			return time.Minute
		}
	}
	return time.Minute
}

// first is the message to be sent next. What is too old is set aside; of what was, the channel is told first.
func (b *Box) first() (x item, ok bool, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for len(b.waiting) > 0 {
		if x, err = b.read(b.waiting[0].seq); err != nil {
			return x, false, err
		}
		if b.now().Sub(x.Put) <= b.Channel.Keep {
			b.sending = x.Seq
			return x, true, nil
		}
		if err = b.aside(x, "超过期限仍未发出 / it could not be sent in time"); err != nil {
			return x, false, err
		}
	}
	return x, false, nil
}

// attempt sends a message once and writes down how it ended.
func (b *Box) attempt(ctx context.Context, x item) error {
	if x.Trying { // a program that ended in the middle: nobody knows whether it was taken
		x.Message.Again = true
	}
	x.Trying = true
	if err := b.write(x); err != nil {
		return err
	}
	failed := b.Channel.Send(ctx, b.withLost(x.Message))
	if ctx.Err() != nil && failed != nil {
		return nil // stopped in the middle; the mark of the attempt stays
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sending = 0
	var no *channel.Refused
	switch {
	case failed == nil:
		if err := b.append(mark{ID: x.Message.ID, At: b.now(), Subject: x.Message.Subject, Kind: x.Message.Kind}); err != nil {
			return err
		}
		b.waiting = slices.DeleteFunc(b.waiting, func(h head) bool { return h.seq == x.Seq })
		return os.Remove(b.file(x.Seq))
	case errors.As(failed, &no):
		b.status.Failures++
		return b.aside(x, no.Why)
	}
	x.Trying = false
	x.Tried++
	b.status.Failures++
	if x.Failed.IsZero() {
		x.Failed = b.now()
	}
	x.Last, x.Next = failed.Error(), b.now().Add(Pause(x.Tried))
	b.log.Warn("a message is not sent and is tried again", "channel", b.Channel.Name, "message", x.Message.ID, "tried", x.Tried, "next", x.Next.Format(time.RFC3339), "error", x.Last)
	return b.write(x)
}

// withLost says in a message how many before it were set aside.
func (b *Box) withLost(m channel.Message) channel.Message {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.lost == 0 || !tellsLoss(m.Kind) {
		return m
	}
	m.Text += "\n" + fmt.Sprintf(codes.Text{
		Zh: "另：此渠道有 %d 条更早的通知没有发出（已另存），见“告警”页。",
		En: "Besides: %d earlier messages of this channel were not sent and are set aside; see the page of alerts.",
	}.In(b.Channel.Language()), b.lost)
	return m
}

// Status says how the box does.
func (b *Box) Status() Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := b.status
	s.Name, s.Title, s.Kind, s.Waiting = b.Channel.Name, b.Channel.Title, b.Channel.Kind, len(b.waiting)
	if len(b.waiting) > 0 {
		if x, err := b.read(b.waiting[0].seq); err == nil {
			s.Oldest, s.Failing, s.Next, s.Error = x.Put, x.Failed, x.Next, x.Last
		}
	}
	return s
}
