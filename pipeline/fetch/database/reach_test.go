package database

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/secret"
)

// What keeps a database from being reached is told with what to check, in both languages, and without end nobody waits.
func TestUnreached(t *testing.T) {
	t.Setenv("YANZHEN_TEST_SECRET", "the-password")
	serve := func(say func(net.Conn)) int {
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
				go func() {
					defer c.Close()
					if _, err := c.Read(make([]byte, 1024)); err == nil {
						say(c)
					}
				}()
			}
		}()
		return l.Addr().(*net.TCPAddr).Port
	}
	plain := serve(func(c net.Conn) { c.Write([]byte("N")) })
	web := serve(func(c net.Conn) { c.Write([]byte("HTTP/1.1 400 Bad Request\r\n\r\n")) })
	mute := serve(func(c net.Conn) { time.Sleep(time.Minute) })
	gone, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := gone.Addr().(*net.TCPAddr).Port
	gone.Close()
	for name, x := range map[string]struct {
		d        Database
		code, zh string
	}{
		"no TLS":        {Database{Kind: "postgres", Host: "127.0.0.1", Port: plain, TLS: "verify"}, "tls", "database.tls: none"},
		"a web server":  {Database{Kind: "postgres", Host: "127.0.0.1", Port: web, TLS: "none"}, "", "不像 postgres"},
		"mute":          {Database{Kind: "postgres", Host: "127.0.0.1", Port: mute, TLS: "none"}, "", "不像 postgres"},
		"not MySQL":     {Database{Kind: "mysql", Host: "127.0.0.1", Port: mute, TLS: "none"}, "", "不像 mysql"},
		"closed":        {Database{Kind: "mysql", Host: "127.0.0.1", Port: closed, TLS: "none"}, "", "防火墙"},
		"closed too":    {Database{Kind: "postgres", Host: "127.0.0.1", Port: closed, TLS: "none"}, "", "防火墙"},
		"no such host":  {Database{Kind: "postgres", Host: "nowhere.invalid", TLS: "none"}, "", "database.host"},
		"no such host2": {Database{Kind: "mysql", Host: "nowhere.invalid", TLS: "none"}, "", "database.host"},
	} {
		x.d.Name, x.d.User, x.d.Timeout, x.d.Password = "hr", "reader", 2*time.Second, secret.Secret{Env: "YANZHEN_TEST_SECRET"}
		_, err := x.d.Read(t.Context(), Ask{}, nil)
		var f *answer.Fault
		told := ""
		if errors.As(err, &f) {
			told = f.Code + " " + f.Text.Zh + f.Remedy.Zh
		} else if err != nil {
			told = err.Error()
		}
		if !strings.Contains(told, x.zh) || (f != nil) != (x.code != "") || f != nil && f.Code != x.code || f == nil && !strings.Contains(told, " / ") || strings.Contains(told, "the-password") {
			t.Errorf("%s: %s", name, told)
		}
	}
}
