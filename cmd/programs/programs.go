// Package programs lets the programs of analysts in by their accounts: it is where the door of the database and the
// accounts of the zone meet, of which neither knows the other.
package programs

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"

	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/plain"
)

// programs lets the programs of people in who have an account with the right of SQL.
type programs struct {
	book *account.Book
	pace *account.Pace
	key  [32]byte // of this process, so that what is remembered is no password

	mu    sync.Mutex
	known map[[32]byte]admission
}

// admission is a name and password that were right a moment ago: a program asks a hundred times a minute, and a
// password takes a tenth of a second to check.
type admission struct {
	name  string
	epoch int
	until time.Time
}

const (
	rememberFor  = 5 * time.Minute
	mostRemember = 1000
)

func newPrograms(book *account.Book, pace *account.Pace) (*programs, error) {
	p := &programs{book: book, pace: pace, known: map[[32]byte]admission{}}
	_, err := rand.Read(p.key[:])
	return p, err
}

// admit says who comes. That the account may still come in, and with which rights, is asked every time.
func (p *programs) admit(_ context.Context, c door.Caller) (door.Guest, error) {
	from, _, err := net.SplitHostPort(c.Address)
	if err != nil {
		from = c.Address
	}
	if c.Token != "" {
		return door.Guest{}, door.ErrRefused // no account has a token yet
	}
	mac := hmac.New(sha256.New, p.key[:])
	fmt.Fprintf(mac, "%d:%s%s", len(c.Name), c.Name, c.Password)
	id := [32]byte(mac.Sum(nil))
	p.mu.Lock()
	was, ok := p.known[id]
	p.mu.Unlock()
	if ok && time.Now().Before(was.until) {
		a, found, err := p.book.Find(was.name)
		if err != nil {
			return door.Guest{}, err
		}
		if found && !a.Disabled && a.Epoch == was.epoch {
			return p.guest(a)
		}
	}
	a, outcome, _, err := p.book.SignIn(p.pace, account.Try{Name: c.Name, Password: c.Password, From: from})
	if err != nil {
		return door.Guest{}, err
	}
	if outcome != account.In {
		return door.Guest{}, door.ErrRefused
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.known) >= mostRemember {
		clear(p.known)
	}
	p.known[id] = admission{a.Name, a.Epoch, time.Now().Add(rememberFor)}
	return p.guest(a)
}

// guest is an account that may ask in SQL: it sees rows, of the whole zone, and owes nothing.
func (p *programs) guest(a account.Account) (door.Guest, error) {
	v := p.book.Viewer(a)
	if !v.Can(access.SQL|access.Rows) || !v.Whole() || v.Owes {
		return door.Guest{}, door.ErrRefused
	}
	return door.Guest{Name: v.Name}, nil
}

// Config says where programs come in.
type Config struct {
	Address   string // HOST:PORT
	Cert, Key string // files of the certificate; empty: none
	Socket    string // the embedded engine's; empty: the database is a server of its own
	Book      *account.Book
	Pace      *account.Pace
	Names     func(context.Context) plain.Names
	Log       *slog.Logger
}

// Open opens the port of the database. The caller closes the server. An error is the configuration's.
func Open(ctx context.Context, cfg Config) (*http.Server, error) {
	if cfg.Socket == "" {
		return nil, errors.New("config database.listen: 数据库是另一台服务器，程序直接连接它 / the database is a server of its own: programs connect to it")
	}
	some, err := cfg.Book.Usable()
	if err != nil {
		return nil, err
	}
	if !some && !door.Loopback(cfg.Address) {
		return nil, fmt.Errorf("config database.listen: %s 不是本机地址，而还没有账号：先运行 yanzhen user add NAME --role analyst / is not of this machine alone, and there is no account: run yanzhen user add NAME --role analyst first", cfg.Address)
	}
	var conf *tls.Config
	if cfg.Cert != "" {
		pair, err := tls.LoadX509KeyPair(cfg.Cert, cfg.Key)
		if err != nil {
			return nil, fmt.Errorf("config tls: 证书或私钥读不出 / the certificate or its key cannot be read: %w", err)
		}
		conf = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	} else if !door.Loopback(cfg.Address) {
		cfg.Log.Warn("passwords of programs cross the network in the clear: name a certificate under tls", "database.listen", cfg.Address)
	}
	p, err := newPrograms(cfg.Book, cfg.Pace)
	if err != nil {
		return nil, err
	}
	d, err := door.New(door.Config{
		Socket: cfg.Socket, Admit: p.admit, Log: cfg.Log, Names: cfg.Names,
		Record: func(s door.Statement) {
			cfg.Log.Info("statement", "account", s.Guest, "from", s.Address, "status", s.Status, "code", s.Code, "bytes", s.Bytes, "took", s.Took.Round(time.Millisecond))
		},
	})
	if err != nil {
		return nil, err
	}
	l, err := door.Listen(cfg.Address, conf)
	if err != nil {
		return nil, fmt.Errorf("config database.listen: %w", err)
	}
	server := d.Server(ctx)
	server.Addr = l.Addr().String()
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			cfg.Log.Error("the port of the database is closed", "err", err)
		}
	}()
	cfg.Log.Info("programs may connect", "database", server.Addr, "tls", conf != nil)
	return server, nil
}
