// Package channel knows the ways by which messages leave the installation: mail, the robots of WeCom, DingTalk and Feishu, and
// signed calls of the office's own programs. Each is declared in configs/channels; nothing is called that is not declared. What
// opens a channel is read from a file or the environment when it is needed, and stands in no log, no plan and no error.
package channel

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/mail"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/secret"
)

// Kind is a way by which messages go.
type Kind string

// The kinds.
const (
	Mail     Kind = "mail"
	WeCom    Kind = "wecom"
	DingTalk Kind = "dingtalk"
	Feishu   Kind = "feishu"
	Webhook  Kind = "webhook"
)

// Kinds are all of them.
var Kinds = []Kind{Mail, WeCom, DingTalk, Feishu, Webhook}

// Bounds.
const (
	timeout   = 20 * time.Second // of one attempt
	mostReply = 64 << 10         // bytes that are read of an answer
	None      = "none"           // of takes: no alert goes by the channel
)

// Channel is one declared way: configs/channels/<name>.yaml.
type Channel struct {
	Name    string        `yaml:"name"`
	Title   codes.Text    `yaml:"title"`
	Kind    string        `yaml:"kind"`
	Address string        `yaml:"address"`
	Key     Secret        `yaml:"key"`
	Secret  Secret        `yaml:"secret"`
	CA      string        `yaml:"ca"`
	Mail    Server        `yaml:"mail"`
	Lang    string        `yaml:"lang"`
	Takes   []string      `yaml:"takes"`
	Quiet   string        `yaml:"quiet"`
	Urgent  []string      `yaml:"urgent"`
	Keep    time.Duration `yaml:"keep"`
	Most    int           `yaml:"most"`

	quiet [2]int // minutes of the day; equal: never
}

// Server is the office's mail server.
type Server struct {
	Host     string   `yaml:"host"`
	Port     int      `yaml:"port"`
	TLS      string   `yaml:"tls"`
	User     string   `yaml:"user"`
	Password Secret   `yaml:"password"`
	From     string   `yaml:"from"`
	To       []string `yaml:"to"`
}

// Secret says where something secret is found; the secret itself is never declared.
type Secret = secret.Secret

// Declared is the kind of file this room reads, for the manual and the schema.
var Declared = declare.KindOf[Channel]("channel", "channels", codes.Text{Zh: "通知渠道", En: "Channel"},
	codes.Text{Zh: "告警、催报和订阅由哪里发出：邮件，企业微信、钉钉、飞书的群机器人，或带签名的调用。没有声明渠道就什么也不往外发。口令只写在文件或环境变量里", En: "By which way alerts, reminders and subscriptions leave: mail, the robots of WeCom, DingTalk and Feishu, or signed calls. Where no channel is declared nothing leaves. Secrets stand in files or the environment only"})

// Declared says what is declared of a channel.
func (Channel) Declared() declare.Keys {
	var kinds []string
	for _, k := range Kinds {
		kinds = append(kinds, string(k))
	}
	return declare.Keys{
		"name":    {Zh: "文件名", En: "the file's name", Example: "duty_group", Required: true},
		"title":   {Zh: "名称", En: "what it is called", Example: "{zh: 值班群, en: Duty group}", Required: true},
		"kind":    {Zh: "种类", En: "what it is", OneOf: kinds, Example: "wecom", Required: true},
		"address": {Zh: "webhook 的地址；机器人在自己的服务器上时，它的 https://主机（不含令牌）", En: "where a webhook is called; of a robot on a server of one's own, its https://HOST without the token", Example: "https://hooks.example.gov.cn/yanzhen"},
		"key":     {Zh: "机器人地址里的令牌（key、access_token、hook/ 之后的部分）放在哪里", En: "where the token of a robot's address is found (key, access_token, what follows hook/)", Example: "{file: /etc/yanzhen/wecom.key}"},
		"secret":  {Zh: "签名用的密钥放在哪里：钉钉、飞书的加签，webhook 必有", En: "where the secret is found that calls are signed with: of DingTalk, of Feishu, and always of a webhook", Example: "{env: YANZHEN_HOOK_SECRET}"},
		"ca":      {Zh: "服务器证书由内部机构签发时，其根证书（PEM）", En: "the root certificate (PEM) where the server's is signed by the office's own authority", Example: "/etc/yanzhen/ca.pem"},
		"mail":    {Zh: "邮件服务器", En: "the mail server", Example: "{host: smtp.example.gov.cn, from: yanzhen@example.gov.cn, to: [office@example.gov.cn]}"},
		"lang":    {Zh: "文字的语言", En: "the language of its messages", OneOf: []string{"zh", "en"}, Default: "zh", Example: "en"},
		"takes":   {Zh: "发哪些种类的告警；不写为全部，[none] 为不发告警（只用于催报和订阅）", En: "which kinds of alerts go by it; absent: all; [none]: no alert, only reminders and subscriptions", Example: "[damaged, degraded]"},
		"quiet":   {Zh: "这段时间不打扰，过后合成一条发", En: "hours in which it is silent; what happened meanwhile is told as one message afterwards", Example: `"20:00-07:30"`},
		"urgent":  {Zh: "静默时段里也发的种类", En: "kinds that are told in the quiet hours too", Example: "[damaged]"},
		"keep":    {Zh: "发不出去的最多留多久，再久的另存并说明", En: "how long what cannot be sent is kept; what is older is set aside, and that is told", Default: "168h", Example: "72h"},
		"most":    {Zh: "最多排多少条，多出的（最早的）另存并说明", En: "how many wait at most; the oldest beyond are set aside, and that is told", Default: "1000", Example: "200"},
	}
}

// Declared says what is declared of a mail server.
func (Server) Declared() declare.Keys {
	return declare.Keys{
		"host":     {Zh: "主机", En: "its host", Example: "smtp.example.gov.cn", Required: true},
		"port":     {Zh: "端口；0 为按 tls：starttls 587，tls 465，none 25", En: "its port; 0: by tls, 587 of starttls, 465 of tls, 25 of none", Default: "0", Example: "2525"},
		"tls":      {Zh: "加密：starttls、tls，或 none（不发口令）", En: "how it is encrypted: starttls, tls, or none, by which no password goes", OneOf: []string{"starttls", "tls", "none"}, Default: "starttls", Example: "tls"},
		"user":     {Zh: "登录名；不写为不登录", En: "who signs in; absent: nobody does", Example: "yanzhen@example.gov.cn"},
		"password": {Zh: "口令放在哪里", En: "where the password is found", Example: "{file: /etc/yanzhen/smtp.password}"},
		"from":     {Zh: "发件人", En: "the sender", Example: "雁阵 <yanzhen@example.gov.cn>", Required: true},
		"to":       {Zh: "告警发给谁；催报、订阅发给各自写明的人", En: "whom alerts go to; reminders and subscriptions go to those whom they name", Example: "[office@example.gov.cn]"},
	}
}

var reName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

// Read reads every channel that is declared, all faults at once; takes are the kinds of alerts that there are.
func Read(fsys fs.FS, takes []string) ([]*Channel, error) {
	files := declare.Read[Channel](fsys, "channels")
	var out []*Channel
	for _, doc := range files.Docs {
		doc.Value.check(doc.File, takes)
		if doc.Sound() {
			out = append(out, doc.Value)
		}
	}
	return out, files.Err()
}

func (c *Channel) check(f *declare.File, takes []string) {
	if want := strings.TrimSuffix(path.Base(f.Name), ".yaml"); !reName.MatchString(c.Name) {
		f.Fault("name", "是 %q，应为小写字母、数字和 _，字母开头，最多 40 个", "is %q, want up to 40 small letters, digits and _, a letter first", c.Name)
	} else if c.Name != want {
		f.Fault("name", "是 %q，应与文件名 %q 相同", "is %q, want the file's name %q", c.Name, want)
	}
	c.checkAddress(f)
	for key, s := range map[string]Secret{"key": c.Key, "secret": c.Secret, "mail.password": c.Mail.Password} {
		s.Check(f, key)
	}
	for key, list := range map[string][]string{"takes": c.Takes, "urgent": c.Urgent} {
		for i, k := range list {
			if !slices.Contains(takes, k) && (key != "takes" || k != None) {
				f.Fault(fmt.Sprintf("%s[%d]", key, i+1), "没有告警种类 %q%s", "unknown kind of alert %q%s", k, declare.Known(k, takes))
			}
		}
	}
	if c.Quiet != "" {
		from, to, ok := strings.Cut(c.Quiet, "-")
		a, errA := time.Parse("15:04", from)
		b, errB := time.Parse("15:04", to)
		if !ok || errA != nil || errB != nil || a.Equal(b) {
			f.Fault("quiet", "是 %q，应如 20:00-07:30", "is %q, want something like 20:00-07:30", c.Quiet)
		}
		c.quiet = [2]int{a.Hour()*60 + a.Minute(), b.Hour()*60 + b.Minute()}
	}
	if c.Most < 1 || c.Most > 100_000 {
		f.Fault("most", "是 %d，应为 1 至 100000", "is %d, want 1 to 100000", c.Most)
	}
}

// checkAddress tells what is missing to reach where the channel leads.
func (c *Channel) checkAddress(f *declare.File) {
	if c.Address != "" {
		u, err := url.Parse(c.Address)
		plain := err == nil && u.Scheme == "http" && loopback(u.Hostname())
		switch {
		case err != nil || u.Host == "" || u.Scheme != "https" && !plain:
			f.Fault("address", "应为 https:// 开头的地址（本机可以用 http://）", "want an address that begins with https:// (http:// on this machine only)")
		case c.Kind != string(Webhook) && (strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.ForceQuery || u.Fragment != ""): // the path of a robot holds its token
			f.Fault("address", "只写 https://主机：路径里的令牌写在 key 里", "want https://HOST only: the token of its path belongs into key")
		case u.User != nil || strings.Contains(u.RawQuery, "token=") || strings.Contains(u.RawQuery, "key="):
			f.Fault("address", "地址里不能有口令或令牌：写在 key 或 secret 里", "no password or token may stand in an address: name it by key or secret")
		}
	}
	missing := func(key string) {
		f.Fault(key, "%s 渠道必须写", "is needed by a channel of the kind %s", c.Kind)
	}
	switch Kind(c.Kind) {
	case Mail:
		if c.Mail.Host == "" {
			missing("mail")
			return
		}
		for key, list := range map[string][]string{"from": {c.Mail.From}, "to": c.Mail.To} {
			for _, a := range list {
				if _, err := mail.ParseAddress(a); err != nil {
					f.Fault("mail."+key, "%q 不是邮件地址", "%q is no mail address", a)
				}
			}
		}
		if c.Mail.User != "" && c.Mail.TLS == "none" {
			f.Fault("mail.tls", "不加密时不发口令：用 starttls 或 tls", "no password goes unencrypted: use starttls or tls")
		}
		if p := c.Mail.Port; p < 0 || p > 65535 {
			f.Fault("mail.port", "是 %d，应为 0 至 65535", "is %d, want 0 to 65535", p)
		}
	case WeCom, DingTalk, Feishu:
		if c.Key == (Secret{}) {
			missing("key")
		}
	case Webhook:
		if c.Address == "" {
			missing("address")
		}
		if c.Secret == (Secret{}) {
			missing("secret")
		}
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Language is that of the messages.
func (c *Channel) Language() codes.Lang { return codes.Lang(c.Lang) }

// Nobody says that the channel is mail that goes to whom a message names, and to nobody else.
func (c *Channel) Nobody() bool { return c.Kind == string(Mail) && len(c.Mail.To) == 0 }

// Wants says whether alerts of a kind go by the channel. Mail that names nobody takes none.
func (c *Channel) Wants(kind string) bool {
	if c.Nobody() {
		return false
	}
	return len(c.Takes) == 0 || slices.Contains(c.Takes, kind)
}

// Silent says whether the channel tells nothing of a kind at a moment, on the office's clock.
func (c *Channel) Silent(kind string, at time.Time) bool {
	from, to := c.quiet[0], c.quiet[1]
	if from == to || slices.Contains(c.Urgent, kind) {
		return false
	}
	now := at.Hour()*60 + at.Minute()
	if from < to {
		return now >= from && now < to
	}
	return now >= from || now < to
}

// Message is what is sent. It is in one language.
type Message struct {
	ID      string    `json:"id"` // the same message has the same, however often it is sent
	At      time.Time `json:"at"`
	Kind    string    `json:"kind"` // alert, recovery, reminder, subscription, test, notice
	Subject string    `json:"subject"`
	Text    string    `json:"text"`
	Link    string    `json:"link,omitempty"`
	To      string    `json:"to,omitempty"` // of mail: whom; empty: those of the channel
	Files   []File    `json:"files,omitempty"`
	Again   bool      `json:"again,omitempty"` // it may have been sent before: nobody has heard how that ended
}

// File goes along with a mail.
type File struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Data []byte `json:"data"`
}

// Refused is the error of a message that this channel will never take: its receiver does not exist, or it is malformed. It is
// not to be sent again.
type Refused struct{ Why string }

func (r *Refused) Error() string { return r.Why }

// Failed is the error of a message that was not taken this time. It is to be sent again.
type Failed struct {
	Why     string
	Fault   Fault
	Own     bool // it may be of this message or its receiver alone: others may be taken meanwhile
	Perhaps bool // it may have been taken all the same: nobody has heard how it ended
}

func (f *Failed) Error() string { return f.Why }

// Fault is what an attempt failed for, as others may be told of it: without address, receiver and what the other side said.
type Fault string

// The faults.
const (
	FaultSecret      Fault = "secret"
	FaultDisk        Fault = "disk"
	FaultNetwork     Fault = "network"
	FaultCertificate Fault = "certificate"
	FaultDenied      Fault = "denied"
	FaultServer      Fault = "server"
	FaultMessage     Fault = "message"
)

// Text says it in words.
func (f Fault) Text() codes.Text {
	switch f {
	case FaultSecret:
		return codes.Text{Zh: "密钥读不出", En: "its secret cannot be read"}
	case FaultDisk:
		return codes.Text{Zh: "排队的文件写不了", En: "its queue cannot be written"}
	case FaultCertificate:
		return codes.Text{Zh: "对方的证书不可信", En: "nobody vouches for the certificate of the other side"}
	case FaultDenied:
		return codes.Text{Zh: "对方不许发", En: "the other side does not let it send"}
	case FaultServer:
		return codes.Text{Zh: "对方的服务器出错", En: "the server of the other side is at fault"}
	case FaultMessage:
		return codes.Text{Zh: "对方不收这条", En: "the other side does not take the message"}
	}
	return codes.Text{Zh: "连不上", En: "it cannot be reached"}
}

// Send sends a message once and says whether it was taken. An error names neither a secret nor an address with one.
func (c *Channel) Send(ctx context.Context, m Message) error {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	secrets := map[string]string{}
	for name, s := range map[string]Secret{"key": c.Key, "secret": c.Secret, "password": c.Mail.Password} {
		v, err := s.Read()
		if err != nil {
			return &Failed{Why: name + ": " + err.Error(), Fault: FaultSecret}
		}
		secrets[name] = v
	}
	var err error
	if c.Kind == string(Mail) {
		err = c.mail(ctx, m, secrets["password"])
	} else {
		err = c.call(ctx, m, secrets["key"], secrets["secret"])
	}
	return clean(err, secrets)
}

// reMail finds mail addresses.
var reMail = regexp.MustCompile(`[\pL\pN._%+-]+@[\pL\pN.-]+`)

// Masked is a text without mail addresses.
func Masked(text string) string { return reMail.ReplaceAllString(text, "***") }

// clean is an error without what is secret, and without who it was for: addresses are taken out of it as a whole, for a token is
// a part of them.
func clean(err error, secrets map[string]string) error {
	if err == nil {
		return nil
	}
	text := called(err)
	for _, s := range secrets {
		if s != "" {
			text = strings.ReplaceAll(strings.ReplaceAll(text, url.QueryEscape(s), "***"), s, "***")
		}
	}
	if text = strings.Join(strings.Fields(Masked(text)), " "); len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "") + "…"
	}
	if _, ok := errors.AsType[*Refused](err); ok {
		return &Refused{text}
	}
	out := Failed{Fault: faultOf(err)}
	if x, ok := errors.AsType[*Failed](err); ok {
		out = *x
	}
	out.Why = text
	return &out
}
