package door

import (
	"crypto/tls"
	"net"

	"yanzhen/pipeline/codes"
	"yanzhen/pipeline/warehouse/greeting"
)

// greets is what is told at this port to clients of other protocols.
var greets = codes.Text{
	Zh: "这个端口只讲 ClickHouse-HTTP，没有 ClickHouse 原生协议：请改用 HTTP 协议的客户端；Arrow Flight SQL 请连 database.flight 的端口",
	En: "this port speaks ClickHouse-HTTP, the native protocol is not spoken here: connect with a client that speaks HTTP, and Arrow Flight SQL to the port of database.flight",
}

// Listen opens the port. A client that speaks another protocol is told so in its own. conf is nil for a port without TLS.
// told hears from where one came, and what it spoke; nil: nobody does.
func Listen(address string, conf *tls.Config, told func(from net.Addr, protocol string)) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	return greeting.Port{Says: greets, Told: told}.Listener(l, conf), nil
}

// Loopback reports whether an address is reached from this machine alone.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
