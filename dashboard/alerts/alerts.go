// Package alerts is the operator's page of alerts: what is open, since when, what to do, who was told where; how each channel
// does, with a button that tries it; and what is over. It finds nothing and sends nothing itself: package jobs/alert does.
package alerts

import (
	"context"
	"embed"
	"errors"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/address"
	"yanzhen/dashboard/frame"
	"yanzhen/dashboard/words"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline/codes"
)

// Templates are those of the page; they stand in the frame that every page of the dashboard has.
//
//go:embed templates/*.html
var Templates embed.FS

// Bounds.
const (
	mostShown = 500 // alerts on the page
	mostOver  = 50
	mostBody  = 64 << 10
)

// Page answers the page.
type Page struct {
	Book alert.Book
	Post *outbox.Post // nil: no channel is declared
	// Test sends a message by a channel and says how it ended; to is whom, where the channel is mail that names nobody.
	Test func(ctx context.Context, channel, to string, loc codes.Lang) error
	// Watched says whether anybody looks for alerts: nobody does where no job runs.
	Watched func() bool
	frame.Frame
}

// Register puts the page at its addresses. Of no page there is none.
func (p *Page) Register(g *access.Gate, f frame.Frame) {
	if p == nil {
		return
	}
	p.Frame = f
	on := f.Operated(g, mostBody)
	on("GET /data/alerts", func(w http.ResponseWriter, r *http.Request) error { return p.page(w, r, "", "") })
	on("POST /data/alerts/ack", p.acknowledge)
	on("POST /data/alerts/test", p.test)
}

type view struct {
	Done, Failed string // what came of what was just asked for
	Open         []row
	More         int
	Channels     []way
	Over         []row
	Watched      bool
}

type row struct {
	Key, Kind, KindText, What, Do, URL, Since, Over string
	Level                                           int
	Told                                            []string // where and when
	Ack                                             string
	Grave                                           bool
}

type way struct {
	outbox.Status
	Text, LastAt, OldestAt, FailingAt, NextAt string

	Nobody bool // a test has to say whom it is for
}

// page is what is open now.
func (p *Page) page(w http.ResponseWriter, r *http.Request, done, failed string) error {
	loc := address.Language(r)
	s, err := p.Book.Read()
	if err != nil {
		return err
	}
	v := view{Done: done, Failed: failed, Watched: p.Watched(), More: s.More}
	titles := map[string]string{}
	for _, x := range p.Post.Status() {
		c := way{Status: x, Text: x.Title.In(loc), Nobody: slices.ContainsFunc(p.Post.Channels, func(c *channel.Channel) bool { return c.Name == x.Name && c.Nobody() })}
		titles[x.Name] = c.Text
		for _, at := range []struct {
			t  time.Time
			to *string
		}{{x.LastSent, &c.LastAt}, {x.Oldest, &c.OldestAt}, {x.Failing, &c.FailingAt}, {x.Next, &c.NextAt}} {
			if !at.t.IsZero() {
				*at.to = address.Moment(at.t)
			}
		}
		v.Channels = append(v.Channels, c)
	}
	for i, a := range s.List() {
		if i >= mostShown {
			v.More++
			continue
		}
		v.Open = append(v.Open, p.row(a, titles, loc))
	}
	for i := range s.Past {
		if i == mostOver {
			break
		}
		v.Over = append(v.Over, p.row(&s.Past[i], titles, loc))
	}
	address.Remember(w, r)
	p.Show(w, r, http.StatusOK, words.Get("alerts"), "alerts.html", v)
	return nil
}

func (p *Page) row(a *alert.Alert, titles map[string]string, loc codes.Lang) row {
	k, place := alert.Of(a.Kind)
	out := row{
		Key: a.Key, Kind: a.Kind, KindText: k.Text.In(loc), What: a.What.In(loc), Do: a.Remedy().In(loc), URL: a.Address(), Since: address.Moment(a.Since),
		Level: a.Level, Grave: place < 2 || a.Level > 1,
	}
	if !a.Over.IsZero() {
		out.Over = address.Moment(a.Over)
	}
	for name, t := range a.Told {
		text := titles[name]
		if text == "" {
			continue // declared no more
		}
		at := words.In(loc, "alerts_waits")
		if b := p.Post.Box(name); b != nil {
			if sent := b.When(t.ID); !sent.IsZero() {
				at = address.Moment(sent)
			}
		}
		out.Told = append(out.Told, text+" "+at)
	}
	slices.Sort(out.Told)
	if a.Ack != nil {
		out.Ack = strings.TrimSpace(a.Ack.By + " " + address.Moment(a.Ack.At) + " " + a.Ack.Note)
	}
	return out
}

// acknowledge writes down that somebody deals with an alert.
func (p *Page) acknowledge(w http.ResponseWriter, r *http.Request) error {
	key := r.PostFormValue("key")
	who := access.From(r.Context())
	err := p.Book.Acknowledge(key, who.Name, r.PostFormValue("note"), time.Now())
	if errors.Is(err, alert.ErrNone) {
		return address.Missing(words.Get("alerts_gone"))
	}
	if err != nil {
		return err
	}
	p.Record(r, "alert", "ack "+key, "")
	http.Redirect(w, r, "/data/alerts", http.StatusSeeOther)
	return nil
}

// test tries a channel while who asks waits.
func (p *Page) test(w http.ResponseWriter, r *http.Request) error {
	loc, name := address.Language(r), r.PostFormValue("channel")
	i := slices.IndexFunc(p.Post.Channels, func(c *channel.Channel) bool { return c.Name == name })
	if i < 0 {
		return address.Missing(words.Get("alerts_no_channel", name))
	}
	title, to := p.Post.Channels[i].Title.In(loc), ""
	if p.Post.Channels[i].Nobody() { // else it goes to those who are declared, and to nobody whom a request names
		one, err := mail.ParseAddress(r.PostFormValue("to"))
		if err != nil {
			return p.page(w, r, "", words.In(loc, "alerts_test_to", title))
		}
		to = one.Address
	}
	if err := p.Test(r.Context(), name, to, loc); err != nil {
		p.Record(r, "alert", "test "+name, "failed")
		return p.page(w, r, "", words.In(loc, "alerts_test_failed", title, err.Error()))
	}
	p.Record(r, "alert", "test "+name, "")
	return p.page(w, r, words.In(loc, "alerts_tested", title), "")
}
