// Package subscribe sends pages, briefings and saved statements by mail at their times, as the account sees them for which they are
// declared: its rights, its part of the zone, its masks. What cannot be had whole is not sent: the mail says what is missing, and
// so does an alert.
package subscribe

import (
	"context"
	"fmt"
	"io/fs"
	"net/mail"
	"path"
	"regexp"
	"slices"
	"strings"

	"yanzhen/dashboard/board"
	"yanzhen/jobs"
	"yanzhen/jobs/channel"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// Subscription is one declared mail: configs/subscriptions/<name>.yaml.
type Subscription struct {
	Name      string     `yaml:"name"`
	Title     codes.Text `yaml:"title"`
	Account   string     `yaml:"account"`
	Channel   string     `yaml:"channel"`
	To        []string   `yaml:"to"`
	Schedule  string     `yaml:"schedule"`
	Page      string     `yaml:"page"`
	Briefing  string     `yaml:"briefing"`
	Statement int        `yaml:"statement"`
	Form      string     `yaml:"form"`

	schedule jobs.Schedule
}

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[Subscription]("subscription", "subscriptions", codes.Text{Zh: "订阅", En: "Subscription"},
	codes.Text{Zh: "把页面、报告或保存的语句按时用邮件发给人，以其账号的权限、范围和脱敏。算不全就不发，邮件里写明缺什么", En: "Pages, briefings and saved statements that are mailed at their times, with the rights, the part of the zone and the masks of an account. What cannot be had whole is not sent: the mail says what is missing"})

// Declared says what is declared of a subscription.
func (Subscription) Declared() declare.Keys {
	return declare.Keys{
		"name":      {Zh: "文件名", En: "the file's name", Example: "monthly_leader", Required: true},
		"title":     {Zh: "名称，即邮件标题", En: "what it is called: the subject of the mail", Example: "{zh: 人才月报, en: Monthly report}", Required: true},
		"account":   {Zh: "以哪个账号的权限看", En: "the account whose rights it has", Example: "zhao", Required: true},
		"channel":   {Zh: "由哪个邮件渠道发", En: "the channel of mail by which it goes", Example: "office_mail", Required: true},
		"to":        {Zh: "发给谁", En: "whom it goes to", Example: "[zhao@example.gov.cn]", Required: true},
		"schedule":  {Zh: "何时：cron 五段、@daily、@weekly，按北京时间", En: "when: five fields of cron, @daily, @weekly, on Beijing time", Example: `"0 8 5 * *"`, Required: true},
		"page":      {Zh: "页面（发工作簿）；page、briefing、statement 三者写一个", En: "a page, sent as a workbook; one of page, briefing and statement", Example: "overview"},
		"briefing":  {Zh: "报告", En: "a briefing", Example: "monthly"},
		"statement": {Zh: "保存的语句的编号（发工作簿）；账号须有 SQL 权限", En: "the number of a saved statement, sent as a workbook; the account needs the right of SQL", Default: "0", Example: "3"},
		"form":      {Zh: "报告的格式", En: "the form of a briefing", OneOf: []string{"pdf", "docx"}, Default: "pdf", Example: "docx"},
	}
}

var reName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Read reads every subscription and holds it against the channels, the pages and the briefings.
func Read(fsys fs.FS, channels []*channel.Channel, boards []*board.Board, briefings []string) ([]*Subscription, error) {
	files := declare.Read[Subscription](fsys, "subscriptions")
	var out []*Subscription
	var ways, pages []string
	for _, c := range channels {
		if c.Kind == string(channel.Mail) {
			ways = append(ways, c.Name)
		}
	}
	for _, b := range boards {
		pages = append(pages, b.Name)
	}
	for _, doc := range files.Docs {
		doc.Value.check(doc.File, ways, pages, briefings)
		if doc.Sound() {
			out = append(out, doc.Value)
		}
	}
	return out, files.Err()
}

func (s *Subscription) check(f *declare.File, ways, pages, briefings []string) {
	if want := strings.TrimSuffix(path.Base(f.Name), ".yaml"); !reName.MatchString(s.Name) || s.Name != want {
		f.Fault("name", "是 %q，应与文件名 %q 相同，为小写字母、数字和 _", "is %q, want the file's name %q of small letters, digits and _", s.Name, want)
	}
	known := func(key, name string, all []string, zh, en string) {
		if name != "" && !slices.Contains(all, name) {
			f.Fault(key, "没有"+zh+" %q%s", "unknown "+en+" %q%s", name, declare.Known(name, all))
		}
	}
	known("channel", s.Channel, ways, "邮件渠道", "channel of mail")
	known("page", s.Page, pages, "页面", "page")
	known("briefing", s.Briefing, briefings, "报告", "briefing")
	if n := len(slices.DeleteFunc([]string{s.Page, s.Briefing, map[bool]string{true: "x"}[s.Statement > 0]}, func(x string) bool { return x == "" })); n != 1 {
		f.Fault("page", "page、briefing、statement 应写一个，写了 %d 个", "want one of page, briefing and statement, have %d", n)
	}
	for i, a := range s.To {
		if _, err := mail.ParseAddress(a); err != nil {
			f.Fault(fmt.Sprintf("to[%d]", i+1), "%q 不是邮件地址", "%q is no mail address", a)
		}
	}
	if n := len(s.To); n > 50 || n == 0 && f.Given("to") {
		f.Fault("to", "有 %d 个，应为 1 至 50 个", "are %d, want 1 to 50", n)
	}
	if s.Schedule == "" {
		return
	}
	var err error
	if s.schedule, err = jobs.ParseSchedule(s.Schedule, ""); err != nil {
		if x, ok := err.(*jobs.ScheduleFault); ok {
			f.Fault("schedule", "%s", "%s", x.Text)
		} else {
			f.Fault("schedule", "%v", "%v", err)
		}
	}
}

// File is what a subscription sends.
type File struct {
	Name, Type string
	Data       []byte
}

// Missing is the error of what cannot be had whole.
type Missing struct {
	Why   codes.Text
	Again bool // it may be there soon
}

func (m *Missing) Error() string { return m.Why.En }

// Press makes the file of a subscription as an account sees it now. An error that is a *Missing says what is missing.
type Press interface {
	Make(ctx context.Context, s *Subscription, lang codes.Lang) (File, error)
}
