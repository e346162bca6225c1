// Package programs lets the programs of analysts in by their accounts: it is where the door of the database and the
// accounts of the zone meet, of which neither knows the other.
package programs

import (
	"cmp"
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
	"strconv"
	"sync"
	"time"

	"yanzhen/cmd/people"
	"yanzhen/dashboard/access"
	"yanzhen/dashboard/access/account"
	"yanzhen/dashboard/access/audit"
	"yanzhen/dashboard/access/token"
	"yanzhen/dashboard/asking"
	"yanzhen/dashboard/metric/called"
	"yanzhen/dashboard/shelf"
	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/mask"
	"yanzhen/pipeline/warehouse"
	"yanzhen/pipeline/warehouse/door"
	"yanzhen/pipeline/warehouse/flight"
	"yanzhen/pipeline/warehouse/greeting"
	"yanzhen/pipeline/warehouse/plain"
)

// programs lets the programs of people in who have an account with the right of SQL.
type programs struct {
	book   *account.Book
	pace   *account.Pace
	trail  *audit.Trail
	tokens *token.Shelf // nil: none count
	key    [32]byte     // of this process, so that what is remembered is no password

	mu    sync.Mutex
	known map[[32]byte]admission
	wrong map[[32]byte]standing // names and passwords that were wrong
}

// standing is how an account stood when its password was wrong: while it stands so the same password is wrong again. The zero
// standing is that of a name that is nobody's.
type standing struct {
	made     int64
	epoch    int
	disabled bool
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

func newPrograms(cfg Config) (*programs, error) {
	p := &programs{book: cfg.Book, pace: cfg.Pace, trail: cfg.Trail, tokens: cfg.Tokens, known: map[[32]byte]admission{}, wrong: map[[32]byte]standing{}}
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
		return p.byToken(c.Token, from)
	}
	mac := hmac.New(sha256.New, p.key[:])
	fmt.Fprintf(mac, "%d:%s%s", len(c.Name), c.Name, c.Password)
	id := [32]byte(mac.Sum(nil))
	p.mu.Lock()
	was, ok := p.known[id]
	refused, before := p.wrong[id]
	p.mu.Unlock()
	if before && refused == p.stands(c.Name) { // the same again is no further guess: its owner is not kept out for it
		p.signed(account.Account{}, c.Name, from, account.Wrong)
		return door.Guest{}, door.ErrRefused
	}
	if ok && time.Now().Before(was.until) {
		a, found, err := p.book.Find(was.name)
		if err != nil {
			return door.Guest{}, err
		}
		if found && !a.Disabled && a.Epoch == was.epoch {
			p.again(id)
			return p.guest(a)
		}
	}
	stood := p.stands(c.Name)
	a, outcome, _, err := p.book.SignIn(p.pace, account.Try{Name: c.Name, Password: c.Password, From: from})
	if err != nil {
		return door.Guest{}, err
	}
	p.signed(a, c.Name, from, outcome)
	p.mu.Lock()
	defer p.mu.Unlock()
	if outcome == account.Wrong {
		if len(p.wrong) >= mostRemember {
			clear(p.wrong)
		}
		p.wrong[id] = stood
	}
	if outcome != account.In {
		return door.Guest{}, door.ErrRefused
	}
	if len(p.known) >= mostRemember {
		clear(p.known)
	}
	p.known[id] = admission{a.Name, a.Epoch, time.Now().Add(rememberFor)}
	return p.guest(a)
}

// again has a name and password remembered as long again: while a program asks on, or a statement of it runs, nobody else's
// guesses keep it out.
func (p *programs) again(id [32]byte) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if was, ok := p.known[id]; ok {
		was.until = time.Now().Add(rememberFor)
		p.known[id] = was
	}
}

// stands is how the account of a name stands.
func (p *programs) stands(name string) standing {
	a, ok, err := p.book.Find(account.Canonical(name))
	if err != nil || !ok {
		return standing{}
	}
	return standing{a.Made.UnixNano(), a.Epoch, a.Disabled}
}

// byToken says who comes by a token.
func (p *programs) byToken(secret, from string) (door.Guest, error) {
	if p.tokens == nil {
		return door.Guest{}, door.ErrRefused
	}
	v, t, noted, err := p.tokens.Who(secret, from)
	if err != nil {
		return door.Guest{}, err
	}
	if v == nil {
		p.trail.Add(audit.Entry{Who: "?", From: from, Did: "token", What: "program", Result: "refused"})
		return door.Guest{}, door.ErrRefused
	}
	if noted {
		p.trail.Add(audit.Entry{Who: v.Name, Role: string(v.Role), From: from, Did: "token", What: t.ID + " " + t.Name, Result: "used"})
	}
	return p.guestOf(v)
}

// signed writes down how a sign-in ended. A name that is nobody's may be a password typed in the wrong place: it is not
// kept.
func (p *programs) signed(a account.Account, name, from string, outcome account.Outcome) {
	who := a.Name
	if who == "" {
		who = "?"
		if known, ok, err := p.book.Find(account.Canonical(name)); err == nil && ok {
			who = known.Name
		}
	}
	p.trail.Add(audit.Entry{Who: who, Role: string(a.Role), From: from, Did: "signin", What: "program", Result: string(outcome)})
}

// guest is an account that may ask in SQL: it sees rows and figures of few people, of the whole zone, and owes nothing.
func (p *programs) guest(a account.Account) (door.Guest, error) { return p.guestOf(p.book.Viewer(a)) }

// owed is what somebody has to do on the pages before their programs come in.
var owed = map[account.Debt]codes.Text{
	account.Lent:     {Zh: "密码是别人设的：先在网页登录，改成自己的，程序才能进来", En: "somebody else set this password: sign in to the pages and change it to your own before programs come in"},
	account.Aged:     {Zh: "密码到期了：先在网页登录改密码，程序才能进来", En: "the password is too old: sign in to the pages and change it before programs come in"},
	account.Factored: {Zh: "您的角色要有第二因素：先在网页登录设好，程序才能进来", En: "your role needs a second factor: sign in to the pages and set it up before programs come in"},
}

func (p *programs) guestOf(v *access.Viewer) (door.Guest, error) {
	if v.Owes {
		a, ok, err := p.book.Find(v.Name)
		if text, due := owed[p.book.Owes(a)]; err != nil || ok && due {
			return door.Guest{}, cmp.Or[error](err, &door.Due{Text: text})
		}
	}
	if !asking.May(v) {
		return door.Guest{}, door.ErrRefused
	}
	return door.Guest{Name: v.Name, Export: v.Can(access.Export)}, nil
}

// Config says where programs come in.
type Config struct {
	HTTP, Flight string // HOST:PORT of ClickHouse-HTTP and of Arrow Flight SQL; empty: none
	Cert, Key    string // files of the certificate; empty: none
	Socket       string // the embedded engine's; empty: the database is a server of its own
	Analyst      func(context.Context) (*warehouse.DB, error)
	Book         *account.Book
	Pace         *account.Pace
	Trail        *audit.Trail
	Tokens       *token.Shelf // nil: none count
	Names        func(context.Context) plain.Names
	Write        door.Writer                                                   // writes out metrics that a statement calls
	Shelf        shelf.Shelf                                                   // keeps the history of statements
	Observe      func(role, port string) func(took time.Duration, failed bool) // nil: nobody is told how long statements take
	Exports      *door.Exports                                                 // nil: nobody takes more than an ordinary answer
	Log          *slog.Logger
}

// Doors are the open ports.
type Doors struct {
	HTTP, Flight string // where they are; empty: not open
	closers      []func()
}

// Close closes the ports and ends the statements that came by them. It may be called twice, and on none.
func (d *Doors) Close() {
	if d == nil {
		return
	}
	for _, c := range d.closers {
		c()
	}
	d.closers = nil
}

// Open opens the ports that are asked for; nil where none is. An error is the configuration's.
func Open(ctx context.Context, cfg Config) (_ *Doors, err error) {
	if cfg.HTTP == "" && cfg.Flight == "" {
		return nil, nil
	}
	conf, err := cfg.secured()
	if err != nil {
		return nil, err
	}
	p, err := newPrograms(cfg)
	if err != nil {
		return nil, err
	}
	d := &Doors{}
	defer func() {
		if err != nil {
			d.Close()
		}
	}()
	if cfg.HTTP != "" {
		if err := d.openHTTP(ctx, cfg, p, conf); err != nil {
			return nil, fmt.Errorf("config database.listen: %w", err)
		}
	}
	if cfg.Flight != "" {
		if err := d.openFlight(ctx, cfg, p, conf); err != nil {
			return nil, fmt.Errorf("config database.flight: %w", err)
		}
	}
	return d, nil
}

// secured refuses ports that would let in nobody or everybody, and reads the certificate; nil where there is none.
func (cfg Config) secured() (*tls.Config, error) {
	if cfg.Socket == "" {
		return nil, errors.New("config database.listen, database.flight: 数据库是另一台服务器，程序直接连接它 / the database is a server of its own: programs connect to it")
	}
	some, err := cfg.Book.Usable()
	if err != nil {
		return nil, err
	}
	for _, at := range []string{cfg.HTTP, cfg.Flight} {
		if at == "" || door.Loopback(at) {
			continue
		}
		if !some {
			return nil, fmt.Errorf("config database: %s 不是本机地址，而还没有账号：先运行 yanzhen user add NAME --role analyst / is not of this machine alone, and there is no account: run yanzhen user add NAME --role analyst first", at)
		}
		if cfg.Cert == "" {
			cfg.Log.Warn("passwords of programs cross the network in the clear: name a certificate under tls", "port", at)
		}
	}
	return people.TLS{Cert: cfg.Cert, Key: cfg.Key}.Config()
}

// Metrics writes out the metrics that a statement calls.
func Metrics(b *called.Book) door.Writer {
	return func(ctx context.Context, sql string, params map[string]string) (string, func(int) int, error) {
		t, err := b.Write(ctx, sql, params)
		return t.SQL, t.Back, err
	}
}

// took writes a statement down: in the audit trail with its text, in the log without.
func took(cfg Config, by string) func(door.Statement) {
	observe := func(time.Duration, bool) {}
	if cfg.Observe != nil {
		observe = cfg.Observe("analyst", by)
	}
	return func(s door.Statement) {
		observe(s.Took, s.Code != 0)
		result := "ok"
		if s.Code != 0 {
			result = "error " + strconv.Itoa(s.Code)
		}
		from, _, err := net.SplitHostPort(s.Address)
		if err != nil {
			from = s.Address
		}
		text, _ := mask.Mask{}.Text(s.SQL) // numbers of persons are kept nowhere
		how := by
		if s.Export {
			how += " export"
		}
		cfg.Trail.Add(audit.Entry{Who: s.Guest, From: from, Did: "sql", What: how + ": " + text, Rows: s.Rows, Result: fmt.Sprintf("%s, %d bytes, %s", result, s.Bytes, s.Took.Round(time.Millisecond))})
		state := "done"
		if s.Code != 0 {
			state = "failed"
		}
		if err := cfg.Shelf.Add(shelf.Asked{At: s.At, Who: s.Guest, Door: by, From: from, SQL: s.SQL, State: state, Code: s.Code, Rows: s.Rows, Bytes: s.Bytes, Millis: s.Took.Milliseconds()}); err != nil {
			cfg.Log.Error("a statement is not in the history", "err", err)
		}
		cfg.Log.Info("statement", "by", by, "account", s.Guest, "from", s.Address, "status", s.Status, "code", s.Code, "bytes", s.Bytes, "rows", s.Rows, "took", s.Took.Round(time.Millisecond))
	}
}

// Stranger writes down who came to a port with a protocol that is not spoken there.
func Stranger(trail *audit.Trail, port string) func(net.Addr, string) {
	return func(from net.Addr, protocol string) {
		address, _, _ := net.SplitHostPort(from.String())
		trail.Add(audit.Entry{Who: "?", From: address, Did: "signin", What: "program: " + protocol + " at " + port, Result: "refused"})
	}
}

// Pages is what the port of the pages tells to clients of other protocols.
func Pages(trail *audit.Trail) greeting.Port {
	return greeting.Port{Told: Stranger(trail, "pages"), Says: codes.Text{
		Zh: "这个端口是网页与 /api/v1：ClickHouse 客户端请用 HTTP 协议连 database.listen 的端口，Arrow Flight SQL 请连 database.flight 的端口",
		En: "this port has pages and /api/v1: connect ClickHouse clients by HTTP to the port of database.listen, and Arrow Flight SQL to that of database.flight",
	}}
}

func (d *Doors) openHTTP(ctx context.Context, cfg Config, p *programs, conf *tls.Config) error {
	h, err := door.New(door.Config{Socket: cfg.Socket, Admit: p.admit, Log: cfg.Log, Names: cfg.Names, Write: cfg.Write, Exports: cfg.Exports, Record: took(cfg, "http"), Told: Stranger(cfg.Trail, "http")})
	if err != nil {
		return err
	}
	l, err := door.Listen(cfg.HTTP, conf, Stranger(cfg.Trail, "http"))
	if err != nil {
		return err
	}
	server := h.Server(ctx)
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			cfg.Log.Error("the port of the database is closed", "err", err)
		}
	}()
	d.HTTP = l.Addr().String()
	d.closers = append(d.closers, func() { server.Close() })
	cfg.Log.Info("programs may connect", "clickhouse-http", d.HTTP, "tls", conf != nil)
	return nil
}

func (d *Doors) openFlight(ctx context.Context, cfg Config, p *programs, conf *tls.Config) error {
	db, err := cfg.Analyst(ctx)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", cfg.Flight)
	if err != nil {
		return errors.Join(err, db.Close())
	}
	server, err := flight.Serve(l, flight.Config{DB: db, Admit: p.admit, Log: cfg.Log, Names: cfg.Names, Write: cfg.Write, Exports: cfg.Exports, Record: took(cfg, "flight"), Told: Stranger(cfg.Trail, "flight"), TLS: conf})
	if err != nil {
		return errors.Join(err, l.Close(), db.Close())
	}
	d.Flight = l.Addr().String()
	d.closers = append(d.closers, func() { server.Close(); db.Close() })
	cfg.Log.Info("programs may connect", "flight", d.Flight, "tls", conf != nil)
	return nil
}
