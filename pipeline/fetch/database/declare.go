// Package database reads a query's answer out of a PostgreSQL or MySQL database, as texts, in one read-only snapshot: all of it,
// or what lies at and after a cursor. It writes nothing there, and what it says of a fault holds neither a password nor a value.
package database

import (
	"path/filepath"
	"slices"
	"strings"
	"time"

	"yanzhen/pipeline/declare"
	"yanzhen/pipeline/secret"
)

// Database says where rows lie and which.
type Database struct {
	Kind     string        `yaml:"kind"`
	Host     string        `yaml:"host"`
	Port     int           `yaml:"port"`
	Name     string        `yaml:"name"`
	User     string        `yaml:"user"`
	Password secret.Secret `yaml:"password"`
	TLS      string        `yaml:"tls"`
	CA       string        `yaml:"ca"`
	Query    string        `yaml:"query"`
	Cursor   *Cursor       `yaml:"cursor"`
	Timeout  time.Duration `yaml:"timeout"`
}

// Cursor says how it is known what is new.
type Cursor struct {
	Columns []string      `yaml:"columns"`
	Lag     time.Duration `yaml:"lag"`
	Ceiling time.Duration `yaml:"ceiling"`
	Full    time.Duration `yaml:"full"`
}

// Declared says what is declared of a database.
func (Database) Declared() declare.Keys {
	return declare.Keys{
		"kind":     {Zh: "种类：postgres，或 mysql（含 MariaDB）", En: "what it is: postgres, or mysql (MariaDB too)", OneOf: []string{"postgres", "mysql"}, Example: "postgres", Required: true},
		"host":     {Zh: "主机，或套接字所在的目录", En: "its host, or the folder of its socket", Example: "hr-db.example.gov.cn", Required: true},
		"port":     {Zh: "端口；0 为 5432 或 3306", En: "its port; 0: 5432 or 3306", Default: "0", Example: "5433"},
		"name":     {Zh: "数据库名", En: "the name of the database", Example: "hr", Required: true},
		"user":     {Zh: "登录名：只给读的权限", En: "who signs in: somebody who may read and nothing else", Example: "yanzhen_read", Required: true},
		"password": {Zh: "口令放在哪里", En: "where the password is found", Example: "{file: /etc/yanzhen/hr.password}"},
		"tls":      {Zh: "verify 加密并核对证书；none 不加密，只用于本机或专网", En: "verify: encrypted, the certificate checked; none: in the clear, for this machine or a network of one's own", OneOf: []string{"verify", "none"}, Default: "verify", Example: "none"},
		"ca":       {Zh: "服务器证书由内部机构签发时，其根证书（PEM）", En: "the root certificate (PEM) where the server's is signed by the office's own authority", Example: "/etc/yanzhen/ca.pem"},
		"query":    {Zh: "一条 SELECT；列名或 as 之后的名字按数据集的表头认列", En: "one SELECT; its columns are bound by their names as the headings of a file are", Example: "select id, xm as 姓名, rq as 日期, changed_at from v_talents", Required: true},
		"cursor":   {Zh: "只取新增和改动的；不写为每次全取", En: "to read what is new or changed only; absent: everything each time", Example: "{columns: [changed_at, id], lag: 10m}"},
		"timeout":  {Zh: "查询最长多久", En: "how long the query may take", Default: "30m", Example: "2h"},
	}
}

// Declared says what is declared of a cursor.
func (Cursor) Declared() declare.Keys {
	return declare.Keys{
		"columns": {Zh: "每次改动都变大的列，在前的先比；不得为空值。查询里须有", En: "columns that grow with every change, the first compared first; never NULL, and part of the query's answer", Example: "[changed_at, id]", Required: true},
		"lag":     {Zh: "往回多读多久：补上提交得晚的；第一列须是时刻或日期", En: "how far back is read again, for what was committed late; the first column is a time or a date then", Example: "10m"},
		"ceiling": {Zh: "离现在多近的先不读，留到下次", En: "what is nearer to now than this is left to the next time", Example: "1m"},
		"full":    {Zh: "每隔多久全取一次核对：查出删除的、漏掉的", En: "how often everything is read and compared: that finds what was deleted, and what was missed", Default: "24h", Example: "6h"},
	}
}

// Check tells what is wrong with a database that was read.
func (d *Database) Check(f *declare.File, at string) {
	d.Password.Check(f, at+".password")
	if d.Port < 0 || d.Port > 65535 {
		f.Fault(at+".port", "是 %d，应为 0 至 65535", "is %d, want 0 to 65535", d.Port)
	}
	if d.CA != "" && (d.TLS == "none" || !filepath.IsAbs(d.CA)) {
		f.Fault(at+".ca", "应为绝对路径，并且 tls 不是 none", "want an absolute path, and tls not none")
	}
	if strings.ContainsAny(d.Host, "@ \t\n'\\,") || strings.Contains(d.Host, "://") {
		f.Fault(at+".host", "只写主机名或地址", "want the name or address of a host only")
	}
	if q := strings.TrimSpace(d.Query); strings.HasSuffix(q, ";") {
		f.Fault(at+".query", "末尾不要分号", "no semicolon at the end")
	} else if word := strings.ToLower(q); !strings.HasPrefix(word, "select") && !strings.HasPrefix(word, "with") && !strings.HasPrefix(word, "(") {
		f.Fault(at+".query", "应为一条 SELECT（或 WITH … SELECT）", "want one SELECT, or WITH … SELECT")
	}
	if d.Timeout < time.Second || d.Timeout > 24*time.Hour {
		f.Fault(at+".timeout", "应为 1s 至 24h", "want 1s to 24h")
	}
	c := d.Cursor
	if c == nil {
		return
	}
	at += ".cursor"
	if n := len(c.Columns); n == 0 || n > 4 || slices.Contains(c.Columns, "") {
		f.Fault(at+".columns", "应为 1 至 4 列", "want 1 to 4 columns")
	}
	for key, v := range map[string]time.Duration{"lag": c.Lag, "ceiling": c.Ceiling} {
		if v < 0 || v > 366*24*time.Hour {
			f.Fault(at+"."+key, "最多 8784h", "at most 8784h")
		}
	}
	if c.Full < time.Minute {
		f.Fault(at+".full", "应为至少 1m", "want at least 1m")
	}
}
