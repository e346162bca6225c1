package fetchtest

import (
	"bytes"
	"crypto/tls"
	"io"
	"log"
	"net"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// IMAP is a real IMAP server of one mail box.
type IMAP struct {
	Port int
	User *imapmemserver.User
	At   time.Time // when all mails came
	// Cut hangs up after so many bytes were sent on one connection; 0: never.
	Cut atomic.Int64
	// Stall has it say nothing more where it would hang up.
	Stall atomic.Bool
	t     testing.TB
}

// NewIMAP starts one for the user yanzhen with a password: with TLS from the start (implicit), or on demand. It ends with the test.
func NewIMAP(t testing.TB, password, cert, key, encrypted string) *IMAP {
	t.Helper()
	s := &IMAP{User: imapmemserver.NewUser("yanzhen", password), At: time.Now().Truncate(time.Second), t: t}
	s.Make("INBOX")
	box := imapmemserver.New()
	box.AddUser(s.User)
	own, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	trust := &tls.Config{Certificates: []tls.Certificate{own}}
	server := imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return box.NewSession(), nil, nil
		},
		Caps:      imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapUIDPlus: {}, imap.CapMove: {}},
		TLSConfig: trust, Logger: log.New(io.Discard, "", 0),
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.Port = l.Addr().(*net.TCPAddr).Port
	l = cutter{l, s}
	if encrypted == "implicit" {
		l = tls.NewListener(l, trust)
	}
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { server.Close() })
	return s
}

// Make makes a folder.
func (s *IMAP) Make(folder string) {
	s.t.Helper()
	if err := s.User.Create(folder, nil); err != nil {
		s.t.Fatal(err)
	}
}

// Holds is how many mails a folder has.
func (s *IMAP) Holds(folder string) int {
	s.t.Helper()
	data, err := s.User.Status(folder, &imap.StatusOptions{NumMessages: true})
	if err != nil {
		s.t.Fatal(err)
	}
	return int(*data.NumMessages)
}

// Put puts a mail into a folder.
func (s *IMAP) Put(folder string, mail []byte) {
	s.t.Helper()
	if _, err := s.User.Append(folder, literal{bytes.NewReader(mail)}, &imap.AppendOptions{Time: s.At}); err != nil {
		s.t.Fatal(err)
	}
}

type literal struct{ *bytes.Reader }

func (l literal) Size() int64 { return l.Reader.Size() }

// cutter hangs up where it is told to.
type cutter struct {
	net.Listener
	of *IMAP
}

func (c cutter) Accept() (net.Conn, error) {
	conn, err := c.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &cut{Conn: conn, of: c.of}, nil
}

type cut struct {
	net.Conn
	of   *IMAP
	sent int64
}

func (c *cut) Write(p []byte) (int, error) {
	if most := c.of.Cut.Load(); most > 0 && c.sent+int64(len(p)) > most {
		if c.of.Stall.Load() {
			return len(p), nil
		}
		n, _ := c.Conn.Write(p[:max(0, most-c.sent)])
		c.Conn.Close()
		return n, net.ErrClosed
	}
	n, err := c.Conn.Write(p)
	c.sent += int64(n)
	return n, err
}
