// Package greeting answers a client that speaks another protocol than the port it came to: in its own protocol, with one
// sentence that it can show and that says where to go. It knows ClickHouse's native protocol, gRPC (Arrow Flight) and
// HTTP, from the first bytes or the head of a request, and reads no further.
package greeting

import (
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"yanzhen/pipeline/codes"
)

// Protocols that come to ports where they are not spoken, as the record calls them.
const (
	Native = "native protocol"
	GRPC   = "gRPC"
	HTTP   = "HTTP"
)

// Port is what is spoken at a port.
type Port struct {
	// Says tells a client that speaks something else what is spoken here and where its own protocol is.
	Says codes.Text
	// GRPC is true where HTTP is the stranger.
	GRPC bool
	// Told hears of each stranger; nil: nobody does.
	Told func(from net.Addr, protocol string)
}

// code is the engine's number for what is not there (NOT_IMPLEMENTED), and unimplemented gRPC's.
const (
	code          = 48
	unimplemented = 12
)

// both says it in both languages: of a stranger's no header says which one it reads.
func (p Port) both() string { return p.Says.Zh + " / " + p.Says.En }

func (p Port) told(from net.Addr, protocol string) {
	if p.Told != nil {
		p.Told(from, protocol)
	}
}

// Listener looks at what comes to l, and under TLS too where conf is given; what it accepts speaks no TLS any more then.
func (p Port) Listener(l net.Listener, conf *tls.Config) net.Listener {
	l = greeted{l, p}
	if conf == nil {
		return l
	}
	conf = conf.Clone()
	if p.GRPC {
		conf.NextProtos = []string{"h2"}
	} else { // who offers HTTP/2 alone is no client of this port, and is told so in it
		alone := conf.Clone()
		alone.NextProtos = []string{"h2"}
		conf.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if slices.Equal(hello.SupportedProtos, alone.NextProtos) {
				return alone, nil
			}
			return nil, nil
		}
	}
	return greeted{tls.NewListener(l, conf), p}
}

// Before puts an answer to calls of gRPC before the handler of a server of HTTP, and lets them arrive without TLS.
func (p Port) Before(server *http.Server) {
	next := server.Handler
	server.Protocols = new(http.Protocols)
	server.Protocols.SetHTTP1(true)
	server.Protocols.SetHTTP2(true)
	server.Protocols.SetUnencryptedHTTP2(true)
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc") {
			next.ServeHTTP(w, r)
			return
		}
		from, err := net.ResolveTCPAddr("tcp", r.RemoteAddr) // an address is no name to look up
		if err == nil {
			p.told(from, GRPC)
		}
		h := w.Header()
		h.Set("Content-Type", "application/grpc")
		h.Set("Grpc-Status", strconv.Itoa(unimplemented))
		h.Set("Grpc-Message", strings.ReplaceAll(url.QueryEscape(p.both()), "+", "%20"))
		w.WriteHeader(http.StatusOK)
	})
}

type greeted struct {
	net.Listener
	port Port
}

func (g greeted) Accept() (net.Conn, error) {
	c, err := g.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, port: g.port}, nil
}

// conn looks at the first bytes that a client sends. What a server of gRPC says before them waits for them.
type conn struct {
	net.Conn
	port Port

	mu    sync.Mutex
	known bool
	held  []byte
}

// mostHeld bounds what a server says first.
const mostHeld = 4 << 10

func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	if !c.known && c.port.GRPC && len(c.held)+len(p) <= mostHeld {
		defer c.mu.Unlock()
		c.held = append(c.held, p...)
		return len(p), nil
	}
	c.mu.Unlock()
	return c.Conn.Write(p)
}

func (c *conn) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n == 0 {
		return n, err
	}
	says, err := c.look(p[:n], err)
	if says == nil {
		return n, err
	}
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = c.Conn.Write(says)
	if t, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		_ = t.CloseWrite()
		_, _ = io.Copy(io.Discard, io.LimitReader(c.Conn, 1<<16)) // else the rest of its greeting would reset what it is told
	}
	return 0, io.EOF
}

// look judges the first bytes, and lets out what waited for them.
func (c *conn) look(begins []byte, err error) (says []byte, _ error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known {
		return nil, err
	}
	c.known = true
	if says = c.port.stranger(c.RemoteAddr(), begins); says != nil || len(c.held) == 0 {
		return says, err
	}
	_, failed := c.Conn.Write(c.held)
	c.held = nil
	return nil, errors.Join(err, failed)
}

// stranger is what whoever begins like this is told; nil for who is no stranger. The first byte of the native protocol is 0,
// that of HTTP a letter, that of TLS neither; gRPC begins with the preface of HTTP/2.
func (p Port) stranger(from net.Addr, begins []byte) []byte {
	switch {
	case begins[0] == 0:
		p.told(from, Native)
		return exception(code, "DB::Exception", p.both())
	case p.GRPC && begins[0] >= 'A' && begins[0] <= 'Z' && len(begins) >= 3 && string(begins[:3]) != "PRI":
		p.told(from, HTTP)
		text := fmt.Sprintf("Code: %d. DB::Exception: %s (NOT_IMPLEMENTED)\n", code, p.both())
		return fmt.Appendf(nil, "HTTP/1.1 400 Bad Request\r\nX-ClickHouse-Exception-Code: %d\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", code, len(text), text)
	}
	return nil
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
