// Package greeting answers a client that speaks another protocol than the port it came to: in its own protocol, with one
// sentence that it can show and that says where to go. It knows ClickHouse's native protocol, gRPC (Arrow Flight) and
// HTTP, from the first bytes or the head of a request, and reads no further.
package greeting

import (
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log"
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
	TLS    = "TLS"    // at a port that has none: all that its client can read is an alert
	Open   = "no TLS" // HTTP or gRPC in the clear, at a port of TLS
)

// secured is what Open is told.
var secured = codes.Text{
	Zh: "这个端口只收 TLS 加密的连接：网页和 HTTP 客户端的地址请以 https:// 开头，Flight 客户端以 grpc+tls:// 开头",
	En: "this port takes connections under TLS alone: begin the address of pages and of HTTP clients with https://, that of Flight clients with grpc+tls://",
}

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

// Listener looks at what comes to l, and under TLS too where conf is given; what it accepts speaks no TLS any more then. A
// conf that names protocols (NextProtos) keeps them.
func (p Port) Listener(l net.Listener, conf *tls.Config) net.Listener {
	if conf == nil {
		return greeted{l, p, false}
	}
	conf = conf.Clone()
	// Who offers nothing that is spoken here is let in by what it offers, and is told so inside.
	stranger, offers := conf.Clone(), func(hello *tls.ClientHelloInfo) bool { return slices.Contains(hello.SupportedProtos, "http/1.1") }
	switch {
	case p.GRPC:
		conf.NextProtos, stranger.NextProtos = []string{"h2"}, []string{"http/1.1"}
	case len(conf.NextProtos) == 0:
		stranger.NextProtos = []string{"h2"}
		offers = func(hello *tls.ClientHelloInfo) bool { return slices.Equal(hello.SupportedProtos, stranger.NextProtos) }
	default:
		stranger = nil
	}
	if stranger != nil {
		conf.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			if offers(hello) {
				return stranger, nil
			}
			return nil, nil
		}
	}
	return greeted{tls.NewListener(greeted{l, p, true}, conf), p, false}
}

type connKey struct{}

// Before puts an answer to calls of gRPC before the handler of a server of HTTP, and lets them arrive without TLS. A request
// that came under the TLS of a Listener says so, as one of http.ServeTLS does.
func (p Port) Before(server *http.Server) {
	next := server.Handler
	server.Protocols = spoken()
	server.ConnContext = func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey{}, c) }
	server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if c, ok := r.Context().Value(connKey{}).(*conn); ok && r.TLS == nil {
			if under, ok := c.Conn.(*tls.Conn); ok {
				state := under.ConnectionState()
				r.TLS = &state
			}
		}
		if !called(r) {
			body := r.Body
			next.ServeHTTP(w, r)
			drain(w, r, body)
			return
		}
		from, err := net.ResolveTCPAddr("tcp", r.RemoteAddr) // an address is no name to look up
		if err == nil {
			p.told(from, GRPC)
		}
		unknown(w, p.both())
	})
}

// mostDrained bounds what is read of a body that nobody wanted, and drainFor for how long.
const (
	mostDrained = 64 << 20
	drainFor    = 10 * time.Second
)

// drain takes what is left of a request whose body nobody read to its end, such as one that was refused for its length: most
// clients send to the end before they read an answer, and a connection that is closed meanwhile is all they would tell. The answer
// goes out first, for those who read it, and who sends nothing more is not waited for longer than drainFor. Who waits to be asked
// for the body sends none.
func drain(w http.ResponseWriter, r *http.Request, body io.Reader) {
	if r.ProtoMajor > 1 || r.ContentLength == 0 || r.Header.Get("Expect") != "" {
		return
	}
	if _, err := body.Read(nil); err != nil { // at its end; nothing is waited for
		return
	}
	c := http.NewResponseController(w)
	_ = c.SetReadDeadline(time.Now().Add(drainFor)) // first: net/http may read on before it answers
	_ = c.Flush()
	_, _ = io.CopyN(io.Discard, body, mostDrained)
}

// called reports whether a request is a call of gRPC.
func called(r *http.Request) bool {
	return strings.HasPrefix(r.Header.Get("Content-Type"), "application/grpc")
}

// unknown answers a call of gRPC.
func unknown(w http.ResponseWriter, says string) {
	h := w.Header()
	h.Set("Content-Type", "application/grpc")
	h.Set("Grpc-Status", strconv.Itoa(unimplemented))
	h.Set("Grpc-Message", strings.ReplaceAll(url.QueryEscape(says), "+", "%20"))
	w.WriteHeader(http.StatusOK)
}

func spoken() *http.Protocols {
	p := new(http.Protocols)
	p.SetHTTP1(true)
	p.SetHTTP2(true)
	p.SetUnencryptedHTTP2(true)
	return p
}

type greeted struct {
	net.Listener
	port   Port
	secure bool // what is looked at is to be TLS
}

func (g greeted) Accept() (net.Conn, error) {
	c, err := g.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, port: g.port, secure: g.secure}, nil
}

// conn looks at the first bytes that a client sends. What a server of gRPC says before them waits for them.
type conn struct {
	net.Conn
	port   Port
	secure bool

	mu    sync.Mutex
	known bool
	held  []byte
}

// mostHeld bounds what a server says first.
const mostHeld = 4 << 10

func (c *conn) Write(p []byte) (int, error) {
	c.mu.Lock()
	if !c.known && !c.secure && c.port.GRPC && len(c.held)+len(p) <= mostHeld {
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
	says(c.Conn, p[:n])
	if t, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		_ = t.CloseWrite()
		_, _ = io.Copy(io.Discard, io.LimitReader(c.Conn, 1<<16)) // else the rest of its greeting would reset what it is told
	}
	return 0, io.EOF
}

// look judges the first bytes, and lets out what waited for them.
func (c *conn) look(begins []byte, err error) (answer, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.known {
		return nil, err
	}
	c.known = true
	protocol, says := c.stranger(begins)
	if says != nil {
		c.port.told(c.RemoteAddr(), protocol)
	}
	if says != nil || len(c.held) == 0 {
		return says, err
	}
	_, failed := c.Conn.Write(c.held)
	c.held = nil
	return nil, errors.Join(err, failed)
}

// answer answers a stranger who began as given.
type answer func(c net.Conn, begins []byte)

func bytes(b []byte) answer { return func(c net.Conn, _ []byte) { _, _ = c.Write(b) } }

// The first byte of a connection: the native protocol's, TLS's. That of HTTP is a letter; gRPC begins with the preface of
// HTTP/2.
const (
	nativeHello  = 0
	tlsHandshake = 22
)

// stranger is what whoever begins like this speaks and is told; nil for who is no stranger.
func (c *conn) stranger(begins []byte) (string, answer) {
	p := c.port
	letter := begins[0] >= 'A' && begins[0] <= 'Z'
	switch {
	case begins[0] == nativeHello:
		return Native, bytes(exception(code, "DB::Exception", p.both()))
	case begins[0] == tlsHandshake && !c.secure:
		return TLS, bytes([]byte{21, 3, 1, 0, 2, 2, 40}) // an alert that is fatal: the handshake failed
	case letter && c.secure:
		return Open, inTheClear
	case letter && p.GRPC && len(begins) >= 3 && string(begins[:3]) != "PRI":
		text := fmt.Sprintf("Code: %d. DB::Exception: %s (NOT_IMPLEMENTED)\n", code, p.both())
		return HTTP, bytes(fmt.Appendf(nil, "HTTP/1.1 400 Bad Request\r\nX-ClickHouse-Exception-Code: %d\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s", code, len(text), text))
	}
	return "", nil
}

// inTheClear tells who speaks HTTP or gRPC without TLS that there is TLS here, and nothing else. It takes ten seconds at most.
func inTheClear(c net.Conn, begins []byte) {
	says := secured.Zh + " / " + secured.En
	closed := make(chan struct{})
	server := &http.Server{
		Protocols: spoken(), ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second, IdleTimeout: time.Second, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0),
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if called(r) {
				unknown(w, says)
				return
			}
			w.Header().Set("X-Clickhouse-Exception-Code", strconv.Itoa(code))
			http.Error(w, says+" (TLS_ONLY)", http.StatusBadRequest)
		}),
		ConnState: func(_ net.Conn, s http.ConnState) {
			if s == http.StateClosed {
				close(closed)
			}
		},
	}
	server.SetKeepAlivesEnabled(false)
	end := time.AfterFunc(10*time.Second, func() { _ = c.Close() })
	defer end.Stop()
	_ = server.Serve(&single{conn: &replayed{Conn: c, begins: begins}})
	<-closed
}

// single is a listener of one connection.
type single struct{ conn net.Conn }

func (s *single) Accept() (net.Conn, error) {
	if c := s.conn; c != nil {
		s.conn = nil
		return c, nil
	}
	return nil, net.ErrClosed
}
func (s *single) Close() error   { return nil }
func (s *single) Addr() net.Addr { return &net.TCPAddr{} }

// replayed is a connection of which the begin was read.
type replayed struct {
	net.Conn
	begins []byte
}

func (r *replayed) Read(p []byte) (int, error) {
	if len(r.begins) > 0 {
		n := copy(p, r.begins)
		r.begins = r.begins[n:]
		return n, nil
	}
	return r.Conn.Read(p)
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
