package database

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

// certificates are what a server's certificate is checked against; nil: it is not encrypted.
func (d *Database) certificates() (*tls.Config, error) {
	if d.TLS == "none" {
		return nil, nil
	}
	c := &tls.Config{ServerName: d.Host, MinVersion: tls.VersionTLS12}
	if d.CA != "" {
		text, err := os.ReadFile(d.CA)
		if err != nil {
			return nil, fault("ca", "ca 读不出", "ca cannot be read", "核对 database.ca", "check database.ca")
		}
		if c.RootCAs = x509.NewCertPool(); !c.RootCAs.AppendCertsFromPEM(text) {
			return nil, fault("ca", "ca 里没有证书（PEM）", "ca holds no certificate (PEM)", "核对 database.ca", "check database.ca")
		}
	}
	return c, nil
}

type postgres struct{ c *pgconn.PgConn }

func (d *Database) postgres(ctx context.Context, password string) (session, error) {
	port := d.Port
	if port == 0 {
		port = 5432
	}
	// everything that the environment or a file of the user could say otherwise is said here
	text := fmt.Sprintf("host='%s' port=%d dbname='%s' user='%s' password='-' sslmode=disable target_session_attrs=any connect_timeout=20 application_name=yanzhen",
		d.Host, port, escaped(d.Name), escaped(d.User))
	cfg, err := pgconn.ParseConfig(text)
	if err != nil {
		return nil, fault("address", "数据库的地址读不懂", "the address of the database cannot be understood", "核对 database 的 host、port、name、user", "check host, port, name and user of database")
	}
	cfg.Password, cfg.Fallbacks = password, nil
	if !strings.HasPrefix(d.Host, "/") {
		if cfg.TLSConfig, err = d.certificates(); err != nil {
			return nil, err
		}
	}
	cfg.RuntimeParams = map[string]string{
		"application_name": "yanzhen", "client_encoding": "UTF8", "DateStyle": "ISO, YMD", "TimeZone": "UTC", "extra_float_digits": "1",
		"statement_timeout": strconv.FormatInt(d.Timeout.Milliseconds(), 10), "idle_in_transaction_session_timeout": strconv.FormatInt(d.Timeout.Milliseconds(), 10),
		"default_transaction_read_only": "on",
	}
	soon, cancel := context.WithTimeout(ctx, signIn)
	defer cancel()
	c, err := pgconn.ConnectConfig(soon, cfg)
	if err != nil {
		return nil, postgresFault(d.unreached(err))
	}
	p := &postgres{c}
	if err := p.c.Exec(ctx, "begin isolation level repeatable read read only").Close(); err != nil {
		p.close()
		return nil, postgresFault(err)
	}
	return p, nil
}

func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(s)
}

func (p *postgres) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	p.c.Close(ctx)
}

func (p *postgres) now(ctx context.Context) (now time.Time, err error) {
	err = p.rows(ctx, "select extract(epoch from now())", nil, func(cells [][]byte) error {
		seconds, micro, _ := strings.Cut(string(cells[0]), ".")
		s, err := strconv.ParseInt(seconds, 10, 64)
		if err != nil {
			return err
		}
		us, err := strconv.ParseInt((micro + "000000")[:6], 10, 64)
		now = time.Unix(s, us*1000)
		return err
	})
	return now, err
}

// kinds are the types that are read, by their numbers.
var postgresKinds = map[uint32]Kind{
	pgtype.TextOID: Text, pgtype.VarcharOID: Text, pgtype.BPCharOID: Text, pgtype.NameOID: Text, pgtype.UUIDOID: Text, pgtype.UnknownOID: Text,
	pgtype.JSONOID: Text, pgtype.JSONBOID: Text, pgtype.QCharOID: Text, pgtype.InetOID: Text, pgtype.TimeOID: Text,
	pgtype.Int2OID: Whole, pgtype.Int4OID: Whole, pgtype.Int8OID: Whole, pgtype.OIDOID: Whole,
	pgtype.NumericOID: Number, pgtype.Float4OID: Number, pgtype.Float8OID: Number,
	pgtype.BoolOID: Bool, pgtype.DateOID: Day, pgtype.TimestampOID: Wall, pgtype.TimestamptzOID: Instant,
}

var types = pgtype.NewMap()

func (p *postgres) describe(ctx context.Context, sql string) ([]Column, error) {
	d, err := p.c.Prepare(ctx, "", sql, nil)
	if err != nil {
		return nil, postgresFault(err)
	}
	var out []Column
	for _, f := range d.Fields {
		c := Column{Name: f.Name, Kind: postgresKinds[f.DataTypeOID], Type: strconv.Itoa(int(f.DataTypeOID))}
		if t, ok := types.TypeForOID(f.DataTypeOID); ok {
			c.Type = t.Name
		} else if c.Kind == "" { // an enumeration or a domain of the database's own is told by its text where that is its category
			if err := p.rows(ctx, "select typname, typcategory in ('E', 'S') from pg_type where oid = "+c.Type, nil, func(cells [][]byte) error {
				c.Type = string(cells[0])
				if string(cells[1]) == "t" {
					c.Kind = Text
				}
				return nil
			}); err != nil {
				return nil, err
			}
		}
		out = append(out, c)
	}
	return out, nil
}

func (p *postgres) rows(ctx context.Context, sql string, args []string, f func([][]byte) error) error {
	params := make([][]byte, len(args))
	oids := make([]uint32, len(args))
	for i, a := range args {
		params[i], oids[i] = []byte(a), pgtype.TextOID
	}
	r := p.c.ExecParams(ctx, sql, params, oids, nil, nil)
	for r.NextRow() {
		if err := f(r.Values()); err != nil {
			return err // the connection is closed with the rest under way
		}
	}
	_, err := r.Close()
	return postgresFault(err)
}

func (p *postgres) quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

func (p *postgres) param(n int, c Column) string {
	return fmt.Sprintf("$%d::%s", n, map[Kind]string{Text: "text", Whole: "int8", Day: "timestamp", Wall: "timestamp", Instant: "timestamptz"}[c.Kind])
}

func (p *postgres) moment(t time.Time, c Column, zone *time.Location) string {
	if c.Kind == Instant {
		return t.UTC().Format("2006-01-02 15:04:05.999999Z07:00")
	}
	return t.In(zone).Format("2006-01-02 15:04:05.999999")
}

// postgresFault says which errors need a person. What a server quotes may be a value of a row.
func postgresFault(err error) error {
	var p *pgconn.PgError
	if !errors.As(err, &p) {
		return unquoted(err)
	}
	text := fmt.Sprintf("%s (SQLSTATE %s)", hidden(p.Message), p.Code)
	switch {
	case strings.HasPrefix(p.Code, "28"):
		return fault("sign_in", "数据库拒绝登录（SQLSTATE "+p.Code+"）", "the database refuses the sign-in (SQLSTATE "+p.Code+")", "核对 user 和口令，以及数据库允许从这台机器登录（pg_hba.conf）", "check user and password, and that the database lets this machine in (pg_hba.conf)")
	case p.Code == "3D000":
		return fault("database", "没有这个数据库："+text, "there is no such database: "+text, "核对 database.name", "check database.name")
	case p.Code == "42501":
		return fault("rights", "没有读的权限："+text, "it may not be read: "+text, "请数据库管理员授予 SELECT", "ask the administrator of the database for SELECT")
	case strings.HasPrefix(p.Code, "42"), strings.HasPrefix(p.Code, "0A"):
		return fault("query", "数据库不接受这条查询："+text, "the database does not take the query: "+text, "改正 database.query；源库的表或列可能改了名", "correct database.query; a table or column of the source may have been renamed")
	case strings.HasPrefix(p.Code, "22"), strings.HasPrefix(p.Code, "21"):
		return fault("value", "查询遇到算不了的值（SQLSTATE "+p.Code+"）", "the query met a value that it cannot compute with (SQLSTATE "+p.Code+")", "在 query 里避开：多为除以零、不能转换的文本", "avoid it in query: mostly a division by zero or a text that cannot be converted")
	case p.Code == "25006":
		return fault("writes", "查询要写数据：只许读", "the query writes: it may only read", "query 里只用不写数据的函数", "call nothing in query that writes")
	}
	if !sayable(p.Code) {
		text = "SQLSTATE " + p.Code
	}
	return errors.New("数据库报错 / the database reports an error: " + text)
}

// sayable says whether what a server says of an error of a class holds names of the database at most, and no values: that of its
// connections, its resources, its operators, its objects. What a function of its own raises may hold anything.
func sayable(state string) bool {
	return len(state) == 5 && slices.Contains([]string{"08", "53", "57", "42", "3D", "0A"}, state[:2])
}
