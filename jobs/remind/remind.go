package remind

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"yanzhen/jobs/alert"
	"yanzhen/jobs/channel"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

// Bounds.
const (
	madeUp = 7                    // days after its own on which a stage is still told: what passed while nothing ran longer ago is not
	kept   = 500 * 24 * time.Hour // that it is known what was told
)

// Clerk writes the reminders.
type Clerk struct {
	Contacts []Contact
	Channels []*channel.Channel
	Workdays duty.Workdays
	// Owed is what is owed as it stands on a day.
	Owed   func(ctx context.Context, today days.Day) ([]duty.Owed, error)
	Title  func(dataset string) codes.Text
	Local  func(time.Time) time.Time
	Base   string     // of the pages
	Office codes.Text // whom to ask
}

// due is a reminder that is to be written: of a period, at a stage, to somebody.
type due struct {
	owed  duty.Owed
	stage string // before, on, after, next1, next2 ...
	who   int    // of the contact's people
	on    days.Day
}

// key is what tells a reminder from all others.
func (d due) key() string {
	return strings.Join([]string{d.owed.Dataset, d.owed.Sender, d.owed.Period.String(), d.stage}, "/")
}

// latest is the stage that a period has reached; false where it has reached none.
func (c Contact) latest(o duty.Owed, w duty.Workdays, today days.Day) (due, bool) {
	out, found := due{owed: o}, false
	reach := func(stage string, who int, on days.Day) {
		if !today.Before(on) && who < len(c.People) {
			out.stage, out.who, out.on, found = stage, who, on, true
		}
	}
	if c.Before > 0 {
		reach("before", 0, w.Before(o.DueOn, c.Before))
	}
	reach("on", 0, o.DueOn)
	if c.After > 0 {
		reach("after", 0, w.After(o.DueOn, c.After))
	}
	for n := 1; c.Escalate > 0 && n < len(c.People); n++ {
		reach(fmt.Sprint("next", n), n, w.After(o.DueOn, c.After+n*c.Escalate))
	}
	return out, found
}

// Look writes down the reminders that are due: on working days, from the contact's hour on. What is of one contact goes as one
// message.
func (c *Clerk) Look(ctx context.Context, now time.Time, book alert.Book) error {
	at := c.Local(now)
	today := days.Date(at.Year(), at.Month(), at.Day())
	if len(c.Contacts) == 0 || !c.Workdays.On(today) {
		return nil
	}
	state, err := book.Read()
	if err != nil {
		return err
	}
	var owed []duty.Owed
	for _, contact := range c.Contacts {
		i := slices.IndexFunc(c.Channels, func(x *channel.Channel) bool { return x.Name == contact.Channel })
		if i < 0 || at.Hour() < contact.Hour || c.Channels[i].Silent("reminder", at) {
			continue
		}
		if owed == nil {
			if owed, err = c.Owed(ctx, today); err != nil {
				return err
			}
		}
		for _, list := range c.of(contact, owed, state, today) {
			if err := c.write(book, contact, c.Channels[i], list, now); err != nil {
				return err
			}
		}
	}
	return nil
}

// of are the reminders of a contact that are due and were not told, by whom they go to.
func (c *Clerk) of(contact Contact, owed []duty.Owed, state alert.State, today days.Day) map[int][]due {
	out := map[int][]due{}
	for _, o := range owed {
		if o.Sender != contact.Sender || !o.Awaited() {
			continue
		}
		d, ok := contact.latest(o, c.Workdays, today)
		if _, told := state.Reminded[d.key()]; !ok || told || today.After(d.on.AddDate(0, 0, madeUp)) {
			continue
		}
		out[d.who] = append(out[d.who], d)
	}
	return out
}

// write writes one message down, with what it tells of.
func (c *Clerk) write(book alert.Book, contact Contact, ch *channel.Channel, list []due, now time.Time) error {
	slices.SortFunc(list, func(x, y due) int { return strings.Compare(x.key(), y.key()) })
	sum := sha256.New()
	var owed []duty.Owed
	for _, d := range list {
		sum.Write([]byte(d.key() + "\n"))
		owed = append(owed, d.owed)
	}
	m, lang := list[0], ch.Language()
	person := contact.People[m.who]
	message := channel.Message{
		ID: "remind-" + hex.EncodeToString(sum.Sum(nil)[:12]), At: now, Kind: "reminder",
		Subject: fmt.Sprintf(codes.Text{Zh: "报送提醒：%s %d 期", En: "Reminder: %s, %d to send"}.In(lang), contact.Sender, len(owed)),
		Text:    duty.Letter(contact.Sender, owed, c.Title, "", c.Office.In(lang), lang),
		Link:    c.Base + "/send",
	}
	if m.who > 0 {
		message.Subject = fmt.Sprintf(codes.Text{Zh: "报送催办：%s %d 期仍未报", En: "Overdue: %s, %d still to send"}.In(lang), contact.Sender, len(owed))
	}
	if ch.Kind == string(channel.Mail) {
		message.To = person.Mail
	} else {
		message.Text = person.Name + codes.Text{Zh: "，", En: ", "}.In(lang) + message.Text
	}
	return book.Change(func(s *alert.State) error {
		if s.Reminded == nil {
			s.Reminded = map[string]time.Time{}
		}
		for key, at := range s.Reminded {
			if now.Sub(at) > kept {
				delete(s.Reminded, key)
			}
		}
		for _, d := range list {
			s.Reminded[d.key()] = now.UTC()
		}
		s.Out = append(s.Out, alert.Outgoing{Channel: ch.Name, Message: message})
		return nil
	})
}
