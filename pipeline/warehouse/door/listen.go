package door

import (
	"crypto/tls"
	"encoding/binary"
	"io"
	"net"
	"sync"
	"time"
)

// Listen opens the port. A client that speaks ClickHouse's native protocol is told in that protocol that there is none.
// conf is nil for a port without TLS. told hears from where one came; nil: nobody does.
func Listen(address string, conf *tls.Config, told func(from net.Addr)) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	var out net.Listener = native{l, told}
	if conf != nil {
		out = native{tls.NewListener(out, conf), told}
	}
	return out, nil
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

type native struct {
	net.Listener
	told func(from net.Addr)
}

func (l native) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &looking{Conn: c, told: l.told}, nil
}

// looking looks at the first byte that a client sends: that of a native client is 0, of HTTP or TLS never.
type looking struct {
	net.Conn
	once sync.Once
	told func(from net.Addr)
}

func (c *looking) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	refused := false
	if n > 0 {
		c.once.Do(func() { refused = p[0] == 0 })
	}
	if !refused {
		return n, err
	}
	if c.told != nil {
		c.told(c.RemoteAddr())
	}
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = c.Conn.Write(exception(48, "DB::Exception", "这里没有 ClickHouse 原生协议，请用 HTTP 协议的客户端连接这个端口 / the native protocol is not spoken here: connect to this port with a client that speaks HTTP"))
	if t, ok := c.Conn.(*net.TCPConn); ok {
		_ = t.CloseWrite()
		_, _ = io.Copy(io.Discard, io.LimitReader(t, 1<<16)) // else the rest of its greeting would reset what it is told
	}
	return 0, io.EOF
}

// exception is a packet of the native protocol.
func exception(code int32, name, text string) []byte {
	b := []byte{2}
	b = binary.LittleEndian.AppendUint32(b, uint32(code))
	for _, s := range []string{name, text, ""} {
		b = binary.AppendUvarint(b, uint64(len(s)))
		b = append(b, s...)
	}
	return append(b, 0)
}
