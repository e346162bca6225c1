package outbox

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/jobs/channel"
)

// Post is the boxes of all channels. They are opened when it starts.
type Post struct {
	Dir      string
	Channels []*channel.Channel
	Now      func() time.Time // nil: time.Now
	Log      *slog.Logger
	Boxes    []*Box // whoever did not open them asks Box or Status

	mu   sync.Mutex // over Boxes, which are opened while others ask
	stop context.CancelFunc
	work sync.WaitGroup
}

// Open opens the queues of all channels, as they were left. One process does at a time.
func (p *Post) Open() error {
	var boxes []*Box
	for _, c := range p.Channels {
		b, err := Open(p.Dir, c, p.Now, p.Log)
		if err != nil {
			return fmt.Errorf("outbox of %s: %w", c.Name, err)
		}
		boxes = append(boxes, b)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.Boxes = boxes
	return nil
}

// Box is that of a channel; nil: there is none of the name.
func (p *Post) Box(name string) *Box {
	if p == nil {
		return nil
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, b := range p.Boxes {
		if b.Channel.Name == name {
			return b
		}
	}
	return nil
}

// ErrNone says that there is no channel of a name.
var ErrNone = errors.New("没有这个渠道 / there is no such channel")

// Put has a message sent by a channel.
func (p *Post) Put(name string, m channel.Message) error {
	b := p.Box(name)
	if b == nil {
		return ErrNone
	}
	return b.Put(m)
}

// Start begins to send by the boxes that are open. Stop ends it; what was not sent waits on disk.
func (p *Post) Start(ctx context.Context) {
	ctx, p.stop = context.WithCancel(context.WithoutCancel(ctx))
	for _, b := range p.Boxes {
		p.work.Go(func() { b.Run(ctx) })
	}
}

// Stop ends sending.
func (p *Post) Stop() {
	if p == nil || p.stop == nil {
		return
	}
	p.stop()
	p.work.Wait()
}

// Status says of every channel how it does.
func (p *Post) Status() (out []Status) {
	if p == nil {
		return nil
	}
	for _, c := range p.Channels {
		if b := p.Box(c.Name); b != nil {
			out = append(out, b.Status())
		} else if s, err := Look(p.Dir, c); err == nil {
			out = append(out, s)
		}
	}
	return out
}

// Look says how the queue of a channel does, and changes nothing: also beside the process that has it open.
func Look(dir string, c *channel.Channel) (Status, error) {
	b := &Box{Channel: c, dir: filepath.Join(Folder(dir), c.Name), known: map[string]mark{}, now: time.Now}
	text, err := os.ReadFile(b.journal())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Status{}, err
	}
	for _, m := range readMarks(text) {
		b.note(m)
	}
	entries, err := os.ReadDir(filepath.Join(b.dir, "queue"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return Status{}, err
	}
	for _, e := range entries { // by name, and so in their order
		if seq, err := strconv.ParseUint(strings.TrimSuffix(e.Name(), ".json"), 10, 64); err == nil {
			h := head{seq: seq}
			if len(b.waiting) < mostLooked {
				if x, err := b.read(seq); err == nil {
					h = headOf(x)
				}
			}
			b.waiting = append(b.waiting, h)
		}
	}
	b.settle()
	return b.Status(), nil
}
