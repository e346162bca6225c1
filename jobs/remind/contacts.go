// Package remind writes to those who owe: some working days before a duty's day, on it, after it, and then to the next contact.
// Who is written to is declared in configs/contacts; each is told of a period once a stage, and nothing is written of what has come.
package remind

import (
	"fmt"
	"io/fs"
	"net/mail"
	"slices"
	"strings"

	"yanzhen/jobs/channel"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// file is a file of contacts.
type file struct {
	Contacts []Contact `yaml:"contacts"`
}

// Contact says who is written to for a sender, and when.
type Contact struct {
	Sender   string   `yaml:"sender"`
	Channel  string   `yaml:"channel"`
	People   []Person `yaml:"people"`
	Before   int      `yaml:"before"`
	After    int      `yaml:"after"`
	Escalate int      `yaml:"escalate"`
	Hour     int      `yaml:"hour"`
}

// Person is somebody who is written to.
type Person struct {
	Name string `yaml:"name"`
	Mail string `yaml:"mail"`
}

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[file]("contacts", "contacts", codes.Text{Zh: "催报联系人", En: "Contacts"},
	codes.Text{Zh: "报送单位由谁联系、何时提醒。没有写的单位不提醒，只在报送任务页上有可复制的文字", En: "Who is written to for a sender, and when. A sender without any is not reminded: the page of duties has a text to copy"})

// Declared says what is declared in a file.
func (file) Declared() declare.Keys {
	return declare.Keys{"contacts": {Zh: "联系人", En: "the contacts", Required: true, Example: `[{sender: 区人社局, channel: office_mail, people: [{name: 李工, mail: li@example.gov.cn}]}]`}}
}

// Declared says what is declared of a contact.
func (Contact) Declared() declare.Keys {
	return declare.Keys{
		"sender":   {Zh: "报送单位，写法与报送任务一致", En: "the sender, as the duties have it", Example: "区人社局", Required: true},
		"channel":  {Zh: "由哪个渠道发", En: "the channel by which it goes", Example: "office_mail", Required: true},
		"people":   {Zh: "写给谁，依次升级；邮件渠道要写邮箱，群机器人只用姓名", En: "whom, in the order of escalation; of mail with an address, of a robot by name only", Example: "[{name: 李工, mail: li@example.gov.cn}, {name: 王科长, mail: wang@example.gov.cn}]", Required: true},
		"before":   {Zh: "应报日前几个工作日提醒；0 为不提前", En: "working days before the day on which it is due; 0: not before", Default: "2", Example: "3"},
		"after":    {Zh: "过期几个工作日后催；0 为不催", En: "working days after it; 0: not after", Default: "1", Example: "2"},
		"escalate": {Zh: "再过几个工作日写给下一个人；0 为不升级", En: "working days after which the next contact is written to; 0: nobody", Default: "5", Example: "3"},
		"hour":     {Zh: "几点起发（只在工作日）", En: "the hour from which it is sent, on working days", Default: "9", Example: "8"},
	}
}

// Declared says what is declared of a person.
func (Person) Declared() declare.Keys {
	return declare.Keys{
		"name": {Zh: "怎么称呼", En: "what to call them", Example: "李工", Required: true},
		"mail": {Zh: "邮箱", En: "their mail address", Example: "li@example.gov.cn"},
	}
}

// Read reads every contacts/*.yaml and holds it against the channels. All faults of all files are told at once.
func Read(fsys fs.FS, channels []*channel.Channel) ([]Contact, error) {
	files := declare.Read[file](fsys, "contacts")
	var out []Contact
	seen := map[string]bool{}
	var names []string
	for _, c := range channels {
		names = append(names, c.Name)
	}
	for _, doc := range files.Docs {
		for i, c := range doc.Value.Contacts {
			at := fmt.Sprintf("contacts[%d]", i+1)
			if c.Sender = strings.TrimSpace(c.Sender); seen[c.Sender] {
				doc.Fault(at+".sender", "%q 写了两次", "%q stands twice", c.Sender)
			}
			seen[c.Sender] = true
			c.check(doc.File, at, channels, names)
			out = append(out, c)
		}
	}
	return out, files.Err()
}

func (c Contact) check(f *declare.File, at string, channels []*channel.Channel, names []string) {
	i := slices.Index(names, c.Channel)
	if i < 0 && c.Channel != "" {
		f.Fault(at+".channel", "没有渠道 %q%s", "unknown channel %q%s", c.Channel, declare.Known(c.Channel, names))
	}
	if len(c.People) == 0 && f.Given(at+".people") {
		f.Fault(at+".people", "一个人也没有", "there is nobody")
	}
	for k, p := range c.People {
		_, err := mail.ParseAddress(p.Mail)
		if i >= 0 && channels[i].Kind == string(channel.Mail) && err != nil {
			f.Fault(fmt.Sprintf("%s.people[%d].mail", at, k+1), "%q 不是邮件地址", "%q is no mail address", p.Mail)
		}
	}
	for key, n := range map[string]int{"before": c.Before, "after": c.After, "escalate": c.Escalate} {
		if n < 0 || n > 60 {
			f.Fault(at+"."+key, "是 %d，应为 0 至 60", "is %d, want 0 to 60", n)
		}
	}
	if c.Hour < 0 || c.Hour > 23 {
		f.Fault(at+".hour", "是 %d，应为 0 至 23", "is %d, want 0 to 23", c.Hour)
	}
}
