package database

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	driver "github.com/go-sql-driver/mysql"
)

// signIn is how long a server may take to let somebody in: what answers on a port that is not the database's says nothing for ever.
const signIn = 30 * time.Second

// unreached says of an error before anything was asked what keeps a database from being reached; any other error stays as it is.
// That it cannot be reached may pass; that it speaks otherwise than declared does not.
func (d *Database) unreached(err error) error {
	var name *net.DNSError
	var op *net.OpError
	at := d.Host
	if d.Port > 0 {
		at = fmt.Sprintf("%s:%d", d.Host, d.Port)
	}
	said := err.Error()
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, driver.ErrNoTLS), strings.Contains(said, "server refused TLS"):
		return fault("tls", "数据库没有开启加密（TLS），没有登录", "the database is not encrypted (TLS): nobody signed in", "请数据库管理员开启；只在自己的内网里，也可以写 database.tls: none", "have its administrator switch it on; on a network of your own only, database.tls: none will do")
	case errors.As(err, &name):
		return fmt.Errorf("找不到主机 %s：核对 database.host 和域名解析 / the host %[1]s is not found: check database.host and the name service", d.Host)
	case errors.As(err, &op) && op.Op == "dial":
		return fmt.Errorf("连不上 %s（%s）：核对 database 的 host、port 和防火墙，看数据库是否在运行 / %[1]s cannot be reached (%[2]s): check host and port of database and the firewall, and that the database runs", at, briefly(op.Err))
	case errors.Is(err, driver.ErrMalformPkt), errors.Is(err, driver.ErrOldProtocol), errors.Is(err, driver.ErrInvalidConn), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), strings.Contains(said, "invalid body length"), strings.Contains(said, "unexpected message"):
		return fmt.Errorf("%s 上答话的不像 %s 数据库：核对 database 的 kind 和 port / what answers at %[1]s does not speak as %[2]s does: check kind and port of database", at, d.Kind)
	}
	return err
}

// briefly says why nothing was reached, without addresses.
func briefly(err error) string {
	var no syscall.Errno
	switch {
	case errors.As(err, &no):
		return no.Error()
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded):
		return "timeout"
	}
	return "no answer"
}
