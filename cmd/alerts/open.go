package alerts

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"slices"
	"time"

	page "yanzhen/dashboard/alerts"
	"yanzhen/dashboard/answer"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/monitor"
	"yanzhen/dashboard/target"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/alert/rule"
	"yanzhen/jobs/alert/source"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/jobs/remind"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/duty"
)

// Kinds are the kinds of declaration that are read here, for the manual and the schemas.
var Kinds = []declare.Kind{channel.Declared, rule.Declared, remind.Declared}

// Folders are where they stand.
var Folders = []string{"alerts", "channels", "contacts"}

// Check reads all of them; every fault is in the error. Without metrics nothing is held against them.
func Check(fsys fs.FS, metrics *metric.Catalog) error {
	channels, err := channel.Read(fsys, alert.KindNames())
	_, rules := rule.Read(fsys, metrics)
	var contacts error
	if err == nil { // else each would name a channel that is not there
		_, contacts = remind.Read(fsys, channels)
	}
	return errors.Join(err, rules, contacts)
}

// Site is the installation whose people are told.
type Site struct {
	Declared fs.FS
	Zone     source.Zone
	Catalog  *metric.Catalog
	Targets  *target.Book
	Contact  codes.Text // whom to ask
	Base     string     // what links to the pages begin with
	Log      *slog.Logger
}

// Bells are what a server starts so that people are told.
type Bells struct {
	watch  *alert.Watch
	post   *outbox.Post
	zone   source.Zone
	active bool
}

// Open makes them for a zone. Nothing leaves before Start.
func Open(s Site) (*Bells, error) {
	list, err := channel.Read(s.Declared, alert.KindNames())
	if err != nil {
		return nil, err
	}
	rules := &rule.Desk{Desk: answer.Desk{Catalog: s.Catalog, Engine: s.Zone.Engine}, Targets: s.Targets}
	if rules.Rules, err = rule.Read(s.Declared, s.Catalog); err != nil {
		return nil, err
	}
	contacts, err := remind.Read(s.Declared, list)
	if err != nil {
		return nil, err
	}
	z := s.Zone
	post := &outbox.Post{Dir: z.Dir, Channels: list, Log: s.Log}
	z.Post = post
	b := &Bells{post: post, zone: z}
	b.watch = &alert.Watch{Book: alert.Book{Dir: z.Dir}, Sources: append(z.All(), rules.Source()), Post: post, Base: s.Base, Log: s.Log}
	clerk := &remind.Clerk{
		Contacts: contacts, Channels: list, Workdays: z.Workdays, Owed: z.Owed, Title: z.Title, Local: z.Local, Base: s.Base, Office: s.Contact,
	}
	b.watch.Also = clerk.Look
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

// Monitor is what is told of the zone to programs that watch it; who makes the server fills in what only it knows.
func (b *Bells) Monitor() *monitor.Monitor {
	z := b.zone
	return &monitor.Monitor{
		Ledger: z.Ledger, Dir: z.Dir, WrongKey: z.WrongKey, Post: b.post, Alerts: b.watch.Book, Log: b.watch.Log, Jobs: func() bool { return b.active },
		Duties: func(ctx context.Context) ([]duty.Owed, error) { return z.Owed(ctx, z.Today(time.Now())) },
	}
}
