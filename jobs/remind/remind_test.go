package remind_test

import (
	"context"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"yanzhen/jobs/alert"
	"yanzhen/jobs/channel"
	"yanzhen/jobs/remind"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/days"
	"yanzhen/pipeline/duty"
)

var declared = fstest.MapFS{
	"channels/post.yaml":  {Data: []byte("name: post\ntitle: {zh: 邮件, en: Mail}\nkind: mail\nmail: {host: smtp.example.cn, from: y@example.cn}\n")},
	"channels/group.yaml": {Data: []byte("name: group\ntitle: {zh: 群, en: Group}\nkind: wecom\nkey: {env: X}\nquiet: \"00:00-12:00\"\n")},
	"contacts/a.yaml": {Data: []byte(`contacts:
  - {sender: 区人社局, channel: post, people: [{name: 李工, mail: li@example.cn}, {name: 王科长, mail: wang@example.cn}], escalate: 3}
  - {sender: 经发局, channel: group, people: [{name: 张工}], before: 0}
`)},
}

// Two senders over a month: each stage is told once, on working days, to whom it is for; what has come is not asked for.
func TestStages(t *testing.T) {
	channels, err := channel.Read(declared, alert.KindNames())
	if err != nil {
		t.Fatal(err)
	}
	contacts, err := remind.Read(declared, channels)
	if err != nil {
		t.Fatal(err)
	}
	book := alert.Book{Dir: t.TempDir()}
	july := days.Month.Of(days.Date(2026, 7, 1))
	of := func(dataset, sender string) duty.Owed {
		return duty.Owed{Duty: duty.Duty{Dataset: dataset, Sender: sender, Every: days.Month}, Period: july, DueOn: days.Date(2026, 8, 14)}
	}
	came := map[string]bool{}
	c := &remind.Clerk{
		Contacts: contacts, Channels: channels, Base: "https://talent.example.gov.cn", Office: codes.Text{Zh: "统计科 0578-1234567"},
		Owed: func(_ context.Context, today days.Day) (out []duty.Owed, err error) {
			for _, o := range []duty.Owed{of("arrivals", "区人社局"), of("labour", "区人社局"), of("platforms", "经发局"), of("x", "别的单位")} {
				o.State, o.Overdue = duty.Due, today.After(o.DueOn)
				if came[o.Dataset] {
					o.State, o.Overdue = duty.Complete, false
				}
				out = append(out, o)
			}
			return out, nil
		},
		Title: func(name string) codes.Text { return codes.Text{Zh: "表" + name, En: name} },
		Local: func(t time.Time) time.Time { return t },
	}
	var got []string
	for at := time.Date(2026, 8, 10, 0, 0, 0, 0, time.UTC); at.Before(time.Date(2026, 9, 20, 0, 0, 0, 0, time.UTC)); at = at.Add(time.Hour) {
		if at.Format("01-02") == "08-18" {
			came["labour"] = true
		}
		if err := c.Look(t.Context(), at, book); err != nil {
			t.Fatal(err)
		}
		if err := book.Change(func(s *alert.State) error {
			for _, o := range s.Out {
				m := o.Message
				got = append(got, at.Format("01-02 15h ")+o.Channel+" "+m.To+" "+m.Subject)
				if !strings.Contains(m.Text, "区人社局：您好") && !strings.Contains(m.Text, "张工，经发局：您好") || !strings.Contains(m.Text, "《表") || !strings.Contains(m.Text, "统计科") || strings.Contains(m.Text, "别的") || m.Link != "https://talent.example.gov.cn/send" {
					t.Errorf("%+v", m)
				}
			}
			s.Out = nil
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
	want := `08-12 09h post li@example.cn 报送提醒：区人社局 2 期
08-14 09h post li@example.cn 报送提醒：区人社局 2 期
08-14 12h group  报送提醒：经发局 1 期
08-17 09h post li@example.cn 报送提醒：区人社局 2 期
08-17 12h group  报送提醒：经发局 1 期
08-20 09h post wang@example.cn 报送催办：区人社局 1 期仍未报`
	if have := strings.Join(got, "\n"); have != want {
		t.Errorf("got\n%s\nwant\n%s", have, want)
	}
}

// What is declared wrong is told.
func TestDeclared(t *testing.T) {
	channels, err := channel.Read(declared, alert.KindNames())
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"{sender: 甲, channel: none, people: [{name: 李}]}":                                                        "none",
		"{sender: 甲, channel: post, people: [{name: 李}]}":                                                        "邮件地址",
		"{sender: 甲, channel: group, people: []}":                                                                "一个人",
		"{sender: 甲, channel: group, people: [{name: 李}], before: 99}":                                           "60",
		"{sender: 甲, channel: group, people: [{name: 李}], hour: 24}":                                             "23",
		"{sender: 甲, channel: group, people: [{name: 李}]}\n  - {sender: 甲, channel: group, people: [{name: 李}]}": "两次",
	} {
		if _, err := remind.Read(fstest.MapFS{"contacts/a.yaml": {Data: []byte("contacts:\n  - " + text + "\n")}}, channels); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", text, err, want)
		}
	}
}
