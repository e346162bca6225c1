package main

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"time"

	"yanzhen/cmd/people"
	"yanzhen/cmd/programs"
	"yanzhen/cmd/question"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/door"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/embedded"
	inwords "yanzhen/pipeline/warehouse/plain"
)

// admitted are those who may come in, and the door by which they do.
type admitted struct {
	book *account.Book
	door *door.Door
}

// policy is what the configuration asks of accounts.
func (c *config) policy() account.Policy {
	a := c.Access
	p := account.Policy{
		Length: a.Length, Age: time.Duration(a.Age) * 24 * time.Hour, Idle: a.Idle, Absolute: a.Absolute,
		Words: []string{c.Zone.Zh, c.Zone.En},
	}
	if a.Separate {
		p.Duties = access.Separate
	}
	for _, r := range a.Factor {
		p.Factor = append(p.Factor, access.Role(r))
	}
	return p
}

// people opens the accounts and the sessions of the zone's directory.
func (c *config) people(log *slog.Logger) (*admitted, error) {
	if c.TLS.Cert != "" {
		if _, err := tls.LoadX509KeyPair(c.TLS.Cert, c.TLS.Key); err != nil {
			return nil, invalid{fmt.Errorf("config tls: 证书或私钥读不出 / the certificate or its key cannot be read: %w", err)}
		}
	}
	book, err := account.Open(c.Dir, c.policy())
	if err != nil {
		return nil, invalid{err}
	}
	sessions, err := account.OpenSessions(c.Dir, book, log)
	if err != nil {
		return nil, err
	}
	d := &door.Door{Book: book, Sessions: sessions, TLS: c.TLS.Cert != "", Issuer: "Yanzhen 雁阵"}
	for _, text := range c.Proxies {
		p, err := prefix(text)
		if err != nil {
			return nil, invalid{err}
		}
		d.Proxies = append(d.Proxies, p)
	}
	return &admitted{book, d}, nil
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

// allow refuses to open the pages to others where nobody could sign in.
func (p *admitted) allow(at net.Addr) error {
	some, err := p.book.Usable()
	if err != nil || some || loopback(at) {
		return err
	}
	return invalid{fmt.Errorf("%s 不是本机地址，而还没有账号：先运行 yanzhen user add NAME --role administrator，或只在本机打开（--listen 127.0.0.1:8086）"+
		" / %s is not of this machine alone, and there is no account: run yanzhen user add NAME --role administrator first, or listen on 127.0.0.1 only", at, at)}
}

func loopback(at net.Addr) bool {
	t, ok := at.(*net.TCPAddr)
	return ok && t.IP.IsLoopback()
}

// greet prints the link of the console where nobody else could come in yet.
func (p *admitted) greet(c *cli, cfg *config, at net.Addr) {
	if some, err := p.book.Usable(); err != nil || some || !loopback(at) {
		return
	}
	secret, _, err := p.book.MakeLink(account.Local, "console")
	if err != nil {
		c.log.Warn("no link of the console could be made", "error", err)
		return
	}
	fmt.Fprintf(c.out, "登录 sign in    %s/signin/link/%s\n", cfg.base(at.String()), secret)
	fmt.Fprintln(c.out, c.say("（以上链接 15 分钟内可用一次；再要一个：yanzhen user link）", "(the link above can be used once within 15 minutes; for another: yanzhen user link)"))
}

// base is how the pages are asked for, where they are served at an address.
func (c *config) base(at string) string {
	scheme := "http"
	if c.TLS.Cert != "" {
		scheme = "https"
	}
	host, port, err := net.SplitHostPort(at)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		if host, err = os.Hostname(); err != nil {
			host = "localhost"
		}
		if len(c.Hosts) > 0 {
			host = c.Hosts[0]
		}
		at = net.JoinHostPort(host, port)
	}
	return scheme + "://" + at
}

// desk is where the commands of accounts work.
func (c *cli) desk() *people.Desk {
	return &people.Desk{
		Out: c.out, Lang: c.Lang,
		Invalid: func(err error) error { return invalid{err} },
		Table:   func(heads ...string) people.Table { return accountTable{newTable(c.out, heads...)} },
		Zone: func() (people.Zone, error) {
			cfg, err := c.settings()
			if err != nil {
				return people.Zone{}, err
			}
			return people.Zone{Dir: cfg.Dir, Policy: cfg.policy(), Base: cfg.base(cfg.address()), Local: cfg.local}, nil
		},
	}
}

type accountTable struct{ *table }

func (t accountTable) Row(cells ...any) { t.row(cells...) }
func (t accountTable) Flush() error     { return t.flush() }

// openDoors opens the ports by which programs come in, where the configuration asks for any.
func (o *office) openDoors(ctx context.Context, who *admitted, log *slog.Logger) (*programs.Doors, error) {
	d, err := programs.Open(ctx, programs.Config{
		HTTP: o.config.Database.Listen, Flight: o.config.Database.Flight, Cert: o.config.TLS.Cert, Key: o.config.TLS.Key,
		Socket: o.socket, Book: who.book, Pace: &who.door.Pace, Log: log,
		Analyst: func(ctx context.Context) (*warehouse.DB, error) { return o.as(ctx, embedded.Analyst) },
		Names:   func(ctx context.Context) inwords.Names { return question.Names(ctx, o.reader) },
	})
	if err != nil {
		return nil, invalid{err}
	}
	return d, nil
}
