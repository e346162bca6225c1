package fetchtest

import (
	"crypto/ed25519"
	"crypto/rand"
	"errors"
	"io"
	"net"
	"strings"
	"testing"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// SFTP is a real SFTP server of a folder.
type SFTP struct {
	Port    int
	HostKey string // as it is declared
}

// NewSFTP starts one in a folder, for the user yanzhen with a password. It ends with the test.
func NewSFTP(t testing.TB, dir, password string) SFTP {
	t.Helper()
	return NewSFTPOf(t, password, func(c io.ReadWriteCloser) (Served, error) {
		return sftp.NewServer(c, sftp.ReadOnly(), sftp.WithServerWorkingDirectory(dir))
	})
}

// Served is who answers what is asked of an SFTP server.
type Served interface{ Serve() error }

// NewSFTPOf starts one that answers as answers does.
func NewSFTPOf(t testing.TB, password string, answers func(io.ReadWriteCloser) (Served, error)) SFTP {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	conf := &ssh.ServerConfig{PasswordCallback: func(c ssh.ConnMetadata, word []byte) (*ssh.Permissions, error) {
		if c.User() == "yanzhen" && string(word) == password {
			return nil, nil
		}
		return nil, errors.New("no")
	}}
	conf.AddHostKey(signer)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go serveSFTP(c, conf, answers)
		}
	}()
	key := strings.TrimSpace(string(ssh.MarshalAuthorizedKey(signer.PublicKey())))
	return SFTP{l.Addr().(*net.TCPAddr).Port, key}
}

func serveSFTP(c net.Conn, conf *ssh.ServerConfig, answers func(io.ReadWriteCloser) (Served, error)) {
	defer c.Close()
	_, channels, requests, err := ssh.NewServerConn(c, conf)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for n := range channels {
		ch, requests, err := n.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range requests {
				r.Reply(r.Type == "subsystem" && strings.HasSuffix(string(r.Payload), "sftp"), nil)
			}
		}()
		s, err := answers(ch)
		if err != nil {
			return
		}
		if err := s.Serve(); err != nil && !errors.Is(err, io.EOF) {
			return
		}
		ch.Close()
	}
}
