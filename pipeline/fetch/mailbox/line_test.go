package mailbox

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"yanzhen/pipeline/fetch/answer"
	"yanzhen/pipeline/secret"
)

// serve answers one connection after the other by a script, and gives its port.
func serve(t *testing.T, script func(line string, to io.Writer)) int {
	t.Helper()
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
			script("", c)
			for in := bufio.NewScanner(c); in.Scan(); {
				script(in.Text(), c)
			}
			c.Close()
		}
	}()
	return l.Addr().(*net.TCPAddr).Port
}

// Servers that are not as they should be end a run with words, in bounded time and memory.
func TestServers(t *testing.T) {
	was := idle
	idle = 200 * time.Millisecond
	t.Cleanup(func() { idle = was })
	t.Setenv("YANZHEN_TEST_SECRET", "word")
	var named atomic.Bool // it was said which program it is, as 163 wants it before it opens a folder
	polite := func(line string, to io.Writer) bool {
		tag, what, _ := strings.Cut(line, " ")
		switch what = strings.ToUpper(what); {
		case line == "":
			fmt.Fprint(to, "* OK [CAPABILITY IMAP4rev1 ID] hello\r\n")
		case strings.HasPrefix(what, "LOGIN"), strings.HasPrefix(what, "CAPABILITY"):
			fmt.Fprintf(to, "* CAPABILITY IMAP4rev1 ID\r\n%s OK done\r\n", tag)
		case strings.HasPrefix(what, "ID "):
			named.Store(strings.Contains(what, "YANZHEN"))
			fmt.Fprintf(to, "* ID NIL\r\n%s OK done\r\n", tag)
		default:
			return false
		}
		return true
	}
	for name, x := range map[string]struct {
		script func(line string, to io.Writer)
		code   string // empty: it may pass
	}{
		"silent": {func(string, io.Writer) {}, ""},
		"endless": {func(line string, to io.Writer) {
			for !polite(line, to) {
				if _, err := fmt.Fprint(to, "* OK "+strings.Repeat("x", 4000)+"\r\n"); err != nil {
					return
				}
			}
		}, ""},
		"no end of a line": {func(line string, to io.Writer) {
			for {
				if _, err := to.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, ""},
		"another protocol": {func(_ string, to io.Writer) { fmt.Fprint(to, "220 smtp ready\r\n") }, ""},
		"unsafe": {func(line string, to io.Writer) {
			if tag, _, _ := strings.Cut(line, " "); !polite(line, to) {
				fmt.Fprintf(to, "%s NO SELECT Unsafe Login. Please contact kefu@example.com\r\n", tag)
			}
		}, "mailbox_unsafe"},
		"no folder": {func(line string, to io.Writer) {
			if tag, what, _ := strings.Cut(line, " "); strings.HasPrefix(what, "LIST") {
				fmt.Fprintf(to, "* LIST () \"/\" INBOX\r\n* LIST () \"/\" &U9ZTdg-\r\n%s OK done\r\n", tag)
			} else if !polite(line, to) {
				fmt.Fprintf(to, "%s NO none of that name\r\n", tag)
			}
		}, "mailbox_folder"},
	} {
		m := &Mailbox{Host: "127.0.0.1", Port: serve(t, x.script), TLS: none, User: "li", Password: secret.Secret{Env: "YANZHEN_TEST_SECRET"}, Folder: "INBOX", MostMB: 1}
		b, err := m.Open(t.Context())
		if err == nil {
			b.Close()
		}
		var fault *answer.Fault
		code := ""
		if errors.As(err, &fault) {
			code = fault.Code
		}
		if err == nil || code != x.code || strings.Contains(err.Error(), "kefu") || strings.Contains(err.Error(), "word") {
			t.Errorf("%s: got %v, want %q", name, err, x.code)
		}
	}
	nothing := func(line string, to io.Writer) {
		if tag, what, _ := strings.Cut(line, " "); strings.HasPrefix(what, "EXAMINE") {
			fmt.Fprintf(to, "* 1 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\n%s OK done\r\n", tag)
		} else if strings.HasPrefix(what, "UID FETCH") {
			fmt.Fprintf(to, "* 1 FETCH (UID 7 BODY[] NIL)\r\n%s OK done\r\n", tag)
		} else {
			polite(line, to)
		}
	}
	m := &Mailbox{Host: "127.0.0.1", Port: serve(t, nothing), TLS: none, User: "li", Password: secret.Secret{Env: "YANZHEN_TEST_SECRET"}, Folder: "INBOX", MostMB: 1}
	b, err := m.Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if _, err := b.Read(Letter{UID: 7}, nil); err == nil || errors.Is(err, ErrGone) {
		t.Errorf("a mail that is there, and of which nothing comes: %v", err)
	}
	if !named.Load() {
		t.Error("it was never said what program it is")
	}
}
