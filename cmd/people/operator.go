package people

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Operated is the file that says where the socket of a server's operator is.
func Operated(dir string) string { return filepath.Join(dir, "operator") }

// longestSocket is below the shortest limit of the systems served (104 on macOS, 108 on Linux).
const longestSocket = 100

// Operator is the door of whoever owns the zone's directory: the pages on a socket that only that user can open.
type Operator struct {
	server *http.Server
	paths  []string
}

// Operate opens the operator's door for the commands beside this server. pages are those
// that the operator sees.
func Operate(dir string, pages http.Handler, log *slog.Logger) (*Operator, error) {
	name := filepath.Join(dir, "operator.sock")
	o := &Operator{}
	if len(name) > longestSocket {
		short, err := os.MkdirTemp("/tmp", "yz")
		if err != nil {
			return nil, err
		}
		name = filepath.Join(short, "s")
		o.paths = append(o.paths, short)
	}
	_ = os.Remove(name) // left by a process that was killed: the engine's lock says that it is gone
	l, err := net.Listen("unix", name)
	if err != nil {
		return nil, err
	}
	o.paths = append([]string{Operated(dir), name}, o.paths...)
	if err := os.Chmod(name, 0o600); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	o.server = &http.Server{Handler: pages, ReadHeaderTimeout: 10 * time.Second, WriteTimeout: 2 * time.Minute}
	go func() { _ = o.server.Serve(l) }()
	if err := os.WriteFile(Operated(dir), []byte(name+"\n"), 0o600); err != nil {
		log.Warn("commands beside this server will not find it", "error", err) // a full disk keeps nobody from reading
	}
	return o, nil
}

// Close closes the operator's door.
func (o *Operator) Close() {
	o.server.Close()
	for _, name := range o.paths {
		os.Remove(name)
	}
}

// Ask reads the JSON that a server answers. answered is false where nothing listens, ok where what
// answers is no such server.
func Ask(ctx context.Context, dir, address, path string, into any) (answered, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	client, at := http.DefaultClient, "http://"+address
	if socket, err := os.ReadFile(Operated(dir)); err == nil { // the door of whoever owns the directory
		at = "http://localhost"
		client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", strings.TrimSpace(string(socket)))
		}}}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, at+path, nil)
	if err != nil {
		return false, false
	}
	res, err := client.Do(r)
	if err != nil {
		return false, false
	}
	defer res.Body.Close()
	return true, res.StatusCode == http.StatusOK && json.NewDecoder(io.LimitReader(res.Body, 64<<20)).Decode(into) == nil
}
