// Package warehouse is the one door to ClickHouse: Exec, Append (structs in), Select and Rows (structs
// out), Insert and Query (Arrow in and out), Stream (any format). It speaks HTTP through
// clickhouse-go, to the embedded engine's private socket or to a server, with no other difference.
package warehouse

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ClickHouse/clickhouse-go/v2"
	"github.com/ClickHouse/clickhouse-go/v2/lib/driver"

	"yanzhen/pipeline/warehouse/cluster"
	"yanzhen/pipeline/warehouse/turns"
)

// Statement is one SQL statement with its server-side parameters ({name:Type} in SQL).
type Statement struct {
	SQL string
	// Params are values as they are: the engine binds them, nothing in them is read as SQL. A value
	// of {name:Array(...)} is written as an array literal; Strings writes one.
	Params   map[string]string
	Settings map[string]string
	Tag      string // names the caller in logs; the query id begins with it
	Kept     string // SQL that answers the same with these Params from what package states keeps; empty: none does. Whoever sends the statement chooses
	// Inner answers with a few rows as a text of SQL (_why, _n of them), which may be put into Outer in place of {rows} so that
	// that answers the same, with these Params; empty: there are none.
	Inner, Outer string
	InnerKept    string // is to Inner what Kept is to SQL
	ID           string // the query id, for Kill; made up when empty
	Who          string // whose statement it is, where people share places; empty: the program's
	// Within is how long it waits for its turn at most, to milliseconds; it fails with the number 202 then. 0: as long as the
	// caller does. Of a server that is not this program's nothing may be said of it.
	Within time.Duration
}

// SQL is a statement without parameters.
func SQL(text string) Statement { return Statement{SQL: text} }

// Written is what an insert wrote.
type Written struct {
	Rows  uint64
	Bytes uint64 // as ClickHouse counts them, uncompressed
}

// DB is an open warehouse. The zero value is not usable; Open makes one. It is safe for use by
// several goroutines.
type DB struct {
	conn     driver.Conn
	patience time.Duration
	packed   bool // answers come compressed
	cluster  cluster.Plan
	own      bool // it answers at a socket
	once     sync.Once
}

// Options say where the database is and who asks.
type Options struct {
	DSN      string // http://user:password@host:8123/db, or unix://loader@/path/of/socket for the embedded engine
	User     string // loader, reader or analyst on the embedded engine
	Socket   string // the embedded engine's socket; instead of DSN
	Database string // where names without a database are looked up; it must exist
	// Patience is how long a statement may go without progress (a row taken, a row given, an end)
	// before it is given up as *Stalled; 0: DefaultPatience. A deadline of the caller's holds besides.
	Patience time.Duration
	// Observe is told of every statement how long it took, its answer read, and whether it failed; nil: nobody is.
	Observe func(took time.Duration, failed bool)
	Cluster cluster.Plan // where the database is a cluster of servers
}

// Open connects. ErrUnavailable where nothing answers.
func Open(ctx context.Context, o Options) (*DB, error) {
	opt := &clickhouse.Options{
		Protocol: clickhouse.HTTP,
		Auth:     clickhouse.Auth{Username: o.User},
		// The clock of each statement ends what makes no progress; a long load must not fail because its
		// answer comes late.
		ReadTimeout:         24 * time.Hour,
		DialTimeout:         10 * time.Second,
		MaxOpenConns:        64,
		MaxIdleConns:        16,
		ConnMaxLifetime:     time.Hour,
		HttpMaxConnsPerHost: 64,
		TransportFunc: func(t *http.Transport) (http.RoundTripper, error) {
			t.Proxy = nil // the database is in the house
			return summaries{t, o.Observe, o.Socket != "" || strings.HasPrefix(o.DSN, "unix:")}, nil
		},
		Settings: clickhouse.Settings{},
	}
	for k, v := range o.Cluster.Settings() {
		opt.Settings[k] = v
	}
	socket := o.Socket
	if socket == "" {
		u, err := url.Parse(o.DSN)
		if err != nil {
			return nil, fmt.Errorf("database address: %w", urlError(err))
		}
		switch u.Scheme {
		case "unix":
			socket = u.Path
			if name := u.User.Username(); o.User == "" {
				opt.Auth.Username = name
			}
		case "http", "https", "clickhouse":
			if q := u.Query(); u.Scheme == "https" && !q.Has("secure") { // the driver wants it said twice
				q.Set("secure", "true")
				u.RawQuery = q.Encode()
			}
			parsed, err := clickhouse.ParseDSN(u.String())
			if err != nil {
				return nil, fmt.Errorf("database address: %w", err)
			}
			opt.Addr, opt.TLS = parsed.Addr, parsed.TLS
			opt.Auth, opt.Compression = parsed.Auth, parsed.Compression
			for k, v := range parsed.Settings {
				opt.Settings[k] = v
			}
			if o.User != "" && opt.Auth.Username == "" {
				opt.Auth.Username = o.User
			}
		default:
			return nil, fmt.Errorf("database address: scheme %q: want http, https or unix", u.Scheme)
		}
	}
	if socket != "" {
		opt.Addr = []string{"localhost:8123"} // a name for the Host header; the socket is dialled
		opt.DialContext = func(ctx context.Context, _ string) (net.Conn, error) {
			var d net.Dialer
			return d.DialContext(ctx, "unix", socket)
		}
	}
	if o.Database != "" {
		opt.Auth.Database = o.Database
	}
	conn, err := clickhouse.Open(opt)
	if err != nil {
		return nil, explain(ctx, "", err)
	}
	db := &DB{conn: conn, patience: o.Patience, cluster: o.Cluster, own: socket != "", packed: opt.Compression != nil && opt.Compression.Method != clickhouse.CompressionNone}
	if db.patience <= 0 {
		db.patience = DefaultPatience
	}
	if err := db.there(ctx); err != nil {
		conn.Close()
		return nil, explain(ctx, "", err)
	}
	return db, nil
}

// there says whether the database answers. The engine of this program answers what the driver asks for first out of turn; a ping
// would wait in the lane of its role, as nobody's.
func (db *DB) there(ctx context.Context) error {
	if !db.own {
		return db.conn.Ping(ctx)
	}
	return db.conn.Exec(ctx, "SELECT displayName(), version(), revision(), timezone()")
}

// WithPassword puts a password into a DSN's user part, and another user where one is named.
func WithPassword(dsn, user, password string) (string, error) {
	u, err := url.Parse(dsn)
	if err != nil {
		return "", fmt.Errorf("config database.dsn: not an address such as http://user@host:8123")
	}
	u.User = url.UserPassword(cmp.Or(user, u.User.Username()), password)
	return u.String(), nil
}

// urlError drops the address from an error, because it may hold a password.
func urlError(err error) error {
	if e, ok := err.(*url.Error); ok {
		return e.Err
	}
	return err
}

// Close frees the connections; safe to call twice.
func (db *DB) Close() error {
	var err error
	db.once.Do(func() { err = db.conn.Close() })
	return err
}

// context carries the statement's id, settings and parameters to the driver.
func (s Statement) context(ctx context.Context) (context.Context, string) {
	id := s.ID
	if id == "" {
		id = NewID(s.Tag)
	}
	opts := []clickhouse.QueryOption{clickhouse.WithQueryID(id)}
	set := clickhouse.Settings{}
	for k, v := range s.Settings {
		set[k] = v
	}
	if s.Who != "" {
		set[turns.Who] = s.Who
	}
	if s.Within > 0 {
		set[turns.Within] = strconv.FormatInt(max(s.Within.Milliseconds(), 1), 10)
	}
	opts = append(opts, clickhouse.WithSettings(set))
	if len(s.Params) > 0 {
		p := clickhouse.Parameters{}
		for k, v := range s.Params {
			p[k] = paramText(s.SQL, k, v)
		}
		opts = append(opts, clickhouse.WithParameters(p))
	}
	return clickhouse.Context(ctx, opts...), id
}

// NewID makes a query id that begins with tag.
func NewID(tag string) string {
	var b [9]byte
	_, _ = rand.Read(b[:])
	if tag == "" {
		return hex.EncodeToString(b[:])
	}
	return tag + "-" + hex.EncodeToString(b[:])
}

// inserts are those under way into the tables of clusters, by cluster and table, each a channel with room for one.
var inserts sync.Map

// turn waits until no other insert of this process into a table is under way, where the database is a cluster: a quorum of one
// insert has to stand before the next may begin, else the servers refuse it. The caller calls done.
func (db *DB) turn(ctx context.Context, table string) (done func(), err error) {
	if db.cluster.Name == "" {
		return func() {}, nil
	}
	v, _ := inserts.LoadOrStore(db.cluster.Name+"\x00"+table, make(chan struct{}, 1))
	one := v.(chan struct{})
	select {
	case one <- struct{}{}:
		return func() { <-one }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var nestedRe = regexp.MustCompile(`\{\s*([A-Za-z_][A-Za-z0-9_]*)\s*:\s*(?:Array|Tuple|Map)\b`)

var paramEscaper = strings.NewReplacer(`\`, `\\`, "\t", `\t`, "\n", `\n`, "\r", `\r`, "\x00", `\0`)

// paramText writes a value as the engine reads it: escaped text, save for arrays, whose literal
// carries its own escapes.
func paramText(sql, name, value string) string {
	for _, m := range nestedRe.FindAllStringSubmatch(sql, -1) {
		if m[1] == name {
			return value
		}
	}
	return paramEscaper.Replace(value)
}

// Strings writes values as an array literal for a parameter of Array(String).
func Strings(values []string) string {
	var b strings.Builder
	b.WriteByte('[')
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\'')
		b.WriteString(strings.NewReplacer(`'`, `\'`).Replace(paramEscaper.Replace(v)))
		b.WriteByte('\'')
	}
	b.WriteByte(']')
	return b.String()
}

// Rows is the database of the tables that hold rows, as system.tables and system.columns name it.
func (db *DB) Rows() string { return db.cluster.Rows() }

// Own reports whether the database is the engine of this directory, which no other build changes at the same time.
func (db *DB) Own() bool { return db.own }

// Exec runs a statement that returns no rows. On a cluster it is said on every node, in several statements where need be; the
// first that fails ends it, and what was done before stands, so it can be said again.
func (db *DB) Exec(ctx context.Context, s Statement) error {
	for _, sql := range db.cluster.Statements(s.SQL) {
		one := s
		one.SQL = sql
		if err := db.exec(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

func (db *DB) exec(ctx context.Context, s Statement) error {
	ctx, c := db.wait(ctx)
	defer c.end()
	qctx, id := s.context(ctx)
	return explain(ctx, id, db.conn.Exec(qctx, s.SQL))
}

// Row scans the first row of s into dest; sql.ErrNoRows when there is none.
func (db *DB) Row(ctx context.Context, s Statement, dest ...any) error {
	ctx, c := db.wait(ctx)
	defer c.end()
	qctx, id := s.context(ctx)
	return explain(ctx, id, db.conn.QueryRow(qctx, s.SQL).Scan(dest...))
}

// Kill stops the statement of that query id, whoever runs it. Killing what does not run is no error.
func (db *DB) Kill(ctx context.Context, queryID string) error {
	return db.Exec(ctx, Statement{SQL: "KILL QUERY WHERE query_id = {id:String} ASYNC", Params: map[string]string{"id": queryID}, Tag: "kill"})
}

// Stream returns the rows of s in a ClickHouse format (CSVWithNames, Parquet, ...), as they come.
// An error under way is the error of Read; the caller closes the stream.
func (db *DB) Stream(ctx context.Context, format string, s Statement) (io.ReadCloser, error) {
	ctx, c := db.wait(ctx)
	qctx, id := s.context(streamed(db.inPieces(ctx, &s)))
	r, err := db.queryFormat(qctx, format, s.SQL)
	if err != nil {
		err = explain(ctx, id, err)
		c.end()
		return nil, err
	}
	c.pause()
	return &stream{ctx: ctx, clock: c, id: id, ReadCloser: r}, nil
}

type stream struct {
	io.ReadCloser
	ctx   context.Context
	clock *clock
	id    string
}

func (s *stream) Read(p []byte) (int, error) {
	s.clock.resume()
	n, err := s.ReadCloser.Read(p)
	s.clock.pause()
	if err != nil && err != io.EOF {
		err = explain(s.ctx, s.id, err)
	}
	return n, err
}

func (s *stream) Close() error {
	defer s.clock.end()
	return s.ReadCloser.Close()
}

var nameRe = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// tableName quotes database.table; a name of other characters than letters, digits and _ is refused.
func tableName(table string) (string, error) {
	parts := strings.Split(table, ".")
	for i, p := range parts {
		if !nameRe.MatchString(p) || len(parts) > 2 {
			return "", fmt.Errorf("table %q: not a name like database.table", table)
		}
		parts[i] = quoteName(p)
	}
	return strings.Join(parts, "."), nil
}

func quoteName(s string) string {
	return "`" + strings.NewReplacer(`\`, `\\`, "`", "\\`").Replace(s) + "`"
}
