// Package alerts is the commands of yanzhen alerts, and what a server starts so that people are told: the channels with their
// queues, what finds what needs a person, and who is told of it.
package alerts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"time"

	"yanzhen/cmd/people"
	"yanzhen/cmd/spoken"
	"yanzhen/jobs/alert"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/outbox"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Commands are what the operator can ask of alerts.
type Commands struct {
	List     listCmd     `cmd:"" default:"1" help:"List what needs a person, since when, and who was told."`
	Ack      ackCmd      `cmd:"" help:"Say that somebody deals with an alert: it is not repeated."`
	Test     testCmd     `cmd:"" help:"Send a message by a channel, and say how it ended."`
	Channels channelsCmd `cmd:"" help:"List the channels that are declared, and how each does."`
}

// Help is printed by yanzhen alerts --help.
func (*Commands) Help() string {
	return `Alerts are found and told by a running yanzhen serve, once each: again only where one worsens, and once more when it is
over. These commands read and change the same files, beside a server or without one. Each kind of alert and its remedy
stands in docs/operations.md.

  yanzhen alerts
  yanzhen alerts ack late/arrivals/区人社局 --note 已打电话
  yanzhen alerts test duty_group`
}

// Desk is what the commands work on.
type Desk struct {
	*people.Desk
	// Declared are the declarations that hold.
	Declared func() (fs.FS, error)
}

func (d *Desk) say(zh, en string) string { return codes.Text{Zh: zh, En: en}.In(d.Lang) }

// channels are those that are declared.
func (d *Desk) channels() ([]*channel.Channel, error) {
	fsys, err := d.Declared()
	if err != nil {
		return nil, err
	}
	list, err := channel.Read(fsys, alert.KindNames())
	if err != nil {
		return nil, d.Invalid(err)
	}
	return list, nil
}

type listCmd struct{}

// Run prints what is open.
func (*listCmd) Run(_ context.Context, d *Desk) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	s, err := alert.Book{Dir: z.Dir}.Read()
	if err != nil {
		return err
	}
	list := s.List()
	if len(list) == 0 {
		fmt.Fprintln(d.Out, d.say("没有待处理的事。", "Nothing is open."))
		return nil
	}
	w := d.Table(strings.Fields(d.say("种类 自 事情 办法 已通知 处理人 编号", "kind since what remedy told ack key"))...)
	for _, a := range list {
		k, _ := alert.Of(a.Kind)
		var told []string
		for name, t := range a.Told {
			told = append(told, name+" "+z.Local(t.At).Format("01-02 15:04"))
		}
		slices.Sort(told)
		ack := ""
		if a.Ack != nil {
			ack = strings.TrimSpace(a.Ack.By + " " + a.Ack.Note)
		}
		w.Row(k.Text.In(d.Lang), z.Local(a.Since).Format("2006-01-02 15:04"), a.What.In(d.Lang), a.Remedy().In(d.Lang), strings.Join(told, ", "), ack, a.Key)
	}
	return w.Flush()
}

// mostChecked is how many alerts yanzhen doctor lists.
const mostChecked = 20

// Tell tells yanzhen doctor what is open, as the running server last found it: files that were not loaded, reports that are late,
// jobs and channels that fail. What is held doctor reads from the ledger itself.
func Tell(dir string, lang codes.Lang, say func(state, what, detail string)) {
	s, err := alert.Book{Dir: dir}.Read()
	if err != nil {
		say("fail", "alerts", spoken.Error(err, lang))
		return
	}
	n := 0
	for _, a := range s.List() {
		if a.Kind == "held" {
			continue
		}
		if n++; n > mostChecked {
			say("warn", "alerts", codes.Text{Zh: "其余见 yanzhen alerts", En: "the rest: yanzhen alerts"}.In(lang))
			return
		}
		say("warn", a.Kind, a.What.In(lang)+" -> "+a.Remedy().In(lang))
	}
}

type ackCmd struct {
	Key  string `arg:"" help:"Key of the alert, as yanzhen alerts lists it."`
	Note string `help:"Who does what about it." placeholder:"TEXT"`
}

// Run writes it down.
func (a *ackCmd) Run(_ context.Context, d *Desk) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	who := "console"
	if name := os.Getenv("USER"); name != "" {
		who = name
	}
	if err := (alert.Book{Dir: z.Dir}).Acknowledge(a.Key, who, a.Note, time.Now()); err != nil {
		if errors.Is(err, alert.ErrNone) {
			return d.Invalid(fmt.Errorf("%w; yanzhen alerts 列出待处理的 / yanzhen alerts lists what is open", err))
		}
		return err
	}
	fmt.Fprintln(d.Out, d.say("记下了：变糟也不再重复，结束时会说一声。", "Noted: it is not repeated where it worsens, and its end is told."))
	return nil
}

type testCmd struct {
	Channel string `arg:"" optional:"" help:"Name of a declared channel."`
	To      string `help:"Of mail: whom to send to, in place of those who are declared." placeholder:"ADDRESS"`
}

// Run sends a message past the queue, so that its end is known.
func (t *testCmd) Run(ctx context.Context, d *Desk) error {
	list, err := d.channels()
	if err != nil {
		return err
	}
	var names []string
	for _, c := range list {
		names = append(names, c.Name)
		if c.Name == t.Channel {
			if t.To == "" && c.Nobody() {
				return d.Invalid(errors.New(d.say("这个邮件渠道没有写收件人：用 --to 写明发给谁", "this channel of mail names nobody who receives it: say whom with --to")))
			}
			if err := Try(ctx, c, t.To, c.Language()); err != nil {
				return fmt.Errorf("%s: %s: %w", c.Name, d.say("没有发出", "not sent"), err)
			}
			fmt.Fprintln(d.Out, d.say("已收下：", "taken by:"), c.Title.In(d.Lang))
			return nil
		}
	}
	switch {
	case len(names) == 0:
		return d.Invalid(errors.New(d.say("还没有声明渠道：写在声明目录的 channels/ 里，见 docs/operations.md", "no channel is declared yet: they stand in channels/ of the directory of declarations, see docs/operations.md")))
	case t.Channel == "":
		return d.Invalid(fmt.Errorf(d.say("写明由哪个渠道发：%s", "say by which channel: %s"), strings.Join(names, " ")))
	}
	return d.Invalid(fmt.Errorf(d.say("没有渠道 %q%s", "there is no channel %q%s"), t.Channel, declare.Known(t.Channel, names).In(d.Lang)))
}

// Try sends a message that says no more than that the way is open.
func Try(ctx context.Context, c *channel.Channel, to string, loc codes.Lang) error {
	now := time.Now()
	return c.Send(ctx, channel.Message{
		ID: fmt.Sprintf("test-%d", now.UnixNano()), At: now, Kind: "test", To: to,
		Subject: codes.Text{Zh: "雁阵：测试消息", En: "Yanzhen: a test"}.In(loc),
		Text:    codes.Text{Zh: "收到即说明这个渠道能用，不必处理。", En: "This channel works. There is nothing to do."}.In(loc),
	})
}

type channelsCmd struct{}

// Run prints the channels.
func (*channelsCmd) Run(_ context.Context, d *Desk) error {
	z, err := d.Zone()
	if err != nil {
		return err
	}
	list, err := d.channels()
	if err != nil {
		return err
	}
	if len(list) == 0 {
		fmt.Fprintln(d.Out, d.say("没有声明渠道，什么也不往外发；见 docs/operations.md。", "No channel is declared, and nothing leaves; see docs/operations.md."))
		return nil
	}
	w := d.Table(strings.Fields(d.say("渠道 种类 名称 在等 失败自 已发 未发另存 最近的错误", "channel kind title waiting failing sent aside error"))...)
	for _, c := range list {
		s, err := outbox.Look(z.Dir, c)
		if err != nil {
			return err
		}
		failing := ""
		if !s.Failing.IsZero() {
			failing = z.Local(s.Failing).Format("01-02 15:04")
		}
		w.Row(c.Name, c.Kind, c.Title.In(d.Lang), s.Waiting, failing, s.Sent, s.Aside, s.Error)
	}
	return w.Flush()
}
