package alerts

import (
	"context"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	page "yanzhen/dashboard/alerts"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/alert/source"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Kinds are the kinds of declaration that are read here, for the manual and the schemas.
var Kinds = []declare.Kind{channel.Declared}

// Folders are where they stand.
var Folders = []string{"channels"}

// Check reads all of them; every fault is in the error.
func Check(fsys fs.FS) error {
	_, err := channel.Read(fsys, alert.KindNames())
	return err
}

// Bells are what a server starts so that people are told.
type Bells struct {
	watch  *alert.Watch
	post   *outbox.Post
	active bool
}

// Open makes them for a zone whose channels are declared in fsys. base is what links begin with. Nothing leaves before Start.
func Open(fsys fs.FS, z source.Zone, base string, log *slog.Logger) (*Bells, error) {
	list, err := channel.Read(fsys, alert.KindNames())
	if err != nil {
		return nil, err
	}
	post := &outbox.Post{Dir: z.Dir, Channels: list, Log: log}
	z.Post = post
	b := &Bells{post: post}
	b.watch = &alert.Watch{Book: alert.Book{Dir: z.Dir}, Sources: z.All(), Post: post, Base: base, Log: log}
	if z.Local != nil {
		b.watch.Zone = z.Local(time.Now()).Location()
	}
	return b, nil
}

// Start begins to look and to send.
func (b *Bells) Start(ctx context.Context) error {
	if err := b.post.Open(); err != nil {
		return err
	}
	b.active = true
	b.post.Start(ctx)
	b.watch.Start(ctx)
	return nil
}

// Stop ends both; what was not sent waits on disk.
func (b *Bells) Stop() {
	if b == nil || !b.active {
		return
	}
	b.watch.Stop()
	b.post.Stop()
}

// Page is the operator's page of alerts.
func (b *Bells) Page() *page.Page {
	return &page.Page{
		Book: b.watch.Book, Post: b.post, Watched: func() bool { return b.active },
		Test: func(ctx context.Context, name string, loc codes.Lang) error {
			i := slices.IndexFunc(b.post.Channels, func(c *channel.Channel) bool { return c.Name == name })
			if i < 0 {
				return outbox.ErrNone
			}
			return Try(ctx, b.post.Channels[i], "", loc)
		},
	}
}
