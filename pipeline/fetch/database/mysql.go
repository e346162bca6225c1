package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	driver "github.com/go-sql-driver/mysql"
)

type mysql struct {
	db *sql.DB
	tx *sql.Tx
}

func (d *Database) mysql(ctx context.Context, password string) (session, error) {
	cfg := driver.NewConfig()
	cfg.User, cfg.Passwd, cfg.DBName = d.User, password, d.Name
	port := d.Port
	if port == 0 {
		port = 3306
	}
	if cfg.Net, cfg.Addr = "tcp", net.JoinHostPort(d.Host, strconv.Itoa(port)); strings.HasPrefix(d.Host, "/") {
		cfg.Net, cfg.Addr = "unix", d.Host
	} else {
		var err error
		if cfg.TLS, err = d.certificates(); err != nil {
			return nil, err
		}
	}
	cfg.Timeout, cfg.ReadTimeout, cfg.WriteTimeout = 20*time.Second, d.Timeout, time.Minute
	cfg.InterpolateParams = true // answers come as texts then
	cfg.Logger = &driver.NopLogger{}
	// a zone's name may be unknown there; a day that is none comes as it stands
	cfg.Params = map[string]string{"time_zone": "'+00:00'"}
	cfg.Collation = "utf8mb4_general_ci"
	c, err := driver.NewConnector(cfg)
	if err != nil {
		return nil, fault("address", "数据库的地址读不懂", "the address of the database cannot be understood", "核对 database 的 host、port、name、user", "check host, port, name and user of database")
	}
	m := &mysql{db: sql.OpenDB(c)}
	m.db.SetMaxOpenConns(1)
	soon, cancel := context.WithTimeout(ctx, signIn)
	defer cancel()
	if err := m.db.PingContext(soon); err != nil {
		m.close()
		return nil, mysqlFault(d.unreached(err))
	}
	if m.tx, err = m.db.BeginTx(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}); err != nil {
		m.close()
		return nil, mysqlFault(err)
	}
	return m, nil
}

func (m *mysql) close() {
	if m.tx != nil {
		m.tx.Rollback()
	}
	m.db.Close()
}

func (m *mysql) now(ctx context.Context) (now time.Time, err error) {
	err = m.rows(ctx, "select utc_timestamp(6)", nil, func(cells [][]byte) error {
		now, err = time.ParseInLocation("2006-01-02 15:04:05.999999", string(cells[0]), time.UTC)
		return err
	})
	return now, err
}

func mysqlKind(t string) Kind {
	switch strings.TrimPrefix(t, "UNSIGNED ") {
	case "TINYINT", "SMALLINT", "MEDIUMINT", "INT", "BIGINT", "YEAR":
		return Whole
	case "DECIMAL", "FLOAT", "DOUBLE":
		return Number
	case "CHAR", "VARCHAR", "TEXT", "TINYTEXT", "MEDIUMTEXT", "LONGTEXT", "ENUM", "SET", "JSON", "TIME", "NULL":
		return Text
	case "DATE":
		return Day
	case "DATETIME":
		return Wall
	case "TIMESTAMP":
		return Instant
	}
	return ""
}

func (m *mysql) describe(ctx context.Context, query string) ([]Column, error) {
	r, err := m.tx.QueryContext(ctx, query+" limit 0")
	if err != nil {
		return nil, mysqlFault(err)
	}
	defer r.Close()
	types, err := r.ColumnTypes()
	if err != nil {
		return nil, mysqlFault(err)
	}
	var out []Column
	for _, t := range types {
		out = append(out, Column{Name: t.Name(), Kind: mysqlKind(t.DatabaseTypeName()), Type: strings.ToLower(t.DatabaseTypeName())})
	}
	return out, mysqlFault(r.Err())
}

func (m *mysql) rows(ctx context.Context, query string, args []string, f func([][]byte) error) error {
	anys := make([]any, len(args))
	for i, a := range args {
		anys[i] = a
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	r, err := m.tx.QueryContext(ctx, query, anys...)
	if err != nil {
		return mysqlFault(err)
	}
	defer r.Close()
	names, err := r.Columns()
	if err != nil {
		return err
	}
	raw, places, cells := make([]sql.RawBytes, len(names)), make([]any, len(names)), make([][]byte, len(names))
	for i := range raw {
		places[i] = &raw[i]
	}
	for r.Next() {
		if err := r.Scan(places...); err != nil {
			return err
		}
		for i := range raw {
			cells[i] = raw[i]
		}
		if err := f(cells); err != nil {
			cancel() // else closing them reads the rest, however long that takes
			return err
		}
	}
	return mysqlFault(r.Err())
}

func (m *mysql) quote(name string) string { return "`" + strings.ReplaceAll(name, "`", "``") + "`" }

func (m *mysql) param(_ int, c Column) string {
	switch c.Kind {
	case Day, Wall, Instant:
		return "cast(? as datetime(6))"
	case Whole:
		return "cast(? as decimal(20))"
	}
	return "?"
}

func (m *mysql) moment(t time.Time, c Column, zone *time.Location) string {
	if c.Kind == Instant {
		zone = time.UTC // as the session has it
	}
	return t.In(zone).Format("2006-01-02 15:04:05.999999")
}

// mysqlFault says which errors need a person. What a server quotes may be a value of a row.
func mysqlFault(err error) error {
	var m *driver.MySQLError
	if !errors.As(err, &m) {
		return unquoted(err)
	}
	text := fmt.Sprintf("%s (%d)", hidden(m.Message), m.Number)
	switch m.Number {
	case 1045, 1130, 1698:
		return fault("sign_in", fmt.Sprintf("数据库拒绝登录（%d）", m.Number), fmt.Sprintf("the database refuses the sign-in (%d)", m.Number), "核对 user 和口令，以及数据库允许从这台机器登录", "check user and password, and that the database lets this machine in")
	case 1049:
		return fault("database", "没有这个数据库："+text, "there is no such database: "+text, "核对 database.name", "check database.name")
	case 1044, 1142, 1143:
		return fault("rights", "没有读的权限："+text, "it may not be read: "+text, "请数据库管理员授予 SELECT", "ask the administrator of the database for SELECT")
	case 1064, 1054, 1146, 1060, 1052, 1305, 1248, 1222, 1630:
		return fault("query", "数据库不接受这条查询："+text, "the database does not take the query: "+text, "改正 database.query；源库的表或列可能改了名", "correct database.query; a table or column of the source may have been renamed")
	case 1792:
		return fault("writes", "查询要写数据：只许读", "the query writes: it may only read", "query 里只用不写数据的函数", "call nothing in query that writes")
	case 1292, 1365, 1366, 1264:
		return fault("value", fmt.Sprintf("查询遇到算不了的值（%d）", m.Number), fmt.Sprintf("the query met a value that it cannot compute with (%d)", m.Number), "在 query 里避开它", "avoid it in query")
	}
	if !sayable(string(m.SQLState[:])) {
		text = fmt.Sprint(m.Number)
	}
	return errors.New("数据库报错 / the database reports an error: " + text)
}
