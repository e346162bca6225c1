package people

import (
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/federated"
	"yanzhen/dashboard/access/token"
	"yanzhen/dashboard/door"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/declare"
)

// TLS are the certificate of the pages and its key.
type TLS struct {
	Cert string `yaml:"cert"`
	Key  string `yaml:"key"`
}

// Settings is what is asked of accounts.
type Settings struct {
	Separate bool               `yaml:"separate"`
	Length   int                `yaml:"password_length"`
	Age      int                `yaml:"password_days"`
	Idle     time.Duration      `yaml:"idle"`
	Absolute time.Duration      `yaml:"absolute"`
	Factor   []string           `yaml:"second_factor"`
	Breached string             `yaml:"leaked_passwords"`
	Strict   bool               `yaml:"strict"`
	Days     int                `yaml:"audit_days"`
	Copied   bool               `yaml:"audit_log"`
	Office   federated.Settings `yaml:"oidc"`
}

// Declared says what is declared of the certificate.
func (TLS) Declared() declare.Keys {
	return declare.Keys{
		"cert": {Zh: "证书链（PEM）", En: "the certificate with its chain (PEM)", Example: "/etc/yanzhen/cert.pem"},
		"key":  {Zh: "私钥（PEM）", En: "its private key (PEM)", Example: "/etc/yanzhen/key.pem"},
	}
}

// Declared says what is declared of accounts.
func (Settings) Declared() declare.Keys {
	return declare.Keys{
		"separate":         {Zh: "三员分立：系统管理员不管账号、不看审计；安全管理员、审计员各司其职", En: "who runs the installation, who lets people in and who audits are three: the administrator neither manages accounts nor reads the audit trail", Default: "false", Example: "true"},
		"password_length":  {Zh: "密码最短几个字符，不少于 12", En: "the least length of a password, 12 or more", Default: "12", Example: "14"},
		"password_days":    {Zh: "密码多少天后要改；0 为不按时间要求改", En: "days after which a password is changed; 0: never for its age", Default: "0", Example: "90"},
		"idle":             {Zh: "多久不用就退出登录", En: "a session ends so long after its last request", Default: "1h", Example: "30m"},
		"absolute":         {Zh: "登录后最长多久要重新登录", En: "a session ends so long after it began", Default: "12h", Example: "8h"},
		"audit_days":       {Zh: "审计记录保留多少天，不少于 180", En: "days for which the audit trail is kept, 180 or more", Default: "180", Example: "365"},
		"audit_log":        {Zh: "审计记录每条带散列也写进日志，由机器的日志收集送到别的机器", En: "every entry of the audit trail goes into the log too, with its hash, for the machine's collector of logs to send it elsewhere", Default: "false", Example: "true"},
		"strict":           {Zh: "按 OWASP ASVS 二级：人人须用第二因素登录，动态码只在它自己的 30 秒内有效（机器与手机的时间要准）", En: "as OWASP ASVS wants it on level 2: everybody signs in with a second factor, and a code counts in its own 30 seconds only (the clocks of machine and telephones must be right)", Default: "false", Example: "true"},
		"leaked_passwords": {Zh: "泄露密码表：每行以密码的 SHA-1（十六进制）开头并按它排序；表里的密码不能用", En: "a list of leaked passwords, lines that begin with the SHA-1 of one in hex and are sorted by it; none of them is taken", Example: "/etc/yanzhen/leaked.txt"},
		"oidc":             {Zh: "统一登录（OpenID Connect）", En: "the office's own sign-in (OpenID Connect)", Example: "{issuer: https://sso.example.gov.cn, client_id: yanzhen, secret_file: /etc/yanzhen/oidc.secret, grants: [{claim: groups, value: zone-leaders, role: leader}]}"},
		"second_factor":    {Zh: "必须用动态码登录的角色", En: "the roles that come in with a second factor only", OneOf: access.RoleNames(), Example: "[administrator, security, auditor]"},
	}
}

// Installation is what the doors of an installation are made of.
type Installation struct {
	Dir     string
	Listen  string
	Hosts   []string
	Names   codes.Text // of the zone
	TLS     TLS
	Proxies []string
	Access  Settings
	Invalid func(error) error // marks an error that is mended by another configuration
}

// Check notes the faults of the configuration.
func (z Installation) Check(f *declare.File) {
	if n := z.Access.Length; n < 12 || n > 64 {
		f.Fault("access.password_length", "%d：要在 12 至 64 之间", "%d: want 12 to 64", n)
	}
	if (z.TLS.Cert == "") != (z.TLS.Key == "") {
		f.Fault("tls", "cert 与 key 要一起写", "cert and key go together")
	}
	z.Access.Office.Check(f, "access.oidc")
	for i, p := range z.Proxies {
		if _, err := prefix(p); err != nil {
			f.Fault("proxies."+strconv.Itoa(i), "%q 不是地址或网段，如 10.0.0.1、10.0.0.0/24", "%q is no address or network such as 10.0.0.1 or 10.0.0.0/24", p)
		}
	}
}

// Admitted are those who may come in, and the door by which they do.
type Admitted struct {
	Book  *account.Book
	Door  *door.Door
	Trail *audit.Trail
	zone  Installation
}

// Policy is what the configuration asks of accounts.
func (z Installation) Policy() account.Policy {
	a := z.Access
	p := account.Policy{
		Length: a.Length, Age: time.Duration(a.Age) * 24 * time.Hour, Idle: a.Idle, Absolute: a.Absolute,
		Words: []string{z.Names.Zh, z.Names.En},
	}
	p.Breached, p.Strict = a.Breached, a.Strict
	if a.Office.Issuer != "" {
		p.Local = a.Office.Local
	}
	if a.Separate {
		p.Duties = access.Separate
	}
	for _, r := range a.Factor {
		p.Factor = append(p.Factor, access.Role(r))
	}
	return p
}

// Open opens the accounts and the sessions of the zone's directory, and what lets people in by the network.
func (z Installation) Open(log *slog.Logger) (*Admitted, error) {
	if _, err := z.TLS.Config(); err != nil {
		return nil, z.Invalid(err)
	}
	p, err := z.Accounts(log)
	if err != nil || z.Access.Office.Issuer == "" {
		return p, err
	}
	if p.Door.Office, err = federated.Open(z.Access.Office, p.Book, log); err != nil {
		p.Trail.Close()
		return nil, z.Invalid(err)
	}
	return p, nil
}

// Accounts opens the accounts and the sessions alone: who works beside a server needs neither the certificate nor the secret of
// the office's own sign-in.
func (z Installation) Accounts(log *slog.Logger) (*Admitted, error) {
	book, err := account.Open(z.Dir, z.Policy())
	if err != nil {
		return nil, z.Invalid(err)
	}
	trail, err := audit.Open(z.Dir, z.Access.Days, log)
	if err != nil {
		return nil, err
	}
	if z.Access.Copied {
		trail.Copy(log)
	}
	sessions, err := account.OpenSessions(z.Dir, book, log)
	if err != nil {
		return nil, err
	}
	tokens, err := token.Open(z.Dir, book)
	if err != nil {
		return nil, z.Invalid(err)
	}
	d := &door.Door{Book: book, Sessions: sessions, Tokens: tokens, Visits: account.OpenVisits(z.Dir, book, log), TLS: z.TLS.Cert != "", Issuer: "Yanzhen 雁阵", Trail: trail, Dir: z.Dir}
	for _, text := range z.Proxies {
		p, err := prefix(text)
		if err != nil {
			return nil, z.Invalid(err)
		}
		d.Proxies = append(d.Proxies, p)
	}
	return &Admitted{book, d, trail, z}, nil
}

// prefix reads a network, or one address as one.
func prefix(text string) (netip.Prefix, error) {
	if p, err := netip.ParsePrefix(text); err == nil {
		return p.Masked(), nil
	}
	a, err := netip.ParseAddr(text)
	if err != nil {
		return netip.Prefix{}, err
	}
	return netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()), nil
}

// Allow refuses to open the pages to others where nobody could sign in.
func (p *Admitted) Allow(at net.Addr) error {
	some, err := p.Book.Usable()
	if err != nil || some || loopback(at) {
		return err
	}
	return p.zone.Invalid(fmt.Errorf("%s 不是本机地址，而还没有账号：先运行 yanzhen user add NAME --role administrator，或只在本机打开（--listen 127.0.0.1:8086）"+
		" / %s is not of this machine alone, and there is no account: run yanzhen user add NAME --role administrator first, or listen on 127.0.0.1 only", at, at))
}

func loopback(at net.Addr) bool {
	t, ok := at.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}

// Greet prints the link of the console where nobody else could come in yet.
func (p *Admitted) Greet(out io.Writer, lang codes.Lang, at net.Addr) {
	if some, err := p.Book.Usable(); err != nil || some || !loopback(at) {
		if some && loopback(at) {
			fmt.Fprintln(out, codes.Text{Zh: "本机控制台登录：" + p.zone.link(), En: "to sign in as this console: " + p.zone.link()}.In(lang))
		}
		return
	}
	secret, _, err := p.Book.MakeLink(account.Local, "console")
	if err != nil {
		fmt.Fprintln(out, err)
		return
	}
	fmt.Fprintf(out, "登录 sign in    %s/signin/link/%s\n", p.zone.Base(at.String()), secret)
	fmt.Fprintln(out, codes.Text{Zh: "（以上链接 15 分钟内可用一次；再要一个：" + p.zone.link() + "）", En: "(the link above can be used once within 15 minutes; for another: " + p.zone.link() + ")"}.In(lang))
}

// link is the command that makes another link, of this directory.
func (z Installation) link() string {
	dir, err := filepath.Abs(z.Dir)
	if err != nil {
		dir = z.Dir
	}
	return "yanzhen --dir " + Argument(dir) + " user link"
}

// Argument is a text as a shell takes it for one word.
func Argument(s string) string {
	if !strings.ContainsAny(s, " \t\n'\"\\$&|;<>()*?[]#~`!{}") {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Base is how the pages are asked for, where they are served at an address.
func (z Installation) Base(at string) string {
	scheme := "http"
	if z.TLS.Cert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(at)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		if host, err = os.Hostname(); err != nil {
			host = "localhost"
		}
		if len(z.Hosts) > 0 {
			host = z.Hosts[0]
		}
		at = net.JoinHostPort(host, port)
	}
	return scheme + "://" + at
}

// Started writes down that the pages are served, and with what.
func (p *Admitted) Started(at net.Addr) {
	a := p.zone.Access
	_ = p.Trail.Sure(audit.Entry{Who: "server", Did: "start", Result: "ok", What: fmt.Sprintf(
		"listen=%s tls=%t separate=%t password_length=%d password_days=%d idle=%s absolute=%s second_factor=%v proxies=%v audit_days=%d oidc=%s",
		at, p.zone.TLS.Cert != "", a.Separate, a.Length, a.Age, a.Idle, a.Absolute, a.Factor, p.zone.Proxies, a.Days, a.Office.Issuer)})
}
