package alerts

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync/atomic"
	"time"

	"yanzhen/dashboard/access"
	page "yanzhen/dashboard/alerts"
	"yanzhen/dashboard/answer"
	"yanzhen/dashboard/board"
	"yanzhen/dashboard/brief"
	"yanzhen/dashboard/metric"
	"yanzhen/dashboard/monitor"
	"yanzhen/dashboard/target"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/alert/intrusion"
	"yanzhen/jobs/alert/rule"
	"yanzhen/jobs/alert/source"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/jobs/remind"
	"yanzhen/jobs/subscribe"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/duty"
)

// Kinds are the kinds of declaration that are read here, for the manual and the schemas.
var Kinds = []declare.Kind{channel.Declared, rule.Declared, remind.Declared, subscribe.Declared}

// Folders are where they stand.
var Folders = []string{"alerts", "channels", "contacts", "subscriptions"}

// Check reads all of them; every fault is in the error. Without metrics nothing is held against them.
func Check(fsys fs.FS, metrics *metric.Catalog, boards []*board.Board, briefs []*brief.Brief) error {
	channels, err := channel.Read(fsys, alert.KindNames())
	_, rules := rule.Read(fsys, metrics)
	var contacts, mails error
	if err == nil { // else each would name a channel that is not there
		_, contacts = remind.Read(fsys, channels)
		_, mails = subscribe.Read(fsys, channels, boards, documents(briefs))
	}
	return errors.Join(err, rules, contacts, mails)
}

// documents are the names of briefings that are documents.
func documents(all []*brief.Brief) (names []string) {
	for _, b := range brief.Documents(all) {
		names = append(names, b.Name)
	}
	return names
}

// Local says what is wrong where messages leave whose links lead nowhere but to this machine.
func Local(fsys fs.FS, base string) (note codes.Text, wrong bool) {
	list, err := channel.Read(fsys, alert.KindNames())
	u, bad := url.Parse(base)
	if err != nil || len(list) == 0 || bad != nil {
		return note, false
	}
	ip := net.ParseIP(u.Hostname())
	return codes.Text{
		Zh: "注意：声明了通知渠道，而通知里的链接以 " + base + " 开头，别处打不开：在 yanzhen.yaml 里写 documents.address",
		En: "note: channels are declared, and the links in their messages begin with " + base + ", which nobody elsewhere can open: set documents.address in yanzhen.yaml",
	}, u.Hostname() == "localhost" || ip != nil && (ip.IsLoopback() || ip.IsUnspecified())
}

// Site is the installation whose people are told.
type Site struct {
	Declared fs.FS
	Zone     source.Zone
	Catalog  *metric.Catalog
	Targets  *target.Book
	Briefs   []*brief.Brief
	Pages    subscribe.Pages // what subscriptions are made of
	Contact  codes.Text      // whom to ask
	Base     string          // what links to the pages begin with
	Log      *slog.Logger
}

// Bells are what a server starts so that people are told.
type Bells struct {
	watch  *alert.Watch
	post   *outbox.Post
	mails  *subscribe.Clock
	zone   source.Zone
	pages  func(*access.Viewer) http.Handler
	active atomic.Bool // told to pages while it starts and stops
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
	if note, wrong := Local(s.Declared, s.Base); wrong {
		s.Log.Warn(note.En)
	}
	b := &Bells{post: post, zone: z}
	s.Pages.For = func(v *access.Viewer) http.Handler { return b.pages(v) }
	b.mails = &subscribe.Clock{Channels: list, Press: s.Pages, Book: alert.Book{Dir: z.Dir}, Post: post, Base: s.Base, Log: s.Log}
	if b.mails.List, err = subscribe.Read(s.Declared, list, s.Pages.Boards, documents(s.Briefs)); err != nil {
		return nil, err
	}
	b.watch = &alert.Watch{Book: alert.Book{Dir: z.Dir, Log: s.Log}, Sources: append(z.All(), rules.Source(), b.mails.Source(), intrusion.New(z.Dir).Source()), Post: post, Base: s.Base, Log: s.Log}
	clerk := &remind.Clerk{
		Contacts: contacts, Channels: list, Workdays: z.Workdays, Owed: z.Owed, Title: z.Title, Local: z.Local, Base: s.Base, Office: s.Contact,
	}
	b.watch.Also = clerk.Look
	if z.Local != nil {
		b.watch.Zone = z.Local(time.Now()).Location()
	}
	return b, nil
}

// Serve says who answers what subscriptions ask of the pages; it is called before Start.
func (b *Bells) Serve(pages func(*access.Viewer) http.Handler) { b.pages = pages }

// Start begins to look and to send; where both are at work already, nothing happens.
func (b *Bells) Start(ctx context.Context) error {
	if b.active.Load() {
		return nil
	}
	if err := b.post.Open(); err != nil {
		return err
	}
	b.active.Store(true)
	b.post.Start(ctx)
	b.watch.Start(ctx)
	b.mails.Start(ctx)
	return nil
}

// Stop ends all of it; what was not sent waits on disk.
func (b *Bells) Stop() {
	if b == nil || !b.active.CompareAndSwap(true, false) {
		return
	}
	b.mails.Stop()
	b.watch.Stop()
	b.post.Stop()
}

// Page is the operator's page of alerts.
func (b *Bells) Page() *page.Page {
	return &page.Page{
		Book: b.watch.Book, Post: b.post, Watched: b.active.Load,
		Test: func(ctx context.Context, name, to string, loc codes.Lang) error {
			i := slices.IndexFunc(b.post.Channels, func(c *channel.Channel) bool { return c.Name == name })
			if i < 0 {
				return outbox.ErrNone
			}
			return Try(ctx, b.post.Channels[i], to, loc)
		},
	}
}

// Monitor is what is told of the zone to programs that watch it; who makes the server fills in what only it knows.
func (b *Bells) Monitor() *monitor.Monitor {
	z := b.zone
	return &monitor.Monitor{
		Ledger: z.Ledger, Dir: z.Dir, WrongKey: z.WrongKey, Post: b.post, Alerts: b.watch.Book, Log: b.watch.Log, Jobs: b.active.Load,
		Duties: func(ctx context.Context) ([]duty.Owed, error) { return z.Owed(ctx, z.Today(time.Now())) },
	}
}
