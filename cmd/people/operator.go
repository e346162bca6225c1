package people

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
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

// reach is how a server is reached: by the door of whoever owns the directory where it runs, else by its address.
func reach(dir, address string) (client *http.Client, at string) {
	socket, err := os.ReadFile(Operated(dir))
	if err != nil {
		return http.DefaultClient, "http://" + address
	}
	return &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", strings.TrimSpace(string(socket)))
	}}}, "http://localhost"
}

// Ask reads the JSON that a server answers. answered is false where nothing listens, ok where what
// answers is no such server.
func Ask(ctx context.Context, dir, address, path string, into any) (answered, ok bool) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	client, at := reach(dir, address)
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

// ErrNoServer says that no server runs on the directory.
var ErrNoServer = errors.New("没有运行中的服务 / no server runs")

// Tell asks the server of a directory to do something, through the door of whoever owns it, and reads the JSON that it answers,
// also where it refuses. Without a server the error is ErrNoServer.
func Tell(ctx context.Context, dir, path string, form url.Values, into any) error {
	if _, err := os.Stat(Operated(dir)); err != nil {
		return ErrNoServer
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	client, at := reach(dir, "")
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, at+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Accept", "application/json")
	res, err := client.Do(r)
	if errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, fs.ErrNotExist) {
		return errors.Join(ErrNoServer, err)
	}
	if err != nil { // there is one, and it may have done what was asked
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK && res.StatusCode != http.StatusConflict {
		return fmt.Errorf("%s: %s", path, res.Status)
	}
	return json.NewDecoder(io.LimitReader(res.Body, 1<<20)).Decode(into)
}
