// Package mailbox reads the attachments of a mail box over IMAP: who sent a mail, what is attached to it, and what of that is
// meant. The words of a mail are looked at for links to attachments that lie elsewhere, and kept nowhere; nothing of a mail is
// changed, unless a declaration says what becomes of one afterwards.
package mailbox

import (
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/secret"
)

// Mailbox says which mail box is looked at, who may send to it and what is taken.
type Mailbox struct {
	Host     string            `yaml:"host"`
	Port     int               `yaml:"port"`
	TLS      string            `yaml:"tls"`
	CA       string            `yaml:"ca"`
	User     string            `yaml:"user"`
	Password secret.Secret     `yaml:"password"`
	Folder   string            `yaml:"folder"`
	Senders  map[string]string `yaml:"senders"`
	Proven   string            `yaml:"proven"`
	Files    string            `yaml:"files"`
	MostMB   int               `yaml:"most_mb"`
	Most     int               `yaml:"most"`
	Days     int               `yaml:"days"`
	Then     Then              `yaml:"then"`
	Timeout  time.Duration     `yaml:"timeout"`

	files *regexp.Regexp
}

// Then says what becomes of a mail of which all that is meant was taken; the zero value is nothing.
type Then struct {
	Move string `yaml:"move"`
	Seen bool   `yaml:"seen"`
}

// The ways by which a server is reached.
const (
	implicit = "implicit"
	startTLS = "starttls"
	none     = "none"
)

// Declared says what is declared of a mail box.
func (Mailbox) Declared() declare.Keys {
	return declare.Keys{
		"host":     {Zh: "IMAP 服务器", En: "the IMAP server", Example: "imap.exmail.qq.com", Required: true},
		"port":     {Zh: "端口；0 为 993，tls: starttls、none 时为 143", En: "its port; 0: 993, and 143 with tls: starttls or none", Default: "0", Example: "993"},
		"tls":      {Zh: "implicit 一开始就加密；starttls 先连再加密；none 不加密，只用于本机或专网", En: "implicit: encrypted from the start; starttls: encrypted before anything is said; none: in the clear, for this machine or a network of one's own", OneOf: []string{implicit, startTLS, none}, Default: implicit, Example: startTLS},
		"ca":       {Zh: "服务器证书由内部机构签发时，其根证书（PEM）", En: "the root certificate (PEM) where the server's is signed by the office's own authority", Example: "/etc/yanzhen/ca.pem"},
		"user":     {Zh: "登录名，多为整个邮箱地址", En: "who signs in, mostly the whole address", Example: "baosong@example.gov.cn", Required: true},
		"password": {Zh: "口令放在哪里；163、QQ、腾讯企业邮用的是在网页里另生成的授权码", En: "where the password is found; many providers want one that is made for programs (an authorisation code)", Example: "{file: /etc/yanzhen/mail.password}", Required: true},
		"folder":   {Zh: "看哪个邮件文件夹", En: "the folder that is looked at", Default: "INBOX", Example: "报送"},
		"senders":  {Zh: "谁可以报送：地址，或 @域名，对应报送单位。不在其中的，附件不取，并说明", En: "who may send: an address, or @domain, and the sender it counts as. Of all others nothing is taken, and that is told", Example: "{li@rsj.example.gov.cn: 区人社局, \"@kjj.example.gov.cn\": 区科技局}", Required: true},
		"proven":   {Zh: "只取这台收信服务器证明过发件人的邮件：它在 Authentication-Results 里的名字，看一封信的原文可知。不写则相信邮件所写的发件人", En: "takes only mails whose sender this receiving server has proven: its name in Authentication-Results, which the source of a mail shows. Absent: who a mail says it is from is believed", Example: "mx.example.gov.cn"},
		"files":    {Zh: "取哪些附件：文件名的正则表达式", En: "which attachments are meant: a regular expression on their names", Default: `(?i)[.](xlsx|xlsm|xls|et|ods|csv|tsv|txt|jsonl|ndjson|parquet|zip|gz)$`, Example: `(?i)[.](xlsx|xls|zip)$`},
		"most_mb":  {Zh: "一个附件最多多少 MB", En: "how many MB an attachment may have", Default: "50", Example: "20"},
		"most":     {Zh: "一次最多看多少封，其余留到下次", En: "how many mails are looked at in a run; the rest is left for the next", Default: "200", Example: "50"},
		"days":     {Zh: "第一次只看最近多少天的邮件", En: "of how many days back the first run takes mails", Default: "31", Example: "7"},
		"then":     {Zh: "取完的邮件怎么办；不写则不动它，只记住取过", En: "what becomes of a mail that was taken; absent: nothing, it is remembered", Example: "{move: 已取}"},
		"timeout":  {Zh: "一次最长多久", En: "how long a run may take", Default: "30m", Example: "1h"},
	}
}

// Declared says what is declared of what becomes of a mail.
func (Then) Declared() declare.Keys {
	return declare.Keys{
		"move": {Zh: "移到这个文件夹（须已建好）", En: "it is moved to this folder, which exists", Example: "已取"},
		"seen": {Zh: "标为已读", En: "it is marked as read", Default: "false", Example: "true"},
	}
}

// The bounds of what may be declared.
const (
	mostMB      = 500
	mostLetters = 2000 // of a run
	mostSenders = 2000
)

var reAddress = regexp.MustCompile(`^[^@\s<>,;:"]*@[^@\s<>,;:"]+$`)

// Check tells what is wrong with a mail box that was read.
func (m *Mailbox) Check(f *declare.File, at string) {
	m.Password.Check(f, at+".password")
	if (m.Password == secret.Secret{}) {
		f.Fault(at+".password", "缺少，应有 file 或 env", "is missing: file or env")
	}
	if m.Port < 0 || m.Port > 65535 {
		f.Fault(at+".port", "是 %d，应为 0 至 65535", "is %d, want 0 to 65535", m.Port)
	}
	if m.CA != "" && (m.TLS == none || !filepath.IsAbs(m.CA)) {
		f.Fault(at+".ca", "应为绝对路径，并且 tls 不是 none", "want an absolute path, and tls not none")
	}
	if strings.ContainsAny(m.Host, "@/ \t\n") || strings.Contains(m.Host, "://") {
		f.Fault(at+".host", "只写主机名或地址", "want the name or address of a host only")
	}
	var err error
	if m.files, err = regexp.Compile(m.Files); err != nil {
		f.Fault(at+".files", "不是正则表达式：%v", "is no regular expression: %v", err)
	}
	if n := len(m.Senders); n == 0 || n > mostSenders {
		f.Fault(at+".senders", "应有 1 至 %d 个", "want 1 to %d", mostSenders)
	}
	low := map[string]string{}
	for _, from := range slices.Sorted(maps.Keys(m.Senders)) {
		sender := m.Senders[from]
		switch {
		case !reAddress.MatchString(from):
			f.Fault(at+".senders", "%q 不是地址：写成 li@example.gov.cn，或整个域 @example.gov.cn", "%q is no address: write li@example.gov.cn, or a domain as @example.gov.cn", from)
		case strings.TrimSpace(sender) == "" || strings.ContainsAny(sender, "/\\_\x00\n") || strings.HasPrefix(sender, ".") || len(sender) > 100:
			f.Fault(at+".senders", "%s 的报送单位 %q 不能作文件夹名", "the sender %[2]q of %[1]s cannot be the name of a folder", from, sender)
		}
		if other, twice := low[strings.ToLower(from)]; twice && other != sender {
			f.Fault(at+".senders", "%s 写了两次", "%s is named twice", from)
		}
		low[strings.ToLower(from)] = sender
	}
	m.Senders = low
	for key, x := range map[string]struct{ n, to int }{"most_mb": {m.MostMB, mostMB}, "most": {m.Most, mostLetters}, "days": {m.Days, 3660}} {
		if x.n < 1 || x.n > x.to {
			f.Fault(at+"."+key, "是 %d，应为 1 至 %d", "is %d, want 1 to %d", x.n, x.to)
		}
	}
	if m.Then.Move != "" && (m.Then.Move == m.Folder || strings.EqualFold(m.Then.Move, "INBOX") && strings.EqualFold(m.Folder, "INBOX")) {
		f.Fault(at+".then.move", "就是 folder：移回原处的邮件会一再取", "is the folder itself: mails would be taken again and again")
	}
	if m.Timeout < time.Second || m.Timeout > 24*time.Hour {
		f.Fault(at+".timeout", "应为 1s 至 24h", "want 1s to 24h")
	}
}

// Sender is who an address sends for; empty: it is nobody's. An address goes before its domain.
func (m *Mailbox) Sender(from string) string {
	from = strings.ToLower(from)
	if s := m.Senders[from]; s != "" {
		return s
	}
	if i := strings.LastIndexByte(from, '@'); i >= 0 {
		return m.Senders[from[i:]]
	}
	return ""
}

// Knows reports whether somebody may send for a sender.
func (m *Mailbox) Knows(sender string) bool {
	return slices.Contains(slices.Collect(maps.Values(m.Senders)), sender)
}

// Meant reports whether an attachment of a name is to be taken.
func (m *Mailbox) Meant(name string) bool { return m.files.MatchString(name) }

// Where names the folder of mails, and as whom it is looked at.
func (m *Mailbox) Where() []string {
	return []string{strings.ToLower(m.Host), m.User, m.Folder}
}

// Rules are what decides which attachments are taken: where they change, what was not taken is looked at again.
func (m *Mailbox) Rules() any { return []any{m.Senders, m.Files, m.MostMB, m.Proven} }

func (m *Mailbox) port() int {
	switch {
	case m.Port > 0:
		return m.Port
	case m.TLS == implicit:
		return 993
	}
	return 143
}

// Masked is an address as it may be shown: whose it is the mail box says, to who may look into it.
func Masked(from string) string {
	name, domain, ok := strings.Cut(from, "@")
	if !ok || name == "" {
		return "***"
	}
	for _, r := range name {
		return string(r) + "***@" + domain
	}
	return "***"
}
